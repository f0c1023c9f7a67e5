"""One hidden layer, three seeds: output activations, tied weights, and few training images.

All that the chapter *mathematics* says about networks that are not linear rests on these runs. What
is chosen (a rate, a number of steps) is chosen on validation images with the first seed.
"""

from functools import partial

import keras
import numpy as np
from keras import layers, ops

import ae_utils
from benchmarks.chapter_code import run_cells

CHAPTER = "mathematics"
CELLS = {"activations": None, "tied": None}
SEEDS = (0, 1, 2)
CODE_SIZE = 50
VALIDATION_IMAGES = 2000

OUTPUT_IMAGES, OUTPUT_STEPS, OUTPUT_BATCH = 10_000, 2000, 50
OUTPUT_RATES = (0.001, 0.003, 0.01, 0.03)
OUTPUTS = ("linear", "tanh", "relu", "capped", "sigmoid")  # capped: ReLU that ends at 1
STANDARDIZED_OUTPUTS = ("linear", "sigmoid", "relu", "tanh")

TIED_EPOCHS, TIED_BATCH = 5, 100
TIED_RATES = (0.003, 0.01, 0.03, 0.1)
TIES = ("tied", "one scale", "scale per pixel", "untied")

FEW_IMAGES, FEW_BATCH = 1000, 100
STEPS = (300, 1000, 3000, 10_000)
FEW_RATES = (0.003, 0.01)
SIZES = (250, 1000, 4000, 16_000, 55_000)
SIZE_BATCH = 50


def capped(a):
    """Return ``a`` between 0 and 1, unchanged; no gradient outside."""
    return ops.clip(a, 0.0, 1.0)


def measure_outputs(code, progress, seeds, sets):
    """Compare output activations on pixels in [0, 1], then on standardized pixels."""
    x_train, x_validation, x_test = sets
    x = x_train[:OUTPUT_IMAGES]

    def run(output, rate, seed, arrays):
        train, *others = arrays
        activation = capped if output == "capped" else output
        model = code["train_model"](
            train,
            code_size=CODE_SIZE,
            output=activation,
            rate=rate,
            steps=OUTPUT_STEPS,
            batch_size=OUTPUT_BATCH,
            seed=seed,
        )
        answers = [code["reconstruct"](model, images) for images in others]
        errors = [
            float(ae_utils.squared_error_per_image(*p)) for p in zip(others, answers, strict=True)
        ]
        clipped = ae_utils.squared_error_per_image(others[1], np.clip(answers[1], 0, 1))
        return {
            "validation": round(errors[0], 3),
            "test": round(errors[1], 3),
            "test_clipped": round(float(clipped), 3),
        }

    def unit(output, rate, seed):
        label = f"[0, 1], {output}, rate {rate}, seed {seed}"
        return progress.once(label, partial(run, output, rate, seed, (x, x_validation, x_test)))

    rows = []
    for output in OUTPUTS:
        choice = [unit(output, rate, seeds[0])["validation"] for rate in OUTPUT_RATES]
        best = OUTPUT_RATES[int(np.argmin(choice))]
        runs = [unit(output, best, seed) for seed in seeds]
        rows.append(
            {
                "name": output,
                "rates": list(OUTPUT_RATES),
                "validation_errors": choice,
                "best_rate": best,
                "test_errors": [run["test"] for run in runs],
                "test_errors_clipped": [run["test_clipped"] for run in runs],
            }
        )
    mean, size = x_train.mean(axis=0), x_train.std()
    arrays = [(images - mean) / size for images in (x, x_validation, x_test)]
    standardized = [
        {
            "name": output,
            "test_errors": [
                progress.once(
                    f"standardized, {output}, seed {seed}",
                    partial(run, output, OUTPUT_RATES[1], seed, arrays),
                )["test"]
                for seed in seeds
            ],
        }
        for output in STANDARDIZED_OUTPUTS
    ]
    pca = ae_utils.pca_reconstruction(ae_utils.fit_pca(x, CODE_SIZE), x_test)
    return {
        "rows": rows,
        "standardized": standardized,
        "pca": _error(x_test, pca),
        "pca_clipped": _error(x_test, np.clip(pca, 0, 1)),
    }


