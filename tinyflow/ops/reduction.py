"""Reductions: sums, means, products, extremes and the like along axes."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinyflow.foundation.dtypes import DType, as_dtype, bool_, float32, int32, int64, string
from tinyflow.foundation.errors import DtypeProblem, Problem
from tinyflow.foundation.shapes import Shape, Spec, elements, is_known, show_shape
from tinyflow.graph.constant_value import constant_value
from tinyflow.graph.gradient_registry import NotDifferentiable, RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.arithmetic import square
from tinyflow.ops.array import Range, Rank
from tinyflow.ops.base import check_kind
from tinyflow.ops.comparison import equal, not_equal
from tinyflow.ops.constant import Pack, constant, convert_to_tensor, is_tensor
from tinyflow.ops.conversion import cast, conj
from tinyflow.ops.cumulative import cumprod
from tinyflow.ops.functions import exp, sqrt
from tinyflow.ops.operands import renamed

__all__ = [
    "arg_max", "arg_min", "argmax", "argmin", "count_nonzero", "global_norm", "reduce_all",
    "reduce_any", "reduce_euclidean_norm", "reduce_logsumexp", "reduce_max", "reduce_mean",
    "reduce_min", "reduce_prod", "reduce_std", "reduce_sum", "reduce_variance",
]  # fmt: skip


# -- axes ----------------------------------------------------------------------------------------


def normal_axes(axis: Any, rank: int) -> tuple[int, ...]:
    """Axes (negative ones counted from the end, repeated ones once) as numbers from 0."""
    axes: list[int] = np.ravel(np.asarray(axis)).tolist()
    for a in axes:
        if not -rank <= a < rank:
            raise Problem(
                f"Invalid reduction dimension {a} for input with {rank} dimensions",
                f"an axis from {-rank} to {rank - 1}"
                if rank
                else "a scalar has no axes: leave axis out",
            )
    return tuple(dict.fromkeys(a % rank for a in axes))


def reduced_shape(shape: Any, axes: tuple[int, ...], keep_dims: bool) -> tuple[Any, ...]:
    """A shape without the axes, or with 1 in their place."""
    if keep_dims:
        return tuple(1 if i in axes else size for i, size in enumerate(shape))
    return tuple(size for i, size in enumerate(shape) if i not in axes)


def _all_axes(x: Tensor) -> Tensor:
    """The axes of a tensor, as a vector."""
    if x.spec.shape is not None:
        return constant(np.arange(len(x.spec.shape), dtype=np.int32))
    return Range(
        (constant(0, name="range/start"), Rank((x,)), constant(1, name="range/delta")), name="range"
    )


class Reduction(Operation):
    """Combines the elements along the axes given by the second input.

    Attributes:
      keep_dims: whether the axes stay, with size 1.
    """

    keep_dims: bool = False
    recordable = True
    kinds: ClassVar[str] = "fciu"  # NumPy's kinds of dtype that it takes

    def infer(self, input: Spec, reduction_indices: Spec) -> Spec:
        check_kind("input", input.dtype, self.kinds)
        check_kind("reduction_indices", reduction_indices.dtype, "i")
        if reduction_indices.shape is not None and len(reduction_indices.shape) > 1:
            raise Problem(
                f"Shape must be at most rank 1 but is rank {len(reduction_indices.shape)}",
                "give the axes as a number or a list of numbers",
            )
        return Spec(input.dtype, self._static_shape(input.shape))

    def fold(self, ufunc: Any, x: Any, axis: Any, keep_dims: bool | None = None) -> Any:
        """`ufunc` between all elements along the axes."""
        keep_dims = self.keep_dims if keep_dims is None else keep_dims
        axes = normal_axes(axis, x.ndim)
        return ufunc.reduce(x, axis=axes, dtype=x.dtype, keepdims=keep_dims)

    def _static_shape(self, shape: Shape) -> Shape:
        if shape is None:
            return () if self._takes_all() and not self.keep_dims else None
        axis = constant_value(self.inputs[1])
        if axis is None:
            return (None,) * len(shape) if self.keep_dims else None
        return reduced_shape(shape, normal_axes(axis, len(shape)), self.keep_dims)

    def _takes_all(self) -> bool:
        """True if the axes are `range(0, rank(input))`."""
        axes = self.inputs[1].op
        return axes.type == "Range" and axes.inputs[1].op.inputs[:1] == self.inputs[:1]


class SpreadSum(Operation):
    """`grad`, spread over the axes that a reduction of `input` removed.

    Attributes:
      keep_dims: as in the reduction.
    """

    keep_dims: bool = False
    recordable = True

    def infer(self, grad: Spec, input: Spec, reduction_indices: Spec) -> Spec:
        return Spec(grad.dtype, input.shape)

    def compute(self, grad: Any, input: Any, reduction_indices: Any) -> Any:
        axes = normal_axes(reduction_indices, input.ndim)
        return np.broadcast_to(self.with_axes(grad, input.shape, axes), input.shape)

    def with_axes(self, grad: Any, shape: Any, axes: tuple[int, ...]) -> Any:
        """`grad` with size 1 in place of the axes."""
        return grad if self.keep_dims else np.reshape(grad, reduced_shape(shape, axes, True))


@RegisterGradient("SpreadSum")
def _spread_sum_grad(op: Any, grad: Any) -> Any:
    return Sum((grad, op.inputs[2]), keep_dims=op.keep_dims), None, None


def _spread(reduction: Any, value: Tensor) -> Any:
    """A value of a reduction's outcome's shape, at every element that went into it."""
    return SpreadSum((value, *reduction.inputs), keep_dims=reduction.keep_dims)


def _reduce(
    kind: Any,
    x: Any,
    axis: Any,
    keepdims: Any,
    name: str | None,
    reduction_indices: Any,
    keep_dims: Any,
) -> Tensor:
    """Makes a reduction from the arguments of its public function, old names included."""
    axis = renamed("axis", axis, "reduction_indices", reduction_indices)
    keepdims = renamed("keepdims", keepdims, "keep_dims", keep_dims)
    x = convert_to_tensor(x, name="input_tensor")
    if axis is None:
        axis = _all_axes(x)
    elif isinstance(axis, list | tuple) and not axis:
        axis = np.zeros(0, np.int32)  # no axis (an empty list would count as floats)
    result: Tensor = kind((x, axis), name=name, keep_dims=bool(keepdims))
    return result


# -- sum and mean --------------------------------------------------------------------------------


class Sum(Reduction):
    """The sum of the elements."""

    def compute(self, input: Any, reduction_indices: Any) -> Any:
        return self.fold(np.add, input, reduction_indices)


@RegisterGradient("Sum")
def _sum_grad(op: Any, grad: Any) -> Any:
    return _spread(op, grad), None


def reduce_sum(
    input_tensor: Any, axis: Any = None, keepdims: Any = None, name: str | None = None,
    reduction_indices: Any = None, keep_dims: Any = None,
) -> Tensor:  # fmt: skip
    """The sum of the elements along `axis`.

    Args:
      input_tensor: a numeric tensor.
      axis: a number, a list of numbers or an integer tensor: the axes to sum over; all of them if
        None, none if `[]`. Negative axes count from the end; one named twice counts once.
      keepdims: whether the axes stay, with size 1.
      reduction_indices, keep_dims: old names of `axis` and `keepdims`.

    Returns:
      A tensor of the same dtype (so a sum of int8 may wrap) without those axes; of nothing, 0.

    Raises:
      TypeError: if the tensor is not numeric, or `axis` not of integers.
      ValueError: if there is no such axis, or both names of an argument are used.
      InvalidArgumentError: in a run, if only then it is seen that there is no such axis.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.reduce_sum([[1, 2, 3], [4, 5, 6]], axis=1, keepdims=True))
    array([[ 6],
           [15]], dtype=int32)
    """
    return _reduce(Sum, input_tensor, axis, keepdims, name, reduction_indices, keep_dims)


def _count(shape: Any, axes: tuple[int, ...]) -> int:
    """The number of elements that a reduction combines into one."""
    return elements([shape[axis] for axis in axes])


class Mean(Reduction):
    """The mean of the elements; of integers, cut off towards zero."""

    def compute(self, input: Any, reduction_indices: Any) -> Any:
        count = _count(input.shape, normal_axes(reduction_indices, input.ndim))
        if input.dtype == np.float16:  # whose sum would overflow long before the mean does
            total = self.fold(np.add, input.astype(np.float32), reduction_indices)
            return (total / count).astype(np.float16)
        total = self.fold(np.add, input, reduction_indices)
        if input.dtype.kind not in "iu":
            return total / count
        whole = np.asarray(count).astype(input.dtype)
        return (total - np.fmod(total, whole)) // whole


class SpreadMean(SpreadSum):
    """`grad`, divided by the number of elements that a reduction combined, and spread over them."""

    def compute(self, grad: Any, input: Any, reduction_indices: Any) -> Any:
        axes = normal_axes(reduction_indices, input.ndim)
        share = self.with_axes(grad / _count(input.shape, axes), input.shape, axes)
        return np.broadcast_to(share, input.shape)


@RegisterGradient("Mean")
def _mean_grad(op: Any, grad: Any) -> Any:
    return SpreadMean((grad, *op.inputs), keep_dims=op.keep_dims), None


@RegisterGradient("SpreadMean")
def _spread_mean_grad(op: Any, grad: Any) -> Any:
    return Mean((grad, op.inputs[2]), keep_dims=op.keep_dims), None, None


def reduce_mean(
    input_tensor: Any, axis: Any = None, keepdims: Any = None, name: str | None = None,
    reduction_indices: Any = None, keep_dims: Any = None,
) -> Tensor:  # fmt: skip
    """The mean of the elements along `axis` (see `reduce_sum` for the arguments).

    The mean of nothing is NaN.  The mean of integers is an integer, cut off towards zero, as in
    TF 1.15: the mean of [-1, -2] is -1. Use `tf.cast` first for a fraction.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.reduce_mean([[1., 2.], [4., 5.]], axis=0))
    array([2.5, 3.5], dtype=float32)
    """
    return _reduce(Mean, input_tensor, axis, keepdims, name, reduction_indices, keep_dims)


# -- product -------------------------------------------------------------------------------------


class Prod(Reduction):
    """The product of the elements."""

    def compute(self, input: Any, reduction_indices: Any) -> Any:
        return self.fold(np.multiply, input, reduction_indices)


@RegisterGradient("Prod")
def _prod_grad(op: Any, grad: Any) -> Any:
    # d y / d x[i] is the product of all others: those before i times those after it. Without
    # dividing by x[i], so that it is right where x is zero, and its derivatives are, too.
    x, axes = op.inputs
    rows = MatrixForm((x, axes))
    before = cumprod(rows, axis=1, exclusive=True)
    after = cumprod(rows, axis=1, exclusive=True, reverse=True)
    return _spread(op, grad) * conj(FromMatrix((before * after, x, axes))), None


class MatrixForm(Operation):
    """`x` as a matrix: a column for each place along `axes`, a row for each along the other axes.

    Attributes:
      axes_first: the transpose of that.
    """

    axes_first: bool = False
    recordable = True

    def infer(self, x: Spec, axes: Spec) -> Spec:
        along = constant_value(self.inputs[1])
        if x.shape is None or along is None:
            return Spec(x.dtype, (None, None))
        sides = _sides(along, len(x.shape), self.axes_first)
        known = [is_known(tuple(x.shape[i] for i in side)) for side in sides]
        return Spec(
            x.dtype,
            tuple(_count(x.shape, s) if k else None for s, k in zip(sides, known, strict=True)),
        )

    def compute(self, x: Any, axes: Any) -> Any:
        rows, columns = _sides(axes, x.ndim, self.axes_first)
        shape = _count(x.shape, rows), _count(x.shape, columns)
        return np.reshape(_transposed(x, rows + columns), shape)


class FromMatrix(Operation):
    """The tensor, shaped as `like`, of which `matrix` is the matrix form."""

    axes_first: bool = False
    recordable = True

    def infer(self, matrix: Spec, like: Spec, axes: Spec) -> Spec:
        return Spec(matrix.dtype, like.shape)

    def compute(self, matrix: Any, like: Any, axes: Any) -> Any:
        rows, columns = _sides(axes, like.ndim, self.axes_first)
        order = rows + columns
        x = np.reshape(matrix, tuple(like.shape[i] for i in order))
        return _transposed(x, tuple(np.argsort(order).tolist()))


def _sides(axes: Any, rank: int, axes_first: bool) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The axes of a tensor that make up the rows of its matrix form, and those of the columns."""
    along = normal_axes(axes, rank)
    others = tuple(i for i in range(rank) if i not in along)
    return (along, others) if axes_first else (others, along)


