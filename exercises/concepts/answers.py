"""Answers as students write them, for `python -m tools.answers`."""

# %% copies, wrong: divide by the number of pixels
def passing_share(encoder, decoder):
    return np.trace(encoder @ decoder)


# %% copies, wrong: divided by the size of the code
def passing_share(encoder, decoder):
    return np.trace(decoder @ encoder) / len(decoder)


# %% copies, wrong: the answer for PCA only
def passing_share(encoder, decoder):
    return encoder.shape[1] / encoder.shape[0]


# %% copies, wrong: the mean of all entries
def passing_share(encoder, decoder):
    return (encoder @ decoder).mean()


# %% copies, wrong: all entries were added
def passing_share(encoder, decoder):
    return np.sum(encoder @ decoder) / len(encoder)


# %% copies, wrong: wherever it arrives
def passing_share(encoder, decoder):
    return np.sum((encoder @ decoder) ** 2) / len(encoder)


# %% copies, right: the small product
def passing_share(encoder, decoder):
    return np.trace(decoder @ encoder) / encoder.shape[0]


# %% copies, right: without the product
def passing_share(encoder, decoder):
    return np.mean(np.sum(encoder * decoder.T, axis=1))


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


# %% bend, wrong: add it again after projecting
def bent_reconstruction(x, means, planes):
    own = ((x[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
    return np.array([(row - means[k]) @ planes[k] @ planes[k].T for row, k in zip(x, own)])


# %% bend, wrong: subtract the mean of the piece
def bent_reconstruction(x, means, planes):
    own = ((x[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
    return np.array([means[k] + row @ planes[k] @ planes[k].T for row, k in zip(x, own)])


# %% bend, wrong: used only to choose
def bent_reconstruction(x, means, planes):
    own = ((x[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
    return np.array([row @ planes[k] @ planes[k].T for row, k in zip(x, own)])


# %% bend, wrong: the components are missing
def bent_reconstruction(x, means, planes):
    return means[((x[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)]


# %% bend, wrong: every point went to the first piece
def bent_reconstruction(x, means, planes):
    return means[0] + (x - means[0]) @ planes[0] @ planes[0].T


# %% bend, wrong: use argmin
def bent_reconstruction(x, means, planes):
    own = ((x[:, None] - means) ** 2).sum(axis=2).argmax(axis=1)
    return np.array([
        means[k] + (row - means[k]) @ planes[k] @ planes[k].T for row, k in zip(x, own)])


# %% bend, wrong: chosen by the error it leaves
def bent_reconstruction(x, means, planes):
    answers = np.array([m + (x - m) @ p @ p.T for m, p in zip(means, planes)])
    best = ((answers - x) ** 2).sum(axis=2).argmin(axis=0)
    return answers[best, np.arange(len(x))]


# %% bend, right: image by image
def bent_reconstruction(x, means, planes):
    answers = []
    for row in x:
        piece = min(range(len(means)), key=lambda k: np.sum((row - means[k]) ** 2))
        amounts = planes[piece].T @ (row - means[piece])
        answers.append(means[piece] + planes[piece] @ amounts)
    return answers


# %% bend, right: all pieces, then a choice
def bent_reconstruction(x, means, planes):
    answers = np.array([m + (x - m) @ p @ p.T for m, p in zip(means, planes)])
    nearest = np.array([((x - m) ** 2).sum(axis=1) for m in means]).argmin(axis=0)
    return answers[nearest, np.arange(len(x))]


# %% spend, wrong: buy more numbers
def predicted_spending():
    return "a"


# %% spend, wrong: close
def predicted_spending():
    return "b"


# %% spend, wrong: four steps then cost more
def predicted_spending():
    return "d"


# %% spend, right: upper case
def predicted_spending():
    return "C"


# %% spend, right: with a space
def predicted_spending():
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
