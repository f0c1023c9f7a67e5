"""Answers as students write them, for `python -m tools.answers`."""

# %% nothing, wrong: this is the precision
def false_alarms_for_each_true_one(share, true_rate, false_rate):
    return share * true_rate / (share * true_rate + (1 - share) * false_rate)


# %% nothing, wrong: the share is missing
def false_alarms_for_each_true_one(share, true_rate, false_rate):
    return false_rate / true_rate


# %% nothing, wrong: only a part of the windows is normal
def false_alarms_for_each_true_one(share, true_rate, false_rate):
    return false_rate / (share * true_rate)


# %% nothing, wrong: turned round
def false_alarms_for_each_true_one(share, true_rate, false_rate):
    return share * true_rate / ((1 - share) * false_rate)


# %% nothing, right: from the precision
def false_alarms_for_each_true_one(share, true_rate, false_rate):
    precision = share * true_rate / (share * true_rate + (1 - share) * false_rate)
    return 1 / precision - 1


# %% nothing, right: with a thousand windows
def false_alarms_for_each_true_one(share, true_rate, false_rate):
    windows = 1000
    odd = windows * share
    normal = windows - odd
    return normal * false_rate / (odd * true_rate)


# %% promise, wrong: leave the group itself out
def left_out_alarms(errors, groups, promised):
    threshold = np.quantile(errors, 1 - promised)
    return np.array([np.mean(errors[groups == g] > threshold) for g in np.unique(groups)])


# %% promise, wrong: the threshold came from the group itself
def left_out_alarms(errors, groups, promised):
    return np.array([np.mean(errors[groups == g] > np.quantile(errors[groups == g], 1 - promised))
                     for g in np.unique(groups)])


# %% promise, wrong: turned round
def left_out_alarms(errors, groups, promised):
    return np.array([np.mean(errors[groups != g] > np.quantile(errors[groups == g], 1 - promised))
                     for g in np.unique(groups)])


# %% promise, wrong: so the quantile is another one
def left_out_alarms(errors, groups, promised):
    return np.array([np.mean(errors[groups == g] > np.quantile(errors[groups != g], promised))
                     for g in np.unique(groups)])


# %% promise, wrong: should have shape
def left_out_alarms(errors, groups, promised):
    shares = []
    for group in range(groups.max() + 1):
        own = groups == group
        threshold = np.quantile(errors[~own], 1 - promised)
        shares.append(np.sum(errors[own] > threshold) / max(np.sum(own), 1))
    return np.array(shares)


# %% promise, right: with a comprehension
def left_out_alarms(errors, groups, promised):
    return [float((errors[groups == g] > np.quantile(errors[groups != g], 1 - promised)).mean())
            for g in sorted(set(groups.tolist()))]


# %% promise, right: by percentile and deletion
def left_out_alarms(errors, groups, promised):
    names, at = np.unique(groups, return_inverse=True)
    result = np.zeros(len(names))
    for place in range(len(names)):
        own = np.flatnonzero(at == place)
        level = np.percentile(np.delete(errors, own), 100 * (1 - promised))
        result[place] = np.count_nonzero(errors[own] > level) / len(own)
    return result


# %% events, wrong: samples were counted
def event_scores(alarm, truth):
    both = np.sum(alarm & truth)
    return both / max(np.sum(alarm), 1), both / np.sum(truth)


# %% events, wrong: the precision counts samples
def event_scores(alarm, truth):
    edges = np.flatnonzero(np.diff(np.concatenate([[0], truth.astype(int), [0]])))
    found = [alarm[a:b].any() for a, b in zip(edges[::2], edges[1::2])]
    return np.sum(alarm & truth) / max(np.sum(alarm), 1), np.mean(found)


# %% events, wrong: two alarms in one disturbance are two right alarms
def event_scores(alarm, truth):
    def runs(one):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], one.astype(int), [0]])))
        return list(zip(edges[::2], edges[1::2]))
    found = sum(alarm[a:b].any() for a, b in runs(truth))
    return found / max(len(runs(alarm)), 1), found / len(runs(truth))


# %% events, wrong: the event at the beginning was lost
def event_scores(alarm, truth):
    def touched(one, other):
        starts = np.flatnonzero(one[1:] & ~one[:-1]) + 1
        hits = []
        for start in starts:
            stop = start
            while stop < len(one) and one[stop]:
                stop += 1
            hits.append(other[start:stop].any())
        return np.sum(hits) / max(len(hits) + bool(one[0]), 1)
    return touched(alarm, truth), touched(truth, alarm)


