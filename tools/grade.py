"""Grade a folder of submissions: points as CSV, a page of feedback each, nbgrader's gradebook.

``make grade SUBMISSIONS=folder`` expects ``folder/<student>/<chapter>.ipynb``. Every submission
runs in a process of its own, with limits on time and memory; one that breaks never stops another.
Grading runs other people's code: do it in a container, or on an account that has nothing to lose.
"""

import argparse
import csv
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tools import exercises, notebooks, submissions

COLUMNS = ("student", "chapter", "task", "points", "of", "status", "message")


@dataclass
class Limits:
    """What a submission may use: seconds for a cell and for all cells, and memory in GiB."""

    cell_seconds: int = 60
    seconds: int = 300
    gibibytes: float = 6.0


@dataclass
class Result:
    """What became of one submission.

    Attributes:
        status: ``graded``, ``unreadable`` or ``stopped``.
        remarks: what was missing, or stopped the kernel.
        rows: for each task a dictionary of name, points, of, message; ``points`` is ``None`` where
            a person has to grade.
    """

    status: str
    remarks: list[str] = field(default_factory=list)
    rows: list[dict] = field(default_factory=list)


def find_submissions(folder):
    """Return triples (student, chapter, path), and messages about files that are neither.

    Raises:
        notebooks.NotebookError: the folder is missing or holds no notebook at all.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise notebooks.NotebookError(f"{folder} is not a folder")
    known = {path.stem for path in exercises.exercise_paths()}
    found, unknown = [], []
    for path in sorted(folder.rglob("*.ipynb")):
        parts = path.relative_to(folder).parts
        if any(part.startswith(".") for part in parts):
            continue
        if len(parts) == 2 and path.stem in known:
            found.append((parts[0], path.stem, path))
        else:
            unknown.append(
                f"{path.relative_to(folder)} was not graded: it should be named "
                f"<student>/<chapter>.ipynb, with a chapter of {', '.join(sorted(known))}"
            )
    if not found and not unknown:
        raise notebooks.NotebookError(
            f"{folder} holds no notebook; expected <student>/<chapter>.ipynb"
        )
    return found, unknown


def grade(path, student, chapter, folder, limits):
    """Grade one submission within limits; whatever it does, a :class:`Result` comes back.

    A cell that ends the kernel or uses up all the time is replaced by one that only says so, and
    the rest is graded without it.
    """
    release = notebooks.read_notebook(folder / "release" / chapter / f"{chapter}.ipynb")
    try:
        mended, remarks = submissions.mend(submissions.read_submission(path), release)
    except submissions.UnreadableError as error:
        return Result("unreadable", [str(error)])
    place = folder / "submitted" / student / chapter / f"{chapter}.ipynb"
    place.parent.mkdir(parents=True, exist_ok=True)
    answers = submissions.answer_ids(release)
    for _ in range(len(answers) + 1):
        notebooks.write_notebook(mended, place)
        problem = _run(folder, chapter, student, limits)
        if problem is None:
            return Result("graded", remarks, _rows(folder, chapter, student))
        reason, cell = problem
        culprit = cell.removesuffix("-test") if cell else None
        if culprit is None or not any(
            submissions.grade_id(known) == culprit for known in mended.cells
        ):
            return Result("stopped", [*remarks, reason])
        remarks.append(f"{culprit}: {reason}")
        submissions.silence(mended, culprit, reason)
    return Result("stopped", remarks)


def _run(folder, chapter, student, limits):
    """Grade in a process group of its own; return None, or why not and the cell it was at."""
    running = folder / "running.txt"
    running.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tools.grade", "--one", str(folder), chapter, student]
    command += [str(limits.cell_seconds), str(limits.gibibytes)]
    process = subprocess.Popen(
        command,
        cwd=notebooks.ROOT,
        env=os.environ | notebooks.kernel_environment(),
        start_new_session=True,  # so that a kernel that is left over is stopped with it
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        output, _ = process.communicate(timeout=limits.seconds)
        reason = "the kernel ended in this cell"
    except subprocess.TimeoutExpired:
        output, reason = "", f"the submission took longer than {limits.seconds} seconds"
    finally:
        _stop(process)
    if process.returncode == 0:
        return None
    cell = running.read_text(encoding="utf-8") if running.exists() else None
    return (reason if cell else f"nbgrader failed: {output[-2000:]}"), cell


def _stop(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.communicate()


def grade_one(folder, chapter, student, cell_seconds, gibibytes):
    """Autograde one submission and write its feedback, in this process; return its exit code."""
    import resource  # not there on Windows, where grading is not supported

    limit = int(float(gibibytes) * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    running = Path(folder) / "running.txt"

    def note(cell, cell_index):
        running.write_text(submissions.grade_id(cell) or "", encoding="utf-8")

    interface = exercises.course(folder, int(cell_seconds), note)
    for step in (interface.autograde, interface.generate_feedback):
        result = step(chapter, student)
        if not result["success"]:
            print(result.get("log", ""), result.get("error", ""))
            return 1
    return 0


def _rows(folder, chapter, student):
    """Return the points of each task from the gradebook, with the message of its test."""
    notebook = notebooks.read_notebook(
        folder / "autograded" / student / chapter / f"{chapter}.ipynb"
    )
    messages = {
        submissions.grade_id(cell): f"{output.ename}: {output.evalue}"
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if output.output_type == "error"
    }
    rows = []
    with exercises.course(folder).gradebook as gradebook:
        submission = gradebook.find_submission_notebook(chapter, chapter, student)
        for graded in sorted(submission.grades, key=lambda one: one.name):
            points = None if graded.needs_manual_grade else graded.score
            rows.append(
                {
                    "task": graded.name.removesuffix("-test"),
                    "points": points,
                    "of": graded.max_score,
                    "message": messages.get(graded.name, ""),
                }
            )
    order = [submissions.grade_id(cell).removesuffix("-test") for cell in notebook.cells]
    return sorted(rows, key=lambda row: order.index(row["task"]))


def grade_folder(folder, output, limits):
    """Grade all submissions of a folder into ``output``; return the rows of the CSV.

    Raises:
        notebooks.NotebookError: there is nothing to grade, or an exercise cannot be generated.
    """
    found, unknown = find_submissions(folder)
    course = Path(output) / "course"
    rows = []
    for chapter in sorted({chapter for _, chapter, _ in found}):
        exercises.generate(exercises.find_exercise(chapter), course)
    for number, (student, chapter, path) in enumerate(found, start=1):
        result = grade(path, student, chapter, course, limits)
        print(f"{number} of {len(found)}: {student}, {chapter}: {result.status}", flush=True)
        for remark in result.remarks:
            print(f"    {remark}")
        common = {"student": student, "chapter": chapter, "status": result.status}
        for row in result.rows or [{"task": "", "points": 0, "of": "", "message": ""}]:
            remarks = [
                text for text in result.remarks if not row["task"] or row["task"] in text.split()
            ]
            message = "; ".join(filter(None, [row["message"], *remarks]))
            points = "to be graded by a person" if row["points"] is None else row["points"]
            rows.append({**common, **row, "points": points, "message": message})
        pages = course / "feedback" / student / chapter
        if pages.exists():
            shutil.copytree(pages, Path(output) / "feedback" / student, dirs_exist_ok=True)
    for message in unknown:
        print(message)
    with open(Path(output) / "grades.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return rows


def main(argv=None):
    """Grade a folder and say where the results are."""
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] == ["--one"]:
        return grade_one(*argv[1:])
    defaults = Limits()
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tools.grade")
    parser.add_argument("folder", help="holds <student>/<chapter>.ipynb")
    parser.add_argument("--output", default="build/grades", help="default: %(default)s")
    parser.add_argument("--cell-seconds", type=int, default=defaults.cell_seconds)
    parser.add_argument("--seconds", type=int, default=defaults.seconds, help="for a submission")
    parser.add_argument("--memory", type=float, default=defaults.gibibytes, help="in GiB")
    arguments = parser.parse_args(argv)
    limits = Limits(arguments.cell_seconds, arguments.seconds, arguments.memory)
    output = Path(arguments.output).resolve()
    if os.name == "nt":
        sys.exit("Grading limits time and memory as Linux and macOS do it: use WSL or a container")
    try:
        rows = grade_folder(arguments.folder, output, limits)
    except notebooks.NotebookError as error:
        sys.exit(str(error))
    print(f"{len(rows)} rows in {output / 'grades.csv'}; feedback in {output / 'feedback'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
