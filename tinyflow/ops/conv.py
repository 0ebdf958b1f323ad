"""Convolution: `tf.nn.conv2d`, its adjoints, and what is built out of them.

The kernels are in foundation/convolution.py.  A convolution is linear in its images x and linear in its
filters w: its result is a sum of products x * w, and what a loss says about the result y makes that
a sum of products of three.  Leave one of the three factors out, and what is left is an op type:

    Conv2D                 (x, w) -> y
    Conv2DBackpropInput    (w, y) -> x      the gradient of Conv2D in x, the transposed convolution
    Conv2DBackpropFilter   (x, y) -> w      the gradient of Conv2D in w

So each is the gradient of the other two, and gradients of any order stay among the three.  The
depthwise convolutions are three more of the same kind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from tinyflow.foundation import convolution as kernels, windows
from tinyflow.foundation.dtypes import DType
from tinyflow.foundation.errors import DtypeProblem, Problem
from tinyflow.foundation.shapes import Shape, Spec
from tinyflow.graph.constant_value import constant_shape
from tinyflow.graph.gradient_registry import RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, OpType, Tensor
from tinyflow.ops.array import shape
from tinyflow.ops.base import check_kind
from tinyflow.ops.constant import convert_to_tensor, is_tensor
from tinyflow.ops.joining import concat
from tinyflow.ops.operands import renamed
from tinyflow.ops.shaping import expand_dims, squeeze
from tinyflow.ops.windowed import (
    Sizes,
    Windowed,
    for_each_axis,
    format_of_rows,
    four_sizes,
    is_channels_first,
    merge_sizes,
    padding_attributes,
    refusals,
    sliding,
    with_window_of,
)

__all__ = [
    "atrous_conv2d", "atrous_conv2d_transpose", "conv1d", "conv1d_transpose", "conv2d",
    "conv2d_backprop_filter", "conv2d_backprop_input", "conv2d_transpose", "conv_transpose",
    "convolution", "depthwise_conv2d", "depthwise_conv2d_backprop_filter",
    "depthwise_conv2d_backprop_input", "depthwise_conv2d_native",
    "depthwise_conv2d_native_backprop_filter", "depthwise_conv2d_native_backprop_input",
    "separable_conv2d",
]  # fmt: skip


def _alike(filter: Any, other: Any, name: str) -> tuple[Any, Any]:
    """Two operands, of which a plain value takes the dtype that the other one has."""
    if is_tensor(filter) and not is_tensor(other):
        filter = convert_to_tensor(filter)
        return filter, convert_to_tensor(other, filter.spec.dtype, name)
    if is_tensor(other) and not is_tensor(filter):
        other = convert_to_tensor(other)
        return convert_to_tensor(filter, other.spec.dtype, "filter"), other
    return filter, other


# -- two-dimensional convolution -------------------------------------------------------------------


class Convolution(Windowed):
    """Conv2D or one of its adjoints.

    Attributes:
      explicit_paddings: for padding "EXPLICIT", before and after, for each axis.
      dilations: how far apart the pixels that the filter reads are, for each axis.
    """

    explicit_paddings: tuple[int, ...] = ()
    dilations: tuple[int, ...] = (1, 1, 1, 1)
    use_cudnn_on_gpu: bool = True
    paddings: ClassVar[tuple[str, ...]] = ("SAME", "VALID", "EXPLICIT")
    kernel: ClassVar[Callable[..., Any]]
    depthwise: ClassVar[bool] = False

    @property
    def pads(self) -> Any:
        """The padding as the kernels take it: its name, or pairs."""
        if self.padding != "EXPLICIT":
            return self.padding
        flat = self.explicit_paddings
        return list(zip(flat[::2], flat[1::2], strict=True))

    def convolve(self, *operands: Any, **shapes: Any) -> Any:
        """What the kernel computes."""
        with refusals():
            known = {name: tuple(sizes) for name, sizes in shapes.items()}
            return type(self).kernel(*operands, **known, **self.how)

    @property
    def how(self) -> dict[str, Any]:
        """How the filter slides, as the kernels take it, without what goes without saying."""
        how = sliding(self)
        how["padding"] = self.pads
        dilations = windows.spatial(self.dilations, "dilations", self.data_format)
        return how if dilations == (1, 1) else how | {"dilations": dilations}

    def convolved(self, images: Shape, filters: Shape) -> Sizes:
        """The sizes (n, h, w, c) of such images' convolution with such filters."""
        self.check_attributes()
        n, *size, depth = self.channels_last(images)
        *window, into, out = four_sizes(filters)
        if depth is not None and into is not None and depth != into:
            raise Problem(self._other_depth(depth, into), "filters are (rows, columns, in, out)")
        if self.depthwise:
            depth = into if depth is None else depth
            out = None if depth is None or out is None else depth * out
        return n, *self.places((n, *size, depth), window, self.pads, self.dilations), out

    def _other_depth(self, depth: int, into: int) -> str:
        if self.depthwise:
            return f"Dimensions must be equal, but are {depth} and {into}"
        if into and depth % into == 0:  # for TF 1.15, a convolution in groups, which it cannot run
            return f"input and filter must have the same depth: {depth} vs {into}"
        return f"Depth of input ({depth}) is not a multiple of input depth of filter ({into})"


