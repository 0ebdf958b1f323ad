"""Reductions and linear algebra: what is not a row of the contract table."""

import numpy as np
import pytest

import tinyflow as tf
from tinyflow.ops import cumulative, decompositions, einsum, linalg, norms, reduction, statistics

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], np.float32)


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run(tensors, feeds=None):
    with tf.Session() as session:
        return session.run(tensors, feeds)


def source(tensors, feeds):
    with tf.Session() as session:
        return session.source(tensors, feeds)


# -- axes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("axis", [2, -3, [0, 5]])
def test_axis_out_of_range_is_a_build_error_that_names_it(axis):
    wrong = axis if isinstance(axis, int) else 5
    with pytest.raises(ValueError, match=f"Invalid reduction dimension {wrong} for input with 2"):
        tf.reduce_sum(X, axis)


def test_axis_out_of_range_that_only_a_run_shows():
    x = tf.placeholder(tf.float32)
    y = tf.reduce_sum(x, 1)
    with pytest.raises(tf.errors.InvalidArgumentError, match="dimension 1 for input with 1"):
        run(y, {x: [1.0, 2.0]})


def test_scalars_have_no_axes():
    with pytest.raises(ValueError, match="0 dimensions"):
        tf.reduce_sum(1.0, 0)
    assert run(tf.reduce_sum(1.0, [])) == 1.0


def test_axis_that_is_fed():
    axis = tf.placeholder(tf.int32)
    y = tf.reduce_sum(X, axis)
    assert y.shape.ndims is None
    np.testing.assert_array_equal(run(y, {axis: 0}), X.sum(0))
    np.testing.assert_array_equal(run(y, {axis: [0, -1]}), X.sum())
    np.testing.assert_array_equal(run(y, {axis: np.zeros(0, int)}), X)


def test_bad_axes():
    with pytest.raises(TypeError, match="reduction_indices"):
        tf.reduce_sum(X, 1.0)
    with pytest.raises(ValueError, match="at most rank 1 but is rank 2"):
        tf.reduce_sum(X, [[0]])


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ({"axis": 0, "reduction_indices": 0}, "'reduction_indices' and 'axis'"),
        ({"keepdims": True, "keep_dims": True}, "'keep_dims' and 'keepdims'"),
    ],
)
def test_old_and_new_names_of_one_argument(arguments, names):
    with pytest.raises(ValueError, match=f"Cannot specify both {names}"):
        tf.reduce_sum(X, **arguments)


def test_old_names_alone():
    y = tf.reduce_mean(X, reduction_indices=1, keep_dims=True)
    np.testing.assert_array_equal(run(y), [[2], [5]])


@pytest.mark.parametrize("kind", [tf.reduce_sum, tf.reduce_mean, tf.reduce_max, tf.argmax])
def test_bools_are_not_numbers(kind):
    with pytest.raises(TypeError, match="bool"):
        kind([True, False])


@pytest.mark.parametrize("kind", [tf.reduce_any, tf.reduce_all])
def test_numbers_are_not_bools(kind):
    with pytest.raises(TypeError, match="float32"):
        kind(X)


def test_static_shape_of_unknown_rank():
    x = tf.placeholder(tf.float32)
    assert tf.reduce_sum(x).shape.as_list() == []
    assert tf.reduce_sum(x, 0).shape.ndims is None
    assert tf.reduce_sum(x, keepdims=True).shape.ndims is None
    known = tf.placeholder(tf.float32, [None, 3])
    axis = tf.placeholder(tf.int32, [1])
    assert tf.reduce_sum(known, axis, keepdims=True).shape.as_list() == [None, None]


# -- values ----------------------------------------------------------------------------------------


def test_integers_keep_their_type():
    wraps = tf.reduce_sum(tf.constant([127, 1], tf.int8))
    assert run(wraps) == -128 and wraps.dtype == tf.int8
    assert run(tf.reduce_mean([-1, -2])) == -1  # cut off towards zero
    assert run(tf.reduce_mean(tf.zeros([0], tf.int32))) == 0
    assert run(tf.reduce_prod([65536, 65536])) == 0


def test_nan_is_passed_on_by_extremes_and_found_by_argmax():
    x = tf.constant([1.0, np.nan, 2.0])
    assert np.isnan(run([tf.reduce_max(x), tf.reduce_min(x)])).all()
    assert run([tf.argmax(x), tf.argmin(x)]) == [1, 1]


