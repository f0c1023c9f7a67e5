"""Let every page be found and shared: description, social card, sitemap, a page for lost readers.

A page's description is its first paragraph, or its own ``html_meta: description``. Written here,
not taken from sphinxext-opengraph, which describes a page by whatever stands first in it, a
chapter by its running time, and cuts words in two. sphinx-sitemap starts a server process in each
build to pass on what Sphinx knows at its end.
"""

import html
import textwrap
from pathlib import Path
from urllib.parse import urljoin, urlparse
from xml.etree import ElementTree

from docutils import nodes
from markupsafe import Markup

CARD = "_static/card.png"
CARD_WIDTH, CARD_HEIGHT = 1200, 630
LONGEST = 200
SHORTEST = 40
# Sphinx adds the canonical address to these as to any page, but nobody should find them.
_NOT_A_PAGE = '<meta name="robots" content="noindex" />'
_LOST = """\
<h1>Page not found</h1>
<p>There is no page at this address. <a href="{index}">The first page</a> lists all chapters, and
<a href="{search}">the search</a> finds words in them. A link inside the book that leads here is a
mistake of ours: please tell us.</p>"""


def description(doctree):
    """Return what a page says of itself in one or two sentences, at most ``LONGEST`` characters.

    A paragraph counts when it stands directly in the page, is long enough to say something, and
    holds no formula. Returns an empty string where there is none.
    """
    for node in doctree.findall(nodes.meta):
        if node.get("name") == "description":
            return node["content"]
    for node in doctree.findall(nodes.paragraph):
        in_text = isinstance(node.parent, nodes.section | nodes.document)
        is_extra = "chapter-times" in node["classes"] or node.next_node(nodes.math)
        if in_text and not is_extra and len(node.astext()) >= SHORTEST:
            return textwrap.shorten(node.astext(), LONGEST, placeholder=" …")
    return ""


def share_tags(title, text, address, base, site):
    """Return the tags from which other programs make a card with picture, title and text.

    Args:
        title: of the page.
        text: its description.
        address: its canonical address.
        base: address of the site, with a slash at its end.
        site: name of the site.
    """
    properties = {
        "og:title": title,
        "og:type": "website" if title == site else "article",
        "og:url": address,
        "og:site_name": site,
        "og:description": text,
        "og:image": urljoin(base, CARD),
        "og:image:width": str(CARD_WIDTH),
        "og:image:height": str(CARD_HEIGHT),
        "og:image:alt": site,
    }
    lines = [
        f'<meta property="{name}" content="{html.escape(value)}" />'
        for name, value in properties.items()
    ]
    return "\n".join([*lines, '<meta name="twitter:card" content="summary_large_image" />'])


def add_tags(app, page, template, context, doctree):
    """Describe a page in its head; keep search engines away from those without a text."""
    config = app.config
    text = (description(doctree) if doctree else "") or config.book_description
    tags = [context.get("metatags", "")]
    if 'name="description"' not in tags[0]:
        tags.append(f'<meta name="description" content="{html.escape(text)}" />')
    if doctree:
        title = Markup(context["title"]).striptags()
        address = context["pageurl"]
        tags.append(share_tags(title, text, address, config.html_baseurl, config.html_title))
    else:
        context["pageurl"] = None
        tags.append(_NOT_A_PAGE)
    context["metatags"] = "\n".join(tags)


def sitemap(addresses):
    """Return the text of a sitemap."""
    root = ElementTree.Element("urlset", xmlns="http://www.sitemaps.org/schemas/sitemap/0.9")
    for address in addresses:
        ElementTree.SubElement(ElementTree.SubElement(root, "url"), "loc").text = address
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, "unicode")


def write_sitemap(app, exception):
    """List the pages of the finished site for search engines."""
    if exception is None and app.builder.format == "html":
        uris = (app.builder.get_target_uri(page) for page in sorted(app.env.found_docs))
        text = sitemap(urljoin(app.config.html_baseurl, uri) for uri in uris)
        Path(app.outdir, "sitemap.xml").write_text(text, encoding="utf-8")


def prepare_lost_page(app, config):
    """Fill the page that a host shows for any wrong address; so its links begin at the root."""
    prefix = urlparse(config.html_baseurl).path
    config.notfound_urls_prefix = prefix
    links = {"index": f"{prefix}index.html", "search": f"{prefix}search.html"}
    config.notfound_context = {"title": "Page not found", "body": _LOST.format(**links)}


def setup(app):
    """Connect the parts to Sphinx; sphinx-notfound-page looks at its settings after us."""
    app.setup_extension("notfound.extension")
    app.add_config_value("book_description", "", "html", str)
    app.connect("config-inited", prepare_lost_page, priority=100)
    app.connect("html-page-context", add_tags)
    app.connect("build-finished", write_sitemap)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
