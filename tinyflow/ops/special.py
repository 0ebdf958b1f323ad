"""Special functions: erf, the gamma and beta families, Bessel's I.

The numerics are in foundation/special.py.
"""

from __future__ import annotations

import math
from typing import Any

from tinyflow.foundation import special
from tinyflow.graph.gradient_registry import RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.arithmetic import square
from tinyflow.ops.base import Elementwise
from tinyflow.ops.comparison import equal, where_v2
from tinyflow.ops.constant import convert_to_tensor
from tinyflow.ops.functions import abs as absolute, exp, log, log1p, sign
from tinyflow.ops.reduction import reduce_sum

__all__ = [
    "bessel_i0", "bessel_i0e", "bessel_i1", "bessel_i1e", "betainc", "digamma", "erf", "erfc",
    "igamma", "igammac", "lbeta", "lgamma", "polygamma", "zeta",
]  # fmt: skip


class _Special(Elementwise):
    """A function of real numbers."""

    kinds = "f"


# -- the error function ----------------------------------------------------------------------------


class Erf(_Special):
    """The Gauss error function: 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x."""

    def compute(self, x: Any) -> Any:
        return special.erf(x)


@RegisterGradient("Erf")
def _erf_grad(op: Operation, grad: Any) -> Any:
    return 2 / math.sqrt(math.pi) * grad * exp(-square(op.inputs[0]))


def erf(x: Any, name: str | None = None) -> Tensor:
    """The Gauss error function, element-wise: from -1 to 1."""
    return Erf([x], name=name)


class Erfc(_Special):
    """1 - erf(x)."""

    def compute(self, x: Any) -> Any:
        return special.erfc(x)


@RegisterGradient("Erfc")
def _erfc_grad(op: Operation, grad: Any) -> Any:
    return -2 / math.sqrt(math.pi) * grad * exp(-square(op.inputs[0]))


def erfc(x: Any, name: str | None = None) -> Tensor:
    """1 - erf(x), element-wise, exact to the last digits also where that is small."""
    return Erfc([x], name=name)


# -- the gamma function ----------------------------------------------------------------------------


class Lgamma(_Special):
    """The logarithm of |gamma(x)|."""

    def compute(self, x: Any) -> Any:
        return special.lgamma(x)


@RegisterGradient("Lgamma")
def _lgamma_grad(op: Operation, grad: Any) -> Any:
    return grad * digamma(op.inputs[0])


def lgamma(x: Any, name: str | None = None) -> Tensor:
    """The logarithm of |gamma(x)|, element-wise: gamma(n) is (n - 1)!.

    >>> import tinyflow as tf
    >>> float(tf.Session().run(tf.exp(tf.lgamma(5.0))))
    24.0
    """
    return Lgamma([x], name=name)


class Digamma(_Special):
    """The derivative of lgamma."""

    def compute(self, x: Any) -> Any:
        return special.digamma(x)


@RegisterGradient("Digamma")
def _digamma_grad(op: Operation, grad: Any) -> Any:
    (x,) = op.inputs
    return grad * polygamma(convert_to_tensor(1.0, x.spec.dtype), x)


def digamma(x: Any, name: str | None = None) -> Tensor:
    """The derivative of lgamma, element-wise."""
    return Digamma([x], name=name)


class Polygamma(_Special):
    """The a-th derivative of digamma."""

    def compute(self, a: Any, x: Any) -> Any:
        return special.polygamma(a, x)


@RegisterGradient("Polygamma")
def _polygamma_grad(op: Operation, grad: Any) -> Any:
    a, x = op.inputs
    return None, grad * polygamma(a + 1.0, x)


def polygamma(a: Any, x: Any, name: str | None = None) -> Tensor:
    """The a-th derivative of digamma at x, element-wise; nan unless a is 0, 1, 2, ...

    No gradient flows to `a`.
    """
    return Polygamma([a, x], name=name)


class Zeta(_Special):
    """The sum of (q + k)^-x over k = 0, 1, ..."""

    def compute(self, x: Any, q: Any) -> Any:
        return special.zeta(x, q)


@RegisterGradient("Zeta")
def _zeta_grad(op: Operation, grad: Any) -> Any:
    x, q = op.inputs
    return None, -grad * x * zeta(x + 1.0, q)


def zeta(x: Any, q: Any, name: str | None = None) -> Tensor:
    """Hurwitz's zeta function, element-wise: the sum of (q + k)^-x over k = 0, 1, ...

    No gradient flows to `x`.
    """
    return Zeta([x, q], name=name)


# -- the incomplete gamma and beta functions -------------------------------------------------------


class Igamma(_Special):
    """P(a, x): the share of gamma(a) = integral of t^(a - 1) e^-t that lies below x."""

    def compute(self, a: Any, x: Any) -> Any:
        return special.igamma(a, x)


class Igammac(_Special):
    """Q(a, x) = 1 - P(a, x)."""

    def compute(self, a: Any, x: Any) -> Any:
        return special.igammac(a, x)


class IgammaGradA(_Special):
    """The derivative of P(a, x) in a."""

    order = 1

    def compute(self, a: Any, x: Any) -> Any:
        return special.igamma_da(a, x, order=self.order)


class IgammaGradAA(IgammaGradA):
    """The second derivative of P(a, x) in a."""

    order = 2


def _gamma_density(a: Any, x: Any) -> Any:
    """dP/dx = x^(a - 1) e^-x / gamma(a); by its logarithm, since each factor may overflow."""
    return exp((a - 1.0) * log(x) - x - lgamma(a))


