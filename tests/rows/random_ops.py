"""Rows of tinyflow/ops/random_ops.py.

What draws from a sequence gives other numbers in every run, and so has no row.
"""

import json
import math
from pathlib import Path

import numpy as np

import tinyflow as tf
from tests.rows import Row, positive
from tinyflow.ops import random_ops

_RECORDED = json.loads((Path(__file__).parents[1] / "data" / "rng_more.json").read_text())[
    "stateless"
]

NO_ROW_NEEDED = dict.fromkeys(
    [
        "RandomUniform",
        "RandomStandardNormal",
        "TruncatedNormal",
        "RandomUniformInt",
        "RandomShuffle",
        "Multinomial",
        "RandomGamma",
        "RandomPoissonV2",
    ],
    "tests/test_random_ops.py",
)


def _stateless(op_type, function, key, kind, **kwargs):
    """A row for each recorded seed: the numbers are TF 1.15's."""
    recorded = {tuple(case["seed"]): np.array(case[key], kind) for case in _RECORDED}
    for seed, numbers in recorded.items():
        yield Row(
            op_type,
            lambda shape, seed: function(shape, seed, **kwargs),
            [np.array(numbers.shape, np.int32), np.array(seed, np.int64)],
            lambda shape, seed: recorded[tuple(seed)],
            differentiate=False,
            rtol=0.0,
        )


def _gamma_cdf(alpha, x):
    """By integrating the density, after t = x s**4, which takes the singularity at 0 away."""
    s = np.linspace(0, 1, 200_001)
    y = 4 * x**alpha * np.exp(-x * s**4) * s ** (4 * alpha - 1) / math.gamma(alpha)
    return float((y[0] + y[-1] + 4 * y[1:-1:2].sum() + 2 * y[2:-1:2].sum()) * (s[1] - s[0]) / 3)


def _gamma_slope(alpha, x):
    h = 1e-3 * alpha
    near, far = (_gamma_cdf(alpha + s, x) - _gamma_cdf(alpha - s, x) for s in (h, 2 * h))
    change = (8 * near - far) / (12 * h)
    return -change / (x ** (alpha - 1) * math.exp(-x) / math.gamma(alpha))


ROWS = [
    *_stateless("StatelessRandomUniform", tf.random.stateless_uniform, "uniform", np.float32),
    *_stateless("StatelessRandomNormal", tf.random.stateless_normal, "normal", np.float32),
    *_stateless(
        "StatelessTruncatedNormal",
        tf.random.stateless_truncated_normal,
        "truncated_normal",
        np.float32,
    ),
    *_stateless(
        "StatelessRandomUniformInt",
        tf.random.stateless_uniform,
        "uniform_int_0_1000",
        np.int32,
        minval=0,
        maxval=1000,
        dtype=tf.int32,
    ),
    Row(  # TF 1.15's classes for these logits
        "StatelessMultinomial",
        lambda logits, seed: tf.random.stateless_categorical(logits, 6, seed),
        [np.log([[0.1, 0.2, 0.7], [0.5, 0.25, 0.25]]), np.array([1, 2])],
        lambda logits, seed: np.array([[2, 2, 1, 2, 2, 2], [2, 0, 2, 2, 1, 0]]),
        differentiate=False,
    ),
    Row(
        "RandomGammaGrad",
        lambda alpha, x: random_ops.RandomGammaGrad([alpha, x]),
        [np.array([0.6, 1.0, 2.5, 7.0]), positive(4)],
        lambda alpha, x: np.vectorize(_gamma_slope)(alpha, x),
        differentiate=False,
        rtol=1e-7,
    ),
]
