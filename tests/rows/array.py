"""Rows of tinyflow/ops/array.py."""

from functools import partial

import numpy as np

import tinyflow as tf
from tests.rows import Row, normal
from tinyflow.ops.array import (
    BroadcastLike,
    PreventGradient,
    Rank,
    Shape_,
    Size,
    Unbroadcast,
    prevent_gradient,
)


def _same(*xs):
    return list(xs) if len(xs) > 1 else xs[0]


plain = partial(Row, differentiate=False)

ROWS = [
    Row(
        "PlaceholderWithDefault",
        lambda x: tf.placeholder_with_default(x, x.shape),
        [normal(2, 3)],
        _same,
    ),
    Row(
        "PlaceholderWithDefault",
        lambda x: tf.ensure_shape(tf.placeholder_with_default(x, None), []) * 2.0,
        [normal()],
        lambda x: 2 * x,
    ),
    Row("Identity", tf.identity, [normal(2, 3)], _same),
    Row("Identity", tf.identity, [normal()], _same),
    Row(
        "IdentityN",
        lambda x, y: tf.identity_n([x * y, y]),
        [normal(2, 3), normal(3)],
        lambda x, y: [x * y, y],
    ),
    Row("IdentityN", lambda x: tf.identity_n([x]), [normal(0)], _same),
    plain("StopGradient", tf.stop_gradient, [normal(2)], _same),
    plain("PreventGradient", lambda x: prevent_gradient(x, "why"), [normal(2)], _same),
    plain("PreventGradient", lambda x: PreventGradient([x]), [normal()], _same),
    Row("GuaranteeConst", tf.guarantee_const, [normal(2)], _same),
    Row("EnsureShape", lambda x: tf.ensure_shape(x, [2, None]), [normal(2, 3)], _same),
    Row("EnsureShape", lambda x: tf.ensure_shape(x, []), [normal()], _same),
    plain("Shape", lambda x: Shape_([x]), [normal(2, 3)], lambda x: np.array(x.shape, np.int32)),
    plain(
        "Shape",
        lambda x: Shape_([x], out_type=tf.int64),
        [normal()],
        lambda x: np.array(x.shape, np.int64),
    ),
    plain(
        "ShapeN",
        lambda x, y: tf.shape_n([x, y]),
        [normal(2, 3), normal(0)],
        lambda x, y: [[2, 3], [0]],
    ),
    plain("Size", lambda x: Size([x]), [normal(2, 3)], np.size),
    plain("Size", lambda x: Size([x], out_type=tf.int64), [normal(2, 0)], np.size),
    plain("Rank", lambda x: Rank([x]), [normal(2, 3)], np.ndim),
    plain("Rank", lambda x: Rank([x]), [normal()], np.ndim),
    Row(
        "Reshape",
        lambda x: tf.reshape(x, [3, 2]),
        [normal(2, 3)],
        lambda x: x.ravel().reshape(3, 2),
    ),
    Row(
        "Reshape",
        lambda x: tf.reshape(x, [3, -1, 1]),
        [normal(2, 3)],
        lambda x: x.ravel().reshape(3, 2, 1),
    ),
    Row("Reshape", lambda x: tf.reshape(x, []), [normal(1, 1)], lambda x: x[0, 0]),
    Row("Reshape", lambda x: tf.reshape(x, [-1]), [normal()], lambda x: np.array([x])),
    plain("Reshape", lambda x: tf.reshape(x, [-1, 0]), [normal(0, 3)], lambda x: np.zeros([3, 0])),
    Row(
        "Reshape",
        lambda x, s: tf.ensure_shape(tf.reshape(x, s), [2, 2]),
        [normal(4), np.array([2, -1])],
        lambda x, s: x.reshape(2, 2),
    ),
    Row(
        "Pack",
        lambda x, y: tf.stack([x, y]),
        [normal(2, 3), normal(2, 3, seed=1)],
        lambda x, y: np.array([x, y]),
    ),
    Row(
        "Pack",
        lambda x, y: tf.stack([x, y], -1),
        [normal(2, 3), normal(2, 3, seed=1)],
        lambda x, y: np.dstack([x, y]),
    ),
    Row("Pack", lambda x: tf.stack([x, 1.0, x]), [normal()], lambda x: np.array([x, 1, x])),
    Row("Pack", lambda x: tf.stack([x, x], 1), [normal(3, 0)], lambda x: np.zeros([3, 2, 0])),
    Row(
        "Unbroadcast",
        lambda x, y: Unbroadcast([x, y]),
        [normal(4, 2, 3), normal(2, 1)],
        lambda x, y: x.sum((0, 2))[:, None],
    ),
    Row(
        "Unbroadcast",
        lambda x, y: Unbroadcast([x, y]),
        [normal(2, 3), normal()],
        lambda x, y: x.sum(),
    ),
    Row(
        "BroadcastLike",
        lambda x, y: BroadcastLike([x, y]),
        [normal(2, 1), normal(4, 2, 3)],
        lambda x, y: x + 0 * y,
    ),
    plain("Range", tf.range, [np.int32(7)], lambda n: np.arange(7, dtype=np.int32)),
    plain(
        "Range",
        tf.range,
        [np.int32(9), np.int32(2), np.int32(-3)],
        lambda *_: np.array([9, 6, 3], np.int32),
    ),
    plain(
        "Range",
        lambda x: tf.range(x, 2.0, 0.25),
        [np.float64(0.5)],
        lambda x: 0.5 + 0.25 * np.arange(6),
    ),
    plain("Range", tf.range, [np.int32(3), np.int32(3)], lambda *_: np.zeros(0, np.int32)),
]
NO_ROW_NEEDED = {"Placeholder": "every row", "Const": "tests/test_tf115_cases.py"}
