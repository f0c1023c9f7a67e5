"""Every rule of the notebook policy on a chapter that breaks it."""

import json
import shutil

import nbformat
import pytest

from ae_utils.checks import CLAIMS_MIME_TYPE as CLAIMS
from tests.books import CHECKS, small_book, small_chapter
from tools import notebooks, policy
from tools.provenance import demos_provenance, experiment_provenance, provenance


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A small book with a chapter that breaks no rule."""
    folder = small_book(tmp_path_factory.mktemp("book"))
    path = small_chapter(folder, "import ae_utils\n\nprint(2)", CHECKS)
    notebook = notebooks.read_notebook(path)
    setup, first, checks = notebooks.code_cells(notebook)
    for number, cell in enumerate((setup, first, checks), start=1):
        cell.execution_count = number
    first.outputs = [nbformat.v4.new_output("stream", name="stdout", text="2\n")]
    claim = {"key": "small.sum", "claim": "the sum is small", "value": 3, "bound": {"below": 4}}
    claim |= {"unit": "apples", "reference": None, "citation": None, "passed": True}
    data = {"text/plain": "✓", CLAIMS: {"chapter": "small", "claims": [claim]}}
    checks.outputs = [nbformat.v4.new_output("display_data", data=data)]
    store(notebook, folder)
    return folder


def store(notebook, folder):
    notebook.metadata.kernelspec = notebooks.KERNELSPEC
    notebook.metadata[notebooks.METADATA_KEY] = {"provenance": provenance(notebook, folder)}
    notebooks.write_notebook(notebook, folder / "chapters" / "small.ipynb")


@pytest.fixture
def book(template, tmp_path):
    return shutil.copytree(template, tmp_path / "book")


def broken(book, change):
    """Apply ``change`` to the chapter, store it as fresh, and return what the policy says."""
    path = book / "chapters" / "small.ipynb"
    notebook = notebooks.read_notebook(path)
    change(notebook)
    store(notebook, book)
    return "\n".join(policy.problems(path, book))


def picture(metadata):
    data = {"image/png": "iVBORw0KGgo="}
    return nbformat.v4.new_output("display_data", data=data, metadata=metadata)


def put(cell, **changes):
    """Return a change of one cell of the chapter: 0 title, 1 set-up, 2 code, 3 checks."""

    def change(notebook):
        notebook.cells[cell].update(changes)

    return change


def output(new):
    return put(2, outputs=[new])


def claim(**changes):
    def change(notebook):
        notebook.cells[3].outputs[0].data[CLAIMS]["claims"][0].update(changes)

    return change


def stream(name, text):
    return output(nbformat.v4.new_output("stream", name=name, text=text))


def test_a_sound_chapter_has_no_problem(book):
    assert broken(book, lambda notebook: None) == ""


RULES = {
    "an error": (
        output(nbformat.v4.new_output("error", ename="ValueError", evalue="x", traceback=[])),
        "holds an error: ValueError",
    ),
    "stderr": (stream("stderr", "a warning"), "holds stderr text"),
    "address": (stream("stdout", "<Axes at 0x7f00aa00aa00>"), "prints a memory address"),
    "machine path": (stream("stdout", "/home/ada/book/x.npz"), "path of one machine"),
    "no alternative text": (output(picture({})), "no alternative text"),
    "short alternative text": (output(picture({"image/png": {"alt": "plot"}})), "no alternative"),
    "picture in the text": (put(0, source="# T\n\n![](a.png)"), "no alternative text"),
    "machine path in code": (put(2, source="x = '/home/ada/x.npz'"), "path of one machine"),
    "clock": (put(2, source="import time\ntime.time()"), "measures time"),
    "tf.keras": (put(2, source="tf.keras.Input"), "uses tf.keras"),
    "long cell": (put(2, source="x = 1\n" * 40), "longer than"),
    "unknown tag": (put(2, metadata={"tags": ["hide"]}), "unknown tags ['hide']"),
    "comparing a cell that trains": (
        put(2, source="fit(model)", metadata={"tags": ["nbval-check-output"]}),
        "must not compare",
    ),
    "import of a module": (put(2, source="import ae_utils.metrics"), "import ae_utils itself"),
    "import from a module": (
        put(2, source="from ae_utils.metrics import psnr_decibels"),
        "import names from ae_utils itself",
    ),
    "star import": (put(2, source="from ae_utils import *"), "one by one"),
    "set-up cell": (put(1, source="import ae_utils"), "not the common set-up cell"),
    "no set-up tag": (put(1, metadata={}), "not the common set-up cell"),
    "order": (put(2, execution_count=7), "execution counts"),
    "no title": (put(0, source="Text"), "exactly one title"),
    "two titles": (put(0, source="# One\n\n# Two"), "exactly one title"),
    "skipped level": (put(0, source="# One\n\n### Three"), "skips a level"),
    "typed number": (put(0, source="# T\n\nThe error is 3.87."), "the measured number 3.87"),
    "role": (put(0, source="# T\n\nSee {cite:p}`kramer1991`."), "'{cite:p}`kramer1991`' is a role"),
    "directive": (put(0, source="# T\n\n:::{note}\nText\n:::"), "':::{note}' is a directive"),
    "fenced directive": (put(0, source="# T\n\n```{note}\nText\n```"), "is a directive"),
    "label": (put(0, source="(here)=\n# T"), "'(here)=' is a label"),
    "formula": (put(0, source="# T\n\n$$a$$ (eq-a)"), "is a numbered formula"),
    "footnote": (put(0, source="# T\n\nText[^1]."), "'[^1]' is a footnote"),
    "comment": (put(0, source="# T\n\n% hidden"), "is a comment"),
    "block break": (put(0, source="# T\n\n+++"), "is a block break"),
    "citation": (
        put(0, source="# T\n\n[Kramer (1992)](https://doi.org/10.1002/aic.690370209)"),
        "'Kramer (1992)' links to kramer1991, which is 'Kramer (1991)'",
    ),
    "failed claim": (claim(passed=False), "small.sum does not hold"),
    "unknown source": (claim(citation="nobody2099"), "not in references.bib"),
    "weak bound": (
        claim(claim="a has less than b", unit="ratio", bound={"below": 1.1}),
        "small.sum: its bound includes no difference",
    ),
    "claim of constants": (
        put(3, source=CHECKS.replace("sum(range(3))", "3")),
        "small.sum: compares constants",
    ),
    "no claims": (put(3, outputs=[]), "shows 0 tables of claims"),
}


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_finds_its_bad_example(rule, book):
    change, message = RULES[rule]
    assert message in broken(book, change)


def test_a_stale_chapter_is_found(book):
    path = book / "chapters" / "small.ipynb"
    path.write_text(path.read_text().replace("print(2)", "print(1 + 1)"))
    assert "stale" in "\n".join(policy.problems(path, book))


def test_the_kernel_the_size_and_the_table_of_contents(book):
    path = book / "chapters" / "small.ipynb"
    notebook = notebooks.read_notebook(path)
    notebook.metadata.kernelspec["name"] = "my-kernel"
    notebook.cells[0].source += "\n\n" + "word " * 100_000
    notebooks.write_notebook(notebook, path)
    (book / "_toc.yml").write_text("format: jb-book\nroot: index\nparts: []\n")
    found = "\n".join(policy.problems(path, book))
    for message in ("is not python3", "at most 400 KB", "not in _toc.yml"):
        assert message in found


def test_a_file_that_is_no_notebook_is_a_problem_and_not_a_crash(book):
    path = book / "chapters" / "small.ipynb"
    path.write_text("{")
    assert "not valid JSON" in policy.problems(path, book)[0]


def test_numbers_that_are_no_measurements_are_allowed(book):
    text = "# T\n\nPython 3.11, CC BY 4.0, `0.01`, $\\pi \\approx 3.14$, "
    text += "[Kramer (1991)](https://doi.org/10.1002/aic.690370209) says 9.01."
    assert broken(book, put(0, source=text)) == ""


def test_no_chapter_of_the_book_breaks_a_rule():
    found = [message for path in notebooks.chapter_paths() for message in policy.problems(path)]
    assert found == []


def test_a_stored_result_whose_code_changed_is_a_problem(tmp_path):
    for name in ("benchmarks", "tools", "ae_utils"):
        (tmp_path / name).mkdir()
    (tmp_path / "ae_utils" / "__init__.py").write_text("")
    for name in ("demos.py", "demo_files.py"):
        (tmp_path / "tools" / name).write_text("")
    module = tmp_path / "benchmarks" / "walk.py"
    module.write_text("def measure(progress, seeds=(0,)):\n    return {}\n")
    (tmp_path / "benchmarks" / "demos.json").write_text(
        json.dumps({"provenance": demos_provenance(tmp_path)})
    )
    stored = tmp_path / "benchmarks" / "walk.json"
    (missing,) = policy.stored_problems(tmp_path)
    assert "python -m benchmarks.run walk writes it" in missing
    stored.write_text(json.dumps({"provenance": experiment_provenance("walk", tmp_path)}))
    assert policy.stored_problems(tmp_path) == []
    module.write_text("def measure(progress, seeds=(0,)):\n    return {1: 2}\n")
    (stale,) = policy.stored_problems(tmp_path)
    assert "walk.json: stale" in stale
    stored.write_text("{")
    (damaged,) = policy.stored_problems(tmp_path)
    assert damaged.startswith("benchmarks/walk.json: ")
