"""tf.linalg: the public names of linear algebra."""

from tinyflow.ops.decompositions import (
    cholesky,
    cholesky_solve,
    logdet,
    qr,
    slogdet,
    svd,
)
from tinyflow.ops.decompositions import (
    matrix_determinant as det,
)
from tinyflow.ops.decompositions import (
    matrix_inverse as inv,
)
from tinyflow.ops.decompositions import (
    matrix_solve as solve,
)
from tinyflow.ops.decompositions import (
    matrix_triangular_solve as triangular_solve,
)
from tinyflow.ops.decompositions import (
    self_adjoint_eig as eigh,
)
from tinyflow.ops.decompositions import (
    self_adjoint_eigvals as eigvalsh,
)
from tinyflow.ops.einsum import einsum
from tinyflow.ops.linalg import adjoint, cross, matmul, matvec, tensordot, trace
from tinyflow.ops.norms import l2_normalize, norm, normalize
from tinyflow.ops.patterns import (
    diag as tensor_diag,
)
from tinyflow.ops.patterns import (
    diag_part as tensor_diag_part,
)
from tinyflow.ops.patterns import (
    eye,
)
from tinyflow.ops.patterns import (
    matrix_band_part as band_part,
)
from tinyflow.ops.patterns import (
    matrix_diag as diag,
)
from tinyflow.ops.patterns import (
    matrix_diag_part as diag_part,
)
from tinyflow.ops.patterns import (
    matrix_set_diag as set_diag,
)
from tinyflow.ops.reduction import global_norm
from tinyflow.ops.shaping import matrix_transpose, transpose

__all__ = [
    "adjoint", "band_part", "cholesky", "cholesky_solve", "cross", "det", "diag", "diag_part",
    "eigh", "eigvalsh", "einsum", "eye", "global_norm", "inv", "l2_normalize", "logdet", "matmul",
    "matrix_transpose", "matvec", "norm", "normalize", "qr", "set_diag", "slogdet", "solve", "svd",
    "tensor_diag", "tensor_diag_part", "tensordot", "trace", "transpose", "triangular_solve",
]  # fmt: skip
