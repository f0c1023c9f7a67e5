"""The shipped data: what it holds, and what a reader is told when it is not there."""

import hashlib
import shutil
import subprocess
import sys
import zipfile

import numpy as np
import pytest

import ae_utils
from ae_utils import datasets


def test_mnist_has_its_fixed_split_and_known_labels(capsys):
    data = ae_utils.load_mnist()
    assert "CC BY-SA 3.0" in capsys.readouterr().out
    shapes = [data.train_images.shape, data.validation_images.shape, data.test_images.shape]
    assert shapes == [(55_000, 28, 28), (5_000, 28, 28), (10_000, 28, 28)]
    for images in (data.train_images, data.validation_images, data.test_images):
        assert images.dtype == np.float32
        assert (images.min(), images.max()) == (0, 1)
    # The order of the original files, and their numbers of each digit (LeCun, Cortes & Burges).
    assert data.train_labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert data.test_labels[:5].tolist() == [7, 2, 1, 0, 4]
    counts = np.bincount(np.concatenate([data.train_labels, data.validation_labels]))
    assert counts.tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]


def test_a_subset_is_the_beginning_of_the_training_images():
    data, whole = ae_utils.load_mnist(subset=7, verbose=False), ae_utils.load_mnist(verbose=False)
    np.testing.assert_array_equal(data.train_images, whole.train_images[:7])
    np.testing.assert_array_equal(data.validation_images, whole.validation_images)


@pytest.mark.parametrize("subset", [0, 55_001, 2.5, "all"])
def test_an_impossible_subset_is_refused(subset):
    with pytest.raises(ValueError, match="from 1 to 55000"):
        ae_utils.load_mnist(subset=subset)


def test_fashion_mnist_part(capsys):
    data = ae_utils.load_fashion_mnist()
    assert "MIT" in capsys.readouterr().out
    assert [len(data.train_labels), len(data.validation_labels)] == [5_000, 1_000]
    assert data.test_images.shape == (2_000, 28, 28)


def test_japanese_vowels_has_its_official_split(capsys):
    data = ae_utils.load_japanese_vowels()
    assert "CC BY 4.0" in capsys.readouterr().out
    assert np.bincount(data.train_labels).tolist() == [30] * 9
    # Numbers of test utterances of the nine men (Kudo, Toyama & Shimbo, in the repository's text).
    assert np.bincount(data.test_labels).tolist() == [31, 35, 88, 44, 29, 24, 40, 50, 29]
    lengths = [len(series) for series in (*data.train_series, *data.test_series)]
    assert (min(lengths), max(lengths), sum(lengths)) == (7, 29, 9961)
    assert {series.shape[1:] for series in data.train_series} == {(12,)}
    assert data.train_series[0][0, 0] == pytest.approx(1.860936)  # first number of the file


@pytest.mark.parametrize(
    ("load", "sizes", "names"),
    [
        (ae_utils.load_newsgroups, (9_995, 1_293, 7_524), 20),
        (ae_utils.load_clothing_reviews, (16_096, 2_000, 4_525), 2),
        (lambda: ae_utils.load_clothing_reviews("department"), (16_096, 2_000, 4_525), 6),
    ],
)
def test_texts_are_counts_with_a_label_each(load, sizes, names):
    data = load()
    parts = ("train", "validation", "test")
    for part, size in zip(parts, sizes, strict=True):
        counts, labels = getattr(data, f"{part}_counts"), getattr(data, f"{part}_labels")
        assert counts.shape == (size, 2_000)
        assert labels.shape == (size,)
        assert set(np.unique(labels)) == set(range(names))
        assert counts.sum(axis=1).min() >= 1
        assert (counts.data == np.round(counts.data)).all()
    assert len(data.label_names) == names
    # The vocabulary is that of the training texts (validation included), most frequent first.
    frequency = np.asarray(data.train_counts.sum(axis=0) + data.validation_counts.sum(axis=0))
    assert (np.diff(frequency) <= 0).all()
    assert len(set(data.vocabulary)) == 2_000


def test_not_is_a_word_of_the_reviews_but_not_of_the_posts():
    assert "not" in ae_utils.load_clothing_reviews(verbose=False).vocabulary
    assert "not" not in ae_utils.load_newsgroups(verbose=False).vocabulary


def test_reviews_know_two_kinds_of_labels():
    with pytest.raises(ValueError, match="recommended"):
        ae_utils.load_clothing_reviews("stars")


def test_movielens_is_the_small_set_of_its_authors():
    data = ae_utils.load_movielens(verbose=False)
    # Their counts: 100 004 ratings, 671 users who rated at least 20 films each, 9 066 rated films.
    assert len(data.stars) == 100_004
    assert np.bincount(data.users).min() == 20
    assert (data.users.max(), data.films.max()) == (670, 9_065)
    assert len(data.titles) == len(data.genres) == 9_066
    assert data.titles[0] == "Toy Story (1995)"
    assert "Animation" in data.genres[0]
    assert set(data.stars.tolist()) == {half / 2 for half in range(1, 11)}
    assert len(set(zip(data.users.tolist(), data.films.tolist(), strict=True))) == 100_004