def measure_ties(code, progress, seeds, sets):
    """Loosen the tie between encoder and decoder; linear code, sigmoid output."""
    x_train, x_validation, x_test = sets

    class Loosened(code["TiedDense"]):
        """The chapter's tied layer, with free factors between the two uses of its matrix."""

        def __init__(self, tie):
            super().__init__(CODE_SIZE, "sigmoid")
            self.tie = tie

        def build(self, shape):
            super().build(shape)
            factors = {"one scale": (1,), "scale per pixel": (shape[-1],)}
            self.scale = self.add_weight(shape=factors[self.tie], initializer="ones")

        def call(self, x):
            return super().call(x * self.scale)

    def run(tie, rate, seed):
        ae_utils.set_seed(seed)
        if tie == "untied":
            chain = [layers.Dense(CODE_SIZE), layers.Dense(784, activation="sigmoid")]
        elif tie == "tied":
            chain = [code["TiedDense"](CODE_SIZE, "sigmoid")]
        else:
            chain = [Loosened(tie)]
        model = keras.Sequential([keras.Input(shape=(784,)), *chain])
        model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse")
        ae_utils.fit(
            model,
            x_train,
            epochs=TIED_EPOCHS,
            batch_size=TIED_BATCH,
            schedule="cosine",
            seed=seed,
            jit_compile=False,
        )
        answer = code["reconstruct"]
        return {
            "parameters": model.count_params(),
            "validation": _error(x_validation, answer(model, x_validation)),
            "test": _error(x_test, answer(model, x_test)),
        }

    def once(tie, rate, seed):
        label = f"{tie}, rate {rate}, seed {seed}"
        return progress.once(label, partial(run, tie, rate, seed))

    rows = []
    for tie in TIES:
        choice = [once(tie, rate, seeds[0])["validation"] for rate in TIED_RATES]
        best = TIED_RATES[int(np.argmin(choice))]
        runs = [once(tie, best, seed) for seed in seeds]
        rows.append(
            {
                "name": tie,
                "parameters": runs[0]["parameters"],
                "rates": list(TIED_RATES),
                "validation_errors": choice,
                "best_rate": best,
                "test_errors": [run["test"] for run in runs],
            }
        )
        if tie in ("tied", "untied"):
            slow = [once(tie, TIED_RATES[0], seed) for seed in seeds]
            rows[-1]["test_errors_at_lowest_rate"] = [run["test"] for run in slow]
    return {"epochs": TIED_EPOCHS, "batch_size": TIED_BATCH, "rows": rows}


def measure_few(code, progress, seeds, sets):
    """Train the article's model and one with a linear code on few images; PCA beside them."""
    x_train, x_validation, x_test = sets
    few = x_train[:FEW_IMAGES]

    def run(x, activation, rate, steps, batch_size, seed):
        model = code["train_model"](
            x,
            code_size=CODE_SIZE,
            code=activation,
            output="sigmoid",
            rate=rate,
            steps=steps,
            batch_size=batch_size,
            seed=seed,
        )
        names = ("training", "validation", "test")
        arrays = (x, x_validation, x_test)
        return {
            name: _error(images, code["reconstruct"](model, images))
            for name, images in zip(names, arrays, strict=True)
        }

    def once(name, x, activation, rate, steps, batch_size, seed):
        label = f"{len(x)} images, {name}, rate {rate}, {steps} steps of {batch_size}, seed {seed}"
        return progress.once(label, partial(run, x, activation, rate, steps, batch_size, seed))

    case = []
    for name, activation in (("sigmoid code", "sigmoid"), ("linear code", None)):
        settings = [(rate, steps) for rate in FEW_RATES for steps in STEPS]
        choice = [
            once(name, few, activation, *setting, FEW_BATCH, seeds[0])["validation"]
            for setting in settings
        ]
        best = settings[int(np.argmin(choice))]
        for kind, setting in (("long", (FEW_RATES[-1], STEPS[-1])), ("chosen", best)):
            case.append(
                {
                    "name": name,
                    "kind": kind,
                    "rate": setting[0],
                    "steps": setting[1],
                    "runs": [
                        once(name, few, activation, *setting, FEW_BATCH, seed) for seed in seeds
                    ],
                }
            )
        case[-1]["settings"] = [list(setting) for setting in settings]
        case[-1]["validation_errors"] = choice

    sizes = []
    for count in SIZES:
        x = x_train[:count]
        training = partial(once, "linear code", x, None, FEW_RATES[0])
        choice = [training(steps, SIZE_BATCH, seeds[0])["validation"] for steps in STEPS]
        best = STEPS[int(np.argmin(choice))]
        answer = np.clip(ae_utils.pca_reconstruction(ae_utils.fit_pca(x, CODE_SIZE), x_test), 0, 1)
        sizes.append(
            {
                "images": count,
                "steps": list(STEPS),
                "validation_errors": choice,
                "best_steps": best,
                "runs": [training(best, SIZE_BATCH, seed) for seed in seeds],
                "pca": _error(x_test, answer),
            }
        )
    pca = ae_utils.fit_pca(few, CODE_SIZE)
    by_pca = {
        name: _error(images, np.clip(ae_utils.pca_reconstruction(pca, images), 0, 1))
        for name, images in (("training", few), ("test", x_test))
    }
    return {"case": case, "pca": by_pca, "sizes": sizes}


def measure(progress, seeds=SEEDS):
    """Return the results of the three groups.

    Args:
        progress: a :class:`benchmarks.progress.Progress`.
        seeds: seeds of the initial weights and of the order of the images.
    """
    names = {
        "np": np,
        "keras": keras,
        "layers": layers,
        "set_seed": ae_utils.set_seed,
        "__name__": __name__,
    }
    code = run_cells(CHAPTER, CELLS, names)
    data = ae_utils.load_mnist(verbose=False)
    x_train, x_validation, x_test = (
        images.reshape(len(images), -1)
        for images in (data.train_images, data.validation_images, data.test_images)
    )
    sets = x_train, x_validation[:VALIDATION_IMAGES], x_test
    return {
        "outputs": measure_outputs(code, progress, seeds, sets),
        "ties": measure_ties(code, progress, seeds, sets),
        "few": measure_few(code, progress, seeds, sets),
    }


def _error(x, x_hat):
    return round(float(ae_utils.squared_error_per_image(x, x_hat)), 3)
