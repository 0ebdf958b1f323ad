"""Rewriting: the same results from fewer and cheaper calls.

A rule looks at one call whose operands are rewritten already and says what to compute instead, or
nothing.  Every rule has a name, by which it can be switched off, and its equation as the first line
of its docstring.  Rules never change a result by more than rounding (but for the sign of a zero),
also with NaN, infinities, empty arrays and broadcasting.

There are two rounds.  The first is algebra.  The second chooses, for the shapes at hand, the cheaper of
calls that do the same; it comes last because it hides what the algebra looks for.

Equal calls are merged, and what nobody needs is not there to be written out: both follow from the way
the graph of calls is rebuilt.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from tinyflow.compiler.record import VIEWS, Expr, NotRecordable, constant, uniform
from tinyflow.compiler.trace import Trace
from tinyflow.compiler.walk import calls_of, operands

__all__ = ["RULES", "rewrite"]

Rule = Callable[[Expr], Any]

RULES: dict[str, Callable[..., Any]] = {}  # by name
_ROUNDS: tuple[dict[str, list[Rule]], ...] = ({}, {})  # by the call they look at
_FOLDED = 1 << 12  # elements; results of constants kept as constants


def rule(*calls: str, last: bool = False) -> Callable[[Rule], Rule]:
    """Makes a function a rule about these calls, of the last round or the first."""

    def enter(function: Rule) -> Rule:
        RULES[function.__name__] = function
        for call in calls:
            _ROUNDS[last].setdefault(call, []).append(function)
        return function

    return enter


def rewrite(trace: Trace, without: Collection[str] = ()) -> Trace:
    """The trace with every rule applied, but for those named in `without`."""
    algebra, choices = _ROUNDS
    trace = _apply(trace, _Rewriter(algebra, without))
    replaced = {} if "scale_once_for_all" in without else scale_once_for_all(trace)
    if replaced:
        trace = _apply(trace, _Rewriter({}, (), replaced))
    return _apply(trace, _Rewriter(choices, without))


def _apply(trace: Trace, rewriter: _Rewriter) -> Trace:
    result = Trace()
    result.old = trace.old
    result.feeds = {tensor: rewriter.leaf(x) for tensor, x in trace.feeds.items()}
    result.states = {state: rewriter.leaf(x) for state, x in trace.states.items()}
    roots = [*trace.effects, *trace.fetches, *trace.updates.values()]
    for expr in calls_of(roots):
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
        """A leaf is final as it is."""
        self.new[id(expr)] = self.final[id(expr)] = expr
        return expr

    def rebuilt(self, expr: Expr) -> Expr:
        """What has become of a call."""
        if id(expr) not in self.new:  # made by a replacement
            self.rebuild(expr)
        return self.new[id(expr)]

    def rebuild(self, expr: Expr) -> None:
        """Rewrites a call whose operands have been rewritten."""
        if id(expr) not in self.new:
            better = self.replaced.get(id(expr), expr)
            self.new[id(expr)] = self.settled(_with_operands(better, self.rebuilt))

    def settled(self, expr: Expr) -> Expr:
        """The final form of a call: rules are tried until none has anything to say.

        Its operands are final, but for those that a rule has just made.
        """
        while id(expr) not in self.final:
            expr = _with_operands(expr, self.settled)
            key = _identity(expr)
            known = self.known.get(key)
            if known is not None:
                return known
            better = self.improved(expr)
            if better is None:
                self.known[key] = self.final[id(expr)] = expr
                return expr
            _claim(better, expr)
            expr = better
        return expr

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
        if value is None or value.dtype == object or value.size > 64:
            return id(value)
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
    if not (expr.fn.startswith("np.") or expr.fn in ("getitem", "astype")):
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
            function: Any = np
            for part in expr.fn.split(".")[1:]:
                function = getattr(function, part)
            result = function(*args, **dict(expr.kwargs))
    return constant(result, expr.op)


def _value(arg: Any) -> Any:
    if isinstance(arg, Expr):
        return arg.value
    if type(arg) is tuple and any(isinstance(part, Expr) for part in arg):
        return tuple(_value(part) for part in arg)
    return arg


def _number(x: Any) -> Any:
    """The one number that a constant holds everywhere, or None."""
    if isinstance(x, bool | int | float):
        return x
    if not isinstance(x, Expr):
        return None
    if x.fn == "np.broadcast_to":
        return _number(x.args[0])
    return uniform(x.value) if x.fn == "const" and x.value is not None else None


def _keeps(expr: Expr, x: Any) -> bool:
    """True if `x` has the shape and dtype of the call's result, and so could stand for it."""
    return (
        isinstance(x, Expr)
        and x.known_shape is not None
        and x.known_shape == expr.known_shape
        and x.known_dtype == expr.known_dtype
    )


