"""What op types with axes, sizes, or lists of operands share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from tinyflow.foundation.dtypes import DType, int32, int64
from tinyflow.foundation.errors import DtypeProblem, Problem
from tinyflow.foundation.shapes import Spec, show_shape
from tinyflow.graph.gradient_registry import RegisterGradient
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.constant import convert_to_tensor, is_tensor

__all__ = [
    "Indexed", "along", "axis_number", "check_integers", "check_numbers", "check_rank", "common_dtype",
    "outputs_of", "renamed", "same_typed", "without_gradient",
]  # fmt: skip


class Indexed(Operation):
    """An op some of whose operands are indices, axes or sizes.

    Plain values given for those become int32, even an empty list; `like` is for the others.
    """

    recordable = True
    index_operands: ClassVar[tuple[str, ...]] = ()

    def _converted(self, values: Sequence[Any], like: Tensor | None) -> tuple[Tensor, ...]:
        operands = type(self).operand_names
        with self.graph.as_default(), self.graph.inside(self._name):
            values = [
                convert_to_tensor(value, name=operand, preferred_dtype=_hint(value))
                if operand in self.index_operands and not is_tensor(value)
                else value
                for operand, value in zip(operands, values, strict=True)
            ]
        return super()._converted(values, like)


def _hint(value: Any) -> DType | None:
    """int32, for a value that would not become that by itself."""
    first = value[0] if isinstance(value, list | tuple) and value else value
    return None if type(first) is int else int32


def check_integers(**dtypes: DType | None) -> None:
    """Raises a DtypeProblem unless operands that count or point are int32 or int64 (or unknown)."""
    for operand, dtype in dtypes.items():
        if dtype not in (None, int32, int64):
            raise DtypeProblem(
                f"Value passed to parameter '{operand}' has DataType {dtype.name} not in list of "
                "allowed values: int32, int64",
                f"tf.cast({operand}, tf.int32)",
            )


def check_numbers(*, ordered: bool = False, **dtypes: DType | None) -> None:
    """Raises a DtypeProblem unless operands hold numbers, or, if `ordered`, real ones (or are unknown)."""
    kinds = "iuf" if ordered else "iufc"
    for operand, dtype in dtypes.items():
        if dtype is not None and np.dtype(dtype.as_numpy_dtype).kind not in kinds:
            raise DtypeProblem(
                f"Value passed to parameter '{operand}' has DataType {dtype.name} not in list of "
                f"allowed values: {'real' if ordered else 'real or complex'} numbers",
                f"tf.cast({operand}, tf.float32)",
            )


def check_rank(rank: int, **specs: Spec) -> None:
    """Raises a Problem if an operand is known to have another rank: 0 a scalar, 1 a vector."""
    for operand, (_, shape) in specs.items():
        if shape is not None and len(shape) != rank:
            raise Problem(
                f"'{operand}' must have rank {rank}, but its shape is {show_shape(shape)}"
            )


def common_dtype(**dtypes: DType | None) -> DType | None:
    """The dtype that operands share: None if one is not known.

    Raises:
      DtypeProblem: if two known ones differ.
    """
    known = [(operand, dtype) for operand, dtype in dtypes.items() if dtype is not None]
    for operand, dtype in known[1:]:
        if dtype is not known[0][1]:
            raise DtypeProblem(
                f"Input '{operand}' has type {dtype.name} that does not match type "
                f"{known[0][1].name} of '{known[0][0]}'",
                f"tf.cast({operand}, tf.{known[0][1].name})",
            )
    return known[0][1] if len(known) == len(dtypes) else None


def axis_number(axis: Any, rank: int, what: str = "axis") -> int:
    """An axis, maybe counted from the end, as a number from 0.

    Raises:
      Problem: if there is no such axis.
    """
    number = int(axis)
    if not -rank <= number < rank:
        if not rank:
            raise Problem(f"{what} {number} does not exist: a scalar has no axes")
        raise Problem(f"{what} {number} is not in the interval [{-rank}, {rank - 1}]")
    return number % rank


def renamed(new_name: str, new: Any, old_name: str, old: Any) -> Any:
    """The value of an argument that TF 1.15 takes under an older name, too.

    Raises:
      ValueError: if it is given under both.
    """
    if new is not None and old is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'")
    return old if new is None else new


def along(axis: int, part: Any) -> tuple[Any, ...]:
    """The index that takes `part` of an axis and all of the axes before it."""
    return (slice(None),) * axis + (part,)


def outputs_of(made: Any) -> list[Tensor]:
    """What calling an op class gave, as a list, however many outputs there are."""
    if isinstance(made, Tensor):
        return [made]
    return list(made.outputs if isinstance(made, Operation) else made)


def without_gradient(op_type: str) -> None:
    """Declares that TF 1.15 refuses to differentiate ops of this type (instead of giving None)."""

    @RegisterGradient(op_type)
    def refuse(op: Operation, *grads: Any) -> Any:
        raise LookupError(f"No gradient defined for operation '{op.name}' (op type: {op.type})")


def same_typed(values: Any, operand: str) -> list[Tensor]:
    """A list of tensors and plain values as tensors of one dtype, that of its first tensor."""
    values = list(values) if isinstance(values, list | tuple) else [values]
    given = [convert_to_tensor(v).spec.dtype for v in values if is_tensor(v)]
    return [
        convert_to_tensor(v, None if is_tensor(v) or not given else given[0], f"{operand}_{i}")
        for i, v in enumerate(values)
    ]