def _transposed(x: Any, order: tuple[int, ...]) -> Any:
    """`x` with its axes in another order."""
    return x if order == tuple(range(x.ndim)) else np.transpose(x, order)


@RegisterGradient("MatrixForm")
def _matrix_form_grad(op: Any, grad: Any) -> Any:
    return FromMatrix((grad, *op.inputs), axes_first=op.axes_first), None


@RegisterGradient("FromMatrix")
def _from_matrix_grad(op: Any, grad: Any) -> Any:
    return MatrixForm((grad, op.inputs[2]), axes_first=op.axes_first), None, None


def reduce_prod(
    input_tensor: Any, axis: Any = None, keepdims: Any = None, name: str | None = None,
    reduction_indices: Any = None, keep_dims: Any = None,
) -> Tensor:  # fmt: skip
    """The product of the elements along `axis` (see `reduce_sum` for the arguments).

    The product of nothing is 1. Gradients are exact also where elements are zero, to every order.

    >>> import tinyflow as tf
    >>> x = tf.constant([2., 0., 3.])
    >>> tf.Session().run(tf.gradients(tf.reduce_prod(x), x))
    [array([0., 6., 0.], dtype=float32)]
    """
    return _reduce(Prod, input_tensor, axis, keepdims, name, reduction_indices, keep_dims)


