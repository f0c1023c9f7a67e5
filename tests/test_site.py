"""The built site: what every page must hold, and what none may."""

import posixpath
import re
import shutil
from html import unescape as html_text
from xml.etree import ElementTree

import pytest
import yaml
from PIL import Image

from _ext import book_sharing
from tools import notebooks, page_weight, site
from tools.notebooks import ROOT

LARGEST_FIRST_LOAD = 500_000
LARGEST_CARD = 150_000


def book_config():
    """Return what _config.yml holds."""
    return yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))


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
        if name == "404.html":
            continue  # its addresses begin at the root of a host
        assert page_weight.first_load(path) <= LARGEST_FIRST_LOAD, name


def one(pattern, html):
    """Return what the only match of a pattern holds."""
    (found,) = re.findall(pattern, html)
    return found


def test_every_page_says_what_it_is_about_and_where_it_belongs(pages):
    base = book_config()["html"]["baseurl"]
    descriptions = {}
    for name, path in pages.items():
        html = path.read_text(encoding="utf-8")
        text = one(r'<meta name="description" content="([^"]*)"', html)
        assert book_sharing.SHORTEST <= len(html_text(text)) <= book_sharing.LONGEST, name
        if name in ("404.html", "search.html"):
            assert '<meta name="robots" content="noindex"' in html
            assert 'rel="canonical"' not in html
            continue
        assert not re.search(r"\bminutes to read\b|\\", text), f"{name}: {text}"
        descriptions.setdefault(text, []).append(name)
        assert one(r'<link rel="canonical" href="([^"]*)"', html) == base + name
        assert one(r'<meta property="og:url" content="([^"]*)"', html) == base + name
        assert one(r'<meta property="og:description" content="([^"]*)"', html) == text
        assert one(r'<meta property="og:image" content="([^"]*)"', html) == base + book_sharing.CARD
    assert {text: names for text, names in descriptions.items() if len(names) > 1} == {}


def test_the_card_is_there_and_has_the_size_that_pages_state():
    with Image.open(ROOT / book_sharing.CARD) as card:
        assert card.size == (book_sharing.CARD_WIDTH, book_sharing.CARD_HEIGHT)
    assert (ROOT / book_sharing.CARD).stat().st_size <= LARGEST_CARD


def test_the_sitemap_lists_every_page_that_has_a_text(pages):
    base = book_config()["html"]["baseurl"]
    tree = ElementTree.parse(site.INDEX.parent / "sitemap.xml")
    listed = [place.text for place in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert listed == sorted(base + name for name in set(pages) - {"404.html", "search.html"})


def test_a_moved_page_is_not_there_any_more_and_its_new_place_is(pages):
    for old, new in book_config()["sphinx"]["config"]["redirects"].items():
        assert not list(ROOT.glob(f"{old}.*")), f"{old} has not moved"
        assert posixpath.normpath(posixpath.join(posixpath.dirname(old), new)) in pages


def test_code_cells_have_the_anchors_of_their_stored_ids(pages):
    for path in notebooks.chapter_paths():
        html = pages[f"chapters/{path.stem}.html"].read_text(encoding="utf-8")
        for cell in notebooks.code_cells(notebooks.read_notebook(path)):
            assert f'id="cell-{cell.id}"' in html, f"{path.stem}: {cell.id}"


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


def test_a_warning_of_sphinx_fails_the_build_and_a_moved_page_leads_on(tmp_path):
    for name in ("_ext", "_static"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "_config.yml", tmp_path)
    (tmp_path / "references.bib").write_text("")
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\nchapters:\n- file: other\n")
    (tmp_path / "other.md").write_text("# Other\n\nText\n")
    (tmp_path / "index.md").write_text("# Title\n\n{ref}`nowhere`\n")
    assert site.build(tmp_path) != 0
    config = (tmp_path / "_config.yml").read_text(encoding="utf-8")
    moved = config.replace("redirects: {}", "redirects: {chapters/old: ../index.html}")
    (tmp_path / "_config.yml").write_text(moved, encoding="utf-8")
    (tmp_path / "index.md").write_text("# Title\n\nText\n")
    assert site.build(tmp_path) == 0
    old = tmp_path / "_build" / "html" / "chapters" / "old.html"
    assert 'var target = "../index.html"' in old.read_text(encoding="utf-8")
