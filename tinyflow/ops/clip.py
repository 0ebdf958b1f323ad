"""Clipping: of values, and of norms."""

from __future__ import annotations

import numbers
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinyflow.foundation.shapes import merge_shapes
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Tensor
from tinyflow.ops.array import identity, size
from tinyflow.ops.comparison import is_finite, maximum, minimum, where
from tinyflow.ops.constant import constant, convert_to_tensor
from tinyflow.ops.creation import ones_like
from tinyflow.ops.elementwise import cast, rsqrt, sqrt
from tinyflow.ops.reduction import global_norm, reduce_sum

__all__ = ["clip_by_average_norm", "clip_by_global_norm", "clip_by_norm", "clip_by_value"]


def _values(t: Any) -> Tensor:
    """A tensor; of IndexedSlices the rows that are there."""
    return t.values if hasattr(t, "indices") else convert_to_tensor(t, name="t")


def _like(t: Any, values: Tensor) -> Any:
    """`values` in the form of `t`: a tensor, or IndexedSlices."""
    return type(t)(values, t.indices, t.dense_shape) if hasattr(t, "indices") else values


def _check_unbroadcast(values: Tensor, result: Tensor) -> None:
    try:
        merge_shapes(values.spec.shape, result.spec.shape)
    except ValueError:
        raise ValueError(
            f"the bounds would broadcast {values.name!r} from {values.shape} to {result.shape}, "
            "but clipping does not change a shape. fix: bounds that broadcast to it"
        ) from None


def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Any:
    """`t` with what is less than the minimum or greater than the maximum replaced by these.

    Args:
      t: a tensor or IndexedSlices.
      clip_value_min, clip_value_max: numbers, or tensors that broadcast to the shape of `t`.

    NaN stays NaN.  If the minimum is greater than the maximum, the result is the minimum.

    Raises:
      ValueError: if the bounds would broadcast `t`.

    >>> import tinyflow as tf
    >>> with tf.Session() as session:
    ...     session.run(tf.clip_by_value([-2.0, 0.5, 3.0], -1.0, 1.0)).tolist()
    [-1.0, 0.5, 1.0]
    """
    with name_scope(name, "clip_by_value", [t, clip_value_min, clip_value_max]) as scope:
        values = _values(t)
        below = minimum(values, clip_value_max)
        _check_unbroadcast(values, below)
        clipped = maximum(below, clip_value_min, name=scope)
        _check_unbroadcast(values, clipped)
        return _like(t, clipped)


def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: str | None = None) -> Any:
    """`t` made shorter, where its L2 norm exceeds `clip_norm`, to have that norm.

    Args:
      t: a tensor or IndexedSlices of floating-point numbers.
      clip_norm: a positive number, or tensor that broadcasts with the norms.
      axes: the axes to compute norms along; by default there is one norm, of the whole tensor.

    >>> import tinyflow as tf
    >>> with tf.Session() as session:
    ...     session.run(tf.clip_by_norm([0.0, 5.0], 2.0)).tolist()
    [0.0, 2.0]
    """
    with name_scope(name, "clip_by_norm", [t, clip_norm]) as scope:
        values = _values(t)
        square_sum = reduce_sum(values * values, axes, keepdims=True)
        # The root's derivative at 0 is infinite: there, take the root of one instead.
        positive = square_sum > 0
        root = sqrt(where(positive, square_sum, ones_like(square_sum)))
        norm = where(positive, root, square_sum)
        scaled = values * clip_norm
        _check_unbroadcast(values, scaled)
        return _like(t, identity(scaled / maximum(norm, clip_norm), name=scope))


def clip_by_average_norm(t: Any, clip_norm: Any, name: str | None = None) -> Tensor:
    """`t` made shorter, if its L2 norm by element exceeds `clip_norm`, to have that one.

    As in TF 1.15, the norm by element is the L2 norm divided by the number of elements.

    Args:
      t: a tensor of floating-point numbers.
      clip_norm: a positive scalar.
    """
    with name_scope(name, "clip_by_average_norm", [t, clip_norm]) as scope:
        t = convert_to_tensor(t, name="t")
        count = cast(size(t), t.spec.dtype or "float32")
        inverse = rsqrt(reduce_sum(t * t)) * count
        one = constant(1.0, t.spec.dtype)
        return identity(t * clip_norm * minimum(inverse, one / clip_norm), name=scope)


def clip_by_global_norm(
    t_list: Any, clip_norm: Any, use_norm: Any = None, name: str | None = None
) -> tuple[list[Any], Tensor]:
    """Tensors made shorter, all by one factor, if their common L2 norm exceeds `clip_norm`.

    (R. Pascanu, T. Mikolov and Y. Bengio, "On the difficulty of training recurrent neural
    networks", 2012.)

    Args:
      t_list: a list of tensors, IndexedSlices and Nones, such as gradients.
      clip_norm: a positive scalar.
      use_norm: the norm, if it is known already.

    Returns:
      The list of clipped tensors, and the norm before clipping: the square root of the sum of the
      squares of all elements.  If that is not finite, all elements become NaN.

    Raises:
      TypeError: if `t_list` is no list, or a tensor in it is not of floating-point numbers.

    >>> import tinyflow as tf
    >>> with tf.Session() as session:
    ...     clipped, norm = session.run(tf.clip_by_global_norm([[3.0], [4.0]], 1.0))
    >>> [round(float(c[0]), 6) for c in clipped], float(norm)
    ([0.6, 0.8], 5.0)
    """
    if not isinstance(t_list, Sequence) or isinstance(t_list, str):
        raise TypeError("t_list should be a sequence")
    if isinstance(clip_norm, numbers.Real) and clip_norm < 0:
        warnings.warn(f"a negative clip_norm ({clip_norm}) clips nothing", stacklevel=2)
    tensors = [None if t is None else _values(t) for t in t_list]
    norm = global_norm(t_list, name) if use_norm is None else convert_to_tensor(use_norm)
    with name_scope(name, "clip_by_global_norm", [*tensors, clip_norm]) as scope:
        one = constant(1.0, norm.spec.dtype)
        factor = clip_norm * minimum(1.0 / norm, one / clip_norm)
        factor = where(is_finite(norm), factor, constant(np.nan, norm.spec.dtype))
        clipped = [
            None if v is None else _like(t, identity(v * factor, name=f"{scope}_{i}"))
            for i, (t, v) in enumerate(zip(t_list, tensors, strict=True))
        ]
        return clipped, norm
