"""Ops that take parts of a tensor: `x[...]`, gather, masks, and reversing."""

from __future__ import annotations

import math
from builtins import range as _range, slice as _slice
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinyflow.foundation.dtypes import bool_, int32, int64
from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Spec
from tinyflow.graph.constant_value import constant_value
from tinyflow.graph.gradient_registry import NotDifferentiable, RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.graph.operators import operator
from tinyflow.ops.array import reshape, shape as shape_of
from tinyflow.ops.base import merged
from tinyflow.ops.comparison import where as select, where_v2 as select_v2
from tinyflow.ops.constant import convert_to_tensor, is_tensor
from tinyflow.ops.joining import concat
from tinyflow.ops.operands import Indexed, axis_number, check_integers, check_rank, renamed
from tinyflow.ops.padding import slice as slice
from tinyflow.ops.shaping import squeeze
from tinyflow.ops.slicing import strided

__all__ = [
    "batch_gather", "boolean_mask", "gather", "reverse", "reverse_sequence", "reverse_v2", "where",
    "where_v2",
]  # fmt: skip


# -- gather ---------------------------------------------------------------------------------------


class _Gathering(Indexed):
    batch_dims: int = 0
    index_operands = ("indices", "axis")

    def place(self, axis: Any, rank: int, index_rank: int) -> int:
        at = axis_number(axis, rank)
        if not self.batch_dims <= min(at, index_rank):
            raise Problem(
                f"batch_dims ({self.batch_dims}) must not be more than the axis ({at}), or than "
                f"the rank of indices ({index_rank})"
            )
        return at

    def rows(self, shape: Sequence[int], indices: Any, at: int) -> tuple[tuple[int, ...], Any]:
        """Which rows the indices name, where a row is params at one place of its batch and of `at`.

        Returns:
          The shape of a row, and the rows' numbers.
        """
        batch = self.batch_dims
        starts = np.arange(math.prod(shape[:batch])) * shape[at]
        flat = np.reshape(indices, (len(starts), math.prod(indices.shape[batch:])))
        return (*shape[batch:at], *shape[at + 1 :]), np.ravel(flat + starts[:, None])


class GatherV2(_Gathering):
    """The slices of `params` along an axis that the indices name."""

    def infer(self, params: Spec, indices: Spec, axis: Spec) -> Spec:
        check_integers(indices=indices.dtype, axis=axis.dtype)
        number, batch = constant_value(self.inputs[2]), self.batch_dims
        if params.shape is None or indices.shape is None:
            return Spec(params.dtype)
        if number is None:
            return Spec(
                params.dtype, (None,) * (len(params.shape) + len(indices.shape) - 1 - batch)
            )
        at = self.place(number, len(params.shape), len(indices.shape))
        same = merged(
            params.shape[:batch], indices.shape[:batch], "params and indices differ in a batch axis"
        )
        assert same is not None
        return Spec(
            params.dtype,
            (*same, *params.shape[batch:at], *indices.shape[batch:], *params.shape[at + 1 :]),
        )

    def compute(self, params: Any, indices: Any, axis: Any) -> Any:
        at = self.place(axis, params.ndim, indices.ndim)
        check_range(indices, params.shape[at])
        if not self.batch_dims:
            return np.take(params, indices, axis=at)
        inner, rows = self.rows(params.shape, indices, at)
        flat = np.reshape(np.moveaxis(params, at, self.batch_dims), (-1, *inner))
        taken = np.reshape(flat[rows], (*indices.shape, *inner))
        places = _range(self.batch_dims, indices.ndim)
        return np.moveaxis(taken, places, [i + at - self.batch_dims for i in places])


def check_range(indices: Any, size: int, operand: str = "indices") -> None:
    """Raises a Problem unless all indices are from 0 to size - 1."""
    if indices.size and (np.min(indices) < 0 or np.max(indices) >= size):
        place = tuple(np.argwhere((indices < 0) | (indices >= size))[0].tolist())
        at = f"[{', '.join(map(str, place))}]" if place else ""
        raise Problem(f"{operand}{at} = {indices[place]} is not in [0, {size})")


