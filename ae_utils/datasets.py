"""Real data that ships with the book: no chapter needs a network.

Every loader returns the same arrays in the same order everywhere, with a fixed split, and prints
where the data came from and under which licence.
"""

import csv
import hashlib
import io
import os
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

DATA_FOLDER = Path(__file__).parent / "data"

MNIST_SHA256 = "04264ff3782eb986c503d57b901e2b943c1a26ff3bd26d26606e38e7368df925"
MNIST_SOURCE = "LeCun, Cortes & Burges, The MNIST database of handwritten digits; all 70 000 images"
MNIST_LICENSE = "CC BY-SA 3.0"

FASHION_MNIST_SHA256 = "8c38794e862f9f25742763f018a82027a93ce93e7849eed53675b49ad4c6b7e9"
FASHION_MNIST_SOURCE = (
    "Xiao, Rasul & Vollgraf, Fashion-MNIST (arXiv:1708.07747): pictures of clothes from Zalando"
)
FASHION_MNIST_LICENSE = "MIT"

VOWELS_SHA256 = "36ec5c864db905e8c086fafb5a75e017241d7af4e584a897b9a65695b759c534"
VOWELS_SOURCE = "Kudo, Toyama & Shimbo, Japanese Vowels, UCI repository (doi:10.24432/C5NS47)"
VOWELS_LICENSE = "CC BY 4.0"

NEWSGROUPS_SHA256 = "4baf7fba4dc89d683baf26b3e041aeb60f80fc39cf1a97b41ffc867e79920f0e"
NEWSGROUPS_SOURCE = "Lang, 20 Newsgroups, split by date; counts of the 2000 most frequent words"
NEWSGROUPS_LICENSE = "none stated for the posts, so only counts of their words are passed on"

REVIEWS_SHA256 = "6dfcda95a945c739dc10e1ffd898f390ca26c02ce37a4b47aa524102eb1ccfb8"
REVIEWS_SOURCE = (
    "Brooks, Women's E-Commerce Clothing Reviews; counts of the 2000 most frequent words"
)
REVIEWS_LICENSE = "CC0"
REVIEW_LABELS = ("recommended", "department")

MOVIELENS_SHA256 = "6c285aa8666699d8f3bc3ba435d4b83bf01e715704818463671812e8d791c49e"
MOVIELENS_SOURCE = "GroupLens, MovieLens {name} (Harper & Konstan, doi:10.1145/2827872)"
MOVIELENS_LICENSE = "GroupLens terms: acknowledge, pass on under the same terms, no commercial use"
MOVIELENS_20M = "https://files.grouplens.org/datasets/movielens/ml-20m.zip"
MOVIELENS_20M_SHA256 = "96f243c338a8665f6bcc89c53edf6ee39162a846940de6b7c8c48aeada765ff3"

ECG_SHA256 = "4c88dcc9ba4ebd6dc69a20c7219f254f1c386ed5afacdb1d34f32ef505595d72"
ECG_SOURCE = "Moody & Mark, MIT-BIH Arrhythmia Database, record 208 (doi:10.13026/C2F305)"
ECG_LICENSE = "ODC-By 1.0"


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


@dataclass(frozen=True)
class SpeechData:
    """Series of frames of different lengths, with the speaker of each.

    Attributes:
        train_series, test_series: tuples of float32 arrays (frames, 12), each one utterance.
        train_labels, test_labels: uint8 arrays (n,), speakers 0 … 8.
        frame_seconds: time from one frame to the next.
        source, license: where the data came from, and its terms.
    """

    train_series: tuple[np.ndarray, ...]
    train_labels: np.ndarray
    test_series: tuple[np.ndarray, ...]
    test_labels: np.ndarray
    frame_seconds: float
    source: str
    license: str


@dataclass(frozen=True)
class TextData:
    """Texts as counts of words, with a label each.

    Attributes:
        train_counts, validation_counts, test_counts: ``scipy.sparse.csr_matrix`` (n, words) of
            float32 whole numbers; every text has at least one known word.
        train_labels, validation_labels, test_labels: uint8 arrays (n,).
        label_names: what each label means.
        vocabulary: the words of the columns, the most frequent first.
        source, license: where the data came from, and its terms.
    """

    train_counts: "csr_matrix"
    train_labels: np.ndarray
    validation_counts: "csr_matrix"
    validation_labels: np.ndarray
    test_counts: "csr_matrix"
    test_labels: np.ndarray
    label_names: tuple[str, ...]
    vocabulary: tuple[str, ...]
    source: str
    license: str


