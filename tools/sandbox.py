"""Kernels that reach nothing but Python and the book's helpers, for grading other people's code.

Bubblewrap (the program ``bwrap``, Linux only) gives a kernel a system of its own: no network, no
process but its own, nothing of the disk but the interpreter and ``ae_utils``, which it can only
read, and one folder for temporary files. It cannot see other submissions, the sources with the
hidden tests, or the gradebook. Messages go through sockets in its folder.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from jupyter_client.provisioning import LocalProvisioner

from tools import kernels
from tools.notebooks import ROOT, kernel_environment

# Programs, libraries, and what they need to know of the system: time zone, users, certificates.
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc", "/sys", "/nix/store")
# What of /etc is nobody's business, where this process could read it.
SECRETS = ("/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/sudoers")
SECRETS += ("/etc/ssh", "/etc/ssl/private")
# Of the environment, where a token may stand; and what kernels get.
VARIABLES = {"PATH", "LANG", "LC_ALL", "TZ", "NBGRADER_EXECUTION", *kernel_environment()}


def command(folder):
    """Return the start of a command line that runs what follows in a sandbox.

    Args:
        folder: the only one that can be written to; it is the current one, and home.
    """
    readable = dict.fromkeys([sys.base_prefix, sys.prefix])
    mounts = [part for path in SYSTEM for part in ("--ro-bind-try", path, path)]
    for path in filter(lambda path: Path(path).exists(), SECRETS):
        mounts += ["--tmpfs", path] if Path(path).is_dir() else ["--ro-bind", "/dev/null", path]
    mounts += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    mounts += [part for path in readable for part in ("--ro-bind", path, path)]
    # The book may lie below one of these; then it is covered, and shows its helpers alone.
    if any(ROOT.is_relative_to(path) for path in (*SYSTEM, *readable)):
        mounts += ["--tmpfs", str(ROOT)]
        inside = [path for path in readable if Path(path).is_relative_to(ROOT)]
        mounts += [part for path in inside for part in ("--ro-bind", path, path)]
    mounts += ["--ro-bind", str(ROOT / "ae_utils"), str(ROOT / "ae_utils")]
    mounts += ["--bind", str(folder), str(folder), "--chdir", str(folder)]
    settings = ["--setenv", "HOME", str(folder), "--setenv", "TMPDIR", str(folder)]
    # A kernel ends when it does not find its parent, whose number it does not see in here; the
    # sandbox itself ends with it.
    settings += ["--unsetenv", "JPY_PARENT_PID"]
    return ["bwrap", "--unshare-all", "--die-with-parent", *mounts, *settings]


def problem(folder):
    """Return why no sandbox can be used here, or None if one can; ``folder`` is for the trial."""
    if shutil.which("bwrap") is None:
        return "the program bwrap is missing (Debian's package bubblewrap has it)"
    trial = [
        *command(folder),
        sys.executable,
        "-c",
        "import ae_utils.exercises, ipykernel.kernelapp",
    ]
    try:
        result = subprocess.run(trial, capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        return "bwrap does not answer"
    lines = result.stderr.strip().splitlines() or ["it says nothing"]
    return f"bwrap does not work here: {lines[-1]}" if result.returncode else None


def use(config, folder):
    """Let every kernel that this process starts run in a sandbox.

    Args:
        config: traitlets' configuration of the program that starts them.
        folder: an empty one with a short path, for sockets and temporary files.
    """
    config.KernelManager.transport = "ipc"
    config.KernelManager.connection_file = str(Path(folder) / "kernel.json")
    kernels.start_kernels_by(SandboxedKernel)


class SandboxedKernel(LocalProvisioner):
    """Starts a kernel in a sandbox around the folder of its connection file."""

    async def pre_launch(self, **kwargs):
        """Put the sandbox before the command line."""
        kwargs = await super().pre_launch(**kwargs)
        folder = Path(self.parent.connection_file).parent
        # A signal would end the sandbox, not interrupt the kernel in it.
        self.kernel_spec.interrupt_mode = "message"
        env = {name: text for name, text in kwargs["env"].items() if name in VARIABLES}
        cmd = [*command(folder), *kwargs["cmd"]]
        return {**kwargs, "cmd": cmd, "cwd": str(folder), "env": env}
