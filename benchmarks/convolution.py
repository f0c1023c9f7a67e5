"""Seconds of the chapter *convolutional*'s models for the same steps on the same images."""

import statistics
import time
from functools import partial

import keras
from keras import layers

import ae_utils
from benchmarks.chapter_code import run_cells

SEEDS = (0, 1, 2)
CHAPTER = "convolutional"
CELLS = {"interleave": None, "doubling": None, "models": None, "train": None}
KINDS = ("dense", "transposed 3", "transposed 4", "upsampled", "sub-pixel")
EPOCHS, BATCH_SIZE = 5, 100  # as in the chapter's cell `train`
START, RATE = 1, 0.01  # seconds do not depend on them


def chapter_code():
    """Return the names that the chapter's own cells define."""
    names = {
        "keras": keras,
        "layers": layers,
        "fit": ae_utils.fit,
        "set_seed": ae_utils.set_seed,
    }
    return run_cells(CHAPTER, CELLS, names)


def measure(progress, seeds=SEEDS):
    """Train each model in turn, once a seed; return the median seconds, compilation included."""
    x = ae_utils.load_mnist(verbose=False).train_images[:10_000, ..., None]
    code = chapter_code()

    def run(kind, seed):
        started = time.perf_counter()
        halves = code["build"](kind, START, seed)
        code["train"](*halves, x, RATE, seed, jit_compile=kind == "dense")
        return time.perf_counter() - started

    # One model after the other, so that a slow minute of the machine meets all of them.
    runs = [
        {kind: progress.once(f"{kind}, seed {seed}", partial(run, kind, seed)) for kind in KINDS}
        for seed in seeds
    ]
    return {
        "steps": EPOCHS * len(x) // BATCH_SIZE,
        "rows": [
            {"name": kind, "seconds": round(statistics.median(run[kind] for run in runs), 1)}
            for kind in KINDS
        ],
    }
