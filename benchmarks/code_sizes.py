"""The long runs of the chapter *concepts*: code sizes, rivals, the identity trap and a map.

All networks read digits of 784 pixels. Rates and numbers of clusters are chosen on the validation
images with the first seed, over the grids below; the test images are used at the end.
"""

import io
from functools import partial

import keras
import numpy as np
from keras import layers
from PIL import Image
from sklearn.cluster import MiniBatchKMeans
from sklearn.manifold import TSNE

import ae_utils

SEEDS = (0, 1, 2)
SIZES, BATCH_SIZE, EPOCHS, TUNING_EPOCHS = (1, 2, 4, 8, 16, 32, 64, 128), 100, 5, 2
HIDDEN = {"plain": (), "hidden layers": (256,)}
RATES = {
    "plain": (0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256),
    "hidden layers": (0.002, 0.004, 0.008, 0.016, 0.032),
}
# The rate of a size is that of one of three, a third of the searching.
TUNED_AT = {1: 2, 2: 2, 4: 2, 8: 16, 16: 16, 32: 16, 64: 128, 128: 128}
LOCAL_SIZES, PIECES, LARGEST = (8, 16, 32, 64, 128), (8, 32, 128, 512, 2048), 128
MEANS = (16, 64, 256, 1024)
TRAP_WIDTHS, TRAP_IMAGES, TRAP_RATE = (32, 256, 784), 10_000, 0.001
TRAP_STRETCHES, TRAP_NOISE = (1, 1, 2, 4), 0.2  # epochs: looked at after 1, 2, 4, and 8
MAP_NEIGHBOURS, MAP_IMAGES = 15, 5000
SHEET_BORDER = 3  # pixels cut off a digit for a picture format, as chosen in the chapter
FORMATS = {"WebP": {"method": 6}, "AVIF": {"speed": 4}}
QUALITIES = {"WebP": (0, 1, 2, 4), "AVIF": (3, 8, 12, 16)}


class Trial:
    """The data, and what is made of them once."""

    def __init__(self):
        data = ae_utils.load_mnist(verbose=False)
        self.train, self.validation, self.test = (
            images.reshape(-1, 784)
            for images in (data.train_images, data.validation_images, data.test_images)
        )
        self.labels, self.test_labels = data.train_labels, data.test_labels
        self.pca = ae_utils.fit_pca(self.train, LARGEST)


def error(x, x_hat):
    """Return the squared error per image, rounded."""
    return round(ae_utils.squared_error_per_image(x, np.asarray(x_hat)), 3)


def build(latent_dim, hidden, seed, output="sigmoid"):
    """Return encoder and decoder."""
    ae_utils.set_seed(seed)
    encoder = [keras.Input(shape=(784,))]
    encoder += [layers.Dense(width, activation="gelu") for width in hidden]
    decoder = [keras.Input(shape=(latent_dim,))]
    decoder += [layers.Dense(width, activation="gelu") for width in reversed(hidden)]
    return (
        keras.Sequential([*encoder, layers.Dense(latent_dim)]),
        keras.Sequential([*decoder, layers.Dense(784, activation=output)]),
    )


def train(trial, latent_dim, hidden, rate, epochs, seed):
    """Return encoder, and the whole model after training."""
    encoder, decoder = build(latent_dim, hidden, seed)
    model = keras.Sequential([encoder, decoder])
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse")
    ae_utils.fit(
        model,
        trial.train,
        epochs=epochs,
        batch_size=BATCH_SIZE,
        schedule="cosine",
        seed=seed,
        jit_compile=False,
    )
    return encoder, model


def tuning(trial, kind, latent_dim, rate, seed):
    """Return the validation error of a short training."""
    _, model = train(trial, latent_dim, HIDDEN[kind], rate, TUNING_EPOCHS, seed)
    return error(trial.validation, model(trial.validation))


def size_run(trial, kind, latent_dim, rate, seed):
    """Return validation and test error, and for two numbers how good a map the codes are."""
    encoder, model = train(trial, latent_dim, HIDDEN[kind], rate, EPOCHS, seed)
    result = {
        "validation": error(trial.validation, model(trial.validation)),
        "test": error(trial.test, model(trial.test)),
    }
    if latent_dim == 2:
        result["accuracy"] = map_accuracy(trial, encoder)
    return result


