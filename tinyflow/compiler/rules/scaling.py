"""Rules about factors of whole gradients."""

from __future__ import annotations

from typing import Any

from tinyflow.compiler.record import Expr
from tinyflow.compiler.rules.rule import keeps, number_in, rule_of_traces
from tinyflow.compiler.trace import Trace

_CALL = 1500  # elements that an element-wise call could have computed in the time it takes to begin


@rule_of_traces
def scale_once_for_all(trace: Trace) -> dict[int, Expr]:
    """k * (a1 d), k * (a2 d) -> a1 (k d), a2 (k d): a learning rate scales one array, not all gradients

    It pays when d is smaller than the products, or when calls saved make up for its elements.
    """
    groups: dict[Any, list[tuple[Expr, Expr, Expr]]] = {}
    for expr in trace.calls:
        scaled = _scaled_product(expr)
        if scaled is not None:
            number, product, d = scaled
            key = (id(d), id(number) if isinstance(number, Expr) else number)
            groups.setdefault(key, []).append((expr, product, d))
    replaced = {}
    for group in groups.values():
        expr, _, d = group[0]
        saved = sum(product.size for _, product, _ in group) + _CALL * (len(group) - 1)
        if d.size >= saved or any(x.dtype != d.dtype for x, _, _ in group):
            continue
        number = next(arg for arg in expr.args if number_in(arg) is not None)
        scaled_d = Expr("np.multiply", (number, d), (), d.shape, d.dtype, None, expr.op)
        for x, product, _ in group:
            args = tuple([scaled_d if arg is d else arg for arg in product.args])
            replaced[id(x)] = Expr(product.fn, args, product.kwargs, x.shape, x.dtype, None, x.op)
    return replaced


def _scaled_product(expr: Expr) -> tuple[Any, Expr, Expr] | None:
    """For k * matmul(a, d) and k * sum(d, axis=0): the number, the product, and d."""
    if expr.fn != "np.multiply" or not expr.known_shape or expr.known_dtype is None:
        return None
    for number, product in (expr.args, expr.args[::-1]):
        if number_in(number) is None or not isinstance(product, Expr) or not keeps(expr, product):
            continue
        if isinstance(number, Expr) and number.known_shape != ():
            continue
        axis = dict(product.kwargs).get("axis")
        if product.fn == "np.matmul" or (product.fn == "np.add.reduce" and axis == 0):
            d = product.args[-1]
            if isinstance(d, Expr) and d.known_shape and d.known_dtype is not None:
                return number, product, d
    return None
