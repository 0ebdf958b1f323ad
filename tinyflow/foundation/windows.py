"""What a window sees while it slides over images: the geometry of convolutions and pools.

A batch of images is a 4-D array *(n, h, w, c)*: images, rows, columns, channels.  Everything rests on
one view of it, `Windows.patches`, which has six axes *(n, y, x, i, j, c)*:

    patches[n, y, x, i, j, c]  =  padded[n, y * stride + i * dilation, x * stride + j * dilation, c]

that is, for each output position *(y, x)* the pixel under each *tap* *(i, j)* of the window.  The view
copies nothing: two more axes are two more strides into the same memory.  Written with it, the kernels
of convolution.py and pooling.py are their own formulas,

    conv2d        out[n, y, x, f]     =  sum over i, j, c  of  patches * filter[i, j, c, f]
    depthwise     out[n, y, x, c]     =  sum over i, j     of  patches * filter[i, j, c]
    max, average  out[n, y, x, c]     =  max or mean over i, j  of  patches

A batch may lie in memory *by image*, as its axes go, or *by place*: (h, w, n, c), so that the same pixel
of all images lies together.  By place, what is done to some of the pixels is done in long runs.

- `data_format` "NCHW" is one transpose on the way in and one on the way out.
- `strides`, `dilations`, `ksize` are an int, a pair *(rows, columns)*, or four numbers in the order
  of `data_format`; `padding` is "SAME", "VALID" or four pairs *(before, after)* in that order.
- Arguments may have any strides in memory and are never written to; neither is `out` read.
- A wrong argument is a ValueError, a wrong dtype a TypeError, in TensorFlow's words if it has any.
"""

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
Block: TypeAlias = tuple[slice, slice]  # some of the images, some of the rows of their output

