"""Random ops: TF 1.15's numbers for the same seeds, and sequences that belong to a Session."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import tinyflow as tf

RECORDED = json.loads((Path(__file__).parent / "data" / "rng_more.json").read_text())


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def _twice(build):
    """What two runs give, with the graph seed 7 and no other op before."""
    tf.set_random_seed(7)
    tensor = build()
    with tf.Session() as session:
        return session.run(tensor), session.run(tensor)


# Recorded from TF 1.15.5.
GRAPH_SEED_7 = {
    "uniform": (
        lambda: tf.random_uniform([2]),
        [0.4010878801345825, 0.37683892250061035],
        [0.3426402807235718, 0.3479158878326416],
    ),
    "normal": (
        lambda: tf.random_normal([2]),
        [0.9447038173675537, -0.9667906761169434],
        [1.1952472925186157, -0.844708263874054],
    ),
    "truncated_normal": (
        lambda: tf.truncated_normal([2], 1.0, 2.0),
        [2.8894076347351074, -0.9335813522338867],
        [3.3904945850372314, -0.6894165277481079],
    ),
    "uniform_int": (
        lambda: tf.random_uniform([3], maxval=100, dtype=tf.int32),
        [93, 58, 0],
        [93, 24, 25],
    ),
    "shuffle": (lambda: tf.random_shuffle([1, 2, 3, 4, 5]), [3, 2, 1, 4, 5], [3, 5, 4, 1, 2]),
    "multinomial": (
        lambda: tf.multinomial([[0.0, 1.0, 2.0]], 5),
        [[2, 2, 2, 1, 2]],
        [[0, 2, 2, 2, 2]],
    ),
    "categorical": (
        lambda: tf.random.categorical([[0.0, 1.0, 2.0]], 5),
        [[2, 2, 2, 1, 2]],
        [[0, 2, 2, 2, 2]],
    ),
    "gamma": (
        lambda: tf.random_gamma([2], 2.0),
        [1.3927172422409058, 1.463539958000183],
        [2.234544515609741, 0.5295860767364502],
    ),
    "poisson": (lambda: tf.random_poisson(4.0, [4]), [4.0, 3.0, 5.0, 1.0], [4.0, 5.0, 2.0, 6.0]),
    "dropout": (
        lambda: tf.nn.dropout(tf.ones([6]), 0.5),
        [2.0, 0.0, 2.0, 0.0, 2.0, 0.0],
        [2.0, 2.0, 0.0, 0.0, 2.0, 0.0],
    ),
}


@pytest.mark.parametrize("name", GRAPH_SEED_7)
def test_a_graph_seed_alone_gives_the_numbers_of_tf115(name):
    build, first, second = GRAPH_SEED_7[name]
    for got, want in zip(_twice(build), (first, second), strict=True):
        if got.dtype.kind == "f":
            np.testing.assert_allclose(got, np.array(want, np.float32), rtol=2e-7)
        else:
            assert got.tolist() == want


BUILD_OF = {
    "random_uniform": lambda: tf.random_uniform([2]),
    "random_uniform_int": lambda: tf.random_uniform([2], maxval=9, dtype=tf.int32),
    "random_normal": lambda: tf.random_normal([2]),
    "truncated_normal": lambda: tf.truncated_normal([2]),
    "random_shuffle": lambda: tf.random_shuffle(np.arange(3)),
    "multinomial": lambda: tf.multinomial(np.zeros((1, 2), np.float32), 2),
    "random_gamma": lambda: tf.random_gamma([2], 1.0),
    "random_poisson": lambda: tf.random_poisson(1.0, [2]),
    "dropout": lambda: tf.nn.dropout(np.ones(3, np.float32), rate=0.5),
    "dropout_keep": lambda: tf.nn.dropout(np.ones(3, np.float32), 0.5),
}


@pytest.mark.parametrize("name", BUILD_OF)
def test_the_op_seed_is_the_number_of_ops_made_before(graph, name):
    (recorded,) = RECORDED["graph_seed_7_alone"][name]
    tf.set_random_seed(7)
    BUILD_OF[name]()
    ops = [op for op in graph.get_operations() if hasattr(op, "seed")]
    assert [[op.type, op.seed, op.seed2] for op in ops] == [recorded]


def test_kwargs_scale_the_numbers():
    with tf.Session() as session:
        got = session.run(tf.random.stateless_uniform([5], [3, 4], -2.0, 3.0))
        want = [
            -0.7835627794265747,
            2.9175314903259277,
            -0.8979136943817139,
            0.3396010398864746,
            1.8692898750305176,
        ]
        assert got.tolist() == want
        got = session.run(tf.random.stateless_uniform([5], [3, 4], -7, 10**15, tf.int64))
        assert got.tolist() == [
            846067246955127,
            458231610063619,
            79513829536538,
            440493091070392,
            747806564269917,
        ]
        got = session.run(tf.random_uniform([2], [1.0, 2.0], [3.0, 4.0], seed=1))
        np.testing.assert_allclose(got, [1.4780748, 3.840799], rtol=1e-7)
        got = session.run(tf.random_uniform([2], dtype=tf.float16, seed=1))
        np.testing.assert_allclose(got, [0.1943, 0.913], rtol=1e-3)


DROPOUT_SEED_9 = [  # of tf.ones([4, 3]) * 3
    ({"rate": 0.5}, 6.0, [[0, 0, 0], [0, 0, 1], [1, 1, 0], [0, 1, 1]]),
    ({"keep_prob": 0.7}, 3 / 0.7, [[1, 1, 0], [1, 0, 1], [1, 1, 0], [0, 1, 1]]),
    ({"rate": 0.3, "noise_shape": [4, 1]}, 3 / 0.7, [[1, 1, 1], [1, 1, 1], [0, 0, 0], [1, 1, 1]]),
    (
        {"rate": 0.3, "noise_shape": [None, 1]},
        3 / 0.7,
        [[1, 1, 1], [1, 1, 1], [0, 0, 0], [1, 1, 1]],
    ),
    ({"keep_prob": 0.25}, 12.0, [[0, 0, 0], [0, 0, 0], [1, 1, 0], [0, 1, 1]]),
]


@pytest.mark.parametrize(("kwargs", "kept", "mask"), DROPOUT_SEED_9)
@pytest.mark.parametrize("as_tensor", [False, True])
def test_dropout_keeps_what_tf115_keeps(kwargs, kept, mask, as_tensor):
    if as_tensor:
        kwargs = {k: v if k == "noise_shape" else tf.constant(v) for k, v in kwargs.items()}
    dropped = tf.nn.dropout(tf.ones([4, 3]) * 3.0, seed=9, **kwargs)
    with tf.Session() as session:
        np.testing.assert_allclose(session.run(dropped), kept * np.array(mask), rtol=2e-7)


def test_dropout_of_other_dtypes_and_unknown_shapes():
    x = tf.placeholder(tf.float64)
    dropped = tf.nn.dropout(x, rate=0.3, seed=9)
    assert str(dropped.shape) == "<unknown>"
    with tf.Session() as session:
        got = session.run(dropped, {x: np.ones(6)})
    assert got.tolist() == [1 / 0.7, 1 / 0.7, 1 / 0.7, 0.0, 0.0, 1 / 0.7]
    rows = tf.nn.dropout(tf.placeholder(tf.float32, [None, 3]), 0.5)
    assert str(rows.shape) == "(?, 3)"
    unknown = tf.placeholder()
    with tf.Session() as session:
        got = session.run(tf.nn.dropout(unknown, 0.5), {unknown: np.ones(100)})
    assert set(got.tolist()) == {0.0, 2.0}


def test_dropout_is_the_same_in_value_and_gradient_of_one_run():
    x = tf.placeholder(tf.float32, [None])
    y = tf.nn.dropout(x, 0.5)
    (grad,) = tf.gradients(y, x)
    with tf.Session() as session:
        for _ in range(3):
            value, slope = session.run([y, grad], {x: np.ones(50, np.float32)})
            assert (value == slope).all()
            assert 0 < (value > 0).sum() < 50


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({}, "must provide a rate"),
        ({"rate": 0.5, "keep_prob": 0.5}, "both"),
        ({"rate": 1.0}, r"range \[0, 1\), got 1"),
        ({"keep_prob": 0.0}, r"range \[0, 1\), got 1"),
        ({"keep_prob": 1.5}, r"range \[0, 1\), got -0.5"),
        ({"rate": [0.1, 0.2]}, "not compatible"),
    ],
)
def test_dropout_says_what_is_wrong(kwargs, message):
    with pytest.raises(ValueError, match=message):
        tf.nn.dropout(tf.ones([2]), **kwargs)


def test_dropout_of_integers_and_dropout_of_nothing():
    with pytest.raises(ValueError, match="floating point tensor"):
        tf.nn.dropout(tf.constant([1, 2]), 0.5)
    x = tf.ones([2])
    assert tf.nn.dropout(x, 1.0) is x
    assert tf.nn.dropout(x, rate=0) is x
    assert tf.nn.dropout(x, rate=tf.constant(0.0)) is x


# -- sequences -------------------------------------------------------------------------------------


def test_a_run_draws_once_however_many_use_it():
    x = tf.random_uniform([3], seed=1)
    with tf.Session() as session:
        a, b, doubled = session.run([x, x + 0.0, x * 2.0])
        assert (a == b).all()
        assert (doubled == 2 * a).all()
        assert (session.run(x) != a).all()
    with tf.Session() as session:
        assert (session.run(x) == a).all()


def test_every_op_has_a_sequence_of_its_own():
    x, y = tf.random_uniform([3], seed=1), tf.random_uniform([3], seed=1)
    with tf.Session() as session:
        first = session.run(x)
        assert (session.run(y) == first).all()
        second = session.run(x)
        assert (session.run([y])[0] == second).all()


def test_unseeded_ops_differ_between_sessions():
    x = tf.random_uniform([3])
    assert (tf.Session().run(x) != tf.Session().run(x)).all()


def test_other_fetches_go_on_with_the_same_sequence():
    x = tf.random_uniform([], seed=3)
    y = x + 1.0
    with tf.Session() as one, tf.Session() as other:
        assert [one.run(x) for _ in range(4)] == [
            other.run(x),
            other.run([x, y])[0],
            other.run({"x": x})["x"],
            other.run(x),
        ]


def test_a_failed_run_has_not_moved_the_sequence():
    x = tf.random_uniform([], seed=3)
    p = tf.placeholder(tf.float32, [])
    checked = tf.check_numerics(p, "p")
    with tf.Session() as session, tf.Session() as calm:
        first = session.run(x)
        with pytest.raises(tf.errors.InvalidArgumentError):
            session.run([x, checked], {p: np.nan})
        assert [first, session.run(x)] == [calm.run(x), calm.run(x)]


def test_a_fed_random_tensor_draws_nothing():
    x = tf.random_uniform([], seed=3)
    y = x * 2.0
    with tf.Session() as session:
        first = session.run(x)
        assert session.run(y, {x: 4.0}) == 8.0
        session.run(y, {x.op.inputs[0].op.inputs[0]: 1.0})  # the draw itself is fed
        second = session.run(x)
    with tf.Session() as session:
        assert [session.run(x), session.run(x)] == [first, second]


def test_variables_begin_with_the_numbers_of_their_initializer():
    v = tf.Variable(tf.random_normal([2], seed=4))
    init = v.initializer
    with tf.Session() as session:
        session.run(init)
        first = session.run(v)
        assert (session.run(v) == first).all()
        session.run(init)
        assert (session.run(v) != first).all()
    with tf.Session() as session:  # without running the initializer
        assert (session.run(v) == first).all()
        assert (session.run(v) == first).all()


def test_the_shape_may_be_known_only_in_the_run():
    x = tf.placeholder(tf.float32, [None, 3])
    noise = tf.random_normal(tf.shape(x), seed=2)
    assert str(noise.shape) == "(?, 3)"
    total = tf.reduce_sum((x + noise) * 0.0 + 1.0)
    with tf.Session() as session:
        for rows in (2, 5, 2):
            assert session.run(noise, {x: np.zeros((rows, 3))}).shape == (rows, 3)
            assert session.run(total, {x: np.zeros((rows, 3))}) == 3 * rows
        text = session.source(total, {x: np.zeros((2, 3))})
        assert ", buffer1)" in text  # what follows a draw knows its shape, and so has buffers
    sizes = tf.placeholder(tf.int32, [2])
    with tf.Session() as session:
        noise = tf.random_uniform(sizes)
        assert str(noise.shape) == "(?, ?)"
        assert session.run(noise, {sizes: [2, 4]}).shape == (2, 4)
        assert session.run(noise, {sizes: [1, 0]}).shape == (1, 0)
    fed = tf.constant([2, 2])
    with tf.Session() as session:
        assert session.run(tf.random_uniform(fed), {fed: [3, 1]}).shape == (3, 1)


def test_a_function_is_compiled_once():
    x = tf.random_uniform([4]) * 2.0
    with tf.Session() as session:
        session.run(x)
        (call,) = session._calls.values()
        assert call.function is not None
        session.run(x)


def test_random_crop():
    x = tf.reshape(tf.range(30), [5, 6])
    crop = tf.random_crop(x, [2, 3], seed=4)
    assert str(crop.shape) == "(2, 3)"
    with tf.Session() as session:
        assert session.run(crop).tolist() == [[15, 16, 17], [21, 22, 23]]
        for _ in range(20):
            part = session.run(crop)
            assert (np.diff(part, axis=1) == 1).all()
            assert (np.diff(part, axis=0) == 6).all()
        with pytest.raises(
            tf.errors.InvalidArgumentError,
            match=r"Need value.shape >= size, got \] \[5 6\] \[7 1\]",
        ):
            session.run(tf.random_crop(x, [7, 1]))


def test_random_shuffle_of_rows():
    x = np.arange(12).reshape(4, 3)
    with tf.Session() as session:
        shuffled = session.run(tf.random_shuffle(x))
        assert sorted(shuffled.tolist()) == x.tolist()
        assert session.run(tf.random_shuffle([b"only"])).tolist() == [b"only"]


# -- gradients -------------------------------------------------------------------------------------


def test_gamma_numbers_move_with_their_parameters_as_in_tf115():
    alpha = tf.constant([0.3, 1.0, 4.0, 50.0, 1000.0], tf.float64)
    y = tf.random_gamma([3], alpha, dtype=tf.float64, seed=5)
    beta = tf.constant([1.0, 2.0, 3.0, 4.0, 5.0], tf.float64)
    scaled = tf.random_gamma([2], alpha, beta, dtype=tf.float64, seed=5)
    with tf.Session() as session:
        value, slope = session.run([y, tf.gradients(y, alpha)[0]])
        np.testing.assert_allclose(
            value[0],
            [
                0.09109358321612203,
                0.5916012535277393,
                1.8941497196849109,
                36.76995692843561,
                983.6244882830149,
            ],
            rtol=1e-13,
        )
        np.testing.assert_allclose(
            slope,
            [
                1.4120265553224254,
                3.359625737929467,
                2.8301990640103303,
                2.615201936079165,
                2.950086214658336,
            ],
            rtol=1e-5,  # TF's own precision: it sums a series until float32 is exact
        )
        to_alpha, to_beta = session.run(tf.gradients(scaled, [alpha, beta]))
        np.testing.assert_allclose(
            to_alpha,
            [
                1.0175528700264636,
                0.8776257534242804,
                0.6437977568683588,
                0.4950430330550337,
                0.3925275710303443,
            ],
            rtol=1e-5,
        )
        np.testing.assert_allclose(
            to_beta,
            [
                -0.11327548459862932,
                -0.29005289513393884,
                -0.7675980484869738,
                -6.127190738033318,
                -77.04074290517663,
            ],
            rtol=1e-12,
        )


@pytest.mark.parametrize(
    "build",
    [
        lambda x: tf.random_shuffle(x),
        lambda x: tf.random_poisson(x, [2]),
        lambda x: tf.cast(tf.multinomial(tf.expand_dims(x, 0), 2), tf.float32),
        lambda x: tf.random_uniform(tf.shape(x)),
    ],
)
def test_no_gradient_flows_through_what_is_drawn(build):
    x = tf.constant([1.0, 2.0])
    assert tf.gradients(build(x), x) == [None]


def test_gradients_flow_to_the_bounds_and_the_scale():
    scale = tf.constant(2.0)
    y = tf.random_normal([3], stddev=scale, seed=1)
    (grad,) = tf.gradients(y, scale)
    with tf.Session() as session:
        value, slope = session.run([y, grad])
    np.testing.assert_allclose(slope, value.sum() / 2, rtol=1e-6)


# -- errors ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (
            lambda: tf.random_uniform([2], dtype=tf.int32),
            ValueError,
            "Must specify maxval for integer dtype",
        ),
        (lambda: tf.random_uniform([2], dtype=tf.int8), ValueError, "Invalid dtype tf.int8"),
        (lambda: tf.random_uniform(3), ValueError, "Shape must be rank 1 but is rank 0"),
        (lambda: tf.random_uniform([2.0]), TypeError, "'shape' has DataType float32"),
        (lambda: tf.random_uniform([2], [1, 2], [3, 4], tf.int32), ValueError, "must be a scalar"),
        (lambda: tf.random_normal([2], dtype=tf.int32), TypeError, "int32"),
        (lambda: tf.random_poisson(1.0, [2], tf.int8), TypeError, "'dtype' has DataType int8"),
        (lambda: tf.random_gamma([2], 1, dtype=tf.int32), TypeError, "int32"),
        (lambda: tf.multinomial([1.0, 2.0], 2), ValueError, "rank 2 but is rank 1"),
        (lambda: tf.multinomial([[1.0, 2.0]], -2), ValueError, "nonnegative, got -2"),
        (lambda: tf.multinomial([[1.0]], 2, output_dtype=tf.float32), TypeError, "'output_dtype'"),
        (lambda: tf.random.stateless_uniform([2], [1, 2, 3]), ValueError, r"shape \[2\]"),
        (lambda: tf.random.stateless_uniform([2], [1.0, 2.0]), TypeError, "'seed'"),
        (
            lambda: tf.random_uniform(tf.placeholder(tf.float32, [None]).shape),
            ValueError,
            "partially known",
        ),
    ],
)
def test_errors_while_building(build, error, message):
    with pytest.raises(error, match=message):
        build()


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: tf.random_uniform([2], 5, 5, tf.int32), "Need minval < maxval, got 5 >= 5"),
        (lambda: tf.random_uniform([-1]), "sizes from 0 on"),
        (lambda: tf.random_uniform(tf.placeholder_with_default([[1]], None)), "vector of sizes"),
        (lambda: tf.multinomial(np.zeros((2, 0), np.float32), 2), "column for each class"),
    ],
)
def test_errors_in_a_run(build, message):
    tensor = build()
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match=message):
        session.run(tensor)


def test_empty_ranges_are_fine_for_empty_results():
    with tf.Session() as session:
        assert session.run(tf.random_uniform([0], 5, 5, tf.int32)).shape == (0,)
        assert session.run(tf.random_uniform([], seed=1)) == np.float32(0.2390374)


# -- seeds -----------------------------------------------------------------------------------------


def test_get_seed():
    assert tf.get_seed(None) == (None, None)
    assert tf.get_seed(5) == (87654321, 5)
    tf.set_random_seed(42)
    assert tf.get_seed(None) == (42, 0)
    tf.constant(1.0)
    assert tf.get_seed(None) == (42, 1)
    tf.set_random_seed(0)
    assert tf.get_seed(0) == (0, 2**31 - 1)


def test_names_are_those_of_tf115():
    names = {
        tf.random_uniform([2]): "random_uniform",
        tf.random_uniform([2], maxval=3, dtype=tf.int32): "random_uniform_1",
        tf.random_normal([2]): "random_normal",
        tf.truncated_normal([2], name="t"): "t",
        tf.random_shuffle([1]): "RandomShuffle",
        tf.multinomial([[1.0]], 1): "multinomial/Multinomial",
        tf.random.categorical([[1.0]], 1): "categorical/Multinomial",
        tf.random_gamma([2], 1.0): "random_gamma/Maximum",
        tf.random_poisson(1.0, [2]): "random_poisson/RandomPoissonV2",
        tf.random.stateless_normal([2], [1, 2]): "stateless_random_normal",
        tf.nn.dropout(tf.ones([2]), 0.5): "dropout/mul_1",
    }
    for tensor, name in names.items():
        assert tensor.op.name == name
