"""Naive Bayes that labels texts itself, of the bench *topics*."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.naive_bayes import MultinomialNB

from benchmarks import topics

# Texts of class 0 hold the words 0 and 1, of class 1 the words 2 and 3; one of each is labelled.
COUNTS = csr_matrix(
    np.array([[1, 0, 0, 0], [0, 0, 1, 0], [2, 2, 0, 0], [1, 2, 0, 0], [0, 0, 2, 2], [0, 0, 1, 2]])
)
ROWS, LABELS = np.array([0, 1]), np.array([0, 1])
NEW = csr_matrix(np.array([[0, 1, 0, 0], [0, 0, 0, 1]]))


def test_without_unlabelled_texts_it_is_naive_bayes():
    words, _ = topics.bags_by_em(COUNTS, ROWS, LABELS, 0, 0.5)
    known = MultinomialNB(alpha=0.5).fit(COUNTS[ROWS], LABELS)
    np.testing.assert_allclose(words.T, known.feature_log_prob_)


def test_it_learns_from_unlabelled_texts_which_words_go_together():
    alone, shares = topics.bags_by_em(COUNTS, ROWS, LABELS, 0, 0.5)
    assert np.ptp(NEW @ alone + shares) == 0  # no labelled text holds these words
    words, classes = topics.bags_by_em(COUNTS, ROWS, LABELS, 1, 0.5)
    assert topics.share_right(NEW @ words + classes, LABELS) == 1


def test_a_small_weight_changes_little():
    none, _ = topics.bags_by_em(COUNTS, ROWS, LABELS, 0, 0.5)
    little, _ = topics.bags_by_em(COUNTS, ROWS, LABELS, 1e-9, 0.5)
    np.testing.assert_allclose(little, none, atol=1e-6)


@pytest.mark.parametrize("form", topics.FORMS)
def test_every_form_keeps_which_words_occur(form):
    changed = topics.FORMS[form](COUNTS).toarray()
    np.testing.assert_array_equal(changed > 0, COUNTS.toarray() > 0)
    if form == "one length":
        np.testing.assert_allclose(changed.sum(axis=1), 100)


def test_the_area_counts_pairs_in_order():
    scores = np.array([[0, 4.0], [0, 3], [0, 1], [0, 2], [0, 0]])
    assert topics.area(scores, np.array([1, 1, 1, 0, 0])) == pytest.approx(5 / 6)
