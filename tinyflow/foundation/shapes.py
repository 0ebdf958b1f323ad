"""Static shapes: what is known of a tensor's shape before anything runs.

Inside the package a static shape is a plain tuple whose unknown sizes are None, or None when
not even the rank is known.  `TensorShape` and `Dimension` are how the outside sees it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeGuard

from tinyflow.foundation.dtypes import DType

__all__ = [
    "Dimension", "Shape", "Spec", "TensorShape", "broadcast_shapes", "dimension_at_index",
    "dimension_value", "merge_shapes",
]  # fmt: skip

Shape = tuple[int | None, ...] | None


class Spec(NamedTuple):
    """What is known of a tensor before it is computed; None where nothing is.

    It is what the `infer` of an op type takes for each input and returns for each output.

    >>> import tinyflow as tf
    >>> tf.placeholder(tf.float32, [None, 3]).spec
    Spec(dtype=tf.float32, shape=(None, 3))
    """

    dtype: DType | None = None
    shape: Shape = None


def show_shape(shape: Shape) -> str:
    """A shape as messages print it: `(?, 3)`, or `<unknown>`."""
    if shape is None:
        return "<unknown>"
    sizes = ", ".join("?" if size is None else str(size) for size in shape)
    return f"({sizes},)" if len(shape) == 1 else f"({sizes})"


def broadcast_shapes(a: Shape, b: Shape) -> Shape:
    """The shape of an element-wise result, by NumPy's rule, as far as it is known.

    An unknown size beside 1 stays unknown, beside 5 it must turn out to be 5 (or 1).

    Raises:
      ValueError: naming the axis and both sizes, if they cannot agree.
    """
    if a == b and a is not None and None not in a:
        return a
    if a is None or b is None:
        return None
    if not a or not b:
        return a or b
    rank = max(len(a), len(b))
    left = (1,) * (rank - len(a)) + a
    right = (1,) * (rank - len(b)) + b
    return tuple(
        _broadcast_size(m, n, axis - rank)
        for axis, (m, n) in enumerate(zip(left, right, strict=True))
    )


def _broadcast_size(m: int | None, n: int | None, axis: int) -> int | None:
    if m == n or n == 1:
        return m
    if m == 1:
        return n
    if m is None or n is None:
        return n if m is None else m
    raise ValueError(f"axis {axis} is {m} and {n}")


def merge_shapes(a: Shape, b: Shape) -> Shape:
    """What two descriptions of one shape say together.

    Raises:
      ValueError: if they contradict each other.
    """
    if a is None or b is None:
        return b if a is None else a
    if len(a) != len(b) or any(
        m is not None and n is not None and m != n for m, n in zip(a, b, strict=True)
    ):
        raise ValueError(f"Shapes {show_shape(a)} and {show_shape(b)} are not compatible")
    return tuple(n if m is None else m for m, n in zip(a, b, strict=True))


def is_known(shape: Shape) -> TypeGuard[tuple[int, ...]]:
    """True if every size is known."""
    return shape is not None and None not in shape


class Dimension:
    """One size of a `TensorShape`: a number, or None when it is not known.

    Arithmetic with an unknown size is unknown, and so is a comparison: it gives None.
    """

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        if isinstance(value, Dimension):
            value = value.value
        elif value is not None:
            number = int(value)
            if number != value and not isinstance(value, str | bytes):
                raise ValueError(f"Ambiguous dimension: {value}")
            if number < 0:
                raise ValueError(f"Dimension {number} must be >= 0")
            value = number
        self._value: int | None = value

    @property
    def value(self) -> int | None:
        """The size, or None."""
        return self._value

    def is_compatible_with(self, other: Any) -> bool:
        """True if both may be the same size."""
        other = Dimension(other)
        return self._value is None or other._value is None or self._value == other._value

    def assert_is_compatible_with(self, other: Any) -> None:
        """Raises ValueError unless both may be the same size."""
        if not self.is_compatible_with(other):
            raise ValueError(f"Dimensions {self} and {other} are not compatible")

    def merge_with(self, other: Any) -> Dimension:
        """The known one of the two; ValueError if they differ."""
        other = Dimension(other)
        self.assert_is_compatible_with(other)
        return other if self._value is None else self

    def __repr__(self) -> str:
        return f"Dimension({self._value})"

    def __str__(self) -> str:
        return "?" if self._value is None else str(self._value)

    def __int__(self) -> int:
        return self._value  # type: ignore[return-value]  # Python's own TypeError for None

    __index__ = __int__

    def __hash__(self) -> int:
        raise TypeError("unhashable type: 'Dimension'")

    def __eq__(self, other: object) -> bool | None:  # type: ignore[override]
        return self._compare(other, lambda m, n: m == n)

    def __ne__(self, other: object) -> bool | None:  # type: ignore[override]
        return self._compare(other, lambda m, n: m != n)

    def __lt__(self, other: Any) -> bool | None:
        return self._compare(other, lambda m, n: m < n)

    def __le__(self, other: Any) -> bool | None:
        return self._compare(other, lambda m, n: m <= n)

    def __gt__(self, other: Any) -> bool | None:
        return self._compare(other, lambda m, n: m > n)

    def __ge__(self, other: Any) -> bool | None:
        return self._compare(other, lambda m, n: m >= n)

    def _compare(self, other: Any, relation: Any) -> bool | None:
        try:
            other = Dimension(other)
        except (TypeError, ValueError):
            return NotImplemented  # type: ignore[no-any-return]
        if self._value is None or other._value is None:
            return None
        return bool(relation(self._value, other._value))

    def _combine(self, other: Any, operation: Any) -> Dimension:
        try:
            other = Dimension(other)
        except (TypeError, ValueError):
            return NotImplemented  # type: ignore[no-any-return]
        if self._value is None or other._value is None:
            return Dimension(None)
        return Dimension(operation(self._value, other._value))

    def __add__(self, other: Any) -> Dimension:
        return self._combine(other, lambda m, n: m + n)

    def __sub__(self, other: Any) -> Dimension:
        return self._combine(other, lambda m, n: m - n)

    def __rsub__(self, other: Any) -> Dimension:
        return Dimension(other) - self

    def __mul__(self, other: Any) -> Dimension:
        return self._combine(other, lambda m, n: m * n)

    def __floordiv__(self, other: Any) -> Dimension:
        return self._combine(other, lambda m, n: m // n)

    def __rfloordiv__(self, other: Any) -> Dimension:
        return Dimension(other) // self

    def __mod__(self, other: Any) -> Dimension:
        return self._combine(other, lambda m, n: m % n)

    def __rmod__(self, other: Any) -> Dimension:
        return Dimension(other) % self

    __radd__ = __add__
    __rmul__ = __mul__
    __div__ = __floordiv__


class TensorShape:
    """A static shape: a list of `Dimension`s, or of unknown rank.

    >>> TensorShape([None, 3]).as_list()
    [None, 3]
    >>> TensorShape(None).ndims is None
    True
    """

    __slots__ = ("_sizes",)

    def __init__(self, dims: Any) -> None:
        self._sizes: Shape = as_shape(dims)

    @property
    def dims(self) -> list[Dimension] | None:
        """The sizes as `Dimension`s, or None for unknown rank."""
        return None if self._sizes is None else [Dimension(size) for size in self._sizes]

    @property
    def ndims(self) -> int | None:
        """The rank, or None."""
        return None if self._sizes is None else len(self._sizes)

    rank = ndims

    def as_list(self) -> list[int | None]:
        """The sizes as numbers and Nones; ValueError for unknown rank."""
        if self._sizes is None:
            raise ValueError("as_list() is not defined on an unknown TensorShape.")
        return list(self._sizes)

    def as_tuple(self) -> Shape:
        """The shape as the package itself writes it: a tuple, or None."""
        return self._sizes

    def num_elements(self) -> int | None:
        """The number of elements, or None unless every size is known."""
        if self._sizes is None or None in self._sizes:
            return None
        count = 1
        for size in self._sizes:
            count *= size  # type: ignore[operator]
        return count

    def is_fully_defined(self) -> bool:
        """True if every size is known."""
        return is_known(self._sizes)

    def assert_is_fully_defined(self) -> None:
        """Raises ValueError unless every size is known."""
        if not self.is_fully_defined():
            raise ValueError(f"Shape {self} is not fully defined")

    def assert_has_rank(self, rank: int) -> None:
        """Raises ValueError if the rank is known and another."""
        if self.ndims not in (None, rank):
            raise ValueError(f"Shape {self} must have rank {rank}")

    def assert_same_rank(self, other: Any) -> None:
        """Raises ValueError if both ranks are known and differ."""
        other = as_tensor_shape(other)
        if None not in (self.ndims, other.ndims) and self.ndims != other.ndims:
            raise ValueError(f"Shapes {self} and {other} must have the same rank")

    def with_rank(self, rank: int) -> TensorShape:
        """This shape, known to have the given rank; ValueError if it has another."""
        try:
            return self.merge_with([None] * rank)
        except ValueError:
            raise ValueError(f"Shape {self} must have rank {rank}") from None

    def with_rank_at_least(self, rank: int) -> TensorShape:
        """This shape; ValueError if its rank is known and smaller."""
        if self.ndims is not None and self.ndims < rank:
            raise ValueError(f"Shape {self} must have rank at least {rank}")
        return self

    def with_rank_at_most(self, rank: int) -> TensorShape:
        """This shape; ValueError if its rank is known and greater."""
        if self.ndims is not None and self.ndims > rank:
            raise ValueError(f"Shape {self} must have rank at most {rank}")
        return self

    def merge_with(self, other: Any) -> TensorShape:
        """What both shapes say together; ValueError if they contradict."""
        return TensorShape(merge_shapes(self._sizes, as_shape(other)))

    def concatenate(self, other: Any) -> TensorShape:
        """This shape followed by `other`; unknown if either is."""
        sizes = as_shape(other)
        if self._sizes is None or sizes is None:
            return TensorShape(None)
        return TensorShape(self._sizes + sizes)

    __add__ = concatenate

    def __radd__(self, other: Any) -> TensorShape:
        return as_tensor_shape(other).concatenate(self)

    def most_specific_compatible_shape(self, other: Any) -> TensorShape:
        """What is true of both shapes: sizes that differ become unknown."""
        sizes = as_shape(other)
        if self._sizes is None or sizes is None or len(self._sizes) != len(sizes):
            return TensorShape(None)
        return TensorShape([m if m == n else None for m, n in zip(self._sizes, sizes, strict=True)])

    def is_compatible_with(self, other: Any) -> bool:
        """True if one array may have both shapes."""
        try:
            merge_shapes(self._sizes, as_shape(other))
        except ValueError:
            return False
        return True

    def assert_is_compatible_with(self, other: Any) -> None:
        """Raises ValueError unless one array may have both shapes."""
        merge_shapes(self._sizes, as_shape(other))

    def __len__(self) -> int:
        if self._sizes is None:
            raise ValueError("Cannot take the length of Shape with unknown rank.")
        return len(self._sizes)

    def __bool__(self) -> bool:
        return self._sizes is not None

    def __iter__(self) -> Iterator[Dimension]:
        if self._sizes is None:
            raise ValueError("Cannot iterate over a shape with unknown rank.")
        return iter([Dimension(size) for size in self._sizes])

    def __getitem__(self, key: Any) -> Any:
        if self._sizes is not None:
            part = self._sizes[key]
            return TensorShape(part) if isinstance(key, slice) else Dimension(part)
        if not isinstance(key, slice):
            return Dimension(None)
        start = key.start or 0
        if key.step is not None or key.stop is None or start < 0 or key.stop < 0:
            return TensorShape(None)
        return TensorShape([None] * max(0, key.stop - start))

    def __eq__(self, other: object) -> bool:
        try:
            sizes = as_shape(other)
        except (TypeError, ValueError):
            return NotImplemented
        # A size that is not known equals no other; but a shape equals itself.
        return self._sizes is sizes or (self._sizes == sizes and is_known(sizes))

    def __ne__(self, other: object) -> bool:
        sizes = as_shape(other)
        if self._sizes is None or sizes is None:
            raise ValueError("The inequality of unknown TensorShapes is undefined.")
        return not self == other

    def __hash__(self) -> int:
        raise TypeError("unhashable type: 'TensorShape'")

    def __repr__(self) -> str:
        return f"TensorShape({None if self._sizes is None else self.dims!r})"

    def __str__(self) -> str:
        return show_shape(self._sizes)

    def __reduce__(self) -> tuple[Any, tuple[Shape]]:
        return TensorShape, (self._sizes,)


def as_shape(dims: Any) -> Shape:
    """A shape given as None, a TensorShape, a size, or sizes, as a tuple (or None)."""
    if dims is None:
        return None
    if isinstance(dims, TensorShape):
        return dims.as_tuple()
    if isinstance(dims, str | bytes):
        raise TypeError(
            "A string has ambiguous TensorShape, please wrap in a list or convert to an int: "
            f"{dims!r}"
        )
    if type(dims) is tuple and all(type(size) is int and size >= 0 for size in dims):
        return dims
    if isinstance(dims, Dimension) or not hasattr(dims, "__iter__"):
        return (Dimension(dims).value,)
    return tuple(Dimension(size).value for size in dims)


def as_tensor_shape(dims: Any) -> TensorShape:
    """`dims` as a TensorShape: what `tf.TensorShape(dims)` gives."""
    return dims if isinstance(dims, TensorShape) else TensorShape(dims)


def dimension_value(dimension: Any) -> int | None:
    """A size as a number or None, whether it is a `Dimension` or that already."""
    value: int | None = getattr(dimension, "value", dimension)
    return value


def dimension_at_index(shape: Any, index: int) -> Dimension:
    """The size of an axis as a `Dimension`, also of a shape of unknown rank."""
    size: Dimension = as_tensor_shape(shape)[index]
    return size


def elements(shape: Sequence[int]) -> int:
    """The number of elements of an array of this (known) shape."""
    count = 1
    for size in shape:
        count *= size
    return count
