"""Variables: values that a Session keeps from one run to the next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tinyflow.foundation.dtypes import as_dtype
from tinyflow.foundation.shapes import TensorShape, as_shape
from tinyflow.graph.graph import Graph, GraphKeys, get_default_graph
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.graph.operators import TABLE, Operators
from tinyflow.ops.array import Identity, identity
from tinyflow.ops.constant import convert_to_tensor
from tinyflow.ops.flow import group
from tinyflow.ops.state import Assign, AssignAdd, AssignSub, VariableV2

if TYPE_CHECKING:
    from tinyflow.session import Session

__all__ = [
    "Variable", "all_variables", "global_variables", "global_variables_initializer",
    "initialize_all_variables", "initialize_local_variables", "initialize_variables",
    "local_variables", "local_variables_initializer", "model_variables",
    "moving_average_variables", "trainable_variables", "variables_initializer",
]  # fmt: skip


class Variable(Operators):
    """A value that a Session keeps from run to run and that ops such as `assign` change.

    Every Session has its own.  One that was not initialised takes its initial value when it is
    first used (TF 1.15 raises FailedPreconditionError).

    Args:
      initial_value: a value, a tensor, or a function of no arguments that returns one.
      trainable: whether optimizers change it by default.
      collections: the collections it joins; by default GLOBAL_VARIABLES.
      validate_shape: if False, the shape may change and need not be known.
      dtype: the element type; by default that of the initial value.
      use_resource: accepted; there is one kind of variable.

    Raises:
      ValueError: without an initial value, or if its shape is not known (with `validate_shape`).

    >>> import tinyflow as tf
    >>> v = tf.Variable([1.0, 2.0])
    >>> with tf.Session() as session:
    ...     session.run(v.assign_add([10.0, 10.0]))
    array([11., 12.], dtype=float32)
    """

    graph_element = "Variable"

    def __init__(
        self, initial_value: Any = None, trainable: bool | None = None, collections: Any = None,
        validate_shape: bool = True, caching_device: Any = None, name: str | None = None,
        variable_def: Any = None, dtype: Any = None, expected_shape: Any = None,
        import_scope: Any = None, constraint: Any = None, use_resource: bool | None = None,
        synchronization: Any = None, aggregation: Any = None, shape: Any = None,
    ) -> None:  # fmt: skip
        if initial_value is None:
            raise ValueError("initial_value must be specified.")
        if constraint is not None and not callable(constraint):
            raise ValueError("The `constraint` argument must be a callable.")
        self._constraint = constraint
        self._trainable = trainable is not False
        keys = [GraphKeys.GLOBAL_VARIABLES] if collections is None else list(collections)
        if self._trainable and GraphKeys.TRAINABLE_VARIABLES not in keys:
            keys.append(GraphKeys.TRAINABLE_VARIABLES)
        source = initial_value if isinstance(initial_value, Tensor) else None
        graph = get_default_graph() if source is None else source.graph
        with graph.as_default(), graph.control_dependencies(None):
            self._build(graph, initial_value, name, dtype, validate_shape, shape)
        graph.add_to_collections(keys, self)

    def _build(
        self, graph: Graph, initial_value: Any, name: str | None, dtype: Any, validate: bool, shape: Any
    ) -> None:
        dtype = None if dtype is None else as_dtype(dtype).base_dtype
        with graph.name_scope("Variable" if name is None else name) as scope:
            if callable(initial_value) and not isinstance(initial_value, Tensor | Variable):
                with graph.name_scope("Initializer"):
                    initial = convert_to_tensor(initial_value(), dtype, "initial_value")
            else:
                initial = convert_to_tensor(initial_value, dtype, "initial_value")
            static = initial.spec.shape if shape is None else as_shape(shape)
            if validate and not TensorShape(static).is_fully_defined():
                raise ValueError(f"initial_value must have a shape specified: {initial}")
            self._initial_value = initial
            self._variable: Tensor = VariableV2(
                (), name=scope, dtype=initial.spec.dtype, shape=static if validate else None, initial=initial
            )  # type: ignore[assignment]
            self._initializer: Tensor = Assign(
                (self._variable, initial), name="Assign", validate_shape=validate
            )  # type: ignore[assignment]
            self._snapshot: Tensor = Identity((self._variable,), name="read")  # type: ignore[assignment]

    # -- as a tensor ------------------------------------------------------------------------

    def _as_tensor(self) -> Tensor:
        return self._snapshot

    def _as_graph_element(self) -> Tensor:
        return self._variable

    def _ref(self) -> Tensor:
        return self._variable

    def value(self) -> Tensor:
        """The tensor that reads it."""
        return self._snapshot

    def read_value(self) -> Tensor:
        """A new tensor that reads it, after the control dependencies in force."""
        return identity(self._variable, name="read")

    def initialized_value(self) -> Tensor:
        """The value it begins as, to derive another variable's initial value from."""
        return self._initial_value

    @property
    def initial_value(self) -> Tensor:
        """The tensor it begins as."""
        return self._initial_value

    @property
    def initializer(self) -> Operation:
        """The operation that gives it its initial value (again)."""
        return self._initializer.op

    @property
    def name(self) -> str:
        """The name of its tensor, `"v:0"`."""
        return self._variable.name

    @property
    def op(self) -> Operation:
        """Its operation."""
        return self._variable.op

    @property
    def graph(self) -> Graph:
        """Its graph."""
        return self._variable.graph

    @property
    def device(self) -> str:
        """Noted, without effect."""
        return self._variable.device

    @property
    def dtype(self) -> Any:
        """Its element type (a `_ref` one, as in TF 1.15)."""
        return self._variable.dtype

    @property
    def shape(self) -> TensorShape:
        """Its static shape."""
        return self._variable.shape

    def get_shape(self) -> TensorShape:
        """Its static shape."""
        return self.shape

    def set_shape(self, shape: Any) -> None:
        """Adds to what is known of its shape."""
        self._variable.set_shape(shape)
        self._snapshot.set_shape(shape)

    @property
    def trainable(self) -> bool:
        """Whether optimizers change it by default."""
        return self._trainable

    @property
    def constraint(self) -> Any:
        """The projection that optimizers apply after an update, or None."""
        return self._constraint

    # -- changing it --------------------------------------------------------------------------

    def assign(self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True) -> Any:
        """Gives it a new value when the run ends; returns that value's tensor (or the operation)."""
        return _tensor_or_op(Assign((self._variable, value), name=name), read_value)

    def assign_add(self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True) -> Any:
        """Adds `delta`; returns the new value's tensor (or the operation)."""
        return _tensor_or_op(AssignAdd((self._variable, delta), name=name), read_value)

    def assign_sub(self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True) -> Any:
        """Subtracts `delta`; returns the new value's tensor (or the operation)."""
        return _tensor_or_op(AssignSub((self._variable, delta), name=name), read_value)

    def load(self, value: Any, session: Session | None = None) -> None:
        """Gives it a new value in the default session (or the one given), outside any graph."""
        session = TABLE["session_for"](session, self, "load")
        session.run(self.initializer, {self._initial_value: value})

    def eval(self, session: Session | None = None) -> Any:
        """Its value in the default session (or the one given)."""
        return TABLE["session_for"](session, self, "eval").run(self._snapshot)

    def __iter__(self) -> Any:
        raise TypeError("'Variable' object is not iterable.")

    def __setitem__(self, key: object, value: object) -> None:
        raise TypeError(
            f"'Variable' object does not support item assignment: {self.name!r}. "
            "fix: session.run(tf.scatter_update(v, indices, updates)), or v.assign(...)"
        )

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        return self._snapshot.__array__(*args, **kwargs)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        inputs = tuple(x._as_tensor() if isinstance(x, Variable) else x for x in inputs)
        return self._snapshot.__array_ufunc__(ufunc, method, *inputs, **kwargs)

    def __repr__(self) -> str:
        return f"<tf.Variable '{self.name}' shape={self.shape} dtype={self.dtype.name if self.dtype else '<unknown>'}>"


