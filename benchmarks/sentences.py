"""What the chapter *discrete* says of sentences of codes, over seeds, with its own cells.

Squared error against bits, with the same priors for every code. Patches and the VQ-VAE with 64
codes run on all seeds, the other curves on the first.
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
    "scalar": None,
    "scalar-train": "\n\n\nscalar = ",
    "lloyd": None,
    "context-kinds": None,
    "counted": None,
    "contexts": None,
    "prior": None,
}
SEEDS = (0, 1, 2)
MANY, EPOCHS = 20_000, 4
PATCH_IMAGES, PRIOR_IMAGES = 3_000, 6_000
PATCH_KINDS, LARGE = (16, 64, 256, 1024), 256
CODES, LEVELS, NUMBER_BITS = (64, 256), (4, 4, 4), (2, 3, 4)
STRENGTHS = (3, 10, 30, 100, 300, 1000)


class Trial:
    """The chapter's code and digits."""

    def __init__(self):
        digits = ae_utils.load_mnist(verbose=False)
        self.train, self.validation, self.test = (
            images.reshape(len(images), -1)
            for images in (digits.train_images, digits.validation_images, digits.test_images)
        )
        names = {"keras": keras, "layers": layers, "np": np, "ops": ops}
        names |= {"Noise": Noise, "fit": ae_utils.fit, "set_seed": ae_utils.set_seed}
        self.code = run_cells(CHAPTER, CELLS, names)

    def __getattr__(self, name):
        """Return what the chapter's cells define."""
        return self.code[name]

    def parts(self):
        """Return name → images: those that a prior learns from, validation and test."""
        return {"train": self.train[:MANY], "validation": self.validation, "test": self.test}


def copies(model, x):
    """Return reconstructions of images."""
    return model.predict(x, batch_size=1000, verbose=0)


def error(x, x_hat):
    """Return the squared error per image, rounded."""
    return round(float(ae_utils.squared_error_per_image(x, x_hat)), 3)


def prices(trial, codes, size, seed, network=True):
    """Return the bits of a test digit: equal prices, by place, by counts, and by a network.

    Args:
        trial: a :class:`Trial`.
        codes: name of a part → codes (n, places).
        size: of the vocabulary.
        seed: of the network.
        network: whether to train one.
    """
    contexts = (trial.place, trial.left, trial.left_and_up)
    known = codes["train"]

    def counted(part, chain, strength):
        return trial.counted_bits(known, codes[part], size, chain, strength)

    scores = [counted("validation", contexts, strength) for strength in STRENGTHS]
    strength = ae_utils.best_of_grid(STRENGTHS, scores, better="lower")
    bits = {
        "equal": known.shape[1] * float(np.log2(size)),
        "by place": counted("test", contexts[:1], strength),
        "counts": counted("test", contexts, strength),
    }
    if network:
        prior = trial.train_prior(known[:PRIOR_IMAGES], size, seed=seed)
        bits["network"] = float(trial.network_bits(prior, codes["test"], size))
    return {name: round(float(value), 2) for name, value in bits.items()} | {"strength": strength}


def patch_point(trial, kinds, seed, network):
    """Return error and bits of patches by k-means."""
    book = trial.k_means(trial.to_patches(trial.train[:PATCH_IMAGES]), kinds, seed)
    codes = {part: trial.patch_words(x, book) for part, x in trial.parts().items()}
    drawn = trial.from_patches(book[codes["test"]])
    return {"error": error(trial.test, drawn), **prices(trial, codes, kinds, seed, network)}


def model_point(trial, model, size, seed):
    """Return error and bits of a model with a quantizer."""
    codes = {part: model.codes(x).astype(int) for part, x in trial.parts().items()}
    found = {"error": error(trial.test, copies(model, trial.test))}
    return {**found, **prices(trial, codes, size, seed)}


def numbers_as_codes(rounded, bits):
    """Return name of a part → codes (n, places): the two rounded numbers of a place as one."""
    columns = [np.unique(column) for column in np.concatenate(list(rounded.values())).T]
    codes = {}
    for part, numbers in rounded.items():
        ranks = [np.searchsorted(*pair) for pair in zip(columns, numbers.T, strict=True)]
        ranks = np.stack(ranks, axis=1)
        codes[part] = 2**bits * ranks[:, 0::2] + ranks[:, 1::2]
    return codes


def continuous_points(trial, seed, all_bits):
    """Train the halves without a quantizer; return size of the vocabulary → error and bits."""
    encoder, decoder = trial.build_halves(2, seed=seed)
    model = trial.learn(keras.Sequential([encoder, decoder]), trial.train[:MANY], EPOCHS, seed)
    z = {
        part: encoder.predict(x, batch_size=1000, verbose=0).reshape(len(x), -1)
        for part, x in trial.parts().items()
    }
    points = {"exact": {"error": error(trial.test, copies(model, trial.test))}}
    for bits in all_bits:
        each = np.full(z["train"].shape[1], bits)
        rounded = {part: trial.rounded(numbers, z["train"], each) for part, numbers in z.items()}
        codes = numbers_as_codes(rounded, bits)
        grid = rounded["test"].reshape(-1, 7, 7, 2)
        drawn = decoder.predict(grid, batch_size=1000, verbose=0)
        points[f"{4**bits}"] = {
            "error": error(trial.test, drawn),
            **prices(trial, codes, 4**bits, seed),
        }
    return points


def measure(progress, seeds=SEEDS):
    """Return family → size of the vocabulary → error and bits for each seed."""
    trial = Trial()
    first = seeds[0]
    patches = {f"{kinds}": [] for kinds in PATCH_KINDS}
    learned = {f"{codes}": [] for codes in CODES}

    def vq_point(codes, seed):
        model = trial.code["train"](trial.train[:MANY], EPOCHS, codes=codes, seed=seed)
        return model_point(trial, model, codes, seed)

    def scalar_point():
        model = trial.train_scalar(trial.train[:MANY], EPOCHS, LEVELS, seed=first)
        return model_point(trial, model, int(np.prod(LEVELS)), first)

    for seed in seeds:
        for codes in CODES if seed == first else CODES[:1]:
            label = f"VQ-VAE, {codes} codes, seed {seed}"
            learned[f"{codes}"].append(
                progress.once(label, lambda codes=codes, seed=seed: vq_point(codes, seed))
            )
        for kinds in PATCH_KINDS:
            network = kinds == LARGE or (kinds < LARGE and seed == first)
            patches[f"{kinds}"].append(
                progress.once(
                    f"{kinds} kinds of patch, seed {seed}",
                    lambda kinds=kinds, seed=seed, network=network: patch_point(
                        trial, kinds, seed, network
                    ),
                )
            )
    continuous = progress.once(
        f"continuous, seed {first}", lambda: continuous_points(trial, first, NUMBER_BITS)
    )
    return {
        "curves": {
            "k-means patches": patches,
            "VQ-VAE": learned,
            "continuous": {name: [point] for name, point in continuous.items()},
            "scalar": {f"{np.prod(LEVELS)}": [progress.once("levels", scalar_point)]},
        }
    }
