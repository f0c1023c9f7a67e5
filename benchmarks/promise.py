"""How well a variational autoencoder of the chapter *variational* keeps its promise about codes.

For each seed a long training, −log p(x) of the test images, the mismatch of the codes from the
prior, and digits made from the prior and from a mixture fitted to the codes. The mixture's size is
chosen on validation images; the test images have the last word.
"""

from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from scipy.special import logsumexp
from sklearn.mixture import GaussianMixture

import ae_utils
from ae_utils import WarmingUp

SEEDS = (0, 1, 2)
EPOCHS, BATCH_SIZE, RATE, LONGEST_GRADIENT = 16, 128, 0.004, 100.0
LATENT_DIM, ENCODER_WIDTH, DECODER_WIDTH = 40, 300, 500
USED_NATS = 0.01  # a number of the code with less rate than this is unused
WEIGHTED_SAMPLES = 100  # of the code, for -log p(x) of one image
CLOUDS = (10, 100, 1000, 10_000, 55_000)
PARTS = (1, 3, 10, 30, 100)  # of the mixture
MIXED = 20_000  # codes that it is fitted to
MADE = 10_000


def in_slices(network, x):
    """Return a network's answers to many rows."""
    return np.concatenate([np.asarray(network(x[at : at + 5000])) for at in range(0, len(x), 5000)])


def chain(sizes):
    """Return dense layers with GELU between the given sizes."""
    network = keras.Sequential([keras.Input(shape=(sizes[0],))])
    for size in sizes[1:-1]:
        network.add(layers.Dense(size, activation="gelu"))
    network.add(layers.Dense(sizes[-1]))
    return network


