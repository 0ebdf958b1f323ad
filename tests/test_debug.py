"""`tf.debug.run`: what it prints, and that it does what `session.run` does otherwise."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import tinyflow as tf
from tests import oracle
from tests.random_programs import Built, written
from tinyflow.debug import brief


@pytest.fixture(autouse=True)
def _fresh_graph() -> Iterator[None]:
    with tf.Graph().as_default():
        yield


def _lines(fetches: Any, feeds: Any = None, session: Any = None) -> list[str]:
    lines: list[str] = []
    tf.debug.run(fetches, feeds, session or tf.Session(), print=lines.append)
    return lines


def _network() -> tuple[Any, Any, Any, dict[Any, Any]]:
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    y = tf.placeholder(tf.float32, [None, 1], name="y")
    w1 = tf.Variable(tf.random_normal([2, 3], seed=1), name="w1")
    w2 = tf.Variable(tf.random_normal([3, 1], seed=2), name="w2")
    hidden = tf.sigmoid(tf.matmul(x, w1), name="hidden")
    loss = tf.reduce_mean(tf.square(tf.matmul(hidden, w2) - y), name="loss")
    rng = np.random.default_rng(0)
    feeds = {x: rng.standard_normal((5, 2)), y: rng.standard_normal((5, 1))}
    return loss, w1, w2, feeds


# -- what is printed ---------------------------------------------------------------------------------


def test_a_step_of_training_line_by_line() -> None:
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    w = tf.Variable([[1.0], [2.0]], name="w")
    loss = tf.reduce_sum(tf.square(tf.matmul(x, w)), name="loss")
    train = tf.train.GradientDescentOptimizer(0.125).minimize(loss)
    with tf.Session() as session:
        session.run(w.initializer)
        lines = _lines([loss, train], {x: [[1, 0], [0, 1]]}, session)
    assert "\n".join(lines) == (
        """\
given
  x  fed       float32 (2, 2)  [[1 0] [0 1]]
  w  variable  float32 (2, 1)  [[1] [2]]
forward
  MatMul  MatMul(x, w)        float32 (2, 1)  [[1] [2]]
  Square  Square(MatMul)      float32 (2, 1)  [[1] [4]]
  loss    Sum(Square, [0 1])  float32 ()      5
backward (gradients/)
  Fill                 Fill([], 1)                     float32 ()      1
  loss_grad/SpreadSum  SpreadSum(Fill, Square, [0 1])  float32 (2, 1)  [[1] [1]]
  Square_grad/mul      Mul(2, loss_grad/SpreadSum)     float32 (2, 1)  [[2] [2]]
  Square_grad/mul_1    Mul(Square_grad/mul, MatMul)    float32 (2, 1)  [[2] [4]]
  MatMul_grad/MatMul   MatMul(x, Square_grad/mul_1)    float32 (2, 1)  [[2] [4]]
