"""Who speaks, from few utterances: codes of the chapter *speech* over starts and forty draws.

Once with all nine men among the utterances that the codes are trained on, and once for three men at
a time whom the codes have never met. PCA has its size, and every description the strength of its
classifier, from threefold cross-validation on utterances with which nothing is judged.
"""

import keras
import numpy as np
from keras import layers, ops
from sklearn.model_selection import StratifiedKFold

import ae_utils
from ae_utils import DenoisingAutoencoder, Noise
from benchmarks.chapter_code import run_cells

CHAPTER = "speech"
CELLS = {
    "sound": "\n\n\ndef stable",
    "scale": "\n\n\nprint(",
    "baseline": "\n\n\nprint(",
    "network": None,
    "encoder": None,
    "model": None,
    "train": "\n\n\nmodels = ",
    "filler": "\n\n\nfillers = ",
}
SEEDS = (0, 1, 2)
COUNTS, DRAWS = (1, 5), 40
STRENGTHS = (0.01, 0.1, 1, 10, 100)
SIZES = (4, 8, 16, 32, 64, 128)
LATENT_DIM, NOISE = 16, 1.0
MEN = ((0, 1, 2), (3, 4, 5), (6, 7, 8))  # who are strangers, in turn
EPOCHS, EPOCHS_WITHOUT = 200, 320  # about equally many steps with all men and with six


def scores(codes, labels, heldout, heldout_labels, count, strength, draws=DRAWS, seed=0):
    """Return the accuracy of a linear classifier for each draw of so many utterances a man."""

    def judge(*arrays):
        return ae_utils.linear_probe_accuracy(*arrays, strength=strength)

    return ae_utils.few_label_scores(
        judge, codes, labels, heldout, heldout_labels, [count], draws=draws, seed=seed
    )[0]


def cross_validated(codes, labels, count):
    """Return the best mean accuracy over strengths in threefold cross-validation, and its strength.

    Each fold draws five times from the two others.
    """
    folds = list(StratifiedKFold(3, shuffle=True, random_state=0).split(codes, labels))
    means = [
        np.mean(
            [
                scores(codes[a], labels[a], codes[b], labels[b], count, strength, 5, seed=1)
                for a, b in folds
            ]
        )
        for strength in STRENGTHS
    ]
    best = int(np.argmax(means))
    return float(means[best]), STRENGTHS[best]


def recognized(train, labels, test, test_labels):
    """Return for each count the accuracies of all draws, and the strength that was chosen."""
    rows = {}
    for count in COUNTS:
        _, strength = cross_validated(train, labels, count)
        drawn = scores(train, labels, test, test_labels, count, strength)
        rows[str(count)] = {"strength": strength, "accuracy": drawn.round(4).tolist()}
    return rows


def recognized_by_pca(fitted_to, train, labels, test, test_labels):
    """The same for PCA of boxes, its size chosen with the strength; return the sizes too."""
    rows = {}
    for count in COUNTS:
        tried = []
        for size in SIZES:
            plane = ae_utils.fit_pca(fitted_to, size)
            codes = plane.transform(train)
            tried.append((*cross_validated(codes, labels, count), size, plane))
        _, strength, size, plane = max(tried, key=lambda row: row[0])
        drawn = scores(
            plane.transform(train), labels, plane.transform(test), test_labels, count, strength
        )
        rows[str(count)] = {
            "strength": strength,
            "size": size,
            "accuracy": drawn.round(4).tolist(),
        }
    return rows


class Voices:
    """The chapter's code and utterances."""

    def __init__(self):
        self.data = ae_utils.load_japanese_vowels(verbose=False)
        names = {"keras": keras, "layers": layers, "np": np, "ops": ops, "Noise": Noise}
        names |= {"DenoisingAutoencoder": DenoisingAutoencoder, "fit": ae_utils.fit}
        names |= {"set_seed": ae_utils.set_seed, "data": self.data}
        names["frames"] = np.concatenate(self.data.train_series)
        self.code = run_cells(CHAPTER, CELLS, names)

    def descriptions(self, learned, parts, seed, epochs):
        """Return name → codes of each part, by encoders that were trained on other utterances."""
        found = {}
        for name, strength in (("sequence", 0.0), ("denoising", NOISE)):
            x = self.code["padded"](learned)
            model = self.code["trained"](x, strength, LATENT_DIM, epochs, seed)
            found[name] = [self.code["codes"](model, self.code["padded"](part)) for part in parts]
        return found


def measure(progress, seeds=SEEDS):
    """Return description → count → accuracies of the draws; for codes a list over starts."""
    voices = Voices()
    train, test, box = (voices.code[name] for name in ("train", "test", "box"))
    labels, test_labels = voices.data.train_labels, voices.data.test_labels

    def part_of(series, men_of, men, inside=True):
        chosen = np.isin(men_of, men) == inside
        return [one for one, keep in zip(series, chosen, strict=True) if keep], men_of[chosen]

    def simple(learned, known, known_labels, asked, asked_labels):
        boxes = [box(part) for part in (learned, known, asked)]
        return {
            "raw": recognized(boxes[1], known_labels, boxes[2], asked_labels),
            "PCA": recognized_by_pca(boxes[0], boxes[1], known_labels, boxes[2], asked_labels),
        }

    def coded(learned, known, known_labels, asked, asked_labels, seed, epochs):
        codes = voices.descriptions(learned, (known, asked), seed, epochs)
        return {
            name: recognized(one, known_labels, other, asked_labels)
            for name, (one, other) in codes.items()
        }

    everybody = train, train, labels, test, test_labels
    result = {
        "met": {
            "simple": progress.once("simple", lambda: simple(*everybody)),
            "codes": [
                progress.once(f"codes, seed {s}", lambda s=s: coded(*everybody, s, EPOCHS))
                for s in seeds
            ],
        },
        "strangers": [],
    }
    for men in MEN:
        others, _ = part_of(train, labels, men, inside=False)
        parts = others, *part_of(train, labels, men), *part_of(test, test_labels, men)
        result["strangers"].append(
            {
                "men": list(men),
                "simple": progress.once(f"strangers {men}", lambda p=parts: simple(*p)),
                "codes": [
                    progress.once(
                        f"strangers {men}, seed {seed}",
                        lambda p=parts, s=seed: coded(*p, s, EPOCHS_WITHOUT),
                    )
                    for seed in seeds
                ],
            }
        )
    return result
