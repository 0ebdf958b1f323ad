"""Tracing: running a plan's bodies on `Expr`s, so that what they would compute is written down.

The outcome, a `Trace`, is a graph of NumPy calls for one signature (the fed shapes and dtypes): what
to return, what to commit, and what to do for its effects alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from tinyflow.compiler.plan import Ordering, plan, variable_behind
from tinyflow.compiler.record import Expr, NotRecordable, constant
from tinyflow.compiler.walk import calls_of, operands
from tinyflow.foundation.errors import (
    FailedPreconditionError,
    InvalidArgumentError,
    OpError,
    Problem,
)
from tinyflow.foundation.shapes import Spec, elements, is_known
from tinyflow.graph.constant_value import values_in_run
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.graph.report import run_error
from tinyflow.ops.state import IsVariableInitialized, Update, VariableV2

__all__ = ["Trace", "Tracer", "as_expr", "trace"]

_FOLDED = 1 << 16  # elements; a larger constant is computed in each run rather than kept


class Trace:
    """What a run computes, as `Expr`s.

    Attributes:
      feeds: one Expr for each fed tensor.
      states: the variables (and other state) read, with the Expr of the value they have.
      fetches: for each fetched tensor its Expr.
      updates: for each state that changes the Expr of its new value.
      old: for each of those the array it has now (None if it has none).
      effects: calls that have to be made once, in this order.
    """

    def __init__(self) -> None:
        self.feeds: dict[Tensor, Expr] = {}
        self.states: dict[Operation, Expr] = {}
        self.fetches: list[Expr] = []
        self.updates: dict[Operation, Expr] = {}
        self.old: dict[Operation, Any] = {}
        self.effects: list[Expr] = []

    @property
    def roots(self) -> list[Expr]:
        """What has to be computed."""
        return [*self.effects, *self.fetches, *self.updates.values()]

    @cached_property
    def calls(self) -> list[Expr]:
        """All that has to be computed for that, each call after its operands."""
        return calls_of(self.roots)

    @cached_property
    def uses(self) -> Counter[int]:
        """How often each call, by its id, is an operand or a root."""
        found = Counter(id(x) for expr in self.calls for x in operands(expr))
        found.update(map(id, self.roots))
        return found


def trace(
    fetches: Sequence[Tensor],
    targets: Sequence[Operation],
    feeds: Mapping[Tensor, Any],
    states: Mapping[str, Any],
) -> Trace:
    """Records a run.

    Args:
      fetches: the tensors to return.
      targets: operations to run besides.
      feeds: for each fed tensor something with `shape` and `dtype` (None while unknown).
      states: the Session's state, by name; a variable that is not in it begins as its initial value.

    Raises:
      OpError: if an operation cannot compute with such inputs.
    """
    return Tracer(fetches, targets, feeds, states).run()


class Tracer:
    """One recording: `run` makes the Trace, `step` by `step`.

    Attributes:
      order: the operations to record.
      values: by tensor what it is: an Expr, or what is known already.
      begun: the values that variables have when the run begins, as far as they are read.
      staged: for each state its updates so far, and what it is after each.
    """

    def __init__(
        self, fetches: Sequence[Tensor], targets: Sequence[Operation],
        feeds: Mapping[Tensor, Any], states: Mapping[str, Any],
    ) -> None:  # fmt: skip
        self.fetches = fetches
        self.states = states
        self.trace = Trace()
        self.values: dict[Tensor, Any] = {}
        self.begun: dict[Operation, Any] = {}
        self.staged: dict[Operation, list[tuple[Operation, Any]]] = {}
        for tensor, like in feeds.items():
            leaf = Expr("feed", (), (), like.shape, like.dtype, tensor, tensor.op)
            self.trace.feeds[tensor] = self.values[tensor] = leaf
        roots = [tensor.op for tensor in fetches if tensor not in feeds]
        roots += targets
        self.order = plan(roots, feeds, states)
        self.ordering = Ordering(self.order)

    def run(self) -> Trace:
        """Records every operation."""
        with np.errstate(all="ignore"):  # of constants that are computed on the way
            for operation in self.order:
                self.step(operation)
        self.trace.fetches = [
            as_expr(self.read(tensor, None), tensor.op) for tensor in self.fetches
        ]
        for state, history in self.staged.items():
            self.trace.updates[state] = as_expr(history[-1][1], history[-1][0])
            self.trace.old[state] = self.states.get(state.name)
        return self.trace

    # -- one operation --------------------------------------------------------------------------

    def step(self, operation: Operation) -> None:
        """Records an operation."""
        outputs = operation._outputs
        if operation.type == "Placeholder" and outputs[0] in self.values:
            return  # any other op that is fed, and is here nevertheless, has to run
        if isinstance(operation, VariableV2) or (
            outputs and variable_behind(outputs[0]) is not None
        ):
            return  # read by whoever uses it
        inputs: list[Any] = []
        try:
            inputs += self.operands(operation)
            results = self.evaluate(operation, inputs)
        except OpError:
            raise
        except Exception as error:
            raise run_error(operation, error, inputs) from _cause(error)
        for tensor, result in zip(outputs, results, strict=True):
            if tensor not in self.values:
                self.values[tensor] = result
            _claim(result, operation)

    def operands(self, operation: Operation) -> list[Any]:
        if not isinstance(operation, Update):
            return [self.read(tensor, operation) for tensor in operation._inputs]
        count = operation.state_count
        values = [self.state_operand(operation, tensor) for tensor in operation._inputs[:count]]
        return values + [self.read(tensor, operation) for tensor in operation._inputs[count:]]

    def evaluate(self, operation: Operation, inputs: list[Any]) -> Sequence[Any]:
        """The values of the operation's outputs."""
        if isinstance(operation, Update):
            return self.update(operation, inputs)
        if isinstance(operation, IsVariableInitialized):
            return [np.bool_(self.has_value(operation.variable._op, operation))]
        if hasattr(operation, "draw"):
            return self.draw(operation, inputs)
        kind = type(operation)
        if kind.op_type == "Placeholder":
            raise _unfed(operation, self.fetches, self.trace.feeds)
        if kind.recordable and not kind.stateful:
            known = not any(isinstance(value, Expr) for value in inputs)
            if not known or _small(operation):
                try:
                    return _listed(operation.compute(*inputs), operation, inputs)
                except NotRecordable:
                    pass
        return self.call(operation, inputs)

    def call(
        self, operation: Operation, inputs: list[Any], method: str = "evaluate"
    ) -> Sequence[Expr]:
        """The operation's own `compute`, as one call of the function."""
        args = tuple(as_expr(value, operation) for value in inputs)
        specs = _refined(operation, args)
        kind = type(operation)
        alone = not kind.recordable or kind.stateful  # like no other call
        kwargs = (("serial", operation._id),) if alone else ()
        whole = Expr("op", args, kwargs, None, None, (operation, method), operation)
        if kwargs:
            self.trace.effects.append(whole)
        if kind.passes_on:
            return [args[0]]
        if len(specs) == 1:
            whole._shape, whole._dtype = specs[0]
            return [whole]
        return [
            Expr("item", (whole, i), (), *spec, None, operation) for i, spec in enumerate(specs)
        ]

    # -- state ------------------------------------------------------------------------------------

    def read(self, tensor: Tensor, reader: Operation | None) -> Any:
        """The value of a tensor as `reader` (None: the caller of the run) sees it."""
        value = self.values.get(tensor)
        if value is not None:
            return value
        variable = variable_behind(tensor)
        assert variable is not None, tensor
        own = self.values.get(variable._outputs[0])
        if own is not None:
            return own  # the variable itself is fed
        for update, staged in reversed(self.staged.get(variable, ())):
            if reader is not None and self.ordering.is_after(reader, update):
                return staged
        return self.start(variable)

    def state_operand(self, update: Update, tensor: Tensor) -> Any:
        """The value of a variable as an update finds it: with the updates before it."""
        variable = tensor._op
        if not isinstance(variable, VariableV2):
            variable = _updated_variable(tensor)
        if tensor in self.values and isinstance(tensor._op, VariableV2):
            raise InvalidArgumentError(
                None, update, f"{update.type} '{update.name}' changes {tensor.name!r}, which is fed: "
                "a fed variable can be read, not changed"
            )  # fmt: skip
        history = self.staged.get(variable)
        if history:
            return history[-1][1]
        return (
            self.start(variable)
            if update.reads_state
            else _Old(variable, self.states.get(variable.name))
        )

    def has_value(self, variable: Operation, reader: Operation) -> bool:
        """True if the variable has a value when the run begins, or by an update before `reader`."""
        updates = [update for update, _ in self.staged.get(variable, ())]
        return variable.name in self.states or any(
            self.ordering.is_after(reader, update) for update in updates
        )

    def start(self, variable: Operation) -> Any:
        """The value a variable has when the run begins."""
        known = self.begun.get(variable)
        if known is not None:
            return known
        if variable.name in self.states:
            old = self.states[variable.name]
            leaf = Expr("state", (), (), old.shape, old.dtype, variable, variable)
            self.trace.states[variable] = self.begun[variable] = leaf
            return leaf
        initial = variable.initial
        if initial is None:
            raise FailedPreconditionError(
                None, variable, f"Attempting to use uninitialized value {variable.name}"
            )
        value = self.read(initial, None)
        self.begun[variable] = value
        self.staged.setdefault(variable, []).insert(0, (variable, value))
        return value

    def update(self, operation: Update, inputs: list[Any]) -> Sequence[Any]:
        variables = [
            tensor._op if isinstance(tensor._op, VariableV2) else _updated_variable(tensor)
            for tensor in operation._inputs[: operation.state_count]
        ]
        try:
            results = _listed(operation.compute(*inputs), operation, inputs, len(variables))
            results = [operation.fit(i, _array_like(value)) for i, value in enumerate(results)]
        except NotRecordable:
            results = self.call_update(operation, inputs)
        for variable, value in zip(variables, results, strict=True):
            self.staged.setdefault(variable, []).append((operation, value))
            _claim(value, operation)
        return results[: len(operation._outputs)]

    def call_update(self, operation: Update, inputs: list[Any]) -> Sequence[Any]:
        args = tuple(as_expr(value, operation) for value in inputs)
        whole = Expr(
            "op", args, (("serial", operation._id),), None, None, (operation, "renew"), operation
        )
        self.trace.effects.append(whole)
        count = operation.state_count
        specs = [_concrete_spec(tensor.spec) for tensor in operation._inputs[:count]]
        return [
            Expr("item", (whole, i), (), *spec, None, operation) for i, spec in enumerate(specs)
        ]

    def draw(self, operation: Operation, inputs: list[Any]) -> Sequence[Any]:
        """An op with state of its own: a random op's place in its sequence, which moves on at the commit."""
        position = Expr("state", (), (), None, None, operation, operation)
        self.trace.states[operation] = position
        args = tuple(as_expr(value, operation) for value in inputs)
        whole = Expr(
            "op",
            (position, *args),
            (("serial", operation._id),),
            None,
            None,
            (operation, "draw"),
            operation,
        )
        self.trace.effects.append(whole)
        self.staged[operation] = [
            (operation, Expr("item", (whole, 0), (), None, None, None, operation))
        ]
        if type(operation).passes_on:
            return [args[0]]
        specs = _refined(operation, args)
        return [
            Expr("item", (whole, 1 + i), (), *spec, None, operation) for i, spec in enumerate(specs)
        ]


