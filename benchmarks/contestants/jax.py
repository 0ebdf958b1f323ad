"""JAX: the whole step is one `jax.jit`, and the parameters' memory is donated to it.

The pool is a reshape and the LSTM a `lax.scan`, as these are faster here than `reduce_window` and an
unrolled loop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
from jax import lax

if TYPE_CHECKING:
    from workloads import Model, Step, Workload

VERSION = jax.__version__


def step(name: str, workload: Workload) -> Step:
    model, rate = MODELS[name], workload.rate

    def descend(parameters: list[Any], *feeds: Any) -> Any:
        loss, slopes = jax.value_and_grad(lambda p: model(*feeds, *p))(parameters)
        return loss, jax.tree.map(lambda p, d: p - rate * d, parameters, slopes)

    compiled = jax.jit(descend, donate_argnums=0)
    parameters = [jnp.array(parameter) for parameter in workload.parameters]

    def run() -> float:
        nonlocal parameters
        loss, parameters = compiled(parameters, *workload.feeds)
        return float(loss)

    return run


def blobs(x: Any, c: Any, w: Any, b: Any) -> Any:
    return -jnp.sum(jnp.sum(c * jnp.log(jax.nn.softmax(x @ w + b)), axis=1))


def house(x: Any, t: Any, w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
    return jnp.mean(jnp.square(jax.nn.sigmoid(x @ w1 + b1) @ w2 + b2 - t))


def mlp(x: Any, c: Any, w1: Any, b1: Any, w2: Any, b2: Any, w3: Any, b3: Any) -> Any:
    h = jax.nn.relu(jax.nn.relu(x @ w1 + b1) @ w2 + b2)
    return cross_entropy(c, h @ w3 + b3)


def lenet(x: Any, c: Any, k1: Any, b1: Any, k2: Any, b2: Any, w3: Any, b3: Any, w4: Any, b4: Any) -> Any:
    flat = convolve(convolve(x, k1, b1), k2, b2).reshape(len(x), -1)
    return cross_entropy(c, jax.nn.relu(flat @ w3 + b3) @ w4 + b4)


def convolve(x: Any, k: Any, b: Any) -> Any:
    layout = ("NHWC", "HWIO", "NHWC")
    h = jax.nn.relu(lax.conv_general_dilated(x, k, (1, 1), "SAME", dimension_numbers=layout) + b)
    n, height, width, units = h.shape
    return h.reshape(n, height // 2, 2, width // 2, 2, units).max(axis=(2, 4))


def lstm(x: Any, t: Any, k: Any, b: Any, w: Any, b_out: Any) -> Any:
    def advance(state: Any, row: Any) -> Any:
        h, cell = state
        i, j, f, o = jnp.split(jnp.concatenate([row, h], axis=1) @ k + b, 4, axis=1)
        cell = cell * jax.nn.sigmoid(f + 1.0) + jax.nn.sigmoid(i) * jnp.tanh(j)
        return (jnp.tanh(cell) * jax.nn.sigmoid(o), cell), None

    start = jnp.zeros((len(x), len(w)))
    (h, _), _ = lax.scan(advance, (start, start), x.transpose(1, 0, 2))
    return cross_entropy(t, h @ w + b_out)


def cross_entropy(c: Any, logits: Any) -> Any:
    return -jnp.mean(jnp.sum(c * jax.nn.log_softmax(logits), axis=1))


MODELS: dict[str, Model] = {"blobs": blobs, "house": house, "mlp": mlp, "lenet": lenet, "lstm": lstm}
