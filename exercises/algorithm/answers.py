"""Answers as students write them, for `python -m tools.answers`."""

# %% slope, wrong: summed instead of averaged
def squared_error_gradient(x, x_hat):
    return 2 * (x_hat - x)


# %% slope, wrong: the sign is turned round
def squared_error_gradient(x, x_hat):
    return 2 * (x - x_hat) / x.size


# %% slope, wrong: averaged over the rows only
def squared_error_gradient(x, x_hat):
    return 2 * (x_hat - x) / len(x)


# %% slope, wrong: the factor 2
def squared_error_gradient(x, x_hat):
    return np.mean(x_hat - x) * np.ones_like(x) * 0 + (x_hat - x) / x.size


# %% slope, wrong: is there a `return`
def squared_error_gradient(x, x_hat):
    2 * (x_hat - x) / x.size


# %% slope, right: by subtraction in place
def squared_error_gradient(x, x_hat):
    difference = np.subtract(x_hat, x)
    difference *= 2 / np.prod(x.shape)
    return difference


# %% slope, right: number by number
def squared_error_gradient(x, x_hat):
    gradient = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        gradient[place] = 2 * (x_hat[place] - x[place]) / x.size
    return gradient


# %% dense, wrong: averaged over the rows: the loss has done that already
def dense_backward(x, weights, gradient):
    return x.T @ gradient / len(x), gradient.sum(axis=0), gradient @ weights.T


# %% dense, wrong: averaged over the rows instead of summed
def dense_backward(x, weights, gradient):
    return x.T @ gradient, gradient.mean(axis=0), gradient @ weights.T


# %% dense, wrong: one row for each example
def dense_backward(x, weights, gradient):
    return x.T @ gradient, gradient, gradient @ weights.T


# %% dense, wrong: transposed: each row belongs to an example
def dense_backward(x, weights, gradient):
    return x.T @ gradient, gradient.sum(axis=0), weights @ gradient.T


# %% dense, wrong: three arrays
def dense_backward(x, weights, gradient):
    return x.T @ gradient


# %% dense, wrong: summed over the wrong axis
def dense_backward(x, weights, gradient):
    return x.T @ gradient, gradient.sum(axis=1), gradient @ weights.T


# %% dense, right: with einsum
def dense_backward(x, weights, gradient):
    for_weights = np.einsum("ni,no->io", x, gradient)
    return for_weights, np.einsum("no->o", gradient), np.einsum("no,io->ni", gradient, weights)


# %% dense, right: row by row
def dense_backward(x, weights, gradient):
    for_weights, for_bias = np.zeros_like(weights), np.zeros(weights.shape[1])
    for row, of_row in zip(x, gradient):
        for_weights += np.outer(row, of_row)
        for_bias += of_row
    return for_weights, for_bias, np.array([weights @ of_row for of_row in gradient])


# %% dense, right: as a list
def dense_backward(x, weights, gradient):
    return [np.dot(x.T, gradient), np.ones(len(x)) @ gradient, (weights @ gradient.T).T]


# %% relu, wrong: this is the slope alone
def relu_backward(a, gradient):
    return (a > 0).astype(float)


# %% relu, wrong: multiplied by a
def relu_backward(a, gradient):
    return gradient * np.maximum(a, 0)


# %% relu, wrong: the gradient was cut at 0
def relu_backward(a, gradient):
    return np.maximum(gradient, 0)


# %% relu, wrong: at a = 0
def relu_backward(a, gradient):
    return gradient * (a >= 0)


# %% relu, right: with where
def relu_backward(a, gradient):
    return np.where(a > 0, gradient, 0.0)


# %% relu, right: in a copy
def relu_backward(a, gradient):
    result = np.array(gradient, dtype=float)
    result[np.asarray(a) <= 0] = 0
    return result


# %% step, wrong: nothing but rounding
def predicted_precision():
    return "b"


# %% step, wrong: the lowest point moves
def predicted_precision():
    return "a"


# %% step, wrong: should be one of a, b, c
def predicted_precision():
    return "nine digits"


# %% step, right: upper case
def predicted_precision():
    return "C"


# %% step, right: with a space
def predicted_precision():
    return " c "


# %% equal, wrong: all columns were counted
def count_distinct(weights):
    return weights.shape[1]


# %% equal, wrong: numbers were compared exactly
def count_distinct(weights):
    # A rounding error, as another order of the sums would leave.
    noisy = weights + 1e-15 * np.arange(weights.shape[1])
    return len(np.unique(noisy, axis=1).T) if len(weights) > 2 else len(np.unique(weights, axis=1).T)


# %% equal, wrong: only the columns that occur once
def count_distinct(weights):
    columns = weights.T.tolist()
    return sum(columns.count(column) == 1 for column in columns)


# %% equal, wrong: these are the rows
def count_distinct(weights):
    kept = []
    for row in weights:
        if all(np.abs(row - other).max() > 1e-9 for other in kept):
            kept.append(row)
    return len(kept)


# %% equal, wrong: the column before it only
def count_distinct(weights):
    return 1 + int((np.abs(np.diff(weights, axis=1)).max(axis=0) > 1e-9).sum())


# %% equal, right: by rounding
def count_distinct(weights):
    return len({tuple(column) for column in np.round(weights, 8).T.tolist()})


# %% equal, right: by distances
def count_distinct(weights):
    distances = np.abs(weights[:, :, None] - weights[:, None, :]).max(axis=0)
    return int(sum(not (distances[column, :column] <= 1e-9).any() for column in range(len(distances))))
