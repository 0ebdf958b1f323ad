"""Per-thread stacks of defaults, as `with graph.as_default():` needs them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

__all__ = ["DefaultStack"]

T = TypeVar("T")


class DefaultStack(threading.local, Generic[T]):
    """A stack of defaults; every thread has its own, which begins empty."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.entries: list[T] = []

    def top(self) -> T | None:
        """The innermost default, or None."""
        return self.entries[-1] if self.entries else None

    def push(self, value: T) -> None:
        """Makes `value` the default."""
        self.entries.append(value)

    def pop(self, value: T) -> None:
        """Ends the innermost default, which has to be `value`.

        Raises:
          AssertionError: if `value` was not the last to be entered.
        """
        if self.top() is not value:
            raise AssertionError(
                f"Nesting violated for default stack of {type(value)} objects: "
                "`with` blocks must end in the opposite order of their beginning"
            )
        self.entries.pop()

    @contextmanager
    def default(self, value: T) -> Iterator[T]:
        """`value` is the default inside the `with`."""
        self.push(value)
        try:
            yield value
        finally:
            self.pop(value)
