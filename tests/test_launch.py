"""Launch and download buttons: each leads to its page's own notebook, and no other page has one."""

import re
from urllib.parse import urljoin

import pytest
import yaml

from tools import notebooks, site
from tools.notebooks import ROOT

COLAB = re.compile(r'href="(https://colab\.research\.google\.com/[^"]*)"')
BUTTON = re.compile(
    r'<a href="([^"]+)"[^>]*\bclass="[^"]*\bbtn-download-(?:source|notebook)-button\b'
)


@pytest.fixture(scope="module")
def pages():
    """Name of each page that has a source (``chapters/faq``) → its HTML, its source."""
    site.main([])
    folder = site.INDEX.parent
    found = {}
    for path in folder.rglob("*.html"):
        name = path.relative_to(folder).with_suffix("").as_posix()
        sources = [ROOT / f"{name}{suffix}" for suffix in (".ipynb", ".md")]
        for source in sources:
            if source.exists():
                found[name] = (path.read_text(encoding="utf-8"), source)
    return found


def test_chapters_exercises_and_pages_are_there(pages):
    names = {f"chapters/{path.stem}" for path in notebooks.chapter_paths()}
    names |= {f"exercises/student/{path.stem}" for path in notebooks.chapter_paths()}
    assert names | {"index", "pages/teaching", "appendix/bibliography"} <= set(pages)


def test_colab_opens_the_notebook_of_the_page_and_no_page_without_one_has_a_link(pages):
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    branch = config["repository"]["branch"]
    start = f"https://colab.research.google.com/github/{notebooks.repository_name()}/blob/{branch}"
    for name, (html, source) in pages.items():
        wanted = {f"{start}/{name}.ipynb"} if source.suffix == ".ipynb" else set()
        assert set(COLAB.findall(html)) == wanted, name


def test_the_download_of_a_page_is_its_source_without_solutions(pages):
    for name, (html, source) in pages.items():
        links = BUTTON.findall(html)
        assert len(links) == 1, name
        target = site.INDEX.parent / urljoin(f"{name}.html", links[0])
        assert target.read_bytes() == source.read_bytes(), name
