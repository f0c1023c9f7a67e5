"""Grade a folder of submissions: points as CSV, a page of feedback each, nbgrader's gradebook.

``make grade SUBMISSIONS=folder`` expects ``folder/<student>/<chapter>.ipynb``, or what Moodle or
Canvas packs. Every submission runs in a process of its own, with limits on time and memory; one
that breaks never stops another. Graded into the same folder again, what has not changed keeps its
points, those of a person too, so an interrupted run goes on where it was. Grading runs other
people's code: do it in a container, or on an account that has nothing to lose.
"""

import argparse
import csv
import hashlib
import json
import multiprocessing
import os
import re
import shutil
import signal
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from tools import exercises, gradebook, handed_in, kernels, notebooks, sandbox, submissions

COLUMNS = ("student", "chapter", "task", "points", "of", "status", "message")
# Each of these attempts silences one cell that ends the kernel, or uses up all the time.
ATTEMPTS = 20
ENDED = "the kernel ended in this cell"
NO_FEEDBACK, EXIT_NO_FEEDBACK = "nbgrader could not make the page of feedback", 3
# What decides on points beside the exercise; if it changes, everything is graded anew.
RULES = [Path(submissions.__file__), notebooks.ROOT / "ae_utils" / "exercises.py"]


@dataclass
class Limits:
    """What a submission may use.

    Attributes:
        cell_seconds, seconds: for a cell, and for all of them.
        gibibytes: memory.
        sandboxed: run it as of :mod:`tools.sandbox`.
    """

    cell_seconds: int = 60
    seconds: int = 300
    gibibytes: float = 6.0
    sandboxed: bool = False


@dataclass
class Result:
    """What became of one submission.

    Attributes:
        status: ``graded``, ``unreadable`` or ``stopped``.
        remarks: what was missing, or stopped the kernel.
        rows: as of :func:`tools.gradebook.rows`.
    """

    status: str
    remarks: list[str] = field(default_factory=list)
    rows: list[dict] = field(default_factory=list)


