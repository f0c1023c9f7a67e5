"""Answers as students write them, for `python -m tools.answers`."""

# %% masked, wrong: left out of the sum, but is still among the frames
def real_error(x, x_hat, real):
    return np.mean(np.sum(real[:, :, None] * (x - x_hat) ** 2, axis=2))


# %% masked, wrong: averaged in each utterance first
def real_error(x, x_hat, real):
    squares = np.sum(real[:, :, None] * (x - x_hat) ** 2, axis=(1, 2))
    return np.mean(squares / real.sum(axis=1))


# %% masked, wrong: averaged over the numbers of a frame
def real_error(x, x_hat, real):
    return np.mean(((x - x_hat) ** 2)[real == 1])


# %% masked, wrong: the padding was counted
def real_error(x, x_hat, real):
    return np.mean(np.sum((x - x_hat) ** 2, axis=2))


# %% masked, right: by selection
def real_error(x, x_hat, real):
    return np.mean(np.sum((x[real == 1] - x_hat[real == 1]) ** 2, axis=1))


# %% masked, right: utterance by utterance
def real_error(x, x_hat, real):
    total, count = 0.0, 0
    for one, other, marks in zip(x, x_hat, real):
        length = int(marks.sum())
        total += ((one[:length] - other[:length]) ** 2).sum()
        count += length
    return total / count


# %% warp, wrong: no step goes on in both
def warped_distance(one, other):
    costs = np.full((len(one) + 1, len(other) + 1), np.inf)
    costs[0, 1] = 0
    for i in range(len(one)):
        for j in range(len(other)):
            costs[i + 1, j + 1] = np.linalg.norm(one[i] - other[j]) + min(
                costs[i, j + 1], costs[i + 1, j])
    return costs[-1, -1]


# %% warp, wrong: the squared distance
def warped_distance(one, other):
    costs = np.full((len(one) + 1, len(other) + 1), np.inf)
    costs[0, 0] = 0
    for i in range(len(one)):
        for j in range(len(other)):
            costs[i + 1, j + 1] = np.sum((one[i] - other[j]) ** 2) + min(
                costs[i, j], costs[i, j + 1], costs[i + 1, j])
    return costs[-1, -1]


# %% warp, wrong: each frame looked for its nearest
def warped_distance(one, other):
    return np.linalg.norm(one[:, None] - other[None], axis=-1).min(axis=1).sum()


# %% warp, wrong: at each step the cheapest next pair
def warped_distance(one, other):
    distances = np.pad(np.linalg.norm(one[:, None] - other[None], axis=-1), ((0, 1), (0, 1)),
                       constant_values=np.inf)
    i = j = 0
    total = distances[0, 0]
    while (i, j) != (len(one) - 1, len(other) - 1):
        i, j = min(((i + 1, j + 1), (i + 1, j), (i, j + 1)), key=lambda pair: distances[pair])
        total += distances[i, j]
    return total


# %% warp, wrong: the first pair costs something, too
def warped_distance(one, other):
    distances = np.linalg.norm(one[:, None] - other[None], axis=-1)
    costs = np.full(distances.shape, np.inf)
    costs[0, 0] = 0
    for i in range(len(one)):
        for j in range(len(other)):
            if i or j:
                costs[i, j] = distances[i, j] + min(
                    costs[i - 1, j] if i else np.inf, costs[i, j - 1] if j else np.inf,
                    costs[i - 1, j - 1] if i and j else np.inf)
    return costs[-1, -1]


# %% warp, right: an array with a frame
def warped_distance(one, other):
    distances = np.linalg.norm(one[:, None] - other[None], axis=-1)
    costs = np.full((len(one) + 1, len(other) + 1), np.inf)
    costs[0, 0] = 0
    for i in range(len(one)):
        for j in range(len(other)):
            costs[i + 1, j + 1] = distances[i, j] + min(
                costs[i, j], costs[i, j + 1], costs[i + 1, j])
    return costs[-1, -1]


