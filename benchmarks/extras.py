"""Packages that a single experiment needs and the book does not."""

import importlib
from types import ModuleType


def extra(name: str, install: str) -> ModuleType:
    """Import a module that is not in ``requirements.txt``.

    Args:
        name: of the module.
        install: what ``python -m pip install`` is told to fetch.

    Raises:
        RuntimeError: the module is not there; the message says how to get it.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise RuntimeError(
            f"{error}; this experiment needs it, the book does not: python -m pip install {install}"
        ) from error
