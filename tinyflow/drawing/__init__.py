"""Pictures of graphs, without any program beside Python.

    from tinyflow.drawing import draw

    draw(loss)                          # in a notebook: what leads to the loss
    draw(loss).save("loss.svg")         # or .dot, or .png and others with Matplotlib
    draw([loss, step], fold=True)       # with every outermost scope as one box
    draw(loss, values={x: [1.0, 2.0]})  # with values below the boxes

Operations stand in layers, inputs above and what is computed from them below. An arrow is a Tensor
on its way from the operation that makes it to one that uses it; a dashed arrow is a control
dependency.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tinyflow.drawing.diagram import diagram_of
from tinyflow.drawing.picture import Drawing
from tinyflow.drawing.selection import select
from tinyflow.graph.graph import Graph
from tinyflow.graph.operation import Tensor

__all__ = ["Drawing", "draw"]


def draw(
    what: Any = None,
    *,
    fold: Iterable[str] | bool = (),
    shapes: bool = False,
    values: Mapping[Any, Any] | None = None,
    gradients: Mapping[Any, Any] | None = None,
    title: str = "",
) -> Drawing:
    """A picture of a graph, or of what leads to some of it.

    Args:
      what: a Graph, Tensor, Variable or Operation, or a list of those; None for the default graph.
        Of a whole graph, what only gives variables their first values is left out.
      fold: names of scopes to draw as one box each; True for every outermost scope.
      shapes: whether to write the tensors' static shapes below the boxes they come from.
      values: values of tensors, to write there too: `{tensor: array}`, keys as in a feed_dict.
      gradients: the same for gradients with respect to tensors, which are marked with a ∂.
        (Values and gradients of tensors that are not in the picture are not shown.)
      title: a line above the picture.

    Raises:
      TypeError: if `what` is nothing of a graph.
      ValueError: if it is an empty list or of several graphs, if a key belongs to another graph, or
        if there is no such scope.

    >>> import tinyflow as tf
    >>> x = tf.placeholder(tf.float32, [2], name="x")
    >>> draw(tf.reduce_sum(2.0 * x), shapes=True)
    <Drawing of 5 boxes and 4 lines>
    """
    graph, operations = select(what)
    return Drawing(
        diagram_of(
            operations, fold, shapes, _by_tensor(graph, values), _by_tensor(graph, gradients)
        ),
        title,
    )


def _by_tensor(graph: Graph, values: Mapping[Any, Any] | None) -> dict[Tensor, Any]:
    return {
        graph.as_graph_element(key, allow_operation=False): value
        for key, value in (values or {}).items()
    }
