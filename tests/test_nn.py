"""Activations, cross-entropies, clipping: what rows cannot say (tests/rows/nn.py, clip.py)."""

from __future__ import annotations

import numpy as np
import pytest

import tinyflow as tf


@pytest.fixture(autouse=True)
def session():
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


KINKS = {
    "relu": (tf.nn.relu, 0.0),
    "relu6": (tf.nn.relu6, 0.0),
    "leaky_relu": (tf.nn.leaky_relu, 0.2),
    "elu": (tf.nn.elu, 1.0),
    "selu": (tf.nn.selu, 1.0507009873554805),
    "softplus": (tf.nn.softplus, 0.5),
    "softsign": (tf.nn.softsign, 1.0),
    "swish": (tf.nn.swish, 0.5),
    "clip at its bound": (lambda x: tf.clip_by_value(x, 0.0, 1.0), 1.0),
}


@pytest.mark.parametrize("name", KINKS)
def test_derivatives_at_zero(session, name):
    function, slope = KINKS[name]
    x = tf.constant(0.0, tf.float64)
    assert session.run(tf.gradients(function(x), x)[0]) == pytest.approx(slope)


@pytest.mark.parametrize(
    "function",
    [
        tf.nn.relu,
        tf.nn.relu6,
        tf.nn.leaky_relu,
        tf.nn.elu,
        tf.nn.selu,
        tf.nn.softplus,
        tf.nn.softsign,
        tf.nn.softmax,
    ],
)
def test_float32_stays_float32_and_nan_stays_nan(session, function):
    x = tf.placeholder(tf.float32, [3])
    (grad,) = tf.gradients(function(x), x)
    value, slope = session.run([function(x), grad], {x: [np.nan, 3e38, -3e38]})
    assert value.dtype == slope.dtype == np.float32
    assert np.isnan(value[0])
    if function is not tf.nn.softmax:
        assert np.isfinite(value[1:]).all()


@pytest.mark.parametrize(
    ("function", "values", "results"),
    [
        (tf.nn.relu, [np.inf, -np.inf], [np.inf, 0]),
        (tf.nn.elu, [np.inf, -np.inf], [np.inf, -1]),
        (tf.nn.softplus, [np.inf, -np.inf, -20], [np.inf, 0, 2.0611537e-09]),
        (tf.nn.leaky_relu, [np.inf, -np.inf], [np.inf, -np.inf]),
        (tf.nn.softsign, [3e38, -3e38], [1, -1]),
    ],
)
def test_infinities(session, function, values, results):
    got = session.run(function(tf.constant(values)))
    np.testing.assert_allclose(got, np.array(results, np.float32), rtol=1e-6)


@pytest.mark.parametrize("dtype", [tf.int8, tf.uint8, tf.int32, tf.int64, tf.float16])
def test_relu_of_other_numbers(session, dtype):
    x = tf.constant([0, 3, 9], dtype)
    assert session.run([tf.nn.relu(x), tf.nn.relu6(x)])[1].tolist() == [0, 3, 6]
    assert tf.nn.relu(x).dtype == dtype


def test_leaky_relu_of_integers_is_float32(session):
    y = tf.nn.leaky_relu([1, -2])
    assert y.dtype == tf.float32
    np.testing.assert_allclose(session.run(y), [1, -0.4])


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: tf.nn.relu([True]), TypeError, "'features' has DataType bool"),
        (lambda: tf.nn.elu([1]), TypeError, "'features' has DataType int32"),
        (lambda: tf.nn.l2_loss([1]), TypeError, "'t' has DataType int32"),
        (lambda: tf.nn.softmax(1.0), ValueError, "at least rank 1 but is rank 0"),
        (lambda: tf.nn.softmax([1]), TypeError, "'logits' has DataType int32"),
        (lambda: tf.nn.softmax([1.0], axis=0, dim=0), ValueError, "both 'dim' and 'axis'"),
        (
            lambda: tf.nn.softmax([1.0], axis=2),
            tf.errors.InvalidArgumentError,
            r"Dimension \(2\) must be in",
        ),
        (
            lambda: tf.nn.softmax(tf.placeholder(tf.float32), axis=0),
            ValueError,
            "rank of .* is not known",
        ),
        (lambda: tf.nn.bias_add([[1.0, 2.0]], [1.0]), ValueError, "1 biases for the 2 channels"),
        (
            lambda: tf.nn.bias_add([1.0, 2.0], [1.0, 2.0]),
            ValueError,
            "at least rank 2 but is rank 1",
        ),
        (lambda: tf.nn.bias_add([[1.0]], [[1.0]]), ValueError, "bias must be rank 1 but is rank 2"),
        (
            lambda: tf.nn.bias_add([[1.0]], [1.0], "NCHW"),
            ValueError,
            "at least rank 3 but is rank 2",
        ),
        (
            lambda: tf.nn.bias_add([[1.0]], [1.0], "XX"),
            ValueError,
            "data_format must be of the form",
        ),
        (lambda: tf.nn.lrn([[1.0]]), ValueError, "Shape must be rank 4 but is rank 2"),
    ],
)
def test_errors_while_building(build, error, message):
    with pytest.raises(error, match=message):
        build()


