"""Choosing a setting on validation data."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ae_utils.arrays import as_real_array


def best_of_grid(settings: Sequence[Any], scores: Sequence[float], *, better: str) -> Any:
    """Return the setting with the best validation score, and warn where the grid was too narrow.

    A best value at the edge of a grid says that a still better one may lie outside: widen the grid.
    Scores are made on validation data, never on test data. A rival is tuned like this with as much
    care as the model that it stands beside.

    Args:
        settings: at least three values of one setting, from small to large.
        scores: one finite number for each of them.
        better: ``"lower"`` for errors, ``"higher"`` for accuracies.

    Returns:
        One of the ``settings``; of equal scores the first.

    Raises:
        ValueError: lengths differ, there are fewer than three settings, a score is not finite, or
            ``better`` is none of the above.
    """
    if better not in ("lower", "higher"):
        raise ValueError(f'better must be "lower" or "higher", got {better!r}')
    scores = as_real_array(scores, "scores")
    if scores.shape != (len(settings),) or len(settings) < 3:
        raise ValueError(
            f"give one score for each of at least three settings; got {len(settings)} settings and "
            f"scores of shape {scores.shape}"
        )
    if not np.isfinite(scores).all():
        raise ValueError(f"a score is not finite: {scores.tolist()}")
    place = int(np.argmin(scores) if better == "lower" else np.argmax(scores))
    if place in (0, len(settings) - 1):
        warnings.warn(
            f"the best setting, {settings[place]!r}, is at the edge of the grid: widen it",
            stacklevel=2,
        )
    return settings[place]
