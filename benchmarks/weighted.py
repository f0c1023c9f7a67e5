"""Training on the importance-weighted bound of the chapter *variational*, beside fair rivals.

The chapter's model, half as wide, is trained in five ways: on the ordinary bound with one code for
each image, and again for three times as long, which is nearly as many multiplications as five codes
take; on the ordinary bound, mean of five codes; on the importance-weighted bound of five codes; and
on that one with the doubly reparameterized gradient for the encoder. The rate of each is chosen on
validation images, with the first seed. The test images have the last word.
"""

import time
from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

import ae_utils
from ae_utils import WarmingUp

SEEDS = (0, 1, 2)
EPOCHS, CODES, BATCH_SIZE, LONGEST_GRADIENT = 3, 5, 128, 100.0
LATENT_DIM, ENCODER_WIDTH, DECODER_WIDTH = 40, 100, 150  # half as wide as in the chapter
RATES = (0.003, 0.01, 0.03)
USED_NATS = 0.01  # a number of the code with less rate than this is unused
# Images, and codes for -log p(x) of each. The last says whether some model needs still more codes.
VALIDATION, TEST, CLOSER = (2000, 50), (5000, 100), (500, 1000)


def chain(sizes):
    """Return dense layers with GELU between the given sizes."""
    network = keras.Sequential([keras.Input(shape=(sizes[0],))])
    for size in sizes[1:-1]:
        network.add(layers.Dense(size, activation="gelu"))
    network.add(layers.Dense(sizes[-1]))
    return network


class Averaged(WarmingUp):
    """The chapter's model and loss; the distortion is the mean over several codes an image.

    Args:
        samples: codes drawn for each image; with 1 it is the chapter's training.
        encoder, decoder, steps: as for :class:`ae_utils.WarmingUp`.
    """

    def __init__(self, samples, *halves, steps):
        super().__init__(*halves, steps=steps)
        self.samples = samples
        self.nats = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        """The loss alone."""
        return [self.nats]

    def encode(self, x):
        """Return mean and log-variance (n, 1, latent_dim), and noise (n, samples, latent_dim)."""
        z_mean, z_log_var = ops.split(self.encoder(x)[:, None], 2, axis=2)
        return z_mean, z_log_var, self.noise(ops.repeat(z_mean, self.samples, axis=1))

    def costs(self, x, z):
        """Return the distortion of codes (n, samples, latent_dim) in nats (n, samples)."""
        logits = self.decoder(ops.reshape(z, (-1, LATENT_DIM)))
        repeated = ops.repeat(x, self.samples, axis=0)
        each = tf.nn.sigmoid_cross_entropy_with_logits(repeated, logits)
        return ops.reshape(ops.sum(each, axis=1), (-1, self.samples))

    def gradients(self, x):
        """Return the loss of binary images, and its gradients."""
        with tf.GradientTape() as tape:
            loss = self.loss_of(x, *self.encode(x))
        return loss, tape.gradient(loss, self.trainable_variables)

    def loss_of(self, x, z_mean, z_log_var, epsilon):
        """Return distortion plus beta times rate, the rate in closed form."""
        distortion = self.costs(x, z_mean + ops.exp(z_log_var / 2) * epsilon)
        rate = 0.5 * ops.sum(z_mean**2 + ops.exp(z_log_var) - 1 - z_log_var, axis=2)
        return ops.mean(distortion + self.beta * rate)

    def train_step(self, data):
        """Raise beta, then take a step."""
        self.beta.assign(ops.minimum(1.0, self.beta + 1 / self.steps))
        x = ops.cast(self.coins(data[0]) < data[0], "float32")
        loss, gradients = self.gradients(x)
        self.optimizer.apply(gradients, self.trainable_variables)
        self.nats.update_state(loss)
        return {"loss": self.nats.result()}


class Weighted(Averaged):
    """The importance-weighted bound. Burda et al. (2016), arXiv:1509.00519."""

    def loss_of(self, x, z_mean, z_log_var, epsilon):
        """Return minus the logarithm of the mean weight; in a weight beta warms up the rate."""
        z = z_mean + ops.exp(z_log_var / 2) * epsilon
        # Prior against encoder; the constants of the two Gaussians cancel.
        sampled_rate = 0.5 * ops.sum(z**2 - epsilon**2 - z_log_var, axis=2)
        log_weights = -self.costs(x, z) - self.beta * sampled_rate
        return np.log(self.samples) - ops.mean(ops.logsumexp(log_weights, axis=1))