def map_accuracy(trial, encode):
    """Return the share of test codes whose nearest training codes vote for the right label."""
    codes = (np.asarray(encode(images)) for images in (trial.train, trial.test))
    train_codes, test_codes = codes
    accuracy = ae_utils.neighbour_accuracy(
        train_codes, trial.labels, test_codes, trial.test_labels, MAP_NEIGHBOURS
    )
    return round(accuracy, 4)


def neighbour_map(trial, seed):
    """Return how good a map t-SNE makes of test images; each is judged by the others."""
    images, labels = trial.test[:MAP_IMAGES], trial.test_labels[:MAP_IMAGES]
    scores = trial.pca.transform(images)[:, :50]
    places = TSNE(random_state=seed, init="pca").fit_transform(scores)
    half = MAP_IMAGES // 2
    accuracy = ae_utils.neighbour_accuracy(
        places[:half], labels[:half], places[half:], labels[half:], MAP_NEIGHBOURS
    )
    return {"accuracy": round(accuracy, 4)}


def pca_errors(trial):
    """Return size → validation and test error of PCA, as it is and clipped to [0, 1]."""
    result = {}
    for size in SIZES:
        first = trial.pca.components_[:size]
        row = {}
        for name, x in (("validation", trial.validation), ("test", trial.test)):
            x_hat = (x - trial.pca.mean_) @ first.T @ first + trial.pca.mean_
            row[name] = error(x, np.clip(x_hat, 0, 1))
            row[f"{name}, not clipped"] = error(x, x_hat)
        result[str(size)] = row
    return result


def clusters_of(trial, count, seed):
    """Return the cluster of each training, validation and test image, and the means."""
    codes = [trial.pca.transform(x) for x in (trial.train, trial.validation, trial.test)]
    clusters = MiniBatchKMeans(count, random_state=seed, batch_size=4096, n_init=1, max_iter=30)
    clusters.fit(codes[0])
    own = [clusters.predict(part) for part in codes]
    means = np.tile(trial.pca.mean_, (count, 1))
    for cluster in np.unique(own[0]):
        means[cluster] = trial.train[own[0] == cluster].mean(axis=0)
    return own, means


def means_errors(trial, count, seed):
    """Return validation and test error of the nearest mean: a code of one whole number."""
    own, means = clusters_of(trial, count, seed)
    return {
        "validation": error(trial.validation, means[own[1]]),
        "test": error(trial.test, means[own[2]]),
    }


def pieces_errors(trial, count, seed):
    """Return size → validation and test error of a PCA for each of ``count`` clusters.

    The code is the number of the cluster and ``size - 1`` components, so ``size`` numbers in all.
    A cluster with fewer images than components has as many components as it can.
    """
    own, means = clusters_of(trial, count, seed)
    held_out = {"validation": (trial.validation, own[1]), "test": (trial.test, own[2])}
    answers = {
        (name, size): means[clusters].copy()
        for name, (_, clusters) in held_out.items()
        for size in LOCAL_SIZES
    }
    for cluster in np.unique(own[0]):
        centred = trial.train[own[0] == cluster] - means[cluster]
        if len(centred) > 784:
            directions = np.linalg.eigh(centred.T @ centred)[1][:, ::-1]
        else:
            directions = np.linalg.svd(centred, full_matrices=False)[2].T
        for name, (x, clusters) in held_out.items():
            here = clusters == cluster
            scores = (x[here] - means[cluster]) @ directions[:, :LARGEST]
            for size in LOCAL_SIZES:
                first = scores[:, : size - 1]
                answers[name, size][here] += first @ directions[:, : first.shape[1]].T
    return {
        str(size): {
            name: error(x, np.clip(answers[name, size], 0, 1)) for name, (x, _) in held_out.items()
        }
        for size in LOCAL_SIZES
    }


