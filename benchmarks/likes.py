"""Recommenders of the chapter *recommenders*, tuned alike, for people whom they have not met.

Each gets at most ten settings; a network gets its number of epochs on top, and three starts. They
are chosen by NDCG@100 on people kept for choices, three times: for whole rows; for newcomers of
whom a few films are known, by their number; and for people who came after everything that was
learned from. SLIM is left out: an elastic net for each film takes too long.
"""

from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

import ae_utils
from ae_utils import Noise, ndcg_at, recall_at
from benchmarks.chapter_code import run_cells

CHAPTER = "recommenders"
CELLS = {
    "likes": "\nprint(",
    "split": "\nx_train = ",
    "baselines": None,
    "factorization": None,
    "ease": "\n\n\nchoose(",
    "dae": None,
    "vae": "\n\n\ndef mult_vae",
    "cold": "\n\n\ndef found_by",
}
SEEDS = (0, 1, 2)
BATCH, RISING_EPOCHS = 100, 60  # beta rises over so many epochs
COUNTS, RICH = (1, 2, 5, 10, 20), 20  # newcomers' films; who has at least RICH of them is asked
EPOCHS = (10, 20, 30, 40, 60, 80, 100, 130)
WEIGHTS = (
    0,
    0.0003,
    0.001,
    0.003,
    0.01,
    0.03,
    0.1,
    0.3,
)  # of the popularity that is added for newcomers
DAYS = (30, 90, 180, 365, 730, 1460, 2920)  # how far back recent popularity counts
NETWORKS = ("Mult-DAE", "Mult-VAE")
FOR_NEWCOMERS = ("popularity", "factorization", "EASE", "Mult-VAE")
LADDERS = {
    "popularity": {},
    "item-kNN": {"neighbours": (20, 35, 50, 75, 100, 150), "shrink": (0, 1, 3, 10, 30)},
    "SVD": {"size": (10, 15, 20, 30, 40, 50, 60, 80, 100, 150)},
    "factorization": {"size": (40, 60, 90), "ridge": (5, 10, 20, 40, 80), "weight": (0.5, 1, 2, 4)},
    "EASE": {"ridge": (50, 100, 200, 300, 500, 1000, 2500, 5000, 10_000, 30_000)},
    "denoising": {"share": (0.1, 0.3, 0.5, 0.7, 0.9), "ridge": (10, 30, 100, 200, 300, 500)},
    "EDLAE": {"share": (0.1, 0.3, 0.5, 0.7, 0.9), "ridge": (10, 30, 100, 200, 300, 500)},
    "Mult-DAE": {
        "rate": (0.001, 0.002, 0.004, 0.008, 0.016),
        "latent_dim": (25, 50, 100, 200, 400, 800),
    },
    "Mult-VAE": {
        "beta": (0.0, 0.2, 0.5, 1.0, 2.0),
        "rate": (0.002, 0.004, 0.008, 0.016),
        "latent_dim": (100, 200, 400),
    },
}
USUAL = {
    "popularity": {},
    "item-kNN": {"neighbours": 50, "shrink": 0},
    "SVD": {"size": 50},
    "factorization": {"size": 40, "ridge": 10, "weight": 2},
    "EASE": {"ridge": 200},
    "denoising": {"share": 0.5, "ridge": 100},
    "EDLAE": {"share": 0.5, "ridge": 100},
    "Mult-DAE": {"rate": 0.004, "latent_dim": 200},
    "Mult-VAE": {"beta": 0.2, "rate": 0.004, "latent_dim": 200},
}


class Question(NamedTuple):
    """Rows that are known, films to be found, films not to be recommended: (people, films) each."""

    known: np.ndarray
    wanted: np.ndarray
    shown: np.ndarray

    def measured(self, scores):
        """Return NDCG@100, recall@20 and recall@50 of each person: (3, people)."""
        scores = np.where(self.shown > 0, -np.inf, scores)
        return np.stack(
            [
                ndcg_at(scores, self.wanted, 100),
                recall_at(scores, self.wanted, 20),
                recall_at(scores, self.wanted, 50),
            ]
        )

    def quality(self, scores):
        """Return the mean NDCG@100."""
        scores = np.where(self.shown > 0, -np.inf, scores)
        return round(float(ndcg_at(scores, self.wanted, 100).mean()), 4)


def packed(values):
    """Return numbers from 0 to 1 as a text of ten-thousandths; a list takes a line for each."""
    return " ".join(f"{10_000 * value:.0f}" for value in values)


