"""Spare arrays: where the new values of variables are written."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from tinyflow.graph.operation import Operation

__all__ = ["Spares", "reader"]


def reader(states: Sequence[Operation]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """A function that takes the values of these states from a mapping by name, as a tuple."""
    names = [state.name for state in states]
    if not names:
        return lambda values: ()
    if len(names) == 1:
        return lambda values: (values[names[0]],)
    return itemgetter(*names)


class Spares:
    """One spare array for each of some variables, shared by all functions that change just these.

    A commit makes the new arrays the variables' values and the old ones the spares.  An old array may
    still be in use, by another thread's run that began before the commit, so a spare is written
    into only if no one but this object holds a reference to it.

    Attributes:
      arrays: the spares, to be written into if `[*map(sys.getrefcount, arrays)] == free`; after a commit
        those that were the values before.
      free: the reference counts of arrays that no one else holds.
      read: takes the variables' values from the Session's mapping.
    """

    def __init__(self, states: Sequence[Operation]) -> None:
        self.read = reader(states)
        self.arrays: tuple[Any, ...] = ()
        self.free: list[int] = [-1]

    def renew(self, values: Mapping[str, Any]) -> None:
        """Puts arrays like the variables' values in the place of those that someone else holds."""
        old, live = self.arrays, self.read(values)
        self.arrays = ()
        spares = [*old] if len(old) == len(live) else [None] * len(live)
        del old
        for i, value in enumerate(live):
            spare = spares[i]
            if spare is None or sys.getrefcount(spare) > _HELD_TWICE or spare.shape != value.shape:
                spares[i] = np.empty_like(value, order="C")
        self.arrays = tuple(spares)
        self.free = [_HELD_ONCE] * len(spares)


def _reference_counts() -> tuple[int, int]:
    """What sys.getrefcount says, as called above, of an array held by a tuple, and by a local name, too."""
    arrays = (np.empty(1),)
    (once,) = map(sys.getrefcount, arrays)
    spare = arrays[0]
    return once, sys.getrefcount(spare)


_HELD_ONCE, _HELD_TWICE = _reference_counts()
