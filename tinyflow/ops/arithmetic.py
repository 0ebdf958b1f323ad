"""Arithmetic, element by element: sums, products, quotients, remainders.

Gradients are the plain formulas: the walk sums them to the operands' shapes (gradients.py).  `conj`
is there for complex numbers and leaves real ones as they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.foundation import dtypes
from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Shape, Spec, as_shape, merge_shapes, show_shape
from tinyflow.graph.gradient_registry import NotDifferentiable, RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.graph.operators import operator
from tinyflow.ops.base import Elementwise
from tinyflow.ops.constant import convert_to_tensor, define_operator, is_tensor
from tinyflow.ops.conversion import cast, conj

__all__ = [
    "accumulate_n", "add", "add_n", "div", "div_no_nan", "divide", "divide_no_nan", "floor_div",
    "floordiv", "floormod", "mod", "multiply", "multiply_no_nan", "negative", "polyval", "realdiv",
    "reciprocal", "reciprocal_no_nan", "scalar_mul", "square", "squared_difference", "subtract",
    "truediv", "truncatediv", "truncatemod",
]  # fmt: skip


# -- sums and products -----------------------------------------------------------------------------


class Add(Elementwise):
    """x + y."""

    kinds = "fciuO"

    def compute(self, x: Any, y: Any) -> Any:
        return x + y


class AddV2(Add):
    """x + y: what Python's `+` makes."""


@RegisterGradient("Add")
@RegisterGradient("AddV2")
def _add_grad(op: Operation, grad: Any) -> Any:
    return grad, grad


def add(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x + y, element-wise, with broadcasting; strings are joined.

    Raises:
      TypeError: if the dtypes differ.  A plain `y` is converted to x's dtype (while with Python's
        `+` whichever operand is plain is converted to the dtype of the tensor).
      ValueError: if the shapes do not broadcast.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.add([[1], [2]], [10, 20, 30]))
    array([[11, 21, 31],
           [12, 22, 32]], dtype=int32)
    """
    return Add([x, y], name=name)


class Sub(Elementwise):
    """x - y."""

    def compute(self, x: Any, y: Any) -> Any:
        return x - y


@RegisterGradient("Sub")
def _sub_grad(op: Operation, grad: Any) -> Any:
    return grad, -grad


def subtract(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x - y, element-wise, with broadcasting."""
    return Sub([x, y], name=name)


class Mul(Elementwise):
    """x * y."""

    def compute(self, x: Any, y: Any) -> Any:
        return x * y


@RegisterGradient("Mul")
def _mul_grad(op: Operation, grad: Any) -> Any:
    x, y = op.inputs
    return grad * conj(y), grad * conj(x)


