"""Answers as students write them, for `python -m tools.answers`."""

# %% perplexity, wrong: divided by the size of the list
def perplexity(counts, chances):
    return np.exp(-np.mean(counts * np.log(chances), axis=1))


# %% perplexity, wrong: the sum of the whole text
def perplexity(counts, chances):
    return np.exp(-np.sum(counts * np.log(chances), axis=1))


# %% perplexity, wrong: these are nats per word
def perplexity(counts, chances):
    return -np.sum(counts * np.log(chances), axis=1) / counts.sum(axis=1)


# %% perplexity, wrong: the sign is turned round
def perplexity(counts, chances):
    return np.exp(np.sum(counts * np.log(chances), axis=1) / counts.sum(axis=1))


# %% perplexity, wrong: in one pot
def perplexity(counts, chances):
    return np.exp(-np.sum(counts * np.log(chances)) / counts.sum())


# %% perplexity, wrong: different bases
def perplexity(counts, chances):
    return np.exp(-np.sum(counts * np.log2(chances), axis=1) / counts.sum(axis=1))


# %% perplexity, right: with base two
def perplexity(counts, chances):
    return 2 ** (-np.sum(counts * np.log2(chances), axis=1) / counts.sum(axis=1))


# %% perplexity, right: text by text
def perplexity(counts, chances):
    return [np.exp(-(c @ np.log(p)) / c.sum()) for c, p in zip(counts, chances)]


# %% bayes, wrong: the shares of the topics
def naive_bayes(counts, labels, new_counts, classes, smooth=1.0):
    bags = np.array([np.asarray(counts[labels == k].sum(axis=0)).ravel() for k in range(classes)])
    bags = bags + smooth
    bags /= bags.sum(axis=1, keepdims=True)
    scores = new_counts @ np.log(bags).T
    chances = np.exp(scores - scores.max(axis=1, keepdims=True))
    return chances / chances.sum(axis=1, keepdims=True)


# %% bayes, wrong: averaged: add them up
def naive_bayes(counts, labels, new_counts, classes, smooth=1.0):
    bags = np.array([np.asarray(counts[labels == k].mean(axis=0)).ravel() for k in range(classes)])
    bags = bags + smooth
    bags /= bags.sum(axis=1, keepdims=True)
    scores = new_counts @ np.log(bags).T + np.log(np.bincount(labels, minlength=classes) / len(labels))
    chances = np.exp(scores - scores.max(axis=1, keepdims=True))
    return chances / chances.sum(axis=1, keepdims=True)


# %% bayes, wrong: divide each row by its sum
def naive_bayes(counts, labels, new_counts, classes, smooth=1.0):
    bags = np.array([np.asarray(counts[labels == k].sum(axis=0)).ravel() for k in range(classes)])
    bags = bags + smooth
    bags /= bags.sum(axis=1, keepdims=True)
    scores = new_counts @ np.log(bags).T + np.log(np.bincount(labels, minlength=classes) / len(labels))
    return np.exp(scores - scores.max(axis=1, keepdims=True))


# %% bayes, wrong: normalized over the topics
def naive_bayes(counts, labels, new_counts, classes, smooth=1.0):
    bags = np.array([np.asarray(counts[labels == k].sum(axis=0)).ravel() for k in range(classes)])
    bags = bags + smooth
    bags /= bags.sum(axis=0)
    scores = new_counts @ np.log(bags).T + np.log(np.bincount(labels, minlength=classes) / len(labels))
    chances = np.exp(scores - scores.max(axis=1, keepdims=True))
    return chances / chances.sum(axis=1, keepdims=True)


# %% bayes, wrong: not finite
def naive_bayes(counts, labels, new_counts, classes, smooth=1.0):
    bags = np.array([np.asarray(counts[labels == k].sum(axis=0)).ravel() for k in range(classes)])
    bags = bags + smooth
    bags /= bags.sum(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        chances = np.exp(new_counts @ np.log(bags).T) * np.bincount(labels) / len(labels)
        return chances / chances.sum(axis=1, keepdims=True)


# %% bayes, right: with a table of labels
def naive_bayes(counts, labels, new_counts, classes, smooth=1.0):
    table = np.eye(classes)[labels]
    bags = table.T @ counts + smooth
    scores = new_counts @ np.log(bags / bags.sum(axis=1, keepdims=True)).T + np.log(table.mean(axis=0))
    return np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True))


# %% bayes, right: with scikit-learn
def naive_bayes(counts, labels, new_counts, classes, smooth=1.0):
    from sklearn.naive_bayes import MultinomialNB
    return MultinomialNB(alpha=smooth).fit(counts, labels).predict_proba(new_counts)


# %% twice, wrong: this is no unit vector
def second_query(queries, stored, count, weight):
    nearest = np.argsort(-(queries @ stored.T), axis=1)[:, :count]
    return queries + weight * stored[nearest].mean(axis=1)


