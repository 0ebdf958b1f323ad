"""Ops that move a tensor's axes, join tensors, and take them apart."""

# Calling an op class gives the op's output, which mypy cannot see:
# mypy: disable-error-code="return-value"

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from tinyflow.foundation.dtypes import int32
from tinyflow.foundation.errors import DtypeProblem, Problem
from tinyflow.foundation.shapes import Dimension, Shape, Spec, is_known, show_shape
from tinyflow.graph.constant_value import constant_shape, constant_value
from tinyflow.graph.gradient_registry import NotDifferentiable, RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.array import (
    Indexed,
    Pack,
    Range,
    axis_number,
    check_integers,
    check_rank,
    identity,
    merged,
    outputs_of,
    rank,
    renamed,
    reshape,
)
from tinyflow.ops.array import shape as shape_of
from tinyflow.ops.array import size as size_of
from tinyflow.ops.constant import convert_to_tensor, is_tensor
from tinyflow.ops.reduction import reduce_sum

__all__ = [
    "concat", "expand_dims", "invert_permutation", "matrix_transpose", "parallel_stack", "roll",
    "split", "squeeze", "stack", "tile", "transpose", "unstack",
]  # fmt: skip


# -- axes of size 1 -------------------------------------------------------------------------------


class ExpandDims(Indexed):
    """The input with a new axis of size 1."""

    index_operands = ("dim",)

    def infer(self, input: Spec, dim: Spec) -> Spec:
        check_integers(dim=dim.dtype)
        axis = constant_value(self.inputs[1])
        if axis is None or input.shape is None:
            return Spec(input.dtype)
        at = self.place(axis, len(input.shape))
        return Spec(input.dtype, (*input.shape[:at], 1, *input.shape[at:]))

    def compute(self, input: Any, dim: Any) -> Any:
        return np.expand_dims(input, self.place(dim, input.ndim))

    @staticmethod
    def place(dim: Any, rank: int) -> int:
        if dim.size != 1:
            raise Problem(f"'dim' must be one number, but its shape is {show_shape(dim.shape)}")
        return axis_number(dim.reshape(()), rank + 1, "dim")


@RegisterGradient("ExpandDims")
def _expand_dims_grad(op: Operation, grad: Tensor) -> Any:
    return reshape(grad, shape_of(op.inputs[0])), None


