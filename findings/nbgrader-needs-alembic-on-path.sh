#!/usr/bin/env bash
# nbgrader 0.9.6: opening a new gradebook starts the program `alembic` by its bare name to ask for a
# version number. Called by the path of a virtual environment's Python, without the environment
# being activated, even generating an assignment fails with "No such file or directory: 'alembic'",
# although alembic is installed beside it. And each new course folder pays for a second process.
# Exits 0 as long as this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet nbgrader==0.9.6
cd "$folder"
PATH=/usr/bin:/bin "$folder/venv/bin/python" - <<'PYTHON'
import importlib.metadata
import os
from pathlib import Path
import sys

from nbgrader.api import Gradebook

print("nbgrader", importlib.metadata.version("nbgrader"))
assert (Path(sys.executable).parent / "alembic").exists(), "alembic is installed"
try:
    Gradebook("sqlite:///first.db")
except FileNotFoundError as error:
    print("without the environment on PATH:", error)
else:
    raise SystemExit("behaves otherwise now")
os.environ["PATH"] += os.pathsep + str(Path(sys.executable).parent)
Gradebook("sqlite:///second.db").close()
print("with it: opened")
PYTHON
