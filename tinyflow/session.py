"""Sessions: running a graph.

The first run with some fetches, feeds and shapes compiles a function; later ones run it.  A run is
a transaction: it reads the variables as they are when it begins, and all that it changes is
committed in one step after its last statement.
"""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import numpy as np

from tinyflow.compiler.function import Function
from tinyflow.compiler.trace import trace
from tinyflow.feeds import FeedSpec, check_shape, expand_feeds, feed_array
from tinyflow.fetches import Fetches, fetch_key
from tinyflow.foundation.errors import OpError
from tinyflow.foundation.shapes import is_known
from tinyflow.graph.graph import Graph, get_default_graph
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.graph.operators import operator
from tinyflow.graph.report import run_error
from tinyflow.graph.site import Site, quote, user_site
from tinyflow.graph.stack import DefaultStack

__all__ = ["InteractiveSession", "Session", "get_default_session"]

_CALLS = 512  # call signatures remembered
_SHAPES = 64  # compiled functions remembered for each

_sessions: DefaultStack[BaseSession] = DefaultStack("Session")


class _Call:
    """One call signature: what is fetched, which tensors are fed, and the functions for that."""

    def __init__(self, graph: Graph, fetches: Any, fed: Sequence[Tensor]) -> None:
        self.fed = tuple(fed)
        self.dtypes = [None if t.spec.dtype is None else t.spec.dtype.numpy for t in fed]
        self.typed = all(dtype is not None for dtype in self.dtypes)
        self.fetches = Fetches(graph, fetches)
        places = {tensor: i for i, tensor in enumerate(fed)}
        # A fed tensor that is fetched is what was fed: (from the feeds?, place).
        computed = [t for t in self.fetches.tensors if t not in places]
        self.computed = computed
        self.mixed = [
            (True, places[t]) if t in places else (False, computed.index(t))
            for t in self.fetches.tensors
        ] if len(computed) != len(self.fetches.tensors) else None  # fmt: skip
        self.functions: OrderedDict[Any, Function] = OrderedDict()
        self.shapes: Any = None
        self.function: Function | None = None


