"""Show the built site as a public host does: compressed, below its path, with its own 404 page.

Only this machine reaches the address.
"""

import contextlib
import functools
import gzip
import http.server
import threading
from pathlib import Path

TEXT_FILES = (".html", ".css", ".js", ".svg", ".json", ".xml", ".txt")


class SiteHandler(http.server.SimpleHTTPRequestHandler):
    """Sends the files below ``prefix``, the path of the site's address, and else ``404.html``."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments, prefix, **options):
        self.prefix = prefix
        super().__init__(*arguments, **options)

    def do_GET(self):
        """Send a file, or the page for an address that leads nowhere."""
        path = Path(self.translate_path("/" + self.path.removeprefix(self.prefix)))
        if path.is_dir():
            path = path / "index.html"
        is_there = self.path.startswith(self.prefix) and path.is_file()
        if not is_there:
            path = Path(self.directory) / "404.html"
        content = path.read_bytes()
        self.send_response(200 if is_there else 404)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Cache-Control", "max-age=600")
        if path.suffix in TEXT_FILES:
            content = gzip.compress(content, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        # A reader who leaves while a page comes is no error.
        with contextlib.suppress(ConnectionError):
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, *arguments):
        """Print nothing."""


def site_server(folder, prefix="/", port=0):
    """Return a server that shows a folder; port 0 is any that is free.

    Raises:
        OSError: the port cannot be used.
    """
    handler = functools.partial(SiteHandler, directory=str(folder), prefix=prefix)
    return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)


@contextlib.contextmanager
def served(folder, prefix="/"):
    """Show a folder beside the program that runs; the value is its address."""
    with site_server(folder, prefix) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{prefix}"
        finally:
            server.shutdown()
