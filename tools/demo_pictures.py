"""The still picture of each live model: shown without scripts, in print, and until it has loaded.

Drawn from the stored weights, so that it shows what the model answers.
"""

import io

import matplotlib.pyplot as plt
import numpy as np
import PIL.Image
from scipy.ndimage import median_filter

import ae_utils
from tools import demo_files

FOLDER = demo_files.FOLDER.parent
_GAP = 2


def strip(images):
    """Put flat images side by side, with a light line between them."""
    light = np.ones((28, _GAP))
    parts = [part for image in images for part in (np.reshape(image, (28, 28)), light)]
    return np.concatenate(parts[:-1], axis=1)


def rows_of_images(rows):
    """Return a figure with a labelled strip for each entry of ``rows``."""
    strips = [strip(images) for images in rows.values()]
    height, width = strips[0].shape
    size = (5.4, len(rows) * (5.4 * height / width + 0.28))
    figure, axes = plt.subplots(len(rows), 1, figsize=size, squeeze=False)
    for ax, picture, label in zip(axes[:, 0], strips, rows, strict=True):
        show(ax, picture, label)
    return figure


def show(ax, picture, label=""):
    """Draw a grey picture without axes under its label."""
    ax.imshow(picture, vmin=0, vmax=1)
    ax.axis("off")
    ax.set_title(label, loc="left", fontsize=10)


def cloud(ax, codes, labels):
    """Draw each code as its digit."""
    for (one, two), label in zip(codes, labels, strict=True):
        colour = plt.cm.tab10(int(label))
        ax.text(one, two, str(label), color=colour, size=6, ha="center", va="center", clip_on=True)


def two_numbers():
    """The map of codes, and what the decoder draws on a grid over it."""
    stored = demo_files.read("two-numbers")
    (one, two), (width, height) = (stored["numbers"][key] for key in ("centre", "reach"))
    across, up = (
        np.linspace(one - width, one + width, 11),
        np.linspace(two - height, two + height, 11),
    )
    codes = np.stack(np.meshgrid(across, up[::-1]), axis=-1).reshape(-1, 2)
    drawn = demo_files.run(stored["networks"]["decoder"], codes).reshape(11, 11, 28, 28)
    figure, (left, right) = plt.subplots(1, 2, figsize=(5.4, 2.8))
    cloud(left, *(demo_files.values(stored["arrays"][key]) for key in ("codes", "labels")))
    left.set(xlim=(across[0], across[-1]), ylim=(up[0], up[-1]), box_aspect=1)
    left.tick_params(labelsize=8)
    show(right, drawn.transpose(0, 2, 1, 3).reshape(308, 308))
    return figure


def answers(name, x):
    """Return codes and reconstructions by a stored autoencoder."""
    networks = demo_files.read(name)["networks"]
    z = demo_files.run(networks["encoder"], x)
    return z, demo_files.run(networks["decoder"], z)


def samples(name):
    """Return the stored examples, flat: "digits" or "clothes"."""
    images = demo_files.values(demo_files.read("samples")["arrays"][name])
    return images.reshape(len(images), -1)


def draw():
    """One digit, its code as bars, and the two reconstructions."""
    x = samples("digits")[2:3]
    z, x_hat = answers("digits", x)
    by_pca = demo_files.pca_reconstruction(demo_files.read("pca")["arrays"], x, z.shape[1])
    figure, axes = plt.subplots(
        1, 4, figsize=(5.4, 1.7), gridspec_kw={"width_ratios": [1, 1.4, 1, 1]}
    )
    show(axes[0], x.reshape(28, 28), "drawn")
    axes[1].bar(np.arange(z.shape[1]), z[0])
    axes[1].set_title(f"code, {z.shape[1]} numbers", loc="left", fontsize=10)
    axes[1].set(xticks=[], yticks=[])
    show(axes[2], x_hat.reshape(28, 28), "autoencoder")
    show(axes[3], by_pca.reshape(28, 28), "PCA")
    return figure


