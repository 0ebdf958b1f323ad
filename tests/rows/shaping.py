"""Rows of tinyflow/ops/shaping.py, padding.py and space.py."""

from functools import partial

import numpy as np

import tinyflow as tf
from tests.rows import Row, normal
from tinyflow.ops.padding import MirrorPadGrad
from tinyflow.ops.shaping import ConjugateTranspose

COMPLEX = normal(2, 3) + 1j * normal(2, 3, seed=1)


def _roll(x, shifts, axes):
    for shift, axis in zip(shifts, axes, strict=True):
        n = x.shape[axis]
        x = x.take([(i - shift) % n for i in range(n)], axis)
    return x


def _mirror_matrix(n, before, after, offset):
    """The matrix that pads a vector of n elements with its reflection."""
    rows = [
        *range(before - 1 + offset, offset - 1, -1),
        *range(n),
        *range(n - 1 - offset, n - 1 - offset - after, -1),
    ]
    return np.eye(n)[rows]


def _to_depth(x, b):
    n, h, w, c = x.shape
    out = np.empty([n, h // b, w // b, b * b * c])
    for i in range(h // b):
        for j in range(w // b):
            out[:, i, j] = x[:, i * b : i * b + b, j * b : j * b + b].reshape(n, -1)
    return out


def _to_batch(x, block, pads):
    x = np.pad(x, [(0, 0), *pads, *[(0, 0)] * (x.ndim - 1 - len(pads))])
    parts = [
        x[(slice(None), *(slice(o, None, b) for o, b in zip(start, block, strict=True)))]
        for start in np.ndindex(*block)
    ]
    return np.concatenate(parts)


PAD = [[1, 0], [2, 3]]
A, B = _mirror_matrix(3, 1, 0, 1), _mirror_matrix(4, 2, 3, 1)
SA, SB = _mirror_matrix(3, 1, 0, 0), _mirror_matrix(4, 2, 3, 0)

plain = partial(Row, differentiate=False)

ROWS = [
    Row("ExpandDims", lambda x: tf.expand_dims(x, 1), [normal(2, 3)], lambda x: x[:, None]),
    Row("ExpandDims", lambda x: tf.expand_dims(x, [-1]), [normal(2, 0)], lambda x: x[:, :, None]),
    Row(
        "ExpandDims",
        lambda x, n: tf.ensure_shape(tf.expand_dims(x, n), [1]),
        [normal(), np.int32(0)],
        lambda x, _: x[None],
    ),
    Row("Squeeze", tf.squeeze, [normal(1, 3, 1)], lambda x: x[0, :, 0]),
    Row("Squeeze", lambda x: tf.squeeze(x, [-1]), [normal(1, 3, 1)], lambda x: x[:, :, 0]),
    Row("Squeeze", tf.squeeze, [normal()], lambda x: x),
    plain("InvertPermutation", tf.invert_permutation, [np.array([3, 0, 2, 1])], np.argsort),
    plain("InvertPermutation", tf.invert_permutation, [np.zeros(0, np.int32)], lambda x: x),
    Row("Transpose", tf.transpose, [normal(2, 3)], lambda x: x.T),
    Row(
        "Transpose",
        lambda x: tf.transpose(x, [2, 0, 1]),
        [normal(2, 3, 4)],
        lambda x: np.moveaxis(x, 2, 0),
    ),
    Row("Transpose", tf.transpose, [normal()], lambda x: x),
    Row(
        "Transpose",
        lambda x, p: tf.ensure_shape(tf.transpose(x, p), [3, 4, 2]),
        [normal(2, 3, 4), np.array([1, 2, 0])],
        lambda x, p: np.moveaxis(x, 0, 2),
    ),
    Row("Transpose", tf.matrix_transpose, [normal(2, 3, 4)], lambda x: x.swapaxes(1, 2)),
    plain(
        "ConjugateTranspose",
        lambda x: tf.transpose(x, conjugate=True),
        [COMPLEX],
        lambda x: x.conj().T,
    ),
    Row(
        "ConjugateTranspose",
        lambda x: ConjugateTranspose([x, [1, 0]]),
        [normal(2, 3)],
        lambda x: x.T,
    ),
    Row(
        "ConcatV2",
        lambda x, y: tf.concat([x, y, x], 0),
        [normal(2, 3), normal(1, 3)],
        lambda x, y: np.vstack([x, y, x]),
    ),
    Row(
        "ConcatV2", lambda x, y: tf.concat([x, y], -1), [normal(2, 3), normal(2, 0)], lambda x, y: x
    ),
    Row(
        "ConcatV2",
        lambda x, y, n: tf.ensure_shape(tf.concat([x, y], n), [2, 4]),
        [normal(2, 3), normal(2, 1), np.int32(1)],
        lambda x, y, n: np.hstack([x, y]),
    ),
    Row(
        "ParallelConcat",
        lambda x: tf.parallel_stack([tf.ensure_shape(x, [2]), tf.ensure_shape(x, [2])]),
        [normal(2)],
        lambda x: np.array([x, x]),
    ),
    Row("Unpack", lambda x: tf.unstack(x, 2), [normal(2, 3)], list),
    Row("Unpack", lambda x: tf.unstack(x, 3, axis=-1), [normal(2, 3)], lambda x: list(x.T)),
    Row("Unpack", lambda x: tf.unstack(x, 1), [normal(1)], list),
    Row("Split", lambda x: tf.split(x, 2, 1), [normal(2, 4)], lambda x: [x[:, :2], x[:, 2:]]),
    Row(
        "Split",
        lambda x, n: [tf.ensure_shape(y, [2, 1]) for y in tf.split(x, 3, n)],
        [normal(2, 3), np.int32(-1)],
        lambda x, n: [x[:, i : i + 1] for i in range(3)],
    ),
    Row("Split", lambda x: tf.split(x, 2), [normal(0, 2)], lambda x: [x, x]),
    Row(
        "SplitV",
        lambda x: tf.split(x, [1, 0, 2], 1),
        [normal(2, 3)],
        lambda x: [x[:, :1], x[:, 1:1], x[:, 1:]],
    ),
    Row(
        "SplitV", lambda x: tf.split(x, [1, -1], -1), [normal(2, 3)], lambda x: [x[:, :1], x[:, 1:]]
    ),
    Row(
        "SplitV",
        lambda x, n: [
            tf.ensure_shape(y, [i]) for y, i in zip(tf.split(x, n, 0, num=2), (2, 1), strict=True)
        ],
        [normal(3), np.array([2, 1])],
        lambda x, n: [x[:2], x[2:]],
    ),
    Row(
        "Tile",
        lambda x: tf.tile(x, [2, 3]),
        [normal(2, 3)],
        lambda x: np.vstack([np.hstack([x, x, x])] * 2),
    ),
    Row("Tile", lambda x: tf.tile(x, [1, 0]), [normal(2, 3)], lambda x: x[:, :0]),
    Row("Tile", lambda x: tf.tile(x, []), [normal()], lambda x: x),
    Row(
        "Tile",
        lambda x, n: tf.ensure_shape(tf.tile(x, n), [6]),
        [normal(2), np.array([3])],
        lambda x, n: np.concatenate([x, x, x]),
    ),
    Row("Roll", lambda x: tf.roll(x, 2, 1), [normal(2, 5)], lambda x: _roll(x, [2], [1])),
    Row(
        "Roll",
        lambda x: tf.roll(x, [-1, 7, 2], [0, 1, 1]),
        [normal(3, 5)],
        lambda x: _roll(x, [-1, 9], [0, 1]),
    ),
    Row("Roll", lambda x, n: tf.roll(x, n, 0), [normal(0, 2), np.int32(3)], lambda x, n: x),
    Row("Slice", lambda x: tf.slice(x, [0, 1], [2, 2]), [normal(3, 4)], lambda x: x[:2, 1:3]),
    Row("Slice", lambda x: tf.slice(x, [1, 0], [-1, -1]), [normal(3, 4)], lambda x: x[1:]),
    Row("Slice", lambda x: tf.slice(x, [], []), [normal()], lambda x: x),
    Row(
        "Slice",
        lambda x, b, n: tf.ensure_shape(tf.slice(x, b, n), [0, 2]),
        [normal(3, 4), np.array([3, 1]), np.array([0, 2])],
        lambda x, b, n: x[3:, 1:3],
    ),
    Row(
        "Pad",
        lambda x: tf.pad(x, PAD),
        [normal(3, 4)],
        lambda x: np.vstack([np.zeros(9), np.hstack([np.zeros([3, 2]), x, np.zeros([3, 3])])]),
    ),
    Row("Pad", lambda x: tf.pad(x, [[0, 0], [0, 2]]), [normal(2, 0)], lambda x: np.zeros([2, 2])),
    Row(
        "Pad",
        lambda x, p: tf.ensure_shape(tf.pad(x, p), [5]),
        [normal(2), np.array([[1, 2]])],
        lambda x, p: np.concatenate([[0], x, [0, 0]]),
    ),
    Row("Pad", lambda x: tf.pad(x, np.zeros([0, 2], int)), [normal()], lambda x: x),
    Row(
        "PadV2",
        lambda x: tf.pad(x, [[1, 2]], constant_values=7.0),
        [normal(3)],
        lambda x: np.array([7, *x, 7, 7]),
    ),
    plain(
        "PadV2",
        lambda x, v: tf.pad(x, [[1, 0]], constant_values=v),
        [np.array([1, 2]), np.int64(5)],
        lambda x, v: np.array([5, 1, 2]),
    ),
    Row("MirrorPad", lambda x: tf.pad(x, PAD, "REFLECT"), [normal(3, 4)], lambda x: A @ x @ B.T),
    Row(
        "MirrorPad", lambda x: tf.pad(x, PAD, "symmetric"), [normal(3, 4)], lambda x: SA @ x @ SB.T
    ),
    Row(
        "MirrorPad",
        lambda x, p: tf.ensure_shape(tf.pad(x, p, "SYMMETRIC"), [6]),
        [normal(2), np.array([[2, 2]])],
        lambda x, p: x[[1, 0, 0, 1, 1, 0]],
    ),
    Row(
        "MirrorPadGrad",
        lambda x: MirrorPadGrad([x, PAD], mode="REFLECT"),
        [normal(4, 9)],
        lambda x: A.T @ x @ B,
    ),
    Row(
        "MirrorPadGrad",
        lambda x: MirrorPadGrad([x, PAD], mode="SYMMETRIC"),
        [normal(4, 9)],
        lambda x: SA.T @ x @ SB,
    ),
    Row(
        "SpaceToDepth",
        lambda x: tf.space_to_depth(x, 2),
        [normal(2, 4, 6, 3)],
        lambda x: _to_depth(x, 2),
    ),
    Row(
        "SpaceToDepth",
        lambda x: tf.space_to_depth(x, 3, data_format="NCHW"),
        [normal(1, 2, 3, 3)],
        lambda x: np.moveaxis(_to_depth(np.moveaxis(x, 1, 3), 3), 3, 1),
    ),
    Row(
        "DepthToSpace",
        lambda x: tf.depth_to_space(x, 2),
        [_to_depth(normal(2, 4, 6, 3), 2)],
        lambda x: normal(2, 4, 6, 3),
    ),
    Row(
        "DepthToSpace",
        lambda x: tf.depth_to_space(x, 2, data_format="NCHW"),
        [np.moveaxis(_to_depth(normal(1, 2, 4, 2), 2), 3, 1)],
        lambda x: np.moveaxis(normal(1, 2, 4, 2), 3, 1),
    ),
    Row(
        "SpaceToBatchND",
        lambda x: tf.space_to_batch_nd(x, [2, 3], [[1, 0], [0, 1]]),
        [normal(2, 3, 5, 2)],
        lambda x: _to_batch(x, [2, 3], [(1, 0), (0, 1)]),
    ),
    Row(
        "SpaceToBatchND",
        lambda x: tf.space_to_batch_nd(x, [2], [[0, 0]]),
        [normal(3, 4)],
        lambda x: _to_batch(x, [2], [(0, 0)]),
    ),
    Row(
        "BatchToSpaceND",
        lambda x: tf.batch_to_space_nd(x, [2, 2], [[0, 1], [2, 0]]),
        [_to_batch(normal(1, 4, 6, 1), [2, 2], [(0, 0)] * 2)],
        lambda x: normal(1, 4, 6, 1)[:, :3, 2:],
    ),
    Row(
        "BatchToSpaceND",
        lambda x: tf.batch_to_space_nd(x, [2], [[0, 0]]),
        [_to_batch(normal(3, 4), [2], [(0, 0)])],
        lambda x: normal(3, 4),
    ),
]
