"""`x[...]`: slices with steps, of as many axes as one likes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tinyflow.foundation.dtypes import int32, int64
from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Dimension, Shape, Spec, show_shape
from tinyflow.graph.constant_value import constant_shape, constant_value
from tinyflow.graph.gradient_registry import RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.array import shape as shape_of
from tinyflow.ops.constant import convert_to_tensor, is_tensor
from tinyflow.ops.conversion import cast
from tinyflow.ops.operands import Indexed, check_integers, check_rank
from tinyflow.ops.padding import framed

__all__ = ["newaxis", "strided_slice"]

newaxis = None


class _Masked(Indexed):
    """What an index is, written as TF does: rows begin, end and strides, and masks.

    Bit i of a mask is for entry i: begin_mask and end_mask, take the axis from its beginning or to
    its end; ellipsis_mask, take all axes that no other entry is for; new_axis_mask, put a new axis
    here; shrink_axis_mask, take the one element at begin[i], and drop the axis.
    """

    begin_mask: int = 0
    end_mask: int = 0
    ellipsis_mask: int = 0
    new_axis_mask: int = 0
    shrink_axis_mask: int = 0

    def key(
        self, begin: Sequence[int], end: Sequence[int], strides: Sequence[int]
    ) -> tuple[Any, ...]:
        """The index that NumPy takes for it."""
        key: list[Any] = []
        for i, (first, last, step) in enumerate(zip(begin, end, strides, strict=True)):
            if self.ellipsis_mask >> i & 1:
                key.append(Ellipsis)
            elif self.new_axis_mask >> i & 1:
                key.append(None)
            elif self.shrink_axis_mask >> i & 1:
                key.append(first)
            elif not step:
                raise Problem(f"strides[{i}] must be non-zero")
            else:
                start = None if self.begin_mask >> i & 1 else first
                stop = None if self.end_mask >> i & 1 else last
                key.append(slice(start, stop, None if step == 1 else step))
        if key.count(Ellipsis) > 1:
            raise Problem("Multiple ellipses in slice spec not allowed")
        return tuple(key)


class StridedSlice(_Masked):
    """`input[begin:end:strides]`, with masks that say where an entry means something else."""

    index_operands = ("begin", "end", "strides")

    def infer(self, input: Spec, begin: Spec, end: Spec, strides: Spec) -> Spec:
        check_integers(begin=begin.dtype, end=end.dtype, strides=strides.dtype)
        check_rank(1, begin=begin, end=end, strides=strides)
        return Spec(input.dtype, self.sliced(input.shape))

    def sliced(self, shape: Shape) -> Shape:
        """The static shape of the result."""
        key, strides = self.static_key(), constant_value(self.inputs[3])
        if shape is None or strides is None:
            return None
        if key is not None:
            return _sliced_shape(shape, key)
        # Where the entries are not known, neither are the sizes, except of whole axes.
        template = self.key([0] * len(strides), [0] * len(strides), strides.tolist())
        whole = self.begin_mask & self.end_mask
        sizes: list[int | None] = []
        for axis, i, part in _places(shape, template):
            if axis is None:
                sizes.append(1)
            elif i is None:
                sizes.append(shape[axis])
            elif isinstance(part, slice):
                size = shape[axis] if whole >> i & 1 else None
                sizes.append(None if size is None else len(range(size)[part]))
        return tuple(sizes)

    def static_key(self) -> tuple[Any, ...] | None:
        """The index, if it is known before the op runs."""
        parts = [constant_value(tensor) for tensor in self.inputs[1:4]]
        if any(part is None for part in parts):
            return None
        return self.key(*[part.tolist() for part in parts])  # type: ignore[union-attr]

    def compute(self, input: Any, begin: Any, end: Any, strides: Any) -> Any:
        key = self.key(begin.tolist(), end.tolist(), strides.tolist())
        _sliced_shape(input.shape, key)
        return input[key]


def _places(
    shape: Sequence[Any], key: tuple[Any, ...]
) -> Iterator[tuple[int | None, int | None, Any]]:
    """For each axis, and each new one, of an indexed array (axis, place in the key, entry).

    New axes have no axis; those that the key does not mention have no place.
    """
    left = len(shape) - sum(part is not None and part is not Ellipsis for part in key)
    if left < 0:
        raise Problem(
            f"Index out of range using input dim {len(shape)}; input has only {len(shape)} dims: "
            f"{show_shape(tuple(shape))}"
        )
    axis = 0
    for i, part in enumerate(key if Ellipsis in key else (*key, Ellipsis)):
        if part is None:
            yield None, i, None
            continue
        for _ in range(left if part is Ellipsis else 1):
            yield (axis, None, slice(None)) if part is Ellipsis else (axis, i, part)
            axis += 1


def _sliced_shape(shape: Sequence[int | None], key: tuple[Any, ...]) -> tuple[int | None, ...]:
    """The shape of `x[key]`.

    Raises:
      Problem: if an index is outside of its axis.
    """
    sizes: list[int | None] = []
    for axis, _, part in _places(shape, key):
        if axis is None:
            sizes.append(1)
            continue
        whole = shape[axis]
        if isinstance(part, slice):
            all_of_it = part.start is part.stop is part.step is None
            sizes.append(whole if all_of_it or whole is None else len(range(whole)[part]))
        elif whole is not None and not -whole <= part < whole:
            raise Problem(
                f"slice index {part} of dimension {axis} out of bounds: {show_shape(tuple(shape))}",
                f"an index from {-whole} to {whole - 1}" if whole else "the axis is empty",
            )
    return tuple(sizes)


class StridedSliceGrad(_Masked):
    """Zeros of the given shape, with `dy` where a StridedSlice of them would be taken from."""

    index_operands = ("shape", "begin", "end", "strides")

    def infer(self, shape: Spec, begin: Spec, end: Spec, strides: Spec, dy: Spec) -> Spec:
        return Spec(dy.dtype, constant_shape(self.inputs[0]))

    def compute(self, shape: Any, begin: Any, end: Any, strides: Any, dy: Any) -> Any:
        whole = tuple(shape.tolist())
        key = self.key(begin.tolist(), end.tolist(), strides.tolist())
        if any(isinstance(part, slice) and part.step for part in key):
            result = np.zeros(whole, dy.dtype)
            result[key] = dy
            return result
        # Without steps, what was taken is a box, and all around it are zeros.
        taken = [part if isinstance(part, slice) else slice(part, part + 1 or None)
                 for axis, _, part in _places(whole, key) if axis is not None]  # fmt: skip
        bounds = [part.indices(size)[:2] for part, size in zip(taken, whole, strict=True)]
        frame = [(a, size - max(a, b)) for (a, b), size in zip(bounds, whole, strict=True)]
        inner = np.reshape(dy, [max(b - a, 0) for a, b in bounds])
        return framed(inner, frame, np.zeros((), dy.dtype))


_MASKS = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")


def _masks(op: Operation) -> dict[str, Any]:
    return {name: op.get_attr(name) for name in _MASKS}


@RegisterGradient("StridedSlice")
def _strided_slice_grad(op: Operation, grad: Tensor) -> Any:
    input, begin, end, strides = op.inputs
    operands = (shape_of(input), begin, end, strides, grad)
    return StridedSliceGrad(operands, **_masks(op)), None, None, None


@RegisterGradient("StridedSliceGrad")
def _strided_slice_grad_grad(op: Operation, grad: Tensor) -> Any:
    _, begin, end, strides, _ = op.inputs
    return *[None] * 4, StridedSlice((grad, begin, end, strides), **_masks(op))


def strided_slice(
    input_: Any, begin: Any, end: Any, strides: Any = None, begin_mask: int = 0, end_mask: int = 0,
    ellipsis_mask: int = 0, new_axis_mask: int = 0, shrink_axis_mask: int = 0, var: Any = None,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """`input_[begin[0]:end[0]:strides[0], ...]`: what `x[...]` is made of.

    Args:
      begin, end, strides: for each axis (of the first ones) where to begin, where to end, and the
        step (by default 1).
      begin_mask, end_mask: bit i says to ignore begin[i] or end[i], and go as far as possible.
      ellipsis_mask, new_axis_mask, shrink_axis_mask: bit i says that entry i stands for `...`, for
        a new axis, or for the one index begin[i].

    Raises:
      ValueError: if there are more entries than axes, or an index is out of bounds; in a run an
        InvalidArgumentError.
    """
    if strides is None:
        begin = convert_to_tensor(begin, preferred_dtype=int32)
        count = begin.spec.shape and begin.spec.shape[0]
        if count is None:
            raise ValueError("strided_slice needs strides if the length of begin is not known")
        strides = np.ones(count, np.int32)
    return StridedSlice(
        [input_, begin, end, strides], name=name, begin_mask=begin_mask, end_mask=end_mask,
        ellipsis_mask=ellipsis_mask, new_axis_mask=new_axis_mask, shrink_axis_mask=shrink_axis_mask,
    )  # fmt: skip


def strided(x: Tensor, parts: tuple[Any, ...]) -> Tensor:
    """`x[parts]`: a StridedSlice of a tensor, for an index of numbers, slices, `...` and None.

    Raises:
      TypeError: if a part is something else.
    """
    rows, masks = _entries(parts or (Ellipsis,))
    with name_scope(None, "strided_slice", [x]) as scope:
        names = ("stack", "stack_1", "stack_2")
        operands = [_packed(row, name) for row, name in zip(rows, names, strict=True)]
        return StridedSlice([x, *operands], name=scope, **masks)


def _entries(parts: tuple[Any, ...]) -> tuple[list[list[Any]], dict[str, Any]]:
    """The rows begin, end and strides of an index, and its masks."""
    rows: list[list[Any]] = [[], [], []]
    masks = dict.fromkeys(_MASKS, 0)
    for i, part in enumerate(parts):
        entry: list[Any] = [0, 0, 1]
        if isinstance(part, slice):
            given = (part.start, part.stop, part.step)
            entry = [d if p is None else _index(p) for p, d in zip(given, entry, strict=True)]
            masks["begin_mask"] |= (part.start is None) << i
            masks["end_mask"] |= (part.stop is None) << i
        elif part is Ellipsis:
            masks["ellipsis_mask"] |= 1 << i
        elif part is None:
            masks["new_axis_mask"] |= 1 << i
        else:
            at = _index(part)
            entry = [at, at + 1, 1]
            masks["shrink_axis_mask"] |= 1 << i
        for row, number in zip(rows, entry, strict=True):
            row.append(number)
    return rows, masks


def _index(part: Any) -> Any:
    """One number of an index: a Python int, or a scalar tensor of ints.

    Raises:
      TypeError: if it is anything else.
    """
    if type(part) is int:
        return part
    if is_tensor(part):
        tensor = convert_to_tensor(part)
        dtype = tensor.spec.dtype
        if not tensor.spec.shape and dtype in (None, int32, int64):
            return tensor
    elif isinstance(part, Dimension) or (
        np.ndim(part) == 0 and np.asarray(part).dtype.kind in "iu"
    ):
        return int(part)
    raise TypeError(
        "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar "
        f"tf.int32/tf.int64 tensors are valid indices, got {part!r}. fix: tf.gather for a list of "
        "indices, a NumPy array or tensor of bools for a mask"
    )


def _packed(row: list[Any], name: str) -> Tensor:
    """One row of an index as a vector: int64 if one of its tensors is."""
    dtypes = {part.spec.dtype for part in row if is_tensor(part)}
    if len(dtypes) > 1:
        row = [cast(part, int64) if is_tensor(part) else part for part in row]
    return convert_to_tensor(row, name=name)
