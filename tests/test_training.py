"""`fit` trains what Keras's own fit trains, and refuses what cannot be trained."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import ae_utils

X = np.random.default_rng(0).random((96, 12)).astype("float32")


def small_model(learning_rate=0.01, loss="mse"):
    ae_utils.set_seed(5)
    model = keras.Sequential(
        [keras.Input(shape=(12,)), layers.Dense(3), layers.Dense(12, activation="sigmoid")]
    )
    model.compile(optimizer=keras.optimizers.Adam(learning_rate), loss=loss)
    return model


@pytest.mark.parametrize("jit_compile", [True, False])
def test_one_full_batch_an_epoch_gives_the_losses_and_weights_of_keras(jit_compile):
    ours, theirs = small_model(), small_model()
    history = ae_utils.fit(ours, X, epochs=6, batch_size=96, jit_compile=jit_compile)
    expected = theirs.fit(X, X, epochs=6, batch_size=96, verbose=0).history["loss"]
    np.testing.assert_allclose(history.values["loss"], expected, rtol=1e-5)
    for weight, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(weight, other, atol=1e-4)


def test_training_repeats_and_its_seed_changes_the_order():
    def losses(seed):
        return ae_utils.fit(small_model(), X, epochs=3, batch_size=16, seed=seed).values["loss"]

    assert losses(0) == losses(0)
    assert losses(0) != losses(1)


def test_all_stretches_of_steps_are_one_compiled_program(tmp_path):
    code = """
