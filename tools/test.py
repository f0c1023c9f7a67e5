"""Run all checks: notebook policy, unit tests, exercises, the site in a browser, nbval.

All parts run even if one fails. What stands after ``--`` goes to pytest in the last part.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from tools.exercises import exercise_paths
from tools.notebooks import kernel_environment

ROOT = Path(__file__).resolve().parent.parent
# The headline training of *deep* takes 200 s alone, and several times that beside another one.
SECONDS_PER_CELL = 1500
EXERCISES = "tests/test_exercises.py"
# A part of its own: it takes minutes, and without a browser its skipped tests stand by themselves.
# The longest come first.
BROWSER = tuple(f"tests/test_{name}.py" for name in ("browser", "pdf", "demos", "menus", "offline"))
NBVAL = ("--nbval-lax", "--nbval-current-env", f"--nbval-cell-timeout={SECONDS_PER_CELL}")
# Two workers. What is dear to set up belongs to a file, as a notebook's kernel, or to a class.
BY_FILE = ("-n", "2", "--dist", "loadfile")
IN_ORDER = "--no-loadscope-reorder"
BY_CLASS = ("-n", "2", "--dist", "loadscope", IN_ORDER)


def parts(quick, pytest_arguments):
    """Return the parts to run, as pairs (heading, command)."""
    pytest = [sys.executable, "-m", "pytest"]
    others = [f"--ignore={file}" for file in (EXERCISES, *BROWSER)]
    chosen = [
        ("notebook policy", [sys.executable, "-m", "tools.policy"]),
        # Before the tests that look at it: two workers would build it at the same time.
        ("the site", [sys.executable, "-m", "tools.site"]),
        ("unit tests", [*pytest, "tests", *others, *BY_FILE]),
    ]
    if not quick:
        sources = [str(path.relative_to(ROOT)) for path in exercise_paths()]
        nbval = [*pytest, *NBVAL, *BY_FILE, IN_ORDER, "chapters", *sources, *pytest_arguments]
        chosen += [
            ("exercises: answers, student versions, grading", [*pytest, EXERCISES, "-n", "2"]),
            ("the site in a browser", [*pytest, *BROWSER, *BY_CLASS, "-rs"]),
            ("every notebook, executed by nbval", nbval),
        ]
    return chosen


def main(argv=None):
    """Run the parts; return 1 if any failed."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tools.test")
    parser.add_argument("--quick", action="store_true", help="policy, site and unit tests only")
    parser.add_argument("pytest_arguments", nargs="*", help="after --: arguments for nbval's run")
    arguments = parser.parse_args(argv)
    environment = {**os.environ, **kernel_environment()}
    failed = []
    for heading, command in parts(arguments.quick, arguments.pytest_arguments):
        print(f"\n== {heading}", flush=True)
        if subprocess.run(command, cwd=ROOT, env=environment).returncode != 0:
            failed.append(heading)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
