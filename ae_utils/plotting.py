"""Figures of the book: one style, one grey scale, and a description of every picture."""

import io
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import PIL.Image
from matplotlib.patheffects import withStroke
from matplotlib.ticker import LogFormatter, MaxNLocator

from ae_utils.arrays import as_float_array, as_labels, is_whole

STYLE_FILE = Path(__file__).parent / "book.mplstyle"
SHORTEST_ALT = 20
# A row of more pictures shows none of them; it is one picture, taken for a table of flat ones.
MOST_PICTURES = 40
# Noise and reconstructions leave [0, 1] by a little; what leaves these is on another scale.
PLAUSIBLE_GREYS = (-2.0, 3.0)


def use_book_style() -> None:
    """Apply the book's Matplotlib style, ``ae_utils/book.mplstyle``."""
    mpl.style.use(STYLE_FILE)


def show_figure(figure: mpl.figure.Figure, alt: str) -> None:
    """Show a figure together with a description for readers who cannot see it.

    In a notebook it is shown as a PNG whose alternative text is ``alt``; it travels with the
    output to JupyterLab and to the page. In a script the figure opens in a window.

    Args:
        figure: a Matplotlib figure; it is closed afterwards.
        alt: what a reader should see in the picture, a sentence of at least 20 characters.

    Raises:
        ValueError: ``alt`` is too short to describe anything.
    """
    if len(alt.strip()) < SHORTEST_ALT:
        plt.close(figure)
        raise ValueError(
            f"alt must say in a sentence what a reader should see in the picture, got {alt!r}"
        )
    from IPython import get_ipython
    from IPython.display import Image, display

    if get_ipython() is None:
        plt.show()
    else:
        width = round(figure.get_size_inches()[0] * 96)
        display(Image(data=_as_png(figure), format="png", alt=alt, width=width))
    plt.close(figure)


def show_images(rows: list[np.ndarray], labels: list[str], alt: str) -> None:
    """Show rows of grey images under one grey scale, 0 black to 1 white.

    Args:
        rows: list of arrays (n, height, width) or (n, 784), equally long; at most 12 columns read
            well on a phone.
        labels: one short label a row.
        alt: see :func:`show_figure`.

    Raises:
        ValueError: there are no rows, their lengths differ, labels are missing, a row is no row of
            images, or its values are on another scale, such as 0–255.
    """
    rows = [_as_pictures(row) for row in rows]
    if not rows or len({row.shape for row in rows}) != 1:
        raise ValueError(f"rows must be of one shape, got {[row.shape for row in rows]}")
    if len(labels) != len(rows):
        raise ValueError(f"got {len(rows)} rows but {len(labels)} labels")
    if len(rows[0]) > MOST_PICTURES:
        raise ValueError(
            f"a row of {len(rows[0])} pictures cannot be seen; choose some of them, and write one "
            "picture as picture[np.newaxis]"
        )
    for row, label in zip(rows, labels, strict=True):
        low, high = row.min(), row.max()
        if low < PLAUSIBLE_GREYS[0] or high > PLAUSIBLE_GREYS[1]:
            raise ValueError(
                f"grey runs from 0 to 1, but row {label!r} from {low:.4g} to {high:.4g}: divide "
                "0–255 pixels by 255, or rescale"
            )
    strips = [_strip(row) for row in rows]
    height, width = strips[0].shape
    figure, axes = plt.subplots(
        len(rows), 1, figsize=(5.4, len(rows) * (5.4 * height / width + 0.28)), squeeze=False
    )
    for ax, strip, label in zip(axes[:, 0], strips, labels, strict=True):
        ax.imshow(strip, vmin=0, vmax=1)
        ax.axis("off")
        ax.set_title(label, loc="left", fontsize=10)
    show_figure(figure, alt)


