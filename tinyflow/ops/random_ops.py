"""Random numbers: the same ones as TF 1.15's for the same seeds.

A random op owns a sequence of numbers (foundation/philox.py).  Where in it a Session has arrived is
state of that Session, like a variable's value: each run in which the op takes part continues the
sequence, a new Session begins it anew, and a run that fails has not moved it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.foundation import philox
from tinyflow.foundation.dtypes import DType, as_dtype, float16, float32, float64, int32, int64
from tinyflow.foundation.errors import DtypeProblem, Problem
from tinyflow.foundation.shapes import Shape, Spec, show_shape
from tinyflow.graph.constant_value import constant_shape, constant_value
from tinyflow.graph.gradient_registry import NotDifferentiable, RegisterGradient
from tinyflow.graph.graph import control_dependencies, get_default_graph, name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.array import identity, shape as shape_of, unbroadcast
from tinyflow.ops.base import check_kind
from tinyflow.ops.checks import Assert
from tinyflow.ops.comparison import greater_equal, maximum
from tinyflow.ops.constant import convert_to_tensor
from tinyflow.ops.creation import zeros_like
from tinyflow.ops.elementwise import add
from tinyflow.ops.padding import slice as slice_of
from tinyflow.ops.reduction import reduce_all

__all__ = [
    "get_seed", "multinomial", "random_categorical", "random_crop", "random_gamma", "random_normal",
    "random_poisson", "random_shuffle", "random_uniform", "set_random_seed", "truncated_normal",
]  # fmt: skip

FLOATS = (float16, float32, float64)


# -- seeds -----------------------------------------------------------------------------------------


def set_random_seed(seed: int | None) -> None:
    """Sets the default graph's seed, from which every random op made later derives its own.

    What an op draws follows from the graph's seed and the op's:

    - neither: other numbers in every Session;
    - the op's: the same numbers in every Session, in whatever graph;
    - the graph's: the same numbers in every Session, provided that the same ops were made before
      it, since its place in the graph serves as the op's seed;
    - both: the same numbers in every Session.

    >>> import tinyflow as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     tf.set_random_seed(7)
    ...     x = tf.random_uniform([2], seed=1)
    ...     first = session.run(x)
    ...     again = tf.Session().run(x)
    >>> bool((first == again).all())
    True
    """
    get_default_graph().seed = seed


def get_seed(op_seed: int | None) -> tuple[int | None, int | None]:
    """The two seeds that an op made now with this `seed` gets: the graph's and its own.

    >>> import tinyflow as tf
    >>> with tf.Graph().as_default():
    ...     tf.get_seed(5)
    (87654321, 5)
    """
    graph = get_default_graph()
    return philox.get_seed(graph.seed, op_seed, graph.last_op_id)


class RandomOp(Operation):
    """An op that draws from a sequence of its own, which `seed` and `seed2` determine.

    `draw` takes the sequence and the inputs' values, and returns where the sequence goes on, and
    the output.
    """

    seed: int = 0
    seed2: int = 0
    stateful = True

    def initial_state(self) -> philox.Stream:
        """The sequence as a new Session begins it."""
        return philox.open_stream(self.seed, self.seed2)

    def draw(self, stream: philox.Stream, *values: Any) -> tuple[philox.Stream, Any]:
        """The sequence after this run, and the output."""
        raise NotImplementedError


def _seeds(seed: int | None) -> dict[str, Any]:
    """The attributes of a random op that is made now."""
    first, second = get_seed(seed)
    return {"seed": first or 0, "seed2": second or 0}


def sizes_of(shape: Any) -> tuple[int, ...]:
    """The value of a shape operand, checked."""
    sizes = np.asarray(shape)
    if sizes.ndim != 1 or (sizes < 0).any():
        raise Problem(f"a shape is a vector of sizes from 0 on, not {sizes.tolist()}")
    return tuple(sizes.tolist())


def check_shape_operand(spec: Spec) -> None:
    check_kind("shape", spec.dtype, "i")
    if spec.shape is not None and len(spec.shape) != 1:
        raise Problem(f"Shape must be rank 1 but is rank {len(spec.shape)}", "give a list of sizes")


def shape_operand(shape: Any) -> Tensor:
    """A shape as a tensor; an empty list is a shape, too, though it shows no dtype."""
    dtype = int32 if isinstance(shape, list | tuple) and not shape else None
    return convert_to_tensor(shape, dtype, name="shape")


def uniform_bounds(dtype: Any, maxval: Any) -> tuple[DType, Any]:
    """The dtype of uniform numbers, checked, and their upper bound."""
    dtype = as_dtype(dtype).base_dtype
    if dtype not in (*FLOATS, int32, int64):
        raise ValueError(
            f"Invalid dtype {dtype!r}: random numbers are float16, float32, float64, int32 or int64"
        )
    if maxval is None and dtype.is_integer:
        raise ValueError(f"Must specify maxval for integer dtype {dtype!r}")
    return dtype, 1 if maxval is None else maxval


def check_dtype(parameter: str, dtype: DType, allowed: tuple[DType, ...]) -> None:
    if dtype not in allowed:
        names = ", ".join(known.name for known in allowed)
        raise DtypeProblem(
            f"Value passed to parameter '{parameter}' has DataType {dtype.name} not in list of "
            f"allowed values: {names}"
        )


# -- uniform and normal numbers --------------------------------------------------------------------


class RandomUniform(RandomOp):
    """Uniform numbers of [0, 1) in the given shape."""

    dtype: DType = float32

    def infer(self, shape: Spec) -> Spec:
        check_dtype("dtype", self.dtype, FLOATS)
        check_shape_operand(shape)
        return Spec(self.dtype, constant_shape(self.inputs[0]))

    def draw(self, stream: philox.Stream, shape: Any) -> tuple[philox.Stream, Any]:
        numbers, after = self.distribution(stream, sizes_of(shape), self.dtype.numpy)
        return after, numbers

    @staticmethod
    def distribution(stream: philox.Stream, shape: Any, dtype: Any) -> tuple[Any, philox.Stream]:
        """The numbers, and the sequence after them."""
        return philox.uniform(stream, shape, dtype)


class RandomStandardNormal(RandomUniform):
    """Numbers of the standard normal distribution in the given shape."""

    distribution = staticmethod(philox.normal)


class TruncatedNormal(RandomUniform):
    """Standard normal numbers, those beyond 2 drawn again."""

    distribution = staticmethod(philox.truncated_normal)


class RandomUniformInt(RandomOp):
    """Whole numbers of [minval, maxval) in the given shape."""

    def infer(self, shape: Spec, minval: Spec, maxval: Spec) -> Spec:
        check_shape_operand(shape)
        check_bounds(minval, maxval)
        return Spec(minval.dtype, constant_shape(self.inputs[0]))

    def draw(
        self, stream: philox.Stream, shape: Any, minval: Any, maxval: Any
    ) -> tuple[philox.Stream, Any]:
        numbers, after = whole_numbers(stream, shape, minval, maxval)
        return after, numbers


def whole_numbers(
    stream: philox.Stream, shape: Any, minval: Any, maxval: Any
) -> tuple[Any, philox.Stream]:
    """Whole numbers of [minval, maxval), and the sequence after them."""
    sizes = sizes_of(shape)
    if minval >= maxval and 0 not in sizes:
        raise Problem(f"Need minval < maxval, got {minval} >= {maxval}")
    return philox.uniform_int(stream, sizes, minval, maxval, minval.dtype)


def check_bounds(minval: Spec, maxval: Spec) -> None:
    for name, spec in (("minval", minval), ("maxval", maxval)):
        if spec.shape:
            raise Problem(
                f"{name} of integers must be a scalar, not of shape {show_shape(spec.shape)}"
            )


for _type in ("RandomUniform", "RandomStandardNormal", "TruncatedNormal", "RandomUniformInt"):
    NotDifferentiable(_type)


def random_uniform(
    shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = float32,
    seed: int | None = None, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Uniform random numbers of [minval, maxval).

    Args:
      shape: the shape of the result, a list or an integer vector.
      minval, maxval: the bounds, of `dtype`; floats may be arrays that broadcast with the result.
        `maxval` defaults to 1 for floats and has to be given for integers.
      dtype: float16, float32, float64, int32 or int64.
      seed: the op's seed, see `tf.set_random_seed`.

    Integers are not quite uniform unless maxval - minval is a power of two: they are remainders of
    random words.

    Raises:
      ValueError: for another dtype, or integers without `maxval`.

    >>> import tinyflow as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     session.run(tf.random_uniform([3], maxval=10, dtype=tf.int32, seed=1)).tolist()
    [7, 9, 3]
    """
    dtype, maxval = uniform_bounds(dtype, maxval)
    with name_scope(name, "random_uniform", [shape, minval, maxval]) as scope:
        sizes = shape_operand(shape)
        low = convert_to_tensor(minval, dtype, name="min")
        high = convert_to_tensor(maxval, dtype, name="max")
        seeds = _seeds(seed)
        if dtype.is_integer:
            return RandomUniformInt([sizes, low, high], name=scope, **seeds)
        numbers: Any = RandomUniform([sizes], dtype=dtype, **seeds)
        return add(numbers * (high - low), low, name=scope)


