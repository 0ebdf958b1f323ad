"""TensorFlow 1.15's random numbers, in NumPy: same seeds, same numbers.

**Philox4x32-10** (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
SC 2011) is a generator without a state to walk: it is a keyed function, a small block cipher,

    block = philox(key, counter)          64-bit key, 128-bit counter -> four 32-bit words

and counting 0, 1, 2, ... gives the random sequence. Any place of the sequence can be had without
the places before it, so NumPy computes all blocks of a tensor at once. One of the ten rounds takes
the counter as four words c0..c3 and the key as two words k0, k1:

    hi0:lo0 = 0xD2511F53 * c0             32 x 32 -> 64 bits, high and low half
    hi1:lo1 = 0xCD9E8D57 * c2
    c0, c1, c2, c3 = hi1 ^ c1 ^ k0,  lo1,  hi0 ^ c3 ^ k1,  lo0
    k0, k1 = k0 + 0x9E3779B9,  k1 + 0xBB67AE85                                 modulo 2**32

**How TensorFlow uses it.** Every random operation has two seeds (`get_seed` says which). In each
Session it owns one sequence: the key is `seed`, the counter's upper half is `seed2`, the lower half
counts blocks from zero. A run takes what it needs from the sequence and then moves on by a
*reserved* number of blocks, which is generous, because some distributions reject and redraw:

    uniform, normal, truncated_normal,    256 blocks for each element of the output
      gamma, poisson
    multinomial                           512 for each, samples rounded up to a multiple of 4
    random_shuffle of n rows              ceil((n - 1) / 4), four words each

So a second run gives other numbers than the first, and a new Session the same numbers again. Here
that state is a value, a `Stream`, and all functions are pure: each takes a Stream and returns the
numbers together with the Stream for the next run.

**How words become numbers.** The low 23 bits of a word are put into the mantissa of a float of
[1, 2), and 1 is subtracted: uniform on [0, 1). Two uniforms u, v become two normals by Box and
Muller, `sqrt(-2 log u) * sin(2 pi v)` and `... * cos(2 pi v)`. Where a distribution redraws,
every group of outputs has a substream of its own, so that no group depends on another's luck.

**How exact.** Integers, uniforms, shuffles, and normals of 16 and 32 bits are TensorFlow's to the
last bit, on every machine: only IEEE operations are used, which round one way. (TensorFlow asks
the C library for float32 log, sin and cos. We compute what glibc has computed since 2.28; with
another C library TensorFlow's own normals differ in their last bits.) Normals of 64 bits and gammas
use NumPy's log, sin, cos and power, which may differ in the last bits. Multinomial and Poisson
numbers come from comparing such values: a difference is possible, but not to be expected (except
for Poisson rates beyond 1e12, whose probabilities are lost in rounding, in TensorFlow too).
"""

import math
import secrets
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

__all__ = [
    "Stream",
    "get_seed",
    "multinomial",
    "normal",
    "open_stream",
    "random_gamma",
    "random_poisson",
    "random_shuffle",
    "stateless_stream",
    "truncated_normal",
    "uniform",
    "uniform_int",
    "words",
]

Array: TypeAlias = NDArray[Any]
Words: TypeAlias = NDArray[np.uint32]
Index: TypeAlias = NDArray[np.uint64]
Doubles: TypeAlias = NDArray[np.float64]

_RESERVED = 256  # blocks a run reserves for one output element
_CHUNK = 8192  # blocks computed at once: the arrays stay in the processor's cache


# ---- Seeds and streams -------------------------------------------------------------------------

_DEFAULT_GRAPH_SEED = 87654321
_MAX_INT32 = 2**31 - 1


def get_seed(
    graph_seed: int | None, op_seed: int | None, last_op_id: int
) -> tuple[int, int] | tuple[None, None]:
    """The two seeds of an operation, from the graph's seed and its own.

    With a graph seed but no `op_seed`, the latter is `last_op_id`, the number of operations in
    the graph when this one is made (after its shape, bounds, mean or the like became constants):
    the numbers then change when anything is added before it. With neither, the result is
    (None, None): other numbers in every Session.
    """
    if graph_seed is None and op_seed is None:
        return None, None
    first = _DEFAULT_GRAPH_SEED if graph_seed is None else graph_seed % _MAX_INT32
    second = (last_op_id if op_seed is None else op_seed) % _MAX_INT32
    # To the kernels, (0, 0) would mean "not seeded".
    return (0, _MAX_INT32) if (first, second) == (0, 0) else (first, second)


