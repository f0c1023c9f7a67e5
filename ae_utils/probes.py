"""Judges of a code: what a simple classifier makes of it on held-out data.

The simpler the classifier, the more the result says about the code.
"""

from collections.abc import Callable, Sequence

import numpy as np

from ae_utils.arrays import as_float_array, as_labels, as_two_labels, is_whole, loses_digits


def linear_probe_accuracy(
    train_codes: np.ndarray,
    train_labels: np.ndarray,
    test_codes: np.ndarray,
    test_labels: np.ndarray,
    strength: float = 0.01,
) -> float:
    """Share of test codes that a linear classifier, trained on the training codes, gets right.

    Multinomial logistic regression of scikit-learn, on codes that are centred and divided by *one*
    number, their spread over all numbers of the code. To scale each number by itself would blow up
    the smallest components of PCA. Introduced in the chapter *regularized*.

    Args:
        train_codes: array (n, code size).
        train_labels: whole numbers (n,).
        test_codes: array (m, code size).
        test_labels: whole numbers (m,).
        strength: inverse of the weight of the squared penalty, scikit-learn's ``C``.

    Returns:
        A number from 0 to 1.

    Raises:
        ValueError: a shape does not fit, a value is not finite, the training codes or their labels
            are all equal, or ``strength`` is not above 0.
    """
    from sklearn.linear_model import LogisticRegression

    _check_strength(strength)
    classifier = LogisticRegression(C=strength, tol=0.001, max_iter=500)
    return _accuracy(classifier, train_codes, train_labels, test_codes, test_labels)


def neighbour_accuracy(
    train_codes: np.ndarray,
    train_labels: np.ndarray,
    test_codes: np.ndarray,
    test_labels: np.ndarray,
    neighbours: int = 5,
) -> float:
    """Share of test codes whose nearest training codes vote for the right label.

    Arguments, result and errors as :func:`linear_probe_accuracy`; ``neighbours`` vote, from 1 to
    all of the training codes. Introduced in the chapter *regularized*.
    """
    from sklearn.neighbors import KNeighborsClassifier

    largest = np.size(train_labels)
    if not is_whole(neighbours, 1, largest):
        raise ValueError(
            f"neighbours must be a whole number between 1 and {largest}, the number of training "
            f"codes; got {neighbours!r}"
        )
    classifier = KNeighborsClassifier(neighbours)
    return _accuracy(classifier, train_codes, train_labels, test_codes, test_labels)


