"""What issues promise about single chapters, beyond what their own checks assert."""

from tools import notebooks

ENGINE = ("layers", "activations", "network", "squared-error", "entropy", "sgd", "adam", "train")


def test_the_numpy_autoencoder_fits_into_120_lines():
    chapter = notebooks.read_notebook(notebooks.find_chapter("algorithm"))
    sources = {cell.id: cell.source for cell in chapter.cells}
    definitions = {name: sources[name].split("\n\n\nentropy_ratio")[0] for name in ENGINE}
    lines = [line for text in definitions.values() for line in text.splitlines() if line.strip()]
    assert len(lines) <= 120