def multiply(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x * y, element-wise, with broadcasting."""
    return Mul([x, y], name=name)


class MulNoNan(Elementwise):
    """x * y, but 0 wherever y is 0, even if x is nan or infinite there."""

    kinds = "fc"

    def compute(self, x: Any, y: Any) -> Any:
        if isinstance(y, np.ndarray) and y.ndim == 0 and y == 0:
            return np.zeros_like(x)
        return np.where(np.equal(y, 0), 0, x * y)


@RegisterGradient("MulNoNan")
def _mul_no_nan_grad(op: Operation, grad: Any) -> Any:
    x, y = op.inputs
    return multiply_no_nan(grad, y), multiply_no_nan(x, grad)


def multiply_no_nan(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x * y, element-wise, but 0 wherever y is 0, even if x is nan or infinite there."""
    return MulNoNan([x, y], name=name or "multiply_no_nan")


def zeros_for(x: Tensor) -> Tensor:
    """Zeros in x's shape and dtype, whatever x holds."""
    return MulNoNan((x, 0), like=x)


class Neg(Elementwise):
    """-x."""

    kinds = "fci"  # an unsigned number has no negative

    def compute(self, x: Any) -> Any:
        return -x


@RegisterGradient("Neg")
def _neg_grad(op: Operation, grad: Any) -> Any:
    return -grad


@operator("__neg__")
def negative(x: Any, name: str | None = None) -> Tensor:
    """-x, element-wise."""
    return Neg([x], name=name)


class Square(Elementwise):
    """x * x."""

    def compute(self, x: Any) -> Any:
        return x * x


@RegisterGradient("Square")
def _square_grad(op: Operation, grad: Any) -> Any:
    return 2.0 * grad * conj(op.inputs[0])


def square(x: Any, name: str | None = None) -> Tensor:
    """x * x, element-wise."""
    return Square([x], name=name)


class SquaredDifference(Elementwise):
    """(x - y) * (x - y)."""

    def compute(self, x: Any, y: Any) -> Any:
        difference = x - y
        return difference * difference


@RegisterGradient("SquaredDifference")
def _squared_difference_grad(op: Operation, grad: Any) -> Any:
    x, y = op.inputs
    grad_x = 2.0 * grad * conj(subtract(x, y))
    return grad_x, -grad_x


def squared_difference(x: Any, y: Any, name: str | None = None) -> Tensor:
    """(x - y) * (x - y), element-wise, with broadcasting."""
    return SquaredDifference([x, y], name=name)


class AddN(Operation):
    """The sum of tensors of one shape."""

    same_dtype = True
    recordable = True

    def infer(self, *inputs: Spec) -> Spec:
        shape: Shape = None
        for spec in inputs:
            try:
                shape = merge_shapes(shape, spec.shape)
            except ValueError:
                raise Problem(
                    f"Shapes must be equal: {show_shape(shape)} and {show_shape(spec.shape)}",
                    "add them with +, which broadcasts",
                ) from None
        kinds = {spec.dtype for spec in inputs}
        return Spec(kinds.pop() if len(kinds) == 1 else None, shape)

    def compute(self, *inputs: Any) -> Any:
        total = inputs[0]
        for x in inputs[1:]:
            if x.shape != total.shape:
                raise Problem(f"the tensors to add have shapes {total.shape} and {x.shape}")
            total = total + x
        return total


class AccumulateNV2(AddN):
    """The sum of tensors of one shape: what `accumulate_n` makes."""


@RegisterGradient("AddN")
@RegisterGradient("AccumulateNV2")
def _add_n_grad(op: Operation, grad: Any) -> Any:
    return [grad] * len(op.inputs)


def _addends(inputs: Any, kinds: str) -> list[Tensor]:
    """The tensors to add: at least one."""
    tensors: list[Any] = list(inputs)
    if not tensors:
        raise ValueError(
            f"inputs must be a list of at least one {kinds} with the same dtype and shape"
        )
    return [convert_to_tensor(x, name=f"inputs_{i}") for i, x in enumerate(tensors)]


def add_n(inputs: Any, name: str | None = None) -> Tensor:
    """The sum of a list of tensors of one shape and dtype.

    Returns:
      The only tensor itself, if there is but one and no name is given.

    Raises:
      ValueError: if the list is empty, or the shapes differ (there is no broadcasting).
      TypeError: if the dtypes differ.

    >>> import tinyflow as tf
    >>> float(tf.Session().run(tf.add_n([1.0, 2.0, 3.0])))
    6.0
    """
    tensors = _addends(inputs, "Tensor/IndexedSlices")
    if len(tensors) == 1 and not name:
        return tensors[0]
    return AddN(tensors, name=name)


def accumulate_n(
    inputs: Any, shape: Any = None, tensor_dtype: Any = None, name: str | None = None
) -> Tensor:
    """The sum of a list of tensors of one shape and dtype, as `add_n`.

    Args:
      shape: their shape, if it is not known of any of them.
      tensor_dtype: their dtype, to have it checked.

    Raises:
      ValueError: if the list is empty, or shapes or dtypes differ.
      TypeError: if `tensor_dtype` is not their dtype.
    """
    tensors = _addends(inputs, "Tensor")
    dtype = tensors[0].spec.dtype
    if any(t.spec.dtype is not dtype for t in tensors):
        raise ValueError(
            "inputs must be a list of at least one Tensor with the same dtype and shape"
        )
    if tensor_dtype is not None and dtypes.as_dtype(tensor_dtype) != dtype:
        raise TypeError(f"tensor_dtype is {tensor_dtype}, but input is of type {dtype}")
    if len(tensors) == 1 and name is None:
        return tensors[0]
    total: Tensor = AccumulateNV2(tensors, name=name)
    total.set_shape(as_shape(shape))
    return total


def scalar_mul(scalar: Any, x: Any, name: str | None = None) -> Tensor:
    """A number times a tensor.

    Raises:
      ValueError: if `scalar` is not a scalar.
    """
    x = convert_to_tensor(x, name="x")
    scalar = convert_to_tensor(scalar, x.spec.dtype, name="scalar")
    if scalar.shape.ndims != 0:
        raise ValueError(f"Only scalar multiply works, got shape {scalar.shape}")
    return Mul([scalar, x], name=name)


def polyval(coeffs: Any, x: Any, name: str | None = None) -> Tensor:
    """The value at `x` of the polynomial with these coefficients, the highest power's first.

    Computed as (((c0 x) + c1) x + c2) ..., Horner's rule.

    Raises:
      ValueError: if `coeffs` is not a list.

    >>> import tinyflow as tf
    >>> float(tf.Session().run(tf.math.polyval([3.0, 2.0, 1.0], 10.0)))
    321.0
    """
    if not isinstance(coeffs, list):
        raise ValueError(f"Argument coeffs must be list type found {type(coeffs)}.")
    with name_scope(name, "polyval", [*coeffs, x]):
        x = convert_to_tensor(x, name="x")
        if not coeffs:
            return zeros_for(x)
        terms: list[Tensor] = [
            convert_to_tensor(c, x.spec.dtype, name=f"coeff_{i}") for i, c in enumerate(coeffs)
        ]
        total = terms[0]
        for term in terms[1:]:
            total = term + total * x
        return total


define_operator("__add__", AddV2, "add")
define_operator("__sub__", Sub, "sub")
define_operator("__mul__", Mul, "mul")


# -- quotients -------------------------------------------------------------------------------------


class RealDiv(Elementwise):
    """x / y for numbers that have fractions."""

    kinds = "fc"

    def compute(self, x: Any, y: Any) -> Any:
        return x / y


@RegisterGradient("RealDiv")
def _real_div_grad(op: Operation, grad: Any) -> Any:
    # d(x / y) = dx / y - (x / y) dy / y
    share = grad / conj(op.inputs[1])
    return share, -share * conj(op.outputs[0])


def realdiv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y, element-wise, for floats and complex numbers."""
    return RealDiv([x, y], name=name)


_AS_FLOAT = {
    dtypes.int8: dtypes.float32, dtypes.uint8: dtypes.float32,
    dtypes.int16: dtypes.float32, dtypes.uint16: dtypes.float32,
    dtypes.int32: dtypes.float64, dtypes.uint32: dtypes.float64,
    dtypes.int64: dtypes.float64, dtypes.uint64: dtypes.float64,
}  # fmt: skip


def _quotient(x: Any, y: Any, name: str) -> Tensor:
    """x / y, of ints as of floats that hold them."""
    dtype = x.spec.dtype
    if dtype in _AS_FLOAT and dtype is y.spec.dtype:
        x, y = cast(x, _AS_FLOAT[dtype]), cast(y, _AS_FLOAT[dtype])
    return RealDiv((x, y), name=name)


def truediv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y, element-wise, as Python 3 divides: 7 / 2 is 3.5.

    Ints are made float64 first, those of 8 and 16 bits float32.

    Raises:
      TypeError: if the dtypes differ.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.truediv([7, -7], 2))
    array([ 3.5, -3.5])
    """
    with name_scope(name, "truediv", [x, y]) as scope:
        x = convert_to_tensor(x, name="x")
        y = convert_to_tensor(y, name="y", preferred_dtype=x.spec.dtype)
        return _quotient(x, y, scope)


@operator("__truediv__")
def _truediv(x: Any, y: Any) -> Tensor:
    if isinstance(x, Tensor) and isinstance(y, Tensor) and x.spec.dtype not in _AS_FLOAT:
        return RealDiv((x, y), name="truediv")
    with name_scope(None, "truediv", [x, y]) as scope:
        like = convert_to_tensor(x if is_tensor(x) else y).spec.dtype
        x = convert_to_tensor(x, name="x", preferred_dtype=like)
        y = convert_to_tensor(y, name="y", preferred_dtype=like)
        return _quotient(x, y, scope)


def divide(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y as Python has it: for two plain numbers a plain number."""
    return x / y if name is None else truediv(x, y, name)


class DivNoNan(Elementwise):
    """x / y, but 0 wherever y is 0."""

    kinds = "fc"

    def compute(self, x: Any, y: Any) -> Any:
        return np.where(np.equal(y, 0), y.dtype.type(0), x / y)


@RegisterGradient("DivNoNan")
def _div_no_nan_grad(op: Operation, grad: Any) -> Any:
    y, quotient = conj(op.inputs[1]), conj(op.outputs[0])
    share = div_no_nan(grad, y)
    return share, -share * quotient


def div_no_nan(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y, element-wise, but 0 wherever y is 0.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.div_no_nan([1.0, 0.0, 1.0], [2.0, 0.0, 0.0]))
    array([0.5, 0. , 0. ], dtype=float32)
    """
    return DivNoNan([x, y], name=name or "div_no_nan")


divide_no_nan = div_no_nan


class Reciprocal(Elementwise):
    """1 / x."""

    def compute(self, x: Any) -> Any:
        return np.reciprocal(_divisor(x))


@RegisterGradient("Reciprocal")
def _reciprocal_grad(op: Operation, grad: Any) -> Any:
    y = conj(op.outputs[0])
    return -grad * y * y


def reciprocal(x: Any, name: str | None = None) -> Tensor:
    """1 / x, element-wise (of ints: 1, -1 or 0, and no 1 / 0)."""
    return Reciprocal([x], name=name)


def reciprocal_no_nan(x: Any, name: str | None = None) -> Tensor:
    """1 / x, element-wise, but 0 wherever x is 0."""
    with name_scope(name, "reciprocal_no_nan", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        one = convert_to_tensor(1, x.spec.dtype or dtypes.float32, name="one")
        return DivNoNan((one, x), name=scope)


# -- quotients that are whole numbers, and what they leave -----------------------------------------


def _divisor(y: Any) -> Any:
    """The divisor itself, once it is certain that no int is divided by 0."""
    if y.dtype.kind in "iu" and np.any(np.equal(y, 0)):
        raise Problem("Integer division by zero", "tf.maximum(y, 1), or divide floats")
    return y


class _Whole(Elementwise):
    """An op on a dividend and a divisor."""

    kinds = "fiu"


class FloorDiv(_Whole):
    """The greatest whole number that is not above x / y."""

    def compute(self, x: Any, y: Any) -> Any:
        if y.dtype.kind == "f":
            # NumPy's floor_divide has x - (x % y) instead: 1 // 0.1 would be 9, not 10.
            return np.floor(x / y)
        return np.floor_divide(x, _divisor(y))


NotDifferentiable("FloorDiv")


class FloorMod(_Whole):
    """x - y * floor(x / y): what the division leaves, of the sign of y."""

    def compute(self, x: Any, y: Any) -> Any:
        return np.remainder(x, _divisor(y))


@RegisterGradient("FloorMod")
def _floor_mod_grad(op: Operation, grad: Any) -> Any:
    x, y = op.inputs
    return grad, -grad * floor_div(x, y)


class TruncateDiv(_Whole):
    """x / y of ints, rounded towards 0 as in C; of floats x / y."""

    def compute(self, x: Any, y: Any) -> Any:
        if y.dtype.kind == "f":
            return x / y
        quotient = np.floor_divide(x, _divisor(y))
        inexact = np.not_equal(np.remainder(x, y), 0)
        # Where the signs differ the floor is one too low.
        return quotient + np.logical_and(inexact, np.not_equal(x < 0, y < 0)).astype(y.dtype)


NotDifferentiable("TruncateDiv")


class TruncateMod(_Whole):
    """What a division rounded towards 0 leaves: of the sign of x, as C's % and fmod."""

    def compute(self, x: Any, y: Any) -> Any:
        return np.fmod(x, _divisor(y))


@RegisterGradient("TruncateMod")
def _truncate_mod_grad(op: Operation, grad: Any) -> Any:
    x, y = op.inputs
    return grad, -grad * (subtract(x, op.outputs[0]) / y)


def floor_div(x: Any, y: Any, name: str | None = None) -> Tensor:
    """floor(x / y), element-wise, in x's dtype."""
    return FloorDiv([x, y], name=name)


def floordiv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """floor(x / y), element-wise, in x's dtype: Python's `//`.

    Raises:
      InvalidArgumentError: in a run, if an int is divided by 0 (a float gives inf or nan).

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.floordiv([7, -7], 2))
    array([ 3, -4], dtype=int32)
    """
    return FloorDiv([x, y], name=name or "floordiv")


def floormod(x: Any, y: Any, name: str | None = None) -> Tensor:
    """What floor(x / y) leaves, element-wise: Python's `%`, which has the sign of y.

    Raises:
      InvalidArgumentError: in a run, if an int is divided by 0 (a float gives nan).

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.floormod([7, -7], 3))
    array([1, 2], dtype=int32)
    """
    return FloorMod([x, y], name=name)


mod = floormod


def truncatediv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y of ints, element-wise, rounded towards 0; of floats just x / y.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.truncatediv([7, -7], 2))
    array([ 3, -3], dtype=int32)
    """
    return TruncateDiv([x, y], name=name)


def truncatemod(x: Any, y: Any, name: str | None = None) -> Tensor:
    """What a division rounded towards 0 leaves, element-wise: it has the sign of x.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.truncatemod([7, -7], 3))
    array([ 1, -1], dtype=int32)
    """
    return TruncateMod([x, y], name=name)


def div(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y as Python 2 divides, element-wise: the floor for ints, the quotient for floats."""
    with name_scope(name, "div", [x, y]) as scope:
        x = convert_to_tensor(x, name="x")
        y = convert_to_tensor(y, x.spec.dtype, name="y")
        whole = x.spec.dtype is not None and x.spec.dtype.is_integer
        return (FloorDiv if whole else RealDiv)((x, y), name=scope)


define_operator("__floordiv__", FloorDiv, "floordiv")
define_operator("__mod__", FloorMod, "mod")
