"""Tensors made by a pattern: grids, masks, repetitions, and matrices known by their diagonals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tinyflow.foundation.dtypes import as_dtype, bool_, float32, int32
from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Shape, Spec, merge_shapes, show_shape
from tinyflow.graph.gradient_registry import RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.array import Range, reshape, shape as shape_of
from tinyflow.ops.base import merged
from tinyflow.ops.comparison import less, maximum, minimum
from tinyflow.ops.constant import constant, convert_to_tensor, is_tensor
from tinyflow.ops.conversion import cast
from tinyflow.ops.creation import ones, ones_like, zeros, zeros_like
from tinyflow.ops.indexing import gather, where
from tinyflow.ops.joining import axis_of, concat, size_along
from tinyflow.ops.operands import Indexed, check_integers, same_typed
from tinyflow.ops.reduction import reduce_max
from tinyflow.ops.shaping import expand_dims, tile

__all__ = [
    "diag", "diag_part", "eye", "matrix_band_part", "matrix_diag", "matrix_diag_part",
    "matrix_set_diag", "meshgrid", "repeat", "sequence_mask",
]  # fmt: skip


# -- grids, masks, repetitions ---------------------------------------------------------------------


def meshgrid(*args: Any, **kwargs: Any) -> list[Tensor]:
    """The coordinates of the points of a grid: one tensor for each axis.

    Args:
      *args: for each axis the coordinates along it.
      indexing: "xy" (the default: the first axis runs along a row, the second down a column) or
        "ij" (axes in the order of the arguments).
      name: of the operations' scope.

    Raises:
      TypeError: for other keyword arguments.
      ValueError: if `indexing` is neither.

    >>> import tinyflow as tf
    >>> x, y = tf.Session().run(tf.meshgrid([1, 2, 3], [4, 5]))
    >>> x.tolist(), y.tolist()
    ([[1, 2, 3], [1, 2, 3]], [[4, 4, 4], [5, 5, 5]])
    """
    indexing, name = kwargs.pop("indexing", "xy"), kwargs.pop("name", "meshgrid")
    for key in kwargs:
        raise TypeError(f"'{key}' is an invalid keyword argument for this function")
    if indexing not in ("xy", "ij"):
        raise ValueError("indexing parameter must be either 'xy' or 'ij'")
    with name_scope(name, "meshgrid", args):
        tensors = same_typed(args, "arg")
        places = list(range(len(tensors)))
        if indexing == "xy" and len(tensors) > 1:
            places[:2] = 1, 0
        along = []
        for tensor, place in zip(tensors, places, strict=True):
            along.append(reshape(tensor, [-1 if i == place else 1 for i in range(len(tensors))]))
        sizes = [size_along(along[i], constant(place)) for place, i in enumerate(places)]
        one = ones(sizes, tensors[0].spec.dtype or float32)
        return [tensor * one for tensor in along]


def sequence_mask(
    lengths: Any, maxlen: Any = None, dtype: Any = bool_, name: str | None = None
) -> Tensor:
    """For each length a row that is True so often, and False from there on.

    Args:
      lengths: ints of any shape.
      maxlen: how long the rows are; by default as long as the greatest length.

    Raises:
      ValueError: if `maxlen` is no scalar.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.sequence_mask([1, 3, 2], dtype=tf.int32))
    array([[1, 0, 0],
           [1, 1, 1],
           [1, 1, 0]], dtype=int32)
    """
    with name_scope(name, "SequenceMask", [lengths, maxlen]):
        lengths = convert_to_tensor(lengths)
        if maxlen is None:
            maxlen = reduce_max(lengths)
            maxlen = maximum(zeros_like(maxlen), maxlen)
        else:
            maxlen = convert_to_tensor(maxlen)
        if maxlen.spec.shape:
            raise ValueError("maxlen must be scalar for sequence_mask")
        kind = maxlen.spec.dtype or int32
        places = Range([constant(0, kind), maxlen, constant(1, kind)])
        mask = less(places, cast(expand_dims(lengths, -1), kind))
        dtype = as_dtype(dtype)
        return mask if dtype is bool_ else cast(mask, dtype)


def repeat(input: Any, repeats: Any, axis: int | None = None, name: str | None = None) -> Tensor:
    """`input` with each element of an axis repeated.

    Args:
      repeats: how often: one number, or one for each element.
      axis: by default `input` is made a vector first.

    Raises:
      ValueError: if there is no such axis, or there are not as many numbers as elements.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.repeat([7, 8, 9], [2, 0, 1]))
    array([7, 7, 9], dtype=int32)
    """
    if axis is None:
        input, axis = reshape(input, [-1]), 0
    if not isinstance(axis, int):
        raise TypeError(f"axis must be an int; got {type(axis).__name__}")
    with name_scope(name, "Repeat", [input, repeats]):
        data = convert_to_tensor(input, name="data")
        repeats = cast(convert_to_tensor(repeats, name="repeats"), int32)
        repeats.shape.with_rank_at_most(1)
        if data.spec.shape == ():
            data = reshape(data, [1])
        if data.spec.shape is None and axis < 0:
            raise ValueError(f"repeat along axis {axis} needs a tensor of known rank")
        axis = axis if data.spec.shape is None else axis_of(axis, data.spec.shape)
        if repeats.spec.shape != ():
            data.shape[axis : axis + 1].assert_is_compatible_with(repeats.shape)
            return gather(data, where(sequence_mask(repeats))[:, 0], axis=axis)
        sizes = shape_of(data)
        before, after = ones_like(sizes[: axis + 1]), ones_like(sizes[axis + 1 :])
        tiled = tile(expand_dims(data, axis + 1), concat([before, [repeats], after], 0))
        return reshape(tiled, concat([sizes[:axis], [-1], sizes[axis + 1 :]], 0))


# -- diagonals of tensors --------------------------------------------------------------------------


class Diag(Operation):
    """A tensor of twice the rank, with the input on its diagonal and zeros elsewhere."""

    recordable = True

    def infer(self, diagonal: Spec) -> Spec:
        if diagonal.shape == ():
            raise Problem("Shape must be at least rank 1 but is rank 0")
        return Spec(diagonal.dtype, diagonal.shape and diagonal.shape * 2)

    def compute(self, diagonal: Any) -> Any:
        size = diagonal.size
        matrix = np.where(
            np.eye(size, dtype=bool), np.reshape(diagonal, (size, 1)), _zero(diagonal)
        )
        return np.reshape(matrix, diagonal.shape * 2)


class DiagPart(Operation):
    """The diagonal of a tensor whose second half of axes is like the first."""

    recordable = True

    def infer(self, input: Spec) -> Spec:
        return Spec(input.dtype, self.half(input.shape))

    @staticmethod
    def half(shape: Shape) -> Shape:
        if shape is None:
            return None
        count = len(shape) // 2
        if not shape or len(shape) % 2:
            raise Problem(
                f"the rank must be even and at least 2, but the shape is {show_shape(shape)}"
            )
        return merged(shape[:count], shape[count:], "the two halves of the shape differ")

    def compute(self, input: Any) -> Any:
        half = self.half(input.shape)
        size = math.prod(half)  # type: ignore[arg-type]
        return np.reshape(np.reshape(input, size * size)[:: size + 1], half)


def _zero(x: Any) -> Any:
    return np.zeros((), x.dtype)


@RegisterGradient("Diag")
def _diag_grad(op: Operation, grad: Tensor) -> Any:
    return diag_part(grad)


@RegisterGradient("DiagPart")
def _diag_part_grad(op: Operation, grad: Tensor) -> Any:
    return diag(grad)


def diag(diagonal: Any, name: str | None = None) -> Tensor:
    """A tensor of twice the rank: `diagonal` at [i, ..., i, ...], and zeros elsewhere.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.diag([1, 2]))
    array([[1, 0],
           [0, 2]], dtype=int32)
    """
    return Diag([diagonal], name=name)


def diag_part(input: Any, name: str | None = None) -> Tensor:
    """The elements at [i, ..., i, ...] of a tensor whose second half of axes is like the first.

    Raises:
      ValueError: if the axes are not so.
    """
    return DiagPart([input], name=name)


# -- diagonals of matrices -------------------------------------------------------------------------


class MatrixDiag(Operation):
    """Square matrices with the rows of the input on their diagonals."""

    recordable = True

    def infer(self, diagonal: Spec) -> Spec:
        if diagonal.shape == ():
            raise Problem("Shape must be at least rank 1 but is rank 0")
        return Spec(diagonal.dtype, diagonal.shape and (*diagonal.shape, diagonal.shape[-1]))

    def compute(self, diagonal: Any) -> Any:
        on = np.eye(diagonal.shape[-1], dtype=bool)
        return np.where(on, np.expand_dims(diagonal, -1), _zero(diagonal))


def _matrices(shape: Shape) -> Any:
    """The shape of a batch of matrices, checked, as (batch, rows, columns)."""
    assert shape is not None
    if len(shape) < 2:
        raise Problem(
            f"Shape must be at least rank 2 but is rank {len(shape)}: {show_shape(shape)}"
        )
    return shape[:-2], shape[-2], shape[-1]


def _diagonal_shape(shape: Shape) -> Shape:
    batch, rows, columns = _matrices(shape)
    return (*batch, None if None in (rows, columns) else min(rows, columns))


class MatrixDiagPart(Operation):
    """The main diagonals of matrices."""

    recordable = True

    def infer(self, input: Spec) -> Spec:
        return Spec(input.dtype, input.shape and _diagonal_shape(input.shape))

    def compute(self, input: Any) -> Any:
        batch, rows, columns = _matrices(input.shape)
        count = min(rows, columns)
        # In row-major order the diagonal is every (columns + 1)-th element.
        flat = np.reshape(input, (*batch, rows * columns))
        return flat[..., : count * columns : columns + 1]


class MatrixSetDiag(Operation):
    """Matrices with their main diagonals replaced."""

    same_dtype = True
    recordable = True

    def infer(self, input: Spec, diagonal: Spec) -> Spec:
        if input.shape is None:
            return input
        batch, rows, columns = _matrices(input.shape)
        merged(_diagonal_shape(input.shape), diagonal.shape, "the diagonal has another shape")
        if diagonal.shape is not None:
            batch = merge_shapes(batch, diagonal.shape[:-1])
        return Spec(input.dtype, (*batch, rows, columns))

    def compute(self, input: Any, diagonal: Any) -> Any:
        merged(_diagonal_shape(input.shape), diagonal.shape, "the diagonal has another shape")
        _, rows, columns = _matrices(input.shape)
        on = np.eye(rows, columns, dtype=bool)
        return np.where(on, np.expand_dims(diagonal, -1 if rows <= columns else -2), input)


class MatrixBandPart(Indexed):
    """Matrices with zeros outside of a band about the main diagonals."""

    index_operands = ("num_lower", "num_upper")

    def infer(self, input: Spec, num_lower: Spec, num_upper: Spec) -> Spec:
        check_integers(num_lower=num_lower.dtype, num_upper=num_upper.dtype)
        if input.shape is not None:
            _matrices(input.shape)
        return input

    def compute(self, input: Any, num_lower: Any, num_upper: Any) -> Any:
        _, rows, columns = _matrices(input.shape)
        below, above = int(num_lower), int(num_upper)
        for what, count, most in (("num_lower", below, rows), ("num_upper", above, columns)):
            if count > most:
                raise Problem(
                    f"{what} must be negative or less or equal to {most}, the matrix's size, "
                    f"got: {count}"
                )
        distance = np.arange(columns) - np.arange(rows)[:, None]
        inside = np.logical_and(
            distance >= -below if below >= 0 else True, distance <= above if above >= 0 else True
        )
        return np.where(inside, input, _zero(input))


@RegisterGradient("MatrixDiag")
def _matrix_diag_grad(op: Operation, grad: Tensor) -> Any:
    return matrix_diag_part(grad)


@RegisterGradient("MatrixDiagPart")
def _matrix_diag_part_grad(op: Operation, grad: Tensor) -> Any:
    return matrix_set_diag(zeros_like(op.inputs[0]), grad)


@RegisterGradient("MatrixSetDiag")
def _matrix_set_diag_grad(op: Operation, grad: Tensor) -> Any:
    return matrix_set_diag(grad, zeros_like(op.inputs[1])), matrix_diag_part(grad)


@RegisterGradient("MatrixBandPart")
def _matrix_band_part_grad(op: Operation, grad: Tensor) -> Any:
    return MatrixBandPart([grad, *op.inputs[1:]]), None, None


def _main_only(**others: Any) -> None:
    """TF 1.15 takes these arguments, and ignores them: an error is better."""
    for name, (value, default) in others.items():
        if value != default:
            raise ValueError(
                f"only the main diagonal is supported: {name} must be {default}, not {value!r}"
            )


def matrix_diag(
    diagonal: Any, name: str | None = "diag", k: Any = 0, num_rows: Any = -1, num_cols: Any = -1,
    padding_value: Any = 0,
) -> Tensor:  # fmt: skip
    """Square matrices, zero but for the rows of `diagonal` on their main diagonals.

    Raises:
      ValueError: if another diagonal is asked for (TF 1.15 makes the main one all the same).

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.matrix_diag([1, 2]))
    array([[1, 0],
           [0, 2]], dtype=int32)
    """
    _main_only(
        k=(k, 0), num_rows=(num_rows, -1), num_cols=(num_cols, -1), padding_value=(padding_value, 0)
    )
    return MatrixDiag([diagonal], name=name)


def matrix_diag_part(
    input: Any, name: str | None = "diag_part", k: Any = 0, padding_value: Any = 0
) -> Tensor:
    """The main diagonals of the matrices in `input`.

    Raises:
      ValueError: if another diagonal is asked for (TF 1.15 takes the main one all the same).
    """
    _main_only(k=(k, 0), padding_value=(padding_value, 0))
    return MatrixDiagPart([input], name=name)


def matrix_set_diag(input: Any, diagonal: Any, name: str | None = "set_diag", k: Any = 0) -> Tensor:
    """The matrices in `input` with their main diagonals replaced by the rows of `diagonal`.

    Raises:
      ValueError: if the diagonals are not as long, or another one is meant (TF 1.15 replaces the
        main one all the same).
    """
    _main_only(k=(k, 0))
    input = convert_to_tensor(input)
    return MatrixSetDiag([input, diagonal], name=name, like=input)


def matrix_band_part(input: Any, num_lower: Any, num_upper: Any, name: str | None = None) -> Tensor:
    """The matrices in `input` with zeros outside of a band about their main diagonals.

    Args:
      num_lower, num_upper: how many diagonals to keep below and above; negative keeps them all.

    Raises:
      InvalidArgumentError: in a run, if there are not so many.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.matrix_band_part([[1, 2], [3, 4]], -1, 0))
    array([[1, 0],
           [3, 4]], dtype=int32)
    """
    return MatrixBandPart([input, num_lower, num_upper], name=name)


def eye(
    num_rows: Any, num_columns: Any = None, batch_shape: Any = None, dtype: Any = float32,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """The identity matrix, or a batch of them.

    Args:
      num_columns: by default as many as rows.
      batch_shape: the axes to put before those of the matrix.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.eye(2))
    array([[1., 0.],
           [0., 1.]], dtype=float32)
    """
    with name_scope(name, "eye", [num_rows, num_columns, batch_shape]):
        square = num_columns is None
        columns = num_rows if square else num_columns
        plain = not is_tensor(num_rows) and not is_tensor(columns)
        count = min(num_rows, columns) if plain else minimum(num_rows, columns)
        batch: Any = () if batch_shape is None else batch_shape
        line: Any = [count]
        whole: Any = [num_rows, columns]
        if is_tensor(batch):
            line, whole = (concat([batch, sizes], 0) for sizes in (line, whole))
        else:
            line, whole = [*batch, *line], [*batch, *whole]
        if square:
            return matrix_diag(ones(line, dtype))
        return matrix_set_diag(zeros(whole, dtype), ones(line, dtype))
