"""The built site: what every page must hold, and what none may."""

import re
import shutil

import pytest

from tools import notebooks, page_weight, site
from tools.notebooks import ROOT

LARGEST_FIRST_LOAD = 500_000


@pytest.fixture(scope="module")
def pages():
    """All pages of the site, built now unless they are up to date."""
    site.main([])
    folder = site.INDEX.parent
    return {
        str(path.relative_to(folder)): path
        for path in folder.rglob("*.html")
        if "_static" not in path.parts
    }


def test_every_chapter_has_a_page_with_colab_and_download(pages):
    for path in notebooks.chapter_paths():
        html = pages[f"chapters/{path.stem}.html"].read_text(encoding="utf-8")
        assert f"colab.research.google.com/github/{notebooks.repository_name()}" in html
        assert f"_sources/chapters/{path.name}" in html


def test_every_picture_has_an_alternative_text(pages):
    for name, path in pages.items():
        for tag in re.findall(r"<img\b[^>]*>", path.read_text(encoding="utf-8")):
            assert re.search(r'\balt="[^"]+"', tag), f"{name}: {tag[:120]}"


def test_figures_carry_the_sentence_of_their_chapter(pages):
    html = pages["chapters/implementation.html"].read_text(encoding="utf-8")
    alts = [
        output.metadata["image/png"]["alt"]
        for cell in notebooks.code_cells(
            notebooks.read_notebook(notebooks.find_chapter("implementation"))
        )
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    assert alts
    for alt in alts:
        assert f'alt="{alt[:40]}' in html


def test_a_page_loads_nothing_from_another_host_and_is_light(pages):
    for name, path in pages.items():
        assert page_weight.foreign(path) == [], name
        assert page_weight.first_load(path) <= LARGEST_FIRST_LOAD, name


def test_every_formula_is_typeset(pages):
    for name, path in pages.items():
        html = path.read_text(encoding="utf-8")
        assert "#cc0000" not in html, f"{name}: KaTeX shows a formula in red"
        assert "katex-error" not in html, name


def test_the_fingerprint_changes_with_a_page_and_not_with_a_test(tmp_path):
    (tmp_path / "chapters").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "index.md").write_text("one")
    before = site.fingerprint(tmp_path)
    (tmp_path / "tests" / "test_x.py").write_text("")
    assert site.fingerprint(tmp_path) == before
    (tmp_path / "index.md").write_text("two")
    assert site.fingerprint(tmp_path) != before


def test_a_warning_of_sphinx_fails_the_build(tmp_path):
    for name in ("_ext", "_static"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "_config.yml", tmp_path)
    (tmp_path / "references.bib").write_text("")
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    (tmp_path / "index.md").write_text("# Title\n\n{ref}`nowhere`\n")
    assert site.build(tmp_path) != 0
    (tmp_path / "index.md").write_text("# Title\n\nText\n")
    assert site.build(tmp_path) == 0