def test_bias_add_in_a_run_and_its_formats(session):
    value, bias = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
    total = tf.nn.bias_add(value, bias)
    with pytest.raises(tf.errors.InvalidArgumentError, match="biases for the 2 channels"):
        session.run(total, {value: [[1, 2]], bias: [1, 2, 3]})
    assert (
        str(tf.nn.bias_add(tf.placeholder(tf.float32, [None, None]), np.ones(3, np.float32)).shape)
        == "(?, 3)"
    )
    x = tf.zeros([2, 3, 4, 5, 6])
    for data_format, size in (("NCHW", 3), ("NCDHW", 3), ("NHWC", 6), ("NDHWC", 6), (None, 6)):
        assert str(tf.nn.bias_add(x, tf.ones([size]), data_format).shape) == "(2, 3, 4, 5, 6)"
    assert tf.nn.bias_add([[1.0, 2.0]], np.array([1.0, 2.0])).dtype == tf.float32


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
def test_softmax_along_any_axis(session, axis):
    x = np.random.default_rng(0).standard_normal((2, 3, 4))
    got = session.run([tf.nn.softmax(x, axis), tf.nn.log_softmax(x, dim=axis)])
    want = np.exp(x) / np.exp(x).sum(axis, keepdims=True)
    np.testing.assert_allclose(got[0], want, rtol=1e-13)
    np.testing.assert_allclose(got[1], np.log(want), rtol=1e-12)
    rows = tf.placeholder(tf.float32, [None, 3, 4])
    assert str(tf.nn.softmax(rows, axis).shape) == "(?, 3, 4)"


# -- cross-entropies -------------------------------------------------------------------------------


def _xent(**kwargs):
    return tf.nn.softmax_cross_entropy_with_logits_v2(**kwargs)


def test_huge_logits(session):
    logits = tf.constant([[1e4, -1e4, 0.0], [-1e4, 1e4, 1e4]])
    labels = tf.constant([[0.0, 1.0, 0.0], [0.0, 0.5, 0.5]])
    loss = _xent(labels=labels, logits=logits)
    grads = tf.gradients(loss, [logits, labels])
    value, (to_logits, to_labels) = session.run([loss, grads])
    np.testing.assert_allclose(value, [2e4, np.log(2)], rtol=1e-6)
    np.testing.assert_allclose(to_logits, [[1, -1, 0], [0, 0, 0]], atol=1e-6)
    np.testing.assert_allclose(
        to_labels, [[0, 2e4, 1e4], [2e4 + np.log(2), np.log(2), np.log(2)]], rtol=1e-6
    )
    sparse = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[1, 0], logits=logits)
    value, to_logits = session.run([sparse, tf.gradients(sparse, logits)[0]])
    np.testing.assert_allclose(value, [2e4, 2e4 + np.log(2)], rtol=1e-6)
    np.testing.assert_allclose(to_logits, [[1, -1, 0], [-1, 0.5, 0.5]], atol=1e-6)
    sigmoid = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
    assert np.isfinite(session.run([sigmoid, *tf.gradients(sigmoid, [labels, logits])])[0]).all()


def test_infinite_logits(session):
    logits = tf.constant([[1.0, -np.inf], [1.0, -np.inf]])
    sparse = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[0, 1], logits=logits)
    assert session.run(sparse).tolist() == [0.0, np.inf]


@pytest.mark.parametrize("labels", [[0.0, 0.0], [2.0, 0.0], [0.3, 0.1]])
def test_labels_that_do_not_sum_to_one_have_the_true_gradient(session, labels):
    # TF 1.15 gives softmax - labels whatever they sum to.
    logits = tf.constant([0.5, -1.0], tf.float64)
    loss = _xent(labels=np.array(labels), logits=logits)
    p = np.exp([0.5, -1.0]) / np.exp([0.5, -1.0]).sum()
    got = session.run(tf.gradients(loss, logits)[0])
    np.testing.assert_allclose(got, p * sum(labels) - labels, rtol=1e-12)


