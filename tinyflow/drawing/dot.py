"""A diagram in the language of Graphviz, for whoever has it: `dot -Tsvg graph.dot`."""

from __future__ import annotations

from tinyflow.drawing import style
from tinyflow.drawing.diagram import Box, Diagram

__all__ = ["to_dot"]


def to_dot(diagram: Diagram, title: str = "") -> str:
    """The text of a `digraph` with the same boxes and lines."""
    names = {name: f"n{i}" for i, name in enumerate(diagram.boxes)}
    lines = ["digraph {", '  node [shape=box style="filled,rounded" fontname="Helvetica"]']
    if title:
        lines.append(f"  label={_quoted(title)} labelloc=t")
    lines += [f"  {names[name]} {_attributes(box)}" for name, box in diagram.boxes.items()]
    for edge in diagram.edges:
        dashed = " [style=dashed]" if edge.dashed else ""
        lines.append(f"  {names[str(edge.start)]} -> {names[str(edge.end)]}{dashed}")
    return "\n".join([*lines, "}", ""])


def _attributes(box: Box) -> str:
    text = "\n".join([box.label, *filter(None, [box.note]), *(text for text, _ in box.captions)])
    fill, edge = style.KINDS[box.kind]
    values = {"label": text, "fillcolor": fill, "color": edge, "tooltip": box.tooltip}
    if box.folded:
        values["peripheries"] = "2"
    return f"[{' '.join(f'{key}={_quoted(value)}' for key, value in values.items())}]"


def _quoted(text: str) -> str:
    r"""A string of Graphviz.

    >>> print(_quoted('a "b" \\ c'))
    "a \"b\" \\ c"
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
