"""Can everybody read the pages? axe looks at each in a real browser, by the rules of WCAG 2.2."""

import pytest

from tests.views import VIEWS, WHOLE_PAGE, open_view, page_names
from tools import assets

_AXE = """async () => {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const found = await axe.run({runOnly: tags, resultTypes: ['violations']});
  const where = node => '\\n      ' + node.target.join(' ') + '  ' + node.html.slice(0, 160);
  return found.violations.map(v => v.id + ': ' + v.nodes.length + ' × ' + v.help
    + v.nodes.slice(0, 3).map(where).join(''));
}"""


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(chromium, address, view):
    script = (assets.AXE / "axe.min.js").read_text(encoding="utf-8")
    context = open_view(chromium, view)
    found = []
    for name in page_names():
        page = context.new_page()
        page.goto(address + name, wait_until="load")
        page.add_style_tag(content=WHOLE_PAGE)
        page.evaluate(script)
        found += [f"{name}: {problem}" for problem in page.evaluate(_AXE)]
        page.close()
    context.close()
    if found:
        pytest.fail("\n".join(found), pytrace=False)
