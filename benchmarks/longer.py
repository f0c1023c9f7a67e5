"""The VQ-VAE of the chapter *discrete* after twice the steps: its error and its bits, three seeds.

Its codes are priced by counts as all competitors of the chapter are, the strength chosen on
validation images.
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
    "counted": None,
    "contexts": None,
}
SEEDS = (0, 1, 2)
MANY, EPOCHS, CODES = 20_000, 8, 64
STRENGTHS = (3, 10, 30, 100, 300, 1000)


def measure(progress, seeds=SEEDS):
    """Return squared error per image and bits by counts of each seed."""
    digits = ae_utils.load_mnist(verbose=False)
    train, validation, test = (
        images.reshape(len(images), -1)
        for images in (digits.train_images[:MANY], digits.validation_images, digits.test_images)
    )
    names = {"keras": keras, "layers": layers, "np": np, "ops": ops}
    names |= {"Noise": Noise, "fit": ae_utils.fit, "set_seed": ae_utils.set_seed}
    code = run_cells(CHAPTER, CELLS, names)
    contexts = (code["place"], code["left"], code["left_and_up"])

    def point(seed):
        model = code["train"](train, EPOCHS, codes=CODES, seed=seed)
        known = model.codes(train).astype(int)

        def bits(images, strength):
            codes = model.codes(images).astype(int)
            return code["counted_bits"](known, codes, CODES, contexts, strength)

        scores = [bits(validation, strength) for strength in STRENGTHS]
        strength = ae_utils.best_of_grid(STRENGTHS, scores, better="lower")
        x_hat = model.predict(test, batch_size=1000, verbose=0)
        return {
            "error": round(float(ae_utils.squared_error_per_image(test, x_hat)), 3),
            "counts": round(float(bits(test, strength)), 2),
            "strength": strength,
        }

    return {
        "epochs": EPOCHS,
        "runs": [
            progress.once(f"{EPOCHS} epochs, seed {seed}", lambda seed=seed: point(seed))
            for seed in seeds
        ],
    }
