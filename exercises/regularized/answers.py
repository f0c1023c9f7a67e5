"""Answers as students write them, for `python -m tools.answers`."""

# %% silent, wrong: this is their number
def active_silent_constant(z):
    return np.sum(z > 0.1), np.sum(z.max(axis=0) <= 0.1), np.sum(z.std(axis=0) < 0.01)


# %% silent, wrong: a unit is a column
def active_silent_constant(z):
    return np.mean(z > 0.1), np.sum(z.max(axis=1) <= 0.1), np.sum(z.std(axis=1) < 0.01)


# %% silent, wrong: a silent unit may say a little
def active_silent_constant(z):
    return np.mean(z > 0.1), np.sum(z.max(axis=0) == 0), np.sum(z.std(axis=0) < 0.01)


# %% silent, wrong: a unit can be constant without being 0
def active_silent_constant(z):
    return np.mean(z > 0.1), np.sum(z.max(axis=0) <= 0.1), np.sum((z == 0).all(axis=0))


# %% silent, wrong: units were counted that are above one tenth for some images
def active_silent_constant(z):
    return np.mean(z > 0.1), np.sum(z.min(axis=0) <= 0.1), np.sum(z.std(axis=0) < 0.01)


# %% silent, right: unit by unit
def active_silent_constant(z):
    units = z.T
    silent = sum(not (unit > 0.1).any() for unit in units)
    constant = len([unit for unit in units if np.std(unit) < 0.01])
    return (z > 0.1).sum() / z.size, silent, constant


# %% silent, right: as a list
def active_silent_constant(z):
    active = np.array(z) > 0.1
    return [active.mean(), int((~active).all(axis=0).sum()), int((np.var(z, 0) < 1e-4).sum())]


# %% slope, wrong: summed over the images
def contractive_penalty(x, first, second):
    total = 0
    for row in x:
        h = np.tanh(row @ first[0] + first[1])
        z = np.tanh(h @ second[0] + second[1])
        total += np.sum(((first[0] * (1 - h**2)) @ second[0] * (1 - z**2)) ** 2)
    return total


# %% slope, wrong: the slopes of the second tanh are missing
def contractive_penalty(x, first, second):
    h = np.tanh(x @ first[0] + first[1])
    return np.mean([np.sum(((first[0] * (1 - row**2)) @ second[0]) ** 2) for row in h])


# %% slope, wrong: the squares of a product are not the product of squares
def contractive_penalty(x, first, second):
    h = np.tanh(x @ first[0] + first[1])
    z = np.tanh(h @ second[0] + second[1])
    inner = (1 - h**2) ** 2 * np.sum(first[0] ** 2, axis=0)
    return np.mean(np.sum((1 - z**2) ** 2 * (inner @ second[0] ** 2), axis=1))


# %% slope, wrong: the slopes of the sigmoid
def contractive_penalty(x, first, second):
    h = np.tanh(x @ first[0] + first[1])
    z = np.tanh(h @ second[0] + second[1])
    return np.mean([np.sum(((first[0] * a * (1 - a)) @ second[0] * b * (1 - b)) ** 2)
                    for a, b in zip(h, z)])


# %% slope, wrong: averaged over the numbers of the Jacobian
def contractive_penalty(x, first, second):
    h = np.tanh(x @ first[0] + first[1])
    z = np.tanh(h @ second[0] + second[1])
    return np.mean([((first[0] * (1 - a**2)) @ second[0] * (1 - b**2)) ** 2 for a, b in zip(h, z)])


# %% slope, right: with einsum
def contractive_penalty(x, first, second):
    h = np.tanh(x @ first[0] + first[1])
    z = np.tanh(h @ second[0] + second[1])
    jacobians = np.einsum("ij,nj,jk,nk->nki", first[0], 1 - h**2, second[0], 1 - z**2)
    return (np.linalg.norm(jacobians, axis=(1, 2)) ** 2).mean()


# %% slope, right: image by image
def contractive_penalty(x, first, second):
    found = []
    for row in x:
        h = np.tanh(row @ first[0] + first[1])
        z = np.tanh(h @ second[0] + second[1])
        jacobian = np.diag(1 - z**2) @ second[0].T @ np.diag(1 - h**2) @ first[0].T
        found.append(np.trace(jacobian @ jacobian.T))
    return sum(found) / len(found)


