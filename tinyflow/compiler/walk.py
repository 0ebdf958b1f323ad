"""Walks over graphs of `Expr`s, iterative, since a chain may be a million calls long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from tinyflow.compiler.record import VIEWS, Expr

__all__ = ["calls_of", "is_elementwise", "is_view", "operands", "root_of"]


def operands(expr: Expr) -> Iterator[Expr]:
    """The Exprs among the arguments (`np.concatenate` has them in a tuple)."""
    for arg in expr.args:
        if isinstance(arg, Expr):
            yield arg
        elif type(arg) is tuple:
            for part in arg:
                if isinstance(part, Expr):
                    yield part


def calls_of(roots: Iterable[Expr]) -> list[Expr]:
    """All Exprs that the roots need and the roots themselves, each after its operands."""
    order: list[Expr] = []
    visited: set[int] = set()
    for root in roots:
        pending: list[tuple[Expr, Iterator[Expr]]] = []
        if id(root) not in visited:
            visited.add(id(root))
            pending.append((root, operands(root)))
        while pending:
            expr, needs = pending[-1]
            for need in needs:
                if id(need) not in visited:
                    visited.add(id(need))
                    pending.append((need, operands(need)))
                    break
            else:
                pending.pop()
                order.append(expr)
    return order


def root_of(expr: Expr) -> Expr:
    """The Expr whose memory this one looks at: itself, unless it is a view."""
    while is_view(expr):
        expr = expr.args[0]
    return expr


def is_view(expr: Expr) -> bool:
    """True if the value shares its operand's memory; a single element does not, it is a scalar."""
    return expr.fn in VIEWS and not (expr.fn == "getitem" and expr.known_shape == ())


def is_elementwise(expr: Expr) -> bool:
    """True for a ufunc called on whole arrays."""
    return isinstance(getattr(np, expr.fn.removeprefix("np."), None), np.ufunc) and expr.fn not in (
        "np.matmul",
        "np.dot",
    )
