"""Tensors made from little: filled with one value, evenly spaced, one-hot, broadcast."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.foundation.dtypes import DType, as_dtype, float32, int32, uint8
from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import (
    Shape,
    Spec,
    TensorShape,
    as_shape,
    broadcast_shapes,
    elements,
    is_known,
    show_shape,
)
from tinyflow.graph.constant_value import constant_shape, constant_value
from tinyflow.graph.gradient_registry import NotDifferentiable, RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.array import shape as shape_of, unbroadcast
from tinyflow.ops.base import check_kind
from tinyflow.ops.constant import constant, convert_to_tensor, is_tensor
from tinyflow.ops.operands import Indexed, axis_number, check_integers, check_rank, common_dtype
from tinyflow.ops.reduction import reduce_sum

__all__ = [
    "broadcast_dynamic_shape", "broadcast_static_shape", "broadcast_to", "fill", "lin_space",
    "linspace", "one_hot", "ones", "ones_like", "zeros", "zeros_like",
]  # fmt: skip

_SMALL = 1000  # elements: below, zeros and ones are constants


# -- one value everywhere -------------------------------------------------------------------------


class Fill(Indexed):
    """A tensor of the given shape, filled with one value."""

    index_operands = ("dims",)

    def infer(self, dims: Spec, value: Spec) -> Spec:
        check_integers(dims=dims.dtype)
        check_rank(1, dims=dims)
        check_rank(0, value=value)
        sizes = constant_value(self.inputs[0])
        if sizes is not None:
            _check_sizes(sizes.tolist())
        return Spec(value.dtype, constant_shape(self.inputs[0]))

    def compute(self, dims: Any, value: Any) -> Any:
        sizes = np.ravel(dims).tolist()
        _check_sizes(sizes)
        return np.broadcast_to(value, tuple(sizes))


def _check_sizes(sizes: list[int]) -> None:
    if any(size < 0 for size in sizes):
        raise Problem(f"Fill dimensions must be >= 0: {sizes}")


@RegisterGradient("Fill")
def _fill_grad(op: Operation, grad: Tensor) -> Any:
    return None, reduce_sum(grad)


def fill(dims: Any, value: Any, name: str | None = None) -> Tensor:
    """A tensor of shape `dims`, filled with the scalar `value`.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.fill([2, 2], 7))
    array([[7, 7],
           [7, 7]], dtype=int32)
    """
    return Fill([dims, value], name=name)


def zeros(shape: Any, dtype: Any = float32, name: str | None = None) -> Tensor:
    """A tensor of zeros (False, or empty strings).

    Args:
      shape: a list of sizes, which may hold tensors; a TensorShape; or a vector.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.zeros([3], tf.int32))
    array([0, 0, 0], dtype=int32)
    """
    dtype = as_dtype(dtype).base_dtype
    zero = {"b": False, "O": b""}.get(dtype.numpy.kind, 0)
    return _filled(zero, shape, dtype, name, "zeros")


def ones(shape: Any, dtype: Any = float32, name: str | None = None) -> Tensor:
    """A tensor of ones (or True).

    Args:
      shape: a list of sizes, which may hold tensors; a TensorShape; or a vector.

    Raises:
      TypeError: if `dtype` is string.
    """
    dtype = as_dtype(dtype).base_dtype
    return _filled(dtype.numpy.kind == "b" or 1, shape, dtype, name, "ones")


def _filled(value: Any, shape: Any, dtype: DType, name: str | None, default: str) -> Tensor:
    with name_scope(name, default, [shape]) as scope:
        if not is_tensor(shape):
            sizes = _static_sizes(shape)
            if sizes is not None and elements(sizes) < _SMALL:
                return constant(value, dtype, sizes, name=scope)
            operand = "shape_as_tensor" if sizes is not None else "packed"
            shape = convert_to_tensor(shape if sizes is None else list(sizes), int32, operand)
        elif shape.shape.ndims == 0:
            shape = convert_to_tensor([shape], name="packed")
        return Fill([shape, constant(value, dtype)], name=scope)


def _static_sizes(shape: Any) -> Any:
    """The sizes, if none of them is a tensor."""
    if isinstance(shape, list | tuple):
        if any(is_tensor(size) for size in shape):
            return None
        if any(size is None for size in shape):
            raise TypeError(f"the shape of a tensor has to be known, not {list(shape)}")
    sizes = as_shape(shape)
    if sizes is None or None in sizes:
        raise ValueError(
            f"Cannot convert a partially known TensorShape to a Tensor: {show_shape(sizes)}"
        )
    return sizes


class ZerosLike(Operation):
    """Zeros in the input's shape."""

    recordable = True

    def infer(self, x: Spec) -> Spec:
        return x

    def compute(self, x: Any) -> Any:
        return np.zeros_like(x) if x.dtype != object else np.full(x.shape, b"", object)


class OnesLike(Operation):
    """Ones in the input's shape."""

    recordable = True

    def infer(self, x: Spec) -> Spec:
        return x

    def compute(self, x: Any) -> Any:
        return np.ones_like(x)


