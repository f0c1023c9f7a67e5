"""Check what every chapter must satisfy, without executing it; takes seconds.

Prints one line for each problem, with the notebook and the cell.
"""

import argparse
import ast
import json
import re
import sys
from functools import partial
from pathlib import Path

import yaml

from tools import cite, claims, notebooks, scoreboard
from tools.provenance import (
    demos_provenance,
    experiment_provenance,
    experiments,
    provenance,
)

LARGEST_BYTES = 400_000
SHORTEST_ALT = 20
LONGEST_CELL = 30
TAGS = {"setup", "nbval-check-output", "as-printed"}

_MACHINE_PATH = re.compile(
    r"(?<![\w.:/])/(?:home|root|tmp|work|Users|private|var/folders)/|[A-Z]:\\\\?Users|ipykernel_\d"
)
_ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}")
_CLOCK = re.compile(
    r"\btime\.(?:time|perf_counter|monotonic|process_time)\b|%%?time(?:it)?\b|datetime\.now\b"
)
_TF_KERAS = re.compile(r"\b(?:tf|tensorflow)\.keras\b")
_MARKDOWN_IMAGE = re.compile(r"!\[([^\]]*)\]\(")
_HTML_IMAGE = re.compile(r"<img\b[^>]*>")
_NOT_PROSE = re.compile(
    r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]*\$|\]\([^)]*\)|<[^>]*>"
    r"|Python 3\.\d+|CC BY[\w -]* \d\.\d|§\s*\d+\.\d+",
    re.DOTALL,
)
_DECIMAL = re.compile(r"(?<![\w.§])\d+\.\d+(?!\w|\.\d)")
_HEADING = re.compile(r"^(#{1,6}) ", re.MULTILINE)
# What only the site understands; Colab, Jupyter and GitHub would show it as it is written.
_SITE_ONLY = {
    "a role": re.compile(r"\{[\w:.+-]+\}`[^`]+`"),
    "a directive": re.compile(r"^[ >]*(?:`{3,}|~{3,}|:{3,})[ ]*\{[^}\n]+\}", re.MULTILINE),
    "a label": re.compile(r"^\([\w:.-]+\)=[ ]*$", re.MULTILINE),
    "a numbered formula": re.compile(r"\$\$[ ]*\([\w:.-]+\)"),
    "a footnote": re.compile(r"\[\^[^\]\s]+\]"),
    "a comment": re.compile(r"^%[ ]", re.MULTILINE),
    "a block break": re.compile(r"^\+\+\+", re.MULTILINE),
}


def problems(path, root=notebooks.ROOT):
    """Return a message for everything that is wrong with the chapter at ``path``."""
    path = Path(path)
    try:
        notebook = notebooks.read_notebook(path)
    except (OSError, ValueError) as error:
        return [str(error)]
    found = [
        *_file_problems(path, root),
        *_metadata_problems(notebook, root),
        *_text_problems(notebook, root),
        *_claims_problems(notebook, path.stem, root),
    ]
    found += _code_problems(notebook, root)
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code":
            found += [f"cell {number}: {message}" for message in _output_problems(cell)]
    found += _order_problems(notebook)
    return [f"{path.name}: {message}" for message in found]


def _file_problems(path, root):
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        yield f"{size // 1000} KB; at most {LARGEST_BYTES // 1000} KB, so show fewer pictures"
    toc = yaml.safe_load((Path(root) / "_toc.yml").read_text(encoding="utf-8"))
    listed = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    if f"chapters/{path.stem}" not in listed:
        yield "is not in _toc.yml, so no reader would find it"


def _metadata_problems(notebook, root):
    if notebook.metadata.get("kernelspec") != notebooks.KERNELSPEC:
        yield "the kernel in its metadata is not python3: render it"
    stored = notebook.metadata.get(notebooks.METADATA_KEY, {}).get("provenance")
    try:
        current = provenance(notebook, root)
    except ValueError as error:
        yield str(error)
        return
    if stored != current:
        yield "stale: its code, or ae_utils code that it reaches, changed since it was rendered"


