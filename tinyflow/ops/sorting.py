"""Ops that order elements, or look for equal ones: sort, searchsorted, unique."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tinyflow.foundation.dtypes import DType, as_dtype, int32
from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Spec, show_shape
from tinyflow.graph.constant_value import constant_value
from tinyflow.graph.gradient_registry import NotDifferentiable
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.arithmetic import Neg, subtract
from tinyflow.ops.array import Range, rank, reshape, shape as shape_of
from tinyflow.ops.constant import convert_to_tensor
from tinyflow.ops.joining import concat
from tinyflow.ops.operands import outputs_of, without_gradient
from tinyflow.ops.ranking import TopK, top_k
from tinyflow.ops.shaping import transpose

__all__ = ["argsort", "searchsorted", "setdiff1d", "sort", "unique", "unique_with_counts"]


# -- sorting --------------------------------------------------------------------------------------


def sort(
    values: Any, axis: int = -1, direction: str = "ASCENDING", name: str | None = None
) -> Tensor:
    """`values` in order along an axis.

    Args:
      direction: "ASCENDING" or "DESCENDING".

    Raises:
      ValueError: if there is no such direction or axis, or the axis is not a constant.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.sort([3, 1, 2], direction="DESCENDING"))
    array([3, 2, 1], dtype=int32)
    """
    with name_scope(name, "sort", [values]):
        found, order = _ranked(values, axis, direction)
        ordered = found.values if direction == "DESCENDING" else _opposite(found.values)
        return ordered if order is None else transpose(ordered, order)


def argsort(
    values: Any,
    axis: int = -1,
    direction: str = "ASCENDING",
    stable: bool = False,
    name: str | None = None,
) -> Tensor:
    """The int32 indices that would put `values` in order along an axis.

    Args:
      direction: "ASCENDING" or "DESCENDING".
      stable: whether equal elements have to keep their order (they do).

    Raises:
      ValueError: if there is no such direction or axis, or the axis is not a constant.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.argsort([3, 1, 2]))
    array([1, 2, 0], dtype=int32)
    """
    with name_scope(name, "argsort", [values]):
        found, order = _ranked(values, axis, direction)
        return found.indices if order is None else transpose(found.indices, order)


def _ranked(values: Any, axis: Any, direction: str) -> tuple[TopK, Any]:
    """All values in descending order (or their opposites), and their indices, along the last axis.

    The second result is the permutation that brought the axis there, and takes it back, if any.
    """
    values = convert_to_tensor(values, name="values")
    known = constant_value(convert_to_tensor(axis, name="axis"))
    if known is None:
        raise ValueError("axis must be a constant scalar")
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ValueError(f"{direction} should be one of ASCENDING, DESCENDING")
    order = _last_to(values, int(known))
    rows = values if order is None else transpose(values, order)
    descending = rows if direction == "DESCENDING" else _opposite(rows)
    return top_k(descending, shape_of(rows)[-1]), order


def _opposite(values: Tensor) -> Tensor:
    """Numbers in the opposite order; taken twice, the same numbers."""
    dtype = values.spec.dtype
    if dtype is None or not dtype.is_integer:
        return Neg([values])
    # -x is not there for every integer: -1 - x is, and max - x for those without a sign.
    return subtract(convert_to_tensor(dtype.max if dtype.is_unsigned else -1, dtype), values)


def _last_to(values: Tensor, axis: int) -> Any:
    """The permutation that exchanges an axis and the last one, or None if it is the last one."""
    count = values.shape.ndims
    if count is not None:
        if not -count <= axis < count:
            raise ValueError(
                f"axis {axis} is not in [{-count}, {count}): the values have {count} axes"
            )
        order = list(range(count))
        order[axis], order[-1] = order[-1], order[axis]
        return None if axis % count == count - 1 else order
    if axis == -1:
        return None
    last = rank(values) - 1
    at: Any = axis if axis >= 0 else last + (axis + 1)
    return concat([Range([0, at, 1]), [last], Range([at + 1, last, 1]), [at]], 0)


class LowerBound(Operation):
    """For each value the first place in its row of sorted inputs where it could stand."""

    out_type: DType = int32
    side: Any = "left"
    same_dtype = True
    recordable = True

    def infer(self, sorted_inputs: Spec, values: Spec) -> Spec:
        for operand, spec in (("sorted_inputs", sorted_inputs), ("values", values)):
            if spec.shape is not None and len(spec.shape) != 2:
                raise Problem(f"{operand} must be a matrix, not {show_shape(spec.shape)}")
        return Spec(self.out_type, values.shape or (None, None))

    def compute(self, sorted_inputs: Any, values: Any) -> Any:
        if len(sorted_inputs) != len(values):
            raise Problem(
                f"there must be as many rows of values as sorted ones: {len(values)} and "
                f"{len(sorted_inputs)}"
            )
        places = np.empty(values.shape, self.out_type.numpy)
        for i, row in enumerate(np.asarray(sorted_inputs)):
            places[i] = np.searchsorted(row, values[i], side=self.side)
        return places


class UpperBound(LowerBound):
    """For each value the last place in its row of sorted inputs where it could stand."""

    side = "right"


NotDifferentiable("LowerBound")
NotDifferentiable("UpperBound")


def searchsorted(
    sorted_sequence: Any,
    values: Any,
    side: str = "left",
    out_type: Any = int32,
    name: str | None = None,
) -> Tensor:
    """For each value the place where it would have to stand in a sorted row.

    Args:
      sorted_sequence: rows (along the last axis) in ascending order.
      values: of the same dtype and first axes.
      side: "left" or "right" of the elements that equal it.

    Raises:
      ValueError: if `side` is neither.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.searchsorted([1.0, 3.0, 5.0], [3.0, 9.0]))
    array([1, 3], dtype=int32)
    """
    if side not in ("left", "right"):
        raise ValueError(f"side must be either 'right' or 'left'.  Saw: {side}.")
    sequence = convert_to_tensor(sorted_sequence)
    values = convert_to_tensor(values, sequence.spec.dtype)
    rows = [reshape(x, concat([[-1], shape_of(x)[-1:]], 0)) for x in (sequence, values)]
    bound = LowerBound if side == "left" else UpperBound
    return reshape(bound(rows, name=name, out_type=as_dtype(out_type)), shape_of(values))


# -- equal elements -------------------------------------------------------------------------------


class UniqueWithCounts(Operation):
    """The distinct elements of a vector, which of them each element is, and how often they come."""

    out_idx: DType = int32
    recordable = True

    def infer(self, x: Spec) -> tuple[Spec, ...]:
        if x.shape is not None and len(x.shape) != 1:
            raise Problem(f"unique expects a vector, but the shape is {show_shape(x.shape)}")
        return (
            Spec(x.dtype, (None,)),
            Spec(self.out_idx, x.shape or (None,)),
            Spec(self.out_idx, (None,)),
        )

    def compute(self, x: Any) -> Any:
        y, first, which, count = np.unique(
            x, return_index=True, return_inverse=True, return_counts=True, equal_nan=False
        )
        order = np.argsort(first)  # as they come, not by size
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        dtype = self.out_idx.numpy
        return y[order], place[which.reshape(-1)].astype(dtype), count[order].astype(dtype)


class Unique(UniqueWithCounts):
    """The distinct elements of a vector, and which of them each element is."""

    def infer(self, x: Spec) -> tuple[Spec, ...]:
        return super().infer(x)[:2]

    def compute(self, x: Any) -> Any:
        return super().compute(x)[:2]


without_gradient("UniqueWithCounts")
without_gradient("Unique")


class Distinct(NamedTuple):
    """What `unique` returns."""

    y: Tensor
    idx: Tensor


class Counted(NamedTuple):
    """What `unique_with_counts` returns."""

    y: Tensor
    idx: Tensor
    count: Tensor  # type: ignore[assignment]


# The names that TF 1.15's have when they are printed.
Distinct.__name__, Counted.__name__ = "Unique", "UniqueWithCounts"


def unique(x: Any, out_idx: Any = int32, name: str | None = None) -> Distinct:
    """The distinct elements of a vector, in the order in which they first come.

    Returns:
      A named tuple (y, idx) with y[idx[i]] = x[i].

    Raises:
      ValueError: if `x` is no vector.

    >>> import tinyflow as tf
    >>> tuple(v.tolist() for v in tf.Session().run(tf.unique([4, 1, 4])))
    ([4, 1], [0, 1, 0])
    """
    return Distinct(*outputs_of(Unique([x], name=name, out_idx=as_dtype(out_idx))))


def unique_with_counts(x: Any, out_idx: Any = int32, name: str | None = None) -> Counted:
    """`unique`, with how often each element is there: a named tuple (y, idx, count)."""
    return Counted(*outputs_of(UniqueWithCounts([x], name=name, out_idx=as_dtype(out_idx))))


class ListDiff(Operation):
    """The elements of one vector that are not in another, and their indices."""

    out_idx: DType = int32
    same_dtype = True
    recordable = True

    def infer(self, x: Spec, y: Spec) -> tuple[Spec, Spec]:
        for operand, spec in (("x", x), ("y", y)):
            if spec.shape is not None and len(spec.shape) != 1:
                raise Problem(f"{operand} must be a vector, not {show_shape(spec.shape)}")
        return Spec(x.dtype, (None,)), Spec(self.out_idx, (None,))

    def compute(self, x: Any, y: Any) -> Any:
        left = np.logical_not(np.isin(x, y))
        return x[left], np.flatnonzero(left).astype(self.out_idx.numpy)


without_gradient("ListDiff")


class Difference(NamedTuple):
    """What `setdiff1d` returns."""

    out: Tensor
    idx: Tensor


Difference.__name__ = "ListDiff"


def setdiff1d(x: Any, y: Any, index_dtype: Any = int32, name: str | None = None) -> Difference:
    """The elements of the vector `x` that are not in the vector `y`, in their order.

    Returns:
      A named tuple (out, idx) with out[i] = x[idx[i]].

    >>> import tinyflow as tf
    >>> tuple(v.tolist() for v in tf.Session().run(tf.setdiff1d([1, 2, 3, 4], [2, 4])))
    ([1, 3], [0, 2])
    """
    return Difference(*outputs_of(ListDiff([x, y], name=name, out_idx=as_dtype(index_dtype))))
