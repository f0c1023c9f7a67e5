"""Print the whole book as one PDF, by Chromium, with bookmarks and links.

The pages of the built site are joined, in the order of ``_toc.yml``, into one HTML document, so a
link from one chapter to another stays inside the file. Without a browser nothing is written, and
the exit code is 1.
"""

import argparse
import html
import posixpath
import re
import subprocess
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag

import yaml
from pypdf import PdfWriter
from pypdf.generic import NameObject, TextStringObject

from tools import browser, notebooks, site
from tools.offline import NAME

TARGET = site.BUILD / f"{NAME}.pdf"
# Beside the folder of the site, whose style and pictures it shows.
JOINED = site.BUILD / "book.html"
# The style of the book on paper, after all others.
PAPER = Path(__file__).with_name("print.css")
SECONDS = 600

_VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
_LEFT_OUT = {"audio", "button", "iframe", "script", "template", "video"}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
# How a rule for code begins in the style of the theme.
_LIGHT_CODE = r'html\[data-theme="light"\] \.highlight'
_REFERRING = {"aria-controls", "aria-describedby", "aria-labelledby", "for"}


def table_of_contents(root=notebooks.ROOT):
    """Return pairs (caption of a part or None, its pages); a page is a pair (name, depth).

    The depth is 0 for the first page of all, 1 for a chapter, 2 for a section below it.
    """
    toc = yaml.safe_load((Path(root) / "_toc.yml").read_text(encoding="utf-8"))
    parts = [(None, [(toc["root"], 0)])]
    for part in toc["parts"]:
        pages = []
        for chapter in part["chapters"]:
            pages.append((chapter["file"], 1))
            pages += [(section["file"], 2) for section in chapter.get("sections", [])]
        parts.append((part["caption"], pages))
    return parts


def anchor(name):
    """Return what the ids of a page begin with in the joined document, and its own id."""
    return f"{name.replace('/', '-')}--"


class Article(HTMLParser):
    """The text of one page, made ready to stand among the others.

    Ids get the page's name before them, links to pages of the book lead to them, and headings go
    down with the page's depth.

    Args:
        name: the page, such as ``chapters/faq``.
        depth: by how many levels its headings go down.
        names: all pages of the joined document, as a set.
        public: address of the published site, for links to anything else in it.

    Attributes:
        headings: the texts of its headings, in order; the first is the page's title.
    """

    def __init__(self, name, depth, names, public):
        super().__init__(convert_charrefs=False)
        self.name, self.depth, self.names, self.public = name, depth, names, public
        self.headings = []
        self._parts, self._open, self._left_out = [], 0, 0
        self._in_heading = False

    def read(self, page):
        """Return the article inside the HTML text ``page``.

        Raises:
            ValueError: there is none, or a tag in it is not closed.
        """
        self.feed(page)
        self.close()
        if not self._parts or self._open:
            raise ValueError(f"{self.name}: no article, or one without an end: the theme changed?")
        return "".join(self._parts)

    def handle_starttag(self, tag, attributes):
        """Copy a tag of the article, with the changes."""
        attributes = dict(attributes)
        classes = (attributes.get("class") or "").split()
        if not self._open:
            self._open = int(tag == "article" and "bd-article" in classes)
            return
        is_void = tag in _VOID
        if self._left_out or tag in _LEFT_OUT or "headerlink" in classes:
            self._left_out += not is_void
            return
        self._open += not is_void
        if tag in _HEADINGS:
            self._in_heading = True
            self.headings.append("")
        self._parts.append(self._tag(tag, attributes))

    def handle_startendtag(self, tag, attributes):
        """Copy a tag such as ``<path/>``: outside HTML proper it is a whole element."""
        self.handle_starttag(tag, attributes)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        """Copy the end of what was copied."""
        if not self._open or tag in _VOID:
            return
        if self._left_out:
            self._left_out -= 1
            return
        self._open -= 1
        self._in_heading &= tag not in _HEADINGS
        if self._open:
            self._parts.append(f"</{self._lowered(tag)}>")

    def handle_data(self, data):
        """Copy text."""
        if self._open and not self._left_out:
            self._parts.append(data)
            if self._in_heading:
                self.headings[-1] += data

    def handle_entityref(self, name):
        """Copy an entity as it stands."""
        self.handle_data(f"&{name};")

    def handle_charref(self, name):
        """Copy a character's number as it stands."""
        self.handle_data(f"&#{name};")

    def _lowered(self, tag):
        return f"h{min(6, _HEADINGS[tag] + self.depth)}" if tag in _HEADINGS else tag

    def _tag(self, tag, attributes):
        changed = {}
        for key, value in attributes.items():
            value = value or ""
            if key == "id":
                value = anchor(self.name) + value
            elif key in _REFERRING:
                value = " ".join(anchor(self.name) + word for word in value.split())
            elif key == "href":
                value = self._link(value)
            elif key == "src" and not value.startswith("data:"):
                value = f"html/{self._path(value)}"
            elif key in ("loading", "srcset"):
                continue
            changed[key] = value
        if tag == "details":
            changed["open"] = ""
        text = "".join(f' {key}="{html.escape(value)}"' for key, value in changed.items())
        return f"<{self._lowered(tag)}{text}>"

    def _path(self, address):
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.name), address))

    def _link(self, address):
        path, fragment = urldefrag(address)
        if ":" in path or path.startswith("//"):
            return address
        page = self._path(path) if path else f"{self.name}.html"
        if page.removesuffix(".html") in self.names:
            return f"#{anchor(page.removesuffix('.html'))}{fragment}"
        return f"{self.public}/{page}"


