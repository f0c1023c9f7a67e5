"""Detectors of the chapter *anomalies*, tuned alike on disturbances planted in validation blocks.

Each method has one ladder of settings, the autoencoder three in turn (code, width, rate). All are
fitted to undisturbed training blocks, chosen by the mean AUC of five plantings into the validation
blocks, and judged by ten plantings into the test blocks.
"""

from functools import partial

import keras
import numpy as np
from keras import layers
from scipy.ndimage import uniform_filter1d
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors
from sklearn.svm import OneClassSVM

import ae_utils
from benchmarks.chapter_code import run_cells

CHAPTER = "anomalies"
CELLS = {"signal": "first, first_kinds", "windows": None}
SEEDS = range(3)
VALIDATION_PLANTINGS, TEST_PLANTINGS = range(100, 105), range(10)
EPOCHS, BATCH_SIZE, SVM_WINDOWS = 40, 256, 3_000
CODES, WIDTHS = (8, 16, 32, 64, 96, 128, 160), (64, 128, 256, 512, 1024)
RATES = (0.001, 0.002, 0.004, 0.008)
USUAL = {"code": 16, "width": 128, "rate": 0.002}  # of the chapter, chosen without anomalies
LADDERS = {
    "PCA": (8, 16, 32, 48, 64, 80, 96, 112, 128, 144),
    "kNN": (1, 2, 5, 10, 20),
    "SVM": (1, 3, 10, 30, 100, 300),
    "forest": (256, 1024, 4096),
    "Gaussian": (0.0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2),
    "one line": (1, 2, 3, 4, 6, 8, 12),
}


class Heart:
    """Windows of the record, without disturbances for training and with planted ones."""

    def __init__(self):
        names = {"np": np, "keras": keras, "layers": layers, "uniform_filter1d": uniform_filter1d}
        names |= {"Autoencoder": ae_utils.Autoencoder, "set_seed": ae_utils.set_seed}
        code = run_cells(CHAPTER, CELLS, {**names, "ecg": ae_utils.load_ecg(verbose=False)})
        self.build, planted = code["build"], code["planted_windows"]
        self.train = code["windows_of"](code["train_blocks"], 3)
        self.validation = [planted(code["validation_blocks"], s) for s in VALIDATION_PLANTINGS]
        self.test = [planted(code["test_blocks"], seed) for seed in TEST_PLANTINGS]
        self.kinds = range(1, 1 + len(code["kinds"]))

    def areas(self, score, plantings):
        """Return the AUC of each planting, over all kinds of disturbance."""
        return [round(roc_auc_score(kind > 0, score(x)), 4) for x, kind in plantings]

    def by_kind(self, score):
        """Return for each kind of disturbance its mean AUC over the plantings for judging."""
        scored = [(score(x), kind) for x, kind in self.test]
        return [
            round(np.mean([_area_of(values, kind, one) for values, kind in scored]), 4)
            for one in self.kinds
        ]


def _area_of(values, kind, one):
    chosen = (kind == 0) | (kind == one)
    return roc_auc_score(kind[chosen] > 0, values[chosen])


def pca(x_train, size):
    """Return a function from windows to squared errors of PCA."""
    plane = ae_utils.fit_pca(x_train, size)
    return lambda x: ae_utils.squared_error_of_each(x, ae_utils.pca_reconstruction(plane, x))


def neighbours(x_train, count):
    """Return a function from windows to distances from so many neighbours' last."""
    found = NearestNeighbors(n_neighbors=count).fit(x_train)
    return lambda x: found.kneighbors(x)[0][:, -1]


def svm(x_train, factor):
    """Return a one-class SVM's score; the kernel's gamma is so many times the library's."""
    rows = np.random.default_rng(0).permutation(x_train)[:SVM_WINDOWS]
    gamma = factor / (rows.shape[1] * rows.var())
    border = OneClassSVM(nu=0.1, gamma=gamma).fit(rows)
    return lambda x: -border.score_samples(x)


def forest(x_train, windows):
    """Return an isolation forest's score; each tree sees so many windows."""
    trees = IsolationForest(max_samples=windows, random_state=0).fit(x_train)
    return lambda x: -trees.score_samples(x)


