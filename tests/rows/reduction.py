"""Rows of tinyflow/ops/reduction.py, cumulative.py and statistics.py."""

import numpy as np

import tinyflow as tf
from tests.rows import Row, normal, positive
from tinyflow.ops import cumulative, reduction, statistics
from tinyflow.ops.cumulative import Horner
from tinyflow.ops.reduction import FromMatrix, MatrixForm

INTS = np.array([[1, -2, 7], [-4, 2, -3]], np.int32)
BOOLS = np.array([[True, False], [True, True]])
ZEROS = np.array([[2.0, 0.0, -1.5, 3.0], [0.0, 1.5, 0.0, -0.5]])  # one zero, and two
TIES = np.array([[1.0, 3.0, 3.0], [2.0, 0.5, -1.0]])


def _pulled(reduce):
    """The gradient op of a reduction: what it makes of a gradient of the outcome."""
    return lambda x, g: tf.gradients(reduce(x), x, g)[0]


def _of_shape(x, shape):
    """x, of a shape that is not seen when the graph is built."""
    x = tf.identity(x)
    x.set_shape(shape)
    return x


def _running(combine, start, exclusive, reverse):
    """A running combination along axis 1 of a matrix, one row after the other."""

    def reference(x):
        rows = []
        for row in x:
            row, out, value = list(row[::-1] if reverse else row), [], start
            for number in row:
                before, value = value, combine(value, number)
                out.append(before if exclusive else value)
            rows.append(out[::-1] if reverse else out)
        return np.array(rows, x.dtype).reshape(x.shape)

    return reference


def _running_rows(op_type, op, combine, start, x, **more):
    return [
        Row(
            op_type,
            lambda x, e=e, r=r: op(x, 1, exclusive=e, reverse=r),
            [x],
            _running(combine, start, e, r),
            **more,
        )
        for e in (False, True)
        for r in (False, True)
    ]


def _logs(*args, **kwargs):
    """Running logsumexps, without the lowest number, which no difference can be taken of."""
    return tf.maximum(cumulative.cumulative_logsumexp(*args, **kwargs), -50.0)


def _horner(g, x):
    y = np.zeros_like(g)
    for k in range(g.shape[1]):
        for j in range(k + 1, g.shape[1]):
            y[:, j] += g[:, k] * np.prod(x[:, k + 1 : j], axis=1)
    return y


def _softmax_pull(x, g):
    return g[:, None] * np.exp(x) / np.exp(x).sum(1, keepdims=True)


