"""Fetch KaTeX's style sheet and fonts from npm into ``_static/katex``.

They are third-party files, so they are not part of the repository. The version is the one that
sphinxcontrib-katex typesets with; another would not fit its output. Checked by hash.
"""

import argparse
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

from tools.downloads import download_npm_package

FOLDER = Path(__file__).resolve().parent.parent / "_static" / "katex"
PACKAGE = "katex@0.16.22"
PACKAGE_SHA256 = "e9e0d167db3175481cbadaff38e8d90b130f6a3ddb451a47e43c577fd511f365"
WANTED = ("package/dist/katex.min.css", "package/LICENSE")
FONTS = "package/dist/fonts/"


def fetch(folder=FOLDER):
    """Replace ``folder`` by the files of the pinned package.

    Raises:
        RuntimeError: npm failed, or its file is not the pinned one; ``folder`` is as it was.
    """
    with tempfile.TemporaryDirectory() as temporary:
        package = download_npm_package(PACKAGE, PACKAGE_SHA256, temporary)
        new = Path(temporary) / "katex"
        with tarfile.open(package) as archive:
            for member in archive.getmembers():
                # Every browser that the theme supports reads woff2; the other formats stay out.
                is_font = member.name.startswith(FONTS) and member.name.endswith(".woff2")
                if member.name in WANTED or is_font:
                    relative = member.name.removeprefix("package/").removeprefix("dist/")
                    target = new / relative
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(archive.extractfile(member).read())
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(new, folder)


def main():
    """Fetch the files, or say why that failed."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    try:
        fetch()
    except RuntimeError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
