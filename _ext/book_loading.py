"""Let a page show its text soon: one small style sheet, deferred scripts, late pictures and sounds.

The theme and its companions put a dozen style sheets and as many scripts into the head of every
page, and a browser shows nothing before it has them; five sixths of the styles are for things that
this book does not have. Icons are drawn into the pages, so their fonts, larger than a chapter with
its pictures, are never needed.
"""

import base64
import hashlib
import posixpath
import re
from pathlib import Path

import PIL.Image
import tinycss2
from sphinx.errors import ExtensionError

JOINED = "_static/site.css"
OPTIONS = "_static/documentation_options.js"
THEME_SCRIPT = "_static/scripts/pydata-sphinx-theme.js"
# Its scripts stay as they are: the offline book needs them so.
SEARCH = "search.html"

_LINK = re.compile(r'\s*<link\b(?=[^>]*rel="stylesheet")[^>]*?href="([^"]+)"[^>]*>')
_SCRIPT = re.compile(r'<script (?![^>]*\bdefer\b)(?=[^>]*\bsrc=")')
# The theme loads the whole index of the search on every page, for a search as one types, which is
# off.
_SEARCH_SCRIPT = re.compile(
    r'\s*<script src="[^"]*\b(?:searchtools|language_data|searchindex)\.js"></script>'
)
# Asks every box of the page for its size as soon as it is loaded; _static/book.js does this later.
_MEASURE_BOXES = re.compile(
    r'"complete"===document\.readyState\?(\w+)\(\):window\.addEventListener\("load",\1\)'
)
_OPTIONS_SCRIPT = re.compile(r'<script src="[^"]*documentation_options\.js[^"]*"></script>')
_IMPORT = re.compile(r"""@import\s+(?:url\()?["']?([^"')]+)["']?\)?;""")
_ADDRESS = re.compile(r"""url\((["']?)(?!data:|#|[a-z]+:)([^"')]+)\1\)""")
_WORD = re.compile(r"[\w-]+")
_NAME = re.compile(r"[.#](-?[A-Za-z_][\w-]*)")
# What stands inside is no condition, or one of several.
_OPTIONAL = re.compile(r":(?:not|is|where|has)\([^()]*(?:\([^()]*\)[^()]*)*\)")
_BRACKETS = re.compile(r"\[[^\]]*\]")
# A comma between selectors, not one inside round brackets, such as those of :is(…).
_COMMA = re.compile(r",(?![^()]*(?:\([^()]*\)[^()]*)*\))")
_PICTURE = re.compile(r'<img\b((?:\s[^>]*?)?\s)src="([^"]+)"')
_SOUND = re.compile(r'(<audio\b[^>]*?\s)src="data:audio/wav;base64,([A-Za-z0-9+/=\s]+)"')
_ICON_FONT = re.compile(
    r"@font-face\{[^}]*Font ?Awesome[^}]*\}"
    r'|(?:\.fa-[\w-]+:{1,2}before,?)+\{content:"[^"]*"\}'
)


def sheet_of(href):
    """Return the name of a style sheet below the site, from its address in any page."""
    path = href.partition("?")[0]
    return path[path.index("_static/") :]


def style(folder, name):
    """Return a style sheet with what it imports, its addresses as seen from ``_static``."""
    text = (folder / name).read_text(encoding="utf-8")
    place = posixpath.dirname(name)
    text = _IMPORT.sub(lambda m: style(folder, posixpath.normpath(f"{place}/{m[1]}")), text)

    def moved(match):
        address = posixpath.relpath(posixpath.normpath(f"{place}/{match[2]}"), "_static")
        return f"url({address})"

    return _ADDRESS.sub(moved, text)


def without_unused(text, known):
    """Return a style sheet without the rules for classes and ids that are not among the words."""
    rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    return "".join(_kept(rules, known))


def _kept(rules, known):
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = _COMMA.split(tinycss2.serialize(rule.prelude))
            kept = [selector.strip() for selector in selectors if _is_used(selector, known)]
            if kept:
                yield f"{','.join(kept)}{{{tinycss2.serialize(rule.content)}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            inside = "".join(_kept(inner, known))
            if inside:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inside}}}"
        else:
            yield rule.serialize()


def _is_used(selector, known):
    needed = _BRACKETS.sub("", _OPTIONAL.sub("", selector)).replace("\\", "")
    return all(name in known for name in _NAME.findall(needed))


