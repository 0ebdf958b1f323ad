"""autograd: NumPy functions, differentiated as they run.

It has no convolution for such a network: here one is a sum over the filter's taps, each a product of a
shifted image and a matrix.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import autograd.numpy as np
from autograd import value_and_grad
from autograd.scipy.special import logsumexp

if TYPE_CHECKING:
    from workloads import Model, Step, Workload

VERSION = version("autograd")


def step(name: str, workload: Workload) -> Step:
    model, feeds, rate = MODELS[name], workload.feeds, workload.rate
    parameters = [parameter.copy() for parameter in workload.parameters]
    differentiated = value_and_grad(lambda parameters: model(*feeds, *parameters))

    def run() -> Any:
        loss, slopes = differentiated(parameters)
        for parameter, slope in zip(parameters, slopes):  # noqa: B905 (Python 3.7)
            parameter -= rate * slope
        return loss

    return run


def blobs(x: Any, c: Any, w: Any, b: Any) -> Any:
    p = np.exp(x @ w + b)
    p = p / np.sum(p, axis=1, keepdims=True)
    return -np.sum(np.sum(c * np.log(p), axis=1))


def house(x: Any, t: Any, w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
    return np.mean((sigmoid(x @ w1 + b1) @ w2 + b2 - t) ** 2)


def mlp(x: Any, c: Any, w1: Any, b1: Any, w2: Any, b2: Any, w3: Any, b3: Any) -> Any:
    h = np.maximum(np.maximum(x @ w1 + b1, 0) @ w2 + b2, 0)
    return cross_entropy(c, h @ w3 + b3)


def lenet(x: Any, c: Any, k1: Any, b1: Any, k2: Any, b2: Any, w3: Any, b3: Any, w4: Any, b4: Any) -> Any:
    flat = np.reshape(convolve(convolve(x, k1, b1), k2, b2), (len(x), -1))
    return cross_entropy(c, np.maximum(flat @ w3 + b3, 0) @ w4 + b4)


def convolve(x: Any, k: Any, b: Any) -> Any:
    n, height, width, _ = x.shape
    rows, columns = k.shape[:2]
    padded = np.pad(x, ((0, 0), (rows // 2, rows // 2), (columns // 2, columns // 2), (0, 0)), "constant")
    taps = [padded[:, r : r + height, c : c + width] @ k[r, c] for r in range(rows) for c in range(columns)]
    h = np.maximum(sum(taps) + b, 0)
    return np.max(np.reshape(h, (n, height // 2, 2, width // 2, 2, -1)), axis=(2, 4))


def lstm(x: Any, t: Any, k: Any, b: Any, w: Any, b_out: Any) -> Any:
    h = cell = np.zeros((len(x), len(w)), "float32")
    for s in range(x.shape[1]):
        i, j, f, o = np.split(np.concatenate([x[:, s], h], axis=1) @ k + b, 4, axis=1)
        cell = cell * sigmoid(f + 1) + sigmoid(i) * np.tanh(j)
        h = np.tanh(cell) * sigmoid(o)
    return cross_entropy(t, h @ w + b_out)


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def cross_entropy(c: Any, logits: Any) -> Any:
    return np.mean(logsumexp(logits, axis=1) - np.sum(c * logits, axis=1))


MODELS: dict[str, Model] = {"blobs": blobs, "house": house, "mlp": mlp, "lenet": lenet, "lstm": lstm}
