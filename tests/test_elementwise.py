"""Element-wise ops: names, dtypes, errors and special values, which are no rows of the contract."""

from __future__ import annotations

import math

import numpy as np
import pytest

import tinyflow as tf
from tinyflow.foundation import special
from tinyflow.ops import bitwise, comparison, elementwise as ew, special as functions  # noqa: F401  (the expressions use it)

INF, NAN = math.inf, math.nan


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


def run(fetch, feeds=None):
    with tf.Session(graph=tf.get_default_graph()) as session:
        return session.run(fetch, feeds)


def made(build):
    """The names and types of the ops that a call makes."""
    graph = tf.get_default_graph()
    before = set(graph.get_operations())
    build()
    return [(op.name, op.type) for op in graph.get_operations() if op not in before]


# -- names -----------------------------------------------------------------------------------------

H = [1.0, 2.0, 3.0]
NAMES = [  # as TF 1.15 names what the expression makes of a float, an int and a bool vector
    ("h + 1", ["add/y Const", "add AddV2"]),
    ("1 - h", ["sub/x Const", "sub Sub"]),
    ("h * h", ["mul Mul"]),
    ("h / 2", ["truediv/y Const", "truediv RealDiv"]),
    ("i / 2", ["truediv/y Const", "truediv/Cast Cast", "truediv/Cast_1 Cast", "truediv RealDiv"]),
    ("i // 2", ["floordiv/y Const", "floordiv FloorDiv"]),
    ("i % 2", ["mod/y Const", "mod FloorMod"]),
    ("h ** 2", ["pow/y Const", "pow Pow"]),
    ("-h", ["Neg Neg"]),
    ("abs(h)", ["Abs Abs"]),
    ("ew.abs(ew.complex(h, h))", ["Complex Complex", "Abs ComplexAbs"]),
    ("~b", ["LogicalNot LogicalNot"]),
    ("b & True", ["and/y Const", "and LogicalAnd"]),
    ("b | b", ["or LogicalOr"]),
    (
        "b ^ b",
        [
            "xor/LogicalOr LogicalOr",
            "xor/LogicalAnd LogicalAnd",
            "xor/LogicalNot LogicalNot",
            "xor LogicalAnd",
        ],
    ),
    ("h < 2.0", ["Less/y Const", "Less Less"]),
    ("2.0 < h", ["Greater/y Const", "Greater Greater"]),
    ("h >= h", ["GreaterEqual GreaterEqual"]),
    ("ew.add(h, 1)", ["Add/y Const", "Add Add"]),
    ("ew.multiply(h, h, name='k')", ["k Mul"]),
    ("ew.div(i, 2)", ["div/y Const", "div FloorDiv"]),
    ("ew.div(h, 2)", ["div/y Const", "div RealDiv"]),
    ("ew.divide(h, h, name='q')", ["q RealDiv"]),
    ("ew.div_no_nan(h, 0.0)", ["div_no_nan/y Const", "div_no_nan DivNoNan"]),
    ("ew.reciprocal_no_nan(h)", ["reciprocal_no_nan/one Const", "reciprocal_no_nan DivNoNan"]),
    ("ew.multiply_no_nan(h, h)", ["multiply_no_nan MulNoNan"]),
    ("ew.floordiv(i, i)", ["floordiv FloorDiv"]),
    ("ew.mod(i, i)", ["FloorMod FloorMod"]),
    ("ew.scalar_mul(2, h)", ["scalar Const", "Mul Mul"]),
    (
        "ew.polyval([1.0, 2.0], h)",
        ["polyval/coeff_0 Const", "polyval/coeff_1 Const", "polyval/mul Mul", "polyval/add AddV2"],
    ),
    ("ew.cast(h, tf.int32)", ["Cast Cast"]),
    ("ew.cast(1.7, tf.int32)", ["Cast/x Const", "Cast Cast"]),
    ("ew.cast(h, tf.float32)", []),
    ("ew.to_int32(h)", ["ToInt32 Cast"]),
    ("ew.add_n([h])", []),
    ("ew.add_n([h, h])", ["AddN AddN"]),
    ("ew.accumulate_n([h, h])", ["AccumulateNV2 AccumulateNV2"]),
    ("ew.round(i)", []),
    ("ew.real(h)", []),
    ("ew.conj(i)", []),
    (
        "comparison.saturate_cast(i, tf.uint8)",
        [
            "saturate_cast/min Const",
            "saturate_cast/Maximum Maximum",
            "saturate_cast/max Const",
            "saturate_cast/Minimum Minimum",
            "saturate_cast Cast",
        ],
    ),
    (
        "comparison.logical_xor(b, b)",
        [
            "LogicalOr LogicalOr",
            "LogicalAnd LogicalAnd",
            "LogicalNot LogicalNot",
            "LogicalXor LogicalAnd",
        ],
    ),
    ("comparison.where(b, h, h)", ["Select Select"]),
    ("comparison.where_v2(b, h, 0.0)", ["SelectV2/e Const", "SelectV2 SelectV2"]),
    (
        "functions.bessel_i0(h)",
        [
            "bessel_i0/Abs Abs",
            "bessel_i0/Exp Exp",
            "bessel_i0/BesselI0e BesselI0e",
            "bessel_i0/mul Mul",
        ],
    ),
]