# %% events, wrong: turned round
def event_scores(alarm, truth):
    def touched(one, other):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], one.astype(int), [0]])))
        return np.mean([other[a:b].any() for a, b in zip(edges[::2], edges[1::2])] or [0])
    return touched(truth, alarm), touched(alarm, truth)


# %% events, wrong: next to each other is not a shared sample
def event_scores(alarm, truth):
    def touched(one, other):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], one.astype(int), [0]])))
        return np.mean([other[max(a - 1, 0):b].any() if b - a > 1 else other[a:b].any()
                        for a, b in zip(edges[::2], edges[1::2])] or [0])
    def touched_after(one, other):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], one.astype(int), [0]])))
        return np.mean([other[a:b + 1].any() if b - a == 2 and b < len(one) - 1
                        else other[a:b].any() for a, b in zip(edges[::2], edges[1::2])] or [0])
    return touched_after(alarm, truth), touched(truth, alarm)


# %% events, right: as a list
def event_scores(alarm, truth):
    def runs(one):
        places = np.flatnonzero(one)
        parts = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)
        return [part for part in parts if len(part)]
    return [np.mean([other[run].any() for run in runs(one)] or [0])
            for one, other in ((alarm, truth), (truth, alarm))]


# %% events, right: with scipy
def event_scores(alarm, truth):
    from scipy.ndimage import label
    def touched(one, other):
        runs, count = label(one)
        return len(set(runs[other & one])) / count if count else 0
    return touched(alarm, truth), touched(truth, alarm)


# %% events, right: sample by sample
def event_scores(alarm, truth):
    def touched(one, other):
        total, hits, hit, before = 0, 0, False, False
        for here, there in zip(one, other):
            if here and not before:
                total, hit = total + 1, False
            if here and there and not hit:
                hits, hit = hits + 1, True
            before = here
        return hits / total if total else 0
    return touched(alarm, truth), touched(truth, alarm)


# %% never, wrong: it would deserve to
def predicted_winner():
    return "a"


# %% never, wrong: scattered alarms are many events
def predicted_winner():
    return "b"


# %% never, wrong: should be one of a, b, c
def predicted_winner():
    return "PCA"


# %% never, right: upper case
def predicted_winner():
    return "C"


# %% never, right: with a space
def predicted_winner():
    return "c "


# %% clean, wrong: these are the rows that were dropped
def kept_rows(x, code_size, share):
    errors = squared_error_of_each(x, pca_reconstruction(fit_pca(x, code_size), x))
    return np.sort(np.argsort(errors)[len(x) - round(share * len(x)):])


# %% clean, wrong: it is the error that counts
def kept_rows(x, code_size, share):
    far = ((x - x.mean(axis=0)) ** 2).sum(axis=1)
    return np.sort(np.argsort(far)[:len(x) - round(share * len(x))])


# %% clean, wrong: sort the numbers
def kept_rows(x, code_size, share):
    errors = squared_error_of_each(x, pca_reconstruction(fit_pca(x, code_size), x))
    return np.argsort(errors)[:len(x) - round(share * len(x))]


# %% clean, wrong: return the numbers of the rows
def kept_rows(x, code_size, share):
    errors = squared_error_of_each(x, pca_reconstruction(fit_pca(x, code_size), x))
    return errors <= np.quantile(errors, 1 - share)


# %% clean, wrong: rows with a small error were dropped
def kept_rows(x, code_size, share):
    errors = squared_error_of_each(x, pca_reconstruction(fit_pca(x, code_size), x))
    return np.sort(np.argsort(-errors)[:len(x) - round(share * len(x))])


# %% clean, wrong: is empty
def kept_rows(x, code_size, share):
    errors = squared_error_of_each(x, pca_reconstruction(fit_pca(x, code_size), x))
    return np.sort(np.argsort(errors)[:-round(share * len(x))])


# %% clean, right: by deletion
def kept_rows(x, code_size, share):
    errors = squared_error_of_each(x, pca_reconstruction(fit_pca(x, code_size), x))
    worst = np.argsort(-errors)[:round(share * len(x))]
    return np.delete(np.arange(len(x)), worst)


# %% clean, right: by ranks
def kept_rows(x, code_size, share):
    fitted = fit_pca(x, code_size)
    errors = ((x - pca_reconstruction(fitted, x)) ** 2).sum(axis=1)
    ranks = errors.argsort().argsort()
    return [row for row in range(len(x)) if ranks[row] < len(x) - round(share * len(x))]
