"""Answers as students write them, for `python -m tools.answers`."""

# %% count, wrong: the biases are missing
def count_parameters(sizes):
    return sum(a * b for a, b in zip(sizes[:-1], sizes[1:]))


# %% count, wrong: the numbers that go in need no bias
def count_parameters(sizes):
    return sum(a * b for a, b in zip(sizes[:-1], sizes[1:])) + sum(sizes)


# %% count, wrong: only the first layer was counted
def count_parameters(sizes):
    return sizes[0] * sizes[1] + sizes[1]


# %% count, wrong: the second bias is missing
def count_parameters(sizes):
    return sum(a * b for a, b in zip(sizes[:-1], sizes[1:])) + sum(sizes[1:-1])


# %% count, wrong: of a single layer
def count_parameters(sizes):
    inputs, code, outputs = sizes if len(sizes) == 3 else (sizes * 2)[:3]
    return inputs * code + code + code * outputs + outputs


# %% count, right: layer by layer
def count_parameters(sizes):
    total = 0
    for number in range(1, len(sizes)):
        total += sizes[number - 1] * sizes[number] + sizes[number]
    return total


# %% count, right: with arrays
def count_parameters(sizes):
    sizes = np.array(sizes)
    return int(sizes[:-1] @ sizes[1:] + sizes[1:].sum())


# %% surprise, wrong: averaged over the pixels
def laplace_surprise(x, x_hat):
    return 1 + np.log(2 * np.mean(np.abs(x - x_hat)))


# %% surprise, wrong: added over the images
def laplace_surprise(x, x_hat):
    b = np.mean(np.abs(x - x_hat))
    return np.sum(np.abs(x - x_hat) / b + np.log(2 * b))


# %% surprise, wrong: the term log(2b) is missing
def laplace_surprise(x, x_hat):
    b = np.mean(np.abs(x - x_hat))
    return np.sum(np.abs(x - x_hat) / b, axis=1).mean()


# %% surprise, wrong: the 2 of 1/(2b) is missing
def laplace_surprise(x, x_hat):
    b = np.mean(np.abs(x - x_hat))
    return np.sum(np.abs(x - x_hat) / b + np.log(b), axis=1).mean()


# %% surprise, wrong: this width is the standard deviation
def laplace_surprise(x, x_hat):
    b = np.sqrt(np.mean((x - x_hat) ** 2))
    return np.sum(np.abs(x - x_hat) / b + np.log(2 * b), axis=1).mean()


# %% surprise, wrong: each image got its own width
def laplace_surprise(x, x_hat):
    b = np.mean(np.abs(x - x_hat), axis=1, keepdims=True)
    return np.sum(np.abs(x - x_hat) / b + np.log(2 * b), axis=1).mean()


# %% surprise, wrong: this is the Gaussian's
def laplace_surprise(x, x_hat):
    s2 = np.mean((x - x_hat) ** 2)
    return x.shape[1] / 2 * (1 + np.log(2 * np.pi * s2))


# %% surprise, wrong: laplace_surprise of all digits should be
def laplace_surprise(x, x_hat):
    return 2 * (1 + np.log(2 * np.mean(np.abs(x - x_hat))))


# %% surprise, right: pixel by pixel
def laplace_surprise(x, x_hat):
    b = np.mean(np.abs(x - x_hat))
    return np.sum(np.abs(x - x_hat) / b + np.log(2 * b), axis=1).mean()


# %% surprise, right: with scipy
def laplace_surprise(x, x_hat):
    from scipy.stats import laplace

    width = np.abs(x_hat - x).sum() / x.size
    return -laplace.logpdf(x, x_hat, width).sum() / len(x)


# %% tied, wrong: only the encoder's part
def tied_gradient(x, W, code_bias, output_bias):
    delta = (sigmoid((x @ W + code_bias) @ W.T + output_bias) - x) / len(x)
    return x.T @ (delta @ W)


# %% tied, wrong: only the decoder's part
def tied_gradient(x, W, code_bias, output_bias):
    z = x @ W + code_bias
    return ((sigmoid(z @ W.T + output_bias) - x) / len(x)).T @ z


