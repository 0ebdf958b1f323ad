"""Ops that order others, and ops with effects outside the graph: group, tuple, Print, Assert, py_func."""

from __future__ import annotations

from typing import Any

from tinyflow.graph.gradient_registry import NotDifferentiable
from tinyflow.graph.graph import get_default_graph, name_scope
from tinyflow.graph.operation import Operation, Tensor

__all__ = ["group", "no_op"]


class NoOp(Operation):
    """Computes nothing: something to hang control dependencies on."""

    output_count = 0
    recordable = True

    def compute(self) -> Any:
        return ()


NotDifferentiable("NoOp")


def no_op(name: str | None = None) -> Operation:
    """An operation that does nothing."""
    return NoOp((), name=name)  # type: ignore[return-value]


def group(*inputs: Any, name: str | None = None) -> Operation:
    """An operation that is done when all `inputs` (tensors, variables, operations, lists) are.

    Raises:
      TypeError: if an input is something else.
    """
    flat: list[Any] = []
    pending = list(inputs[::-1])
    while pending:
        entry = pending.pop()
        if isinstance(entry, list | tuple):
            pending.extend(entry[::-1])
        elif hasattr(entry, "graph_element"):
            flat.append(entry)
        elif entry is not None:
            raise TypeError(f"Expected tf.Tensor or tf.Operation in group, not {type(entry)}")
    graph = flat[0].graph if flat else get_default_graph()
    with graph.as_default(), name_scope(name, "group_deps") as scope, graph.control_dependencies(flat):
        return no_op(name=scope)
