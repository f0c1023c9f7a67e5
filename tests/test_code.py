"""What a chapter's page folds, and the claims that it shows under their results."""

import json

import nbformat
import pytest
from sphinx.errors import ExtensionError

from _ext import book_code
from ae_utils.checks import CLAIMS_MIME_TYPE
from tools import notebooks, scoreboard


def claim(key, passed=True):
    return {
        "key": key,
        "claim": f"the sentence of {key} & more",
        "value": 0.25,
        "bound": {"below": 0.5},
        "unit": "share",
        "passed": passed,
    }


def code(name, source, outputs=(), tags=()):
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {"tags": [*tags]},
        "source": source,
        "outputs": [*outputs],
    }


def printed(text):
    return {"output_type": "display_data", "metadata": {}, "data": {"text/plain": text}}


def chapter(*cells, claims):
    stored = {"chapter": "c", "claims": [claim(key) for key in claims]}
    data = {CLAIMS_MIME_TYPE: stored}
    report = {"output_type": "display_data", "metadata": {}, "data": data}
    text = {"cell_type": "markdown", "id": "text", "metadata": {}, "source": "# C"}
    cells = [text, *cells, code("checks", "checks.report()", [report])]
    return nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


def shown(notebook):
    """Return (id, whether folded, lines of code, the texts of its claims) of each code cell."""
    rows = []
    for cell in book_code.with_folded_code(notebook)["cells"]:
        if cell["cell_type"] == "code":
            html = json.dumps([o.get("data", {}).get("text/html") for o in cell["outputs"]])
            folded = "hide-input" in cell["metadata"].get("tags", [])
            rows.append((cell["id"], folded, len(cell["source"].splitlines()), html.count("<li")))
    return rows


def test_code_that_prepares_or_checks_is_folded_and_claims_stand_under_their_result():
    notebook = chapter(
        code("setup", "install()", tags=["setup"]),
        code("imports", "import numpy as np"),
        code(
            "train", "a = 1\nb = 2\nc = 3\nchecks.expect('c.one', 'x', a,\n              below=2)"
        ),
        code("train-picture", "draw(a)"),
        code("train-checks", "d = 4\ne = 5\nf = 6\nchecks.expect('c.two', 'x', d, below=9)"),
        claims=["c.one", "c.two"],
    )
    assert shown(notebook) == [
        ("setup", True, 1, 0),
        ("imports", True, 1, 0),
        ("train", False, 3, 0),
        ("train-claims", True, 2, 1),
        ("train-picture", True, 1, 0),
        ("train-checks", True, 4, 1),
        ("checks", True, 1, 0),
    ]


def test_keys_with_gaps_belong_to_the_cell_whose_turn_it_was():
    loop = "for n in names:\n    checks.expect(f'c.{n}', 'x', 1, below=2)"
    notebook = chapter(
        code("first", loop),
        code("middle", "checks.expect('c.m', 'x', 1, below=2)"),
        code("last", loop),
        code("anything", "f'{a}{b}'"),
        claims=["c.a", "c.b", "c.m", "c.d"],
    )
    assert [row[3] for row in shown(notebook)] == [2, 1, 1, 0, 0]


def test_a_claim_says_its_numbers_and_whether_it_held():
    html = book_code.claims_list([claim("c.one"), claim("c.two", passed=False)])
    assert "the sentence of c.one &amp; more" in html
    assert "0.25 share; below 0.5" in html
    assert html.count('class="held"') == html.count('class="not-held"') == 1


def test_how_long_a_model_trained_is_left_out_and_what_else_is_printed_stays():
    progress = printed("Trained for 12 of 12 epochs, 39 steps each.")
    notebook = chapter(code("train", "fit()", [progress, printed("Trained for 3 days")]), claims=[])
    (cell,) = [c for c in book_code.with_folded_code(notebook)["cells"] if c["id"] == "train"]
    assert [o["data"]["text/plain"] for o in cell["outputs"]] == ["Trained for 3 days"]


@pytest.mark.parametrize("path", notebooks.chapter_paths(), ids=lambda path: path.stem)
def test_nearly_all_claims_of_a_chapter_stand_where_they_are_checked(path):
    notebook = notebooks.read_notebook(path)
    before = json.dumps(notebook)
    rows = shown(notebook)
    stored = sum(len(table["claims"]) for table in scoreboard.claim_tables(notebook))
    # Those that a function checks, which an earlier cell defines, stand in the table at the end.
    assert 0.7 * stored <= sum(claims for *_, claims in rows) <= stored
    assert json.dumps(notebook) == before, "the notebook itself was changed"
    assert "Trained for " not in json.dumps(
        [cell.get("outputs") for cell in book_code.with_folded_code(notebook)["cells"]]
    )
    names = [name for name, *_ in rows]
    assert len(names) == len(set(names))
    lines = sum(lines for *_, lines, _ in rows)
    assert sum(lines for _, folded, lines, _ in rows if folded) >= 0.25 * lines


def test_a_cell_of_remarks_stays_and_what_is_no_notebook_is_named():
    notebook = chapter(code("remark", "# nothing yet"), claims=[])
    assert shown(notebook)[0] == ("remark", False, 1, 0)
    with pytest.raises(ExtensionError, match="chapters/new is not a notebook"):
        book_code.fold(None, "chapters/new", ["{}"])
