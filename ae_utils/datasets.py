"""Real data that ships with the book: no chapter needs a network.

Every loader returns the same arrays in the same order everywhere, with a fixed split, and prints
where the data came from and under which licence.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

DATA_FOLDER = Path(__file__).parent / "data"

MNIST_SHA256 = "04264ff3782eb986c503d57b901e2b943c1a26ff3bd26d26606e38e7368df925"
MNIST_SOURCE = "LeCun, Cortes & Burges, The MNIST database of handwritten digits; all 70 000 images"
MNIST_LICENSE = "CC BY-SA 3.0"


@dataclass(frozen=True)
class ImageData:
    """Images and labels with a fixed split.

    Attributes:
        train_images, validation_images, test_images: float32 arrays (n, height, width) in [0, 1].
        train_labels, validation_labels, test_labels: uint8 arrays (n,).
        source: where the data came from.
        license: the terms under which it may be passed on.
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    validation_images: np.ndarray
    validation_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    source: str
    license: str


def load_mnist(subset=None, verbose=True):
    """Load MNIST: grey images of handwritten digits, 28 × 28, ink 1 on paper 0.

    The split is fixed: the first 55 000 of the 60 000 training images train, the last 5 000
    validate, and the 10 000 test images test. The order is that of the original files. Taught in
    the chapter *implementation*.

    Args:
        subset: keep only the first ``subset`` *training* images, 1 … 55 000; validation and test
            images are always complete. ``None`` keeps all.
        verbose: print one line with the source and licence.

    Returns:
        An :class:`ImageData`.

    Raises:
        ValueError: ``subset`` is not in its range.
        RuntimeError: the data file is missing or damaged.
    """
    if subset is not None and not (isinstance(subset, int | np.integer) and 1 <= subset <= 55_000):
        raise ValueError(f"subset must be a whole number from 1 to 55000 or None, got {subset!r}")
    arrays = _read_checked(DATA_FOLDER / "mnist.npz", MNIST_SHA256)
    train_images, test_images = (
        arrays[name].astype("float32") / np.float32(255) for name in ("train_images", "test_images")
    )
    kept = slice(0, 55_000 if subset is None else int(subset))
    if verbose:
        print(f"{MNIST_SOURCE}. Licence: {MNIST_LICENSE}.")
    return ImageData(
        train_images=train_images[kept],
        train_labels=arrays["train_labels"][kept],
        validation_images=train_images[55_000:],
        validation_labels=arrays["train_labels"][55_000:],
        test_images=test_images,
        test_labels=arrays["test_labels"],
        source=MNIST_SOURCE,
        license=MNIST_LICENSE,
    )


def _read_checked(path, sha256):
    """Read an ``.npz`` file whose bytes must have the given SHA-256."""
    repair = "restore it with `git checkout -- ae_utils/data`, or install ae_utils again"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RuntimeError(f"the data file {path} cannot be read ({error}): {repair}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise RuntimeError(
            f"the data file {path} is damaged: its SHA-256 is {found}, not {sha256}: {repair}"
        )
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}