def gaussian(x_train, floor):
    """Return the distance from the mean in units of each direction's spread (Mahalanobis).

    So many mean variances are added to each variance, so that no direction has none.
    """
    mean = x_train.mean(axis=0)
    variances, directions = np.linalg.eigh(np.cov(x_train.T))
    scale = 1 / np.sqrt(np.maximum(variances, 0) + floor * variances.mean())
    return lambda x: np.sum(((x - mean) @ directions * scale) ** 2, axis=1)


def one_line(x_train, order):
    """Return the mean size of a difference of this order."""
    return lambda x: np.abs(np.diff(x, order, axis=1)).mean(axis=1)


METHODS = {
    "PCA": pca,
    "kNN": neighbours,
    "SVM": svm,
    "forest": forest,
    "Gaussian": gaussian,
    "one line": one_line,
}


def autoencoder(heart, setting, seed):
    """Train the chapter's autoencoder with these settings; return its score."""
    length = heart.train.shape[1]
    model = heart.build(length, setting["code"], setting["width"], seed)
    model.compile(keras.optimizers.Adam(setting["rate"]), loss="mse")
    ae_utils.fit(
        model,
        heart.train,
        epochs=EPOCHS,
        batch_size=BATCH_SIZE,
        schedule="cosine",
        seed=seed,
        jit_compile=False,
    )
    return lambda x: ae_utils.squared_error_of_each(x, np.asarray(model(x)))


def chosen_area(heart, score):
    """Return the mean AUC by which settings are chosen."""
    return round(float(np.mean(heart.areas(score, heart.validation))), 4)


def judged(heart, score):
    """Return what one chosen detector does on the plantings for judging."""
    return {"auc": heart.areas(score, heart.test), "kinds": heart.by_kind(score)}


def tuned_autoencoder(heart, once):
    """Choose code, width and rate one after the other; return the choice and its grids."""
    setting, grids = dict(USUAL), {}
    for name, ladder in (("code", CODES), ("width", WIDTHS), ("rate", RATES)):
        areas = []
        for value in ladder:
            trial = {**setting, name: value}
            label = "autoencoder " + " ".join(f"{key} {one}" for key, one in trial.items())
            areas.append(
                once(label, lambda trial=trial: chosen_area(heart, autoencoder(heart, trial, 0)))
            )
        setting[name] = ae_utils.best_of_grid(ladder, areas, better="higher")
        grids[name] = dict(zip(map(str, ladder), areas, strict=True))
    return setting, grids


def measure(progress, seeds=SEEDS):
    """Tune each method by one rule, then judge the chosen ones; the autoencoder with each seed."""
    heart, once = Heart(), progress.once
    methods = {}
    for name, method in METHODS.items():
        ladder = LADDERS[name]
        areas = [
            once(f"{name} {value}", lambda v=value, m=method: chosen_area(heart, m(heart.train, v)))
            for value in ladder
        ]
        best = ae_utils.best_of_grid(ladder, areas, better="higher")
        run = once(f"{name}, chosen", lambda m=method, v=best: judged(heart, m(heart.train, v)))
        grid = dict(zip(map(str, ladder), areas, strict=True))
        methods[name] = {"chosen": best, "grid": grid, "runs": [run]}
    setting, grids = tuned_autoencoder(heart, once)
    for name, choice in (("autoencoder", setting), ("autoencoder, as above", USUAL)):
        runs = [
            once(
                f"{name}, seed {seed}",
                lambda c=choice, s=seed: judged(heart, autoencoder(heart, c, s)),
            )
            for seed in seeds
        ]
        methods[name] = {"chosen": choice, "grid": grids, "runs": runs}
    # A rule for PCA that needs no anomaly: keep this share of the training windows' variance.
    shares = np.cumsum(np.linalg.svd(heart.train - heart.train.mean(axis=0), compute_uv=False) ** 2)
    size = int(np.searchsorted(shares / shares[-1], 0.999)) + 1
    run = once("PCA by variance", partial(judged, heart, pca(heart.train, size)))
    methods["PCA, 99.9 % of the variance"] = {"chosen": size, "grid": {}, "runs": [run]}
    return {"methods": methods}
