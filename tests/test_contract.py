"""The contract of an op type, read off one table (tests/rows/): every row is checked in every way.

- its value is the independent reference's;
- what `infer` says (of known, partly known and unknown shapes) is what comes out;
- the emitted text computes what plain `compute` does;
- its gradient, to second order, agrees with numerical differentiation along a random direction.

A type without a row, or with neither gradient nor NotDifferentiable, fails.
"""

from __future__ import annotations

import importlib
import pkgutil

import numpy as np
import pytest

import tests.rows
import tinyflow as tf
from tests.naive import evaluate
from tests.rows import Row
from tinyflow.graph.gradient_registry import has_gradient_entry
from tinyflow.graph.operation import Operation

MODULES = [
    importlib.import_module(f"tests.rows.{m.name}")
    for m in pkgutil.iter_modules(tests.rows.__path__)
]
ROWS = [row for module in MODULES for row in module.ROWS]
NAMES = [f"{row.op_type}-{i}" for i, row in enumerate(ROWS)]
NO_ROW_NEEDED = {  # type -> where it is tested instead
    op_type: where
    for module in (tests.rows, *MODULES)
    for op_type, where in getattr(module, "NO_ROW_NEEDED", {}).items()
}

every_row = pytest.mark.parametrize("row", ROWS, ids=NAMES)


def _types(cls: type[Operation]) -> list[type[Operation]]:
    found = []
    for sub in cls.__subclasses__():
        if sub.__module__.startswith("tinyflow."):
            found += [sub, *_types(sub)]
    return found


# Not the bases that only share something.
TYPES = [t for t in _types(Operation) if "compute" in t.__dict__ or not t.__subclasses__()]


@pytest.mark.parametrize("op_class", TYPES, ids=[t.op_type for t in TYPES])
def test_every_type_has_a_row_and_says_how_it_differentiates(op_class):
    op_type = op_class.op_type
    assert has_gradient_entry(op_type), f"{op_type}: neither RegisterGradient nor NotDifferentiable"
    assert op_type in NO_ROW_NEEDED or any(row.op_type == op_type for row in ROWS), op_type


def _as_list(result):
    return list(result) if isinstance(result, list | tuple) else [result]


def _graph(row: Row, hide=lambda shape: shape):
    """The row as a graph: (placeholders, outputs)."""
    inputs = [
        tf.placeholder(x.dtype if x.dtype.kind not in "SUO" else tf.string, hide(x.shape))
        for x in row.inputs
    ]
    return inputs, _as_list(row.build(*inputs))


HIDDEN = {
    "known": lambda shape: shape,
    "partly known": lambda shape: (None, *shape[1:]) if shape else shape,
    "unknown": lambda shape: None,
}


@every_row
@pytest.mark.parametrize("hide", HIDDEN.values(), ids=HIDDEN)
def test_value_and_inference(row, hide):
    with tf.Graph().as_default():
        inputs, outputs = _graph(row, hide)
        assert any(op.type == row.op_type for op in outputs[0].graph.get_operations())
        with tf.Session() as session:
            values = session.run(outputs, dict(zip(inputs, row.inputs, strict=True)))
        with np.errstate(all="ignore"):
            expected = _as_list(row.reference(*row.inputs))
        assert len(values) == len(expected)
        for tensor, value, want in zip(outputs, values, expected, strict=True):
            np.testing.assert_allclose(value, want, rtol=row.rtol, atol=row.rtol) if np.asarray(
                want
            ).dtype.kind in "fc" else np.testing.assert_array_equal(value, want)
            assert np.shape(value) == np.shape(want)
            if tensor.dtype is not None:
                assert tensor.dtype.numpy == value.dtype
            assert tensor.shape.is_compatible_with(np.shape(value)), (tensor.shape, np.shape(value))


@every_row
def test_emitted_text_computes_what_compute_does(row):
    with tf.Graph().as_default():
        inputs, outputs = _graph(row)
        feeds = dict(zip(inputs, row.inputs, strict=True))
        plain = evaluate(outputs, feeds)
        with tf.Session() as session:
            emitted = session.run(outputs, feeds)
            again = session.run(outputs, feeds)
        for a, b, c in zip(plain, emitted, again, strict=True):
            if a.dtype.kind in "fc":
                np.testing.assert_allclose(b, a, rtol=1e-12, atol=1e-13)
            else:
                np.testing.assert_array_equal(b, a)
            np.testing.assert_array_equal(c, b)


def _projection(row: Row, outputs):
    """A number that depends on every output: their sum, weighted at random."""
    rng = np.random.default_rng(7)
    terms = []
    for y in outputs:
        if y.dtype is not None and y.dtype.is_floating:
            weights = rng.standard_normal(y.shape.as_list())
            terms.append(tf.reduce_sum(y * tf.constant(weights)))
    return tf.add_n(terms)


def _check_derivative(session, y, xs, values):
    """dy/dxs along a random direction, against central differences of y."""
    rng = np.random.default_rng(11)
    grads = tf.gradients(y, xs)
    directions = [rng.standard_normal(v.shape) for v in values]
    terms = [tf.reduce_sum(g * d) for g, d in zip(grads, directions, strict=True) if g is not None]
    feeds = dict(zip(xs, values, strict=True))
    analytic = session.run(tf.add_n(terms), feeds) if terms else 0.0
    step = 1e-5

    def at(s):
        moved = [v + s * d for v, d in zip(values, directions, strict=True)]
        return session.run(y, dict(zip(xs, moved, strict=True)))

    # Richardson's extrapolation: the error is of fourth order in the step.
    numeric = (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step)
    scale = 1 + abs(numeric) + sum(float(np.abs(d).sum()) for d in directions)
    assert abs(analytic - numeric) <= 1e-7 * scale, (analytic, numeric)
    return terms


@every_row
def test_gradients_agree_with_numerical_ones(row):
    if not row.differentiate:
        return
    with tf.Graph().as_default():
        inputs, outputs = _graph(row)
        y = _projection(row, outputs)
        floats = [i for i, x in enumerate(row.inputs) if x.dtype == np.float64]
        xs = [inputs[i] for i in floats]
        constants = {inputs[i]: x for i, x in enumerate(row.inputs) if i not in floats}
        values = [row.inputs[i] for i in floats]

        class Fed:
            def run(self, fetch, feeds):
                return session.run(fetch, {**feeds, **constants})

        with tf.Session() as session:
            for _ in range(row.order):
                terms = _check_derivative(Fed(), y, xs, values)
                if not terms:
                    break  # linear, or constant: nothing more to differentiate
                y = tf.add_n(terms)