def joined(folder, names, texts):
    """Return what the site uses of several style sheets, in one, without the fonts of icons.

    Args:
        folder: the site.
        names: the style sheets.
        texts: all pages and scripts; each word in them is a name that a style may name.
    """
    text = "\n".join(style(folder, name) for name in names)
    known = {word for text in texts for word in _WORD.findall(text)}
    return without_unused(_ICON_FONT.sub("", text), known)


def late_pictures(html, page):
    """Return a page whose pictures have their size, and load, but for the first, when needed.

    With its size known, a picture that comes late moves nothing.
    """
    count = 0

    def changed(match):
        nonlocal count
        path = page.parent / match[2]
        if " width=" in match[0] or "_images/" not in match[2] or path.suffix != ".png":
            return match[0]
        count += 1
        with PIL.Image.open(path) as picture:
            width, height = picture.size
        late = ' loading="lazy"' if count > 1 and "loading=" not in match[0] else ""
        return f'<img{late} width="{width}" height="{height}"{match[1]}src="{match[2]}"'

    return _PICTURE.sub(changed, html)


def late_sounds(html, page, folder):
    """Return a page whose sounds are files of the site, loaded when they are played.

    Notebooks hold them as text, and a browser shows nothing before it has read that.
    """

    def moved(match):
        content = base64.b64decode(match[2])
        path = folder / "_static" / "sounds" / f"{hashlib.sha256(content).hexdigest()[:12]}.wav"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        address = posixpath.relpath(path.as_posix(), page.parent.as_posix())
        before = match[1].replace('preload="metadata"', 'preload="none"')
        return f'{before}src="{address}"'

    return _SOUND.sub(moved, html)


def quick(html, shared, version, options):
    """Return a page with one link for all shared style sheets, and the scripts it needs deferred.

    Args:
        html: the page.
        shared: names of the style sheets that the joined one replaces.
        version: what is added to its address, for caches.
        options: the script that must run at once; it is put into the page. ``None`` leaves all
            scripts as they are.
    """
    links = list(_LINK.finditer(html))
    if not links:
        return html
    root = links[0][1][: links[0][1].index("_static/")]
    first = f'\n<link rel="stylesheet" href="{root}{JOINED}?v={version}" />'
    html = _LINK.sub(lambda m: "" if sheet_of(m[1]) in shared else m[0], html)
    html = html[: links[0].start()] + first + html[links[0].start() :]
    if options is None:
        return html
    html = _SEARCH_SCRIPT.sub("", html)
    html = _OPTIONS_SCRIPT.sub(lambda m: f"<script>{options}</script>", html)
    return _SCRIPT.sub("<script defer ", html)


def without_measuring(script):
    """Return the theme's script without the search for boxes that scroll.

    Raises:
        ExtensionError: there is no such part: the theme has changed.
    """
    script, count = _MEASURE_BOXES.subn("0", script)
    if count != 1:
        raise ExtensionError(f"{THEME_SCRIPT} does not look for boxes that scroll as it did")
    return script


def quicken_pages(app, exception):
    """Join the style sheets that all pages share, and rewrite the pages."""
    if exception is not None or app.builder.format != "html":
        return
    folder = Path(app.outdir)
    pages = [path for path in folder.rglob("*.html") if "_static" not in path.parts]
    texts = {path: path.read_text(encoding="utf-8") for path in pages}
    used = [[sheet_of(href) for href in _LINK.findall(text)] for text in texts.values()]
    used = [names for names in used if names]
    if not used:
        return
    common = set.intersection(*map(set, used))
    shared = [name for name in dict.fromkeys(used[0]) if name in common]
    scripts = [
        path.read_text(encoding="utf-8")
        for path in folder.rglob("*.js")
        if path.name != "searchindex.js"
    ]
    text = joined(folder, shared, [*texts.values(), *scripts])
    (folder / JOINED).write_text(text, encoding="utf-8")
    version = hashlib.sha256(text.encode()).hexdigest()[:8]
    theme = folder / THEME_SCRIPT
    theme.write_text(without_measuring(theme.read_text(encoding="utf-8")), encoding="utf-8")
    theme.with_suffix(".js.map").unlink(missing_ok=True)
    options = (folder / OPTIONS).read_text(encoding="utf-8")
    for path, html in texts.items():
        at_once = None if path.name == SEARCH else options
        html = late_pictures(quick(html, shared, version, at_once), path)
        html = late_sounds(html, path, folder)
        path.write_text(html, encoding="utf-8")


def setup(app):
    """Connect to the end of the build, after what mends the pages and draws the icons."""
    app.connect("build-finished", quicken_pages, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
