"""Settings for nbval's run over the chapters: what it compares, and what it reports."""

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbFile

from tools import kernels
from tools.notebooks import ROOT, kernel_environment

_seconds = defaultdict(float)
_peak_gib = defaultdict(float)


def pytest_configure():
    """Give nbval's kernels the variables that rendering gives them.

    But one thread of TensorFlow each: two workers run side by side, and threads that wait for
    those of another process cost more processor time. So the checks have to hold for results that
    differ from the stored ones in their last digits.
    """
    os.environ.update(kernel_environment() | {"TF_NUM_INTRAOP_THREADS": "1"})
    kernels.notice_death(RunningKernel)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Start kernels with the libraries loaded, but for a notebook that asks what is loaded."""
    if isinstance(item.parent, IPyNbFile):
        if any("sys.modules" in cell.source for cell in item.parent.nb.cells):
            kernels.use_ordinary_kernels()
        else:
            kernels.use_forks(kernels.processes())


def pytest_collection_modifyitems(items):
    """Put the longest notebooks first, so that no worker begins one when the others are done.

    stderr is left out of the comparison: TensorFlow's start-up notices hold the time of day.
    """
    for notebook in {item.parent for item in items if isinstance(item.parent, IPyNbFile)}:
        notebook.skip_compare = (*notebook.skip_compare, "stderr")
    bench = json.loads((ROOT / "benchmarks" / "notebooks.json").read_text(encoding="utf-8"))
    seconds = {f"chapters/{name}.ipynb": row["seconds"] for name, row in bench["notebooks"].items()}
    # Exercises and whatever was never measured come last, in their order.
    items.sort(key=lambda item: -seconds.get(item.nodeid.split("::")[0], 0))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Note the peak memory of the kernel so far; it travels with the report to xdist's controller.

    Linux only: elsewhere there is no such file, and the summary shows seconds alone.
    """
    outcome = yield
    kernel = getattr(item.parent, "kernel", None)
    # A kernel that did not survive a time-out has no manager any more.
    if hasattr(kernel, "km") and call.when == "call":
        status = Path(f"/proc/{kernel.km.provisioner.pid}/status")
        if status.exists():
            line = next(t for t in status.read_text().splitlines() if t.startswith("VmHWM"))
            outcome.get_result().user_properties.append(("gib", int(line.split()[1]) / 2**20))


def pytest_runtest_logreport(report):
    """Add up the seconds of a notebook's cells, and keep its largest memory."""
    name = report.nodeid.split("::")[0]
    if name.endswith(".ipynb"):
        _seconds[name] += report.duration
        for key, value in report.user_properties:
            if key == "gib":
                _peak_gib[name] = max(_peak_gib[name], value)


def pytest_terminal_summary(terminalreporter):
    """Print what each notebook took, the slowest first."""
    if not _seconds:
        return
    terminalreporter.section("seconds and memory of notebooks")
    for name in sorted(_seconds, key=_seconds.get, reverse=True):
        terminalreporter.line(f"{_seconds[name]:6.1f} s  {_peak_gib[name]:.2f} GiB  {name}")