@pytest.mark.parametrize(("expression", "expected"), NAMES, ids=[e for e, _ in NAMES])
def test_names_are_those_of_tf(expression, expected):
    scope = {
        "h": tf.constant(H),
        "i": tf.constant([7, -7, 3]),
        "b": tf.constant([True, False, True]),
    }
    code = compile(expression, "expression", "eval")
    assert [" ".join(op) for op in made(lambda: eval(code, {**globals(), **scope}))] == expected


# -- dtypes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dtype", "quotient"),
    [("int8", "float32"), ("uint8", "float32"), ("int16", "float32"), ("uint16", "float32"),
     ("int32", "float64"), ("int64", "float64"), ("float16", "float16"), ("float32", "float32")],
)  # fmt: skip
def test_division_makes_floats_of_ints(dtype, quotient):
    y = tf.constant([7, 2], dtype) / 2
    assert y.dtype.name == quotient
    np.testing.assert_array_equal(run(y), [3.5, 1])
    assert run(y).dtype == quotient


def test_two_plain_numbers_divide_as_python_does():
    assert ew.divide(7, 2) == 3.5


def test_a_plain_operand_takes_the_dtype_of_the_tensor():
    f, i = tf.constant(2.0), tf.constant(2)
    assert run(f + True) == 3 and (f + 1).dtype == tf.float32
    assert (f * np.ones(2)).dtype == tf.float32
    assert (np.ones(2) * f).dtype == tf.float32
    assert (i + np.int64(1)).dtype == tf.int32
    assert (comparison.where_v2(True, tf.constant(1.0, tf.float64), 0.0)).dtype == tf.float64


@pytest.mark.parametrize(
    "expression",
    ["f + i", "f + d", "f / i", "i / f", "f // i", "f % i", "f ** i", "f < i", "i + 1.5", "1.5 + i",
     "i * np.float32(0.5)", "i / 2.5", "ew.add(1, f)", "ew.add(1, 2.5)", "ew.truediv(f, i)",
     "b + b", "b - b", "-b", "~i", "i & i", "f ^ f", "f < b", "ew.sqrt(i)", "ew.exp(3)",
     "ew.floor(i)", "ew.sigmoid(b)", "ew.div_no_nan(i, 0)", "ew.complex(i, i)",
     "ew.complex(f, d)", "z < z", "comparison.maximum(z, z)", "comparison.is_nan(i)",
     "comparison.logical_not(f)",
     "comparison.where(f, f, f)", "comparison.where(b, f, d)", "bitwise.invert(f)",
     "ew.cast(s, tf.float32)", "ew.cast(f, tf.string)", "ew.conj(s)", "s < s", "ew.add_n([f, i])",
     "ew.accumulate_n([f, f], tensor_dtype=tf.float64)", "functions.lgamma(i)"],
)  # fmt: skip
def test_dtypes_that_do_not_fit_are_a_type_error(expression):
    scope = {
        "f": tf.constant(1.0), "i": tf.constant(1), "d": tf.constant(1.0, tf.float64),
        "b": tf.constant(True), "z": tf.constant(1j), "s": tf.constant("s"),
    }  # fmt: skip
    with pytest.raises(TypeError):
        eval(expression, {**globals(), **scope})


