"""Answers as students write them, for `python -m tools.answers`."""

# %% count, wrong: each layer has biases
def count_parameters(widths):
    return 2 * sum(a * b for a, b in zip(widths, widths[1:]))


# %% count, wrong: this is the encoder alone
def count_parameters(widths):
    return sum(a * b + b for a, b in zip(widths, widths[1:]))


# %% count, wrong: the encoder was counted twice
def count_parameters(widths):
    return 2 * sum(a * b + b for a, b in zip(widths, widths[1:]))


# %% count, wrong: only the first and the last width
def count_parameters(widths):
    return 2 * widths[0] * widths[-1] + widths[0] + widths[-1]


# %% count, wrong: the layers next to the code are missing
def count_parameters(widths):
    first, second = widths[:2]
    return 2 * first * second + first + second


# %% count, right: there and back as one list
def count_parameters(widths):
    way = list(widths) + list(widths)[-2::-1]
    return sum((a + 1) * b for a, b in zip(way, way[1:]))


# %% count, right: layer by layer
def count_parameters(widths):
    total = 0
    for place in range(len(widths) - 1):
        wide, narrow = widths[place], widths[place + 1]
        total += wide * narrow + narrow
        total += narrow * wide + wide
    return total


# %% bits, wrong: these are nats
def bits_per_image(steps):
    total = 0
    for column in steps.T:
        shares = np.unique(column, return_counts=True)[1] / len(column)
        total -= np.sum(shares * np.log(shares))
    return total


# %% bits, wrong: averaged over the columns
def bits_per_image(steps):
    found = []
    for column in steps.T:
        shares = np.unique(column, return_counts=True)[1] / len(column)
        found.append(-np.sum(shares * np.log2(shares)))
    return np.mean(found)


# %% bits, wrong: all columns were thrown together
def bits_per_image(steps):
    shares = np.unique(steps, return_counts=True)[1] / steps.size
    return -np.sum(shares * np.log2(shares))


# %% bits, wrong: the number of different steps
def bits_per_image(steps):
    return sum(np.log2(len(np.unique(column))) for column in steps.T)


# %% bits, wrong: the sign is turned round
def bits_per_image(steps):
    total = 0
    for column in steps.T:
        shares = np.unique(column, return_counts=True)[1] / len(column)
        total += np.sum(shares * np.log2(shares))
    return total


# %% bits, wrong: should be 2.5
def bits_per_image(steps):
    total = 0
    for column in steps.T:
        shares = np.histogram(column, bins=range(257))[0] / len(column)
        shares = shares[shares > 0]
        total -= np.sum(shares * np.log2(shares))
    return total


# %% bits, right: with a counter
def bits_per_image(steps):
    from collections import Counter
    from math import log2

    n = len(steps)
    return sum(count / n * log2(n / count)
               for column in zip(*steps.tolist()) for count in Counter(column).values())


# %% bits, right: word by word, mean over the images
def bits_per_image(steps):
    same = steps[:, None, :] == steps[None, :, :]
    return np.log2(len(steps) / same.sum(axis=1)).sum(axis=1).mean() if len(steps) <= 600 else \
        sum(-(s * np.log2(s)).sum() for s in
            (np.unique(c, return_counts=True)[1] / len(c) for c in steps.T))


# %% decoder, wrong: the bias is missing
def best_decoder(z, x):
    return np.linalg.lstsq(z, x, rcond=None)[0]


# %% decoder, wrong: the bias is 0
def best_decoder(z, x):
    weights = np.linalg.lstsq(z, x, rcond=None)[0]
    return np.vstack([weights, np.zeros(x.shape[1])])


# %% decoder, wrong: the bias stands first
def best_decoder(z, x):
    return np.linalg.lstsq(np.column_stack([np.ones(len(z)), z]), x, rcond=None)[0]


# %% decoder, wrong: the bias is the mean image
def best_decoder(z, x):
    weights = np.linalg.lstsq(z - z.mean(axis=0), x - x.mean(axis=0), rcond=None)[0]
    return np.vstack([weights, x.mean(axis=0)])


# %% decoder, wrong: transposed
def best_decoder(z, x):
    return np.linalg.lstsq(np.column_stack([z, np.ones(len(z))]), x, rcond=None)[0].T


# %% decoder, right: centred
def best_decoder(z, x):
    weights = np.linalg.pinv(z - z.mean(axis=0)) @ (x - x.mean(axis=0))
    return np.vstack([weights, x.mean(axis=0) - z.mean(axis=0) @ weights])


# %% decoder, right: by the normal equations
def best_decoder(z, x):
    a = np.hstack([z, np.ones((len(z), 1))])
    return np.linalg.solve(a.T @ a, a.T @ x)


# %% half, wrong: not the same work
def predicted_half():
    return "a"


# %% half, wrong: next to nothing
def predicted_half():
    return "b"


# %% half, wrong: true of the random decoder
def predicted_half():
    return "d"


# %% half, right: upper case
def predicted_half():
    return "C"


# %% half, right: with a space
def predicted_half():
    return " c"


# %% disguise, wrong: does not know the new code
def disguised(encode, decode, matrix):
    return lambda x: encode(x) @ matrix, decode


# %% disguise, wrong: instead of undoing it
def disguised(encode, decode, matrix):
    return lambda x: encode(x) @ matrix, lambda z: decode(z @ matrix)


# %% disguise, wrong: the transpose undoes a rotation
def disguised(encode, decode, matrix):
    return lambda x: encode(x) @ matrix, lambda z: decode(z @ matrix.T)


# %% disguise, wrong: undone after decoding
def disguised(encode, decode, matrix):
    return lambda x: encode(x) @ matrix, lambda z: decode(z) @ np.linalg.inv(matrix)


# %% disguise, wrong: stands on the wrong side
def disguised(encode, decode, matrix):
    inverse = np.linalg.inv(matrix)
    return lambda x: (matrix @ encode(x).T).T, lambda z: decode((inverse @ z.T).T)


# %% disguise, wrong: this is the old code
def disguised(encode, decode, matrix):
    return encode, decode


# %% disguise, wrong: two functions
def disguised(encode, decode, matrix):
    return lambda x: decode(encode(x) @ matrix @ np.linalg.inv(matrix))


# %% disguise, right: by solving
def disguised(encode, decode, matrix):
    def new_encode(x):
        return np.einsum("nk,kj->nj", encode(x), matrix)

    def new_decode(z):
        return decode(np.linalg.solve(matrix.T, z.T).T)

    return new_encode, new_decode


# %% disguise, right: as a list of two
def disguised(encode, decode, matrix):
    back = np.linalg.pinv(matrix)
    return [lambda x: np.dot(encode(x), matrix), lambda z: decode(np.dot(z, back))]
