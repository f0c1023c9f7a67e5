"""Metrics and baselines against values worked out by hand."""

import math

import numpy as np
import pytest

import ae_utils

X = np.array([[0.0, 1.0], [0.5, 0.5]])
X_HAT = np.array([[0.5, 1.0], [0.5, 0.0]])


def test_squared_errors_by_hand():
    np.testing.assert_allclose(ae_utils.squared_error_of_each(X, X_HAT), [0.25, 0.25])
    assert ae_utils.squared_error_per_image(X, X_HAT) == pytest.approx(0.25)
    assert ae_utils.squared_error_per_pixel(X, X_HAT) == pytest.approx(0.125)


def test_squared_error_is_that_of_keras():
    import keras

    generator = np.random.default_rng(0)
    x, x_hat = generator.random((2, 30, 784)).astype("float32")
    expected = float(np.mean(keras.losses.mean_squared_error(x, x_hat)))
    assert ae_utils.squared_error_per_pixel(x, x_hat) == pytest.approx(expected, rel=1e-5)


def test_cross_entropy_by_hand_and_its_floor():
    x, x_hat = np.array([[1.0, 0.25]]), np.array([[0.5, 0.5]])
    assert ae_utils.binary_cross_entropy_per_pixel(x, x_hat) == pytest.approx(math.log(2))
    entropy = -(0.25 * math.log(0.25) + 0.75 * math.log(0.75)) / 2
    assert ae_utils.binary_cross_entropy_per_pixel(x, x) == pytest.approx(entropy)
    black_and_white = np.array([[0.0, 1.0]])
    assert ae_utils.binary_cross_entropy_per_pixel(black_and_white, black_and_white) == 0


def test_no_reconstruction_goes_below_the_floor_of_cross_entropy():
    x = np.random.default_rng(1).random((20, 50))
    floor = ae_utils.binary_cross_entropy_per_pixel(x, x)
    for shift in (-0.05, 0.01, 0.05):
        x_hat = np.clip(x + shift, 0, 1)
        assert ae_utils.binary_cross_entropy_per_pixel(x, x_hat) > floor


def test_psnr_by_hand():
    x, x_hat = np.zeros((1, 4)), np.full((1, 4), 0.1)
    assert ae_utils.psnr_decibels(x, x_hat) == pytest.approx(20)
    assert ae_utils.psnr_decibels(x, x) == math.inf


def test_structural_similarity_is_one_for_equal_images_and_low_for_others():
    x = np.random.default_rng(2).random((1500, 11, 11)).astype("float32")
    assert ae_utils.structural_similarity(x, x) == pytest.approx(1, abs=1e-5)
    assert ae_utils.structural_similarity(x, x[:, ::-1]) < 0.5


@pytest.mark.parametrize("measure", ["squared_error_per_image", "psnr_decibels"])
@pytest.mark.parametrize(
    ("x", "x_hat", "message"),
    [
        (np.zeros(4), np.zeros(4), "first axis of examples"),
        (np.zeros((2, 4)), np.zeros((2, 3)), "must be equal"),
        (np.zeros((0, 4)), np.zeros((0, 4)), "is empty"),
        (np.full((2, 4), np.nan), np.zeros((2, 4)), "NaN"),
        (np.array([["a"]]), np.zeros((1, 1)), "array of numbers"),
    ],
)
def test_unusable_arrays_are_refused(measure, x, x_hat, message):
    with pytest.raises(ValueError, match=message):
        getattr(ae_utils, measure)(x, x_hat)


@pytest.mark.parametrize("measure", ["psnr_decibels", "binary_cross_entropy_per_pixel"])
def test_pixels_up_to_255_are_told_to_be_divided(measure):
    pixels = np.array([[0, 255], [3, 4]], "uint8")
    with pytest.raises(ValueError, match="divide 0–255 pixels by 255"):
        getattr(ae_utils, measure)(pixels, pixels)


def test_structural_similarity_refuses_flat_and_small_images():
    for shape in ((3, 784), (3, 10, 10), (3, 28, 28, 1)):
        with pytest.raises(ValueError, match="reshape"):
            ae_utils.structural_similarity(np.zeros(shape), np.zeros(shape))


def test_pca_is_exact_on_data_of_its_rank_and_best_below_it():
    generator = np.random.default_rng(3)
    images = generator.random((60, 3)) @ generator.random((3, 5, 4)).reshape(3, 20)
    images = images.reshape(60, 5, 4)
    exact = ae_utils.pca_reconstruction(ae_utils.fit_pca(images, 3), images)
    np.testing.assert_allclose(exact, images, atol=1e-6)
    pca = ae_utils.fit_pca(images, 2)
    lost = np.linalg.svd(images.reshape(60, -1) - images.reshape(60, -1).mean(0))[1][2:] ** 2
    error = ae_utils.squared_error_per_image(images, ae_utils.pca_reconstruction(pca, images))
    assert error == pytest.approx(lost.sum() / 60)


