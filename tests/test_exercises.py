"""The exercises: solutions, wrong answers, student versions, and grading that nothing stops.

Run with two workers: most of the time goes into starting kernels.
"""

import csv
import functools
import json
import types
from concurrent.futures import ProcessPoolExecutor

import nbformat
import numpy as np
import pytest

from _ext import book_exercises
from ae_utils import exercises as checks
from tools import answers, exercises, grade, kernels, notebooks, submissions
from tools.notebooks import ROOT

NAMES = [path.stem for path in exercises.exercise_paths()]
SMALL_ANSWERS = {"square": "def square(x):\n    return x**2", "cube": "def cube(x): return x**3"}


def metadata(name, grade, solution, points=None):
    """nbgrader's entry of a cell."""
    entry = {"grade": grade, "solution": solution, "locked": not solution, "task": False}
    entry |= {"schema_version": 3, "grade_id": name}
    return {"nbgrader": entry | ({"points": points} if grade else {})}


def code(name, source, *entry):
    """A code cell; ``entry`` as of :func:`metadata`."""
    return nbformat.v4.new_code_cell(source, id=name, metadata=metadata(name, *entry))


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small exercise in NumPy, generated: the folder of its course."""
    folder = tmp_path_factory.mktemp("small")
    cells = [
        nbformat.v4.new_code_cell(
            "import numpy as np\nfrom ae_utils.exercises import check_value, passed", id="imports"
        ),
        code(
            "square",
            "def square(x):\n    ### BEGIN SOLUTION\n    # Hint: x times x\n"
            "    return x * x\n    ### END SOLUTION",
            *(False, True),
        ),
        code(
            "square-test",
            'check_value("square(3)", square(3), 9, {"doubled, not squared": 6})\n'
            'passed("square")\n### BEGIN HIDDEN TESTS\ncheck_value("square(-2)", square(-2), 4)\n'
            "### END HIDDEN TESTS",
            *(True, False, 2),
        ),
        code(
            "cube",
            "def cube(x):\n    ### BEGIN SOLUTION\n    return x * x * x\n    ### END SOLUTION",
            *(False, True),
        ),
        code("cube-test", 'check_value("cube(3)", cube(3), 27)', True, False, 1),
        nbformat.v4.new_markdown_cell(
            "### BEGIN MARK SCHEME\nsay it\n### END MARK SCHEME",
            id="why",
            metadata=metadata("why", True, True, 3),
        ),
    ]
    source = folder / "exercises" / "small" / "small.ipynb"
    source.parent.mkdir(parents=True)
    notebook = nbformat.v4.new_notebook(
        cells=cells,
        metadata={"kernelspec": notebooks.KERNELSPEC, "language_info": notebooks.LANGUAGE_INFO},
    )
    notebooks.write_notebook(notebook, source)
    exercises.generate(source, folder / "course")
    return folder


def submit(folder, student, change, limits=None):
    """Grade a submission made from the release by ``change``; return task → row, and remarks."""
    release = notebooks.read_notebook(folder / "course" / "release" / "small" / "small.ipynb")
    change(release.cells)
    path = folder / "submissions" / student / "small.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(release))
    limits = limits or grade.Limits()
    result = grade.grade(path, student, "small", folder / "course", limits)
    assert result.status == "graded", result.remarks
    return {row["task"]: row for row in result.rows}, result.remarks


def fill(**changed):
    """Return a change that fills in right answers, but for those given."""

    def change(cells):
        for cell in cells:
            cell.source = (SMALL_ANSWERS | changed).get(cell.id, cell.source)

    return change


def test_the_student_version_has_hints_and_neither_solutions_nor_hidden_tests(small):
    path = small / "course" / "release" / "small" / "small.ipynb"
    text = path.read_text(encoding="utf-8")
    assert "raise NotImplementedError('x times x')" in text
    for secret in ("x * x", "HIDDEN", "square(-2)", "say it", "guard_the_checks"):
        assert secret not in text


def test_right_answers_get_all_points_and_a_text_waits_for_a_person(small):
    def change(cells):
        fill()(cells)
        cells[-1].source = "Because."

    rows, remarks = submit(small, "good", change)
    assert {task: row["points"] for task, row in rows.items()} == {
        "square": 2,
        "cube": 1,
        "why": None,
    }
    assert remarks == []
    page = small / "course" / "feedback" / "good" / "small" / "small.html"
    assert page.exists()


def test_the_unchanged_version_gets_no_point(small):
    rows, _ = submit(small, "stub", lambda cells: None)
    assert {row["points"] for row in rows.values()} == {0}
    assert "NotImplementedError: x times x" in rows["square"]["message"]


# What a submission does → what stands in the message of the task *square*.
TROUBLE = {
    "an endless loop": ("def square(x):\n    while True: pass", "endless loop"),
    "huge memory": ("def square(x):\n    return np.ones((10**5, 10**5, 10))", "MemoryError"),
    "a renamed function": ("def sqare(x):\n    return x * x", "'square' is not defined"),
    "a check of its own": ("def check_value(*_): pass\ndef square(x): return 1", "overwritten"),
    "a check replaced in its module": (
        "import ae_utils.exercises\nae_utils.exercises.check_value = print\n"
        "check_value = print\ndef square(x): return 1",
        "overwritten",
    ),
    "a number equal to everything": (
        "class Any(float):\n    def __eq__(self, other): return True\n"
        "    def __sub__(self, other): return 0\ndef square(x): return Any(7)",
        "should be 9",
    ),
    "only the visible test": ("def square(x): return 9", "square(-2) should be 4"),
    "not Python": ("def square(x) return", "'square' is not defined"),
    "text in a test cell": ("import sys\ndef square(x): return 'nine'", "made of numbers"),
}


@pytest.mark.parametrize("trouble", TROUBLE)
def test_a_bad_answer_loses_its_task_and_no_other(small, trouble):
    answer, message = TROUBLE[trouble]
    rows, _ = submit(
        small,
        trouble.replace(" ", "-"),
        fill(square=answer),
        grade.Limits(cell_seconds=5, seconds=200, gibibytes=4),
    )
    assert rows["square"]["points"] == 0
    assert message in rows["square"]["message"]
    assert rows["cube"]["points"] == 1


def test_an_answer_that_ends_the_kernel_loses_its_task_and_no_other(small):
    rows, remarks = submit(small, "exit", fill(square="import os\ndef square(x): os._exit(1)"))
    assert (rows["square"]["points"], rows["cube"]["points"]) == (0, 1)
    assert remarks == ["square: the kernel ended in this cell"]


def test_time_for_the_whole_submission_is_limited(small):
    loop = "import time\ndef square(x): time.sleep(1000)"
    rows, remarks = submit(small, "slow", fill(square=loop), grade.Limits(500, 12))
    assert (rows["square"]["points"], rows["cube"]["points"]) == (0, 1)
    assert remarks == ["square: the submission took longer than 12 seconds"]


def test_deleted_cells_are_put_back_and_a_missing_answer_is_named(small):
    def change(cells):
        fill()(cells)
        cells[:] = [cell for cell in cells if cell.id not in ("square-test", "cube")]

    rows, remarks = submit(small, "deleted", change)
    assert (rows["square"]["points"], rows["cube"]["points"]) == (2, 0)
    assert remarks == ["the answer cube is missing from the notebook"]


def test_the_first_of_two_answers_counts(small):
    def change(cells):
        fill()(cells)
        cells.insert(3, nbformat.from_dict({**cells[1], "source": "def square(x): return 0"}))

    rows, remarks = submit(small, "twice", change)
    assert rows["square"]["points"] == 2
    assert remarks == ["the answer square stands there twice; the first one was graded"]


def test_lost_metadata_edited_tests_and_own_cells_do_no_harm(small):
    def change(cells):
        fill(square="def square(x):\n    return power(x, 2)")(cells)
        cells.insert(1, nbformat.v4.new_code_cell("def power(x, n):\n    return x**n", id="mine"))
        for cell in cells:
            cell.metadata = {}
            if cell.id == "cube-test":
                cell.source = "raise ValueError"

    rows, _ = submit(small, "edited", change)
    assert (rows["square"]["points"], rows["cube"]["points"]) == (2, 1)


# What an editor, a merge or a conversion made of a right answer → what stands in the remarks.
ODD_CELLS = {
    "no source": ({"cell_type": "code", "id": "mine"}, None),
    "null as source": ({"cell_type": "code", "id": "mine", "source": None}, None),
    "a number as source": ({"cell_type": "code", "source": 3}, "in cell 2 (without a name)"),
    "numbers in a source": ({"cell_type": "code", "id": "a", "source": ["1", 2]}, "in cell 2 (a)"),
    "half a character": ({"cell_type": "code", "source": "'\ud83d'"}, "only half of one"),
    "a number as name": ({"cell_type": "code", "metadata": {"nbgrader": {"grade_id": 7}}}, None),
    "a list as name": ({"cell_type": "code", "metadata": {"nbgrader": {"grade_id": []}}}, None),
    "a list as id": ({"cell_type": "code", "id": ["square"], "source": "1"}, None),
    "no metadata but null": ({"cell_type": "code", "metadata": None, "source": "1"}, None),
    "no kind of cell": ({"source": "1"}, None),
}


@pytest.mark.parametrize("kind", ODD_CELLS)
def test_an_odd_cell_is_mended_or_named_and_its_neighbours_are_kept(kind, small, tmp_path):
    cell, remark = ODD_CELLS[kind]
    release = notebooks.read_notebook(small / "course" / "release" / "small" / "small.ipynb")
    fill()(release.cells)
    content = json.loads(notebooks.notebook_text(release))
    content["cells"].insert(1, cell)
    path = tmp_path / "small.ipynb"
    path.write_text(json.dumps(content))
    mended, remarks = submissions.mend(submissions.read_submission(path), release)
    notebooks.notebook_text(mended).encode("utf-8")
    sources = {cell.id: cell.source for cell in mended.cells}
    assert sources["square"] == SMALL_ANSWERS["square"]
    assert [remark in text for text in remarks] == ([True] if remark else [])


def test_an_odd_answer_is_graded_as_far_as_it_goes(small):
    def change(cells):
        fill(square="def square(x):\n    return x**2  # \ud83d")(cells)
        cells[3]["source"] = ["def cube(x):\n", "    return x**3", 4]
        cells[-1]["source"] = None

    rows, remarks = submit(small, "odd", change)
    assert (rows["square"]["points"], rows["cube"]["points"]) == (2, 1)
    assert ["in cell 2 (square)" in remarks[0], "in cell 4 (cube)" in remarks[1]] == [True, True]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_in_another_encoding_is_read(encoding, tmp_path):
    path = tmp_path / "small.ipynb"
    path.write_text('{"cells": [{"cell_type": "code", "source": "é"}]}', encoding=encoding)
    assert submissions.read_submission(path).cells[0].source == "é"


@pytest.mark.parametrize(
    "content",
    ["", "not JSON", "[]", "{}", '{"cells": 3}', '{"cells": ["text"]}', "[" * 10**5, b"\xff{}"],
)
def test_what_is_no_notebook_is_reported(content, small, tmp_path):
    path = tmp_path / "small.ipynb"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    result = grade.grade(path, "x", "small", small / "course", grade.Limits())
    assert result.status == "unreadable"
    assert "small.ipynb is not a notebook" in result.remarks[0]


def test_a_folder_is_graded_to_the_end(small, tmp_path, monkeypatch, capsys):
    source = small / "exercises" / "small" / "small.ipynb"
    monkeypatch.setattr(exercises, "exercise_paths", lambda root=ROOT: [source])
    monkeypatch.setattr(grade.exercises, "find_exercise", lambda name: source)
    release = notebooks.read_notebook(small / "course" / "release" / "small" / "small.ipynb")
    fill()(release.cells)
    folder = tmp_path / "submissions"
    for student, text in {"ada": "broken", "al": "{}", "bo": json.dumps(release)}.items():
        (folder / student).mkdir(parents=True)
        (folder / student / "small.ipynb").write_text(text)
    (folder / "bo" / "other.ipynb").write_text("{}")
    grade_one, written = grade.grade, []

    def grade_with_an_accident(path, student, *rest):
        with open(tmp_path / "grades" / "grades.csv", encoding="utf-8") as file:
            written.append(len(list(csv.DictReader(file))))
        if student == "al":
            raise OSError("the disk is gone")
        return grade_one(path, student, *rest)

    monkeypatch.setattr(grade, "grade", grade_with_an_accident)
    grade.grade_folder(folder, tmp_path / "grades", grade.Limits(20, 120))
    with open(tmp_path / "grades" / "grades.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert written == [0, 1, 2], "rows are written as they come"
    assert [(row["student"], row["status"]) for row in rows] == [
        ("ada", "unreadable"),
        ("al", "stopped"),
        *[("bo", "graded")] * 3,
    ]
    assert rows[1]["message"] == "grading failed: OSError: the disk is gone"
    assert "other.ipynb was not graded" in capsys.readouterr().out
    assert (tmp_path / "grades" / "feedback" / "bo" / "small.html").exists()


def test_a_remark_stands_in_the_row_of_its_task_or_in_the_first():
    tasks = [{"task": name, "points": 1, "of": 1, "message": ""} for name in ("cube", "square")]
    tasks[1]["message"] = "RuntimeError: the kernel ended"
    remarks = ["in cell 2 (square): mended", "in cell 1 (mine): mended", "square: the kernel ended"]
    rows = grade._csv_rows("bo", "small", grade.Result("graded", remarks, tasks))
    assert [row["message"] for row in rows] == [
        "in cell 1 (mine): mended",
        "RuntimeError: the kernel ended; in cell 2 (square): mended",
    ]


def test_an_empty_or_missing_folder_is_named(tmp_path):
    for folder, message in ((tmp_path, "holds no notebook"), (tmp_path / "no", "not a folder")):
        with pytest.raises(notebooks.NotebookError, match=message):
            grade.find_submissions(folder)


def test_a_mistake_is_named_and_plain_differences_say_where():
    mistakes = {"summed instead of averaged": [4.0, 6.0]}
    with pytest.raises(AssertionError, match="f: summed instead of averaged"):
        checks.check_value("f", np.array([4.0, 6.0]), [2.0, 3.0], mistakes)
    with pytest.raises(AssertionError, match=r"f should be 3 at \(1,\), and yours is 5"):
        checks.check_value("f", [2, 5], [2, 3], mistakes)
    with pytest.raises(AssertionError, match=r"shape \(2,\), and yours has \(1, 2\)"):
        checks.check_value("f", [[2, 3]], [2, 3])
    with pytest.raises(AssertionError, match="is there a `return`"):
        checks.check_value("f", None, 1)
    with pytest.raises(AssertionError, match="not finite"):
        checks.check_value("f", float("nan"), 1)
    checks.check_value("f", [2.0, 3.0 + 1e-9], [2, 3])


def test_a_tensor_is_an_answer_too():
    from keras import ops

    checks.check_value("f", ops.convert_to_tensor([2.0, 3.0]), [2, 3])


def test_choices_and_errors():
    wrong = {"a": "because", "c": "since"}
    checks.check_choice("answer", " B", "b", wrong)
    with pytest.raises(AssertionError, match="answer = 'a': because"):
        checks.check_choice("answer", "a", "b", wrong)
    with pytest.raises(AssertionError, match="one of a, b, c"):
        checks.check_choice("answer", 7, "b", wrong)
    checks.check_error("f", lambda: int("x"), ValueError, "text is refused")
    with pytest.raises(AssertionError, match="f: text is refused"):
        checks.check_error("f", lambda: None, ValueError, "text is refused")
    with pytest.raises(AssertionError, match="raises TypeError"):
        checks.check_error("f", lambda: int(None), ValueError, "text is refused")


def test_every_chapter_has_an_exercise_and_both_lead_to_each_other():
    assert set(NAMES) == {path.stem for path in notebooks.chapter_paths()}
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    for name in NAMES:
        cells = notebooks.cell_sources(name)
        assert f"../exercises/student/{name}.ipynb" in cells["quiz"]
        assert f"- file: exercises/student/{name}\n" in toc


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The folder of one course for all exercises."""
    return tmp_path_factory.mktemp("course")


