"""Detectors of the chapter *anomalies*, tuned alike on disturbances planted in validation blocks.

Each method has one ladder of settings, the autoencoder three in turn (code, width, rate). All are
fitted to undisturbed training blocks, chosen by the mean AUC of five plantings into the validation
blocks, and judged by ten plantings into the test blocks: windows by their AUC, points by their
average precision and by VUS-PR, which forgives an alarm that comes a little early or late.

The matrix profile is computed by stumpy, VUS-PR by aeon. The book needs neither: ``python -m pip
install stumpy==1.14.1``, and ``python -m pip install --no-deps aeon==1.6.0``.
"""

from functools import partial

import keras
import numpy as np
from keras import layers
from scipy.ndimage import uniform_filter1d
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.neighbors import NearestNeighbors
from sklearn.svm import OneClassSVM

import ae_utils
from benchmarks.chapter_code import run_cells
from benchmarks.extras import extra

CHAPTER = "anomalies"
CELLS = {
    "signal": "first, first_kinds",
    "windows": None,
    "train": "\n\n\nx_train, x_validation",
    "rivals": None,
    "points": "\n\n\nis_odd",
}
SEEDS = range(3)
VALIDATION_PLANTINGS, TEST_PLANTINGS = range(100, 105), range(10)
STEP = 15  # samples from a window that is judged to the next
EPOCHS, BATCH_SIZE = 40, 256
CODES, WIDTHS = (8, 16, 32, 64, 96, 128, 160), (64, 128, 256, 512, 1024)
RATES = (0.001, 0.002, 0.004, 0.008)
USUAL = {"code": 16, "width": 128, "rate": 0.002}  # of the chapter, chosen without anomalies
LADDERS = {
    "PCA": (8, 16, 32, 48, 64, 80, 96, 112, 128, 144),
    "kNN": (1, 2, 5, 10, 20),
    "matrix profile": (20, 45, 90, 135, 180),
    "matrix profile, alone": (20, 45, 90, 135, 180),
    "SVM": (1, 3, 10, 30, 100, 300),
    "forest": (256, 1024, 4096, 11_410),  # the last is all windows
    "Gaussian": (0.0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2),
    "one line": (1, 2, 3, 4, 6, 8, 12),
}
OF_CHAPTER = {
    "PCA": "pca_errors",
    "kNN": "neighbour_distance",
    "SVM": "svm_scores",
    "forest": "forest_scores",
    "one line": "one_line",
}
# Slices of the surface whose volume is VUS-PR: how many samples beside a disturbance count in part.
BUFFERS = (0, 45, 90, 135, 180)


class Heart:
    """The chapter's code, and the record's blocks: undisturbed, and with planted disturbances."""

    def __init__(self):
        names = {"np": np, "keras": keras, "layers": layers, "uniform_filter1d": uniform_filter1d}
        names |= {one.__name__: one for one in (IsolationForest, NearestNeighbors, OneClassSVM)}
        names |= {
            name: getattr(ae_utils, name)
            for name in (
                "Autoencoder",
                "fit",
                "fit_pca",
                "pca_reconstruction",
                "set_seed",
                "squared_error_of_each",
            )
        }
        names["ecg"] = ae_utils.load_ecg(verbose=False)
        self.code = run_cells(CHAPTER, CELLS, names)
        self.train_blocks = self.code["train_blocks"]
        self.train = self.code["windows_of"](self.train_blocks, 3)
        self.validation = [
            self.planted(self.code["validation_blocks"], seed) for seed in VALIDATION_PLANTINGS
        ]
        self.test = [self.planted(self.code["test_blocks"], seed) for seed in TEST_PLANTINGS]
        self.kinds = range(1, 1 + len(self.code["kinds"]))

    def planted(self, blocks, seed):
        """Return disturbed blocks, which points are disturbed, which windows count, their kinds."""
        changed, kind_at = self.code["disturbed"](blocks, seed)
        return changed, (kind_at > 0).astype(int).ravel(), *self.code["judged"](kind_at)

    def on_blocks(self, score):
        """Let a function that scores windows score all windows of some blocks."""
        return lambda blocks: score(self.code["windows_of"](blocks, STEP))


def gaussian(x_train, floor):
    """Return the distance from the mean in units of each direction's spread (Mahalanobis).

    So many mean variances are added to each variance, so that no direction has none.
    """
    mean = x_train.mean(axis=0)
    variances, directions = np.linalg.eigh(np.cov(x_train.T))
    scale = 1 / np.sqrt(np.maximum(variances, 0) + floor * variances.mean())
    return lambda x: np.sum(((x - mean) @ directions * scale) ** 2, axis=1)


