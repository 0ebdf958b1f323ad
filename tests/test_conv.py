"""Convolution and pooling where they are no rows: shapes, names, errors, dtypes; TF 1.15 was asked."""

# ruff: noqa: E501  (the tables have a case in a line)

import numpy as np
import pytest

import tinyflow as tf
from tests.rows.conv import to_images

nn = tf.nn


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def P(*shape, dtype=tf.float32):
    """A placeholder; without sizes, of unknown rank."""
    return tf.placeholder(dtype, shape or None)


def run(fetches, feeds=None):
    with tf.Session() as session:
        return session.run(fetches, feeds)


N = None

# -- static shapes -------------------------------------------------------------------------------

SHAPES = [
    (lambda: nn.conv2d(P(N, 6, 6, 3), P(3, 3, 3, 4), [1, 2, 2, 1], "SAME"), "(?, 3, 3, 4)"),
    (lambda: nn.conv2d(P(N, N, 6, 3), P(3, 3, 3, 4), 1, "VALID"), "(?, ?, 4, 4)"),
    (lambda: nn.conv2d(P(), P(3, 3, 3, 4), 1, "VALID"), "(?, ?, ?, 4)"),
    (lambda: nn.conv2d(P(2, 6, 6, 3), P(), 1, "VALID"), "(2, ?, ?, ?)"),
    (lambda: nn.conv2d(P(2, 6, 6, 3), P(), 2, "SAME"), "(2, 3, 3, ?)"),
    (lambda: nn.conv2d(P(2, 6, 6, 3), P(N, 3, N, 4), 2, "VALID"), "(2, ?, 2, 4)"),
    (lambda: nn.conv2d(P(2, 6, 6, N), P(2, 3, 5, N), 2, "VALID"), "(2, 3, 2, ?)"),
    (lambda: nn.conv2d(P(2, 3, 6, 7), P(2, 3, 3, N), 2, "VALID", data_format="NCHW"), "(2, ?, 3, 3)"),
    (lambda: nn.conv2d(P(), P(), 1, "VALID", data_format="NCHW"), "(?, ?, ?, ?)"),
    (lambda: nn.conv2d(P(2, 4, N, 3), P(3, 3, 3, 4), 1, [[0, 0], [1, 1], [2, 2], [0, 0]]), "(2, 4, ?, 4)"),
    (lambda: nn.conv2d(P(2, 4, 4, 3), P(3, 3, 3, 4), padding="SAME"), "(2, 4, 4, 4)"),
    (lambda: nn.conv2d(P(0, 4, 4, 3), P(3, 3, 3, 4), 1, "SAME"), "(0, 4, 4, 4)"),
    (lambda: nn.conv2d_transpose(P(N, 3, 3, 4), P(2, 2, 5, 4), [2, 6, 6, 5], 2), "(2, 6, 6, 5)"),
    (lambda: nn.conv2d_transpose(P(N, 3, 3, 4), P(2, 2, 5, 4), tf.stack([tf.shape(P(N))[0], 6, 6, 5]), 2), "(?, 6, 6, 5)"),
    (lambda: nn.conv2d_backprop_filter(P(2, 6, 6, 5), [2, 2, 5, 4], P(2, 3, 3, 4), [1, 2, 2, 1], "SAME"), "(2, 2, 5, 4)"),
    (lambda: nn.conv1d(P(N, 6, 3), P(2, 3, 4), 1, "VALID"), "(?, 5, 4)"),
    (lambda: nn.conv1d(P(), P(2, 3, 4), 1, "VALID"), "(?, ?, 4)"),
    (lambda: nn.conv1d(P(2, 3, 6), P(2, 3, 4), 1, "VALID", data_format="NCW"), "(2, 4, 5)"),
    (lambda: nn.conv1d_transpose(P(2, 4, 3), P(2, 5, 4), [2, 5, 6], 2, data_format="NCW"), "(2, 5, 6)"),
    (lambda: nn.conv1d_transpose(P(2, 3, 4), P(2, 5, 4), tf.stack([tf.shape(P(N))[0], 6, 5]), 2), "(2, 6, 5)"),  # TF 1.15: (?, 6, 5)
    (lambda: nn.conv_transpose(P(2, 3, 4), P(2, 5, 4), (2, 6, 5), 2), "(2, 6, 5)"),
    (lambda: nn.conv_transpose(P(2, 3, 3, 4), P(2, 2, 5, 4), [2, 6, 6, 5], 2), "(2, 6, 6, 5)"),
    (lambda: nn.convolution(P(2, 6, 6, 5), P(2, 2, 5, 4), "VALID", strides=[2, 2]), "(2, 3, 3, 4)"),
    (lambda: nn.convolution(P(2, 5, 6, 6), P(2, 2, 5, 4), "VALID", dilation_rate=2, data_format="NCHW"), "(2, 4, 4, 4)"),
    (lambda: nn.convolution(P(2, 6, 5), P(2, 5, 4), "VALID", dilation_rate=[2]), "(2, 4, 4)"),
    (lambda: nn.convolution(P(), P(2, 2, 5, 4), "SAME"), "(?, ?, ?, 4)"),
    (lambda: nn.atrous_conv2d(P(2, 6, 6, 5), P(2, 2, 5, 4), [2, 3], "VALID"), "(2, 4, 3, 4)"),
    (lambda: nn.atrous_conv2d(P(N, N, N, 5), P(2, 2, 5, 4), 2, "SAME"), "(?, ?, ?, 4)"),
    (lambda: nn.atrous_conv2d_transpose(P(2, 4, 4, 5), P(2, 2, 4, 5), [2, 6, 6, 4], 2, "VALID"), "(2, 6, 6, 4)"),
    (lambda: nn.depthwise_conv2d(P(N, 6, 6, 3), P(2, 2, 3, 2), [1, 2, 2, 1], "VALID"), "(?, 3, 3, 6)"),
    (lambda: nn.depthwise_conv2d(P(N, 6, 6, 3), P(2, 2, 3, 2), [1, 1, 1, 1], "VALID", rate=[2, 2]), "(?, 4, 4, 6)"),
    (lambda: nn.depthwise_conv2d(P(N, 6, 6, N), P(2, 2, 4, 2), [1, 1, 1, 1], "SAME"), "(?, 6, 6, 8)"),
    (lambda: nn.depthwise_conv2d(P(N, 6, 6, 3), P(2, 2, N, 2), [1, 1, 1, 1], "SAME"), "(?, 6, 6, 6)"),
    (lambda: nn.depthwise_conv2d(P(2, 6, 6, 3), P(), [1, 1, 1, 1], "VALID"), "(2, ?, ?, ?)"),
    (lambda: nn.separable_conv2d(P(N, 6, 6, 3), P(2, 2, 3, 2), P(1, 1, 6, 5), [1, 1, 1, 1], "SAME"), "(?, 6, 6, 5)"),
    (lambda: nn.separable_conv2d(P(N, 3, 6, 6), P(2, 2, 3, 2), P(1, 1, 6, 5), [1, 1, 2, 2], "VALID", data_format="NCHW"), "(?, 5, 3, 3)"),
    (lambda: nn.max_pool(P(N, 7, 7, 3), [3, 2], [2, 1], "VALID"), "(?, 3, 6, 3)"),
    (lambda: nn.max_pool(P(N, N, 6, 3), [1, 2, 2, 1], [1, 2, 2, 1], "VALID"), "(?, ?, 3, 3)"),
    (lambda: nn.max_pool(P(), 2, 2, "VALID"), "(?, ?, ?, ?)"),
    (lambda: nn.max_pool(P(N, 7, 7, 4), [1, 1, 1, 2], [1, 1, 1, 2], "SAME"), "(?, 7, 7, 2)"),
    (lambda: nn.max_pool(P(N, 3, 7, 7), 2, 2, "SAME", data_format="NCHW"), "(?, 3, 4, 4)"),
    (lambda: nn.max_pool(P(N, 7, 7, 3), 8, 2, "SAME"), "(?, 4, 4, 3)"),
    (lambda: nn.max_pool(P(N, 7, 7, 3), None, 2, "SAME"), "(?, 4, 4, 3)"),
    (lambda: nn.max_pool1d(P(N, 3, 6), 2, 2, "SAME", data_format="NCW"), "(?, 3, 3)"),
    (lambda: nn.avg_pool1d(P(N, 6, 3), [1, 2, 1], [2], "VALID"), "(?, 3, 3)"),
    (lambda: nn.max_pool_v2(P(N, 6, 3), 2, 2, "SAME"), "(?, 3, 3)"),
    (lambda: nn.avg_pool_v2(P(N, 6, 6, 3), 2, 2, "SAME"), "(?, 3, 3, 3)"),
    (lambda: nn.pool(P(N, 6, 6, 3), [2, 2], "AVG", "VALID", dilations=[2, 1]), "(?, 4, 5, 3)"),
    (lambda: nn.pool(P(N, 3, 6, 6), [2, 2], "AVG", "SAME", strides=[2, 2], data_format="NCHW"), "(?, 3, 3, 3)"),
    (lambda: nn.pool(P(), [2, 2], "MAX", "VALID"), "(?, ?, ?, ?)"),
    (lambda: nn.max_pool_with_argmax(P(N, 6, 6, 3), 2, 2, "SAME")[1], "(?, 3, 3, 3)"),
    (lambda: tf.extract_image_patches(P(N, 6, 6, 3), [1, 2, 2, 1], [1, 1, 1, 1], [1, 2, 2, 1], "VALID"), "(?, 4, 4, 12)"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(SHAPES)))
