"""Checks of the exercises: a tick, or a message that names the likely mistake.

Answers are turned into plain NumPy arrays or strings first, so that an answer cannot pass by
claiming to be equal to everything.
"""

from collections.abc import Callable

import numpy as np


def check(condition: bool, message: str) -> None:
    """Raise ``AssertionError(message)`` unless the condition is true."""
    if not bool(condition):
        raise AssertionError(message)


def check_value(
    name: str, answer, expected, mistakes: dict | None = None, tolerance: float = 1e-5
) -> None:
    """Compare an answer with the expected number or array.

    Args:
        name: what is compared, as it should stand in a message, such as ``"loss(x, x_hat)"``.
        answer: what the student's code gave: a number, a list, an array or a tensor.
        expected: the right number or array.
        mistakes: message → the value that a common mistake gives. The first that the answer
            equals explains the failure.
        tolerance: largest difference, relative to the largest expected number (at least 1).

    Raises:
        AssertionError: the answer is missing, is no number, has another shape, or differs; the
            message says which, and names the mistake where it is known.
    """
    values = as_numbers(name, answer)
    expected = np.asarray(expected, "float64")
    if not _close(values, expected, tolerance):
        for message, wrong in (mistakes or {}).items():
            if _close(values, np.asarray(wrong, "float64"), tolerance):
                raise AssertionError(f"{name}: {message}")
    if values.shape != expected.shape:
        raise AssertionError(
            f"{name} should have shape {expected.shape}, and yours has {values.shape}"
        )
    if not np.isfinite(values).all():
        raise AssertionError(f"{name} holds values that are not finite (NaN or infinity)")
    if not _close(values, expected, tolerance):
        place = np.unravel_index(np.abs(values - expected).argmax(), values.shape)
        where = f" at {tuple(int(number) for number in place)}" if values.ndim else ""
        raise AssertionError(
            f"{name} should be {expected[place]:.6g}{where}, and yours is {values[place]:.6g}"
        )


def check_choice(name: str, answer, right: str, wrong: dict) -> None:
    """Compare a choice such as ``"b"`` with the right one; upper case and spaces do not matter.

    Args:
        name: name of the variable that holds the choice.
        answer: the student's choice.
        right: the right letter.
        wrong: letter → why one may think so, and what is the case.

    Raises:
        AssertionError: no choice was made, there is no such option, or it is wrong.
    """
    options = sorted([right, *wrong])
    letter = str.strip(str.lower(answer)) if isinstance(answer, str) else answer
    if letter not in options:
        raise AssertionError(f"{name} should be one of {', '.join(options)}; it is {answer!r}")
    if letter != right:
        raise AssertionError(f"{name} = {letter!r}: {wrong[letter]}")


def check_error(name: str, call: Callable, error: type[Exception], message: str) -> None:
    """Check that a call raises the given kind of error.

    Raises:
        AssertionError: it raised nothing (then with ``message``), or another error.
    """
    try:
        call()
    except NotImplementedError:
        raise
    except error:
        return
    except Exception as other:
        found = type(other).__name__
        raise AssertionError(
            f"{name} should raise {error.__name__}, and yours raises {found}: {other}"
        ) from None
    raise AssertionError(f"{name}: {message}")


def as_numbers(name: str, answer) -> np.ndarray:
    """Return an answer as a plain float64 array.

    Raises:
        AssertionError: there is no answer, or it is not made of numbers.
    """
    if answer is None:
        raise AssertionError(f"{name} gave None: is there a `return` in your function?")
    try:
        return np.array(answer, dtype="float64", subok=False)
    except (TypeError, ValueError):
        raise AssertionError(
            f"{name} should be made of numbers, and yours is of type {type(answer).__name__}"
        ) from None


def passed(task: str) -> None:
    """Tell the student that the visible checks of a task hold."""
    print(f"✓ {task}")


def _close(values, expected, tolerance):
    if values.shape != expected.shape:
        return False
    finite = np.isfinite(expected)
    scale = max(1.0, float(np.abs(expected[finite]).max(initial=0)))
    return bool(np.allclose(values, expected, rtol=0, atol=tolerance * scale))