def random_normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = float32,
    seed: int | None = None, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Random numbers of the normal distribution.

    Args:
      shape: the shape of the result, a list or an integer vector.
      mean, stddev: of the distribution; arrays broadcast with the result.
      dtype: float16, float32 or float64.
      seed: the op's seed, see `tf.set_random_seed`.

    Raises:
      ValueError: for another dtype.
    """
    return _normal(RandomStandardNormal, "random_normal", shape, mean, stddev, dtype, seed, name)


def truncated_normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = float32,
    seed: int | None = None, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Random numbers of a normal distribution, those more than two `stddev` off drawn again.

    Args, errors: as for `tf.random_normal`.
    """
    return _normal(TruncatedNormal, "truncated_normal", shape, mean, stddev, dtype, seed, name)


def _normal(
    op_class: Any, default_name: str, shape: Any, mean: Any, stddev: Any, dtype: Any,
    seed: int | None, name: str | None,
) -> Tensor:  # fmt: skip
    dtype = as_dtype(dtype).base_dtype
    with name_scope(name, default_name, [shape, mean, stddev]) as scope:
        sizes = shape_operand(shape)
        mean = convert_to_tensor(mean, dtype, name="mean")
        stddev = convert_to_tensor(stddev, dtype, name="stddev")
        numbers = op_class([sizes], dtype=dtype, **_seeds(seed))
        return add(numbers * stddev, mean, name=scope)


