"""Stored results of `make bench`: times, and whatever is too long to run in a chapter."""

import json
from importlib import resources


def stored_result(name: str) -> dict:
    """Return the parsed ``benchmarks/<name>.json``, which `make bench` wrote.

    A chapter measures no time, because machines differ and are noisy. It shows these figures
    instead, with the machine and the date they come from.

    Raises:
        ValueError: there is no such file, or it is damaged.
    """
    folder = resources.files("ae_utils.benchmarks")
    path = folder / f"{name}.json"
    # Looked up in the list, because a name may be a path, or one that no file can have.
    known = sorted(
        p.name.removesuffix(".json") for p in folder.iterdir() if p.name.endswith(".json")
    )
    if name not in known:
        raise ValueError(f"no stored result {name!r}; there are {known}. `make bench` writes them")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(
            f"benchmarks/{name}.json is damaged ({error}); write it again with `make bench`"
        ) from None
