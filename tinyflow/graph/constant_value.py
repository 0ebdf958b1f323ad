"""What can be known of a tensor's value while the graph is built.

Static shapes often hang on values: `tf.reshape(x, [tf.shape(y)[0], 3])`.  `constant_value` gives a
value that is wholly known, `constant_shape` a shape vector of which some sizes are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from tinyflow.foundation.shapes import Shape, elements, is_known
from tinyflow.graph.operation import Tensor

__all__ = ["constant_shape", "constant_value", "get_static_value", "values_in_run"]

_DEEP = 32  # how far back a value is looked for
_LARGE = 1024  # elements; index and shape computations are small

_NOTHING: Mapping[Tensor, Any] = {}
_in_run: ContextVar[Mapping[Tensor, Any]] = ContextVar("_in_run")


@contextmanager
def values_in_run(values: Mapping[Tensor, Any]) -> Iterator[None]:
    """Inside, the values of these tensors are those of a run (None: known only when it computes).

    So a compiler learns what an op's `infer` says of the shapes at hand.
    """
    token = _in_run.set(values)
    try:
        yield
    finally:
        _in_run.reset(token)


def constant_value(tensor: Tensor, depth: int = _DEEP) -> np.ndarray[Any, Any] | None:
    """The tensor's value if it hangs on constants and static shapes only, else None."""
    known = _in_run.get(_NOTHING)
    if tensor in known:
        in_run: np.ndarray[Any, Any] | None = known[tensor]
        return in_run
    op = tensor.op
    if op.type == "Const":
        value: np.ndarray[Any, Any] = op.value
        return value
    if not type(op).recordable or type(op).stateful or not depth:
        return None
    if op.type == "PlaceholderWithDefault":  # made to be fed
        return None
    if op.type in ("Shape", "Size", "Rank"):
        return _of_shape(op)
    shape = tensor.spec.shape
    if not is_known(shape) or elements(shape) > _LARGE:
        return None
    values = []
    for operand in op.inputs:
        value_or_none = constant_value(operand, depth - 1)
        if value_or_none is None or value_or_none.size > _LARGE:
            return None
        values.append(value_or_none)
    if not values:
        return None
    try:
        with np.errstate(all="ignore"):
            result = op.compute(*values)
    except Exception:  # the op itself will say so, when it runs
        return None
    return np.asarray(result[tensor.value_index] if isinstance(result, tuple | list) else result)


def _of_shape(op: Any) -> np.ndarray[Any, Any] | None:
    spec = op.inputs[0].spec
    if spec.shape is None or (None in spec.shape and op.type != "Rank"):
        return None
    known = np.broadcast_to(np.empty((), bool), tuple(size or 0 for size in spec.shape))
    return np.asarray(op.compute(known))


def get_static_value(tensor: Tensor, partial: bool = False) -> np.ndarray[Any, Any] | None:
    """The value of a tensor that hangs on constants and static shapes only; else None.

    Args:
      tensor: any tensor.
      partial: accepted; a value that is known in part is not given.

    >>> import tinyflow as tf
    >>> tf.get_static_value(tf.shape(tf.zeros([2, 3]))).tolist()
    [2, 3]
    """
    value = constant_value(tensor)
    return None if value is None else np.array(value)


def constant_shape(tensor: Tensor) -> Shape:
    """The shape that a vector of sizes stands for; sizes not known are None (as is -1)."""
    value = constant_value(tensor)
    if value is not None:
        return tuple(None if size < 0 else int(size) for size in value.ravel())
    op, shape = tensor.op, tensor.spec.shape
    if tensor in _in_run.get(_NOTHING):
        return None  # it may be fed, so nothing follows from how it was made
    if op.type == "Shape":
        return op.inputs[0].spec.shape
    if op.type == "Pack" and shape is not None and len(shape) == 1:
        return tuple(_size(part) for part in op.inputs)
    if op.type == "ConcatV2":
        sizes: list[int | None] = []
        for operand in op.inputs[:-1]:
            part = constant_shape(operand)
            if part is None:
                return None
            sizes += part
        return tuple(sizes)
    if op.type in ("Identity", "Cast"):
        return constant_shape(op.inputs[0])
    if op.type == "StridedSlice":
        whole = constant_shape(op.inputs[0])
        key = op.static_key()
        if whole is not None and key is not None and isinstance(key[0], slice):
            return whole[key[0]]
    return (None,) * shape[0] if shape and shape[0] is not None else None


def _size(part: Tensor) -> int | None:
    value = constant_value(part)
    if value is not None:
        return None if value < 0 else int(value)
    op = part.op
    if op.type == "StridedSlice":  # tf.shape(x)[0]
        whole = constant_shape(op.inputs[0])
        key = op.static_key()
        if whole is not None and key is not None and len(key) == 1 and isinstance(key[0], int):
            return whole[key[0]]
    return None
