"""A run in slow motion: every operation prints what it has computed.

>>> import tinyflow as tf
>>> x, w = tf.placeholder(tf.float32, name="x"), tf.Variable(2.0, name="w")
>>> loss = tf.square(w * x, name="loss")
>>> train = tf.train.GradientDescentOptimizer(0.25).minimize(loss)
>>> with tf.Session() as session:
...     session.run(w.initializer)
...     tf.debug.run(train, {x: 3})
given
  x  fed       float32 ()  3
  w  variable  float32 ()  2
forward
  mul   Mul(w, x)    float32 ()  6
  loss  Square(mul)  float32 ()  36
backward (gradients/)
  Shape                 Shape(loss)                   int32 (0,)  []
  Fill                  Fill(Shape, 1)                float32 ()  1
  loss_grad/mul         Mul(2, Fill)                  float32 ()  2
  loss_grad/mul_1       Mul(loss_grad/mul, mul)       float32 ()  12
  mul_grad/mul          Mul(loss_grad/mul_1, x)       float32 ()  36
  mul_grad/Unbroadcast  Unbroadcast(mul_grad/mul, w)  float32 ()  36
update
  w  ApplyGradientDescent(w, 0.25, mul_grad/Unbroadcast)  float32 ()  -> -7
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tinyflow.compiler.plan import postorder, variable_behind
from tinyflow.compiler.record import Expr
from tinyflow.compiler.trace import Trace, Tracer, as_expr
from tinyflow.foundation.errors import OpError
from tinyflow.foundation.shapes import show_shape
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.state import Update, VariableV2
from tinyflow.session import BaseSession, get_default_session

__all__ = ["run"]

_WIDTH = 100  # of a line
_NAME = 24  # of its first column, at most
_CALL = 54  # of that and the second
_VALUE = 16  # of the last, at least
_INLINE = 8  # letters; a longer constant has a line of its own
_ITEMS = 40  # of an array, at most
_GRADIENTS = re.compile(r"(.*?/)??gradients(_\d+)?/")  # a scope of theirs, with what it stands in


def run(
    fetches: Any,
    feed_dict: Any = None,
    session: BaseSession | None = None,
    print: Callable[[str], Any] = builtins.print,
) -> Any:
    """Runs as `session.run` does, and prints every operation as soon as it is computed.

    A line has its name, its type and inputs, the dtype and shape of the result, and the result, in
    short.  First come the values that are fed, the variables and the larger constants.  Then:

    - initial values: what variables begin as that had no value in this Session;
    - forward: what is computed from the feeds;
    - backward: gradients, named after the operation that they lead back through: `MatMul_grad/...`;
    - update: variables' new values, and what waits for them.

    Operations that compute nothing, such as `tf.group`'s, and reads of variables have no line.

    It is one run: random operations draw once, and variables change once, when all is computed.
    Nothing is rewritten, so results may differ from those of `session.run` by rounding.

    Args:
      fetches, feed_dict: as for `session.run`.
      session: the Session; by default the default one.
      print: takes a line.

    Raises:
      ValueError: if there is no default session.
      Exception: what `session.run` raises; if an operation fails, what was computed before has been
        printed.
    """
    session = session or get_default_session()
    if session is None:
        raise ValueError(
            "Cannot run using `tf.debug.run()`: No default session is registered. Use `with "
            "sess.as_default()` or pass an explicit session to `tf.debug.run(..., session=sess)`"
        )
    return session.run_recorded(fetches, feed_dict, lambda *call: _Recorder(print, *call).run())


# What is printed ---------------------------------------------------------------------------------


class _Page:
    """Lines under headings; those under one are in columns as wide as their longest entry."""

    def __init__(self, write: Callable[[str], Any]) -> None:
        self.write: Callable[[str], Any] = write
        self.lines: dict[str, list[tuple[str, str, str]]] = {}  # by heading
        self.heading = ""  # written last

    def print(self, heading: str, texts: tuple[str, str, str], arrow: str, array: Any) -> None:
        """Writes a line, its value in what is left of the width."""
        if heading != self.heading:
            self.write(heading)
            self.heading = heading
        entries = zip(*self.lines[heading], strict=True)
        name, what, form = (max(map(len, entry)) for entry in entries)
        name = min(name, _NAME)
        what = min(what, _CALL - name)
        cells = (f"{_end_of(texts[0], name):{name}}", f"{_cut(texts[1], what):{what}}")
        line = "  ".join(["", *cells, f"{texts[2]:{form}}", arrow])
        self.write(line + brief(array, max(_WIDTH - len(line), _VALUE)))


class _Line:
    """A line: in the function that runs, a call of `show` prints it with the value at hand."""

    name = type = "line"  # for the function's text

    def __init__(
        self, page: _Page, heading: str, label: str, what: str, arrow: str, expr: Expr
    ) -> None:
        self.page, self.heading, self.label, self.what = page, heading, label, what
        self.arrow = arrow  # before a variable's new value
        form = _form(expr.known_dtype, expr.known_shape)
        page.lines.setdefault(heading, []).append((label, what, form))

    def show(self, value: Any) -> None:
        """Prints it."""
        array = np.asarray(value, object if isinstance(value, bytes) else None)
        texts = (self.label, self.what, _form(array.dtype, array.shape))
        self.page.print(self.heading, texts, self.arrow, array)


def _form(dtype: Any, shape: Any) -> str:
    name = "?" if dtype is None else "string" if dtype == object else np.dtype(dtype).name
    return f"{name} {show_shape(shape)}"


def brief(value: Any, width: int) -> str:
    """An array on one line of at most `width` letters: floats with four digits, and "..." for more.

    >>> brief(np.arange(6).reshape(3, 2) / 3, 40)
    '[[0 0.3333] [0.6667 1] [1.333 1.667]]'
    >>> brief(np.arange(1000).reshape(100, 10), 20)
    '[[0 1 2 3 ...] ...]'
    """
    array = np.asarray(value)
    for count in range(min(_ITEMS, array.size), 0, -1):
        text = _nested(array, [count])
        if len(text) <= width:
            return text
    return _cut(_nested(array, [1]), width)


def _nested(array: Any, left: list[int]) -> str:
    """The first elements in nested lists, as many as are `left`."""
    if array.ndim == 0:
        left[0] -= 1
        return _number(array[()])
    parts = []
    for part in array:
        if not left[0]:
            parts.append("...")
            break
        parts.append(_nested(np.asarray(part, array.dtype), left))
    return f"[{' '.join(parts)}]"


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, np.inexact) else str(value)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."


def _end_of(text: str, width: int) -> str:
    return text if len(text) <= width else "..." + text[3 - width :]


# What prints it ----------------------------------------------------------------------------------


class _Recorder(Tracer):
    """Records a run with a line after each operation."""

    def __init__(
        self, write: Callable[[str], Any], fetches: Sequence[Tensor], targets: Sequence[Operation],
        feeds: Mapping[Tensor, Any], states: Mapping[str, Any],
    ) -> None:  # fmt: skip
        super().__init__(fetches, targets, feeds, states)
        self.page = _Page(write)
        roots = [tensor.op for tensor in fetches if tensor not in feeds]
        self.wanted = set(postorder([*roots, *targets], feeds))  # the others: for initial values
        self.late: set[Operation] = set()  # updates, and what comes after one
        self.constants: dict[str, Expr] = {}  # those too long to stand among the inputs
        self.begin: list[Expr] = []
        self.rest: list[Expr] = []

    def run(self) -> Trace:
        """The run; of one that fails what comes before, and the error."""
        trace = self.trace
        try:
            trace = super().run()
        except OpError as error:
            trace.fetches, trace.updates = [], {}
            failure = _Failure(error)
            self.rest.append(_call(failure, "fail", (), error.op or failure))
        trace.effects = [*self.given(), *self.begin, *self.first_values(), *self.rest]
        return trace

    def step(self, operation: Operation) -> None:
        effects = len(self.trace.effects)
        super().step(operation)
        group = self.rest if operation in self.wanted else self.begin
        group += self.trace.effects[effects:]
        if operation.type != "Const":
            group += self.lines(operation)
        elif operation in self.wanted and self.short_constant(operation.output) is None:
            label = self.label(operation.output)
            self.constants[label] = as_expr(self.values[operation.output], operation)

    def lines(self, operation: Operation) -> list[Expr]:
        """The lines about an operation's results."""
        heading = self.heading(operation)
        what = f"{operation.type}({', '.join(map(self.label, operation.inputs))})"
        if isinstance(operation, Update):
            changed = [_variable(tensor) for tensor in operation.inputs[: operation.state_count]]
            results = [(state.name, self.staged[state][-1][1]) for state in changed]
        else:
            results = [
                (self.label(tensor), self.values[tensor])
                for tensor in operation.outputs
                if tensor in self.values and tensor not in self.trace.feeds
            ]
        return [
            self.line(heading, label, what if i == 0 else "", value, operation)
            for i, (label, value) in enumerate(results)
        ]

    def heading(self, operation: Operation) -> str:
        """What an operation stands under."""
        before = {tensor.op for tensor in operation.inputs} | {*operation.control_inputs}
        if isinstance(operation, Update) or before & self.late:
            self.late.add(operation)
            return "update"
        if operation not in self.wanted:
            return "initial values"
        scope = _GRADIENTS.match(operation.name)
        return f"backward ({scope[0]})" if scope else "forward"

    def label(self, tensor: Tensor) -> str:
        """A tensor's name without a scope of gradients, or the constant that it is, if that is short."""
        variable = variable_behind(tensor)
        name = tensor.name.removesuffix(":0") if variable is None else variable.name
        return self.short_constant(tensor) or _GRADIENTS.sub("", name)

    def short_constant(self, tensor: Tensor) -> str | None:
        """The value of a constant, if it is known and few letters are enough."""
        value = self.values.get(tensor)
        if tensor.op.type != "Const" or isinstance(value, Expr | None):
            return None
        text = brief(value, _INLINE + 1)
        return text if len(text) <= _INLINE else None

    def given(self) -> list[Expr]:
        """The lines about what is there before anything is computed."""
        rows = [(self.label(tensor), "fed", x) for tensor, x in self.trace.feeds.items()]
        states = self.trace.states.items()
        rows += [(op.name, "variable", x) for op, x in states if isinstance(op, VariableV2)]
        rows += [(label, "constant", x) for label, x in self.constants.items()]
        return [self.line("given", label, what, x, x.op) for label, what, x in rows]

    def first_values(self) -> list[Expr]:
        """The lines about what variables begin as that had no value."""
        return [
            self.line("initial values", variable.name, "variable", value, variable)
            for variable, value in self.begun.items()
            if variable not in self.trace.states
        ]

    def line(self, heading: str, label: str, what: str, value: Any, operation: Operation) -> Expr:
        """The call that prints a line."""
        expr = as_expr(value, operation)
        arrow = "-> " if isinstance(operation, Update) else ""
        return _call(
            _Line(self.page, heading, label, what, arrow, expr), "show", (expr,), operation
        )


class _Failure:
    """The error that recording ended with, to be raised where the run comes to it."""

    name = type = "failure"

    def __init__(self, error: OpError) -> None:
        self.error = error

    def fail(self) -> None:
        """Raises it."""
        raise self.error


def _variable(tensor: Tensor) -> Operation:
    """What an update changes: a variable, or what another update has made of it."""
    op = tensor.op
    while isinstance(op, Update):
        op = op.inputs[0].op
    return op


def _call(owner: Any, method: str, args: tuple[Expr, ...], operation: Any) -> Expr:
    return Expr("op", args, (), None, None, (owner, method), operation)
