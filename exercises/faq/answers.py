"""Answers as students write them, for `python -m tools.answers`."""

# %% stuck, wrong: turned round
def times_mean_image(mse, x_train, x_test):
    return np.mean((x_test - x_train.mean(axis=0)) ** 2) / mse


# %% stuck, wrong: use one unit
def times_mean_image(mse, x_train, x_test):
    x_hat = np.broadcast_to(x_train.mean(axis=0), x_test.shape)
    return mse / squared_error_per_image(x_test, x_hat)


# %% stuck, wrong: the mean of all pixels is one grey
def times_mean_image(mse, x_train, x_test):
    return mse / np.mean((x_test - x_train.mean()) ** 2)


# %% stuck, wrong: the mean image must come from x_train
def times_mean_image(mse, x_train, x_test):
    return mse / np.mean((x_test - x_test.mean(axis=0)) ** 2)


# %% stuck, wrong: is there a `return`
def times_mean_image(mse, x_train, x_test):
    ratio = mse / np.mean((x_test - x_train.mean(axis=0)) ** 2)


# %% stuck, right: per image
def times_mean_image(mse, x_train, x_test):
    pixels = x_test.shape[1]
    x_hat = np.broadcast_to(x_train.mean(axis=0), x_test.shape)
    return pixels * mse / squared_error_per_image(x_test, x_hat)


# %% stuck, right: image by image
def times_mean_image(mse, x_train, x_test):
    mean = sum(x_train) / len(x_train)
    errors = [np.mean((image - mean) ** 2) for image in x_test]
    return mse / (sum(errors) / len(errors))


# %% auc, wrong: here they count nothing
def auc(is_anomaly, scores):
    return np.mean(scores[is_anomaly][:, None] > scores[~is_anomaly])


# %% auc, wrong: here they count in full
def auc(is_anomaly, scores):
    return np.mean(scores[is_anomaly][:, None] >= scores[~is_anomaly])


# %% auc, wrong: turned round
def auc(is_anomaly, scores):
    strange, normal = scores[is_anomaly][:, None], scores[~is_anomaly]
    return np.mean(strange < normal) + np.mean(strange == normal) / 2


# %% auc, wrong: the number of pairs was not divided out
def auc(is_anomaly, scores):
    strange, normal = scores[is_anomaly][:, None], scores[~is_anomaly]
    return np.sum(strange > normal) + np.sum(strange == normal) / 2


# %% auc, wrong: divided by the wrong number
def auc(is_anomaly, scores):
    strange, normal = scores[is_anomaly][:, None], scores[~is_anomaly]
    return (np.sum(strange > normal) + np.sum(strange == normal) / 2) / len(scores) ** 2


# %% auc, right: by ranks
def auc(is_anomaly, scores):
    values, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    strange = is_anomaly.sum()
    wins = ranks[is_anomaly].sum() - strange * (strange + 1) / 2
    return wins / (strange * (len(scores) - strange))


# %% auc, right: anomaly by anomaly
def auc(is_anomaly, scores):
    normal = scores[np.logical_not(is_anomaly)]
    shares = [np.mean(normal < score) + 0.5 * np.mean(normal == score)
              for score in scores[is_anomaly]]
    return float(np.mean(shares))


# %% bits, wrong: one step for the whole matrix
def rounded(weights, bits):
    step = np.abs(weights).max() / (2 ** (bits - 1) - 1)
    return np.round(weights / step) * step


# %% bits, wrong: for each row
def rounded(weights, bits):
    step = np.abs(weights).max(axis=1, keepdims=True) / (2 ** (bits - 1) - 1)
    step = np.where(step == 0, 1, step)
    return np.round(weights / step) * step


# %% bits, wrong: one bit is for the sign
def rounded(weights, bits):
    step = np.abs(weights).max(axis=0) / (2**bits - 1)
    return np.round(weights / np.where(step == 0, 1, step)) * step


# %% bits, wrong: one step too many
def rounded(weights, bits):
    step = np.abs(weights).max(axis=0) / 2 ** (bits - 1)
    return np.round(weights / np.where(step == 0, 1, step)) * step


# %% bits, wrong: multiply by the step again
def rounded(weights, bits):
    step = np.abs(weights).max(axis=0) / (2 ** (bits - 1) - 1)
    return np.round(weights / np.where(step == 0, 1, step))


# %% bits, wrong: a column of zeros
def rounded(weights, bits):
    step = np.abs(weights).max(axis=0) / (2 ** (bits - 1) - 1)
    return np.round(weights / step) * step


# %% bits, wrong: cut off towards 0
def rounded(weights, bits):
    step = np.abs(weights).max(axis=0) / (2 ** (bits - 1) - 1)
    step = np.where(step == 0, 1, step)
    return (weights / step).astype(int) * step


# %% bits, right: zeros afterwards
def rounded(weights, bits):
    largest, steps = np.abs(weights).max(axis=0, keepdims=True), 2 ** (bits - 1) - 1
    return np.nan_to_num(np.rint(weights / largest * steps) * largest / steps)


# %% bits, right: column by column
def rounded(weights, bits):
    result = np.zeros_like(weights, dtype=float)
    for number in range(weights.shape[1]):
        column = weights[:, number]
        step = max(abs(column.max()), abs(column.min())) / (2 ** (bits - 1) - 1)
        if step > 0:
            result[:, number] = step * np.round(column / step)
    return result


# %% doubt, wrong: that is the best answer for the squared error
def predicted_answer():
    return "b"


# %% doubt, wrong: the likelier place
def predicted_answer():
    return "a"


# %% doubt, wrong: should be one of a, b, c
def predicted_answer():
    return "the sharp one"


# %% doubt, right: upper case
def predicted_answer():
    return "C"


# %% doubt, right: with a space
def predicted_answer():
    return "c "


# %% ink, wrong: a mean over the pixels
def error_per_ink(x, x_hat):
    return np.mean((x - x_hat) ** 2, axis=1) / np.maximum(x.sum(axis=1), 1)


# %% ink, wrong: take that of x
def error_per_ink(x, x_hat):
    return squared_error_of_each(x, x_hat) / np.maximum(x_hat.sum(axis=1), 1)


# %% ink, wrong: divided by the number of pixels with ink
def error_per_ink(x, x_hat):
    return squared_error_of_each(x, x_hat) / np.maximum((x > 0).sum(axis=1), 1)


# %% ink, wrong: each image has its own
def error_per_ink(x, x_hat):
    return squared_error_of_each(x, x_hat) / x.sum()


# %% ink, wrong: the ink of a blank image is 0
def error_per_ink(x, x_hat):
    return squared_error_of_each(x, x_hat) / x.sum(axis=1)


# %% ink, wrong: was a small number added
def error_per_ink(x, x_hat):
    return squared_error_of_each(x, x_hat) / (x.sum(axis=1) + 1e-8)


# %% ink, wrong: 1 was added
def error_per_ink(x, x_hat):
    return squared_error_of_each(x, x_hat) / (x.sum(axis=1) + 1)


# %% ink, right: with where
def error_per_ink(x, x_hat):
    ink = np.einsum("ij->i", x)
    errors = ((x - x_hat) ** 2).sum(axis=-1)
    return np.where(ink < 1, errors, errors / ink)


# %% ink, right: image by image
def error_per_ink(x, x_hat):
    return [float(np.sum((one - other) ** 2)) / max(1.0, float(np.sum(one)))
            for one, other in zip(x, x_hat)]