def update_rows(ufunc: np.ufunc, into: Any, rows: Any, values: Any) -> Any:
    """`into` with into[row] = ufunc(into[row], value), for each row and value in turn.

    It does so number by number, which is what NumPy does fast.
    """
    width = math.prod(into.shape[1:])
    places = np.ravel(rows.astype(np.intp)[:, None] * width + np.arange(width))
    ufunc.at(np.reshape(into, -1), places, np.reshape(values, -1))
    return into


class GatherGrad(_Gathering):
    """Zeros in the shape of `params`, to which is added what was gathered from there."""

    def infer(self, grad: Spec, indices: Spec, params: Spec, axis: Spec) -> Spec:
        return Spec(grad.dtype, params.shape)

    def compute(self, grad: Any, indices: Any, params: Any, axis: Any) -> Any:
        at, batch = self.place(axis, params.ndim, indices.ndim), self.batch_dims
        inner, rows = self.rows(params.shape, indices, at)
        places = _range(batch, indices.ndim)
        taken = np.moveaxis(grad, [i + at - batch for i in places], places)
        whole = np.zeros((*params.shape[:batch], params.shape[at], *inner), grad.dtype)
        flat = np.reshape(whole, (math.prod(whole.shape[: batch + 1]), *inner))
        update_rows(np.add, flat, rows, taken)
        return np.moveaxis(whole, batch, at)


@RegisterGradient("GatherV2")
def _gather_grad(op: Operation, grad: Tensor) -> Any:
    params, indices, axis = op.inputs
    batch_dims = op.get_attr("batch_dims")
    return GatherGrad((grad, indices, params, axis), batch_dims=batch_dims), None, None


@RegisterGradient("GatherGrad")
def _gather_grad_grad(op: Operation, grad: Tensor) -> Any:
    _, indices, _, axis = op.inputs
    return GatherV2((grad, indices, axis), batch_dims=op.get_attr("batch_dims")), None, None, None


def gather(
    params: Any, indices: Any, validate_indices: Any = None, name: str | None = None,
    axis: Any = None, batch_dims: int = 0,
) -> Tensor:  # fmt: skip
    """The slices of `params` along `axis` that `indices` names.

    The result has the shape of `params`, with that of `indices` instead of the axis.

    Args:
      indices: ints from 0 to the size of the axis - 1, in any shape.
      axis: by default `batch_dims`: the first one after the batch axes.
      batch_dims: how many first axes `params` and `indices` share: the indices of each element of
        the batch are for that element of `params` only.

    Raises:
      InvalidArgumentError: in a run, if an index is out of range (negative ones are, too).

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.gather([[1, 2], [3, 4], [5, 6]], [2, 0]))
    array([[5, 6],
           [1, 2]], dtype=int32)
    """
    axis = batch_dims if axis is None else axis
    if batch_dims < 0:
        indices = convert_to_tensor(indices, preferred_dtype=int32)
        if indices.spec.shape is None:
            raise ValueError("tf.gather with a negative batch_dims needs indices of known rank")
        batch_dims += len(indices.spec.shape)
    return GatherV2([params, indices, axis], name=name, batch_dims=batch_dims)


def batch_gather(params: Any, indices: Any, name: str | None = None) -> Tensor:
    """`gather` along the last axis of `indices`; all axes before it are batch axes.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.batch_gather([[1, 2], [3, 4]], [[0], [1]]))
    array([[1],
           [4]], dtype=int32)
    """
    indices = convert_to_tensor(indices, preferred_dtype=int32)
    if not indices.spec.shape:
        raise ValueError(f"batch_gather does not allow indices of shape {indices.shape}")
    last = len(indices.spec.shape) - 1
    return gather(params, indices, name=name or "BatchGather", axis=last, batch_dims=last)


# -- masks ----------------------------------------------------------------------------------------


class Where(Operation):
    """The places where the condition holds, as rows of indices."""

    recordable = True

    def infer(self, condition: Spec) -> Spec:
        return Spec(int64, (None, None if condition.shape is None else len(condition.shape)))

    def compute(self, condition: Any) -> Any:
        return np.argwhere(condition).astype(np.int64)


NotDifferentiable("Where")


