"""The built site on this machine's own address, as the public host shows it."""

import contextlib
import functools
import http.server
import threading
from urllib.parse import urlparse

import yaml

from tools import site
from tools.notebooks import ROOT


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files below the path of the public address; the page ``404.html`` for all else."""

    def __init__(self, *arguments, prefix, **options):
        self.prefix = prefix
        super().__init__(*arguments, **options)

    def translate_path(self, path):
        """Return the file for an address; one outside the site leads nowhere."""
        if not path.startswith(self.prefix):
            return str(site.INDEX.parent / "no such file")
        return super().translate_path("/" + path.removeprefix(self.prefix))

    def send_error(self, code, message=None, explain=None):
        """Send the site's own page."""
        page = (site.INDEX.parent / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *arguments):
        """Print nothing."""


@contextlib.contextmanager
def served_site():
    """Build the site unless it is up to date, and show it; the value is its address."""
    site.main([])
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    prefix = urlparse(config["html"]["baseurl"]).path
    handler = functools.partial(Handler, directory=str(site.INDEX.parent), prefix=prefix)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{prefix}"
        server.shutdown()
