"""The book as one PDF: joined in order, with its figures, bookmarks and links inside."""

import hashlib

import pytest
from pypdf import PdfReader

from tools import browser, notebooks, pdf, site

NAMES = {"index", "chapters/one", "chapters/two"}
PUBLIC = "https://ada.github.io/book"
PAGE = """
<html><body><nav><a href="two.html">not the article</a></nav>
<article class="bd-article"><h1 id="top">One &amp; all<a class="headerlink" href="#top">#</a></h1>
<p>Text{body}</p><details><summary>More</summary></details></article><p>after</p></body></html>
"""


def article(body="", depth=1):
    """The article of chapter *one* with ``body`` inside, as it stands in the joined document."""
    return pdf.Article("chapters/one", depth, NAMES, PUBLIC).read(PAGE.replace("{body}", body))


def test_an_article_is_cut_out_its_heading_lowered_and_what_is_folded_opened():
    text = article()
    assert "not the article" not in text
    assert "after" not in text
    assert '<h2 id="chapters-one--top">One &amp; all</h2>' in text
    assert '<details open=""><summary>More</summary></details>' in text
    assert "<h3 " in article(depth=2)


@pytest.mark.parametrize(
    ("link", "wanted"),
    [
        ("#top", "#chapters-one--top"),
        ("two.html", "#chapters-two--"),
        ("two.html#there", "#chapters-two--there"),
        ("../index.html", "#index--"),
        ("../_sources/chapters/one.ipynb", f"{PUBLIC}/_sources/chapters/one.ipynb"),
        ("https://example.org/#x", "https://example.org/#x"),
        ("mailto:ada@example.org", "mailto:ada@example.org"),
    ],
)
def test_a_link_stays_inside_the_book_or_leads_to_the_public_site(link, wanted):
    assert f'<a href="{wanted}">' in article(f'<a href="{link}">go</a>')


def test_pictures_and_names_are_found_from_the_joined_document():
    text = article('<img src="../_images/a.png" loading="lazy" alt="a &gt; b" />')
    assert '<img src="html/_images/a.png" alt="a &gt; b">' in text
    assert 'src="data:image/png;base64,AA"' in article('<img src="data:image/png;base64,AA">')
    assert 'aria-labelledby="chapters-one--a chapters-one--b"' in article(
        '<span aria-labelledby="a b"></span>'
    )


def test_sounds_scripts_and_buttons_are_left_out():
    text = article("<audio><source src='a.wav'>sound</audio><script>1 < 2</script>kept")
    assert "sound" not in text and "source" not in text and "1 < 2" not in text
    assert "Textkept</p>" in text


def test_a_page_without_an_article_or_with_an_open_one_is_refused():
    for page in ("<html></html>", "<article class='bd-article'><div><p>open</article>"):
        with pytest.raises(ValueError, match="chapters/one"):
            pdf.Article("chapters/one", 1, NAMES, PUBLIC).read(page)


def test_without_a_browser_the_message_names_the_way_out(monkeypatch):
    monkeypatch.setattr(browser, "find_browser", lambda: None)
    with pytest.raises(SystemExit, match="tools.browser --install"):
        pdf.main([])


@pytest.fixture(scope="module")
def book():
    """The PDF, printed now."""
    if browser.find_browser() is None:
        pytest.skip(browser.ADVICE)
    pdf.main([])
    return PdfReader(pdf.TARGET)


@pytest.fixture(scope="module")
def titles():
    """The title of each chapter and page, in the order of the book."""
    folder = site.INDEX.parent
    found = []
    for _, pages in pdf.table_of_contents():
        for name, depth in pages:
            page = pdf.Article(name, depth, set(), PUBLIC)
            page.read((folder / f"{name}.html").read_text(encoding="utf-8"))
            found.append(plain(page.title))
    return found


def plain(text):
    """Return ``text`` without white space and typographic quotes."""
    return "".join(text.split()).replace("’", "'").replace("&amp;", "&")


def outline_titles(entries):
    """Return the titles of all bookmarks, in order."""
    found = []
    for entry in entries:
        found += outline_titles(entry) if isinstance(entry, list) else [plain(entry.title)]
    return found


def test_every_title_stands_in_the_text_and_the_bookmarks_in_order(book, titles):
    assert len(book.pages) >= len(titles)
    marks = iter(outline_titles(book.outline))
    for title in titles:
        assert title in marks, title
    # The first pages hold the list of contents.
    pages = [plain(page.extract_text()) for page in book.pages]
    start = next(n for n, text in enumerate(pages) if text.startswith(titles[0]))
    for title in titles:
        start = next((n for n in range(start, len(pages)) if title in pages[n]), None)
        assert start is not None, title


def test_every_figure_of_a_chapter_is_in_it(book):
    pictures = {
        hashlib.sha256(output.data["image/png"].encode()).hexdigest()
        for path in notebooks.chapter_paths()
        for cell in notebooks.code_cells(notebooks.read_notebook(path))
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    }
    drawn = set()
    for page in book.pages:
        for entry in page["/Resources"].get("/XObject", {}).values():
            if entry.get_object()["/Subtype"] == "/Image":
                drawn.add(entry.get_object().indirect_reference.idnum)
    assert len(drawn) >= len(pictures)


def test_links_lead_inside_the_file_or_to_the_web(book):
    addresses, inside = set(), 0
    for page in book.pages:
        for annotation in page.get("/Annots", []):
            action = annotation.get_object().get("/A", {})
            if "/URI" in action:
                addresses.add(action["/URI"])
            else:
                inside += 1
    assert inside > 100
    assert [a for a in addresses if not a.startswith(("https://", "http://", "mailto:"))] == []
