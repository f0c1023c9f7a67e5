"""Grading before anything runs: what was handed in is found, and nothing in it is lost."""

import copy
import json
import os
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import small
from tools import grade, gradebook, handed_in, notebooks, submissions
from tools.notebooks import ROOT

EMPTY = b'{"cells": []}'
PICTURE = {"image.png": {"image/png": "aWJt"}}


def mend(cells):
    """Mend a submission with these cells, dictionaries; return name → cell, and remarks."""
    content = json.dumps({"cells": cells}).encode()
    read = submissions.read_submission("small.ipynb", content)
    mended, remarks = submissions.mend(read, small.release())
    notebooks.notebook_text(mended).encode("utf-8")
    return {submissions.grade_id(cell): cell for cell in mended.cells}, remarks


def handed(**changed):
    """The cells of a submission, as dictionaries, with right answers but for those given."""
    cells = json.loads(notebooks.notebook_text(small.release()))["cells"]
    for cell in cells:
        cell["source"] = (small.ANSWERS | changed).get(cell["id"], "".join(cell["source"]))
    return cells


def own(source, kind="code", **more):
    """A cell that a student added."""
    return {"cell_type": kind, "id": "mine", "metadata": {}, "source": source, **more}


def place(cells, name):
    """Return where the cell of a name stands."""
    return [cell["id"] for cell in cells].index(name)


def test_an_untouched_or_a_solved_notebook_is_mended_without_a_remark():
    for cells in (handed(), json.loads(notebooks.notebook_text(small.release()))["cells"]):
        mended, remarks = mend(cells)
        assert list(mended) == [submissions.grade_id(cell) for cell in small.release().cells]
        assert remarks == []


def test_a_picture_pasted_into_the_open_answer_is_kept():
    cells = handed(why="Look: ![](attachment:image.png)")
    cells[-1]["attachments"] = PICTURE
    mended, remarks = mend(cells)
    assert mended["why"].attachments == PICTURE
    assert remarks == []


def test_two_pictures_of_one_name_are_both_kept():
    cells = handed(why="One: ![](attachment:image.png)")
    cells[-1]["attachments"] = PICTURE
    second = {"image.png": {"image/png": "dHdv"}}
    cells.append(own("Two: ![](attachment:image.png)", "markdown", attachments=second))
    answer = mend(cells)[0]["why"]
    assert "One: ![](attachment:image.png)\n\nTwo: ![](attachment:2-image.png)" in answer.source
    assert answer.attachments == PICTURE | {"2-image.png": second["image.png"]}


def test_a_picture_with_any_name_or_in_lines_is_kept():
    cells = handed(why="Because.")
    cells[-1]["attachments"] = {"3.00\u202fPM.svg": {"image/svg+xml": ["<svg>", "</svg>"]}}
    mended, remarks = mend(cells)
    assert mended["why"].attachments == {"3.00\u202fPM.svg": {"image/svg+xml": "<svg></svg>"}}
    assert remarks == []


@pytest.mark.parametrize("pasted", [3, ["x"], {"a.png": None}, {"a.png": {"image/png": 7}}])
def test_a_damaged_picture_is_named(pasted):
    cells = handed(why="Because.")
    cells[-1]["attachments"] = pasted
    mended, remarks = mend(cells)
    assert mended["why"].source == "Because."
    assert remarks == ["why: in it a picture is damaged and was left out"]


@pytest.mark.parametrize("where", [-1, 7])
def test_a_text_beside_the_stub_of_the_open_answer_belongs_to_it(where):
    cells = handed()
    cells.insert(len(cells) - 1 if where == -1 else where, own("Because.", "markdown"))
    mended, remarks = mend(cells)
    expected = ["Because.", "*Your answer:*"] if where == -1 else ["*Your answer:*", "Because."]
    assert mended["why"].source.split("\n\n") == expected
    assert remarks == ["why: texts beside the answer were joined to it"]


def test_an_answer_by_code_or_in_the_cell_of_the_question_waits_for_a_person():
    cells = [*handed(), own("print(square(2))")]
    mended, _ = mend(cells)
    assert submissions.ELSEWHERE in mended["why"].source
    assert mended["own-1"].source == "print(square(2))"
    cells = handed()
    cells[place(cells, "why-text")]["source"] = "Why?\n\nBecause."
    mended, remarks = mend(cells)
    assert submissions.ELSEWHERE in mended["why"].source
    assert mended["own-1"].source == "Why?\n\nBecause."
    assert remarks == ["why-text: it was changed, and stands behind the one given out"]


