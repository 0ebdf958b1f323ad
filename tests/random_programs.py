"""Random programs, written with what the compiler's rules look for.

A program is a few lines of Python, one statement each, and the values of its leaves.  So it is
printed as it is, and what is printed can be run.  A line comes from a template whose fields are
operands that fit ("{a} - {b}"), numbers, axes; what cannot be built or computed is not written.

A program that fails is made shorter: fewer fetches, and fed values instead of what computes them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import numpy as np

import tinyflow as tf
from tests import oracle
from tinyflow.foundation.errors import Problem

__all__ = ["Built", "Program", "laid_out", "shrunk", "written"]

LARGEST = 3000  # elements of a result
SPECIAL = [np.nan, np.nan, np.inf, -np.inf, 0.0, -0.0, 1e30, -1e-30, 5e-324, 1e305]


@dataclass
class Program:
    """Statements by the name that each defines, the values of leaves, and the names to fetch."""

    lines: dict[str, str] = field(default_factory=dict)
    values: dict[str, np.ndarray[Any, Any]] = field(default_factory=dict)
    fetches: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        leaves = [f"value[{name!r}] = {value!r}" for name, value in self.values.items()]
        return "\n".join([*leaves, *self.lines.values(), f"fetches = [{', '.join(self.fetches)}]"])

    def needed(self) -> Program:
        """The same without the lines that no fetch needs."""
        names, pending = set(), [*self.fetches]
        while pending:
            name = pending.pop()
            if name not in names:
                names.add(name)
                pending += [other for other in _words(self.lines[name]) if other in self.lines]
        lines = {name: line for name, line in self.lines.items() if name in names}
        return Program(lines, {n: v for n, v in self.values.items() if n in names}, self.fetches)


def _words(line: str) -> set[str]:
    return set(re.findall(r"\b[a-z]\d+\b", line))


class Built:
    """A program as a graph of its own.

    Attributes:
      fetches: what a Session is to fetch.
      feeds: arrays by placeholder.
      states: the variables' first values, by their operations.
    """

    def __init__(self, program: Program) -> None:
        self.graph = tf.Graph()
        self.names: dict[str, Any] = {"tf": tf, "np": np, "value": program.values}
        with self.graph.as_default():
            for line in program.lines.values():
                exec(line, self.names)
            self.variables = tf.global_variables()
            self.initializer = tf.global_variables_initializer()
        self.fetches = [self.names[name] for name in program.fetches]
        self.feeds = {
            self.names[name]: value for name, value in program.values.items() if name.startswith("x")
        }
        initial = [v.initial_value for v in self.variables]
        values, _ = oracle.run(initial, [], {}, {})
        self.states = {v.op: value for v, value in zip(self.variables, values, strict=True)}

    @property
    def tensors(self) -> list[Any]:
        """The tensors among the fetches."""
        elements = [self.graph.as_graph_element(x) for x in self.fetches]
        return [x for x in elements if not isinstance(x, tf.Operation)]

    @property
    def targets(self) -> list[Any]:
        """The operations among them."""
        return [x for x in self.fetches if isinstance(x, tf.Operation)]


# -- arrays of any layout ------------------------------------------------------------------------------


def laid_out(array: Any, how: int) -> Any:
    """An array of the same values, in another order in memory, or not to be written to."""
    array = array.copy()
    how %= 5
    if how == 1:
        array = array.T.copy().T
    elif how == 2 and array.ndim:
        array = np.repeat(array, 2, axis=-1)[..., ::2]
    elif how == 3 and array.ndim:
        array = array[::-1].copy()[::-1]
    elif how == 4:
        array.flags.writeable = False
    return array


# -- templates -----------------------------------------------------------------------------------------
# a: any operand; r, q, m: one with axes, with two or more, a matrix; b: what broadcasts with the first
# one; s: one of its shape; row, column: what is added to each row or column; c, p: numbers.

ALGEBRA = """
    -{a} | {a} + {b} | {a} - {b} | {a} * {b} | {a} / {b} | {a} + (-{b}) | (-{a}) + {b} | {a} - (-{b})
    -({a} - {b}) | -(-{a}) | {a} + {c} | {c} + {a} | {a} - {c} | {c} - {a} | {a} * {c} | {c} * {a}
    {a} / {c} | {c} / {a} | {a} ** {p} | {a} ** {p} | tf.pow({a}, {b}) | (-{a}) * {b} | {a} * (-{b})
    (-{a}) / {b} | tf.square({a}) | tf.sqrt(tf.abs({a})) | tf.rsqrt(tf.abs({a}) + 1.0) | tf.reciprocal({a})
    tf.abs({a}) | tf.exp({a}) | tf.exp(tf.tanh({a})) | tf.log({a}) | tf.log(tf.abs({a}) + 1.0)
    tf.exp(tf.log(tf.abs({a}))) | tf.tanh({a}) | tf.sigmoid({a}) | tf.nn.relu({a}) | tf.nn.softplus({a})
    tf.nn.relu(-{a}) | tf.nn.relu6({a}) | tf.maximum({a}, {b}) | tf.minimum({a}, {b}) | tf.maximum({a}, 0.0)
    tf.squared_difference({a}, {b}) | tf.where({a} > {s}, {a}, {s2}) | tf.add_n([{a}, {s}, {s2}])
    tf.identity({a}) | tf.stop_gradient({a}) | {a} * tf.ones_like({a}) | {a} + tf.zeros_like({a})
    {a} - {row} | {a} * {row} | {a} / {column} | {a} * {number} | {a} * {column} + {row} | 1.0 - {a}
    1.0 / (1.0 + tf.exp(-{a})) | {a} * (1.0 - {a}) | {a} + {a} | {a} - {a} | {a} * {a} | {a} * {a} * {a}
    {a} / {a} | tf.floor({a}) | tf.sign({a}) | tf.clip_by_value({a}, -1.0, 0.5)
    {number} * ({number} * {a}) | ({a} * {number}) * {c} | ({a} + {c}) + {c} | {c} * ({a} - {s})
    tf.cast({a} > 0, {dtype}) * {a} | tf.nn.elu({a}) | tf.nn.leaky_relu({a}) | tf.sin({a})
    {a} * {s} + {s2} * {s} | ({a} - {s}) ** 2 | {a} - {c} * {s}
