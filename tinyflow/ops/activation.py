"""Activations: the rectified, exponential and other units that make a network more than linear."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.foundation.dtypes import float32
from tinyflow.graph.gradient_registry import RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.base import Elementwise
from tinyflow.ops.comparison import less, where
from tinyflow.ops.constant import convert_to_tensor
from tinyflow.ops.creation import zeros_like
from tinyflow.ops.elementwise import abs as absolute, cast, exp, negative, sigmoid, sign
from tinyflow.ops.joining import concat

__all__ = [
    "crelu", "elu", "leaky_relu", "log_sigmoid", "relu", "relu6", "selu", "softplus", "softsign",
    "swish",
]  # fmt: skip


# -- rectifiers ------------------------------------------------------------------------------------
# A rectifier's gradient is an op of its own: its formula has a case for each side of the kink.


class Relu(Elementwise):
    """max(x, 0)."""

    kinds = "fiu"

    def compute(self, features: Any) -> Any:
        return np.maximum(features, 0)


class ReluGrad(Elementwise):
    """`gradients` where `features` is positive, else 0; features may be relu's input or output."""

    kinds = "fiu"

    def compute(self, gradients: Any, features: Any) -> Any:
        return gradients * (features > 0)


@RegisterGradient("Relu")
def _relu_grad(op: Operation, grad: Tensor) -> Any:
    return ReluGrad((grad, op.outputs[0]))


@RegisterGradient("ReluGrad")
def _relu_grad_grad(op: Operation, grad: Tensor) -> Any:
    features = op.inputs[1]
    return ReluGrad((grad, features)), zeros_like(features)


def relu(features: Any, name: str | None = None) -> Tensor:
    """max(features, 0), element-wise: the rectified linear unit.

    At 0 its gradient is 0.
    """
    return Relu([features], name=name)


class Relu6(Elementwise):
    """min(max(x, 0), 6)."""

    kinds = "fiu"

    def compute(self, features: Any) -> Any:
        return np.minimum(np.maximum(features, 0), 6)


class Relu6Grad(Elementwise):
    """`gradients` where `features` is between 0 and 6, else 0."""

    kinds = "fiu"

    def compute(self, gradients: Any, features: Any) -> Any:
        return gradients * ((features > 0) & (features < 6))


@RegisterGradient("Relu6")
def _relu6_grad(op: Operation, grad: Tensor) -> Any:
    return Relu6Grad((grad, op.outputs[0]))


@RegisterGradient("Relu6Grad")
def _relu6_grad_grad(op: Operation, grad: Tensor) -> Any:
    features = op.inputs[1]
    return Relu6Grad((grad, features)), zeros_like(features)


def relu6(features: Any, name: str | None = None) -> Tensor:
    """min(max(features, 0), 6), element-wise (A. Krizhevsky, "Convolutional deep belief networks on
    CIFAR-10", 2010)."""
    return Relu6([features], name=name)


class LeakyRelu(Elementwise):
    """x where it is positive, else alpha * x."""

    alpha: float = 0.2
    kinds = "f"

    def compute(self, features: Any) -> Any:
        return np.where(features > 0, features, self.alpha * features)


class LeakyReluGrad(Elementwise):
    """`gradients` where `features` is positive, else alpha * gradients."""

    alpha: float = 0.2
    kinds = "f"

    def compute(self, gradients: Any, features: Any) -> Any:
        return np.where(features > 0, gradients, self.alpha * gradients)


@RegisterGradient("LeakyRelu")
def _leaky_relu_grad(op: Operation, grad: Tensor) -> Any:
    return LeakyReluGrad((grad, op.inputs[0]), alpha=op.get_attr("alpha"))


@RegisterGradient("LeakyReluGrad")
def _leaky_relu_grad_grad(op: Operation, grad: Tensor) -> Any:
    features = op.inputs[1]
    return LeakyReluGrad((grad, features), alpha=op.get_attr("alpha")), zeros_like(features)


def leaky_relu(features: Any, alpha: float = 0.2, name: str | None = None) -> Tensor:
    """`features` where they are positive, else alpha * features.  Integers become float32.

    `alpha` is a float32 number, for float64 features, too.

    (A. Maas, A. Hannun and A. Ng, "Rectifier nonlinearities improve neural network acoustic
    models", 2013.)
    """
    with name_scope(name, "LeakyRelu", [features]) as scope:
        features = convert_to_tensor(features, name="features")
        if features.spec.dtype is not None and features.spec.dtype.is_integer:
            features = cast(features, float32)
        return LeakyRelu([features], name=scope, alpha=float(np.float32(alpha)))


def crelu(features: Any, name: str | None = None, axis: int = -1) -> Tensor:
    """relu of `features` and of -features, joined along `axis`, which becomes twice as long.

    (W. Shang, K. Sohn, D. Almeida and H. Lee, "Understanding and improving convolutional neural
    networks via concatenated rectified linear units", 2016.)
    """
    with name_scope(name, "CRelu", [features]) as scope:
        features = convert_to_tensor(features, name="features")
        return relu(concat([features, -features], axis, name=scope))


# -- exponential units -----------------------------------------------------------------------------


class Elu(Elementwise):
    """x where it is positive, else exp(x) - 1."""

    kinds = "f"

    def compute(self, features: Any) -> Any:
        return np.maximum(features, 0) + np.expm1(np.minimum(features, 0))


