"""What a student handed in, made fit for grading: the released cells with the student's answers.

nbgrader grades what it finds. A test cell that was deleted gives no score at all, a duplicated one
a misleading message, and a broken file stops the run. So a submission is put together anew from the
release: its own answer cells and the cells that the student added, everything else from us, and a
list of what was missing. What a student wrote is in the result, or named in the list.
"""

import ast
import copy
import itertools
import json
import re
import warnings
from dataclasses import dataclass, field
from urllib.parse import unquote

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

TEXTS = ("markdown", "raw", "heading")
ELSEWHERE = "*The answer stands in the cells beside this one.*"
JOINED = "the pieces of the answer were joined, in order"
REFERENCE = re.compile(r"attachment:([^\s)\"'>]+)")
PAUSE = "await __import__('asyncio').sleep(1)"
PAUSE_NAME = "pause-"


class UnreadableError(ValueError):
    """A file that holds no notebook; the message says why."""


@dataclass
class Cell:
    """What counts of a cell that was handed in, whatever else its file holds.

    Attributes:
        name: as of :func:`grade_id`, or ``None``.
        kind: ``code``, ``markdown`` or another.
        source: its text.
        attachments: pictures that were pasted into it, name → kind → base64 text.
    """

    name: str | None
    kind: str
    source: str
    attachments: dict = field(default_factory=dict)


@dataclass
class Submission:
    """A notebook as a student handed it in: its cells, and remarks on what was mended in them."""

    cells: list[Cell]
    remarks: list[str] = field(default_factory=list)


