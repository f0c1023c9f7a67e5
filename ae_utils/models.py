"""Models that more than one chapter uses, each written out in the chapter that teaches it.

A test holds the code here and the code in that chapter equal.
"""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from ae_utils.saving import make_savable


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

    def call(self, x, training=None):
        """Return the reconstruction of x, of the same shape."""
        z = self.encoder(x, training=training)
        return self.decoder(z, training=training)


class DenoisingAutoencoder(Autoencoder):
    """An autoencoder that sees corrupt(x) in training and must answer with the clean target.

    Vincent et al. (2008), doi:10.1145/1390156.1390294. Taught in the chapter *regularized*.

    Args:
        encoder, decoder: as for :class:`Autoencoder`.
        corrupt: maps a batch of inputs to noisy ones of the same shape.
    """

    def __init__(self, encoder, decoder, corrupt):
        super().__init__(encoder, decoder)
        self.corrupt = corrupt

    def train_step(self, data):
        """Take one step from the corrupted inputs towards the clean targets."""
        x, *targets = data
        return super().train_step((self.corrupt(x), *targets))


class PenalizedAutoencoder(Autoencoder):
    """An autoencoder whose loss has one more term: weight × penalty(encoder, x).

    Taught in the chapter *regularized*, with the sparse and the contractive penalty.

    Args:
        encoder, decoder: as for :class:`Autoencoder`.
        penalty: maps the encoder and a batch of inputs to one number.
        weight: what the penalty counts beside the loss.
    """

    def __init__(self, encoder, decoder, penalty, weight):
        super().__init__(encoder, decoder)
        self.penalty, self.weight = penalty, weight

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the loss of Keras plus the weighted penalty."""
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        return loss + ops.cast(self.weight * self.penalty(self.encoder, x), loss.dtype)


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


def binarized(x, coins):
    """Make each pixel white with the chance that its grey is; NaN where grey is no chance."""
    x = ops.cast(x, "float32")
    return ops.where((x >= 0) & (x <= 1), ops.cast(coins(x) < x, "float32"), np.nan)


def distortion_and_rate(x, logits, z_mean, z_log_var):
    """Return distortion and rate of each image in nats: sums over pixels and code numbers."""
    distortion = tf.nn.sigmoid_cross_entropy_with_logits(x, ops.cast(logits, "float32"))
    rate = 0.5 * (z_mean**2 + ops.exp(z_log_var) - 1 - z_log_var)
    return tuple(ops.sum(part, axis=range(1, part.ndim)) for part in (distortion, rate))


class VariationalAutoencoder(keras.Model):
    """A variational autoencoder of images in [0, 1]; it binarizes them anew each time.

    Taught in the chapter *variational*. The loss is that of Kingma & Welling (2014), with the
    weight ``beta`` of Higgins et al. (2017).

    Args:
        encoder: maps images (n, …) to z_mean and z_log_var, side by side (n, 2 latent_dim).
        decoder: maps codes (n, latent_dim) to logits (n, …).
        beta: weight of the rate; with 1 the loss is the evidence bound in nats per image. Images
            outside [0, 1] make the loss NaN.
    """

    def __init__(self, encoder, decoder, beta=1.0):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.beta = self.add_weight(
            shape=(), trainable=False, initializer=keras.initializers.Constant(beta)
        )
        self.coins, self.noise = Noise("uniform", seed=1), Noise("normal", seed=2)
        self.distortion = keras.metrics.Mean(name="distortion")
        self.rate = keras.metrics.Mean(name="rate")
        self.built = True  # for its two halves are

    def call(self, x, training=None):
        """Return the probability of each pixel being white; add the loss on the way."""
        x = binarized(x, self.coins)
        z = ops.cast(self.encoder(x, training=training), "float32")
        z_mean, z_log_var = ops.split(z, 2, axis=-1)
        z = z_mean + ops.exp(z_log_var / 2) * self.noise(z_mean)
        logits = self.decoder(z, training=training)
        distortion, rate = distortion_and_rate(x, logits, z_mean, z_log_var)
        self.add_loss(ops.mean(distortion + self.beta * rate))
        self.distortion.update_state(distortion)
        self.rate.update_state(rate)
        return ops.sigmoid(logits)


class WarmingUp(VariationalAutoencoder):
    """A variational autoencoder whose beta rises in a straight line from 0 while it trains.

    Sønderby et al. (2016), arXiv:1602.02282. Taught in the chapter *variational*.

    Args:
        encoder, decoder: as for :class:`VariationalAutoencoder`.
        steps: after so many training steps beta has reached its end.
        final_beta: that end.
    """

    def __init__(self, encoder, decoder, steps, final_beta=1.0):
        super().__init__(encoder, decoder, beta=0.0)
        self.steps, self.final_beta = steps, final_beta

    def train_step(self, data):
        """Raise beta, then take a step."""
        risen = self.beta + self.final_beta / self.steps
        self.beta.assign(ops.minimum(self.final_beta, risen))
        return super().train_step(data)


def squared_distance(one, other):
    """Squared distance of two grids (n, …), summed over a grid, mean over the batch."""
    return ops.sum((one - other) ** 2) / ops.cast(ops.shape(one)[0], "float32")


class VectorQuantizer(layers.Layer):
    """Replace each vector of a grid (n, …, size) by the nearest of a codebook (codes, size).

    The codebook learns by gradient. Van den Oord et al. (2017), arXiv:1711.00937. Taught in the
    chapter *discrete*.

    Args:
        codebook: its vectors at the start.
        beta: weight of the commitment loss.
        by_gradient: whether an optimizer moves the codebook.
    """

    def __init__(self, codebook, beta=0.25, by_gradient=True):
        super().__init__(dtype="float32")  # in mixed precision too
        self.beta, self.by_gradient = beta, by_gradient
        self.codebook = self.add_weight(
            shape=codebook.shape,
            name="codebook",
            trainable=by_gradient,
            initializer=lambda shape, dtype: ops.cast(codebook, dtype),
        )
        self.built = True

    def nearest(self, z):
        """Return the place in the codebook of the vector nearest to each one of z."""
        product = ops.matmul(ops.cast(z, "float32"), ops.transpose(self.codebook))
        return ops.argmin(ops.sum(self.codebook**2, axis=1) - 2 * product, axis=-1)

    def call(self, z, training=False):
        """Return the nearest codebook vectors, straight through; add the losses."""
        chosen = ops.one_hot(self.nearest(z), self.codebook.shape[0])
        e = ops.matmul(chosen, self.codebook)
        self.add_loss(self.beta * squared_distance(z, ops.stop_gradient(e)))  # commitment
        self.move_codebook(ops.stop_gradient(z), chosen, e, training)
        return z + ops.stop_gradient(e - z)

    def move_codebook(self, z, chosen, e, training):
        """Add the codebook loss; the optimizer does the rest."""
        self.add_loss(squared_distance(z, e))


class AveragingQuantizer(VectorQuantizer):
    """A vector quantizer whose codebook is a running mean of what chose each vector.

    Razavi et al. (2019), arXiv:1906.00446. Taught in the chapter *discrete*.

    Args:
        codebook, beta: as for :class:`VectorQuantizer`.
        decay: share of the old value in the running mean.
    """

    def __init__(self, codebook, beta=0.25, decay=0.99):
        super().__init__(codebook, beta, by_gradient=False)
        self.decay = decay
        self.counts = self.add_weight(
            shape=codebook.shape[:1], name="counts", trainable=False, initializer="ones"
        )
        self.sums = self.add_weight(
            shape=codebook.shape,
            name="sums",
            trainable=False,
            initializer=lambda shape, dtype: ops.cast(codebook, dtype),
        )

    def move_codebook(self, z, chosen, e, training):
        """Move the codebook to the running mean, in training only."""
        if not training:
            return
        z, chosen = (ops.reshape(grid, (-1, grid.shape[-1])) for grid in (z, chosen))
        new = 1 - self.decay
        counts = self.decay * self.counts + new * ops.sum(chosen, axis=0)
        sums = self.decay * self.sums + new * ops.matmul(ops.transpose(chosen), z)
        counts, sums = self.revive(counts, sums, z)
        self.counts.assign(counts)
        self.sums.assign(sums)
        self.codebook.assign(sums / (counts[:, None] + 1e-6))

    def revive(self, counts, sums, z):
        """Leave dead codes dead."""
        return counts, sums


class RestartingQuantizer(AveragingQuantizer):
    """An averaging quantizer that moves a vector chosen too seldom to where some z is.

    Dhariwal et al. (2020), arXiv:2005.00341. Taught in the chapter *discrete*.

    Args:
        codebook, beta, decay: as for :class:`AveragingQuantizer`.
        seldom: so many times a batch, on average.
    """

    def __init__(self, codebook, beta=0.25, decay=0.99, seldom=1.0):
        super().__init__(codebook, beta, decay)
        self.seldom = seldom
        self.noise = Noise("uniform", seed=1)

    def revive(self, counts, sums, z):
        """Restart the codes that a batch chooses less often than `seldom`, on average."""
        dead = counts < self.seldom
        codes = self.codebook.shape[0]
        if z.shape[0] is not None and z.shape[0] < codes:
            raise ValueError(f"a batch has {z.shape[0]} vectors, fewer than the {codes} codes")
        # The places of the largest random numbers are a random draw of places.
        places = ops.top_k(self.noise(z[:, 0]), codes)[1]
        counts = ops.where(dead, ops.maximum(1.0, self.seldom), counts)
        sums = ops.where(dead[:, None], counts[:, None] * ops.take(z, places, axis=0), sums)
        return counts, sums


class VectorQuantizedAutoencoder(keras.Model):
    """A VQ-VAE: encoder, quantizer, decoder; its codes are whole numbers.

    Van den Oord et al. (2017), arXiv:1711.00937. Taught in the chapter *discrete*.

    Args:
        encoder: maps images (n, pixels) to a grid of vectors (n, rows, columns, size).
        decoder: maps such a grid to images.
        quantizer: a VectorQuantizer with codebook vectors of that size.
    """

    def __init__(self, encoder, decoder, quantizer):
        super().__init__()
        self.encoder, self.decoder, self.quantizer = encoder, decoder, quantizer
        self.built = True  # for its parts are

    def call(self, x, training=False):
        """Return the reconstruction of x; the quantizer adds its losses."""
        return self.decoder(self.quantizer(self.encoder(x), training=training))

    def codes(self, x):
        """Return whole numbers, one for each place: an array (n, places)."""
        slices = (x[at : at + 1000] for at in range(0, len(x), 1000))
        found = [np.asarray(self.quantizer.nearest(self.encoder(some))) for some in slices]
        return np.concatenate(found).reshape(len(x), -1)


class PlaceDense(layers.Layer):
    """A linear map of its own for each place: (n, places, inputs) → (n, places, outputs).

    Taught in the chapter *masked*.

    Args:
        places, inputs, outputs: number of places, and of numbers that enter and leave at each.
    """

    def __init__(self, places, inputs, outputs):
        super().__init__()
        scaled = keras.initializers.RandomNormal(stddev=inputs**-0.5)
        self.kernel = self.add_weight(shape=(places, inputs, outputs), initializer=scaled)
        self.bias = self.add_weight(shape=(places, outputs), initializer="random_normal")
        self.built = True

    def call(self, tokens):
        """Return the mapped tokens; the bias of a place is its position."""
        return ops.einsum("npi,pio->npo", tokens, self.kernel) + self.bias


def attend(tokens, context, heads):
    """Add to tokens what attention finds in context, then what a dense part makes of it."""
    width = tokens.shape[-1]
    asking = layers.LayerNormalization()(tokens)
    context = asking if context is None else context
    tokens = tokens + layers.MultiHeadAttention(heads, width // heads)(asking, context)
    x = layers.Dense(2 * width, activation="gelu")(layers.LayerNormalization()(tokens))
    return tokens + layers.Dense(width)(x)


class PatchEncoder(keras.Model):
    """A small vision transformer of patches; only the picked ones enter its blocks.

    After Dosovitskiy et al. (2021), arXiv:2010.11929. Taught in the chapter *masked*.

    Args:
        places, pixels: patches in an image, and numbers in a patch.
        width, depth, heads: size of a code, number of blocks, heads of attention.
    """

    def __init__(self, places, pixels, width=64, depth=2, heads=2):
        super().__init__()
        self.embed = PlaceDense(places, pixels, width)
        inputs = tokens = keras.Input((None, width))
        for _ in range(depth):
            tokens = attend(tokens, None, heads)
        self.blocks = keras.Model(inputs, layers.LayerNormalization()(tokens))
        self.built = True

    def call(self, patches, pick=None):
        """Return codes of the patches that pick (n, visible, places) takes, or of all."""
        tokens = self.embed(3 * patches)  # 3 gives the pixels a spread of about 1
        return self.blocks(tokens if pick is None else ops.matmul(pick, tokens))


def build_decoder(places, pixels, width=64, heads=4):
    """Return a model from questions (n, places, width) and codes (n, visible, width) to patches."""
    questions, codes = keras.Input((places, width)), keras.Input((None, width))
    tokens = layers.LayerNormalization()(attend(questions, codes, heads))
    return keras.Model([questions, codes], PlaceDense(places, width, pixels)(tokens))


class MaskedAutoencoder(keras.Model):
    """A masked autoencoder of patches (n, places, pixels).

    He et al. (2022), arXiv:2111.06377. Taught in the chapter *masked*.

    Args:
        encoder, decoder: a :class:`PatchEncoder`, and a model as of :func:`build_decoder`.
        hidden: number of patches that are hidden in training.
    """

    def __init__(self, encoder, decoder, hidden):
        super().__init__()
        self.encoder, self.decoder, self.hidden = encoder, decoder, hidden
        self.questions = self.add_weight(
            shape=(1, *decoder.input_shape[0][1:]),
            name="questions",
            initializer=keras.initializers.RandomNormal(stddev=1.0),
        )
        self.noise = Noise("uniform", seed=3)
        self.built = True

    def fill(self, patches, pick):
        """Return all patches, as guessed from those that pick (n, visible, places) takes."""
        questions = self.questions + ops.zeros_like(patches[:, :, :1])
        return self.decoder([questions, self.encoder(patches, pick)])

    def call(self, patches):
        """Hide patches at random, return the guess; add the error of the hidden ones."""
        order = ops.argsort(self.noise(patches[:, :, 0]), axis=1)
        pick = ops.one_hot(order[:, self.hidden :], patches.shape[1])
        x_hat = self.fill(patches, pick)
        is_hidden = 1 - ops.sum(pick, axis=1)
        errors = ops.cast(ops.mean((x_hat - patches) ** 2, axis=2), "float32")
        self.add_loss(ops.sum(is_hidden * errors) / ops.sum(is_hidden))
        return x_hat


for _class in (
    Autoencoder,
    DenoisingAutoencoder,
    PenalizedAutoencoder,
    Noise,
    VariationalAutoencoder,
    WarmingUp,
    VectorQuantizer,
    AveragingQuantizer,
    RestartingQuantizer,
    VectorQuantizedAutoencoder,
    PlaceDense,
    PatchEncoder,
    MaskedAutoencoder,
):
    make_savable(_class)
