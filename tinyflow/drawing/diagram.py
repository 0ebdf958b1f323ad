"""From a graph to what is drawn of it: boxes, the lines between them, and what is written below."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tinyflow.drawing.layers import Edge
from tinyflow.drawing.scopes import folded
from tinyflow.drawing.selection import in_gradients, kind_of, read_variable
from tinyflow.drawing.style import shorten
from tinyflow.drawing.summary import abbreviate
from tinyflow.foundation.shapes import show_shape
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.graph.site import quote
from tinyflow.ops.state import Update

__all__ = ["Box", "Caption", "Diagram", "diagram_of"]

_LEAVING = 3  # of the tensors that leave a folded box so many get captions


class Caption(NamedTuple):
    """A line below a box: a tensor's shape, its value, or the gradient with respect to it."""

    text: str
    role: str  # of style.CAPTIONS


class Box(NamedTuple):
    """An operation, a variable, or a folded scope, as it is drawn.

    Attributes:
      name: the full name, which no other box has.
      label: the end of the name that tells it from others; with the value, for a small constant.
      note: the smaller second line: an op type that the label does not tell, or how much is folded.
      kind: an entry of style.KINDS.
      folded: whether this is a scope.
      tooltip: what there is to know, over several lines.
      captions: what stands below it.
    """

    name: str
    label: str
    note: str
    kind: str
    folded: bool
    tooltip: str
    captions: list[Caption]


class Diagram(NamedTuple):
    """Boxes by name, and the lines between them."""

    boxes: dict[str, Box]
    edges: list[Edge]


# Boxes and lines ---------------------------------------------------------------------------------


def diagram_of(
    operations: Sequence[Operation],
    fold: Any = (),
    shapes: bool = False,
    values: Mapping[Tensor, Any] | None = None,
    gradients: Mapping[Tensor, Any] | None = None,
) -> Diagram:
    """The boxes and lines of a picture of these operations; the arguments are those of `draw`."""
    drawn: dict[Operation, Operation] = {}  # for the reading of a variable, the variable
    for op in operations:
        variable = read_variable(op)
        drawn[op] = op if variable is None else variable
    shown = list(dict.fromkeys(drawn.values()))
    scope = folded(shown, fold)
    home = {op: scope.get(target, target.name) for op, target in drawn.items()}

    lines = dict.fromkeys(edge for op in operations for edge in _data_lines(op, home, scope))
    for op in operations:
        for before in op.control_inputs:
            edge = Edge(home[before], home[op])
            if edge not in lines and edge.start != edge.end:
                lines[edge._replace(dashed=True)] = None

    inside: defaultdict[str, list[Operation]] = defaultdict(list)
    for op in shown:
        inside[home[op]].append(op)
    labels = short_names(inside)
    leaving = _leaving(operations, home)
    write = _Captions(shapes, _abbreviated(values), _abbreviated(gradients))
    boxes = {}
    for name, ops in inside.items():
        if ops[0] in scope:
            tensors = leaving.get(name, [])
            captions = write.below(tensors) if len(tensors) <= _LEAVING else []
            boxes[name] = _scope_box(name, labels[name], ops, captions)
        else:
            op = ops[0]
            captions = write.below(op.outputs if len(op.outputs) == 1 else leaving.get(name, []))
            boxes[name] = _operation_box(op, labels[name], captions)
    return Diagram(boxes, list(lines))


def _data_lines(
    op: Operation, home: Mapping[Operation, str], scope: Mapping[Operation, str]
) -> Iterator[Edge]:
    """A line for each input of an operation; those of folded scopes are merged."""
    copies: defaultdict[str, int] = defaultdict(int)
    for tensor in op.inputs:
        start, end = home[tensor.op], home[op]
        if start != end:
            yield Edge(start, end, copy=copies[start])
            copies[start] += 0 if op in scope or _drawn_tensor(tensor).op in scope else 1


