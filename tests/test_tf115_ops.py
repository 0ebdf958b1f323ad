"""Expressions with TF 1.15's own values, gradients and second-order gradients (tests/data/ops*.json).

All inputs are float64; `grads` are tf.gradients(y, inputs, grad_ys=cos(0, 1, 2...)), and
`sum_hessian_rows` the gradients of each of those with respect to its own input.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import tinyflow as tf

DATA = Path(__file__).parent / "data"
LATER = ("while_loop", "map_fn", "tf.losses", "tf.cond")  # parts of TF 1.15 that come later
CASES = [
    case
    for name in ("ops.json", "ops_more.json")
    for case in json.loads((DATA / name).read_text())["cases"]
    if not any(part in case["expr"] for part in LATER)
]
TOLERANCE = 1e-9


# Its value is a gradient; TF 1.15 differentiates that as if it did not depend on the labels.
LABELS_NEGLECTED = "tf.gradients(tf.nn.softmax_cross_entropy_with_logits_v2("


def _close(got, want, what, dtype="float64"):
    want = np.array(want, np.float64)
    got = np.asarray(got)
    assert got.size == want.size, (what, got.shape, want.shape)
    single = "float32" in (got.dtype.name, dtype)
    tolerance = 1e-6 if single else TOLERANCE
    np.testing.assert_allclose(
        got.astype(np.float64).reshape(want.shape), want, rtol=tolerance, atol=tolerance, err_msg=what
    )


@pytest.mark.parametrize("case", CASES, ids=[case["expr"][:70] for case in CASES])
def test_expression(case):
    with tf.Graph().as_default(), tf.Session() as session:
        arrays = [np.array(x, np.float64) for x in case["inputs"]]
        inputs = [tf.constant(x) for x in arrays]
        names = dict(zip("abcdefgh", inputs, strict=False))
        y = eval(case["expr"], {"tf": tf, "np": np, **names})
        value = session.run(y)
        _close(value, case["value"], "value")
        assert y.dtype.name == case["dtype"]
        assert str(y.shape) == case["static_shape"]
        if case.get("grads") is None:
            return
        if case["grad_ys"] is None:
            return
        grad_ys = tf.constant(np.reshape(case["grad_ys"], np.shape(value)), dtype=y.dtype)
        if case["expr"].startswith(("tf.unique", "tf.setdiff1d")):
            with pytest.raises(LookupError, match="No gradient defined"):
                tf.gradients(y, inputs, grad_ys=grad_ys)
            return
        grads = tf.gradients(y, inputs, grad_ys=grad_ys)
        for grad, want, x, second in zip(grads, case["grads"], inputs, case["sum_hessian_rows"], strict=True):
            if isinstance(want, str) or isinstance(second, str):
                continue  # TF 1.15 cannot differentiate it; what tinyflow does is checked elsewhere
            if case["expr"].startswith(LABELS_NEGLECTED) and x is inputs[1]:
                continue
            assert (grad is None) == (want is None), ("gradient", grad, want)
            if grad is None:
                continue
            _close(session.run(tf.convert_to_tensor(grad)), want, "gradient", case["dtype"])
            (twice,) = tf.gradients(grad, x)
            if second is None:
                second = np.zeros(x.shape.as_list())
            twice = 0.0 * x.eval() if twice is None else session.run(twice)
            _close(twice, second, "second order", case["dtype"])