"""
NUMBERS = """
    {a} + {c} | {c} + {a} | {a} - {c} | {c} - {a} | {a} * {c} | {c} * {a} | {a} / {c} | {c} / {a}
    {a} ** {p} | {a} ** {p} | {a} - 0.0 | 0.0 - {a} | {a} + 0.0 | {a} / 1.0 | {a} * -1.0 | -1.0 * {a}
    {a} ** 2 | {a} ** 3 | {a} / -1.0 | {a} * 0.0 | tf.pow({a}, 1.0) | tf.pow({a}, 3.0)
    {a} - tf.zeros_like({a}) | {a} / tf.ones_like({a}) | {a} * tf.fill(tf.shape({a}), {c})
    tf.cast({u}, {dtype}) | {number} * ({number} * {a}) | 1.0 - {a} | {a} * 0.5 + {b} * 0.5
    {c} * ({a} - {s}) | ({a} + {c}) - {c} | -{a} * {c} | ({a} * {c}) * {c}
"""
SHAPES = """
    tf.reshape({a}, {shape}) | tf.reshape({a}, [-1]) | tf.reshape(tf.reshape({a}, [-1]), {shape})
    tf.transpose({a}) | tf.transpose({r}, {perm}) | tf.transpose(tf.transpose({r}, {perm}), {perm2})
    tf.expand_dims({r}, {axis}) | tf.squeeze(tf.expand_dims({r}, {axis}), {axis}) | {a}[..., tf.newaxis]
    {r}[::-1] | {r}[1:] | {r}[0] | {r}[-1:] | {q}[:, 0] | {q}[:, 1:] | {q}[:, ::-1] | {q}[:, ::2]
    {q}[0:1, :] | tf.concat([{r}, {s}], {axis}) | tf.stack([{a}, {s}], 0) | tf.stack([{r}, {s}], {axis})
    tf.unstack({r}, axis={axis})[0] | tf.unstack({r}, axis={axis})[-1] | tf.split({r}, {parts}, {axis})[0]
    tf.split({r}, {parts}, {axis})[-1] | tf.concat(tf.split({r}, {parts}, {axis}), {axis})
    tf.stack(tf.unstack({r}, axis={axis}), axis={axis}) | tf.concat([{r}[:1], {r}[1:]], 0)
    tf.tile({m}, [2, 1]) | tf.pad({m}, [[1, 0], [0, 2]]) | tf.gather({r}, [0, 0], axis={axis})
    {q} * tf.broadcast_to({row}, tf.shape({q})) | tf.reshape({a}, tf.shape({a}))
    tf.transpose(tf.transpose({m})) + {m} | tf.reshape(tf.transpose({m}), [-1]) | tf.transpose({m}) * {c}
    tf.reverse({r}, [{axis}]) | tf.reshape({m}[:, ::2], [-1])
    tf.split({m}, {parts}, 1)[-1] * tf.split({m}, {parts}, 1)[0] | tf.add_n(tf.unstack({r}, axis={axis}))
    tf.slice({m}, [0, 0], [1, -1])
