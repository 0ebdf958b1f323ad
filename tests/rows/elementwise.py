"""Rows of tinyflow/ops/elementwise.py."""

import numpy as np

import tinyflow as tf
from tests.rows import Row, normal, positive

ROWS = [
    Row("Add", tf.add, [normal(2, 3), normal(3)], np.add),
    Row("AddV2", lambda x, y: x + y, [normal(2, 1), normal(3)], np.add),
    Row("Mul", tf.multiply, [normal(2, 3), normal()], np.multiply),
    Row("Log", tf.log, [positive(5)], np.log),
]
