"""Inverses, determinants, systems of equations and decompositions of matrices.

Matrices are the last two axes; the axes before them count them.  The gradients are those of
M. Giles, "An extended collection of matrix derivative results for forward and reverse mode
algorithmic differentiation" (2008), and for Qr and Svd of S. Walter and L. Lehmann (2010) and J.
Townsend (2016).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Shape, Spec, merge_shapes, show_shape
from tinyflow.graph.gradient_registry import RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.arithmetic import div_no_nan
from tinyflow.ops.base import check_kind
from tinyflow.ops.constant import convert_to_tensor
from tinyflow.ops.functions import log
from tinyflow.ops.linalg import adjoint, matmul
from tinyflow.ops.patterns import (
    matrix_band_part,
    matrix_diag,
    matrix_diag_part,
    matrix_set_diag,
)
from tinyflow.ops.reduction import reduce_sum
from tinyflow.ops.shaping import expand_dims

__all__ = [
    "cholesky", "cholesky_solve", "logdet", "matrix_determinant", "matrix_inverse", "matrix_solve",
    "matrix_triangular_solve", "qr", "self_adjoint_eig", "self_adjoint_eigvals", "slogdet", "svd",
]  # fmt: skip


class OfMatrices(Operation):
    """An op on matrices, which it computes one by one with LAPACK."""

    recordable = True

    def stack(self, spec: Spec) -> Shape:
        """The shape of an operand; a Problem if it is no matrix."""
        check_kind(type(self).operand_names[0], spec.dtype, "fc")
        if spec.shape is not None and len(spec.shape) < 2:
            raise Problem(
                f"Shape must be at least rank 2 but is rank {len(spec.shape)}",
                "tf.expand_dims(v, 1) makes a column of a vector",
            )
        return spec.shape

    def square(self, spec: Spec) -> Shape:
        """The shape of an operand; a Problem if it is no square matrix."""
        shape = self.stack(spec)
        if shape is None:
            return None
        rows, columns = shape[-2:]
        if None not in (rows, columns) and rows != columns:
            raise Problem(
                f"Dimensions must be equal, but are {rows} and {columns}: not a square matrix"
            )
        side = columns if rows is None else rows
        return (*shape[:-2], side, side)


def _solved(compute: Callable[..., Any], *values: Any, complaint: str) -> Any:
    """What LAPACK finds; a Problem with the complaint if it finds nothing."""
    arrays = [np.asarray(value) for value in values]  # not recorded
    for array in arrays:
        if array.ndim < 2:
            raise Problem(
                f"Input must be at least 2-dim, received shape: {show_shape(array.shape)}"
            )
    try:
        return compute(*arrays)
    except np.linalg.LinAlgError as error:
        if "square" in str(error):
            raise Problem(
                f"Input matrix must be square, got shape {show_shape(arrays[0].shape)}"
            ) from None
        raise Problem(complaint) from None


# -- the inverse ---------------------------------------------------------------------------------


class MatrixInverse(OfMatrices):
    """The inverses of square matrices.

    Attributes:
      adjoint: of their adjoints instead.
    """

    adjoint: bool = False

    def infer(self, input: Spec) -> Spec:
        return Spec(input.dtype, self.square(input))

    def compute(self, input: Any) -> Any:
        inverse = _solved(np.linalg.inv, input, complaint="Input is not invertible.")
        return np.conjugate(np.swapaxes(inverse, -1, -2)) if self.adjoint else inverse


@RegisterGradient("MatrixInverse")
def _matrix_inverse_grad(op: Any, grad: Any) -> Any:
    # y a = 1, so dy = -y da y.
    y = op.outputs[0]
    if op.adjoint:
        return -matmul(y, matmul(grad, y, adjoint_a=True))
    return -matmul(y, matmul(grad, y, adjoint_b=True), adjoint_a=True)


def matrix_inverse(input: Any, adjoint: bool = False, name: str | None = None) -> Tensor:
    """The inverses of square matrices, or of their adjoints.

    Raises:
      ValueError: if the matrices are not square.
      InvalidArgumentError: in a run, if one has no inverse.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.matrix_inverse([[2., 0.], [0., 4.]]))
    array([[0.5 , 0.  ],
           [0.  , 0.25]], dtype=float32)
    """
    return MatrixInverse((input,), name=name, adjoint=bool(adjoint))


# -- determinants --------------------------------------------------------------------------------


class MatrixDeterminant(OfMatrices):
    """The determinants of square matrices."""

    def infer(self, input: Spec) -> Spec:
        shape = self.square(input)
        return Spec(input.dtype, None if shape is None else shape[:-2])

    def compute(self, input: Any) -> Any:
        return _solved(np.linalg.det, input, complaint="Input is not a square matrix.")


@RegisterGradient("MatrixDeterminant")
def _matrix_determinant_grad(op: Any, grad: Any) -> Any:
    # d det(a) = det(a) trace(a^-1 da)
    return _number_for_matrix(grad * op.outputs[0]) * matrix_inverse(op.inputs[0], adjoint=True)


def _number_for_matrix(x: Any) -> Any:
    """Numbers, one for each matrix, with two axes that broadcast against the matrix's."""
    return expand_dims(expand_dims(x, -1), -1)


