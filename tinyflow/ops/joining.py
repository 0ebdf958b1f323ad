"""Ops that join tensors, and that take them apart along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from tinyflow.foundation.dtypes import int32
from tinyflow.foundation.errors import DtypeProblem, Problem
from tinyflow.foundation.shapes import Dimension, Shape, Spec, is_known, show_shape
from tinyflow.graph.constant_value import constant_shape, constant_value
from tinyflow.graph.gradient_registry import RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.array import identity, rank, reshape, shape as shape_of
from tinyflow.ops.base import merged
from tinyflow.ops.constant import Pack, convert_to_tensor, is_tensor
from tinyflow.ops.operands import (
    Indexed,
    along,
    axis_number,
    check_integers,
    check_rank,
    outputs_of,
    same_typed,
)

__all__ = ["concat", "parallel_stack", "split", "stack", "unstack"]


# -- joining --------------------------------------------------------------------------------------


class ConcatV2(Operation):
    """Joins tensors along an axis; the last operand is the axis."""

    recordable = True

    def infer(self, *values_and_axis: Spec) -> Spec:
        *values, axis = values_and_axis
        check_integers(axis=axis.dtype)
        check_rank(0, axis=axis)
        dtypes = [value.dtype for value in values]
        if len({dtype for dtype in dtypes if dtype}) > 1:
            names = ", ".join(dtype.name if dtype else "<unknown>" for dtype in dtypes)
            raise DtypeProblem(f"the tensors to join have types [{names}] that don't all match")
        dtype = None if None in dtypes else dtypes[0]
        shapes = [value.shape for value in values if value.shape is not None]
        if not shapes:
            return Spec(dtype)
        given = constant_value(self.inputs[-1])
        if given is None:
            return Spec(dtype, (None,) * len(shapes[0]))
        return Spec(dtype, self.joined(given, shapes, len(values)))

    def joined(self, axis: Any, shapes: Sequence[tuple[int | None, ...]], count: int) -> Shape:
        """The shape of the result, from the shapes that are known, out of `count`."""
        if not shapes[0]:
            raise Problem("Can't concatenate scalars", "tf.stack")
        at = axis_number(axis, len(shapes[0]))
        rest: Shape = None
        for shape in shapes:
            if len(shape) != len(shapes[0]):
                raise Problem(
                    f"the tensors to join have different ranks: {show_shape(shapes[0])} and "
                    f"{show_shape(shape)}"
                )
            open_shape = (*shape[:at], None, *shape[at + 1 :])
            rest = merged(rest, open_shape, f"the tensors differ in another axis than {at}")
        sizes = [shape[at] for shape in shapes]
        whole = None if None in sizes or len(sizes) < count else sum(sizes)  # type: ignore[arg-type]
        assert rest is not None
        return (*rest[:at], whole, *rest[at + 1 :])

    def compute(self, *values_and_axis: Any) -> Any:
        *values, axis = values_and_axis
        self.joined(axis, [value.shape for value in values], len(values))
        return np.concatenate(values, axis=int(axis))


@RegisterGradient("ConcatV2")
def _concat_grad(op: Operation, grad: Tensor) -> Any:
    *values, axis = op.inputs
    sizes = [size_along(value, axis) for value in values]
    return *split(grad, sizes, axis, len(values)), None


def size_along(x: Tensor, axis: Tensor) -> Any:
    """The size of an axis: a number if it is known, or a scalar tensor."""
    number, known = constant_value(axis), x.spec.shape
    if number is not None and known is not None and known[int(number)] is not None:
        return known[int(number)]
    sizes = shape_of(x)
    return sizes[int(number)] if number is not None else reshape(sizes[axis % rank(x)], [])


def concat(values: Any, axis: Any, name: str | None = "concat") -> Tensor:
    """Joins tensors along an existing axis, in which alone their shapes may differ.

    Args:
      values: tensors of one dtype and rank; a single one is given back.
      axis: the axis; negative numbers count from the end.

    Raises:
      TypeError: if the dtypes differ.
      ValueError: if the shapes differ in another axis; in a run an InvalidArgumentError.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.concat([[[1, 2]], [[3, 4]]], 1))
    array([[1, 2, 3, 4]], dtype=int32)
    """
    if not isinstance(values, list | tuple):
        values = [values]
    with name_scope(name, "concat", [v for v in (*values, axis) if is_tensor(v)]) as scope:
        tensors = same_typed(values, "values")
        if not tensors:
            raise ValueError("tf.concat needs at least one tensor")
        if len(tensors) == 1:
            convert_to_tensor(axis, int32, name="concat_dim").shape.assert_has_rank(0)
            return identity(tensors[0], name="concat")
        axis = convert_to_tensor(axis, name="axis", preferred_dtype=int32)
        return ConcatV2([*tensors, axis], name=scope)


@RegisterGradient("Pack")
def _pack_grad(op: Operation, grad: Tensor) -> Any:
    return unstack(grad, len(op.inputs), op.get_attr("axis"))


def stack(values: Any, axis: int = 0, name: str | None = "stack") -> Tensor:
    """Joins a list of tensors of one shape along a new axis.

    Raises:
      TypeError: if the dtypes differ.
      ValueError: if the shapes differ, or there is no such place for an axis.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.stack([[1, 2], [3, 4]], axis=1))
    array([[1, 3],
           [2, 4]], dtype=int32)
    """
    if axis == 0:
        try:
            return convert_to_tensor(values, name=name or "stack")
        except (TypeError, ValueError):
            pass  # what is wrong is said best by the op
    with name_scope(name, "stack", [v for v in values if is_tensor(v)]) as scope:
        return Pack(same_typed(list(values), "values"), name=scope, axis=axis)


class ParallelConcat(Operation):
    """Joins tensors whose first axis has size 1 along that axis; the shape must be known."""

    shape: Shape
    same_dtype = True
    recordable = True

    def infer(self, *values: Spec) -> Spec:
        return Spec(values[0].dtype, self.shape)

    def compute(self, *values: Any) -> Any:
        return np.concatenate(values, axis=0)


@RegisterGradient("ParallelConcat")
def _parallel_concat_grad(op: Operation, grad: Tensor) -> Any:
    return split(grad, len(op.inputs))


def parallel_stack(values: Any, name: str | None = "parallel_stack") -> Tensor:
    """Stacks tensors of one known shape along a new first axis.  (`tf.stack` does, too.)

    Raises:
      ValueError: if the shape is not known.
    """
    with name_scope(name, "parallel_stack", [v for v in values if is_tensor(v)]):
        tensors = same_typed(values, "values")
        shape: Shape = None
        for tensor in tensors:
            shape = merged(shape, tensor.spec.shape, "the tensors to stack differ in shape")
        if not is_known(shape):
            raise ValueError(f"parallel_stack needs a known shape, not {show_shape(shape)}")
        rows = [reshape(tensor, [1, *shape]) for tensor in tensors]
        return ParallelConcat(rows, shape=(len(rows), *shape))


# -- taking apart ---------------------------------------------------------------------------------


class Unpack(Operation):
    """The tensors that a tensor consists of along an axis."""

    num: int
    axis: int = 0
    recordable = True

    def infer(self, value: Spec) -> tuple[Spec, ...]:
        if value.shape is None:
            return (Spec(value.dtype),) * self.num
        at = self.place(value.shape)
        return (Spec(value.dtype, (*value.shape[:at], *value.shape[at + 1 :])),) * self.num

    def place(self, shape: Sequence[int | None]) -> int:
        at = axis_number(self.axis, len(shape))
        if shape[at] not in (None, self.num):
            raise Problem(
                f"axis {at} has size {shape[at]}, so it is not unstacked into {self.num} tensors"
            )
        return at

    def compute(self, value: Any) -> Any:
        at = self.place(value.shape)
        return tuple(value[along(at, i)] for i in range(self.num))


@RegisterGradient("Unpack")
def _unpack_grad(op: Operation, *grads: Tensor) -> Any:
    return Pack(grads, name="stack", axis=op.get_attr("axis"))


def unstack(
    value: Any, num: int | None = None, axis: int = 0, name: str | None = "unstack"
) -> list[Tensor]:
    """The list of tensors that `value` consists of along an axis: the opposite of `tf.stack`.

    Args:
      num: the size of that axis, needed if it is not known.

    Raises:
      ValueError: if `num` is neither known nor given, or wrong, or there is no such axis.
    """
    value = convert_to_tensor(value)
    known = value.spec.shape
    if num is None:
        if known is not None:
            num = known[axis_of(axis, known)]
        if num is None:
            raise ValueError(f"Cannot infer num from shape {value.shape}")
    return outputs_of(Unpack([value], name=name, num=int(num), axis=int(axis)))


def axis_of(axis: int, shape: tuple[int | None, ...]) -> int:
    """An axis given in Python as a number from 0; ValueError if there is no such axis."""
    if not -len(shape) <= axis < len(shape):
        raise ValueError(f"axis = {axis} not in [{-len(shape)}, {len(shape)})")
    return axis % len(shape)


class Split(Indexed):
    """The equal parts of a tensor along an axis."""

    num_split: int
    index_operands = ("split_dim",)

    def infer(self, split_dim: Spec, value: Spec) -> tuple[Spec, ...]:
        check_integers(split_dim=split_dim.dtype)
        check_rank(0, split_dim=split_dim)
        axis = constant_value(self.inputs[0])
        if value.shape is None:
            part: Shape = None
        elif axis is None:
            part = (None,) * len(value.shape)
        else:
            at, size = self.part(axis, value.shape)
            part = (*value.shape[:at], size, *value.shape[at + 1 :])
        return (Spec(value.dtype, part),) * self.num_split

    def part(self, axis: Any, shape: Sequence[int | None]) -> tuple[int, int | None]:
        at = axis_number(axis, len(shape), "split axis")
        size = shape[at]
        if size is not None and size % self.num_split:
            raise Problem(
                f"axis {at} has size {size}, which is not divisible by {self.num_split}, the "
                "number of parts",
                f"name the parts' sizes: tf.split(x, [...], {at})",
            )
        return at, None if size is None else size // self.num_split

    def compute(self, split_dim: Any, value: Any) -> Any:
        at, size = self.part(split_dim, value.shape)
        assert size is not None
        return tuple(
            value[along(at, slice(i * size, (i + 1) * size))] for i in range(self.num_split)
        )


@RegisterGradient("Split")
def _split_grad(op: Operation, *grads: Tensor) -> Any:
    return None, concat(grads, op.inputs[0])


class SplitV(Indexed):
    """The parts of a tensor along an axis, of given sizes."""

    num_split: int
    index_operands = ("size_splits", "split_dim")

    def infer(self, value: Spec, size_splits: Spec, split_dim: Spec) -> tuple[Spec, ...]:
        check_integers(size_splits=size_splits.dtype, split_dim=split_dim.dtype)
        check_rank(1, size_splits=size_splits)
        check_rank(0, split_dim=split_dim)
        axis, sizes = constant_value(self.inputs[2]), constant_value(self.inputs[1])
        if value.shape is None:
            return (Spec(value.dtype),) * self.num_split
        if axis is None:
            return (Spec(value.dtype, (None,) * len(value.shape)),) * self.num_split
        at = axis_number(axis, len(value.shape), "split axis")
        if sizes is None:
            partly = constant_shape(self.inputs[1])
            parts = partly if partly is not None else (None,) * self.num_split
        else:
            parts = self.parts(sizes.tolist(), value.shape[at])
        return tuple(
            Spec(value.dtype, (*value.shape[:at], size, *value.shape[at + 1 :])) for size in parts
        )

    def parts(self, sizes: list[int], whole: int | None) -> tuple[Any, ...]:
        """The sizes with the number that a -1 stands for (None if that is not known)."""
        if len(sizes) != self.num_split:
            raise Problem(f"{self.num_split} parts have to have as many sizes, not {sizes}")
        total = sum(size for size in sizes if size >= 0)
        fits = sizes.count(-1) == 0 if whole is None else total == whole
        if -1 in sizes:
            fits = sizes.count(-1) == 1 and (whole is None or total <= whole)
        if min(sizes, default=0) < -1 or not fits:
            raise Problem(f"can't split an axis of size {whole} into pieces of sizes {sizes}")
        rest = None if whole is None else whole - total
        return tuple(rest if size == -1 else size for size in sizes)

    def compute(self, value: Any, size_splits: Any, split_dim: Any) -> Any:
        at = axis_number(split_dim, value.ndim, "split axis")
        sizes = self.parts(np.ravel(size_splits).tolist(), value.shape[at])
        ends = list(accumulate(sizes, initial=0))
        return tuple(value[along(at, slice(*bounds))] for bounds in pairwise(ends))


@RegisterGradient("SplitV")
def _split_v_grad(op: Operation, *grads: Tensor) -> Any:
    return concat(grads, op.inputs[2]), None, None


def split(
    value: Any,
    num_or_size_splits: Any,
    axis: Any = 0,
    num: int | None = None,
    name: str | None = "split",
) -> list[Tensor]:
    """The list of parts of `value` along an axis: the opposite of `tf.concat`.

    Args:
      num_or_size_splits: how many equal parts, or the list of their sizes; one may be -1:
        whatever is left.
      num: how many parts, needed if the sizes are a tensor of unknown length.

    Raises:
      ValueError: if the axis cannot be split so, or the number of parts is not known.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.split([1, 2, 3], [1, 2]))
    [array([1], dtype=int32), array([2, 3], dtype=int32)]
    """
    if isinstance(num_or_size_splits, int | np.integer | Dimension):
        if int(num_or_size_splits) < 1:
            raise ValueError(f"the number of parts must be at least 1, not {num_or_size_splits}")
        return outputs_of(Split([axis, value], name=name, num_split=int(num_or_size_splits)))
    sizes = convert_to_tensor(num_or_size_splits, preferred_dtype=int32)
    if sizes.shape.ndims == 0:
        raise ValueError(
            "Rank-0 tensors are not supported as the num_or_size_splits argument to split. "
            f"Argument provided: {num_or_size_splits}"
        )
    if num is None:
        num = None if sizes.spec.shape is None else sizes.spec.shape[0]
        if num is None:
            raise ValueError(f"Cannot infer num from shape {num_or_size_splits}")
    return outputs_of(SplitV([value, sizes, axis], name=name, num_split=num))
