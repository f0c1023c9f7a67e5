"""The long runs of the chapter *deep*: 784-1000-500-250-30 and back, 30 epochs of 60 000 images.

As in the paper of 2006 no image is held out but the test images. Nothing is chosen by them: the
recipe was chosen on validation images. The test error of every epoch is written down to show how
far it runs away from the training error.
"""

import functools

import keras
import numpy as np
import tensorflow as tf
from keras import layers

import ae_utils

SEEDS = (0, 1, 2)
WIDTHS = (1000, 500, 250, 30)
EPOCHS, RATE = 30, 0.002
# Each differs from "own weights" in what its name says and in nothing else, the last from "shifts".
RUNS = ("shifts", "own weights", "tied", "shifts, cross-entropy")
ONE_SEED = RUNS[1:]  # six minutes of one core a run
STRENGTHS = (0.001, 0.01, 0.1, 1.0, 10.0, 100.0)  # of the linear probe
LABELS_PER_CLASS, LABEL_DRAWS = 100, 5


def stack(widths, inputs, last=None):
    """Return a chain of dense layers; the last one has an activation of its own."""
    units = ["gelu"] * (len(widths) - 1) + [last]
    return keras.Sequential(
        [
            keras.Input(shape=(inputs,)),
            *(
                layers.Dense(width, activation=unit, kernel_initializer="he_normal")
                for width, unit in zip(widths, units, strict=True)
            ),
        ]
    )


class TiedDense(layers.Layer):
    """A dense layer whose weights are those of another one, transposed."""

    def __init__(self, twin, activation):
        super().__init__()
        self.twin = twin
        self.activation = keras.activations.get(activation)

    def build(self, shape):
        """Make the bias; the weights belong to the twin."""
        self.bias = self.add_weight(shape=(self.twin.kernel.shape[0],), initializer="zeros")

    def call(self, x):
        """Return the activations (n, inputs of the twin)."""
        return self.activation(
            keras.ops.matmul(x, keras.ops.transpose(self.twin.kernel)) + self.bias
        )


class ShiftedAutoencoder(ae_utils.Autoencoder):
    """An autoencoder that moves a random half of its training images by up to one pixel."""

    def __init__(self, encoder, decoder, seed):
        super().__init__(encoder, decoder)
        self.random = keras.random.SeedGenerator(seed)

    def train_step(self, batch):
        """Shift the images of a batch, then take an ordinary step on them."""
        images = tf.reshape(batch[0], (-1, 28, 28))
        count = images.shape[0]
        chosen = keras.random.uniform((count, 1, 1), seed=self.random) < 0.5
        for axis in (1, 2):
            draw = 3 * keras.random.uniform((count, 1, 1), seed=self.random)
            images = tf.where(chosen & (draw < 1), tf.roll(images, 1, axis), images)
            images = tf.where(chosen & (draw > 2), tf.roll(images, -1, axis), images)
        x = tf.reshape(images, (-1, 784))
        return super().train_step((x, x))


def build(name, seed):
    """Return the autoencoder of one of ``RUNS``."""
    ae_utils.set_seed(seed)
    encoder = stack(WIDTHS, 784)
    if name == "tied":
        dense = encoder.layers
        tied = [TiedDense(twin, "gelu") for twin in dense[:0:-1]]
        decoder = keras.Sequential([*tied, TiedDense(dense[0], "sigmoid")])
        return ae_utils.Autoencoder(encoder, decoder)
    decoder = stack((*WIDTHS[-2::-1], 784), 30, "sigmoid")
    if name == "own weights":
        return ae_utils.Autoencoder(encoder, decoder)
    return ShiftedAutoencoder(encoder, decoder, seed)


def probes(encode, data):
    """Return test accuracies of a linear and a neighbour classifier with 1 000 labels.

    Each is a list over random choices of the labelled images. The strength of the linear one is
    chosen on validation images.
    """
    train, validation, test = (
        encode(images.reshape(-1, 784))
        for images in (data.train_images, data.validation_images, data.test_images)
    )

    def accuracies(judge, codes, labels):
        few = (LABELS_PER_CLASS,)
        scores = ae_utils.few_label_scores(
            judge, train, data.train_labels, codes, labels, few, LABEL_DRAWS
        )
        return scores[0].round(4).tolist()

    judges = [
        functools.partial(ae_utils.linear_probe_accuracy, strength=value) for value in STRENGTHS
    ]
    scores = [np.mean(accuracies(judge, validation, data.validation_labels)) for judge in judges]
    best = ae_utils.best_of_grid(STRENGTHS, scores, better="higher")
    linear = judges[STRENGTHS.index(best)]
    return {
        "strength": best,
        "linear": accuracies(linear, test, data.test_labels),
        "neighbours": accuracies(ae_utils.neighbour_accuracy, test, data.test_labels),
    }


def run(name, seed, data):
    """Train one model; return its error after each epoch, and what its code is good for."""
    x, x_test = (
        np.concatenate([data.train_images, data.validation_images]).reshape(-1, 784),
        data.test_images.reshape(-1, 784),
    )
    model = build(name, seed)
    optimizer = keras.optimizers.AdamW(RATE, weight_decay=0.05, global_clipnorm=1.0)
    loss = "binary_crossentropy" if name == "shifts, cross-entropy" else "mse"
    model.compile(optimizer=optimizer, loss=loss, metrics=["mse"])
    history = ae_utils.fit(
        model, x, epochs=EPOCHS, validation=x_test, schedule="cosine", seed=seed
    ).values

    def error(images):
        return round(
            ae_utils.squared_error_per_image(
                images, model.predict(images, batch_size=1000, verbose=0)
            ),
            3,
        )

    return {
        "parameters": model.count_params(),
        # While the weights still change, and with shifts on moved images.
        "training_errors": [round(784 * value, 3) for value in history["mse"]],
        "test_errors": [round(784 * value, 3) for value in history["val_mse"]],
        "training_error": error(x[:10_000]),
        "test_error": error(x_test),
        "probes": probes(lambda images: np.asarray(model.encoder(images)), data),
    }


def measure(progress, seeds=SEEDS):
    """Return a row for each of ``RUNS``, with one run for each seed."""
    data = ae_utils.load_mnist(verbose=False)
    runs = {name: {} for name in RUNS}
    for name in RUNS:
        for seed in seeds[:1] if name in ONE_SEED else seeds:
            label = f"{name}, {EPOCHS} epochs, seed {seed}"
            runs[name][seed] = progress.once(label, functools.partial(run, name, seed, data))
    pca = ae_utils.fit_pca(data.train_images.reshape(-1, 784), WIDTHS[-1])
    rivals = {"PCA": pca.transform, "pixels": lambda images: images}
    return {
        "epochs": EPOCHS,
        "runs": {name: list(of_seeds.values()) for name, of_seeds in runs.items()},
        "probes": {
            name: progress.once(f"probes of {name}", functools.partial(probes, encode, data))
            for name, encode in rivals.items()
        },
    }
