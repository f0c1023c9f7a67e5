"""Errors of reconstructions, distances of sets, and scores of what a search or ranking found.

Each name says the unit, because tutorials often do not. The errors take the input ``x`` and the
reconstruction ``x_hat``, arrays of one shape whose first axis counts the images: (n, 28, 28),
(n, 784) or (n, height, width, channels).
"""

import functools
from collections.abc import Sequence

import numpy as np

from ae_utils.arrays import (
    as_float_array,
    as_matching_pair,
    as_real_array,
    as_two_labels,
    as_unit_range,
    is_whole,
    loses_digits,
)


def squared_error_of_each(x: np.ndarray, x_hat: np.ndarray) -> np.ndarray:
    """Squared error of each image, *summed* over its pixels; an array of shape (n,).

    Raises:
        ValueError: the shapes differ, or the values are empty or not finite.
    """
    x, x_hat = as_matching_pair(x, x_hat)
    difference = (x - x_hat).reshape(len(x), -1).astype("float64")
    return np.einsum("ij,ij->i", difference, difference)


def squared_error_per_image(x: np.ndarray, x_hat: np.ndarray) -> float:
    """Squared error summed over the pixels of an image, mean over images.

    The unit of Hinton & Salakhutdinov (2006), doi:10.1126/science.1127647. For 28 × 28 pixels it
    is 784 times :func:`squared_error_per_pixel`. Introduced in the chapter *implementation*.

    Raises:
        ValueError: as :func:`squared_error_of_each`.
    """
    return float(squared_error_of_each(x, x_hat).mean())


def squared_error_per_pixel(x: np.ndarray, x_hat: np.ndarray) -> float:
    """Squared error, mean over pixels and images: what Keras calls ``mse``.

    Raises:
        ValueError: as :func:`squared_error_of_each`.
    """
    return squared_error_per_image(x, x_hat) / np.asarray(x)[0].size


def binary_cross_entropy_per_pixel(x: np.ndarray, x_hat: np.ndarray) -> float:
    """Binary cross-entropy in nats, mean over pixels and images.

    ``-(x log x_hat + (1 - x) log(1 - x_hat))`` with ``0 log 0 = 0``. Its minimum over ``x_hat``
    lies at ``x_hat = x`` and is the entropy of the pixels, which is 0 only for pure black and
    white: ``binary_cross_entropy_per_pixel(x, x)`` gives that floor. Like Keras, ``x_hat`` is kept
    1e-7 away from 0 and 1 where ``x`` is not there too.

    Raises:
        ValueError: the shapes differ, or a value lies outside [0, 1], or is not finite.
    """
    x, x_hat = as_matching_pair(as_unit_range(x, "x"), as_unit_range(x_hat, "x_hat"))
    x, x_hat = x.astype("float64"), x_hat.astype("float64")
    log_of_one = np.log(np.maximum(x_hat, 1e-7))
    log_of_zero = np.log(np.maximum(1 - x_hat, 1e-7))
    return float(-(x * log_of_one + (1 - x) * log_of_zero).mean())


def psnr_decibels(x: np.ndarray, x_hat: np.ndarray) -> float:
    """Peak signal-to-noise ratio in decibels for values in [0, 1], mean over images.

    ``10 log10(1 / squared error per pixel)`` of each image, then the mean. An exact
    reconstruction gives infinity.

    Raises:
        ValueError: as :func:`binary_cross_entropy_per_pixel`.
    """
    x, x_hat = as_unit_range(x, "x"), as_unit_range(x_hat, "x_hat")
    per_pixel = squared_error_of_each(x, x_hat) / x[0].size
    with np.errstate(divide="ignore"):
        return float((-10 * np.log10(per_pixel)).mean())


def structural_similarity(x: np.ndarray, x_hat: np.ndarray) -> float:
    """Structural similarity (SSIM) in [-1, 1], mean over images; 1 means equal.

    It compares local means, contrasts and patterns in 11 × 11 Gaussian windows, so it sees blur
    that squared error forgives. Wang et al. (2004), doi:10.1109/TIP.2003.819861, as computed by
    ``tf.image.ssim``.

    Args:
        x, x_hat: grey images (n, height, width) with height and width of at least 11.

    Raises:
        ValueError: another rank, smaller images, unequal shapes, or values outside [0, 1].
    """
    x, x_hat = as_matching_pair(as_unit_range(x, "x"), as_unit_range(x_hat, "x_hat"))
    if x.ndim != 3 or min(x.shape[1:]) < 11:
        raise ValueError(
            f"structural_similarity needs grey images (n, height, width) of at least 11 × 11, "
            f"got {x.shape}; reshape flat vectors with x.reshape(-1, 28, 28)"
        )
    x, x_hat = (array[..., np.newaxis].astype("float32") for array in (x, x_hat))
    # In slices, because the windows of ten thousand images at once would take gigabytes.
    slices = [slice(start, start + 1000) for start in range(0, len(x), 1000)]
    similarity = _compiled_similarity()
    parts = [similarity(x[chosen], x_hat[chosen]).numpy() for chosen in slices]
    return float(np.concatenate(parts).mean())


