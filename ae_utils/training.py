"""Training: a seed, and a `fit` that compiles a whole stretch of steps into one program."""

import math
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ae_utils.arrays import as_float_array, as_unit_range

if TYPE_CHECKING:
    import keras

SCHEDULES = ("constant", "cosine")
KERAS_BATCH_SIZE = 32
# Steps in the first compiled stretch. It doubles while a stretch takes less than so many seconds:
# a long stretch costs less, a short one lets the progress bar move.
FIRST_STRETCH = 200
SHORTEST_SECONDS = 0.5


@dataclass
class History:
    """What :func:`fit` measured, one value an epoch.

    Attributes:
        values: name → list, such as ``values["loss"]`` and ``values["val_loss"]``.
        best_epoch: the epoch (from 1) whose weights the model holds.
    """

    values: dict[str, list[float]] = field(default_factory=dict)
    best_epoch: int = 0


def set_seed(seed: int = 0) -> None:
    """Seed Python, NumPy and Keras, so that a notebook run from the top repeats its numbers.

    Another processor or library version may still change the last digits. Op determinism of
    TensorFlow stays off, because Keras refuses XLA under it.

    Raises:
        ValueError: ``seed`` is not a whole number from 0 to 2³² - 1.
    """
    if not isinstance(seed, int | np.integer) or not 0 <= seed < 2**32:
        raise ValueError(f"seed must be a whole number from 0 to 2**32 - 1, got {seed!r}")
    import keras

    keras.utils.set_random_seed(int(seed))


def fit(
    model: "keras.Model",
    x: np.ndarray,
    y: np.ndarray | None = None,
    *,
    epochs: int,
    batch_size: int | None = 256,
    sample_weight: np.ndarray | None = None,
    validation: np.ndarray | tuple[np.ndarray, ...] | None = None,
    schedule: str = "constant",
    patience: int | None = None,
    seed: int = 0,
    jit_compile: bool = True,
) -> History:
    """Train a compiled Keras model, with the data on the device and many steps in one XLA program.

    It calls the model's own ``train_step``, so it trains whatever ``model.fit`` trains, in a long
    run about twice as fast (bench *race*): no step waits for Python or its batch. XLA compiles for
    seconds, about what it saves in a short training. Introduced in the chapter *implementation*.

    Args:
        model: a Keras model after ``model.compile(…)``.
        x: inputs (n, …), finite numbers; like ``model.fit`` it makes them floats of Keras's type.
        y: targets (n, …); ``None`` means ``x`` itself, as an autoencoder wants.
        epochs: passes over the data, at least 1.
        batch_size: examples a step; at most n are used. What is left over at the end of an epoch
            is left out; each epoch has a new random order. ``None`` is 32, as in ``model.fit``.
        sample_weight: weight of each example in the loss (n,), 0 or more.
        validation: inputs, or (inputs, targets) or (inputs, targets, weights), measured after
            every epoch in batches of the same size.
        schedule: ``"constant"`` keeps the optimizer's learning rate; ``"cosine"`` lets it fall
            along half a cosine to zero over all steps, and puts it back at the end.
        patience: stop after so many epochs without a lower validation loss. Whether it stops or
            not, the model then holds the weights of its best epoch. ``None`` keeps the last.
        seed: seed of the order of the examples.
        jit_compile: ``False`` for a model with an operation that XLA does not know.

    Returns:
        A :class:`History`.

    Raises:
        ValueError: the model is not compiled, an array is unusable, lengths differ, the loss is
            binary cross-entropy and a target lies outside [0, 1], a number is out of range,
            ``patience`` has no ``validation``, a schedule is asked of an optimizer that already
            has one, or the model's ``train_step`` returns nothing.
        RuntimeError: the loss became NaN or infinite; the message says what to try.
    """
    import keras
    import tensorflow as tf

    batch_size = KERAS_BATCH_SIZE if batch_size is None else batch_size
    data = _as_data((x, y, sample_weight), ("x", "y", "sample_weight"))
    if validation is not None:
        parts = validation if isinstance(validation, tuple) else (validation,)
        if not 1 <= len(parts) <= 3:
            raise ValueError("validation must be inputs, or (inputs, targets) and perhaps weights")
        names = ("validation inputs", "validation targets", "validation weights")
        validation = _as_data(parts, names)
    _check_settings(model, data, epochs, batch_size, validation, schedule, patience, seed)
    x = data[0]
    batch_size = min(batch_size, len(x))
    steps = len(x) // batch_size

    # Not tf.constant, which copies the data twice. Inputs that are targets too are held once.
    on_device = {id(part): tf.convert_to_tensor(part) for part in data}
    data = [on_device[id(part)] for part in data]
    if not (model.built and all(layer.built for layer in model.layers)):
        # A symbolic call: `model.build` leaves the layers of a subclassed model without weights.
        model(keras.KerasTensor((batch_size, *x.shape[1:]), x.dtype.name))
    model.optimizer.build(model.trainable_variables)
    learning_rate = model.optimizer.learning_rate
    peak = float(learning_rate) if schedule == "cosine" else None

    run_steps, measure = _compile_steps(model, data, (steps, batch_size), peak, epochs, jit_compile)

    generator = np.random.default_rng(seed)
    history = History()
    best_loss, best_weights = math.inf, None
    stretch = min(steps, FIRST_STRETCH)
    progress = _Progress(epochs, steps)
    # Each call compiles a function of its own. After a few calls TensorFlow takes them for one
    # function that is compiled again and again, and warns.
    logger = tf.get_logger()
    log_level = logger.level
    logger.setLevel("ERROR")
    try:
        for epoch in range(epochs):
            model.reset_metrics()
            order = generator.permutation(len(x))[: steps * batch_size].reshape(steps, -1)
            order = tf.constant(order, "int32")
            last = 0
            while last < steps:
                first, last = last, min(last + stretch, steps)
                started = time.monotonic()
                run_steps(data, order, *map(tf.constant, (first, last, epoch * steps)))
                logs = measure()
                loss = logs.get("loss", next(iter(logs.values())))
                if not math.isfinite(loss):
                    raise RuntimeError(
                        f"the loss is {loss} in epoch {epoch + 1}: try a smaller learning rate, "
                        "and look whether the data fits the loss (cross-entropy and variational "
                        "autoencoders want [0, 1])"
                    )
                progress.show(epoch, last, loss)
                if time.monotonic() - started < SHORTEST_SECONDS:
                    stretch = min(2 * stretch, steps)
            if validation is not None:
                names = ("x", "y", "sample_weight")[: len(validation)]
                measured = model.evaluate(
                    **dict(zip(names, validation, strict=True)),
                    batch_size=batch_size,
                    verbose=0,
                    return_dict=True,
                )
                logs |= {f"val_{name}": float(value) for name, value in measured.items()}
                if patience is not None and "val_loss" not in logs:
                    raise ValueError(f"patience wants a val_loss; test_step returns {[*measured]}")
            for name, value in logs.items():
                history.values.setdefault(name, []).append(value)
            history.best_epoch = epoch + 1
            if patience is not None:
                if logs["val_loss"] < best_loss:
                    best_loss, best_epoch = logs["val_loss"], epoch + 1
                    best_weights = model.get_weights()
                history.best_epoch = best_epoch
                if epoch + 1 - best_epoch >= patience:
                    break
    finally:
        logger.setLevel(log_level)
        if peak is not None:
            learning_rate.assign(peak)
        if best_weights is not None:
            model.set_weights(best_weights)
        progress.close(len(history.values.get("loss", ())))
    return history


