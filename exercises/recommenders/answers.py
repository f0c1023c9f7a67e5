"""Answers as students write them, for `python -m tools.answers`."""

# %% first, wrong: what was seen takes no place
def reciprocal_rank(scores, hidden, seen):
    order = np.argsort(-scores, axis=1)
    hits = np.take_along_axis(hidden, order, axis=1)
    return 1 / (1 + np.argmax(hits, axis=1))


# %% first, wrong: the places begin with 1
def reciprocal_rank(scores, hidden, seen):
    order = np.argsort(-np.where(seen > 0, -np.inf, scores), axis=1)
    return 1 / np.argmax(np.take_along_axis(hidden, order, axis=1), axis=1)


# %% first, wrong: averaged over all hidden films
def reciprocal_rank(scores, hidden, seen):
    order = np.argsort(-np.where(seen > 0, -np.inf, scores), axis=1)
    hits = np.take_along_axis(hidden, order, axis=1)
    return (hits / np.arange(1, hits.shape[1] + 1)).sum(axis=1) / hits.sum(axis=1)


# %% first, wrong: changed the scores
def reciprocal_rank(scores, hidden, seen):
    scores[seen > 0] = -np.inf
    order = np.argsort(-scores, axis=1)
    return 1 / (1 + np.argmax(np.take_along_axis(hidden, order, axis=1), axis=1))


# %% first, wrong: not their mean
def reciprocal_rank(scores, hidden, seen):
    order = np.argsort(-np.where(seen > 0, -np.inf, scores), axis=1)
    return np.mean(1 / (1 + np.argmax(np.take_along_axis(hidden, order, axis=1), axis=1)))


# %% first, right: by sorting
def reciprocal_rank(scores, hidden, seen):
    order = np.argsort(-np.where(seen > 0, -np.inf, scores), axis=1)
    return 1 / (1 + np.argmax(np.take_along_axis(hidden, order, axis=1) > 0, axis=1))


# %% first, right: person by person
def reciprocal_rank(scores, hidden, seen):
    result = []
    for row, wanted, known in zip(scores, hidden, seen):
        place = 0
        for film in np.argsort(row)[::-1]:
            if known[film]:
                continue
            place += 1
            if wanted[film]:
                result.append(1 / place)
                break
    return result


# %% noise, wrong: scaled up by
def denoising_matrix(x, share):
    products = x.T @ x
    noisy = (1 - share) ** 2 * products
    np.fill_diagonal(noisy, (1 - share) * np.diag(products))
    return np.linalg.solve(noisy, (1 - share) * products)


# %% noise, wrong: transposed
def denoising_matrix(x, share):
    products = x.T @ x
    return products @ np.linalg.inv(products + share / (1 - share) * np.diag(np.diag(products)))


# %% noise, wrong: the same number was added
def denoising_matrix(x, share):
    products = x.T @ x
    return np.linalg.solve(products + share / (1 - share) * np.eye(len(products)), products)


# %% noise, wrong: multiplied by 1 + share
def denoising_matrix(x, share):
    products = x.T @ x
    return np.linalg.solve(products + share * np.diag(np.diag(products)), products)


# %% noise, right: with an inverse
def denoising_matrix(x, share):
    products = x.T @ x
    extra = np.diag(x.sum(axis=0)) if set(np.unique(x)) <= {0, 1} else np.diag((x**2).sum(axis=0))
    return np.linalg.inv(products + share / (1 - share) * extra) @ products


# %% noise, right: without scaling first
def denoising_matrix(x, share):
    keep = 1 - share
    products = x.T @ x
    noisy = keep**2 * products + keep * share * np.diag(np.diag(products))
    return keep * np.linalg.solve(noisy, keep * products)


# %% list, wrong: these are the best scores
def varied_list(scores, likeness, count, weight):
    return np.argsort(-scores)[:count]


# %% list, wrong: take the largest
def varied_list(scores, likeness, count, weight):
    chosen = [int(np.argmax(scores))]
    while len(chosen) < count:
        value = scores - weight * likeness[:, chosen].sum(axis=1)
        value[chosen] = -np.inf
        chosen.append(int(np.argmax(value)))
    return chosen


# %% list, wrong: the mean likeness
def varied_list(scores, likeness, count, weight):
    chosen = [int(np.argmax(scores))]
    while len(chosen) < count:
        value = scores - weight * likeness[:, chosen].mean(axis=1)
        value[chosen] = -np.inf
        chosen.append(int(np.argmax(value)))
    return chosen


