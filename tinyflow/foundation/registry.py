"""Tables keyed by op type that remember where each entry was made.

Whatever is open to extension from outside (gradients today, engines tomorrow) is
such a table.  A second registration under one name is a mistake that shows up far from
its cause, so the error says where the first one stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["Registry"]


def _home(value: Callable[..., Any]) -> tuple[object, object]:
    """The module and qualified name a function was defined under."""
    return getattr(value, "__module__", None), getattr(value, "__qualname__", None)


def _place(value: Callable[..., Any]) -> str:
    code = getattr(value, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else repr(value)


class Registry:
    """A table from a name to a function, in which a name is given once.

    Running a notebook cell again defines the same function anew; such a redefinition (the
    same module and qualified name, another function object) replaces the first one.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._entries: dict[str, Callable[..., Any]] = {}

    def register(self, name: str, value: Callable[..., Any]) -> None:
        """Files `value` under `name`.

        Raises:
          TypeError: if `name` is not a string.
          KeyError: if `name` is taken by another function.
        """
        if not isinstance(name, str):
            raise TypeError(f"{self._kind} is registered by the name of an op type, not {name!r}")
        first = self._entries.get(name)
        if first is not None and (first is value or _home(first) != _home(value)):
            raise KeyError(
                f"Registering two {self._kind} with name {name!r}! "
                f"(Previous registration was at {_place(first)})"
            )
        self._entries[name] = value

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def get(self, name: str) -> Callable[..., Any] | None:
        """The function filed under `name`, or None."""
        return self._entries.get(name)
