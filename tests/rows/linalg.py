"""Rows of tinyflow/ops/linalg.py, einsum.py and decompositions.py."""

import numpy as np

import tinyflow as tf
from tests.rows import Row, normal, positive
from tinyflow.ops import decompositions, einsum, linalg, norms

SQUARE = normal(3, 3) + 3 * np.eye(3)  # well away from singular
MANY = normal(2, 3, 3) + 3 * np.eye(3)
COMPLEX = normal(2, 3) + 1j * normal(2, 3, seed=1)


def _symmetric(x):
    """A positive definite matrix made of any: so a derivative cannot leave the symmetric ones."""
    return tf.matmul(x, x, transpose_b=True) + np.eye(3)


def _cholesky(x):
    a, n = x @ x.swapaxes(-1, -2) + np.eye(3), x.shape[-1]
    factor = np.zeros_like(a)
    for i in range(n):
        for j in range(i + 1):
            rest = a[..., i, j] - (factor[..., i, :j] * factor[..., j, :j]).sum(-1)
            factor[..., i, j] = np.sqrt(rest) if i == j else rest / factor[..., j, j]
    return factor


def _gram_schmidt(x):
    """q and r with the signs of LAPACK: r's diagonal is negative at first."""
    q, r = np.linalg.qr(x)
    np.testing.assert_allclose(q @ r, x)
    np.testing.assert_allclose(
        q.swapaxes(-1, -2) @ q,
        np.broadcast_to(np.eye(q.shape[-1]), (*x.shape[:-2], q.shape[-1], q.shape[-1])),
        atol=1e-12,
    )
    return [q, np.triu(r)]


def _whole(parts):
    """What does not depend on the signs of singular vectors."""
    s, u, v = parts
    return [
        s,
        tf.matmul(u * tf.expand_dims(s * s, -2), v, transpose_b=True),
        tf.square(u),
        tf.square(v),
    ]


def _whole_np(x):
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    return [s, (u * (s * s)[..., None, :]) @ vt, u**2, vt.swapaxes(-1, -2) ** 2]


def _own(x):
    """Eigenvalues and squared eigenvectors of the matrix whose lower half is that of x."""
    e, v = decompositions.self_adjoint_eig(x)
    return [e, tf.square(v)]


def _own_np(x):
    low = np.tril(x) + np.swapaxes(np.tril(x, -1), -1, -2)
    e, v = np.linalg.eigh(low)
    return [e, v**2]


def _cofactors(a):
    return (
        a[0, 0] * (a[1, 1] * a[2, 2] - a[1, 2] * a[2, 1])
        - a[0, 1] * (a[1, 0] * a[2, 2] - a[1, 2] * a[2, 0])
        + a[0, 2] * (a[1, 0] * a[2, 1] - a[1, 1] * a[2, 0])
    )


def _einsum(equation, *inputs):
    """A row for einsum, whose ops are those of others: MatMul stands for them."""
    arrays = [normal(*shape, seed=i) for i, shape in enumerate(inputs)]
    return lambda op_type: Row(
        op_type,
        lambda *x: einsum.einsum(equation, *_ranked(x, arrays)),
        arrays,
        lambda *x: np.einsum(equation, *x),
        rtol=1e-11,
    )


def _ranked(tensors, arrays):
    """The tensors, of known rank, which einsum needs."""
    tensors = [tf.identity(x) for x in tensors]
    for x, array in zip(tensors, arrays, strict=True):
        x.set_shape([None] * array.ndim)
    return tensors


def _matrices(a, b, **flips):
    """The product of tensors that are known to be matrices."""
    return tf.matmul(*_ranked([a, b], [np.zeros((1, 1))] * 2), **flips)


def _tensordot(axes, *inputs):
    arrays = [normal(*shape, seed=i) for i, shape in enumerate(inputs)]
    return Row(
        "ProductShape",
        lambda a, b: linalg.tensordot(a, b, axes),
        arrays,
        lambda a, b: np.tensordot(a, b, axes),
    )


def _veiled(x):
    """x, of unknown rank when the graph is built."""
    return tf.placeholder_with_default(x, None)


