"""Convolution and pooling as NumPy: what a window sees while it slides over an image.

A batch of images is a 4-D array *(n, h, w, c)*: images, rows, columns, channels. Everything in
this file rests on one view of it, `Windows.patches`, which has six axes *(n, y, x, i, j, c)*:

    patches[n, y, x, i, j, c]  =  padded[n, y * stride + i * dilation, x * stride + j * dilation, c]

that is, for each output position *(y, x)* the pixel under each *tap* *(i, j)* of the window. The
view copies nothing: two more axes are two more strides into the same memory. Written with it, the
kernels are their own formulas,

    conv2d        out[n, y, x, f]     =  sum over i, j, c  of  patches * filter[i, j, c, f]
    depthwise     out[n, y, x, c]     =  sum over i, j     of  patches * filter[i, j, c]
    max, average  out[n, y, x, c]     =  max or mean over i, j  of  patches

and so are their gradients: what was *read* through the view is *added* through the same view, and
what was padded is cropped. Reading through a view and adding through it are adjoint linear maps:
`<conv2d(x), g> == <x, conv2d_backprop_input(g)>`. So each docstring below says whose adjoint the
kernel is, and the gradient of a gradient is again one of the kernels here.

- A filter is *(rows, columns, channels in, channels out)*; for a depthwise convolution it is
  *(rows, columns, channels, multiplier)*, and output channel `c * multiplier + m` comes from `c`.
- `data_format` "NCHW" is one transpose on the way in and one on the way out.
- `strides`, `dilations`, `ksize` are an int, a pair *(rows, columns)*, or four numbers in the order
  of `data_format`; `padding` is "SAME", "VALID" or four pairs *(before, after)* in that order.
- Arguments may have any strides in memory and are never written to; results are the caller's own.
  Sums of half-precision numbers are taken in float32 and rounded once.
- A wrong argument is a ValueError, a wrong dtype a TypeError, in TensorFlow's words if it has any.
"""

import math
import operator
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import ArrayLike, NDArray

Array: TypeAlias = NDArray[Any]
Pair: TypeAlias = tuple[int, int]
Shape: TypeAlias = tuple[int, ...]
Ints: TypeAlias = int | Iterable[int]
Padding: TypeAlias = str | Sequence[Sequence[int]]

BLOCK_BYTES = 2 << 20  # how much of the patches is copied for BLAS at a time, to stay in the cache

# --- how many windows, and how much padding -------------------------------------------------------


class Extent(NamedTuple):
    """Along one axis: how many windows there are, and the padding before and after the image."""

    output: int
    before: int
    after: int


