"""tinyflow.foundation.philox against recorded numbers of TensorFlow 1.15 (data/rng*.json)."""

import hashlib
import json
import math
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from tinyflow.foundation import philox
from tinyflow.foundation.philox import Stream

DATA = Path(__file__).parent / "data"
RNG = json.loads((DATA / "rng.json").read_text())
MORE = json.loads((DATA / "rng_more.json").read_text())
STREAM = Stream(12345, 67890)

# Normals and gammas of 64 bits depend on the NumPy build's log, sin, cos and pow.
ULPS = {("normal", "float64"): 4, ("truncated_normal", "float64"): 4}
ULPS |= {("random_gamma", "float64"): 64, ("random_gamma", "float32"): 1}
ULPS |= {("random_gamma", "float16"): 1}


def call(function, stream, args):
    """Calls a function of philox as a case of rng_more.json describes it."""
    args = dict(args)
    if function == "random_gamma":
        args["alpha"] = np.array(args["alpha"], args.pop("dtype"))
    if function == "random_shuffle":
        args["value"] = np.array(args["value"], np.int32)
    return getattr(philox, function)(stream, **args)


# ---- The generator -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "counter", "block"),
    [
        (
            "00000000 00000000",
            "00000000 00000000 00000000 00000000",
            "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
        ),
        (
            "ffffffff ffffffff",
            "ffffffff ffffffff ffffffff ffffffff",
            "408f276d 41c83b0e a20bc7c6 6d5451fd",
        ),
        (
            "a4093822 299f31d0",
            "243f6a88 85a308d3 13198a2e 03707344",
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ],
)
def test_known_answers_of_the_papers_authors(key, counter, block):
    k0, k1 = (int(w, 16) for w in key.split())
    c0, c1, c2, c3 = (int(w, 16) for w in counter.split())
    stream = Stream(k0 | k1 << 32, c2 | c3 << 32, c0 | c1 << 32)
    assert " ".join(f"{w:08x}" for w in philox.words(stream, 4)) == block


def test_words_go_on_across_chunks_and_blocks():
    many = philox.words(STREAM, 70001)
    assert many.shape == (70001,) and many.dtype == np.uint32
    assert (philox.words(STREAM.skip(3), 8) == many[12:20]).all()
    assert (philox.words(STREAM, 5) == many[:5]).all()
    assert (philox.words(STREAM.skip(17499), 5) == many[-5:]).all()


def test_negative_seeds_count_modulo_two_to_the_64():
    assert (philox.words(Stream(-1, -2), 4) == philox.words(Stream(2**64 - 1, 2**64 - 2), 4)).all()


# ---- TensorFlow's numbers ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "case",
    [c for c in MORE["cases"] if "runs" in c],
    ids=lambda c: f"{c['function']}-{c['runs'][0]['args'].get('dtype', '')}",
)
def test_recorded_runs(case):
    stream = philox.open_stream(*case["seeds"])
    for run in case["runs"]:
        got, stream = call(case["function"], stream, run["args"])
        dtype = np.dtype(run["args"].get("dtype", got.dtype))
        want = np.array(run["result"], dtype).reshape(got.shape)
        assert got.dtype == dtype
        ulps = ULPS.get((case["function"], dtype.name), 0)
        if ulps:
            np.testing.assert_array_max_ulp(got, want, ulps)
        else:
            np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize(
    "case", MORE["digests"], ids=lambda c: f"{c['function']}-{c['args'].get('dtype', '')}"
)
def test_long_second_runs_to_the_last_bit(case):
    args = dict(case["args"])
    if case["function"] == "multinomial":
        args["logits"] = (np.arange(300 * 20) * 7 % 13).reshape(300, 20) / 4
    if case["function"] == "random_shuffle":
        args = {"value": np.arange(args["rows"], dtype=np.int32)}
    function = getattr(philox, case["function"])
    _, stream = function(Stream(*MORE["digest_seeds"]), **args)
    got, _ = function(stream, **args)
    little_endian = got.astype(got.dtype.newbyteorder("<"))
    assert hashlib.sha256(little_endian.tobytes()).hexdigest() == case["sha256"]


@pytest.mark.parametrize(
    ("name", "sample"),
    [
        ("uniform", lambda s: philox.uniform(s, [8])),
        ("uniform64", lambda s: philox.uniform(s, [4], np.float64)),
        ("normal", lambda s: philox.normal(s, [8])),
        ("truncated", lambda s: philox.truncated_normal(s, [8])),
        ("int_0_10", lambda s: philox.uniform_int(s, [8], 0, 10)),
        ("shuffle", lambda s: philox.random_shuffle(s, np.arange(8))),
    ],
)
def test_three_runs_of_the_python_functions(name, sample):
    """rng.json: set_random_seed(1234), op seed 5."""
    stream = philox.open_stream(*philox.get_seed(1234, 5, 0))
    for want in RNG[name]:
        got, stream = sample(stream)
        assert got.tolist() == want


def test_uniform_of_a_range_is_a_product_and_a_sum():
    stream = Stream(1234, 5)
    for want in RNG["uniform_m1_3"]:
        got, stream = philox.uniform(stream, [5])
        assert (got * np.float32(4) + np.float32(-1)).tolist() == want


