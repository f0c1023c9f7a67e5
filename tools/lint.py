"""Check the style of the code (ruff, notebooks included) and the links inside the book."""

import argparse
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

from tools.notebooks import read_notebook

ROOT = Path(__file__).resolve().parent.parent
_LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
_HTML_TARGET = re.compile(r"(?:src|href)=\"([^\"]+)\"")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*$")
_FENCE = re.compile(r"^\s*(```|~~~)")


def book_pages(root=ROOT):
    """Return the Markdown files and notebooks whose links are checked."""
    folders = ("", "appendix", "pages", "chapters", "ae_utils/data")
    found = [path for folder in folders for path in (root / folder).glob("*.md")]
    found += [*(root / "chapters").glob("*.ipynb"), *(root / "exercises").glob("*/*.ipynb")]
    return sorted(found)


def numbered_lines(path):
    """Return pairs (place, line) of a page's text outside code; the place names the cell."""
    if path.suffix == ".ipynb":
        texts = [
            (f"cell {number}, line ", cell.source)
            for number, cell in enumerate(read_notebook(path).cells, start=1)
            if cell.cell_type == "markdown"
        ]
    else:
        texts = [("line ", path.read_text(encoding="utf-8"))]
    lines = []
    for place, text in texts:
        in_code = False
        for number, line in enumerate(text.splitlines(), start=1):
            if _FENCE.match(line):
                in_code = not in_code
            elif not in_code:
                lines.append((f"{place}{number}", re.sub(r"`[^`]*`", "", line)))
    return lines


def anchors(path):
    """Return the anchors that the headings of a page make, as Sphinx and GitHub write them."""
    found = set()
    for _, line in numbered_lines(path):
        heading = _HEADING.match(line)
        if heading:
            words = re.sub(r"[^\w\- ]", "", heading.group(2).lower())
            found.add(words.replace(" ", "-"))
    return found


def broken_links(path, root=ROOT):
    """Return one message for every relative link of a page that leads nowhere."""
    problems = []
    for place, line in numbered_lines(path):
        for target in _LINK.findall(line) + _HTML_TARGET.findall(line):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = unquote(target).partition("#")
            page = (path.parent / name).resolve() if name else path
            where = f"{path.relative_to(root)}, {place}"
            if not page.exists():
                problems.append(f"{where}: {target} does not exist")
            elif anchor and page.suffix in (".md", ".ipynb") and anchor not in anchors(page):
                problems.append(f"{where}: {target}: no such heading")
    return problems


def main():
    """Run both checks; return 1 if either found something."""
    argparse.ArgumentParser(description=__doc__, prog="python -m tools.lint").parse_args()
    failed = False
    left_out = ("--exclude", "*.ipynb", "--exclude", "answers.py")
    for command in (("check", "."), ("format", "--check", *left_out, ".")):
        ruff = [sys.executable, "-m", "ruff", *command]
        failed |= subprocess.run(ruff, cwd=ROOT).returncode != 0
    problems = [problem for page in book_pages() for problem in broken_links(page)]
    for problem in problems:
        print(problem)
    print(f"{len(problems)} broken links in {len(book_pages())} pages")
    return 1 if failed or problems else 0


if __name__ == "__main__":
    sys.exit(main())
