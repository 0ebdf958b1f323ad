"""Products of matrices and tensors, and parts of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.foundation.dtypes import int32
from tinyflow.foundation.errors import DtypeProblem, Problem
from tinyflow.foundation.shapes import (
    Shape,
    Spec,
    broadcast_shapes,
    is_known,
    merge_shapes,
    show_shape,
)
from tinyflow.graph.constant_value import constant_value
from tinyflow.graph.gradient_registry import NotDifferentiable, RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.graph.operators import operator
from tinyflow.ops.array import Unbroadcast, reshape, shape
from tinyflow.ops.base import check_kind
from tinyflow.ops.constant import convert_to_tensor, is_tensor
from tinyflow.ops.conversion import conj
from tinyflow.ops.patterns import matrix_diag_part
from tinyflow.ops.reduction import MatrixForm, normal_axes, reduce_sum
from tinyflow.ops.shaping import expand_dims, matrix_transpose, squeeze

__all__ = ["adjoint", "cross", "matmul", "matvec", "tensordot", "trace"]


# -- the product of matrices ---------------------------------------------------------------------


def _product_shape(a: Shape, b: Shape, flip_a: bool, flip_b: bool) -> Shape:
    """The shape of a matrix product; vectors (in a run) are multiplied as NumPy does."""
    if a is None or b is None:
        return None
    if not a or not b:
        raise Problem("Shape must be at least rank 2 but is rank 0", "multiply numbers with *")
    (*batch_a, rows, inner) = a if len(a) > 1 else (None, *a)
    (*batch_b, other, columns) = b if len(b) > 1 else (*b, None)
    if flip_a and len(a) > 1:
        rows, inner = inner, rows
    if flip_b and len(b) > 1:
        other, columns = columns, other
    if None not in (inner, other) and inner != other:
        raise Problem(
            f"inner dimensions differ, {inner} and {other}: "
            f"{_shown(a, flip_a)} times {_shown(b, flip_b)}",
            "make the last axis of the first as long as the last but one of the second",
        )
    try:
        batch = broadcast_shapes(tuple(batch_a), tuple(batch_b))
    except ValueError as conflict:
        raise Problem(
            f"the batches of {show_shape(a)} and {show_shape(b)} differ: {conflict}"
        ) from None
    assert batch is not None
    return batch + (rows,) * (len(a) > 1) + (columns,) * (len(b) > 1)


def _shown(shape: Shape, flipped: bool) -> str:
    return show_shape(shape) + (" transposed" if flipped else "")


def _check_ranks(operation: Operation, least: str) -> None:
    """A vector is no matrix, but beside a tensor of unknown rank NumPy's rules are taken."""
    if any(tensor.spec.shape is None for tensor in operation.inputs):
        return
    for tensor in operation.inputs:
        known = tensor.spec.shape
        if known is not None and len(known) < 2:
            raise Problem(
                f"Shape must be {least}rank 2 but is rank {len(known)}",
                "tf.expand_dims(v, 1) makes a column of a vector; see also tf.linalg.matvec",
            )


def _check_factor(operand: str, spec: Spec) -> None:
    """Matrices of small integers are not multiplied: the sums would wrap."""
    check_kind(operand, spec.dtype, "fci")
    if spec.dtype is not None and spec.dtype.is_integer and spec.dtype.size < 4:
        raise DtypeProblem(
            f"Value passed to parameter '{operand}' has DataType {spec.dtype.name} not in list of "
            "allowed values: floating, int32, int64, complex",
            "tf.cast(x, tf.int32)",
        )


def _flipped(x: Any, flip: bool) -> Any:
    return np.swapaxes(x, -1, -2) if flip and x.ndim > 1 else x


class MatMul(Operation):
    """The product of two matrices.

    Attributes:
      transpose_a, transpose_b: whether an operand is transposed first.
    """

    transpose_a: bool = False
    transpose_b: bool = False
    same_dtype = True
    recordable = True

    def infer(self, a: Spec, b: Spec) -> Spec:
        _check_factor("a", a)
        _check_ranks(self, "")
        return Spec(
            b.dtype and a.dtype,
            _product_shape(a.shape, b.shape, self.transpose_a, self.transpose_b),
        )

    def compute(self, a: Any, b: Any) -> Any:
        _product_shape(
            a.shape, b.shape, self.transpose_a, self.transpose_b
        )  # raises a clear Problem
        return np.matmul(_flipped(a, self.transpose_a), _flipped(b, self.transpose_b))


