"""Order, Python functions, printing, assertions (tinyflow/ops/flow.py, printing.py, checks.py)."""

from __future__ import annotations

import sys
import time

import numpy as np
import pytest

import tinyflow as tf
from tinyflow.ops.printing import summarize_edges, summarize_flat


@pytest.fixture(autouse=True)
def session():
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def _unknown(value):
    """A tensor whose value is not known before the run."""
    return tf.placeholder_with_default(value, None)


# -- group, tuple, no_op ---------------------------------------------------------------------------


def test_group_waits_for_all_of_a_structure():
    a, b, c = tf.constant(1), tf.constant(2), tf.Variable(3.0)
    gate = tf.group([a, [b]], {"c": c}, name="g")
    assert gate.name == "g"
    assert set(gate.control_inputs) == {a.op, b.op, c.op}
    assert tf.group().type == "NoOp"
    for wrong in (3, None, "a"):
        with pytest.raises(TypeError, match=r"tf\.group"):
            tf.group(wrong)
    with pytest.raises(ValueError, match="Unknown keyword arguments: foo"):
        tf.group(a, foo=1)


def test_group_belongs_to_the_graph_of_its_inputs():
    a = tf.constant(1)
    with tf.Graph().as_default():
        assert tf.group(a).graph is a.graph


def test_no_op(session):
    assert session.run(tf.no_op()) is None
    assert tf.no_op(name="n").name == "n"


def test_tuple_makes_each_wait_for_all(session):
    v = tf.Variable(1.0)
    ran = []
    x = tf.py_func(lambda: ran.append(1) or np.float32(2), [], tf.float32)
    a, none, b, op = tf.tuple([v + 1.0, None, x, tf.no_op()])
    assert none is None
    assert op.type == "NoOp"
    assert session.run(a) == 2.0
    assert ran == [1]
    assert session.run(b) == 2.0
    update = v.assign(5.0)
    (late,) = tf.tuple([tf.constant(1.0)], control_inputs=[update])
    session.run(late)
    assert session.run(v) == 5.0
    with pytest.raises(ValueError, match="at least one Tensor"):
        tf.tuple([None])
    with pytest.raises(TypeError, match="Control input must be Operation or Tensor"):
        tf.tuple([a], control_inputs=[3])


def test_timestamp(session):
    now = tf.timestamp()
    first, second = session.run(now), session.run(now)
    assert time.time() - 60 < first <= second <= time.time()


# -- py_func ---------------------------------------------------------------------------------------


def test_py_func_is_called_once_a_run(session):
    calls = []

    def double(x):
        calls.append(x)
        return x * 2

    x = tf.placeholder(tf.float32, [2])
    y = tf.py_func(double, [x + 0.0], tf.float32)
    values = session.run([y, y + 1.0, y * 3.0], {x: [1, 2]})
    assert [v.tolist() for v in values] == [[2, 4], [3, 5], [6, 12]]
    assert len(calls) == 1
    session.run(y, {x: [5, 6]})
    assert calls[0].tolist() == [1, 2]  # what it kept is its own
    session.run(x, {x: [1, 2]})
    assert len(calls) == 2


def test_py_func_may_change_its_arguments(session):
    def spoil(x):
        x += 100
        return x

    v = tf.Variable(np.zeros(2, np.float32))
    y = v + 1.0
    assert session.run([tf.py_func(spoil, [v], tf.float32), y])[1].tolist() == [1, 1]
    fed = np.zeros(2, np.float32)
    p = tf.placeholder(tf.float32, [2])
    session.run(tf.py_func(spoil, [p], tf.float32), {p: fed})
    assert fed.tolist() == [0, 0]


def test_what_py_func_returns_is_the_runs(session):
    kept = [np.zeros(2, np.float32), np.ones(2, np.float32)]
    a, b = tf.py_func(lambda: kept, [], [tf.float32, tf.float32])
    v, w = tf.Variable(np.zeros(2, np.float32)), tf.Variable(np.zeros(2, np.float32))
    fetched, _ = session.run([a, tf.group(v.assign(a), w.assign(b))])
    kept[0] += 7
    kept[1] += 7
    fetched += 3
    assert session.run(v).tolist() == [0, 0]
    assert session.run(w).tolist() == [1, 1]


