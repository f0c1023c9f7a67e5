"""Learning rates of the chapter *algorithm*'s NumPy network, each over a grid and three seeds.

Short trials first: right and wrong gradient, three optimizers, a deeper network, a loss in another
unit. Then the chapter's real training on digits and on clothes, at several rates.
"""

from functools import partial

import numpy as np

import ae_utils
from benchmarks.chapter_code import run_cells

CHAPTER = "algorithm"
CELLS = {
    "layers": None,
    "activations": None,
    "network": None,
    "squared-error": None,
    "bug": None,
    "sgd": None,
    "train": None,
    "adam": None,
}
SEEDS = (0, 1, 2)
TRIAL_IMAGES, TRIAL_EPOCHS, VALIDATION_IMAGES = 10_000, 5, 1000
EPOCHS = 8
BROKEN = 784.0  # no answer inside [0, 1] is further away than every pixel of an image
PIXELS = 784
MISTAKE, SUMMED, DEEP = "SGD, slope forgotten", "loss summed over pixels", "two more layers"
# Powers of two apart; in each row the best rate has neighbours on both sides.
TRIALS = {
    "SGD": (2.5, 5, 10, 20, 40, 80, 160),
    MISTAKE: (2.5, 5, 10, 20, 40, 80, 160),
    "momentum 0.9": (1, 2, 4, 8, 16, 32),
    "Adam": (0.00125, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08),
    f"SGD, {SUMMED}": tuple(rate / PIXELS for rate in (10, 20, 40, 80, 160)),
    f"Adam, {SUMMED}": (0.005, 0.01, 0.02, 0.04),
    f"SGD, {DEEP}": (5, 10, 20, 40, 80, 160),
    f"Adam, {DEEP}": (0.00125, 0.0025, 0.005, 0.01, 0.02, 0.04),
}
LONG = {"digits": (0.005, 0.01, 0.02, 0.04), "clothes": (0.005, 0.01, 0.02, 0.04)}


def deep(code, generator):
    """Return a 784-200-50-200-784 autoencoder with tanh between its layers."""
    dense, tanh = code["Dense"], code["Tanh"]
    chain = [dense(784, 200, generator), tanh(), dense(200, 50, generator)]
    chain += [dense(50, 200, generator), tanh(), dense(200, 784, generator), code["Sigmoid"]()]
    return code["Network"](chain)


def trained(code, name, rate, x, epochs, seed, cosine=False):
    """Train one network.

    Args:
        code: names that the chapter's cells define.
        name: of the trial, a key of ``TRIALS``, or ``"Adam"``.
        rate, x, epochs, seed, cosine: as in the chapter.

    Returns:
        The network, and its validation error; ``BROKEN`` where the training broke.
    """
    generator = np.random.default_rng(seed)
    if DEEP in name:
        network = deep(code, generator)
    else:
        output = code["ForgetfulSigmoid" if name == MISTAKE else "Sigmoid"]
        network = code["build"](generator, output)
    optimizer = code["Adam"](rate) if name.startswith("Adam") else code["SGD"](rate)
    if name.startswith("momentum"):
        optimizer.momentum = 0.9
    loss = code["squared_error"]
    if SUMMED in name:

        def loss(x, x_hat):
            value, gradient = code["squared_error"](x, x_hat)
            return PIXELS * value, PIXELS * gradient

    try:
        with np.errstate(all="ignore"):
            error = code["train"](network, optimizer, x, epochs, loss=loss, cosine=cosine)[-1]
    except ValueError:  # a number is not finite
        error = BROKEN
    return network, float(error if np.isfinite(error) else BROKEN)


def trial(code, name, rate, x, seed):
    """Return the validation error of a short trial."""
    return round(trained(code, name, rate, x, TRIAL_EPOCHS, seed)[1], 3)


def long_run(code, x, x_test, epochs, rate, seed):
    """Return validation and test error of the chapter's real training."""
    network, error = trained(code, "Adam", rate, x, epochs, seed, cosine=True)
    test = BROKEN
    if error < BROKEN:
        test = float(ae_utils.squared_error_per_image(x_test, network.forward(x_test)))
    return {"validation": round(error, 3), "test": round(test, 3)}


def measure(progress, seeds=SEEDS):
    """Return the validation errors of all trials; of the long runs the test errors as well.

    Args:
        progress: a :class:`benchmarks.progress.Progress`.
        seeds: seeds of the initial weights.
    """
    code = run_cells(
        CHAPTER,
        CELLS,
        {"np": np, "squared_error_per_image": ae_utils.squared_error_per_image},
    )
    sets = {
        "digits": ae_utils.load_mnist(verbose=False),
        "clothes": ae_utils.load_fashion_mnist(verbose=False),
    }

    def flat(images):
        return images.reshape(len(images), -1)

    train_images = {name: flat(data.train_images) for name, data in sets.items()}
    few = train_images["digits"][:TRIAL_IMAGES]
    code["x_validation"] = flat(sets["digits"].validation_images)[:VALIDATION_IMAGES]
    trials = []
    for name, rates in TRIALS.items():
        errors = [
            [
                progress.once(
                    f"{name}, rate {rate:.6g}, seed {seed}",
                    partial(trial, code, name, rate, few, seed),
                )
                for seed in seeds
            ]
            for rate in rates
        ]
        trials.append({"name": name, "rates": list(rates), "errors": errors})

    long = []
    for name, rates in LONG.items():
        x, x_test = train_images[name], flat(sets[name].test_images)
        code["x_validation"] = flat(sets[name].validation_images)
        # As many steps on clothes as on digits: there are fewer pictures, so more epochs.
        epochs = EPOCHS * len(train_images["digits"]) // len(x)
        run = partial(long_run, code, x, x_test, epochs)
        label = f"{name}, Adam "
        choice = [
            progress.once(f"{label}{rate}, seed {seeds[0]}", partial(run, rate, seeds[0]))
            for rate in rates
        ]
        validation_errors = [result["validation"] for result in choice]
        best = ae_utils.best_of_grid(rates, validation_errors, better="lower")
        runs = [
            progress.once(f"{label}{best}, seed {seed}", partial(run, best, seed)) for seed in seeds
        ]
        pca = ae_utils.pca_reconstruction(ae_utils.fit_pca(x, 50), x_test)
        by_pca = ae_utils.squared_error_per_image(x_test, np.clip(pca, 0, 1))
        long.append(
            {
                "name": name,
                "epochs": epochs,
                "rates": list(rates),
                "validation_errors": validation_errors,
                "best_rate": best,
                "test_errors": [result["test"] for result in runs],
                "pca": round(float(by_pca), 3),
            }
        )
    return {"broken": BROKEN, "trials": trials, "long": long}