def popularity(x):
    """Return a recommender that ignores the person."""
    return lambda known: np.tile(x.sum(axis=0), (len(known), 1))


def item_knn(x, neighbours, shrink):
    """Return the chapter's item-kNN, with cosines that are smaller for films with few likes."""
    length = np.sqrt((x**2).sum(axis=0)) + 1e-9
    cosine = (x.T @ x) / (np.outer(length, length) + shrink)
    np.fill_diagonal(cosine, 0)
    least = np.partition(cosine, -neighbours, axis=0)[-neighbours]
    cosine[cosine < least] = 0
    return lambda known: known @ cosine


def noisy_products(x, share, ridge):
    """Return what the products of all films are on average when this share of likes is deleted."""
    products = x.T @ x
    penalty = share / (1 - share) * np.diag(products) + ridge
    return products, products + np.diag(penalty).astype("float32")


def denoising(x, share, ridge):
    """Return the linear denoising autoencoder in closed form, as in the chapter's exercise."""
    products, noisy = noisy_products(x, share, ridge)
    matrix = np.linalg.solve(noisy, products)
    return lambda known: known @ matrix


def edlae(x, share, ridge):
    """Return EASE with the penalty of deleted likes: Steck (2020), the zero diagonal."""
    inverse = np.linalg.inv(noisy_products(x, share, ridge)[1])
    matrix = -inverse / np.diag(inverse)
    np.fill_diagonal(matrix, 0)
    return lambda known: known @ matrix


class Recommenders:
    """The chapter's code and likes, and the makers of all recommenders."""

    def __init__(self):
        data = ae_utils.load_movielens(verbose=False)
        names = {"keras": keras, "layers": layers, "np": np, "ops": ops, "Noise": Noise}
        self.code = run_cells(CHAPTER, CELLS, {**names, "data": data})
        self.likes, self.seen, self.hidden, self.validation, self.rounds = (
            self.code[name] for name in ("likes", "seen", "hidden", "validation", "rounds")
        )
        users, films, ratings = (self.code[name] for name in ("users", "films", "ratings"))
        self.when = np.zeros(self.likes.shape, "int64")
        self.when[users, films] = data.seconds[ratings]
        self.makers = {
            "popularity": popularity,
            "item-kNN": item_knn,
            "SVD": self.code["truncated_svd"],
            "factorization": self.code["matrix_factorization"],
            "EASE": self.code["ease"],
            "denoising": denoising,
            "EDLAE": edlae,
        }

    def network(self, name, setting, x, seed, epochs):
        """Train a network; yield it after each of these numbers of epochs."""
        ae_utils.set_seed(seed)
        steps = len(x) // BATCH
        if name == "Mult-DAE":
            model = self.code["MultDAE"](x.shape[1], setting["latent_dim"])
        else:
            model = self.code["MultVAE"](
                x.shape[1], setting["beta"], RISING_EPOCHS * steps, setting["latent_dim"]
            )
            model.noise.state.assign([2, 1000 * seed])
        model.coins.state.assign([1, 1000 * seed])
        model.compile(keras.optimizers.Adam(setting["rate"]), loss=self.code["multinomial_loss"])
        model.optimizer.build(model.trainable_variables)
        step = tf.function(lambda rows: model.train_step((rows, rows)))
        order = np.random.default_rng(seed)
        for epoch in range(1, max(epochs) + 1):
            for rows in np.split(order.permutation(len(x))[: steps * BATCH], steps):
                step(tf.constant(x[rows]))
            if epoch in epochs:
                yield epoch, model

    def trial(self, name, setting, x, questions):
        """Return for each question the mean NDCG after each number of epochs, or with each weight.

        A weight is that of the popularity added to a recommender without a bias; only newcomers
        get it.
        """
        scores = {question: [] for question in questions}
        if name in NETWORKS:
            for _, model in self.network(name, setting, x, 0, EPOCHS):
                for question, asked in questions.items():
                    scores[question].append(asked.quality(np.asarray(model(asked.known))))
            return scores
        recommend, shares = self.makers[name](x, **setting), x.mean(axis=0)
        for question, asked in questions.items():
            plain = recommend(asked.known)
            scores[question] = [
                asked.quality(plain + weight * shares) for weight in weights_of(name, question)
            ]
        return scores

    def tried(self, part, name, x, questions, once):
        """Walk up the ladders one after the other, led by the first question; return all trials."""
        setting, trials = dict(USUAL[name]), []
        for key, ladder in (LADDERS[name] or {None: (None,)}).items():
            for value in ladder:
                candidate = {**setting, key: value} if key else setting
                if candidate not in [trial["setting"] for trial in trials]:
                    scores = once(
                        f"{part}, {name} {candidate}",
                        lambda s=candidate: self.trial(name, s, x, questions),
                    )
                    trials.append({"setting": candidate, "scores": scores})
            setting = best(trials, next(iter(questions)))[0]
        return trials

    def answers(self, name, x, plan, questions, seed):
        """Return for each question of a plan what is measured of each person.

        Args:
            name: of the recommender.
            x: full rows to learn from.
            plan: question → setting, and place in the epochs or weights.
            questions: question → :class:`Question`.
            seed: the start of a network.
        """
        found = {}
        settings = [setting for setting, _ in plan.values()]
        for number, setting in enumerate(settings):
            if setting in settings[:number]:
                continue
            mine = {question: place for question, (one, place) in plan.items() if one == setting}
            if name in NETWORKS:
                epochs = {EPOCHS[place] for place in mine.values()}
                for epoch, model in self.network(name, setting, x, seed, epochs):
                    for question, place in mine.items():
                        if EPOCHS[place] == epoch:
                            asked = questions[question]
                            found[question] = asked.measured(np.asarray(model(asked.known)))
                continue
            recommend = self.makers[name](x, **setting)
            for question, place in mine.items():
                asked, weight = questions[question], weights_of(name, question)[place]
                scores = recommend(asked.known) + weight * x.mean(axis=0)
                found[question] = asked.measured(scores)
        return found

    def questions(self, people, newcomers):
        """Return the question about whole rows and, if wanted, those about newcomers."""
        seen, hidden = self.seen[people], self.hidden[people]
        asked = {"whole": Question(seen, hidden, seen)}
        rich = people[seen.sum(axis=1) >= RICH]
        for count in COUNTS if newcomers else ():
            known = self.code["shortened"](rich, count)[rich]
            asked[str(count)] = Question(known, self.hidden[rich], self.seen[rich])
        return asked


