"""Rows of conversion.py, arithmetic.py, functions.py, powers.py and bitwise.py in tinyflow/ops."""

import cmath
import math

import numpy as np

import tinyflow as tf
from tests.rows import Row, normal, positive
from tinyflow.ops import bitwise, elementwise as ew


def each(function):
    """A function of Python's numbers as one of arrays."""
    return np.vectorize(function, otypes=[np.float64])


def between(low, high, *shape, seed=0):
    return np.random.default_rng([seed, *shape]).uniform(low, high, shape)


MIXED = np.array([-2.7, -1.2, -0.4, 0.3, 1.6, 2.2])  # no kink of any function here
INTS = np.array([[7, -7, 8], [-8, 9, -1]], np.int32)
DIVISORS = np.array([2, -3, 3], np.int32)
Z = normal(4, seed=1) + 1j * normal(4, seed=2)
EMPTY = np.zeros((0, 3))


def c_quotient(x, y):
    """What C's x / y is for ints."""
    pairs = np.broadcast(x, y)
    return np.array([math.trunc(a / b) for a, b in pairs]).reshape(pairs.shape)


def c_remainder(x, y):
    return x - y * c_quotient(x, y)


FUNCTIONS = [  # op type, function, inputs, reference, for each element
    ("Abs", ew.abs, MIXED, lambda x: x if x > 0 else -x),
    ("Sign", ew.sign, MIXED, lambda x: 1 if x > 0 else -1),
    ("Neg", ew.negative, MIXED, lambda x: 0 - x),
    ("Square", ew.square, MIXED, lambda x: x**2),
    ("Reciprocal", ew.reciprocal, MIXED, lambda x: 1 / x),
    ("Sqrt", ew.sqrt, positive(2, 3), math.sqrt),
    ("Rsqrt", ew.rsqrt, positive(2, 3), lambda x: 1 / math.sqrt(x)),
    ("Exp", ew.exp, MIXED, math.exp),
    ("Expm1", ew.expm1, MIXED, math.expm1),
    ("Log", ew.log, positive(5), math.log),
    ("Log1p", ew.log1p, positive(5) - 1.2, math.log1p),
    ("Sin", ew.sin, MIXED, math.sin),
    ("Cos", ew.cos, MIXED, math.cos),
    ("Tan", ew.tan, between(-1.2, 1.2, 5), math.tan),
    ("Asin", ew.asin, between(-0.9, 0.9, 5), math.asin),
    ("Acos", ew.acos, between(-0.9, 0.9, 5), math.acos),
    ("Atan", ew.atan, MIXED, math.atan),
    ("Sinh", ew.sinh, MIXED, math.sinh),
    ("Cosh", ew.cosh, MIXED, math.cosh),
    ("Tanh", ew.tanh, MIXED, math.tanh),
    ("Asinh", ew.asinh, MIXED, math.asinh),
    ("Acosh", ew.acosh, positive(5) + 1, math.acosh),
    ("Atanh", ew.atanh, between(-0.9, 0.9, 5), math.atanh),
    ("Sigmoid", ew.sigmoid, MIXED, lambda x: 1 / (1 + math.exp(-x))),
    ("Sigmoid", ew.sigmoid, np.array([-800.0, -40.0, 40.0]), lambda x: math.exp(min(x, 0))),
    ("Floor", ew.floor, MIXED, math.floor),
    ("Ceil", ew.ceil, MIXED, math.ceil),
    ("Rint", ew.rint, MIXED, round),
    ("Round", ew.round, np.array([0.5, 1.5, 2.5, -0.5, -1.2]), round),
]  # fmt: skip
STEPS = ("Round", "Sign")  # for some of whose inputs differences are no derivatives

