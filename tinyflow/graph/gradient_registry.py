"""The rules that say how each op type is differentiated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinyflow.foundation.registry import Registry
from tinyflow.graph.operation import Operation

__all__ = [
    "NoGradient", "NotDifferentiable", "RegisterGradient", "gradient_rule", "no_gradient",
]  # fmt: skip

_rules = Registry("gradient")


def _none(op: Operation, *grads: Any) -> None:
    return None


class RegisterGradient:
    """`@RegisterGradient("Square")` above a function makes it the gradient of op type "Square".

    The function takes the operation and one gradient for each of its outputs, and returns one for
    each input: a tensor, or None where no gradient flows.  It builds more graph, so it can be
    differentiated in turn.  Instead of a tensor it may return a function that makes it, which is
    called only if that input's gradient is needed: `return lambda: grad * y, lambda: grad * x`.

        @tf.RegisterGradient("Square")
        def _square_grad(op, grad):
            x, = op.inputs
            return grad * 2.0 * x

    Raises:
      TypeError: if the name is not a string.
      KeyError: if the op type has a gradient already.
    """

    def __init__(self, op_type: str) -> None:
        if not isinstance(op_type, str):
            raise TypeError(f"op_type must be a string, not {op_type!r}")
        self._op_type = op_type

    def __call__(self, f: Callable[..., Any]) -> Callable[..., Any]:
        _rules.register(self._op_type, f)
        return f


def NotDifferentiable(op_type: str) -> None:
    """Declares that no gradient flows through ops of this type.

    Raises:
      TypeError: if the name is not a string.
      KeyError: if the op type has a gradient.
    """
    if not isinstance(op_type, str):
        raise TypeError(f"op_type must be a string, not {op_type!r}")
    _rules.register(op_type, _none)


NoGradient = no_gradient = NotDifferentiable


def gradient_rule(op: Operation) -> Callable[..., Any] | None:
    """The gradient function of an operation.

    Returns None if its type is declared not differentiable.

    Raises:
      LookupError: if nobody wrote one, naming the operation.
    """
    op_type = getattr(op, "gradient_type", op.type)
    rule = _rules.get(op_type)
    if rule is None:
        raise LookupError(op_type)
    return None if rule is _none else rule


def has_gradient_entry(op_type: str) -> bool:
    """True if the op type has a gradient, or is declared to have none."""
    return op_type in _rules
