"""What the chapter *implementation* says of its models, over three seeds, one thing changed a time.

Every row is 784-50-784 with Adam and batches of 100 unless its group says otherwise. A rate is
chosen on the first seed by the validation error, over a grid; then all seeds run at that rate.
"""

import keras
import numpy as np
from keras import layers

import ae_utils

SEEDS = (0, 1, 2)
LATENT_DIM, BATCH = 50, 100
CONSTANT_RATES = (0.0001, 0.001, 0.003, 0.01, 0.02, 0.03)
BATCH_RATES = {128: (0.0025, 0.005, 0.01, 0.02), 2048: (0.0025, 0.005, 0.01, 0.02)}
BATCH_EPOCHS = 2
CODE_EPOCHS = OUTPUT_EPOCHS = 3
LONG_EPOCHS = 20
DEEP_EPOCHS, DEEP_BATCH, HIDDEN = 3, 100, 512
CODE_RATES = {
    "linear": (0.005, 0.01, 0.02, 0.04),
    "relu": (0.002, 0.004, 0.008, 0.016),
    "relu, bias 3": (0.0025, 0.005, 0.01, 0.02),
}
SHARED_RATE = 0.01
OUTPUT_RATES = {
    "linear": (0.004, 0.008, 0.016, 0.032),
    "relu": (0.0015, 0.003, 0.006, 0.012),
    "sigmoid": (0.005, 0.01, 0.02, 0.04),
}
# "straight" has the hidden layers of "bent", and no activation on them.
DEPTH_RATES = {
    "one layer": (0.005, 0.01, 0.02, 0.04),
    "straight": (0.001, 0.002, 0.004, 0.008),
    "bent": (0.002, 0.004, 0.008, 0.016),
}
LOSS_EPOCHS = 5
# The model of the chapter *faq*, with its own code size, rate and epochs.
DEEP_CODE = {"hidden": 256, "latent_dim": 32, "rate": 0.004, "epochs": 2}
# Deep model on few images, and what may help: as many steps each.
FEW, FEW_EPOCHS, FEW_BATCH = 500, 50, 50
REMEDIES = {
    "the large model": {"rate": 0.002},
    "one layer": {"rate": 0.01},
    "ten times the images": {"rate": 0.002, "times": 10},
}
FAINT = 0.1


def chain(code=None, output="sigmoid", bias=0.0, latent_dim=LATENT_DIM):
    """Return 784-latent_dim-784; ``bias`` is where the biases of the code start."""
    return keras.Sequential(
        [
            keras.Input(shape=(784,)),
            layers.Dense(
                latent_dim,
                activation=code,
                bias_initializer=keras.initializers.Constant(bias),
            ),
            layers.Dense(784, activation=output),
        ]
    )


def deep(activation, code=None, bias=0.0, hidden=HIDDEN, latent_dim=LATENT_DIM):
    """Return 784-hidden-latent_dim-hidden-784; ``code`` and ``bias`` as for :func:`chain`."""
    return keras.Sequential(
        [
            keras.Input(shape=(784,)),
            layers.Dense(hidden, activation=activation),
            layers.Dense(
                latent_dim,
                activation=code,
                bias_initializer=keras.initializers.Constant(bias),
            ),
            layers.Dense(hidden, activation=activation),
            layers.Dense(784, activation="sigmoid"),
        ]
    )


class Trial:
    """The data, and a training on them."""

    def __init__(self):
        data = ae_utils.load_mnist(verbose=False)
        self.x, self.validation, self.test = (
            images.reshape(-1, 784)
            for images in (data.train_images, data.validation_images, data.test_images)
        )
        clothes = ae_utils.load_fashion_mnist(verbose=False).test_images.reshape(-1, 784)
        self.elsewhere = {
            "clothes": clothes,
            "white and black exchanged": 1 - self.test,
            "blank": np.zeros((1, 784), "float32"),
        }

    def train(self, build, rate, seed, *, loss="mse", **settings):
        """Return the trained model and its history."""
        ae_utils.set_seed(seed)
        model = build()
        model.compile(optimizer=keras.optimizers.Adam(rate), loss=loss)
        settings = {"batch_size": BATCH, "jit_compile": False, **settings}
        return model, ae_utils.fit(model, self.x, seed=seed, **settings)

    def errors(self, model):
        """Return validation and test error; answers outside [0, 1] also clipped."""
        result = {}
        for name, images in (("validation", self.validation), ("test", self.test)):
            x_hat = np.asarray(model(images))
            result[name] = error(images, x_hat)
            result[f"{name}, clipped"] = error(images, np.clip(x_hat, 0, 1))
        return result


def error(images, x_hat):
    """Return the squared error per image, rounded."""
    return round(ae_utils.squared_error_per_image(images, x_hat), 3)


def constant_rate(trial, output, rate, seed):
    """Return the validation error after each of three epochs at a constant rate."""
    _, history = trial.train(
        lambda: chain(output=output), rate, seed, epochs=3, validation=trial.validation
    )
    return [round(784 * value, 3) for value in history.values["val_loss"]]


