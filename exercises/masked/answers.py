"""Answers as students write them, for `python -m tools.answers`."""

# %% loss, wrong: 1 in `seen` means seen
def hidden_loss(patches, x_hat, seen):
    return np.mean((x_hat - patches)[seen == 1] ** 2)


# %% loss, wrong: all patches were counted
def hidden_loss(patches, x_hat, seen):
    return np.mean((x_hat - patches) ** 2)


# %% loss, wrong: divided by the number of all patches
def hidden_loss(patches, x_hat, seen):
    return np.mean((1 - seen)[:, :, None] * (x_hat - patches) ** 2)


# %% loss, wrong: the number of pixels of a patch is missing
def hidden_loss(patches, x_hat, seen):
    return np.sum((x_hat - patches)[seen == 0] ** 2) / np.sum(1 - seen)


# %% loss, wrong: should not count as much as one with many
def hidden_loss(patches, x_hat, seen):
    of_patches = np.mean((x_hat - patches) ** 2, axis=2)
    return np.mean(np.sum((1 - seen) * of_patches, axis=1) / np.sum(1 - seen, axis=1))


# %% loss, wrong: one number for each image
def hidden_loss(patches, x_hat, seen):
    of_patches = np.mean((x_hat - patches) ** 2, axis=2)
    return np.sum((1 - seen) * of_patches, axis=1) / np.sum(1 - seen, axis=1)


# %% loss, wrong: divide by their number
def hidden_loss(patches, x_hat, seen):
    return np.sum((1 - seen) * np.mean((x_hat - patches) ** 2, axis=2))


# %% loss, right: by an index
def hidden_loss(patches, x_hat, seen):
    return np.mean((x_hat - patches)[seen == 0] ** 2)


# %% loss, right: patch by patch
def hidden_loss(patches, x_hat, seen):
    total, pixels = 0.0, 0
    for image, place in np.argwhere(seen < 0.5):
        total += np.sum((patches[image, place] - x_hat[image, place]) ** 2)
        pixels += patches.shape[2]
    return total / pixels


# %% attention, wrong: divide the scores by the root
def cross_attention(questions, codes, w_query, w_key, w_value, heads):
    found = []
    for q, k, v in zip(*(np.split(part, heads, axis=1) for part in (
            questions @ w_query, codes @ w_key, codes @ w_value))):
        weights = np.exp(q @ k.T)
        found.append(weights / weights.sum(axis=1, keepdims=True) @ v)
    return np.concatenate(found, axis=1)


# %% attention, wrong: not that of the whole width
def cross_attention(questions, codes, w_query, w_key, w_value, heads):
    found = []
    for q, k, v in zip(*(np.split(part, heads, axis=1) for part in (
            questions @ w_query, codes @ w_key, codes @ w_value))):
        weights = np.exp(q @ k.T / np.sqrt(w_key.shape[1]))
        found.append(weights / weights.sum(axis=1, keepdims=True) @ v)
    return np.concatenate(found, axis=1)


# %% attention, wrong: this is one head
def cross_attention(questions, codes, w_query, w_key, w_value, heads):
    q, k, v = questions @ w_query, codes @ w_key, codes @ w_value
    weights = np.exp(q @ k.T / np.sqrt(k.shape[1] / heads))
    return weights / weights.sum(axis=1, keepdims=True) @ v


# %% attention, wrong: the softmax goes over the questions
def cross_attention(questions, codes, w_query, w_key, w_value, heads):
    found = []
    for q, k, v in zip(*(np.split(part, heads, axis=1) for part in (
            questions @ w_query, codes @ w_key, codes @ w_value))):
        weights = np.exp(q @ k.T / np.sqrt(q.shape[1]))
        found.append(weights / weights.sum(axis=0) @ v)
    return np.concatenate(found, axis=1)


# %% attention, wrong: here it takes every second
def cross_attention(questions, codes, w_query, w_key, w_value, heads):
    q, k, v = questions @ w_query, codes @ w_key, codes @ w_value
    found = np.zeros(q.shape)
    for head in range(heads):
        some = slice(head, None, heads)
        weights = np.exp(q[:, some] @ k[:, some].T / np.sqrt(q.shape[1] / heads))
        found[:, some] = weights / weights.sum(axis=1, keepdims=True) @ v[:, some]
    return found


# %% attention, wrong: keys and values are made from the codes
def cross_attention(questions, codes, w_query, w_key, w_value, heads):
    codes = questions
    found = []
    for q, k, v in zip(*(np.split(part, heads, axis=1) for part in (
            questions @ w_query, codes @ w_key, codes @ w_value))):
        weights = np.exp(q @ k.T / np.sqrt(q.shape[1]))
        found.append(weights / weights.sum(axis=1, keepdims=True) @ v)
    return np.concatenate(found, axis=1)


