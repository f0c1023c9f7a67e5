"""Every digit in turn as the anomaly, for the chapter *anomalies*: AUC of five methods."""

from functools import partial

import keras
import numpy as np
from keras import layers
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors
from sklearn.svm import OneClassSVM

import ae_utils

SEEDS = range(3)
TRAIN_IMAGES, SVM_IMAGES = 10_000, 3_000
LATENT_DIMS = (8, 32, 128)
EPOCHS, BATCH_SIZE = 20, 128


def autoencoder_scores(x_train, x, latent_dim, seed):
    """Train an autoencoder; return the squared error of each image."""
    ae_utils.set_seed(seed)
    encoder = keras.Sequential(
        [keras.Input((784,)), layers.Dense(256, activation="gelu"), layers.Dense(latent_dim)]
    )
    decoder = keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(256, activation="gelu"),
            layers.Dense(784, activation="sigmoid"),
        ]
    )
    model = ae_utils.Autoencoder(encoder, decoder)
    model.compile(keras.optimizers.Adam(0.002), loss="mse")
    ae_utils.fit(model, x_train, epochs=EPOCHS, batch_size=BATCH_SIZE, schedule="cosine", seed=seed)
    return ae_utils.squared_error_of_each(x, np.asarray(model(x)))


def all_scores(x_train, x, seed):
    """Return method → score of each image; a larger one says stranger."""
    scores = {}
    for latent_dim in LATENT_DIMS:
        scores[f"autoencoder {latent_dim}"] = autoencoder_scores(x_train, x, latent_dim, seed)
        pca = ae_utils.fit_pca(x_train, latent_dim)
        x_hat = ae_utils.pca_reconstruction(pca, x)
        scores[f"PCA {latent_dim}"] = ae_utils.squared_error_of_each(x, x_hat)
    neighbours = NearestNeighbors(n_neighbors=5).fit(x_train)
    scores["kNN"] = neighbours.kneighbors(x)[0][:, -1]
    scores["isolation forest"] = -IsolationForest(random_state=seed).fit(x_train).score_samples(x)
    scores["one-class SVM"] = -OneClassSVM(nu=0.1).fit(x_train[:SVM_IMAGES]).score_samples(x)
    return scores


def measure(progress, seeds=SEEDS):
    """Leave out each digit; each seed draws other training images and other first weights."""
    data = ae_utils.load_mnist(verbose=False)
    x_train, x_test = (images.reshape(-1, 784) for images in (data.train_images, data.test_images))

    def areas(digit, seed):
        known = np.flatnonzero(data.train_labels != digit)
        chosen = np.random.default_rng(seed).choice(known, TRAIN_IMAGES, replace=False)
        scores = all_scores(x_train[chosen], x_test, seed)
        return {
            name: round(roc_auc_score(data.test_labels == digit, values), 4)
            for name, values in scores.items()
        }

    rows = []
    for digit in range(10):
        runs = [
            progress.once(f"digit {digit}, seed {seed}", partial(areas, digit, seed))
            for seed in seeds
        ]
        auc = {name: [run[name] for run in runs] for name in runs[0]}
        rows.append({"digit": digit, "auc": auc})
    return {"train_images": TRAIN_IMAGES, "rows": rows}