def identifier(student):
    """Return a name for nbgrader, which takes the names of folders for patterns."""
    plain = re.sub(r"[^\w .-]", "_", student).strip(". ")
    if plain == student:
        return student
    mark = hashlib.sha256(student.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return f"{plain}-{mark}"


def grade(content, name, student, chapter, course, limits):
    """Grade one submission within limits; whatever it does, a :class:`Result` comes back.

    A cell that ends the kernel or uses up all the time is replaced by one that only says so, and
    the rest is graded without it.

    Args:
        content: the bytes of the notebook.
        name: of its file, for messages.
        student: as of :func:`identifier`.
        chapter: whose exercise it is; the course has its release.
        course: the folder of nbgrader's course.
        limits: :class:`Limits`.
    """
    release = notebooks.read_notebook(course / "release" / chapter / f"{chapter}.ipynb")
    try:
        mended, remarks = submissions.mend(submissions.read_submission(name, content), release)
    except submissions.UnreadableError as error:
        return Result("unreadable", [str(error)])
    place = course / "submitted" / student / chapter / f"{chapter}.ipynb"
    place.parent.mkdir(parents=True, exist_ok=True)
    paused = False
    for _ in range(ATTEMPTS):
        notebook = submissions.with_pauses(mended) if paused else mended
        notebooks.write_notebook(notebook, place)
        problem = _run(grade_one, course, chapter, student, limits)
        if problem == (NO_FEEDBACK, None):
            problem = None
            if not paused:
                remarks.append(NO_FEEDBACK)
        if problem is None and not paused:
            return Result("graded", remarks, gradebook.rows(course, chapter, student))
        if problem is None:
            paused = False  # nothing ends the kernel any more: once more, without the pauses
            continue
        reason, running = problem
        if reason == ENDED and not paused:
            paused = True  # find the cell that did it
            continue
        culprit = submissions.to_blame(notebook, running)
        if culprit is None:
            return Result("stopped", [*remarks, reason])
        remarks.append(submissions.describe(culprit, mended, reason))
        submissions.silence(mended, submissions.grade_id(culprit), reason)
    return Result("stopped", remarks)


def _run(step, course, chapter, student, limits):
    """Run a step of grading in a process group of its own.

    Returns:
        None if it succeeded, or why it did not, and the name of the cell at which it was.
    """
    # The path of a socket has to be short.
    place = "/tmp" if limits.sandboxed else None
    with tempfile.TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as folder:
        running, log, own = (Path(folder) / name for name in ("running", "log", "own"))
        own.mkdir()
        process = kernels.processes(*exercises.NBGRADER).Process(
            target=step, args=(course, chapter, student, limits, Path(folder))
        )
        process.start()
        try:
            process.join(limits.seconds)
            ended = process.exitcode is not None
        finally:  # an interruption by the keyboard ends it too
            try:
                os.killpg(process.pid, signal.SIGKILL)  # with a kernel that is left over
            except ProcessLookupError:
                process.kill()  # it has no group yet, or has ended with all that it started
            process.join()
        if ended and process.exitcode == 0:
            return None
        if ended and process.exitcode == EXIT_NO_FEEDBACK:
            return NO_FEEDBACK, None
        reason = ENDED if ended else f"the submission took longer than {limits.seconds} seconds"
        if running.exists():
            return reason, running.read_text(encoding="utf-8")
        if ended:
            said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
            reason = f"nbgrader failed: {said[-2000:]}"
        return reason, None


def grade_one(course, chapter, student, limits, folder):
    """Autograde one submission and write its feedback; ends this process, with 1 if that failed.

    Args:
        course: the folder of nbgrader's course.
        chapter, student: whose submission to what.
        limits: :class:`Limits`; those for a cell and on memory are set here.
        folder: ``running`` in it gets the name of the cell that is running, ``log`` all that is
            printed, and ``own`` is for a kernel in a sandbox.
    """
    import resource  # not there on Windows, where grading is not supported

    _alone(folder)
    limit = int(limits.gibibytes * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    if not limits.sandboxed:
        kernels.use_forks(multiprocessing.get_context("fork"))

    def note(cell, cell_index):
        (folder / "running").write_text(submissions.grade_id(cell) or "", encoding="utf-8")

    own = folder / "own" if limits.sandboxed else None
    interface = exercises.course(course, limits.cell_seconds, note, own)
    _succeed(interface.autograde(chapter, student))
    (folder / "running").unlink(missing_ok=True)  # what fails from here on is no cell's fault
    gradebook.give_again(course, chapter, student)
    _succeed(interface.generate_feedback(chapter, student), EXIT_NO_FEEDBACK)


def write_feedback(course, chapter, student, limits, folder):
    """Write the feedback of a graded submission anew; arguments as of :func:`grade_one`."""
    _alone(folder)
    _succeed(exercises.course(course).generate_feedback(chapter, student))


def _alone(folder):
    """Give this process a group of its own, and let all that it prints go to a file."""
    os.setpgid(0, 0)
    with open(folder / "log", "w", encoding="utf-8", errors="replace") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)


def _succeed(result, code=1):
    """End this process with a code if a step of nbgrader failed."""
    if not result["success"]:
        print(result.get("log", ""), result.get("error", ""))
        sys.exit(code)


class Records:
    """What became of each submission, kept beside the gradebook for the next run.

    Args:
        path: of a JSON file; if there is one, it is read.
    """

    def __init__(self, path):
        self.path = path
        self.entries = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def find(self, student, chapter, fingerprint):
        """Return the :class:`Result` of an earlier run with the same fingerprint, or None."""
        entry = self.entries.get(f"{student}/{chapter}")
        return Result(**entry["result"]) if entry and entry["fingerprint"] == fingerprint else None

    def forget(self, student, chapter):
        """Drop a result, before it is made anew: an interruption leaves none."""
        if self.entries.pop(f"{student}/{chapter}", None):
            notebooks.write_atomically(json.dumps(self.entries, indent=1), self.path)

    def store(self, student, chapter, fingerprint, result):
        """Keep a result."""
        entry = {"student": student, "chapter": chapter, "fingerprint": fingerprint}
        self.entries[f"{student}/{chapter}"] = {**entry, "result": asdict(result)}
        notebooks.write_atomically(json.dumps(self.entries, indent=1), self.path)


def _fingerprint(content, source, limits):
    """Return a hash of all that decides on the points of a submission."""
    digest = hashlib.sha256(repr(limits).encode())
    for part in (content, source.read_bytes(), *(path.read_bytes() for path in RULES)):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def grade_folder(place, output, limits):
    """Grade all submissions of a folder into ``output``; return the rows of the CSV.

    Raises:
        notebooks.NotebookError: there is nothing to grade, an exercise cannot be generated, or the
            path of ``output`` holds what nbgrader takes for a pattern.
    """
    output = Path(output)
    if odd := sorted(set("[]*?{}") & set(str(output.resolve()))):
        raise notebooks.NotebookError(
            f"nbgrader cannot work below a folder with {' '.join(odd)} in its path: choose another "
            "place with --output"
        )
    found = handed_in.find(place)
    course = output / "course"
    course.mkdir(parents=True, exist_ok=True)
    records, rows = Records(course / "graded.json"), []
    gradebook.keep_points(
        course,
        {
            f"{identifier(entry['student'])}/{entry['chapter']}"
            for entry in records.entries.values()
            if entry["result"]["status"] == "graded"
        },
    )
    for chapter in sorted({one.chapter for one in found if not one.problem}):
        gradebook.prepare(chapter, course)
    table = output / "grades.csv"
    if table.exists():  # a person may have written into it
        changed = datetime.fromtimestamp(table.stat().st_mtime)
        table.rename(output / f"grades of {changed:%Y-%m-%d %H-%M-%S}.csv")
    # A name of a file may hold what is no character; it is written as its number.
    with open(table, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()

        def write(student, chapter, result):
            new = _csv_rows(student, chapter, result)
            writer.writerows(new)
            file.flush()  # an interrupted run keeps what it has
            rows.extend(new)

        for number, one in enumerate(found, start=1):
            result = _result(one, course, records, limits)
            where = f"{one.student or 'nobody'}, {one.chapter or 'no chapter'}"
            print(f"{number} of {len(found)}: {where}: {result.status}", flush=True)
            for remark in result.remarks:
                print(f"    {remark}")
            write(one.student, one.chapter, result)
            pages = course / "feedback" / identifier(one.student) / one.chapter
            if one.chapter and pages.exists():
                shutil.copytree(pages, output / "feedback" / one.student, dirs_exist_ok=True)
        here = {(one.student, one.chapter) for one in found}
        for entry in records.entries.values():
            if (entry["student"], entry["chapter"]) not in here:
                result = Result(**{**entry["result"], "status": "not in this folder"})
                student, chapter = identifier(entry["student"]), entry["chapter"]
                if gradebook.notebook_path(course, student, chapter).exists():
                    result.rows = gradebook.rows(course, chapter, student)
                write(entry["student"], chapter, result)
    return rows


def _result(one, course, records, limits):
    """Return the :class:`Result` for what was handed in, of an earlier run if nothing changed."""
    if one.problem:
        return Result("not graded", [one.problem])
    student, chapter = identifier(one.student), one.chapter
    try:
        content = one.read()
        mark = _fingerprint(content, exercises.find_exercise(chapter), limits)
        result = records.find(one.student, chapter, mark)
        graded = gradebook.notebook_path(course, student, chapter)
        if result and result.rows and not graded.exists():
            result = None  # the exercise was another one in between
        if result is None:
            records.forget(one.student, chapter)
            result = grade(content, one.name, student, chapter, course, limits)
        elif result.rows and result.rows != (now := gradebook.rows(course, chapter, student)):
            result.rows = now
            _run(write_feedback, course, chapter, student, limits)
        if result.status != "stopped":  # what stopped it may have passed by the next run
            records.store(one.student, chapter, mark, result)
    except Exception as error:  # whatever one submission does, the others are graded
        return Result("stopped", [f"grading failed: {type(error).__name__}: {error}"])
    return result


def _csv_rows(student, chapter, result):
    """Return a row of the CSV for each task, or a single one without a task.

    A remark stands in the row of the task that it names, or else in the first.
    """
    common = {"student": student, "chapter": chapter, "status": result.status}
    rows = []
    for row in result.rows or [{"task": "", "points": "", "of": "", "message": ""}]:
        points = "to be graded by a person" if row["points"] is None else row["points"]
        rows.append({**common, **row, "points": points})
    for remark in result.remarks:
        task = remark.partition(": ")[0]
        row = next((row for row in rows if row["task"] == task), rows[0])
        # What silenced an answer is the message of its error too.
        if remark.removeprefix(f"{row['task']}: ") not in row["message"]:
            row["message"] = "; ".join(filter(None, [row["message"], remark]))
    return rows


def main(argv=None):
    """Grade a folder and say where the results are."""
    defaults = Limits()
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tools.grade")
    parser.add_argument("folder", help="holds <student>/<chapter>.ipynb, or what a platform packs")
    parser.add_argument("--output", default="build/grades", help="default: %(default)s")
    parser.add_argument("--cell-seconds", type=int, default=defaults.cell_seconds)
    parser.add_argument("--seconds", type=int, default=defaults.seconds, help="for a submission")
    parser.add_argument("--memory", type=float, default=defaults.gibibytes, help="in GiB")
    arguments = parser.parse_args(argv)
    output = Path(arguments.output).resolve()
    sys.stdout.reconfigure(errors="backslashreplace")
    if os.name == "nt":
        sys.exit("Grading limits time and memory as Linux and macOS do it: use WSL or a container")
    if not arguments.folder.strip():
        sys.exit("Which submissions? Say so: make grade SUBMISSIONS=folder")
    with tempfile.TemporaryDirectory() as folder:
        problem = sandbox.problem(folder)
    if problem:
        print(f"Submissions can reach the network and the files of this account: {problem}")
    else:
        print("Each submission runs in a sandbox, without network, by bwrap")
    limits = Limits(arguments.cell_seconds, arguments.seconds, arguments.memory, problem is None)
    try:
        rows = grade_folder(arguments.folder, output, limits)
    except notebooks.NotebookError as error:
        sys.exit(str(error))
    print(f"{len(rows)} rows in {output / 'grades.csv'}; feedback in {output / 'feedback'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
