"""Ops that exchange elements between the channels or the batch and the axes of space.

All are a reshape, a transposition, and another reshape; they differ in which axes meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Shape, Spec, show_shape
from tinyflow.graph.constant_value import constant_value
from tinyflow.graph.gradient_registry import RegisterGradient
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.operands import Indexed, check_integers, check_rank
from tinyflow.ops.padding import framed

__all__ = [
    "batch_to_space", "batch_to_space_nd", "depth_to_space", "space_to_batch", "space_to_batch_nd",
    "space_to_depth",
]  # fmt: skip


# -- space and depth ------------------------------------------------------------------------------


class SpaceToDepth(Operation):
    """Each block of pixels as one pixel, with their channels side by side."""

    block_size: int
    data_format: str = "NHWC"
    recordable = True

    def infer(self, input: Spec) -> Spec:
        if input.shape is None:
            return Spec(input.dtype, (None,) * 4)
        return Spec(input.dtype, self.ordered(self.sizes(*self.named(input.shape))))

    def named(self, shape: Sequence[Any]) -> Any:
        """The sizes of batch, height, width and channels."""
        if len(shape) != 4:
            raise Problem(
                f"Shape must be rank 4 but is rank {len(shape)}: {show_shape(tuple(shape))}"
            )
        if self.data_format == "NHWC":
            return tuple(shape)
        return shape[0], shape[2], shape[3], shape[1]

    def ordered(self, sizes: Sequence[Any]) -> Any:
        """Batch, height, width and channels, in the order of the data."""
        n, h, w, c = sizes
        return (n, h, w, c) if self.data_format == "NHWC" else (n, c, h, w)

    def sizes(self, n: Any, h: Any, w: Any, c: Any) -> Any:
        b = self.block_size
        for what, size in (("height", h), ("width", w)):
            if size is not None and size % b:
                raise Problem(
                    f"the {what} must be evenly divisible by the block size {b} but is {size}"
                )
        return n, h and h // b, w and w // b, c and c * b * b

    def compute(self, input: Any) -> Any:
        n, h, w, c = self.named(input.shape)
        b = self.block_size
        whole = self.ordered(self.sizes(n, h, w, c))
        if self.data_format == "NHWC":
            blocks = np.reshape(input, (n, h // b, b, w // b, b, c))
            return np.reshape(np.transpose(blocks, (0, 1, 3, 2, 4, 5)), whole)
        blocks = np.reshape(input, (n, c, h // b, b, w // b, b))
        return np.reshape(np.transpose(blocks, (0, 3, 5, 1, 2, 4)), whole)


class DepthToSpace(SpaceToDepth):
    """Each pixel as a block of pixels, which share out its channels."""

    def sizes(self, n: Any, h: Any, w: Any, c: Any) -> Any:
        b = self.block_size
        if c is not None and c % (b * b):
            raise Problem(f"the number of channels must be evenly divisible by {b * b} but is {c}")
        return n, h and h * b, w and w * b, c and c // (b * b)

    def compute(self, input: Any) -> Any:
        n, h, w, c = self.named(input.shape)
        b = self.block_size
        whole = self.ordered(self.sizes(n, h, w, c))
        if self.data_format == "NHWC":
            blocks = np.reshape(input, (n, h, w, b, b, c // (b * b)))
            return np.reshape(np.transpose(blocks, (0, 1, 3, 2, 4, 5)), whole)
        blocks = np.reshape(input, (n, b, b, c // (b * b), h, w))
        return np.reshape(np.transpose(blocks, (0, 3, 4, 1, 5, 2)), whole)


@RegisterGradient("SpaceToDepth")
def _space_to_depth_grad(op: Operation, grad: Tensor) -> Any:
    return depth_to_space(grad, op.get_attr("block_size"), data_format=op.get_attr("data_format"))


@RegisterGradient("DepthToSpace")
def _depth_to_space_grad(op: Operation, grad: Tensor) -> Any:
    return space_to_depth(grad, op.get_attr("block_size"), data_format=op.get_attr("data_format"))


def _checked(block_size: int, data_format: str) -> dict[str, Any]:
    if not isinstance(block_size, int | np.integer):
        raise TypeError(f"Expected int for argument 'block_size' not {block_size!r}.")
    if block_size < 2:
        raise ValueError(f"Block size should be > 1: {block_size}")
    if data_format not in ("NHWC", "NCHW"):
        raise ValueError(f"data_format must be NHWC or NCHW, not {data_format!r}")
    return {"block_size": int(block_size), "data_format": data_format}


def space_to_depth(
    input: Any, block_size: int, name: str | None = None, data_format: str = "NHWC"
) -> Tensor:
    """Images with each block of `block_size` x `block_size` pixels made one pixel.

    The block's pixels, row by row, lie side by side in its channels: (N, H, W, C) becomes
    (N, H / b, W / b, C b b).

    Raises:
      ValueError: if height or width is no multiple of the block size.
    """
    return SpaceToDepth([input], name=name, **_checked(block_size, data_format))


def depth_to_space(
    input: Any, block_size: int, name: str | None = None, data_format: str = "NHWC"
) -> Tensor:
    """Images with each pixel made a block of pixels: the opposite of `space_to_depth`.

    Raises:
      ValueError: if the number of channels is no multiple of `block_size` squared.
    """
    return DepthToSpace([input], name=name, **_checked(block_size, data_format))


# -- space and batch ------------------------------------------------------------------------------


class SpaceToBatchND(Indexed):
    """Pads the axes of space, and spreads each block's pixels over the batch."""

    index_operands = ("block_shape", "paddings")

    def infer(self, input: Spec, block_shape: Spec, paddings: Spec) -> Spec:
        check_integers(block_shape=block_shape.dtype, paddings=paddings.dtype)
        check_rank(1, block_shape=block_shape)
        check_rank(2, paddings=paddings)
        block, pairs = (constant_value(tensor) for tensor in self.inputs[1:])
        if input.shape is None:
            return Spec(input.dtype)
        if block is None or pairs is None:
            return Spec(input.dtype, (None,) * len(input.shape))
        return Spec(input.dtype, self.result(input.shape, block.tolist(), pairs.tolist()))

    def result(self, shape: Sequence[Any], block: list[int], pairs: list[list[int]]) -> Shape:
        """The result's shape."""
        padded = self.framed_sizes(shape, block, pairs)
        for i, (size, b) in enumerate(zip(padded, block, strict=True)):
            if size is not None and size % b:
                raise Problem(
                    f"axis {i + 1} has size {size} with its paddings, which is not divisible by "
                    f"the block size {b}"
                )
        batch = None if shape[0] is None else shape[0] * int(np.prod(block))
        space = [None if size is None else size // b for size, b in zip(padded, block, strict=True)]
        return (batch, *space, *shape[1 + len(block) :])

    @staticmethod
    def framed_sizes(shape: Sequence[Any], block: list[int], pairs: list[list[int]]) -> list[Any]:
        if len(pairs) != len(block) or len(shape) <= len(block) or any(len(p) != 2 for p in pairs):
            raise Problem(
                f"block_shape {block} and the matrix {pairs} do not fit a tensor of shape "
                f"{show_shape(tuple(shape))}"
            )
        if min(block, default=1) < 1 or any(min(pair) < 0 for pair in pairs):
            raise Problem(f"block sizes must be positive, and {pairs} not negative: {block}")
        return [None if n is None else n + sum(p) for n, p in zip(shape[1:], pairs, strict=False)]

    def compute(self, input: Any, block_shape: Any, paddings: Any) -> Any:
        block, pairs = block_shape.tolist(), paddings.tolist()
        whole = self.result(input.shape, block, pairs)
        n = len(block)
        depth = input.shape[1 + n :]
        x = framed(input, [(0, 0), *pairs], np.zeros((), input.dtype))
        apart = [k for size, b in zip(x.shape[1:], block, strict=False) for k in (size // b, b)]
        x = np.reshape(x, (x.shape[0], *apart, *depth))
        inside, blocks = range(2, 2 * n + 1, 2), range(1, 2 * n + 1, 2)
        order = (*inside, 0, *blocks, *range(2 * n + 1, x.ndim))
        return np.reshape(np.transpose(x, order), whole)


class BatchToSpaceND(Indexed):
    """Gathers each block's pixels from the batch, and crops the axes of space."""

    index_operands = ("block_shape", "crops")

    def infer(self, input: Spec, block_shape: Spec, crops: Spec) -> Spec:
        check_integers(block_shape=block_shape.dtype, crops=crops.dtype)
        check_rank(1, block_shape=block_shape)
        check_rank(2, crops=crops)
        block, pairs = (constant_value(tensor) for tensor in self.inputs[1:])
        if input.shape is None:
            return Spec(input.dtype)
        if block is None or pairs is None:
            return Spec(input.dtype, (None,) * len(input.shape))
        return Spec(input.dtype, self.result(input.shape, block.tolist(), pairs.tolist()))

    def result(self, shape: Sequence[Any], block: list[int], pairs: list[list[int]]) -> Shape:
        """The result's shape."""
        SpaceToBatchND.framed_sizes(shape, block, pairs)
        pixels = int(np.prod(block))
        if shape[0] is not None and shape[0] % pixels:
            raise Problem(
                f"the batch's size {shape[0]} is not divisible by {pixels}, a block's pixels"
            )
        space = []
        for i, (size, b, pair) in enumerate(zip(shape[1:], block, pairs, strict=False)):
            if size is not None and size * b < sum(pair):
                raise Problem(f"the crops {pair} are more than axis {i + 1} has: {size * b}")
            space.append(None if size is None else size * b - sum(pair))
        return (shape[0] and shape[0] // pixels, *space, *shape[1 + len(block) :])

    def compute(self, input: Any, block_shape: Any, crops: Any) -> Any:
        block, pairs = block_shape.tolist(), crops.tolist()
        whole = self.result(input.shape, block, pairs)
        assert whole is not None
        n = len(block)
        x: Any = np.reshape(input, (*block, whole[0], *input.shape[1:]))
        order = [n]
        for i in range(n):
            order += [n + 1 + i, i]
        x = np.transpose(x, (*order, *range(2 * n + 1, x.ndim)))
        sizes = [size * b for size, b in zip(input.shape[1:], block, strict=False)]
        x = np.reshape(x, (whole[0], *sizes, *input.shape[1 + n :]))
        cuts = [slice(p[0], size - p[1]) for p, size in zip(pairs, sizes, strict=True)]
        inner = (slice(None), *cuts)
        return x[inner]


@RegisterGradient("SpaceToBatchND")
def _space_to_batch_nd_grad(op: Operation, grad: Tensor) -> Any:
    return BatchToSpaceND([grad, *op.inputs[1:]]), None, None


@RegisterGradient("BatchToSpaceND")
def _batch_to_space_nd_grad(op: Operation, grad: Tensor) -> Any:
    return SpaceToBatchND([grad, *op.inputs[1:]]), None, None


def space_to_batch_nd(
    input: Any, block_shape: Any, paddings: Any, name: str | None = None
) -> Tensor:
    """Pads the axes after the first with zeros, and spreads each block's elements over the batch.

    Args:
      block_shape: the block's size along each of the axes after the first.
      paddings: for each of these axes how many zeros to put before and after.

    Raises:
      ValueError: if a padded axis is no multiple of the block's size.
    """
    return SpaceToBatchND([input, block_shape, paddings], name=name)


def batch_to_space_nd(input: Any, block_shape: Any, crops: Any, name: str | None = None) -> Tensor:
    """The opposite of `space_to_batch_nd`: gathers each block's elements from the batch, and crops.

    Raises:
      ValueError: if the batch's size is no multiple of a block's number of elements.
    """
    return BatchToSpaceND([input, block_shape, crops], name=name)


def space_to_batch(
    input: Any,
    paddings: Any,
    block_size: Any = None,
    name: str | None = None,
    block_shape: Any = None,
) -> Tensor:
    """`space_to_batch_nd` of images, with square blocks."""
    return space_to_batch_nd(input, _square(block_size, block_shape), paddings, name)


def batch_to_space(
    input: Any, crops: Any, block_size: Any, name: str | None = None, block_shape: Any = None
) -> Tensor:
    """`batch_to_space_nd` of images, with square blocks."""
    return batch_to_space_nd(input, _square(block_size, block_shape), crops, name)


def _square(block_size: Any, block_shape: Any) -> Any:
    if block_size is not None and block_shape is not None:
        raise ValueError("Cannot specify both 'block_shape' and 'block_size'")
    size = block_size if block_shape is None else block_shape
    return size if np.ndim(size) else np.array([size, size], np.int32)