def test_py_func_forms(session):
    x = tf.constant(3.0)
    assert isinstance(tf.py_func(lambda v: v, [x], tf.float32), tf.Tensor)
    assert isinstance(tf.py_func(lambda v: v, [x], [tf.float32]), list)
    a, b = tf.py_func(lambda v: (v, np.int64(1)), [x], [tf.float32, tf.int64])
    assert session.run([a, b]) == [3.0, 1]
    nothing = tf.py_func(lambda v: None, [x], [])
    assert nothing.type == "PyFunc"
    assert session.run(nothing) is None
    assert tf.py_func(lambda v: v, [x], tf.float32, stateful=False).op.type == "PyFuncStateless"
    assert str(a.shape) == "<unknown>"
    assert tf.gradients(tf.py_func(lambda v: v, [x], tf.float32), x) == [None]


def test_py_func_gets_scalars_and_bytes(session):
    seen = []
    inputs = [tf.constant(1.5), tf.constant([1]), tf.constant("a"), tf.constant(["a", "b"])]
    session.run(tf.py_func(lambda *args: seen.extend(args), inputs, []))
    scalar, vector, text, texts = seen
    assert isinstance(scalar, np.float32)
    assert isinstance(vector, np.ndarray)
    assert text == b"a"
    assert texts.tolist() == [b"a", b"b"]


@pytest.mark.parametrize(
    "value", ["é", "é".encode(), np.array("é"), np.array("é".encode(), object)]
)
def test_py_func_returns_strings_as_bytes(session, value):
    assert session.run(tf.py_func(lambda: value, [], tf.string)) == "é".encode()


@pytest.mark.parametrize(
    ("result", "tout", "message"),
    [
        (1.5, tf.float32, "0-th value returned by <lambda> is float64, but expects float32"),
        (1, tf.int32, "is int64, but expects int32"),
        ([np.float32(1)] * 2, tf.float32, "returns 2 values, but expects to see 1"),
        (None, tf.float32, "returns 0 values, but expects to see 1"),
        (5, [], "returns 1 values, but expects to see 0"),
        (np.float32(1), [tf.float32, tf.float32], "returns 1 values, but expects to see 2"),
    ],
)
def test_py_func_has_to_return_what_it_promised(session, result, tout, message):
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        session.run(tf.py_func(lambda: result, [], tout))


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (ValueError("bad"), tf.errors.InvalidArgumentError),
        (TypeError("bad"), tf.errors.InvalidArgumentError),
        (StopIteration("bad"), tf.errors.OutOfRangeError),
        (MemoryError("bad"), tf.errors.ResourceExhaustedError),
        (NotImplementedError("bad"), tf.errors.UnimplementedError),
        (KeyError("bad"), tf.errors.UnknownError),
    ],
    ids=lambda x: getattr(x, "__name__", repr(x)),
)
def test_an_exception_in_a_python_function(session, error, shown):
    def fail(x):
        raise error

    v = tf.Variable(1.0)
    x = tf.py_func(fail, [tf.constant(1.0)], tf.float32, name="mine")
    with pytest.raises(shown) as caught:
        session.run([x, v.assign(2.0)])
    assert type(caught.value) is shown
    assert caught.value.__cause__ is error
    message = str(caught.value)
    assert "'mine'" in message
    assert "bad" in message
    assert "test_flow.py" in message
    assert session.run(v) == 1.0  # nothing was committed


def test_py_func_refuses(session):
    with pytest.raises(ValueError, match="Expected func to be callable"):
        tf.py_func(5, [], tf.float32)
    with pytest.raises(TypeError, match="Expected list for 'input'"):
        tf.py_func(np.sort, tf.constant([1.0]), tf.float32)


def test_py_function_converts_and_has_numpy(session):
    x = tf.constant([1.0, 2.0])
    assert session.run(tf.py_function(lambda v: v.numpy().sum().item(), [x], tf.float32)) == 3.0
    assert session.run(tf.py_function(lambda v: v * v, [x], tf.float32)).tolist() == [1, 4]
    assert session.run(tf.py_function(lambda: [1, 2.0], [], [tf.int64, tf.float32])) == [1, 2.0]
    with pytest.raises(LookupError, match=r"tf\.py_function calls NumPy"):
        tf.gradients(tf.py_function(lambda v: v * v, [x], tf.float32), x)


