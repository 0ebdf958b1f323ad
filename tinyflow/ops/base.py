"""What families of op types share."""

from __future__ import annotations

from typing import ClassVar

from tinyflow.foundation.dtypes import DType, bool_
from tinyflow.foundation.errors import DtypeProblem, Problem
from tinyflow.foundation.shapes import Shape, Spec, broadcast_shapes, merge_shapes, show_shape
from tinyflow.graph.operation import Operation

__all__ = ["Elementwise", "Predicate", "check_kind", "merged"]

_KINDS = {"f": "floating", "i": "integer", "u": "unsigned", "c": "complex", "b": "bool", "O": "string"}


def check_kind(operand: str, dtype: DType | None, kinds: str) -> None:
    """Raises a DtypeProblem unless `dtype` is unknown or of one of the kinds."""
    if dtype is not None and dtype.numpy.kind not in kinds:
        allowed = ", ".join(_KINDS[kind] for kind in kinds)
        fix = "tf.cast(x, tf.float32)" if "f" in kinds else ""
        raise DtypeProblem(
            f"Value passed to parameter '{operand}' has DataType {dtype.name} not in list of "
            f"allowed values: {allowed}",
            fix,
        )


def merged(a: Shape, b: Shape, what: str) -> Shape:
    """What two shapes that must be equal say together.

    Raises:
      Problem: if they contradict each other; it begins with `what`.
    """
    try:
        return merge_shapes(a, b)
    except ValueError:
        raise Problem(f"{what}: {show_shape(a)} and {show_shape(b)}") from None


class Elementwise(Operation):
    """Computes each element of the result from the elements at its place, after broadcasting."""

    same_dtype = True
    elementwise = True
    recordable = True
    kinds: ClassVar[str] = "fciu"  # NumPy's kinds of dtype that it takes

    def infer(self, *specs: Spec) -> Spec:
        first = specs[0]
        dtype, shape = first
        for spec in specs[1:]:
            if spec.shape != shape or shape is None:
                shape = self._broadcast(shape, spec.shape)
            if spec.dtype is None:
                dtype = None  # NumPy settles it
        if dtype is not None and dtype.numpy.kind not in self.kinds:
            check_kind(type(self).operand_names[0], dtype, self.kinds)
        if shape is first.shape and dtype is first.dtype:
            return first
        return Spec(dtype, shape)

    def _broadcast(self, a: Shape, b: Shape) -> Shape:
        try:
            return broadcast_shapes(a, b)
        except ValueError as conflict:
            raise Problem(
                f"{show_shape(a)} and {show_shape(b)} do not broadcast: {conflict}",
                "make the sizes equal, or one of them 1 (tf.expand_dims, tf.reshape)",
            ) from None


class Predicate(Elementwise):
    """An element-wise op whose result is bool."""

    kinds = "fiubcO"

    def infer(self, *specs: Spec) -> Spec:
        return Spec(bool_, super().infer(*specs).shape)
