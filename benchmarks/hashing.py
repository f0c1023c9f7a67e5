"""Search among 55 000 digits: exact against 32 bits, in milliseconds and in precision.

The hashing autoencoder is that of the chapter *images*, built and trained by the chapter's cells.
Milliseconds are medians over single queries, without a batch to share the work; precision is the
share of the ten first results that have the label of the query.
"""

import statistics
import time

import keras
import numpy as np
from keras import layers, ops

import ae_utils
from benchmarks.chapter_code import run_cells

SEEDS = (0,)
QUERIES, RESULTS, CANDIDATES = 1000, 10, 500
# The cells of the chapter that define and train the models used here.
CHAPTER = "images"
CELLS = {"networks": None, "bits": None, "hash-model": None, "hash-train": None}


def chapter_code(data):
    """Return the names that the chapter's own cells define."""
    names = {"keras": keras, "layers": layers, "np": np, "ops": ops, "data": data}
    names |= {
        name: getattr(ae_utils, name)
        for name in ("Autoencoder", "Noise", "fit", "fit_pca", "set_seed")
    }
    names["x_train"] = data.train_images.reshape(-1, 784)
    return run_cells(CHAPTER, CELLS, names)


def pack(bits):
    """Pack 32 truth values of each row into one whole number."""
    return np.packbits(bits, axis=1).view("uint32").ravel()


def count_ones():
    """Return a function that counts the ones in the bits of whole numbers of 32 bits."""
    if hasattr(np, "bitwise_count"):
        return np.bitwise_count
    table = np.array([bin(number).count("1") for number in range(2**16)], "uint8")
    return lambda numbers: table[numbers & 0xFFFF] + table[numbers >> 16]


def nearest(distances, count=RESULTS):
    """Return the places of the smallest distances, the smallest first."""
    found = np.argpartition(distances, count)[:count]
    return found[np.argsort(distances[found], kind="stable")]


def euclidean(stored):
    """Return a search by Euclidean distance."""
    squares = np.einsum("ij,ij->i", stored, stored)
    return lambda query: nearest(squares - 2 * (stored @ query))


def hamming(stored):
    """Return a search by the number of differing bits, and how many results it gives."""
    ones = count_ones()
    return lambda query, count=RESULTS: nearest(ones(stored ^ query), count)


def within_two_bits(stored):
    """Return a search that looks only into the 529 addresses at most two bits from the query."""
    order = np.argsort(stored, kind="stable")
    addresses = stored[order]
    single = np.uint32(1) << np.arange(32, dtype="uint32")
    pairs = (single[:, None] ^ single)[np.triu_indices(32, 1)]
    masks = np.concatenate([np.zeros(1, "uint32"), single, pairs])

    def search(query):
        wanted = masks ^ query
        first = np.searchsorted(addresses, wanted, "left")
        last = np.searchsorted(addresses, wanted, "right")
        # The masks are in the order of their bits, so near results come first.
        parts = [order[a:b] for a, b in zip(first, last, strict=True) if a < b]
        return np.concatenate(parts)[:RESULTS] if parts else np.empty(0, int)

    return search


def judged(name, size, search, queries, labels, stored_labels):
    """Return a row: milliseconds a query and precision; a query without results has none."""
    milliseconds, right, found = [], [], []
    for query, label in zip(queries, labels, strict=True):
        started = time.perf_counter()
        places = search(query)
        milliseconds.append(1000 * (time.perf_counter() - started))
        found.append(len(places))
        if len(places):
            right.append(np.mean(stored_labels[places] == label))
    row = {
        "name": name,
        "bytes": size,
        "milliseconds": round(statistics.median(milliseconds), 3),
        "precision": round(float(np.mean(right)), 4),
        "answered": round(float(np.mean(np.array(found) == RESULTS)), 4),
    }
    print(f"  {row}", flush=True)
    return row


def compiled(encoder):
    """Return the encoder as a compiled function of one image: a call of Keras costs more."""
    import tensorflow as tf

    traced = tf.function(lambda x: encoder(x, training=False), jit_compile=True)
    return lambda image: traced(image[None]).numpy()[0]


def measure(progress, seeds=SEEDS):
    """Return a row for each search over the 55 000 training digits.

    The chapter's cells set the seed of the model, so there is one.
    """
    (seed,) = seeds
    return progress.once(f"all searches, seed {seed}", searches)


def searches():
    """Build what the searches need, and run each."""
    data = ae_utils.load_mnist(verbose=False)
    code = chapter_code(data)
    x_train, labels = code["x_train"], data.train_labels
    queries, query_labels = data.test_images.reshape(-1, 784)[:QUERIES], data.test_labels[:QUERIES]
    pca = ae_utils.fit_pca(x_train, 32)
    planes = pca.transform(x_train).astype("float32")
    rotate = code["rotation"](planes)
    encode = compiled(code["hashing"].encoder)
    encode(queries[0])  # compiled once, before the clock runs
    activities = np.concatenate(
        [code["hashing"].encoder.predict(part, verbose=0) for part in np.split(x_train, 55)]
    )
    bits = {"autoencoder": pack(activities > 0), "rotated PCA": pack(planes @ rotate > 0)}

    def project(image):
        return pca.transform(image[None]).astype("float32")[0]

    def bits_of(image):
        return pack(encode(image)[None] > 0)[0]

    def bits_of_pca(image):
        return pack((project(image) @ rotate)[None] > 0)[0]

    exact, exact_pca = euclidean(x_train), euclidean(planes)
    by_code, by_pca = hamming(bits["autoencoder"]), hamming(bits["rotated PCA"])
    address = within_two_bits(bits["autoencoder"])

    def again(image):
        some = by_code(bits_of(image), CANDIDATES)
        return some[nearest(((x_train[some] - image) ** 2).sum(axis=1))]

    kinds = (
        ("exact, 784 numbers", 784 * 4, exact),
        ("exact, PCA, 32 numbers", 32 * 4, lambda image: exact_pca(project(image))),
        ("rotated PCA, 32 bits", 4, lambda image: by_pca(bits_of_pca(image))),
        ("autoencoder, 32 bits", 4, lambda image: by_code(bits_of(image))),
        ("the same, then exact among 500", 4 + 784 * 4, again),
        ("the same bits as address", 4, lambda image: address(bits_of(image))),
    )
    rows = [
        judged(name, size, search, queries, query_labels, labels) for name, size, search in kinds
    ]
    encoded = [bits_of(image) for image in queries]
    scan = judged("autoencoder, without encoding", 4, by_code, encoded, query_labels, labels)
    return {
        "stored": len(x_train),
        "queries": QUERIES,
        "rows": [*rows, scan, unnormalized(code, data)],
    }


def unnormalized(code, data):
    """Return a row for the same autoencoder without the normalization before its noise."""
    encoder = code["train_hashing"](normalize=False).encoder
    packed = [
        pack(np.concatenate([encoder.predict(part, verbose=0) > 0 for part in np.split(x, 5)]))
        for x in (code["x_train"], data.test_images.reshape(-1, 784)[:QUERIES])
    ]
    labels = data.test_labels[:QUERIES], data.train_labels
    return judged("without normalization", 4, hamming(packed[0]), packed[1], *labels)
