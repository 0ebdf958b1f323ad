"""Random numbers as functions of a seed: the same ones whenever it is the same."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinyflow.foundation import philox
from tinyflow.foundation.dtypes import DType, as_dtype, float32, int64
from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Spec, show_shape
from tinyflow.graph.constant_value import constant_shape
from tinyflow.graph.gradient_registry import NotDifferentiable
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.base import check_kind
from tinyflow.ops.constant import convert_to_tensor
from tinyflow.ops.elementwise import add
from tinyflow.ops.random_ops import (
    FLOATS,
    check_bounds,
    check_dtype,
    check_shape_operand,
    choose,
    classes_spec,
    shape_operand,
    sizes_of,
    uniform_bounds,
    whole_numbers,
)

__all__ = [
    "stateless_categorical", "stateless_multinomial", "stateless_random_normal",
    "stateless_random_uniform", "stateless_truncated_normal",
]  # fmt: skip


class StatelessRandomUniform(Operation):
    """Uniform numbers of [0, 1) in the given shape: always the same ones for a seed."""

    dtype: DType = float32
    recordable = True
    distribution: ClassVar[Any] = staticmethod(philox.uniform)

    def infer(self, shape: Spec, seed: Spec) -> Spec:
        check_dtype("dtype", self.dtype, FLOATS)
        check_shape_operand(shape)
        _check_seed(seed)
        return Spec(self.dtype, constant_shape(self.inputs[0]))

    def compute(self, shape: Any, seed: Any) -> Any:
        return self.distribution(_stateless(seed), sizes_of(shape), self.dtype.numpy)[0]


class StatelessRandomNormal(StatelessRandomUniform):
    """Standard normal numbers in the given shape: always the same ones for a seed."""

    distribution = staticmethod(philox.normal)


class StatelessTruncatedNormal(StatelessRandomUniform):
    """Truncated standard normal numbers in the given shape: always the same ones for a seed."""

    distribution = staticmethod(philox.truncated_normal)


class StatelessRandomUniformInt(Operation):
    """Whole numbers of [minval, maxval) in the given shape: always the same ones for a seed."""

    recordable = True

    def infer(self, shape: Spec, seed: Spec, minval: Spec, maxval: Spec) -> Spec:
        check_shape_operand(shape)
        _check_seed(seed)
        check_bounds(minval, maxval)
        return Spec(minval.dtype, constant_shape(self.inputs[0]))

    def compute(self, shape: Any, seed: Any, minval: Any, maxval: Any) -> Any:
        return whole_numbers(_stateless(seed), shape, minval, maxval)[0]


class StatelessMultinomial(Operation):
    """Random classes for each row of logits: always the same ones for a seed."""

    output_dtype: DType = int64
    recordable = True

    def infer(self, logits: Spec, num_samples: Spec, seed: Spec) -> Spec:
        _check_seed(seed)
        return classes_spec(self, logits)

    def compute(self, logits: Any, num_samples: Any, seed: Any) -> Any:
        return choose(_stateless(seed), logits, num_samples, self.output_dtype)[0]


for _type in (
    "StatelessRandomUniform", "StatelessRandomNormal", "StatelessTruncatedNormal",
    "StatelessRandomUniformInt", "StatelessMultinomial",
):  # fmt: skip
    NotDifferentiable(_type)


def _check_seed(seed: Spec) -> None:
    check_kind("seed", seed.dtype, "i")
    if seed.shape is not None and seed.shape not in ((2,), (None,)):
        raise Problem(f"seed must have shape [2], not {show_shape(seed.shape)}", "seed=[1, 2]")


def _stateless(seed: Any) -> philox.Stream:
    if np.shape(seed) != (2,):
        raise Problem(f"seed must have shape [2], not {np.shape(seed)}")
    return philox.stateless_stream(*np.asarray(seed).tolist())


def stateless_random_uniform(
    shape: Any, seed: Any, minval: Any = 0, maxval: Any = None, dtype: Any = float32,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Uniform numbers that depend on `seed` alone: `tf.random.stateless_uniform`.

    Args:
      shape: the shape of the result.
      seed: two integers, a list or a tensor; the same seed gives the same numbers in every run.
      minval, maxval, dtype: as for `tf.random_uniform`.

    Raises:
      ValueError: for another dtype, or integers without `maxval`.

    >>> import tinyflow as tf
    >>> x = tf.random.stateless_uniform([2], seed=[1, 2])
    >>> with tf.Session() as session:
    ...     bool((session.run(x) == session.run(x)).all())
    True
    """
    dtype, maxval = uniform_bounds(dtype, maxval)
    with name_scope(name, "stateless_random_uniform", [shape, seed, minval, maxval]) as scope:
        sizes = shape_operand(shape)
        low = convert_to_tensor(minval, dtype, name="min")
        high = convert_to_tensor(maxval, dtype, name="max")
        if dtype.is_integer:
            return StatelessRandomUniformInt([sizes, seed, low, high], name=scope)
        numbers: Any = StatelessRandomUniform([sizes, seed], dtype=dtype)
        return add(numbers * (high - low), low, name=scope)