@functools.cache
def _compiled_similarity():
    """Return SSIM of two batches as one program, compiled once for each shape."""
    import tensorflow as tf

    return tf.function(
        lambda left, right: tf.image.ssim(left, right, max_val=1.0), jit_compile=True
    )


def frechet_distance(one: np.ndarray, other: np.ndarray) -> float:
    """Distance of two sets of vectors, each set taken for a Gaussian; 0 for equal moments.

    ``|m1 - m2|² + trace(C1 + C2 - 2 (C1 C2)^½)`` with the means and covariances of the two sets.
    Heusel et al. (2017), arXiv:1706.08500, compare made and real images by it, between vectors of
    features that a classifier has of them. Introduced in the chapter *compare*.

    Args:
        one, other: arrays (n, numbers) and (m, numbers), with more vectors than numbers.

    Raises:
        ValueError: another rank, unequal widths, too few vectors, or values that are not finite.
    """
    one, other = as_float_array(one, "one"), as_float_array(other, "other")
    if one.ndim != 2 or other.ndim != 2 or one.shape[1] != other.shape[1]:
        raise ValueError(f"both sets must be (n, numbers), got {one.shape} and {other.shape}")
    if min(len(one), len(other)) <= one.shape[1]:
        raise ValueError(
            f"a covariance of {one.shape[1]} numbers needs more vectors than that, "
            f"got {len(one)} and {len(other)}"
        )
    difference = one.mean(axis=0, dtype="float64") - other.mean(axis=0, dtype="float64")
    first, second = (
        np.atleast_2d(np.cov(part.astype("float64"), rowvar=False)) for part in (one, other)
    )
    # The product of two covariances has no eigenvalue below zero but for rounding.
    eigenvalues = np.linalg.eigvals(first @ second).real
    roots = np.sqrt(np.maximum(eigenvalues, 0)).sum()
    return float(difference @ difference + np.trace(first) + np.trace(second) - 2 * roots)


def retrieval_curve(
    query_codes: np.ndarray,
    query_labels: np.ndarray,
    stored_codes: np.ndarray,
    stored_labels: np.ndarray,
    counts: Sequence[int],
) -> tuple[np.ndarray, np.ndarray]:
    """Precision and recall of a search by code, after so many results; means over the queries.

    For each query the stored codes are sorted by Euclidean distance. A result is right when it has
    the label of the query: precision is the share of right ones among the results, recall the
    share of all right ones that are among them. For unit vectors the order is that of the cosine,
    for codes of 0 and 1 that of the number of differing bits; equal distances are in a random
    order that repeats. The measure of Salakhutdinov & Hinton (2009),
    doi:10.1016/j.ijar.2008.11.006. Introduced in the chapter *images*.

    Args:
        query_codes: array (m, code size).
        query_labels: whole numbers or names (m,); each must be among the stored ones.
        stored_codes: array (n, code size).
        stored_labels: whole numbers or names (n,).
        counts: numbers of results, each from 1 to n.

    Returns:
        Precision and recall, arrays of the length of ``counts``, values from 0 to 1.

    Raises:
        ValueError: a shape does not fit, a value is not finite, a count is out of range, or
            a query has a label that nothing stored has.
    """
    query_codes = as_float_array(query_codes, "query_codes")
    stored_codes = as_float_array(stored_codes, "stored_codes")
    if query_codes.ndim != 2 or stored_codes.ndim != 2:
        raise ValueError(
            f"codes must be (n, code size), got {query_codes.shape} and {stored_codes.shape}"
        )
    if query_codes.shape[1] != stored_codes.shape[1]:
        raise ValueError(f"widths differ: {query_codes.shape[1]} and {stored_codes.shape[1]}")
    query_labels, stored_labels = as_two_labels(
        (query_labels, stored_labels),
        ("query_labels", "stored_labels"),
        (len(query_codes), len(stored_codes)),
    )
    counts = [*counts] if np.ndim(counts) == 1 else []
    if not counts or not all(is_whole(count, 1, len(stored_codes)) for count in counts):
        raise ValueError(f"counts must be a list of whole numbers from 1 to {len(stored_codes)}")
    counts = np.asarray(counts)
    if not np.isin(query_labels, stored_labels).all():
        raise ValueError("a query has a label that nothing stored has: its recall is not defined")
    # The order of the file may be that of the labels, so equal distances must not follow it.
    shuffled = np.random.default_rng(0).permutation(len(stored_codes))
    stored_codes, stored_labels = stored_codes[shuffled], stored_labels[shuffled]
    if loses_digits(stored_codes):
        # Distances stay the same, in double precision and worked out from smaller products.
        centre = stored_codes.mean(axis=0, dtype="float64")
        query_codes, stored_codes = query_codes - centre, stored_codes - centre
    squares = np.einsum("ij,ij->i", stored_codes, stored_codes)
    precision, recall = np.zeros((2, len(counts)))
    for start in range(0, len(query_codes), 500):
        part = slice(start, start + 500)
        distances = squares - 2 * query_codes[part] @ stored_codes.T
        order = np.argsort(distances, axis=1, kind="stable")
        right = stored_labels[order] == query_labels[part, np.newaxis]
        found = np.cumsum(right, axis=1)
        precision += (found[:, counts - 1] / counts).sum(axis=0)
        recall += (found[:, counts - 1] / found[:, -1:]).sum(axis=0)
    return precision / len(query_codes), recall / len(query_codes)