def _text_problems(notebook, root):
    levels = []
    sources = cite.bibliography(root)
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "markdown":
            continue
        fence_free = re.sub(r"```.*?```", "", cell.source, flags=re.DOTALL)
        levels += [len(marks) for marks in _HEADING.findall(fence_free)]
        if _MACHINE_PATH.search(cell.source):
            yield f"cell {number}: holds a path of one machine"
        yield from (f"cell {number}: {message}" for message in raw_markup(cell.source))
        yield from (f"cell {number}: {message}" for message in sources.problems(cell.source))
        alts = _MARKDOWN_IMAGE.findall(cell.source)
        alts += [
            "".join(re.findall(r'alt="([^"]*)"', tag)) for tag in _HTML_IMAGE.findall(cell.source)
        ]
        if any(len(alt.strip()) < SHORTEST_ALT for alt in alts):
            yield f"cell {number}: a picture has no alternative text of a sentence"
        for block in re.split(r"\n\s*\n|\n(?=\|)", cell.source):
            if not sources.cited(block):
                for figure in decimals(block):
                    yield (
                        f"cell {number}: the measured number {figure} in prose; say it in words "
                        "and let a check hold it, or cite its source"
                    )
    if levels.count(1) != 1 or levels[:1] != [1]:
        yield "needs exactly one title (#), as its first heading"
    if any(after > before + 1 for before, after in zip(levels, levels[1:], strict=False)):
        yield "a heading skips a level"


def raw_markup(text):
    """Return a message for each kind of markup in a text cell that only the site would render."""
    for kind, pattern in _SITE_ONLY.items():
        if found := pattern.search(text):
            yield (
                f"{found[0].strip()!r} is {kind}, which only the site shows; for citations "
                "run python -m tools.cite"
            )


def decimals(text):
    """Return the decimal numbers in prose: outside code, formulas, links, versions and sections."""
    return _DECIMAL.findall(_NOT_PROSE.sub(" ", text))


def _code_problems(notebook, root):
    code = [
        (number, cell)
        for number, cell in enumerate(notebook.cells, start=1)
        if cell.cell_type == "code"
    ]
    canonical = notebooks.setup_cell(notebooks.repository_name(root))
    first = code[0][1] if code else None
    if first is None or first.source != canonical or "setup" not in first.metadata.get("tags", []):
        yield "the first code cell is not the common set-up cell, tagged setup"
    for number, cell in code:
        tags = set(cell.metadata.get("tags", []))
        if tags - TAGS:
            yield f"cell {number}: unknown tags {sorted(tags - TAGS)}"
        if _MACHINE_PATH.search(cell.source):
            yield f"cell {number}: holds a path of one machine"
        if _CLOCK.search(cell.source):
            yield f"cell {number}: measures time; `make bench` does, see stored_result"
        if "as-printed" not in tags and _TF_KERAS.search(cell.source):
            yield f"cell {number}: uses tf.keras; write keras"
        if "as-printed" not in tags and len(cell.source.splitlines()) > LONGEST_CELL:
            yield f"cell {number}: longer than {LONGEST_CELL} lines; one idea a cell"
        if "nbval-check-output" in tags and re.search(r"\bfit\(|train_on_batch", cell.source):
            yield f"cell {number}: trains, so nbval must not compare its output"
        if "setup" not in tags:
            yield from (f"cell {number}: {message}" for message in _import_problems(cell.source))


def _import_problems(source):
    """Only imports that provenance can follow are allowed."""
    lines = [line for line in source.splitlines() if not line.lstrip().startswith(("%", "!"))]
    try:
        tree = ast.parse("\n".join(lines))
    except SyntaxError as error:
        yield f"is not Python: {error.msg}"
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [(alias.name, alias.asname) for alias in node.names]
            if any(
                name.startswith("ae_utils.") or (name == "ae_utils" and other)
                for name, other in names
            ):
                yield "import ae_utils itself, under its own name"
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ae_utils"):
            yield from _from_import_problems(node)


