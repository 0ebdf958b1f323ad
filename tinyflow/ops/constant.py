"""Constants, and how values become tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinyflow.foundation.convert import as_array
from tinyflow.foundation.dtypes import DType, as_dtype, string
from tinyflow.foundation.errors import DtypeProblem, Problem
from tinyflow.foundation.shapes import Shape, Spec, as_shape, elements, is_known, show_shape
from tinyflow.graph.graph import get_default_graph
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.graph.operators import operator
from tinyflow.ops.base import merged

__all__ = [
    "Const", "constant", "convert_to_tensor", "is_tensor", "register_tensor_conversion_function",
]  # fmt: skip

# What `register_tensor_conversion_function` entered: (priority, type, function).
_conversions: list[tuple[int, Any, Callable[..., Any]]] = []


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
    return Const((), name=name, value=array)


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
    if isinstance(value, Tensor) or (isinstance(value, list | tuple) and _holds_tensor(value)):
        raise TypeError(
            "List of Tensors when single Tensor expected: a constant is made of values. "
            "fix: tf.convert_to_tensor, which stacks tensors"
        )
    array = as_array(value, dtype)
    if shape is not None:
        array = _fill_up(array, _concrete(shape), verify_shape)
    return _const(array, name)


def _concrete(shape: Any) -> tuple[int, ...]:
    sizes = as_shape(shape)
    if not is_known(sizes):
        raise TypeError(f"the shape of a constant has to be known, not {show_shape(sizes)}")
    return sizes


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
    last = np.repeat(array.ravel()[-1:], wanted - array.size)
    flat: np.ndarray[Any, Any] = np.concatenate([array.ravel(), last])
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
    registered = _registered(value, dtype, name)
    if registered is not None:
        return registered
    if isinstance(value, list | tuple) and _holds_tensor(value):
        return _pack(value, dtype, name or "packed")
    if hasattr(value, "graph_element"):
        raise TypeError(f"Can't convert Operation {value.name!r} to Tensor")
    if hasattr(value, "as_tuple") or hasattr(value, "merge_with"):
        value = _shape_value(value)
        return _const(as_array(value, dtype or as_dtype("int32")), name or "Const")
    return _const(as_array(value, dtype), name or "Const")


# -- what a list of tensors becomes ---------------------------------------------------------------
#
# (The gradients are with the public functions: `stack` in shaping.py, `cast` in conversion.py.)


class Pack(Operation):
    """Joins tensors of one shape along a new axis."""

    axis: int = 0
    same_dtype = True
    recordable = True

    def infer(self, *values: Spec) -> Spec:
        shape: Shape = None
        for value in values:
            shape = merged(shape, value.shape, "the tensors to stack differ in shape")
        dtype = None if any(value.dtype is None for value in values) else values[0].dtype
        if shape is None:
            return Spec(dtype)
        at = self.place(len(shape))
        return Spec(dtype, (*shape[:at], len(values), *shape[at:]))

    def place(self, rank: int) -> int:
        if not -rank - 1 <= self.axis <= rank:
            raise Problem(f"axis = {self.axis} not in [{-rank - 1}, {rank + 1})")
        return self.axis % (rank + 1)

    def compute(self, *values: Any) -> Any:
        for value in values[1:]:
            merged(values[0].shape, value.shape, "the tensors to stack differ in shape")
        return np.stack(values, axis=self.place(values[0].ndim))


class Cast(Operation):
    """The same numbers in another dtype."""

    DstT: DType
    recordable = True

    def infer(self, x: Spec) -> Spec:
        if x.dtype is not None and (x.dtype is string) != (self.DstT is string):
            raise DtypeProblem(
                f"Cast {x.dtype.name} to {self.DstT.name} is not supported",
                "tf.as_string(x) makes strings of numbers",
            )
        return Spec(self.DstT, x.shape)

    def compute(self, x: Any) -> Any:
        dtype = self.DstT.numpy
        if x.dtype.kind == "c" and dtype.kind not in "cb":
            x = np.real(x)
        return x.astype(dtype)


def register_tensor_conversion_function(
    base_type: Any, conversion_func: Callable[..., Any], priority: int = 100
) -> None:
    """Says how values of a type become tensors.

    Args:
      base_type: the type, or a tuple of types.
      conversion_func: called as `conversion_func(value, dtype=..., name=..., as_ref=False)`; returns a
        tensor of that dtype (None: of any), or NotImplemented to leave the value to others.
      priority: of two functions for a value the one of the lower priority is asked first.

    Raises:
      TypeError: if `base_type` is no type, or `conversion_func` cannot be called.
    """
    types = base_type if isinstance(base_type, tuple) else (base_type,)
    if not all(isinstance(kind, type) for kind in types):
        raise TypeError("base_type must be a type or a tuple of types.")
    if not callable(conversion_func):
        raise TypeError("conversion_func must be callable.")
    _conversions.append((priority, base_type, conversion_func))
    _conversions.sort(key=lambda entry: entry[0])  # stable: else in the order they came


def _registered(value: Any, dtype: DType | None, name: str | None) -> Tensor | None:
    """The tensor that a registered function makes of `value`, if there is one for its type."""
    for _, kind, convert in _conversions:
        if not isinstance(value, kind):
            continue
        tensor = convert(value, dtype=dtype, name=name, as_ref=False)
        if tensor is NotImplemented:
            continue
        if not isinstance(tensor, Tensor):
            raise RuntimeError(f"the conversion function of {kind} gave no Tensor but {tensor!r}")
        if dtype is not None and tensor.spec.dtype not in (dtype, None):
            raise RuntimeError(f"the conversion function of {kind} gave a {tensor.dtype}, not a {dtype}")
        return tensor
    return None


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
    """Stacks a nested list of tensors and values.

    All must have the first tensor's dtype; if a dtype is asked for, ints and floats become that.

    Raises:
      TypeError: if dtypes differ, or a cast would lose more than precision.
    """
    if dtype is not None:
        values = _widened(values, dtype)
    tensors = list(_tensors_in(values))
    if dtype is None:
        dtype = next((t.spec.dtype for t in tensors if t.spec.dtype), None)
    with get_default_graph().name_scope(name) as scope:
        for tensor in tensors:
            if dtype is not None and tensor.spec.dtype not in (None, dtype):
                raise TypeError(
                    f"Cannot convert a list containing a tensor of dtype {tensor.spec.dtype.name} to "
                    f"{dtype.name} (Tensor is: {tensor!r})"
                )
        parts = [convert_to_tensor(v, dtype, name=str(i)) for i, v in enumerate(values)]
        return Pack(parts, name=scope)


def _widened(value: Any, dtype: DType) -> Any:
    """A tensor (or those of a nested list) cast to `dtype` if that loses nothing but precision."""
    if isinstance(value, list | tuple):
        return [_widened(v, dtype) for v in value]
    if not is_tensor(value):
        return value
    tensor = convert_to_tensor(value)
    own = tensor.spec.dtype
    if own is None or own is dtype or not np.can_cast(own.numpy, dtype.numpy, "same_kind"):
        return tensor
    return Cast([tensor], DstT=dtype)


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
        return Const((), name=name, value=value)
    try:
        return convert_to_tensor(value, dtype, name, hint)
    except TypeError as error:
        raise TypeError(f"{error} (operand '{name}' of op '{op_type}')") from None


def define_operator(method: str, op_class: Any, name: str) -> None:
    """Makes Python's `method` build an `op_class` named `name`; a plain operand takes the tensor's dtype."""

    def apply(x: Any, y: Any) -> Any:
        if isinstance(x, Tensor) and isinstance(y, Tensor):
            return op_class((x, y), name=name)
        x, y = (convert_to_tensor(v) if is_tensor(v) else v for v in (x, y))
        like = x if isinstance(x, Tensor) else y
        return op_class((x, y), name=name, like=like)

    operator(method)(apply)
