"""`tf.bitwise`: ints as rows of bits."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.graph.gradient_registry import NotDifferentiable
from tinyflow.graph.operation import Tensor
from tinyflow.ops.base import Elementwise

__all__ = [
    "bitwise_and", "bitwise_or", "bitwise_xor", "invert", "left_shift", "right_shift",
]  # fmt: skip


class _Bits(Elementwise):
    """An op on the bits of ints."""

    kinds = "iu"


class BitwiseAnd(_Bits):
    """The bits that are set in both."""

    def compute(self, x: Any, y: Any) -> Any:
        return np.bitwise_and(x, y)


class BitwiseOr(_Bits):
    """The bits that are set in at least one."""

    def compute(self, x: Any, y: Any) -> Any:
        return np.bitwise_or(x, y)


class BitwiseXor(_Bits):
    """The bits that are set in just one."""

    def compute(self, x: Any, y: Any) -> Any:
        return np.bitwise_xor(x, y)


class Invert(_Bits):
    """The bits that are not set."""

    def compute(self, x: Any) -> Any:
        return np.invert(x)


def _steps(x: Any, y: Any) -> Any:
    """How far to shift: C leaves open what a shift by less than 0 or by the whole width gives."""
    return np.minimum(np.maximum(y, 0), 8 * x.dtype.itemsize - 1)


class LeftShift(_Bits):
    """The bits, y places further to the left."""

    def compute(self, x: Any, y: Any) -> Any:
        return np.left_shift(x, _steps(x, y))


class RightShift(_Bits):
    """The bits, y places further to the right; the sign is kept."""

    def compute(self, x: Any, y: Any) -> Any:
        return np.right_shift(x, _steps(x, y))


for _type in ("BitwiseAnd", "BitwiseOr", "BitwiseXor", "Invert", "LeftShift", "RightShift"):
    NotDifferentiable(_type)


def bitwise_and(x: Any, y: Any, name: str | None = None) -> Tensor:
    """The bits that are set in both ints, element-wise."""
    return BitwiseAnd([x, y], name=name)


def bitwise_or(x: Any, y: Any, name: str | None = None) -> Tensor:
    """The bits that are set in at least one of two ints, element-wise."""
    return BitwiseOr([x, y], name=name)


def bitwise_xor(x: Any, y: Any, name: str | None = None) -> Tensor:
    """The bits that are set in just one of two ints, element-wise."""
    return BitwiseXor([x, y], name=name)


def invert(x: Any, name: str | None = None) -> Tensor:
    """The bits that are not set, element-wise: -x - 1 of a signed int."""
    return Invert([x], name=name)


def left_shift(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x with its bits y places further to the left, element-wise.

    y is taken as 0 if it is less, and as the number of bits less one if it is more.
    """
    return LeftShift([x, y], name=name)


def right_shift(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x with its bits y places further to the right, element-wise; negative numbers stay so.

    y is taken as 0 if it is less, and as the number of bits less one if it is more.
    """
    return RightShift([x, y], name=name)
