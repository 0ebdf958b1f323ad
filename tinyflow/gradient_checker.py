"""Symbolic derivatives against numerical ones.

A numerical derivative needs nothing but the function: move each input a little to both sides and see how
the output moves, (f(x + h) - f(x - h)) / 2h, whose error falls with h squared.  It costs two runs for
every input element, and so it serves to check the symbolic gradient, which costs one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tinyflow.gradients import gradients, is_trainable
from tinyflow.graph.operation import Tensor
from tinyflow.ops.array import placeholder
from tinyflow.ops.constant import convert_to_tensor
from tinyflow.session import get_default_session

__all__ = ["compute_gradient", "compute_gradient_error"]

Jacobian = np.ndarray[Any, Any]


def compute_gradient(
    x: Any, x_shape: Any, y: Any, y_shape: Sequence[int], x_init_value: Any = None,
    delta: float = 1e-3, init_targets: Any = None, extra_feed_dict: Mapping[Any, Any] | None = None,
) -> Any:  # fmt: skip
    """The Jacobian of y by x, symbolic and numerical, in the default session.

    Args:
      x: a tensor, or a list of tensors.
      x_shape: its shape (a list of shapes for a list).
      y: a tensor that depends on x.
      y_shape: its shape.
      x_init_value: where to differentiate; by default at random.
      delta: how far x is moved.
      init_targets: operations to run first.
      extra_feed_dict: what else has to be fed.

    Returns:
      Two arrays with a row for each element of x and a column for each of y (twice as many where they
      are complex: real and imaginary parts); a list of such pairs for a list of x.

    Raises:
      ValueError: if there is no default session, or y does not depend on x.
      AssertionError: if x holds no floats or complex numbers.
    """
    session = get_default_session()
    if session is None:
        raise ValueError("compute_gradient needs a default session. fix: `with tf.Session():`")
    if init_targets is not None:
        session.run(init_targets)
    feeds = dict(extra_feed_dict or {})
    if isinstance(x, list):
        starts = [None] * len(x) if x_init_value is None else x_init_value
        points = [_start(*pair) for pair in zip(x, x_shape, starts, strict=True)]
        feeds.update(zip(x, points, strict=True))
        return [_jacobians(t, y, y_shape, p, delta, feeds) for t, p in zip(x, points, strict=True)]
    return _jacobians(x, y, y_shape, _start(x, x_shape, x_init_value), delta, feeds)


def compute_gradient_error(
    x: Any, x_shape: Any, y: Any, y_shape: Sequence[int], x_init_value: Any = None,
    delta: float = 1e-3, init_targets: Any = None, extra_feed_dict: Mapping[Any, Any] | None = None,
) -> float:  # fmt: skip
    """The largest difference between symbolic and numerical derivatives of y by x.

    Arguments and errors are `compute_gradient`'s.

    >>> import tinyflow as tf
    >>> x = tf.placeholder(tf.float64, [3])
    >>> with tf.Session():
    ...     tf.test.compute_gradient_error(x, [3], tf.sin(x), [3]) < 1e-6
    True
    """
    result = compute_gradient(
        x, x_shape, y, y_shape, x_init_value, delta, init_targets, extra_feed_dict
    )
    pairs = result if isinstance(x, list) else [result]
    return max([float(np.max(np.abs(a - b), initial=0.0)) for a, b in pairs], default=0.0)


def _start(x: Tensor, shape: Sequence[int], value: Any) -> Jacobian:
    dtype = convert_to_tensor(x).spec.dtype
    if not is_trainable(dtype):
        raise AssertionError(f"Don't support type {dtype!r} for x")
    wanted = np.dtype(np.float64) if dtype is None else dtype.numpy
    if value is not None:
        return np.array(value, wanted)
    rng = np.random.default_rng()
    point = rng.random(tuple(shape))
    if wanted.kind == "c":
        return (point + 1j * rng.random(tuple(shape))).astype(wanted)
    return point.astype(wanted)


def _jacobians(
    x: Any,
    y: Tensor,
    y_shape: Sequence[int],
    point: Jacobian,
    delta: float,
    feeds: Mapping[Any, Any],
) -> tuple[Jacobian, Jacobian]:
    feeds = {**feeds, x: point}
    return (
        _symbolic(x, y, tuple(y_shape), point, feeds),
        _numerical(x, y, tuple(y_shape), point, delta, feeds),
    )


def _symbolic(
    x: Any, y: Tensor, y_shape: tuple[int, ...], point: Jacobian, feeds: Mapping[Any, Any]
) -> Jacobian:
    session = get_default_session()
    with y.graph.as_default():
        seed = placeholder(y.dtype, y_shape)
        (grad,) = gradients(y, x, grad_ys=seed)
    if grad is None:
        raise ValueError(f"no gradient flows from {y} to {x}")
    dtype = np.float64 if y.spec.dtype is None else y.spec.dtype.numpy
    columns = []
    for direction in _directions(y_shape, np.dtype(dtype)):
        columns.append(_parts(session.run(grad, {**feeds, seed: direction})))
    return np.array(columns).T.reshape(-1, len(columns))


def _numerical(
    x: Any,
    y: Tensor,
    y_shape: tuple[int, ...],
    point: Jacobian,
    delta: float,
    feeds: Mapping[Any, Any],
) -> Jacobian:
    session = get_default_session()
    rows = []
    for direction in _directions(point.shape, point.dtype):
        ahead, behind = (
            np.asarray(session.run(y, {**feeds, x: point + step * direction}))
            for step in (point.dtype.type(delta), -point.dtype.type(delta))
        )
        rows.append(_parts((ahead - behind) / (2 * delta)))
    width = int(np.prod(y_shape)) * (
        2 if y.spec.dtype is not None and y.spec.dtype.is_complex else 1
    )
    return np.array(rows).reshape(len(rows), width)


def _directions(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
    """One unit array for each element; for complex ones another in the imaginary direction."""
    for i in np.ndindex(shape):
        for unit in (1, 1j) if dtype.kind == "c" else (1,):
            direction = np.zeros(shape, dtype)
            direction[i] = unit
            yield direction


def _parts(values: Any) -> Jacobian:
    """The elements as a vector; complex ones as real and imaginary part in turn."""
    flat = np.ravel(values)
    return flat.view(flat.real.dtype) if flat.dtype.kind == "c" else flat
