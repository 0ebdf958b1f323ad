"""Updates of some of a variable's rows, or of some places in it: scatter_add, scatter_nd_update.

An index that comes twice is updated twice, in order.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Shape, Spec, merge_shapes, show_shape
from tinyflow.graph.gradient_registry import NotDifferentiable
from tinyflow.graph.operation import Tensor
from tinyflow.ops.indexing import check_range, update_rows
from tinyflow.ops.operands import Indexed, check_integers, common_dtype
from tinyflow.ops.scattering import TensorScatterAdd, TensorScatterSub, TensorScatterUpdate
from tinyflow.ops.state import Update, as_ref

__all__ = [
    "scatter_add", "scatter_div", "scatter_max", "scatter_min", "scatter_mul", "scatter_nd_add",
    "scatter_nd_sub", "scatter_nd_update", "scatter_sub", "scatter_update",
]  # fmt: skip


class ScatterAdd(Indexed, Update):
    """Adds `updates[i]` to the variable's row `indices[i]`."""

    same_dtype = False  # the indices are integers
    index_operands = ("indices",)
    step: ClassVar[np.ufunc | None] = np.add  # old row, update -> new row; None: the update

    def infer(self, ref: Spec, indices: Spec, updates: Spec) -> Spec:
        check_integers(indices=indices.dtype)
        _check_rows(ref.shape, indices.shape, updates.shape)
        return Spec(common_dtype(ref=ref.dtype, updates=updates.dtype), ref.shape)

    def compute(self, ref: Any, indices: Any, updates: Any) -> Any:
        _check_rows(ref.shape, indices.shape, updates.shape)
        check_range(indices, len(ref))
        result, rows = np.array(ref), np.ravel(indices)
        values = np.broadcast_to(updates, (*indices.shape, *ref.shape[1:]))
        values = np.reshape(values, (len(rows), *ref.shape[1:]))
        if self.step is None:
            result[rows] = values
            return result
        return update_rows(self.step, result, rows, values)


class ScatterSub(ScatterAdd):
    """Subtracts `updates[i]` from the variable's row `indices[i]`."""

    step = np.subtract


class ScatterMul(ScatterAdd):
    """Multiplies the variable's row `indices[i]` by `updates[i]`."""

    step = np.multiply


class ScatterDiv(ScatterAdd):
    """Divides the variable's row `indices[i]` by `updates[i]`."""

    step = np.divide


class ScatterMin(ScatterAdd):
    """Gives the variable's row `indices[i]` the elements less than its own in `updates[i]`."""

    step = np.minimum


class ScatterMax(ScatterAdd):
    """Gives the variable's row `indices[i]` the elements greater than its own in `updates[i]`."""

    step = np.maximum


class ScatterUpdate(ScatterAdd):
    """Gives the variable's row `indices[i]` the value `updates[i]`."""

    step = None


class ScatterNdUpdate(TensorScatterUpdate, Update):
    """Gives the variable new values at the places named."""

    same_dtype = False


class ScatterNdAdd(TensorScatterAdd, Update):
    """Adds to the variable at the places named."""

    same_dtype = False


class ScatterNdSub(TensorScatterSub, Update):
    """Subtracts from the variable at the places named."""

    same_dtype = False


_ND = (ScatterNdUpdate, ScatterNdAdd, ScatterNdSub)
for _class in (ScatterAdd, *ScatterAdd.__subclasses__(), *_ND):
    NotDifferentiable(_class.op_type)


def _check_rows(ref: Shape, indices: Shape, updates: Shape) -> None:
    """Raises a Problem unless there is one row (or one number) for each index."""
    if ref is not None and not ref:
        raise Problem("a scalar variable has no rows to update")
    if ref is None or indices is None or not updates:
        return
    try:
        merge_shapes(updates, (*indices, *ref[1:]))
    except ValueError:
        raise Problem(
            "updates.shape must be indices.shape + variable.shape[1:], or []; got updates "
            f"{show_shape(updates)}, indices {show_shape(indices)}, variable {show_shape(ref)}"
        ) from None


def scatter_update(
    ref: Any, indices: Any, updates: Any, use_locking: bool = True, name: str | None = None
) -> Tensor:
    """Gives a variable's row `indices[i]` the value `updates[i]`.

    Returns:
      A tensor: the variable's new value.

    Raises:
      ValueError: if the shapes do not fit.
      TypeError: if the indices are not integers, or the updates have another dtype.
      InvalidArgumentError: in a run, if an index is out of range.

    >>> import tinyflow as tf
    >>> v = tf.Variable([1, 2, 3])
    >>> tf.Session().run(tf.scatter_update(v, [0, 2], [10, 30]))
    array([10,  2, 30], dtype=int32)
    """
    return ScatterUpdate([as_ref(ref), indices, updates], name=name)


def scatter_add(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Adds `updates[i]` to a variable's row `indices[i]`; returns the new value."""
    return ScatterAdd([as_ref(ref), indices, updates], name=name)


def scatter_sub(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Subtracts `updates[i]` from a variable's row `indices[i]`; returns the new value."""
    return ScatterSub([as_ref(ref), indices, updates], name=name)


def scatter_mul(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Multiplies a variable's row `indices[i]` by `updates[i]`; returns the new value."""
    return ScatterMul([as_ref(ref), indices, updates], name=name)


def scatter_div(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Divides a variable's row `indices[i]` by `updates[i]`; returns the new value."""
    return ScatterDiv([as_ref(ref), indices, updates], name=name)


def scatter_min(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Gives a variable's row `indices[i]` the minimum of itself and `updates[i]`."""
    return ScatterMin([as_ref(ref), indices, updates], name=name)


def scatter_max(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Gives a variable's row `indices[i]` the maximum of itself and `updates[i]`."""
    return ScatterMax([as_ref(ref), indices, updates], name=name)


def scatter_nd_update(
    ref: Any, indices: Any, updates: Any, use_locking: bool = True, name: str | None = None
) -> Tensor:
    """Gives a variable the values `updates` at the places that the rows of `indices` name."""
    return ScatterNdUpdate([as_ref(ref), indices, updates], name=name)


def scatter_nd_add(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Adds `updates` to a variable at the places that the rows of `indices` name."""
    return ScatterNdAdd([as_ref(ref), indices, updates], name=name)


def scatter_nd_sub(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Subtracts `updates` from a variable at the places that the rows of `indices` name."""
    return ScatterNdSub([as_ref(ref), indices, updates], name=name)
