"""Rows of tinyflow/ops/linalg.py."""

import numpy as np

import tinyflow as tf
from tests.rows import Row, normal

ROWS = [
    Row("MatMul", tf.matmul, [normal(3, 4), normal(4, 2)], lambda a, b: np.einsum("ij,jk->ik", a, b)),
    Row(
        "MatMul",
        lambda a, b: tf.matmul(a, b, transpose_b=True),
        [normal(2, 3, 4), normal(2, 5, 4)],
        lambda a, b: np.einsum("bij,bkj->bik", a, b),
    ),
]