@dataclass(frozen=True)
class RatingData:
    """Ratings of films by users, one entry a rating; users and films count from 0.

    Attributes:
        users, films: int32 arrays (ratings,).
        stars: float32 array (ratings,), half a star to 5.
        seconds: int64 array (ratings,), the time of the rating in seconds since 1970.
        titles: the name of each film, with its year where the source has it.
        genres: a tuple of genres for each film, which may be empty.
        source, license: where the data came from, and its terms.
    """

    users: np.ndarray
    films: np.ndarray
    stars: np.ndarray
    seconds: np.ndarray
    titles: tuple[str, ...]
    genres: tuple[tuple[str, ...], ...]
    source: str
    license: str


@dataclass(frozen=True)
class SignalData:
    """One signal, sampled at equal distances.

    Attributes:
        signal: float32 array (samples,), in ``unit``.
        sampling_rate: samples a second.
        unit: unit of the signal.
        source, license: where the data came from, and its terms.
    """

    signal: np.ndarray
    sampling_rate: float
    unit: str
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


def load_japanese_vowels(verbose: bool = True) -> SpeechData:
    """Load Japanese Vowels: nine men say the vowels /a/ and /e/ in one breath, 640 times.

    Each utterance is a series of 7 to 29 frames; a frame is 12 cepstral coefficients of a linear
    prediction of 25.6 ms of sound (10 kHz), and the next begins 6.4 ms later (Kudo, Toyama &
    Shimbo 1999, doi:10.1016/S0167-8655(99)00077-X). The split is the official one: 30 utterances
    of each man train, 370 test. So few leave none for validation; choose by cross-validation.

    Args:
        verbose: print one line with the source and licence.

    Returns:
        A :class:`SpeechData`.

    Raises:
        RuntimeError: the data file is missing or damaged.
    """
    arrays = _read_checked(DATA_FOLDER / "japanese_vowels.npz", VOWELS_SHA256)
    series = {
        part: tuple(
            np.split(arrays[f"{part}_frames"], np.cumsum(arrays[f"{part}_lengths"], dtype=int)[:-1])
        )
        for part in ("train", "test")
    }
    _say(verbose, VOWELS_SOURCE, VOWELS_LICENSE)
    return SpeechData(
        train_series=series["train"],
        train_labels=arrays["train_labels"],
        test_series=series["test"],
        test_labels=arrays["test_labels"],
        frame_seconds=0.0064,
        source=VOWELS_SOURCE,
        license=VOWELS_LICENSE,
    )


def load_newsgroups(verbose: bool = True) -> TextData:
    """Load 20 Newsgroups: posts of 1993 under twenty topics, as counts of 2 000 words.

    English stop words are left out. The official test posts are later than the training posts. Of
    the training posts, in a fixed random order, the last 1 293 validate and the others train.

    Args:
        verbose: print one line with the source and licence.

    Returns:
        A :class:`TextData` with labels 0 … 19.

    Raises:
        RuntimeError: the data file is missing or damaged.
    """
    arrays = _read_checked(DATA_FOLDER / "newsgroups.npz", NEWSGROUPS_SHA256)
    names = tuple(arrays["label_names"].tolist())
    _say(verbose, NEWSGROUPS_SOURCE, NEWSGROUPS_LICENSE)
    return _text_data(arrays, arrays["labels"], names, 1_293, NEWSGROUPS_SOURCE, NEWSGROUPS_LICENSE)


def load_clothing_reviews(label: str = "recommended", verbose: bool = True) -> TextData:
    """Load reviews of women's clothes, as counts of 2 000 words; stop words are kept.

    In a fixed random order eight tenths are for training, of which the last 2 000 validate; the
    rest tests.

    Args:
        label: ``"recommended"`` (1 if the customer recommends the piece, four in five do, else 0)
            or ``"department"`` (of six, such as dresses).
        verbose: print one line with the source and licence.

    Returns:
        A :class:`TextData`.

    Raises:
        ValueError: another ``label``.
        RuntimeError: the data file is missing or damaged.
    """
    if label not in REVIEW_LABELS:
        raise ValueError(f"label must be one of {REVIEW_LABELS}, got {label!r}")
    arrays = _read_checked(DATA_FOLDER / "clothing_reviews.npz", REVIEWS_SHA256)
    labels, names = arrays["labels"], ("not recommended", "recommended")
    if label == "department":
        labels, names = arrays["departments"], tuple(arrays["department_names"].tolist())
    _say(verbose, REVIEWS_SOURCE, REVIEWS_LICENSE)
    return _text_data(arrays, labels, names, 2_000, REVIEWS_SOURCE, REVIEWS_LICENSE)


