"""Find what students handed in, as folders, zip files and learning platforms deliver it.

Understood are folders ``<student>/…/<chapter>.ipynb``, what Moodle packs
(``<name>_<id>_assignsubmission_file/…``) and what Canvas packs (``<name>_<id>_<id>_<file>``), each
as a folder or as a zip file, and zip files inside these. Which chapter a notebook belongs to is
read from its cells, or else from its name. Every student has at least one entry, and what cannot be
graded says why.
"""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tools import exercises, notebooks, submissions

MOODLE = re.compile(r"(.+?)_(\d+)_assignsubmission_(?:file|onlinetext)_?(.*)", re.DOTALL)
CANVAS = re.compile(r"([^_]+)(?:_LATE)?_(\d+)_\d+_(.+)", re.DOTALL)
# Some browsers and platforms put an ending of their own behind it.
NOTEBOOK = re.compile(r"\.ipynb(\.txt|\.json)?$", re.IGNORECASE)
PAGES = (".html", ".htm", ".pdf", ".py", ".docx", ".md")
LARGEST = 200 * 2**20  # bytes; a notebook with many pictures has a tenth of it
# Two exercises have a third of their names in common at most.
SHARE_OF_ANSWERS = 0.5
DEEPEST = 2  # a student's zip inside a platform's


@dataclass(frozen=True)
class HandedIn:
    """One notebook that was handed in, or the reason why there is none to grade.

    Attributes:
        student: the name of the folder, or what a platform says; empty if nothing says it.
        chapter: whose exercise it is; empty if it belongs to none.
        name: the path of the file below the folder of submissions.
        read: returns the bytes of the file; raises ``OSError`` or ``zipfile.BadZipFile``.
        problem: why it is not graded; empty if it is.
    """

    student: str
    chapter: str
    name: str
    read: Callable[[], bytes] | None = None
    problem: str = ""


@dataclass(frozen=True)
class _File:
    """A file or an empty folder: its path in parts, when it was changed, its size and bytes."""

    parts: tuple[str, ...]
    changed: float = 0.0
    size: int = 0
    read: Callable[[], bytes] | None = None

    @property
    def name(self):
        return "/".join(self.parts)


def find(place):
    """Return a list of :class:`HandedIn`, sorted by student and chapter.

    Args:
        place: a folder, or a zip file of one.

    Raises:
        notebooks.NotebookError: it is neither, it is the book itself, or it holds nothing at all.
    """
    place = Path(place)
    if place.resolve() == notebooks.ROOT:
        raise notebooks.NotebookError(f"{place} is the book itself, not a folder of submissions")
    if place.is_dir():
        files = list(_in_folder(place))
    else:
        try:
            files = list(_in_zip(place.read_bytes, (), 0))
        except (OSError, zipfile.BadZipFile) as error:
            problem = f"{place} is not a folder, and no zip file that can be read ({error})"
            raise notebooks.NotebookError(problem) from None
    files = [file for file in files if not _is_hidden(file.parts)]
    if not files:
        raise notebooks.NotebookError(
            f"{place} holds nothing; expected <student>/<chapter>.ipynb, or what Moodle or Canvas "
            "packs"
        )
    answers = _answers_of_chapters()
    by_student = {}
    for file in _unwrapped(files, answers):
        by_student.setdefault(_student(file), []).append(file)
    found = []
    for student, own in sorted(by_student.items()):
        found += _of_one(student, own, answers)
    return found


def _in_folder(place):
    names = [path.name for path in place.iterdir() if not path.name.startswith(".")]
    for path in sorted(place.rglob("*")):
        parts = path.relative_to(place).parts
        try:
            if path.is_dir():
                yield _File(parts)
            elif path.is_file():
                status = path.stat()
                file = _File(parts, status.st_mtime, status.st_size, path.read_bytes)
                yield from _opened(file, 0, len(names) == 1)
        except OSError:
            yield _File(parts[:1])  # a folder that must not be entered


def _in_zip(read, above, depth):
    """Yield the files of a zip file; the path of each begins with ``above``."""
    with zipfile.ZipFile(io.BytesIO(read())) as archive:
        for info in archive.infolist():
            names = info.filename.replace("\\", "/").split("/")
            parts = (*above, *(name for name in names if name not in ("", ".")))
            if info.is_dir() and parts:
                yield _File(parts)
            if info.is_dir() or not parts:
                continue

            def read_member(info=info, read=read):
                with zipfile.ZipFile(io.BytesIO(read())) as archive:
                    return archive.read(info)

            yield from _opened(_File(parts, _changed(info), info.file_size, read_member), depth)


def _changed(info):
    """Return when a member of a zip file was changed, as other files say it; 0 if it is no date."""
    try:
        return datetime(*info.date_time).timestamp()
    except ValueError:
        return 0.0


def _opened(file, depth, alone=False):
    """Yield what is in a zip file, or the file itself if it is none that can be read.

    What a platform packed as a whole has the students inside, and is the only file of its folder
    (``alone``); else a zip file is one student's.
    """
    name = file.parts[-1]
    if not name.lower().endswith(".zip") or depth == DEEPEST or file.size > LARGEST:
        yield file
        return
    above = file.parts
    if len(above) == 1 and not MOODLE.fullmatch(name) and not CANVAS.fullmatch(name):
        above = () if alone or depth else (name[: -len(".zip")],)
    try:
        inside = list(_in_zip(file.read, above, depth + 1))
    except Exception:  # what others packed can be damaged in every way, or need a password
        yield file
        return
    if above:
        yield _File(above)  # an empty one is the student's too
    yield from inside


