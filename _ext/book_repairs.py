"""Mend the finished pages: what axe finds.

Each repair is a text that theme, Sphinx or a stored output holds, and the text that stands there
instead. A repair that is no longer needed does nothing; one that is missing fails the tests in
the browser.
"""

from pathlib import Path

REPAIRS = {
    # The name of a button must hold all that is to be read on it.
    'title="Search" aria-label="Search"': 'title="Search" aria-label="Search Ctrl+K"',
    # Names of the three icons inside one button that has a name.
    'data-mode="light" title="Light"': 'data-mode="light"',
    'data-mode="dark"  title="Dark"': 'data-mode="dark"',
    'data-mode="auto"  title="System Settings"': 'data-mode="auto"',
    # What unfolds the pages below a chapter shows nothing but an arrow.
    '<summary><span class="toctree-toggle"': (
        '<summary aria-label="Pages below it"><span class="toctree-toggle"'
    ),
    # What folds a cell's code has a text to be read, and that is its name.
    '<summary aria-label="Toggle hidden content">': "<summary>",
    # The logo stands outside of all regions of the page.
    '<div id="pst-primary-sidebar"': (
        '<div role="navigation" aria-label="Book" id="pst-primary-sidebar"'
    ),
    # An outdated role, and not that of an item of the list around it.
    'role="doc-biblioentry"': 'role="listitem"',
    # The column of the marks ✓ and ✗ in stored tables of claims.
    '<table class="claims"><thead><tr><th scope="col"></th>': (
        '<table class="claims"><thead><tr><th scope="col">Holds</th>'
    ),
}


def mended(html):
    """Return the text of a page after all repairs."""
    for old, new in REPAIRS.items():
        html = html.replace(old, new)
    return html


def mend_pages(app, exception):
    """Rewrite the pages of the finished site."""
    if exception is None and app.builder.format == "html":
        for path in Path(app.outdir).rglob("*.html"):
            html = path.read_text(encoding="utf-8")
            if (new := mended(html)) != html:
                path.write_text(new, encoding="utf-8")


def setup(app):
    """Connect to the end of the build."""
    app.connect("build-finished", mend_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
