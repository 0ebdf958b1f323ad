"""Rows of tinyflow/ops/clip.py: functions, made of ops that have rows elsewhere."""

import numpy as np

import tinyflow as tf
from tests.rows import Row, normal

X = np.array([[-3.0, -0.5, 0.25], [1.5, 5.0, 7.5]])


def _clip_norm(x, limit, axis=None):
    norm = np.sqrt((x**2).sum(axis, keepdims=axis is not None))
    return x * np.minimum(1, limit / norm)


def _clip_global(*arrays, limit):
    norm = np.sqrt(sum((x**2).sum() for x in arrays))
    return [x * min(1, limit / norm) for x in arrays] + [norm]


def _global(limit):
    def build(*tensors):
        clipped, norm = tf.clip_by_global_norm(tensors, limit)
        return [*clipped, norm]

    return build


ROWS = [
    Row("Minimum", lambda x: tf.clip_by_value(x, -1.0, 2.0), [X], lambda x: np.clip(x, -1, 2)),
    Row(
        "Maximum",
        tf.clip_by_value,
        [X, normal(3) - 3, normal() + 3],
        lambda x, a, b: np.clip(x, a, b),
    ),
    Row("Sum", lambda x: tf.clip_by_norm(x, 2.0), [X], lambda x: _clip_norm(x, 2.0)),
    Row("Sum", lambda x: tf.clip_by_norm(x, 20.0), [X], lambda x: x),
    Row("Sum", lambda x: tf.clip_by_norm(x, 2.0), [np.zeros(3)], lambda x: x),
    Row("Sum", lambda x: tf.clip_by_norm(x, 1.0, axes=[1]), [X], lambda x: _clip_norm(x, 1.0, 1)),
    Row(
        "Rsqrt",
        lambda x: tf.clip_by_average_norm(x, 0.5),
        [X],
        lambda x: _clip_norm(x, 0.5 * x.size),
    ),
    Row("Rsqrt", lambda x: tf.clip_by_average_norm(x, 5.0), [X], lambda x: x),
    Row("IsFinite", _global(2.0), [X, normal(2)], lambda *xs: _clip_global(*xs, limit=2.0)),
    Row("IsFinite", _global(100.0), [X, normal(2)], lambda *xs: _clip_global(*xs, limit=100.0)),
]
