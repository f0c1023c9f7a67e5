"""Answers as students write them, for `python -m tools.answers`."""

# %% rate, wrong: averaged over the numbers of the code
def rate(z_mean, z_log_var):
    return 0.5 * np.mean(z_mean**2 + np.exp(z_log_var) - 1 - z_log_var, axis=1)


# %% rate, wrong: so sum over axis 1
def rate(z_mean, z_log_var):
    return 0.5 * np.sum(z_mean**2 + np.exp(z_log_var) - 1 - z_log_var, axis=0)


# %% rate, wrong: averaged over the images
def rate(z_mean, z_log_var):
    return 0.5 * np.sum(z_mean**2 + np.exp(z_log_var) - 1 - z_log_var, axis=1).mean()


# %% rate, wrong: the factor one half
def rate(z_mean, z_log_var):
    return np.sum(z_mean**2 + np.exp(z_log_var) - 1 - z_log_var, axis=1)


# %% rate, wrong: logarithm of the spread
def rate(z_mean, z_log_var):
    spread = np.exp(z_log_var)
    return 0.5 * np.sum(z_mean**2 + spread**2 - 1 - np.log(spread**2), axis=1)


# %% rate, wrong: the logarithm has the wrong sign
def rate(z_mean, z_log_var):
    return 0.5 * np.sum(z_mean**2 + np.exp(z_log_var) - 1 + z_log_var, axis=1)


# %% rate, wrong: the mean is not squared
def rate(z_mean, z_log_var):
    return 0.5 * np.sum(z_mean + np.exp(z_log_var) - 1 - z_log_var, axis=1)


# %% rate, wrong: a divergence is never negative
def rate(z_mean, z_log_var):
    return 0.5 * np.sum(1 + z_log_var - z_mean**2 - np.exp(z_log_var), axis=1)


# %% rate, wrong: added over the images too
def rate(z_mean, z_log_var):
    return 0.5 * np.sum(z_mean**2 + np.exp(z_log_var) - 1 - z_log_var)


# %% rate, wrong: the exponential of z_log_var
def rate(z_mean, z_log_var):
    return 0.5 * np.sum(z_mean**2 + z_log_var - 1 - z_log_var, axis=1)


# %% rate, right: in three sums
def rate(z_mean, z_log_var):
    squares, variances = (z_mean**2).sum(axis=1), np.exp(z_log_var).sum(axis=1)
    return (squares + variances - z_mean.shape[1] - z_log_var.sum(axis=1)) / 2


# %% rate, right: image by image
def rate(z_mean, z_log_var):
    rates = []
    for mean, log_var in zip(z_mean, z_log_var):
        rates.append(sum(0.5 * (m * m + np.exp(v) - 1 - v) for m, v in zip(mean, log_var)))
    return rates


# %% distortion, wrong: averaged over the pixels
def distortion(x, logits):
    return np.mean(np.logaddexp(0, logits) - x * logits, axis=1)


# %% distortion, wrong: infinite or NaN
def distortion(x, logits):
    x_hat = 1 / (1 + np.exp(-logits))
    return -np.sum(x * np.log(x_hat) + (1 - x) * np.log(1 - x_hat), axis=1)


# %% distortion, wrong: infinite or NaN
def distortion(x, logits):
    return np.sum(np.log(1 + np.exp(logits)) - x * logits, axis=1)


# %% distortion, wrong: was cut
def distortion(x, logits):
    x_hat = np.clip(1 / (1 + np.exp(-logits)), 1e-12, 1 - 1e-12)
    return -np.sum(x * np.log(x_hat) + (1 - x) * np.log(1 - x_hat), axis=1)


# %% distortion, wrong: only the white pixels
def distortion(x, logits):
    return np.sum(x * np.logaddexp(0, -logits), axis=1)


# %% distortion, wrong: black and white are exchanged
def distortion(x, logits):
    return np.sum(np.logaddexp(0, logits) - (1 - x) * logits, axis=1)


# %% distortion, wrong: the sigmoid was taken twice
def distortion(x, logits):
    x_hat = 1 / (1 + np.exp(-logits))
    return np.sum(np.logaddexp(0, x_hat) - x * x_hat, axis=1)


# %% distortion, wrong: this is the squared error
def distortion(x, logits):
    return np.sum((x - 1 / (1 + np.exp(-logits))) ** 2, axis=1)


# %% distortion, wrong: averaged over the images
def distortion(x, logits):
    return np.mean(np.sum(np.logaddexp(0, logits) - x * logits, axis=1))