def _compile_steps(model, data, order_shape, peak, epochs, jit_compile):
    """Return a program that runs many steps, and a function that tells what they measured."""
    import tensorflow as tf

    total_steps = epochs * order_shape[0]
    learning_rate = model.optimizer.learning_rate
    # As Keras does: a step's own `if` and `for` are Python's.
    train_step = tf.autograph.experimental.do_not_convert(model.train_step)

    def trace(kept):
        returned = {}

        @tf.function(jit_compile=jit_compile)
        def run_steps(data, order, first, last, steps_before):
            # The data are arguments: a compiled function outlives this call, and would keep them.
            # Not tf.range: XLA takes its bounds for constants and compiles anew for every stretch.
            step = first
            while step < last:
                if peak is not None:
                    done = tf.cast(steps_before + step, "float32") / total_steps
                    learning_rate.assign(peak * 0.5 * (1 + tf.cos(math.pi * done)))
                rows = order[step]
                logs = train_step(tuple(tf.gather(part, rows) for part in data))
                logs = {name: tf.convert_to_tensor(value) for name, value in (logs or {}).items()}
                returned.update(logs)
                for name, variable in kept.items():
                    variable.assign(logs[name])
                step += 1

        numbers = [tf.TensorSpec((), "int32")] * 3
        run_steps.get_concrete_function(data, tf.TensorSpec(order_shape, "int32"), *numbers)
        return run_steps, returned

    run_steps, returned = trace({})
    if not returned:
        raise ValueError("train_step returns no loss to watch: return {'loss': loss}")
    if returned.keys() == model.get_metrics_result().keys():
        return run_steps, lambda: _as_numbers(model.get_metrics_result())
    # As in Keras, the last step's results stand for the epoch when they are not the metrics'.
    kept = {
        name: tf.Variable(tf.zeros(value.shape, value.dtype)) for name, value in returned.items()
    }
    run_steps, _ = trace(kept)
    return run_steps, lambda: _as_numbers(kept)


