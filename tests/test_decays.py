"""Learning-rate decays, the global step, moving averages: TF 1.15's numbers and rules."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import tinyflow as tf

DATA = json.loads((Path(__file__).parent / "data" / "decays.json").read_text())


def _rates(expression, steps):
    g = tf.placeholder(tf.int64, [], name="g")
    rate = eval(expression, {"tf": tf, "g": g})
    with tf.Session() as session:
        return rate, [float(session.run(rate, {g: step})) for step in steps]


@pytest.mark.parametrize("expression", DATA["decays"])
def test_rates_are_those_of_tf115(expression):
    want = DATA["decays"][expression]
    with tf.Graph().as_default():
        rate, values = _rates(expression, DATA["steps"])
    assert rate.dtype.name == want["dtype"]
    # TF 1.15 rounds the other arguments to float32 even for a float64 learning rate.
    np.testing.assert_allclose(values, want["values"], 2e-6, 5e-7)
    assert rate.op.name.split("/")[0] == want["name"].split("/")[0]


@pytest.mark.parametrize(
    ("expression", "want"),
    [
        ("exponential_decay(rate, g, 10, 0.3)", 0.3**0.7),
        ("inverse_time_decay(rate, g, 10, 0.3)", 1 / 1.21),
        ("polynomial_decay(rate, g, 5, 0.1, power=2.0, cycle=True)", 0.1 + 0.9 * 0.3**2),
        ("cosine_decay(rate, g, 21, 0.1)", 0.775),
        ("cosine_decay_restarts(rate, g, 5, 1.5, 0.6)", 0.3 + 0.3 * np.cos(np.pi * 2 / 7.5)),
        ("linear_cosine_decay(rate, g, 21, 0.5, 0.2, 0.01)", (0.2 + 2 / 3) * 0.75 + 0.01),
    ],
)  # fmt: skip
def test_a_float64_rate_decays_in_float64(expression, want):
    # TF 1.15 refuses half of these.
    with tf.Graph().as_default():
        expression = f"tf.train.{expression}".replace("rate,", "tf.constant(1.0, tf.float64),")
        rate, values = _rates(expression, [7])
    assert rate.dtype == tf.float64
    np.testing.assert_allclose(values, [want], 1e-14)


def test_noise_has_the_promised_variance():
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(1)
        plain = tf.train.linear_cosine_decay(1.0, 4, 10)
        noisy = tf.train.noisy_linear_cosine_decay(1.0, 4, 10, initial_variance=0.04)
        base, values = session.run(plain), [session.run(noisy) for _ in range(400)]
    spread = np.std(values)
    half_cosine = 0.5 * (1 + np.cos(np.pi * 0.4))
    assert abs(spread / (half_cosine * 0.2 / 5**0.275) - 1) < 0.15
    assert abs(np.mean(values) - base) < 0.03


def test_errors():
    with tf.Graph().as_default():
        step = tf.constant(3)
        with pytest.raises(ValueError, match="None values not supported"):
            tf.train.exponential_decay(0.1, None, 10, 0.5)
        with pytest.raises(ValueError, match="should be 1 less than"):
            tf.train.piecewise_constant(step, [1, 2], [1.0, 2.0])
        with pytest.raises(ValueError, match="must have the same dtype as x"):
            tf.train.piecewise_constant(step, [1.0], [1.0, 2.0])
        with pytest.raises(ValueError, match="all with the same dtype"):
            tf.train.piecewise_constant(step, [1], [1.0, 2])


def test_a_decay_lowers_the_optimizers_rate_as_it_counts():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.Variable(np.float64(0))
        counter = tf.train.get_or_create_global_step()
        rate = tf.train.exponential_decay(tf.constant(1.0, tf.float64), counter, 1, 0.5)
        step = tf.train.GradientDescentOptimizer(rate).minimize(-x, global_step=counter)
        values = []
        for _ in range(4):
            session.run(step)
            values.append(float(session.run(x)))
    assert values == [1.0, 1.5, 1.75, 1.875]


# -- global step -------------------------------------------------------------------------------


def test_global_step():
    with tf.Graph().as_default() as graph, tf.Session() as session:
        assert tf.train.get_global_step() is None
        with tf.name_scope("inside"):
            step = tf.train.get_or_create_global_step()
        assert (step.name, step.dtype.name) == ("global_step:0", "int64_ref")
        assert step.shape.as_list() == []
        assert tf.train.get_or_create_global_step() is step is tf.train.get_global_step(graph)
        assert tf.trainable_variables() == [] and tf.global_variables() == [step]
        with pytest.raises(ValueError, match='"global_step" already exists'):
            tf.train.create_global_step()
        session.run(step.assign(7))
        assert tf.train.global_step(session, step) == 7


def test_what_can_be_a_global_step():
    with tf.Graph().as_default():
        assert tf.train.get_global_step() is None
        named = tf.Variable(1, name="global_step")
        assert tf.train.get_global_step() is named.op.outputs[0]
        for wrong, message in (
            ("step", "must be a Variable or Tensor: step"),
            (tf.constant(1.0), "does not have integer type: tf.float32"),
            (tf.constant([1]), r"is not scalar: \(1,\)"),
        ):
            with pytest.raises(TypeError, match=message):
                tf.train.assert_global_step(wrong)
        for _ in range(2):
            tf.add_to_collection(tf.GraphKeys.GLOBAL_STEP, named)
        assert tf.train.get_global_step() is None


# -- moving averages ---------------------------------------------------------------------------


def test_moving_averages_are_those_of_tf115():
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable([1.0, 2.0], name="v")
        n = tf.Variable(0, name="n", trainable=False)
        x = tf.placeholder(tf.float32, [2])
        plain = tf.train.ExponentialMovingAverage(0.9)
        quick = tf.train.ExponentialMovingAverage(0.9, num_updates=n, name="Quick")
        fair = tf.train.ExponentialMovingAverage(0.9, zero_debias=True, name="Fair")
        with tf.control_dependencies([tf.assign(v, x), tf.assign_add(n, 1)]):
            now = x * 1.0
            updates = [plain.apply(), quick.apply([v]), fair.apply([v, now])]
        averages = [plain.average(v), quick.average(v), fair.average(v), fair.average(now)]
        wanted = [
            [[0.9, 1.8], [0.18181819, 0.36363637], [0.9, 1.8], [0.0, 0.0]],
            [[0.91, 1.82], [0.79545456, 1.5909091], [0.91, 1.82], [0.52631575, 1.0526315]],
            [[1.019, 2.438], [1.6293707, 6.027972], [1.019, 2.438], [1.0701107, 3.616236]],
        ]
        for i, want in enumerate(wanted):
            session.run(updates, {x: [i, 2 * i * i]})
            np.testing.assert_allclose(session.run(averages), want, 2e-6)


def test_names_and_collections_of_averages():
    with tf.Graph().as_default():
        v, w = tf.Variable(1.0, name="v"), tf.Variable(2.0, name="w")
        averages = tf.train.ExponentialMovingAverage(0.9)
        with tf.name_scope("elsewhere"):
            update = averages.apply([v])
        assert (update.name, update.type) == ("elsewhere/ExponentialMovingAverage", "NoOp")
        assert averages.average(v).name == "v/ExponentialMovingAverage:0"
        assert averages.average(w) is None
        assert averages.average_name(w) == "w/ExponentialMovingAverage"
        assert averages.name == "ExponentialMovingAverage"
        assert tf.moving_average_variables() == [v]
        assert tf.trainable_variables() == [v, w]
        assert averages.variables_to_restore() == {
            "v/ExponentialMovingAverage": v,
            "w/ExponentialMovingAverage": w,
        }
        assert averages.variables_to_restore([v]) == {"v/ExponentialMovingAverage": v, "w": w}
        averages.apply([v])
        assert len(tf.global_variables()) == 3
        with pytest.raises(TypeError, match="must be half, float, or double"):
            averages.apply([tf.Variable(1)])