def read_submission(name, content):
    """Return the :class:`Submission` in a file, with as much forgiveness as possible.

    Args:
        name: of the file, for messages.
        content: its bytes.

    Raises:
        UnreadableError: it is not a notebook.
    """
    try:
        # From bytes: JSON's own rules find the encoding, with or without a mark of it.
        cells = json.loads(content)["cells"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        what = f"{type(error).__name__}: {error}" if isinstance(error, KeyError) else error
        raise UnreadableError(f"{name} is not a notebook ({what})") from None
    if not isinstance(cells, list):
        raise UnreadableError(f"{name} is not a notebook (its cells are no list)")
    submission = Submission([])
    for number, cell in enumerate(cells, start=1):
        if not isinstance(cell, dict):
            submission.remarks.append(f"cell {number}: it is no cell and was left out")
            continue
        read, problems = _read_cell(cell)
        where = f"{read.name}: in it" if read.name else f"cell {number}: in it"
        submission.remarks += [f"{where} {problem}" for problem in problems]
        submission.cells.append(read)
    if cells and not submission.cells:
        raise UnreadableError(f"{name} is not a notebook (its cells are no cells)")
    return submission


def _read_cell(cell):
    """Return the :class:`Cell` of a dictionary, and a list of what had to be mended in it."""
    source, problem = _text(cell.get("source"))
    problems = [problem] if problem else []
    kind = cell.get("cell_type")
    if kind != "code" and kind not in TEXTS:
        problems.append("is neither code nor text; it was taken for text")
        kind = "markdown"
    attachments = {}
    pasted = cell.get("attachments") or {}
    for name, content in pasted.items() if isinstance(pasted, dict) else [("?", None)]:
        content = _attachment(name, content)
        if content:
            attachments[name] = content
        else:
            problems.append("a picture is damaged and was left out")
    return Cell(grade_id(cell), kind, source, attachments), problems


def _text(source):
    """Return the text of a cell's ``source``, and what had to be mended in it, or None."""
    if source is None:
        return "", None
    parts = source if isinstance(source, list) else [source]
    text = "".join(part for part in parts if isinstance(part, str))
    if not all(isinstance(part, str) for part in parts):
        return text, "something is no text and was left out"
    mended = text.encode("utf-8", "replace").decode("utf-8")
    if mended != text:
        return mended, "a character that is only half of one was replaced by a question mark"
    return text, None


def _attachment(name, content):
    """Return a pasted picture, kind → base64 text, or None if it is none that can be written."""
    if not isinstance(content, dict):
        return None
    joined = {}
    for kind, text in content.items():
        if isinstance(text, list) and all(isinstance(part, str) for part in text):
            text = "".join(text)
        if not isinstance(text, str) or not text.isascii() or not kind.isascii():
            return None
        joined[kind] = text
    return joined if name.isascii() or name.encode("utf-8", "replace").decode() == name else None


def grade_id(cell):
    """Return nbgrader's name of a cell, or of a cell without metadata its own id, or None.

    Some editors move the id into the metadata.
    """
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    try:
        name = metadata["nbgrader"]["grade_id"]
    except (KeyError, TypeError):
        name = cell.get("id") or metadata.get("id")
    return name if isinstance(name, str) else None


def is_answer(cell):
    """Tell whether a cell of a release is one that a student fills in."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution", False))


def answer_ids(release):
    """Return the names of the cells that a student fills in, in order."""
    return [grade_id(cell) for cell in release.cells if is_answer(cell)]


def mend(submission, release):
    """Put the answers of a submission, and the cells that the student added, into the release.

    Args:
        submission: as of :func:`read_submission`.
        release: the student version that was given out.

    Returns:
        The notebook to grade, and a list of remarks: those of the submission, and on everything
        else that is not as it was given out. Each begins with the name of a cell, and a colon. An
        answer that is missing keeps the stub and so fails. The names of added cells begin with
        ``own-``.
    """
    mending = _Mending(release, list(submission.remarks))
    for cell in submission.cells:
        mending.sort_in(cell)
    for name, given in mending.given.items():
        if is_answer(given):
            if given.cell_type == "code":
                mending.complete_code(name)
            else:
                mending.complete_text(name)
            if name not in mending.answers:
                mending.remark(name, "the answer is missing from the notebook")
    return mending.notebook(), mending.remarks


class _Mending:
    """A submission while it is put together.

    Attributes:
        given: name → released cell, in order.
        answers: name of an answer → the cells that it is made of, in order.
        own: name of a released cell → the student's own cells behind it; those at the top stand
            behind ``None``.
    """

    def __init__(self, release, remarks):
        self.release, self.remarks = release, remarks
        self.given = {grade_id(cell): cell for cell in release.cells}
        self.names = {cell.source.strip(): grade_id(cell) for cell in release.cells}
        self.answers, self.seen, self.last = {}, set(), None
        self.own = {name: [] for name in (None, *self.given)}

    def remark(self, name, text):
        """Add a remark on the cell of a name, once."""
        if (remark := f"{name}: {text}") not in self.remarks:
            self.remarks.append(remark)

    def sort_in(self, cell):
        """Take the next cell of the submission."""
        name, source = cell.name, cell.source.strip()
        if name not in self.given and not cell.attachments:
            if not source:
                return
            # What lost its name but is as it was given out.
            name = self.names.get(source)
            if name in self.seen:
                return
        given = self.given.get(name)
        if given is None:
            self.own[self.last].append(cell)
            return
        first, follows_itself = name not in self.seen, self.last == name
        if is_answer(given) and not first and not follows_itself:
            self.remark(
                name, "it stands there twice; the first was graded, the other runs where it stands"
            )
            self.own[self.last].append(cell)
            return
        self.seen.add(name)
        self.last = name
        if is_answer(given) and (first or given.cell_type != "code"):
            if not first:
                self.remark(name, JOINED)
            self.answers.setdefault(name, []).append(cell)
        elif is_answer(given):
            self.own[name].append(cell)  # a piece of it, or another version
        elif cell.source.split() != given.source.split():
            self._sort_in_changed(cell, given)

    def _sort_in_changed(self, cell, given):
        """Take a cell that a student should have left as it was."""
        if given.metadata.get("nbgrader", {}).get("grade"):
            task = cell.name.removesuffix("-test")
            self.remark(task, "its check was changed; the one given out was used")
        elif cell.source.strip():
            # One more import, say, or a note in the text of a task.
            self.remark(cell.name, "it was changed, and stands behind the one given out")
            self.own[cell.name].append(cell)

    def complete_text(self, name):
        """Join the texts that stand beside the stub of an open answer to it."""
        names = list(self.given)
        before = names[names.index(name) - 1] if names.index(name) else None
        pieces = self.answers.get(name, [])
        joined = [*pieces, *self._take_texts(name)]
        # Above the stub only if the question stands there: below code, a text may be about that.
        if before and self.given[before].cell_type == "markdown":
            joined = [*self._take_texts(before), *joined]
        if len(joined) > len(pieces):
            self.remark(name, "texts beside the answer were joined to it")
        unchanged = [piece.source.strip() for piece in joined] == [self.given[name].source.strip()]
        # Wherever a text of the student's stands: it may be the answer, and a person can tell.
        texts = any(cell.kind != "code" for own in self.own.values() for cell in own)
        beside = self.own[name] or texts
        if unchanged and not joined[0].attachments and beside:
            # nbgrader gives no points to a text that was left as it was, and shows it to nobody.
            joined.append(Cell(name, "markdown", ELSEWHERE))
        if joined:
            self.answers[name] = joined

    def _take_texts(self, name):
        """Take the student's own texts away from behind a cell; changed copies of it stay."""
        taken = [cell for cell in self.own[name] if cell.kind != "code" and cell.name != name]
        self.own[name] = [cell for cell in self.own[name] if cell not in taken]
        return taken

    def complete_code(self, name):
        """Join what an editor split, and find an answer that does not stand in its place."""
        pieces, stub = self.answers.get(name), self.given[name].source
        if pieces is None or _joined(pieces).strip() == stub.strip():
            wanted = _definitions(stub)
            for cells in self.own.values():
                for cell in cells:
                    if wanted and cell.kind == "code" and wanted <= _definitions(cell.source):
                        cells.remove(cell)
                        self.answers[name] = [cell]
                        self.remark(name, "the answer stood in another cell")
                        return
            return
        # A piece goes on where the one before stopped: inside a bracket, say, or a function.
        behind, joined, taken = self.own[name], list(pieces), 0
        for place, cell in enumerate(behind, start=1):
            complete = _is_python(_joined(joined))
            if cell.kind != "code" or (complete and not _begins_inside(cell.source)):
                break
            joined.append(cell)
            if _is_python(_joined(joined)):
                taken = place
        if taken:
            self.answers[name] = [*pieces, *behind[:taken]]
            self.own[name] = behind[taken:]
            self.remark(name, JOINED)
        if any(cell.name == name for cell in self.own[name]):
            self.remark(name, "it stands there twice; the second version runs behind the first")

    def notebook(self):
        """Return the notebook to grade."""
        released = copy.deepcopy(self.release)
        cells, numbers = [], itertools.count(1)

        def add_own(name):
            cells.extend(self._own_cell(cell, f"own-{next(numbers)}") for cell in self.own[name])

        add_own(None)
        for cell in released.cells:
            name = grade_id(cell)
            if name in self.answers:
                self._fill_in(cell, self.answers[name])
            cells.append(cell)
            add_own(name)
        released.cells = cells
        return released

    def _fill_in(self, cell, pieces):
        """Write the pieces of an answer into its cell, with the pictures pasted into them."""
        pictures, sources = {}, []
        for number, piece in enumerate(pieces, start=1):
            source = piece.source
            for name, picture in piece.attachments.items():
                key = f"{number}-{name}" if name in pictures else name
                pictures[key] = picture
                if key != name:
                    source = source.replace(f"attachment:{name}", f"attachment:{key}")
            sources.append(source)
        cell.source = ("\n" if cell.cell_type == "code" else "\n\n").join(sources)
        if cell.cell_type == "markdown":
            self._show(cell, pictures)
        elif pictures:
            self.remark(grade_id(cell), "a picture that was pasted into code was left out")

    def _show(self, cell, pictures):
        """Give a text its pictures; a reference to one that is not there becomes plain text.

        nbconvert ends with an error at such a reference, and looks names up as they are spelled.
        """
        for spelled in set(REFERENCE.findall(cell.source)):
            name = unquote(spelled)
            if spelled in pictures:
                continue
            if name in pictures:
                pictures[spelled] = pictures[name]
            else:
                cell.source = cell.source.replace(f"attachment:{spelled}", f"missing-{spelled}")
                self.remark(grade_id(cell), f"the picture {name} is missing from it")
        if pictures:
            cell.attachments = nbformat.from_dict(pictures)

    def _own_cell(self, cell, name):
        """Return a cell that a student added, as one of a notebook."""
        if cell.kind == "code":
            return nbformat.v4.new_code_cell(cell.source, id=name)
        new = nbformat.v4.new_markdown_cell(cell.source, id=name)
        self._show(new, dict(cell.attachments))
        return new


def _joined(pieces):
    return "\n".join(piece.source for piece in pieces)


def _parsed(source):
    """Return the syntax tree of a cell, IPython's own syntax included, or None."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on odd escapes in somebody else's text
            return ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _begins_inside(source):
    """Tell whether the first line of a cell is indented, so that it belongs to something above."""
    return source.lstrip("\n")[:1] in (" ", "\t")


def _is_python(source):
    return _parsed(source) is not None


def _definitions(source):
    """Return the names of the functions and classes that a cell defines at its top."""
    tree = _parsed(source)
    kinds = ast.FunctionDef | ast.ClassDef
    return {node.name for node in tree.body if isinstance(node, kinds)} if tree else set()


def is_students(cell):
    """Tell whether the code of a cell of a mended notebook was written by the student."""
    return cell.cell_type == "code" and (is_answer(cell) or cell.id.startswith("own-"))


def with_pauses(notebook):
    """Return a copy with a pause behind every code cell of the student's.

    A kernel that was told to end does so in the first moment in which it has nothing to do; a pause
    is one, so that it ends there and not in a cell that is not to blame.
    """
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if is_students(cell):
            cells.append(nbformat.v4.new_code_cell(PAUSE, id=f"{PAUSE_NAME}{len(cells)}"))
    return nbformat.from_dict({**notebook, "cells": cells})


def to_blame(notebook, running):
    """Return the cell of the student's that is to blame when the kernel ends, or None.

    Args:
        notebook: the one that was run.
        running: the name of the cell that was running: one of the student's, the check of an
            answer, or a pause behind one.
    """
    names = [grade_id(cell) for cell in notebook.cells]
    if running not in names:
        return None
    place = names.index(running)
    if running.startswith(PAUSE_NAME):
        return notebook.cells[place - 1]
    wanted = running.removesuffix("-test")
    cell = notebook.cells[names.index(wanted)] if wanted in names else None
    return cell if cell is not None and is_students(cell) else None


def describe(cell, notebook, what):
    """Return a remark that something was the matter with a cell of the student's."""
    name = grade_id(cell)
    if is_answer(cell):
        return f"{name}: {what}"
    names = [grade_id(other) for other in notebook.cells]
    behind = notebook.cells[names.index(name) :]
    task = next((grade_id(other) for other in behind if is_answer(other)), "at the end")
    return f"{task}: in a cell of the student's own before it: {what}"


def silence(notebook, name, reason):
    """Replace an answer, or a cell that a student added, by one that only raises the reason."""
    for cell in notebook.cells:
        if grade_id(cell) == name:
            cell.source = f"raise RuntimeError({reason!r})"
