"""Models that more than one chapter uses, each written out in the chapter that teaches it.

A test holds the code here and the code in that chapter equal.
"""

import keras
import tensorflow as tf
from keras import layers, ops


class Autoencoder(keras.Model):
    """An encoder and a decoder, trained together. Taught in the chapter *implementation*.

    Args:
        encoder: a layer or model that maps inputs (n, …) to codes (n, latent_dim).
        decoder: a layer or model that maps codes to reconstructions of the inputs' shape.
    """

    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def call(self, x):
        """Return the reconstruction of x, of the same shape."""
        return self.decoder(self.encoder(x))


class Noise(layers.Layer):
    """Fresh random numbers in the shape of its input. Taught in the chapter *variational*.

    Args:
        kind: "normal" (mean 0, variance 1) or "uniform" (from 0 to 1).
        seed: whole number; layers with different seeds give unrelated numbers.
    """

    def __init__(self, kind, seed):
        super().__init__()
        self.kind = kind
        self.state = self.add_weight(
            shape=(2,),
            dtype="int32",
            trainable=False,
            name="state",
            initializer=keras.initializers.Constant(seed),
        )

    def call(self, like):
        """Return random numbers, other ones at each call."""
        self.state.assign_add(ops.convert_to_tensor([0, 1], "int32"))
        draw = {"normal": tf.random.stateless_normal, "uniform": tf.random.stateless_uniform}
        # In a compiled program this generator is far faster than keras.random.
        return draw[self.kind](ops.shape(like), self.state, alg="philox")


def distortion_and_rate(x, logits, z_mean, z_log_var):
    """Return distortion and rate of each image in nats: sums over pixels and code numbers."""
    distortion = ops.sum(tf.nn.sigmoid_cross_entropy_with_logits(x, logits), axis=1)
    rate = 0.5 * ops.sum(z_mean**2 + ops.exp(z_log_var) - 1 - z_log_var, axis=1)
    return distortion, rate


class VariationalAutoencoder(keras.Model):
    """A variational autoencoder of images in [0, 1]; it binarizes them anew each time.

    Taught in the chapter *variational*. The loss is that of Kingma & Welling (2014), with the
    weight ``beta`` of Higgins et al. (2017).

    Args:
        encoder: maps images (n, pixels) to z_mean and z_log_var, side by side (n, 2 latent_dim).
        decoder: maps codes (n, latent_dim) to logits (n, pixels).
        beta: weight of the rate; with 1 the loss is the evidence bound in nats per image.
    """

    def __init__(self, encoder, decoder, beta=1.0):
        super().__init__()
        self.encoder, self.decoder, self.beta = encoder, decoder, beta
        self.coins, self.noise = Noise("uniform", seed=1), Noise("normal", seed=2)
        self.distortion = keras.metrics.Mean(name="distortion")
        self.rate = keras.metrics.Mean(name="rate")
        self.built = True  # for its two halves are

    def call(self, x):
        """Return the probability of each pixel being white; add the loss on the way."""
        x = ops.cast(self.coins(x) < x, "float32")
        z_mean, z_log_var = ops.split(self.encoder(x), 2, axis=1)
        z = z_mean + ops.exp(z_log_var / 2) * self.noise(z_mean)
        logits = self.decoder(z)
        distortion, rate = distortion_and_rate(x, logits, z_mean, z_log_var)
        self.add_loss(ops.mean(distortion + self.beta * rate))
        self.distortion.update_state(distortion)
        self.rate.update_state(rate)
        return ops.sigmoid(logits)
