"""Answers as students write them, for `python -m tools.answers`."""

# %% use, wrong: this is one code: an image pays
def prices_and_dead(codes, size):
    counts = np.bincount(codes.ravel(), minlength=size)
    share = counts[counts > 0] / codes.size
    return np.log2(size), -np.sum(share * np.log2(share)), np.sum(counts == 0)


# %% use, wrong: this is in nats
def prices_and_dead(codes, size):
    counts = np.bincount(codes.ravel(), minlength=size)
    share = counts[counts > 0] / codes.size
    places = codes.shape[1]
    return places * np.log(size), -places * np.sum(share * np.log(share)), np.sum(counts == 0)


# %% use, wrong: leave out the codes whose share is 0
def prices_and_dead(codes, size):
    share = np.bincount(codes.ravel(), minlength=size) / codes.size
    places = codes.shape[1]
    return places * np.log2(size), -places * np.sum(share * np.log2(share)), np.sum(share == 0)


# %% use, wrong: count up to `size`
def prices_and_dead(codes, size):
    counts = np.bincount(codes.ravel())
    share = counts[counts > 0] / codes.size
    places = codes.shape[1]
    return places * np.log2(size), -places * np.sum(share * np.log2(share)), np.sum(counts == 0)


# %% use, wrong: as if each occurred equally often
def prices_and_dead(codes, size):
    counts = np.bincount(codes.ravel(), minlength=size)
    share = counts[counts > 0] / codes.size
    return codes.shape[1] * np.log2(size), -np.sum(np.log2(share)), np.sum(counts == 0)


# %% use, wrong: this is the perplexity
def prices_and_dead(codes, size):
    counts = np.bincount(codes.ravel(), minlength=size)
    share = counts[counts > 0] / codes.size
    perplexity = np.exp(-np.sum(share * np.log(share)))
    return codes.shape[1] * np.log2(size), perplexity, np.sum(counts == 0)


# %% use, wrong: three numbers
def prices_and_dead(codes, size):
    return codes.shape[1] * np.log2(size)


# %% use, right: with np.unique
def prices_and_dead(codes, size):
    _, counts = np.unique(codes, return_counts=True)
    price_of_each = np.log2(codes.size / counts)
    return (codes.shape[1] * np.log2(size), np.sum(counts * price_of_each) / len(codes),
            size - len(counts))


# %% use, right: code by code
def prices_and_dead(codes, size):
    import math
    dead, bits = 0, 0.0
    for code in range(size):
        count = int(np.sum(codes == code))
        if count == 0:
            dead += 1
        else:
            bits -= count * math.log2(count / codes.size)
    return codes.shape[1] * math.log2(size), bits / codes.shape[0], dead


# %% stages, wrong: the second stage got the vector itself
def round_in_stages(vectors, codebooks):
    codes = [nearest(vectors, book) for book in codebooks]
    return np.stack(codes, axis=1), sum(book[c] for book, c in zip(codebooks, codes))


# %% stages, wrong: not the other way round
def round_in_stages(vectors, codebooks):
    left, codes = vectors, []
    for book in codebooks:
        codes.append(nearest(left, book))
        left = book[codes[-1]] - left
    return np.stack(codes, axis=1), vectors - left


