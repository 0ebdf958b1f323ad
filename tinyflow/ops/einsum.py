"""Sums of products by Einstein's convention: `einsum("ij,jk->ik", a, b)`."""

from __future__ import annotations

import re
from typing import Any

from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Tensor
from tinyflow.ops.arithmetic import multiply
from tinyflow.ops.array import reshape, shape
from tinyflow.ops.constant import convert_to_tensor
from tinyflow.ops.linalg import matmul, trace
from tinyflow.ops.reduction import reduce_sum
from tinyflow.ops.shaping import transpose

__all__ = ["einsum"]

_FORM = re.compile(r"([a-zA-Z,.]+)(->[a-zA-Z.]*)?")


def einsum(equation: str, *inputs: Any, **kwargs: Any) -> Tensor:
    """The sum of products that an equation describes.

    Each axis of each input has a letter.  Axes with the same letter run together; the result has
    the axes after the arrow, and over all other letters it is summed.

        "ij,jk->ik"      the product of matrices
        "bij,bjk->bik"   of many pairs of them
        "ij->ji"         the transpose
        "ij->i"          the sums of rows
        "i,j->ij"        the outer product
        "...ij,jk"       three dots stand for any axes before (broadcast against each other)

    Args:
      equation: as above; without an arrow, the letters that appear once are kept, in alphabetic
        order.
      inputs: as many tensors as the equation names, of one type and of known rank.
      name: a name for the scope of the ops it is made of.

    Raises:
      ValueError: if the equation is malformed, does not fit the inputs, or names an axis twice in
        one input (TF 1.15 does not support diagonals; "ii" alone is the trace).
      TypeError: if the inputs' types differ, or there are other keyword arguments.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.einsum("i,j->ij", [1., 2.], [3., 4.]))
    array([[3., 4.],
           [6., 8.]], dtype=float32)
    """
    name = kwargs.pop("name", None)
    if kwargs:
        raise TypeError(f"invalid keyword arguments for this function: {', '.join(sorted(kwargs))}")
    with name_scope(name, "einsum", list(inputs)):
        tensors = [convert_to_tensor(x) for x in inputs]
        terms, wanted = _parse(equation, tensors)
        if (
            len(terms) == 1
            and len(terms[0]) == 2
            and terms[0][0] == terms[0][1]
            and "->" not in equation
        ):
            return trace(tensors[0])
        _check(equation, terms, wanted, tensors)
        x, labels = tensors[0], terms[0]
        for i in range(1, len(terms)):
            needed = set(wanted).union(*terms[i + 1 :])
            x, labels = _contract(x, labels, tensors[i], terms[i], needed)
        x, labels = _summed(x, labels, set(wanted))
        return _ordered(x, labels, wanted)


# -- the equation --------------------------------------------------------------------------------


def _parse(equation: str, tensors: list[Any]) -> tuple[list[str], str]:
    """The labels of each input's axes and those of the result; dots become labels of their own."""
    plain = equation.replace(" ", "")
    match = _FORM.fullmatch(plain)
    if not match or "." in plain.replace("...", ""):
        raise ValueError(f"Indices have incorrect format: {equation}")
    terms = match.group(1).split(",")
    if len(terms) != len(tensors):
        raise ValueError(
            f'Got {len(tensors)} arguments for equation "{equation}", expecting {len(terms)}'
        )
    dots = [_dots(term, x) for term, x in zip(terms, tensors, strict=True)]
    longest = max(dots, key=len)
    terms = [term.replace("...", d) for term, d in zip(terms, dots, strict=True)]
    if match.group(2) is not None:
        wanted = match.group(2)[2:].replace("...", longest)
    else:
        letters = "".join(terms)
        once = [c for c in sorted(set(letters)) if letters.count(c) == 1 and c not in longest]
        wanted = longest + "".join(once)
    return terms, wanted


def _dots(term: str, x: Any) -> str:
    """Labels for the axes that an input's dots stand for: digits, counted from the last axis."""
    known = x.spec.shape
    if known is None:
        raise ValueError(
            f"einsum needs inputs of known rank, not {x}: give it a shape, as in [None, 3]"
        )
    hidden = len(known) - len(term.replace("...", ""))
    if hidden < 0 or (hidden and "..." not in term):
        raise ValueError(f"einsum: '{term}' does not fit {x}, which has {len(known)} axes")
    return "".join(chr(ord("0") + i) for i in reversed(range(hidden)))


