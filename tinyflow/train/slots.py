"""Slots: variables kept beside another one, such as the momentum of each weight."""

from __future__ import annotations

from typing import Any

from tinyflow.graph.operation import Tensor
from tinyflow.ops.constant import constant
from tinyflow.ops.creation import zeros_like
from tinyflow.variables import Variable

__all__ = ["create_slot", "filled"]


def create_slot(primary: Any, initial: Any, name: str) -> Variable:
    """A variable beside `primary` (a variable or tensor), named after it: `v/Adam`, `v/Adam_1`.

    It is not trainable, and its name has no scope but that of `primary`.
    """
    graph = primary.graph
    with graph.as_default(), graph.control_dependencies(None), graph.name_scope(None):
        return Variable(
            initial, trainable=False, name=f"{primary.op.name}/{name}",
            validate_shape=primary.shape.is_fully_defined(),
        )  # fmt: skip


def filled(primary: Any, value: float) -> Tensor:
    """`value` everywhere, in the shape and dtype of `primary`."""
    if primary.dtype is None or not primary.shape.is_fully_defined():
        first: Any = primary.initialized_value() if isinstance(primary, Variable) else primary
        zeros: Any = zeros_like(first)
        start: Tensor = zeros + value
        return start
    name = {0.0: "zeros", 1.0: "ones"}.get(value, "Const")
    return constant(value, primary.dtype.base_dtype, primary.shape, name)
