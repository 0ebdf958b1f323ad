"""Padding, and its opposite, the slice: each is the gradient of the other."""

from __future__ import annotations

from builtins import slice as _slice
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Shape, Spec, is_known, show_shape
from tinyflow.graph.constant_value import constant_shape, constant_value
from tinyflow.graph.gradient_registry import RegisterGradient
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.array import shape as shape_of
from tinyflow.ops.constant import convert_to_tensor, is_tensor
from tinyflow.ops.joining import stack
from tinyflow.ops.operands import Indexed, check_integers, check_rank, common_dtype
from tinyflow.ops.shaping import shape_like

__all__ = ["pad", "slice"]


# -- slices ---------------------------------------------------------------------------------------


class Slice(Indexed):
    """The box of the input that begins at `begin` and has `size` elements along each axis."""

    index_operands = ("begin", "size")

    def infer(self, input: Spec, begin: Spec, size: Spec) -> Spec:
        check_integers(begin=begin.dtype, size=size.dtype)
        check_rank(1, begin=begin, size=size)
        starts, counts = constant_value(self.inputs[1]), constant_value(self.inputs[2])
        if starts is not None and counts is not None and is_known(input.shape):
            return Spec(input.dtype, self.sizes(input.shape, starts.tolist(), counts.tolist()))
        partly = constant_shape(self.inputs[2])
        if (
            counts is None
            or input.shape is None
            or starts is None
            or len(counts) != len(input.shape)
        ):
            if partly is None and input.shape is not None:
                partly = (None,) * len(input.shape)
            return Spec(input.dtype, partly)
        rest = [
            n if n is None else n - b for n, b in zip(input.shape, starts.tolist(), strict=True)
        ]
        return Spec(
            input.dtype,
            tuple(r if n == -1 else n for r, n in zip(rest, counts.tolist(), strict=True)),
        )

    def compute(self, input: Any, begin: Any, size: Any) -> Any:
        starts = np.ravel(begin).tolist()
        sizes = self.sizes(input.shape, starts, np.ravel(size).tolist())
        return input[tuple(_slice(b, b + n) for b, n in zip(starts, sizes, strict=True))]

    @staticmethod
    def sizes(shape: Sequence[int], begin: list[int], size: list[int]) -> tuple[int, ...]:
        """The sizes, with the numbers that -1 stands for: whatever is left."""
        if not len(begin) == len(size) == len(shape):
            raise Problem(
                f"Expected begin and size arguments to be vectors of size {len(shape)}, but got "
                f"{begin} and {size} for a tensor of shape {show_shape(tuple(shape))}"
            )
        counts = []
        for axis, (whole, b, n) in enumerate(zip(shape, begin, size, strict=True)):
            count = whole - b if n == -1 else n
            if not 0 <= b <= whole or not 0 <= count <= whole - b:
                what, given, most = (
                    ("begin", b, whole) if not 0 <= b <= whole else ("size", n, whole - b)
                )
                raise Problem(
                    f"Expected {what}[{axis}] in [0, {most}], but got {given}: "
                    f"axis {axis} has size {whole}"
                )
            counts.append(count)
        return tuple(counts)


@RegisterGradient("Slice")
def _slice_grad(op: Operation, grad: Tensor) -> Any:
    input, begin, _ = op.inputs
    output = op.outputs[0]
    start = constant_value(begin)
    if start is not None and is_known(input.spec.shape) and is_known(output.spec.shape):
        rest = np.array(input.spec.shape) - np.array(output.spec.shape) - start
        return pad(grad, np.stack([start, rest], axis=1).astype(np.int32)), None, None
    after = shape_like(input, begin) - shape_like(output, begin) - begin
    return pad(grad, stack([begin, after], axis=1)), None, None


def slice(input_: Any, begin: Any, size: Any, name: str | None = None) -> Tensor:
    """The box of `input_` that begins at `begin` and has `size` elements along each axis.

    Args:
      begin: where the box begins, a number for each axis.
      size: its sizes; -1 takes all that is left of an axis.

    Raises:
      ValueError: if the box is not inside; in a run an InvalidArgumentError.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.slice([[1, 2, 3], [4, 5, 6]], [0, 1], [-1, 2]))
    array([[2, 3],
           [5, 6]], dtype=int32)
    """
    return Slice([input_, begin, size], name=name)


