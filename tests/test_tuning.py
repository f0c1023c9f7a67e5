"""Choosing on validation data, with a warning where the grid was too narrow."""

import warnings

import pytest

import ae_utils


def test_the_best_inside_the_grid_is_returned_without_a_word():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ae_utils.best_of_grid([1, 2, 3], [5.0, 4.0, 6.0], better="lower") == 2
        assert (
            ae_utils.best_of_grid(["a", "b", "c"], [0.1, 0.9, 0.9 - 1e-9], better="higher") == "b"
        )


@pytest.mark.parametrize(("scores", "best"), [([1.0, 2.0, 3.0], 1), ([3.0, 2.0, 1.0], 3)])
def test_a_best_value_at_the_edge_is_named(scores, best):
    with pytest.warns(UserWarning, match="edge of the grid"):
        assert ae_utils.best_of_grid([1, 2, 3], scores, better="lower") == best


@pytest.mark.parametrize(
    ("settings", "scores", "better", "message"),
    [
        ([1, 2, 3], [1.0, 2.0], "lower", "one score for each"),
        ([1, 2], [1.0, 2.0], "lower", "at least three"),
        ([1, 2, 3], [1.0, float("nan"), 2.0], "lower", "not finite"),
        ([1, 2, 3], [1.0, 0.0, 2.0], "smaller", "better must be"),
    ],
)
def test_unusable_grids_are_refused(settings, scores, better, message):
    with pytest.raises(ValueError, match=message):
        ae_utils.best_of_grid(settings, scores, better=better)
