"""Convolution by the convolution theorem: of spectra it is a product, number by number.

    spectrum(conv2d(x, filter))  =  spectrum(x) * conjugate(spectrum(filter))

A sum over all taps for every place becomes one product for every frequency, and there are about as
many frequencies as places.  For a filter of 5 x 5 taps on images of 14 x 14 that is an eleventh of the
multiplications; what the transforms cost is shared by all channels.

The transforms are products with matrices of cosines and sines, first along the columns of an image and
then along its rows, for which BLAS is the quickest where images are this small.  What is kept of a
complex number a + bi are the three *factors* a, b, a + b, since

    (a + bi) (c + di)  =  (p - q) + (s - p - q) i,    p = ac,  q = bd,  s = (a + b) (c + d)

is three real products (Gauss).  So a spectrum is a real array *(factors, images, channels)*, that of a
filter is *(factors, channels in, channels out)*, and `np.matmul` of the two sums over channels.

Each of the three transforms is linear, and so has an adjoint, which leads from factors back:

    conv2d                  results' adjoint ( images(x)      filter(w)   )
    conv2d_backprop_input   images' adjoint  ( results(grad)  filter(w)'  )
    conv2d_backprop_filter  filter's adjoint ( images(x)'     results(grad) )

where ' transposes the matrices.  Rounding is as in a sum of products, but relative to what is large in an
image, not in a patch.  So what is computed of nothing but zeros is set to zero, as relus ask for it.  An
infinity or NaN spoils the whole image; where one comes out, the convolution is computed by its definition.

Strides and dilations are 1 and channels come last.  `size` is that of the images, `window` that of the
filter, `padding` as in windows.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from tinyflow.foundation import convolution
from tinyflow.foundation.kernels import RESULT, Kernel, kernel
from tinyflow.foundation.windows import (
    Array,
    Padding,
    Pair,
    Shape,
    Windows,
    by_place,
    is_by_place,
    slide,
)

__all__ = [
    "Transforms", "conv2d", "conv2d_backprop_filter", "conv2d_backprop_input", "of_filter",
    "of_images", "of_results", "transforms",
]  # fmt: skip

Reads: TypeAlias = list[tuple[slice, slice]]


# --- the transforms -------------------------------------------------------------------------------


class Transform(NamedTuple):
    """A linear map from arrays (rows, columns, k) to their factors (numbers, k).

    Attributes:
      down: for columns of real numbers: the real parts of the frequencies that have no other, then both
        parts of each other frequency.
      real: for rows of real numbers: the factors of as many frequencies.
      pairs: for rows of complex numbers, first their real parts: the factors of all frequencies.
    """

    down: Array
    real: Array
    pairs: Array

    @property
    def lines(self) -> Pair:
        """How many rows of real and of complex numbers there are after the columns."""
        length = len(self.down)
        real = _real_frequencies(length)
        return real, (length - real) // 2

    @property
    def numbers(self) -> int:
        """How many factors there are."""
        real, pairs = self.lines
        return real * len(self.real) + pairs * len(self.pairs)

    def apply(self, x: Array, out: Array) -> None:
        """Writes the factors of `x`, which is contiguous, to `out`."""
        rows, columns, k = x.shape
        lines = np.dot(self.down, x.reshape(rows, columns * k))
        for matrix, some, factors in self._products(lines, out, columns, k):
            np.matmul(matrix, some, out=factors)

    def adjoint(self, factors: Array, out: Array) -> None:
        """Writes the transpose of the map, of `factors`, to `out`, which is contiguous."""
        rows, columns, k = out.shape
        lines = np.empty((len(self.down), columns * k), out.dtype)
        for matrix, some, these in self._products(lines, factors, columns, k):
            np.matmul(matrix.T, these, out=some)
        np.dot(self.down.T, lines, out=out.reshape(rows, columns * k))

    def _products(
        self, lines: Array, factors: Array, columns: int, k: int
    ) -> Iterator[tuple[Array, Array, Array]]:
        """Matrix, rows and factors: of rows of real numbers, and of those of complex ones (views)."""
        real, pairs = self.lines
        count = real * len(self.real)
        yield (
            self.real,
            lines[:real].reshape(real, columns, k),
            factors[:count].reshape(real, len(self.real), k),
        )
        yield (
            self.pairs,
            lines[real:].reshape(pairs, 2 * columns, k),
            factors[count:].reshape(pairs, len(self.pairs), k),
        )


class Transforms(NamedTuple):
    """Those of images and filters, that whose adjoint leads to results, and how the filter slides."""

    images: Transform
    filter: Transform
    results: Transform
    windows: Windows


@lru_cache(maxsize=64)
def transforms(size: Shape, window: Shape, padding: Padding, dtype: Any) -> Transforms:
    """The transforms for images of `size` and a filter of `window`.

    They are as long as an image and its padding on one side: what comes round from the other end then
    meets that padding, or would be a result that nobody asked for.
    """
    windows = slide((1, *size, 1), (*window, 1, 1), 1, padding)
    extents = windows.extents
    lengths = [n + max(e.before, e.after) for n, e in zip(size, extents, strict=True)]
    shifts = [np.arange(e.output) - e.before for e in extents]
    return Transforms(
        _analysis(lengths, [np.arange(n) for n in size], -1, dtype),
        _analysis(lengths, [np.arange(n) for n in window], +1, dtype),
        _synthesis(lengths, shifts, dtype),
        windows,
    )


def _analysis(lengths: list[int], places: list[Array], sign: int, dtype: Any) -> Transform:
    """The transform of what is at these places, by waves that turn in the direction of `sign`."""
    half = [_waves(n, _frequencies(n), at, sign) for n, at in zip(lengths, places, strict=True)]
    whole = _waves(lengths[1], np.arange(lengths[1]), places[1], sign)
    return _transform(lengths, half, whole, _factors, dtype)


def _synthesis(lengths: list[int], places: list[Array], dtype: Any) -> Transform:
    """The transform whose adjoint makes what is at these places of products of factors."""
    half = []
    for n, at in zip(lengths, places, strict=True):
        count = np.full((n // 2 + 1, 1), 2)  # a frequency counts for its conjugate, too,
        count[: _real_frequencies(n)] = 1  # unless it is real
        half.append(_waves(n, _frequencies(n), at, -1) * count / n)
    whole = _waves(lengths[1], np.arange(lengths[1]), places[1], -1) / lengths[1]
    return _transform(lengths, half, whole, _counts, dtype)


def _real_frequencies(length: int) -> int:
    """How many frequencies of a real signal are real: 0, and half the length if that is even."""
    return min(length, 2 - length % 2)


def _frequencies(length: int) -> Array:
    """Of every two that are conjugate to each other one, after those that are real."""
    half = [] if length % 2 else [length // 2]
    return np.array([0, *half, *range(1, (length + 1) // 2)])


def _waves(length: int, frequencies: Array, places: Array, sign: int) -> Array:
    """Of each frequency the wave at the places."""
    turns = np.outer(frequencies, places) % length / length
    waves: Array = np.exp(sign * 2j * np.pi * turns)
    return waves


def _factors(z: Array) -> tuple[Array, ...]:
    """The factors of complex numbers."""
    return z.real, z.imag, z.real + z.imag


def _counts(z: Array) -> tuple[Array, ...]:
    """How the products p, q, s count in the real part of their number times the conjugate of z."""
    return z.real - z.imag, -z.real - z.imag, z.imag


def _transform(
    lengths: list[int], half: list[Array], whole: Array,
    factors: Callable[[Array], tuple[Array, ...]], dtype: Any,
) -> Transform:  # fmt: skip
    """The Transform by these waves: down and along rows, and along rows of complex numbers."""
    down = _numbers(half[0], _real_frequencies(lengths[0]), lambda z: (z.real, z.imag))
    real = _numbers(half[1], _real_frequencies(lengths[1]), factors)
    pairs = _numbers(np.hstack([whole, 1j * whole]), 0, factors)
    return Transform(*[np.ascontiguousarray(matrix, dtype) for matrix in (down, real, pairs)])


def _numbers(waves: Array, real: int, numbers: Callable[[Array], tuple[Array, ...]]) -> Array:
    """Of the first `real` waves the real parts, of the others their `numbers`, as rows of a matrix."""
    others = np.stack(numbers(waves[real:]), axis=1).reshape(-1, waves.shape[1])
    return np.concatenate([waves[:real].real, others])


# --- spectra --------------------------------------------------------------------------------------


def _form_of(part: str) -> Callable[..., Any]:
    """The shape and dtype of a spectrum (numbers, images or channels in, channels)."""

    def form(x: Any, *, size: Shape, window: Shape, padding: Padding) -> tuple[Shape, Any]:
        transform = getattr(transforms(size, window, padding, x.dtype), part)
        middle = x.shape[2] if part == "filter" else x.shape[0]
        return (transform.numbers, middle, x.shape[3]), x.dtype

    return form


def _spectrum(transform: Transform, x: Array, out: Array | None) -> Array:
    """The factors of an array (rows, columns, images or channels in, channels)."""
    rows, columns, middle, channels = x.shape
    if out is None or not out.flags.c_contiguous:
        made = np.empty((transform.numbers, middle, channels), x.dtype)
    else:
        made = out
    x = np.ascontiguousarray(x).reshape(rows, columns, middle * channels)
    transform.apply(x, made.reshape(transform.numbers, middle * channels))
    if out is None or out is made:
        return made
    out[...] = made
    return out


@kernel(_form_of("images"), by_place=(0,))
def of_images(
    x: Array, *, size: Shape, window: Shape, padding: Padding, out: Array | None = None
) -> Array:
    """The spectrum of images (n, rows, columns, channels)."""
    transform = transforms(size, window, padding, x.dtype).images
    return _spectrum(transform, by_place(x), out)


@kernel(_form_of("filter"))
def of_filter(
    filter: Array, *, size: Shape, window: Shape, padding: Padding, out: Array | None = None
) -> Array:
    """The spectrum of a filter (rows, columns, channels in, channels out)."""
    return _spectrum(transforms(size, window, padding, filter.dtype).filter, filter, out)


@kernel(_form_of("results"), by_place=(0,))
def of_results(
    grad: Array, *, size: Shape, window: Shape, padding: Padding, out: Array | None = None
) -> Array:
    """What the gradient of a convolution comes to, among the products of factors (an adjoint)."""
    transform = transforms(size, window, padding, grad.dtype).results
    return _spectrum(transform, by_place(grad), out)


# --- and back -------------------------------------------------------------------------------------


def _form(by_definition: Kernel) -> Callable[..., Any]:
    """The shape and dtype of what is computed from products as well as by definition."""

    def form(products: Any, *operands: Any, **how: Any) -> Any:
        return by_definition.result(*operands, strides=(1, 1), **how)

    return form


def _sent_back(transform: Transform, products: Array, there: Array) -> bool:
    """Writes what products of factors come to; returns whether it is finite."""
    rows, columns, middle, channels = there.shape
    made = there if there.flags.c_contiguous else np.empty(there.shape, there.dtype)
    flat = made.reshape(rows, columns, middle * channels)
    transform.adjoint(products.reshape(transform.numbers, middle * channels), flat)
    if made is not there:
        there[...] = made
    return bool(np.isfinite(there[0, 0]).all())  # every place has its share of every product


def _clear(out: Array, x: Array, down: Reads, across: Reads) -> None:
    """Sets to zero what is read, or comes, from nothing but zeros of `x`.

    `down` and `across` say for each tap which rows and columns of `out` come from which of `x`.
    """
    n, height, width, _ = out.shape
    some = _is_some(x)
    rows = np.zeros((n, height, x.shape[2]), bool)
    for there, here in down:
        rows[:, there] |= some[:, here]
    full = np.zeros((n, height, width), bool)
    for there, here in across:
        full[:, :, there] |= rows[:, :, here]
    if not full.all():
        out[~full] = 0


def _is_some(x: Array) -> Array:
    """For images (n, y, x, c) whether a pixel has any number that is not zero: axes (n, y, x)."""
    lying = by_place(x) if is_by_place(x) else x
    size = np.abs(lying).reshape(-1, x.shape[3]).dot(np.ones(x.shape[3], x.dtype))
    some: Array = (size != 0).reshape(lying.shape[:3])
    return some.transpose(2, 0, 1) if is_by_place(x) else some


def _turned(reads: Reads) -> Reads:
    """The same the other way round: which pixels come from which places."""
    return [(pixels, places) for places, pixels in reads]


@kernel(_form(convolution.conv2d), by_place=(RESULT, 1))
def conv2d(
    products: Array, x: Array, filter: Array, *, padding: Padding, out: Array | None = None
) -> Array:
    """`convolution.conv2d(x, filter)`, from `matmul(of_images(x), of_filter(filter))`."""
    known = transforms(x.shape[1:3], filter.shape[:2], padding, x.dtype)
    if out is None:
        out = np.empty((len(x), *known.windows.output, filter.shape[3]), x.dtype)
    if _sent_back(known.results, products, by_place(out)):
        _clear(out, x, known.windows.reads(0), known.windows.reads(1))
    else:
        convolution.conv2d(x, filter, strides=(1, 1), padding=padding, out=out)
    return out


@kernel(_form(convolution.conv2d_backprop_input), by_place=(RESULT, 2))
def conv2d_backprop_input(
    products: Array, filter: Array, grad: Array, *, input_shape: Shape, padding: Padding,
    out: Array | None = None,
) -> Array:  # fmt: skip
    """`convolution.conv2d_backprop_input`, from `matmul(of_results(grad), of_filter(filter)')`."""
    known = transforms(input_shape[1:3], filter.shape[:2], padding, grad.dtype)
    if out is None:
        out = np.empty(input_shape, grad.dtype)
    if _sent_back(known.images, products, by_place(out)):
        _clear(out, grad, _turned(known.windows.reads(0)), _turned(known.windows.reads(1)))
    else:
        how = {"input_shape": input_shape, "strides": (1, 1), "padding": padding}
        convolution.conv2d_backprop_input(filter, grad, **how, out=out)
    return out


@kernel(_form(convolution.conv2d_backprop_filter), by_place=(1, 2))
def conv2d_backprop_filter(
    products: Array, x: Array, grad: Array, *, filter_shape: Shape, padding: Padding,
    out: Array | None = None,
) -> Array:  # fmt: skip
    """`convolution.conv2d_backprop_filter`, from `matmul(of_images(x)', of_results(grad))`."""
    known = transforms(x.shape[1:3], filter_shape[:2], padding, x.dtype)
    if out is None:
        out = np.empty(filter_shape, x.dtype)
    if not _sent_back(known.filter, products, out):
        how = {"filter_shape": filter_shape, "strides": (1, 1), "padding": padding}
        convolution.conv2d_backprop_filter(x, grad, **how, out=out)
    return out
