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
# They begin with what looks at the site in a browser; then comes what starts kernels.
BROWSER = tuple(f"tests/test_{name}.py" for name in ("browser", "pdf", "demos", "menus", "offline"))
EXERCISES = "tests/test_exercises.py"
NBVAL = ("--nbval-lax", "--nbval-current-env", f"--nbval-cell-timeout={SECONDS_PER_CELL}")
# Two workers; conftest.py says which tests stay together on one, and which come first.
WORKERS = ("-n", "2", "--dist", "loadgroup", "--no-loadscope-reorder")


def parts(quick, pytest_arguments):
    """Return the parts to run, as pairs (heading, command)."""
    pytest = [sys.executable, "-m", "pytest"]
    left_out = [f"--ignore={file}" for file in (*BROWSER, EXERCISES)] if quick else []
    sources = [str(path.relative_to(ROOT)) for path in exercise_paths()]
    chosen = [
        ("notebook policy", [sys.executable, "-m", "tools.policy"]),
        # Before the tests that look at it: two workers would build it at the same time.
        ("the site", [sys.executable, "-m", "tools.site"]),
        # One run, so that no worker waits at the end of a kind of test for the other one.
        (
            "unit tests" if quick else "unit tests, exercises and grading, the site in a browser",
            [*pytest, "tests", *left_out, *WORKERS, "-rs"],
        ),
        (
            "every notebook, executed by nbval",
            [*pytest, *NBVAL, *WORKERS, "chapters", *sources, *pytest_arguments],
        ),
    ]
    return chosen[:-1] if quick else chosen


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