def test_code_behind_the_last_known_cell_and_a_changed_given_cell_are_kept():
    cells = handed(imports="import numpy as np\nimport scipy")
    cells.append(own("square(4)"))
    mended, remarks = mend(cells)
    assert "check_value" in mended["imports"].source, "what was given out comes first"
    assert list(mended)[:2] == ["imports", "own-1"]
    assert mended["own-1"].source == "import numpy as np\nimport scipy"
    assert (list(mended)[-1], mended["own-2"].source) == ("own-2", "square(4)")
    assert remarks == ["imports: it was changed, and stands behind the one given out"]


def test_a_changed_check_is_put_back_and_named():
    mended, remarks = mend(handed(**{"square-test": "passed('square')"}))
    assert "check_value" in mended["square-test"].source
    assert remarks == ["square: its check was changed; the one given out was used"]


PIECES = ["def square(x):", "    y = x", "    return x * y"]


@pytest.mark.parametrize("named", [True, False])
def test_the_pieces_of_a_split_answer_are_joined_in_order(named):
    cells = handed(square=PIECES[0])
    at = place(cells, "square") + 1
    for piece in reversed(PIECES[1:]):
        cells.insert(at, {**cells[at - 1], "source": piece} if named else own(piece))
    cells.insert(at + 2, own("helper = 1"))
    mended, remarks = mend(cells)
    assert mended["square"].source == "\n".join(PIECES)
    assert mended["own-1"].source == "helper = 1"
    assert remarks == ["square: the pieces of the answer were joined, in order"]


def test_of_two_whole_versions_in_a_row_each_runs():
    cells = handed(square="def square(x) return x")
    cells.insert(2, {**cells[1], "source": small.ANSWERS["square"]})
    mended, remarks = mend(cells)
    assert list(mended)[1:3] == ["square", "own-1"]
    assert mended["own-1"].source == small.ANSWERS["square"]
    assert "stands there twice" in remarks[0]


@pytest.mark.parametrize("reference", ["gone.png", "my%20shot.png"])
def test_a_reference_to_a_picture_that_is_not_there_does_no_harm(reference):
    cells = handed(why=f"Look: ![](attachment:{reference})")
    cells[-1]["attachments"] = {"my shot.png": PICTURE["image.png"]}
    mended, remarks = mend(cells)
    if reference == "gone.png":
        assert "attachment:" not in mended["why"].source
        assert remarks == ["why: the picture gone.png is missing from it"]
    else:
        assert mended["why"].attachments[reference] == PICTURE["image.png"]


def test_a_notebook_as_colab_saves_it_keeps_the_answer_to_the_open_question():
    for place in (6, 7):  # between question and stub, and behind it
        cells = handed()
        cells.insert(place, own("Because.", "markdown"))
        cells = [{**cell, "id": None} for cell in cells]
        mended, remarks = mend(cells)
        assert "Because." in mended["why"].source
        assert remarks == ["why: texts beside the answer were joined to it"]


def test_a_second_version_far_from_the_first_runs_where_it_stands():
    cells = handed()
    cells.insert(place(cells, "cube"), {**cells[1], "source": "def square(x): return 0"})
    mended, remarks = mend(cells)
    assert mended["square"].source == small.ANSWERS["square"]
    assert list(mended)[3] == "own-1"
    assert "stands there twice" in remarks[0]


@pytest.mark.parametrize("stub", ["kept above", "kept below", "deleted"])
def test_an_answer_in_a_cell_without_its_name_is_found(stub):
    cells = handed(square=small.STUB)
    at = place(cells, "square")
    if stub == "deleted":
        del cells[at]
    cells.insert(at + (stub == "kept above"), own(small.ANSWERS["square"]))
    mended, remarks = mend(cells)
    assert mended["square"].source == small.ANSWERS["square"]
    assert remarks == ["square: the answer stood in another cell"]


def test_a_notebook_that_lost_all_names_keeps_its_answers():
    cells = [{**cell, "metadata": {}, "id": None} for cell in handed()]
    mended, remarks = mend(cells)
    assert mended["square"].source == small.ANSWERS["square"]
    assert mended["cube"].source == small.ANSWERS["cube"]
    assert len(remarks) == 2, "the unchanged stub of the open answer is known by its text"


