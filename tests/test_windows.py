"""The kernels of convolution and pooling against TensorFlow 1.15, plain loops, and each other."""

import json
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import assume, example, given, settings, strategies as st

from tinyflow.foundation import convolution, pooling, windows as w

RECORDED = json.loads((Path(__file__).parent / "data" / "windows.json").read_text())
fast = settings(max_examples=40, deadline=None, database=None)


def sample(shape, step=5, dtype=np.float64):
    """Small exact numbers with many ties, the same in every language."""
    return ((np.arange(np.prod(shape, dtype=int)) * step % 17 - 8) / 4).reshape(shape).astype(dtype)


def dot(a, b):
    return float(np.vdot(a, b))


OF_SHAPES = {
    "conv2d_backprop_input": ("input_shape",),
    "conv2d_backprop_filter": ("filter_shape",),
    "depthwise_conv2d_native_backprop_input": ("input_shape",),
    "depthwise_conv2d_native_backprop_filter": ("filter_shape",),
    "avg_pool_grad": ("input_shape",),
}


def kernel_named(name):
    return getattr(pooling if "pool" in name else convolution, name)


def how_of(name):
    """The names of the arguments that say how a window slides, in TensorFlow's order."""
    if "pool" in name:
        return "ksize", "strides", "padding", "data_format"
    return "strides", "padding", "dilations", "data_format"


NAN, INF = np.nan, np.inf

# --- TensorFlow 1.15's own numbers --------------------------------------------------------------


def test_extent_is_tensorflows():
    for size, window, stride, padding, dilation, output in RECORDED["extents"]:
        padding = padding if isinstance(padding, str) else tuple(padding)
        if output is None:
            with pytest.raises(ValueError, match="Computed output size would be negative"):
                w.extent(size, window, stride, padding, dilation)
        else:
            assert w.extent(size, window, stride, padding, dilation).output == output


def test_same_pads_the_odd_pixel_after():
    assert w.extent(5, 2, 2, "SAME") == (3, 0, 1)
    assert w.extent(5, 4, 1, "SAME") == (5, 1, 2)
    assert w.extent(5, 1, 3, "SAME") == (2, 0, 0)


def recorded_argument(value: Any) -> Any:
    if isinstance(value, dict):
        return recorded(value["result"]) if "result" in value else sample(*value["sample"])
    return value


def recorded(number: int) -> Any:
    record = RECORDED["kernels"][number]
    return np.array(record["values"]).reshape(record["shape"])


@pytest.mark.parametrize("number", range(len(RECORDED["kernels"])))
def test_kernel_gives_tensorflows_numbers(number):
    record = RECORDED["kernels"][number]
    arguments = list(map(recorded_argument, record["args"]))
    names = (*OF_SHAPES.get(record["kernel"], ()), *how_of(record["kernel"]))
    plain = [a for a in arguments if not isinstance(a, np.ndarray)]
    arrays = [a for a in arguments if isinstance(a, np.ndarray)]
    result = kernel_named(record["kernel"])(*arrays, **dict(zip(names, plain, strict=False)))
    np.testing.assert_allclose(result, recorded(number), rtol=1e-14, atol=1e-14)


# --- random cases -------------------------------------------------------------------------------


class Case(NamedTuple):
    images: int
    size: tuple[int, int]
    depth: int
    filter: tuple[int, int]
    features: int
    strides: tuple[int, int]
    dilations: tuple[int, int]
    padding: Any

    @property
    def image_shape(self):
        return (self.images, *self.size, self.depth)

    @property
    def filter_shape(self):
        return (*self.filter, self.depth, self.features)

    @property
    def how(self):
        return {"strides": self.strides, "padding": self.padding, "dilations": self.dilations}

    @property
    def pool(self):
        return {"ksize": self.filter, "strides": self.strides, "padding": self.padding}

    def extents(self):
        pads = w.spatial_padding(self.padding)
        rest = zip(self.size, self.filter, self.strides, pads, self.dilations, strict=True)
        return [w.extent(*axis) for axis in rest]

    def places(self):
        """Each pixel under each tap of each window, by plain loops."""
        (rows, top, _), (columns, left, _) = self.extents()
        for y, x, i, j in np.ndindex(rows, columns, *self.filter):
            r = y * self.strides[0] + i * self.dilations[0] - top
            c = x * self.strides[1] + j * self.dilations[1] - left
            if 0 <= r < self.size[0] and 0 <= c < self.size[1]:
                yield (y, x), (i, j), (r, c)