# -- shapes -----------------------------------------------------------------------------------------

ELEMENTWISE = (
    "np.add", "np.subtract", "np.multiply", "np.divide", "np.maximum", "np.minimum", "np.power",
    "np.greater", "np.greater_equal", "np.less", "np.less_equal", "np.equal", "np.not_equal",
)  # fmt: skip


@rule(*ELEMENTWISE)
def needless_broadcast(x: Expr) -> Any:
    """f(a, broadcast_to(b, s)) -> f(a, b), where broadcasting a and b gives s anyhow."""
    if x.known_shape is None:
        return None
    a, b = (_narrow(arg) for arg in x.args)
    if a is x.args[0] and b is x.args[1]:
        return None
    for left, right in ((a, b), (a, x.args[1]), (x.args[0], b)):
        if (left is not x.args[0] or right is not x.args[1]) and _gives(x, left, right):
            return Expr(x.fn, (left, right), x.kwargs, x.known_shape, x.known_dtype)
    return None


def _narrow(arg: Any) -> Any:
    if isinstance(arg, Expr) and arg.fn == "np.broadcast_to":
        return arg.args[0]
    number = _number(arg)
    if isinstance(arg, Expr) and number is not None and arg.ndim:
        return constant(np.asarray(number, arg.dtype))
    return arg


def _gives(x: Expr, a: Any, b: Any) -> bool:
    shapes = [part.shape if isinstance(part, Expr) else () for part in (a, b)]
    return np.broadcast_shapes(*shapes) == x.known_shape


@rule("np.reshape")
def reshape_twice(x: Expr) -> Any:
    """reshape(reshape(a, s), t) -> reshape(a, t), and reshape(a, shape of a) -> a"""
    inner = x.args[0]
    if inner.known_shape == x.known_shape:
        return inner
    if inner.fn == "np.reshape":
        return Expr("np.reshape", (inner.args[0], x.args[1]), (), x.known_shape, x.known_dtype)
    return None


@rule("np.transpose")
def transpose_twice(x: Expr) -> Any:
    """transpose(transpose(a, p), q) -> transpose(a, p[q]), and nothing for the identity"""
    inner, axes = x.args
    if axes == tuple(range(len(axes))):
        return inner
    if inner.fn == "np.transpose":
        return np.transpose(inner.args[0], [inner.args[1][axis] for axis in axes])
    return None


@rule("np.broadcast_to")
def broadcast_to_itself(x: Expr) -> Any:
    """broadcast_to(a, shape of a) -> a"""
    return x.args[0] if x.args[0].known_shape == x.known_shape else None


@rule("astype")
def astype_itself(x: Expr) -> Any:
    """a.astype(dtype of a) -> a"""
    return x.args[0] if x.args[0].known_dtype == x.known_dtype else None


# -- arithmetic -------------------------------------------------------------------------------------


@rule("np.multiply")
def times_one(x: Expr) -> Any:
    """a * 1 -> a, and a * -1 -> -a"""
    for a, b in (x.args, x.args[::-1]):
        number = _number(b)
        if number is not None and _keeps(x, a):
            if number == 1:
                return a
            if number == -1 and x.dtype.kind in "fi":
                return np.negative(a)
    return None


