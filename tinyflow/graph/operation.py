"""Operations and Tensors: the nodes of a graph, and their outputs.

An op type is a subclass of `Operation`.  What it has to say:

- its *attributes*, as annotations with defaults (`keepdims: bool = False`);
- `infer(*specs)`: dtype and static shape of the outputs, from those of the inputs;
- `compute(*values)`: the outputs' values, from those of the inputs, in plain NumPy.

Calling the class adds a node and returns its output tensor (several outputs: a tuple; none: the
operation), so the smallest op is

    class square(tf.Operation):
        def __init__(self, x):
            super().__init__([x])

        def compute(self, x_value):
            return x_value ** 2

and `square(x)` is a Tensor, `square(x).op` the node.  A node never holds a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tinyflow.foundation.dtypes import DType, as_dtype, ref_of
from tinyflow.foundation.errors import DtypeProblem, OperatorNotAllowedInGraphError, Problem
from tinyflow.foundation.shapes import Spec, TensorShape, as_shape, merge_shapes, show_shape
from tinyflow.graph.graph import Graph, get_default_graph, graph_of
from tinyflow.graph.operators import TABLE, Operators
from tinyflow.graph.report import build_error
from tinyflow.graph.site import Site, user_site

if TYPE_CHECKING:
    from tinyflow.session import Session

# Calling an op class gives the op's outputs (OpType.__call__), which mypy does not see: it takes what
# the call gives for an instance.  An instance of a class with an unknown base may be anything.
_Base: Any = object

__all__ = ["OpType", "Operation", "Tensor"]


class OpType(type):
    """The type of op types: gathers their attributes, and finishes each node that is made."""

    attributes: frozenset[str]
    operand_names: tuple[str, ...]
    op_type: str

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> None:
        super().__init__(name, bases, namespace)
        inherited: frozenset[str] = getattr(bases[0], "attributes", frozenset()) if bases else frozenset()
        own = {key for key, kind in cls.__annotations__.items() if "ClassVar" not in str(kind)}
        cls.attributes = inherited | frozenset(key for key in own if not key.startswith("_"))
        if "op_type" not in namespace:
            cls.op_type = name
        for body, before in (("compute", 1), ("draw", 2)):  # `draw` takes the op's state first
            if body in namespace:
                code = getattr(namespace[body], "__code__", None)
                cls.operand_names = code.co_varnames[before : code.co_argcount] if code else ()

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        # The line that made the node is the caller's, not one in a learner's __init__; and `infer`
        # may need what the rest of that __init__ sets, so it comes after it.
        operation: Any = cls.__new__(cls)  # type: ignore[call-overload]
        operation._site = user_site()
        operation.__init__(*args, **kwargs)
        return operation._finish()


class Operation(_Base, metaclass=OpType):  # type: ignore[misc]
    """A node of the graph.

    Args:
      inputs: the tensors (or Variables, or values, which become constants) it computes from.
      name: its name; by default that of its type.
      like: a tensor whose dtype plain values among the inputs take if they can.
      attributes: values for the attributes that the class declares.

    Attributes:
      name, type, graph: as in TF 1.15.
      inputs: the input tensors.
      outputs: the output tensors.
      control_inputs: the operations that have to run before.
    """

    graph_element: ClassVar[str] = "Operation"

    # -- what a subclass may say about itself, beside infer and compute
    output_count: ClassVar[int] = 1  # outputs, for op types without `infer`
    same_dtype: ClassVar[bool] = False  # all inputs must have one dtype
    elementwise: ClassVar[bool] = False  # inputs broadcast; the walk undoes that in gradients
    recordable: ClassVar[bool] = False  # compute is pure NumPy, so its calls may be written out
    stateful: ClassVar[bool] = False  # runs once for each run it is part of; never merged, folded
    passes_on: ClassVar[bool] = False  # stateful, and its output is its first input, untouched
    ref_output: ClassVar[bool] = False  # the first output stands for a variable

    _device = ""
    _site: Site | None = None

    def __init__(
        self, inputs: Iterable[Any] = (), name: str | None = None, like: Tensor | None = None,
        **attributes: Any,
    ) -> None:  # fmt: skip
        cls = self.__class__
        for key, value in attributes.items():
            if key not in cls.attributes:
                raise TypeError(f"{cls.op_type} has no attribute {key!r}")
            setattr(self, key, value)
        inputs = tuple(inputs)
        self.graph = graph = graph_of(inputs)
        self._name = graph.op_name(cls.op_type if name is None else name)
        for value in inputs:
            if value.__class__ is not Tensor:
                inputs = self._converted(inputs, like)
                break
        self._inputs: tuple[Tensor, ...] = inputs
        self._outputs: tuple[Tensor, ...] = ()
        self._id = 0
        self.control_inputs = graph.control_inputs_for(inputs) if graph._controllers else ()
        if graph._devices:
            self._device = graph.device_of(self)
        if graph._gradient_overrides:
            self.gradient_type = graph._gradient_overrides.get(cls.op_type, cls.op_type)

    def _converted(self, values: Sequence[Any], like: Tensor | None) -> tuple[Tensor, ...]:
        """The inputs as tensors; a plain value becomes the constant `<op>/<operand>`."""
        cls, graph = type(self), self.graph
        default = nullcontext() if graph is get_default_graph() else graph.as_default()
        hint = like.spec.dtype if like is not None else None
        dtype: DType | None = None
        untyped = cls.same_dtype and any(_is_untyped(value) for value in values)
        tensors: list[Tensor] = []
        with default, graph.inside(self._name):
            for i, value in enumerate(values):
                operand = cls.operand_names[i] if i < len(cls.operand_names) else f"input_{i}"
                tensor = TABLE["operand"](value, dtype, hint, operand, cls.op_type, untyped)
                tensors.append(tensor)
                if cls.same_dtype and dtype is None and hint is None:
                    dtype = tensor.spec.dtype
        return tuple(tensors)

    def _finish(self) -> Any:
        """Infers the outputs and joins the graph; returns what the class gives when it is called."""
        inputs = self._inputs
        try:
            if self.same_dtype and len(inputs) > 1:
                self._check_dtypes()
            specs = self.infer(*[tensor._spec for tensor in inputs])
        except Problem as problem:
            raise build_error(self, problem) from None
        if specs.__class__ is not Spec:
            _check_specs(self, specs)
        self.graph.add(self)
        for tensor in inputs:
            tensor._consumers.append(self)
        if specs.__class__ is Spec:
            output = Tensor(self, 0, specs)
            self._outputs = (output,)
            return output
        self._outputs = tuple([Tensor(self, i, spec) for i, spec in enumerate(specs)])
        return self._outputs[0] if len(self._outputs) == 1 else self._outputs or self

    def _check_dtypes(self) -> None:
        first = None
        for tensor in self._inputs:
            dtype = tensor._spec[0]
            if first is None:
                first, like = dtype, tensor
            elif dtype is not first and dtype is not None:
                raise _dtype_conflict(self, tensor, like)

    # -- the two rules of an op type ------------------------------------------------------

    def infer(self, *specs: Any) -> Any:
        """Dtype and static shape of the outputs: a `tf.Spec`, or a tuple of as many as there are.

        Without this rule nothing is known before the op runs.  With it, a run makes sure that
        what a learner's `compute` returns is what the rule says.

        Raises:
          Problem: if such inputs cannot be computed with.
        """
        return (Spec(),) * type(self).output_count

    def compute(self, *values: Any) -> Any:
        """The outputs' values: one array, or a tuple of as many as there are outputs."""
        raise NotImplementedError(f"{type(self).__name__} does not say how to compute it")

    def evaluate(self, *values: Any) -> Any:
        """What `compute` returns, as arrays, and as many as there are outputs.

        Raises:
          Problem: if there are more or fewer, or a learner's `infer` says otherwise.
        """
        if self.recordable:
            return self._as_outputs(self.compute(*values), values)
        values = tuple([_read_only(value) for value in values])
        result = self._as_outputs(self.compute(*values), values)
        self._check_inferred(values, result)
        return result

    def _as_outputs(self, result: Any, values: Sequence[Any]) -> Any:
        count = len(self._outputs)
        if count == 1 and not isinstance(result, tuple | list):
            return _own(result, values)
        results = result if isinstance(result, tuple | list) else (result,)
        if count == 1 and (len(results) != 1 or isinstance(result, list)):
            results = (_as_one(result),)
        if len(results) != count:
            raise Problem(
                f"compute returned {len(results)} outputs instead of {count}",
                "return a tuple with one value for each output",
            )
        arrays = tuple([_own(value, values) for value in results])
        return arrays[0] if count == 1 else arrays

    def _check_inferred(self, values: Sequence[Any], result: Any) -> None:
        """What uses the result was written for the dtypes and shapes that `infer` gives."""
        if type(self).infer is Operation.infer:
            return
        inferred = self.infer(*[Spec(as_dtype(x.dtype), x.shape) for x in map(np.asarray, values)])
        specs = (inferred,) if inferred.__class__ is Spec else inferred
        arrays = result if isinstance(result, tuple) else (result,)
        for (dtype, shape), array in zip(specs, arrays, strict=True):
            if shape is not None and not _fits(array.shape, shape):
                raise Problem(
                    f"compute returned the shape {array.shape} where infer says {show_shape(shape)}",
                    "let infer say the shape of what compute returns",
                )
            if dtype is not None and dtype is not as_dtype(array.dtype):
                raise Problem(
                    f"compute returned {array.dtype} where infer says {dtype.name}",
                    f'return result.astype("{dtype.name}"), or let infer say {array.dtype}',
                )

    # -- what TF 1.15 lets one ask ----------------------------------------------------------

    @property
    def name(self) -> str:
        """The operation's full name."""
        return self._name

    @property
    def type(self) -> str:
        """The name of its op type, such as "MatMul"."""
        return type(self).op_type

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """The tensors it computes from."""
        return self._inputs

    @inputs.setter
    def inputs(self, value: Any) -> None:
        raise AttributeError(
            f"the inputs of {self._name!r} are tensors and stay so: a node never holds a value. "
            "fix: leave out `self.inputs = ...` in compute; a gradient reads op.inputs"
        )

    @property
    def outputs(self) -> tuple[Tensor, ...]:
        """The tensors it computes."""
        return self._outputs

    @property
    def output(self) -> Tensor:
        """The first output."""
        return self._outputs[0]

    @property
    def op_def(self) -> OpType:
        """The op type."""
        return type(self)

    @property
    def device(self) -> str:
        """The device named when it was made: noted, and without effect."""
        return self._device

    @property
    def traceback(self) -> list[tuple[str, int, str]]:
        """The user's line that made it, as (file, line, function)."""
        if self._site is None:
            return []
        code, line = self._site
        return [(code.co_filename, line, code.co_name)]

    @property
    def site(self) -> Site | None:
        """The user's line that made it, as (code, line number)."""
        return self._site

    def values(self) -> tuple[Tensor, ...]:
        """The outputs."""
        return self._outputs

    def get_attr(self, name: str) -> Any:
        """The value of one of its attributes.

        Raises:
          ValueError: if it has none of that name.
        """
        if name in type(self).attributes:
            return getattr(self, name)
        types = {"T": self._inputs or self._outputs, "SrcT": self._inputs}
        tensors = types.get(name, self._outputs if name in ("dtype", "DstT") else ())
        if tensors:
            return tensors[0].dtype.base_dtype if tensors[0].dtype else None
        raise ValueError(f"No attr named '{name}' in {self!r}")

    def colocation_groups(self) -> list[bytes]:
        """Its own group: nothing is placed here."""
        return [b"loc:@" + self._name.encode()]

    def run(self, feed_dict: Any = None, session: Session | None = None) -> None:
        """Runs this operation in the default session (or the one given).

        Raises:
          ValueError: if there is no default session, or it runs another graph.
        """
        TABLE["session_for"](session, self, "run").run(self, feed_dict)

    def __lt__(self, other: Operation) -> bool:
        return self._id < other._id

    def __repr__(self) -> str:
        return f"<tf.Operation '{self._name}' type={self.type}>"

    def __str__(self) -> str:
        lines = [f'name: "{self._name}"', f'op: "{self.type}"']
        lines += [f'input: "{tensor.name}"' for tensor in self._inputs]
        lines += [f'input: "^{op.name}"' for op in self.control_inputs]
        return "\n".join(lines) + "\n"

    def _repr_html_(self) -> str:
        """What a notebook shows: a picture of what leads to it."""
        picture: str = TABLE["_repr_html_"](self)
        return picture


