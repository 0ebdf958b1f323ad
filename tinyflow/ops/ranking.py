"""The greatest elements of each row: `tf.nn.top_k` and `tf.nn.in_top_k`."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tinyflow.foundation.dtypes import bool_, float32, int32
from tinyflow.foundation.errors import DtypeProblem, Problem
from tinyflow.foundation.shapes import Spec, show_shape
from tinyflow.graph.constant_value import constant_value
from tinyflow.graph.gradient_registry import NotDifferentiable, RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.array import reshape, shape as shape_of
from tinyflow.ops.base import check_kind, merged
from tinyflow.ops.indexing import GatherGrad
from tinyflow.ops.joining import concat
from tinyflow.ops.operands import Indexed, check_integers, check_rank, outputs_of

__all__ = ["in_top_k", "top_k"]


class TopKV2(Indexed):
    """The k greatest elements along the last axis, in descending order, and their indices."""

    sorted: bool = True
    index_operands = ("k",)

    def infer(self, input: Spec, k: Spec) -> tuple[Spec, Spec]:
        check_kind("input", input.dtype, "fiu")
        check_integers(k=k.dtype)
        check_rank(0, k=k)
        if input.shape is None:
            return Spec(input.dtype), Spec(int32)
        count = constant_value(self.inputs[1])
        self.check(input.shape, count)
        shape = (*input.shape[:-1], None if count is None else int(count))
        return Spec(input.dtype, shape), Spec(int32, shape)

    @staticmethod
    def check(shape: Any, k: Any) -> None:
        if not shape:
            raise Problem("input must have at least one axis")
        if k is not None and k < 0:
            raise Problem(f"Need k >= 0, got {k}")
        if k is not None and shape[-1] is not None and k > shape[-1]:
            raise Problem(f"input must have last dimension >= k = {k} but is {shape[-1]}")

    def compute(self, input: Any, k: Any) -> Any:
        count = int(k)
        self.check(input.shape, count)
        # In ascending order of the reversed row; so of equal ones the first is the last there.
        order = np.argsort(input[..., ::-1], axis=-1, kind="stable")[..., ::-1][..., :count]
        places = input.shape[-1] - 1 - order
        return np.take_along_axis(input, places, axis=-1), places.astype(np.int32)


@RegisterGradient("TopKV2")
def _top_k_grad(op: Operation, grad: Tensor, _: Any) -> Any:
    # The values are gathered from each row, so grad is added at the places they come from.
    input, places = op.inputs[0], op.outputs[1]
    row = reshape(input, concat([[-1], shape_of(input)[-1:]], 0))
    one_row_each = concat([[-1], shape_of(places)[-1:]], 0)
    grads, indices = reshape(grad, one_row_each), reshape(places, one_row_each)
    spread = GatherGrad([grads, indices, row, 1], batch_dims=1)
    return reshape(spread, shape_of(input)), None


class TopK(NamedTuple):
    """What `top_k` returns."""

    values: Tensor
    indices: Tensor


TopK.__name__ = "TopKV2"  # as TF 1.15's prints


def top_k(input: Any, k: Any = 1, sorted: bool = True, name: str | None = None) -> TopK:
    """The `k` greatest elements of each row (along the last axis), and their int32 indices.

    Of equal elements the first comes first.

    Args:
      sorted: whether they have to be in descending order (they are).

    Returns:
      A named tuple (values, indices).

    Raises:
      ValueError: if a row has fewer than `k` elements; in a run an InvalidArgumentError.

    >>> import tinyflow as tf
    >>> values, indices = tf.Session().run(tf.nn.top_k([3.0, 1.0, 4.0, 1.0], 2))
    >>> values.tolist(), indices.tolist()
    ([4.0, 3.0], [2, 0])
    """
    return TopK(*outputs_of(TopKV2([input, k], name=name, sorted=sorted)))


class InTopKV2(Indexed):
    """For each row of predictions whether that of the target is among the k greatest."""

    index_operands = ("targets", "k")

    def infer(self, predictions: Spec, targets: Spec, k: Spec) -> Spec:
        if predictions.dtype is not None and predictions.dtype is not float32:
            raise DtypeProblem(
                f"Value passed to parameter 'predictions' has DataType {predictions.dtype.name} "
                "not in list of allowed values: float32",
                "tf.cast(predictions, tf.float32)",
            )
        check_integers(targets=targets.dtype, k=k.dtype)
        return Spec(bool_, self.rows(predictions.shape, targets.shape))

    @staticmethod
    def rows(predictions: Any, targets: Any) -> Any:
        if predictions is not None and len(predictions) != 2:
            raise Problem(f"predictions must be a matrix, not {show_shape(predictions)}")
        count = None if predictions is None else predictions[:1]
        return merged(count, targets, "there must be one target for each row of predictions") or (
            None,
        )

    def compute(self, predictions: Any, targets: Any, k: Any) -> Any:
        self.rows(predictions.shape, targets.shape)
        classes = predictions.shape[1]
        inside = np.logical_and(targets >= 0, targets < classes)
        places = np.expand_dims(np.where(inside, targets, 0), 1)
        at_target = np.take_along_axis(predictions, places, axis=1) if classes else predictions
        better = np.sum(predictions > at_target, axis=1, dtype=np.int64)
        finite = np.all(np.isfinite(predictions), axis=1)
        return np.logical_and(np.logical_and(inside, finite), better < k)


NotDifferentiable("InTopKV2")


def in_top_k(predictions: Any, targets: Any, k: Any, name: str | None = None) -> Tensor:
    """For each row whether fewer than `k` predictions are greater than that of the target.

    False also for a target that is no column, and for rows with a nan or inf.

    Args:
      predictions: a float32 matrix, with one row for each example.
      targets: the column of each row's class.

    Raises:
      TypeError: if `predictions` are not float32.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.nn.in_top_k([[0.1, 0.6, 0.3], [0.5, 0.4, 0.1]], [2, 2], 2))
    array([ True, False])
    """
    with name_scope(name, "in_top_k"):
        return InTopKV2([predictions, targets, k])