class BaseSession:
    """What Session and InteractiveSession share."""

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None) -> None:
        if graph is not None and not isinstance(graph, Graph):
            raise TypeError(f"graph must be a tf.Graph, but got {type(graph)}")
        if not isinstance(target, str | bytes):
            raise TypeError(f"target must be a string, but got {type(target)}")
        self._graph = get_default_graph() if graph is None else graph
        self._target = target
        self._config = config
        self._values: dict[Operation, Any] = {}
        self._spares: dict[Operation, Any] = {}
        self._calls: OrderedDict[Any, _Call] = OrderedDict()
        self._lock = threading.RLock()
        self._closed: Site | bool | None = False

    @property
    def graph(self) -> Graph:
        """The graph that it runs."""
        return self._graph

    @property
    def graph_def(self) -> Any:
        """The graph as data."""
        return self._graph.as_graph_def()  # type: ignore[attr-defined]

    @property
    def sess_str(self) -> Any:
        """The target it was made with."""
        return self._target

    # -- running --------------------------------------------------------------------------------

    def run(
        self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None
    ) -> Any:
        """Computes `fetches`.

        Args:
          fetches: a Tensor, Variable, Operation or the name of one, or a list, tuple, namedtuple or
            dictionary of those, nested as one likes.
          feed_dict: values for tensors (any tensor, not only placeholders) in this run.
          options, run_metadata: accepted.

        Returns:
          The same structure with NumPy arrays (scalars for tensors without axes) for tensors, and
          None for operations.  The arrays belong to the caller.

        Raises:
          RuntimeError: if the Session is closed.
          TypeError: if something that cannot be fetched or fed is.
          ValueError: if a value fed has not the shape of its tensor, or a fetch is not in the graph.
          tf.errors.OpError: if an operation fails; then nothing has changed.
        """
        if feed_dict:
            return self._run(fetches, feed_dict)
        if feed_dict is not None and not isinstance(feed_dict, Mapping | list | tuple):
            raise TypeError(f"feed_dict must be a dictionary, not {feed_dict!r}")
        return self._run(fetches, {})

    def _run(self, fetches: Any, feed_dict: Any) -> Any:
        try:
            key = (fetch_key(fetches), *feed_dict)
            call = self._calls.get(key)
        except TypeError:
            key = call = None  # a key that cannot be hashed: say what is wrong with it below
        if call is None or self._closed is not False:
            call, feed_dict = self._new_call(key, fetches, feed_dict)
        arrays = []
        for value, dtype, tensor in zip(feed_dict.values(), call.dtypes, call.fed, strict=True):
            if type(value) is not np.ndarray or (value.dtype is not dtype and dtype is not None):
                value = feed_array(tensor, value)
            arrays.append(value)
        values = self._execute(call, arrays)
        if call.mixed is not None:
            values = [arrays[i] if fed else values[i] for fed, i in call.mixed]
        return call.fetches.build(values)

    def _new_call(self, key: Any, fetches: Any, feed_dict: Any) -> tuple[_Call, Mapping[Any, Any]]:
        """Resolves a call not seen before (or not in this form); every mistake in it is found here."""
        if self._closed is not False:
            raise RuntimeError(self._closed_message())
        if not self._graph._operations:
            raise RuntimeError(
                "The Session graph is empty. Add operations to the graph before calling run()."
            )
        feeds = expand_feeds(self._graph, feed_dict)
        call = _Call(self._graph, fetches, list(feeds))
        # A key that is remembered has one value for each fed tensor.
        if key is not None and len(feeds) == len(feed_dict) and not _has_parts(feed_dict):
            self._calls[key] = call
            if len(self._calls) > _CALLS:
                self._calls.popitem(last=False)
        return call, feeds

    def _execute(self, call: _Call, arrays: list[Any]) -> Any:
        if not call.computed and not call.fetches.operations:
            return ()
        shapes = [array.shape for array in arrays]
        function = call.function
        if function is None or shapes != call.shapes or not call.typed:
            function = call.functions.get(_signature(arrays))
            if function is not None:
                call.function, call.shapes = function, shapes
        try:
            if function is None:
                values = self._compile_and_run(call, arrays)
            elif function.updates:
                with self._lock:
                    values = self._run_function(function, arrays)
            else:
                values = self._run_function(function, arrays)
        except KeyError as error:
            if not isinstance(error.args[0] if error.args else None, Operation):
                raise
            values = self._compile_and_run(call, arrays)  # a variable has no value yet
        return values

    def _run_function(self, function: Function, arrays: list[Any]) -> Any:
        values = self._values
        arguments = arrays + [values[state] for state in function.states]
        if function.spares:
            arguments += [self._spare(state) for state in function.spares]
        try:
            fetched, new = function(arguments)
        except Exception as error:
            operation = function.operation_at(error.__traceback__)
            if operation is None or isinstance(error, OpError):
                raise
            cause = None if hasattr(error, "fix") else error
            raise run_error(operation, error) from cause
        if function.updates:
            self._commit(function, new)
        return fetched

    def _commit(self, function: Function, new: tuple[Any, ...]) -> None:
        values = self._values
        if function.reshapes and any(
            getattr(values.get(state), "shape", None) != getattr(value, "shape", None)
            for state, value in zip(function.updates, new, strict=True)
        ):
            self._calls.clear()  # compiled for other shapes
        # The commit is one store: no signal, and no other thread, comes between two variables,
        # and whoever took the old mapping goes on with it.
        self._values = values | dict(zip(function.updates, new, strict=True))
        for state in function.spares:
            self._spares[state] = values.get(state)

    def _spare(self, state: Operation) -> Any:
        """An array to write a state's new value into: nobody else may be looking at it."""
        spare = self._spares.get(state)
        if spare is None or sys.getrefcount(spare) > _SOLE or spare is self._values[state]:
            spare = np.empty_like(self._values[state])
        return spare

    def _compile_and_run(self, call: _Call, arrays: list[Any]) -> Any:
        with self._lock:
            signature = _signature(arrays)
            for tensor, array in zip(call.fed, arrays, strict=True):
                check_shape(tensor, array)
            feeds = dict(zip(call.fed, arrays, strict=True))
            recorded = trace(call.computed, call.fetches.operations, feeds, self._values)
            function = Function(recorded)
            if not any(state not in self._values for state in recorded.updates):
                call.functions[signature] = function
                call.function, call.shapes = function, [array.shape for array in arrays]
                if len(call.functions) > _SHAPES:
                    call.functions.popitem(last=False)
            begun = {s: s.initial_state() for s in function.states if s not in self._values}  # type: ignore[attr-defined]
            self._values = self._values | begun
            return self._run_function(function, arrays)

    def source(self, fetches: Any, feed_dict: Any = None) -> str:
        """The Python source of the function that computes `fetches`: the very text that runs.

        Without `feed_dict`, that of the last such run; if there was none, the text for what is
        known of the shapes before anything is fed.
        """
        feeds = expand_feeds(self._graph, feed_dict or {})
        if feed_dict is None:
            wanted = fetch_key(fetches)
            for key, call in reversed(self._calls.items()):
                if key[0] == wanted and call.function is not None:
                    return call.function.text
        call = _Call(self._graph, fetches, list(feeds))
        likes: dict[Tensor, Any] = {t: feed_array(t, value) for t, value in feeds.items()}
        if feed_dict is None:
            likes = _placeholders_of(call)
        with self._lock:
            recorded = trace(call.computed, call.fetches.operations, likes, self._values)
        return Function(recorded).text

    def make_callable(
        self, fetches: Any, feed_list: Sequence[Any] | None = None, accept_options: bool = False
    ) -> Callable[..., Any]:
        """A function of the values to feed, in the order of `feed_list`, that runs `fetches`."""
        keys = [] if feed_list is None else list(feed_list)
        for key in keys:
            self._graph.as_graph_element(key, allow_operation=False)

        def run(*values: Any) -> Any:
            if len(values) != len(keys):
                raise TypeError(f"expected {len(keys)} values to feed, got {len(values)}")
            return self.run(fetches, dict(zip(keys, values, strict=True)))

        return run

    def partial_run_setup(self, fetches: Any, feeds: Any = None) -> Any:
        """Begins a computation that `partial_run` will feed and fetch step by step."""
        if self._closed is not False:
            raise RuntimeError(self._closed_message())
        Fetches(self._graph, fetches)
        return {}

    def partial_run(self, handle: Any, fetches: Any, feed_dict: Any = None) -> Any:
        """Goes on with such a computation: what was fed or fetched before keeps its value."""
        handle.update(expand_feeds(self._graph, feed_dict or {}))
        wanted = Fetches(self._graph, fetches)
        values = self.run([t for t in wanted.tensors if t not in handle], handle)
        handle.update(zip([t for t in wanted.tensors if t not in handle], values, strict=True))
        return wanted.build([handle[t] for t in wanted.tensors])

    def list_devices(self) -> list[Any]:
        """No devices to choose from: everything runs in this process."""
        return []

    # -- opening and closing ----------------------------------------------------------------------

    def close(self) -> None:
        """Frees the variables; the Session cannot run any more."""
        if self._closed is False:
            self._closed = user_site()
        self._values = {}
        self._spares = {}
        self._calls.clear()

    def as_default(self) -> AbstractContextManager[Any]:
        """Makes this the default session inside a `with`; it stays open after it."""
        return _sessions.default(self)

    def _closed_message(self) -> str:
        where = self._closed if isinstance(self._closed, tuple) else None
        return f"Attempted to use a closed Session. It was closed at {quote(where)}"