class EluGrad(Elementwise):
    """`gradients` times elu's derivative, which is elu + 1 where elu is negative, else 1."""

    kinds = "f"

    def compute(self, gradients: Any, outputs: Any) -> Any:
        return gradients * (np.minimum(outputs, 0) + 1)


@RegisterGradient("Elu")
def _elu_grad(op: Operation, grad: Tensor) -> Any:
    return EluGrad((grad, op.outputs[0]))


@RegisterGradient("EluGrad")
def _elu_grad_grad(op: Operation, grad: Tensor) -> Any:
    gradients, outputs = op.inputs
    product = grad * gradients
    return EluGrad((grad, outputs)), where(less(outputs, 0), product, zeros_like(outputs))


def elu(features: Any, name: str | None = None) -> Tensor:
    """`features` where they are positive, else exp(features) - 1.

    (D. Clevert, T. Unterthiner and S. Hochreiter, "Fast and accurate deep network learning by
    exponential linear units", 2015.)
    """
    return Elu([features], name=name)


# The values for which zero mean and unit variance reproduce themselves from layer to layer.
_SELU_SCALE = 1.0507009873554804934193349852946
_SELU_SCALE_ALPHA = 1.7580993408473768599402175208123


class Selu(Elementwise):
    """scale * x where x is positive, else scale * alpha * (exp(x) - 1)."""

    kinds = "f"

    def compute(self, features: Any) -> Any:
        positive = _SELU_SCALE * np.maximum(features, 0)
        return positive + _SELU_SCALE_ALPHA * np.expm1(np.minimum(features, 0))


class SeluGrad(Elementwise):
    """`gradients` times selu's derivative: selu + scale * alpha if selu is negative, else scale."""

    kinds = "f"

    def compute(self, gradients: Any, outputs: Any) -> Any:
        return gradients * np.where(outputs < 0, outputs + _SELU_SCALE_ALPHA, _SELU_SCALE)


@RegisterGradient("Selu")
def _selu_grad(op: Operation, grad: Tensor) -> Any:
    return SeluGrad((grad, op.outputs[0]))


@RegisterGradient("SeluGrad")
def _selu_grad_grad(op: Operation, grad: Tensor) -> Any:
    gradients, outputs = op.inputs
    product = grad * gradients
    return SeluGrad((grad, outputs)), where(less(outputs, 0), product, zeros_like(outputs))


def selu(features: Any, name: str | None = None) -> Tensor:
    """scale * elu(features) with its negative part times alpha: scale = 1.0507, alpha = 1.6733.

    (G. Klambauer, T. Unterthiner, A. Mayr and S. Hochreiter, "Self-normalizing neural networks",
    2017.)
    """
    return Selu([features], name=name)


class Softplus(Elementwise):
    """log(exp(x) + 1)."""

    kinds = "f"

    def compute(self, features: Any) -> Any:
        return np.logaddexp(features, features.dtype.type(0))


class SoftplusGrad(Elementwise):
    """`gradients` times softplus's derivative, sigmoid(x)."""

    kinds = "f"

    def compute(self, gradients: Any, features: Any) -> Any:
        return gradients / (np.exp(-features) + 1)


@RegisterGradient("Softplus")
def _softplus_grad(op: Operation, grad: Tensor) -> Any:
    return SoftplusGrad((grad, op.inputs[0]))


@RegisterGradient("SoftplusGrad")
def _softplus_grad_grad(op: Operation, grad: Tensor) -> Any:
    gradients, x = op.inputs
    # sigmoid' = 1 / (exp(-x) + 2 + exp(x)), which is 0 where the exponentials overflow
    return SoftplusGrad((grad, x)), grad * gradients / (exp(-x) + 2.0 + exp(x))


def softplus(features: Any, name: str | None = None) -> Tensor:
    """log(exp(features) + 1), element-wise, without overflow."""
    return Softplus([features], name=name)


def log_sigmoid(x: Any, name: str | None = None) -> Tensor:
    """log(sigmoid(x)) = -softplus(-x), element-wise, without overflow."""
    with name_scope(name, "LogSigmoid", [x]) as scope:
        return negative(softplus(-convert_to_tensor(x, name="x")), name=scope)


class Softsign(Elementwise):
    """x / (1 + |x|)."""

    kinds = "f"

    def compute(self, features: Any) -> Any:
        return features / (1 + np.abs(features))


class SoftsignGrad(Elementwise):
    """`gradients` times softsign's derivative, 1 / (1 + |x|)**2."""

    kinds = "f"

    def compute(self, gradients: Any, features: Any) -> Any:
        return gradients / np.square(1 + np.abs(features))


@RegisterGradient("Softsign")
def _softsign_grad(op: Operation, grad: Tensor) -> Any:
    return SoftsignGrad((grad, op.inputs[0]))


@RegisterGradient("SoftsignGrad")
def _softsign_grad_grad(op: Operation, grad: Tensor) -> Any:
    gradients, x = op.inputs
    slope = SoftsignGrad((grad, x))
    return slope, -2.0 * gradients * slope * sign(x) / (1.0 + absolute(x))


def softsign(features: Any, name: str | None = None) -> Tensor:
    """features / (1 + |features|), element-wise."""
    return Softsign([features], name=name)


def swish(features: Any) -> Tensor:
    """features * sigmoid(features), element-wise.

    (P. Ramachandran, B. Zoph and Q. Le, "Searching for activation functions", 2017.)
    """
    x = convert_to_tensor(features, name="features")
    return x * sigmoid(x)
