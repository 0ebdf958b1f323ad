"""Pooling as NumPy: the largest, or the mean, of what a window sees while it slides over an image.

    max, average    out[n, y, x, c]  =  max or mean over i, j  of  patches[n, y, x, i, j, c]

Both are taken over the rows of a window first, and then over its columns: i + j steps, not i * j, and
the first ones go over whole rows of pixels.  Nothing is padded: each tap is read where it sees a pixel.
All is done some images at a time, few enough to stay in the cache.

Every kernel takes, in the words of windows.py, `ksize`, `strides`, `padding` and `data_format`
("NHWC"), here called `how`.  Sums of half-precision numbers are taken in float32 and rounded once.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from tinyflow.foundation.kernels import RESULT, kernel
from tinyflow.foundation.windows import (
    Array,
    Ints,
    Shape,
    Windows,
    as_given,
    by_place,
    channels_last,
    check_computed,
    float_dtype,
    four,
    is_by_place,
    room_like,
    slide,
    spatial,
    wider,
)

__all__ = [
    "avg_pool", "avg_pool_grad", "max_pool", "max_pool_grad", "max_pool_grad_grad", "sum_of_pixels",
]  # fmt: skip


AT_ONCE = 1 << 24  # bytes; of a large batch by place that many are reduced to rows, then to places

# --- what comes out, of which shape and dtype -----------------------------------------------------


def _slide(
    name: str, shape: Iterable[int], *, ksize: Ints, strides: Ints, padding: str,
    data_format: str = "NHWC",
) -> tuple[Windows, Shape, Shape]:  # fmt: skip
    """The places of a pool's window, the shape (n, h, w, c) of the images, and of the pool."""
    if not isinstance(padding, str):
        raise TypeError(f"Expected string for argument 'padding' not {padding!r}.")
    images = four(name, shape, data_format)
    window = spatial(ksize, "ksize", data_format)
    windows = slide(images, window, strides, padding, 1, data_format)
    return windows, images, (images[0], *windows.output, images[3])


def _format(how: dict[str, Any]) -> str:
    data_format: str = how.get("data_format", "NHWC")
    return data_format


def _by_place(*positions: int) -> Callable[..., tuple[int, ...]]:
    """These of the operands had better lie by place, where windows do not overlap.

    Where they do, blocks of images that stay in the cache are quicker.
    """

    def choose(*_: Any, ksize: Ints, strides: Ints, data_format: str = "NHWC", **how: Any) -> Any:
        steps, window = spatial(strides, "strides", data_format), spatial(ksize, "ksize", data_format)
        apart = all(step >= size for step, size in zip(steps, window, strict=True))
        return positions if apart and data_format == "NHWC" else ()

    return choose


def _form_of_pool(x: Any, **how: Any) -> Any:
    return as_given(_slide("input", x.shape, **how)[2], _format(how)), x.dtype


def _form_of_average(x: Any, **how: Any) -> Any:
    return _form_of_pool(x, **how)[0], float_dtype(x)


def _form_of_images(x: Any, y: Any, grad: Any, **how: Any) -> Any:
    _, _, computed = _slide("input", x.shape, **how)
    check_computed("MaxPoolGrad", "orig_output", y, _format(how), computed)
    check_computed("MaxPoolGrad", "grad", grad, _format(how), computed)
    return x.shape, float_dtype(grad)


def _form_of_chosen(x: Any, y: Any, grad: Any, **how: Any) -> Any:
    _, images, computed = _slide("input", x.shape, **how)
    check_computed("MaxPoolGradGrad", "orig_output", y, _format(how), computed)
    check_computed("MaxPoolGradGrad", "grad", grad, _format(how), images)
    return y.shape, grad.dtype


def _form_of_shares(grad: Any, *, input_shape: Iterable[int], **how: Any) -> Any:
    _, images, computed = _slide("orig_input_shape", input_shape, **how)
    check_computed("AvgPoolGrad", "grad", grad, _format(how), computed)
    return as_given(images, _format(how)), float_dtype(grad)


