"""Run cells of a chapter, so that an experiment uses the very code that the chapter shows."""

from tools import notebooks
from tools.provenance import cell_part


def run_cells(chapter: str, cells: dict[str, str | None], names: dict) -> dict:
    """Execute cells of a chapter among ``names``, and return these with what the cells define.

    A module that calls this keeps both arguments in constants ``CHAPTER`` and ``CELLS``, where
    ``tools.provenance`` finds them.

    Args:
        chapter: name of the chapter.
        cells: id of a cell → text before which it ends here, ``None`` for the whole cell.
        names: what the cells use.

    Raises:
        notebooks.NotebookError: there is no such chapter.
        KeyError: it has no such cell.
        ValueError: the cell does not hold the text at which it should end.
    """
    sources = notebooks.cell_sources(chapter)
    for cell, end in cells.items():
        exec(cell_part(sources[cell], end), names)
    return names