def _product_grads(
    product: Any, a: Tensor, b: Tensor, grad: Tensor, flip_a: bool, flip_b: bool
) -> Any:
    """The gradients of `product(a, b, flip_a, flip_b)`: for a b they are grad b' and a' grad."""
    if flip_a:
        grad_a = lambda: product(b, grad, flip_b, True)  # noqa: E731
    else:
        grad_a = lambda: product(grad, b, False, not flip_b)  # noqa: E731
    if flip_b:
        grad_b = lambda: product(grad, a, True, flip_a)  # noqa: E731
    else:
        grad_b = lambda: product(a, grad, not flip_a, False)  # noqa: E731
    return grad_a, grad_b


def _matmul(a: Any, b: Any, transpose_a: bool, transpose_b: bool) -> Any:
    return MatMul((a, b), transpose_a=transpose_a, transpose_b=transpose_b, name="MatMul")


@RegisterGradient("MatMul")
def _matmul_grad(op: Any, grad: Any) -> Any:
    a, b = map(conj, op.inputs)
    return _product_grads(_matmul, a, b, grad, op.transpose_a, op.transpose_b)


class BatchMatMulV2(Operation):
    """The products of matrices that are the last two axes; the axes before them broadcast.

    Attributes:
      adj_x, adj_y: whether an operand is transposed (and conjugated) first.
    """

    adj_x: bool = False
    adj_y: bool = False
    same_dtype = True
    recordable = True

    def infer(self, x: Spec, y: Spec) -> Spec:
        _check_factor("x", x)
        _check_ranks(self, "at least ")
        return Spec(y.dtype and x.dtype, _product_shape(x.shape, y.shape, self.adj_x, self.adj_y))

    def compute(self, x: Any, y: Any) -> Any:
        _product_shape(x.shape, y.shape, self.adj_x, self.adj_y)  # raises a clear Problem
        if x.dtype.kind == "c":
            x = np.conjugate(x) if self.adj_x else x
            y = np.conjugate(y) if self.adj_y else y
        return np.matmul(_flipped(x, self.adj_x), _flipped(y, self.adj_y))


def _batch_matmul(x: Any, y: Any, adj_x: bool, adj_y: bool) -> Any:
    return BatchMatMulV2((x, y), adj_x=adj_x, adj_y=adj_y, name="MatMul")


@RegisterGradient("BatchMatMulV2")
def _batch_matmul_grad(op: Any, grad: Any) -> Any:
    x, y = op.inputs
    ranks_known = x.spec.shape is not None and y.spec.shape is not None
    rows, columns = x, y
    if not ranks_known:  # a run may show a vector
        rows, columns = AsMatrix((x,)), AsMatrix((y,), column=True)
        grad = AsMatrixProduct((grad, x, y))
    grad_x, grad_y = _product_grads(_batch_matmul, rows, columns, grad, op.adj_x, op.adj_y)
    if ranks_known and x.spec.shape[:-2] == y.spec.shape[:-2] and is_known(x.spec.shape[:-2]):
        return grad_x, grad_y

    def like(operand: Tensor, matrix: Tensor, value: Any) -> Any:
        """Undoes the broadcasting of the batches, and the making of a matrix."""
        fitted = Unbroadcast((value(), matrix))
        return fitted if matrix is operand else reshape(fitted, shape(operand))

    return lambda: like(x, rows, grad_x), lambda: like(y, columns, grad_y)


class AsMatrix(Operation):
    """`x`, if it is a vector as a matrix of one row.

    Attributes:
      column: as a matrix of one column.
    """

    column: bool = False
    recordable = True

    def infer(self, x: Spec) -> Spec:
        if x.shape is None or len(x.shape) != 1:
            return x
        return Spec(x.dtype, (*x.shape, 1) if self.column else (1, *x.shape))

    def compute(self, x: Any) -> Any:
        return np.expand_dims(x, 1 if self.column else 0) if x.ndim == 1 else x


@RegisterGradient("AsMatrix")
def _as_matrix_grad(op: Any, grad: Any) -> Any:
    return reshape(grad, shape(op.inputs[0]))


class AsMatrixProduct(Operation):
    """A product of `x` and `y`, with the axes that it lacks where one of them is a vector."""

    recordable = True

    def infer(self, product: Spec, x: Spec, y: Spec) -> Spec:
        return Spec(product.dtype)

    def compute(self, product: Any, x: Any, y: Any) -> Any:
        if y.ndim == 1:
            product = np.expand_dims(product, -1)
        return np.expand_dims(product, -2) if x.ndim == 1 else product


@RegisterGradient("AsMatrixProduct")
def _as_matrix_product_grad(op: Any, grad: Any) -> Any:
    return reshape(grad, shape(op.inputs[0])), None, None


