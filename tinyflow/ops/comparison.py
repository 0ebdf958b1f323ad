"""Comparisons, logic, and the choice between two values, element by element."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.foundation.dtypes import DType, as_dtype, bool_
from tinyflow.foundation.errors import DtypeProblem, Problem
from tinyflow.foundation.shapes import Shape, Spec, merge_shapes, show_shape
from tinyflow.graph.gradient_registry import NotDifferentiable, RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.graph.operators import operator
from tinyflow.ops.arithmetic import zeros_for
from tinyflow.ops.base import Elementwise, Predicate
from tinyflow.ops.constant import convert_to_tensor, define_operator, is_tensor
from tinyflow.ops.conversion import cast

__all__ = [
    "equal", "greater", "greater_equal", "is_finite", "is_inf", "is_nan", "is_numeric_tensor",
    "less", "less_equal", "logical_and", "logical_not", "logical_or", "logical_xor", "maximum",
    "minimum", "not_equal", "saturate_cast", "where", "where_v2",
]  # fmt: skip


# -- comparisons -----------------------------------------------------------------------------------


class Equal(Predicate):
    """x == y, number by number."""

    def compute(self, x: Any, y: Any) -> Any:
        return np.equal(x, y)


class NotEqual(Predicate):
    """x != y, number by number."""

    def compute(self, x: Any, y: Any) -> Any:
        return np.not_equal(x, y)


class _Ordering(Predicate):
    """A comparison of numbers that have an order."""

    kinds = "fiu"


class Less(_Ordering):
    """x < y."""

    def compute(self, x: Any, y: Any) -> Any:
        return np.less(x, y)


class LessEqual(_Ordering):
    """x <= y."""

    def compute(self, x: Any, y: Any) -> Any:
        return np.less_equal(x, y)


class Greater(_Ordering):
    """x > y."""

    def compute(self, x: Any, y: Any) -> Any:
        return np.greater(x, y)


class GreaterEqual(_Ordering):
    """x >= y."""

    def compute(self, x: Any, y: Any) -> Any:
        return np.greater_equal(x, y)


def equal(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Whether x and y are equal, element-wise, with broadcasting.

    (`x == y` asks whether two Python variables hold the same tensor.)
    """
    return Equal([x, y], name=name)


