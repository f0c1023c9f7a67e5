"""Try an exercise on kept answers: wrong ones must lose their points with the right message.

``exercises/<chapter>/answers.py`` holds answers as students write them, each under a line such as

    # %% loss, wrong: averaged over the pixels
    # %% loss, right: with einsum

The text after ``wrong:`` must occur in the message that the check gives. All of a chapter's answers
are tried in one process, each in the place of the solution, and so is the student version, which
must fail with ``NotImplementedError`` and nothing else.
"""

import argparse
import ast
import contextlib
import io
import re
import sys
import tempfile

from tools import exercises, notebooks
from tools.submissions import grade_id

HEADING = re.compile(r"^# %% ([\w-]+), (right|wrong): (.+)$", re.MULTILINE)
FEWEST_WRONG, FEWEST_RIGHT = 3, 2
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS", re.DOTALL)
SHORTEST_GIVEAWAY = 12  # characters; shorter ones, such as len(x), say nothing


def read_answers(path):
    """Return tuples (task, kind, text, code) of a file of answers.

    Raises:
        notebooks.NotebookError: the file is missing, or something stands before the first heading.
    """
    if not path.exists():
        raise notebooks.NotebookError(f"{path} is missing")
    before, *parts = HEADING.split(path.read_text(encoding="utf-8"))
    if re.sub(r'""".*?"""', "", before, flags=re.DOTALL).strip():
        raise notebooks.NotebookError(f"{path}: code before the first '# %% task, right: …'")
    return [tuple(part.strip() for part in parts[at : at + 4]) for at in range(0, len(parts), 4)]


def tasks(notebook):
    """Return the names of the tasks that are graded by a test, in order."""
    return [
        grade_id(cell).removesuffix("-test")
        for cell in notebooks.code_cells(notebook)
        if cell.metadata.get("nbgrader", {}).get("grade")
    ]


def problems(source, student):
    """Return a message for everything that is wrong with an exercise.

    Args:
        source: the path of its source notebook.
        student: the notebook of its student version, as of :func:`tools.exercises.generate`.
    """
    notebook = notebooks.read_notebook(source)
    answers = read_answers(source.parent / "answers.py")
    known = tasks(notebook)
    found = [f"answers.py: no task {task!r}" for task, *_ in answers if task not in known]
    for task in known:
        for kind, fewest in (("wrong", FEWEST_WRONG), ("right", FEWEST_RIGHT)):
            count = sum(answer[:2] == (task, kind) for answer in answers)
            if count < fewest:
                found.append(f"{task}: {count} {kind} answers, not {fewest}")
    found += _given_away(notebook)
    found += _try_answers(notebook, answers)
    return [*found, *_try_student(student)]


def _given_away(notebook):
    """Look for parts of a solution in the checks that a student sees."""
    cells = {grade_id(cell): cell.source for cell in notebooks.code_cells(notebook)}
    for task in tasks(notebook):
        visible = HIDDEN.sub("", cells[f"{task}-test"])
        shown = {ast.unparse(node) for node in ast.walk(ast.parse(visible)) if _is_value(node)}
        for node in ast.walk(ast.parse(cells[task])):
            if isinstance(node, ast.Return | ast.Assign) and node.value is not None:
                parts = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
                for text in map(ast.unparse, parts):
                    if len(text) >= SHORTEST_GIVEAWAY and text in shown:
                        yield (
                            f"{task}: the visible check shows `{text}`, which is the solution: "
                            "write the expected numbers, of a small example"
                        )


def _is_value(node):
    return isinstance(node, ast.expr) and not isinstance(node, ast.Constant | ast.Name)


def _try_answers(notebook, answers):
    """Run the source; at each test try the answers in the place of the solution."""
    names = _fresh_names()
    before = {}
    for cell in notebooks.code_cells(notebook):
        if "setup" in cell.metadata.get("tags", []):
            continue
        name = grade_id(cell)
        if cell.metadata.get("nbgrader", {}).get("grade"):
            task = name.removesuffix("-test")
            after = dict(names)
            for _, kind, text, code in [answer for answer in answers if answer[0] == task]:
                _reset(names, before[task])
                failure = _execute(code, names, "answer") or _execute(cell.source, names, name)
                if kind == "right" and failure is not None:
                    yield f"{task}, right: {text}: {_say(failure)}"
                elif kind == "wrong" and failure is None:
                    yield f"{task}, wrong: {text}: gets full points"
                elif kind == "wrong" and text not in str(failure):
                    yield f"{task}, wrong: {text}: but the message is {_say(failure)}"
            _reset(names, after)
        else:
            before[name] = dict(names)
        failure = _execute(cell.source, names, name)
        if failure is not None:
            yield f"the solution fails in {name}: {_say(failure)}"
            return


def _try_student(notebook):
    """Run the student version, unchanged."""
    names = _fresh_names()
    for cell in notebooks.code_cells(notebook):
        if "setup" in cell.metadata.get("tags", []):
            continue
        failure = _execute(cell.source, names, grade_id(cell))
        graded = cell.metadata.get("nbgrader", {})
        if graded.get("grade") and failure is None:
            yield f"the unchanged student version passes {grade_id(cell)}"
        elif failure is not None and not (graded and isinstance(failure, NotImplementedError)):
            yield f"the unchanged student version fails in {grade_id(cell)}: {_say(failure)}"


def _fresh_names():
    import matplotlib

    import ae_utils

    matplotlib.use("agg")  # pictures are drawn and thrown away
    ae_utils.use_book_style()
    return {"__name__": "__main__", "ae_utils": ae_utils}


def _reset(names, content):
    names.clear()
    names.update(content)


def _execute(source, names, place):
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(source, f"<{place}>", "exec"), names)
    except Exception as error:
        return error
    return None


def _say(failure):
    return f"{type(failure).__name__}: {failure}"


def main(argv=None):
    """Try the named exercises, or all; return 1 if anything is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        prog="python -m tools.answers",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", help="names of chapters; without any, all exercises")
    names = parser.parse_args(argv).names or [path.stem for path in exercises.exercise_paths()]
    wrong = 0
    try:
        with tempfile.TemporaryDirectory() as folder:
            for name in names:
                source = exercises.find_exercise(name)
                for problem in problems(source, exercises.generate(source, folder)):
                    print(f"{name}: {problem}")
                    wrong += 1
    except notebooks.NotebookError as error:
        sys.exit(str(error))
    print(f"{wrong} problems in {len(names)} exercises")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