# -- padding --------------------------------------------------------------------------------------


def _pairs(paddings: Tensor) -> list[list[int] | None] | None:
    """The pair (before, after) of each axis, None for those not known; None if none is."""
    value = constant_value(paddings)
    if value is None and paddings.op.type == "Pack" and paddings.op.get_attr("axis") == 0:
        rows = [constant_value(row) for row in paddings.op.inputs]
        return [None if row is None else row.tolist() for row in rows]
    return None if value is None else value.tolist()


def _check_pairs(pairs: Sequence[Any], rank: int | None) -> None:
    if any(pair is not None and len(pair) != 2 for pair in pairs) or rank not in (None, len(pairs)):
        raise Problem(
            f"paddings must be a matrix with 2 columns and one row for each of the "
            f"{'' if rank is None else rank} axes: {list(pairs)}"
        )
    if any(pair is not None and min(pair) < 0 for pair in pairs):
        raise Problem(f"Paddings must be non-negative: {list(pairs)}")


class _Padding(Indexed):
    index_operands = ("paddings",)

    def padded(self, shape: Shape) -> Shape:
        """The static shape after padding."""
        check_rank(2, paddings=self.inputs[1].spec)
        pairs, matrix = _pairs(self.inputs[1]), self.inputs[1].spec.shape
        rank = len(shape) if shape is not None else matrix[0] if matrix else None
        if pairs is None:
            return None if rank is None else (None,) * rank
        _check_pairs(pairs, rank)
        sizes = shape if shape is not None else (None,) * len(pairs)
        return tuple(
            None if size is None or pair is None else size + sum(pair)
            for size, pair in zip(sizes, pairs, strict=True)
        )

    def pad(self, tensor: Any, paddings: Any, value: Any) -> Any:
        pairs = paddings.tolist()
        _check_pairs(pairs, tensor.ndim)
        return framed(tensor, pairs, value)


def framed(x: Any, pairs: Sequence[Sequence[int]], value: Any) -> Any:
    """`x` in a frame of `value`: for each axis so many before and so many after."""
    for axis, sizes in enumerate(pairs):
        before, after = (
            np.broadcast_to(value, (*x.shape[:axis], size, *x.shape[axis + 1 :])) for size in sizes
        )
        around = ((before, sizes[0]), (x, 1), (after, sizes[1]))
        parts = [part for part, wanted in around if wanted]
        if len(parts) > 1:
            x = np.concatenate(parts, axis=axis)
    return x


class Pad(_Padding):
    """The input in a frame of zeros."""

    def infer(self, tensor: Spec, paddings: Spec) -> Spec:
        check_integers(paddings=paddings.dtype)
        return Spec(tensor.dtype, self.padded(tensor.shape))

    def compute(self, tensor: Any, paddings: Any) -> Any:
        return self.pad(
            tensor, paddings, b"" if tensor.dtype == object else np.zeros((), tensor.dtype)
        )


class PadV2(_Padding):
    """The input in a frame of a given value."""

    def infer(self, tensor: Spec, paddings: Spec, constant_values: Spec) -> Spec:
        check_integers(paddings=paddings.dtype)
        dtype = common_dtype(tensor=tensor.dtype, constant_values=constant_values.dtype)
        return Spec(dtype, self.padded(tensor.shape))

    def compute(self, tensor: Any, paddings: Any, constant_values: Any) -> Any:
        return self.pad(tensor, paddings, constant_values)


@RegisterGradient("Pad")
@RegisterGradient("PadV2")
def _pad_grad(op: Operation, grad: Tensor) -> Any:
    tensor, paddings = op.inputs[:2]
    pairs = constant_value(paddings)
    begin = pairs[:, 0] if pairs is not None else paddings[:, 0]
    return slice(grad, begin, shape_of(tensor)), *[None] * (len(op.inputs) - 1)