# -- extremes ------------------------------------------------------------------------------------


class Max(Reduction):
    """The largest element; NaN if there is one."""

    kinds = "fiu"
    ufunc: ClassVar[Any] = np.maximum

    def compute(self, input: Any, reduction_indices: Any) -> Any:
        axes = normal_axes(reduction_indices, input.ndim)
        if not _count(input.shape, axes):
            shape = reduced_shape(input.shape, axes, self.keep_dims)
            return np.broadcast_to(self.of_nothing(input.dtype), shape)
        return self.fold(self.ufunc, input, reduction_indices)

    def of_nothing(self, dtype: np.dtype[Any]) -> Any:
        """The result where there is no element."""
        return np.asarray(-np.inf if dtype.kind == "f" else np.iinfo(dtype).min, dtype)


class Min(Max):
    """The smallest element; NaN if there is one."""

    ufunc = np.minimum

    def of_nothing(self, dtype: np.dtype[Any]) -> Any:
        return np.asarray(np.inf if dtype.kind == "f" else np.iinfo(dtype).max, dtype)


@RegisterGradient("Max")
@RegisterGradient("Min")
def _extreme_grad(op: Any, grad: Any) -> Any:
    # Elements that share the extreme share its gradient.
    x, axes = op.inputs
    hit = cast(equal(x, _spread(op, op.outputs[0])), grad.dtype or float32)
    hits = reduce_sum(hit, axes, keepdims=op.keep_dims)
    return hit * _spread(op, grad / hits), None


