"""Rows of tinyflow/ops/creation.py."""

from functools import partial

import numpy as np

import tinyflow as tf
from tests.rows import Row, normal
from tinyflow.ops.creation import OnesLike, ZerosLike

HOT = np.array([[0, 2], [3, -1]], np.int32)


def _hot(indices, depth, on, off, axis):
    places = np.arange(depth).reshape([-1 if i == axis else 1 for i in range(indices.ndim + 1)])
    return off + (on - off) * (np.expand_dims(indices, axis) == places)


plain = partial(Row, differentiate=False)

ROWS = [
    Row("Fill", lambda x: tf.fill([2, 3], x), [normal()], lambda x: x * np.ones([2, 3])),
    Row("Fill", lambda x: tf.fill([], x), [normal()], lambda x: x),
    Row("Fill", lambda x: tf.fill([0, 2], x), [normal()], lambda x: np.zeros([0, 2])),
    plain("Fill", tf.fill, [np.array([2, 1], np.int64), np.int32(7)], lambda s, x: np.full(s, x)),
    plain("ZerosLike", lambda x: ZerosLike([x]), [normal(2, 3)], lambda x: 0 * x),
    plain("ZerosLike", lambda x: ZerosLike([x]), [np.array([True])], lambda x: np.array([False])),
    plain("OnesLike", lambda x: OnesLike([x]), [normal(2, 3)], lambda x: 0 * x + 1),
    plain("OnesLike", lambda x: OnesLike([x]), [np.array([3, 4])], lambda x: np.array([1, 1])),
    Row(
        "BroadcastTo",
        lambda x: tf.broadcast_to(x, [4, 2, 3]),
        [normal(2, 1)],
        lambda x: x + np.zeros([4, 2, 3]),
    ),
    Row(
        "BroadcastTo",
        lambda x: tf.broadcast_to(x, [2, 3]),
        [normal()],
        lambda x: x + np.zeros([2, 3]),
    ),
    Row(
        "BroadcastTo",
        lambda x: tf.broadcast_to(x, [0, 3]),
        [normal(1, 3)],
        lambda x: np.zeros([0, 3]),
    ),
    plain(
        "BroadcastArgs",
        tf.broadcast_dynamic_shape,
        [np.array([2, 1]), np.array([5, 1, 3])],
        lambda *_: np.array([5, 2, 3]),
    ),
    plain(
        "LinSpace",
        lambda a, b: tf.linspace(a, b, 5),
        [normal(), normal(seed=1)],
        lambda a, b: a + (b - a) * np.arange(5) / 4,
    ),
    plain(
        "LinSpace",
        lambda a, b: tf.linspace(a, b, 1),
        [normal(), normal(seed=1)],
        lambda a, b: np.array([a]),
    ),
    plain(
        "LinSpace",
        lambda n: tf.linspace(0.0, 1.0, n),
        [np.int32(3)],
        lambda n: np.float32([0, 0.5, 1]),
    ),
    plain("OneHot", lambda i: tf.one_hot(i, 4), [HOT], lambda i: _hot(i, 4, 1.0, 0.0, 2)),
    plain("OneHot", lambda i: tf.one_hot(i, 4, 5, 2, axis=0), [HOT], lambda i: _hot(i, 4, 5, 2, 0)),
    plain(
        "OneHot",
        lambda i: tf.one_hot(i, 3, axis=1, dtype=tf.float64),
        [HOT],
        lambda i: _hot(i, 3, 1.0, 0.0, 1),
    ),
    plain(
        "OneHot",
        lambda i, n: tf.one_hot(i, n, True, False),
        [np.int64(1), np.int32(2)],
        lambda i, n: np.array([False, True]),
    ),
    plain(
        "OneHot", lambda i: tf.one_hot(i, 3), [np.zeros(0, np.int32)], lambda i: np.zeros([0, 3])
    ),
]
