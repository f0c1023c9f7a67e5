"""Execute chapters in a fresh kernel and store their outputs.

Without names it renders the chapters whose code, or anything that code depends on, has changed
since they were rendered. A chapter is written only after all of it has run: when a cell fails,
or you interrupt, the file stays as it was.
"""

import argparse
import os
import re
import sys
import time
from importlib import metadata
from pathlib import Path

from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager

from tools import notebooks, scoreboard
from tools.provenance import provenance

SECONDS_PER_CELL = 600

# Written by editors, and no part of a chapter.
_EDITOR_METADATA = (
    "ExecuteTime",
    "colab",
    "collapsed",
    "execution",
    "executionInfo",
    "id",
    "jupyter",
    "outputId",
    "scrolled",
)
_PACKAGES = ("tensorflow", "keras", "numpy")
_STARTUP_NOTICE = re.compile(
    r"^(?:WARNING: All log messages before absl::InitializeLog\(\)|I\d{4} \d{2}:\d{2}:).*\n?",
    re.MULTILINE,
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def render(path, *, root=notebooks.ROOT, seconds_per_cell=SECONDS_PER_CELL, progress=None):
    """Execute the notebook at ``path`` and store it with its outputs and provenance.

    Args:
        path: the notebook; its kernel runs in the folder that holds it.
        root: the repository that the provenance is computed from.
        seconds_per_cell: time-out of each cell.
        progress: called with (number of the cell, number of cells) as each cell starts.

    Raises:
        notebooks.NotebookError: the notebook is unusable, a cell failed or took too long, or the
            file changed while it was rendered. The file is as it was.
    """
    path = Path(path)
    before = path.read_bytes()
    notebook = notebooks.parse_notebook(before.decode("utf-8"), path.name)
    # Taken before the run: what is edited while the cells run makes the outputs stale.
    try:
        digest = provenance(notebook, root)
    except ValueError as error:
        raise notebooks.NotebookError(f"{path.name}: {error}") from None
    _clear(notebook)
    _execute(notebook, path, seconds_per_cell, progress or (lambda number, count: None))
    _drop_startup_notices(notebook)
    notebook.metadata = {
        "kernelspec": notebooks.KERNELSPEC,
        "language_info": notebooks.LANGUAGE_INFO,
        notebooks.METADATA_KEY: {"provenance": digest, "packages": _package_versions()},
    }
    if path.read_bytes() != before:
        raise notebooks.NotebookError(
            f"{path.name} was edited while it was rendered; it is left as it is. Render it again"
        )
    notebooks.write_notebook(notebook, path)


def is_stale(path, root=notebooks.ROOT):
    """Tell whether a chapter was never rendered, or not since something it depends on changed."""
    notebook = notebooks.read_notebook(path)
    stored = notebook.metadata.get(notebooks.METADATA_KEY, {}).get("provenance")
    return stored != provenance(notebook, root)


def _clear(notebook):
    for cell in notebook.cells:
        for key in _EDITOR_METADATA:
            cell.metadata.pop(key, None)
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None


def _drop_startup_notices(notebook):
    """Remove what TensorFlow's C++ code says on stderr before its logging starts.

    No setting hides the notices about a missing graphics card, and they hold the time of day.
    Anything else on stderr stays, for the policy to find.
    """
    for cell in notebooks.code_cells(notebook):
        kept = []
        for output in cell.outputs:
            if output.output_type == "stream" and output.name == "stderr":
                output.text = _STARTUP_NOTICE.sub("", output.text)
                if not output.text.strip():
                    continue
            kept.append(output)
        cell.outputs = kept


def _execute(notebook, path, seconds_per_cell, progress):
    current = {"number": 0}

    def started(cell, cell_index):
        current["number"] = cell_index + 1
        progress(cell_index + 1, len(notebook.cells))

    client = NotebookClient(
        notebook,
        # The kernel of this very environment, as in the tests; a kernel that the user has
        # installed under the name python3 must not win.
        km=AsyncKernelManager(
            kernel_name=CURRENT_ENV_KERNEL_NAME, kernel_spec_manager=NbvalKernelspecManager()
        ),
        resources={"metadata": {"path": str(path.parent)}},
        timeout=seconds_per_cell,
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        on_cell_start=started,
    )
    try:
        # Without cleanup_kc a kernel that we chose ourselves would live on, with all its memory.
        client.execute(cleanup_kc=True, env={**os.environ, **notebooks.kernel_environment()})
    except (CellControlSignal, DeadKernelError) as error:
        number = current["number"]
        source = notebook.cells[number - 1].source.strip().partition("\n")[0]
        raise notebooks.NotebookError(
            f"{path.name}: cell {number} failed (it starts with {source!r}). The file is as it "
            f"was.\n{_COLOUR.sub('', str(error)).strip()}"
        ) from error


def _package_versions():
    versions = {}
    for name in _PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = None
    return versions


def _show_progress(name):
    """Return a progress function that rewrites one line, or None if no person is watching."""
    if not sys.stderr.isatty():
        return None

    def show(number, count):
        print(f"\r{name}: cell {number} of {count}\x1b[K", end="", file=sys.stderr, flush=True)

    return show


def _chosen(arguments):
    if arguments.chapters:
        return [notebooks.find_chapter(name) for name in arguments.chapters]
    paths = notebooks.chapter_paths()
    return paths if arguments.all else [path for path in paths if is_stale(path)]


def main(argv=None):
    """Render the chosen chapters; return 1 if any failed."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tools.render")
    parser.add_argument("chapters", nargs="*", help="names, such as implementation")
    parser.add_argument("--all", action="store_true", help="render every chapter, stale or not")
    parser.add_argument(
        "--seconds-per-cell", type=int, default=SECONDS_PER_CELL, help="default: %(default)s"
    )
    arguments = parser.parse_args(argv)
    try:
        paths = _chosen(arguments)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    if not paths:
        print("nothing to render: every chapter is up to date (--all renders them anyway)")
    failures = 0
    for path in paths:
        start = time.perf_counter()
        show = _show_progress(path.stem)
        print(f"{path.stem}: rendering", flush=True)
        try:
            render(path, seconds_per_cell=arguments.seconds_per_cell, progress=show)
            outcome = f"{path.stem}: {time.perf_counter() - start:.1f} s"
        except notebooks.NotebookError as error:
            failures += 1
            outcome = f"{path.stem}: FAILED\n{error}"
        except KeyboardInterrupt:
            print(f"\n{path.stem}: interrupted; the file is as it was", file=sys.stderr)
            return 130
        if show:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        print(outcome, flush=True)
    print(f"{scoreboard.write()} claims in {scoreboard.FILE}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
