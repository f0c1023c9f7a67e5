"""The model of the chapter *masked* over three seeds, after few and after many passes.

Of the masked autoencoder, and of the encoder as it was drawn: error on hidden pixels, linear probes
on the code, fine-tuning with a hundred labels, and the share of filled images that a classifier
reads as the true digit.
"""

from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

import ae_utils
from ae_utils import models
from benchmarks.chapter_code import run_cells

# The cells of the chapter that make its patches, its models and its measurements; of some only the
# definitions, up to the text given here.
CHAPTER = "masked"
CELLS = {
    "patches": "\nprint(",
    "hide": "\n\n\ndef masked_picture",
    "guess": "\n\n\ndef mean_guess",
    "blocks": None,
    "encoder": None,
    "model": None,
    "train": "\n\n\nmodel, start",
    "codes": "\n\n\nuntrained =",
    "probe": "\n\n\nscores, chosen",
    "tune": None,
    "fails": "\n\n\nread =",
}
SEEDS = (0, 1, 2)
EPOCHS = (15, 2)
NUMBERS_SEEN = (12, 8, 4, 2, 1)
TUNING_RATES = (0.001, 0.003, 0.01)


def chapter_code():
    """Return the names that the chapter's own cells define."""
    names = {"keras": keras, "np": np, "tf": tf, "layers": layers, "ops": ops}
    names |= {"Noise": models.Noise, "data": ae_utils.load_mnist(verbose=False)}
    names |= {"best_of_grid": ae_utils.best_of_grid, "set_seed": ae_utils.set_seed}
    names["linear_probe_accuracy"] = ae_utils.linear_probe_accuracy
    names["rows_of_each_class"] = ae_utils.rows_of_each_class
    return run_cells(CHAPTER, CELLS, names)


def judged_guess(code, guess):
    """Return errors for the chapter's numbers of visible patches, and the share read right."""
    errors = [round(code["hidden_errors"](guess, count).mean(), 5) for count in NUMBERS_SEEN]
    return {"errors": errors, "read": round(code["read_right"](guess, 4).mean(), 4)}


def judged_code(code, encode):
    """Return the accuracy of linear probes, and their strengths."""
    codes = code["codes_by"](encode)
    (many, many_strength), (few, few_strength) = (code["probe"](codes, n) for n in (5000, 100))
    return {
        "probe": round(np.mean(many), 4),
        "few_labels": round(np.mean(few), 4),
        "strengths": [many_strength, few_strength],
    }


def judged_start(code, start, draw):
    """Return the accuracy after fine-tuning on one draw of labels, its rate by validation."""
    results = [code["tuned_accuracies"](start, rate, draw) for rate in TUNING_RATES]
    best = ae_utils.best_of_grid(TUNING_RATES, [valid for valid, _ in results], better="higher")
    return {"tuned": round(dict(zip(TUNING_RATES, results, strict=True))[best][1], 4), "rate": best}


def masked_row(code, epochs, seed):
    """Return the row of a masked autoencoder."""
    model, _, _ = code["train_masked"](12, epochs, seed)
    return {
        **judged_guess(code, code["guess_of_masked"](model)),
        **judged_code(code, code["pooled"](model.encoder)),
        **judged_start(code, model.encoder.get_weights(), seed),
    }


def untrained_row(code, seed):
    """Return the row of an encoder as it was drawn, which cannot guess."""
    ae_utils.set_seed(seed)
    encoder = code["PatchEncoder"](places=16, pixels=49)
    return {
        **judged_code(code, code["pooled"](encoder)),
        **judged_start(code, encoder.get_weights(), seed),
    }


def measure(progress, seeds=SEEDS):
    """Return a row for each model, number of passes over the data, and seed."""
    code = chapter_code()
    runs = {("masked", epochs): partial(masked_row, epochs=epochs) for epochs in EPOCHS}
    runs["untrained encoder", 0] = untrained_row
    rows = []
    for seed in seeds:
        for (name, epochs), run in runs.items():
            label = f"{name}, {epochs} epochs, seed {seed}"
            result = progress.once(label, lambda run=run, seed=seed: run(code, seed=seed))
            rows.append({"model": name, "epochs": epochs, "seed": seed, **result})
    return {"rows": rows}