@RegisterGradient("Igamma")
def _igamma_grad(op: Operation, grad: Any) -> Any:
    a, x = op.inputs
    return grad * IgammaGradA((a, x)), grad * _gamma_density(a, x)


@RegisterGradient("Igammac")
def _igammac_grad(op: Operation, grad: Any) -> Any:
    return _igamma_grad(op, -grad)


@RegisterGradient("IgammaGradA")
def _igamma_grad_a_grad(op: Operation, grad: Any) -> Any:
    a, x = op.inputs
    mixed = _gamma_density(a, x) * (log(x) - digamma(a))
    return grad * IgammaGradAA((a, x)), grad * mixed


@RegisterGradient("IgammaGradAA")
def _igamma_grad_aa_grad(op: Operation, grad: Any) -> Any:
    raise LookupError("the third derivative of igamma(a, x) in a is not implemented")


def igamma(a: Any, x: Any, name: str | None = None) -> Tensor:
    """The lower regularized incomplete gamma function P(a, x), element-wise.

    It is the integral of t^(a - 1) e^-t from 0 to x, divided by gamma(a); nan unless a > 0, x >= 0.
    """
    return Igamma([a, x], name=name)


def igammac(a: Any, x: Any, name: str | None = None) -> Tensor:
    """The upper regularized incomplete gamma function Q(a, x) = 1 - P(a, x), element-wise."""
    return Igammac([a, x], name=name)


class Betainc(_Special):
    """I_x(a, b): the share of the integral of t^(a-1) (1-t)^(b-1) over (0, 1) that lies below x."""

    def compute(self, a: Any, b: Any, x: Any) -> Any:
        return special.betainc(a, b, x)


@RegisterGradient("Betainc")
def _betainc_grad(op: Operation, grad: Any) -> Any:
    a, b, x = op.inputs
    # x^(a - 1) (1 - x)^(b - 1) / B(a, b), by its logarithm
    log_beta = lgamma(a) + lgamma(b) - lgamma(a + b)
    return None, None, grad * exp((a - 1.0) * log(x) + (b - 1.0) * log1p(-x) - log_beta)


def betainc(a: Any, b: Any, x: Any, name: str | None = None) -> Tensor:
    """The regularized incomplete beta function I_x(a, b), element-wise.

    It is the integral of t^(a-1) (1-t)^(b-1) from 0 to x, divided by that from 0 to 1; nan unless
    a > 0, b > 0 and 0 <= x <= 1.  No gradient flows to `a` and `b`.
    """
    return Betainc([a, b, x], name=name)


def lbeta(x: Any, name: str | None = None) -> Tensor:
    """The logarithm of |Beta(x)|, of the numbers along the last axis.

    That is the sum of lgamma(x) less lgamma(the sum of x): of no number 0.

    >>> import tinyflow as tf
    >>> float(tf.Session().run(tf.exp(tf.lbeta([2.0, 1.0]))))
    0.5
    """
    with name_scope(name, "lbeta", [x]):
        x = convert_to_tensor(x, name="x")
        factors: Tensor = reduce_sum(lgamma(x), axis=[-1])
        return factors - lgamma(reduce_sum(x, axis=[-1]))


# -- Bessel functions ------------------------------------------------------------------------------


class BesselI0e(_Special):
    """exp(-|x|) I0(x), I0 being the modified Bessel function of order 0."""

    def compute(self, x: Any) -> Any:
        return special.bessel_i0e(x)


@RegisterGradient("BesselI0e")
def _bessel_i0e_grad(op: Operation, grad: Any) -> Any:
    (x,), (y,) = op.inputs, op.outputs
    return grad * (bessel_i1e(x) - sign(x) * y)  # I0' = I1


class BesselI1e(_Special):
    """exp(-|x|) I1(x), I1 being the modified Bessel function of order 1."""

    def compute(self, x: Any) -> Any:
        return special.bessel_i1e(x)


@RegisterGradient("BesselI1e")
def _bessel_i1e_grad(op: Operation, grad: Any) -> Any:
    (x,), (y,) = op.inputs, op.outputs
    # I1' = I0 - I1 / x, and I1 / x is 1/2 at 0.
    at_0 = equal(x, 0.0)
    quotient = where_v2(at_0, 0.5, y / where_v2(at_0, 1.0, x))
    return grad * (bessel_i0e(x) - sign(x) * y - quotient)


def bessel_i0e(x: Any, name: str | None = None) -> Tensor:
    """exp(-|x|) I0(x), element-wise: of the modified Bessel function of order 0."""
    return BesselI0e([x], name=name)


def bessel_i1e(x: Any, name: str | None = None) -> Tensor:
    """exp(-|x|) I1(x), element-wise: of the modified Bessel function of order 1."""
    return BesselI1e([x], name=name)


def bessel_i0(x: Any, name: str | None = None) -> Tensor:
    """The modified Bessel function of order 0, element-wise; `bessel_i0e` does not overflow."""
    with name_scope(name, "bessel_i0", [x]):
        x = convert_to_tensor(x, name="x")
        return exp(absolute(x)) * bessel_i0e(x)


def bessel_i1(x: Any, name: str | None = None) -> Tensor:
    """The modified Bessel function of order 1, element-wise; `bessel_i1e` does not overflow."""
    with name_scope(name, "bessel_i1", [x]):
        x = convert_to_tensor(x, name="x")
        return exp(absolute(x)) * bessel_i1e(x)
