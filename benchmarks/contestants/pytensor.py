"""PyTensor: one compiled function that updates shared variables.

It is compiled by Numba, which brings a BLAS wherever PyTensor is installed; its C needs one of its own.
PyTensor offers no convolution of images with channels, and no pool.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytensor
import pytensor.tensor as pt

if TYPE_CHECKING:
    from workloads import Model, Step, Workload

VERSION = pytensor.__version__
pytensor.config.mode = "NUMBA"  # and not only an argument of `function`, for what `scan` compiles
pytensor.config.floatX = "float32"


def step(name: str, workload: Workload) -> Step:
    parameters = [pytensor.shared(parameter) for parameter in workload.parameters]
    inputs = [pt.tensor(dtype="float32", shape=(None, *x.shape[1:])) for x in workload.feeds]
    loss = MODELS[name](*inputs, *parameters)
    rate = np.float32(workload.rate)
    slopes = pytensor.grad(loss, parameters)
    updates = [(p, p - rate * d) for p, d in zip(parameters, slopes)]  # noqa: B905 (Python 3.7)
    compiled = pytensor.function(inputs, loss, updates=updates)
    return lambda: float(compiled(*workload.feeds))


def blobs(x: Any, c: Any, w: Any, b: Any) -> Any:
    return -pt.sum(pt.sum(c * pt.log(pt.special.softmax(x @ w + b, axis=1)), axis=1))


def house(x: Any, t: Any, w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
    return pt.mean(pt.sqr(pt.sigmoid(x @ w1 + b1) @ w2 + b2 - t))


def mlp(x: Any, c: Any, w1: Any, b1: Any, w2: Any, b2: Any, w3: Any, b3: Any) -> Any:
    h = pt.maximum(pt.maximum(x @ w1 + b1, 0) @ w2 + b2, 0)
    return cross_entropy(c, h @ w3 + b3)


def lstm(x: Any, t: Any, k: Any, b: Any, w: Any, b_out: Any) -> Any:
    units = w.get_value().shape[0]

    def advance(row: Any, h: Any, cell: Any, k: Any, b: Any) -> Any:
        gates = pt.concatenate([row, h], axis=1) @ k + b
        i, j, f, o = (gates[:, q * units : (q + 1) * units] for q in range(4))
        cell = cell * pt.sigmoid(f + np.float32(1)) + pt.sigmoid(i) * pt.tanh(j)
        return pt.tanh(cell) * pt.sigmoid(o), cell

    start = pt.zeros((x.shape[0], units), dtype="float32")
    h, _ = pytensor.scan(advance, x.transpose(1, 0, 2), [start, start], [k, b], return_updates=False)
    return cross_entropy(t, h[-1] @ w + b_out)


def cross_entropy(c: Any, logits: Any) -> Any:
    return -pt.mean(pt.sum(c * pt.special.log_softmax(logits, axis=1), axis=1))


MODELS: dict[str, Model] = {"blobs": blobs, "house": house, "mlp": mlp, "lstm": lstm}
