"""Common mistakes get TF 1.15's class of error, and an answer: what, which tensors, whose line, what to do.

They are numbered; where a number is missing, the mistake needs a part of TF 1.15 that is still to come.
"""

from __future__ import annotations

import concurrent.futures

import numpy as np
import pytest

import tinyflow as tf

LONGEST = 700  # characters: a message has to be read


@pytest.fixture(autouse=True)
def session():
    with tf.Graph().as_default(), tf.Session() as opened:
        yield opened


def answer(expected, function, *parts, line=True):
    """Runs `function`, which must raise just `expected`, and returns a message that has all `parts`."""
    with pytest.raises(expected) as caught:
        function()
    assert type(caught.value) is expected
    message = str(caught.value)
    for part in parts:
        assert part in message, (part, message)
    if line:
        assert "test_mistakes.py:" in message, message
    assert len(message) <= LONGEST, message
    return message


def test_01_matmul_of_known_shapes():
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    w = tf.Variable(np.zeros((4, 2), np.float32), name="w")
    answer(
        ValueError, lambda: tf.matmul(x, w, name="logits"),
        "MatMul 'logits'", "3 and 4", "'x:0'", "'w", "(?, 3)", "(4, 2)", 'name="logits"',
    )  # fmt: skip


def test_02_matmul_of_shapes_known_in_the_run(session):
    x = tf.placeholder(tf.float32, [None, None], name="x")
    w = tf.Variable(np.zeros((4, 2), np.float32), name="w")
    y = tf.matmul(x, w, name="logits")
    answer(
        tf.errors.InvalidArgumentError, lambda: session.run(y, {x: np.ones((5, 3))}),
        "MatMul 'logits'", "(5, 3)", "(4, 2)", "3 and 4", "y = tf.matmul",
    )  # fmt: skip


def test_03_adding_shapes_that_do_not_broadcast():
    a, b = tf.zeros([32, 10], name="a"), tf.zeros([5], name="b")
    answer(
        ValueError, lambda: tf.add(a, b, name="plus_bias"),
        "Add 'plus_bias'", "(32, 10)", "(5,)", "axis -1 is 10 and 5", "fix:",
    )  # fmt: skip


def test_04_subtracting_shapes_that_do_not_broadcast_in_the_run(session):
    a, b = tf.placeholder(tf.float32, name="a"), tf.placeholder(tf.float32, name="b")
    y = tf.subtract(a, b, name="rest")
    answer(
        tf.errors.InvalidArgumentError, lambda: session.run(y, {a: np.ones(4), b: np.ones(3)}),
        "Sub 'rest'", "'a:0'", "(4,)", "'b:0'", "(3,)",
    )  # fmt: skip


def test_05_float_over_int():
    x, n = tf.constant(1.0, name="x"), tf.constant(2, name="n")
    answer(TypeError, lambda: x / n, "float32", "int32", "'n:0'", "'x:0'", "tf.cast", line=False)


def test_06_float32_times_a_float64_constant():
    x, c = tf.constant(1.0, name="x"), tf.constant(np.ones(2), name="c")
    answer(TypeError, lambda: x * c, "'c:0'", "float64", "float32", "'x:0'", "fix:")


def test_07_a_placeholder_is_not_fed(session):
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    y = tf.reduce_sum(x, name="total")
    answer(
        tf.errors.InvalidArgumentError, lambda: session.run(y),
        "You must feed a value for placeholder tensor 'x' with dtype float", "total:0",
        "feeds given: none", "fix:",
    )  # fmt: skip


def test_07_another_one_of_that_name_is_fed(session):
    first = tf.placeholder(tf.float32, name="x")
    second = tf.placeholder(tf.float32, name="x")
    answer(
        tf.errors.InvalidArgumentError,
        lambda: session.run(first + 1.0, {second: 1.0}),
        "did you mean",
    )


def test_08_a_value_of_the_wrong_shape_is_fed(session):
    x = tf.placeholder(tf.float32, [None, 784], name="x")
    answer(
        ValueError, lambda: session.run(x + 0.0, {x: np.zeros((100, 28, 28))}),
        "Cannot feed value of shape (100, 28, 28) for Tensor 'x:0', which has shape '(?, 784)'",
        "value.reshape(-1, 784)",
    )  # fmt: skip


