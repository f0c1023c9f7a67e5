"""Finding, reading and writing notebooks, and what all tools agree on about them."""

import json
import os
import tempfile
from pathlib import Path

import nbformat
import yaml

ROOT = Path(__file__).resolve().parent.parent

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE_INFO = {"name": "python"}
# The key of the book's own entry in the metadata of a notebook.
METADATA_KEY = "autoencoders"

_REPOSITORY_PREFIX = "https://github.com/"

_SETUP_CELL = """\
# Set-up, the same in every chapter. In Colab it installs the book's helpers, nothing else.
try:
    import ae_utils
except ModuleNotFoundError:
    %pip install -q --no-deps git+https://github.com/{repository}
    import ae_utils

ae_utils.use_book_style()"""


class NotebookError(ValueError):
    """A notebook that cannot be found, read or rendered; the message says what to do."""


def kernel_environment():
    """Return the environment variables that every kernel gets on top of the process's own.

    Rendering, the tests and the bench all use them: checks raise, TensorFlow and NumPy use the
    same number of threads on every machine (another number changes the last digits of a result),
    the kernel is the one of this environment, and the order of sets repeats. NumPy has one thread,
    because the threads of two kernels side by side wait for each other, up to ten times as long.
    """
    return {
        "AE_UTILS_STRICT": "1",
        "JUPYTER_PREFER_ENV_PATH": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "TF_NUM_INTEROP_THREADS": "2",
        "TF_NUM_INTRAOP_THREADS": "2",
    }


def setup_cell(repository):
    """Return the text of the set-up cell for a public address such as ``"OWNER/REPOSITORY"``."""
    return _SETUP_CELL.format(repository=repository)


def repository_name(root=ROOT):
    """Return ``owner/name`` of the public address that ``_config.yml`` holds.

    Raises:
        NotebookError: there is no such file, or it has no GitHub address.
    """
    path = Path(root) / "_config.yml"
    try:
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotebookError(f"{path.name} is missing in {root}") from None
    repository = config.get("repository") if isinstance(config, dict) else None
    url = repository.get("url") if isinstance(repository, dict) else None
    if not isinstance(url, str) or not url.startswith(_REPOSITORY_PREFIX):
        raise NotebookError(
            f"{path.name} needs an entry 'repository: url: {_REPOSITORY_PREFIX}owner/name'; "
            "write it with `make address REPO=owner/name`"
        )
    return url.removeprefix(_REPOSITORY_PREFIX).rstrip("/")


def chapter_paths(root=ROOT):
    """Return the paths of all chapters, sorted by name."""
    return sorted((Path(root) / "chapters").glob("*.ipynb"))


def find_chapter(name, root=ROOT):
    """Return the path of the chapter ``name``; ``name.ipynb`` and its path are understood too.

    Raises:
        NotebookError: there is no such chapter; the message lists those that exist.
    """
    known = {path.stem: path for path in chapter_paths(root)}
    stem = Path(name).name.removesuffix(".ipynb")
    if stem not in known:
        raise NotebookError(f"no chapter {name!r}; there are: {', '.join(known) or 'none yet'}")
    return known[stem]


def cell_sources(name):
    """Return cell id → source of the chapter ``name``, for programs that run its own code.

    Raises:
        NotebookError: there is no such chapter, or it is damaged.
    """
    return {cell.id: cell.source for cell in read_notebook(find_chapter(name)).cells}


def parse_notebook(text, name):
    """Return the notebook that ``text`` holds; ``name`` stands in error messages.

    Raises:
        NotebookError: it is not JSON, not a notebook, of a format before 4.5, which has no cell
            ids, or a cell has no id or that of another.
    """
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise NotebookError(
            f"{name} is not valid JSON ({error}); an unfinished merge? See `git status`"
        ) from None
    if not isinstance(content, dict) or "nbformat" not in content or "cells" not in content:
        raise NotebookError(f"{name} is not a notebook: it has no 'nbformat' or no 'cells'")
    version = (content["nbformat"], content.get("nbformat_minor", 0))
    if version < (4, 5):
        raise NotebookError(
            f"{name} has notebook format {version[0]}.{version[1]}; the book needs 4.5 or later, "
            "for cell ids. Open and save it in a current JupyterLab"
        )
    # nbformat would invent a random id with only a warning, and every render would differ.
    known = set()
    for number, cell in enumerate(content["cells"], start=1):
        if not cell.get("id"):
            raise NotebookError(f"{name}, cell {number}: it has no id; give it a stable one")
        if cell["id"] in known:
            raise NotebookError(f"{name}, cell {number}: an earlier cell has its id {cell['id']!r}")
        known.add(cell["id"])
    return nbformat.reads(text, as_version=4)


def read_notebook(path):
    """Return the notebook stored at ``path``.

    Raises:
        NotebookError: see :func:`parse_notebook`.
    """
    path = Path(path)
    return parse_notebook(path.read_text(encoding="utf-8"), path.name)


def notebook_text(notebook):
    """Return the text under which a notebook is stored, after checking that it is valid.

    Raises:
        nbformat.ValidationError: the notebook does not follow its format.
    """
    nbformat.validate(notebook)
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"


def write_notebook(notebook, path):
    """Store a notebook so that an interruption leaves either the old file or the new one."""
    write_atomically(notebook_text(notebook), path)


def write_atomically(text, path):
    """Write ``text`` beside ``path`` and move it there in one step."""
    path = Path(path)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", text=False)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        # mkstemp lets only its owner read; keep what the file had, or the usual.
        os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def code_cells(notebook):
    """Return the code cells of a notebook, in order."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
