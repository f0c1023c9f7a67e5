"""All families of the book: 32 features, equal steps, equal tuning, three seeds, ablations.

Each family has one setting of its own. Its learning rate and then this setting are chosen in short
trainings with one seed on validation images, by the same rule for all. The chosen ones are trained
longer with each seed and judged on the test images, and again with the mechanism switched off that
the family is named for.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from sklearn.mixture import GaussianMixture

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

CODE_SIZE, SEEDS, BATCH_SIZE = 32, (0, 1, 2), 128
STEPS, TRIAL_STEPS, BRIEF_STEPS = 1500, 750, 300
LABELS, FEW_LABELS, DRAWS, CODED = 5000, 100, 5, 20_000
SAMPLES, NEIGHBOURS, COMPONENTS = 5000, 3, 10  # made digits; every second test digit
# Of each ladder the middle three are tried first, then a neighbour while the best has none.
RATES = (0.000125, 0.00025, 0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032)
STRENGTHS = (0.01, 0.1, 1.0, 10.0, 100.0, 1000.0, 10_000.0)  # of a probe; all are tried
PCA_COMPONENTS = (2, 5, 10, 20, 40, 80, 160, 320, 640)
WIDTHS = {1: 336, 2: 256, 4: 195}  # hidden layers in a half → units, for equally many weights


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
        mix: the same for a mixture of ten such densities.
        prior: whether the model promises that its codes are standard normal.
    """

    model: keras.Model
    encode: Callable
    decode: Callable | None
    loss: Callable | None
    optimizer: keras.optimizers.Optimizer
    draw: Callable | None
    mix: Callable | None = None
    prior: bool = False


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


def halves(depth=2, code=CODE_SIZE, last="sigmoid"):
    """Return an encoder and a decoder with so many hidden layers each."""
    hidden = [WIDTHS[depth]] * depth
    return chain([784, *hidden, code]), chain([CODE_SIZE, *hidden, 784], last)


def of_halves(model, rate, decay=0.0):
    """Return a family whose model has a plain encoder and a plain decoder."""
    optimizer = keras.optimizers.AdamW(rate, weight_decay=decay)
    return Family(
        model,
        model.encoder,
        model.decoder,
        squared_error,
        optimizer,
        gaussian_samples,
        mixture_samples,
    )


def plain(steps, rate=0.002, setting=0.1, depth=2):
    """Chapter *implementation*, with weight decay for its setting."""
    return of_halves(Autoencoder(*halves(depth)), rate, setting)


def convolutional(steps, rate=0.002, setting=0.1, shuffled=False):
    """Chapter *convolutional*: strides down, sub-pixel convolution up; set by weight decay.

    With ``shuffled`` the pixels are in one random order inside, and no longer have neighbours.
    """
    order = np.random.default_rng(0).permutation(784) if shuffled else np.arange(784)
    encoder = keras.Sequential([keras.Input(shape=(784,)), Reorder(order)])
    encoder.add(layers.Reshape((28, 28, 1)))
    for channels in (8, 16):
        encoder.add(layers.Conv2D(channels, 3, strides=2, padding="same", activation="gelu"))
    encoder.add(layers.Flatten())
    encoder.add(layers.Dense(CODE_SIZE))
    decoder = keras.Sequential([keras.Input(shape=(CODE_SIZE,))])
    decoder.add(layers.Dense(7 * 7 * 16, activation="gelu"))
    decoder.add(layers.Reshape((7, 7, 16)))
    for channels, activation in ((8, "gelu"), (1, "sigmoid")):
        decoder.add(layers.Conv2D(4 * channels, 3, padding="same", activation=activation))
        decoder.add(Spread())
    decoder.add(layers.Flatten())
    decoder.add(Reorder(np.argsort(order)))
    return of_halves(Autoencoder(encoder, decoder), rate, setting)


class Spread(layers.Layer):
    """Spread the channels (n, rows, columns, 4 c) over twice as many rows and columns."""

    def call(self, x):
        """Return the larger images (n, 2 rows, 2 columns, c)."""
        return tf.nn.depth_to_space(x, 2)


class Reorder(layers.Layer):
    """Put the numbers of each row (n, numbers) into another order."""

    def __init__(self, order):
        super().__init__()
        self.order = order

    def call(self, x):
        """Return the rows in the new order."""
        return ops.take(x, self.order, axis=1)