def plot_curves(
    curves: dict, xlabel: str, ylabel: str, alt: str, log: bool = False, doubling: bool = False
) -> None:
    """Plot lines of one quantity over another.

    Args:
        curves: name → values (counted from 1), or name → tuple (x, values).
        xlabel, ylabel: axis labels with units.
        alt: see :func:`show_figure`.
        log: logarithmic vertical axis.
        doubling: horizontal axis on which each step to the right doubles, for 1, 2, 4, 8, …

    Raises:
        ValueError: there is no curve, one is empty or not finite, or its lengths differ.
    """
    if not curves:
        raise ValueError("there is no curve to plot")
    lines = {name: _as_line(name, curve) for name, curve in curves.items()}
    figure, ax = plt.subplots()
    if not any(isinstance(curve, tuple) for curve in curves.values()):
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    for name, line in lines.items():
        ax.plot(*line, label=name)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if log:
        ax.set_yscale("log")
        # 40, not 4 × 10¹.
        for axis_formatter in (ax.yaxis.set_major_formatter, ax.yaxis.set_minor_formatter):
            axis_formatter(LogFormatter(minor_thresholds=(2, 0.5)))
    if doubling:
        ax.set_xscale("log", base=2)
        ax.xaxis.set_major_formatter("{x:g}")
    # Above the axes, where it cannot lie on a curve; so many columns as fit the width.
    longest = max(len(str(name)) for name in curves)
    columns = min(len(curves), 4, max(1, 60 // (longest + 8)))
    figure.legend(loc="outside upper center", ncols=columns)
    show_figure(figure, alt)


def plot_filters(weights: np.ndarray, alt: str, columns: int = 10) -> None:
    """Show weight vectors as images, blue negative to red positive, each on its own scale.

    Args:
        weights: array (filters, height, width), or (filters, pixels) for square images.
        alt: see :func:`show_figure`.
        columns: pictures a row.

    Raises:
        ValueError: the weights are not images, or ``columns`` is no whole number above 0.
    """
    pictures = _as_pictures(weights)
    if not is_whole(columns, 1):
        raise ValueError(f"columns must be a whole number above 0, got {columns!r}")
    rows = -(-len(pictures) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(5.4, 0.1 + rows * 5.4 / columns), squeeze=False
    )
    for ax in axes.flat:
        ax.axis("off")
    for picture, ax in zip(pictures, axes.flat, strict=False):
        limit = np.abs(picture).max() or 1.0
        ax.imshow(picture, cmap="RdBu_r", vmin=-limit, vmax=limit)
    show_figure(figure, alt)


def plot_codes(
    codes: np.ndarray,
    labels: np.ndarray,
    alt: str,
    ax_labels: tuple[str, str] = ("code number 1", "code number 2"),
) -> None:
    """Draw codes of two numbers as points, coloured by label, with the label at each middle.

    Args:
        codes: array (n, 2).
        labels: whole numbers or names, shape (n,); ten colours, which then begin again.
        alt: see :func:`show_figure`.
        ax_labels: labels of the two axes.

    Raises:
        ValueError: the codes have another width, the lengths differ, or labels are neither
            whole numbers nor names.
    """
    codes = as_float_array(codes, "codes")
    if codes.ndim != 2 or codes.shape[1] != 2:
        raise ValueError(f"codes must have shape (n, 2), got {codes.shape}")
    labels = as_labels(labels, "labels", len(codes))
    figure, ax = plt.subplots(figsize=(5.4, 4.6))
    for place, label in enumerate(np.unique(labels)):
        chosen = codes[labels == label]
        # A digit has its colour, whichever digits are shown.
        colour = int(label) if np.issubdtype(labels.dtype, np.integer) else place
        ax.scatter(*chosen.T, s=3, alpha=0.5, color=plt.cm.tab10(colour % 10))
        # The median, not the mean: a few far points would pull the number away from its cloud.
        ax.text(
            *np.median(chosen, axis=0),
            str(label),
            weight="bold",
            size=14,
            ha="center",
            va="center",
            path_effects=[withStroke(linewidth=3, foreground="white")],
        )
    ax.set(xlabel=ax_labels[0], ylabel=ax_labels[1])
    show_figure(figure, alt)


def _as_line(name, curve):
    """Return the places and values of a curve, which may say the values alone."""
    if isinstance(curve, tuple) and len(curve) != 2:
        raise ValueError(f"{name} must be a list of values or a pair (x, values), got {curve!r}")
    at, values = curve if isinstance(curve, tuple) else (None, curve)
    values = as_float_array(values, name)
    if not values.ndim:
        raise ValueError(f"{name} is one number; a curve is a list of values or pair (x, values)")
    at = np.arange(1, len(values) + 1) if at is None else as_float_array(at, f"x of {name}")
    if at.shape != values.shape:
        raise ValueError(f"{name} has x of shape {at.shape} but values of shape {values.shape}")
    return at, values


def _as_pictures(images):
    images = as_float_array(images, "images")
    if images.ndim == 2:
        side = round(images.shape[1] ** 0.5)
        if side * side != images.shape[1]:
            raise ValueError(
                f"{images.shape[1]} numbers are no square image; reshape them, or write one "
                "picture as picture[np.newaxis]"
            )
        if images.shape[0] == images.shape[1]:
            raise ValueError(
                f"{images.shape} may be one picture or {side * side} flat ones; write it as "
                f"picture[np.newaxis] or pictures.reshape(-1, {side}, {side})"
            )
        images = images.reshape(-1, side, side)
    if images.ndim != 3:
        raise ValueError(f"images must have shape (n, height, width), got {images.shape}")
    return images


def _strip(pictures):
    """Put pictures (n, height, width) side by side, with a light line between them."""
    gap = np.ones((pictures.shape[1], 2), pictures.dtype)
    parts = [part for picture in pictures for part in (picture, gap)]
    return np.concatenate(parts[:-1], axis=1)


def _as_png(figure):
    """Return the bytes of a PNG with a palette of 64 colours: a third of the usual size."""
    full = io.BytesIO()
    figure.savefig(full, format="png")
    small = io.BytesIO()
    # Pillow stores neither a date nor a version, so the bytes repeat.
    PIL.Image.open(full).convert("RGB").quantize(64).save(small, format="png", optimize=True)
    return small.getvalue()
