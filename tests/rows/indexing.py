"""Rows of tinyflow/ops/indexing.py, scattering.py, segments.py, ranking.py and sorting.py."""

from functools import partial

import numpy as np

import tinyflow as tf
from tests.rows import Row, normal, positive
from tinyflow.ops.indexing import GatherGrad, Where
from tinyflow.ops.scattering import TensorScatterUpdate
from tinyflow.ops.slicing import StridedSliceGrad
from tinyflow.ops.sorting import LowerBound, UpperBound

plain = partial(Row, differentiate=False)
IDS = np.array([0, 0, 2, 2, 2], np.int32)
FREE = np.array([2, 0, 1, 0, -1], np.int32)
PLACES = np.array([[2, 0], [0, 1], [2, 0]], np.int32)


def sliced(key):
    return Row("StridedSlice", lambda x: x[key], [normal(3, 4, 5)], lambda x: x[key])


def _spread_slice(x, key, shape):
    whole = np.zeros(shape)
    whole[key] = x
    return whole


def _add_at(shape, places, values):
    total = np.zeros(shape)
    for place, value in zip(places, values, strict=True):
        total[tuple(place)] += value
    return total


def _batched(params, indices):
    return np.stack([p[i] for p, i in zip(params, indices, strict=True)])


def _segments(reduce, empty, count):
    def reference(x, ids, *_):
        whole = np.full([count, *x.shape[1:]], empty, x.dtype)
        for i in range(count):
            if (ids == i).any():
                whole[i] = reduce(x[ids == i], 0)
        return whole

    return reference


def segments(op_type, function, reduce, empty):
    reference = _segments(reduce, empty, 3)
    return [
        Row(
            op_type,
            lambda x: tf.ensure_shape(function(x, IDS), [3, 2]),
            [normal(5, 2)],
            lambda x: reference(x, IDS),
        ),
        plain(
            op_type,
            function,
            [positive(5, 2).astype(np.float32), IDS.astype(np.int64)],
            reference,
            rtol=1e-6,
        ),
        plain(op_type, function, [np.zeros([0, 2]), IDS[:0]], lambda x, i: x),
    ]


def unsorted(op_type, function, reduce, empty):
    reference = _segments(reduce, empty, 3)
    return [
        Row(op_type, lambda x: function(x, FREE, 3), [normal(5, 2)], lambda x: reference(x, FREE)),
        plain(
            op_type,
            lambda x: function(x, IDS, 4),
            [normal(5)],
            lambda x: _segments(reduce, empty, 4)(x, IDS),
        ),
        plain(
            op_type,
            lambda x, i: function(x, i, 2),
            [np.float64([[1, 2], [3, 4]]), [[1, 0], [1, 1]]],
            lambda x, i: np.array([2, reduce(np.array([1, 3, 4]))]),
        ),
    ]


