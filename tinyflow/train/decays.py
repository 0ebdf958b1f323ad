"""Learning rates that fall as training goes on: functions of the global step.

They return a tensor, to be given to an optimizer as its learning rate.  With `t = global_step` and
`n = decay_steps`, computed in the dtype of the learning rate:

    exponential_decay        rate * decay_rate ** (t / n)
    natural_exp_decay        rate * exp(-decay_rate * t / n)
    inverse_time_decay       rate / (1 + decay_rate * t / n)
    polynomial_decay         end + (rate - end) * (1 - min(t, n) / n) ** power
    cosine_decay             rate * (alpha + (1 - alpha) * (1 + cos(pi * min(t, n) / n)) / 2)
    piecewise_constant       a value for each interval of t
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Tensor
from tinyflow.ops.comparison import equal, less_equal, minimum, where
from tinyflow.ops.constant import constant, convert_to_tensor
from tinyflow.ops.elementwise import (
    add,
    cast,
    ceil,
    cos,
    exp,
    floor,
    log,
    multiply,
    pow as power_of,
    sqrt,
    truediv,
)
from tinyflow.ops.random_ops import random_normal

__all__ = [
    "cosine_decay", "cosine_decay_restarts", "exponential_decay", "inverse_time_decay",
    "linear_cosine_decay", "natural_exp_decay", "noisy_linear_cosine_decay", "piecewise_constant",
    "piecewise_constant_decay", "polynomial_decay",
]  # fmt: skip


class _Decay:
    """What every decay begins with: its scope, and its arguments in the learning rate's dtype."""

    def __init__(
        self, learning_rate: Any, global_step: Any, name: str | None, default: str
    ) -> None:
        if global_step is None:
            raise ValueError(
                "None values not supported.\n"
                "  fix: a decay is a function of a global_step, such as "
                "tf.train.get_or_create_global_step()"
            )
        self._scope = name_scope(name, default, [learning_rate, global_step])
        self._arguments = learning_rate, global_step

    def __enter__(self) -> _Decay:
        learning_rate, global_step = self._arguments
        with ExitStack() as leaving:  # also if an argument turns out to be no number
            self.name = leaving.enter_context(self._scope)
            self.rate: Any = convert_to_tensor(learning_rate, name="learning_rate")
            self.step: Any = self.like(global_step)
            leaving.pop_all()
        return self

    def __exit__(self, *error: Any) -> None:
        self._scope.__exit__(*error)

    def like(self, value: Any) -> Any:
        """A tensor, or a number, in the learning rate's dtype."""
        dtype = self.rate.spec.dtype
        if isinstance(value, int | float):
            return constant(value, dtype)
        tensor = convert_to_tensor(value)
        return tensor if dtype is None else cast(tensor, dtype)

    def part(self, steps: Any, staircase: bool = False) -> Any:
        """How many times `steps` have been done, whole times only with `staircase`."""
        part = truediv(self.step, self.like(steps))
        return floor(part) if staircase else part

    def part_until(self, steps: Any) -> Any:
        """The part done of `steps`, at most 1."""
        steps = self.like(steps)
        return truediv(minimum(self.step, steps), steps)


def exponential_decay(
    learning_rate: Any, global_step: Any, decay_steps: Any, decay_rate: Any,
    staircase: bool = False, name: str | None = None,
) -> Tensor:  # fmt: skip
    """`learning_rate * decay_rate ** (global_step / decay_steps)`.

    Args:
      staircase: the quotient is rounded down, so that the rate falls at intervals.

    Raises:
      ValueError: if there is no `global_step` (this holds for every decay).

    >>> import tinyflow as tf
    >>> step = tf.placeholder(tf.int64)
    >>> rate = exponential_decay(0.1, step, 100, 0.5, staircase=True)
    >>> with tf.Session() as session:
    ...     [float(session.run(rate, {step: t})) for t in (0, 99, 100)]
    [0.10000000149011612, 0.10000000149011612, 0.05000000074505806]
    """
    with _Decay(learning_rate, global_step, name, "ExponentialDecay") as decay:
        powers = power_of(decay.like(decay_rate), decay.part(decay_steps, staircase))
        return multiply(decay.rate, powers, name=decay.name)