@pytest.fixture(scope="module")
def released(course):
    """The function name of an exercise → its student version, generated once in ``course``."""
    return functools.cache(lambda name: exercises.generate(exercises.find_exercise(name), course))


@pytest.mark.parametrize("name", NAMES)
def test_kept_answers_are_judged_as_they_should(name, released):
    # In a process of its own: TensorFlow stays out of this one, and the next starts afresh.
    with ProcessPoolExecutor(1, kernels.processes(*exercises.NBGRADER)) as pool:
        task = pool.submit(answers.problems, exercises.find_exercise(name), released(name))
        assert task.result() == []


@pytest.mark.parametrize("name", NAMES)
def test_the_student_version_is_fresh(name, released):
    source = exercises.find_exercise(name)
    generated = notebooks.notebook_text(released(name))
    stored = exercises.student_path(source).read_text(encoding="utf-8")
    assert stored == generated, "run make exercises"
    for secret in ("BEGIN SOLUTION", "HIDDEN TESTS", "MARK SCHEME"):
        assert secret not in stored


@pytest.mark.parametrize("name", NAMES)
def test_solutions_get_all_points_and_the_unchanged_version_none(name, course, released, tmp_path):
    source, release = exercises.find_exercise(name), released(name)
    solved, stub = tmp_path / "solved.ipynb", tmp_path / "stub.ipynb"
    solved.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    stub.write_text(notebooks.notebook_text(release), encoding="utf-8")
    for path in (solved, stub):
        result = grade.grade(path, path.stem, name, course, grade.Limits())
        assert result.status == "graded", result.remarks
        assert result.remarks == []
        tested = [row for row in result.rows if row["task"] in answers.tasks(release)]
        expected = [row["of"] if path is solved else 0 for row in tested]
        assert [row["points"] for row in tested] == expected, result.rows
        if path is stub:
            assert all("NotImplementedError" in row["message"] for row in tested)


