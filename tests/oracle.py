"""What a run gives by definition, and how far rounding may move it.

`run` calls every operation's own `compute` on arrays, one by one, and keeps variables as a Session
does.  It shares no code with the compiler but the walk over the graph.

How much may a result differ that was computed by other but equal formulas?  No fixed tolerance is
honest: a difference of two large numbers carries their rounding, a comparison of two nearly equal
ones may go either way.  So the run is repeated with `Noise`: every number is moved by much more
than rounding moves it, and what the results do then, scaled down, is what rounding may do to them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tinyflow.compiler.plan import postorder, variable_behind
from tinyflow.ops.state import Update, VariableV2

__all__ = ["CONVOLUTIONS", "Noise", "run", "wrong"]


# -- a run ---------------------------------------------------------------------------------------------


def run(
    tensors: Sequence[Any], targets: Sequence[Any], feeds: Mapping[Any, Any], states: Mapping[Any, Any],
    disturb: Callable[..., Any] | None = None,
) -> tuple[list[Any], dict[Any, Any]]:  # fmt: skip
    """The values of tensors, and the states after the run.

    Args:
      targets: operations to run besides.
      feeds: arrays by tensor.
      states: arrays by the variable's operation; every variable has one.
      disturb: makes of an operation, its operands and a result another result.
    """
    return _Run(feeds, states, disturb or (lambda op, operands, value: value)).finish(tensors, targets)


class _Run:
    def __init__(self, feeds: Mapping[Any, Any], states: Mapping[Any, Any], disturb: Any) -> None:
        self.values = dict(feeds)
        self.states = states
        self.disturb = disturb
        self.staged: dict[Any, list[tuple[Any, Any]]] = {}
        self.before: dict[Any, set[Any]] = {}  # the updates that come before an operation

    def finish(self, tensors: Sequence[Any], targets: Sequence[Any]) -> tuple[list[Any], dict[Any, Any]]:
        fed = set(self.values)
        operations = postorder([t.op for t in tensors if t not in fed] + [*targets], fed)
        for op in sorted(operations, key=lambda op: op._id):
            self.step(op)
        new = {variable: staged[-1][1] for variable, staged in self.staged.items()}
        return [np.asarray(self.read(t, None)) for t in tensors], {**self.states, **new}

    def step(self, op: Any) -> None:
        needed = [t.op for t in op.inputs] + list(op.control_inputs)
        self.before[op] = set().union(*[self.before.get(x, ()) for x in needed])
        if isinstance(op, Update):
            self.before[op].add(op)
        if all(t in self.values or variable_behind(t) for t in op.outputs) and not isinstance(op, Update):
            return
        count = op.state_count if isinstance(op, Update) else 0
        operands = [self.state(t) for t in op.inputs[:count]]
        operands += [self.read(t, op) for t in op.inputs[count:]]
        with np.errstate(all="ignore"):
            results = op.compute(*operands)
            results = results if isinstance(results, tuple | list) else (results,)
            # A plain number stays one: it has no dtype of its own.
            results = [
                x if type(x) in (int, float) else self.disturb(op, operands, np.asarray(x)) for x in results
            ]
        for tensor, value in zip(op.inputs[:count], results, strict=False):
            self.staged.setdefault(_variable(tensor), []).append((op, value))
        for tensor, value in zip(op.outputs, results, strict=False):
            self.values.setdefault(tensor, value)

    def read(self, tensor: Any, reader: Any) -> Any:
        """A tensor as `reader` (None: the caller) sees it: after the updates that come before that."""
        if tensor in self.values:
            return self.values[tensor]
        variable = variable_behind(tensor)
        for update, value in reversed(self.staged.get(variable, ())):
            if update in self.before.get(reader, ()):
                return value
        return self.states[variable]

    def state(self, tensor: Any) -> Any:
        """A variable as an update finds it: after every update made before."""
        variable = _variable(tensor)
        staged = self.staged.get(variable)
        return staged[-1][1] if staged else self.states[variable]


def _variable(tensor: Any) -> Any:
    op = tensor.op
    while not isinstance(op, VariableV2):
        op = op.inputs[0].op
    return op


# -- noise ---------------------------------------------------------------------------------------------

# Their results are operands or numbers that were written down: nothing is rounded.
EXACT = frozenset(
    [
        "Const",
        "Fill",
        "ZerosLike",
        "OnesLike",
        "Shape",
        "Size",
        "Rank",
        "Cast",
        "Identity",
        "StopGradient",
        "PreventGradient",
        "Reshape",
        "Transpose",
        "ExpandDims",
        "Squeeze",
        "Slice",
        "StridedSlice",
        "Split",
        "SplitV",
        "Unpack",
        "Pack",
        "ConcatV2",
        "Tile",
        "Pad",
        "GatherV2",
        "BroadcastTo",
        "Relu",
        "Maximum",
        "Minimum",
        "Max",
        "Min",
        "MaxPool",
        "Select",
        "ReverseV2",
        "Neg",
        "Abs",
        "Sign",
        "Assign",
    ]
)
CONVOLUTIONS = ("Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter")
POLES = ("Reciprocal", "Log", "Log1p", "Rsqrt", "Pow", "Atanh")
LEVEL = {np.dtype(np.float64): 2.0**-30, np.dtype(np.float32): 2.0**-14}  # of the noise, relative
RANGE = {np.dtype(np.float64): 1e100, np.dtype(np.float32): 1e15}  # its products neither over- nor underflow
SLACK = 64  # how often as far as noise, scaled down to one rounding, would move it


class Noise:
    """Moves every number that an operation computes, a bit, and what is delicate by more.

    What a rule may change besides by rounding is disturbed as well, so that what hangs on it shows:

    - the sign of a zero;
    - in a run that `flushes`, whether a number that is far from one over- or underflows;
    - in a run that `saves`, whether what overflows does;
    - in a run that `lifts`, whether a softmax (an exp) is zero.

    If it `mixes`, a convolution's results are moved as far as its largest products are rounded, as spectra
    may do, and not as far as they are themselves.
    """

    def __init__(self, seed: int, mixes: bool = False) -> None:
        self.mixes = mixes
        self.rng = np.random.default_rng(seed)
        self.zeros = (0.0, -0.0, None)[seed % 3]  # None: as it comes
        self.flushes, self.lifts = seed % 4 == 0, seed % 4 == 2
        self.saves = seed % 4 in (1, 2)

    def __call__(self, op: Any, operands: Sequence[Any], value: Any) -> Any:
        if value.dtype not in LEVEL or (op is not None and op.type in ("Const", "Fill")):
            return value
        if op is None or op.type not in EXACT:
            by = LEVEL[value.dtype] * self.rng.uniform(-1.0, 1.0, value.shape)
            if self.mixes and op is not None and op.type in CONVOLUTIONS:
                size = _largest_product(operands)
            else:
                size = _size(op, operands, value)
            value = (value + size * by).astype(value.dtype)
            if self.flushes and op is not None:
                value = self._flushed(value)
            if self.lifts and op is not None and op.type in ("Softmax", "Exp"):
                least = value.dtype.type(RANGE[value.dtype] ** -0.5)
                value = np.where(value < 1 / RANGE[value.dtype], least, value)
        if self.saves and op is not None:
            value = _saved(op, operands, value)
        return self._signed(value)

    def _flushed(self, value: Any) -> Any:
        far = value.dtype.type(RANGE[value.dtype])
        size = np.abs(value)
        value = np.where(size > far, value * np.inf, value)  # not NaN: of its sign
        return np.where(size < 1 / far, value * 0, value)

    def _signed(self, value: Any) -> Any:
        zeros = self.zeros
        if zeros is None:
            zeros = np.where(self.rng.random(value.shape) < 0.5, 0.0, -0.0)
        return np.where(value == 0, np.asarray(zeros, value.dtype), value)


def _saved(op: Any, operands: Sequence[Any], value: Any) -> Any:
    """With large numbers for infinities that neither come from operands nor from a pole."""
    if op.type in POLES or any(np.isinf(x).any() for x in _floats(operands)):
        return value
    overflows = np.isinf(value)
    if op.type in ("RealDiv", "Div"):
        overflows &= operands[1] != 0
    return np.where(overflows, np.copysign(value.dtype.type(RANGE[value.dtype]), value), value)


def _floats(operands: Sequence[Any]) -> list[Any]:
    return [x for x in map(np.asarray, operands) if x.dtype.kind == "f"]


def _largest_product(operands: Sequence[Any]) -> Any:
    return math.prod(np.max(np.abs(x[np.isfinite(x)]), initial=0.0) for x in _floats(operands))


def _size(op: Any, operands: Sequence[Any], value: Any) -> Any:
    """What a result's rounding is relative to: itself, or a difference inside of the operation."""
    if op is None or not op.type.endswith(("CrossEntropyWithLogits", "LogSoftmax")):
        return np.where(np.isfinite(value), value, 0)
    parts = [x[np.isfinite(x)] for x in _floats(operands)]
    return np.max(np.abs(np.concatenate([[1.0], *parts])))


