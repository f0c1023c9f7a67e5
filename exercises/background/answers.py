"""Answers as students write them, for `python -m tools.answers`."""

# %% mean, wrong: averaged over the pixels too
def mean_image_error(train, test):
    return np.mean((test - train.mean(axis=0)) ** 2)


# %% mean, wrong: mean of the test images
def mean_image_error(train, test):
    return np.sum((test - test.mean(axis=0)) ** 2, axis=1).mean()


# %% mean, wrong: one grey value for all pixels
def mean_image_error(train, test):
    return np.sum((test - train.mean()) ** 2, axis=1).mean()


# %% mean, wrong: the difference was not squared
def mean_image_error(train, test):
    return np.abs(test - train.mean(axis=0)).sum(axis=1).mean()


# %% mean, wrong: summed over the images too
def mean_image_error(train, test):
    return np.sum((test - train.mean(axis=0)) ** 2)


# %% mean, right: with the ruler of the book
def mean_image_error(train, test):
    return squared_error_per_image(test, np.tile(train.mean(axis=0), (len(test), 1)))


# %% mean, right: image by image
def mean_image_error(train, test):
    mean, total = sum(train) / len(train), 0.0
    for image in test:
        total += float(np.dot(image - mean, image - mean))
    return total / len(test)


# %% blocks, wrong: 16 pixels that follow each other
def encode(x):
    return x.reshape(-1, 49, 16).mean(axis=2)

def decode(z):
    return z.reshape(-1, 7, 7).repeat(4, axis=1).repeat(4, axis=2).reshape(-1, 784)


# %% blocks, wrong: one pixel of each block was picked
def encode(x):
    return x.reshape(-1, 28, 28)[:, ::4, ::4].reshape(-1, 49)

def decode(z):
    return z.reshape(-1, 7, 7).repeat(4, axis=1).repeat(4, axis=2).reshape(-1, 784)


# %% blocks, wrong: sixteen pixels were summed
def encode(x):
    return x.reshape(-1, 7, 4, 7, 4).sum(axis=(2, 4)).reshape(-1, 49)

def decode(z):
    return z.reshape(-1, 7, 7).repeat(4, axis=1).repeat(4, axis=2).reshape(-1, 784) / 16


# %% blocks, wrong: should have shape (1, 49)
def encode(x):
    return x.reshape(-1, 7, 4, 7, 4).mean(axis=(2, 4))

def decode(z):
    return z.repeat(4, axis=1).repeat(4, axis=2).reshape(-1, 784)


# %% blocks, wrong: fills sixteen pixels in a line
def encode(x):
    return x.reshape(-1, 7, 4, 7, 4).mean(axis=(2, 4)).reshape(-1, 49)

def decode(z):
    return np.repeat(z, 16, axis=1)


# %% blocks, wrong: laid side by side
def encode(x):
    return x.reshape(-1, 7, 4, 7, 4).mean(axis=(2, 4)).reshape(-1, 49)

def decode(z):
    return np.tile(z.reshape(-1, 7, 7), (1, 4, 4)).reshape(-1, 784)


# %% blocks, wrong: is there a `return`
def encode(x):
    x.reshape(-1, 7, 4, 7, 4).mean(axis=(2, 4)).reshape(-1, 49)

def decode(z):
    return z.reshape(-1, 7, 7).repeat(4, axis=1).repeat(4, axis=2).reshape(-1, 784)