class Stream(NamedTuple):
    """The random sequence of one operation in one Session, and how far it has been used.

    seed: the key, 64 bits.  seed2: the upper half of the counter.  block: the lower half, the
    next block that is free.
    """

    seed: int
    seed2: int
    block: int = 0

    def skip(self, blocks: int) -> "Stream":
        """The stream that many blocks further on."""
        return self._replace(block=self.block + blocks)


def open_stream(seed: int | None, seed2: int | None) -> Stream:
    """The stream of an operation with these seeds in a new Session, at its beginning.

    Without seeds (both None or 0) every call gives another stream.
    """
    if not seed and not seed2:
        return Stream(secrets.randbits(64), secrets.randbits(64))
    return Stream(int(seed or 0), int(seed2 or 0))


def stateless_stream(seed: int, seed2: int) -> Stream:
    """The stream of TensorFlow's `stateless_*` functions with `seed=[seed, seed2]`.

    The seeds are first enciphered under a fixed key, so that near seeds give unrelated streams.
    """
    scramble = Stream(0x02461E293EC8F720, int(seed2), int(seed))
    c0, c1, c2, c3 = _blocks(scramble, np.zeros(1, np.uint64))[0].tolist()
    return Stream(c0 | c1 << 32, c2 | c3 << 32)


# ---- Philox ------------------------------------------------------------------------------------

_MULTIPLIERS = np.array([[0xD2511F53], [0xCD9E8D57]], np.uint64)
_KEY_STEPS = np.array([[[r * 0x9E3779B9], [r * 0xBB67AE85]] for r in range(10)], np.uint64)


def _blocks(stream: Stream, index: Index) -> Words:
    """The blocks `stream.block + index`: n indices -> (n, 4) words.

    A 64-bit integer holds a pair of words: the rows of z are c0:c1 and c2:c3. A round is then

        z = (products of z's upper words, rows exchanged) ^ (z << 32) ^ (key << 32)
    """
    counter = index + np.uint64(stream.block % 2**64)  # no stream uses up 2**64 blocks
    z, product = np.empty((2, 2, len(index)), np.uint64)
    z[0] = counter << 32 | counter >> 32
    z[1] = (stream.seed2 << 32 | stream.seed2 >> 32 & 0xFFFFFFFF) % 2**64
    exchanged = product[::-1]
    key = np.array([[stream.seed % 2**32], [stream.seed >> 32 & 0xFFFFFFFF]], np.uint64)
    for shifted_key in _KEY_STEPS + key << 32:
        np.right_shift(z, 32, out=product)
        product *= _MULTIPLIERS
        z <<= 32
        z ^= exchanged
        z ^= shifted_key
    block = np.empty((len(index), 4), np.uint32)
    block[:, 0::2], block[:, 1::2] = (z >> 32).T, z.T  # stored modulo 2**32
    return block


def _dimensions(shape: Sequence[int]) -> tuple[int, ...]:
    dimensions = tuple(int(n) for n in shape)
    if any(n < 0 for n in dimensions):
        raise ValueError(f"Dimensions of a shape must be >= 0, got {dimensions}.")
    return dimensions


