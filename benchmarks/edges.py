"""Sparse codes of patches of photographs, over three seeds: which filters, and at what price.

The chapter *regularized*'s patches and models: an L1 penalty of several weights, codes of two
widths, and the k largest numbers instead of a penalty. Beside them independent component analysis
and PCA, which need no network.
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
    "patches": None,
    "edges-train": None,
    "edges-measure": None,
}
SEEDS = (0, 1, 2)
MODELS = {
    "no penalty, 100 units": {"units": 100},
    "L1 1.5, 100 units": {"units": 100, "weight": 1.5},
    "L1 3, 100 units": {"units": 100, "weight": 3.0},
    "L1 3, 400 units": {"units": 400, "weight": 3.0},
    "L1 6, 400 units": {"units": 400, "weight": 6.0},
    "top 8, 400 units": {"units": 400, "k": 8},
    "top 16, 400 units": {"units": 400, "k": 16},
}
KEPT = (8, 16)


def of_filters(code, filters):
    """Return how local filters are: the mean share of energy in a quarter of the area."""
    return round(float(code["share_in_window"](filters).mean()), 4)


def squared_error(x, x_hat):
    """Return the squared error of a patch, mean over patches."""
    return round(float(np.mean(np.sum((x - x_hat) ** 2, axis=1))), 3)


def model_row(code, settings, seed):
    """Return how sparse, how exact and how local a trained code is, on patches kept back."""
    model, x = code["patch_model"](**settings, seed=seed), code["patches_kept"]
    on = np.asarray(model.encoder(x)) > 0
    return {
        "active": round(float(on.sum(axis=1).mean()), 2),
        "dead": int(np.sum(~on.any(axis=0))),
        "error": squared_error(x, np.asarray(model(x))),
        "local": of_filters(code, code["pictures"](model)),
    }


def largest_kept(parts, kept):
    """Return codes with all but the largest of each row set to zero."""
    least = np.sort(np.abs(parts), axis=1)[:, -kept, None]
    return np.where(np.abs(parts) >= least, parts, 0)


def ica_row(code, seed):
    """Return the same of independent components, with as many numbers kept."""
    ica, x = code["independent_components"](seed), code["patches_kept"]
    length = np.linalg.norm(ica.mixing_, axis=0)
    parts = ica.transform(x) * length
    errors = {
        str(kept): squared_error(x, largest_kept(parts, kept) / length @ ica.mixing_.T + ica.mean_)
        for kept in KEPT
    }
    return {"errors": errors, "local": of_filters(code, ica.mixing_.T), "steps": int(ica.n_iter_)}


def pca_row(code):
    """Return the same of PCA's directions: the first ones kept, and each patch's largest ones."""
    x, directions = code["patches_kept"], code["eigenvectors"][:, ::-1]
    parts = x @ directions
    return {
        "first": {
            str(kept): squared_error(x, parts[:, :kept] @ directions[:, :kept].T) for kept in KEPT
        },
        "largest": {
            str(kept): squared_error(x, largest_kept(parts, kept) @ directions.T) for kept in KEPT
        },
        "local": of_filters(code, directions[:, :100].T),
    }


def measure(progress, seeds=SEEDS):
    """Return sparsity, error and locality of every code.

    Args:
        progress: a :class:`benchmarks.progress.Progress`.
        seeds: of the networks' start and order, and of the start of ICA.
    """
    names = {"keras": keras, "layers": layers, "ops": ops, "np": np, "x_train": None}
    names |= {name: getattr(ae_utils, name) for name in ("Autoencoder", "fit", "set_seed")}
    code = run_cells(CHAPTER, CELLS, names)
    models = {
        name: [
            progress.once(f"{name}, seed {s}", partial(model_row, code, settings, s)) for s in seeds
        ]
        for name, settings in MODELS.items()
    }
    ica = [progress.once(f"ICA, seed {s}", partial(ica_row, code, s)) for s in seeds]
    pca = progress.once("PCA", partial(pca_row, code))
    energy = float(np.mean(np.sum(code["patches_kept"] ** 2, axis=1)))
    return {"energy": round(energy, 3), "models": models, "ICA": ica, "PCA": pca}
