"""By hand in NumPy: the measure.

Written as a careful person writes it after doing the calculus on paper: the gradient of softmax with
cross-entropy is `p - c`, arrays are reused where that is natural, and parameters are updated in place.
The blobs' softmax subtracts no maximum, because these inputs cannot overflow.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from workloads import Array, Model, Step, Workload

VERSION = np.__version__


def step(name: str, workload: Workload) -> Step:
    copies = [parameter.copy() for parameter in workload.parameters]
    return partial(MODELS[name], *workload.feeds, *copies, workload.rate)


def blobs(x: Array, c: Array, w: Array, b: Array, rate: float) -> Any:
    p = np.exp(x @ w + b)
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.vdot(c, np.log(p))
    d = p - c
    w -= rate * (x.T @ d)
    b -= rate * d.sum(axis=0)
    return loss


def house(x: Array, t: Array, w1: Array, b1: Array, w2: Array, b2: Array, rate: float) -> Any:
    h = 1.0 / (1.0 + np.exp(-(x @ w1 + b1)))
    r = h @ w2 + b2 - t
    loss = np.vdot(r, r) / r.size
    d = (2.0 / r.size) * r
    dh = d @ w2.T * h * (1.0 - h)
    w2 -= rate * (h.T @ d)
    b2 -= rate * d.sum(axis=0)
    w1 -= rate * (x.T @ dh)
    b1 -= rate * dh.sum(axis=0)
    return loss


def mlp(
    x: Array, c: Array, w1: Array, b1: Array, w2: Array, b2: Array, w3: Array, b3: Array, rate: float
) -> Any:
    h1 = x @ w1
    h1 += b1
    np.maximum(h1, 0, out=h1)
    h2 = h1 @ w2
    h2 += b2
    np.maximum(h2, 0, out=h2)
    z = h2 @ w3
    z += b3
    loss, d3 = cross_entropy(z, c)

    d2 = d3 @ w3.T
    d2 *= h2 > 0
    d1 = d2 @ w2.T
    d1 *= h1 > 0
    w3 -= rate * (h2.T @ d3)
    b3 -= rate * d3.sum(axis=0)
    w2 -= rate * (h1.T @ d2)
    b2 -= rate * d2.sum(axis=0)
    w1 -= rate * (x.T @ d1)
    b1 -= rate * d1.sum(axis=0)
    return loss


def cross_entropy(z: Array, c: Array) -> tuple[Any, Array]:
    """The mean over the batch of softmax cross-entropy, and its gradient; `z` is used up."""
    z -= z.max(axis=1, keepdims=True)
    p = np.exp(z)
    total = p.sum(axis=1, keepdims=True)
    loss = (np.log(total).sum() - np.vdot(c, z)) / len(z)
    p /= total
    p -= c
    p /= len(z)
    return loss, p


# LeNet: a convolution is the product of the patches and the filters as matrices -------------------


def lenet(
    x: Array,
    c: Array,
    k1: Array,
    b1: Array,
    k2: Array,
    b2: Array,
    w3: Array,
    b3: Array,
    w4: Array,
    b4: Array,
    rate: float,
) -> Any:
    p1 = patches(x, k1)
    a1 = convolve(p1, k1, b1).reshape(*x.shape[:3], -1)
    h1 = pool(a1)
    p2 = patches(h1, k2)
    a2 = convolve(p2, k2, b2).reshape(*h1.shape[:3], -1)
    h2 = pool(a2)
    flat = h2.reshape(len(x), -1)
    h3 = flat @ w3
    h3 += b3
    np.maximum(h3, 0, out=h3)
    z = h3 @ w4
    z += b4
    loss, d4 = cross_entropy(z, c)

    d3 = d4 @ w4.T
    d3 *= h3 > 0
    d2 = pool_gradient((d3 @ w3.T).reshape(h2.shape), h2, a2)
    d1 = pool_gradient(patches_gradient(d2, k2), h1, a1)
    w4 -= rate * (h3.T @ d4)
    b4 -= rate * d4.sum(axis=0)
    w3 -= rate * (flat.T @ d3)
    b3 -= rate * d3.sum(axis=0)
    for p, k, b, d in ((p2, k2, b2, d2), (p1, k1, b1, d1)):
        rows = d.reshape(len(p), -1)
        k -= rate * (p.T @ rows).reshape(k.shape)
        b -= rate * rows.sum(axis=0)
    return loss


def patches(x: Array, k: Array) -> Array:
    """For each pixel a row, with what lies under the filter there; beyond the border are zeros."""
    rows, columns, channels = k.shape[:3]
    batch, height, width = x.shape[:3]
    padded = np.zeros((batch, height + rows - 1, width + columns - 1, channels), x.dtype)
    inside(padded, k)[...] = x
    n, r, c, i = padded.strides
    shape = (batch, height, width, rows, columns, channels)
    windows = np.lib.stride_tricks.as_strided(padded, shape, (n, r, c, r, c, i))
    return windows.reshape(batch * height * width, -1)


def patches_gradient(d: Array, k: Array) -> Array:
    """The gradient by the input of a convolution: each patch's is added where the patch came from."""
    rows, columns, channels = k.shape[:3]
    batch, height, width, units = d.shape
    spread = d.reshape(-1, units) @ k.reshape(-1, units).T
    spread = spread.reshape(batch, height, width, rows, columns, channels)
    padded = np.zeros((batch, height + rows - 1, width + columns - 1, channels), d.dtype)
    for r in range(rows):
        for c in range(columns):
            padded[:, r : r + height, c : c + width] += spread[:, :, :, r, c]
    return inside(padded, k)


