"""What several tests of the site share: a running browser, and the site's address."""

from urllib.parse import urlparse

import pytest
import yaml
from playwright.sync_api import sync_playwright

from tools import browser, server, site
from tools.notebooks import ROOT


@pytest.fixture(scope="module")
def chromium():
    """A running browser that reaches no host but this machine; without one the test is skipped."""
    program = browser.find_browser()
    if program is None:
        pytest.skip(browser.ADVICE)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
        )
        yield running
        running.close()


@pytest.fixture(scope="module")
def address():
    """The address of the built site, below the path of its public address."""
    site.main([])
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    prefix = urlparse(config["html"]["baseurl"]).path
    with server.served(site.INDEX.parent, prefix) as address:
        yield address
