"""The models of the chapter *masked*, trained for longer than a chapter has time.

The masked autoencoder and its dense rival, each with the chapter's passes and with about seven
times as many: error on hidden pixels, and probes on the code.
"""

import functools

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

import ae_utils
from ae_utils import models
from benchmarks.chapter_code import run_cells

# The chapter gives the dense rival five passes for three of the masked autoencoder.
EPOCHS = {"masked": (3, 20), "dense denoising": (5, 33)}
SEEDS = (0,)
# The cells of the chapter that make its patches, its measurements and its model; of some only the
# definitions, up to the text given here.
CHAPTER = "masked"
CELLS = {
    "patches": "\nprint(",
    "hide": "\n\n\nmany_picks",
    "blocks": None,
    "encoder": None,
    "model": None,
    "dense": "\n\n\nset_seed",
}
FEW_LABEL_DRAWS = 10


def chapter_code():
    """Return the names that the chapter's own cells define."""
    names = {"keras": keras, "np": np, "tf": tf, "layers": layers, "ops": ops}
    names |= {"Noise": models.Noise, "data": ae_utils.load_mnist(verbose=False)}
    return run_cells(CHAPTER, CELLS, names)


def train_masked(code, epochs, seed):
    """Return the two functions that the measurements need: guess, and encode."""
    encoder = code["PatchEncoder"](places=16, pixels=49)
    decoder = code["build_decoder"](places=16, pixels=49)
    model = code["MaskedAutoencoder"](encoder, decoder, hidden=12)
    model.compile(optimizer=keras.optimizers.Adam(0.002))
    ae_utils.fit(model, code["x_train"], epochs=epochs, batch_size=64, schedule="cosine", seed=seed)

    def guess(patches, pick):
        return np.asarray(model.fill(patches, np.repeat(pick[None], len(patches), axis=0)))

    def encode(patches):
        return encoder.predict(patches, batch_size=1000, verbose=0).mean(axis=1)

    return guess, encode


def train_dense(code, epochs, seed):
    """Return the same two functions for the dense rival."""
    halves = (
        keras.Sequential(
            [
                keras.Input((inputs,)),
                layers.Dense(256, activation="gelu"),
                layers.Dense(outputs),
            ]
        )
        for inputs, outputs in ((784, 64), (64, 784))
    )
    dense = models.DenoisingAutoencoder(*halves, code["hide_patches"])
    dense.compile(optimizer=keras.optimizers.Adam(0.001), loss="mse")
    x = code["x_train"].reshape(-1, 784)
    ae_utils.fit(dense, x, epochs=epochs, batch_size=128, schedule="cosine", seed=seed)

    def guess(patches, pick):
        seen = np.repeat(pick.sum(axis=0) > 0, 49)
        return np.asarray(dense(patches.reshape(-1, 784) * seen)).reshape(patches.shape)

    def encode(patches):
        return dense.encoder.predict(patches.reshape(-1, 784), batch_size=1000, verbose=0)

    return guess, encode


def probes(code, encode):
    """Return the accuracy of linear probes on 5 000 labels, and on 100, mean over draws."""
    data, held_out = code["data"], code["held_out"]
    codes, test_codes = encode(code["x_train"][:20_000]), encode(held_out)
    labels, test_labels = data.train_labels[:20_000], data.test_labels[: len(held_out)]

    def probe(chosen):
        return ae_utils.linear_probe_accuracy(
            codes[chosen], labels[chosen], test_codes, test_labels, strength=0.1
        )

    draws = (
        ae_utils.rows_of_each_class(labels, 10, np.random.default_rng(seed))
        for seed in range(FEW_LABEL_DRAWS)
    )
    few = [probe(rows) for rows in draws]
    return probe(np.arange(5000)), float(np.mean(few))


def measure(progress, seeds=SEEDS):
    """Return a row for each model, number of passes over the data, and seed."""
    code = chapter_code()
    train = {"masked": train_masked, "dense denoising": train_dense}

    def row(name, epochs, seed):
        ae_utils.set_seed(seed)
        guess, encode = train[name](code, epochs, seed)
        probe, few_labels = probes(code, encode)
        return {
            "model": name,
            "epochs": epochs,
            "seed": seed,
            "error": round(code["hidden_error"](guess, 4), 4),
            "probe": round(probe, 4),
            "few_labels": round(few_labels, 4),
        }

    rows = [
        progress.once(
            f"{name}, {epochs} epochs, seed {seed}", functools.partial(row, name, epochs, seed)
        )
        for name, numbers in EPOCHS.items()
        for epochs in numbers
        for seed in seeds
    ]
    return {"rows": rows}