def _float_dtype(names: str, a: Spec, b: Spec) -> DType | None:
    """The dtype that two operands share."""
    for name, spec in zip(names.split(), (a, b), strict=True):
        check_kind(name, spec.dtype, "f")
    if a.dtype is not None and b.dtype is not None and a.dtype is not b.dtype:
        first, second = names.split()
        raise DtypeProblem(
            f"Input '{second}' has type {b.dtype.name} that does not match type {a.dtype.name} of "
            f"argument '{first}'",
            f"tf.cast({second}, tf.{a.dtype.name})",
        )
    return a.dtype or b.dtype


class Conv2D(Convolution):
    """The sum of filter times patch, for every patch of the images that the filter slides over."""

    same_dtype = True
    kernel = staticmethod(kernels.conv2d)

    def infer(self, input: Spec, filter: Spec) -> Spec:
        dtype = _float_dtype("input filter", input, filter)
        return Spec(dtype, self.as_given(self.convolved(input.shape, filter.shape)))

    def compute(self, input: Any, filter: Any) -> Any:
        return self.convolve(input, filter)


class Conv2DBackpropInput(Convolution):
    """The adjoint of Conv2D in its images: each pixel of the result, spread over its patch."""

    kernel = staticmethod(kernels.conv2d_backprop_input)

    def infer(self, input_sizes: Spec, filter: Spec, out_backprop: Spec) -> Spec:
        check_kind("input_sizes", input_sizes.dtype, "iu")
        dtype = _float_dtype("filter out_backprop", filter, out_backprop)
        images = constant_shape(self.inputs[0])
        computed = self.convolved(images, filter.shape)
        self.check_result("out_backprop", out_backprop.shape, computed)
        n = self.channels_last(out_backprop.shape)[0]
        known = self.as_given((n, None, None, four_sizes(filter.shape)[2]))
        return Spec(dtype, merge_sizes(images, known, "input_sizes"))

    def compute(self, input_sizes: Any, filter: Any, out_backprop: Any) -> Any:
        return self.convolve(filter, out_backprop, input_shape=input_sizes)


class Conv2DBackpropFilter(Convolution):
    """The adjoint of Conv2D in its filters: each pixel of the result, times its patch, summed."""

    kernel = staticmethod(kernels.conv2d_backprop_filter)

    def infer(self, input: Spec, filter_sizes: Spec, out_backprop: Spec) -> Spec:
        check_kind("filter_sizes", filter_sizes.dtype, "iu")
        dtype = _float_dtype("input out_backprop", input, out_backprop)
        filters = constant_shape(self.inputs[1])
        computed = self.convolved(input.shape, filters)
        self.check_result("out_backprop", out_backprop.shape, computed)
        into = self.channels_last(input.shape)[3]
        out = None if self.depthwise else self.channels_last(out_backprop.shape)[3]
        return Spec(dtype, merge_sizes(filters, (None, None, into, out), "filter_sizes"))

    def compute(self, input: Any, filter_sizes: Any, out_backprop: Any) -> Any:
        return self.convolve(input, out_backprop, filter_shape=filter_sizes)


