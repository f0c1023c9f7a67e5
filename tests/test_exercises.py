"""The exercises: solutions, wrong answers, student versions, and grading that nothing stops.

Run with two workers: most of the time goes into starting kernels.
"""

import copy
import csv
import functools
import json
import shutil
import socket
import textwrap
import types
from concurrent.futures import ProcessPoolExecutor

import nbformat
import numpy as np
import pytest

from _ext import book_exercises
from ae_utils import exercises as checks
from tests import small
from tools import answers, exercises, grade, kernels, notebooks, sandbox, submissions
from tools.notebooks import ROOT

NAMES = [path.stem for path in exercises.exercise_paths()]


@pytest.fixture(scope="module")
def small_course(tmp_path_factory):
    """A small exercise, generated: the folder of its course."""
    folder = tmp_path_factory.mktemp("small")
    source = folder / "exercises" / "small" / "small.ipynb"
    source.parent.mkdir(parents=True)
    notebooks.write_notebook(small.source(), source)
    exercises.generate(source, folder / "course")
    return folder


def submit(folder, student, change, limits=None):
    """Grade a submission made from the release by ``change``; return task → row, and remarks."""
    release = notebooks.read_notebook(folder / "course" / "release" / "small" / "small.ipynb")
    change(release.cells)
    content, limits = json.dumps(release).encode(), limits or grade.Limits()
    result = grade.grade(content, "x.ipynb", student, "small", folder / "course", limits)
    assert result.status == "graded", result.remarks
    return {row["task"]: row for row in result.rows}, result.remarks


def fill(**changed):
    """Return a change that fills in right answers, but for those given."""

    def change(cells):
        for cell in cells:
            cell.source = (small.ANSWERS | changed).get(cell.id, cell.source)

    return change


def test_the_student_version_has_hints_and_neither_solutions_nor_hidden_tests(small_course):
    path = small_course / "course" / "release" / "small" / "small.ipynb"
    text = path.read_text(encoding="utf-8")
    assert "raise NotImplementedError('x times x')" in text
    for secret in ("x * x", "HIDDEN", "square(-2)", "say it", "guard_the_checks"):
        assert secret not in text


def test_right_answers_get_all_points_and_a_text_waits_for_a_person(small_course):
    def change(cells):
        fill()(cells)
        cells[-1].source = "Because."

    rows, remarks = submit(small_course, "good", change)
    assert {task: row["points"] for task, row in rows.items()} == {
        "square": 2,
        "cube": 1,
        "why": None,
    }
    assert remarks == []
    page = small_course / "course" / "feedback" / "good" / "small" / "small.html"
    assert page.exists()


def test_the_unchanged_version_gets_no_point(small_course):
    rows, _ = submit(small_course, "stub", lambda cells: None)
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
def test_a_bad_answer_loses_its_task_and_no_other(small_course, trouble):
    answer, message = TROUBLE[trouble]
    rows, _ = submit(
        small_course,
        trouble.replace(" ", "-"),
        fill(square=answer),
        grade.Limits(cell_seconds=5, seconds=200, gibibytes=4),
    )
    assert rows["square"]["points"] == 0
    assert message in rows["square"]["message"]
    assert rows["cube"]["points"] == 1


RIGHT = small.ANSWERS["square"]
RESTART = "get_ipython().kernel.do_shutdown(True)"
BEFORE = "square: in a cell of the student's own before it: the kernel ended in this cell"
# Kind → an answer, a cell before it, the points of both tasks, the remark.
ENDS = {
    "at once": ("import os\ndef square(x): os._exit(1)", None, [0, 1], f"square: {grade.ENDED}"),
    "soon": (f"{RIGHT}\nexit()", None, [0, 1], f"square: {grade.ENDED}"),
    "before": (RIGHT, RESTART, [2, 1], BEFORE),
}


@pytest.mark.parametrize("kind", ENDS)
def test_what_ends_the_kernel_is_found_and_nothing_else_is_lost(kind, small_course):
    answer, own, points, remark = ENDS[kind]

    def change(cells):
        # Something has to run while the kernel goes on for a moment.
        wait = "import time\ntime.sleep(1.5)\n"
        fill(square=answer, cube=wait + small.ANSWERS["cube"])(cells)
        if own is not None:
            cells.insert(1, nbformat.v4.new_code_cell(own))

    rows, remarks = submit(small_course, f"ends-{kind}", change)
    assert [rows[task]["points"] for task in ("square", "cube")] == points
    assert remarks == [remark]
    message = grade._csv_rows("x", "small", grade.Result("graded", remarks, [*rows.values()]))[0]
    assert grade.ENDED in message["message"]
    text = (small_course / "course/submitted" / f"ends-{kind}" / "small/small.ipynb").read_text()
    assert submissions.PAUSE_NAME not in text, "what the student gets back has no pauses"


def test_time_for_the_whole_submission_is_limited(small_course):
    loop = "import time\ndef square(x): time.sleep(1000)"
    rows, remarks = submit(small_course, "slow", fill(square=loop), grade.Limits(500, 12))
    assert (rows["square"]["points"], rows["cube"]["points"]) == (0, 1)
    assert remarks == ["square: the submission took longer than 12 seconds"]