def reduce_max(
    input_tensor: Any, axis: Any = None, keepdims: Any = None, name: str | None = None,
    reduction_indices: Any = None, keep_dims: Any = None,
) -> Tensor:  # fmt: skip
    """The largest of the elements along `axis` (see `reduce_sum` for the arguments).

    The largest of nothing is -inf (or the lowest integer).  One NaN makes it NaN, where TF 1.15
    passes over it.  Elements that are equally large get equal parts of the gradient.
    """
    return _reduce(Max, input_tensor, axis, keepdims, name, reduction_indices, keep_dims)


def reduce_min(
    input_tensor: Any, axis: Any = None, keepdims: Any = None, name: str | None = None,
    reduction_indices: Any = None, keep_dims: Any = None,
) -> Tensor:  # fmt: skip
    """The smallest of the elements along `axis` (see `reduce_sum` for the arguments).

    The smallest of nothing is inf (or the highest integer).  One NaN makes it NaN, where TF 1.15
    passes over it.  Elements that are equally small get equal parts of the gradient.
    """
    return _reduce(Min, input_tensor, axis, keepdims, name, reduction_indices, keep_dims)


# -- logic ---------------------------------------------------------------------------------------


class Any_(Reduction):  # (Any is a type)
    """Whether an element is true."""

    op_type = "Any"
    kinds = "b"

    def compute(self, input: Any, reduction_indices: Any) -> Any:
        return self.fold(np.logical_or, input, reduction_indices)


