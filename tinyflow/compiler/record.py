"""Recording: NumPy calls on `Expr`s become the statements of the function to be written.

An op's `compute` is plain NumPy.  Given arrays it computes; given `Expr`s, NumPy's own dispatch
protocols (NEP 13 and NEP 18) bring each call here, where it is noted as another `Expr` that knows
its shape and dtype.  A call that cannot be noted, because it is not in the vocabulary below or
because it needs a value, raises `NotRecordable`, and the op is then called as it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from tinyflow.foundation.kernels import Kernel

__all__ = ["VIEWS", "Expr", "NotRecordable", "constant"]

Dims = tuple[int, ...] | None


class NotRecordable(Exception):
    """The body asks for something that is known only when the function runs."""


class Expr(NDArrayOperatorsMixin):
    """A value of the function being written: an argument, a constant, or the result of a call.

    Attributes:
      fn: what is called, as text ("np.add", "np.add.reduce", "getitem", a kernel's name), or one of the
        leaves "feed", "state", "const"; "spread" copies a row or column to fill a matrix; "op" calls
        an operation's own compute, and "item" is one output of such a call.
      args: Exprs and plain Python values.
      kwargs: plain Python values, as pairs.
      shape, dtype: of the value; None while unknown.
      value: of a "const" the array; of a leaf what it stands for; of an "op" the operation.
      op: the operation it came from, for names, comments and errors.
    """

    __slots__ = ("_dtype", "_shape", "args", "fn", "kwargs", "op", "value")

    # So that `array + expr` is left to Expr.
    __array_priority__: ClassVar[int] = 1000

    def __init__(
        self,
        fn: str,
        args: tuple[Any, ...] = (),
        kwargs: tuple[tuple[str, Any], ...] = (),
        shape: Dims = None,
        dtype: np.dtype[Any] | None = None,
        value: Any = None,
        op: Any = None,
    ) -> None:
        self.fn = fn
        self.args = args
        self.kwargs = kwargs
        self._shape = shape
        self._dtype = dtype
        self.value = value
        self.op = op

    # -- what a body may ask of an array -----------------------------------------------------

    @property
    def known_shape(self) -> Dims:
        """The shape, or None."""
        return self._shape

    @property
    def known_dtype(self) -> np.dtype[Any] | None:
        """The dtype, or None."""
        return self._dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape; NotRecordable if it is known only in a run."""
        if self._shape is None:
            raise NotRecordable("shape")
        return self._shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype; NotRecordable if it is known only in a run."""
        if self._dtype is None:
            raise NotRecordable("dtype")
        return self._dtype

    def __getattr__(self, name: str) -> Any:
        """For the methods of arrays, which are not recorded: a body says np.sum(x), not x.sum()."""
        if name[:2] != "__" and hasattr(np.ndarray, name):
            raise NotRecordable(name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def ndim(self) -> int:
        """The rank."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    @property
    def T(self) -> Expr:
        """The transpose."""
        transposed: Expr = _transpose(self)
        return transposed

    def reshape(self, *shape: Any) -> Expr:
        """As ndarray.reshape."""
        result: Expr = _reshape(self, shape[0] if len(shape) == 1 else shape)
        return result

    def astype(self, dtype: Any, copy: bool = True) -> Expr:
        """As ndarray.astype."""
        return Expr("astype", (self, np.dtype(dtype)), (), self._shape, np.dtype(dtype))

    def __getitem__(self, key: Any) -> Expr:
        parts = key if isinstance(key, tuple) else (key,)
        if any(isinstance(part, Expr | np.ndarray | list) for part in parts):
            raise NotRecordable("index arrays")
        return _view("getitem", lambda x, k: x[k], self, key)

    def __len__(self) -> int:
        return self.shape[0]

    def _needs_value(self, *_: Any, **__: Any) -> Any:
        raise NotRecordable("value")

    __bool__ = __int__ = __float__ = __index__ = __iter__ = __array__ = _needs_value
    __contains__ = __complex__ = item = tolist = _needs_value
    __hash__ = object.__hash__  # the mixin defines ==, which would remove it

    # -- NumPy's dispatch ----------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if ufunc is np.matmul and method == "__call__" and not kwargs:
            return _matmul(*inputs)
        if ufunc.nout != 1 or ufunc.signature is not None:
            raise NotRecordable(ufunc.__name__)
        if method == "__call__" and not kwargs:
            return _elementwise(ufunc, inputs)
        if method == "reduce":
            return _reduce(ufunc, *inputs, **kwargs)
        if method == "accumulate":
            return _accumulate(ufunc, *inputs, **kwargs)
        raise NotRecordable(f"{ufunc.__name__}.{method}")

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if isinstance(function, Kernel):
            return _kernel(function, args, kwargs)
        rule = _FUNCTIONS.get(function)
        if rule is None:
            raise NotRecordable(function.__name__)
        return rule(*args, **kwargs)


def constant(value: Any, op: Any = None) -> Expr:
    """A known array as a value of the function."""
    array = np.asarray(value)
    return Expr("const", (), (), array.shape, array.dtype, array, op)


def uniform(value: np.ndarray[Any, Any]) -> Any:
    """The number that an array holds everywhere, as a NumPy scalar; None if it does not."""
    if not value.size or value.dtype.kind not in "fiu":
        return None
    first = value[(0,) * value.ndim]
    if value.size > 1 and any(value.strides) and not (value.size < 4096 and (value == first).all()):
        return None
    return first


def as_operand(value: Any) -> Any:
    """An argument of a call: Exprs and Python numbers as they are, arrays as constants."""
    if isinstance(value, np.ndarray | np.generic):
        return constant(value)
    return value


def _shape_of(value: Any) -> Dims:
    return value._shape if isinstance(value, Expr) else np.shape(value)


def _dtype_of(value: Any) -> Any:
    """The dtype of an operand; the type itself for Python numbers, which are weak (NEP 50)."""
    if isinstance(value, Expr):
        return value._dtype
    if isinstance(value, bool):
        return np.dtype(bool)
    return type(value) if isinstance(value, int | float | complex) else np.asarray(value).dtype


# -- ufuncs --------------------------------------------------------------------------------------

_DTYPES: dict[tuple[Any, ...], np.dtype[Any]] = {}


def _result_dtype(ufunc: np.ufunc, operands: Sequence[Any]) -> np.dtype[Any] | None:
    dtypes = tuple(map(_dtype_of, operands))
    if any(dtype is None for dtype in dtypes):  # not `in`: np.dtype(float) == None
        return None
    key = (ufunc, *dtypes)
    known = _DTYPES.get(key)
    if known is None:
        known = ufunc.resolve_dtypes((*dtypes, None))[-1]
        _DTYPES[key] = known
    return known


def _broadcast(shapes: Sequence[Dims]) -> Dims:
    first = shapes[0]
    if all(shape == first for shape in shapes):
        return first
    return None if None in shapes else np.broadcast_shapes(*shapes)  # type: ignore[arg-type]


def _elementwise(ufunc: np.ufunc, inputs: tuple[Any, ...]) -> Expr:
    operands = tuple(map(as_operand, inputs))
    shape = _broadcast([_shape_of(x) for x in operands])
    return Expr("np." + ufunc.__name__, operands, (), shape, _result_dtype(ufunc, operands))


def _matmul(a: Any, b: Any) -> Expr:
    a, b = as_operand(a), as_operand(b)
    dtype = _result_dtype(np.multiply, (a, b))
    left, right = _shape_of(a), _shape_of(b)
    if left is None or right is None:
        return Expr("np.matmul", (a, b), (), None, dtype)
    if not left or not right:
        raise ValueError("matmul needs matrices, not scalars")
    inner = right[-2] if len(right) > 1 else right[0]
    if left[-1] != inner:
        raise ValueError(f"inner dimensions differ, {left[-1]} and {inner}")
    batch = np.broadcast_shapes(left[:-2], right[:-2])
    rows = left[-2:-1]  # none for a vector
    columns = right[-1:] if len(right) > 1 else ()
    return Expr("np.matmul", (a, b), (), batch + rows + columns, dtype)


def _normal_axis(axis: Any, rank: int) -> tuple[int, ...]:
    axes = range(rank) if axis is None else (axis,) if isinstance(axis, int | np.integer) else axis
    return tuple(sorted({np.lib.array_utils.normalize_axis_index(int(a), rank) for a in axes}))


def _reduce(
    ufunc: np.ufunc, x: Any, axis: Any = 0, dtype: Any = None, out: Any = None, keepdims: bool = False,
    **other: Any,
) -> Expr:  # fmt: skip
    if out is not None or other or not isinstance(x, Expr):
        raise NotRecordable("reduce")
    axes = _normal_axis(axis, x.ndim)
    if dtype is None:
        dtype = ufunc.reduce(np.ones(1, x.dtype)).dtype
    shape = tuple(
        1 if i in axes else size for i, size in enumerate(x.shape) if keepdims or i not in axes
    )
    if any(x.shape[i] == 0 for i in axes) and ufunc.identity is None:
        raise ValueError(f"zero-size array to reduction operation {ufunc.__name__}")
    if not axes:
        return x if x.dtype == dtype else x.astype(dtype)
    kwargs: dict[str, Any] = {"axis": axes if len(axes) > 1 else axes[0]}
    if len(axes) == x.ndim and x.ndim > 1:
        kwargs["axis"] = None
    if keepdims:
        kwargs["keepdims"] = True
    natural = ufunc.reduce(np.ones(1, x.dtype)).dtype
    if np.dtype(dtype) != natural:
        kwargs["dtype"] = np.dtype(dtype)
    fn = f"np.{ufunc.__name__}.reduce"
    return Expr(fn, (x,), tuple(sorted(kwargs.items())), shape, np.dtype(dtype))


def _accumulate(ufunc: np.ufunc, x: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Expr:
    if out is not None or not isinstance(x, Expr):
        raise NotRecordable("accumulate")
    dtype = np.dtype(dtype or ufunc.accumulate(np.ones(1, x.dtype)).dtype)
    kwargs = (("axis", int(axis) % x.ndim), ("dtype", dtype))
    return Expr(f"np.{ufunc.__name__}.accumulate", (x,), kwargs, x.shape, dtype)


# -- functions that are not ufuncs ---------------------------------------------------------------

VIEWS = frozenset(
    {"np.reshape", "np.transpose", "np.swapaxes", "np.expand_dims", "np.squeeze",
     "np.broadcast_to", "getitem"}
)  # fmt: skip


def _view(fn: str, function: Callable[..., Any], x: Any, *args: Any) -> Expr:
    """A call whose result shares its argument's memory: NumPy tells the shape, on an array of no size."""
    dummy = np.broadcast_to(np.empty((), x.dtype), x.shape)
    shape = function(dummy, *args).shape
    return Expr(fn, (x, *map(_plain, args)), (), shape, x.dtype)


def _plain(value: Any) -> Any:
    """Shapes and axes as plain Python, so that they print and compare."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return tuple(map(_plain, value))
    return value


def _reshape(x: Any, shape: Any) -> Any:
    shape = _plain(shape)
    result = _view("np.reshape", np.reshape, x, shape)
    return Expr("np.reshape", (x, result.shape), (), result.shape, x.dtype)


def _transpose(x: Any, axes: Any = None) -> Any:
    if axes is None:
        axes = range(x.ndim)[::-1]
    axes = tuple(int(axis) % x.ndim for axis in axes)
    return _view("np.transpose", np.transpose, x, axes)


def _swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    axes = list(range(x.ndim))
    axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
    return _transpose(x, axes)


def _broadcast_to(x: Any, shape: Any) -> Any:
    return _view("np.broadcast_to", np.broadcast_to, x, tuple(_plain(shape)))


def _expand_dims(x: Any, axis: Any) -> Any:
    axis = _plain(axis)
    shape = np.expand_dims(np.broadcast_to(np.empty((), x.dtype), x.shape), axis).shape
    return _reshape(x, shape)


def _squeeze(x: Any, axis: Any = None) -> Any:
    axis = _plain(axis)
    shape = np.squeeze(np.broadcast_to(np.empty((), x.dtype), x.shape), axis).shape
    return _reshape(x, shape)


def _joined(arrays: Sequence[Any]) -> tuple[tuple[Any, ...], np.dtype[Any]]:
    operands = tuple(as_operand(x) for x in arrays)
    return operands, np.result_type(*[_dtype_of(x) for x in operands])


def _concatenate(arrays: Sequence[Any], axis: int = 0) -> Any:
    operands, dtype = _joined(arrays)
    dummies = [np.broadcast_to(np.empty((), bool), x.shape)[..., :0] for x in operands]
    axis = int(axis) % operands[0].ndim
    np.concatenate(dummies, axis)  # for its complaint, if they do not fit
    shape = list(operands[0].shape)
    shape[axis] = sum(x.shape[axis] for x in operands)
    for i, size in enumerate(shape):
        if i != axis and any(x.shape[i] != size for x in operands):
            raise ValueError(f"axis {i} of the arrays to join is {[x.shape[i] for x in operands]}")
    return Expr("np.concatenate", (operands,), (("axis", axis),), tuple(shape), dtype)


def _stack(arrays: Sequence[Any], axis: int = 0) -> Any:
    operands, dtype = _joined(arrays)
    first = operands[0].shape
    if any(x.shape != first for x in operands):
        raise ValueError(f"the arrays to stack have shapes {[x.shape for x in operands]}")
    axis = int(axis) % (len(first) + 1)
    shape = (*first[:axis], len(operands), *first[axis:])
    return Expr("np.stack", (operands,), (("axis", axis),), shape, dtype)


def _where(condition: Any, x: Any = None, y: Any = None) -> Any:
    if x is None or y is None:
        raise NotRecordable("where")  # the shape depends on the values
    operands = tuple(map(as_operand, (condition, x, y)))
    shape = _broadcast([_shape_of(part) for part in operands])
    known = [_dtype_of(part) for part in operands[1:]]
    dtype = None if any(d is None for d in known) else _where_dtype(operands[1], operands[2])
    return Expr("np.where", operands, (), shape, dtype)


def _where_dtype(x: Any, y: Any) -> np.dtype[Any]:
    # Python numbers are weak: zeros of their operand's dtype stand for them.
    samples = [np.empty(0, v.dtype) if isinstance(v, Expr) else v for v in (x, y)]
    return np.result_type(*samples)


def _take(x: Any, indices: Any, axis: int | None = None, mode: str = "raise") -> Any:
    x, indices = as_operand(x), as_operand(indices)
    if axis is None or mode != "raise":
        raise NotRecordable("take")
    axis = int(axis) % x.ndim
    shape = x.shape[:axis] + _shape_of(indices) + x.shape[axis + 1 :]
    return Expr("np.take", (x, indices), (("axis", axis),), shape, x.dtype)


def _vdot(a: Any, b: Any) -> Any:
    a, b = as_operand(a), as_operand(b)
    return Expr("np.vdot", (a, b), (), (), np.result_type(a.dtype, b.dtype))


def _arg_extreme(fn: str) -> Callable[..., Any]:
    def rule(x: Any, axis: int | None = None) -> Any:
        if axis is None:
            raise NotRecordable(fn)
        axis = int(axis) % x.ndim
        shape = x.shape[:axis] + x.shape[axis + 1 :]
        return Expr(fn, (x,), (("axis", axis),), shape, np.dtype(np.intp))

    return rule


def _reduction(ufunc: np.ufunc) -> Callable[..., Any]:
    def rule(x: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
        return _reduce(ufunc, x, axis, dtype, keepdims=keepdims)

    return rule


def _kernel(kernel: Kernel, args: Sequence[Any], kwargs: dict[str, Any]) -> Expr:
    operands = tuple(map(as_operand, args))
    plain = {key: _plain(value) for key, value in kwargs.items()}
    shape, dtype = kernel.result(*operands, **plain)
    return Expr(kernel.name, operands, tuple(plain.items()), tuple(shape), np.dtype(dtype))


_FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.reshape: _reshape,
    np.transpose: _transpose,
    np.swapaxes: _swapaxes,
    np.broadcast_to: _broadcast_to,
    np.expand_dims: _expand_dims,
    np.squeeze: _squeeze,
    np.concatenate: _concatenate,
    np.stack: _stack,
    np.where: _where,
    np.take: _take,
    np.vdot: _vdot,
    np.argmax: _arg_extreme("np.argmax"),
    np.argmin: _arg_extreme("np.argmin"),
    np.sum: _reduction(np.add),
    np.prod: _reduction(np.multiply),
    np.max: _reduction(np.maximum),
    np.min: _reduction(np.minimum),
    np.any: _reduction(np.logical_or),
    np.all: _reduction(np.logical_and),
    np.shape: lambda x: x.shape,
    np.ndim: lambda x: x.ndim,
    np.size: lambda x: x.size,
    # Their values are known as soon as the shape is (and need no memory).
    np.zeros_like: lambda x, dtype=None: np.broadcast_to(np.zeros((), dtype or x.dtype), x.shape),
    np.ones_like: lambda x, dtype=None: np.broadcast_to(np.ones((), dtype or x.dtype), x.shape),
    np.result_type: lambda *parts: np.result_type(*[_dtype_of(p) for p in parts]),
}
