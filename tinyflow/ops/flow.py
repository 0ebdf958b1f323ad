"""Ops that order others, and ops that call a Python function: group, tuple, py_func."""

from __future__ import annotations

import builtins
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn, TypeVar

import numpy as np

from tinyflow.foundation.convert import as_array
from tinyflow.foundation.dtypes import DType, as_dtype, float64
from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Spec
from tinyflow.graph.gradient_registry import NotDifferentiable, RegisterGradient
from tinyflow.graph.graph import control_dependencies, get_default_graph, name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.array import identity
from tinyflow.ops.constant import convert_to_tensor

__all__ = [
    "group", "no_op", "numpy_function", "py_func", "py_function", "timestamp", "tuple",
    "with_dependencies",
]  # fmt: skip

# (`tuple` is tf.tuple here, builtins.tuple Python's.)

T = TypeVar("T")


# -- order -----------------------------------------------------------------------------------------


class NoOp(Operation):
    """Computes nothing: something to hang control dependencies on."""

    output_count = 0
    recordable = True

    def compute(self) -> Any:
        return ()


NotDifferentiable("NoOp")


def no_op(name: str | None = None) -> Operation:
    """An operation that does nothing."""
    return NoOp((), name=name)


def group(*inputs: Any, **kwargs: Any) -> Operation:
    """An operation that is done when all `inputs` are.

    Args:
      inputs: tensors, Variables, operations; also lists, tuples and dictionaries of them.
      name: the operation's name.

    Raises:
      TypeError: if an input is something else.
      ValueError: for an unknown keyword argument.

    >>> import tinyflow as tf
    >>> a, b = tf.Variable(1.0), tf.Variable(2.0)
    >>> both = tf.group(a.assign(3.0), b.assign(4.0))
    >>> with tf.Session() as session:
    ...     session.run(both)
    ...     [float(v) for v in session.run([a, b])]
    [3.0, 4.0]
    """
    name = kwargs.pop("name", None)
    if kwargs:
        raise ValueError("Unknown keyword arguments: " + ", ".join(kwargs))
    elements = [_element(entry) for entry in _flat(inputs)]
    graph = elements[0].graph if elements else get_default_graph()
    with graph.as_default(), name_scope(name, "group_deps") as scope:
        return _after(elements, no_op, name=scope)


