"""Rows of tinyflow/ops/activation.py, nn.py and cross_entropy.py."""

import math

import numpy as np

import tinyflow as tf
from tests.rows import Row, normal, positive
from tinyflow.ops import activation, cross_entropy, nn

SIDES = np.array([[-3.0, -0.5, 0.25], [1.5, 5.0, 7.5]])  # both sides of every kink, none of them
LOGITS, LABELS = normal(4, 3), np.abs(normal(4, 3, seed=1))  # labels that do not sum to one
CLASSES = np.array([2, 0, 1, 1])
FAR = np.array([[1e4, 0.0, -1e4], [-1e4, -1e4, 1e4]])


def _by_element(function):
    return lambda *arrays: np.vectorize(function, otypes=[np.float64])(*arrays)


def _log_softmax(x, axis=-1):
    high = x.max(axis, keepdims=True)
    return x - high - np.log(np.exp(x - high).sum(axis, keepdims=True))


def _xent(labels, logits, axis=-1):
    return -(labels * _log_softmax(logits, axis)).sum(axis)


def _sparse(labels, logits):
    flat = _log_softmax(logits).reshape(-1, logits.shape[-1])
    chosen = [row[label] for row, label in zip(flat, labels.ravel(), strict=True)]
    return -np.reshape(chosen, labels.shape)


def _sigmoid_xent(z, x, weight=1.0):
    log_p, log_q = -np.logaddexp(0, -x), -np.logaddexp(0, x)
    return -weight * z * log_p - (1 - z) * log_q


def _lrn(x, radius, bias, alpha, beta):
    out = np.empty_like(x)
    for c in range(x.shape[-1]):
        near = x[..., max(0, c - radius) : c + radius + 1]
        out[..., c] = x[..., c] / (bias + alpha * (near**2).sum(-1)) ** beta
    return out


def _pair(op_class, **attributes):
    return lambda a, b: op_class([a, b], **attributes)


def _xent_v2(**kwargs):
    return lambda labels, logits: tf.nn.softmax_cross_entropy_with_logits_v2(
        labels=labels, logits=logits, **kwargs
    )


def _sparse_v1(labels, logits):
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)


SCALE, SCALE_ALPHA = 1.0507009873554805, 1.7580993408473766

