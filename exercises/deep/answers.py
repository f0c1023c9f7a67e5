"""Answers as students write them, for `python -m tools.answers`."""

# %% count, wrong: the biases are missing
def count_parameters(widths, tied=False):
    weights = sum(a * b for a, b in zip(widths, widths[1:]))
    return weights if tied else 2 * weights


# %% count, wrong: the way to the code only
def count_parameters(widths, tied=False):
    return sum((a + 1) * b for a, b in zip(widths, widths[1:]))


# %% count, wrong: the code has one set of biases
def count_parameters(widths, tied=False):
    weights = sum(a * b for a, b in zip(widths, widths[1:]))
    return weights * (2 - tied) + sum(widths) + sum(widths[1:])


# %% count, wrong: half of all
def count_parameters(widths, tied=False):
    there_and_back = list(widths) + list(widths[-2::-1])
    count = sum((a + 1) * b for a, b in zip(there_and_back, there_and_back[1:]))
    return count // 2 if tied else count


# %% count, wrong: the decoder has no biases here
def count_parameters(widths, tied=False):
    there = sum((a + 1) * b for a, b in zip(widths, widths[1:]))
    return there if tied else there + sum((b + 1) * a for a, b in zip(widths, widths[1:]))


# %% count, wrong: changes nothing here
def count_parameters(widths, tied=False):
    there_and_back = list(widths) + list(widths[-2::-1])
    return sum((a + 1) * b for a, b in zip(there_and_back, there_and_back[1:]))


# %% count, right: layer by layer
def count_parameters(widths, tied=False):
    total = 0
    for number in range(len(widths) - 1):
        inputs, outputs = widths[number], widths[number + 1]
        total += inputs * outputs + outputs + inputs
        if not tied:
            total += inputs * outputs
    return total


# %% count, right: by taking away
def count_parameters(widths, tied=False):
    way = (*widths, *reversed(widths[:-1]))
    count = sum((a + 1) * b for a, b in zip(way[:-1], way[1:]))
    return count - tied * int(np.dot(widths[:-1], widths[1:]))


# %% spread, wrong: this is the variance
def start_spread(inputs, slope):
    return 2 / (inputs * (1 + slope**2))


# %% spread, wrong: this is right for ReLU
def start_spread(inputs, slope):
    return np.sqrt(2 / inputs)


# %% spread, wrong: this is right for a unit without ReLU
def start_spread(inputs, slope):
    return 1 / np.sqrt(inputs)


# %% spread, wrong: the slope must be squared
def start_spread(inputs, slope):
    return np.sqrt(2 / (inputs * (1 + slope)))


# %% spread, wrong: not their sum
def start_spread(inputs, slope):
    return np.sqrt(2 / inputs) / (1 + slope)


# %% spread, right: from two halves
def start_spread(inputs, slope):
    kept = 0.5 + 0.5 * slope * slope
    return (inputs * kept) ** -0.5


# %% spread, right: with a gain
def start_spread(inputs, slope):
    import math
    gain = math.sqrt(2.0) / math.hypot(1.0, slope)
    return gain / math.sqrt(inputs)


# %% pretrain, wrong: it got the images again
def pretrain(x, widths, train_pair):
    encoder, decoder = [], []
    for width in widths:
        encoder_layer, decoder_layer = train_pair(x, width)
        encoder.append(encoder_layer)
        decoder.insert(0, decoder_layer)
    return encoder + decoder


# %% pretrain, wrong: the decoder layers are in the wrong order
def pretrain(x, widths, train_pair):
    encoder, decoder, inputs = [], [], x
    for width in widths:
        encoder_layer, decoder_layer = train_pair(inputs, width)
        encoder.append(encoder_layer)
        decoder.append(decoder_layer)
        inputs = run([encoder_layer], inputs)
    return encoder + decoder


# %% pretrain, wrong: the pairs are still together
def pretrain(x, widths, train_pair):
    layers, inputs = [], x
    for width in widths:
        pair = train_pair(inputs, width)
        layers += pair
        inputs = run(pair[:1], inputs)
    return layers


# %% pretrain, wrong: the sigmoid is missing in the codes
def pretrain(x, widths, train_pair):
    encoder, decoder, inputs = [], [], x
    for width in widths:
        encoder_layer, decoder_layer = train_pair(inputs, width)
        encoder.append(encoder_layer)
        decoder.insert(0, decoder_layer)
        inputs = inputs @ encoder_layer[0] + encoder_layer[1]
    return encoder + decoder


