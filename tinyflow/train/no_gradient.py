"""Why no gradient reaches a variable: the message of `minimize` in its most frequent failure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

from tinyflow.foundation.dtypes import DType
from tinyflow.gradients import gradients, is_trainable
from tinyflow.graph.gradient_registry import gradient_rule
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.graph.site import quote

__all__ = ["explain"]

_SHOWN = 5  # variables, and operations for each, before the rest are counted


def explain(loss: Tensor, variables: list[Any]) -> str:
    """Says for each variable at which operations its way to the loss is cut."""
    lines = [
        "No gradients provided for any variable, check your graph for ops that do not support "
        f"gradients, between variables {[str(v) for v in variables]} and loss {loss}."
    ]
    behind = _behind(loss.op)
    for variable in variables[:_SHOWN]:
        tensor = variable if isinstance(variable, Tensor) else variable._as_graph_element()
        lines.append(f"  {tensor.op.name!r}: {_reason(loss, tensor, behind)}")
    if len(variables) > _SHOWN:
        lines.append(f"  ... and {len(variables) - _SHOWN} more variables")
    return "\n".join(lines)


def _reason(loss: Tensor, variable: Tensor, behind: set[Operation]) -> str:
    if variable.op not in behind:
        return "the loss does not depend on it"
    if not is_trainable(variable.spec.dtype):
        return f"it is {_name(variable.spec.dtype)}, and integers have no gradient"
    cuts = _cuts(loss, variable, behind)
    stops = [_stop(op) for op in cuts[:_SHOWN]]
    if len(cuts) > _SHOWN:
        stops.append(f"... and {len(cuts) - _SHOWN} more")
    return f"stopped at {', '.join(stops)}; made {quote(cuts[0].site)}" if cuts else "no gradient"


def _stop(op: Operation) -> str:
    """`'ArgMax' (no gradient)`; `'Cast' (float32 -> int32)`."""
    into = [t.spec.dtype for t in op.inputs]
    into = [dtype for dtype in into if is_trainable(dtype)] or into
    out = [t.spec.dtype for t in op.outputs]
    what = "no gradient"
    if not _has_none(op) and out and not any(map(is_trainable, out)):
        what = f"{_name(into[0])} -> {_name(out[0])}"
    kind = "" if op.name == op.type else f"{op.type}, "
    return f"{op.name!r} ({kind}{what})"


def _name(dtype: DType | None) -> str:
    return dtype.name if dtype else "?"


def _has_none(op: Operation) -> bool:
    """True if the op type is declared not differentiable, or nobody said how it is."""
    try:
        return gradient_rule(op) is None
    except LookupError:
        return True


def _behind(op: Operation) -> set[Operation]:
    """The operations that one is computed from, and itself."""
    return _closure([op], lambda op: [tensor.op for tensor in op.inputs])


def _closure(start: Iterable[Operation], following: Any) -> set[Operation]:
    found = set(start)
    queue = deque(found)
    while queue:
        for op in following(queue.popleft()):
            if op not in found:
                found.add(op)
                queue.append(op)
    return found


def _cuts(loss: Tensor, variable: Tensor, behind: set[Operation]) -> list[Operation]:
    """The operations where the gradient stops on its way from the loss to a variable.

    Seen from the variable these are the first that no gradient can pass, being integer or without
    a rule.  If there are none, a rule gave None for an operand: then the gradient itself shows it.
    """
    blocked: set[Operation] = set()

    def following(op: Operation) -> list[Operation]:
        if op is not variable.op and _is_blocked(op):
            blocked.add(op)
            return []
        return [c for tensor in op.outputs for c in tensor.consumers() if c in behind]

    passed = _closure([variable.op], following)
    if blocked:
        return sorted(blocked)
    tensors = [t for op in passed for t in op.outputs]
    reached = {t for t, g in zip(tensors, gradients(loss, tensors), strict=True) if g is not None}
    return sorted(
        op
        for op in passed
        if not reached.isdisjoint(op.outputs)
        and any(t.op in passed and t not in reached for t in op.inputs)
    )


def _is_blocked(op: Operation) -> bool:
    return _has_none(op) or not any(is_trainable(t.spec.dtype) for t in op.outputs)
