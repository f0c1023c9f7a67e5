"""How many bytes a browser fetches for the first read of a page, compressed as a host sends it."""

import argparse
import gzip
import re
from pathlib import Path
from urllib.parse import unquote

_REFERENCE = re.compile(
    r"<(?:script|img|source)\b[^>]*?\ssrc=\"([^\"]+)\""
    r"|<link\b[^>]*?rel=\"(?:stylesheet|icon|preload)\"[^>]*?href=\"([^\"]+)\""
    r"|<link\b[^>]*?href=\"([^\"]+)\"[^>]*?rel=\"(?:stylesheet|icon|preload)\""
)
_COMPRESSED = {".png", ".jpg", ".jpeg", ".woff2", ".ico"}
# A formula of letters, digits and brackets fetches these three; others only where they occur.
_MATH_FONTS = ("KaTeX_Main-Regular", "KaTeX_Math-Italic", "KaTeX_Size1-Regular")


def references(page):
    """Return the addresses of scripts, styles and pictures in an HTML page, without repeats."""
    html = Path(page).read_text(encoding="utf-8")
    found = ("".join(groups) for groups in _REFERENCE.findall(html))
    return list(dict.fromkeys(address for address in found if not address.startswith("data:")))


def foreign(page):
    """Return those references of a page that lead to another host."""
    return [address for address in references(page) if re.match(r"(?:[a-z]+:)?//", address)]


def first_load(page):
    """Return the bytes of a page with all it references, text files compressed by gzip.

    Raises:
        FileNotFoundError: the page references a file that is not there.
    """
    page = Path(page)
    files = {page}
    for address in references(page):
        if address not in foreign(page):
            files.add((page.parent / unquote(re.split(r"[?#]", address)[0])).resolve())
    if 'class="katex"' in page.read_text(encoding="utf-8"):
        (folder,) = {path.parent for path in files if path.name == "site.css"}
        files.update(folder / "katex" / "fonts" / f"{name}.woff2" for name in _MATH_FONTS)
    return sum(_sent_bytes(path) for path in files)


def _sent_bytes(path):
    content = path.read_bytes()
    return len(content if path.suffix in _COMPRESSED else gzip.compress(content, mtime=0))


def main():
    """Print the weight of pages."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tools.page_weight")
    parser.add_argument("pages", nargs="+", type=Path, help="HTML files of the built site")
    for page in parser.parse_args().pages:
        print(f"{first_load(page) / 1000:7.0f} KB  {page}")


if __name__ == "__main__":
    main()