def test_a_missing_picture_costs_no_point(small_course):
    lost = "Look: ![](attachment:gone.png)"
    rows, remarks = submit(small_course, "picture", fill(why=lost))
    assert [rows[task]["points"] for task in ("square", "cube", "why")] == [2, 1, None]
    assert remarks == ["why: the picture gone.png is missing from it"]


def test_deleted_cells_are_put_back_and_a_missing_answer_is_named(small_course):
    def change(cells):
        fill()(cells)
        cells[:] = [cell for cell in cells if cell.id not in ("square-test", "cube")]

    rows, remarks = submit(small_course, "deleted", change)
    assert (rows["square"]["points"], rows["cube"]["points"]) == (2, 0)
    assert remarks == ["cube: the answer is missing from the notebook"]


def test_lost_metadata_edited_tests_and_own_cells_do_no_harm(small_course):
    def change(cells):
        fill(square="def square(x):\n    return power(x, 2)")(cells)
        cells.insert(1, nbformat.v4.new_code_cell("def power(x, n):\n    return x**n", id="mine"))
        for cell in cells:
            cell.metadata = {}
            if cell.id == "cube-test":
                cell.source = "raise ValueError"

    rows, _ = submit(small_course, "edited", change)
    assert (rows["square"]["points"], rows["cube"]["points"]) == (2, 1)


def test_an_odd_answer_is_graded_as_far_as_it_goes(small_course):
    def change(cells):
        fill(square="def square(x):\n    return x**2  # \ud83d")(cells)
        cells[3]["source"] = ["def cube(x):\n", "    return x**3", 4]
        cells[-1]["source"] = None

    rows, remarks = submit(small_course, "odd", change)
    assert (rows["square"]["points"], rows["cube"]["points"]) == (2, 1)
    assert [remark[:11] for remark in remarks] == ["square: in ", "cube: in it"]


