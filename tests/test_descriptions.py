"""What the experiment *descriptions* makes of digits, and how it chooses settings."""

import numpy as np
import pytest

from benchmarks import descriptions
from benchmarks.chapter_code import run_cells


@pytest.fixture(scope="module")
def deskewed():
    cells = {"deskew": descriptions.CELLS["deskew"]}
    return run_cells(descriptions.CHAPTER, cells, {"np": np})["deskewed"]


def bar(lean):
    """Return an image (1, 28, 28) of a bar that leans by so many columns a row."""
    rows, columns = np.arange(28)[:, None], np.arange(28)
    image = np.abs(columns - 13.5 - lean * (rows - 13.5)) < 2
    image[:4], image[-4:] = False, False
    return image[None].astype("float32")


def test_an_upright_bar_stays_and_a_leaning_one_is_put_upright(deskewed):
    np.testing.assert_allclose(deskewed(bar(0)), bar(0), atol=1e-5)
    assert np.abs(bar(0.4) - bar(0)).mean() > 5 * np.abs(deskewed(bar(0.4)) - bar(0)).mean()
    np.testing.assert_allclose(deskewed(bar(0.4)), deskewed(bar(-0.4))[:, :, ::-1], atol=1e-5)


def test_random_filters_find_nothing_in_even_ink():
    found = descriptions.convolved(np.full((3, 28, 28), 0.5, "float32"), None)
    assert found.shape == (3, 4, 4, 2 * descriptions.FILTERS)
    np.testing.assert_allclose(found, 0, atol=1e-5)


def test_settings_are_chosen_one_after_the_other_and_an_end_is_named():
    def score(setting):
        return -abs(setting["width"] - 2) - abs(setting["rate"] - 9)

    setting, best, at_end = descriptions.chosen(score, {"width": (1, 2, 3), "rate": (1, 2, 4)})
    assert (setting, best, at_end) == ({"width": 2, "rate": 4}, -5, ["rate"])


def test_label_spreading_reaches_a_cluster_from_one_label():
    generator = np.random.default_rng(0)
    labels = np.repeat([0, 1], 60)
    codes = generator.normal(size=(120, 3)) + 12 * labels[:, None]
    parts, known = [codes, codes[::2] + 0.1, codes[::3] - 0.1], [labels, labels[::2], labels[::3]]
    ask = descriptions.spreading(parts, known)
    setting = {"neighbours": 5, "taken over": 0.9}
    assert ask(setting, np.array([0, 119]), 1) == ask(setting, np.array([0, 119]), 2) == 1
