"""Create the folder ``.venv`` and install into it all that the book needs.

Uses the standard library only, so any Python can start it. A second run without changes does
nothing. An interrupted run leaves no mark of success, and the next one goes on from there.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.sha256"
INPUTS = (
    "requirements.txt",
    "constraints.txt",
    "pyproject.toml",
    "tools/assets.py",
    "tools/downloads.py",
)
OLDEST, NEWEST = (3, 11), (3, 13)
RESOLUTIONS = ("lock", "newest", "floors")


class NotReadyError(Exception):
    """Something that keeps the book from being installed; the message names the way out."""


def check_python(version):
    """Raise :class:`NotReadyError` unless ``version`` is a Python that TensorFlow runs on."""
    if not OLDEST <= tuple(version[:2]) <= NEWEST:
        found = ".".join(str(part) for part in version[:2])
        raise NotReadyError(
            f"the book needs Python 3.11, 3.12 or 3.13, and this is Python {found}. Name another "
            "one: make book PYTHON=python3.12 (without make: python3.12 tools/environment.py)"
        )


def venv_python(venv=VENV):
    """Return the path of the interpreter inside a virtual environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fingerprint(resolution, root=ROOT):
    """Return a hash of everything that decides what is installed."""
    digest = hashlib.sha256(resolution.encode())
    for name in INPUTS:
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def create_venv():
    """Create ``.venv`` unless a working one is there.

    Raises:
        NotReadyError: the folder cannot be written, the one that is there is broken, or this
            Python has no ``venv``.
    """
    if VENV.exists():
        probe = [str(venv_python()), "-m", "pip", "--version"]
        try:
            works = subprocess.run(probe, capture_output=True).returncode == 0
        except OSError:
            works = False
        if works:
            return
        raise NotReadyError(
            f"{VENV} is there but does not work (moved, or of a Python that is gone): run "
            "`make distclean`, or delete that folder, and try again"
        )
    if not os.access(ROOT, os.W_OK):
        raise NotReadyError(f"{ROOT} cannot be written: clone the book to another folder")
    print("Creating .venv …", flush=True)
    if subprocess.run([sys.executable, "-m", "venv", str(VENV)]).returncode != 0:
        # Half an environment would be taken for a broken one next time.
        shutil.rmtree(VENV, ignore_errors=True)
        raise NotReadyError(
            "this Python could not create a virtual environment; on Debian and Ubuntu install "
            "the package python3-venv"
        )


def install(resolution):
    """Install the packages, the book's own package, and what the site takes from npm.

    Raises:
        NotReadyError: an installer failed; its own output stands above.
    """
    python = str(venv_python())
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    commands = {
        "lock": [[*pip, "-r", "requirements.txt", "-c", "constraints.txt"]],
        "newest": [[*pip, "--upgrade", "-r", "requirements.txt"]],
        "floors": [
            [*pip, "uv"],
            [
                *(python, "-m", "uv", "pip", "install", "--python", python),
                *("--resolution", "lowest-direct", "-r", "requirements.txt"),
            ],
        ],
    }[resolution]
    commands.append([*pip, "--no-deps", "--editable", "."])
    commands.append([python, "-m", "tools.assets"])
    print("Installing the book's packages; the first time takes a few minutes …", flush=True)
    for command in commands:
        if subprocess.run(command, cwd=ROOT).returncode != 0:
            raise NotReadyError(
                f"`{' '.join(command[1:4])} …` failed (see above). Is there a network? Nothing "
                "is lost: the next run goes on from here"
            )


def prepare(resolution="lock"):
    """Make ``.venv`` fit the book's requirements.

    Raises:
        NotReadyError: see the message.
    """
    check_python(sys.version_info)
    wanted = fingerprint(resolution)
    if STAMP.exists() and STAMP.read_text() == wanted and venv_python().exists():
        return
    create_venv()
    STAMP.unlink(missing_ok=True)
    install(resolution)
    STAMP.write_text(wanted)


def main():
    """Prepare the environment, or say in one line why it cannot be done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--resolution",
        choices=RESOLUTIONS,
        default="lock",
        help="the locked versions (default), the newest releases, or the floors of "
        "requirements.txt",
    )
    try:
        prepare(parser.parse_args().resolution)
    except NotReadyError as problem:
        sys.exit(f"The book is not ready: {problem}.")
    except KeyboardInterrupt:
        sys.exit("Interrupted; the next run goes on from here.")


if __name__ == "__main__":
    main()