def _after(dependencies: Any, build: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """What `build` builds, to be computed after the dependencies."""
    with control_dependencies(dependencies):
        return build(*args, **kwargs)


def _flat(entries: Iterable[Any]) -> list[Any]:
    """The items of nested lists, tuples and dictionaries."""
    flat: list[Any] = []
    for entry in entries:
        if isinstance(entry, list | builtins.tuple):
            flat += _flat(entry)
        elif isinstance(entry, Mapping):
            flat += _flat(entry.values())
        else:
            flat.append(entry)
    return flat


def _element(entry: Any) -> Any:
    if hasattr(entry, "_as_graph_element") or hasattr(entry, "graph_element"):
        return entry
    if hasattr(entry, "indices") and hasattr(entry, "values"):  # IndexedSlices
        return entry.values
    raise TypeError(f"tf.group needs tensors and operations, not {entry!r} of type {type(entry)}")


def with_dependencies(dependencies: Any, output_tensor: Any, name: str | None = None) -> Tensor:
    """`output_tensor`, computed only after `dependencies` (tensors or operations) have been."""
    tensor = convert_to_tensor(output_tensor)
    with name_scope(name, "control_dependency", [tensor]) as scope:
        return _after(dependencies, identity, tensor, name=scope)


def tuple(tensors: Any, name: str | None = None, control_inputs: Any = None) -> list[Any]:
    """The same tensors, none of which is there before all of them have been computed.

    Args:
      tensors: a list of tensors, Variables, operations and Nones.
      control_inputs: further operations to wait for.

    Returns:
      A list like `tensors`.

    Raises:
      ValueError: if there is no tensor in the list.
      TypeError: if `control_inputs` has something else than tensors and operations.
    """
    with name_scope(name, "tuple", [t for t in tensors if hasattr(t, "graph")]):
        tensors = [
            t if t is None or hasattr(t, "graph_element") else convert_to_tensor(t) for t in tensors
        ]
        waits = [t for t in tensors if t is not None]
        for entry in control_inputs or ():
            if not hasattr(entry, "graph_element") and not hasattr(entry, "_as_graph_element"):
                raise TypeError(f"Control input must be Operation or Tensor: {entry!r}")
            waits.append(entry)
        if not any(t is not None for t in tensors):
            raise ValueError(f"Must have at least one Tensor: {tensors}")
        gate = group(*waits)
        return [t if t is None else _gated(t, gate) for t in tensors]


def _gated(element: Any, gate: Operation) -> Any:
    if element.graph_element == "Operation":
        return group(element, gate)
    return with_dependencies([gate], element)


class Timestamp(Operation):
    """The seconds since 1970, when the op is run."""

    stateful = True

    def infer(self) -> Spec:
        return Spec(float64, ())

    def compute(self) -> Any:
        return np.float64(time.time())


NotDifferentiable("Timestamp")


def timestamp(name: str | None = None) -> Tensor:
    """The time of the run, in seconds since 1970, as a float64."""
    return Timestamp((), name=name)


# -- Python functions ------------------------------------------------------------------------------


class PyFunc(Operation):
    """What a Python function makes of the inputs' values.

    It is called once in each run that the op is part of.
    """

    func: Callable[..., Any]
    Tout: builtins.tuple[DType, ...] = ()
    stateful = True

    def infer(self, *inputs: Spec) -> Any:
        return builtins.tuple(Spec(dtype) for dtype in self.Tout)

    def compute(self, *inputs: Any) -> Any:
        # The function gets copies: what it keeps or changes is its own.
        results = self.func(*[self.argument(x) for x in inputs])
        if results is None:
            results = []
        elif not isinstance(results, list | builtins.tuple):
            results = [results]
        if len(results) != len(self.Tout):
            raise Problem(
                f"{self.func_name()} returns {len(results)} values, but expects to see "
                f"{len(self.Tout)} values",
                "return as many values as Tout has dtypes; a list counts as several values",
            )
        return builtins.tuple(map(self.converted, range(len(results)), results))

    @staticmethod
    def argument(x: Any) -> Any:
        """An input's value as the function gets it: a new array, a scalar if it has no axes."""
        return np.array(x)[()]

    def converted(self, i: int, value: Any) -> Any:
        """The i-th result as an array of its dtype."""
        dtype = self.Tout[i]
        array = np.array(value)
        if array.dtype.kind in "SU":
            array = as_array(array)
        if array.dtype != dtype.numpy:
            raise Problem(
                f"{i}-th value returned by {self.func_name()} is {array.dtype}, but expects "
                f"{dtype.name}",
                f"return np.asarray(value, np.{dtype.name}), or say so in Tout",
            )
        return array

    def func_name(self) -> str:
        """How messages call the function."""
        return getattr(self.func, "__name__", repr(self.func))


class PyFuncStateless(PyFunc):
    """As PyFunc, of a function that has no state: whose results follow from its arguments."""

    stateful = False


class EagerPyFunc(PyFunc):
    """As PyFunc, but results are converted to their dtypes, and arguments have a `numpy` method."""

    @staticmethod
    def argument(x: Any) -> Any:
        """An input's value as the function gets it: an array that can be asked for itself."""
        return np.array(x).view(_Value)

    def converted(self, i: int, value: Any) -> Any:
        """The i-th result as an array of its dtype."""
        return as_array(np.asarray(value) if isinstance(value, _Value) else value, self.Tout[i])


class _Value(np.ndarray[Any, Any]):
    """An array with the method that TF 1.15's eager tensors have."""

    def numpy(self) -> Any:
        """The value as a plain array, or scalar."""
        return np.asarray(self)[()]


for _type in ("PyFunc", "PyFuncStateless"):
    NotDifferentiable(_type)


@RegisterGradient("EagerPyFunc")
def _eager_py_func_grad(op: Operation, *grads: Tensor) -> NoReturn:
    raise LookupError(
        f"No gradient for operation '{op.name}' (op type: {op.type}): tf.py_function calls NumPy "
        "code, which cannot be differentiated here.\n"
        "  fix: build it of tf functions, or give the gradient with tf.custom_gradient, or "
        "tf.stop_gradient its result"
    )


def py_func(
    func: Callable[..., Any], inp: Any, Tout: Any, stateful: bool = True, name: str | None = None
) -> Any:
    """A tensor computed by a Python function.

    Args:
      func: takes the inputs' values (NumPy arrays, scalars for tensors without axes, bytes for
        strings) and returns an array, or as many as `Tout` has dtypes, or None if that is empty.
      inp: a list of tensors.
      Tout: the dtype of the result, or a list of dtypes.
      stateful: False if the results follow from the arguments.

    Returns:
      A tensor, or a list of tensors if `Tout` is a list (the operation if it is empty).  Their
      shapes are not known before they are computed.  No gradient flows through them.

    Raises:
      ValueError: if `func` cannot be called.
      OpError: in a run, if `func` raises an exception (which is its `__cause__`), or returns
        something else than `Tout` says.

    >>> import tinyflow as tf
    >>> x = tf.constant([3.0, 1.0, 2.0])
    >>> with tf.Session() as session:
    ...     session.run(tf.py_func(np.sort, [x], tf.float32)).tolist()
    [1.0, 2.0, 3.0]
    """
    return _py_func(PyFunc if stateful else PyFuncStateless, func, inp, Tout, name)


def numpy_function(func: Callable[..., Any], inp: Any, Tout: Any, name: str | None = None) -> Any:
    """A tensor computed by a Python function of arrays: `tf.py_func`, under its newer name."""
    return _py_func(PyFunc, func, inp, Tout, name)


def py_function(func: Callable[..., Any], inp: Any, Tout: Any, name: str | None = None) -> Any:
    """A tensor computed by a Python function, whose results are converted to `Tout`.

    The function gets arrays that also have TF's `numpy` method.  It cannot compute with tf
    functions (they would build a graph), and there is no gradient.

    Args, result, errors: as for `tf.py_func`.
    """
    return _py_func(EagerPyFunc, func, inp, Tout, name)


def _py_func(op_class: Any, func: Any, inp: Any, tout: Any, name: str | None) -> Any:
    if not callable(func):
        raise ValueError(f"Expected func to be callable, got func of type {type(func)}")
    if not isinstance(inp, list | builtins.tuple):
        raise TypeError(
            f"Expected list for 'input' argument to '{op_class.op_type}' Op, not {inp!r}"
        )
    several = isinstance(tout, list | builtins.tuple)
    dtypes = builtins.tuple(as_dtype(dtype).base_dtype for dtype in (tout if several else [tout]))
    result = op_class(inp, name=name, func=func, Tout=dtypes)
    return [*result] if several and len(dtypes) > 1 else [result] if several and dtypes else result
