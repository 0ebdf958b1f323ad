"""Arrays, shapes and indices: what TF 1.15 says while a graph is built, and what fails in a run.

(Values and gradients are in tests/rows/{array,creation,shaping,indexing,patterns}.py.)
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import tinyflow as tf
from tinyflow.errors import InvalidArgumentError

# For each expression what TF 1.15.5 says of every output: name, op type, dtype, static shape; or
# the class of its error.
RECORDED = json.loads((Path(__file__).parent / "data" / "array.json").read_text())

# What differs, and why.
DIFFERENT = {
    # An error that TF finds only in a run is found when the graph is built.
    "tf.transpose(z,[2,0,0])": "ValueError",
    "tf.pad(x,[[1,0],[0,4]],'SYMMETRIC')": "ValueError",
    "tf.slice(x,[0,1],[2,3])": "ValueError",
    "tf.segment_sum(x,[0,0,1])": "ValueError",
    "tf.matrix_band_part(v,0,0)": "ValueError",
    "tf.gather(x,[[0],[1],[2]],batch_dims=1)": "ValueError",
    "tf.scatter_nd([[0,1,2]],[1.],[2,2])": "ValueError",
    # With an unknown axis TF gives a shape for the wrong one.
    "tf.split(x,[1,2],n)": ["(?, ?)", "(?, ?)"],
    # More is known of the shape.
    "tf.gradients(tf.concat([x,u],0),[x,u])": ["(2, 3)", "(?, 3)"],
    # TF refuses to differentiate these.
    "tf.gradients(tf.segment_prod(x,[0,0]),x)": ["(2, 3)"],
    "tf.gradients(tf.parallel_stack([x,x]),x)": ["(2, 3)"],
    "tf.gradients(tf.guarantee_const(x),x)": ["(2, 3)"],
    # Gradients that TF has as IndexedSlices, or as zeros of an integer.
    "tf.gradients(tf.gather(x,i)*2.,[x,i])": ["(2, 3)", None],
    "tf.gradients(tf.argsort(x),x)": [None],
}
# Made of other ops than in TF, so that the last one has another name.
COMPOSED = (
    "tf.gradients", "tf.repeat(x,[", "tf.repeat(x,w", "tf.batch_gather", "tf.sort(i)",
    "tf.sequence_mask(i,5,dtype", "tf.nn.embedding_lookup([x,x]", "tf.zeros(3)",
    "tf.gather_nd(z,tf.zeros([2,5,1]",
)  # fmt: skip


def names():
    sizes = {"x": [2, 3], "v": [4], "u": None, "p": [None, 3], "s": [], "z": [2, 3, 4]}
    env = {name: tf.placeholder(tf.float64, shape, name=name) for name, shape in sizes.items()}
    env["i"] = tf.placeholder(tf.int32, [3], name="i")
    env["n"] = tf.placeholder(tf.int32, [], name="n")
    env["w"] = tf.placeholder(tf.int32, [None], name="w")
    env["b"] = tf.placeholder(tf.bool, [2, 3], name="b")
    return {"tf": tf, "np": np, **env}


@pytest.mark.parametrize("expression", RECORDED)
def test_building_as_in_tf115(expression):
    with tf.Graph().as_default():
        try:
            result = eval(expression, names())
        except (TypeError, ValueError, LookupError) as error:
            assert type(error).__name__ == DIFFERENT.get(expression, RECORDED[expression]), error
            return
        outputs = list(result) if isinstance(result, list | tuple) else [result]
        if expression in DIFFERENT:
            assert [y if y is None else str(y.shape) for y in outputs] == DIFFERENT[expression]
            return
        said = RECORDED[expression]
        assert isinstance(said, list), f"TF 1.15 raises {said}"
        for y, want in zip(outputs, said, strict=True):
            if y is None or isinstance(y, tf.TensorShape):
                assert (y and str(y)) == want
                continue
            assert [y.dtype.base_dtype.name, str(y.shape)] == want[2:]
            if not expression.startswith(COMPOSED):
                assert [y.name, y.op.type] == want[:2]


# -- what can be seen only in a run ---------------------------------------------------------------

IN_A_RUN = [
    ("tf.reshape(x, [4, -1])", "multiple of 4.*6 % 4 = 2"),
    ("tf.reshape(x, [4])", "6 values, but the requested shape has 4"),
    ("tf.reshape(x, [-1, -1])", "Only one input size may be -1, not both 0 and 1"),
    ("tf.ensure_shape(x, [2, 2])", r"\(2, 3\) and \(2, 2\)"),
    ("tf.range(0, n - 9)", "Requires start <= limit when delta > 0: 0/-7"),
    ("tf.fill([n - 3], 0)", r"must be >= 0: \[-1\]"),
    ("tf.broadcast_to(x, [3, n])", r"\(2, 3\) does not broadcast to \(3, 2\)"),
    ("tf.broadcast_dynamic_shape([2, 3], [n + 2])", r"\[2, 3\] vs. \[4\]"),
    ("tf.linspace(0.0, 1.0, n - 2)", "Requires num > 0: 0"),
    ("tf.one_hot(n, 3, axis=n_axis)", "axis 3 is not in the interval"),
    ("tf.expand_dims(x, n + 2)", "dim 4 is not in the interval"),
    ("tf.squeeze(x, [0])", "expected a dimension of 1, got 2"),
    ("tf.transpose(x, [n, 0])", r"\[2, 0\] is no permutation"),
    ("tf.transpose(x, [0, 1, 2])", "vector of size 2"),
    ("tf.math.invert_permutation([n, 0])", "2 is not between 0 and 2"),
    ("tf.math.invert_permutation([n - 2, 0])", "0 is duplicated"),
    ("tf.concat([x, tf.transpose(x)], 0)", "differ in another axis than 0"),
    ("tf.concat([x, x[0]], 0)", "different ranks"),
    ("tf.stack([x, tf.transpose(x)])", "differ in shape"),
    ("tf.unstack(x, 3)", "axis 0 has size 2"),
    ("tf.split(x, 2, 1)", "size 3, which is not divisible by 2"),
    ("tf.split(x, [1, n - 1], 1)", r"size 3 into pieces of sizes \[1, 1\]"),
    ("tf.tile(x, [n, -n])", r"not be negative: \[2, -2\]"),
    ("tf.roll(x, n, 2)", "axis 2 is not in the interval"),
    ("tf.slice(x, [0, n], [1, 2])", r"Expected size\[1\] in \[0, 1\], but got 2"),
    ("tf.slice(x, [-n, 0], [1, 1])", r"Expected begin\[0\] in \[0, 2\], but got -2"),
    ("tf.pad(x, [[-n, 0], [0, 0]])", "must be non-negative"),
    ("tf.pad(x, [[n, 0], [0, 0]], 'REFLECT')", "2, 0 not less than 2"),
    ("tf.space_to_depth(x[None, :, :, None], 2)", "divisible by the block size 2 but is 3"),
    ("tf.space_to_batch_nd(x, [n], [[0, 0]])", "axis 1 has size 3 with its paddings"),
    ("tf.batch_to_space_nd(x, [n + 1], [[0, 0]])", "size 2 is not divisible by 3"),
    ("x[n]", "slice index 2 of dimension 0 out of bounds"),
    ("x[0, 0, 0]", "input has only 2 dims"),
    ("tf.gather(x, [0, n])", r"indices\[1\] = 2 is not in \[0, 2\)"),
    ("tf.gather(x, n)", r"indices = 2 is not in \[0, 2\)"),
    ("tf.gather(x, [[0, -n]])", r"indices\[0, 1\] = -2 is not in \[0, 2\)"),
    ("tf.gather(x, n, axis=2)", "axis 2 is not in the interval"),
    (
        "tf.gather_nd(x, [[1, 1], [0, 3]])",
        r"indices\[1\] = \[0, 3\] does not index into shape \(2, 3\)",
    ),
    ("tf.scatter_nd([[n]], [1.0], [2])", r"indices\[0\] = \[2\] does not index into shape \(2,\)"),
    ("tf.tensor_scatter_update(x, [[n, 0]], [1.0])", r"\[2, 0\] does not index"),
    ("tf.reverse(x, [2])", "axis 2 is not in the interval"),
    ("tf.reverse_sequence(x, [n, 4], 1)", r"seq_lengths\[1\] = 4 is not in \[0, 4\)"),
    ("tf.unravel_index([n, 7], [2, 3])", r"indices\[1\] = 7 is not in \[0, 6\)"),
    ("tf.dynamic_partition(x, [0, n], 2)", r"partitions\[1\] = 2 is not in \[0, 2\)"),
    ("tf.dynamic_stitch([[0, -n]], [x])", r"indices\[1\] = -2"),
    ("tf.segment_sum(x, [n, 0])", "not increasing"),
    ("tf.segment_sum(x, [0, 1, n])", "same size as dimension 0"),
    ("tf.unsorted_segment_sum(x, [0, n], 2)", r"segment_ids\[1\] = 2 is not in \[0, 2\)"),
    ("tf.nn.top_k(x, n + 2)", "last dimension >= k = 4 but is 3"),
    ("tf.matrix_band_part(x, n + 1, 0)", "less or equal to 2"),
    ("tf.matrix_set_diag(x, [1.0])", "the diagonal has another shape"),
    ("tf.diag_part(x)", "the two halves of the shape differ"),
]


@pytest.mark.parametrize(("expression", "message"), IN_A_RUN)
def test_what_fails_in_a_run(expression, message):
    """With nothing known of the shapes, and with the numbers fed, that is the first chance."""
    with tf.Graph().as_default(), tf.Session() as session:
        x, n = tf.placeholder(tf.float32), tf.placeholder(tf.int32)
        if "n_axis" in expression:
            y = tf.one_hot(n, 3, axis=3)
        else:
            y = eval(expression, {"tf": tf, "x": x, "n": n})
        with pytest.raises(InvalidArgumentError, match=message) as caught:
            session.run(y, {x: np.ones([2, 3]), n: 2})
        assert len(str(caught.value)) <= 700


# -- indices ---------------------------------------------------------------------------------------


def test_a_list_as_an_index_is_a_tuple():
    a = np.arange(6).reshape(2, 3)
    with tf.Graph().as_default(), tf.Session() as session:
        assert session.run(tf.constant(a)[[0, 1]]) == a[0, 1]


def test_masks_as_indices():
    a = np.arange(6).reshape(2, 3)
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant(a)
        for mask in (a > 2, np.array([False, True]), x > 2):
            value = session.run(mask) if isinstance(mask, tf.Tensor) else mask
            np.testing.assert_array_equal(session.run(x[mask]), a[value])
        with pytest.raises(ValueError, match="scalar"):
            x[True]


@pytest.mark.parametrize("index", [1.5, "a", [True, False], np.array([0, 1]), (0, [1])])
def test_what_is_no_index(index):
    with tf.Graph().as_default(), pytest.raises(TypeError, match=r"valid indices.*tf\.gather"):
        tf.zeros([2, 3])[index]


def test_wide_indices_go_together():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant([1, 2, 3, 4])
        a, b = tf.constant(1), tf.constant(3, tf.int64)
        np.testing.assert_array_equal(session.run(x[a:b]), [2, 3])
        np.testing.assert_array_equal(session.run(x[: 2**40]), [1, 2, 3, 4])


def test_sizes_of_static_shapes_as_values():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 2, 3])
        assert str(tf.reshape(x, [-1, x.shape[1] * x.shape[2]]).shape) == "(?, 6)"
        y = tf.reshape(x, [tf.shape(x)[0], x.shape[1] * 3])
        assert session.run(y, {x: np.zeros([4, 2, 3])}).shape == (4, 6)
        assert str(tf.zeros([x.shape[1], 2]).shape) == "(2, 2)"


def test_static_shapes_go_through_shape_arithmetic():
    with tf.Graph().as_default():
        p = tf.placeholder(tf.float32, [None, 4])
        sizes = tf.shape(p)
        assert str(tf.reshape(p, [sizes[0], 2, 2]).shape) == "(?, 2, 2)"
        assert str(tf.zeros(tf.concat([sizes[:1], [7]], 0)).shape) == "(?, 7)"
        assert str(tf.zeros(tf.stack([3, sizes[0], sizes[1]])).shape) == "(3, ?, 4)"
        assert str(tf.fill(tf.shape(tf.zeros([2, 3])) * 2, 0.0).shape) == "(4, 6)"


# -- placeholders with a default -------------------------------------------------------------------


def test_a_default_is_no_constant():
    with tf.Graph().as_default(), tf.Session() as session:
        sizes = tf.placeholder_with_default([2, 3], [2])
        y = tf.zeros(sizes)
        assert str(y.shape) == "(?, ?)"
        assert session.run(y).shape == (2, 3)
        assert session.run(y, {sizes: [1, 4]}).shape == (1, 4)


def test_gradients_that_are_refused():
    with tf.Graph().as_default():
        x = tf.constant([1.0])
        from tinyflow.ops.array import prevent_gradient

        with pytest.raises(LookupError, match=r"disabled\. Reason: 'why'"):
            tf.gradients(prevent_gradient(x, "why"), x)


# -- numbers ---------------------------------------------------------------------------------------


def test_ranges_add_their_step_again_and_again():
    # Recorded from TF 1.15: the error of float32 grows from step to step.
    want = np.float32([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.70000005, 0.8000001, 0.9000001])
    with tf.Graph().as_default(), tf.Session() as session:
        np.testing.assert_array_equal(session.run(tf.range(0.0, 1.0, 0.1)), want)
        np.testing.assert_array_equal(
            session.run(tf.linspace(0.0, 1.0, 7))[5], np.float32(0.8333334)
        )


def test_strings():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant([b"a", b"b"])
        for y, want in (
            (tf.concat([x, ["c"]], 0), [b"a", b"b", b"c"]),
            (tf.gather(x, [1, 1]), [b"b", b"b"]),
            (tf.pad(x, [[1, 0]]), [b"", b"a", b"b"]),
            (tf.zeros([2], tf.string), [b"", b""]),
            (tf.zeros_like(tf.placeholder_with_default(x, None)), [b"", b""]),
            (tf.tile(x, [2])[1:], [b"b", b"a", b"b"]),
            (tf.unique(x[:1]).y, [b"a"]),
            (tf.stack([x, x])[:, 0], [b"a", b"a"]),
        ):
            value = session.run(y)
            assert value.tolist() == want and value.dtype == object
            assert all(type(item) is bytes for item in value)


def test_named_results():
    with tf.Graph().as_default(), tf.Session() as session:
        top = session.run(tf.nn.top_k([1.0, 3.0, 2.0], 2))
        assert (top.values.tolist(), top.indices.tolist()) == ([3, 2], [1, 2])
        assert type(top).__name__ == "TopKV2"
        found = session.run(tf.unique_with_counts([5, 5]))
        assert (found.y.tolist(), found.idx.tolist(), found.count.tolist()) == ([5], [0, 0], [2])
        left = session.run(tf.setdiff1d([1, 2], [1]))
        assert (left.out.tolist(), left.idx.tolist()) == ([2], [1])


def test_dtypes_are_kept():
    with tf.Graph().as_default(), tf.Session() as session:
        for dtype in (np.float16, np.float32, np.int8, np.int64, bool, np.complex64):
            x = tf.constant(np.ones([2, 2], dtype))
            for y in (
                tf.reshape(x, [4]),
                x[0],
                tf.concat([x, x], 0),
                tf.pad(x, [[1, 1], [0, 0]]),
                tf.tile(x, [2, 1]),
                tf.gather(x, [0]),
                tf.transpose(x),
                tf.zeros_like(x),
                tf.ones_like(x),
                tf.stack([x, x]),
                tf.gather_nd(x, [[0]]),
                tf.reverse(x, [0]),
                tf.matrix_diag(x),
                tf.roll(x, 1, 0),
                tf.scatter_nd([[0], [1]], x, [3, 2]),
                tf.one_hot([0], 2, dtype=x.dtype),
            ):
                assert y.dtype.numpy == dtype and session.run(y).dtype == dtype


def test_a_repetition_of_patterns():
    with tf.Graph().as_default(), tf.Session() as session:
        a = np.arange(6.0).reshape(2, 3)
        x = tf.placeholder(tf.float64)
        for repeats, axis in ((2, None), (2, 0), (3, 1), ([1, 0, 2], 1), ([2, 1], 0), (0, 0)):
            y = tf.repeat(x, repeats, axis)
            np.testing.assert_array_equal(session.run(y, {x: a}), np.repeat(a, repeats, axis))
        for indexing in ("xy", "ij"):
            grid = session.run(tf.meshgrid([1, 2], [3, 4, 5], [6], indexing=indexing))
            for ours, theirs in zip(
                grid, np.meshgrid([1, 2], [3, 4, 5], [6], indexing=indexing), strict=True
            ):
                np.testing.assert_array_equal(ours, theirs)
        assert session.run(tf.sequence_mask([[1], [3]], 3)).tolist() == [
            [[True, False, False]],
            [[True] * 3],
        ]
        np.testing.assert_array_equal(
            session.run(tf.eye(2, 3, batch_shape=[2])), np.stack([np.eye(2, 3)] * 2)
        )


def test_other_diagonals_than_the_main_one_are_refused():
    with tf.Graph().as_default():
        for make in (
            lambda: tf.matrix_diag([1.0], k=1),
            lambda: tf.matrix_diag_part([[1.0]], k=1),
            lambda: tf.matrix_set_diag([[1.0]], [1.0], k=1),
        ):
            with pytest.raises(ValueError, match="only the main diagonal"):
                make()


def test_embeddings_in_several_tables():
    with tf.Graph().as_default(), tf.Session() as session:
        table = np.arange(10.0).reshape(5, 2)
        ids = [[4, 0], [3, 1]]
        dealt = [tf.constant(table[i::2]) for i in range(2)]
        pieces = [tf.constant(table[:3]), tf.constant(table[3:])]
        for tables, strategy in ((dealt, "mod"), (pieces, "div"), (tf.constant(table), "mod")):
            y = tf.nn.embedding_lookup(tables, ids, strategy)
            np.testing.assert_array_equal(session.run(y), table[ids])
        short = session.run(tf.nn.embedding_lookup([[3.0, 4.0], [0.5, 0.6]], [0, 1], max_norm=1.0))
        np.testing.assert_allclose(short, [[0.6, 0.8], [0.5, 0.6]], rtol=1e-6)