def test_static_shape(number):
    build, shape = SHAPES[number]
    assert str(build().shape) == shape


def test_gradients_have_the_shapes_of_their_inputs_as_far_as_they_are_known():
    x, w = P(N, 6, N, 3), P(N, 3, 3, 4)
    dx, dw = tf.gradients(nn.conv2d(x, w, 1, "SAME"), [x, w])
    assert (str(dx.shape), str(dw.shape)) == ("(?, 6, ?, 3)", "(?, 3, 3, 4)")
    for pool in nn.max_pool, nn.avg_pool:
        (dx,) = tf.gradients(pool(x, 2, 2, "SAME"), x)
        assert str(dx.shape) == "(?, 6, ?, 3)"


# -- names ---------------------------------------------------------------------------------------

NAMES = [
    (lambda: nn.conv2d(P(2, 4, 4, 3), P(3, 3, 3, 4), 1, "SAME"), "Conv2D", "Conv2D"),
    (lambda: nn.conv2d_transpose(P(2, 3, 3, 4), P(2, 2, 5, 4), [2, 6, 6, 5], 2), "conv2d_transpose", "Conv2DBackpropInput"),
    (lambda: nn.convolution(P(2, 6, 6, 5), P(2, 2, 5, 4), "SAME", name="c"), "c", "Conv2D"),
    (lambda: nn.conv1d(P(2, 6, 3), P(2, 3, 4), 2, "SAME"), "conv1d/Squeeze", "Squeeze"),
    (lambda: nn.convolution(P(2, 6, 5), P(2, 5, 4), "SAME"), "convolution/Squeeze", "Squeeze"),
    (lambda: nn.conv1d_transpose(P(2, 3, 4), P(2, 5, 4), [2, 6, 5], 2), "conv1d_transpose/Squeeze", "Squeeze"),
    (lambda: nn.conv_transpose(P(2, 3, 3, 4), P(2, 2, 5, 4), [2, 6, 6, 5], 2), "conv_transpose", "Conv2DBackpropInput"),
    (lambda: nn.depthwise_conv2d(P(N, 6, 6, 3), P(2, 2, 3, 2), [1, 1, 1, 1], "SAME"), "depthwise", "DepthwiseConv2dNative"),
    (lambda: nn.separable_conv2d(P(N, 6, 6, 3), P(2, 2, 3, 2), P(1, 1, 6, 5), [1, 1, 1, 1], "SAME"), "separable_conv2d", "Conv2D"),
    (lambda: nn.max_pool(P(N, 6, 6, 3), 2, 2, "SAME"), "MaxPool", "MaxPool"),
    (lambda: nn.max_pool2d(P(N, 6, 6, 3), 2, 2, "SAME"), "MaxPool2d", "MaxPool"),
    (lambda: nn.max_pool1d(P(N, 6, 3), 2, 2, "SAME"), "MaxPool1d/Squeeze", "Squeeze"),
    (lambda: nn.avg_pool2d(P(N, 6, 6, 3), 2, 2, "SAME"), "AvgPool", "AvgPool"),
    (lambda: nn.avg_pool1d(P(N, 6, 3), 2, 2, "SAME", name="a"), "a/Squeeze", "Squeeze"),
    (lambda: nn.pool(P(N, 6, 6, 3), [2, 2], "MAX", "SAME"), "max_pool", "MaxPool"),
    (lambda: nn.pool(P(N, 6, 3), [2], "AVG", "SAME", strides=[2]), "avg_pool/Squeeze", "Squeeze"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(NAMES)))