@rule("np.divide")
def over_one(x: Expr) -> Any:
    """a / 1 -> a"""
    return x.args[0] if _number(x.args[1]) == 1 and _keeps(x, x.args[0]) else None


@rule("np.subtract")
def minus_zero(x: Expr) -> Any:
    """a - 0 -> a"""
    number = _number(x.args[1])
    return x.args[0] if number is not None and number == 0 and _keeps(x, x.args[0]) else None


@rule("np.power")
def small_powers(x: Expr) -> Any:
    """a ** 1 -> a, a ** 2 -> a * a, a ** 3 -> a * a * a: a product costs a fortieth of a power"""
    a, number = x.args[0], _number(x.args[1])
    if number is None or not _keeps(x, a):
        return None
    if number == 1:
        return a
    if number == 2:
        return a * a
    return a * a * a if number == 3 else None


@rule("np.negative")
def minus_difference(x: Expr) -> Any:
    """-(-a) -> a, and -(a - b) -> b - a"""
    a = x.args[0]
    if a.fn == "np.negative":
        return a.args[0]
    return a.args[1] - a.args[0] if a.fn == "np.subtract" and _exprs(a) else None


@rule("np.add", "np.subtract")
def plus_minus(x: Expr) -> Any:
    """a + (-b) -> a - b, (-a) + b -> b - a, and a - (-b) -> a + b"""
    a, b = x.args
    if not _exprs(x):
        return None
    if b.fn == "np.negative":
        return a - b.args[0] if x.fn == "np.add" else a + b.args[0]
    return b - a.args[0] if a.fn == "np.negative" and x.fn == "np.add" else None


@rule("np.multiply", "np.divide", "np.matmul")
def minus_outside(x: Expr) -> Any:
    """(-a) * b -> -(a * b), likewise for / and matmul, where that is no more work"""
    a, b = x.args
    if x.known_shape is None or not _exprs(x):
        return None
    for this, other in ((a, b), (b, a)):
        if (
            this.fn == "np.negative"
            and this.known_shape is not None
            and (x.fn != "np.matmul" or x.size <= this.size)
        ):
            inner = this.args[0]
            pair = (inner, other) if this is a else (other, inner)
            return np.negative(Expr(x.fn, pair, x.kwargs, x.known_shape, x.known_dtype))
    return None


def _exprs(x: Expr) -> bool:
    return all(isinstance(arg, Expr) for arg in x.args)


# -- reductions -------------------------------------------------------------------------------------


@rule("np.add.reduce")
def sum_of_sum(x: Expr) -> Any:
    """sum(sum(a, axis)) -> sum(a), over all axes"""
    a = x.args[0]
    if a.fn in ("np.reshape", "np.transpose") and x.known_shape == ():
        a = a.args[0]
    if a.fn != "np.add.reduce" or x.known_shape != () or a.known_dtype != x.known_dtype:
        return None
    return np.add.reduce(a.args[0], axis=None, dtype=x.dtype)


@rule("np.add.reduce")
def sum_of_negative(x: Expr) -> Any:
    """sum(-a) -> -sum(a)"""
    a = x.args[0]
    if a.fn != "np.negative":
        return None
    return np.negative(Expr(x.fn, a.args, x.kwargs, x.known_shape, x.known_dtype))


@rule("np.add.reduce")
def sum_of_product(x: Expr) -> Any:
    """sum(a * b) -> vdot(a, b), for matrices of one shape"""
    a = x.args[0]
    if x.known_shape != () or a.fn != "np.multiply" or not _exprs(a) or a.dtype.kind != "f":
        return None
    left, right = a.args
    if not (_keeps(a, left) and _keeps(a, right)) or a.dtype.itemsize < 4 or x.dtype != a.dtype:
        return None
    if {left.fn, right.fn} & VIEWS:
        return None  # vdot would copy what is not contiguous
    return Expr("np.vdot", (left, right), (), (), x.dtype)


