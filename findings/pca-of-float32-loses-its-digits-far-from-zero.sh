#!/usr/bin/env bash
# scikit-learn 1.9.1: PCA with svd_solver="covariance_eigh", which "auto" chooses for up to 1 000
# columns and ten times as many rows, subtracts the mean from the product of the data with itself,
# in the precision of the data. For float32 values far from zero, such as raw 16-bit pictures or
# sensor readings, nothing but rounding is left of the product: the components are noise, and there
# is no warning, no NaN. "full" on the same array is right, and so is covariance_eigh in float64 or
# after the mean was subtracted by hand. Exits 0 as long as this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet scikit-learn==1.9.1 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import warnings

import numpy as np
import sklearn
from sklearn.decomposition import PCA

warnings.simplefilter("error")
generator = np.random.default_rng(0)
# Five strong directions in 64 columns, a spread of about sixteen, around 30 000.
mixed = generator.normal(size=(5, 64)) * 8
values = 30_000 + generator.normal(size=(5_000, 5)) @ mixed + generator.normal(size=(5_000, 64))
values = values.astype("float32")


def error(solver, x):
    """Mean squared error per row of five components, worked out in double precision."""
    pca = PCA(5, svd_solver=solver, random_state=0).fit(x)
    x, mean = x.astype("float64"), x.astype("float64").mean(axis=0)
    found = pca.components_.astype("float64")
    return np.square((x - mean) - (x - mean) @ found.T @ found).sum(axis=1).mean()


errors = {
    "auto, float32": error("auto", values),
    "covariance_eigh, float32": error("covariance_eigh", values),
    "full, float32": error("full", values),
    "covariance_eigh, float64": error("covariance_eigh", values.astype("float64")),
    "covariance_eigh, float32, mean subtracted": error("covariance_eigh", values - values.mean(0)),
}
print("scikit-learn", sklearn.__version__)
for name, lost in errors.items():
    print(f"{name:42s} {lost:8.1f}")
wrong, right = list(errors.values())[:2], list(errors.values())[2:]
assert max(right) < 70 and min(wrong) > 5 * max(right), "otherwise now"
PYTHON
