"""Three training steps, each written twice: derived by hand in NumPy, and as a tinyflow graph.

The hand-written steps are the measure, so they are written as a careful person writes them after
doing the calculus on paper: the gradient of softmax with cross-entropy is `p - c`, arrays are
reused where that is natural, and parameters are updated in place. The blobs' softmax subtracts no
maximum, because these inputs cannot overflow; tinyflow's softmax is always safe and pays for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Step = Callable[[], Any]  # one training step, with its data bound; returns the loss


@dataclass(frozen=True)
class Workload:
    """A model, one batch, the values training starts from, and the two ways to take a step."""

    title: str
    feeds: list[Array]
    parameters: list[Array]
    rate: float
    by_hand: Callable[..., Any]  # (*feeds, *parameters, rate) -> loss; parameters change in place
    in_tinyflow: Callable[..., Any]  # (tf, *placeholders, *variables) -> loss tensor
    typed: bool = True  # whether the placeholders say their dtype and shape
    at_once: int = 50  # steps timed together

    def hand_step(self) -> Step:
        """The step in NumPy, on its own copy of the parameters."""
        copies = [parameter.copy() for parameter in self.parameters]
        return partial(self.by_hand, *self.feeds, *copies, self.rate)

    def tinyflow_step(self) -> Step:
        """The step as one `Session.run`: arrays go in, the loss comes back, variables change."""
        import tinyflow as tf

        with tf.Graph().as_default() as graph:
            inputs = [self._placeholder(tf, array) for array in self.feeds]
            variables = [tf.Variable(parameter) for parameter in self.parameters]
            loss = self.in_tinyflow(tf, *inputs, *variables)
            train = tf.train.GradientDescentOptimizer(self.rate).minimize(loss)
            start = tf.global_variables_initializer()
        session = tf.Session(graph=graph)
        session.run(start)
        feed_dict = dict(zip(inputs, self.feeds, strict=True))

        def step() -> Any:
            return session.run([loss, train], feed_dict=feed_dict)[0]

        return step

    def _placeholder(self, tf: Any, array: Array) -> Any:
        if not self.typed:
            return tf.placeholder()
        return tf.placeholder(array.dtype, [None, *array.shape[1:]])


# (a) The book's perceptron: 100 points in the plane, two classes ---------------------------------


def blobs_by_hand(x: Array, c: Array, w: Array, b: Array, rate: float) -> Any:
    p = np.exp(x @ w + b)
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.vdot(c, np.log(p))
    d = p - c
    w -= rate * (x.T @ d)
    b -= rate * d.sum(axis=0)
    return loss


def blobs_in_tinyflow(tf: Any, x: Any, c: Any, w: Any, b: Any) -> Any:
    p = tf.nn.softmax(tf.add(tf.matmul(x, w), b))
    return tf.negative(tf.reduce_sum(tf.reduce_sum(tf.multiply(c, tf.log(p)), axis=1)))


def blobs(dtype: str = "float64") -> Workload:
    """100x2 points, two classes, written in the book's primitives."""
    rng = np.random.default_rng(1)
    points = np.concatenate([rng.normal(-2, 1, (50, 2)), rng.normal(2, 1, (50, 2))])
    classes = np.repeat(np.eye(2), 50, axis=0)
    return Workload(
        f"blobs perceptron 100x2, {dtype}",
        [points.astype(dtype), classes.astype(dtype)],
        [rng.standard_normal(shape).astype(dtype) for shape in ((2, 2), (2,))],
        0.01,
        blobs_by_hand,
        blobs_in_tinyflow,
        typed=False,
    )


# (b) House prices: one hidden layer of ten sigmoids, mean squared error --------------------------


def house_by_hand(
    x: Array, t: Array, w1: Array, b1: Array, w2: Array, b2: Array, rate: float
) -> Any:
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


def house_in_tinyflow(tf: Any, x: Any, t: Any, w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
    h = tf.sigmoid(tf.matmul(x, w1) + b1)
    return tf.reduce_mean(tf.square(tf.matmul(h, w2) + b2 - t))


def house(dtype: str = "float64") -> Workload:
    """13 inputs, 10 sigmoids, one output; batches of 11 as in MiniFlow's Boston example."""
    rng = np.random.default_rng(2)
    shapes = [(11, 13), (11, 1), (13, 10), (10,), (10, 1), (1,)]
    x, t, *parameters = (rng.standard_normal(shape).astype(dtype) for shape in shapes)
    title = f"house 13-10-1 sigmoid MSE, batch 11, {dtype}"
    return Workload(title, [x, t], parameters, 0.01, house_by_hand, house_in_tinyflow)


# (c) A multi-layer perceptron of the size of MNIST -----------------------------------------------


def mlp_by_hand(
    x: Array,
    c: Array,
    w1: Array,
    b1: Array,
    w2: Array,
    b2: Array,
    w3: Array,
    b3: Array,
    rate: float,
) -> Any:
    h1 = x @ w1
    h1 += b1
    np.maximum(h1, 0, out=h1)
    h2 = h1 @ w2
    h2 += b2
    np.maximum(h2, 0, out=h2)
    z = h2 @ w3
    z += b3
    z -= z.max(axis=1, keepdims=True)
    p = np.exp(z)
    total = p.sum(axis=1, keepdims=True)
    loss = (np.log(total).sum() - np.vdot(c, z)) / len(x)

    p /= total
    d3 = p - c
    d3 /= len(x)
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


def mlp_in_tinyflow(
    tf: Any, x: Any, c: Any, w1: Any, b1: Any, w2: Any, b2: Any, w3: Any, b3: Any
) -> Any:
    h1 = tf.nn.relu(tf.matmul(x, w1) + b1)
    h2 = tf.nn.relu(tf.matmul(h1, w2) + b2)
    logits = tf.matmul(h2, w3) + b3
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=c, logits=logits))


def mlp(dtype: str = "float32") -> Workload:
    """784-256-256-10 with relu and softmax cross-entropy, batch 128.

    The arrays are made without a random generator, so that a cold start does not load one.
    """

    def scatter(*shape: int) -> Array:
        digits = 43758.5453 * np.sin(1.0 + np.arange(np.prod(shape)))
        return (digits - np.floor(digits)).astype(dtype).reshape(shape)  # in [0, 1)

    x = scatter(128, 784)
    c = np.eye(10, dtype=dtype)[np.arange(128) * 7 % 10]
    sizes = [(784, 256), (256, 256), (256, 10)]
    weights = [(scatter(n, m) - 0.5) * np.sqrt(12 / n).astype(dtype) for n, m in sizes]
    parameters = [array for w in weights for array in (w, np.zeros(w.shape[1], dtype))]
    title = f"MLP 784-256-256-10 relu, batch 128, {dtype}"
    return Workload(title, [x, c], parameters, 0.01, mlp_by_hand, mlp_in_tinyflow, at_once=4)