# -- printing --------------------------------------------------------------------------------------


def test_print_passes_its_input_on(session, capsys):
    x = tf.placeholder(tf.float64, [None])
    y = tf.Print(x * 2.0, [x, tf.constant([["a", "b"]]), True], "msg: ")
    (grad,) = tf.gradients(y, x)
    assert session.run(y, {x: [1.5, 2, 3, 4]}).tolist() == [3, 4, 6, 8]
    assert capsys.readouterr().err == "msg: [1.5 2 3...][[a b]][1]\n"
    assert session.run(grad, {x: [1, 2]}).tolist() == [2, 2]


def test_print_counts_in_each_session(session, capsys):
    x = tf.Print(tf.constant(1.0), [tf.constant(2)], first_n=2)
    for _ in range(4):
        session.run(x)
    assert capsys.readouterr().err == "[2]\n[2]\n"
    tf.Session().run(x)
    assert capsys.readouterr().err == "[2]\n"


def test_tf_print(session, capsys):
    x = _unknown(np.array([1.5, 2]))
    session.run(tf.print("a {} b", x, 3, {"k": _unknown(1)}, [_unknown("s"), 2], (1,), "z"))
    assert capsys.readouterr().err == """a {} b [1.5 2] 3 {'k': 1} ["s", 2] (1,) z\n"""
    session.run(tf.print(_unknown([1, 2]), "x", sep="|", end="!", output_stream=sys.stdout))
    assert capsys.readouterr().out == "[1 2]|x!"
    session.run(tf.print(tf.constant("no quotes")))
    session.run(tf.print())
    assert capsys.readouterr().err == "no quotes\n\n"


def test_tf_print_is_a_dependency(session, capsys):
    x = tf.placeholder(tf.float32, [])
    with tf.control_dependencies([tf.print("x is", x)]):
        y = x * 2.0
    assert session.run(y, {x: 4.0}) == 8.0
    assert capsys.readouterr().err == "x is 4\n"


def test_tf_print_elsewhere(session, tmp_path, caplog):
    path = tmp_path / "out.txt"
    op = tf.print("out", tf.constant([True]), output_stream=f"file://{path}")
    session.run(op)
    session.run(op)
    assert path.read_text() == "out [1]\nout [1]\n"

    def warning():
        """Stands for tf.logging.warning."""

    with caplog.at_level("INFO"):
        session.run(tf.print("careful", output_stream=warning))
    assert caplog.messages == ["careful"]
    with pytest.raises(ValueError, match="Unsupported output stream"):
        tf.print("x", output_stream=3)
    with pytest.raises(ValueError, match="Unrecognized keyword arguments"):
        tf.print("x", foo=3)


# Recorded from TF 1.15.5.
FLAT = [
    (np.arange(1, 6), 3, "[1 2 3...]"),
    (np.array([[1.5, 2], [3, 4]]), 3, "[[1.5 2][3...]...]"),
    (np.arange(12).reshape(3, 4), 10, "[[0 1 2 3][4 5 6 7][8 9...]...]"),
    (np.arange(12).reshape(3, 4), -1, "[[0 1 2 3][4 5 6 7][8 9 10 11]]"),
    (np.arange(12).reshape(3, 4), 0, "[...]"),
    (np.arange(24).reshape(2, 3, 4), 7, "[[[0 1 2 3][4 5 6...]]...]"),
    (
        np.array(
            [1e-10, 1e10, 0.1, 1 / 3, np.nan, np.inf, -np.inf, 123456789, 1e5, -0.0, 1e20],
            np.float32,
        ),
        99,
        "[1e-10 1e+10 0.1 0.333333343 nan inf -inf 123456792 100000 -0 1e+20]",
    ),
    (
        np.array([1e-10, 1e10, 0.1, 1 / 3, np.nan, np.inf, -np.inf, 123456789, 1e5, -0.0, 1e20]),
        99,
        "[1e-10 10000000000 0.1 0.33333333333333331 nan inf -inf 123456789 100000 -0 1e+20]",
    ),
    (np.array([0.1, 1 / 3, np.nan], np.float16), 3, "[0.0999755859 0.333251953 nan]"),
    (np.array([1, 2], np.uint8), 3, "[1 2]"),
    (np.zeros((0, 2)), 3, "[]"),
    (np.array(b'a"b\n\\', object), 3, '[a\\"b\\n\\\\]'),
    (np.array(3.0), 3, "[3]"),
    (np.array(True), 3, "[1]"),
]


