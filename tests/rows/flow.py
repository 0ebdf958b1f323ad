"""Rows of tinyflow/ops/flow.py, custom_gradient.py, printing.py and checks.py."""

import numpy as np

import tinyflow as tf
from tests.rows import Row, normal

_ELSEWHERE = "tests/test_flow.py"
NO_ROW_NEEDED = {
    "NoOp": _ELSEWHERE,  # no outputs
    "Assert": _ELSEWHERE,
    "PrintV2": _ELSEWHERE,
    "StringFormat": _ELSEWHERE,  # a string
    "Print": _ELSEWHERE,  # state, and output on stderr
    "Timestamp": _ELSEWHERE,  # another value each time
}


def _pair(x):
    return x + 1, x.sum()


@tf.custom_gradient
def _cube(x):
    return x * x * x, lambda grad: grad * 3.0 * x * x


ROWS = [
    Row("CustomGradient", _cube, [normal(2, 3)], lambda x: x**3),
    Row(
        "PyFunc",
        lambda x: tf.py_func(np.sort, [x], tf.float64),
        [normal(5)],
        np.sort,
        differentiate=False,
    ),
    Row(
        "PyFunc",
        lambda x: tf.py_func(_pair, [x], [tf.float64, tf.float64]),
        [normal(2, 3)],
        lambda x: [x + 1, x.sum()],
        differentiate=False,
    ),
    Row(
        "PyFuncStateless",
        lambda x: tf.py_func(lambda v: v, [x], tf.float64, stateful=False),
        [normal(2, 3)],
        lambda x: x,
        differentiate=False,
    ),
    Row(
        "EagerPyFunc",
        lambda x: tf.py_function(lambda v: v.numpy().tolist()[0], [x], tf.float64),
        [normal(2)],
        lambda x: x[0],
        differentiate=False,
    ),
    Row(
        "PyFunc",
        lambda x: tf.numpy_function(np.square, [x], tf.float64),
        [normal()],
        lambda x: x * x,
        differentiate=False,
    ),
    Row("CheckNumerics", lambda x: tf.check_numerics(x, "bad"), [normal(2, 3)], lambda x: x),
    Row(
        "CheckNumerics",
        lambda x: tf.verify_tensor_all_finite(x, "bad") * x,
        [np.float64(2.0)],
        lambda x: x * x,
    ),
    Row(
        "Identity",
        lambda x, y: tf.tuple([x, None, y])[::2],
        [normal(2), normal(3)],
        lambda x, y: [x, y],
    ),
]
