"""Constants, and how values become tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.foundation.convert import as_array
from tinyflow.foundation.dtypes import DType, as_dtype
from tinyflow.foundation.shapes import Spec, as_shape, elements, show_shape
from tinyflow.graph.graph import get_default_graph
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.graph.operators import operator

__all__ = ["Const", "constant", "convert_to_tensor", "is_tensor"]


class Const(Operation):
    """A value known when the graph is built.

    A plain number beside a tensor whose dtype is not known stays a Python number: it has no dtype
    either, and takes that of the tensor in a run, as in NumPy.
    """

    value: Any
    recordable = True

    def infer(self) -> Spec:
        if not isinstance(self.value, np.ndarray):
            return Spec(None, ())
        return Spec(as_dtype(self.value.dtype), self.value.shape)

    def compute(self) -> Any:
        return self.value


def _const(array: np.ndarray[Any, Any], name: str) -> Tensor:
    array.flags.writeable = False
    return Const((), name=name, value=array)  # type: ignore[return-value]


def constant(
    value: Any, dtype: Any = None, shape: Any = None, name: str = "Const", verify_shape: bool = False
) -> Tensor:
    """A tensor whose value is always `value`.

    Args:
      value: a number, string, (nested) list or array; it is copied.
      dtype: the element type; by default as `value`'s (Python floats are float32, ints int32).
      shape: the shape; a value with fewer elements is filled up with its last one.
      verify_shape: whether `value` must have just this shape.

    Raises:
      TypeError: if `dtype` cannot hold the value, or `verify_shape` finds another shape.
      ValueError: if the value has more elements than the shape, or is None or ragged.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.constant([1, 2], shape=[4]))
    array([1, 2, 2, 2], dtype=int32)
    """
    dtype = None if dtype is None else as_dtype(dtype)
    if isinstance(value, Tensor):
        raise TypeError("List of Tensors when single Tensor expected")
    array = as_array(value, dtype)
    if shape is not None:
        array = _fill_up(array, _concrete(shape), verify_shape)
    return _const(array, name)


def _concrete(shape: Any) -> tuple[int, ...]:
    sizes = as_shape(shape)
    if sizes is None or None in sizes:
        raise TypeError(f"the shape of a constant has to be known, not {show_shape(sizes)}")
    return sizes  # type: ignore[return-value]


def _fill_up(array: np.ndarray[Any, Any], shape: tuple[int, ...], verify: bool) -> np.ndarray[Any, Any]:
    if verify and array.shape != shape:
        raise TypeError(f"Expected Tensor's shape: {shape}, got {array.shape}.")
    wanted = elements(shape)
    if array.size > wanted > 0:
        raise ValueError(f"Too many elements provided. Needed at most {wanted}, but received {array.size}")
    if array.size == wanted or not wanted:
        return array.ravel()[:wanted].reshape(shape)
    if not array.size:
        raise ValueError(f"a constant of shape {shape} needs at least one value")
    flat = np.concatenate([array.ravel(), np.repeat(array.ravel()[-1:], wanted - array.size)])
    return flat.reshape(shape)


def is_tensor(x: Any) -> bool:
    """True for a Tensor or Variable: what stands for a tensor in a graph."""
    return isinstance(x, Tensor) or hasattr(x, "_as_tensor")


def convert_to_tensor(
    value: Any, dtype: Any = None, name: str | None = None, preferred_dtype: Any = None,
    dtype_hint: Any = None,
) -> Tensor:  # fmt: skip
    """`value` as a tensor: tensors as they are, Variables read, anything else a constant.

    A list that holds tensors is stacked.

    Args:
      dtype: the dtype it must have.
      preferred_dtype: the dtype it should have, if it can.

    Raises:
      ValueError: if `value` is a tensor of another dtype, or None.
      TypeError: if `dtype` cannot hold the value.
    """
    dtype = None if dtype is None else as_dtype(dtype).base_dtype
    preferred = preferred_dtype if dtype_hint is None else dtype_hint
    if hasattr(value, "_as_tensor"):
        value = value._as_tensor()
    if isinstance(value, Tensor):
        own = value.spec.dtype
        if dtype is not None and own is not None and own is not dtype:
            raise ValueError(
                f"Tensor conversion requested dtype {dtype.name} for Tensor with dtype {own.name}: {value!r}"
            )
        return value
    if dtype is None and preferred is not None:
        try:
            return convert_to_tensor(value, preferred, name)
        except (TypeError, ValueError):
            pass  # the hint does not suit the value: take the value's own dtype
    if isinstance(value, list | tuple) and _holds_tensor(value):
        return _pack(value, dtype, name or "packed")
    if hasattr(value, "graph_element"):
        raise TypeError(f"Can't convert Operation {value.name!r} to Tensor")
    if hasattr(value, "as_tuple") or hasattr(value, "merge_with"):
        value = _shape_value(value)
        return _const(as_array(value, dtype or as_dtype("int32")), name or "Const")
    return _const(as_array(value, dtype), name or "Const")


def _shape_value(shape: Any) -> Any:
    """A TensorShape or Dimension as numbers; ValueError while any is unknown."""
    sizes = as_shape(shape)
    if sizes is None or None in sizes:
        raise ValueError(f"Cannot convert a partially known TensorShape to a Tensor: {show_shape(sizes)}")
    return list(sizes) if hasattr(shape, "as_tuple") else sizes[0]


def _holds_tensor(values: Any) -> bool:
    pending = [values]
    while pending:
        for item in pending.pop():
            if is_tensor(item):
                return True
            if isinstance(item, list | tuple):
                pending.append(item)
    return False


def _pack(values: Any, dtype: DType | None, name: str) -> Tensor:
    """Stacks a nested list of tensors and values, all of the first tensor's dtype."""
    from tinyflow.ops.array import Pack

    tensors = list(_tensors_in(values))
    if dtype is None:
        dtype = next((t.spec.dtype for t in tensors if t.spec.dtype), None)
    for tensor in tensors:
        if dtype is not None and tensor.spec.dtype not in (None, dtype):
            raise TypeError(
                f"Cannot convert a list containing a tensor of dtype {tensor.spec.dtype.name} to "
                f"{dtype.name} (Tensor is: {tensor!r})"
            )
    with get_default_graph().name_scope(name) as scope:
        parts = [convert_to_tensor(v, dtype, name=str(i)) for i, v in enumerate(values)]
        return Pack(parts, name=scope)  # type: ignore[return-value]


def _tensors_in(values: Any) -> Any:
    for item in values:
        if is_tensor(item):
            yield convert_to_tensor(item)
        elif isinstance(item, list | tuple):
            yield from _tensors_in(item)


@operator("operand")
def _operand(
    value: Any, dtype: DType | None, hint: DType | None, name: str, op_type: str, untyped: bool
) -> Tensor:
    """What an op makes of an input that is not a tensor yet.

    Args:
      dtype, hint: the dtype it must, or should, have.
      untyped: whether it stands beside a tensor whose dtype is not known.
    """
    if hasattr(value, "_as_tensor"):
        tensor: Tensor = value._as_tensor()
        return tensor
    if isinstance(value, Tensor):
        return value
    if untyped and type(value) in (int, float):
        return Const((), name=name, value=value)  # type: ignore[return-value]
    try:
        return convert_to_tensor(value, dtype, name, hint)
    except TypeError as error:
        raise TypeError(f"{error} (operand '{name}' of op '{op_type}')") from None