@pytest.mark.parametrize(("value", "limit", "text"), FLAT)
def test_arrays_on_one_line(value, limit, text):
    assert summarize_flat(value, limit) == text


EDGES = [
    (np.arange(10), 3, "[0 1 2 ... 7 8 9]"),
    (np.arange(7), 3, "[0 1 2 ... 4 5 6]"),
    (np.arange(6), 3, "[0 1 2 3 4 5]"),
    (np.arange(6).reshape(1, 2, 3), -1, "[[[0 1 2]\n  [3 4 5]]]"),
    (
        np.arange(24).reshape(2, 3, 4),
        1,
        "[[[0 ... 3]\n  ...\n  [8 ... 11]]\n\n [[12 ... 15]\n  ...\n  [20 ... 23]]]",
    ),
    (np.arange(80).reshape(8, 10), 1, "[[0 ... 9]\n ...\n [70 ... 79]]"),
    (np.zeros((0, 2)), 3, "[]"),
    (np.array([b"x", b"y"], object), 3, '["x" "y"]'),
    (np.float32(0.1), 3, "0.1"),
    (np.array(1 / 3), 3, "0.33333333333333331"),
    (np.array(b"s", object), 3, '"s"'),
]


@pytest.mark.parametrize(("value", "edge", "text"), EDGES)
def test_arrays_in_full_lines(value, edge, text):
    assert summarize_edges(value, edge) == text


# -- Assert and its kin ----------------------------------------------------------------------------


def _fails(session, operation):
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        session.run(operation)
    return str(caught.value)


def test_assert_shows_its_data(session):
    data = [
        "hello",
        _unknown([1, 2, 3, 4, 5]),
        _unknown(np.float32([[1.5, 2], [3, 4]])),
        _unknown(True),
    ]
    message = _fails(session, tf.Assert(_unknown(False), data, name="mine"))
    first = message.splitlines()[0]
    assert (
        first == "Assert 'mine/Assert': assertion failed: [hello] [1 2 3...] [[1.5 2][3...]...] [1]"
    )
    assert "test_flow.py" in message
    assert "[1 2 3 4 5]" in _fails(session, tf.Assert(False, data, summarize=10))
    assert session.run(tf.Assert(_unknown(True), ["x"])) is None
    tf.Assert(False, ["x"])  # fails only when it is run


def test_assert_as_a_dependency(session):
    x = tf.placeholder(tf.float32, [])
    with tf.control_dependencies([tf.Assert(x > 0.0, ["not positive", x])]):
        y = tf.sqrt(x)
    assert session.run(y, {x: 4.0}) == 2.0
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"\[not positive\] \[-4\]"):
        session.run(y, {x: -4.0})


def test_assert_refuses():
    with pytest.raises(ValueError, match="empty list"):
        tf.Assert(True, [])
    with pytest.raises(TypeError, match="Expected list for 'data'"):
        tf.Assert(True, "abc")
    with pytest.raises(TypeError, match="expected type of bool"):
        tf.Assert(_unknown(1), ["x"])
    with pytest.raises(ValueError, match="scalar"):
        tf.Assert([True, False], ["x"])


def test_assert_of_a_vector_in_a_run(session):
    assert "scalar" in _fails(session, tf.Assert(_unknown([True, False]), ["x"]))


RELATIONS = [
    (tf.assert_equal, "==", [1, 2], [1, 3]),
    (tf.assert_none_equal, "!=", [1, 2], [3, 2]),
    (tf.assert_less, "<", [1, 2], [2, 2]),
    (tf.assert_less_equal, "<=", [1, 3], [2, 2]),
    (tf.assert_greater, ">", [1, 3], [2, 2]),
    (tf.assert_greater_equal, ">=", [1, 3], [2, 2]),
]
every_relation = pytest.mark.parametrize(("check", "sign", "x", "y"), RELATIONS)
HOLD = {"==": [1, 1], "!=": [1, 2], "<": [1, 2], "<=": [2, 2], ">": [2, 1], ">=": [2, 2]}


