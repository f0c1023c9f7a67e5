"""Stars of the chapter *recommenders*: AutoRec and biased factorization, tuned alike.

Both get ten settings, chosen on ratings of the first split that are kept for choices, and then
three starts on each of three splits. The bias model, whose leftovers both explain, is tuned first.
"""

import keras
import numpy as np
from keras import layers, ops
from scipy.sparse import csr_matrix

import ae_utils
from ae_utils import fit, set_seed
from benchmarks.chapter_code import run_cells

CHAPTER = "recommenders"
CELLS = {"stars-split": None, "stars-bias": None, "stars-model": None}
SEEDS = (0, 1, 2)
SPLITS = (0, 1, 2)
SHRINKS = (0.5, 1, 2, 3, 4, 5, 7, 10, 15, 20)
LADDERS = {
    "factorization": {
        "ridge": (8, 10, 12, 15, 20),
        "size": (10, 20, 30),
        "sweeps": (5, 10, 20, 40),
    },
    "AutoRec": {
        "epochs": (20, 40, 80),
        "penalty": (0.001, 0.002, 0.003, 0.005, 0.01),
        "size": (25, 50, 100),
        "rate": (0.001, 0.002),
    },
}
USUAL = {
    "factorization": {"ridge": 15, "size": 20, "sweeps": 20},
    "AutoRec": {"epochs": 40, "penalty": 0.003, "size": 50, "rate": 0.001},
}
FEW_SWEEPS = 5  # where the chapter's factorization once stopped


class Stars:
    """The chapter's code and ratings."""

    def __init__(self):
        names = {"keras": keras, "layers": layers, "np": np, "ops": ops, "csr_matrix": csr_matrix}
        names |= {"fit": fit, "set_seed": set_seed, "data": ae_utils.load_movielens(verbose=False)}
        self.code = run_cells(CHAPTER, CELLS, names)
        self.makers = {
            "factorization": self.code["biased_factorization"],
            "AutoRec": self.code["autorec"],
        }

    def split(self, number, shrink):
        """Return known stars, what the bias model answers, and ratings to choose and to test by."""
        train, choice, test = self.code["cut"](number)
        grid = self.code["stars_grid"](train)
        return grid, self.code["bias_model"](grid, shrink), choice, test

    def error(self, answer, rows):
        """Return the root mean square error in stars."""
        return round(float(self.code["error_in_stars"](answer, rows)), 5)


def tuned(stars, name, shrink, once):
    """Walk up the ladders one after the other; return the best setting, and all trials."""
    grid, base, choice, _ = stars.split(SPLITS[0], shrink)
    setting, trials = dict(USUAL[name]), []
    for key, ladder in LADDERS[name].items():
        for value in ladder:
            candidate = {**setting, key: value}
            if candidate in [trial["setting"] for trial in trials]:
                continue
            error = once(
                f"{name} {candidate}",
                lambda s=candidate: stars.error(stars.makers[name](grid, base, **s), choice),
            )
            trials.append({"setting": candidate, "error": error})
        setting = min(trials, key=lambda trial: trial["error"])["setting"]
    return setting, [{**trial["setting"], "error": trial["error"]} for trial in trials]


def measure(progress, seeds=SEEDS):
    """Return name → setting, grid, and errors on each split from each start."""
    stars = Stars()
    grid, _, choice, _ = stars.split(SPLITS[0], 1)
    errors = [
        progress.once(
            f"shrink {shrink}",
            lambda s=shrink: stars.error(stars.code["bias_model"](grid, s), choice),
        )
        for shrink in SHRINKS
    ]
    shrink = ae_utils.best_of_grid(SHRINKS, errors, better="lower")

    def tested(maker, starts, **setting):
        found = []
        for number in SPLITS:
            grid, base, _, test = stars.split(number, shrink)
            answers = (maker(grid, base, seed=seed, **setting) for seed in starts)
            found.append([stars.error(answer, test) for answer in answers])
        return found

    def mean_of_all(grid, base, seed):
        return np.full(grid.shape, grid[grid > 0].mean())

    def bias(grid, base, seed):
        return base

    shrinks = [{"shrink": one, "error": e} for one, e in zip(SHRINKS, errors, strict=True)]
    chosen = {"mean of all": (mean_of_all, {}, []), "bias model": (bias, {}, shrinks)}
    for name, maker in stars.makers.items():
        setting, trials = tuned(stars, name, shrink, progress.once)
        chosen[name] = (maker, setting, trials)
    few = {**chosen["factorization"][1], "sweeps": FEW_SWEEPS}
    chosen["factorization, few sweeps"] = (stars.makers["factorization"], few, [])
    results = {}
    for name, (maker, setting, trials) in chosen.items():
        starts = seeds if maker in stars.makers.values() else seeds[:1]
        runs = progress.once(
            f"{name}, all splits and starts",
            lambda m=maker, s=setting, t=starts: tested(m, t, **s),
        )
        results[name] = {"setting": setting, "grid": trials, "errors": runs}
    results["bias model"]["setting"] = {"shrink": shrink}
    return {"methods": results}