# %% distortion, wrong: added over the images too
def distortion(x, logits):
    return np.sum(np.logaddexp(0, logits) - x * logits)


# %% distortion, right: by the larger part
def distortion(x, logits):
    softplus = np.maximum(logits, 0) + np.log1p(np.exp(-np.abs(logits)))
    return (softplus - x * logits).sum(axis=1)


# %% distortion, right: both colours apart
def distortion(x, logits):
    white, black = np.logaddexp(0, -logits), np.logaddexp(0, logits)
    return np.einsum("ni,ni->n", x, white) + np.einsum("ni,ni->n", 1 - x, black)


# %% backward, wrong: gradient of z_mean: the rate is missing
def code_backward(z_mean, z_log_var, epsilon, gradient):
    return gradient, gradient * epsilon * np.exp(z_log_var / 2) / 2


# %% backward, wrong: gradient of z_log_var: the rate is missing
def code_backward(z_mean, z_log_var, epsilon, gradient):
    return gradient + z_mean, gradient * epsilon * np.exp(z_log_var / 2) / 2


# %% backward, wrong: epsilon does not matter for the mean
def code_backward(z_mean, z_log_var, epsilon, gradient):
    for_log_var = gradient * epsilon * np.exp(z_log_var / 2) / 2 + np.expm1(z_log_var) / 2
    return gradient * epsilon + z_mean, for_log_var


# %% backward, wrong: the half of exp(v / 2)
def code_backward(z_mean, z_log_var, epsilon, gradient):
    for_log_var = gradient * epsilon * np.exp(z_log_var / 2) + np.expm1(z_log_var) / 2
    return gradient + z_mean, for_log_var


# %% backward, wrong: multiplied by the variance
def code_backward(z_mean, z_log_var, epsilon, gradient):
    for_log_var = gradient * epsilon * np.exp(z_log_var) / 2 + np.expm1(z_log_var) / 2
    return gradient + z_mean, for_log_var


# %% backward, wrong: epsilon is missing
def code_backward(z_mean, z_log_var, epsilon, gradient):
    for_log_var = gradient * np.exp(z_log_var / 2) / 2 + np.expm1(z_log_var) / 2
    return gradient + z_mean, for_log_var


# %% backward, wrong: the gradient of the spread
def code_backward(z_mean, z_log_var, epsilon, gradient):
    sigma = np.exp(z_log_var / 2)
    return gradient + z_mean, gradient * epsilon + sigma - 1 / sigma


# %% backward, wrong: not twice it
def code_backward(z_mean, z_log_var, epsilon, gradient):
    for_log_var = gradient * epsilon * np.exp(z_log_var / 2) / 2 + np.expm1(z_log_var) / 2
    return gradient + 2 * z_mean, for_log_var


# %% backward, wrong: return two arrays
def code_backward(z_mean, z_log_var, epsilon, gradient):
    return gradient + z_mean


# %% backward, wrong: the two are exchanged
def code_backward(z_mean, z_log_var, epsilon, gradient):
    for_log_var = gradient * epsilon * np.exp(z_log_var / 2) / 2 + np.expm1(z_log_var) / 2
    return for_log_var, gradient + z_mean


# %% backward, right: as a list
def code_backward(z_mean, z_log_var, epsilon, gradient):
    variance = np.exp(z_log_var)
    return [gradient + z_mean, (gradient * epsilon * np.sqrt(variance) + variance - 1) / 2]


# %% backward, right: by way of the spread
def code_backward(z_mean, z_log_var, epsilon, gradient):
    sigma = np.sqrt(np.exp(z_log_var))
    for_sigma = gradient * epsilon + sigma - 1 / sigma
    return z_mean + gradient, for_sigma * sigma / 2


# %% backward, right: part by part
def code_backward(z_mean, z_log_var, epsilon, gradient):
    for_mean = np.array(gradient)
    for_log_var = 0.5 * gradient * epsilon * np.exp(0.5 * z_log_var)
    for_mean += z_mean
    for_log_var += 0.5 * np.exp(z_log_var) - 0.5
    return for_mean, for_log_var


# %% sharp, wrong: the sharper, the dearer
def predicted_rate():
    return "a"


# %% sharp, wrong: you forgot the logarithm
def predicted_rate():
    return "b"


# %% sharp, wrong: only for a variance of exactly 0
def predicted_rate():
    return "D"


