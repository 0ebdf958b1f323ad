"""Convolutions by spectra: the same as by definition, also for what is not finite."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import tinyflow as tf
from tinyflow.foundation import convolution, spectra

PLAIN = {"strides": (1, 1)}


def turned(spectrum):
    return spectrum.transpose(0, 2, 1)


def by_spectra(x, w, g, padding):
    """The convolution and its two gradients."""
    form: dict[str, Any] = {"size": x.shape[1:3], "window": w.shape[:2], "padding": padding}
    images, filter = spectra.of_images(x, **form), spectra.of_filter(w, **form)
    results = spectra.of_results(g, **form)
    to_images, to_filter = np.matmul(results, turned(filter)), np.matmul(turned(images), results)
    return (
        spectra.conv2d(np.matmul(images, filter), x, w, padding=padding),
        spectra.conv2d_backprop_input(to_images, w, g, input_shape=x.shape, padding=padding),
        spectra.conv2d_backprop_filter(to_filter, x, g, filter_shape=w.shape, padding=padding),
    )


def by_definition(x, w, g, padding):
    how = {**PLAIN, "padding": padding}
    return (
        convolution.conv2d(x, w, **how),
        convolution.conv2d_backprop_input(w, g, input_shape=x.shape, **how),
        convolution.conv2d_backprop_filter(x, g, filter_shape=w.shape, **how),
    )


def numbers(rng, *shape, dtype=np.float64):
    return rng.standard_normal(shape).astype(dtype)


sizes = st.tuples(st.integers(1, 9), st.integers(1, 9))
few = st.integers(1, 3)
pads = st.tuples(st.integers(0, 3), st.integers(0, 3))
paddings = st.one_of(
    st.sampled_from(["SAME", "VALID"]), st.builds(lambda a, b: ((0, 0), a, b, (0, 0)), pads, pads)
)


@given(sizes, st.tuples(st.integers(1, 5), st.integers(1, 5)), few, few, few, paddings)
@settings(max_examples=200, deadline=None)
def test_spectra_give_what_the_definition_gives(size, window, n, into, out_of, padding):
    rng = np.random.default_rng(0)
    x, w = numbers(rng, n, *size, into), numbers(rng, *window, into, out_of)
    try:
        results = convolution.conv2d(x, w, **PLAIN, padding=padding)
    except ValueError:  # the window is too large
        return
    if not results.size:
        return
    g = numbers(rng, *results.shape)
    for got, want in zip(by_spectra(x, w, g, padding), by_definition(x, w, g, padding), strict=True):
        np.testing.assert_allclose(got, want, rtol=0, atol=1e-12)


def test_rounding_is_that_of_a_sum():
    rng = np.random.default_rng(1)
    x, w, g = numbers(rng, 4, 14, 14, 16), numbers(rng, 5, 5, 16, 8), numbers(rng, 4, 14, 14, 8)
    single = [a.astype(np.float32) for a in (x, w, g)]
    exact = by_definition(*[a.astype(np.float64) for a in single], "SAME")
    for got, summed, want in zip(
        by_spectra(*single, "SAME"), by_definition(*single, "SAME"), exact, strict=True
    ):
        assert got.dtype == np.float32
        assert np.abs(got - want).max() <= 4 * np.abs(summed - want).max()


def test_rounding_is_relative_to_the_image_and_no_other():
    rng = np.random.default_rng(4)
    x, w, g = numbers(rng, 2, 9, 9, 4), numbers(rng, 3, 3, 4, 4), numbers(rng, 2, 9, 9, 4)
    x[0, 4, 4, 0] = large = 1e6
    (got, *_), (want, *_) = by_spectra(x, w, g, "SAME"), by_definition(x, w, g, "SAME")
    eps = np.finfo(np.float64).eps
    assert np.abs(got - want)[0].max() < 16 * eps * large
    assert np.abs(got - want)[1].max() < 64 * eps


def test_what_only_a_spectrum_overflows_is_computed_by_definition():
    x, w = np.full((1, 6, 6, 1), 3e37, np.float32), np.ones((3, 3, 1, 1), np.float32)
    with np.errstate(all="ignore"):
        got, want = by_spectra(x, w, x, "SAME"), by_definition(x, w, x, "SAME")
    for one, other in zip(got, want, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)
    assert np.isfinite(want[0]).all()


@pytest.mark.parametrize("padding", ["SAME", "VALID", ((0, 0), (3, 0), (1, 2), (0, 0))])
def test_of_zeros_only_comes_zero(padding):
    rng = np.random.default_rng(5)
    x, w = numbers(rng, 3, 12, 11, 4), numbers(rng, 3, 2, 4, 5)
    x[:2, 4:10, :7] = 0
    x[1, 4, 0, 2] = -1e-300
    g = numbers(rng, *convolution.conv2d(x, w, **PLAIN, padding=padding).shape)
    g[0, :5, 3:] = g[2] = 0
    lying = np.ascontiguousarray(x.transpose(1, 2, 0, 3)).transpose(2, 0, 1, 3)
    want = by_definition(x, w, g, padding)
    for got in by_spectra(x, w, g, padding), by_spectra(lying, w, g, padding):
        for one, other in zip(got[:2], want[:2], strict=True):
            np.testing.assert_array_equal((one == 0).all(axis=3), (other == 0).all(axis=3))
            assert (one == 0).any()


@pytest.mark.parametrize("which", range(3))
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_where_the_definition_says(which, bad):
    rng = np.random.default_rng(2)
    shapes = (2, 6, 5, 2), (3, 3, 2, 3), (2, 6, 5, 3)
    arrays = [numbers(rng, *shape, dtype=np.float32) for shape in shapes]
    arrays[which][0, 2, 1, 1] = bad
    with np.errstate(all="ignore"):
        for got, want in zip(by_spectra(*arrays, "SAME"), by_definition(*arrays, "SAME"), strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-5, atol=2e-6)


def test_a_spectrum_is_a_fourier_transform():
    """Real parts, imaginary parts and their sums; conjugate frequencies are left out."""
    x = np.random.default_rng(3).standard_normal((1, 5, 4, 1))
    found = spectra.of_images(x, size=(5, 4), window=(3, 3), padding="SAME").ravel()
    z = np.fft.fft2(x[0, :, :, 0], (6, 5))
    assert len(found) == 3 * (30 - 2) // 2 + 2  # 0 and (3, 0) are real
    want = np.concatenate([z.real.ravel(), z.imag.ravel(), (z.real + z.imag).ravel()])
    assert np.abs(found[:, None] - want).min(axis=1).max() < 1e-12


# -- the rule ------------------------------------------------------------------------------------------


def source(n, size, into, out_of, taps, strides=1, dtype=tf.float32):
    with tf.Graph().as_default():
        x = tf.placeholder(dtype, [n, size, size, into])
        w = tf.Variable(np.ones((taps, taps, into, out_of), dtype.as_numpy_dtype))
        step = tf.train.GradientDescentOptimizer(0.1).minimize(
            tf.reduce_sum(tf.square(tf.nn.conv2d(tf.tanh(x), w, strides, "SAME")))
        )
        session = tf.Session()
        session.run(tf.global_variables_initializer())
        return session.source(step)


def test_the_rule_shares_spectra():
    text = source(32, 14, 32, 32, 5)
    assert text.count("spectra.of_images(") == 1
    assert text.count("spectra.of_filter(") == 1
    assert text.count("spectra.of_results(") == 1
    assert "convolution." not in text


@pytest.mark.parametrize(
    "how",
    [
        {"n": 1, "size": 14, "into": 32, "out_of": 32, "taps": 5},
        {"n": 32, "size": 14, "into": 1, "out_of": 32, "taps": 5},
        {"n": 32, "size": 14, "into": 32, "out_of": 32, "taps": 5, "strides": 2},
        {"n": 2, "size": 60, "into": 32, "out_of": 32, "taps": 5},
        {"n": 32, "size": 14, "into": 32, "out_of": 32, "taps": 5, "dtype": tf.float16},
    ],
    ids=["one image", "one channel", "strides", "large", "half precision"],
)
def test_the_rule_leaves_alone_what_it_does_not_help(how):
    assert "spectra." not in source(**how)