def wrong(got: Any, want: Any, samples: Sequence[Any]) -> Any:
    """Where a result differs from the one wanted by more than the samples, made with noise, allow.

    A place where the samples are not all finite, or all the same infinity, or all NaN, as the value
    wanted is, hangs on what a rule may change: anything may stand there.
    """
    if want.dtype.kind != "f":
        return (got != want) & ~undecided(want, samples)
    with np.errstate(all="ignore"):
        spread = np.max([np.abs(sample - want) for sample in samples], axis=0)
        eps = np.finfo(want.dtype).eps
        allowed = SLACK * eps / LEVEL[want.dtype] * spread + 8 * eps * np.abs(want)
        # Where noise has made nearly all of a number, how far it moves is not proportional any more.
        allowed = np.where(spread > np.abs(want) / 16, 4 * spread, allowed)
        near = np.abs(got - want) <= allowed + 1 / RANGE[want.dtype]
    same = (got == want) | (np.isnan(got) & np.isnan(want))
    return ~(same | (near & np.isfinite(got)) | undecided(want, samples))


def undecided(want: Any, samples: Sequence[Any]) -> Any:
    """Where noise changes an integer, or makes a number finite that was not, or the other way round."""
    found = np.zeros(want.shape, bool)
    for sample in samples:
        if want.dtype.kind != "f":
            found |= sample != want
            continue
        finite = np.isfinite(want) & np.isfinite(sample)
        found |= ~(finite | (sample == want) | (np.isnan(sample) & np.isnan(want)))
    return found
