"""Neural networks: biases, dropout, normalization.  (See also activation.py, cross_entropy.py.)"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.foundation.dtypes import DType, float32
from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Spec, as_shape, merge_shapes, show_shape
from tinyflow.graph.constant_value import constant_value
from tinyflow.graph.gradient_registry import RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.activation import relu
from tinyflow.ops.array import shape as shape_of
from tinyflow.ops.base import check_kind
from tinyflow.ops.comparison import greater_equal
from tinyflow.ops.constant import convert_to_tensor, is_tensor
from tinyflow.ops.creation import zeros_like
from tinyflow.ops.elementwise import cast, rsqrt, square
from tinyflow.ops.linalg import matmul
from tinyflow.ops.random_ops import random_uniform

__all__ = [
    "batch_normalization", "bias_add", "dropout", "l2_loss", "local_response_normalization", "lrn",
    "relu_layer", "xw_plus_b",
]  # fmt: skip


# -- biases ----------------------------------------------------------------------------------------


class BiasAdd(Operation):
    """`value` plus a bias for each channel: its last axis, or axis 1 for data_format "NCHW"."""

    data_format: str = "NHWC"
    same_dtype = True
    recordable = True

    def infer(self, value: Spec, bias: Spec) -> Spec:
        check_kind("value", value.dtype, "fciu")
        least = 2 if self.data_format == "NHWC" else 3
        if value.shape is not None and len(value.shape) < least:
            raise Problem(
                f"Shape must be at least rank {least} but is rank {len(value.shape)}",
                "value + bias adds tensors of any rank",
            )
        if bias.shape is not None and len(bias.shape) != 1:
            raise Problem(f"Shape of bias must be rank 1 but is rank {len(bias.shape)}")
        if value.shape is None or bias.shape is None:
            return Spec(value.dtype or bias.dtype, value.shape)
        axis = channel_axis(self.data_format, len(value.shape))
        channels, biases = value.shape[axis], bias.shape[0]
        if None not in (channels, biases) and channels != biases:
            raise Problem(
                f"{biases} biases for the {channels} channels (axis {axis}) of "
                f"{show_shape(value.shape)}",
                f"a bias of shape ({channels},)",
            )
        known = channels if biases is None else biases
        shape = (*value.shape[:axis], known, *value.shape[axis + 1 :])
        return Spec(value.dtype or bias.dtype, shape)

    def compute(self, value: Any, bias: Any) -> Any:
        axis = channel_axis(self.data_format, value.ndim)
        if bias.shape != value.shape[axis : axis + 1]:
            raise Problem(
                f"{bias.shape} biases for the {value.shape[axis]} channels (axis {axis}) of "
                f"{value.shape}"
            )
        return value + np.reshape(bias, (-1,) + (1,) * (value.ndim - 1 - axis))


class BiasAddGrad(Operation):
    """The sum of `out_backprop` over all axes but the channels'."""

    data_format: str = "NHWC"
    recordable = True

    def infer(self, out_backprop: Spec) -> Spec:
        shape = out_backprop.shape
        if shape is None:
            return Spec(out_backprop.dtype, (None,))
        return Spec(out_backprop.dtype, (shape[channel_axis(self.data_format, len(shape))],))

    def compute(self, out_backprop: Any) -> Any:
        channels = channel_axis(self.data_format, out_backprop.ndim)
        others = tuple(axis for axis in range(out_backprop.ndim) if axis != channels)
        return np.add.reduce(out_backprop, axis=others, dtype=out_backprop.dtype)


def channel_axis(data_format: str, rank: int) -> int:
    """The axis of the channels: the last one, or axis 1 of "NCHW"."""
    return rank - 1 if data_format == "NHWC" else 1


@RegisterGradient("BiasAdd")
def _bias_add_grad(op: Operation, grad: Tensor) -> Any:
    return grad, BiasAddGrad([grad], data_format=op.get_attr("data_format"))


@RegisterGradient("BiasAddGrad")
def _bias_add_grad_grad(op: Operation, grad: Tensor) -> Any:
    return BiasAdd((zeros_like(op.inputs[0]), grad), data_format=op.get_attr("data_format"))


def bias_add(
    value: Any, bias: Any, data_format: str | None = None, name: str | None = None
) -> Tensor:
    """Adds a bias to each channel.

    Args:
      value: a tensor of at least two axes.
      bias: a vector with a number for each channel.
      data_format: where the channels are: "N...C" (the default) on the last axis, "NC..." on
        axis 1.

    Raises:
      ValueError: if there are not as many biases as channels, or for another `data_format`.
    """
    with name_scope(name, "BiasAdd", [value, bias]) as scope:
        layout = _layout(data_format)
        value = convert_to_tensor(value, name="input")
        bias = convert_to_tensor(bias, value.spec.dtype, name="bias")
        return BiasAdd([value, bias], name=scope, data_format=layout)