def _joined(blocks):
    """Return the blocks as one signal; what lies across a seam has no neighbours."""
    return np.pad(blocks.astype("float64"), ((0, 0), (0, 1)), constant_values=np.nan).ravel()


def matrix_profile(heart, size, alone=False):
    """Score a window by how unlike anything else the stretches of this size in it are.

    The matrix profile holds for each stretch its distance to the nearest one, both scaled to mean 0
    and spread 1: to the nearest in the training blocks, or ``alone`` to the nearest elsewhere in
    the same signal.
    """
    stump = extra("stumpy", "stumpy==1.14.1").stump
    known = None if alone else _joined(heart.train_blocks)
    inside = heart.train.shape[1] - size + 1  # so many stretches lie in a window

    def score(blocks):
        profile = stump(_joined(blocks), size, known, ignore_trivial=alone)[:, 0].astype("float64")
        rows = np.append(profile, np.full(size - 1, np.inf)).reshape(len(blocks), -1)
        rows = rows[:, :-size]  # without those across a seam
        windows = np.lib.stride_tricks.sliding_window_view(rows, inside, axis=1)
        return windows[:, ::STEP].mean(axis=-1).ravel()

    return score


def detector(heart, name, value):
    """Fit one method with one setting; return a function from blocks to the scores of windows."""
    if name.startswith("matrix profile"):
        return matrix_profile(heart, value, alone=name.endswith("alone"))
    fit_to = gaussian if name == "Gaussian" else heart.code[OF_CHAPTER[name]]
    return heart.on_blocks(fit_to(heart.train, value))


def autoencoder(heart, setting, seed):
    """Train the chapter's autoencoder with these settings; return its scores of windows."""
    model = heart.code["build"](heart.train.shape[1], setting["code"], setting["width"], seed)
    model = heart.code["trained"](
        model, heart.train, EPOCHS, BATCH_SIZE, seed=seed, rate=setting["rate"]
    )
    return heart.on_blocks(partial(heart.code["errors_of"], model))


def random_numbers(blocks):
    """Score windows without looking at them."""
    windows = (blocks.shape[1] - 180) // STEP + 1
    return np.random.default_rng(0).random(len(blocks) * windows)


def chosen_area(heart, score):
    """Return the mean AUC by which settings are chosen."""
    areas = [
        roc_auc_score(kind > 0, score(changed)[kept]) for changed, _, kept, kind in heart.validation
    ]
    return round(float(np.mean(areas)), 4)


def _area_of(values, kind, one):
    chosen = (kind == 0) | (kind == one)
    return roc_auc_score(kind[chosen] > 0, values[chosen])


def forgiving_precision(odd, points):
    """Return VUS-PR: the area under a precision-recall curve, averaged over buffers."""
    library = extra("aeon.benchmarking.metrics.anomaly_detection", "--no-deps aeon==1.6.0")
    areas = [library.range_pr_auc_score(odd, points, buffer_size=size) for size in BUFFERS]
    return float(np.mean(areas))


def judged(heart, score):
    """Return what one chosen detector does on each planting for judging.

    Of windows the AUC over all kinds of disturbance, and its mean over plantings for each kind; of
    points, which have the mean score of the windows that hold them, two areas.
    """
    areas, by_kind, precision, forgiving = [], [], [], []
    for changed, odd, kept, kind in heart.test:
        scores = score(changed)
        points = heart.code["points_of"](scores).ravel()
        areas.append(round(roc_auc_score(kind > 0, scores[kept]), 4))
        by_kind.append([_area_of(scores[kept], kind, one) for one in heart.kinds])
        precision.append(round(average_precision_score(odd, points), 4))
        forgiving.append(round(forgiving_precision(odd, points), 4))
    return {
        "auc": areas,
        "kinds": np.mean(by_kind, axis=0).round(4).tolist(),
        "precision": precision,
        "vus_pr": forgiving,
    }


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
    for name, ladder in LADDERS.items():
        areas = [
            once(
                f"{name} {value}",
                lambda v=value, n=name: chosen_area(heart, detector(heart, n, v)),
            )
            for value in ladder
        ]
        best = ae_utils.best_of_grid(ladder, areas, better="higher")
        run = once(f"{name}, chosen", lambda v=best, n=name: judged(heart, detector(heart, n, v)))
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
    for name, choice, score in (
        ("PCA, 99.9 % of the variance", size, lambda: detector(heart, "PCA", size)),
        ("random numbers", "", lambda: random_numbers),
    ):
        run = once(name, lambda s=score: judged(heart, s()))
        methods[name] = {"chosen": choice, "grid": {}, "runs": [run]}
    return {"methods": methods}