class All(Reduction):
    """Whether all elements are true."""

    kinds = "b"

    def compute(self, input: Any, reduction_indices: Any) -> Any:
        return self.fold(np.logical_and, input, reduction_indices)


NotDifferentiable("Any")
NotDifferentiable("All")


def reduce_any(
    input_tensor: Any, axis: Any = None, keepdims: Any = None, name: str | None = None,
    reduction_indices: Any = None, keep_dims: Any = None,
) -> Tensor:  # fmt: skip
    """Whether one of the bools along `axis` is true (see `reduce_sum`); of nothing, False."""
    return _reduce(Any_, input_tensor, axis, keepdims, name, reduction_indices, keep_dims)


def reduce_all(
    input_tensor: Any, axis: Any = None, keepdims: Any = None, name: str | None = None,
    reduction_indices: Any = None, keep_dims: Any = None,
) -> Tensor:  # fmt: skip
    """Whether all of the bools along `axis` are true (see `reduce_sum`); of nothing, True."""
    return _reduce(All, input_tensor, axis, keepdims, name, reduction_indices, keep_dims)


# -- log of a sum of exponentials ----------------------------------------------------------------


class LogSumExp(Reduction):
    """log(sum(exp(x))), without overflow."""

    kinds = "f"

    def compute(self, input: Any, reduction_indices: Any) -> Any:
        axes = normal_axes(reduction_indices, input.ndim)
        if not _count(input.shape, axes):
            shape = reduced_shape(input.shape, axes, self.keep_dims)
            return np.broadcast_to(np.asarray(-np.inf, input.dtype), shape)
        top = self.fold(np.maximum, input, reduction_indices, keep_dims=True)
        # An infinite top would give inf - inf; taking 0 off changes nothing there.
        top = np.where(np.isfinite(top), top, 0.0)
        total = self.fold(np.add, np.exp(input - top), reduction_indices, keep_dims=True)
        result = np.log(total) + top
        return (
            result
            if self.keep_dims
            else np.reshape(result, reduced_shape(input.shape, axes, False))
        )


@RegisterGradient("LogSumExp")
def _logsumexp_grad(op: Any, grad: Any) -> Any:
    # The softmax.
    weight = exp(op.inputs[0] - _spread(op, op.outputs[0]))
    return _spread(op, grad) * weight, None


def reduce_logsumexp(
    input_tensor: Any, axis: Any = None, keepdims: Any = None, name: str | None = None,
    reduction_indices: Any = None, keep_dims: Any = None,
) -> Tensor:  # fmt: skip
    """log(sum(exp(x))) along `axis` (see `reduce_sum` for the arguments), without overflow.

    Of nothing it is -inf.  Its gradient is the softmax.

    >>> import tinyflow as tf
    >>> print(tf.Session().run(tf.reduce_logsumexp([1000., 1000.])))
    1000.6932
    """
    with name_scope(name, "ReduceLogSumExp", [input_tensor]):
        # The name is that of the last of the ops that it is made of in TF 1.15.
        return _reduce(LogSumExp, input_tensor, axis, keepdims, "Add", reduction_indices, keep_dims)