def matrix_determinant(input: Any, name: str | None = None) -> Tensor:
    """The determinants of square matrices.

    Raises:
      ValueError: if the matrices are not square.
    """
    return MatrixDeterminant((input,), name=name)


class LogMatrixDeterminant(OfMatrices):
    """The signs of determinants, and the logarithms of their absolute values."""

    def infer(self, input: Spec) -> tuple[Spec, Spec]:
        shape = self.square(input)
        spec = Spec(input.dtype, None if shape is None else shape[:-2])
        return spec, spec

    def compute(self, input: Any) -> Any:
        sign, logarithm = _solved(
            np.linalg.slogdet, input, complaint="Input is not a square matrix."
        )
        return sign, np.asarray(logarithm, input.dtype)


@RegisterGradient("LogMatrixDeterminant")
def _log_matrix_determinant_grad(op: Any, _: Any, grad: Any) -> Any:
    return _number_for_matrix(grad) * matrix_inverse(op.inputs[0], adjoint=True)


class _SignAndLog(NamedTuple):
    sign: Tensor
    log_abs_determinant: Tensor


def slogdet(input: Any, name: str | None = None) -> Any:
    """(sign, log(abs(det))) of square matrices: the determinant without overflow."""
    outputs: Any = LogMatrixDeterminant((input,), name=name)
    return _SignAndLog(*outputs)


def logdet(matrix: Any, name: str | None = None) -> Tensor:
    """The logarithms of the determinants of positive definite symmetric matrices.

    Raises:
      InvalidArgumentError: in a run, if a matrix is not positive definite.
    """
    with name_scope(name, "logdet", [matrix]):
        factor = cholesky(matrix)
        return 2.0 * reduce_sum(log(matrix_diag_part(factor)), axis=[-1])


# -- the factor of a positive definite matrix ----------------------------------------------------


class Cholesky(OfMatrices):
    """The lower triangular l with l l' = input, of symmetric matrices (read below the diagonal)."""

    def infer(self, input: Spec) -> Spec:
        return Spec(input.dtype, self.square(input))

    def compute(self, input: Any) -> Any:
        complaint = (
            "Cholesky decomposition was not successful. The input might not be positive definite."
        )
        return _solved(np.linalg.cholesky, input, complaint=complaint)


@RegisterGradient("Cholesky")
def _cholesky_grad(op: Any, grad: Any) -> Any:
    # a = l l' gives dl = l low(l^-1 da l^-1'), where low takes what is below the
    # diagonal, and half of that.
    factor = op.outputs[0]
    middle = _lower_half(matmul(factor, grad, adjoint_a=True))
    left = matrix_triangular_solve(factor, middle, adjoint=True)
    whole = adjoint(matrix_triangular_solve(factor, adjoint(left), adjoint=True))
    return 0.5 * (whole + adjoint(whole))


def _lower_half(x: Any) -> Any:
    """The part below the diagonal, and half the diagonal."""
    return matrix_band_part(matrix_set_diag(x, 0.5 * matrix_diag_part(x)), -1, 0)


