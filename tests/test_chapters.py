"""What issues promise about single chapters, beyond what their own checks assert."""

import ast
import re

import pytest

from tools import notebooks
from tools.notebooks import ROOT

ENGINE = ("layers", "activations", "network", "squared-error", "entropy", "sgd", "adam", "train")

# Definition in ae_utils.models → the chapter that teaches it.
TAUGHT = {
    "Autoencoder": "implementation",
    "DenoisingAutoencoder": "regularized",
    "PenalizedAutoencoder": "regularized",
    "Noise": "variational",
    "binarized": "variational",
    "distortion_and_rate": "variational",
    "VariationalAutoencoder": "variational",
    "WarmingUp": "variational",
    "VectorQuantizer": "discrete",
    "squared_distance": "discrete",
    "AveragingQuantizer": "discrete",
    "RestartingQuantizer": "discrete",
    "VectorQuantizedAutoencoder": "discrete",
    "PlaceDense": "masked",
    "attend": "masked",
    "PatchEncoder": "masked",
    "build_decoder": "masked",
    "MaskedAutoencoder": "masked",
}


def definitions(source):
    """Return name → each class and function of Python source, without docstrings."""
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            for part in ast.walk(node):
                if isinstance(part, ast.ClassDef | ast.FunctionDef) and ast.get_docstring(part):
                    part.body = part.body[1:]
            found[node.name] = ast.unparse(node)
    return found


def test_the_numpy_autoencoder_fits_into_120_lines():
    sources = notebooks.cell_sources("algorithm")
    parts = {name: sources[name].split("\n\n\nentropy_ratio")[0] for name in ENGINE}
    lines = [line for text in parts.values() for line in text.splitlines() if line.strip()]
    assert len(lines) <= 120


def test_every_packaged_model_says_where_it_is_taught():
    source = (ROOT / "ae_utils" / "models.py").read_text(encoding="utf-8")
    assert set(definitions(source)) == set(TAUGHT)


@pytest.mark.parametrize("name", TAUGHT)
def test_the_packaged_model_is_the_one_that_the_chapter_teaches(name):
    packaged = definitions((ROOT / "ae_utils" / "models.py").read_text(encoding="utf-8"))[name]
    chapter = notebooks.read_notebook(notebooks.find_chapter(TAUGHT[name]))
    taught = [
        definitions(cell.source)[name]
        for cell in chapter.cells
        if re.search(rf"^(class|def) {name}\(", cell.source, re.MULTILINE)
    ]
    assert taught == [packaged]


def test_a_change_of_the_packaged_model_is_noticed():
    one = definitions('class Model:\n    """One."""\n    size = 1\n')
    other = definitions('class Model:\n    """Two."""\n    size = 2\n')
    assert one["Model"] != other["Model"]
    assert one == definitions("class Model:\n    size = 1\n")


@pytest.mark.parametrize("path", notebooks.chapter_paths(), ids=lambda path: path.stem)
def test_a_quiz_has_five_or_six_questions_with_one_right_answer_each(path):
    quiz = notebooks.cell_sources(path.stem)["quiz"]
    questions = re.split(r"\n\*\*\d\. ", quiz)[1:]
    assert len(questions) in (5, 6)
    assert ("Five", "Six")[len(questions) - 5] + " questions" in quiz
    for question in questions:
        options = re.findall(r"<summary>.+?</summary>\n\n([✓✗]) ", question)
        assert 3 <= len(options) <= 4, question[:80]
        assert options.count("✓") == 1, question[:80]