def test_who_gets_a_gradient():
    labels, logits = tf.constant([[0.0, 1.0]]), tf.constant([[1.0, 2.0]])
    first = tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    assert [g is None for g in tf.gradients(first, [labels, logits])] == [True, False]
    second = _xent(labels=labels, logits=logits)
    assert [g is None for g in tf.gradients(second, [labels, logits])] == [False, False]


def test_third_derivatives(session):
    x = tf.constant([0.3, -0.2, 0.9], tf.float64)
    y = np.array([0.2, 0.5, 0.3])
    for build in (
        lambda x: _xent(labels=y, logits=x),
        lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=1, logits=x),
    ):
        direct, composed = (
            build(x),
            -tf.reduce_sum(y * tf.log(tf.exp(x) / tf.reduce_sum(tf.exp(x)))),
        )
        weights = np.array([1.0, -2.0, 0.5])
        for _ in range(3):
            direct, composed = (
                tf.reduce_sum(tf.gradients(f, x)[0] * weights) for f in (direct, composed)
            )
        # All derivatives of the loss but the first are those of log(sum(exp(x))).
        np.testing.assert_allclose(session.run(direct), session.run(composed), rtol=1e-9)


@pytest.mark.parametrize(
    ("labels", "logits", "shape"),
    [
        ([None, 3], [None, 3], "(?,)"),
        ([1, 3], [2, 3], "(2,)"),
        (None, [2, 3], "<unknown>"),
        ([None, 2, 3], [4, None, 3], "(4, 2)"),
        ([3], [3], "()"),
    ],
)
def test_static_shapes(labels, logits, shape):
    labels, logits = tf.placeholder(tf.float32, labels), tf.placeholder(tf.float32, logits)
    assert str(_xent(labels=labels, logits=logits).shape) == shape


@pytest.mark.parametrize(
    ("labels", "logits", "shape"),
    [
        ([None], [None, 3], "(?,)"),
        ([4], [None, 3], "(4,)"),
        (None, [2, 3], "(2,)"),
        ([4], None, "(4,)"),
        ([None, 2], [4, None, 3], "(4, 2)"),
        (None, None, "<unknown>"),
        ([], [3], "()"),
    ],
)
def test_static_shapes_of_the_sparse_one(labels, logits, shape):
    labels, logits = tf.placeholder(tf.int32, labels), tf.placeholder(tf.float32, logits)
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    assert str(loss.shape) == shape


def test_labels_of_other_dtypes(session):
    for labels in (
        [[1, 0]],
        tf.constant([[1, 0]]),
        np.array([[1.0, 0.0]]),
        tf.constant([[1, 0]], tf.int64),
    ):
        loss = _xent(labels=labels, logits=[[1.0, 2.0]])
        assert loss.dtype == tf.float32
        np.testing.assert_allclose(session.run(loss), [1.3132616])
    half = _xent(labels=np.array([1, 0], np.float16), logits=np.array([1, 2], np.float16))
    assert half.dtype == tf.float16
    assert session.run(half) == np.float16(1.313)


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (
            lambda: _xent(labels=tf.ones([2, 3]), logits=tf.ones([2, 4])),
            ValueError,
            r"with as many classes: Shapes \(4,\) and \(3,\)",
        ),
        (lambda: _xent(labels=tf.ones([2, 1]), logits=tf.ones([2, 4])), ValueError, "tf.one_hot"),
        (
            lambda: _xent(labels=tf.ones([3, 3]), logits=tf.ones([2, 3])),
            ValueError,
            "axis -2 is 2 and 3",
        ),
        (lambda: _xent(labels=1.0, logits=1.0), ValueError, "axis of classes"),
        (lambda: _xent(labels=[1], logits=[1]), TypeError, "'features' has DataType int32"),
        (
            lambda: tf.nn.softmax_cross_entropy_with_logits([1.0], [1.0]),
            ValueError,
            "Only call .* with named arguments",
        ),
        (
            lambda: tf.nn.softmax_cross_entropy_with_logits(logits=[1.0]),
            ValueError,
            "Both labels and logits",
        ),
        (
            lambda: _sparse(tf.ones([2, 3], tf.int32), tf.ones([2, 3])),
            ValueError,
            r"Rank mismatch.*look one-hot.*_v2",
        ),
        (
            lambda: _sparse(tf.ones([2, 1], tf.int32), tf.ones([2, 3])),
            ValueError,
            r"Rank mismatch.*tf.squeeze",
        ),
        (lambda: _sparse(tf.ones([3], tf.int32), tf.ones([2, 3])), ValueError, "Shape mismatch"),
        (lambda: _sparse(0, 1.0), ValueError, "Logits cannot be scalars"),
        (lambda: _sparse([0.0], [[1.0]]), TypeError, "'labels' has DataType float32"),
        (
            lambda: tf.nn.sparse_softmax_cross_entropy_with_logits([0], [[1.0]]),
            ValueError,
            "named arguments",
        ),
        (
            lambda: tf.nn.sigmoid_cross_entropy_with_logits(labels=[1.0], logits=[1.0, 2.0]),
            ValueError,
            r"same shape \(\(2,\) vs \(1,\)\)",
        ),
        (
            lambda: tf.nn.sigmoid_cross_entropy_with_logits([1.0], [1.0]),
            ValueError,
            "named arguments",
        ),
        (
            lambda: tf.nn.weighted_cross_entropy_with_logits([1.0], [1.0], 1.0, targets=[1.0]),
            ValueError,
            "both 'targets' and 'labels'",
        ),
        (
            lambda: tf.nn.log_poisson_loss([1.0], [1.0, 2.0]),
            ValueError,
            "log_input and targets must have the same shape",
        ),
    ],
)
def test_losses_say_what_is_wrong(build, error, message):
    with pytest.raises(error, match=message):
        build()