# %% warp, right: with recursion
def warped_distance(one, other):
    distances, known = np.linalg.norm(one[:, None] - other[None], axis=-1).tolist(), {}

    def cost(i, j):
        if (i, j) not in known:
            before = [cost(*pair) for pair in ((i - 1, j), (i, j - 1), (i - 1, j - 1))
                      if min(pair) >= 0]
            known[i, j] = distances[i][j] + min(before, default=0)
        return known[i, j]

    return cost(len(one) - 1, len(other) - 1)


# %% calm, wrong: the same factor
def calmed(filters, most):
    return filters * np.minimum(1, most / largest_roots(filters))[:, None]


# %% calm, wrong: the powers begin with 0
def calmed(filters, most):
    gamma = np.minimum(1, most / largest_roots(filters))
    return filters * gamma[:, None] ** np.arange(filters.shape[1])


# %% calm, wrong: gamma is never above 1
def calmed(filters, most):
    gamma = most / largest_roots(filters)
    return filters * gamma[:, None] ** np.arange(1, filters.shape[1] + 1)


# %% calm, wrong: one gamma for all frames
def calmed(filters, most):
    gamma = min(1, most / largest_roots(filters).max())
    return filters * gamma ** np.arange(1, filters.shape[1] + 1)


# %% calm, wrong: only the large root was moved
def calmed(filters, most):
    moved = []
    for row in filters:
        roots = np.roots([1, *row])
        large = np.abs(roots) > most
        roots[large] *= most / np.abs(roots[large])
        moved.append(np.real(np.poly(roots))[1:])
    return np.array(moved)


# %% calm, right: through the roots
def calmed(filters, most):
    moved = filters.copy()
    for place, row in enumerate(filters):
        roots = np.roots([1, *row])
        if np.abs(roots).max() > most:
            moved[place] = np.real(np.poly(roots * most / np.abs(roots).max()))[1:]
    return moved


# %% calm, right: frame by frame
def calmed(filters, most):
    rows = []
    for row, root in zip(filters, largest_roots(filters)):
        gamma = most / root if root > most else 1.0
        rows.append([number * gamma ** (k + 1) for k, number in enumerate(row)])
    return np.array(rows)


# %% frame, wrong: the throat is not
def predicted_from_one_frame():
    return "a"


# %% frame, wrong: more: the men differ
def predicted_from_one_frame():
    return "b"


# %% frame, wrong: should be one of a, b, c
def predicted_from_one_frame():
    return "more than eight in ten"


# %% frame, right: upper case
def predicted_from_one_frame():
    return "C"


# %% frame, right: with a space
def predicted_from_one_frame():
    return " c"


# %% ear, wrong: the natural logarithm
def decibels(cepstra, answers):
    return 10 / np.log10(10) * np.sqrt(2 * np.sum((cepstra - answers) ** 2, axis=1))


# %% ear, wrong: the root is missing
def decibels(cepstra, answers):
    return 10 / np.log(10) * 2 * np.sum((cepstra - answers) ** 2, axis=1)


# %% ear, wrong: one number for each frame, not their mean
def decibels(cepstra, answers):
    return np.mean(10 / np.log(10) * np.sqrt(2 * np.sum((cepstra - answers) ** 2, axis=1)))


# %% ear, wrong: summed over the frames
def decibels(cepstra, answers):
    return 10 / np.log(10) * np.sqrt(2 * np.sum((cepstra - answers) ** 2, axis=0))


# %% ear, wrong: averaged over the numbers
def decibels(cepstra, answers):
    return 10 / np.log(10) * np.sqrt(2 * np.mean((cepstra - answers) ** 2, axis=1))


# %% ear, right: with a norm
def decibels(cepstra, answers):
    return np.linalg.norm(cepstra - answers, axis=1) * np.sqrt(200) / np.log(10)


# %% ear, right: with einsum
def decibels(cepstra, answers):
    gap = cepstra - answers
    return 10 * np.sqrt(2 * np.einsum("fn,fn->f", gap, gap)) * np.log10(np.e)
