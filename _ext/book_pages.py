"""What the book adds to its pages, and what it leaves out of them."""

import base64
import hashlib
import json
import re
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError

from tools import notebooks

WORDS_PER_MINUTE = 200
# After at most three digits and before exactly three.
_SPACE_IN_NUMBER = re.compile(r"(?<=\d) (?=\d{3}(?!\d))(?<!\d{4} )")
_CLOSING = tuple(",.;:?!)]’”")
_WORD_JOINER = "\N{WORD JOINER}"
# Of thebe, which runs code in the page: the book does not use it.
_UNUSED = ("thebe", "THEBE_JS_URL")
# A page with a demo loads two of these files at once; the rest follow when a reader comes near.
DEMO_FILES = ("shared.js", "demos.css")
_DEMOS = "_static/demos/"


def alternative_texts(notebook):
    """Return SHA-256 of each picture in a notebook's outputs → its alternative text.

    myst-nb names the file of a picture by that hash, and leaves out the text that
    ``ae_utils.show_figure`` stored beside it.
    """
    texts = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            picture = output.get("data", {}).get("image/png")
            alt = output.get("metadata", {}).get("image/png", {}).get("alt")
            if picture and alt:
                texts[hashlib.sha256(base64.b64decode(picture)).hexdigest()] = alt
    return texts


def times_sentence(notebook, measured):
    """Return the line under a chapter's title.

    Args:
        notebook: the parsed notebook.
        measured: its entry in ``benchmarks/notebooks.json``, or ``None``.
    """
    text = " ".join(
        "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"
    )
    minutes = max(1, round(len(re.findall(r"\w+", text)) / WORDS_PER_MINUTE))
    sentence = f"About {minutes} minutes to read"
    if measured is None:
        return f"{sentence}."
    return (
        f"{sentence}; runs in about {measured['seconds']:.0f} seconds on two processor cores, "
        f"with {measured['peak_gib']:.1f} GiB of memory."
    )


def add_to_chapter(app, doctree):
    """Give pictures their alternative text, and put the times under the title."""
    source = Path(app.env.doc2path(app.env.docname))
    if source.suffix != ".ipynb":
        return
    notebook = json.loads(source.read_text(encoding="utf-8"))
    texts = alternative_texts(notebook)
    for image in doctree.findall(nodes.image):
        alt = texts.get(Path(image["uri"]).stem)
        if alt:
            image["alt"] = alt
    results = Path(app.srcdir) / "benchmarks" / "notebooks.json"
    app.env.note_dependency(str(results))
    measured = {}
    if results.exists():
        measured = json.loads(results.read_text(encoding="utf-8"))["notebooks"]
    title = next(iter(doctree.findall(nodes.title)), None)
    if title is not None:
        is_chapter = source.parent.name == "chapters"
        sentence = times_sentence(notebook, measured.get(source.stem) if is_chapter else None)
        line = nodes.paragraph("", sentence, classes=["chapter-times"])
        title.parent.insert(title.parent.index(title) + 1, line)


def remember_cells(app, page, source):
    """Note the ids of a notebook's cells, as the page shows them, for :func:`name_cells`.

    Raises:
        ExtensionError: the file is no notebook, or one without ids of cells; it is named.
    """
    path = Path(app.env.doc2path(page))
    if path.suffix == ".ipynb":
        try:
            cells = notebooks.parse_notebook(source[0], path.name).cells
        except notebooks.NotebookError as error:
            raise ExtensionError(str(error)) from None
        app.env.temp_data["cell_ids"] = [cell.id for cell in cells]


def name_cells(app, doctree):
    """Give each code cell an anchor, ``cell-`` and its id: that stays when cells move."""
    ids = app.env.temp_data.get("cell_ids", [])
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") == "cell_code":
            cell["ids"].append(f"cell-{ids[cell['cell_index']]}")


def keep_numbers_whole(app, doctree):
    """Let no line end inside a number such as 10 000."""
    for text in list(doctree.findall(nodes.Text)):
        is_prose = not isinstance(text.parent, nodes.FixedTextElement | nodes.literal | nodes.math)
        whole = _SPACE_IN_NUMBER.sub("\N{NO-BREAK SPACE}", text)
        if is_prose and whole != text:
            text.parent.replace(text, nodes.Text(whole))


def hold_punctuation(app, doctree):
    """Let no line begin with the comma or bracket that follows a formula.

    A formula is a box for the browser, and it may begin a new line after any box.
    """
    for formula in list(doctree.findall(nodes.math)):
        after = formula.next_node(descend=False, siblings=True)
        if isinstance(after, nodes.Text) and after[:1] in _CLOSING:
            after.parent.replace(after, nodes.Text(f"{_WORD_JOINER}{after}"))


def is_used(asset, has_demo):
    """Return whether a page needs a script or a style sheet that Jupyter Book gives it.

    Args:
        asset: one of Sphinx's.
        has_demo: whether there is a live model in the page.
    """
    file = str(getattr(asset, "filename", asset))
    if file.startswith(_DEMOS):
        return has_demo and file.removeprefix(_DEMOS) in DEMO_FILES
    text = f"{file} {getattr(asset, 'attributes', '')}"
    return not any(name in text for name in _UNUSED)


def trim_assets(app, page, template, context, doctree):
    """Leave out what a page does not use: Jupyter Book adds all that is below ``_static``."""
    has_demo = '<figure class="demo"' in context.get("body", "")
    for kind in ("script_files", "css_files"):
        context[kind] = [asset for asset in context.get(kind, []) if is_used(asset, has_demo)]


def setup(app):
    """Connect the parts to Sphinx; those that others add to run late."""
    app.connect("source-read", remember_cells, priority=900)
    app.connect("doctree-read", add_to_chapter)
    app.connect("doctree-read", name_cells)
    app.connect("doctree-read", keep_numbers_whole)
    app.connect("doctree-read", hold_punctuation)
    app.connect("html-page-context", trim_assets, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