@every_relation
def test_relations_of_constants_fail_at_once(check, sign, x, y):
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        check(tf.constant(x, name="c"), y, message="M")
    lines = str(caught.value).splitlines()
    assert lines[:3] == ["M", f"Condition x {sign} y did not hold element-wise:", "x (c:0) = "]


@every_relation
def test_relations_fail_in_a_run(session, check, sign, x, y):
    message = _fails(session, check(_unknown(x), y, message="M"))
    assert f"[M] [Condition x {sign} y did not hold element-wise:] [x (" in message
    assert f"[{x[0]} {x[1]}]" in message
    assert "[M] [D] [7]" in _fails(
        session, check(_unknown(x), y, data=["D", _unknown(7)], message="M")
    )


@every_relation
def test_relations_that_hold(session, check, sign, x, y):
    low, high = HOLD[sign]
    session.run(check([low, low], high))
    session.run(check(_unknown([low, low]), high))
    session.run(check(_unknown(np.zeros(0, np.int32)), high))


def test_relations_of_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match="do not broadcast"):
        tf.assert_equal([1, 2], [1, 2, 3])


@pytest.mark.parametrize(
    ("check", "sign", "bad", "good"),
    [
        (tf.assert_positive, ">", [1, 0], [1, 2]),
        (tf.assert_negative, "<", [-1, 0], [-1, -2]),
        (tf.assert_non_negative, ">=", [0, -1], [0, 1]),
        (tf.assert_non_positive, "<=", [0, 1], [0, -1]),
    ],
)
def test_signs(session, check, sign, bad, good):
    wanted = f"Condition x {sign} 0 did not hold element-wise:"
    with pytest.raises(tf.errors.InvalidArgumentError, match=wanted):
        check(tf.constant(bad))
    assert f"[M] [{wanted}] [x (" in _fails(session, check(_unknown(np.float32(bad)), message="M"))
    session.run(check(_unknown(good)))


def test_assert_near(session):
    x = _unknown(np.float32([1, 3]))
    session.run(tf.assert_near(x, [1.0, 3.0000001]))
    message = _fails(session, tf.assert_near(x, [1.0, 2.0], message="M"))
    assert "[M] [x and y not equal to tolerance rtol = " in message
    session.run(tf.assert_near(x, [1.0, 2.0], atol=1.1))
    session.run(tf.assert_near(x, [1.0, 2.0], rtol=0.6))
    _fails(session, tf.assert_near(tf.constant([1.0]), [2.0]))  # never at once
    with pytest.raises(ValueError, match="floating-point numbers only"):
        tf.assert_near(tf.constant([1]), [1])


def test_ranks(session):
    x = tf.constant([1.0], name="x")
    assert tf.assert_rank(x, 1).type == "NoOp"
    assert tf.assert_rank_at_least(x, 1).type == "NoOp"
    assert tf.assert_rank_in(x, [0, 1]).type == "NoOp"
    for check, rank, what in (
        (tf.assert_rank, 2, "rank 2"),
        (tf.assert_rank_at_least, 2, "rank at least 2"),
        (tf.assert_rank_in, (2, 3), r"rank in \(2, 3\)"),
    ):
        with pytest.raises(
            ValueError, match=f"M.  Tensor x:0 must have {what}.  Received rank 1, shape"
        ):
            check(x, rank, message="M")
        what = "] [".join(
            what.replace("\\(", "")
            .replace("\\)", "")
            .replace(",", "")
            .split(" ")[-1 if rank == 2 else -2 :]
        )
        assert f"[{what}] [Received shape: ] [1]" in _fails(
            session, check(_unknown([1.0]), rank, message="M")
        )
    session.run(tf.assert_rank(_unknown([1.0]), 1))
    session.run(tf.assert_rank_in(_unknown([1.0]), [2, 1]))
    session.run(tf.assert_rank(x, _unknown(1)))
    _fails(session, tf.assert_rank(x, _unknown(2)))
    with pytest.raises(ValueError, match="Rank must be a scalar"):
        tf.assert_rank(x, [2, 3])
    with pytest.raises(TypeError, match="int32"):
        tf.assert_rank(x, 2.0)


