"""Morphology: dilation and erosion, which are convolution with max for + and + for times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tinyflow.foundation import windows
from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Shape, Spec, show_shape
from tinyflow.graph.gradient_registry import RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.arithmetic import negative
from tinyflow.ops.base import check_kind
from tinyflow.ops.creation import zeros_like
from tinyflow.ops.indexing import reverse
from tinyflow.ops.operands import renamed
from tinyflow.ops.windowed import (
    Sizes,
    Windowed,
    for_each_axis,
    four_sizes,
    refusals,
    with_window_of,
)

__all__ = ["dilation2d", "erosion2d"]


class Morphology(Windowed):
    """Dilation2D or one of its gradients.

    Attributes:
      rates: how far apart the pixels are that the window sees, for each axis.
    """

    rates: tuple[int, ...] = (1, 1, 1, 1)
    same_dtype = True
    needs_room = False

    def dilated(self, images: Shape, kernel: Shape) -> Sizes:
        """The sizes (n, h, w, c) of such images' dilation with such a kernel."""
        self.check_attributes()
        n, height, width, depth = four_sizes(images)
        if kernel is not None and len(kernel) != 3:
            raise Problem(
                f"Shape must be rank 3 but is rank {len(kernel)}: {show_shape(kernel)}",
                "the filter is (rows, columns, channels)",
            )
        *window, own = (None, None, None) if kernel is None else kernel
        if depth is not None and own is not None and depth != own:
            raise Problem(f"Dimensions must be equal, but are {depth} and {own}")
        depth = own if depth is None else depth
        places = self.places((n, height, width, depth), window, self.padding, self.rates)
        return n, *places, depth

    def slide(self, x: Any, kernel: Any) -> windows.Windows:
        """The window's places on images."""
        with refusals():
            return windows.slide(x.shape, kernel.shape[:2], self.strides, self.padding, self.rates)

    def sums(self, x: Any, kernel: Any) -> Iterator[tuple[tuple[int, ...], Any, Any]]:
        """For each tap: the pixels under it plus the kernel there, and which pixels are real."""
        window = self.slide(x, kernel)
        patches, inside = window.patches(window.pad(x, x.dtype)), window.inside()
        for i, j in window.taps():
            yield (i, j), patches[:, :, :, i, j] + kernel[i, j], inside[:, :, :, i, j]

    def largest(self, x: Any, kernel: Any) -> Any:
        """The largest sum of each patch."""
        info: Any = np.finfo if x.dtype.kind == "f" else np.iinfo
        lowest = np.array(info(x.dtype).min, x.dtype)
        best = np.full((len(x), *self.slide(x, kernel).output, x.shape[3]), lowest)
        for _, total, inside in self.sums(x, kernel):
            np.maximum(best, np.where(inside, total, lowest), out=best)
        return best

    def chosen(self, x: Any, kernel: Any) -> Iterator[tuple[tuple[int, ...], Any]]:
        """For each tap: which patches have their largest sum there (the first, if several do)."""
        best = self.largest(x, kernel)
        waiting = np.ones(best.shape, bool)
        for tap, total, inside in self.sums(x, kernel):
            found = waiting & inside & (total == best)
            waiting &= ~found
            yield tap, found


class Dilation2D(Morphology):
    """The largest of pixel plus kernel, for every patch that the kernel slides over."""

    def infer(self, input: Spec, filter: Spec) -> Spec:
        check_kind("input", input.dtype, "fiu")
        return Spec(input.dtype or filter.dtype, self.dilated(input.shape, filter.shape))

    def compute(self, input: Any, filter: Any) -> Any:
        return self.largest(np.asarray(input), filter)


class Dilation2DBackpropInput(Morphology):
    """`out_backprop`, each pixel added to the one of `input` that Dilation2D chose."""

    def infer(self, input: Spec, filter: Spec, out_backprop: Spec) -> Spec:
        computed = self.dilated(input.shape, filter.shape)
        self.check_result("out_backprop", out_backprop.shape, computed)
        return Spec(input.dtype or out_backprop.dtype, four_sizes(input.shape))

    def compute(self, input: Any, filter: Any, out_backprop: Any) -> Any:
        x = np.asarray(input)
        window = self.slide(x, filter)
        padded = window.frame(len(x), x.shape[3], out_backprop.dtype)
        patches = window.patches(padded)
        for (i, j), found in self.chosen(x, filter):
            patches[:, :, :, i, j] += np.where(found, out_backprop, np.zeros((), padded.dtype))
        return np.ascontiguousarray(window.crop(padded))


class Dilation2DBackpropFilter(Morphology):
    """`out_backprop`, each pixel added to the place of the kernel that Dilation2D chose."""

    def infer(self, input: Spec, filter: Spec, out_backprop: Spec) -> Spec:
        computed = self.dilated(input.shape, filter.shape)
        self.check_result("out_backprop", out_backprop.shape, computed)
        return Spec(input.dtype or out_backprop.dtype, filter.shape)

    def compute(self, input: Any, filter: Any, out_backprop: Any) -> Any:
        grad = np.zeros(filter.shape, out_backprop.dtype)
        for tap, found in self.chosen(np.asarray(input), filter):
            sent = np.where(found, out_backprop, np.zeros((), grad.dtype))
            grad[tap] = np.sum(sent, axis=(0, 1, 2))
        return grad