@pytest.mark.parametrize("name", NAMES)
def test_an_exercise_has_four_to_seven_tasks_with_hints_and_leads_back(name):
    notebook = notebooks.read_notebook(exercises.find_exercise(name))
    entries = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells]
    graded = [entry for entry in entries if entry.get("grade")]
    assert 4 <= len(graded) <= 7
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert text.count("<summary>Hint 3</summary>") >= len(answers.tasks(notebook))
    assert f"../../chapters/{name}.ipynb#" in text
    assert "BEGIN MARK SCHEME" in text


def test_solutions_stand_folded_under_their_task():
    source = json.loads(exercises.find_exercise("algorithm").read_text(encoding="utf-8"))
    student = json.loads(
        exercises.student_path(exercises.find_exercise("algorithm")).read_text(encoding="utf-8")
    )
    cells = book_exercises.with_solutions(student, source)["cells"]
    place = next(n for n, cell in enumerate(cells) if cell["id"] == "relu-test")
    assert "return gradient * (a > 0)" in cells[place + 1]["source"]
    assert "BEGIN SOLUTION" not in json.dumps(cells)


@pytest.mark.parametrize("publish", [True, False])
def test_a_site_without_solutions_holds_none(publish):
    app = types.SimpleNamespace(
        config=types.SimpleNamespace(publish_solutions=publish),
        srcdir=ROOT,
        env=types.SimpleNamespace(note_dependency=lambda path: None),
    )
    path = exercises.student_path(exercises.find_exercise("algorithm"))
    source = [path.read_text(encoding="utf-8")]
    book_exercises.show_solutions(app, "exercises/student/algorithm", source)
    assert ("return gradient * (a > 0)" in source[0]) == publish


def test_a_cell_that_lost_its_metadata_is_known_by_its_own_name():
    cell = {"id": "loss", "metadata": {}}
    assert submissions.grade_id(cell) == "loss"
