"""Why 784-1000-500-250-30 and back is hard to train: unit × first weights × Adam's ε.

Two runs of the table differ in what their names say and in nothing else. Four epochs of 11 000
images show which network leaves the mean image; how far each would get in the end, they do not.
"""

import functools

import keras
import numpy as np
import tensorflow as tf
from keras import layers

import ae_utils

SEEDS = (0, 1, 2)
WIDTHS = (1000, 500, 250, 30)
IMAGES, EPOCHS, LONG_EPOCHS, RATE = 11_000, 4, 16, 0.001
PRETRAINING_EPOCHS = 10  # for each of the four pairs of layers
EPSILON, TINY_EPSILON = 1e-7, 1e-20  # the first is the default of Keras
UNITS = ("sigmoid", "tanh", "gelu")
STARTS = {
    "0.01": lambda: keras.initializers.RandomNormal(stddev=0.01),
    "Glorot": keras.initializers.GlorotUniform,
    "He": keras.initializers.HeNormal,
    # Four times Glorot's: the steepest slope of a sigmoid is a quarter.
    "4 Glorot": lambda: keras.initializers.VarianceScaling(16, "fan_avg", "uniform"),
    "8 Glorot": lambda: keras.initializers.VarianceScaling(64, "fan_avg", "uniform"),
}
# The whole factorial, with one seed. Eight times Glorot's is there for the sigmoid alone, whose
# best start would otherwise be the largest of all.
ONE_SEED = (
    *(
        (unit, start, epsilon, "")
        for unit in UNITS
        for start in list(STARTS)[:4]
        for epsilon in (EPSILON, TINY_EPSILON)
    ),
    ("sigmoid", "8 Glorot", EPSILON, ""),
)
# Those of it, and some more, that the chapter compares.
ALL_SEEDS = (
    ("sigmoid", "0.01", EPSILON, ""),
    ("sigmoid", "0.01", TINY_EPSILON, ""),
    ("sigmoid", "Glorot", EPSILON, ""),
    ("sigmoid", "4 Glorot", EPSILON, ""),
    ("tanh", "Glorot", EPSILON, ""),
    ("tanh", "He", EPSILON, ""),
    ("gelu", "0.01", EPSILON, ""),
    ("gelu", "Glorot", EPSILON, ""),
    ("gelu", "He", EPSILON, ""),
    ("gelu", "He", TINY_EPSILON, ""),
    ("sigmoid", "0.01", EPSILON, "normalized"),
    ("sigmoid", "0.01", EPSILON, "pretrained"),
    ("gelu", "He", EPSILON, "cosine"),
    ("sigmoid", "0.01", EPSILON, "long"),
    ("sigmoid", "0.01", TINY_EPSILON, "long"),
)


def stack(widths, inputs, unit, start, last, normalize=False):
    """Return a chain of dense layers; the last one has an activation of its own."""
    chain = [keras.Input(shape=(inputs,))]
    for number, width in enumerate(widths, 1):
        hidden = number < len(widths)
        chain.append(layers.Dense(width, kernel_initializer=start()))
        if normalize and hidden:
            # 168 steps are too few for the slow averages of Keras' own momentum, 0.99.
            chain.append(layers.BatchNormalization(momentum=0.9))
        chain.append(layers.Activation(unit if hidden else last))
    return keras.Sequential(chain)


def build(unit, start, seed, normalize=False):
    """Return encoder and decoder as one model; ``start`` makes the initializer of a layer."""
    ae_utils.set_seed(seed)
    encoder = stack(WIDTHS, 784, unit, start, "linear", normalize)
    decoder = stack((*WIDTHS[-2::-1], 784), 30, unit, start, "sigmoid", normalize)
    return keras.Sequential([encoder, decoder])


def all_layers(model, kind):
    """Return the layers of one kind, from the input to the output."""
    return [layer for half in model.layers for layer in half.layers if isinstance(layer, kind)]


def signals(model, x):
    """Return how far images differ after each layer, at first in the input: root mean square.

    In double precision: near one half a ``float32`` does not hold differences below 3e-8.
    """
    x = np.asarray(x, "float64")
    chain = [np.std(x, axis=0)]
    for layer in (layer for half in model.layers for layer in half.layers):
        if isinstance(layer, layers.Dense):
            x = x @ layer.kernel.numpy().astype("float64") + layer.bias.numpy()
        elif isinstance(layer, layers.BatchNormalization):
            x = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + layer.epsilon)
        else:
            x = np.asarray(layer.activation(tf.constant(x)))
            chain.append(np.std(x, axis=0))
    return [root_mean_square(values) for values in chain]


