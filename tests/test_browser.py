"""Every page of the site in a real browser, with the network cut: does it work, can all read it?"""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urldefrag

import pytest

from tests.site_server import served_site
from tools import assets, site

# A phone at night and a desk by day, and the other way round.
VIEWS = {
    "phone-dark": ({"width": 360, "height": 740}, "dark"),
    "desk-light": ({"width": 1440, "height": 900}, "light"),
    "phone-light": ({"width": 360, "height": 740}, "light"),
    "desk-dark": ({"width": 1440, "height": 900}, "dark"),
}
# What axe takes its time for is the same at both widths, colours above all: one of each scheme.
VIEWS_WITH_AXE = ("phone-dark", "desk-light")

_LOOK = """() => {
  const outside = 'script, style, code, pre, textarea, .katex, .highlight';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const raw = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.data;
    if (/\\$[^$\\n]+\\$|\\\\\\(|\\\\\\[|\\\\begin\\{/.test(text)
        && !walker.currentNode.parentElement.closest(outside)) raw.push(text.slice(0, 80));
  }
  for (const block of document.querySelectorAll('pre'))
    if (/^\\s*(graph|flowchart|sequenceDiagram|timeline)\\s|accDescr:/m.test(block.textContent)
        && !location.pathname.includes('maintaining')) raw.push(block.textContent.slice(0, 80));
  // What leaves the screen without standing in a box that scrolls.
  const boxed = e => e && (getComputedStyle(e).overflowX !== 'visible' || boxed(e.parentElement));
  const leaves = e => e.getBoundingClientRect().right > innerWidth && !boxed(e.parentElement);
  const wide = [...document.querySelectorAll('.bd-article *')].filter(leaves).map(
    e => e.outerHTML.slice(0, 120));
  return {
    raw,
    overflow: document.documentElement.scrollWidth - innerWidth,
    wide,
    sections: [...document.querySelectorAll('section[id]')].map(e => e.id),
    ids: [...document.querySelectorAll('[id]')].map(e => e.id),
    links: [...document.querySelectorAll('a[href]')].map(e => e.href),
    images: [...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src),
    theme: document.documentElement.dataset.theme,
  };
}"""
_AXE = """async () => {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const found = await axe.run({runOnly: tags, resultTypes: ['violations']});
  const where = node => '\\n      ' + node.target.join(' ') + '  ' + node.html.slice(0, 160);
  return found.violations.map(v => v.id + ': ' + v.nodes.length + ' × ' + v.help
    + v.nodes.slice(0, 3).map(where).join(''));
}"""


@dataclass
class Visit:
    """What a browser met on one page in one view."""

    problems: list = field(default_factory=list)
    seen: dict = field(default_factory=dict)
    axe: list = field(default_factory=list)


@pytest.fixture(scope="module")
def address():
    """The address of the site."""
    with served_site() as address:
        yield address


def page_names():
    """Return the pages of the site."""
    folder = site.INDEX.parent
    paths = folder.rglob("*.html")
    return sorted(str(p.relative_to(folder)) for p in paths if "_static" not in p.parts)


def open_page(context, address, name, with_axe):
    """Visit one page, and note whatever is wrong with it."""
    visit = Visit()
    page = context.new_page()
    page.on("pageerror", lambda error: visit.problems.append(f"script error: {error}"))
    page.on("requestfailed", lambda request: visit.problems.append(f"failed: {request.url}"))

    def look_at_message(message):
        if message.type == "error":
            visit.problems.append(f"console: {message.text}")

    def look_at_response(response):
        if response.status >= 400:
            visit.problems.append(f"{response.status}: {response.url}")

    def look_at_request(request):
        if not request.url.startswith((address, "data:", "blob:")):
            visit.problems.append(f"another host: {request.url}")

    page.on("console", look_at_message)
    page.on("response", look_at_response)
    page.on("request", look_at_request)
    page.goto(address + name, wait_until="load")
    visit.seen = page.evaluate(_LOOK)
    if with_axe:
        page.evaluate((assets.AXE / "axe.min.js").read_text(encoding="utf-8"))
        visit.axe = page.evaluate(_AXE)
    page.close()
    return visit


