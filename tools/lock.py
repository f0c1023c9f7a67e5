"""Renew ``constraints.txt``, the exact version of every package for the site and for CI.

It holds for Python 3.11 to 3.13 on Linux, macOS and Windows. Needs a network. Read the difference,
then run ``make test`` and ``make book`` before you commit it.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADING = """\
# Exact versions for the site and CI, on Python 3.11 to 3.13. Written by `make lock`; do not edit.
"""


def resolve():
    """Return the text of the lock for ``requirements.txt``.

    Raises:
        RuntimeError: uv could not be installed, or found no set of versions that fits.
    """
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "constraints.txt"
        for command in (
            # uv resolves for all systems at once; nothing else in the book needs it.
            [sys.executable, "-m", "pip", "install", "--quiet", "uv"],
            [
                *(sys.executable, "-m", "uv", "pip", "compile", "requirements.txt", "--quiet"),
                *("--universal", "--python-version", "3.11", "--upgrade", "--no-annotate"),
                *("--no-header", "--no-emit-index-url", "--no-emit-find-links"),
                *("--output-file", str(output)),
            ],
        ):
            run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            if run.returncode != 0:
                raise RuntimeError(f"{' '.join(command[1:5])} … failed:\n{run.stderr}")
        return HEADING + output.read_text(encoding="utf-8")


def main():
    """Write the lock; leave it as it is if anything fails."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    try:
        text = resolve()
    except RuntimeError as error:
        sys.exit(f"constraints.txt is left as it was: {error}")
    (ROOT / "constraints.txt").write_text(text, encoding="utf-8")
    print("constraints.txt is renewed; see `git diff constraints.txt`")


if __name__ == "__main__":
    main()
