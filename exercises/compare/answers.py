"""Answers as students write them, for `python -m tools.answers`."""

# %% verdict, wrong: add the *variances*
def verdict(one, other):
    difference = np.mean(one) - np.mean(other)
    spread = np.std(one, ddof=1) + np.std(other, ddof=1)
    return int(np.sign(difference)) if abs(difference) > 2 * spread else 0


# %% verdict, wrong: look at its size
def verdict(one, other):
    difference = np.mean(one) - np.mean(other)
    spread = np.sqrt(np.var(one, ddof=1) + np.var(other, ddof=1))
    return 1 if difference > 2 * spread else 0


# %% verdict, wrong: a difference of 1.5 is smaller
def verdict(one, other):
    return int(np.sign(np.mean(one) - np.mean(other)))


# %% verdict, wrong: the sign is turned round
def verdict(one, other):
    difference = np.mean(other) - np.mean(one)
    spread = np.sqrt(np.var(one, ddof=1) + np.var(other, ddof=1))
    return int(np.sign(difference)) if abs(difference) > 2 * spread else 0


# %% verdict, wrong: three seeds are few
def verdict(one, other):
    difference = np.mean(one) - np.mean(other)
    spread = np.sqrt(np.var(one) + np.var(other))
    return int(np.sign(difference)) if abs(difference) > 2 * spread else 0


# %% verdict, wrong: not divided by n or its root
def verdict(one, other):
    difference = np.mean(one) - np.mean(other)
    spread = np.sqrt(np.var(one, ddof=1) / len(one) + np.var(other, ddof=1) / len(other))
    return int(np.sign(difference)) if abs(difference) > 2 * spread else 0


# %% verdict, wrong: without a half
def verdict(one, other):
    difference = np.mean(one) - np.mean(other)
    spread = np.sqrt((np.var(one, ddof=1) + np.var(other, ddof=1)) / 2)
    return int(np.sign(difference)) if abs(difference) > 2 * spread else 0


# %% verdict, right: by three cases
def verdict(one, other):
    import statistics
    limit = 2 * (statistics.variance(one) + statistics.variance(other)) ** 0.5
    difference = statistics.mean(one) - statistics.mean(other)
    if difference > limit:
        return 1
    if difference < -limit:
        return -1
    return 0


# %% verdict, right: squared
def verdict(one, other):
    one, other = np.asarray(one), np.asarray(other)
    away = one.mean() - other.mean()
    return np.sign(away) * (away**2 > 4 * (one.var(ddof=1) + other.var(ddof=1)))


# %% paired, wrong: of single differences
def paired(one, other):
    return np.mean(one - other), np.std(one - other, ddof=1)


# %% paired, wrong: the pairs are lost
def paired(one, other):
    return np.mean(one - other), np.sqrt((one.var(ddof=1) + other.var(ddof=1)) / len(one))


# %% paired, wrong: ddof=1
def paired(one, other):
    return np.mean(one - other), np.std(one - other) / np.sqrt(len(one))


# %% paired, wrong: the sign is turned round
def paired(one, other):
    return np.mean(other - one), np.std(one - other, ddof=1) / np.sqrt(len(one))


# %% paired, wrong: not by n
def paired(one, other):
    return np.mean(one - other), np.std(one - other, ddof=1) / len(one)


# %% paired, right: by hand
def paired(one, other):
    away = [a - b for a, b in zip(one, other)]
    n = len(away)
    mean = sum(away) / n
    return mean, (sum((a - mean) ** 2 for a in away) / (n - 1) / n) ** 0.5


# %% paired, right: as an array
def paired(one, other):
    away = np.asarray(one) - np.asarray(other)
    return np.array([np.mean(away), np.std(away, ddof=1) / len(away) ** 0.5])


# %% paired, right: with covariance
def paired(one, other):
    c = np.cov(one, other)
    variance = c[0, 0] + c[1, 1] - 2 * c[0, 1]
    return one.mean() - other.mean(), np.sqrt(variance / one.size)


# %% frechet, wrong: the last term is subtracted twice
def frechet(one, other):
    first, second = np.cov(one.T), np.cov(other.T)
    away = one.mean(axis=0) - other.mean(axis=0)
    roots = np.sqrt(np.maximum(np.linalg.eigvals(first @ second).real, 0))
    return away @ away + np.trace(first) + np.trace(second) - roots.sum()


# %% frechet, wrong: the means are missing
def frechet(one, other):
    first, second = np.cov(one.T), np.cov(other.T)
    roots = np.sqrt(np.maximum(np.linalg.eigvals(first @ second).real, 0))
    return np.trace(first) + np.trace(second) - 2 * roots.sum()


# %% frechet, wrong: must be squared
def frechet(one, other):
    first, second = np.cov(one.T), np.cov(other.T)
    away = one.mean(axis=0) - other.mean(axis=0)
    roots = np.sqrt(np.maximum(np.linalg.eigvals(first @ second).real, 0))
    return np.linalg.norm(away) + np.trace(first) + np.trace(second) - 2 * roots.sum()


