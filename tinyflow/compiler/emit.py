"""Emitting: the text of the function, and its names."""

from __future__ import annotations

import keyword
import re
import sys
from typing import Any

import numpy as np

from tinyflow.compiler.buffers import Buffer, Layout, Part, Place, lay_out, like_old
from tinyflow.compiler.record import Expr, uniform
from tinyflow.compiler.trace import Trace
from tinyflow.compiler.walk import is_elementwise, is_view, operands, root_of
from tinyflow.foundation.kernels import KERNELS
from tinyflow.graph.operation import Operation

__all__ = ["Program", "emit"]

_PRINTED = 8  # elements; a larger constant is given to the function instead of written out
_LEAVES = ("feed", "state", "const")
_INFIX = {"np.add": "+", "np.subtract": "-", "np.multiply": "*", "np.divide": "/"}
_NAMED_OUT = ("np.maximum", "np.minimum")  # to NumPy's future a third argument is a third operand
_FRESH = ("np.matmul", "np.dot", "np.concatenate", "np.stack")  # their results are new arrays
_RESERVED = {"np", "step", "make_step", "own"}


class Program:
    """The text of a run, and what it needs to be one.

    Attributes:
      text: Python source that defines `make_step`; every `step` it makes has buffers of its own.
      names: what the text uses besides NumPy: large constants, operations.
      states: whose values `step` takes after the fed ones.
      spares: whose spare arrays it takes after those.
      updates: whose new values it returns.
      lines: for each line of the text the operation it belongs to.
      operands: for each operation that is called as it is, the Exprs it is called with.
      reshapes: whether an update may change the shape or dtype of its variable.
    """

    def __init__(self) -> None:
        self.text = ""
        self.names: dict[str, Any] = {}
        self.states: list[Operation] = []
        self.spares: tuple[Operation, ...] = ()
        self.updates: list[Operation] = []
        self.lines: dict[int, Operation] = {}
        self.operands: dict[Operation, tuple[Any, ...]] = {}
        self.reshapes = False


def _takes_out_last(expr: Expr) -> bool:
    """Whether `out` may be its last argument without a name: that takes a tenth off a small call."""
    fn = expr.fn
    return not expr.kwargs and (fn == "np.dot" or (is_elementwise(expr) and fn not in _NAMED_OUT))


def emit(trace: Trace) -> Program:
    """Writes the function that computes a trace."""
    return _Emitter(trace).write()


