#!/usr/bin/env bash
# jsonschema 4.26.0 with rfc3987-syntax 1.1.0 (both come along with jupyter packages, through the
# extra `format-nongpl`): `import jsonschema` alone builds dozens of Lark parsers for the syntax of
# addresses, although no schema was given and no format is checked. It costs each process that
# imports nbformat, and so every Jupyter tool, about a second; without the optional package the
# import is many times as quick. Nothing says so: the parsers are built at import, at the top of
# rfc3987_syntax.
# Exits 0 as long as this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet jsonschema==4.26.0 rfc3987-syntax==1.1.0
"$folder/venv/bin/python" - <<'PYTHON'
import lark

built = []
original = lark.Lark.__init__


def counted(self, *arguments, **options):
    built.append(options.get("start"))
    original(self, *arguments, **options)


lark.Lark.__init__ = counted
import importlib.metadata

import jsonschema  # noqa: F401

print("jsonschema", importlib.metadata.version("jsonschema"),
      "rfc3987-syntax", importlib.metadata.version("rfc3987-syntax"))
print("parsers built by `import jsonschema`:", len(built))
assert len(built) >= 10, "behaves otherwise now"
PYTHON
