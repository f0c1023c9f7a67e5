"""The book as one zip: every page is in it, no link is broken, and it works from a folder."""

import posixpath
import re
import zipfile
from urllib.parse import unquote, urldefrag

import pytest

from tools import offline, pdf, site

LINK = re.compile(r"<[a-z][^>]*?\s(?:href|src)=\"([^\"]*)\"")
ID = re.compile(r"<[a-zA-Z][^>]*?\s(?:id|name)=\"([^\"]+)\"")


@pytest.fixture(scope="module")
def files():
    """Name → bytes of each file of the zip."""
    site.main([])
    return offline.contents(site.INDEX.parent)


@pytest.fixture(scope="module")
def unpacked(files, tmp_path_factory):
    """The folder of the unpacked zip."""
    folder = tmp_path_factory.mktemp("offline")
    offline.pack(files, folder / "book.zip")
    with zipfile.ZipFile(folder / "book.zip") as archive:
        archive.extractall(folder)
    return folder / offline.NAME


def test_every_page_of_the_book_is_in_it_and_files_for_a_host_are_not(files):
    names = [name for _, pages in pdf.table_of_contents() for name, _ in pages]
    assert {f"{name}.html" for name in names} | {"search.html"} <= set(files)
    assert not offline.LEFT_OUT & set(files)


def test_no_link_leads_out_of_the_folder_or_nowhere(files):
    texts = {n: c.decode() for n, c in files.items() if n.endswith(".html")}
    ids = {name: set(ID.findall(text)) for name, text in texts.items()}
    for name, text in texts.items():
        if name.startswith("_static/"):
            continue  # templates of the theme, no pages
        for link in LINK.findall(text):
            if re.match(r"(?:https?|mailto|data):", link):
                continue
            path, anchor = urldefrag(unquote(link))
            place = posixpath.join(posixpath.dirname(name), path.partition("?")[0])
            target = posixpath.normpath(place) if path else name
            assert target in files, f"{name}: {link}"
            if anchor and target in ids:
                assert anchor in ids[target], f"{name}: {link}"


def test_packing_twice_gives_the_same_bytes(files, tmp_path):
    some = dict(list(files.items())[:20])
    offline.pack(some, tmp_path / "one.zip")
    offline.pack(some, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_a_changed_search_script_is_noticed(tmp_path):
    (tmp_path / "_static").mkdir()
    (tmp_path / offline.OPTIONS).write_text("const DOCUMENTATION_OPTIONS = {};")
    with pytest.raises(ValueError, match="mend tools/offline.py"):
        offline.contents(tmp_path)


@pytest.fixture(scope="module")
def opened(chromium, unpacked):
    """Opens pages of the unpacked zip; gives what the browser complained about."""
    complaints = []
    page = chromium.new_context(offline=True).new_page()
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: line.type == "error" and complaints.append(f"{line.text}"))

    def open_page(address):
        complaints.clear()
        # Leaving a page cuts off what it still loads, and the next one would seem to complain.
        page.goto(f"{unpacked.as_uri()}/{address}", wait_until="networkidle")
        page.evaluate("document.fonts.ready")
        return page, complaints

    return open_page


@pytest.mark.parametrize(
    "name", ["index", "chapters/mathematics", "exercises/student/images", "pages/demos"]
)
def test_a_page_works_from_a_folder(opened, name):
    page, complaints = opened(f"{name}.html")
    assert complaints == []
    assert page.evaluate("[...document.images].every(i => !i.complete || i.naturalWidth > 0)")
    if name == "chapters/mathematics":
        assert page.evaluate("document.fonts.check('16px KaTeX_Main')")


def test_searching_works_from_a_folder(opened, unpacked):
    page, complaints = opened("search.html?q=reparameterization")
    found = page.locator("#search-results a[href^='chapters/variational.html']").first
    found.wait_for(timeout=10_000)
    assert complaints == []
    found.click()
    page.wait_for_load_state()
    assert page.url.startswith(f"{unpacked.as_uri()}/chapters/variational.html")
    assert complaints == []
