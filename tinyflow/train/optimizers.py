"""The optimizers of TensorFlow 1.15: their hyper-parameters and slots.

The formulas are in updates.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinyflow.graph.operation import Tensor
from tinyflow.train.optimizer import Optimizer
from tinyflow.train.updates import ApplyGradientDescent
from tinyflow.variables import Variable

__all__ = ["GradientDescentOptimizer"]


def _fitted(hypers: Sequence[Tensor], var: Variable) -> list[Tensor]:
    """Hyper-parameters in a variable's dtype."""
    dtype = var.dtype and var.dtype.base_dtype
    if all(tensor.spec.dtype is dtype for tensor in hypers):
        return list(hypers)
    from tinyflow.ops.elementwise import cast

    return [cast(tensor, dtype) for tensor in hypers]


class GradientDescentOptimizer(Optimizer):
    """Gradient descent: `x -= learning_rate * g`.

    Args:
      learning_rate: a number, a tensor, or a function of no arguments that returns one.
    """

    def __init__(
        self, learning_rate: Any, use_locking: bool = False, name: str = "GradientDescent"
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._hyper(self._learning_rate, "learning_rate")

    def _apply_dense(self, grad: Tensor, var: Variable) -> Any:
        (rate,) = _fitted([self._learning_rate_tensor], var)
        return ApplyGradientDescent([var._ref(), rate, grad])