def _claim(result: Any, operation: Operation) -> None:
    """Notes on each new call that it is this operation's."""
    pending = [result]
    while pending:
        expr = pending.pop()
        if isinstance(expr, tuple):
            pending.extend(expr)
        elif isinstance(expr, Expr) and expr.op is None:
            expr.op = operation
            pending.extend(expr.args)


class _Old:
    """Stands for the old value of a variable in an update that does not read it."""

    def __init__(self, variable: Operation, value: Any) -> None:
        self.shape = getattr(value, "shape", None)
        self.dtype = getattr(value, "dtype", None)


def _updated_variable(tensor: Tensor) -> Operation:
    """The variable behind the output of an update: `assign(assign_add(v, 1), 2)`."""
    op = tensor._op
    while isinstance(op, Update):
        op = op._inputs[0]._op
    if not isinstance(op, VariableV2):
        raise Problem(f"{tensor.name!r} is no variable, so it cannot be changed")
    return op


def _listed(
    result: Any, operation: Operation, inputs: Sequence[Any], count: int | None = None
) -> Sequence[Any]:
    count = len(operation._outputs) if count is None else count
    results = tuple(result) if isinstance(result, tuple | list) else (result,)
    if len(results) != count:
        raise Problem(f"compute returned {len(results)} outputs instead of {count}")
    return [_array_like(value) for value in results]