def linear_probe_auc(
    train_codes: np.ndarray,
    train_labels: np.ndarray,
    test_codes: np.ndarray,
    test_labels: np.ndarray,
    strength: float = 0.01,
) -> float:
    """Chance that a linear classifier ranks a random positive above a random negative test code.

    The area under the ROC curve (AUC): 1 is perfect, one half is chance, whatever the share of
    positives. Classifier, arguments and errors as :func:`linear_probe_accuracy`, but the labels are
    0 and 1. Introduced in the chapter *text*.

    Raises:
        ValueError: as there, or a label is neither 0 nor 1, or one of them is missing.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    _check_strength(strength)
    for name, labels in (("train_labels", train_labels), ("test_labels", test_labels)):
        try:
            held = set(np.unique(labels).tolist())
        except (TypeError, ValueError):  # of several kinds, or of unequal lengths
            held = None
        if held != {0, 1}:
            raise ValueError(f"{name} must hold 0 and 1, both of them and nothing else")

    class Ranking(LogisticRegression):
        def score(self, codes, labels):
            return roc_auc_score(labels, self.decision_function(codes))

    classifier = Ranking(C=strength, tol=0.001, max_iter=500)
    return _accuracy(classifier, train_codes, train_labels, test_codes, test_labels)


def rows_of_each_class(
    labels: np.ndarray, per_class: int, generator: np.random.Generator
) -> np.ndarray:
    """Draw ``per_class`` rows of each class that ``labels`` has, without repetition.

    Raises:
        ValueError: a class has fewer rows, or a number is no whole number above 0.
    """
    labels = as_labels(labels, "labels", np.size(labels))
    if not len(labels):
        raise ValueError("labels is empty")
    if not is_whole(per_class, 1):
        raise ValueError(f"per_class must be a whole number above 0, got {per_class!r}")
    drawn = []
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        if len(rows) < per_class:
            raise ValueError(f"class {label} has {len(rows)} rows, fewer than {per_class}")
        drawn.append(generator.choice(rows, per_class, replace=False))
    return np.concatenate(drawn)


def few_label_scores(
    judge: Callable[..., float],
    train_codes: np.ndarray,
    train_labels: np.ndarray,
    test_codes: np.ndarray,
    test_labels: np.ndarray,
    labels_per_class: Sequence[int],
    draws: int = 5,
    seed: int = 0,
) -> np.ndarray:
    """Score a judge that sees only a few labels, for several random choices of the labelled rows.

    With the same ``seed`` and labels every code is judged on the same choices, so two codes are
    compared pair by pair. Introduced in the chapter *images*.

    Args:
        judge: called with (train codes, train labels, test codes, test labels), such as
            :func:`linear_probe_accuracy`.
        train_codes: array (n, code size), of which only the drawn rows are shown to the judge.
        train_labels: whole numbers (n,).
        test_codes, test_labels: what it is scored on.
        labels_per_class: how many rows of each class are labelled, such as ``(1, 10, 100)``.
        draws: random choices for each of these numbers.
        seed: seed of the choices.

    Returns:
        An array (numbers of labels, draws).

    Raises:
        ValueError: ``draws`` is below 1, ``seed`` below 0, a class has too few rows, the lengths
            differ, or as the judge.
    """
    if not is_whole(draws, 1):
        raise ValueError(f"draws must be a whole number of at least 1, got {draws!r}")
    if not is_whole(seed, 0):
        raise ValueError(f"seed must be a whole number of at least 0, got {seed!r}")
    if not np.ndim(labels_per_class) or not all(is_whole(count, 1) for count in labels_per_class):
        raise ValueError(
            f"labels_per_class must be whole numbers above 0, such as (1, 10), got "
            f"{labels_per_class!r}"
        )
    train_codes = np.asarray(train_codes)
    if not train_codes.ndim:
        raise ValueError("train_codes needs a first axis of examples")
    train_labels = as_labels(train_labels, "train_labels", len(train_codes))
    scores = np.empty((len(labels_per_class), draws))
    for place, per_class in enumerate(labels_per_class):
        for draw in range(draws):
            generator = np.random.default_rng([seed, per_class, draw])
            rows = rows_of_each_class(train_labels, per_class, generator)
            scores[place, draw] = judge(
                train_codes[rows], train_labels[rows], test_codes, test_labels
            )
    return scores


def _check_strength(strength):
    if not (isinstance(strength, int | float | np.number) and 0 < strength < np.inf):
        raise ValueError(f"strength must be a number above 0, got {strength!r}")


def _accuracy(classifier, train_codes, train_labels, test_codes, test_labels):
    train_codes = as_float_array(train_codes, "train_codes")
    test_codes = as_float_array(test_codes, "test_codes")
    for name, codes in (("train", train_codes), ("test", test_codes)):
        if codes.ndim != 2:
            raise ValueError(f"{name}_codes must have shape (n, code size), got {codes.shape}")
    train_labels, test_labels = as_two_labels(
        (train_labels, test_labels),
        ("train_labels", "test_labels"),
        (len(train_codes), len(test_codes)),
    )
    if (train_labels == train_labels[0]).all():
        raise ValueError("train_labels holds one class alone: there is nothing to tell apart")
    if train_codes.shape[1] != test_codes.shape[1]:
        raise ValueError(
            f"the training codes have {train_codes.shape[1]} numbers, the test codes "
            f"{test_codes.shape[1]}"
        )
    if loses_digits(train_codes):
        train_codes, test_codes = train_codes.astype("float64"), test_codes.astype("float64")
    middle = train_codes.mean(axis=0)
    spread = np.std(train_codes - middle)
    if spread == 0:
        raise ValueError("all training codes are equal: this code says nothing about its input")
    classifier.fit((train_codes - middle) / spread, train_labels)
    return float(classifier.score((test_codes - middle) / spread, test_labels))
