"""Importing this module loads what kernels need; :mod:`tools.kernels` forks processes from it."""

import importlib
import os

# As ipykernel sets it for a kernel; Matplotlib reads it once, when it is loaded.
os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"

# Loading them starts no thread that a fork would miss: TensorFlow starts its own at the first
# operation. The first one sets what TensorFlow reads when it is loaded.
LIBRARIES = (
    *("ae_utils", "tensorflow", "keras", "matplotlib.pyplot"),
    *("sklearn.decomposition", "sklearn.linear_model", "sklearn.neighbors"),
    "ipykernel.kernelapp",
)

for name in LIBRARIES:
    importlib.import_module(name)
