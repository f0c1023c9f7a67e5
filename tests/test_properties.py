"""The public functions on any array: the right value, or an error that says what is wrong.

Hypothesis chooses shape, type, scale, distance from zero and layout in memory; each right value is
worked out by a second, slower way in double precision.
"""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import use
from scipy.spatial.distance import cdist
from sklearn.metrics import ndcg_score, roc_auc_score

import ae_utils

use("Agg")
quickly = settings(max_examples=40, deadline=None, derandomize=True)
FEW = st.integers(1, 8)
REAL_TYPES = ("float16", "float32", "float64", "uint8", "int16", "int32", "int64", "bool")


def laid_out(array, layout):
    """Return the same values in another order in memory."""
    if layout == "columns":
        return np.asfortranarray(array)
    if layout == "every second":
        return np.repeat(array, 2, axis=0)[::2]
    if layout == "read only":
        array.flags.writeable = False
    return array


@st.composite
def arrays(draw, rows=FEW, width=FEW, types=REAL_TYPES, shape=None):
    """Draw an array of numbers whose type holds them without overflow."""
    kind = np.dtype(draw(st.sampled_from(types)))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = shape or (draw(rows), draw(width))
    if kind.kind == "b":
        values = generator.random(shape) < 0.5
    elif kind.kind in "iu":
        highest = min(np.iinfo(kind).max, draw(st.sampled_from([2, 255, 30_000, 10**9])))
        values = generator.integers(max(np.iinfo(kind).min, -highest), highest, shape, dtype=kind)
    else:
        scales = [1e-3, 1, 255] if kind == np.float16 else [1e-8, 1e-3, 1, 255, 1e6, 1e12]
        distance = draw(st.sampled_from([0, 0, 1, 100]))
        values = draw(st.sampled_from(scales)) * (generator.standard_normal(shape) + distance)
    layout = draw(st.sampled_from(["rows", "columns", "every second", "read only"]))
    return laid_out(values.astype(kind), layout)


@st.composite
def pairs(draw, **options):
    """Draw two arrays of one shape, each of a type of its own."""
    first = draw(arrays(**options))
    return first, draw(arrays(shape=first.shape))


labels_of_each = st.sampled_from([[0, 1], [3, -7, 11], ["cat", "dog"], [True, False]])


@quickly
@given(pairs())
def test_squared_errors(pair):
    x, x_hat = (part.astype("float64") for part in pair)
    expected = ((x - x_hat) ** 2).sum(axis=1)
    # Of two numbers in single precision, their difference is right up to the last digit of both.
    largest = max(np.abs(x).max(), np.abs(x_hat).max())
    allowed = {"rtol": 1e-5, "atol": 1e-11 * x.shape[1] * largest**2}
    np.testing.assert_allclose(ae_utils.squared_error_of_each(*pair), expected, **allowed)
    np.testing.assert_allclose(ae_utils.squared_error_per_image(*pair), expected.mean(), **allowed)
    np.testing.assert_allclose(
        ae_utils.squared_error_per_pixel(*pair), ((x - x_hat) ** 2).mean(), **allowed
    )


@quickly
@given(arrays(types=("float16", "float32", "float64", "bool")), st.floats(0, 1))
def test_measures_of_grey(x, mix):
    x = np.abs(x) / max(np.abs(x.astype("float64")).max(), 1e-30)
    x = np.clip(x.astype("float64"), 0, 1).astype("float32")
    x_hat = (1 - mix) * x + mix * (1 - x)
    exact, made = x.astype("float64"), x_hat.astype("float64")
    with np.errstate(divide="ignore", invalid="ignore"):
        decibels = (-10 * np.log10(((exact - made) ** 2).mean(axis=1))).mean()
    assert ae_utils.psnr_decibels(x, x_hat) == pytest.approx(decibels, rel=1e-4)
    kept = np.clip(made, 1e-7, 1 - 1e-7)
    nats = -(exact * np.log(kept) + (1 - exact) * np.log(1 - kept)).mean()
    assert ae_utils.binary_cross_entropy_per_pixel(x, x_hat) == pytest.approx(nats, abs=1e-5)


@quickly
@given(pairs())
def test_the_mean_image(pair):
    train, other = pair
    made = ae_utils.mean_image_reconstruction(train, other)
    mean = train.mean(axis=0, dtype="float64")
    assert made.shape == other.shape
    np.testing.assert_allclose(made, np.broadcast_to(mean, other.shape), rtol=1e-5, atol=1e-30)


@quickly
@given(arrays(rows=st.integers(4, 12), width=st.integers(2, 6)), st.integers(1, 2))
def test_principal_components(x, code_size):
    exact = x.astype("float64")
    centred = exact - exact.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    chosen = directions[:code_size]
    pca = ae_utils.fit_pca(x, code_size)
    # The best error is what counts: it is that of the singular values, whatever the directions.
    errors = ((exact - ae_utils.pca_reconstruction(pca, x)) ** 2).sum()
    best = ((centred - centred @ chosen.T @ chosen) ** 2).sum()
    assert errors == pytest.approx(best, rel=1e-3, abs=1e-5 * (exact**2).sum())


