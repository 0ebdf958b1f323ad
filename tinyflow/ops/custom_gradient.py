"""`tf.custom_gradient`: a function that brings its own gradient along."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from tinyflow.graph.gradient_registry import RegisterGradient
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.array import IdentityN
from tinyflow.ops.constant import convert_to_tensor
from tinyflow.ops.operands import outputs_of

__all__ = ["custom_gradient"]


class CustomGradient(IdentityN):
    """What a function returned and, after it, its arguments, to which gradients go directly.

    Attributes:
      rule: from the gradients of what the function returned to those of its arguments.
      returned: how many tensors it returned.
    """

    rule: Callable[..., Any]
    returned: int


@RegisterGradient("CustomGradient")
def _custom_gradient_grad(op: Operation, *grads: Tensor) -> Any:
    returned = op.get_attr("returned")
    theirs = op.get_attr("rule")(*grads[:returned])
    theirs = theirs if isinstance(theirs, list | tuple) else [theirs]
    return [*[None] * returned, *theirs]


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: `f(*args)` returns (result, grad_fn) and is differentiated by grad_fn.

    What `f` builds its result from is not differentiated.  `grad_fn` takes a gradient for each
    tensor of the result (a tensor, or a list or tuple of them) and returns one for each argument.

    Returns:
      A function of the same arguments that returns the result alone.

    Raises:
      ValueError: when that is called with keyword arguments.

    >>> import tinyflow as tf
    >>> @tf.custom_gradient
    ... def log1pexp(x):
    ...     e = tf.exp(x)
    ...     return tf.log(1.0 + e), lambda dy: dy * (1.0 - 1.0 / (1.0 + e))  # not inf / inf
    >>> x = tf.constant(100.0)
    >>> with tf.Session() as session:
    ...     [float(g) for g in session.run(tf.gradients(log1pexp(x), x))]
    [1.0]
    """

    @wraps(f)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            raise ValueError(
                "The custom_gradient decorator currently supports keywords arguments only when "
                "eager execution is enabled."
            )
        arguments = [convert_to_tensor(arg) for arg in args]
        result, rule = f(*arguments)
        many = isinstance(result, list | tuple)
        results = [convert_to_tensor(y) for y in (result if many else [result])]
        passed = CustomGradient(
            [*results, *arguments], name="IdentityN", rule=rule, returned=len(results)
        )
        tensors = outputs_of(passed)[: len(results)]
        return type(result)(tensors) if many else tensors[0]

    return decorated
