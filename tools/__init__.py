"""Authoring programs of the book; each is run as ``python -m tools.<name>``, with ``--help``."""

import sys

# jsonschema, which nbformat and jupyter-book import, has 38 grammars compiled for a check of
# addresses that nothing here asks for: more than a second in each process. Without the package
# it leaves the check out.
sys.modules.setdefault("rfc3987_syntax", None)