def recall_at(scores: np.ndarray, relevant: np.ndarray, count: int) -> np.ndarray:
    """Share of a user's relevant items among the ``count`` best scored; one number a user.

    Divided by the smaller of ``count`` and the user's number of relevant items, so that a perfect
    list gets 1, as Liang et al. (2018), doi:10.1145/3178876.3186150, do. Equal scores count as in
    a random order, on average: each item among them as the share of relevant ones (McSherry &
    Najork, 2008, doi:10.1007/978-3-540-78646-7_38). Introduced in the chapter *recommenders*.

    Args:
        scores: array (users, items); items not to be recommended hold ``-numpy.inf``.
        relevant: array (users, items), true where an item is relevant; at least one a user.
        count: length of the list, 1 … items.

    Returns:
        An array (users,) of values from 0 to 1.

    Raises:
        ValueError: shapes differ, a score is no number, a user has nothing relevant, or ``count``
            is out of range.
    """
    hits, wanted = _ranked_hits(scores, relevant, count)
    return hits.sum(axis=1) / np.minimum(count, wanted)


def ndcg_at(scores: np.ndarray, relevant: np.ndarray, count: int) -> np.ndarray:
    """Normalized discounted cumulative gain of the ``count`` best scored; one number a user.

    A relevant item at place r = 1, 2, … of the list gains ``1 / log2(r + 1)``; the sum is divided
    by that of a perfect list. Järvelin & Kekäläinen (2002), doi:10.1145/582415.582418. Introduced
    in the chapter *recommenders*. Arguments, result and errors as :func:`recall_at`.
    """
    hits, wanted = _ranked_hits(scores, relevant, count)
    gains = 1 / np.log2(np.arange(2, count + 2))
    best = np.cumsum(gains)[np.minimum(count, wanted) - 1]
    return hits @ gains / best


def _ranked_hits(scores, relevant, count):
    """Return how relevant the best scored items are, best first, and how many relevant ones are.

    The first is 0 or 1, or among equal scores the share of relevant ones; what is not to be
    recommended counts as 0, should the list be longer than what is left.
    """
    scores = as_real_array(scores, "scores").astype("float64")
    relevant = as_float_array(relevant, "relevant") != 0
    if scores.ndim != 2 or scores.shape != relevant.shape:
        raise ValueError(
            f"scores and relevant must both be (users, items), got {scores.shape} and "
            f"{relevant.shape}"
        )
    if np.isnan(scores).any():
        raise ValueError("a score is NaN")
    if not is_whole(count, 1, scores.shape[1]):
        raise ValueError(
            f"count must be a whole number between 1 and {scores.shape[1]}, got {count!r}"
        )
    wanted = relevant.sum(axis=1)
    if not wanted.all():
        raise ValueError("a user has nothing relevant: leave such users out")
    order = np.argsort(-scores, axis=1, kind="stable")
    scores, relevant = (np.take_along_axis(array, order, axis=1) for array in (scores, relevant))
    # Each user's equal scores are one group; the numbers of the groups go on from user to user.
    new_group = np.ones(scores.shape, bool)
    new_group[:, 1:] = scores[:, 1:] != scores[:, :-1]
    groups = np.cumsum(new_group).reshape(scores.shape) - 1
    shares = np.bincount(groups.ravel(), relevant.ravel()) / np.bincount(groups.ravel())
    return shares[groups[:, :count]] * (scores[:, :count] > -np.inf), wanted