class Doubly(Weighted):
    """The same bound; the encoder gets the gradient of Tucker et al. (2019), arXiv:1810.04152."""

    def gradients(self, x):
        """Return the loss, and gradients of the same mean as those of the weighted bound."""
        with tf.GradientTape() as encoder_tape:
            z_mean, z_log_var, epsilon = self.encode(x)
            z = z_mean + ops.exp(z_log_var / 2) * epsilon
        with tf.GradientTape() as decoder_tape:
            decoder_tape.watch(z)
            # The encoder acts through z alone: in its density mean and variance are constants.
            surprise = (z - z_mean) ** 2 * ops.exp(-z_log_var) + z_log_var
            sampled_rate = 0.5 * ops.sum(z**2 - surprise, axis=2)
            log_weights = -self.costs(x, z) - self.beta * sampled_rate
            loss = np.log(self.samples) - ops.mean(ops.logsumexp(log_weights, axis=1))
        decoder_weights = self.decoder.trainable_variables
        slope, *of_decoder = decoder_tape.gradient(loss, [z, *decoder_weights])
        # The slope holds each share once. With beta 1 it shall hold it twice; while beta warms up
        # the part of the encoder's density in the weight, and so the correction, is beta of that.
        shares = ops.softmax(log_weights, axis=1)[:, :, None]
        slope *= 1 - self.beta + self.beta * shares
        of_encoder = encoder_tape.gradient(z, self.encoder.trainable_variables, slope)
        return loss, of_encoder + of_decoder


# Kind of training, codes for each image, epochs.
ARMS = {
    "one code": (Averaged, 1, EPOCHS),
    "one code, three times as long": (Averaged, 1, 3 * EPOCHS),
    "mean of five": (Averaged, CODES, EPOCHS),
    "five weighted": (Weighted, CODES, EPOCHS),
    "five weighted, doubly": (Doubly, CODES, EPOCHS),
}


def binary(images, seed):
    """Return images (n, 784) of zeros and ones, tossed once."""
    x = images.reshape(-1, 784)
    return (np.random.default_rng(seed).random(x.shape, dtype="float32") < x).astype("float32")


def fresh_halves():
    """Return an encoder and a decoder with new weights."""
    return (
        chain((784, ENCODER_WIDTH, ENCODER_WIDTH, 2 * LATENT_DIM)),
        chain((LATENT_DIM, DECODER_WIDTH, DECODER_WIDTH, 784)),
    )


