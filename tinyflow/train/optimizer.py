"""Optimizer: from a loss to the operation that makes it smaller."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from tinyflow.foundation.dtypes import float16, float32, float64
from tinyflow.gradients import gradients
from tinyflow.graph.graph import Graph, GraphKeys, get_default_graph, name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.constant import convert_to_tensor
from tinyflow.ops.flow import group
from tinyflow.ops.state import assign_add
from tinyflow.train.hyper import common_dtype, hyper_parameter
from tinyflow.train.no_gradient import explain
from tinyflow.train.slots import create_slot, filled
from tinyflow.variables import Variable

__all__ = ["Optimizer", "is_slices"]


class Optimizer:
    """What all optimizers share: `minimize` asks for the gradients and applies a rule to each.

    A new optimizer says how one variable changes; it overrides

    - `_apply_dense(grad, var)`: the operation that changes `var`;
    - `_prepare()`: makes tensors of the hyper-parameters, once before the variables' turns;
    - `_create_slots(var_list)`: makes the variables it keeps beside each variable, if any.

    >>> import tinyflow as tf
    >>> class SignDescent(tf.train.Optimizer):
    ...     def __init__(self, learning_rate, use_locking=False, name="SignDescent"):
    ...         super().__init__(use_locking, name)
    ...         self._learning_rate = learning_rate
    ...     def _apply_dense(self, grad, var):
    ...         return tf.assign_sub(var, self._learning_rate * tf.sign(grad))
    >>> x = tf.Variable([3.0, -1.0])
    >>> step = SignDescent(0.5).minimize(tf.reduce_sum(x * x))
    >>> with tf.Session() as session:
    ...     session.run(step)
    ...     session.run(x)
    array([ 2.5, -0.5], dtype=float32)

    Args:
      use_locking: accepted; a run's updates are committed together anyway.
      name: names the operations it makes.

    Attributes:
      tf1_exact: TF 1.15 makes float32 numbers of the hyper-parameters first, so that a float64
        model learns at the rate 0.10000000149 rather than 0.1.  Set this True (of the class or of
        one optimizer, before `minimize`) to get TF's numbers to the last digit; as it is, they
        have the precision of the variables.

    Raises:
      ValueError: if `name` is empty.
    """

    GATE_NONE = 0
    GATE_OP = 1
    GATE_GRAPH = 2

    tf1_exact: ClassVar[bool] = False

    def __init__(self, use_locking: bool, name: str) -> None:
        if not name:
            raise ValueError("Must specify the optimizer name")
        self._use_locking = use_locking
        self._name = name
        self._slots: dict[str, dict[Operation, Variable]] = {}
        self._non_slots: dict[tuple[Graph, str], Variable] = {}
        self._hyper_dtype = float32

    def get_name(self) -> str:
        """The name it was given."""
        return self._name

    # -- the two steps of `minimize` --------------------------------------------------------------

    def minimize(
        self, loss: Any, global_step: Variable | None = None, var_list: Any = None,
        gate_gradients: int = GATE_OP, aggregation_method: int | None = None,
        colocate_gradients_with_ops: bool = False, name: str | None = None, grad_loss: Any = None,
    ) -> Operation:  # fmt: skip
        """An operation that takes one step towards a smaller `loss`.

        Args:
          loss: the tensor to make small (or a function of no arguments that returns it).
          global_step: a variable to count the steps in.
          var_list: the variables to change; by default the trainable ones of the loss's graph.
          gate_gradients, aggregation_method, colocate_gradients_with_ops: accepted, and without
            effect: a run computes all gradients from the variables as they were before it.
          name: the operation's name; by default the optimizer's.
          grad_loss: the gradient to begin with, instead of ones.

        Raises:
          ValueError: if there is no variable to change, or none that a gradient reaches: then the
            message says for each variable at which operation its gradient stopped.
          AttributeError: if `loss` is a number, not a tensor.
        """
        if callable(loss):
            loss = loss()
        pairs = self.compute_gradients(
            loss, var_list, gate_gradients, aggregation_method, colocate_gradients_with_ops,
            grad_loss,
        )  # fmt: skip
        if all(grad is None for grad, _ in pairs):
            raise ValueError(explain(loss, [var for _, var in pairs]))
        return self.apply_gradients(pairs, global_step, name)

    def compute_gradients(
        self, loss: Any, var_list: Any = None, gate_gradients: int = GATE_OP,
        aggregation_method: int | None = None, colocate_gradients_with_ops: bool = False,
        grad_loss: Any = None,
    ) -> list[tuple[Any, Any]]:  # fmt: skip
        """The first step of `minimize`: pairs (gradient, variable), with None for no gradient.

        One may change the gradients (clip them, say) before `apply_gradients`.

        Raises:
          ValueError, AttributeError: as `minimize`.
        """
        if callable(loss):
            loss = loss()
        if gate_gradients not in (Optimizer.GATE_NONE, Optimizer.GATE_OP, Optimizer.GATE_GRAPH):
            raise ValueError(
                "gate_gradients must be one of: Optimizer.GATE_NONE, Optimizer.GATE_OP, "
                f"Optimizer.GATE_GRAPH.  Not {gate_gradients}"
            )
        if not hasattr(loss, "dtype"):
            raise AttributeError(
                f"'{type(loss).__name__}' object has no attribute 'dtype'\n"
                "  fix: make the loss a tensor computed from the variables, not a number"
            )
        loss = convert_to_tensor(loss)
        if grad_loss is not None:
            grad_loss = convert_to_tensor(grad_loss, loss.spec.dtype)
        self._assert_valid_dtypes([loss] if grad_loss is None else [loss, grad_loss])
        variables = self._variables_to_change(loss, var_list)
        if not variables:
            raise ValueError(
                "No variables to optimize.\n  fix: make a trainable tf.Variable in the graph of "
                f"{loss.name!r}, or name some in var_list"
            )
        grads = gradients(loss, variables, grad_loss)
        pairs = list(zip(grads, variables, strict=True))
        self._assert_valid_dtypes([var for grad, var in pairs if grad is not None])
        return pairs

    def apply_gradients(
        self, grads_and_vars: Iterable[tuple[Any, Any]], global_step: Variable | None = None,
        name: str | None = None,
    ) -> Operation:  # fmt: skip
        """The second step of `minimize`: an operation that changes each variable by its gradient.

        Args:
          grads_and_vars: pairs as `compute_gradients` returns them.
          global_step: a variable to count the steps in.
          name: the operation's name; by default the optimizer's.

        Raises:
          ValueError: if there is no pair, or no gradient in any.
          TypeError: if a gradient is no tensor.
          NotImplementedError: if what should change is a tensor, not a variable.
        """
        everything = list(grads_and_vars)
        if not everything:
            raise ValueError("No variables provided.")
        pairs = [(_gradient(grad), var) for grad, var in everything if grad is not None]
        if not pairs:
            names = [str(var) for _, var in everything]
            raise ValueError(f"No gradients provided for any variable: {names}.")
        variables = [var for _, var in pairs]
        for var in variables:
            if isinstance(var, Tensor):
                raise NotImplementedError("Trying to update a Tensor ", var)
        graph: Graph = variables[0].graph
        with graph.as_default():
            with graph.control_dependencies(None):
                self._hyper_dtype = float32 if self.tf1_exact else common_dtype(variables)
                self._create_slots(variables)
            with name_scope(name, self._name) as scope:
                self._prepare()
                updates = [self._update(grad, var) for grad, var in pairs]
                step = self._finished(updates, global_step, scope)
            train_ops = graph.get_collection_ref(GraphKeys.TRAIN_OP)
            if step not in train_ops:
                train_ops.append(step)
        return step

    def _variables_to_change(self, loss: Tensor, var_list: Any) -> list[Any]:
        if var_list is None:
            return loss.graph.get_collection(GraphKeys.TRAINABLE_VARIABLES)
        found: list[Any] = []
        pending = [var_list]
        while pending:
            entry = pending.pop()
            if isinstance(entry, list | tuple | set | dict):
                pending.extend(list(entry.values() if isinstance(entry, dict) else entry)[::-1])
            else:
                entry.op  # noqa: B018  (AttributeError for what is neither a variable nor a tensor)
                found.append(entry)
        return found

    def _update(self, grad: Any, var: Variable) -> Any:
        """The operation that changes one variable, with its constraint applied."""
        with name_scope("update_" + var.op.name):
            if is_slices(grad):
                update = self._apply_sparse_duplicate_indices(grad, var)
            else:
                update = self._apply_dense(grad, var)
            if var.constraint is None:
                return update
            with var.graph.control_dependencies([update]):
                return var.assign(var.constraint(var))

    def _finished(self, updates: list[Any], global_step: Variable | None, scope: str) -> Operation:
        if global_step is None:
            return self._finish(updates, scope)
        with get_default_graph().control_dependencies([self._finish(updates, "update")]):
            counted: Operation = assign_add(global_step, 1, name=scope).op
        return counted

    # -- what a new optimizer overrides -----------------------------------------------------------

    def _create_slots(self, var_list: Sequence[Variable]) -> None:
        """Makes the slots (see `_zeros_slot`) of these variables."""

    def _prepare(self) -> None:
        """Makes tensors of the hyper-parameters."""

    def _apply_dense(self, grad: Tensor, var: Variable) -> Any:
        """The operation (or tensor) that changes `var` by a step along `grad`."""
        return self._resource_apply_dense(grad, var)

    def _resource_apply_dense(self, grad: Tensor, handle: Variable) -> Any:
        """The same for TF 1.15's second kind of variable: an optimizer may define either."""
        raise NotImplementedError(f"{type(self).__name__} does not say how to change a variable")

    def _apply_sparse_duplicate_indices(self, grad: Any, var: Variable) -> Any:
        """The same for IndexedSlices, a gradient of some rows, in which a row may come twice."""
        return self._apply_dense(convert_to_tensor(grad), var)

    def _finish(self, update_ops: list[Any], name_scope: str) -> Operation:
        """One operation for all updates."""
        return group(*update_ops, name=name_scope)

    def _valid_dtypes(self) -> set[Any]:
        """The dtypes that the loss and the variables may have."""
        return {float16, float32, float64}

    def _assert_valid_dtypes(self, tensors: Iterable[Any]) -> None:
        valid = self._valid_dtypes()
        for tensor in tensors:
            dtype = tensor.dtype.base_dtype if tensor.dtype else None
            if dtype is not None and dtype not in valid:
                names = sorted(v.name for v in valid)
                raise ValueError(f"Invalid type {dtype!r} for {tensor.name}, expected: {names}.")

    # -- hyper-parameters -------------------------------------------------------------------------

    def _call_if_callable(self, param: Any) -> Any:
        """A hyper-parameter, or what it returns if it is a function of no arguments."""
        return param() if callable(param) else param

    def _hyper(self, value: Any, name: str) -> Tensor:
        """A hyper-parameter (a number, a tensor or a function that returns one) as a tensor."""
        return hyper_parameter(value, self._hyper_dtype, name)

    # -- slots ------------------------------------------------------------------------------------

    def get_slot(self, var: Variable, name: str) -> Variable | None:
        """The slot `name` of a variable, such as Adam's "m"; None if there is none."""
        return self._slots.get(name, {}).get(var.op)

    def get_slot_names(self) -> list[str]:
        """The names of its slots."""
        return sorted(self._slots)

    def variables(self) -> list[Variable]:
        """The variables it keeps in the default graph."""
        found = list(self._non_slots.values())
        for slots in self._slots.values():
            found += slots.values()
        graph = get_default_graph()
        return sorted((v for v in found if v.graph is graph), key=lambda v: v.name)

    def _slot_dict(self, slot_name: str) -> dict[Operation, Variable]:
        return self._slots.setdefault(slot_name, {})

    def _zeros_slot(self, var: Variable, slot_name: str, op_name: str) -> Variable:
        """The slot of a variable, made now if need be: zeros at first."""
        return self._filled_slot(var, 0.0, slot_name, op_name)

    def _filled_slot(self, var: Variable, value: float, slot_name: str, op_name: str) -> Variable:
        """The slot of a variable, made now if need be: `value` everywhere at first."""
        return self._slot(var, lambda: filled(var, value), slot_name, op_name)

    def _get_or_make_slot(self, var: Variable, val: Any, slot_name: str, op_name: str) -> Variable:
        """The slot of a variable, made now if need be: `val` at first."""
        return self._slot(var, lambda: val, slot_name, op_name)

    def _get_or_make_slot_with_initializer(
        self, var: Variable, initializer: Any, shape: Any, dtype: Any, slot_name: str, op_name: str
    ) -> Variable:
        """The slot of a variable, made now if need be: what `initializer` gives at first."""
        return self._slot(var, lambda: initializer(shape, dtype=dtype), slot_name, op_name)

    def _slot(self, var: Variable, initial: Any, slot_name: str, op_name: str) -> Variable:
        slots = self._slot_dict(slot_name)
        if var.op not in slots:
            slots[var.op] = create_slot(var, initial, op_name)
        return slots[var.op]

    def _create_non_slot_variable(
        self, initial_value: Any, name: str, colocate_with: Any = None
    ) -> Variable:
        """A variable that is not one variable's own, such as Adam's beta1_power."""
        key = get_default_graph(), name
        if key not in self._non_slots:
            dtype = self._hyper_dtype if isinstance(initial_value, float) else None
            self._non_slots[key] = Variable(initial_value, trainable=False, name=name, dtype=dtype)
        return self._non_slots[key]

    def _get_non_slot_variable(self, name: str, graph: Graph | None = None) -> Variable | None:
        return self._non_slots.get((graph or get_default_graph(), name))


def is_slices(grad: Any) -> bool:
    """True for IndexedSlices: `values` that belong to the rows `indices` of a larger tensor."""
    return hasattr(grad, "values") and hasattr(grad, "indices")


def _gradient(grad: Any) -> Any:
    if is_slices(grad):
        return grad
    try:
        return convert_to_tensor(grad)
    except (TypeError, ValueError):
        raise TypeError(
            f"Gradient must be convertible to a Tensor or IndexedSlices, or None: {grad}"
        ) from None
