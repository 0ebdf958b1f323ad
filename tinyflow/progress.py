"""A bar for loops that take a while.

    for step in progress(1000, "training"):
        session.run(train)

The bar is tqdm's, on stderr or, in a notebook, below the cell. Where stderr is no terminal, in a
log, say, there is none, and the loop runs all the same.
"""

from __future__ import annotations

import operator
from collections.abc import Collection, Iterator
from typing import Any, Generic, SupportsIndex, TypeVar, overload

__all__ = ["Progress", "progress"]

Step = TypeVar("Step")


class Progress(Generic[Step]):
    """The steps of a loop, counted by a bar. `progress` makes it."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar

    def __iter__(self) -> Iterator[Step]:
        return iter(self._bar)

    def __len__(self) -> int:
        return len(self._bar)

    def show(self, **numbers: float) -> None:
        """Writes numbers beside the bar, with three digits each, from its next move on.

        steps = progress(1000, "training")
        for step in steps:
            steps.show(loss=session.run([loss, train])[0])
        """
        self._bar.set_postfix({name: float(x) for name, x in numbers.items()}, refresh=False)


@overload
def progress(steps: SupportsIndex, title: str = "") -> Progress[int]: ...
@overload
def progress(steps: Collection[Step], title: str = "") -> Progress[Step]: ...
def progress(steps: Any, title: str = "") -> Progress[Any]:
    """What to loop over instead of `range(steps)` to see how far the loop is.

    Args:
      steps: how many, which gives 0, 1, 2...; or what to go through: anything with a length.
      title: stands before the bar.

    Raises:
      ImportError: if tqdm is not installed.
      TypeError: if `steps` is neither a whole number nor has a length.
      ValueError: if it is negative.
    """
    try:
        from tqdm.auto import tqdm
    except ImportError as error:
        raise ImportError(
            "tinyflow.progress draws its bar with tqdm, which is not installed: "
            "pip install 'tinyflow[tqdm]'"
        ) from error
    if not hasattr(steps, "__len__"):
        steps = _count(steps)
    # disable=None: draw only where stderr is a terminal, or in a notebook.
    return Progress(tqdm(steps, desc=title or None, disable=None))


def _count(steps: Any) -> range:
    """As many steps as that."""
    try:
        count = operator.index(steps)
    except TypeError:
        raise TypeError(
            "steps: a whole number or something with a length is needed, but got "
            f"{type(steps).__name__}: put it in a list to count it"
        ) from None
    if count < 0:
        raise ValueError(f"steps: a number of steps can't be negative, but got {count}")
    return range(count)