def test_name_and_type(number):
    build, name, op_type = NAMES[number]
    op = build().op
    assert (op.name, op.type) == (name, op_type)


def test_names_inside():
    with tf.Graph().as_default() as graph:
        nn.separable_conv2d(P(N, 6, 6, 3), P(2, 2, 3, 2), P(1, 1, 6, 5), [1, 1, 1, 1], "SAME")
        assert graph.get_operation_by_name("separable_conv2d/depthwise")
        nn.conv2d([[[[1.0]]]], [[[[2.0]]]], 1, "SAME")
        assert graph.get_operation_by_name("Conv2D/filter").type == "Const"


# -- errors --------------------------------------------------------------------------------------

ERRORS = [
    (lambda: nn.conv2d(P(2, 6, 6), P(2, 3, 3, 4), 1, "VALID"), ValueError, "Shape must be rank 4 but is rank 3"),
    (lambda: nn.conv2d(P(2, 6, 6, 3), P(2, 3, 4), 1, "VALID"), ValueError, "Shape must be rank 4 but is rank 3"),
    (lambda: nn.conv2d(P(2, 6, 6, 3), P(2, 3, 4, 4), 1, "VALID"), ValueError, r"Depth of input \(3\) is not a multiple of input depth of filter \(4\)"),
    (lambda: nn.conv2d(P(2, 6, 6, 8), P(2, 3, 4, 4), 1, "VALID"), ValueError, "must have the same depth: 8 vs 4"),
    (lambda: nn.conv2d(P(2, 4, 4, 3), P(6, 6, 3, 4), 1, "VALID"), ValueError, "Negative dimension size caused by subtracting 6 from 4"),
    (lambda: nn.conv2d(P(2, 4, 4, 3), P(3, 3, 3, 4), 1, "VALID", dilations=2), ValueError, "subtracting 5 from 4"),
    (lambda: nn.conv2d(P(2, 4, 4, 3), P(3, 3, 3, 4), 1, "valid"), ValueError, '(?s)\'padding\' of \'Conv2D\' Op passed string \'valid\' not in.*fix: padding="VALID"'),
    (lambda: nn.conv2d(P(2, 4, 4, 3), P(3, 3, 3, 4), 1, "EXPLICIT"), ValueError, "padding parameter must be a list"),
    (lambda: nn.conv2d(P(2, 4, 4, 3), P(3, 3, 3, 4), 1, None), TypeError, "Expected string for argument 'padding' not None"),
    (lambda: nn.conv2d(P(2, 4, 4, 3), P(3, 3, 3, 4), 1, [[0, 0], [1, 1], [2, 2], [0, 1]]), ValueError, "Nonzero explicit padding in the batch or depth"),
    (lambda: nn.conv2d(P(2, 4, 4, 3), P(3, 3, 3, 4), 1, [[0, 0], [1, 1], [2, 2]]), ValueError, "it must be of size 4. Got padding of size: 3"),
    (lambda: nn.conv2d(P(2, 4, 4, 3), P(3, 3, 3, 4), 1, [[0, 0], [1, 1], [2, 2], [1]]), ValueError, "list/tuple of size 2. Element with index 3"),
    (lambda: nn.conv2d(P(2, 4, 4, 3), P(3, 3, 3, 4), 1, [[0, 0], [-1, 1], [2, 2], [0, 0]]), ValueError, "must be nonnegative"),
    (lambda: nn.conv2d(P(2, 4, 4, 3), P(3, 3, 3, 4), [1, 2, 1], "SAME"), ValueError, "strides should be of length 1, 2 or 4 but was 3"),
    (lambda: nn.conv2d(P(2, 4, 4, 3), P(3, 3, 3, 4), 1.5, "SAME"), ValueError, "whole numbers"),
    (lambda: nn.conv2d(P(2, 4, 4, 3), P(3, 3, 3, 4), [2, 1, 1, 1], "SAME"), ValueError, "strides in the batch and depth dimensions"),
    (lambda: nn.conv2d(P(), P(), 0, "SAME"), ValueError, "Stride must be > 0, but got 0"),
    (lambda: nn.conv2d(P(), P(), 1, "SAME", dilations=0), ValueError, "Dilation rate must be >= 1, but got 0"),
    (lambda: nn.conv2d(P(), P(), 1, "SAME", data_format="NWHC"), ValueError, "'data_format' of 'Conv2D' Op passed string 'NWHC' not in"),
    (lambda: nn.conv2d(P(dtype=tf.int32), P(dtype=tf.int32), 1, "SAME"), TypeError, "'input' has DataType int32"),
    (lambda: nn.conv2d(P(), P(dtype=tf.float64), 1, "SAME"), TypeError, "Input 'filter'.*float64 that does not match type float32"),
    (lambda: nn.conv2d(P(), P(), filters=P(), padding="SAME"), ValueError, "Cannot specify both 'filter' and 'filters'"),
    (lambda: nn.conv2d(P(), padding="SAME"), ValueError, "None values not supported"),
    (lambda: nn.conv2d_transpose(P(2, 3, 3, 4), P(2, 2, 5, 4), [2, 6, 6, 5, 1], 2), ValueError, "Shape must be rank 4 but is rank 5"),
    (lambda: nn.conv2d_transpose(P(2, 3, 3, 4), P(2, 2, 5, 4), [2, 9, 6, 5], 2), ValueError, r"Size of out_backprop doesn't match computed: actual = \(2, 3, 3, 4\), computed = \(2, 5, 3, 4\)"),
    (lambda: nn.conv2d_transpose(P(2, 3, 3, 4), P(2, 2, 5, 4), [2, 6, 6, 6], 2), ValueError, r"Depth of input \(6\)"),
    (lambda: nn.conv2d_transpose(P(), P(), tf.constant([2.0, 6.0, 6.0, 5.0]), 2), TypeError, "'input_sizes' has DataType float32"),
    (lambda: nn.conv2d_backprop_input([1, 4, 4, 1], P(), P(dtype=tf.float64), 1, "SAME"), TypeError, "'out_backprop' has type float64 that does not match type float32 of argument 'filter'"),
    (lambda: nn.conv2d_backprop_filter(P(2, 6, 6, 5), [2, 2, 3, 4], P(2, 3, 3, 4), 2, "SAME"), ValueError, r"Depth of input \(5\)"),
    (lambda: nn.convolution(P(2, 6, 6, 5), P(2, 2, 5, 4), "VALID", [2, 2], [2, 2]), ValueError, "strides > 1 not supported in conjunction with dilation_rate > 1"),
    (lambda: nn.convolution(P(2, 5), P(2, 5), "SAME"), ValueError, "rank 3, 4 or 5 but was 2"),
    (lambda: nn.convolution(P(), P(), "SAME"), ValueError, "rank of input or filter must be known"),
    (lambda: nn.convolution(P(2, 6, 6, 6, 5), P(2, 2, 2, 5, 4), "SAME"), NotImplementedError, "three-dimensional"),
    (lambda: nn.atrous_conv2d(P(2, 6, 6, 5), P(2, 2, 5, 4), 0, "VALID"), ValueError, "dilation_rate must be positive"),
    (lambda: nn.atrous_conv2d_transpose(P(), P(), [2, 6, 6, 4], 0, "VALID"), ValueError, "rate 0 cannot be less than one"),
    (lambda: nn.atrous_conv2d_transpose(P(), P(), [2, 6, 6, 4], 2, "valid"), ValueError, "either VALID or SAME: valid"),
    (lambda: nn.conv1d(P(2, 6, 3), P(2, 3, 4), [1, 2], "VALID"), ValueError, "stride should be of length 1, 1 or 3 but was 2"),
    (lambda: nn.conv1d(P(2, 6, 3), P(2, 3, 4), 2, "VALID", data_format="XWC"), ValueError, 'data_format must be "NWC" or "NCW"'),
    (lambda: nn.conv1d(P(2, 6, 6, 3), P(2, 3, 4), 1, "SAME"), ValueError, "Shape must be rank 4 but is rank 5"),
    (lambda: nn.conv_transpose(P(), P(), 4, 2), ValueError, "output_shape must be a tensor or sized collection"),
    (lambda: nn.conv_transpose(P(), P(), [4, 4], 2), ValueError, "output_shape must be of length 3, 4 or 5 but was 2"),
    (lambda: nn.conv_transpose(P(), P(), [1, 4, 4, 4, 1], 2), NotImplementedError, "three-dimensional"),
    (lambda: nn.depthwise_conv2d(P(N, 6, 6, 3), P(2, 2, 4, 2), [1, 1, 1, 1], "SAME"), ValueError, "Dimensions must be equal, but are 3 and 4"),
    (lambda: nn.depthwise_conv2d(P(), P(), [1, 1, 1, 1], "SAME", rate=[0, 1]), ValueError, "rate must be positive"),
    (lambda: nn.depthwise_conv2d(P(), P(), [1, 2, 2, 1], "SAME", rate=[2, 2]), ValueError, "strides > 1 not supported"),
    (lambda: nn.depthwise_conv2d(P(), P(), [1, 1, 1, 1], [[0, 0]] * 4), TypeError, "Expected string for argument 'padding'"),
    (lambda: nn.separable_conv2d(P(N, 6, 6, 3), P(2, 2, 3, 2), P(2, 1, 6, 5), [1, 1, 1, 1], "SAME"), ValueError, "not compatible"),
    (lambda: nn.separable_conv2d(P(N, 6, 6, 3), P(2, 2, 3, 2), P(6, 5), [1, 1, 1, 1], "SAME"), ValueError, "must have rank 4"),
    (lambda: nn.max_pool(P(N, 7, 7), 2, 2, "VALID"), ValueError, "Shape must be rank 4 but is rank 3"),
    (lambda: nn.max_pool(P(N, 7, 7, 3), 8, 2, "VALID"), ValueError, "Negative dimension size caused by subtracting 8 from 7"),
    (lambda: nn.max_pool(P(N, 7, 7, 3), 0, 2, "SAME"), ValueError, "Window size must be > 0"),
    (lambda: nn.max_pool(P(), 2, 0, "SAME"), ValueError, "Stride must be > 0"),
    (lambda: nn.max_pool(P(), 2, 2, "same"), ValueError, "'padding' of 'MaxPool' Op passed string 'same'"),
    (lambda: nn.max_pool(P(), 2, 2, [[0, 0]] * 4), TypeError, "Expected string for argument 'padding'"),
    (lambda: nn.max_pool(P(), [3, 2, 1], 2, "SAME"), ValueError, "ksize should be of length 1, 2 or 4 but was 3"),
    (lambda: nn.max_pool(P(), [2, 2, 2, 1], 2, "SAME"), ValueError, "ksize in the batch and depth dimensions"),
    (lambda: nn.max_pool(P(), [1, 2, 2, 2], 2, "SAME"), ValueError, "exactly one of pooling across depth"),
    (lambda: nn.max_pool(P(), [1, 1, 1, 2], 1, "SAME"), ValueError, "depth window to equal the depth stride"),
    (lambda: nn.max_pool(P(N, 7, 7, 5), [1, 1, 1, 2], [1, 1, 1, 2], "SAME"), ValueError, "evenly divide the input depth"),
    (lambda: nn.max_pool(P(dtype=tf.bool), 2, 2, "SAME"), TypeError, "DataType bool"),
    (lambda: nn.max_pool(P(), 2, 2, "SAME", input=P()), ValueError, "Cannot specify both 'value' and 'input'"),
    (lambda: nn.avg_pool(P(dtype=tf.int32), 2, 2, "SAME"), TypeError, "'value' has DataType int32"),
    (lambda: nn.avg_pool(P(), [1, 1, 1, 2], 1, "SAME"), ValueError, "ksize in the batch and depth dimensions"),
    (lambda: nn.max_pool1d(P(N, 6, 3), [1, 2], 2, "SAME"), ValueError, "ksize should be of length 1, 1 or 3 but was 2"),
    (lambda: nn.max_pool_v2(P(), 2, 2, "SAME"), ValueError, "unknown rank"),
    (lambda: nn.max_pool_v2(P(N, 3), 2, 2, "SAME"), ValueError, "rank 3, 4 or 5 but was 2"),
    (lambda: nn.avg_pool_v2(P(N, 6, 6, 6, 3), 2, 2, "SAME"), NotImplementedError, "three-dimensional"),
    (lambda: nn.pool(P(N, 6, 6, 3), [2, 2], "MAX", "SAME", [2, 2]), ValueError, "SAME padding is not implemented for dilation_rate > 1"),
    (lambda: nn.pool(P(N, 6, 6, 3), [2, 2], "MAX", "VALID", [2, 2], [2, 2]), ValueError, "in conjunction with dilation_rate"),
    (lambda: nn.pool(P(N, 6, 6, 3), [2, 2], "MAX", "VALID", strides=[3, 3]), ValueError, "strides > window_shape"),
    (lambda: nn.pool(P(N, 6, 6, 3), [2, 2], "max", "VALID"), ValueError, "2-D max pooling is not supported"),
    (lambda: nn.pool(P(N, 6, 6, 3), [2], "MAX", "VALID"), ValueError, "must have rank 3"),
    (lambda: nn.pool(P(N, 6, 6, 3), [2, 2], "MAX", "VALID", strides=[2]), ValueError, r"len\(strides\)=1 but should be 2"),
    (lambda: nn.pool(P(N, 6, 6, 3), [2, 2], "MAX", "VALID", strides=[0, 1]), ValueError, "strides must be positive"),
    (lambda: nn.pool(P(N, 6, 6, 6, 3), [2, 2, 2], "MAX", "VALID"), NotImplementedError, "three-dimensional"),
    (lambda: nn.max_pool_with_argmax(P(), 2, 2, "SAME", data_format="NCHW"), ValueError, "Data formats other than 'NHWC'"),
    (lambda: nn.max_pool_with_argmax(P(), 2, 2, "SAME", Targmax=tf.float32), TypeError, "'Targmax' has DataType float32"),
    (lambda: tf.extract_image_patches(P(2, 3, 4, 4), [1, 7, 2, 1], [1, 2, 2, 1], [1, 2, 2, 1], "VALID"), ValueError, "Computed output size would be negative: -4"),
    (lambda: tf.extract_image_patches(P(dtype=tf.bool), [1, 2, 2, 1], 1, 1, "VALID"), TypeError, "DataType bool"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(ERRORS)))