def matmul(
    a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False, adjoint_a: bool = False,
    adjoint_b: bool = False, a_is_sparse: bool = False, b_is_sparse: bool = False,
    name: str | None = None,
) -> Any:  # fmt: skip
    """The product of two matrices, or of many: all axes but the last two broadcast.

    Args:
      a, b: tensors of the same type (floats, ints or complex numbers) and of at least two axes.
      transpose_a, transpose_b: whether an operand's last two axes change places first.
      adjoint_a, adjoint_b: the same, with complex numbers conjugated.
      a_is_sparse, b_is_sparse: accepted, and without effect.

    Where the rank of an operand is not known when the graph is built, both may be vectors; these
    are multiplied as NumPy does (TF 1.15 raises).

    Raises:
      ValueError: if an operand is no matrix, or inner dimensions or batches do not fit, or an
        operand is to be both transposed and made adjoint.
      TypeError: if the types differ or are not numbers.
      InvalidArgumentError: in a run, if only then the shapes are seen not to fit.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.matmul([[1., 2.]], [[3., 4.]], transpose_b=True))
    array([[11.]], dtype=float32)
    """
    if transpose_a and adjoint_a:
        raise ValueError("Only one of transpose_a and adjoint_a can be True.")
    if transpose_b and adjoint_b:
        raise ValueError("Only one of transpose_b and adjoint_b can be True.")
    with name_scope(name, "MatMul", [a, b]) as scope:
        a = convert_to_tensor(a, name="a")
        b = convert_to_tensor(b, name="b")
        if all(x.spec.shape is not None and len(x.spec.shape) <= 2 for x in (a, b)):
            a = conj(a) if adjoint_a else a
            b = conj(b) if adjoint_b else b
            flip_a, flip_b = transpose_a or adjoint_a, transpose_b or adjoint_b
            return MatMul((a, b), name=scope, transpose_a=flip_a, transpose_b=flip_b)
        # This op conjugates what it transposes.
        a = conj(a) if transpose_a else a
        b = conj(b) if transpose_b else b
        adj_x, adj_y = transpose_a or adjoint_a, transpose_b or adjoint_b
        return BatchMatMulV2((a, b), name=scope, adj_x=adj_x, adj_y=adj_y)


@operator("__matmul__")
def _matmul_operator(a: Any, b: Any) -> Any:
    """`a @ b`; a plain operand takes the tensor's dtype."""
    tensors = [convert_to_tensor(x) for x in (a, b) if is_tensor(x)]
    with name_scope(None, "matmul", tensors) as scope:
        dtype = tensors[0].spec.dtype
        a, b = (convert_to_tensor(x, None if is_tensor(x) else dtype) for x in (a, b))
        return matmul(a, b, name=scope)


def matvec(
    a: Any, b: Any, transpose_a: bool = False, adjoint_a: bool = False, a_is_sparse: bool = False,
    b_is_sparse: bool = False, name: str | None = None,
) -> Any:  # fmt: skip
    """The product of a matrix and a vector, or of many (see `matmul`).

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.linalg.matvec([[1., 2.], [3., 4.]], [1., 10.]))
    array([21., 43.], dtype=float32)
    """
    with name_scope(name, "MatVec", [a, b]):
        column = expand_dims(b, axis=-1)
        product = matmul(a, column, transpose_a=transpose_a, adjoint_a=adjoint_a)
        return squeeze(product, axis=-1)


# -- the product of tensors ----------------------------------------------------------------------


class ProductShape(Operation):
    """The shape of a tensor product: the sizes of `a`, then of `b`, without the contracted axes."""

    recordable = True

    def infer(self, a: Spec, a_axes: Spec, b: Spec, b_axes: Spec) -> Spec:
        free = self.free_sizes(a, a_axes, b, b_axes)
        return Spec(int32, (None if free is None else len(free),))

    def free_sizes(self, a: Any, a_axes: Any, b: Any, b_axes: Any) -> Any:
        """What is known of them, given what is known of the operands."""
        contracted = constant_value(self.inputs[1]), constant_value(self.inputs[3])
        if a.shape is None or b.shape is None or contracted[0] is None or contracted[1] is None:
            return None
        return _free(a.shape, contracted[0]) + _free(b.shape, contracted[1])

    def compute(self, a: Any, a_axes: Any, b: Any, b_axes: Any) -> Any:
        return np.array(_free(a.shape, a_axes) + _free(b.shape, b_axes), np.int32)


def _free(shape: Any, axes: Any) -> tuple[Any, ...]:
    contracted = normal_axes(axes, len(shape))
    return tuple(size for i, size in enumerate(shape) if i not in contracted)


NotDifferentiable("ProductShape")


