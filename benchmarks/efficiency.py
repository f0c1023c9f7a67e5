"""The four ways in which the article would make training more efficient, each over three seeds.

One model (784-256-32-256-784, Adam) and one target on the validation images. A row says after how
many epochs the target is reached. Speed is measured apart from that, in rounds in which all
settings take turns, after compilation; one runs twice in each round, which shows the noise.
"""

import statistics
import time

import keras
import numpy as np
from keras import layers

import ae_utils

SEEDS = (0, 1, 2)
TARGET = 8.0  # squared error per validation image
RATE, BATCH, HIDDEN, CODE = 0.003, 256, 256, 32
# Name of the row → what differs from these, and after how many epochs it is given up.
PREPARED = {"pixels 0 to 255": 6, "pixels in [0, 1]": 5, "standardized": 6}
RATES = {0.0003: 12, 0.001: 9, 0.003: 5, 0.01: 5, 0.03: 5}
SMALL_BATCH, LARGE_BATCH, LARGE_BATCH_RATES, LARGE_BATCH_EPOCHS = 128, 2048, (0.003, 0.01, 0.03), 20
NARROW, NARROW_RATES, NARROW_EPOCHS = 64, (0.003, 0.01, 0.03), 20
TIMED = {
    "batches of 128": {"batch_size": 128},
    "batches of 256": {},
    "batches of 256, again": {},
    "batches of 2048": {"batch_size": 2048},
    "64 hidden units": {"hidden": NARROW},
}
TIMED_EPOCHS = 3
REPEATS = 20


