"""Judges of a code: what a simple classifier makes of it on held-out data.

The simpler the classifier, the more the result says about the code.
"""

import numpy as np

from ae_utils.arrays import as_float_array


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
        ValueError: a shape does not fit, a value is not finite, or the codes are all equal.
    """
    from sklearn.linear_model import LogisticRegression

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

    Arguments, result and errors as :func:`linear_probe_accuracy`; ``neighbours`` vote. Introduced
    in the chapter *regularized*.
    """
    from sklearn.neighbors import KNeighborsClassifier

    classifier = KNeighborsClassifier(neighbours)
    return _accuracy(classifier, train_codes, train_labels, test_codes, test_labels)


def _accuracy(classifier, train_codes, train_labels, test_codes, test_labels):
    train_codes = as_float_array(train_codes, "train_codes")
    test_codes = as_float_array(test_codes, "test_codes")
    for name, codes, labels in (
        ("train", train_codes, train_labels),
        ("test", test_codes, test_labels),
    ):
        if codes.ndim != 2:
            raise ValueError(f"{name}_codes must have shape (n, code size), got {codes.shape}")
        if np.shape(labels) != codes.shape[:1]:
            raise ValueError(
                f"{name}_labels must have shape {codes.shape[:1]}, got {np.shape(labels)}"
            )
    if train_codes.shape[1] != test_codes.shape[1]:
        raise ValueError(
            f"the training codes have {train_codes.shape[1]} numbers, the test codes "
            f"{test_codes.shape[1]}"
        )
    middle = train_codes.mean(axis=0)
    spread = np.std(train_codes - middle)
    if spread == 0:
        raise ValueError("all training codes are equal: this code says nothing about its input")
    classifier.fit((train_codes - middle) / spread, train_labels)
    return float(classifier.score((test_codes - middle) / spread, test_labels))
