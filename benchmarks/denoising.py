"""Denoising of digits: the chapter *regularized*'s networks and their rivals, over three seeds.

For each of four noises: a median filter, a blur, one matrix, the chapter's small network, and a
larger one that trains for longer at a rate chosen on validation images. Then one network and one
matrix for all four noises at once. A seed is that of the start, of the noise in training, of the
noise that the matrix is fitted to, and of the noise on the test digits.
"""

from functools import partial

import keras
import numpy as np
from keras import layers, ops

import ae_utils
from benchmarks.chapter_code import run_cells

CHAPTER = "regularized"
CELLS = {
    "base": None,
    "base-train": 'models = {"plain"',
    "denoising-class": None,
    "noises": None,
    "rivals": None,
    "corrupted": None,
}
SEEDS = (0, 1, 2)
VALIDATION_IMAGES, VALIDATION_NOISE, TEST_IMAGES = 500, 1, 2000
TEST_NOISE, FITTED_NOISE = 100, 200  # plus the seed
SMALL_RATES = (0.001, 0.003, 0.01, 0.03)
LARGE_RATES = (0.0015, 0.003, 0.006, 0.012)
BLIND_RATES = (0.0015, 0.003, 0.006, 0.012)
UNITS, EPOCHS = 512, 16
BLIND = "all four"


class Bench:
    """The data, and the names that the chapter's cells define."""

    def __init__(self):
        data = ae_utils.load_mnist(subset=20_000, verbose=False)
        self.train, self.validation, self.test = (
            images.reshape(-1, 784)
            for images in (data.train_images, data.validation_images, data.test_images)
        )
        self.validation = self.validation[:VALIDATION_IMAGES]
        self.test = self.test[:TEST_IMAGES]
        clothes = ae_utils.load_fashion_mnist(verbose=False).test_images[:TEST_IMAGES]
        self.clothes = clothes.reshape(-1, 784)
        names = {"keras": keras, "layers": layers, "ops": ops, "np": np, "x_train": self.train}
        names |= {name: getattr(ae_utils, name) for name in ("Autoencoder", "fit", "set_seed")}
        self.code = run_cells(CHAPTER, CELLS, names)
        self.noises = list(self.code["noises"])

    def corrupted(self, x, noise, seed):
        """Return noisy images; under ``BLIND``, all of them under each noise, one after another."""
        kinds = self.noises if noise == BLIND else [noise]
        return np.concatenate([self.code["corrupted"](x, kind, seed) for kind in kinds])

    def clean(self, x, noise):
        """Return the targets of :meth:`corrupted`."""
        return np.concatenate([x] * (len(self.noises) if noise == BLIND else 1))

    def psnr(self, network, noise):
        """Return a network's decibels on the noisy validation images."""
        noisy = self.corrupted(self.validation, noise, VALIDATION_NOISE)
        answer = np.asarray(network(noisy))
        return ae_utils.psnr_decibels(self.clean(self.validation, noise), answer)

    def test_psnr(self, answer, seed):
        """Return the decibels on test digits under each noise, and on clothes under Gaussian."""
        seed = TEST_NOISE + seed
        found = {
            kind: ae_utils.psnr_decibels(self.test, answer(self.corrupted(self.test, kind, seed)))
            for kind in self.noises
        }
        noisy = self.corrupted(self.clothes, "Gaussian", seed)
        found["clothes"] = ae_utils.psnr_decibels(self.clothes, answer(noisy))
        return {name: round(value, 3) for name, value in found.items()}


def any_noise(noises, x, normal, uniform):
    """Put each noise on an equal part of the batch."""
    parts = zip(*(ops.split(array, len(noises)) for array in (x, normal, uniform)), strict=True)
    return ops.concatenate([noise(*part) for noise, part in zip(noises, parts, strict=True)])


def trained(bench, noise, large, rate, seed):
    """Return a denoising network: the chapter's, or a larger one that trains for longer."""
    code = bench.code
    kinds = bench.noises if noise == BLIND else [noise]
    corrupt = code["corruption"](partial(any_noise, [code["noises"][kind] for kind in kinds]), seed)
    halves = code["build_halves"](UNITS, seed, "relu") if large else code["build_halves"](seed=seed)
    model = code["DenoisingAutoencoder"](*halves, corrupt)
    epochs = EPOCHS if large else 8
    return code["train"](model, bench.train, epochs=epochs, rate=rate, seed=seed)


