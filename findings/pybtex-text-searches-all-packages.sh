#!/usr/bin/env bash
# pybtex 0.26.1: writing a piece of rich text by the name of a format, `text.render_as("text")`,
# asks importlib.metadata for the entry points of ALL installed packages, each time anew. The name
# of one author has several pieces, so a bibliography of a hundred sources costs hundreds of walks
# through site-packages: with 300 packages installed most of a 20-second run of a checker went
# there. `text.render(Backend())` gives the same words and asks nothing.
# Exits 0 as long as this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pybtex==0.26.1 setuptools==80.9.0
"$folder/venv/bin/python" - <<'PYTHON'
import importlib.metadata

import pybtex.plugin
from pybtex.backends.plaintext import Backend
from pybtex.richtext import Text

calls = []
original = pybtex.plugin.entry_points


def counted(**selection):
    calls.append(selection)
    return original(**selection)


pybtex.plugin.entry_points = counted
names = [Text(f"Author{number}") for number in range(100)]
by_name = [name.render_as("text") for name in names]
searches = len(calls)
calls.clear()
backend = Backend()
by_backend = [name.render(backend) for name in names]
print("pybtex", importlib.metadata.version("pybtex"))
print("render_as('text') of 100 names:", searches, "searches of the installed packages")
print("render(Backend()) of 100 names:", len(calls))
assert by_name == by_backend
assert searches >= 100 and not calls, "behaves otherwise now"
PYTHON