def _are_adjoint(forward: OpType, to_images: OpType, to_filters: OpType) -> None:
    """Registers the gradients of three op types, of which each is the others' adjoint.

    With images x, filters w and results y, the gradient of an op arrives in the place of what the
    op computes: where an x is computed, it is the x of the other two.
    """

    @RegisterGradient(forward.op_type)
    def _forward_grad(op: Operation, y: Tensor) -> Any:
        x, w = op.inputs
        return (
            with_window_of(op, to_images, shape(x), w, y),
            with_window_of(op, to_filters, x, shape(w), y),
        )

    @RegisterGradient(to_images.op_type)
    def _to_images_grad(op: Operation, x: Tensor) -> Any:
        _, w, y = op.inputs
        return (
            None,
            with_window_of(op, to_filters, x, shape(w), y),
            with_window_of(op, forward, x, w),
        )

    @RegisterGradient(to_filters.op_type)
    def _to_filters_grad(op: Operation, w: Tensor) -> Any:
        x, _, y = op.inputs
        return (
            with_window_of(op, to_images, shape(x), w, y),
            None,
            with_window_of(op, forward, x, w),
        )


_are_adjoint(Conv2D, Conv2DBackpropInput, Conv2DBackpropFilter)


def conv2d(
    input: Any, filter: Any = None, strides: Any = None, padding: Any = None,
    use_cudnn_on_gpu: bool = True, data_format: str | None = "NHWC",
    dilations: Any = [1, 1, 1, 1],  # noqa: B006  (TF 1.15's, and only read)
    name: str | None = None, filters: Any = None,
) -> Tensor:  # fmt: skip
    """Slides filters over images: `y[n, i, j, f] = sum over di, dj, c of`
    `x[n, i * stride + di * dilation, j * stride + dj * dilation, c] * filter[di, dj, c, f]`.

    (Mathematicians call it a correlation: their convolution turns the filter round first.)

    Args:
      input: images (n, h, w, channels), of a float dtype.
      filter: the filters (rows, columns, channels, filters); `filters` is another name for it.
      strides: how far the window moves: a number, two for (rows, columns), or four in the order
        of `data_format`, of which those for images and channels must be 1.
      padding: "VALID" for `ceil((size - window + 1) / stride)` places, all inside the image;
        "SAME" for `ceil(size / stride)`, zeros around the image, the odd one after it; or four
        pairs (before, after), in the order of `data_format`.
      use_cudnn_on_gpu: without effect.
      data_format: "NHWC", or "NCHW" for images (n, channels, h, w) and a result like them.
      dilations: how far apart the pixels are that the filter reads; as `strides`.

    Returns:
      A tensor (n, places down, places across, filters).

    Raises:
      ValueError: if ranks, depths or attributes do not fit, or the window has no place.
      TypeError: if the dtypes differ or are no floats.

    >>> import tinyflow as tf
    >>> x = tf.reshape(tf.range(9.0), [1, 3, 3, 1])
    >>> edges = tf.reshape([-1.0, 1.0], [1, 2, 1, 1])
    >>> tf.Session().run(tf.nn.conv2d(x, edges, 1, "VALID"))[0, :, :, 0]
    array([[1., 1.],
           [1., 1.],
           [1., 1.]], dtype=float32)
    """
    filter = renamed("filters", filters, "filter", filter)
    how = _how(strides, data_format, dilations) | padding_attributes(padding)
    return Conv2D((input, filter), name=name, use_cudnn_on_gpu=use_cudnn_on_gpu, **how)


def _how(strides: Any, data_format: str | None, dilations: Any) -> dict[str, Any]:
    """The attributes of a convolution, but for its padding."""
    first = is_channels_first(data_format)
    return {
        "strides": for_each_axis(strides, "strides", first),
        "dilations": for_each_axis(dilations, "dilations", first),
        "data_format": "NHWC" if data_format is None else data_format,
    }


