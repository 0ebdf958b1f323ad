"""Feeds: from what the caller gives to arrays of the right dtype and shape."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from tinyflow.foundation.convert import cast_exactly, ragged_message
from tinyflow.foundation.dtypes import DType, string
from tinyflow.foundation.shapes import is_known, merge_shapes, show_shape
from tinyflow.graph.graph import Graph
from tinyflow.graph.operation import Tensor
from tinyflow.graph.site import quote

__all__ = ["FeedSpec", "arrays_like", "check_shape", "expand_feeds", "feed_array"]


class FeedSpec(NamedTuple):
    """What is known of a value before it is fed."""

    shape: Any
    dtype: Any

    @classmethod
    def of(cls, tensor: Tensor) -> FeedSpec:
        """What is known of the values of a tensor."""
        dtype, shape = tensor.spec
        return cls(shape if is_known(shape) else None, None if dtype is None else dtype.numpy)


def has_parts(feed_dict: Any) -> bool:
    """True if a key feeds several tensors at once."""
    return any(isinstance(key, tuple) or hasattr(key, "_fetch_parts") for key in feed_dict)


def expand_feeds(graph: Graph, feed_dict: Any) -> dict[Tensor, Any]:
    """The tensors fed, with their values; a tuple as a key feeds its parts.

    Raises:
      TypeError: if a key does not stand for a tensor, or `feed_dict` is no dictionary.
      ValueError: if a key may not be fed, or a tuple's values are not as many as its parts.
    """
    if feed_dict is None or (isinstance(feed_dict, list | tuple) and not feed_dict):
        return {}
    if not isinstance(feed_dict, Mapping):
        raise TypeError(f"feed_dict must be a dictionary, not {feed_dict!r}")
    feeds: dict[Tensor, Any] = {}
    for key, value in feed_dict.items():
        for part, part_value in _parts(key, value):
            tensor = _tensor(graph, part)
            if not graph.is_feedable(tensor):
                raise ValueError(f"Tensor {tensor} may not be fed.")
            feeds[tensor] = part_value
    return feeds


def _parts(key: Any, value: Any) -> list[tuple[Any, Any]]:
    split = getattr(key, "_fetch_parts", None)
    if split is not None:
        key = split()[0]
    if not isinstance(key, list | tuple):
        return [(key, value)]
    if not isinstance(value, list | tuple) or len(key) != len(value):
        raise ValueError(
            f"the key {key!r} has {len(key)} parts, and the value to feed is {value!r}: "
            "as many values are needed"
        )
    return [pair for pairs in map(_parts, key, value) for pair in pairs]


def _tensor(graph: Graph, key: Any) -> Tensor:
    try:
        tensor: Tensor = graph.as_graph_element(key, allow_operation=False)
    except (TypeError, ValueError, KeyError) as error:
        raise TypeError(f"Cannot interpret feed_dict key as Tensor: {error.args[0]}") from None
    return tensor


def feed_array(tensor: Tensor, value: Any) -> np.ndarray[Any, Any]:
    """`value` as an array of the tensor's dtype; the very array if it is one.

    Raises:
      TypeError: if `value` is a tensor, or the dtype cannot hold it.
      ValueError: for None and ragged lists.
    """
    if hasattr(value, "graph_element"):
        raise TypeError(
            "The value of a feed cannot be a tf.Tensor object. Acceptable feed values include "
            "Python scalars, strings, lists, numpy ndarrays, or TensorHandles. "
            f"You fed {value.name!r} for {tensor.name!r}. "
            "fix: session.run it first and feed the value, or build the graph on it"
        )
    if value is None:
        raise TypeError(f"None was fed for {tensor.name!r}")
    dtype = tensor.spec.dtype
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"feed for {tensor.name!r}: {ragged_message(value)}") from error
    if array.dtype.kind in "SUO" and dtype not in (None, string):
        return _numbers(tensor, array, dtype, value)
    if array.dtype.kind in "SU" or dtype is string:
        array = _encoded(array)
    if dtype is None:
        return array
    try:
        cast = cast_exactly(array, dtype)
        if type(value) is int and cast.item() != value:  # TF 1.15 is strict about these
            raise TypeError(f"it is {cast.item()} then")
        return cast
    except TypeError as error:
        raise TypeError(
            f"Type of feed value {_short(value)} with type {type(value)} is not compatible with "
            f"Tensor type {dtype.as_numpy_dtype} of {tensor.name!r}: {error}"
        ) from None


def _numbers(
    tensor: Tensor, array: np.ndarray[Any, Any], dtype: DType, value: Any
) -> np.ndarray[Any, Any]:
    """Strings such as "1.5", and objects that are numbers, as those numbers.

    What NumPy makes of others loses what they said: None would be a NaN, and "False" True.
    """
    try:
        if dtype.numpy.kind == "b" or any(item is None for item in array.flat):
            raise TypeError("this is no number")
        return array.astype(dtype.numpy)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"could not convert {_short(value)} to {dtype.name}, fed for {tensor.name!r}: {error}"
        ) from None


def _encoded(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Strings as bytes, Python's own; the array itself if they are."""
    if array.dtype == object and all(type(item) is bytes for item in array.flat):
        return array
    encoded = np.empty(array.shape, object)
    for i, item in np.ndenumerate(array):
        if not isinstance(item, str | bytes):
            raise TypeError(f"a string was expected, not {item!r} of type {type(item).__name__}")
        encoded[i] = item.encode() if isinstance(item, str) else bytes(item)
    return encoded


def check_shape(tensor: Tensor, array: np.ndarray[Any, Any]) -> None:
    """Raises ValueError unless the array's shape is what is known of the tensor's."""
    try:
        merge_shapes(tensor.spec.shape, array.shape)
    except ValueError:
        raise ValueError(
            f"Cannot feed value of shape {array.shape} for Tensor {tensor.name!r}, which has shape "
            f"'{tensor.shape}'\n  made {quote(tensor.op.site)}{_reshaped(tensor, array.shape)}"
        ) from None


def _reshaped(tensor: Tensor, shape: tuple[int, ...]) -> str:
    """How the value could be brought into shape, if its elements are enough for it."""
    wanted = tensor.spec.shape
    if wanted is None or wanted.count(None) > 1:
        return ""
    known = math.prod(size for size in wanted if size is not None)
    size = math.prod(shape)
    if (None in wanted and known and size % known == 0) or (None not in wanted and size == known):
        new = ", ".join("-1" if size is None else str(size) for size in wanted)
        return f"\n  fix: value.reshape({new}) (as many elements)"
    return f"\n  fix: feed a value of shape {show_shape(wanted)}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def arrays_like(forms: Sequence[tuple[Any, Any]]) -> Callable[..., bool]:
    """A test whether values are arrays of these shapes and dtypes, written out, as every run makes it."""
    names: dict[str, Any] = {"ndarray": np.ndarray}
    tests = []
    for i, (shape, dtype) in enumerate(forms):
        names[f"dtype{i}"] = dtype
        tests.append(f"x{i}.__class__ is ndarray and x{i}.dtype is dtype{i} and x{i}.shape == {shape}")
    arguments = ", ".join(f"x{i}" for i in range(len(forms)))
    test: Callable[..., bool] = eval(f"lambda {arguments}: {' and '.join(tests) or True}", names)
    return test