# What an editor, a merge or a conversion made of a cell → what the remarks say.
ODD_CELLS = {
    "no source": ({"cell_type": "code", "id": "mine"}, None),
    "null as source": ({"cell_type": "code", "id": "mine", "source": None}, None),
    "a number as source": (
        {"cell_type": "code", "source": 3},
        "cell 2: in it something is no text and was left out",
    ),
    "numbers in a source": (
        {"cell_type": "code", "id": "a", "source": ["1", 2]},
        "a: in it something is no text and was left out",
    ),
    "half a character": ({"cell_type": "code", "source": "'\ud83d'"}, "only half of one"),
    "a number as name": ({"cell_type": "code", "metadata": {"nbgrader": {"grade_id": 7}}}, None),
    "a list as name": ({"cell_type": "code", "metadata": {"nbgrader": {"grade_id": []}}}, None),
    "a list as id": ({"cell_type": "code", "id": ["square"], "source": "1"}, None),
    "no metadata but null": ({"cell_type": "code", "metadata": None, "source": "1"}, None),
    "no kind of cell": ({"source": "1"}, "neither code nor text"),
    "an unknown kind": ({"cell_type": ["x"], "source": "1"}, "neither code nor text"),
    "no cell": (None, "cell 2: it is no cell and was left out"),
    "a zero byte": ({"cell_type": "code", "source": "\0"}, None),
}


@pytest.mark.parametrize("kind", ODD_CELLS)
def test_an_odd_cell_is_mended_or_named_and_its_neighbours_are_kept(kind):
    cell, remark = ODD_CELLS[kind]
    cells = handed()
    mended, remarks = mend([*cells[:1], cell, *cells[1:]])
    assert mended["square"].source == small.ANSWERS["square"]
    assert [remark in text for text in remarks] == ([True] if remark else [])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_in_another_encoding_is_read(encoding):
    content = '{"cells": [{"cell_type": "code", "source": "é"}]}'.encode(encoding)
    assert submissions.read_submission("a", content).cells[0].source == "é"


@pytest.mark.parametrize(
    "content",
    ["", "not JSON", "[]", "{}", '{"cells": 3}', '{"cells": ["text"]}', "[" * 10**5, b"\xff{}"],
)
def test_what_is_no_notebook_is_reported(content):
    content = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(submissions.UnreadableError, match="small.ipynb is not a notebook"):
        submissions.read_submission("small.ipynb", content)


def test_the_cell_to_blame_is_the_one_before_the_pause():
    cells = handed()
    cells.insert(1, own("exit()"))
    content = json.dumps({"cells": cells}).encode()
    mended, _ = submissions.mend(submissions.read_submission("a", content), small.release())
    paused = submissions.with_pauses(mended)
    names = [submissions.grade_id(cell) for cell in paused.cells]
    pauses = [name for name in names if name.startswith(submissions.PAUSE_NAME)]
    blamed = [submissions.to_blame(paused, name) for name in pauses]
    assert [submissions.grade_id(cell) for cell in blamed] == ["own-1", "square", "cube"]
    assert submissions.to_blame(paused, "imports") is None
    assert submissions.grade_id(submissions.to_blame(paused, "cube-test")) == "cube"
    own_cell = blamed[0]
    text = "square: in a cell of the student's own before it: ended"
    assert submissions.describe(own_cell, mended, "ended") == text


def test_a_remark_stands_in_the_row_of_its_task_or_in_the_first():
    tasks = [{"task": name, "points": 1, "of": 1, "message": ""} for name in ("twice", "square")]
    tasks[1]["message"] = "RuntimeError: the kernel ended"
    remarks = ["square: it stands twice", "mine: mended", "square: the kernel ended"]
    rows = grade._csv_rows("bo", "small", grade.Result("graded", remarks, tasks))
    assert [row["message"] for row in rows] == [
        "mine: mended",
        "RuntimeError: the kernel ended; square: it stands twice",
    ]


def test_nbgrader_gets_names_that_are_no_patterns():
    names = ["ada", "Zoë Müller", "a[b]", "a*", "a?", "..", "", "\udcff", "a/b", "ada "]
    plain = [grade.identifier(name) for name in names]
    assert plain[:2] == names[:2]
    assert len(set(plain)) == len(names)
    assert not any(set(name) & set("[]*?{}/") or name.startswith(".") for name in plain)