def _check(equation: str, terms: list[str], wanted: str, tensors: list[Any]) -> None:
    for term in terms:
        if len(set(term)) != len(term):
            raise ValueError(f"Subscript not supported: an axis appears more than once: {term}")
    if len(set(wanted)) != len(wanted) or set(wanted) - set("".join(terms)):
        raise ValueError(f"Invalid equation: {equation}")
    sizes: dict[str, int] = {}
    for term, x in zip(terms, tensors, strict=True):
        for label, size in zip(term, x.spec.shape, strict=True):
            if size not in (None, 1) and sizes.setdefault(label, size) != size:
                raise ValueError(
                    f"einsum '{equation}': axis {label} is {sizes[label]} here and {size} there"
                )


# -- the product ---------------------------------------------------------------------------------


def _contract(x: Any, x_labels: str, y: Any, y_labels: str, needed: set[str]) -> tuple[Any, str]:
    """The product of two tensors, summed over the labels that are not needed any more."""
    x, x_labels = _summed(x, x_labels, needed.union(y_labels))
    y, y_labels = _summed(y, y_labels, needed.union(x_labels))
    common = [c for c in x_labels if c in y_labels]
    batch = "".join(c for c in common if c in needed)
    inner = "".join(c for c in common if c not in needed)
    x_free = "".join(c for c in x_labels if c not in common)
    y_free = "".join(c for c in y_labels if c not in common)
    labels = batch + x_free + y_free
    if not inner:
        return multiply(
            _spread(x, x_labels, labels), _spread(y, y_labels, labels), name="Mul"
        ), labels
    rows, sizes_x = _merged(_ordered(x, x_labels, batch + x_free + inner), batch, x_free, inner)
    columns, sizes_y = _merged(_ordered(y, y_labels, batch + inner + y_free), batch, inner, y_free)
    product = matmul(rows, columns)
    if len(x_free) != 1 or len(y_free) != 1:
        outer = [_size(product, i) for i in range(len(batch))]
        product = reshape(
            product, _vector([*outer, *sizes_x[: len(x_free)], *sizes_y[len(inner) :]])
        )
    return product, labels


def _summed(x: Any, labels: str, kept: set[str]) -> tuple[Any, str]:
    """`x` without the axes whose labels are not to be kept."""
    axes = [i for i, c in enumerate(labels) if c not in kept]
    if not axes:
        return x, labels
    return reduce_sum(x, axes), "".join(c for c in labels if c in kept)


def _ordered(x: Any, labels: str, order: str) -> Tensor:
    """`x` with its axes in another order."""
    return x if labels == order else transpose(x, [labels.index(c) for c in order])


def _spread(x: Any, labels: str, all_labels: str) -> Any:
    """`x` with axes of size 1 for the labels that it lacks."""
    order = "".join(c for c in all_labels if c in labels)
    x = _ordered(x, labels, order)
    if all_labels.endswith(order):
        return x  # NumPy's broadcasting adds axes in front
    places = iter(range(len(order)))
    return reshape(x, _vector([_size(x, next(places)) if c in order else 1 for c in all_labels]))


def _merged(x: Any, batch: str, first: str, second: str) -> tuple[Any, list[Any]]:
    """`x` with each of two groups of axes made one axis, and the sizes that these had."""
    start, middle = len(batch), len(batch) + len(first)
    sizes = [_size(x, i) for i in range(middle + len(second))]
    if len(first) != 1 or len(second) != 1:
        matrix = [_product(sizes[start:middle]), _product(sizes[middle:])]
        x = reshape(x, _vector(sizes[:start] + matrix))
    return x, sizes[start:]


def _size(x: Any, axis: int) -> Any:
    """One size of a tensor: a number if it is known, else a tensor."""
    known = x.spec.shape[axis]
    return shape(x)[axis] if known is None else known


def _product(sizes: list[Any]) -> Any:
    total: Any = 1
    for size in sizes:
        total = size if isinstance(total, int) and total == 1 else total * size
    return total


def _vector(sizes: list[Any]) -> Any:
    """Sizes as an operand: a list of numbers, or a tensor."""
    return sizes if sizes else convert_to_tensor(sizes, "int32", name="shape")
