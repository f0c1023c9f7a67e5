"""Errors of a reconstruction. Each name says the unit, because tutorials often do not.

All functions take the input ``x`` and the reconstruction ``x_hat``, arrays of one shape whose
first axis counts the images: (n, 28, 28), (n, 784) or (n, height, width, channels).
"""

import numpy as np

from ae_utils.arrays import as_matching_pair, as_unit_range


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
    import tensorflow as tf

    x, x_hat = as_matching_pair(as_unit_range(x, "x"), as_unit_range(x_hat, "x_hat"))
    if x.ndim != 3 or min(x.shape[1:]) < 11:
        raise ValueError(
            f"structural_similarity needs grey images (n, height, width) of at least 11 × 11, "
            f"got {x.shape}; reshape flat vectors with x.reshape(-1, 28, 28)"
        )
    x, x_hat = (array[..., np.newaxis].astype("float32") for array in (x, x_hat))
    compiled = tf.function(
        lambda left, right: tf.image.ssim(left, right, max_val=1.0), jit_compile=True
    )
    # In slices, because the windows of ten thousand images at once would take gigabytes.
    slices = [slice(start, start + 1000) for start in range(0, len(x), 1000)]
    parts = [compiled(x[chosen], x_hat[chosen]).numpy() for chosen in slices]
    return float(np.concatenate(parts).mean())