def trap_run(trial, width, seed):
    """Return after 1, 2, 4 and 8 epochs what a plain linear autoencoder does, the gain included."""
    encoder, decoder = build(width, (), seed, output=None)
    model = keras.Sequential([encoder, decoder])
    model.compile(optimizer=keras.optimizers.Adam(TRAP_RATE), loss="mse")
    x = trial.test[:1000]
    clothes = ae_utils.load_fashion_mnist(verbose=False).test_images.reshape(-1, 784)
    noise = TRAP_NOISE * np.random.default_rng(0).standard_normal(x.shape).astype("float32")
    rows, done = [], 0
    for epochs in TRAP_STRETCHES:
        # Another seed for each stretch: the same would repeat the order of the images.
        ae_utils.fit(
            model,
            trial.train[:TRAP_IMAGES],
            epochs=epochs,
            batch_size=BATCH_SIZE,
            seed=100 * seed + done,
            jit_compile=False,
        )
        done += epochs
        passed = np.asarray(model(x + noise)) - np.asarray(model(x))
        rows.append(
            {
                "epochs": done,
                "digits": error(trial.test, model(trial.test)),
                "clothes": error(clothes, model(clothes)),
                "gain": round(float(np.sum(passed * noise) / np.sum(noise**2)), 4),
            }
        )
    return rows


def picture_format(trial, name, quality):
    """Return bits and squared error per digit of 1 000 test digits on one sheet."""
    images = trial.test[:1000].reshape(20, 50, 28, 28)
    kept = slice(SHEET_BORDER, 28 - SHEET_BORDER)
    inner = images[..., kept, kept]
    sheet = inner.transpose(0, 2, 1, 3).reshape(20 * inner.shape[2], -1)
    sheet = np.round(255 * sheet).astype("uint8")
    file = io.BytesIO()
    Image.fromarray(sheet).save(file, format=name.upper(), quality=quality, **FORMATS[name])
    drawn = np.asarray(Image.open(file).convert("L"), dtype="float64")
    cut_off = np.sum(images**2) - np.sum(inner**2)
    lost = np.sum((drawn - sheet) ** 2) / 255**2 + cut_off
    return {"bits": round(8 * len(file.getvalue()) / 1000, 1), "test": round(lost / 1000, 3)}


def best(scores):
    """Return the setting with the lowest score, setting → score."""
    return ae_utils.best_of_grid(list(scores), list(scores.values()), better="lower")


def measure(progress, seeds=SEEDS):
    """Return the runs of the networks and of their rivals."""
    trial = Trial()
    once = progress.once
    chosen, grids = {}, {}
    for kind, rates in RATES.items():
        for size in sorted(set(TUNED_AT.values())):
            label = f"tuning of {kind}, {size} numbers, rate {{}}, seed {seeds[0]}"
            scores = {
                rate: once(label.format(rate), partial(tuning, trial, kind, size, rate, seeds[0]))
                for rate in rates
            }
            chosen[kind, size] = best(scores)
            grids[f"{kind}, {size} numbers"] = scores
    networks = [
        {"kind": kind, "size": size, "rate": chosen[kind, TUNED_AT[size]], "seed": seed}
        | once(
            f"{kind}, {size} numbers, rate {chosen[kind, TUNED_AT[size]]}, seed {seed}",
            partial(size_run, trial, kind, size, chosen[kind, TUNED_AT[size]], seed),
        )
        for kind in HIDDEN
        for size in SIZES
        for seed in seeds
    ]
    local_grid = {
        count: once(
            f"{count} pieces, seed {seeds[0]}", partial(pieces_errors, trial, count, seeds[0])
        )
        for count in PIECES
    }
    pieces = []
    for size in LOCAL_SIZES:
        count = best({count: row[str(size)]["validation"] for count, row in local_grid.items()})
        for seed in seeds:
            rows = once(f"{count} pieces, seed {seed}", partial(pieces_errors, trial, count, seed))
            pieces.append({"pieces": count, "size": size, "seed": seed} | rows[str(size)])
    return {
        "epochs": EPOCHS,
        "grids": grids,
        "networks": networks,
        "pca": once("PCA", partial(pca_errors, trial)),
        "pieces": pieces,
        "means": [
            {"means": count, "seed": seed}
            | once(f"{count} means, seed {seed}", partial(means_errors, trial, count, seed))
            for count in MEANS
            for seed in seeds
        ],
        "trap": [
            {"width": width, "seed": seed}
            | {
                "rows": once(
                    f"trap of width {width}, seed {seed}", partial(trap_run, trial, width, seed)
                )
            }
            for width in TRAP_WIDTHS
            for seed in seeds
        ],
        "formats": [
            {"name": name, "quality": quality}
            | once(f"{name}, quality {quality}", partial(picture_format, trial, name, quality))
            for name in FORMATS
            for quality in QUALITIES[name]
        ],
        "neighbour_map": once(f"t-SNE, seed {seeds[0]}", partial(neighbour_map, trial, seeds[0])),
    }