def _from_import_problems(node):
    if node.module != "ae_utils" or any(alias.name == "*" for alias in node.names):
        yield "import names from ae_utils itself, one by one"


def stored_problems(root=notebooks.ROOT):
    """Return a message for each stored result whose code has changed since, or that is missing."""
    hashes = {name: partial(experiment_provenance, name, root) for name in experiments(root)}
    hashes["demos"] = partial(demos_provenance, root)
    found = []
    for name, current in hashes.items():
        path = Path(root) / "benchmarks" / f"{name}.json"
        command = "tools.demos" if name == "demos" else f"benchmarks.run {name}"
        try:
            stored = json.loads(path.read_text(encoding="utf-8")).get("provenance")
            if stored != current():
                found.append(
                    f"benchmarks/{path.name}: stale: its code changed since; python -m {command}"
                )
        except (OSError, ValueError) as error:
            found.append(f"benchmarks/{path.name}: {error}; python -m {command} writes it")
    return found


def _output_problems(cell):
    for output in cell.outputs:
        kind = output.output_type
        if kind == "error":
            yield f"holds an error: {output.ename}"
        elif kind == "stream" and output.name == "stderr":
            yield f"holds stderr text: {output.text.strip()[:60]!r}"
        texts = [output.text] if kind == "stream" else []
        if kind in ("display_data", "execute_result"):
            texts += [text for mime, text in output.data.items() if mime.startswith("text/")]
            for mime in output.data:
                alt = output.metadata.get(mime, {}).get("alt", "")
                if mime.startswith("image/") and len(alt.strip()) < SHORTEST_ALT:
                    yield "a figure has no alternative text; show it by ae_utils.show_figure"
        for text in texts:
            if _ADDRESS.search(text):
                yield "prints a memory address, which differs in every run; end with plt.show()"
            if _MACHINE_PATH.search(text):
                yield "its output holds a path of one machine"


def _order_problems(notebook):
    counts = [
        cell.execution_count for cell in notebooks.code_cells(notebook) if cell.source.strip()
    ]
    if counts != list(range(1, len(counts) + 1)):
        yield f"execution counts are not 1 to {len(counts)}: render it from a fresh kernel"


def _claims_problems(notebook, chapter, root):
    tables = scoreboard.claim_tables(notebook)
    if len(tables) != 1:
        yield f"shows {len(tables)} tables of claims, not one: end with checks.report()"
        return
    bibliography = (Path(root) / "references.bib").read_text(encoding="utf-8")
    known = set(re.findall(r"@\w+\{([^,\s]+),", bibliography))
    if tables[0]["chapter"] != chapter:
        yield f"its claims are those of a chapter {tables[0]['chapter']!r}"
    for claim in tables[0]["claims"]:
        if not claim["passed"]:
            yield f"the claim {claim['key']} does not hold"
        if claim["citation"] is not None and claim["citation"] not in known:
            yield f"the claim {claim['key']} cites {claim['citation']}, not in references.bib"
    sources = [cell.source for cell in notebooks.code_cells(notebook)]
    yield from claims.problems(tables[0]["claims"], sources)


def main(argv=None):
    """Check all chapters, or the named ones; return 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tools.policy")
    parser.add_argument("chapters", nargs="*", help="names; without any, all chapters")
    arguments = parser.parse_args(argv)
    try:
        paths = [notebooks.find_chapter(name) for name in arguments.chapters]
    except notebooks.NotebookError as error:
        sys.exit(str(error))
    paths = paths or notebooks.chapter_paths()
    if not paths:
        sys.exit("chapters/ holds no notebook")
    found = [message for path in paths for message in problems(path)]
    if not arguments.chapters:
        found += stored_problems()
    for message in found:
        print(message)
    print(f"{len(found)} problems in {len(paths)} chapters")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
