"""How graphs, tensors, operations and sessions show themselves in a notebook, as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from tinyflow.drawing.diagram import diagram_of
from tinyflow.drawing.picture import Drawing
from tinyflow.drawing.selection import select
from tinyflow.drawing.summary import abbreviate
from tinyflow.foundation.shapes import show_shape
from tinyflow.graph.graph import Graph
from tinyflow.ops.state import VariableV2

__all__ = ["show", "show_session"]

_MANY = 60  # boxes: more are folded where nobody asked for a picture of all
_TOO_MANY = 250  # boxes: more are not drawn there at all


def show(what: Any) -> str:
    """The picture that a Graph, a Tensor or an Operation shows of itself."""
    _, operations = select(what)
    boxes = diagram_of(operations)
    if len(boxes.boxes) > _MANY:
        boxes = diagram_of(operations, fold=True)
    if len(boxes.boxes) > _TOO_MANY:
        return (
            f"<p>{escape(str(what))}: {len(operations)} operations, too many to show unasked. "
            "<code>tinyflow.drawing.draw(..., fold=[...])</code> draws them.</p>"
        )
    return Drawing(boxes).to_svg()


def show_session(graph: Graph, values: Mapping[str, Any]) -> str:
    """A session's graph, and a table of its variables."""
    variables = [op for op in graph.get_operations() if isinstance(op, VariableV2)]
    if not variables:
        return show(graph)
    rows = []
    for op in variables:
        spec = op.outputs[0].spec
        value = abbreviate(values[op.name]) if op.name in values else "not used yet"
        cells = (op.name, show_shape(spec.shape), spec.dtype.name if spec.dtype else "?", value)
        rows.append(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>")
    titles = "".join(f"<th>{title}</th>" for title in ("variable", "shape", "dtype", "value"))
    table = f"<table><thead><tr>{titles}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return f"<div>{show(graph)}{table}</div>"