update
  w  ApplyGradientDescent(w, 0.125, MatMul_grad/MatMul)  float32 (2, 1)  -> [[0.75] [1.5]]"""
    )


def test_first_values_come_before_what_reads_them() -> None:
    w = tf.Variable(tf.ones([2]) * 3.0, name="w")
    lines = _lines(tf.negative(w, name="y"))
    assert lines[0] == "initial values"
    assert [line.split()[0] for line in lines] == ["initial", "mul", "w", "forward", "y"]
    assert "[3 3]" in lines[2] and "[-3 -3]" in lines[4]


def test_short_constants_stand_among_the_inputs_and_long_ones_are_given() -> None:
    table = tf.constant(np.arange(12.0), name="table")
    lines = _lines(tf.multiply(table, 2.0, name="twice"))
    assert lines[:3] == [
        "given",
        "  table  constant  float64 (12,)  [0 1 2 3 4 5 6 7 8 9 10 11]",
        "forward",
    ]
    assert "Mul(table, 2)" in lines[3]


def test_several_outputs_have_a_line_each() -> None:
    first, second = tf.split(tf.placeholder(tf.int32, [4], name="x") + 1, 2, name="parts")
    x = first.graph.get_tensor_by_name("x:0")
    lines = _lines([first, second], {x: [1, 2, 3, 4]})
    assert re.fullmatch(r"  parts    Split\(.*\) +int32 \(2,\)  \[2 3\]", lines[-2])
    assert re.fullmatch(r"  parts:1 +int32 \(2,\)  \[4 5\]", lines[-1])


def test_adam_shows_every_variable_that_it_changes() -> None:
    loss, *_, feeds = _network()
    lines = _lines(tf.train.AdamOptimizer().minimize(loss), feeds)
    updates = lines[lines.index("update") + 1 :]
    names = [line.split()[0] for line in updates if "->" in line]
    wanted = "w1 w1/Adam w1/Adam_1 w2 w2/Adam w2/Adam_1 beta1_power beta2_power"
    assert names == wanted.split()


def test_strings_and_truth_values() -> None:
    text = tf.placeholder(tf.string, [], name="text")
    lines = _lines([tf.equal(text, "a", name="same"), tf.identity(text)], {text: "a"})
    assert "  text  fed  string ()  b'a'" in lines
    assert any(re.match(r"  same +Equal\(text, b'a'\) +bool \(\) +True", line) for line in lines)


def test_lines_are_aligned_and_not_too_long() -> None:
    with tf.name_scope("a_long_name_of_a_scope"), tf.name_scope("and_another_one_inside_of_it"):
        loss, *_, feeds = _network()
    train = tf.train.AdamOptimizer().minimize(loss)
    lines = _lines([loss, train], feeds)
    assert max(map(len, lines)) <= 100
    heading = ""
    places: dict[str, set[int]] = {}
    for line in lines:
        form = re.search(r"  float32 \(", line)
        if form is None:
            heading = line
        else:
            places.setdefault(heading, set()).add(form.start())
    assert len(places) == 5 and all(len(place) == 1 for place in places.values())


def test_brief() -> None:
    assert brief(np.float32(1 / 3), 20) == "0.3333"
    assert brief([], 20) == "[]"
    assert brief(np.arange(100), 12) == "[0 1 2 ...]"
    assert brief(np.zeros((2, 3)), 40) == "[[0 0 0] [0 0 0]]"
    assert brief(np.arange(9).reshape(3, 3), 17) == "[[0 1 2] ...]"
    assert brief(np.arange(9).reshape(1, 9), 14) == "[[0 1 2 ...]]"
    assert brief(np.array([123456789]), 8) == "[1234..."
    assert len(brief(np.ones((3, 4, 5, 6)), 30)) <= 30


# -- what it does besides ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_a_random_program_gives_what_its_operations_do_one_by_one(seed: int) -> None:
    built = Built(written(random.Random(seed)))
    session = tf.Session(graph=built.graph)
    session.run(built.initializer)
    with np.errstate(all="ignore"):
        values, states = oracle.run(built.tensors, built.targets, built.feeds, built.states)
    got = tf.debug.run(built.fetches, built.feeds, session, print=lambda line: None)
    arrays = [x for x in got if x is not None]
    for array, value in zip(arrays, values, strict=True):
        np.testing.assert_array_equal(array, value)
    for variable in built.variables:
        np.testing.assert_array_equal(session.run(variable), states[variable.op])


@pytest.mark.parametrize("optimizer", [tf.train.GradientDescentOptimizer, tf.train.AdamOptimizer])
def test_it_trains_as_session_run_does(optimizer: Any) -> None:
    loss, w1, w2, feeds = _network()
    train = optimizer(0.1).minimize(loss)
    ours, theirs = tf.Session(), tf.Session()
    for _ in range(5):
        got = tf.debug.run({"loss": loss, "train": train}, feeds, ours, print=lambda line: None)
        want = theirs.run({"loss": loss, "train": train}, feeds)
        assert got["train"] is None and type(got["loss"]) is np.float32
        np.testing.assert_allclose(got["loss"], want["loss"], rtol=1e-5)
    for variable in (w1, w2):
        np.testing.assert_allclose(ours.run(variable), theirs.run(variable), rtol=1e-4)


def test_random_operations_draw_once() -> None:
    draw = tf.random_normal([3], seed=7)
    ours, theirs = tf.Session(), tf.Session()
    for _ in range(2):
        np.testing.assert_array_equal(
            tf.debug.run([draw, draw], None, ours, print=lambda line: None)[1], theirs.run(draw)
        )
        np.testing.assert_array_equal(ours.run(draw), theirs.run(draw))


def test_python_functions_are_called_once() -> None:
    calls: list[int] = []
    counted = tf.py_func(lambda: np.int64(calls.append(1) or len(calls)), [], tf.int64)
    assert tf.debug.run(counted + counted, None, tf.Session(), print=lambda line: None) == 2
    assert calls == [1]


def test_fed_tensors_are_not_computed() -> None:
    x = tf.placeholder(tf.float32, name="x")
    half = tf.divide(x, 2.0, name="half")
    y = tf.add(half, 1.0, name="y")
    lines: list[str] = []
    got = tf.debug.run([y, half], {half: 5.0}, tf.Session(), print=lines.append)
    assert got == [6.0, 5.0]
    assert [line.split()[0] for line in lines] == ["given", "half", "forward", "y"]


def test_what_it_returns_is_the_caller_s() -> None:
    w = tf.Variable([1.0, 2.0])
    with tf.Session() as session:
        tf.debug.run(w, print=lambda line: None)[0] = 9.0
        assert session.run(w).tolist() == [1.0, 2.0]


def test_it_prints(capsys: pytest.CaptureFixture[str]) -> None:
    tf.debug.run(tf.add(1.0, 1.0, name="two"), None, tf.Session())
    assert capsys.readouterr().out == "forward\n  two  Add(1, 1)  float32 ()  2\n"


# -- mistakes ----------------------------------------------------------------------------------------


def _errors(fetches: Any, feeds: Any, session: Any) -> tuple[list[str], Exception, Exception]:
    lines: list[str] = []
    with pytest.raises(tf.OpError) as ours:
        tf.debug.run(fetches, feeds, session, print=lines.append)
    with pytest.raises(tf.OpError) as theirs:
        session.run(fetches, feeds)
    return lines, ours.value, theirs.value


def test_what_comes_before_a_failure_is_printed_and_nothing_changes() -> None:
    v = tf.Variable(1.0, name="v")
    with tf.control_dependencies([v.assign_add(1.0)]):
        bad = tf.py_func(lambda: 1 / 0, [], tf.float32, name="bad")
    session = tf.Session()
    session.run(v.initializer)
    lines, ours, theirs = _errors(bad, None, session)
    assert type(ours) is type(theirs) and str(ours) == str(theirs)
    assert re.fullmatch(r"  v +AssignAdd\(v, 1\) +float32 \(\) +-> 2", lines[-1])
    assert session.run(v) == 1.0


def test_a_failure_found_before_anything_runs_is_in_its_place_too() -> None:
    x = tf.placeholder(tf.float32, name="x")
    doubled = tf.multiply(x, 2.0, name="doubled")
    bad = tf.matmul(doubled, [[1.0], [2.0]], name="bad")
    after = tf.negative(doubled, name="after")
    lines, ours, theirs = _errors([after, bad], {x: [[1.0, 2.0, 3.0]]}, tf.Session())
    assert type(ours) is type(theirs) and str(ours) == str(theirs)
    assert [line.split()[0] for line in lines] == ["given", "x", "bad/b", "forward", "doubled"]


def test_a_placeholder_without_a_value() -> None:
    x, y = tf.placeholder(tf.float32, name="x"), tf.placeholder(tf.float32, name="y")
    lines, ours, theirs = _errors(-x + y, {x: 1.0}, tf.Session())
    assert str(ours) == str(theirs)
    assert lines == ["given", "  x  fed  float32 ()  1"]


def test_mistakes_in_the_call_are_session_run_s() -> None:
    x = tf.placeholder(tf.float32, [2])
    with pytest.raises(ValueError, match=r"Cannot feed value of shape \(3,\)"):
        tf.debug.run(x, {x: [1, 2, 3]}, tf.Session())
    with pytest.raises(TypeError, match="Fetch argument None"):
        tf.debug.run(None, None, tf.Session())
    with pytest.raises(ValueError, match=r"No default session.*tf.debug.run\(\.\.\., session=sess"):
        tf.debug.run(x)
    session = tf.Session()
    session.close()
    with pytest.raises(RuntimeError, match="closed"):
        tf.debug.run(x, {x: [1, 2]}, session)