ROWS = [
    Row("Sum", lambda x: tf.reduce_sum(x, axis=1), [normal(3, 4)], lambda x: x.sum(1)),
    Row(
        "Sum",
        lambda x: tf.reduce_sum(x, [-1, 0], keepdims=True),
        [normal(3, 4)],
        lambda x: x.sum((0, 1), keepdims=True),
    ),
    Row("Sum", tf.reduce_sum, [normal(2, 3, 2)], np.sum),
    Row("Sum", tf.reduce_sum, [normal()], np.sum),
    Row("Sum", lambda x: tf.reduce_sum(x, []), [normal(2, 3)], lambda x: x),
    Row("Sum", lambda x: tf.reduce_sum(x, [1, -2, 1]), [normal(2, 3, 2)], lambda x: x.sum(1)),
    Row("Sum", lambda x: tf.reduce_sum(x, 0), [normal(0, 3)], lambda x: np.zeros(3)),
    Row("Sum", lambda x: tf.reduce_sum(x, 1), [normal(0, 3)], lambda x: np.zeros(0)),
    Row(
        "Sum",
        lambda x, i: _of_shape(tf.reduce_sum(x, i), [3]),
        [normal(3, 2), np.int32(1)],
        lambda x, i: x.sum(1),
    ),
    Row(
        "Sum",
        lambda x, i: _of_shape(tf.reduce_sum(x, i, keepdims=True), [1, 1]),
        [normal(3, 2), np.array([0, 1])],
        lambda x, i: x.sum(keepdims=True),
    ),
    Row("Sum", lambda x: tf.reduce_sum(x, 1), [INTS], lambda x: np.array([6, -5], np.int32)),
    Row(
        "SpreadSum",
        _pulled(lambda x: tf.reduce_sum(x, 1)),
        [normal(3, 4), normal(3)],
        lambda x, g: np.tile(g[:, None], (1, 4)),
    ),
    Row(
        "SpreadSum",
        _pulled(lambda x: tf.reduce_sum(x, 0, keepdims=True)),
        [normal(3, 4), normal(1, 4)],
        lambda x, g: np.tile(g, (3, 1)),
    ),
    Row("Mean", lambda x: tf.reduce_mean(x, axis=1), [normal(3, 4)], lambda x: x.sum(1) / 4),
    Row(
        "Mean",
        lambda x: tf.reduce_mean(x, [0, 2], keepdims=True),
        [normal(2, 3, 2)],
        lambda x: x.mean((0, 2), keepdims=True),
    ),
    Row("Mean", tf.reduce_mean, [normal()], np.mean),
    Row("Mean", lambda x: tf.reduce_mean(x, []), [normal(2, 3)], lambda x: x),
    Row(
        "Mean",
        lambda x: tf.reduce_mean(x, 0),
        [normal(0, 3)],
        lambda x: np.full(3, np.nan),
        differentiate=False,
    ),
    Row("Mean", lambda x: tf.reduce_mean(x, 1), [INTS], lambda x: np.array([2, -1], np.int32)),
    Row(
        "Mean",
        lambda x: tf.reduce_mean(x, 1),
        [np.float32([[60000, 60002]]).astype(np.float16)],
        lambda x: np.float16([60000]),
        rtol=1e-3,
    ),
    Row(
        "SpreadMean",
        _pulled(lambda x: tf.reduce_mean(x, 1)),
        [normal(3, 4), normal(3)],
        lambda x, g: np.tile(g[:, None] / 4, (1, 4)),
    ),
    Row(
        "Prod",
        lambda x: tf.reduce_prod(x, 1),
        [normal(3, 4)],
        lambda x: x[:, 0] * x[:, 1] * x[:, 2] * x[:, 3],
    ),
    Row("Prod", lambda x: tf.reduce_prod(x, 1), [ZEROS], lambda x: np.zeros(2), order=3),
    Row(
        "Prod",
        lambda x: tf.reduce_prod(x, [0, 2], keepdims=True),
        [normal(2, 3, 2)],
        lambda x: x.prod((0, 2), keepdims=True),
    ),
    Row("Prod", tf.reduce_prod, [ZEROS], lambda x: np.zeros(()), order=3),
    Row("Prod", tf.reduce_prod, [normal()], np.prod),
    Row("Prod", tf.reduce_prod, [normal(0)], lambda x: np.ones(())),
    Row(
        "MatrixForm",
        lambda x: MatrixForm((x, [2, 0])),
        [normal(2, 3, 4)],
        lambda x: np.einsum("abc->bca", x).reshape(3, 8),
    ),
    Row(
        "MatrixForm",
        lambda x: MatrixForm((x, [1]), axes_first=True),
        [normal(2, 3, 4)],
        lambda x: np.einsum("abc->bac", x).reshape(3, 8),
    ),
    Row(
        "FromMatrix",
        lambda x, y: FromMatrix((x, y, [2, 0])),
        [normal(3, 8), normal(2, 3, 4)],
        lambda x, y: np.einsum("bca->abc", x.reshape(3, 4, 2)),
    ),
    Row("Max", lambda x: tf.reduce_max(x, 1), [normal(3, 4)], lambda x: np.sort(x, 1)[:, -1]),
    Row(
        "Max",
        lambda x: tf.reduce_max(x, [0, 2], keepdims=True),
        [normal(2, 3, 2)],
        lambda x: x.max((0, 2), keepdims=True),
    ),
    Row("Max", tf.reduce_max, [normal()], np.max),
    Row(
        "Max",
        lambda x: tf.reduce_max(x, 0),
        [np.zeros((0, 2))],
        lambda x: np.full(2, -np.inf),
        differentiate=False,
    ),
    Row("Max", tf.reduce_max, [np.zeros(0, np.int32)], lambda x: np.iinfo(np.int32).min),
    Row(
        "Max", tf.reduce_max, [np.array([1.0, np.nan, 2.0])], lambda x: np.nan, differentiate=False
    ),
    Row("Min", lambda x: tf.reduce_min(x, 1), [normal(3, 4)], lambda x: np.sort(x, 1)[:, 0]),
    Row(
        "Min",
        lambda x: tf.reduce_min(x, -1, keepdims=True),
        [INTS],
        lambda x: np.array([[-2], [-4]], np.int32),
    ),
    Row("Min", tf.reduce_min, [np.zeros(0, np.uint8)], lambda x: 255),
    Row("Min", tf.reduce_min, [np.zeros(0, np.float32)], lambda x: np.inf),
    Row("Any", lambda x: tf.reduce_any(x, 1), [BOOLS], lambda x: np.array([True, True])),
    Row("Any", tf.reduce_any, [BOOLS[:0]], lambda x: False),
    Row(
        "All",
        lambda x: tf.reduce_all(x, 0, keepdims=True),
        [BOOLS],
        lambda x: np.array([[True, False]]),
    ),
    Row("All", tf.reduce_all, [BOOLS[:0]], lambda x: True),
    Row(
        "LogSumExp",
        lambda x: tf.reduce_logsumexp(x, 1),
        [normal(3, 4)],
        lambda x: np.log(np.exp(x).sum(1)),
    ),
    Row(
        "LogSumExp",
        lambda x: tf.reduce_logsumexp(x, [0, 2], keepdims=True),
        [normal(2, 3, 2)],
        lambda x: np.log(np.exp(x).sum((0, 2), keepdims=True)),
    ),
    Row(
        "LogSumExp",
        tf.reduce_logsumexp,
        [np.array([1000.0, 999.0, -1000.0])],
        lambda x: 1000 + np.log(1 + np.exp(-1.0)),
    ),
    Row(
        "LogSumExp",
        lambda x: tf.reduce_logsumexp(x, 1),
        [np.array([[-np.inf, -np.inf], [np.inf, 0], [-np.inf, 1]])],
        lambda x: np.array([-np.inf, np.inf, 1]),
        differentiate=False,
    ),
    Row(
        "LogSumExp",
        lambda x: tf.reduce_logsumexp(x, 0),
        [normal(0, 2)],
        lambda x: np.full(2, -np.inf),
        differentiate=False,
    ),
    Row(
        "LogSumExp",
        _pulled(lambda x: tf.reduce_logsumexp(x, 1)),
        [normal(2, 3), normal(2)],
        _softmax_pull,
    ),
    Row(
        "EuclideanNorm",
        lambda x: reduction.reduce_euclidean_norm(x, 1),
        [normal(3, 4)],
        lambda x: np.sqrt((x**2).sum(1)),
        differentiate=False,
    ),
    Row(
        "EuclideanNorm",
        lambda x: reduction.reduce_euclidean_norm(x, [0], True),
        [normal(3, 4)],
        lambda x: np.sqrt((x**2).sum(0, keepdims=True)),
        differentiate=False,
    ),
    Row(
        "EuclideanNorm",
        reduction.reduce_euclidean_norm,
        [np.array([3, 4, 1])],
        lambda x: np.int64(5),
    ),
    Row(
        "EuclideanNorm",
        reduction.reduce_euclidean_norm,
        [np.array([3 + 4j, 1])],
        lambda x: np.sqrt(26 + 0j),
    ),
    Row("ArgMax", lambda x: tf.argmax(x, 1), [TIES.astype(np.float32)], lambda x: np.array([1, 0])),
    Row(
        "ArgMax",
        lambda x: tf.argmax(x, -2, output_type=tf.int32),
        [np.int64(TIES)],
        lambda x: np.array([1, 0, 0], np.int32),
    ),
    Row("ArgMax", tf.argmax, [np.zeros((3, 0), np.float32)], lambda x: np.zeros(0, np.int64)),
    Row(
        "ArgMax",
        lambda x: tf.argmax(x, 1),
        [np.zeros((0, 3), np.float32)],
        lambda x: np.zeros(0, np.int64),
    ),
    Row(
        "ArgMin",
        lambda x: tf.argmin(x, 1),
        [np.float32(normal(2, 3, 2))],
        lambda x: np.argsort(x, 1)[:, 0],
    ),
    *_running_rows("Cumsum", tf.cumsum, lambda a, b: a + b, 0, normal(2, 4)),
    *_running_rows("Cumsum", tf.cumsum, lambda a, b: a + b, 0, INTS),
    *_running_rows("Cumsum", tf.cumsum, lambda a, b: a + b, 0, np.zeros((2, 0))),
    *_running_rows("Cumprod", tf.cumprod, lambda a, b: a * b, 1, normal(2, 4)),
    *_running_rows("Cumprod", tf.cumprod, lambda a, b: a * b, 1, ZEROS, order=3),
    Row("Cumprod", tf.cumprod, [positive(3)], lambda x: np.array([x[0], x[0] * x[1], x.prod()])),
    Row(
        "Cumprod",
        lambda x, i: tf.cumprod(x, i),
        [positive(2, 3), np.int32(-2)],
        lambda x, i: np.stack([x[0], x[0] * x[1]]),
    ),
    *_running_rows(
        "CumulativeLogsumexp",
        _logs,
        lambda a, b: np.log(np.exp(a) + np.exp(b)),
        -50.0,
        normal(2, 4),
    ),
    Row(
        "CumulativeLogsumexp",
        cumulative.cumulative_logsumexp,
        [np.array([-np.inf, 1.0, 2000.0])],
        lambda x: np.array([np.finfo(np.float64).min, 1, 2000]),
        differentiate=False,
    ),
    Row("Horner", lambda g, x: Horner((g, x, 1)), [normal(2, 5), normal(2, 5, seed=1)], _horner),
    Row(
        "Horner",
        lambda g, x: Horner((g, x, 1), reverse=True),
        [normal(2, 4), ZEROS],
        lambda g, x: _horner(g[:, ::-1], x[:, ::-1])[:, ::-1],
        order=3,
    ),
    Row(
        "Bincount",
        statistics.bincount,
        [np.array([1, 1, 3], np.int32)],
        lambda x: np.int32([0, 2, 0, 1]),
    ),
    Row(
        "Bincount",
        lambda x: statistics.bincount(x, minlength=1, maxlength=3, dtype=tf.float64),
        [np.array([[1, 7], [1, 0]], np.int32)],
        lambda x: np.array([1.0, 2.0, 0.0]),
    ),
    Row("Bincount", statistics.bincount, [np.zeros(0, np.int32)], lambda x: np.zeros(0, np.int32)),
    Row(
        "ScatterNd",
        lambda x, w: _of_shape(statistics.bincount(x, weights=w), [4]),
        [np.array([1, 1, 3], np.int32), normal(3)],
        lambda x, w: np.array([0, w[0] + w[1], 0, w[2]]),
    ),
    Row(
        "ScatterNd",
        lambda x, y, w: statistics.confusion_matrix(
            x, y, num_classes=3, dtype=tf.float64, weights=w
        ),
        [np.array([0, 1, 1]), np.array([0, 2, 2]), normal(3)],
        lambda x, y, w: np.array([[w[0], 0, 0], [0, 0, w[1] + w[2]], [0, 0, 0]]),
    ),
    Row(
        "HistogramFixedWidth",
        lambda x: statistics.histogram_fixed_width(x, [0.0, 5.0], nbins=5, dtype=tf.int64),
        [np.float32([[-1, 0.5, 2.1], [9, np.inf, 4.99]])],
        lambda x: np.array([2, 0, 1, 0, 3]),
    ),
    Row(
        "HistogramFixedWidth",
        lambda x: statistics.histogram_fixed_width(x, [0, 5], nbins=5),
        [np.array([1, 2, 2, 5], np.int32)],
        lambda x: np.int32([0, 1, 2, 0, 1]),
    ),
    Row(
        "Floor",
        lambda x: statistics.histogram_fixed_width_bins(x, [0.0, 5.0], nbins=5),
        [np.float32([[-1, 0.5, 2.1], [9, np.inf, 4.99]])],
        lambda x: np.int32([[0, 0, 2], [4, 4, 4]]),
    ),
    Row(
        "Mean",
        lambda x: list(statistics.moments(x, [0, 2])),
        [normal(2, 3, 2)],
        lambda x: [x.mean((0, 2)), x.var((0, 2))],
        order=1,  # the second derivative is that of TF 1.15, which is not right
    ),
    Row(
        "Reciprocal",
        lambda x, w: list(statistics.weighted_moments(x, 0, w)),
        [normal(3, 2), positive(3, 1)],
        lambda x, w: [
            (w * x).sum(0) / w.sum(),
            (w * (x - (w * x).sum(0) / w.sum()) ** 2).sum(0) / w.sum(),
        ],
    ),
    Row(
        "SquaredDifference",
        lambda x: list(statistics.sufficient_statistics(x, [0], shift=2.0)[:3]),
        [normal(3, 2)],
        lambda x: [np.float64(3), (x - 2).sum(0), ((x - 2) ** 2).sum(0)],
    ),
    Row(
        "Mean",
        lambda x: [reduction.reduce_variance(x, 1), reduction.reduce_std(x, 0, True)],
        [normal(3, 4)],
        lambda x: [x.var(1), x.std(0, keepdims=True)],
    ),
]

for row in ROWS:
    row.differentiate &= any(x.dtype == np.float64 for x in row.inputs)
