"""What other ops are made with: placeholders, identities, shapes, ranges, and reshaping."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinyflow.foundation.convert import as_array
from tinyflow.foundation.dtypes import DType, as_dtype, float32, float64, int32, int64
from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import (
    Shape,
    Spec,
    as_shape,
    elements,
    is_known,
    show_shape,
)
from tinyflow.graph.constant_value import constant_shape, constant_value
from tinyflow.graph.gradient_registry import NotDifferentiable, RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.base import merged
from tinyflow.ops.constant import constant, convert_to_tensor, is_tensor
from tinyflow.ops.conversion import cast
from tinyflow.ops.operands import Indexed, check_integers, check_rank, outputs_of

__all__ = [
    "ensure_shape", "guarantee_const", "identity", "identity_n", "placeholder",
    "placeholder_with_default", "range", "rank", "reshape", "shape", "shape_n", "size",
    "stop_gradient",
]  # fmt: skip


# -- placeholders ---------------------------------------------------------------------------------


class Placeholder(Operation):
    """A value that the caller gives with each run."""

    dtype: DType | None
    shape: Shape

    def infer(self) -> Spec:
        return Spec(self.dtype, self.shape)


NotDifferentiable("Placeholder")
NotDifferentiable("Const")


def placeholder(dtype: Any = None, shape: Any = None, name: str | None = None) -> Tensor:
    """A tensor whose value is fed with each `Session.run`.

    Args:
      dtype: the element type; without it, that of whatever is fed.
      shape: the shape, None for sizes (or a rank) that may vary.

    Raises:
      TypeError: if `dtype` is no dtype.
      ValueError: if `shape` is no shape.

    >>> import tinyflow as tf
    >>> x = tf.placeholder(tf.float32, [None, 2])
    >>> tf.Session().run(x * 2.0, {x: [[1.0, 2.0]]})
    array([[2., 4.]], dtype=float32)
    """
    dtype = None if dtype is None else as_dtype(dtype).base_dtype
    return Placeholder((), name=name, dtype=dtype, shape=as_shape(shape))


class PlaceholderWithDefault(Operation):
    """Its input, unless the caller gives another value."""

    shape: Shape
    recordable = True

    def infer(self, input: Spec) -> Spec:
        merged(input.shape, self.shape, "the default has another shape than the placeholder")
        return Spec(input.dtype, self.shape)

    def compute(self, input: Any) -> Any:
        return input


@RegisterGradient("PlaceholderWithDefault")
@RegisterGradient("Identity")
@RegisterGradient("GuaranteeConst")
@RegisterGradient("EnsureShape")
def _identity_grad(op: Operation, grad: Tensor) -> Tensor:
    return grad


def placeholder_with_default(input: Any, shape: Any, name: str | None = None) -> Tensor:
    """A placeholder that has the value of `input` in runs that do not feed it.

    Args:
      shape: what is to be known of the fed values' shape; None for sizes (or a rank) that vary.

    Raises:
      ValueError: if `input` has not such a shape.
    """
    return PlaceholderWithDefault([input], name=name, shape=as_shape(shape))


# -- identities -----------------------------------------------------------------------------------


class Identity(Operation):
    """Its input, under another name."""

    recordable = True

    def infer(self, input: Spec) -> Spec:
        return input

    def compute(self, input: Any) -> Any:
        return input


def identity(input: Any, name: str | None = None) -> Tensor:
    """A tensor with the same value as `input`: a new node, to hang names and dependencies on."""
    return Identity([input], name=name)


class IdentityN(Operation):
    """Its inputs, under other names."""

    recordable = True

    def infer(self, *input: Spec) -> tuple[Spec, ...]:
        return input

    def compute(self, *input: Any) -> Any:
        return input


@RegisterGradient("IdentityN")
def _identity_n_grad(op: Operation, *grads: Tensor) -> Any:
    return grads


def identity_n(input: Any, name: str | None = None) -> list[Tensor]:
    """A list of tensors with the same values as those of the list `input`, made by one operation.

    The gradient of each flows to its own original.
    """
    return outputs_of(IdentityN(input, name=name))


class StopGradient(Identity):
    """Its input; a constant as far as gradients are concerned."""


NotDifferentiable("StopGradient")


def stop_gradient(input: Any, name: str | None = None) -> Tensor:
    """`input`, taken as a constant by gradients: none flows to what is behind it."""
    return StopGradient([input], name=name)


class PreventGradient(Identity):
    """Its input; differentiating through it is an error."""

    message: str = ""


@RegisterGradient("PreventGradient")
def _prevent_gradient_grad(op: Operation, grad: Tensor) -> Any:
    raise LookupError(f"Gradient explicitly disabled. Reason: {op.get_attr('message')!r}")


def prevent_gradient(input: Any, message: str = "", name: str | None = None) -> Tensor:
    """`input`; a gradient that would flow through it is a LookupError that gives `message`."""
    return PreventGradient([input], name=name, message=message)


class GuaranteeConst(Identity):
    """Its input, promised to be the same in every run."""


def guarantee_const(input: Any, name: str | None = None) -> Tensor:
    """`input`: in TensorFlow a hint that it never changes, here without effect."""
    return GuaranteeConst([input], name=name)


class EnsureShape(Operation):
    """Its input, checked to have a certain shape."""

    shape: Shape
    recordable = True

    def infer(self, input: Spec) -> Spec:
        return Spec(input.dtype, self.checked(input.shape))

    def compute(self, input: Any) -> Any:
        self.checked(input.shape)
        return input

    def checked(self, shape: Shape) -> Shape:
        return merged(
            shape, self.shape, "the tensor's shape is not compatible with the expected one"
        )


def ensure_shape(x: Any, shape: Any, name: str | None = None) -> Tensor:
    """`x`, with what `shape` says added to its static shape, and checked in every run.

    Raises:
      ValueError: if `x` is known to have another shape; in a run an InvalidArgumentError.

    >>> import tinyflow as tf
    >>> x = tf.ensure_shape(tf.placeholder(tf.float32, [None, 3]), [2, None])
    >>> print(x.shape)
    (2, 3)
    """
    return EnsureShape([x], name=name, shape=as_shape(shape))


# -- shapes as values -----------------------------------------------------------------------------


class Shape_(Operation):
    """The input's shape, as a vector."""

    op_type = "Shape"
    out_type: DType = int32
    recordable = True

    def infer(self, input: Spec) -> Spec:
        return Spec(self.out_type, (None if input.shape is None else len(input.shape),))

    def compute(self, input: Any) -> Any:
        return np.array(input.shape, self.out_type.numpy)


