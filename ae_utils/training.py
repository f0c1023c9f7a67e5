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
    batch_size: int = 256,
    validation: np.ndarray | tuple[np.ndarray, np.ndarray] | None = None,
    schedule: str = "constant",
    patience: int | None = None,
    seed: int = 0,
    jit_compile: bool = True,
) -> History:
    """Train a compiled Keras model, with the data on the device and many steps in one XLA program.

    It calls the model's own ``train_step``, so it trains whatever ``model.fit`` trains, in a long
    run about twice as fast (bench *race*): no step waits for Python or its batch. XLA compiles for
    seconds; a short training is quicker without. Introduced in the chapter *implementation*.

    Args:
        model: a Keras model after ``model.compile(…)``.
        x: inputs (n, …), finite floats.
        y: targets (n, …); ``None`` means ``x`` itself, as an autoencoder wants.
        epochs: passes over the data, at least 1.
        batch_size: examples a step; at most n are used. What is left over at the end of an epoch
            is left out; each epoch has a new random order.
        validation: inputs, or a pair (inputs, targets), measured after every epoch.
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
            ``patience`` has no ``validation``, or a schedule is asked of an optimizer that
            already has one.
        RuntimeError: the loss became NaN or infinite; the message says what to try.
    """
    import keras
    import tensorflow as tf

    x = as_float_array(x, "x")
    y = x if y is None else as_float_array(y, "y")
    validation = _validation_pair(validation)
    _check_settings(model, x, y, epochs, batch_size, validation, schedule, patience, seed)
    batch_size = min(batch_size, len(x))
    steps = len(x) // batch_size
    total_steps = epochs * steps

    # Not tf.constant, which copies the data twice.
    x_device = tf.convert_to_tensor(x)
    y_device = x_device if y is x else tf.convert_to_tensor(y)
    if not model.built:
        # A symbolic call: `model.build` leaves the layers of a subclassed model without weights.
        model(keras.KerasTensor((batch_size, *x.shape[1:])))
    model.optimizer.build(model.trainable_variables)
    learning_rate = model.optimizer.learning_rate
    peak = float(learning_rate) if schedule == "cosine" else None

    @tf.function(jit_compile=jit_compile)
    def run_steps(inputs, targets, order, first, last, steps_before):
        # The data are arguments: a compiled function outlives this call, and would keep them.
        # Not tf.range: XLA takes its bounds for constants and compiles anew for every stretch.
        step = first
        while step < last:
            if peak is not None:
                done = tf.cast(steps_before + step, "float32") / total_steps
                learning_rate.assign(peak * 0.5 * (1 + tf.cos(math.pi * done)))
            rows = order[step]
            model.train_step((tf.gather(inputs, rows), tf.gather(targets, rows)))
            step += 1

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
                run_steps(
                    x_device, y_device, order, *map(tf.constant, (first, last, epoch * steps))
                )
                loss = float(model.get_metrics_result()["loss"])
                if not math.isfinite(loss):
                    raise RuntimeError(
                        f"the loss is {loss} in epoch {epoch + 1}: try a smaller learning rate, "
                        "and look whether the data fits the loss (cross-entropy wants [0, 1])"
                    )
                progress.show(epoch, last, loss)
                if time.monotonic() - started < SHORTEST_SECONDS:
                    stretch = min(2 * stretch, steps)
            logs = {name: float(value) for name, value in model.get_metrics_result().items()}
            if validation is not None:
                measured = model.evaluate(
                    *validation, batch_size=max(batch_size, 1000), verbose=0, return_dict=True
                )
                logs |= {f"val_{name}": float(value) for name, value in measured.items()}
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


def _validation_pair(validation):
    if validation is None:
        return None
    inputs, targets = validation if isinstance(validation, tuple) else (validation, validation)
    return as_float_array(inputs, "validation inputs"), as_float_array(
        targets, "validation targets"
    )


def _check_settings(model, x, y, epochs, batch_size, validation, schedule, patience, seed):
    if getattr(model, "optimizer", None) is None:
        raise ValueError("compile the model first: model.compile(optimizer=…, loss=…)")
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