def tensordot(a: Any, b: Any, axes: Any, name: str | None = None) -> Tensor:
    """The sum of products over pairs of axes: what is left are the other axes of `a`, then of `b`.

    Args:
      a, b: tensors of the same numeric type.
      axes: a number n, to contract the last n axes of `a` with the first n of `b` (0: the outer
        product); or two lists of axes, to contract each of the first with its partner in the
        second.

    Raises:
      ValueError: if the lists differ in length, there are no such axes, or sizes differ.
      TypeError: if the types differ.

    >>> import tinyflow as tf
    >>> print(tf.Session().run(tf.tensordot([1., 2.], [3., 4.], axes=1)))
    11.0
    """
    with name_scope(name, "Tensordot", [a, b]) as scope:
        a = convert_to_tensor(a, name="a")
        b = convert_to_tensor(b, name="b")
        a_axes, b_axes = (convert_to_tensor(x, int32, name="axes") for x in _contracted(a, axes))
        left = MatrixForm((a, a_axes), name="Reshape")
        right = MatrixForm((b, b_axes), name="Reshape", axes_first=True)
        product = MatMul((left, right), name="MatMul")
        sizes: Any = ProductShape((a, a_axes, b, b_axes), name="shape")
        result = reshape(product, sizes, name=scope)
        result.set_shape(sizes.op.free_sizes(a.spec, None, b.spec, None))
        return result


def _contracted(a: Tensor, axes: Any) -> Any:
    """The axes to contract, of each operand."""
    if isinstance(axes, int | np.integer):
        if axes < 0:
            raise ValueError("'axes' must be at least 0.")
        if a.spec.shape is not None and axes > len(a.spec.shape):
            raise ValueError(
                f"'axes' must not be larger than the number of dimensions of tensor {a}."
            )
        return list(range(-int(axes), 0)), list(range(axes))
    if not isinstance(axes, list | tuple):
        axes = convert_to_tensor(axes, int32, name="axes")
        return axes[0], axes[1]
    if len(axes) != 2:
        raise ValueError("'axes' must be an integer or have length 2.")
    first, second = ([x] if isinstance(x, int | np.integer) else x for x in axes)
    if not is_tensor(first) and not is_tensor(second) and len(first) != len(second):
        raise ValueError(
            f"Different number of contraction axes 'a' and 'b', {len(first)} != {len(second)}."
        )
    return first, second


class Cross(Operation):
    """The cross products of vectors of three numbers, which are the last axis."""

    same_dtype = True
    recordable = True

    def infer(self, a: Spec, b: Spec) -> Spec:
        check_kind("a", a.dtype, "fiu")
        try:
            shape = merge_shapes(a.shape, b.shape)
        except ValueError as conflict:
            raise Problem(
                str(conflict), "give both the same shape; cross does not broadcast"
            ) from None
        if shape is not None and (not shape or shape[-1] not in (3, None)):
            raise Problem(
                f"Dimension must be 3 but is {shape[-1:] or 'missing'}: {show_shape(shape)}"
            )
        return Spec(b.dtype and a.dtype, shape)

    def compute(self, a: Any, b: Any) -> Any:
        if a.shape != b.shape or a.shape[-1:] != (3,):
            raise Problem(
                f"needs two tensors of one shape that ends in 3, not {a.shape} and {b.shape}"
            )
        one, two = np.array([1, 2, 0]), np.array([2, 0, 1])
        return np.take(a, one, axis=-1) * np.take(b, two, axis=-1) - np.take(
            a, two, axis=-1
        ) * np.take(b, one, axis=-1)


@RegisterGradient("Cross")
def _cross_grad(op: Any, grad: Any) -> Any:
    a, b = op.inputs
    return lambda: cross(b, grad), lambda: cross(grad, a)


def cross(a: Any, b: Any, name: str | None = None) -> Tensor:
    """The cross products of vectors of three numbers: the last axes of two tensors of one shape.

    Raises:
      ValueError: if the shapes differ or do not end in 3.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.cross([1., 0., 0.], [0., 1., 0.]))
    array([0., 0., 1.], dtype=float32)
    """
    return Cross((a, b), name=name)


# -- parts of matrices ---------------------------------------------------------------------------


def trace(x: Any, name: str | None = None) -> Tensor:
    """The sums of the main diagonals of matrices, which are the last two axes.

    >>> import tinyflow as tf
    >>> print(tf.Session().run(tf.trace([[1., 2.], [3., 4.]])))
    5.0
    """
    with name_scope(name, "Trace", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        return reduce_sum(matrix_diag_part(x), [-1], name=scope)


def adjoint(matrix: Any, name: str | None = None) -> Tensor:
    """The transposes of matrices (the last two axes), with complex numbers conjugated."""
    with name_scope(name, "adjoint", [matrix]):
        return matrix_transpose(convert_to_tensor(matrix, name="matrix"), conjugate=True)
