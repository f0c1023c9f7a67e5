"""How to train 784-1000-500-250-30-250-500-1000-784: one change at a time, and the long runs.

The first table starts from sigmoid units with small weights and changes one thing a row. The second
holds runs that are too long for the chapter *deep*.
"""

import time

import keras
import numpy as np
from keras import layers

import ae_utils

WIDTHS = (1000, 500, 250, 30)
EPOCHS, LONG_EPOCHS = 6, 30
PRETRAINING_EPOCHS = 2  # for each of the four pairs of layers
RATE, LONG_RATE = 0.001, 0.002


def stack(widths, inputs, activation, start, last=None, normalize=False):
    """Return a chain of dense layers; the last one has an activation of its own."""
    chain = [keras.Input(shape=(inputs,))]
    for number, width in enumerate(widths, 1):
        hidden = number < len(widths)
        chain.append(layers.Dense(width, kernel_initializer=start))
        if normalize and hidden:
            chain.append(layers.BatchNormalization())
        chain.append(layers.Activation(activation if hidden else last or "linear"))
    return keras.Sequential(chain)


def build(activation, start, normalize=False):
    """Return the whole autoencoder."""
    ae_utils.set_seed(0)
    encoder = stack(WIDTHS, 784, activation, start, normalize=normalize)
    decoder = stack((*WIDTHS[-2::-1], 784), 30, activation, start, "sigmoid", normalize)
    return keras.Sequential([encoder, decoder])


def small():
    """Initial weights with a standard deviation of 0.01."""
    return keras.initializers.RandomNormal(stddev=0.01, seed=0)


def pretrain(model, x):
    """Train each pair of layers, from the outside in, as a shallow autoencoder of its own.

    Args:
        model: an autoencoder of :func:`build`, with sigmoid units; it gets the weights.
        x: images (n, 784).
    """
    encoder, decoder = model.layers
    downs, ups = (
        [layer for layer in half.layers if isinstance(layer, layers.Dense)]
        for half in (encoder, decoder)
    )
    for down, up in zip(downs, reversed(ups), strict=True):
        # The code is linear; everything else is squeezed into (0, 1), and so can be a target.
        activation = "linear" if down is downs[-1] else "sigmoid"
        shallow_encoder = stack((down.units,), x.shape[1], activation, small(), activation)
        shallow_decoder = stack((x.shape[1],), down.units, "sigmoid", small(), "sigmoid")
        shallow = keras.Sequential([shallow_encoder, shallow_decoder])
        shallow.compile(optimizer=keras.optimizers.Adam(RATE), loss="mse")
        ae_utils.fit(shallow, x, epochs=PRETRAINING_EPOCHS)
        down.set_weights(shallow_encoder.get_weights())
        up.set_weights(shallow_decoder.get_weights())
        x = predict(shallow_encoder, x)


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


def build_tied():
    """Return the GELU autoencoder whose decoder uses the encoder's weights, transposed."""
    ae_utils.set_seed(0)
    encoder = stack(WIDTHS, 784, "gelu", "he_normal")
    dense = [layer for layer in encoder.layers if isinstance(layer, layers.Dense)]
    decoder = [TiedDense(twin, "gelu") for twin in dense[:0:-1]] + [TiedDense(dense[0], "sigmoid")]
    return keras.Sequential([encoder, *decoder])


def run(
    name, model, data, *, epochs=EPOCHS, schedule="constant", optimizer=None, seconds_before=0.0
):
    """Train one model; return its row with a validation error for each epoch."""
    model.compile(optimizer=optimizer or keras.optimizers.Adam(RATE), loss="mse")
    train, validation, test = data
    started = time.perf_counter()
    history = ae_utils.fit(model, train, epochs=epochs, validation=validation, schedule=schedule)
    seconds = (time.perf_counter() - started) / epochs
    row = {
        "name": name,
        "parameters": model.count_params(),
        "errors": [round(784 * value, 3) for value in history.values["val_loss"]],
        "training_error": round(784 * history.values["loss"][-1], 3),
        "test_error": round(ae_utils.squared_error_per_image(test, predict(model, test)), 3),
        "seconds_before": round(seconds_before, 1),
        "seconds_per_epoch": round(seconds, 2),
    }
    print(f"  {row}", flush=True)
    return row


def predict(model, x):
    """Return reconstructions (n, 784)."""
    return model.predict(x, batch_size=1000, verbose=0)


def recipe_optimizer():
    """Return the optimizer of the chapter's recipe."""
    return keras.optimizers.AdamW(LONG_RATE, weight_decay=0.05, global_clipnorm=1.0)


def measure():
    """Return the rows of both tables."""
    loaded = ae_utils.load_mnist(verbose=False)
    data = [
        images.reshape(-1, 784)
        for images in (loaded.train_images, loaded.validation_images, loaded.test_images)
    ]
    plain = "sigmoid, small weights"
    changes = [run(plain, build("sigmoid", small()), data)]
    pretrained = build("sigmoid", small())
    started = time.perf_counter()
    pretrain(pretrained, data[0])
    seconds = time.perf_counter() - started
    changes.append(run("the same, pretrained", pretrained, data, seconds_before=seconds))
    for name, model, schedule in (
        ("Glorot weights", build("sigmoid", "glorot_uniform"), "constant"),
        ("+ batch normalization", build("sigmoid", "glorot_uniform", True), "constant"),
        ("GELU, He weights", build("gelu", "he_normal"), "constant"),
        ("+ cosine", build("gelu", "he_normal"), "cosine"),
    ):
        changes.append(run(name, model, data, schedule=schedule))
    # As in the paper, all 60 000 images; the validation images have done their part.
    everything = [np.concatenate(data[:2]), *data[1:]]
    recipe = {"epochs": LONG_EPOCHS, "schedule": "cosine"}
    long = [
        run(name, model, everything, optimizer=recipe_optimizer(), **recipe)
        for name, model in (("own weights", build("gelu", "he_normal")), ("tied", build_tied()))
    ]
    return {"changes": changes, "long": long}
