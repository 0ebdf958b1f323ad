"""Moments, histograms and counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.foundation.dtypes import DType, as_dtype, float16, float32, int32, int64
from tinyflow.foundation.errors import DtypeProblem, Problem
from tinyflow.foundation.shapes import Spec, elements
from tinyflow.graph.constant_value import constant_value
from tinyflow.graph.gradient_registry import NotDifferentiable
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.arithmetic import (
    add,
    multiply,
    reciprocal,
    square,
    squared_difference,
    subtract,
    truediv,
)
from tinyflow.ops.array import identity, reshape, shape, size, stop_gradient
from tinyflow.ops.base import check_kind
from tinyflow.ops.comparison import maximum, minimum
from tinyflow.ops.constant import constant, convert_to_tensor
from tinyflow.ops.conversion import cast
from tinyflow.ops.creation import ones_like, zeros_like
from tinyflow.ops.functions import floor
from tinyflow.ops.indexing import gather
from tinyflow.ops.joining import stack
from tinyflow.ops.operands import renamed
from tinyflow.ops.reduction import (
    count_nonzero,
    reduce_max,
    reduce_mean,
    reduce_prod,
    reduce_sum,
)
from tinyflow.ops.scattering import scatter_nd
from tinyflow.ops.shaping import expand_dims, squeeze

__all__ = [
    "bincount", "confusion_matrix", "histogram_fixed_width", "histogram_fixed_width_bins",
    "moments", "normalize_moments", "sufficient_statistics", "weighted_moments", "zero_fraction",
]  # fmt: skip


# -- moments -------------------------------------------------------------------------------------


def _widened(x: Any) -> Any:
    """float16 as float32, in which means and variances are found."""
    return cast(x, float32) if x.dtype is not None and x.dtype.base_dtype is float16 else x


def _finished(x: Any, axes: Any, keepdims: Any, like: Any) -> Any:
    """A moment without the axes (unless they are kept), in the dtype of `like`."""
    x = x if keepdims else squeeze(x, axes)
    return x if like.dtype is None else cast(x, like.dtype.base_dtype)


def moments(
    x: Any, axes: Any, shift: Any = None, name: str | None = None, keep_dims: Any = None,
    keepdims: Any = None,
) -> Any:  # fmt: skip
    """The mean and the variance of the elements along axes.

    Args:
      x: a tensor of floats.
      axes: a number or a list of numbers; None for all axes.
      shift: accepted, and without effect, as in TF 1.15.
      keepdims: whether the axes stay, with size 1; `keep_dims` is its old name.

    Returns:
      (mean, variance); the variance is the mean squared distance from the mean.  Its gradient is
      right, its second derivative takes the mean as a constant, as in TF 1.15.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.nn.moments(tf.constant([[1., 2.], [3., 6.]]), axes=[0]))
    (array([2., 4.], dtype=float32), array([1., 4.], dtype=float32))
    """
    keepdims = renamed("keepdims", keepdims, "keep_dims", keep_dims)
    with name_scope(name, "moments", [x]):
        x = convert_to_tensor(x, name="x")
        y = _widened(x)
        mean = reduce_mean(y, axes, keepdims=True, name="mean")
        # The mean is where the squares are least, so the gradient through it is zero.
        squares = squared_difference(y, stop_gradient(mean))
        variance = reduce_mean(squares, axes, keepdims=True, name="variance")
        return _finished(mean, axes, keepdims, x), _finished(variance, axes, keepdims, x)


def weighted_moments(
    x: Any, axes: Any, frequency_weights: Any, name: str | None = None, keep_dims: Any = None,
    keepdims: Any = None,
) -> Any:  # fmt: skip
    """The mean and the variance along axes, each element counting as often as its weight says.

    Args:
      frequency_weights: a tensor that broadcasts against `x`.
      axes, keepdims: as in `moments`.
    """
    keepdims = renamed("keepdims", keepdims, "keep_dims", keep_dims)
    with name_scope(name, "weighted_moments", [x, frequency_weights]):
        x = convert_to_tensor(x, name="x")
        y = _widened(x)
        weights = convert_to_tensor(frequency_weights, name="frequency_weights")
        weights = weights if y.dtype is None else cast(weights, y.dtype.base_dtype)
        weighted = reduce_sum(weights * y, axes, keepdims=True, name="weighted_input_sum")
        weights_of_all = weights + zeros_like(y)
        total = reduce_sum(weights_of_all, axes, keepdims=True, name="sum_of_weights")
        share = reciprocal(total, name="inv_weight_sum")
        mean = multiply(weighted, share)
        squares = weights * squared_difference(y, mean)
        distances = reduce_sum(squares, axes, keepdims=True, name="weighted_distsq")
        variance = multiply(distances, share)
        return _finished(mean, axes, keepdims, x), _finished(variance, axes, keepdims, x)


def sufficient_statistics(
    x: Any, axes: Any, shift: Any = None, keep_dims: Any = None, name: str | None = None,
    keepdims: Any = None,
) -> Any:  # fmt: skip
    """What moments along axes are found from, and what can be added up over parts of the data.

    Args:
      axes: a list of numbers.
      shift: a value near the mean, to take off first (None: none).
      keepdims: whether the axes stay, with size 1; `keep_dims` is its old name.

    Returns:
      (the number of elements, their sum, the sum of their squares, shift)
    """
    keepdims = renamed("keepdims", keepdims, "keep_dims", keep_dims)
    axes = sorted(set(axes))
    with name_scope(name, "sufficient_statistics", [x]):
        x = convert_to_tensor(x, name="x")
        count = _count(x, axes)
        if shift is None:
            values, squares = x, square(x)
        else:
            shift = convert_to_tensor(shift, x.dtype, name="shift")
            values, squares = subtract(x, shift), squared_difference(x, shift)
        total = reduce_sum(values, axes, keepdims=keepdims, name="mean_ss")
        return count, total, reduce_sum(squares, axes, keepdims=keepdims, name="var_ss"), shift


def _count(x: Any, axes: list[int]) -> Any:
    """The number of elements along axes, in the dtype of `x`."""
    dtype = float32 if x.dtype is None else x.dtype.base_dtype
    known = x.spec.shape
    sizes = [None] if known is None else [known[axis] for axis in axes]
    if None not in sizes:
        return constant(elements(sizes), dtype)  # type: ignore[arg-type]
    return reduce_prod(gather(cast(shape(x), dtype), axes), name="count")


def normalize_moments(
    counts: Any, mean_ss: Any, variance_ss: Any, shift: Any, name: str | None = None
) -> Any:
    """(mean, variance) of the data whose `sufficient_statistics` (or sums of them) these are."""
    with name_scope(name, "normalize", [counts, mean_ss, variance_ss]):
        share = reciprocal(counts, name="divisor")
        if shift is None:
            centre = mean = multiply(mean_ss, share, name="mean")
        else:
            centre = multiply(mean_ss, share, name="shifted_mean")
            mean = add(centre, shift, name="mean")
        variance = subtract(multiply(variance_ss, share), square(centre), name="variance")
        return mean, variance


def zero_fraction(value: Any, name: str | None = None) -> Tensor:
    """The part of the elements that are zero, as a float32 scalar (of nothing, NaN).

    >>> import tinyflow as tf
    >>> print(tf.Session().run(tf.nn.zero_fraction([0., 1., 0., 2.])))
    0.5
    """
    with name_scope(name, "zero_fraction", [value]):
        value = convert_to_tensor(value, name="value")
        count = size(value, out_type=int64)
        zeros = count - count_nonzero(value, dtype=int64)
        return identity(cast(zeros, float32) / cast(count, float32), name="fraction")


# -- counts --------------------------------------------------------------------------------------


class Bincount(Operation):
    """How often each of the numbers 0, 1, ... size - 1 occurs; others are passed over.

    `weights` says in its dtype that of the result, and is empty.
    """

    recordable = True

    def infer(self, arr: Spec, size: Spec, weights: Spec) -> Spec:
        check_kind("arr", arr.dtype, "i")
        if weights.dtype is not None and weights.dtype.name not in (
            "int32",
            "int64",
            "float32",
            "float64",
        ):
            raise DtypeProblem(
                f"Value passed to parameter 'weights' has DataType {weights.dtype.name} not in "
                "list of allowed values: int32, int64, float32, float64"
            )
        count = constant_value(self.inputs[1])
        return Spec(weights.dtype, (None if count is None else int(count),))

    def compute(self, arr: Any, size: Any, weights: Any) -> Any:
        arr, count = np.ravel(np.asarray(arr)), int(np.asarray(size))  # not recorded
        if np.any(arr < 0):
            raise Problem(f"Input arr must be non-negative! It holds {arr.min()}")
        return np.bincount(arr[arr < count], minlength=count).astype(weights.dtype)


NotDifferentiable("Bincount")


def bincount(
    arr: Any, weights: Any = None, minlength: Any = None, maxlength: Any = None, dtype: Any = int32
) -> Any:
    """How often each of the numbers 0, 1, ... occurs, up to the largest.

    Args:
      arr: an int32 tensor without negative numbers.
      weights: what each element counts, instead of 1; it sets the dtype of the result.
      minlength: the least size of the result.
      maxlength: the largest; numbers from there on are passed over (with weights: an error).
      dtype: of the result, without weights: int32, int64, float32 or float64.

    Raises:
      ValueError: if `arr` is not of int32.
      InvalidArgumentError: in a run, if a number is negative.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.bincount([1, 1, 3]))
    array([0, 2, 0, 1], dtype=int32)
    """
    with name_scope("bincount"):
        arr = convert_to_tensor(arr, int32, name="arr")
        some = cast(reduce_prod(shape(arr)) > 0, int32)
        count = some * (reduce_max(arr) + 1)
        if minlength is not None:
            count = maximum(convert_to_tensor(minlength, int32, name="minlength"), count)
        if maxlength is not None:
            count = minimum(convert_to_tensor(maxlength, int32, name="maxlength"), count)
        if weights is not None:
            weights = convert_to_tensor(weights, name="weights")
            return scatter_nd(
                expand_dims(arr, -1), weights, stack([count]), name="UnsortedSegmentSum"
            )
        return Bincount((arr, count, constant([], as_dtype(dtype))), name="Bincount")


def confusion_matrix(
    labels: Any, predictions: Any, num_classes: Any = None, dtype: Any = int32,
    name: str | None = None, weights: Any = None,
) -> Any:  # fmt: skip
    """How often each class (row) was taken for each class (column).

    Args:
      labels, predictions: vectors of class numbers, of the same length.
      num_classes: the number of classes; by default the largest class number plus one.
      dtype: of the result.
      weights: a vector of what each pair counts, instead of 1.

    Returns:
      A tensor of shape (num_classes, num_classes).

    Raises:
      ValueError: if the vectors differ in length.
      InvalidArgumentError: in a run, if a class number is negative or too large.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.confusion_matrix(labels=[0, 1, 1], predictions=[0, 1, 0]))
    array([[1, 0],
           [1, 1]], dtype=int32)
    """
    with name_scope(name, "confusion_matrix", [labels, predictions]):
        labels = convert_to_tensor(labels, name="labels")
        predictions = convert_to_tensor(predictions, name="predictions")
        labels, predictions = (cast(x, int64) for x in _same_rank(labels, predictions))
        if num_classes is None:
            num_classes = maximum(reduce_max(predictions), reduce_max(labels)) + 1
        count = cast(num_classes, int64)
        if weights is None:
            counted = ones_like(predictions, as_dtype(dtype))
        else:
            weights = convert_to_tensor(weights, name="weights")
            predictions.shape.assert_is_compatible_with(weights.shape)
            counted = cast(weights, dtype)
        pairs = stack([labels, predictions], axis=1)
        return scatter_nd(pairs, counted, stack([count, count]), name="SparseTensorDenseAdd")


def _same_rank(labels: Any, predictions: Any) -> tuple[Any, Any]:
    """Both, without the last axis of the one that has an axis (of size 1) more."""
    ranks = labels.shape.ndims, predictions.shape.ndims
    if ranks[0] is not None and ranks[1] is not None:
        if ranks[0] == ranks[1] + 1:
            labels = squeeze(labels, [-1])
        elif ranks[1] == ranks[0] + 1:
            predictions = squeeze(predictions, [-1])
    return labels, predictions


# -- histograms ----------------------------------------------------------------------------------


class HistogramFixedWidth(Operation):
    """How many of the values lie in each of `nbins` parts of a range; the outer ones are open."""

    dtype: DType = int32
    recordable = True

    def infer(self, values: Spec, value_range: Spec, nbins: Spec) -> Spec:
        check_kind("values", values.dtype, "fi")
        if None not in (values.dtype, value_range.dtype) and values.dtype is not value_range.dtype:
            raise DtypeProblem(f"value_range is {value_range.dtype}, and values {values.dtype}")
        count = constant_value(self.inputs[2])
        if count is not None and count <= 0:
            raise Problem(f"Requires nbins > 0: {count}")
        return Spec(self.dtype, (None if count is None else int(count),))

    def compute(self, values: Any, value_range: Any, nbins: Any) -> Any:
        values, (low, high), count = (
            np.ravel(np.asarray(values)),
            np.asarray(value_range),
            int(np.asarray(nbins)),
        )
        if count <= 0:
            raise Problem(f"Requires nbins > 0: {count}")
        if not low < high:
            raise Problem(
                f"value_range should satisfy value_range[0] < value_range[1], is [{low}, {high}]"
            )
        if np.any(np.isnan(values)):
            raise Problem("a value is NaN, which is in no part of the range")
        step = float(high - low) / count
        place = np.minimum((np.maximum(values, low) - low).astype(np.float64) / step, count - 1)
        return np.bincount(place.astype(np.int64), minlength=count).astype(self.dtype.numpy)


NotDifferentiable("HistogramFixedWidth")


def histogram_fixed_width(
    values: Any, value_range: Any, nbins: Any = 100, dtype: Any = int32, name: str | None = None
) -> Any:
    """How many of the values lie in each of `nbins` equal parts of a range.

    Args:
      values: a numeric tensor of any shape.
      value_range: [low, high], of the same dtype; what lies outside counts in the outermost part.
      dtype: of the counts: `tf.int32` or `tf.int64`.

    Raises:
      ValueError: if there are no parts.
      InvalidArgumentError: in a run, if the range is empty or a value is NaN (which TF 1.15 does
        not survive).

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.histogram_fixed_width([-1., 0.5, 2.1, 9.], [0., 5.], nbins=5))
    array([2, 0, 1, 0, 1], dtype=int32)
    """
    with name_scope(name, "histogram_fixed_width", [values]) as scope:
        values = convert_to_tensor(values, name="values")
        value_range = convert_to_tensor(value_range, values.dtype, name="value_range")
        nbins = convert_to_tensor(nbins, int32, name="nbins")
        return HistogramFixedWidth((values, value_range, nbins), name=scope, dtype=as_dtype(dtype))


def histogram_fixed_width_bins(
    values: Any, value_range: Any, nbins: Any = 100, dtype: Any = int32, name: str | None = None
) -> Any:
    """The number of the part of the range that each value lies in (see `histogram_fixed_width`)."""
    with name_scope(name, "histogram_fixed_width_bins", [values]):
        values = convert_to_tensor(values, name="values")
        sizes = shape(values)
        values = reshape(values, [-1])
        value_range = convert_to_tensor(value_range, name="value_range")
        count = cast(convert_to_tensor(nbins, int32, name="nbins"), values.dtype or float32)
        low, high = value_range[0], value_range[1]
        place = floor(
            count * truediv(values - low, high - low, name="scaled_values"), name="indices"
        )
        place = minimum(maximum(place, 0), count - 1)
        return reshape(cast(place, dtype), sizes)
