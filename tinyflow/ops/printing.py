"""Printing from inside a run: tf.Print, tf.print, and how they (and tf.Assert) show tensors."""

from __future__ import annotations

import logging
import math
import pprint
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from tinyflow.foundation.dtypes import string
from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Spec
from tinyflow.graph.gradient_registry import NotDifferentiable, RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.constant import convert_to_tensor, is_tensor

__all__ = ["Print", "print_v2"]


# -- arrays as text --------------------------------------------------------------------------------


def summarize_flat(value: Any, limit: int) -> str:
    """An array on one line, after `limit` elements "...": `[1 2 3...]`.  Less than 0: no limit.

    >>> summarize_flat(np.arange(6).reshape(2, 3), 4)
    '[[0 1 2][3...]...]'
    """
    array = np.asarray(value)
    left = [array.size if limit < 0 else limit]
    return f"[{_flat(array, left, inner=False)}{'...' if 0 <= limit < array.size else ''}]"


def _flat(array: Any, left: list[int], inner: bool) -> str:
    if array.ndim == 0:
        return _plain(array.item()) if left[0] else ""
    if array.ndim == 1:
        shown = array[: left[0]]
        left[0] -= len(shown)
        cut = "..." if inner and len(shown) < len(array) else ""
        return " ".join(map(_element, shown)) + cut
    rows = []
    for row in array:
        if not left[0]:
            break
        rows.append(f"[{_flat(row, left, inner=True)}]")
    return "".join(rows)


def summarize_edges(value: Any, edge: int) -> str:
    """An array on as many lines as it has rows, of each axis the first and last `edge` elements.

    Less than 0: everything.

    >>> summarize_edges(np.arange(9), 2)
    '[0 1 ... 7 8]'
    """
    array = np.asarray(value)
    if array.ndim == 0:
        return _quoted(array[()])
    return _edges(array, edge if edge >= 0 else array.size, 0) if array.size else "[]"


def _edges(array: Any, edge: int, depth: int) -> str:
    last = array.ndim == 1
    parts = list(array[:edge]) + list(array[max(edge, len(array) - edge) :])
    texts = [_quoted(part) if last else _edges(part, edge, depth + 1) for part in parts]
    if len(array) > 2 * edge:
        texts.insert(edge, "...")
    between = " " if last else "\n" * (array.ndim - 1) + " " * (depth + 1)
    return f"[{between.join(texts)}]"


def _quoted(element: Any) -> str:
    text = _element(element)
    return f'"{text}"' if isinstance(element, bytes) else text


def _element(element: Any) -> str:
    """A number or string as TF 1.15 prints it: floats as short as they can be told apart."""
    if isinstance(element, np.floating) and element.dtype.itemsize <= 4:
        short = f"{element:.6g}"
        return short if np.float32(short) == element or element != element else f"{element:.9g}"
    return _plain(element.item() if isinstance(element, np.generic) else element)


def _plain(element: Any) -> str:
    if isinstance(element, bytes):
        return repr(element)[2:-1].replace('"', '\\"')
    if isinstance(element, bool):
        return str(int(element))
    if isinstance(element, float):
        short = f"{element:.15g}"
        return short if float(short) == element or math.isnan(element) else f"{element:.17g}"
    return str(element)


# -- tf.Print --------------------------------------------------------------------------------------


class PrintOp(Operation):
    """`input`, untouched; when it is computed, the other inputs are printed to stderr.

    Its state in a Session is how often it has printed there.
    """

    op_type = "Print"
    message: str = ""
    first_n: int = -1
    summarize: int = 3
    stateful = True
    passes_on = True

    def infer(self, input: Spec, *data: Spec) -> Spec:
        return input

    def initial_state(self) -> int:
        """Nothing has been printed yet."""
        return 0

    def draw(self, printed: int, input: Any, *data: Any) -> tuple[int, Any]:
        """Prints; returns how often that has happened, and the input."""
        if 0 <= self.first_n <= printed:
            return printed, input
        parts = [summarize_flat(value, self.summarize) for value in data]
        print(self.message + "".join(parts), file=sys.stderr)
        return printed + 1, input


@RegisterGradient("Print")
def _print_grad(op: Operation, grad: Tensor) -> Any:
    return [grad] + [None] * (len(op.inputs) - 1)


def Print(
    input_: Any, data: Any, message: str | None = None, first_n: int | None = None,
    summarize: int | None = None, name: str | None = None,
) -> Tensor:  # fmt: skip
    """A tensor equal to `input_` that prints a line to stderr whenever it is computed.

    Args:
      input_: the tensor to pass on.
      data: a list of tensors to print.
      message: what to print before them.
      first_n: in each Session, print only this many times.
      summarize: how many elements of each tensor to print (3); -1 for all.

    Nothing is printed unless the result is used: `x = tf.Print(x, [x])`.
    """
    return PrintOp(
        [input_, *data], name=name, message=message or "",
        first_n=-1 if first_n is None else first_n, summarize=3 if summarize is None else summarize,
    )  # fmt: skip


# -- tf.print --------------------------------------------------------------------------------------