def _sparse(labels, logits):
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)


@pytest.mark.parametrize(
    ("labels", "message", "hint"),
    [
        (
            [0, 3],
            r"value of 3 which is outside the valid range of \[0, 3\): row 1. Label values: 0 3",
            "are there 3 classes",
        ),
        ([1, 3], "label value of 3", "labels start at 0"),
        ([0, -1], "label value of -1", "are there 3 classes"),
    ],
)
def test_labels_out_of_range(session, labels, message, hint):
    logits = tf.placeholder(tf.float32, [None, 3])
    fed = tf.placeholder(tf.int64, [None])
    loss = _sparse(fed, logits)
    (grad,) = tf.gradients(loss, logits)
    for fetch in (loss, grad):
        with pytest.raises(tf.errors.InvalidArgumentError, match=message) as caught:
            session.run(fetch, {logits: np.ones((2, 3)), fed: labels})
        assert hint in str(caught.value)
        assert "test_nn.py" in str(caught.value)
    assert session.run(loss, {logits: np.ones((2, 3)), fed: [0, 2]}).shape == (2,)
    with pytest.raises(tf.errors.InvalidArgumentError, match="shape of labels"):
        session.run(_sparse(tf.placeholder_with_default([0, 1, 2], None), tf.ones([2, 3])))


def test_the_text_of_a_sparse_loss_is_numpy(session):
    logits, labels = tf.placeholder(tf.float32, [None, 3]), tf.placeholder(tf.int32, [None])
    loss = tf.reduce_mean(_sparse(labels, logits))
    text = session.source(
        [loss, tf.gradients(loss, logits)[0]], {logits: np.ones((4, 3)), labels: [0, 1, 2, 0]}
    )
    assert "np.take" in text
    assert "SparseSoftmaxCrossEntropyWithLogits_op" not in text
    assert text.count("np.exp(") == 1  # the gradient shares the softmax


# -- clipping --------------------------------------------------------------------------------------


def test_clip_by_value(session):
    assert session.run(tf.clip_by_value([1.0, 2.0], 3.0, 0.0)).tolist() == [3.0, 3.0]
    assert np.isnan(session.run(tf.clip_by_value([np.nan], -1.0, 1.0))).all()
    with pytest.raises(ValueError, match="clipping does not change a shape"):
        tf.clip_by_value(1.0, [0.0, 0.0], 3.0)
    with pytest.raises(TypeError, match="int32"):
        tf.clip_by_value([1, 5], 0.0, 2.0)
    assert session.run(tf.clip_by_value([1, 5], 2, 3)).tolist() == [2, 3]


