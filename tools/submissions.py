"""What a student handed in, made fit for grading: the released cells with the student's answers.

nbgrader grades what it finds. A test cell that was deleted gives no score at all, a duplicated one
a misleading message, and a broken file stops the run. So a submission is put together anew from the
release: its own answer cells, everything else from us, and a list of what was missing.
"""

import copy
import json

import nbformat


class UnreadableError(ValueError):
    """A file that holds no notebook; the message says why."""


def read_submission(path):
    """Return the notebook that a student handed in, with as much forgiveness as possible.

    Raises:
        UnreadableError: it is not a notebook.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        cells = content["cells"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableError(f"{path.name} is not a notebook ({error})") from None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise UnreadableError(f"{path.name} is not a notebook (its cells are no list of cells)")
    return nbformat.from_dict(content)


def grade_id(cell):
    """Return nbgrader's name of a cell, or of a cell without metadata its own id, or None."""
    try:
        return cell["metadata"]["nbgrader"]["grade_id"]
    except (KeyError, TypeError):
        return cell.get("id")


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
        The notebook to grade, and a list of remarks: answers that are missing (their tasks keep the
        stub and so fail) and answers that stand there twice (the first one counts).
    """
    wanted = set(answer_ids(release))
    answers, remarks = {}, []
    for cell in submission["cells"]:
        name = grade_id(cell)
        if name not in wanted or not isinstance(cell.get("source"), str | list):
            continue
        if name in answers:
            remarks.append(f"the answer {name} stands there twice; the first one was graded")
            continue
        answers[name] = "".join(cell["source"])
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
    for cell in submission["cells"]:
        name = grade_id(cell)
        if name in known:
            before.setdefault(name, []).extend(waiting)
            waiting = []
        elif cell.get("cell_type") == "code" and "".join(cell.get("source", "")) not in sources:
            waiting.append("".join(cell["source"]))
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