# -- spread and length ---------------------------------------------------------------------------


class EuclideanNorm(Reduction):
    """The square root of the sum of squares."""

    def compute(self, input: Any, reduction_indices: Any) -> Any:
        squares = input * (np.conjugate(input) if input.dtype.kind == "c" else input)
        total = self.fold(np.add, squares, reduction_indices)
        return np.sqrt(total).astype(input.dtype) if input.dtype.kind in "iu" else np.sqrt(total)


NotDifferentiable("EuclideanNorm")  # as in TF 1.15


def reduce_euclidean_norm(
    input_tensor: Any, axis: Any = None, keepdims: Any = False, name: str | None = None
) -> Tensor:
    """The square root of the sum of squares along `axis` (see `reduce_sum` for the arguments).

    No gradient flows through it, as in TF 1.15; through `tf.norm` one does.
    """
    return _reduce(EuclideanNorm, input_tensor, axis, keepdims, name, None, None)


def reduce_variance(
    input_tensor: Any, axis: Any = None, keepdims: Any = False, name: str | None = None
) -> Tensor:
    """The mean squared distance from the mean along `axis` (see `reduce_sum`).

    It is divided by the number of elements, not by one less.
    """
    with name_scope(name or "reduce_variance"):
        x = convert_to_tensor(input_tensor)
        deviation = x - reduce_mean(x, axis, keepdims=True)
        return reduce_mean(square(deviation), axis, keepdims)


def reduce_std(
    input_tensor: Any, axis: Any = None, keepdims: Any = False, name: str | None = None
) -> Tensor:
    """The standard deviation along `axis`: the square root of `reduce_variance`.

    Raises:
      TypeError: if the tensor is of integers.
    """
    with name_scope(name or "reduce_std"):
        return sqrt(reduce_variance(input_tensor, axis, keepdims))


def global_norm(t_list: Any, name: str | None = None) -> Any:
    """The euclidean norm of several tensors, taken together as one vector; None is passed over.

    Raises:
      TypeError: if `t_list` is no list, or holds integers.
    """
    if not isinstance(t_list, list | tuple):
        raise TypeError("t_list should be a sequence")
    with name_scope(name, "global_norm", [t for t in t_list if is_tensor(t)]):
        values = [convert_to_tensor(getattr(t, "values", t)) for t in t_list if t is not None]
        squares = [reduce_sum(square(x)) for x in values]
        return sqrt(
            reduce_sum(Pack(squares, name="stack")) if squares else constant(0.0),
            name="global_norm",
        )


# -- counts and places ---------------------------------------------------------------------------


def count_nonzero(
    input_tensor: Any = None, axis: Any = None, keepdims: Any = None, dtype: Any = int64,
    name: str | None = None, reduction_indices: Any = None, keep_dims: Any = None,
    input: Any = None,
) -> Tensor:  # fmt: skip
    """The number of elements along `axis` that are not zero (not False, not "").

    Args:
      dtype: of the result.
      input: another name of `input_tensor`; for the other arguments see `reduce_sum`.
    """
    input_tensor = renamed("input", input, "input_tensor", input_tensor)
    axis = renamed("axis", axis, "reduction_indices", reduction_indices)
    keepdims = renamed("keepdims", keepdims, "keep_dims", keep_dims)
    with name_scope(name, "count_nonzero", [input_tensor]):
        x = convert_to_tensor(input_tensor, name="input")
        zero = {string: b"", bool_: False}.get(x.dtype, 0)
        differs = not_equal(x, constant(zero, x.dtype and x.dtype.base_dtype, name="zeros"))
        return reduce_sum(cast(differs, dtype), axis, keepdims)