import keras, numpy
from ae_utils import fit, training
training.FIRST_STRETCH = 2  # it doubles: 2, 4, 8 and the rest of an epoch of 20 steps
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3)])
model.compile("sgd", "mse")
fit(model, numpy.ones((20, 3), "float32"), epochs=2, batch_size=1)
"""
    environment = {**os.environ, "XLA_FLAGS": f"--xla_dump_to={tmp_path}"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True)
    # XLA writes this file once for each program that it compiles.
    assert len(list(tmp_path.glob("*run_steps*before_optimizations.txt"))) == 1


def test_every_example_is_used_once_an_epoch():
    class Recorder(keras.Model):
        def __init__(self):
            super().__init__()
            self.total = self.add_weight(shape=(), initializer="zeros", trainable=False)
            self.scale = self.add_weight(shape=())

        def call(self, x):
            return x * self.scale

        def train_step(self, data):
            self.total.assign_add(keras.ops.sum(data[0]))
            return super().train_step(data)

    model = Recorder()
    model.compile(optimizer="sgd", loss="mse")
    ae_utils.fit(model, X, epochs=2, batch_size=32)
    assert float(model.total) == pytest.approx(2 * X.sum(), rel=1e-5)


def test_targets_and_a_learning_rate_schedule_that_is_put_back():
    model = small_model(0.02)
    history = ae_utils.fit(model, X, 1 - X, epochs=40, batch_size=16, schedule="cosine")
    assert history.values["loss"][-1] < history.values["loss"][0]
    assert float(model.optimizer.learning_rate) == pytest.approx(0.02)


def test_the_cosine_falls_from_the_peak_to_zero():
    class Recorder(keras.Sequential):
        def train_step(self, data):
            rate.assign_add(self.optimizer.learning_rate)
            return super().train_step(data)

    rate = keras.Variable(0.0)
    model = Recorder([keras.Input(shape=(12,)), layers.Dense(12)])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    ae_utils.fit(model, X, epochs=5, batch_size=16, schedule="cosine")
    # The sum over k of (1 + cos(pi k / n)) / 2 for k = 0 ... n - 1 is (n + 1) / 2; here n = 30.
    assert float(rate) == pytest.approx(0.1 * 31 / 2, rel=1e-4)


def test_early_stopping_restores_the_best_weights():
    # Learning to answer with 0 makes the validation error, measured against 1, only grow.
    model = small_model(0.1)
    validation = (X, np.ones_like(X))
    history = ae_utils.fit(
        model, X, np.zeros_like(X), epochs=50, batch_size=96, validation=validation, patience=4
    )
    assert history.best_epoch == 1
    assert len(history.values["val_loss"]) == 5
    measured = model.evaluate(*validation, verbose=0)
    assert measured == pytest.approx(min(history.values["val_loss"]), rel=1e-5)


def test_an_interrupted_run_keeps_the_best_weights_and_the_learning_rate(monkeypatch):
    model, calls = small_model(0.05), []
    evaluate = model.evaluate

    def interrupt(*arguments, **options):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return evaluate(*arguments, **options)

    monkeypatch.setattr(model, "evaluate", interrupt)
    with pytest.raises(KeyboardInterrupt):
        ae_utils.fit(model, X, epochs=9, validation=X, patience=5, schedule="cosine")
    assert float(model.optimizer.learning_rate) == pytest.approx(0.05)


def test_a_loss_that_is_not_finite_stops_the_run():
    model = small_model(1e30, loss=lambda y, y_hat: keras.ops.mean((y - 1e30 * y_hat) ** 4))
    with pytest.raises(RuntimeError, match="try a smaller learning rate"):
        ae_utils.fit(model, X, epochs=5)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x": np.zeros((0, 12))}, "is empty"),
        ({"x": np.full((9, 12), np.nan)}, "NaN"),
        ({"y": X[:5]}, "96 examples but y has 5"),
        ({"epochs": 0}, "epochs must be"),
        ({"batch_size": 2.5}, "batch_size must be"),
        ({"patience": 3}, "needs validation"),
        ({"patience": 0, "validation": X}, "patience must be"),
        ({"validation": (X, X[:3])}, "differ in length"),
        ({"validation": X[:, :5]}, "per example"),
        ({"schedule": "linear"}, "schedule must be one of"),
        ({"sample_weight": np.ones(5)}, "weights must be 96 numbers"),
        ({"sample_weight": -np.ones(96)}, "weights must be 96 numbers"),
        ({"validation": (X, X, np.ones(5))}, "weights must be 96 numbers"),
        ({"validation": (X, X, np.ones(96), X)}, "perhaps weights"),
        ({"x": X + 1j}, "complex"),
        ({"x": np.full((9, 12), 2**24 + 1)}, "whole numbers that float32 rounds"),
        ({"x": np.full((9, 12), 1e60)}, "too large for float32"),
    ],
)
def test_unusable_settings_are_refused_before_training(changes, message):
    model = small_model()
    before = model.get_weights()
    settings = {"x": X, "epochs": 1} | changes
    with pytest.raises(ValueError, match=message):
        ae_utils.fit(model, settings.pop("x"), **settings)
    for weight, other in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, other)


def test_pixels_up_to_255_are_refused_under_binary_cross_entropy():
    for loss in ("binary_crossentropy", keras.losses.BinaryCrossentropy()):
        with pytest.raises(ValueError, match="divide 0–255 pixels by 255"):
            ae_utils.fit(small_model(loss=loss), 255 * X, epochs=1)


def test_a_model_without_compile_or_with_a_schedule_of_its_own_is_refused():
    model = keras.Sequential([keras.Input(shape=(12,)), layers.Dense(12)])
    with pytest.raises(ValueError, match="compile the model first"):
        ae_utils.fit(model, X, epochs=1)
    decay = keras.optimizers.schedules.CosineDecay(0.1, 10)
    model.compile(optimizer=keras.optimizers.Adam(decay), loss="mse")
    with pytest.raises(ValueError, match="schedule of its own"):
        ae_utils.fit(model, X, epochs=1, schedule="cosine")


def test_weights_of_examples_count_as_in_keras():
    weights = np.linspace(0, 3, len(X))
    ours, theirs = small_model(), small_model()
    both = {"epochs": 4, "batch_size": 96, "sample_weight": weights}
    history = ae_utils.fit(ours, X, validation=(X, X, weights), **both).values
    expected = theirs.fit(X, X, validation_data=(X, X, weights), verbose=0, **both).history
    for name in ("loss", "val_loss"):
        np.testing.assert_allclose(history[name], expected[name], rtol=1e-5)


class OwnStep(keras.Model):
    """A model in the style of Keras's own examples: trackers with names of their own."""

    def __init__(self, answer):
        super().__init__()
        self.inner, self.answer = small_model(), answer
        self.tracker = keras.metrics.Mean(name="my_loss")

    def call(self, x):
        return self.inner(x)

    @property
    def metrics(self):
        return [self.tracker]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = keras.ops.mean((data[1] - self.inner(data[0])) ** 2)
        variables = self.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        self.tracker.update_state(loss)
        return self.answer(self.tracker.result())

    def test_step(self, data):
        return self.answer(keras.ops.mean((data[1] - self.inner(data[0])) ** 2))