class Dilation2DChosen(Morphology):
    """The sum of `pixels` and `places`, shaped like images and kernel, where Dilation2D chose."""

    def infer(self, input: Spec, filter: Spec, pixels: Spec, places: Spec) -> Spec:
        return Spec(input.dtype or pixels.dtype, self.dilated(input.shape, filter.shape))

    def compute(self, input: Any, filter: Any, pixels: Any, places: Any) -> Any:
        x = np.asarray(input)
        totals = self.sums(np.asarray(pixels), places)
        result = np.zeros(self.largest(x, filter).shape, pixels.dtype)
        for (_, found), (_, total, _) in zip(self.chosen(x, filter), totals, strict=True):
            np.copyto(result, total, where=found)
        return result


@RegisterGradient("Dilation2D")
def _dilation2d_grad(op: Operation, grad: Tensor) -> Any:
    x, kernel = op.inputs
    return (
        with_window_of(op, Dilation2DBackpropInput, x, kernel, grad),
        with_window_of(op, Dilation2DBackpropFilter, x, kernel, grad),
    )


# What is chosen does not change when images and kernel change a little: from here on all is linear.


@RegisterGradient("Dilation2DBackpropInput")
def _dilation2d_backprop_input_grad(op: Operation, grad: Tensor) -> Any:
    x, kernel, _ = op.inputs
    still = zeros_like(x), zeros_like(kernel)
    return *still, with_window_of(op, Dilation2DChosen, x, kernel, grad, still[1])


@RegisterGradient("Dilation2DBackpropFilter")
def _dilation2d_backprop_filter_grad(op: Operation, grad: Tensor) -> Any:
    x, kernel, _ = op.inputs
    still = zeros_like(x), zeros_like(kernel)
    return *still, with_window_of(op, Dilation2DChosen, x, kernel, still[0], grad)


@RegisterGradient("Dilation2DChosen")
def _dilation2d_chosen_grad(op: Operation, grad: Tensor) -> Any:
    x, kernel, _, _ = op.inputs
    return (
        zeros_like(x),
        zeros_like(kernel),
        with_window_of(op, Dilation2DBackpropInput, x, kernel, grad),
        with_window_of(op, Dilation2DBackpropFilter, x, kernel, grad),
    )


def dilation2d(
    input: Any, filter: Any = None, strides: Any = None, rates: Any = None, padding: Any = None,
    name: str | None = None, filters: Any = None, dilations: Any = None,
) -> Tensor:  # fmt: skip
    """Slides a kernel over images: `y[n, i, j, c] = max over di, dj of`
    `x[n, i * stride + di * rate, j * stride + dj * rate, c] + filter[di, dj, c]`.

    With a kernel of zeros it is `max_pool`. Gradients go to the first of several largest sums.

    Args:
      input: images (n, h, w, channels), of floats or ints.
      filter: the kernel (rows, columns, channels); `filters` is another name for it.
      strides: how far the window moves, (1, down, across, 1).
      rates: how far apart the pixels are that it sees, (1, down, across, 1); `dilations` is
        another name for it.
      padding: "VALID" for windows inside the image only, "SAME" for `ceil(size / stride)` of them.

    Raises:
      ValueError: if shapes or attributes do not fit.
      TypeError: if the dtypes differ, or are bool, complex or string.

    >>> import tinyflow as tf
    >>> x = tf.reshape([0, 5, 0, 0], [1, 1, 4, 1])
    >>> cone = tf.reshape([-1, 0, -1], [1, 3, 1])
    >>> y = tf.nn.dilation2d(x, cone, [1, 1, 1, 1], [1, 1, 1, 1], "SAME")
    >>> tf.Session().run(y).ravel()
    array([4, 5, 4, 0], dtype=int32)
    """
    filter = renamed("filters", filters, "filter", filter)
    rates = renamed("dilations", dilations, "rates", rates)
    return Dilation2D(
        (input, filter), name=name, padding=padding,
        strides=for_each_axis(strides, "strides", False),
        rates=for_each_axis(rates, "rates", False),
    )  # fmt: skip


def erosion2d(
    value: Any, kernel: Any, strides: Any, rates: Any, padding: Any, name: str | None = None
) -> Tensor:
    """Slides a kernel over images: `y[n, i, j, c] = min over di, dj of`
    `x[n, i * stride + di * rate, j * stride + dj * rate, c] - kernel'[di, dj, c]`,
    where kernel' is the kernel turned round: what dilation makes of the negative, negated.

    Args:
      value: images (n, h, w, channels), of floats or ints.
      kernel: the kernel (rows, columns, channels).
      strides, rates, padding: as for `dilation2d`.

    Raises:
      ValueError, TypeError: as `dilation2d`.
    """
    with name_scope(name, "erosion2d", [value, kernel]) as scope:
        turned = reverse(kernel, [0, 1])
        dilated = dilation2d(negative(value), turned, strides, rates, padding, scope)
        eroded: Tensor = negative(dilated)
        return eroded
