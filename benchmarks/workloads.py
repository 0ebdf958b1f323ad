"""The five training steps that are measured: their data, initial values and learning rates.

The models themselves are in `contestants`, once for each library.  All is float32, and all arrays come
from integer arithmetic, so that every contestant, whatever its NumPy, starts from the same bits.

Contestants run in their own interpreters, one of them in Python 3.7: this module must, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[Any]
    Model = Callable[..., Any]  # a function of the feeds and the parameters
    Step = Callable[[], Any]  # one training step, with its data bound; returns the loss


@dataclass(frozen=True)
class Workload:
    """A model's name, one batch, and the values that training starts from.

    Attributes:
      title: what the model is, in words.
      label: what the model is called in a table.
      feeds: the inputs and the targets, given to every step anew.
      parameters: the initial values; a contestant trains copies.
      rate: the learning rate of gradient descent.
      at_once: steps timed together.
    """

    title: str
    label: str
    feeds: list[Array]
    parameters: list[Array]
    rate: float
    at_once: int


def blobs() -> Workload:
    """100x2 points, two classes: a perceptron written in primitives, its loss a sum."""
    centres = np.repeat(np.array([[-2, -2], [2, 2]], "float32"), 50, axis=0)
    points = centres + 6 * (scatter(100, 2) - np.float32(0.5))
    classes = np.repeat(np.eye(2, dtype="float32"), 50, axis=0)
    parameters = [scatter(2, 2, seed=1), scatter(2, seed=2)]
    return Workload("softmax perceptron 2-2, 100 points", "blobs", [points, classes], parameters, 0.01, 50)


def house() -> Workload:
    """13 inputs, 10 sigmoids, one output; batches of 11 as in MiniFlow's Boston example."""
    feeds = [scatter(11, 13), scatter(11, 1, seed=1)]
    return Workload(
        "13-10-1 sigmoid, mean squared error, batch 11", "house", feeds, layers(13, 10, 1), 0.01, 50
    )


def mlp(batch: int = 128) -> Workload:
    """A multi-layer perceptron of the size of MNIST."""
    feeds = [scatter(batch, 784), ten_classes(batch)]
    title = f"784-256-256-10 relu, batch {batch}"
    return Workload(title, "MLP", feeds, layers(784, 256, 256, 10), 0.01, 10)


def lenet(batch: int = 64, side: int = 28) -> Workload:
    """Two convolutions of 5x5 with max-pooling, two dense layers; NHWC images, HWIO filters."""
    feeds = [scatter(batch, side, side, 1), ten_classes(batch)]
    filters = [*layer(5, 5, 1, 32), *layer(5, 5, 32, 64, seed=1)]
    dense = layers((side // 4) ** 2 * 64, 1024, 10)
    title = f"5x5x32, pool, 5x5x64, pool, 1024, 10 relu, batch {batch}"
    # Of a million windows a step, some have two largest pixels that rounding orders one way or the other.
    # At a small rate, the gradients that go elsewhere do not show in the losses.
    return Workload(title, "LeNet", feeds, filters + dense, 0.001, 2)


def lstm(batch: int = 128, steps: int = 28, units: int = 128) -> Workload:
    """An LSTM that reads images row by row; a dense layer on its last output."""
    feeds = [scatter(batch, steps, 28), ten_classes(batch)]
    parameters = [*layer(28 + units, 4 * units), *layer(units, 10, seed=1)]
    title = f"{units} units, {steps} steps of 28 inputs, batch {batch}"
    return Workload(title, "LSTM", feeds, parameters, 0.01, 4)


def layers(*sizes: int) -> list[Array]:
    """The weights and biases of dense layers with so many inputs, units, ..., outputs."""
    shapes = zip(sizes, sizes[1:])  # noqa: B905, RUF007 (Python 3.7)
    return [array for seed, shape in enumerate(shapes, 7) for array in layer(*shape, seed=seed)]


def layer(*shape: int, seed: int = 0) -> list[Array]:
    """Weights of variance 1/fan-in, and biases of zero."""
    fan_in = np.prod(shape[:-1])
    weights = (scatter(*shape, seed=seed) - np.float32(0.5)) * np.float32(np.sqrt(12 / fan_in))
    return [weights, np.zeros(shape[-1], "float32")]


def ten_classes(batch: int) -> Array:
    return np.eye(10, dtype="float32")[np.arange(batch) * 7 % 10]


def scatter(*shape: int, seed: int = 0) -> Array:
    """Numbers in [0, 1) without a pattern: the counters' bits, mixed as by a hash function.

    No random generator, as a cold start should not have to load one.
    """
    bits = np.arange(np.prod(shape), dtype="uint32") + np.uint32(1 + 0x9E3779 * seed)
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        bits = (bits ^ (bits >> np.uint32(shift))) * np.uint32(factor)
    bits ^= bits >> np.uint32(16)
    numbers: Array = (bits >> np.uint32(8)) / np.float64(2**24)
    return numbers.astype("float32").reshape(shape)


WORKLOADS = {"blobs": blobs, "house": house, "mlp": mlp, "lenet": lenet, "lstm": lstm}