def test_equal_extremes_share_the_gradient():
    x = tf.constant([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
    expected = np.array([[0, 0.5, 0.5], [1 / 3, 1 / 3, 1 / 3]], np.float32)
    np.testing.assert_array_equal(run(tf.gradients(tf.reduce_max(x, 1), x)[0]), expected)
    np.testing.assert_array_equal(run(tf.gradients(tf.reduce_min(-x, 1), x)[0]), -expected)


@pytest.mark.parametrize("x", [[2.0, 0.0, 3.0], [0.0, 5.0, 0.0], [0.0, 0.0, 0.0]])
@pytest.mark.parametrize("product", [tf.reduce_prod, lambda x: cumulative.cumprod(x)[-1]])
def test_products_have_exact_derivatives_at_zeros(product, x):
    t = tf.constant(x)
    hessian = run(tf.hessians(product(t), t)[0])
    a, b, c = x
    np.testing.assert_array_equal(run(tf.gradients(product(t), t)[0]), [b * c, a * c, a * b])
    np.testing.assert_array_equal(hessian, [[0, c, b], [c, 0, a], [b, a, 0]])


def test_logsumexp_does_not_overflow_and_its_gradient_is_the_softmax():
    x = tf.constant([1000.0, 0.0, -1000.0])
    y = tf.reduce_logsumexp(x)
    value, slope = run([y, tf.gradients(y, x)[0]])
    assert value == 1000
    np.testing.assert_array_equal(slope, [1, 0, 0])


def test_no_gradient_flows_where_tf_has_none():
    x = tf.constant(X)
    assert tf.gradients(reduction.reduce_euclidean_norm(x), x) == [None]
    assert tf.gradients(tf.argmax(x), x) == [None]
    assert tf.gradients(tf.cast(tf.argmax(x), tf.float32), x) == [None]


def test_argmax_of_nothing():
    with pytest.raises(tf.errors.InvalidArgumentError, match="axis 0 is empty in shape"):
        run(tf.argmax(np.zeros(0, np.float32)))
    with pytest.raises(ValueError, match=r"Dimension \(2\) must be in the range"):
        tf.argmax(X, 2)
    with pytest.raises(TypeError, match="output_type"):
        tf.argmax(X, output_type=tf.float32)


def test_count_nonzero_of_many_kinds():
    assert run(tf.count_nonzero(["a", ""])) == 1
    assert run(tf.count_nonzero([True, False, True])) == 2
    assert run(tf.count_nonzero([0.0, -0.0, np.nan], dtype=tf.int32)).dtype == np.int32
    with pytest.raises(ValueError, match="'input_tensor' and 'input'"):
        tf.count_nonzero(X, input=X)


@pytest.mark.parametrize("axis", [1, -2, [0]])
def test_running_sums_check_their_axis_in_the_run(axis):
    y = tf.cumsum([1.0, 2.0], axis)
    with pytest.raises(tf.errors.InvalidArgumentError, match="axis"):
        run(y)


# -- names -----------------------------------------------------------------------------------------


def test_names_are_those_of_tf():
    x = tf.constant(X, name="x")
    made = [
        tf.reduce_sum(x),
        tf.reduce_mean(x, 0),
        tf.reduce_logsumexp(x),
        tf.reduce_logsumexp(x, name="q"),
        reduction.reduce_variance(x),
        reduction.reduce_std(x),
        tf.count_nonzero(x),
        tf.argmax(x),
        cumulative.cumsum(x),
        statistics.zero_fraction(x),
        *statistics.moments(x, [0]),
        *statistics.moments(x, 0, keep_dims=True, name="mo"),
        linalg.matmul(x, x, transpose_b=True),
        x @ np.ones((3, 1)),
        linalg.matvec(x, [1.0, 2.0, 3.0]),
        linalg.tensordot(x, x, 2),
        linalg.trace(x),
        einsum.einsum("ij,kj->ik", x, x),
        norms.norm(x),
        norms.l2_normalize(x, 1),
        *norms.normalize(x),
        reduction.global_norm([x]),
    ]
    assert [t.op.name for t in made] == [
        "Sum", "Mean", "ReduceLogSumExp/Add", "q/Add", "reduce_variance/Mean_1", "reduce_std/Sqrt",
        "count_nonzero/Sum", "ArgMax", "Cumsum", "zero_fraction/fraction", "moments/Squeeze",
        "moments/Squeeze_1", "mo/mean", "mo/variance", "MatMul", "matmul_1", "MatVec/Squeeze",
        "Tensordot", "Trace", "einsum/MatMul", "norm/Squeeze", "l2_normalize", "normalize/truediv",
        "normalize/norm/Sqrt", "global_norm/global_norm",
    ]  # fmt: skip


# -- the text that runs ----------------------------------------------------------------------------


def test_reductions_and_their_gradients_come_out_as_few_statements():
    x = tf.placeholder(tf.float32, [None, 3])
    w = tf.placeholder(tf.float32, [3, 2])
    feeds = {x: X, w: np.ones((3, 2))}
    assert "np.maximum.reduce(Placeholder, axis=1" in source(tf.reduce_max(x, 1), feeds)
    text = source(tf.gradients(tf.reduce_sum(tf.matmul(x, w) ** 2), w), feeds)
    assert ".evaluate" not in text and text.count(".dot(") + text.count("np.matmul") == 2
    text = source(tf.gradients(tf.reduce_logsumexp(x, 1), x), feeds)
    assert text.count("np.exp") == 2 and ".evaluate" not in text


# -- products --------------------------------------------------------------------------------------


def test_the_rank_that_a_run_shows_may_be_that_of_a_vector():
    a, v = tf.Variable(np.array([[1.0, 0.0], [0.0, -1.0]])), tf.placeholder()
    y = tf.matmul(a, v)
    grads = tf.gradients(tf.reduce_sum(y * y), [a, v])
    value, da, dv = run([y, *grads], {v: [1.0, 2.0]})
    np.testing.assert_array_equal(value, [1, -2])
    np.testing.assert_array_equal(da, [[2, 4], [-4, -8]])
    np.testing.assert_array_equal(dv, [2, 4])
    value, da, dv = run([y, *grads], {v: [[1.0, 0.0], [2.0, 1.0]]})
    np.testing.assert_array_equal(value, [[1, 0], [-2, -1]])
    np.testing.assert_array_equal(dv, [[2, 0], [4, 2]])


def test_a_vector_beside_a_tensor_of_unknown_rank():
    v, x = tf.Variable([1.0, 2.0]), tf.placeholder()
    y = tf.matmul(v, x)
    dv, dx = tf.gradients(y, [v, x])
    value, slope, other = run([y, dv, dx], {x: np.float32([[1, 0], [3, 1]])})
    np.testing.assert_array_equal(value, [7, 2])
    np.testing.assert_array_equal(slope, [1, 4])
    np.testing.assert_array_equal(other, [[1, 1], [2, 2]])
    assert run(y, {x: np.float32([3, 4])}) == 11


@pytest.mark.parametrize(
    ("a", "b", "what"),
    [
        ((2, 3), (2, 3), "inner dimensions differ, 3 and 2"),
        ((2, 3), (3,), "rank 2 but is rank 1"),
        ((), (3, 2), "rank 2 but is rank 0"),
        ((2, 3, 3), (5, 3, 3), "batches"),
        ((2, 3, 3), (2, 4, 3), "inner dimensions differ, 3 and 4"),
    ],
)
def test_products_that_do_not_fit(a, b, what):
    with pytest.raises(ValueError, match=what):
        tf.matmul(tf.placeholder(tf.float32, a), tf.placeholder(tf.float32, b))


def test_products_that_a_run_shows_not_to_fit():
    a, b = tf.placeholder(tf.float32, [None, None]), tf.placeholder(tf.float32, [None, None])
    with pytest.raises(tf.errors.InvalidArgumentError, match="inner dimensions differ, 3 and 2"):
        run(tf.matmul(a, b), {a: X, b: X})


def test_what_matmul_multiplies():
    for dtype in (tf.int8, tf.bool):
        with pytest.raises(TypeError, match=dtype.name):
            tf.matmul(tf.placeholder(dtype, [2, 2]), tf.placeholder(dtype, [2, 2]))
    with pytest.raises(TypeError, match="float64"):
        tf.matmul(X, np.ones((3, 2)))
    with pytest.raises(ValueError, match="Only one of transpose_a and adjoint_a"):
        tf.matmul(X, X, transpose_a=True, adjoint_a=True)


def test_types_of_products_are_those_of_tf():
    matrix, many, unknown = (tf.placeholder(tf.float32, s) for s in ([2, 2], [5, 2, 2], None))
    kinds = [tf.matmul(matrix, b).op.type for b in (matrix, many, unknown)]
    assert kinds == ["MatMul", "BatchMatMulV2", "BatchMatMulV2"]


@pytest.mark.parametrize(
    ("axes", "what"),
    [
        (-1, "at least 0"),
        (3, "larger than the number of dimensions"),
        ([0], "an integer or have length 2"),
        ([[0, 1], [1]], "2 != 1"),
        ([[0], [0, 1]], "1 != 2"),
        ([[5], [0]], "dimension 5"),
        ([[0], [1]], "inner dimensions differ, 2 and 3"),
    ],
)
def test_tensordot_axes_that_do_not_fit(axes, what):
    with pytest.raises(ValueError, match=what):
        linalg.tensordot(X, X, axes)


def test_tensordot_axes_and_ranks_that_only_a_run_shows():
    a, b = tf.placeholder(tf.float32), tf.placeholder(tf.float32)
    axes = tf.placeholder(tf.int32)
    for product in (linalg.tensordot(a, b, axes), linalg.tensordot(a, b, [[0], [0]])):
        value, da = run([product, tf.gradients(product, a)[0]], {a: X, b: X, axes: [[0], [0]]})
        np.testing.assert_array_equal(value, X.T @ X)
        np.testing.assert_array_equal(da, np.tile(X.sum(1, keepdims=True), (1, 3)))
    assert linalg.tensordot(
        tf.placeholder(tf.float32, [None, 3]), X, [[1], [1]]
    ).shape.as_list() == [None, 2]


@pytest.mark.parametrize(
    ("equation", "count", "what"),
    [
        ("ij,jk->ik", 1, "Got 1 arguments"),
        ("ij->iji", 1, "Invalid equation"),
        ("ij->k", 1, "Invalid equation"),
        ("ij->i->j", 1, "incorrect format"),
        ("i.j->ij", 1, "incorrect format"),
        ("ijk->ij", 1, "does not fit"),
        ("ii->i", 1, "more than once"),
        ("ij,jk->ik", 2, "axis j is 3 here and 2 there"),
    ],
)
def test_einsum_equations_that_do_not_fit(equation, count, what):
    with pytest.raises(ValueError, match=what):
        einsum.einsum(equation, *[X] * count)


def test_einsum_beyond_equations():
    with pytest.raises(TypeError, match="invalid keyword arguments for this function: foo"):
        einsum.einsum("ij->ji", X, foo=1)
    with pytest.raises(ValueError, match="known rank"):
        einsum.einsum("ij->ji", tf.placeholder(tf.float32))
    assert run(einsum.einsum("ii", np.eye(3))) == 3
    half_known = tf.placeholder(tf.float32, [None, 3])
    y = einsum.einsum("ai,bi->ab", half_known, half_known)
    np.testing.assert_array_equal(run(y, {half_known: X}), X @ X.T)
    outer = einsum.einsum("ai,bj->abij", half_known, half_known)
    assert outer.shape.as_list() == [None, None, 3, 3]
    squares = einsum.einsum("abij,abij->ab", outer, outer)
    assert run(squares, {half_known: np.ones((1, 3))}) == 9


# -- decompositions and norms ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("op", "x", "what"),
    [
        (decompositions.matrix_inverse, [[1.0, 2.0], [2.0, 4.0]], "not invertible"),
        (decompositions.cholesky, [[1.0, 2.0], [2.0, 1.0]], "not successful"),
        (lambda x: decompositions.matrix_solve(x, x), [[1.0, 2.0], [2.0, 4.0]], "not invertible"),
        (
            lambda x: decompositions.matrix_triangular_solve(x, x),
            [[0.0, 2.0], [2.0, 4.0]],
            "not inv",
        ),
        (decompositions.svd, [[np.nan, 1.0], [1.0, 1.0]], "NaN"),
    ],
)
def test_matrices_that_cannot_be_decomposed(op, x, what):
    with pytest.raises(tf.errors.InvalidArgumentError, match=what):
        run(op(x))


def test_shapes_of_matrices_that_do_not_fit():
    with pytest.raises(ValueError, match="2 and 3: not a square matrix"):
        decompositions.matrix_inverse(X)
    with pytest.raises(ValueError, match="at least rank 2 but is rank 1"):
        decompositions.matrix_solve(np.eye(2), [1.0, 2.0])
    with pytest.raises(ValueError, match="3 and 2"):
        decompositions.matrix_solve(np.eye(3, dtype=np.float32), X)
    with pytest.raises(TypeError, match="int32"):
        decompositions.cholesky([[1]])


def test_gradients_that_are_not_there():
    wide = tf.constant(X)
    with pytest.raises(NotImplementedError, match="as many rows as"):
        tf.gradients(decompositions.qr(wide).q, wide)
    with pytest.raises(NotImplementedError, match="full_matrices"):
        tf.gradients(decompositions.svd(wide, full_matrices=True)[1], wide)


def test_parts_of_results_have_names():
    assert decompositions.qr(X).r.shape.as_list() == [2, 3]
    assert run(decompositions.slogdet(np.diag([-2.0, 1.0]).astype(np.float32)).sign) == -1


@pytest.mark.parametrize(
    ("ord", "axis", "what"),
    [
        ("bad", None, "supported vector norm"),
        (-1, None, "supported vector norm"),
        ("fro", 1, "supported vector norm"),
        (3, [0, 1], "supported matrix norm"),
        (2, [0, 1, 1], "unique integers"),
        (2, [1, 1], "unique integers"),
    ],
)
def test_norms_that_do_not_exist(ord, axis, what):
    with pytest.raises(ValueError, match=what):
        norms.norm(X, ord, axis)


@pytest.mark.parametrize(
    ("ord", "axis"), [(1, (0, 1)), (np.inf, (0, 1)), ("fro", (0, 1)), (2, (0, 1))]
)
def test_norms_of_matrices(ord, axis):
    x = np.stack([X, -X[::-1]], axis=2)
    expected = np.linalg.norm(x, ord, axis=axis)
    np.testing.assert_allclose(run(norms.norm(x, ord, axis)), expected, rtol=1e-6)
    kept = run(norms.norm(x, ord, axis, keepdims=True))
    np.testing.assert_allclose(kept, expected[None, None], rtol=1e-6)


def test_norms_of_integers_and_of_nothing():
    with pytest.raises(TypeError, match="int32"):
        norms.norm([1, 2])
    assert run(reduction.global_norm([])) == 0
    assert run(reduction.global_norm([[3.0], None, 4.0])) == 5
    with pytest.raises(TypeError, match="t_list should be a sequence"):
        reduction.global_norm(tf.constant(X))
    np.testing.assert_array_equal(run(norms.l2_normalize([0.0, 0.0])), [0, 0])


def test_cross_products_need_three_numbers():
    with pytest.raises(ValueError, match="must be 3"):
        linalg.cross([1.0, 2.0], [3.0, 4.0])
    with pytest.raises(ValueError, match="does not broadcast"):
        linalg.cross([[1.0, 2.0, 3.0]], [3.0, 4.0, 5.0])


# -- statistics ------------------------------------------------------------------------------------


def test_moments_of_halves_are_found_in_float32():
    x = tf.constant(np.full((4000, 1), 60000, np.float16))
    mean, variance = statistics.moments(x, [0])
    assert mean.dtype == tf.float16
    assert run([mean, variance]) == [60000, 0]


def test_normalize_moments_undoes_sufficient_statistics():
    parts = statistics.sufficient_statistics(tf.constant(X), [0], shift=3.0)
    mean, variance = run(statistics.normalize_moments(*parts))
    np.testing.assert_allclose(mean, X.mean(0))
    np.testing.assert_allclose(variance, X.var(0))
    assert statistics.sufficient_statistics(tf.constant(X), [0])[3] is None
    half_known = tf.placeholder(tf.float32, [None, 3])
    count = statistics.sufficient_statistics(half_known, [0, 1])[0]
    assert run(count, {half_known: X}) == 6


def test_counts_of_wrong_numbers():
    with pytest.raises(tf.errors.InvalidArgumentError, match="non-negative"):
        run(statistics.bincount([1, -1]))
    with pytest.raises(ValueError, match="int32"):
        statistics.bincount(tf.constant(X))
    with pytest.raises(TypeError, match="int8"):
        statistics.bincount([1], dtype=tf.int8)
    for labels in ([0, -1], [0, 5]):
        with pytest.raises(tf.errors.InvalidArgumentError):
            run(statistics.confusion_matrix(labels, [1, 1], num_classes=3))
    with pytest.raises(ValueError, match=r"not compatible|incompatible"):
        statistics.confusion_matrix([0, 1], [1, 1], weights=[1.0])


def test_confusion_matrix_drops_a_needless_axis():
    for labels, predictions in (([[0], [1]], [1, 1]), ([0, 1], [[1], [1]])):
        matrix = statistics.confusion_matrix(labels, predictions)
        np.testing.assert_array_equal(run(matrix), [[0, 1], [0, 1]])


@pytest.mark.parametrize(
    ("values", "value_range", "what"),
    [([1.0], [1.0, 0.0], "value_range"), ([np.nan], [0.0, 1.0], "NaN")],
)
def test_histograms_of_wrong_numbers(values, value_range, what):
    with pytest.raises(tf.errors.InvalidArgumentError, match=what):
        run(statistics.histogram_fixed_width(values, value_range))


def test_histograms_without_parts():
    with pytest.raises(ValueError, match="nbins > 0"):
        statistics.histogram_fixed_width([1.0], [0.0, 1.0], nbins=0)
