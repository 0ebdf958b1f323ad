"""Whether the elements of a tensor are in order."""

from __future__ import annotations

from typing import Any

from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Tensor
from tinyflow.ops.array import reshape
from tinyflow.ops.comparison import less, less_equal
from tinyflow.ops.constant import convert_to_tensor
from tinyflow.ops.reduction import reduce_all

__all__ = ["is_non_decreasing", "is_strictly_increasing"]


def _in_order(relation: Any, x: Any) -> Tensor:
    """Whether the relation holds between each element and the next, row after row."""
    flat = reshape(convert_to_tensor(x, name="x"), [-1])
    ordered: Tensor = reduce_all(relation(flat[:-1], flat[1:]))
    return ordered


def is_non_decreasing(x: Any, name: str | None = None) -> Tensor:
    """Whether no element is less than the one before it: a scalar, true for fewer than two.

    >>> import tinyflow as tf
    >>> bool(tf.Session().run(tf.is_non_decreasing([1, 2, 2])))
    True
    """
    with name_scope(name, "is_non_decreasing", [x]):
        return _in_order(less_equal, x)


def is_strictly_increasing(x: Any, name: str | None = None) -> Tensor:
    """Whether each element is greater than the one before it: a scalar, true for fewer than two.

    >>> import tinyflow as tf
    >>> bool(tf.Session().run(tf.is_strictly_increasing([1, 2, 2])))
    False
    """
    with name_scope(name, "is_strictly_increasing", [x]):
        return _in_order(less, x)
