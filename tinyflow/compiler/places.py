"""Images by place: which results had better lie so in memory (see foundation/windows.py)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set

from tinyflow.compiler.record import Expr
from tinyflow.compiler.walk import is_elementwise, operands
from tinyflow.foundation.kernels import KERNELS, RESULT

__all__ = ["lying_by_place"]

_MANY = 16  # images; of fewer the same pixel is no longer run than a row of one image


def lying_by_place(calls: Sequence[Expr], free: Set[int], given: Set[int]) -> set[int]:
    """The ids of results to lie by place: what kernels make so, for kernels that are quicker with it.

    What is computed of such results number by number lies so, too, if it is on the way to another.

    Args:
      free: the ids of results that may lie as one likes.
      given: those of results written to an array that is there; of others NumPy makes one, which lies
        as the operands do, and the caller's are to lie by image.
    """
    better = {id(x): _better_by_place(x) for x in calls if x.fn in KERNELS}
    if not any(better.values()):
        return set()
    wanted = _wanted(calls, free, given, better)
    chosen: set[int] = set()
    for expr in calls:
        made = RESULT in better.get(id(expr), ())
        if not made and is_elementwise(expr):
            made = any(id(x) in chosen for x in operands(expr))
        if made and id(expr) in wanted:
            chosen.add(id(expr))
    return chosen


def _better_by_place(expr: Expr) -> Collection[int]:
    """Which operands of a kernel's call, by position, had better lie by place."""
    positions: Collection[int] = KERNELS[expr.fn].by_place(*expr.args, **dict(expr.kwargs))
    return positions


def _wanted(
    calls: Sequence[Expr],
    free: Set[int],
    given: Set[int],
    better: Mapping[int, Collection[int]],
) -> set[int]:
    """The ids of batches of images that someone wants by place, and no one otherwise."""
    users: dict[int, list[Expr]] = {}
    for expr in calls:
        for x in operands(expr):
            users.setdefault(id(x), []).append(expr)
    wanted: set[int] = set()
    for expr in reversed(calls):  # those who use it first
        if id(expr) in free and _is_batch(expr):
            all_users = users.get(id(expr), ())
            opinions = {_opinion(user, expr, given, better, wanted) for user in all_users}
            if True in opinions and False not in opinions:
                wanted.add(id(expr))
    return wanted


def _is_batch(expr: Expr) -> bool:
    """True for many images of several rows and columns."""
    return expr.ndim == 4 and expr.shape[0] >= _MANY and min(expr.shape[1:3]) > 1


def _opinion(
    user: Expr, x: Expr, given: Set[int], better: Mapping[int, Collection[int]], wanted: Set[int]
) -> bool | None:
    """Whether a call wants its operand by place (True), does not care (None) or would lose (False)."""
    if is_elementwise(user):
        if id(user) in wanted:
            return True
        return None if id(user) in given else False
    takes = better.get(id(user), ())
    # There are no positions if it is one of several to join.
    positions = [i for i, arg in enumerate(user.args) if arg is x]
    return bool(positions) and all(i in takes for i in positions)
