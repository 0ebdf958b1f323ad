"""A run is a transaction: start-of-run reads, one commit at the end, whatever happens in between."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest

import tinyflow as tf
from tinyflow.compiler import function


def _training(variables=20):
    """A graph that adds one to each of many variables, and returns their sum before that."""
    vs = [tf.Variable(np.zeros(3), name=f"v{i}") for i in range(variables)]
    total = tf.add_n([tf.reduce_sum(v) for v in vs])
    step = tf.group(*[v.assign_add(np.ones(3)) for v in vs])
    return vs, total, step


def test_a_read_that_nothing_orders_sees_the_start_of_the_run():
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable(3.0)
        up = v.assign(1.0)
        double = v * 2.0
        for _ in range(3):
            session.run(v.initializer)
            assert session.run([v, double, up]) == [3.0, 6.0, 1.0]
        assert session.run(v) == 1.0


def test_a_read_ordered_after_an_update_sees_it():
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable(3.0)
        up = v.assign(1.0)
        with tf.control_dependencies([up]):
            plain, identity, read = v + 0.0, tf.identity(v), v.read_value()
        by_data = up * 10.0
        assert session.run([plain, identity, read, by_data, v]) == [1.0, 1.0, 1.0, 10.0, 3.0]


def test_two_additions_both_count():
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable(0.0)
        a, b = v.assign_add(1.0), v.assign_add(2.0)
        assert session.run([b, a]) == [3.0, 1.0]  # in the order they were made
        assert session.run(v) == 3.0


def test_the_last_assignment_made_wins():
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable(0.0)
        one, two = v.assign(1.0), v.assign(2.0)
        assert session.run([two, one]) == [2.0, 1.0]
        assert session.run(v) == 2.0


def test_swapping_two_variables():
    with tf.Graph().as_default(), tf.Session() as session:
        a, b = tf.Variable([1.0, 1.0]), tf.Variable([2.0, 2.0])
        swap = tf.group(a.assign(b), b.assign(a))
        for _ in range(4):
            session.run(swap)
        session.run(swap)
        np.testing.assert_array_equal(session.run([a, b]), [[2.0, 2.0], [1.0, 1.0]])


def _compiled(session):
    (call,) = [c for c in session._calls.values() if c.function is not None and c.function.updates]
    return call.function


def test_an_exception_at_any_statement_changes_nothing():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float64, [None, 4])
        w1, w2 = tf.Variable(np.ones((4, 5))), tf.Variable(np.ones((5, 1)))
        b = tf.Variable(np.zeros(5))
        loss = tf.reduce_sum(tf.square(tf.matmul(tf.exp(-(tf.matmul(x, w1) + b)), w2)))
        grads = tf.gradients(loss, [w1, w2, b])
        train = tf.group(*[v.assign_sub(0.01 * g) for v, g in zip([w1, w2, b], grads, strict=True)])
        session.run(tf.global_variables_initializer())
        feed = {x: np.random.default_rng(0).standard_normal((3, 4))}
        session.run([loss, train], feed)
        compiled = _compiled(session)
        statements = [
            i for i, line in enumerate(compiled.text.splitlines(), 1)
            if i in compiled._lines or line.lstrip().startswith("return (")  # all has been written
        ]  # fmt: skip
        assert len(statements) > 10
        source = compiled.text.splitlines()
        for number in statements:
            broken = [*source]
            indent = " " * (len(broken[number - 1]) - len(broken[number - 1].lstrip()))
            broken.insert(number - 1, f"{indent}raise RuntimeError('injected')")
            names = {"np": np, "own": None, **_names_of(compiled)}
            exec(compile("\n".join(broken), compiled._filename, "exec"), names)
            before = session.run([w1, w2, b])
            step = names["make_step"]()
            compiled.idle[:] = [step]
            of_an_operation = number in compiled._lines
            expected = tf.errors.UnknownError if of_an_operation else RuntimeError
            with pytest.raises(expected, match="injected"):
                session.run([loss, train], feed)
            compiled.idle.clear()
            for old, new in zip(before, session.run([w1, w2, b]), strict=True):
                np.testing.assert_array_equal(old, new)
        session.run([loss, train], feed)  # and the Session goes on


def _names_of(compiled: function.Function):
    return compiled._make_step.__globals__


def test_a_failing_later_update_keeps_the_earlier_one_back():
    with tf.Graph().as_default(), tf.Session() as session:
        p = tf.placeholder(tf.float32)
        a, b = tf.Variable([0.0, 0.0]), tf.Variable([0.0, 0.0])
        first = a.assign([1.0, 1.0])
        with tf.control_dependencies([first]):
            second = b.assign(tf.reshape(p, [2]))
        session.run(tf.global_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError):
            session.run([first, second], {p: [1.0, 2.0, 3.0]})
        np.testing.assert_array_equal(session.run([a, b]), [[0.0, 0.0], [0.0, 0.0]])


INTERRUPTED = textwrap.dedent(
    """
    import signal, sys
    import numpy as np
    import tinyflow as tf

    vs = [tf.Variable(np.zeros(3)) for _ in range(200)]
    step = tf.group(*[v.assign_add(np.ones(3)) for v in vs])
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    session.run(step)
    wanted, seen, torn = int(sys.argv[1]), 0, 0
    while seen < wanted:
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            print("armed", flush=True)
            while True:
                session.run(step)
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        seen += 1
        values = np.array(session.run(vs))
        torn += not (values == values[0, 0]).all()
    session.run(step)
    print("torn", torn, "steps", int(values[0, 0]), flush=True)
    """
)


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_interrupts_leave_whole_steps():
    wanted = int(os.environ.get("TINYFLOW_SIGINTS", "150"))  # 3000 for the whole proof
    command = [sys.executable, "-c", INTERRUPTED, str(wanted)]
    rng = random.Random(3)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for _ in range(wanted):
            assert child.stdout.readline() == "armed\n"  # the last one came through
            time.sleep(rng.uniform(0.0, 0.004))
            child.send_signal(signal.SIGINT)
        last = child.stdout.readline().split()
        assert child.wait(30) == 0
    assert last[:2] == ["torn", "0"] and int(last[3]) > 0


def test_sixteen_threads_neither_mix_feeds_nor_lose_additions(threads=16, runs=200):
    with tf.Graph().as_default() as graph:
        p = tf.placeholder(tf.float64, [None])
        counter = tf.Variable(0, dtype=tf.int64)
        vs, total, step = _training(4)
        doubled = p * 2.0 + 1.0
        add = counter.assign_add(1)
        session = tf.Session(graph=graph)
        session.run(tf.global_variables_initializer())
    wrong: list[object] = []

    def work(seed):
        rng = np.random.default_rng(seed)
        try:
            for i in range(runs):
                x = rng.standard_normal(rng.integers(1, 5))
                if not np.array_equal(session.run(doubled, {p: x}), x * 2.0 + 1.0):
                    wrong.append(("mixed", seed, i))
                session.run([add, step])
                seen = np.array(session.run(vs))
                if not (seen == seen[0, 0]).all():
                    wrong.append(("torn", seed, i))
        except Exception as error:
            wrong.append(error)

    workers = [threading.Thread(target=work, args=(seed,)) for seed in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not wrong
    assert session.run(counter) == threads * runs
    assert session.run(total) == threads * runs * 4 * 3


def test_nothing_that_goes_in_or_comes_out_is_shared():
    with tf.Graph().as_default(), tf.Session() as session:
        start = np.ones(3)
        v = tf.Variable(start)
        p = tf.placeholder(tf.float64, [3])
        put = v.assign(p)
        start[:] = 7.0
        np.testing.assert_array_equal(session.run(v), [1.0, 1.0, 1.0])
        fed = np.arange(3.0)
        out = session.run(put, {p: fed})
        fed[:] = -1.0
        out[:] = -2.0
        np.testing.assert_array_equal(session.run(v), [0.0, 1.0, 2.0])
        read = session.run(v)
        read[:] = -3.0
        session.run(v.assign_add([1.0, 1.0, 1.0]))
        session.run(v.assign_add([1.0, 1.0, 1.0]))
        np.testing.assert_array_equal(session.run(v), [2.0, 3.0, 4.0])
        np.testing.assert_array_equal(read, [-3.0, -3.0, -3.0])
        again = session.run(tf.identity(p), {p: fed})
        assert not np.shares_memory(again, fed)
        constant = tf.constant([1.0, 2.0])
        session.run(constant)[:] = 9.0
        np.testing.assert_array_equal(session.run(constant), [1.0, 2.0])


def test_assigning_does_not_compute_the_initial_value():
    with tf.Graph().as_default(), tf.Session() as session:
        calls = []

        def initial():
            calls.append(1)
            return np.float32(1.0)

        v = tf.Variable(tf.ensure_shape(tf.py_func(initial, [], tf.float32), []))
        session.run(v.assign(5.0))
        assert not calls
        session.run(v.assign_add(1.0))
        assert session.run(v) == 6.0 and not calls


def test_a_variable_without_a_value_begins_in_the_run_that_reads_it():
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable(tf.random_normal([3], seed=1))
        w = tf.Variable(v * 2.0)
        doubled, once = session.run([w, v])
        np.testing.assert_array_equal(doubled, 2.0 * once)
        np.testing.assert_array_equal(session.run(v), once)


def test_threads_with_other_shapes_get_their_own_functions():
    with tf.Graph().as_default() as graph:
        p = tf.placeholder(tf.float64, [None, None])
        y = tf.reshape(tf.matmul(p, p, transpose_a=True), [-1]) + 1.0
        session = tf.Session(graph=graph)
    wrong = []

    def work(n):
        x = np.full((n, n), float(n))
        for _ in range(400):
            if not np.array_equal(session.run(y, {p: x}), np.full(n * n, n**3 + 1.0)):
                wrong.append(n)

    workers = [threading.Thread(target=work, args=(n,)) for n in range(1, 9)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not wrong


def test_a_variable_may_change_its_shape_between_steps():
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable([1.0, 1.0], validate_shape=False)
        grow = tf.assign(v, [5.0, 5.0, 5.0], validate_shape=False)
        step = tf.assign(v, v * 2.0, validate_shape=False)
        for _ in range(3):
            session.run(step)
        np.testing.assert_array_equal(session.run(v), [8.0, 8.0])
        session.run(grow)
        for _ in range(3):
            session.run(step)
        np.testing.assert_array_equal(session.run(v), [40.0, 40.0, 40.0])
