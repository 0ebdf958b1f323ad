"""The scopes of a graph, by the names of its operations, and which of them to fold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from tinyflow.graph.operation import Operation
from tinyflow.ops.state import VariableV2

__all__ = ["folded", "scopes_of"]


def scopes_of(operations: Iterable[Operation]) -> dict[str, list[Operation]]:
    """The scopes, outer ones first, and the operations in each.

    A variable is no scope for its slots (`w/Adam`), nor an operation for its constants (`Sum/axis`).
    """
    members: defaultdict[str, list[Operation]] = defaultdict(list)
    named = {op.name: op for op in operations}
    for name, op in named.items():
        end = name.find("/")
        while end >= 0:
            members[name[:end]].append(op)
            end = name.find("/", end + 1)
    for scope in [scope for scope in members if scope in named]:
        own = named[scope]
        if isinstance(own, VariableV2) or all(op.type == "Const" for op in members[scope]):
            del members[scope]
        else:
            members[scope].append(own)
    return {scope: members[scope] for scope in sorted(members, key=lambda s: (s.count("/"), s))}


def folded(operations: Sequence[Operation], fold: Any) -> dict[Operation, str]:
    """For each operation in a scope to be folded, that scope.

    Raises:
      ValueError: if there is no such scope.
    """
    scopes = scopes_of(operations)
    if fold is True:
        chosen = [s for s, ops in scopes.items() if "/" not in s and len(ops) > 1]
    else:
        names = [fold] if isinstance(fold, str) else list(fold or ())
        chosen = sorted((str(name).rstrip("/") for name in names), key=lambda s: s.count("/"))
    home: dict[Operation, str] = {}
    for scope in chosen:
        if scope not in scopes:
            there = ", ".join([*scopes][:40]) + (", ..." if len(scopes) > 40 else "")
            raise ValueError(f"there is no scope {scope!r} to fold. Scopes: {there or 'none'}")
        for op in scopes[scope]:
            home.setdefault(op, scope)
    return home