@pytest.mark.parametrize("code_size", [0, 5, 100])
def test_a_code_wider_than_the_input_is_refused(code_size):
    with pytest.raises(ValueError, match="between 1 and 4"):
        ae_utils.fit_pca(np.eye(10)[:, :4], code_size)


def test_pca_refuses_images_of_another_size():
    pca = ae_utils.fit_pca(np.eye(10), 2)
    with pytest.raises(ValueError, match="10 pixels per image, got 9"):
        ae_utils.pca_reconstruction(pca, np.zeros((2, 3, 3)))


def test_mean_image_by_hand():
    answer = ae_utils.mean_image_reconstruction(
        np.array([[0.0, 1.0], [1.0, 1.0]]), np.zeros((3, 2))
    )
    np.testing.assert_array_equal(answer, [[0.5, 1.0]] * 3)
    with pytest.raises(ValueError, match="of shape"):
        ae_utils.mean_image_reconstruction(np.zeros((3, 4)), np.zeros((3, 5)))


def test_equal_sets_have_no_frechet_distance():
    vectors = np.random.default_rng(0).standard_normal((500, 8))
    assert ae_utils.frechet_distance(vectors, vectors) == pytest.approx(0, abs=1e-6)


def test_frechet_a_shift_costs_its_squared_length():
    vectors = np.random.default_rng(0).standard_normal((500, 8))
    assert ae_utils.frechet_distance(vectors, vectors + 3) == pytest.approx(8 * 9)


def test_frechet_a_scale_costs_the_squared_difference_of_the_spreads():
    vectors = np.random.default_rng(0).standard_normal((500, 1))
    spread = vectors.std(ddof=1)
    distance = ae_utils.frechet_distance(vectors, 3 * vectors - 2 * vectors.mean())
    assert distance == pytest.approx((2 * spread) ** 2)


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        (np.ones(5), np.ones((5, 2)), "both sets must be"),
        (np.ones((5, 2)), np.ones((5, 3)), "both sets must be"),
        (np.ones((3, 3)), np.ones((9, 3)), "needs more vectors"),
    ],
)
def test_frechet_names_what_does_not_fit(one, other, message):
    with pytest.raises(ValueError, match=message):
        ae_utils.frechet_distance(one, other)


def test_retrieval_by_hand():
    # From 0, the stored places are at distances 1, 2, 3, 4; the first and the third are right.
    stored, labels = np.array([[1.0], [2.0], [3.0], [4.0]]), np.array([7, 8, 7, 8])
    precision, recall = ae_utils.retrieval_curve(
        np.array([[0.0]]), np.array([7]), stored, labels, (1, 2, 3, 4)
    )
    np.testing.assert_allclose(precision, [1, 1 / 2, 2 / 3, 2 / 4])
    np.testing.assert_allclose(recall, [1 / 2, 1 / 2, 1, 1])


def test_retrieval_is_the_mean_over_queries_and_agrees_with_scikit_learn():
    from sklearn.metrics import precision_score, recall_score
    from sklearn.neighbors import NearestNeighbors

    generator = np.random.default_rng(0)
    queries, stored = generator.standard_normal((700, 3)), generator.standard_normal((90, 3))
    query_labels, labels = generator.integers(0, 4, 700), generator.integers(0, 4, 90)
    precision, recall = ae_utils.retrieval_curve(queries, query_labels, stored, labels, (11,))
    found = NearestNeighbors(n_neighbors=11).fit(stored).kneighbors(queries)[1]
    answers = np.zeros((700, 90))
    np.put_along_axis(answers, found, 1, axis=1)
    truth = query_labels[:, None] == labels
    arguments = {"average": "samples"}
    assert precision[0] == pytest.approx(precision_score(truth, answers, **arguments))
    assert recall[0] == pytest.approx(recall_score(truth, answers, **arguments))


def test_equal_distances_do_not_follow_the_order_of_the_file():
    stored, labels = np.zeros((1000, 8)), np.repeat([0, 1], 500)
    precision, _ = ae_utils.retrieval_curve(np.zeros((1, 8)), np.array([0]), stored, labels, (100,))
    assert 0.3 < precision[0] < 0.7


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"counts": (0, 1)}, "whole numbers from 1 to 4"),
        ({"counts": (5,)}, "whole numbers from 1 to 4"),
        ({"counts": (1.5,)}, "whole numbers from 1 to 4"),
        ({"query_labels": np.array([9])}, "nothing stored has"),
        ({"query_labels": np.array([7, 7])}, "query_labels must have shape"),
        ({"stored_codes": np.zeros((4, 2))}, "widths differ"),
        ({"stored_codes": np.zeros(4)}, r"codes must be \(n, code size\)"),
    ],
)
def test_a_search_that_cannot_be_scored_says_why(change, message):
    arguments = {
        "query_codes": np.zeros((1, 1)),
        "query_labels": np.array([7]),
        "stored_codes": np.ones((4, 1)),
        "stored_labels": np.array([7, 8, 7, 8]),
        "counts": (1,),
    }
    with pytest.raises(ValueError, match=message):
        ae_utils.retrieval_curve(**arguments | change)


