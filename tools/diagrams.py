"""Draw the Mermaid diagrams of chapters and pages as SVG files that the site shows.

A page must load nothing from elsewhere, and Mermaid's script is larger than everything else
together. So each diagram is drawn once, when it is written, and stored in `_static/diagrams/`
under a hash of its source. Needs mermaid-cli and Chromium, for authors only:
`npm install @mermaid-js/mermaid-cli`, then pass the path of its command `mmdc`.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from _ext.book_diagrams import diagram_name
from tools import browser, notebooks

FOLDER = notebooks.ROOT / "_static" / "diagrams"
PAGES = ("*.md", "appendix/*.md", "pages/*.md")
_BLOCK = re.compile(r"^```mermaid\n(.*?)^```", re.DOTALL | re.MULTILINE)


def diagram_sources(root=notebooks.ROOT):
    """Return the sources of all diagrams in the text cells of chapters and in the pages."""
    texts = [path.read_text(encoding="utf-8") for glob in PAGES for path in root.glob(glob)]
    for path in notebooks.chapter_paths(root):
        cells = notebooks.read_notebook(path).cells
        texts += [cell.source for cell in cells if cell.cell_type == "markdown"]
    return [source for text in texts for source in _BLOCK.findall(text)]


def draw(source, target, mmdc, program):
    """Draw one diagram; nothing is left behind when it fails."""
    name = target.stem
    with tempfile.TemporaryDirectory() as folder:
        files = {
            "in.mmd": source,
            "config.json": json.dumps({"htmlLabels": False, "flowchart": {"htmlLabels": False}}),
            "browser.json": json.dumps({"executablePath": program, "args": ["--no-sandbox"]}),
        }
        for file, text in files.items():
            Path(folder, file).write_text(text, encoding="utf-8")
        drawn = Path(folder, "out.svg")
        options = ["-i", "in.mmd", "-o", str(drawn), "-c", "config.json", "-p", "browser.json"]
        subprocess.run(
            [mmdc, *options, "-b", "transparent", "-I", f"diagram-{name}"], cwd=folder, check=True
        )
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(drawn, target)


def main(argv=None):
    """Draw what is missing, and delete what no page shows any more."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tools.diagrams")
    parser.add_argument("--mmdc", default=shutil.which("mmdc"), help="path of mermaid-cli's mmdc")
    parser.add_argument("--browser", help="path of Chromium; without it, the one that is installed")
    arguments = parser.parse_args(argv)
    wanted = {FOLDER / f"{diagram_name(source)}.svg": source for source in diagram_sources()}
    for path in sorted(set(FOLDER.glob("*.svg")) - set(wanted)):
        path.unlink()
        print(f"deleted {path.name}: no page shows it")
    missing = {path: source for path, source in wanted.items() if not path.exists()}
    program = arguments.browser or browser.find_browser()
    if missing and not (arguments.mmdc and program):
        sys.exit("drawing needs mermaid-cli (--mmdc) and Chromium (--browser); see --help")
    for path, source in missing.items():
        draw(source, path, arguments.mmdc, program)
        print(f"drew {path.name}")
    print(f"{len(wanted)} diagrams, {len(missing)} drawn anew")


if __name__ == "__main__":
    main()