def batches(trial, size, rate, epochs, seed):
    """Return the validation error after training with batches of this size."""
    model, _ = trial.train(chain, rate, seed, epochs=epochs, batch_size=size)
    return trial.errors(model)["validation"]


def code_row(trial, kind, rate, seed, epochs=CODE_EPOCHS, latent_dim=LATENT_DIM):
    """Return errors, how many code numbers are always 0, and how often the others are."""
    activation, bias = (None, 0.0) if kind == "linear" else ("relu", 3.0 * ("bias" in kind))
    model, _ = trial.train(
        lambda: chain(code=activation, bias=bias, latent_dim=latent_dim),
        rate,
        seed,
        epochs=epochs,
        schedule="cosine",
    )
    codes = np.asarray(model.layers[0](trial.validation))
    dead = np.all(codes == 0, axis=0)
    zeros = float(np.mean(codes[:, ~dead] == 0)) if not dead.all() else 1.0
    return {**trial.errors(model), "dead": int(dead.sum()), "zeros_of_the_living": round(zeros, 4)}


def deep_code_row(trial, kind, seed, latent_dim=DEEP_CODE["latent_dim"]):
    """Return errors of the chapter *faq*'s model, and how many of its code numbers are always 0."""
    activation, bias = (None, 0.0) if kind == "linear" else ("relu", 3.0 * ("bias" in kind))
    model, _ = trial.train(
        lambda: deep("gelu", activation, bias, DEEP_CODE["hidden"], latent_dim),
        DEEP_CODE["rate"],
        seed,
        epochs=DEEP_CODE["epochs"],
        schedule="cosine",
    )
    codes = np.asarray(keras.Sequential(model.layers[:2])(trial.test))
    return {**trial.errors(model), "dead": int(np.all(codes == 0, axis=0).sum())}


def output_row(trial, kind, rate, seed):
    """Return errors with this activation of the output."""
    activation = None if kind == "linear" else kind
    model, _ = trial.train(
        lambda: chain(output=activation), rate, seed, epochs=OUTPUT_EPOCHS, schedule="cosine"
    )
    return trial.errors(model)


def depth_row(trial, kind, rate, seed):
    """Return errors of the one-layer model or of a deeper one, and on images of other kinds."""
    builds = {
        "one layer": chain,
        "straight": lambda: deep(None),
        "bent": lambda: deep("gelu"),
    }
    model, _ = trial.train(
        builds[kind],
        rate,
        seed,
        epochs=DEEP_EPOCHS,
        batch_size=DEEP_BATCH,
        schedule="cosine",
        # The small model is done before it is compiled.
        jit_compile=kind != "one layer",
    )
    elsewhere = {
        name: error(images, np.asarray(model(images))) for name, images in trial.elsewhere.items()
    }
    return {**trial.errors(model), **elsewhere}


def loss_row(trial, loss, seed):
    """Return squared error and SSIM on validation images, also with faint grey made white paper."""
    model, _ = trial.train(
        chain, SHARED_RATE, seed, loss=loss, epochs=LOSS_EPOCHS, schedule="cosine"
    )
    x_hat = np.asarray(model(trial.validation))
    result = {"grey on paper": round(float(x_hat[trial.validation == 0].mean()), 5)}
    for name, answer in (("", x_hat), (", wiped", np.where(x_hat < FAINT, 0, x_hat))):
        images = [part.reshape(-1, 28, 28) for part in (trial.validation, answer)]
        result[f"validation{name}"] = error(trial.validation, answer)
        result[f"ssim{name}"] = round(ae_utils.structural_similarity(*images), 4)
    return result


def few_row(trial, name, seed, rate, times=1):
    """Return training and validation error after training on few images."""
    ae_utils.set_seed(seed)
    model = chain() if name == "one layer" else deep("gelu")
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse")
    x = trial.x[: FEW * times]
    epochs = FEW_EPOCHS // times
    ae_utils.fit(model, x, epochs=epochs, batch_size=FEW_BATCH, seed=seed, jit_compile=False)
    return {
        "training": error(x, np.asarray(model(x))),
        "validation": error(trial.validation, np.asarray(model(trial.validation))),
    }


def tuned(progress, trial, row, group, rates, seeds):
    """Run a grid of rates on the first seed, and all seeds at the best; return the group's rows."""
    rows = {}
    for kind, grid in rates.items():

        def once(rate, seed, kind=kind):
            label = f"{group}, {kind}, rate {rate:g}, seed {seed}"
            return progress.once(label, lambda: row(trial, kind, rate, seed))

        scores = [once(rate, seeds[0])["validation"] for rate in grid]
        best = ae_utils.best_of_grid(grid, scores, better="lower")
        results = [once(best, seed) for seed in seeds]
        rows[kind] = {"rates": grid, "grid": scores, "rate": best, **by_name(results)}
    return rows


