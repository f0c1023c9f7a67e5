"""Build the site, with every warning of Sphinx an error, and say which file to open.

The chapters are shown with their stored outputs, so nothing is trained. Without changes since the
last build nothing is done.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from tools import server

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
STAMP = BUILD / "site.sha256"
INDEX = BUILD / "html" / "index.html"
INPUTS = (
    *("_config.yml", "_toc.yml", "*.md", "references.bib", "constraints.txt", "CITATION.cff"),
    *("chapters/*", "exercises/*/*.ipynb", "pages/*", "appendix/*", "_ext/*.py", "_static/**/*"),
    *("benchmarks/*.json", "scoreboard.json"),
)


def fingerprint(root=ROOT):
    """Return a hash of all the files that a page depends on."""
    digest = hashlib.sha256()
    for pattern in INPUTS:
        for path in sorted(root.glob(pattern)):
            if path.is_file():
                digest.update(f"{path.relative_to(root)}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def build(root=ROOT):
    """Build the site from nothing; a second build would forget warnings of the first.

    Returns:
        The exit code of jupyter-book.
    """
    shutil.rmtree(root / "_build", ignore_errors=True)
    # The import of tools makes that of jupyter-book quick.
    program = "import sys, tools; from jupyter_book.cli.main import main; sys.exit(main())"
    options = ["--all", "-W", "-n", "--keep-going", "--quiet"]
    return subprocess.run(
        [sys.executable, "-c", program, "build", str(root), *options], cwd=ROOT
    ).returncode


def serve(port):
    """Show the built site at this machine's own address until interrupted."""
    try:
        shown = server.site_server(INDEX.parent, port=port)
    except OSError as error:
        sys.exit(f"port {port} cannot be used ({error}); try --port 8001")
    print(f"http://127.0.0.1:{port}/  (stop with Ctrl+C)")
    try:
        shown.serve_forever()
    except KeyboardInterrupt:
        print()


def main(argv=None):
    """Build the site if it is not up to date; with --serve show it."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tools.site")
    parser.add_argument("--clean", action="store_true", help="build even without changes")
    parser.add_argument("--serve", action="store_true", help="show the built site")
    parser.add_argument("--port", type=int, default=8000, help="for --serve; default: %(default)s")
    arguments = parser.parse_args(argv)
    present = fingerprint()
    up_to_date = INDEX.exists() and STAMP.exists() and STAMP.read_text() == present
    if up_to_date and not arguments.clean:
        print("The site is up to date.")
    else:
        if build() != 0:
            # Without the stamp the next call builds again.
            STAMP.unlink(missing_ok=True)
            sys.exit("The site was not built: Sphinx reported the warnings and errors above.")
        STAMP.write_text(present)
    print(f"Open {INDEX}")
    if arguments.serve:
        serve(arguments.port)


if __name__ == "__main__":
    main()
