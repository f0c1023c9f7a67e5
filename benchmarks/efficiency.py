"""The four ways in which the article would make training more efficient, measured in one run.

One model (784-256-32-256-784, Adam) and one target on the validation images. Each row says after
how many epochs the target is reached, and how long that takes without compilation.
"""

import time

import keras
import numpy as np
from keras import layers

import ae_utils

TARGET = 8.0  # squared error per validation image
MOST_EPOCHS = 20
HIDDEN, CODE = 256, 32
REPEATS = 20


def build(learning_rate, hidden=HIDDEN):
    """Return the compiled model."""
    ae_utils.set_seed(0)
    model = keras.Sequential(
        [
            keras.Input(shape=(784,)),
            layers.Dense(hidden, activation="gelu"),
            layers.Dense(CODE),
            layers.Dense(hidden, activation="gelu"),
            layers.Dense(784, activation="sigmoid"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(learning_rate), loss="mse")
    return model


def train(name, inputs, targets, *, learning_rate=0.003, batch_size=256, hidden=HIDDEN):
    """Train once; return the row of the table, and the model.

    Args:
        name: of the row.
        inputs, targets: pairs (training, validation) of arrays (n, 784).
        learning_rate, batch_size, hidden: settings of this row.
    """
    options = {"batch_size": batch_size, "validation": (inputs[1], targets[1])}
    seconds = []
    # The difference between a long and a short training leaves out the compilation.
    for epochs in (1, MOST_EPOCHS):
        model = build(learning_rate, hidden)
        started = time.perf_counter()
        history = ae_utils.fit(model, inputs[0], targets[0], epochs=epochs, **options)
        seconds.append(time.perf_counter() - started)
    per_epoch = (seconds[1] - seconds[0]) / (MOST_EPOCHS - 1)
    errors = 784 * np.array(history.values["val_loss"])
    reached = np.flatnonzero(errors <= TARGET)
    epochs = int(reached[0]) + 1 if len(reached) else None
    row = {
        "name": name,
        "epochs": epochs,
        "seconds": round(per_epoch * epochs, 1) if epochs else None,
        "images_per_second": int(round(len(inputs[0]) / per_epoch, -3)),
        "last_error": round(float(errors[-1]), 2),
    }
    print(f"  {row}", flush=True)
    return row, model


def compression_rows(model, targets):
    """Compress a trained model in three ways; return the rows of the second table.

    Storage counts one number in 32 or 8 bits, and of a pruned model only the weights that are
    left, without the list of their places.
    """
    trained = model.get_weights()
    rows = []
    for name, change, bits in (
        ("as trained", lambda weights: weights, 32),
        ("half of the weights zero", lambda weights: _pruned(weights, 0.5), 32),
        ("nine of ten weights zero", lambda weights: _pruned(weights, 0.9), 32),
        ("weights rounded to 8 bits", _rounded, 8),
    ):
        weights = [change(array) if array.ndim == 2 else array for array in trained]
        model.set_weights(weights)
        x_hat = np.asarray(model(targets))
        started = time.perf_counter()
        for _ in range(REPEATS):
            np.asarray(model(targets))
        seconds = (time.perf_counter() - started) / REPEATS
        left = sum(int(np.count_nonzero(array)) for array in weights)
        rows.append(
            {
                "name": name,
                "kilobytes": round(left * bits / 8000),
                "error": round(ae_utils.squared_error_per_image(targets, x_hat), 2),
                "images_per_second": int(round(len(targets) / seconds, -3)),
            }
        )
        print(f"  {rows[-1]}", flush=True)
    model.set_weights(trained)
    return rows


def _pruned(weights, share):
    """Return the weights with this share of the smallest set to zero."""
    limit = np.quantile(np.abs(weights), share)
    return np.where(np.abs(weights) < limit, 0, weights)


def _rounded(weights):
    """Return the weights rounded to 255 steps between their largest absolute values."""
    step = np.abs(weights).max() / 127
    return np.round(weights / step) * step


def measure():
    """Return the rows of all four claims."""
    data = ae_utils.load_mnist(verbose=False)
    pixels = tuple(
        images.reshape(-1, 784) for images in (data.train_images, data.validation_images)
    )
    mean, spread = pixels[0].mean(axis=0), pixels[0].std(axis=0) + 0.1
    prepared = {
        "pixels 0 to 255": tuple(255 * part for part in pixels),
        "pixels in [0, 1]": pixels,
        "standardized": tuple((part - mean) / spread for part in pixels),
    }
    groups = {
        "preprocessing": [train(name, x, pixels)[0] for name, x in prepared.items()],
        "batch size": [
            train(f"batches of {size}", pixels, pixels, batch_size=size)[0]
            for size in (32, 128, 512, 2048)
        ]
        + [train("2048, rate 0.01", pixels, pixels, batch_size=2048, learning_rate=0.01)[0]],
        "learning rate": [
            train(f"learning rate {rate}", pixels, pixels, learning_rate=rate)[0]
            for rate in (0.0003, 0.001, 0.003, 0.01)
        ],
    }
    row, small = train("64 hidden units", pixels, pixels, hidden=64)
    wide_row, wide = train("256 hidden units", pixels, pixels)
    groups["smaller network"] = [row, wide_row]
    return {
        "target": TARGET,
        "groups": groups,
        "compression": compression_rows(wide, pixels[1]),
    }
