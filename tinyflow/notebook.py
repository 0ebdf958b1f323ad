"""Makes graphs, tensors, operations and sessions show themselves in a notebook.

They exist before anything can be drawn, so what draws them is entered in their table of operators;
it is imported when the first is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tinyflow.graph.graph import Graph
from tinyflow.graph.operators import operator

__all__: list[str] = []


@operator("_repr_html_")
def _show(what: Any) -> str:
    from tinyflow.drawing.html import show

    return show(what)


@operator("_repr_html_ of a session")
def _show_session(graph: Graph, values: Mapping[str, Any]) -> str:
    from tinyflow.drawing.html import show_session

    return show_session(graph, values)