def test_a_dtype_that_is_not_known_is_settled_in_the_run():
    x = tf.placeholder()
    y = (2 * x + 1) / 4 - x**2
    assert y.dtype is None
    np.testing.assert_allclose(run(y, {x: np.array([1.0, 3.0])}), [-0.25, -7.25])
    (grad,) = tf.gradients(y, x)
    np.testing.assert_allclose(run(grad, {x: np.array([1.0, 3.0])}), [-1.5, -5.5])
    half = x**-1
    np.testing.assert_allclose(run(half, {x: np.array([2.0])}), [0.5])
    np.testing.assert_array_equal(run(ew.cast(x, tf.int32), {x: np.array([2.5])}), [2])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_functions_keep_the_dtype(dtype):
    x = tf.constant(np.array([0.25, 0.5], dtype))
    module = {**vars(ew), **vars(functions)}
    names = [
        "abs", "acos", "asin", "asinh", "atan", "atanh", "ceil", "cos", "cosh", "exp", "expm1",
        "floor", "log", "log1p", "rint", "round", "rsqrt", "sigmoid", "sign", "sin", "sinh", "sqrt",
        "square", "tan", "tanh", "negative", "reciprocal", "erf", "erfc", "lgamma", "digamma",
        "bessel_i0e", "bessel_i1e",
    ]  # fmt: skip
    for name, value in zip(names, run([module[name](x) for name in names]), strict=True):
        assert value.dtype == dtype, name
    two = [ew.pow, ew.xlogy, ew.xdivy, ew.atan2, ew.div_no_nan, ew.multiply_no_nan, ew.floordiv,
           ew.floormod, ew.truncatemod, ew.squared_difference, comparison.maximum, functions.zeta,
           functions.igamma, functions.igammac]  # fmt: skip
    for function, value in zip(two, run([f(x, x) for f in two]), strict=True):
        assert value.dtype == dtype, function.__name__


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "int32", "int64"])
def test_ints_wrap_around(dtype):
    top, one = np.iinfo(dtype).max, tf.constant(1, dtype)
    assert run(tf.constant(top, dtype) + one) == np.iinfo(dtype).min
    assert run(tf.constant(np.iinfo(dtype).min, dtype) - one) == top


# -- whole numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "divide", [ew.floordiv, ew.floormod, ew.truncatediv, ew.truncatemod, ew.div]
)
def test_int_division_by_zero_is_an_error(divide):
    x = tf.placeholder(tf.int32)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Integer division by zero") as error:
        run(divide(7, x), {x: [1, 0]})
    assert "test_elementwise.py" in error.value.message
    with pytest.raises(tf.errors.InvalidArgumentError, match="Integer division by zero"):
        run(divide(x, 0), {x: 7})


