"""Variables: values that a Session keeps from one run to the next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from tinyflow.foundation.dtypes import as_dtype, int32, string
from tinyflow.foundation.errors import FailedPreconditionError
from tinyflow.foundation.shapes import Spec, TensorShape, as_shape
from tinyflow.graph.gradient_registry import NotDifferentiable
from tinyflow.graph.graph import Graph, GraphKeys, get_default_graph, name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.graph.operators import TABLE, Operators
from tinyflow.ops.array import Identity, identity
from tinyflow.ops.comparison import logical_not
from tinyflow.ops.constant import constant, convert_to_tensor
from tinyflow.ops.flow import group
from tinyflow.ops.indexing import boolean_mask
from tinyflow.ops.joining import stack
from tinyflow.ops.scatter_updates import (
    ScatterAdd,
    ScatterDiv,
    ScatterMax,
    ScatterMin,
    ScatterMul,
    ScatterSub,
    ScatterUpdate,
    scatter_nd_add,
    scatter_nd_sub,
    scatter_nd_update,
)
from tinyflow.ops.state import (
    Assign,
    AssignAdd,
    AssignSub,
    VariableV2,
    count_up_to,
    is_variable_initialized,
)

if TYPE_CHECKING:
    from tinyflow.session import Session

__all__ = [
    "Variable", "all_variables", "assert_variables_initialized", "global_variables",
    "global_variables_initializer",
    "initialize_all_variables", "initialize_local_variables", "initialize_variables",
    "local_variables", "local_variables_initializer", "model_variables",
    "moving_average_variables", "report_uninitialized_variables", "trainable_variables",
    "variables_initializer",
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
      ValueError: without an initial value, or if its shape is not known (with `validate_shape`), or if
        `collections` is no list.

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
        if not isinstance(collections, list | tuple | set | None):
            raise ValueError(f"collections must be a list, tuple or set, not {collections!r}")
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
            if validate and not initial.shape.is_fully_defined():
                raise ValueError(f"initial_value must have a shape specified: {initial}")
            known = static if validate or shape is not None else None
            self._initial_value = initial
            self._variable: Tensor = VariableV2(
                (), name=scope, dtype=initial.spec.dtype, shape=known, initial=initial
            )
            self._initializer: Tensor = Assign(
                (self._variable, initial), name="Assign", validate_shape=validate
            )
            self._snapshot: Tensor = Identity((self._variable,), name="read")

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
        """Its value, to derive another variable's initial value from.

        That is the one it begins as, while it has no other.
        """
        return self._snapshot

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

    def assign(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Gives it a new value when the run ends; returns that value's tensor (or the operation)."""
        return _tensor_or_op(Assign((self._variable, value), name=name), read_value)

    def assign_add(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Adds `delta`; returns the new value's tensor (or the operation)."""
        return _tensor_or_op(AssignAdd((self._variable, delta), name=name), read_value)

    def assign_sub(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Subtracts `delta`; returns the new value's tensor (or the operation)."""
        return _tensor_or_op(AssignSub((self._variable, delta), name=name), read_value)

    def count_up_to(self, limit: int) -> Tensor:
        """Counts it up by 1, until it is `limit`: `tf.count_up_to`."""
        return count_up_to(self, limit)

    def scatter_nd_add(self, indices: Any, updates: Any, name: str | None = None) -> Tensor:
        """Adds `updates` at the places that the rows of `indices` name."""
        return scatter_nd_add(self, indices, updates, name=name)

    def scatter_nd_sub(self, indices: Any, updates: Any, name: str | None = None) -> Tensor:
        """Subtracts `updates` at the places that the rows of `indices` name."""
        return scatter_nd_sub(self, indices, updates, name=name)

    def scatter_nd_update(self, indices: Any, updates: Any, name: str | None = None) -> Tensor:
        """Gives it the values `updates` at the places that the rows of `indices` name."""
        return scatter_nd_update(self, indices, updates, name=name)

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
        dtype = self.dtype.name if self.dtype else "<unknown>"
        return f"<tf.Variable '{self.name}' shape={self.shape} dtype={dtype}>"


def _scatter_method(op_class: type[ScatterAdd], what: str) -> Any:
    def method(self: Variable, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        if not (hasattr(sparse_delta, "indices") and hasattr(sparse_delta, "values")):
            raise TypeError(f"sparse_delta is not IndexedSlices: {sparse_delta}")
        return op_class([self._variable, sparse_delta.indices, sparse_delta.values], name=name)

    method.__doc__ = f"{what} the rows of a tf.IndexedSlices; returns the new value's tensor."
    return method


for _name, _class, _what in (
    ("add", ScatterAdd, "Adds"), ("sub", ScatterSub, "Subtracts"),
    ("mul", ScatterMul, "Multiplies by"), ("div", ScatterDiv, "Divides by"),
    ("min", ScatterMin, "Takes the minimum with"), ("max", ScatterMax, "Takes the maximum with"),
    ("update", ScatterUpdate, "Puts in"),
):  # fmt: skip
    setattr(Variable, f"scatter_{_name}", _scatter_method(_class, _what))


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


def report_uninitialized_variables(
    var_list: Iterable[Variable] | None = None, name: str = "report_uninitialized_variables"
) -> Tensor:
    """The names of the variables that the Session has no value for, as a tensor of strings.

    Args:
      var_list: the variables to ask about; by default all global and local ones.
    """
    variables = global_variables() + local_variables() if var_list is None else list(var_list)
    with name_scope(name):
        if not variables:
            return constant([], string)
        known = stack([is_variable_initialized(v) for v in variables])
        return boolean_mask(constant([v.op.name for v in variables]), logical_not(known))


class _Initialized(Operation):
    """The ranks of variables, if the Session has values for them (`flags`)."""

    op_type = "AssertVariablesInitialized"
    names: tuple[str, ...]
    ranks: tuple[int, ...]
    stateful = True

    def infer(self, *flags: Spec) -> Spec:
        return Spec(int32, (len(flags),) if len(flags) > 1 else ())

    def compute(self, *flags: Any) -> Any:
        for name, known in zip(self.names, flags, strict=True):
            if not known:
                message = f"Attempting to use uninitialized value {name}"
                raise FailedPreconditionError(None, self, message)
        return np.array(self.ranks if len(flags) > 1 else self.ranks[0], np.int32)


NotDifferentiable("AssertVariablesInitialized")


def assert_variables_initialized(var_list: Iterable[Variable] | None = None) -> Tensor | None:
    """The variables' ranks; running it fails while the Session has no value for one of them.

    Returns:
      A tensor; None if there are no variables.

    Raises:
      FailedPreconditionError: in a run.
    """
    variables = global_variables() + local_variables() if var_list is None else list(var_list)
    if not variables:
        return None
    return _Initialized(
        [is_variable_initialized(v) for v in variables],
        names=tuple([v.op.name for v in variables]),
        ranks=tuple([v.shape.ndims or 0 for v in variables]),
    )


initialize_variables = variables_initializer
initialize_all_variables = global_variables_initializer
initialize_local_variables = local_variables_initializer
