"""What the chapter *discrete* says of drawn sentences, over seeds, with its own cells.

What a prior reads, and how sure a classifier is of what it draws; and what the copied gradient of
a trained encoder keeps of its promise.
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
    "nearest": "\n\n\ndef k_means_round",
    "patches": None,
    "distance": None,
    "quantizer": None,
    "quantizer-call": None,
    "quantizer-average": None,
    "halves": None,
    "model": None,
    "codebooks": None,
    "promise": "\n\n\nfor name in",
    "context-kinds": None,
    "contexts": None,
    "prior": None,
    "draw": None,
}
SEEDS = (0, 1, 2)
MANY, EPOCHS = 20_000, 4
PATCH_IMAGES, PRIOR_IMAGES, MORE_IMAGES = 3_000, 6_000, 18_000
LONG_REACH = 6
DRAWN, SURE = 1000, 0.9


class Trial:
    """The chapter's code, its digits, and a classifier as judge."""

    def __init__(self):
        digits = ae_utils.load_mnist(verbose=False)
        self.train, self.validation, self.test = (
            images.reshape(len(images), -1)
            for images in (digits.train_images, digits.validation_images, digits.test_images)
        )
        self.labels = digits.train_labels[:MANY, np.newaxis].astype("float32")
        names = {"keras": keras, "layers": layers, "np": np, "ops": ops, "tf": tf}
        names |= {"Noise": Noise, "fit": ae_utils.fit, "set_seed": ae_utils.set_seed}
        self.code = run_cells(CHAPTER, CELLS, names)
        self.judge = None

    def __getattr__(self, name):
        """Return what the chapter's cells define."""
        return self.code[name]

    def sure(self, images):
        """Return the share of images of which the classifier is sure."""
        if self.judge is None:
            ae_utils.set_seed(0)
            self.judge = keras.Sequential(
                [
                    keras.Input((784,)),
                    layers.Dense(256, activation="relu"),
                    layers.Dropout(0.3),
                    layers.Dense(10, activation="softmax"),
                ]
            )
            self.judge.compile(
                optimizer=keras.optimizers.Adam(0.002),
                loss=keras.losses.SparseCategoricalCrossentropy(),
            )
            ae_utils.fit(
                self.judge,
                self.train[:MANY],
                self.labels,
                epochs=6,
                batch_size=128,
                schedule="cosine",
            )
        confidence = self.judge.predict(images, batch_size=1000, verbose=0).max(axis=1)
        return round(float(np.mean(confidence > SURE)), 4)


def learned(trial, seed):
    """Train the chapter's VQ-VAE; return what its gradients keep, and what priors make of it."""
    model = trial.code["train"](trial.train[:MANY], EPOCHS, seed=seed)
    book = np.asarray(model.quantizer.codebook)

    def drawing(codes):
        grid = book[codes.reshape(-1, 7, 7)]
        return trial.sure(model.decoder.predict(grid, batch_size=1000, verbose=0))

    x = tf.constant(trial.validation[:2000])
    parts = {"encoder": model.encoder, "decoder": model.decoder}
    kept = {name: round(trial.kept(model, part, x), 4) for name, part in parts.items()}
    known = model.codes(trial.train[:MANY]).astype(int)
    test = model.codes(trial.test).astype(int)
    found = {"promise": kept, "copies": {"sure": drawing(test[:DRAWN])}}
    settings = {
        "chapter": (PRIOR_IMAGES, 3),
        "more codes": (MORE_IMAGES, 3),
        "more codes, all earlier": (MORE_IMAGES, LONG_REACH),
    }
    for name, (images, reach) in settings.items():
        prior = trial.train_prior(known[:images], 64, reach, seed=seed)
        drawn = trial.draw(prior, DRAWN, 64, reach=reach, seed=seed)
        bits = float(trial.network_bits(prior, test, 64, reach))
        found[name] = {"bits": round(bits, 2), "sure": drawing(drawn)}
    return found


def patches(trial, kinds, seed):
    """Return how sure the judge is of copies by patches, and of drawn ones."""
    book = trial.k_means(trial.to_patches(trial.train[:PATCH_IMAGES]), kinds, seed)
    known, test = (
        trial.patch_words(x, book) for x in (trial.train[:PRIOR_IMAGES], trial.test[:DRAWN])
    )
    prior = trial.train_prior(known, kinds, seed=seed)
    drawn = trial.draw(prior, DRAWN, kinds, seed=seed)
    return {
        "copies": {"sure": trial.sure(trial.from_patches(book[test]))},
        "chapter": {"sure": trial.sure(trial.from_patches(book[drawn]))},
    }


def measure(progress, seeds=SEEDS):
    """Return, for the VQ-VAE and for patches, one entry a seed."""
    trial = Trial()
    kinds = 256
    found = {"VQ-VAE": [], f"{kinds} kinds of patch": []}
    for seed in seeds:
        found["VQ-VAE"].append(
            progress.once(f"VQ-VAE, seed {seed}", lambda seed=seed: learned(trial, seed))
        )
        found[f"{kinds} kinds of patch"].append(
            progress.once(
                f"{kinds} kinds of patch, seed {seed}",
                lambda seed=seed: patches(trial, kinds, seed),
            )
        )
    return {"drawings": found}