# %% attention, wrong: large scores give NaN
def cross_attention(questions, codes, w_query, w_key, w_value, heads):
    found = []
    for q, k, v in zip(*(np.split(part, heads, axis=1) for part in (
            questions @ w_query, codes @ w_key, codes @ w_value))):
        weights = np.exp(q @ k.T / np.sqrt(q.shape[1]))
        found.append(weights / weights.sum(axis=1, keepdims=True) @ v)
    return np.concatenate(found, axis=1)


# %% attention, right: all heads at once
def cross_attention(questions, codes, w_query, w_key, w_value, heads):
    def cut(part):
        return part.reshape(len(part), heads, -1).swapaxes(0, 1)
    q, k, v = cut(questions @ w_query), cut(codes @ w_key), cut(codes @ w_value)
    scores = q @ k.swapaxes(1, 2) / q.shape[2] ** 0.5
    scores = scores - scores.max(axis=2, keepdims=True)
    weights = np.exp(scores)
    weights /= weights.sum(axis=2, keepdims=True)
    return (weights @ v).swapaxes(0, 1).reshape(len(questions), -1)


# %% attention, right: question by question
def cross_attention(questions, codes, w_query, w_key, w_value, heads):
    width = w_query.shape[1]
    d = width // heads
    result = np.zeros((len(questions), width))
    for at, question in enumerate(questions):
        for head in range(heads):
            columns = slice(head * d, (head + 1) * d)
            scores = (codes @ w_key[:, columns]) @ (question @ w_query[:, columns]) / np.sqrt(d)
            weights = np.exp(scores - max(scores))
            result[at, columns] = weights @ (codes @ w_value[:, columns]) / sum(weights)
    return result


# %% doubt, wrong: the inverse is missing
def guess_and_doubt(x, covariance, seen, epsilon=0.01):
    across = covariance[np.ix_(seen, ~seen)]
    filled = x.copy()
    filled[:, ~seen] = x[:, seen] @ across
    return filled, covariance[np.ix_(~seen, ~seen)] - across.T @ across


# %% doubt, wrong: this is the spread when nothing is seen
def guess_and_doubt(x, covariance, seen, epsilon=0.01):
    inner = covariance[np.ix_(seen, seen)] + epsilon * np.eye(seen.sum())
    filled = x.copy()
    filled[:, ~seen] = x[:, seen] @ np.linalg.solve(inner, covariance[np.ix_(seen, ~seen)])
    return filled, covariance[np.ix_(~seen, ~seen)]


# %% doubt, wrong: makes the doubt smaller: take it away
def guess_and_doubt(x, covariance, seen, epsilon=0.01):
    across = covariance[np.ix_(seen, ~seen)]
    inner = covariance[np.ix_(seen, seen)] + epsilon * np.eye(seen.sum())
    weights = np.linalg.solve(inner, across)
    filled = x.copy()
    filled[:, ~seen] = x[:, seen] @ weights
    return filled, covariance[np.ix_(~seen, ~seen)] + across.T @ weights


# %% doubt, wrong: return the whole row
def guess_and_doubt(x, covariance, seen, epsilon=0.01):
    across = covariance[np.ix_(seen, ~seen)]
    inner = covariance[np.ix_(seen, seen)] + epsilon * np.eye(seen.sum())
    weights = np.linalg.solve(inner, across)
    return x[:, seen] @ weights, covariance[np.ix_(~seen, ~seen)] - across.T @ weights


# %% doubt, wrong: changed the images that were handed in
def guess_and_doubt(x, covariance, seen, epsilon=0.01):
    across = covariance[np.ix_(seen, ~seen)]
    inner = covariance[np.ix_(seen, seen)] + epsilon * np.eye(seen.sum())
    weights = np.linalg.solve(inner, across)
    x[:, ~seen] = x[:, seen] @ weights
    return x, covariance[np.ix_(~seen, ~seen)] - across.T @ weights


# %% doubt, wrong: each pixel was asked alone
def guess_and_doubt(x, covariance, seen, epsilon=0.01):
    across = covariance[np.ix_(seen, ~seen)]
    weights = across / (np.diag(covariance)[seen] + epsilon)[:, None]
    filled = x.copy()
    filled[:, ~seen] = x[:, seen] @ weights
    return filled, covariance[np.ix_(~seen, ~seen)] - across.T @ weights


