"""The tools around the book: address, environment, packaging, links, icons, page weight."""

import gzip
import json
import re
import runpy
import sys
import tomllib
import types
from pathlib import Path

import pydata_sphinx_theme
import pytest
from docutils import nodes
from packaging.requirements import Requirement
from sphinx.errors import ExtensionError

from _ext import book_icons, book_pages
from benchmarks import proof, tables
from benchmarks import run as bench
from tests.books import small_book, small_chapter
from tools import address, assets, browser, environment, lint, notebooks, page_weight
from tools.notebooks import ROOT

PROGRAMS = (
    *("address", "answers", "assets", "browser", "cite", "demos", "diagrams", "exercises"),
    *("grade", "lint", "lock", "offline", "page_weight", "pdf", "policy", "render"),
    *("scoreboard", "site", "test"),
)


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
def test_every_program_explains_itself(name, monkeypatch, capsys):
    # In this process, which has loaded what most of them load.
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(f"tools.{name}", run_name="__main__")
    assert not ended.value.code
    assert capsys.readouterr().out.startswith("usage:")


def test_every_place_holds_the_same_address():
    repository, site = address.spellings(notebooks.repository_name())
    for path in address.places():
        assert repository in path.read_text(encoding="utf-8"), path.name
    for name in ("_config.yml", "README.md"):
        assert site in (ROOT / name).read_text(encoding="utf-8"), name
    setup = notebooks.setup_cell(notebooks.repository_name())
    for path in notebooks.chapter_paths():
        assert notebooks.code_cells(notebooks.read_notebook(path))[0].source == setup


def test_the_address_is_stamped_everywhere_and_can_be_changed_again(tmp_path):
    book = small_book(tmp_path)
    small_chapter(book)
    for repository in (
        "ada/autoencoders",
        "ada/autoencoders-two",
        "ada/ada.github.io",  # a site of its own, without a sub-folder
        "Grace/grace.github.io",
        "grace/book",
    ):
        address.stamp(repository, book)
        assert notebooks.repository_name(book) == repository
        for path in address.places(book):
            text = path.read_text(encoding="utf-8")
            assert address.spellings(repository)[0] in text
            assert "ada.github.io/a" not in text.replace("ada.github.io/autoencoders", "")
            assert "github.com/OWNER" not in text
            assert "OWNER.github.io" not in text


def test_a_bad_address_or_a_missing_place_changes_nothing(tmp_path):
    book = small_book(tmp_path)
    (book / "CITATION.cff").write_text("title: none\n")
    before = (book / "README.md").read_text()
    with pytest.raises(ValueError, match="not of the form owner/name"):
        address.stamp("https://example.org/x", book)
    with pytest.raises(ValueError, match="CITATION.cff does not hold"):
        address.stamp("ada/autoencoders", book)
    assert (book / "README.md").read_text() == before


@pytest.mark.parametrize("version", [(3, 10, 14), (3, 14, 0), (2, 7, 18)])
def test_another_python_gets_a_clear_message(version):
    with pytest.raises(environment.NotReadyError, match="make book PYTHON=python3.12"):
        environment.check_python(version)


def test_the_supported_pythons_pass():
    for minor in (11, 12, 13):
        environment.check_python((3, minor, 1))


def test_a_broken_environment_is_named_and_kept(tmp_path, monkeypatch):
    venv = tmp_path / ".venv"
    venv.mkdir()
    monkeypatch.setattr(environment, "VENV", venv)
    monkeypatch.setattr(environment, "venv_python", lambda: venv / "bin" / "python")
    with pytest.raises(environment.NotReadyError, match="make distclean"):
        environment.create_venv()
    assert venv.exists()


def test_what_is_installed_depends_on_every_input(tmp_path):
    for name in environment.INPUTS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a")
    prints = {
        environment.fingerprint("lock", tmp_path),
        environment.fingerprint("floors", tmp_path),
    }
    for name in environment.INPUTS:
        (tmp_path / name).write_text(f"changed {name}")
        prints.add(environment.fingerprint("lock", tmp_path))
    assert len(prints) == 2 + len(environment.INPUTS)


def requirements(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]


def test_the_package_asks_for_the_floors_of_requirements():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    stated = {str(requirement) for requirement in requirements("requirements.txt")}
    assert {str(Requirement(text)) for text in project["dependencies"]} <= stated


def test_the_lock_pins_every_requirement_within_its_bounds():
    locked = requirements("constraints.txt")
    for wanted in requirements("requirements.txt"):
        pins = [pin for pin in locked if pin.name.lower() == wanted.name.lower()]
        assert pins, f"{wanted.name} is not in constraints.txt: run make lock"
        for pin in pins:
            (exact,) = pin.specifier
            assert exact.operator == "=="
            assert wanted.specifier.contains(exact.version), pin


