#!/usr/bin/env bash
# Keras 3.15.1: a layer or model whose __init__ has a decorator made with functools.wraps, as one
# that logs, times or checks arguments, cannot be constructed. Calling the class raises a bare
# "IndexError: list index out of range", or "KeyError: 'arguments'" where the wrapper names self,
# from keras/src/ops/operation.py, before __init__ runs; nothing names the decorator. The reason:
# Operation.__new__ reads the constructor twice, by inspect.signature, which looks through wraps,
# and by inspect.getfullargspec, which does not, and takes what one said by the names of the other.
# A wrapper that also sets __signature__ to that of the wrapped constructor works. Exits 0 as long
# as this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet tensorflow==2.21.0 keras==3.15.1
export TF_CPP_MIN_LOG_LEVEL=3 KERAS_BACKEND=tensorflow CUDA_VISIBLE_DEVICES=
"$folder/venv/bin/python" - <<'PYTHON'
import functools
import inspect

import keras


def plain(construct):
    return construct


def wrapped(construct):
    @functools.wraps(construct)
    def wrapper(*arguments, **named):
        return construct(*arguments, **named)

    return wrapper


def wrapped_with_self(construct):
    @functools.wraps(construct)
    def wrapper(self, *arguments, **named):
        return construct(self, *arguments, **named)

    return wrapper


def wrapped_and_signed(construct):
    wrapper = wrapped_with_self(construct)
    wrapper.__signature__ = inspect.signature(construct)
    return wrapper


def construct(decorator):
    class Scale(keras.layers.Layer):
        @decorator
        def __init__(self, factor=1.0):
            super().__init__()
            self.factor = factor

    try:
        return f"factor {Scale(3.0).get_config()['factor']}"
    except Exception as error:
        return repr(error)


print("Keras", keras.__version__)
expected = {
    plain: "factor 3.0",
    wrapped: "IndexError('list index out of range')",
    wrapped_with_self: "KeyError('arguments')",
    wrapped_and_signed: "factor 3.0",
}
for decorator, outcome in expected.items():
    print(f"{decorator.__name__}: {construct(decorator)}")
    assert construct(decorator) == outcome, "otherwise now"
PYTHON
