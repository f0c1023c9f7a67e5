"""Remember what Sphinx and its companions ask for again and again during a build."""

import functools
import importlib.metadata

import pybtex.plugin
from sphinx.search.en import SearchEnglish


def setup(app):
    """Let answers that never change be given once."""
    # For each citation of a page pybtex searches all installed packages for its own parts.
    pybtex.plugin.entry_points = functools.cache(importlib.metadata.entry_points)
    # The index of the search wants the stem of each word anew on each page.
    SearchEnglish.stem = functools.cache(SearchEnglish.stem)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