def inside(padded: Array, k: Array) -> Array:
    """The view without the border; the filter's sides are odd."""
    top, left = k.shape[0] // 2, k.shape[1] // 2
    return padded[:, top:-top, left:-left]


def convolve(p: Array, k: Array, b: Array) -> Array:
    """relu(convolution + b), a row for each pixel."""
    a = p @ k.reshape(-1, k.shape[-1])
    a += b
    np.maximum(a, 0, out=a)
    return a


def pool(a: Array) -> Array:
    """The largest of every 2x2 pixels."""
    h = np.maximum(a[:, ::2, ::2], a[:, ::2, 1::2])
    np.maximum(h, a[:, 1::2, ::2], out=h)
    np.maximum(h, a[:, 1::2, 1::2], out=h)
    return h


def pool_gradient(d: Array, h: Array, a: Array) -> Array:
    """The gradient by the argument of the relu before the pool, where `a` is the relu and `h` the pool."""
    d = d * (h > 0)
    spread = np.empty_like(a)
    for r in (0, 1):
        for c in (0, 1):
            np.multiply(d, a[:, r::2, c::2] == h, out=spread[:, r::2, c::2])
    return spread


# LSTM: back-propagation through time; what need not wait for its turn is one product for all steps --


def lstm(x: Array, t: Array, k: Array, b: Array, w: Array, b_out: Array, rate: float) -> Any:
    batch, steps, inputs = x.shape
    units = len(w)
    read = np.zeros((steps + 1, batch, inputs + units), x.dtype)  # a step's inputs, and the last h
    read[:-1, :, :inputs] = x.transpose(1, 0, 2)
    gates = np.empty((steps, batch, 4 * units), x.dtype)
    cells = np.zeros((steps + 1, batch, units), x.dtype)
    shown = np.empty((steps, batch, units), x.dtype)  # tanh of the cells
    for s in range(steps):
        g = np.matmul(read[s], k, out=gates[s])
        g += b
        i, j, f, o = quarters(g)
        f += 1
        sigmoid(i)
        np.tanh(j, out=j)
        sigmoid(g[:, 2 * units :])
        np.multiply(cells[s], f, out=cells[s + 1])
        cells[s + 1] += i * j
        np.tanh(cells[s + 1], out=shown[s])
        np.multiply(shown[s], o, out=read[s + 1, :, inputs:])
    h = read[-1, :, inputs:]
    z = h @ w
    z += b_out
    loss, d = cross_entropy(z, t)

    dh = d @ w.T
    dc = np.zeros_like(dh)
    slopes = np.empty_like(gates)
    for s in reversed(range(steps)):
        i, j, f, o = quarters(gates[s])
        di, dj, df, do = quarters(slopes[s])
        np.multiply(dh * shown[s], o * (1 - o), out=do)
        dc += dh * o * (1 - shown[s] * shown[s])
        np.multiply(dc * j, i * (1 - i), out=di)
        np.multiply(dc * i, 1 - j * j, out=dj)
        np.multiply(dc * cells[s], f * (1 - f), out=df)
        dc *= f
        dh = slopes[s] @ k[inputs:].T
    rows = slopes.reshape(-1, 4 * units)
    w -= rate * (h.T @ d)
    b_out -= rate * d.sum(axis=0)
    k -= rate * (read[:-1].reshape(len(rows), -1).T @ rows)
    b -= rate * rows.sum(axis=0)
    return loss


def quarters(g: Array) -> list[Array]:
    """Views of the input, candidate, forget and output gates."""
    units = g.shape[1] // 4
    return [g[:, q * units : (q + 1) * units] for q in range(4)]


def sigmoid(x: Array) -> None:
    np.negative(x, out=x)
    np.exp(x, out=x)
    x += 1
    np.reciprocal(x, out=x)


MODELS: dict[str, Model] = {"blobs": blobs, "house": house, "mlp": mlp, "lenet": lenet, "lstm": lstm}