@pytest.mark.parametrize("name", ["loss", "my_loss", "another"])
def test_what_a_train_step_returns_is_what_is_noted(name):
    histories = []
    for ours in (True, False):
        model = OwnStep(lambda result: {name: result})
        model.compile(keras.optimizers.Adam(0.01))
        if ours:
            found = ae_utils.fit(model, X, epochs=3, batch_size=96, validation=X).values
        else:
            settings = {"epochs": 3, "batch_size": 96, "validation_data": (X, X), "verbose": 0}
            found = model.fit(X, X, **settings).history
        histories.append(found)
    assert histories[0].keys() == histories[1].keys() == {name, f"val_{name}"}
    for key in histories[0]:
        np.testing.assert_allclose(histories[0][key], histories[1][key], rtol=1e-4)


def test_a_train_step_without_a_loss_to_watch_is_refused():
    model = OwnStep(lambda result: None)
    model.compile("adam")
    with pytest.raises(ValueError, match="train_step returns no loss"):
        ae_utils.fit(model, X, epochs=1)


def test_early_stopping_says_what_it_misses():
    model = OwnStep(lambda result: {"error": result})
    model.compile("adam")
    with pytest.raises(ValueError, match=r"val_loss; test_step returns \['error'\]"):
        ae_utils.fit(model, X, epochs=1, validation=X, patience=2)


def test_double_precision_becomes_that_of_keras_so_a_corruption_can_draw():
    def noisy(x):
        return x + 0.1 * keras.random.normal(keras.ops.shape(x))

    model = ae_utils.DenoisingAutoencoder(layers.Dense(3), layers.Dense(12), noisy)
    model.compile("adam", "mse")
    found = ae_utils.fit(model, X.astype("float64"), epochs=1, sample_weight=np.ones(len(X)))
    assert np.isfinite(found.values["loss"]).all()


def test_batches_are_as_large_in_validation_and_thirty_two_where_none_is_asked_for(monkeypatch):
    asked = []

    def evaluate(*arguments, batch_size, **named):
        asked.append(batch_size)
        return {"loss": 0.0}

    model = small_model()
    monkeypatch.setattr(model, "evaluate", evaluate)
    for batch_size in (16, None, 1000):
        ae_utils.fit(model, X, epochs=1, batch_size=batch_size, validation=X)
    assert asked == [16, 32, 96]


@pytest.mark.parametrize("seed", [-1, 1.5, 2**32, "0"])
def test_a_seed_that_is_none_is_refused(seed):
    with pytest.raises(ValueError, match="seed must be"):
        ae_utils.set_seed(seed)


def test_set_seed_repeats_numpy_and_the_first_weights_of_a_layer():
    def draw():
        ae_utils.set_seed(3)
        layer = layers.Dense(2)
        layer.build((None, 2))
        return np.random.rand(), layer.get_weights()[0].tolist()

    assert draw() == draw()