NotDifferentiable("ZerosLike")
NotDifferentiable("OnesLike")


def zeros_like(
    tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True
) -> Tensor:
    """Zeros in the shape of a tensor, and of its dtype unless `dtype` names another.

    Args:
      optimize: whether to make a constant if the shape is known already.
    """
    with name_scope(name, "zeros_like", [tensor]) as scope:
        tensor = convert_to_tensor(tensor, name="tensor")
        wanted = tensor.spec.dtype if dtype is None else as_dtype(dtype).base_dtype
        if wanted is not None:
            if optimize and is_known(tensor.spec.shape):
                return zeros(tensor.spec.shape, wanted, name=scope)
            if wanted is not tensor.spec.dtype:
                return zeros(shape_of(tensor), wanted, name=scope)
        return ZerosLike([tensor], name=scope)


def ones_like(
    tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True
) -> Tensor:
    """Ones in the shape of a tensor, and of its dtype unless `dtype` names another."""
    with name_scope(name, "ones_like", [tensor]) as scope:
        tensor = convert_to_tensor(tensor, name="tensor")
        wanted = tensor.spec.dtype if dtype is None else as_dtype(dtype).base_dtype
        if wanted is None:
            return OnesLike([tensor], name=scope)
        return ones(shape_of(tensor), wanted, name=scope)


# -- broadcasting ---------------------------------------------------------------------------------


class BroadcastTo(Indexed):
    """The input, repeated along axes of size 1 and new first axes."""

    index_operands = ("shape",)

    def infer(self, input: Spec, shape: Spec) -> Spec:
        check_integers(shape=shape.dtype)
        check_rank(1, shape=shape)
        target = constant_shape(self.inputs[1])
        self.check(input.shape, target)
        return Spec(input.dtype, target)

    def compute(self, input: Any, shape: Any) -> Any:
        target = tuple(np.ravel(shape).tolist())
        self.check(input.shape, target)
        return np.broadcast_to(input, target)

    @staticmethod
    def check(shape: Shape, target: Shape) -> None:
        if shape is None or target is None:
            return
        pairs = zip(shape[::-1], target[::-1], strict=False)
        if len(shape) > len(target) or any(
            m not in (1, n) and m is not None and n is not None for m, n in pairs
        ):
            raise Problem(
                f"a tensor of shape {show_shape(shape)} does not broadcast to {show_shape(target)}"
            )


@RegisterGradient("BroadcastTo")
def _broadcast_to_grad(op: Operation, grad: Tensor) -> Any:
    return unbroadcast(grad, op.inputs[0]), None


def broadcast_to(input: Any, shape: Any, name: str | None = None) -> Tensor:
    """`input`, repeated to have the shape `shape`, by the rules of element-wise operations.

    Raises:
      ValueError: if a size of `input` is neither 1 nor that of `shape`; in a run an
        InvalidArgumentError.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.broadcast_to([1, 2], [2, 2]))
    array([[1, 2],
           [1, 2]], dtype=int32)
    """
    return BroadcastTo([input, shape], name=name)


def broadcast_static_shape(shape_x: Any, shape_y: Any) -> TensorShape:
    """The static shape of an element-wise result of operands of two static shapes.

    Raises:
      ValueError: if the shapes do not broadcast.
    """
    try:
        return TensorShape(broadcast_shapes(as_shape(shape_x), as_shape(shape_y)))
    except ValueError as conflict:
        raise ValueError(
            f"Incompatible shapes for broadcasting: {TensorShape(shape_x)} and "
            f"{TensorShape(shape_y)}: {conflict}"
        ) from None


class BroadcastArgs(Indexed):
    """The shape of an element-wise result of operands of two shapes."""

    index_operands = ("s0", "s1")

    def infer(self, s0: Spec, s1: Spec) -> Spec:
        check_integers(s0=s0.dtype, s1=s1.dtype)
        check_rank(1, s0=s0, s1=s1)
        dtype = common_dtype(s0=s0.dtype, s1=s1.dtype)
        if not is_known(s0.shape) or not is_known(s1.shape):
            return Spec(dtype, (None,))
        return Spec(dtype, (max(elements(s0.shape), elements(s1.shape)),))

    def compute(self, s0: Any, s1: Any) -> Any:
        shapes = [tuple(np.ravel(s).tolist()) for s in (s0, s1)]
        try:
            return np.array(np.broadcast_shapes(*shapes), s0.dtype)
        except ValueError:
            raise Problem(f"Incompatible shapes: {list(shapes[0])} vs. {list(shapes[1])}") from None


NotDifferentiable("BroadcastArgs")


def broadcast_dynamic_shape(shape_x: Any, shape_y: Any) -> Tensor:
    """The shape of an element-wise result of operands of two shapes, given as vectors of ints."""
    return BroadcastArgs([shape_x, shape_y])


# -- numbers from a pattern -----------------------------------------------------------------------