@quickly
@given(
    arrays(rows=st.integers(5, 12), width=st.integers(1, 3)),
    labels_of_each,
    st.integers(0, 2**32 - 1),
)
def test_a_search(stored, names, seed):
    generator = np.random.default_rng(seed)
    labels = np.asarray(names)[np.arange(len(stored)) % len(names)]
    asked = generator.permutation(len(stored))[:4]
    exact = stored.astype("float64")
    queries = stored[asked]
    distances = cdist(exact[asked], exact)
    # Ties may fall either way, so only numbers of results without a tie at their end are compared.
    ordered = np.sort(distances, axis=1)
    clear = [
        count
        for count in range(1, len(stored))
        if (ordered[:, count] > 1.01 * ordered[:, count - 1] + 1e-3 * ordered.max()).all()
    ]
    counts = [*clear, len(stored)]
    found = ae_utils.retrieval_curve(queries, labels[asked], stored, labels, counts)
    right = labels[np.argsort(distances, axis=1, kind="stable")] == labels[asked][:, np.newaxis]
    for place, count in enumerate(counts):
        hits = right[:, :count].sum(axis=1)
        assert found[0][place] == pytest.approx((hits / count).mean())
        assert found[1][place] == pytest.approx((hits / right.sum(axis=1)).mean())


@quickly
@given(
    arrays(types=("float32", "float64", "int64", "uint8"), width=st.integers(2, 7)),
    st.integers(0, 2**32 - 1),
    st.integers(1, 7),
)
def test_lists_of_recommendations(scores, seed, count):
    count = min(count, scores.shape[1])
    relevant = np.random.default_rng(seed).random(scores.shape) < 0.5
    relevant[:, 0] = True
    recall = ae_utils.recall_at(scores, relevant, count)
    gain = ae_utils.ndcg_at(scores, relevant, count)
    assert recall.shape == gain.shape == (len(scores),)
    assert ((recall >= 0) & (recall <= 1 + 1e-9) & (gain >= 0) & (gain <= 1 + 1e-9)).all()
    expected = ndcg_score(relevant.astype(int), scores.astype("float64"), k=count)
    assert gain.mean() == pytest.approx(expected)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    arrays(rows=st.just(40), width=st.integers(1, 4), types=("float32", "float64", "int16")),
    labels_of_each,
)
def test_probes_see_neither_scale_nor_place_nor_order(codes, names):
    labels = np.asarray(names)[np.arange(40) % len(names)]
    codes = codes + np.ptp(codes.astype("float64")) * (labels == labels[0])[:, np.newaxis]
    if np.ptp(codes) == 0:
        return
    train, test = codes[:30], codes[30:]
    for judge in (ae_utils.linear_probe_accuracy, ae_utils.neighbour_accuracy):
        plain = judge(train, labels[:30], test, labels[30:])
        moved = judge(8 * train - 3, labels[:30], 8 * test - 3, labels[30:])
        turned = judge(train[::-1], labels[:30][::-1], test[::-1], labels[30:][::-1])
        assert 0 <= plain <= 1
        # One of the ten may lie on the border, or have two neighbours equally far away.
        assert max(abs(plain - moved), abs(plain - turned)) < 0.11


def test_the_area_under_the_curve_is_that_of_a_column_that_ranks():
    generator = np.random.default_rng(0)
    labels = generator.random(60) < 0.5
    codes = (labels + generator.normal(0, 0.7, 60))[:, np.newaxis]
    found = ae_utils.linear_probe_auc(codes[:40], labels[:40], codes[40:], labels[40:])
    assert found == pytest.approx(roc_auc_score(labels[40:], codes[40:, 0]))


@quickly
@given(arrays(rows=st.integers(8, 20), width=st.integers(1, 4)), st.integers(0, 2**32 - 1))
def test_the_frechet_distance(one, seed):
    size = max(np.abs(one.astype("float64")).max(), 1e-12)
    step = size * np.random.default_rng(seed).standard_normal(one.shape[1])
    other = one.astype("float64") + step
    found = ae_utils.frechet_distance(one, other)
    # The same cloud elsewhere: what is left is the square of the step.
    assert found == pytest.approx(step @ step, rel=1e-4, abs=1e-5 * size**2)
    assert ae_utils.frechet_distance(other, one) == pytest.approx(
        found, rel=1e-4, abs=1e-5 * size**2
    )


