"""Rivals of the chapter *text* that make no code: topics, and naive Bayes that labels posts itself.

Latent Dirichlet allocation (LDA) foretells the words of the chapter's halves of posts, and its
shares of topics go to the chapter's judge. Its number of topics is chosen by the nats a word of
validation posts, split by word. Naive Bayes with expectation-maximization (EM; Nigam et al., 2000,
doi:10.1023/A:1007692713085) counts labelled posts, and with a smaller weight all other training
posts as what it takes them for, and repeats. Form of the counts and weight, then the smoothing, are
chosen as the chapter chooses a classifier's strength: on validation posts, with 20 labels a class,
three draws. Once more the weight is chosen for each number of labels by itself.
"""

import numpy as np
from scipy.sparse import csr_matrix
from scipy.special import softmax
from sklearn.decomposition import LatentDirichletAllocation
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.metrics import roc_auc_score

import ae_utils
from ae_utils import few_label_scores
from benchmarks.chapter_code import run_cells

CHAPTER = "text"
CELLS = {
    "data": "\nfor part in PARTS",
    "tfidf": None,
    "unseen": None,
    "unseen-table": "\n\n\nnames = ",
    "judge": None,
    "reviews": "\nreview_counts",
}
SEEDS = (0, 1, 2)
TOPICS = (32, 64, 128, 256)
PASSES, BATCH = 10, 256
SPLITS = ("occurrence", "word")
USUAL_SMOOTHING = 0.1
SMOOTHINGS = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)
WEIGHTS = (0, 0.003, 0.01, 0.03, 0.1, 0.3, 1)
ROUNDS = 10
CHOSEN_WITH, DRAWS = 20, 5


class Texts:
    """The chapter's code, posts and reviews."""

    def __init__(self):
        names = {"np": np, "csr_matrix": csr_matrix, "TfidfTransformer": TfidfTransformer}
        names |= {"few_label_scores": few_label_scores}
        names |= {"load_newsgroups": ae_utils.load_newsgroups}
        names |= {"load_clothing_reviews": ae_utils.load_clothing_reviews}
        names["PARTS"] = ("train", "validation", "test")
        self.code = run_cells(CHAPTER, CELLS, names)
        # The later posts that the chapter scores with few labels.
        self.some = np.random.default_rng(0).permutation(len(self.labels[2]))[:2000]

    def __getattr__(self, name):
        """Return what the chapter's cells define."""
        return self.code[name]


def fit_topics(counts, size, seed):
    """Return LDA with so many topics."""
    model = LatentDirichletAllocation(
        size, learning_method="online", batch_size=BATCH, max_iter=PASSES, random_state=seed
    )
    return model.fit(counts)


def foretold(model, seen):
    """Return the chances of all words, (posts, words), from the halves that were seen."""
    words = model.components_ / model.components_.sum(axis=1, keepdims=True)
    return model.transform(csr_matrix(seen)) @ words


def mixed_on_validation(texts, model):
    """Return split → least nats a word of validation posts, and the share of plain frequencies."""
    mixed = {}
    for by in SPLITS:
        seen, unseen = texts.split_words(texts.posts.validation_counts, 1, by)
        mixed[by] = texts.best_share(foretold(model, seen), unseen)
    return mixed


def judged_topics(texts, model):
    """Return nats a word of later posts, and accuracies with few labels and with all."""
    posts, mixed = texts.posts, mixed_on_validation(texts, model)
    nats = {}
    for by in SPLITS:
        seen, unseen = texts.split_words(posts.test_counts, 2, by)
        nats[by] = texts.nats(foretold(model, seen), unseen, mixed[by][1])
    parts = posts.train_counts, posts.validation_counts, posts.test_counts
    shares = [model.transform(part) for part in parts]
    few, full = texts.scores(ae_utils.linear_probe_accuracy, shares, texts.labels)
    return {
        "nats": {by: round(value, 4) for by, value in nats.items()},
        "few": few.round(4).tolist(),
        "all": round(full, 4),
    }


def lda(texts, progress, seeds):
    """Return the nats on validation posts of each number of topics, and the best one's results."""
    counts = texts.posts.train_counts

    def validated(size):
        mixed = mixed_on_validation(texts, fit_topics(counts, size, seeds[0]))
        return {by: round(nats, 4) for by, (nats, _) in mixed.items()}

    grid = {
        size: progress.once(f"{size} topics, seed {seeds[0]}", lambda size=size: validated(size))
        for size in TOPICS
    }
    size = ae_utils.best_of_grid(TOPICS, [grid[size]["word"] for size in TOPICS], better="lower")
    runs = [
        progress.once(
            f"{size} topics judged, seed {seed}",
            lambda seed=seed: judged_topics(texts, fit_topics(counts, size, seed)),
        )
        for seed in seeds
    ]
    return {"chosen": size, "grid": {str(size): nats for size, nats in grid.items()}, "runs": runs}


def as_they_are(counts):
    """Return the counts."""
    return counts.astype("float64")


def of_one_length(counts):
    """Return counts that sum to 100 in each text."""
    return counts.multiply(100 / counts.sum(axis=1)).tocsr()


def logarithms(counts):
    """Return 1 + log c for each count c above 0."""
    changed = counts.astype("float64")
    changed.data = 1 + np.log(changed.data)
    return changed


FORMS = {"counts": as_they_are, "one length": of_one_length, "logarithms": logarithms}