def test_error_when_built(number):
    build, kind, message = ERRORS[number]
    with pytest.raises(kind, match=message):
        build()


def test_errors_lead_to_the_users_line():
    with pytest.raises(ValueError, match=r"(?s)MaxPool 'm': .*value|input: 'images:0' .*test_conv.py"):
        nn.max_pool(tf.placeholder(tf.float32, [1, 2, 2, 1], name="images"), 3, 3, "VALID", name="m")


def test_what_only_a_run_can_see():
    x, w, sizes = P(), P(), P(dtype=tf.int32)
    pixels, filters = np.ones((1, 3, 3, 2)), np.ones((2, 2, 1, 1))
    for fetch, feeds, message in (
        (nn.conv2d(x, w, 1, "SAME"), {x: pixels, w: filters}, "same depth|Depth of input"),
        (nn.conv2d(x, w, 1, "SAME"), {x: pixels[0], w: filters}, "rank 4 but is rank 3"),
        (nn.max_pool(x, 8, 2, "VALID"), {x: pixels}, "Computed output size would be negative"),
        (
            nn.conv2d_transpose(x, w, sizes, 1),
            {x: pixels[..., :1], w: filters, sizes: [1, 4, 3, 1]},
            "Size of out_backprop doesn't match computed",
        ),
        (nn.conv2d_transpose(x, w, sizes, 1), {x: pixels[..., :1], w: filters, sizes: [1, 2]}, "4-dim"),
    ):
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            run(fetch, feeds)


