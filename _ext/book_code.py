"""Let code step back in a chapter's page, and say under a result which claims it holds.

Set-up, imports and checks are folded, each under a line that says what it is; notebooks stay as
they are. A claim is one line where it is checked, with the numbers of the stored run.
"""

import ast
import html
import json
import re

from sphinx.errors import ExtensionError

from ae_utils.checks import measured_and_bound
from tools import notebooks, scoreboard
from tools.provenance import parse_cell

CHAPTERS = "chapters/"
TRAINED = re.compile(r"Trained for \d+ of \d+ epochs, \d+ steps each\.")
# What a cell is for stands in its id.
CHECKS = re.compile(r"(^|-)checks?(-|$)")
SHOWS = re.compile(r"-(picture|plot|figure|table)s?$")
PROMPTS = {
    "setup": "Set-up: installs what Colab lacks",
    "imports": "Imports, and the data",
    "checks": "The checks, as code",
    "picture": "The picture, as code",
    "table": "The table, as code",
}


def with_folded_code(notebook):
    """Return a chapter's notebook as its page shows it.

    Args:
        notebook: of :func:`tools.notebooks.parse_notebook`, with the claims of the last run in
            one of its outputs.
    """
    trees = {cell.id: parse_cell(cell.source) for cell in notebooks.code_cells(notebook)}
    claims = {
        claim["key"]: claim
        for table in scoreboard.claim_tables(notebook)
        for claim in table["claims"]
    }
    held = claims_of_cells(trees, claims)
    cells = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cells += _stepped_back(cell, trees[cell["id"]], held.get(cell["id"], []))
        else:
            cells.append(cell)
    return {**notebook, "cells": cells}


def claims_of_cells(trees, claims):
    """Return the id of a cell → the claims that it checks.

    A key stands in its cell as a string, or as one with gaps, as in a loop. Strings with gaps may
    fit a key of another cell; but claims are stored in the order in which cells checked them.

    Args:
        trees: id → syntax tree, in the order of the cells.
        claims: key → claim, in the order in which they were checked.
    """
    names = list(trees)
    patterns = [[p for node in ast.walk(trees[name]) if (p := _pattern(node))] for name in names]
    exact = {
        key: place
        for key in claims
        for place, found in enumerate(patterns)
        if re.escape(key) in found
    }
    held, place, keys = {}, 0, list(claims)
    for number, key in enumerate(keys):
        later = [exact[after] for after in keys[number:] if after in exact]
        last = min(later, default=len(names) - 1)
        fitting = [
            (len(pattern), -where)
            for where in range(place, last + 1)
            for pattern in patterns[where]
            if re.fullmatch(pattern, key)
        ]
        if fitting:
            place = exact.get(key, -max(fitting)[1])
            held.setdefault(names[place], []).append(claims[key])
    return held


def claims_list(claims):
    """Return claims as a list in HTML, one line each."""
    lines = []
    for claim in claims:
        measured, bound = measured_and_bound(claim)
        word = "held" if claim["passed"] else "not held"
        sentence, numbers = html.escape(claim["claim"]), html.escape(f"{measured}; {bound}")
        lines.append(
            f'<li class="{word.replace(" ", "-")}"><span class="claim-word">{word}:</span> '
            f'{sentence} <span class="claim-numbers">{numbers}</span></li>'
        )
    return f'<ul class="claims-held">{"".join(lines)}</ul>'


def _stepped_back(cell, tree, held):
    """Return a code cell as one cell, or as two where checks stand at its end."""
    cell = {**cell, "outputs": [output for output in cell["outputs"] if not _is_progress(output)]}
    kind = _kind(cell)
    if not held:
        return [_folded(cell, kind)]
    note = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"text/html": claims_list(held)},
    }
    lines, first = cell["source"].splitlines(keepends=True), _first_check(tree)
    before, checks = lines[:first], lines[first:]
    if kind != "checks" and 0 < len(checks) < len(before):
        rest = {**cell, "id": f"{cell['id']}-claims", "source": "".join(checks), "outputs": [note]}
        return [_folded({**cell, "source": "".join(before)}, kind), _folded(rest, "checks")]
    kind = "checks" if checks else kind
    return [_folded({**cell, "outputs": [*cell["outputs"], note]}, kind)]


def _kind(cell):
    """Return what a cell is for, if that is one of the kinds that are folded."""
    if "setup" in cell["metadata"].get("tags", []):
        return "setup"
    if CHECKS.search(cell["id"]):
        return "checks"
    if shows := SHOWS.search(cell["id"]):
        return "table" if shows[1] == "table" else "picture"
    return "imports" if cell["id"] == "imports" else None


def _first_check(tree):
    """Return the number of the line, from 0, where nothing but checks follows."""
    first = tree.body[-1].end_lineno
    for statement in reversed(tree.body):
        if "checks." not in ast.unparse(statement):
            break
        first = statement.lineno - 1
    return first


def _folded(cell, kind):
    if kind is None:
        return cell
    metadata = cell["metadata"]
    tags = [*metadata.get("tags", []), "hide-input"]
    prompt = {"code_prompt_show": PROMPTS[kind], "code_prompt_hide": PROMPTS[kind]}
    return {**cell, "metadata": {**metadata, "tags": tags, "mystnb": prompt}}


def _is_progress(output):
    text = "".join(output.get("data", {}).get("text/plain", ""))
    return output["output_type"] == "display_data" and TRAINED.fullmatch(text) is not None


def _pattern(node):
    """Return a regular expression of the strings that an expression may be."""
    if not isinstance(node, ast.JoinedStr | ast.Constant):
        return None
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [part.value if isinstance(part, ast.Constant) else None for part in parts]
    # A string that begins with a gap may be anything.
    if not texts or not isinstance(texts[0], str) or not texts[0]:
        return None
    return "".join(r"[\w.]+" if text is None else re.escape(text) for text in texts)


def fold(app, page, source):
    """Change a chapter before it is read."""
    if not page.startswith(CHAPTERS):
        return
    try:
        notebook = notebooks.parse_notebook(source[0], page)
    except notebooks.NotebookError as error:
        raise ExtensionError(str(error)) from None
    source[0] = json.dumps(with_folded_code(notebook))


def setup(app):
    """Connect to the event that hands over the source of each page."""
    app.connect("source-read", fold)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