def trained(x, seed):
    """Return a variational autoencoder after a long training."""
    ae_utils.set_seed(seed)
    model = WarmingUp(
        chain((784, ENCODER_WIDTH, ENCODER_WIDTH, 2 * LATENT_DIM)),
        chain((LATENT_DIM, DECODER_WIDTH, DECODER_WIDTH, 784)),
        steps=EPOCHS * (len(x) // BATCH_SIZE) // 4,
    )
    model.compile(optimizer=keras.optimizers.Adam(RATE, global_clipnorm=LONGEST_GRADIENT))
    ae_utils.fit(model, x, epochs=EPOCHS, batch_size=BATCH_SIZE, schedule="cosine", seed=seed)
    return model


def bills(model, coins):
    """Return the bound on -log p(x) of each binary image, and the importance-weighted estimate."""

    @tf.function(jit_compile=True)
    def of_batch(x, seed):
        z_mean, z_log_var = tf.split(model.encoder(x), 2, axis=1)
        bound, evidence = tf.zeros(len(x)), tf.fill([len(x)], -np.inf)
        for sample in tf.range(WEIGHTED_SAMPLES):
            epsilon = tf.random.stateless_normal(tf.shape(z_mean), [seed, sample], alg="philox")
            z = z_mean + tf.exp(z_log_var / 2) * epsilon
            costs = tf.nn.sigmoid_cross_entropy_with_logits(x, model.decoder(z))
            weight = tf.reduce_sum((epsilon**2 - z**2 + z_log_var) / 2, axis=1)
            weight -= tf.reduce_sum(costs, axis=1)
            bound -= weight / WEIGHTED_SAMPLES
            evidence = tf.math.reduce_logsumexp([evidence, weight], axis=0)
        return bound, tf.math.log(float(WEIGHTED_SAMPLES)) - evidence

    parts = [of_batch(coins[at : at + 1000], tf.constant(at)) for at in range(0, len(coins), 1000)]
    return [np.concatenate([np.asarray(part[which]) for part in parts]) for which in (0, 1)]


class Codes:
    """The clouds of binary images, and one code drawn from each."""

    def __init__(self, model, coins, generator):
        answers = in_slices(model.encoder, coins).astype("float64")
        self.mean, self.log_var = np.split(answers, 2, axis=1)
        noise = generator.standard_normal(self.mean.shape)
        self.drawn = self.mean + np.exp(self.log_var / 2) * noise

    def rates(self):
        """Return the mean rate of each number of the code."""
        return (0.5 * (self.mean**2 + np.exp(self.log_var) - 1 - self.log_var)).mean(axis=0)

    def split_rate(self, count, generator):
        """Return information and mismatch of the mixture of ``count`` clouds, in nats."""
        chosen = generator.permutation(len(self.mean))[:count]
        mean, log_var, z = self.mean[chosen], self.log_var[chosen], self.drawn[chosen[:1000]]
        precision = np.exp(-log_var)
        distance = z**2 @ precision.T - 2 * z @ (mean * precision).T
        distance += (mean**2 * precision + log_var).sum(axis=1)
        log_density = -0.5 * (distance + LATENT_DIM * np.log(2 * np.pi))
        own = log_density[np.arange(len(z)), np.arange(len(z))]
        together = logsumexp(log_density, axis=1) - np.log(count)
        return float(np.mean(own - together)), float(np.mean(together - log_prior(z)))


def log_prior(z):
    """Return the log-density of each code under the prior."""
    return -0.5 * (z**2 + np.log(2 * np.pi)).sum(axis=1)


class Judge:
    """A classifier of digits, its last hidden layer as features, and all training images."""

    def __init__(self, data, seed):
        ae_utils.set_seed(seed)
        self.x_train = data.train_images.reshape(-1, 784)
        x_test = data.test_images.reshape(-1, 784)
        self.features = keras.Sequential([chain((784, 256, 64)), layers.Activation("gelu")])
        self.classifier = keras.Sequential([self.features, layers.Dense(10)])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.classifier.compile(keras.optimizers.Adam(0.002), loss)
        x, labels = self.x_train, data.train_labels
        ae_utils.fit(
            self.classifier, x, labels, epochs=4, batch_size=128, schedule="cosine", seed=seed
        )
        answers = in_slices(self.classifier, x_test).argmax(axis=1)
        self.accuracy = float(np.mean(answers == data.test_labels))
        self.test_features = in_slices(self.features, x_test)

    def nearest(self, images):
        """Return the squared error of each image from the nearest of all training images."""
        lengths = (self.x_train**2).sum(axis=1)
        slices = [images[at : at + 500] for at in range(0, len(images), 500)]
        apart = [(lengths - 2 * part @ self.x_train.T).min(axis=1) for part in slices]
        return np.concatenate(apart) + (images**2).sum(axis=1)

    def compare(self, images):
        """Return what the judge says of a crowd of images."""
        logits = in_slices(self.classifier, images)
        shares = np.exp(logits - logsumexp(logits, axis=1, keepdims=True))
        features = in_slices(self.features, images)
        return {
            "frechet": round(ae_utils.frechet_distance(features, self.test_features), 2),
            "sure": round(float(np.mean(shares.max(axis=1) > 0.9)), 4),
            "nearest": round(float(self.nearest(images[:1000]).mean()), 2),
        }


def rivals(data, generator):
    """Return crowds that were made without a decoder, each (n, 784)."""
    x = data.train_images.reshape(-1, 784)
    classes = np.stack([x[data.train_labels == digit].mean(axis=0) for digit in range(10)])
    # A covariance wants some spread, so a little noise where all images would be equal.
    noise = 1e-3 * generator.standard_normal((MADE, 784)).astype("float32")
    return {
        "training digits": x[:MADE],
        "training digits at half brightness": x[:MADE] / 2,
        "means of four training digits": x[generator.integers(0, len(x), (MADE, 4))].mean(axis=1),
        "class means": classes[generator.integers(0, 10, MADE)] + noise,
        "the mean image": x.mean(axis=0) + noise,
    }


def run(data, seed):
    """Train one model; return its bill, how its promise is kept, and what its digits are worth."""
    generator = np.random.default_rng(seed)
    images = [
        part.reshape(-1, 784)
        for part in (data.train_images, data.validation_images, data.test_images)
    ]
    coins = [(generator.random(x.shape, dtype="float32") < x).astype("float32") for x in images]
    model = trained(images[0], seed)
    bound, evidence = bills(model, coins[2])
    train, validation, test = (Codes(model, part, generator) for part in coins)

    def gain(mixture, codes):
        return round(float(np.mean(mixture.score_samples(codes) - log_prior(codes))), 3)

    mixtures = [
        GaussianMixture(
            parts, max_iter=30, random_state=seed, init_params="random_from_data", reg_covar=1e-3
        ).fit(train.drawn[:MIXED])
        for parts in PARTS
    ]
    gains = [gain(mixture, validation.drawn) for mixture in mixtures]
    best = mixtures[PARTS.index(ae_utils.best_of_grid(PARTS, gains, better="higher"))]
    codes = {
        "the prior": generator.standard_normal((MADE, LATENT_DIM)),
        "one Gaussian": mixtures[0].sample(MADE)[0],
        # scikit-learn gives the draws in the order of the Gaussians they come from.
        "the mixture": generator.permutation(best.sample(MADE)[0]),
        "clouds of training digits": train.drawn[generator.permutation(len(train.drawn))[:MADE]],
        "clouds of test digits": test.drawn,
    }
    crowds = {name: probabilities(model, z) for name, z in codes.items()}
    judge = Judge(data, seed)
    splits = {count: train.split_rate(count, generator) for count in CLOUDS}
    return {
        "bound": round(float(bound.mean()), 2),
        "evidence": round(float(evidence.mean()), 2),
        "standard_error": round(float(evidence.std() / np.sqrt(len(evidence))), 2),
        "rate": round(float(test.rates().sum()), 2),
        "used": int(np.sum(test.rates() > USED_NATS)),
        "information": [round(splits[count][0], 2) for count in CLOUDS],
        "mismatch": [round(splits[count][1], 2) for count in CLOUDS],
        "validation_gains": gains,
        "parts": best.n_components,
        "test_gain": gain(best, test.drawn),
        "test_gain_of_one": gain(mixtures[0], test.drawn),
        "judge": round(judge.accuracy, 4),
        "test_nearest": round(float(judge.nearest(images[2][:1000]).mean()), 2),
        "crowds": {
            name: judge.compare(made)
            for name, made in {**crowds, **rivals(data, generator)}.items()
        },
    }


def probabilities(model, codes):
    """Return the decoder's probability of white for each pixel."""
    logits = in_slices(model.decoder, codes.astype("float32"))
    return 1 / (1 + np.exp(-logits))


def measure(progress, seeds=SEEDS):
    """Return one run for each seed."""
    data = ae_utils.load_mnist(verbose=False)
    runs = [
        progress.once(f"{EPOCHS} epochs, seed {seed}", partial(run, data, seed)) for seed in seeds
    ]
    return {"epochs": EPOCHS, "clouds": list(CLOUDS), "parts": list(PARTS), "runs": runs}