def test_09_a_tensor_is_fed(session):
    x, a = tf.placeholder(tf.float32, name="x"), tf.constant(1.0, name="a")
    answer(
        TypeError, lambda: session.run(x + 1.0, {x: a}),
        "The value of a feed cannot be a tf.Tensor object", "'a:0'", "fix:", line=False,
    )  # fmt: skip


def test_10_feeding_by_the_operations_name(session):
    x = tf.placeholder(tf.float32, name="x")
    answer(
        TypeError, lambda: session.run(x + 1.0, {"x": 1.0}),
        "refers to an Operation, not a Tensor", "'x:0'", line=False,
    )  # fmt: skip


def test_14_a_fetch_overwritten_by_its_value(session):
    loss = tf.constant(3.0, name="loss")
    value = session.run(loss)
    answer(
        TypeError, lambda: session.run(value),
        "Fetch argument", "invalid type <class 'numpy.float32'>", "overwrite", "loss:0", line=False,
    )  # fmt: skip


def test_15_a_tensor_as_a_python_bool():
    x = tf.constant(1.0, name="x")
    answer(
        _not_allowed(),
        lambda: bool(x > 0), "tf.cond", line=False,
    )  # fmt: skip


def _not_allowed():
    from tinyflow.foundation.errors import OperatorNotAllowedInGraphError

    assert issubclass(OperatorNotAllowedInGraphError, TypeError)
    return OperatorNotAllowedInGraphError


def test_16_tensors_of_two_graphs():
    a = tf.constant(1.0, name="a")
    with tf.Graph().as_default():
        b = tf.constant(2.0, name="b")
    message = answer(
        ValueError,
        lambda: tf.add(a, b),
        'Tensor("b:0"',
        "must be from the same graph as",
        'Tensor("a:0"',
    )
    assert "reset_default_graph" in message and message.count("test_mistakes.py:") == 2


def test_16_a_fetch_from_another_graph(session):
    tf.constant(1.0)
    with tf.Graph().as_default():
        b = tf.constant(2.0, name="b")
    answer(ValueError, lambda: session.run(b), "cannot be interpreted as a Tensor", line=False)


def test_17_a_closed_session():
    session = tf.Session()
    a = tf.constant(1.0)
    session.close()
    answer(RuntimeError, lambda: session.run(a), "Attempted to use a closed Session", "closed at")


def test_18_no_gradient_reaches_any_variable():
    v = tf.Variable([1.0, 2.0], name="v")
    loss = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(v), 1), tf.float32))
    answer(
        ValueError, lambda: tf.train.GradientDescentOptimizer(0.1).minimize(loss),
        "No gradients provided for any variable", "'v:0'", "ArgMax", line=False,
    )  # fmt: skip


def test_19_an_operation_without_a_gradient():
    class untaught(tf.Operation):
        def __init__(self, x):
            super().__init__([x])

        def compute(self, x):
            return x

    x = tf.constant(1.0)
    y = untaught(x)
    answer(
        LookupError, lambda: tf.gradients(y * 2.0, x),
        "No gradient defined for operation 'untaught' (op type: untaught)", "RegisterGradient",
        "y = untaught(x)",
    )  # fmt: skip


def test_22_a_reshape_that_does_not_fit(session):
    x = tf.placeholder(tf.float32, name="x")
    y = tf.reshape(x, [-1, 49], name="flat")
    answer(
        tf.errors.InvalidArgumentError, lambda: session.run(y, {x: np.ones((10, 50))}),
        "Reshape 'flat'", "500", "49", "(10, 50)",
    )  # fmt: skip


def test_25_gathering_out_of_range(session):
    x = tf.zeros([100, 2], name="x")
    i = tf.placeholder(tf.int32, name="i")
    y = tf.gather(x, i, name="rows")
    answer(
        tf.errors.InvalidArgumentError, lambda: session.run(y, {i: [3, 100]}),
        "'rows'", "indices[1] = 100 is not in [0, 100)", "y = tf.gather",
    )  # fmt: skip


