"""The book's programs ("Deep Learning From Scratch"), with `from tinyflow import *` for its class listings.

The book rebuilds TensorFlow: `placeholder()` has no dtype, a `Variable` needs no initializer run,
`Graph().as_default()` stands as a bare statement, and a learner writes operations and gradients.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import tinyflow as tf


@pytest.fixture(autouse=True)
def graph():
    """As the book has it: a bare statement makes the graph the default until it is replaced."""
    with tf.Graph().as_default():
        tf.Graph().as_default()
        yield


def test_the_affine_example():
    A = tf.Variable([[1, 0], [0, -1]])
    b = tf.Variable([1, 1])
    x = tf.placeholder()
    z = tf.add(tf.matmul(A, x), b)
    output = tf.Session().run(z, {x: [1, 2]})
    np.testing.assert_array_equal(output, [2, -1])


def test_a_bare_as_default_holds_until_it_is_replaced():
    first = tf.Graph()
    first.as_default()
    assert tf.get_default_graph() is first
    with tf.Graph().as_default() as inner:
        assert tf.get_default_graph() is inner
        nested = tf.Graph()
        nested.as_default()
        assert tf.get_default_graph() is nested
    assert tf.get_default_graph() is first


def test_a_perceptron_classifies_by_the_sign():
    x = tf.placeholder()
    w = tf.Variable([1, 1])
    b = tf.Variable(0)
    p = tf.sigmoid(tf.add(tf.matmul(w, x), b))
    probability = tf.Session().run(p, {x: [3, 2]})
    assert probability == pytest.approx(0.9933071490757153)


def _blobs():
    rng = np.random.default_rng(4)
    red, blue = rng.standard_normal((50, 2)) - 2, rng.standard_normal((50, 2)) + 2
    return np.concatenate((blue, red)), [[1, 0]] * 50 + [[0, 1]] * 50


def test_the_perceptron_trains_on_the_blobs(capsys):
    points, classes = _blobs()
    rng = np.random.default_rng(5)
    X = tf.placeholder()
    c = tf.placeholder()
    W = tf.Variable(rng.standard_normal((2, 2)))
    b = tf.Variable(rng.standard_normal(2))
    p = tf.softmax(tf.add(tf.matmul(X, W), b))
    J = tf.negative(tf.reduce_sum(tf.reduce_sum(tf.multiply(c, tf.log(p)), axis=1)))
    minimization_op = tf.GradientDescentOptimizer(learning_rate=0.01).minimize(J)
    feed_dict = {X: points, c: classes}
    session = tf.Session()
    losses = []
    for step in range(100):
        J_value = session.run(J, feed_dict)
        if step % 10 == 0:
            print("Step:", step, " Loss:", J_value)
            losses.append(J_value)
        session.run(minimization_op, feed_dict)
    assert capsys.readouterr().out.count("Loss") == 10
    assert all(later < earlier for earlier, later in itertools.pairwise(losses))
    assert losses[-1] < 2.0
    found = session.run(p, feed_dict).argmax(axis=1)
    assert (found == np.argmax(classes, axis=1)).mean() == 1.0
    # J and the step may as well be asked for together: the loss is the one before the step.
    before = session.run(J, feed_dict)
    together, nothing = session.run([J, minimization_op], feed_dict)
    assert together == before and nothing is None
    assert session.run(J, feed_dict) < before


def test_two_layers_separate_the_xor_clusters():
    rng = np.random.default_rng(1)
    corners = [(-2, -2), (2, 2), (-2, 2), (2, -2)]
    points = np.concatenate([rng.standard_normal((25, 2)) * 0.7 + corner for corner in corners])
    classes = np.repeat([[1, 0], [0, 1]], 50, axis=0)
    X, c = tf.placeholder(), tf.placeholder()
    W_hidden, b_hidden = (
        tf.Variable(rng.standard_normal((2, 4))),
        tf.Variable(rng.standard_normal(4)),
    )
    p_hidden = tf.sigmoid(tf.add(tf.matmul(X, W_hidden), b_hidden))
    W_output, b_output = (
        tf.Variable(rng.standard_normal((4, 2))),
        tf.Variable(rng.standard_normal(2)),
    )
    p_output = tf.softmax(tf.add(tf.matmul(p_hidden, W_output), b_output))
    J = tf.negative(tf.reduce_sum(tf.reduce_sum(tf.multiply(c, tf.log(p_output)), axis=1)))
    step = tf.GradientDescentOptimizer(learning_rate=0.03).minimize(J)
    session = tf.Session()
    for _ in range(1000):
        session.run(step, {X: points, c: classes})
    right = session.run(p_output, {X: points}).argmax(1) == classes.argmax(1)
    assert right.mean() >= 0.98


# -- a learner's own operations ---------------------------------------------------------------------


class square(tf.Operation):
    def __init__(self, x):
        super().__init__([x])

    def compute(self, x_value):
        return x_value**2


class my_negative(tf.Operation):
    def __init__(self, x):
        super().__init__([x])

    def compute(self, x_value):
        return -x_value


class my_log(tf.Operation):
    def __init__(self, x):
        super().__init__([x])

    def compute(self, x_value):
        return np.log(x_value)


class my_softmax(tf.Operation):
    def __init__(self, a):
        super().__init__([a])

    def compute(self, a_value):
        return np.exp(a_value) / np.sum(np.exp(a_value), axis=1)[:, None]


class my_reduce_sum(tf.Operation):
    def __init__(self, A, axis=None):
        super().__init__([A])
        self.axis = axis  # after super().__init__, as in the book

    def compute(self, A_value):
        return np.sum(A_value, self.axis)


@tf.RegisterGradient("my_negative")
def _negative_gradient(op, grad):
    return -grad


@tf.RegisterGradient("my_log")
def _log_gradient(op, grad):
    x = op.inputs[0]
    return grad / x


@tf.RegisterGradient("my_softmax")
def _softmax_gradient(op, grad):
    softmax = op.output
    return (grad - tf.reduce_sum(grad * softmax, 1, keepdims=True)) * softmax


def test_a_learners_operation_is_a_node_and_a_tensor():
    x = tf.placeholder()
    y = square(x)
    assert isinstance(y, tf.Tensor) and y.op.type == "square" and y.name == "square:0"
    assert y.op.inputs == (x,) and tf.Session().run(y, {x: [1, 2, 3]}).tolist() == [1, 4, 9]
    assert tf.Session().run(my_reduce_sum(x, axis=1), {x: [[1, 2], [3, 4]]}).tolist() == [3, 7]


def test_a_learners_classes_train_beside_the_built_in_ones():
    points, classes = _blobs()
    X, c = tf.placeholder(), tf.placeholder()
    start = np.random.default_rng(6).standard_normal((2, 2))
    losses = []
    for softmax, log, negative in (
        (my_softmax, my_log, my_negative),
        (tf.softmax, tf.log, tf.negative),
    ):
        W, b = tf.Variable(start), tf.Variable(np.zeros(2))
        p = softmax(tf.add(tf.matmul(X, W), b))
        J = negative(tf.reduce_sum(tf.reduce_sum(tf.multiply(c, log(p)), axis=1)))
        step = tf.GradientDescentOptimizer(0.01).minimize(J)
        session = tf.Session()
        losses.append([session.run([J, step], {X: points, c: classes})[0] for _ in range(20)])
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-10)


def test_compute_gradients_gives_the_table():
    x = tf.Variable(3.0)
    y = x * x
    loss = y + x
    table = tf.compute_gradients(loss)
    session = tf.Session()
    assert session.run([table[loss], table[y], table[x]]) == [1.0, 1.0, 7.0]


def test_traverse_postorder_puts_inputs_first():
    a, b = tf.placeholder(), tf.placeholder()
    z = tf.add(tf.multiply(a, b), a)
    order = tf.traverse_postorder(z.op)
    assert len(order) == len(set(order)) == 4
    for i, op in enumerate(order):
        assert all(tensor.op in order[:i] for tensor in op.inputs)


# -- what the book's own code does not survive --------------------------------------------------------


def test_a_node_reached_by_many_paths_is_computed_once():
    calls = []

    class count(tf.Operation):
        def __init__(self, x):
            super().__init__([x])

        def compute(self, x_value):
            calls.append(1)
            return x_value

    x = tf.placeholder()
    y = count(x)
    for _ in range(40):
        y = y + y
    assert tf.Session().run(y, {x: 1}) == 2**40
    assert len(calls) == 1


def test_residuals_and_operations_off_the_path_are_no_trouble():
    x = tf.Variable(2.0)
    f = tf.square(x)
    loss = x + f
    tf.reduce_sum(f)  # an accuracy, say: nothing to do with the loss
    (grad,) = tf.gradients(loss, [x])
    assert tf.Session().run(grad) == 5.0


def test_an_operand_twice_counts_twice():
    a = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    (grad,) = tf.gradients(tf.reduce_sum(tf.matmul(a, a)), [a])
    np.testing.assert_array_equal(tf.Session().run(grad), [[7.0, 11.0], [9.0, 13.0]])


def test_broadcasting_is_undone_in_every_elementwise_operation():
    X = np.arange(6.0).reshape(3, 2) + 1
    for function in (tf.add, tf.subtract, tf.multiply, tf.divide, tf.maximum, tf.pow):
        b = tf.Variable([1.5, 2.5], dtype=tf.float64)
        (grad,) = tf.gradients(tf.reduce_sum(function(tf.constant(X), b)), [b])
        assert tf.Session().run(grad).shape == (2,)


def test_the_softmax_does_not_overflow():
    a = tf.placeholder()
    p = tf.softmax(a)
    feed_dict = {a: [[1e4, 0.0], [-1e4, 0.0]]}
    np.testing.assert_array_equal(tf.Session().run(p, feed_dict), [[1, 0], [0, 1]])
    J = -tf.log(p)  # computed as one with the softmax, so it does not underflow
    np.testing.assert_array_equal(tf.Session().run(J, feed_dict), [[0, 1e4], [1e4, 0]])


def test_the_callers_arrays_are_never_written_to():
    start = np.ones((2, 2))
    W = tf.Variable(start)
    step = tf.GradientDescentOptimizer(0.5).minimize(tf.reduce_sum(W * W))
    session = tf.Session()
    session.run(step)
    assert start.tolist() == [[1, 1], [1, 1]] and session.run(W).tolist() == [[0, 0], [0, 0]]


def test_storing_values_on_a_node_is_refused_with_advice():
    class old_style(tf.Operation):
        def __init__(self, x):
            super().__init__([x])

        def compute(self, x_value):
            self.inputs = [x_value]
            return x_value

    x = tf.placeholder()
    with pytest.raises(tf.errors.UnknownError, match="a node never holds a value"):
        tf.Session().run(old_style(x), {x: 1})


def test_infer_and_compute_have_to_agree():
    """A function written for a shape that is not there would give a wrong number, silently."""

    class row_sums(tf.Operation):
        def __init__(self, x):
            super().__init__([x])

        def infer(self, x):
            return x

        def compute(self, x_value):
            return x_value.sum(axis=1, dtype=np.float64)

    class sums(row_sums):
        def infer(self, x):
            return x._replace(shape=x.shape[:-1])

    class right(sums):
        def compute(self, x_value):
            return x_value.sum(axis=1)

    x = tf.placeholder(tf.float32, [None, 3])
    feed_dict = {x: np.ones((2, 3))}
    session = tf.Session()
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"shape \(2,\) where infer says \(2, 3\)"):
        session.run(tf.reduce_mean(row_sums(x)), feed_dict)
    with pytest.raises(tf.errors.InvalidArgumentError, match="float64 where infer says float32"):
        session.run(sums(x), feed_dict)
    assert session.run(right(x), feed_dict).tolist() == [3, 3]
    assert right(x).shape.as_list() == [None] and right(x).dtype == tf.float32


def test_star_import_brings_the_books_names():
    names = {}
    exec("from tinyflow import *", names)
    for name in (
        "Graph", "Operation", "placeholder", "Variable", "Session", "add", "matmul", "negative", "multiply",
        "log", "reduce_sum", "sigmoid", "softmax", "RegisterGradient", "compute_gradients",
        "traverse_postorder", "GradientDescentOptimizer",
    ):  # fmt: skip
        assert name in names, name


def test_infer_returns_specs():
    class Noise(tf.Operation):
        def infer(self):
            return tf.Spec(tf.float64, (3, None))

        def compute(self):
            return np.ones((3, 2))

    class Pair(tf.Operation):
        def infer(self, x):
            return tf.float32, (3,)

    class Nothing(tf.Operation):
        def infer(self, x):
            return None

    noise = Noise([])
    assert (noise.dtype, noise.shape.as_list()) == (tf.float64, [3, None])
    assert tf.Session().run(tf.reduce_sum(noise)) == 6
    for kind in (Pair, Nothing):
        with pytest.raises(TypeError, match=f"infer of {kind.__name__} must return a tf.Spec"):
            kind([1.0])


def test_a_recordable_body_may_call_methods():
    class RowSums(tf.Operation):
        recordable = True

        def infer(self, x):
            return x._replace(shape=x.shape[:-1])

        def compute(self, x):
            return x.sum(1)

    x = tf.placeholder(tf.float32, [None, 3], name="x")
    feed_dict = {x: np.ones((2, 3))}
    session = tf.Session()
    assert session.run(RowSums([x]), feed_dict).tolist() == [3, 3]
    assert "_op.evaluate(x)" in session.source(RowSums([x]), feed_dict)
