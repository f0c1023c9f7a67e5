"""Search in the chapter *text*: bits after the best rotation, and queries that look twice.

All with the chapter's own cells, and all asked by the same thousand later posts, in twenty groups
of fifty. Pseudo-relevance feedback moves a query towards its own first results; how many of them,
and how far, is chosen for each description on validation posts, by the mean of the precisions after
``DEPTHS`` results.
"""

import keras
import numpy as np
from keras import layers, ops
from scipy.linalg import eigh
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfTransformer

import ae_utils
from ae_utils import DenoisingAutoencoder, Noise
from benchmarks.chapter_code import run_cells

CHAPTER = "text"
CELLS = {
    "loss": "\n\n\nbag = ",
    "data": "\nfor part in PARTS",
    "tfidf": None,
    "models": None,
    "classical": "\n\n\ndef classical_models",
    "filled": "\n\n\nfilled = ",
    "bits": "\n\n\nactivities = ",
    "turned": None,
}
SEEDS = (0, 1, 2)
DEPTHS = (1, 7, 63, 511)
QUERIES, GROUPS = 1000, 20
SIZES = (64, 128)
# Of the feedback: validation posts that ask, first results, and weight of their mean.
ASKING = 300
COUNTS = (3, 10, 30, 100, 300, 1000)
WEIGHTS = (0.5, 1, 2, 4, 8, 16)


class Search:
    """The chapter's code and posts, and the later posts that ask."""

    def __init__(self):
        names = {"keras": keras, "layers": layers, "np": np, "ops": ops, "eigh": eigh}
        names |= {"csr_matrix": csr_matrix, "TfidfTransformer": TfidfTransformer}
        names |= {"DenoisingAutoencoder": DenoisingAutoencoder, "Noise": Noise}
        names |= {"fit": ae_utils.fit, "set_seed": ae_utils.set_seed}
        names |= {"load_newsgroups": ae_utils.load_newsgroups}
        names["PARTS"] = ("train", "validation", "test")
        self.code = run_cells(CHAPTER, CELLS, names)
        asking = np.random.default_rng(0).permutation(len(self.labels[2]))[:QUERIES]
        self.groups = np.split(asking, GROUPS)

    def __getattr__(self, name):
        """Return what the chapter's cells define."""
        return self.code[name]

    def precision(self, asking, asking_labels, stored):
        """Return the precisions after ``DEPTHS`` results, means over the queries."""
        return ae_utils.retrieval_curve(asking, asking_labels, stored, self.labels[0], DEPTHS)[0]

    def of_groups(self, codes):
        """Return the precisions (groups, depths) when later posts ask, and their means."""
        stored, _, later = codes
        found = [
            self.precision(later[group], self.labels[2][group], stored) for group in self.groups
        ]
        return {
            "mean": np.mean(found, axis=0).round(4).tolist(),
            "groups": np.round(found, 4).tolist(),
        }

    def numbers(self):
        """Return name → unit vectors of the three parts, for what needs no training."""
        codes = {"tf-idf": self.weighted}
        sparse = csr_matrix(self.weighted[0])
        for size in SIZES:
            lsa = TruncatedSVD(size, random_state=0).fit(sparse)
            codes[f"LSA, {size}"] = self.codes_of(lsa, self.weighted)
            filled = self.FilledIn(self.weighted[0], size)
            codes[f"closed form, {size}"] = self.codes_of(filled, self.weighted)
        return {name: [self.unit(part) for part in parts] for name, parts in codes.items()}

    def at_random(self, codes):
        """Return bits after a random rotation, cut at the median."""
        width = codes[0].shape[1]
        turn = np.linalg.qr(np.random.default_rng(0).standard_normal((width, width)))[0]
        turned = [part @ turn for part in codes]
        return [np.float32(part > np.median(turned[0], axis=0)) for part in turned]

    def second_queries(self, asking, stored, first, weight):
        """Return the queries, moved towards the mean of their first results: unit vectors."""
        rows = np.repeat(np.arange(len(first)), first.shape[1])
        share = np.full(first.size, 1 / first.shape[1], "float32")
        chosen = csr_matrix((share, (rows, first.ravel())), (len(first), len(stored)))
        return self.unit(asking + weight * (chosen @ stored))

    def feedback(self, codes):
        """Choose the setting on validation posts; return it, its grid, and later posts' result."""
        stored, validation, later = codes
        asking, labels = validation[:ASKING], self.labels[1][:ASKING]
        order = np.argsort(-(asking @ stored.T), axis=1, kind="stable")
        grid = {"0": round(float(self.precision(asking, labels, stored).mean()), 4)}
        settings = {}
        for count in COUNTS:
            for weight in WEIGHTS:
                name = f"{count} results, weight {weight}"
                moved = self.second_queries(asking, stored, order[:, :count], weight)
                grid[name] = round(float(self.precision(moved, labels, stored).mean()), 4)
                settings[name] = count, weight
        name = max(settings, key=grid.get)
        count, weight = settings[name]
        first = np.argsort(-(later @ stored.T), axis=1, kind="stable")[:, :count]
        moved = self.second_queries(later, stored, first, weight)
        return {"setting": name, "grid": grid, **self.of_groups([stored, validation, moved])}


def measure(progress, seeds=SEEDS):
    """Return precisions: of numbers, of bits, and after feedback; for networks one run a seed."""
    search = Search()
    codes = search.numbers()
    found = {
        name: [progress.once(name, lambda p=parts: search.of_groups(p))]
        for name, parts in codes.items()
    }
    for name, parts in list(codes.items())[1:]:
        found[f"{name} bits"] = [
            progress.once(f"{name} bits", lambda p=parts: search.of_groups(search.bits_of(p)))
        ]
    found["LSA, 128 bits, turned at random"] = [
        progress.once("at random", lambda: search.of_groups(search.at_random(codes["LSA, 128"])))
    ]

    def network_numbers(seed):
        model = search.train_autoencoder(
            search.weighted, search.weighted, search.squared_error, 0.003, seed=seed
        )
        return search.of_groups(
            [search.unit(part) for part in search.codes_of(model, search.weighted)]
        )

    def network_bits(size, seed):
        model = search.train_hashing(size, seed)
        activities = search.codes_of(model, search.weighted)
        return search.of_groups([np.float32(part > 0) for part in activities])

    found["squared error, 64"] = [
        progress.once(f"squared error, seed {seed}", lambda seed=seed: network_numbers(seed))
        for seed in seeds
    ]
    for size in SIZES:
        found[f"multinomial, {size} bits"] = [
            progress.once(
                f"multinomial, {size} bits, seed {seed}",
                lambda size=size, seed=seed: network_bits(size, seed),
            )
            for seed in seeds
        ]
    return {
        "depths": list(DEPTHS),
        "found": found,
        "feedback": {
            name: progress.once(f"feedback, {name}", lambda name=name: search.feedback(codes[name]))
            for name in ("tf-idf", "LSA, 64", "closed form, 64")
        },
    }
