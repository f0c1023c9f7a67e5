"""Checks of the arrays that a reader hands to this package."""

import math

import numpy as np

# Up to these, single and double precision hold every whole number.
LARGEST_WHOLE_IN_SINGLE = 2**24
LARGEST_WHOLE_IN_DOUBLE = 2**53
# Products of values whose mean is so many times their spread away from zero lose digits in single
# precision; those of values outside of these sizes overflow or vanish.
FAR_FROM_ZERO = 2
SAFE_IN_SINGLE = (1e-12, 1e15)
# The fourth power of larger values, as in a product of covariances, overflows in double precision.
LARGEST_IN_DOUBLE = 1e70


def as_float_array(values, name):
    """Return ``values`` as a floating-point NumPy array that holds something and no NaN.

    Single precision, but double where it came as that, or as numbers too large for single.

    Raises:
        ValueError: as :func:`as_real_array`, or a value is NaN, infinite or above 1e70.
    """
    array = as_real_array(values, name)
    largest = float(max(-array.min(), array.max()))
    if not math.isfinite(largest):
        raise ValueError(
            f"{name} holds NaN or infinity; look for it with np.argwhere(~np.isfinite(…))"
        )
    if largest > LARGEST_IN_DOUBLE:
        raise ValueError(f"{name} holds {largest:.4g}, whose powers overflow; rescale it")
    return array.astype("float64") if largest > SAFE_IN_SINGLE[1] else array


def as_real_array(values, name):
    """Return ``values`` as :func:`as_float_array` does, but NaN and infinity may be among them.

    Raises:
        ValueError: ``values`` is not real numbers, is empty, has masked entries, or holds whole
            numbers that no float holds; the message calls the array ``name``.
    """
    array = _as_array(values, name)
    kind = array.dtype.kind
    if kind == "c":
        raise ValueError(f"{name} holds complex numbers; take their real part or their size")
    if kind not in "biuf":
        raise ValueError(f"{name} must be an array of numbers of one shape, got {array.dtype}")
    if array.size == 0:
        raise ValueError(f"{name} is empty: its shape is {array.shape}")
    if kind != "f":
        array = _whole_as_float(array, name)
    elif array.dtype.itemsize < 4:
        # Half precision overflows in a sum.
        array = array.astype("float32")
    elif array.dtype.itemsize > 8:
        # Neither LAPACK nor scikit-learn takes more than double precision.
        with np.errstate(over="ignore"):
            array = array.astype("float64")
    return array


def as_labels(labels, name, count):
    """Return the labels of ``count`` rows as an array: whole numbers, or names.

    Raises:
        ValueError: the shape is not ``(count,)``, or a label is neither; the message calls the
            labels ``name``.
    """
    array = _as_array(labels, name)
    if array.shape != (count,):
        raise ValueError(f"{name} must have shape {(count,)}, got {array.shape}")
    if array.dtype.kind == "O" and all(isinstance(label, str) for label in array):
        array = array.astype(str)
    kind = array.dtype.kind
    if kind not in "biufU" or (kind == "f" and not (np.isfinite(array) & (array % 1 == 0)).all()):
        raise ValueError(f"{name} must hold whole numbers or names, got {array.dtype}")
    return array


def as_two_labels(labels, names, counts):
    """Return the labels of two sets as arrays of one kind, both numbers or both names.

    Raises:
        ValueError: as :func:`as_labels`, or one set has numbers and the other names.
    """
    one, other = map(as_labels, labels, names, counts)
    if (one.dtype.kind == "U") != (other.dtype.kind == "U"):
        raise ValueError(f"{names[0]} and {names[1]} must both be whole numbers, or both names")
    return one, other


def is_whole(number, low, high=math.inf):
    """Tell whether ``number`` is a whole number from ``low`` to ``high``."""
    return isinstance(number, int | np.integer) and low <= number <= high


def as_unit_range(values, name):
    """Return ``values`` as a floating-point array after checking that all lie in [0, 1].

    Raises:
        ValueError: as :func:`as_float_array`, or a value lies outside [0, 1]; for pixels of
            0–255 the message says to divide by 255.
    """
    array = as_float_array(values, name)
    low, high = array.min(), array.max()
    if low < 0 or high > 1:
        # Near 0 and 1 all digits, because few of them would say "from 0 to 1".
        near = low > -1e-4 and high < 1 + 1e-4
        runs = f"from {low!s} to {high!s}" if near else f"from {low:.4g} to {high:.4g}"
        advice = "divide 0–255 pixels by 255" if high > 2 and low >= 0 else "rescale or clip it"
        raise ValueError(f"{name} must lie in [0, 1], but runs {runs}: {advice}")
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


def loses_digits(rows):
    """Tell whether single precision spoils a covariance, or distances made of products, of rows."""
    centre = rows.mean(axis=0, dtype="float64")
    low, high = rows.min(axis=0), rows.max(axis=0)
    spread = np.maximum(high - centre, centre - low).max()
    far = np.abs(centre).max() > FAR_FROM_ZERO * spread
    smallest, largest = SAFE_IN_SINGLE
    return bool(far or spread < smallest or max(-low.min(), high.max()) > largest)


def _as_array(values, name):
    """Return ``values`` as a NumPy array, of objects where they have no one shape."""
    if np.ma.is_masked(values):
        raise ValueError(f"{name} has masked entries; fill them or leave their rows out")
    try:
        return np.asarray(values)
    except ValueError:
        return np.asarray(None)  # rows of unequal lengths


def _whole_as_float(array, name):
    """Return whole numbers as floats that hold them exactly."""
    if array.dtype.itemsize <= 2:
        return array.astype("float32")
    largest = max(-int(array.min()), int(array.max()))
    if largest > LARGEST_WHOLE_IN_DOUBLE:
        raise ValueError(f"{name} holds {largest}: floats round whole numbers above 2**53")
    return array.astype("float32" if largest <= LARGEST_WHOLE_IN_SINGLE else "float64")
