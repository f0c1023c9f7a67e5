"""The hash changes with everything an output depends on, and with nothing else."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.notebooks import ROOT
from tools.provenance import (
    cell_part,
    code_text,
    experiment_provenance,
    experiments,
    provenance,
)

MODULES = {
    "__init__": '"""Package."""\n_EXPORTS = {"load": "data", "draw": "plotting"}\n',
    "data": 'from ae_utils.helper import scale\n\nSIZE = 3\n\n\ndef load():\n    """Doc."""\n'
    "    # why\n    return scale(SIZE)\n\n\ndef unused():\n    return 1\n",
    "helper": "def scale(value):\n    return 2 * value\n\n\ndef other():\n    return 0\n",
    "plotting": "def draw():\n    return 'drawn'\n",
}


@pytest.fixture
def book(tmp_path):
    package = tmp_path / "ae_utils"
    package.mkdir()
    for name, text in MODULES.items():
        (package / f"{name}.py").write_text(text)
    (package / "book.mplstyle").write_text("lines.linewidth: 2\n")
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "race.json").write_text("{}")
    return tmp_path


def notebook(*sources, markdown="Text"):
    code = [
        {"cell_type": "code", "source": source, "metadata": {}, "outputs": []} for source in sources
    ]
    return {"cells": [{"cell_type": "markdown", "source": markdown, "metadata": {}}, *code]}


CELLS = ("import ae_utils\nfrom ae_utils import load", "x = load()  # comment\nprint(x)")


def edit(book, module, old, new):
    path = book / "ae_utils" / module
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("data.py", "SIZE = 3", "SIZE = 4"),
        ("data.py", "return scale(SIZE)", "return scale(SIZE + 0)"),
        ("helper.py", "2 * value", "3 * value"),
    ],
)
def test_it_changes_with_code_that_is_reached(book, module, old, new):
    before = provenance(notebook(*CELLS), book)
    edit(book, module, old, new)
    assert provenance(notebook(*CELLS), book) != before


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("data.py", '"""Doc."""', '"""Other words."""'),
        ("data.py", "# why", "# because"),
        ("data.py", "return 1", "return 2"),
        ("helper.py", "return 0", "return 9"),
        ("plotting.py", "'drawn'", "'painted'"),
        ("book.mplstyle", "2", "3"),
    ],
)
def test_it_ignores_comments_docstrings_and_code_that_is_not_reached(book, module, old, new):
    before = provenance(notebook(*CELLS), book)
    edit(book, module, old, new)
    assert provenance(notebook(*CELLS), book) == before


def test_it_ignores_prose_and_comments_of_cells_but_not_their_code(book):
    before = provenance(notebook(*CELLS), book)
    assert provenance(notebook(*CELLS, markdown="Other text"), book) == before
    calm = (CELLS[0], CELLS[1].replace("# comment", "# another"))
    assert provenance(notebook(*calm), book) == before
    changed = (CELLS[0], CELLS[1].replace("print(x)", "print(x + 1)"))
    assert provenance(notebook(*changed), book) != before


def test_a_docstring_may_get_lines():
    short = 'def f():\n    """Return one."""\n    return 1'
    longer = short.replace("one.", "one.\n\n    Returns:\n        A number.\n    ")
    assert code_text(longer) == code_text(short) == "def f():\n    return 1"
    assert code_text('x = """\n\n"""') == 'x = """\n\n"""'


def test_the_style_counts_for_a_notebook_that_draws(book):
    cells = ("import ae_utils", "ae_utils.draw()")
    before = provenance(notebook(*cells), book)
    edit(book, "book.mplstyle", "2", "3")
    assert provenance(notebook(*cells), book) != before


def test_a_stored_result_counts_where_it_is_shown(book):
    cells = ('stored_result("race")',)
    before = provenance(notebook(*cells), book)
    (book / "benchmarks" / "race.json").write_text('{"seconds": 1}')
    assert provenance(notebook(*cells), book) != before
    with pytest.raises(ValueError, match="benchmarks/walk.json is missing"):
        provenance(notebook('stored_result("walk")'), book)
    with pytest.raises(ValueError, match="one literal name"):
        provenance(notebook("stored_result(name)"), book)


def test_what_does_not_parse_or_does_not_exist_is_named(book):
    with pytest.raises(ValueError, match="code cell 1 is not valid Python"):
        provenance(notebook("x = = 1"), book)
    with pytest.raises(ValueError, match="has no 'laod'"):
        provenance(notebook("from ae_utils import laod", "laod()"), book)


def test_magics_are_understood(book):
    assert provenance(notebook("%matplotlib inline\nx = 1"), book) != provenance(
        notebook("%matplotlib widget\nx = 1"), book
    )


def _other_pythons():
    """Return the other interpreters on this machine that the book supports."""
    found = [shutil.which(f"python3.{minor}") for minor in (11, 12, 13)]
    return [path for path in found if path and Path(path).exists()]


def test_every_python_computes_the_same_hash():
    script = (
        "import json, sys; sys.path.insert(0, '.')\n"
        "from tools.provenance import provenance\n"
        "book = json.load(open('chapters/implementation.ipynb', encoding='utf-8'))\n"
        "print(provenance(book, '.'))"
    )
    hashes = set()
    for python in [sys.executable, *_other_pythons()]:
        run = subprocess.run([python, "-c", script], cwd=ROOT, capture_output=True, text=True)
        if run.returncode != 0 and "ModuleNotFoundError" not in run.stderr:
            # A shim of a version manager for a version that is not chosen; not a Python.
            assert python != sys.executable, run.stderr
            continue
        assert run.returncode == 0, run.stderr
        hashes.add(run.stdout)
    assert len(hashes) == 1


EXPERIMENT = """\
from ae_utils import load

