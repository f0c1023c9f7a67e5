"""Show a Mermaid diagram as the SVG that `python -m tools.diagrams` drew from its source.

GitHub and Jupyter draw the same block by themselves, so the source stays readable everywhere.
"""

import hashlib
import re
from pathlib import Path

from docutils import nodes
from sphinx.util import logging

FOLDER = "_static/diagrams"


def diagram_name(source):
    """Return the name of a diagram's file: a hash of its source without outer white space."""
    return hashlib.sha256(source.strip().encode()).hexdigest()[:12]


def description(source):
    """Return what a reader who cannot see the diagram is told: its accDescr line."""
    found = re.search(r"^\s*accDescr:\s*(.+)$", source, re.MULTILINE)
    return found.group(1).strip() if found else ""


def replace_diagrams(app, doctree):
    """Put the drawn picture in the place of each block of Mermaid source."""
    for block in list(doctree.findall(nodes.literal_block)):
        if block.get("language") != "mermaid":
            continue
        source = block.astext()
        file = f"{FOLDER}/{diagram_name(source)}.svg"
        if not (Path(app.srcdir) / file).exists() or not description(source):
            logging.getLogger(__name__).warning(
                "a diagram has no drawing or no accDescr line: run python -m tools.diagrams",
                location=block,
            )
            continue
        picture = nodes.image("", uri=f"/{file}", alt=description(source), classes=["diagram"])
        # On a phone its words are small: a tap opens it alone.
        address = f"{'../' * app.env.docname.count('/')}{file}"
        block.replace_self(nodes.reference("", "", picture, refuri=address))


def setup(app):
    """Run before pictures are collected, as those of the page are."""
    app.connect("doctree-read", replace_diagrams, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
