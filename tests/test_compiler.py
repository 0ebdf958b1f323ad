"""The compiler: what the text looks like, what it shares, and that rewriting changes nothing."""

from __future__ import annotations

import gc
import linecache

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import tinyflow as tf
from tests.naive import evaluate
from tinyflow.compiler.function import Function
from tinyflow.compiler.rewrite import RULES, rewrite
from tinyflow.compiler.trace import trace


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


# -- random graphs -------------------------------------------------------------------------------------

UNARY = [
    tf.exp, tf.negative, tf.tanh, tf.square, lambda x: x**3, lambda x: x * 1.0, lambda x: tf.negative(-x),
    tf.identity,
    lambda x: tf.log(tf.nn.softmax(tf.tanh(x))) if len(x.shape) else x,
    lambda x: x / 1.0, lambda x: x - 0.0, lambda x: 2.0 * x,
    lambda x: tf.reduce_sum(x, 0) if len(x.shape) else x, lambda x: tf.reduce_sum(x), tf.transpose,
    lambda x: tf.reduce_max(x, -1, keepdims=True) if len(x.shape) else x, lambda x: tf.reshape(x, [-1]),
    lambda x: tf.reduce_mean(x, -1) if len(x.shape) else x, lambda x: x[::-1] if len(x.shape) else x,
    lambda x: tf.nn.softmax(x) if len(x.shape) else x,
]  # fmt: skip
BINARY = [
    tf.add,
    tf.subtract,
    tf.multiply,
    tf.maximum,
    lambda a, b: a - (-b),
    lambda a, b: a / (tf.abs(b) + 1.0),
]
SPECIAL = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e308, 5e-324]


def _random_graph(data):
    shapes = st.lists(st.sampled_from([0, 1, 2, 3, 17]), max_size=2).map(tuple)
    base = data.draw(shapes)
    leaves = [tf.placeholder(tf.float64, s) for s in (base, base, base[1:])]
    seed = data.draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    feeds = {}
    for leaf in leaves:
        value = np.asarray(rng.standard_normal(leaf.shape.as_list()))
        if value.size and data.draw(st.booleans()):
            value.flat[rng.integers(value.size)] = data.draw(st.sampled_from(SPECIAL))
        feeds[leaf] = value
    nodes = list(leaves)
    for _ in range(data.draw(st.integers(1, 12))):
        x = nodes[data.draw(st.integers(0, len(nodes) - 1))]
        if data.draw(st.booleans()):
            if 0 in x.shape.as_list():
                nodes.append(tf.exp(x))
            else:
                nodes.append(data.draw(st.sampled_from(UNARY))(x))
            continue
        fitting = [y for y in nodes if _fits(x, y)]
        y = fitting[data.draw(st.integers(0, len(fitting) - 1))]
        nodes.append(data.draw(st.sampled_from(BINARY))(x, y))
    return nodes[-3:], feeds


def _fits(x, y):
    try:
        np.broadcast_shapes(x.shape.as_list(), y.shape.as_list())
    except ValueError:
        return False
    return True


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_rewriting_changes_nothing_whatever_rules_are_on(data):
    with tf.Graph().as_default():
        outputs, feeds = _random_graph(data)
        without = data.draw(st.sets(st.sampled_from([*RULES, "fold"])))
        recorded = trace(outputs, [], feeds, {})
        expected = evaluate(outputs, feeds)
        for off in ((), without, {*RULES, "fold"}):
            step = Function(rewrite(recorded, off)).workspace()
            fetched, _ = step(*feeds.values())
            for got, want in zip(fetched, expected, strict=False):
                _close(got, want)


def _close(got, want):
    scale = np.max(np.abs(want[np.isfinite(want)]), initial=1.0)
    if scale < 1e100:  # beyond, one rounding more or less decides what overflows
        np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-9 * scale)


def test_every_rule_says_its_equation():
    for name, function in RULES.items():
        first = (function.__doc__ or "").splitlines()[0]
        assert "->" in first, name
