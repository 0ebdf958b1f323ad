"""Symbolic gradients: a breadth-first walk from the loss back to what it depends on.

The gradient of a graph is more graph.  The walk takes an operation from its queue when every
operation *between* xs and ys that consumes its outputs has delivered its part (pending counts), so
a node reached by several paths is differentiated once, with the sum of what they bring.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from enum import Enum
from types import FunctionType
from typing import Any

from tinyflow.foundation.dtypes import DType
from tinyflow.foundation.shapes import is_known, merge_shapes
from tinyflow.graph.gradient_registry import gradient_rule
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.graph.site import quote
from tinyflow.ops.array import Unbroadcast, reshape, shape
from tinyflow.ops.constant import constant, convert_to_tensor, is_tensor
from tinyflow.ops.creation import fill, ones_like, zeros_like
from tinyflow.ops.elementwise import add_n
from tinyflow.ops.joining import concat, stack

__all__ = [
    "AggregationMethod", "GradientTable", "UnconnectedGradients", "compute_gradients", "gradients",
    "hessians",
]  # fmt: skip


class UnconnectedGradients(Enum):
    """What `gradients` gives for an x that y does not depend on."""

    NONE = "none"
    ZERO = "zero"


class AggregationMethod:
    """How TF 1.15 could be told to add gradients; accepted, and without effect."""

    ADD_N = 0
    DEFAULT = ADD_N
    EXPERIMENTAL_TREE = 1
    EXPERIMENTAL_ACCUMULATE_N = 2


_AGGREGATIONS = (
    AggregationMethod.ADD_N,
    AggregationMethod.EXPERIMENTAL_TREE,
    AggregationMethod.EXPERIMENTAL_ACCUMULATE_N,
)


class GradientTable(dict[Any, Any]):
    """From tensors to the gradients that reached them; a Variable stands for its tensor."""

    def __missing__(self, key: Any) -> Any:
        element = getattr(key, "_as_graph_element", None)
        if element is None or element() not in self:
            raise KeyError(key)
        return self[element()]

    def get(self, key: Any, default: Any = None) -> Any:
        """The gradient of a tensor or Variable, or `default`."""
        try:
            return self[key]
        except KeyError:
            return default

    def __contains__(self, key: object) -> bool:
        element = getattr(key, "_as_graph_element", None)
        return super().__contains__(key if element is None else element())


def compute_gradients(loss: Any) -> GradientTable:
    """The gradients of a loss with respect to every tensor on the way to it.

    Args:
      loss: the tensor to differentiate.

    Returns:
      A table from tensors (and Variables) to gradient tensors.

    Raises:
      LookupError: if an operation on the way has no gradient registered.

    >>> import tinyflow as tf
    >>> x = tf.Variable(3.0)
    >>> table = compute_gradients(x * x)
    >>> with tf.Session() as session:
    ...     float(session.run(table[x]))
    6.0
    """
    loss = convert_to_tensor(loss)
    with loss.graph.as_default(), name_scope("gradients"):
        seed = _seed(loss, None, 0)
        leaves = _leaves(loss)
        return _Walk([loss], leaves, (), keep=True).run([seed])


def _leaves(loss: Tensor) -> list[Tensor]:
    """The tensors behind the loss that are computed from nothing."""
    visited = {loss.op}
    queue = deque(visited)
    leaves: list[Tensor] = []
    while queue:
        op = queue.popleft()
        if not op._inputs and op.type != "Const":
            leaves.extend(op._outputs)
        for tensor in op._inputs:
            if tensor._op not in visited:
                visited.add(tensor._op)
                queue.append(tensor._op)
    return leaves


def gradients(
    ys: Any, xs: Any, grad_ys: Any = None, name: str = "gradients",
    colocate_gradients_with_ops: bool = False, gate_gradients: bool = False,
    aggregation_method: int | None = None, stop_gradients: Any = None,
    unconnected_gradients: UnconnectedGradients | str = UnconnectedGradients.NONE,
) -> list[Any]:  # fmt: skip
    """Symbolic derivatives of the sum of `ys` with respect to each of `xs`.

    Args:
      ys: a tensor or a list of tensors to differentiate; their elements are summed.
      xs: a tensor, Variable or list of them.
      grad_ys: the gradients to begin with, one for each y (None for ones).
      stop_gradients: tensors that are taken as constants.
      unconnected_gradients: "none", or "zero" for zeros where y does not depend on x.

    Returns:
      A list with a tensor for each x, or None where no gradient flows.

    Raises:
      LookupError: if an operation between has no gradient registered.
      ValueError: if a gradient function returns the wrong number or shapes of gradients, or some
        of the tensors belong to another graph.
      TypeError: if `ys` are of a type that has no gradient to begin with, or a grad_y has another
        dtype than its y.

    >>> import tinyflow as tf
    >>> x = tf.constant(3.0)
    >>> with tf.Session() as session:
    ...     [float(g) for g in session.run(tf.gradients(x * x, [x]))]
    [6.0]
    """
    try:
        unconnected = UnconnectedGradients(unconnected_gradients)
    except ValueError:
        raise ValueError(
            f"Unknown value for unconnected_gradients: '{unconnected_gradients}'"
        ) from None
    ys, xs = _as_list(ys), _as_list(xs)
    stops = [] if stop_gradients is None else _as_list(stop_gradients)
    seeds = [None] * len(ys) if grad_ys is None else _as_list(grad_ys)
    if len(seeds) != len(ys):
        raise ValueError(f"Passed {len(seeds)} grad_ys for {len(ys)} ys")
    if aggregation_method not in (None, *_AGGREGATIONS):
        raise ValueError(f"Invalid aggregation_method specified {aggregation_method}.")
    with name_scope(name, "gradients", [v for v in (*ys, *xs, *stops, *seeds) if is_tensor(v)]):
        sources = [_source(x) for x in xs]
        ys = [convert_to_tensor(y, name=f"y_{i}") for i, y in enumerate(ys)]
        stops = [_source(x) for x in stops]
        started = [_seed(y, seed, i) for i, (y, seed) in enumerate(zip(ys, seeds, strict=True))]
        table = _Walk(ys, sources, stops).run(started)
        results = [table.get(x) for x in sources]
        if unconnected is UnconnectedGradients.ZERO:
            results = [zeros_like(x) if g is None else g for g, x in zip(results, sources, strict=True)]
    return results


def hessians(
    ys: Any, xs: Any, name: str = "hessians", colocate_gradients_with_ops: bool = False,
    gate_gradients: bool = False, aggregation_method: int | None = None,
) -> list[Tensor]:  # fmt: skip
    """The second derivatives of the sum of `ys` with respect to each x: tensors of shape x.shape + x.shape.

    Raises:
      ValueError: if an x has an unknown number of elements.
    """
    results = []
    for x in _as_list(xs):
        x = _source(x)
        (first,) = gradients(ys, x, name=name)
        count = x.shape.num_elements()
        if count is None:
            raise ValueError(f"hessians needs the static shape of {x}")
        flat = reshape(first, [-1])
        rows = [
            gradients(flat[i], x, unconnected_gradients="zero")[0] for i in range(count)
        ]
        both = concat([shape(x), shape(x)], 0)
        results.append(reshape(stack(rows), both))
    return results


def _as_list(values: Any) -> list[Any]:
    return list(values) if isinstance(values, list | tuple) else [values]


def _source(x: Any) -> Tensor:
    """The tensor that gradients flow to: a Variable's own, not that of one of its reads.

    Raises:
      TypeError: for a list of tensors, whose stack would be a new tensor that nothing depends on.
    """
    if isinstance(x, list | tuple) and any(is_tensor(item) for item in x):
        raise TypeError(
            "List of Tensors when single Tensor expected. fix: xs=[a, b], not xs=[[a, b]]"
        )
    element = getattr(x, "_as_graph_element", None)
    source: Tensor = element() if element is not None else convert_to_tensor(x)
    return source


def is_trainable(dtype: DType | None) -> bool:
    """True for dtypes that have derivatives (and for those not known yet)."""
    return dtype is None or dtype.numpy.kind in "fc"


def _seed(y: Tensor, seed: Any, i: int) -> Tensor:
    """The gradient that the walk begins with at y."""
    dtype = y.spec.dtype
    if seed is not None:
        given: Tensor = convert_to_tensor(seed, name=f"grad_ys_{i}")
        theirs = given.spec.dtype
        if dtype is not None and theirs not in (None, dtype) and is_trainable(dtype):
            raise TypeError(
                f"grad_ys[{i}] is {theirs!r}, and y, {y.name!r}, is {dtype!r}. "
                f"fix: make it {dtype!r}"
            )
        return given
    if dtype is not None and dtype.numpy.kind == "c":
        raise TypeError(
            f"Gradients of complex tensors must set grad_ys (y.dtype = {dtype!r})"
        )
    if dtype is not None and dtype.numpy.kind in "bO":
        raise TypeError(f"Expected {dtype.name}, got 1 of type 'int' instead: {y.name!r} has no gradient")
    with y.graph.as_default():
        if dtype is None:
            return ones_like(y)
        return fill(shape(y), constant(1, dtype, name=f"grad_ys_{i}"))


class _Walk:
    """One walk from ys back to xs."""

    def __init__(
        self, ys: Sequence[Tensor], xs: Sequence[Tensor], stops: Iterable[Tensor], keep: bool = False
    ) -> None:
        self.ys = ys
        self.xs = set(xs)
        self.kept = keep
        self.pending = _pending_counts(ys, xs)
        stopped = {tensor._op for tensor in stops}
        # Nothing flows past the xs, unless one x lies behind another.
        inner = {op for op in self._x_ops() if all(t._op not in self.pending for t in op._inputs)}
        self.stop_ops = inner | stopped
        self.parts: dict[Tensor, list[Tensor]] = {}

    def _x_ops(self) -> set[Operation]:
        return {tensor._op for tensor in self.xs}

    def run(self, seeds: Sequence[Tensor]) -> GradientTable:
        parts, pending = self.parts, self.pending
        for y, seed in zip(self.ys, seeds, strict=True):
            if is_trainable(y.spec.dtype):
                parts.setdefault(y, []).append(seed)
        queue = deque(dict.fromkeys(y._op for y in self.ys if pending.get(y._op) == 0))
        while queue:
            op = queue.popleft()
            grads = self.differentiate(op)
            for i, tensor in enumerate(op._inputs):
                if grads is not None and grads[i] is not None:
                    parts.setdefault(tensor, []).append(grads[i])
                source = tensor._op
                if source in pending:
                    pending[source] -= 1
                    if not pending[source]:
                        queue.append(source)
        wanted = parts if self.kept else self.xs
        return GradientTable((t, self.collect(t)) for t in wanted if t in parts)

    def collect(self, tensor: Tensor) -> Any:
        """The sum of what reached a tensor, or None."""
        parts = self.parts.get(tensor)
        if parts is None:
            return None
        if len(parts) > 1:
            parts[:] = [add_n(parts)]
        return parts[0]

    def differentiate(self, op: Operation) -> list[Any] | None:
        """The gradients of an operation's inputs, or None if nothing flows through it."""
        grads = [self.collect(tensor) for tensor in op._outputs]
        if op in self.stop_ops or not any(grad is not None for grad in grads):
            return None
        try:
            rule = gradient_rule(op)
        except LookupError:
            raise LookupError(self._no_gradient(op)) from None
        if rule is None:
            return None
        for i, tensor in enumerate(op._outputs):
            if grads[i] is None and is_trainable(tensor._spec.dtype):
                grads[i] = zeros_like(tensor)
        graph = op.graph
        outer, graph._scope = graph._scope, graph.unique_name(op._name + "_grad")
        try:
            return self.fit(op, rule(op, *grads))
        finally:
            graph._scope = outer

    def fit(self, op: Operation, grads: Any) -> list[Any]:
        """A rule's gradients, one for each input between xs and ys, each of its input's shape.

        Raises:
          ValueError: if there are not as many as inputs, or a shape is another.
        """
        fitted = list(grads) if isinstance(grads, list | tuple) else [grads]
        if len(fitted) != len(op._inputs):
            raise ValueError(
                f"Num gradients {len(fitted)} generated for op {op.name!r} (op type: {op.type}) do "
                f"not match num inputs {len(op._inputs)}: return one for each input, None where "
                "none flows"
            )
        for i, tensor in enumerate(op._inputs):
            grad = fitted[i]
            if grad is None:
                continue
            if tensor._op not in self.pending:
                fitted[i] = None  # nobody asks for it
                continue
            if isinstance(grad, FunctionType):
                grad = grad()
            if grad.__class__ is not Tensor:
                grad = convert_to_tensor(grad, tensor._spec.dtype)
            fitted[i] = _fitted(op, grad, tensor)
        return fitted

    def _no_gradient(self, op: Operation) -> str:
        lines = [
            f"No gradient defined for operation '{op.name}' (op type: {op.type})",
            f"  on the way from {', '.join(repr(y.name) for y in self.ys[:3])}",
            f"  made {quote(op.site)}",
            f'  fix: @tf.RegisterGradient("{op.type}") above a function that gives it, '
            "or tf.stop_gradient on what it computes",
        ]
        return "\n".join(lines)


