"""The weight of the rate in a variational autoencoder, with and without warm-up.

Each row trains one small model of the chapter *variational* and measures it on the test images.
Nothing is chosen by them.
"""

import time
from functools import partial

import keras
import numpy as np
from keras import layers

import ae_utils
from ae_utils import VariationalAutoencoder, WarmingUp

EPOCHS, BATCH_SIZE, RATE = 3, 128, 0.003
LATENT_DIM, HIDDEN = 40, 200
SEEDS = (0, 1, 2)
USED_NATS = 0.01  # a number of the code with less rate than this is unused
SETTINGS = (
    (1 / 40, False),
    (0.25, False),
    (0.5, False),
    (1.0, False),
    (2.0, False),
    (4.0, False),
    (10.0, False),
    (784.0, False),  # the distortion averaged over the pixels, the rate summed
    (1.0, True),
    (4.0, True),
)


def build_half(inputs, outputs):
    """Return a chain with two hidden layers."""
    return keras.Sequential(
        [
            keras.Input(shape=(inputs,)),
            layers.Dense(HIDDEN, activation="gelu"),
            layers.Dense(HIDDEN, activation="gelu"),
            layers.Dense(outputs),
        ]
    )


def row_of(train, test, beta, warm_up, seed):
    """Train one model, and return its row."""
    ae_utils.set_seed(seed)
    halves = build_half(784, 2 * LATENT_DIM), build_half(LATENT_DIM, 784)
    steps = EPOCHS * (len(train) // BATCH_SIZE) // 2
    model = WarmingUp(*halves, steps, beta) if warm_up else VariationalAutoencoder(*halves, beta)
    model.compile(optimizer=keras.optimizers.Adam(RATE))
    started = time.perf_counter()
    ae_utils.fit(model, train, epochs=EPOCHS, batch_size=BATCH_SIZE, schedule="cosine", seed=seed)
    seconds = time.perf_counter() - started
    measured = model.evaluate(test, batch_size=1000, verbose=0, return_dict=True)
    z_mean, z_log_var = np.split(np.asarray(halves[0](np.round(test))), 2, axis=1)
    rates = (0.5 * (z_mean**2 + np.exp(z_log_var) - 1 - z_log_var)).mean(axis=0)
    return {
        "beta": beta,
        "warm_up": warm_up,
        "seed": seed,
        "distortion": round(measured["distortion"], 2),
        "rate": round(measured["rate"], 2),
        "used": int(np.sum(rates > USED_NATS)),
        "seconds": round(seconds),
    }


def measure(progress, seeds=SEEDS):
    """Return a row for each setting and seed."""
    data = ae_utils.load_mnist(verbose=False)
    images = [images.reshape(-1, 784) for images in (data.train_images, data.test_images)]
    rows = [
        progress.once(
            f"beta {beta:g}, warm-up {warm_up}, seed {seed}",
            partial(row_of, *images, beta, warm_up, seed),
        )
        for beta, warm_up in SETTINGS
        for seed in seeds
    ]
    return {"epochs": EPOCHS, "rows": rows}