def bags_by_em(counts, rows, labels, weight, smooth):
    """Return the log chances of words (words, classes) and of classes, from few labelled texts.

    Args:
        counts: sparse array of all training texts (texts, words).
        rows, labels: which of them are labelled, and how: 0, 1, ….
        weight: what a text without a label counts; 0 for plain naive Bayes.
        smooth: added to the count of each word in each class.
    """
    known = np.eye(labels.max() + 1)[labels]
    others = np.ones(counts.shape[0], bool)
    others[rows] = False
    unlabelled = counts[others]
    of_known, guessed, belief = counts[rows].T @ known, 0.0, np.zeros((1, known.shape[1]))
    for _ in range(ROUNDS):
        words = np.log(of_known + weight * guessed + smooth)
        words -= np.log(np.exp(words).sum(axis=0))
        classes = np.log(1 + known.sum(axis=0) + weight * belief.sum(axis=0))
        classes -= np.log(np.exp(classes).sum())
        if weight == 0 or unlabelled.shape[0] == 0:
            break
        before, belief = belief, softmax(unlabelled @ words + classes, axis=1)
        if np.abs(belief - before).mean() < 1e-4:
            break
        guessed = unlabelled.T @ belief
    return words, classes


def share_right(scores, labels):
    """Return the accuracy."""
    return float(np.mean(scores.argmax(axis=1) == labels))


def area(scores, labels):
    """Return the area under the ROC curve of class 1."""
    return float(roc_auc_score(labels, scores[:, 1] - scores[:, 0]))


class Bayes:
    """Naive Bayes on one set of texts.

    Args:
        data: a ``TextData`` of the book.
        some: rows of its test texts that are scored with few labels.
        score: called with scores (texts, classes) and labels.
        sizes: numbers of labels a class.
    """

    def __init__(self, data, some, score, sizes):
        self.data, self.some, self.score, self.sizes = data, some, score, sizes
        parts = data.train_counts, data.validation_counts, data.test_counts
        self.forms = {name: [form(part) for part in parts] for name, form in FORMS.items()}

    def scores(self, form, weight, smooth, sizes, draws, test=False):
        """Return the scores (sizes, draws) of the chapter's draws of labelled texts."""
        train, validation, later = self.forms[form]
        asked, labels = validation, self.data.validation_labels
        if test:
            asked, labels = later[self.some], self.data.test_labels[self.some]

        def judge(rows, known_labels, *_):
            words, classes = bags_by_em(train, rows, known_labels, weight, smooth)
            return self.score(asked @ words + classes, labels)

        rows = np.arange(train.shape[0])
        return few_label_scores(judge, rows, self.data.train_labels, asked, labels, sizes, draws)

    def chosen(self, weights):
        """Return form, weight and smoothing that are best on validation texts, and the grids."""

        def tried(form, weight, smooth):
            scores = self.scores(form, weight, smooth, (CHOSEN_WITH,), 3)
            return round(float(scores.mean()), 4)

        first = {
            (form, weight): tried(form, weight, USUAL_SMOOTHING)
            for form in FORMS
            for weight in weights
        }
        form, weight = max(first, key=first.get)
        second = {smooth: tried(form, weight, smooth) for smooth in SMOOTHINGS}
        smooth = ae_utils.best_of_grid(SMOOTHINGS, [*second.values()], better="higher")
        return {
            "form": form,
            "weight": weight,
            "smoothing": smooth,
            "weights": {f"{form}, {weight}": value for (form, weight), value in first.items()},
            "smoothings": {str(smooth): value for smooth, value in second.items()},
        }

    def judged(self, weights):
        """Return the setting, and the scores on test texts, with few labels and with all."""
        setting = self.chosen(weights)
        form, weight, smooth = (setting[name] for name in ("form", "weight", "smoothing"))
        few = self.scores(form, weight, smooth, self.sizes, DRAWS, test=True)
        train, _, later = self.forms[form]
        everything = np.arange(train.shape[0])
        words, classes = bags_by_em(train, everything, self.data.train_labels, weight, smooth)
        full = self.score(later @ words + classes, self.data.test_labels)
        return {"setting": setting, "few": few.round(4).tolist(), "all": round(full, 4)}

    def weighed_for_each(self, setting):
        """Return the scores when each number of labels has a weight of its own, and the weights."""
        form, smooth = setting["form"], setting["smoothing"]
        chosen, few = {}, []
        for size in self.sizes:
            tried = {
                weight: self.scores(form, weight, smooth, (size,), 3).mean() for weight in WEIGHTS
            }
            chosen[str(size)] = weight = max(tried, key=tried.get)
            few += self.scores(form, weight, smooth, (size,), DRAWS, test=True).round(4).tolist()
        return {"weights": chosen, "few": few}


def measure(progress, seeds=SEEDS):
    """Return the results of LDA on posts, and of naive Bayes on posts and reviews."""
    texts = Texts()
    reviews = texts.reviews
    some = np.random.default_rng(0).permutation(len(reviews.test_labels))[:2000]
    result = {"topics": lda(texts, progress, seeds), "bayes": {}}
    for title, bayes in {
        "posts": Bayes(texts.posts, texts.some, share_right, texts.SIZES),
        "reviews": Bayes(reviews, some, area, texts.SIZES),
    }.items():
        alone = progress.once(f"{title}, labelled alone", lambda b=bayes: b.judged((0,)))
        with_all = progress.once(f"{title}, with EM", lambda b=bayes: b.judged(WEIGHTS))
        each = progress.once(
            f"{title}, each weight",
            lambda b=bayes, s=with_all["setting"]: b.weighed_for_each(s),
        )
        result["bayes"][title] = {"alone": alone, "em": with_all, "em, each": each}
    return result
