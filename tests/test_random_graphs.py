"""Random programs with TF 1.15's values and gradients of both orders.

They are in tests/data/random_graphs.json.  A program is a list of [op, operand indices, attributes]
over float64 leaves.  Each is rebuilt here and must give TF's numbers, and None where TF gives None.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import tinyflow as tf

DATA = Path(__file__).parent / "data" / "random_graphs.json"
LATER = {"cond", "while"}  # parts of TF 1.15 that come later
PROGRAMS = [
    program
    for program in json.loads(DATA.read_text())["graphs"]
    if not LATER & {op for op, _, _ in program["prog"]}
]
TOLERANCE = 1e-9
GROUP = 25  # programs in a test


def _prod(x, **how):
    return tf.reduce_prod(tf.tanh(x), **how)


# Inner functions bound the numbers, so that chains of ops neither overflow nor leave the domain.
UNARY = {
    "neg": lambda a: -a, "tanh": tf.tanh, "sigmoid": tf.sigmoid, "sin": tf.sin, "cos": tf.cos,
    "abs": tf.abs, "relu": tf.nn.relu, "softplus": tf.nn.softplus, "elu": tf.nn.elu,
    "stop": tf.stop_gradient, "identity": tf.identity, "floor": tf.floor, "sign": tf.sign,
    "softmax": tf.nn.softmax, "log_softmax": tf.nn.log_softmax, "zeros_like": tf.zeros_like,
    "square": lambda a: tf.square(tf.tanh(a)),
    "sqrt1": lambda a: tf.sqrt(tf.abs(a) + 1.0),
    "log1": lambda a: tf.log(tf.abs(a) + 1.0),
    "rec1": lambda a: 1.0 / (tf.abs(a) + 1.0),
    "exp": lambda a: tf.exp(tf.tanh(a)),
    "cube": lambda a: tf.tanh(a) ** 3,
    "rsub": lambda a: 2.0 - a,
    "half": lambda a: a / 2.0,
    "clip": lambda a: tf.clip_by_value(a, -0.7, 0.9),
}  # fmt: skip
BINARY = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: tf.tanh(a) * tf.tanh(b),
    "div": lambda a, b: a / (tf.abs(b) + 1.0),
    "max": tf.maximum,
    "min": tf.minimum,
    "sqd": lambda a, b: tf.squared_difference(tf.tanh(a), tf.tanh(b)),
    "pow": lambda a, b: tf.pow(tf.abs(a) + 1.0, tf.tanh(b)),
    "mod": lambda a, b: a % (tf.abs(b) + 1.0),
    "where": lambda a, b: tf.where(a > b, a, b * 2.0),
}
REDUCTIONS = {
    "sum": tf.reduce_sum, "mean": tf.reduce_mean, "rmax": tf.reduce_max, "rmin": tf.reduce_min,
    "prod": _prod, "lse": tf.reduce_logsumexp,
}  # fmt: skip


def _slice(x, idx):
    return x[tuple(slice(*part) if isinstance(part, list) else part for part in idx)]


OTHERS = {
    "matmul": lambda x, at: tf.matmul(*x, transpose_a=at["ta"], transpose_b=at["tb"]),
    "reshape": lambda x, at: tf.reshape(x[0], at["shape"]),
    "transpose": lambda x, at: tf.transpose(x[0], at["perm"]),
    "expand": lambda x, at: tf.expand_dims(x[0], at["axis"]),
    "tile": lambda x, at: tf.tile(x[0], at["mult"]),
    "pad": lambda x, at: tf.pad(x[0], at["pads"]),
    "slice": lambda x, at: _slice(x[0], at["idx"]),
    "concat": lambda x, at: tf.concat(x, at["axis"]),
    "stack": lambda x, at: tf.stack(x, at["axis"]),
    "gather": lambda x, at: tf.gather(x[0], at["ids"], axis=at["axis"]),
    "cumsum": lambda x, at: tf.cumsum(x[0], at["axis"], exclusive=at["ex"], reverse=at["rev"]),
    "onehot": lambda x, at: tf.one_hot(tf.argmax(x[0], -1), at["depth"], dtype=tf.float64),
    "unstack": lambda x, at: tf.unstack(x[0], axis=at["axis"])[at["k"]],
    "split": lambda x, at: tf.split(x[0], at["sizes"], at["axis"])[at["k"]],
}


def _build(program, leaves):
    """All tensors of a program, the leaves first."""
    tensors = list(leaves)
    for op, operands, at in program:
        x = [tensors[i] for i in operands]
        if op in UNARY:
            y = UNARY[op](x[0])
        elif op in BINARY:
            y = BINARY[op](*x)
        elif op in REDUCTIONS:
            y = REDUCTIONS[op](x[0], axis=at["axis"], keepdims=at["keep"])
        else:
            y = OTHERS[op](x, at)
        tensors.append(y)
    return tensors


def _derivatives(outputs, leaves):
    """First- and second-order gradients of a number that depends on all outputs."""
    loss = tf.add_n([tf.reduce_sum(tf.sin(y)) for y in outputs])
    first = tf.gradients(loss, leaves)
    flowing = [tf.reduce_sum(tf.square(g)) for g in first if g is not None]
    second = tf.gradients(tf.add_n(flowing), leaves) if flowing else [None] * len(leaves)
    return first, second


def _compare(got, want, what):
    assert [g is None for g in got] == [w is None for w in want], what
    for g, w in zip(got, want, strict=True):
        if g is not None:
            w = np.array(w, np.float64).reshape(g.shape)
            np.testing.assert_allclose(g, w, rtol=TOLERANCE, atol=TOLERANCE, err_msg=str(what))


def _check(program):
    shapes = program["shapes"]
    inputs = zip(program["inputs"], shapes, strict=True)
    values = [np.array(x, np.float64).reshape(shape) for x, shape in inputs]
    with tf.Graph().as_default(), tf.Session() as session:
        leaves = [tf.placeholder(tf.float64, shape) for shape in shapes]
        outputs = _build(program["prog"], leaves)[-min(3, len(program["prog"])) :]
        assert [str(y.shape) for y in outputs] == program["static"], program["seed"]
        fetched = [outputs, *_derivatives(outputs, leaves)]
        flowing = [[t for t in group if t is not None] for group in fetched]
        results = [iter(r) for r in session.run(flowing, dict(zip(leaves, values, strict=True)))]
    found = [
        [None if t is None else next(result) for t in group]
        for group, result in zip(fetched, results, strict=True)
    ]
    seed = program["seed"]
    _compare(found[0], program["outs"], (seed, "value"))
    _compare(found[1], program["grads"], (seed, "gradient"))
    # TF 1.15's second order of reduce_prod is NaN at zeros; tests/test_tf115_ops.py has ours.
    if not program["vet"]["tf_second_order_nonfinite"]:
        _compare(found[2], program["second_grads"], (seed, "second order"))


@pytest.mark.parametrize("start", range(0, len(PROGRAMS), GROUP))
def test_programs_give_tensorflows_numbers(start):
    for program in PROGRAMS[start : start + GROUP]:
        _check(program)
