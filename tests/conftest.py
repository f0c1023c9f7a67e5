"""What several tests of the site share: a running browser."""

import pytest
from playwright.sync_api import sync_playwright

from tools import browser


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