# -- values --------------------------------------------------------------------------------------


def test_an_image_that_turns_out_to_lack_less_than_a_stride_has_no_windows():
    x = P(N, N, N, 1)
    y = nn.conv2d(x, tf.ones([3, 3, 1, 2]), 2, "VALID")
    dx, dw = tf.gradients(y, [x, y.op.inputs[1]])
    y, dx, dw = run([y, dx, dw], {x: np.ones((1, 2, 4, 1))})
    assert y.shape == (1, 0, 1, 2)
    assert not dx.any() and dx.shape == (1, 2, 4, 1)
    assert not dw.any() and dw.shape == (3, 3, 1, 2)


def test_plain_values_take_the_dtype_of_the_tensor_beside_them():
    x, filters = P(1, 2, 2, 1), np.ones((1, 1, 1, 1))
    assert nn.conv2d(x, filters, 1, "SAME").dtype == tf.float32
    assert nn.conv2d_transpose(x, filters, [1, 2, 2, 1], 1).dtype == tf.float32
    assert nn.conv2d_backprop_input([1, 2, 2, 1], P(1, 1, 1, 1), np.ones((1, 2, 2, 1)), 1, "SAME").dtype == tf.float32
    assert nn.conv1d_transpose(P(1, 2, 1), np.ones((1, 1, 1)), [1, 2, 1], 1).dtype == tf.float32