def load_movielens(full: bool = False, verbose: bool = True) -> RatingData:
    """Load MovieLens: how many stars people gave to films.

    The book ships *latest-small*, 100 004 ratings of 9 066 films by 671 users: a set to develop
    with. Published results are on ML-20M.

    Args:
        full: download ML-20M instead, 20 000 263 ratings (190 MB, checked and kept by Keras in its
            cache). Reading it takes a minute or two and 3 GB of memory.
        verbose: print one line with the source and licence.

    Returns:
        A :class:`RatingData`; the ratings are sorted by user.

    Raises:
        RuntimeError: the shipped file is missing or damaged; or with ``full`` the cache folder
            cannot be written, or the download failed.
    """
    if full:
        data = _read_movielens_20m(_download_movielens_20m())
    else:
        arrays = _read_checked(DATA_FOLDER / "movielens.npz", MOVIELENS_SHA256)
        data = _rating_data(
            arrays["users"],
            arrays["films"],
            arrays["half_stars"] / 2,
            arrays["seconds"],
            [
                f"{title} ({year})" if year else title
                for title, year in zip(arrays["titles"], arrays["years"], strict=True)
            ],
            arrays["genres"].tolist(),
            "latest-small",
        )
    _say(verbose, data.source, data.license)
    return data


def load_ecg(verbose: bool = True) -> SignalData:
    """Load an electrocardiogram: five minutes of record 208, 360 samples a second, in millivolts.

    Many of its beats are ventricular ones, which look different; this excerpt comes without the
    cardiologists' labels, so nothing here says which.

    Args:
        verbose: print one line with the source and licence.

    Returns:
        A :class:`SignalData` of 108 000 samples.

    Raises:
        RuntimeError: the data file is missing or damaged.
    """
    steps = _read_checked(DATA_FOLDER / "ecg.npz", ECG_SHA256)["steps"]
    _say(verbose, ECG_SOURCE, ECG_LICENSE)
    return SignalData(
        signal=steps.astype("float32") / 200,
        sampling_rate=360.0,
        unit="millivolt",
        source=ECG_SOURCE,
        license=ECG_LICENSE,
    )


def _say(verbose, source, license_name):
    if verbose:
        print(f"{source}. Licence: {license_name}.")


def _text_data(arrays, labels, names, validation_size, source, license_name):
    """Cut the training texts before the last ``validation_size``."""
    from scipy.sparse import csr_matrix

    counts = csr_matrix(
        (arrays["count"].astype("float32"), arrays["word"].astype("int32"), arrays["row_start"]),
        shape=(len(labels), len(arrays["vocabulary"])),
    )
    train_end = int(arrays["train_size"])
    train = slice(0, train_end - validation_size)
    validation = slice(train_end - validation_size, train_end)
    test = slice(train_end, None)
    return TextData(
        train_counts=counts[train],
        train_labels=labels[train],
        validation_counts=counts[validation],
        validation_labels=labels[validation],
        test_counts=counts[test],
        test_labels=labels[test],
        label_names=names,
        vocabulary=tuple(arrays["vocabulary"].tolist()),
        source=source,
        license=license_name,
    )


def _rating_data(users, films, stars, seconds, titles, genres, name):
    return RatingData(
        users=users.astype("int32"),
        films=films.astype("int32"),
        stars=stars.astype("float32"),
        seconds=seconds.astype("int64"),
        titles=tuple(titles),
        genres=tuple(
            () if listed == "(no genres listed)" else tuple(listed.split("|")) for listed in genres
        ),
        source=MOVIELENS_SOURCE.format(name=name),
        license=MOVIELENS_LICENSE,
    )


def _check_cache():
    """Raise ``RuntimeError`` unless files can be written into the cache of Keras.

    Keras would silently fall back to a temporary folder, and download again next time.
    """
    cache = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "datasets"
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=cache):
            pass
    except OSError as error:
        raise RuntimeError(
            f"the cache folder {cache} cannot be written ({error}): set the environment variable "
            "KERAS_HOME to a folder that can, before Python starts"
        ) from error


def _download_movielens_20m():
    import keras

    _check_cache()
    try:
        return Path(
            keras.utils.get_file(
                "ml-20m.zip", MOVIELENS_20M, file_hash=MOVIELENS_20M_SHA256, hash_algorithm="sha256"
            )
        )
    except Exception as error:
        raise RuntimeError(
            f"ML-20M could not be downloaded ({error}): look at the network, or use the small set "
            "that ships with the book, load_movielens()"
        ) from error


def _read_movielens_20m(path):
    """Read ML-20M from its archive; films are numbered in the order of ``movies.csv``."""
    with zipfile.ZipFile(path) as archive:
        with archive.open("ml-20m/movies.csv") as file:
            rows = list(csv.reader(io.TextIOWrapper(file, encoding="utf-8")))[1:]
        with archive.open("ml-20m/ratings.csv") as file:
            table = np.loadtxt(file, delimiter=",", skiprows=1)
    numbers = np.array([int(row[0]) for row in rows])
    order = np.argsort(numbers)
    films = order[np.searchsorted(numbers, table[:, 1], sorter=order)]
    titles, genres = [row[1] for row in rows], [row[2] for row in rows]
    return _rating_data(table[:, 0] - 1, films, table[:, 2], table[:, 3], titles, genres, "20M")


def _download_fashion_mnist():
    import keras

    _check_cache()
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
    _say(verbose, source, license_name)
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
