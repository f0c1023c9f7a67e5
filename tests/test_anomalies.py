"""Experiments of the chapter *anomalies*: what one takes from another, and small parts of them."""

import numpy as np

from ae_utils import stored_result
from benchmarks import pressure, typical


def test_settings_are_those_that_tuning_chose():
    methods = stored_result("detectors")["methods"]
    assert methods["PCA"]["chosen"] == typical.PCA_SIZE
    assert methods["autoencoder"]["chosen"] == typical.AUTOENCODER
    assert methods["Gaussian"]["chosen"] == 0  # nothing is added to a variance


def test_near_is_within_a_hundred_points_of_the_labelled_stretch():
    labels = np.zeros(1000, int)
    labels[500:512] = 1
    for place, near in ((399, False), (400, True), (505, True), (611, True), (612, False)):
        scores = np.zeros(1000)
        scores[place] = 1
        assert pressure.is_near(scores, labels) is near


def test_a_stretch_that_is_as_surprising_as_usual_is_typical_and_one_that_is_less_so_is_not():
    usual = np.array([1.0, 2.0, 3.0])
    scores = typical.scores_of(np.array([[2.0, 2.0], [0.5, 0.5], [8.0, 8.0]]), usual)
    assert scores["large"].tolist() == [2.0, 0.5, 8.0]
    assert scores["typical"].tolist() == [0.0, 1.5, 6.0]
    np.testing.assert_allclose(scores["logarithm"], [0.0, np.log(4), np.log(4)])