def test_dtypes_are_kept():
    for dtype in tf.float16, tf.float32, tf.float64:
        x = tf.ones([1, 4, 4, 2], dtype)
        w = tf.ones([2, 2, 2, 2], dtype)
        results = [
            nn.conv2d(x, w, 1, "SAME"), nn.depthwise_conv2d(x, w, [1, 1, 1, 1], "SAME"),
            nn.max_pool(x, 2, 2, "SAME"), nn.avg_pool(x, 2, 2, "SAME"),
        ]  # fmt: skip
        results += [tf.gradients(y, x)[0] for y in results]
        assert {y.dtype for y in results} == {dtype}
        assert {y.dtype for y in run(results)} == {np.dtype(dtype.as_numpy_dtype)}


def test_a_dtype_that_is_not_known_yet():
    x, w = tf.placeholder(), tf.placeholder()
    y = nn.avg_pool(nn.max_pool(nn.conv2d(x, w, 1, "SAME"), 1, 1, "SAME"), 2, 2, "VALID")
    dx, dw = tf.gradients(y, [x, w])
    feeds = {x: np.ones((1, 2, 2, 1)), w: np.full((1, 1, 1, 1), 3.0)}
    assert [value.tolist() for value in run([y, dx, dw], feeds)] == [
        [[[[3.0]]]], [[[[0.75], [0.75]], [[0.75], [0.75]]]], [[[[1.0]]]],
    ]  # fmt: skip