# Files of a folder → student, chapter and a part of the problem of each entry.
LAYOUTS = {
    "folders": (["ada/algorithm.ipynb"], [("ada", "algorithm", "")]),
    "patterns": (["[a]*?/algorithm.ipynb"], [("[a]*?", "algorithm", "")]),
    "a copy": (["ada/algorithm (1).ipynb"], [("ada", "algorithm", "")]),
    "capitals": (["ada/Algorithm.IPYNB"], [("ada", "algorithm", "")]),
    "an ending more": (["ada/algorithm.ipynb.txt"], [("ada", "algorithm", "")]),
    "a folder deeper": (["ada/week 1/algorithm.ipynb"], [("ada", "algorithm", "")]),
    "a folder around": (
        ["all/ada/algorithm.ipynb", "all/bo/algorithm.ipynb"],
        [("ada", "algorithm", ""), ("bo", "algorithm", "")],
    ),
    "Moodle": (
        ["Ada B_12_assignsubmission_file/my algorithm.ipynb"],
        [("Ada B_12", "algorithm", "")],
    ),
    "Moodle, flat": (
        ["Ada B_12_assignsubmission_file_algorithm.ipynb"],
        [("Ada B_12", "algorithm", "")],
    ),
    "Moodle, a text": (
        ["Ada_12_assignsubmission_onlinetext/onlinetext.html"],
        [("Ada_12", "", "no notebook, only")],
    ),
    "Canvas": (
        ["bada_12_345_algorithm-1.ipynb", "coal_LATE_13_346_text.ipynb"],
        [("bada_12", "algorithm", ""), ("coal_13", "text", "")],
    ),
    "a web page": (["ada/algorithm.html"], [("ada", "algorithm", "algorithm.ipynb is needed")]),
    "an empty folder": (["ada/"], [("ada", "", "there is no file")]),
    "another file": (["ada/me.jpg"], [("ada", "", "no notebook, only ada/me.jpg")]),
    "another name": (["ada/homework.ipynb"], [("ada", "", "of no chapter")]),
    "nobody's": (["algorithm.ipynb"], [("", "algorithm", "whose is it?")]),
    "hidden": (
        ["ada/algorithm.ipynb", "ada/.ipynb_checkpoints/algorithm-checkpoint.ipynb", "__MACOSX/x"],
        [("ada", "algorithm", "")],
    ),
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_was_handed_in_is_found(layout, packed, tmp_path):
    files, expected = LAYOUTS[layout]
    folder = tmp_path / "in"
    folder.mkdir()
    for name in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(exist_ok=True) if name.endswith("/") else path.write_bytes(EMPTY)
    if packed:
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
            for path in sorted(folder.rglob("*")):
                archive.write(path, path.relative_to(folder))
        folder = tmp_path / "all.zip"
    found = handed_in.find(folder)
    assert [(one.student, one.chapter) for one in found] == [one[:2] for one in expected]
    for one, (_, _, problem) in zip(found, expected, strict=True):
        assert (problem in one.problem) if problem else one.problem == ""
        assert one.problem or one.read() == EMPTY


def test_zip_files_inside_are_opened_and_a_damaged_one_is_named(tmp_path):
    for name in ("ada/work.zip", "bada_12_345_work.zip"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("algorithm.ipynb", EMPTY)
    (tmp_path / "cy").mkdir()
    (tmp_path / "cy" / "work.zip").write_bytes(b"PK")
    for name, members in {"dee": ["./hw/algorithm.ipynb"], "ed_1_2_x": ["__MACOSX/a"]}.items():
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as archive:
            for member in members:
                archive.writestr(member, EMPTY)
    found = handed_in.find(tmp_path)
    assert [(one.student, one.chapter, one.problem) for one in found] == [
        ("ada", "algorithm", ""),
        ("bada_12", "algorithm", ""),
        ("cy", "", "cy/work.zip cannot be opened, or is too large"),
        ("dee", "algorithm", ""),
        ("ed_1", "", "there is no file"),
    ]


def test_a_broken_newer_file_does_not_win_and_folders_around_platforms_are_left_out(tmp_path):
    folder = tmp_path / "all" / "Ada B_12_assignsubmission_file"
    folder.mkdir(parents=True)
    for at, (name, content) in enumerate({"algorithm": EMPTY, "algorithm (1)": b""}.items()):
        (folder / f"{name}.ipynb").write_bytes(content)
        os.utime(folder / f"{name}.ipynb", (at, at))
    full = b'{"cells": [{"cell_type": "code", "source": "1"}]}'
    (folder / "algorithm.ipynb").write_bytes(full)
    os.utime(folder / "algorithm.ipynb", (0, 0))
    (tmp_path / "roster.csv").write_text("x")
    found = {one.name: one for one in handed_in.find(tmp_path)}
    good = found["Ada B_12_assignsubmission_file/algorithm.ipynb"]
    assert (good.student, good.problem) == ("Ada B_12", "")
    assert "was not graded" in found["Ada B_12_assignsubmission_file/algorithm (1).ipynb"].problem


def test_the_cells_say_which_chapter_it_is_and_the_file_changed_last_counts(tmp_path):
    student = (ROOT / "exercises" / "student" / "masked.ipynb").read_bytes()
    (tmp_path / "ada").mkdir()
    for at, name in enumerate(["homework.ipynb", "text.ipynb", "masked.ipynb"]):
        (tmp_path / "ada" / name).write_bytes(student)
        os.utime(tmp_path / "ada" / name, (at, 5 - at))
    found = handed_in.find(tmp_path)
    assert {one.name: one.problem for one in found} == {
        "ada/homework.ipynb": "",
        "ada/masked.ipynb": "ada/masked.ipynb was not graded: ada/homework.ipynb was",
        "ada/text.ipynb": "ada/text.ipynb was not graded: ada/homework.ipynb was",
    }
    assert {one.chapter for one in found} == {"masked"}


def test_an_empty_missing_or_wrong_folder_is_named(tmp_path):
    cases = {tmp_path: "holds nothing", tmp_path / "no": "not a folder", ROOT: "the book itself"}
    for folder, message in cases.items():
        with pytest.raises(notebooks.NotebookError, match=message):
            handed_in.find(folder)
    with pytest.raises(SystemExit, match="make grade SUBMISSIONS=folder"):
        grade.main([""])
    with pytest.raises(notebooks.NotebookError, match="--output"):
        grade.grade_folder(tmp_path, tmp_path / "[grades]", grade.Limits())


# Notebooks as no editor writes them: any JSON in the place of any part.
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
names = st.sampled_from([submissions.grade_id(cell) for cell in small.release().cells])
sources = st.one_of(
    st.sampled_from([*small.ANSWERS.values(), small.STUB, "exit()", "def square(", "%%bash\nls"]),
    st.text(st.characters(), max_size=40),
    st.lists(st.text(max_size=9), max_size=4),
    anything,
)
odd_cells = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", "heading"]) | anything,
        "id": names | anything,
        "metadata": anything | names.map(lambda name: {"nbgrader": {"grade_id": name}}),
        "source": sources,
        "attachments": anything | st.just(PICTURE),
        "outputs": anything,
    },
)