def test_the_full_movielens_is_read_from_its_archive(tmp_path, monkeypatch):
    path = tmp_path / "ml-20m.zip"
    with zipfile.ZipFile(path, "w") as archive:
        films = (
            'movieId,title,genres\n7,"A, or B (1999)",Comedy|War\n3,C (2001),(no genres listed)\n'
        )
        archive.writestr("ml-20m/movies.csv", films)
        ratings = "userId,movieId,rating,timestamp\n1,3,3.5,1112486027\n1,7,4.0,1112484676\n"
        archive.writestr("ml-20m/ratings.csv", ratings)
    monkeypatch.setattr(datasets, "_download_movielens_20m", lambda: path)
    data = ae_utils.load_movielens(full=True, verbose=False)
    assert (data.users.tolist(), data.films.tolist()) == ([0, 0], [1, 0])
    assert (data.stars.tolist(), data.seconds[0]) == ([3.5, 4.0], 1112486027)
    assert data.titles == ("A, or B (1999)", "C (2001)")
    assert data.genres == (("Comedy", "War"), ())


def test_without_a_network_the_full_movielens_names_the_small_one(tmp_path, monkeypatch):
    import keras

    def no_network(*_, **__):
        raise OSError("no route to host")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(keras.utils, "get_file", no_network)
    with pytest.raises(RuntimeError, match=r"use the small set .* load_movielens\(\)"):
        ae_utils.load_movielens(full=True)


def test_the_electrocardiogram_is_five_minutes_in_millivolts(capsys):
    data = ae_utils.load_ecg()
    assert "ODC-By" in capsys.readouterr().out
    assert len(data.signal) / data.sampling_rate == 300
    assert (data.signal.min(), data.signal.max()) == (pytest.approx(-3.485), pytest.approx(3.65))


def test_every_shipped_file_is_described_and_together_they_are_small():
    described = (datasets.DATA_FOLDER / "README.md").read_text(encoding="utf-8")
    files = list(datasets.DATA_FOLDER.glob("*.npz"))
    assert [path.name for path in files if f"`{path.name}`" not in described] == []
    assert sum(path.stat().st_size for path in files) < 25e6


@pytest.mark.parametrize("damage", ["missing", "cut", "changed"])
def test_a_damaged_or_missing_file_names_the_cure(damage, tmp_path, monkeypatch):
    path = tmp_path / "mnist.npz"
    if damage != "missing":
        content = (datasets.DATA_FOLDER / "mnist.npz").read_bytes()
        middle = len(content) // 2
        path.write_bytes(content[:middle])
        if damage == "changed":
            path.write_bytes(content[:middle] + b"?" + content[middle + 1 :])
    monkeypatch.setattr(datasets, "DATA_FOLDER", tmp_path)
    with pytest.raises(RuntimeError, match="git checkout -- ae_utils/data"):
        ae_utils.load_mnist()


def test_a_cache_folder_that_cannot_be_written(tmp_path, monkeypatch):
    occupied = tmp_path / "file"
    occupied.write_text("not a folder")
    monkeypatch.setenv("KERAS_HOME", str(occupied))
    with pytest.raises(RuntimeError, match="set the environment variable KERAS_HOME"):
        ae_utils.load_fashion_mnist(full=True)


def test_without_a_network_the_full_set_names_the_shipped_part(tmp_path, monkeypatch):
    import keras

    def no_network():
        raise OSError("no route to host")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(keras.datasets.fashion_mnist, "load_data", no_network)
    with pytest.raises(RuntimeError, match="part that ships with the book"):
        ae_utils.load_fashion_mnist(full=True)


def test_the_package_works_from_a_read_only_folder(tmp_path):
    package = tmp_path / "ae_utils"
    shutil.copytree(datasets.DATA_FOLDER.parent, package)
    files = sorted(path for path in package.rglob("*") if path.is_file())
    before = [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]
    package.chmod(0o555)
    code = "import ae_utils; print(len(ae_utils.load_mnist(verbose=False).test_labels))"
    run = subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    package.chmod(0o755)
    assert run.stdout == "10000\n", run.stderr
    assert before == [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]


def test_importing_the_package_loads_neither_tensorflow_nor_matplotlib():
    code = (
        "import sys, ae_utils; ae_utils.load_mnist(verbose=False)\n"
        "print(sorted({'tensorflow', 'keras', 'matplotlib', 'sklearn'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_every_exported_name_exists_and_has_a_docstring():
    for name in ae_utils.__all__:
        assert len(getattr(ae_utils, name).__doc__) > 40, name
    with pytest.raises(AttributeError, match="load_mnist"):
        ae_utils.load_minst  # noqa: B018
