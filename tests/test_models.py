import keras
import numpy as np
from keras import layers

import ae_utils

X = np.random.default_rng(0).uniform(size=(64, 12)).astype("float32") + 3


def halves(encoder_output):
    normalize = layers.BatchNormalization()
    encoder = keras.Sequential([keras.Input(shape=(12,)), normalize, layers.Dense(encoder_output)])
    return normalize, encoder, keras.Sequential([keras.Input(shape=(3,)), layers.Dense(12)])


def test_a_layer_of_an_autoencoder_knows_that_it_is_trained():
    normalize, *parts = halves(3)
    model = ae_utils.Autoencoder(*parts)
    model.compile("adam", "mse")
    ae_utils.fit(model, X, epochs=1, batch_size=16)
    moved = np.asarray(normalize.moving_mean)
    assert np.all(moved > 0.05)
    model(X)
    assert np.array_equal(normalize.moving_mean, moved), "outside of training nothing moves"


def test_so_does_one_of_a_variational_autoencoder():
    normalize, *parts = halves(6)
    model = ae_utils.VariationalAutoencoder(*parts)
    model.compile("adam")
    ae_utils.fit(model, X / 4, epochs=1, batch_size=16)
    assert np.all(np.asarray(normalize.moving_mean) > 0.01)


def test_halves_that_are_single_layers_are_built_when_training_begins():
    model = ae_utils.Autoencoder(layers.Dense(3), layers.Dense(12))
    model.compile("adam", "mse")
    losses = ae_utils.fit(model, X, epochs=20, batch_size=16).values["loss"]
    assert losses[-1] < losses[0]
    assert len(model.trainable_variables) == 4
