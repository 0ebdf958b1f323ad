"""Rows of tinyflow/ops/patterns.py: the diagonals."""

import numpy as np

import tinyflow as tf
from tests.rows import Row, normal


def _each(function):
    """A reference for one matrix (or vector) as one for a batch of them."""
    return lambda x, *others: np.stack([function(*parts) for parts in zip(x, *others, strict=True)])


def _set_diag(x, d):
    x = x.copy()
    for i, value in enumerate(d):
        x[i, i] = value
    return x


ROWS = [
    Row("Diag", tf.diag, [normal(3)], np.diag),
    Row("Diag", tf.diag, [normal(2, 3)], lambda x: np.diag(x.ravel()).reshape(2, 3, 2, 3)),
    Row("Diag", tf.diag, [normal(0)], lambda x: np.zeros([0, 0])),
    Row("DiagPart", tf.diag_part, [normal(3, 3)], np.diag),
    Row("DiagPart", tf.diag_part, [normal(2, 3, 2, 3)], lambda x: np.einsum("ijij->ij", x)),
    Row("MatrixDiag", tf.matrix_diag, [normal(2, 3)], _each(np.diag)),
    Row("MatrixDiag", tf.matrix_diag, [normal(3)], np.diag),
    Row("MatrixDiagPart", tf.matrix_diag_part, [normal(2, 3, 3)], _each(np.diag)),
    Row("MatrixDiagPart", tf.matrix_diag_part, [normal(2, 3, 2)], _each(np.diag)),
    Row("MatrixDiagPart", tf.matrix_diag_part, [normal(2, 4)], np.diag),
    Row("MatrixDiagPart", tf.matrix_diag_part, [normal(0, 4)], lambda x: np.zeros(0)),
    Row("MatrixSetDiag", tf.matrix_set_diag, [normal(2, 3, 4), normal(2, 3)], _each(_set_diag)),
    Row("MatrixSetDiag", tf.matrix_set_diag, [normal(4, 2), normal(2)], _set_diag),
    Row(
        "MatrixBandPart",
        lambda x: tf.matrix_band_part(x, 1, 0),
        [normal(2, 3, 4)],
        _each(lambda m: np.tril(m) - np.tril(m, -2)),
    ),
    Row(
        "MatrixBandPart",
        lambda x: tf.matrix_band_part(x, -1, 1),
        [normal(3, 3)],
        lambda x: np.tril(x, 1),
    ),
    Row(
        "MatrixBandPart",
        tf.matrix_band_part,
        [normal(3, 2), np.int64(0), np.int64(-1)],
        lambda x, *_: np.triu(x),
    ),
]
