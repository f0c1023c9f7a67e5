#!/usr/bin/env bash
# scikit-learn 1.9.1: GaussianMixture.sample(n) and BayesianGaussianMixture.sample(n) return the n
# draws sorted by component. They are a fair sample as a whole, and no part of it is: the first
# hundred of a thousand can all come from one component. Whoever draws codes from a mixture, decodes
# them and judges or shows the first few sees one or two kinds of digits, and a distance to the
# nearest training image came out half as large as it was. Shuffle the draws before taking some.
# Its other generators (make_blobs, resample) do shuffle. Exits 0 as long as this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet scikit-learn==1.9.1 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import sklearn
from sklearn.datasets import make_blobs
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture

points, kinds = make_blobs(1000, centers=[[0, 0], [50, 0], [0, 50], [50, 50]], random_state=0)
print("scikit-learn", sklearn.__version__)
print("make_blobs, kinds among the first hundred:", len(set(kinds[:100])))
assert len(set(kinds[:100])) == 4
for kind in (GaussianMixture, BayesianGaussianMixture):
    drawn, components = kind(n_components=4, random_state=0).fit(points).sample(1000)
    print(f"{kind.__name__}: components among the first hundred draws:", len(set(components[:100])))
    print("  mean of the first hundred", drawn[:100].mean(axis=0).round(), "of all",
          drawn.mean(axis=0).round())
    assert np.all(np.diff(components) >= 0) and len(set(components[:100])) == 1, "otherwise now"
PYTHON
