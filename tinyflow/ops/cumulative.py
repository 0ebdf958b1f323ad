"""Running sums and products along an axis: cumsum, cumprod, cumulative_logsumexp."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Spec, show_shape
from tinyflow.graph.gradient_registry import RegisterGradient
from tinyflow.graph.operation import Operation
from tinyflow.ops.base import check_kind
from tinyflow.ops.functions import exp
from tinyflow.ops.operands import along

__all__ = ["cumprod", "cumsum", "cumulative_logsumexp"]


def _scan_axis(axis: Any, rank: int) -> int:
    """The axis to run along, as a number from 0."""
    axis = np.asarray(axis)
    if axis.ndim:
        raise Problem(
            f"axis must be a scalar, not of shape {show_shape(axis.shape)}", "give one axis"
        )
    if not -rank <= axis < rank:
        raise Problem(
            f"Expected scan axis in the range [{-rank}, {rank}), but got {axis}",
            f"an axis from {-rank} to {rank - 1}" if rank else "a scalar has no axis to run along",
        )
    return int(axis) % rank


class Cumulative(Operation):
    """The results of combining, at each place along an axis, all elements up to there.

    Attributes:
      exclusive: whether the element at the place itself is left out.
      reverse: whether to run from the end of the axis to its beginning.
    """

    exclusive: bool = False
    reverse: bool = False
    recordable = True

    def infer(self, x: Spec, axis: Spec) -> Spec:
        check_kind("x", x.dtype, "fciu")
        check_kind("axis", axis.dtype, "i")
        return x

    def accumulate(self, ufunc: np.ufunc, x: Any, axis: Any, start: Any) -> Any:
        """The running results of `ufunc`; an exclusive run begins with `start`."""
        axis = _scan_axis(axis, x.ndim)
        backwards = along(axis, slice(None, None, -1))
        if self.reverse:
            x = x[backwards]
        if self.exclusive and x.shape[axis]:
            first = np.broadcast_to(
                np.asarray(start, x.dtype), (*x.shape[:axis], 1, *x.shape[axis + 1 :])
            )
            x = np.concatenate([first, x[along(axis, slice(None, -1))]], axis=axis)
        y = ufunc.accumulate(x, axis=axis, dtype=x.dtype)
        return y[backwards] if self.reverse else y


# -- sums ----------------------------------------------------------------------------------------


class Cumsum(Cumulative):
    """Running sums."""

    def compute(self, x: Any, axis: Any) -> Any:
        return self.accumulate(np.add, x, axis, 0)


@RegisterGradient("Cumsum")
def _cumsum_grad(op: Any, grad: Any) -> Any:
    # An element is in the sums of all later places, so its gradient is the sum over those.
    return cumsum(grad, op.inputs[1], exclusive=op.exclusive, reverse=not op.reverse), None


def cumsum(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Any:
    """The running sums of `x` along an axis: `[a, a + b, a + b + c]`.

    Args:
      x: a numeric tensor.
      axis: the axis to run along (an integer tensor, or a number).
      exclusive: leave out the element itself: `[0, a, a + b]`.
      reverse: begin at the end: `[a + b + c, b + c, c]`.

    Returns:
      A tensor of the shape and dtype of `x`.

    Raises:
      TypeError: if `x` is not numeric.
      InvalidArgumentError: in a run, if `x` has no such axis.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.cumsum([1, 2, 3], exclusive=True))
    array([0, 1, 3], dtype=int32)
    """
    return Cumsum((x, axis), name=name, exclusive=bool(exclusive), reverse=bool(reverse))


# -- products ------------------------------------------------------------------------------------


class Cumprod(Cumulative):
    """Running products."""

    def compute(self, x: Any, axis: Any) -> Any:
        return self.accumulate(np.multiply, x, axis, 1)


class Horner(Operation):
    """Horner's rule along an axis: y[0] = 0, y[j] = g[j-1] + x[j-1] y[j-1].

    Written out, y[j] is the sum over all k < j of g[k] times the x between k and j.  The derivative
    of a running product is made of that.  The rule needs no division, so it is exact also where x
    is zero, and its own derivative is the same rule, run the other way.

    Attributes:
      reverse: whether to run from the end of the axis to its beginning.
    """

    reverse: bool = False
    recordable = True

    def infer(self, g: Spec, x: Spec, axis: Spec) -> Spec:
        return Spec(g.dtype and x.dtype, x.shape)

    def compute(self, g: Any, x: Any, axis: Any) -> Any:
        axis = _scan_axis(axis, x.ndim)
        # As arrays (not recorded): a statement for each step would be no function to read.
        g, x = (np.moveaxis(np.asarray(v), axis, 0) for v in (g, x))
        y = np.zeros_like(x)
        count = len(x)
        places = range(count - 1, -1, -1) if self.reverse else range(count)
        for before, here in pairwise(places):
            y[here] = g[before] + x[before] * y[before]
        return np.moveaxis(y, 0, axis)


def _horner(g: Any, x: Any, axis: Any, reverse: bool) -> Any:
    return Horner((g, x, axis), reverse=reverse)


@RegisterGradient("Horner")
def _horner_grad(op: Any, grad: Any) -> Any:
    # y[j] is linear in each x[l]; the coefficient is y[l] times the x between l and j.
    _, x, axis = op.inputs
    back = _horner(grad, x, axis, not op.reverse)
    return back, back * op.outputs[0], None


@RegisterGradient("Cumprod")
def _cumprod_grad(op: Any, grad: Any) -> Any:
    # d y[k] / d x[i] = (the product of the x before i) (the product of those between i and k) x[k],
    # with x[k] left out if y[k] leaves it out, and without the last two factors for k = i.
    x, axis = op.inputs
    if op.exclusive:
        return op.outputs[0] * _horner(grad, x, axis, not op.reverse), None
    before = cumprod(x, axis, exclusive=True, reverse=op.reverse)
    return before * (grad + _horner(grad * x, x, axis, not op.reverse)), None


def cumprod(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Any:
    """The running products of `x` along an axis: `[a, a * b, a * b * c]`.

    The gradient is exact also where `x` is zero, to every order (TF 1.15 gives NaN there).

    Args:
      x: a numeric tensor.
      axis: the axis to run along (an integer tensor, or a number).
      exclusive: leave out the element itself: `[1, a, a * b]`.
      reverse: begin at the end: `[a * b * c, b * c, c]`.

    Returns:
      A tensor of the shape and dtype of `x`.

    Raises:
      TypeError: if `x` is not numeric.
      InvalidArgumentError: in a run, if `x` has no such axis.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.cumprod([2, 3, 4], reverse=True))
    array([24, 12,  4], dtype=int32)
    """
    return Cumprod((x, axis), name=name, exclusive=bool(exclusive), reverse=bool(reverse))


# -- sums of exponentials ------------------------------------------------------------------------


class CumulativeLogsumexp(Cumulative):
    """Running log(sum(exp(x))), without overflow; of nothing, the lowest number there is."""

    def infer(self, x: Spec, axis: Spec) -> Spec:
        check_kind("x", x.dtype, "f")
        return super().infer(x, axis)

    def compute(self, x: Any, axis: Any) -> Any:
        lowest = np.finfo(x.dtype).min
        return np.maximum(self.accumulate(np.logaddexp, x, axis, lowest), lowest)


@RegisterGradient("CumulativeLogsumexp")
def _cumulative_logsumexp_grad(op: Any, grad: Any) -> Any:
    # exp(y) is a running sum.  `share` is what an element has in the sum that ends with it, `rest`
    # what the earlier ones have; each later place k holds share[i] rest[i+1] ... rest[k] of x[i].
    # Differences of logarithms, never above 0, so nothing overflows.
    x, axis = op.inputs
    through = cumulative_logsumexp(x, axis, reverse=op.reverse)
    before = cumulative_logsumexp(x, axis, exclusive=True, reverse=op.reverse)
    share, rest = exp(x - through), exp(before - through)
    if op.exclusive:
        return share * _horner(grad, rest, axis, not op.reverse), None
    return share * (grad + _horner(grad * rest, rest, axis, not op.reverse)), None


def cumulative_logsumexp(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Any:
    """The logarithms of the running sums of exp(x) along an axis, without overflow.

    Args:
      x: a tensor of floats.
      axis: the axis to run along (an integer tensor, or a number).
      exclusive: leave out the element itself; the first result is then the lowest number there is
        (as in TF 1.15), not -inf.
      reverse: begin at the end.

    Returns:
      A tensor of the shape and dtype of `x`.

    Raises:
      TypeError: if `x` is not of floats.
      InvalidArgumentError: in a run, if `x` has no such axis.
    """
    return CumulativeLogsumexp(
        (x, axis), name=name, exclusive=bool(exclusive), reverse=bool(reverse)
    )