def test_static_checks():
    x = tf.constant([1.0], name="x")
    assert tf.assert_scalar(1.0).shape == ()
    with pytest.raises(ValueError, match=r"Expected scalar shape for x:0, saw shape: \(1,\)"):
        tf.assert_scalar(x)
    assert tf.assert_integer(tf.constant(1)).type == "NoOp"
    with pytest.raises(TypeError, match=r'Expected "x" to be integer type\.  Found: x:0'):
        tf.assert_integer(x)
    assert tf.assert_type(x, tf.float32).type == "NoOp"
    with pytest.raises(TypeError, match="x:0 must be of type"):
        tf.assert_type(x, tf.int32)
    assert tf.is_numeric_tensor(x)
    assert not any(map(tf.is_numeric_tensor, (1.0, tf.constant(True), tf.constant("a"))))
    assert tf.assert_same_float_dtype() is tf.float32
    assert tf.assert_same_float_dtype([x, x]) is tf.float32
    for wrong in ({"dtype": tf.float64}, {"dtype": tf.int32}):
        with pytest.raises(ValueError, match="type"):
            tf.assert_same_float_dtype([x], **wrong)
    with pytest.raises(ValueError, match="Expected floating point type"):
        tf.assert_same_float_dtype([tf.constant(1)])
    tf.assert_proper_iterable([x])
    tf.assert_proper_iterable({x: 1})
    for wrong in (x, "s", np.ones(2), 3):
        with pytest.raises(TypeError, match="iterable"):
            tf.assert_proper_iterable(wrong)


# -- NaN and infinity ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kinds"),
    [([np.nan, 1], "NaN"), ([np.inf, 1], "Inf"), ([-np.inf, np.nan], "Inf and NaN")],
)
def test_check_numerics(session, value, kinds):
    x = tf.placeholder(tf.float32, [2])
    for checked in (
        tf.check_numerics(x * 1.0, "here"),
        tf.verify_tensor_all_finite(x, "here"),
        tf.verify_tensor_all_finite(x=x, message="here") + 1.0,
    ):
        assert np.isfinite(session.run(checked, {x: [1, 2]})).all()
        with pytest.raises(
            tf.errors.InvalidArgumentError, match=f"here : Tensor had {kinds} values"
        ):
            session.run(checked, {x: value})


def test_check_numerics_checks_the_gradient(session):
    x = tf.placeholder(tf.float32, [])
    (grad,) = tf.gradients(tf.sqrt(tf.check_numerics(x, "x")), x)
    assert session.run(grad, {x: 4.0}) == 0.25
    with pytest.raises(tf.errors.InvalidArgumentError, match="detected in gradient"):
        session.run(grad, {x: 0.0})


def test_check_numerics_refuses():
    with pytest.raises(TypeError, match="int32"):
        tf.check_numerics(tf.constant(1), "x")
    with pytest.raises(ValueError, match="both 't' and 'x'"):
        tf.verify_tensor_all_finite(t=[1.0], x=[1.0])


def test_add_check_numerics_ops(session):
    x = tf.placeholder(tf.float32, [], name="x")
    y = tf.divide(1.0, x, name="y")
    z = tf.identity(y * 0.0, name="z")
    check = tf.add_check_numerics_ops()
    assert session.run([z, check], {x: 2.0}) == [0.0, None]
    with pytest.raises(tf.errors.InvalidArgumentError, match="y:0 : Tensor had Inf values"):
        session.run([z, check], {x: 0.0})


def test_effects_keep_their_order(session, capsys):
    x = tf.constant(1.0)
    ops = [tf.print(str(i)) for i in range(5)]
    session.run([x, tf.group(*reversed(ops))])
    assert capsys.readouterr().err == "0\n1\n2\n3\n4\n"


def test_a_check_that_nobody_uses_is_still_made(session):
    x = tf.placeholder(tf.float32, [])
    with tf.control_dependencies([tf.check_numerics(x, "x")]):
        y = tf.constant(1.0)
        z = tf.identity(y)
    with pytest.raises(tf.errors.InvalidArgumentError, match="NaN"):
        session.run(z, {x: np.nan})