def expand_dims(input: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> Tensor:
    """`input` with a new axis of size 1 at place `axis` (negative: counted from the new end).

    Raises:
      ValueError: if neither `axis` nor `dim` (its older name) is given, or both are, or there is
        no such place.

    >>> import tinyflow as tf
    >>> print(tf.expand_dims(tf.zeros([2, 3]), -1).shape)
    (2, 3, 1)
    """
    axis = renamed("axis", axis, "dim", dim)
    if axis is None:
        raise ValueError("Must specify an axis argument to tf.expand_dims()")
    return ExpandDims([input, axis], name=name)


class Squeeze(Operation):
    """The input without (certain) axes of size 1."""

    squeeze_dims: tuple[int, ...] = ()
    recordable = True

    def infer(self, input: Spec) -> Spec:
        if input.shape is None or (not self.squeeze_dims and None in input.shape):
            return Spec(input.dtype)
        axes = self.axes(input.shape)
        return Spec(input.dtype, tuple(n for i, n in enumerate(input.shape) if i not in axes))

    def compute(self, input: Any) -> Any:
        axes = self.axes(input.shape)
        return np.reshape(input, tuple(n for i, n in enumerate(input.shape) if i not in axes))

    def axes(self, shape: Sequence[int | None]) -> set[int]:
        if not self.squeeze_dims:
            return {i for i, size in enumerate(shape) if size == 1}
        axes = {axis_number(axis, len(shape), "squeeze axis") for axis in self.squeeze_dims}
        for axis in axes:
            if shape[axis] not in (1, None):
                raise Problem(
                    f"Can not squeeze dim[{axis}], expected a dimension of 1, got {shape[axis]}: "
                    f"{show_shape(tuple(shape))}",
                    "name axes of size 1, or none: then all of those go",
                )
        return axes


@RegisterGradient("Squeeze")
def _squeeze_grad(op: Operation, grad: Tensor) -> Any:
    return reshape(grad, shape_of(op.inputs[0]))


def squeeze(
    input: Any, axis: Any = None, name: str | None = None, squeeze_dims: Any = None
) -> Tensor:
    """`input` without its axes of size 1, or only without those named.

    Args:
      axis: an axis or a list of axes, each of size 1.
      squeeze_dims: its older name.

    Raises:
      ValueError: if an axis named has another size.
    """
    axis = renamed("axis", axis, "squeeze_dims", squeeze_dims)
    if is_tensor(axis):
        raise TypeError(f"Expected list for 'axis' argument to 'squeeze' Op, not {axis!r}")
    axes = () if axis is None else tuple(int(a) for a in np.ravel(axis))
    return Squeeze([input], name=name, squeeze_dims=axes)


# -- the order of axes ----------------------------------------------------------------------------


class InvertPermutation(Operation):
    """The permutation that undoes another one."""

    recordable = True

    def infer(self, x: Spec) -> Spec:
        check_integers(x=x.dtype)
        check_rank(1, x=x)
        return Spec(x.dtype, x.shape or (None,))

    def compute(self, x: Any) -> Any:
        count = len(x)
        inverse = np.full(count, -1, x.dtype)
        for i, place in enumerate(np.ravel(x).tolist()):
            if not 0 <= place < count:
                raise Problem(f"{place} is not between 0 and {count}")
            if inverse[place] >= 0:
                raise Problem(f"{place} is duplicated in the input")
            inverse[place] = i
        return inverse


NotDifferentiable("InvertPermutation")


def invert_permutation(x: Any, name: str | None = None) -> Tensor:
    """The inverse of a permutation: y[x[i]] = i.

    Raises:
      InvalidArgumentError: in a run, if `x` is no permutation of 0 ... n - 1.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.math.invert_permutation([2, 0, 1]))
    array([1, 2, 0], dtype=int32)
    """
    return InvertPermutation([x], name=name)


class Transpose(Indexed):
    """The input with its axes in another order."""

    index_operands = ("perm",)

    def infer(self, x: Spec, perm: Spec) -> Spec:
        check_integers(perm=perm.dtype)
        check_rank(1, perm=perm)
        order = constant_value(self.inputs[1])
        if order is not None:
            return Spec(x.dtype, self.reordered(x.shape, order.tolist()))
        count = len(x.shape) if x.shape is not None else (perm.shape or (None,))[0]
        return Spec(x.dtype, None if count is None else (None,) * count)

    def compute(self, x: Any, perm: Any) -> Any:
        order = perm.tolist()
        self.reordered(x.shape, order)
        return np.transpose(x, order)

    @staticmethod
    def reordered(shape: Shape, order: list[int]) -> Shape:
        if shape is not None and len(order) != len(shape):
            raise Problem(
                f"transpose expects a vector of size {len(shape)}, one entry for each axis of "
                f"{show_shape(shape)}, but the permutation is {order}"
            )
        if sorted(order) != list(range(len(order))):
            raise Problem(f"{order} is no permutation of 0 ... {len(order) - 1}")
        return (None,) * len(order) if shape is None else tuple(shape[axis] for axis in order)


class ConjugateTranspose(Transpose):
    """The input with its axes in another order, conjugated."""

    def compute(self, x: Any, perm: Any) -> Any:
        return np.conjugate(super().compute(x, perm))


@RegisterGradient("Transpose")
def _transpose_grad(op: Operation, grad: Tensor) -> Any:
    return Transpose([grad, _inverse(op.inputs[1])]), None


@RegisterGradient("ConjugateTranspose")
def _conjugate_transpose_grad(op: Operation, grad: Tensor) -> Any:
    return ConjugateTranspose([grad, _inverse(op.inputs[1])]), None


def _inverse(perm: Tensor) -> Any:
    known = constant_value(perm)
    return invert_permutation(perm) if known is None else np.argsort(known).astype(np.int32)


def transpose(
    a: Any, perm: Any = None, name: str | None = "transpose", conjugate: bool = False
) -> Tensor:
    """`a` with its axes in the order `perm` (by default, the opposite order).

    Axis i of the result is axis `perm[i]` of `a`.

    Args:
      conjugate: whether to conjugate complex elements, too.

    Raises:
      ValueError: if `perm` is no permutation of `a`'s axes; in a run an InvalidArgumentError.

    >>> import tinyflow as tf
    >>> print(tf.transpose(tf.zeros([2, 3, 4]), [2, 0, 1]).shape)
    (4, 2, 3)
    """
    with name_scope(name, "transpose", [a]) as scope:
        a = convert_to_tensor(a, name="a")
        complex_ = conjugate and (a.spec.dtype is None or a.spec.dtype.is_complex)
        if perm is None and a.spec.shape is not None:
            perm = np.arange(len(a.spec.shape), dtype=np.int32)[::-1]
        elif perm is None:
            perm = (rank(a) - 1) - Range([0, rank(a), 1], name="Range")
        return (ConjugateTranspose if complex_ else Transpose)([a, perm], name=scope)


def matrix_transpose(
    a: Any, name: str | None = "matrix_transpose", conjugate: bool = False
) -> Tensor:
    """`a` with its last two axes exchanged.

    Raises:
      ValueError: if `a` has fewer than two axes.
    """
    with name_scope(name, "matrix_transpose", [a]):
        a = convert_to_tensor(a, name="a")
        if a.spec.shape is None:
            count = rank(a)
            perm: Any = concat([Range([0, count - 2, 1]), [count - 1, count - 2]], 0)
        else:
            last = len(a.spec.shape)
            if last < 2:
                raise ValueError(
                    f"Argument 'a' should be a (batch) matrix, with rank >= 2.  Found: {a.shape}"
                )
            perm = [*range(last - 2), last - 1, last - 2]
        return transpose(a, perm, conjugate=conjugate)


# -- joining --------------------------------------------------------------------------------------


def same_typed(values: Any, operand: str) -> list[Tensor]:
    """A list of tensors and plain values as tensors of one dtype, that of its first tensor."""
    values = list(values) if isinstance(values, list | tuple) else [values]
    given = [convert_to_tensor(v).spec.dtype for v in values if is_tensor(v)]
    return [
        convert_to_tensor(v, None if is_tensor(v) or not given else given[0], f"{operand}_{i}")
        for i, v in enumerate(values)
    ]


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
        axis = convert_to_tensor(axis, name="axis", preferred_dtype=int32)
        if not tensors:
            raise ValueError("tf.concat needs at least one tensor")
        if len(tensors) == 1:
            return identity(tensors[0], name="concat")
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
        return convert_to_tensor(values, name=name or "stack")
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
        rows = [expand_dims(tensor, 0) for tensor in tensors]
        return ParallelConcat(rows, shape=(len(rows), *shape))  # type: ignore[misc]


# -- taking apart ---------------------------------------------------------------------------------


def _along(axis: int, part: Any) -> tuple[Any, ...]:
    """The index that takes `part` of an axis and all of the axes before it."""
    return (slice(None),) * axis + (part,)


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
        return tuple(value[_along(at, i)] for i in range(self.num))


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
            value[_along(at, slice(i * size, (i + 1) * size))] for i in range(self.num_split)
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
        return tuple(value[_along(at, slice(*bounds))] for bounds in pairwise(ends))


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


# -- repeating and turning round ------------------------------------------------------------------


class Tile(Indexed):
    """The input, repeated along each of its axes."""

    index_operands = ("multiples",)

    def infer(self, input: Spec, multiples: Spec) -> Spec:
        check_integers(multiples=multiples.dtype)
        check_rank(1, multiples=multiples)
        times = constant_shape(self.inputs[1])
        if input.shape is None or times is None:
            known = input.shape if input.shape is not None else times
            return Spec(input.dtype, None if known is None else (None,) * len(known))
        self.check(times, input.shape)
        pairs: Any = zip(times, input.shape, strict=True)
        return Spec(input.dtype, tuple(None if None in (m, n) else m * n for m, n in pairs))

    @staticmethod
    def check(multiples: Sequence[int | None], shape: Sequence[int | None]) -> None:
        if len(multiples) != len(shape):
            raise Problem(
                f"tile needs one multiple for each of the {len(shape)} axes of "
                f"{show_shape(tuple(shape))}, not {len(multiples)}"
            )
        if any(m is not None and m < 0 for m in multiples):
            raise Problem(f"multiples must not be negative: {list(multiples)}")

    def compute(self, input: Any, multiples: Any) -> Any:
        times = np.ravel(multiples).tolist()
        self.check(times, input.shape)
        pairs = list(zip(times, input.shape, strict=True))
        # Each axis that is repeated gets one of size 1 before it, which is broadcast.
        apart = [k for m, n in pairs for k in ((1, n) if m != 1 else (n,))]
        repeated = [k for m, n in pairs for k in ((m, n) if m != 1 else (n,))]
        whole = np.broadcast_to(np.reshape(input, apart), repeated)
        return np.reshape(whole, [m * n for m, n in pairs])


def shape_like(x: Tensor, sizes: Tensor) -> Tensor:
    """The shape of x as ints of the dtype that `sizes` has."""
    return shape_of(x, out_type=sizes.spec.dtype or int32)


@RegisterGradient("Tile")
def _tile_grad(op: Operation, grad: Tensor) -> Any:
    # Apart from each other, the repetitions are the axes 0, 2, 4... : grad is summed over these.
    input, multiples = op.inputs
    pairs = reshape(stack([multiples, shape_like(input, multiples)], axis=1), [-1])
    known = input.spec.shape
    axes: Any = (
        np.arange(0, 2 * len(known), 2, dtype=np.int32)
        if known is not None
        else Range([0, size_of(pairs), 2])
    )
    total = reduce_sum(reshape(grad, pairs), axes)
    total.set_shape(known)
    return total, None


def tile(input: Any, multiples: Any, name: str | None = None) -> Tensor:
    """`input`, repeated `multiples[i]` times along axis i.

    Raises:
      ValueError: if there is not one multiple for each axis.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.tile([1, 2], [2]))
    array([1, 2, 1, 2], dtype=int32)
    """
    return Tile([input, multiples], name=name)


class Roll(Indexed):
    """The input, moved along some axes; what leaves at one end comes in at the other."""

    index_operands = ("shift", "axis")

    def infer(self, input: Spec, shift: Spec, axis: Spec) -> Spec:
        check_integers(shift=shift.dtype, axis=axis.dtype)
        if input.shape == ():
            raise Problem("a scalar has no axis to roll along")
        return input

    def compute(self, input: Any, shift: Any, axis: Any) -> Any:
        shifts, axes = np.ravel(shift).tolist(), np.ravel(axis).tolist()
        if len(shifts) != len(axes):
            raise Problem(
                f"shift and axis must have the same size, not {len(shifts)} and {len(axes)}"
            )
        for by, along in zip(shifts, axes, strict=True):
            at = axis_number(along, input.ndim)
            cut = -by % max(input.shape[at], 1)
            if cut:
                parts = input[_along(at, slice(cut, None))], input[_along(at, slice(cut))]
                input = np.concatenate(parts, axis=at)
        return input


@RegisterGradient("Roll")
def _roll_grad(op: Operation, grad: Tensor) -> Any:
    _, shift, axis = op.inputs
    return roll(grad, -shift, axis), None, None


def roll(input: Any, shift: Any, axis: Any, name: str | None = None) -> Tensor:
    """`input` with element i of an axis moved to i + shift; what leaves comes in at the other end.

    Args:
      shift, axis: a number each, or lists of as many; an axis named twice is rolled twice.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.roll([0, 1, 2, 3, 4], 2, 0))
    array([3, 4, 0, 1, 2], dtype=int32)
    """
    return Roll([input, shift, axis], name=name)