"""
REDUCTIONS = """
    tf.reduce_sum({a}) | tf.reduce_sum({r}, {axis}) | tf.reduce_sum({r}, {axis}, keepdims=True)
    tf.reduce_mean({a}) | tf.reduce_mean({r}, {axis}, keepdims={keep})
    tf.reduce_max({r}, {axis}, keepdims={keep}) | tf.reduce_min({r}, {axis}) | tf.reduce_max({a})
    tf.reduce_sum(tf.reduce_sum({q}, {axis})) | tf.reduce_sum(-{r}, {axis}) | tf.reduce_sum({a} * {s})
    tf.reduce_sum(tf.square({a})) | tf.reduce_sum(-({a} * {s})) | -tf.reduce_sum({a} * {s})
    tf.reduce_sum({r} * {s}, {axis}) | tf.reduce_mean(tf.square({a} - {s})) | tf.reduce_sum({q}, [0, 1])
    tf.reduce_sum({q}, [0, 1], keepdims=True) | tf.reduce_prod(tf.tanh({r}), {axis})
    tf.reduce_logsumexp({r}, {axis}) | tf.reshape(tf.reduce_sum({r}, {axis}, keepdims=True), [-1])
    tf.squeeze(tf.reduce_max({r}, {axis}, keepdims=True), [{axis}])
    {r} - tf.reduce_mean({r}, {axis}, keepdims=True)
    {r} / tf.reduce_sum(tf.abs({r}), {axis}, keepdims=True) | tf.reduce_sum({c} * {r}, {axis})
    tf.nn.l2_loss({a}) | tf.cumsum({r}, {axis}) | tf.argmax({r}, {axis}) | tf.reduce_sum({r}, 0) * {c}
    tf.reduce_sum(tf.reshape({a}, [-1])) | tf.reduce_sum(tf.transpose({m}), 0)
    tf.reduce_mean({m}, 0) - {row} | tf.nn.moments({q}, [0])[1] | tf.reduce_sum(tf.matmul({m}, {m_}))
    tf.reduce_max({pairs}, 1) | tf.reduce_min({pairs}, 1, keepdims=True) | tf.reduce_max({pairs}, -1)
    tf.nn.softmax({pairs})
"""
MATRICES = """
    tf.matmul({m}, {m_}) | tf.matmul({m}, {mT}, transpose_b=True) | tf.matmul({m}, {Tm}, transpose_a=True)
    tf.matmul({m}, {m}, transpose_b=True) | tf.matmul({m}, {TT}, transpose_a=True, transpose_b=True)
    tf.matmul({m}, {m}, transpose_a=True) | tf.matmul(-{m}, {m_}) | tf.matmul({m}, -{m_})
    tf.matmul({m}, {m_}) + {c} | tf.nn.bias_add(tf.matmul({m}, {m_}), {bias})
    tf.nn.relu(tf.matmul({m}, {m_}) + {bias}) | {m} + {row} | tf.nn.sigmoid(tf.matmul({m}, {m_}) + {bias})
    tf.tanh(tf.matmul({m}, {m_}) + {bias}) | {c} * tf.matmul({m}, {m_}) | tf.matmul({c} * {m}, {m_})
    tf.matmul(tf.transpose({m}), {Tm}) | tf.transpose(tf.matmul({m}, {m_}))
    tf.matmul({m}, {Tm}, transpose_a=True) * {number} | tf.nn.bias_add({m}, {row})
    tf.matmul({m}, {m_}) + tf.matmul({m}, {m_2}) | tf.matmul({m}, {m_}) * tf.matmul({m}, {m_2})
    tf.nn.xw_plus_b({m}, {m_}, {bias}) | tf.matmul({m}, {m_}) / {c}
    tf.matmul(tf.reshape({q}, [-1, tf.shape({q})[-1]]), {q_}) | tf.nn.relu({m})
    tf.matmul({cube}, {cube}, transpose_b=True) | tf.tensordot({q}, {q_}, 1)
    tf.reduce_sum(tf.matmul({m}, {m_}), 0) | tf.concat([tf.matmul({m}, {m_}), tf.matmul({m}, {m_})], 1)
    tf.matmul({m}[:, :1], {m}[:1, :])