CHAPTER = "small"
CELLS = {"start": None, "model": "# only to here"}


def measure(progress, seeds=(0,)):
    return {"value": load()}
"""


@pytest.fixture
def experiment(book):
    (book / "benchmarks" / "walk.py").write_text(EXPERIMENT)
    small = notebook("start = 1", "model = 2\n# only to here\nprint(model)", "other = 3")
    for cell, name in zip(small["cells"], ("title", "start", "model", "other"), strict=True):
        cell["id"] = name
    (book / "chapters").mkdir()

    def write(**sources):
        for cell in small["cells"]:
            cell["source"] = sources.get(cell["id"], cell["source"])
        (book / "chapters" / "small.ipynb").write_text(json.dumps(small))

    write()
    return book, write


@pytest.mark.parametrize(
    ("edited", "changes"),
    [
        ({"start": "start = 2"}, True),
        ({"start": "start = 1  # why"}, False),
        ({"model": "model = 3\n# only to here\nprint(model)"}, True),
        ({"model": "model = 2\n# only to here\nprint(model, 1)"}, False),
        ({"other": "other = 4"}, False),
    ],
)
def test_an_experiment_depends_on_the_cells_that_it_runs(experiment, edited, changes):
    book, write = experiment
    before = experiment_provenance("walk", book)
    write(**edited)
    assert (experiment_provenance("walk", book) != before) is changes


def test_an_experiment_depends_on_its_module_and_on_what_that_reaches(experiment):
    book, _ = experiment
    assert experiments(book) == ["walk"]
    before = experiment_provenance("walk", book)
    edit(book, "helper.py", "return 0", "return 1")
    assert experiment_provenance("walk", book) == before
    edit(book, "helper.py", "2 * value", "3 * value")
    reached = experiment_provenance("walk", book)
    assert reached != before
    path = book / "benchmarks" / "walk.py"
    path.write_text(EXPERIMENT.replace("load()", "2 * load()"))
    assert experiment_provenance("walk", book) not in (before, reached)


def test_a_cell_that_is_gone_is_named(experiment):
    book, write = experiment
    write(model="model = 2")
    with pytest.raises(ValueError, match="does not hold '# only to here'"):
        experiment_provenance("walk", book)
    path = book / "benchmarks" / "walk.py"
    path.write_text(EXPERIMENT.replace('"start"', '"begin"'))
    with pytest.raises(ValueError, match="has no cells \\['begin'\\]"):
        experiment_provenance("walk", book)
    assert cell_part("a\nb", None) == "a\nb"
