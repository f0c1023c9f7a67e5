"""Put claims of `scoreboard.json` into the pages that hold one of the markers below."""

import json
import re
from pathlib import Path

from ae_utils.checks import measured_and_bound

REFERENCES = "<!-- claims with a published figure -->"
ALL = "<!-- all claims -->"
# Single claims, by their keys: <!-- claims: images.probe, text.few_labels -->
CHOSEN = re.compile(r"<!-- claims: ([\w., ]+) -->")


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
            *_rows(claim for claim in claims if claim["chapter"] == chapter),
            "",
        ]
    return "\n".join(lines)


def chosen_table(claims, keys):
    """Return a Markdown table of the claims with these keys, in their order.

    Raises:
        ValueError: a key is not that of a claim.
    """
    known = {claim["key"]: claim for claim in claims}
    if unknown := [key for key in keys if key not in known]:
        raise ValueError(f"scoreboard.json has no claim {unknown}")
    return "\n".join(_rows(known[key] for key in keys))


def _rows(claims):
    lines = ["| holds | claim | measured | bound |", "|---|---|---|---|"]
    for claim in claims:
        mark = "✓" if claim["passed"] else "✗"
        value, bound = measured_and_bound(claim)
        lines.append(f"| {mark} | {claim['claim']} | {value} | {bound} |")
    return lines


def _link(chapter):
    return f"[{chapter}](../chapters/{chapter}.ipynb)"


def fill_page(app, page, source):
    """Replace the markers before the page is read."""
    text = source[0]
    if not (REFERENCES in text or ALL in text or CHOSEN.search(text)):
        return
    file = Path(app.srcdir) / "scoreboard.json"
    app.env.note_dependency(str(file))
    claims = json.loads(file.read_text(encoding="utf-8"))
    text = text.replace(REFERENCES, reference_table(claims)).replace(ALL, all_tables(claims))
    source[0] = CHOSEN.sub(lambda marker: chosen_table(claims, re.split(r",\s*", marker[1])), text)


def setup(app):
    """Connect to the event that hands over the source of each page."""
    app.connect("source-read", fill_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
