"""Seconds of the chapter *convolutional*'s models for the same steps on the same images."""

import statistics
import time

import keras
from keras import layers

import ae_utils
from tools import notebooks

REPEATS = 3
KINDS = ("dense", "transposed 3", "transposed 4", "upsampled")
EPOCHS, BATCH_SIZE = 8, 100  # as in the chapter's cell `train`


def chapter_code():
    """Return the names that the chapter's own cells define."""
    cells = notebooks.cell_sources("convolutional")
    names = {
        "keras": keras,
        "layers": layers,
        "fit": ae_utils.fit,
        "set_seed": ae_utils.set_seed,
    }
    exec(cells["models"], names)
    # Of this cell only the function; the lines after it train the chapter's own models.
    exec(cells["train"].split("\n\n\n")[0], names)
    return names


def measure():
    """Train each model in turn, three times; return the median seconds, compilation included."""
    x = ae_utils.load_mnist(verbose=False).train_images[:10_000, ..., None]
    code = chapter_code()
    seconds = {kind: [] for kind in KINDS}
    for _ in range(REPEATS):
        for kind in KINDS:
            started = time.perf_counter()
            code["train"](*code["build"](kind), x, jit_compile=kind == "dense")
            seconds[kind].append(time.perf_counter() - started)
    return {
        "steps": EPOCHS * len(x) // BATCH_SIZE,
        "rows": [
            {"name": kind, "seconds": round(statistics.median(measured), 1)}
            for kind, measured in seconds.items()
        ],
    }