ROWS = [
    *[
        Row(op_type, function, [x], each(reference), differentiate=op_type not in STEPS)
        for op_type, function, x, reference in FUNCTIONS
    ],
    *[
        Row(op_type, function, [x], each(reference))
        for op_type, function, _, reference in FUNCTIONS[:10]
        for x in (np.array(1.3), EMPTY)
    ],
    # -- arithmetic
    Row("Add", ew.add, [normal(2, 3), normal(3)], np.add),
    Row(
        "Add",
        ew.add,
        [np.array([b"a", b"b"], object), np.array(b"x", object)],
        lambda x, y: np.array([b"ax", b"bx"], object),
    ),
    Row("AddV2", lambda x, y: x + y, [normal(2, 1), normal(3)], np.add),
    Row("Sub", lambda x, y: x - y, [normal(2, 1), normal(2, 3)], lambda x, y: x + -1 * y),
    Row("Sub", ew.subtract, [EMPTY, normal(3)], lambda x, y: x + -1 * y),
    Row("Mul", ew.multiply, [normal(2, 3), normal()], np.multiply),
    Row("Mul", lambda x: x * x, [normal(2, 3)], np.square),
    Row(
        "MulNoNan",
        ew.multiply_no_nan,
        [np.array([[np.inf, 2, 3]]), np.array([[0.0, 4, 5]])],
        lambda x, y: np.array([[0, 8, 15.0]]),
        differentiate=False,
    ),
    Row("MulNoNan", ew.multiply_no_nan, [normal(2, 1), normal(3)], np.multiply),
    Row(
        "SquaredDifference",
        ew.squared_difference,
        [normal(2, 3), normal(3)],
        lambda x, y: x * x - 2 * x * y + y * y,
    ),
    Row(
        "AddN",
        lambda *x: ew.add_n(list(x)),
        [normal(2, 3), normal(2, 3, seed=1), normal(2, 3, seed=2)],
        lambda x, y, z: np.sum([x, y, z], 0),
    ),
    Row(
        "AccumulateNV2",
        lambda *x: ew.accumulate_n(list(x)),
        [normal(3), normal(3, seed=1)],
        lambda x, y: np.sum([x, y], 0),
    ),
    Row("Mul", lambda x: ew.polyval([1.0, -2.0, 3.0], x), [normal(4)], lambda x: x * x - 2 * x + 3),
    # -- quotients
    Row("RealDiv", lambda x, y: x / y, [normal(2, 1), positive(3)], lambda x, y: x * y**-1),
    Row("RealDiv", ew.truediv, [INTS, DIVISORS], lambda x, y: x * (1.0 / y)),
    Row("DivNoNan", ew.div_no_nan, [normal(2, 3), positive(3)], lambda x, y: x * y**-1),
    Row(
        "DivNoNan",
        ew.div_no_nan,
        [np.array([1.0, 0, np.inf]), np.zeros(3)],
        lambda x, y: np.zeros(3),
        differentiate=False,
    ),
    Row(
        "DivNoNan",
        ew.reciprocal_no_nan,
        [np.array([0.0, 4.0])],
        lambda x: np.array([0, 0.25]),
        differentiate=False,
    ),
    Row(
        "FloorDiv",
        lambda x, y: x // y,
        [INTS, DIVISORS],
        lambda x, y: np.array([[3, 2, 2], [-4, -3, -1]]),
    ),
    Row("FloorDiv", ew.floordiv, [MIXED, np.full(6, 0.5)], lambda x, y: each(math.floor)(x * 2)),
    Row(
        "FloorMod",
        lambda x, y: x % y,
        [INTS, DIVISORS],
        lambda x, y: np.array([[1, -1, 2], [0, 0, 2]]),
    ),
    Row("FloorMod", ew.floormod, [MIXED, positive(6)], lambda x, y: x - y * np.floor(x / y)),
    Row(
        "FloorMod", ew.floormod, [normal(2, 1), -positive(3)], lambda x, y: x - y * np.floor(x / y)
    ),
    Row("TruncateDiv", ew.truncatediv, [INTS, DIVISORS], c_quotient),
    Row("TruncateDiv", ew.truncatediv, [MIXED, positive(6)], np.true_divide, differentiate=False),
    Row("TruncateMod", ew.truncatemod, [INTS, DIVISORS], c_remainder),
    Row("TruncateMod", ew.truncatemod, [MIXED, positive(6)], c_remainder),
    Row(
        "Mul",
        lambda x: 1.5 * -x + x / 3.0 - (2.0 - x),
        [normal(3)],
        lambda x: -1.5 * x + x / 3 - 2 + x,
    ),
    # -- two numbers
    Row("Atan2", ew.atan2, [normal(2, 1), normal(3)], lambda y, x: np.angle(x + 1j * y)),
    Row(
        "NextAfter",
        ew.nextafter,
        [np.array([1.0, 2.0]), np.array(1.5)],
        lambda x, y: x + np.array([2**-52, -(2**-52)]),
    ),
    # -- powers
    Row("Pow", lambda x, y: x**y, [positive(2, 3), normal(3)], lambda x, y: np.exp(y * np.log(x))),
    Row("Pow", lambda x: x**3, [normal(4)], lambda x: x * x * x),
    Row("Pow", lambda x: x**0, [np.array([0.0, 1.5, -2.0])], np.ones_like),
    Row("Pow", lambda x: x**1.0 + x**2.0, [np.array([0.0, 1.5, -2.0])], lambda x: x + x * x),
    Row("Pow", lambda y: 2.0**y, [normal(4)], lambda y: np.exp(y * math.log(2))),
    Row(
        "Pow",
        ew.pow,
        [INTS, np.array([0, 1, 2], np.int32)],
        lambda x, y: np.where(y == 0, 1, np.where(y == 1, x, x * x)),
    ),
    Row("Xlogy", ew.xlogy, [normal(2, 1), positive(3)], lambda x, y: x * np.log(y)),
    Row(
        "Xlogy",
        ew.xlogy,
        [np.zeros(3), np.array([0.0, np.nan, -1])],
        lambda x, y: np.zeros(3),
        differentiate=False,
    ),
    Row("Xdivy", ew.xdivy, [normal(2, 1), positive(3)], lambda x, y: x * y**-1),
    Row(
        "Xdivy",
        ew.xdivy,
        [np.zeros(3), np.array([0.0, np.nan, -1])],
        lambda x, y: np.zeros(3),
        differentiate=False,
    ),
    # -- conversion
    Row(
        "Cast",
        lambda x: ew.cast(x, tf.int32),
        [MIXED],
        lambda x: np.array([-2, -1, 0, 0, 1, 2]),
        differentiate=False,
    ),
    Row(
        "Cast",
        lambda x: ew.cast(x, "bool"),
        [np.array([0.0, 0.5, np.nan])],
        lambda x: np.array([False, True, True]),
        differentiate=False,
    ),
    Row(
        "Cast",
        lambda x: ew.cast(x, tf.float32),
        [np.array([[1, 2]])],
        lambda x: np.array([[1.0, 2.0]], np.float32),
    ),
    Row("Cast", lambda x: ew.cast(x, tf.float64), [Z], lambda z: (z + np.conj(z)) / 2),
    Row("Cast", lambda x: ew.real(ew.square(ew.cast(x, tf.complex128))), [normal(3)], np.square),
    Row(
        "Bitcast",
        lambda x: ew.bitcast(x, tf.int64),
        [normal(2, 3)],
        lambda x: np.frombuffer(x.tobytes(), np.int64).reshape(2, 3),
        differentiate=False,
    ),
    Row(
        "Bitcast",
        lambda x: ew.bitcast(x, tf.uint8),
        [normal(2)],
        lambda x: np.frombuffer(x.tobytes(), np.uint8).reshape(2, 8),
        differentiate=False,
    ),
    Row(
        "Bitcast",
        lambda x: ew.bitcast(x, tf.int32),
        [np.arange(8, dtype=np.uint8).reshape(2, 4)],
        lambda x: np.array([0x03020100, 0x07060504]),
    ),
    Row(
        "AsString", ew.as_string, [np.array([[1, -2]])], lambda x: np.array([[b"1", b"-2"]], object)
    ),
    Row(
        "AsString",
        lambda x: ew.as_string(x, precision=1),
        [np.array([1.25, 3.0])],
        lambda x: np.array([b"1.2", b"3.0"], object),
        differentiate=False,
    ),
    Row(
        "StringToNumber",
        ew.string_to_number,
        [np.array([b"1.5", b"-2e3", b" 7 "], object)],
        lambda x: np.array([1.5, -2000, 7], np.float32),
        differentiate=False,
    ),
    # -- complex numbers
    Row(
        "Complex",
        ew.complex,
        [normal(2, 3), normal(3)],
        lambda a, b: np.array(a + 1j * b),
        differentiate=False,
    ),
    Row(
        "Complex",
        lambda a, b: ew.real(ew.square(ew.complex(a, b))),
        [normal(2, 3), normal(3)],
        lambda a, b: a * a - b * b,
    ),
    Row(
        "Real",
        lambda a, b: ew.real(ew.exp(ew.complex(a, b))),
        [normal(3), normal(3, seed=1)],
        lambda a, b: np.exp(a) * np.cos(b),
    ),
    Row(
        "Imag",
        lambda a, b: ew.imag(ew.exp(ew.complex(a, b))),
        [normal(3), normal(3, seed=1)],
        lambda a, b: np.exp(a) * np.sin(b),
    ),
    Row("Imag", ew.imag, [normal(3)], np.zeros_like),
    Row(
        "Angle",
        lambda a, b: ew.angle(ew.complex(a, b)),
        [normal(4), normal(4, seed=1)],
        lambda a, b: each(lambda x, y: cmath.phase(complex(x, y)))(a, b),
    ),
    Row("Angle", ew.angle, [normal(3)], np.zeros_like),
    Row(
        "ComplexAbs",
        lambda a, b: ew.abs(ew.complex(a, b)),
        [normal(4), normal(4, seed=1)],
        np.hypot,
    ),
    Row("Conj", ew.conj, [Z], lambda z: z.real - 1j * z.imag),
    Row(
        "Conj",
        lambda a, b: ew.imag(ew.square(ew.conj(ew.complex(a, b)))),
        [normal(3), normal(3, seed=1)],
        lambda a, b: -2 * a * b,
    ),
    Row(
        "RealDiv",
        lambda a, b: ew.real(ew.sin(ew.complex(a, b)) / ew.complex(b, a + 3.0)),
        [normal(3), normal(3, seed=1)],
        lambda a, b: (np.sin(a + 1j * b) / (b + 1j * (a + 3))).real,
    ),
    # -- bits
    Row(
        "BitwiseAnd",
        bitwise.bitwise_and,
        [np.array([0b1100, -1]), np.array([0b1010, 6])],
        lambda x, y: np.array([0b1000, 6]),
    ),
    Row(
        "BitwiseOr",
        bitwise.bitwise_or,
        [np.array([0b1100, -1]), np.array([0b1010, 6])],
        lambda x, y: np.array([0b1110, -1]),
    ),
    Row(
        "BitwiseXor",
        bitwise.bitwise_xor,
        [np.array([0b1100, -1]), np.array([0b1010, 6])],
        lambda x, y: np.array([0b0110, -7]),
    ),
    Row(
        "Invert",
        bitwise.invert,
        [np.array([0, 5, 255], np.uint8)],
        lambda x: np.array([255, 250, 0]),
    ),
    Row(
        "LeftShift",
        bitwise.left_shift,
        [np.array([1, 3, -5], np.int32), np.array([4, 40, -1], np.int32)],
        lambda x, y: np.array([16, -(2**31), -5]),
    ),
    Row(
        "RightShift",
        bitwise.right_shift,
        [np.array([16, -5, 3], np.int32), np.array([2, 1, 99], np.int32)],
        lambda x, y: np.array([4, -3, 0]),
    ),
]

for row in ROWS:
    row.differentiate &= any(x.dtype == np.float64 for x in row.inputs)
