"""Hyper-parameters: numbers, tensors or functions, as tensors of the right precision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tinyflow.foundation.dtypes import DType, float32
from tinyflow.graph.operation import Tensor
from tinyflow.ops.constant import constant, convert_to_tensor
from tinyflow.ops.elementwise import cast
from tinyflow.variables import Variable

__all__ = ["common_dtype", "fitted", "hyper_parameter"]


def common_dtype(variables: Iterable[Variable]) -> DType:
    """float32, or the dtype of these variables if it is more precise."""
    widest = float32
    for variable in variables:
        dtype = variable.dtype
        if dtype and dtype.is_floating and dtype.size > widest.size:
            widest = dtype.base_dtype
    return widest


def hyper_parameter(value: Any, dtype: DType, name: str) -> Tensor:
    """A number (in this dtype), a tensor, or a function that returns one, as a tensor."""
    value = value() if callable(value) else value
    if isinstance(value, int | float):
        return constant(value, dtype, name=name)
    return convert_to_tensor(value, name=name)


def fitted(tensor: Any, variable: Variable) -> Any:
    """A hyper-parameter in the dtype of a variable, if that is known."""
    return cast(tensor, variable.dtype.base_dtype) if variable.dtype else tensor