@pytest.mark.parametrize("case", MORE["stateless"], ids=lambda c: str(c["seed"]))
def test_stateless(case):
    stream = philox.stateless_stream(*case["seed"])
    assert philox.uniform(stream, [5])[0].tolist() == case["uniform"]
    assert philox.normal(stream, [5])[0].tolist() == case["normal"]
    assert philox.truncated_normal(stream, [5])[0].tolist() == case["truncated_normal"]
    assert philox.uniform_int(stream, [5], 0, 1000)[0].tolist() == case["uniform_int_0_1000"]


def test_logits_that_are_not_finite():
    (case,) = (c for c in MORE["cases"] if "note" in c)
    logits = [[-np.inf, np.nan, np.inf], [0, np.inf, np.nan]]
    got, _ = philox.multinomial(Stream(*case["seeds"]), logits, 3)
    assert got.tolist() == case["result"]


# ---- Seeds -------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", MORE["get_seed"]["rows"], ids=str)
def test_get_seed(row):
    graph_seed, op_seed, last_op_id, want = row
    assert philox.get_seed(graph_seed, op_seed, last_op_id) == tuple(want)


def test_without_seeds_every_stream_is_another():
    streams = {philox.open_stream(None, None) for _ in range(20)}
    streams |= {philox.open_stream(0, 0) for _ in range(20)}
    assert len(streams) == 40
    assert philox.open_stream(0, 7) == Stream(0, 7, 0)


def test_numpy_integers_are_seeds_shapes_and_bounds():
    stream = philox.open_stream(np.int32(1234), np.int64(5))
    assert philox.uniform(stream, np.array([8], np.int32))[0].tolist() == RNG["uniform"][0]
    got, _ = philox.uniform_int(stream, (np.int64(8),), np.int32(0), np.int32(10))
    assert got.tolist() == RNG["int_0_10"][0]
    assert philox.stateless_stream(np.int64(-5), np.int32(3)) == philox.stateless_stream(-5, 3)


# ---- What holds for all of them ----------------------------------------------------------------

SAMPLERS = {
    "uniform": philox.uniform,
    "normal": philox.normal,
    "truncated_normal": philox.truncated_normal,
    "uniform_int": lambda s, shape: philox.uniform_int(s, shape, -5, 5),
    "random_gamma": lambda s, shape: philox.random_gamma(s, shape, np.float32(0.7)),
    "random_poisson": lambda s, shape: philox.random_poisson(s, shape, 12.0),
}


@pytest.mark.parametrize("sample", SAMPLERS.values(), ids=SAMPLERS)
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(-(2**63), 2**63 - 1), n=st.integers(0, 40), more=st.integers(0, 40))
def test_a_longer_run_begins_like_a_shorter_one(sample, seed, n, more):
    short, after = sample(Stream(seed, 1), [n])
    long, _ = sample(Stream(seed, 1), [n + more])
    assert (long[:n] == short).all()
    assert after == Stream(seed, 1, 256 * n)


@pytest.mark.parametrize("sample", SAMPLERS.values(), ids=SAMPLERS)
def test_chunks_cannot_be_seen(sample, monkeypatch):
    whole, _ = sample(STREAM, [3, 400])
    monkeypatch.setattr(philox, "_CHUNK", 7)
    parts, _ = sample(STREAM, [3, 400])
    assert (whole == parts).all()


@pytest.mark.parametrize("sample", SAMPLERS.values(), ids=SAMPLERS)
def test_shapes(sample):
    for shape in [(), (0,), (5,), (2, 0, 3), (2, 3)]:
        assert sample(STREAM, shape)[0].shape == shape
    with pytest.raises(ValueError, match="must be >= 0"):
        sample(STREAM, [2, -1])


@given(st.integers(0, 2**32), st.integers(0, 50))
@settings(max_examples=30, deadline=None)
def test_a_shuffle_is_a_permutation(seed, n):
    value = np.arange(3 * n).reshape(n, 3)
    got, after = philox.random_shuffle(Stream(seed, 2), value)
    assert sorted(map(tuple, got)) == sorted(map(tuple, value))
    assert after.block == (math.ceil((n - 1) / 4) if n > 1 else 0)


def test_the_callers_array_is_not_shuffled():
    value = np.arange(10)
    philox.random_shuffle(STREAM, value)
    assert (value == np.arange(10)).all()
    one = np.array([3])
    assert not np.shares_memory(philox.random_shuffle(STREAM, one)[0], one)


# ---- The distributions -------------------------------------------------------------------------