def _vectors(op_type, x, y, **flips):
    """A product of operands whose ranks only a run shows, and its gradients."""

    def build(x, y):
        product = tf.matmul(_veiled(x), _veiled(y), **flips)
        gradients = tf.gradients(tf.square(product), [x, y])
        results = [tf.identity(t) for t in (product, *gradients)]
        for result, shape in zip(results, shapes, strict=True):
            result.set_shape(shape)
        return results

    def reference(x, y):
        a = x.swapaxes(-1, -2) if flips.get("transpose_a") else x
        b = y.swapaxes(-1, -2) if flips.get("transpose_b") else y
        product = a @ b
        rows, columns = a if a.ndim > 1 else a[None], b if b.ndim > 1 else b[:, None]
        grad = 2 * (rows @ columns)
        da, db = grad @ columns.swapaxes(-1, -2), rows.swapaxes(-1, -2) @ grad
        da = da.swapaxes(-1, -2) if flips.get("transpose_a") else da
        db = db.swapaxes(-1, -2) if flips.get("transpose_b") else db
        while da.ndim > x.ndim:
            da = da.sum(0)
        while db.ndim > max(y.ndim, 2):
            db = db.sum(0)
        return [product, da.reshape(x.shape), db.reshape(y.shape)]

    shapes = [result.shape for result in reference(x, y)]
    return Row(op_type, build, [x, y], reference)


def _product_rows():
    rows = []
    for i, (ta, tb) in enumerate([(False, False), (True, False), (False, True), (True, True)]):
        a, b = normal(*((4, 3) if ta else (3, 4))), normal(*((2, 4) if tb else (4, 2)), seed=1)
        flips = {"transpose_a": ta, "transpose_b": tb}

        def product(a, b, ta=ta, tb=tb):
            return np.einsum(f"...{'ji' if ta else 'ij'},...{'kj' if tb else 'jk'}->...ik", a, b)

        rows.append(Row("MatMul", lambda a, b, f=flips: _matrices(a, b, **f), [a, b], product))
        many = np.stack([a, 2 * a, a - 1])
        rows.append(
            Row(
                "BatchMatMulV2",
                lambda a, b, f=flips: tf.matmul(a, b, **f),
                [many, np.stack([b, b + 1, b])],
                product,
            )
        )
        rows.append(
            Row("BatchMatMulV2", lambda a, b, f=flips: tf.matmul(a, b, **f), [many, b], product)
        )
        rows.append(
            Row(
                "BatchMatMulV2",
                lambda a, b, f=flips: tf.matmul(a, b, **f),
                [many[:, None], np.stack([b, -b])],
                product,
            )
        )
        rows.append(_vectors("AsMatrix", a, b, **flips))
        if i == 0:
            rows += [
                _vectors("AsMatrixProduct", a, b[:, 0]),
                _vectors("AsMatrixProduct", a[0], b),
                _vectors("AsMatrix", a[0], b[:, 0]),
            ]
            rows += [
                _vectors("AsMatrix", many, b[:, 0]),
                _vectors("AsMatrixProduct", a[0], np.stack([b, b + 1])),
            ]
        if ta and not tb:
            rows.append(_vectors("AsMatrix", a, b[:, 0], transpose_a=True))
    return rows


