"""What a student handed in, made fit for grading: the released cells with the student's answers.

nbgrader grades what it finds. A test cell that was deleted gives no score at all, a duplicated one
a misleading message, and a broken file stops the run. So a submission is put together anew from the
release: its own answer cells, everything else from us, and a list of what was missing.
"""

import copy
import json
from dataclasses import dataclass, field

import nbformat


class UnreadableError(ValueError):
    """A file that holds no notebook; the message says why."""


@dataclass
class Cell:
    """What counts of a cell that was handed in, whatever else its file holds.

    Attributes:
        name: as of :func:`grade_id`, or ``None``.
        kind: ``code``, ``markdown`` or another.
        source: its text.
    """

    name: str | None
    kind: str
    source: str


@dataclass
class Submission:
    """A notebook as a student handed it in: its cells, and remarks on what was mended in them."""

    cells: list[Cell]
    remarks: list[str] = field(default_factory=list)


def read_submission(path):
    """Return the :class:`Submission` in a file, with as much forgiveness as possible.

    Raises:
        UnreadableError: it is not a notebook.
    """
    try:
        # From bytes: JSON's own rules find the encoding, with or without a mark of it.
        content = json.loads(path.read_bytes())
        cells = content["cells"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnreadableError(f"{path.name} is not a notebook ({error})") from None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise UnreadableError(f"{path.name} is not a notebook (its cells are no list of cells)")
    submission = Submission([])
    for number, cell in enumerate(cells, start=1):
        name = grade_id(cell)
        source, problem = _text(cell.get("source"))
        if problem:
            submission.remarks.append(f"in cell {number} ({name or 'without a name'}): {problem}")
        submission.cells.append(Cell(name, str(cell.get("cell_type")), source))
    return submission


def _text(source):
    """Return the text of a cell's ``source``, and what had to be mended in it, or None."""
    if source is None:
        return "", None
    parts = source if isinstance(source, list) else [source]
    text = "".join(part for part in parts if isinstance(part, str))
    if not all(isinstance(part, str) for part in parts):
        return text, "what is no text was left out"
    mended = text.encode("utf-8", "replace").decode("utf-8")
    if mended != text:
        return mended, "a character that is only half of one was replaced by a question mark"
    return text, None


def grade_id(cell):
    """Return nbgrader's name of a cell, or of a cell without metadata its own id, or None."""
    try:
        name = cell["metadata"]["nbgrader"]["grade_id"]
    except (KeyError, TypeError):
        name = cell.get("id")
    return name if isinstance(name, str) else None


def answer_ids(release):
    """Return the names of the cells that a student fills in, in order."""
    return [
        grade_id(cell)
        for cell in release.cells
        if cell.metadata.get("nbgrader", {}).get("solution", False)
    ]


def mend(submission, release):
    """Put the answers of a submission into a copy of the release.

    Args:
        submission: as of :func:`read_submission`.
        release: the student version that was given out.

    Returns:
        The notebook to grade, and a list of remarks: those of the submission, answers that are
        missing (their tasks keep the stub and so fail) and answers that stand there twice (the
        first one counts).
    """
    wanted = set(answer_ids(release))
    answers, remarks = {}, list(submission.remarks)
    for cell in submission.cells:
        if cell.name in answers:
            remarks.append(f"the answer {cell.name} stands there twice; the first one was graded")
        elif cell.name in wanted:
            answers[cell.name] = cell.source
    mended = copy.deepcopy(release)
    for cell in mended.cells:
        name = grade_id(cell)
        if name in answers:
            cell.source = answers[name]
        elif name in wanted:
            remarks.append(f"the answer {name} is missing from the notebook")
    # A student's own cells, such as helper functions, stand before the answer that follows them.
    return with_own_cells(mended, submission, release), remarks


def with_own_cells(mended, submission, release):
    """Keep the code cells that a student added, before the next cell that is known."""
    known = {grade_id(cell) for cell in release.cells} | {cell.id for cell in release.cells}
    sources = {cell.source for cell in release.cells}
    before, waiting = {}, []
    for cell in submission.cells:
        if cell.name in known:
            before.setdefault(cell.name, []).extend(waiting)
            waiting = []
        elif cell.kind == "code" and cell.source.strip() and cell.source not in sources:
            waiting.append(cell.source)
    cells = []
    for cell in mended.cells:
        for number, source in enumerate(before.get(grade_id(cell), ())):
            own = nbformat.v4.new_code_cell(source, id=f"own-{len(cells)}-{number}")
            cells.append(own)
        cells.append(cell)
    mended.cells = cells
    return mended


def silence(notebook, name, reason):
    """Replace an answer, or a cell that a student added, by one that only raises the reason."""
    for cell in notebook.cells:
        if grade_id(cell) == name:
            cell.source = f"raise RuntimeError({reason!r})"
