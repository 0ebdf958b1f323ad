"""A Session's config: which rules of rewriting its compiler applies."""

from __future__ import annotations

import numpy as np
import pytest

import tinyflow as tf
from tinyflow.compiler.rewrite import RULES
from tinyflow.config import rules_off


def config(**settings):
    options = tf.GraphOptions(optimizer_options=tf.OptimizerOptions(**settings))
    return tf.ConfigProto(graph_options=options)


def cubes(*, session=tf.Session, **settings):
    """x ** 3 * 1, by a Session with such settings: the value and the text."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [3], name="x")
        y = x**3 * tf.constant(1.0)
    runner = session(graph=graph, config=config(**settings))
    try:
        return runner.run(y, {x: [1, 2, 3]}), runner.source(y, {x: [1, 2, 3]})
    finally:
        runner.close()


@pytest.mark.parametrize(
    ("settings", "power", "one"),
    [
        ({}, False, False),
        ({"opt_level": tf.OptimizerOptions.L1}, False, False),
        ({"without": []}, False, False),
        ({"without": ["small_powers"]}, True, False),
        ({"without": "small_powers"}, True, False),
        ({"without": {"small_powers", "times_one"}}, True, True),
        ({"opt_level": tf.OptimizerOptions.L0}, True, True),
    ],
)
@pytest.mark.parametrize("session", [tf.Session, tf.InteractiveSession])
def test_rules_are_switched_off_by_name_or_all_at_once(settings, power, one, session):
    value, text = cubes(session=session, **settings)
    np.testing.assert_allclose(value, [1, 8, 27])
    assert ("np.power" in text) == power
    assert ("np.ones" in text or "1.0" in text) == one


def test_l0_is_every_rule_and_folding():
    assert rules_off(config(opt_level=tf.OptimizerOptions.L0)) == {*RULES, "fold"}


def test_a_config_that_says_nothing_of_rules_switches_none_off():
    for silent in (None, tf.ConfigProto(), tf.ConfigProto(graph_options=tf.GraphOptions())):
        assert rules_off(silent) == frozenset()
    read = tf.ConfigProto()
    assert read.graph_options.optimizer_options.opt_level is not None  # to read it sets nothing
    assert rules_off(read) == frozenset()


def test_options_may_be_set_one_by_one():
    set_later = tf.ConfigProto()
    set_later.graph_options.optimizer_options.without = ["fold"]
    assert rules_off(set_later) == {"fold"}


def test_what_is_set_after_the_session_was_made_changes_nothing():
    x = tf.constant([1.0, 2.0]) * 3.0
    settings = config()
    with tf.Session(config=settings) as session:
        settings.graph_options.optimizer_options.without = ["fold"]
        assert "np.multiply" not in session.source(x)


@pytest.mark.parametrize(
    ("name", "hint"), [("small_power", "did you mean 'small_powers'"), ("zzz", "RULES has them")]
)
def test_a_rule_that_is_not_there_is_an_error(name, hint):
    with pytest.raises(ValueError, match=f"no rule of rewriting is called '{name}'.*{hint}"):
        tf.Session(graph=tf.Graph(), config=config(without=["fold", name]))