# %% frechet, wrong: not averaged
def frechet(one, other):
    first, second = np.cov(one.T), np.cov(other.T)
    away = one.mean(axis=0) - other.mean(axis=0)
    roots = np.sqrt(np.maximum(np.linalg.eigvals(first @ second).real, 0))
    return np.mean(away**2) + np.trace(first) + np.trace(second) - 2 * roots.sum()


# %% frechet, wrong: each number was taken for itself
def frechet(one, other):
    first, second = np.cov(one.T), np.cov(other.T)
    away = one.mean(axis=0) - other.mean(axis=0)
    roots = np.sqrt(np.diag(first) * np.diag(second))
    return away @ away + np.trace(first) + np.trace(second) - 2 * roots.sum()


# %% frechet, right: with a symmetric root
def frechet(one, other):
    first, second = np.cov(one, rowvar=False), np.cov(other, rowvar=False)
    values, vectors = np.linalg.eigh(first)
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    inner = np.maximum(np.linalg.eigvalsh(root @ second @ root), 0)
    away = one.mean(axis=0) - other.mean(axis=0)
    return np.sum(away**2) + np.trace(first + second) - 2 * np.sum(np.sqrt(inner))


# %% frechet, right: with Cholesky factors
def frechet(one, other):
    def parts(x):
        centred = x - x.mean(axis=0)
        return x.mean(axis=0), centred / np.sqrt(len(x) - 1)
    (m1, a), (m2, b) = parts(one), parts(other)
    nuclear = np.linalg.svd(a @ (b.T @ b) @ a.T, compute_uv=False)
    return np.sum((m1 - m2) ** 2) + np.sum(a**2) + np.sum(b**2) - 2 * np.sum(
        np.sqrt(nuclear[: one.shape[1]]))


# %% many, wrong: chosen beforehand
def predicted_share():
    return "a"


# %% many, wrong: 45 tries at one in forty
def predicted_share():
    return "b"


# %% many, wrong: do not always succeed
def predicted_share():
    return "d"


# %% many, right: upper case
def predicted_share():
    return "C"


# %% many, right: with a space
def predicted_share():
    return " c"


# %% fool, wrong: the noise kept its covariance
def dressed(noise, crowd):
    return noise - noise.mean(axis=0) + crowd.mean(axis=0)


# %% fool, wrong: they do not go together
def dressed(noise, crowd):
    white = (noise - noise.mean(axis=0)) / noise.std(axis=0, ddof=1)
    return white * crowd.std(axis=0, ddof=1) + crowd.mean(axis=0)


# %% fool, wrong: make it the unit matrix first
def dressed(noise, crowd):
    centred = noise - noise.mean(axis=0)
    return centred @ np.linalg.cholesky(np.cov(crowd.T)).T + crowd.mean(axis=0)


# %% fool, wrong: use a root of it
def dressed(noise, crowd):
    centred = noise - noise.mean(axis=0)
    white = centred @ np.linalg.inv(np.linalg.cholesky(np.cov(noise.T))).T
    return white @ np.cov(crowd.T) + crowd.mean(axis=0)


# %% fool, wrong: the mean of the crowd is missing
def dressed(noise, crowd):
    centred = noise - noise.mean(axis=0)
    white = centred @ np.linalg.inv(np.linalg.cholesky(np.cov(noise.T))).T
    return white @ np.linalg.cholesky(np.cov(crowd.T)).T


# %% fool, wrong: as many rows as the noise has
def dressed(noise, crowd):
    return crowd


# %% fool, wrong: these are not the rows of the noise
def dressed(noise, crowd):
    other = np.random.default_rng(0).standard_normal(noise.shape)
    own, wanted = np.linalg.cholesky(np.cov(other.T)), np.linalg.cholesky(np.cov(crowd.T))
    return (other - other.mean(axis=0)) @ np.linalg.inv(own).T @ wanted.T + crowd.mean(axis=0)


# %% fool, right: with symmetric roots
def dressed(noise, crowd):
    def power(matrix, exponent):
        values, vectors = np.linalg.eigh(matrix)
        return vectors * values**exponent @ vectors.T
    centred = noise - noise.mean(axis=0)
    return (centred @ power(np.cov(noise.T), -0.5) @ power(np.cov(crowd.T), 0.5)
            + crowd.mean(axis=0))


# %% fool, right: whitened by a singular value decomposition
def dressed(noise, crowd):
    u = np.linalg.svd(noise - noise.mean(axis=0), full_matrices=False)[0]
    _, s, vt = np.linalg.svd(crowd - crowd.mean(axis=0), full_matrices=False)
    return u * np.sqrt(len(noise) - 1) * s / np.sqrt(len(crowd) - 1) @ vt + crowd.mean(axis=0)
