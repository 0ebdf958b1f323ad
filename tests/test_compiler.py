"""The compiler: what the text looks like, and what it shares."""

from __future__ import annotations

import gc
import linecache

import numpy as np
import pytest

import tinyflow as tf


@pytest.fixture(autouse=True)
def _fresh_graph():
    with tf.Graph().as_default():
        yield


def _statements(source):
    body = source[source.index("def step(") :]
    return [line.strip() for line in body.splitlines()[1:-2] if line.strip()]


def test_the_source_is_the_text_that_runs():
    x = tf.placeholder(tf.float64, [None, 3], name="x")
    y = tf.exp(x) * 2.0
    session = tf.Session()
    session.run(y, {x: np.ones((2, 3))})
    (call,) = session._calls.values()
    assert session.source(y) == session.source(y, {x: np.ones((2, 3))}) == call.function.text
    changed = call.function.text.replace("np.exp", "np.cos")
    names = {"np": np}
    exec(changed, names)
    call.function.idle[:] = [names["make_step"]()]
    np.testing.assert_allclose(session.run(y, {x: np.ones((2, 3))}), np.cos(np.ones((2, 3))) * 2)


def test_source_before_any_run_says_what_is_known():
    x = tf.placeholder(tf.float64, [2, 3], name="x")
    text = tf.Session().source(tf.exp(x))
    assert "def step(x):" in text and "np.exp(x)" in text


def test_source_after_a_first_run_that_began_the_variables():
    x = tf.placeholder(name="x")
    v = tf.Variable(np.ones(3))
    y = x * v
    session = tf.Session()
    session.run(y, {x: np.ones((2, 3))})
    assert session.source(y) == session.source(y, {x: np.ones((2, 3))})


def test_the_source_can_be_seen_by_a_debugger():
    session = tf.Session()
    session.run(tf.exp(tf.placeholder_with_default(1.0, [])))
    (call,) = session._calls.values()
    name = call.function._filename
    assert "def step" in "".join(linecache.getlines(name))
    session.close()
    del call
    gc.collect()
    assert name not in linecache.cache


def test_names_in_the_text_do_not_collide_with_the_users():
    names = ["np", "step", "buffer1", "own", "make_step", "lambda", "buffer1_1", "t1", "x-1"]
    inputs = [tf.placeholder(tf.float64, [3, 3], name=name) for name in names]
    y = tf.add_n([tf.exp(x) for x in inputs])
    feeds = {x: np.full((3, 3), float(i)) for i, x in enumerate(inputs)}
    expected = sum(np.exp(v) for v in feeds.values())
    np.testing.assert_allclose(tf.Session().run(y * 2.0, feeds), expected * 2.0)


def test_equal_calls_are_made_once_and_unused_ones_never():
    x = tf.placeholder(tf.float64, [4])
    tf.exp(x * 5.0)
    y = tf.exp(x) + tf.exp(x)
    text = tf.Session().source(y)
    assert text.count("np.exp") == 1 and "5" not in text


def test_shapes_fold_away():
    x = tf.placeholder(tf.float64, [None, 6], name="x")
    y = tf.reshape(x, [tf.shape(x)[0] * 2, 3])
    text = tf.Session().source(y, {x: np.ones((5, 6))})
    assert _statements(text) == ["reshape = x.reshape((10, 3))  # Reshape"]


def test_a_constant_that_is_fed_is_not_folded():
    a = tf.constant(2.0)
    y = a * 3.0
    session = tf.Session()
    assert session.run(y) == 6.0
    assert session.run(y, {a: 5.0}) == 15.0


def test_log_of_softmax_and_its_gradient_are_short_and_stable():
    x = tf.placeholder(tf.float64, [None, 5])
    c = tf.placeholder(tf.float64, [None, 5])
    loss = -tf.reduce_sum(c * tf.log(tf.nn.softmax(x)))
    (grad,) = tf.gradients(loss, [x])
    logits = np.array([[1e4, 0.0, -1e4, 3.0, 1.0]])
    labels = np.eye(5)[[2]]
    value, slope = tf.Session().run([loss, grad], {x: logits, c: labels})
    assert value == pytest.approx(2e4)
    np.testing.assert_allclose(slope, [[1, 0, -1, 0, 0]], atol=1e-12)


def test_a_buffer_is_used_again_and_results_are_the_callers():
    x = tf.placeholder(tf.float64, [50, 50])
    y = x
    for _ in range(30):
        y = tf.tanh(tf.matmul(y, y) * 0.01)
    session = tf.Session()
    feed = {x: np.eye(50)}
    text = session.source(y, feed)
    assert text.count("np.empty") <= 3
    first = session.run(y, feed)
    kept = first.copy()
    first[:] = 7.0
    np.testing.assert_array_equal(session.run(y, feed), kept)


def test_a_second_feed_shape_is_one_more_function_and_they_are_bounded():
    x = tf.placeholder(tf.float64, [None])
    y = x * 2.0
    session = tf.Session()
    for n in range(200):
        assert session.run(y, {x: np.ones(n)}).shape == (n,)
    (call,) = session._calls.values()
    assert len(call._functions) <= 64


def test_a_deep_chain_compiles_and_runs_without_recursion():
    x = tf.placeholder(tf.float64, [])
    y = x
    for _ in range(20_000):
        y = y * 1.0000001
    (grad,) = tf.gradients(y, [x])
    value, slope = tf.Session().run([y, grad], {x: 1.0})
    assert value == slope == pytest.approx(1.0000001**20_000)


def _two_layers(optimizer):
    x = tf.placeholder(tf.float32, [8, 3], name="x")
    V = tf.Variable(np.linspace(-1, 1, 12).reshape(3, 4).astype(np.float32), name="V")
    W = tf.Variable(np.linspace(1, -1, 4).reshape(4, 1).astype(np.float32), name="W")
    loss = tf.reduce_mean(tf.square(tf.matmul(tf.tanh(tf.matmul(x, V)), W)))
    return x, V, loss, optimizer.minimize(loss)


def test_a_learning_rate_meets_the_gradient_where_it_begins():
    feed = np.linspace(0, 1, 24).reshape(8, 3)
    x, V, loss, train = _two_layers(tf.train.GradientDescentOptimizer(0.1))
    plain = tf.OptimizerOptions(without="scale_at_the_source")
    config = tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=plain))
    sessions = tf.Session(), tf.Session(config=config)
    for session in sessions:
        session.run([loss, train], {x: feed})
    one, several = (session.source([loss, train]) for session in sessions)
    assert (one.count("np.multiply(constant"), several.count("np.multiply(constant")) == (1, 3)
    np.testing.assert_allclose(*[session.run(V) for session in sessions], rtol=1e-6)
    # A gradient that is fetched must be what it is.
    gradient = tf.gradients(loss, V)[0]
    unscaled = sessions[0].run([gradient, train], {x: feed})[0]
    np.testing.assert_allclose(unscaled, sessions[1].run([gradient, train], {x: feed})[0], rtol=1e-5)


def test_an_optimizer_that_takes_the_gradient_twice_gets_it_unscaled():
    feed = np.linspace(0, 1, 24).reshape(8, 3)
    x, V, loss, train = _two_layers(tf.train.AdamOptimizer(0.1))
    session = tf.Session()
    session.run([loss, train], {x: feed})
    plain = tf.OptimizerOptions(opt_level=tf.OptimizerOptions.L0)
    other = tf.Session(config=tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=plain)))
    other.run([loss, train], {x: feed})
    np.testing.assert_allclose(session.run(V), other.run(V), rtol=1e-6)