class LinSpace(Indexed):
    """Evenly spaced numbers, the first and the last given."""

    index_operands = ("num",)

    def infer(self, start: Spec, stop: Spec, num: Spec) -> Spec:
        check_kind("start", start.dtype, "f")
        check_integers(num=num.dtype)
        dtype = common_dtype(start=start.dtype, stop=stop.dtype)
        check_rank(0, start=start, stop=stop, num=num)
        count = constant_value(self.inputs[2])
        return Spec(dtype, (None if count is None else self.checked(count),))

    def compute(self, start: Any, stop: Any, num: Any) -> Any:
        count = self.checked(num)
        step = (stop - start) / start.dtype.type(max(count - 1, 1))
        numbers = np.empty(count, start.dtype)
        numbers[:] = start + step * np.arange(count, dtype=start.dtype)
        numbers[1:][-1:] = stop  # rounding must not miss it
        return numbers

    @staticmethod
    def checked(num: Any) -> int:
        if num <= 0:
            raise Problem(f"Requires num > 0: {num}")
        return int(num)


NotDifferentiable("LinSpace")


def linspace(start: Any, stop: Any, num: Any, name: str | None = None) -> Tensor:
    """`num` evenly spaced numbers from `start` to `stop`, both included.

    Args:
      start, stop: scalars of one float dtype.
      num: how many; if 1, just `start`.

    Raises:
      TypeError: if `start` is no float.
      ValueError: if `num` is not positive; in a run an InvalidArgumentError.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.linspace(0.0, 1.0, 5))
    array([0.  , 0.25, 0.5 , 0.75, 1.  ], dtype=float32)
    """
    like = next((x for x in (start, stop) if is_tensor(x)), None)
    return LinSpace(
        [start, stop, num], name=name, like=None if like is None else convert_to_tensor(like)
    )


lin_space = linspace


class OneHot(Indexed):
    """For each index a vector that is on there and off elsewhere, along a new axis."""

    axis: int = -1
    index_operands = ("indices", "depth")

    def infer(self, indices: Spec, depth: Spec, on_value: Spec, off_value: Spec) -> Spec:
        check_integers(depth=depth.dtype)
        if indices.dtype is not uint8:
            check_integers(indices=indices.dtype)
        dtype = common_dtype(on_value=on_value.dtype, off_value=off_value.dtype)
        check_rank(0, depth=depth, on_value=on_value, off_value=off_value)
        count = constant_value(self.inputs[1])
        if count is not None and count < 0:
            raise Problem(f"the depth must not be negative: {count}")
        if indices.shape is None:
            return Spec(dtype)
        axis = axis_number(self.axis, len(indices.shape) + 1)
        size = None if count is None else int(count)
        return Spec(dtype, (*indices.shape[:axis], size, *indices.shape[axis:]))

    def compute(self, indices: Any, depth: Any, on_value: Any, off_value: Any) -> Any:
        axis = axis_number(self.axis, indices.ndim + 1)
        along = [1] * (indices.ndim + 1)
        along[axis] = int(depth)
        hot = np.expand_dims(indices, axis) == np.reshape(np.arange(int(depth)), along)
        return np.where(hot, on_value, off_value)


NotDifferentiable("OneHot")


def one_hot(
    indices: Any, depth: Any, on_value: Any = None, off_value: Any = None, axis: Any = None,
    dtype: Any = None, name: str | None = None,
) -> Tensor:  # fmt: skip
    """For each index i a vector with `on_value` at place i and `off_value` elsewhere.

    An index outside of 0 ... `depth` - 1 has a vector that is off everywhere.

    Args:
      indices: ints of any shape.
      depth: the length of the vectors.
      on_value, off_value: scalars; by default 1 and 0.
      axis: where the new axis goes; by default it is the last one.
      dtype: of the result; by default that of the values given, or float32.

    Raises:
      TypeError: if the values' dtypes differ from each other or from `dtype`.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.one_hot([0, 2], 3))
    array([[1., 0., 0.],
           [0., 0., 1.]], dtype=float32)
    """
    with name_scope(name, "one_hot", [indices, depth, on_value, off_value]) as scope:
        on, off = (
            None if value is None else convert_to_tensor(value, preferred_dtype=dtype, name=operand)
            for operand, value in (("on_value", on_value), ("off_value", off_value))
        )
        if dtype is None:
            given = on if on is not None else off
            dtype = float32 if given is None else given.spec.dtype
        else:
            dtype = as_dtype(dtype).base_dtype
            for operand, value in (("on_value", on), ("off_value", off)):
                if value is not None and value.spec.dtype is not dtype:
                    raise TypeError(
                        f"dtype {value.dtype} of {operand} does not match dtype parameter {dtype}"
                    )
        on = constant(dtype.numpy.kind == "b" or 1, dtype, name="on_value") if on is None else on
        off = zeros([], dtype, name="off_value") if off is None else off
        if on.spec.dtype is not off.spec.dtype:
            raise TypeError(
                f"dtype {on.dtype} of on_value does not match dtype {off.dtype} of off_value"
            )
        return OneHot([indices, depth, on, off], name=scope, axis=-1 if axis is None else axis)
