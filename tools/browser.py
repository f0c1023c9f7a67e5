"""Find a Chromium browser, or install one.

Everything that needs a browser asks here: the tests of the site, and the tool that draws diagrams.
The variable CHROMIUM names a browser's program; without it the usual places are searched.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

VARIABLE = "CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ADVICE = (
    "no browser was found: run `.venv/bin/python -m tools.browser --install`, or name the program "
    f"of an installed Chromium or Chrome in the variable {VARIABLE}"
)
SECONDS_TO_INSTALL = 600


def find_browser():
    """Return the path of a browser's program, or ``None``.

    Raises:
        FileNotFoundError: the variable CHROMIUM is set, and there is no such program.
    """
    named = os.environ.get(VARIABLE)
    if named:
        found = shutil.which(named)
        if found is None:
            raise FileNotFoundError(f"{VARIABLE} is {named}, and there is no such program")
        return found
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        with sync_playwright() as playwright:
            own = playwright.chromium.executable_path
        found = own if Path(own).exists() else None
    return found


def install():
    """Install a browser: on Debian its package, elsewhere the one that playwright downloads."""
    release = Path("/etc/os-release")
    is_debian = release.exists() and "ID=debian\n" in release.read_text(encoding="utf-8")
    if is_debian and shutil.which("apt-get"):
        as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        apt = [*as_root, "apt-get", "-q", "-y"]
        commands = [[*apt, "update"], [*apt, "install", "--no-install-recommends", "chromium"]]
    else:
        commands = [[sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]]
    for command in commands:
        try:
            subprocess.run(command, timeout=SECONDS_TO_INSTALL, stdin=subprocess.DEVNULL)
        except (OSError, subprocess.TimeoutExpired) as error:
            print(f"{' '.join(command)}: {error}", file=sys.stderr)


def main(argv=None):
    """Print the path of the browser; return 1 if there is none."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tools.browser")
    parser.add_argument("--install", action="store_true", help="install one if there is none")
    arguments = parser.parse_args(argv)
    try:
        if arguments.install and find_browser() is None:
            install()
        found = find_browser()
    except FileNotFoundError as error:
        sys.exit(str(error))
    print(found or ADVICE, file=sys.stdout if found else sys.stderr)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
