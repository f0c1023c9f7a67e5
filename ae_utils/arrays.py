"""Checks of the arrays that a reader hands to this package."""

import numpy as np


def as_float_array(values, name):
    """Return ``values`` as a floating-point NumPy array that holds something and no NaN.

    Raises:
        ValueError: ``values`` is not numeric, is empty, or holds NaN or infinity; the message
            calls the array ``name``.
    """
    array = np.asarray(values)
    if array.dtype == object or not (
        np.issubdtype(array.dtype, np.number) or array.dtype == np.bool_
    ):
        raise ValueError(f"{name} must be an array of numbers of one shape, got {array.dtype}")
    if array.size == 0:
        raise ValueError(f"{name} is empty: its shape is {array.shape}")
    if not np.issubdtype(array.dtype, np.floating):
        array = array.astype("float32")
    if not np.isfinite(array).all():
        raise ValueError(
            f"{name} holds NaN or infinity; look for it with np.argwhere(~np.isfinite(…))"
        )
    return array


def as_unit_range(values, name):
    """Return ``values`` as a floating-point array after checking that all lie in [0, 1].

    Raises:
        ValueError: as :func:`as_float_array`, or a value lies outside [0, 1]; for pixels of
            0–255 the message says to divide by 255.
    """
    array = as_float_array(values, name)
    low, high = float(array.min()), float(array.max())
    if low < 0 or high > 1:
        advice = "divide 0–255 pixels by 255" if high > 2 and low >= 0 else "rescale or clip it"
        raise ValueError(
            f"{name} must lie in [0, 1], but runs from {low:.4g} to {high:.4g}: {advice}"
        )
    return array


def as_matching_pair(x, x_hat):
    """Return input and reconstruction as arrays of one shape with at least two axes.

    Raises:
        ValueError: a shape differs, there is no axis of examples, or the values are unusable
            (see :func:`as_float_array`).
    """
    x, x_hat = as_float_array(x, "x"), as_float_array(x_hat, "x_hat")
    if x.shape != x_hat.shape:
        raise ValueError(f"x has shape {x.shape} but x_hat has {x_hat.shape}: they must be equal")
    if x.ndim < 2:
        raise ValueError(
            f"x needs a first axis of examples, got shape {x.shape}; "
            "for one image use x[np.newaxis]"
        )
    return x, x_hat