NotDifferentiable("Shape")


def shape(input: Any, name: str | None = None, out_type: Any = int32) -> Tensor:
    """The shape of a tensor as a vector of ints; a constant, if it is known already.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.shape([[1, 2, 3]]))
    array([1, 3], dtype=int32)
    """
    with name_scope(name, "Shape", [input]) as scope:
        input = convert_to_tensor(input, name="input")
        dtype = as_dtype(out_type)
        if is_known(input.spec.shape):
            return constant(np.array(input.spec.shape, dtype.numpy), name=scope)
        return Shape_([input], name=scope, out_type=dtype)


class ShapeN(Operation):
    """The inputs' shapes, each as a vector."""

    out_type: DType = int32
    same_dtype = True
    recordable = True

    def infer(self, *input: Spec) -> tuple[Spec, ...]:
        ranks = [None if spec.shape is None else len(spec.shape) for spec in input]
        return tuple(Spec(self.out_type, (rank,)) for rank in ranks)

    def compute(self, *input: Any) -> Any:
        return tuple(np.array(x.shape, self.out_type.numpy) for x in input)


NotDifferentiable("ShapeN")


def shape_n(input: Any, out_type: Any = int32, name: str | None = None) -> list[Tensor]:
    """The shapes of a list of tensors of one dtype, each as a vector."""
    return outputs_of(ShapeN(input, name=name, out_type=as_dtype(out_type)))


class Size(Operation):
    """The number of elements."""

    out_type: DType = int32
    recordable = True

    def infer(self, input: Spec) -> Spec:
        return Spec(self.out_type, ())

    def compute(self, input: Any) -> Any:
        return np.array(elements(input.shape), self.out_type.numpy)


NotDifferentiable("Size")


def size(input: Any, name: str | None = None, out_type: Any = int32) -> Tensor:
    """The number of elements of a tensor; a constant, if it is known already."""
    with name_scope(name, "Size", [input]) as scope:
        input = convert_to_tensor(input, name="Const")
        dtype = as_dtype(out_type)
        known = input.spec.shape
        if known is not None and None not in known:
            return constant(np.array(elements(known), dtype.numpy), name=scope)
        return Size([input], name=scope, out_type=dtype)


class Rank(Operation):
    """The number of axes."""

    recordable = True

    def infer(self, input: Spec) -> Spec:
        return Spec(int32, ())

    def compute(self, input: Any) -> Any:
        return np.array(input.ndim, np.int32)


NotDifferentiable("Rank")


def rank(input: Any, name: str | None = None) -> Tensor:
    """The number of axes of a tensor; a constant, if it is known already."""
    with name_scope(name, "Rank", [input]) as scope:
        input = convert_to_tensor(input, name="input")
        if input.spec.shape is not None:
            return constant(np.array(len(input.spec.shape), np.int32), name=scope)
        return Rank([input], name=scope)


# -- reshaping ------------------------------------------------------------------------------------


