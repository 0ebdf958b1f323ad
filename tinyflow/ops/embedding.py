"""Rows of a table by number: `tf.nn.embedding_lookup`."""

from __future__ import annotations

from typing import Any

from tinyflow.foundation.dtypes import int32
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Tensor
from tinyflow.ops.arithmetic import add
from tinyflow.ops.array import identity
from tinyflow.ops.clip import clip_by_norm
from tinyflow.ops.constant import constant, convert_to_tensor, is_tensor
from tinyflow.ops.indexing import gather
from tinyflow.ops.joining import concat, size_along, stack

__all__ = ["embedding_lookup"]


def embedding_lookup(
    params: Any, ids: Any, partition_strategy: str = "mod", name: str | None = None,
    validate_indices: bool = True, max_norm: Any = None,
) -> Tensor:  # fmt: skip
    """The rows of a table named by `ids`: a tensor of shape ids.shape + (shape of a row).

    Args:
      params: the table, or a list of tables that it was divided into.
      partition_strategy: how it was divided: "mod" (table i has the rows i, i + n, i + 2 n ...) or
        "div" (each has a piece, the first ones one row more if need be).
      max_norm: if given, rows of a greater L2 norm are made shorter, to have this one.

    Raises:
      ValueError: if there is no table, or no such strategy.
      InvalidArgumentError: in a run, if there is no row of a number.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.nn.embedding_lookup([[1.0, 2.0], [3.0, 4.0]], [1, 1]))
    array([[3., 4.],
           [3., 4.]], dtype=float32)
    """
    if params is None:
        raise ValueError("params must be specified")
    tables = (
        list(params)
        if isinstance(params, list | tuple) and any(map(is_tensor, params))
        else [params]
    )
    if isinstance(params, list | tuple) and not params:
        raise ValueError("Need at least one param")
    if len(tables) > 1 and partition_strategy not in ("mod", "div"):
        raise ValueError(f"Unrecognized partition strategy: {partition_strategy}")
    with name_scope(name, "embedding_lookup", [*tables, ids]) as scope:
        ids = convert_to_tensor(ids, name="ids", preferred_dtype=int32)
        if len(tables) == 1:
            rows = gather(tables[0], ids, name=scope)
        else:
            places = _places(tables, ids) if partition_strategy == "mod" else ids
            rows = gather(concat(tables, 0), places, name=scope)
        if max_norm is not None:
            rank = rows.shape.ndims
            if rank is None or ids.shape.ndims is None:
                raise ValueError(
                    "embedding_lookup with max_norm needs params and ids of known rank"
                )
            rows = clip_by_norm(rows, max_norm, axes=list(range(ids.shape.ndims, rank)))
        return identity(rows, name="Identity")


def _places(tables: list[Any], ids: Tensor) -> Tensor:
    """Where the rows that were dealt out to the tables in turn are, if these are joined."""
    sizes = [size_along(convert_to_tensor(table), constant(0)) for table in tables]
    starts: list[Any] = [0]
    for size in sizes[:-1]:
        starts.append(starts[-1] + size)
    count = len(tables)
    return add(gather(stack(starts), ids % count), ids // count)