def test_clip_by_norm_at_zero_has_a_gradient(session):
    x = tf.zeros([2])
    assert session.run(tf.gradients(tf.clip_by_norm(x, 1.0), x)[0]).tolist() == [1.0, 1.0]
    clipped = session.run(tf.clip_by_norm([np.inf, 1.0], 1.0))
    assert np.isnan(clipped[0]) and clipped[1] == 0


@pytest.mark.parametrize(
    ("values", "clip", "clipped", "norm"),
    [
        ([3.0, 4.0], 1.0, [0.6, 0.8], 5.0),
        ([0.3, 0.4], 1.0, [0.3, 0.4], 0.5),
        ([0.0, 0.0], 1.0, [0.0, 0.0], 0.0),
        ([np.nan, 1.0], 1.0, [np.nan] * 2, np.nan),
        ([np.inf, 1.0], 1.0, [np.nan] * 2, np.inf),
        ([3.0, 4.0], 0.0, [0.0, 0.0], 5.0),
    ],
)
def test_clip_by_global_norm(session, values, clip, clipped, norm):
    (only,), got_norm = tf.clip_by_global_norm([tf.constant(values)], clip)
    np.testing.assert_allclose(session.run(only), np.array(clipped, np.float32), rtol=1e-6)
    np.testing.assert_allclose(session.run(got_norm), norm, rtol=1e-6)


def test_clip_by_global_norm_of_lists(session):
    clipped, norm = tf.clip_by_global_norm([[3.0], None, [4.0]], 1.0)
    assert clipped[1] is None
    assert session.run(norm) == 5.0
    assert tf.clip_by_global_norm([None], 1.0)[0] == [None]
    (clipped,), _ = tf.clip_by_global_norm([tf.constant([3.0, 4.0])], 1.0, use_norm=10.0)
    np.testing.assert_allclose(session.run(clipped), [0.3, 0.4], rtol=1e-6)
    with pytest.raises(TypeError, match="t_list should be a sequence"):
        tf.clip_by_global_norm(tf.constant([1.0]), 1.0)
    with pytest.raises(TypeError, match="int32"):
        tf.clip_by_global_norm([tf.constant([1, 2])], 1.0)
    with pytest.warns(UserWarning, match="negative clip_norm"):
        tf.clip_by_global_norm([tf.constant([1.0])], -1.0)


# -- names -----------------------------------------------------------------------------------------


def test_names_are_those_of_tf115():
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    b = tf.ones([3])
    names = {
        tf.nn.relu(x): "Relu",
        tf.nn.leaky_relu(x): "LeakyRelu",
        tf.nn.crelu(x): "CRelu/Relu",
        tf.nn.softmax(x): "Softmax",
        tf.nn.log_softmax(x): "LogSoftmax",
        tf.nn.bias_add(x, b): "BiasAdd",
        tf.nn.l2_loss(x): "L2Loss",
        tf.nn.batch_normalization(x, b, b, b, b, 1e-3): "batchnorm/add_1",
        tf.nn.xw_plus_b(x, tf.ones([3, 3]), b): "xw_plus_b",
        tf.nn.relu_layer(x, tf.ones([3, 3]), b): "relu_layer",
        tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=x): "logistic_loss",
        tf.nn.log_poisson_loss(x, x): "log_poisson_loss/sub",
        tf.clip_by_value(x, 0.0, 1.0): "clip_by_value",
        tf.clip_by_norm(x, 1.0): "clip_by_norm",
        tf.clip_by_average_norm(x, 1.0): "clip_by_average_norm",
        tf.clip_by_global_norm([x], 1.0)[0][0]: "clip_by_global_norm/clip_by_global_norm/_0",
        tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=[0, 1], logits=x
        ): "SparseSoftmaxCrossEntropyWithLogits/SparseSoftmaxCrossEntropyWithLogits",
    }
    for tensor, name in names.items():
        assert tensor.op.name == name


@pytest.mark.parametrize("sparse", [False, True])
def test_cross_entropy_of_a_known_shape_has_no_second_derivative_in_its_first(sparse):
    def operations(rows):
        with tf.Graph().as_default() as graph:
            logits = tf.placeholder(tf.float32, [rows, 4])
            if sparse:
                labels = tf.placeholder(tf.int32, [rows])
                loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
            else:
                labels = tf.placeholder(tf.float32, [rows, 4])
                loss = tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits)
            tf.gradients(loss, logits)
            return [op.type for op in graph.get_operations() if "gradients/" in op.name]

    assert "Softmax" not in operations(8) and "Sum" not in operations(8)
    assert len(operations(8)) <= len(operations(None))
