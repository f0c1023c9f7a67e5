"""Real data that ships with the book: no chapter needs a network.

Every loader returns the same arrays in the same order everywhere, with a fixed split, and prints
where the data came from and under which licence.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

DATA_FOLDER = Path(__file__).parent / "data"

MNIST_SHA256 = "04264ff3782eb986c503d57b901e2b943c1a26ff3bd26d26606e38e7368df925"
MNIST_SOURCE = "LeCun, Cortes & Burges, The MNIST database of handwritten digits; all 70 000 images"
MNIST_LICENSE = "CC BY-SA 3.0"

FASHION_MNIST_SHA256 = "8c38794e862f9f25742763f018a82027a93ce93e7849eed53675b49ad4c6b7e9"
FASHION_MNIST_SOURCE = (
    "Xiao, Rasul & Vollgraf, Fashion-MNIST (arXiv:1708.07747): pictures of clothes from Zalando"
)
FASHION_MNIST_LICENSE = "MIT"


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


def load_mnist(subset: int | None = None, verbose: bool = True) -> ImageData:
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
    return _split(arrays, 55_000, subset, MNIST_SOURCE, MNIST_LICENSE, verbose)


def load_fashion_mnist(full: bool = False, verbose: bool = True) -> ImageData:
    """Load Fashion-MNIST: grey pictures of ten kinds of clothes, 28 × 28, cloth 1 on black 0.

    The book ships a part: the first 5 000 training images, 1 000 for validation, 2 000 test images.

    Args:
        full: download all 70 000 images instead (31 MB, checked and kept by Keras in its cache),
            split 55 000 / 5 000 / 10 000.
        verbose: print one line with the source and licence.

    Returns:
        An :class:`ImageData`.

    Raises:
        RuntimeError: the shipped file is missing or damaged; or with ``full`` the cache folder
            cannot be written, or the download failed.
    """
    if full:
        arrays, train_size = _download_fashion_mnist(), 55_000
    else:
        arrays = _read_checked(DATA_FOLDER / "fashion_mnist_part.npz", FASHION_MNIST_SHA256)
        train_size = 5_000
    return _split(arrays, train_size, None, FASHION_MNIST_SOURCE, FASHION_MNIST_LICENSE, verbose)


def _download_fashion_mnist():
    import keras

    cache = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "datasets"
    try:
        # Keras would silently fall back to a temporary folder, and download again next time.
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=cache):
            pass
    except OSError as error:
        raise RuntimeError(
            f"the cache folder {cache} cannot be written ({error}): set the environment variable "
            "KERAS_HOME to a folder that can, before Python starts"
        ) from error
    try:
        train, test = keras.datasets.fashion_mnist.load_data()
    except Exception as error:
        raise RuntimeError(
            f"Fashion-MNIST could not be downloaded ({error}): look at the network, or use the "
            "part that ships with the book, load_fashion_mnist()"
        ) from error
    names = ("train_images", "train_labels", "test_images", "test_labels")
    return dict(zip(names, (*train, *test), strict=True))


def _split(arrays, train_size, subset, source, license_name, verbose):
    """Cut the training images at ``train_size``; what follows validates."""
    train_images, test_images = (
        arrays[name].astype("float32") for name in ("train_images", "test_images")
    )
    for images in (train_images, test_images):
        images /= 255  # in place: a second copy would double the memory
    labels = arrays["train_labels"]
    kept = slice(0, train_size if subset is None else int(subset))
    if verbose:
        print(f"{source}. Licence: {license_name}.")
    return ImageData(
        train_images=train_images[kept],
        train_labels=labels[kept],
        validation_images=train_images[train_size:],
        validation_labels=labels[train_size:],
        test_images=test_images,
        test_labels=arrays["test_labels"],
        source=source,
        license=license_name,
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
