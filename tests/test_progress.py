"""Experiments go on after an interruption, and forget what other code did."""

import pytest

from benchmarks.progress import Progress


def never():
    raise AssertionError("this run was done before")


def test_what_was_done_is_not_done_again(tmp_path):
    first = Progress("small", "hash", tmp_path)
    assert first.once("row, seed 0", lambda: {"error": 1.5}) == {"error": 1.5}
    with pytest.raises(KeyboardInterrupt):
        first.once("row, seed 1", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
    again = Progress("small", "hash", tmp_path)
    assert again.once("row, seed 0", never) == {"error": 1.5}
    assert again.once("row, seed 1", lambda: 2) == 2
    again.finish()
    assert not list(tmp_path.iterdir())


def test_other_code_begins_anew(tmp_path):
    Progress("small", "hash", tmp_path).once("row", lambda: 1)
    assert Progress("small", "other", tmp_path).once("row", lambda: 2) == 2


def test_a_line_that_was_cut_in_two_is_done_again(tmp_path):
    progress = Progress("small", "hash", tmp_path)
    progress.once("one", lambda: 1)
    progress.once("two", lambda: 2)
    text = progress.path.read_text()
    progress.path.write_text(text[:-4])
    again = Progress("small", "hash", tmp_path)
    assert again.once("one", never) == 1
    assert again.once("two", lambda: 3) == 3
