"""Make the student versions of the exercises: without solutions, hidden tests and mark schemes.

``make exercises`` runs nbgrader's generator over every ``exercises/<chapter>/<chapter>.ipynb`` and
writes ``exercises/student/<chapter>.ipynb``, the file that readers open in Colab.
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from tools import notebooks, sandbox

HINT = re.compile(r"### BEGIN SOLUTION\n\s*# Hint: (.*)")  # the first one of a cell
# Stands, hidden, at the top of every test: the checks are read from their file anew, and a
# submission that put its own in their place fails with a message.
GUARD = """\
### BEGIN HIDDEN TESTS
def guard_the_checks(names):
    import importlib.util
    module = importlib.import_module("ae_utils.exercises")
    spec = importlib.util.spec_from_file_location("ae_utils.exercises", module.__spec__.origin)
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    overwritten = []
    for name, function in vars(fresh).items():
        if getattr(function, "__module__", "") == "ae_utils.exercises":
            for there in (names.get(name, function), getattr(module, name, None)):
                if getattr(there, "__code__", None) != function.__code__:
                    overwritten.append(name)
            setattr(module, name, function)  # so that the next tasks are checked again
            if name in names:
                names[name] = function
    if overwritten:
        raise RuntimeError(f"{overwritten[0]}, which checks the exercises, was overwritten")
guard_the_checks(globals())
### END HIDDEN TESTS
"""


# What a process that generates or grades loads, for :func:`tools.kernels.processes`.
NBGRADER = ("nbgrader.apps", "nbgrader.converters")


def exercise_paths(root=notebooks.ROOT):
    """Return the paths of all source notebooks of exercises, sorted by name."""
    found = (Path(root) / "exercises").glob("*/*.ipynb")
    return sorted(path for path in found if path.stem == path.parent.name)


def find_exercise(name, root=notebooks.ROOT):
    """Return the path of the exercise ``name``.

    Raises:
        notebooks.NotebookError: there is none; the message lists those that exist.
    """
    known = {path.stem: path for path in exercise_paths(root)}
    if name not in known:
        raise notebooks.NotebookError(
            f"no exercise {name!r}; there are: {', '.join(known) or 'none yet'}"
        )
    return known[name]


def student_path(source):
    """Return where the student version of a source notebook is kept."""
    return source.parent.parent / "student" / source.name


def course(folder, cell_seconds=60, on_cell_start=None, sandbox_folder=None):
    """Return nbgrader's interface to the course in ``folder``, a new or an existing one.

    Args:
        folder: holds ``source/``, ``release/``, ``submitted/``, …, and ``gradebook.db``.
        cell_seconds: a cell of a submission that takes longer is interrupted, and counts as failed.
        on_cell_start: called as ``on_cell_start(cell=…, cell_index=…)`` before a cell is executed.
        sandbox_folder: if given, kernels run as of :func:`tools.sandbox.use`.
    """
    from nbgrader.apps import NbGraderAPI
    from nbgrader.converters import GenerateAssignment
    from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor
    from nbgrader.utils import is_grade
    from traitlets.config import Config

    class ClearSolutionsToHints(ClearSolutions):
        """Leave ``raise NotImplementedError("…")`` with the hint of the solution's first line."""

        def preprocess_cell(self, cell, resources, cell_index):
            hint = HINT.search(cell.source)
            text = hint[1] if hint else "your turn: put your code here"
            self.code_stub = {"python": f"raise NotImplementedError({text!r})"}
            return super().preprocess_cell(cell, resources, cell_index)

    class GuardTests(NbGraderPreprocessor):
        """Put the guard before every test."""

        def preprocess_cell(self, cell, resources, cell_index):
            if is_grade(cell) and cell.cell_type == "code":
                cell.source = GUARD + cell.source
            return cell, resources

    # nbgrader starts the program `alembic` by its name, which lies beside this Python.
    programs = str(Path(sys.executable).parent)
    if programs not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = programs + os.pathsep + os.environ["PATH"]
    config = Config()
    config.CourseDirectory.root = str(folder)
    config.CourseDirectory.db_url = f"sqlite:///{Path(folder) / 'gradebook.db'}"
    config.NbGrader.logfile = ""
    config.GenerateAssignment.preprocessors = [GuardTests] + [
        ClearSolutionsToHints if step is ClearSolutions else step
        for step in GenerateAssignment.preprocessors.default()
    ]
    config.ClearSolutions.text_stub = "*Your answer:*"
    config.Execute.timeout = cell_seconds
    config.Execute.error_on_timeout = {
        "ename": "TimeoutError",
        "evalue": f"took longer than {cell_seconds} seconds: is there an endless loop?",
        "traceback": [f"This cell took longer than {cell_seconds} seconds and was stopped."],
    }
    if on_cell_start is not None:
        config.Execute.on_cell_start = on_cell_start
    if sandbox_folder is not None:
        sandbox.use(config, sandbox_folder)
    return NbGraderAPI(config=config)


def generate(source, folder):
    """Run nbgrader's generator for one exercise in a course folder; return the student notebook.

    Several exercises in one folder are quicker than each in its own: a new one needs a database.

    Raises:
        notebooks.NotebookError: nbgrader refuses the source; its own message is inside.
    """
    name = source.stem
    place = Path(folder) / "source" / name
    place.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, place / source.name)
    result = course(folder).generate_assignment(name)
    if not result["success"]:
        raise notebooks.NotebookError(f"nbgrader refuses {source}:\n{result.get('log', '')}")
    notebook = notebooks.read_notebook(Path(folder) / "release" / name / source.name)
    notebook.metadata = {
        "kernelspec": notebooks.KERNELSPEC,
        "language_info": notebooks.LANGUAGE_INFO,
    }
    return notebook


def main(argv=None):
    """Write the student version of every exercise, or of the named ones."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tools.exercises")
    parser.add_argument("names", nargs="*", help="names of chapters; without any, all exercises")
    arguments = parser.parse_args(argv)
    try:
        sources = [find_exercise(name) for name in arguments.names] or exercise_paths()
        with tempfile.TemporaryDirectory() as folder:
            for source in sources:
                notebook = generate(source, folder)
                student_path(source).parent.mkdir(exist_ok=True)
                notebooks.write_notebook(notebook, student_path(source))
                print(student_path(source).relative_to(notebooks.ROOT))
    except notebooks.NotebookError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
