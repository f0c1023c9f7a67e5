"""Few labels: the denoising code of the chapter *images* beside the best simple methods.

A digit is described by a few lines of NumPy or SciPy, or by an autoencoder that was trained without
labels, from three starts. Each description gets the same classifiers and the same draws of labelled
digits, the first five of them the chapter's own. All settings are chosen on validation digits, with
draws of their own. Nothing sees a test digit before it is judged.
"""

import warnings
from functools import cache, partial

import keras
import numpy as np
from keras import layers, ops
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import gaussian_filter
from scipy.sparse import csr_matrix
from skimage.feature import hog
from sklearn.exceptions import ConvergenceWarning
from sklearn.neighbors import NearestNeighbors
from sklearn.semi_supervised import LabelSpreading
from sklearn.svm import SVC

import ae_utils
from benchmarks.chapter_code import run_cells

CHAPTER = "images"
CELLS = {
    "networks": None,
    "train": "\n\n\nuntrained",
    "all": "\n\n\neverything",
    "deskew": "\n\n\nsome",
}
SEEDS = (0, 1, 2)
COUNTS, DRAWS = (10, 100), 20  # labelled digits of each class, and how often they are drawn
CHOOSING_DRAWS = {10: 5, 100: 3}  # the same for choosing settings
JUDGED, CHOOSING = 0, 1  # seeds of the draws; the chapter has the same
UNLABELLED = 15_000  # so many training digits are there beside those of any draw
SIZE = 100  # of PCA
STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
GAMMAS, PENALTY = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0), 10  # times the library's default; the chapter's
NEIGHBOURS, TAKEN_OVER = (2, 3, 5, 10, 20), (0.2, 0.5, 0.8, 0.9, 0.95, 0.99)
BLURS, CELLS_OF_HOG = (0.5, 1.0, 1.5, 2.0, 3.0), (4, 5, 7, 9)  # pixels
FILTERS, FILTER_SIZE, POOL = 32, 5, 6
DESKEWED = "deskewed, "
RATE = 0.02  # of the chapter's linear layer


def pixels(images, _):
    """Return images (n, 28, 28) as they are."""
    return images


def blurred(images, width):
    """Return images after a Gaussian blur of this width in pixels."""
    return gaussian_filter(images, (0, width, width))


def oriented(images, cell):
    """Return histograms of oriented gradients (HOG) in cells of so many pixels each way."""
    shape = {"pixels_per_cell": (cell, cell), "cells_per_block": (2, 2)}
    return np.array([hog(image, orientations=9, **shape) for image in images], "float32")


