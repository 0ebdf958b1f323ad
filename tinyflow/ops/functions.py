"""Functions of one or two numbers, element by element: absolute value, roots, angles, rounding."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.foundation.shapes import Spec
from tinyflow.graph.gradient_registry import NotDifferentiable, RegisterGradient
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.graph.operators import operator
from tinyflow.ops.arithmetic import div_no_nan, square, zeros_for
from tinyflow.ops.base import Elementwise
from tinyflow.ops.constant import convert_to_tensor
from tinyflow.ops.conversion import complex, conj

__all__ = [
    "abs", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "ceil", "cos", "cosh",
    "exp", "expm1", "floor", "log", "log1p", "nextafter", "rint", "round", "rsqrt", "sigmoid",
    "sign", "sin", "sinh", "sqrt", "tan", "tanh",
]  # fmt: skip


class _Function(Elementwise):
    """A function of real or complex numbers: ints have to be cast first."""

    kinds = "fc"


# -- size and sign ---------------------------------------------------------------------------------


class Abs(Elementwise):
    """The distance of a real number from 0."""

    kinds = "fiu"

    def compute(self, x: Any) -> Any:
        return np.abs(x)


@RegisterGradient("Abs")
def _abs_grad(op: Operation, grad: Any) -> Any:
    return grad * sign(op.inputs[0])


class ComplexAbs(Elementwise):
    """The distance of a complex number from 0."""

    kinds = "c"

    def infer(self, *specs: Spec) -> Spec:
        dtype, shape = super().infer(*specs)
        return Spec(dtype and dtype.real_dtype, shape)

    def compute(self, x: Any) -> Any:
        return np.abs(x)


@RegisterGradient("ComplexAbs")
def _complex_abs_grad(op: Operation, grad: Any) -> Any:
    (x,), (y,) = op.inputs, op.outputs
    return div_no_nan(complex(grad, 0.0) * x, complex(y, 0.0))


@operator("__abs__")
def abs(x: Any, name: str | None = None) -> Tensor:
    """The absolute value, element-wise: of a complex number its distance from 0, a real number.

    The gradient at 0 is 0.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.abs([-2.25, 3.25]))
    array([2.25, 3.25], dtype=float32)
    """
    x = convert_to_tensor(x, name="x")
    if x.spec.dtype is not None and x.spec.dtype.is_complex:
        return ComplexAbs([x], name=name or "Abs")
    return Abs([x], name=name)


class Sign(Elementwise):
    """-1, 0 or 1: the sign of x; x / |x| for a complex number."""

    def compute(self, x: Any) -> Any:
        return np.sign(x)


@RegisterGradient("Sign")
def _sign_grad(op: Operation, grad: Any) -> Any:
    return zeros_for(grad)


def sign(x: Any, name: str | None = None) -> Tensor:
    """-1, 0 or 1, element-wise, with gradient 0; of a complex number x / |x|."""
    return Sign([x], name=name)


# -- roots, powers of e, logarithms ----------------------------------------------------------------


class Sqrt(_Function):
    """The square root."""

    def compute(self, x: Any) -> Any:
        return np.sqrt(x)


@RegisterGradient("Sqrt")
def _sqrt_grad(op: Operation, grad: Any) -> Any:
    return 0.5 * grad / conj(op.outputs[0])


def sqrt(x: Any, name: str | None = None) -> Tensor:
    """The square root, element-wise: nan below 0; the gradient at 0 is inf."""
    return Sqrt([x], name=name)


class Rsqrt(_Function):
    """1 / sqrt(x)."""

    def compute(self, x: Any) -> Any:
        return np.reciprocal(np.sqrt(x))


@RegisterGradient("Rsqrt")
def _rsqrt_grad(op: Operation, grad: Any) -> Any:
    y = conj(op.outputs[0])
    return -0.5 * grad * y * y * y


def rsqrt(x: Any, name: str | None = None) -> Tensor:
    """1 / sqrt(x), element-wise."""
    return Rsqrt([x], name=name)


class Exp(_Function):
    """e to the power x."""

    def compute(self, x: Any) -> Any:
        return np.exp(x)


@RegisterGradient("Exp")
def _exp_grad(op: Operation, grad: Any) -> Any:
    return grad * conj(op.outputs[0])


def exp(x: Any, name: str | None = None) -> Tensor:
    """e to the power x, element-wise."""
    return Exp([x], name=name)


class Expm1(_Function):
    """e to the power x, minus 1."""

    def compute(self, x: Any) -> Any:
        return np.expm1(x)


@RegisterGradient("Expm1")
def _expm1_grad(op: Operation, grad: Any) -> Any:
    return grad * exp(conj(op.inputs[0]))


def expm1(x: Any, name: str | None = None) -> Tensor:
    """exp(x) - 1, element-wise, exact to the last digits also where x is small."""
    return Expm1([x], name=name)


class Log(_Function):
    """The natural logarithm."""

    def compute(self, x: Any) -> Any:
        return np.log(x)


@RegisterGradient("Log")
def _log_grad(op: Operation, grad: Any) -> Any:
    return grad / conj(op.inputs[0])


def log(x: Any, name: str | None = None) -> Tensor:
    """The natural logarithm, element-wise: nan below 0, -inf at 0."""
    return Log([x], name=name)


class Log1p(_Function):
    """The natural logarithm of 1 + x."""

    def compute(self, x: Any) -> Any:
        return np.log1p(x)


@RegisterGradient("Log1p")
def _log1p_grad(op: Operation, grad: Any) -> Any:
    return grad / (1.0 + conj(op.inputs[0]))


def log1p(x: Any, name: str | None = None) -> Tensor:
    """log(1 + x), element-wise, exact to the last digits also where x is small."""
    return Log1p([x], name=name)


# -- trigonometry ----------------------------------------------------------------------------------


class Sin(_Function):
    """The sine of an angle in radians."""

    def compute(self, x: Any) -> Any:
        return np.sin(x)


@RegisterGradient("Sin")
def _sin_grad(op: Operation, grad: Any) -> Any:
    return grad * cos(conj(op.inputs[0]))


def sin(x: Any, name: str | None = None) -> Tensor:
    """The sine, element-wise."""
    return Sin([x], name=name)


class Cos(_Function):
    """The cosine of an angle in radians."""

    def compute(self, x: Any) -> Any:
        return np.cos(x)


@RegisterGradient("Cos")
def _cos_grad(op: Operation, grad: Any) -> Any:
    return -grad * sin(conj(op.inputs[0]))


def cos(x: Any, name: str | None = None) -> Tensor:
    """The cosine, element-wise."""
    return Cos([x], name=name)


class Tan(_Function):
    """The tangent of an angle in radians."""

    def compute(self, x: Any) -> Any:
        return np.tan(x)


@RegisterGradient("Tan")
def _tan_grad(op: Operation, grad: Any) -> Any:
    return grad / square(cos(conj(op.inputs[0])))


def tan(x: Any, name: str | None = None) -> Tensor:
    """The tangent, element-wise."""
    return Tan([x], name=name)


class Asin(_Function):
    """The angle from -pi/2 to pi/2 whose sine is x."""

    def compute(self, x: Any) -> Any:
        return np.arcsin(x)


@RegisterGradient("Asin")
def _asin_grad(op: Operation, grad: Any) -> Any:
    return grad / sqrt(1.0 - square(conj(op.inputs[0])))


def asin(x: Any, name: str | None = None) -> Tensor:
    """The angle whose sine is x, element-wise: nan where |x| > 1."""
    return Asin([x], name=name)


class Acos(_Function):
    """The angle from 0 to pi whose cosine is x."""

    def compute(self, x: Any) -> Any:
        return np.arccos(x)


@RegisterGradient("Acos")
def _acos_grad(op: Operation, grad: Any) -> Any:
    return -grad / sqrt(1.0 - square(conj(op.inputs[0])))


def acos(x: Any, name: str | None = None) -> Tensor:
    """The angle whose cosine is x, element-wise: nan where |x| > 1."""
    return Acos([x], name=name)


class Atan(_Function):
    """The angle from -pi/2 to pi/2 whose tangent is x."""

    def compute(self, x: Any) -> Any:
        return np.arctan(x)


@RegisterGradient("Atan")
def _atan_grad(op: Operation, grad: Any) -> Any:
    return grad / (1.0 + square(conj(op.inputs[0])))


def atan(x: Any, name: str | None = None) -> Tensor:
    """The angle whose tangent is x, element-wise."""
    return Atan([x], name=name)


class Atan2(Elementwise):
    """The angle from -pi to pi of the point (x, y) in the plane."""

    kinds = "f"

    def compute(self, y: Any, x: Any) -> Any:
        return np.arctan2(y, x)


@RegisterGradient("Atan2")
def _atan2_grad(op: Operation, grad: Any) -> Any:
    y, x = op.inputs
    share = grad / (square(x) + square(y))
    return share * x, -share * y


def atan2(y: Any, x: Any, name: str | None = None) -> Tensor:
    """The angle of the point (x, y), element-wise: atan(y / x) in the right quadrant."""
    return Atan2([y, x], name=name)


# -- hyperbolic functions --------------------------------------------------------------------------


class Sinh(_Function):
    """The hyperbolic sine."""

    def compute(self, x: Any) -> Any:
        return np.sinh(x)


@RegisterGradient("Sinh")
def _sinh_grad(op: Operation, grad: Any) -> Any:
    return grad * cosh(conj(op.inputs[0]))


def sinh(x: Any, name: str | None = None) -> Tensor:
    """(exp(x) - exp(-x)) / 2, element-wise."""
    return Sinh([x], name=name)


class Cosh(_Function):
    """The hyperbolic cosine."""

    def compute(self, x: Any) -> Any:
        return np.cosh(x)


@RegisterGradient("Cosh")
def _cosh_grad(op: Operation, grad: Any) -> Any:
    return grad * sinh(conj(op.inputs[0]))


def cosh(x: Any, name: str | None = None) -> Tensor:
    """(exp(x) + exp(-x)) / 2, element-wise."""
    return Cosh([x], name=name)


class Tanh(_Function):
    """The hyperbolic tangent."""

    def compute(self, x: Any) -> Any:
        return np.tanh(x)


@RegisterGradient("Tanh")
def _tanh_grad(op: Operation, grad: Any) -> Any:
    return grad * (1.0 - square(conj(op.outputs[0])))


def tanh(x: Any, name: str | None = None) -> Tensor:
    """sinh(x) / cosh(x), element-wise: from -1 to 1."""
    return Tanh([x], name=name)


class Sigmoid(_Function):
    """1 / (1 + exp(-x)).

    Where exp(-x) overflows the quotient is 0, as it should be, and below that it keeps all its
    digits, which 0.5 * tanh(0.5 * x) + 0.5 does not.
    """

    def compute(self, x: Any) -> Any:
        return np.reciprocal(1.0 + np.exp(-x))


@RegisterGradient("Sigmoid")
def _sigmoid_grad(op: Operation, grad: Any) -> Any:
    y = conj(op.outputs[0])
    return grad * y * (1.0 - y)


def sigmoid(x: Any, name: str | None = None) -> Tensor:
    """1 / (1 + exp(-x)), element-wise: the logistic function, from 0 to 1.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.sigmoid([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ], dtype=float32)
    """
    return Sigmoid([x], name=name)


class Asinh(_Function):
    """The number whose hyperbolic sine is x."""

    def compute(self, x: Any) -> Any:
        return np.arcsinh(x)


@RegisterGradient("Asinh")
def _asinh_grad(op: Operation, grad: Any) -> Any:
    return grad / cosh(conj(op.outputs[0]))


def asinh(x: Any, name: str | None = None) -> Tensor:
    """The number whose hyperbolic sine is x, element-wise."""
    return Asinh([x], name=name)


class Acosh(_Function):
    """The number from 0 on whose hyperbolic cosine is x."""

    def compute(self, x: Any) -> Any:
        return np.arccosh(x)


@RegisterGradient("Acosh")
def _acosh_grad(op: Operation, grad: Any) -> Any:
    return grad / sinh(conj(op.outputs[0]))


def acosh(x: Any, name: str | None = None) -> Tensor:
    """The number whose hyperbolic cosine is x, element-wise: nan where x < 1."""
    return Acosh([x], name=name)


class Atanh(_Function):
    """The number whose hyperbolic tangent is x."""

    def compute(self, x: Any) -> Any:
        return np.arctanh(x)


@RegisterGradient("Atanh")
def _atanh_grad(op: Operation, grad: Any) -> Any:
    return grad / (1.0 - square(conj(op.inputs[0])))


def atanh(x: Any, name: str | None = None) -> Tensor:
    """The number whose hyperbolic tangent is x, element-wise: nan where |x| > 1."""
    return Atanh([x], name=name)


# -- rounding --------------------------------------------------------------------------------------


class Floor(Elementwise):
    """The greatest whole number that is not above x."""

    kinds = "f"

    def compute(self, x: Any) -> Any:
        return np.floor(x)


class Ceil(Elementwise):
    """The least whole number that is not below x."""

    kinds = "f"

    def compute(self, x: Any) -> Any:
        return np.ceil(x)


class Rint(Elementwise):
    """The nearest whole number; of two the even one."""

    kinds = "f"

    def compute(self, x: Any) -> Any:
        return np.rint(x)


class Round(Rint):
    """The nearest whole number; of two the even one."""

    kinds = "fc"


for _type in ("Floor", "Ceil", "Rint", "Round"):
    NotDifferentiable(_type)


def floor(x: Any, name: str | None = None) -> Tensor:
    """The greatest whole number that is not above x, element-wise; no gradient flows."""
    return Floor([x], name=name)


def ceil(x: Any, name: str | None = None) -> Tensor:
    """The least whole number that is not below x, element-wise; no gradient flows."""
    return Ceil([x], name=name)


def rint(x: Any, name: str | None = None) -> Tensor:
    """The nearest whole number, element-wise, and of two the even one; no gradient flows."""
    return Rint([x], name=name)


def round(x: Any, name: str | None = None) -> Tensor:
    """The nearest whole number, element-wise, and of two the even one; ints as they are.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.round([0.9, 2.5, 1.5, -4.5]))
    array([ 1.,  2.,  2., -4.], dtype=float32)
    """
    x = convert_to_tensor(x, name="x")
    return x if x.spec.dtype is not None and x.spec.dtype.is_integer else Round([x], name=name)


class NextAfter(Elementwise):
    """The next number that the dtype has after x1, in the direction of x2."""

    kinds = "f"

    def compute(self, x1: Any, x2: Any) -> Any:
        return np.nextafter(x1, x2)


@RegisterGradient("NextAfter")
def _next_after_grad(op: Operation, grad: Any) -> Any:
    return grad, zeros_for(grad)


def nextafter(x1: Any, x2: Any, name: str | None = None) -> Tensor:
    """The next number after x1 in the direction of x2, element-wise.

    >>> import tinyflow as tf
    >>> float(tf.Session().run(tf.math.nextafter(tf.constant(1.0, tf.float64), 2.0))) - 1
    2.220446049250313e-16
    """
    return NextAfter([x1, x2], name=name)
