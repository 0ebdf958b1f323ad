"""Rewriting: the same results from fewer and cheaper calls.

What is rewritten to what is said in rules/, rule by rule; here is how they are applied.  Rules change
no result by more than rounding, also with NaN, infinities, empty arrays and broadcasting; the
exceptions are in docs/design.md.

There are two rounds.  The first is algebra.  The second chooses, for the shapes at hand, the cheaper of
calls that do the same; it comes last because it hides what the algebra looks for.  Between them come
the rules that take several calls to see.

Equal calls are merged, and what nobody needs is not there to be written out: both follow from the way
the graph of calls is rebuilt.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from tinyflow.compiler.record import Expr, NotRecordable, constant, uniform
from tinyflow.compiler.rules import (  # noqa: F401  (each enters its rules in the table)
    arithmetic,
    choices,
    convolutions,
    images,
    products,
    reductions,
    scaling,
    shapes,
    softmax,
)
from tinyflow.compiler.rules.rule import ALGEBRA, CHOICES, RULES, WHOLE, Rule
from tinyflow.compiler.trace import Trace
from tinyflow.compiler.walk import operands
from tinyflow.foundation.kernels import KERNELS

__all__ = ["RULES", "rewrite"]

_FOLDED = 1 << 12  # elements; results of constants kept as constants
_STEPS = 1000  # from a call to its final form


def rewrite(trace: Trace, without: Collection[str] = ()) -> Trace:
    """The trace with every rule applied, but for those named in `without`."""
    trace = _apply(trace, _Rewriter(ALGEBRA, without))
    for see in WHOLE:
        replaced = {} if see.__name__ in without else see(trace)
        if replaced:
            trace = _apply(trace, _Rewriter({}, without, replaced))
    return _apply(trace, _Rewriter(CHOICES, without))


def _apply(trace: Trace, rewriter: _Rewriter) -> Trace:
    result = Trace()
    result.old = trace.old
    result.feeds = {tensor: rewriter.leaf(x) for tensor, x in trace.feeds.items()}
    result.states = {state: rewriter.leaf(x) for state, x in trace.states.items()}
    for expr in trace.calls:
        rewriter.rebuild(expr)
    result.effects = [rewriter.rebuilt(x) for x in trace.effects]
    result.fetches = [rewriter.rebuilt(x) for x in trace.fetches]
    result.updates = {state: rewriter.rebuilt(x) for state, x in trace.updates.items()}
    return result


class _Rewriter:
    """Rebuilds calls, operands first, in their final form under some rules."""

    def __init__(
        self,
        rules: dict[str, list[Rule]],
        without: Collection[str],
        replaced: Mapping[int, Expr] | None = None,
    ) -> None:
        self.replaced = replaced or {}  # what to compute instead, by the call's id
        self.rules = {
            call: [f for f in about if f.__name__ not in without] for call, about in rules.items()
        }
        self.folds = "fold" not in without
        self.new: dict[int, Expr] = {}  # by the old one's id
        self.final: dict[int, Expr] = {}  # by its own id, which it keeps as long as it is held here
        self.known: dict[Any, Expr] = {}  # by what it computes

    def leaf(self, expr: Expr) -> Expr:
        """What stays as it is."""
        self.new[id(expr)] = self.final[id(expr)] = expr
        return expr

    def rebuilt(self, expr: Expr) -> Expr:
        """What has become of a call."""
        if id(expr) not in self.new:  # made by a replacement
            self.rebuild(expr)
        return self.new[id(expr)]

    def rebuild(self, expr: Expr) -> None:
        """Rewrites a call whose operands have been rewritten."""
        if id(expr) in self.new:
            return
        better = self.replaced.get(id(expr), expr)
        if better is not expr:
            _claim(better, expr)
        whole = _with_operands(better, self.rebuilt)
        if whole is expr and not self.rules:  # only what is replaced changes, and what needs it
            self.leaf(expr)
        else:
            self.new[id(expr)] = self.settle(whole)

    def settled(self, expr: Expr) -> Expr:
        """The final form of a call whose operands may be new, too: a rule has just made them."""
        if id(expr) in self.final:
            return expr
        return self.settle(_with_operands(expr, self.settled))

    def settle(self, expr: Expr) -> Expr:
        """The final form of a call of final operands: rules are tried until none has anything to say."""
        for _ in range(_STEPS):
            if id(expr) in self.final:
                return expr
            key = _identity(expr)
            known = self.known.get(key)
            if known is not None:
                return known
            better = self.improved(expr)
            if better is None:
                self.known[key] = self.final[id(expr)] = expr
                return expr
            _claim(better, expr)
            expr = _with_operands(better, self.settled)
        names = ", ".join(f.__name__ for f in self.rules.get(expr.fn, ()))
        raise RecursionError(f"the rules about {expr.fn} undo one another: {names}")

    def improved(self, expr: Expr) -> Expr | None:
        """What a rule would rather compute."""
        if self.folds and _foldable(expr):
            return _fold(expr)
        for apply in self.rules.get(expr.fn, ()):
            try:
                better = apply(expr)
            except NotRecordable:  # the rule asks for a shape or dtype that is not known
                continue
            if better is not None:
                return better if isinstance(better, Expr) else constant(better)
        return None


def _with_operands(expr: Expr, new: Callable[[Expr], Expr]) -> Expr:
    """The same call of other operands; the very same if they are the same."""
    changed = tuple([_renewed(arg, new) for arg in expr.args])
    if all(a is b for a, b in zip(changed, expr.args, strict=True)):
        return expr
    return Expr(
        expr.fn, changed, expr.kwargs, expr.known_shape, expr.known_dtype, expr.value, expr.op
    )


def _renewed(arg: Any, new: Callable[[Expr], Expr]) -> Any:
    if isinstance(arg, Expr):
        return new(arg)
    if type(arg) is not tuple or not any(isinstance(part, Expr) for part in arg):
        return arg
    parts = tuple([new(part) if isinstance(part, Expr) else part for part in arg])
    return arg if all(a is b for a, b in zip(parts, arg, strict=True)) else parts


def _claim(better: Expr, expr: Expr) -> None:
    """Notes on what a rule has made whose operation it is."""
    pending = [better]
    while pending:
        made = pending.pop()
        if made.op is None:
            made.op = expr.op
            pending.extend(operands(made))


def _identity(expr: Expr) -> Any:
    """What two calls share if they compute the same."""
    if expr.fn == "const":
        value = expr.value
        if value is None or value.dtype == object:
            return id(value)
        if value.size > 64:
            number = uniform(value)
            return (
                id(value)
                if number is None
                else ("const", value.shape, number.tobytes(), number.dtype.str)
            )
        return ("const", value.shape, value.dtype.str, value.tobytes())
    args = tuple(_part(arg) for arg in expr.args)
    value = None if expr.value is None else (id(expr.value[0]), expr.value[1:])
    return (expr.fn, args, expr.kwargs, value)


def _part(arg: Any) -> Any:
    if isinstance(arg, Expr):
        return id(arg)
    if type(arg) is tuple:
        return tuple(_part(part) for part in arg)
    if isinstance(arg, slice):
        return ("slice", arg.start, arg.stop, arg.step)
    return (type(arg), arg)


# -- constants --------------------------------------------------------------------------------------


def _foldable(expr: Expr) -> bool:
    """fold: a call of constants is a constant."""
    for arg in expr.args:  # most calls have an operand that is no constant
        if isinstance(arg, Expr) and arg.fn != "const":
            return False
    if not (expr.fn.startswith("np.") or expr.fn in ("getitem", "astype") or expr.fn in KERNELS):
        return False
    if expr.known_shape is None or expr.fn == "np.broadcast_to" or expr.size > _FOLDED:
        return False
    return all(
        x.fn == "const" and x.value is not None and x.size <= _FOLDED for x in operands(expr)
    )


def _fold(expr: Expr) -> Expr:
    args = [_value(arg) for arg in expr.args]
    with np.errstate(all="ignore"):
        if expr.fn == "getitem":
            result = args[0][args[1]]
        elif expr.fn == "astype":
            result = args[0].astype(args[1])
        else:
            function: Any = KERNELS.get(expr.fn, np)
            for part in expr.fn.split(".")[1:] if function is np else ():
                function = getattr(function, part)
            result = function(*args, **dict(expr.kwargs))
    return constant(result, expr.op)


def _value(arg: Any) -> Any:
    if isinstance(arg, Expr):
        return arg.value
    if type(arg) is tuple and any(isinstance(part, Expr) for part in arg):
        return tuple(_value(part) for part in arg)
    return arg