def test_max_pool_takes_the_first_of_equals_and_nan_for_the_largest():
    x = tf.constant(np.array([[1, 1, 0, np.nan]]).reshape(1, 1, 4, 1))
    y = nn.max_pool(x, [1, 2], [1, 2], "VALID")
    y, dx = run([y, tf.gradients(y, x)[0]])
    np.testing.assert_array_equal(y.ravel(), [1, np.nan])
    np.testing.assert_array_equal(dx.ravel(), [1, 0, 0, 1])


def test_gradients_that_are_none():
    x, w = P(1, 4, 4, 1), P(2, 2, 1, 1)
    dx, dw = tf.gradients(nn.conv2d(x, w, 1, "SAME"), [x, w])
    assert tf.gradients(dx, [x]) == [None]
    assert tf.gradients(dw, [w]) == [None]
    assert tf.gradients(nn.max_pool_with_argmax(x, 2, 2, "SAME")[1], x) == [None]
    (dx,) = tf.gradients(nn.max_pool(x, 2, 2, "SAME"), x)
    assert tf.gradients(dx, x)[0] is not None  # zeros, as in TF 1.15


def test_third_order():
    """sum(conv(x, w)**3) differentiated thrice in x: 6 * the sum over places of w's own cubes."""
    x, w = tf.constant(np.arange(9.0).reshape(1, 3, 3, 1)), tf.constant(np.ones((2, 2, 1, 1)))
    y = nn.conv2d(x, w, 1, "VALID")
    total = y * y * y
    for _ in range(3):
        (total,) = tf.gradients(total, x)
    ones = np.ones((1, 2, 2, 1))
    expected = to_images((1, 3, 3, 1), np.ones((2, 2, 1, 1)), 6 * 16 * ones)
    np.testing.assert_allclose(run(total), expected)


