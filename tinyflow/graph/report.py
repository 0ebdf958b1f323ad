"""Error messages that lead back to the user's own line.

    matmul 'logits': inner dimensions differ, 3 and 4
      a: 'x:0'  Placeholder float32 (?, 3)  made train.py:11
      b: 'w:0'  VariableV2 float32 (4, 2)  made train.py:12
      made train.py:14:  y = tf.matmul(x, w, name="logits")
      fix: make the last axis of a as long as the first of b

The same form serves while a graph is built and while it runs; in a run the operands' actual
shapes are added.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tinyflow.foundation.errors import OpError, Problem, error_for
from tinyflow.foundation.shapes import show_shape
from tinyflow.graph.site import place, quote

if TYPE_CHECKING:
    from tinyflow.graph.operation import Operation, Tensor

__all__ = ["build_error", "describe", "run_error"]

_SHOWN = 4  # operands listed before the rest are counted


def describe(tensor: Tensor, actual: Any = None) -> str:
    """`'x:0'  Placeholder float32 (?, 3)  made train.py:11`, with the actual shape if given."""
    dtype = tensor.dtype.base_dtype.name if tensor.dtype else "dtype unknown"
    text = f"'{tensor.name}'  {tensor.op.type} {dtype} {show_shape(tensor.spec.shape)}"
    shape = getattr(actual, "shape", None)
    if shape is not None and shape != tensor.spec.shape:
        text += f", actually {getattr(actual, 'dtype', '')} {tuple(shape)}"
    return f"{text}  made {place(tensor.op.site)}"


def _report(operation: Operation, what: str, fix: str, actual: Sequence[Any] = ()) -> str:
    names = type(operation).operand_names
    lines = [f"{operation.type} '{operation.name}': {what}"]
    for i, tensor in enumerate(operation.inputs[:_SHOWN]):
        operand = names[i] if i < len(names) else f"input {i}"
        lines.append(f"  {operand}: {describe(tensor, actual[i] if i < len(actual) else None)}")
    if len(operation.inputs) > _SHOWN:
        lines.append(f"  ... and {len(operation.inputs) - _SHOWN} more")
    lines.append(f"  made {quote(operation.site)}")
    if fix:
        lines.append(f"  fix: {fix}")
    return "\n".join(lines)


def build_error(operation: Operation, problem: Problem) -> Exception:
    """What to raise when a new operation's inputs do not fit."""
    return problem.at_build(_report(operation, problem.what, problem.fix))


def run_error(operation: Operation, cause: BaseException, actual: Sequence[Any] = ()) -> OpError:
    """What to raise when an operation fails in a run."""
    what = str(cause) if isinstance(cause, Problem) else f"{type(cause).__name__}: {cause}"
    fix = cause.fix if isinstance(cause, Problem) else ""
    return error_for(cause)(None, operation, _report(operation, what, fix, actual))