# -- shuffling, cropping, choosing -----------------------------------------------------------------


class RandomShuffle(RandomOp):
    """The rows (along axis 0) of `value` in random order."""

    def infer(self, value: Spec) -> Spec:
        return value

    def draw(self, stream: philox.Stream, value: Any) -> tuple[philox.Stream, Any]:
        shuffled, after = philox.random_shuffle(stream, value)
        return after, shuffled


NotDifferentiable("RandomShuffle")


def random_shuffle(value: Any, seed: int | None = None, name: str | None = None) -> Tensor:
    """The rows (along axis 0) of `value` in random order, every order as likely as another.

    Args:
      value: a tensor of any shape and dtype.
      seed: the op's seed, see `tf.set_random_seed`.

    No gradient flows through it.

    >>> import tinyflow as tf
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     sorted(session.run(tf.random_shuffle([1, 2, 3])).tolist())
    [1, 2, 3]
    """
    return RandomShuffle([value], name=name, **_seeds(seed))


def random_crop(value: Any, size: Any, seed: int | None = None, name: str | None = None) -> Tensor:
    """A part of `value` of the given size, cut out at a random place.

    Args:
      value: a tensor.
      size: the size of the part along every axis of `value`; sizes that should not change are
        given in full.
      seed: the op's seed, see `tf.set_random_seed`.

    Raises:
      InvalidArgumentError: in a run, if `value` is smaller than `size`.
    """
    with name_scope(name, "random_crop", [value, size]) as scope:
        value = convert_to_tensor(value, name="value")
        size = convert_to_tensor(size, int32, name="size")
        whole = shape_of(value)
        fits = Assert(
            reduce_all(greater_equal(whole, size)),
            ["Need value.shape >= size, got ", whole, size],
            summarize=1000,
        )
        with control_dependencies([fits]):
            whole = identity(whole, name="control_dependency")
        limit = whole - size + 1
        places = random_uniform(shape_of(whole), 0, int32.max, int32, seed)
        return slice_of(value, places % limit, size, name=scope)


class Multinomial(RandomOp):
    """Random classes for each row of logits."""

    output_dtype: DType = int64

    def infer(self, logits: Spec, num_samples: Spec) -> Spec:
        return classes_spec(self, logits)

    def draw(
        self, stream: philox.Stream, logits: Any, num_samples: Any
    ) -> tuple[philox.Stream, Any]:
        classes, after = choose(stream, logits, num_samples, self.output_dtype)
        return after, classes