def _tensor_or_op(tensor: Any, read_value: bool) -> Any:
    return tensor if read_value else tensor.op


def _all_in(key: str, scope: str | None = None) -> list[Variable]:
    return get_default_graph().get_collection(key, scope)


def global_variables(scope: str | None = None) -> list[Variable]:
    """The variables of the graph (those in GLOBAL_VARIABLES)."""
    return _all_in(GraphKeys.GLOBAL_VARIABLES, scope)


def all_variables() -> list[Variable]:
    """An old name of `global_variables`."""
    return global_variables()


def local_variables(scope: str | None = None) -> list[Variable]:
    """The variables in LOCAL_VARIABLES."""
    return _all_in(GraphKeys.LOCAL_VARIABLES, scope)


def model_variables(scope: str | None = None) -> list[Variable]:
    """The variables in MODEL_VARIABLES."""
    return _all_in(GraphKeys.MODEL_VARIABLES, scope)


def moving_average_variables(scope: str | None = None) -> list[Variable]:
    """The variables whose moving averages are kept."""
    return _all_in(GraphKeys.MOVING_AVERAGE_VARIABLES, scope)


def trainable_variables(scope: str | None = None) -> list[Variable]:
    """The variables that optimizers change by default."""
    return _all_in(GraphKeys.TRAINABLE_VARIABLES, scope)


def variables_initializer(var_list: Iterable[Variable], name: str = "init") -> Operation:
    """An operation that gives all these variables their initial values."""
    return group(*[v.initializer for v in var_list], name=name)


def global_variables_initializer() -> Operation:
    """An operation that gives every global variable its initial value."""
    return variables_initializer(global_variables())


def local_variables_initializer() -> Operation:
    """An operation that gives every local variable its initial value."""
    return variables_initializer(local_variables())


initialize_variables = variables_initializer
initialize_all_variables = global_variables_initializer
initialize_local_variables = local_variables_initializer
