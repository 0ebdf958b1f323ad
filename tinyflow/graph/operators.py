"""Python's operators on tensors, as a table.

A Tensor is made before there are any ops (ops make Tensors), so it cannot name them.  Each op
module enters here what it does for Python: `@operator("__add__")` above `add`.  The methods of
`Tensor` and `Variable` look their function up when they are called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from tinyflow.graph.operation import Tensor

__all__ = ["TABLE", "Operators", "operator"]

TABLE: dict[str, Callable[..., Any]] = {}

F = TypeVar("F", bound=Callable[..., Any])


def operator(name: str) -> Callable[[F], F]:
    """Enters the decorated function as what Python's `name` does to tensors."""

    def enter(function: F) -> F:
        TABLE[name] = function
        return function

    return enter


def _unary(name: str) -> Callable[[Any], Tensor]:
    def method(self: Any) -> Tensor:
        result: Tensor = TABLE[name](self)
        return result

    return method


def _left(name: str) -> Callable[[Any, Any], Tensor]:
    def method(self: Any, other: Any) -> Tensor:
        result: Tensor = TABLE[name](self, other)
        return result

    return method


def _right(name: str) -> Callable[[Any, Any], Tensor]:
    def method(self: Any, other: Any) -> Tensor:
        result: Tensor = TABLE[name](other, self)
        return result

    return method


class Operators:
    """Gives a class every operator of the table, on both sides."""

    __slots__ = ()

    # Makes NumPy leave `array + tensor` to Tensor.__radd__.
    __array_priority__ = 100

    __getitem__ = _left("__getitem__")
    __neg__ = _unary("__neg__")
    __abs__ = _unary("__abs__")
    __invert__ = _unary("__invert__")

    __add__, __radd__ = _left("__add__"), _right("__add__")
    __sub__, __rsub__ = _left("__sub__"), _right("__sub__")
    __mul__, __rmul__ = _left("__mul__"), _right("__mul__")
    __truediv__, __rtruediv__ = _left("__truediv__"), _right("__truediv__")
    __div__, __rdiv__ = __truediv__, __rtruediv__
    __floordiv__, __rfloordiv__ = _left("__floordiv__"), _right("__floordiv__")
    __mod__, __rmod__ = _left("__mod__"), _right("__mod__")
    __pow__, __rpow__ = _left("__pow__"), _right("__pow__")
    __matmul__, __rmatmul__ = _left("__matmul__"), _right("__matmul__")
    __and__, __rand__ = _left("__and__"), _right("__and__")
    __or__, __ror__ = _left("__or__"), _right("__or__")
    __xor__, __rxor__ = _left("__xor__"), _right("__xor__")

    # (Python swaps the sides of these by itself.)
    __lt__ = _left("__lt__")
    __le__ = _left("__le__")
    __gt__ = _left("__gt__")
    __ge__ = _left("__ge__")
