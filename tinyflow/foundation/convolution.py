"""Convolution as NumPy: patches as the rows of a matrix, and BLAS.

    conv2d        out[n, y, x, f]           =  sum over i, j, c  of  patches * filter[i, j, c, f]
    depthwise     out[n, y, x, c * k + m]   =  sum over i, j     of  patches * filter[i, j, c, m]

`patches` is the view of windows.py.  A filter is *(rows, columns, channels in, channels out)*; of a
depthwise convolution it is *(rows, columns, channels, k)*, k being the multiplier.  What is *read*
through the view by a convolution is *added* through the same view by its gradient.  Reading through a
view and adding through it are adjoint linear maps: `<conv2d(x), g> == <x, conv2d_backprop_input(g)>`.
So each docstring says whose adjoint the kernel is, and the gradient of a gradient is again one of the
kernels here.

Patches are copied block by block, few enough at a time to be still in the cache when BLAS reads them.
A gradient with respect to images is computed as convolutions, too (see `_phases`), so that nothing is
ever added through overlapping views.

Every kernel takes, in the words of windows.py, `strides`, `padding`, `dilations` (1) and `data_format`
("NHWC"), here called `how`.  Sums of half-precision numbers are taken in float32 and rounded once.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from tinyflow.foundation.kernels import RESULT, kernel
from tinyflow.foundation.windows import (
    Array,
    Block,
    Extent,
    Ints,
    Padding,
    Shape,
    Windows,
    as_given,
    by_place,
    channels_last,
    check_computed,
    float_dtype,
    four,
    is_by_place,
    slide,
    wider,
)

__all__ = [
    "conv2d", "conv2d_backprop_filter", "conv2d_backprop_input", "depthwise_conv2d_native",
    "depthwise_conv2d_native_backprop_filter", "depthwise_conv2d_native_backprop_input",
]  # fmt: skip

SHORT_RUN = 16  # numbers; fewer that lie together are not worth a loop of their own
LONG_ROW = 64  # numbers; a row of the filter with as many is worth a product of its own


# --- what comes out, of which shape and dtype -----------------------------------------------------


class Plan(NamedTuple):
    """What a kernel is about to compute: the places of its window, and the form of its result."""

    windows: Windows
    shape: Shape
    dtype: np.dtype[Any]

    def form(self) -> tuple[Shape, np.dtype[Any]]:
        """What the compiler asks for."""
        return self.shape, self.dtype

    def room(self, out: Array | None) -> Array:
        """The array for the result."""
        return np.empty(self.shape, self.dtype) if out is None else out


def _slide(
    op: str, images: Shape, filters: Shape, grad: Any = None, *, strides: Ints, padding: Padding,
    dilations: Ints = 1, data_format: str = "NHWC",
) -> tuple[Windows, Shape]:  # fmt: skip
    """The places of filters on images (n, h, w, c), and the shape of the convolution."""
    windows = slide(images, filters, strides, padding, dilations, data_format)
    depthwise = op.startswith("Depthwise")
    computed = (images[0], *windows.output, filters[3] * (filters[2] if depthwise else 1))
    if grad is not None:
        check_computed(op, "out_backprop", grad, data_format, computed)
    return windows, computed


def _plan_result(op: str, x: Any, filter: Any, **how: Any) -> Plan:
    data_format = how.get("data_format", "NHWC")
    images, filters = four("input", x.shape, data_format), four("filter", filter.shape)
    windows, computed = _slide(op, images, filters, **how)
    return Plan(windows, as_given(computed, data_format), float_dtype(x, filter))


def _plan_images(
    op: str, filter: Any, grad: Any, *, input_shape: Iterable[int], **how: Any
) -> Plan:
    data_format = how.get("data_format", "NHWC")
    images, filters = four("input_sizes", input_shape, data_format), four("filter", filter.shape)
    windows, _ = _slide(op, images, filters, grad, **how)
    return Plan(windows, as_given(images, data_format), float_dtype(filter, grad))


def _plan_filters(op: str, x: Any, grad: Any, *, filter_shape: Iterable[int], **how: Any) -> Plan:
    images = four("input", x.shape, how.get("data_format", "NHWC"))
    filters = four("filter_sizes", filter_shape)
    windows, _ = _slide(op, images, filters, grad, **how)
    return Plan(windows, filters, float_dtype(x, grad))


def _form(plan: Callable[..., Plan], op: str) -> Callable[..., Any]:
    """What `kernel` wants to know of an op: the shape and dtype that are planned."""
    return lambda *operands, **how: plan(op, *operands, **how).form()


# --- the work -------------------------------------------------------------------------------------


def _columns(windows: Windows, x: Array, dtype: Any) -> Iterator[tuple[Block, Array]]:
    """The patches of `x`, block by block, as matrices (places, taps and channels).

    They are gone with the next block.
    """
    taps = math.prod(windows.window) * x.shape[3]
    if windows.window == windows.strides == (1, 1) and x.dtype == dtype:
        for block, patches in windows.read(x, dtype, 0):  # nothing has to be copied
            yield block, patches.reshape(math.prod(patches.shape[:3]), taps)
        return
    room = _Room(dtype)
    for block, patches in windows.read(x, dtype, taps * np.dtype(dtype).itemsize):
        yield block, _matrix(patches, room.of((patches.size,)))


class _Room:
    """Memory for one block after the other."""

    def __init__(self, dtype: Any) -> None:
        self._numbers = np.empty(0, dtype)

    def of(self, shape: Shape) -> Array:
        """An array of that shape, with whatever is in it."""
        size = math.prod(shape)
        if self._numbers.size < size:
            self._numbers = np.empty(size, self._numbers.dtype)
        return self._numbers[:size].reshape(shape)


def _matrix(patches: Array, room: Array) -> Array:
    """The patches (n, y, x, i, j, c) as a matrix of n * y * x rows, copied to `room`.

    It is the matrix's transpose that is contiguous, where numbers lie together rather along a row of
    places than in a patch: where there are few channels, or they come first.
    """
    places = math.prod(patches.shape[:3])
    if not _runs_along_rows(patches):
        room.reshape(patches.shape)[...] = patches
        return room.reshape(places, math.prod(patches.shape[3:]))
    patches = patches.transpose(3, 4, 5, 0, 1, 2)
    room.reshape(patches.shape)[...] = patches
    return room.reshape(math.prod(patches.shape[:3]), places).T


def _runs_along_rows(patches: Array) -> bool:
    """Whether more numbers lie together along a row of places than in a patch."""
    *_, places, _, columns, channels = patches.shape
    *_, across, _, along, step = patches.strides
    if across < step:
        return bool(places > 1)
    run = channels * (columns if along == channels * step else 1)
    return bool(run < min(places, SHORT_RUN))


def _product(a: Array, b: Array, out: Array) -> None:
    """Writes the product of two matrices to `out`, which has the same numbers in more axes."""
    if out.flags.c_contiguous and out.dtype == a.dtype:
        np.dot(a, b, out=out.reshape(len(a), b.shape[1]))
    else:
        out[...] = np.dot(a, b).reshape(out.shape)


def _is_by_rows(windows: Windows, x: Array) -> bool:
    """Whether to copy what a row of the filter sees, not a whole patch, and add up a product for each row."""
    rows, columns = windows.window
    together = x.strides[3] == x.itemsize and x.shape[3] >= SHORT_RUN
    return together and rows > 1 and windows.strides[0] == 1 and columns * x.shape[3] >= LONG_ROW


class Strip(NamedTuple):
    """What a row of the filter sees from some of the output rows of a block."""

    row: int
    places: slice
    seen: Array  # a matrix (places, columns and channels)


def _rows_that_see(windows: Windows, factor: Array) -> list[tuple[int, range]]:
    """The rows of the filter and the output rows where they see pixels; last, one for all output rows.

    From elsewhere they see padding: zeros times `factor`, which add nothing if `factor` is finite.
    """
    everywhere = range(windows.output[0])
    if not np.isfinite(factor).all():
        return [(row, everywhere) for row in range(windows.window[0])]
    rows = [(row, everywhere[places]) for row, (places, _) in enumerate(windows.reads(0))]
    *others, (widest, _) = sorted(rows, key=lambda row: len(row[1]))
    return [*others, (widest, everywhere)]


def _strips(
    windows: Windows, x: Array, factor: Array, dtype: Any
) -> Iterator[tuple[Block, list[Strip]]]:
    """For blocks of `x`, what each row of the filter sees, to be multiplied with `factor`.

    Places go by output row, image, output column, so that what another row of the filter sees begins
    some rows later in the same memory.  The strips are gone with the next block.
    """
    rows, columns = windows.window
    run, gap, features = columns * x.shape[3], windows.dilations[0], factor.shape[-1]
    room, seeing = _Room(dtype), _rows_that_see(windows, factor)
    numbers = (run + 2 * features) * np.dtype(dtype).itemsize
    numbers //= 2  # larger blocks: it is a row at a time
    blocks = windows.blocks(len(x), numbers)
    frame = windows.frame(min(len(x), blocks[0][0].stop), x.shape[3], dtype) if blocks else None
    for images, bands in blocks:
        read = windows.strips(windows.pad(x[images], dtype, 0, frame))
        for band in bands:
            some = read[band.start : band.stop + (rows - 1) * gap]
            copied = room.of(some.shape)
            copied[...] = some
            height = len(some) - (rows - 1) * gap
            strips = []
            for row, places in seeing:
                first = max(0, places.start - band.start)
                last = min(height, places.stop - band.start)
                if first < last:
                    seen = copied[row * gap :][first:last].reshape(-1, run)
                    strips.append(Strip(row, slice(first, last), seen))
            yield (images, band), strips


def _by_row(x: Array) -> Array:
    """Images (n, y, x, c) in the order of `_strips` (a view)."""
    return x.transpose(1, 0, 2, 3)


def _correlate_by_rows(windows: Windows, x: Array, filter: Array, out: Array) -> None:
    """As `_correlate`; each row of the filter is multiplied with what it sees, and the products added."""
    rows, columns, channels, features = filter.shape
    matrices = np.ascontiguousarray(filter).reshape(rows, columns * channels, features)
    room = _Room(filter.dtype)
    for block, (*others, last) in _strips(windows, x, filter, filter.dtype):
        there = _by_row(out[block])
        total, part = room.of((2, *there.shape))
        total[...] = 0
        for row, places, seen in others:
            product = part[places]
            np.dot(seen, matrices[row], out=product.reshape(len(seen), features))
            total[places] += product
        np.dot(last.seen, matrices[last.row], out=part.reshape(len(last.seen), features))
        np.add(total, part, out=there, casting="same_kind")


def _columns_by_place(windows: Windows, x: Array, dtype: Any) -> Iterator[tuple[slice, Array]]:
    """The patches of some output rows as matrices (taps and channels, places and images).

    They are gone with the next rows.
    """
    # Channels first and images last: so that rows of places are long runs.
    lying = np.ascontiguousarray(windows.pad(x, dtype).transpose(3, 1, 2, 0))
    patches = windows.patches(lying.transpose(3, 1, 2, 0)).transpose(3, 4, 5, 1, 2, 0)
    taps, places = math.prod(patches.shape[:3]), math.prod(patches.shape[4:])
    room = _Room(dtype)
    for rows in windows.bands(taps * places * np.dtype(dtype).itemsize):
        some = patches[:, :, :, rows]
        columns = room.of(some.shape)
        columns[...] = some
        yield rows, columns.reshape(taps, some.shape[3] * places)


def _correlate(windows: Windows, x: Array, filter: Array, out: Array) -> None:
    """Writes to `out` the products of filter and patch, summed."""
    if _is_by_rows(windows, x):
        _correlate_by_rows(windows, x, filter, out)
        return
    matrix = filter.reshape(math.prod(filter.shape[:3]), filter.shape[3])
    if is_by_place(out):
        for rows, columns in _columns_by_place(windows, x, filter.dtype):
            _product(columns.T, matrix, by_place(out)[rows])
        return
    for block, columns in _columns(windows, x, filter.dtype):
        _product(columns, matrix, out[block])


def _weigh(windows: Windows, x: Array, filter: Array, out: Array) -> None:
    """Writes to `out[n, y, x, c]` the sum over i, j, m of `patches[..., c, m] * filter[i, j, c, m]`.

    The channels of `x` are c * k + m.
    """
    *_, channels, k = filter.shape
    weights = filter.transpose(3, 0, 1, 2)[:, :, :, None]
    if windows.strides[1] == 1:  # so that NumPy goes over a row in one loop
        weights = np.repeat(weights, windows.output[1], axis=3)
    for block, patches in windows.read(x, filter.dtype, 4 * channels * filter.itemsize):
        there = out[block]
        written = there.flags.c_contiguous and there.dtype == filter.dtype
        total = there if written else np.empty(there.shape, filter.dtype)
        part = np.empty_like(total)
        for n, (m, i, j) in enumerate(np.ndindex(k, *windows.window)):
            np.multiply(patches[:, :, :, i, j, m::k], weights[m, i, j], out=part if n else total)
            if n:
                total += part
        if not written:
            there[...] = total


class Phase(NamedTuple):
    """Pixels at a distance of a stride from each other, along one axis, and the windows over them."""

    pixels: slice
    taps: range  # those that reach them, from the last to the first
    extent: Extent
    gap: int


def _phases(size: int, window: int, stride: int, dilation: int, extent: Extent) -> Iterator[Phase]:
    """Along one axis: which outputs each pixel was read for.

    Pixel p was read for output y by tap i if y * stride + i * dilation = p + before.  Of the pixels
    p = first, first + stride, ..., all are read by the same taps i = i0, i0 + stride / g, ..., with
    g = gcd(stride, dilation), and each further tap for the output that is dilation / g before.  So they
    are a convolution of the outputs, with stride 1 and those taps turned round.
    """
    common = math.gcd(stride, dilation)
    for first in range(min(stride, size)):
        count = len(range(first, size, stride))
        reach = first + extent.before
        start = next((i for i in range(window) if (reach - i * dilation) % stride == 0), window)
        every = range(start, window, stride // common)
        gap = dilation // common
        latest = (reach - start * dilation) // stride
        before = (len(every) - 1) * gap - latest
        after = latest + count - extent.output
        yield Phase(slice(first, None, stride), every[::-1], Extent(count, before, after), gap)


def _phases_of(windows: Windows) -> tuple[list[Phase], list[Phase]]:
    """Those of the rows, and those of the columns."""
    w = windows
    axes = zip(w.size, w.window, w.strides, w.dilations, w.extents, strict=True)
    rows, columns = [list(_phases(*axis)) for axis in axes]
    return rows, columns


def _spread(
    windows: Windows, grad: Array, filter: Array, out: Array, correlate: Callable[..., None]
) -> None:
    """Writes to `out` every number of `grad` times the filter, added to its patch: by phases."""
    rows, columns = _phases_of(windows)
    for down in rows:
        for across in columns:
            taps = filter[np.ix_(down.taps, across.taps)]
            there = out[:, down.pixels, across.pixels]
            if taps.size:
                extents, gaps = (down.extent, across.extent), (down.gap, across.gap)
                window = len(down.taps), len(across.taps)
                phase = Windows(windows.output, window, (1, 1), gaps, extents)
                correlate(phase, grad, taps, there)
            else:
                there[...] = 0


def _add_up(windows: Windows, grad: Array, filter: Array, out: Array) -> None:
    """The same as `_spread`, each patch computed and added to where it belongs."""
    taps, features, dtype = math.prod(windows.window), filter.shape[2], filter.dtype
    channels = out.shape[3]
    matrix = filter.transpose(2, 0, 1, 3).reshape(features, taps * channels)
    for images, _ in windows.blocks(len(out), taps * channels * dtype.itemsize):
        sent = grad[images].astype(dtype, copy=False)
        places = math.prod(sent.shape[:3])
        padded = windows.frame(len(sent), channels, dtype)
        patches = windows.patches(padded)
        if channels < SHORT_RUN:
            products = np.dot(matrix.T, sent.reshape(places, features).T)
            products = products.reshape(*windows.window, channels, *sent.shape[:3])
            for i, j, c in np.ndindex(products.shape[:3]):
                patches[:, :, :, i, j, c] += products[i, j, c]
        else:
            products = np.dot(sent.reshape(places, features), matrix).reshape(patches.shape)
            for i, j in windows.taps():
                patches[:, :, :, i, j] += products[:, :, :, i, j]
        out[images] = windows.crop(padded)


def _is_in_phases(windows: Windows, filter: Array) -> bool:
    """Whether phases compute the same, and do not multiply many zeros around `grad` for it."""
    work = [
        sum(phase.extent.output * len(phase.taps) for phase in axis) for axis in _phases_of(windows)
    ]
    few = math.prod(work) <= 1.3 * math.prod(windows.output + windows.window)
    return few and bool(np.isfinite(filter).all())  # 0 * inf is NaN


# --- convolution ----------------------------------------------------------------------------------


def _few_channels(*positions: int) -> Callable[..., tuple[int, ...]]:
    """These of the operands had better lie by place if the images are of so few channels."""

    def choose(x: Any, *_: Any, data_format: str = "NHWC", **how: Any) -> tuple[int, ...]:
        return positions if data_format == "NHWC" and x.shape[3] < SHORT_RUN else ()

    return choose


@kernel(_form(_plan_result, "Conv2D"), _few_channels(RESULT))
def conv2d(x: ArrayLike, filter: ArrayLike, *, out: Array | None = None, **how: Any) -> Array:
    """Slides `filter` over `x`: the products of filter and patch, summed (a correlation).

    Linear in `x` (adjoint: `conv2d_backprop_input`) and in `filter` (`conv2d_backprop_filter`).
    """
    x, filter = np.asarray(x), np.asarray(filter)
    plan = _plan_result("Conv2D", x, filter, **how)
    out = plan.room(out)
    images, result = _channels_last(x, how), _channels_last(out, how)
    _correlate(plan.windows, images, filter.astype(wider(plan.dtype), copy=False), result)
    return out


@kernel(_form(_plan_images, "Conv2DBackpropInput"))
def conv2d_backprop_input(
    filter: ArrayLike, grad: ArrayLike, *, out: Array | None = None, **how: Any
) -> Array:
    """The gradient of `conv2d` with respect to `x`; also what `conv2d_transpose` computes.

    Each output pixel's gradient, times the filter, is added to its patch. Linear in `grad`
    (adjoint: `conv2d`) and in `filter` (adjoint: `conv2d_backprop_filter`, the gradient that
    arrives here taking the place of its `x`).  `input_shape` is the shape of `x`.
    """
    filter, grad = np.asarray(filter), np.asarray(grad)
    plan = _plan_images("Conv2DBackpropInput", filter, grad, **how)
    out = plan.room(out)
    turned = filter.astype(wider(plan.dtype), copy=False).transpose(0, 1, 3, 2)
    sent, images = _channels_last(grad, how), _channels_last(out, how)
    if images.shape[3] < SHORT_RUN or not _is_in_phases(plan.windows, turned):
        _add_up(plan.windows, sent, turned, images)
    else:
        _spread(plan.windows, sent, turned, images, _correlate)
    return out


@kernel(_form(_plan_filters, "Conv2DBackpropFilter"), _few_channels(1))
def conv2d_backprop_filter(
    x: ArrayLike, grad: ArrayLike, *, out: Array | None = None, **how: Any
) -> Array:
    """The gradient of `conv2d` with respect to `filter`: each patch times its output's gradient.

    Linear in `grad` (adjoint: `conv2d`) and in `x` (adjoint: `conv2d_backprop_input`); in both,
    the gradient that arrives here, shaped like a filter, takes the place of the filter, whose shape
    is `filter_shape`.
    """
    x, grad = np.asarray(x), np.asarray(grad)
    plan = _plan_filters("Conv2DBackpropFilter", x, grad, **how)
    out, wide = plan.room(out), wider(plan.dtype)
    features = plan.shape[3]
    images, sent = _channels_last(x, how), _channels_last(grad, how)
    total = np.zeros((math.prod(plan.shape[:3]), features), wide)
    if _is_by_rows(plan.windows, images):
        rows = total.reshape(plan.shape[0], len(total) // plan.shape[0], features)
        for block, strips in _strips(plan.windows, images, sent, wide):
            part = _by_row(sent[block]).astype(wide, "C")
            for row, places, seen in strips:
                rows[row] += np.dot(seen.T, part[places].reshape(len(seen), features))
    elif is_by_place(sent):
        for some, columns in _columns_by_place(plan.windows, images, wide):
            part = by_place(sent)[some].astype(wide, copy=False)
            total += np.dot(columns, part.reshape(columns.shape[1], features))
    else:
        for block, columns in _columns(plan.windows, images, wide):
            part = sent[block].astype(wide, copy=False).reshape(len(columns), features)
            total += np.dot(columns.T, part)
    out[...] = total.reshape(plan.shape)
    return out


def _channels_last(x: Array, how: dict[str, Any]) -> Array:
    return channels_last(x, how.get("data_format", "NHWC"))


# --- depthwise convolution ------------------------------------------------------------------------


@kernel(_form(_plan_result, "DepthwiseConv2dNative"))
def depthwise_conv2d_native(
    x: ArrayLike, filter: ArrayLike, *, out: Array | None = None, **how: Any
) -> Array:
    """Slides a filter of its own over each channel of `x`, or several (the multiplier).

    Linear in `x` (adjoint: `depthwise_conv2d_native_backprop_input`) and in `filter`
    (`depthwise_conv2d_native_backprop_filter`). TensorFlow 1.15 on a CPU takes `dilations` and
    ignores them; this kernel and its two adjoints obey them.
    """
    x, filter = np.asarray(x), np.asarray(filter)
    plan = _plan_result("DepthwiseConv2dNative", x, filter, **how)
    out, k = plan.room(out), filter.shape[3]
    images, result = _channels_last(x, how), _channels_last(out, how)
    weights = filter.astype(wider(plan.dtype), copy=False)
    for m in range(k):
        _weigh(plan.windows, images, weights[..., m : m + 1], result[..., m::k])
    return out


@kernel(_form(_plan_images, "DepthwiseConv2dNativeBackpropInput"))
def depthwise_conv2d_native_backprop_input(
    filter: ArrayLike, grad: ArrayLike, *, out: Array | None = None, **how: Any
) -> Array:
    """The gradient of `depthwise_conv2d_native` with respect to `x`, whose shape is `input_shape`.

    Linear in `grad` (adjoint: `depthwise_conv2d_native`) and in `filter` (adjoint:
    `depthwise_conv2d_native_backprop_filter`), as `conv2d_backprop_input` is.
    """
    filter, grad = np.asarray(filter), np.asarray(grad)
    plan = _plan_images("DepthwiseConv2dNativeBackpropInput", filter, grad, **how)
    out = plan.room(out)
    sent, images = _channels_last(grad, how), _channels_last(out, how)
    weights = filter.astype(wider(plan.dtype), copy=False)
    _spread(plan.windows, sent, weights, images, _weigh)
    return out


@kernel(_form(_plan_filters, "DepthwiseConv2dNativeBackpropFilter"))
def depthwise_conv2d_native_backprop_filter(
    x: ArrayLike, grad: ArrayLike, *, out: Array | None = None, **how: Any
) -> Array:
    """The gradient of `depthwise_conv2d_native` with respect to `filter`, of `filter_shape`.

    Linear in `grad` (adjoint: `depthwise_conv2d_native`) and in `x` (adjoint:
    `depthwise_conv2d_native_backprop_input`), as `conv2d_backprop_filter` is.
    """
    x, grad = np.asarray(x), np.asarray(grad)
    plan = _plan_filters("DepthwiseConv2dNativeBackpropFilter", x, grad, **how)
    out, wide = plan.room(out), wider(plan.dtype)
    *_, channels, k = plan.shape
    images, sent = _channels_last(x, how), _channels_last(grad, how)
    total = np.zeros(plan.shape, wide)
    for block, patches in plan.windows.read(images, wide, 4 * channels * k * wide.itemsize):
        part = np.empty((*patches.shape[:3], channels), wide)
        flat = part.reshape(math.prod(patches.shape[:3]), channels)
        ones = np.ones(len(flat), wide)
        for m in range(k):
            there = sent[block][..., m::k].astype(wide, copy=False)
            for i, j in plan.windows.taps():
                np.multiply(patches[:, :, :, i, j], there, out=part)
                total[i, j, :, m] += ones.dot(flat)
    out[...] = total
    return out
