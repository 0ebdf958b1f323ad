"""Arithmetic and functions of one or two numbers, element by element."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.graph.gradient_registry import RegisterGradient
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.base import Elementwise, define_operator

__all__ = ["add", "add_n", "multiply", "subtract", "negative", "exp", "log", "square"]


# -- arithmetic ----------------------------------------------------------------------------------
# Gradients are the plain formulas: the walk sums them to the operands' shapes (gradients.py).


class Add(Elementwise):
    """x + y."""

    kinds = "fciuO"

    def compute(self, x: Any, y: Any) -> Any:
        return x + y


class AddV2(Add):
    """x + y: what Python's `+` makes."""


@RegisterGradient("Add")
@RegisterGradient("AddV2")
def _add_grad(op: Operation, grad: Tensor) -> Any:
    return grad, grad


def add(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x + y, element-wise, with broadcasting; strings are joined."""
    return Add([x, y], name=name)  # type: ignore[return-value]


class Sub(Elementwise):
    """x - y."""

    def compute(self, x: Any, y: Any) -> Any:
        return x - y


@RegisterGradient("Sub")
def _sub_grad(op: Operation, grad: Tensor) -> Any:
    return grad, -grad


def subtract(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x - y, element-wise, with broadcasting."""
    return Sub([x, y], name=name)  # type: ignore[return-value]


class Mul(Elementwise):
    """x * y."""

    def compute(self, x: Any, y: Any) -> Any:
        return x * y


@RegisterGradient("Mul")
def _mul_grad(op: Operation, grad: Tensor) -> Any:
    x, y = op.inputs
    return grad * y, grad * x


def multiply(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x * y, element-wise, with broadcasting."""
    return Mul([x, y], name=name)  # type: ignore[return-value]


class RealDiv(Elementwise):
    """x / y for numbers that have fractions."""

    kinds = "fc"

    def compute(self, x: Any, y: Any) -> Any:
        return x / y


@RegisterGradient("RealDiv")
def _real_div_grad(op: Operation, grad: Tensor) -> Any:
    x, y = op.inputs
    return grad / y, -grad * op.outputs[0] / y


class Neg(Elementwise):
    """-x."""

    def compute(self, x: Any) -> Any:
        return -x


@RegisterGradient("Neg")
def _neg_grad(op: Operation, grad: Tensor) -> Any:
    return -grad


def negative(x: Any, name: str | None = None) -> Tensor:
    """-x, element-wise."""
    return Neg([x], name=name)  # type: ignore[return-value]


define_operator("__add__", AddV2, "add")
define_operator("__sub__", Sub, "sub")
define_operator("__mul__", Mul, "mul")
define_operator("__truediv__", RealDiv, "truediv")

from tinyflow.graph.operators import operator  # noqa: E402

operator("__neg__")(negative)


class Exp(Elementwise):
    """e to the power x."""

    kinds = "fc"

    def compute(self, x: Any) -> Any:
        return np.exp(x)


@RegisterGradient("Exp")
def _exp_grad(op: Operation, grad: Tensor) -> Any:
    return grad * op.outputs[0]


def exp(x: Any, name: str | None = None) -> Tensor:
    """e to the power x, element-wise."""
    return Exp([x], name=name)  # type: ignore[return-value]


class Log(Elementwise):
    """The natural logarithm."""

    kinds = "fc"

    def compute(self, x: Any) -> Any:
        return np.log(x)


@RegisterGradient("Log")
def _log_grad(op: Operation, grad: Tensor) -> Any:
    return grad / op.inputs[0]


def log(x: Any, name: str | None = None) -> Tensor:
    """The natural logarithm, element-wise: nan below 0, -inf at 0."""
    return Log([x], name=name)  # type: ignore[return-value]


class Square(Elementwise):
    """x * x."""

    def compute(self, x: Any) -> Any:
        return x * x


@RegisterGradient("Square")
def _square_grad(op: Operation, grad: Tensor) -> Any:
    return grad * 2.0 * op.inputs[0]


def square(x: Any, name: str | None = None) -> Tensor:
    """x * x, element-wise."""
    return Square([x], name=name)  # type: ignore[return-value]


class AddN(Elementwise):
    """The sum of tensors of one shape."""

    elementwise = False

    def compute(self, *inputs: Any) -> Any:
        total = inputs[0]
        for x in inputs[1:]:
            total = total + x
        return total


@RegisterGradient("AddN")
def _add_n_grad(op: Operation, grad: Tensor) -> Any:
    return [grad] * len(op.inputs)


def add_n(inputs: Any, name: str | None = None) -> Tensor:
    """The sum of a list of tensors."""
    return AddN(inputs, name=name)  # type: ignore[return-value]