def _check_specs(op: Operation, specs: Any) -> None:
    """What a learner's `infer` may get wrong."""
    if not isinstance(specs, tuple | list) or any(spec.__class__ is not Spec for spec in specs):
        raise TypeError(
            f"infer of {op.type} must return a tf.Spec, or a tuple of one for each output, but "
            f"returned {specs!r}. fix: return tf.Spec(tf.float32, (None, 3)), say; None for what is "
            "not known"
        )


def _read_only(value: Any) -> Any:
    """A view that a learner's `x += 1` cannot change what others see through."""
    if isinstance(value, np.ndarray):
        value = value.view()
        value.flags.writeable = False
    return value


def _fits(actual: tuple[int, ...], shape: tuple[int | None, ...]) -> bool:
    return len(actual) == len(shape) and all(
        known is None or known == size for known, size in zip(shape, actual, strict=True)
    )


def _own(result: Any, values: Sequence[Any]) -> Any:
    """A result as an array that shares no memory with the operands: a buffer is soon used again."""
    array = np.asarray(result)
    for value in values:
        if isinstance(value, np.ndarray) and np.may_share_memory(array, value):
            return array.copy()
    return array


def _as_one(result: Any) -> Any:
    """A tuple or list that should be one output: only a list of numbers is an array."""
    if isinstance(result, tuple):
        raise Problem(
            f"compute returned {len(result)} outputs instead of 1",
            "return one array; an op with several outputs sets output_count",
        )
    return np.asarray(result)


