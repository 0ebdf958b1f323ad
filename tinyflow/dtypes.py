"""tf.dtypes: the element types, and the public names of conversions between them."""

from tinyflow.foundation.dtypes import (
    DType,
    as_dtype,
    bool_ as bool,
    complex64,
    complex128,
    double,
    float16,
    float32,
    float64,
    half,
    int8,
    int16,
    int32,
    int64,
    string,
    uint8,
    uint16,
    uint32,
    uint64,
)
from tinyflow.ops.comparison import saturate_cast
from tinyflow.ops.conversion import as_string, cast, complex

__all__ = [
    "DType", "as_dtype", "as_string", "bool", "cast", "complex", "complex64", "complex128",
    "double", "float16", "float32", "float64", "half", "int8", "int16", "int32", "int64",
    "saturate_cast", "string", "uint8", "uint16", "uint32", "uint64",
]  # fmt: skip