# %% tied, wrong: added over the images
def tied_gradient(x, W, code_bias, output_bias):
    z = x @ W + code_bias
    delta = sigmoid(z @ W.T + output_bias) - x
    return x.T @ (delta @ W) + delta.T @ z


# %% tied, wrong: multiplied by the sigmoid's slope
def tied_gradient(x, W, code_bias, output_bias):
    z = x @ W + code_bias
    x_hat = sigmoid(z @ W.T + output_bias)
    delta = (x_hat - x) * x_hat * (1 - x_hat) / len(x)
    return x.T @ (delta @ W) + delta.T @ z


# %% tied, wrong: averaged over the pixels
def tied_gradient(x, W, code_bias, output_bias):
    z = x @ W + code_bias
    delta = (sigmoid(z @ W.T + output_bias) - x) / x.size
    return x.T @ (delta @ W) + delta.T @ z


# %% tied, wrong: the code's bias is missing
def tied_gradient(x, W, code_bias, output_bias):
    z = x @ W + code_bias
    delta = (sigmoid(z @ W.T + output_bias) - x) / len(x)
    return x.T @ (delta @ W) + delta.T @ (x @ W)


# %% tied, wrong: differs from the measured slopes
def tied_gradient(x, W, code_bias, output_bias):
    z = x @ W + code_bias
    delta = (sigmoid(z @ W.T + output_bias) - x) / 2
    return x.T @ (delta @ W) + delta.T @ z


# %% tied, right: image by image
def tied_gradient(x, W, code_bias, output_bias):
    gradient = np.zeros_like(W)
    for row in x:
        z = row @ W + code_bias
        delta = 1 / (1 + np.exp(-(W @ z + output_bias))) - row
        gradient += np.outer(row, delta @ W) + np.outer(delta, z)
    return gradient / len(x)


# %% tied, right: with einsum
def tied_gradient(x, W, code_bias, output_bias):
    z = np.einsum("ni,io->no", x, W) + code_bias
    delta = sigmoid(np.einsum("no,io->ni", z, W) + output_bias) - x
    at_code = np.einsum("ni,io->no", delta, W)
    return (np.einsum("ni,no->io", x, at_code) + np.einsum("ni,no->io", delta, z)) / x.shape[0]


# %% standardize, wrong: an equal footing is the trouble
def predicted_error():
    return "a"


# %% standardize, wrong: PCA chooses another plane
def predicted_error():
    return "b"


# %% standardize, wrong: should be one of a, b, c
def predicted_error():
    return 9.0


# %% standardize, right: upper case
def predicted_error():
    return "C"


# %% standardize, right: with a space
def predicted_error():
    choice = "c "
    return choice


# %% decoder, wrong: this is codes.T @ x alone
def best_decoder(codes, x):
    return codes.T @ x


# %% decoder, wrong: averages are not enough
def best_decoder(codes, x):
    return codes.T @ x / len(x)


# %% decoder, wrong: as if it were alone
def best_decoder(codes, x):
    return codes.T @ x / np.sum(codes**2, axis=0)[:, np.newaxis]


# %% decoder, wrong: transposed
def best_decoder(codes, x):
    return np.linalg.lstsq(codes, x, rcond=None)[0].T


# %% decoder, wrong: the wrong way round
def best_decoder(codes, x):
    return np.linalg.lstsq(x, codes, rcond=None)[0]


# %% decoder, wrong: these are the reconstructions
def best_decoder(codes, x):
    return codes @ np.linalg.lstsq(codes, x, rcond=None)[0]


# %% decoder, wrong: made of numbers
def best_decoder(codes, x):
    return np.linalg.lstsq(codes, x, rcond=None)


# %% decoder, right: by the normal equations
def best_decoder(codes, x):
    return np.linalg.solve(codes.T @ codes, codes.T @ x)


# %% decoder, right: by the pseudo-inverse
def best_decoder(codes, x):
    return np.linalg.pinv(codes) @ x
