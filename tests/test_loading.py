"""Pages that show soon: one style sheet with what is used, deferred scripts, late pictures."""

import re

import PIL.Image
import pytest
from sphinx.errors import ExtensionError

from _ext import book_loading
from tests.views import page_names
from tools import site

PAGE = """\
<head>
<link rel="stylesheet" href="../_static/a/one.css?v=1" />
<link href="../_static/two.css" rel="stylesheet" />
<script src="../_static/documentation_options.js?v=2"></script>
<script src="../_static/three.js"></script>
<script defer src="../_static/four.js"></script>
<script>let inline;</script>
</head>"""


@pytest.fixture
def folder(tmp_path):
    """A site with two style sheets, of which the first imports a third."""
    (tmp_path / "_static" / "a").mkdir(parents=True)
    one = '@import "../base.css";\n.used{background:url(../b/x.png)}'
    (tmp_path / "_static" / "a" / "one.css").write_text(one)
    (tmp_path / "_static" / "base.css").write_text("p{color:red}")
    two = (
        ".used,.unknown{color:blue}.unknown{x:1}#gone a{x:2}.used:not(.unknown){x:3}"
        ":is(.used, .unknown) b{x:4}@media print{.unknown{x:5}.used{x:6}}"
        "@font-face{font-family:Text;src:url(t.woff2)}"
        '@font-face{font-family:Font Awesome 6 Free;src:url(f.woff2)}.fa-star:before{content:"s"}'
        "a{background:url(data:x)}"
    )
    (tmp_path / "_static" / "two.css").write_text(two)
    return tmp_path


def test_what_is_used_is_joined_in_its_order(folder):
    page = '<p class="used fa-star">'
    text = book_loading.joined(folder, ["_static/a/one.css", "_static/two.css"], [page])
    assert text == (
        "p{color:red}.used{background:url(b/x.png)}.used{color:blue}.used:not(.unknown){x:3}"
        ":is(.used, .unknown) b{x:4}@media print{.used{x:6}}"
        "@font-face{font-family:Text;src:url(t.woff2)}a{background:url(data:x)}"
    )


def test_a_page_links_one_sheet_and_defers_its_scripts():
    page = book_loading.quick(PAGE, ["_static/a/one.css", "_static/two.css"], "v", "let now;")
    assert page.count("stylesheet") == 1
    assert '<link rel="stylesheet" href="../_static/site.css?v=v" />' in page
    assert "<script>let now;</script>" in page
    assert '<script defer src="../_static/three.js">' in page
    assert '<script defer src="../_static/four.js">' in page
    assert "<script>let inline;</script>" in page


def test_without_options_the_scripts_stay():
    page = book_loading.quick(PAGE, ["_static/a/one.css", "_static/two.css"], "v", None)
    assert '<script src="../_static/documentation_options.js?v=2">' in page


def test_the_theme_does_not_measure_every_box_at_once():
    script = 'e();"complete"===document.readyState?I():window.addEventListener("load",I)})();'
    assert book_loading.without_measuring(script) == "e();0})();"
    with pytest.raises(ExtensionError, match="does not look for boxes that scroll as it did"):
        book_loading.without_measuring("another script")


def test_pictures_have_their_size_and_all_but_the_first_come_late(tmp_path):
    (tmp_path / "_images").mkdir()
    PIL.Image.new("L", (640, 480)).save(tmp_path / "_images" / "x.png")
    html = '<img alt="a" src="_images/x.png"><img src="logo.svg"><img src="_images/x.png">'
    assert book_loading.late_pictures(html, tmp_path / "page.html") == (
        '<img width="640" height="480" alt="a" src="_images/x.png"><img src="logo.svg">'
        '<img loading="lazy" width="640" height="480" src="_images/x.png">'
    )


def test_sounds_become_files_that_are_loaded_when_played(tmp_path):
    (tmp_path / "_static").mkdir()
    html = '<audio controls preload="metadata" src="data:audio/wav;base64,UklGRg=="></audio>'
    found = book_loading.late_sounds(html, tmp_path / "chapters" / "page.html", tmp_path)
    (sound,) = (tmp_path / "_static" / "sounds").iterdir()
    assert sound.read_bytes() == b"RIFF"
    address = f"../_static/sounds/{sound.name}"
    assert found == f'<audio controls preload="none" src="{address}"></audio>'


def pages():
    """Return the text of each page of the site, by its name."""
    site.main([])
    return {name: (site.INDEX.parent / name).read_text() for name in page_names()}


def test_no_page_of_the_site_has_another_sheet_for_all():
    for name, text in pages().items():
        sheets = [sheet.partition("?")[0] for sheet in book_loading._LINK.findall(text)]
        own = [sheet for sheet in sheets if not sheet.endswith("_static/site.css")]
        assert all("/demos/" in sheet for sheet in own), (name, own)


def test_every_icon_is_drawn_in_the_page():
    for name, text in pages().items():
        assert not re.search(r'class="[^"]*\b(?:fa-solid|fa-brands|fas|fab|far)\b', text), name
        assert "fontawesome" not in text, name
        assert 'class="svg-inline--fa' in text, name
