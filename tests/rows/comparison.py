"""Rows of tinyflow/ops/comparison.py."""

import numpy as np

import tinyflow as tf
from tests.rows import Row, normal
from tinyflow.ops import comparison as cm

X = np.array([[1.0, 2.0, np.nan], [3.0, -1.0, np.inf]])
Y = np.array([1.0, 3.0, -2.0])
LESS = np.array([[False, True, False], [False, True, False]])
SAME = np.array([[True, False, False], [False, False, False]])
NAN = np.array([[False, False, True], [False, False, False]])
P, Q = np.array([True, True, False, False]), np.array([True, False, True, False])
ROW_CHOICE = np.array([True, False])


def only(op_type, build, inputs, *expected):
    """A row without a derivative, whose value is given."""
    return Row(op_type, build, inputs, lambda *_: np.array(expected[0]), differentiate=False)


def choice(condition, x, y):
    """where, element by element."""
    shape = np.broadcast_shapes(condition.shape, x.shape, y.shape)
    parts = [np.broadcast_to(part, shape).ravel() for part in (condition, x, y)]
    return np.array([a if c else b for c, a, b in zip(*parts, strict=True)]).reshape(shape)


ROWS = [
    only("Equal", cm.equal, [X, Y], SAME),
    only(
        "Equal", cm.equal, [np.array([b"a", b"b"], object), np.array(b"a", object)], [True, False]
    ),
    only("NotEqual", cm.not_equal, [X, Y], ~SAME),
    only("Less", lambda x, y: x < y, [X, Y], LESS),
    only("LessEqual", cm.less_equal, [X, Y], LESS | SAME),
    only("Greater", cm.greater, [X, Y], ~(LESS | SAME | NAN)),
    only("GreaterEqual", lambda x, y: x >= y, [X, Y], ~(LESS | NAN)),
    only("Less", cm.less, [np.zeros((0, 3)), Y], np.zeros((0, 3), bool)),
    only("IsNan", cm.is_nan, [X], NAN),
    only("IsInf", cm.is_inf, [X], [[False] * 3, [False, False, True]]),
    only("IsFinite", cm.is_finite, [X], [[True, True, False]] * 2),
    only("LogicalAnd", lambda x, y: x & y, [P, Q], [True, False, False, False]),
    only("LogicalOr", lambda x, y: x | y, [P, Q], [True, True, True, False]),
    only("LogicalNot", lambda x: ~x, [P], [False, False, True, True]),
    only("LogicalOr", lambda x, y: x ^ y, [P, Q], [False, True, True, False]),
    Row("Maximum", cm.maximum, [normal(2, 3), normal(3)], lambda x, y: choice(x > y, x, y)),
    Row("Minimum", cm.minimum, [normal(2, 1), normal(3)], lambda x, y: choice(x < y, x, y)),
    only("Maximum", cm.maximum, [np.array([1, np.nan]), np.array([np.nan, 1])], [np.nan, np.nan]),
    only("Cast", lambda x: cm.saturate_cast(x, tf.uint8), [np.array([-5, 7, 300])], [0, 7, 255]),
    only(
        "Cast", lambda x: cm.saturate_cast(x, tf.int8), [np.array([-5e9, 7.5, 300])], [-128, 7, 127]
    ),
    Row("Select", cm.where, [normal(2, 3, seed=9) > 0, normal(2, 3), normal(2, 3, seed=1)], choice),
    Row(
        "Select", cm.where, [np.array(True), normal(2, 3), normal(2, 3, seed=1)], lambda c, x, y: x
    ),
    Row(
        "Select",
        cm.where,
        [ROW_CHOICE, normal(2, 3), normal(2, 3, seed=1)],
        lambda c, x, y: choice(c[:, None], x, y),
    ),
    Row("Select", cm.where, [np.array(False), normal(), normal(seed=1)], lambda c, x, y: y),
    Row(
        "SelectV2",
        cm.where_v2,
        [normal(2, 1, seed=9) > 0, normal(3), normal(4, 1, 1, seed=1)],
        choice,
    ),
    Row("SelectV2", lambda c, x: cm.where_v2(c, x, 0.0), [P, normal(4)], lambda c, x: c * x),
]
