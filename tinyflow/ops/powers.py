"""Powers, and products with 0 where the other factor has no value: x**y, x log y, x / y."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.foundation.dtypes import float32
from tinyflow.foundation.errors import Problem
from tinyflow.graph.constant_value import constant_value
from tinyflow.graph.gradient_registry import RegisterGradient
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.arithmetic import negative, square
from tinyflow.ops.base import Elementwise
from tinyflow.ops.comparison import equal, greater, logical_and, not_equal, where_v2
from tinyflow.ops.constant import define_operator
from tinyflow.ops.conversion import cast, conj
from tinyflow.ops.functions import log

__all__ = ["pow", "xdivy", "xlogy"]


class Pow(Elementwise):
    """x to the power y."""

    def compute(self, x: Any, y: Any) -> Any:
        if x.dtype.kind in "iu" and y.dtype.kind == "i" and np.any(np.less(y, 0)):
            raise Problem(
                "Integers to negative integer powers are not allowed",
                "tf.cast the base and the exponent to tf.float32",
            )
        return np.power(x, y)


@RegisterGradient("Pow")
def _pow_grad(op: Operation, grad: Any) -> Any:
    x, y = map(conj, op.inputs)
    z = conj(op.outputs[0])
    # d/dx = y x**(y - 1), and d/dy = z log(x), which is 0 where x < 0 has no real logarithm and
    # where x is 0.
    has_log = not_equal(x, 0) if x.spec.dtype and x.spec.dtype.is_complex else greater(x, 0)
    grad_x = grad * y * _regular_base(x, y) ** (y - 1)
    grad_y = grad * z * log(where_v2(has_log, x, 1))
    return grad_x, grad_y


def _regular_base(x: Any, y: Any) -> Any:
    """x, but 1 where x and y are 0: there the derivative of x**0 is 0, not 0 * 0**-1 = nan."""
    known = constant_value(y)
    if known is not None and np.all(known):
        return x
    return where_v2(logical_and(equal(x, 0), equal(y, 0)), 1, x)


def pow(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x to the power y, element-wise, with broadcasting: Python's `**`.

    Raises:
      InvalidArgumentError: in a run, if an int is to be raised to a negative power.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.pow([[2, 2], [3, 3]], [[8, 16], [2, 3]]))
    array([[  256, 65536],
           [    9,    27]], dtype=int32)
    """
    return Pow([x, y], name=name)


define_operator("__pow__", Pow, "pow")


class Xlogy(Elementwise):
    """x * log(y), but 0 wherever x is 0."""

    kinds = "fc"

    def compute(self, x: Any, y: Any) -> Any:
        return np.where(np.equal(x, 0), x.dtype.type(0), x * np.log(y))


@RegisterGradient("Xlogy")
def _xlogy_grad(op: Operation, grad: Any) -> Any:
    x, y = map(conj, op.inputs)
    return grad * xlogy(_is_nonzero(x), y), grad * xdivy(x, y)


class Xdivy(Elementwise):
    """x / y, but 0 wherever x is 0."""

    kinds = "fc"

    def compute(self, x: Any, y: Any) -> Any:
        return np.where(np.equal(x, 0), x.dtype.type(0), x / y)


@RegisterGradient("Xdivy")
def _xdivy_grad(op: Operation, grad: Any) -> Any:
    x, y = map(conj, op.inputs)
    return grad * xdivy(_is_nonzero(x), y), grad * xdivy(negative(x), square(y))


def _is_nonzero(x: Tensor) -> Tensor:
    """1 where x is not 0, and 0 where it is."""
    return cast(not_equal(x, 0), x.spec.dtype or float32)


def xlogy(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x * log(y), element-wise, but 0 wherever x is 0, whatever y is.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.math.xlogy([0.0, 2.0], [0.0, 1.0]))
    array([0., 0.], dtype=float32)
    """
    return Xlogy([x, y], name=name)


def xdivy(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y, element-wise, but 0 wherever x is 0, whatever y is."""
    return Xdivy([x, y], name=name)