"""
ROWS = """
    tf.nn.softmax({r}) | tf.nn.softmax({r}) | tf.nn.log_softmax({r}) | tf.log(tf.nn.softmax({r}))
    tf.nn.softmax({r}, axis={axis}) | -tf.reduce_sum({m} * tf.log(tf.nn.softmax({s})))
    -tf.reduce_sum({m} * tf.log(tf.nn.softmax({s})), axis=1) | tf.nn.softmax({r}) - {s}
    tf.reduce_mean(-tf.reduce_sum({m} * tf.log(tf.nn.softmax({s})), axis=1)) | tf.nn.softmax({r}) * {s}
    -{r} / tf.nn.softmax({s}) | tf.nn.softmax_cross_entropy_with_logits_v2(labels={m}, logits={s})
    -tf.reduce_sum({m} * tf.nn.log_softmax({s}))
    tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(labels={m}, logits={s}))
    tf.nn.sigmoid_cross_entropy_with_logits(labels={a}, logits={s})
    tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.argmax({m}, 1), logits={s})
    {r} / tf.reduce_sum({r}, -1, keepdims=True) | tf.exp({r} - tf.reduce_max({r}, -1, keepdims=True))
    tf.exp({r}) / tf.reduce_sum(tf.exp({r}), -1, keepdims=True) | tf.log(tf.reduce_sum(tf.exp({r}), -1))
    tf.reduce_sum({m} * {m}, 1, keepdims=True) * tf.nn.softmax({m}) | tf.argmax({m}, 1)
    tf.reduce_mean(tf.cast(tf.equal(tf.argmax({m}, 1), tf.argmax({s}, 1)), {dtype}))
    tf.gradients(-tf.reduce_sum({m} * tf.log(tf.nn.softmax({s}))), {s})[0]
    tf.gradients(tf.log(tf.nn.softmax({r})), {r})[0]
    tf.gradients(tf.log(tf.nn.softmax({r})) + tf.nn.softmax({r}), {r})[0]
    tf.gradients({r} * tf.log(tf.nn.softmax({s})) - {r}, {s})[0] | tf.nn.l2_normalize({r}, {axis})
    tf.nn.softmax(tf.matmul({m}, {m_}) + {bias}) | tf.nn.softmax({m}) * {column}