def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """With three tensors x where the condition holds, else y; with one, the places where it holds.

    Args:
      condition: bools (with one tensor also numbers: those that are not 0 hold).
      x, y: tensors of one shape; the condition has that shape, too, or is a vector that chooses
        rows, or a scalar.

    Returns:
      Without x and y an int64 matrix: for each place a row of indices, one for each axis.

    Raises:
      ValueError: if only one of x and y is given, or the shapes do not fit.

    >>> import tinyflow as tf
    >>> session = tf.Session()
    >>> session.run(tf.where([[True, False], [True, True]]))
    array([[0, 0],
           [1, 0],
           [1, 1]])
    >>> session.run(tf.where([True, False], [1, 2], [10, 20]))
    array([ 1, 20], dtype=int32)
    """
    return _where(condition, x, y, name, select)


def where_v2(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """`tf.where`, but with three tensors that broadcast."""
    return _where(condition, x, y, name, select_v2)


def _where(condition: Any, x: Any, y: Any, name: str | None, choose: Any) -> Tensor:
    if x is None and y is None:
        return Where([condition], name=name)
    if x is None or y is None:
        raise ValueError("x and y must both be non-None or both be None.")
    chosen: Tensor = choose(condition, x, y, name)
    return chosen


def boolean_mask(
    tensor: Any, mask: Any, name: str | None = "boolean_mask", axis: Any = None
) -> Tensor:
    """The parts of `tensor` where a mask is True.

    Args:
      mask: bools of known rank, shaped as the axes of `tensor` from `axis` (0) on; in the result
        one axis takes the place of these.

    Raises:
      ValueError: if the mask is a scalar or of unknown rank, or its shape does not fit.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.boolean_mask([[1, 2], [3, 4]], [[True, False], [True, True]]))
    array([1, 3, 4], dtype=int32)
    """
    with name_scope(name, "boolean_mask", [tensor, mask]):
        tensor = convert_to_tensor(tensor, name="tensor")
        mask = convert_to_tensor(mask, name="mask")
        count = mask.shape.ndims
        if count == 0:
            raise ValueError("mask cannot be scalar.")
        if count is None:
            raise ValueError(
                "Number of mask dimensions must be specified, even if some dimensions are None.  "
                "E.g. shape=[None] is ok, but shape=None is not."
            )
        first = 0 if axis is None else int(axis)
        tensor.shape[first : first + count].assert_is_compatible_with(mask.shape)
        if count > 1:
            sizes = shape_of(tensor)
            tensor = reshape(tensor, concat([sizes[:first], [-1], sizes[first + count :]], 0))
            mask = reshape(mask, [-1])
        return gather(tensor, squeeze(Where([mask]), [1]), axis=first)


# -- reversing ------------------------------------------------------------------------------------


class ReverseV2(Indexed):
    """The input with some axes in reverse."""

    index_operands = ("axis",)

    def infer(self, tensor: Spec, axis: Spec) -> Spec:
        check_integers(axis=axis.dtype)
        check_rank(1, axis=axis)
        axes = constant_value(self.inputs[1])
        if axes is not None and tensor.shape is not None:
            self.key(axes, len(tensor.shape))
        return tensor

    @staticmethod
    def key(axes: Any, rank: int) -> tuple[Any, ...]:
        key = [_slice(None)] * rank
        for axis in np.ravel(axes).tolist():
            at = axis_number(axis, rank)
            if key[at].step:
                raise Problem(f"axis {at} specified more than once")
            key[at] = _slice(None, None, -1)
        return tuple(key)

    def compute(self, tensor: Any, axis: Any) -> Any:
        return tensor[self.key(axis, tensor.ndim)]


@RegisterGradient("ReverseV2")
def _reverse_grad(op: Operation, grad: Tensor) -> Any:
    return reverse(grad, op.inputs[1]), None


def reverse(tensor: Any, axis: Any, name: str | None = None) -> Tensor:
    """`tensor` with the axes in the list `axis` in reverse.

    Raises:
      ValueError: if there is no such axis, or one is named twice; in a run an
        InvalidArgumentError.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.reverse([1, 2, 3], [0]))
    array([3, 2, 1], dtype=int32)
    """
    return ReverseV2([tensor, axis], name=name)


reverse_v2 = reverse


class ReverseSequence(Indexed):
    """The input with the first elements of an axis in reverse, in each row of a batch so many."""

    seq_dim: int
    batch_dim: int = 0
    index_operands = ("seq_lengths",)

    def infer(self, input: Spec, seq_lengths: Spec) -> Spec:
        check_integers(seq_lengths=seq_lengths.dtype)
        if input.shape is None:
            return input
        batch, _ = self.axes(len(input.shape))
        count = input.shape[batch : batch + 1]
        count = merged(
            count, seq_lengths.shape, "seq_lengths needs one length for each row of the batch"
        )  # type: ignore[assignment]
        return Spec(input.dtype, (*input.shape[:batch], *count, *input.shape[batch + 1 :]))

    def axes(self, rank: int) -> tuple[int, int]:
        batch, along = axis_number(self.batch_dim, rank), axis_number(self.seq_dim, rank)
        if batch == along:
            raise Problem(f"batch_dim == seq_dim == {along}")
        return batch, along

    def compute(self, input: Any, seq_lengths: Any) -> Any:
        batch, along = self.axes(input.ndim)
        merged(
            input.shape[batch : batch + 1],
            seq_lengths.shape,
            "seq_lengths needs one length for each row of the batch",
        )
        check_range(seq_lengths, input.shape[along] + 1, "seq_lengths")
        shape = [1] * input.ndim
        lengths = np.reshape(seq_lengths, [*shape[:batch], -1, *shape[batch + 1 :]])
        places = np.reshape(
            np.arange(input.shape[along]), [*shape[:along], -1, *shape[along + 1 :]]
        )
        source = np.where(places < lengths, lengths - 1 - places, places)
        return np.take_along_axis(input, source, axis=along)


@RegisterGradient("ReverseSequence")
def _reverse_sequence_grad(op: Operation, grad: Tensor) -> Any:
    dims = {"seq_dim": op.get_attr("seq_dim"), "batch_dim": op.get_attr("batch_dim")}
    return ReverseSequence((grad, op.inputs[1]), **dims), None


def reverse_sequence(
    input: Any, seq_lengths: Any, seq_axis: int | None = None, batch_axis: int | None = None,
    name: str | None = None, seq_dim: int | None = None, batch_dim: int | None = None,
) -> Tensor:  # fmt: skip
    """`input` with the first `seq_lengths[i]` elements of row i in reverse.

    Args:
      seq_axis: the axis whose elements are reversed (`seq_dim` is its older name).
      batch_axis: the axis of the rows, by default 0 (`batch_dim` is its older name).

    Raises:
      TypeError: without a `seq_axis`.
      ValueError: if there are not as many lengths as rows, or both axes are the same; in a run
        InvalidArgumentError, also for a length that the axis does not have.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.reverse_sequence([[1, 2, 3], [4, 5, 6]], [2, 3], seq_axis=1))
    array([[2, 1, 3],
           [6, 5, 4]], dtype=int32)
    """
    along = renamed("seq_axis", seq_axis, "seq_dim", seq_dim)
    batch = renamed("batch_axis", batch_axis, "batch_dim", batch_dim)
    if along is None:
        raise TypeError("reverse_sequence needs a seq_axis")
    return ReverseSequence([input, seq_lengths], name=name, seq_dim=along, batch_dim=batch or 0)


# -- x[...] ---------------------------------------------------------------------------------------


@operator("__getitem__")
def _getitem(x: Any, key: Any) -> Tensor:
    """What `x[key]` makes of a tensor: a StridedSlice, or with a mask of bools a `boolean_mask`."""
    x = convert_to_tensor(x)
    if _is_mask(key):
        return boolean_mask(x, key)
    # TF 1.15 takes a list for a tuple: x[[0, 1]] is x[0, 1].
    return strided(x, tuple(key) if isinstance(key, list | tuple) else (key,))


def _is_mask(key: Any) -> bool:
    if is_tensor(key):
        return key.dtype is not None and key.dtype.base_dtype is bool_
    return isinstance(key, bool | np.bool_) or (isinstance(key, np.ndarray) and key.dtype == bool)