class _Emitter:
    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.program = Program()
        self.used = set(_RESERVED)
        self.taken: dict[str, int] = {}  # how often a name was wished for again
        self.name_of: dict[int, str] = {}
        self.calls = trace.calls
        self.leaving = set(map(id, trace.roots))
        self.layout: Layout = lay_out(trace)
        self.next_of: dict[int, list[Operation]] = {}
        for state, expr in trace.updates.items():
            if expr.fn not in _LEAVES:
                self.next_of.setdefault(id(expr), []).append(state)
        self.fixed: list[str] = []  # views of buffers
        self.given: set[int] = set()  # results that are the caller's as they are
        self.spare_names: dict[Operation, str] = {}
        self.last_op: Operation | None = None  # a comment names each operation once

    def write(self) -> Program:
        program, trace = self.program, self.trace
        program.states = [op for op, x in trace.states.items() if x.fn == "state"]
        program.updates = list(trace.updates)
        program.reshapes = any(not like_old(x, trace.old[op]) for op, x in trace.updates.items())
        leaves = [*trace.feeds.values(), *[trace.states[op] for op in program.states]]
        parameters = [self.leaf_name(leaf) for leaf in leaves]
        body = [line for expr in self.calls for line in self.statement(expr)]
        returned = "".join(self.fetched(x) + ", " for x in trace.fetches)
        committed = []
        for state, expr in trace.updates.items():
            lines, name = self.committed(state, expr)
            body += lines
            committed.append(f"{state.name!r}: {name}")
        program.spares = tuple(self.spare_names)
        # The None is what operations that are fetched come to.
        result = f"return ({returned}None{'' if returned else ','}), {{{', '.join(committed)}}}"
        self.assemble([*parameters, *self.spare_names.values()], body, result)
        return program

    def assemble(self, parameters: list[str], body: list[Any], result: str) -> None:
        lines: list[tuple[str, Operation | None]] = [("def make_step():", None)]
        lines += [("    " + line, None) for line in self.preamble()]
        lines.append((f"    def step({', '.join(parameters)}):", None))
        lines += [("        " + line, op) for line, op in body]
        lines += [("        " + result, None), ("    return step", None)]
        self.program.text = "\n".join(line for line, _ in lines) + "\n"
        self.program.lines = {i: op for i, (_, op) in enumerate(lines, 1) if op is not None}

    def preamble(self) -> list[str]:
        """What is made once: constants and buffers."""
        lines = []
        for expr in self.calls:
            if expr.fn == "const" and id(expr) in self.name_of:
                lines += self.constant(expr)
        made: dict[int, str] = {}
        for buffer in self.layout.buffers:
            name = self.buffer_name(buffer)
            shape, view = buffer.shape, ""
            if buffer.by_place:  # the same pixel of all images together
                n, height, width, channels = shape
                shape, view = (height, width, n, channels), ".transpose(2, 0, 1, 3)"
            if buffer.number in made:
                lines.append(f"{name} = {made[buffer.number]}.reshape({shape}){view}")
            else:
                made[buffer.number] = name + (".transpose(1, 2, 0, 3)" if view else "")
                lines.append(f"{name} = np.empty({shape}, np.{buffer.dtype.name}){view}")
        return lines + self.fixed

    def constant(self, expr: Expr) -> list[str]:
        name, value = self.name_of[id(expr)], expr.value
        if value is None:
            self.program.names[name] = None
            return []
        dtype, number = f"np.{value.dtype.name}", uniform(value)
        if number is not None and value.ndim and np.isfinite(number):
            return [f"{name} = {_filled(value.shape, number)[:-1]}, {dtype})"]
        if not value.size and value.dtype.kind in "fciub":  # as a list it would lose its shape
            return [f"{name} = np.zeros({value.shape}, {dtype})"]
        if value.size <= _PRINTED and value.dtype.kind in "fiub" and np.isfinite(value).all():
            return [f"{name} = np.array({_literal(value)}, {dtype})"]
        self.program.names[name] = value
        return [f"# {name}: a constant, {expr.dtype} {expr.shape}"]

    # -- names --------------------------------------------------------------------------------------

    def unique(self, wish: str) -> str:
        wish = re.sub(r"\W", "_", wish)
        if not wish or wish[0].isdigit() or keyword.iskeyword(wish):
            wish = "_" + wish
        name = wish
        while name in self.used:
            self.taken[wish] = count = self.taken.get(wish, 0) + 1
            name = f"{wish}_{count}"
        self.used.add(name)
        return name

    def leaf_name(self, leaf: Expr) -> str:
        name = self.name_of.get(id(leaf))
        if name is None:
            wish = "constant" if leaf.fn == "const" else _wish(leaf.op)
            if leaf.fn == "const" and leaf.value is not None and leaf.shape:
                wish = {0: "zeros", 1: "ones"}.get(uniform(leaf.value), wish)
            name = self.name_of[id(leaf)] = self.unique(wish)
        return name

    def buffer_name(self, buffer: Buffer) -> str:
        key = ("buffer", buffer)
        name = self.name_of.get(key)  # type: ignore[call-overload]
        if name is None:
            name = self.name_of[key] = self.unique(f"buffer{buffer.number + 1}")  # type: ignore[index]
        return name  # type: ignore[no-any-return]

    def part_name(self, part: Part) -> str:
        """The view that a part is; it is the same in every run, so it is made once."""
        key = ("part", id(part))
        name = self.name_of.get(key)  # type: ignore[call-overload]
        if name is None:
            whole = self.joined_name(part.whole)
            name = self.name_of[key] = self.unique(f"{whole}_part")  # type: ignore[index]
            self.fixed.append(f"{name} = {whole}[{_index(part.key)}]")
        return name  # type: ignore[no-any-return]

    def joined_name(self, expr: Expr) -> str:
        """A buffer, or a part of one, by the name of what is joined in it."""
        name = self.name_of.get(id(expr))
        if name is None:
            place = self.place_name(self.layout.out[id(expr)])
            name = self.name_of[id(expr)] = self.result_name(expr)
            self.fixed.append(f"{name} = {place}  # computed part by part")
        return name

    def place_name(self, place: Place) -> str:
        """What a call writes into, by name."""
        if isinstance(place, Buffer):
            return self.buffer_name(place)
        return self.part_name(place) if isinstance(place, Part) else self.spare_name(place)

    def spare_name(self, state: Operation) -> str:
        name = self.spare_names.get(state)
        if name is None:
            name = self.spare_names[state] = self.unique(_wish(state) + "_spare")
        return name

    # -- statements ---------------------------------------------------------------------------------

    def statement(self, expr: Expr) -> list[tuple[str, Operation]]:
        """The line that computes one call."""
        if expr.fn in _LEAVES:
            self.leaf_name(expr)
            return []
        if id(expr) in self.layout.joins:
            return self.join(expr)
        if expr.fn == "spread":
            return self.spread(expr)
        call = self.call(expr)
        if self.is_fixed(expr):
            name = self.name_of[id(expr)] = self.result_name(expr)
            self.fixed.append(f"{name} = {call}  # a view of {self.name_of[id(expr.args[0])]}")
            return []
        used_once = self.trace.uses[id(expr)] == 1 and id(expr) not in self.leaving
        if is_view(expr) and used_once:
            self.name_of[id(expr)] = call  # x.T.dot(d), without a line of its own
            return []
        name = self.name_of[id(expr)] = self.result_name(expr)
        return [(f"{name} = {call}{self.comment(expr)}", expr.op)]

    def comment(self, expr: Expr) -> str:
        """The operation that a line belongs to, if it is another than that of the line before."""
        comment = "" if expr.op is self.last_op else f"  # {expr.op.name}"
        self.last_op = expr.op
        return comment

    def join(self, expr: Expr) -> list[tuple[str, Operation]]:
        """The lines that put what is not yet in its place where it belongs."""
        self.joined_name(expr)
        return [
            (
                f"{self.part_name(part)}[...] = {self.name_of[id(piece)]}{self.comment(expr)}",
                expr.op,
            )
            for part, piece in self.layout.joins[id(expr)]
        ]

    def spread(self, expr: Expr) -> list[tuple[str, Operation]]:
        """The line that writes a row into every row, or a column into every column."""
        name = self.name_of[id(expr)] = self.place_name(self.layout.out[id(expr)])
        return [(f"{name}[...] = {self.name_of[id(expr.args[0])]}{self.comment(expr)}", expr.op)]

    def is_fixed(self, expr: Expr) -> bool:
        """True for a view of a buffer: it looks at the same memory in every run, so it is made once."""
        place = self.layout.out.get(id(root_of(expr)))
        if root_of(expr) is expr or not isinstance(place, Buffer | Part):
            return False
        # What is no longer contiguous may be copied when it is reshaped: then it is no view.
        reshaped = False
        while is_view(expr):
            if expr.fn == "np.reshape" and isinstance(place, Part):
                return False
            if expr.fn != "np.reshape" and reshaped:
                return False
            reshaped = reshaped or expr.fn == "np.reshape"
            expr = expr.args[0]
        return True

    def buffer_behind(self, expr: Expr) -> str:
        """The buffer that an Expr is in, by name: a view made once cannot name what a run computes."""
        out = self.layout.out.get(id(expr))
        return self.place_name(out) if isinstance(out, Buffer | Part) else self.name_of[id(expr)]

    def result_name(self, expr: Expr) -> str:
        op = expr.op
        for state in self.next_of.get(id(expr), ()):
            return self.unique(_wish(state) + "_next")
        wish = _wish(op)
        # A name that TF 1.15 gives by default is the type's, in capitals; the user's own is kept.
        default = op.name.split("/")[-1].startswith(op.type) and not op.type.startswith("Apply")
        return self.unique(wish.lower() if default else wish)

    def call(self, expr: Expr) -> str:
        fn = expr.fn
        args = [self.argument(arg) for arg in expr.args]
        if self.is_fixed(expr):
            args[0] = self.buffer_behind(expr.args[0])
        if fn == "op":
            operation, method = expr.value
            self.program.operands[operation] = tuple([_Form(x) for x in operands(expr)])
            name = self.operation_name(operation)
            return f"{name}.{method}({', '.join(args)})"
        if fn == "item":
            return f"{args[0]}[{args[1]}]"
        if fn == "getitem":
            return f"{args[0]}[{_index(expr.args[1])}]"
        if fn == "astype":
            return f"{args[0]}.astype(np.{expr.args[1].name})"
        if fn == "np.reshape" and len(expr.shape) == 1:
            return f"{args[0]}.ravel()"
        if fn == "np.reshape":
            return f"{args[0]}.reshape({args[1]})"
        if fn == "np.transpose":
            reversed_axes = tuple(range(len(expr.args[1])))[::-1] == expr.args[1]
            return f"{args[0]}.T" if reversed_axes else f"{args[0]}.transpose({args[1]})"
        if expr.known_shape == () and fn in _INFIX and id(expr) not in self.layout.out:
            return f" {_INFIX[fn]} ".join(args)  # of NumPy scalars: a tenth of a ufunc's cost
        args += [f"{key}={self.argument(value)}" for key, value in expr.kwargs]
        if fn in KERNELS:
            fn = self.kernel_name(fn)
        out = self.layout.out.get(id(expr))
        if out is not None:
            named = "" if _takes_out_last(expr) else "out="
            args.append(named + self.place_name(out))
        if fn == "np.dot":  # the method is np.dot without a quarter of a microsecond of dispatch
            return f"{args[0]}.dot({', '.join(args[1:])})"
        return f"{fn}({', '.join(args)})"

    def argument(self, value: Any) -> str:
        if isinstance(value, Expr):
            return self.name_of[id(value)]
        if isinstance(value, np.dtype):
            return f"np.{value.name}"
        if type(value) is tuple and any(isinstance(part, Expr) for part in value):
            return f"({', '.join(map(self.argument, value))},)"
        return repr(value)

    def kernel_name(self, fn: str) -> str:
        """A kernel as the text calls it; the module it is in, by its own name if no one else has it."""
        module, _, name = fn.partition(".")
        named = self.name_of.get(module)  # type: ignore[call-overload]
        if named is None:
            named = self.name_of[module] = self.unique(module)  # type: ignore[index]
            self.program.names[named] = sys.modules[KERNELS[fn].__module__]
        return f"{named}.{name}"

    def operation_name(self, operation: Operation) -> str:
        key = id(operation)
        name = self.name_of.get(key)
        if name is None:
            name = self.name_of[key] = self.unique(_wish(operation) + "_op")
            self.program.names[name] = operation
        return name

    # -- what leaves the function -----------------------------------------------------------------------

    def fetched(self, expr: Expr) -> str:
        """A result as the caller's own: never a buffer, a variable, a constant, what was fed or twice one."""
        name = self.name_of[id(expr)]
        fresh = expr.fn.endswith(".reduce") or expr.fn in _FRESH or expr.fn in KERNELS
        computed = fresh or is_elementwise(expr)
        taken = id(expr) in self.layout.out or id(expr) in self.given
        if computed and not taken and expr.known_shape is not None:
            self.given.add(id(expr))
            return name
        if expr.known_shape == () and expr.fn == "const":
            return f"{name}[()]"
        self.program.names["own"] = own
        return f"own({name})"

    def committed(self, state: Operation, expr: Expr) -> tuple[list[Any], str]:
        """The lines that make a new value the state's own, and its name."""
        name = self.name_of[id(expr)]
        if self.layout.out.get(id(expr)) is state:
            return [], name
        if expr.fn == "item" and expr.args[0].value[1] in ("draw", "renew"):  # nobody else has it
            return [], name
        if not like_old(expr, self.trace.old[state]) or expr.known_dtype == object:
            return [], f"np.array({name}, order='C')"  # as np.dot wants the spare it will become
        spare = self.spare_name(state)
        return [(f"np.copyto({spare}, {name})", expr.op)], spare


