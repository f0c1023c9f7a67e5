"""Drop the icons that no page uses from the theme's script: it alone would exceed the budget."""

import re
from pathlib import Path

SCRIPT = Path("_static") / "scripts" / "fontawesome.js"
# name:[width,height,[aliases],"code point","path" or ["path","path"]]
_ICON = re.compile(
    r'"?(?P<name>[\w-]+)"?:\[\d+,\d+,\[(?P<aliases>[^\]]*)\],"[0-9a-f]+",'
    r'(?:"[^"]*"|\[[^\]]*\])\],?'
)
_USE = re.compile(r"\bfa-([a-z0-9-]+)")


def used_icons(folder):
    """Return the names behind ``fa-`` in the pages and scripts below ``folder``.

    The theme's style sheet names every icon there is, so it tells nothing.
    """
    names = set()
    for pattern in ("**/*.html", "**/*.js"):
        for path in folder.glob(pattern):
            if path.name != SCRIPT.name:
                names |= set(_USE.findall(path.read_text(encoding="utf-8", errors="ignore")))
    return names


def without_unused(script, names):
    """Return the script with only the icons whose name or alias is in ``names``."""

    def keep(match):
        aliases = re.findall(r'"([\w-]+)"', match["aliases"])
        return match[0] if names.intersection([match["name"], *aliases]) else ""

    return _ICON.sub(keep, script)


def trim_icons(app, exception):
    """Rewrite the script in the finished site."""
    path = Path(app.outdir) / SCRIPT
    if exception is None and app.builder.format == "html" and path.exists():
        script = path.read_text(encoding="utf-8")
        path.write_text(without_unused(script, used_icons(Path(app.outdir))), encoding="utf-8")
        path.with_suffix(".js.map").unlink(missing_ok=True)


def setup(app):
    """Connect to the end of the build."""
    app.connect("build-finished", trim_icons)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
