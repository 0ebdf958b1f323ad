"""Rows of tinyflow/ops/conv.py, pooling.py and morphology.py."""

import itertools

import numpy as np

import tinyflow as tf
from tests.rows import Row, normal
from tinyflow.ops import conv  # for two names that tf.nn does not have

# -- references: pixel by pixel, from the definitions --------------------------------------------


def taps(size, window, strides, padding, dilations=(1, 1)):
    """For each place and tap, down and across: ((y, x), (i, j), (row, column) of the pixel)."""
    axes = []
    for n, k, s, d, pad in zip(size, window, strides, dilations, [padding] * 2, strict=True):
        span = (k - 1) * d + 1
        if pad == "SAME":
            places = -(-n // s)
            before = max((places - 1) * s + span - n, 0) // 2
        else:
            places, before = (n - span) // s + 1, 0
        axes.append([(y, i, y * s + i * d - before) for y in range(places) for i in range(k)])
    for (y, i, row), (x, j, column) in itertools.product(*axes):
        if 0 <= row < size[0] and 0 <= column < size[1]:
            yield (y, x), (i, j), (row, column)


def places(size, window, strides, padding, dilations=(1, 1)):
    found = [place for place, _, _ in taps(size, window, strides, padding, dilations)]
    return tuple(np.max(found, axis=0) + 1)


def conv2d(x, w, strides=(1, 1), padding="VALID", dilations=(1, 1)):
    how = x.shape[1:3], w.shape[:2], strides, padding, dilations
    y = np.zeros((len(x), *places(*how), w.shape[3]))
    for (a, b), (i, j), (row, column) in taps(*how):
        y[:, a, b] += x[:, row, column] @ w[i, j]
    return y


def to_images(shape, w, y, strides=(1, 1), padding="VALID", dilations=(1, 1)):
    x = np.zeros(shape)
    for (a, b), (i, j), (row, column) in taps(shape[1:3], w.shape[:2], strides, padding, dilations):
        x[:, row, column] += y[:, a, b] @ w[i, j].T
    return x


def to_filters(x, shape, y, strides=(1, 1), padding="VALID", dilations=(1, 1)):
    w = np.zeros(shape)
    for (a, b), (i, j), (row, column) in taps(x.shape[1:3], shape[:2], strides, padding, dilations):
        w[i, j] += x[:, row, column].T @ y[:, a, b]
    return w


def dense(w):
    """A depthwise filter as a filter of conv2d: zeros between different channels."""
    rows, columns, depth, multiplier = w.shape
    full = np.zeros((rows, columns, depth, depth, multiplier))
    for c in range(depth):
        full[:, :, c, c] = w[:, :, c]
    return full.reshape(rows, columns, depth, depth * multiplier)


def sparse(full, shape):
    """Undoes `dense`."""
    full = full.reshape(*shape[:3], shape[2], shape[3])
    return np.stack([full[:, :, c, c] for c in range(shape[2])], axis=2)


def pooled(combine, x, window, strides, padding):
    how = x.shape[1:3], window, strides, padding
    seen = {}
    for place, _, (row, column) in taps(*how):
        seen.setdefault(place, []).append(x[:, row, column])
    y = np.zeros((len(x), *places(*how), x.shape[3]), x.dtype)
    for place, pixels in seen.items():
        y[:, place[0], place[1]] = combine(np.stack(pixels), axis=0)
    return y


def chosen(x, window, strides, padding):
    """For each place of each image and channel, (n, y, x, c), the pixel that is the largest."""
    best = {}
    for place, _, (row, column) in taps(x.shape[1:3], window, strides, padding):
        for n, c in itertools.product(range(len(x)), range(x.shape[3])):
            key, pixel = (n, *place, c), (n, row, column, c)
            if key not in best or x[pixel] > x[best[key]]:
                best[key] = pixel
    return best


def max_pool_grad(x, y, *how):
    grad = np.zeros(x.shape)
    for place, pixel in chosen(x, *how).items():
        grad[pixel] += y[place]
    return grad


def max_pool_grad_grad(x, g, *how):
    y = np.zeros((len(x), *places(x.shape[1:3], *how), x.shape[3]))
    for place, pixel in chosen(x, *how).items():
        y[place] = g[pixel]
    return y


def argmax(x, *how):
    y = np.zeros((len(x), *places(x.shape[1:3], *how), x.shape[3]), np.int64)
    for place, (_, row, column, c) in chosen(x, *how).items():
        y[place] = (row * x.shape[2] + column) * x.shape[3] + c
    return y


def avg_pool_grad(shape, y, *how):
    count, x = {}, np.zeros(shape)
    for place, _, _ in taps(shape[1:3], *how):
        count[place] = count.get(place, 0) + 1
    for (a, b), _, (row, column) in taps(shape[1:3], *how):
        x[:, row, column] += y[:, a, b] / count[a, b]
    return x


def patches(x, window, strides, padding, dilations=(1, 1)):
    how = x.shape[1:3], window, strides, padding, dilations
    y = np.zeros((len(x), *places(*how), *window, x.shape[3]))
    for (a, b), (i, j), (row, column) in taps(*how):
        y[:, a, b, i, j] = x[:, row, column]
    return y.reshape(*y.shape[:3], -1)


def highest(x, kernel, strides, padding, rates):
    """For each place of each image and channel: the largest sum, its pixel and its tap."""
    best = {}
    for place, tap, pixel in taps(x.shape[1:3], kernel.shape[:2], strides, padding, rates):
        for n, c in itertools.product(range(len(x)), range(x.shape[3])):
            here, source, weight = (n, *place, c), (n, *pixel, c), (*tap, c)
            total = x[source] + kernel[weight]
            if here not in best or total > best[here][0]:
                best[here] = total, source, weight
    return best


def dilation(x, kernel, *how):
    best = highest(x, kernel, *how)
    y = np.zeros(np.max(list(best), axis=0) + 1)
    for place, (total, _, _) in best.items():
        y[place] = total
    return y


def dilation_grad(which, x, kernel, y, *how):
    grad = np.zeros((x, kernel)[which].shape)
    for place, found in highest(x, kernel, *how).items():
        grad[found[1 + which]] += y[place]
    return grad


def dilation_chosen(which, x, kernel, d, *how):
    best = highest(x, kernel, *how)
    y = np.zeros(np.max(list(best), axis=0) + 1)
    for place, found in best.items():
        y[place] = d[found[1 + which]]
    return y


def first(x):
    """(n, h, w, c) -> (n, c, h, w)"""
    return np.moveaxis(x, 3, 1)


def last(x):
    return np.moveaxis(x, 1, 3)


def gradient(function, *args):
    """The op that differentiating `function(x, *args)` makes, from x and its gradient."""
    return lambda x, g: tf.gradients(function(x, *args), x, grad_ys=g)[0]


# -- convolution ---------------------------------------------------------------------------------

nn = tf.nn
IMAGES = normal(2, 5, 4, 3)
FILTERS = normal(3, 2, 3, 2)
PADS = [[0, 0], [1, 0], [0, 2], [0, 0]]


def padded(x):
    return np.pad(x, PADS)


CONVOLUTIONS = [
    Row("Conv2D", lambda x, w: nn.conv2d(x, w, 1, "VALID"), [IMAGES, FILTERS], conv2d),
    Row(
        "Conv2D",
        lambda x, w: nn.conv2d(x, w, [1, 2, 3, 1], "SAME"),
        [IMAGES, FILTERS],
        lambda x, w: conv2d(x, w, (2, 3), "SAME"),
    ),
    Row(
        "Conv2D",
        lambda x, w: nn.conv2d(x, w, 1, "SAME", dilations=[2, 1]),
        [IMAGES, FILTERS],
        lambda x, w: conv2d(x, w, (1, 1), "SAME", (2, 1)),
    ),
    Row(
        "Conv2D",
        lambda x, w: nn.conv2d(x, w, 2, PADS),
        [IMAGES, FILTERS],
        lambda x, w: conv2d(padded(x), w, (2, 2)),
    ),
    Row(
        "Conv2D",
        lambda x, w: nn.conv2d(x, w, [1, 1, 2, 1], "SAME", data_format="NCHW"),
        [first(IMAGES), FILTERS],
        lambda x, w: first(conv2d(last(x), w, (2, 1), "SAME")),
    ),
    Row("Conv2D", lambda x, w: nn.conv2d(x, w, 1, "VALID"), [IMAGES[:0], FILTERS], conv2d),
    Row(
        "Conv2D",
        lambda x, w: nn.conv2d(x, w, 1, "VALID"),
        [IMAGES.astype(np.float32), FILTERS.astype(np.float32)],
        conv2d,
        differentiate=False,
        rtol=1e-5,
    ),
    Row(
        "Conv2D",
        lambda x, w: nn.conv1d(x, w, 2, "SAME"),
        [normal(2, 5, 3), normal(2, 3, 4)],
        lambda x, w: conv2d(x[:, None], w[None], (2, 2), "SAME")[:, 0],
    ),
    Row(
        "Conv2D",
        lambda x, w: nn.conv1d(x, w, 1, "VALID", data_format="NCW", dilations=2),
        [normal(2, 3, 5), normal(2, 3, 4)],
        lambda x, w: first(conv2d(last(x[:, :, None]), w[None], dilations=(2, 2)))[:, :, 0],
    ),
    Row(
        "Conv2DBackpropInput",
        lambda w, y: nn.conv2d_backprop_input([2, 5, 4, 3], w, y, [1, 1, 1, 1], "VALID"),
        [FILTERS, normal(2, 3, 3, 2)],
        lambda w, y: to_images((2, 5, 4, 3), w, y),
    ),
    Row(
        "Conv2DBackpropInput",
        lambda sizes, w, y: nn.conv2d_transpose(y, w, sizes, [2, 3]),
        [np.array([2, 5, 4, 3], np.int32), FILTERS, normal(2, 3, 2, 2)],
        lambda sizes, w, y: to_images(tuple(sizes), w, y, (2, 3), "SAME"),
        differentiate=False,
    ),
    Row(
        "Conv2DBackpropInput",
        lambda w, y: nn.conv2d_transpose(y, w, [2, 3, 5, 4], 2, "SAME", "NCHW"),
        [FILTERS, normal(2, 2, 3, 2)],
        lambda w, y: first(to_images((2, 5, 4, 3), w, last(y), (2, 2), "SAME")),
    ),
    Row(
        "Conv2DBackpropInput",
        lambda w, y: nn.conv1d_transpose(y, w, [2, 5, 3], 2),
        [normal(2, 3, 4), normal(2, 3, 4)],
        lambda w, y: to_images((2, 1, 5, 3), w[None], y[:, None], (2, 2), "SAME")[:, 0],
    ),
    Row(
        "Conv2DBackpropInput",
        lambda w, y: nn.atrous_conv2d_transpose(y, w, [2, 5, 4, 3], 2, "SAME"),
        [FILTERS, normal(2, 5, 4, 2)],
        lambda w, y: to_images((2, 5, 4, 3), w, y, (1, 1), "SAME", (2, 2)),
    ),
    Row(
        "Conv2DBackpropFilter",
        lambda x, y: nn.conv2d_backprop_filter(x, [3, 2, 3, 2], y, [1, 2, 1, 1], "VALID"),
        [IMAGES, normal(2, 2, 3, 2)],
        lambda x, y: to_filters(x, (3, 2, 3, 2), y, (2, 1)),
    ),
    Row(
        "Conv2DBackpropFilter",
        lambda x, sizes, y: nn.conv2d_backprop_filter(
            x, sizes, y, [1, 1, 1, 1], PADS, dilations=[1, 2, 1, 1]
        ),
        [IMAGES, np.array([3, 2, 3, 2], np.int32), normal(2, 2, 5, 2)],
        lambda x, sizes, y: to_filters(padded(x), tuple(sizes), y, dilations=(2, 1)),
        differentiate=False,
    ),
]

MULTIPLIED = normal(3, 2, 3, 2, seed=1)

DEPTHWISE = [
    Row(
        "DepthwiseConv2dNative",
        lambda x, w: nn.depthwise_conv2d_native(x, w, [1, 1, 2, 1], "SAME"),
        [IMAGES, MULTIPLIED],
        lambda x, w: conv2d(x, dense(w), (1, 2), "SAME"),
    ),
    Row(
        "DepthwiseConv2dNative",
        lambda x, w: nn.depthwise_conv2d(x, w, [1, 1, 1, 1], "VALID", [2, 1], data_format="NCHW"),
        [first(IMAGES), MULTIPLIED],
        lambda x, w: first(conv2d(last(x), dense(w), dilations=(2, 1))),
    ),
    Row(
        "DepthwiseConv2dNative",
        lambda x, w, v: nn.separable_conv2d(x, w, v, [1, 2, 2, 1], "SAME"),
        [IMAGES, MULTIPLIED, normal(1, 1, 6, 2)],
        lambda x, w, v: conv2d(conv2d(x, dense(w), (2, 2), "SAME"), v),
    ),
    Row(
        "DepthwiseConv2dNativeBackpropInput",
        lambda w, y: conv.depthwise_conv2d_native_backprop_input(
            [2, 5, 4, 3], w, y, [1, 2, 2, 1], "SAME"
        ),
        [MULTIPLIED, normal(2, 3, 2, 6)],
        lambda w, y: to_images((2, 5, 4, 3), dense(w), y, (2, 2), "SAME"),
    ),
    Row(
        "DepthwiseConv2dNativeBackpropFilter",
        lambda x, y: conv.depthwise_conv2d_native_backprop_filter(
            x, [3, 2, 3, 2], y, [1, 1, 1, 1], "VALID"
        ),
        [IMAGES, normal(2, 3, 3, 6)],
        lambda x, y: sparse(to_filters(x, (3, 2, 3, 6), y), (3, 2, 3, 2)),
    ),
]

# -- pooling -------------------------------------------------------------------------------------

SMALL = normal(2, 3, 4, 2)
HOW = ((2, 3), (1, 2), "SAME")

POOLS = [
    Row(
        "MaxPool",
        lambda x: nn.max_pool(x, [2, 3], [1, 2], "SAME"),
        [SMALL],
        lambda x: pooled(np.max, x, *HOW),
    ),
    Row(
        "MaxPool",
        lambda x: nn.max_pool(x, 2, 2, "VALID", data_format="NCHW"),
        [first(IMAGES)],
        lambda x: first(pooled(np.max, last(x), (2, 2), (2, 2), "VALID")),
    ),
    Row(
        "MaxPool",
        lambda x: nn.max_pool(x, [1, 1, 1, 2], [1, 1, 1, 2], "SAME"),
        [normal(2, 3, 1, 4)],
        lambda x: np.maximum(x[..., ::2], x[..., 1::2]),
    ),
    Row(
        "MaxPool",
        lambda x: nn.max_pool(x, 2, 1, "VALID"),
        [np.arange(24).reshape(1, 4, 3, 2) % 7],
        lambda x: pooled(np.max, x, (2, 2), (1, 1), "VALID"),
        differentiate=False,
    ),
    Row("MaxPool", lambda x: nn.max_pool(x, 2, 2, "SAME"), [SMALL[:0]], lambda x: x[:, ::2, ::2]),
    Row(
        "MaxPool",
        lambda x: nn.max_pool1d(x, 3, 2, "SAME"),
        [normal(2, 5, 2)],
        lambda x: pooled(np.max, x[:, None], (1, 3), (1, 2), "SAME")[:, 0],
    ),
    Row(
        "MaxPool",
        lambda x: nn.pool(x, [2, 2], "MAX", "VALID", dilation_rate=[1, 2]),
        [normal(1, 3, 4, 2)],
        lambda x: patches(x, (2, 2), (1, 1), "VALID", (1, 2)).reshape(1, 2, 2, 4, 2).max(3),
    ),
    Row(
        "MaxPoolGrad",
        gradient(nn.max_pool, [2, 3], [1, 2], "SAME"),
        [SMALL, normal(2, 3, 2, 2)],
        lambda x, g: max_pool_grad(x, g, *HOW),
    ),
    Row(
        "MaxPoolGrad",
        gradient(nn.max_pool, 2, 1, "VALID", "NCHW"),
        [first(SMALL), first(normal(2, 2, 3, 2))],
        lambda x, g: first(max_pool_grad(last(x), last(g), (2, 2), (1, 1), "VALID")),
    ),
    Row(
        "MaxPoolGrad",
        gradient(nn.max_pool, [1, 1, 1, 2], [1, 1, 1, 2], "VALID"),
        [normal(1, 1, 1, 4), normal(1, 1, 1, 2)],
        lambda x, g: np.where(x == np.repeat(np.max(x.reshape(2, 2), 1), 2), np.repeat(g, 2, 3), 0),
    ),
    Row(
        "MaxPoolGradGrad",
        lambda x, g, d: tf.gradients(gradient(nn.max_pool, [2, 3], [1, 2], "SAME")(x, g), g, d)[0],
        [SMALL, normal(2, 3, 2, 2), normal(2, 3, 4, 2, seed=1)],
        lambda x, g, d: max_pool_grad_grad(x, d, *HOW),
    ),
    Row(
        "MaxPoolWithArgmax",
        lambda x: list(nn.max_pool_with_argmax(x, [1, 2, 3, 1], [1, 1, 2, 1], "SAME")),
        [SMALL],
        lambda x: [pooled(np.max, x, *HOW), argmax(x, *HOW)],
    ),
    Row(
        "MaxPoolWithArgmax",
        lambda x: nn.max_pool_with_argmax(
            x, 2, 1, "VALID", output_dtype=tf.int32, include_batch_in_index=True
        )[1],
        [SMALL],
        lambda x: argmax(x, (2, 2), (1, 1), "VALID") + 24 * np.arange(2).reshape(2, 1, 1, 1),
        differentiate=False,
    ),
    Row(
        "AvgPool",
        lambda x: nn.avg_pool(x, [2, 3], [1, 2], "SAME"),
        [SMALL],
        lambda x: pooled(np.mean, x, *HOW),
    ),
    Row(
        "AvgPool",
        lambda x: nn.avg_pool(x, [1, 1, 2, 2], 2, "VALID", "NCHW"),
        [first(IMAGES)],
        lambda x: first(pooled(np.mean, last(x), (2, 2), (2, 2), "VALID")),
    ),
    Row(
        "AvgPool",
        lambda x: nn.avg_pool1d(x, 3, 2, "SAME", "NCW"),
        [normal(2, 2, 5)],
        lambda x: first(pooled(np.mean, last(x[:, :, None]), (1, 3), (1, 2), "SAME"))[:, :, 0],
    ),
    Row(
        "AvgPool",
        lambda x: nn.pool(x, [2], "AVG", "VALID", dilation_rate=[3], data_format="NCW"),
        [normal(2, 2, 5)],
        lambda x: (x[:, :, :2] + x[:, :, 3:]) / 2,
    ),
    Row(
        "AvgPoolGrad",
        gradient(nn.avg_pool, [2, 3], [1, 2], "SAME"),
        [SMALL, normal(2, 3, 2, 2)],
        lambda x, g: avg_pool_grad(x.shape, g, *HOW),
    ),
    Row(
        "ExtractImagePatches",
        lambda x: tf.extract_image_patches(x, [1, 2, 3, 1], [1, 1, 2, 1], [1, 1, 1, 1], "SAME"),
        [SMALL],
        lambda x: patches(x, *HOW),
    ),
    Row(
        "ExtractImagePatches",
        lambda x: tf.extract_image_patches(x, [1, 2, 2, 1], [1, 1, 1, 1], [1, 2, 1, 1], "VALID"),
        [np.arange(48, dtype=np.int32).reshape(2, 3, 4, 2)],
        lambda x: patches(x, (2, 2), (1, 1), "VALID", (2, 1)).astype(np.int32),
        differentiate=False,
    ),
    Row(
        "ExtractImagePatchesGrad",
        gradient(tf.extract_image_patches, [1, 2, 3, 1], [1, 1, 2, 1], [1, 1, 1, 1], "SAME"),
        [SMALL, normal(2, 3, 2, 12)],
        lambda x, g: sum(
            to_images(x.shape, identity_filter(k), g[..., k : k + 1], *HOW[1:]) for k in range(12)
        ),
    ),
]


def identity_filter(k):
    """The filter (2, 3, 2, 1) that picks number k of the pixels of a patch."""
    return np.eye(12)[k].reshape(2, 3, 2, 1)


# -- morphology ----------------------------------------------------------------------------------

KERNEL = normal(2, 3, 2)
STRIDED = (1, 2), "SAME", (1, 1)
HOLES = (1, 1), "VALID", (2, 1)


def dilate(x, kernel):
    return nn.dilation2d(x, kernel, [1, 1, 2, 1], [1, 1, 1, 1], "SAME")


def dilate_grad(which):
    """The op that differentiating `dilate` with respect to one of its operands makes."""
    return lambda x, kernel, y: tf.gradients(dilate(x, kernel), (x, kernel)[which], y)[0]


def dilate_chosen(which):
    def build(x, kernel, y, d):
        return tf.gradients(dilate_grad(which)(x, kernel, y), y, d)[0]

    return build


PIXELS = normal(2, 3, 2, 2)

MORPHOLOGY = [
    Row("Dilation2D", dilate, [SMALL, KERNEL], lambda x, k: dilation(x, k, *STRIDED)),
    Row(
        "Dilation2D",
        lambda x, k: nn.dilation2d(x, k, [1, 1, 1, 1], [1, 2, 1, 1], "VALID"),
        [SMALL, KERNEL],
        lambda x, k: dilation(x, k, *HOLES),
    ),
    Row(
        "Dilation2D",
        lambda x, k: nn.dilation2d(x, k, [1, 1, 1, 1], [1, 2, 1, 1], "VALID"),
        [np.arange(24, dtype=np.int32).reshape(1, 3, 4, 2) % 5, np.ones((2, 3, 2), np.int32)],
        lambda x, k: dilation(x, k, *HOLES).astype(np.int32),
        differentiate=False,
    ),
    Row(
        "Dilation2D",
        lambda x, k: nn.erosion2d(x, k, [1, 1, 1, 1], [1, 2, 1, 1], "VALID"),
        [SMALL, KERNEL],
        lambda x, k: -dilation(-x, k[::-1, ::-1], *HOLES),
    ),
    Row(
        "Dilation2DBackpropInput",
        dilate_grad(0),
        [SMALL, KERNEL, PIXELS],
        lambda x, k, y: dilation_grad(0, x, k, y, *STRIDED),
    ),
    Row(
        "Dilation2DBackpropFilter",
        dilate_grad(1),
        [SMALL, KERNEL, PIXELS],
        lambda x, k, y: dilation_grad(1, x, k, y, *STRIDED),
    ),
    Row(
        "Dilation2DChosen",
        dilate_chosen(0),
        [SMALL, KERNEL, PIXELS, normal(2, 3, 4, 2, seed=1)],
        lambda x, k, y, d: dilation_chosen(0, x, k, d, *STRIDED),
    ),
    Row(
        "Dilation2DChosen",
        dilate_chosen(1),
        [SMALL, KERNEL, PIXELS, normal(2, 3, 2, seed=1)],
        lambda x, k, y, d: dilation_chosen(1, x, k, d, *STRIDED),
    ),
]

ROWS = CONVOLUTIONS + DEPTHWISE + POOLS + MORPHOLOGY