ROWS = [
    # -- rectifiers
    Row("Relu", tf.nn.relu, [SIDES], _by_element(lambda x: max(x, 0.0))),
    Row("Relu", tf.nn.relu, [np.float64(2.0)], lambda x: x),
    Row("Relu", tf.nn.relu, [np.zeros((0, 3))], lambda x: x),
    Row(
        "Relu",
        tf.nn.relu,
        [np.array([-3, 0, 4])],
        lambda x: np.array([0, 0, 4]),
        differentiate=False,
    ),
    Row(
        "ReluGrad",
        _pair(activation.ReluGrad),
        [normal(2, 3), SIDES],
        lambda g, x: np.where(x > 0, g, 0),
    ),
    Row("Relu6", tf.nn.relu6, [SIDES], lambda x: np.clip(x, 0, 6)),
    Row(
        "Relu6Grad",
        _pair(activation.Relu6Grad),
        [normal(2, 3), SIDES],
        lambda g, x: np.where((x > 0) & (x < 6), g, 0),
    ),
    Row(
        "LeakyRelu",
        tf.nn.leaky_relu,
        [SIDES],
        _by_element(lambda x: x if x > 0 else float(np.float32(0.2)) * x),
    ),
    Row(
        "LeakyRelu",
        lambda x: tf.nn.leaky_relu(x, alpha=1.5),
        [SIDES],
        _by_element(lambda x: x if x > 0 else 1.5 * x),
    ),
    Row(
        "LeakyReluGrad",
        _pair(activation.LeakyReluGrad, alpha=0.3),
        [normal(2, 3), SIDES],
        lambda g, x: np.where(x > 0, g, 0.3 * g),
    ),
    Row(
        "ConcatV2",
        tf.nn.crelu,
        [SIDES],
        lambda x: np.concatenate([np.clip(x, 0, None), np.clip(-x, 0, None)], -1),
    ),
    # -- exponential units
    Row("Elu", tf.nn.elu, [SIDES], _by_element(lambda x: x if x > 0 else math.expm1(x))),
    Row(
        "EluGrad",
        _pair(activation.EluGrad),
        [normal(2, 3), np.array([[-0.9, -0.2, 0.5], [1.0, 2.0, 3.0]])],
        lambda g, y: np.where(y < 0, g * (y + 1), g),
    ),
    Row(
        "Selu",
        tf.nn.selu,
        [SIDES],
        _by_element(lambda x: SCALE * x if x > 0 else SCALE_ALPHA * math.expm1(x)),
    ),
    Row(
        "SeluGrad",
        _pair(activation.SeluGrad),
        [normal(2, 3), np.array([[-1.1, -0.2, 0.5], [1.0, 2.0, 3.0]])],
        lambda g, y: np.where(y < 0, g * (y + SCALE_ALPHA), g * SCALE),
    ),
    Row("Softplus", tf.nn.softplus, [SIDES], _by_element(lambda x: math.log(math.exp(x) + 1))),
    Row(
        "Softplus",
        tf.nn.softplus,
        [np.array([-800.0, -40.0, 40.0, 800.0])],
        lambda x: np.array([0.0, math.exp(-40), 40.0, 800.0]),
    ),
    Row("Softplus", activation.log_sigmoid, [SIDES], lambda x: -np.log(1 + np.exp(-x))),
    Row(
        "SoftplusGrad",
        _pair(activation.SoftplusGrad),
        [normal(2, 3), SIDES],
        lambda g, x: g / (1 + np.exp(-x)),
    ),
    Row("Softsign", tf.nn.softsign, [SIDES], lambda x: x / (1 + abs(x))),
    Row(
        "SoftsignGrad",
        _pair(activation.SoftsignGrad),
        [normal(2, 3), SIDES],
        lambda g, x: g / (1 + abs(x)) ** 2,
    ),
    Row("Sigmoid", tf.nn.swish, [SIDES], lambda x: x / (1 + np.exp(-x))),
    # -- biases
    Row("BiasAdd", tf.nn.bias_add, [normal(2, 3), normal(3)], np.add),
    Row("BiasAdd", tf.nn.bias_add, [normal(2, 2, 2, 3), normal(3)], np.add),
    Row("BiasAdd", tf.nn.bias_add, [np.zeros((0, 3)), normal(3)], np.add),
    Row(
        "BiasAdd",
        lambda x, b: tf.nn.bias_add(x, b, data_format="NCHW"),
        [normal(2, 3, 2, 2), normal(3)],
        lambda x, b: x + b[:, None, None],
    ),
    Row(
        "BiasAddGrad",
        lambda x: nn.BiasAddGrad([x]),
        [normal(2, 4, 3)],
        lambda x: np.einsum("ijk->k", x),
    ),
    Row(
        "BiasAddGrad",
        lambda x: nn.BiasAddGrad([x], data_format="NCHW"),
        [normal(2, 4, 3)],
        lambda x: np.einsum("ijk->j", x),
    ),
    Row(
        "BiasAdd",
        tf.nn.xw_plus_b,
        [normal(4, 3), normal(3, 2), normal(2)],
        lambda x, w, b: x @ w + b,
    ),
    Row(
        "Relu",
        tf.nn.relu_layer,
        [positive(4, 3), positive(3, 2), positive(2)],
        lambda x, w, b: np.maximum(x @ w + b, 0),
    ),
    # -- regularization, normalization
    Row("L2Loss", tf.nn.l2_loss, [normal(2, 3)], lambda x: sum(v * v for v in x.ravel()) / 2),
    Row("L2Loss", tf.nn.l2_loss, [np.float64(3.0)], lambda x: np.float64(4.5)),
    Row("L2Loss", tf.nn.l2_loss, [np.zeros((2, 0))], lambda x: np.float64(0.0)),
    Row(
        "Rsqrt",
        lambda *args: tf.nn.batch_normalization(*args, 1e-3),
        [normal(4, 3), normal(3), positive(3), normal(3, seed=1), normal(3, seed=2)],
        lambda x, mean, var, offset, scale: (x - mean) / np.sqrt(var + 1e-3) * scale + offset,
    ),
    Row(
        "Rsqrt",
        lambda x, mean, var: tf.nn.batch_normalization(x, mean, var, None, None, 1e-3),
        [normal(4, 3), normal(3), positive(3)],
        lambda x, mean, var: (x - mean) / np.sqrt(var + 1e-3),
    ),
    Row(
        "LRN",
        lambda x: tf.nn.lrn(x, 1, bias=2.0, alpha=0.5, beta=0.75),
        [normal(1, 2, 1, 4)],
        lambda x: _lrn(x, 1, 2.0, 0.5, 0.75),
    ),
    Row("LRN", tf.nn.lrn, [normal(1, 1, 2, 4)], lambda x: _lrn(x, 5, 1.0, 1.0, 0.5)),
    Row(
        "WindowSum",
        lambda x: nn.WindowSum([x], radius=2),
        [normal(2, 5)],
        lambda x: np.stack([x[:, max(0, c - 2) : c + 3].sum(1) for c in range(5)], 1),
    ),
    # -- softmax
    Row("Softmax", tf.nn.softmax, [LOGITS], lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True)),
    Row("Softmax", tf.nn.softmax, [normal(3)], lambda x: np.exp(x) / np.exp(x).sum()),
    Row("Softmax", tf.nn.softmax, [np.zeros((2, 0))], lambda x: x),
    Row(
        "Softmax",
        tf.nn.softmax,
        [FAR],
        lambda x: (x == 1e4).astype(np.float64),
        differentiate=False,
    ),
    Row("LogSoftmax", tf.nn.log_softmax, [normal(2, 2, 3)], _log_softmax),
    Row("LogSoftmax", tf.nn.log_softmax, [FAR], lambda x: x - 1e4, differentiate=False),
    # -- softmax cross-entropy
    Row("SoftmaxCrossEntropyWithLogits", _xent_v2(), [LABELS, LOGITS], _xent),
    Row("SoftmaxCrossEntropyWithLogits", _xent_v2(), [normal(3), normal(3, seed=1)], _xent),
    Row("SoftmaxCrossEntropyWithLogits", _xent_v2(), [LABELS[:1], LOGITS], _xent),
    Row("SoftmaxCrossEntropyWithLogits", _xent_v2(), [LABELS[0], LOGITS], _xent),
    Row("SoftmaxCrossEntropyWithLogits", _xent_v2(), [np.zeros((0, 3)), np.zeros((0, 3))], _xent),
    Row(
        "SoftmaxCrossEntropyWithLogits",
        _xent_v2(),
        [np.zeros((2, 3)), FAR],
        lambda y, x: np.zeros(2),
    ),
    Row(
        "SoftmaxCrossEntropyWithLogits",
        _xent_v2(),
        [np.eye(3)[[1, 2]], FAR],
        lambda y, x: np.array([1e4, 0.0]),
        differentiate=False,
    ),
    Row(
        "SoftmaxCrossEntropyWithLogits",
        lambda x, y: list(cross_entropy.SoftmaxCrossEntropyWithLogits([x, y])),
        [LOGITS, LABELS],
        lambda x, y: [_xent(y, x), np.exp(_log_softmax(x)) * y.sum(-1, keepdims=True) - y],
    ),
    Row("SparseSoftmaxCrossEntropyWithLogits", _sparse_v1, [CLASSES, LOGITS], _sparse),
    Row("SparseSoftmaxCrossEntropyWithLogits", _sparse_v1, [np.array(1), normal(3)], _sparse),
    Row(
        "SparseSoftmaxCrossEntropyWithLogits",
        _sparse_v1,
        [np.array([[0, 1], [1, 0]]), normal(2, 2, 2)],
        _sparse,
    ),
    Row(
        "SparseSoftmaxCrossEntropyWithLogits",
        _sparse_v1,
        [np.array([1, 2]), FAR],
        lambda y, x: np.array([1e4, 0.0]),
        differentiate=False,
    ),
    Row(
        "SparseSoftmaxCrossEntropyWithLogits",
        _sparse_v1,
        [np.zeros(0, np.int32), np.zeros((0, 3))],
        lambda y, x: np.zeros(0),
    ),
    Row(
        "SparseSoftmaxCrossEntropyWithLogits",
        lambda x, y: list(cross_entropy.SparseSoftmaxCrossEntropyWithLogits([x, y])),
        [LOGITS, CLASSES],
        lambda x, y: [_sparse(y, x), np.exp(_log_softmax(x)) - np.eye(3)[y]],
    ),
    Row(
        "LabelsInRange",
        lambda y, x: cross_entropy.LabelsInRange([y, x]),
        [CLASSES, LOGITS],
        lambda y, x: y,
        differentiate=False,
    ),
    # -- other losses
    Row(
        "Select",
        lambda z, x: tf.nn.sigmoid_cross_entropy_with_logits(labels=z, logits=x),
        [positive(2, 3), SIDES],
        _sigmoid_xent,
    ),
    Row(
        "Relu",
        lambda z, x, w: tf.nn.weighted_cross_entropy_with_logits(z, x, w),
        [positive(2, 3), SIDES, positive(3)],
        _sigmoid_xent,
    ),
    Row(
        "Exp",
        tf.nn.log_poisson_loss,
        [positive(2, 3), normal(2, 3)],
        lambda z, c: np.exp(c) - z * c,
    ),
    Row(
        "Exp",
        lambda z, c: tf.nn.log_poisson_loss(z, c, compute_full_loss=True),
        [np.array([0.5, 2.0, 7.0]), normal(3)],
        lambda z, c: (
            np.exp(c) - z * c + np.where(z > 1, z * np.log(z) - z + 0.5 * np.log(2 * np.pi * z), 0)
        ),
    ),
]