def _pending_counts(ys: Sequence[Tensor], xs: Sequence[Tensor]) -> dict[Operation, int]:
    """For each operation between xs and ys how often the others between consume its outputs.

    An operation is between iff it is reached from an x by following consumers, and from a y by
    following inputs.
    """
    reached = {tensor._op for tensor in xs}
    queue = deque(reached)
    while queue:
        op = queue.popleft()
        for tensor in op._outputs:
            if not is_trainable(tensor._spec.dtype):
                continue
            for consumer in tensor._consumers:
                if consumer not in reached:
                    reached.add(consumer)
                    queue.append(consumer)
    counts = {tensor._op: 0 for tensor in ys if tensor._op in reached}
    queue = deque(counts)
    while queue:
        for tensor in queue.popleft()._inputs:
            source = tensor._op
            if source in reached:
                if source not in counts:
                    counts[source] = 0
                    queue.append(source)
                counts[source] += 1
    return counts


def _fitted(op: Operation, grad: Tensor, tensor: Tensor) -> Tensor:
    """The gradient of an input; of an element-wise op, summed over the axes it was broadcast along."""
    here, there = grad._spec[1], tensor._spec[1]
    if here == there and is_known(here):
        return grad
    if op.elementwise and len(op._inputs) > 1:
        return Unbroadcast((grad, tensor))
    _check_shape(op, grad, tensor)
    return grad


def _check_shape(op: Operation, grad: Tensor, tensor: Tensor) -> None:
    try:
        merge_shapes(grad._spec.shape, tensor._spec.shape)
    except ValueError:
        raise ValueError(
            "Incompatible shapes between op input and calculated input gradient. Forward "
            f"operation: {op.name!r} ({op.type}). Original input shape: {tensor.shape}. "
            f"Calculated input gradient shape: {grad.shape}"
        ) from None
