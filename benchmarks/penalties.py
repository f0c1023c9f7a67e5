"""What a penalty or noise in training does to the code of digits, over three seeds.

The models of the chapter *regularized*, each with its own seed for start, order and noise: how much
of the code is active, how many units are dead, the error on noisy digits, what a haze without
noise does, how far noise moves the code, the slope of the encoder, and what two classifiers make of
the code, their settings chosen on validation digits.
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
    "penalties": "half, step",
    "sparse-train": "for name, penalty",
    "denoising-class": None,
    "noises": None,
    "contractive-penalty": "def jacobians",
}
SEEDS = (0, 1, 2)
NOISE_SEED = 4  # plus the seed
LEVELS = (0, 0.2, 0.4, 0.6, 0.8, 1.0)
HAZE_LEVEL = 0.4
LABELLED, VALIDATION = 5000, 2000
STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3, 1, 3)
NEIGHBOURS = (1, 3, 5, 9, 15)
SLOPE_IMAGES = 100
MODELS = {
    "plain": (None, 0),
    "L1, strong": ("l1_penalty", 0.5),
    "sparse": ("kl_penalty", 0.1),
    "KL, strong": ("kl_penalty", 0.5),
    "KL, stronger": ("kl_penalty", 2.5),
    "contractive": ("contractive_penalty", 0.1),
    "Gaussian": ("noise", "Gaussian"),
    "masking": ("noise", "masking"),
}
PROBED = ("plain", "sparse", "contractive", "Gaussian", "masking")


class Bench:
    """The data, PCA of them, and the names that the chapter's cells define."""

    def __init__(self):
        self.data = ae_utils.load_mnist(subset=20_000, verbose=False)
        self.train, self.validation, self.test = (
            images.reshape(-1, 784)
            for images in (
                self.data.train_images,
                self.data.validation_images,
                self.data.test_images,
            )
        )
        self.pca = {size: ae_utils.fit_pca(self.train, size) for size in (256, 32)}
        names = {"keras": keras, "layers": layers, "ops": ops, "np": np, "x_train": self.train}
        names |= {name: getattr(ae_utils, name) for name in ("Autoencoder", "fit", "set_seed")}
        self.code = run_cells(CHAPTER, CELLS, names)

    def noisy(self, level, seed):
        """Return the test digits under Gaussian noise, cut off at black and white."""
        generator = np.random.default_rng(NOISE_SEED + seed)
        normal = generator.standard_normal(self.test.shape, dtype="float32")
        return np.clip(self.test + level * normal, 0, 1)

    def haze(self, seed):
        """Return the test digits with black as bright as noise makes it on average."""
        black = self.test == 0
        mean = self.noisy(HAZE_LEVEL, seed)[black].mean()
        return np.where(black, mean, self.test).astype("float32")


def trained(bench, name, seed):
    """Return a model of the chapter."""
    code, (kind, setting) = bench.code, MODELS[name]
    halves = code["build_halves"](seed=seed)
    if kind is None:
        model = ae_utils.Autoencoder(*halves)
    elif kind == "noise":
        corrupt = code["corruption"](code["noises"][setting], seed)
        model = code["DenoisingAutoencoder"](*halves, corrupt)
    else:
        penalty = code[kind]
        if kind != "contractive_penalty":
            of_code = penalty

            def penalty(encoder, x):
                return of_code(encoder(x))

        model = code["PenalizedAutoencoder"](*halves, penalty, setting)
    return code["train"](model, bench.train, seed=seed)


