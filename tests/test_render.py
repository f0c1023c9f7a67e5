"""Rendering: the same bytes twice, and a file that stays as it was when anything fails."""

import contextlib
import os

import pytest

from tests.books import CODE, small_book, small_chapter
from tools import notebooks
from tools.render import is_stale, main, render


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """A small book, its rendered chapter, and that chapter's bytes after each of two renders."""
    folder = small_book(tmp_path_factory.mktemp("book"))
    path = small_chapter(folder)
    contents = []
    for _ in range(2):
        render(path, root=folder)
        contents.append(path.read_bytes())
    return folder, path, contents


def test_two_renders_give_the_same_bytes(rendered):
    _, _, contents = rendered
    assert contents[0] == contents[1]


def test_a_rendered_chapter_holds_outputs_counts_and_provenance(rendered):
    folder, path, _ = rendered
    notebook = notebooks.read_notebook(path)
    code = notebooks.code_cells(notebook)
    assert [cell.execution_count for cell in code] == [1, 2, 3]
    assert code[1].outputs[0].text.startswith("3\n")
    assert not is_stale(path, folder)
    assert set(notebook.metadata) == {"kernelspec", "language_info", "autoencoders"}


def test_a_chapter_is_stale_after_its_code_changed(rendered, tmp_path):
    folder, path, _ = rendered
    changed = tmp_path / "changed.ipynb"
    changed.write_text(path.read_text().replace("arange(3)", "arange(4)"))
    assert is_stale(changed, folder)


@pytest.mark.parametrize(
    ("source", "message"),
    [("1 / 0", "ZeroDivisionError"), ("import time\ntime.sleep(9)", "cell 3 failed")],
)
def test_a_cell_that_fails_or_takes_too_long_leaves_the_file(source, message, tmp_path):
    folder = small_book(tmp_path)
    path = small_chapter(folder, source)
    before = path.read_bytes()
    with pytest.raises(notebooks.NotebookError, match=message):
        render(path, root=folder, seconds_per_cell=3)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["small.ipynb"]


@pytest.mark.parametrize("after", ["", "\n1 / 0"])
def test_no_kernel_lives_on(after, tmp_path):
    folder, note = small_book(tmp_path), tmp_path / "kernel.txt"
    source = f"import os, pathlib\npathlib.Path({str(note)!r}).write_text(str(os.getpid()))"
    path = small_chapter(folder, source + after)
    with contextlib.suppress(notebooks.NotebookError):
        render(path, root=folder)
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


def test_an_interrupted_render_leaves_the_file(tmp_path):
    folder = small_book(tmp_path)
    path = small_chapter(folder)
    before = path.read_bytes()

    def interrupt(number, count):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render(path, root=folder, progress=interrupt)
    assert path.read_bytes() == before


def test_a_chapter_edited_meanwhile_is_not_overwritten(tmp_path):
    folder = small_book(tmp_path)
    path = small_chapter(folder, CODE)

    def edit(number, count):
        path.write_text(path.read_text().replace("A small chapter", "A new title"))

    with pytest.raises(notebooks.NotebookError, match="edited while it was rendered"):
        render(path, root=folder, progress=edit)
    assert "A new title" in path.read_text()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<<<<<<< HEAD\n{}", "unfinished merge"),
        ("[]", "not a notebook"),
        ('{"nbformat": 4, "nbformat_minor": 4, "cells": []}', "4.5 or later"),
        ('{"nbformat": 4, "nbformat_minor": 5, "cells": [{}]}', "it has no id"),
        (
            '{"nbformat": 4, "nbformat_minor": 5, "cells": [{"id": "a"}, {"id": "a"}]}',
            "cell 2: an earlier cell has its id",
        ),
    ],
)
def test_files_that_are_no_notebooks_are_named(text, message, tmp_path):
    path = tmp_path / "small.ipynb"
    path.write_text(text)
    with pytest.raises(notebooks.NotebookError, match=message):
        notebooks.read_notebook(path)


def test_an_unknown_chapter_lists_those_that_exist(capsys):
    assert main(["implementatoin"]) == 1
    assert "there are: " in capsys.readouterr().err
