"""Variables' own ops: the variable, and what changes it.

An `Update` computes new values for the variables that are its first inputs.  It never writes: the
Session keeps the new values aside and commits those of a whole run in one step.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinyflow.foundation.dtypes import DType, bool_, int32, int64, string
from tinyflow.foundation.errors import DtypeProblem, OutOfRangeError, Problem
from tinyflow.foundation.shapes import Shape, Spec, merge_shapes, show_shape
from tinyflow.graph.gradient_registry import NotDifferentiable
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.arithmetic import subtract

__all__ = [
    "Update", "as_ref", "assign", "assign_add", "assign_sub", "count_up_to",
    "is_variable_initialized",
]  # fmt: skip

_NOT_NUMBERS = (bool_, string)


class VariableV2(Operation):
    """A value that a Session keeps from run to run.

    Its `initial` is the tensor it begins as: a Session that has no value for it computes that.
    """

    dtype: DType | None
    shape: Shape
    initial: Tensor | None = None
    stateful = True
    ref_output = True

    def infer(self) -> Spec:
        return Spec(self.dtype, self.shape)


class Update(Operation):
    """New values for variables: the first `state_count` inputs, of which `compute` returns as many.

    The output is the first variable's new value.
    """

    state_count: ClassVar[int] = 1
    reads_state: ClassVar[bool] = True  # the new value depends on the old one
    stateful = True
    ref_output = True
    recordable = True
    same_dtype = True

    def infer(self, *specs: Any) -> Any:
        return specs[0]

    def renew(self, *values: Any) -> tuple[Any, ...]:
        """The variables' new values from actual arrays, fitted."""
        result = self.compute(*values)
        results = result if isinstance(result, tuple | list) else (result,)
        return tuple([np.array(self.fit(i, np.asarray(x)), order="C") for i, x in enumerate(results)])

    def fit(self, i: int, value: Any) -> Any:
        """`value` as the new value of the i-th variable: of its dtype, and its shape if that is known.

        Raises:
          Problem: if the shape is another, or the conversion would lose more than precision.
        """
        dtype, shape = self.inputs[i].spec
        if shape is not None:
            try:
                merge_shapes(shape, value.shape)
            except ValueError:
                raise Problem(
                    f"Shapes must be equal: the variable has shape {show_shape(shape)}, "
                    f"the value {show_shape(value.shape)}"
                ) from None
        if dtype is not None and value.dtype != dtype.numpy:
            if not np.can_cast(value.dtype, dtype.numpy, "same_kind"):
                raise DtypeProblem(f"the variable is {dtype.name}, the value {value.dtype}")
            value = value.astype(dtype.numpy)
        return value


class Assign(Update):
    """The variable's new value is `value`."""

    validate_shape: bool = True
    reads_state = False

    def infer(self, ref: Spec, value: Spec) -> Spec:
        if not self.validate_shape:
            return Spec(ref.dtype, value.shape)
        _check_same_shape(ref, value)
        return Spec(ref.dtype, ref.shape if value.shape is None else value.shape)

    def compute(self, ref: Any, value: Any) -> Any:
        return value

    def fit(self, i: int, value: Any) -> Any:
        return super().fit(i, value) if self.validate_shape else value


class AssignAdd(Update):
    """The variable's new value is the old one plus `value`."""

    def infer(self, ref: Spec, value: Spec) -> Spec:
        if ref.dtype in _NOT_NUMBERS:
            raise DtypeProblem(f"a {ref.dtype.name} variable cannot be added to")
        _check_same_shape(ref, value)
        return ref

    def compute(self, ref: Any, value: Any) -> Any:
        return ref + value


class AssignSub(AssignAdd):
    """The variable's new value is the old one minus `value`."""

    def compute(self, ref: Any, value: Any) -> Any:
        return ref - value


class CountUpTo(Update):
    """The variable's new value is the old one plus 1, unless that is `limit`."""

    limit: int

    def infer(self, ref: Spec) -> Spec:
        if ref.dtype not in (int32, int64, None):
            raise DtypeProblem(f"only an int32 or int64 variable counts, not {ref.dtype.name}")
        return ref

    def compute(self, ref: Any) -> Any:
        if ref >= self.limit:
            raise OutOfRangeError(None, self, f"Reached limit of {self.limit}")
        return ref + 1


class IsVariableInitialized(Operation):
    """Whether the Session has a value for a variable.

    The variable is no input, since a run gives those that it reads their initial values.  The
    compiler knows the answer, so there is nothing to compute.
    """

    variable: Tensor
    stateful = True

    def infer(self) -> Spec:
        return Spec(bool_, ())


for _class in (VariableV2, Assign, AssignAdd, AssignSub, CountUpTo, IsVariableInitialized):
    NotDifferentiable(_class.op_type)


def _check_same_shape(ref: Spec, value: Spec) -> None:
    try:
        merge_shapes(ref.shape, value.shape)
    except ValueError:
        raise Problem(
            f"Shapes must be equal: the variable has shape {show_shape(ref.shape)}, "
            f"the value {show_shape(value.shape)}",
            "tf.reshape the value, or assign with validate_shape=False",
        ) from None


def as_ref(variable: Any) -> Any:
    """The tensor that stands for a Variable, to be changed; what an update gives is one, too.

    Raises:
      AttributeError: if it is no variable.
    """
    tensor = variable._as_graph_element() if hasattr(variable, "_as_graph_element") else variable
    if not isinstance(tensor, Tensor) or not tensor.op.ref_output:
        raise AttributeError(
            f"{variable!r} is no variable, and so cannot be changed. fix: pass the tf.Variable"
        )
    return tensor


def assign(
    ref: Any, value: Any, validate_shape: bool | None = None, use_locking: bool | None = None,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Gives a variable a new value, committed when the run ends.

    Returns:
      A tensor: the new value.

    Raises:
      ValueError: if the shapes differ (unless `validate_shape` is False).
      TypeError: if the dtypes differ.
    """
    ref = as_ref(ref)
    return Assign([ref, value], name=name, validate_shape=validate_shape is not False)


def assign_add(ref: Any, value: Any, use_locking: bool | None = None, name: str | None = None) -> Tensor:
    """Adds `value` to a variable; returns the new value."""
    return AssignAdd([as_ref(ref), value], name=name)


def assign_sub(ref: Any, value: Any, use_locking: bool | None = None, name: str | None = None) -> Tensor:
    """Subtracts `value` from a variable; returns the new value."""
    return AssignSub([as_ref(ref), value], name=name)


def count_up_to(ref: Any, limit: int, name: str | None = None) -> Tensor:
    """Counts a variable up by 1, until it is `limit`; returns the value it had before.

    Raises:
      TypeError: if the variable is neither int32 nor int64.
      OutOfRangeError: in a run, if it is `limit` already.
    """
    ref = as_ref(ref)
    with name_scope(name, "CountUpTo", [ref]) as scope:
        counted = CountUpTo([ref], name="next", limit=int(limit))
        return subtract(counted, 1, name=scope)


def is_variable_initialized(variable: Any, name: str | None = None) -> Tensor:
    """Whether the Session has a value for a variable: it was initialised, assigned, or used before.

    >>> import tinyflow as tf
    >>> v = tf.Variable(1.0)
    >>> session = tf.Session()
    >>> bool(session.run(tf.is_variable_initialized(v)))
    False
    >>> session.run(v.initializer)
    >>> bool(session.run(tf.is_variable_initialized(v)))
    True
    """
    ref = as_ref(variable)
    with ref.graph.as_default():
        return IsVariableInitialized((), name=name, variable=ref)
