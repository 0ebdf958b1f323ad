"""Ops that read and write places, or share rows out: gather_nd, scatter_nd, dynamic_stitch."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinyflow.foundation.dtypes import int32
from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Shape, Spec, show_shape
from tinyflow.graph.constant_value import constant_shape, constant_value
from tinyflow.graph.gradient_registry import NotDifferentiable, RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.array import Range, reshape, shape as shape_of, size as size_of
from tinyflow.ops.base import merged
from tinyflow.ops.constant import convert_to_tensor, is_tensor
from tinyflow.ops.conversion import cast
from tinyflow.ops.creation import broadcast_to, zeros_like
from tinyflow.ops.indexing import check_range, gather, update_rows
from tinyflow.ops.joining import concat
from tinyflow.ops.operands import Indexed, check_integers, common_dtype, outputs_of, same_typed

__all__ = [
    "dynamic_partition", "dynamic_stitch", "gather_nd", "scatter_nd", "tensor_scatter_add",
    "tensor_scatter_nd_add", "tensor_scatter_nd_sub", "tensor_scatter_nd_update",
    "tensor_scatter_sub", "tensor_scatter_update", "unravel_index",
]  # fmt: skip


# -- places: rows of indices, one for each of the first axes ---------------------------------------


def _numbers(indices: Any, shape: tuple[int, ...]) -> Any:
    """The numbers, counted in row-major order, of the places that rows of indices name.

    Raises:
      Problem: if one is outside of the shape.
    """
    sizes = shape[: indices.shape[-1]]
    inside = np.logical_and(indices >= 0, indices < np.array(sizes, np.int64))
    if not np.all(inside):
        row = tuple(np.argwhere(~inside)[0][:-1].tolist())
        at = f"[{', '.join(map(str, row))}]" if row else ""
        raise Problem(
            f"indices{at} = {indices[row].tolist()} does not index into shape {show_shape(shape)}"
        )
    strides = np.array([math.prod(sizes[i + 1 :]) for i in range(len(sizes))], np.int64)
    return np.ravel(np.matmul(indices.astype(np.int64), strides))


def _by_places(x: Any, depth: int) -> Any:
    """`x` with its first `depth` axes made one."""
    return np.reshape(x, (math.prod(x.shape[:depth]), *x.shape[depth:]))


def _depth(indices: Shape, shape: Shape) -> int | None:
    """How many axes the rows of indices are for, if it is known.

    Raises:
      Problem: if those are more than there are.
    """
    if indices is not None and not indices:
        raise Problem("indices must have at least one axis")
    depth = None if indices is None else indices[-1]
    if depth is not None and shape is not None and depth > len(shape):
        raise Problem(
            f"indices.shape[-1] must be <= the rank {len(shape)}, but saw indices shape "
            f"{show_shape(indices)} and shape {show_shape(shape)}"
        )
    return depth


class GatherNd(Indexed):
    """The elements, or slices, at the places that rows of indices name."""

    index_operands = ("indices",)

    def infer(self, params: Spec, indices: Spec) -> Spec:
        check_integers(indices=indices.dtype)
        depth = _depth(indices.shape, params.shape)
        if depth is None or params.shape is None or indices.shape is None:
            return Spec(params.dtype)
        return Spec(params.dtype, (*indices.shape[:-1], *params.shape[depth:]))

    def compute(self, params: Any, indices: Any) -> Any:
        depth = indices.shape[-1]
        taken = np.take(_by_places(params, depth), _numbers(indices, params.shape), axis=0)
        return np.reshape(taken, (*indices.shape[:-1], *params.shape[depth:]))


@RegisterGradient("GatherNd")
def _gather_nd_grad(op: Operation, grad: Tensor) -> Any:
    params, indices = op.inputs
    return ScatterNd([indices, grad, shape_of(params)]), None


def gather_nd(params: Any, indices: Any, name: str | None = None, batch_dims: int = 0) -> Tensor:
    """The elements of `params`, or slices of it, at the places named by the rows of `indices`.

    A row of as many indices as `params` has axes names an element, a shorter one a slice.

    Args:
      batch_dims: how many first axes `params` and `indices` share; rows are for the others.

    Raises:
      ValueError: if the rows are longer than `params` has axes.
      InvalidArgumentError: in a run, if a place is outside of `params`.

    >>> import tinyflow as tf
    >>> session = tf.Session()
    >>> session.run(tf.gather_nd([[1, 2], [3, 4]], [[0, 1], [1, 0]]))
    array([2, 3], dtype=int32)
    >>> session.run(tf.gather_nd([[1, 2], [3, 4]], [[1]]))
    array([[3, 4]], dtype=int32)
    """
    if not batch_dims:
        return GatherNd([params, indices], name=name)
    with name_scope(name, "BatchGatherND", [params, indices]) as scope:
        indices = convert_to_tensor(indices, preferred_dtype=int32, name="indices")
        rows = concat([_batch_places(indices, batch_dims), indices], -1)
        return GatherNd([params, rows], name=scope)


def _batch_places(indices: Tensor, batch_dims: int) -> Tensor:
    """For each row of indices its place in the batch, as a row of `batch_dims` numbers."""
    dtype = indices.spec.dtype or int32
    sizes = shape_of(indices, out_type=dtype)
    rows = concat([sizes[:-1], [1]], 0)
    rank = indices.shape.ndims
    if rank is None or rank <= batch_dims:
        raise ValueError(
            f"batch_dims = {batch_dims} needs indices of a known and higher rank, not {rank}"
        )
    columns = []
    for axis in range(batch_dims):
        along = [1] * rank
        along[axis] = -1
        numbers = cast(Range([0, sizes[axis], 1]), dtype)
        columns.append(broadcast_to(reshape(numbers, along), rows))
    return concat(columns, -1)


class ScatterNd(Indexed):
    """Zeros of the given shape, to which the updates are added at the places named."""

    index_operands = ("indices", "shape")

    def infer(self, indices: Spec, updates: Spec, shape: Spec) -> Spec:
        check_integers(indices=indices.dtype, shape=shape.dtype)
        whole = constant_shape(self.inputs[2])
        _check_updates(indices.shape, updates.shape, whole)
        return Spec(updates.dtype, whole)

    def compute(self, indices: Any, updates: Any, shape: Any) -> Any:
        whole = tuple(np.ravel(shape).tolist())
        _check_updates(indices.shape, updates.shape, whole)
        total = np.zeros(whole, updates.dtype)
        update_rows(np.add, _by_places(total, indices.shape[-1]), _numbers(indices, whole), updates)
        return total


def _check_updates(indices: Shape, updates: Shape, whole: Shape) -> None:
    depth = _depth(indices, whole)
    if depth is None or indices is None or whole is None:
        return
    merged(
        (*indices[:-1], *whole[depth:]), updates,
        f"for indices of shape {show_shape(indices)} into {show_shape(whole)}, wanted and given "
        "shape of updates",
    )  # fmt: skip


@RegisterGradient("ScatterNd")
def _scatter_nd_grad(op: Operation, grad: Tensor) -> Any:
    return None, gather_nd(grad, op.inputs[0]), None


def scatter_nd(indices: Any, updates: Any, shape: Any, name: str | None = None) -> Tensor:
    """Zeros of shape `shape`, with `updates` added at the places named by the rows of `indices`.

    Where a place is named twice, both updates are added.

    Raises:
      ValueError: if the shapes do not fit together.
      InvalidArgumentError: in a run, if a place is outside.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.scatter_nd([[1], [3], [1]], [10, 20, 30], [4]))
    array([ 0, 40,  0, 20], dtype=int32)
    """
    return ScatterNd([indices, updates, shape], name=name)


class TensorScatterUpdate(Indexed):
    """A copy of a tensor, with updates at the places named."""

    index_operands = ("indices",)

    def infer(self, tensor: Spec, indices: Spec, updates: Spec) -> Spec:
        check_integers(indices=indices.dtype)
        _check_updates(indices.shape, updates.shape, tensor.shape)
        return Spec(common_dtype(tensor=tensor.dtype, updates=updates.dtype), tensor.shape)

    def compute(self, tensor: Any, indices: Any, updates: Any) -> Any:
        _check_updates(indices.shape, updates.shape, tensor.shape)
        depth = indices.shape[-1]
        result = np.array(tensor)
        rows = np.reshape(updates, (math.prod(indices.shape[:-1]), *tensor.shape[depth:]))
        self.update(_by_places(result, depth), _numbers(indices, tensor.shape), rows)
        return result

    def update(self, into: Any, numbers: Any, rows: Any) -> None:
        into[numbers] = rows


class TensorScatterAdd(TensorScatterUpdate):
    """A copy of a tensor, with updates added at the places named."""

    def update(self, into: Any, numbers: Any, rows: Any) -> None:
        update_rows(np.add, into, numbers, rows)


class TensorScatterSub(TensorScatterUpdate):
    """A copy of a tensor, with updates subtracted at the places named."""

    def update(self, into: Any, numbers: Any, rows: Any) -> None:
        update_rows(np.subtract, into, numbers, rows)


@RegisterGradient("TensorScatterUpdate")
def _tensor_scatter_update_grad(op: Operation, grad: Tensor) -> Any:
    _, indices, updates = op.inputs
    kept = tensor_scatter_update(grad, indices, zeros_like(updates))
    return kept, None, gather_nd(grad, indices)


@RegisterGradient("TensorScatterAdd")
def _tensor_scatter_add_grad(op: Operation, grad: Tensor) -> Any:
    return grad, None, gather_nd(grad, op.inputs[1])


@RegisterGradient("TensorScatterSub")
def _tensor_scatter_sub_grad(op: Operation, grad: Tensor) -> Any:
    return grad, None, -gather_nd(grad, op.inputs[1])


def tensor_scatter_update(
    tensor: Any, indices: Any, updates: Any, name: str | None = None
) -> Tensor:
    """A copy of `tensor` with `updates` at the places named by the rows of `indices`.

    Where a place is named twice, the last update stays.

    Raises:
      TypeError: if `updates` has another dtype than `tensor`.
      ValueError: if the shapes do not fit together.
      InvalidArgumentError: in a run, if a place is outside.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.tensor_scatter_update([1, 2, 3], [[0], [2]], [10, 30]))
    array([10,  2, 30], dtype=int32)
    """
    return _scattered(TensorScatterUpdate, tensor, indices, updates, name)


def tensor_scatter_add(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Tensor:
    """A copy of `tensor` with `updates` added at the places named by the rows of `indices`.

    Raises:
      TypeError, ValueError, InvalidArgumentError: as `tensor_scatter_update`.
    """
    return _scattered(TensorScatterAdd, tensor, indices, updates, name)


def tensor_scatter_sub(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Tensor:
    """A copy of `tensor` with `updates` subtracted at the places named by the rows of `indices`.

    Raises:
      TypeError, ValueError, InvalidArgumentError: as `tensor_scatter_update`.
    """
    return _scattered(TensorScatterSub, tensor, indices, updates, name)


def _scattered(op_class: Any, tensor: Any, indices: Any, updates: Any, name: str | None) -> Tensor:
    tensor = convert_to_tensor(tensor, name="tensor")
    made: Tensor = op_class([tensor, indices, updates], name=name, like=tensor)
    return made


tensor_scatter_nd_update = tensor_scatter_update
tensor_scatter_nd_add = tensor_scatter_add
tensor_scatter_nd_sub = tensor_scatter_sub


class UnravelIndex(Indexed):
    """The row of indices of each place that a number stands for."""

    index_operands = ("indices", "dims")

    def infer(self, indices: Spec, dims: Spec) -> Spec:
        check_integers(indices=indices.dtype, dims=dims.dtype)
        dtype = common_dtype(indices=indices.dtype, dims=dims.dtype)
        if indices.shape is None or dims.shape is None:
            return Spec(dtype)
        return Spec(dtype, (*dims.shape, *indices.shape))

    def compute(self, indices: Any, dims: Any) -> Any:
        shape = tuple(dims.tolist())
        check_range(indices, math.prod(shape))
        return np.stack(np.unravel_index(indices, shape)).astype(indices.dtype)


NotDifferentiable("UnravelIndex")


def unravel_index(indices: Any, dims: Any, name: str | None = None) -> Tensor:
    """The indices of the places that numbers stand for, counted in row-major order.

    Args:
      indices: numbers of places.
      dims: the shape of the array that is counted through.

    Returns:
      A row for each axis of that array.

    Raises:
      InvalidArgumentError: in a run, if there is no such place.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.unravel_index([2, 5], [2, 3]))
    array([[0, 1],
           [2, 2]], dtype=int32)
    """
    return UnravelIndex([indices, dims], name=name)


# -- sharing rows out, and putting them together again --------------------------------------------


class DynamicPartition(Indexed):
    """The rows of a tensor, shared out among several."""

    num_partitions: int
    index_operands = ("partitions",)

    def infer(self, data: Spec, partitions: Spec) -> tuple[Spec, ...]:
        check_integers(partitions=partitions.dtype)
        if data.shape is None or partitions.shape is None:
            return (Spec(data.dtype),) * self.num_partitions
        rest = self.rest(data.shape, partitions.shape)
        return (Spec(data.dtype, (None, *rest)),) * self.num_partitions

    def rest(self, data: Any, partitions: Any) -> Any:
        """The shape of a row."""
        count = len(partitions)
        merged(data[:count], partitions, "data must begin with the shape of partitions")
        return data[count:]

    def compute(self, data: Any, partitions: Any) -> Any:
        rest = self.rest(data.shape, partitions.shape)
        check_range(partitions, self.num_partitions, "partitions")
        rows, owners = np.reshape(data, (partitions.size, *rest)), np.ravel(partitions)
        return tuple(rows[owners == i] for i in range(self.num_partitions))


@RegisterGradient("DynamicPartition")
def _dynamic_partition_grad(op: Operation, *grads: Tensor) -> Any:
    # The rows' own numbers, partitioned alike, say where each row of the gradients belongs.
    data, partitions = op.inputs
    numbers = reshape(Range([0, size_of(partitions), 1]), shape_of(partitions))
    places = dynamic_partition(numbers, partitions, len(grads))
    return reshape(dynamic_stitch(places, list(grads)), shape_of(data)), None


def dynamic_partition(
    data: Any, partitions: Any, num_partitions: int, name: str | None = None
) -> list[Tensor]:
    """The rows of `data` in `num_partitions` tensors: row i goes to number `partitions[i]`.

    Args:
      partitions: ints, shaped as the first axes of `data` (whose rows are what is left).

    Raises:
      ValueError: if `data` does not begin with the shape of `partitions`.
      InvalidArgumentError: in a run, if there is no partition of a number.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.dynamic_partition([1, 2, 3], [0, 1, 0], 2))
    [array([1, 3], dtype=int32), array([2], dtype=int32)]
    """
    if num_partitions < 1:
        raise ValueError(f"num_partitions must be at least 1, not {num_partitions}")
    return outputs_of(
        DynamicPartition([data, partitions], name=name, num_partitions=num_partitions)
    )


class DynamicStitch(Operation):
    """Rows of several tensors in one, each at its place; the operands are places, then tensors."""

    recordable = True

    def infer(self, *indices_and_data: Spec) -> Spec:
        count = len(indices_and_data) // 2
        indices, data = indices_and_data[:count], indices_and_data[count:]
        for i, index in enumerate(indices):
            check_integers(**{f"indices_{i}": index.dtype})
        dtype = common_dtype(**{f"data_{i}": part.dtype for i, part in enumerate(data)})
        rest: Shape = None
        for index, part in zip(indices, data, strict=True):
            if index.shape is not None and part.shape is not None:
                rest = merged(rest, self.rest(index.shape, part.shape), "the rows differ in shape")
        if rest is None:
            return Spec(dtype)
        places = [constant_value(tensor) for tensor in self.inputs[:count]]
        size = None if any(place is None for place in places) else _reach(places)
        return Spec(dtype, (size, *rest))

    @staticmethod
    def rest(indices: Any, data: Any) -> Any:
        merged(data[: len(indices)], indices, "data must begin with the shape of its indices")
        return data[len(indices) :]

    def compute(self, *indices_and_data: Any) -> Any:
        count = len(indices_and_data) // 2
        indices, data = indices_and_data[:count], indices_and_data[count:]
        size = _reach(indices)
        rest = [self.rest(i.shape, part.shape) for i, part in zip(indices, data, strict=True)]
        result = np.zeros((size, *rest[0]), data[0].dtype)
        for index, part in zip(indices, data, strict=True):
            check_range(index, size)
            result[index] = part
        return result


def _reach(indices: Any) -> int:
    """One more than the greatest index."""
    return max((int(np.max(index)) + 1 for index in indices if index.size), default=0)


@RegisterGradient("DynamicStitch")
def _dynamic_stitch_grad(op: Operation, grad: Tensor) -> Any:
    indices = op.inputs[: len(op.inputs) // 2]
    return *[None] * len(indices), *[gather(grad, index) for index in indices]


def dynamic_stitch(indices: Any, data: Any, name: str | None = None) -> Tensor:
    """One tensor of rows of several: row `indices[k][i]` is `data[k][i]`.

    A later row takes the place of an earlier one; a row that is not named is 0.

    Args:
      indices: a list of int tensors.
      data: a list of as many tensors, each beginning with the shape of its indices.

    Raises:
      ValueError: if the numbers or the shapes do not fit.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.dynamic_stitch([[0, 2], [1]], [[10, 30], [20]]))
    array([10, 20, 30], dtype=int32)
    """
    if len(indices) != len(data) or not len(data):
        raise ValueError(
            f"dynamic_stitch needs as many indices as data, not {len(indices)} and {len(data)}"
        )
    with name_scope(name, "DynamicStitch", [v for v in (*indices, *data) if is_tensor(v)]) as scope:
        places = [
            convert_to_tensor(index, preferred_dtype=int32, name=f"indices_{i}")
            for i, index in enumerate(indices)
        ]
        return DynamicStitch([*places, *same_typed(list(data), "data")], name=scope)
