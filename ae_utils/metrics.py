"""Errors of a reconstruction. Each name says the unit, because tutorials often do not.

All functions but the last take the input ``x`` and the reconstruction ``x_hat``, arrays of one
shape whose first axis counts the images: (n, 28, 28), (n, 784) or (n, height, width, channels).
"""

import functools

import numpy as np

from ae_utils.arrays import as_float_array, as_matching_pair, as_unit_range


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
