"""tf.linalg: the public names of linear algebra."""

from tinyflow.ops.linalg import matmul
from tinyflow.ops.patterns import (
    diag as tensor_diag,
    diag_part as tensor_diag_part,
    eye,
    matrix_band_part as band_part,
    matrix_diag as diag,
    matrix_diag_part as diag_part,
    matrix_set_diag as set_diag,
)
from tinyflow.ops.reduction import global_norm
from tinyflow.ops.shaping import matrix_transpose, transpose

__all__ = [
    "band_part", "diag", "diag_part", "eye", "global_norm", "matmul", "matrix_transpose",
    "set_diag", "tensor_diag", "tensor_diag_part", "transpose",
]  # fmt: skip
