"""Rules about softmax and cross-entropy."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.compiler.record import Expr
from tinyflow.compiler.rules.rule import keeps, only_exprs, rule


def _is_softmax(p: Any) -> bool:
    """True for exp(u) / sum(exp(u)) with u = z - max(z).

    Nothing in it overflows, and the quotient is zero only by underflow, or for a logit of -inf: where
    the rules below give another result than the calls as they stand, it is that of exact arithmetic.
    """
    if not isinstance(p, Expr) or p.fn != "np.divide" or not only_exprs(p):
        return False
    e, s = p.args
    if e.fn != "np.exp" or s.fn != "np.add.reduce" or s.args[0] is not e:
        return False
    u = e.args[0]
    return u.fn == "np.subtract" and only_exprs(u) and u.args[1].fn == "np.maximum.reduce"


@rule("np.log")
def log_of_softmax(x: Expr) -> Any:
    """log(exp(u) / s) -> u - log(s), which does not overflow where the quotient underflows"""
    p = x.args[0]
    if not _is_softmax(p):
        return None
    return p.args[0].args[0] - np.log(p.args[1])


@rule("np.multiply")
def quotient_times_softmax(x: Expr) -> Any:
    """(q / p) * p -> q, for p = exp(u) / s"""
    for a, p in (x.args, x.args[::-1]):
        if (
            _is_softmax(p)
            and isinstance(a, Expr)
            and a.fn == "np.divide"
            and a.args[1] is p
            and keeps(x, a.args[0])
        ):
            return a.args[0]
        if _is_softmax(p) and isinstance(a, Expr) and a.fn == "np.negative":
            b = a.args[0]
            if b.fn == "np.divide" and b.args[1] is p and keeps(x, b.args[0]):
                return np.negative(b.args[0])
    return None


@rule("np.multiply")
def difference_times_softmax(x: Expr) -> Any:
    """(q / p - t) * p -> q - t * p, and with + for -, for p = exp(u) / s"""
    for d, p in (x.args, x.args[::-1]):
        if (
            not _is_softmax(p)
            or not isinstance(d, Expr)
            or d.fn not in ("np.subtract", "np.add")
            or not only_exprs(d)
        ):
            continue
        q, t = d.args
        if q.fn == "np.divide" and q.args[1] is p and keeps(x, q.args[0]):
            return q.args[0] - t * p if d.fn == "np.subtract" else q.args[0] + t * p
        if t.fn == "np.divide" and t.args[1] is p and keeps(x, t.args[0]):
            return q * p - t.args[0] if d.fn == "np.subtract" else q * p + t.args[0]
    return None


@rule("np.vdot")
def dot_with_log_softmax(x: Expr) -> Any:
    """vdot(c, u - log(s)) -> vdot(c, u) - vdot(sum(c), log(s)), for s = sum(exp(u)) along rows

    And vdot(c, log(s) - u) is minus that.  The rows' sums of c are needed for the gradient anyhow,
    u - log(s) is not.
    """
    for c, d in (x.args, x.args[::-1]):
        if d.fn != "np.subtract" or not only_exprs(d) or d.ndim != 2 or not d.size:
            continue
        turned = d.args[0].fn == "np.log"
        u, logs = d.args[::-1] if turned else d.args
        s = logs.args[0] if logs.fn == "np.log" else logs
        fits = s.fn == "np.add.reduce" and s.args[0].fn == "np.exp" and s.args[0].args[0] is u
        if fits and logs.shape == (d.shape[0], 1):
            sums = Expr(s.fn, (c,), s.kwargs, s.shape, s.dtype)
            of_u, of_sums = np.vdot(c, u), np.vdot(sums, logs)
            return of_sums - of_u if turned else of_u - of_sums
    return None


@rule("np.multiply")
def scale_once(x: Expr) -> Any:
    """t * (e / s) -> e * (t / s), where t and s are columns: one pass over e instead of two"""
    for t, p in (x.args, x.args[::-1]):
        if (
            _is_softmax(p)
            and isinstance(t, Expr)
            and t.known_shape == p.args[1].known_shape != x.known_shape
        ):
            return p.args[0] * (t / p.args[1])
    return None