def by_name(results):
    """Return name → the results of all seeds."""
    return {name: [result[name] for result in results] for name in results[0]}


def measure(progress, seeds=SEEDS):
    """Return all groups; each list of errors has one number a seed."""
    trial = Trial()
    rates = {
        f"{output}, {rate:g}": [
            progress.once(
                f"constant rate {rate:g}, {output} output, seed {seed}",
                lambda output=output, rate=rate, seed=seed: constant_rate(
                    trial, output if output == "sigmoid" else None, rate, seed
                ),
            )
            for seed in seeds
        ]
        for output, rate in [*(("sigmoid", rate) for rate in CONSTANT_RATES), ("linear", 0.03)]
    }

    def batch_once(size, rate, epochs, seed):
        label = f"batches of {size}, rate {rate:g}, {epochs} epochs, seed {seed}"
        return progress.once(label, lambda: batches(trial, size, rate, epochs, seed))

    batch = {}
    for size, grid in BATCH_RATES.items():
        scores = [batch_once(size, rate, BATCH_EPOCHS, seeds[0]) for rate in grid]
        best = ae_utils.best_of_grid(grid, scores, better="lower")
        errors = [batch_once(size, best, BATCH_EPOCHS, seed) for seed in seeds]
        batch[f"{size}"] = {"rates": grid, "grid": scores, "rate": best, "validation": errors}
    same_steps = BATCH_EPOCHS * 2048 // 128
    best = batch["2048"]["rate"]
    batch["2048, as many steps"] = {
        "rate": best,
        "epochs": same_steps,
        "validation": [batch_once(2048, best, same_steps, seed) for seed in seeds],
    }
    code = tuned(progress, trial, code_row, "code", CODE_RATES, seeds)
    shared = [
        progress.once(
            f"code, relu, rate {SHARED_RATE:g}, seed {seed}",
            lambda seed=seed: code_row(trial, "relu", SHARED_RATE, seed),
        )
        for seed in seeds
    ]
    code["relu, the linear code's rate"] = {"rate": SHARED_RATE, **by_name(shared)}
    for kind in CODE_RATES:
        rate = code[kind]["rate"]
        longer = [
            progress.once(
                f"code, {kind}, rate {rate:g}, {LONG_EPOCHS} epochs, seed {seed}",
                lambda kind=kind, rate=rate, seed=seed: code_row(
                    trial, kind, rate, seed, LONG_EPOCHS
                ),
            )
            for seed in seeds
        ]
        code[f"{kind}, longer"] = {"rate": rate, "epochs": LONG_EPOCHS, **by_name(longer)}
    rate = code["linear"]["rate"]
    alive = [LATENT_DIM - dead for dead in code["relu, longer"]["dead"]]
    narrower = [
        progress.once(
            f"code, linear, {count} numbers, rate {rate:g}, {LONG_EPOCHS} epochs, seed {seed}",
            lambda count=count, seed=seed: code_row(
                trial, "linear", rate, seed, LONG_EPOCHS, count
            ),
        )
        for count, seed in zip(alive, seeds, strict=True)
    ]
    code["linear, with the living numbers of relu, longer"] = {
        "rate": rate,
        "epochs": LONG_EPOCHS,
        "latent_dims": alive,
        **by_name(narrower),
    }
    deep_code = {
        kind: by_name(
            [
                progress.once(
                    f"code of a deep model, {kind}, seed {seed}",
                    lambda kind=kind, seed=seed: deep_code_row(trial, kind, seed),
                )
                for seed in seeds
            ]
        )
        for kind in CODE_RATES
    }
    alive = [DEEP_CODE["latent_dim"] - dead for dead in deep_code["relu"]["dead"]]
    narrower = [
        progress.once(
            f"code of a deep model, linear, {count} numbers, seed {seed}",
            lambda count=count, seed=seed: deep_code_row(trial, "linear", seed, count),
        )
        for count, seed in zip(alive, seeds, strict=True)
    ]
    deep_code["linear, with the living numbers of relu"] = {
        "latent_dims": alive,
        **by_name(narrower),
    }
    losses = {
        loss: by_name(
            [
                progress.once(
                    f"loss {loss}, seed {seed}",
                    lambda loss=loss, seed=seed: loss_row(trial, loss, seed),
                )
                for seed in seeds
            ]
        )
        for loss in ("mse", "binary_crossentropy")
    }
    few = {
        name: by_name(
            [
                progress.once(
                    f"{FEW} images, {name}, seed {seed}",
                    lambda name=name, seed=seed, settings=settings: few_row(
                        trial, name, seed, **settings
                    ),
                )
                for seed in seeds
            ]
        )
        for name, settings in REMEDIES.items()
    }
    return {
        "few": few,
        "rates": rates,
        "batch": batch,
        "code": code,
        "deep code": deep_code,
        "output": tuned(progress, trial, output_row, "output", OUTPUT_RATES, seeds),
        "depth": tuned(progress, trial, depth_row, "depth", DEPTH_RATES, seeds),
        "loss": losses,
    }