def judged(bench, encode):
    """Return the test accuracy of two classifiers of the code, and their chosen settings."""
    labelled, codes = bench.data.train_labels[:LABELLED], encode(bench.train[:LABELLED])
    chosen_on = encode(bench.validation[:VALIDATION]), bench.data.validation_labels[:VALIDATION]
    last_word = encode(bench.test), bench.data.test_labels
    found = {}
    for name, judge, grid in (
        ("linear", ae_utils.linear_probe_accuracy, STRENGTHS),
        ("neighbours", ae_utils.neighbour_accuracy, NEIGHBOURS),
    ):
        scores = [judge(codes, labelled, *chosen_on, setting) for setting in grid]
        setting = ae_utils.best_of_grid(grid, scores, better="higher")
        found[name] = {
            "setting": setting,
            "validation": [round(score, 4) for score in scores],
            "test": round(judge(codes, labelled, *last_word, setting), 4),
        }
    return found


def slopes(bench, encoder):
    """Return the encoder's squared slope, and the shares of it in few directions."""
    z = np.asarray(encoder(bench.test[:SLOPE_IMAGES]), "float64")
    kernel = np.asarray(encoder.layers[-1].kernel, "float64")
    jacobians = (z * (1 - z))[:, :, None] * kernel.T
    squares = np.linalg.eigvalsh(jacobians @ jacobians.transpose(0, 2, 1))[:, ::-1].mean(axis=0)
    along = np.sum((jacobians @ bench.pca[32].components_.T) ** 2) / np.sum(jacobians**2)
    return {
        "size": round(float(squares.sum()), 3),
        "first 20": round(float(squares[:20].sum() / squares.sum()), 4),
        "along PCA": round(float(along), 4),
    }


def row(bench, name, seed):
    """Return all measurements of one model."""
    model = trained(bench, name, seed)

    def encode(x):
        return np.asarray(model.encoder(x))

    def error(x):
        return round(ae_utils.squared_error_per_image(bench.test, np.asarray(model(x))), 3)

    def active(x):
        return round(float(np.mean(encode(x) > 0.1)), 4)

    z, noisy, haze = encode(bench.test), bench.noisy(HAZE_LEVEL, seed), bench.haze(seed)
    apart = np.linalg.norm(z - z[::-1], axis=1).mean()
    found = {
        "active": active(bench.test),
        "active in haze": active(haze),
        "dead": int(np.sum(z.std(axis=0) < 0.01)),
        "errors": [error(bench.noisy(level, seed)) for level in LEVELS],
        "haze": error(haze),
        "moved": round(float(np.linalg.norm(encode(noisy) - z, axis=1).mean() / apart), 4),
        "ink": round(float(np.sum(np.asarray(model(bench.test))) / bench.test.sum()), 4),
        "slopes": slopes(bench, model.encoder),
    }
    return found | (judged(bench, encode) if name in PROBED else {})


def pca_errors(bench, size, seed):
    """Return the errors of PCA on noisy digits, clipped like the networks' answers."""
    errors = []
    for level in LEVELS:
        answer = np.clip(
            ae_utils.pca_reconstruction(bench.pca[size], bench.noisy(level, seed)), 0, 1
        )
        errors.append(round(ae_utils.squared_error_per_image(bench.test, answer), 3))
    return errors


def measure(progress, seeds=SEEDS):
    """Return the measurements of every model for each seed, and of PCA and raw pixels.

    Args:
        progress: a :class:`benchmarks.progress.Progress`.
        seeds: those to run.
    """
    bench = Bench()
    models = {
        name: [progress.once(f"{name}, seed {s}", partial(row, bench, name, s)) for s in seeds]
        for name in MODELS
    }
    pca = {
        str(size): [
            progress.once(f"PCA {size}, seed {s}", partial(pca_errors, bench, size, s))
            for s in seeds
        ]
        for size in bench.pca
    }
    fixed = {
        "raw pixels": progress.once("raw pixels", partial(judged, bench, lambda x: x)),
        "PCA": progress.once("PCA", partial(judged, bench, bench.pca[256].transform)),
    }
    grids = {"strengths": list(STRENGTHS), "neighbours": list(NEIGHBOURS)}
    return {"levels": list(LEVELS), **grids, "models": models, "PCA": pca, "fixed": fixed}
