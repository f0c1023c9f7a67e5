"""Where a stored result comes from: machine, date, versions, seeds, and the hash of its code."""

import datetime
import os
import platform
from importlib import metadata

PACKAGES = ("tensorflow", "keras", "numpy", "scikit-learn")


def machine_and_date():
    """Describe this machine without its name, and the day."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python " + (
        platform.python_version()
    )
    return {"machine": machine, "date": str(datetime.date.today())}


def origin(provenance, seeds):
    """Return the head of a stored result.

    Args:
        provenance: hash of the code and data, taken before the run.
        seeds: a list of whole numbers.
    """
    versions = {name: metadata.version(name) for name in PACKAGES}
    return {**machine_and_date(), "seeds": seeds, "versions": versions, "provenance": provenance}
