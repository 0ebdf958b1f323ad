"""Rules about convolutions: products of matrices for filters of one pixel, of spectra for large ones."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from tinyflow.compiler.record import Expr
from tinyflow.compiler.rules.rule import rule
from tinyflow.foundation import spectra

CONV = "convolution.conv2d"
TO_IMAGES = "convolution.conv2d_backprop_input"
TO_FILTER = "convolution.conv2d_backprop_filter"


def _is_plain(x: Expr) -> bool:
    """True for strides of one, channels that come last, and floating-point numbers that are alike."""
    how = dict(x.kwargs)
    return (
        how["strides"] == (1, 1)
        and "data_format" not in how
        and all(part.dtype == x.dtype for part in x.args)
        and x.dtype in (np.float32, np.float64)
    )


# -- convolutions of single pixels -----------------------------------------------------------------


@rule(CONV)
def pixelwise_product(x: Expr) -> Any:
    """conv2d(x, w) -> matmul(x, w), pixel by pixel, for filters of one pixel"""
    images, filters = x.args
    if not _is_pixelwise(x, filters.shape):
        return None
    product = np.matmul(*_as_matrices(images, filters))
    return np.reshape(product, x.shape)


@rule(TO_IMAGES)
def pixelwise_product_back(x: Expr) -> Any:
    """conv2d_backprop_input(w, g) -> matmul(g, w.T), for filters of one pixel"""
    filters, grad = x.args
    if not _is_pixelwise(x, filters.shape):
        return None
    sent, weights = _as_matrices(grad, filters)
    return np.reshape(np.matmul(sent, np.transpose(weights)), x.shape)


@rule(TO_FILTER)
def pixelwise_sum_of_products(x: Expr) -> Any:
    """conv2d_backprop_filter(x, g) -> matmul(x.T, g), for filters of one pixel"""
    if not _is_pixelwise(x, x.shape):
        return None
    images, sent = _as_matrices(*x.args)
    return np.reshape(np.matmul(np.transpose(images), sent), x.shape)


def _is_pixelwise(x: Expr, filters: tuple[int, ...]) -> bool:
    return filters[:2] == (1, 1) and dict(x.kwargs)["padding"] in ("SAME", "VALID") and _is_plain(x)


def _as_matrices(*arrays: Expr) -> Iterator[Any]:
    for x in arrays:
        yield np.reshape(x, (math.prod(x.shape[:3]), x.shape[3]))


# -- convolutions of whole images ------------------------------------------------------------------


@rule(CONV, TO_IMAGES, TO_FILTER, last=True)
def convolution_theorem(x: Expr) -> Any:
    """conv2d(x, w) -> back(spectrum(x) * conjugate(spectrum(w))), and its two gradients likewise

    Each spectrum, of the images, the filter and the gradient, is of use to two of the three.
    """
    (a, b), (images, filter) = x.args, _shapes(x)
    if not _is_plain(x) or "dilations" in dict(x.kwargs):
        return None
    if max(images[1:3]) > _LARGEST or 0 in (x.size, a.size, b.size):
        return None
    padding = dict(x.kwargs)["padding"]
    form: dict[str, Any] = {"size": images[1:3], "window": filter[:2], "padding": padding}
    if not _pays(images, filter, spectra.transforms(**form, dtype=x.dtype)):
        return None
    if x.fn == CONV:
        products = np.matmul(spectra.of_images(a, **form), spectra.of_filter(b, **form))
        return spectra.conv2d(products, a, b, padding=padding)
    if x.fn == TO_IMAGES:
        products = np.matmul(spectra.of_results(b, **form), _turned(spectra.of_filter(a, **form)))
        return spectra.conv2d_backprop_input(products, a, b, input_shape=images, padding=padding)
    products = np.matmul(_turned(spectra.of_images(a, **form)), spectra.of_results(b, **form))
    return spectra.conv2d_backprop_filter(products, a, b, filter_shape=filter, padding=padding)


def _turned(spectrum: Any) -> Any:
    return np.transpose(spectrum, (0, 2, 1))


def _shapes(x: Expr) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Those of the images and of the filter, of a convolution or its gradient."""
    first, second = x.args
    if x.fn == CONV:
        return first.shape, second.shape
    return (x.shape, first.shape) if x.fn == TO_IMAGES else (first.shape, x.shape)


def _pays(images: tuple[int, ...], filter: tuple[int, ...], known: spectra.Transforms) -> bool:
    """True if it is less work with spectra, and they are not too large.

    The unit is a multiplication within a large product of matrices.  How much longer it takes within many
    small ones, to compute a number of a spectrum, and to copy a number for the convolution or add up the
    products of a row of the filter, was measured.
    """
    n, into, out_of = images[0], *filter[2:]
    places, each = n * math.prod(known.windows.output), into * out_of
    direct = places * (math.prod(filter) + _COPIED * filter[0] * (into + out_of))
    numbers, spectrum = known.images.numbers, n * (into + out_of) + each
    waves = _TRANSFORMED + sum(images[1:3])
    spectral = numbers * (_SMALL * n * each + waves * spectrum)
    return _MARGIN * spectral < direct and numbers * spectrum <= _NUMBERS


_LARGEST = 36  # pixels in a row or column; the matrices of larger images have too many numbers
_NUMBERS = 1 << 24  # in three spectra, which are kept from the forward pass for the gradients
_SMALL, _TRANSFORMED, _COPIED = 2.4, 40, 25
_MARGIN = 1.15
