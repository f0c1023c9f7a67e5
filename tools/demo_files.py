"""The files that the live models of the site read: rounded weights in a script.

A page opened from a file may load scripts and nothing else, so the numbers travel inside one, as
base64. Matrices are whole numbers from -127 to 127 with one float32 scale a column; biases and
codes are float32; images are bytes. ``_static/demos/shared.js`` reads what is written here.
"""

import base64
import json
from pathlib import Path

import numpy as np
from scipy.special import erf, expit

FOLDER = Path(__file__).resolve().parent.parent / "_static" / "demos" / "data"
_CALL = "bookDemos.store("
_ACTIVATIONS = {
    "linear": lambda x: x,
    "sigmoid": expit,
    "gelu": lambda x: 0.5 * x * (1 + erf(x / np.sqrt(2))),
}


def _text(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def matrix(values):
    """Return a matrix (rows, columns) rounded to int8, with a scale for each column."""
    scale = (np.abs(values).max(axis=0) / 127).astype("float32")
    scale[scale == 0] = 1
    whole = np.round(values / scale).astype("int8")
    return {
        "type": "int8",
        "shape": list(whole.shape),
        "scale": _text(scale),
        "text": _text(whole),
    }


def pixels(images):
    """Return images in [0, 1] rounded to bytes; the nearest of 256 steps."""
    whole = np.round(255 * np.clip(images, 0, 1)).astype("uint8")
    return {"type": "pixels", "shape": list(whole.shape), "text": _text(whole)}


def plain(values, kind="float32"):
    """Return numbers as they are: ``kind`` is float32 or, for whole numbers to 255, uint8."""
    values = np.asarray(values, kind)
    return {"type": kind, "shape": list(values.shape), "text": _text(values)}


def network(model):
    """Return the dense layers of a Keras model with their kernels rounded."""
    return [
        {
            "kernel": matrix(np.asarray(layer.kernel)),
            "bias": plain(np.asarray(layer.bias)),
            "activation": layer.activation.__name__,
        }
        for layer in model.layers
    ]


def values(array):
    """Return the numbers that a stored array stands for, as the page computes them."""
    raw = base64.b64decode(array["text"])
    kind = "uint8" if array["type"] == "pixels" else array["type"]
    numbers = np.frombuffer(raw, kind).reshape(array["shape"])
    if array["type"] == "pixels":
        return (numbers / 255).astype("float32")
    if array["type"] == "int8":
        scale = np.frombuffer(base64.b64decode(array["scale"]), "float32")
        return numbers.astype("float32") * scale
    return numbers


def run(layers, x):
    """Return what a stored network answers to the rows of x."""
    for layer in layers:
        x = x @ values(layer["kernel"]) + values(layer["bias"])
        x = _ACTIVATIONS[layer["activation"]](x)
    return x


def pca_reconstruction(arrays, x, count):
    """Return the rows of x (n, 784), rebuilt from their first ``count`` stored components."""
    mean = values(arrays["mean"])
    components = values(arrays["components"])[:, :count]
    return mean + (x - mean) @ components @ components.T


def write(name, *, networks=None, arrays=None, numbers=None, folder=FOLDER):
    """Write one data file and return its content."""
    content = {"networks": networks or {}, "arrays": arrays or {}, "numbers": numbers or {}}
    text = json.dumps(content, separators=(",", ":"))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.js"
    path.write_text(f'{_CALL}"{name}",{text});\n', encoding="utf-8")
    return content


def read(name, folder=FOLDER):
    """Return the content of a data file: networks, arrays and numbers.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it was not written by :func:`write`.
    """
    text = (folder / f"{name}.js").read_text(encoding="utf-8")
    start = f'{_CALL}"{name}",'
    if not (text.startswith(start) and text.endswith(");\n")):
        raise ValueError(f"{name}.js was not written by python -m tools.demos")
    return json.loads(text.removeprefix(start).removesuffix(");\n"))