def test_26_a_label_out_of_range(session):
    logits = tf.zeros([2, 3])
    labels = tf.placeholder(tf.int32, [2], name="labels")
    y = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    answer(
        tf.errors.InvalidArgumentError, lambda: session.run(y, {labels: [0, 3]}),
        "label value of 3", "outside the valid range of [0, 3)",
    )  # fmt: skip


def test_28_a_numpy_function_of_a_tensor():
    x = tf.constant([1.0], name="x")
    answer(
        NotImplementedError,
        lambda: np.sum(x),
        "Cannot convert a symbolic Tensor (x:0)",
        "tf.reduce_sum",
        line=False,
    )
    answer(NotImplementedError, lambda: np.exp(x), "x:0", "tf.exp", line=False)
    answer(NotImplementedError, lambda: np.array(x), "x:0", line=False)


def test_29_labels_and_logits_by_position():
    a = tf.zeros([2, 3])
    answer(
        ValueError, lambda: tf.nn.softmax_cross_entropy_with_logits(a, a),
        "named arguments", line=False,
    )  # fmt: skip


def test_30_item_assignment():
    x = tf.constant([1.0, 2.0], name="x")

    def change(t):
        t[0] = 1.0

    answer(TypeError, lambda: change(x), "does not support item assignment", "fix:", line=False)
    answer(TypeError, lambda: change(tf.Variable([1.0])), "scatter_update", line=False)


def test_31_iterating_over_a_tensor():
    x = tf.placeholder(tf.float32, [3], name="x")
    answer(
        _not_allowed(),
        lambda: list(x),
        "iterating over `tf.Tensor` is not allowed",
        "tf.unstack(t, 3)",
        line=False,
    )
    answer(_not_allowed(), lambda: list(tf.placeholder(tf.float32)), "tf.unstack", line=False)


def test_32_a_float_function_of_an_int():
    n = tf.constant(3, name="n")
    answer(TypeError, lambda: tf.sqrt(n, name="root"), "Sqrt 'root'", "'n:0'", "int32", "tf.cast")


def test_33_eval_without_a_session():
    with tf.Graph().as_default():
        a = tf.constant(1.0)
    with concurrent.futures.ThreadPoolExecutor(1) as thread:  # which has no default session
        failed = thread.submit(a.eval).exception()
    assert type(failed) is ValueError and "No default session is registered" in str(failed)


def test_34_a_ragged_feed(session):
    x = tf.placeholder(tf.float32, name="x")
    answer(
        ValueError, lambda: session.run(x + 0.0, {x: [[1, 2], [3]]}),
        "setting an array element with a sequence", "'x:0'", "row 0 has 2 items, row 1 has 1", line=False,
    )  # fmt: skip


def test_35_labels_of_the_wrong_rank():
    answer(
        ValueError,
        lambda: tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=tf.zeros([4, 3], tf.int32), logits=tf.zeros([4, 3])
        ),
        "Rank mismatch", "softmax_cross_entropy_with_logits_v2", line=False,
    )  # fmt: skip


# -- and what TF 1.15 passes over in silence ------------------------------------------------------------


def test_a_feed_that_would_lose_information(session):
    i = tf.placeholder(tf.int32, name="i")
    u = tf.placeholder(tf.uint8, name="u")
    for tensor, value in ((i, 1.7), (i, [2**40]), (u, np.array([300])), (i, 1j)):
        with pytest.raises(TypeError, match="not compatible with Tensor type"):
            session.run(tf.identity(tensor), {tensor: value})
    assert session.run(tf.identity(i), {i: 2.0}) == 2  # nothing is lost


def test_an_int_tensor_and_a_fractional_array():
    with pytest.raises(TypeError):
        tf.constant(1) + np.array([1.5])


def test_an_operation_that_raises(session):
    class broken(tf.Operation):
        def __init__(self, x):
            super().__init__([x])

        def compute(self, x):
            raise KeyError("what")

    y = broken(tf.constant([1.0, 2.0], name="x"))
    message = answer(
        tf.errors.UnknownError,
        lambda: session.run(y),
        "broken 'broken'",
        "KeyError",
        "'x:0'",
        "y = broken(",
    )
    assert "(2,)" in message


