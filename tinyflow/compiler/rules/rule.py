"""What a rule is, the table of them, and what they ask of calls.

A rule looks at one call, whose operands are rewritten already, and says what to compute instead, or
nothing.  Its name is how it is switched off; its equation is the first line of its docstring.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinyflow.compiler.record import Expr, uniform
from tinyflow.compiler.trace import Trace

__all__ = [
    "ALGEBRA", "CHOICES", "RULES", "WHOLE", "Rule", "keeps", "number_in", "only_exprs",
    "rule", "rule_of_traces",
]  # fmt: skip

Rule = Callable[[Expr], Any]
RuleOfTraces = Callable[[Trace], dict[int, Expr]]

RULES: dict[str, Callable[..., Any]] = {}  # all of them, by name
ALGEBRA: dict[str, list[Rule]] = {}  # those of the first round, by the call they look at
WHOLE: list[RuleOfTraces] = []  # those between the rounds, which take several calls to see
CHOICES: dict[str, list[Rule]] = {}  # those of the last round, by the call they look at


def rule(*calls: str, last: bool = False) -> Callable[[Rule], Rule]:
    """Makes a function a rule about these calls, of the last round or the first."""

    def enter(function: Rule) -> Rule:
        RULES[function.__name__] = function
        for call in calls:
            (CHOICES if last else ALGEBRA).setdefault(call, []).append(function)
        return function

    return enter


def rule_of_traces(function: RuleOfTraces) -> RuleOfTraces:
    """Makes a function a rule about whole traces: it tells, by a call's id, what to compute instead."""
    RULES[function.__name__] = function
    WHOLE.append(function)
    return function


# -- what rules ask -------------------------------------------------------------------------------


def number_in(x: Any) -> Any:
    """The one number that a constant holds everywhere, or None."""
    if isinstance(x, bool | int | float):
        return x
    if not isinstance(x, Expr):
        return None
    if x.fn == "np.broadcast_to":
        return number_in(x.args[0])
    return uniform(x.value) if x.fn == "const" and x.value is not None else None


def keeps(expr: Expr, x: Any) -> bool:
    """True if `x` has the shape and dtype of the call's result, and so could stand for it."""
    return (
        isinstance(x, Expr)
        and x.known_shape is not None
        and x.known_shape == expr.known_shape
        and x.known_dtype == expr.known_dtype
    )


def only_exprs(x: Expr) -> bool:
    """True if no operand is a plain Python number."""
    return all(isinstance(arg, Expr) for arg in x.args)
