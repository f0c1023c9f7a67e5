"""Digits that move: what a dense code, training on moved digits and a code that is a map are worth.

All models are those of the chapter *convolutional*, each with the first weights and the rate that
validation images chose: for the map here, for the others in the experiment *decoders*.
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
    "doubling": None,
    "models": None,
    "train": None,
    "map-model": None,
}
SEEDS = (0, 1, 2)
UPSAMPLED = (4, 0.01)  # start and rate, from *decoders*
DENSE_START = 2  # from there, too; its rate was the lowest of that grid, so here is a wider one
DENSE_RATES = (0.00125, 0.0025, 0.005, 0.01)
MAP_STARTS = (1, 2, 4, 8, 16)
MAP_RATES = (0.005, 0.01, 0.02, 0.04)
MAP_RATE = 0.01  # while its start is chosen
LARGEST = 4  # pixels
NUMBERS = 49


def moved(x, pixels):
    """Return images moved to the right; zeros come in."""
    return np.pad(x, ((0, 0), (0, 0), (pixels, 0), (0, 0)))[:, :, : x.shape[2]]


class Trial:
    """The data, the chapter's code, and a training with it."""

    def __init__(self):
        data = ae_utils.load_mnist(verbose=False)
        self.x = data.train_images[:10_000, ..., None]
        self.validation = data.validation_images[..., None]
        self.test = data.test_images[..., None]
        steps = np.random.default_rng(0).integers(-LARGEST, LARGEST + 1, len(self.x))
        rolled = [np.roll(image, step, axis=1) for image, step in zip(self.x, steps, strict=True)]
        self.x_moved = np.stack(rolled)
        names = {"keras": keras, "layers": layers}
        names |= {"fit": ae_utils.fit, "set_seed": ae_utils.set_seed}
        self.code = run_cells(CHAPTER, CELLS, names)

    def run(self, kind, start, rate, seed, on_moved=False):
        """Return the validation error, and test errors by the shift in pixels."""
        build = self.code["build"]
        halves = self.code["build_map"](start, seed) if kind == "map" else build(kind, start, seed)
        x = self.x_moved if on_moved else self.x
        model = self.code["train"](*halves, x, rate, seed, jit_compile=kind == "dense")
        return {
            "validation": error(self.validation, model),
            "test": [error(moved(self.test, pixels), model) for pixels in range(LARGEST + 1)],
        }

    def pca(self, x):
        """Return test errors of PCA by the shift in pixels, clipped as the networks are."""
        pca = ae_utils.fit_pca(x, NUMBERS)

        def answer(images):
            return np.clip(ae_utils.pca_reconstruction(pca, images), 0, 1)

        return [error(moved(self.test, pixels), answer) for pixels in range(LARGEST + 1)]


def error(images, model):
    """Return the squared error per image, rounded."""
    x_hat = np.concatenate([model(images[i : i + 1000]) for i in range(0, len(images), 1000)])
    return round(ae_utils.squared_error_per_image(images, x_hat), 3)


def measure(progress, seeds=SEEDS):
    """Return the map's grid, and errors by seed and shift."""
    trial = Trial()

    def once(kind, start, rate, seed, on_moved=False):
        told = ", trained on moved digits" if on_moved else ""
        label = f"{kind}{told}, start {start:g}, rate {rate:g}, seed {seed}"
        return progress.once(label, partial(trial.run, kind, start, rate, seed, on_moved))

    def best(settings, results):
        scores = [result["validation"] for result in results]
        return ae_utils.best_of_grid(settings, scores, better="lower"), scores

    runs = [once("map", start, MAP_RATE, seeds[0]) for start in MAP_STARTS]
    start, by_start = best(MAP_STARTS, runs)
    rate, by_rate = best(MAP_RATES, [once("map", start, rate, seeds[0]) for rate in MAP_RATES])
    runs = [once("dense", DENSE_START, dense_rate, seeds[0]) for dense_rate in DENSE_RATES]
    dense_rate, by_dense_rate = best(DENSE_RATES, runs)
    settings = {
        "dense": (DENSE_START, dense_rate),
        "upsampled": UPSAMPLED,
        "map": (start, rate),
    }
    errors = {}
    for kind, at in settings.items():
        errors[kind] = [once(kind, *at, seed)["test"] for seed in seeds]
        if kind != "map":
            runs = [once(kind, *at, seed, on_moved=True) for seed in seeds]
            errors[f"{kind}, moved"] = [run["test"] for run in runs]
    return {
        "map": {
            "starts": MAP_STARTS,
            "by_start": by_start,
            "rates": MAP_RATES,
            "by_rate": by_rate,
            "start": start,
            "rate": rate,
        },
        "dense": {"rates": DENSE_RATES, "by_rate": by_dense_rate, "rate": dense_rate},
        "errors": errors,
        "pca": {"PCA": trial.pca(trial.x), "PCA, moved": trial.pca(trial.x_moved)},
    }