class StringFormat(Operation):
    """`template` with the inputs, printed in full lines, in the place of its placeholders."""

    template: str = ""
    placeholder: str = "{}"
    summarize: int = 3
    recordable = True

    def infer(self, *inputs: Spec) -> Spec:
        return Spec(string, ())

    def compute(self, *inputs: Any) -> Any:
        pieces = self.template.split(self.placeholder)
        text = pieces[0]
        for value, piece in zip(inputs, pieces[1:], strict=True):
            text += summarize_edges(value, self.summarize) + piece
        return np.array(text.encode(), object)


class PrintV2(Operation):
    """Prints a string."""

    output_stream: str = "stderr"
    end: str = "\n"
    stateful = True

    def infer(self, input: Spec) -> Any:
        return ()

    def compute(self, input: Any) -> Any:
        if input.ndim:
            raise Problem(f"one string can be printed, not an array of shape {input.shape}")
        text = input.item().decode(errors="backslashreplace")
        if self.output_stream in _LEVELS:
            logging.getLogger("tinyflow").log(_LEVELS[self.output_stream], text)
        elif self.output_stream.startswith(_FILE):
            with open(self.output_stream[len(_FILE) :], "a", encoding="utf-8") as file:
                file.write(text + self.end)
        else:
            print(text, end=self.end, file=getattr(sys, self.output_stream), flush=True)
        return ()


for _type in ("StringFormat", "PrintV2"):
    NotDifferentiable(_type)

_FILE = "file://"
_LEVELS = {
    "log(info)": logging.INFO,
    "log(warning)": logging.WARNING,
    "log(error)": logging.ERROR,
}


def print_v2(*inputs: Any, **kwargs: Any) -> Operation:
    """An operation that prints its inputs, separated by spaces: `tf.print`.

    Args:
      inputs: tensors and Python values; also lists, tuples and dictionaries of them.
      output_stream: sys.stderr (the default), sys.stdout, "file://<path>" to append to a file,
        or a function of the `logging` module's kind named info, warning or error.
      sep, end: what to print between the inputs (" ") and after them ("\\n").
      summarize: how many elements to print at each end of an axis (3); -1 for all.
      name: the operation's name.

    It prints when it is run, alone or as a control dependency of what is run.

    Raises:
      ValueError: for another output stream, or an unknown keyword argument.

    >>> import sys
    >>> import tinyflow as tf
    >>> with tf.Session() as session:
    ...     session.run(tf.print("x =", tf.range(9), output_stream=sys.stdout))
    x = [0 1 2 ... 6 7 8]
    """
    options = dict(kwargs)
    stream = _stream_name(options.pop("output_stream", sys.stderr))
    name, summarize = options.pop("name", None), options.pop("summarize", 3)
    sep, end = options.pop("sep", " "), options.pop("end", "\n")
    if options:
        raise ValueError(f"Unrecognized keyword arguments for tf.print: {options}")
    with name_scope(None, "", [value for value in inputs if is_tensor(value)]):
        text = _formatted(inputs, sep, summarize)
        return PrintV2([text], name=name, output_stream=stream, end=end)


def _stream_name(stream: Any) -> str:
    if stream is sys.stdout or stream is sys.stderr:
        return "stdout" if stream is sys.stdout else "stderr"
    if isinstance(stream, str) and stream.startswith(_FILE):
        return stream
    level = f"log({getattr(stream, '__name__', '')})"
    if callable(stream) and level in _LEVELS:
        return level
    raise ValueError(
        f"Unsupported output stream, logging level, or file: {stream!r}. Supported are sys.stdout, "
        "sys.stderr, tf.logging.info, tf.logging.warning, tf.logging.error and 'file://<path>'."
    )


def _formatted(inputs: tuple[Any, ...], sep: str, summarize: int) -> Tensor:
    """The text to print, as a string tensor."""
    if len(inputs) == 1 and is_tensor(inputs[0]):
        only = convert_to_tensor(inputs[0])
        if only.dtype == string and only.spec.shape == ():
            return only  # a string by itself is printed without quotes
    place = _Place()
    while any(place.text in str(value) for value in inputs):
        place.text = "{" + place.text + "}"
    tensors: list[Any] = []
    texts = []
    for value in inputs:
        value = _with_places(value, place, tensors)
        texts.append(value if isinstance(value, str) else pprint.pformat(value))
    return StringFormat(
        tensors, template=sep.join(texts), placeholder=place.text, summarize=summarize
    )


class _Place:
    """Stands for a tensor inside a structure that is turned into text."""

    text = "{}"

    def __repr__(self) -> str:
        return self.text


def _with_places(value: Any, place: _Place, tensors: list[Any]) -> Any:
    """A structure in which tensors are replaced by `place`; they are added to `tensors`."""
    if is_tensor(value):
        tensors.append(value)
        return place
    if isinstance(value, Mapping):
        return {key: _with_places(part, place, tensors) for key, part in value.items()}
    if isinstance(value, list | tuple):
        parts = [_with_places(part, place, tensors) for part in value]
        kind = type(value)
        return kind(*parts) if hasattr(value, "_fields") else kind(parts)
    return value