@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_the_least_int_by_minus_one_does_not_crash(dtype):
    least = np.iinfo(dtype).min
    x, y = tf.placeholder(dtype), tf.placeholder(dtype)
    results = run(
        [x // y, x % y, ew.truncatediv(x, y), ew.truncatemod(x, y), abs(x), -x], {x: least, y: -1}
    )
    assert [int(v) for v in results] == [least, 0, least, 0, least, least]


def test_float_division_by_zero_is_not():
    x = tf.constant([1.0, -1.0, 0.0])
    np.testing.assert_array_equal(run(x / 0), [INF, -INF, NAN])
    np.testing.assert_array_equal(run(x // 0), [INF, -INF, NAN])
    np.testing.assert_array_equal(run(x % 0), [NAN] * 3)
    np.testing.assert_array_equal(run(tf.constant([1, -1]) / 0), [INF, -INF])


def test_floor_of_a_quotient_is_the_quotients():
    assert run(tf.constant(1.0, tf.float64) // 0.1) == 10


def test_int_powers():
    x = tf.constant([2, -3])
    np.testing.assert_array_equal(run(x**3), [8, -27])
    with pytest.raises(tf.errors.InvalidArgumentError, match="negative integer powers"):
        run(x**-1)


# -- gradients -------------------------------------------------------------------------------------


def gradient(f, x):
    x = tf.constant(x)
    y = f(x)
    (first,) = tf.gradients(y, x)
    (second,) = tf.gradients(first, x)
    return [None if g is None else np.asarray(run(g)).tolist() for g in (first, second)]


def test_gradients_at_kinks():
    assert gradient(ew.abs, 0.0)[0] == 0
    assert gradient(lambda x: comparison.maximum(x, 0.0), 0.0)[0] == 1
    assert gradient(lambda x: comparison.maximum(0.0, x), 0.0)[0] == 0
    assert gradient(lambda x: comparison.minimum(x, 0.0), 0.0)[0] == 1
    assert gradient(ew.sqrt, 0.0)[0] == INF
    assert math.isnan(gradient(lambda x: ew.sqrt(ew.abs(x)), 0.0)[0])
    assert gradient(functions.bessel_i1e, 0.0)[0] == 0.5


def test_gradients_of_repeated_operands():
    for f, expected in [
        (lambda x: x * x, 6), (lambda x: x - x, 0), (lambda x: x / x, 0), (lambda x: x + x, 2),
        (lambda x: comparison.maximum(x, x), 1), (lambda x: ew.squared_difference(x, x), 0),
    ]:  # fmt: skip
        assert gradient(f, 3.0)[0] == expected
    assert gradient(lambda x: x**x, 3.0)[0] == pytest.approx(56.66253)


def test_powers_of_zero_have_gradients():
    assert gradient(lambda x: x**0, [0.0, 2.0]) == [[0, 0], [0, 0]]
    assert gradient(lambda x: x**0.0, 0.0) == [0, 0]  # nan in TF 1.15
    assert gradient(lambda x: x**1, 0.0) == [1, 0]
    assert gradient(lambda x: x**2, 0.0) == [0, 2]
    assert gradient(lambda x: x**0.5, 0.0)[0] == INF
    assert gradient(lambda x: x**3, -1.0) == [3, -6]
    exponents = tf.placeholder(tf.float32)
    x = tf.constant([0.0, 0.0, 2.0])
    grads = tf.gradients(x**exponents, [x, exponents])
    first, second = run(grads, {exponents: [0.0, 2.0, 3.0]})
    np.testing.assert_allclose(first, [0, 0, 12])
    np.testing.assert_allclose(second, [0, 0, 8 * math.log(2)], rtol=1e-6)


def test_no_gradient_flows_through_steps():
    x, y = tf.constant([1.5, 2.5]), tf.constant([2.0, 3.0])
    for step in (ew.floor, ew.ceil, ew.rint, ew.round, lambda v: v // 2.0,
                 lambda v: ew.cast(v < y, tf.float32), lambda v: ew.cast(v, tf.int32)):  # fmt: skip
        assert tf.gradients(step(x), x) == [None]
    assert run(tf.gradients(ew.sign(x), x)[0]).tolist() == [0, 0]
    assert run(tf.gradients(ew.nextafter(x, y), [x, y]))[1].tolist() == [0, 0]
    assert tf.gradients(functions.betainc(x, y, x / 5), [y]) == [None]
    assert tf.gradients(functions.polygamma(x, y), [x]) == [None]
    assert tf.gradients(functions.zeta(x, y), [x]) == [None]
    assert (
        tf.gradients(ew.cast(x, tf.complex64), x, grad_ys=ew.complex(x, x))[0].dtype == tf.float32
    )


def test_the_gradient_of_a_choice_does_not_look_at_the_other_branch():
    x = tf.constant([0.0, 1.0])
    safe = comparison.where(x > 0, x, [1.0, 1.0])
    (grad,) = tf.gradients(comparison.where(x > 0, ew.log(safe), x), x)
    np.testing.assert_array_equal(run(grad), [1, 1])
    (trap,) = tf.gradients(comparison.where(x > 0, ew.log(x), x), x)
    assert math.isnan(run(trap)[0])


def test_third_derivative_of_igamma_says_that_it_is_missing():
    a = tf.constant(2.0)
    second = tf.gradients(tf.gradients(functions.igamma(a, 1.0), a)[0], a)[0]
    with pytest.raises(LookupError, match="igamma"):
        tf.gradients(second, a)


# -- shapes ----------------------------------------------------------------------------------------


def test_shapes_of_a_choice():
    condition, m = tf.constant([True, False, True]), tf.placeholder(tf.float32, [None, 3])
    v = tf.constant(H)
    assert str(comparison.where(condition, m, m).shape) == "(?, 3)"
    assert str(comparison.where(m > 0, m, m).shape) == "(?, 3)"
    assert str(comparison.where(m > 0, m, tf.placeholder(tf.float32, [2, 3])).shape) == "(2, 3)"
    assert str(comparison.where_v2(condition, m, 0.0).shape) == "(?, 3)"
    assert str(comparison.where(True, v, v).shape) == "(3,)"
    for bad in (
        (condition, tf.constant([H, H]), tf.constant([H, H])),
        (v > 1.0, v, 0.0),
        (condition, 1.0, 0.0),
    ):
        with pytest.raises(ValueError, match="where_v2"):
            comparison.where(*bad)
    with pytest.raises(ValueError, match="both"):
        comparison.where(condition, v, None)
    with pytest.raises(tf.errors.InvalidArgumentError):
        run(comparison.where(condition, m, m), {m: np.ones((2, 3))})


def test_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match="axis -1 is 3 and 2"):
        tf.constant(H) + tf.constant([1.0, 2.0])
    with pytest.raises(ValueError, match="at least one"):
        ew.add_n([])
    with pytest.raises(ValueError, match="must be equal"):
        ew.add_n([tf.constant(H), tf.constant([H])])
    with pytest.raises(ValueError, match="scalar"):
        ew.scalar_mul(H, tf.constant(H))
    x, y = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
    with pytest.raises(tf.errors.InvalidArgumentError):
        run(ew.add_n([x, y]), {x: [1.0], y: [[1.0, 2.0]]})
    with pytest.raises(TypeError):
        ew.add_n(tf.constant(H))
    with pytest.raises(ValueError, match="list"):
        ew.polyval((1.0,), 2.0)


def test_static_shapes_merge():
    known, unknown = tf.constant(H), tf.placeholder(tf.float32)
    assert str(ew.add_n([unknown, known]).shape) == "(3,)"
    assert str(ew.accumulate_n([unknown, unknown], shape=[3]).shape) == "(3,)"
    assert str((unknown + known).shape) == "<unknown>"
    assert str(ew.polyval([], known).shape) == "(3,)"
    assert run(ew.polyval([], known)).tolist() == [0, 0, 0]


def test_bitcast_shapes():
    wide = tf.placeholder(tf.uint8, [None, None])
    assert str(ew.bitcast(wide, tf.int32).shape) == "(?,)"
    assert str(ew.bitcast(tf.placeholder(tf.float32, [None, 3]), tf.uint8).shape) == "(?, 3, 4)"
    with pytest.raises(ValueError, match="last axis must hold 4"):
        ew.bitcast(tf.constant([1, 2], tf.uint8), tf.int32)
    with pytest.raises(tf.errors.InvalidArgumentError):
        run(ew.bitcast(wide, tf.int32), {wide: np.ones((2, 3))})


# -- special values --------------------------------------------------------------------------------

SPECIAL = [0.0, -0.0, -1.0, -2.5, INF, -INF, NAN, 1e-300, -1e-300, 1e300]
VALUES = {  # TF 1.15's values there
    special.lgamma: [
        INF,
        INF,
        INF,
        -0.0562437164976740,
        INF,
        INF,
        NAN,
        690.7755278982137,
        690.7755278982137,
        6.89775527898214e302,
    ],
    special.digamma: [
        INF,
        INF,
        INF,
        1.1031566406452432,
        INF,
        INF,
        NAN,
        -1e300,
        1e300,
        690.7755278982137,
    ],
    special.erf: [
        0.0,
        -0.0,
        -0.8427007929497149,
        -0.9995930479825550,
        1,
        -1,
        NAN,
        1.1283791670955126e-300,
        -1.1283791670955126e-300,
        1,
    ],
    special.erfc: [1, 1, 1.842700792949715, 1.999593047982555, 0, 2, NAN, 1, 1, 0],
    special.bessel_i0e: [
        1,
        1,
        0.46575960759364043,
        0.27004644161220276,
        0,
        0,
        NAN,
        1,
        1,
        3.989422804014327e-151,
    ],
    special.bessel_i1e: [
        0,
        -0.0,
        -0.2079104153497085,
        -0.20658464953126657,
        0,
        -0.0,
        NAN,
        5e-301,
        -5e-301,
        3.989422804014327e-151,
    ],
}


@pytest.mark.parametrize("function", VALUES, ids=lambda f: f.__name__)
def test_special_functions_at_special_values(function):
    np.testing.assert_allclose(function(np.array(SPECIAL)), VALUES[function], rtol=3e-15)


def test_special_functions_of_two_at_special_values():
    zeta = special.zeta(
        np.array([1, 0.5, 2, 2, 2, 2.5, 3, 2.0]), np.array([2, 2, 0, -1, -1.5, -1.5, -1.5, -1000.5])
    )
    np.testing.assert_allclose(
        zeta,
        [INF, NAN, INF, INF, 9.37924663791634, NAN, 0.118102025820864, 9.86860490194],
        rtol=1e-6,
    )
    polygamma = special.polygamma(np.array([1, 1.5, -1, 2, 170.0]), np.array([-1, 2, 2, 0, 2.0]))
    np.testing.assert_allclose(polygamma, [INF, NAN, NAN, -INF, -2.42467054e255], rtol=1e-8)
    a, x = np.array([0, 1, 1, 1, -1, INF, 1.0]), np.array([1, 0, INF, -1, 1, 1, NAN])
    np.testing.assert_array_equal(special.igamma(a, x), [NAN, 0, 1, NAN, NAN, NAN, NAN])
    np.testing.assert_array_equal(special.igammac(a, x), [NAN, 1, 0, NAN, NAN, NAN, NAN])
    np.testing.assert_array_equal(special.igamma_da(a, x), [NAN, 0, 0, NAN, NAN, NAN, NAN])
    # For large a the share below a is 1/2 + 1 / (3 sqrt(2 pi a)); TF 1.15 gives 0.477 here.
    np.testing.assert_allclose(
        special.igamma(1e6, 1e6), 0.5 + 1 / (3 * math.sqrt(2e6 * math.pi)), rtol=1e-9
    )
    a, b, x = (
        np.array([0, 1, 1, 1, 1, 2.0]),
        np.array([1, 0, 1, 1, 1, INF]),
        np.array([0.5, 0.5, 0, 1, -0.1, 0.5]),
    )
    np.testing.assert_array_equal(special.betainc(a, b, x), [NAN, NAN, 0, 1, NAN, NAN])


@pytest.mark.parametrize(
    ("function", "reference", "low", "high"),
    [
        (special.erf, math.erf, -6, 6),
        (special.erfc, math.erfc, -6, 26),
        (special.lgamma, math.lgamma, 1e-3, 50),
    ],
)
def test_special_functions_agree_with_pythons(function, reference, low, high):
    x = np.random.default_rng(3).uniform(low, high, 2000)
    np.testing.assert_allclose(function(x), [reference(v) for v in x], rtol=2e-14, atol=2e-15)


def test_special_functions_keep_their_identities():
    rng = np.random.default_rng(4)
    x, a = rng.uniform(0.05, 30, 500), rng.uniform(0.05, 30, 500)
    np.testing.assert_allclose(
        special.digamma(x + 1), special.digamma(x) + 1 / x, rtol=1e-13, atol=1e-14
    )
    np.testing.assert_allclose(
        special.zeta(a + 1, x), special.zeta(a + 1, x + 1) + x ** -(a + 1), rtol=1e-12
    )
    np.testing.assert_allclose(special.igamma(a, x) + special.igammac(a, x), 1, rtol=1e-13)
    density = np.exp(a * np.log(x) - x - special.lgamma(a + 1))
    np.testing.assert_allclose(
        special.igammac(a + 1, x), special.igammac(a, x) + density, rtol=1e-11
    )
    y = rng.uniform(0, 1, 500)
    np.testing.assert_allclose(
        special.betainc(a, x, y) + special.betainc(x, a, 1 - y), 1, rtol=1e-12
    )
    np.testing.assert_allclose(special.betainc(a, np.ones(500), y), y**a, rtol=1e-12)


def test_nan_and_infinities():
    x, y = tf.constant([1.0, NAN, INF]), tf.constant([NAN, 1.0, -INF])
    np.testing.assert_array_equal(run(comparison.maximum(x, y)), [NAN, NAN, INF])
    np.testing.assert_array_equal(run(comparison.minimum(x, y)), [NAN, NAN, -INF])
    np.testing.assert_array_equal(run(ew.sigmoid([-INF, INF, NAN])), [0, 1, NAN])
    np.testing.assert_array_equal(run(tf.constant([0.0, INF, NAN]) ** 0.0), [1, 1, 1])
    np.testing.assert_array_equal(run(tf.constant([5.0, -5.0]) % INF), [5, INF])
    np.testing.assert_array_equal(run(ew.complex(INF, [0.0])), [complex(INF, 0)])


def test_sigmoid_keeps_its_digits_far_out():
    x = np.linspace(-700, 30, 200)
    expected = [math.exp(v) / (1 + math.exp(v)) for v in x]
    np.testing.assert_allclose(run(ew.sigmoid(x)), expected, rtol=4e-16)


def test_casts_that_clip():
    three = tf.constant([3e9, -3e9, 1.5])
    np.testing.assert_array_equal(
        run(comparison.saturate_cast(three, tf.int32)), [2147483520, -(2**31), 1]
    )
    np.testing.assert_array_equal(run(comparison.saturate_cast(three, tf.uint8)), [255, 0, 1])
    np.testing.assert_array_equal(
        run(comparison.saturate_cast(tf.constant([-7, 7]), tf.int64)), [-7, 7]
    )
    np.testing.assert_array_equal(run(ew.cast(tf.constant([300, -1]), tf.uint8)), [44, 255])
    np.testing.assert_array_equal(run(ew.cast(tf.constant([1 + 2j]), tf.float32)), [1])


@pytest.mark.parametrize(
    ("value", "options", "expected"),
    [
        ([1.5, NAN, -INF], {}, [b"1.500000", b"nan", b"-inf"]),
        ([1.0], {"scientific": True}, [b"1.000000e+00"]),
        ([1.5, 123456789.0, 1e-7], {"shortest": True}, [b"1.5", b"1.23457e+08", b"1e-07"]),
        ([7, -7], {"width": 5, "fill": "0"}, [b"00007", b"-0007"]),
        ([1.5], {"width": 10, "fill": "-"}, [b"1.500000  "]),
        ([True, False], {"width": 8}, [b"true", b"false"]),
        ([1 + 2j], {"precision": 1}, [b"(1.0,2.0)"]),
    ],
)
def test_as_string(value, options, expected):
    assert run(ew.as_string(value, **options)).tolist() == expected


def test_as_string_refuses_what_does_not_suit():
    for value, options in [
        ([1], {"precision": 2}), ([1], {"scientific": True}), ([1.0], {"fill": "ab"}),
        ([1.0], {"scientific": True, "shortest": True}),
    ]:  # fmt: skip
        with pytest.raises(ValueError):
            ew.as_string(value, **options)


def test_is_numeric_tensor():
    assert comparison.is_numeric_tensor(tf.constant(1)) and comparison.is_numeric_tensor(
        tf.constant(1j)
    )
    assert not comparison.is_numeric_tensor(tf.constant("a"))
    assert not comparison.is_numeric_tensor(tf.constant(True))
    assert not comparison.is_numeric_tensor(3)


def test_results_never_share_memory_with_operands():
    x = tf.placeholder(tf.complex64, [3])
    value = np.array([1 + 2j, 3j, 4], np.complex64)
    for y in (ew.real(x), ew.imag(x), ew.bitcast(x, tf.float32), ew.conj(x), ew.real(x * 1)):
        assert not np.shares_memory(run(y, {x: value}), value)
    # A buffer that is used again must not be in use as a view.
    z = tf.placeholder(tf.float64, [3])
    twice = ew.bitcast(z * 2.0, tf.int64)
    later = ew.exp(z * 3.0 + 1.0) * 5.0
    got, _ = run([ew.bitcast(twice, tf.float64), later], {z: [1.0, 2.0, 3.0]})
    np.testing.assert_array_equal(got, [2, 4, 6])
