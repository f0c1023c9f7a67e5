"""How the tests in a browser look at the site: which pages, in which windows."""

from tools import site

# A phone at night and a desk by day: each width and each scheme once.
VIEWS = {
    "phone-dark": ({"width": 360, "height": 740}, "dark"),
    "desk-light": ({"width": 1440, "height": 900}, "light"),
}
# A page lays out only what is near the screen; a test looks at all of it.
WHOLE_PAGE = "section { content-visibility: visible !important; }"


def page_names():
    """Return the pages of the site."""
    folder = site.INDEX.parent
    paths = folder.rglob("*.html")
    return sorted(str(p.relative_to(folder)) for p in paths if "_static" not in p.parts)


def open_view(chromium, view):
    """Return a fresh window of the browser that looks as one of ``VIEWS`` says."""
    size, scheme = VIEWS[view]
    return chromium.new_context(
        viewport=size,
        color_scheme=scheme,
        reduced_motion="reduce",
        has_touch=size["width"] < 500,
    )