def conv2d_backprop_input(
    input_sizes: Any, filter: Any = None, out_backprop: Any = None, strides: Any = None,
    padding: Any = None, use_cudnn_on_gpu: bool = True, data_format: str = "NHWC",
    dilations: Any = [1, 1, 1, 1],  # noqa: B006
    name: str | None = None, filters: Any = None,
) -> Tensor:  # fmt: skip
    """The gradient of `conv2d` with respect to its images.

    Args:
      input_sizes: the shape of the images, a vector of four ints.
      filter: as for `conv2d`.
      out_backprop: the gradient with respect to the convolution's result.
      strides, padding, data_format, dilations: those of the convolution.

    Raises:
      ValueError: if no convolution of these images with this filter has that result.

    >>> import tinyflow as tf
    >>> spread = tf.nn.conv2d_backprop_input([1, 4, 1, 1], tf.ones([3, 1, 1, 1]),
    ...                                      tf.ones([1, 2, 1, 1]), [1, 1, 1, 1], "VALID")
    >>> tf.Session().run(spread).ravel()
    array([1., 2., 2., 1.], dtype=float32)
    """
    filter, out_backprop = _alike(
        renamed("filters", filters, "filter", filter), out_backprop, "out_backprop"
    )
    how = _how(strides, data_format, dilations) | padding_attributes(padding)
    return Conv2DBackpropInput(
        (input_sizes, filter, out_backprop), name=name, use_cudnn_on_gpu=use_cudnn_on_gpu, **how
    )