@settings(
    max_examples=500, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(st.data())
def test_no_notebook_ends_the_run_and_each_gets_its_rows(tmp_path_factory, data):
    """Everything but the kernel: reading, mending, writing, the row; a kernel takes seconds."""
    cells = copy.deepcopy(handed())
    for _ in range(data.draw(st.integers(0, 6))):
        cell, at = data.draw(odd_cells | anything), data.draw(st.integers(0, len(cells)))
        cells[at : at + data.draw(st.integers(0, 2))] = [cell]
    content = {"cells": cells, "metadata": data.draw(anything), "nbformat": data.draw(anything)}
    course = tmp_path_factory.getbasetemp() / "fuzzed"
    place = course / "release" / "small" / "small.ipynb"
    if not place.exists():
        place.parent.mkdir(parents=True)
        notebooks.write_notebook(small.release(), place)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grade, "_run", lambda *arguments: None)
        patch.setattr(gradebook, "rows", lambda *arguments: [])
        written = json.dumps(content).encode()
        result = grade.grade(written, "small.ipynb", "ada", "small", course, grade.Limits())
    assert result.status == "graded"
    assert len(grade._csv_rows("ada", "small", result)) == 1
    kept = (course / "submitted" / "ada" / "small" / "small.ipynb").read_text(encoding="utf-8")
    mended = notebooks.parse_notebook(kept, "small.ipynb")
    # Whatever a text in the submission says, it is in the result, or a remark says why not.
    for cell in cells:
        if isinstance(cell, dict) and isinstance(cell.get("source"), str) and not result.remarks:
            text = cell["source"].strip()
            assert any(text in other.source for other in mended.cells)