def _is_untyped(value: Any) -> bool:
    """True for a tensor or Variable whose dtype is not known."""
    return hasattr(value, "graph_element") and value.dtype is None


def _dtype_conflict(operation: Operation, tensor: Tensor, like: Tensor) -> DtypeProblem:
    names = type(operation).operand_names
    operand = dict(zip(operation.inputs[::-1], names[::-1], strict=False)).get(tensor, "input")
    ours, theirs = tensor.spec.dtype, like.spec.dtype
    assert ours is not None and theirs is not None
    what = (
        f"Input '{operand}' {tensor.name!r} has type {ours.name} that does not match type "
        f"{theirs.name} of {like.name!r}"
    )
    if tensor.op.type == "Const":
        return DtypeProblem(what, f"make the constant {theirs.name}, or tf.cast(..., tf.{theirs.name})")
    return DtypeProblem(what, f"tf.cast({operand}, tf.{theirs.name})")


class Tensor(Operators):
    """One output of an operation: a value that exists only while a Session runs.

    Attributes:
      op: the operation that computes it.
      value_index: which of its outputs this is.
      name: `"<operation>:<index>"`.
      dtype: a `DType`, or None while it is not known.
      shape: a `TensorShape`, as far as it is known.
    """

    graph_element: ClassVar[str] = "Tensor"
    __slots__ = ("__dict__", "__weakref__", "_consumers", "_op", "_spec", "_value_index")

    def __init__(self, op: Operation, value_index: int, spec: Spec) -> None:
        self._op = op
        self._value_index = value_index
        self._spec = spec
        self._consumers: list[Operation] = []

    @property
    def op(self) -> Operation:
        """The operation that computes this tensor."""
        return self._op

    @property
    def value_index(self) -> int:
        """Which of its operation's outputs this is."""
        return self._value_index

    @property
    def graph(self) -> Graph:
        """The graph it belongs to."""
        return self._op.graph

    @property
    def name(self) -> str:
        """`"<operation>:<index>"`."""
        return f"{self._op._name}:{self._value_index}"

    @property
    def device(self) -> str:
        """The device of its operation."""
        return self._op.device

    @property
    def spec(self) -> Spec:
        """What is known of it, as the package itself writes it."""
        return self._spec

    @property
    def dtype(self) -> Any:
        """Its `DType`, or None while it is not known."""
        dtype = self._spec.dtype
        if dtype is not None and type(self._op).ref_output and self._value_index == 0:
            return ref_of(dtype)
        return dtype

    @property
    def shape(self) -> TensorShape:
        """Its static shape."""
        return TensorShape(self._spec.shape)

    def get_shape(self) -> TensorShape:
        """Its static shape."""
        return TensorShape(self._spec.shape)

    def set_shape(self, shape: Any) -> None:
        """Adds to what is known of the shape.

        Raises:
          ValueError: if it contradicts what is known.
        """
        merged = merge_shapes(self._spec.shape, as_shape(shape))
        self._spec = Spec(self._spec.dtype, merged)

    def consumers(self) -> list[Operation]:
        """The operations that have this tensor as an input."""
        return list(dict.fromkeys(self._consumers))

    def eval(self, feed_dict: Any = None, session: Session | None = None) -> Any:
        """Its value, computed in the default session (or the one given).

        Raises:
          ValueError: if there is no default session, or it runs another graph.
        """
        return TABLE["session_for"](session, self, "eval").run(self, feed_dict)

    def __copy__(self) -> Tensor:
        return self

    def __repr__(self) -> str:
        dtype = self.dtype.name if self.dtype else "<unknown>"
        return f"<tf.Tensor '{self.name}' shape={self.shape} dtype={dtype}>"

    def __str__(self) -> str:
        shape = "" if self._spec.shape is None else f", shape={self.shape}"
        dtype = self.dtype.name if self.dtype else "<unknown>"
        return f'Tensor("{self.name}"{shape}, dtype={dtype})'

    def _repr_html_(self) -> str:
        """What a notebook shows: a picture of what leads to it."""
        picture: str = TABLE["_repr_html_"](self)
        return picture

    # -- what needs a value, and so is refused ------------------------------------------------

    def __bool__(self) -> bool:
        raise OperatorNotAllowedInGraphError(
            f"using a `tf.Tensor` as a Python `bool` is not allowed: {self.name!r} has no value "
            "until a Session runs it. fix: tf.cond(...) or tf.where(...) to choose in the graph, "
            "`if t is not None` to test for a tensor, session.run(t) for its value"
        )

    def __iter__(self) -> Iterator[Any]:
        # A generator, as in TF 1.15, so that `iter(t)` alone is no error.
        shape = self._spec.shape
        count = shape[0] if shape and shape[0] is not None else "n"
        raise OperatorNotAllowedInGraphError(
            f"iterating over `tf.Tensor` is not allowed: {self.name!r} of shape {self.shape} has no "
            f"values until a Session runs it. fix: tf.unstack(t, {count}) for its rows, or tf.map_fn"
        )
        yield  # type: ignore[unreachable]

    def __contains__(self, item: object) -> bool:
        raise OperatorNotAllowedInGraphError(
            f"`in` with a `tf.Tensor` is not allowed: {self.name!r} has no values until a Session "
            "runs it. fix: tf.reduce_any(tf.equal(t, x))"
        )

    def __len__(self) -> int:
        raise TypeError(
            f"object of type 'Tensor' has no len(): {self.name!r}. fix: t.shape[0] for its static "
            "size, tf.shape(t)[0] in the graph"
        )

    def __float__(self) -> float:
        raise TypeError(self._no_number("float"))

    def __int__(self) -> int:
        raise TypeError(self._no_number("int"))

    def __index__(self) -> int:
        raise TypeError(self._no_number("int"))

    def _no_number(self, kind: str) -> str:
        return (
            f"{kind}() argument must be a number, not 'Tensor': {self.name!r} has no value until "
            f"a Session runs it. fix: {kind}(session.run(t)), or tf.cast in the graph"
        )

    def __setitem__(self, key: object, value: object) -> None:
        raise TypeError(
            f"'Tensor' object does not support item assignment: {self.name!r}. fix: a Variable and "
            "tf.scatter_update, or tf.where / tf.concat to build the changed tensor"
        )

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray[Any, Any]:
        raise NotImplementedError(self._no_array("NumPy"))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        # `array + tensor` arrives here: let Tensor.__radd__ have it.
        if ufunc in (np.equal, np.not_equal):
            return ufunc is np.not_equal  # a tensor equals itself alone
        name = _OPERATOR_OF.get(ufunc)
        if method == "__call__" and name and not kwargs and len(inputs) == 2:
            return TABLE[name](*inputs)
        raise NotImplementedError(self._no_array(f"np.{ufunc.__name__}"))

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        raise NotImplementedError(self._no_array(f"np.{function.__name__}"))

    def _no_array(self, what: str) -> str:
        name = what.removeprefix("np.")
        name = {"sum": "reduce_sum", "mean": "reduce_mean", "max": "reduce_max",
                "min": "reduce_min", "prod": "reduce_prod"}.get(name, name)  # fmt: skip
        advice = f"tf.{name}" if what != "NumPy" else "the tf function of that name"
        return (
            f"Cannot convert a symbolic Tensor ({self.name}) to a numpy array: {what} needs values, "
            f"and there are none until a Session runs it. fix: {advice}, or session.run(t) first"
        )


_OPERATOR_OF = {
    np.add: "__add__", np.subtract: "__sub__", np.multiply: "__mul__", np.divide: "__truediv__",
    np.floor_divide: "__floordiv__", np.remainder: "__mod__", np.power: "__pow__",
    np.matmul: "__matmul__", np.logical_and: "__and__", np.less: "__lt__",
    np.less_equal: "__le__", np.greater: "__gt__", np.greater_equal: "__ge__",
    np.bitwise_and: "__and__", np.bitwise_or: "__or__", np.bitwise_xor: "__xor__",
}  # fmt: skip
