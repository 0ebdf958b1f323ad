"""What is drawn of a graph, and of what kind each operation is.

A Variable is several operations: the variable, its initializer, `v/read`. What only gives variables
their first values is left out of the picture of a whole graph.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tinyflow.compiler.plan import postorder
from tinyflow.graph.graph import Graph, get_default_graph
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.array import Identity
from tinyflow.ops.state import Assign, Update, VariableV2

__all__ = ["in_gradients", "kind_of", "read_variable", "select"]


def select(what: Any) -> tuple[Graph, list[Operation]]:
    """The graph that is meant, and the operations to draw, each after its inputs.

    Raises:
      TypeError: if `what` is nothing of a graph.
      ValueError: if it is an empty list, or its parts belong to several graphs.
    """
    if what is None or isinstance(what, Graph):
        graph = get_default_graph() if what is None else what
        return graph, _without_initializers(graph.get_operations())
    roots = [_operation(part) for part in _flat(what)]
    if not roots:
        raise ValueError("nothing to draw: the list is empty. fix: draw() draws the default graph")
    graph = roots[0].graph
    for root in roots:
        if root.graph is not graph:
            raise ValueError(
                f"{roots[0].name!r} and {root.name!r} belong to different graphs. "
                "fix: draw each graph by itself"
            )
    return graph, sorted(postorder(roots))


def _flat(what: Any) -> list[Any]:
    if isinstance(what, list | tuple):
        return [part for item in what for part in _flat(item)]
    return [what]


def _operation(part: Any) -> Operation:
    convert = getattr(part, "_as_graph_element", None)
    element = part if convert is None else convert()
    if isinstance(element, Tensor):
        return element.op
    if isinstance(element, Operation):
        return element
    raise TypeError(
        f"cannot draw {part!r}. fix: give a Graph, a Tensor, a Variable, an Operation, or a list of them"
    )


def _without_initializers(operations: Sequence[Operation]) -> list[Operation]:
    """All but what only gives variables their first values."""
    hidden: set[Operation] = set()
    for op in operations:  # first those that assign, and groups of them
        before = op.control_inputs
        if _initialized(op) or (not op.inputs and before and hidden.issuperset(before)):
            hidden.add(op)
    waited_for = {before for op in operations if op not in hidden for before in op.control_inputs}
    for op in reversed(operations):  # then what nothing else uses
        users = [user for tensor in op.outputs for user in tensor.consumers()]
        kept = op in waited_for or isinstance(op, VariableV2) or read_variable(op) is not None
        if users and not kept and hidden.issuperset(users):
            hidden.add(op)
    return [op for op in operations if op not in hidden]


def _initialized(op: Operation) -> bool:
    """Whether this is a variable's own initializer."""
    return isinstance(op, Assign) and op.name == f"{op.inputs[0].op.name}/Assign"


def read_variable(op: Operation) -> Operation | None:
    """The variable that this operation, `v/read`, is the reading of."""
    if isinstance(op, Identity):
        source = op.inputs[0].op
        if isinstance(source, VariableV2) and op.name == f"{source.name}/read":
            return source
    return None


def kind_of(op: Operation) -> str:
    """The entry of KINDS that an operation is drawn as."""
    if op.type in ("Placeholder", "PlaceholderWithDefault"):
        return "placeholder"
    if isinstance(op, VariableV2):
        return "variable"
    if op.type == "Const":
        return "constant"
    if isinstance(op, Update) or not op.outputs:
        return "update"
    return "gradient" if in_gradients(op.name.rpartition("/")[0]) else "operation"


def in_gradients(scope: str) -> bool:
    return re.search(r"(^|/)gradients(_\d+)?(/|$)", scope) is not None
