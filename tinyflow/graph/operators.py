"""Python's operators on tensors, as a table.

A Tensor is made before there are any ops (ops make Tensors), so it cannot name them.  Each op
module enters here what it does for Python: `@operator("__add__")` above `add`.  `Tensor` and
`Variable` get one method per entry below, which looks its function up when it is called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

__all__ = ["BINARY", "TABLE", "UNARY", "Operators", "operator"]

TABLE: dict[str, Callable[..., Any]] = {}

UNARY = ("__neg__", "__abs__", "__invert__")
BINARY = (
    "__add__", "__sub__", "__mul__", "__truediv__", "__floordiv__", "__mod__", "__pow__",
    "__matmul__", "__and__", "__or__", "__xor__", "__lt__", "__le__", "__gt__", "__ge__",
)  # fmt: skip
_ORDERINGS = ("__lt__", "__le__", "__gt__", "__ge__")  # Python swaps these by itself


def operator(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enters the decorated function as what Python's `name` does to tensors."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        TABLE[name] = function
        return function

    return enter


def _unary(name: str) -> Callable[[Any], Any]:
    def method(self: Any) -> Any:
        return TABLE[name](self)

    return method


def _binary(name: str) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        return TABLE[name](self, other)

    return method


def _reflected(name: str) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        return TABLE[name](other, self)

    return method


class Operators:
    """Gives a class every operator of the table, on both sides."""

    __slots__ = ()

    # Makes NumPy leave `array + tensor` to Tensor.__radd__.
    __array_priority__ = 100

    def __getitem__(self, key: Any) -> Any:
        return TABLE["__getitem__"](self, key)

    if TYPE_CHECKING:  # what is entered below, said in a way that mypy understands
        __neg__: Callable[[Any], Any]
        __abs__: Callable[[Any], Any]
        __invert__: Callable[[Any], Any]
        __add__: Callable[[Any, Any], Any]
        __radd__: Callable[[Any, Any], Any]
        __sub__: Callable[[Any, Any], Any]
        __rsub__: Callable[[Any, Any], Any]
        __mul__: Callable[[Any, Any], Any]
        __rmul__: Callable[[Any, Any], Any]
        __truediv__: Callable[[Any, Any], Any]
        __rtruediv__: Callable[[Any, Any], Any]
        __floordiv__: Callable[[Any, Any], Any]
        __rfloordiv__: Callable[[Any, Any], Any]
        __mod__: Callable[[Any, Any], Any]
        __rmod__: Callable[[Any, Any], Any]
        __pow__: Callable[[Any, Any], Any]
        __rpow__: Callable[[Any, Any], Any]
        __matmul__: Callable[[Any, Any], Any]
        __rmatmul__: Callable[[Any, Any], Any]
        __and__: Callable[[Any, Any], Any]
        __rand__: Callable[[Any, Any], Any]
        __or__: Callable[[Any, Any], Any]
        __ror__: Callable[[Any, Any], Any]
        __xor__: Callable[[Any, Any], Any]
        __rxor__: Callable[[Any, Any], Any]
        __lt__: Callable[[Any, Any], Any]
        __le__: Callable[[Any, Any], Any]
        __gt__: Callable[[Any, Any], Any]
        __ge__: Callable[[Any, Any], Any]


for _name in UNARY:
    setattr(Operators, _name, _unary(_name))
for _name in BINARY:
    setattr(Operators, _name, _binary(_name))
    if _name not in _ORDERINGS:
        setattr(Operators, "__r" + _name[2:], _reflected(_name))
Operators.__div__ = Operators.__truediv__  # type: ignore[attr-defined]
