"""Answers as students write them, for `python -m tools.answers`."""

# %% dense, wrong: Dense does not flatten
def dense_on(shape, units):
    return units, (int(np.prod(shape)) + 1) * units


# %% dense, wrong: the biases are missing
def dense_on(shape, units):
    return int(np.prod(shape[:-1])) * units, shape[-1] * units


# %% dense, wrong: do not count it for each row
def dense_on(shape, units):
    rows = int(np.prod(shape[:-1]))
    return rows * units, rows * (shape[-1] + 1) * units


# %% dense, wrong: comes out of *each* row
def dense_on(shape, units):
    return units, (shape[-1] + 1) * units


# %% dense, wrong: acts on the first axis
def dense_on(shape, units):
    return int(np.prod(shape[1:])) * units, (shape[0] + 1) * units


# %% dense, wrong: dense_on((7, 7, 3), 8)
def dense_on(shape, units):
    rows = shape[0] if len(shape) > 1 else 1
    return rows * units, (shape[-1] + 1) * units


# %% dense, wrong: in the other order
def dense_on(shape, units):
    return (shape[-1] + 1) * units, int(np.prod(shape[:-1])) * units


# %% dense, right: in steps
def dense_on(shape, units):
    *others, last = shape
    numbers = units
    for size in others:
        numbers *= size
    return numbers, last * units + units


# %% dense, right: asking Keras
def dense_on(shape, units):
    layer = layers.Dense(units)
    made = layer(np.zeros((1, *shape), "float32"))
    return [int(np.prod(made.shape)), layer.count_params()]


# %% build, wrong: flatten first
def build_image_autoencoder(latent_dim):
    encoder = keras.Sequential([keras.Input(shape=(28, 28)), layers.Dense(latent_dim)])
    autoencoder = keras.Sequential([keras.Input(shape=(28, 28)), encoder,
                                    layers.Dense(28, activation="sigmoid")])
    return encoder, autoencoder


# %% build, wrong: bring the 784 numbers back
def build_image_autoencoder(latent_dim):
    encoder = keras.Sequential([keras.Input(shape=(28, 28)), layers.Flatten(),
                                layers.Dense(latent_dim)])
    return encoder, keras.Sequential([keras.Input(shape=(28, 28)), encoder,
                                      layers.Dense(784, activation="sigmoid")])


# %% build, wrong: no activation on the code, for ReLU
def build_image_autoencoder(latent_dim):
    encoder = keras.Sequential([keras.Input(shape=(28, 28)), layers.Flatten(),
                                layers.Dense(latent_dim, activation="relu")])
    return encoder, keras.Sequential([
        keras.Input(shape=(28, 28)), encoder, layers.Dense(784, activation="sigmoid"),
        layers.Reshape((28, 28))])


# %% build, wrong: stay between -1 and 1
def build_image_autoencoder(latent_dim):
    encoder = keras.Sequential([keras.Input(shape=(28, 28)), layers.Flatten(),
                                layers.Dense(latent_dim, activation="tanh")])
    return encoder, keras.Sequential([
        keras.Input(shape=(28, 28)), encoder, layers.Dense(784, activation="sigmoid"),
        layers.Reshape((28, 28))])


# %% build, wrong: do not cancel
def build_image_autoencoder(latent_dim):
    encoder = keras.Sequential([keras.Input(shape=(28, 28)), layers.Flatten(),
                                layers.Dense(latent_dim, activation="elu")])
    return encoder, keras.Sequential([
        keras.Input(shape=(28, 28)), encoder, layers.Dense(784, activation="sigmoid"),
        layers.Reshape((28, 28))])


# %% build, wrong: the last dense layer needs a sigmoid
def build_image_autoencoder(latent_dim):
    encoder = keras.Sequential([keras.Input(shape=(28, 28)), layers.Flatten(),
                                layers.Dense(latent_dim)])
    return encoder, keras.Sequential([keras.Input(shape=(28, 28)), encoder, layers.Dense(784),
                                      layers.Reshape((28, 28))])


# %% build, wrong: it must use this encoder
def build_image_autoencoder(latent_dim):
    def new():
        return [keras.Input(shape=(28, 28)), layers.Flatten(), layers.Dense(latent_dim)]

    return keras.Sequential(new()), keras.Sequential([
        *new(), layers.Dense(784, activation="sigmoid"), layers.Reshape((28, 28))])