def _mirrored(size: int, before: int, after: int, offset: int) -> Any:
    """Which element of an axis of `size` stands at each place of the padded one.

    `offset` is 1 if the elements at the border are not repeated.
    """
    if max(before, after) > size - offset:
        raise Problem(
            f"paddings must be less than the dimension size: {before}, {after} not less than "
            f"{size - offset + 1}"
        )
    places = np.arange(size)
    return np.concatenate(
        [
            places[offset : before + offset][::-1],
            places,
            places[size - after - offset : size - offset][::-1],
        ]
    )


class MirrorPad(_Padding):
    """The input in a frame of its own reflection."""

    mode: str = "REFLECT"

    def infer(self, tensor: Spec, paddings: Spec) -> Spec:
        check_integers(paddings=paddings.dtype)
        shape, pairs = self.padded(tensor.shape), _pairs(self.inputs[1])
        if pairs is not None and tensor.shape is not None:
            for size, pair in zip(tensor.shape, pairs, strict=True):
                if size is not None and pair is not None:
                    _mirrored(size, pair[0], pair[1], self.offset)
        return Spec(tensor.dtype, shape)

    @property
    def offset(self) -> int:
        return 1 if self.mode == "REFLECT" else 0

    def compute(self, tensor: Any, paddings: Any) -> Any:
        pairs = paddings.tolist()
        _check_pairs(pairs, tensor.ndim)
        for axis, (before, after) in enumerate(pairs):
            if before or after:
                places = _mirrored(tensor.shape[axis], before, after, self.offset)
                tensor = np.take(tensor, places, axis=axis)
        return tensor


class MirrorPadGrad(MirrorPad):
    """The opposite of MirrorPad: adds each element of the frame to the one it reflects."""

    def infer(self, grad: Spec, paddings: Spec) -> Spec:
        pairs = _pairs(self.inputs[1])
        if grad.shape is None or pairs is None:
            return Spec(grad.dtype, None if grad.shape is None else (None,) * len(grad.shape))
        return Spec(
            grad.dtype,
            tuple(
                None if size is None or pair is None else size - sum(pair)
                for size, pair in zip(grad.shape, pairs, strict=True)
            ),
        )

    def compute(self, grad: Any, paddings: Any) -> Any:
        for axis, (before, after) in enumerate(paddings.tolist()):
            if before or after:
                size = grad.shape[axis] - before - after
                places = _mirrored(size, before, after, self.offset)
                total = np.zeros((size, *np.delete(grad.shape, axis)), grad.dtype)
                np.add.at(total, places, np.moveaxis(grad, axis, 0))
                grad = np.moveaxis(total, 0, axis)
        return grad


@RegisterGradient("MirrorPad")
def _mirror_pad_grad(op: Operation, grad: Tensor) -> Any:
    return MirrorPadGrad((grad, op.inputs[1]), mode=op.get_attr("mode")), None


@RegisterGradient("MirrorPadGrad")
def _mirror_pad_grad_grad(op: Operation, grad: Tensor) -> Any:
    return MirrorPad((grad, op.inputs[1]), mode=op.get_attr("mode")), None


def pad(
    tensor: Any,
    paddings: Any,
    mode: str = "CONSTANT",
    name: str | None = None,
    constant_values: Any = 0,
) -> Tensor:
    """`tensor` in a frame.

    Args:
      paddings: for each axis how many elements to add before and after.
      mode: what they are: "CONSTANT" (`constant_values`), "REFLECT" (the inner elements in
        reverse, without the border's own) or "SYMMETRIC" (with them).

    Raises:
      ValueError: if there is no such mode, a padding is negative, or there is not one pair for
        each axis; for the mirrors also if an axis is too short.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.pad([1, 2, 3], [[2, 1]], "REFLECT"))
    array([3, 2, 1, 2, 3, 2], dtype=int32)
    """
    mode = mode.upper()
    if mode in ("REFLECT", "SYMMETRIC"):
        return MirrorPad([tensor, paddings], name=name, mode=mode)
    if mode != "CONSTANT":
        raise ValueError(f"Unknown padding mode: {mode}")
    if not is_tensor(constant_values) and np.ndim(constant_values) == 0 and constant_values == 0:
        return Pad([tensor, paddings], name=name)
    tensor = convert_to_tensor(tensor, name="tensor")
    return PadV2([tensor, paddings, constant_values], name=name, like=tensor)
