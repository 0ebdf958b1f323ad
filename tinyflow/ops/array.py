"""Placeholders, identities, and the ops that change a tensor's shape or take parts of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.foundation.dtypes import DType, as_dtype
from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Shape, Spec, as_shape, merge_shapes, show_shape
from tinyflow.graph.gradient_registry import NotDifferentiable, RegisterGradient
from tinyflow.graph.constant_value import constant_shape
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.constant import constant, convert_to_tensor

__all__ = ["placeholder", "identity", "stop_gradient", "stack"]


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
    """
    return Placeholder((), name=name, dtype=None if dtype is None else as_dtype(dtype), shape=as_shape(shape))  # type: ignore[return-value]


class Identity(Operation):
    """Its input, under another name."""

    recordable = True

    def infer(self, input: Spec) -> Spec:
        return input

    def compute(self, input: Any) -> Any:
        return input


@RegisterGradient("Identity")
def _identity_grad(op: Operation, grad: Tensor) -> Tensor:
    return grad


def identity(input: Any, name: str | None = None) -> Tensor:
    """A tensor with the same value as `input`: a new node, to hang names and dependencies on."""
    return Identity([input], name=name)  # type: ignore[return-value]


class StopGradient(Identity):
    """Its input; a constant as far as gradients are concerned."""


NotDifferentiable("StopGradient")


def stop_gradient(input: Any, name: str | None = None) -> Tensor:
    """`input`, taken as a constant by gradients."""
    return StopGradient([input], name=name)  # type: ignore[return-value]


class Pack(Operation):
    """Joins tensors of one shape along a new axis."""

    axis: int = 0
    same_dtype = True
    recordable = True

    def infer(self, *values: Spec) -> Spec:
        shape: Shape = None
        for value in values:
            try:
                shape = merge_shapes(shape, value.shape)
            except ValueError:
                raise Problem(f"the tensors to stack have shapes {show_shape(shape)} and {show_shape(value.shape)}") from None
        dtype = next((v.dtype for v in values if v.dtype), None)
        if shape is None:
            return Spec(dtype)
        if not -len(shape) - 1 <= self.axis <= len(shape):
            raise Problem(f"axis = {self.axis} not in [{-len(shape) - 1}, {len(shape) + 1})")
        axis = self.axis % (len(shape) + 1)
        return Spec(dtype, (*shape[:axis], len(values), *shape[axis:]))

    def compute(self, *values: Any) -> Any:
        return np.stack(values, axis=self.axis)


def stack(values: Any, axis: int = 0, name: str = "stack") -> Tensor:
    """Joins tensors of one shape along a new axis."""
    return Pack(values, name=name, axis=axis)  # type: ignore[return-value]


class Shape_(Operation):  # noqa: N801  (Shape is the type of static shapes)
    """The input's shape, as a vector."""

    op_type = "Shape"
    out_type: DType = as_dtype("int32")
    recordable = True

    def infer(self, input: Spec) -> Spec:
        return Spec(self.out_type, (None if input.shape is None else len(input.shape),))

    def compute(self, input: Any) -> Any:
        return np.array(input.shape, self.out_type.numpy)


NotDifferentiable("Shape")


def shape(input: Any, name: str | None = None, out_type: Any = "int32") -> Tensor:
    """The shape of a tensor, as a vector of ints."""
    return Shape_([input], name=name, out_type=as_dtype(out_type))  # type: ignore[return-value]


class Fill(Operation):
    """A tensor of the given shape, filled with one value."""

    recordable = True

    def infer(self, dims: Spec, value: Spec) -> Spec:
        return Spec(value.dtype, constant_shape(self.inputs[0]))

    def compute(self, dims: Any, value: Any) -> Any:
        return np.broadcast_to(value, tuple(dims))


@RegisterGradient("Fill")
def _fill_grad(op: Operation, grad: Tensor) -> Any:
    from tinyflow.ops.reduction import reduce_sum

    return None, reduce_sum(grad)


def fill(dims: Any, value: Any, name: str | None = None) -> Tensor:
    """A tensor of shape `dims`, filled with the scalar `value`."""
    return Fill([dims, value], name=name)  # type: ignore[return-value]


class ZerosLike(Operation):
    """Zeros in the input's shape."""

    recordable = True

    def infer(self, x: Spec) -> Spec:
        return x

    def compute(self, x: Any) -> Any:
        return np.zeros_like(x)


NotDifferentiable("ZerosLike")


def zeros_like(tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True) -> Tensor:
    """Zeros in the shape (and dtype) of a tensor."""
    return ZerosLike([tensor], name=name)  # type: ignore[return-value]


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
    return Unbroadcast((grad, op.inputs[0])), None


class Rank(Operation):
    """The number of axes."""

    recordable = True

    def infer(self, input: Spec) -> Spec:
        return Spec(as_dtype("int32"), ())

    def compute(self, input: Any) -> Any:
        return np.array(input.ndim, np.int32)


class Range(Operation):
    """start, start + delta, ... as long as they are below limit (above it, if delta is negative)."""

    same_dtype = True
    recordable = True

    def infer(self, start: Spec, limit: Spec, delta: Spec) -> Spec:
        return Spec(start.dtype, (None,))

    def compute(self, start: Any, limit: Any, delta: Any) -> Any:
        return np.arange(int(start), int(limit), int(delta), dtype=np.int32)


NotDifferentiable("Rank")
NotDifferentiable("Range")