def _as_numbers(logs):
    return {name: float(value) for name, value in logs.items()}


def _as_data(parts, names):
    """Return inputs, targets and perhaps weights as arrays of the float type Keras works in."""
    x, y, weights = (*parts, None, None)[:3]
    inputs = _as_keras_floats(x, names[0])
    targets = inputs if y is None or y is x else _as_keras_floats(y, names[1])
    if weights is None:
        return inputs, targets
    return inputs, targets, _as_keras_floats(weights, names[2])


def _as_keras_floats(values, name):
    import keras

    array = as_float_array(values, name)
    with np.errstate(over="ignore"):
        floats = array.astype(keras.config.floatx(), copy=False)
    if not np.isfinite(floats).all():
        raise ValueError(f"{name} holds numbers too large for {floats.dtype}")
    if np.asarray(values).dtype.kind in "iu" and not np.array_equal(floats, array):
        raise ValueError(f"{name} holds whole numbers that {floats.dtype} rounds; scale them")
    return floats


def _check_settings(model, data, epochs, batch_size, validation, schedule, patience, seed):
    if getattr(model, "optimizer", None) is None:
        raise ValueError("compile the model first: model.compile(optimizer=…, loss=…)")
    x, y = data[:2]
    if len(x) != len(y):
        raise ValueError(f"x has {len(x)} examples but y has {len(y)}")
    if "binary_crossentropy" in str(getattr(model.loss, "name", model.loss)):
        as_unit_range(y, "the target of binary cross-entropy")
    if validation is not None:
        if len(validation[0]) != len(validation[1]):
            raise ValueError("validation inputs and targets differ in length")
        if validation[0].shape[1:] != x.shape[1:]:
            raise ValueError(
                f"x is of shape {x.shape[1:]} per example, validation {validation[0].shape[1:]}"
            )
    for inputs, _, *weights in (data, *([validation] if validation else [])):
        for weight in weights:
            if len(weight) != len(inputs) or weight.min() < 0:
                raise ValueError(
                    f"weights must be {len(inputs)} numbers of 0 or more, one for each example"
                )
    for name, number in {"epochs": epochs, "batch_size": batch_size, "patience": patience}.items():
        if number is not None and (not isinstance(number, int | np.integer) or number < 1):
            raise ValueError(f"{name} must be a whole number of at least 1, got {number!r}")
    if patience is not None and validation is None:
        raise ValueError("patience needs validation data: early stopping must not watch the test")
    if schedule not in SCHEDULES:
        raise ValueError(f"schedule must be one of {SCHEDULES}, got {schedule!r}")
    if schedule == "cosine" and not hasattr(model.optimizer.learning_rate, "assign"):
        raise ValueError(
            "the optimizer has a schedule of its own; compile it with a plain learning rate, "
            "such as keras.optimizers.Adam(0.001), to use schedule='cosine'"
        )


class _Progress:
    """A line that a person sees move, and that leaves one fixed sentence in a stored output."""

    def __init__(self, epochs, steps):
        self.epochs, self.steps = epochs, steps
        self.started = self.shown = time.monotonic()
        self.handle = None
        if _in_notebook():
            from IPython.display import display

            self.handle = display({"text/plain": "Compiling …"}, raw=True, display_id=True)

    def show(self, epoch, step, loss):
        """Redraw at most five times a second."""
        now = time.monotonic()
        if now - self.shown < 0.2:
            return
        self.shown = now
        done = (epoch * self.steps + step) / (self.epochs * self.steps)
        left = (now - self.started) * (1 - done) / done
        bar = ("█" * round(20 * done)).ljust(20, "░")
        self._write(
            f"{bar} epoch {epoch + 1}/{self.epochs}, loss {loss:.4f}, about {left:.0f} s left"
        )

    def close(self, epochs):
        """Write the closing sentence; it holds no time and no loss, so it repeats exactly."""
        self._write(f"Trained for {epochs} of {self.epochs} epochs, {self.steps} steps each.")
        if self.handle is None and sys.stderr.isatty():
            print(file=sys.stderr)

    def _write(self, text):
        if self.handle is not None:
            self.handle.update({"text/plain": text}, raw=True)
        elif sys.stderr.isatty():
            print(f"\r{text:<78}", end="", file=sys.stderr, flush=True)


def _in_notebook():
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")
