"""The directive ``demo``: a live model in a page, and a still picture where no script runs.

    :::{demo} two-numbers
    :alt: What the still picture shows.
    :::

The page itself loads one small script (book_pages leaves it there). Code and weights of a demo
follow when a reader has scrolled near it.
"""

import hashlib
import html
from pathlib import Path

import PIL.Image
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

FOLDER = "_static/demos"
SHORTEST_ALT = 20
# The data that each demo reads, files of _static/demos/data.
DATA = {
    "two-numbers": ("two-numbers",),
    "draw": ("digits", "pca", "samples"),
    "code-size": ("code-size", "pca", "samples"),
    "denoise": ("denoise", "samples"),
    "variational": ("variational",),
    "anomaly": ("digits", "samples"),
}
_FIGURE = """\
<figure class="demo" data-demo="{name}" data-files="{files}">
<img class="demo-still" src="{root}{folder}/{name}.png" alt="{alt}" width="{width}" \
height="{height}" loading="lazy">
<div class="demo-live" role="group" aria-label="Live model" hidden></div>
</figure>
"""


def files_of(name):
    """Return what a demo loads besides the shared script: its data and its code."""
    return [*(f"data/{data}.js" for data in DATA[name]), f"{name}.js"]


def versioned(folder, file):
    """Return the file's address with a part that changes with its content, for caches."""
    digest = hashlib.sha256((folder / file).read_bytes()).hexdigest()
    return f"{file}?v={digest[:8]}"


class Demo(SphinxDirective):
    """Put one demo into a page."""

    required_arguments = 1
    option_spec = {"alt": directives.unchanged_required}

    def run(self):
        """Return the HTML of the demo."""
        name, alt = self.arguments[0], self.options.get("alt", "")
        if name not in DATA:
            raise self.error(f"there is no demo {name!r}; there are {', '.join(DATA)}")
        if len(alt) < SHORTEST_ALT:
            raise self.error(f"the demo {name} needs an :alt: that says what its picture shows")
        folder = Path(self.env.srcdir) / FOLDER
        used = [f"{name}.png", *files_of(name)]
        missing = [file for file in used if not (folder / file).exists()]
        if missing:
            raise self.error(f"{FOLDER} has no {missing[0]}: run python -m tools.demos")
        for file in used:
            self.env.note_dependency(str(folder / file))
        with PIL.Image.open(folder / f"{name}.png") as picture:
            width, height = picture.size
        figure = _FIGURE.format(
            name=name,
            files=" ".join(versioned(folder, file) for file in files_of(name)),
            root="../" * self.env.docname.count("/"),
            folder=FOLDER,
            alt=html.escape(alt),
            width=width,
            height=height,
        )
        return [nodes.raw("", figure, format="html")]


def setup(app):
    """Add the directive."""
    app.add_directive("demo", Demo)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
