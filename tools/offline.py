"""Pack the site into one zip: unpacked, it is read from its folder, without server or network."""

import argparse
import zipfile

from tools import site

NAME = "autoencoders-executed"
TARGET = site.BUILD / f"{NAME}.zip"
# For a host on the web only; a page from a folder has no use for them.
LEFT_OUT = {"404.html", "objects.inv", "robots.txt", "sitemap.xml"}
# A search shows a few lines of each page that it finds. It reads the page for that, which a
# browser does not allow to a page from a folder; without the lines it works.
OPTIONS = "_static/documentation_options.js"
WITH_LINES, WITHOUT_LINES = b"SHOW_SEARCH_SUMMARY: true", b"SHOW_SEARCH_SUMMARY: false"


def contents(folder):
    """Return name → bytes of each file of the zip, from the site built in ``folder``.

    Raises:
        ValueError: Sphinx' file of options has changed, so searching would fail.
    """
    files = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in LEFT_OUT and not path.name.startswith("."):
            files[name] = path.read_bytes()
    if WITH_LINES not in files[OPTIONS]:
        raise ValueError(f"{OPTIONS} does not hold {WITH_LINES.decode()}: mend tools/offline.py")
    files[OPTIONS] = files[OPTIONS].replace(WITH_LINES, WITHOUT_LINES)
    return files


def pack(files, target=TARGET):
    """Write the zip; the same files give the same bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(f"{NAME}/{name}")
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)


def main(argv=None):
    """Build the site if it is not up to date, and pack it."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tools.offline")
    parser.parse_args(argv)
    site.main([])
    pack(contents(site.INDEX.parent))
    print(f"Packed {TARGET} ({TARGET.stat().st_size / 1e6:.0f} MB): unpack it, open index.html")


if __name__ == "__main__":
    main()
