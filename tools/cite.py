"""Turn the citations of notebooks into plain links, which Colab, Jupyter and GitHub show as well.

Write {cite:t}`key` or {cite:p}`key,other` in a text cell and run this program: it puts links such
as [Hinton and Salakhutdinov (2006)](address) in their place, made from `references.bib`. Pages
keep the roles, since only the site shows them.
"""

import argparse
import functools
import re
import sys
from pathlib import Path
from urllib.parse import quote

from pybtex.backends.plaintext import Backend
from pybtex.database import parse_string
from pybtex.exceptions import PybtexError

from tools import notebooks
from tools.address import spellings

FILE = "references.bib"
_ROLE = re.compile(r"\{cite:([pt])\}`([^`]+)`")
_LINK = re.compile(r"(?<!!)\[([^\[\]]+)\]\((https?://[^\s()]+)\)")
_DOI_PREFIX = re.compile(r"^(https?://(dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_ARXIV = re.compile(r"\d{4}\.\d{4,5}(v\d+)?|[a-z-]+(\.[A-Z]{2})?/\d{7}")
_LIKE_A_CITATION = re.compile(r"(?:, \d{4}| \(\d{4}\))$")


class Bibliography:
    """The entries of ``references.bib`` as citations: for each key its authors, year and address.

    Args:
        text: the content of the file.
        site: host and path of the published book, for sources that have no address of their own.

    Attributes:
        authors, years, addresses: key → text.
        incomplete: key → what an entry lacks that cannot be cited.

    Raises:
        notebooks.NotebookError: the text is not BibTeX; the message says where.
    """

    def __init__(self, text, site):
        self.authors, self.years, self.addresses, self.incomplete = {}, {}, {}, {}
        try:
            entries = parse_string(text, "bibtex").entries
        except PybtexError as error:
            raise notebooks.NotebookError(f"{FILE} cannot be read: {error}") from None
        for key, entry in entries.items():
            authors, year = _authors(entry), _year(entry.fields)
            if not authors or not year:
                lacks = "author, editor and organization" if not authors else "year and date"
                self.incomplete[key] = lacks
                continue
            self.authors[key], self.years[key] = authors, year
            self.addresses[key] = _address(key, entry.fields, site)
        self.keys_by_address = {address: key for key, address in self.addresses.items()}

    def link(self, key, kind):
        """Return a Markdown link, textual for the kind ``"t"``, and bare inside brackets for "p".

        Raises:
            ValueError: there is no such key, or its entry is incomplete.
        """
        if key in self.incomplete:
            raise ValueError(f"{FILE}: the entry {key!r} lacks {self.incomplete[key]}")
        if key not in self.authors:
            raise ValueError(f"{FILE} has no entry {key!r}")
        return f"[{self._text(key, kind)}]({self.addresses[key]})"

    def with_links(self, text):
        """Return ``text`` with links in the place of the roles.

        Where the authors stand before the role already, one textual link says both.

        Raises:
            ValueError: a role names a key that there is not.
        """
        parts, end = [], 0
        for role in _ROLE.finditer(text):
            parts.append(text[end : role.start()])
            end = role.end()
            kind, keys = role[1], [key.strip() for key in role[2].split(",")]
            links = [self.link(key, kind) for key in keys]
            named = f"{self.authors[keys[0]]} "
            if kind == "t":
                parts.append(", ".join(links))
            elif len(keys) == 1 and parts[-1].endswith(named):
                parts[-1] = parts[-1].removesuffix(named)
                parts.append(self.link(keys[0], "t"))
            else:
                parts.append(f"({'; '.join(links)})")
        return "".join([*parts, text[end:]])

    def cited(self, text):
        """Return the keys that ``text`` cites, by roles or by links, as a set."""
        keys = {key.strip() for _, group in _ROLE.findall(text) for key in group.split(",")}
        addresses = (address for _, address in _LINK.findall(text))
        return keys | {self.keys_by_address[a] for a in addresses if a in self.keys_by_address}

    def problems(self, text):
        """Return a message for each link that is not what this bibliography makes of it."""
        found = []
        for shown, address in _LINK.findall(text):
            key = self.keys_by_address.get(address)
            if key and shown not in (self._text(key, "t"), self._text(key, "p")):
                found.append(f"{shown!r} links to {key}, which is {self._text(key, 't')!r}")
            elif not key and _LIKE_A_CITATION.search(shown):
                found.append(f"{shown!r} links to {address}, which is not in {FILE}")
        return found

    def _text(self, key, kind):
        year = f" ({self.years[key]})" if kind == "t" else f", {self.years[key]}"
        return self.authors[key] + year


def _authors(entry):
    """Return the last names of one or two, and of more the first and "et al."; or an empty text.

    Where nobody is named as author, those are the editors, or else an organization.
    """
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    # By its name pybtex would look it up among all installed packages, each time.
    backend = Backend()
    names = [
        " ".join(
            part.render(backend) for part in person.rich_prelast_names + person.rich_last_names
        )
        for person in people
    ]
    if not names:
        return entry.fields.get("organization") or entry.fields.get("institution", "")
    more = len(names) > 2 or names[-1] == "others"
    return f"{names[0]} et al." if more else " and ".join(names)


def _year(fields):
    """Return the year of an entry, which newer programs write as a date; or an empty text."""
    found = re.search(r"\d{4}", fields.get("date", ""))
    return fields.get("year") or (found[0] if found else "")


def _address(key, fields, site):
    """Return where to read a source: DOI, arXiv, its own address, or its entry in the book."""
    if "doi" in fields:
        doi = _DOI_PREFIX.sub("", fields["doi"].strip())
        # Brackets are percent-encoded, since in Markdown they would end the link.
        return f"https://doi.org/{quote(doi, safe='/:;')}"
    eprint = re.sub(r"^arxiv:", "", fields.get("eprint", ""), flags=re.IGNORECASE)
    archive = fields.get("eprinttype") or fields.get("archiveprefix", "arxiv")
    if archive.lower() == "arxiv" and _ARXIV.fullmatch(eprint):
        return f"https://arxiv.org/abs/{eprint}"
    return fields.get("url", f"https://{site}/appendix/bibliography.html#{key}")


@functools.lru_cache(maxsize=4)
def _parsed(text, site):
    return Bibliography(text, site)


def bibliography(root=notebooks.ROOT):
    """Return the :class:`Bibliography` of the book at ``root``."""
    _, site = spellings(notebooks.repository_name(root))
    return _parsed((Path(root) / FILE).read_text(encoding="utf-8"), site)


def convert(path, known):
    """Put links in the place of the roles in a notebook; return whether there were any.

    Raises:
        ValueError: a role names a key that there is not, or the file is no notebook; it is as it
            was.
    """
    notebook = notebooks.read_notebook(path)
    changed = False
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and _ROLE.search(cell.source):
            cell.source = known.with_links(cell.source)
            changed = True
    if changed:
        notebooks.write_notebook(notebook, path)
    return changed


def main(argv=None):
    """Convert the notebooks, or say what keeps one from it."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tools.cite")
    parser.add_argument(
        "notebooks", nargs="*", type=Path, help="without any: all chapters and exercises"
    )
    root = notebooks.ROOT
    paths = parser.parse_args(argv).notebooks
    paths = paths or [*notebooks.chapter_paths(), *sorted(root.glob("exercises/*/*.ipynb"))]
    known, changed = bibliography(), 0
    for path in paths:
        try:
            changed += convert(path, known)
        except (OSError, ValueError) as error:
            sys.exit(f"{path.name}: {error}")
    print(f"{changed} of {len(paths)} notebooks had citations to convert")


if __name__ == "__main__":
    main()
