"""The global step: the variable in which a graph counts its training steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tinyflow.graph.graph import Graph, GraphKeys, get_default_graph
from tinyflow.graph.operation import Tensor
from tinyflow.variables import Variable

if TYPE_CHECKING:
    from tinyflow.session import Session

__all__ = [
    "assert_global_step", "create_global_step", "get_global_step", "get_or_create_global_step",
    "global_step",
]  # fmt: skip


def global_step(sess: Session, global_step_tensor: Any) -> int:
    """The number of steps that a Session has counted.

    >>> import tinyflow as tf
    >>> counter = tf.train.create_global_step()
    >>> with tf.Session() as session:
    ...     session.run(tf.assign_add(counter, 5))
    ...     tf.train.global_step(session, counter)
    np.int64(5)
    5
    """
    return int(sess.run(global_step_tensor))


def get_global_step(graph: Graph | None = None) -> Any:
    """The graph's global step: a Variable (or a tensor named "global_step:0"), or None.

    It is None, too, if several were added to the collection GLOBAL_STEP.

    Raises:
      TypeError: if it is not an integer scalar.
    """
    graph = graph or get_default_graph()
    found = graph.get_collection(GraphKeys.GLOBAL_STEP)
    if len(found) > 1:
        return None
    if not found:
        try:
            found = [graph.get_tensor_by_name("global_step:0")]
        except KeyError:
            return None
    assert_global_step(found[0])
    return found[0]


def create_global_step(graph: Graph | None = None) -> Variable:
    """Makes the graph's global step, an int64 variable that begins at 0.

    Raises:
      ValueError: if the graph has one.
    """
    graph = graph or get_default_graph()
    if get_global_step(graph) is not None:
        raise ValueError('"global_step" already exists.')
    with graph.as_default(), graph.name_scope(None):
        return Variable(
            np.int64(0), trainable=False, name="global_step",
            collections=[GraphKeys.GLOBAL_VARIABLES, GraphKeys.GLOBAL_STEP],
        )  # fmt: skip


def get_or_create_global_step(graph: Graph | None = None) -> Any:
    """The graph's global step, made now if it has none.

    Raises:
      TypeError: if it is not an integer scalar.
    """
    graph = graph or get_default_graph()
    found = get_global_step(graph)
    return create_global_step(graph) if found is None else found


def assert_global_step(global_step_tensor: Any) -> None:
    """Checks that something can be a global step.

    Raises:
      TypeError: if it is not an integer scalar.
    """
    if not isinstance(global_step_tensor, Variable | Tensor):
        raise TypeError(
            f'Existing "global_step" must be a Variable or Tensor: {global_step_tensor}.'
        )
    if not global_step_tensor.dtype.base_dtype.is_integer:
        raise TypeError(
            f'Existing "global_step" does not have integer type: {global_step_tensor.dtype!r}'
        )
    shape = global_step_tensor.get_shape()
    if shape.ndims != 0 and shape.is_fully_defined():
        raise TypeError(f'Existing "global_step" is not scalar: {shape}')
