"""Stretches of the chapter *anomalies*: are they unlikely, or only untypical?

A Gaussian is fitted to undisturbed training windows, and beside it PCA and autoencoders from three
starts, with the settings that the experiment *detectors* chose. The surprise of a window is its
negative logarithm of the density, without the constant; for the others it is the squared error.
Asked are single windows, and stretches of neighbouring ones, in three ways:

- ``large``: is the mean surprise large?
- ``typical``: is it far from the mean surprise of validation windows, on either side? This is the
  test of Nalisnick et al. (2019, arXiv 1906.02994).
- ``logarithm``: the same with logarithms and the median, the chapter's score with two sides.

The test promises a rate of false alarms, from validation windows that are drawn at random. Measured
is the rate for windows drawn at random, and for windows that are neighbours.
"""

from functools import partial

import keras
import numpy as np
from keras import layers
from scipy.ndimage import uniform_filter1d
from sklearn.covariance import EmpiricalCovariance
from sklearn.metrics import roc_auc_score

import ae_utils
from benchmarks.chapter_code import run_cells

CHAPTER = "anomalies"
CELLS = {
    "signal": "first, first_kinds",
    "windows": None,
    "train": "\n\n\nx_train, x_validation",
    "rivals": None,
}
SEEDS = range(10)  # of the plantings
STEP, PLACES = 15, 1200  # samples from window to window, and from disturbance to disturbance
STRETCH = 12  # so many neighbouring windows hold at least half of a disturbance
PCA_SIZE = 96  # this and the next chosen in the experiment "detectors"
AUTOENCODER = {"code": 160, "width": 1024, "rate": 0.002}
EPOCHS, BATCH_SIZE, STARTS = 40, 256, range(3)
PROMISED, RESAMPLES = 0.01, 10_000
SCORES = ("large", "typical", "logarithm")


class Heart:
    """The chapter's code and blocks, and models of undisturbed training windows."""

    def __init__(self):
        names = {"np": np, "keras": keras, "layers": layers, "uniform_filter1d": uniform_filter1d}
        names |= {"ecg": ae_utils.load_ecg(verbose=False)}
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
        self.code = run_cells(CHAPTER, CELLS, names)
        train = self.windows("train_blocks", 3)
        gaussian = EmpiricalCovariance().fit(train.astype("float64"))
        self.models = {
            "Gaussian": lambda x: gaussian.mahalanobis(x) / 2,
            "PCA": self.code["pca_errors"](train, PCA_SIZE),
        }
        for start in STARTS:
            model = self.code["build"](
                train.shape[1], AUTOENCODER["code"], AUTOENCODER["width"], start
            )
            rate = AUTOENCODER["rate"]
            model = self.code["trained"](model, train, EPOCHS, BATCH_SIZE, seed=start, rate=rate)
            errors = partial(self.code["errors_of"], model)
            self.models[f"autoencoder, start {start}"] = errors

    def windows(self, blocks, step=STEP):
        """Return the windows of blocks that the chapter names."""
        return self.code["windows_of"](self.code[blocks], step)

    def stretches(self, blocks):
        """Return the windows of undisturbed blocks, in stretches of neighbours."""
        rows = self.windows(blocks).reshape(len(self.code[blocks]), -1, self.code["length"])
        whole = rows.shape[1] // STRETCH * STRETCH
        return rows[:, :whole].reshape(-1, STRETCH, rows.shape[-1])

    def disturbed_stretches(self, seed):
        """Return the windows of each planted disturbance, in stretches, and their kinds."""
        changed, kind_at = self.code["disturbed"](self.code["test_blocks"], seed)
        kept, kind = self.code["judged"](kind_at)
        windows = self.code["windows_of"](changed, STEP)[kept]
        of_block = len(kept) // len(changed)
        block, place = np.divmod(np.flatnonzero(kept), of_block)
        stretch = block * 10 + place * STEP // PLACES
        found, kinds = [], []
        for one in np.unique(stretch[kind > 0]):
            here = np.flatnonzero((stretch == one) & (kind > 0))[:STRETCH]
            found.append(windows[here])
            kinds.append(kind[here[0]])
        return np.array(found), np.array(kinds)


def scores_of(surprise, usual):
    """Return the three scores of stretches, from the surprise of their windows (n, windows)."""
    mean, logarithm = surprise.mean(axis=1), np.log(surprise).mean(axis=1)
    values = mean, np.abs(mean - usual.mean()), np.abs(logarithm - np.median(np.log(usual)))
    return dict(zip(SCORES, values, strict=True))


def areas(surprise, normal, kinds, names, usual):
    """Return score → kind of disturbance → AUC of its stretches against undisturbed ones."""
    odd, even = scores_of(surprise, usual), scores_of(normal, usual)
    result = {}
    for score in SCORES:
        result[score] = {}
        for number, name in enumerate(["all", *names]):
            chosen = odd[score] if number == 0 else odd[score][kinds == number]
            truth = np.arange(len(chosen) + len(even[score])) < len(chosen)
            area = roc_auc_score(truth, np.concatenate([chosen, even[score]]))
            result[score][name] = round(float(area), 4)
    return result


def of_planting(heart, seed):
    """Return model → windows in a stretch → score → kind → AUC, for one planting."""
    odd, kinds = heart.disturbed_stretches(seed)
    even = heart.stretches("test_blocks")
    result = {}
    for name, model in heart.models.items():
        usual = model(heart.windows("validation_blocks"))
        surprise, normal = (
            model(part.reshape(-1, part.shape[-1])).reshape(part.shape[:2]) for part in (odd, even)
        )
        result[name] = {
            str(STRETCH): areas(surprise, normal, kinds, heart.code["kinds"], usual),
            "1": areas(
                surprise.reshape(-1, 1),
                normal.reshape(-1, 1),
                np.repeat(kinds, STRETCH),
                heart.code["kinds"],
                usual,
            ),
        }
    return result


def false_alarms(heart):
    """Return model → rates of false alarms of the test for typicality."""
    generator = np.random.default_rng(0)
    result = {}
    for name, model in heart.models.items():
        usual = model(heart.windows("validation_blocks"))

        def far(surprise, usual=usual):
            return np.abs(surprise.mean(axis=-1) - usual.mean())

        def at_random(surprise):
            return generator.choice(surprise, (RESAMPLES, STRETCH))

        threshold = np.quantile(far(at_random(usual)), 1 - PROMISED)
        result[name] = {
            "test, at random": far(at_random(model(heart.windows("test_blocks")))) > threshold
        }
        for part in ("validation", "test"):
            stretches = heart.stretches(f"{part}_blocks")
            surprise = model(stretches.reshape(-1, stretches.shape[-1]))
            alarms = far(surprise.reshape(stretches.shape[:2])) > threshold
            result[name][f"{part}, neighbours"] = alarms
        result[name] = {key: round(float(np.mean(one)), 4) for key, one in result[name].items()}
    return result


def measure(progress, seeds=SEEDS):
    """Ask each planting's stretches in three ways, and count false alarms once."""
    heart = Heart()
    return {
        "windows_in_a_stretch": STRETCH,
        "stretches_without_disturbance": len(heart.stretches("test_blocks")),
        "promised": PROMISED,
        "false_alarms": progress.once("false alarms", lambda: false_alarms(heart)),
        "plantings": [
            progress.once(f"planting {seed}", lambda s=seed: of_planting(heart, s))
            for seed in seeds
        ],
    }