BLOCK_BYTES = 3 << 19  # how much is worked on at a time, so that what is copied stays in the cache
BLOCK_PLACES = 384  # but no fewer places than that: BLAS takes the filter to pieces for each block

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
        rows, columns = (_overlap(*axis)[1] for axis in self._borders())
        return padded[:, rows, columns]

    def seen(self, x: Array) -> Array:
        """The part of images that windows may see: all, unless the padding is negative (a view)."""
        rows, columns = (_overlap(*axis)[0] for axis in self._borders())
        return x[:, rows, columns]

    def _borders(self) -> Iterator[tuple[int, int, int]]:
        for size, (_, before, after) in zip(self.size, self.extents, strict=True):
            yield size, before, after

    def pad(self, x: Array, dtype: Any, fill: Any = 0, room: Array | None = None) -> Array:
        """`x` as `dtype` and inside its padding: read it only, for it may be `x` itself.

        `room` is a frame for more or as many images, which is used if one is needed.
        """
        if not any(before > 0 or after > 0 for _, before, after in self._borders()):
            return self.seen(x).astype(dtype, copy=False)
        if room is None:
            room = self.frame(len(x), x.shape[3], dtype, fill)
        padded = room[: len(x)]
        self.crop(padded)[...] = self.seen(x)
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

    def blocks(self, images: int, numbers: int) -> list[tuple[slice, list[slice]]]:
        """Slices of the batch, and of the rows of output in each.

        For every place in a block there are `numbers` bytes to be held in the cache.
        """
        rows, columns = self.output
        places = max(BLOCK_PLACES, BLOCK_BYTES // max(1, numbers))
        step = max(1, places // max(1, rows * columns))
        down = max(1, min(rows, places // max(1, columns)))
        bands = [slice(y, y + down) for y in range(0, rows, down)]
        return [(slice(n, n + step), bands) for n in range(0, images, step)]

    def bands(self, numbers: int) -> list[slice]:
        """Slices of the rows of output; for every row there are `numbers` bytes to be held in the cache."""
        step = max(1, BLOCK_BYTES // max(1, numbers))
        return [slice(y, y + step) for y in range(0, self.output[0], step)]

    def read(self, x: Array, dtype: Any, numbers: int) -> Iterator[tuple[Block, Array]]:
        """The patches of `x`, padded by zeros, block by block (they are gone with the next block)."""
        blocks = self.blocks(len(x), numbers)
        room = self.frame(min(len(x), blocks[0][0].stop), x.shape[3], dtype) if blocks else None
        for images, bands in blocks:
            patches = self.patches(self.pad(x[images], dtype, 0, room))
            for rows in bands:
                yield (images, rows), patches[:, rows]

    def strips(self, padded: Array) -> Array:
        """The view of `padded` by row and column tap, for strides of one row: axes (row, n, x, j, c).

        What tap row i sees at output row y is row y + i * dilation: it is copied once for all tap rows.
        """
        n, h, w, c = padded.strides
        rows = self.output[0] + (self.window[0] - 1) * self.dilations[0]
        shape = (rows, len(padded), self.output[1], self.window[1], padded.shape[3])
        return as_strided(padded, shape, (h, n, w * self.strides[1], w * self.dilations[1], c))

    def reads(self, axis: int) -> list[tuple[slice, slice]]:
        """For each tap along rows (0) or columns (1): the places where it sees a pixel, and the pixels."""
        size, stride = self.size[axis], self.strides[axis]
        output, before, _ = self.extents[axis]
        slices = []
        for tap in range(self.window[axis]):
            offset = tap * self.dilations[axis] - before  # place y sees pixel y * stride + offset
            first = max(0, -(offset // stride))
            last = min(output, -((offset - size) // stride))
            if first < last:
                pixels = slice(first * stride + offset, (last - 1) * stride + offset + 1, stride)
                slices.append((slice(first, last), pixels))
            else:
                slices.append((slice(0), slice(0)))
        return slices


def _overlap(size: int, before: int, after: int) -> tuple[slice, slice]:
    """What of an axis stays when it is padded, and where it then is; negative padding cuts off."""
    low = max(0, -before)
    high = max(low, min(size, size + after))
    return slice(low, high), slice(low + before, high + before)


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


def four(name: str, shape: Iterable[int], data_format: str = "NHWC") -> Shape:
    """`shape` as images, rows, columns, channels."""
    shape = tuple(operator.index(n) for n in shape)
    if len(shape) != 4:
        raise ValueError(f"{name} must be 4-dimensional: {list(shape)}")
    return tuple(shape[axis] for axis in _axes(data_format))


def as_given(shape: Shape, data_format: str) -> Shape:
    """Undoes `four`."""
    n, h, w, c = shape
    return shape if data_format == "NHWC" else (n, c, h, w)


def channels_last(x: ArrayLike, data_format: str = "NHWC") -> Array:
    """`x` as images, rows, columns, channels (a view)."""
    return np.asarray(x).transpose(_axes(data_format))


def by_place(x: Array) -> Array:
    """Images (n, h, w, c) as (h, w, n, c) (a view)."""
    return x.transpose(1, 2, 0, 3)


def is_by_place(x: Array) -> bool:
    """True if the same pixel of all images lies together."""
    return len(x) > 1 and by_place(x).flags.c_contiguous


def room_like(x: Array, shape: Shape, dtype: Any) -> Array:
    """Room for images of that shape, by place if those of `x` lie so."""
    n, height, width, channels = shape
    if is_by_place(x):
        return np.empty((height, width, n, channels), dtype).transpose(2, 0, 1, 3)
    return np.empty(shape, dtype)


def check_computed(op: str, name: str, x: Any, data_format: str, computed: Shape) -> None:
    """Raises a ValueError unless a result, or a result's gradient, has the shape that follows."""
    shape = four(name, x.shape, data_format)
    if shape != computed:
        raise ValueError(
            f"{op}: Size of {name} doesn't match computed: actual = {list(shape)}, "
            f"computed = {list(computed)} (images, rows, columns, channels)"
        )


def float_dtype(*arrays: Any) -> np.dtype[Any]:
    """The dtype of sums of products of arrays."""
    dtype: np.dtype[Any] = np.result_type(*[x.dtype for x in arrays])
    if not np.issubdtype(dtype, np.floating):
        raise TypeError(
            f"DataType {dtype} not in list of allowed values: float16, float32, float64"
        )
    return dtype


def wider(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype to compute it in: no sum is taken in half precision."""
    return np.result_type(dtype, np.float32)