def weights_of(name, question):
    """Return the weights of popularity that may be added; for whole rows none is."""
    plain = name == "popularity" or not question.isdigit()
    return WEIGHTS[:1] if plain else WEIGHTS


def best(trials, question, setting=None):
    """Return the setting with the highest score, and its place in the epochs or weights.

    Args:
        trials: from :meth:`Recommenders.tried`.
        question: whose scores count.
        setting: if given, only the place is free.
    """
    rows = [
        (score, -place, trial["setting"])
        for trial in trials
        if setting is None or trial["setting"] == setting
        for place, score in enumerate(trial["scores"][question])
    ]
    _, place, chosen = max(rows, key=lambda row: row[:2])
    return chosen, -place


def described(name, setting, place, question):
    """Return a setting with the number of epochs, or the weight of popularity."""
    if name in NETWORKS:
        return {**setting, "epochs": EPOCHS[place]}
    weights = weights_of(name, question)
    return {**setting, "popularity": weights[place]} if len(weights) > 1 else setting


def plans(name, trials):
    """Return title → plan: whole rows and, for some, newcomers in up to three ways."""
    whole = best(trials, "whole")
    made = {name: {"whole": whole}}
    if name not in FOR_NEWCOMERS:
        return made
    counts = list(map(str, COUNTS))
    place = whole[1] if name in NETWORKS else 0
    made[name] |= {count: (whole[0], place) for count in counts}
    if name == "EASE":
        made["EASE + popularity"] = {count: best(trials, count, whole[0]) for count in counts}
    if name != "popularity":
        made[f"{name}, for newcomers"] = {count: best(trials, count) for count in counts}
    return made


def known_people(recommenders, once, seeds):
    """Return title → grid, and for each question the setting and the runs, on all tested people."""
    results = {}
    train = recommenders.rounds[0][0]
    for name in LADDERS:
        newcomers = name in FOR_NEWCOMERS
        trials = recommenders.tried(
            "people",
            name,
            recommenders.likes[train],
            recommenders.questions(recommenders.validation, newcomers),
            once,
        )
        for title, plan in plans(name, trials).items():
            runs = [
                once(
                    f"people, {title}, start {seed}",
                    lambda n=name, p=plan, s=seed: all_rounds(recommenders, n, p, s),
                )
                for seed in (seeds if name in NETWORKS else seeds[:1])
            ]
            results[title] = {
                "grid": [{**t["setting"], "ndcg": max(t["scores"]["whole"])} for t in trials]
                if "whole" in plan
                else [],
                "questions": {
                    question: {
                        "setting": described(name, *chosen, question),
                        "runs": [run[question] for run in runs],
                    }
                    for question, chosen in plan.items()
                },
            }
    return results


