"""Train the models that answer in the page, round their weights, and draw the still pictures.

The recipes are those of the chapters, with narrower layers, so that a page stays light. Writes
``_static/demos/data/`` and ``_static/demos/*.png``; takes a few minutes. Only needed when a
recipe or a demo changes. ``--pictures`` draws from the stored weights and trains nothing.
"""

import argparse
import json

import ae_utils  # first: TensorFlow reads its settings once

# isort: split
import keras
import numpy as np
from keras import layers, ops

from tools import demo_files, demo_pictures, notebooks
from tools.origin import origin
from tools.provenance import demos_provenance

HIDDEN = 128
LATENT_DIM = 16
CODE_SIZES = (1, 2, 4, 8, 16, 32, 64)
BETAS = (0.1, 1.0, 4.0)
NOISE = 0.4
MAP_DIGITS = 600
# A map shows these parts of the codes; a few far ones would press the others together.
MAP_PART = (0.015, 0.985)
# The clothes of the anomaly demo: name → class in Fashion-MNIST.
CLOTHES = {"pullover": 2, "trousers": 1, "sandal": 5}
ERROR_RANGE = (1.0, 200.0)
FALSE_ALARMS = 0.01


def autoencoder(latent_dim, hidden, activation="gelu", code_activation=None):
    """Return encoder and decoder, mirror images, with the same start every time."""
    ae_utils.set_seed(0)
    encoder = keras.Sequential([keras.Input(shape=(784,))])
    for width in hidden:
        encoder.add(layers.Dense(width, activation=activation))
    encoder.add(layers.Dense(latent_dim, activation=code_activation))
    decoder = keras.Sequential([keras.Input(shape=(latent_dim,))])
    for width in reversed(hidden):
        decoder.add(layers.Dense(width, activation=activation))
    decoder.add(layers.Dense(784, activation="sigmoid"))
    return encoder, decoder


def train(model, x, rate, epochs, **loss):
    """Compile and train a model, its learning rate falling to zero."""
    model.compile(optimizer=keras.optimizers.Adam(rate), **loss)
    ae_utils.fit(model, x, epochs=epochs, batch_size=128, schedule="cosine")


def error(x, x_hat):
    """Return the squared error per image, as a plain number."""
    return float(ae_utils.squared_error_per_image(x, x_hat.astype("float32")))


def first_of_each(labels, classes=range(10)):
    """Return the place of the first image of each class; none is chosen by its looks."""
    return [int(np.argmax(labels == label)) for label in classes]


def write_samples(data):
    """Write one test digit of each kind, and some clothes."""
    fashion = ae_utils.load_fashion_mnist(verbose=False)
    clothes = first_of_each(fashion.test_labels, CLOTHES.values())
    demo_files.write(
        "samples",
        arrays={
            "digits": demo_files.pixels(data.test_images[first_of_each(data.test_labels)]),
            "clothes": demo_files.pixels(fashion.test_images[clothes]),
        },
        numbers={"clothes": list(CLOTHES)},
    )


def write_pca(x_train):
    """Write the mean image and the components, as columns."""
    pca = ae_utils.fit_pca(x_train, max(CODE_SIZES))
    arrays = {
        "mean": demo_files.plain(pca.mean_),
        "components": demo_files.matrix(pca.components_.T),
    }
    return demo_files.write("pca", arrays=arrays)["arrays"]


def write_digits(x_train, x_validation, x_test, pca):
    """Write the autoencoder that reads drawings, with its errors and its threshold."""
    encoder, decoder = autoencoder(LATENT_DIM, (HIDDEN,))
    train(ae_utils.Autoencoder(encoder, decoder), x_train, 0.003, 15, loss="mse")
    networks = {"encoder": demo_files.network(encoder), "decoder": demo_files.network(decoder)}

    def answer(x):
        return demo_files.run(networks["decoder"], demo_files.run(networks["encoder"], x))

    x_hat = answer(x_test)
    errors = np.sum((x_validation - answer(x_validation)) ** 2, axis=1)
    # Chosen on normal images alone, as in the chapter *faq*.
    threshold = float(np.quantile(errors, 1 - FALSE_ALARMS))
    edges = np.geomspace(*ERROR_RANGE, 41)
    counts, _ = np.histogram(errors, edges)
    test_errors = np.sum((x_test - x_hat) ** 2, axis=1)
    by_pca = demo_files.pca_reconstruction(pca, x_test, LATENT_DIM)
    kept = error(x_test, np.asarray(decoder(encoder(x_test))))
    numbers = {
        "latent_dim": LATENT_DIM,
        "test_error": error(x_test, x_hat),
        "pca_test_error": error(x_test, by_pca),
        "threshold": threshold,
        "false_alarms": float(np.mean(test_errors > threshold)),
        "error_range": ERROR_RANGE,
    }
    histogram = demo_files.plain(counts / len(errors))
    demo_files.write("digits", networks=networks, arrays={"histogram": histogram}, numbers=numbers)
    print(f"digits: test error {kept:.3f}, rounded {numbers['test_error']:.3f}; {numbers}")


def write_two_numbers(x_train, x_test, labels):
    """Write the decoder of a code of two numbers, and the codes of some test digits."""
    encoder, decoder = autoencoder(2, (HIDDEN, 64))
    train(ae_utils.Autoencoder(encoder, decoder), x_train, 0.002, 15, loss="mse")
    codes = np.asarray(encoder(x_test[:MAP_DIGITS]))
    low, high = np.quantile(codes, MAP_PART, axis=0)
    numbers = {
        "centre": np.round((low + high) / 2, 1).tolist(),
        "reach": np.round(0.55 * (high - low), 1).tolist(),
    }
    demo_files.write(
        "two-numbers",
        networks={"decoder": demo_files.network(decoder)},
        arrays={
            "codes": demo_files.plain(codes),
            "labels": demo_files.plain(labels[:MAP_DIGITS], "uint8"),
        },
        numbers=numbers,
    )
    print(f"two-numbers: {error(x_test, np.asarray(decoder(encoder(x_test)))):.2f}; {numbers}")


