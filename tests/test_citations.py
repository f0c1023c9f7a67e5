"""Citations: links in notebooks that follow from references.bib, and no markup of the site."""

import nbformat
import pytest

from tools import cite, notebooks, policy

SITE = "ada.github.io/book"
ENTRIES = r"""
@article{lovelace1843, author = {Lovelace, Ada}, title = {Notes}, year = {1843},
  doi = {10.1/a(1)2}}
@article{oord2017, author = {van den Oord, A{\"a}ron and D{\'e}fossez, A. and Vinyals, O.},
  title = {Codes}, year = {2017}, eprint = {1711.00937}}
@book{hopper1952, author = {Hopper, Grace and {The Navy}}, title = {Compilers}, year = {1952},
  url = {https://example.org/compilers}}
@book{lost1900, author = {Lost, L.}, title = {Nowhere}, year = {1900}}
"""
NOTEBOOKS = sorted([*notebooks.chapter_paths(), *notebooks.ROOT.glob("exercises/*/*.ipynb")])


@pytest.fixture
def small():
    """A bibliography of four sources, each with another kind of address."""
    return cite.Bibliography(ENTRIES, SITE)


def test_a_role_becomes_a_link_by_doi_arxiv_address_or_the_page_of_the_book(small):
    doi, arxiv = "https://doi.org/10.1/a%281%292", "https://arxiv.org/abs/1711.00937"
    for text, wanted in {
        "{cite:t}`lovelace1843` says": f"[Lovelace (1843)]({doi}) says",
        "said {cite:p}`oord2017`.": f"said ([van den Oord et al., 2017]({arxiv})).",
        "{cite:t}`hopper1952`": "[Hopper and The Navy (1952)](https://example.org/compilers)",
        "{cite:t}`lost1900`": f"[Lost (1900)](https://{SITE}/appendix/bibliography.html#lost1900)",
        "so {cite:p}`lovelace1843, oord2017`": (
            f"so ([Lovelace, 1843]({doi}); [van den Oord et al., 2017]({arxiv}))"
        ),
        "Since Lovelace {cite:p}`lovelace1843` it": f"Since [Lovelace (1843)]({doi}) it",
        "no role": "no role",
    }.items():
        assert small.with_links(text) == wanted
        assert small.problems(wanted) == []
        assert small.cited(text) == small.cited(wanted)


# A field or entry as other programs write it → author and year, and address.
DOI = "https://doi.org/10.1/a"
OTHER_PROGRAMS = {
    "a date": (
        "author = {Lovelace, Ada}, date = {1843-10}, doi = {10.1/a}",
        "Lovelace (1843)",
        DOI,
    ),
    "and others": (
        "author = {Lovelace, Ada and others}, year = 1843, doi = {10.1/a}",
        "Lovelace et al. (1843)",
        DOI,
    ),
    "an editor": ("editor = {Menabrea, L.}, year = 1843, doi = {10.1/a}", "Menabrea (1843)", DOI),
    "an organization": (
        "organization = {The Navy}, year = 1843, doi={10.1/a}",
        "The Navy (1843)",
        DOI,
    ),
    "a doi as address": (
        "author = {Lovelace, Ada}, year = 1843, doi = {https://dx.doi.org/10.1/a}",
        "Lovelace (1843)",
        DOI,
    ),
    "another archive": (
        "author = {Lovelace, Ada}, year = 1843, eprint = {2101.00001}, eprinttype = {hal},"
        "url = {https://example.org}",
        "Lovelace (1843)",
        "https://example.org",
    ),
    "a number of no archive": (
        "author = {Lovelace, Ada}, year = 1843, eprint = {7}, url = {https://example.org}",
        "Lovelace (1843)",
        "https://example.org",
    ),
    "arXiv with its name": (
        "author = {Lovelace, Ada}, year = 1843, eprint = {arXiv:hep-th/9901001}",
        "Lovelace (1843)",
        "https://arxiv.org/abs/hep-th/9901001",
    ),
}


@pytest.mark.parametrize("kind", OTHER_PROGRAMS)
def test_entries_of_other_programs_are_understood(kind):
    fields, text, place = OTHER_PROGRAMS[kind]
    known = cite.Bibliography(f"@misc{{a, title = {{T}}, {fields}}}", SITE)
    assert known.link("a", "t") == f"[{text}]({place})"


def test_an_incomplete_entry_stops_only_those_who_cite_it(small):
    broken = "@misc{anonymous, title = {T}, year = 1900} @misc{timeless, author = {A, B}}"
    known = cite.Bibliography(ENTRIES + broken, SITE)
    assert known.link("lost1900", "t") == small.link("lost1900", "t")
    with pytest.raises(ValueError, match="'anonymous' lacks author, editor and organization"):
        known.link("anonymous", "t")
    with pytest.raises(ValueError, match="'timeless' lacks year and date"):
        known.link("timeless", "p")
    assert cite.bibliography().incomplete == {}


def test_a_file_that_is_not_bibtex_is_named():
    with pytest.raises(notebooks.NotebookError, match="references.bib cannot be read: .*line 1"):
        cite.Bibliography("@misc{a, title = {T}", SITE)


def test_an_unknown_key_is_named(small):
    with pytest.raises(ValueError, match="no entry 'nobody2099'"):
        small.with_links("{cite:t}`nobody2099`")


@pytest.mark.parametrize(
    "text",
    [
        "[Lovelace (1844)](https://doi.org/10.1/a%281%292)",
        "[Ada, 1843](https://doi.org/10.1/a%281%292)",
        "[van den Oord and others, 2017](https://arxiv.org/abs/1711.00937)",
        "[van den Oord et al. (2017)](https://arxiv.org/abs/1711.00938)",
    ],
)
def test_a_link_that_differs_from_the_bibliography_is_a_problem(small, text):
    assert len(small.problems(text)) == 1


def test_a_link_to_something_else_is_no_citation(small):
    text = "[a page of 2017](https://example.org), [next](variational.ipynb)"
    assert small.problems(text) == []
    assert small.cited(text) == set()


def test_no_two_sources_have_one_address():
    known = cite.bibliography()
    assert len(known.keys_by_address) == len(known.addresses)


def test_converting_a_notebook_keeps_everything_else(tmp_path, small):
    cells = [
        nbformat.v4.new_markdown_cell("# Title\n\n{cite:t}`lost1900`", id="title"),
        nbformat.v4.new_code_cell("role = '{cite:t}`lost1900`'", id="code", execution_count=1),
    ]
    path = tmp_path / "small.ipynb"
    before = nbformat.v4.new_notebook(cells=cells)
    notebooks.write_notebook(before, path)
    assert cite.convert(path, small)
    after = notebooks.read_notebook(path)
    assert after.cells[0].source == f"# Title\n\n{small.link('lost1900', 't')}"
    assert after.cells[1] == before.cells[1]
    assert not cite.convert(path, small)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_reader_of_the_notebook_sees_no_raw_markup_and_true_citations(path):
    known = cite.bibliography()
    for cell in notebooks.read_notebook(path).cells:
        if cell.cell_type == "markdown":
            assert list(policy.raw_markup(cell.source)) == []
            assert known.problems(cell.source) == []