def test_an_operation_with_the_wrong_number_of_outputs(session):
    class two(tf.Operation):
        def __init__(self, x):
            super().__init__([x])

        def compute(self, x):
            return x, x

    y = two(tf.constant(1.0))
    answer(
        tf.errors.InvalidArgumentError, lambda: session.run(y),
        "compute returned 2 outputs instead of 1", "y = two(", "fix:",
    )  # fmt: skip


def test_a_wrong_attribute():
    class wrong(tf.Operation):
        pass

    with pytest.raises(TypeError, match="has no attribute"):
        wrong([], colour="red")


def test_a_decay_of_no_number_leaves_its_scope():
    with pytest.raises(TypeError):
        tf.train.exponential_decay(0.1, tf.constant("step"), 10, 0.5)
    assert tf.constant(1.0, name="after").name == "after:0"
    with tf.Graph().as_default():  # whose end would find the scope that was left open
        pass


def test_integers_of_integers_stop_a_gradient():
    v = tf.Variable([3.0, 1.0])
    _, places = tf.nn.top_k(v, 1)
    loss = tf.reduce_sum(tf.cast(places * 2, tf.float32))
    with pytest.raises(ValueError, match="No gradients provided for any variable"):
        tf.train.GradientDescentOptimizer(0.1).minimize(loss)


def test_no_segments_are_none(session):
    ids = tf.placeholder(tf.int32, [1])
    sums = tf.unsorted_segment_sum([1.0], ids, 0)
    assert session.run(sums, {ids: [-1]}).shape == (0,)
    answer(tf.errors.InvalidArgumentError, lambda: session.run(sums, {ids: [0]}), "[0, 0)")
    count = tf.placeholder(tf.int32, [])
    some = tf.unsorted_segment_sum([1.0], [0], count)
    answer(tf.errors.InvalidArgumentError, lambda: session.run(some, {count: -1}), "negative")


def test_hessians_of_a_variable_and_a_plain_grad_loss(session):
    v = tf.Variable([1.0, 2.0])
    loss = tf.reduce_sum(v.read_value() ** 3)
    (second,) = tf.hessians(loss, v)
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss, grad_loss=2.0)
    session.run(tf.global_variables_initializer())
    np.testing.assert_allclose(session.run(second), [[6.0, 0.0], [0.0, 12.0]])
    session.run(train)
    np.testing.assert_allclose(session.run(v), [1.0 - 0.6, 2.0 - 2.4], atol=1e-6)


def test_segments_are_of_numbers():
    answer(TypeError, lambda: tf.segment_sum([True, False], [0, 0]), "'data' has DataType bool", "fix:")
    answer(TypeError, lambda: tf.unsorted_segment_sum(["a"], [0], 1), "'data' has DataType string")
    answer(TypeError, lambda: tf.segment_max([1j], [0]), "complex128", "real numbers")
    assert tf.segment_sum([1j], [0]).dtype == tf.complex128


def test_a_fed_size_is_not_negative(session):
    sizes = tf.placeholder(tf.int32, [2])
    y = tf.reshape([1.0, 2.0], sizes)
    answer(tf.errors.InvalidArgumentError, lambda: session.run(y, {sizes: [-1, -2]}), "not be negative")


def test_a_range_has_one_of_four_dtypes_by_itself(session):
    answer(TypeError, lambda: tf.range(np.int16(3)), "int16", "dtype=", line=False)
    assert session.run(tf.range(np.int16(3), dtype=tf.int32)).tolist() == [0, 1, 2]


def test_blocks_have_a_size_and_paddings_on_both_sides():
    image = tf.zeros([1, 2, 2, 1])
    answer(ValueError, lambda: tf.space_to_batch_nd(image, [2, 2], [0, 0]), "'paddings' must have rank 2")
    answer(ValueError, lambda: tf.batch_to_space_nd(image, [2, 2], [0, 0]), "'crops' must have rank 2")
    for function in (tf.space_to_depth, tf.depth_to_space):
        answer(TypeError, lambda f=function: f(image, tf.constant(2)), "Expected int", line=False)
