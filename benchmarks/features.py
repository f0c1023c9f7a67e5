"""The long runs of the chapter *background*: seeds, few labels, curved halves, a pixel that counts.

All networks are 784-256-30-256-784 (or a part of it), trained for three epochs as in the chapter.
The learning rate and the settings of every classifier are chosen on validation images, with as much
care for the rivals as for the code.
"""

from functools import partial

import keras
import numpy as np
from keras import layers, ops
from sklearn.svm import SVC

import ae_utils

SEEDS = (0, 1, 2)
HIDDEN, CODE_SIZE, EPOCHS, BATCH_SIZE = 256, 30, 3, 100
RATE, RATES = 0.008, (0.004, 0.008, 0.012)
LABELS_PER_CLASS, DRAWS, TUNING_DRAWS = (3, 10, 30, 100, 300, 1000), 10, 3
STRENGTHS = tuple(float(10 ** (half / 2)) for half in range(-8, 7))
# A kernel machine takes longer, and so gets fewer sizes and fewer images to be tuned on.
KERNEL_LABELS_PER_CLASS, KERNEL_TUNING_IMAGES = (10, 30, 100), 2000
KERNEL_STRENGTHS, KERNEL_WIDTHS = (0.3, 1.0, 3.0, 10.0, 30.0), (0.3, 1.0, 3.0, 10.0)
HALVES = {  # → whether the encoder and whether the decoder has its hidden layer
    "straight encoder, curved decoder": (False, True),
    "curved encoder, straight decoder": (True, False),
}
MARK, MARK_WEIGHTS, MARK_LABELS = 29, (1, 2, 4, 8, 16), 5000
MARK_STRENGTHS = (0.01, 1.0, 100.0)


def build(seed, rate=RATE, curved=(True, True), weights=None):
    """Return an encoder, and the compiled autoencoder that it is a part of.

    Args:
        seed: of the initial weights.
        rate: learning rate of Adam.
        curved: whether the encoder and whether the decoder has its curved layers.
        weights: how much each pixel counts in the loss; ``None`` for all alike.
    """
    ae_utils.set_seed(seed)
    encoder_hidden = [layers.Dense(HIDDEN, activation="gelu")] if curved[0] else []
    encoder = keras.Sequential(
        [keras.Input(shape=(784,)), *encoder_hidden, layers.Dense(CODE_SIZE)]
    )
    decoder_layers = [layers.Dense(784)]
    if curved[1]:
        decoder_layers = [
            layers.Dense(HIDDEN, activation="gelu"),
            layers.Dense(784, activation="sigmoid"),
        ]
    decoder = keras.Sequential([keras.Input(shape=(CODE_SIZE,)), *decoder_layers])
    model = keras.Sequential([encoder, decoder])
    loss = "mse"
    if weights is not None:

        def loss(x, x_hat):
            return ops.mean(weights * ops.square(x - x_hat), axis=-1)

    model.compile(optimizer=keras.optimizers.Adam(rate), loss=loss)
    return encoder, model


def train(model, x, seed):
    """Train as the chapter does."""
    ae_utils.fit(
        model,
        x,
        epochs=EPOCHS,
        batch_size=BATCH_SIZE,
        schedule="cosine",
        seed=seed,
        jit_compile=False,
    )


def apply(model, x):
    """Return the output of a model as a NumPy array."""
    return np.asarray(model(x))


def kernel_accuracy(train_codes, train_labels, test_codes, test_labels, strength, width):
    """Share that a support vector machine with a Gaussian kernel gets right.

    The codes are scaled by one number, as for the linear probe of ``ae_utils``; ``width`` is
    scikit-learn's ``gamma`` times the number of code numbers.
    """
    middle = train_codes.mean(axis=0)
    spread = np.std(train_codes - middle)
    machine = SVC(C=strength, gamma=width / train_codes.shape[1])
    machine.fit((train_codes - middle) / spread, train_labels)
    return float(machine.score((test_codes - middle) / spread, test_labels))


def probes(codes, data):
    """Return test accuracies with few labels, over random choices of the labelled images.

    Args:
        codes: those of the training, validation and test images.
        data: the images, for their labels.

    Returns:
        ``"linear"`` and ``"kernel"``, each a list over the numbers of labels of ``"labels"``,
        ``"settings"`` (chosen on validation images) and ``"accuracies"`` (one for each draw).
    """
    training, validation, test = codes

    def scores(judge, per_class, draws, examples, labels):
        return ae_utils.few_label_scores(
            judge, training, data.train_labels, examples, labels, (per_class,), draws
        )[0]

    def tuned(judge, per_class, count):
        rows = validation[:count], data.validation_labels[:count]
        return scores(judge, per_class, TUNING_DRAWS, *rows).mean()

    def row(judge, per_class, settings):
        accuracies = scores(judge, per_class, DRAWS, test, data.test_labels)
        return {
            "labels": 10 * per_class,
            "settings": settings,
            "accuracies": accuracies.round(4).tolist(),
        }

    linear, kernel = [], []
    for per_class in LABELS_PER_CLASS:
        judges = [partial(ae_utils.linear_probe_accuracy, strength=value) for value in STRENGTHS]
        found = [tuned(judge, per_class, len(validation)) for judge in judges]
        best = ae_utils.best_of_grid(STRENGTHS, found, better="higher")
        linear.append(row(judges[STRENGTHS.index(best)], per_class, [best]))
    for per_class in KERNEL_LABELS_PER_CLASS:
        found = np.array(
            [
                [
                    tuned(
                        partial(kernel_accuracy, strength=strength, width=width),
                        per_class,
                        KERNEL_TUNING_IMAGES,
                    )
                    for width in KERNEL_WIDTHS
                ]
                for strength in KERNEL_STRENGTHS
            ]
        )
        strength = ae_utils.best_of_grid(KERNEL_STRENGTHS, found.max(axis=1), better="higher")
        width = ae_utils.best_of_grid(KERNEL_WIDTHS, found.max(axis=0), better="higher")
        judge = partial(kernel_accuracy, strength=strength, width=width)
        kernel.append(row(judge, per_class, [strength, width]))
    return {"linear": linear, "kernel": kernel}


