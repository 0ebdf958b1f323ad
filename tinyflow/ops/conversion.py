"""Numbers of one kind from numbers of another: casts, bits, text, and complex numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.foundation import dtypes
from tinyflow.foundation.dtypes import DType, as_dtype
from tinyflow.foundation.errors import DtypeProblem, Problem
from tinyflow.foundation.shapes import Spec, show_shape
from tinyflow.graph.gradient_registry import NotDifferentiable, RegisterGradient
from tinyflow.graph.graph import name_scope
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.base import Elementwise
from tinyflow.ops.constant import Cast, convert_to_tensor, is_tensor

__all__ = [
    "angle", "as_string", "bitcast", "cast", "complex", "conj", "imag", "real", "string_to_number",
    "to_complex64", "to_complex128", "to_double", "to_float", "to_int32", "to_int64",
]  # fmt: skip


# -- casts -----------------------------------------------------------------------------------------


@RegisterGradient("Cast")
def _cast_grad(op: Operation, grad: Any) -> Any:
    source = op.inputs[0].spec.dtype
    if source is None:
        return grad
    return cast(grad, source) if source.is_floating or source.is_complex else None


def cast(x: Any, dtype: Any, name: str | None = None) -> Tensor:
    """`x` in another dtype: float to int drops the fraction, number to bool is `x != 0`.

    Ints that the new dtype does not hold wrap around; what becomes of a float out of range is up to
    the machine (nan and 1e10 as int32 are usually -2147483648).  Of a complex number the real part
    remains.

    Returns:
      `x` itself if it has that dtype.

    Raises:
      TypeError: if `dtype` is no dtype, or one of the two is string.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.cast([1.8, -1.8, 0.0], tf.int32))
    array([ 1, -1,  0], dtype=int32)
    """
    target = as_dtype(dtype).base_dtype
    if not isinstance(x, Tensor):
        if not is_tensor(x):
            with name_scope(name, "Cast") as scope:
                x = convert_to_tensor(x, name="x")
                return x if x.spec.dtype is target else Cast([x], name=scope, DstT=target)
        x = convert_to_tensor(x)
    return x if x.spec.dtype is target else Cast([x], name=name, DstT=target)


def to_float(x: Any, name: str | None = "ToFloat") -> Tensor:
    """`x` as float32."""
    return cast(x, dtypes.float32, name)


def to_double(x: Any, name: str | None = "ToDouble") -> Tensor:
    """`x` as float64."""
    return cast(x, dtypes.float64, name)


def to_int32(x: Any, name: str | None = "ToInt32") -> Tensor:
    """`x` as int32, without its fraction."""
    return cast(x, dtypes.int32, name)


def to_int64(x: Any, name: str | None = "ToInt64") -> Tensor:
    """`x` as int64, without its fraction."""
    return cast(x, dtypes.int64, name)


def to_complex64(x: Any, name: str | None = "ToComplex64") -> Tensor:
    """`x` as complex64."""
    return cast(x, dtypes.complex64, name)


def to_complex128(x: Any, name: str | None = "ToComplex128") -> Tensor:
    """`x` as complex128."""
    return cast(x, dtypes.complex128, name)


# -- bits and text ---------------------------------------------------------------------------------


class Bitcast(Operation):
    """The same bytes, read as numbers of another dtype."""

    to: DType
    recordable = True

    def infer(self, input: Spec) -> Spec:
        if input.dtype is None or input.shape is None:
            return Spec(self.to)
        before, after = input.dtype.numpy.itemsize, self.to.numpy.itemsize
        if before == after:
            return Spec(self.to, input.shape)
        if before > after:
            return Spec(self.to, (*input.shape, before // after))
        if input.shape[-1:] not in ((None,), (after // before,)):
            raise Problem(
                f"Cannot bitcast {input.dtype.name} {show_shape(input.shape)} to {self.to.name}",
                f"the last axis must hold {after // before} numbers, which become one",
            )
        return Spec(self.to, input.shape[:-1])

    def compute(self, input: Any) -> Any:
        shape: Any = self.infer(Spec(as_dtype(input.dtype), input.shape)).shape
        # A copy: what is computed never shares memory with the operand.
        return np.array(input, copy=True).ravel().view(self.to.numpy).reshape(shape)


NotDifferentiable("Bitcast")


def bitcast(input: Any, type: Any, name: str | None = None) -> Tensor:
    """The bytes of `input`, read as numbers of dtype `type`.

    Where these are smaller there is a new last axis, where they are larger the last axis goes.

    Raises:
      ValueError: if the last axis does not fill a larger number.

    >>> import tinyflow as tf
    >>> hex(tf.Session().run(tf.bitcast(1.0, tf.int32)))
    '0x3f800000'
    """
    return Bitcast([input], name=name, to=as_dtype(type))


class AsString(Operation):
    """Each element as text."""

    precision: int = -1
    scientific: bool = False
    shortest: bool = False
    width: int = -1
    fill: str = ""
    recordable = True

    def infer(self, input: Spec) -> Spec:
        if self.scientific and self.shortest:
            raise Problem("Cannot select both scientific and shortest notation")
        if len(self.fill) > 1:
            raise Problem(f"Fill string must be one or fewer characters, not {self.fill!r}")
        if input.dtype is not None and input.dtype.is_integer:
            if self.scientific or self.shortest:
                raise Problem(f"scientific and shortest notation are not for {input.dtype.name}")
            if self.precision >= 0:
                raise Problem(f"precision is not supported for type {input.dtype.name}")
        return Spec(dtypes.string, input.shape)

    def compute(self, input: Any) -> Any:
        show = self._format(input.dtype.kind)
        result = np.empty(input.shape, object)
        result[...] = np.frompyfunc(lambda value: show(value).encode(), 1, 1)(input)
        return result

    def _format(self, kind: str) -> Any:
        if kind == "b":
            return lambda value: "true" if value else "false"
        form = "%" + self.fill + (str(self.width) if self.width >= 0 else "")
        if kind in "iu":
            return lambda value: (form + "d") % value
        if self.precision >= 0:
            form += f".{self.precision}"
        form += "e" if self.scientific else "g" if self.shortest else "f"
        if kind == "c":
            return lambda value: f"({form % value.real},{form % value.imag})"
        return lambda value: form % value


NotDifferentiable("AsString")


def as_string(
    input: Any, precision: int = -1, scientific: bool = False, shortest: bool = False,
    width: int = -1, fill: str = "", name: str | None = None,
) -> Tensor:  # fmt: skip
    """Each element as text, formatted as C's printf does (%d, %f; bools are true and false).

    Args:
      precision: digits after the point, of floats; by default 6.
      scientific: whether to write floats with an exponent (%e).
      shortest: whether to write floats in whichever form is shorter (%g).
      width: pad the text to so many characters.
      fill: with what to pad: "0" or " ", or another flag of printf's.

    Raises:
      ValueError: if what is asked for does not suit the dtype.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.as_string([3.5, 0.25], precision=2)).tolist()
    [b'3.50', b'0.25']
    """
    return AsString(
        [input], name=name, precision=precision, scientific=scientific, shortest=shortest,
        width=width, fill=fill,
    )  # fmt: skip


class StringToNumber(Operation):
    """The number that each text says."""

    out_type: DType
    recordable = True

    def infer(self, string_tensor: Spec) -> Spec:
        if string_tensor.dtype not in (None, dtypes.string):
            raise DtypeProblem(f"numbers are read from strings, not {string_tensor.dtype}")
        return Spec(self.out_type, string_tensor.shape)

    def compute(self, string_tensor: Any) -> Any:
        result = np.empty(string_tensor.shape, self.out_type.numpy)
        result[...] = np.frompyfunc(self._number, 1, 1)(string_tensor)
        return result

    def _number(self, text: bytes) -> Any:
        try:
            return self.out_type.numpy.type(text.strip())
        except (ValueError, OverflowError):
            raise Problem(
                f"StringToNumberOp could not correctly convert string: {text!r}",
                f"text that is a number of type {self.out_type.name}",
            ) from None


NotDifferentiable("StringToNumber")


def string_to_number(
    string_tensor: Any = None, out_type: Any = dtypes.float32, name: str | None = None,
    input: Any = None,
) -> Tensor:  # fmt: skip
    """The numbers that the strings of `string_tensor` (or `input`, its newer name) say.

    Args:
      out_type: float32, float64, int32 or int64.

    Raises:
      TypeError: for another `out_type`.
      InvalidArgumentError: in a run, if a string is no such number.

    >>> import tinyflow as tf
    >>> tf.Session().run(tf.string_to_number(["1.5", "-2e3"])).tolist()
    [1.5, -2000.0]
    """
    dtype = as_dtype(out_type)
    if dtype.name not in ("float32", "float64", "int32", "int64"):
        raise TypeError(f"out_type must be float32, float64, int32 or int64, not {dtype!r}")
    text = input if string_tensor is None else string_tensor
    return StringToNumber([text], name=name, out_type=dtype)


# -- complex numbers -------------------------------------------------------------------------------

_COMPLEX = {dtypes.float32: dtypes.complex64, dtypes.float64: dtypes.complex128}


class Complex(Elementwise):
    """real + 1j * imag."""

    kinds = "f"

    def infer(self, *specs: Spec) -> Spec:
        dtype, shape = super().infer(*specs)
        if dtype is not None and dtype not in _COMPLEX:
            raise DtypeProblem(
                f"real and imag have incorrect types: {dtype.name}", "tf.cast(..., tf.float32)"
            )
        return Spec(dtype and _COMPLEX[dtype], shape)

    def compute(self, real: Any, imag: Any) -> Any:
        # Not real + 1j * imag: 1j * inf is nan + inf j.
        shape = np.broadcast_shapes(real.shape, imag.shape)
        result = np.empty(shape, np.result_type(real.dtype, imag.dtype, np.complex64))
        result.real, result.imag = real, imag
        return result


@RegisterGradient("Complex")
def _complex_grad(op: Operation, grad: Any) -> Any:
    return real(grad), imag(grad)


def complex(real: Any, imag: Any, name: str | None = None) -> Tensor:
    """The complex number real + 1j * imag, element-wise: complex64 if they are float32.

    Raises:
      TypeError: if real and imag are not both float32 or both float64.
    """
    return Complex([real, imag], name=name)


class _Part(Elementwise):
    """A real number that is computed from a complex one."""

    kinds = "fciu"

    def infer(self, *specs: Spec) -> Spec:
        dtype, shape = super().infer(*specs)
        return Spec(dtype and dtype.real_dtype, shape)


class Real(_Part):
    """The real part."""

    def compute(self, input: Any) -> Any:
        return np.real(input).copy()  # a view would share the operand's memory


@RegisterGradient("Real")
def _real_grad(op: Operation, grad: Any) -> Any:
    return complex(grad, 0.0) if _is_complex(op.inputs[0]) else grad


class Imag(_Part):
    """The imaginary part: 0 for a real number."""

    def compute(self, input: Any) -> Any:
        return np.imag(input).copy()


@RegisterGradient("Imag")
def _imag_grad(op: Operation, grad: Any) -> Any:
    return Complex((0.0, grad), like=grad) if _is_complex(op.inputs[0]) else None


class Angle(_Part):
    """The angle of a complex number in the plane, from -pi to pi; 0 for a real one."""

    def compute(self, input: Any) -> Any:
        return np.angle(input) if input.dtype.kind == "c" else np.zeros_like(input)


@RegisterGradient("Angle")
def _angle_grad(op: Operation, grad: Any) -> Any:
    (z,) = op.inputs
    # d/d real = -imag / |z|^2 and d/d imag = real / |z|^2, which together are -1 / (imag + 1j real)
    return complex(-grad, 0.0) / _swapped(z) if _is_complex(z) else None


def _swapped(z: Tensor) -> Any:
    """imag + 1j * real."""
    return complex(imag(z), real(z))


class Conj(Elementwise):
    """The complex conjugate."""

    def compute(self, input: Any) -> Any:
        return np.conjugate(input)


@RegisterGradient("Conj")
def _conj_grad(op: Operation, grad: Any) -> Any:
    return conj(grad)


def _is_complex(x: Tensor) -> bool:
    dtype = x.spec.dtype
    return dtype is not None and dtype.numpy.kind == "c"


def real(input: Any, name: str | None = None) -> Tensor:
    """The real part, element-wise; a real tensor itself."""
    x = convert_to_tensor(input, name="input")
    return Real([x], name=name) if x.spec.dtype is None or _is_complex(x) else x


def imag(input: Any, name: str | None = None) -> Tensor:
    """The imaginary part, element-wise; zeros for a real tensor."""
    return Imag([input], name=name)


def angle(input: Any, name: str | None = None) -> Tensor:
    """The angle atan2(imag, real), element-wise; zeros for a real tensor."""
    return Angle([input], name=name)


def conj(x: Any, name: str | None = None) -> Tensor:
    """The complex conjugate, element-wise; a real tensor itself.

    Raises:
      TypeError: if `x` is not numeric.
    """
    tensor: Tensor = x if type(x) is Tensor else convert_to_tensor(x, name="x")
    dtype = tensor._spec.dtype
    if dtype is None or dtype.numpy.kind in "fiu":
        return tensor
    if dtype.numpy.kind != "c":
        raise TypeError(f"Expected numeric or variant tensor, got dtype {dtype!r}")
    return Conj([tensor], name=name)
