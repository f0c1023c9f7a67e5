"""Images per second of the chapter *algorithm*'s NumPy network and of the same model in Keras."""

import time

import keras
import numpy as np
from keras import layers

import ae_utils
from benchmarks.chapter_code import run_cells

CHAPTER = "algorithm"
# The cells that define the network; they need only NumPy and the metrics.
CELLS = {
    "layers": None,
    "activations": None,
    "network": None,
    "squared-error": None,
    "sgd": None,
    "train": None,
    "adam": None,
}
SEEDS = (0, 1, 2, 3, 4)
EPOCHS = 3
NUMPY, KERAS = "NumPy, this chapter", "Keras, model.fit"
BOOK, COMPILED = "Keras, ae_utils.fit without XLA", "Keras, ae_utils.fit"
RUNNERS = (NUMPY, KERAS, BOOK, COMPILED)


def clocks():
    """Return seconds of the clock and of the processor."""
    return np.array([time.perf_counter(), time.process_time()])


def by_keras(runner, x, seed):
    """Train 784-50-784; return the clocks at the start of each epoch and at the end."""
    ticks = []

    class Clocked(keras.Sequential):
        # Keras and ae_utils.fit both reset the metrics when an epoch starts.
        def reset_metrics(self):
            super().reset_metrics()
            ticks.append(clocks())

    ae_utils.set_seed(seed)
    model = Clocked(
        [keras.Input(shape=(784,)), layers.Dense(50), layers.Dense(784, activation="sigmoid")]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
    ticks.clear()
    if runner == KERAS:
        model.fit(x, x, epochs=EPOCHS, batch_size=256, verbose=0)
    else:
        ae_utils.fit(model, x, epochs=EPOCHS, jit_compile=runner == COMPILED)
    return [*ticks, clocks()]


def by_numpy(code, x, seed):
    """Train the chapter's network; return the clocks at start, after an epoch and at the end."""
    ticks = [clocks()]
    for epochs in (1, EPOCHS - 1):
        network = code["build"](np.random.default_rng(seed))
        code["train"](network, code["Adam"](0.01), x, epochs=epochs)
        ticks.append(clocks())
    return ticks


def run(runner, code, x, seed):
    """Return the seconds of all epochs, and of those after the first; clock and processor."""
    before = clocks()
    ticks = by_numpy(code, x, seed) if runner == NUMPY else by_keras(runner, x, seed)
    whole, later = ticks[-1] - before, ticks[-1] - ticks[1]
    names = ("seconds", "processor_seconds")
    return {
        "whole": dict(zip(names, whole.round(3).tolist(), strict=True)),
        "later": dict(zip(names, later.round(3).tolist(), strict=True)),
    }


def measure(progress, seeds=SEEDS):
    """Train the model in four ways, in turn; return images per second and ratios to Keras.

    784-50-784 with a linear code, Adam, batches of 256, three epochs of 55 000 images. Once with
    all that comes before the first step, such as compiling; once for the later epochs alone.
    """
    data = ae_utils.load_mnist(verbose=False)
    x = data.train_images.reshape(-1, 784)
    # Ten images: measuring the validation error must not be what is measured.
    code = run_cells(
        CHAPTER,
        CELLS,
        {
            "np": np,
            "squared_error_per_image": ae_utils.squared_error_per_image,
            "x_validation": data.validation_images[:10].reshape(-1, 784),
        },
    )
    rounds = [
        {
            runner: progress.once(
                f"{runner}, {EPOCHS} epochs, round {seed}",
                lambda runner=runner, seed=seed: run(runner, code, x, seed),
            )
            for runner in RUNNERS
        }
        for seed in seeds
    ]

    def each(runner, part, name):
        return [results[runner][part][name] for results in rounds]

    def per_second(runner, part, epochs):
        # The fastest round is the one that other programs disturbed least.
        seconds = min(each(runner, part, "seconds"))
        return int(round(epochs * len(x) / seconds, -3))

    def times_keras(runner, part, name):
        pairs = zip(each(KERAS, part, name), each(runner, part, name), strict=True)
        return [round(slow / fast, 2) for slow, fast in pairs]

    return {
        "epochs": EPOCHS,
        "runners": [
            {
                "name": runner,
                "images_per_second": per_second(runner, "whole", EPOCHS),
                "images_per_second_later": per_second(runner, "later", EPOCHS - 1),
                "times_keras": {
                    f"{part}, {name}": times_keras(runner, part, name)
                    for part in ("whole", "later")
                    for name in ("seconds", "processor_seconds")
                },
            }
            for runner in RUNNERS
        ],
    }