# -- softmax and cross-entropy ----------------------------------------------------------------------


def _is_softmax(p: Any) -> bool:
    """True for exp(u) / sum(exp(u)) with u = z - max(z).

    Nothing in it overflows, and the quotient is zero only by underflow: where the rules below give
    another result than the calls as they stand, it is that of exact arithmetic.
    """
    if not isinstance(p, Expr) or p.fn != "np.divide" or not _exprs(p):
        return False
    e, s = p.args
    if e.fn != "np.exp" or s.fn != "np.add.reduce" or s.args[0] is not e:
        return False
    u = e.args[0]
    return u.fn == "np.subtract" and _exprs(u) and u.args[1].fn == "np.maximum.reduce"


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
            and _keeps(x, a.args[0])
        ):
            return a.args[0]
        if _is_softmax(p) and isinstance(a, Expr) and a.fn == "np.negative":
            b = a.args[0]
            if b.fn == "np.divide" and b.args[1] is p and _keeps(x, b.args[0]):
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
            or not _exprs(d)
        ):
            continue
        q, t = d.args
        if q.fn == "np.divide" and q.args[1] is p and _keeps(x, q.args[0]):
            return q.args[0] - t * p if d.fn == "np.subtract" else q.args[0] + t * p
        if t.fn == "np.divide" and t.args[1] is p and _keeps(x, t.args[0]):
            return q * p - t.args[0] if d.fn == "np.subtract" else q * p + t.args[0]
    return None


@rule("np.vdot")
def dot_with_log_softmax(x: Expr) -> Any:
    """vdot(c, u - log(s)) -> vdot(c, u) - vdot(sum(c), log(s)), for s = sum(exp(u)) along rows

    The rows' sums of c are needed for the gradient anyhow; u - log(s) is not.
    """
    for c, d in (x.args, x.args[::-1]):
        if d.fn != "np.subtract" or not _exprs(d) or d.ndim != 2:
            continue
        u, logs = d.args
        s = logs.args[0] if logs.fn == "np.log" else logs
        of_u = s.fn == "np.add.reduce" and s.args[0].fn == "np.exp" and s.args[0].args[0] is u
        if of_u and logs.shape == (d.shape[0], 1):
            sums = Expr(s.fn, (c,), s.kwargs, s.shape, s.dtype)
            return np.vdot(c, u) - np.vdot(sums, logs)
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


@rule("np.reshape")
def sum_without_axis(x: Expr) -> Any:
    """reshape(sum(a, axis, keepdims=True), ...) -> sum(a, axis), where the axis is dropped"""
    a = x.args[0]
    if not a.fn.endswith(".reduce"):
        return None
    kwargs = dict(a.kwargs)
    if not kwargs.pop("keepdims", False):
        return None
    axes = range(a.ndim) if kwargs["axis"] is None else np.atleast_1d(kwargs["axis"]).tolist()
    dropped = tuple(size for i, size in enumerate(a.shape) if i not in axes)
    if dropped != x.known_shape:
        return None
    return Expr(a.fn, a.args, tuple(sorted(kwargs.items())), x.known_shape, x.known_dtype)


# -- between the rounds: what takes several calls to see -------------------------------------------


_CALL = 1500  # elements that an element-wise call could have computed in the time it takes to begin


def scale_once_for_all(trace: Trace) -> dict[int, Expr]:
    """k * (a1 d), k * (a2 d) -> a1 (k d), a2 (k d): a learning rate scales one array, not all gradients

    It pays when d is smaller than the products, or when calls saved make up for its elements.
    """
    roots = [*trace.effects, *trace.fetches, *trace.updates.values()]
    groups: dict[Any, list[tuple[Expr, Expr, Expr]]] = {}
    for expr in calls_of(roots):
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
        number = next(arg for arg in expr.args if _number(arg) is not None)
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
        if _number(number) is None or not isinstance(product, Expr) or not _keeps(expr, product):
            continue
        if isinstance(number, Expr) and number.known_shape != ():
            continue
        axis = dict(product.kwargs).get("axis")
        if product.fn == "np.matmul" or (product.fn == "np.add.reduce" and axis == 0):
            d = product.args[-1]
            if isinstance(d, Expr) and d.known_shape and d.known_dtype is not None:
                return number, product, d
    return None


