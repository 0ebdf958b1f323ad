"""tf.dtypes: the public names of element types."""

from tinyflow.foundation.dtypes import DType, as_dtype
from tinyflow.ops.comparison import saturate_cast
from tinyflow.ops.conversion import as_string, cast, complex

__all__ = [
    "DType", "as_dtype", "as_string", "cast", "complex", "saturate_cast",
]  # fmt: skip