def natural_exp_decay(
    learning_rate: Any, global_step: Any, decay_steps: Any, decay_rate: Any,
    staircase: bool = False, name: str | None = None,
) -> Tensor:  # fmt: skip
    """`learning_rate * exp(-decay_rate * global_step / decay_steps)`; `staircase` as above."""
    with _Decay(learning_rate, global_step, name, "ExponentialDecay") as decay:
        powers = power_of(exp(-decay.like(decay_rate)), decay.part(decay_steps, staircase))
        return multiply(decay.rate, powers, name=decay.name)


def inverse_time_decay(
    learning_rate: Any, global_step: Any, decay_steps: Any, decay_rate: Any,
    staircase: bool = False, name: str | None = None,
) -> Tensor:  # fmt: skip
    """`learning_rate / (1 + decay_rate * global_step / decay_steps)`; `staircase` as above."""
    with _Decay(learning_rate, global_step, name, "InverseTimeDecay") as decay:
        slowness = 1.0 + decay.like(decay_rate) * decay.part(decay_steps, staircase)
        return truediv(decay.rate, slowness, name=decay.name)


def polynomial_decay(
    learning_rate: Any, global_step: Any, decay_steps: Any, end_learning_rate: Any = 0.0001,
    power: Any = 1.0, cycle: bool = False, name: str | None = None,
) -> Tensor:  # fmt: skip
    """From `learning_rate` to `end_learning_rate` in `decay_steps` steps.

    `end + (learning_rate - end) * (1 - global_step / decay_steps) ** power`, and `end` afterwards.

    Args:
      cycle: afterwards, instead, the decay is as if `decay_steps` had been twice, three times...
        as long: the rate jumps up, and falls again.
    """
    with _Decay(learning_rate, global_step, name, "PolynomialDecay") as decay:
        end, steps = decay.like(end_learning_rate), decay.like(decay_steps)
        part = decay.part_until(steps)
        if cycle:
            first = equal(decay.step, decay.like(0))
            cycles = where(first, decay.like(1), ceil(truediv(decay.step, steps)))
            part = truediv(decay.step, steps * cycles)
        falling = power_of(1.0 - part, decay.like(power))
        return add((decay.rate - end) * falling, end, name=decay.name)


def piecewise_constant(
    x: Any, boundaries: Sequence[Any], values: Sequence[Any], name: str | None = None
) -> Tensor:
    """The first of `values` while `x <= boundaries[0]`, the second while `x <= boundaries[1]`...

    Args:
      x: a scalar, such as the global step.
      boundaries: numbers or tensors of the dtype of `x`, in increasing order.
      values: numbers or tensors of one dtype, one more than boundaries.

    Raises:
      ValueError: if their number or their dtypes do not fit.

    >>> import tinyflow as tf
    >>> step = tf.placeholder(tf.int64)
    >>> rate = piecewise_constant(step, [100, 200], [0.1, 0.05, 0.01])
    >>> with tf.Session() as session:
    ...     [round(float(session.run(rate, {step: t})), 3) for t in (100, 101, 201)]
    [0.1, 0.05, 0.01]
    """
    if len(boundaries) != len(values) - 1:
        raise ValueError("The length of boundaries should be 1 less than the length of values")
    with name_scope(name, "PiecewiseConstant", [x, *boundaries, *values]):
        x = convert_to_tensor(x)
        limits = [_fitting(convert_to_tensor(boundary), x) for boundary in boundaries]
        levels = [convert_to_tensor(value) for value in values]
        for level in levels[1:]:
            if level.spec.dtype is not levels[0].spec.dtype:
                raise ValueError(
                    "Values must have elements all with the same dtype "
                    f"({levels[0].dtype!r} vs {level.dtype!r})."
                )
        result = levels[-1]
        for limit, level in zip(limits[::-1], levels[-2::-1], strict=True):
            result = where(less_equal(x, limit), level, result)
        return result


piecewise_constant_decay = piecewise_constant


def _fitting(boundary: Tensor, x: Tensor) -> Tensor:
    ours, theirs = boundary.spec.dtype, x.spec.dtype
    if ours is None or theirs is None or ours is theirs:
        return boundary
    if (ours.name, theirs.name) == ("int32", "int64"):  # Python's whole numbers become int32
        return cast(boundary, theirs)
    raise ValueError(f"Boundaries ({ours!r}) must have the same dtype as x ({theirs!r}).")


# -- cosines ------------------------------------------------------------------------------------
# Loshchilov and Hutter 2017, "SGDR", arXiv:1608.03983, and Bello et al. 2017, "Neural optimizer
# search", arXiv:1709.07417 (the linear ones).