def stateless_random_normal(
    shape: Any, seed: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = float32,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Normal numbers that depend on `seed` alone: `tf.random.stateless_normal`.

    Args: `seed` as for `tf.random.stateless_uniform`, the others as for `tf.random_normal`.
    """
    return _stateless_normal(
        StatelessRandomNormal, "stateless_random_normal", shape, seed, mean, stddev, dtype, name
    )


def stateless_truncated_normal(
    shape: Any, seed: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = float32,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Truncated normal numbers that depend on `seed` alone: `tf.random.stateless_truncated_normal`.

    Args: `seed` as for `tf.random.stateless_uniform`, the others as for `tf.truncated_normal`.
    """
    return _stateless_normal(
        StatelessTruncatedNormal, "stateless_truncated_normal",
        shape, seed, mean, stddev, dtype, name,
    )  # fmt: skip


def _stateless_normal(
    op_class: Any, default_name: str, shape: Any, seed: Any, mean: Any, stddev: Any, dtype: Any,
    name: str | None,
) -> Tensor:  # fmt: skip
    dtype = as_dtype(dtype).base_dtype
    with name_scope(name, default_name, [shape, seed, mean, stddev]) as scope:
        sizes = shape_operand(shape)
        mean = convert_to_tensor(mean, dtype, name="mean")
        stddev = convert_to_tensor(stddev, dtype, name="stddev")
        return add(op_class([sizes, seed], dtype=dtype) * stddev, mean, name=scope)


def stateless_multinomial(
    logits: Any, num_samples: Any, seed: Any, output_dtype: Any = int64, name: str | None = None
) -> Tensor:
    """Random classes that depend on `seed` alone: `tf.random.stateless_multinomial`.

    Args: `seed` as for `tf.random.stateless_uniform`, the others as for `tf.multinomial`.
    """
    return _stateless_multinomial(
        "stateless_multinomial", logits, num_samples, seed, output_dtype, name
    )


def stateless_categorical(
    logits: Any, num_samples: Any, seed: Any, dtype: Any = int64, name: str | None = None
) -> Tensor:
    """Random classes that depend on `seed` alone: `tf.random.stateless_categorical`.

    Args: `seed` as for `tf.random.stateless_uniform`, the others as for `tf.random.categorical`.
    """
    return _stateless_multinomial("stateless_categorical", logits, num_samples, seed, dtype, name)


def _stateless_multinomial(
    default_name: str, logits: Any, num_samples: Any, seed: Any, dtype: Any, name: str | None
) -> Tensor:
    dtype = as_dtype(dtype).base_dtype
    with name_scope(name, default_name, [logits, seed]):
        logits = convert_to_tensor(logits, name="logits")
        return StatelessMultinomial([logits, num_samples, seed], output_dtype=dtype)
