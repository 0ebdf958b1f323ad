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

# TF 1.15 divides a product by its factors, so where one is zero its derivatives (for reduce_prod the
# second ones) are NaN.  tinyflow's are exact; there the numerical ones say what is right.
NAN_AT_ZEROS = {
    "tf.reduce_prod(a)",
    "tf.reduce_prod(a, 1)",
    "tf.reduce_prod(a, [])",
    "tf.cumprod(a)",
}


def _numerical(session, tensor, weights, x, at):
    """Derivatives by x of the weighted sum: exact, since products are linear in each factor."""
    result = np.zeros(at.shape)
    for i in np.ndindex(at.shape):
        step = np.zeros(at.shape)
        step[i] = 0.01
        up, down = (
            np.sum(weights * session.run(tensor, {x: moved})) for moved in (at + step, at - step)
        )
        result[i] = (up - down) / 0.02
    return result


def _expected(case, recorded, session, tensor, weights, x, at):
    """What TF 1.15 recorded; the numerical derivative where that is NaN at a zero."""
    recorded = np.array(recorded, np.float64)
    if case["expr"] in NAN_AT_ZEROS and np.isnan(recorded).any():
        return np.where(np.isnan(recorded), _numerical(session, tensor, weights, x, at), recorded)
    return recorded


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
        weights = np.reshape(case["grad_ys"], np.shape(value))
        grad_ys = tf.constant(weights, dtype=y.dtype)
        if case["expr"].startswith(("tf.unique", "tf.setdiff1d")):
            with pytest.raises(LookupError, match="No gradient defined"):
                tf.gradients(y, inputs, grad_ys=grad_ys)
            return
        grads = tf.gradients(y, inputs, grad_ys=grad_ys)
        rows = zip(grads, case["grads"], inputs, arrays, case["sum_hessian_rows"], strict=True)
        for grad, want, x, array, second in rows:
            if isinstance(want, str) or isinstance(second, str):
                continue  # TF 1.15 cannot differentiate it; what tinyflow does is checked elsewhere
            if case["expr"].startswith(LABELS_NEGLECTED) and x is inputs[1]:
                continue
            assert (grad is None) == (want is None), ("gradient", grad, want)
            if grad is None:
                continue
            want = _expected(case, want, session, y, weights, x, array)
            _close(session.run(tf.convert_to_tensor(grad)), want, "gradient", case["dtype"])
            (twice,) = tf.gradients(grad, x)
            if second is None:
                second = np.zeros(x.shape.as_list())
            twice = np.zeros(array.shape) if twice is None else session.run(twice)
            second = _expected(case, second, session, grad, 1.0, x, array)
            _close(twice, second, "second order", case["dtype"])