# %% pretrain, wrong: it got the images again
def pretrain(x, widths, train_pair):
    encoder, decoder, inputs = [], [], x
    for width in widths:
        encoder_layer, decoder_layer = train_pair(inputs, width)
        encoder.append(encoder_layer)
        decoder.insert(0, decoder_layer)
        inputs = run([encoder_layer, decoder_layer], inputs)
    return encoder + decoder


# %% pretrain, wrong: two widths give a list of four layers
def pretrain(x, widths, train_pair):
    layers, inputs = [], x
    for width in widths:
        layers.append(train_pair(inputs, width))
        inputs = run(layers[-1][:1], inputs)
    return layers


# %% pretrain, wrong: is there a `return`
def pretrain(x, widths, train_pair):
    layers = []
    for width in widths:
        pair = train_pair(x, width)
        x = run(pair[:1], x)
        layers += pair


# %% pretrain, right: from the inside
def pretrain(x, widths, train_pair):
    if not widths:
        return []
    first, last = train_pair(x, widths[0])
    return [first, *pretrain(run([first], x), widths[1:], train_pair), last]


# %% pretrain, right: all codes from the start
def pretrain(x, widths, train_pair):
    pairs = []
    for width in widths:
        pairs.append(train_pair(run([pair[0] for pair in pairs], x), width))
    return [pair[0] for pair in pairs] + [pair[1] for pair in reversed(pairs)]


# %% million, wrong: Adam divides a gradient by its own size
def predicted_end():
    return "a"


# %% million, wrong: hear the same from every image
def predicted_end():
    return "c"


# %% million, wrong: should be one of a, b, c
def predicted_end():
    return 1e6


# %% million, right: upper case
def predicted_end():
    return "B"


# %% million, right: with a space
def predicted_end():
    return " b"


# %% moved, wrong: what left at the bottom came in at the top
def moved(images, down, right):
    return np.roll(images, (down, right), axis=(1, 2))


# %% moved, wrong: moved to the right
def moved(images, down, right):
    down, right = right, down
    framed = np.pad(images, ((0, 0), (abs(down),) * 2, (abs(right),) * 2))
    top, left = abs(down) - down, abs(right) - right
    return framed[:, top : top + images.shape[1], left : left + images.shape[2]]


# %% moved, wrong: moved up instead of down
def moved(images, down, right):
    framed = np.pad(images, ((0, 0), (abs(down),) * 2, (abs(right),) * 2))
    top, left = abs(down) + down, abs(right) + right
    return framed[:, top : top + images.shape[1], left : left + images.shape[2]]


# %% moved, wrong: nothing is left
def moved(images, down, right):
    result = np.roll(images, (down, right), axis=(1, 2))
    if down > 0:
        result[:, :down] = 0
    else:
        result[:, down:] = 0
    if right > 0:
        result[:, :, :right] = 0
    elif right < 0:
        result[:, :, right:] = 0
    return result


# %% moved, wrong: the old row is still at the top
def moved(images, down, right):
    result = images.copy()
    height, width = images.shape[1:]
    result[:, max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)] = images[
        :, max(-down, 0) : height + min(-down, 0), max(-right, 0) : width + min(-right, 0)]
    return result


# %% moved, wrong: fill a new array
def moved(images, down, right):
    result = np.roll(images, (down, right), axis=(1, 2))
    if down > 0:
        result[:, :down] = 0
    elif down < 0:
        result[:, down:] = 0
    if right > 0:
        result[:, :, :right] = 0
    elif right < 0:
        result[:, :, right:] = 0
    images[:] = 0
    return result


# %% moved, right: two slices
def moved(images, down, right):
    result = np.zeros_like(images)
    height, width = images.shape[1:]
    result[:, max(down, 0) : max(height + down, 0), max(right, 0) : max(width + right, 0)] = images[
        :, max(-down, 0) : max(height - down, 0), max(-right, 0) : max(width - right, 0)]
    return result


# %% moved, right: rolled, then wiped
def moved(images, down, right):
    result = np.roll(images, (down, right), axis=(1, 2))
    rows = np.arange(images.shape[1]) - down
    columns = np.arange(images.shape[2]) - right
    result[:, (rows < 0) | (rows >= images.shape[1])] = 0
    result[:, :, (columns < 0) | (columns >= images.shape[2])] = 0
    return result
