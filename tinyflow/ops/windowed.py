"""What convolutions and pools have in common: a window that slides over images.

The geometry is in foundation/windows.py.  Here are the arguments that say how the window slides, as
TensorFlow 1.15 reads them, and how many places it takes, as far as that is known of a graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from tinyflow.foundation import windows
from tinyflow.foundation.errors import DtypeProblem, Problem
from tinyflow.foundation.shapes import Shape, merge_shapes, show_shape
from tinyflow.graph.operation import Operation

__all__ = [
    "Sizes", "Windowed", "for_each_axis", "format_of_rows", "four_sizes", "is_channels_first",
    "merge_sizes", "padding_attributes", "refusals", "sliding", "with_window_of",
]  # fmt: skip

Sizes = tuple[int | None, ...]  # of images (n, h, w, c) or filters (rows, columns, in, out)


# -- arguments -------------------------------------------------------------------------------------


def for_each_axis(value: Any, name: str, channels_first: bool, axes: int = 2) -> tuple[int, ...]:
    """`value`, which is the `name` (strides, dilations or ksize), as a number for every axis.

    A number stands for all `axes` spatial axes, that many numbers for each of them, and two more
    are taken as they are.  None is 1.
    """
    given = [1] if value is None else value if isinstance(value, Iterable) else [value]
    numbers = tuple([_whole(number, name) for number in given])
    if len(numbers) == axes + 2:
        return numbers
    if len(numbers) not in (1, axes):
        raise ValueError(
            f"{name} should be of length 1, {axes} or {axes + 2} but was {len(numbers)}"
        )
    numbers *= axes // len(numbers)
    return (1, 1, *numbers) if channels_first else (1, *numbers, 1)


def _whole(value: Any, name: str) -> int:
    number = int(value)
    if number != value:
        raise ValueError(f"{name} has to be whole numbers, not {value!r}")
    return number


def is_channels_first(data_format: str | None) -> bool:
    """True for "NCHW" and its likes."""
    return data_format is not None and data_format.startswith("NC")


def format_of_rows(data_format: str | None) -> str:
    """How a batch of sequences lies in memory, once each is an image of one row."""
    if data_format in (None, "NWC", "NHWC"):
        return "NHWC"
    if data_format in ("NCW", "NCHW"):
        return "NCHW"
    raise ValueError('data_format must be "NWC" or "NCW".')


def padding_attributes(padding: Any) -> dict[str, Any]:
    """`padding`, which may be a list of (before, after) for each axis, as the attributes for it."""
    if not isinstance(padding, list | tuple):
        if padding == "EXPLICIT":
            raise ValueError(
                '"EXPLICIT" is not a valid value for the padding parameter. To use explicit '
                "padding, the padding parameter must be a list."
            )
        return {"padding": padding}
    for i, pair in enumerate(padding):
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise ValueError(
                "When padding is a list, each element of padding must be a list/tuple of size 2. "
                f"Element with index {i} of padding is {pair!r}"
            )
    if len(padding) != 4:
        raise ValueError(
            f"When padding is a list, it must be of size 4. Got padding of size: {len(padding)}"
        )
    flat = tuple([int(size) for pair in padding for size in pair])
    return {"padding": "EXPLICIT", "explicit_paddings": flat}


# -- the window ---------------------------------------------------------------------------------


@contextmanager
def refusals() -> Iterator[None]:
    """What the kernels refuse, as a Problem: the operation and the user's line are added to it."""
    try:
        yield
    except TypeError as error:
        raise DtypeProblem(str(error)) from None
    except ValueError as error:
        raise Problem(str(error)) from None


def four_sizes(shape: Shape) -> Sizes:
    """The sizes of an array of four axes, None where they are not known."""
    if shape is None:
        return (None,) * 4
    if len(shape) != 4:
        raise Problem(
            f"Shape must be rank 4 but is rank {len(shape)}: {show_shape(shape)}",
            "images are (n, h, w, c), filters (rows, columns, in, out): tf.expand_dims, tf.reshape",
        )
    return shape


