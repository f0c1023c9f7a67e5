"""Kernels that are forks: they are what other kernels are, only sooner."""

import json
import os
import subprocess
import sys

import nbformat
import pytest

from tools import kernels
from tools.notebooks import KERNELSPEC, ROOT

# Runs apart, for the kernels of this process stay as they are.
PROGRAM = """\
import json, multiprocessing, sys
import nbclient, nbformat
from tools import kernels

def run(*sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, allow_errors=True, timeout=4).execute()
    return [cell.outputs for cell in notebook.cells]

def nested():
    kernels.use_forks(multiprocessing.get_context("fork"))
    print(json.dumps(run("import resource; resource.getrlimit(resource.RLIMIT_CORE)[0]")))

def limited():
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    nested()

if __name__ == "__main__":
    context = kernels.processes()
    kernels.use_forks(context)
    print(json.dumps(run(
        "import sys; 'tensorflow' in sys.modules",
        "import os; os.environ['AE_UTILS_STRICT']",
        "[name for name in globals() if name in ('keras', 'tensorflow', 'os', 'np')]",
        "import matplotlib.pyplot as plt; plt.subplots()",
    )), flush=True)
    print(json.dumps(run("mine = 1", "print('mine')")), flush=True)
    print(json.dumps(run("mine")), flush=True)
    process = context.Process(target=limited)
    process.start()
    process.join()
"""


@pytest.mark.skipif(not kernels.CAN_FORK, reason="kernels are forks on Linux only")
def test_forked_kernels_have_the_libraries_and_nothing_of_each_other(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    run = subprocess.run(
        [sys.executable, str(program)],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )
    assert run.returncode == 0, run.stderr
    first, second, third, nested = map(json.loads, run.stdout.splitlines())
    values = [outputs[0]["data"]["text/plain"] for outputs in first[:3]]
    assert values == ["True", "'1'", "['os']"]
    assert "image/png" in first[3][1]["data"]
    assert second[1][0]["text"] == "mine\n"
    assert third[0][0]["ename"] == "NameError"
    assert nested[0][0]["data"]["text/plain"] == "0"


def test_nbval_notices_at_once_that_a_kernel_has_ended(tmp_path):
    cells = [nbformat.v4.new_code_cell("import os\nos._exit(1)")]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNELSPEC})
    nbformat.write(notebook, tmp_path / "ends.ipynb")
    options = ["-p", "conftest", "-p", "no:cacheprovider", "--nbval-lax", "--nbval-current-env"]
    command = [sys.executable, "-m", "pytest", *options, "--nbval-cell-timeout=500", "ends.ipynb"]
    run = subprocess.run(
        command,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=200,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert "the kernel ended while this cell was running" in run.stdout
