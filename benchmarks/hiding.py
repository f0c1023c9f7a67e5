"""The masked autoencoder with other numbers of patches hidden in *training*, over three seeds.

Each is judged on several numbers of visible patches, and by linear probes on its code. The rows
with twelve hidden, and as many passes, are in the experiment *masked*.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

import ae_utils
from ae_utils import models
from benchmarks.chapter_code import run_cells

# The cells of the chapter that make its patches, its model and its measurements; of some only the
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
}
SEEDS = (0, 1, 2)
HIDDEN = (4, 8, 14)
EPOCHS = 2
NUMBERS_SEEN = (12, 8, 4, 2, 1)


def chapter_code():
    """Return the names that the chapter's own cells define."""
    names = {"keras": keras, "np": np, "tf": tf, "layers": layers, "ops": ops}
    names |= {"Noise": models.Noise, "data": ae_utils.load_mnist(verbose=False)}
    names |= {"best_of_grid": ae_utils.best_of_grid, "set_seed": ae_utils.set_seed}
    names["linear_probe_accuracy"] = ae_utils.linear_probe_accuracy
    names["rows_of_each_class"] = ae_utils.rows_of_each_class
    return run_cells(CHAPTER, CELLS, names)


def trained_row(code, hidden, seed):
    """Return errors and accuracies of one model, and the strengths of the probes."""
    model, _, _ = code["train_masked"](hidden, EPOCHS, seed)
    guess, codes = code["guess_of_masked"](model), code["codes_by"](code["pooled"](model.encoder))
    (many, many_strength), (few, few_strength) = (code["probe"](codes, n) for n in (5000, 100))
    return {
        "errors": [round(code["hidden_errors"](guess, n).mean(), 5) for n in NUMBERS_SEEN],
        "probe": round(np.mean(many), 4),
        "few_labels": round(np.mean(few), 4),
        "strengths": [many_strength, few_strength],
    }


def measure(progress, seeds=SEEDS):
    """Return a row for each number of patches hidden in training, and seed."""
    code = chapter_code()
    rows = []
    for hidden in HIDDEN:
        for seed in seeds:
            label = f"{hidden} hidden, {EPOCHS} epochs, seed {seed}"
            row = progress.once(label, lambda at=(hidden, seed): trained_row(code, *at))
            rows.append({"hidden": hidden, "epochs": EPOCHS, "seed": seed, **row})
    return {"rows": rows}