class Session(BaseSession):
    """Runs operations and evaluates tensors, and holds the values of Variables.

    >>> import tinyflow as tf
    >>> with tf.Session() as session:
    ...     float(session.run(tf.constant(2.0) * 21.0))
    42.0
    """

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        self._entered: ExitStack | None = None

    def __enter__(self) -> Session:
        if self._entered is not None:
            raise RuntimeError(
                "Session context managers are not re-entrant. Use `Session.as_default()` if you "
                "want to enter a session multiple times."
            )
        self._entered = ExitStack()
        self._entered.enter_context(self._graph.as_default())
        self._entered.enter_context(self.as_default())
        return self

    def __exit__(self, *error: Any) -> None:
        entered, self._entered = self._entered, None
        assert entered is not None
        try:
            entered.__exit__(*error)
        finally:
            self.close()

    @staticmethod
    def reset(target: str, containers: Any = None, config: Any = None) -> None:
        """Accepted: a Session's state is its own, and goes with it."""


class InteractiveSession(BaseSession):
    """A Session that is the default from the moment it is made until it is closed."""

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        self._explicit_graph = graph.as_default() if graph is not None else None
        if self._explicit_graph is not None:
            self._explicit_graph.__enter__()
        _sessions.push(self)

    def close(self) -> None:
        """Ends being the default, and frees the variables."""
        super().close()
        if self in _sessions.entries:
            _sessions.entries.remove(self)
            if self._explicit_graph is not None:
                self._explicit_graph.__exit__(None, None, None)


def get_default_session() -> Any:
    """The innermost session that is the default in this thread, or None."""
    return _sessions.top()


@operator("session_for")
def _session_for(session: BaseSession | None, element: Any, what: str) -> BaseSession:
    """The session that `element.eval()` or `.run()` uses."""
    action = "execute operation" if what == "run" else "evaluate tensor"
    if session is None:
        session = get_default_session()
        if session is None:
            raise ValueError(
                f"Cannot {action} using `{what}()`: No default session is registered. Use `with "
                f"sess.as_default()` or pass an explicit session to `{what}(session=sess)`"
            )
        if session.graph is not element.graph:
            raise ValueError(
                f"Cannot use the default session to {action}: the tensor's graph is different "
                "from the session's graph. Pass an explicit session to "
                f"`{what}(session=sess)`."
            )
    elif session.graph is not element.graph:
        raise ValueError(
            f"Cannot use the given session to {action}: the tensor's graph is different from "
            "the session's graph."
        )
    return session


def _signature(arrays: list[Any]) -> Any:
    return tuple([(array.shape, array.dtype) for array in arrays])


def _has_parts(feed_dict: Mapping[Any, Any]) -> bool:
    return any(isinstance(key, tuple | list) or hasattr(key, "_fetch_parts") for key in feed_dict)


def _placeholders_of(call: _Call) -> dict[Tensor, Any]:
    """The placeholders that a run needs, with what is known of them."""
    from tinyflow.compiler.plan import postorder

    roots = [t.op for t in call.computed] + call.fetches.operations
    found = {}
    for op in postorder(roots):
        if op.type == "Placeholder":
            spec = op.outputs[0].spec
            shape = spec.shape if is_known(spec.shape) else None
            found[op.outputs[0]] = FeedSpec(shape, None if spec.dtype is None else spec.dtype.numpy)
    return found


def _references_when_sole() -> int:
    """What sys.getrefcount says of an array that only a dictionary and a local name hold."""
    held = {0: np.empty(1)}
    spare = held.get(0)
    return sys.getrefcount(spare)


_SOLE = _references_when_sole()
