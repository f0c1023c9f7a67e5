"""All families of the book at one code size and equal training time, three seeds each.

Each family gets as many steps as fit into a budget of seconds, found by a short trial; compilation
is not counted. The learning rate falls along half a cosine over just these steps. Nothing is tuned
for a family beyond what its chapter says.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

import ae_utils
from ae_utils.models import (
    Autoencoder,
    DenoisingAutoencoder,
    MaskedAutoencoder,
    Noise,
    PatchEncoder,
    PenalizedAutoencoder,
    RestartingQuantizer,
    VectorQuantizedAutoencoder,
    WarmingUp,
    build_decoder,
)

CODE_SIZE, SECONDS, SEEDS, BATCH_SIZE = 32, 20, (0, 1, 2), 128
LABELS, FEW_LABELS, DRAWS = 5000, 100, 5
SAMPLES = 10_000


@dataclass
class Family:
    """One kind of autoencoder of flat images (n, 784).

    Attributes:
        model: what is trained.
        optimizer: its optimizer.
        loss: its loss beside what the model itself adds; ``None`` for none.
        encode: images → codes (n, numbers).
        decode: codes → images; ``None`` where no decoder draws an image from the code alone.
        draw: codes, generator → new codes from a simple density fitted to the given ones; ``None``
            as above.
        compiled: whether XLA is faster for it.
    """

    model: keras.Model
    encode: Callable
    decode: Callable | None
    loss: Callable | None
    optimizer: keras.optimizers.Optimizer
    draw: Callable | None
    compiled: bool = True


def squared_error(x, x_hat):
    """Squared error of each image, summed over pixels."""
    return ops.sum((x - x_hat) ** 2, axis=-1)


def chain(sizes, last=None):
    """Return dense layers with GELU between the given sizes."""
    network = keras.Sequential([keras.Input(shape=(sizes[0],))])
    for size in sizes[1:-1]:
        network.add(layers.Dense(size, activation="gelu"))
    network.add(layers.Dense(sizes[-1], activation=last))
    return network


def halves(code=CODE_SIZE, last="sigmoid"):
    """Return the encoder and the decoder that most families share."""
    return chain([784, 400, 400, code]), chain([CODE_SIZE, 400, 400, 784], last)


def plain():
    """Chapter *implementation*, with two hidden layers in each half."""
    return of_halves(Autoencoder(*halves()))


def of_halves(model, optimizer=None, compiled=True):
    """Return a family whose model has a plain encoder and a plain decoder."""
    optimizer = optimizer or keras.optimizers.Adam(0.0015)
    return Family(
        model, model.encoder, model.decoder, squared_error, optimizer, gaussian_samples, compiled
    )


def deep():
    """Chapter *deep*: Hinton & Salakhutdinov's sizes, today's recipe, no shifts."""
    sizes = [784, 1000, 500, 250, CODE_SIZE]
    model = Autoencoder(chain(sizes), chain(sizes[::-1], "sigmoid"))
    optimizer = keras.optimizers.AdamW(0.002, weight_decay=0.05, global_clipnorm=1.0)
    return of_halves(model, optimizer)


def convolutional():
    """Chapter *convolutional*: strides down, upsampling up."""
    encoder = keras.Sequential([keras.Input(shape=(784,)), layers.Reshape((28, 28, 1))])
    for channels in (8, 16):
        encoder.add(layers.Conv2D(channels, 3, strides=2, padding="same", activation="gelu"))
    encoder.add(layers.Flatten())
    encoder.add(layers.Dense(CODE_SIZE))
    decoder = keras.Sequential([keras.Input(shape=(CODE_SIZE,))])
    decoder.add(layers.Dense(7 * 7 * 16, activation="gelu"))
    decoder.add(layers.Reshape((7, 7, 16)))
    for channels, activation in ((8, "gelu"), (1, "sigmoid")):
        decoder.add(layers.UpSampling2D(2))
        decoder.add(layers.Conv2D(channels, 3, padding="same", activation=activation))
    decoder.add(layers.Flatten())
    optimizer = keras.optimizers.Adam(0.003)
    return of_halves(Autoencoder(encoder, decoder), optimizer, compiled=False)


def sparse():
    """Chapter *regularized*: the sum of the code's absolute values, weight 0.1."""
    encoder, decoder = halves()
    return of_halves(
        PenalizedAutoencoder(
            encoder,
            decoder,
            lambda encoder, x: ops.mean(ops.sum(ops.abs(encoder(x)), axis=-1)),
            weight=0.1,
        )
    )