class ArgMax(Operation):
    """The place of the largest element along an axis: the first one, if there are several."""

    output_type: DType = int64
    recordable = True
    find: ClassVar[Any] = staticmethod(np.argmax)

    def infer(self, input: Spec, dimension: Spec) -> Spec:
        check_kind("input", input.dtype, "fiu")
        check_kind("dimension", dimension.dtype, "i")
        if self.output_type not in (int32, int64):
            raise DtypeProblem(
                f"Value passed to parameter 'output_type' has DataType {self.output_type.name} not "
                "in list of allowed values: int32, int64"
            )
        if dimension.shape:
            raise Problem(
                f"Shape must be rank 0 but is rank {len(dimension.shape)}", "give one axis"
            )
        if not input.shape:  # of unknown rank, or a scalar: seen in the run
            return Spec(self.output_type, input.shape)
        axis = constant_value(self.inputs[1])
        if axis is None:
            return Spec(self.output_type, (None,) * (len(input.shape) - 1))
        kept = self.axis(axis, len(input.shape))
        return Spec(self.output_type, input.shape[:kept] + input.shape[kept + 1 :])

    def axis(self, dimension: Any, rank: int) -> int:
        """The axis as a number from 0."""
        axis = int(np.asarray(dimension))
        if not -rank <= axis < rank:
            raise Problem(
                f"Dimension ({axis}) must be in the range [{-rank}, {rank}), where {rank} is the "
                "number of dimensions in the input"
            )
        return axis % rank

    def compute(self, input: Any, dimension: Any) -> Any:
        axis = self.axis(dimension, input.ndim)
        if not input.shape[axis] and elements(reduced_shape(input.shape, (axis,), False)):
            raise Problem(f"Reduction axis {axis} is empty in shape {show_shape(input.shape)}")
        if not input.shape[axis]:
            return np.zeros(reduced_shape(input.shape, (axis,), False), self.output_type.numpy)
        place = self.find(input, axis=axis)
        return (
            place if place.dtype == self.output_type.numpy else place.astype(self.output_type.numpy)
        )


class ArgMin(ArgMax):
    """The place of the smallest element along an axis: the first one, if there are several."""

    find = staticmethod(np.argmin)


NotDifferentiable("ArgMax")
NotDifferentiable("ArgMin")


def argmax(
    input: Any,
    axis: Any = None,
    name: str | None = None,
    dimension: Any = None,
    output_type: Any = int64,
) -> Tensor:
    """The place of the largest element along an axis: the first one, if there are several.

    A NaN counts as largest, as in `reduce_max` (TF 1.15 passes over it).

    Args:
      input: a tensor of real numbers.
      axis: one axis; by default 0.
      dimension: an old name of `axis`.
      output_type: `tf.int64` or `tf.int32`.

    Raises:
      ValueError: if there is no such axis.
      InvalidArgumentError: in a run, if the axis is empty.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.argmax([[1., 3., 3.], [5., 5., 4.]], axis=1))
    array([1, 0])
    """
    axis = renamed("axis", axis, "dimension", dimension)
    return ArgMax(
        (input, 0 if axis is None else axis), name=name, output_type=as_dtype(output_type)
    )


def argmin(
    input: Any,
    axis: Any = None,
    name: str | None = None,
    dimension: Any = None,
    output_type: Any = int64,
) -> Tensor:
    """The place of the smallest element along an axis (see `argmax`)."""
    axis = renamed("axis", axis, "dimension", dimension)
    return ArgMin(
        (input, 0 if axis is None else axis), name=name, output_type=as_dtype(output_type)
    )


def arg_max(
    input: Any, dimension: Any, output_type: Any = int64, name: str | None = None
) -> Tensor:
    """`argmax`, as it was called once."""
    return ArgMax((input, dimension), name=name, output_type=as_dtype(output_type))


def arg_min(
    input: Any, dimension: Any, output_type: Any = int64, name: str | None = None
) -> Tensor:
    """`argmin`, as it was called once."""
    return ArgMin((input, dimension), name=name, output_type=as_dtype(output_type))