def test_no_registry_is_named():
    for name in ("constraints.txt", "requirements.txt"):
        assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_katex_is_the_version_that_sphinx_typesets_with():
    import sphinxcontrib.katex

    version = sphinxcontrib.katex.katex_version
    assert f"katex@{version}" == assets.KATEX_PACKAGE


def test_links_that_lead_nowhere_are_found(tmp_path):
    (tmp_path / "chapters").mkdir()
    page = tmp_path / "page.md"
    page.write_text(
        "# The Title, here\n\n[a](page.md) [b](gone.md) [c](#the-title-here) [d](page.md#nowhere)\n"
        "[e](https://example.org) `[f](gone.md)`\n\n```\n[g](gone.md)\n```\n"
    )
    small_notebook = '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [%s]}'
    cell = '{"cell_type": "markdown", "id": "a", "metadata": {}, "source": "[h](gone.ipynb)"}'
    chapter = tmp_path / "chapters" / "small.ipynb"
    chapter.write_text(small_notebook % cell)
    found = [message for path in (page, chapter) for message in lint.broken_links(path, tmp_path)]
    assert found == [
        "page.md, line 3: gone.md does not exist",
        "page.md, line 3: page.md#nowhere: no such heading",
        "chapters/small.ipynb, cell 1, line 1: gone.ipynb does not exist",
    ]


def test_no_link_inside_the_book_is_broken():
    assert [problem for page in lint.book_pages() for problem in lint.broken_links(page)] == []


def test_each_icon_becomes_a_picture_and_the_script_goes():
    sun = [512, 384, ["day"], "f185", "M1 2"]
    icons = {"fa-solid": dict.fromkeys(["sun", "day"], sun), "fab": {"sun": []}}
    page = (
        '<script defer src="_static/scripts/fontawesome.js?digest=1"></script>'
        '<i class="switch fa-solid fa-sun   fa-lg" data-mode="light"></i>'
        '<span class="fa-solid fa-day"></span>'
    )
    assert book_icons.drawn(page, icons) == (
        '<svg class="svg-inline--fa switch fa-sun fa-lg" data-mode="light" aria-hidden="true" '
        'viewBox="0 0 512 384"><path fill="currentColor" d="M1 2"/></svg>'
        '<svg class="svg-inline--fa fa-day" aria-hidden="true" viewBox="0 0 512 384">'
        '<path fill="currentColor" d="M1 2"/></svg>'
    )
    with pytest.raises(ExtensionError, match="no icon for .*fa-moon"):
        book_icons.drawn('<i class="fa-solid fa-moon"></i>', icons)


def test_the_icons_of_the_theme_can_be_read():
    theme = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
    icons = book_icons.read_icons(theme / "scripts" / "fontawesome.js")
    assert {"fas", "fab", "fa-solid"} <= icons.keys()
    assert isinstance(icons["fab"]["github"][4], str)
    assert icons["fas"]["adjust"] == icons["fas"]["circle-half-stroke"]


def test_a_script_without_icons_is_refused(tmp_path):
    script = tmp_path / "fontawesome.js"
    script.write_text("throw Error('broken');")
    with pytest.raises(ExtensionError, match="no icons could be read"):
        book_icons.read_icons(script)


def test_times_sentence_states_the_bench_or_nothing():
    notebook = {"cells": [{"cell_type": "markdown", "source": "word " * 400}]}
    assert book_pages.times_sentence(notebook, None) == "About 2 minutes to read."
    measured = {"seconds": 61.3, "peak_gib": 1.26}
    assert "about 61 seconds on two processor cores, with 1.3 GiB" in book_pages.times_sentence(
        notebook, measured
    )


def test_no_line_ends_inside_a_number():
    text = "1 000 000 digits, 10 000 of them, in 2024 500 more, 3 4, 60 0000"
    document = nodes.paragraph("", "", nodes.Text(text), nodes.literal("", "10 000"))
    book_pages.keep_numbers_whole(None, document)
    assert document.astext().replace("\N{NO-BREAK SPACE}", "_") == (
        "1_000_000 digits, 10_000 of them, in 2024 500 more, 3 4, 60 000010 000"
    )


def test_no_line_begins_with_the_comma_after_a_formula():
    after = [", so", " and", "’s"]
    parts = [part for text in after for part in (nodes.math("", "x"), nodes.Text(text))]
    document = nodes.paragraph("", "", *parts)
    book_pages.hold_punctuation(None, document)
    assert document.astext() == "x\N{WORD JOINER}, sox andx\N{WORD JOINER}’s"


