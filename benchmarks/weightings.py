"""What makes a code of the chapter *text* good for reviews: hiding words, or counting common ones?

Two things are changed, one at a time, all else with the chapter's cells, classifier and draws. The
autoencoder with the multinomial loss is trained on reviews while half of the words or none are
hidden from it. And its linear relative in closed form is made from rows with the weights of tf-idf
or without them, so that common words are not turned down, for reviews and for posts.
"""

import keras
import numpy as np
from keras import layers, ops
from scipy.linalg import eigh
from sklearn.feature_extraction.text import TfidfTransformer

import ae_utils
from ae_utils import DenoisingAutoencoder, Noise, few_label_scores
from benchmarks.chapter_code import run_cells

CHAPTER = "text"
CELLS = {
    "loss": "\n\n\nbag = ",
    "data": "\nfor part in PARTS",
    "tfidf": None,
    "models": None,
    "filled": "\n\n\nfilled = ",
    "judge": None,
    "reviews": "\nprint(",
}
SEEDS = (0, 1, 2)
SHARES = (0.5, 0.0)
LEARNING_RATE, EPOCHS, DRAWS = 0.01, 6, 5  # as in the chapter
CHOSEN_WITH = 20  # labels a class, for the strength and on validation texts


def judged(code, judge, codes, labels):
    """Return the strength, its mean score on validation texts, and scores (sizes, draws)."""
    strength = code["choose_strength"](judge, codes, labels)

    def with_strength(*data):
        return judge(*data, strength=strength)

    def few(part, rows, sizes, draws):
        asked, asked_labels = codes[part][rows], labels[part][rows]
        return few_label_scores(
            with_strength, codes[0], labels[0], asked, asked_labels, sizes, draws=draws
        )

    some = np.random.default_rng(0).permutation(len(labels[2]))[:2000]
    return {
        "strength": strength,
        "validation": round(float(few(1, slice(None), (CHOSEN_WITH,), 3).mean()), 4),
        "few": few(2, some, code["SIZES"], DRAWS).round(4).tolist(),
    }


def trained(code, share, seed):
    """Return the result of the autoencoder from which this share of the words is hidden."""
    model = code["train_autoencoder"](
        code["review_weighted"],
        code["review_counts"],
        code["nats_per_word"],
        LEARNING_RATE,
        epochs=EPOCHS,
        hidden_share=share,
        seed=seed,
    )
    codes = [np.asarray(model.encoder(part)) for part in code["review_weighted"]]
    return judged(code, ae_utils.linear_probe_auc, codes, code["review_labels"])


def solved(code, data, judge, labels, use_idf):
    """Return the result of the closed form, from rows with the weights of tf-idf or without."""
    weigher = TfidfTransformer(sublinear_tf=True, use_idf=use_idf).fit(data.train_counts)
    parts = data.train_counts, data.validation_counts, data.test_counts
    rows = [code["dense"](weigher.transform(part)) for part in parts]
    model = code["FilledIn"](rows[0])
    codes = [model.transform(part).astype("float32") for part in rows]
    return judged(code, judge, codes, labels)


def measure(progress, seeds=SEEDS):
    """Return for each share of hidden words one run a seed, and the closed forms."""
    names = {"keras": keras, "layers": layers, "np": np, "ops": ops, "eigh": eigh}
    names |= {"TfidfTransformer": TfidfTransformer, "few_label_scores": few_label_scores}
    names |= {"DenoisingAutoencoder": DenoisingAutoencoder, "Noise": Noise, "fit": ae_utils.fit}
    names |= {"set_seed": ae_utils.set_seed, "load_newsgroups": ae_utils.load_newsgroups}
    names |= {"load_clothing_reviews": ae_utils.load_clothing_reviews}
    names["PARTS"] = ("train", "validation", "test")
    code = run_cells(CHAPTER, CELLS, names)
    texts = {
        "reviews": (code["reviews"], ae_utils.linear_probe_auc, code["review_labels"]),
        "posts": (code["posts"], ae_utils.linear_probe_accuracy, code["labels"]),
    }
    return {
        "hidden": {
            str(share): [
                progress.once(
                    f"{share} hidden, seed {seed}",
                    lambda share=share, seed=seed: trained(code, share, seed),
                )
                for seed in seeds
            ]
            for share in SHARES
        },
        "closed form": {
            f"{title}, {'with' if use_idf else 'without'} weights": progress.once(
                f"closed form, {title}, {use_idf}",
                lambda parts=parts, use_idf=use_idf: solved(code, *parts, use_idf),
            )
            for title, parts in texts.items()
            for use_idf in (True, False)
        },
    }