def write_denoise(x_train, x_test):
    """Write the denoising autoencoder of the chapter *regularized*, with half of its units."""
    encoder, decoder = autoencoder(HIDDEN, (), code_activation="sigmoid")
    noise = ae_utils.Noise("normal", seed=1)
    model = ae_utils.DenoisingAutoencoder(
        encoder, decoder, lambda x: ops.clip(x + NOISE * noise(x), 0, 1)
    )

    def summed_squares(x, x_hat):
        return ops.sum((x - x_hat) ** 2, axis=-1)

    train(model, x_train, 0.003, 15, loss=summed_squares)
    networks = {"encoder": demo_files.network(encoder), "decoder": demo_files.network(decoder)}
    demo_files.write("denoise", networks=networks, numbers={"trained_strength": NOISE})
    draws = np.random.default_rng(0).standard_normal(x_test.shape).astype("float32")
    noisy = np.clip(x_test + NOISE * draws, 0, 1)
    x_hat = demo_files.run(networks["decoder"], demo_files.run(networks["encoder"], noisy))
    errors = [error(x_test, images) for images in (noisy, np.asarray(model(noisy)), x_hat)]
    print("denoise: error with noise {:.1f}, answers {:.2f}, rounded {:.2f}".format(*errors))


def write_variational(x_train, x_test, labels):
    """Write a decoder for each beta, and the clouds of some test digits."""
    networks, arrays, models = {}, {"labels": demo_files.plain(labels[:MAP_DIGITS], "uint8")}, []
    reach = 0
    for place, beta in enumerate(BETAS):
        ae_utils.set_seed(0)
        encoder = keras.Sequential([keras.Input(shape=(784,))])
        decoder = keras.Sequential([keras.Input(shape=(2,))])
        for half, width in ((encoder, 300), (decoder, 64)):
            half.add(layers.Dense(width, activation="gelu"))
            half.add(layers.Dense(width, activation="gelu"))
        encoder.add(layers.Dense(4))
        decoder.add(layers.Dense(784))
        model = ae_utils.VariationalAutoencoder(encoder, decoder, beta=beta)
        train(model, x_train[:30_000], 0.0015, 20)
        measured = model.evaluate(x_test, batch_size=1000, verbose=0, return_dict=True)
        models.append(
            {"beta": beta, "distortion": measured["distortion"], "rate": measured["rate"]}
        )
        print(f"variational: {models[-1]}")
        means, log_variances = np.split(np.asarray(encoder(x_test[:MAP_DIGITS])), 2, axis=1)
        stored = demo_files.network(decoder)
        stored[-1]["activation"] = "sigmoid"  # the page shows probabilities, not logits
        networks[f"decoder_{place}"] = stored
        arrays[f"means_{place}"] = demo_files.plain(means)
        arrays[f"spreads_{place}"] = demo_files.plain(np.exp(log_variances / 2))
        reach = max(reach, float(np.quantile(np.abs(means), 0.95)))
    numbers = {"models": models, "reach": [round(2 * reach) / 2] * 2}
    demo_files.write("variational", networks=networks, arrays=arrays, numbers=numbers)


def write_code_sizes(x_train, x_test, labels, pca):
    """Write, for each code size, ten reconstructions and the errors; weights would be too many."""
    rows = first_of_each(labels)
    reconstructions, errors = [], []
    for size in CODE_SIZES:
        encoder, decoder = autoencoder(size, (256,))
        train(ae_utils.Autoencoder(encoder, decoder), x_train, 0.003, 5, loss="mse")
        x_hat = np.asarray(decoder(encoder(x_test)))
        reconstructions.append(x_hat[rows])
        errors.append(error(x_test, x_hat))
    by_pca = [
        error(x_test, demo_files.pca_reconstruction(pca, x_test, size)) for size in CODE_SIZES
    ]
    demo_files.write(
        "code-size",
        arrays={"reconstructions": demo_files.pixels(np.concatenate(reconstructions))},
        numbers={"sizes": CODE_SIZES, "errors": errors, "pca_errors": by_pca},
    )
    print("code-size:", *zip(CODE_SIZES, errors, by_pca, strict=True))


def train_all():
    """Train every model and write every data file."""
    provenance = demos_provenance(notebooks.ROOT)  # of the code as it is now, not at the end
    data = ae_utils.load_mnist(verbose=False)
    x_train, x_validation, x_test = (
        images.reshape(-1, 784)
        for images in (data.train_images, data.validation_images, data.test_images)
    )
    write_samples(data)
    pca = write_pca(x_train)
    write_two_numbers(x_train, x_test, data.test_labels)
    write_digits(x_train, x_validation, x_test, pca)
    write_denoise(x_train, x_test)
    write_variational(x_train, x_test, data.test_labels)
    write_code_sizes(x_train, x_test, data.test_labels, pca)
    text = json.dumps(origin(provenance, [0]), indent=2) + "\n"
    notebooks.write_atomically(text, notebooks.ROOT / "benchmarks" / "demos.json")


def main(argv=None):
    """Train and write, then draw the pictures; or only draw."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tools.demos")
    parser.add_argument("--pictures", action="store_true", help="only draw the still pictures")
    if not parser.parse_args(argv).pictures:
        train_all()
    for path in demo_pictures.draw_all():
        print(f"wrote {path.name}, {path.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
