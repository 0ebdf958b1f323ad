"""MiniFlow's figures: nodes, sums and products, sigmoid, mean squared error, gradients, house prices."""

from __future__ import annotations

import numpy as np
import pytest

import tinyflow as tf


@pytest.fixture(autouse=True)
def _fresh_graph():
    with tf.Graph().as_default():
        yield


def test_add_and_multiply():
    x, y, z = (tf.placeholder(tf.float32) for _ in range(3))
    feeds = {x: 4, y: 5, z: 10}
    session = tf.Session()
    assert session.run(tf.add_n([x, y, z]), feeds) == 19
    assert session.run(x * y * z, feeds) == 200


X_TWO = np.array([[-1.0, -2.0], [-1.0, -2.0]])
W_TWO = np.array([[2.0, -3.0], [2.0, -3.0]])
B_TWO = np.array([-3.0, -5.0])


def test_linear():
    product = tf.matmul([[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]])
    y = tf.add(product, [-1.0, -1.0])
    np.testing.assert_array_equal(tf.Session().run(y), [[18, 21], [42, 49]])


def test_sigmoid():
    y = tf.sigmoid(tf.matmul(X_TWO, W_TWO) + B_TWO)
    expected = [[1.23394576e-04, 9.82013790e-01], [1.23394576e-04, 9.82013790e-01]]
    np.testing.assert_allclose(tf.Session().run(y), expected, rtol=1e-8)


def test_mean_squared_error():
    error = tf.reduce_mean(tf.squared_difference([1.0, 2.0, 3.0], [4.5, 5.0, 10.0]))
    assert tf.Session().run(error) == pytest.approx(23.4166667, abs=1e-6)


def test_the_gradient_table():
    X, y = tf.placeholder(tf.float64, [2, 2]), tf.placeholder(tf.float64, [2])
    W, b = tf.placeholder(tf.float64, [2, 1]), tf.placeholder(tf.float64, [1])
    output = tf.sigmoid(tf.matmul(X, W) + b)
    cost = tf.reduce_mean(tf.square(tf.reshape(y, [-1, 1]) - output))
    feeds = {X: [[-1.0, -2.0], [-1.0, -2.0]], y: [1.0, 2.0], W: [[2.0], [3.0]], b: [-3.0]}
    dX, dy, dW, db = tf.Session().run(tf.gradients(cost, [X, y, W, b]), feeds)
    np.testing.assert_allclose(
        dX, [[-3.34017280e-05, -5.01025919e-05], [-6.68040138e-05, -1.00206021e-04]], rtol=1e-8
    )
    np.testing.assert_allclose(dy, [0.9999833, 1.9999833], rtol=1e-7)
    np.testing.assert_allclose(dW, [[5.01028709e-05], [1.00205742e-04]], rtol=1e-8)
    np.testing.assert_allclose(db, [-5.01028709e-05], rtol=1e-8)


def test_house_prices():
    districts, prices, _ = tf.data_sets.load_boston()
    rng = np.random.default_rng(0)
    features = (districts - districts.mean(0)) / districts.std(0)
    X, y = tf.placeholder(tf.float64, [None, 13]), tf.placeholder(tf.float64, [None, 1])
    W1, b1 = tf.Variable(rng.standard_normal((13, 10))), tf.Variable(np.zeros(10))
    W2, b2 = tf.Variable(rng.standard_normal((10, 1))), tf.Variable(np.zeros(1))
    hidden = tf.sigmoid(tf.matmul(X, W1) + b1)
    cost = tf.reduce_mean(tf.square(y - (tf.matmul(hidden, W2) + b2)))
    train = tf.train.GradientDescentOptimizer(0.01).minimize(cost)
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    for _ in range(100):
        losses = []
        for _ in range(506 // 11):
            rows = rng.choice(506, 11)
            losses.append(session.run([cost, train], {X: features[rows], y: prices[rows]})[0])
    assert np.mean(losses) < 10


def test_descending_a_polynomial():
    x = tf.Variable(6.0, dtype=tf.float64)
    step = tf.train.GradientDescentOptimizer(0.01).minimize(x**4 - 3 * x**3 + 2)
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    for _ in range(1000):
        session.run(step)
    assert session.run(x) == pytest.approx(2.25, abs=1e-4)
