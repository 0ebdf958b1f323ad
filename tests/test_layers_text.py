"""The third source text: layers with forward and backward, checked by numerical differentiation."""

from __future__ import annotations

import numpy as np
import pytest

import tinyflow as tf


@pytest.fixture(autouse=True)
def _fresh_graph():
    with tf.Graph().as_default(), tf.Session():
        yield


def test_buying_apples_and_oranges():
    apple, apples = tf.constant(100.0), tf.constant(2.0)
    orange, oranges = tf.constant(150.0), tf.constant(3.0)
    tax = tf.constant(1.1)
    price = (apple * apples + orange * oranges) * tax
    assert price.eval() == pytest.approx(715.0)
    grads = [g.eval() for g in tf.gradients(price, [apple, apples, orange, oranges, tax])]
    np.testing.assert_allclose(grads, [2.2, 110.0, 3.3, 165.0, 650.0], rtol=1e-6)


def test_the_derivative_of_a_sum_passes_through_and_of_a_product_swaps():
    x, y = tf.constant(3.0), tf.constant(5.0)
    assert [g.eval() for g in tf.gradients(x + y, [x, y])] == [1.0, 1.0]
    assert [g.eval() for g in tf.gradients(x * y, [x, y])] == [5.0, 3.0]


def test_back_propagation_against_numerical_differentiation():
    rng = np.random.default_rng(0)
    x = tf.constant(rng.standard_normal((3, 4)))
    t = tf.constant(np.eye(5)[[0, 3, 1]])
    shapes = [(4, 6), (6,), (6, 5), (5,)]
    params = [tf.placeholder(tf.float64, shape) for shape in shapes]
    start = {p: 0.3 * rng.standard_normal(s) for p, s in zip(params, shapes, strict=True)}
    W1, b1, W2, b2 = params
    logits = tf.matmul(tf.nn.relu(tf.matmul(x, W1) + b1), W2) + b2
    loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(labels=t, logits=logits))
    for p, shape in zip(params, shapes, strict=True):
        error = tf.test.compute_gradient_error(
            p, shape, loss, [], x_init_value=start[p], delta=1e-5,
            extra_feed_dict={q: v for q, v in start.items() if q is not p},
        )  # fmt: skip
        assert error < 1e-8


def test_compute_gradient_gives_both_jacobians():
    x = tf.placeholder(tf.float64, [2, 2])
    y = tf.reduce_sum(x * x, axis=1)
    symbolic, numerical = tf.test.compute_gradient(
        x, [2, 2], y, [2], np.array([[1.0, 2.0], [3.0, 4.0]])
    )
    np.testing.assert_allclose(symbolic, [[2, 0], [4, 0], [0, 6], [0, 8]])
    np.testing.assert_allclose(numerical, symbolic, atol=1e-6)


def test_the_numerical_check_finds_a_wrong_gradient():
    with tf.get_default_graph().gradient_override_map({"Identity": "TestWrongGradient"}):
        x = tf.placeholder(tf.float64, [3])
        y = tf.identity(x)
    assert tf.test.compute_gradient_error(x, [3], y, [3]) == pytest.approx(1.0, abs=1e-6)


@tf.RegisterGradient("TestWrongGradient")
def _wrong(op, grad):
    return grad * 2.0
