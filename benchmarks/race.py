"""A race to one test error: the article's recipe against the chapter *implementation*'s."""

import statistics
import time

import keras
from keras import layers

import ae_utils

REPEATS = 3


def article_recipe(x):
    """Train the article's corrected model as the article trains: Adam, batch 256, 50 epochs."""
    model = keras.Sequential(
        [
            keras.Input(shape=(784,)),
            layers.Dense(50, activation="relu"),
            layers.Dense(784, activation="sigmoid"),
        ]
    )
    model.compile(optimizer="adam", loss="binary_crossentropy")
    model.fit(x, x, epochs=50, batch_size=256, shuffle=True, verbose=0)
    return model


def chapter_recipe(x):
    """Train the chapter's one-layer model, in the fewest epochs that reach the article's end."""
    model = keras.Sequential(
        [
            keras.Input(shape=(784,)),
            layers.Dense(50),
            layers.Dense(784, activation="sigmoid"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
    ae_utils.fit(model, x, epochs=8, schedule="cosine")
    return model


RUNNERS = (
    ("the article's recipe, Keras fit", article_recipe, 50),
    ("this chapter's recipe, ae_utils.fit", chapter_recipe, 8),
)


def measure():
    """Run both recipes in turn, and return the median seconds and the test errors.

    Seconds run from building the model to its last step, compilation included; measuring the
    test error is not part of them.
    """
    data = ae_utils.load_mnist(verbose=False)
    x, x_test = data.train_images.reshape(-1, 784), data.test_images.reshape(-1, 784)
    seconds = {name: [] for name, _, _ in RUNNERS}
    errors = {name: [] for name, _, _ in RUNNERS}
    for repeat in range(REPEATS):
        for name, recipe, _ in RUNNERS:
            ae_utils.set_seed(repeat)
            started = time.perf_counter()
            model = recipe(x)
            seconds[name].append(time.perf_counter() - started)
            x_hat = model.predict(x_test, batch_size=1000, verbose=0)
            errors[name].append(ae_utils.squared_error_per_image(x_test, x_hat))
    runners = [
        {
            "name": name,
            "epochs": epochs,
            "seconds": round(statistics.median(seconds[name]), 2),
            "errors": [round(error, 3) for error in errors[name]],
        }
        for name, _, epochs in RUNNERS
    ]
    target = statistics.mean(errors[RUNNERS[0][0]])
    return {
        "target": round(target, 3),
        "reached": max(errors[RUNNERS[1][0]]) <= target,
        "times_sooner": round(runners[0]["seconds"] / runners[1]["seconds"], 1),
        "runners": runners,
    }
