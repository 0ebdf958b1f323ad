"""Reductions: sums, means, extremes along axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Shape, Spec
from tinyflow.graph.constant_value import constant_value
from tinyflow.graph.gradient_registry import RegisterGradient
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.array import Range, Rank
from tinyflow.ops.constant import convert_to_tensor

__all__ = ["reduce_sum"]


def normal_axes(axis: Any, rank: int) -> tuple[int, ...]:
    """Axes (negative ones counted from the end, repeated ones once) as numbers from 0."""
    axes = set()
    for a in np.ravel(np.asarray(axis)):
        if not -rank <= a < rank:
            raise Problem(
                f"Invalid reduction dimension {a} for input with {rank} dimensions",
                f"an axis from {-rank} to {rank - 1}",
            )
        axes.add(int(a) % rank)
    return tuple(sorted(axes))


class Reduction(Operation):
    """Combines the elements along the axes given by the second input."""

    keepdims: bool = False
    recordable = True

    def infer(self, input: Spec, axis: Spec) -> Spec:
        return Spec(input.dtype, self.reduced(input.shape))

    def reduced(self, shape: Shape) -> Shape:
        axis = constant_value(self.inputs[1])
        if shape is None:
            return None
        if axis is None:
            return (None,) * len(shape) if self.keepdims else None
        axes = normal_axes(axis, len(shape))
        if self.keepdims:
            return tuple(1 if i in axes else size for i, size in enumerate(shape))
        return tuple(size for i, size in enumerate(shape) if i not in axes)


class Sum(Reduction):
    """The sum of the elements."""

    def compute(self, input: Any, axis: Any) -> Any:
        axes = normal_axes(axis, input.ndim)
        return np.add.reduce(input, axis=axes, dtype=input.dtype, keepdims=self.keepdims)


class SpreadSum(Operation):
    """`grad`, spread over the axes that a reduction of `input` removed."""

    recordable = True

    def infer(self, grad: Spec, input: Spec, axis: Spec) -> Spec:
        return Spec(grad.dtype, input.shape)

    def compute(self, grad: Any, input: Any, axis: Any) -> Any:
        axes = normal_axes(axis, input.ndim)
        kept = tuple(1 if i in axes else size for i, size in enumerate(input.shape))
        return np.broadcast_to(np.reshape(grad, kept), input.shape)


@RegisterGradient("Sum")
def _sum_grad(op: Operation, grad: Tensor) -> Any:
    input, axis = op.inputs
    return SpreadSum((grad, input, axis)), None


@RegisterGradient("SpreadSum")
def _spread_sum_grad(op: Operation, grad: Tensor) -> Any:
    axis = op.inputs[2]
    from tinyflow.ops.array import Unbroadcast

    return Unbroadcast((Sum((grad, axis), keepdims=True), op.inputs[0])), None, None


def _axes(x: Tensor, axis: Any) -> Any:
    """The axes to reduce as an operand: all of them, if none are named."""
    if axis is not None:
        return axis
    if x.spec.shape is not None:
        return np.arange(len(x.spec.shape), dtype=np.int32)
    return Range((0, Rank((x,)), 1))


def reduce_sum(
    input_tensor: Any, axis: Any = None, keepdims: Any = None, name: str | None = None,
    reduction_indices: Any = None, keep_dims: Any = None,
) -> Tensor:  # fmt: skip
    """The sum of the elements along `axis` (all of them, by default)."""
    x = convert_to_tensor(input_tensor, name="input_tensor")
    return Sum((x, _axes(x, axis)), name=name, keepdims=bool(keepdims))  # type: ignore[return-value]
