"""Every page of the site in a real browser, with the network cut: does it work, for everybody?

axe (https://github.com/dequelabs/axe-core) looks for what keeps people out, by WCAG 2.2.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urldefrag

import pytest

from tests.views import VIEWS, WHOLE_PAGE, open_view, page_names
from tools import assets, site

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
  // A formula that is wider than its box must begin where the box begins.
  const left = e => e.getBoundingClientRect().left;
  const cut = [...document.querySelectorAll('.katex-display')].filter(
    e => [...e.querySelectorAll('.katex-html > .base')].some(part => left(part) < left(e) - 1)
      || e.getBoundingClientRect().width > e.parentElement.getBoundingClientRect().width + 1
  ).map(e => e.querySelector('annotation')?.textContent.slice(0, 80));
  return {
    raw,
    cut,
    overflow: document.documentElement.scrollWidth - innerWidth,
    wide,
    sections: [...document.querySelectorAll('section[id]')].map(e => e.id),
    ids: [...document.querySelectorAll('[id]')].map(e => e.id),
    links: [...document.querySelectorAll('a[href]')].map(e => e.href),
    images: [...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src),
    theme: document.documentElement.dataset.theme,
  };
}"""


# The contrast of a text follows from its colour, size and weight and from what its boxes lie on, so
# three of all that look alike are judged: that halves axe's time. Three with plain words and three
# with others, of which axe says nothing where it meets symbols or single characters.
_AXE = """async () => {
  const grounds = new Map([[null, '']]);
  const ground = box => {
    if (!grounds.has(box)) {
      const s = getComputedStyle(box);
      const own = [s.backgroundColor, s.backgroundImage, s.opacity, s.filter, s.mixBlendMode,
        s.position].join();
      const plain = own === 'rgba(0, 0, 0, 0),none,1,none,normal,static';
      grounds.set(box, ground(box.parentElement) + (plain ? '' : own + ';'));
    }
    return grounds.get(box);
  };
  const seen = new Set();
  const alike = {};
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.data.trim();
    const box = walker.currentNode.parentElement;
    if (!words || seen.has(box) || !box.checkVisibility({visibilityProperty: true})) continue;
    seen.add(box);
    const s = getComputedStyle(box);
    const look = [ground(box), s.color, s.fontSize, s.fontWeight, s.textShadow,
      /^[ -~]{2,}$/.test(words)];
    (alike[look] ??= []).push(box);
  }
  // All are looked at before the first changes, for each change has the page styled again.
  const judged = new Set(Object.values(alike).flatMap(boxes => boxes.slice(0, 3)));
  for (const box of judged) box.dataset.judged = '';
  const selector = '[data-judged], input, select, textarea';
  axe.configure({rules: [{id: 'color-contrast', selector}]});
  // Code has thousands of pieces, which are nothing but colours.
  for (const piece of document.querySelectorAll('pre span:not(:has(*))'))
    if (!judged.has(piece)) piece.replaceWith(piece.textContent);
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
    barriers: list = field(default_factory=list)


class Reader:
    """Opens pages one after the other in one window, since each new window starts a process."""

    def __init__(self, context, address):
        self.address = address
        self.axe = (assets.AXE / "axe.min.js").read_text(encoding="utf-8")
        self.page = context.new_page()
        self.visit = Visit()
        self.page.on("pageerror", lambda error: self.note(f"script error: {error}"))
        self.page.on("requestfailed", lambda request: self.note(f"failed: {request.url}"))
        self.page.on("console", self.look_at_message)
        self.page.on("response", self.look_at_response)
        self.page.on("request", self.look_at_request)

    def note(self, problem):
        self.visit.problems.append(problem)

    def look_at_message(self, message):
        if message.type == "error":
            self.note(f"console: {message.text}")

    def look_at_response(self, response):
        if response.status >= 400:
            self.note(f"{response.status}: {response.url}")

    def look_at_request(self, request):
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.note(f"another host: {request.url}")

    def open(self, name):
        """Visit one page, and note whatever is wrong with it."""
        self.visit = Visit()
        self.page.goto(self.address + name, wait_until="load")
        self.page.add_style_tag(content=WHOLE_PAGE)
        self.visit.seen = self.page.evaluate(_LOOK)
        self.page.evaluate(self.axe)
        self.visit.barriers = self.page.evaluate(_AXE)
        # Leaving a page cuts off what it still loads, and the next one would seem to complain.
        self.page.wait_for_load_state("networkidle")
        return self.visit


@pytest.fixture(scope="class")
def visits(request, chromium, address):
    """Page → what was met there, in the view of the test's class; each page is opened once."""
    context = open_view(chromium, request.cls.view)
    reader = Reader(context, address)
    found = {name: reader.open(name) for name in page_names()}
    context.close()
    return found