def pairs(low, high):
    return st.tuples(st.integers(low, high), st.integers(low, high))


@st.composite
def cases(draw, pool=False):
    explicit = st.tuples(st.just((0, 0)), pairs(0, 2), pairs(0, 2), st.just((0, 0)))
    words = st.sampled_from(["SAME", "VALID"])
    case = Case(
        images=draw(st.integers(0, 2)),
        size=draw(pairs(0, 6)),
        depth=draw(st.integers(0, 2)),
        filter=draw(pairs(1, 3)),
        features=draw(st.integers(0, 2)),
        strides=draw(pairs(1, 3)),
        dilations=(1, 1) if pool else draw(pairs(1, 2)),
        padding=draw(words if pool else words | explicit),
    )
    try:
        case.extents()
    except ValueError:  # too small for its window
        return case._replace(padding="SAME")
    return case


@contextmanager
def limits(**values):
    """The sizes from which kernels do otherwise, as if they were these."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            patch.setattr(w if name.startswith("BLOCK") else convolution, name, value)
        yield


@fast
@given(cases(), st.sampled_from([1.0, NAN, INF]))
@example(Case(1, (3, 3), 1, (3, 3), 1, (1, 1), (1, 1), "SAME"), NAN)
@np.errstate(invalid="ignore")
def test_convolution_row_by_row_is_the_same(case, factor):
    x, f = sample(case.image_shape), sample(case.filter_shape, 3)
    # 0 * inf is NaN, so a row of the filter that sees padding may not be left out.  (But np.dot takes
    # 0 times NaN for 0 where both matrices are 1x1.)
    assume(factor == 1 or case.filter[1] * case.depth > 1)
    f.flat[:1] *= factor
    plain = in_three_ways(x, f, case, factor)
    for blocks in ({}, {"BLOCK_BYTES": 1, "BLOCK_PLACES": 4}):
        with limits(SHORT_RUN=1, LONG_ROW=1, **blocks):
            for result, expected in zip(in_three_ways(x, f, case, factor), plain, strict=True):
                np.testing.assert_allclose(result, expected)


def in_three_ways(x, f, case, factor=1.0):
    """The convolution, and its gradients for an arbitrary one of its own."""
    out = convolution.conv2d(x, f, **case.how)
    g = sample(out.shape, 7)
    g.flat[:1] *= factor
    dx = convolution.conv2d_backprop_input(f, g, input_shape=x.shape, **case.how)
    return out, dx, convolution.conv2d_backprop_filter(x, g, filter_shape=f.shape, **case.how)


def test_row_by_row_is_chosen_for_many_channels(monkeypatch):
    x, f = sample((2, 9, 8, 32), dtype=np.float32), sample((3, 2, 32, 40), 3, np.float32)
    case = Case(2, (9, 8), 32, (3, 2), 40, (1, 1), (2, 1), "SAME")
    with limits(LONG_ROW=1 << 30):
        expected = in_three_ways(x, f, case)
    monkeypatch.delattr(convolution, "_columns")
    for result, wanted in zip(in_three_ways(x, f, case), expected, strict=True):
        np.testing.assert_allclose(result, wanted, rtol=1e-5, atol=1e-4)


@fast
@given(cases())
def test_convolution_is_seven_loops(case):
    x, f = sample(case.image_shape), sample(case.filter_shape, 3)
    out = convolution.conv2d(x, f, **case.how)
    g = sample(out.shape, 7)
    y, dx, df = np.zeros_like(out), np.zeros_like(x), np.zeros_like(f)
    for (a, b), (i, j), (r, c) in case.places():
        for n, d, k in np.ndindex(case.images, case.depth, case.features):
            y[n, a, b, k] += x[n, r, c, d] * f[i, j, d, k]
            dx[n, r, c, d] += g[n, a, b, k] * f[i, j, d, k]
            df[i, j, d, k] += g[n, a, b, k] * x[n, r, c, d]
    np.testing.assert_allclose(out, y)
    np.testing.assert_allclose(
        convolution.conv2d_backprop_input(f, g, input_shape=x.shape, **case.how), dx
    )
    np.testing.assert_allclose(
        convolution.conv2d_backprop_filter(x, g, filter_shape=f.shape, **case.how), df
    )


@fast
@given(cases())
def test_depthwise_convolution_is_loops(case):
    x, f = sample(case.image_shape), sample(case.filter_shape, 3)
    out = convolution.depthwise_conv2d_native(x, f, **case.how)
    g = sample(out.shape, 7)
    y, dx, df = np.zeros_like(out), np.zeros_like(x), np.zeros_like(f)
    for (a, b), (i, j), (r, c) in case.places():
        for n, d, m in np.ndindex(case.images, case.depth, case.features):
            k = d * case.features + m
            y[n, a, b, k] += x[n, r, c, d] * f[i, j, d, m]
            dx[n, r, c, d] += g[n, a, b, k] * f[i, j, d, m]
            df[i, j, d, m] += g[n, a, b, k] * x[n, r, c, d]
    np.testing.assert_allclose(out, y)
    how = case.how
    np.testing.assert_allclose(
        convolution.depthwise_conv2d_native_backprop_input(f, g, input_shape=x.shape, **how), dx
    )
    np.testing.assert_allclose(
        convolution.depthwise_conv2d_native_backprop_filter(x, g, filter_shape=f.shape, **how), df
    )


@fast
@given(cases(pool=True))
def test_pools_are_loops(case):
    x, how = sample(case.image_shape), case.pool
    y = pooling.max_pool(x, **how)
    g, g2 = sample(y.shape, 7), sample(x.shape, 3)
    seen: dict[Any, list[Any]] = {}  # window -> its pixels, in order
    for place, _, pixel in case.places():
        seen.setdefault(place, []).append(pixel)
    dx, picked, mean, share = np.zeros_like(x), np.zeros_like(y), np.zeros_like(y), np.zeros_like(x)
    for (a, b), pixels in seen.items():
        for n, d in np.ndindex(case.images, case.depth):
            r, c = max(pixels, key=lambda p: x[n, p[0], p[1], d])  # the first of several
            assert y[n, a, b, d] == x[n, r, c, d]
            dx[n, r, c, d] += g[n, a, b, d]
            picked[n, a, b, d] = g2[n, r, c, d]
            for r, c in pixels:
                mean[n, a, b, d] += x[n, r, c, d] / len(pixels)
                share[n, r, c, d] += g[n, a, b, d] / len(pixels)
    assert np.array_equal(pooling.max_pool_grad(x, y, g, **how), dx)
    assert np.array_equal(pooling.max_pool_grad_grad(x, y, g2, **how), picked)
    np.testing.assert_allclose(pooling.avg_pool(x, **how), mean, atol=1e-12)
    np.testing.assert_allclose(
        pooling.avg_pool_grad(g, input_shape=x.shape, **how), share, atol=1e-12
    )


CONVOLUTIONS = [
    (convolution.conv2d, convolution.conv2d_backprop_input, convolution.conv2d_backprop_filter),
    (
        convolution.depthwise_conv2d_native,
        convolution.depthwise_conv2d_native_backprop_input,
        convolution.depthwise_conv2d_native_backprop_filter,
    ),
]


@pytest.mark.parametrize(("forward", "to_input", "to_filter"), CONVOLUTIONS)
@fast
@given(cases())
def test_each_convolution_is_the_others_adjoint(forward, to_input, to_filter, case):
    """One trilinear form seen from three sides, hence every second derivative too."""
    x, f, how = sample(case.image_shape), sample(case.filter_shape, 3), case.how
    y = forward(x, f, **how)
    g = sample(y.shape, 7)
    form = dot(y, g)
    assert dot(x, to_input(f, g, input_shape=x.shape, **how)) == pytest.approx(form)
    assert dot(f, to_filter(x, g, filter_shape=f.shape, **how)) == pytest.approx(form)


@fast
@given(cases(pool=True))
def test_pool_gradients_are_adjoints(case):
    x, how = sample(case.image_shape), case.pool
    y = pooling.max_pool(x, **how)
    g, g2 = sample(y.shape, 7), sample(x.shape, 3)
    there, back = pooling.max_pool_grad(x, y, g, **how), pooling.max_pool_grad_grad(x, y, g2, **how)
    assert dot(there, g2) == pytest.approx(dot(g, back))
    assert dot(pooling.avg_pool(x, **how), g) == pytest.approx(
        dot(x, pooling.avg_pool_grad(g, input_shape=x.shape, **how))
    )


# --- images that lie by place -------------------------------------------------------------------


def by_place(a):
    """The same numbers, the same pixel of all images together."""
    return np.ascontiguousarray(a.transpose(1, 2, 0, 3)).transpose(2, 0, 1, 3)


four_times = st.tuples(*[st.booleans()] * 4)
bands = st.booleans()


@fast
@given(cases(pool=True), four_times, bands)
@example(Case(2, (6, 5), 2, (2, 2), 0, (2, 2), (1, 1), "SAME"), (True, True, True, True), True)
def test_pools_by_place_are_the_same(case, lie_so, narrow):
    x, how = sample(case.image_shape), case.pool
    y = pooling.max_pool(x, **how)
    g, g2 = sample(y.shape, 7), sample(x.shape, 3)
    arrays = [by_place(a) if so else a for a, so in zip((x, y, g, g2), lie_so, strict=True)]
    with pytest.MonkeyPatch.context() as patch:
        if narrow:
            patch.setattr(pooling, "AT_ONCE", 1)
        found = all_pools(*arrays, how, by_place if lie_so[0] else np.array)
    for result, expected in zip(found, all_pools(x, y, g, g2, how, np.array), strict=True):
        np.testing.assert_allclose(result, expected, rtol=1e-14, atol=1e-14)


def all_pools(x, y, g, g2, how, lying):
    """Results written into arrays that lie so."""
    like_x, like_y = [lambda a=a: lying(np.full(a.shape, np.nan)) for a in (x, y)]
    yield pooling.max_pool(x, **how, out=like_y())
    yield pooling.max_pool_grad(x, y, g, **how, out=like_x())
    yield pooling.max_pool_grad_grad(x, y, g2, **how, out=like_y())
    yield pooling.avg_pool(x, **how, out=like_y())
    yield pooling.avg_pool_grad(g, input_shape=x.shape, **how, out=like_x())
    yield pooling.sum_of_pixels(x)


@fast
@given(cases(), four_times, bands)
@example(Case(2, (6, 5), 1, (3, 2), 2, (1, 1), (1, 1), "SAME"), (True, True, True, True), True)
def test_convolutions_by_place_are_the_same(case, lie_so, narrow):
    x, f = sample(case.image_shape), sample(case.filter_shape, 3)
    plain = in_three_ways(x, f, case)
    x, g, out, dx = [
        by_place(a) if so else np.array(a)
        for a, so in zip((x, sample(plain[0].shape, 7), *plain[:2]), lie_so, strict=True)
    ]
    out[...] = dx[...] = np.nan
    with limits(**({"BLOCK_BYTES": 1, "BLOCK_PLACES": 4} if narrow else {})):
        convolution.conv2d(x, f, **case.how, out=out)
        convolution.conv2d_backprop_input(f, g, input_shape=x.shape, **case.how, out=dx)
        df = convolution.conv2d_backprop_filter(x, g, filter_shape=f.shape, **case.how)
    for result, expected in zip((out, dx, df), plain, strict=True):
        np.testing.assert_allclose(result, expected)


def test_pixels_are_summed_by_channel():
    want = X.sum(axis=(0, 1, 2))
    for x in (X, by_place(X), X[:, ::2], X[:1], X[:0]):
        np.testing.assert_allclose(pooling.sum_of_pixels(x), x.sum(axis=(0, 1, 2)))
    out = np.empty(4)[::2]
    assert pooling.sum_of_pixels(X, out=out) is out
    np.testing.assert_allclose(out, want)


# --- every kernel, on one case ------------------------------------------------------------------

X, F, D = sample((3, 6, 5, 2)), sample((3, 2, 2, 4), 3), sample((3, 2, 2, 2), 3)
G, P = sample((3, 3, 5, 4), 7), sample((3, 3, 3, 2), 7)
CONV = {"strides": (1, 2, 1, 1), "padding": "SAME", "dilations": (1, 1, 2, 1)}
ONCE = {"strides": 1, "padding": "VALID"}
POOL = {"ksize": (1, 3, 2, 1), "strides": (1, 2, 2, 1), "padding": "SAME"}
Y = pooling.max_pool(X, **POOL)
KERNELS = {
    "conv2d": ((X, F), CONV),
    "conv2d_backprop_input": ((F, G), {"input_shape": X.shape, **CONV}),
    "conv2d_backprop_filter": ((X, G), {"filter_shape": F.shape, **CONV}),
    "depthwise_conv2d_native": ((X, D), CONV),
    "depthwise_conv2d_native_backprop_input": ((D, G), {"input_shape": X.shape, **CONV}),
    "depthwise_conv2d_native_backprop_filter": ((X, G), {"filter_shape": D.shape, **CONV}),
    "max_pool": ((X,), POOL),
    "max_pool_grad": ((X, Y, P), POOL),
    "max_pool_grad_grad": ((X, Y, X * 2), POOL),
    "avg_pool": ((X,), POOL),
    "avg_pool_grad": ((P,), {"input_shape": X.shape, **POOL}),
}
every_kernel = pytest.mark.parametrize("name", KERNELS)


def call(name, change=lambda a: a, **more):
    arguments, how = KERNELS[name]
    return kernel_named(name)(*map(change, arguments), **{**how, **more})


@every_kernel
def test_nchw_is_a_transpose(name):
    def turn(a):
        is_filter = a is F or a is D
        return a if is_filter else np.ascontiguousarray(a.transpose(0, 3, 1, 2))

    arguments, how = KERNELS[name]
    same = ("padding", "filter_shape")
    how = {k: v if k in same else (v[0], v[3], v[1], v[2]) for k, v in how.items()}
    result = kernel_named(name)(*map(turn, arguments), **how, data_format="NCHW")
    expected = call(name)
    if not name.endswith("filter"):
        result = result.transpose(0, 2, 3, 1)
    np.testing.assert_allclose(result, expected, rtol=1e-14)


def test_explicit_padding_follows_the_data_format():
    padding = ((0, 0), (2, 0), (1, 3), (0, 0))
    turned = X.transpose(0, 3, 1, 2)
    pads = [padding[k] for k in (0, 3, 1, 2)]
    result = convolution.conv2d(turned, F, strides=1, padding=pads, data_format="NCHW")
    expected = convolution.conv2d(np.pad(X, padding), F, **ONCE)
    np.testing.assert_array_equal(result.transpose(0, 2, 3, 1), expected)


@every_kernel
def test_any_memory_layout_and_nothing_written(name):
    def scatter(a):
        """The same numbers, each axis backwards in memory and with gaps."""
        room = np.full([2 * n for n in a.shape], np.nan)
        view = room[::-2, ::-2, ::-2, ::-2]
        view[...] = a
        room.flags.writeable = view.flags.writeable = False
        return view

    np.testing.assert_array_equal(call(name, scatter), call(name))
    np.testing.assert_array_equal(call(name, np.asfortranarray), call(name))


@every_kernel
def test_the_result_is_the_callers_own(name):
    arguments = KERNELS[name][0]
    result = call(name, padding="VALID", strides=1, dilations=1) if name == "conv2d" else call(name)
    assert result.flags.writeable
    assert not any(np.shares_memory(result, a) for a in arguments)


def test_a_pool_of_single_pixels_copies():
    assert not np.shares_memory(pooling.max_pool(X, ksize=1, **ONCE), X)
    assert not np.shares_memory(pooling.avg_pool(X, ksize=1, **ONCE), X)


@every_kernel
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_dtype_is_kept(name, dtype):
    result = call(name, lambda a: a.astype(dtype))
    assert result.dtype == dtype
    np.testing.assert_allclose(result, call(name), rtol=4 * np.finfo(dtype).eps, atol=1e-6)


@every_kernel
def test_empty_batch(name):
    def empty(a):
        return a if a is F or a is D else a[:0]

    _, how = KERNELS[name]
    sizes = {"input_shape": (0, *X.shape[1:])} if "input_shape" in how else {}
    result = call(name, empty, **sizes)
    assert result.shape[1:] == call(name).shape[1:]
    assert not result.any()


@every_kernel
def test_blocks_do_not_show(name, monkeypatch):
    whole = call(name)
    monkeypatch.setattr(w, "BLOCK_BYTES", 1)
    monkeypatch.setattr(w, "BLOCK_PLACES", 1)
    np.testing.assert_allclose(call(name), whole, rtol=1e-14)


def test_two_dtypes_meet_as_in_numpy():
    assert (
        convolution.conv2d(X.astype(np.float32), F, strides=1, padding="SAME").dtype == np.float64
    )
    assert (
        convolution.conv2d(
            X.astype(np.int32), F.astype(np.float16), strides=1, padding="SAME"
        ).dtype
        == np.float64
    )


def test_half_precision_sums_are_taken_in_float32():
    x = np.full((1, 1, 3000, 1), 0.1, np.float16)
    exact = float(x[0, 0, 0, 0])
    assert pooling.avg_pool(x, ksize=(1, 3000), **ONCE).item() == np.float16(exact)
    total = convolution.conv2d(x, np.ones((1, 3000, 1, 1), np.float16), **ONCE)
    assert total.item() == np.float16(3000 * exact)


def test_max_pool_takes_integers():
    x = np.array([-7, -9, -128, 5], np.int8).reshape(1, 1, 4, 1)
    y = pooling.max_pool(x, ksize=(1, 3), strides=2, padding="SAME")
    assert y.dtype == np.int8
    assert y.ravel().tolist() == [-7, 5]


def test_sums_of_integers_are_refused():
    """As in TensorFlow, and because a mean of integers is none."""
    with pytest.raises(TypeError, match="DataType int64 not in list of allowed values"):
        pooling.avg_pool(np.ones((1, 2, 2, 1), np.int64), ksize=2, **ONCE)
    with pytest.raises(TypeError, match="DataType int64 not in list of allowed values"):
        convolution.conv2d(np.ones((1, 2, 2, 1), np.int64), np.ones((1, 1, 1, 1), np.int64), **ONCE)


# --- what is not finite -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "largest", "first"),
    [
        ((3, 3, 1), 3, 0),
        ((1, NAN, NAN), NAN, 1),
        ((NAN, 1, 2), NAN, 0),
        ((INF, NAN, INF), NAN, 1),
        ((-INF, -INF, -INF), -INF, 0),
    ],
)
def test_max_pool_propagates_nan_and_infinity(row, largest, first):
    """TensorFlow 1.15 drops NaN, and answers -3.4e38 when nothing is left."""
    x = np.reshape(row, (1, 1, 3, 1)).astype(float)
    how = {"ksize": (2, 4), "strides": 4, "padding": "SAME"}  # pads all around
    y = pooling.max_pool(x, **how)
    np.testing.assert_array_equal(y.ravel(), [largest])
    grad = pooling.max_pool_grad(x, y, np.full(y.shape, INF), **how)
    assert grad.ravel().tolist() == [INF if i == first else 0 for i in range(3)]
    back = pooling.max_pool_grad_grad(x, y, np.reshape([10.0, 20, 30], x.shape), **how)
    assert back.item() == 10 * (first + 1)


def test_nan_in_a_pixel_spoils_only_its_windows():
    x = np.ones((1, 5, 5, 1))
    x[0, 0, 0] = NAN
    for filter in (np.ones((3, 3, 1, 1)), np.zeros((3, 3, 1, 1))):
        for kernel in (convolution.conv2d, convolution.depthwise_conv2d_native):
            spoiled = np.isnan(kernel(x, filter, strides=1, padding="SAME")[0, :, :, 0])
            assert spoiled[:2, :2].all()
            assert spoiled.sum() == 4


def test_padding_is_zero_times_the_filter():
    """As in TensorFlow: a NaN in the filter reaches the outputs where it lies on padding."""
    filter = np.ones((3, 3, 1, 1))
    filter[0, 0] = NAN
    for kernel in (convolution.conv2d, convolution.depthwise_conv2d_native):
        assert np.isnan(kernel(np.ones((1, 3, 3, 1)), filter, strides=1, padding="SAME")).all()


# --- wrong arguments ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"strides": (1, 0, 1, 1)}, "Stride must be > 0, but got 0"),
        ({"strides": (2, 1, 1, 1)}, "strides in the batch and depth dimensions"),
        ({"strides": (1, 1, 1)}, "strides should be of length 1, 2 or 4 but was 3"),
        ({"dilations": 0}, "Dilation rate must be >= 1, but got 0"),
        ({"dilations": (1, 1, 1, 2)}, "dilations in the batch and depth dimensions"),
        ({"padding": "same"}, 'padding must be "SAME", "VALID" or a list'),
        ({"padding": [[0, 0], [1, 1], [1, 1]]}, "it must be of size 4"),
        ({"padding": [[0, 0], [1], [1, 1], [0, 0]]}, "each element a list/tuple of size 2"),
        ({"padding": [[0, 0], [-1, 1], [1, 1], [0, 0]]}, "must be nonnegative"),
        ({"padding": [[1, 0], [1, 1], [1, 1], [0, 0]]}, "batch or depth dimensions"),
        ({"padding": [[0, 0], [1, 1], [1, 1], [0, 1]]}, "batch or depth dimensions"),
        ({"data_format": "NWHC"}, 'data_format must be "NHWC" or "NCHW"'),
        (
            {"filter": np.ones((9, 9, 2, 1)), "padding": "VALID", "strides": 2},
            r"negative: -1 \[input_size: 4, effective_filter_size: 9, stride: 2\]",
        ),
        ({"filter": np.ones((2, 2, 3, 1))}, "must have the same depth: 2 vs 3"),
        ({"filter": np.ones((2, 2, 2))}, r"filter must be 4-dimensional: \[2, 2, 2\]"),
        ({"filter": np.ones((0, 2, 2, 1))}, "Window size must be > 0, but got 0"),
        ({"x": np.ones((2, 2))}, r"input must be 4-dimensional: \[2, 2\]"),
    ],
)
def test_wrong_arguments(change, message):
    arguments = {"x": X[:, :4], "filter": F, "strides": 1, "padding": "SAME", **change}
    operands = arguments.pop("x"), arguments.pop("filter")
    for compute in (convolution.conv2d, convolution.conv2d.result):
        with pytest.raises(ValueError, match=message):
            compute(*operands, **arguments)


def test_wrong_sizes_of_gradients():
    message = r"doesn't match computed: actual = \[3, 3, 5, 4\], computed = \[3, 6, 5, 4\]"
    with pytest.raises(ValueError, match=message):
        convolution.conv2d_backprop_input(F, G, input_shape=X.shape, strides=1, padding="SAME")
    with pytest.raises(ValueError, match="input_sizes must be 4-dimensional"):
        convolution.conv2d_backprop_input(F, G, input_shape=(6, 5), strides=1, padding="SAME")
    with pytest.raises(ValueError, match="MaxPoolGradGrad: Size of grad doesn't match"):
        pooling.max_pool_grad_grad(X, Y, P, **POOL)
    for name in KERNELS:
        if "grad" in name or "backprop" in name:
            with pytest.raises(ValueError, match="doesn't match computed"):
                call(name, strides=3)


def test_pools_pad_by_name_only():
    with pytest.raises(TypeError, match="Expected string for argument 'padding'"):
        pooling.max_pool(X, ksize=2, strides=2, padding=[[0, 0], [1, 1], [1, 1], [0, 0]])
    with pytest.raises(ValueError, match="ksize in the batch and depth dimensions"):
        pooling.avg_pool(X, ksize=(1, 1, 1, 2), strides=1, padding="SAME")
    with pytest.raises(TypeError):
        pooling.avg_pool(X, ksize=2.5, strides=1, padding="SAME")


# --- writing where it is told -------------------------------------------------------------------


@every_kernel
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_out_is_written_to_and_completely(name, dtype):
    def cast(a):
        return a.astype(dtype)

    expected = call(name, cast)
    arguments, how = KERNELS[name]
    assert kernel_named(name).result(*map(cast, arguments), **how) == (expected.shape, dtype)
    whole = np.full(expected.shape, np.nan, dtype)
    scattered = np.full([2 * n for n in expected.shape], np.nan, dtype)[::-2, ::-2, ::-2, ::-2]
    turned = np.full(expected.shape[::-1], np.nan, dtype).T
    for out in (whole, scattered, turned):
        assert call(name, cast, out=out) is out
        np.testing.assert_allclose(out, expected, rtol=4 * np.finfo(dtype).eps)