# --- the work -------------------------------------------------------------------------------------


def _some_images(windows: Windows, x: Array, shape: Shape, dtype: np.dtype[Any]) -> list[slice]:
    """Slices of the batch; all of it if it lies by place, where a slice would be in many pieces."""
    if is_by_place(x):
        return [slice(None)]
    bytes_of_one = math.prod(shape[1:]) * dtype.itemsize
    return [
        images
        for images, _ in windows.blocks(shape[0], bytes_of_one // max(1, math.prod(windows.output)))
    ]


def _fold(
    ufunc: np.ufunc,
    reads: Sequence[tuple[slice, slice]],
    axis: int,
    x: Array,
    out: Array,
    empty: Any,
) -> None:
    """Writes to `out` what `ufunc` makes of all taps along an axis; `empty` where there are none."""
    before = (slice(None),) * axis
    whole = slice(0, out.shape[axis])
    first, *rest = sorted(
        reads, key=lambda read: read[0] != whole
    )  # those that see a pixel everywhere
    if first[0] != whole:
        out[...] = empty
        rest = [first, *rest]
    elif rest and rest[0][0] == whole:
        second, *rest = rest
        ufunc(x[(*before, first[1])], x[(*before, second[1])], out=out)
    else:
        out[...] = x[(*before, first[1])]
    for places, pixels in rest:
        there = out[(*before, places)]
        ufunc(there, x[(*before, pixels)], out=there)


def _pool(ufunc: np.ufunc, windows: Windows, x: Array, out: Array, empty: Any) -> None:
    """Writes to `out` what `ufunc` makes of every patch of `x`, in the dtype of `out`."""
    reads, across = windows.reads(0), windows.reads(1)
    a_row = len(x) * math.prod(x.shape[2:]) * out.itemsize
    step = max(1, AT_ONCE // max(1, a_row))
    for first in range(0, windows.output[0], step):
        some = out[:, first : first + step]
        rows = room_like(x, (len(x), some.shape[1], *x.shape[2:]), out.dtype)
        _fold(ufunc, _within(reads, first, some.shape[1]), 1, x, rows, empty)
        _fold(ufunc, across, 2, rows, some, empty)


def _within(
    reads: Sequence[tuple[slice, slice]], first: int, count: int
) -> list[tuple[slice, slice]]:
    """What the taps read for `count` places from `first`, which are counted anew."""
    some = []
    for places, pixels in reads:
        start = places.start or 0
        low, high = max(start, first), min(places.stop, first + count)
        if low < high:
            begin = pixels.start + (low - start) * pixels.step
            end = begin + (high - low - 1) * pixels.step + 1
            some.append((slice(low - first, high - first), slice(begin, end, pixels.step)))
        else:
            some.append((slice(0), slice(0)))
    return some


def _taps(windows: Windows) -> Iterator[tuple[Any, Any]]:
    """For each tap, row by row, the places (n, y, x) where it sees a pixel, and the pixels."""
    everything = slice(None)
    for down, pixels_down in windows.reads(0):
        for across, pixels_across in windows.reads(1):
            yield (everything, down, across), (everything, pixels_down, pixels_across)


def _first_maxima(windows: Windows, x: Array, y: Array) -> Iterator[tuple[Any, Any, Array]]:
    """For each tap its places, its pixels, and which are the largest (the first of several equal)."""
    spoiled = y.dtype.kind == "f" and y.size and np.isnan(y.max())
    waiting = np.ones_like(y, bool)
    for places, pixels in _taps(windows):
        tap = x[pixels]
        chosen = np.equal(tap, y[places])
        if spoiled:  # NaN equals nothing; if there is one, y is the first
            chosen |= np.isnan(tap)
        chosen &= waiting[places]
        waiting[places] ^= chosen
        yield places, pixels, chosen


def _where(chosen: Array, x: Array, out: Array) -> None:
    """Writes x where chosen, 0 elsewhere: not x * chosen, which makes NaN of an infinity not chosen.

    As bits, which is four times as fast as np.where.
    """
    bits = np.dtype(f"i{x.itemsize}")
    ones = np.negative(chosen.view(np.int8)).astype(bits)
    np.bitwise_and(x.view(bits), ones, out=out.view(bits))


# --- the largest ----------------------------------------------------------------------------------


@kernel(_form_of_pool, _by_place(RESULT, 0))
def max_pool(x: ArrayLike, *, out: Array | None = None, **how: Any) -> Array:
    """The largest pixel of every patch, channel by channel; NaN if there is one (TF drops NaN).

    Its gradient with respect to `x` is `max_pool_grad`.
    """
    x = np.asarray(x)
    windows, images, _ = _slide("input", x.shape, **how)
    out = np.empty(_form_of_pool(x, **how)[0], x.dtype) if out is None else out
    lowest = -np.inf if np.issubdtype(x.dtype, np.inexact) else np.iinfo(x.dtype).min
    pixels, largest = channels_last(x, _format(how)), channels_last(out, _format(how))
    for some in _some_images(windows, pixels, images, x.dtype):
        _pool(np.maximum, windows, pixels[some], largest[some], lowest)
    return out


@kernel(_form_of_images, _by_place(RESULT, 0, 1, 2))
def max_pool_grad(
    x: ArrayLike, y: ArrayLike, grad: ArrayLike, *, out: Array | None = None, **how: Any
) -> Array:
    """The gradient of `y = max_pool(x)` with respect to `x`: to the first largest pixel of a patch.

    Linear in `grad`; its adjoint is `max_pool_grad_grad` with the same `x` and `y`. Its gradients
    with respect to `x` and `y` are zero.
    """
    x, y, grad = np.asarray(x), np.asarray(y), np.asarray(grad)
    shape, dtype = _form_of_images(x, y, grad, **how)
    windows, images, _ = _slide("input", x.shape, **how)
    out = np.empty(shape, dtype) if out is None else out
    x, y, grad, result = [channels_last(part, _format(how)) for part in (x, y, grad, out)]
    apart = all(
        stride >= size for stride, size in zip(windows.strides, windows.window, strict=True)
    )
    send = _send_apart if apart else _send
    y, grad = _lying_as(x, y), _lying_as(x, grad)
    for some in _some_images(windows, x, images, dtype):
        send(windows, x[some], y[some], grad[some], result[some])
    return out


def _lying_as(x: Array, y: Array) -> Array:
    """`y` by place if `x` lies so."""
    if is_by_place(y) or not is_by_place(x):
        return y
    there = room_like(x, y.shape, y.dtype)
    there[...] = y
    return there


def _send_apart(windows: Windows, x: Array, y: Array, grad: Array, out: Array) -> None:
    """Sends `grad` to the largest pixels, of windows that do not overlap."""
    if any(
        stride > size or output * stride < pixels
        for stride, size, output, pixels in zip(
            windows.strides, windows.window, windows.output, windows.size, strict=True
        )
    ):
        out[...] = 0  # there are pixels that no window sees
    for places, pixels, chosen in _first_maxima(windows, x, y):
        _where(chosen, grad[places], out[pixels])


def _send(windows: Windows, x: Array, y: Array, grad: Array, out: Array) -> None:
    """Adds `grad` to the largest pixels."""
    total = np.zeros(out.shape, wider(out.dtype))
    sent = np.empty_like(grad)
    for places, pixels, chosen in _first_maxima(windows, x, y):
        _where(chosen, grad[places], sent[places])
        total[pixels] += sent[places]
    out[...] = total


@kernel(_form_of_chosen)
def max_pool_grad_grad(
    x: ArrayLike, y: ArrayLike, grad: ArrayLike, *, out: Array | None = None, **how: Any
) -> Array:
    """What `grad`, shaped like `x`, has where `y = max_pool(x)` found its pixels.

    The gradient of `max_pool_grad` with respect to its `grad`. Linear in `grad`, and the adjoint of
    `max_pool_grad`, so that gradients of any order alternate between the two.
    """
    x, y, grad = np.asarray(x), np.asarray(y), np.asarray(grad)
    shape, dtype = _form_of_chosen(x, y, grad, **how)
    windows, images, _ = _slide("input", x.shape, **how)
    out = np.empty(shape, dtype) if out is None else out
    x, y, grad, result = [channels_last(part, _format(how)) for part in (x, y, grad, out)]
    for some in _some_images(windows, x, images, dtype):
        found = result[some]
        found[...] = 0
        for places, pixels, chosen in _first_maxima(windows, x[some], y[some]):
            np.copyto(found[places], grad[some][pixels], where=chosen)
    return out


# --- the mean -------------------------------------------------------------------------------------


def _counts(windows: Windows) -> Array:
    """How many pixels the window sees at each place: axes (y, x, 1)."""
    down, across = np.zeros(windows.output[0], int), np.zeros(windows.output[1], int)
    for axis, counts in enumerate((down, across)):
        for places, _ in windows.reads(axis):
            counts[places] += 1
    return np.multiply.outer(down, across)[:, :, None]


@kernel(_form_of_average)
def avg_pool(x: ArrayLike, *, out: Array | None = None, **how: Any) -> Array:
    """The mean of every patch, channel by channel; padding does not count.

    Linear in `x` (adjoint: `avg_pool_grad`).
    """
    x = np.asarray(x)
    shape, dtype = _form_of_average(x, **how)
    windows, images, _ = _slide("input", x.shape, **how)
    out, wide = np.empty(shape, dtype) if out is None else out, wider(dtype)
    pixels, mean = channels_last(x, _format(how)), channels_last(out, _format(how))
    counts = _counts(windows).astype(wide)
    for some in _some_images(windows, pixels, images, wide):
        total = np.empty(mean[some].shape, wide)
        _pool(np.add, windows, pixels[some].astype(wide, copy=False), total, 0)
        np.divide(total, counts, out=mean[some], casting="same_kind")
    return out


@kernel(_form_of_shares)
def avg_pool_grad(grad: ArrayLike, *, out: Array | None = None, **how: Any) -> Array:
    """The gradient of `avg_pool` with respect to `x`: an equal share for every pixel of a patch.

    Linear in `grad` (adjoint: `avg_pool`).  `input_shape` is the shape of `x`.
    """
    grad = np.asarray(grad)
    shape, dtype = _form_of_shares(grad, **how)
    out, wide = np.empty(shape, dtype) if out is None else out, wider(dtype)
    how = dict(how)
    windows, images, _ = _slide("orig_input_shape", how.pop("input_shape"), **how)
    sent, result = channels_last(grad, _format(how)), channels_last(out, _format(how))
    counts = _counts(windows).astype(wide)
    for some in _some_images(windows, sent, images, wide):
        share = sent[some] / counts
        rows = np.zeros((len(share), images[1], *share.shape[2:]), wide)
        for places, pixels in windows.reads(0):
            rows[:, pixels] += share[:, places]
        total = np.zeros(result[some].shape, wide)
        for places, pixels in windows.reads(1):
            total[:, :, pixels] += rows[:, :, places]
        result[some] = total
    return out


# --- the sum of all pixels ------------------------------------------------------------------------


def _form_of_sums(x: Any) -> Any:
    return x.shape[3:], x.dtype


@kernel(_form_of_sums, by_place=(0,))
def sum_of_pixels(x: Array, *, out: Array | None = None) -> Array:
    """The sum of images (n, h, w, c) but for their channels, such as the gradient of a bias.

    Two products of matrices with ones, in the order in which the numbers lie.
    """
    n, height, width, channels = x.shape
    first, second = n, height * width
    if is_by_place(x):
        x, first, second = by_place(x), second, first
    sums = np.ones(first, x.dtype).dot(x.reshape(first, second * channels))
    total: Array = np.ones(second, x.dtype).dot(sums.reshape(second, channels))
    if out is None:
        return total
    out[...] = total
    return out