_NEGATIVE = "sizes must not be negative (but one may be -1): "


class Reshape(Indexed):
    """The input's elements, in row-major order, in another shape."""

    index_operands = ("shape",)

    def infer(self, tensor: Spec, shape: Spec) -> Spec:
        check_integers(shape=shape.dtype)
        check_rank(1, shape=shape)
        value = constant_value(self.inputs[1])
        if value is not None and (value < -1).any():
            raise Problem(_NEGATIVE + str(value.tolist()))
        target = constant_shape(self.inputs[1])
        if target is None or tensor.shape is None:
            return Spec(tensor.dtype, target)
        if None in tensor.shape:
            self.check_multiple(target, tensor.shape)
            return Spec(tensor.dtype, target)
        unknown = target.count(None)
        if unknown > 1 or (unknown and 0 in target):
            return Spec(tensor.dtype, target)
        sizes = [-1 if size is None else size for size in target]
        return Spec(tensor.dtype, self.target(tensor.shape, sizes))  # type: ignore[arg-type]

    @staticmethod
    def check_multiple(target: Sequence[int | None], shape: Sequence[int | None]) -> None:
        """Raises a Problem if the sizes that are known of `shape` rule the target out."""
        known = math.prod(size for size in shape if size is not None)
        if None not in target and known and math.prod(target) % known:  # type: ignore[arg-type]
            raise Problem(
                f"a tensor of shape {show_shape(tuple(shape))} has a multiple of {known} values, "
                f"but the requested shape {list(target)} has {math.prod(target)}"  # type: ignore[arg-type]
            )

    def compute(self, tensor: Any, shape: Any) -> Any:
        return np.reshape(tensor, self.target(tensor.shape, np.ravel(shape).tolist()))

    @staticmethod
    def target(shape: Sequence[int], sizes: Sequence[int]) -> tuple[int, ...]:
        """The sizes asked for, with the number that a -1 stands for.

        Raises:
          Problem: if there are not as many elements as that.
        """
        if sizes.count(-1) > 1:
            first = sizes.index(-1)
            second = sizes.index(-1, first + 1)
            raise Problem(
                f"Only one input size may be -1, not both {first} and {second}: {list(sizes)}"
            )
        if min(sizes, default=0) < -1:
            raise Problem(_NEGATIVE + str(list(sizes)))
        count = elements(shape)
        if -1 not in sizes:
            if elements(sizes) != count:
                raise Problem(
                    f"Input to reshape is a tensor with {count} values, but the requested shape "
                    f"has {elements(sizes)}: {show_shape(tuple(shape))} -> {list(sizes)}"
                )
            return tuple(sizes)
        # With a 0 among the sizes, TF 1.15 leaves zeros out of account on both sides.
        rest = math.prod(size for size in sizes if size > 0)
        left = math.prod(size for size in shape if size) if 0 in sizes else count
        if left % rest and not (0 in sizes and 0 in shape):
            raise Problem(
                f"Input to reshape is a tensor with {count} values, but the requested shape "
                f"requires a multiple of {rest}: {show_shape(tuple(shape))} -> {list(sizes)}, and "
                f"{left} % {rest} = {left % rest}"
            )
        return tuple(left // rest if size == -1 else size for size in sizes)


@RegisterGradient("Reshape")
def _reshape_grad(op: Operation, grad: Tensor) -> Any:
    return reshape(grad, shape(op.inputs[0])), None


def reshape(tensor: Any, shape: Any, name: str | None = None) -> Tensor:
    """`tensor`'s elements, in row-major order, in another shape.

    Args:
      shape: a vector of sizes with the same product as `tensor`'s; one may be -1: whatever is left.

    Raises:
      ValueError: if the numbers of elements differ; in a run an InvalidArgumentError.

    >>> import tinyflow as tf
    >>> print(tf.reshape([[1, 2, 3], [4, 5, 6]], [3, -1]).shape)
    (3, 2)
    """
    return Reshape([tensor, shape], name=name)


# -- broadcasting and its opposite ----------------------------------------------------------------


class Unbroadcast(Operation):
    """Sums `x` over the axes along which a tensor of `like`'s shape was broadcast to it."""

    recordable = True

    def infer(self, x: Spec, like: Spec) -> Spec:
        return Spec(x.dtype, like.shape)

    def compute(self, x: Any, like: Any) -> Any:
        missing = x.ndim - like.ndim
        axes = tuple(
            axis
            for axis, size in enumerate(x.shape)
            if axis < missing or (like.shape[axis - missing] == 1 and size != 1)
        )
        if axes:
            x = np.add.reduce(x, axis=axes, dtype=x.dtype, keepdims=True)
        return np.reshape(x, like.shape) if x.shape != like.shape else x


class BroadcastLike(Operation):
    """`x`, broadcast to `like`'s shape."""

    recordable = True

    def infer(self, x: Spec, like: Spec) -> Spec:
        return Spec(x.dtype, like.shape)

    def compute(self, x: Any, like: Any) -> Any:
        return np.broadcast_to(x, like.shape)


@RegisterGradient("Unbroadcast")
def _unbroadcast_grad(op: Operation, grad: Tensor) -> Any:
    return BroadcastLike((grad, op.inputs[0])), None


@RegisterGradient("BroadcastLike")
def _broadcast_like_grad(op: Operation, grad: Tensor) -> Any:
    return unbroadcast(grad, op.inputs[0]), None


def unbroadcast(x: Tensor, like: Tensor) -> Tensor:
    """`x`, summed over the axes along which a tensor of `like`'s shape was broadcast to it."""
    if x.spec.shape == like.spec.shape and is_known(x.spec.shape):
        return x
    return Unbroadcast((x, like))


# -- ranges ---------------------------------------------------------------------------------------


class Range(Operation):
    """start, start + delta, ... as long as they are below limit (or above it, going down)."""

    same_dtype = True
    recordable = True

    def infer(self, start: Spec, limit: Spec, delta: Spec) -> Spec:
        check_rank(0, start=start, limit=limit, delta=delta)
        dtype = start.dtype if limit.dtype is delta.dtype is start.dtype else None
        values = [constant_value(tensor) for tensor in self.inputs]
        if any(value is None for value in values):
            return Spec(dtype, (None,))
        return Spec(dtype, (self.length(*[value[()] for value in values]),))  # type: ignore[index]

    def compute(self, start: Any, limit: Any, delta: Any) -> Any:
        start, limit, delta = (np.asarray(x)[()] for x in (start, limit, delta))
        dtype = np.result_type(start, limit, delta)
        length = self.length(start, limit, delta)
        if dtype.kind in "iu":
            return start + delta * np.arange(length, dtype=dtype)
        # TF 1.15 adds delta again and again, in the numbers' own precision.
        steps = np.full(length, delta, dtype)
        steps[:1] = start
        return np.add.accumulate(steps)

    @staticmethod
    def length(start: Any, limit: Any, delta: Any) -> int:
        """How many numbers there are.

        Raises:
          Problem: if delta is 0, or leads away from limit.
        """
        if delta == 0:
            raise Problem("Requires delta != 0")
        if (start > limit) if delta > 0 else (start < limit):
            rule = "start <= limit when delta > 0" if delta > 0 else "start >= limit when delta < 0"
            raise Problem(
                f"Requires {rule}: {start}/{limit}",
                f"a delta of {-delta}, or start and limit exchanged",
            )
        if np.result_type(start, limit, delta).kind in "iu":
            return -((int(start) - int(limit)) // int(delta))  # rounded up
        count: int = math.ceil((limit - start) / delta)
        return count


NotDifferentiable("Range")

_WIDTHS = (int32, int64, float32, float64)  # a range has the widest dtype of its operands


def range(
    start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str | None = "range"
) -> Tensor:
    """The numbers from `start` (0, if only one number is given) to `limit`, `delta` apart.

    `limit` itself is not among them.  Without `dtype` the result has the widest one of the
    operands' (int32, int64, float32, float64, in this order).

    Raises:
      ValueError: if an operand is no scalar, `delta` is 0, or it leads away from `limit`.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.range(3, 18, 5))
    array([ 3,  8, 13], dtype=int32)
    """
    if limit is None:
        start, limit = 0, start
    values = {"start": start, "limit": limit, "delta": delta}
    with name_scope(name, "Range", [start, limit, delta]) as scope:
        if dtype is not None:
            dtype = as_dtype(dtype)
            return Range([convert_to_tensor(v, dtype, k) for k, v in values.items()], name=scope)
        dtypes = [_dtype_of(value) for value in values.values()]
        for key, of_one in zip(values, dtypes, strict=True):
            if of_one not in (None, *_WIDTHS):
                allowed = ", ".join(known.name for known in _WIDTHS)
                raise TypeError(
                    f"{key} of tf.range has dtype {of_one.name}, not one of {allowed}: give dtype="
                )
        widest = None if None in dtypes else max(dtypes, key=_WIDTHS.index)
        return Range([_as(v, widest, k) for k, v in values.items()], name=scope)


def _dtype_of(value: Any) -> Any:
    """The dtype that a value has as a tensor."""
    return (
        value.dtype and value.dtype.base_dtype
        if is_tensor(value)
        else as_dtype(as_array(value).dtype)
    )


def _as(value: Any, dtype: DType | None, name: str) -> Tensor:
    tensor = convert_to_tensor(value, None if is_tensor(value) else dtype, name)
    return tensor if dtype is None or tensor.spec.dtype is dtype else cast(tensor, dtype)
