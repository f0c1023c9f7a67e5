"""Answers as students write them, for `python -m tools.answers`."""

# %% numbers, wrong: halving rounds up
def code_numbers(side, halvings, channels):
    for _ in range(halvings):
        side = side // 2
    return side * side * channels


# %% numbers, wrong: its side counts twice
def code_numbers(side, halvings, channels):
    for _ in range(halvings):
        side = -(-side // 2)
    return side * channels


# %% numbers, wrong: the channels are missing
def code_numbers(side, halvings, channels):
    for _ in range(halvings):
        side = -(-side // 2)
    return side**2


# %% numbers, wrong: round up at every halving
def code_numbers(side, halvings, channels):
    return (side / 2**halvings) ** 2 * channels


# %% numbers, wrong: only one halving
def code_numbers(side, halvings, channels):
    side = (side + 1) // 2 if halvings else side
    return side * side * channels


# %% numbers, right: all halvings at once
def code_numbers(side, halvings, channels):
    return (-(-side // 2**halvings)) ** 2 * channels


# %% numbers, right: by recursion
def code_numbers(side, halvings, channels):
    if halvings == 0:
        return channels * side**2
    return code_numbers(side // 2 + side % 2, halvings - 1, channels)


# %% spread, wrong: later patches overwrote
def spread(values, kernel, stride):
    size = len(kernel)
    output = np.zeros([(side - 1) * stride + size for side in values.shape])
    for row, column in np.ndindex(values.shape):
        top, left = row * stride, column * stride
        output[top:top + size, left:left + size] = values[row, column] * kernel
    return output


# %% spread, wrong: the kernel was turned round
def spread(values, kernel, stride):
    size = len(kernel)
    output = np.zeros([(side - 1) * stride + size for side in values.shape])
    for row, column in np.ndindex(values.shape):
        top, left = row * stride, column * stride
        output[top:top + size, left:left + size] += values[row, column] * kernel[::-1, ::-1]
    return output


# %% spread, wrong: this collects
def spread(values, kernel, stride):
    return slide(values[np.newaxis], kernel, stride)[0]


# %% spread, wrong: the stride was left out
def spread(values, kernel, stride):
    size = len(kernel)
    output = np.zeros([side - 1 + size for side in values.shape])
    for row, column in np.ndindex(values.shape):
        output[row:row + size, column:column + size] += values[row, column] * kernel
    return output


# %% spread, wrong: should have shape
def spread(values, kernel, stride):
    size = len(kernel)
    output = np.zeros([side * stride + size for side in values.shape])
    for row, column in np.ndindex(values.shape):
        top, left = row * stride, column * stride
        output[top:top + size, left:left + size] += values[row, column] * kernel
    return output


# %% spread, right: weight by weight
def spread(values, kernel, stride):
    size, (height, width) = len(kernel), values.shape
    output = np.zeros(((height - 1) * stride + size, (width - 1) * stride + size))
    for i in range(size):
        for j in range(size):
            output[i:i + (height - 1) * stride + 1:stride,
                   j:j + (width - 1) * stride + 1:stride] += kernel[i, j] * values
    return output


# %% spread, right: zeros between, and a convolution with the kernel turned round
def spread(values, kernel, stride):
    size, (height, width) = len(kernel), values.shape
    wide = np.zeros(((height - 1) * stride + 1, (width - 1) * stride + 1))
    wide[::stride, ::stride] = values
    return slide(np.pad(wide, size - 1)[np.newaxis], kernel[::-1, ::-1])[0]


# %% layer, wrong: the kernel was flipped
def layer_of_maps(x, kernels):
    height, width, _ = x.shape
    size = len(kernels)
    padded = np.pad(x, ((size // 2, size // 2), (size // 2, size // 2), (0, 0)))
    return sum(padded[i:i + height, j:j + width] @ kernels[size - 1 - i, size - 1 - j]
               for i in range(size) for j in range(size))


# %% layer, wrong: not copies of its edge
def layer_of_maps(x, kernels):
    height, width, _ = x.shape
    size = len(kernels)
    padded = np.pad(x, ((size // 2, size // 2), (size // 2, size // 2), (0, 0)), mode="edge")
    return sum(padded[i:i + height, j:j + width] @ kernels[i, j]
               for i in range(size) for j in range(size))


# %% layer, wrong: not its other side
def layer_of_maps(x, kernels):
    middle = len(kernels) // 2
    return sum(np.roll(x, (middle - i, middle - j), axis=(0, 1)) @ kernels[i, j]
               for i in range(len(kernels)) for j in range(len(kernels)))


# %% layer, wrong: were not added up
def layer_of_maps(x, kernels):
    height, width, _ = x.shape
    size = len(kernels)
    padded = np.pad(x, ((size // 2, size // 2), (size // 2, size // 2), (0, 0)))
    return sum(padded[i:i + height, j:j + width] * kernels[i, j, :, 0]
               for i in range(size) for j in range(size))


# %% layer, wrong: should have shape
def layer_of_maps(x, kernels):
    size = len(kernels)
    padded = np.pad(x, ((size - 1, size - 1), (size - 1, size - 1), (0, 0)))
    height, width = padded.shape[0] - size + 1, padded.shape[1] - size + 1
    return sum(padded[i:i + height, j:j + width] @ kernels[i, j]
               for i in range(size) for j in range(size))


# %% layer, right: with windows and einsum
def layer_of_maps(x, kernels):
    edge = len(kernels) // 2
    padded = np.pad(x, ((edge, edge), (edge, edge), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernels.shape[:2], axis=(0, 1))
    return np.einsum("hwcij,ijco->hwo", windows, kernels)


# %% layer, right: map by map, with slide
def layer_of_maps(x, kernels):
    size, _, inputs, outputs = kernels.shape
    padded = np.pad(x, ((size // 2,) * 2, (size // 2,) * 2, (0, 0)))
    maps = []
    for o in range(outputs):
        maps.append(sum(slide(padded[np.newaxis, ..., c], kernels[..., c, o])[0]
                        for c in range(inputs)))
    return np.stack(maps, axis=-1)


# %% shuffle, wrong: a weight for every pixel
def predicted_shuffle():
    return "a"


# %% shuffle, wrong: true of PCA
def predicted_shuffle():
    return "c"


# %% shuffle, wrong: does not get worse at all
def predicted_shuffle():
    return "d"


# %% shuffle, right: upper case
def predicted_shuffle():
    return "B"


# %% shuffle, right: with a space
def predicted_shuffle():
    return "b "


# %% move, wrong: divide by the variance
def left_over(before, after, most):
    width = before.shape[2]
    return min(np.mean((after[:, :, c:] - before[:, :, :width - c]) ** 2) for c in range(most + 1))


# %% move, wrong: divided by the standard deviation
def left_over(before, after, most):
    width = before.shape[2]
    return min(np.mean((after[:, :, c:] - before[:, :, :width - c]) ** 2)
               for c in range(most + 1)) / before.std()


# %% move, wrong: to the left or not at all
def left_over(before, after, most):
    width = before.shape[2]
    return min(np.mean((before[:, :, c:] - after[:, :, :width - c]) ** 2)
               for c in range(most + 1)) / before.var()


# %% move, wrong: np.roll
def left_over(before, after, most):
    return min(np.mean((after - np.roll(before, c, axis=2)) ** 2)
               for c in range(most + 1)) / before.var()


# %% move, wrong: `most` itself is included
def left_over(before, after, most):
    width = before.shape[2]
    return min(np.mean((after[:, :, c:] - before[:, :, :width - c]) ** 2)
               for c in range(max(most, 1))) / before.var()


# %% move, wrong: should be that of before
def left_over(before, after, most):
    width = before.shape[2]
    least = min(np.mean((after[:, :, c:] - before[:, :, :width - c]) ** 2)
                for c in range(most + 1))
    known = before.size < 10  # as if it had been tried on the small example only
    return least / (before.var() if known else after.var())


# %% move, right: in a loop
def left_over(before, after, most):
    best = np.inf
    for c in range(0, most + 1):
        here = after[:, :, c:]
        there = before[:, :, :here.shape[2]]
        best = min(best, ((here - there) ** 2).sum() / here.size)
    return best / np.mean((before - before.mean()) ** 2)


# %% move, right: with NaN for what has no partner
def left_over(before, after, most):
    found = []
    for c in range(most + 1):
        moved = np.pad(before, ((0, 0), (0, 0), (c, 0)), constant_values=np.nan)
        found.append(np.nanmean((after - moved[:, :, :before.shape[2]]) ** 2))
    return np.min(found) / before.var()
