"""The shipped data: what it holds, and what a reader is told when it is not there."""

import hashlib
import shutil
import subprocess
import sys

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