def denoising():
    """Chapter *regularized*: Gaussian noise of standard deviation 0.4."""
    noise = Noise("normal", seed=3)
    return of_halves(DenoisingAutoencoder(*halves(), lambda x: ops.clip(x + 0.4 * noise(x), 0, 1)))


def contractive():
    """Chapter *regularized*: the Jacobian's squared norm by one small random step, weight 0.1."""
    noise, step = Noise("normal", seed=3), 0.01

    def penalty(encoder, x):
        change = encoder(x + step * noise(x)) - encoder(x)
        return ops.mean(ops.sum(change**2, axis=-1)) / step**2

    return of_halves(PenalizedAutoencoder(*halves(), penalty, weight=0.1))


def variational(steps):
    """Chapter *variational*: beta rises to 1 over the first third of the steps."""
    encoder, decoder = halves(2 * CODE_SIZE, last=None)
    model = WarmingUp(encoder, decoder, max(1, steps // 3))
    return Family(
        model,
        lambda x: encoder(x)[:, :CODE_SIZE],
        lambda z: ops.sigmoid(decoder(z)),
        None,
        keras.optimizers.Adam(0.0015),
        gaussian_samples,
    )


def discrete():
    """Chapter *discrete*: 32 symbols out of 256, by moving average with restarts."""
    symbols, size = 256, 4
    width = CODE_SIZE * size
    encoder = chain([784, 400, 400, width])
    encoder.add(layers.Reshape((CODE_SIZE, size)))
    decoder = keras.Sequential([keras.Input(shape=(CODE_SIZE, size)), layers.Flatten()])
    decoder.add(chain([width, 400, 400, 784], "sigmoid"))
    codebook = np.random.default_rng(0).standard_normal((symbols, size)).astype("float32")
    quantizer = RestartingQuantizer(codebook)
    return Family(
        VectorQuantizedAutoencoder(encoder, decoder, quantizer),
        lambda x: ops.reshape(quantizer(encoder(x)), (-1, width)),
        lambda z: decoder(ops.reshape(z, (-1, CODE_SIZE, size))),
        squared_error,
        keras.optimizers.Adam(0.0015),
        draw_symbols,
    )


def draw_symbols(codes, generator):
    """Draw each symbol from those that the given codes have at its place, (n, numbers)."""
    symbols = codes.reshape(len(codes), CODE_SIZE, -1)
    rows = generator.integers(len(codes), size=(SAMPLES, CODE_SIZE))
    return symbols[rows, np.arange(CODE_SIZE)].reshape(SAMPLES, -1)


class FlatMaskedAutoencoder(MaskedAutoencoder):
    """A masked autoencoder that cuts flat images (n, 784) into 16 patches itself."""

    def call(self, x):
        """Fill in patches of the images."""
        return super().call(patches_of(x))


def patches_of(x):
    """Cut flat images (n, 784) into patches (n, 16, 49)."""
    pieces = ops.transpose(ops.reshape(x, (-1, 4, 7, 4, 7)), (0, 1, 3, 2, 4))
    return ops.reshape(pieces, (-1, 16, 49))


def masked():
    """Chapter *masked*, with tokens of 32 numbers; its code is the mean of all tokens."""
    encoder = PatchEncoder(places=16, pixels=49, width=CODE_SIZE)
    decoder = build_decoder(places=16, pixels=49, width=CODE_SIZE)
    return Family(
        FlatMaskedAutoencoder(encoder, decoder, hidden=12),
        lambda x: ops.mean(encoder(patches_of(x)), axis=1),
        None,
        None,
        keras.optimizers.Adam(0.002),
        None,
    )


FAMILIES = {
    "plain": lambda steps: plain(),
    "deep": lambda steps: deep(),
    "convolutional": lambda steps: convolutional(),
    "sparse": lambda steps: sparse(),
    "denoising": lambda steps: denoising(),
    "contractive": lambda steps: contractive(),
    "variational": variational,
    "discrete": lambda steps: discrete(),
    "masked": lambda steps: masked(),
}


def train(build, x, steps, seed):
    """Build a family and train it for so many steps; return it, and the seconds of training."""
    epochs = math.ceil(steps * BATCH_SIZE / len(x))
    steps_an_epoch = round(steps / epochs)
    ae_utils.set_seed(seed)
    family = build(epochs * steps_an_epoch)
    family.model.compile(optimizer=family.optimizer, loss=family.loss)
    started = time.perf_counter()
    ae_utils.fit(
        family.model,
        x[: steps_an_epoch * BATCH_SIZE],
        epochs=epochs,
        batch_size=BATCH_SIZE,
        schedule="cosine",
        seed=seed,
        jit_compile=family.compiled,
    )
    return family, time.perf_counter() - started


def seconds_per_step(build, x):
    """Return the seconds of one step, from two short runs whose compilation cancels."""
    few, more = 20, 120
    seconds = [train(build, x[: 20 * BATCH_SIZE], steps, seed=0)[1] for steps in (few, more)]
    return (seconds[1] - seconds[0]) / (more - few)


def in_slices(function, values):
    """Apply a function to a thousand rows at a time."""
    function = tf.function(function, reduce_retracing=True)
    parts = [function(values[at : at + 1000]).numpy() for at in range(0, len(values), 1000)]
    return np.concatenate(parts)


class Judge:
    """A digit classifier whose hidden layer measures how alike two sets of images are."""

    def __init__(self, data):
        ae_utils.set_seed(0)
        x = data.train_images.reshape(-1, 784)
        self.features = chain([784, 256, 64], "gelu")
        classifier = keras.Sequential([self.features, layers.Dense(10)])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        classifier.compile(keras.optimizers.Adam(0.002), loss)
        ae_utils.fit(
            classifier, x, data.train_labels, epochs=10, batch_size=BATCH_SIZE, schedule="cosine"
        )
        test = data.test_images.reshape(-1, 784)
        answers = classifier.predict(test, batch_size=1000, verbose=0).argmax(axis=1)
        self.accuracy = float(np.mean(answers == data.test_labels))
        self.test_features = in_slices(self.features, test)

    def distance(self, images):
        """Fréchet distance from the test images, between this judge's features."""
        return ae_utils.frechet_distance(in_slices(self.features, images), self.test_features)


def gaussian_samples(codes, generator):
    """Draw codes from the Gaussian that fits the given codes (n, numbers)."""
    draws = generator.multivariate_normal(codes.mean(axis=0), np.cov(codes.T), SAMPLES)
    return draws.astype("float32")


def few_label_accuracy(train_codes, train_labels, test_codes, test_labels, generator):
    """Mean accuracy of a linear probe on ten labels of each class, over several draws."""
    scores = []
    for _ in range(DRAWS):
        chosen = ae_utils.rows_of_each_class(train_labels, FEW_LABELS // 10, generator)
        scores.append(
            ae_utils.linear_probe_accuracy(
                train_codes[chosen], train_labels[chosen], test_codes, test_labels, strength=1.0
            )
        )
    return float(np.mean(scores))


def judged(encode, reconstruct, sample, data, judge, seed):
    """Return the measurements of one trained code, all on the test images."""
    generator = np.random.default_rng(seed)
    x, x_test = (images.reshape(-1, 784) for images in (data.train_images, data.test_images))
    codes, test_codes = encode(x), encode(x_test)
    labels = data.train_labels, test_codes, data.test_labels
    row = {
        "probe": ae_utils.linear_probe_accuracy(codes[:LABELS], labels[0][:LABELS], *labels[1:]),
        "few_labels": few_label_accuracy(codes, *labels, generator),
    }
    if reconstruct is not None:
        x_hat = np.clip(reconstruct(x_test), 0, 1)
        row["error"] = ae_utils.squared_error_per_image(x_test, x_hat)
        row["psnr"] = ae_utils.psnr_decibels(x_test, x_hat)
    if sample is not None:
        row["samples"] = judge.distance(np.clip(sample(codes, generator), 0, 1))
    return row


def pca_row(data, judge, seeds):
    """Return the row of PCA, which needs no seed but for the draws of labels and samples."""
    started = time.perf_counter()
    x = data.train_images.reshape(-1, 784)
    pca = ae_utils.fit_pca(x, CODE_SIZE)
    seconds = time.perf_counter() - started
    measured = [
        judged(
            pca.transform,
            lambda images: ae_utils.pca_reconstruction(pca, images),
            lambda codes, generator: pca.inverse_transform(gaussian_samples(codes, generator)),
            data,
            judge,
            seed,
        )
        for seed in seeds
    ]
    parameters = pca.components_.size + pca.mean_.size
    return row_of("PCA", parameters, 0, [seconds] * len(seeds), measured)


def family_row(name, data, judge, progress, seeds):
    """Train a family with each seed, and return its row."""
    x = data.train_images.reshape(-1, 784)

    def steps_in_time():
        return round(SECONDS / seconds_per_step(FAMILIES[name], x))

    steps = progress.once(f"{name}, steps", steps_in_time)

    def run(seed):
        family, took = train(FAMILIES[name], x, steps, seed)
        measured = judged_family(family, data, judge, seed)
        measured = {key: float(value) for key, value in measured.items()}
        return [family.model.count_params(), took, measured]

    runs = [progress.once(f"{name}, seed {seed}", partial(run, seed)) for seed in seeds]
    parameters, seconds, measured = zip(*runs, strict=True)
    return row_of(name, parameters[0], steps, list(seconds), list(measured))


def judged_family(family, data, judge, seed):
    """Return the measurements of one trained family."""

    def encode(images):
        return in_slices(family.encode, images)

    def decode(codes):
        return in_slices(family.decode, codes)

    if family.decode is None:
        return judged(encode, None, None, data, judge, seed)
    return judged(
        encode,
        lambda images: decode(encode(images)),
        lambda codes, generator: decode(family.draw(codes, generator)),
        data,
        judge,
        seed,
    )


def row_of(name, parameters, steps, seconds, measured):
    """Return a row whose measurements are lists with one value for each seed."""
    row = {"name": name, "parameters": int(parameters), "steps": steps}
    row["seconds"] = [round(value, 1) for value in seconds]
    for key in measured[0]:
        row[key] = [round(float(values[key]), 4) for values in measured]
    print(f"  {row}", flush=True)
    return row


def measure(progress, seeds=SEEDS):
    """Return a row for PCA, and one for each family."""
    data = ae_utils.load_mnist(verbose=False)
    judge = Judge(data)
    print(f"  the judge is right on {judge.accuracy:.4f} of the test digits", flush=True)
    rows = [
        pca_row(data, judge, seeds),
        *(family_row(name, data, judge, progress, seeds) for name in FAMILIES),
    ]
    training_images = judge.distance(data.train_images[:SAMPLES].reshape(-1, 784))
    return {
        "code_size": CODE_SIZE,
        "seconds": SECONDS,
        "judge_accuracy": round(judge.accuracy, 4),
        "training_images_distance": round(training_images, 4),
        "rows": rows,
    }