def cosine_decay(
    learning_rate: Any, global_step: Any, decay_steps: Any, alpha: Any = 0.0,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Half a cosine from `learning_rate` to `alpha * learning_rate`, in `decay_steps` steps."""
    with _Decay(learning_rate, global_step, name, "CosineDecay") as decay:
        cosine = _half_cosine(decay.part_until(decay_steps))
        return multiply(decay.rate, _raised(cosine, decay.like(alpha)))


def cosine_decay_restarts(
    learning_rate: Any, global_step: Any, first_decay_steps: Any, t_mul: Any = 2.0,
    m_mul: Any = 1.0, alpha: Any = 0.0, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Cosine decays one after the other.

    Each takes `t_mul` times the steps of the one before it and begins at `m_mul` times its rate.
    """
    with _Decay(learning_rate, global_step, name, "SGDRDecay") as decay:
        part, longer = decay.part(first_decay_steps), decay.like(t_mul)
        # The k-th restart is after 1 + t_mul + ... + t_mul**(k-1) = (1 - t_mul**k) / (1 - t_mul)
        # first lengths, which is k if t_mul is 1.
        restarts = floor(truediv(log(1.0 - part * (1.0 - longer)), log(longer)))
        length: Any = power_of(longer, restarts)  # of the decay begun last, in first lengths
        within = (part - (1.0 - length) / (1.0 - longer)) / length
        even = equal(longer, decay.like(1))
        restarts = where(even, floor(part), restarts)
        within = where(even, part - floor(part), within)
        cosine = multiply(power_of(decay.like(m_mul), restarts), _half_cosine(within))
        return multiply(decay.rate, _raised(cosine, decay.like(alpha)), name=decay.name)


def linear_cosine_decay(
    learning_rate: Any, global_step: Any, decay_steps: Any, num_periods: Any = 0.5,
    alpha: Any = 0.0, beta: Any = 0.001, name: str | None = None,
) -> Tensor:  # fmt: skip
    """`learning_rate * ((alpha + 1 - p) * (1 + cos(2 pi num_periods p)) / 2 + beta)`.

    `p` is the part done of `decay_steps`.
    """
    return _linear_cosine(
        learning_rate, global_step, decay_steps, num_periods, alpha, beta, name,
        "LinearCosineDecay", lambda decay: decay.like(0),
    )  # fmt: skip


def noisy_linear_cosine_decay(
    learning_rate: Any, global_step: Any, decay_steps: Any, initial_variance: Any = 1.0,
    variance_decay: Any = 0.55, num_periods: Any = 0.5, alpha: Any = 0.0, beta: Any = 0.001,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """`linear_cosine_decay` with noise of variance `initial_variance / (1 + t)**variance_decay`."""

    def noise(decay: _Decay) -> Any:
        steps = minimum(decay.step, decay.like(decay_steps))
        lessening = power_of(add(decay.like(1), steps), decay.like(variance_decay))
        deviation = sqrt(truediv(decay.like(initial_variance), lessening))
        return multiply(deviation, random_normal([], dtype=decay.rate.spec.dtype))

    return _linear_cosine(
        learning_rate, global_step, decay_steps, num_periods, alpha, beta, name,
        "NoisyLinearCosineDecay", noise,
    )  # fmt: skip


def _linear_cosine(
    learning_rate: Any, global_step: Any, decay_steps: Any, num_periods: Any, alpha: Any, beta: Any,
    name: str | None, default: str, noise: Callable[[_Decay], Any],
) -> Tensor:  # fmt: skip
    with _Decay(learning_rate, global_step, name, default) as decay:
        part = decay.part_until(decay_steps)
        linear = 1.0 - part + noise(decay)
        cosine = _half_cosine(2.0 * decay.like(num_periods) * part)
        factor = (decay.like(alpha) + linear) * cosine + decay.like(beta)
        return multiply(decay.rate, factor, name=decay.name)


def _half_cosine(part: Any) -> Any:
    """From 1 at 0 to 0 at 1."""
    cosine: Any = cos(math.pi * part)
    return 0.5 * (1.0 + cosine)


def _raised(factor: Any, least: Any) -> Any:
    """A factor between 0 and 1 brought between `least` and 1."""
    return (1.0 - least) * factor + least