def all_rounds(recommenders, name, plan, seed):
    """Return for each question the NDCG of all tested people, and the mean recalls."""
    parts = [
        recommenders.answers(
            name,
            recommenders.likes[train],
            plan,
            recommenders.questions(test, newcomers=len(plan) > 1),
            seed,
        )
        for train, test in recommenders.rounds
    ]
    found = {}
    for question in plan:
        ndcg, *recalls = np.concatenate([part[question] for part in parts], axis=1)
        found[question] = {
            "ndcg": packed(ndcg),
            "recalls": [round(float(recall.mean()), 4) for recall in recalls],
        }
    return found


def last_fifths(likes, when):
    """Return the last fifth of each row's likes in time; equal times are in a random order."""
    generator, last = np.random.default_rng(0), np.zeros_like(likes)
    for person, row in enumerate(likes):
        mine = generator.permutation(np.flatnonzero(row))
        mine = mine[np.argsort(when[person, mine], kind="stable")]
        last[person, mine[-max(1, round(len(mine) / 5)) :]] = 1
    return last


def later_people(recommenders, once, seeds):
    """Learn from everything before a moment; ask about people whose first like came after it.

    Settings are chosen in the same way at an earlier moment. The last fifth of their likes is
    hidden, and for comparison a random fifth.
    """
    likes, when = recommenders.likes, recommenders.when
    first = np.where(likes > 0, when, when.max()).min(axis=1)
    early, middle, late = np.split(
        np.argsort(first, kind="stable"), [len(likes) * 6 // 10, len(likes) * 8 // 10]
    )
    last = last_fifths(likes, when)

    def past(people, end, days=None):
        begin = 0 if days is None else end - 86_400 * days
        rows = likes[people] * (when[people] >= begin) * (when[people] < end)
        return rows[rows.sum(axis=1) > 0]

    def questions(people):
        rows, hidden = likes[people], {"last": last, "random": recommenders.hidden}
        return {
            title: Question(rows - part[people], part[people], rows - part[people])
            for title, part in hidden.items()
        }

    moments = (early, first[middle].min()), (np.concatenate([early, middle]), first[late].min())
    before, now = (past(*moment) for moment in moments)
    asked = questions(late)

    def stored(measured):
        return {question: packed(values[0]) for question, values in measured.items()}

    results = {}
    for name in ("popularity", "item-kNN", "SVD", "factorization", "EASE", "Mult-VAE"):
        trials = recommenders.tried("later", name, before, questions(middle), once)
        chosen = best(trials, "last")
        plan = dict.fromkeys(asked, chosen)
        runs = [
            once(
                f"later, {name}, start {seed}",
                lambda n=name, p=plan, s=seed: stored(recommenders.answers(n, now, p, asked, s)),
            )
            for seed in (seeds if name in NETWORKS else seeds[:1])
        ]
        results[name] = {"setting": described(name, *chosen, "last"), "runs": runs}
    validation = questions(middle)["last"]
    scores = [
        validation.quality(popularity(past(*moments[0], days))(validation.known)) for days in DAYS
    ]
    days = ae_utils.best_of_grid(DAYS, scores, better="higher")
    recent = popularity(past(*moments[1], days))
    run = {title: packed(q.measured(recent(q.known))[0]) for title, q in asked.items()}
    results["recent popularity"] = {"setting": {"days": days}, "runs": [run]}
    new_films = now.sum(axis=0) == 0
    return {
        "people": [len(before), len(now), len(late)],
        "days": [round((first[part].max() - first[part].min()) / 86_400) for part in (early, late)],
        "hidden and never liked before": round(
            float(last[late][:, new_films].sum() / last[late].sum()), 4
        ),
        "recommenders": results,
    }


def measure(progress, seeds=SEEDS):
    """Tune all recommenders, and judge the chosen ones; the networks from each start."""
    recommenders = Recommenders()
    return {
        "people": known_people(recommenders, progress.once, seeds),
        "later": later_people(recommenders, progress.once, seeds),
    }