# -- the last round: the cheaper of two calls ---------------------------------------------------------


@rule("np.matmul", last=True)
def product_of_matrices(x: Expr) -> Any:
    """matmul(a, b) -> dot(a, b), for two matrices: half the overhead, the same BLAS call"""
    a, b = x.args
    if x.known_shape is None or not _exprs(x) or not (a.ndim == b.ndim == 2) or not x.size:
        return None
    if x.dtype.kind != "f" or not a.dtype == b.dtype == x.dtype or x.dtype.itemsize < 4:
        return None
    return Expr("np.dot", (a, b), (), x.known_shape, x.known_dtype)


@rule("np.vdot", last=True)
def flat_product(x: Expr) -> Any:
    """vdot(a, b) -> dot(flat a, flat b): flattening a buffer is done once, with the buffer"""
    a, b = x.args
    if x.dtype.kind == "c":
        return None  # vdot conjugates
    flat = [part if part.ndim == 1 else np.reshape(part, (part.size,)) for part in (a, b)]
    return Expr("np.dot", tuple(flat), (), (), x.known_dtype)


@rule("np.add.reduce", last=True)
def sum_by_product(x: Expr) -> Any:
    """sum(a, axis=1) -> dot(a, ones), sum(a, axis=0) -> dot(ones, a): a matrix-vector product is quicker"""
    a, kwargs = x.args[0], dict(x.kwargs)
    axis, keepdims = kwargs.get("axis"), kwargs.get("keepdims", False)
    if a.known_shape is None or a.ndim != 2 or axis not in (0, 1) or not a.size:
        return None
    if a.dtype not in (np.float32, np.float64) or x.dtype != a.dtype or a.shape[axis] > _SHORT:
        return None
    count = a.shape[axis]
    if axis == 1:
        ones = constant(np.ones((count, 1) if keepdims else count, a.dtype))
        return Expr("np.dot", (a, ones), (), x.known_shape, x.known_dtype)
    ones = constant(np.ones((1, count) if keepdims else count, a.dtype))
    return Expr("np.dot", (ones, a), (), x.known_shape, x.known_dtype)


_SHORT = 1 << 10  # terms; longer sums stay with NumPy, which adds pairwise and so rounds less


@rule("np.maximum.reduce", "np.minimum.reduce", last=True)
def extreme_of_columns(x: Expr) -> Any:
    """max([a, b], axis=1) -> maximum(a, b): NumPy reduces short rows one by one, columns at once"""
    a, kwargs = x.args[0], dict(x.kwargs)
    if a.known_shape is None or a.ndim != 2 or kwargs.get("axis") != 1:
        return None
    rows, columns = a.shape
    if not 2 <= columns <= 3 or rows < 16:
        return None
    ufunc = getattr(np, x.fn.split(".")[1])
    extreme = a[:, 0]
    for i in range(1, columns):
        extreme = ufunc(extreme, a[:, i])
    return np.reshape(extreme, x.known_shape)


@rule(*ELEMENTWISE, last=True)
def number_as_array(x: Expr) -> Any:
    """a * 0.5 -> a * array(0.5): NumPy would make that array anew in every call"""
    if not x.known_shape or x.known_dtype is None:
        return None
    for i, number in enumerate(x.args):
        if type(number) in (int, float):
            other = x.args[1 - i]
            if (
                isinstance(other, Expr)
                and other.known_dtype is not None
                and other.dtype.kind == "f"
            ):
                args = list(x.args)
                args[i] = constant(np.array(number, other.dtype))
                return Expr(x.fn, tuple(args), x.kwargs, x.known_shape, x.known_dtype)
    return None


RULES["scale_once_for_all"] = scale_once_for_all  # a rule by name, though about whole traces