def short_names(names: Iterable[str]) -> dict[str, str]:
    """The last part of each name, with as many parts before it as tell it from the others.

    >>> short_names(["a/x", "b/x", "b/y"])
    {'b/y': 'y', 'a/x': 'a/x', 'b/x': 'b/x'}
    """
    short: dict[str, str] = {}
    left, depth = [name.split("/") for name in names], 1
    while left:
        tails = ["/".join(parts[-depth:]) for parts in left]
        counts: defaultdict[str, int] = defaultdict(int)
        for tail in tails:
            counts[tail] += 1
        longer = []
        for parts, tail in zip(left, tails, strict=True):
            if counts[tail] == 1 or len(parts) <= depth:
                short["/".join(parts)] = tail
            else:
                longer.append(parts)
        left, depth = longer, depth + 1
    return short


def _operation_box(op: Operation, label: str, captions: list[Caption]) -> Box:
    kind, label = kind_of(op), shorten(label)
    if kind == "constant":
        value = op.get_attr("value")
        text = abbreviate(value) if value.size <= 6 else ""
        label = f"{label} = {text}" if 0 < len(text) <= 12 else label
    stem = re.sub(r"_\d+$", "", op.name.rpartition("/")[2])
    telling = kind in ("operation", "gradient", "update") and stem.lower() != op.type.lower()
    about = [f"{t.dtype.base_dtype.name if t.dtype else '?'} {t.shape}" for t in op.outputs]
    tooltip = "\n".join([op.name, op.type, *about, f"made {quote(op.site)}"])
    return Box(op.name, label, shorten(op.type) if telling else "", kind, False, tooltip, captions)


def _scope_box(name: str, label: str, ops: Sequence[Operation], captions: list[Caption]) -> Box:
    kinds = {kind_of(op) for op in ops}
    gradient = "gradient" if in_gradients(name) else "operation"
    kind = "update" if "update" in kinds else gradient
    note = f"{len(ops)} operations" if len(ops) > 1 else "1 operation"
    names = [op.name for op in ops[:12]] + (["..."] if len(ops) > 12 else [])
    tooltip = "\n".join([f"{name}/: {note}", *names])
    return Box(name, shorten(label), note, kind, True, tooltip, captions)


# Captions ----------------------------------------------------------------------------------------


def _drawn_tensor(tensor: Tensor) -> Tensor:
    """The tensor that is drawn for this one: a variable's for what reads it."""
    variable = read_variable(tensor.op)
    return tensor if variable is None else variable.outputs[0]


def _abbreviated(values: Mapping[Tensor, Any] | None) -> dict[Tensor, str]:
    return {_drawn_tensor(tensor): abbreviate(value) for tensor, value in (values or {}).items()}


def _leaving(
    operations: Sequence[Operation], home: Mapping[Operation, str]
) -> dict[str, list[Tensor]]:
    """For each box the tensors that others use, and those of operations that nobody uses."""
    leaving: defaultdict[str, dict[Tensor, None]] = defaultdict(dict)
    used = set()
    for op in operations:
        for tensor in op.inputs:
            used.add(tensor.op)
            if home[tensor.op] != home[op]:
                leaving[home[tensor.op]][_drawn_tensor(tensor)] = None
    for op in operations:
        if op not in used and not isinstance(op, Update):
            leaving[home[op]] |= dict.fromkeys(map(_drawn_tensor, op.outputs))
    return {name: [*tensors] for name, tensors in leaving.items()}


class _Captions(NamedTuple):
    """What is to be written below boxes."""

    shapes: bool
    values: Mapping[Tensor, str]
    gradients: Mapping[Tensor, str]

    def below(self, tensors: Sequence[Tensor]) -> list[Caption]:
        """The lines for these tensors, each with its name if there are several."""
        captions = []
        for tensor in tensors:
            name = tensor.name.rpartition("/")[2].removesuffix(":0")
            start = f"{shorten(name)}  " if len(tensors) > 1 else ""
            if self.shapes:
                captions.append(Caption(start + show_shape(tensor.spec.shape), "shape"))
            if tensor in self.values:
                captions.append(Caption(start + self.values[tensor], "value"))
            if tensor in self.gradients:
                captions.append(Caption(f"{start}∂ {self.gradients[tensor]}", "gradient"))
        return captions