def build(learning_rate, hidden, seed, kind=keras.Sequential):
    """Return the compiled model."""
    ae_utils.set_seed(seed)
    model = kind(
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


def train(inputs, targets, epochs, seed, learning_rate=RATE, batch_size=BATCH, hidden=HIDDEN):
    """Return the trained model and its validation error after each epoch.

    Args:
        inputs, targets: pairs (training, validation) of arrays (n, 784).
        epochs, seed, learning_rate, batch_size, hidden: settings of the run.
    """
    model = build(learning_rate, hidden, seed)
    history = ae_utils.fit(
        model,
        inputs[0],
        targets[0],
        epochs=epochs,
        batch_size=batch_size,
        validation=(inputs[1], targets[1]),
        seed=seed,
    )
    return model, [round(784 * value, 3) for value in history.values["val_loss"]]


def epochs_needed(errors):
    """Return the first epoch, from 1, that ends at the target; ``None`` if there is none."""
    reached = np.flatnonzero(np.array(errors) <= TARGET)
    return int(reached[0]) + 1 if len(reached) else None


def clocks():
    """Return seconds of the clock and of the processor."""
    return np.array([time.perf_counter(), time.process_time()])


def speed(x, batch_size=BATCH, hidden=HIDDEN):
    """Return seconds an epoch after the first, by clock and processor."""
    ticks = []

    class Clocked(keras.Sequential):
        # ae_utils.fit resets the metrics when an epoch starts.
        def reset_metrics(self):
            super().reset_metrics()
            ticks.append(clocks())

    model = build(RATE, hidden, 0, Clocked)
    ticks.clear()
    ae_utils.fit(model, x, epochs=TIMED_EPOCHS, batch_size=batch_size)
    seconds = (clocks() - ticks[1]) / (TIMED_EPOCHS - 1)
    return dict(zip(("seconds", "processor_seconds"), seconds.round(3).tolist(), strict=True))


def squeezed(weights):
    """Return name → weight arrays, and bits a number, of a model compressed in three ways.

    Of a pruned model only the weights that are left count, without the list of their places.
    """

    def changed(change):
        return [change(array) if array.ndim == 2 else array for array in weights]

    return {
        "as trained": (weights, 32),
        "half of the weights zero": (changed(lambda array: _pruned(array, 0.5)), 32),
        "nine of ten weights zero": (changed(lambda array: _pruned(array, 0.9)), 32),
        "weights rounded to 8 bits": (changed(_rounded), 8),
    }


def compression(pixels, seed):
    """Train a model and compress it; return storage, error, and answers per second.

    The compressed models answer in turn, ``REPEATS`` times.
    """
    model, _ = train(pixels, pixels, RATES[RATE], seed)
    kinds = squeezed(model.get_weights())
    seconds = {name: [] for name in kinds}
    rows = {}
    for turn in range(REPEATS):
        for name, (weights, bits) in kinds.items():
            model.set_weights(weights)
            x_hat = np.asarray(model(pixels[1]))
            started = time.perf_counter()
            np.asarray(model(pixels[1]))
            seconds[name].append(time.perf_counter() - started)
            if turn == 0:
                left = sum(int(np.count_nonzero(array)) for array in weights)
                error = ae_utils.squared_error_per_image(pixels[1], x_hat)
                rows[name] = {"kilobytes": round(left * bits / 8000), "error": round(error, 3)}
    for name, row in rows.items():
        row["seconds"] = round(statistics.median(seconds[name]), 5)
    return rows


def _pruned(weights, share):
    """Return the weights with this share of the smallest set to zero."""
    limit = np.quantile(np.abs(weights), share)
    return np.where(np.abs(weights) < limit, 0, weights)


def _rounded(weights):
    """Return the weights rounded to 255 steps between their largest absolute values."""
    step = np.abs(weights).max() / 127
    return np.round(weights / step) * step


def measure(progress, seeds=SEEDS):
    """Return the rows of all four claims, and the speeds."""
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

    def errors(seed, epochs, prepare="pixels in [0, 1]", **settings):
        differs = ", ".join(f"{name} {value:g}" for name, value in settings.items())
        label = f"{prepare}, {differs or 'no change'}, {epochs} epochs, seed {seed}"
        return progress.once(
            label, lambda: train(prepared[prepare], pixels, epochs, seed, **settings)[1]
        )

    def row(name, epochs, timed="batches of 256", **settings):
        curves = [errors(seed, epochs, **settings) for seed in seeds]
        return {
            "name": name,
            "epochs": [epochs_needed(curve) for curve in curves],
            "given_up_after": epochs,
            "last_errors": [curve[-1] for curve in curves],
            "timed_as": timed,
        }

    def tuned(epochs, rates, **settings):
        """Return the rate with the smallest error at the end, on the first seed."""
        scores = [errors(seeds[0], epochs, learning_rate=rate, **settings)[-1] for rate in rates]
        return ae_utils.best_of_grid(rates, scores, better="lower")

    large_rate = tuned(LARGE_BATCH_EPOCHS, LARGE_BATCH_RATES, batch_size=LARGE_BATCH)
    narrow_rate = tuned(NARROW_EPOCHS, NARROW_RATES, hidden=NARROW)
    rate_rows = [
        {
            **row(
                f"learning rate {rate:g}",
                epochs,
                **({"learning_rate": rate} if rate != RATE else {}),
            ),
            "rate": f"rate {rate:g}",
        }
        for rate, epochs in RATES.items()
    ]
    # Both networks at the rate that suits them.
    quickest = min(rate_rows, key=lambda each: sum(needed or 99 for needed in each["epochs"]))
    groups = {
        "preprocessing": [row(name, epochs, prepare=name) for name, epochs in PREPARED.items()],
        "batch size": [
            row(
                f"batches of {SMALL_BATCH}", 4, f"batches of {SMALL_BATCH}", batch_size=SMALL_BATCH
            ),
            row(
                f"{LARGE_BATCH}, rate {large_rate:g}",
                LARGE_BATCH_EPOCHS,
                f"batches of {LARGE_BATCH}",
                learning_rate=large_rate,
                batch_size=LARGE_BATCH,
            ),
        ],
        "learning rate": rate_rows,
        "smaller network": [
            row(
                f"{NARROW} hidden units, rate {narrow_rate:g}",
                NARROW_EPOCHS,
                f"{NARROW} hidden units",
                learning_rate=narrow_rate,
                hidden=NARROW,
            ),
            {**quickest, "name": f"{HIDDEN} hidden units, {quickest['rate']}"},
        ],
    }
    rounds = [
        {
            name: progress.once(
                f"speed, {name}, {TIMED_EPOCHS} epochs, round {seed}",
                lambda settings=settings: speed(pixels[0], **settings),
            )
            for name, settings in TIMED.items()
        }
        for seed in seeds
    ]
    times = {
        name: {
            clock: [results[name][clock] for results in rounds]
            for clock in ("seconds", "processor_seconds")
        }
        for name in TIMED
    }
    for rows in groups.values():
        for each in rows:
            # By the processor: other programs slow the clock.
            per_epoch = statistics.median(times[each["timed_as"]]["processor_seconds"])
            each["images_per_second"] = int(round(len(pixels[0]) / per_epoch, -3))
            missing = None in each["epochs"]
            each["seconds"] = (
                None if missing else round(per_epoch * statistics.median(each["epochs"]), 1)
            )
    compressed = [
        progress.once(f"compression, seed {seed}", lambda seed=seed: compression(pixels, seed))
        for seed in seeds
    ]
    return {
        "target": TARGET,
        "groups": groups,
        "epoch_times": times,
        "compression": [
            {
                "name": name,
                "kilobytes": compressed[0][name]["kilobytes"],
                "errors": [result[name]["error"] for result in compressed],
                "seconds": [result[name]["seconds"] for result in compressed],
            }
            for name in compressed[0]
        ],
    }
