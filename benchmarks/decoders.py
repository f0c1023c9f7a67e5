"""Decoders that double the side of a map in different ways: which is best, and what decides it.

First weights and rate of each kind are chosen on validation images with the first seed: the size of
the first weights at one rate, then the rate at the best size. The second group changes one thing of
the decoder with kernel 4 at a time.
"""

from functools import partial

import keras
import numpy as np
from keras import layers

import ae_utils
from benchmarks.chapter_code import run_cells

CHAPTER = "convolutional"
CELLS = {
    "interleave": None,
    "tied": None,
    "doubling": None,
    "models": None,
    "train": None,
    "decode-flat": None,
}
SEEDS = (0, 1, 2)
KINDS = ("dense", "transposed 3", "transposed 4", "upsampled", "sub-pixel")
STARTS = {kind: (1, 2, 4, 8, 16) for kind in KINDS} | {"dense": (0.5, 1, 2, 4, 8)}
RATES = (0.005, 0.01, 0.02, 0.04)
RATE = 0.01  # while the first weights are chosen, and in the second group
USUAL = 1  # Glorot's weights, which Keras takes if it is told nothing
# What is trained → decoder, size of its first weights, whether these are tied as upsampling's are.
CHANGES = {
    "free, usual size": ("transposed 4", 1, False),
    "free, twice as large": ("transposed 4", 2, False),
    "free, tied at the start": ("transposed 4", 1, True),
    "tied": ("upsampled", 1, False),
    "tied, half as large": ("upsampled", 0.5, False),
}


class Trial:
    """The data, the chapter's code, and a training with it."""

    def __init__(self):
        data = ae_utils.load_mnist(verbose=False)
        self.x = data.train_images[:10_000, ..., None]
        self.validation = data.validation_images[..., None]
        self.test = data.test_images[..., None]
        names = {"keras": keras, "layers": layers, "np": np}
        names |= {"fit": ae_utils.fit, "set_seed": ae_utils.set_seed}
        self.code = run_cells(CHAPTER, CELLS, names)

    def run(self, kind, start, rate, seed, tied_start=False):
        """Return validation and test error, and the board on a flat map."""
        encoder, decoder = self.code["build"](kind, start, seed)
        if tied_start:
            self.tie(decoder, seed)
        model = self.code["train"](
            encoder, decoder, self.x, rate, seed, jit_compile=kind == "dense"
        )
        board = 0.0
        if kind != "dense":
            flat = self.code["decode_flat"](encoder, decoder, self.validation[:500])
            board = float(np.ptp(flat, axis=(1, 2)).mean())
        return {
            "validation": error(model, self.validation),
            "test": error(model, self.test),
            "board": round(board, 4),
        }

    def tie(self, decoder, seed):
        """Let transposed layers of kernel 4 start as the upsampling ones of this seed do."""
        _, upsampled = self.code["build"]("upsampled", USUAL, seed)
        sources = [layer for layer in upsampled.layers if isinstance(layer, layers.Conv2D)]
        targets = [layer for layer in decoder.layers if isinstance(layer, layers.Conv2DTranspose)]
        for source, target in zip(sources, targets, strict=True):
            kernel, bias = source.get_weights()
            target.set_weights([self.code["tied"](kernel), bias])


def error(model, images):
    """Return the squared error per image, rounded."""
    x_hat = np.concatenate([model(images[i : i + 1000]) for i in range(0, len(images), 1000)])
    return round(ae_utils.squared_error_per_image(images, x_hat), 3)


def by_name(results):
    """Return name → the results of all seeds."""
    return {name: [result[name] for result in results] for name in results[0]}


def measure(progress, seeds=SEEDS):
    """Return the grids, the kinds as usual and tuned, and the changes; lists are over seeds."""
    trial = Trial()

    def once(kind, start, rate, seed):
        label = f"{kind}, start {start:g}, rate {rate:g}, seed {seed}"
        return progress.once(label, partial(trial.run, kind, start, rate, seed))

    def best(settings, results):
        scores = [result["validation"] for result in results]
        return ae_utils.best_of_grid(settings, scores, better="lower"), scores

    rows = {}
    for kind in KINDS:
        starts = STARTS[kind]
        start, by_start = best(starts, [once(kind, start, RATE, seeds[0]) for start in starts])
        rate, by_rate = best(RATES, [once(kind, start, rate, seeds[0]) for rate in RATES])
        rows[kind] = {
            "starts": starts,
            "by_start": by_start,
            "start": start,
            "by_rate": by_rate,
            "rate": rate,
            "usual": by_name([once(kind, USUAL, RATE, seed) for seed in seeds]),
            "tuned": by_name([once(kind, start, rate, seed) for seed in seeds]),
        }
    changes = {}
    for name, (kind, start, tied_start) in CHANGES.items():
        if tied_start:
            runs = [
                progress.once(
                    f"{name}, rate {RATE:g}, seed {seed}",
                    partial(trial.run, kind, start, RATE, seed, tied_start=True),
                )
                for seed in seeds
            ]
        else:
            runs = [once(kind, start, RATE, seed) for seed in seeds]
        changes[name] = by_name(runs)
    return {
        "rates": RATES,
        "rate": RATE,
        "kinds": rows,
        "changes": changes,
    }