def _is_hidden(parts):
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)


def _unwrapped(files, answers):
    """Leave out a folder around all folders of students.

    It shows in one exercise that lies in two of the folders inside it: a student has one of each.
    """
    folders = {}
    for file in files:
        if NOTEBOOK.search(file.parts[-1]) and len(file.parts) > 2:
            chapter = _named_chapter(file.parts[-1], answers)
            folders.setdefault(chapter, set()).add(file.parts[1])
    folders.pop("", None)
    around = {file.parts[0] for file in files if len(file.parts) > 1}
    seconds = [file.parts[1] for file in files if len(file.parts) > 1]
    packed = any(MOODLE.fullmatch(name) or CANVAS.fullmatch(name) for name in seconds)
    if len(around) != 1 or not (packed or any(len(names) > 1 for names in folders.values())):
        return files
    if any(pattern.fullmatch(*around) for pattern in (MOODLE, CANVAS)):
        return files
    return [
        replace(file, parts=file.parts[1:]) if len(file.parts) > 1 else file
        for file in files
        if file.read is not None or len(file.parts) > 1
    ]


def _student(file):
    """Return whose a file is, or an empty text."""
    first = file.parts[0]
    if moodle := MOODLE.fullmatch(first):
        return f"{moodle[1]}_{moodle[2]}"
    alone = len(file.parts) == 1 and file.read is not None
    in_zip = first.lower().endswith(".zip")
    if (alone or in_zip) and (canvas := CANVAS.fullmatch(first)):
        return f"{canvas[1]}_{canvas[2]}"
    return "" if alone else first


def _of_one(student, files, answers):
    """Return the entries of one student, at least one."""
    found, others = {}, []
    for file in files:
        if file.read is None:
            continue
        if not NOTEBOOK.search(file.parts[-1]):
            others.append(file)
            continue
        entry, is_notebook = _entry(student, file, answers)
        found.setdefault(entry.chapter, []).append(((is_notebook, file.changed), entry))
    entries = []
    for chapter, several in found.items():
        several.sort(key=lambda one: (*one[0], one[1].name))
        gradable = [entry for _, entry in several if not entry.problem]
        counts = gradable[-1] if gradable and chapter else None
        for _, entry in several:
            if entry is not counts and not entry.problem:
                problem = f"{entry.name} was not graded: {counts.name} was"
                entry = replace(entry, read=None, problem=problem)
            entries.append(entry)
    for file in others:
        named = _named_chapter(file.parts[-1], answers)
        if file.parts[-1].lower().endswith(PAGES) and named and named not in found:
            problem = f"{file.name} is no notebook: {named}.ipynb is needed"
            entries.append(HandedIn(student, named, file.name, problem=problem))
        elif file.parts[-1].lower().endswith(".zip"):
            problem = f"{file.name} cannot be opened, or is too large"
            entries.append(HandedIn(student, named, file.name, problem=problem))
    if not entries:
        names = ", ".join(file.name for file in others[:5])
        problem = f"there is no notebook, only {names}" if others else "there is no file"
        entries = [HandedIn(student, "", "", problem=problem)]
    return sorted(entries, key=lambda entry: (entry.chapter, entry.name))


def _entry(student, file, answers):
    """Return the entry of a file that is named as a notebook, and whether it is one."""
    if file.size > LARGEST:
        problem = f"{file.name} is too large ({file.size / 2**20:.0f} MiB)"
        return HandedIn(student, "", file.name, problem=problem), False
    try:
        cells = submissions.read_submission(file.name, file.read()).cells
    except Exception:  # whatever it is: the one who grades it says what is the matter
        cells = []
    chapter = _chapter_of_cells(cells, answers) or _named_chapter(file.parts[-1], answers)
    entry = HandedIn(student, chapter, file.name, file.read)
    if not chapter:
        problem = (
            f"{file.name} is the exercise of no chapter, by its cells and by its name; there are "
            f"{', '.join(answers)}"
        )
        entry = replace(entry, read=None, problem=problem)
    elif not student:
        problem = f"{file.name} is in the folder of no student: whose is it?"
        entry = replace(entry, read=None, problem=problem)
    return entry, bool(cells)


def _named_chapter(name, answers):
    """Return the one chapter that a file's name has as a word, or an empty text."""
    named = set(re.findall(r"[a-z]+", name.lower())) & set(answers)
    return named.pop() if len(named) == 1 else ""


def _chapter_of_cells(cells, answers):
    """Return the chapter to which most of the answers belong, or an empty text."""
    names = {cell.name for cell in cells}
    shares = {chapter: len(names & own) / len(own) for chapter, own in answers.items()}
    best = max(shares, key=shares.get)
    return best if shares[best] > SHARE_OF_ANSWERS else ""


def _answers_of_chapters():
    """Return chapter → names of the cells that a student fills in."""
    return {
        path.stem: set(submissions.answer_ids(notebooks.read_notebook(path)))
        for path in exercises.exercise_paths()
    }