def assert_nothing(visits, look):
    """Fail with what ``look`` finds wrong at each visit, one line each."""
    found = [f"{name}: {problem}" for name, visit in visits.items() for problem in look(visit)]
    if found:
        pytest.fail("\n".join(found), pytrace=False)


class EveryPage:
    """What holds on every page, in each view."""

    view: str

    def test_no_request_fails_and_no_script(self, visits):
        assert_nothing(visits, lambda visit: visit.problems)

    def test_nothing_keeps_a_reader_out(self, visits):
        assert_nothing(visits, lambda visit: visit.barriers)

    def test_no_formula_or_diagram_is_shown_as_source(self, visits):
        assert_nothing(visits, lambda visit: visit.seen["raw"])

    def test_no_formula_is_cut_at_its_start(self, visits):
        assert_nothing(visits, lambda visit: visit.seen["cut"])

    def test_every_picture_is_there(self, visits):
        assert_nothing(visits, lambda visit: visit.seen["images"])

    def test_no_page_scrolls_sideways(self, visits):
        assert_nothing(
            visits, lambda v: v.seen["wide"][:3] or ["?"] if v.seen["overflow"] > 0 else []
        )

    def test_the_colours_follow_the_reader(self, visits):
        _, scheme = VIEWS[self.view]
        assert {visit.seen["theme"] for visit in visits.values()} == {scheme}

    def test_every_link_inside_the_site_leads_somewhere(self, visits, address):
        anchors = {address + name: set(visit.seen["ids"]) for name, visit in visits.items()}

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

        assert_nothing(visits, broken)

    def test_no_heading_has_a_counted_anchor(self, visits):
        # id3 and the like change when a heading comes in before it.
        def counted(visit):
            return [anchor for anchor in visit.seen["sections"] if re.fullmatch(r"id\d+", anchor)]

        assert_nothing(visits, counted)

    def test_a_link_into_a_long_page_leads_to_its_place(self, chromium, address):
        context = open_view(chromium, self.view)
        page = context.new_page()
        for anchor in ("summary", "cell-checks"):
            page.goto(f"{address}chapters/mathematics.html#{anchor}")
            place = page.locator(f"#{anchor}")
            page.wait_for_function("scrollY > 1000")
            page.wait_for_timeout(500)
            top = place.bounding_box()["y"]
            assert 0 <= top < page.viewport_size["height"] / 3, (anchor, top)
        context.close()


# Nearly all of the time goes into these: a class for each view, so that two workers share them.
class TestPhoneAtNight(EveryPage):
    """On a phone, dark."""

    view = "phone-dark"


class TestDeskByDay(EveryPage):
    """On a wide screen, light."""

    view = "desk-light"


def test_the_keyboard_reaches_boxes_that_scroll_and_no_others(chromium, address):
    context = open_view(chromium, "phone-dark")
    page = context.new_page()
    page.goto(f"{address}chapters/mathematics.html")
    assert page.locator("pre:visible").count() > 10
    page.locator("details.hide > summary").first.click()  # what was folded can be reached too
    for kind in ("pre:visible", ".katex-display:visible"):
        for box in page.locator(kind).all()[:20]:
            box.scroll_into_view_if_needed()
            page.wait_for_timeout(50)
            scrolls, reached = box.evaluate(
                "e => [e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight,"
                " e.tabIndex === 0]"
            )
            assert scrolls == reached, box.inner_text()
    context.close()


def test_a_wide_table_fades_on_the_right_until_its_end_is_reached(chromium, address):
    context = open_view(chromium, "phone-dark")
    page = context.new_page()
    page.goto(f"{address}pages/which.html")
    box = page.locator(".pst-scrollable-table-container:has(table)").first
    box.scroll_into_view_if_needed()
    faded = "e => getComputedStyle(e).maskImage !== 'none'"
    page.wait_for_function(faded, arg=box.element_handle())
    box.evaluate("e => e.scrollBy({left: e.scrollWidth})")
    page.wait_for_function(f"e => !({faded})(e)", arg=box.element_handle())
    page.set_viewport_size({"width": 1440, "height": 900})
    box.evaluate("e => e.scrollTo({left: 0})")
    page.wait_for_timeout(200)
    assert not box.evaluate(faded)
    context.close()


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