class _Form:
    """An operand's shape and dtype, for messages about it."""

    __slots__ = ("dtype", "shape")

    def __init__(self, expr: Expr) -> None:
        self.shape = expr.known_shape
        self.dtype = expr.known_dtype


def own(value: Any) -> Any:
    """A copy that belongs to the caller; what has no axes comes as a NumPy scalar."""
    array = np.array(value, object if isinstance(value, bytes) else None)
    return array if array.ndim else array[()]


def _wish(op: Any) -> str:
    """A name in the text for what an operation computes: its own, with the scope it stands in."""
    parts: list[str] = op.name.split("/")
    *scopes, name = parts
    for scope in reversed(scopes):
        if scope.endswith("_grad"):
            return scope  # gradients are named after what they differentiate
    updates = [i for i, scope in enumerate(scopes) if scope.startswith("update_")]
    if op.type.startswith("Apply") and updates:
        return "_".join(scopes[updates[-1] :])  # update_W, update_layer_W
    if name == "read" or not scopes or scopes[-1].startswith("gradients"):
        return scopes[-1] if name == "read" and scopes else name
    return f"{scopes[-1]}_{name}"


def _filled(shape: tuple[int, ...], number: Any) -> str:
    if number == 1:
        return f"np.ones({shape})"
    return f"np.zeros({shape})" if number == 0 else f"np.full({shape}, {_literal(number)})"


def _literal(value: Any) -> str:
    """Numbers as one writes them: 0.1 also for the float32 nearest to it."""
    if value.ndim:
        return f"[{', '.join(map(_literal, value))}]"
    return str(value) if value.dtype.kind == "f" else repr(value.item())


def _index(key: Any) -> str:
    parts = key if isinstance(key, tuple) else (key,)
    return ", ".join(_index_part(part) for part in parts) or "()"


def _index_part(part: Any) -> str:
    if isinstance(part, slice):
        text = (
            f"{'' if part.start is None else part.start}:{'' if part.stop is None else part.stop}"
        )
        return text if part.step is None else f"{text}:{part.step}"
    if part is Ellipsis:
        return "..."
    return "None" if part is None else repr(int(part))
