"""Grade a folder of submissions: points as CSV, a page of feedback each, nbgrader's gradebook.

``make grade SUBMISSIONS=folder`` expects ``folder/<student>/<chapter>.ipynb``. Every submission
runs in a process of its own, with limits on time and memory; one that breaks never stops another.
Grading runs other people's code: do it in a container, or on an account that has nothing to lose.
"""

import argparse
import csv
import multiprocessing
import os
import re
import shutil
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tools import exercises, kernels, notebooks, submissions

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
    running, log = folder / "running.txt", folder / "log.txt"
    running.unlink(missing_ok=True)
    log.write_text("")  # what stood there was said of another submission
    process = kernels.processes(*exercises.NBGRADER).Process(
        target=grade_one, args=(folder, chapter, student, limits, running, log)
    )
    process.start()
    process.join(limits.seconds)
    ended = process.exitcode is not None
    try:
        os.killpg(process.pid, signal.SIGKILL)  # with a kernel that is left over
    except ProcessLookupError:
        process.kill()  # it has no group yet, or has ended with all that it started
    process.join()
    if ended and process.exitcode == 0:
        return None
    reason = "the kernel ended in this cell"
    if not ended:
        reason = f"the submission took longer than {limits.seconds} seconds"
    if running.exists():
        return reason, running.read_text(encoding="utf-8")
    if ended:
        reason = f"nbgrader failed: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}"
    return reason, None


def grade_one(folder, chapter, student, limits, running, log):
    """Autograde one submission and write its feedback; ends this process, with 1 if that failed.

    Args:
        folder: the course.
        chapter, student: whose submission to what.
        limits: :class:`Limits`; those for a cell and on memory are set here.
        running: a file that gets the name of the cell that is running.
        log: a file that gets all that is printed.
    """
    import resource  # not there on Windows, where grading is not supported

    os.setpgid(0, 0)
    with open(log, "w", encoding="utf-8", errors="replace") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    limit = int(limits.gibibytes * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    kernels.use_forks(multiprocessing.get_context("fork"))

    def note(cell, cell_index):
        running.write_text(submissions.grade_id(cell) or "", encoding="utf-8")

    interface = exercises.course(folder, limits.cell_seconds, note)
    for step in (interface.autograde, interface.generate_feedback):
        result = step(chapter, student)
        if not result["success"]:
            print(result.get("log", ""), result.get("error", ""))
            sys.exit(1)


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
    for message in unknown:
        print(message)
    course = Path(output) / "course"
    for chapter in sorted({chapter for _, chapter, _ in found}):
        exercises.generate(exercises.find_exercise(chapter), course)
    rows = []
    # A name of a file may hold what is no character; it is written as its number.
    with open(
        Path(output) / "grades.csv", "w", encoding="utf-8", errors="backslashreplace", newline=""
    ) as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for number, (student, chapter, path) in enumerate(found, start=1):
            try:
                result = grade(path, student, chapter, course, limits)
            except Exception as error:  # whatever one submission does, the others are graded
                result = Result("stopped", [f"grading failed: {type(error).__name__}: {error}"])
            print(f"{number} of {len(found)}: {student}, {chapter}: {result.status}", flush=True)
            for remark in result.remarks:
                print(f"    {remark}")
            new = _csv_rows(student, chapter, result)
            writer.writerows(new)
            file.flush()  # an interrupted run keeps what it has
            rows += new
            pages = course / "feedback" / student / chapter
            if pages.exists():
                shutil.copytree(pages, Path(output) / "feedback" / student, dirs_exist_ok=True)
    return rows


def _csv_rows(student, chapter, result):
    """Return a row of the CSV for each task, or a single one without a task.

    A remark stands in the row of the task that it names, or else in the first.
    """
    common = {"student": student, "chapter": chapter, "status": result.status}
    rows = []
    for row in result.rows or [{"task": "", "points": 0, "of": "", "message": ""}]:
        points = "to be graded by a person" if row["points"] is None else row["points"]
        rows.append({**common, **row, "points": points})
    for remark in result.remarks:
        words = re.findall(r"[\w-]+", remark)
        row = next((row for row in rows if row["task"] in words), rows[0])
        # What silenced an answer is the message of its error too.
        if remark.removeprefix(f"{row['task']}: ") not in row["message"]:
            row["message"] = "; ".join(filter(None, [row["message"], remark]))
    return rows


def main(argv=None):
    """Grade a folder and say where the results are."""
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
    sys.stdout.reconfigure(errors="backslashreplace")
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