def test_first_load_counts_each_local_file_once_and_compressed(tmp_path):
    style, picture = tmp_path / "style.css", tmp_path / "a b.png"
    style.write_text("body {}" * 500)
    picture.write_bytes(b"0" * 1000)
    page = tmp_path / "page.html"
    page.write_text(
        '<link rel="stylesheet" href="style.css?digest=1"><link href="style.css" rel="stylesheet">'
        '<img alt="" src="a%20b.png"><script src="https://example.org/x.js"></script>'
    )
    packed = [len(gzip.compress(path.read_bytes(), mtime=0)) for path in (style, page)]
    assert page_weight.first_load(page) == 1000 + sum(packed)
    assert page_weight.foreign(page) == ["https://example.org/x.js"]
    picture.unlink()
    with pytest.raises(FileNotFoundError):
        page_weight.first_load(page)


def test_no_chapter_needs_more_memory_than_the_budget():
    stored = json.loads((ROOT / "benchmarks" / "notebooks.json").read_text(encoding="utf-8"))
    assert {name for name, row in stored["notebooks"].items() if row["peak_gib"] > 4} == set()


def test_the_bench_names_the_chapters_when_asked_for_one_that_is_not_there(capsys):
    with pytest.raises(SystemExit):
        bench.main(["--chapter", "nothing"])
    assert "no chapter 'nothing'; there are: algorithm" in capsys.readouterr().err


def test_the_proof_measures_each_part_and_notebook(tmp_path):
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "__init__.py").touch()
    lines = ("== policy", "  1.5 s  0.50 GiB  chapters/one.ipynb", "== unit tests", "2 passed")
    (tmp_path / "tools" / "test.py").write_text("\n".join(f"print({line!r})" for line in lines))
    measured = proof.run_tests(tmp_path, sys.executable)
    assert measured["passed"]
    assert [part["part"] for part in measured["parts"]] == ["policy", "unit tests"]
    assert measured["notebooks"] == {"one": {"seconds": 1.5, "peak_gib": 0.5}}
    half, whole = (
        {**measured, "parts": [{**part, "seconds": seconds} for part in measured["parts"]]}
        for seconds in (2.0, 4.0)
    )
    table = list(tables._proof_table({"builds": {"before": whole, "this build": half}}))
    assert [line[-8:] for line in table if line.startswith("| unit tests")] == ["| 0.50 |"]


def test_a_browser_that_is_named_wins_and_must_exist(monkeypatch):
    monkeypatch.setenv(browser.VARIABLE, sys.executable)
    assert browser.find_browser() == sys.executable
    monkeypatch.setenv(browser.VARIABLE, "no-such-browser")
    with pytest.raises(FileNotFoundError, match="no such program"):
        browser.find_browser()


def test_without_a_browser_the_message_names_the_way_out(monkeypatch, capsys):
    monkeypatch.setattr(browser, "find_browser", lambda: None)
    assert browser.main([]) == 1
    assert "tools.browser --install" in capsys.readouterr().err


def test_every_experiment_has_seeds():
    for name in bench.EXPERIMENTS:
        text = (ROOT / "benchmarks" / f"{name}.py").read_text(encoding="utf-8")
        assert re.search(r"^.*\bSEEDS\b.* = ", text, re.MULTILINE), name


def test_a_table_shows_all_numbers_of_an_experiment():
    result = {
        "machine": "two cores",
        "provenance": "hash",
        "epochs": 3,
        "rows": [
            {"name": "one", "errors": [1.25, 2.0]},
            {"name": "two", "curves": [[9, 5], [8, 4]]},
        ],
        "marks": [[{"read": 10}, {"read": 11}], [{"read": 12}]],
        "groups": {
            "wide": {"rate": 0.1, "runs": [{"error": 6}, {"error": 7}]},
            "few": {"rate": 0.2},
        },
    }
    text = "\n".join(tables.experiment_tables(result))
    assert "epochs: 3" in text
    assert "two cores" not in text
    assert "| name | errors | curves |" in text
    assert "| one | 1.25, 2 |  |" in text
    assert "| two |  | 5, 4 |" in text
    assert "| 6 |\n| 7 |" in text
    assert "0.2" in text
    assert "10, 11" in text


def test_a_notebook_without_ids_of_cells_is_named_when_the_site_is_built(tmp_path):
    path = tmp_path / "old.ipynb"
    text = '{"nbformat": 4, "nbformat_minor": 5, "cells": [{"cell_type": "code", "source": ""}]}'
    env = types.SimpleNamespace(doc2path=lambda page: str(path), temp_data={})
    with pytest.raises(ExtensionError, match="old.ipynb, cell 1: it has no id"):
        book_pages.remember_cells(types.SimpleNamespace(env=env), "old", [text])
