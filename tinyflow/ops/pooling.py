"""Pooling: the largest, or the mean, of what a window sees while it slides over images.

The kernels are in foundation/pooling.py, what sliding windows have in common in windowed.py.  The
average is linear, so AvgPool and AvgPoolGrad are each other's gradient.  The maximum is not, but
its gradient MaxPoolGrad is linear in the gradient that arrives: it is sent to the pixels that were
chosen.  MaxPoolGradGrad reads those pixels.  So from there on each is the gradient of the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tinyflow.foundation import pooling as kernels, windows
from tinyflow.foundation.dtypes import DType, as_dtype
from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Shape, Spec
from tinyflow.graph.constant_value import constant_shape
from tinyflow.graph.gradient_registry import RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.array import reshape, shape
from tinyflow.ops.base import check_kind
from tinyflow.ops.constant import convert_to_tensor
from tinyflow.ops.creation import zeros_like
from tinyflow.ops.operands import renamed
from tinyflow.ops.shaping import expand_dims, squeeze, transpose
from tinyflow.ops.windowed import (
    Sizes,
    Windowed,
    for_each_axis,
    format_of_rows,
    four_sizes,
    is_channels_first,
    merge_sizes,
    refusals,
    sliding,
    with_window_of,
)

__all__ = [
    "avg_pool", "avg_pool1d", "avg_pool2d", "avg_pool_v2", "extract_image_patches", "max_pool",
    "max_pool1d", "max_pool2d", "max_pool_v2", "max_pool_with_argmax", "pool",
]  # fmt: skip


class Pool(Windowed):
    """A max or average pool, or one of their gradients.

    Attributes:
      ksize: the size of the window, for each axis, in the order of `data_format`.
    """

    ksize: tuple[int, ...]

    def pooled(self, images: Shape) -> Sizes:
        """The sizes (n, h, w, c) of what such images are pooled to."""
        self.check_attributes()
        n, *size, depth = self.channels_last(images)
        with refusals():
            window = windows.spatial(self.ksize, "ksize", self.data_format)
        return n, *self.places((n, *size, depth), window, self.padding), depth

    def run_kernel(self, kernel: Callable[..., Any], *operands: Any, **shapes: Any) -> Any:
        """What a kernel computes."""
        with refusals():
            known = {name: tuple(sizes) for name, sizes in shapes.items()}
            window = windows.spatial(self.ksize, "ksize", self.data_format)
            return kernel(*operands, **known, ksize=window, **sliding(self))


# -- the largest -----------------------------------------------------------------------------------


class MaxPooling(Pool):
    """Pools the largest of the pixels that the window sees, or of several neighbouring channels."""

    same_dtype = True

    @property
    def channels(self) -> int:
        """How many channels the window spans."""
        return self.ksize[self.data_format.index("C")]

    def pooled(self, images: Shape) -> Sizes:
        self.check_attributes()
        channels = self.channels
        if channels == 1:
            return super().pooled(images)
        if self.data_format != "NHWC" or self.ksize[:3] != (1, 1, 1):
            raise Problem(
                "MaxPooling supports exactly one of pooling across depth or pooling across "
                f"width/height, but ksize is {self.ksize} ({self.data_format})",
                "pool twice",
            )
        if self.strides != self.ksize:
            raise Problem(
                "Depthwise max pooling requires the depth window to equal the depth stride: "
                f"ksize {self.ksize}, strides {self.strides}",
                "make strides and ksize equal",
            )
        n, height, width, depth = four_sizes(images)
        if depth is not None and depth % channels:
            raise Problem(
                "Depthwise max pooling requires the depth window to evenly divide the input depth:"
                f" {depth} channels in windows of {channels}"
            )
        return n, height, width, None if depth is None else depth // channels

    def run_kernel(self, kernel: Callable[..., Any], *operands: Any, **shapes: Any) -> Any:
        channels = self.channels
        if channels == 1:
            return super().run_kernel(kernel, *operands, **shapes)
        # Channels lie in memory as the pixels of a row do: make them pixels of a single channel.
        n, height, width, _ = operands[0].shape
        rows = [x.reshape(n, height * width, x.shape[3], 1) for x in operands]
        result = kernel(*rows, ksize=(1, channels), strides=(1, channels), padding="VALID")
        return result.reshape(n, height, width, result.shape[2])


class MaxPool(MaxPooling):
    """The largest pixel of every patch, channel by channel."""

    def infer(self, input: Spec) -> Spec:
        check_kind("input", input.dtype, "fiu")
        return Spec(input.dtype, self.as_given(self.pooled(input.shape)))

    def compute(self, input: Any) -> Any:
        return self.run_kernel(kernels.max_pool, input)


class MaxPoolGrad(MaxPooling):
    """`grad`, each pixel added to the one that MaxPool took there: the first of several largest."""

    def infer(self, orig_input: Spec, orig_output: Spec, grad: Spec) -> Spec:
        check_kind("orig_input", orig_input.dtype, "fiu")
        computed = self.pooled(orig_input.shape)
        self.check_result("orig_output", orig_output.shape, computed)
        self.check_result("grad", grad.shape, computed)
        return Spec(orig_input.dtype or grad.dtype, four_sizes(orig_input.shape))

    def compute(self, orig_input: Any, orig_output: Any, grad: Any) -> Any:
        return self.run_kernel(kernels.max_pool_grad, orig_input, orig_output, grad)


class MaxPoolGradGrad(MaxPooling):
    """The pixels of `grad`, shaped like the images, that are where MaxPool took its own from."""

    def infer(self, orig_input: Spec, orig_output: Spec, grad: Spec) -> Spec:
        check_kind("orig_input", orig_input.dtype, "fiu")
        computed = self.pooled(merge_sizes(orig_input.shape, four_sizes(grad.shape), "orig_input"))
        self.check_result("orig_output", orig_output.shape, computed)
        return Spec(orig_input.dtype or grad.dtype, self.as_given(computed))

    def compute(self, orig_input: Any, orig_output: Any, grad: Any) -> Any:
        return self.run_kernel(kernels.max_pool_grad_grad, orig_input, orig_output, grad)


@RegisterGradient("MaxPool")
def _max_pool_grad(op: Operation, grad: Tensor) -> Any:
    return with_window_of(op, MaxPoolGrad, op.inputs[0], op.outputs[0], grad)


@RegisterGradient("MaxPoolGrad")
def _max_pool_grad_grad(op: Operation, grad: Tensor) -> Any:
    x, y, _ = op.inputs  # which pixels are chosen does not change when x changes a little
    chosen = with_window_of(op, MaxPoolGradGrad, x, y, grad)
    return zeros_like(x), zeros_like(y), chosen


@RegisterGradient("MaxPoolGradGrad")
def _max_pool_grad_grad_grad(op: Operation, grad: Tensor) -> Any:
    x, y, _ = op.inputs
    return zeros_like(x), zeros_like(y), with_window_of(op, MaxPoolGrad, x, y, grad)


def _how(ksize: Any, strides: Any, padding: Any, data_format: str | None) -> dict[str, Any]:
    """The attributes of a pool."""
    first = is_channels_first(data_format)
    return {
        "ksize": for_each_axis(ksize, "ksize", first),
        "strides": for_each_axis(strides, "strides", first),
        "padding": padding,
        "data_format": "NHWC" if data_format is None else data_format,
    }


def max_pool(
    value: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = "NHWC",
    name: str | None = None, input: Any = None,
) -> Tensor:  # fmt: skip
    """The largest pixel of every patch that a window sees, channel by channel.

    Its gradient goes to that pixel, the first one if several are as large. A NaN in a patch is its
    largest pixel (TF 1.15 passes over it).

    Args:
      value: images (n, h, w, channels), of floats or ints; `input` is another name for it.
      ksize: the size of the window: a number, two for (rows, columns), or four in the order of
        `data_format`. [1, 1, 1, k] takes the largest of every k neighbouring channels, and then
        strides must be the same.
      strides: how far the window moves; as `ksize`.
      padding: "VALID" for windows inside the image only, "SAME" for `ceil(size / stride)` of them,
        of which those at the border see fewer pixels.
      data_format: "NHWC", or "NCHW" for images (n, channels, h, w) and a result like them.

    Returns:
      A tensor (n, places down, places across, channels), of the same dtype.

    Raises:
      ValueError: if the shape or the attributes do not fit, or there is no place for the window.
      TypeError: if the dtype is bool, complex or string.

    >>> import tinyflow as tf
    >>> x = tf.reshape([1, 5, 2, 3, 4, 0], [1, 2, 3, 1])
    >>> tf.Session().run(tf.nn.max_pool(x, 2, 1, "VALID")).ravel()
    array([5, 5], dtype=int32)
    """
    value = renamed("input", input, "value", value)
    return MaxPool((value,), name=name, **_how(ksize, strides, padding, data_format))


def max_pool2d(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = "NHWC",
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """As `max_pool`."""
    return max_pool(input, ksize, strides, padding, data_format, name or "MaxPool2d")


# -- and where it was ------------------------------------------------------------------------------


class MaxPoolWithArgmax(MaxPooling):
    """The largest pixel of every patch, and its place.

    Attributes:
      Targmax: the dtype of the places.
      include_batch_in_index: whether they count through the whole batch, or from each image on.
    """

    Targmax: DType = as_dtype("int64")
    include_batch_in_index: bool = False

    def infer(self, input: Spec) -> tuple[Spec, Spec]:
        check_kind("input", input.dtype, "fiu")
        check_kind("Targmax", self.Targmax, "i")
        pooled = self.pooled(input.shape)
        return Spec(input.dtype, pooled), Spec(self.Targmax, pooled)

    def compute(self, input: Any) -> tuple[Any, Any]:
        largest = self.run_kernel(kernels.max_pool, input)
        counted = input.shape if self.include_batch_in_index else (1, *input.shape[1:])
        places = np.arange(math.prod(counted), dtype=self.Targmax.numpy).reshape(counted)
        places = np.broadcast_to(places, input.shape)
        # What reads a gradient where the largest pixels are reads their places there, too.
        return largest, self.run_kernel(kernels.max_pool_grad_grad, input, largest, places)


@RegisterGradient("MaxPoolWithArgmax")
def _max_pool_with_argmax_grad(op: Operation, grad: Tensor, _: Any) -> Any:
    return with_window_of(op, MaxPoolGrad, op.inputs[0], op.outputs[0], grad)


def max_pool_with_argmax(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str = "NHWC",
    Targmax: Any = None, name: str | None = None, output_dtype: Any = None,
    include_batch_in_index: bool = False,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """`max_pool`, and where each pixel was found.

    Args:
      input, ksize, strides, padding: as for `max_pool`.
      data_format: "NHWC".
      Targmax: the dtype of the places, int32 or int64; `output_dtype` is another name for it.
      include_batch_in_index: whether places count on from image to image.

    Returns:
      The pixels, and the place of each in its flattened image: `(row * w + column) * channels + c`.

    Raises:
      ValueError: if `data_format` is another, or as `max_pool`.
      TypeError: as `max_pool`, or if the places cannot have that dtype.

    >>> import tinyflow as tf
    >>> x = tf.reshape([1, 5, 2, 3, 4, 0], [1, 2, 3, 1])
    >>> largest, place = tf.nn.max_pool_with_argmax(x, [1, 2, 3, 1], [1, 1, 1, 1], "VALID")
    >>> [int(found) for found in tf.Session().run([tf.reshape(largest, []), tf.reshape(place, [])])]
    [5, 1]
    """
    if data_format != "NHWC":
        raise ValueError("Data formats other than 'NHWC' are not yet supported")
    dtype = as_dtype(renamed("output_dtype", output_dtype, "Targmax", Targmax) or "int64")
    how = _how(ksize, strides, padding, data_format)
    return MaxPoolWithArgmax(
        (input,), name=name, Targmax=dtype, include_batch_in_index=include_batch_in_index, **how
    )


# -- the mean --------------------------------------------------------------------------------------


class AvgPool(Pool):
    """The mean of every patch, channel by channel; padding does not count."""

    def infer(self, value: Spec) -> Spec:
        check_kind("value", value.dtype, "f")
        return Spec(value.dtype, self.as_given(self.pooled(value.shape)))

    def compute(self, value: Any) -> Any:
        return self.run_kernel(kernels.avg_pool, value)


class AvgPoolGrad(Pool):
    """`grad`, each pixel shared equally among those that AvgPool took the mean of."""

    def infer(self, orig_input_shape: Spec, grad: Spec) -> Spec:
        check_kind("orig_input_shape", orig_input_shape.dtype, "iu")
        check_kind("grad", grad.dtype, "f")
        images = constant_shape(self.inputs[0])
        self.check_result("grad", grad.shape, self.pooled(images))
        n, _, _, depth = self.channels_last(grad.shape)
        known = self.as_given((n, None, None, depth))
        return Spec(grad.dtype, merge_sizes(images, known, "orig_input_shape"))

    def compute(self, orig_input_shape: Any, grad: Any) -> Any:
        return self.run_kernel(kernels.avg_pool_grad, grad, input_shape=orig_input_shape)


@RegisterGradient("AvgPool")
def _avg_pool_grad(op: Operation, grad: Tensor) -> Any:
    return with_window_of(op, AvgPoolGrad, shape(op.inputs[0]), grad)


@RegisterGradient("AvgPoolGrad")
def _avg_pool_grad_grad(op: Operation, grad: Tensor) -> Any:
    return None, with_window_of(op, AvgPool, grad)


def avg_pool(
    value: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = "NHWC",
    name: str | None = None, input: Any = None,
) -> Tensor:  # fmt: skip
    """The mean of every patch that a window sees, channel by channel.

    Args:
      value: images (n, h, w, channels), of a float dtype; `input` is another name for it.
      ksize, strides, padding, data_format: as for `max_pool`; a window sees no further than the
        border of the image, so padding does not count.

    Returns:
      A tensor (n, places down, places across, channels), of the same dtype.

    Raises:
      ValueError: if the shape or the attributes do not fit, or there is no place for the window.
      TypeError: if the dtype is no float.

    >>> import tinyflow as tf
    >>> x = tf.reshape([1.0, 3.0, 8.0], [1, 1, 3, 1])
    >>> tf.Session().run(tf.nn.avg_pool(x, [1, 2], 1, "SAME")).ravel()
    array([2. , 5.5, 8. ], dtype=float32)
    """
    value = renamed("input", input, "value", value)
    return AvgPool((value,), name=name, **_how(ksize, strides, padding, data_format))


avg_pool2d = avg_pool


# -- in one dimension, and in any ------------------------------------------------------------------


def _pool_rows(
    op_class: Any, input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None,
    scope: str,
) -> Tensor:  # fmt: skip
    """Pools sequences, as images of one row."""
    first = is_channels_first(data_format)
    data_format = format_of_rows(data_format)
    axis = data_format.index("H")
    y = op_class(
        (expand_dims(input, axis),), name=scope, padding=padding, data_format=data_format,
        ksize=(1, *for_each_axis(ksize, "ksize", first, 1)),
        strides=(1, *for_each_axis(strides, "strides", first, 1)),
    )  # fmt: skip
    return squeeze(y, [axis])


def max_pool1d(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = "NWC",
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """The largest element of every stretch of sequences: `max_pool` on images of one row.

    Args:
      input: sequences (n, w, channels).
      ksize: the length of a stretch: a number, or three in the order of `data_format`.
      strides: the distance from one stretch to the next; as `ksize`.
      padding: "VALID" or "SAME".
      data_format: "NWC", or "NCW" for sequences (n, channels, w).

    Raises:
      ValueError, TypeError: as `max_pool`.
    """
    with name_scope(name, "MaxPool1d", [input]) as scope:
        return _pool_rows(MaxPool, input, ksize, strides, padding, data_format, scope)


def avg_pool1d(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = "NWC",
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """The mean of every stretch of sequences: `avg_pool` on images of one row.

    Args:
      input, ksize, strides, padding, data_format: as for `max_pool1d`.

    Raises:
      ValueError, TypeError: as `avg_pool`.
    """
    with name_scope(name, "AvgPool1D", [input]) as scope:
        return _pool_rows(AvgPool, input, ksize, strides, padding, data_format, scope)


def max_pool_v2(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = None,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """`max_pool1d` or `max_pool`, whichever the rank of `input` asks for.

    Raises:
      ValueError: if the rank is not known, or is neither 3 nor 4.
      NotImplementedError: for three-dimensional images.
    """
    input = convert_to_tensor(input, name="input")
    by_rank = max_pool1d if _spatial_axes(input) == 1 else max_pool
    return by_rank(input, ksize, strides, padding, data_format, name)


def avg_pool_v2(
    input: Any, ksize: Any, strides: Any, padding: Any, data_format: str | None = None,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """`avg_pool1d` or `avg_pool`, whichever the rank of `input` asks for.

    Raises:
      ValueError: if the rank is not known, or is neither 3 nor 4.
      NotImplementedError: for three-dimensional images.
    """
    input = convert_to_tensor(input, name="input")
    by_rank = avg_pool1d if _spatial_axes(input) == 1 else avg_pool
    return by_rank(input, ksize, strides, padding, data_format, name)


def _spatial_axes(images: Tensor) -> int:
    """How many axes besides those of images and channels there are."""
    sizes = images.spec.shape
    if sizes is None:
        raise ValueError("Cannot take the length of shape with unknown rank.")
    if not 3 <= len(sizes) <= 5:
        raise ValueError(f"Input tensor must be of rank 3, 4 or 5 but was {len(sizes)}.")
    if len(sizes) == 5:
        raise NotImplementedError("pools of three-dimensional images are not there yet")
    return len(sizes) - 2


def pool(
    input: Any, window_shape: Any, pooling_type: str, padding: Any, dilation_rate: Any = None,
    strides: Any = None, name: str | None = None, data_format: str | None = None,
    dilations: Any = None,
) -> Tensor:  # fmt: skip
    """Max or average pooling, of sequences or images, also with holes.

    Args:
      input: sequences (n, w, channels) or images (n, h, w, channels).
      window_shape: the size of the window, a list of one or two numbers.
      pooling_type: "MAX" or "AVG".
      padding: "VALID", or "SAME" where dilations are 1.
      dilation_rate: how far apart the pixels are that a window sees, a list of as many numbers as
        `window_shape`; where one is not 1, strides are. `dilations` is another name for it.
      strides: how far the window moves, a list of as many numbers; not further than its size.
      data_format: "NWC" or "NHWC" (also None), or "NCW" or "NCHW".

    Raises:
      ValueError: if the arguments or the shape do not fit.
      NotImplementedError: for three-dimensional images.

    >>> import tinyflow as tf
    >>> x = tf.reshape([1.0, 5.0, 2.0, 3.0, 4.0], [1, 5, 1])
    >>> tf.Session().run(tf.nn.pool(x, [2], "MAX", "VALID", dilation_rate=[3])).ravel()
    array([3., 5.], dtype=float32)
    """
    dilations = renamed("dilations", dilations, "dilation_rate", dilation_rate)
    axes = len(window_shape)
    strides = _positive(strides, axes, "strides")
    rate = _positive(dilations, axes, "dilation_rate")
    _check_pool(window_shape, pooling_type, padding, strides, rate)
    with name_scope(name, f"{pooling_type.lower()}_pool", [input]) as scope:
        input = convert_to_tensor(input, name="input")
        input.shape.with_rank(axes + 2)
        op_class = MaxPool if pooling_type == "MAX" else AvgPool
        if max(rate) > 1:
            with_holes = op_class, input, window_shape, rate, padding, data_format, scope
            return _pool_with_holes(*with_holes)
        if axes == 1:
            return _pool_rows(op_class, input, window_shape, strides, padding, data_format, scope)
        how = _how(window_shape, strides, padding, data_format)
        return op_class((input,), name=scope, **how)


def _positive(values: Any, count: int, name: str) -> list[int]:
    """A list of `count` numbers, ones by default."""
    numbers = [1] * count if values is None else [int(value) for value in values]
    if len(numbers) != count:
        raise ValueError(f"len({name})={len(numbers)} but should be {count}")
    if min(numbers) < 1:
        raise ValueError(f"all values of {name} must be positive")
    return numbers


def _check_pool(
    window: Any, pooling_type: str, padding: Any, strides: list[int], rate: list[int]
) -> None:
    if len(window) not in (1, 2, 3):
        raise ValueError("It is required that 1 <= num_spatial_dims <= 3.")
    if pooling_type not in ("MAX", "AVG"):
        raise ValueError(f"{len(window)}-D {pooling_type} pooling is not supported.")
    if len(window) == 3:
        raise NotImplementedError("pools of three-dimensional images are not there yet")
    if max(strides) > 1 and max(rate) > 1:
        raise ValueError("strides > 1 not supported in conjunction with dilation_rate > 1")
    if padding == "SAME" and max(rate) > 1:
        raise ValueError("pooling with SAME padding is not implemented for dilation_rate > 1")
    if any(step > size for step, size in zip(strides, window, strict=True)):
        raise ValueError(
            "strides > window_shape not supported due to inconsistency between CPU and GPU "
            "implementations"
        )


def _pool_with_holes(
    op_class: Any, input: Tensor, window: Any, rate: list[int], padding: Any,
    data_format: str | None, scope: str,
) -> Tensor:  # fmt: skip
    """Pools patches with holes: they are laid side by side, and each pooled as one window."""
    first = is_channels_first(data_format)
    if len(window) == 1:
        row = expand_dims(input, 2 if first else 1)
        y = _pool_with_holes(
            op_class, row, [1, *window], [1, *rate], padding, "NCHW" if first else "NHWC", scope
        )
        return squeeze(y, [2 if first else 1])
    images = transpose(input, [0, 2, 3, 1]) if first else input
    patches = extract_image_patches(images, (1, *window, 1), (1, 1, 1, 1), (1, *rate, 1), padding)
    taps = math.prod(window)
    n, down, across, _ = _known(patches)
    *_, channels = _known(images)
    side_by_side = reshape(patches, [n, down, across * taps, channels])
    how = _how([1, taps], [1, taps], "VALID", "NHWC")
    y = op_class((side_by_side,), name=scope, **how)
    return transpose(y, [0, 3, 1, 2]) if first else y


def _known(images: Tensor) -> list[Any]:
    """The sizes of images: numbers where they are known, tensors elsewhere."""
    sizes = shape(images)
    return [sizes[i] if n is None else n for i, n in enumerate(four_sizes(images.spec.shape))]


# -- the patches themselves ------------------------------------------------------------------------


class Patches(Windowed):
    """ExtractImagePatches or its adjoint.

    Attributes:
      ksizes: the size of a patch, for each axis.
      rates: how far apart its pixels are, for each axis.
    """

    ksizes: tuple[int, ...]
    rates: tuple[int, ...] = (1, 1, 1, 1)
    needs_room = False

    def patched(self, images: Shape) -> Sizes:
        """The sizes of the patches of such images."""
        self.check_attributes()
        n, height, width, depth = four_sizes(images)
        with refusals():
            window = windows.spatial(self.ksizes, "ksizes")
        places = self.places((n, height, width, depth), window, self.padding, self.rates)
        return n, *places, None if depth is None else math.prod(window) * depth

    def slide(self, images: tuple[int, ...]) -> windows.Windows:
        """The places of the window on images of such sizes."""
        with refusals():
            window = windows.spatial(self.ksizes, "ksizes")
            return windows.slide(images, window, self.strides, self.padding, self.rates)


class ExtractImagePatches(Patches):
    """Every patch of the images, its pixels one after the other in the axis of the channels."""

    def infer(self, images: Spec) -> Spec:
        check_kind("images", images.dtype, "fiu")
        return Spec(images.dtype, self.patched(images.shape))

    def compute(self, images: Any) -> Any:
        images = np.asarray(images)
        window = self.slide(images.shape)
        patches = window.patches(window.pad(images, images.dtype))
        return patches.reshape(*patches.shape[:3], math.prod(patches.shape[3:]))


class ExtractImagePatchesGrad(Patches):
    """The adjoint of ExtractImagePatches: every patch, added where it was taken from."""

    def infer(self, orig_input_shape: Spec, grad: Spec) -> Spec:
        images = constant_shape(self.inputs[0])
        self.check_result("grad", grad.shape, self.patched(images))
        known = (four_sizes(grad.shape)[0], None, None, None)
        return Spec(grad.dtype, merge_sizes(images, known, "orig_input_shape"))

    def compute(self, orig_input_shape: Any, grad: Any) -> Any:
        n, height, width, depth = map(int, orig_input_shape)
        grad, window = np.asarray(grad), self.slide((n, height, width, depth))
        padded = window.frame(n, depth, grad.dtype)
        patches = window.patches(padded)
        spread = grad.reshape(patches.shape)
        for i, j in window.taps():
            patches[:, :, :, i, j] += spread[:, :, :, i, j]
        return np.ascontiguousarray(window.crop(padded))


@RegisterGradient("ExtractImagePatches")
def _extract_image_patches_grad(op: Operation, grad: Tensor) -> Any:
    return with_window_of(op, ExtractImagePatchesGrad, shape(op.inputs[0]), grad)


@RegisterGradient("ExtractImagePatchesGrad")
def _extract_image_patches_grad_grad(op: Operation, grad: Tensor) -> Any:
    return None, with_window_of(op, ExtractImagePatches, grad)


def extract_image_patches(
    images: Any, ksizes: Any = None, strides: Any = None, rates: Any = None, padding: Any = None,
    name: str | None = None, sizes: Any = None,
) -> Tensor:  # fmt: skip
    """Every patch that a window sees, as one long pixel.

    Args:
      images: images (n, h, w, channels), of floats or ints.
      ksizes: the size of the window, (1, rows, columns, 1); `sizes` is another name for it.
      strides: how far the window moves, (1, down, across, 1).
      rates: how far apart the pixels are that it sees, (1, down, across, 1).
      padding: "VALID" or "SAME", with zeros around the image.

    Returns:
      A tensor (n, places down, places across, rows * columns * channels).

    Raises:
      ValueError: if the shape or the attributes do not fit.
      TypeError: if the dtype is bool, complex or string.

    >>> import tinyflow as tf
    >>> x = tf.reshape([1, 2, 3, 4], [1, 1, 4, 1])
    >>> pairs = tf.extract_image_patches(x, [1, 1, 2, 1], [1, 1, 2, 1], [1, 1, 1, 1], "VALID")
    >>> tf.Session().run(pairs)[0, 0]
    array([[1, 2],
           [3, 4]], dtype=int32)
    """
    return ExtractImagePatches(
        (images,), name=name, padding=padding,
        ksizes=for_each_axis(renamed("sizes", sizes, "ksizes", ksizes), "ksizes", False),
        strides=for_each_axis(strides, "strides", False),
        rates=for_each_axis(rates, "rates", False),
    )  # fmt: skip