class Largest(layers.Layer):
    """Keep the largest numbers of each code (n, numbers), and set the others to zero.

    Makhzani & Frey (2014), arXiv:1312.5663.
    """

    def __init__(self, kept):
        super().__init__()
        self.kept = kept

    def call(self, z):
        """Return the sparse codes."""
        least = ops.top_k(z, self.kept)[0][:, -1:]
        return ops.where(z >= least, z, 0.0)


def sparse(steps, rate=0.002, setting=4):
    """Chapter *regularized*: only so many of the code's numbers, the largest, are not zero."""
    encoder, decoder = halves()
    largest = Largest(setting)
    encoder.add(largest)
    family = of_halves(Autoencoder(encoder, decoder), rate)
    family.decode = lambda z: decoder(largest(z))  # so that drawn codes are sparse too
    return family


def denoising(steps, rate=0.002, setting=0.4):
    """Chapter *regularized*: Gaussian noise of this standard deviation."""
    noise = Noise("normal", seed=3)
    return of_halves(
        DenoisingAutoencoder(*halves(), lambda x: ops.clip(x + setting * noise(x), 0, 1)), rate
    )


def contractive(steps, rate=0.002, setting=0.3):
    """Chapter *regularized*: the Jacobian's squared norm by a small random step, so weighted.

    It is divided by the variance of the code: else a code that is only smaller would satisfy it.
    """
    noise, step = Noise("normal", seed=3), 0.01

    def penalty(encoder, x):
        codes = encoder(x)
        change = ops.sum((encoder(x + step * noise(x)) - codes) ** 2, axis=-1)
        return ops.mean(change) / step**2 / ops.sum(ops.var(codes, axis=0))

    return of_halves(PenalizedAutoencoder(*halves(), penalty, weight=setting), rate)


