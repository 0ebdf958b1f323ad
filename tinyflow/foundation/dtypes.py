"""The element types of tensors, named as TensorFlow 1.15 names them.

A `DType` is one of a fixed set of objects, so `is` compares them.  A dtype that is not known
(a placeholder made without one) is `None`, here and everywhere.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

__all__ = [
    "DType", "as_dtype", "bool_", "complex64", "complex128", "double", "float16", "float32",
    "float64", "half", "int8", "int16", "int32", "int64", "string", "uint8", "uint16", "uint32",
    "uint64",
]  # fmt: skip


class DType:
    """The type of a tensor's elements, such as `tf.float32`.

    Attributes:
      name: `"float32"`; a variable's own tensor has `"float32_ref"`.
      numpy: the NumPy dtype that holds such elements (strings are objects of type bytes).
    """

    __slots__ = ("_base", "name", "numpy")

    def __init__(self, name: str, numpy: Any, base: DType | None = None) -> None:
        self.name: Final = name
        self.numpy: Final[np.dtype[Any]] = np.dtype(numpy)
        self._base = base

    @property
    def base_dtype(self) -> DType:
        """The type without `_ref`."""
        return self._base or self

    @property
    def as_numpy_dtype(self) -> type:
        """The NumPy scalar type, `np.float32` for `tf.float32` (`object` for strings)."""
        return object if self.numpy == object else self.numpy.type

    @property
    def as_datatype_enum(self) -> int:
        """The number that stands for this type in a GraphDef."""
        return _ENUM[self.base_dtype.name] + (100 if self._base else 0)

    @property
    def real_dtype(self) -> DType:
        """The type of a complex number's parts; any other type is its own."""
        return {"complex64": float32, "complex128": float64}.get(self.base_dtype.name, self)

    @property
    def is_numpy_compatible(self) -> bool:
        """True: every type here has a NumPy one."""
        return True

    @property
    def is_bool(self) -> bool:
        """True for `tf.bool`."""
        return self.numpy.kind == "b"

    @property
    def is_integer(self) -> bool:
        """True for signed and unsigned integers."""
        return self.numpy.kind in "iu"

    @property
    def is_unsigned(self) -> bool:
        """True for unsigned integers."""
        return self.numpy.kind == "u"

    @property
    def is_floating(self) -> bool:
        """True for real floating-point numbers."""
        return self.numpy.kind == "f"

    @property
    def is_complex(self) -> bool:
        """True for complex numbers."""
        return self.numpy.kind == "c"

    @property
    def size(self) -> int:
        """Bytes per element (1 for strings, as TensorFlow has it)."""
        return 1 if self.numpy == object else self.numpy.itemsize

    @property
    def limits(self) -> tuple[Any, Any]:
        """The smallest and the largest value an image of this type holds."""
        return (0, 1) if self.is_floating else (False, True) if self.is_bool else (0, self.max)

    @property
    def min(self) -> Any:
        """The smallest number of this type."""
        return self._bounds()[0]

    @property
    def max(self) -> Any:
        """The largest number of this type."""
        return self._bounds()[1]

    def _bounds(self) -> tuple[Any, Any]:
        if self.is_integer:
            whole = np.iinfo(self.numpy)
            return whole.min, whole.max
        if self.is_floating:
            real = np.finfo(self.numpy)
            return real.min, real.max
        raise TypeError(f"Cannot find the bounds of {self!r}.")

    def is_compatible_with(self, other: Any) -> bool:
        """True if a tensor of type `other` may be used where this one is wanted.

        So a float32_ref may stand for a float32, but not the other way around.
        """
        other = as_dtype(other)
        return self in (other, other.base_dtype)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if other is None:
            return False
        try:
            return self is as_dtype(other)
        except TypeError:
            return False

    def __hash__(self) -> int:
        return hash(self.name)

    def __int__(self) -> int:
        return self.as_datatype_enum

    def __repr__(self) -> str:
        return "tf." + self.name

    def __str__(self) -> str:
        return f"<dtype: {self.name!r}>"

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return as_dtype, (self.name,)


float16: Final = DType("float16", np.float16)
float32: Final = DType("float32", np.float32)
float64: Final = DType("float64", np.float64)
int8: Final = DType("int8", np.int8)
int16: Final = DType("int16", np.int16)
int32: Final = DType("int32", np.int32)
int64: Final = DType("int64", np.int64)
uint8: Final = DType("uint8", np.uint8)
uint16: Final = DType("uint16", np.uint16)
uint32: Final = DType("uint32", np.uint32)
uint64: Final = DType("uint64", np.uint64)
bool_: Final = DType("bool", np.bool_)
complex64: Final = DType("complex64", np.complex64)
complex128: Final = DType("complex128", np.complex128)
string: Final = DType("string", object)
half: Final = float16
double: Final = float64

_TYPES: Final = (
    float16, float32, float64, int8, int16, int32, int64, uint8, uint16, uint32, uint64,
    bool_, complex64, complex128, string,
)  # fmt: skip
_ENUM: Final = {
    "float32": 1, "float64": 2, "int32": 3, "uint8": 4, "int16": 5, "int8": 6, "string": 7,
    "complex64": 8, "int64": 9, "bool": 10, "uint16": 17, "complex128": 18, "float16": 19,
    "uint32": 22, "uint64": 23,
}  # fmt: skip

# Everything that may stand for a type, looked up in one step.  Python's `int` does not: TF 1.15
# refuses it, since nobody can say whether 32 or 64 bits are meant.
_KNOWN: dict[Any, DType] = {}
for _type in _TYPES:
    _ref = DType(_type.name + "_ref", _type.numpy, _type)
    _KNOWN.update({_type.name: _type, _ref.name: _ref})
    _KNOWN[_ENUM[_type.name]] = _type
    _KNOWN[_ENUM[_type.name] + 100] = _ref
    if _type is not string:
        _KNOWN.update({_type.numpy: _type, _type.numpy.type: _type})
_KNOWN.update({
    "half": float16, "float": float32, "double": float64, "float_ref": _KNOWN["float32_ref"],
    "double_ref": _KNOWN["float64_ref"], float: float32, bool: bool_, object: string,
    np.dtype(object): string, np.str_: string, np.bytes_: string, np.longlong: int64, np.ulonglong: uint64,
})  # fmt: skip


def as_dtype(type_value: Any) -> DType:
    """Converts a name, a NumPy dtype or scalar type, `float`, `bool` or a number to a `DType`.

    >>> as_dtype("float32"), as_dtype(np.int64), as_dtype(float)
    (tf.float32, tf.int64, tf.float32)

    Raises:
      TypeError: if there is no such type.
    """
    if isinstance(type_value, DType):
        return type_value
    try:
        known = _KNOWN.get(type_value)
    except TypeError:  # unhashable
        known = None
    if known is None and isinstance(type_value, np.dtype):
        if type_value.kind in "SU":
            return string
        known = _KNOWN.get(type_value.newbyteorder("="))
    if known is None or isinstance(type_value, bool):
        raise TypeError(f"Cannot convert value {type_value!r} to a TensorFlow DType.")
    return known


def ref_of(dtype: DType) -> DType:
    """The `_ref` twin of a type: what a variable's own tensor has."""
    return _KNOWN[dtype.base_dtype.name + "_ref"]