def test_sizes_with_tensors_in_them():
    x = P(N, 2)
    image = tf.ones([2, 1, 2, 1])
    y = nn.conv2d_transpose(image, tf.ones([1, 2, 1, 1]), [tf.shape(x)[0], 1, 4, 1], [1, 2])
    assert str(y.shape) == "(2, 1, 4, 1)"  # the batch is that of the image
    assert run(y, {x: np.ones((2, 2))}).shape == (2, 1, 4, 1)


def test_a_small_network_trains_the_same_in_both_formats():
    rng = np.random.default_rng(3)
    pixels, labels = rng.standard_normal((4, 6, 6, 1)), rng.standard_normal((4, 2, 2, 3))
    filters = rng.standard_normal((3, 3, 1, 3))
    losses = []
    for data_format, axes in (("NHWC", (0, 1, 2, 3)), ("NCHW", (0, 3, 1, 2))):
        w = tf.Variable(filters)
        x, t = tf.constant(pixels.transpose(axes)), tf.constant(labels.transpose(axes))
        y = nn.max_pool(nn.conv2d(x, w, 1, "VALID", data_format=data_format), 2, 2, "SAME", data_format)
        error = y - t
        loss = tf.reduce_sum(error * error)
        train = tf.assign(w, w - 0.01 * tf.gradients(loss, w)[0])
        with tf.Session() as session:
            session.run(w.initializer)
            losses.append([session.run([loss, train])[0] for _ in range(5)])
    np.testing.assert_allclose(*losses, rtol=1e-9)
    assert losses[0][-1] < losses[0][0]


def test_operands_are_not_written_to_and_results_are_the_callers_own():
    x = np.ones((1, 4, 4, 1), np.float32)
    node = P(1, 4, 4, 1)
    fetches = [nn.max_pool(node, 1, 1, "SAME"), nn.avg_pool(node, 1, 1, "SAME"),
               nn.conv2d(node, tf.ones([1, 1, 1, 1]), 1, "SAME")]  # fmt: skip
    with tf.Session() as session:
        for value in session.run(fetches, {node: x}):
            value += 1
        assert x.sum() == 16
        assert all(value.sum() == 16 for value in session.run(fetches, {node: x}))


def test_attributes_can_be_asked_for():
    op = nn.conv2d(P(1, 4, 4, 1), P(1, 1, 1, 1), 2, "SAME").op
    assert list(op.get_attr("strides")) == [1, 2, 2, 1]
    assert op.get_attr("padding") == "SAME"
    assert list(nn.max_pool(P(1, 4, 4, 1), 2, 1, "SAME").op.get_attr("ksize")) == [1, 2, 2, 1]