# %% blocks, right: block by block
def encode(x):
    pictures, code = x.reshape(-1, 28, 28), np.zeros((len(x), 49))
    for number in range(49):
        row, column = 4 * (number // 7), 4 * (number % 7)
        code[:, number] = pictures[:, row:row + 4, column:column + 4].mean(axis=(1, 2))
    return code

def decode(z):
    pictures = np.zeros((len(z), 28, 28))
    for number in range(49):
        row, column = 4 * (number // 7), 4 * (number % 7)
        pictures[:, row:row + 4, column:column + 4] = z[:, number, None, None]
    return pictures.reshape(len(z), 784)


# %% blocks, right: as one matrix
def block_matrix():
    block = np.arange(28) // 4
    number = (7 * block[:, None] + block).ravel()
    return (number[:, None] == np.arange(49)).astype(float)

def encode(x):
    return x @ block_matrix() / 16

def decode(z):
    return z @ block_matrix().T


# %% nearest, wrong: places in the list of labels
def nearest_mean(train, labels, test):
    means = np.stack([train[labels == label].mean(axis=0) for label in np.unique(labels)])
    return ((test[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)


# %% nearest, wrong: argmin, not argmax
def nearest_mean(train, labels, test):
    known = np.unique(labels)
    means = np.stack([train[labels == label].mean(axis=0) for label in known])
    return known[((test[:, None] - means) ** 2).sum(axis=2).argmax(axis=1)]


# %% nearest, wrong: nearest single example
def nearest_mean(train, labels, test):
    return labels[((test[:, None] - train) ** 2).sum(axis=2).argmin(axis=1)]


# %% nearest, wrong: is there a `return`
def nearest_mean(train, labels, test):
    means = [train[labels == label].mean(axis=0) for label in np.unique(labels)]


# %% nearest, wrong: a label that does not occur has no mean
def nearest_mean(train, labels, test):
    with np.errstate(invalid="ignore"):
        means = np.stack([train[labels == label].sum(axis=0) / np.sum(labels == label)
                          for label in range(10)])
    return ((test[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)


# %% nearest, right: with products
def nearest_mean(train, labels, test):
    known, place = np.unique(labels, return_inverse=True)
    members = np.eye(len(known))[place]
    means = members.T @ train / members.sum(axis=0)[:, None]
    return known[np.argmax(test @ means.T - (means**2).sum(axis=1) / 2, axis=1)]


# %% nearest, right: row by row
def nearest_mean(train, labels, test):
    means = {label: train[labels == label].mean(axis=0) for label in set(labels.tolist())}
    return [min(means, key=lambda label: np.linalg.norm(row - means[label])) for row in test]


# %% marks, wrong: each costs more squared error
def predicted_marks():
    return "a"


# %% marks, wrong: sixteen pale pixels
def predicted_marks():
    return "b"


# %% marks, wrong: one white pixel costs no more
def predicted_marks():
    return "c"


# %% marks, right: upper case
def predicted_marks():
    return "D"


# %% marks, right: with a space
def predicted_marks():
    return "d "


# %% lead, wrong: the pairs are forgotten
def paired_lead(first, second):
    n, mean = len(first), first.mean() - second.mean()
    error = np.sqrt((first.var(ddof=1) + second.var(ddof=1)) / n)
    half = stats.t.ppf(0.975, n - 1) * error
    return mean, mean - half, mean + half


# %% lead, wrong: divides by n
def paired_lead(first, second):
    difference = first - second
    half = stats.t.ppf(0.975, len(first) - 1) * difference.std() / np.sqrt(len(first))
    return difference.mean(), difference.mean() - half, difference.mean() + half


# %% lead, wrong: spread of single differences
def paired_lead(first, second):
    difference = first - second
    half = stats.t.ppf(0.975, len(first) - 1) * difference.std(ddof=1)
    return difference.mean(), difference.mean() - half, difference.mean() + half


# %% lead, wrong: falls with the root of n
def paired_lead(first, second):
    difference = first - second
    half = stats.t.ppf(0.975, len(first) - 1) * difference.std(ddof=1) / len(first)
    return difference.mean(), difference.mean() - half, difference.mean() + half


# %% lead, wrong: a lead of the first is positive
def paired_lead(first, second):
    difference = second - first
    half = stats.t.ppf(0.975, len(first) - 1) * difference.std(ddof=1) / np.sqrt(len(first))
    return difference.mean(), difference.mean() - half, difference.mean() + half


# %% lead, wrong: the quantile t is missing
def paired_lead(first, second):
    difference = first - second
    half = difference.std(ddof=1) / np.sqrt(len(first))
    return difference.mean(), difference.mean() - half, difference.mean() + half


# %% lead, right: by SciPy's standard error
def paired_lead(first, second):
    difference = np.subtract(first, second)
    half = stats.t.ppf(0.975, len(difference) - 1) * stats.sem(difference)
    return np.mean(difference) + half * np.array([0, -1, 1])


# %% lead, right: by sums
def paired_lead(first, second):
    differences = [a - b for a, b in zip(first, second)]
    n = len(differences)
    mean = sum(differences) / n
    variance = sum((d - mean) ** 2 for d in differences) / (n - 1)
    half = float(stats.t.ppf(0.975, n - 1)) * (variance / n) ** 0.5
    return [mean, mean - half, mean + half]
