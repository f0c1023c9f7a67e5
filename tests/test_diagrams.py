"""Diagrams: each has its drawing and a description, and no drawing is left over."""

from types import SimpleNamespace

import docutils.frontend
import docutils.nodes
import docutils.utils
import pytest

from _ext import book_diagrams
from tools import diagrams

SOURCE = "graph TD\naccDescr: Input goes to the encoder.\nA[input] --> B[encoder]\n"


def test_every_diagram_is_drawn_from_its_present_source_and_none_is_left_over():
    wanted = {f"{book_diagrams.diagram_name(source)}.svg" for source in diagrams.diagram_sources()}
    drawn = {path.name for path in diagrams.FOLDER.glob("*.svg")}
    assert wanted == drawn, "run python -m tools.diagrams"


def test_every_diagram_says_what_it_shows():
    for source in diagrams.diagram_sources():
        assert len(book_diagrams.description(source)) >= 20, source[:60]


def test_the_drawings_hold_text_and_load_nothing():
    for path in diagrams.FOLDER.glob("*.svg"):
        svg = path.read_text(encoding="utf-8")
        assert "<text" in svg and "foreignObject" not in svg, path.name
        assert "@import" not in svg and "url(http" not in svg, path.name


class App:
    """What the extension uses of Sphinx."""

    def __init__(self, folder):
        self.srcdir = folder
        self.env = SimpleNamespace(docname="pages/which")


@pytest.fixture
def doctree():
    settings = docutils.frontend.get_default_settings()
    tree = docutils.utils.new_document("page", settings)
    tree += docutils.nodes.literal_block(SOURCE, SOURCE, language="mermaid")
    tree += docutils.nodes.literal_block("x = 1", "x = 1", language="python")
    return tree


def test_a_block_becomes_its_drawing_with_the_description(doctree, tmp_path):
    file = tmp_path / book_diagrams.FOLDER / f"{book_diagrams.diagram_name(SOURCE)}.svg"
    file.parent.mkdir(parents=True)
    file.write_text("<svg/>")
    book_diagrams.replace_diagrams(App(tmp_path), doctree)
    (picture,) = doctree.findall(docutils.nodes.image)
    assert picture["alt"] == "Input goes to the encoder."
    assert picture.parent["refuri"] == f"../{book_diagrams.FOLDER}/{file.name}"
    (code,) = doctree.findall(docutils.nodes.literal_block)
    assert code["language"] == "python"


def test_a_block_without_drawing_stays_as_it_is(doctree, tmp_path):
    book_diagrams.replace_diagrams(App(tmp_path), doctree)
    assert not list(doctree.findall(docutils.nodes.image))
    assert len(list(doctree.findall(docutils.nodes.literal_block))) == 2