def _fill(
    shape: Sequence[int], dtype: DTypeLike, width: int, group: Callable[[Index], Array]
) -> Array:
    """An array made of groups of `width` numbers: `group` maps n group indices to (n, width)."""
    shape = _dimensions(shape)
    size = math.prod(shape)
    groups = -(-size // width)  # the last group may be cut off
    out = np.empty((groups, width), dtype)
    for start in range(0, groups, _CHUNK):
        index = np.arange(start, min(start + _CHUNK, groups), dtype=np.uint64)
        out[start : start + len(index)] = group(index)
    return out.reshape(-1)[:size].reshape(shape)


def words(stream: Stream, n: int) -> Words:
    """The next `n` 32-bit words of the stream, shape (n,), without moving it."""
    return _fill([n], np.uint32, 4, lambda index: _blocks(stream, index))


# ---- Uniform numbers ---------------------------------------------------------------------------
# Random bits become the mantissa of a number of [1, 2), from which 1 is subtracted exactly.


def _unit16(block: Words) -> Array:
    mantissa = (block & 0x3FF).astype(np.uint16)
    return (mantissa | np.uint16(0x3C00)).view(np.float16) - np.float16(1)


def _unit32(block: Words) -> Array:
    return (block & np.uint32(0x7FFFFF) | np.uint32(0x3F800000)).view(np.float32) - np.float32(1)


def _unit64(block: Words) -> Doubles:
    """A word gives the upper 20 bits, the next one the lower 32: four words, two numbers."""
    upper = (block[:, 0::2] & 0xFFFFF).astype(np.uint64) << 32
    mantissa = upper | block[:, 1::2] | np.uint64(0x3FF << 52)
    return np.asarray(mantissa.view(np.float64) - 1.0)


_Transform: TypeAlias = tuple[int, Callable[[Words], Array]]  # words of a block -> width numbers

_UNIFORM: dict[str, _Transform] = {
    "float16": (4, _unit16),
    "float32": (4, _unit32),
    "float64": (2, _unit64),
}


def _transform(table: dict[str, _Transform], dtype: DTypeLike) -> _Transform:
    name = np.dtype(dtype).name
    if name not in table:
        raise TypeError(f"dtype must be one of {', '.join(table)}, got {name}.")
    return table[name]


def uniform(
    stream: Stream, shape: Sequence[int], dtype: DTypeLike = np.float32
) -> tuple[Array, Stream]:
    """Uniform numbers of [0, 1), and the stream after them (TensorFlow's op RandomUniform).

    dtype: float16, float32 or float64 (10, 23, 52 random bits), else TypeError. A negative
    dimension in `shape` is a ValueError.
    """
    width, unit = _transform(_UNIFORM, dtype)
    out = _fill(shape, dtype, width, lambda index: unit(_blocks(stream, index)))
    return out, stream.skip(_RESERVED * out.size)


def _words64(block: Words) -> Index:
    """Two words make an integer of 64 bits, the lower half first."""
    return np.asarray(block[:, 0::2] | block[:, 1::2].astype(np.uint64) << 32)


_INTEGERS: dict[str, _Transform] = {"int32": (4, lambda block: block), "int64": (2, _words64)}


def uniform_int(
    stream: Stream, shape: Sequence[int], minval: int, maxval: int, dtype: DTypeLike = np.int32
) -> tuple[Array, Stream]:
    """Integers of [minval, maxval), and the stream after them (op RandomUniformInt).

    They are `minval + word % (maxval - minval)`, so not quite uniform unless the range is a power
    of two. dtype: int32 or int64, else TypeError. A bound that dtype cannot hold, a negative
    dimension and, unless the result is empty, minval >= maxval are ValueErrors.
    """
    width, integers = _transform(_INTEGERS, dtype)
    minval, maxval = int(minval), int(maxval)
    limits = np.iinfo(np.dtype(dtype))
    if not (limits.min <= minval <= limits.max and limits.min <= maxval <= limits.max):
        raise ValueError(f"Bounds must fit into {limits.dtype}, got {minval} and {maxval}.")
    if minval >= maxval and math.prod(_dimensions(shape)) > 0:
        raise ValueError(f"Need minval < maxval, got {minval} >= {maxval}.")
    unsigned = np.uint32 if limits.bits == 32 else np.uint64
    # Modulo 2**bits, where a range that overflows the signed type is still right.
    low, span = unsigned(minval % 2**limits.bits), unsigned(max(maxval - minval, 1))

    def group(index: Index) -> Array:
        return (low + integers(_blocks(stream, index)) % span).view(limits.dtype)

    out = _fill(shape, dtype, width, group)
    return out, stream.skip(_RESERVED * out.size)


# ---- Normal numbers ----------------------------------------------------------------------------
# glibc computes float32 log, sin and cos by short polynomials in float64, rounded once. They are
# within 0.82 and 0.56 units in the last place: mostly the nearest float32, but in one case of a
# hundred its neighbour. The same polynomials here give the same floats for each of the 2**23
# uniforms there are. Their coefficients, like glibc's, are those of Arm's Optimized Routines (MIT).

_OFFSET = 0x3F330000  # float32 0.699 as an integer: the z below are of [0.699, 1.398)
_CENTER = np.array([_OFFSET + (2 * i + 1 << 18) for i in range(16)], np.int32).view(np.float32)
_CENTER[9:11] = 1.0, 1.0534234  # for log(1) = 0, and relative precision around it
_INVERSE = 1 / _CENTER.astype(np.float64)
_LOG_CENTER = np.array([math.log(c) for c in _CENTER.tolist()])


def _log32(x: Array) -> Array:
    """log x of positive float32.

    x = 2**k z, and c is the middle of that sixteenth of z's interval where z is. Then r = z/c - 1
    is small, and  log x = k log 2 + log c + log(1 + r),  the last by a polynomial of degree 4.
    """
    bits = x.view(np.int32) - np.int32(_OFFSET)
    k, i = bits >> 23, bits >> 19 & 15
    z = (np.int32(_OFFSET) + (bits & 0x7FFFFF)).view(np.float32)
    r = z * _INVERSE[i] - 1.0
    square = r * r
    tail = -0.25089342214237154 * square + (0.333456765744066 * r - 0.4999997485802103)
    log: Array = tail * square + (_LOG_CENTER[i] + k * math.log(2) + r)
    return log.astype(np.float32)


_SIN_SIGN = np.array([1.0, 1.0, -1.0, -1.0, 1.0])  # by quadrant; 2 pi itself is in the fifth
_COS_SIGN = np.array([1.0, -1.0, -1.0, 1.0, 1.0])


def _sin_cos32(x: Array) -> tuple[Array, Array]:
    """sin x and cos x of float32 of [0, 2 pi].

    x = n pi/2 + r with |r| <= pi/4, where polynomials of degree 7 and 8 serve; in odd quadrants
    sin and cos change places.
    """
    n = (x.astype(np.float64) * (2 / np.pi) + 0.5).astype(np.intp)
    r = x - n * (np.pi / 2)
    r2 = r * r
    r4 = r2 * r2
    sin = r + r2 * r * -0.16666654943701084
    sin += r4 * r * (0.008332178146138854 - 0.00019517298981385725 * r2)
    cos = 1.0 - 0.49999999725108224 * r2 + r4 * 0.041666623324344516
    cos += r4 * r2 * (-0.001388676379437604 + 2.4390450703564542e-05 * r2)
    odd = (n & 1).astype(np.bool_)
    sin, cos = np.where(odd, cos, sin) * _SIN_SIGN[n], np.where(odd, sin, cos) * _COS_SIGN[n]
    return sin.astype(np.float32), cos.astype(np.float32)


def _normals32(block: Words) -> Array:
    """Box-Muller in float32: of two words, the first gives the radius, the second the angle."""
    u, v = _unit32(block[:, 0::2]), _unit32(block[:, 1::2])
    radius = np.sqrt(np.float32(-2) * _log32(np.maximum(u, np.float32(1e-7))))
    sin, cos = _sin_cos32((2 * np.pi * v.astype(np.float64)).astype(np.float32))
    out = np.empty(block.shape, np.float32)
    np.multiply(sin, radius, out=out[:, 0::2])
    np.multiply(cos, radius, out=out[:, 1::2])
    return out


def _normals64(block: Words) -> Doubles:
    """Box-Muller in float64: a block gives one radius and one angle, so two numbers."""
    u, v = _unit64(block).T
    radius = np.sqrt(-2.0 * np.log(np.maximum(u, 1e-7)))
    angle = 2 * np.pi * v
    return np.stack([np.sin(angle) * radius, np.cos(angle) * radius], axis=1)


_NORMAL: dict[str, _Transform] = {
    "float16": (4, _normals32),  # rounded to float16 at the very end
    "float32": (4, _normals32),
    "float64": (2, _normals64),
}


def normal(
    stream: Stream, shape: Sequence[int], dtype: DTypeLike = np.float32
) -> tuple[Array, Stream]:
    """Numbers of the standard normal distribution, and the stream after them
    (op RandomStandardNormal).

    dtype: float16, float32 or float64, else TypeError. A negative dimension is a ValueError.
    """
    width, normals = _transform(_NORMAL, dtype)
    out = _fill(shape, dtype, width, lambda index: normals(_blocks(stream, index)))
    return out, stream.skip(_RESERVED * out.size)


def truncated_normal(
    stream: Stream, shape: Sequence[int], dtype: DTypeLike = np.float32
) -> tuple[Array, Stream]:
    """Standard normal numbers of (-2, 2), and the stream after them (op TruncatedNormal).

    dtype: float16, float32 or float64, else TypeError. A negative dimension is a ValueError. (A
    float16 may be rounded to 2.)
    """
    width, normals = _transform(_NORMAL, dtype)
    apart = np.uint64(_RESERVED * width // 4)  # blocks from one group's substream to the next

    def group(index: Index) -> Array:
        return _inside_two(stream, index * apart, normals)

    out = _fill(shape, dtype, width, group)
    return out, stream.skip(_RESERVED * out.size)


def _inside_two(stream: Stream, first: Index, normals: Callable[[Words], Array]) -> Array:
    """For each group the first normals of (-2, 2) in its substream, which begins at `first`.

    One block is enough for five groups of six. The others look at 2, 4, 8, ... blocks at once.
    """
    out = normals(_blocks(stream, first))
    groups = np.flatnonzero((np.abs(out) >= 2).any(axis=1))
    count = 1
    while groups.size:
        count *= 2
        index = np.add.outer(first[groups], np.arange(count, dtype=np.uint64))
        candidates = normals(_blocks(stream, index.ravel())).reshape(groups.size, -1)
        inside = np.abs(candidates) < 2
        chosen = np.argsort(~inside, axis=1, kind="stable")[:, : out.shape[1]]
        out[groups] = np.take_along_axis(candidates, chosen, axis=1)
        groups = groups[inside.sum(axis=1) < out.shape[1]]
    return out


# ---- Shuffling and choosing --------------------------------------------------------------------


def random_shuffle(stream: Stream, value: ArrayLike) -> tuple[Array, Stream]:
    """`value` with its rows (axis 0) in random order, and the stream after it (op RandomShuffle).

    Any shape and dtype. With fewer than two rows, or nothing in them, the stream does not move.
    """
    value = np.array(value)
    if value.size <= 1 or len(value) <= 1:
        return value, stream
    n = len(value)
    # Row i changes places with a row of those from i on, which settles row i.
    partners = np.arange(n - 1) + words(stream, n - 1) % np.arange(n, 1, -1)
    order = list(range(n))
    for i, j in enumerate(partners.tolist()):
        order[i], order[j] = order[j], order[i]
    return value[order], stream.skip(-(-(n - 1) // 4))


def multinomial(
    stream: Stream, logits: ArrayLike, num_samples: int, dtype: DTypeLike = np.int64
) -> tuple[Array, Stream]:
    """Random classes, chosen with probabilities softmax(logits), and the stream after them
    (op Multinomial).

    logits: floats of shape (batch, classes). The result has shape (batch, num_samples) and the
    given integer dtype. Logits that are not finite are never chosen; a row without any finite one
    gives `classes`, which is out of range, as in TensorFlow. Logits of another rank, no classes,
    or num_samples < 0 are ValueErrors.

    TensorFlow splits a large batch over threads and then returns numbers that depend on how many
    there are; these are the numbers of one thread.
    """
    logits = np.asarray(logits)
    if logits.ndim != 2:
        raise ValueError(f"logits should be a matrix, got shape {logits.shape}")
    if num_samples < 0:
        raise ValueError(f"num_samples should be nonnegative, got {num_samples}")
    if logits.shape[1] == 0:
        raise ValueError("num_classes should be positive, got 0")
    batch = len(logits)
    cumulated = _cumulated_softmax(logits.astype(np.float64))
    draws = _fill([batch, num_samples], np.float64, 2, lambda i: _unit64(_blocks(stream, i)))
    out = np.empty((batch, num_samples), dtype)
    for row, steps, targets in zip(out, cumulated, draws * cumulated[:, -1:], strict=True):
        row[:] = np.searchsorted(steps, targets, side="right")
    return out, stream.skip(_RESERVED * batch * 2 * (-(-num_samples // 4) * 4))


def _cumulated_softmax(logits: Doubles) -> Doubles:
    """Row by row, the running sums of exp(logit), up to a factor; not finite logits count 0."""
    finite = np.isfinite(logits)
    highest = logits.max(axis=1, keepdims=True, where=finite, initial=np.finfo(np.float64).min)
    weights = np.exp(np.where(finite, logits - highest, -np.inf))
    return np.asarray(weights.cumsum(axis=1))


# ---- Gamma and Poisson -------------------------------------------------------------------------
# Each output has a substream of its own, 256 blocks long. All outputs of a chunk advance together;
# `rows` or `busy` are those that have not accepted a number yet.


class _Substreams:
    """The substreams of n outputs: each a sequence of blocks, and of uniform float64 made of them.

    A block gives two uniforms; TensorFlow takes the second one first.
    """

    def __init__(self, stream: Stream, index: Index) -> None:
        self.stream = stream
        self.block = index * np.uint64(_RESERVED)
        self.pair = np.empty((len(index), 2))
        self.left = np.zeros(len(index), np.intp)

    def blocks(self, rows: NDArray[np.intp]) -> Words:
        """The next block of each of these substreams."""
        block = _blocks(self.stream, self.block[rows])
        self.block[rows] += np.uint64(1)
        return block

    def uniforms(self, rows: NDArray[np.intp]) -> Doubles:
        """The next uniform number of each of these substreams."""
        empty = rows[self.left[rows] == 0]
        self.pair[empty] = _unit64(self.blocks(empty))
        self.left[empty] = 2
        self.left[rows] -= 1
        return np.asarray(self.pair[rows, self.left[rows]])


def _per_parameter(
    shape: Sequence[int],
    parameter: Array,
    dtype: DTypeLike,
    sample: Callable[[Index, Doubles], Array],
) -> Array:
    """Samples of shape `shape + parameter.shape`; TensorFlow numbers them parameter by parameter.

    `sample` maps n indices and their n parameters to n numbers.
    """
    flat = parameter.reshape(-1).astype(np.float64)
    each = math.prod(_dimensions(shape))

    def group(index: Index) -> Array:
        return sample(index, flat[index // np.uint64(each)])[:, None]

    out = _fill([flat.size, *shape], dtype, 1, group)
    return np.moveaxis(out, 0, -1).reshape((*shape, *parameter.shape))


def random_gamma(stream: Stream, shape: Sequence[int], alpha: ArrayLike) -> tuple[Array, Stream]:
    """Numbers of the gamma distributions with shape parameters `alpha` and scale 1, and the
    stream after them (op RandomGamma).

    alpha: float16, float32 or float64 (else TypeError) of any shape. The result has shape
    `shape + alpha.shape` and alpha's dtype. A negative dimension is a ValueError.
    """
    alpha = np.asarray(alpha)
    _transform(_NORMAL, alpha.dtype)

    def sample(index: Index, a: Doubles) -> Array:
        numbers = _gammas(_Substreams(stream, index), a)
        # TensorFlow's conversion of float64 to float16 goes by way of float32.
        return numbers if alpha.dtype == np.float64 else numbers.astype(np.float32)

    with np.errstate(all="ignore"):  # alpha <= 0, infinite or NaN has no meaning, but a result
        out = _per_parameter(shape, alpha, alpha.dtype, sample)
    return out, stream.skip(_RESERVED * out.size)


def _gammas(draws: _Substreams, alpha: Doubles) -> Doubles:
    """Marsaglia and Tsang, "A simple method for generating gamma variables" (2000).

    With d = alpha - 1/3, c = 1/(3 sqrt d) and x normal, d (1 + c x)**3 is nearly gamma, and is
    accepted with a probability that makes it exactly so. Below alpha = 1, a number for alpha + 1
    times uniform**(1/alpha) will do; at alpha = 1, -log(1 - uniform).
    """
    small = alpha < 1
    d = alpha + np.where(small, 2 / 3, -1 / 3)
    c = 1 / 3 / np.sqrt(d)
    out = np.empty(len(alpha))
    done = alpha == 1
    exponential = np.flatnonzero(done)
    out[exponential] = -np.log1p(-draws.uniforms(exponential))
    rows = np.flatnonzero(~done)
    normals = np.empty((len(alpha), 2))
    which = 0  # a block gives two normals; TensorFlow takes the second one first
    while rows.size:
        if which == 0:
            normals[rows] = _normals64(draws.blocks(rows))
        which = 1 - which
        x = normals[rows, which]
        v = 1 + c[rows] * x
        positive = ~(v <= 0)
        tried, x, v = rows[positive], x[positive], v[positive]
        v = v * v * v
        u = draws.uniforms(tried)
        taken = u < 1 - 0.0331 * (x * x) * (x * x)  # a bound that spares most the logarithms
        taken |= np.log(u) < 0.5 * x * x + d[tried] * (1 - v + np.log(v))
        out[tried[taken]] = d[tried[taken]] * v[taken]
        boosted = tried[taken & small[tried]]
        out[boosted] *= draws.uniforms(boosted) ** (1 / alpha[boosted])
        done[tried[taken]] = True
        rows = rows[~done[rows]]
    return out


def random_poisson(
    stream: Stream, shape: Sequence[int], rate: ArrayLike, dtype: DTypeLike = np.float32
) -> tuple[Array, Stream]:
    """Numbers of the Poisson distributions with these rates, and the stream after them
    (op RandomPoissonV2).

    rate: numbers of any shape. The result has shape `shape + rate.shape` and the given dtype:
    float16, float32, float64, int32 or int64, else TypeError. A rate that is NaN or more than
    dtype can hold (where TensorFlow runs forever) and a negative dimension are ValueErrors.
    """
    rate = np.asarray(rate, np.float64)
    _transform(_UNIFORM | _INTEGERS, dtype)
    kind: np.dtype[Any] = np.dtype(dtype)
    highest = float(np.finfo(kind).max if kind.kind == "f" else np.iinfo(kind).max)
    if not np.all(rate <= highest):
        raise ValueError(f"Rates must be at most {highest:g}, the highest {kind}.")

    def sample(index: Index, rates: Doubles) -> Array:
        draws = _Substreams(stream, index)
        out = np.empty(len(index))
        few, many = np.flatnonzero(rates < 10), np.flatnonzero(rates >= 10)
        out[few] = _count_arrivals(draws, few, rates[few])
        out[many] = _poissons(draws, many, rates[many], highest)
        return out

    with np.errstate(all="ignore"):
        out = _per_parameter(shape, rate, kind, sample)
    return out, stream.skip(_RESERVED * out.size)


def _count_arrivals(draws: _Substreams, rows: NDArray[np.intp], rate: Doubles) -> Doubles:
    """Knuth: how many uniforms can be multiplied before the product is at most exp(-rate)."""
    bound = np.exp(-rate)
    product = np.ones(len(rows))
    count = np.full(len(rows), -1.0)
    busy = np.arange(len(rows))
    while busy.size:
        product[busy] *= draws.uniforms(rows[busy])
        count[busy] += 1
        busy = busy[product[busy] > bound[busy]]
    return count


def _poissons(draws: _Substreams, rows: NDArray[np.intp], rate: Doubles, highest: float) -> Doubles:
    """Hoermann, "The transformed rejection method for generating Poisson variables" (1993).

    k = floor((2 a / (1/2 - |u|) + b) u + rate + 0.43), u of [-1/2, 1/2), is nearly Poisson; a
    second uniform v decides whether it is accepted. The names are his.
    """
    b = 0.931 + 2.53 * np.sqrt(rate)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    out = np.empty(len(rows))
    busy = np.arange(len(rows))
    while busy.size:
        mu, a_, b_ = rate[busy], a[busy], b[busy]
        u = draws.uniforms(rows[busy]) - 0.5
        v = draws.uniforms(rows[busy])
        us = 0.5 - np.abs(u)
        k = np.floor((2 * a_ / us + b_) * u + mu + 0.43)
        surely = (us >= 0.07) & (v <= 0.9277 - 3.6224 / (b_ - 2))
        hopeless = (k < 0) | ((us < 0.013) & (v > us))
        weight = np.log(v * inverse_alpha[busy] / (a_ / (us * us) + b_))
        likely = weight <= -mu + k * np.log(mu) - _log_factorial(np.maximum(k, 0))
        taken = (k <= highest) & (surely | (~hopeless & likely))
        out[busy[taken]] = k[taken]
        busy = busy[~taken]
    return out


_LOG_FACTORIALS = np.array([math.lgamma(k + 1.0) for k in range(64)])


def _log_factorial(k: Doubles) -> Doubles:
    """log k! of whole numbers: a table, and from 64 on Stirling's series."""
    z = np.maximum(k, 1)
    series = (1 / 12 - (1 / 360 - 1 / (1260 * z * z)) / (z * z)) / z
    stirling = (z + 0.5) * np.log(z) - z + 0.5 * math.log(2 * np.pi) + series
    return np.where(k < 64, _LOG_FACTORIALS[np.minimum(k, 63).astype(np.intp)], stirling)