def _array_like(value: Any) -> Any:
    # A plain number stays one: it has no dtype of its own.
    plain = type(value) in (int, float)
    return (
        value if plain or isinstance(value, Expr | np.ndarray | np.generic) else np.asarray(value)
    )


def _small(operation: Operation) -> bool:
    """True if its outputs are small enough to be kept as constants."""
    if operation.type in ("Const", "Fill"):  # there already; a view of one number
        return True
    specs = [t.spec.shape for t in (*operation._inputs, *operation._outputs)]
    return all(not is_known(s) or elements(s) <= _FOLDED for s in specs)


def as_expr(value: Any, operation: Operation) -> Expr:
    """A value as an operand of a call."""
    if isinstance(value, Expr):
        return value
    if isinstance(value, _Old):
        return Expr("const", (), (), (), np.dtype(object), None, operation)
    return constant(value, operation)


def _concrete_spec(spec: Spec) -> tuple[Any, Any]:
    shape = spec.shape if is_known(spec.shape) else None
    return shape, None if spec.dtype is None else spec.dtype.numpy


def _refined(operation: Operation, args: Sequence[Expr]) -> list[tuple[Any, Any]]:
    """What is known of the outputs, inferred again from the inputs' actual shapes."""
    from tinyflow.foundation.dtypes import as_dtype

    specs = [
        Spec(None if x.known_dtype is None else as_dtype(x.known_dtype), x.known_shape)
        for x in args
    ]
    values = [x.value if x.fn == "const" else None for x in args]
    with values_in_run(dict(zip(operation._inputs, values, strict=True))):
        inferred = operation.infer(*specs)
    outputs = (inferred,) if type(inferred) is Spec else tuple(inferred)
    return [_concrete_spec(spec) for spec in outputs]


def _cause(error: Exception) -> Exception | None:
    return None if isinstance(error, Problem) else error


def _unfed(
    operation: Operation, fetches: Sequence[Tensor], feeds: Mapping[Tensor, Any]
) -> InvalidArgumentError:
    import difflib

    tensor = operation._outputs[0]
    dtype = tensor.dtype.name if tensor.dtype else "unknown"
    shape = "" if tensor.spec.shape is None else f" and shape {tensor.shape}"
    lines = [
        f"You must feed a value for placeholder tensor '{operation.name}' with dtype {dtype}{shape}",
        f"  needed by what you fetched: {', '.join(t.name for t in fetches[:4]) or 'an operation'}",
        f"  feeds given: {', '.join(t.name for t in feeds) or 'none'}",
    ]
    near = difflib.get_close_matches(tensor.name, [t.name for t in feeds], 1)
    if near:
        lines.append(f"  did you mean to feed {tensor.name!r} instead of {near[0]!r}?")
    from tinyflow.graph.site import quote

    lines.append(f"  made {quote(operation.site)}")
    lines.append(f"  fix: session.run(..., feed_dict={{{tensor.name!r}: value}})")
    return InvalidArgumentError(None, operation, "\n".join(lines))