def close(sample, mean, variance):
    """Mean and variance are within five standard errors."""
    n = sample.size
    fourth = np.mean((sample - sample.mean()) ** 4)
    assert abs(sample.mean() - mean) < 5 * math.sqrt(variance / n)
    assert abs(sample.var() - variance) < 5 * math.sqrt((fourth - variance**2) / n) + 1e-12


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_moments_of_the_floats(dtype):
    n = [50000]
    u = philox.uniform(STREAM, n, dtype)[0]
    assert u.dtype == dtype and u.min() >= 0 and u.max() < 1
    bits = {"float16": 10, "float32": 23, "float64": 52}[dtype]
    close(u.astype(np.float64), 0.5 - 2.0 ** -(bits + 1), 1 / 12)
    close(philox.normal(STREAM, n, dtype)[0].astype(np.float64), 0, 1)
    t = philox.truncated_normal(STREAM, n, dtype)[0].astype(np.float64)
    assert np.abs(t).max() <= 2
    density, inside = math.exp(-2) / math.sqrt(2 * math.pi), math.erf(math.sqrt(2))
    close(t, 0, 1 - 4 * density / inside)


def test_moments_of_integers_gammas_and_poissons():
    close(philox.uniform_int(STREAM, [50000], -3, 8, np.int64)[0], 2, (11**2 - 1) / 12)
    for alpha in (0.2, 1.0, 1.3, 40.0):
        close(philox.random_gamma(STREAM, [50000], np.float64(alpha))[0], alpha, alpha)
    for rate in (0.5, 9.0, 10.0, 70.0, 1e6):
        close(philox.random_poisson(STREAM, [50000], rate, np.int64)[0], rate, rate)


def test_frequencies_of_classes():
    p = np.array([0.1, 0.2, 0.0, 0.7])
    with np.errstate(divide="ignore"):
        classes = philox.multinomial(STREAM, np.log([p]), 40000)[0][0]
    frequency = np.bincount(classes, minlength=4) / 40000
    assert (np.abs(frequency - p) <= 5 * np.sqrt(p * (1 - p) / 40000)).all()


def test_float32_functions_are_glibcs_for_every_uniform_there_is():
    parts = []
    for start in range(0, 2**23, 2**16):
        u = philox._unit32(np.arange(start, start + 2**16, dtype=np.uint32))
        log = philox._log32(np.maximum(u, np.float32(1e-7)))
        parts.append((log, *philox._sin_cos32((2 * np.pi * u.astype("f8")).astype("f4"))))
    for name, part in zip(("log", "sin", "cos"), zip(*parts, strict=True), strict=True):
        numbers = np.concatenate(part).astype("<f4")
        assert hashlib.sha256(numbers.tobytes()).hexdigest() == MORE["glibc"][name]


def test_log_factorials():
    k = np.array([0, 1, 5, 63, 64, 65, 1000, 10**9], np.float64)
    want = [math.lgamma(n + 1) for n in k]
    np.testing.assert_allclose(philox._log_factorial(k), want, rtol=1e-15)


def test_gammas_outside_the_distributions_domain():
    got, _ = philox.random_gamma(STREAM, [4], np.array([0.0, np.nan, np.inf]))
    assert (got[:, 0] == 0).all() and np.isnan(got[:, 1]).all() and (got[:, 2] == np.inf).all()


# ---- Errors ------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [philox.uniform, philox.normal, philox.truncated_normal])
def test_wrong_dtypes_of_floats(function):
    with pytest.raises(TypeError, match="float16, float32, float64, got int32"):
        function(STREAM, [2], np.int32)


def test_wrong_dtypes_of_the_others():
    with pytest.raises(TypeError, match="int32, int64, got uint8"):
        philox.uniform_int(STREAM, [2], 0, 5, np.uint8)
    with pytest.raises(TypeError, match="got int64"):
        philox.random_gamma(STREAM, [2], np.array([1, 2], np.int64))
    with pytest.raises(TypeError, match="got int8"):
        philox.random_poisson(STREAM, [2], 1.0, np.int8)


def test_wrong_bounds():
    with pytest.raises(ValueError, match="Need minval < maxval, got 3 >= 3"):
        philox.uniform_int(STREAM, [2], 3, 3)
    with pytest.raises(ValueError, match="fit into int32"):
        philox.uniform_int(STREAM, [2], 0, 2**31)
    assert philox.uniform_int(STREAM, [0], 3, 3)[0].shape == (0,)


def test_wrong_logits():
    with pytest.raises(ValueError, match=r"logits should be a matrix, got shape \(3,\)"):
        philox.multinomial(STREAM, np.zeros(3), 1)
    with pytest.raises(ValueError, match="num_samples should be nonnegative, got -1"):
        philox.multinomial(STREAM, np.zeros((1, 3)), -1)
    with pytest.raises(ValueError, match="num_classes should be positive, got 0"):
        philox.multinomial(STREAM, np.zeros((2, 0)), 1)


@pytest.mark.parametrize(
    ("rate", "dtype"), [(np.nan, "float32"), (np.inf, "float64"), (3e9, "int32"), (7e4, "float16")]
)
def test_rates_that_no_number_can_meet(rate, dtype):
    with pytest.raises(ValueError, match="Rates must be at most"):
        philox.random_poisson(STREAM, [2], rate, dtype)


def test_extreme_rates():
    assert philox.random_poisson(STREAM, [2], -1.0)[0].tolist() == [0, 0]
    assert np.isfinite(philox.random_poisson(STREAM, [50], sys.float_info.max, "float64")[0]).all()