def not_equal(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Whether x and y differ, element-wise, with broadcasting: nan differs from itself."""
    return NotEqual([x, y], name=name)


def less(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x < y, element-wise, with broadcasting."""
    return Less([x, y], name=name)


def less_equal(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x <= y, element-wise, with broadcasting."""
    return LessEqual([x, y], name=name)


def greater(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x > y, element-wise, with broadcasting."""
    return Greater([x, y], name=name)


def greater_equal(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x >= y, element-wise, with broadcasting."""
    return GreaterEqual([x, y], name=name)


define_operator("__lt__", Less, "Less")
define_operator("__le__", LessEqual, "LessEqual")
define_operator("__gt__", Greater, "Greater")
define_operator("__ge__", GreaterEqual, "GreaterEqual")


# -- kinds of numbers ------------------------------------------------------------------------------


class IsNan(Predicate):
    """Whether x is nan."""

    kinds = "f"

    def compute(self, x: Any) -> Any:
        return np.isnan(x)


class IsInf(Predicate):
    """Whether x is infinite."""

    kinds = "f"

    def compute(self, x: Any) -> Any:
        return np.isinf(x)


class IsFinite(Predicate):
    """Whether x is neither infinite nor nan."""

    kinds = "f"

    def compute(self, x: Any) -> Any:
        return np.isfinite(x)


def is_nan(x: Any, name: str | None = None) -> Tensor:
    """Whether x is nan, element-wise."""
    return IsNan([x], name=name)


def is_inf(x: Any, name: str | None = None) -> Tensor:
    """Whether x is inf or -inf, element-wise."""
    return IsInf([x], name=name)


def is_finite(x: Any, name: str | None = None) -> Tensor:
    """Whether x is neither infinite nor nan, element-wise."""
    return IsFinite([x], name=name)


def is_numeric_tensor(tensor: Any) -> bool:
    """True for a tensor of numbers (bools and strings are none), known while the graph is built."""
    if not is_tensor(tensor):
        return False
    dtype = convert_to_tensor(tensor).spec.dtype
    return dtype is not None and dtype.numpy.kind in "fciu"


# -- logic -----------------------------------------------------------------------------------------


class _Logic(Predicate):
    """An op on truth values."""

    kinds = "b"


class LogicalAnd(_Logic):
    """x and y."""

    def compute(self, x: Any, y: Any) -> Any:
        return np.logical_and(x, y)


class LogicalOr(_Logic):
    """x or y."""

    def compute(self, x: Any, y: Any) -> Any:
        return np.logical_or(x, y)


class LogicalNot(_Logic):
    """not x."""

    def compute(self, x: Any) -> Any:
        return np.logical_not(x)


for _type in (
    "Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual",
    "IsNan", "IsInf", "IsFinite", "LogicalAnd", "LogicalOr", "LogicalNot",
):  # fmt: skip
    NotDifferentiable(_type)


def logical_and(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Whether both are true, element-wise, with broadcasting."""
    return LogicalAnd([x, y], name=name)


def logical_or(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Whether at least one is true, element-wise, with broadcasting."""
    return LogicalOr([x, y], name=name)


@operator("__invert__")
def logical_not(x: Any, name: str | None = None) -> Tensor:
    """Whether x is false, element-wise."""
    return LogicalNot([x], name=name)


def logical_xor(x: Any, y: Any, name: str | None = "LogicalXor") -> Tensor:
    """Whether just one is true, element-wise, with broadcasting."""
    x = convert_to_tensor(x, name="x")
    y = convert_to_tensor(y, name="y")
    return logical_and(logical_or(x, y), logical_not(logical_and(x, y)), name=name)


define_operator("__and__", LogicalAnd, "and")
define_operator("__or__", LogicalOr, "or")


@operator("__xor__")
def _xor(x: Any, y: Any) -> Tensor:
    with name_scope(None, "xor", [x, y]) as scope:
        return logical_xor(x, y, name=scope)


# -- the larger and the smaller --------------------------------------------------------------------


class Maximum(Elementwise):
    """The larger of x and y; nan if one of them is."""

    kinds = "fiu"

    def compute(self, x: Any, y: Any) -> Any:
        return np.maximum(x, y)


class Minimum(Elementwise):
    """The smaller of x and y; nan if one of them is."""

    kinds = "fiu"

    def compute(self, x: Any, y: Any) -> Any:
        return np.minimum(x, y)


@RegisterGradient("Maximum")
def _maximum_grad(op: Operation, grad: Any) -> Any:
    return _given_to_one(grad, greater_equal(op.inputs[0], op.inputs[1]))


@RegisterGradient("Minimum")
def _minimum_grad(op: Operation, grad: Any) -> Any:
    return _given_to_one(grad, less_equal(op.inputs[0], op.inputs[1]))


def _given_to_one(grad: Tensor, to_first: Tensor) -> tuple[Tensor, Tensor]:
    """The gradient goes to the operand that was taken: the first one, if they are equal."""
    zero = convert_to_tensor(0.0, grad.spec.dtype)
    return where_v2(to_first, grad, zero), where_v2(to_first, zero, grad)


def maximum(x: Any, y: Any, name: str | None = None) -> Tensor:
    """The larger of x and y, element-wise, with broadcasting; nan if one of them is.

    (TensorFlow 1.15 gives 1 for maximum(1, nan), but nan for maximum(nan, 1).)  Where both are
    equal the gradient goes to x.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.maximum([1.0, -2.0], 0.0))
    array([1., 0.], dtype=float32)
    """
    return Maximum([x, y], name=name)


def minimum(x: Any, y: Any, name: str | None = None) -> Tensor:
    """The smaller of x and y, element-wise, with broadcasting; nan if one of them is.

    Where both are equal the gradient goes to x.
    """
    return Minimum([x, y], name=name)


def saturate_cast(value: Any, dtype: Any, name: str | None = None) -> Tensor:
    """`value` in another dtype, where numbers that it does not hold become the nearest it does.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.saturate_cast([-5.0, 7.0, 300.0], tf.uint8))
    array([  0,   7, 255], dtype=uint8)
    """
    target = as_dtype(dtype).base_dtype
    with name_scope(name, "saturate_cast", [value]) as scope:
        value = convert_to_tensor(value, name="value")
        source = value.spec.dtype
        if source is not None and source.min < target.min:
            value = maximum(value, convert_to_tensor(_bound(target.min, source), name="min"))
        if source is not None and source.max > target.max:
            value = minimum(value, convert_to_tensor(_bound(target.max, source), name="max"))
        return cast(value, target, name=scope)


def _bound(bound: Any, dtype: DType) -> Any:
    """The bound of one dtype as the nearest number of another that is not beyond it.

    (float32 has no 2147483647: the nearest is 2147483648, which an int32 does not hold.)
    """
    nearest = dtype.numpy.type(bound)
    is_beyond = abs(int(nearest)) > abs(int(bound))
    return np.nextafter(nearest, dtype.numpy.type(0)) if is_beyond else nearest


# -- the choice between two ------------------------------------------------------------------------


def _check_choice(condition: Spec, t: Spec, e: Spec) -> None:
    if condition.dtype not in (None, bool_):
        raise DtypeProblem(
            f"Input 'condition' has type {condition.dtype.name} that does not match expected "
            "type of bool",
            "tf.cast(condition, tf.bool), or a comparison",
        )
    if t.dtype is not None and e.dtype is not None and t.dtype is not e.dtype:
        raise DtypeProblem(
            f"Input 'e' has type {e.dtype.name} that does not match type {t.dtype.name} of 't'",
            "tf.cast one of them",
        )


def _merged(a: Shape, b: Shape, what: str) -> Shape:
    try:
        return merge_shapes(a, b)
    except ValueError:
        raise Problem(
            f"{what}, but they are {show_shape(a)} and {show_shape(b)}",
            "tf.where_v2, which broadcasts",
        ) from None


class Select(Operation):
    """t where the condition holds, e elsewhere; all of one shape.

    The condition may also be a scalar, or a vector that chooses among the rows of t and e.
    """

    recordable = True

    def infer(self, condition: Spec, t: Spec, e: Spec) -> Spec:
        _check_choice(condition, t, e)
        shape = _merged(t.shape, e.shape, "The shapes of x and y must be equal")
        dtype = t.dtype and e.dtype
        if condition.shape is None or shape is None or not condition.shape:
            return Spec(dtype, shape)
        if len(condition.shape) == 1 and len(shape) > 1:
            _merged(condition.shape, shape[:1], "A vector chooses among as many rows of x and y")
            return Spec(dtype, shape)
        return Spec(dtype, _merged(shape, condition.shape, "The condition is of their shape"))

    def compute(self, condition: Any, t: Any, e: Any) -> Any:
        # What `infer` can say of placeholders is too little: here all shapes are known.
        self.infer(*(Spec(None, x.shape) for x in (condition, t, e)))
        if condition.ndim == 1 and t.ndim > 1:
            condition = np.reshape(condition, condition.shape + (1,) * (t.ndim - 1))
        return np.where(condition, t, e)


@RegisterGradient("Select")
def _select_grad(op: Operation, grad: Any) -> Any:
    condition = op.inputs[0]
    zeros = zeros_for(grad)
    return None, Select((condition, grad, zeros)), Select((condition, zeros, grad))


class SelectV2(Elementwise):
    """t where the condition holds, e elsewhere; all three broadcast."""

    same_dtype = False
    kinds = "fciubO"

    def infer(self, *specs: Spec) -> Spec:
        condition, t, e = specs
        _check_choice(condition, t, e)
        return super().infer(t, e, Spec(e.dtype, condition.shape))

    def compute(self, condition: Any, t: Any, e: Any) -> Any:
        return np.where(condition, t, e)


@RegisterGradient("SelectV2")
def _select_v2_grad(op: Operation, grad: Any) -> Any:
    return None, *_given_to_one(grad, op.inputs[0])


def _choose(op_class: Any, condition: Any, x: Any, y: Any, name: str | None) -> Tensor:
    if x is None or y is None:
        raise ValueError("x and y must both be non-None or both be None.")
    condition = convert_to_tensor(condition, name="condition")
    if not is_tensor(x) and not is_tensor(y):
        x = convert_to_tensor(x, name="t")
    like = convert_to_tensor(x if is_tensor(x) else y)
    tensor: Tensor = op_class([condition, x, y], name=name, like=like)
    return tensor


def where(condition: Any, x: Any, y: Any, name: str | None = None) -> Tensor:
    """x where the condition holds, y elsewhere: tensors of one shape.

    Args:
      condition: bools in the shape of x and y; or one bool; or a vector that chooses among their
        rows.

    Raises:
      ValueError: if the shapes do not fit.  (`where_v2` broadcasts.)
      TypeError: if the condition is not bool, or x and y differ in dtype.

    Mind that the gradient flows through both: where x is not chosen it is multiplied by 0, so that
    a nan in it stays nan.  Make x finite first: `log(where(x > 0, x, ones))`.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.where([True, False], [[1, 2], [3, 4]], [[0, 0], [0, 0]]))
    array([[1, 2],
           [0, 0]], dtype=int32)
    """
    return _choose(Select, condition, x, y, name)


def where_v2(condition: Any, x: Any, y: Any, name: str | None = None) -> Tensor:
    """x where the condition holds, y elsewhere; all three broadcast.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.where_v2([True, False, True], [1.0, 2.0, 3.0], 0.0))
    array([1., 0., 3.], dtype=float32)
    """
    return _choose(SelectV2, condition, x, y, name)