def convolved(images, _):
    """Return what random filters, positive or negative parts, find on average in 16 regions."""
    filters = np.random.default_rng(0).standard_normal((FILTER_SIZE**2, FILTERS)).astype("float32")
    filters -= filters.mean(axis=0)  # so that even ink gives nothing
    found = []
    for part in np.array_split(images, max(1, len(images) // 500)):
        windows = sliding_window_view(part, (FILTER_SIZE, FILTER_SIZE), axis=(1, 2))
        side = windows.shape[1]
        answers = windows.reshape(-1, FILTER_SIZE**2) @ filters
        both = np.maximum(np.concatenate([answers, -answers], axis=1), 0)
        regions = both.reshape(len(part), side // POOL, POOL, side // POOL, POOL, -1)
        found.append(regions.mean(axis=(2, 4)))
    return np.concatenate(found)


# What is made of the images, and the settings that are tried.
MAKERS = {
    "pixels": (pixels, (None,)),
    "blurred": (blurred, BLURS),
    "HOG": (oriented, CELLS_OF_HOG),
    "random filters": (convolved, (None,)),
}
WITH_PCA = ("pixels", "HOG")  # described by PCA's numbers as well
# The slower classifiers are asked about these only, in PCA's numbers.
FOR_ALL = ("pixels", "deskewed, pixels", "deskewed, HOG")


class Digits:
    """The chapter's code and digits, and what descriptions and encoders make of them.

    The three parts are training digits (those of all draws, and some more), validation digits, and
    the chapter's test digits.
    """

    def __init__(self):
        data = ae_utils.load_mnist(verbose=False)
        self.train_images, self.train_labels = data.train_images, data.train_labels
        test_images, test_labels = data.test_images[5000:], data.test_labels[5000:]
        names = {"keras": keras, "layers": layers, "np": np, "ops": ops}
        names |= {"Noise": ae_utils.Noise, "fit": ae_utils.fit, "set_seed": ae_utils.set_seed}
        names |= {"labels": self.train_labels, "test_labels": test_labels}
        self.code = run_cells(CHAPTER, CELLS, names)
        drawn = {
            (count, seed): drawn_rows(self.train_labels, count, draws, seed)
            for count in COUNTS
            for seed, draws in ((JUDGED, DRAWS), (CHOOSING, CHOOSING_DRAWS[count]))
        }
        first = [np.arange(UNLABELLED)]
        rows = np.unique(np.concatenate(sum(drawn.values(), first)))
        # Of each draw the places among the rows that are described.
        self.draws = {
            key: [np.searchsorted(rows, labelled) for labelled in draws]
            for key, draws in drawn.items()
        }
        self.parts = self.train_images[rows], data.validation_images, test_images
        self.straight_parts = [self.straightened(images) for images in self.parts]
        self.labels = self.train_labels[rows], data.validation_labels, test_labels
        self.made, self.coded = cache(self._made), cache(self._coded)

    def straightened(self, images):
        """Return deskewed images; in pieces, for the whole would take gigabytes."""
        pieces = np.array_split(images, max(1, len(images) // 1000))
        return np.concatenate([self.code["deskewed"](piece) for piece in pieces])

    def _made(self, name):
        """Return setting → the three parts, as the name describes them."""
        kind = name.removeprefix(DESKEWED)
        make, settings = MAKERS[kind]
        parts = self.parts if kind == name else self.straight_parts
        return {
            setting: [
                np.asarray(make(images, setting), "float32").reshape(len(images), -1)
                for images in parts
            ]
            for setting in settings
        }

    def _coded(self, name, seed):
        """Return the same, as coded by a denoising autoencoder that was trained from this seed."""
        straight = name.startswith(DESKEWED)
        images = self.straightened(self.train_images) if straight else self.train_images
        corrupt = self.code["half_black"](3 + seed)
        model = ae_utils.DenoisingAutoencoder(*self.code["halves"](seed), corrupt)
        self.code["trained"](model, images.reshape(-1, 784), seed)
        parts = self.straight_parts if straight else self.parts
        flat = [part.reshape(-1, 784) for part in parts]
        return {None: [model.encoder.predict(x, batch_size=1000, verbose=0) for x in flat]}

    def all_labels(self):
        """Return the accuracy of the chapter's linear layer, trained on all deskewed digits."""
        train = self.straightened(self.train_images).reshape(-1, 784)
        test = self.straight_parts[2].reshape(-1, 784)
        middle, spread = train.mean(axis=0), np.std(train - train.mean(axis=0))
        ae_utils.set_seed(0)
        layer = self.code["chain"]([784, 10])
        train, test = (train - middle) / spread, (test - middle) / spread
        return self.code["softmax_accuracy"](layer, train, test, RATE)


def drawn_rows(labels, count, draws, seed):
    """Return the rows that ``few_label_scores`` draws, one array for each draw."""
    rows = []

    def note(codes, *_):
        rows.append(codes[:, 0])
        return 0.0

    numbers = np.arange(len(labels))[:, None]
    ae_utils.few_label_scores(note, numbers, labels, None, None, [count], draws=draws, seed=seed)
    return rows


def reduced(parts):
    """Return the three parts in PCA's numbers; PCA is fitted to the first."""
    plane = ae_utils.fit_pca(parts[0], SIZE)
    return [plane.transform(part).astype("float32") for part in parts]


# A classifier is made of the three parts and their labels. It returns the accuracy with a setting,
# for the places of the labelled digits, on the part with this number.


def linear(parts, labels):
    """A linear classifier, as in the chapter."""

    def accuracy(setting, at, asked):
        shown = parts[0][at], labels[0][at], parts[asked], labels[asked]
        return ae_utils.linear_probe_accuracy(*shown, strength=setting["strength"])

    return accuracy


def machine(parts, labels):
    """A support vector machine with a Gaussian kernel, its gamma in units of the library's own."""

    def accuracy(setting, at, asked):
        middle = parts[0][at].mean(axis=0)
        spread = np.std(parts[0][at] - middle)
        train, test = ((z - middle) / spread for z in (parts[0][at], parts[asked]))
        curved = SVC(C=PENALTY, gamma=setting["gamma"] / train.shape[1])
        return curved.fit(train, labels[0][at]).score(test, labels[asked])

    return accuracy


def spreading(parts, labels):
    """Label spreading: each digit takes over what its neighbours say, labelled or not.

    All training digits of the part are in the graph, those asked about are not: the neighbours that
    they have in it vote.
    """
    search = NearestNeighbors(n_neighbors=max(NEIGHBOURS), algorithm="brute").fit(parts[0])
    near = search.kneighbors(return_distance=False)
    near_asked = {asked: search.kneighbors(parts[asked], return_distance=False) for asked in (1, 2)}

    @cache
    def graph(count):
        rows = np.repeat(np.arange(len(near)), count)
        edges = np.ones(len(rows)), (rows, near[:, :count].ravel())
        directed = csr_matrix(edges, shape=(len(near), len(near)))
        return directed.maximum(directed.T)

    def accuracy(setting, at, asked):
        count = setting["neighbours"]
        known = np.full(len(near), -1)
        known[at] = labels[0][at]
        model = LabelSpreading(kernel=lambda *_: graph(count), alpha=setting["taken over"])
        with warnings.catch_warnings():
            # The rounds are the library's default; more of them hardly change the largest share.
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(parts[0], known)
        shares = model.label_distributions_[near_asked[asked][:, :count]].sum(axis=1)
        return float(np.mean(model.classes_[shares.argmax(axis=1)] == labels[asked]))

    return accuracy


# Each setting and its ladder; they are chosen in this order.
CLASSIFIERS = {
    "linear": (linear, {"strength": STRENGTHS}),
    "svm": (machine, {"gamma": GAMMAS}),
    "spreading": (spreading, {"neighbours": NEIGHBOURS, "taken over": TAKEN_OVER}),
}


def chosen(score, ladders):
    """Choose one setting after the other, the others in the middle of their ladders at first.

    Returns:
        The settings, their score, and the names of those that stand at an end of their ladder.
    """
    setting = {name: ladder[len(ladder) // 2] for name, ladder in ladders.items()}
    at_end = []
    for name, ladder in ladders.items():
        scores = [score({**setting, name: value}) for value in ladder]
        best = int(np.argmax(scores))
        setting[name] = ladder[best]
        if best in (0, len(ladder) - 1):
            at_end.append(name)
    return setting, scores[best], at_end


def judged(digits, classifier, variants):
    """Choose settings on validation digits, then judge all draws, for each number of labels.

    Args:
        digits: a :class:`Digits`.
        classifier: a name.
        variants: a setting of the description → its three parts.

    Returns:
        Number of labels → settings, score by which they were chosen, and accuracies.
    """
    make, ladders = CLASSIFIERS[classifier]
    if len(variants) > 1:
        ladders = {**ladders, "pixels": tuple(variants)}
    asking = {value: make(parts, digits.labels) for value, parts in variants.items()}
    only = next(iter(variants))
    found = {}
    for count in COUNTS:

        def accuracies(setting, asked, seed, count=count):
            ask = asking[setting.get("pixels", only)]
            return [ask(setting, at, asked) for at in digits.draws[count, seed]]

        setting, score, at_end = chosen(
            lambda setting, ask=accuracies: float(np.mean(ask(setting, 1, CHOOSING))), ladders
        )
        found[str(10 * count)] = {
            "setting": setting,
            "at an end": at_end,
            "validation": round(score, 4),
            "accuracy": np.round(accuracies(setting, 2, JUDGED), 4).tolist(),
        }
    return found


def in_pca(variants):
    """Return a description's variants in PCA's numbers."""
    return {setting: reduced(parts) for setting, parts in variants().items()}


def measure(progress, seeds=SEEDS):
    """Return classifier → description → a result of each start; simple ones have one."""
    digits = Digits()
    results = {classifier: {} for classifier in CLASSIFIERS}
    others = ("svm", "spreading")

    def ask(classifiers, name, variants, start=""):
        for classifier in classifiers:
            label = f"{classifier}: {name}{start}"
            run = progress.once(label, lambda one=classifier: judged(digits, one, variants()))
            results[classifier].setdefault(name, []).append(run)

    for before in ("", DESKEWED):
        for kind in MAKERS:
            name = before + kind
            made = partial(digits.made, name)
            ask(["linear"], name, made)
            if kind in WITH_PCA:
                ask(["linear"], f"{name}, PCA", partial(in_pca, made))
            if name in FOR_ALL:
                ask(others, name, partial(in_pca, made))
        for seed in seeds:
            name, start = f"{before}denoising", f", seed {seed}"
            coded = partial(digits.coded, name, seed)
            ask(["linear"], name, coded, start)
            ask(others, name, partial(in_pca, coded), start)
    by_line = progress.once("all labels", digits.all_labels)
    known = {"training digits": len(digits.labels[0])}
    return {**known, **results, "all labels, linear, deskewed": round(by_line, 4)}
