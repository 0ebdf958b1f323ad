"""Products of matrices and of tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Spec, broadcast_shapes, show_shape
from tinyflow.graph.gradient_registry import RegisterGradient
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.graph.operators import operator

__all__ = ["matmul"]


class MatMul(Operation):
    """The matrix product, of the last two axes; either operand may be transposed first."""

    transpose_a: bool = False
    transpose_b: bool = False
    same_dtype = True
    recordable = True

    def infer(self, a: Spec, b: Spec) -> Spec:
        dtype = a.dtype or b.dtype
        if a.shape is None or b.shape is None:
            return Spec(dtype)
        if len(a.shape) < 2 or len(b.shape) < 2:
            raise Problem(
                f"Shape must be rank 2 but is rank {min(len(a.shape), len(b.shape))}",
                "tf.expand_dims the vector, or tf.tensordot",
            )
        rows, inner = a.shape[-2:][:: -1 if self.transpose_a else 1]
        other, columns = b.shape[-2:][:: -1 if self.transpose_b else 1]
        if None not in (inner, other) and inner != other:
            raise Problem(
                f"inner dimensions differ, {inner} and {other}: "
                f"{show_shape(a.shape)} times {show_shape(b.shape)}"
            )
        batch = broadcast_shapes(a.shape[:-2], b.shape[:-2])
        return Spec(dtype, None if batch is None else (*batch, rows, columns))

    def compute(self, a: Any, b: Any) -> Any:
        if self.transpose_a:
            a = np.swapaxes(a, -1, -2)
        if self.transpose_b:
            b = np.swapaxes(b, -1, -2)
        return np.matmul(a, b)


@RegisterGradient("MatMul")
def _matmul_grad(op: Operation, grad: Tensor) -> Any:
    a, b = op.inputs
    ta, tb = op.transpose_a, op.transpose_b  # type: ignore[attr-defined]
    if ta:
        grad_a = matmul(b, grad, transpose_a=tb, transpose_b=True)
    else:
        grad_a = matmul(grad, b, transpose_b=not tb)
    if tb:
        grad_b = matmul(grad, a, transpose_a=True, transpose_b=ta)
    else:
        grad_b = matmul(a, grad, transpose_a=not ta)
    return grad_a, grad_b


def matmul(
    a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False, adjoint_a: bool = False,
    adjoint_b: bool = False, a_is_sparse: bool = False, b_is_sparse: bool = False, name: str | None = None,
) -> Tensor:  # fmt: skip
    """The matrix product a b."""
    return MatMul([a, b], name=name, transpose_a=transpose_a, transpose_b=transpose_b)  # type: ignore[return-value]


operator("__matmul__")(lambda x, y: matmul(x, y))