def anomaly():
    """A digit and a piece of clothing, and their errors beside those of validation digits."""
    stored = demo_files.read("digits")
    x = np.stack([samples("digits")[8], samples("clothes")[0]])
    errors = np.sum((x - answers("digits", x)[1]) ** 2, axis=1)
    shares = demo_files.values(stored["arrays"]["histogram"])
    edges = np.geomspace(*stored["numbers"]["error_range"], len(shares) + 1)
    figure, axes = plt.subplots(1, 3, figsize=(5.4, 2.0), gridspec_kw={"width_ratios": [1, 1, 3.2]})
    show(axes[0], x[0].reshape(28, 28), "A")
    show(axes[1], x[1].reshape(28, 28), "B")
    ax = axes[2]
    ax.stairs(shares, edges, fill=True, color="0.7")
    ax.axvline(stored["numbers"]["threshold"], color="C1")
    top = 1.12 * shares.max()
    ax.text(stored["numbers"]["threshold"], top, " threshold", color="C1", va="top", size=9)
    for error, letter in zip(errors, "AB", strict=True):
        ax.annotate(
            letter, (error, 0), (error, 0.3 * top), ha="center", arrowprops={"arrowstyle": "->"}
        )
    ax.set(xscale="log", ylim=(0, top), yticks=[], xlabel="squared error")
    ax.xaxis.set_major_formatter("{x:g}")
    return figure


def denoise():
    """Digits, noise, and the answers of network and filter."""
    x = samples("digits")[:8]
    strength = demo_files.read("denoise")["numbers"]["trained_strength"]
    noise = np.random.default_rng(0).standard_normal(x.shape)
    noisy = np.clip(x + strength * noise, 0, 1)
    return rows_of_images(
        {
            "test digits": x,
            "with noise": noisy,
            "denoising autoencoder": answers("denoise", noisy)[1],
            "median filter": median_filter(noisy.reshape(-1, 28, 28), size=(1, 3, 3)),
        }
    )


def variational():
    """For each beta the cloud of codes with two circles of the prior, and decoded draws."""
    stored = demo_files.read("variational")
    arrays, models = stored["arrays"], stored["numbers"]["models"]
    reach = stored["numbers"]["reach"][0]
    generator = np.random.default_rng(0)
    draws = generator.standard_normal((8, 2))
    figure, axes = plt.subplots(
        2, len(models), figsize=(5.4, 3.0), gridspec_kw={"height_ratios": [2, 1]}
    )
    for place, (column, model) in enumerate(zip(axes.T, models, strict=True)):
        means, spreads = (
            demo_files.values(arrays[f"{part}_{place}"]) for part in ("means", "spreads")
        )
        codes = means + spreads * generator.standard_normal(means.shape)
        cloud(column[0], codes, demo_files.values(arrays["labels"]))
        for radius in (1, 2):
            column[0].add_patch(plt.Circle((0, 0), radius, fill=False, ls="--", zorder=3))
        column[0].set(xlim=(-reach, reach), ylim=(-reach, reach), box_aspect=1)
        column[0].set_title(f"beta {model['beta']:g}", fontsize=10)
        column[0].tick_params(labelsize=7)
        images = demo_files.run(stored["networks"][f"decoder_{place}"], draws)
        show(column[1], np.concatenate([strip(images[:4]), strip(images[4:])]))
    return figure


def code_size():
    """The digits, and what autoencoder and PCA draw from few and from more numbers."""
    stored = demo_files.read("code-size")
    x = samples("digits")
    by_network = demo_files.values(stored["arrays"]["reconstructions"])
    by_network = by_network.reshape(len(stored["numbers"]["sizes"]), 10, 784)
    pca = demo_files.read("pca")["arrays"]
    rows = {"test digits": x}
    for size in (2, 16):
        place = stored["numbers"]["sizes"].index(size)
        rows[f"autoencoder, {size} numbers"] = by_network[place]
        rows[f"PCA, {size} numbers"] = demo_files.pca_reconstruction(pca, x, size)
    return rows_of_images(rows)


PICTURES = {
    "two-numbers": two_numbers,
    "draw": draw,
    "code-size": code_size,
    "denoise": denoise,
    "variational": variational,
    "anomaly": anomaly,
}


def draw_all():
    """Draw every picture; return their paths."""
    ae_utils.use_book_style()
    paths = []
    for name, make in PICTURES.items():
        figure = make()
        picture = io.BytesIO()
        figure.savefig(picture, format="png", dpi=130)
        plt.close(figure)
        path = FOLDER / f"{name}.png"
        # A palette is enough for grey images and a few inks, and takes a third of the bytes.
        image = PIL.Image.open(picture).convert("RGB")
        image.quantize(255, method=PIL.Image.Quantize.FASTOCTREE).save(path, optimize=True)
        paths.append(path)
    return paths