ROWS = [
    *_product_rows(),
    Row("MatMul", _matrices, [np.zeros((2, 0)), np.zeros((0, 3))], lambda a, b: np.zeros((2, 3))),
    Row(
        "MatMul",
        _matrices,
        [np.array([[1, 2]]), np.array([[3], [4]])],
        lambda a, b: np.array([[11]]),
    ),
    Row(
        "MatMul",
        lambda a, b: _matrices(a, b, adjoint_b=True),
        [COMPLEX, COMPLEX],
        lambda a, b: np.einsum("ij,kj->ik", a, b.conj()),
    ),
    Row(
        "MatMul",
        lambda a, b: _matrices(a, b, transpose_a=True),
        [COMPLEX, COMPLEX],
        lambda a, b: np.einsum("ji,jk->ik", a, b),
    ),
    Row(
        "BatchMatMulV2",
        lambda a, b: tf.matmul(a, b, transpose_b=True),
        [COMPLEX[None], COMPLEX[None]],
        lambda a, b: np.einsum("bij,bkj->bik", a, b),
    ),
    Row(
        "BatchMatMulV2",
        lambda a, b: tf.matmul(a, b, adjoint_a=True),
        [COMPLEX[None], COMPLEX[None]],
        lambda a, b: np.einsum("bji,bjk->bik", a.conj(), b),
    ),
    Row(
        "MatMul",
        lambda a, b: linalg.matvec(*_ranked([a, b], [np.zeros((1, 1)), np.zeros(1)])),
        [normal(3, 4), normal(4)],
        lambda a, b: (a * b).sum(1),
    ),
    Row(
        "BatchMatMulV2",
        linalg.matvec,
        [normal(2, 3, 4), normal(2, 4)],
        lambda a, b: np.einsum("bij,bj->bi", a, b),
    ),
    _tensordot(1, (2, 3), (3, 4)),
    _tensordot(0, (2,), (3, 2)),
    _tensordot([[0, 2], [2, 1]], (2, 3, 4), (5, 4, 2)),
    _tensordot([[2, 0], [1, 2]], (2, 3, 4), (5, 4, 2)),
    _tensordot([-1, 0], (2, 3, 4), (4, 2)),
    _tensordot(2, (2, 3), (2, 3)),
    _einsum("ij,jk->ik", (2, 3), (3, 4))("MatMul"),
    _einsum("ij,kj->ki", (2, 3), (4, 3))("MatMul"),
    _einsum("abc,cd->adb", (2, 3, 4), (4, 5))("MatMul"),
    _einsum("bij,bjk->bik", (2, 3, 4), (2, 4, 5))("BatchMatMulV2"),
    _einsum("bhij,bhjk->bihk", (2, 2, 3, 4), (2, 2, 4, 3))("BatchMatMulV2"),
    _einsum("ijab,jiab->b", (2, 3, 2, 2), (3, 2, 2, 2))("BatchMatMulV2"),
    _einsum("i,ij,j->", (2,), (2, 3), (3,))("MatMul"),
    _einsum("ij,jk,kl->li", (2, 3), (3, 2), (2, 2))("MatMul"),
    _einsum("ij,ij,ij->i", (2, 3), (2, 3), (2, 3))("Mul"),
    _einsum("i,j,k->kij", (2,), (3,), (2,))("Mul"),
    _einsum("ij,k->ik", (2, 3), (2,))("Mul"),
    _einsum("ij,j->ij", (2, 3), (3,))("Mul"),
    _einsum("ij,i->ij", (2, 3), (2,))("Mul"),
    _einsum(",->", (), ())("Mul"),
    _einsum("...ij,...jk", (2, 1, 3, 4), (5, 4, 2))("BatchMatMulV2"),
    _einsum("...i,...i->...", (2, 3, 2), (3, 2))("BatchMatMulV2"),
    Row(
        "Sum",
        lambda x: einsum.einsum("i...->i", *_ranked([x], [np.zeros((1, 1, 1))])),
        [normal(2, 3, 2)],
        lambda x: x.sum((1, 2)),
    ),
    _einsum("ba", (2, 3))("Transpose"),
    Row("Cross", linalg.cross, [normal(2, 3), normal(2, 3, seed=1)], np.cross),
    Row(
        "Cross",
        linalg.cross,
        [np.array([1, 2, 3]), np.array([4, 5, 6])],
        lambda a, b: np.array([-3, 6, -3]),
    ),
    Row("Sum", linalg.trace, [normal(2, 3, 2)], lambda x: x[:, 0, 0] + x[:, 1, 1]),
    Row(
        "MatrixInverse",
        decompositions.matrix_inverse,
        [MANY],
        lambda x: np.stack([np.linalg.solve(a, np.eye(3)) for a in x]),
    ),
    Row(
        "MatrixInverse",
        lambda x: decompositions.matrix_inverse(x, adjoint=True),
        [SQUARE],
        lambda x: np.linalg.solve(x.T, np.eye(3)),
    ),
    Row("MatrixInverse", decompositions.matrix_inverse, [np.zeros((2, 0, 0))], lambda x: x),
    Row("MatrixDeterminant", decompositions.matrix_determinant, [SQUARE], _cofactors),
    Row(
        "MatrixDeterminant",
        decompositions.matrix_determinant,
        [MANY],
        lambda x: np.array([_cofactors(a) for a in x]),
    ),
    Row(
        "LogMatrixDeterminant",
        lambda x: list(decompositions.slogdet(x)),
        [-MANY],
        lambda x: [-np.ones(2), np.log([abs(_cofactors(a)) for a in x])],
    ),
    Row(
        "Cholesky", lambda x: decompositions.cholesky(_symmetric(x)), [MANY], _cholesky, rtol=1e-11
    ),
    Row(
        "Cholesky",
        lambda x: decompositions.logdet(_symmetric(x)),
        [SQUARE],
        lambda x: np.log(_cofactors(x @ x.T + np.eye(3))),
    ),
    Row(
        "MatrixSolve",
        decompositions.matrix_solve,
        [MANY, normal(2, 3, 2)],
        lambda a, b: np.linalg.inv(a) @ b,
    ),
    Row(
        "MatrixSolve",
        lambda a, b: decompositions.matrix_solve(a, b, adjoint=True),
        [SQUARE, normal(3, 2)],
        lambda a, b: np.linalg.inv(a.T) @ b,
    ),
    Row(
        "MatrixTriangularSolve",
        decompositions.matrix_triangular_solve,
        [MANY, normal(2, 3, 2)],
        lambda a, b: np.linalg.inv(np.tril(a)) @ b,
    ),
    Row(
        "MatrixTriangularSolve",
        lambda a, b: decompositions.matrix_triangular_solve(a, b, lower=False),
        [SQUARE, normal(3, 2)],
        lambda a, b: np.linalg.inv(np.triu(a)) @ b,
    ),
    Row(
        "MatrixTriangularSolve",
        lambda a, b: decompositions.matrix_triangular_solve(a, b, adjoint=True),
        [SQUARE, normal(3, 2)],
        lambda a, b: np.linalg.inv(np.tril(a).T) @ b,
    ),
    Row(
        "MatrixTriangularSolve",
        lambda a, b: decompositions.matrix_triangular_solve(a, b, lower=False, adjoint=True),
        [SQUARE, normal(3, 2)],
        lambda a, b: np.linalg.inv(np.triu(a).T) @ b,
    ),
    Row(
        "MatrixTriangularSolve",
        lambda a, b: decompositions.cholesky_solve(decompositions.cholesky(_symmetric(a)), b),
        [SQUARE, normal(3, 2)],
        lambda a, b: np.linalg.inv(a @ a.T + np.eye(3)) @ b,
    ),
    Row("Qr", lambda x: list(decompositions.qr(x)), [normal(2, 4, 3)], _gram_schmidt),
    Row("Qr", lambda x: list(decompositions.qr(x, full_matrices=True)), [SQUARE], _gram_schmidt),
    Row(
        "Qr",
        lambda x: list(decompositions.qr(x)),
        [normal(2, 3)],
        _gram_schmidt,
        differentiate=False,
    ),
    Row("Svd", lambda x: _whole(decompositions.svd(x)), [normal(2, 4, 3)], _whole_np, rtol=1e-11),
    Row("Svd", lambda x: _whole(decompositions.svd(x)), [normal(2, 3)], _whole_np, rtol=1e-11),
    Row(
        "Svd",
        lambda x: _whole(decompositions.svd(x, full_matrices=True)),
        [normal(3, 3)],
        _whole_np,
        rtol=1e-11,
    ),
    Row(
        "Svd",
        lambda x: decompositions.svd(x, compute_uv=False),
        [normal(3, 2)],
        lambda x: np.sqrt(np.linalg.eigvalsh(x.T @ x)[::-1]),
    ),
    Row("SelfAdjointEigV2", _own, [normal(2, 3, 3)], _own_np, rtol=1e-11),
    Row(
        "SelfAdjointEigV2",
        decompositions.self_adjoint_eigvals,
        [normal(3, 3)],
        lambda x: _own_np(x)[0],
    ),
    Row("Sqrt", norms.norm, [normal(2, 3)], lambda x: np.sqrt((x**2).sum())),
    Row("Abs", lambda x: norms.norm(x, 1, axis=1), [normal(2, 3)], lambda x: np.abs(x).sum(1)),
    Row(
        "Pow",
        lambda x: norms.norm(x, 3, axis=0, keepdims=True),
        [positive(2, 3)],
        lambda x: (x**3).sum(0, keepdims=True) ** (1 / 3),
    ),
    Row(
        "Svd",
        lambda x: norms.norm(*_ranked([x], [np.zeros((2, 4, 3))]), 2, axis=[2, 0]),
        [normal(2, 4, 3)],
        lambda x: np.linalg.norm(x, 2, axis=(2, 0)),
    ),
    Row(
        "Svd",
        lambda x: norms.norm(*_ranked([x], [np.zeros((2, 3))]), 2, axis=[0, 1], keepdims=True),
        [normal(2, 3)],
        lambda x: np.linalg.norm(x, 2, keepdims=True),
    ),
    Row(
        "Rsqrt",
        lambda x: norms.l2_normalize(x, 1),
        [normal(2, 3)],
        lambda x: x / np.linalg.norm(x, axis=1, keepdims=True),
    ),
]

for row in ROWS:
    row.differentiate &= any(x.dtype == np.float64 for x in row.inputs)