# %% stages, wrong: the best pair was searched
def round_in_stages(vectors, codebooks):
    first, second = codebooks
    pairs = (first[:, None] + second).reshape(-1, vectors.shape[1])
    best = nearest(vectors, pairs)
    return np.stack([best // len(second), best % len(second)], axis=1), pairs[best]


# %% stages, wrong: transposed
def round_in_stages(vectors, codebooks):
    left, codes = vectors, []
    for book in codebooks:
        codes.append(nearest(left, book))
        left = left - book[codes[-1]]
    return np.array(codes), vectors - left


# %% stages, wrong: this is what is left over
def round_in_stages(vectors, codebooks):
    left, codes = vectors, []
    for book in codebooks:
        codes.append(nearest(left, book))
        left = left - book[codes[-1]]
    return np.stack(codes, axis=1), left


# %% stages, wrong: only the last stage
def round_in_stages(vectors, codebooks):
    left, codes = vectors, []
    for book in codebooks:
        codes.append(nearest(left, book))
        rounded = book[codes[-1]]
        left = left - rounded
    return np.stack(codes, axis=1), rounded


# %% stages, wrong: changed the vectors that were handed in
def round_in_stages(vectors, codebooks):
    codes, total = [], np.zeros(vectors.shape)
    for book in codebooks:
        codes.append(nearest(vectors, book))
        total += book[codes[-1]]
        vectors -= book[codes[-1]]
    return np.stack(codes, axis=1), total


# %% stages, wrong: changed the vectors that were handed in
def round_in_stages(vectors, codebooks):
    left, codes = vectors, []
    for book in codebooks:
        codes.append(nearest(left, book))
        left -= book[codes[-1]]
    return np.stack(codes, axis=1), vectors - left


# %% stages, right: adding up
def round_in_stages(vectors, codebooks):
    rounded = np.zeros(vectors.shape)
    codes = np.zeros((len(vectors), len(codebooks)), int)
    for stage, book in enumerate(codebooks):
        codes[:, stage] = nearest(vectors - rounded, book)
        rounded = rounded + book[codes[:, stage]]
    return codes, rounded


# %% stages, right: by recursion
def round_in_stages(vectors, codebooks):
    chosen = nearest(vectors, codebooks[0])
    rounded = codebooks[0][chosen]
    if len(codebooks) == 1:
        return chosen[:, None], rounded
    codes, rest = round_in_stages(vectors - rounded, codebooks[1:])
    return np.concatenate([chosen[:, None], codes], axis=1), rounded + rest


# %% grid, wrong: the tanh is missing
def to_grid(z, levels):
    half = (np.array(levels) - 1) / 2
    whole = np.round(half * z)
    return whole / half, ((whole + half) @ np.cumprod([1, *levels[:-1]])).astype(int)


# %% grid, wrong: divide by h again
def to_grid(z, levels):
    half = (np.array(levels) - 1) / 2
    whole = np.round(half * np.tanh(z))
    return whole, ((whole + half) @ np.cumprod([1, *levels[:-1]])).astype(int)


# %% grid, wrong: five levels have become three
def to_grid(z, levels):
    half = (np.array(levels) - 1) / 2
    whole = np.round(np.tanh(z)) * half
    return whole / half, ((whole + half) @ np.cumprod([1, *levels[:-1]])).astype(int)


# %% grid, wrong: rounded down
def to_grid(z, levels):
    half = (np.array(levels) - 1) // 2
    whole = (half * np.tanh(z) // 1)
    return whole / half, ((whole + half) @ np.cumprod([1, *levels[:-1]])).astype(int)


# %% grid, wrong: its weight is the number of levels
def to_grid(z, levels):
    half = (np.array(levels) - 1) / 2
    whole = np.round(half * np.tanh(z))
    code = np.zeros(len(z))
    for digit, count in zip((whole + half).T, levels):
        code = code * count + digit
    return whole / half, code


# %% grid, wrong: the digits must begin at 0
def to_grid(z, levels):
    half = (np.array(levels) - 1) / 2
    whole = np.round(half * np.tanh(z))
    return whole / half, whole @ np.cumprod([1, *levels[:-1]])


# %% grid, wrong: each weight is one step too large
def to_grid(z, levels):
    half = (np.array(levels) - 1) / 2
    whole = np.round(half * np.tanh(z))
    return whole / half, (whole + half) @ np.cumprod(levels)


# %% grid, right: digit by digit
def to_grid(z, levels):
    rounded, codes, weight = np.zeros(z.shape), np.zeros(len(z), int), 1
    for j, count in enumerate(levels):
        h = (count - 1) // 2
        whole = np.rint(np.tanh(z[:, j]) * h).astype(int)
        rounded[:, j] = whole / h
        codes += weight * (whole + h)
        weight *= count
    return rounded, codes


# %% grid, right: with ravel_multi_index
def to_grid(z, levels):
    half = np.array([count // 2 for count in levels])
    digits = np.round(half * (np.tanh(z) + 1)).astype(int)
    return digits / half - 1, np.ravel_multi_index(tuple(digits.T), levels, order="F")


# %% names, wrong: takes them for
def predicted_change():
    return "a"


# %% names, wrong: price and error are the same
def predicted_change():
    return "b"


# %% names, wrong: random names are like that
def predicted_change():
    return "d"


# %% names, wrong: should be one of a, b, c, d
def predicted_change():
    return "only the classifier"


# %% names, right: upper case
def predicted_change():
    return "C"


# %% names, right: by a name
def predicted_change():
    classifier_only = "c"
    return classifier_only


# %% equal, wrong: these are codes in the new order
def equal_use(vectors, codes):
    order = np.argsort(vectors.sum(axis=1), kind="stable")
    ordered = vectors[order].reshape(codes, -1, vectors.shape[1])
    return np.repeat(np.arange(codes), len(vectors) // codes), ordered.mean(axis=1)


# %% equal, wrong: part 0 should have the least ink
def equal_use(vectors, codes):
    parts = np.argsort(-vectors.sum(axis=1), kind="stable").reshape(codes, -1)
    found = np.zeros(len(vectors), int)
    found[parts] = np.arange(codes)[:, None]
    return found, vectors[parts].mean(axis=1)


# %% equal, wrong: the place of each row is needed
def equal_use(vectors, codes):
    order = np.argsort(vectors.sum(axis=1), kind="stable")
    found = order // (len(vectors) // codes)
    return found, np.stack([vectors[found == code].mean(axis=0) for code in range(codes)])


# %% equal, wrong: these are ranks
def equal_use(vectors, codes):
    ranks = np.argsort(np.argsort(vectors.sum(axis=1), kind="stable"))
    return ranks, vectors[np.argsort(ranks)].reshape(codes, -1, vectors.shape[1]).mean(axis=1)


# %% equal, wrong: dealt out one by one
def equal_use(vectors, codes):
    ranks = np.argsort(np.argsort(vectors.sum(axis=1), kind="stable"))
    found = ranks % codes
    return found, np.stack([vectors[found == code].mean(axis=0) for code in range(codes)])


# %% equal, wrong: summed instead of averaged
def equal_use(vectors, codes):
    parts = np.argsort(vectors.sum(axis=1), kind="stable").reshape(codes, -1)
    found = np.zeros(len(vectors), int)
    found[parts] = np.arange(codes)[:, None]
    return found, vectors[parts].sum(axis=1)


# %% equal, wrong: the *range* of the sums was cut
def equal_use(vectors, codes):
    sums = vectors.sum(axis=1)
    edges = np.linspace(sums.min(), sums.max(), codes + 1)[1:-1]
    found = np.digitize(sums, edges)
    return found, np.stack([vectors[found == code].mean(axis=0) for code in range(codes)])


# %% equal, right: by ranks
def equal_use(vectors, codes):
    ranks = np.argsort(np.argsort(vectors.sum(axis=1), kind="stable"), kind="stable")
    found = ranks * codes // len(vectors)
    return found, np.stack([vectors[found == code].mean(axis=0) for code in range(codes)])


# %% equal, right: part by part
def equal_use(vectors, codes):
    found, book = [0] * len(vectors), []
    order = sorted(range(len(vectors)), key=lambda row: vectors[row].sum())
    length = len(vectors) // codes
    for code in range(codes):
        rows = order[code * length : (code + 1) * length]
        for row in rows:
            found[row] = code
        book.append(vectors[rows].mean(axis=0))
    return np.array(found), np.array(book)
