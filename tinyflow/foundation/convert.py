"""From Python's and NumPy's values to arrays of a given dtype, without losing anything.

TensorFlow 1.15 converts silently where NumPy can (1.7 into an int32, 300 into a uint8); here such a
loss is an error.  Rounding a number to the precision of a float type is not counted as a loss.
"""

from __future__ import annotations

import operator
import warnings
from typing import Any

import numpy as np

from tinyflow.foundation.dtypes import DType, as_dtype

__all__ = ["as_array", "cast_exactly"]


def as_array(value: Any, dtype: DType | None = None) -> np.ndarray[Any, Any]:
    """`value` as a new array of `dtype`, or of the dtype TF 1.15 gives it.

    Python floats become float32, ints int32 (int64 if they do not fit), strings bytes; arrays and
    NumPy scalars keep their dtype; lists follow their items, but float64 becomes float32.

    Raises:
      ValueError: for None, and for ragged lists.
      TypeError: if `dtype` cannot hold the value.
    """
    if value is None:
        raise ValueError("None values not supported.")
    if hasattr(value, "__array__"):  # an array, or what stands for one
        value = np.asarray(value) if not isinstance(value, np.generic) else value
    if isinstance(value, np.ndarray | np.generic):
        array = np.array(value)
        if array.dtype.kind in "SUO":
            array = _strings(array)
    else:
        array = _from_python(value, dtype)
    if dtype is None:
        as_dtype(array.dtype)  # TypeError, if there is no such type of tensor
        return array
    if not isinstance(value, np.ndarray | np.generic):
        _check_kind(value, array, dtype)
    return cast_exactly(array, dtype, value)


def _from_python(value: Any, dtype: DType | None) -> np.ndarray[Any, Any]:
    try:
        array = np.array(value)
    except ValueError as error:
        raise ValueError(ragged_message(value)) from error
    if array.dtype == object and all(hasattr(item, "__index__") for item in array.flat):
        array = np.array([operator.index(item) for item in array.flat]).reshape(array.shape)
    if array.dtype.kind in "SUO":
        return _strings(np.array(value, object))  # not text that NumPy made of a number
    if dtype is None and array.dtype == np.float64:
        return array.astype(np.float32)
    if dtype is None and array.dtype == np.int64:
        small = array.astype(np.int32)
        return small if np.array_equal(small, array) else array
    return array


def _strings(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    result = np.empty(array.shape, object)
    for i, item in np.ndenumerate(array):
        if isinstance(item, str):
            item = item.encode()
        if not isinstance(item, bytes):
            raise TypeError(
                f"Failed to convert object of type {type(item)} to Tensor. Contents: {item!r}. "
                "Consider casting elements to a supported type."
            )
        result[i] = bytes(item)  # not NumPy's own kind
    return result


def ragged_message(value: Any) -> str:
    """Says which rows of a nested list differ in length."""
    rows = [np.shape(row)[:1] or () for row in value] if isinstance(value, list | tuple) else []
    for i, size in enumerate(rows):
        if size != rows[0]:
            first, other = (f"{s[0]} items" if s else "no items" for s in (rows[0], size))
            return (
                "setting an array element with a sequence: the lists are ragged: "
                f"row 0 has {first}, row {i} has {other}"
            )
    return "setting an array element with a sequence: the lists are ragged"


def _check_kind(value: Any, array: np.ndarray[Any, Any], dtype: DType) -> None:
    """A Python literal has to be of the right kind: 1.5 is no int32, 1 no bool, "a" no float."""
    kind, wanted = array.dtype.kind, dtype.numpy.kind
    ranks = {"b": 0, "i": 1, "u": 1, "f": 2, "c": 3}
    fits = kind == wanted if wanted in "Ob" or kind == "O" else ranks[kind] <= ranks[wanted]
    if array.size and not fits:
        first = array.ravel()[0].item() if array.dtype != object else array.ravel()[0]
        raise TypeError(
            f"Expected {dtype.base_dtype.name}, got {first!r} of type '{type(first).__name__}' instead."
        )


def cast_exactly(array: np.ndarray[Any, Any], dtype: DType, value: Any = None) -> np.ndarray[Any, Any]:
    """`array` as `dtype`.

    Raises:
      TypeError: if that loses more than the precision of a float.
    """
    wanted = dtype.numpy
    if array.dtype == wanted:
        return array
    if (array.dtype == object) != (wanted == object) and array.size:
        raise TypeError(f"Expected {dtype.base_dtype.name}, got {_sample(array)} instead.")
    if wanted.kind in "fc" and (array.dtype.kind != "c" or wanted.kind == "c"):
        with np.errstate(all="ignore"):
            return array.astype(wanted)
    if array.dtype.kind == "c" and not array.imag.any():
        array = array.real
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
        cast = array.astype(wanted)
        back = cast.astype(array.dtype)
    if not np.array_equal(back, array):
        lost = array[back != array].ravel()[0] if array.ndim else array[()]
        raise TypeError(
            f"Expected {dtype.base_dtype.name}, got {lost.item()!r} of type "
            f"'{array.dtype.name}' instead: the conversion would change it. "
            f"fix: round or clip it first, or use a wider dtype"
        )
    return cast


def _sample(array: np.ndarray[Any, Any]) -> str:
    item = array.ravel()[0] if array.size else "nothing"
    return f"{item!r} of type '{type(item).__name__}'"