def errors(model, parts):
    """Return the squared error per image of training, validation and test images."""
    return [round(ae_utils.squared_error_per_image(x, apply(model, x)), 3) for x in parts]


def validation_error(rate, seed, parts):
    """Train with a learning rate; return the validation error."""
    _, model = build(seed, rate)
    train(model, parts[0], seed)
    return errors(model, parts[1:2])[0]


def whole(seed, parts, data):
    """Train the chapter's network; return its errors, and what its code is good for."""
    encoder, model = build(seed)
    train(model, parts[0], seed)
    return {"errors": errors(model, parts)} | probes([apply(encoder, x) for x in parts], data)


def half(name, seed, parts):
    """Train a network that is curved on one side of the code alone; return its errors."""
    _, model = build(seed, curved=HALVES[name])
    train(model, parts[0], seed)
    return errors(model, parts)


def marked(x, seed):
    """Return x with a half grey pixel near the corner in a random half, and which half."""
    mark = np.random.default_rng(seed).integers(0, 2, len(x)).astype("float32")
    x = x.copy()
    x[:, MARK] = 0.5 * mark
    return x, mark


def weighted(weight, seed, parts):
    """Train on marked images where the marked pixel counts ``weight`` times.

    Returns:
        ``"read"``, the share of test images whose mark a linear reader of the code gets right;
        ``"error"`` of the test images, all pixels but the marked one; ``"greys"``, the mean grey
        drawn in that pixel without and with a mark.
    """
    pairs = [marked(x, part) for part, x in enumerate(parts)]
    weights = np.ones(784, "float32")
    weights[MARK] = weight
    encoder, model = build(seed, weights=weights)
    train(model, pairs[0][0], seed)
    codes = [apply(encoder, x) for x, _ in pairs]
    readable = codes[0][:MARK_LABELS], pairs[0][1][:MARK_LABELS]

    def read(strength, part):
        return ae_utils.linear_probe_accuracy(*readable, codes[part], pairs[part][1], strength)

    strength = max(MARK_STRENGTHS, key=lambda strength: read(strength, 1))
    test, mark = pairs[2]
    answer = apply(model, test)
    others = np.arange(784) != MARK
    return {
        "read": round(read(strength, 2), 4),
        "error": round(ae_utils.squared_error_per_image(test[:, others], answer[:, others]), 3),
        "greys": [round(float(answer[mark == value, MARK].mean()), 3) for value in (0, 1)],
    }


def measure(progress, seeds=SEEDS):
    """Return the errors and probes of the networks and their rivals, and what became of a mark."""
    data = ae_utils.load_mnist(verbose=False)
    parts = [
        images.reshape(-1, 784)
        for images in (data.train_images, data.validation_images, data.test_images)
    ]

    def each_seed(name, run):
        return [progress.once(f"{name}, seed {seed}", partial(run, seed=seed)) for seed in seeds]

    pca = ae_utils.fit_pca(parts[0], CODE_SIZE)
    flat = [ae_utils.pca_reconstruction(pca, x) for x in parts]
    pca_errors = {
        name: [
            round(ae_utils.squared_error_per_image(x, change(answer)), 3)
            for x, answer in zip(parts, flat, strict=True)
        ]
        for name, change in (
            ("PCA", lambda answer: answer),
            ("PCA, clipped", lambda answer: np.clip(answer, 0, 1)),
        )
    }
    rivals = {"pixels": parts, "PCA": [pca.transform(x) for x in parts]}
    return {
        "rate": RATE,
        "rates": list(RATES),
        "rate_errors": [
            each_seed(f"rate {rate}", partial(validation_error, rate, parts=parts))
            for rate in RATES
        ],
        "pca_errors": pca_errors,
        "runs": each_seed("whole", partial(whole, parts=parts, data=data)),
        "halves": {name: each_seed(name, partial(half, name, parts=parts)) for name in HALVES},
        "rivals": {
            name: progress.once(f"probes of {name}", partial(probes, codes, data))
            for name, codes in rivals.items()
        },
        "mark_weights": list(MARK_WEIGHTS),
        "marks": [
            each_seed(f"mark counted {weight} times", partial(weighted, weight, parts=parts))
            for weight in MARK_WEIGHTS
        ],
    }
