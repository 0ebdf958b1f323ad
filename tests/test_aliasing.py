"""Who owns an array: what is fed stays the caller's, what is fetched becomes it, the rest is nobody's."""

from __future__ import annotations

import itertools
import threading

import numpy as np
import pytest

import tinyflow as tf
from tests.random_programs import laid_out

START = np.arange(12.0).reshape(3, 4)


@pytest.fixture(autouse=True)
def _fresh_graph():
    with tf.Graph().as_default():
        yield


def _shared(arrays, others):
    return any(np.may_share_memory(a, b) for a, b in itertools.product(arrays, others))


# -- what is fetched -----------------------------------------------------------------------------------

VIEWS = {
    "itself": lambda x: x,
    "identity": tf.identity,
    "reshaped": lambda x: tf.reshape(x, [4, 3]),
    "flat": lambda x: tf.reshape(x, [-1]),
    "transposed": tf.transpose,
    "reversed": lambda x: x[::-1],
    "sliced": lambda x: x[1:, :2],
    "row": lambda x: x[1],
    "expanded": lambda x: tf.expand_dims(x, 0),
    "times one": lambda x: x * 1.0,
    "minus zero": lambda x: x - 0.0,
    "broadcast": lambda x: tf.broadcast_to(x[0], [5, 4]),
    "half": lambda x: tf.split(x, 2, 1)[0],
    "stopped": tf.stop_gradient,
    "part of a buffer": lambda x: tf.tanh(x)[1:],
    "reshaped buffer": lambda x: tf.reshape(tf.tanh(x), [4, 3]),
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("source", ["variable", "feed", "constant"])
def test_a_fetched_array_is_the_callers_alone(source, view):
    x = {
        "variable": lambda: tf.Variable(START),
        "feed": lambda: tf.placeholder(tf.float64, START.shape),
        "constant": lambda: tf.constant(START),
    }[source]()
    y = view(x)
    fed = START.copy()
    feeds = {x: fed} if source == "feed" else {}
    session = tf.Session()
    first = session.run(y, feeds)
    want = first.copy()
    if y is x and source == "feed":
        assert first is fed  # what is fed and fetched itself comes back as it is
        return
    assert first.flags.writeable and not _shared([first], [fed])
    first[...] = -7.0
    np.testing.assert_array_equal(fed, START)
    second = session.run(y, feeds)
    np.testing.assert_array_equal(second, want)
    third = session.run(y, feeds)
    assert not _shared([first, third], [second])
    np.testing.assert_array_equal(first, np.full_like(first, -7.0))


def test_kept_results_never_change():
    x = tf.placeholder(tf.float64, [3, 4])
    v = tf.Variable(START)
    y = tf.matmul(x + v, tf.transpose(tf.tanh(x)))
    step = v.assign_add(tf.tanh(x))
    session = tf.Session()
    kept = []
    for i in range(6):
        results = session.run([y, y[1:], v, step, tf.transpose(y)], {x: START + i})
        kept.append((results, [np.copy(r) for r in results]))
    for results, copies in kept:
        for result, copy in zip(results, copies, strict=True):
            np.testing.assert_array_equal(result, copy)


def test_changing_one_of_several_results_leaves_the_others():
    x = tf.placeholder(tf.float64, [3, 4])
    y = tf.exp(x)
    results = tf.Session().run([y, tf.reshape(y, [-1]), tf.transpose(y), y[1:]], {x: START})
    for one, other in itertools.combinations(results, 2):
        assert not _shared([one], [other])


def test_equal_tensors_come_as_arrays_of_their_own():
    x = tf.placeholder(tf.float64, [3, 4])
    y = tf.exp(x)
    one, other, third = tf.Session().run([y, tf.exp(x), tf.identity(y)], {x: START})
    assert not _shared([one, third], [other])
    assert not _shared([one], [third])


def test_a_tensor_fetched_twice_has_one_value():
    x = tf.placeholder(tf.float64, [3, 4])
    y = x + 1.0
    one, other = tf.Session().run([y, y], {x: START})
    np.testing.assert_array_equal(one, other)


# -- what is fed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", range(5))
def test_an_assigned_array_is_copied(how):
    x = tf.placeholder(tf.float64, [3, 4])
    v = tf.Variable(np.zeros((3, 4)))
    put = v.assign(x)
    session = tf.Session()
    for i in range(4):
        fed = laid_out(START + i, how)
        out = session.run(put, {x: fed})
        assert not _shared([fed], [out, session.run(v)])
        fed.flags.writeable = True
        fed[...] = -1.0
        out[...] = -2.0
        np.testing.assert_array_equal(session.run(v), START + i)


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_an_assigned_view_of_a_feed_is_copied(view):
    x = tf.placeholder(tf.float64, [3, 4])
    y = view(x)
    v = tf.Variable(tf.zeros(y.shape, tf.float64))
    put = v.assign(y)
    session = tf.Session()
    for i in range(4):
        fed = START + i
        want = session.run(y, {x: fed}).copy()
        session.run(put.op, {x: fed})
        fed[...] = -1.0
        np.testing.assert_array_equal(session.run(v), want)


def test_what_was_fetched_may_be_fed():
    x = tf.placeholder(tf.float64, [3, 4])
    v = tf.Variable(START)
    step = v.assign(x * 2.0)
    y = x + v
    session = tf.Session()
    array = START.copy()
    want, state = START.copy(), START
    for _ in range(5):
        array = session.run([y, step], {x: array})[0]
        want, state = want + state, want * 2.0
        np.testing.assert_array_equal(array, want)
        np.testing.assert_array_equal(session.run(v), state)


def test_a_variables_value_may_be_fed_to_its_own_update():
    x = tf.placeholder(tf.float64, [3, 4])
    v = tf.Variable(START)
    turn = v.assign(x[::-1])
    session = tf.Session()
    for i in range(5):
        session.run(turn.op, {x: session.run(v)})
        np.testing.assert_array_equal(session.run(v), START[:: -1 if i % 2 == 0 else 1])


def test_one_array_may_be_fed_twice_and_views_of_it_too():
    x, y = tf.placeholder(tf.float64, [4, 4]), tf.placeholder(tf.float64, [4, 4])
    z = tf.matmul(x, y) - tf.transpose(x) * y + tf.exp(tf.tanh(x + y))
    session = tf.Session()
    a = np.arange(16.0).reshape(4, 4)
    for b in (a, a.T, a[::-1], a[:, ::-1], np.broadcast_to(a[0], (4, 4))):
        kept = a.copy()
        got = session.run(z, {x: a, y: b})
        np.testing.assert_allclose(got, a @ b - a.T * b + np.exp(np.tanh(a + b)), rtol=1e-13)
        np.testing.assert_array_equal(a, kept)


@pytest.mark.parametrize("how", range(5))
def test_a_fed_array_is_never_written_to(how):
    x = tf.placeholder(tf.float64, [3, 4])
    v = tf.Variable(np.ones((3, 4)))
    y = tf.exp(-x) * x + v
    (slope,) = tf.gradients(y, [x])
    session = tf.Session()
    fed = laid_out(START, how)
    for _ in range(3):
        session.run([y, slope, v.assign(x)], {x: fed})
        np.testing.assert_array_equal(fed, START)


# -- variables -----------------------------------------------------------------------------------------


def test_a_variable_fetched_with_its_update_is_as_before_the_run():
    v = tf.Variable(START)
    up = v.assign_add(tf.ones([3, 4], tf.float64))
    session = tf.Session()
    for i in range(5):
        old, new = session.run([v, up])
        np.testing.assert_array_equal(old, START + i)
        np.testing.assert_array_equal(new, START + i + 1)
        new[...] = old[...] = -1.0


def test_two_variables_assigned_one_value_do_not_share_it():
    x = tf.placeholder(tf.float64, [3, 4])
    v, w = tf.Variable(START), tf.Variable(START)
    y = tf.tanh(x)
    both = [v.assign(y), w.assign(y)]
    more = v.assign_add(y)
    session = tf.Session()
    for i in range(4):
        session.run(both, {x: START + i})
        session.run(more, {x: START + i})
        np.testing.assert_array_equal(session.run(w), np.tanh(START + i))
        np.testing.assert_array_equal(session.run(v), 2 * np.tanh(START + i))


def test_variables_may_change_places_and_turn_round():
    v, w = tf.Variable(START), tf.Variable(-START)
    swap = [v.assign(w[::-1]), w.assign(v[::-1])]
    session = tf.Session()
    for i in range(6):
        first, second = session.run(swap)
        sign, step = (1, 1) if i % 2 else (-1, -1)
        np.testing.assert_array_equal(first, sign * START[::step])
        np.testing.assert_array_equal(second, -sign * START[::step])


@pytest.mark.parametrize("shape", [(), (1,), (2,), (2, 3)])
def test_a_variable_may_be_assigned_any_sum(shape):
    x, v = tf.placeholder(tf.float64, [None]), tf.Variable(np.zeros(shape))
    total = tf.reduce_sum(x * x)
    put = v.assign(tf.ones(shape, tf.float64) * total if shape else total)
    session = tf.Session()
    for n in (2, 2, 2, 3, 3):
        assert session.run(put, {x: np.ones(n)}).shape == shape
        np.testing.assert_array_equal(session.run(v), np.full(shape, float(n)))


def test_threads_do_not_see_each_others_buffers(runs=200):
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float64, [20, 20])
        v = tf.Variable(np.eye(20))
        y = tf.matmul(tf.tanh(x), tf.exp(-x)) + v
        step = v.assign(tf.identity(v))
        session = tf.Session(graph=graph)
        session.run(v.initializer)
    wrong = []

    def work(seed):
        rng = np.random.default_rng(seed)
        for _ in range(runs):
            fed = rng.standard_normal((20, 20))
            got, _ = session.run([y, step], {x: fed}) if seed else (session.run(y, {x: fed}), None)
            if not np.allclose(got, np.tanh(fed) @ np.exp(-fed) + np.eye(20)):
                wrong.append(seed)

    workers = [threading.Thread(target=work, args=(seed,)) for seed in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not wrong


@pytest.mark.parametrize("first", ["transposed", "assigned", "of another shape"])
def test_products_are_written_into_the_spares_of_any_variable(first):
    columns = tf.transpose(tf.random_uniform([3, 4], dtype=tf.float64))  # not in the order of its rows
    v = tf.Variable(np.ones((2, 3)) if first == "of another shape" else columns, validate_shape=False)
    x = tf.placeholder(tf.float64, [None, 4])
    product = tf.assign(v, tf.matmul(x, tf.ones([4, 3], tf.float64)))
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    if first != "transposed":
        session.run(tf.assign(v, columns, validate_shape=False))
    for i in range(4):
        session.run(product, {x: np.full((4, 4), float(i))})
        np.testing.assert_array_equal(session.run(v), np.full((4, 3), 4.0 * i))