def conv2d_backprop_filter(
    input: Any, filter_sizes: Any, out_backprop: Any, strides: Any, padding: Any,
    use_cudnn_on_gpu: bool = True, data_format: str = "NHWC",
    dilations: Any = [1, 1, 1, 1],  # noqa: B006
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """The gradient of `conv2d` with respect to its filters.

    Args:
      input: the images.
      filter_sizes: the shape of the filters, a vector of four ints.
      out_backprop: the gradient with respect to the convolution's result.
      strides, padding, data_format, dilations: those of the convolution.

    Raises:
      ValueError: if no convolution of these images with such filters has that result.
    """
    input, out_backprop = _alike(input, out_backprop, "out_backprop")
    how = _how(strides, data_format, dilations) | padding_attributes(padding)
    return Conv2DBackpropFilter(
        (input, filter_sizes, out_backprop), name=name, use_cudnn_on_gpu=use_cudnn_on_gpu, **how
    )


def conv2d_transpose(
    value: Any = None, filter: Any = None, output_shape: Any = None, strides: Any = None,
    padding: Any = "SAME", data_format: str | None = "NHWC", name: str | None = None,
    input: Any = None, filters: Any = None, dilations: Any = None,
) -> Tensor:  # fmt: skip
    """Convolution backwards: from what `conv2d` gives to images of `output_shape`.

    It is the adjoint of `conv2d` (its gradient), used to make images larger; it does not undo a
    convolution, although it is also called deconvolution.

    Args:
      value: images (n, h, w, channels in); `input` is another name for it.
      filter: the filters (rows, columns, channels out, channels in): the two last are those of the
        convolution that goes from the result to `value`.
      output_shape: the shape of the result, four ints: several sizes have the same number of
        places for a window, so it cannot be told from the rest.
      strides, padding, data_format, dilations: as for `conv2d`.

    Raises:
      ValueError: if a convolution of images of `output_shape` does not have the shape of `value`.

    >>> import tinyflow as tf
    >>> x = tf.reshape([1.0, 2.0], [1, 1, 2, 1])
    >>> tf.Session().run(tf.nn.conv2d_transpose(x, tf.ones([1, 2, 1, 1]), [1, 1, 4, 1], 2)).ravel()
    array([1., 1., 2., 2.], dtype=float32)
    """
    value = renamed("input", input, "value", value)
    filter = renamed("filters", filters, "filter", filter)
    with name_scope(name, "conv2d_transpose", [value, filter, output_shape]) as scope:
        return conv2d_backprop_input(
            output_shape, filter, value, strides, padding,
            data_format=data_format or "NHWC", dilations=dilations, name=scope,
        )  # fmt: skip


# -- with holes ------------------------------------------------------------------------------------


def convolution(
    input: Any, filter: Any, padding: Any, strides: Any = None, dilation_rate: Any = None,
    name: str | None = None, data_format: str | None = None, filters: Any = None,
    dilations: Any = None,
) -> Tensor:  # fmt: skip
    """`conv1d` or `conv2d`, whichever the number of axes asks for.

    Args:
      input: sequences (n, w, channels) or images (n, h, w, channels).
      filter: the filters (..., channels, filters), with as many axes.
      padding, strides, data_format: as for `conv1d` and `conv2d`.
      dilation_rate: how far apart the pixels are that the filter reads; where it is not 1, strides
        are. `dilations` is another name for it.

    Raises:
      ValueError: if neither number of axes is known or they do not fit, or if both strides and
        dilations are given.
      NotImplementedError: for three-dimensional images.
    """
    input = convert_to_tensor(input, name="input")
    filter = convert_to_tensor(
        renamed("filters", filters, "filter", filter), input.spec.dtype, name="filter"
    )
    dilations = renamed("dilations", dilations, "dilation_rate", dilation_rate)
    axes = _spatial_axes(input.spec.shape, filter.spec.shape)
    first = is_channels_first(data_format)
    strides = for_each_axis(strides, "strides", first, axes)
    dilations = for_each_axis(dilations, "dilations", first, axes)
    if min(dilations) < 1:
        raise ValueError("all values of dilation_rate must be positive")
    if max(dilations) > 1 and max(strides) > 1:
        raise ValueError("strides > 1 not supported in conjunction with dilation_rate > 1")
    with name_scope(name, "convolution", [input, filter]) as scope:
        if axes == 1:
            return conv1d(
                input, filter, strides, padding, data_format=data_format, name=scope,
                dilations=dilations,
            )  # fmt: skip
        how = _how(strides, data_format, dilations) | padding_attributes(padding)
        return Conv2D((input, filter), name=scope, **how)


def _spatial_axes(images: Shape, filters: Shape) -> int:
    """How many axes besides those of images and channels there are."""
    known = filters if images is None else images
    if known is None:
        raise ValueError("rank of input or filter must be known")
    if not 3 <= len(known) <= 5:
        raise ValueError(f"Input tensor must be of rank 3, 4 or 5 but was {len(known)}.")
    if len(known) == 5:
        raise NotImplementedError("convolutions of three-dimensional images are not there yet")
    return len(known) - 2


def atrous_conv2d(
    value: Any, filters: Any, rate: Any, padding: str, name: str | None = None
) -> Tensor:
    """A convolution with holes (French: trous): the filter reads every `rate`-th pixel.

    It sees as far as a filter `rate` times as large, for the price of the small one.

    Args:
      value: images (n, h, w, channels).
      filters: the filters (rows, columns, channels, filters).
      rate: one number, or two for (rows, columns).
      padding: "VALID" or "SAME", as for `conv2d` with `dilations=rate`.

    Raises:
      ValueError: if shapes or attributes do not fit.

    >>> import tinyflow as tf
    >>> x = tf.reshape(tf.range(5.0), [1, 1, 5, 1])
    >>> pairs = tf.nn.atrous_conv2d(x, tf.ones([1, 2, 1, 1]), 3, "VALID")
    >>> tf.Session().run(pairs).ravel()
    array([3., 5.], dtype=float32)
    """
    return convolution(value, filters, padding, dilation_rate=rate, name=name)


def atrous_conv2d_transpose(
    value: Any, filters: Any, output_shape: Any, rate: int, padding: str, name: str | None = None
) -> Tensor:
    """The adjoint of `atrous_conv2d`: from what it gives to images of `output_shape`.

    Args:
      value: images (n, h, w, channels in).
      filters: the filters (rows, columns, channels out, channels in).
      output_shape: the shape of the result, four ints.
      rate, padding: those of `atrous_conv2d`.

    Raises:
      ValueError: if shapes or attributes do not fit.
    """
    if rate < 1:
        raise ValueError(f"rate {rate} cannot be less than one")
    if padding not in ("SAME", "VALID"):
        raise ValueError(f"padding must be either VALID or SAME: {padding}")
    with name_scope(name, "atrous_conv2d_transpose", [value, filters, output_shape]) as scope:
        return conv2d_backprop_input(
            output_shape, filters, value, 1, padding, dilations=rate, name=scope
        )


# -- one-dimensional convolution -------------------------------------------------------------------


def conv1d(
    value: Any = None, filters: Any = None, stride: Any = None, padding: Any = None,
    use_cudnn_on_gpu: bool | None = None, data_format: str | None = None,
    name: str | None = None, input: Any = None, dilations: Any = None,
) -> Tensor:  # fmt: skip
    """Slides filters over sequences: `conv2d` on images of one row.

    Args:
      value: sequences (n, w, channels); `input` is another name for it.
      filters: the filters (columns, channels, filters).
      stride: how far the window moves: a number, or three in the order of `data_format`.
      padding: "VALID" or "SAME".
      use_cudnn_on_gpu: without effect.
      data_format: "NWC" (also None), or "NCW" for sequences (n, channels, w).
      dilations: how far apart the elements are that the filter reads; as `stride`.

    Returns:
      A tensor (n, places, filters).

    Raises:
      ValueError, TypeError: as `conv2d`.

    >>> import tinyflow as tf
    >>> x = tf.reshape([1.0, 4.0, 9.0], [1, 3, 1])
    >>> steps = tf.reshape([-1.0, 1.0], [2, 1, 1])
    >>> tf.Session().run(tf.nn.conv1d(x, steps, 1, "VALID")).ravel()
    array([3., 5.], dtype=float32)
    """
    value = renamed("input", input, "value", value)
    with name_scope(name, "conv1d", [value, filters]) as scope:
        how = _how_in_rows(stride, data_format, dilations)
        axis = how["data_format"].index("H")
        y = Conv2D(
            (expand_dims(value, axis), expand_dims(filters, 0)), name=scope, padding=padding, **how
        )
        return squeeze(y, [axis])


def _how_in_rows(stride: Any, data_format: str | None, dilations: Any) -> dict[str, Any]:
    """The attributes, but for padding, of a convolution of images of one row."""
    first = is_channels_first(data_format)
    return {
        "data_format": format_of_rows(data_format),
        "strides": (1, *for_each_axis(stride, "stride", first, 1)),
        "dilations": (1, *for_each_axis(dilations, "dilations", first, 1)),
    }


def conv1d_transpose(
    input: Any, filters: Any, output_shape: Any, strides: Any, padding: Any = "SAME",
    data_format: str | None = "NWC", dilations: Any = None, name: str | None = None,
) -> Tensor:  # fmt: skip
    """The adjoint of `conv1d`: from what it gives to sequences of `output_shape`.

    Args:
      input: sequences (n, w, channels in).
      filters: the filters (columns, channels out, channels in).
      output_shape: the shape of the result, three ints.
      strides, padding, data_format, dilations: as for `conv1d`.

    Raises:
      ValueError: if `conv1d` of sequences of `output_shape` does not have the shape of `input`.
    """
    with name_scope(name, "conv1d_transpose", [input, filters, output_shape]) as scope:
        how = _how_in_rows(strides, data_format, dilations)
        axis = how["data_format"].index("H")
        sizes = _with_one_row(output_shape, axis)
        filters, value = _alike(filters, input, "input")
        images = Conv2DBackpropInput(
            (sizes, expand_dims(filters, 0), expand_dims(value, axis)),
            name=scope, padding=padding, **how,
        )  # fmt: skip
        return squeeze(images, [axis])


def _with_one_row(shape: Any, axis: int) -> Any:
    """The shape of sequences with a row put in: of images of one row."""
    if is_tensor(shape):
        shape = convert_to_tensor(shape)
        return concat([shape[:axis], [1], shape[axis:]], 0)
    sizes = list(shape)
    return [*sizes[:axis], 1, *sizes[axis:]]


def conv_transpose(
    input: Any, filters: Any, output_shape: Any, strides: Any, padding: Any = "SAME",
    data_format: str | None = None, dilations: Any = None, name: str | None = None,
) -> Tensor:  # fmt: skip
    """`conv1d_transpose` or `conv2d_transpose`, whichever the length of `output_shape` asks for.

    Raises:
      ValueError: if `output_shape` is no vector of 3 or 4, or as the two functions.
      NotImplementedError: for three-dimensional images.
    """
    if is_tensor(output_shape):
        (length,) = convert_to_tensor(output_shape).shape.as_list()
    elif hasattr(output_shape, "__len__"):
        length = len(output_shape)
    else:
        raise ValueError("output_shape must be a tensor or sized collection.")
    if length not in (3, 4, 5):
        raise ValueError(f"output_shape must be of length 3, 4 or 5 but was {length}.")
    if length == 5:
        raise NotImplementedError("convolutions of three-dimensional images are not there yet")
    transpose = conv1d_transpose if length == 3 else conv2d_transpose
    with name_scope(name, "conv_transpose", [input, filters, output_shape]) as scope:
        return transpose(
            input, filters, output_shape, strides, padding=padding, data_format=data_format,
            dilations=dilations, name=scope,
        )  # fmt: skip


# -- depthwise convolution -------------------------------------------------------------------------


class DepthwiseConv2dNative(Conv2D):
    """A convolution of each channel by itself, with one or several filters of its own."""

    paddings = ("SAME", "VALID")
    kernel = staticmethod(kernels.depthwise_conv2d_native)
    depthwise = True


class DepthwiseConv2dNativeBackpropInput(Conv2DBackpropInput):
    """The adjoint of DepthwiseConv2dNative in its images."""

    paddings = ("SAME", "VALID")
    kernel = staticmethod(kernels.depthwise_conv2d_native_backprop_input)
    depthwise = True


class DepthwiseConv2dNativeBackpropFilter(Conv2DBackpropFilter):
    """The adjoint of DepthwiseConv2dNative in its filters."""

    paddings = ("SAME", "VALID")
    kernel = staticmethod(kernels.depthwise_conv2d_native_backprop_filter)
    depthwise = True


_are_adjoint(
    DepthwiseConv2dNative, DepthwiseConv2dNativeBackpropInput, DepthwiseConv2dNativeBackpropFilter
)


def depthwise_conv2d_native(
    input: Any, filter: Any, strides: Any, padding: Any, data_format: str = "NHWC",
    dilations: Any = [1, 1, 1, 1],  # noqa: B006
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """`conv2d` for each channel by itself: channel c gives channels `c * multiplier + m`.

    Unlike TF 1.15 on a CPU, it obeys `dilations`, and rows and columns may have different strides.

    Args:
      input: images (n, h, w, channels), of a float dtype.
      filter: the filters (rows, columns, channels, multiplier).
      strides, padding, data_format, dilations: as for `conv2d`; padding is no list.

    Returns:
      A tensor (n, places down, places across, channels * multiplier).

    Raises:
      ValueError: if shapes or attributes do not fit.
      TypeError: if the dtypes differ or are no floats.
    """
    how = _how(strides, data_format, dilations)
    return DepthwiseConv2dNative((input, filter), name=name, padding=padding, **how)


def depthwise_conv2d_native_backprop_input(
    input_sizes: Any, filter: Any, out_backprop: Any, strides: Any, padding: Any,
    data_format: str = "NHWC",
    dilations: Any = [1, 1, 1, 1],  # noqa: B006
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """The gradient of `depthwise_conv2d_native` with respect to its images, of shape `input_sizes`.

    Raises:
      ValueError: if no such convolution has a result of `out_backprop`'s shape.
    """
    filter, out_backprop = _alike(filter, out_backprop, "out_backprop")
    how = _how(strides, data_format, dilations)
    return DepthwiseConv2dNativeBackpropInput(
        (input_sizes, filter, out_backprop), name=name, padding=padding, **how
    )


def depthwise_conv2d_native_backprop_filter(
    input: Any, filter_sizes: Any, out_backprop: Any, strides: Any, padding: Any,
    data_format: str = "NHWC",
    dilations: Any = [1, 1, 1, 1],  # noqa: B006
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """The gradient of `depthwise_conv2d_native` with respect to its filters, of `filter_sizes`.

    Raises:
      ValueError: if no such convolution has a result of `out_backprop`'s shape.
    """
    input, out_backprop = _alike(input, out_backprop, "out_backprop")
    how = _how(strides, data_format, dilations)
    return DepthwiseConv2dNativeBackpropFilter(
        (input, filter_sizes, out_backprop), name=name, padding=padding, **how
    )


depthwise_conv2d_backprop_input = depthwise_conv2d_native_backprop_input
depthwise_conv2d_backprop_filter = depthwise_conv2d_native_backprop_filter


def _with_rate(strides: Any, rate: Any, data_format: str | None) -> tuple[int, ...]:
    """`rate` as dilations, which exclude strides."""
    dilations = for_each_axis(rate, "rate", is_channels_first(data_format))
    if min(dilations) < 1:
        raise ValueError("dilation_rate must be positive")
    if max(dilations) > 1 and max(for_each_axis(strides, "strides", False)) > 1:
        raise ValueError("strides > 1 not supported in conjunction with rate > 1")
    return dilations


def depthwise_conv2d(
    input: Any, filter: Any, strides: Any, padding: Any, rate: Any = None, name: str | None = None,
    data_format: str | None = None, dilations: Any = None,
) -> Tensor:  # fmt: skip
    """A convolution of each channel by itself, with filters of its own.

    Args:
      input: images (n, h, w, channels), of a float dtype.
      filter: the filters (rows, columns, channels, multiplier).
      strides: how far the window moves; see `conv2d`.
      padding: "VALID" or "SAME".
      rate: two numbers, how far apart the pixels are that the filter reads, down and across; where
        one is not 1, strides are. `dilations` is another name for it.
      data_format: "NHWC" (also None) or "NCHW".

    Returns:
      A tensor (n, places down, places across, channels * multiplier).

    Raises:
      ValueError: if shapes or attributes do not fit.
      TypeError: if the dtypes differ or are no floats.

    >>> import tinyflow as tf
    >>> x = tf.reshape([1.0, 10.0, 2.0, 20.0], [1, 1, 2, 2])  # two pixels of two channels
    >>> halves = tf.fill([1, 2, 2, 1], 0.5)
    >>> tf.Session().run(tf.nn.depthwise_conv2d(x, halves, [1, 1, 1, 1], "VALID")).ravel()
    array([ 1.5, 15. ], dtype=float32)
    """
    rate = renamed("dilations", dilations, "rate", rate)
    with name_scope(name, "depthwise", [input, filter]) as scope:
        dilations = _with_rate(strides, rate, data_format)
        how = _how(strides, data_format, dilations)
        return DepthwiseConv2dNative((input, filter), name=scope, padding=padding, **how)


def separable_conv2d(
    input: Any, depthwise_filter: Any, pointwise_filter: Any, strides: Any, padding: Any,
    rate: Any = None, name: str | None = None, data_format: str | None = None,
    dilations: Any = None,
) -> Tensor:  # fmt: skip
    """A depthwise convolution, and then one of 1 x 1 pixel that mixes the channels.

    A filter of rows * columns * in * out numbers is replaced by two with rows * columns * in and
    in * out (for multiplier 1).

    Args:
      input: images (n, h, w, channels), of a float dtype.
      depthwise_filter: filters (rows, columns, channels, multiplier).
      pointwise_filter: filters (1, 1, channels * multiplier, out).
      strides, padding, rate, data_format, dilations: those of `depthwise_conv2d`.

    Raises:
      ValueError: if shapes or attributes do not fit.
      TypeError: if the dtypes differ or are no floats.
    """
    rate = renamed("dilations", dilations, "rate", rate)
    with name_scope(name, "separable_conv2d", [input, depthwise_filter, pointwise_filter]) as scope:
        pointwise = convert_to_tensor(pointwise_filter, name="pointwise_filter")
        window = pointwise.shape.with_rank(4)[:2]
        if not window.is_compatible_with([1, 1]):
            raise ValueError(f"Dimensions {window} and (1, 1) are not compatible")
        y = depthwise_conv2d(
            input, depthwise_filter, strides, padding, rate, "depthwise", data_format
        )
        return conv2d(y, pointwise, 1, "VALID", data_format=data_format, name=scope)
