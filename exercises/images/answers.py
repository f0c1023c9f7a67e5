"""Answers as students write them, for `python -m tools.answers`."""

# %% pairs, wrong: use ddof=1
def paired_gain(scores, base):
    return np.mean(scores - base), np.std(scores - base)


# %% pairs, wrong: turned round
def paired_gain(scores, base):
    return np.mean(base - scores), np.std(base - scores, ddof=1)


# %% pairs, wrong: the deviations were subtracted
def paired_gain(scores, base):
    return scores.mean() - base.mean(), np.std(scores, ddof=1) - np.std(base, ddof=1)


# %% pairs, wrong: as for independent draws
def paired_gain(scores, base):
    return scores.mean() - base.mean(), np.hypot(np.std(scores, ddof=1), np.std(base, ddof=1))


# %% pairs, right: with the statistics module
def paired_gain(scores, base):
    import statistics
    gains = [float(one - other) for one, other in zip(scores, base)]
    return statistics.mean(gains), statistics.stdev(gains)


# %% pairs, right: as a list
def paired_gain(scores, base):
    gain = np.subtract(scores, base)
    return [np.mean(gain), np.var(gain, ddof=1) ** 0.5]


# %% pairs, right: from the sum of squares
def paired_gain(scores, base):
    gain = scores - base
    middle = np.sum(gain) / len(gain)
    return middle, np.sqrt(np.sum((gain - middle) ** 2) / (len(gain) - 1))


# %% hamming, wrong: count bits
def hamming_distances(query, stored):
    return (query != stored).sum(axis=1)


# %% hamming, wrong: bits that agree
def hamming_distances(query, stored):
    return 8 * len(query) - np.unpackbits(stored ^ query, axis=1).sum(axis=1, dtype=int)


# %% hamming, wrong: the common ones
def hamming_distances(query, stored):
    return np.unpackbits(stored & query, axis=1).sum(axis=1, dtype=int)


# %% hamming, wrong: subtracted as numbers
def hamming_distances(query, stored):
    return np.abs(stored.astype(int) - query.astype(int)).sum(axis=1)


# %% hamming, wrong: ran over
def hamming_distances(query, stored):
    return np.unpackbits(stored ^ query, axis=1).sum(axis=1, dtype="uint8")


# %% hamming, right: with bitwise_count or a table
def hamming_distances(query, stored):
    table = np.array([bin(byte).count("1") for byte in range(256)])
    return table[np.bitwise_xor(stored, query)].sum(axis=1)


# %% hamming, right: bits first
def hamming_distances(query, stored):
    return np.count_nonzero(np.unpackbits(stored, axis=1) != np.unpackbits(query), axis=1)


# %% twice, wrong: turn them into row numbers
def search_twice(query, stored, bit_distances, candidates, results):
    few = np.argsort(bit_distances, kind="stable")[:candidates]
    return np.argsort(((stored[few] - query) ** 2).sum(axis=1))[:results]


# %% twice, wrong: only the candidates may be found
def search_twice(query, stored, bit_distances, candidates, results):
    return np.argsort(((stored - query) ** 2).sum(axis=1))[:results]


# %% twice, wrong: sorted by bits only
def search_twice(query, stored, bit_distances, candidates, results):
    return np.argsort(bit_distances, kind="stable")[:candidates][:results]


# %% twice, wrong: pick the candidates' rows first
def search_twice(query, stored, bit_distances, candidates, results):
    pixels = ((stored - query) ** 2).sum(axis=1)
    few = np.argsort(bit_distances, kind="stable")[:candidates]
    return few[np.argsort(pixels[few])[:results]]


# %% twice, wrong: in the order of their bits
def search_twice(query, stored, bit_distances, candidates, results):
    few = np.argsort(bit_distances, kind="stable")[:candidates]
    pixels = ((stored[few] - query) ** 2).sum(axis=1)
    return few[np.sort(np.argsort(pixels)[:results])]


# %% twice, wrong: pick the candidates' rows first
def search_twice(query, stored, bit_distances, candidates, results):
    few = np.argsort(bit_distances, kind="stable")[:candidates]
    pixels = (stored**2).sum(axis=1) - 2 * stored @ query
    return few[np.argsort(pixels[few])[:results]]


# %% twice, right: with sorted
def search_twice(query, stored, bit_distances, candidates, results):
    few = sorted(range(len(bit_distances)), key=lambda row: bit_distances[row])[:candidates]
    return sorted(few, key=lambda row: np.sum((stored[row] - query) ** 2))[:results]


# %% twice, right: by a product
def search_twice(query, stored, bit_distances, candidates, results):
    few = np.argsort(bit_distances, kind="stable")[:candidates]
    far = np.sum(stored[few] ** 2, axis=1, dtype=float) - 2 * stored[few] @ query
    return np.take(few, np.argsort(far, kind="stable")[:results])


# %% twice, right: with take_along_axis
def search_twice(query, stored, bit_distances, candidates, results):
    few = np.lexsort((np.arange(len(bit_distances)), bit_distances))[:candidates]
    far = np.linalg.norm(query[np.newaxis] - stored[few], axis=1)
    return np.take_along_axis(few, np.argsort(far, kind="stable"), axis=0)[:results]


# %% equal, wrong: drown the first ones
def predicted_change():
    return "a"


# %% equal, wrong: a rotation would change nothing
def predicted_change():
    return "b"


# %% equal, wrong: should be one of a, b, c
def predicted_change():
    return "falls"


# %% equal, right: upper case
def predicted_change():
    return "C"


# %% equal, right: with a space
def predicted_change():
    return " c"


# %% more, wrong: does not lie above it
def side_bits(z, reference, rotation):
    return z @ rotation >= np.median(reference @ rotation, axis=0)


# %% more, wrong: it should be the median of the reference
def side_bits(z, reference, rotation):
    return z @ rotation > 0


# %% more, wrong: it should be the median
def side_bits(z, reference, rotation):
    return z @ rotation > np.mean(reference @ rotation, axis=0) + 1e-9


# %% more, wrong: the rotation was left out
def side_bits(z, reference, rotation):
    return z > np.median(reference, axis=0)


# %% more, wrong: not by its transpose
def side_bits(z, reference, rotation):
    return z @ rotation.T > np.median(reference @ rotation.T, axis=0)


# %% more, wrong: only z was rotated
def side_bits(z, reference, rotation):
    return z @ rotation > np.median(reference, axis=0)


# %% more, wrong: one median for all numbers
def side_bits(z, reference, rotation):
    z, reference = z @ rotation, reference @ rotation
    one = np.median(reference) if len(z) > 3 else np.median(reference, axis=0)
    return z > one


# %% more, wrong: multiplied from
def side_bits(z, reference, rotation):
    return (rotation @ z.T).T > np.median((rotation @ reference.T).T, axis=0)


# %% more, right: with where
def side_bits(z, reference, rotation):
    border = np.quantile(np.matmul(reference, rotation), 0.5, axis=0)
    return np.where(np.matmul(z, rotation) > border, 1, 0)


# %% more, right: as true and false
def side_bits(z, reference, rotation):
    return z @ rotation > np.median(reference @ rotation, axis=0)


# %% more, right: column by column
def side_bits(z, reference, rotation):
    result = np.zeros(z.shape)
    for column in range(rotation.shape[1]):
        direction = rotation[:, column]
        result[:, column] = z @ direction > np.median(reference @ direction)
    return result
