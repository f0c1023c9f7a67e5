"""The pages beside the chapters: references, errata, scoreboard, and no number typed by hand."""

import json
import re

import pytest

from _ext import book_scoreboard
from tools import cite, notebooks, policy, scoreboard
from tools.notebooks import ROOT

PAGES = sorted((ROOT / "pages").glob("*.md"))
ENTRY = re.compile(r"^@\w+\{([^,\s]+),\n(.*?)^\}", re.DOTALL | re.MULTILINE)
DOI = re.compile(r"10\.\d{4,9}/\S+")
ARXIV = re.compile(r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}")


def entries():
    """Return key → fields of each entry of references.bib."""
    text = (ROOT / "references.bib").read_text(encoding="utf-8")
    found = {}
    for key, body in ENTRY.findall(text):
        assert key not in found, f"{key} stands twice"
        fields = re.findall(r"^  (\w+) = \{(.*)\},?$", body, re.MULTILINE)
        found[key] = dict(fields)
        assert len(found[key]) == len(fields), f"{key} has a field twice"
    assert len(found) == text.count("\n@") + text.startswith("@"), "an entry was not understood"
    return found


def texts():
    """Return name → text of all pages and of the text cells of all chapters."""
    found = {path.name: path.read_text(encoding="utf-8") for path in PAGES}
    for path in notebooks.chapter_paths():
        cells = notebooks.read_notebook(path).cells
        found[path.name] = "\n\n".join(c.source for c in cells if c.cell_type == "markdown")
    return found


def cited():
    """Return the keys that some text or claim cites."""
    sources = cite.bibliography()
    keys = set().union(*(sources.cited(text) for text in texts().values()))
    return keys | {claim["citation"] for claim in scoreboard.gather() if claim["citation"]}


@pytest.mark.parametrize("key", entries())
def test_a_reference_is_complete_and_its_numbers_are_well_formed(key):
    entry = entries()[key]
    assert {"author", "title", "year"} <= set(entry)
    assert entry["year"] in key, "the key ends with the year"
    if "doi" in entry:
        assert DOI.fullmatch(entry["doi"])
    assert "arXiv:" not in entry.get("note", ""), "the number belongs into eprint, as a link"
    if "eprint" in entry:
        assert ARXIV.fullmatch(entry["eprint"])
        first = 2000 + int(entry["eprint"][:2])
        assert first <= int(entry["year"]), "an arXiv number is not later than the year"
    assert {"doi", "eprint", "url", "isbn", "pages"} & set(entry), "say where to find it"


def test_every_reference_is_cited_and_every_citation_has_its_reference():
    assert cited() == set(entries())


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_no_page_holds_a_measured_number(path):
    for block in re.split(r"\n\s*\n|\n(?=\|)", path.read_text(encoding="utf-8")):
        if "{cite" not in block:
            text = re.sub(r"^\| [\d., ]+ \|", "", block)  # the section numbers of the errata
            assert policy.decimals(text) == []


def test_the_time_line_agrees_with_the_references():
    chapter = notebooks.read_notebook(notebooks.find_chapter("background"))
    source = next(cell.source for cell in chapter.cells if cell.id == "timeline")
    names = {}
    exec(source, names)
    years = [year for year, _, _ in names["events"]]
    assert years == sorted(years)
    for year, _, key in names["events"]:
        entry = entries()[key]
        first = re.search(r"First public version (\d{4})", entry.get("note", ""))
        assert year == int(first[1] if first else entry["year"]), key


def test_the_scoreboard_is_what_the_chapters_hold():
    stored = (ROOT / scoreboard.FILE).read_text(encoding="utf-8")
    assert stored == scoreboard.as_text(scoreboard.gather()), "run python -m tools.scoreboard"


def test_every_chapter_is_on_the_scoreboard_and_every_key_is_unique():
    claims = json.loads((ROOT / scoreboard.FILE).read_text(encoding="utf-8"))
    assert {claim["chapter"] for claim in claims} == {
        path.stem for path in notebooks.chapter_paths()
    }
    assert len({claim["key"] for claim in claims}) == len(claims)
    assert all(claim["passed"] for claim in claims)


CLAIM = {
    "chapter": "small",
    "key": "small.sum",
    "claim": "the sum is small",
    "value": 3.0,
    "bound": {"below": 4},
    "unit": "apples",
    "reference": None,
    "citation": None,
    "passed": True,
}


def test_a_claim_becomes_a_row_and_one_with_a_reference_stands_in_both_tables():
    published = {
        **CLAIM,
        "bound": {"within": [2, 4]},
        "reference": 3.1,
        "citation": "ada1843",
        "passed": False,
    }
    table = book_scoreboard.reference_table([CLAIM, published])
    assert "| the sum is small, apples | 3 | 3.1 | {cite:t}`ada1843` |" in table
    assert table.count("\n") == 2
    rows = book_scoreboard.all_tables([CLAIM, published])
    assert "| ✓ | the sum is small | 3 apples | below 4 |" in rows
    assert "| ✗ | the sum is small | 3 apples | 2 to 4 |" in rows
    assert rows.count("### Small") == 1


def test_chosen_claims_stand_in_the_order_of_their_keys():
    other = {**CLAIM, "key": "small.product", "claim": "the product is small"}
    rows = book_scoreboard.chosen_table([CLAIM, other], ["small.product", "small.sum"])
    assert rows.index("the product is small") < rows.index("the sum is small")
    with pytest.raises(ValueError, match=r"no claim \['small.quotient'\]"):
        book_scoreboard.chosen_table([CLAIM], ["small.quotient"])


def test_every_claim_that_a_page_names_exists():
    known = {claim["key"] for claim in scoreboard.gather()}
    named = {
        key
        for path in PAGES
        for keys in book_scoreboard.CHOSEN.findall(path.read_text(encoding="utf-8"))
        for key in re.split(r",\s*", keys)
    }
    assert named
    assert named - known == set()