# %% list, wrong: should count against
def varied_list(scores, likeness, count, weight):
    chosen = [int(np.argmax(scores))]
    while len(chosen) < count:
        value = scores + weight * likeness[:, chosen].max(axis=1)
        value[chosen] = -np.inf
        chosen.append(int(np.argmax(value)))
    return chosen


# %% list, wrong: a film was chosen twice
def varied_list(scores, likeness, count, weight):
    chosen = [int(np.argmax(scores))]
    while len(chosen) < count:
        chosen.append(int(np.argmax(scores - weight * likeness[:, chosen].max(axis=1))))
    return chosen


# %% list, right: with a running maximum
def varied_list(scores, likeness, count, weight):
    scores, chosen, nearest = scores.copy(), [], np.zeros(len(scores))
    for _ in range(count):
        film = np.argmax(scores - weight * nearest)
        chosen.append(film)
        scores[film] = -np.inf
        nearest = np.maximum(nearest, likeness[film])
    return chosen


# %% list, right: in the place of the scores
def varied_list(scores, likeness, count, weight):
    chosen = []
    for _ in range(count):
        value = scores - weight * likeness[:, chosen].max(axis=1) if chosen else scores
        chosen.append(int(np.argmax(value)))
        scores[chosen[-1]] = -np.inf
    return chosen


# %% list, right: film by film
def varied_list(scores, likeness, count, weight):
    chosen = []
    for _ in range(count):
        best, best_value = None, -np.inf
        for film, score in enumerate(scores):
            if film in chosen:
                continue
            value = score - (weight * likeness[film, chosen].max() if chosen else 0)
            if value > best_value:
                best, best_value = film, value
        chosen.append(best)
    return np.array(chosen)


# %% ridge, wrong: tiny weights still have an order
def predicted_lists():
    return "a"


# %% ridge, wrong: near to it
def predicted_lists():
    return "c"


# %% ridge, wrong: should be one of a, b, c
def predicted_lists():
    return None


# %% ridge, right: upper case
def predicted_lists():
    return "B"


# %% ridge, right: with a space
def predicted_lists():
    return " b"


# %% leak, wrong: the hidden likes were in the input
def evaluate(learn, likes, hidden, train, test, count):
    scores = learn(likes[train])(likes[test])
    scores = np.where((likes - hidden)[test] > 0, -np.inf, scores)
    return ndcg_at(scores, hidden[test], count)


# %% leak, wrong: the people in training show all
def evaluate(learn, likes, hidden, train, test, count):
    seen = likes - hidden
    scores = np.where(seen[test] > 0, -np.inf, learn(seen[train])(seen[test]))
    return ndcg_at(scores, hidden[test], count)


# %% leak, wrong: what was seen takes places
def evaluate(learn, likes, hidden, train, test, count):
    return ndcg_at(learn(likes[train])((likes - hidden)[test]), hidden[test], count)


# %% leak, wrong: the hidden films were taken out
def evaluate(learn, likes, hidden, train, test, count):
    scores = np.where(likes[test] > 0, -np.inf, learn(likes[train])((likes - hidden)[test]))
    return ndcg_at(scores, hidden[test], count)


# %% leak, wrong: all likes were looked for
def evaluate(learn, likes, hidden, train, test, count):
    seen = (likes - hidden)[test]
    return ndcg_at(np.where(seen > 0, -np.inf, learn(likes[train])(seen)), likes[test], count)


# %% leak, right: in steps
def evaluate(learn, likes, hidden, train, test, count):
    recommender = learn(likes[train])
    fold_in = likes[test] * (1 - hidden[test])
    scores = np.array(recommender(fold_in), dtype=float)
    scores[fold_in == 1] = -np.inf
    return ndcg_at(scores, hidden[test], count)


# %% leak, right: asked for one person after the other
def evaluate(learn, likes, hidden, train, test, count):
    recommender, result = learn(likes[train]), []
    for person in test:
        row = likes[[person]] - hidden[[person]]
        answer = np.where(row > 0, -np.inf, recommender(row))
        result.append(ndcg_at(answer, hidden[[person]], count)[0])
    return result


# %% leak, right: person by person
def evaluate(learn, likes, hidden, train, test, count):
    recommender, result = learn(likes[train]), []
    shown = (likes - hidden)[test]
    for row, answer, wanted in zip(shown, recommender(shown), hidden[test]):
        answer = np.where(row > 0, -np.inf, answer)
        result.append(ndcg_at(answer[None], wanted[None], count)[0])
    return np.array(result)
