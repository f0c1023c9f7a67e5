"""Put the claims of `scoreboard.json` into the page that holds the two markers below."""

import json
from pathlib import Path

PAGE = "pages/scoreboard"
REFERENCES = "<!-- claims with a published figure -->"
ALL = "<!-- all claims -->"


def reference_table(claims):
    """Return a Markdown table of the claims that stand beside a published figure."""
    lines = ["| what | ours | reference | source | chapter |", "|---|---|---|---|---|"]
    lines += [
        f"| {claim['claim']}, {claim['unit']} | {claim['value']:.4g} | {claim['reference']:g} "
        f"| {{cite:t}}`{claim['citation']}` | {_link(claim['chapter'])} |"
        for claim in claims
        if claim["reference"] is not None
    ]
    return "\n".join(lines)


def all_tables(claims):
    """Return for each chapter a heading and a Markdown table of its claims."""
    lines = []
    for chapter in dict.fromkeys(claim["chapter"] for claim in claims):
        lines += [
            f"### {chapter.capitalize()}",
            "",
            f"From {_link(chapter)}.",
            "",
            "| | claim | measured | bound |",
            "|---|---|---|---|",
        ]
        for claim in claims:
            if claim["chapter"] == chapter:
                mark = "✓" if claim["passed"] else "✗"
                value = f"{claim['value']:.4g} {claim['unit']}"
                lines.append(f"| {mark} | {claim['claim']} | {value} | {_bound(claim['bound'])} |")
        lines.append("")
    return "\n".join(lines)


def _link(chapter):
    return f"[{chapter}](../chapters/{chapter}.ipynb)"


def _bound(bound):
    ((kind, limit),) = bound.items()
    return f"{limit[0]:g} to {limit[1]:g}" if kind == "within" else f"{kind} {limit:g}"


def fill_page(app, page, source):
    """Replace both markers before the page is read."""
    if page != PAGE:
        return
    file = Path(app.srcdir) / "scoreboard.json"
    app.env.note_dependency(str(file))
    claims = json.loads(file.read_text(encoding="utf-8"))
    text = source[0].replace(REFERENCES, reference_table(claims))
    source[0] = text.replace(ALL, all_tables(claims))


def setup(app):
    """Connect to the event that hands over the source of each page."""
    app.connect("source-read", fill_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