def _layout(data_format: str | None) -> str:
    if data_format is None:
        return "NHWC"
    if data_format.startswith("NC"):
        return "NCHW"
    if data_format.startswith("N") and data_format.endswith("C"):
        return "NHWC"
    raise ValueError("data_format must be of the form `N...C` or `NC...`")


def xw_plus_b(x: Any, weights: Any, biases: Any, name: str | None = None) -> Tensor:
    """matmul(x, weights) + biases."""
    with name_scope(name, "xw_plus_b", [x, weights, biases]) as scope:
        return bias_add(matmul(x, weights), biases, name=scope)


def relu_layer(x: Any, weights: Any, biases: Any, name: str | None = None) -> Tensor:
    """relu(matmul(x, weights) + biases)."""
    with name_scope(name, "relu_layer", [x, weights, biases]) as scope:
        return relu(bias_add(matmul(x, weights), biases), name=scope)


# -- regularization --------------------------------------------------------------------------------


class L2Loss(Operation):
    """Half the sum of the squares."""

    recordable = True

    def infer(self, t: Spec) -> Spec:
        check_kind("t", t.dtype, "f")
        return Spec(t.dtype, ())

    def compute(self, t: Any) -> Any:
        return np.sum(t * t, dtype=t.dtype) * t.dtype.type(0.5)


@RegisterGradient("L2Loss")
def _l2_loss_grad(op: Operation, grad: Tensor) -> Any:
    return grad * op.inputs[0]


def l2_loss(t: Any, name: str | None = None) -> Tensor:
    """sum(t**2) / 2, a scalar: what weight decay adds to a loss."""
    return L2Loss([t], name=name)


def dropout(
    x: Any, keep_prob: Any = None, noise_shape: Any = None, seed: int | None = None,
    name: str | None = None, rate: Any = None,
) -> Tensor:  # fmt: skip
    """`x` with elements set to 0 at random, and the others divided by the probability to be kept.

    So the expected value of the result is `x`.  (N. Srivastava et al., "Dropout: a simple way to
    prevent neural networks from overfitting", 2014.)

    Args:
      x: a tensor of floating-point numbers.
      rate: the probability of an element to become 0, a number or scalar tensor of [0, 1).
      keep_prob: 1 - rate, instead of it.
      noise_shape: the shape of what decides; it is broadcast to `x`, so where it is 1 while x is
        not, elements are kept or dropped together.
      seed: the seed of the random numbers, see `tf.set_random_seed`.

    Raises:
      ValueError: if neither or both of `rate` and `keep_prob` are given, if the rate is not of
        [0, 1), or if `x` is no floating-point tensor.

    >>> import tinyflow as tf
    >>> x = tf.ones([4])
    >>> with tf.Session() as session:
    ...     set(session.run(tf.nn.dropout(x, rate=0.5)).tolist()) <= {0.0, 2.0}
    True
    """
    if rate is not None and keep_prob is not None:
        raise ValueError("Cannot specify both 'keep_prob' and 'rate'")
    if keep_prob is not None:
        rate = 1 - (convert_to_tensor(keep_prob) if is_tensor(keep_prob) else keep_prob)
    if rate is None:
        raise ValueError("You must provide a rate to dropout.")
    if isinstance(rate, int | float | np.floating | np.integer):
        if not 0 <= rate < 1:
            raise ValueError(
                f"rate must be a scalar tensor or a float in the range [0, 1), got {rate}"
            )
        if rate == 0:
            return convert_to_tensor(x, name="x")
    with name_scope(name, "dropout", [x]):
        units = convert_to_tensor(x, name="x")
        dtype = _floating(units)
        dropped = convert_to_tensor(rate, dtype, name="rate")
        merge_shapes(dropped.spec.shape, ())
        known = constant_value(dropped)
        if known is not None and known == 0:
            return units
        # Kept where the random number is at least the rate.
        noise = random_uniform(_noise_shape(units, noise_shape), 0, 1, dtype, seed)
        kept = greater_equal(noise, dropped)
        return units * (1 / (1 - dropped)) * cast(kept, dtype)


def _floating(x: Tensor) -> DType:
    dtype = x.spec.dtype or float32
    if not dtype.is_floating:
        raise ValueError(
            f"x has to be a floating point tensor since it's going to be scaled. Got {x.name!r} of "
            f"{dtype} instead. fix: tf.cast(x, tf.float32)"
        )
    return dtype


