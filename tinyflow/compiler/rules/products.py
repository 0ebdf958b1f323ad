"""Rules about sums of products, such as the gradient of a weight that is used many times."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from tinyflow.compiler.record import VIEWS, Expr
from tinyflow.compiler.rules.rule import rule_of_traces
from tinyflow.compiler.trace import Trace

_LEAVES = ("feed", "state", "const", "item", "op")


@rule_of_traces
def sum_of_products(trace: Trace) -> dict[int, Expr]:
    """A1' B1 + A2' B2 + ... -> [A1; A2; ...]' [B1; B2; ...], and sum(B1) + sum(B2) -> sum([B1; B2])

    Here ' transposes and the sums are over rows.  One large product is quicker than many small ones whose
    results are added, if the factors are computed in their places among the others, not copied there.
    """
    calls, uses = trace.calls, trace.uses
    inside = {
        id(x) for expr in calls if expr.fn == "np.add" for x in expr.args if _adds(x, expr, uses)
    }
    replaced = {}
    for expr in calls:
        if expr.fn == "np.add" and expr.known_shape and id(expr) not in inside:
            better = _gathered(_terms(expr, uses))
            if better is not None:
                replaced[id(expr)] = better
    return replaced


@rule_of_traces
def part_of_product(trace: Trace) -> dict[int, Expr]:
    """matmul(a, b)[r, c] -> matmul(a[r], b[:, c]), where no more of the product is needed"""
    replaced = {}
    for expr in trace.calls:
        product = expr.args[0] if expr.fn == "getitem" else None
        if product is not None and product.fn == "np.matmul" and trace.uses[id(product)] == 1:
            better = _product_of_parts(*expr.args)
            if better is not None:
                replaced[id(expr)] = better
    return replaced


def _product_of_parts(product: Expr, key: Any) -> Any:
    a, b = product.args
    key = key if isinstance(key, tuple) else (key,)
    if not (isinstance(a, Expr) and isinstance(b, Expr)) or product.known_shape is None:
        return None
    plain = all(isinstance(part, slice) and part.step in (None, 1) for part in key)
    if not plain or not a.ndim == b.ndim == len(key) == 2:
        return None
    rows, columns = key
    return np.matmul(a if rows == slice(None) else a[rows], b if columns == slice(None) else b[:, columns])


def _adds(x: Any, expr: Expr, uses: Counter[int]) -> bool:
    """True for a sum that is only a term of the sum `expr`."""
    return isinstance(x, Expr) and x.fn == "np.add" and uses[id(x)] == 1 and _alike(x, expr)


def _alike(x: Any, expr: Expr) -> bool:
    return (
        isinstance(x, Expr)
        and x.known_shape == expr.known_shape
        and x.known_dtype == expr.known_dtype
    )


def _terms(total: Expr, uses: Counter[int]) -> list[Any]:
    """What a tree of sums adds, from left to right."""
    terms, pending = [], [total]
    while pending:
        x = pending.pop()
        if x is total or _adds(x, total, uses):
            pending.extend(reversed(x.args))
        else:
            terms.append(x)
    return terms


def _gathered(terms: list[Any]) -> Any:
    """The sum of some terms with their products taken at once; None if there are no two products."""
    products = [x for x in terms if _is_product(x)]
    sums = [x for x in terms if _is_sum_of_rows(x)]
    if len(products) + len(sums) != len(terms) or not (len(products) > 1 or len(sums) > 1):
        return None
    if products and sums:
        return None
    if sums:
        return np.add.reduce(np.concatenate([x.args[0] for x in sums]), axis=0)
    a = np.concatenate([x.args[0].args[0] for x in products])
    b = np.concatenate([x.args[1] for x in products])
    return np.matmul(a.T, b)


def _is_product(x: Any) -> bool:
    """True for A' B of two matrices that the function computes."""
    if not isinstance(x, Expr) or x.fn != "np.matmul" or x.known_dtype is None:
        return False
    a, b = x.args
    if not isinstance(a, Expr) or not isinstance(b, Expr) or a.fn != "np.transpose" or a.ndim != 2:
        return False
    return _is_computed(a.args[0]) and _is_computed(b) and a.dtype == b.dtype == x.dtype


def _is_sum_of_rows(x: Any) -> bool:
    if not isinstance(x, Expr) or x.fn != "np.add.reduce" or x.kwargs != (("axis", 0),):
        return False
    return x.args[0].ndim == 2 and _is_computed(x.args[0])


def _is_computed(x: Expr) -> bool:
    """True if the result could be written wherever it is wanted."""
    return x.fn not in _LEAVES and x.fn not in VIEWS and x.known_shape is not None and x.ndim == 2