class Windowed(Operation):
    """Slides a window over a batch of images.

    Attributes:
      strides: how far the window moves, for each axis, in the order of `data_format`.
      padding: "VALID" for windows inside the image only, "SAME" for `ceil(size / stride)` of them.
      data_format: "NHWC" for images (n, h, w, c), "NCHW" for (n, c, h, w).
    """

    strides: tuple[int, ...]
    padding: str
    data_format: str = "NHWC"
    recordable = True
    paddings: ClassVar[tuple[str, ...]] = ("SAME", "VALID")
    needs_room: ClassVar[bool] = True  # a window larger than the image is an error when built

    def check_attributes(self) -> None:
        """Raises a Problem unless the attributes have values that mean something."""
        if not isinstance(self.padding, str):
            raise DtypeProblem(f"Expected string for argument 'padding' not {self.padding!r}.")
        for name, allowed in (("padding", self.paddings), ("data_format", ("NHWC", "NCHW"))):
            value = getattr(self, name)
            if value not in allowed:
                options = ", ".join(f'"{option}"' for option in allowed)
                raise Problem(
                    f"Attr '{name}' of '{self.type}' Op passed string '{value}' not in: {options}.",
                    f'{name}="{value.upper()}"' if value.upper() in allowed else "",
                )

    def channels_last(self, shape: Shape) -> Sizes:
        """The sizes of images as (n, h, w, c)."""
        sizes = four_sizes(shape)
        return tuple([sizes[self.data_format.index(axis)] for axis in "NHWC"])

    def as_given(self, sizes: Sizes) -> Sizes:
        """The sizes (n, h, w, c) in the order of `data_format`."""
        return tuple([sizes["NHWC".index(axis)] for axis in self.data_format])

    def places(
        self,
        images: Sizes,
        window: Sequence[int | None],
        padding: Any,
        dilations: Any = 1,
    ) -> tuple[int | None, ...]:
        """How many places the window takes, down and across, as far as that is known."""
        with refusals():
            steps = windows.spatial(self.strides, "strides", self.data_format)
            gaps = windows.spatial(dilations, "dilations", self.data_format)
            pads = windows.spatial_padding(padding, self.data_format)
            return tuple(map(self._places, images[1:3], window, steps, pads, gaps))

    def _places(
        self, size: int | None, window: int | None, stride: int, padding: Any, dilation: int
    ) -> int | None:
        if size is None or (window is None and padding != "SAME"):
            windows.extent(1, 1, stride, "SAME", dilation)  # complains about a stride of 0
            return None
        window = 1 if window is None else window
        before, after = (0, 0) if isinstance(padding, str) else padding
        padded, span = before + size + after, (window - 1) * dilation + 1
        # In a run, an image that turns out to be smaller than the window has no place for it.
        if self.needs_room and padding != "SAME" and padded < span and not self.outputs:
            raise Problem(
                f"Negative dimension size caused by subtracting {span} from {padded}: "
                f"the window is larger than the image",
                'padding="SAME", a smaller window, or fewer layers that shrink the image before it',
            )
        return windows.extent(size, window, stride, padding, dilation).output

    def check_result(self, operand: str, result: Shape, computed: Sizes) -> None:
        """Raises a Problem if an operand that is shaped like the result has another shape."""
        try:
            merge_shapes(result, self.as_given(computed))
        except ValueError:
            raise Problem(
                f"Size of {operand} doesn't match computed: actual = {show_shape(result)}, "
                f"computed = {show_shape(self.as_given(computed))}",
                "shapes, strides and padding must be those of the forward op",
            ) from None


def sliding(op: Windowed) -> dict[str, Any]:
    """How an op's window slides, as the kernels take it, without what goes without saying."""
    strides = windows.spatial(op.strides, "strides", op.data_format)
    how: dict[str, Any] = {"strides": strides, "padding": op.padding}
    return how if op.data_format == "NHWC" else how | {"data_format": op.data_format}


def merge_sizes(a: Shape, b: Sizes, what: str) -> Shape:
    """What two sources say of a shape, or a Problem if they contradict each other."""
    try:
        return merge_shapes(a, b)
    except ValueError:
        raise Problem(
            f"{what} is {show_shape(a)}, but the other operands say {show_shape(b)}"
        ) from None


def with_window_of(op: Operation, kind: Any, *inputs: Any) -> Any:
    """An op of another kind that slides the same window as `op`."""
    return kind(inputs, **{name: getattr(op, name) for name in kind.attributes})
