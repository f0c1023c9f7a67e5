"""Processes and kernels that begin with the libraries loaded, for tests and grading.

TensorFlow takes seconds of processor time to load, and a run of all tests needs it a hundred times.
So one process loads the libraries once, and the others are forks of it: processes of their own,
with no state but the loaded modules. Rendering starts ordinary kernels, so a chapter that forgets
an import is found there. Linux only: elsewhere a fork with loaded libraries is not safe, and
processes start as they always do.
"""

import asyncio
import math
import multiprocessing
import os
import queue
import signal
import sys
import time
from importlib.metadata import EntryPoint

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner
from traitlets.config import Application

from tools.notebooks import kernel_environment

SECONDS_BETWEEN_LOOKS = 1.0
CAN_FORK = sys.platform == "linux"


def processes(*modules):
    """Return a context of multiprocessing whose processes begin with the libraries loaded.

    They are forks of a server that does nothing but import the libraries and the named modules, and
    ends with this process. Their environment is this one's, and what it lacks of what kernels get.
    """
    for name, value in kernel_environment().items():
        os.environ.setdefault(name, value)
    if not CAN_FORK:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tools.loaded", *modules])
    return context


def use_forks(context):
    """Let every kernel that this process starts be a fork, where that is possible.

    Args:
        context: :func:`processes`, or ``multiprocessing.get_context("fork")`` in a process that
            has the libraries loaded; kernels then inherit its limits and its group.
    """
    if CAN_FORK:
        ForkedKernel.context = context
        start_kernels_by(ForkedKernel)


def start_kernels_by(provisioner):
    """Let every kernel that this process starts from now on be started by a class.

    Args:
        provisioner: one of jupyter_client's kind, at the top of a module.
    """
    factory = KernelProvisionerFactory.instance()
    place = f"{provisioner.__module__}:{provisioner.__name__}"
    entry = EntryPoint(provisioner.__name__, place, factory.GROUP_NAME)
    factory.provisioners[entry.name] = entry
    factory.default_provisioner_name = entry.name


def use_ordinary_kernels():
    """Let every kernel that this process starts from now on be a new interpreter."""
    KernelProvisionerFactory.instance().default_provisioner_name = "local-provisioner"


def notice_death(kernel):
    """Let nbval notice within a second that a kernel has ended; by itself it waits for its limit.

    Args:
        kernel: nbval's class of a running kernel; its method ``get_message`` is replaced.
    """
    wait = kernel.get_message

    def get_message(self, stream, timeout=None):
        end = time.monotonic() + (math.inf if timeout is None else timeout)
        while True:
            seconds = max(0.0, min(SECONDS_BETWEEN_LOOKS, end - time.monotonic()))
            try:
                return wait(self, stream, seconds)
            except queue.Empty:
                if not self.is_alive():
                    raise RuntimeError("the kernel ended while this cell was running") from None
                if time.monotonic() >= end:
                    raise

    kernel.get_message = get_message


class ForkedKernel(LocalProvisioner):
    """Starts a kernel as a process of multiprocessing, in place of a new interpreter."""

    context = None

    async def launch_kernel(self, cmd, *, env, cwd=None, **ignored):
        """Start the kernel that a command line asks for: a Python, ``-m``, a module, options."""
        process = self.context.Process(target=_run_kernel, args=(cmd[cmd.index("-f") :], env, cwd))
        process.start()
        self.process = _Popen(process)
        # It stays in the group of its parent, so that one signal ends both.
        self.pid, self.pgid, self.cwd = process.pid, None, cwd
        return self.connection_info


class _Popen:
    """What jupyter_client asks of the process of a kernel, said of one of multiprocessing."""

    stdin = stdout = stderr = None

    def __init__(self, process):
        self._process = process
        self.pid = process.pid
        self.terminate, self.kill = process.terminate, process.kill

    def poll(self):
        return self._process.exitcode

    def wait(self, timeout=None):
        self._process.join(timeout)
        return self._process.exitcode

    def send_signal(self, number):
        os.kill(self.pid, number)


def _run_kernel(options, env, cwd):
    # As in a new process: a kernel is interrupted by this signal.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(env)
    if cwd is not None:
        os.chdir(cwd)
    from ipykernel.kernelapp import IPKernelApp

    # What it would take over from the process that it is a fork of.
    Application.clear_instance()
    asyncio.set_event_loop(asyncio.new_event_loop())
    # A kernel ends with its parent.
    IPKernelApp.launch_instance([*options, f"--IPKernelApp.parent_handle={os.getppid()}"])