class Arm:
    """One kind of training, compiled once for all rates and seeds.

    Args:
        name: one of ``ARMS``.
        x: training images (n, 784).
    """

    def __init__(self, name, x):
        kind, samples, self.epochs = ARMS[name]
        self.size, self.batches = len(x), len(x) // BATCH_SIZE
        total = self.epochs * self.batches
        self.model = model = kind(samples, *fresh_halves(), steps=total // 4)
        model.optimizer = keras.optimizers.Adam(0.001, global_clipnorm=LONGEST_GRADIENT)
        model.optimizer.build(model.trainable_variables)
        images = tf.convert_to_tensor(x)

        @tf.function(jit_compile=True)
        def run_steps(order, count, before, peak):
            step = 0
            while step < count:
                done = tf.cast(before + step, "float32") / total
                model.optimizer.learning_rate.assign(peak * 0.5 * (1 + tf.cos(np.pi * done)))
                model.train_step((tf.gather(images, order[step]),))
                step += 1

        @tf.function(jit_compile=True)
        def bills_of_batch(x, samples, seed):
            z_mean, z_log_var = tf.split(model.encoder(x), 2, axis=1)
            bound, evidence, sample = tf.zeros(len(x)), tf.fill([len(x)], -np.inf), 0
            while sample < samples:
                epsilon = tf.random.stateless_normal(z_mean.shape, [seed, sample], alg="philox")
                z = z_mean + tf.exp(z_log_var / 2) * epsilon
                costs = tf.nn.sigmoid_cross_entropy_with_logits(x, model.decoder(z))
                weight = tf.reduce_sum((epsilon**2 - z**2 + z_log_var) / 2, axis=1)
                weight -= tf.reduce_sum(costs, axis=1)
                bound -= weight / tf.cast(samples, "float32")
                evidence = tf.math.reduce_logsumexp([evidence, weight], axis=0)
                sample += 1
            return bound, tf.math.log(tf.cast(samples, "float32")) - evidence

        self.run_steps, self.bills_of_batch = run_steps, bills_of_batch

    def train(self, rate, seed):
        """Train from new weights; return the processor seconds without the compilation."""
        ae_utils.set_seed(seed)
        for half, fresh in zip(
            (self.model.encoder, self.model.decoder), fresh_halves(), strict=True
        ):
            half.set_weights(fresh.get_weights())
        for variable in self.model.optimizer.variables:
            variable.assign(tf.zeros_like(variable))
        self.model.beta.assign(0.0)
        # Each seed its own random numbers: they count on from here, one a step.
        self.model.coins.state.assign([1, seed * 1_000_000])
        self.model.noise.state.assign([2, seed * 1_000_000])
        generator, peak = np.random.default_rng(seed), tf.constant(rate)
        orders = [
            tf.constant(
                generator.permutation(self.size)[: self.batches * BATCH_SIZE].reshape(
                    self.batches, BATCH_SIZE
                ),
                "int32",
            )
            for _ in range(self.epochs)
        ]
        self.run_steps(orders[0], tf.constant(0), tf.constant(0), peak)  # compiles
        started = time.process_time()
        for epoch, order in enumerate(orders):
            before = tf.constant(epoch * self.batches)
            self.run_steps(order, tf.constant(self.batches), before, peak)
        return time.process_time() - started

    def bills(self, coins, samples):
        """Return the bound on -log p(x) of each binary image, and the weighted estimate."""
        parts = [
            self.bills_of_batch(coins[at : at + 500], tf.constant(samples), tf.constant(at))
            for at in range(0, len(coins), 500)
        ]
        return [np.concatenate([np.asarray(part[which]) for part in parts]) for which in (0, 1)]

    def judge(self, coins):
        """Return what the model pays for binary test images, and how much of its code it uses."""
        images, samples = TEST
        bound, evidence = self.bills(coins[:images], samples)
        images, samples = CLOSER
        closer = self.bills(coins[:images], samples)[1]
        z_mean, z_log_var = np.split(np.asarray(self.model.encoder(coins)), 2, axis=1)
        rates = (0.5 * (z_mean**2 + np.exp(z_log_var) - 1 - z_log_var)).mean(axis=0)
        return {
            "bound": round(float(bound.mean()), 3),
            "evidence": round(float(evidence.mean()), 3),
            "standard_error": round(float(evidence.std() / np.sqrt(len(evidence))), 3),
            # What ten times as many codes take off the bill of the same images.
            "closer": round(float(np.mean(evidence[: len(closer)] - closer)), 3),
            "used": int(np.sum(rates > USED_NATS)),
        }


def run(arm, data, rates, seed):
    """Train with each rate; return the validation bills, and the test result of the best."""
    images, samples = VALIDATION
    validation = binary(data.validation_images, seed)[:images]
    bills = []
    for rate in rates:
        seconds = arm.train(rate, seed)
        bills.append(round(float(arm.bills(validation, samples)[1].mean()), 3))
        if bills[-1] == min(bills):
            best = rate, seconds, arm.model.get_weights()
    rate, seconds, weights = best
    arm.model.set_weights(weights)
    result = arm.judge(binary(data.test_images, seed))
    return {"validation": bills, "rate": rate, **result, "seconds": round(seconds, 1)}


def measure(progress, seeds=SEEDS):
    """Return one run for each arm and seed; the first seed chooses the rate of an arm."""
    data = ae_utils.load_mnist(verbose=False)
    runs = {}
    for name in ARMS:
        arm = Arm(name, data.train_images.reshape(-1, 784))
        rates, runs[name] = list(RATES), []
        for seed in seeds:
            label = f"{name}, rates {rates}, seed {seed}"
            runs[name].append(progress.once(label, partial(run, arm, data, rates, seed)))
            rates = [runs[name][0]["rate"]]
    return {
        "epochs": EPOCHS,
        "codes": CODES,
        "rates": list(RATES),
        "test_images": TEST[0],
        "codes_judged": TEST[1],
        "runs": runs,
    }
