"""The packaged models: what they take, in which precision, and that they are saved and loaded."""

import keras
import numpy as np
import pytest
from keras import layers

import ae_utils
from ae_utils import models

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


PIXELS = np.random.default_rng(1).random((32, 8, 8, 1)).astype("float32")
FLAT = PIXELS.reshape(32, 64)
CODEBOOK = np.random.default_rng(2).normal(size=(16, 4)).astype("float32")


def flat_halves(encoder_output=6):
    return (
        keras.Sequential([keras.Input((64,)), layers.Dense(encoder_output)]),
        keras.Sequential([keras.Input((3 if encoder_output == 6 else 4,)), layers.Dense(64)]),
    )


def variational_of_images():
    return models.VariationalAutoencoder(
        keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(6)]),
        keras.Sequential([keras.Input((3,)), layers.Dense(64), layers.Reshape((8, 8, 1))]),
    )


def vector_quantized(quantizer):
    grid = {"strides": 2, "padding": "same"}
    return models.VectorQuantizedAutoencoder(
        keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(4, 3, **grid)]),
        keras.Sequential([keras.Input((4, 4, 4)), layers.Conv2DTranspose(1, 3, **grid)]),
        quantizer,
    )


def masked():
    return models.MaskedAutoencoder(
        models.PatchEncoder(16, 4, width=8, depth=1), models.build_decoder(16, 4, 8, 2), hidden=12
    )


@keras.saving.register_keras_serializable("tests")
def corrupted(x):
    return 0.5 * x


@keras.saving.register_keras_serializable("tests")
def size_of_code(encoder, x):
    return keras.ops.mean(encoder(x) ** 2)


# Name → a function that builds the model, its loss, and inputs.
MODELS = {
    "plain": (lambda: models.Autoencoder(*flat_halves(4)), "mse", FLAT),
    "single layers": (
        lambda: models.Autoencoder(layers.Dense(3), layers.Dense(64)),
        "mse",
        FLAT,
    ),
    "denoising": (lambda: models.DenoisingAutoencoder(*flat_halves(4), corrupted), "mse", FLAT),
    "penalized": (
        lambda: models.PenalizedAutoencoder(*flat_halves(4), penalty=size_of_code, weight=0.1),
        "mse",
        FLAT,
    ),
    "variational": (variational_of_images, None, PIXELS),
    "warming up": (lambda: models.WarmingUp(*flat_halves(), steps=10), None, FLAT),
    "quantized": (
        lambda: vector_quantized(models.VectorQuantizer(CODEBOOK, beta=0.5)),
        "mse",
        PIXELS,
    ),
    "averaging": (lambda: vector_quantized(models.AveragingQuantizer(CODEBOOK)), "mse", PIXELS),
    "restarting": (
        lambda: vector_quantized(models.RestartingQuantizer(CODEBOOK, seldom=2.0)),
        "mse",
        PIXELS,
    ),
    "masked": (masked, None, PIXELS.reshape(32, 16, 4)),
}


@pytest.fixture
def half_precision():
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    yield
    keras.mixed_precision.set_global_policy("float32")


@pytest.mark.parametrize("name", MODELS)
def test_a_saved_model_gives_the_same_outputs_when_it_is_loaded(name, tmp_path):
    build, loss, x = MODELS[name]
    model = build()
    model.compile("adam", loss)
    ae_utils.fit(model, x, epochs=2, batch_size=8, jit_compile=False)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert type(loaded) is type(model)
    # Before anything is drawn at random, which both do alike: their states were saved too.
    np.testing.assert_array_equal(loaded(x), model(x))
    assert [v.shape for v in loaded.variables] == [v.shape for v in model.variables]


def test_a_subclass_with_a_constructor_of_its_own_says_what_saving_needs(tmp_path):
    class Sized(models.Autoencoder):
        def __init__(self, size):
            super().__init__(layers.Dense(size), layers.Dense(64))

    model = Sized(3)
    model(FLAT)
    with pytest.raises(NotImplementedError, match="Sized has a constructor of its own"):
        model.get_config()


@pytest.mark.parametrize("name", MODELS)
def test_a_model_trains_in_mixed_precision(name, half_precision):
    build, loss, x = MODELS[name]
    model = build()
    model.compile("adam", loss)
    values = ae_utils.fit(model, x, epochs=8, batch_size=8, jit_compile=False).values
    # The rate enters the loss bit by bit in one of them, which may then rise.
    losses = values.get("distortion", values["loss"])
    assert losses[-1] < losses[0]


def test_the_bill_of_images_is_that_of_their_pixels_in_a_row():
    images = variational_of_images()
    flat = models.VariationalAutoencoder(*flat_halves())
    flat.set_weights(images.get_weights())
    for model, x in ((images, PIXELS), (flat, FLAT)):
        model.compile()
        model.bill = model.evaluate(x, verbose=0, return_dict=True)
    assert images.bill == pytest.approx(flat.bill, rel=1e-5)
    # A coin for each of 64 pixels: without knowing anything, 64 log 2 = 44.4 nats.
    images.decoder.layers[0].kernel.assign(0 * images.decoder.layers[0].kernel)
    ignorant = images.evaluate(PIXELS, verbose=0, return_dict=True)["distortion"]
    assert ignorant == pytest.approx(64 * np.log(2), abs=0.01)


@pytest.mark.parametrize(
    "images", [255 * PIXELS, (PIXELS - 0.5) / 0.3, PIXELS + 0.01], ids=["0-255", "scaled", "moved"]
)
def test_greys_that_are_no_chances_are_not_trained_on_in_silence(images):
    model = variational_of_images()
    model.compile("adam")
    assert np.isnan(model.evaluate(images, verbose=0, return_dict=True)["loss"])
    with pytest.raises(RuntimeError, match=r"want \[0, 1\]"):
        ae_utils.fit(model, images, epochs=1, batch_size=8, jit_compile=False)


def test_a_variational_model_of_halves_without_inputs_is_built_when_training_begins():
    model = models.VariationalAutoencoder(
        keras.Sequential([layers.Flatten(), layers.Dense(6)]),
        keras.Sequential([layers.Dense(64), layers.Reshape((8, 8, 1))]),
    )
    model.compile("adam")
    ae_utils.fit(model, PIXELS, epochs=1, batch_size=8, jit_compile=False)
    assert len(model.trainable_variables) == 4


def test_a_batch_smaller_than_the_codebook_cannot_restart_its_codes():
    model = vector_quantized(models.RestartingQuantizer(np.tile(CODEBOOK, (2, 1))))
    model.compile("adam", "mse")
    with pytest.raises(ValueError, match="a batch has 16 vectors, fewer than the 32 codes"):
        ae_utils.fit(model, PIXELS, epochs=1, batch_size=1)
