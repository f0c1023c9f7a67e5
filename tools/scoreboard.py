"""Gather the claims of all chapters, with what was measured, into `scoreboard.json`.

`make render` does this after every chapter. The page *Scoreboard* shows the file.
"""

import argparse
import json

import yaml

from ae_utils.checks import CLAIMS_MIME_TYPE
from tools import notebooks

FILE = "scoreboard.json"


def chapters_in_order(root=notebooks.ROOT):
    """Return the names of the chapters in the order of ``_toc.yml``."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    files = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    return [file.removeprefix("chapters/") for file in files if file.startswith("chapters/")]


def claim_tables(notebook):
    """Return the tables of claims in a notebook's outputs, each with ``chapter`` and ``claims``."""
    return [
        output.data[CLAIMS_MIME_TYPE]
        for cell in notebooks.code_cells(notebook)
        for output in cell.outputs
        if CLAIMS_MIME_TYPE in output.get("data", {})
    ]


def gather(root=notebooks.ROOT):
    """Return the claims that the stored outputs of all chapters hold, in the order of the book.

    Each is a dictionary with chapter, key, claim, value, bound, unit, reference, citation and
    passed.

    Raises:
        notebooks.NotebookError: a chapter of ``_toc.yml`` is missing or unusable.
    """
    return [
        {"chapter": name, **claim}
        for name in chapters_in_order(root)
        for table in claim_tables(notebooks.read_notebook(notebooks.find_chapter(name, root)))
        for claim in table["claims"]
    ]


def as_text(claims):
    """Return the content of the file for these claims."""
    return json.dumps(claims, indent=2, ensure_ascii=False) + "\n"


def write(root=notebooks.ROOT):
    """Write the file if it would change; return the number of claims."""
    claims = gather(root)
    path = root / FILE
    if not path.exists() or path.read_text(encoding="utf-8") != as_text(claims):
        notebooks.write_atomically(as_text(claims), path)
    return len(claims)


def main(argv=None):
    """Write the scoreboard."""
    argparse.ArgumentParser(description=__doc__, prog="python -m tools.scoreboard").parse_args(argv)
    print(f"{write()} claims in {FILE}")


if __name__ == "__main__":
    main()
