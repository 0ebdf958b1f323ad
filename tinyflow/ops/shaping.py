"""Ops that move a tensor's axes, or repeat or roll what is along them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinyflow.foundation.dtypes import int32
from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Shape, Spec, show_shape
from tinyflow.graph.constant_value import constant_shape, constant_value
from tinyflow.graph.gradient_registry import NotDifferentiable, RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.array import Range, rank, reshape, shape as shape_of, size as size_of
from tinyflow.ops.constant import convert_to_tensor, is_tensor
from tinyflow.ops.joining import concat, stack
from tinyflow.ops.operands import Indexed, along, axis_number, check_integers, check_rank, renamed
from tinyflow.ops.reduction import reduce_sum

__all__ = [
    "expand_dims", "invert_permutation", "matrix_transpose", "roll", "squeeze", "tile", "transpose",
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
        for by, number in zip(shifts, axes, strict=True):
            at = axis_number(number, input.ndim)
            cut = -by % max(input.shape[at], 1)
            if cut:
                parts = input[along(at, slice(cut, None))], input[along(at, slice(cut))]
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
