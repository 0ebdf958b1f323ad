"""Reductions over segments: the rows of a tensor that share a number."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinyflow.foundation.dtypes import float32
from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Spec, show_shape
from tinyflow.graph.constant_value import constant_value
from tinyflow.graph.gradient_registry import RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.array import rank, reshape, shape as shape_of
from tinyflow.ops.base import merged
from tinyflow.ops.comparison import equal, greater_equal, maximum, where_v2
from tinyflow.ops.constant import convert_to_tensor
from tinyflow.ops.conversion import cast
from tinyflow.ops.creation import fill, ones, ones_like, zeros_like
from tinyflow.ops.functions import sqrt
from tinyflow.ops.indexing import check_range, gather, update_rows
from tinyflow.ops.joining import concat
from tinyflow.ops.operands import Indexed, check_integers, check_numbers

__all__ = [
    "segment_max", "segment_mean", "segment_min", "segment_prod", "segment_sum",
    "unsorted_segment_max", "unsorted_segment_mean", "unsorted_segment_min",
    "unsorted_segment_prod", "unsorted_segment_sqrt_n", "unsorted_segment_sum",
]  # fmt: skip


def _lowest(dtype: Any) -> Any:
    return np.finfo(dtype).min if dtype.kind == "f" else np.iinfo(dtype).min


def _highest(dtype: Any) -> Any:
    return np.finfo(dtype).max if dtype.kind == "f" else np.iinfo(dtype).max


# What an empty segment has before anything is combined with it.
_START: dict[np.ufunc, Any] = {
    np.add: lambda dtype: 0,
    np.multiply: lambda dtype: 1,
    np.maximum: _lowest,
    np.minimum: _highest,
}
_ORDERED = (np.maximum, np.minimum)


# -- sorted segments ------------------------------------------------------------------------------


class SegmentSum(Indexed):
    """The sum of the rows of each segment."""

    ufunc: ClassVar[np.ufunc] = np.add
    missing: ClassVar[int] = 0  # what a segment without rows has
    index_operands = ("segment_ids",)

    def infer(self, data: Spec, segment_ids: Spec) -> Spec:
        check_integers(segment_ids=segment_ids.dtype)
        check_numbers(ordered=self.ufunc in _ORDERED, data=data.dtype)
        if data.shape is None:
            return Spec(data.dtype)
        self.check(data.shape, segment_ids.shape)
        return Spec(data.dtype, (None, *data.shape[1:]))

    @staticmethod
    def check(data: Any, ids: Any) -> None:
        if not data or (ids is not None and len(ids) != 1):
            raise Problem(
                f"segment_ids must be a vector, for data of rank 1 or more, not {show_shape(ids)}"
            )
        merged(data[:1], ids, "segment_ids should be the same size as dimension 0 of input")

    def compute(self, data: Any, segment_ids: Any) -> Any:
        self.check(data.shape, segment_ids.shape)
        count = int(segment_ids[-1]) + 1 if segment_ids.size else 0
        if segment_ids.size and np.any(segment_ids[1:] < segment_ids[:-1]):
            raise Problem("segment ids are not increasing", "tf.unsorted_segment_sum and its like")
        check_range(segment_ids, count, "segment_ids")
        result = np.full((count, *data.shape[1:]), _START[self.ufunc](data.dtype), data.dtype)
        update_rows(self.ufunc, result, segment_ids, data)
        sizes = np.bincount(segment_ids, minlength=count)
        result[sizes == 0] = self.missing
        return self.finished(result, np.reshape(sizes, (-1, *[1] * (data.ndim - 1))))

    def finished(self, result: Any, sizes: Any) -> Any:
        return result


class SegmentMean(SegmentSum):
    """The mean of the rows of each segment."""

    def finished(self, result: Any, sizes: Any) -> Any:
        return (result / np.maximum(sizes, 1)).astype(result.dtype)


class SegmentProd(SegmentSum):
    """The product of the rows of each segment."""

    ufunc = np.multiply
    missing = 1


class SegmentMax(SegmentSum):
    """The greatest elements among the rows of each segment."""

    ufunc = np.maximum


class SegmentMin(SegmentSum):
    """The least elements among the rows of each segment."""

    ufunc = np.minimum


@RegisterGradient("SegmentSum")
def _segment_sum_grad(op: Operation, grad: Tensor) -> Any:
    return gather(grad, op.inputs[1]), None


@RegisterGradient("SegmentMean")
def _segment_mean_grad(op: Operation, grad: Tensor) -> Any:
    data, ids = op.inputs
    sizes = segment_sum(_ones_for(ids, data), ids)
    return gather(grad / maximum(sizes, ones_like(sizes)), ids), None


@RegisterGradient("SegmentMax")
@RegisterGradient("SegmentMin")
def _segment_extreme_grad(op: Operation, grad: Tensor) -> Any:
    # All elements that equal the extreme share its gradient.
    data, ids = op.inputs
    chosen = equal(data, gather(op.outputs[0], ids))
    count = segment_sum(cast(chosen, _dtype(grad)), ids)
    return where_v2(chosen, gather(grad / count, ids), zeros_like(data)), None


@RegisterGradient("SegmentProd")
def _segment_prod_grad(op: Operation, grad: Tensor) -> Any:
    data, ids = op.inputs
    return _product_grad(
        data,
        grad,
        lambda x: segment_sum(x, ids),
        lambda x: segment_prod(x, ids),
        lambda x: gather(x, ids),
    ), None


def _product_grad(data: Tensor, grad: Tensor, total: Any, product: Any, spread: Any) -> Tensor:
    """The gradient of products over segments, given how to sum, multiply, and spread out again.

    d/dx of a product is the product of the others: that of all that are not 0, divided by x unless
    x is 0; and nothing if there is a 0 among the others.
    """
    zero = equal(data, zeros_like(data))
    safe = where_v2(zero, ones_like(data), data)
    others = spread(product(safe)) / safe
    own = cast(zero, _dtype(data))
    return where_v2(equal(spread(total(own)), own), spread(grad) * others, zeros_like(data))


def _dtype(x: Tensor) -> Any:
    return x.spec.dtype or float32  # which float64 numbers widen


def _ones_for(ids: Tensor, data: Tensor) -> Tensor:
    """Ones in the shape of the ids, with as many axes as data."""
    return ones(_aligned(ids, data), _dtype(data))


def _aligned(ids: Tensor, data: Tensor) -> Tensor:
    """The shape of the ids, filled up with ones to the rank of data."""
    if ids.spec.shape is not None and data.spec.shape is not None:
        extra: Any = [1] * (len(data.spec.shape) - len(ids.spec.shape))
        return concat([shape_of(ids), extra], 0) if extra else shape_of(ids)
    return concat([shape_of(ids), fill([rank(data) - rank(ids)], 1)], 0)


def segment_sum(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """For each segment i the sum of the rows j of `data` with `segment_ids[j]` = i.

    Args:
      segment_ids: a vector of ints that do not decrease, one for each row.

    Returns:
      A tensor with as many rows as the last id + 1; a segment without rows has 0.

    Raises:
      InvalidArgumentError: in a run, if the ids decrease, are negative, or are not as many as rows.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.segment_sum([[1, 2], [3, 4], [5, 6]], [0, 0, 1]))
    array([[4, 6],
           [5, 6]], dtype=int32)
    """
    return SegmentSum([data, segment_ids], name=name)


def segment_mean(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """For each segment the mean of its rows: see `segment_sum`.  One without rows has 0."""
    return SegmentMean([data, segment_ids], name=name)


def segment_prod(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """For each segment the product of its rows: see `segment_sum`.  One without rows has 1."""
    return SegmentProd([data, segment_ids], name=name)


def segment_max(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """For each segment the greatest elements of its rows: see `segment_sum`.  One without has 0."""
    return SegmentMax([data, segment_ids], name=name)


def segment_min(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """For each segment the least elements of its rows: see `segment_sum`.  One without has 0."""
    return SegmentMin([data, segment_ids], name=name)


# -- unsorted segments ----------------------------------------------------------------------------


class UnsortedSegmentSum(Indexed):
    """The sum of the rows of each segment; rows with a negative id are in none."""

    ufunc: ClassVar[np.ufunc] = np.add
    index_operands = ("segment_ids", "num_segments")

    def infer(self, data: Spec, segment_ids: Spec, num_segments: Spec) -> Spec:
        check_integers(segment_ids=segment_ids.dtype, num_segments=num_segments.dtype)
        check_numbers(ordered=self.ufunc in _ORDERED, data=data.dtype)
        if data.shape is None or segment_ids.shape is None:
            return Spec(data.dtype)
        count = constant_value(self.inputs[2])
        rest = self.rest(data.shape, segment_ids.shape)
        return Spec(data.dtype, (None if count is None else int(count), *rest))

    @staticmethod
    def rest(data: Any, ids: Any) -> Any:
        """The shape of a row."""
        merged(data[: len(ids)], ids, "data must begin with the shape of segment_ids")
        return data[len(ids) :]

    def compute(self, data: Any, segment_ids: Any, num_segments: Any) -> Any:
        rest, count = self.rest(data.shape, segment_ids.shape), int(num_segments)
        if count < 0:
            raise Problem(f"Input num_segments == {count} must not be negative.")
        named = np.maximum(segment_ids, 0) if count else segment_ids[segment_ids >= 0]
        check_range(named, count, "segment_ids")
        rows, ids = np.reshape(data, (segment_ids.size, *rest)), np.ravel(segment_ids)
        if np.any(ids < 0):
            rows, ids = rows[ids >= 0], ids[ids >= 0]
        result = np.full((count, *rest), _START[self.ufunc](data.dtype), data.dtype)
        return update_rows(self.ufunc, result, ids, rows)


class UnsortedSegmentProd(UnsortedSegmentSum):
    """The product of the rows of each segment; rows with a negative id are in none."""

    ufunc = np.multiply


class UnsortedSegmentMax(UnsortedSegmentSum):
    """The greatest elements among the rows of each segment; rows with a negative id are in none."""

    ufunc = np.maximum


class UnsortedSegmentMin(UnsortedSegmentSum):
    """The least elements among the rows of each segment; rows with a negative id are in none."""

    ufunc = np.minimum


def _spread(segments: Tensor, ids: Tensor) -> Tensor:
    """For each row what its segment has; 0 for rows in none."""
    known = constant_value(ids)
    if known is not None and (known >= 0).all():
        return gather(segments, ids)
    rows = gather(segments, maximum(ids, zeros_like(ids)))
    inside = reshape(greater_equal(ids, zeros_like(ids)), _aligned(ids, rows))
    return where_v2(inside, rows, zeros_like(rows))


@RegisterGradient("UnsortedSegmentSum")
def _unsorted_segment_sum_grad(op: Operation, grad: Tensor) -> Any:
    return _spread(grad, op.inputs[1]), None, None


@RegisterGradient("UnsortedSegmentMax")
@RegisterGradient("UnsortedSegmentMin")
def _unsorted_segment_extreme_grad(op: Operation, grad: Tensor) -> Any:
    # All elements that equal the extreme share its gradient.
    data, ids, count = op.inputs
    chosen = equal(data, _spread(op.outputs[0], ids))
    sharing = unsorted_segment_sum(cast(chosen, _dtype(grad)), ids, count)
    shares = _spread(grad / maximum(sharing, ones_like(sharing)), ids)
    return where_v2(chosen, shares, zeros_like(data)), None, None


@RegisterGradient("UnsortedSegmentProd")
def _unsorted_segment_prod_grad(op: Operation, grad: Tensor) -> Any:
    data, ids, count = op.inputs
    return (
        _product_grad(
            data,
            grad,
            lambda x: unsorted_segment_sum(x, ids, count),
            lambda x: unsorted_segment_prod(x, ids, count),
            lambda x: _spread(x, ids),
        ),
        None,
        None,
    )


def unsorted_segment_sum(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Tensor:
    """For each segment i the sum of the rows of `data` whose number in `segment_ids` is i.

    Args:
      segment_ids: ints from 0 to `num_segments` - 1, shaped as the first axes of `data` (whose rows
        are what is left), in any order; a row with a negative one is left out.
      num_segments: how many segments there are; one without rows has 0.

    Raises:
      ValueError: if `data` does not begin with the shape of `segment_ids`.
      InvalidArgumentError: in a run, if there is no segment of a number.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.unsorted_segment_sum([1, 2, 3], [1, 0, 1], 3))
    array([2, 4, 0], dtype=int32)
    """
    return UnsortedSegmentSum([data, segment_ids, num_segments], name=name)


def unsorted_segment_prod(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Tensor:
    """For each segment the product of its rows: see `unsorted_segment_sum`.  One without has 1."""
    return UnsortedSegmentProd([data, segment_ids, num_segments], name=name)


def unsorted_segment_max(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Tensor:
    """For each segment the greatest elements of its rows: see `unsorted_segment_sum`.

    One without rows has the least number of its dtype.
    """
    return UnsortedSegmentMax([data, segment_ids, num_segments], name=name)


def unsorted_segment_min(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Tensor:
    """For each segment the least elements of its rows: see `unsorted_segment_sum`.

    One without rows has the greatest number of its dtype.
    """
    return UnsortedSegmentMin([data, segment_ids, num_segments], name=name)


def unsorted_segment_mean(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Tensor:
    """For each segment the mean of its rows: see `unsorted_segment_sum`.  One without has 0."""
    with name_scope(name, "UnsortedSegmentMean", [data]):
        data, ids = convert_to_tensor(data), convert_to_tensor(segment_ids)
        total = unsorted_segment_sum(data, ids, num_segments)
        mean: Tensor = total / _segment_sizes(data, ids, num_segments)
        return mean


def unsorted_segment_sqrt_n(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Tensor:
    """For each segment the sum of its n rows, divided by the root of n."""
    with name_scope(name, "UnsortedSegmentSqrtN", [data]):
        data, ids = convert_to_tensor(data), convert_to_tensor(segment_ids)
        total = unsorted_segment_sum(data, ids, num_segments)
        scaled: Tensor = total / sqrt(_segment_sizes(data, ids, num_segments))
        return scaled


def _segment_sizes(data: Tensor, ids: Tensor, num_segments: Any) -> Tensor:
    """How many rows each segment has (but at least 1), with axes of size 1 for those of a row."""
    sizes = unsorted_segment_sum(_ones_for(ids, data), ids, num_segments)
    return maximum(sizes, ones_like(sizes))
