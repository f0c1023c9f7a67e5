"""Draw the picture of the landing page: test digits, their codes, their reconstructions.

It trains a deep autoencoder with a code of 30 numbers for half a minute, and writes
``_static/cover.svg``, and the same under the book's title as ``_static/card.png``, which other
programs show beside a link to a page. Only needed when the pictures are to change.
"""

import argparse
import io
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

import ae_utils
from _ext.book_sharing import CARD, CARD_HEIGHT, CARD_WIDTH

ROOT = Path(__file__).resolve().parent.parent
COVER = ROOT / "_static" / "cover.svg"
LATENT_DIM = 30
DOTS_PER_INCH = 100
TITLE = "Autoencoders, executed"


def train(images):
    """Return encoder and decoder after training on flat images (n, 784)."""
    encoder = keras.Sequential(
        [keras.Input(shape=(784,)), layers.Dense(512, "gelu"), layers.Dense(LATENT_DIM)]
    )
    decoder = keras.Sequential(
        [
            keras.Input(shape=(LATENT_DIM,)),
            layers.Dense(512, "gelu"),
            layers.Dense(784, activation="sigmoid"),
        ]
    )
    model = keras.Sequential([encoder, decoder])
    model.compile(optimizer=keras.optimizers.AdamW(0.002, weight_decay=0.01), loss="mse")
    ae_utils.fit(model, images, epochs=15, batch_size=128, schedule="cosine")
    return encoder, decoder


def draw(images, codes, reconstructions):
    """Return a figure with one column for each of the images (n, 28, 28)."""
    figure, axes = plt.subplots(
        3, len(images), figsize=(7.2, 2.9), gridspec_kw={"height_ratios": [1, 1.15, 1]}
    )
    limit = np.abs(codes).max()
    for column, image, code, x_hat in zip(axes.T, images, codes, reconstructions, strict=True):
        column[0].imshow(image, vmin=0, vmax=1)
        column[1].imshow(code.reshape(6, 5), cmap="RdBu_r", vmin=-limit, vmax=limit)
        column[2].imshow(x_hat, vmin=0, vmax=1)
        for ax in column:
            ax.axis("off")
    for ax, label in zip(axes[:, 0], ("784 pixels", "30 numbers", "784 pixels"), strict=True):
        ax.text(-0.15, 0.5, label, transform=ax.transAxes, rotation=90, va="center", ha="right")
    return figure


def make_card(figure):
    """Turn the cover into a card of ``CARD_WIDTH`` × ``CARD_HEIGHT`` pixels with a title."""
    figure.set_size_inches(CARD_WIDTH / DOTS_PER_INCH, CARD_HEIGHT / DOTS_PER_INCH)
    # The columns below the title: left, bottom, width and height, as parts of the card.
    figure.get_layout_engine().set(rect=(0.03, 0.03, 0.94, 0.75))
    figure.text(0.5, 0.86, TITLE, fontsize=44, ha="center", va="center")
    for text in (text for ax in figure.axes for text in ax.texts):
        text.set_fontsize(18)
    return figure


def main():
    """Train, draw and write the picture."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    ae_utils.use_book_style()
    # Repeatable bytes: no date, and names of elements that do not change.
    plt.rcParams["svg.hashsalt"] = "cover"
    ae_utils.set_seed(0)
    data = ae_utils.load_mnist()
    encoder, decoder = train(data.train_images.reshape(-1, 784))
    # The first image of eight different digits; none was chosen by its reconstruction.
    firsts = [int(np.argmax(data.test_labels == digit)) for digit in range(2, 10)]
    images = data.test_images[firsts]
    codes = np.array(encoder(images.reshape(-1, 784)))
    x_hat = np.array(decoder(codes)).reshape(-1, 28, 28)
    figure = draw(images, codes, x_hat)
    picture = io.StringIO()
    figure.savefig(picture, format="svg", metadata={"Date": None})
    COVER.write_text(picture.getvalue(), encoding="utf-8")
    make_card(figure).savefig(ROOT / CARD, dpi=DOTS_PER_INCH, metadata={"Software": None})
    for path in (COVER, ROOT / CARD):
        print(f"wrote {path.name}, {path.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