# %% denoise, wrong: 0 / 0 is NaN
def best_denoiser(x, points, sigma):
    distances = np.array([np.sum((row - points) ** 2, axis=-1) for row in x])
    weights = np.exp(-distances / (2 * sigma**2))
    return weights @ points / weights.sum(axis=1, keepdims=True)


# %% denoise, wrong: but the answer is blank
def best_denoiser(x, points, sigma):
    distances = np.array([np.sum((row - points) ** 2, axis=-1) for row in x])
    weights = np.exp(-distances / (2 * sigma**2))
    return weights @ points / (weights.sum(axis=1, keepdims=True) + 1e-12)


# %% denoise, wrong: for each image, not over all
def best_denoiser(x, points, sigma):
    distances = np.array([np.sum((row - points) ** 2, axis=-1) for row in x])
    exponents = -distances / (2 * sigma**2)
    weights = np.exp(exponents - exponents.max())
    return weights @ points / (weights.sum(axis=1, keepdims=True) + 1e-300)


# %% denoise, wrong: the exponent is over two times sigma squared
def best_denoiser(x, points, sigma):
    distances = np.array([np.sum((row - points) ** 2, axis=-1) for row in x])
    exponents = -distances / sigma**2
    weights = np.exp(exponents - exponents.max(axis=1, keepdims=True))
    return weights @ points / weights.sum(axis=1, keepdims=True)


# %% denoise, wrong: the nearest point alone
def best_denoiser(x, points, sigma):
    return np.array([points[np.sum((row - points) ** 2, axis=-1).argmin()] for row in x])


# %% denoise, right: by the smallest distance
def best_denoiser(x, points, sigma):
    cleaned = []
    for row in x:
        distances = ((points - row) ** 2).sum(axis=1)
        weights = np.exp((distances.min() - distances) / (2 * sigma**2))
        cleaned.append(np.average(points, axis=0, weights=weights))
    return np.array(cleaned)


# %% denoise, right: with softmax
def best_denoiser(x, points, sigma):
    from scipy.special import softmax

    scores = x @ points.T - np.einsum("ij,ij->i", points, points) / 2
    return softmax(scores / sigma**2, axis=1) @ points


# %% haze, wrong: it does not know that there is no noise
def predicted_error():
    return "a"


# %% haze, wrong: noise can only add
def predicted_error():
    return "c"


# %% haze, wrong: should be one of a, b, c
def predicted_error():
    return "d"


# %% haze, right: upper case
def predicted_error():
    return "B"


# %% haze, right: with a space
def predicted_error():
    return "b "


# %% cheat, wrong: divide it as well
def rescaled(encoder, decoder, factors):
    return (encoder[0] / factors, encoder[1]), (decoder[0] * factors[:, None], decoder[1])


# %% cheat, wrong: the rows were divided
def rescaled(encoder, decoder, factors):
    return ((encoder[0] / factors[:, None], encoder[1] / factors),
            (decoder[0] * factors[:, None], decoder[1]))


# %% cheat, wrong: they must make up for the smaller code
def rescaled(encoder, decoder, factors):
    return (encoder[0] / factors, encoder[1] / factors), decoder


# %% cheat, wrong: the code should be divided
def rescaled(encoder, decoder, factors):
    return ((encoder[0] * factors, encoder[1] * factors),
            (decoder[0] / factors[:, None], decoder[1]))


# %% cheat, wrong: return new arrays
def rescaled(encoder, decoder, factors):
    for array in encoder:
        array /= factors
    decoder[0][:] *= factors[:, None]
    return encoder, decoder


# %% cheat, wrong: each a pair
def rescaled(encoder, decoder, factors):
    return encoder[0] / factors, decoder[0] * factors[:, None]


# %% cheat, right: with matrices
def rescaled(encoder, decoder, factors):
    scale = np.diag(factors)
    smaller = np.linalg.inv(scale)
    return [encoder[0] @ smaller, encoder[1] @ smaller], [scale @ decoder[0], decoder[1].copy()]


# %% cheat, right: in copies
def rescaled(encoder, decoder, factors):
    weights, bias = encoder[0].copy(), encoder[1].copy()
    pictures = decoder[0].copy()
    for number, factor in enumerate(factors):
        weights[:, number] /= factor
        bias[number] /= factor
        pictures[number] *= factor
    return (weights, bias), (pictures, decoder[1])
