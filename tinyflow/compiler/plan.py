"""Planning: which operations a run needs, in which order, and what each read of a variable sees."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.state import Update, VariableV2

__all__ = ["Ordering", "plan", "postorder", "traverse_postorder"]


def postorder(roots: Iterable[Operation], fed: Collection[Tensor] = ()) -> list[Operation]:
    """The operations that `roots` need, each after all that it needs itself.

    A fed tensor needs nothing: the walk does not go behind it.  Iterative, with a visited set, so
    a node reached by many paths comes once and no chain is too long.
    """
    order: list[Operation] = []
    visited: set[Operation] = set()
    for root in roots:
        pending: list[tuple[Operation, Iterator[Operation]]] = []
        if root not in visited:
            visited.add(root)
            pending.append((root, _needs(root, fed)))
        while pending:
            operation, needs = pending[-1]
            for need in needs:
                if need not in visited:
                    visited.add(need)
                    pending.append((need, _needs(need, fed)))
                    break
            else:
                pending.pop()
                order.append(operation)
    return order


def _needs(operation: Operation, fed: Collection[Tensor]) -> Iterator[Operation]:
    for tensor in operation._inputs:
        if not fed or tensor not in fed:
            yield tensor._op
    yield from operation.control_inputs


def traverse_postorder(operation: Any) -> list[Operation]:
    """The operations that computing `operation` (or a tensor) needs, in the order to compute them."""
    return postorder([getattr(operation, "op", operation)])


def plan(
    roots: Iterable[Operation], fed: Collection[Tensor], states: Collection[str]
) -> list[Operation]:
    """The operations of a run, in the order they were made.

    That is a post-order, too, since an operation is made after its inputs; and it fixes the order
    of updates that nothing else orders.  A variable that is read and has no value yet (its name is
    not in `states`) needs what computes its initial one.
    """
    wanted = list(roots)
    needed = postorder(wanted, fed)
    while True:
        missing = [op for op in _read(wanted, needed) if op.name not in states]
        initial = [
            op.initial.op for op in missing if op.initial is not None and op.initial not in fed
        ]
        if not set(initial) - set(needed):
            return sorted(needed, key=_creation)
        wanted += initial
        needed = postorder(wanted, fed)


def _read(roots: Iterable[Operation], needed: Iterable[Operation]) -> set[VariableV2]:
    """The variables whose values are read: not only assigned to."""
    found = {op for op in roots if isinstance(op, VariableV2)}
    for op in needed:
        assigned = op.state_count if isinstance(op, Update) and not op.reads_state else 0
        found.update(t._op for t in op._inputs[assigned:] if isinstance(t._op, VariableV2))
    return found


def _creation(operation: Operation) -> int:
    return operation._id


class Ordering:
    """Which updates come before each operation, by data or control edges.

    A read that no edge orders after an update sees the variable as it was when the run began.
    The updates of a run are numbered; bit i of an operation's mask says it comes after update i.
    """

    def __init__(self, operations: list[Operation]) -> None:
        self._after: dict[Operation, int] = {}
        updates = [op for op in operations if isinstance(op, Update)]
        if not updates:
            return
        bits = {op: 1 << i for i, op in enumerate(updates)}
        after = self._after
        for op in operations:
            mask = 0
            for tensor in op._inputs:
                mask |= after.get(tensor._op, 0)
            for before in op.control_inputs:
                mask |= after.get(before, 0)
            mask |= bits.get(op, 0)
            if mask:
                after[op] = mask
        self._bits = bits

    def is_after(self, operation: Operation, update: Operation) -> bool:
        """True if an edge orders `operation` after `update`."""
        mask = self._after.get(operation, 0)
        return bool(mask and mask & self._bits.get(update, 0))


def variable_behind(tensor: Tensor) -> VariableV2 | None:
    """The variable that a tensor reads directly: its own output, or the `read` made with it.

    TF 1.15's `v/read` is an alias of the variable's memory, so what it gives is decided by
    whoever uses it.
    """
    op = tensor._op
    if isinstance(op, VariableV2):
        return op
    if op.type == "Identity" and op._inputs and isinstance(op._inputs[0]._op, VariableV2):
        return op._inputs[0]._op if not op.control_inputs else None
    return None
