"""Convolutions and pools in the compiler: the text of a step, the rules about them, and their memory."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

import tinyflow as tf
from tinyflow.compiler.rewrite import RULES
from tinyflow.compiler.rules import convolutions, images

MODULES = (images.__name__, convolutions.__name__)
OWN = [name for name, rule in RULES.items() if rule.__module__ in MODULES]
NAN, INF = np.nan, np.inf
nn = tf.nn


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def normal(*shape, seed=0, dtype=np.float32):
    return np.random.RandomState(seed).standard_normal(shape).astype(dtype)


def run(fetches, feeds=None):
    """The values of fetches, and the text of the function."""
    with tf.Session() as session:
        values = session.run(fetches, feeds)
        return values, session.source(fetches)


# -- the text --------------------------------------------------------------------------------------


def test_kernels_stand_in_the_text_and_write_to_buffers():
    x = tf.constant(normal(2, 6, 6, 3))
    w = tf.Variable(normal(3, 3, 3, 4))
    y = nn.conv2d(x, w, [1, 1, 1, 1], "SAME")
    loss = tf.reduce_sum(tf.square(nn.max_pool(y, 2, 2, "SAME")))
    with tf.Session() as session:
        session.run(w.initializer)
        step = tf.gradients(loss, w)[0]
        session.run([loss, step])
        text = session.source([loss, step])
    assert "convolution.conv2d(" in text
    assert "strides=(1, 1), padding='SAME', out=buffer1)" in text
    assert "pooling.max_pool(" in text
    assert "pooling.max_pool_grad(" in text
    assert "convolution.conv2d_backprop_filter(" in text
    assert "filter_shape=(3, 3, 3, 4)" in text
    assert "dilations" not in text
    assert "data_format" not in text
    assert "_op" not in text


def test_what_does_not_go_without_saying_is_said():
    x, w = tf.constant(normal(1, 3, 6, 6)), tf.Variable(normal(2, 2, 3, 4))
    y = nn.conv2d(x, w, 1, "VALID", data_format="NCHW", dilations=[1, 1, 2, 1])
    with tf.Session() as session:
        session.run(w.initializer)
        session.run(y)
        assert "data_format='NCHW', dilations=(2, 1))" in session.source(y)


def test_a_kernel_that_needs_a_value_for_a_shape_is_called_as_it_is():
    sizes = tf.placeholder(tf.int32, [4])
    y = nn.conv2d_backprop_input(
        sizes, normal(2, 2, 1, 1), normal(1, 3, 3, 1), [1, 1, 1, 1], "SAME"
    )
    (value, _), text = run([y, sizes], {sizes: [1, 3, 3, 1]})
    assert value.shape == (1, 3, 3, 1)
    assert ".evaluate(" in text


# -- the rules -------------------------------------------------------------------------------------


def without(*rules):
    """The configuration of a Session that leaves out these rules."""
    options = tf.OptimizerOptions(without=list(rules))
    return tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=options))


def in_two_ways(build, off=OWN):
    """What a program gives with all rules, the text of it, and what it gives without some."""
    results = []
    for names in ((), off):
        with tf.Graph().as_default(), tf.Session(config=without(*names)) as session:
            fetches = build()
            session.run(tf.global_variables_initializer())
            results.append((session.run(fetches), session.source(fetches)))
    (first, text), (second, _) = results
    return first, second, text


def training(fetch=lambda **parts: [], pixels=None, bias=None, **how):
    """A layer, a loss and its gradients."""
    first = how.get("data_format") == "NCHW"
    pixels = normal(3, 7, 6, 2) if pixels is None else pixels
    x = tf.constant(pixels.transpose(0, 3, 1, 2) if first else pixels)
    w = tf.Variable(normal(3, 3, pixels.shape[3], 4))
    b = tf.Variable(normal(4, seed=1) if bias is None else bias)
    total = nn.conv2d(x, w, 1, "SAME", **how) + (tf.reshape(b, [-1, 1, 1]) if first else b)
    relu = nn.relu(total)
    pool = nn.max_pool(relu, 2, 2, "SAME", **how)
    loss = tf.reduce_sum(tf.square(pool) * 0.5)
    return [loss, pool, *tf.gradients(loss, [x, w, b]), *fetch(relu=relu, total=total, loss=loss)]


def same(first, second):
    for a, b in zip(first, second, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=1e-5)


@pytest.mark.parametrize("how", [{}, {"data_format": "NCHW"}])
@pytest.mark.parametrize("off", [[name] for name in OWN] + [OWN])
def test_rules_do_not_show(off, how):
    first, second, _ = in_two_ways(partial(training, **how), off)
    same(first, second)


def lines(text, call):
    return [line for line in text.splitlines() if call in line]


@pytest.mark.parametrize("how", [{}, {"data_format": "NCHW"}])
def test_bias_and_relu_come_after_the_pool(how):
    _, _, text = in_two_ways(partial(training, **how))
    (pool,), (cut,), (mask,) = (
        lines(text, call) for call in ("max_pool(", "np.maximum(", "np.greater(")
    )
    assert "pooling.max_pool(conv2d, " in pool
    assert text.index(pool) < text.index(cut) < text.index(mask)
    (back,) = lines(text, "max_pool_grad(")
    assert "max_pool_grad(conv2d, maxpool, " in back
    assert text.index(mask) < text.index(back)


@pytest.mark.parametrize(
    "fetch",
    [
        lambda relu, **_: [relu],
        lambda total, **_: [total],
        lambda relu, **_: [tf.reduce_sum(relu)],
        lambda relu, loss, **_: tf.gradients(loss + tf.reduce_sum(relu), [relu]),
        lambda relu, loss, **_: tf.gradients(loss, [relu]),
        lambda total, loss, **_: tf.gradients(loss, [total]),
    ],
)
def test_what_else_is_wanted_is_right(fetch):
    same(*in_two_ways(partial(training, fetch))[:2])


def test_a_relu_that_is_needed_whole_is_pooled_as_it_is():
    text = in_two_ways(partial(training, lambda relu, **_: [relu]))[2]
    assert "max_pool(relu, " in text
    assert "max_pool_grad(relu, maxpool, " in text


@pytest.mark.parametrize("spoiled", [NAN, INF, -INF])
def test_values_that_are_not_finite_agree(spoiled):
    pixels = normal(3, 7, 6, 2)
    pixels[0, 3, 3, 0] = spoiled

    def build():
        return training(pixels=pixels)[:2]

    first, second, _ = in_two_ways(build)
    same(first, second)
    first, second, _ = in_two_ways(partial(training, pixels=pixels))
    for a, b in zip(first, second, strict=True):
        assert np.isnan(a).any() == np.isnan(b).any()


@pytest.mark.parametrize("bias", [-100, 100])
def test_where_relu_cuts_everything_off_and_nothing(bias):
    first, second, _ = in_two_ways(partial(training, bias=np.full(4, bias, np.float32)))
    same(first, second)
    assert (bias > 0) == bool(first[1].all()) == bool(first[3].any())


def test_ties_go_to_the_first_pixel():
    """Of integers, so that nothing is rounded: then the rules agree on every tie."""
    pixels = np.random.RandomState(0).randint(-1, 2, (4, 6, 6, 3)).astype(np.float32)

    def build():
        x, b = tf.constant(pixels), tf.Variable(np.array([-1, 0, 1], np.float32))
        pool = nn.max_pool(nn.relu(tf.identity(x) + b), 2, 2, "SAME")
        return [pool, *tf.gradients(pool, [x, b], tf.constant(normal(4, 3, 3, 3)))]

    first, second, _ = in_two_ways(build)
    for a, b in zip(first, second, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-6)


def test_of_equal_pixels_the_first_gets_the_gradient():
    x, b = tf.constant(np.ones((1, 2, 2, 1), np.float32)), tf.Variable([1.0])
    pool = nn.max_pool(nn.relu(tf.identity(x) + b), 2, 2, "SAME")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        sent = session.run(tf.gradients(pool, x, tf.fill([1, 1, 1, 1], 3.0))[0])
    np.testing.assert_array_equal(sent[0, :, :, 0], [[3.0, 0.0], [0.0, 0.0]])


@pytest.mark.parametrize("size", [2, 5])
@pytest.mark.parametrize("where", [0, 1])
def test_what_is_no_bias_and_no_relu_stays_before_the_pool(where, size):
    """A map of numbers, one for each pixel; a number other than zero."""
    x = tf.placeholder(tf.float32, [2, size, size, 3])
    y = x + normal(size, size, 3, seed=1) if where else tf.maximum(x, 0.5)
    _, text = run(nn.max_pool(y, 2, 1, "VALID"), {x: normal(2, size, size, 3)})
    assert text.index("np.maximum" if not where else "np.add") < text.index("max_pool(")


def test_sums_over_pixels_are_exact_enough():
    x = normal(40, 30, 30, 5) + 1
    fed = tf.placeholder(tf.float32)
    total, text = run(tf.reduce_sum(tf.square(fed), [0, 1, 2]), {fed: x})
    np.testing.assert_allclose(total, np.sum(x.astype(float) ** 2, (0, 1, 2)), rtol=1e-6)
    assert "axis=(0, 1, 2)" not in text


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_filters_of_one_pixel_are_products_of_matrices(padding):
    def build():
        x, w = tf.constant(normal(2, 5, 4, 3)), tf.Variable(normal(1, 1, 3, 4))
        y = nn.conv2d(x, w, 1, padding)
        return [y, *tf.gradients(tf.square(y), [x, w])]

    first, second, text = in_two_ways(build)
    same(first, second)
    assert "convolution." not in text


def test_filters_of_one_pixel_with_strides_are_not():
    def build():
        x, w = tf.constant(normal(2, 5, 4, 3)), tf.Variable(normal(1, 1, 3, 4))
        y = nn.conv2d(x, w, 2, "SAME")
        return [y, *tf.gradients(tf.square(y), [x, w])]

    first, second, text = in_two_ways(build)
    same(first, second)
    assert "convolution." in text


# -- images by place -------------------------------------------------------------------------------

LYING = ".transpose(2, 0, 1, 3)"


def by_place(text):
    """The names of what is computed in buffers that lie by place."""
    buffers = {line.split()[0] for line in text.splitlines() if LYING in line}
    return {
        line.split()[0]
        for line in text.splitlines()
        if " = " in line and any(line.split("  #")[0].endswith(f"{name})") for name in buffers)
    }


def net(change=lambda x: x, count=16):
    """Images, a convolution (with a change), bias, tanh, pool, and so the gradients."""
    x, w = tf.constant(normal(count, 6, 6, 2)), tf.Variable(normal(3, 3, 2, 3), name="w")
    b = tf.Variable(normal(3), name="b")
    y = change(nn.conv2d(x, w, 1, "SAME", name="conv"))
    pool = nn.max_pool(tf.tanh(y + b, name="tanh"), 2, 2, "SAME", name="pool")
    loss = tf.reduce_sum(tf.square(tf.reshape(pool, [count, -1])))
    return [loss, *tf.gradients(loss, [w, b])]


def lying(fetches):
    """What lies by place, when the results are those by definition."""
    initializer = tf.global_variables_initializer()
    with tf.Session() as session, tf.Session(config=without(*RULES)) as plain:
        session.run(initializer)
        plain.run(initializer)
        plain.run([variable.assign(session.run(variable)) for variable in tf.global_variables()])
        for _ in range(2):
            for got, want in zip(session.run(fetches), plain.run(fetches), strict=True):
                np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-4)
        return by_place(session.source(fetches))


def test_what_is_between_convolution_and_pool_lies_by_place():
    found = lying(net())
    assert {"conv", "tanh"} <= found
    assert "pool" not in found  # it is reshaped
    assert {name for name in found if "pool_grad" in name}
    assert not {name for name in found if "w" in name.split("_")}


def test_what_is_seen_otherwise_lies_by_image():
    found = lying(net(lambda x: tf.transpose(x, [0, 2, 1, 3])))
    assert "conv" not in found
    assert "tanh" not in found


def test_what_is_joined_lies_by_image():
    found = lying(net(lambda x: tf.concat([x, x], 0)[:16]))
    assert "conv" not in found


def test_what_is_fetched_lies_by_image():
    fetches = net()
    conv = fetches[0].graph.get_tensor_by_name("conv:0")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run([conv, *fetches])[0].flags.c_contiguous


def test_what_is_computed_of_it_for_the_caller_lies_by_image():
    fetches = net()
    conv = fetches[0].graph.get_tensor_by_name("conv:0")
    pool = tf.reduce_sum(nn.max_pool(conv, 2, 2, "SAME"))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run([conv + 1.0, pool])[0].flags.c_contiguous


def test_few_images_lie_as_they_are():
    assert not lying(net(count=15))


def test_images_of_one_row_lie_as_they_are():
    x = tf.constant(normal(16, 1, 9, 2))
    y = nn.conv2d(x, tf.Variable(normal(1, 3, 2, 3)), 1, "SAME")
    assert not lying([tf.reduce_sum(tf.square(nn.max_pool(y, [1, 2], [1, 2], "SAME")))])