def _noise_shape(x: Tensor, noise_shape: Any) -> Any:
    """The shape of the random numbers: by default x's; unknown sizes in it are x's."""
    if noise_shape is None:
        return shape_of(x)
    try:
        wanted = as_shape(noise_shape)
    except (TypeError, ValueError):  # sizes known only in a run
        return noise_shape
    sizes = x.spec.shape
    if wanted is None or sizes is None or len(wanted) != len(sizes):
        return noise_shape
    return [own if size is None else size for size, own in zip(wanted, sizes, strict=True)]


# -- normalization ---------------------------------------------------------------------------------


def batch_normalization(
    x: Any, mean: Any, variance: Any, offset: Any, scale: Any, variance_epsilon: Any,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """scale * (x - mean) / sqrt(variance + variance_epsilon) + offset.

    (S. Ioffe and C. Szegedy, "Batch normalization", 2015.)

    Args:
      x: the tensor to normalize.
      mean, variance: its mean and variance, of a shape that broadcasts with x, as of
        `tf.nn.moments`.
      offset, scale: what to put in their place, or None for 0 and 1.
      variance_epsilon: a small number, lest the variance is 0.
    """
    with name_scope(name, "batchnorm", [x, mean, variance, scale, offset]):
        x = convert_to_tensor(x)
        factor = rsqrt(convert_to_tensor(variance) + variance_epsilon)
        if scale is not None:
            factor = factor * scale
        shift = -convert_to_tensor(mean) * factor if offset is None else offset - mean * factor
        if x.spec.dtype is not None:  # float16 comes with float32 statistics
            factor, shift = cast(factor, x.spec.dtype), cast(shift, x.spec.dtype)
        normalized: Tensor = x * factor + shift
        return normalized


def _window_sum(x: Any, radius: int) -> Any:
    """For each channel (of the last axis) the sum of those at most `radius` away."""
    total = x
    for step in range(1, min(radius, x.shape[-1] - 1) + 1):
        gap = np.zeros((*x.shape[:-1], step), x.dtype)
        total = total + np.concatenate([x[..., step:], gap], axis=-1)
        total = total + np.concatenate([gap, x[..., :-step]], axis=-1)
    return total


class WindowSum(Operation):
    """For each channel the sum of those at most `radius` away: what LRN's gradient needs."""

    radius: int = 5
    recordable = True

    def infer(self, input: Spec) -> Spec:
        return input

    def compute(self, input: Any) -> Any:
        return _window_sum(input, self.radius)


@RegisterGradient("WindowSum")
def _window_sum_grad(op: Operation, grad: Tensor) -> Any:
    return WindowSum([grad], radius=op.get_attr("radius"))  # i is near j as j is near i


class LRN(Operation):
    """input / (bias + alpha * (sum of the squares of near channels))**beta."""

    depth_radius: int = 5
    bias: float = 1.0
    alpha: float = 1.0
    beta: float = 0.5
    recordable = True

    def infer(self, input: Spec) -> Spec:
        check_kind("input", input.dtype, "f")
        if input.shape is not None and len(input.shape) != 4:
            raise Problem(f"Shape must be rank 4 but is rank {len(input.shape)}")
        return input

    def compute(self, input: Any) -> Any:
        near = _window_sum(input * input, self.depth_radius)
        return input * (self.bias + self.alpha * near) ** -self.beta


@RegisterGradient("LRN")
def _lrn_grad(op: Operation, grad: Tensor) -> Any:
    x, y = op.inputs[0], op.outputs[0]
    radius, alpha, beta = map(op.get_attr, ("depth_radius", "alpha", "beta"))
    # With n = bias + alpha W(x**2), W the sum over near channels:  y = x n**-beta,  and
    #   dx = g n**-beta - 2 alpha beta x W(g y / n)
    n = op.get_attr("bias") + alpha * WindowSum([square(x)], radius=radius)
    spread = WindowSum([grad * y / n], radius=radius)
    return grad * n**-beta - 2.0 * alpha * beta * x * spread


def local_response_normalization(
    input: Any, depth_radius: int = 5, bias: float = 1, alpha: float = 1, beta: float = 0.5,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """input / (bias + alpha * s)**beta, s the sum of the squares of the channels near each.

    (A. Krizhevsky, I. Sutskever and G. Hinton, "ImageNet classification with deep convolutional
    neural networks", 2012.)

    Args:
      input: a tensor of four axes, channels last.
      depth_radius: how far channels may be away from one another to count as near.

    Raises:
      ValueError: if `input` has not four axes.
    """
    return LRN(
        [input], name=name, depth_radius=int(depth_radius), bias=float(bias), alpha=float(alpha),
        beta=float(beta),
    )  # fmt: skip


lrn = local_response_normalization
