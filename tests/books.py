"""Small books in a temporary folder, for the tests of the tools."""

import shutil

import nbformat

from tools import notebooks

CODE = """\
import numpy as np
import ae_utils

print(np.arange(3).sum())
print({"one", "two", "three"})"""


def small_book(folder):
    """Copy into ``folder`` what the tools read beside the chapters, and list one chapter."""
    for name in ("ae_utils", "benchmarks", "tools"):
        shutil.copytree(
            notebooks.ROOT / name,
            folder / name,
            ignore=shutil.ignore_patterns("data", "__pycache__"),
        )
    for name in ("_config.yml", "README.md", "CITATION.cff", "references.bib"):
        shutil.copy(notebooks.ROOT / name, folder / name)
    (folder / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nparts:\n- chapters:\n  - file: chapters/small\n"
    )
    (folder / "chapters").mkdir()
    return folder


def small_chapter(folder, *sources):
    """Write the chapter ``small``, of the set-up cell and the given code cells; return its path."""
    cell = nbformat.v4.new_code_cell
    setup = notebooks.setup_cell(notebooks.repository_name(folder))
    cells = [
        nbformat.v4.new_markdown_cell("# A small chapter", id="title"),
        cell(setup, id="setup", metadata={"tags": ["setup"]}),
        *(cell(source, id=f"code-{n}") for n, source in enumerate(sources or (CODE, CHECKS))),
    ]
    path = folder / "chapters" / "small.ipynb"
    notebooks.write_notebook(nbformat.v4.new_notebook(cells=cells), path)
    return path


CHECKS = """\
checks = ae_utils.Checks("small")
checks.expect("small.sum", "the sum is small", sum(range(3)), below=4, unit="apples")
checks.report()"""