NotDifferentiable("Multinomial")


def classes_spec(op: Operation, logits: Spec) -> Spec:
    dtype = op.get_attr("output_dtype")
    check_dtype("output_dtype", dtype, (int32, int64))
    check_kind("logits", logits.dtype, "fiu")
    if logits.shape is not None and len(logits.shape) != 2:
        raise Problem(
            f"Shape must be rank 2 but is rank {len(logits.shape)}: logits have a row for each "
            "draw and a column for each class",
            "tf.expand_dims(logits, 0) for one row",
        )
    count = constant_value(op.inputs[1])
    rows = None if logits.shape is None else logits.shape[0]
    if count is not None and count < 0:
        raise Problem(f"num_samples should be nonnegative, got {count}")
    return Spec(dtype, (rows, None if count is None else int(count)))


def choose(
    stream: philox.Stream, logits: Any, num_samples: Any, dtype: DType
) -> tuple[Any, philox.Stream]:
    if logits.ndim != 2 or logits.shape[1] == 0:
        raise Problem(f"logits should be a matrix with a column for each class, not {logits.shape}")
    if num_samples < 0:
        raise Problem(f"num_samples should be nonnegative, got {num_samples}")
    return philox.multinomial(stream, logits, int(num_samples), dtype.numpy)


def multinomial(
    logits: Any, num_samples: Any, seed: int | None = None, name: str | None = None,
    output_dtype: Any = None,
) -> Tensor:  # fmt: skip
    """Random classes, drawn with the probabilities softmax(logits).

    Args:
      logits: a matrix of unnormalised log-probabilities, one row for each distribution.
      num_samples: how many classes to draw of each.
      seed: the op's seed, see `tf.set_random_seed`.
      output_dtype: int64 (the default) or int32.

    Returns:
      The classes, of shape (rows of logits, num_samples).
    """
    return _multinomial("multinomial", logits, num_samples, output_dtype, seed, name)