def with_fewer_pieces(text, style):
    """Return HTML whose pieces of code in the colour of the code around them are plain text.

    They are more than half of all elements of the book, and each is written into the PDF.

    Args:
        text: the HTML.
        style: the style sheet that colours it.
    """
    own = re.search(rf"{_LIGHT_CODE}{{[^}}]*?color: (#\w+)", style)
    classes = re.findall(rf"{_LIGHT_CODE} \.(\w+){{ color: {own[1]} }}", style) if own else []
    piece = rf'<span(?: class="(?:{"|".join(classes)})")?>([^<]*)</span>'
    return re.sub(piece, r"\1", text)


def joined(folder, root=notebooks.ROOT):
    """Return the book as one HTML document, and the texts of its headings, in order.

    The document belongs beside ``folder``, the built site, which must be called ``html``.
    """
    config = yaml.safe_load((Path(root) / "_config.yml").read_text(encoding="utf-8"))
    public = config["html"]["baseurl"].rstrip("/")
    parts = table_of_contents(root)
    names = {name for _, pages in parts for name, _ in pages}
    body, contents, headings = [], [], []
    for caption, pages in parts:
        if caption:
            body.append(f'<h1 class="part">{html.escape(caption)}</h1>')
            contents.append(f"<li>{html.escape(caption)}<ul>")
            headings.append(caption)
        for name, depth in pages:
            article = Article(name, depth, names, public)
            text = article.read((folder / f"{name}.html").read_text(encoding="utf-8"))
            body.append(f'<section class="page depth-{depth}" id="{anchor(name)}">{text}</section>')
            headings += map(html.unescape, article.headings)
            link = f'<a href="#{anchor(name)}">{article.headings[0]}</a>'
            contents.append(f'<li class="depth-{depth}">{link}</li>')
        contents.append("</ul></li>" if caption else "")
    title = html.escape(config["title"])
    styles = _styles(folder)
    style = "".join(
        (folder / path.partition("?")[0]).read_text(encoding="utf-8") for path in styles
    )
    document = "\n".join(
        [
            '<!DOCTYPE html>\n<html lang="en" data-theme="light" data-mode="light">',
            f'<head><meta charset="utf-8"><title>{title}</title>',
            *(f'<link rel="stylesheet" href="html/{path}">' for path in styles),
            f"<style>{PAPER.read_text(encoding='utf-8')}</style>",
            '</head>\n<body class="printed-book">',
            f'<div class="printed-cover"><p class="title">{title}</p>',
            f"<p>{html.escape(config['author'])}</p><p>{config['copyright']}</p></div>",
            '<nav class="printed-contents"><p class="title">Contents</p>',
            *("<ul>", *contents, "</ul></nav>"),
            '<main class="bd-content"><article class="bd-article">',
            *(with_fewer_pieces(text, style) for text in body),
            "</article></main>\n</body></html>",
        ]
    )
    return document, headings


class _Styles(HTMLParser):
    """Collects the style sheets of a page, in order."""

    def __init__(self):
        super().__init__()
        self.paths = []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "link" and attributes.get("rel") == "stylesheet":
            self.paths.append(attributes["href"])


def _styles(folder):
    parser = _Styles()
    parser.feed((folder / "index.html").read_text(encoding="utf-8"))
    return list(dict.fromkeys(parser.paths))


def print_to_pdf(document, target, program):
    """Print an HTML file.

    Raises:
        RuntimeError: the browser failed, took too long, or wrote nothing.
    """
    with tempfile.TemporaryDirectory() as profile:
        command = [
            *(program, "--headless", "--disable-gpu", f"--user-data-dir={profile}"),
            # It opens nothing but the book's own files, and no name leads out of the machine.
            *("--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND"),
            *("--no-pdf-header-footer", "--generate-pdf-document-outline"),
            *(f"--print-to-pdf={target}", Path(document).as_uri()),
        ]
        try:
            run = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"{program} did not finish in {SECONDS} seconds") from None
    if run.returncode != 0 or not target.exists():
        raise RuntimeError(f"{program} did not print (exit code {run.returncode}):\n{run.stderr}")


def name_bookmarks(target, headings):
    """Write the texts of the headings into the bookmarks of a PDF, which has one for each.

    Chromium drops the space where a heading goes on in a second line, and repeats a heading that
    it moved to the next page.

    Raises:
        ValueError: the bookmarks are not those of the headings.
    """
    writer = PdfWriter(target, incremental=True)
    marks = list(_bookmarks(writer.root_object["/Outlines"]))
    if len(marks) != len(headings):
        raise ValueError(f"{len(marks)} bookmarks for {len(headings)} headings")
    for mark, heading in zip(marks, headings, strict=True):
        mark[NameObject("/Title")] = TextStringObject(" ".join(heading.split()))
    writer.write(target)


def _bookmarks(parent):
    entry = parent.get("/First")
    while entry is not None:
        yield entry.get_object()
        yield from _bookmarks(entry.get_object())
        entry = entry.get_object().get("/Next")


def main(argv=None):
    """Build the site if it is not up to date, and print it."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tools.pdf")
    parser.parse_args(argv)
    try:
        program = browser.find_browser()
    except FileNotFoundError as error:
        sys.exit(f"No PDF was made: {error}")
    if program is None:
        sys.exit(f"No PDF was made: it is printed by a browser, but {browser.ADVICE}")
    site.main([])
    TARGET.unlink(missing_ok=True)
    document, headings = joined(site.INDEX.parent)
    JOINED.write_text(document, encoding="utf-8")
    try:
        print_to_pdf(JOINED, TARGET, program)
        name_bookmarks(TARGET, headings)
    except (RuntimeError, ValueError) as error:
        sys.exit(f"No PDF was made: {error}")
    finally:
        JOINED.unlink()
    print(f"Printed {TARGET} ({TARGET.stat().st_size / 1e6:.0f} MB)")


if __name__ == "__main__":
    main()
