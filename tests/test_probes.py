"""The judges of a code, on codes whose answer is known."""

import numpy as np
import pytest

import ae_utils

PROBES = [ae_utils.linear_probe_accuracy, ae_utils.neighbour_accuracy]


def two_clouds(count, seed):
    """Codes of two numbers in two clouds far apart, and the cloud of each."""
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    return generator.standard_normal((count, 2)) + 20 * labels[:, None], labels


@pytest.mark.parametrize("probe", PROBES)
def test_clouds_far_apart_are_told_apart(probe):
    assert probe(*two_clouds(60, 0), *two_clouds(40, 1)) == 1


@pytest.mark.parametrize("probe", PROBES)
def test_wrong_labels_count_as_errors(probe):
    codes, labels = two_clouds(40, 1)
    labels[:10] = 1 - labels[:10]
    assert probe(*two_clouds(60, 0), codes, labels) == pytest.approx(0.75)


@pytest.mark.parametrize("probe", PROBES)
def test_the_unit_of_a_code_does_not_matter(probe):
    generator = np.random.default_rng(2)
    codes, labels = generator.standard_normal((200, 3)), generator.integers(0, 2, 200)
    parts = codes[:100], labels[:100], codes[100:], labels[100:]
    scaled = 1000 * parts[0] + 7, parts[1], 1000 * parts[2] + 7, parts[3]
    assert probe(*parts) == pytest.approx(probe(*scaled), abs=0.02)


def test_the_linear_probe_is_linear_and_the_neighbours_are_not():
    generator = np.random.default_rng(3)
    codes = generator.uniform(-1, 1, (600, 2))
    labels = (codes[:, 0] * codes[:, 1] > 0).astype(int)  # "exclusive or": no line divides it
    parts = codes[:400], labels[:400], codes[400:], labels[400:]
    assert ae_utils.linear_probe_accuracy(*parts) < 0.65
    assert ae_utils.neighbour_accuracy(*parts) > 0.9


@pytest.mark.parametrize("probe", PROBES)
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a, b, c, d: (a[:, 0], b, c, d), r"train_codes must have shape"),
        (lambda a, b, c, d: (a, b[:-1], c, d), r"train_labels must have shape"),
        (lambda a, b, c, d: (a, b, c, d[:-1]), r"test_labels must have shape"),
        (lambda a, b, c, d: (a, b, c[:, :1], d), r"the test codes 1"),
        (lambda a, b, c, d: (0 * a, b, c, d), r"all training codes are equal"),
        (lambda a, b, c, d: (a * np.nan, b, c, d), r"NaN"),
    ],
)
def test_what_does_not_fit_is_named(probe, change, message):
    parts = change(*two_clouds(20, 0), *two_clouds(10, 1))
    with pytest.raises(ValueError, match=message):
        probe(*parts)