def random_categorical(
    logits: Any, num_samples: Any, dtype: Any = None, seed: int | None = None,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Random classes, drawn with the probabilities softmax(logits): `tf.random.categorical`.

    Args, result: as for `tf.multinomial`, whose `output_dtype` is `dtype` here.
    """
    return _multinomial("categorical", logits, num_samples, dtype, seed, name)


def _multinomial(
    default_name: str, logits: Any, num_samples: Any, dtype: Any, seed: int | None, name: str | None
) -> Tensor:
    with name_scope(name, default_name, [logits]):
        logits = convert_to_tensor(logits, name="logits")
        seeds = _seeds(seed)
        dtype = int64 if dtype is None else as_dtype(dtype).base_dtype
        return Multinomial([logits, num_samples], output_dtype=dtype, **seeds)


# -- gamma and Poisson -----------------------------------------------------------------------------


class RandomGamma(RandomOp):
    """Numbers of the gamma distributions with shape parameters `alpha`, in shape + alpha.shape."""

    def infer(self, shape: Spec, alpha: Spec) -> Spec:
        check_shape_operand(shape)
        check_kind("alpha", alpha.dtype, "f")
        return Spec(alpha.dtype, _joined_shape(constant_shape(self.inputs[0]), alpha.shape))

    def draw(self, stream: philox.Stream, shape: Any, alpha: Any) -> tuple[philox.Stream, Any]:
        numbers, after = philox.random_gamma(stream, sizes_of(shape), alpha)
        return after, numbers


def _joined_shape(left: Shape, right: Shape) -> Shape:
    return None if left is None or right is None else left + right


class RandomGammaGrad(Operation):
    """How a gamma number would change with its parameter, if it were drawn by inverting the cdf.

    From cdf(sample, alpha) = u with a fixed u:  d sample / d alpha = -(d cdf / d alpha) / density
    (M. Figurnov, S. Mohamed and A. Mnih, "Implicit reparameterization gradients", 2018).
    """

    same_dtype = True
    recordable = True

    def infer(self, alpha: Spec, sample: Spec) -> Spec:
        return sample

    def compute(self, alpha: Any, sample: Any) -> Any:
        x, a = np.broadcast_arrays(np.asarray(sample, np.float64), np.asarray(alpha, np.float64))
        # cdf = sum of t[n] = exp(-x) x**(a + n) / gamma(a + n + 1), and the derivative of t[n] with
        # respect to a is t[n] (log x - digamma(a + n + 1)). With density = t[0] a / x, and t[n]
        # relative to t[0]:
        #   d sample / d alpha = -x / a * sum of t[n] (log x - digamma(a + n + 1))
        term, slope = np.ones(x.shape), np.log(x) - _digamma(a + 1)
        total = np.where(x > 0, slope, 0.0)
        n = 0
        while n < 100_000 and (np.abs(term * slope) > 1e-17 * np.abs(total)).any():
            n += 1
            slope = slope - 1 / (a + n)
            term = term * (x / (a + n))
            total = total + np.where(x > 0, term * slope, 0.0)
        return (-x / a * total).astype(sample.dtype)


def _digamma(x: Any) -> Any:
    """digamma(x) for x >= 1: its asymptotic series, from x + 8 on."""
    shift = sum(1 / (x + k) for k in range(8))
    z = x + 8
    r = 1 / (z * z)
    return np.log(z) - 0.5 / z - r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r / 240))) - shift


NotDifferentiable("RandomGammaGrad")


@RegisterGradient("RandomGamma")
def _random_gamma_grad(op: Operation, grad: Tensor) -> Any:
    alpha = op.inputs[1]
    slope = RandomGammaGrad([alpha, op.outputs[0]])
    return None, unbroadcast(grad * slope, alpha)


class RandomPoissonV2(RandomOp):
    """Numbers of the Poisson distributions with the given rates, in shape + rate.shape."""

    dtype: DType = int64

    def infer(self, shape: Spec, rate: Spec) -> Spec:
        check_shape_operand(shape)
        check_dtype("dtype", self.dtype, (*FLOATS, int32, int64))
        check_kind("rate", rate.dtype, "fi")
        return Spec(self.dtype, _joined_shape(constant_shape(self.inputs[0]), rate.shape))

    def draw(self, stream: philox.Stream, shape: Any, rate: Any) -> tuple[philox.Stream, Any]:
        numbers, after = philox.random_poisson(stream, sizes_of(shape), rate, self.dtype.numpy)
        return after, numbers


NotDifferentiable("RandomPoissonV2")


def random_gamma(
    shape: Any, alpha: Any, beta: Any = None, dtype: Any = float32, seed: int | None = None,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Random numbers of gamma distributions.

    The density at x > 0 is proportional to `x**(alpha - 1) * exp(-beta * x)`.

    Args:
      shape: how many numbers to draw of each distribution.
      alpha: the shape parameters.
      beta: the rates, the reciprocals of scales (1 by default); broadcast with `alpha`.
      dtype: of the parameters and the result: float16, float32 or float64.
      seed: the op's seed, see `tf.set_random_seed`.

    Returns:
      A tensor of shape `shape + (alpha + beta).shape`.  Gradients flow to both parameters: how the
      numbers would move with the parameters.
    """
    with name_scope(name, "random_gamma", [shape, alpha, beta]):
        sizes = convert_to_tensor(shape, int32, name="shape")
        alpha = convert_to_tensor(alpha, dtype, name="alpha")
        beta = convert_to_tensor(1.0 if beta is None else beta, dtype, name="beta")
        full = alpha + zeros_like(beta)
        numbers: Any = RandomGamma([sizes, full], **_seeds(seed))
        # The smallest positive number: a gamma number is never 0, but may be too small to be told.
        smallest = np.finfo(alpha.dtype.numpy).tiny
        return maximum(smallest, numbers / beta)


def random_poisson(
    lam: Any, shape: Any, dtype: Any = float32, seed: int | None = None, name: str | None = None
) -> Tensor:
    """Random numbers of Poisson distributions.

    Args:
      lam: the rates: how many events are to be expected.
      shape: how many numbers to draw of each distribution.
      dtype: of the result: float16, float32, float64, int32 or int64.
      seed: the op's seed, see `tf.set_random_seed`.

    Returns:
      A tensor of shape `shape + lam.shape`.
    """
    with name_scope(name, "random_poisson", [lam, shape]):
        sizes = convert_to_tensor(shape, int32, name="shape")
        seeds = _seeds(seed)
        dtype = as_dtype(dtype).base_dtype
        return RandomPoissonV2([sizes, lam], dtype=dtype, **seeds)
