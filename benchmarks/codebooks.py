"""What the chapter *discrete* says of quantizers in training, over seeds, with its own cells.

How many codes each recipe uses, and how much the copied gradient keeps of what it promises.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

import ae_utils
from ae_utils import Noise
from benchmarks.chapter_code import run_cells

CHAPTER = "discrete"
CELLS = {
    "perplexity": None,
    "distance": None,
    "quantizer": None,
    "quantizer-call": None,
    "quantizer-average": None,
    "halves": None,
    "model": None,
    "codebooks": None,
    "promise": "\n\n\nfor name in",
    "scalar": None,
    "scalar-train": "\n\n\nscalar = ",
}
SEEDS = (0, 1, 2, 3, 4)
FEW, SHORT_EPOCHS = 5_000, 2


class Trial:
    """The chapter's code and digits."""

    def __init__(self):
        digits = ae_utils.load_mnist(verbose=False)
        self.train = digits.train_images.reshape(-1, 784)
        self.validation = digits.validation_images.reshape(-1, 784)[:2000]
        names = {"keras": keras, "layers": layers, "np": np, "ops": ops, "tf": tf}
        names |= {"Noise": Noise, "fit": ae_utils.fit, "set_seed": ae_utils.set_seed}
        self.code = run_cells(CHAPTER, CELLS, names)

    def __getattr__(self, name):
        """Return what the chapter's cells define."""
        return self.code[name]


def recipe(trial, settings, seed):
    """Train one quantizer for a few steps; return how it uses its codes, and its error."""
    x = trial.validation
    images = trial.train[:FEW]
    if "levels" in settings:
        model = trial.train_scalar(images, SHORT_EPOCHS, seed=seed, **settings)
    else:
        kind = trial.code[settings["kind"]]
        from_data = settings.get("from_data", True)
        model = trial.code["train"](images, SHORT_EPOCHS, kind, from_data, seed=seed)
    codes = model.codes(x)
    drawn = model.predict(x, batch_size=1000, verbose=0)
    return {
        "perplexity": round(trial.perplexity(codes, 64), 2),
        "dead": 64 - len(np.unique(codes)),
        "error": round(float(ae_utils.squared_error_per_image(x, drawn)), 3),
    }


RECIPES = {
    "gradient, small start": {"kind": "VectorQuantizer", "from_data": False},
    "gradient": {"kind": "VectorQuantizer"},
    "average": {"kind": "AveragingQuantizer"},
    "average, restarts": {"kind": "RestartingQuantizer"},
    "levels as they come": {"levels": (4, 4, 4), "normalized": False},
    "levels": {"levels": (4, 4, 4)},
}


def straight(trial, epochs, seed):
    """Return how much each half's gradient keeps of its promise after so much training."""
    images = trial.train[:FEW]
    if epochs == 0:
        halves = trial.build_halves(8, seed=seed)
        z = np.asarray(halves[0](images[:500])).reshape(-1, 8)
        book = np.random.default_rng(seed).choice(z, 64, replace=False)
        model = trial.VectorQuantizedAutoencoder(*halves, trial.RestartingQuantizer(book))
    else:
        model = trial.code["train"](images, epochs, seed=seed)
    x = tf.constant(trial.validation)
    parts = {"encoder": model.encoder, "decoder": model.decoder}
    return {name: round(trial.kept(model, part, x), 4) for name, part in parts.items()}


def by_name(results):
    """Return name → the results of all seeds."""
    return {name: [result[name] for result in results] for name in results[0]}


def measure(progress, seeds=SEEDS):
    """Return recipes and promises; each list has one entry a seed."""
    trial = Trial()
    recipes = {
        name: by_name(
            [
                progress.once(
                    f"{name}, seed {seed}",
                    lambda settings=settings, seed=seed: recipe(trial, settings, seed),
                )
                for seed in seeds
            ]
        )
        for name, settings in RECIPES.items()
    }
    stages = {
        "before training": 0,
        "after a short training": SHORT_EPOCHS,
    }
    promise = {
        stage: by_name(
            [
                progress.once(
                    f"promise {stage}, seed {seed}",
                    lambda epochs=epochs, seed=seed: straight(trial, epochs, seed),
                )
                for seed in seeds
            ]
        )
        for stage, epochs in stages.items()
    }
    return {"recipes": recipes, "promise": promise}
