"""A value in a few letters, to write beside a box or in a table."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyflow.drawing.style import shorten
from tinyflow.foundation.shapes import show_shape

__all__ = ["abbreviate"]

_ELEMENTS = 6  # an array of more is not written out
_LETTERS = 26  # nor is one that takes more


def abbreviate(value: Any) -> str:
    """A small array written out; of a larger one, the shape and the mean.

    >>> abbreviate(2.5), abbreviate([1, 2, 3]), abbreviate([[0.25, 1 / 3]])
    ('2.5', '[1 2 3]', '[[0.25 0.333]]')
    >>> abbreviate(np.full((100, 2), 0.31))
    '(100, 2) mean 0.31'
    """
    array = np.asarray(value)
    if 0 < array.size <= _ELEMENTS:
        text = _written(array.tolist())
        if array.ndim == 0 or len(text) <= _LETTERS:
            return text
    return "[]" if array.shape == (0,) else f"{show_shape(array.shape)} {_gist(array)}"


def _gist(array: NDArray[Any]) -> str:
    if array.size == 0:
        return "empty"
    if array.dtype == bool:
        return f"{np.count_nonzero(array)} true"
    if not np.issubdtype(array.dtype, np.number):
        return "strings" if array.dtype == object else str(array.dtype)
    with np.errstate(all="ignore"):
        array = array.astype(np.complex128 if np.iscomplexobj(array) else np.float64)
        mean, size = array.mean().item(), abs(array).max().item()
    # (What rounding leaves of a mean that is zero is written as zero.)
    return f"mean {_written(0.0 if abs(mean) < 1e-12 * size else mean)}"


def _written(value: Any) -> str:
    """Numbers with three digits, lists of them in brackets."""
    if isinstance(value, list):
        return f"[{' '.join(map(_written, value))}]"
    if isinstance(value, float | complex):
        value += 0.0  # a zero has no sign
        return f"{value:.0f}" if 1e3 <= abs(value) < 1e6 and value.imag == 0 else f"{value:.3g}"
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    return shorten(repr(value) if isinstance(value, str) else str(value))