@quickly
@given(labels_of_each, st.lists(st.integers(0, 2), min_size=6, max_size=30), st.integers(1, 2))
def test_drawn_rows(names, drawn, per_class):
    labels = np.asarray(names)[np.asarray(drawn) % len(names)]
    classes, counts = np.unique(labels, return_counts=True)
    generator = np.random.default_rng(0)
    if counts.min() < per_class:
        with pytest.raises(ValueError, match="has only"):
            ae_utils.rows_of_each_class(labels, per_class, generator)
        return
    rows = ae_utils.rows_of_each_class(labels, per_class, generator)
    assert len(set(rows.tolist())) == len(rows) == per_class * len(classes)
    assert (np.unique(labels[rows], return_counts=True)[1] == per_class).all()


ragged = [[1.0], [2.0, 3.0]]
NONSENSE = {
    "nothing": None,
    "text": [["a", "b"], ["c", "d"]],
    "ragged": ragged,
    "empty": np.zeros((0, 3)),
    "no columns": np.zeros((3, 0)),
    "complex": np.ones((4, 3)) + 1j,
    "masked": np.ma.masked_array(np.ones((4, 3)), np.eye(4, 3)),
    "not a number": np.full((4, 3), np.nan),
    "infinite": np.full((4, 3), np.inf),
    "objects": np.array([[object()] * 3] * 4),
    "dates": np.zeros((4, 3), "datetime64[s]"),
    "overflowing powers": np.full((4, 3), 1e300),
    "too large to be whole": np.full((4, 3), 2**60 + 1),
}
GOOD = np.arange(12.0).reshape(4, 3) / 12
LABELS = np.array([0, 1, 0, 1])
CALLS = {
    "squared_error_of_each": lambda x: ae_utils.squared_error_of_each(GOOD, x),
    "squared_error_per_image": lambda x: ae_utils.squared_error_per_image(x, GOOD),
    "squared_error_per_pixel": lambda x: ae_utils.squared_error_per_pixel(x, x),
    "binary_cross_entropy_per_pixel": lambda x: ae_utils.binary_cross_entropy_per_pixel(x, x),
    "psnr_decibels": lambda x: ae_utils.psnr_decibels(GOOD, x),
    "structural_similarity": lambda x: ae_utils.structural_similarity(x, x),
    "frechet_distance": lambda x: ae_utils.frechet_distance(x, GOOD),
    "retrieval_curve": lambda x: ae_utils.retrieval_curve(x, LABELS, GOOD, LABELS, (1,)),
    "retrieval_curve, stored": lambda x: ae_utils.retrieval_curve(GOOD, LABELS, x, LABELS, (1,)),
    "recall_at": lambda x: ae_utils.recall_at(GOOD, x, 1),
    "ndcg_at": lambda x: ae_utils.ndcg_at(GOOD, x, 1),
    "fit_pca": lambda x: ae_utils.fit_pca(x, 1),
    "pca_reconstruction": lambda x: ae_utils.pca_reconstruction(ae_utils.fit_pca(GOOD, 1), x),
    "mean_image_reconstruction": lambda x: ae_utils.mean_image_reconstruction(x, GOOD),
    "linear_probe_accuracy": lambda x: ae_utils.linear_probe_accuracy(GOOD, LABELS, x, LABELS),
    "linear_probe_auc": lambda x: ae_utils.linear_probe_auc(x, LABELS, GOOD, LABELS),
    "neighbour_accuracy": lambda x: ae_utils.neighbour_accuracy(x, LABELS, GOOD, LABELS, 1),
    "few_label_scores": lambda x: ae_utils.few_label_scores(x, LABELS, GOOD, LABELS, (1,), 1),
    "rows_of_each_class": lambda x: ae_utils.rows_of_each_class(x, 1, np.random.default_rng(0)),
    "best_of_grid": lambda x: ae_utils.best_of_grid([1, 2, 3], x, better="lower"),
    "show_images": lambda x: ae_utils.show_images([x], ["a"], "A row of grey pictures, none."),
    "plot_codes": lambda x: ae_utils.plot_codes(x, LABELS, "A cloud of points without order."),
    "plot_codes, labels": lambda x: ae_utils.plot_codes(GOOD[:, :2], x, "A cloud of points."),
    "plot_curves": lambda x: ae_utils.plot_curves({"a": x}, "x", "y", "A falling curve alone."),
    "plot_filters": lambda x: ae_utils.plot_filters(x, "Filters in rows, nothing to see."),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", NONSENSE)
def test_what_is_no_array_of_numbers_is_a_named_error(call, kind):
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        CALLS[call](NONSENSE[kind])
    plt.close("all")


whatever = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(CALLS)), whatever)
def test_any_python_value_ends_in_a_value_or_a_named_error(call, value):
    try:
        CALLS[call](value)
    except ValueError as error:
        assert len(str(error).split()) > 2
    finally:
        plt.close("all")


@quickly
@given(whatever, whatever)
def test_a_claim_holds_only_by_finite_numbers(value, bound):
    checks = ae_utils.Checks("properties")
    try:
        checks.expect("properties.any", "a claim", value, below=bound, unit="of anything")
    except (ValueError, AssertionError) as error:
        assert len(str(error).split()) > 2
    else:
        assert np.isfinite(float(value)) and float(value) < float(bound)
