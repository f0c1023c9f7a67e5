"""Search among 55 000 digits: exact against 32 bits, in milliseconds and in precision.

The hashing autoencoder is that of the chapter *images*, built and trained by the chapter's cells.
Milliseconds are medians over single queries, without a batch to share the work, on one processor
core; precision is the share of the ten first results that have the label of the query. The queries
are among the test digits that the chapter uses. Each kind of distance has a selection that fits it.
"""

import statistics
import time

import keras
import numpy as np
from keras import layers, ops
from threadpoolctl import threadpool_limits

import ae_utils
from benchmarks.chapter_code import run_cells

SEEDS = (0,)
FIRST_QUERY, QUERIES, RESULTS, CANDIDATES = 5000, 1000, 10, 500
BLOCK = 100  # distances, of which the smallest is looked at first
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
    """Return the places of the smallest of many real numbers, the smallest first.

    Only the blocks whose own smallest number is among the smallest are looked into.
    """
    starts = np.arange(0, len(distances), BLOCK)
    if len(starts) > count:
        smallest = np.minimum.reduceat(distances, starts)
        starts = starts[np.argpartition(smallest, count)[:count]]
    places = (starts[:, None] + np.arange(BLOCK)).ravel()
    places = places[places < len(distances)]
    return places[np.argsort(distances[places], kind="stable")[:count]]


def fewest(differing, count=RESULTS):
    """Return the places of the smallest of many small whole numbers, the smallest first.

    A limit is raised until enough numbers lie below it: there are 33 of them at most.
    """
    limit = 0
    while np.count_nonzero(differing <= limit) < count:
        limit += 1
    places = np.flatnonzero(differing <= limit)
    return places[np.argsort(differing[places], kind="stable")[:count]]


def euclidean(stored):
    """Return a search by Euclidean distance."""
    squares = np.einsum("ij,ij->i", stored, stored)
    return lambda query: nearest(squares - 2 * (stored @ query))


def hamming(stored):
    """Return a search by the number of differing bits, and how many results it gives."""
    ones = count_ones()
    return lambda query, count=RESULTS: fewest(ones(stored ^ query), count)


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


def judged(name, arrays, search, queries, labels, stored_labels):
    """Return a row: milliseconds a query and precision; a query without results has none.

    Bytes are those for a stored digit in the arrays that the search reads.
    """
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
        "bytes": sum(array.nbytes for array in arrays) // len(stored_labels),
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
    with threadpool_limits(1):
        return progress.once(f"all searches, seed {seed}", searches)


def asked(data):
    """Return the queries and their labels."""
    chosen = slice(FIRST_QUERY, FIRST_QUERY + QUERIES)
    return data.test_images[chosen].reshape(-1, 784), data.test_labels[chosen]


def searches():
    """Build what the searches need, and run each."""
    data = ae_utils.load_mnist(verbose=False)
    code = chapter_code(data)
    x_train, labels = code["x_train"], data.train_labels
    queries, query_labels = asked(data)
    pca = ae_utils.fit_pca(x_train, 32)
    planes = pca.transform(x_train).astype("float32")
    rotate = code["rotation"](planes)
    encode = compiled(code["hashing"].encoder)
    encode(queries[0])  # compiled once, before the clock runs
    activities = np.concatenate(
        [code["hashing"].encoder.predict(part, verbose=0) for part in np.split(x_train, 55)]
    )
    learned, rotated = pack(activities > 0), pack(planes @ rotate > 0)
    middle, directions = pca.mean_, np.ascontiguousarray(pca.components_.T)

    def project(image):
        return (image - middle) @ directions

    def bits_of(image):
        return pack(encode(image)[None] > 0)[0]

    def bits_of_pca(image):
        return pack((project(image) @ rotate)[None] > 0)[0]

    exact, exact_pca = euclidean(x_train), euclidean(planes)
    by_code, by_pca, address = hamming(learned), hamming(rotated), within_two_bits(learned)

    def again(image):
        some = by_code(bits_of(image), CANDIDATES)
        return some[nearest(((x_train[some] - image) ** 2).sum(axis=1))]

    kinds = (
        ("exact, 784 numbers", [x_train], exact),
        ("exact, PCA, 32 numbers", [planes], lambda image: exact_pca(project(image))),
        ("rotated PCA, 32 bits", [rotated], lambda image: by_pca(bits_of_pca(image))),
        ("autoencoder, 32 bits", [learned], lambda image: by_code(bits_of(image))),
        ("the same, then exact among 500", [learned, x_train], again),
        ("the same bits as address", [learned], lambda image: address(bits_of(image))),
    )
    rows = [
        judged(name, arrays, search, queries, query_labels, labels)
        for name, arrays, search in kinds
    ]
    encoded = [bits_of(image) for image in queries]
    scan = "autoencoder, without encoding", [learned], by_code
    return {
        "stored": len(x_train),
        "queries": QUERIES,
        "rows": [
            *rows,
            judged(*scan, encoded, query_labels, labels),
            unnormalized(code, data),
        ],
    }


def unnormalized(code, data):
    """Return a row for the same autoencoder without the normalization before its noise."""
    encoder = code["train_hashing"](normalize=False).encoder
    queries, query_labels = asked(data)
    packed = [
        pack(np.concatenate([encoder.predict(part, verbose=0) > 0 for part in np.split(x, 5)]))
        for x in (code["x_train"], queries)
    ]
    search = "without normalization", packed[:1], hamming(packed[0])
    return judged(*search, packed[1], query_labels, data.train_labels)