def cholesky(input: Any, name: str | None = None) -> Tensor:
    """The lower triangular factors l of positive definite symmetric matrices: l l' = input.

    Raises:
      ValueError: if the matrices are not square.
      InvalidArgumentError: in a run, if one is not positive definite.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.cholesky([[4., 2.], [2., 5.]]))
    array([[2., 0.],
           [1., 2.]], dtype=float32)
    """
    return Cholesky((input,), name=name)


def cholesky_solve(chol: Any, rhs: Any, name: str | None = None) -> Tensor:
    """Solves a x = rhs, given the factor `chol` of a that `cholesky` finds."""
    with name_scope(name, "cholesky_solve", [chol, rhs]):
        chol = convert_to_tensor(chol, name="chol")
        y = matrix_triangular_solve(chol, rhs)
        x: Tensor = matrix_triangular_solve(chol, y, adjoint=True)
        return x


# -- systems of equations ------------------------------------------------------------------------


class MatrixSolve(OfMatrices):
    """The solutions x of matrix x = rhs.

    Attributes:
      adjoint: of matrix' x = rhs instead.
    """

    adjoint: bool = False
    same_dtype = True

    def infer(self, matrix: Spec, rhs: Spec) -> Spec:
        left, right = self.square(matrix), self.stack(rhs)
        dtype = rhs.dtype and matrix.dtype
        if left is None or right is None:
            return Spec(dtype, right)
        if None not in (left[-1], right[-2]) and left[-1] != right[-2]:
            raise Problem(f"Dimensions must be equal, but are {left[-1]} and {right[-2]}")
        try:
            batch = merge_shapes(left[:-2], right[:-2])
        except ValueError as conflict:
            raise Problem(f"the batches differ: {conflict}") from None
        assert batch is not None
        return Spec(dtype, (*batch, right[-2] if left[-1] is None else left[-1], right[-1]))

    def compute(self, matrix: Any, rhs: Any) -> Any:
        matrix, rhs = np.asarray(matrix), np.asarray(rhs)  # not recorded
        if matrix.shape[:-1] != rhs.shape[:-1]:
            raise Problem(f"a matrix {matrix.shape} cannot have the right-hand side {rhs.shape}")
        if self.adjoint:
            matrix = np.conjugate(np.swapaxes(matrix, -1, -2))
        return _solved(np.linalg.solve, matrix, rhs, complaint="Input matrix is not invertible.")


@RegisterGradient("MatrixSolve")
def _matrix_solve_grad(op: Any, grad: Any) -> Any:
    # x = a^-1 b, so db = a' dx and da = -a^-1' dx x'.
    grad_rhs = matrix_solve(op.inputs[0], grad, adjoint=not op.adjoint)
    x = op.outputs[0]
    pair = (x, grad_rhs) if op.adjoint else (grad_rhs, x)
    return -matmul(pair[0], pair[1], adjoint_b=True), grad_rhs


def matrix_solve(matrix: Any, rhs: Any, adjoint: bool = False, name: str | None = None) -> Tensor:
    """Solves matrix x = rhs (or adjoint(matrix) x = rhs) for each column of `rhs`.

    Raises:
      ValueError: if the matrices are not square or do not fit.
      InvalidArgumentError: in a run, if a matrix has no inverse.
    """
    return MatrixSolve((matrix, rhs), name=name, adjoint=bool(adjoint))


class MatrixTriangularSolve(MatrixSolve):
    """The solutions x of matrix x = rhs, where `matrix` is read on one side of its diagonal only.

    Attributes:
      lower: whether that is the lower side.
      adjoint: of matrix' x = rhs instead.
    """

    lower: bool = True

    def compute(self, matrix: Any, rhs: Any) -> Any:
        matrix = np.asarray(matrix)
        return super().compute(np.tril(matrix) if self.lower else np.triu(matrix), rhs)


@RegisterGradient("MatrixTriangularSolve")
def _matrix_triangular_solve_grad(op: Any, grad: Any) -> Any:
    grad_rhs = matrix_triangular_solve(op.inputs[0], grad, lower=op.lower, adjoint=not op.adjoint)
    x = op.outputs[0]
    pair = (x, grad_rhs) if op.adjoint else (grad_rhs, x)
    whole = -matmul(pair[0], pair[1], adjoint_b=True)
    return matrix_band_part(whole, *((-1, 0) if op.lower else (0, -1))), grad_rhs