# %% twice, wrong: take their mean
def second_query(queries, stored, count, weight):
    nearest = np.argsort(-(queries @ stored.T), axis=1)[:, :count]
    moved = queries + weight * stored[nearest].sum(axis=1)
    return moved / np.linalg.norm(moved, axis=1, keepdims=True)


# %% twice, wrong: the farthest posts
def second_query(queries, stored, count, weight):
    nearest = np.argsort(queries @ stored.T, axis=1)[:, :count]
    moved = queries + weight * stored[nearest].mean(axis=1)
    return moved / np.linalg.norm(moved, axis=1, keepdims=True)


# %% twice, wrong: the weight is not used
def second_query(queries, stored, count, weight):
    nearest = np.argsort(-(queries @ stored.T), axis=1)[:, :count]
    moved = queries + stored[nearest].mean(axis=1)
    return moved / np.linalg.norm(moved, axis=1, keepdims=True)


# %% twice, wrong: the query itself is lost
def second_query(queries, stored, count, weight):
    nearest = np.argsort(-(queries @ stored.T), axis=1)[:, :count]
    moved = weight * stored[nearest].mean(axis=1)
    return moved / np.linalg.norm(moved, axis=1, keepdims=True)


# %% twice, wrong: changed the queries that were handed in
def second_query(queries, stored, count, weight):
    nearest = np.argsort(-(queries @ stored.T), axis=1)[:, :count]
    queries += weight * stored[nearest].mean(axis=1)
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    return queries


# %% twice, right: with argpartition
def second_query(queries, stored, count, weight):
    nearest = np.argpartition(-(queries @ stored.T), count - 1, axis=1)[:, :count]
    moved = queries + weight / count * stored[nearest].sum(axis=1)
    return moved / np.sqrt((moved**2).sum(axis=1))[:, None]


# %% twice, right: query by query
def second_query(queries, stored, count, weight):
    result = []
    for query in queries:
        nearest = np.argsort(stored @ query)[::-1][:count]
        moved = query + weight * np.mean(stored[nearest], axis=0)
        result.append(moved / np.linalg.norm(moved))
    return np.array(result)


# %% binary, wrong: the second occurrence
def predicted_change():
    return "a"


# %% binary, wrong: counted in another way
def predicted_change():
    return "c"


# %% binary, wrong: should be one of a, b, c
def predicted_change():
    return 2


# %% binary, right: upper case
def predicted_change():
    return "B"


# %% binary, right: with a space
def predicted_change():
    return "b "


# %% sure, wrong: the chance of the true label
def calibration(chances, labels, edges):
    sure, right = chances[np.arange(len(labels)), labels], chances.argmax(axis=1) == labels
    rows = []
    for low, high in zip(edges, edges[1:]):
        chosen = (sure >= low) & (sure < high)
        rows.append([chosen.sum(), sure[chosen].mean(), right[chosen].mean()]
                    if chosen.any() else [0, 0, 0])
    return np.array(rows)


# %% sure, wrong: on the lower edge
def calibration(chances, labels, edges):
    sure, right = chances.max(axis=1), chances.argmax(axis=1) == labels
    rows = []
    for low, high in zip(edges, edges[1:]):
        chosen = (sure > low) & (sure <= high)
        rows.append([chosen.sum(), sure[chosen].mean(), right[chosen].mean()]
                    if chosen.any() else [0, 0, 0])
    return np.array(rows)


# %% sure, wrong: not finite
def calibration(chances, labels, edges):
    sure, right = chances.max(axis=1), chances.argmax(axis=1) == labels
    rows = []
    for low, high in zip(edges, edges[1:]):
        chosen = (sure >= low) & (sure < high)
        with np.errstate(all="ignore"):
            number = chosen.sum()
            rows.append([number, sure[chosen].sum() / number, right[chosen].sum() / number])
    return np.array(rows)


# %% sure, wrong: cumulative
def calibration(chances, labels, edges):
    sure, right = chances.max(axis=1), chances.argmax(axis=1) == labels
    rows = []
    for high in edges[1:]:
        chosen = sure < high
        rows.append([chosen.sum(), sure[chosen].mean(), right[chosen].mean()]
                    if chosen.any() else [0, 0, 0])
    return np.array(rows)


# %% sure, right: with digitize
def calibration(chances, labels, edges):
    sure, right = chances.max(axis=1), chances.argmax(axis=1) == labels
    bins = np.digitize(sure, edges) - 1
    table = np.zeros((len(edges) - 1, 3))
    for number in range(len(table)):
        if np.any(bins == number):
            table[number] = ((bins == number).sum(), sure[bins == number].mean(),
                             right[bins == number].mean())
    return table


# %% sure, right: text by text
def calibration(chances, labels, edges):
    table = [[0, 0.0, 0.0] for _ in edges[1:]]
    for row, label in zip(chances, labels):
        for number in range(len(edges) - 1):
            if edges[number] <= row.max() < edges[number + 1]:
                table[number][0] += 1
                table[number][1] += row.max()
                table[number][2] += row.argmax() == label
    return [[number, says / max(number, 1), right / max(number, 1)] for number, says, right in table]