def choice(bench, noise, large, rate):
    """Return the decibels on validation images at one rate, with the first seed."""
    return round(bench.psnr(trained(bench, noise, large, rate, SEEDS[0]), noise), 3)


def network_row(bench, noise, large, rate, seed):
    """Return the test decibels of a newly trained network."""
    model = trained(bench, noise, large, rate, seed)
    return bench.test_psnr(lambda x: np.asarray(model(x)), seed)


def matrix(bench, noise, strength, seed):
    """Return a linear denoiser for one noise, or one for all four."""
    fitted = bench.corrupted(bench.train, noise, FITTED_NOISE + seed)
    return bench.code["linear_denoiser"](fitted, bench.clean(bench.train, noise), strength)


def settings(bench, noise):
    """Return each rival's best setting, gain and offset on the validation images."""
    noisy = bench.corrupted(bench.validation, noise, VALIDATION_NOISE)
    if noise == BLIND:
        strengths = (1, 10, 100, 1000)
        answers = {"linear": {s: matrix(bench, noise, s, SEEDS[0])(noisy) for s in strengths}}
    else:
        fitted = bench.corrupted(bench.train, noise, FITTED_NOISE + SEEDS[0])
        answers = bench.code["rival_answers"](noisy, fitted)
    clean = bench.clean(bench.validation, noise)
    return {name: bench.code["best_setting"](found, clean) for name, found in answers.items()}


def rival_row(bench, noise, name, chosen, seed):
    """Return the test decibels of a rival with its chosen setting."""
    setting, gain, offset = (chosen[part] for part in ("setting", "gain", "offset"))
    if name == "linear":
        answer = matrix(bench, noise, setting, seed)
    else:
        filtered = bench.code[name]

        def answer(x):
            return filtered(x, setting)

    return bench.test_psnr(lambda x: bench.code["stretched"](answer(x), gain, offset), seed)


def measure(progress, seeds=SEEDS):
    """Return the decibels of networks and rivals on test images, and what was chosen before.

    Args:
        progress: a :class:`benchmarks.progress.Progress`.
        seeds: those to run.
    """
    bench = Bench()
    choices, rates = {}, {}
    for name, noise, large, grid in (
        ("small", "Gaussian", False, SMALL_RATES),
        ("large", "Gaussian", True, LARGE_RATES),
        ("blind", BLIND, True, BLIND_RATES),
    ):
        scores = [
            progress.once(f"{name}, rate {rate}", partial(choice, bench, noise, large, rate))
            for rate in grid
        ]
        choices[name] = {"rates": list(grid), "validation": scores}
        rates[name] = ae_utils.best_of_grid(grid, scores, better="higher")

    rows = {}
    for noise in (*bench.noises, BLIND):
        chosen = progress.once(f"settings, {noise}", partial(settings, bench, noise))
        runs = {name: partial(rival_row, bench, noise, name, chosen[name]) for name in chosen}
        if noise == BLIND:
            runs["large"] = partial(network_row, bench, noise, True, rates["blind"])
        else:
            runs["small"] = partial(network_row, bench, noise, False, 0.003)
            runs["large"] = partial(network_row, bench, noise, True, rates["large"])
        methods = {
            name: [progress.once(f"{noise}, {name}, seed {s}", partial(run, seed=s)) for s in seeds]
            for name, run in runs.items()
        }
        rows[noise] = {"settings": chosen, "methods": methods}
    untouched = [
        progress.once(f"untouched, seed {s}", partial(bench.test_psnr, lambda x: x, s))
        for s in seeds
    ]
    return {
        "test_images": TEST_IMAGES,
        "validation_images": VALIDATION_IMAGES,
        "units": UNITS,
        "epochs": EPOCHS,
        "rates": choices,
        "rows": rows,
        "untouched": untouched,
    }
