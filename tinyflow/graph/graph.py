"""The Graph: operations in the order they were made, names, scopes, stacks and collections."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Literal

from tinyflow.graph.device import merge_devices
from tinyflow.graph.operators import TABLE
from tinyflow.graph.site import place

if TYPE_CHECKING:
    from tinyflow.graph.operation import Operation, Tensor

__all__ = [
    "Graph", "GraphKeys", "add_to_collection", "add_to_collections", "colocate_with",
    "container", "control_dependencies", "device", "get_collection", "get_collection_ref",
    "get_default_graph", "init_scope", "name_scope", "op_scope", "reset_default_graph",
]  # fmt: skip

_OP_NAME = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.\-/]*")
_SCOPE_NAME = re.compile(r"[A-Za-z0-9_.\-/]*")


class GraphKeys:
    """The names of the standard collections."""

    GLOBAL_VARIABLES = "variables"
    LOCAL_VARIABLES = "local_variables"
    METRIC_VARIABLES = "metric_variables"
    MODEL_VARIABLES = "model_variables"
    TRAINABLE_VARIABLES = "trainable_variables"
    SUMMARIES = "summaries"
    QUEUE_RUNNERS = "queue_runners"
    TABLE_INITIALIZERS = "table_initializer"
    ASSET_FILEPATHS = "asset_filepaths"
    MOVING_AVERAGE_VARIABLES = "moving_average_variables"
    REGULARIZATION_LOSSES = "regularization_losses"
    CONCATENATED_VARIABLES = "concatenated_variables"
    SAVERS = "savers"
    WEIGHTS = "weights"
    BIASES = "biases"
    ACTIVATIONS = "activations"
    UPDATE_OPS = "update_ops"
    LOSSES = "losses"
    SAVEABLE_OBJECTS = "saveable_objects"
    RESOURCES = "resources"
    LOCAL_RESOURCES = "local_resources"
    TRAINABLE_RESOURCE_VARIABLES = "trainable_resource_variables"
    INIT_OP = "init_op"
    LOCAL_INIT_OP = "local_init_op"
    READY_OP = "ready_op"
    READY_FOR_LOCAL_INIT_OP = "ready_for_local_init_op"
    SUMMARY_OP = "summary_op"
    GLOBAL_STEP = "global_step"
    EVAL_STEP = "eval_step"
    TRAIN_OP = "train_op"
    COND_CONTEXT = "cond_context"
    WHILE_CONTEXT = "while_context"
    VARIABLES = "variables"  # the old name of GLOBAL_VARIABLES


class _Controller:
    """One `control_dependencies` block: what is waited for, and the ops made inside."""

    def __init__(self, inputs: Sequence[Operation], clears: bool) -> None:
        self.inputs = inputs
        self.clears = clears
        self.members: set[Operation] = set()


class Graph:
    """A graph of `Operation`s.

    >>> import tinyflow as tf
    >>> with tf.Graph().as_default() as graph:
    ...     c = tf.constant(30.0)
    >>> c.graph is graph
    True
    """

    def __init__(self) -> None:
        self._operations: dict[str, Operation] = {}
        self._names_in_use: dict[str, int] = {}
        self._scope = ""
        self._controllers: list[_Controller] = []
        self._devices: list[Any] = []  # names, functions, and None, which hides outer ones
        self._collections: dict[Any, list[Any]] = {}
        self._gradient_overrides: dict[str, str] = {}
        self._unfeedable: set[Tensor] = set()
        self._unfetchable: set[Any] = set()
        self._finalized = False
        self._lock = threading.RLock()
        self.seed: int | None = None
        self.last_op_id = 0

    # -- operations ---------------------------------------------------------------------

    def add(self, operation: Operation) -> None:
        """Files a new operation; called by the operation itself."""
        if self._finalized:
            self._check_not_finalized()
        with self._lock:
            self._operations[operation._name] = operation
            operation._id = self.last_op_id = self.last_op_id + 1
        for controller in self._controllers:
            controller.members.add(operation)

    def get_operations(self) -> list[Operation]:
        """All operations in the order they were made."""
        return list(self._operations.values())

    def get_operation_by_name(self, name: str) -> Operation:
        """The operation of that name.

        Raises:
          TypeError: if `name` is not a string.
          ValueError: if `name` is a tensor's (`"a:0"`).
          KeyError: if there is none.
        """
        if not isinstance(name, str):
            raise TypeError(f"Operation names are strings (or similar), not {type(name).__name__}.")
        found: Operation = self.as_graph_element(name, allow_tensor=False)
        return found

    def get_tensor_by_name(self, name: str) -> Tensor:
        """The tensor of that name, `"<operation>:<output index>"`.

        Raises:
          TypeError: if `name` is not a string.
          ValueError: if `name` is an operation's.
          KeyError: if there is none.
        """
        if not isinstance(name, str):
            raise TypeError(f"Tensor names are strings (or similar), not {type(name).__name__}.")
        found: Tensor = self.as_graph_element(name, allow_operation=False)
        return found

    def as_graph_element(
        self, obj: Any, allow_tensor: bool = True, allow_operation: bool = True
    ) -> Any:
        """The Tensor or Operation that `obj` (one, its name, or a Variable) stands for.

        Raises:
          TypeError: if `obj` is something else, or of the kind not allowed.
          ValueError: if it belongs to another graph, or its name is malformed.
          KeyError: if there is nothing of that name.
        """
        if not allow_tensor and not allow_operation:
            raise ValueError("allow_tensor and allow_operation can't both be False.")
        kinds = " or ".join(["Tensor"] * allow_tensor + ["Operation"] * allow_operation)
        convert = getattr(obj, "_as_graph_element", None)
        if convert is not None:
            obj = convert()
        if isinstance(obj, bytes):
            obj = obj.decode()
        if isinstance(obj, str):
            return self._by_name(obj, allow_tensor, allow_operation)
        kind = getattr(obj, "graph_element", None)
        if (kind == "Tensor" and allow_tensor) or (kind == "Operation" and allow_operation):
            if obj.graph is not self:
                raise ValueError(f"{kind} {obj} is not an element of this graph.")
            return obj
        raise TypeError(f"Can not convert a {type(obj).__name__} into a {kinds}.")

    def _by_name(self, name: str, allow_tensor: bool, allow_operation: bool) -> Any:
        op_name, colon, index = name.partition(":")
        operation = self._operations.get(op_name)
        if not colon:
            return self._operation_named(name, operation, allow_tensor, allow_operation)
        if not allow_tensor:
            raise ValueError(f"Name {name!r} appears to refer to a Tensor, not a Operation.")
        if not index.isdigit():
            raise ValueError(
                f"The name {name!r} looks like a Tensor name, but is not a valid one. "
                'Tensor names must be of the form "<op_name>:<output_index>".'
            )
        if operation is None:
            raise KeyError(
                f"The name {name!r} refers to a Tensor which does not exist. "
                f"The operation, {op_name!r}, does not exist in the graph.{self._similar(op_name)}"
            )
        if int(index) >= len(operation.outputs):
            raise KeyError(
                f"The name {name!r} refers to a Tensor which does not exist. The operation, "
                f"{op_name!r}, exists but only has {len(operation.outputs)} outputs."
            )
        return operation.outputs[int(index)]

    def _operation_named(
        self, name: str, operation: Operation | None, allow_tensor: bool, allow_operation: bool
    ) -> Operation:
        if allow_operation and operation is not None:
            return operation
        if not allow_operation and operation is not None:
            raise ValueError(
                f"The name {name!r} refers to an Operation, not a Tensor. Tensor names must be of "
                f'the form "<op_name>:<output_index>": did you mean {name + ":0"!r}?'
            )
        if not allow_operation:
            raise ValueError(
                f"The name {name!r} looks like an (invalid) Operation name, not a Tensor. "
                'Tensor names must be of the form "<op_name>:<output_index>".'
            )
        raise KeyError(
            f"The name {name!r} refers to an Operation not in the graph.{self._similar(name)}"
        )

    def _similar(self, name: str) -> str:
        import difflib  # only on the way to an error

        near = difflib.get_close_matches(name, self._operations, 3, 0.5)
        return f" Near names: {', '.join(near)}." if near else ""

    # -- names --------------------------------------------------------------------------

    def unique_name(self, name: str, mark_as_used: bool = True) -> str:
        """`name` in the current scope, with `_1`, `_2`... added if it is taken.

        Case does not distinguish names, as in TF 1.15: a, A_1, a_2.
        """
        if self._scope:
            name = f"{self._scope}/{name}"
        key = name.lower()
        with self._lock:
            taken = self._names_in_use.get(key, 0)
            if mark_as_used:
                self._names_in_use[key] = taken + 1
            if not taken:
                return name
            count = taken
            while (candidate := f"{key}_{count}") in self._names_in_use:
                count += 1
            if mark_as_used:
                self._names_in_use[candidate] = 1
        return f"{name}_{count}"

    def op_name(self, name: str) -> str:
        """The full name of a new operation; one that ends in "/" is taken as it is.

        Raises:
          ValueError: if it is not a valid name, or there is an operation of just that name.
        """
        if name[-1:] == "/":
            if name[:-1] in self._operations:
                raise ValueError(f"Duplicate node name in graph: {name[:-1]!r}")
            return name[:-1]
        unique = self.unique_name(name)
        if not _OP_NAME.fullmatch(unique):
            raise ValueError(f"{unique!r} is not a valid node name")
        return unique

    @contextmanager
    def name_scope(self, name: str | None) -> Iterator[str]:
        """Puts `name` and "/" before the names of the ops made inside.

        A name ending in "/" (such as the scope's own value) re-enters that scope; None or ""
        goes back to the root.

        Raises:
          ValueError: if `name` is not a valid scope name.
        """
        if name and not (_SCOPE_NAME if self._scope else _OP_NAME).fullmatch(name):
            raise ValueError(f"{name!r} is not a valid scope name")
        outer = self._scope
        if not name:
            self._scope = ""
        elif name.endswith("/"):
            self._scope = name[:-1]
        else:
            self._scope = self.unique_name(name)
        try:
            yield self._scope + "/" if self._scope else ""
        finally:
            self._scope = outer

    @contextmanager
    def inside(self, op_name: str) -> Iterator[None]:
        """Names made inside begin with an operation's own full name: its constant operands."""
        outer, self._scope = self._scope, op_name
        try:
            yield
        finally:
            self._scope = outer

    def get_name_scope(self) -> str:
        """The current scope, without its last "/"."""
        return self._scope

    # -- control dependencies, devices, gradient overrides --------------------------------

    def control_dependencies(
        self, control_inputs: Iterable[Any] | None
    ) -> AbstractContextManager[None]:
        """Ops made inside the `with` run after all of `control_inputs`; None clears outer ones.

        Raises:
          TypeError: if an entry is no Tensor, Variable or Operation.
        """
        inputs: list[Operation] = []
        for entry in () if control_inputs is None else control_inputs:
            element = self.as_graph_element(entry)
            operation = element.op if element.graph_element == "Tensor" else element
            if operation not in inputs:
                inputs.append(operation)
        return self._controlled(_Controller(inputs, control_inputs is None))

    @contextmanager
    def _controlled(self, controller: _Controller) -> Iterator[None]:
        outer = self._controllers
        self._controllers = [controller] if controller.clears else [*outer, controller]
        try:
            yield
        finally:
            self._controllers = outer

    def control_inputs_for(self, inputs: Iterable[Tensor]) -> tuple[Operation, ...]:
        """What a new op with these inputs must wait for, less what its inputs wait for."""
        if not self._controllers:
            return ()
        producers = {tensor.op for tensor in inputs}
        waits: dict[Operation, None] = {}
        for controller in self._controllers:
            # An input made inside the block waits already, and so does whoever uses it.
            if producers.isdisjoint(controller.members):
                waits.update(dict.fromkeys(op for op in controller.inputs if op not in producers))
        return tuple(waits)

    @contextmanager
    def device(self, device_name_or_function: Any) -> Iterator[None]:
        """Accepted, and noted on the ops made inside; everything runs on the CPU.

        Raises:
          ValueError: if the name is malformed.
        """
        if isinstance(device_name_or_function, str):
            merge_devices("", device_name_or_function)
        outer = self._devices
        self._devices = [*outer, device_name_or_function]
        try:
            yield
        finally:
            self._devices = outer

    def device_of(self, operation: Operation) -> str:
        """The device that the blocks in force name for a new operation."""
        device = ""
        for named in reversed(self._devices):
            if named is None:
                break
            operation._device = device
            device = named(operation) if callable(named) else merge_devices(named, device)
        return device

    @contextmanager
    def colocate_with(self, op: Any, ignore_existing: bool = False) -> Iterator[None]:
        """Accepted: there is one place to be."""
        yield

    @contextmanager
    def container(self, container_name: str) -> Iterator[str]:
        """Accepted: a Session keeps its variables itself."""
        yield container_name

    @contextmanager
    def gradient_override_map(self, op_type_map: dict[str, str]) -> Iterator[None]:
        """Ops made inside take the gradients registered under other names.

        Raises:
          TypeError: if `op_type_map` is not a dictionary of strings.
        """
        if not isinstance(op_type_map, dict):
            raise TypeError("op_type_map must be a dictionary mapping strings to strings")
        if not all(isinstance(name, str) for pair in op_type_map.items() for name in pair):
            raise TypeError("Keys and values in op_type_map must be strings")
        outer = self._gradient_overrides
        self._gradient_overrides = {**outer, **op_type_map}
        try:
            yield
        finally:
            self._gradient_overrides = outer

    # -- collections ----------------------------------------------------------------------

    def add_to_collection(self, name: Any, value: Any) -> None:
        """Appends `value` to a collection."""
        self._check_not_finalized()
        self._collections.setdefault(name, []).append(value)

    def add_to_collections(self, names: Any, value: Any) -> None:
        """Appends `value` to each collection named, once."""
        for name in dict.fromkeys((names,) if isinstance(names, str) else names):
            self.add_to_collection(name, value)

    def get_collection_ref(self, name: Any) -> list[Any]:
        """The collection itself: changing the list changes the collection."""
        return self._collections.setdefault(name, [])

    def get_collection(self, name: Any, scope: str | None = None) -> list[Any]:
        """A copy of a collection; with `scope`, of the items whose name matches it."""
        items = self._collections.get(name, [])
        if scope is None or not items:
            return list(items)
        pattern = re.compile(scope)
        return [item for item in items if hasattr(item, "name") and pattern.match(item.name)]

    def get_all_collection_keys(self) -> list[Any]:
        """The names of the collections in use."""
        return [name for name in self._collections if isinstance(name, str)]

    @property
    def collections(self) -> list[Any]:
        """The keys of all collections."""
        return list(self._collections)

    def clear_collection(self, name: Any) -> None:
        """Empties a collection."""
        self._check_not_finalized()
        self._collections.pop(name, None)

    # -- the rest ---------------------------------------------------------------------------

    def as_default(self) -> AbstractContextManager[Graph]:
        """Makes this the default graph: inside a `with`, or as a bare statement until replaced."""
        return _AsDefault(self)

    def finalize(self) -> None:
        """From here on the graph can be run but not changed."""
        self._finalized = True

    @property
    def finalized(self) -> bool:
        """True after `finalize`."""
        return self._finalized

    def _unsafe_unfinalize(self) -> None:
        self._finalized = False

    def _check_not_finalized(self) -> None:
        if self._finalized:
            raise RuntimeError("Graph is finalized and cannot be modified.")

    @property
    def version(self) -> int:
        """A number that grows with every operation added."""
        return self.last_op_id

    @property
    def building_function(self) -> bool:
        """False: this is not the graph of a function's body."""
        return False

    def prevent_feeding(self, tensor: Tensor) -> None:
        """Marks a tensor as one that may not be fed."""
        self._unfeedable.add(tensor)

    def is_feedable(self, tensor: Tensor) -> bool:
        """True unless `prevent_feeding` was called for it."""
        return tensor not in self._unfeedable

    def prevent_fetching(self, op: Any) -> None:
        """Marks an operation as one that may not be fetched."""
        self._unfetchable.add(op)

    def is_fetchable(self, tensor_or_op: Any) -> bool:
        """True unless `prevent_fetching` was called for its operation."""
        operation = tensor_or_op.op if tensor_or_op.graph_element == "Tensor" else tensor_or_op
        return operation not in self._unfetchable

    def switch_to_thread_local(self) -> None:
        """Accepted: the default stacks are per thread already."""

    def _repr_html_(self) -> str:
        """What a notebook shows: a picture of it."""
        picture: str = TABLE["_repr_html_"](self)
        return picture


class _AsDefault:
    """What `Graph.as_default()` gives back: in force at once, and bounded by a `with`."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        _defaults.levels[-1].append(self)

    def __enter__(self) -> Graph:
        for level in _defaults.levels:
            if self in level[:]:
                level.remove(self)
        _defaults.levels.append([self])
        return self.graph

    def __exit__(self, *_: object) -> Literal[False]:
        if _defaults.levels[-1][0] is not self:
            raise AssertionError(
                f"Nesting violated for default stack of {Graph} objects: "
                "`with` blocks must end in the opposite order of their beginning"
            )
        _defaults.levels.pop()
        return False


class _Defaults(threading.local):
    """Per thread: the `with` blocks entered, each with the bare `as_default()`s made inside it.

    The last one of the innermost block is the default.
    """

    def __init__(self) -> None:
        self.levels: list[list[_AsDefault]] = [[]]


_defaults = _Defaults()


def get_default_graph() -> Graph:
    """The graph that new operations are added to."""
    level = _defaults.levels[-1]
    return level[-1].graph if level else _AsDefault(Graph()).graph


def reset_default_graph() -> None:
    """Replaces the thread's default graph by a new one.

    Raises:
      AssertionError: inside a `with graph.as_default()` or `with Session()`.
    """
    if len(_defaults.levels) > 1:
        raise AssertionError(
            "Do not use tf.reset_default_graph() to clear nested graphs. If you need a cleared "
            "graph, exit the nesting and create a new graph."
        )
    _defaults.levels[0].clear()


def graph_of(values: Iterable[Any]) -> Graph:
    """The graph of the tensors, operations and Variables among `values`, or the default graph.

    Raises:
      ValueError: if they are of several graphs.
    """
    first = None
    for value in values:
        graph = getattr(value, "graph", None)
        if first is None and isinstance(graph, Graph):
            first = value
        elif isinstance(graph, Graph) and graph is not first.graph:  # type: ignore[union-attr]
            raise ValueError(_other_graph(value, first))
    return get_default_graph() if first is None else first.graph


def _other_graph(value: Any, first: Any) -> str:
    return (
        f"{value} must be from the same graph as {first}.\n"
        f"  {first.name!r} was made in graph {id(first.graph):#x} at {_made_at(first)}\n"
        f"  {value.name!r} was made in graph {id(value.graph):#x} at {_made_at(value)}\n"
        "  fix: make both inside one `with graph.as_default():`; a usual cause is "
        "tf.reset_default_graph() between the two"
    )


def _made_at(value: Any) -> str:
    return place(getattr(value, "op", value).site)


class name_scope:
    """`with tf.name_scope("layer"):` names the ops made inside `layer/...`.

    Args:
      name: the scope's name; if None, `default_name` is used.
      default_name: the name to use when `name` is None.
      values: tensors that say which graph is meant.

    Raises:
      ValueError: on entering, if there is neither name although `values` are given, or if those are
        of several graphs.
      TypeError: on entering, if `name` is not a string.
    """

    def __init__(
        self, name: str | None, default_name: str | None = None, values: Iterable[Any] | None = None
    ) -> None:
        if default_name is not None and not isinstance(default_name, str):
            raise TypeError("`default_name` type must be a string")
        self._name = default_name if name is None else name
        self._missing = name is None and default_name is None and values is not None
        self._values = values

    @property
    def name(self) -> str | None:
        """The name asked for."""
        return self._name

    def __enter__(self) -> str:
        if self._missing:
            raise ValueError(
                "At least one of name (None) and default_name (None) must be provided."
            )
        if self._name is not None and not isinstance(self._name, str):
            raise TypeError(f"the name of a scope is a string, not {self._name!r}")
        self._graph: AbstractContextManager[Graph] = graph_of(self._values or ()).as_default()
        self._scope = self._graph.__enter__().name_scope(self._name)
        try:
            return self._scope.__enter__()
        except BaseException:
            self._graph.__exit__(None, None, None)
            raise

    def __exit__(self, *error: Any) -> None:
        self._scope.__exit__(*error)
        self._graph.__exit__(*error)


def control_dependencies(
    control_inputs: Iterable[Any] | Callable[[], Any] | None,
) -> AbstractContextManager[None]:
    """Ops made inside the `with` run after `control_inputs`: `Graph.control_dependencies`."""
    return get_default_graph().control_dependencies(control_inputs)  # type: ignore[arg-type]


def init_scope() -> AbstractContextManager[None]:
    """Ops made inside the `with`, such as initial values, run after nothing but their inputs."""
    return get_default_graph().control_dependencies(None)


def op_scope(values: Iterable[Any], name: str | None, default_name: str | None = None) -> name_scope:
    """`name_scope`, by an older name and with its arguments in another order."""
    return name_scope(name, default_name, values)


def container(container_name: str) -> AbstractContextManager[str]:
    """`Graph.container` of the default graph: noted by TF 1.15, without effect here."""
    return get_default_graph().container(container_name)


def device(device_name_or_function: Any) -> AbstractContextManager[None]:
    """`Graph.device` of the default graph."""
    return get_default_graph().device(device_name_or_function)


def colocate_with(op: Any, ignore_existing: bool = False) -> AbstractContextManager[None]:
    """`Graph.colocate_with` of the default graph."""
    return get_default_graph().colocate_with(op, ignore_existing)


def add_to_collection(name: Any, value: Any) -> None:
    """`Graph.add_to_collection` of the default graph."""
    get_default_graph().add_to_collection(name, value)


def add_to_collections(names: Any, value: Any) -> None:
    """`Graph.add_to_collections` of the default graph."""
    get_default_graph().add_to_collections(names, value)


def get_collection(key: Any, scope: str | None = None) -> list[Any]:
    """`Graph.get_collection` of the default graph."""
    return get_default_graph().get_collection(key, scope)


def get_collection_ref(key: Any) -> list[Any]:
    """`Graph.get_collection_ref` of the default graph."""
    return get_default_graph().get_collection_ref(key)