def variational(steps, rate=0.002, setting=1.0):
    """Chapter *variational*: beta rises to the setting over the first third of the steps."""
    encoder, decoder = halves(code=2 * CODE_SIZE, last=None)
    return Family(
        WarmingUp(encoder, decoder, max(1, steps // 3), final_beta=setting),
        lambda x: encoder(x)[:, :CODE_SIZE],
        lambda z: ops.sigmoid(decoder(z)),
        None,
        keras.optimizers.AdamW(rate, weight_decay=0.0),
        gaussian_samples,
        mixture_samples,
        prior=True,
    )


def discrete(steps, rate=0.002, setting=0.25):
    """Chapter *discrete*: 32 numbers as 16 pairs out of 256; its setting is the commitment."""
    symbols, size = 256, 2
    encoder, decoder_of_numbers = halves()
    encoder.add(layers.Reshape((CODE_SIZE // size, size)))
    decoder = keras.Sequential([keras.Input(shape=(CODE_SIZE // size, size)), layers.Flatten()])
    decoder.add(decoder_of_numbers)
    codebook = np.random.default_rng(0).standard_normal((symbols, size)).astype("float32")
    quantizer = RestartingQuantizer(codebook, beta=setting)
    return Family(
        VectorQuantizedAutoencoder(encoder, decoder, quantizer),
        lambda x: ops.reshape(quantizer(encoder(x)), (-1, CODE_SIZE)),
        decoder_of_numbers,
        squared_error,
        keras.optimizers.AdamW(rate, weight_decay=0.0),
        draw_symbols,
        mix_symbols,
    )


class FlatMaskedAutoencoder(MaskedAutoencoder):
    """A masked autoencoder that cuts flat images (n, 784) into 16 patches itself."""

    def call(self, x):
        """Fill in patches of the images."""
        return super().call(patches_of(x))


def patches_of(x):
    """Cut flat images (n, 784) into patches (n, 16, 49)."""
    pieces = ops.transpose(ops.reshape(x, (-1, 4, 7, 4, 7)), (0, 1, 3, 2, 4))
    return ops.reshape(pieces, (-1, 16, 49))


def masked(steps, rate=0.002, setting=8):
    """Chapter *masked*, tokens of 32 numbers, so many hidden; its code is the mean token."""
    encoder = PatchEncoder(places=16, pixels=49, width=CODE_SIZE, depth=1)
    decoder = build_decoder(places=16, pixels=49, width=CODE_SIZE)
    return Family(
        FlatMaskedAutoencoder(encoder, decoder, hidden=setting),
        lambda x: ops.mean(encoder(patches_of(x)), axis=1),
        None,
        None,
        keras.optimizers.AdamW(rate, weight_decay=0.0),
        None,
    )


FAMILIES = {
    "plain": plain,
    "shallow": partial(plain, depth=1),
    "deep": partial(plain, depth=4),
    "convolutional": convolutional,
    "sparse": sparse,
    "denoising": denoising,
    "contractive": contractive,
    "variational": variational,
    "discrete": discrete,
    "masked": masked,
}
# Nine values for each, and for the sparse family all there are: a code that keeps more than half of
# its numbers is not sparse. None switches off the mechanism that its family is named for.
DECAYS = "weight decay", (0.0, 0.0015, 0.006, 0.025, 0.1, 0.4, 1.6, 6.4, 25.6)
SETTINGS = {
    "plain": DECAYS,
    "shallow": DECAYS,
    "deep": DECAYS,
    "convolutional": DECAYS,
    "sparse": ("numbers kept", (1, 2, 4, 8, 16)),
    "denoising": ("noise", (0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)),
    "contractive": ("weight", (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)),
    "variational": ("beta", (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)),
    "discrete": ("commitment", (0.0, 0.005, 0.02, 0.08, 0.25, 1.0, 4.0, 16.0, 64.0)),
    "masked": ("patches hidden", (1, 2, 4, 6, 8, 10, 12, 14, 15)),
}
# What a family is with its mechanism switched off; its rate is that of the whole family.
BRIEFLY = "shallow", "plain", "deep", "convolutional"  # trained once more, for fewer steps
BARE = "plain", {"setting": 0.0}
ABLATIONS = {
    "plain, no decay": ("plain", *BARE),
    "convolutional, pixels shuffled": ("convolutional", "convolutional", {"shuffled": True}),
    "sparse, all kept": ("sparse", *BARE),
    "denoising, no noise": ("denoising", *BARE),
    "contractive, no penalty": ("contractive", *BARE),
    "variational, beta 0": ("variational", "variational", {"setting": 0.0}),
    "discrete, not rounded": ("discrete", *BARE),
}


def train(build, x, steps, seed, **choice):
    """Build a family and train it for so many steps; return it, and its processor seconds."""
    epochs = math.ceil(steps * BATCH_SIZE / len(x))
    steps_an_epoch = round(steps / epochs)
    ae_utils.set_seed(seed)
    family = build(epochs * steps_an_epoch, **choice)
    family.model.compile(optimizer=family.optimizer, loss=family.loss)
    started = time.process_time()
    ae_utils.fit(
        family.model,
        x[: steps_an_epoch * BATCH_SIZE],
        epochs=epochs,
        batch_size=BATCH_SIZE,
        schedule="cosine",
        seed=seed,
        jit_compile=False,  # with one thread XLA is slower
    )
    return family, time.process_time() - started


def in_slices(function, values):
    """Apply a function to a thousand rows at a time."""
    function = tf.function(function, reduce_retracing=True)
    parts = [function(values[at : at + 1000]).numpy() for at in range(0, len(values), 1000)]
    return np.concatenate(parts)


def gaussian_samples(codes, generator):
    """Draw codes from the Gaussian that fits the given codes (n, numbers)."""
    draws = generator.multivariate_normal(codes.mean(axis=0), np.cov(codes.T), SAMPLES)
    return draws.astype("float32")


def fitted_mixture(codes, components, generator):
    """Fit a mixture of Gaussians to the first ten thousand codes."""
    mixture = GaussianMixture(
        components,
        max_iter=50,
        tol=0.01,
        reg_covar=1e-4,
        random_state=int(generator.integers(2**31)),
    )
    return mixture.fit(codes[:10_000].astype("float64"))


def mixture_samples(codes, generator, components=COMPONENTS):
    """Draw codes from a mixture of Gaussians that fits the given codes (n, numbers)."""
    return fitted_mixture(codes, components, generator).sample(SAMPLES)[0].astype("float32")


def draw_symbols(codes, generator, count=SAMPLES):
    """Draw each pair from those that the given codes have at its place, (n, numbers)."""
    symbols = codes.reshape(len(codes), -1, 2)
    rows = generator.integers(len(codes), size=(count, symbols.shape[1]))
    return symbols[rows, np.arange(symbols.shape[1])].reshape(count, -1)


def mix_symbols(codes, generator, components=COMPONENTS):
    """Draw each pair as :func:`draw_symbols` does, inside one of ten clusters of codes."""
    from sklearn.cluster import KMeans

    means = KMeans(components, n_init=1, random_state=int(generator.integers(2**31)))
    cluster = means.fit(codes[:10_000]).predict(codes)
    counts = generator.multinomial(SAMPLES, np.bincount(cluster) / len(cluster))
    return np.concatenate(
        [draw_symbols(codes[cluster == one], generator, n) for one, n in enumerate(counts)]
    )


def squared_distances(one, other):
    """Squared distances of all pairs of rows, (n, m)."""
    lengths = np.sum(one**2, axis=1)[:, None] + np.sum(other**2, axis=1)
    return np.maximum(lengths - 2 * one @ other.T, 0)


def radii(features):
    """Squared distance of each row from its third neighbour."""
    return np.partition(squared_distances(features, features), NEIGHBOURS, axis=1)[:, NEIGHBOURS]


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
            classifier,
            x,
            data.train_labels,
            epochs=6,
            batch_size=BATCH_SIZE,
            schedule="cosine",
            jit_compile=False,
        )
        test = data.test_images.reshape(-1, 784)
        answers = classifier.predict(test, batch_size=1000, verbose=0).argmax(axis=1)
        self.accuracy = float(np.mean(answers == data.test_labels))
        self.test_features = in_slices(self.features, test)[::2]
        self.test_radii = radii(self.test_features)
        self.pca = ae_utils.fit_pca(x, 64)
        self.test_components = self.pca.transform(test[::2])

    def compare(self, images):
        """Compare made images with test images.

        Fréchet distance between this judge's features and between 64 components of PCA, and
        precision and recall of Kynkäänniemi et al. (2019), arXiv:1904.06991, in the features.
        """
        features = in_slices(self.features, images)
        apart = squared_distances(features, self.test_features)
        return {
            "frechet": ae_utils.frechet_distance(features, self.test_features),
            "frechet_pca": ae_utils.frechet_distance(
                self.pca.transform(images), self.test_components
            ),
            "precision": float(np.mean(np.any(apart <= self.test_radii, axis=1))),
            "recall": float(np.mean(np.any(apart <= radii(features)[:, None], axis=0))),
        }


def climbed(ladder, score, better):
    """Try the middle three values of a ladder, then a neighbour while the best has none.

    Return the best value, and the scores by value.
    """
    middle = len(ladder) // 2
    scores = {value: score(value) for value in ladder[middle - 1 : middle + 2]}
    sign = 1 if better == "lower" else -1
    while True:
        best = min(scores, key=lambda value: sign * scores[value])
        place = ladder.index(best)
        missing = [value for value in ladder[max(place - 1, 0) : place + 2] if value not in scores]
        if not missing:
            return best, scores
        scores[missing[0]] = score(missing[0])


def probe(codes, labels, validation_codes, validation_labels, test_codes=None, test_labels=None):
    """Choose the strength of a linear probe on validation codes; return all there is to tell."""
    scores = [
        ae_utils.linear_probe_accuracy(
            codes[:LABELS], labels[:LABELS], validation_codes, validation_labels, strength
        )
        for strength in STRENGTHS
    ]
    best = STRENGTHS[int(np.argmax(scores))]
    result = {"probe_strength": best, "probe_validation": max(scores)}
    if test_codes is not None:
        result["probe"] = ae_utils.linear_probe_accuracy(
            codes[:LABELS], labels[:LABELS], test_codes, test_labels, best
        )
    return result


def few_labels(codes, labels, validation_codes, validation_labels, test_codes, test_labels, seed):
    """Mean accuracy on ten labels of each class, over draws that are the same for all codes."""

    def accuracy(strength, codes_to_judge, their_labels):
        return ae_utils.few_label_scores(
            partial(ae_utils.linear_probe_accuracy, strength=strength),
            codes,
            labels,
            codes_to_judge,
            their_labels,
            (FEW_LABELS // 10,),
            DRAWS,
            seed,
        ).mean()

    scores = [accuracy(strength, validation_codes, validation_labels) for strength in STRENGTHS]
    best = STRENGTHS[int(np.argmax(scores))]
    return {"few_strength": best, "few_labels": float(accuracy(best, test_codes, test_labels))}


def probed(encode, data, seed):
    """Return codes of training images, and what both probes read from them."""
    x, x_validation, x_test = flat(data)
    codes, labels = encode(x[:CODED]), data.train_labels[:CODED]
    rest = [encode(x_validation), data.validation_labels, encode(x_test), data.test_labels]
    measured = probe(codes, labels, *rest)
    return codes, measured | few_labels(codes, labels, *rest, seed)


def flat(data):
    """Return training, validation and test images (n, 784)."""
    images = data.train_images, data.validation_images, data.test_images
    return tuple(part.reshape(-1, 784) for part in images)


def trial(name, choice, data):
    """Train briefly and return what validation images say: squared error, and the probe."""
    x, x_validation, _ = flat(data)
    family, seconds = train(FAMILIES[name], x, TRIAL_STEPS, 0, **choice)
    codes, validation_codes = (
        in_slices(family.encode, part) for part in (x[:LABELS], x_validation)
    )
    measured = probe(codes, data.train_labels[:LABELS], validation_codes, data.validation_labels)
    if family.decode is not None:
        x_hat = in_slices(family.decode, validation_codes)
        measured["error"] = ae_utils.squared_error_per_image(x_validation, x_hat)
    return measured | {"seconds": seconds}


def tuned(name, data, progress):
    """Choose a family's rate by validation error, then its setting by the validation probe."""

    def score(key, rate, setting):
        choice = {"rate": rate, "setting": setting}
        label = f"{name}, {choice}, trial"
        return progress.once(label, partial(trial, name, choice, data))[key]

    label, ladder = SETTINGS[name]
    by, better = ("probe_validation", "higher") if name == "masked" else ("error", "lower")
    rate, rates = climbed(RATES, lambda rate: score(by, rate, ladder[len(ladder) // 2]), better)
    setting, settings = climbed(
        ladder, lambda setting: score("probe_validation", rate, setting), "higher"
    )
    return {
        "name": name,
        "setting_is": label,
        "rate": rate,
        "setting": setting,
        "ladder": list(ladder),
        "rates": {str(key): round(value, 4) for key, value in sorted(rates.items())},
        "settings": {str(key): round(value, 4) for key, value in sorted(settings.items())},
    }


def run(name, choice, steps, seed, data, judge, draws):
    """Train one family, and return its measurements on the test images."""
    x, _, x_test = flat(data)
    family, seconds = train(FAMILIES[name], x, steps, seed, **choice)
    codes, measured = probed(partial(in_slices, family.encode), data, seed)
    measured |= {"parameters": family.model.count_params(), "seconds": seconds}
    measured["steps"] = int(family.optimizer.iterations)
    if family.decode is not None:
        test_codes = in_slices(family.encode, x_test)
        measured |= rebuilt(x_test, in_slices(family.decode, test_codes))
        measured["zeros"] = float(np.mean(test_codes == 0))
    if draws and family.decode is not None:
        generator = np.random.default_rng(seed)
        made = {"one": family.draw(codes, generator), "mixture": family.mix(codes, generator)}
        if family.prior:
            normal = generator.standard_normal((SAMPLES, CODE_SIZE))
            made["prior"] = normal.astype("float32")
        for kind, drawn in made.items():
            measured |= compared(kind, in_slices(family.decode, drawn), judge())
    return measured


def rebuilt(x_test, x_hat):
    """Return the errors of reconstructions, clipped as all of them are."""
    x_hat = np.clip(x_hat, 0, 1)
    return {
        "error": ae_utils.squared_error_per_image(x_test, x_hat),
        "psnr": ae_utils.psnr_decibels(x_test, x_hat),
    }


def compared(kind, images, judge):
    """Return what the judge says of made images, under names that begin with their kind."""
    found = judge.compare(np.clip(images, 0, 1).astype("float32"))
    return {f"{kind}_{name}": float(value) for name, value in found.items()}


def pca_run(seed, data, judge, components):
    """Measure PCA as a family; its mixture also with as many components as serve it best."""
    x, _, x_test = flat(data)
    pca = ae_utils.fit_pca(x, CODE_SIZE)
    codes, measured = probed(pca.transform, data, seed)
    measured |= {"parameters": pca.components_.size + pca.mean_.size, "steps": 0}
    measured |= rebuilt(x_test, ae_utils.pca_reconstruction(pca, x_test))
    generator = np.random.default_rng(seed)
    made = {
        "one": gaussian_samples(codes, generator),
        "mixture": mixture_samples(codes, generator),
        "best": mixture_samples(codes, generator, components),
    }
    for kind, drawn in made.items():
        measured |= compared(kind, pca.inverse_transform(drawn), judge())
    return measured


def pca_components(data):
    """Choose the number of Gaussians on PCA codes by the likelihood of validation codes."""
    x, x_validation, _ = flat(data)
    pca = ae_utils.fit_pca(x, CODE_SIZE)
    codes, validation_codes = pca.transform(x), pca.transform(x_validation)

    def likelihood(components):
        mixture = fitted_mixture(codes, components, np.random.default_rng(0))
        return float(mixture.score(validation_codes))

    best, scores = climbed(PCA_COMPONENTS, likelihood, "higher")
    return {"best": best, "scores": {str(key): scores[key] for key in sorted(scores)}}


def untrained_run(seed, data):
    """Probe the plain family's encoder before its first step."""
    ae_utils.set_seed(seed)
    return probed(partial(in_slices, plain(1).encode), data, seed)[1]


def crowds(data, judge):
    """Compare crowds of known make with the test images; say how good the judge is, too."""
    x = data.train_images[::11].reshape(-1, 784)
    blurred = (x + np.roll(x, 1, axis=1)) / 2
    known = {"training digits": x, "blurred": blurred}
    return {name: compared("crowd", images, judge()) for name, images in known.items()} | {
        "judge_accuracy": judge().accuracy
    }


def rows_of(results):
    """Return a row whose measurements are lists with one value for each seed."""
    return {
        key: [round(float(result[key]), 5) for result in results]
        if isinstance(results[0][key], float)
        else results[0][key]
        for key in results[0]
    }


def measure(progress, seeds=SEEDS):
    """Return the tuning of each family, its rows, those of its rivals, and the ablations."""
    data = ae_utils.load_mnist(verbose=False)

    @cache
    def judge():
        return Judge(data)

    def runs(name, choice, steps=STEPS, draws=True):
        def one(seed):
            label = f"{name}, {choice}, {steps} steps, seed {seed}"
            return progress.once(label, partial(run, name, choice, steps, seed, data, judge, draws))

        return rows_of([one(seed) for seed in seeds])

    components = progress.once("Gaussians on PCA codes", partial(pca_components, data))
    rivals = {
        "PCA": lambda seed: pca_run(seed, data, judge, components["best"]),
        "untrained": lambda seed: untrained_run(seed, data),
    }
    rows = [
        {
            "name": name,
            **rows_of([progress.once(f"{name}, seed {s}", partial(f, s)) for s in seeds]),
        }
        for name, f in rivals.items()
    ]
    tuning = [tuned(name, data, progress) for name in FAMILIES]
    chosen = {row["name"]: {key: row[key] for key in ("rate", "setting")} for row in tuning}
    rows += [{"name": name, **runs(name, choice)} for name, choice in chosen.items()]
    ablations = [
        {"name": label, **runs(name, {"rate": chosen[of]["rate"], "setting": None} | change)}
        if "setting" in change
        else {"name": label, **runs(name, chosen[of] | change)}
        for label, (of, name, change) in ABLATIONS.items()
    ]
    briefly = [
        {"name": name, **runs(name, chosen[name], BRIEF_STEPS, draws=False)} for name in BRIEFLY
    ]
    return {
        "code_size": CODE_SIZE,
        "components_for_pca": components["best"],
        "components_tried": components["scores"],
        "rates": list(RATES),
        "strengths": list(STRENGTHS),
        "crowds": progress.once("crowds", partial(crowds, data, judge)),
        "tuning": tuning,
        "rows": rows,
        "ablations": ablations,
        "briefly": briefly,
    }
