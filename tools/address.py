"""Write the book's public address, ``owner/name`` on GitHub, into every place that holds it.

Those are ``_config.yml``, ``README.md``, ``CITATION.cff`` and the set-up cell of every chapter.
All new texts are made before the first is written.
"""

import argparse
import re
import sys
from pathlib import Path

from tools.notebooks import NotebookError, chapter_paths, repository_name, write_atomically

ROOT = Path(__file__).resolve().parent.parent
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?/[A-Za-z0-9._-]+")


def places(root=ROOT):
    """Return the files that hold the public address."""
    pages = [root / "_config.yml", root / "README.md", root / "CITATION.cff"]
    return [*pages, *chapter_paths(root), *sorted((root / "exercises").glob("*/*.ipynb"))]


def spellings(repository):
    """Return the two forms of an address: the repository's and the published site's.

    A repository that is named as its owner's site is published at the top of it.
    """
    owner, name = repository.split("/")
    site = f"{owner}.github.io"
    if name.lower() != site.lower():
        site = f"{site}/{name}"
    return f"github.com/{repository}", site


def stamp(repository, root=ROOT):
    """Replace the present address by ``repository`` everywhere, and return the changed files.

    Raises:
        ValueError: ``repository`` has not the form owner/name, or a file does not hold the
            present address; nothing was written.
    """
    if not _NAME.fullmatch(repository):
        raise ValueError(f"{repository!r} is not of the form owner/name, such as ada/autoencoders")
    present = spellings(repository_name(root))
    texts = {}
    for path in places(root):
        text = path.read_text(encoding="utf-8")
        if present[0] not in text:
            raise ValueError(
                f"{path.relative_to(root)} does not hold {present[0]}: put it there by hand, or "
                "restore the file, and try again"
            )
        for old, new in zip(present, spellings(repository), strict=True):
            # Nothing more of a name around it: owner/book is not in owner/book-two, and the
            # site ada.github.io not in the repository ada/ada.github.io.
            text = re.sub(rf"(?<![\w.-]){re.escape(old)}(?![\w-])", new, text)
        texts[path] = text
    for path, text in texts.items():
        write_atomically(text, path)
    return list(texts)


def main(argv=None):
    """Stamp the address, or say why not."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tools.address")
    parser.add_argument("repository", help="owner/name, such as ada/autoencoders")
    try:
        changed = stamp(parser.parse_args(argv).repository)
    except (ValueError, NotebookError) as error:
        sys.exit(f"Nothing was changed: {error}")
    print(f"wrote the address into {len(changed)} files")


if __name__ == "__main__":
    main()
