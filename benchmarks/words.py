"""What the chapter *discrete* says of few words for an image, over seeds, with its own cells.

Sixteen words of 64, by k-means and by a VQ-VAE: squared error, and bits with a network as prior.
"""

import keras
import numpy as np
from keras import layers, ops

import ae_utils
from ae_utils import Noise
from benchmarks.chapter_code import run_cells

CHAPTER = "discrete"
CELLS = {
    "nearest": "\n\n\ndef k_means_round",
    "patches": None,
    "distance": None,
    "quantizer": None,
    "quantizer-call": None,
    "quantizer-average": None,
    "halves": None,
    "model": None,
    "codebooks": None,
    "context-kinds": None,
    "contexts": None,
    "prior": None,
}
SEEDS = (0, 1, 2)
MANY, EPOCHS = 20_000, 4
PATCH_IMAGES, PRIOR_IMAGES = 10_000, 6_000
SIDE, WIDTH, CODES = 4, 128, 64  # places a side, width of the halves for them, vocabulary


class Trial:
    """The chapter's code and digits."""

    def __init__(self):
        digits = ae_utils.load_mnist(verbose=False)
        self.train = digits.train_images.reshape(-1, 784)[:MANY]
        self.test = digits.test_images.reshape(-1, 784)
        names = {"keras": keras, "layers": layers, "np": np, "ops": ops}
        names |= {"Noise": Noise, "fit": ae_utils.fit, "set_seed": ae_utils.set_seed}
        self.code = run_cells(CHAPTER, CELLS, names)

    def __getattr__(self, name):
        """Return what the chapter's cells define."""
        return self.code[name]

    def result(self, known, test, drawn, seed):
        """Return squared error and bits, from codes and from what is drawn from them."""
        prior = self.train_prior(known, CODES, seed=seed)
        return {
            "error": round(float(ae_utils.squared_error_per_image(self.test, drawn)), 3),
            "equal": SIDE**2 * float(np.log2(CODES)),
            "network": round(float(self.network_bits(prior, test, CODES)), 2),
        }


def patches(trial, seed):
    """Return the result of k-means."""
    vectors = trial.to_patches(trial.train[:PATCH_IMAGES], SIDE)
    book = trial.k_means(vectors, CODES, seed)
    known, test = (
        trial.patch_words(x, book, SIDE) for x in (trial.train[:PRIOR_IMAGES], trial.test)
    )
    return trial.result(known, test, trial.from_patches(book[test], SIDE), seed)


def learned(trial, seed):
    """Return the result of the VQ-VAE."""
    shape = {"side": SIDE, "width": WIDTH}
    model = trial.code["train"](trial.train, EPOCHS, codes=CODES, seed=seed, **shape)
    known, test = (model.codes(x).astype(int) for x in (trial.train[:PRIOR_IMAGES], trial.test))
    drawn = model.predict(trial.test, batch_size=1000, verbose=0)
    return trial.result(known, test, drawn, seed)


def measure(progress, seeds=SEEDS):
    """Return, for k-means and for the VQ-VAE, one entry a seed."""
    trial = Trial()
    return {
        "few words": {
            name: [
                progress.once(
                    f"{name}, seed {seed}", lambda make=make, seed=seed: make(trial, seed)
                )
                for seed in seeds
            ]
            for name, make in (("k-means patches", patches), ("VQ-VAE", learned))
        }
    }