# %% sharp, wrong: should be one of a, b, c, d
def predicted_rate():
    return 276


# %% sharp, right: upper case
def predicted_rate():
    return "C"


# %% sharp, right: with a space
def predicted_rate():
    return "c "


# %% arc, wrong: this is the straight way
def arc(start, end, steps):
    return np.linspace(start, end, steps)


# %% arc, wrong: have to be divided by their lengths
def arc(start, end, steps):
    t = np.linspace(0, 1, steps)[:, np.newaxis]
    cosine = start @ end / np.linalg.norm(start) / np.linalg.norm(end)
    omega = np.arccos(cosine)
    return (np.sin((1 - t) * omega) * start + np.sin(t * omega) * end) / np.sin(omega)


# %% arc, wrong: the lengths are lost
def arc(start, end, steps):
    t = np.linspace(0, 1, steps)[:, np.newaxis]
    u, w = start / np.linalg.norm(start), end / np.linalg.norm(end)
    omega = np.arccos(u @ w)
    return (np.sin((1 - t) * omega) * u + np.sin(t * omega) * w) / np.sin(omega)


# %% arc, wrong: the straight way, stretched
def arc(start, end, steps):
    t = np.linspace(0, 1, steps)[:, np.newaxis]
    a, b = np.linalg.norm(start), np.linalg.norm(end)
    way = (1 - t) * start / a + t * end / b
    return ((1 - t) * a + t * b) * way / np.linalg.norm(way, axis=1, keepdims=True)


# %% arc, wrong: the straight way with other lengths
def arc(start, end, steps):
    t = np.linspace(0, 1, steps)[:, np.newaxis]
    way = (1 - t) * start + t * end
    lengths = (1 - t) * np.linalg.norm(start) + t * np.linalg.norm(end)
    return lengths * way / np.linalg.norm(way, axis=1, keepdims=True)


# %% arc, wrong: you divide by its sine
def arc(start, end, steps):
    t = np.linspace(0, 1, steps)[:, np.newaxis]
    a, b = np.linalg.norm(start), np.linalg.norm(end)
    u, w = start / a, end / b
    omega = np.arccos(u @ w)
    direction = (np.sin((1 - t) * omega) * u + np.sin(t * omega) * w) / np.sin(omega)
    return ((1 - t) * a + t * b) * direction


# %% arc, wrong: the end is missing
def arc(start, end, steps):
    t = (np.arange(steps) / steps)[:, np.newaxis]
    a, b = np.linalg.norm(start), np.linalg.norm(end)
    u, w = start / a, end / b
    omega = np.arccos(np.clip(u @ w, -1, 1))
    direction = (np.sin((1 - t) * omega) * u + np.sin(t * omega) * w) / np.sin(omega)
    return ((1 - t) * a + t * b) * direction


# %% arc, wrong: the shape should be (steps, latent_dim)
def arc(start, end, steps):
    t = np.linspace(0, 1, steps)
    a, b = np.linalg.norm(start), np.linalg.norm(end)
    u, w = start[:, np.newaxis] / a, end[:, np.newaxis] / b
    omega = np.arccos(np.clip((u * w).sum(), -1, 1))
    direction = (np.sin((1 - t) * omega) * u + np.sin(t * omega) * w) / np.sin(omega)
    return ((1 - t) * a + t * b) * direction


# %% arc, right: by turning in the plane
def arc(start, end, steps):
    a, b = np.linalg.norm(start), np.linalg.norm(end)
    u, w = start / a, end / b
    across = w - (u @ w) * u
    size = np.linalg.norm(across)
    if size < 1e-9:
        return np.linspace(start, end, steps)
    angles = np.linspace(0, np.arctan2(size, u @ w), steps)
    turned = np.outer(np.cos(angles), u) + np.outer(np.sin(angles), across / size)
    return np.linspace(a, b, steps)[:, np.newaxis] * turned


# %% arc, right: step by step
def arc(start, end, steps):
    a, b = np.linalg.norm(start), np.linalg.norm(end)
    cosine = min(1.0, max(-1.0, float(np.dot(start, end) / (a * b))))
    omega, way = np.arccos(cosine), []
    for t in np.linspace(0, 1, steps):
        if omega < 1e-7:
            way.append((1 - t) * start + t * end)
        else:
            shares = np.sin((1 - t) * omega) / a, np.sin(t * omega) / b
            length = (1 - t) * a + t * b
            way.append(length * (shares[0] * start + shares[1] * end) / np.sin(omega))
    return way
