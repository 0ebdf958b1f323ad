"""Fetch structures: what `Session.run` may be asked for, and how the answer gets its form.

A structure is taken apart once per call signature, into the distinct graph elements it names and a
function that puts their values back into its form.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from operator import itemgetter
from typing import Any

from tinyflow.foundation.errors import InaccessibleTensorError
from tinyflow.graph.graph import Graph
from tinyflow.graph.operation import Operation, Tensor

__all__ = ["Fetches", "fetch_key"]


def fetch_key(fetches: Any, fed: Iterable[Any]) -> tuple[Any, ...]:
    """What two calls share if they fetch the same things in the same form and feed the same tensors.

    A list of tensors and operations, by far the most usual form, costs one tuple; its items' hash
    is their identity.  Whatever is wrong with a call, it gets a key without complaint, which will
    not be found.
    """
    if type(fetches) is list:
        key: tuple[Any, ...] = (len(fetches), *fetches, *fed)
    else:
        key = (fetches, *fed)
    try:
        hash(key)
    except TypeError:  # the structure is nested, or no structure at all
        return (_nested_key(fetches), *fed)
    return key


def _nested_key(fetches: Any) -> Hashable:
    if isinstance(fetches, list | tuple):
        return (type(fetches), *map(_nested_key, fetches))
    if isinstance(fetches, Mapping):
        return (type(fetches), *fetches, *map(_nested_key, fetches.values()))
    return fetches if isinstance(fetches, Hashable) else object()


class Fetches:
    """A fetch structure taken apart.

    Attributes:
      tensors: the distinct tensors it names.
      operations: the operations it names.
      build: makes the answer from the tensors' values, in order, and a None after them.

    Raises:
      TypeError: if something in it is of a type that cannot be fetched.
      ValueError: if something in it is not in the graph.
    """

    def __init__(self, graph: Graph, fetches: Any) -> None:
        self._graph = graph
        self._places: dict[Tensor, int] = {}
        self.operations: list[Operation] = []
        self.build: Callable[[Any], Any] = self._builder(fetches, outermost=True)
        self.tensors = list(self._places)

    def _builder(self, fetch: Any, outermost: bool = False) -> Callable[[Any], Any]:
        if isinstance(fetch, list | tuple):
            return self._sequence(fetch, outermost)
        if isinstance(fetch, Mapping):
            return self._mapping(fetch)
        parts = getattr(fetch, "_fetch_parts", None)
        if parts is not None:
            inner, assemble = parts()
            build = self._builder(inner)
            return lambda values: assemble(build(values))
        element = self._element(fetch)
        if isinstance(element, Operation):
            self.operations.append(element)
            return itemgetter(-1)
        place = self._places.setdefault(element, len(self._places))
        return itemgetter(place)

    def _sequence(self, fetch: Any, outermost: bool) -> Callable[[Any], Any]:
        builders = [self._builder(part) for part in fetch]
        kind = type(fetch)
        if kind is list and len(builders) > 1 and all(type(b) is itemgetter for b in builders):
            places = [b.__reduce__()[1][0] for b in builders]
            if outermost and places == [*range(len(places) - 1), -1]:
                return list  # the values as they come: those of [loss, train]
            pick = itemgetter(*places)
            return lambda values: [*pick(values)]
        if not builders:
            return lambda values: kind()
        if isinstance(fetch, list):
            return lambda values: [build(values) for build in builders]
        if hasattr(fetch, "_fields"):
            return lambda values: kind(*[build(values) for build in builders])
        return lambda values: kind([build(values) for build in builders])

    def _mapping(self, fetch: Any) -> Callable[[Any], Any]:
        builders = {key: self._builder(part) for key, part in fetch.items()}
        kind = type(fetch)

        def build(values: Any) -> Any:
            pairs = [(key, part(values)) for key, part in builders.items()]
            if hasattr(fetch, "default_factory"):
                return kind(fetch.default_factory, pairs)
            return kind(pairs)

        return build

    def _element(self, fetch: Any) -> Any:
        if fetch is None or not (isinstance(fetch, str | bytes) or hasattr(fetch, "graph_element")):
            raise TypeError(self._wrong_type(fetch))
        try:
            element = self._graph.as_graph_element(fetch)
        except (ValueError, KeyError) as error:
            raise ValueError(
                f"Fetch argument {fetch!r} cannot be interpreted as a Tensor. ({error.args[0]})"
            ) from None
        if not self._graph.is_fetchable(element):
            raise InaccessibleTensorError(
                f"Operation {element.name!r} has been marked as not fetchable."
            )
        return element

    def _wrong_type(self, fetch: Any) -> str:
        message = (
            f"Fetch argument {_short(fetch)} has invalid type {type(fetch)}, must be a string or Tensor."
        )
        if fetch is None:
            return (
                f"{message} fix: fetch a tensor or an operation; a function that forgot to "
                "return its tensor, or a gradient that does not exist, gives None"
            )
        names = [
            op.name + ":0"
            for op in self._graph.get_operations()[-200:]
            if "loss" in op.name.lower() and op.outputs
        ]
        known = f"; tensors with such a name: {', '.join(names[:3])}" if names else ""
        return (
            f"{message} You passed a value, not a tensor: did a line such as "
            f"`loss = session.run(loss)` overwrite the tensor with its value?{known}"
        )


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