SCORES = np.array([[0.9, 0.8, 0.7, 0.1, -np.inf]])  # the last item has been seen already
RELEVANT = np.array([[1, 0, 0, 1, 0]])


def test_recall_and_gain_of_a_list_by_hand():
    assert ae_utils.recall_at(SCORES, RELEVANT, 1).tolist() == [1.0]  # of one place, one is right
    assert ae_utils.recall_at(SCORES, RELEVANT, 3).tolist() == [0.5]
    assert ae_utils.recall_at(SCORES, RELEVANT, 4).tolist() == [1.0]
    gain = (1 / math.log2(2) + 1 / math.log2(5)) / (1 / math.log2(2) + 1 / math.log2(3))
    assert ae_utils.ndcg_at(SCORES, RELEVANT, 4)[0] == pytest.approx(gain)


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 1, 0, 2], [2, 3, 1, 0]])
def test_equal_scores_count_alike_in_every_order_of_the_items(order):
    scores, relevant = np.array([[1.0, 1.0, 1.0, 0.5]]), np.array([[1, 0, 0, 1]])
    scores, relevant = scores[:, order], relevant[:, order]
    assert ae_utils.recall_at(scores, relevant, 1).tolist() == [pytest.approx(1 / 3)]
    assert ae_utils.recall_at(scores, relevant, 3).tolist() == [0.5]
    gains = 1 / np.log2([2, 3, 4])
    expected = gains.sum() / 3 / gains[:2].sum()
    assert ae_utils.ndcg_at(scores, relevant, 3).tolist() == [pytest.approx(expected)]


def test_what_is_not_to_be_recommended_never_counts():
    scores, relevant = np.array([[-np.inf, 2.0, -np.inf]]), np.array([[1, 0, 1]])
    assert ae_utils.recall_at(scores, relevant, 3).tolist() == [0.0]
    assert ae_utils.ndcg_at(scores, relevant, 2).tolist() == [0.0]


def test_the_gain_of_equal_scores_agrees_with_scikit_learn():
    from sklearn.metrics import ndcg_score

    generator = np.random.default_rng(0)
    scores, relevant = generator.integers(0, 5, (50, 30)), generator.random((50, 30)) < 0.2
    relevant[:, 0] = True
    expected = ndcg_score(relevant, scores, k=10)
    assert ae_utils.ndcg_at(scores, relevant, 10).mean() == pytest.approx(expected)


def test_the_gain_agrees_with_scikit_learn():
    from sklearn.metrics import ndcg_score

    generator = np.random.default_rng(0)
    scores, relevant = generator.random((50, 30)), generator.random((50, 30)) < 0.2
    relevant[:, 0] = True
    expected = ndcg_score(relevant, scores, k=10)
    assert ae_utils.ndcg_at(scores, relevant, 10).mean() == pytest.approx(expected)


@pytest.mark.parametrize("metric", [ae_utils.recall_at, ae_utils.ndcg_at])
@pytest.mark.parametrize(
    ("scores", "relevant", "count", "message"),
    [
        (SCORES[0], RELEVANT[0], 1, r"\(users, items\)"),
        (SCORES, RELEVANT[:, :4], 1, r"\(users, items\)"),
        (SCORES * np.nan, RELEVANT, 1, "NaN"),
        (SCORES, RELEVANT, 6, "between 1 and 5"),
        (SCORES, 0 * RELEVANT, 2, "nothing relevant"),
    ],
)
def test_a_ranking_that_cannot_be_scored_says_why(metric, scores, relevant, count, message):
    with pytest.raises(ValueError, match=message):
        metric(scores, relevant, count)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64"])
@pytest.mark.parametrize("far", [0, 5_000, -3_000_000])
def test_an_equal_code_is_found_wherever_zero_lies(dtype, far):
    codes = np.random.default_rng(0).integers(0, 8, (60, 6)) + far
    codes = np.unique(codes, axis=0).astype(dtype)
    labels = np.arange(len(codes))
    precision, _ = ae_utils.retrieval_curve(codes, labels, codes, labels, [1])
    assert precision.tolist() == [1.0]