# %% build, wrong: one dense layer on each side
def build_image_autoencoder(latent_dim):
    encoder = keras.Sequential([keras.Input(shape=(28, 28)), layers.Flatten(),
                                layers.Dense(128, activation="relu"), layers.Dense(latent_dim)])
    return encoder, keras.Sequential([
        keras.Input(shape=(28, 28)), encoder, layers.Dense(784, activation="sigmoid"),
        layers.Reshape((28, 28))])


# %% build, wrong: return two models
def build_image_autoencoder(latent_dim):
    return keras.Sequential([
        keras.Input(shape=(28, 28)), layers.Flatten(), layers.Dense(latent_dim),
        layers.Dense(784, activation="sigmoid"), layers.Reshape((28, 28))])


# %% build, wrong: (10, 50)
def build_image_autoencoder(latent_dim):
    encoder = keras.Sequential([keras.Input(shape=(28, 28)), layers.Flatten(), layers.Dense(5)])
    return encoder, keras.Sequential([
        keras.Input(shape=(28, 28)), encoder, layers.Dense(784, activation="sigmoid"),
        layers.Reshape((28, 28))])


# %% build, right: functional
def build_image_autoencoder(latent_dim):
    x = keras.Input(shape=(28, 28))
    z = layers.Dense(latent_dim)(layers.Reshape((784,))(x))
    x_hat = layers.Reshape((28, 28))(layers.Dense(784, activation="sigmoid")(z))
    return keras.Model(x, z), keras.Model(x, x_hat)


# %% build, right: as a list, the decoder first
def build_image_autoencoder(latent_dim):
    decoder = keras.Sequential([keras.Input(shape=(latent_dim,)),
                                layers.Dense(784, activation="sigmoid"), layers.Reshape((28, 28))])
    encoder = keras.Sequential([keras.Input(shape=(28, 28)), layers.Flatten(),
                                layers.Dense(latent_dim, name="code")])
    return [encoder, keras.Sequential([encoder, decoder])]


# %% build, right: with the class of the chapter
def build_image_autoencoder(latent_dim):
    from ae_utils import Autoencoder

    encoder = keras.Sequential([layers.Flatten(), layers.Dense(latent_dim)])
    decoder = keras.Sequential([layers.Dense(784), layers.Activation("sigmoid"),
                                layers.Reshape((28, 28))])
    return encoder, Autoencoder(encoder, decoder)


# %% stop, wrong: an equal loss is not better
def early_stopping(losses, patience):
    best, lowest = 0, np.inf
    for epoch, loss in enumerate(losses, start=1):
        if loss <= lowest:
            best, lowest = epoch, loss
        elif epoch - best >= patience:
            return best, epoch
    return best, len(losses)


# %% stop, wrong: stopped too late
def early_stopping(losses, patience):
    best, lowest = 0, np.inf
    for epoch, loss in enumerate(losses, start=1):
        if loss < lowest:
            best, lowest = epoch, loss
        elif epoch - best > patience:
            return best, epoch
    return best, len(losses)


# %% stop, wrong: after stopping nothing more is seen
def early_stopping(losses, patience):
    best, lowest = 0, np.inf
    for epoch, loss in enumerate(losses, start=1):
        if loss < lowest:
            best, lowest = epoch, loss
        elif epoch - best >= patience:
            break
    return int(np.argmin(losses)) + 1, epoch


# %% stop, wrong: both are counted from 1
def early_stopping(losses, patience):
    best, lowest = 0, np.inf
    for epoch, loss in enumerate(losses):
        if loss < lowest:
            best, lowest = epoch, loss
        elif epoch - best >= patience:
            return best, epoch
    return best, len(losses)


# %% stop, wrong: in the other order
def early_stopping(losses, patience):
    best, lowest = 0, np.inf
    for epoch, loss in enumerate(losses, start=1):
        if loss < lowest:
            best, lowest = epoch, loss
        elif epoch - best >= patience:
            return epoch, best
    return len(losses), best