@pytest.fixture(scope="module")
def visits(chromium, address):
    """View → page → what was met there; each page is opened once in each view."""
    found = {}
    for view, (size, scheme) in VIEWS.items():
        context = chromium.new_context(
            viewport=size,
            color_scheme=scheme,
            reduced_motion="reduce",
            has_touch=size["width"] < 500,
        )
        found[view] = {
            name: open_page(context, address, name, view in VIEWS_WITH_AXE) for name in page_names()
        }
        context.close()
    return found


def assert_nothing(visits, look):
    """Fail with what ``look`` finds wrong at each visit, one line each."""
    found = [
        f"{view} {name}: {problem}"
        for view, pages in visits.items()
        for name, visit in pages.items()
        for problem in look(visit)
    ]
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def test_no_request_fails_and_no_script(visits):
    assert_nothing(visits, lambda visit: visit.problems)


def test_no_formula_or_diagram_is_shown_as_source(visits):
    assert_nothing(visits, lambda visit: visit.seen["raw"])


def test_every_picture_is_there(visits):
    assert_nothing(visits, lambda visit: visit.seen["images"])


def test_no_page_scrolls_sideways(visits):
    assert_nothing(visits, lambda v: v.seen["wide"][:3] or ["?"] if v.seen["overflow"] > 0 else [])


def test_the_colours_follow_the_reader(visits):
    for view, (_, scheme) in VIEWS.items():
        assert {visit.seen["theme"] for visit in visits[view].values()} == {scheme}


def test_axe_finds_nothing(visits):
    assert_nothing(visits, lambda visit: visit.axe)


def test_every_link_inside_the_site_leads_somewhere(visits, address):
    pages = visits["desk-light"]
    anchors = {address + name: set(visit.seen["ids"]) for name, visit in pages.items()}

    def broken(visit):
        for link in visit.seen["links"]:
            target, anchor = urldefrag(link)
            if not target.startswith(address):
                continue
            file = site.INDEX.parent / unquote(target.removeprefix(address).split("?")[0])
            if not file.is_file():
                yield f"{link} is not there"
            elif anchor and target in anchors and unquote(anchor) not in anchors[target]:
                yield f"{link}: no such place"

    assert_nothing({"desk-light": pages}, broken)


def test_no_heading_has_a_counted_anchor(visits):
    # id3 and the like change when a heading comes in before it.
    def counted(visit):
        return [anchor for anchor in visit.seen["sections"] if re.fullmatch(r"id\d+", anchor)]

    assert_nothing({"desk-light": visits["desk-light"]}, counted)


@pytest.mark.parametrize("words", ["reparameterization", "KL"])
def test_the_search_finds(chromium, address, words):
    page = chromium.new_page()
    page.goto(f"{address}search.html?q={words}")
    page.wait_for_selector("#search-results ul.search li a")
    page.wait_for_function("document.querySelector('.search-summary').textContent.match(/\\d/)")
    found = page.eval_on_selector_all("#search-results ul.search a", "all => all.map(a => a.href)")
    page.close()
    assert any("chapters/variational.html" in link for link in found), found


@pytest.mark.parametrize("wrong", ["nothing.html", "chapters/nothing.html", "a/b/c/"])
def test_a_wrong_address_leads_back_at_any_depth(chromium, address, wrong):
    page = chromium.new_page()
    problems = []
    page.on("requestfailed", lambda request: problems.append(request.url))
    page.on(
        "response",
        lambda r: problems.append(r.url) if r.status >= 400 and wrong not in r.url else 0,
    )
    assert page.goto(address + wrong).status == 404
    assert problems == []
    page.get_by_role("link", name="The first page").click()
    assert page.url == f"{address}index.html"
    page.close()