def matrix_triangular_solve(
    matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> Any:
    """Solves matrix x = rhs, where the other side of the matrix's diagonal is taken as zeros.

    Raises:
      ValueError: if the matrices are not square or do not fit.
      InvalidArgumentError: in a run, if there is a zero on a diagonal.
    """
    return MatrixTriangularSolve((matrix, rhs), name=name, lower=bool(lower), adjoint=bool(adjoint))


# -- orthogonal decompositions -------------------------------------------------------------------


class Qr(OfMatrices):
    """q and r with q r = input, where q' q = 1 and r is upper triangular.

    Attributes:
      full_matrices: whether q is square; else it has no more columns than input.
    """

    full_matrices: bool = False

    def infer(self, input: Spec) -> tuple[Spec, Spec]:
        shape = self.stack(input)
        if shape is None:
            return Spec(input.dtype), Spec(input.dtype)
        (*batch, rows, columns) = shape
        inner = rows if self.full_matrices else _smaller(rows, columns)
        return Spec(input.dtype, (*batch, rows, inner)), Spec(input.dtype, (*batch, inner, columns))

    def compute(self, input: Any) -> Any:
        mode: Any = "complete" if self.full_matrices else "reduced"
        return tuple(
            _solved(lambda x: np.linalg.qr(x, mode), input, complaint="no QR decomposition")
        )


def _smaller(rows: int | None, columns: int | None) -> int | None:
    return None if rows is None or columns is None else min(rows, columns)


@RegisterGradient("Qr")
def _qr_grad(op: Any, grad_q: Any, grad_r: Any) -> Any:
    # With m = r dr' - dq' q: (dq + q (the lower half of m, mirrored)) r^-1'.
    q, r = op.outputs
    rows, columns = q.shape.with_rank_at_least(2).as_list()[-2], r.shape.as_list()[-1]
    if rows is None or columns is None or rows < columns or (op.full_matrices and rows != columns):
        raise NotImplementedError(
            "the gradient of qr needs matrices, of known shape, that have at least as many rows as "
            "columns (with full_matrices: as many)"
        )
    middle = matmul(r, grad_r, adjoint_b=True) - matmul(grad_q, q, adjoint_a=True)
    mirrored = _lower_half(middle) + adjoint(_lower_half(middle))
    whole = grad_q + matmul(q, mirrored)
    return adjoint(matrix_triangular_solve(r, adjoint(whole), lower=False))


class _QAndR(NamedTuple):
    q: Tensor
    r: Tensor


def qr(input: Any, full_matrices: bool = False, name: str | None = None) -> Any:
    """(q, r) with q r = input, q' q = 1 and r upper triangular, for each matrix.

    Its gradient needs at least as many rows as columns.
    """
    outputs: Any = Qr((input,), name=name, full_matrices=bool(full_matrices))
    return _QAndR(*outputs)


class Svd(OfMatrices):
    """s, u and v with u diag(s) v' = input, where u' u = 1 = v' v and s falls.

    Attributes:
      compute_uv: whether u and v are wanted too.
      full_matrices: whether they are square; else they have as many columns as s has numbers.
    """

    compute_uv: bool = True
    full_matrices: bool = False

    def infer(self, input: Spec) -> Any:
        shape = self.stack(input)
        if shape is None:
            return (Spec(input.dtype),) * (3 if self.compute_uv else 1)
        (*batch, rows, columns) = shape
        inner = _smaller(rows, columns)
        sizes = [(inner,), (rows, rows if self.full_matrices else inner)]
        sizes.append((columns, columns if self.full_matrices else inner))
        return tuple(
            Spec(input.dtype, (*batch, *part)) for part in sizes[: 3 if self.compute_uv else 1]
        )

    def compute(self, input: Any) -> Any:
        options: Any = {"full_matrices": self.full_matrices, "compute_uv": self.compute_uv}
        complaint = "SVD did not converge: is there a NaN in the input?"
        found = _solved(lambda x: np.linalg.svd(x, **options), input, complaint=complaint)
        if not self.compute_uv:
            return found
        u, s, v_adjoint = found
        return s.astype(input.dtype), u, np.conjugate(np.swapaxes(v_adjoint, -1, -2))


@RegisterGradient("Svd")
def _svd_grad(op: Any, grad_s: Any, grad_u: Any = None, grad_v: Any = None) -> Any:
    (a,) = op.inputs
    if a.spec.dtype is not None and a.spec.dtype.is_complex:
        raise NotImplementedError("the gradient of svd is there for real matrices only")
    if not op.compute_uv:
        _, u, v = svd(a)
        return matmul(u * expand_dims(grad_s, -2), v, transpose_b=True)
    s, u, v = op.outputs
    if op.full_matrices and u.shape.as_list()[-1:] != v.shape.as_list()[-1:]:
        raise NotImplementedError("the gradient of svd with full_matrices needs square matrices")
    row, column = expand_dims(s, -2), expand_dims(s, -1)
    # Of u and v: what turns them within their own space and, if they are not square, out of it.
    differences = div_no_nan(1.0 + 0.0 * row, row * row - column * column)  # 0 for equal values
    turn_u = differences * _skew(matmul(u, grad_u, transpose_a=True))
    turn_v = differences * _skew(matmul(v, grad_v, transpose_a=True))
    core = turn_u * row + turn_v * column + matrix_diag(grad_s)
    out_u = (grad_u - matmul(u, matmul(u, grad_u, transpose_a=True))) / row
    out_v = (grad_v - matmul(v, matmul(v, grad_v, transpose_a=True))) / row
    return matmul(matmul(u, core) + out_u, v, transpose_b=True) + matmul(u, out_v, transpose_b=True)


def _skew(x: Any) -> Any:
    return x - adjoint(x)


def svd(
    tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: str | None = None
) -> Any:
    """(s, u, v) with u diag(s) v' = tensor, for each matrix; only s without `compute_uv`.

    (NumPy's order is u, s, v'.)  The singular values s are in falling order.  The gradient is for
    real matrices without equal singular values.
    """
    return Svd((tensor,), name=name, full_matrices=bool(full_matrices), compute_uv=bool(compute_uv))


class SelfAdjointEigV2(OfMatrices):
    """e and v with input v = v diag(e), of symmetric matrices (read below the diagonal); e rises.

    Attributes:
      compute_v: whether v is wanted too.
    """

    compute_v: bool = True

    def infer(self, input: Spec) -> Any:
        shape = self.square(input)
        values = Spec(input.dtype, None if shape is None else shape[:-1])
        return (values, Spec(input.dtype, shape)) if self.compute_v else values

    def compute(self, input: Any) -> Any:
        find = np.linalg.eigh if self.compute_v else np.linalg.eigvalsh
        found = _solved(
            find, input, complaint="Self-adjoint eigen decomposition was not successful."
        )
        if not self.compute_v:
            return found.astype(input.dtype)
        values, vectors = found
        return values.astype(input.dtype), vectors


@RegisterGradient("SelfAdjointEigV2")
def _self_adjoint_eig_grad(op: Any, grad_e: Any, grad_v: Any = None) -> Any:
    if op.compute_v:
        e, v = op.outputs
        differences = expand_dims(e, -2) - expand_dims(e, -1)
        inverse = div_no_nan(1.0 + 0.0 * differences, differences)  # 0 for equal values
        core = matrix_diag(grad_e) + inverse * matmul(v, grad_v, adjoint_a=True)
    else:
        _, v = self_adjoint_eig(op.inputs[0])
        core = matrix_diag(grad_e)
    whole = matmul(v, matmul(core, v, adjoint_b=True))
    # The part above the diagonal is not read: what is below stands for both.
    return _lower_half(whole + adjoint(whole))


def self_adjoint_eig(tensor: Any, name: str | None = None) -> Any:
    """(e, v): the eigenvalues, in rising order, and eigenvectors (columns) of symmetric matrices.

    Only the part below (and on) the diagonal is read.
    """
    return SelfAdjointEigV2((tensor,), name=name)


def self_adjoint_eigvals(tensor: Any, name: str | None = None) -> Tensor:
    """The eigenvalues of symmetric matrices, in rising order."""
    return SelfAdjointEigV2((tensor,), name=name, compute_v=False)