# %% stop, wrong: compared with the epoch before
def early_stopping(losses, patience):
    best, wait = 1, 0
    for epoch in range(2, len(losses) + 1):
        if losses[epoch - 1] < losses[epoch - 2]:
            wait = 0
            if losses[epoch - 1] < losses[best - 1]:
                best = epoch
        else:
            wait += 1
        if wait == patience:
            return best, epoch
    return best, len(losses)


# %% stop, wrong: the wait was not set back
def early_stopping(losses, patience):
    best, lowest, wait = 0, np.inf, 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < lowest:
            best, lowest = epoch, loss
        else:
            wait += 1
            if wait >= patience:
                return best, epoch
    return best, len(losses)


# %% stop, wrong: gave None
def early_stopping(losses, patience):
    best, lowest = 0, np.inf
    for epoch, loss in enumerate(losses, start=1):
        if loss < lowest:
            best, lowest = epoch, loss
        elif epoch - best >= patience:
            return best, epoch


# %% stop, right: with a counter
def early_stopping(losses, patience):
    best, wait = 0, 0
    for at in range(len(losses)):
        if at == 0 or losses[at] < losses[best]:
            best, wait = at, 0
        else:
            wait += 1
        if wait == patience:
            return np.array([best + 1, at + 1])
    return np.array([best + 1, len(losses)])


# %% stop, right: with argmin of what was seen
def early_stopping(losses, patience):
    losses = np.asarray(losses)
    for run in range(1, len(losses) + 1):
        best = int(np.argmin(losses[:run])) + 1
        if run - best >= patience:
            break
    return best, run


# %% scale, wrong: the output cannot
def predicted_training():
    return "a"


# %% scale, wrong: Keras compares numbers
def predicted_training():
    return "c"


# %% scale, wrong: so the loss is finite
def predicted_training():
    return "d"


# %% scale, wrong: should be one of a, b, c, d
def predicted_training():
    return "NaN"


# %% scale, right: upper case
def predicted_training():
    return "B"


# %% scale, right: with spaces
def predicted_training():
    return " b "


# %% split, wrong: groups stand on both sides
def split_by_group(groups, share, seed):
    order = np.random.default_rng(seed).permutation(len(groups))
    cut = round(share * len(groups))
    return order[cut:], order[:cut]


# %% split, wrong: return row numbers
def split_by_group(groups, share, seed):
    names = np.unique(groups)
    chosen = np.random.default_rng(seed).permutation(names)[: round(share * len(names))]
    held_out = np.isin(groups, chosen)
    return ~held_out, held_out


# %% split, wrong: mind which side comes first
def split_by_group(groups, share, seed):
    names = np.unique(groups)
    chosen = np.random.default_rng(seed).permutation(names)[: round(share * len(names))]
    held_out = np.isin(groups, chosen)
    return np.flatnonzero(held_out), np.flatnonzero(~held_out)


# %% split, wrong: the same seed gave another split
def split_by_group(groups, share, seed):
    names = np.unique(groups)
    chosen = np.random.permutation(names)[: round(share * len(names))]
    held_out = np.isin(groups, chosen)
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)


# %% split, wrong: always the same
def split_by_group(groups, share, seed):
    names = np.unique(groups)
    held_out = np.isin(groups, names[: round(share * len(names))])
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)


# %% split, wrong: the share is one of
def split_by_group(groups, share, seed):
    names = np.random.default_rng(seed).permutation(np.unique(groups))
    held_out, number = np.zeros(len(groups), bool), 0
    while held_out.mean() <= share:  # by rows
        held_out |= np.asarray(groups) == names[number]
        number += 1
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)


# %% split, right: with sets
def split_by_group(groups, share, seed):
    import random

    names = sorted(set(np.asarray(groups).tolist()))
    chosen = set(random.Random(seed).sample(names, round(share * len(names))))
    rows = range(len(groups))
    return (np.array([row for row in rows if groups[row] not in chosen]),
            np.array([row for row in rows if groups[row] in chosen]))


# %% split, right: with scikit-learn
def split_by_group(groups, share, seed):
    from sklearn.model_selection import GroupShuffleSplit

    count = round(share * len(set(np.asarray(groups).tolist())))
    splitter = GroupShuffleSplit(n_splits=1, test_size=count, random_state=seed)
    return next(splitter.split(np.zeros(len(groups)), groups=groups))