"""
IMAGES = """
    tf.nn.conv2d({x}, {filter}, {strides}, {padding}) | tf.nn.conv2d({x}, {filter}, {strides}, {padding})
    tf.nn.conv2d({x}, {pixel}, {strides}, {padding})
    tf.nn.conv2d({x}, {filter}, [1, 1, 1, 1], {padding}, dilations=[1, 2, 1, 1])
    tf.nn.conv2d({x}, {square}, [1, 2, 2, 1], {padding})
    tf.nn.relu(tf.nn.conv2d({x}, {filter}, {strides}, {padding}) + {outs})
    tf.nn.bias_add(tf.nn.conv2d({x}, {filter}, {strides}, {padding}), {outs})
    tf.nn.relu(tf.nn.bias_add({x}, {row})) | tf.nn.bias_add({x}, {row}) | {x} + {row} | tf.nn.relu({x})
    tf.tanh({x}) | tf.nn.max_pool({x}, {window}, {strides}, {padding})
    tf.nn.max_pool({x}, {window}, {window}, {padding}) | tf.nn.avg_pool({x}, {window}, {strides}, {padding})
    tf.nn.max_pool(tf.nn.relu({x} + {row}), {window}, {window}, {padding})
    tf.nn.relu(tf.nn.max_pool({x}, {window}, {window}, {padding}))
    tf.nn.max_pool({x} + {row}, {window}, {window}, {padding}) + {row}
    tf.nn.max_pool(tf.nn.relu(tf.nn.bias_add({x}, {row})), [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    tf.nn.conv2d({x}, {pixel}, 1, {padding})
    tf.gradients(tf.tanh(tf.nn.conv2d({x}, {pixel}, 1, {padding})), {x})[0]
    tf.gradients(tf.square(tf.nn.conv2d({x}, {pixel}, 1, {padding})), {pixel})[0]
    tf.reduce_sum(tf.square(tf.nn.conv2d({x}, {pixel}, 1, {padding})))
    tf.gradients(tf.nn.max_pool(tf.nn.relu({x}), {window}, {window}, {padding}), {x})[0]
    tf.gradients(tf.tanh(tf.nn.avg_pool({x}, {window}, {strides}, {padding})), {x})[0]
    tf.gradients(tf.square(tf.nn.max_pool(tf.nn.relu({x} + {row}), {window}, {window}, {padding})), {row})[0]
    tf.gradients(tf.tanh(tf.nn.max_pool({x} + {row}, {window}, {strides}, {padding})), {x})[0]
    tf.gradients(tf.tanh(tf.nn.max_pool(tf.nn.relu({x} + {row}), {window}, {strides}, {padding})), {x})[0]
    tf.gradients(tf.nn.max_pool(tf.nn.conv2d({x}, {filter}, 1, 'SAME') + {outs}, 2, 2, "SAME"), {filter})[0]
    tf.nn.depthwise_conv2d({x}, {deep}, [1, 1, 1, 1], {padding}) | tf.nn.relu6({x}) | {c} * {x}
    tf.reshape({x}, [-1, tf.shape({x})[-1]]) | tf.reduce_mean({x}, [1, 2])
    tf.nn.avg_pool(tf.nn.relu({x}), {window}, {window}, {padding})
    tf.nn.max_pool(-{x}, {window}, {window}, {padding}) | tf.reshape({x}, [tf.shape({x})[0], -1])
    tf.reduce_sum({x}, [0, 1, 2])
    tf.nn.max_pool(tf.nn.max_pool({x}, {window}, {strides}, {padding}), {window}, {strides}, {padding})
"""
INTEGERS = """
    {i} + {j} | {i} * {j} | {i} - {j} | {i} * 1 | {i} * -1 | -{i} | {i} - 0 | {i} // 2 | {i} ** 2
    tf.reduce_sum({i}) | tf.cast({i}, {dtype}) | tf.reduce_sum({i}, 0) | tf.maximum({i}, {j})
    tf.reshape({i}, [-1]) | tf.reduce_max({i}) | -(-{i}) | tf.transpose({i}) | {i} + (-{j})
"""


def _templates(table: str) -> list[str]:
    return [part.strip() for line in table.strip().splitlines() for part in line.split(" | ")]


THEMES = {
    name: _templates(table)
    for name, table in {
        "algebra": ALGEBRA, "numbers": NUMBERS,
        "shapes": SHAPES, "reductions": REDUCTIONS, "matrices": MATRICES,
        "rows": ROWS, "images": IMAGES, "integers": INTEGERS,
    }.items()
}  # fmt: skip
THEMES_WEIGHTS = [2 if name in ("rows", "matrices", "numbers", "images") else 1 for name in THEMES]


class _NothingFits(Exception):
    pass


class _Fields(dict[str, str]):
    """The fields of a template: each is filled in when it is first asked for, and stays."""

    def __init__(self, writer: _Writer) -> None:
        super().__init__()
        self.writer = writer
        self.first: Any = None  # the array of the first operand

    def __missing__(self, key: str) -> str:
        self[key] = text = str(self._filled(key))
        if self.first is None and text in self.writer.arrays:
            self.first = self.writer.arrays[text]
        return text

    def _filled(self, key: str) -> Any:
        writer, first, choice = self.writer, self.first, self.writer.random.choice
        ranks = {"a": 0, "r": 1, "q": 2}
        if key in ranks:
            return writer.pick(lambda x: x.ndim >= ranks[key])
        if key in ("m", "cube", "x"):
            rank = {"m": 2, "cube": 3, "x": 4}[key]
            return writer.pick(lambda x: x.ndim == rank, lambda: writer.shape(rank))
        if key in ("i", "j"):
            return writer.pick(
                lambda x: (
                    x.dtype == np.int32 and x.shape in ((), first.shape if first is not None else x.shape)
                ),
                kind="i",
            )
        if key == "b":
            return writer.pick(lambda x: _broadcasts(x.shape, first.shape))
        if key == "u":  # of a dtype known only in a run
            return writer.leaf((2, 3), "x", dtype="None")
        if key == "pairs":
            return writer.leaf((choice([16, 17, 33]), choice([2, 3])))
        fixed = {
            "c": ["0.0", "1.0", "-1.0", "0.5", "2.0", "1", "-1", "3.0"],
            "p": ["1", "2", "3", "2.0", "0.5", "-1", "1.0", "0", "3.0", "4"],
            "dtype": [f"tf.{writer.dtype.name}"], "keep": ["True", "False"],
            "padding": ["'SAME'", "'VALID'"],
            "strides": ["[1, 1, 1, 1]", "[1, 1, 1, 1]", "[1, 2, 2, 1]", "[1, 2, 1, 1]"],
            "window": ["[1, 2, 2, 1]", "[1, 3, 3, 1]", "[1, 1, 2, 1]"],
        }  # fmt: skip
        if key in fixed:
            return choice(fixed[key])
        if key in ("axis", "parts", "perm", "perm2"):
            return self._axis(key)
        if key == "shape":
            return writer.factors(first.size)
        shape = self._wanted(key)
        return writer.pick(lambda x: x.shape == shape, lambda: shape)

    def _axis(self, key: str) -> Any:
        rank = self.first.ndim
        if key == "axis":
            return self.writer.random.randrange(-rank, rank)
        if key == "parts":
            sizes = self.first.shape[int(self["axis"])]
            return self.writer.random.choice([n for n in range(1, sizes + 1) if sizes % n == 0] or [1])
        return self.writer.random.sample(range(rank), rank)

    def _wanted(self, key: str) -> tuple[int, ...]:
        """The shape of an operand that goes with the first one."""
        if key == "number":
            return ()
        shape, some = self.first.shape, self.writer.random.randint(1, 4)
        if key in ("s", "s2"):
            return shape  # type: ignore[no-any-return]
        if key in ("bias", "outs"):  # as long as the product has columns, or the convolution channels
            other = self["m_" if key == "bias" else "filter"]
            return self.writer.arrays[other].shape[-1:]  # type: ignore[no-any-return]
        if not shape:
            raise _NothingFits
        wanted: dict[str, Callable[[], tuple[int, ...]]] = {
            "row": lambda: shape[-1:], "column": lambda: (*shape[:-1], 1),
            "m_": lambda: (shape[-1], some), "m_2": lambda: self.writer.arrays[self["m_"]].shape,
            "q_": lambda: (shape[-1], some), "mT": lambda: (some, shape[1]), "Tm": lambda: (shape[0], some),
            "TT": lambda: (some, shape[0]), "filter": lambda: (2, 3, shape[3], some),
            "square": lambda: (2, 2, shape[3], some), "pixel": lambda: (1, 1, shape[3], some),
            "deep": lambda: (2, 2, shape[3], 2),
        }  # fmt: skip
        return wanted[key]()


def _broadcasts(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    try:
        return math.prod(np.broadcast_shapes(one, other)) <= LARGEST
    except ValueError:
        return False


# -- writing -------------------------------------------------------------------------------------------


def written(random: Random) -> Program:
    """A random program."""
    writer = _Writer(random)
    writer.write_leaves()
    if random.random() < 0.12:
        writer.write_cell()
    themes = random.choices([*THEMES], THEMES_WEIGHTS, k=2)
    for _ in range(random.randint(2, 12)):
        theme = themes[0] if random.random() < 0.6 else random.choice([*themes, *THEMES])
        writer.write_from(THEMES[theme])
    writer.write_slopes()
    writer.write_updates()
    return writer.finished()


class _Writer:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.rng = np.random.default_rng(random.getrandbits(32))
        self.program = Program()
        self.dtype = np.dtype(random.choice([np.float64, np.float64, np.float32]))
        self.special = random.random() < 0.35
        self.whole = random.random() < 0.15  # small whole numbers, which tie and cancel
        self.graph = tf.Graph()
        self.names: dict[str, Any] = {"tf": tf, "np": np, "value": self.program.values}
        self.arrays: dict[str, Any] = {}  # what the names of tensors stand for
        self.known: dict[Any, Any] = {}  # the same by tensor, so that nothing is computed twice

    # -- lines

    def write(self, expression: str, kind: str = "t", around: str = "") -> str | None:
        """Adds `name = expression` and returns the name; None if that is no program."""
        name = f"{kind}{len(self.program.lines)}"
        line = f"{around}{name} = {expression}"
        try:
            with self.graph.as_default():
                exec(line, self.names)
            self._look_at(name)
        except (ValueError, TypeError, LookupError, AttributeError, Problem, tf.errors.OpError):
            self.names.pop(name, None)
            return None
        self.program.lines[name] = line
        return name

    def _look_at(self, name: str) -> None:
        found = self.names[name]
        if found is None:
            raise ValueError("no gradient")
        if isinstance(found, tf.Variable):
            found = found.value()
        if isinstance(found, tf.Tensor):
            if name in self.program.values and name[0] == "x":
                self.known[found] = self.program.values[name]
            values = self.program.values.items()
            states = {self.names[v].op: x for v, x in values if v[0] == "v" and v in self.names}
            (array,), _ = oracle.run([found], [], self.known, states, self._bounded)
            self.arrays[name] = array
            if name[0] == "t":
                self.known[found] = array

    @staticmethod
    def _bounded(op: Any, operands: Any, value: Any) -> Any:
        if value.size > LARGEST:
            raise ValueError("too large to be quick")
        return value

    def write_from(self, templates: list[str]) -> str | None:
        """Adds a line from one of these templates."""
        try:
            expression = self.random.choice(templates).format_map(_Fields(self))
        except _NothingFits:
            return None
        return self.write(expression)

    # -- operands

    def shape(self, rank: int) -> tuple[int, ...]:
        """A shape of so many axes; now and then without elements."""
        if rank == 4:
            return (
                self.random.choice([1, 2, 3]),
                self.random.randint(4, 7),
                self.random.randint(4, 7),
                self.random.choice([1, 2, 3]),
            )
        shape = [self.random.choice([1, 2, 3, 4, 5, 6]) for _ in range(rank)]
        if rank and self.random.random() < 0.15:
            shape[0] = self.random.choice([17, 33, 64])
        if rank and self.random.random() < 0.04:
            shape[self.random.randrange(rank)] = 0
        return tuple(shape)

    def leaf(self, shape: tuple[int, ...], kind: str | None = None, dtype: str | None = None) -> str:
        """A new placeholder or variable of random values."""
        kind = kind or self.random.choice("xxv")
        name = f"{kind}{len(self.program.lines)}"
        self.program.values[name] = value = self._values(shape)
        static = [None if self.random.random() < 0.15 else size for size in shape]
        if kind == "v":
            written = self.write(f"tf.Variable(value[{name!r}])", "v")
        else:
            written = self.write(f"tf.placeholder({dtype or f'tf.{value.dtype.name}'}, {static})", "x")
        assert written == name, (written, name)
        return name

    def _values(self, shape: tuple[int, ...]) -> Any:
        twins = [v for n, v in self.program.values.items() if v.shape == shape and v.dtype == self.dtype]
        if twins and self.random.random() < 0.1:
            return twins[0]  # one array fed twice
        scale = self.random.choice([0.3, 1.0, 1.0, 10.0])
        value = np.asarray(self.rng.standard_normal(shape) * scale)
        if self.whole:
            value = np.asarray(self.rng.integers(-2, 3, shape), np.float64)
        if self.special and value.size and self.random.random() < 0.5:
            places = self.rng.integers(0, value.size, 2)
            value.flat[places] = self.random.choices(SPECIAL, k=2)
        with np.errstate(all="ignore"):
            return value.astype(self.dtype)

    def pick(self, fits: Any, shape: Any = None, kind: str = "f", last: int = 4) -> str:
        """The name of an operand that fits, rather a recent one, or a new leaf of some shape."""
        fitting = [name for name, x in self.arrays.items() if x.dtype.kind == kind and fits(x)]
        if shape is not None and (not fitting or self.random.random() < 0.15):
            return self.leaf(shape())
        if not fitting:
            raise _NothingFits
        return self.random.choice(fitting[-last:] if self.random.random() < 0.5 else fitting)

    def factors(self, size: int) -> list[int]:
        """A shape of so many elements."""
        if not size:
            return [0, 3]
        first = self.random.choice([n for n in range(1, size + 1) if size % n == 0])
        return self.random.choice(
            [[first, size // first], [size], [1, size], [size, 1], [first, 1, size // first]]
        )

    # -- larger pieces

    def write_leaves(self) -> None:
        base = self.shape(self.random.choice([1, 2, 2, 2, 3]))
        for shape in (base, base, base[-1:], self.shape(2), ()):
            if self.random.random() < 0.8:
                self.leaf(shape)
        if self.random.random() < 0.2 or not self.arrays:
            self.program.values[f"x{len(self.program.lines)}"] = self.rng.integers(-3, 4, base).astype(
                np.int32
            )
            self.write(f"tf.placeholder(tf.int32, {list(base)})", "x")
            self.leaf(base)

    def write_cell(self) -> None:
        """An LSTM, unrolled for a few steps that share their weights."""
        batch, inputs, units = (self.random.randint(1, 4) for _ in range(3))
        weights, bias = self.leaf((inputs + units, 4 * units)), self.leaf((4 * units,))
        h, c = self.leaf((batch, units)), self.leaf((batch, units))
        for _ in range(self.random.randint(2, 4)):
            x = self.leaf((batch, inputs), "x")
            z = self.write(f"tf.matmul(tf.concat([{x}, {h}], 1), {weights}) + {bias}")
            i, j, f, o = (self.write(f"tf.split({z}, 4, 1)[{k}]") for k in range(4))
            c = self.write(f"tf.sigmoid({f}) * {c} + tf.sigmoid({i}) * tf.tanh({j})")  # type: ignore[assignment]
            h = self.write(f"tf.sigmoid({o}) * tf.tanh({c})")  # type: ignore[assignment]

    def leaves_behind(self, name: str, kinds: str = "xv") -> list[str]:
        """The leaves of floating-point numbers that a tensor is computed from."""
        needed = Program(self.program.lines, self.program.values, [name]).needed().values
        return [n for n in needed if n[0] in kinds and self.arrays[n].dtype.kind == "f"]

    def write_slopes(self) -> None:
        """Gradients of what was written last, perhaps of both orders."""
        y = self.pick(lambda x: True, last=2)
        leaves = self.leaves_behind(y)
        if self.random.random() < 0.3 or not leaves:
            return
        wanted = self.random.sample(leaves, self.random.randint(1, min(3, len(leaves))))
        loss = self.write(f"tf.reduce_sum({y})") if self.random.random() < 0.5 else y
        slopes = self.write(f"tf.gradients({loss}, [{', '.join(wanted)}])", "g")
        found = [self.write(f"{slopes}[{i}]") for i in range(len(wanted))]
        if found[0] and self.random.random() < 0.3:
            again = self.random.choice(self.leaves_behind(found[0]) or wanted)
            self.write(f"tf.gradients(tf.reduce_sum(tf.square({found[0]})), {again})[0]")

    def write_updates(self) -> None:
        """A training step, or assignments and what reads them."""
        variables = [n for n in self.program.values if n[0] == "v"]
        if not variables or self.random.random() < 0.3:
            return
        if self.random.random() < 0.6:
            self.write_training()
            return
        for _ in range(self.random.randint(1, 3)):
            v = self.random.choice(variables)
            array = self.arrays[v]
            y = self.pick(lambda x, array=array: x.shape == array.shape)
            way = self.random.choice(["assign", "assign_add", "assign_sub"])
            update = self.write(f"tf.{way}({v}, {y})", "u")
            if update and self.random.random() < 0.5:
                self.write(f"{v} * 2.0", "t", f"with tf.control_dependencies([{update}]): ")

    def write_training(self) -> None:
        """A step of an optimizer, down the slope of something that hangs on a variable."""
        y = self.pick(lambda x: True, last=2)
        if not self.leaves_behind(y, "v"):
            y = self.write(f"tf.reduce_sum({y} - {self.leaf(self.arrays[y].shape, 'v')})") or y
        rate = self.random.choice(["0.1", "0.01", "1.0", self.pick(lambda x: x.shape == (), lambda: ())])
        rule = self.random.choice(["GradientDescent"] * 3 + ["Momentum", "Adam", "RMSProp", "Adagrad"])
        optimizer = f"tf.train.{rule}Optimizer({rate}{', 0.9' if rule == 'Momentum' else ''})"
        loss = self.random.choice(
            ["tf.reduce_mean(tf.tanh({}))", "tf.reduce_sum({})", "tf.reduce_mean(tf.square({}))"]
        )
        self.write(f"{optimizer}.minimize({loss.format(y)})", "r")

    def finished(self) -> Program:
        """The program, with what to fetch."""
        names = [n for n in self.program.lines if n in self.arrays]
        wanted = set(names[-2:]) | {self.random.choice(names) for _ in range(self.random.randint(0, 3))}
        wanted |= {n for n in self.program.lines if n[0] in "ru"}
        self.program.fetches = [n for n in self.program.lines if n in wanted and n[0] != "x"]
        if not self.program.fetches:
            self.program.fetches = [self.write(f"{names[0]} * 2") or names[0]]
        return self.program.needed()


# -- making shorter ------------------------------------------------------------------------------------


def shrunk(program: Program, fails: Callable[[Program], bool]) -> Program:
    """A short program that still fails."""
    shorter = True
    while shorter:
        shorter = False
        for candidate in _shorter(program):
            if _size(candidate) < _size(program) and fails(candidate):
                program, shorter = candidate, True
                break
    return program


def _size(program: Program) -> int:
    computed = [name for name in program.lines if name[0] not in "xv"]
    return len(program.lines) + len(computed) + len(program.fetches)


def _shorter(program: Program) -> Iterator[Program]:
    for name in program.fetches:
        yield replace(program, fetches=[name]).needed()
    for name in program.fetches:
        yield replace(program, fetches=[n for n in program.fetches if n != name]).needed()
    for name in [*program.lines][::-1]:
        if name[0] == "t" and name not in program.fetches:
            yield _cut(program, name)


def _cut(program: Program, name: str) -> Program:
    """The program with a line replaced by a placeholder that is fed what the line computes."""
    try:
        built = Built(program)
        tensor = built.names[name]
        (value,), _ = oracle.run([tensor], [], built.feeds, built.states)
    except Exception:  # it cannot be computed alone
        return program
    new = f"x{name[1:]}"
    fed = f"{new} = tf.placeholder(tf.{value.dtype.name}, {list(value.shape)})"
    lines = {
        new if n == name else n: fed if n == name else re.sub(rf"\b{name}\b", new, line)
        for n, line in program.lines.items()
    }
    return Program(lines, {**program.values, new: value}, program.fetches).needed()
