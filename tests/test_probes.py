"""The judges of a code, on codes whose answer is known."""

import numpy as np
import pytest

import ae_utils

PROBES = [
    ae_utils.linear_probe_accuracy,
    ae_utils.neighbour_accuracy,
    ae_utils.linear_probe_auc,
]


def two_clouds(count, seed):
    """Codes of two numbers in two clouds far apart, and the cloud of each."""
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    return generator.standard_normal((count, 2)) + 20 * labels[:, None], labels


@pytest.mark.parametrize("probe", PROBES)
def test_clouds_far_apart_are_told_apart(probe):
    assert probe(*two_clouds(60, 0), *two_clouds(40, 1)) == 1


@pytest.mark.parametrize("probe", PROBES[:2])
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


def test_the_area_under_the_curve_is_the_share_of_pairs_in_the_right_order():
    train_codes, train_labels = np.array([[0.0], [1.0]]), np.array([0, 1])
    codes, labels = np.array([[0.1], [0.5], [0.3], [0.9]]), np.array([0, 0, 1, 1])
    # Of the four pairs only (0.5, 0.3) is in the wrong order.
    assert ae_utils.linear_probe_auc(train_codes, train_labels, codes, labels) == 0.75


def test_the_area_wants_two_classes():
    codes, labels = two_clouds(20, 0)
    with pytest.raises(ValueError, match="test_labels must hold 0 and 1"):
        ae_utils.linear_probe_auc(codes, labels, codes, 0 * labels)


def test_labelled_rows_are_so_many_of_each_class_and_repeat_with_the_seed():
    labels = np.arange(200) % 10
    rows = ae_utils.rows_of_each_class(labels, 3, np.random.default_rng(0))
    assert len(set(rows)) == 30
    assert np.bincount(labels[rows]).tolist() == [3] * 10
    again = ae_utils.rows_of_each_class(labels, 3, np.random.default_rng(0))
    np.testing.assert_array_equal(rows, again)


def test_a_class_with_too_few_rows_is_named():
    with pytest.raises(ValueError, match="class 1 has 2 rows, fewer than 3"):
        ae_utils.rows_of_each_class(np.array([0, 0, 0, 1, 1]), 3, np.random.default_rng(0))


def test_few_labels_are_drawn_alike_for_every_code_and_only_from_the_training_part():
    seen = []

    def judge(train_codes, train_labels, test_codes, test_labels):
        seen.append((train_codes[:, 0].tolist(), len(test_codes)))
        return float(len(train_labels))

    codes, labels = np.arange(60.0)[:, None], np.arange(60) % 3
    scores = ae_utils.few_label_scores(judge, codes, labels, codes[:7], labels[:7], (1, 4), draws=2)
    np.testing.assert_array_equal(scores, [[3, 3], [12, 12]])
    assert {size for _, size in seen} == {7}
    first = list(seen)
    ae_utils.few_label_scores(judge, codes, labels, codes[:7], labels[:7], (1, 4), draws=2)
    assert seen[4:] == first
    assert first[0] != first[1]  # another draw, other rows
    with pytest.raises(ValueError, match="draws"):
        ae_utils.few_label_scores(judge, codes, labels, codes, labels, (1,), draws=0)
