"""Norms of vectors and matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.graph.graph import name_scope
from tinyflow.ops.arithmetic import multiply, square
from tinyflow.ops.comparison import maximum
from tinyflow.ops.constant import convert_to_tensor
from tinyflow.ops.conversion import cast, conj
from tinyflow.ops.decompositions import svd
from tinyflow.ops.functions import abs as abs_, rsqrt, sqrt
from tinyflow.ops.operands import renamed
from tinyflow.ops.powers import pow as pow_
from tinyflow.ops.reduction import reduce_max, reduce_sum
from tinyflow.ops.shaping import expand_dims, squeeze, transpose

__all__ = ["l2_normalize", "norm", "normalize"]

_MATRIX_NORMS = ["euclidean", "fro", 1, 2, np.inf]


def norm(
    tensor: Any, ord: Any = "euclidean", axis: Any = None, keepdims: Any = None,
    name: str | None = None, keep_dims: Any = None,
) -> Any:  # fmt: skip
    """The norm of vectors or matrices.

    Args:
      tensor: floats or complex numbers.
      ord: for vectors "euclidean" (or 2), 1, np.inf or any p > 0: sum(|x|**p)**(1/p); for matrices
        "fro" (or "euclidean"), 1 (the largest column sum), np.inf (the largest row sum) or 2 (the
        largest singular value).
      axis: an axis that holds vectors, two axes that hold matrices, or None: all elements as one
        vector.
      keepdims: whether the axes stay, with size 1; `keep_dims` is its old name.

    Its gradient at a vector of zeros is NaN.

    Raises:
      ValueError: if there is no such order or axis.
      TypeError: if the tensor is of integers.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.norm([[3., 4.], [6., 8.]], axis=1))
    array([ 5., 10.], dtype=float32)
    """
    keepdims = renamed("keepdims", keepdims, "keep_dims", keep_dims)
    matrices = isinstance(axis, list | tuple) and len(axis) == 2
    axes = _norm_axes(ord, axis, matrices)
    with name_scope(name, "norm", [tensor]):
        x = convert_to_tensor(tensor)
        if matrices and ord == 2:
            result = _largest_singular_value(x, axes)
        elif ord in ("fro", "euclidean") or ord == 2:
            result = sqrt(reduce_sum(x * conj(x), axes, keepdims=True))
        elif ord == 1:
            result = reduce_sum(abs_(x), axes and axes[0], keepdims=True)
            result = reduce_max(result, axes[1], keepdims=True) if matrices else result
        elif ord == np.inf:
            result = reduce_sum(abs_(x), axes[1], keepdims=True) if matrices else abs_(x)
            result = reduce_max(result, axes and axes[0], keepdims=True)
        else:
            result = pow_(reduce_sum(pow_(abs_(x), ord), axes, keepdims=True), 1.0 / ord)
        return result if keepdims else squeeze(result, axes)


def _norm_axes(ord: Any, axis: Any, matrices: bool) -> Any:
    """The axes as a list, or None for all; the order is checked on the way."""
    if matrices:
        axes = list(axis)
        if not all(isinstance(a, int | np.integer) for a in axes) or axes[0] == axes[1]:
            raise ValueError(
                f"'axis' must be None, an integer, or a tuple of 2 unique integers, got {axis}"
            )
        if ord not in _MATRIX_NORMS:
            raise ValueError(f"'ord' must be a supported matrix norm in {_MATRIX_NORMS}, got {ord}")
        return axes
    if axis is not None and not isinstance(axis, int | np.integer):
        raise ValueError(
            f"'axis' must be None, an integer, or a tuple of 2 unique integers, got {axis}"
        )
    if ord != "euclidean" and not (
        isinstance(ord, int | float | np.number) and np.isreal(ord) and ord > 0
    ):
        raise ValueError(f"'ord' must be a supported vector norm, got {ord}")
    return None if axis is None else [axis]


def _largest_singular_value(x: Any, axes: list[int]) -> Any:
    if x.spec.shape is None:
        raise ValueError(
            f"the norm of order 2 needs a tensor of known rank, not {x}: give it a shape"
        )
    rank = len(x.spec.shape)
    rows, columns = (a % rank for a in axes)
    others = [i for i in range(rank) if i not in (rows, columns)]
    values = svd(transpose(x, [*others, rows, columns]), compute_uv=False)
    largest = reduce_max(values, -1)
    for axis in sorted((rows, columns)):
        largest = expand_dims(largest, axis)
    return largest


def normalize(
    tensor: Any, ord: Any = "euclidean", axis: Any = None, name: str | None = None
) -> Any:
    """A tensor divided by its norm, and that norm (with the axes kept); see `norm`."""
    with name_scope(name, "normalize", [tensor]):
        x = convert_to_tensor(tensor)
        length = norm(x, ord, axis, keepdims=True)
        length = cast(length, x.dtype) if x.dtype else length
        return x / length, length


def l2_normalize(
    x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None, dim: Any = None
) -> Any:
    """A tensor divided by its euclidean norm along axes: x / sqrt(max(sum(x**2), epsilon)).

    Args:
      axis: one axis or several; all of them by default; `dim` is its old name.
      epsilon: the least value of the sum of squares, so that zeros stay zeros.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.nn.l2_normalize([3., 4.]))
    array([0.6, 0.8], dtype=float32)
    """
    axis = renamed("axis", axis, "dim", dim)
    with name_scope(name, "l2_normalize", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        length = reduce_sum(square(x), axis, keepdims=True)
        return multiply(x, rsqrt(maximum(length, epsilon)), name=scope)
