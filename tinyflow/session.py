"""Sessions: running a graph.

The first run with some fetches, feeds and shapes compiles a function; later ones run it.  A run is
a transaction: it reads the variables as they are when it begins, and all that it changes is
committed in one step after its last statement.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from sys import getrefcount
from typing import Any, TypeAlias

from tinyflow.compiler.function import Function
from tinyflow.compiler.plan import postorder
from tinyflow.compiler.rewrite import rewrite
from tinyflow.compiler.spares import Spares
from tinyflow.compiler.trace import Trace, trace
from tinyflow.config import ConfigProto, rules_off
from tinyflow.feeds import FeedSpec, arrays_like, check_shape, expand_feeds, feed_array, has_parts
from tinyflow.fetches import Fetches, fetch_key
from tinyflow.foundation.errors import InvalidArgumentError, OpError
from tinyflow.graph.graph import Graph, get_default_graph
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.graph.operators import TABLE, operator
from tinyflow.graph.report import run_error
from tinyflow.graph.site import Site, quote, user_site
from tinyflow.graph.stack import DefaultStack
from tinyflow.ops.state import IsVariableInitialized

__all__ = ["InteractiveSession", "Session", "get_default_session"]

_CALLS = 512  # call signatures remembered
_SHAPES = 64  # compiled functions remembered for each
_READY = 8  # of those, the ones that keep their buffers: those used last

# A test whether values are of the form that a function was compiled for, and the function.
Compiled: TypeAlias = tuple[Callable[..., bool], Function]

_sessions: DefaultStack[BaseSession] = DefaultStack("Session")


class _NoValue(Exception):
    """A variable that a compiled function reads has no value (yet)."""


class _Call:
    """One call signature: what is fetched, which tensors are fed, and the functions for that.

    Attributes:
      fed: the tensors that are fed.
      computed: the tensors to compute: those fetched and not fed.
      operations: the operations to run besides.
      build: puts values (and a None for operations) into the structure fetched.
      forms: the shapes and dtypes fed in a run whose function was for that run only.
      mixed: if fed tensors are fetched, for each fetched one whether it is fed, and its place.
    """

    def __init__(self, graph: Graph, fetches: Any, fed: Sequence[Tensor]) -> None:
        self.fed = tuple(fed)
        wanted = Fetches(graph, fetches)
        self.build = wanted.build
        self.operations = wanted.operations
        places = {tensor: i for i, tensor in enumerate(fed)}
        self.computed = [t for t in wanted.tensors if t not in places]
        self.mixed: list[tuple[bool, int]] | None = None
        if len(self.computed) != len(wanted.tensors):
            self.mixed = [
                (True, places[t]) if t in places else (False, self.computed.index(t))
                for t in wanted.tensors
            ]
        self.forms: list[Any] | None = None
        self._functions: dict[Any, Compiled] = {}  # by shapes and dtypes
        # A test for values of the last form, and the function for them: one attribute, so that another
        # thread never sees the one with the other's other half.
        self.last: Compiled | tuple[Callable[..., bool], None] = (_never, None)

    def with_fed(self, values: Sequence[Any], arrays: Sequence[Any]) -> tuple[Any, ...]:
        """The values fetched, from those computed and those fed."""
        return (*[arrays[i] if fed else values[i] for fed, i in self.mixed or ()], None)

    @property
    def function(self) -> Function | None:
        """The function that ran last."""
        return self.last[1]

    def function_for(self, arrays: list[Any]) -> Function | None:
        """The function compiled for such values, or None.

        Values that are not arrays of their tensor's dtype are replaced, in the list, by such.
        """
        arrays[:] = map(feed_array, self.fed, arrays)
        signature = tuple(_signature(arrays))
        compiled = self._functions.pop(signature, None)
        if compiled is None:
            return None
        self._file(signature, compiled)
        return compiled[1]

    def remember(self, function: Function, arrays: list[Any]) -> None:
        """Files a function compiled for such arrays."""
        signature = _signature(arrays)
        # The form of an array of objects does not tell whether they are bytes: always look again.
        strings = any(dtype == object for _, dtype in signature)
        test = _never if strings else arrays_like(signature)
        self._file(tuple(signature), (test, function))

    def _file(self, signature: Any, compiled: Compiled) -> None:
        """Puts a function last, as the one used last; others may lose their buffers, or their place."""
        self.last = self._functions[signature] = compiled
        functions = [*self._functions.items()]
        if len(functions) > _READY:
            functions[-1 - _READY][1][1].idle.clear()
        if len(functions) > _SHAPES:
            self._functions.pop(functions[0][0], None)


class _PartialRun:
    """A computation that goes step by step.

    Attributes:
      fetches: the tensors that may be fetched; `left` those that have not been.
      known: the values fed and fetched so far.
    """

    def __init__(self, fetches: Sequence[Tensor]) -> None:
        self.fetches = frozenset(fetches)
        self.left = {*fetches}
        self.known: dict[Tensor, Any] = {}


class BaseSession:
    """What Session and InteractiveSession share."""

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None) -> None:
        if graph is not None and not isinstance(graph, Graph):
            raise TypeError(f"graph must be a tf.Graph, but got {type(graph)}")
        if config is not None and not isinstance(config, ConfigProto):
            raise TypeError(f"config must be a tf.ConfigProto, but got {type(config)}")
        if not isinstance(target, str | bytes):
            raise TypeError(f"target must be a string, but got {type(target)}")
        self._graph = get_default_graph() if graph is None else graph
        self._target = target.encode() if isinstance(target, str) else target
        self._config = config
        self._without = rules_off(config)
        self._values: dict[str, Any] = {}  # by the variable's name; replaced, never changed
        self._spares: dict[tuple[Operation, ...], Spares] = {}
        self._calls: dict[Any, _Call] = {}
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
        feeds = feed_dict or {}
        try:  # most calls are like one before
            if type(fetches) is list:
                call = self._calls.get((len(fetches), *fetches, *feeds))
            else:
                call = self._calls.get((fetches, *feeds))
        except TypeError:  # a nested structure, as a key
            call = self._calls.get(fetch_key(fetches, feeds))
        if call is None:
            call, feeds = self._new_call(fetches, feed_dict)
        arrays = [*feeds.values()]
        fit, function = call.last
        if not fit(*arrays):
            function = call.function_for(arrays)
        try:
            if function is None:
                values = self._compile_and_run(call, arrays)
            elif function.updates:
                with self._lock:
                    values = self._run_function(function, arrays)
            else:
                values = self._run_function(function, arrays)
        except _NoValue:
            values = self._compile_and_run(call, arrays)
        if call.mixed is not None:
            values = call.with_fed(values, arrays)
        return call.build(values)

    def _new_call(self, fetches: Any, feed_dict: Any) -> tuple[_Call, Mapping[Any, Any]]:
        """Resolves a call not seen before; every mistake in it is found here."""
        if self._closed is not False:
            raise RuntimeError(self._closed_message())
        if not self._graph._operations:
            raise RuntimeError(
                "The Session graph is empty. Add operations to the graph before calling run()."
            )
        feeds = expand_feeds(self._graph, feed_dict)
        call = _Call(self._graph, fetches, list(feeds))
        # Remembered, unless its keys are not one for each fed tensor.
        if len(feeds) == len(feed_dict or ()) and not has_parts(feed_dict or ()):
            self._calls[fetch_key(fetches, feed_dict or ())] = call
            if len(self._calls) > _CALLS:
                del self._calls[next(iter(self._calls))]
        return call, feeds

    def _run_function(self, function: Function, arrays: list[Any]) -> Any:
        """Runs a compiled function, and commits what it changes."""
        values = self._values
        try:
            states = function.read(values)
        except KeyError:
            raise _NoValue from None
        spares = function.spare_arrays
        taken: tuple[Any, ...] = ()
        if spares is not None:
            # Asked here, for the sake of small steps, of which a call is a hundredth.
            if [*map(getrefcount, spares.arrays)] != spares.free:
                spares.renew(values)
            taken = spares.arrays
        try:
            workspace = function.idle.pop()
        except IndexError:
            workspace = function.workspace()
        try:
            fetched, new = workspace(*arrays, *states, *taken)
        except Exception as error:
            self._explain(function, error)
            raise
        function.idle.append(workspace)
        if new:
            if function.reshapes and _reshaped(values, new):
                self._calls.clear()  # compiled for other shapes,
                self._spares.clear()  # as the spares are of other shapes
            # The commit is this one store: no signal, and no other thread, comes between two
            # variables, and whoever took the old mapping goes on with it.
            self._values = {**values, **new}
            if spares is not None:
                spares.arrays = states if function.swaps else spares.read(values)
        return fetched

    def _explain(self, function: Function, error: Exception) -> None:
        """Raises an error that names the operation whose line failed, if there is one."""
        operation = function.operation_at(error.__traceback__)
        if operation is not None and not isinstance(error, OpError):
            actual = function.operands.get(operation, ())
            raise run_error(operation, error, actual) from (
                None if hasattr(error, "fix") else error
            )

    def _compile(self, call: _Call, arrays: list[Any]) -> Function:
        feeds = dict(zip(call.fed, arrays, strict=True))
        recorded = trace(call.computed, call.operations, feeds, self._values)
        return self._function(rewrite(recorded, self._without))

    def _function(self, recorded: Trace) -> Function:
        function = Function(recorded)
        if function.spares:
            spares = Spares(function.spares)
            function.spare_arrays = self._spares.setdefault(function.spares, spares)
        return function

    def _compile_and_run(self, call: _Call, arrays: list[Any]) -> Any:
        if self._closed is not False:
            raise RuntimeError(self._closed_message())
        for tensor, array in zip(call.fed, arrays, strict=True):
            check_shape(tensor, array)
        with self._lock:
            function = self._compile(call, arrays)
            self._begin(function)
            if self._serves_again(call, function):
                call.remember(function, arrays)
            else:
                call.forms = [FeedSpec(array.shape, array.dtype) for array in arrays]
            return self._run_function(function, arrays)

    def _begin(self, function: Function) -> None:
        """Gives states that it reads, and that have no value here, the one they begin with."""
        begun = {
            state.name: state.initial_state()
            for state in function.states
            if state.name not in self._values
        }
        self._values = self._values | begun

    def run_recorded(self, fetches: Any, feed_dict: Any, record: Callable[..., Trace]) -> Any:
        """Runs once, as `run` does, what `record` makes of the call, and forgets the function.

        Args:
          record: takes what `tinyflow.compiler.trace.trace` does; the Trace it returns is compiled
            as it is.
        """
        call, feeds = self._new_call(fetches, feed_dict)
        arrays: list[Any] = [feed_array(tensor, value) for tensor, value in feeds.items()]
        fed = dict(zip(call.fed, arrays, strict=True))
        for tensor, array in fed.items():
            check_shape(tensor, array)
        with self._lock:
            function = self._function(record(call.computed, call.operations, fed, self._values))
            self._begin(function)
            values = self._run_function(function, arrays)
        return call.build(values if call.mixed is None else call.with_fed(values, arrays))

    def _serves_again(self, call: _Call, function: Function) -> bool:
        """False if it gives variables their first values, or found that one has none."""
        roots = [t.op for t in call.computed] + call.operations
        asked = [op.variable.op for op in postorder(roots) if isinstance(op, IsVariableInitialized)]
        return all(state.name in self._values for state in (*function.updates, *asked))

    def source(self, fetches: Any, feed_dict: Any = None) -> str:
        """The Python source of the function that computes `fetches`: the very text that runs.

        Without `feed_dict`, that of the last such run; if there was none, the text for what is
        known of the shapes before anything is fed.
        """
        feeds = expand_feeds(self._graph, feed_dict)
        if feed_dict is None:
            wanted = fetch_key(fetches, ())
            for key, call in reversed(self._calls.items()):
                if key[: len(wanted)] == wanted and call.function is not None:
                    return call.function.text
                if key[: len(wanted)] == wanted and call.forms is not None:
                    with self._lock:
                        return self._compile(call, call.forms).text
        call = _Call(self._graph, fetches, list(feeds))
        arrays: list[Any] = [feed_array(t, value) for t, value in feeds.items()]
        if feed_dict is None:
            call.fed, arrays = _placeholders_of(call)
        with self._lock:
            return self._compile(call, arrays).text

    def make_callable(
        self, fetches: Any, feed_list: Sequence[Any] | None = None, accept_options: bool = False
    ) -> Callable[..., Any]:
        """A function of the values to feed, in the order of `feed_list`, that runs `fetches`."""
        Fetches(self._graph, fetches)  # what cannot be fetched is an error now
        if not isinstance(feed_list, list | tuple | None):
            raise TypeError("`feed_list` must be a list or tuple.")
        keys = feed_list or ()
        for key in keys:
            self._graph.as_graph_element(key, allow_operation=False)

        def run(*values: Any) -> Any:
            return self.run(fetches, dict(zip(keys, values, strict=False)))

        return run

    def partial_run_setup(self, fetches: Any, feeds: Any = None) -> Any:
        """Begins a computation that `partial_run` will feed and fetch step by step."""
        if self._closed is not False:
            raise RuntimeError(self._closed_message())
        return _PartialRun(Fetches(self._graph, fetches).tensors)

    def partial_run(self, handle: Any, fetches: Any, feed_dict: Any = None) -> Any:
        """Goes on with such a computation: what was fed or fetched before keeps its value.

        Raises:
          InvalidArgumentError: if `handle` is not one, or all was fetched; or for a fetch that was not
            announced.
        """
        if not isinstance(handle, _PartialRun) or not handle.left:
            raise InvalidArgumentError(
                None, None, "Must run 'setup' before performing partial runs!"
            )
        wanted = Fetches(self._graph, fetches)
        for tensor in wanted.tensors:
            if tensor not in handle.fetches:
                raise InvalidArgumentError(
                    None, None, f"The fetch {tensor.name} was not specified in partial_run_setup."
                )
        known = handle.known
        known.update(expand_feeds(self._graph, feed_dict or {}))
        new = [t for t in wanted.tensors if t not in known]
        known.update(zip(new, self.run(new, known), strict=True))
        handle.left -= {*wanted.tensors}
        return wanted.build([*[known[t] for t in wanted.tensors], None])

    def list_devices(self) -> list[Any]:
        """No devices to choose from: everything runs in this process."""
        return []

    def _repr_html_(self) -> str:
        """What a notebook shows: its graph, and the variables with their values."""
        picture: str = TABLE["_repr_html_ of a session"](self._graph, self._values)
        return picture

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


def _reshaped(values: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """True if a new value has another shape or dtype than the old one."""
    return any(
        name in values
        and (getattr(value, "shape", None), getattr(value, "dtype", None))
        != (getattr(values[name], "shape", None), getattr(values[name], "dtype", None))
        for name, value in new.items()
    )


def _never(*_: Any) -> bool:
    return False


def _signature(arrays: list[Any]) -> list[Any]:
    """What a compiled function hangs on."""
    return [(array.shape, array.dtype) for array in arrays]


def _placeholders_of(call: _Call) -> tuple[tuple[Tensor, ...], list[Any]]:
    """The placeholders that a run needs, with what is known of them."""
    roots = [t.op for t in call.computed] + call.operations
    found = [op.outputs[0] for op in postorder(roots) if op.type == "Placeholder"]
    return tuple(found), [FeedSpec.of(tensor) for tensor in found]