@pytest.fixture
def graded(small_course, tmp_path, monkeypatch):
    """A function that grades a folder: student → notebook or text, to rows of the CSV."""
    source = tmp_path / "exercises" / "small" / "small.ipynb"
    source.parent.mkdir(parents=True)
    notebooks.write_notebook(small.source(), source)
    monkeypatch.setattr(exercises, "exercise_paths", lambda root=ROOT: [source])
    release = notebooks.read_notebook(small_course / "course/release/small/small.ipynb")

    def grade_them(students, output="grades", **answers):
        folder = tmp_path / "submissions"
        shutil.rmtree(folder, ignore_errors=True)
        for student, text in students.items():
            if text is None:
                text = copy.deepcopy(release)
                fill(**answers)(text.cells)
                text = json.dumps(text)
            (folder / student).mkdir(parents=True)
            (folder / student / "small.ipynb").write_text(text)
        grade.grade_folder(folder, tmp_path / output, grade.Limits(20, 120))
        with open(tmp_path / output / "grades.csv", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    grade_them.source, grade_them.output = source, tmp_path / "grades"
    return grade_them


def test_a_folder_is_graded_to_the_end_and_goes_on_where_it_was(graded, monkeypatch, capsys):
    grade_one, seen = grade.grade, []

    def grade_with_an_accident(content, name, student, *rest):
        with open(graded.output / "grades.csv", encoding="utf-8") as file:
            seen.append((student, len(list(csv.DictReader(file)))))
        if student == "al" and len(seen) < 4:
            raise OSError("the disk is gone")
        return grade_one(content, name, student, *rest)

    monkeypatch.setattr(grade, "grade", grade_with_an_accident)
    students = {"ada": "broken", "al": None, "b [o]*": None}
    rows = graded(students)
    odd = grade.identifier("b [o]*")
    assert seen == [("ada", 0), ("al", 1), (odd, 2)], "rows are written as they come"
    assert [(row["student"], row["status"]) for row in rows] == [
        ("ada", "unreadable"),
        ("al", "stopped"),
        *[("b [o]*", "graded")] * 3,
    ]
    assert rows[1]["message"] == "grading failed: OSError: the disk is gone"
    assert [row["points"] for row in rows[2:]] == ["2.0", "1.0", "0.0"]
    assert (graded.output / "feedback" / "b [o]*" / "small.html").exists()
    rows = graded(students)
    assert [student for student, _ in seen[3:]] == ["al"], "only what failed is graded again"
    assert [row["student"] for row in rows] == ["ada", *["al"] * 3, *["b [o]*"] * 3]
    assert len(list(graded.output.glob("grades of *.csv"))) == 1, "the first table is kept"


def give(output, student, name, points, waits=False):
    """Give points, or take them back, as a person does in formgrader."""
    with exercises.course(output / "course").gradebook as book:
        one = book.find_grade(name, "small", "small", student)
        one.manual_score, one.needs_manual_grade = points, waits
        book.db.commit()


def comment_on(output, student, text=None):
    """Write a comment on the open answer if one is given; return what stands there."""
    with exercises.course(output / "course").gradebook as book:
        comment = book.find_comment("why", "small", "small", student)
        comment.manual_comment = text or comment.manual_comment
        book.db.commit()
        return comment.manual_comment


def points_of(rows, student):
    return {row["task"]: row["points"] for row in rows if row["student"] == student}


def test_what_a_person_gave_survives_grading_again(graded):
    waits = "to be graded by a person"
    both = {"ada": None, "bo": None}
    rows = graded(both, why="Because.")
    assert points_of(rows, "ada") == {"square": "2.0", "cube": "1.0", "why": waits}
    for student, points in (("ada", 2.5), ("bo", 1.5)):
        give(graded.output, student, "why", points)
    give(graded.output, "ada", "cube-test", 0.5)
    given = {"square": "2.0", "cube": "0.5", "why": "2.5"}
    page = graded.output / "feedback" / "ada" / "small.html"
    before = page.read_text(encoding="utf-8")
    assert points_of(graded(both, why="Because."), "ada") == given
    assert page.read_text(encoding="utf-8") != before, "the feedback shows them too"
    # What a person says later counts, and so does what is taken back.
    for said in ("first", "second"):
        comment_on(graded.output, "ada", said)
        graded(both, why="Because.")
    assert comment_on(graded.output, "ada") == "second"
    give(graded.output, "bo", "why", None, waits=True)
    assert points_of(graded(both, why="Because."), "bo")["why"] == waits
    # Another answer to another task: graded anew, and what a person gave still counts.
    rows = graded(both, why="Because.", square="def square(x): return 9")
    assert points_of(rows, "ada") == {**given, "square": "0.0"}
    # Another text: a person has to look again.
    rows = graded(both, why="Because of this.")
    assert points_of(rows, "ada")["why"] == waits
    message = next(row["message"] for row in rows if row["task"] == "why")
    assert message == "a person gave 2.5 points to an earlier answer"
    # A student is gone, and a task was added to the exercise.
    source = notebooks.read_notebook(graded.source)
    source.cells += [
        small.code("four", "### BEGIN SOLUTION\nfour = 4\n### END SOLUTION", False, True),
        small.code("four-test", "assert four == 4", True, False, 1),
    ]
    notebooks.write_notebook(source, graded.source)
    rows = graded({"ada": None}, why="Because.")
    assert points_of(rows, "ada") == {**given, "four": "0.0"}
    assert {row["status"] for row in rows if row["student"] == "bo"} == {"not in this folder"}
    assert points_of(rows, "bo")["square"] == "2.0"


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="needs bubblewrap")
def test_a_sandboxed_submission_sees_nothing_that_is_not_its_own(small_course, tmp_path):
    if problem := sandbox.problem(tmp_path):
        pytest.skip(problem)
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    # What is outside is looked for, harmlessly; the answer says what it found.
    outside = [small_course / "course" / "gradebook.db", ROOT / "exercises", ROOT / ".git"]
    look = f"""
        import os, pathlib, socket
        def square(x):
            found = [place for place in {[str(path) for path in outside]} if os.path.exists(place)]
            pathlib.Path("note.txt").write_text("its own folder can be written to")
            try:
                pathlib.Path(np.__file__).write_text("")
                found.append("a library was written to")
            except OSError:
                pass
            try:
                socket.create_connection(("127.0.0.1", {port}), timeout=2)
                found.append("the network")
            except OSError:
                pass
            others = [name for name in os.listdir("/proc") if name.isdigit()]
            if len(others) > 9:
                found.append(f"{{len(others)}} processes")
            assert not found, found
            return x * x
    """
    limits = grade.Limits(cell_seconds=30, seconds=200, gibibytes=6, sandboxed=True)
    rows, remarks = submit(small_course, "sandboxed", fill(square=textwrap.dedent(look)), limits)
    assert rows["square"]["message"] == ""
    assert (rows["square"]["points"], rows["cube"]["points"], remarks) == (2, 1, [])
    server.close()
    loop = "def square(x):\n    while True: pass"
    limits = grade.Limits(cell_seconds=4, seconds=200, gibibytes=6, sandboxed=True)
    rows, _ = submit(small_course, "sandboxed-loop", fill(square=loop), limits)
    assert "endless loop" in rows["square"]["message"]
    assert rows["cube"]["points"] == 1


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
def test_solutions_get_all_points_and_the_unchanged_version_none(name, course, released):
    release = released(name)
    solved = copy.deepcopy(release)
    source = notebooks.read_notebook(exercises.find_exercise(name))
    solutions = {submissions.grade_id(cell): cell.source for cell in source.cells}
    for cell in solved.cells:
        if cell.cell_type == "code" and submissions.is_answer(cell):
            cell.source = solutions[submissions.grade_id(cell)]
    for student, notebook in {"solved": solved, "stub": release}.items():
        content = notebooks.notebook_text(notebook).encode("utf-8")
        result = grade.grade(content, "x.ipynb", student, name, course, grade.Limits())
        assert result.status == "graded", result.remarks
        assert result.remarks == []
        tested = [row for row in result.rows if row["task"] in answers.tasks(release)]
        expected = [row["of"] if student == "solved" else 0 for row in tested]
        assert [row["points"] for row in tested] == expected, result.rows
        if student == "stub":
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
