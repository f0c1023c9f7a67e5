"""The book as one PDF: joined in order, with its figures, bookmarks and links inside."""

import hashlib
import html
import unicodedata

import pytest
from pypdf import PdfReader, PdfWriter

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


def test_code_in_the_colour_around_it_becomes_plain_text_and_other_code_stays():
    rule = 'html[data-theme="light"] .highlight'
    style = f"{rule}{{ background: #fefefe; color: #080808 }}{rule} .n{{ color: #080808 }}"
    style += f"{rule} .k{{ color: #6730C5 }}{rule} .no{{ color: #005B82 }}"
    text = '<pre><span></span><span class="n">x</span> <span class="k">in</span></pre>'
    assert pdf.with_fewer_pieces(text, style) == '<pre>x <span class="k">in</span></pre>'


def test_a_heading_is_handed_over_as_text():
    page = pdf.Article("chapters/one", 1, NAMES, PUBLIC)
    page.read(PAGE.replace("{body}", "</p><h2>Two <em>words</em></h2><p>"))
    assert page.headings == ["One &amp; all", "Two words"]


def test_bookmarks_get_the_texts_of_the_headings_or_are_refused(tmp_path):
    writer = PdfWriter()
    writer.add_blank_page(width=100, height=100)
    first = writer.add_outline_item(title="OneOne", page_number=0)
    writer.add_outline_item(title="and below", page_number=0, parent=first)
    writer.add_outline_item(title="wrappedhere", page_number=0)
    writer.write(tmp_path / "book.pdf")
    pdf.name_bookmarks(tmp_path / "book.pdf", ["One", "and below", "wrapped\nhere"])
    outline = PdfReader(tmp_path / "book.pdf").outline
    assert [mark.title for mark in bookmarks(outline)] == ["One", "and below", "wrapped here"]
    with pytest.raises(ValueError, match="3 bookmarks for 1 headings"):
        pdf.name_bookmarks(tmp_path / "book.pdf", ["One"])


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
            found.append(html.unescape(page.headings[0]))
    return found


def plain(text):
    """Return ``text`` as extracted text can be compared: without white space and ligatures."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def bookmarks(entries):
    """Return all bookmarks, those below others included, in order."""
    found = []
    for entry in entries:
        found += bookmarks(entry) if isinstance(entry, list) else [entry]
    return found


def test_every_title_has_a_bookmark_that_leads_to_its_page_in_order(book, titles):
    marks = iter(bookmarks(book.outline))
    numbers = []
    for title in titles:
        mark = next((mark for mark in marks if mark.title == title), None)
        assert mark is not None, title
        numbers.append(book.get_destination_page_number(mark))
        text = plain(book.pages[numbers[-1]].extract_text())
        # The number at the foot of a page comes first in its text, the title not always next.
        assert text.startswith(str(numbers[-1] + 1)) and plain(title) in text, (
            f"{title}: {text[:60]!r}"
        )
    assert numbers == sorted(set(numbers))


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
