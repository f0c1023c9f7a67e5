"""The menus of the site: they open by finger, mouse and keyboard, on every width of screen."""

import pytest

# A phone, a tablet, a small and a large desk; from 992 pixels on the list of chapters is a column,
# and from 1200 on that of sections too.
WIDTHS = (360, 768, 1024, 1440)
CHAPTERS_BESIDE, SECTIONS_BESIDE = 992, 1200
PAGE = "chapters/concepts.html"


def press(button, way):
    """Press a button as a finger, a mouse or a keyboard does."""
    if way == "key":
        button.focus()
        button.press("Enter")
    else:
        getattr(button, way)()


@pytest.fixture(scope="module")
def window(chromium):
    """One window for all tests, since each new one starts a process."""
    context = chromium.new_context(has_touch=True, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture
def opened(request, window, address):
    """A chapter, opened anew in a window of the width that the test names."""
    window.set_viewport_size({"width": request.param, "height": 740})
    window.goto(address + PAGE)
    return window


def button_of(page, kind):
    """Return the button of a menu that a reader sees; there is one."""
    button = page.locator(f".{kind}-toggle:visible")
    assert button.count() == 1
    return button


@pytest.mark.parametrize("way", ["tap", "click", "key"])
@pytest.mark.parametrize("opened", WIDTHS, indirect=True)
def test_the_list_of_chapters_opens_and_closes(opened, way):
    link = opened.locator("nav.bd-links a[href='variational.html']")
    button = button_of(opened, "primary")
    beside = opened.viewport_size["width"] >= CHAPTERS_BESIDE
    assert link.is_visible() == beside
    press(button, way)
    if beside:
        link.wait_for(state="hidden")
        press(button, way)
        link.wait_for()
        return
    link.wait_for()
    opened.keyboard.press("Escape")
    link.wait_for(state="hidden")
    assert button.evaluate("e => e === document.activeElement")
    press(button, way)
    link.click()
    opened.wait_for_url("**/chapters/variational.html")


@pytest.mark.parametrize("way", ["tap", "click", "key"])
@pytest.mark.parametrize("opened", WIDTHS, indirect=True)
def test_the_list_of_sections_opens_and_closes(opened, way):
    link = opened.locator("a[href='#summary'].nav-link:visible")
    if opened.viewport_size["width"] >= SECTIONS_BESIDE:
        assert link.is_visible()
        return
    assert not link.is_visible()
    button = button_of(opened, "secondary")
    press(button, way)
    link.wait_for()
    opened.keyboard.press("Escape")
    link.wait_for(state="hidden")
    assert button.evaluate("e => e === document.activeElement")


@pytest.mark.parametrize("opened", WIDTHS, indirect=True)
def test_one_link_leads_home(opened, address):
    home = opened.locator(".navbar-brand:visible")
    assert home.count() == 1
    if opened.viewport_size["width"] < CHAPTERS_BESIDE:
        # In the bar it stands beside the button of the menu, inside the screen.
        boxes = [one.bounding_box() for one in (home, button_of(opened, "primary"))]
        assert min(box["y"] for box in boxes) >= 0
        middles = [box["y"] + box["height"] / 2 for box in boxes]
        assert abs(middles[0] - middles[1]) < 5
    home.click()
    opened.wait_for_url(f"{address}index.html")


@pytest.mark.parametrize("opened", [360], indirect=True)
def test_a_theme_that_listens_to_both_buttons_is_left_alone(opened):
    clicks = opened.evaluate("""() => {
      const [first, second] = document.querySelectorAll('.primary-toggle');
      let clicks = 0;
      first.addEventListener('click', () => clicks++);
      second.addEventListener('click', (event) => event.preventDefault());
      second.click();
      return clicks;
    }""")
    assert clicks == 0