ROWS = [
    sliced(0),
    sliced(-1),
    sliced(slice(1, 3)),
    sliced(slice(None, None, -1)),
    sliced((1, -2, 3)),
    sliced((..., 2)),
    sliced((slice(None), None, slice(-2, None))),
    sliced(None),
    sliced(()),
    sliced((slice(2, 0), slice(None, None, 3))),
    sliced((slice(5, 0, -2), ..., slice(1, -1))),
    sliced((0, ..., None, slice(3, 1))),
    sliced(...),
    sliced((slice(-1, None), -1, slice(None, -1))),
    Row("StridedSlice", lambda x: x[..., None], [normal()], lambda x: x[None]),
    Row(
        "StridedSlice",
        lambda x: tf.strided_slice(x, [1, 0], [3, 9], [1, 2], end_mask=1),
        [normal(3, 4)],
        lambda x: x[1:, ::2],
    ),
    Row(
        "StridedSlice",
        lambda x: tf.strided_slice(x, [1, 0], [0, 2], shrink_axis_mask=1),
        [normal(3, 4)],
        lambda x: x[1, :2],
    ),
    Row(
        "StridedSlice",
        lambda x, i, j: tf.ensure_shape(x[i, j:, 1], [2]),
        [normal(3, 4, 2), np.int32(-1), np.int32(2)],
        lambda x, i, j: x[-1, 2:, 1],
    ),
    plain(
        "StridedSlice", lambda x, i: x[i : i + 2], [np.arange(5), np.int64(1)], lambda x, i: x[1:3]
    ),
    Row(
        "StridedSliceGrad",
        lambda x: StridedSliceGrad([[4, 3], [1, -1], [3, 0], [1, 1], x], shrink_axis_mask=2),
        [normal(2)],
        lambda x: _spread_slice(x, (slice(1, 3), -1), (4, 3)),
    ),
    Row(
        "StridedSliceGrad",
        lambda x: StridedSliceGrad([[5], [0], [5], [2], x]),
        [normal(3)],
        lambda x: _spread_slice(x, slice(None, None, 2), 5),
    ),
    Row(
        "StridedSliceGrad",
        lambda x: StridedSliceGrad([[3, 2], [0, 2], [0, 1], [1, 1], x], new_axis_mask=1),
        [normal(1, 0, 2)],
        lambda x: np.zeros([3, 2]),
    ),
    Row("GatherV2", lambda x: tf.gather(x, [2, 0, 2]), [normal(3, 2)], lambda x: x[[2, 0, 2]]),
    Row(
        "GatherV2",
        lambda x: tf.gather(x, [[1, 0], [0, 0]], axis=-1),
        [normal(3, 2)],
        lambda x: x[:, [[1, 0], [0, 0]]],
    ),
    Row("GatherV2", lambda x: tf.gather(x, 1), [normal(3)], lambda x: x[1]),
    Row(
        "GatherV2",
        lambda x, i: tf.gather(x, i),
        [normal(3, 2), np.array([1, 1], np.int32)],
        lambda x, i: x[i],
    ),
    Row(
        "GatherV2", lambda x: tf.gather(x, np.zeros([0], np.int32)), [normal(3, 2)], lambda x: x[:0]
    ),
    Row(
        "GatherV2",
        lambda x: tf.gather(x, PLACES[:2], batch_dims=1),
        [normal(2, 3, 4)],
        lambda x: _batched(x, PLACES[:2]),
    ),
    Row(
        "GatherV2",
        lambda x: tf.gather(x, [[1], [0]], axis=2, batch_dims=1),
        [normal(2, 3, 4)],
        lambda x: np.stack([x[0][:, [1]], x[1][:, [0]]]),
    ),
    Row(
        "GatherV2",
        lambda x: tf.batch_gather(x, [[2, 2], [0, 1]]),
        [normal(2, 3, 2)],
        lambda x: _batched(x, [[2, 2], [0, 1]]),
    ),
    Row(
        "GatherV2",
        lambda x: tf.boolean_mask(x, [True, False, True]),
        [normal(3, 2)],
        lambda x: x[[0, 2]],
        differentiate=False,
    ),
    Row(
        "GatherGrad",
        lambda g, x: GatherGrad([g, [2, 0, 2], x, 0]),
        [normal(3, 2), normal(4, 2)],
        lambda g, x: _add_at([4, 2], [[2], [0], [2]], g),
    ),
    Row(
        "GatherGrad",
        lambda g, x: GatherGrad([g, [[1], [0]], x, 2], batch_dims=1),
        [normal(2, 3, 1), normal(2, 3, 4)],
        lambda g, x: np.stack(
            [
                _add_at([3, 4], np.ndindex(3, 1), np.zeros(3)) + np.eye(4)[1 - i] * g[i]
                for i in range(2)
            ]
        ),
    ),
    plain(
        "Where",
        tf.where,
        [np.array([[True, False], [True, True]])],
        lambda c: np.array([[0, 0], [1, 0], [1, 1]]),
    ),
    plain("Where", lambda c: Where([c]), [np.array([0.0, 2.0])], lambda c: np.array([[1]])),
    plain("Where", tf.where, [np.zeros([0, 3], bool)], lambda c: np.zeros([0, 2], np.int64)),
    Row("ReverseV2", lambda x: tf.reverse(x, [1, -3]), [normal(2, 3, 4)], lambda x: x[::-1, ::-1]),
    Row("ReverseV2", lambda x: tf.reverse(x, []), [normal(2)], lambda x: x),
    Row("ReverseV2", tf.reverse, [normal(2, 3), np.array([1])], lambda x, _: x[:, ::-1]),
    Row(
        "ReverseSequence",
        lambda x: tf.reverse_sequence(x, [2, 0], 1),
        [normal(2, 3)],
        lambda x: np.stack([x[0, [1, 0, 2]], x[1]]),
    ),
    Row(
        "ReverseSequence",
        lambda x, n: tf.reverse_sequence(x, n, seq_dim=0, batch_dim=-1),
        [normal(3, 2, 2), np.array([3, 1])],
        lambda x, n: np.stack([x[::-1, :, 0], x[:, :, 1]], -1),
    ),
    # -- scattering
    Row(
        "GatherNd",
        lambda x: tf.gather_nd(x, PLACES),
        [normal(3, 2)],
        lambda x: x[PLACES[:, 0], PLACES[:, 1]],
    ),
    Row(
        "GatherNd",
        lambda x: tf.gather_nd(x, [[[1]], [[2]]]),
        [normal(3, 2)],
        lambda x: x[[[1], [2]]],
    ),
    Row(
        "GatherNd",
        lambda x: tf.gather_nd(x, np.zeros([2, 0], int)),
        [normal(3)],
        lambda x: np.array([x, x]),
    ),
    Row(
        "GatherNd",
        lambda x, i: tf.gather_nd(x, i),
        [normal(3, 2), np.array([1, 0])],
        lambda x, i: x[1, 0],
    ),
    Row(
        "GatherNd",
        lambda x: tf.gather_nd(x, [[[1], [2]], [[0], [0]]], batch_dims=1),
        [normal(2, 3)],
        lambda x: np.stack([x[0, [1, 2]], x[1, [0, 0]]]),
    ),
    Row(
        "ScatterNd",
        lambda x: tf.scatter_nd(PLACES, x, [3, 2]),
        [normal(3)],
        lambda x: _add_at([3, 2], PLACES, x),
    ),
    Row(
        "ScatterNd",
        lambda x: tf.scatter_nd([[1]], x, [3, 2]),
        [normal(1, 2)],
        lambda x: _add_at([3, 2], [[1]], x),
    ),
    plain(
        "ScatterNd",
        tf.scatter_nd,
        [PLACES, np.array([1, 2, 4], np.int32), np.array([3, 2])],
        lambda i, x, s: np.array([[0, 2], [0, 0], [5, 0]]),
    ),
    Row(
        "TensorScatterUpdate",
        lambda x, y: tf.tensor_scatter_update(x, PLACES[:2], y),
        [normal(3, 2), normal(2)],
        lambda x, y: np.array([[x[0, 0], y[1]], x[1], [y[0], x[2, 1]]]),
    ),
    plain(
        "TensorScatterUpdate",
        lambda x, i, y: TensorScatterUpdate([x, i, y]),
        [np.array([1, 2, 3]), np.array([[2]]), np.array([9])],
        lambda x, i, y: np.array([1, 2, 9]),
    ),
    Row(
        "TensorScatterAdd",
        lambda x, y: tf.tensor_scatter_add(x, [[0], [0]], y),
        [normal(3, 2), normal(2, 2)],
        lambda x, y: np.stack([x[0] + y[0] + y[1], x[1], x[2]]),
    ),
    Row(
        "TensorScatterSub",
        lambda x, y: tf.tensor_scatter_sub(x, PLACES, y),
        [normal(3, 2), normal(3)],
        lambda x, y: x - _add_at([3, 2], PLACES, y),
    ),
    plain(
        "UnravelIndex",
        tf.unravel_index,
        [np.array([5, 0, 2]), np.array([2, 3])],
        lambda i, d: np.array([[1, 0, 0], [2, 0, 2]]),
    ),
    plain(
        "UnravelIndex",
        lambda i: tf.unravel_index(i, [2, 3]),
        [np.int32(4)],
        lambda i: np.array([1, 1]),
    ),
    Row(
        "DynamicPartition",
        lambda x: [
            tf.ensure_shape(y, [n, 2])
            for y, n in zip(tf.dynamic_partition(x, [1, 0, 1], 3), (1, 2, 0), strict=True)
        ],
        [normal(3, 2)],
        lambda x: [x[1:2], x[[0, 2]], x[:0]],
    ),
    plain(
        "DynamicPartition",
        lambda x, p: tf.dynamic_partition(x, p, 2),
        [normal(2, 2, 3), np.array([[0, 1], [1, 1]])],
        lambda x, p: [x[0, :1], np.stack([x[0, 1], *x[1]])],
    ),
    Row(
        "DynamicStitch",
        lambda x, y: tf.dynamic_stitch([[0, 3], 1], [x, y]),
        [normal(2, 2), normal(2)],
        lambda x, y: np.stack([x[0], y, 0 * y, x[1]]),
    ),
    plain(
        "DynamicStitch",
        lambda i, x, y: tf.dynamic_stitch([i, [1]], [x, y]),
        [np.array([[1, 0]]), normal(1, 2), normal(1)],
        lambda i, x, y: np.array([x[0, 1], y[0]]),
    ),
    # -- segments
    *segments("SegmentSum", tf.segment_sum, np.sum, 0),
    *segments("SegmentMean", tf.segment_mean, np.mean, 0),
    *segments("SegmentProd", tf.segment_prod, np.prod, 1),
    *segments("SegmentMax", tf.segment_max, np.max, 0),
    *segments("SegmentMin", tf.segment_min, np.min, 0),
    *unsorted("UnsortedSegmentSum", tf.unsorted_segment_sum, np.sum, 0),
    *unsorted("UnsortedSegmentProd", tf.unsorted_segment_prod, np.prod, 1),
    *unsorted("UnsortedSegmentMax", tf.unsorted_segment_max, np.max, np.finfo(float).min),
    *unsorted("UnsortedSegmentMin", tf.unsorted_segment_min, np.min, np.finfo(float).max),
    Row(
        "UnsortedSegmentSum",
        lambda x: tf.unsorted_segment_mean(x, IDS, 3),
        [normal(5, 2)],
        lambda x: _segments(np.mean, 0, 3)(x, IDS),
    ),
    Row(
        "UnsortedSegmentSum",
        lambda x: tf.unsorted_segment_sqrt_n(x, FREE, 4),
        [normal(5)],
        lambda x: np.array([(x[1] + x[3]) / np.sqrt(2), x[2], x[0], 0]),
    ),
    Row(
        "UnsortedSegmentProd",
        lambda x: tf.unsorted_segment_prod(x, [0, 0, 0, 1, 1, 1], 2),
        [np.array([0.0, 2, 3, 0, 0, 5])],
        lambda x: np.zeros(2),
        order=1,
    ),
    # -- ranking and sorting
    Row(
        "TopKV2",
        lambda x: tf.nn.top_k(x, 2),
        [normal(3, 2, 4)],
        lambda x: [-np.sort(-x)[..., :2], np.argsort(-x)[..., :2]],
    ),
    Row("TopKV2", lambda x: tf.nn.top_k(x)[0], [normal(4)], lambda x: x.max(keepdims=True)),
    Row("TopKV2", lambda x: tf.nn.top_k(x, 0), [normal(2, 0)], lambda x: [x, x]),
    plain(
        "TopKV2",
        tf.nn.top_k,
        [np.array([3, 1, 3, -4], np.int8), np.int32(3)],
        lambda x, k: [[3, 3, 1], [0, 2, 1]],
    ),
    Row("TopKV2", tf.sort, [normal(2, 4)], np.sort),
    Row("TopKV2", lambda x: tf.sort(x, 0, "DESCENDING"), [normal(3, 2)], lambda x: -np.sort(-x, 0)),
    plain("TopKV2", tf.sort, [np.array([5, 0, 255], np.uint8)], np.sort),
    plain("TopKV2", lambda x: tf.argsort(x, axis=1), [normal(2, 3, 2)], lambda x: np.argsort(x, 1)),
    plain(
        "InTopKV2",
        lambda x, t: tf.nn.in_top_k(x, t, 2),
        [np.float32([[3, 1, 2, 2], [1, np.inf, 0, 0], [1, 2, 3, 4]]), np.array([2, 1, 4])],
        lambda x, t: np.array([True, False, False]),
    ),
    plain(
        "LowerBound",
        lambda x, v: LowerBound([x, v]),
        [np.array([[1, 3, 3], [2, 4, 6]]), np.array([[3], [7]])],
        lambda x, v: np.array([[1], [3]]),
    ),
    plain(
        "LowerBound",
        tf.searchsorted,
        [np.array([1.0, 3.0]), np.array([[0.0, 3.0]])[0]],
        lambda x, v: np.array([0, 1]),
    ),
    plain(
        "UpperBound",
        lambda x, v: UpperBound([x, v], out_type=tf.int64),
        [np.array([[1, 3, 3]]), np.array([[3, 0]])],
        lambda x, v: np.array([[3, 0]]),
    ),
    plain(
        "UpperBound",
        lambda x, v: tf.searchsorted(x, v, "right"),
        [np.array([1.0, 3.0]), np.array([3.0])],
        lambda x, v: np.array([2]),
    ),
    plain("Unique", tf.unique, [np.array([4, 1, 4, 2, 1])], lambda x: [[4, 1, 2], [0, 1, 0, 2, 1]]),
    plain(
        "Unique",
        tf.unique,
        [np.array([b"b", b"a", b"b"], object)],
        lambda x: [[b"b", b"a"], [0, 1, 0]],
    ),
    plain(
        "UniqueWithCounts",
        lambda x: tf.unique_with_counts(x, tf.int64),
        [np.array([4.0, 1, 4, np.nan, np.nan])],
        lambda x: [np.array([4, 1, np.nan, np.nan]), [0, 1, 0, 2, 3], [2, 1, 1, 1]],
    ),
    plain(
        "ListDiff",
        tf.setdiff1d,
        [np.array([5, 1, 5, 2]), np.array([1, 9])],
        lambda x, y: [[5, 5, 2], [0, 2, 3]],
    ),
]