def extent(size: int, window: int, stride: int, padding: str | Pair, dilation: int = 1) -> Extent:
    """Places windows along an axis of `size` pixels, as the kernels of TensorFlow 1.15 do.

    "SAME" makes `ceil(size / stride)` windows and pads for them, the odd pixel after; "VALID" pads
    nothing; a pair is the padding. TensorFlow divides as C does, towards zero: an image that lacks
    less than a stride for its first window has no windows; one that lacks more is an error.
    """
    if stride < 1:
        raise ValueError(f"Stride must be > 0, but got {stride}")
    if dilation < 1:
        raise ValueError(f"Dilation rate must be >= 1, but got {dilation}")
    if window < 1:
        raise ValueError(f"Window size must be > 0, but got {window}")
    span = (window - 1) * dilation + 1
    if padding == "SAME":
        output = -(-size // stride)
        missing = max(0, (output - 1) * stride + span - size)
        return Extent(output, missing // 2, missing - missing // 2)
    before, after = (0, 0) if isinstance(padding, str) else padding
    padded = before + size + after
    room = padded - span + stride
    if room <= -stride:
        raise ValueError(
            f"Computed output size would be negative: {-(-room // stride)} "
            f"[input_size: {padded}, effective_filter_size: {span}, stride: {stride}]"
        )
    return Extent(max(0, room // stride), before, after)


def _axes(data_format: str) -> Shape:
    """Where images, rows, columns and channels are."""
    if data_format not in ("NHWC", "NCHW"):
        raise ValueError(f'data_format must be "NHWC" or "NCHW", not {data_format!r}')
    return tuple(map(data_format.index, "NHWC"))


def spatial(value: Ints, name: str, data_format: str = "NHWC") -> Pair:
    """The (rows, columns) of `value`, which is the `name`: strides, dilations or ksize."""
    numbers = [operator.index(n) for n in (value if isinstance(value, Iterable) else [value])]
    if len(numbers) not in (1, 2, 4):
        raise ValueError(f"{name} should be of length 1, 2 or 4 but was {len(numbers)}")
    if len(numbers) < 4:
        return numbers[0], numbers[-1]
    images, rows, columns, channels = (numbers[axis] for axis in _axes(data_format))
    if (images, channels) != (1, 1):
        raise ValueError(
            f"Current implementation does not yet support {name} in the batch and depth "
            f"dimensions: {numbers}"
        )
    return rows, columns


def spatial_padding(padding: Padding, data_format: str = "NHWC") -> tuple[str | Pair, str | Pair]:
    """What `extent` needs of `padding`: for the rows, for the columns."""
    if isinstance(padding, str):
        if padding not in ("SAME", "VALID"):
            raise ValueError(f'padding must be "SAME", "VALID" or a list, not {padding!r}')
        return padding, padding
    if [len(pair) for pair in padding] != [2, 2, 2, 2]:
        raise ValueError(
            "When padding is a list, it must be of size 4, each element a list/tuple of size 2: "
            f"{padding}"
        )
    pairs = [(operator.index(before), operator.index(after)) for before, after in padding]
    if min(map(min, pairs)) < 0:
        raise ValueError(f"All elements of explicit_paddings must be nonnegative: {pairs}")
    images, rows, columns, channels = (pairs[axis] for axis in _axes(data_format))
    if any(images + channels):
        raise ValueError(
            f"Nonzero explicit padding in the batch or depth dimensions is not supported: {pairs}"
        )
    return rows, columns


# --- the view -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Windows:
    """A window and every place it takes on images of one size."""

    size: Pair
    window: Pair
    strides: Pair
    dilations: Pair
    extents: tuple[Extent, Extent]

    @property
    def output(self) -> Pair:
        """How many places there are, down and across."""
        rows, columns = self.extents
        return rows.output, columns.output

    def frame(self, images: int, channels: int, dtype: Any, fill: Any = 0) -> Array:
        """Room for padded images, all `fill`."""
        (_, top, bottom), (_, left, right) = self.extents
        height, width = self.size
        return np.full((images, top + height + bottom, left + width + right, channels), fill, dtype)

    def crop(self, padded: Array) -> Array:
        """The images inside their padding (a view)."""
        (_, top, _), (_, left, _) = self.extents
        height, width = self.size
        return padded[:, top : top + height, left : left + width]

    def pad(self, x: Array, dtype: Any, fill: Any = 0) -> Array:
        """`x` as `dtype` and inside its padding: read it only, for it may be `x` itself."""
        if not any(before or after for _, before, after in self.extents):
            return np.ascontiguousarray(x, dtype)
        padded = self.frame(x.shape[0], x.shape[3], dtype, fill)
        self.crop(padded)[...] = x
        return padded

    def patches(self, padded: Array) -> Array:
        """The view of `padded` by output position and tap: axes (n, y, x, i, j, c).

        Patches overlap, so what is added through it is added one tap `[:, :, :, i, j]` at a time:
        strides are at least one, hence no tap meets a pixel twice.
        """
        n, h, w, c = padded.strides
        (down, across), (i, j) = self.strides, self.dilations
        shape = (padded.shape[0], *self.output, *self.window, padded.shape[3])
        return as_strided(padded, shape, (n, h * down, w * across, h * i, w * j, c))

    def taps(self) -> Iterator[tuple[int, ...]]:
        """Every (i, j) of the window, row by row."""
        return np.ndindex(self.window)

    def inside(self) -> Array:
        """Which taps see a pixel and not padding: the patches of one image of one channel."""
        return self.patches(self.pad(np.ones((1, *self.size, 1), bool), bool))

    def _blocks(self, images: int, channels: int, dtype: Any) -> Iterator[slice]:
        """Slices of the batch; the patches of each, copied, are about `BLOCK_BYTES`."""
        per_image = math.prod(self.output + self.window) * channels * np.dtype(dtype).itemsize
        step = max(1, BLOCK_BYTES // max(1, per_image))
        return (slice(start, min(start + step, images)) for start in range(0, images, step))

    def read(self, x: Array, dtype: Any) -> Iterator[tuple[slice, Array]]:
        """The patches of `x`, block by block."""
        for block in self._blocks(len(x), x.shape[3], dtype):
            yield block, self.patches(self.pad(x[block], dtype))

    def frames(self, shape: Shape, dtype: Any) -> Iterator[tuple[slice, Array]]:
        """Zeros to add patches to, block by block."""
        for block in self._blocks(shape[0], shape[3], dtype):
            yield block, self.frame(block.stop - block.start, shape[3], dtype)


def slide(
    shape: Shape,
    window: Shape,
    strides: Ints,
    padding: Padding,
    dilations: Ints = 1,
    data_format: str = "NHWC",
) -> Windows:
    """The places on images *(n, h, w, c)* of a window *(rows, columns)*, or of a filter.

    `shape` is in this file's order; `data_format` is that of `strides`, `padding`, `dilations`.
    """
    if len(window) == 4 and shape[3] != window[2]:
        raise ValueError(f"input and filter must have the same depth: {shape[3]} vs {window[2]}")
    size, window = (shape[1], shape[2]), (window[0], window[1])
    steps = spatial(strides, "strides", data_format)
    gaps = spatial(dilations, "dilations", data_format)
    pads = spatial_padding(padding, data_format)
    rows, columns = map(extent, size, window, steps, pads, gaps)
    return Windows(size, window, steps, gaps, (rows, columns))


# --- on the way in and out ------------------------------------------------------------------------


def _four(name: str, shape: Iterable[int], data_format: str = "NHWC") -> Shape:
    """`shape` as images, rows, columns, channels."""
    shape = tuple(operator.index(n) for n in shape)
    if len(shape) != 4:
        raise ValueError(f"{name} must be 4-dimensional: {list(shape)}")
    return tuple(shape[axis] for axis in _axes(data_format))


def _channels_last(name: str, x: ArrayLike, data_format: str = "NHWC") -> Array:
    """`x` as images, rows, columns, channels."""
    x = np.asarray(x)
    _four(name, x.shape)
    return x.transpose(_axes(data_format))


def _as_given(x: Array, data_format: str) -> Array:
    """Undoes `_channels_last`."""
    return x if data_format == "NHWC" else x.transpose(0, 3, 1, 2)


def _result(op: str, name: str, x: ArrayLike, data_format: str, computed: Shape) -> Array:
    """`_channels_last` for a result, or a result's gradient: its shape follows from the others."""
    x = _channels_last(name, x, data_format)
    if x.shape != computed:
        raise ValueError(
            f"{op}: Size of {name} doesn't match computed: actual = {list(x.shape)}, "
            f"computed = {list(computed)} (images, rows, columns, channels)"
        )
    return x


def _dtypes(*arrays: Array) -> tuple[Any, Any]:
    """The dtype of the result, and the one to compute it in: no sum is taken in half precision."""
    dtype = np.result_type(*arrays)
    if not np.issubdtype(dtype, np.floating):
        raise TypeError(
            f"DataType {dtype} not in list of allowed values: float16, float32, float64"
        )
    return dtype, np.result_type(dtype, np.float32)


# --- convolution ----------------------------------------------------------------------------------


def conv2d(
    x: ArrayLike,
    filter: ArrayLike,
    strides: Ints,
    padding: Padding,
    dilations: Ints = 1,
    data_format: str = "NHWC",
) -> Array:
    """Slides `filter` over `x`: the products of filter and patch, summed (a correlation).

    Linear in `x` (adjoint: `conv2d_backprop_input`) and in `filter` (`conv2d_backprop_filter`).
    """
    x, filter = _channels_last("input", x, data_format), _channels_last("filter", filter)
    windows = slide(x.shape, filter.shape, strides, padding, dilations, data_format)
    dtype, wide = _dtypes(x, filter)
    weights = filter.astype(wide, copy=False)
    out = np.empty((len(x), *windows.output, filter.shape[3]), dtype)
    for block, patches in windows.read(x, wide):
        out[block] = np.tensordot(patches, weights, axes=3)
    return _as_given(out, data_format)


def conv2d_backprop_input(
    input_shape: Iterable[int],
    filter: ArrayLike,
    grad: ArrayLike,
    strides: Ints,
    padding: Padding,
    dilations: Ints = 1,
    data_format: str = "NHWC",
) -> Array:
    """The gradient of `conv2d` with respect to `x`; also what `conv2d_transpose` computes.

    Each output pixel's gradient, times the filter, is added to its patch. Linear in `grad`
    (adjoint: `conv2d`) and in `filter` (adjoint: `conv2d_backprop_filter`, the gradient that
    arrives here taking the place of its `x`).
    """
    shape, filter = _four("input_sizes", input_shape, data_format), _channels_last("filter", filter)
    windows = slide(shape, filter.shape, strides, padding, dilations, data_format)
    computed = (shape[0], *windows.output, filter.shape[3])
    grad = _result("Conv2DBackpropInput", "out_backprop", grad, data_format, computed)
    dtype, wide = _dtypes(filter, grad)
    weights = filter.astype(wide, copy=False)
    out = np.empty(shape, dtype)
    for block, padded in windows.frames(shape, wide):
        patches, sent = windows.patches(padded), np.ascontiguousarray(grad[block], wide)
        for i, j in windows.taps():
            patches[:, :, :, i, j] += np.tensordot(sent, weights[i, j], axes=(3, 1))
        out[block] = windows.crop(padded)
    return _as_given(out, data_format)


def conv2d_backprop_filter(
    x: ArrayLike,
    filter_shape: Iterable[int],
    grad: ArrayLike,
    strides: Ints,
    padding: Padding,
    dilations: Ints = 1,
    data_format: str = "NHWC",
) -> Array:
    """The gradient of `conv2d` with respect to `filter`: each patch times its output's gradient.

    Linear in `grad` (adjoint: `conv2d`) and in `x` (adjoint: `conv2d_backprop_input`); in both,
    the gradient that arrives here, shaped like a filter, takes the place of the filter.
    """
    x, shape = _channels_last("input", x, data_format), _four("filter_sizes", filter_shape)
    windows = slide(x.shape, shape, strides, padding, dilations, data_format)
    computed = (len(x), *windows.output, shape[3])
    grad = _result("Conv2DBackpropFilter", "out_backprop", grad, data_format, computed)
    dtype, wide = _dtypes(x, grad)
    out, places = np.zeros((shape[3], *shape[:3]), wide), (0, 1, 2)
    for block, patches in windows.read(x, wide):
        out += np.tensordot(grad[block].astype(wide, copy=False), patches, axes=(places, places))
    return out.transpose(1, 2, 3, 0).astype(dtype, "C")


# --- depthwise convolution ------------------------------------------------------------------------


def depthwise_conv2d_native(
    x: ArrayLike,
    filter: ArrayLike,
    strides: Ints,
    padding: Padding,
    dilations: Ints = 1,
    data_format: str = "NHWC",
) -> Array:
    """Slides a filter of its own over each channel of `x`, or several (the multiplier).

    Linear in `x` (adjoint: `depthwise_conv2d_native_backprop_input`) and in `filter`
    (`depthwise_conv2d_native_backprop_filter`). TensorFlow 1.15 on a CPU takes `dilations` and
    ignores them; this kernel and its two adjoints obey them.
    """
    x, filter = _channels_last("input", x, data_format), _channels_last("filter", filter)
    windows = slide(x.shape, filter.shape, strides, padding, dilations, data_format)
    dtype, wide = _dtypes(x, filter)
    weights = _channel_filters(filter).astype(wide, copy=False)
    copies = np.repeat(x, filter.shape[3], axis=3)
    out = np.empty((len(x), *windows.output, copies.shape[3]), dtype)
    for block, patches in windows.read(copies, wide):
        out[block] = np.einsum("nyxijc,ijc->nyxc", patches, weights)
    return _as_given(out, data_format)


def depthwise_conv2d_native_backprop_input(
    input_shape: Iterable[int],
    filter: ArrayLike,
    grad: ArrayLike,
    strides: Ints,
    padding: Padding,
    dilations: Ints = 1,
    data_format: str = "NHWC",
) -> Array:
    """The gradient of `depthwise_conv2d_native` with respect to `x`.

    Linear in `grad` (adjoint: `depthwise_conv2d_native`) and in `filter` (adjoint:
    `depthwise_conv2d_native_backprop_filter`), as `conv2d_backprop_input` is.
    """
    shape, filter = _four("input_sizes", input_shape, data_format), _channels_last("filter", filter)
    windows = slide(shape, filter.shape, strides, padding, dilations, data_format)
    dtype, wide = _dtypes(filter, np.asarray(grad))
    weights = _channel_filters(filter).astype(wide, copy=False)
    computed = (shape[0], *windows.output, weights.shape[2])
    grad = _result(
        "DepthwiseConv2dNativeBackpropInput", "out_backprop", grad, data_format, computed
    )
    out, multiplier = np.empty(shape, dtype), filter.shape[3]
    for block, padded in windows.frames((*shape[:3], weights.shape[2]), wide):
        patches, sent = windows.patches(padded), np.ascontiguousarray(grad[block], wide)
        for i, j in windows.taps():
            patches[:, :, :, i, j] += sent * weights[i, j]
        copies = windows.crop(padded)
        out[block] = sum(copies[..., m::multiplier] for m in range(multiplier))
    return _as_given(out, data_format)


def depthwise_conv2d_native_backprop_filter(
    x: ArrayLike,
    filter_shape: Iterable[int],
    grad: ArrayLike,
    strides: Ints,
    padding: Padding,
    dilations: Ints = 1,
    data_format: str = "NHWC",
) -> Array:
    """The gradient of `depthwise_conv2d_native` with respect to `filter`.

    Linear in `grad` (adjoint: `depthwise_conv2d_native`) and in `x` (adjoint:
    `depthwise_conv2d_native_backprop_input`), as `conv2d_backprop_filter` is.
    """
    x, shape = _channels_last("input", x, data_format), _four("filter_sizes", filter_shape)
    windows = slide(x.shape, shape, strides, padding, dilations, data_format)
    copies = np.repeat(x, shape[3], axis=3)
    computed = (len(x), *windows.output, copies.shape[3])
    grad = _result(
        "DepthwiseConv2dNativeBackpropFilter", "out_backprop", grad, data_format, computed
    )
    dtype, wide = _dtypes(x, grad)
    out = np.zeros((*shape[:2], copies.shape[3]), wide)
    for block, patches in windows.read(copies, wide):
        sent = np.ascontiguousarray(grad[block], wide)
        out += np.einsum("nyxijc,nyxc->ijc", patches, sent)
    return out.reshape(shape).astype(dtype, copy=False)


def _channel_filters(filter: Array) -> Array:
    """(i, j, c, m) -> (i, j, c * m): one filter for each channel, when each is there m times."""
    return filter.reshape(*filter.shape[:2], filter.shape[2] * filter.shape[3])


# --- pooling --------------------------------------------------------------------------------------


def _pool(shape: Shape, ksize: Ints, strides: Ints, padding: str, data_format: str) -> Windows:
    """The places of a pool's window on images *(n, h, w, c)* of `shape`."""
    if not isinstance(padding, str):
        raise TypeError(f"Expected string for argument 'padding' not {padding!r}.")
    return slide(shape, spatial(ksize, "ksize", data_format), strides, padding, 1, data_format)


def max_pool(
    x: ArrayLike, ksize: Ints, strides: Ints, padding: str, data_format: str = "NHWC"
) -> Array:
    """The largest pixel of every patch, channel by channel; NaN if there is one (TF drops NaN).

    Its gradient with respect to `x` is `max_pool_grad`.
    """
    x = _channels_last("input", x, data_format)
    windows = _pool(x.shape, ksize, strides, padding, data_format)
    lowest = -np.inf if np.issubdtype(x.dtype, np.inexact) else np.iinfo(x.dtype).min
    patches = windows.patches(windows.pad(x, x.dtype, lowest))
    out = np.full((len(x), *windows.output, x.shape[3]), lowest, x.dtype)
    for i, j in windows.taps():
        np.maximum(out, patches[:, :, :, i, j], out=out)
    return _as_given(out, data_format)


def max_pool_grad(
    x: ArrayLike,
    y: ArrayLike,
    grad: ArrayLike,
    ksize: Ints,
    strides: Ints,
    padding: str,
    data_format: str = "NHWC",
) -> Array:
    """The gradient of `y = max_pool(x)` with respect to `x`: to the first largest pixel of a patch.

    Linear in `grad`; its adjoint is `max_pool_grad_grad` with the same `x` and `y`. Its gradients
    with respect to `x` and `y` are zero.
    """
    x = _channels_last("input", x, data_format)
    windows = _pool(x.shape, ksize, strides, padding, data_format)
    computed = (len(x), *windows.output, x.shape[3])
    y = _result("MaxPoolGrad", "orig_output", y, data_format, computed)
    grad = _result("MaxPoolGrad", "grad", grad, data_format, computed)
    dtype, wide = _dtypes(grad)
    padded = windows.frame(len(x), x.shape[3], wide)
    patches, zero = windows.patches(padded), np.zeros((), dtype)
    for (i, j), chosen in _first_maxima(windows, x, y):
        # not `grad * chosen`: an infinite gradient would make NaN of every pixel not chosen
        patches[:, :, :, i, j] += np.where(chosen, grad, zero)
    return _as_given(windows.crop(padded).astype(dtype, "C"), data_format)


def max_pool_grad_grad(
    x: ArrayLike,
    y: ArrayLike,
    grad: ArrayLike,
    ksize: Ints,
    strides: Ints,
    padding: str,
    data_format: str = "NHWC",
) -> Array:
    """What `grad`, shaped like `x`, has where `y = max_pool(x)` found its pixels.

    The gradient of `max_pool_grad` with respect to its `grad`. Linear in `grad`, and the adjoint of
    `max_pool_grad`, so that gradients of any order alternate between the two.
    """
    x = _channels_last("input", x, data_format)
    windows = _pool(x.shape, ksize, strides, padding, data_format)
    computed = (len(x), *windows.output, x.shape[3])
    y = _result("MaxPoolGradGrad", "orig_output", y, data_format, computed)
    grad = _result("MaxPoolGradGrad", "grad", grad, data_format, x.shape)
    patches = windows.patches(windows.pad(grad, grad.dtype))
    out = np.zeros(y.shape, grad.dtype)
    for (i, j), chosen in _first_maxima(windows, x, y):
        np.copyto(out, patches[:, :, :, i, j], where=chosen)
    return _as_given(out, data_format)


def _first_maxima(windows: Windows, x: Array, y: Array) -> Iterator[tuple[Shape, Array]]:
    """For each tap: which outputs were taken from it (the first of several that are equal)."""
    patches, inside = windows.patches(windows.pad(x, x.dtype)), windows.inside()
    waiting = np.ones(y.shape, bool)
    for i, j in windows.taps():
        tap = patches[:, :, :, i, j].copy()  # it is read three times, which is faster in one piece
        chosen = (tap == y) | (tap != tap)  # NaN equals nothing; if there is one, y is the first
        chosen &= waiting & inside[:, :, :, i, j]
        waiting ^= chosen
        yield (i, j), chosen


def avg_pool(
    x: ArrayLike, ksize: Ints, strides: Ints, padding: str, data_format: str = "NHWC"
) -> Array:
    """The mean of every patch, channel by channel; padding does not count.

    Linear in `x` (adjoint: `avg_pool_grad`).
    """
    x = _channels_last("input", x, data_format)
    windows = _pool(x.shape, ksize, strides, padding, data_format)
    dtype, wide = _dtypes(x)
    patches = windows.patches(windows.pad(x, wide))
    out = np.zeros((len(x), *windows.output, x.shape[3]), wide)
    for i, j in windows.taps():
        out += patches[:, :, :, i, j]
    out /= windows.inside().sum(axis=(3, 4))
    return _as_given(out.astype(dtype, copy=False), data_format)


def avg_pool_grad(
    input_shape: Iterable[int],
    grad: ArrayLike,
    ksize: Ints,
    strides: Ints,
    padding: str,
    data_format: str = "NHWC",
) -> Array:
    """The gradient of `avg_pool` with respect to `x`: an equal share for every pixel of a patch.

    Linear in `grad` (adjoint: `avg_pool`).
    """
    shape = _four("orig_input_shape", input_shape, data_format)
    windows = _pool(shape, ksize, strides, padding, data_format)
    computed = (shape[0], *windows.output, shape[3])
    grad = _result("AvgPoolGrad", "grad", grad, data_format, computed)
    dtype, wide = _dtypes(grad)
    share = grad.astype(wide) / windows.inside().sum(axis=(3, 4), dtype=wide)
    padded = windows.frame(shape[0], shape[3], wide)
    patches = windows.patches(padded)
    for i, j in windows.taps():
        patches[:, :, :, i, j] += share
    return _as_given(windows.crop(padded).astype(dtype, "C"), data_format)
