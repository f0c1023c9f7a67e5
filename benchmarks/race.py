"""A race to one validation error: the article's recipe against the chapter *implementation*'s.

Two things differ, and each is changed by itself: the *recipe* (activation of the code, loss,
learning rate, batch, epochs), and the *runner*, which takes the steps that a recipe asks for. In
each round all runs take turns, so that a ratio within a round compares neighbours in time.
"""

import statistics
import time

import keras
import numpy as np
from keras import layers

import ae_utils

SEEDS = (0, 1, 2)
ARTICLE, CHAPTER = "the article's recipe", "this chapter's recipe"
KERAS, BOOK, COMPILED = "Keras fit", "ae_utils.fit", "ae_utils.fit with XLA"
RUNNERS = (KERAS, BOOK, COMPILED)
ARTICLE_EPOCHS = 50
# The chapter's recipe gets the fewest of these that reach the article's validation error.
EPOCHS = (3, 4, 5, 6, 7, 8)
BATCH = {ARTICLE: 256, CHAPTER: 100}
RATE = {ARTICLE: 0.001, CHAPTER: 0.01}


def build(recipe):
    """Return the recipe's model and the name of its loss."""
    code, loss = ("relu", "binary_crossentropy") if recipe == ARTICLE else (None, "mse")
    model = keras.Sequential(
        [
            keras.Input(shape=(784,)),
            layers.Dense(50, activation=code),
            layers.Dense(784, activation="sigmoid"),
        ]
    )
    return model, loss


def train(recipe, runner, epochs, x, seed):
    """Return the trained model: Adam, at the article's constant rate or along a half cosine."""
    ae_utils.set_seed(seed)
    model, loss = build(recipe)
    rate, batch = RATE[recipe], BATCH[recipe]
    cosine = recipe == CHAPTER
    if runner == KERAS:
        if cosine:
            rate = keras.optimizers.schedules.CosineDecay(rate, epochs * (len(x) // batch))
        model.compile(optimizer=keras.optimizers.Adam(rate), loss=loss)
        model.fit(x, x, epochs=epochs, batch_size=batch, verbose=0)
    else:
        model.compile(optimizer=keras.optimizers.Adam(rate), loss=loss)
        ae_utils.fit(
            model,
            x,
            epochs=epochs,
            batch_size=batch,
            schedule="cosine" if cosine else "constant",
            seed=seed,
            jit_compile=runner == COMPILED,
        )
    return model


def run(recipe, runner, epochs, parts, seed):
    """Train once; return seconds of the clock and of the processor, and the two errors.

    Time runs from building the model to its last step, compilation included; measuring the error is
    not part of it.
    """
    clock, processor = time.perf_counter(), time.process_time()
    model = train(recipe, runner, epochs, parts["train"], seed)
    result = {
        "seconds": round(time.perf_counter() - clock, 2),
        "processor_seconds": round(time.process_time() - processor, 2),
    }
    for name in ("validation", "test"):
        x_hat = np.asarray(model(parts[name]))
        result[name] = round(ae_utils.squared_error_per_image(parts[name], x_hat), 3)
    return result


def ratios(rounds, slower, faster):
    """Return how many times sooner one run ends than another: each round, clock and processor."""
    return {
        name: [round(results[slower][name] / results[faster][name], 2) for results in rounds]
        for name in ("seconds", "processor_seconds")
    }


def measure(progress, seeds=SEEDS):
    """Run both recipes on every runner in turn; return times, errors and the two gains."""
    data = ae_utils.load_mnist(verbose=False)
    parts = {
        name: getattr(data, f"{name}_images").reshape(-1, 784)
        for name in ("train", "validation", "test")
    }

    def once(recipe, runner, epochs, seed, purpose="timed"):
        label = f"{recipe}, {runner}, {epochs} epochs, seed {seed}, {purpose}"
        return progress.once(label, lambda: run(recipe, runner, epochs, parts, seed))

    def errors(recipe, epochs):
        runs = [once(recipe, BOOK, epochs, seed, "to choose epochs") for seed in seeds]
        return [results["validation"] for results in runs]

    # Before any timed run, so that the timed runs of a round follow each other.
    article = errors(ARTICLE, ARTICLE_EPOCHS)
    grid = []
    for epochs in EPOCHS:
        reached = errors(CHAPTER, epochs)
        grid.append({"epochs": epochs, "validation": reached})
        if all(error <= aim for error, aim in zip(reached, article, strict=True)):
            break
    enough = grid[-1]["epochs"]
    cases = [(ARTICLE, ARTICLE_EPOCHS, runner) for runner in RUNNERS]
    cases += [(CHAPTER, enough, runner) for runner in RUNNERS]
    rounds = [
        {(recipe, runner): once(recipe, runner, epochs, seed) for recipe, epochs, runner in cases}
        for seed in seeds
    ]
    runners = [
        {
            "name": f"{recipe}, {runner}",
            "epochs": epochs,
            **{
                name: statistics.median(results[recipe, runner][name] for results in rounds)
                for name in ("seconds", "processor_seconds")
            },
            "validation": [results[recipe, runner]["validation"] for results in rounds],
            "errors": [results[recipe, runner]["test"] for results in rounds],
        }
        for recipe, epochs, runner in cases
    ]
    both = ratios(rounds, (ARTICLE, KERAS), (CHAPTER, BOOK))
    return {
        "target": round(statistics.mean(article), 3),
        "grid": grid,
        # Keras and ae_utils.fit draw other orders of the images, so their errors differ a little.
        "reached": all(
            results[CHAPTER, BOOK]["validation"] <= results[ARTICLE, BOOK]["validation"]
            for results in rounds
        ),
        "gains": {
            "recipe": ratios(rounds, (ARTICLE, KERAS), (CHAPTER, KERAS)),
            "runner": ratios(rounds, (ARTICLE, KERAS), (ARTICLE, BOOK)),
            "runner with XLA": ratios(rounds, (ARTICLE, KERAS), (ARTICLE, COMPILED)),
            "both": both,
            "XLA on the short recipe": ratios(rounds, (CHAPTER, BOOK), (CHAPTER, COMPILED)),
        },
        "times_sooner": round(statistics.median(both["seconds"]), 1),
        "runners": runners,
    }
