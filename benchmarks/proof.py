"""What ``make test`` costs: its parts beside those of an earlier build, in turn on this machine.

The earlier build is cloned from this repository's history into a temporary folder and gets an
environment of its own. Run it on an idle machine; it takes as long as both builds' tests together.
"""

import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from tools import notebooks

# The build before *The whole proof at half the cost*.
EARLIER = "934154c"
SECONDS_BETWEEN_LOOKS = 2.0
# As the summary of conftest.py prints it.
NOTEBOOK = re.compile(r"\s*([\d.]+) s\s+([\d.]+) GiB\s+\w+/(\S+)\.ipynb$")


def measure():
    """Run the tests of this build, where a fault shows early, then those of the earlier one.

    Returns:
        Lists of parts and of notebooks of each build, with seconds, the share of all cores that was
        busy, and the largest memory of all processes together (shared pages counted once).
    """
    with tempfile.TemporaryDirectory() as folder:
        earlier = Path(folder) / "earlier"
        for command in (
            ["git", "clone", "--quiet", str(notebooks.ROOT), str(earlier)],
            ["git", "-C", str(earlier), "checkout", "--quiet", EARLIER],
            [sys.executable, str(earlier / "tools" / "environment.py")],
        ):
            subprocess.run(command, check=True)
        python = earlier / ".venv" / Path(sys.executable).relative_to(sys.prefix)
        this = run_tests(notebooks.ROOT, Path(sys.executable))
        builds = {EARLIER: run_tests(earlier, python), "this build": this}
    return {"builds": builds}


def run_tests(folder, python):
    """Run ``tools.test`` of the build in a folder; return what it took, as of :func:`measure`."""
    process = subprocess.Popen(
        [python, "-m", "tools.test"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    meter, parts, measured = _Meter(process.pid), [], {}
    name = None
    for line in process.stdout:
        print(line, end="", flush=True)
        if line.startswith("== "):
            if name:
                parts.append({"part": name, **meter.read()})
            name = line.removeprefix("== ").strip()
            meter.start()
        elif found := NOTEBOOK.match(line):
            measured[found[3]] = {"seconds": float(found[1]), "peak_gib": float(found[2])}
    parts.append({"part": name, **meter.read()})
    return {"passed": process.wait() == 0, "parts": parts, "notebooks": measured}


class _Meter:
    """Measures a process with all its children, from :meth:`start` to :meth:`read`."""

    def __init__(self, process_id):
        self._process = psutil.Process(process_id)
        self.start()
        threading.Thread(target=self._look, daemon=True).start()

    def start(self):
        self._peak, self._started, self._busy = 0, time.perf_counter(), _busy_seconds()

    def read(self):
        seconds = time.perf_counter() - self._started
        busy = (_busy_seconds() - self._busy) / seconds / psutil.cpu_count()
        gib = round(self._peak / 2**30, 2)
        return {"seconds": round(seconds, 1), "busy": round(busy, 2), "peak_gib": gib}

    def _look(self):
        while self._process.is_running():
            self._peak = max(self._peak, sum(_memory(one) for one in _family(self._process)))
            time.sleep(SECONDS_BETWEEN_LOOKS)


def _family(process):
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _memory(process):
    """Return the bytes of a process, each shared page divided among those that share it."""
    try:
        memory = process.memory_full_info()
    except psutil.Error:
        return 0
    return getattr(memory, "pss", memory.uss)


def _busy_seconds():
    times = psutil.cpu_times()
    return sum(times) - times.idle - getattr(times, "iowait", 0)