# %% doubt, wrong: epsilon is missing
def guess_and_doubt(x, covariance, seen, epsilon=0.01):
    across = covariance[np.ix_(seen, ~seen)]
    weights = np.linalg.solve(covariance[np.ix_(seen, seen)], across)
    filled = x.copy()
    filled[:, ~seen] = x[:, seen] @ weights
    return filled, covariance[np.ix_(~seen, ~seen)] - across.T @ weights


# %% doubt, right: with the inverse
def guess_and_doubt(x, covariance, seen, epsilon=0.01):
    v, h = np.flatnonzero(seen), np.flatnonzero(np.logical_not(seen))
    inverse = np.linalg.inv(covariance[v][:, v] + epsilon * np.identity(len(v)))
    filled = np.array(x)
    filled[:, h] = (covariance[h][:, v] @ inverse @ x[:, v].T).T
    return filled, covariance[h][:, h] - covariance[h][:, v] @ inverse @ covariance[v][:, h]


# %% doubt, right: with a Cholesky factor
def guess_and_doubt(x, covariance, seen, epsilon=0.01):
    factor = np.linalg.cholesky(covariance[seen][:, seen] + epsilon * np.eye(int(sum(seen))))
    part = np.linalg.solve(factor, covariance[seen][:, ~seen])
    filled = np.zeros(x.shape)
    filled[:, seen] = x[:, seen]
    filled[:, ~seen] = np.linalg.solve(factor, x[:, seen].T).T @ part
    return filled, covariance[~seen][:, ~seen] - part.T @ part


# %% shape, wrong: not the distance between
def predicted_shape():
    return "a"


# %% shape, wrong: a long way off
def predicted_shape():
    return "c"


# %% shape, wrong: should be one of a, b, c
def predicted_shape():
    return 2


# %% shape, right: upper case
def predicted_shape():
    return "B"


# %% shape, right: with a space
def predicted_shape():
    return "b "


# %% closest, wrong: the hidden pixel was used to find the neighbour
def digit_shares(x, known, labels, seen, count):
    distances = np.sum(known**2, axis=1) - 2 * x @ known.T
    nearest = np.argsort(distances, axis=1)[:, :count]
    return np.eye(10)[labels[nearest]].mean(axis=1)


# %% closest, wrong: this is the furthest row
def digit_shares(x, known, labels, seen, count):
    distances = np.sum(known[:, seen] ** 2, axis=1) - 2 * x[:, seen] @ known[:, seen].T
    nearest = np.argsort(-distances, axis=1)[:, :count]
    return np.eye(10)[labels[nearest]].mean(axis=1)


# %% closest, wrong: this is the label
def digit_shares(x, known, labels, seen, count):
    distances = np.sum(known[:, seen] ** 2, axis=1) - 2 * x[:, seen] @ known[:, seen].T
    return labels[distances.argmin(axis=1)]


# %% closest, wrong: look up their labels
def digit_shares(x, known, labels, seen, count):
    distances = np.sum(known[:, seen] ** 2, axis=1) - 2 * x[:, seen] @ known[:, seen].T
    nearest = np.argsort(distances, axis=1)[:, :count]
    return np.eye(10)[nearest].mean(axis=1)


# %% closest, wrong: divide by `count`
def digit_shares(x, known, labels, seen, count):
    distances = np.sum(known[:, seen] ** 2, axis=1) - 2 * x[:, seen] @ known[:, seen].T
    nearest = np.argsort(distances, axis=1)[:, :count]
    return np.eye(10)[labels[nearest]].sum(axis=1)


# %% closest, wrong: this is the second nearest alone
def digit_shares(x, known, labels, seen, count):
    distances = np.sum(known[:, seen] ** 2, axis=1) - 2 * x[:, seen] @ known[:, seen].T
    return np.eye(10)[labels[np.argsort(distances, axis=1)[:, count - 1]]]


# %% closest, wrong: `count` has no effect
def digit_shares(x, known, labels, seen, count):
    distances = np.sum(known[:, seen] ** 2, axis=1) - 2 * x[:, seen] @ known[:, seen].T
    return np.eye(10)[labels[distances.argmin(axis=1)]]


# %% closest, right: image by image
def digit_shares(x, known, labels, seen, count):
    held = np.zeros((len(x), 10))
    for row, shares in zip(x, held):
        distances = np.linalg.norm((known - row)[:, seen], axis=1)
        for near in np.argsort(distances)[:count]:
            shares[labels[near]] += 1 / count
    return held


# %% closest, right: with bincount
def digit_shares(x, known, labels, seen, count):
    distances = np.sum(known[:, seen] ** 2, axis=1) - 2 * x[:, seen] @ known[:, seen].T
    order = np.argsort(distances, axis=1, kind="stable")[:, :count]
    return np.array([np.bincount(labels[row], minlength=10) / count for row in order])
