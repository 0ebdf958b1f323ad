"""Checks: of values when a graph runs, and as far as they are known while it is built."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from tinyflow.foundation.dtypes import DType, as_dtype, bool_, float32, int32
from tinyflow.foundation.errors import DtypeProblem, InvalidArgumentError, Problem
from tinyflow.foundation.shapes import Spec, show_shape
from tinyflow.graph.constant_value import constant_value
from tinyflow.graph.gradient_registry import NotDifferentiable, RegisterGradient
from tinyflow.graph.graph import control_dependencies, get_default_graph, name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.array import rank as rank_of, shape as shape_of
from tinyflow.ops.base import check_kind
from tinyflow.ops.comparison import (
    equal,
    greater,
    greater_equal,
    less,
    less_equal,
    logical_or,
    not_equal,
)
from tinyflow.ops.constant import convert_to_tensor
from tinyflow.ops.elementwise import abs as absolute
from tinyflow.ops.flow import group, no_op, with_dependencies
from tinyflow.ops.printing import summarize_flat
from tinyflow.ops.reduction import reduce_all

__all__ = [
    "Assert", "add_check_numerics_ops", "assert_equal", "assert_greater", "assert_greater_equal",
    "assert_integer", "assert_less", "assert_less_equal", "assert_near", "assert_negative",
    "assert_non_negative", "assert_non_positive", "assert_none_equal", "assert_positive",
    "assert_proper_iterable", "assert_rank", "assert_rank_at_least", "assert_rank_in",
    "assert_same_float_dtype", "assert_scalar", "assert_type", "check_numerics",
    "is_numeric_tensor", "verify_tensor_all_finite",
]  # fmt: skip


# -- Assert ----------------------------------------------------------------------------------------


class AssertOp(Operation):
    """Fails, showing the other inputs, unless `condition` is true."""

    op_type = "Assert"
    summarize: int = 3
    stateful = True

    def infer(self, condition: Spec, *data: Spec) -> Any:
        if condition.dtype not in (None, bool_):
            raise DtypeProblem(
                f"Input 'condition' has type {condition.dtype.name} that does not match expected "
                "type of bool",
                "a comparison, such as tf.greater(x, 0)",
            )
        if condition.shape:
            raise Problem(
                f"the condition should be a scalar, not of shape {show_shape(condition.shape)}",
                "tf.reduce_all(condition)",
            )
        return ()

    def compute(self, condition: Any, *data: Any) -> Any:
        if condition.ndim:
            raise Problem(f"the condition should be a scalar, not of shape {condition.shape}")
        if not condition:
            shown = " ".join(summarize_flat(value, self.summarize) for value in data)
            raise Problem(f"assertion failed: {shown}")
        return ()


NotDifferentiable("Assert")


def Assert(
    condition: Any, data: Any, summarize: int | None = None, name: str | None = None
) -> Operation:
    """An operation that fails unless `condition` is true.

    Args:
      condition: a bool scalar.
      data: a list of tensors (or values) that the error message shows.
      summarize: how many elements of each it shows (3); -1 for all.

    It has to be run to be of use: fetched, or a control dependency of what is.

    Raises:
      ValueError: if `data` is empty.
      TypeError: if `data` is no list, or `condition` not bool.
      InvalidArgumentError: in a run, if the condition is false.

    >>> import tinyflow as tf
    >>> x = tf.placeholder(tf.float32, [])
    >>> with tf.control_dependencies([tf.Assert(x > 0.0, ["x is", x])]):
    ...     y = tf.log(x)
    >>> with tf.Session() as session:
    ...     try:
    ...         session.run(y, {x: -1.0})
    ...     except tf.errors.InvalidArgumentError as error:
    ...         print(str(error).splitlines()[0])
    Assert 'Assert/Assert': assertion failed: [x is] [-1]
    """
    if not isinstance(data, list | tuple):
        raise TypeError(f"Expected list for 'data' argument to 'Assert' Op, not {data!r}.")
    if not data:
        raise ValueError("Assert needs data to show when it fails, got an empty list")
    with name_scope(name, "Assert", [condition, *data]):
        shown = 3 if summarize is None else summarize
        condition = convert_to_tensor(condition, name="condition")
        return AssertOp([condition, *data], name="Assert", summarize=shown)


# -- relations of two tensors ----------------------------------------------------------------------

# Ops whose values TF 1.15 knows while it builds: an assertion on them fails at once.
_STATIC = {
    "Cast", "ConcatV2", "Const", "Equal", "Fill", "NotEqual", "Pack", "Range", "Rank", "Shape",
    "Size",
}  # fmt: skip


def _static_value(x: Tensor) -> Any:
    return constant_value(x) if x.op.type in _STATIC else None


def _assert(ok: Tensor, statically_ok: bool | None, data: list[Any], summarize: Any) -> Operation:
    """Asserts that all of `ok` is true; what is known to be false fails at once."""
    all_ok = reduce_all(ok)
    if statically_ok is False:
        values = [_static_value(x) if isinstance(x, Tensor) else x for x in data]
        raise InvalidArgumentError(None, all_ok.op, "\n".join(map(str, values)))
    return Assert(all_ok, data, summarize)


def _assert_relation(
    function: str, sign: str, relation: Callable[..., Tensor], compare: Callable[..., Any],
    x: Any, y: Any, data: Any, summarize: Any, message: str | None, name: str | None,
) -> Operation:  # fmt: skip
    """Asserts `x sign y` for all elements, after broadcasting."""
    with name_scope(name, function, [x, y, *(data or ())]):
        x = convert_to_tensor(x, name="x")
        y = convert_to_tensor(y, name="y")
        if data is None:
            data = [
                f"Condition x {sign} y did not hold element-wise:",
                f"x ({x.name}) = ", x, f"y ({y.name}) = ", y,
            ]  # fmt: skip
        if message:
            data = [message, *data]
        ok = relation(x, y)
        values = _static_value(x), _static_value(y)
        known = None if any(v is None for v in values) else bool(np.all(compare(*values)))
        return _assert(ok, known, list(data), summarize)


def assert_equal(
    x: Any, y: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
    name: str | None = None,
) -> Operation:  # fmt: skip
    """An operation that fails unless x == y in all elements, after broadcasting.

    Args:
      x, y: numeric tensors of one dtype.
      data: what to show when it fails, instead of `x` and `y`.
      summarize: how many elements of each to show (3).
      message: what to show before that.

    Raises:
      InvalidArgumentError: in a run; or at once, if both values are constants.
    """
    return _assert_relation(
        "assert_equal", "==", equal, np.equal, x, y, data, summarize, message, name
    )


def assert_none_equal(
    x: Any, y: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
    name: str | None = None,
) -> Operation:  # fmt: skip
    """An operation that fails unless x != y in all elements.

    Args, errors: as for `assert_equal`.
    """
    return _assert_relation(
        "assert_none_equal", "!=", not_equal, np.not_equal, x, y, data, summarize, message, name
    )


def assert_less(
    x: Any, y: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
    name: str | None = None,
) -> Operation:  # fmt: skip
    """An operation that fails unless x < y in all elements.

    Args, errors: as for `assert_equal`.
    """
    return _assert_relation("assert_less", "<", less, np.less, x, y, data, summarize, message, name)


def assert_less_equal(
    x: Any, y: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
    name: str | None = None,
) -> Operation:  # fmt: skip
    """An operation that fails unless x <= y in all elements.

    Args, errors: as for `assert_equal`.
    """
    return _assert_relation(
        "assert_less_equal", "<=", less_equal, np.less_equal, x, y, data, summarize, message, name
    )


def assert_greater(
    x: Any, y: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
    name: str | None = None,
) -> Operation:  # fmt: skip
    """An operation that fails unless x > y in all elements.

    Args, errors: as for `assert_equal`.
    """
    return _assert_relation(
        "assert_greater", ">", greater, np.greater, x, y, data, summarize, message, name
    )


def assert_greater_equal(
    x: Any, y: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
    name: str | None = None,
) -> Operation:  # fmt: skip
    """An operation that fails unless x >= y in all elements.

    Args, errors: as for `assert_equal`.
    """
    return _assert_relation(
        "assert_greater_equal", ">=", greater_equal, np.greater_equal,
        x, y, data, summarize, message, name,
    )  # fmt: skip


def assert_near(
    x: Any, y: Any, rtol: Any = None, atol: Any = None, data: Any = None,
    summarize: int | None = None, message: str | None = None, name: str | None = None,
) -> Operation:  # fmt: skip
    """An operation that fails unless |x - y| < atol + rtol * |y| in all elements.

    Args:
      x, y: tensors of one floating-point dtype.
      rtol, atol: the tolerances; by default 10 times the precision of the dtype.
      data, summarize, message: as for `assert_equal`.

    Raises:
      ValueError: if the dtype is no floating-point one and a tolerance is not given.
      InvalidArgumentError: in a run.
    """
    with name_scope(name, "assert_near", [x, y, rtol, atol, *(data or ())]):
        x = convert_to_tensor(x, name="x")
        y = convert_to_tensor(y, x.spec.dtype, name="y")
        rtol, atol = (_tolerance(t, x, n) for t, n in ((rtol, "rtol"), (atol, "atol")))
        if data is None:
            data = [
                f"x and y not equal to tolerance rtol = {rtol}, atol = {atol}",
                f"x ({x.name}) = ", x, f"y ({y.name}) = ", y,
            ]  # fmt: skip
            data = [message, *data] if message else data
        return _assert(less(absolute(x - y), atol + rtol * absolute(y)), None, data, summarize)


def _tolerance(value: Any, x: Tensor, name: str) -> Tensor:
    dtype = x.spec.dtype or float32
    if value is None:
        if not dtype.is_floating:
            raise ValueError(
                f"assert_near has a tolerance for floating-point numbers only, and {x.name!r} is "
                f"{dtype.name}: give rtol and atol, or use assert_equal"
            )
        value = 10 * np.finfo(dtype.numpy).eps
    return convert_to_tensor(value, dtype, name=name)


# -- signs -----------------------------------------------------------------------------------------


def _assert_sign(
    function: str, sign: str, relation: Callable[..., Operation], zero_first: bool,
    x: Any, data: Any, summarize: Any, message: str | None, name: str | None,
) -> Operation:  # fmt: skip
    """Asserts `x sign 0` for all elements."""
    with name_scope(name, function, [x, *(data or ())]):
        x = convert_to_tensor(x, name="x")
        if data is None:
            data = [f"Condition x {sign} 0 did not hold element-wise:", f"x ({x.name}) = ", x]
        data = [message or "", *data]
        zero = convert_to_tensor(0, x.spec.dtype)
        pair = (zero, x) if zero_first else (x, zero)
        return relation(*pair, data=data, summarize=summarize)


def assert_negative(
    x: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
    name: str | None = None,
) -> Operation:  # fmt: skip
    """An operation that fails unless x < 0 in all elements.

    Args, errors: as for `assert_equal`.
    """
    return _assert_sign(
        "assert_negative", "<", assert_less, False, x, data, summarize, message, name
    )


def assert_positive(
    x: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
    name: str | None = None,
) -> Operation:  # fmt: skip
    """An operation that fails unless x > 0 in all elements.

    Args, errors: as for `assert_equal`.
    """
    return _assert_sign(
        "assert_positive", ">", assert_less, True, x, data, summarize, message, name
    )


def assert_non_negative(
    x: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
    name: str | None = None,
) -> Operation:  # fmt: skip
    """An operation that fails unless x >= 0 in all elements.

    Args, errors: as for `assert_equal`.
    """
    return _assert_sign(
        "assert_non_negative", ">=", assert_less_equal, True, x, data, summarize, message, name
    )


def assert_non_positive(
    x: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
    name: str | None = None,
) -> Operation:  # fmt: skip
    """An operation that fails unless x <= 0 in all elements.

    Args, errors: as for `assert_equal`.
    """
    return _assert_sign(
        "assert_non_positive", "<=", assert_less_equal, False, x, data, summarize, message, name
    )


# -- ranks -----------------------------------------------------------------------------------------


def _assert_rank(
    function: str, relation: str, holds: Callable[[int, list[int]], bool],
    compare: Callable[[Tensor, list[Tensor]], Tensor],
    x: Any, ranks: Any, data: Any, summarize: Any, message: str | None, name: str | None,
) -> Operation:  # fmt: skip
    """Asserts something about the rank of x; if that is known already, there is nothing to run."""
    with name_scope(name, function, [x, *ranks, *(data or ())]):
        x = convert_to_tensor(x, name="x")
        ranks = [_rank_operand(rank) for rank in ranks]
        wanted = [constant_value(rank) for rank in ranks]
        shape = x.spec.shape
        if shape is not None and all(value is not None for value in wanted):
            numbers = [int(value) for value in wanted]  # type: ignore[arg-type]  # not None
            if holds(len(shape), numbers):
                return no_op("static_checks_determined_all_ok")
            shown = numbers[0] if len(numbers) == 1 else (*numbers,)
            raise ValueError(
                f"{message or ''}.  Tensor {x.name} must have {relation} {shown}.  "
                f"Received rank {len(shape)}, shape {show_shape(shape)}"
            )
        if data is None:
            data = [
                message or "", f"Tensor {x.name} must have {relation}", *ranks,
                "Received shape: ", shape_of(x),
            ]  # fmt: skip
        return Assert(compare(rank_of(x), ranks), data, summarize)


def _rank_operand(rank: Any) -> Tensor:
    tensor = convert_to_tensor(rank, name="rank")
    if tensor.spec.dtype not in (None, int32):
        raise TypeError(f"{tensor.name} must be of type {int32}, not {tensor.dtype}")
    if tensor.spec.shape:
        raise ValueError("Rank must be a scalar.")
    return tensor


def assert_rank(
    x: Any, rank: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
    name: str | None = None,
) -> Operation:  # fmt: skip
    """An operation that fails unless x has the given rank.

    Args:
      x: a tensor.
      rank: an int32 scalar.
      data, summarize, message: as for `assert_equal`.

    Raises:
      ValueError: at once, if the rank is known and another.
      InvalidArgumentError: in a run.
    """
    return _assert_rank(
        "assert_rank", "rank", lambda rank, wanted: rank == wanted[0],
        lambda rank, wanted: equal(rank, wanted[0]),
        x, [rank], data, summarize, message, name,
    )  # fmt: skip


def assert_rank_at_least(
    x: Any, rank: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
    name: str | None = None,
) -> Operation:  # fmt: skip
    """An operation that fails unless x has at least the given rank.

    Args, errors: as for `assert_rank`.
    """
    return _assert_rank(
        "assert_rank_at_least", "rank at least", lambda rank, wanted: rank >= wanted[0],
        lambda rank, wanted: greater_equal(rank, wanted[0]),
        x, [rank], data, summarize, message, name,
    )  # fmt: skip


def assert_rank_in(
    x: Any, ranks: Any, data: Any = None, summarize: int | None = None, message: str | None = None,
    name: str | None = None,
) -> Operation:  # fmt: skip
    """An operation that fails unless x has one of the given ranks.

    Args, errors: as for `assert_rank`.
    """

    def is_one_of(rank: Tensor, wanted: list[Tensor]) -> Tensor:
        found = equal(wanted[0], rank)
        for other in wanted[1:]:
            found = logical_or(found, equal(other, rank))
        return found

    return _assert_rank(
        "assert_rank_in", "rank in", lambda rank, wanted: rank in wanted, is_one_of,
        x, list(ranks), data, summarize, message, name,
    )  # fmt: skip


def assert_scalar(tensor: Any, name: str | None = None, message: str | None = None) -> Tensor:
    """`tensor`, if it is known to be a scalar.

    Raises:
      ValueError: if it is not.
    """
    with name_scope(name, "assert_scalar", [tensor]) as scope:
        scalar = convert_to_tensor(tensor, name=scope)
        if scalar.spec.shape != ():
            raise ValueError(
                f"{message or ''}Expected scalar shape for {scalar.name}, "
                f"saw shape: {scalar.shape}."
            )
        return scalar


# -- dtypes and structures -------------------------------------------------------------------------

_NUMERIC = {
    "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "complex64",
}  # fmt: skip


def is_numeric_tensor(tensor: Any) -> bool:
    """True for tensors that hold numbers (of the types that TF 1.15 counts among them)."""
    return isinstance(tensor, Tensor) and tensor.spec.dtype is not None and (
        tensor.spec.dtype.name in _NUMERIC
    )  # fmt: skip


def assert_integer(x: Any, message: str | None = None, name: str | None = None) -> Operation:
    """Checks at once that x is a tensor of integers; returns an operation that does nothing.

    Raises:
      TypeError: if x is something else.
    """
    with name_scope(name, "assert_integer", [x]):
        x = convert_to_tensor(x, name="x")
        if not x.dtype.is_integer:
            raise TypeError(
                f'{message or ""}  Expected "x" to be integer type.  '
                f"Found: {x.name} of dtype {x.dtype}"
            )
        return no_op("statically_determined_was_integer")


def assert_type(
    tensor: Any, tf_type: Any, message: str | None = None, name: str | None = None
) -> Operation:
    """Checks at once that a tensor is of a dtype; returns an operation that does nothing.

    Raises:
      TypeError: if it is of another.
    """
    with name_scope(name, "assert_type", [tensor]):
        tensor = convert_to_tensor(tensor, name="tensor")
        if tensor.dtype != as_dtype(tf_type):
            raise TypeError(f"{message or ''}  {tensor.name} must be of type {as_dtype(tf_type)}")
        return no_op("statically_determined_correct_type")


def assert_same_float_dtype(tensors: Any = None, dtype: Any = None) -> DType:
    """The one floating-point dtype that all `tensors` (and `dtype`, if given) are of.

    Returns:
      That dtype; float32 if nothing says which.

    Raises:
      ValueError: if they differ, or are not floating-point.
    """
    found = None if dtype is None else as_dtype(dtype).base_dtype
    first = ""
    for tensor in tensors or ():
        own = tensor.dtype.base_dtype
        if found is None:
            found, first = own, f" as {tensor.name}"
        elif own is not found:
            raise ValueError(
                f"{tensor.name}, type={own}, must be of the same type ({found}){first}."
            )
    if found is None:
        return float32
    if not found.is_floating:
        raise ValueError(f"Expected floating point type, got {found}.")
    return found


def assert_proper_iterable(values: Any) -> None:
    """Checks that `values` is a collection of tensors, rather than one tensor, array or string.

    Raises:
      TypeError: if it is something else.
    """
    if isinstance(values, Tensor | np.ndarray | bytes | str):
        raise TypeError(
            f'Expected argument "values" to be a "proper" iterable.  Found: {type(values)}'
        )
    if not isinstance(values, Iterable):
        raise TypeError(f'Expected argument "values" to be iterable.  Found: {type(values)}')


# -- NaN and infinity ------------------------------------------------------------------------------


class CheckNumerics(Operation):
    """`tensor`, untouched; fails if there is a NaN or an infinity in it."""

    message: str = ""
    stateful = True
    passes_on = True

    def infer(self, tensor: Spec) -> Spec:
        check_kind("tensor", tensor.dtype, "f")
        return tensor

    def compute(self, tensor: Any) -> Any:
        if not np.isfinite(tensor).all():
            kinds = ["Inf"] * bool(np.isinf(tensor).any()) + ["NaN"] * bool(np.isnan(tensor).any())
            raise Problem(f"{self.message} : Tensor had {' and '.join(kinds)} values")
        return tensor


@RegisterGradient("CheckNumerics")
def _check_numerics_grad(op: Operation, grad: Tensor) -> Tensor:
    return check_numerics(grad, "Not a number (NaN) or infinity (Inf) values detected in gradient.")


def check_numerics(tensor: Any, message: str, name: str | None = None) -> Tensor:
    """A tensor equal to `tensor` that fails when it is computed from a NaN or an infinity.

    Its gradient is checked likewise.

    Args:
      tensor: a tensor of floating-point numbers.
      message: what the error begins with.

    Raises:
      InvalidArgumentError: in a run, if an element is not finite.
    """
    return CheckNumerics([tensor], name=name, message=message)


def verify_tensor_all_finite(
    t: Any = None, msg: str | None = None, name: str | None = None, x: Any = None,
    message: str | None = None,
) -> Tensor:  # fmt: skip
    """A tensor equal to `t` that fails when it is computed from a NaN or an infinity.

    Args:
      t (or x): a tensor of floating-point numbers.
      msg (or message): what the error begins with.

    Raises:
      ValueError: if both names of an argument are used.
      InvalidArgumentError: in a run, if an element is not finite.
    """
    if t is not None and x is not None:
        raise ValueError("Cannot specify both 't' and 'x'")
    if msg is not None and message is not None:
        raise ValueError("Cannot specify both 'msg' and 'message'")
    with name_scope(name, "VerifyFinite", [t, x]):
        tensor = convert_to_tensor(x if t is None else t, name="t")
        checked = check_numerics(tensor, (message if msg is None else msg) or "")
        return with_dependencies([checked], tensor)


def add_check_numerics_ops() -> Operation:
    """An operation that fails if any floating-point tensor made so far has a NaN or an infinity.

    The tensors are checked in the order they were made, so the first one that is bad is the one
    named.  Run it together with what you compute.
    """
    graph = get_default_graph()
    check: list[Any] = []
    for op in graph.get_operations():
        for output in op.outputs:
            dtype = output.spec.dtype
            if dtype is not None and dtype.is_floating:
                with control_dependencies(check):
                    check = [check_numerics(output, output.name)]
    return group(*check)