def gradients(model, x):
    """Return the root mean square of the loss's gradient for the weights of each layer."""
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(x - model(x, training=True)))
    kernels = [layer.kernel for layer in all_layers(model, layers.Dense)]
    return [root_mean_square(gradient) for gradient in tape.gradient(loss, kernels)]


def root_mean_square(values):
    """Return three digits of it; the squares of tiny numbers want double precision."""
    return float(f"{np.sqrt(np.mean(np.square(np.asarray(values, 'float64')))):.3g}")


def pretrain(model, x, start, seed):
    """Train each pair of layers, from the outside in, as a shallow autoencoder of its own.

    Args:
        model: an autoencoder of :func:`build`, with sigmoid units; it gets the weights.
        x: images (n, 784).
        start: makes the initializer of a layer.
        seed: of the order of the images.
    """
    chain = all_layers(model, layers.Dense)
    half = len(chain) // 2
    for number in range(half):
        down, up = chain[number], chain[-1 - number]
        # The code is linear; everything else is squeezed into (0, 1), and so can be a target.
        unit = "linear" if number == half - 1 else "sigmoid"
        encoder = stack((down.units,), x.shape[1], unit, start, unit)
        decoder = stack((x.shape[1],), down.units, "sigmoid", start, "sigmoid")
        shallow = keras.Sequential([encoder, decoder])
        shallow.compile(optimizer=keras.optimizers.Adam(RATE), loss="mse")
        ae_utils.fit(shallow, x, epochs=PRETRAINING_EPOCHS, seed=seed)
        down.set_weights(encoder.get_weights())
        up.set_weights(decoder.get_weights())
        x = encoder.predict(x, batch_size=1000, verbose=0)


def run(train, validation, unit, start, epsilon, extra, seed):
    """Train one network; return signals and gradients before, validation errors after each epoch.

    Args:
        train, validation: images (n, 784).
        unit, start: one of ``UNITS``, a key of ``STARTS``.
        epsilon: Adam's.
        extra: ``"normalized"``, ``"pretrained"``, ``"cosine"``, ``"long"`` or ``""``.
        seed: of first weights and of the order of the images.
    """
    model = build(unit, STARTS[start], seed, normalize=extra == "normalized")
    if extra == "pretrained":
        pretrain(model, train, STARTS[start], seed)
    batch = train[:256]
    before = {"signals": signals(model, batch), "gradients": gradients(model, batch)}
    model.compile(optimizer=keras.optimizers.Adam(RATE, epsilon=epsilon), loss="mse")
    history = ae_utils.fit(
        model,
        train,
        epochs=LONG_EPOCHS if extra == "long" else EPOCHS,
        validation=validation,
        schedule="cosine" if extra == "cosine" else "constant",
        seed=seed,
    )
    return {**before, "errors": [round(784 * value, 2) for value in history.values["val_loss"]]}


def measure(progress, seeds=SEEDS):
    """Return a row for each setting, with one run for each seed."""
    loaded = ae_utils.load_mnist(verbose=False)
    train = loaded.train_images[:IMAGES].reshape(-1, 784)
    validation = loaded.validation_images.reshape(-1, 784)
    runs = {}
    for cases, of_seeds in ((ALL_SEEDS, seeds), (ONE_SEED, seeds[:1])):
        for seed in of_seeds:
            for case in cases:
                unit, start, epsilon, extra = case
                label = f"{unit}, {start}, epsilon {epsilon:g}, {extra or 'plain'}, seed {seed}"
                once = functools.partial(run, train, validation, *case, seed)
                runs.setdefault(case, {})[seed] = progress.once(label, once)
    mean_image = np.broadcast_to(train.mean(axis=0), validation.shape)
    return {
        "mean_image": round(ae_utils.squared_error_per_image(validation, mean_image), 2),
        "rows": [
            {
                "unit": unit,
                "start": start,
                "epsilon": epsilon,
                "extra": extra,
                "runs": list(of_seeds.values()),
            }
            for (unit, start, epsilon, extra), of_seeds in runs.items()
        ],
    }
