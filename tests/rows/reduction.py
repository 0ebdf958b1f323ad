"""Rows of tinyflow/ops/reduction.py."""

import tinyflow as tf
from tests.rows import Row, normal

ROWS = [
    Row("Sum", lambda x: tf.reduce_sum(x, axis=1), [normal(3, 4)], lambda x: x.sum(1)),
    Row("Sum", lambda x: tf.reduce_sum(x, axis=[-1, 0], keepdims=True), [normal(3, 4)], lambda x: x.sum((0, 1), keepdims=True)),
]
