"""Softmax, and the losses that compare what a network says with what it should say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinyflow.foundation.dtypes import float16, float32
from tinyflow.foundation.errors import DtypeProblem, InvalidArgumentError, Problem
from tinyflow.foundation.shapes import Shape, Spec, broadcast_shapes, merge_shapes, show_shape
from tinyflow.graph.constant_value import constant_value
from tinyflow.graph.gradient_registry import NotDifferentiable, RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.activation import relu
from tinyflow.ops.array import stop_gradient, unbroadcast
from tinyflow.ops.base import check_kind
from tinyflow.ops.comparison import greater_equal, less_equal, logical_and, where
from tinyflow.ops.constant import convert_to_tensor, is_tensor
from tinyflow.ops.creation import ones_like, zeros_like
from tinyflow.ops.elementwise import abs as absolute, add, cast, exp, log, log1p
from tinyflow.ops.reduction import reduce_sum
from tinyflow.ops.shaping import expand_dims, transpose

__all__ = [
    "log_poisson_loss", "log_softmax", "sigmoid_cross_entropy_with_logits", "softmax",
    "softmax_cross_entropy_with_logits", "softmax_cross_entropy_with_logits_v2",
    "sparse_softmax_cross_entropy_with_logits", "weighted_cross_entropy_with_logits",
]  # fmt: skip


# -- softmax ---------------------------------------------------------------------------------------


class Softmax(Operation):
    """exp(logits) / sum(exp(logits)), along the last axis."""

    recordable = True

    def infer(self, logits: Spec) -> Spec:
        check_kind("logits", logits.dtype, "f")
        if logits.shape == ():
            raise Problem("Shape must be at least rank 1 but is rank 0")
        return logits

    def compute(self, logits: Any) -> Any:
        weights = np.exp(_below_zero(logits))
        return weights / np.add.reduce(weights, axis=-1, keepdims=True)


class LogSoftmax(Softmax):
    """log(softmax(logits)), which does not overflow or underflow, along the last axis."""

    def compute(self, logits: Any) -> Any:
        logits = _below_zero(logits)
        return logits - np.log(np.add.reduce(np.exp(logits), axis=-1, keepdims=True))


def _below_zero(logits: Any) -> Any:
    """The logits less the greatest of their row: the same softmax, and no exp above 1."""
    if logits.shape[-1] == 0:
        return logits
    return logits - np.maximum.reduce(logits, axis=-1, keepdims=True)


@RegisterGradient("Softmax")
def _softmax_grad(op: Operation, grad: Tensor) -> Any:
    return _through_softmax(op.outputs[0], grad)


def _through_softmax(p: Tensor, grad: Tensor) -> Tensor:
    """The gradient of the logits x, given that of p = softmax(x).

    dp_i / dx_j = p_i (1 if i == j else 0) - p_i p_j
    """
    return (grad - reduce_sum(grad * p, -1, keepdims=True)) * p


@RegisterGradient("LogSoftmax")
def _log_softmax_grad(op: Operation, grad: Tensor) -> Any:
    return grad - reduce_sum(grad, -1, keepdims=True) * exp(op.outputs[0])


def softmax(
    logits: Any, axis: int | None = None, name: str | None = None, dim: int | None = None
) -> Tensor:
    """exp(logits) / sum(exp(logits)), the sum along `axis`, computed without overflow.

    Args:
      logits: a tensor of floating-point numbers.
      axis: the axis along which the result sums to one; the last one by default.
      dim: the older name of `axis`.

    Raises:
      InvalidArgumentError: if there is no such axis.
      ValueError: if `logits` is a scalar, or both `axis` and `dim` are given.

    >>> import tinyflow as tf
    >>> with tf.Session() as session:
    ...     session.run(tf.nn.softmax([1000.0, 1000.0])).tolist()
    [0.5, 0.5]
    """
    return _along(Softmax, logits, axis, dim, name)


def log_softmax(
    logits: Any, axis: int | None = None, name: str | None = None, dim: int | None = None
) -> Tensor:
    """log(softmax(logits)), computed without overflow or underflow.

    Args, errors: as for `tf.nn.softmax`.
    """
    return _along(LogSoftmax, logits, axis, dim, name)


def _one_axis(axis: Any, dim: Any) -> int:
    if axis is not None and dim is not None:
        raise ValueError("Cannot specify both 'dim' and 'axis'")
    given = dim if axis is None else axis
    return -1 if given is None else int(given)


def _along(
    op_class: type[Operation], logits: Any, axis: Any, dim: Any, name: str | None
) -> Tensor:
    """Computes along any axis what `op_class` computes along the last one."""
    axis = _one_axis(axis, dim)
    logits = convert_to_tensor(logits, name="logits")
    if logits.spec.shape and not _is_axis(axis, logits.spec.shape):
        # As in TF 1.15, although nothing runs yet.
        raise InvalidArgumentError(None, None, _no_such_axis(axis, logits))
    swap = _swap_with_last(logits, axis)
    if swap is None:
        return op_class([logits], name=name)
    return transpose(op_class([transpose(logits, swap)]), swap, name=name or "transpose")


def _is_axis(axis: int, shape: Sequence[Any]) -> bool:
    return -len(shape) <= axis < len(shape)


def _no_such_axis(axis: int, x: Tensor) -> str:
    rank = len(x.spec.shape or ())
    return (
        f"Dimension ({axis}) must be in the range [{-rank}, {rank}) where {rank} is the number "
        f"of dimensions in the input {x.name!r}."
    )


def _swap_with_last(x: Tensor, axis: int) -> Any:
    """The permutation that exchanges an axis and the last one; None if they are the same."""
    shape = x.spec.shape
    if axis == -1 or shape == ():
        return None
    if shape is None:
        raise ValueError(
            f"the rank of {x.name!r} is not known, so axis {axis} cannot be exchanged with the "
            "last one. fix: set_shape, or axis=-1"
        )
    if not _is_axis(axis, shape):
        raise ValueError(_no_such_axis(axis, x))
    order = list(range(len(shape)))
    order[axis], order[-1] = order[-1], order[axis]
    return None if order == sorted(order) else order


# -- softmax cross-entropy -------------------------------------------------------------------------


class SoftmaxCrossEntropyWithLogits(Operation):
    """-sum(labels * log(softmax(features))) along the last axis, and its gradient `backprop`.

    TF 1.15's backprop is softmax - labels, which is right if labels sum to one.  This one,
    softmax * sum(labels) - labels, always is.
    """

    same_dtype = True
    recordable = True

    def infer(self, features: Spec, labels: Spec) -> Any:
        check_kind("features", features.dtype, "f")
        if features.shape == () or labels.shape == ():
            raise Problem("logits and labels need an axis of classes, and one is a scalar")
        shape = self._broadcast(features.shape, labels.shape)
        dtype = features.dtype or labels.dtype
        return Spec(dtype, None if shape is None else shape[:-1]), Spec(dtype, shape)

    def _broadcast(self, features: Shape, labels: Shape) -> Shape:
        """Rows broadcast; classes do not: a column of labels beside many logits is a mistake."""
        try:
            if features and labels:
                merge_shapes(features[-1:], labels[-1:])
            return broadcast_shapes(features, labels)
        except ValueError as conflict:
            raise Problem(
                f"logits {show_shape(features)} and labels {show_shape(labels)} must be "
                f"broadcastable, with as many classes: {conflict}",
                "labels need a number for each class; for class numbers there is "
                "sparse_softmax_cross_entropy_with_logits, or tf.one_hot",
            ) from None

    def compute(self, features: Any, labels: Any) -> Any:
        self._broadcast(features.shape, labels.shape)
        logits = _below_zero(features)
        weights = np.exp(logits)
        total = np.add.reduce(weights, axis=-1, keepdims=True)
        loss = np.add.reduce(labels * (np.log(total) - logits), axis=-1)
        label_sum = np.add.reduce(labels, axis=-1, keepdims=True)
        return loss, weights / total * label_sum - labels


def _is_zero(grad: Tensor) -> bool:
    """Whether it stands for a gradient that nothing has sent."""
    value = constant_value(grad)
    return grad.op.type == "ZerosLike" or (value is not None and not value.any())


@RegisterGradient("SoftmaxCrossEntropyWithLogits")
def _softmax_cross_entropy_grad(op: Operation, grad: Tensor, grad_backprop: Tensor) -> Any:
    logits, labels = op.inputs
    along = expand_dims(grad, -1)
    grad_logits = along * op.outputs[1]
    grad_labels = -along * log_softmax(logits)
    if not _is_zero(grad_backprop):  # a second derivative
        p = softmax(logits)
        grad_logits += _through_softmax(p, grad_backprop * reduce_sum(labels, -1, keepdims=True))
        grad_labels += reduce_sum(grad_backprop * p, -1, keepdims=True) - grad_backprop
    return unbroadcast(grad_logits, logits), unbroadcast(grad_labels, labels)


def softmax_cross_entropy_with_logits_v2(
    labels: Any, logits: Any, axis: int | None = None, name: str | None = None,
    dim: int | None = None,
) -> Tensor:  # fmt: skip
    """The cross-entropy of softmax(logits) and labels: -sum(labels * log(softmax(logits))).

    Args:
      labels: the probabilities of the classes as they should be, of the shape of `logits`.
      logits: unnormalised log-probabilities.
      axis: the axis of the classes; the last one by default.
      dim: the older name of `axis`.

    Returns:
      The losses, of the shape of `logits` without `axis`.  Gradients flow to labels, too.

    Raises:
      ValueError: if the shapes do not fit.

    >>> import tinyflow as tf
    >>> loss = tf.nn.softmax_cross_entropy_with_logits_v2(labels=[1.0, 0.0], logits=[0.0, 1e4])
    >>> with tf.Session() as session:
    ...     float(session.run(loss))
    10000.0
    """
    return _softmax_cross_entropy(labels, logits, _one_axis(axis, dim), name)


def softmax_cross_entropy_with_logits(
    _sentinel: Any = None, labels: Any = None, logits: Any = None, dim: int = -1,
    name: str | None = None, axis: int | None = None,
) -> Tensor:  # fmt: skip
    """The cross-entropy of softmax(logits) and labels; no gradient flows to labels.

    Otherwise as `softmax_cross_entropy_with_logits_v2`; all arguments have to be named.

    Raises:
      ValueError: if the shapes do not fit, or an argument is missing or not named.
    """
    _check_named("softmax_cross_entropy_with_logits", _sentinel, labels, logits)
    scope = name_scope(name, "softmax_cross_entropy_with_logits_sg", [logits, labels])
    with scope as name:
        labels = stop_gradient(convert_to_tensor(labels), name="labels_stop_gradient")
        return _softmax_cross_entropy(labels, logits, dim if axis is None else axis, name)


def _check_named(function: str, sentinel: Any, labels: Any, logits: Any) -> None:
    if sentinel is not None:
        raise ValueError(
            f"Only call `{function}` with named arguments (labels=..., logits=..., ...)"
        )
    if labels is None or logits is None:
        raise ValueError("Both labels and logits must be provided.")


def _softmax_cross_entropy(labels: Any, logits: Any, axis: int, name: str | None) -> Tensor:
    with name_scope(name, "softmax_cross_entropy_with_logits", [logits, labels]) as scope:
        logits = convert_to_tensor(logits, name="logits")
        dtype = logits.spec.dtype
        precise = float32 if dtype is float16 else dtype  # rows of float16 add up too coarsely
        labels = convert_to_tensor(labels, None if is_tensor(labels) else precise, name="labels")
        if precise is not None:
            logits, labels = cast(logits, precise), cast(labels, precise)
        swap = _swap_with_last(logits, axis)
        if swap is not None:
            logits, labels = transpose(logits, swap), transpose(labels, swap)
        loss, _ = SoftmaxCrossEntropyWithLogits([logits, labels], name=scope)
        return loss if precise is dtype else cast(loss, dtype)


# -- with the classes as numbers -------------------------------------------------------------------


class LabelsInRange(Operation):
    """`labels`, untouched; fails unless each of them is the number of a column of `logits`.

    It is an op of its own so that the loss, which follows, can be written out.
    """

    stateful = True
    passes_on = True

    def infer(self, labels: Spec, logits: Spec) -> Spec:
        if labels.dtype is not None and labels.dtype.name not in ("int32", "int64"):
            raise DtypeProblem(
                f"Value passed to parameter 'labels' has DataType {labels.dtype.name} not in list "
                "of allowed values: int32, int64",
                "labels are the numbers of classes; for probabilities (one-hot) there is "
                "softmax_cross_entropy_with_logits_v2",
            )
        return labels

    def compute(self, labels: Any, logits: Any) -> Any:
        count = logits.shape[-1]
        wrong = np.argwhere((labels < 0) | (labels >= count))
        if len(wrong):
            first = tuple(wrong[0].tolist())
            row = first[0] if len(first) == 1 else first
            values = " ".join(map(str, labels.ravel()[:8].tolist()))
            from_one = labels.min() == 1
            raise Problem(
                f"Received a label value of {labels[first]} which is outside the valid range of "
                f"[0, {count}): row {row}. Label values: {values}{' ...' * (labels.size > 8)}",
                "labels start at 0: subtract 1?" if from_one else f"are there {count} classes?",
            )
        return labels


NotDifferentiable("LabelsInRange")


class SparseSoftmaxCrossEntropyWithLogits(Operation):
    """-log(softmax(features)[label]) along the last axis, and its gradient `backprop`.

    The labels have to be in range (`LabelsInRange`).
    """

    recordable = True

    def infer(self, features: Spec, labels: Spec) -> Any:
        check_kind("features", features.dtype, "f")
        shape = features.shape
        rows = self._rows(None if shape is None else shape[:-1], labels.shape)
        classes = None if shape is None else shape[-1]
        full = None if rows is None else (*rows, classes)
        return Spec(features.dtype, rows), Spec(features.dtype, full)

    def _rows(self, rows: Shape, labels: Shape) -> Shape:
        try:
            return merge_shapes(rows, labels)
        except ValueError:
            raise Problem(
                "Shape mismatch: The shape of labels (received "
                f"{show_shape(labels)}) should equal the shape of logits except for the last "
                f"dimension (received {show_shape(rows)})"
            ) from None

    def compute(self, features: Any, labels: Any) -> Any:
        self._rows(features.shape[:-1], labels.shape)
        logits = _below_zero(features)
        weights = np.exp(logits)
        total = np.add.reduce(weights, axis=-1, keepdims=True)
        classes = features.shape[-1]
        rows = np.arange(math.prod(labels.shape)) * classes
        chosen = np.take(np.reshape(logits, (-1,)), np.reshape(labels, (-1,)) + rows, axis=0)
        loss = np.reshape(np.log(total), labels.shape) - np.reshape(chosen, labels.shape)
        one_hot = np.expand_dims(labels, -1) == np.arange(classes)
        return loss, weights / total - one_hot


@RegisterGradient("SparseSoftmaxCrossEntropyWithLogits")
def _sparse_softmax_cross_entropy_grad(op: Operation, grad: Tensor, grad_backprop: Tensor) -> Any:
    grad_logits = expand_dims(grad, -1) * op.outputs[1]
    if not _is_zero(grad_backprop):  # a second derivative
        grad_logits += _through_softmax(softmax(op.inputs[0]), grad_backprop)
    return grad_logits, None


def sparse_softmax_cross_entropy_with_logits(
    _sentinel: Any = None, labels: Any = None, logits: Any = None, name: str | None = None
) -> Tensor:
    """The cross-entropy of softmax(logits) and classes that are given by their numbers.

    Args:
      labels: the number of the right class for each row, int32 or int64: of the shape of `logits`
        without its last axis.
      logits: unnormalised log-probabilities, classes along the last axis.

    All arguments have to be named.

    Returns:
      The losses, -log(softmax(logits)[label]), of the shape of `labels`.

    Raises:
      ValueError: if the shapes do not fit, or an argument is missing or not named.
      InvalidArgumentError: in a run, if a label is not the number of a class.

    >>> import tinyflow as tf
    >>> loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[1], logits=[[0.0, 50.0]])
    >>> with tf.Session() as session:
    ...     session.run(loss).tolist()
    [0.0]
    """
    _check_named("sparse_softmax_cross_entropy_with_logits", _sentinel, labels, logits)
    with name_scope(name, "SparseSoftmaxCrossEntropyWithLogits", [labels, logits]):
        labels = convert_to_tensor(labels)
        logits = convert_to_tensor(logits)
        _check_sparse_shapes(labels, logits)
        labels = LabelsInRange([labels, logits])
        loss: Tensor = SparseSoftmaxCrossEntropyWithLogits([logits, labels])[0]
        return loss


def _check_sparse_shapes(labels: Tensor, logits: Tensor) -> None:
    rows, shape = labels.spec.shape, logits.spec.shape
    if shape == ():
        raise ValueError(f"Logits cannot be scalars - received shape {logits.shape}.")
    if rows is None or shape is None or len(rows) == len(shape) - 1:
        return
    hint = ""
    if len(rows) == len(shape):
        hint = (
            f" fix: labels {labels.name!r} of shape {labels.shape} look one-hot: "
            "use softmax_cross_entropy_with_logits_v2, or tf.argmax(labels, -1)"
        )
        if rows[-1] == 1:
            hint = f" fix: tf.squeeze({labels.name!r} of shape {labels.shape}, -1)"
    raise ValueError(
        f"Rank mismatch: Rank of labels (received {len(rows)}) should equal rank of logits minus 1 "
        f"(received {len(shape)}).{hint}"
    )


# -- sigmoid cross-entropy, Poisson ----------------------------------------------------------------


def _check_same_shape(names: str, a: Tensor, b: Tensor) -> None:
    try:
        merge_shapes(a.spec.shape, b.spec.shape)
    except ValueError:
        raise ValueError(
            f"{names} must have the same shape ({a.shape} vs {b.shape}): {a.name!r} and {b.name!r}"
        ) from None


def sigmoid_cross_entropy_with_logits(
    _sentinel: Any = None, labels: Any = None, logits: Any = None, name: str | None = None
) -> Tensor:
    """The cross-entropy of sigmoid(logits) and labels, element-wise.

    For labels z and logits x that is `-z * log(sigmoid(x)) - (1 - z) * log(1 - sigmoid(x))`,
    computed as `max(x, 0) - x * z + log(1 + exp(-|x|))`, which does not overflow.

    Args:
      labels: probabilities, of the shape and dtype of `logits`.
      logits: a tensor of floating-point numbers.

    All arguments have to be named.

    Raises:
      ValueError: if the shapes differ, or an argument is missing or not named.
    """
    _check_named("sigmoid_cross_entropy_with_logits", _sentinel, labels, logits)
    with name_scope(name, "logistic_loss", [logits, labels]) as scope:
        x = convert_to_tensor(logits, name="logits")
        z = convert_to_tensor(labels, name="labels")
        _check_same_shape("logits and labels", x, z)
        zeros = zeros_like(x, x.spec.dtype)
        # Not relu(x) and abs(x): their derivatives at 0 would not add up to sigmoid's 1/2.
        positive = greater_equal(x, zeros)
        rectified, negative_abs = where(positive, x, zeros), where(positive, -x, x)
        return add(rectified - x * z, log1p(exp(negative_abs)), name=scope)


def weighted_cross_entropy_with_logits(
    labels: Any = None, logits: Any = None, pos_weight: Any = None, name: str | None = None,
    targets: Any = None,
) -> Tensor:  # fmt: skip
    """The sigmoid cross-entropy whose positive part counts `pos_weight` times.

    For labels z and logits x: `-pos_weight * z * log(sigmoid(x)) - (1 - z) * log(1 - sigmoid(x))`.

    Args:
      labels (or targets): probabilities, of the shape and dtype of `logits`.
      logits: a tensor of floating-point numbers.
      pos_weight: a number, or a tensor that broadcasts with logits.

    Raises:
      ValueError: if the shapes differ, or labels are missing or given twice.
    """
    if labels is not None and targets is not None:
        raise ValueError("Cannot specify both 'targets' and 'labels'")
    with name_scope(name, "logistic_loss", [logits, labels, targets]) as scope:
        x = convert_to_tensor(logits, name="logits")
        z = convert_to_tensor(targets if labels is None else labels, name="targets")
        _check_same_shape("logits and labels", x, z)
        # (1 - z) x + w log(1 + exp(-x)), with w = 1 + (pos_weight - 1) z
        weight = 1 + (pos_weight - 1) * z
        softplus_of_negative = log1p(exp(-absolute(x))) + relu(-x)
        return add((1 - z) * x, weight * softplus_of_negative, name=scope)


def log_poisson_loss(
    targets: Any, log_input: Any, compute_full_loss: bool = False, name: str | None = None
) -> Tensor:
    """The negative log-likelihood of Poisson-distributed counts, less a constant.

    For counts z and the logarithm c of the expected count: `exp(c) - z * c`.

    Args:
      targets: the counts, of the shape and dtype of `log_input`.
      log_input: the logarithms of the expected counts.
      compute_full_loss: also add log(z!), by Stirling's formula, for z greater than one.

    Raises:
      ValueError: if the shapes differ.
    """
    with name_scope(name, "log_poisson_loss", [log_input, targets]):
        c = convert_to_tensor(log_input, name="log_input")
        z = convert_to_tensor(targets, name="targets")
        _check_same_shape("log_input and targets", c, z)
        loss = exp(c) - c * z
        if not compute_full_loss:
            return loss
        stirling = z * log(z) - z + 0.5 * log(2 * math.pi * z)
        zeros, ones = zeros_like(z), ones_like(z)
        small = logical_and(greater_equal(z, zeros), less_equal(z, ones))
        return loss + where(small, zeros, stirling)
