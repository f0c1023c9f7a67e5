"""Images per second of the chapter *algorithm*'s NumPy network and of the same model in Keras."""

import statistics
import time

import keras
import numpy as np
from keras import layers

import ae_utils
from tools import notebooks

REPEATS = 3
EPOCHS = 3
# The cells of the chapter that define the network; they need only NumPy and the metrics.
CELLS = ("layers", "activations", "network", "squared-error", "sgd", "train", "adam")


def chapter_code(x_validation):
    """Return the names that the chapter's own cells define."""
    cells = notebooks.cell_sources("algorithm")
    names = {
        "np": np,
        "squared_error_per_image": ae_utils.squared_error_per_image,
        "x_validation": x_validation,
    }
    for cell in CELLS:
        exec(cells[cell], names)
    return names


def measure():
    """Train the model three ways in turn; return the median images per second.

    784-50-784 with a linear code, Adam, batches of 256, three epochs of 55 000 images; compilation
    is included.
    """
    data = ae_utils.load_mnist(verbose=False)
    x = data.train_images.reshape(-1, 784)
    # Ten images: measuring the validation error must not be what is measured.
    code = chapter_code(data.validation_images[:10].reshape(-1, 784))

    def model():
        network = keras.Sequential(
            [keras.Input(shape=(784,)), layers.Dense(50), layers.Dense(784, activation="sigmoid")]
        )
        network.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
        return network

    def by_numpy():
        network = code["build"](np.random.default_rng(0))
        code["train"](network, code["Adam"](0.01), x, epochs=EPOCHS)

    runners = {
        "NumPy, this chapter": by_numpy,
        "Keras, model.fit": lambda: model().fit(x, x, epochs=EPOCHS, batch_size=256, verbose=0),
        "Keras, ae_utils.fit": lambda: ae_utils.fit(model(), x, epochs=EPOCHS, batch_size=256),
    }
    seconds = {name: [] for name in runners}
    for _ in range(REPEATS):
        for name, run in runners.items():
            started = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - started)
    return {
        "runners": [
            {
                "name": name,
                "images_per_second": int(round(EPOCHS * len(x) / statistics.median(measured), -3)),
            }
            for name, measured in seconds.items()
        ]
    }
