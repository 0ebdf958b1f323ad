"""Rewriting changes no result beyond rounding: random programs, with rules on and off.

Each program is run as it is defined (tests/oracle.py) and by Sessions whose compilers have all rules,
none, all but one, or some; a few times in a row, so that what is wrong with buffers, spare arrays
and constants shows; with fed arrays in various layouts.  What a Session fetches and what its
variables come to must be the same up to rounding, and NaN and infinities in the same places.

Exempt, because no rule promises it (`oracle.Noise` finds the places):

- what hangs on the sign of a zero, such as 1 / (a - a);
- what hangs on whether something far from one overflows or underflows: (a * 1e-200) * 1e-200 * 1e300;
- what hangs on a softmax being zero where its logits are finite: log(softmax(a)) there;
- to which pixel the gradient of a max-pool goes, where there are numbers that are not finite (FINITE are
  the rules about that; tests/test_images.py says what they do);
- what hangs on how something is rounded: a comparison of equals, the place of a maximum among them
  (ROUNDS are the rules that round where a sum of products would not, because they add up more).

More programs: TINYFLOW_RANDOM_GRAPHS=5000 TINYFLOW_RANDOM_FROM=1000 pytest tests/test_rewrites.py.
"""

from __future__ import annotations

import collections
import difflib
import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from random import Random
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import tinyflow as tf
from tests import oracle
from tests.random_programs import Built, Program, laid_out, shrunk, written
from tinyflow.compiler import emit, places, rewrite as compiler
from tinyflow.compiler.rewrite import RULES
from tinyflow.compiler.rules import convolutions
from tinyflow.compiler.rules.rule import rule

FIRST = int(os.environ.get("TINYFLOW_RANDOM_FROM", "0"))
COUNT = int(os.environ.get("TINYFLOW_RANDOM_GRAPHS", "40"))
MOST = 600  # programs to find one for every rule
GROUP = 20  # programs in a test
RUNS = 3  # in a row: a spare array is first written to in the second, and comes back in the third
NOISES = 4
FINITE = {"bias_after_pool", "relu_after_pool"}
ROUNDS = {"convolution_theorem"}


@pytest.fixture(autouse=True)
def small_images():
    """As if spectra, and images by place, paid for them, too, so that they are tested with them."""
    with (
        mock.patch.object(convolutions, "_pays", lambda *_: True),
        mock.patch.object(places, "_MANY", 2),
    ):
        yield


def _names() -> list[str]:
    return [*RULES, "fold"]


# -- a program by definition and in a Session ----------------------------------------------------------


class Wanted:
    """What a program's runs give by definition, and with noise (which `mixes` where spectra may)."""

    def __init__(self, built: Built, noises: int = NOISES, mixes: bool = False) -> None:
        self.built = built
        self.mixes = mixes
        self.exact = self._runs(None)
        self.noisy: list[Any] = []
        self.add_noise(noises)

    def add_noise(self, count: int) -> None:
        seeds = range(len(self.noisy), len(self.noisy) + count)
        self.noisy += [self._runs(oracle.Noise(seed, self.mixes)) for seed in seeds]

    @functools.cached_property
    def with_spectra(self) -> Wanted:
        """The same, with what spectra may do besides."""
        types = {operation.type for operation in self.built.graph.get_operations()}
        return Wanted(self.built, mixes=True) if types & {*oracle.CONVOLUTIONS} else self

    def _runs(self, noise: Any) -> list[list[Any]]:
        """The values fetched and the variables' new values, for each run."""
        built = self.built
        leaf = (lambda x: noise(None, (), x)) if noise else (lambda x: x)
        feeds = {t: leaf(x) for t, x in built.feeds.items()}
        states = {op: leaf(x) for op, x in built.states.items()}
        found: list[list[Any]] = []
        for _ in range(RUNS):
            if found and not _changes(built):
                found.append(found[0])
                continue
            values, states = oracle.run(built.tensors, built.targets, feeds, states, noise)
            found.append([*values, *[states[v.op] for v in built.variables]])
        return found

    def wrong(self, got: list[list[Any]]) -> Difference | None:
        """The first difference that rounding does not explain."""
        for run, results in enumerate(got):
            for place, result in enumerate(results):
                if self._wrong_at(run, place, result).any():
                    while len(self.noisy) < 40:  # noise may have missed what it hangs on
                        self.add_noise(20)
                    where = self._wrong_at(run, place, result)
                    if where.any():
                        return Difference(run, place, result, self.exact[run][place], where)
        return None

    def _wrong_at(self, run: int, place: int, result: Any) -> Any:
        want = self.exact[run][place]
        result = np.asarray(result)
        if (result.shape, result.dtype) != (want.shape, want.dtype):
            return np.array(True)
        return oracle.wrong(result, want, [noisy[run][place] for noisy in self.noisy])


def _changes(built: Built) -> bool:
    return any(name[0] in "ru" for name in built.names)


class Difference:
    """A result that is wrong, and where."""

    def __init__(self, run: int, place: int, got: Any, want: Any, where: Any) -> None:
        self.run, self.place, self.got, self.want = run, place, np.asarray(got), want
        self.where = where

    def __str__(self) -> str:
        text = f"run {self.run + 1}, result {self.place}: "
        if self.where.shape != self.want.shape:
            return (
                text + f"{self.got.dtype} {self.got.shape}, not {self.want.dtype} {self.want.shape}"
            )
        index = tuple(int(i) for i in np.argwhere(self.where)[0])
        return (
            text
            + f"at {index} {self.got[index]!r}, not {self.want[index]!r}; wrong {self.where.sum()}"
        )


def _session(built: Built, off: Any) -> tf.Session:
    """A Session whose compiler lacks some rules."""
    options = tf.GraphOptions(optimizer_options=tf.OptimizerOptions(without=off))
    return tf.Session(graph=built.graph, config=tf.ConfigProto(graph_options=options))


def _run(built: Built, off: Any) -> list[list[Any]]:
    """What a Session whose compiler lacks some rules fetches, and its variables, for each run."""
    found, kept = [], []
    with _session(built, off) as session:
        session.run(built.initializer)
        for run in range(RUNS):
            feeds = _fed(built, run)
            before = {t: x.copy() for t, x in feeds.items()}
            fetched = [x for x in session.run(built.fetches, feeds) if x is not None]
            for t, x in feeds.items():
                np.testing.assert_array_equal(x, before[t], f"{t.name} is fed, and was written to")
            _check_ownership(fetched, feeds)
            kept.append((fetched, [np.copy(x) for x in fetched]))
            found.append([*fetched, *session.run(built.variables)])
        for arrays, copies in kept:
            for array, copy in zip(arrays, copies, strict=True):
                np.testing.assert_array_equal(array, copy, "a fetched array was changed later")
    return found


def _fed(built: Built, run: int) -> dict[Any, Any]:
    """The values to feed, in a layout that hangs on the run; what was one array stays one."""
    made = {id(x): laid_out(x, run + 2 * i) for i, x in enumerate(built.feeds.values())}
    return {t: made[id(x)] for t, x in built.feeds.items()}


def _check_ownership(fetched: list[Any], feeds: Any) -> None:
    """The arrays fetched are the caller's: nobody else looks at them, but for what was fetched twice."""
    arrays = [x for x in fetched if isinstance(x, np.ndarray) and x.size]
    for i, array in enumerate(arrays):
        assert array.flags.writeable, "a fetched array cannot be written to"
        for other in [*feeds.values(), *[x for x in arrays[:i] if x is not array]]:
            assert not np.may_share_memory(array, other), "a fetched array is shared"


# -- differences ---------------------------------------------------------------------------------------


def _variants(random: Random, names: list[str]) -> list[frozenset[str]]:
    """The rules to switch off: none, all, two single ones, some, most."""
    few = {name for name in names if random.random() < 0.3}
    many = {name for name in names if random.random() < 0.7}
    singles = [{name} for name in random.sample(names, 2)]
    return [frozenset(off) for off in ((), names, *singles, few, many)]


def _is_of_one_size(x: Any) -> bool:
    """Neither whole numbers, sums of which may be exactly zero, nor some that are far larger."""
    known = np.abs(x[np.isfinite(x)])
    return not ((known == np.round(known)).all() or known.max(initial=0) > 1e12)


def difference(program: Program, off: Any, wanted: Wanted | None = None) -> Any:
    """What is wrong with a program's results without some rules, or None."""
    wanted = wanted or Wanted(Built(program))
    numbers = [*program.values.values(), *wanted.exact[0]]
    if not all(np.isfinite(x).all() for x in numbers if x.dtype.kind == "f"):
        off = FINITE.union(off)
    if not all(_is_of_one_size(x) for x in program.values.values() if x.ndim == 4 and x.size):
        off = ROUNDS.union(off)
    if not ROUNDS.issubset(off):
        wanted = wanted.with_spectra
    try:
        return wanted.wrong(_run(wanted.built, off))
    except (AssertionError, tf.errors.OpError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def check(program: Program, variants: list[frozenset[str]]) -> None:
    """Raises an AssertionError that says all if a program's results are not as defined."""
    wanted = Wanted(Built(program))
    for off in variants:
        if difference(program, off, wanted) is not None:
            raise AssertionError(_report(shrunk(program, partial(_fails, off=off)), off))


def _fails(program: Program, off: Any) -> bool:
    try:
        return difference(program, off) is not None
    except Exception:  # that is no program
        return False


def _report(program: Program, off: Any) -> str:
    names = _names()
    alone = [name for name in names if _fails(program, {*names} - {name})]
    needed = [name for name in names if name not in off and not _fails(program, {*off, name})]
    plain, rewritten = _source(program, names), _source(program, off)
    return "\n".join([
        f"{difference(program, off)}", "", str(program), "",
        f"rules off: {', '.join(sorted(off)) if len(off) < len(names) else 'all'}",
        f"rules that do it alone: {alone}", f"rules without which it is right: {needed}", "",
        *difflib.unified_diff(plain, rewritten, "no rules", "these rules", lineterm=""),
    ])  # fmt: skip


def _source(program: Program, off: Any) -> list[str]:
    """The text that a Session would run, or why there is none."""
    built = Built(program)
    with _session(built, off) as session:
        session.run(built.initializer)
        try:
            return session.source(built.fetches, built.feeds).splitlines()
        except tf.errors.OpError as error:
            return [str(error)]


# -- the tests -----------------------------------------------------------------------------------------


@cache
def _program(seed: int) -> Program:
    return written(Random(seed))


def _variants_of(seed: int) -> list[frozenset[str]]:
    return _variants(Random(f"variants of {seed}"), _names())


@pytest.mark.parametrize("start", range(FIRST, FIRST + COUNT, GROUP))
def test_no_rule_changes_a_result(start):
    failures = []
    for seed in range(start, min(start + GROUP, FIRST + COUNT)):
        try:
            check(_program(seed), _variants_of(seed))
        except AssertionError as error:
            failures.append(f"seed {seed}: {error}")
    assert not failures, "\n\n".join(failures)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_nor_does_any_in_programs_not_seen_before(seed):
    check(written(Random(seed)), _variants_of(seed)[:3:2])


def test_most_results_are_decided():
    """Noise exempts what hangs on rounding; it must not exempt what the test is about."""
    undecided = elements = vague = 0
    for seed in range(FIRST, FIRST + 30):
        wanted = Wanted(Built(_program(seed)))
        for place, exact in enumerate(wanted.exact[0]):
            samples = [noisy[0][place] for noisy in wanted.noisy]
            elements += exact.size
            undecided += np.count_nonzero(oracle.undecided(exact, samples))
            vague += np.count_nonzero(
                ~oracle.wrong(_off_by(exact, 1e-3), exact, samples) & (exact != 0)
            )
    assert elements > 3000
    assert undecided < 0.1 * elements
    assert vague < 0.1 * elements


def _off_by(exact: Any, relative: float) -> Any:
    return (
        exact * exact.dtype.type(1 + relative)
        if exact.dtype.kind == "f"
        else exact + exact.dtype.type(1)
    )


# -- factors, which rules move about -------------------------------------------------------------------


def _scaled_things(rng: Random) -> tuple[list[tf.Tensor], dict[tf.Tensor, Any]]:
    """A graph of what is linear, and of products, with number factors all over it."""
    inputs = [tf.placeholder(tf.float64, [3, 3]) for _ in range(2)]
    things: list[tf.Tensor] = [*inputs]
    for _ in range(rng.randint(3, 14)):
        x, y = rng.choice(things[-4:]), rng.choice(things[-4:])
        things.append(
            rng.choice(
                [
                    lambda x, y: rng.choice([0.5, 0.1, -3.0]) * x,
                    lambda x, y: rng.choice([0.5, 0.1, -3.0]) * x,
                    lambda x, y: x + y,
                    lambda x, y: x - y,
                    lambda x, y: x * y,
                    lambda x, y: x / (2.0 + y * y),
                    lambda x, y: tf.matmul(x, y),
                    lambda x, y: -tf.transpose(x),
                    lambda x, y: tf.reduce_sum(x, 0, keepdims=True) * tf.ones([3, 1], tf.float64),
                ]
            )(x, y)
        )
    numbers = np.sin(np.arange(1.0, 19.0)).reshape(2, 3, 3)  # whose sums do not happen to be zero
    return [0.1 * things[-1], *rng.sample(things, rng.randint(0, 2))], dict(
        zip(inputs, numbers, strict=True)
    )


def test_a_factor_is_taken_once():
    without = tf.OptimizerOptions(opt_level=tf.OptimizerOptions.L0)
    config = tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=without))
    moved = 0
    for seed in range(FIRST, FIRST + max(COUNT, 250)):
        with tf.Graph().as_default(), _counting() as counts:
            fetches, feeds = _scaled_things(Random(seed))
            found = tf.Session().run(fetches, feeds)
            expected = tf.Session(config=config).run(fetches, feeds)
        moved += counts["scale_at_the_source"] > 0
        for one, other in zip(found, expected, strict=True):
            scale = max(1e-300, np.abs(other).max())
            np.testing.assert_allclose(
                one / scale, other / scale, atol=1e-9, err_msg=f"seed {seed}"
            )
    assert moved > 20


@pytest.mark.parametrize(
    "build",
    [
        lambda x, y: 0.1 * tf.matmul(-(0.5 * x), tf.transpose(0.5 * x)),
        lambda x, y: 0.1 * ((0.5 * x) * (0.25 * y)),
        lambda x, y: 0.1 * tf.matmul(0.5 * x, 0.25 * y),
        lambda x, y: 0.1 * (0.5 * x + 0.25 * y),
    ],
    ids=["of itself", "of two", "of two matrices", "sum"],
)
def test_a_product_takes_a_factor_once(build):
    x, y = (tf.placeholder(tf.float32, [2, 2]) for _ in range(2))
    feeds = {x: np.array([[1.0, 2.0], [3.0, 4.0]]), y: np.array([[5.0, 6.0], [7.0, 8.0]])}
    with tf.Session() as session:
        expected = build(*map(tf.constant, feeds.values())).eval()
        np.testing.assert_allclose(session.run(build(x, y), feeds), expected, rtol=1e-6)


# -- that every rule is tested -------------------------------------------------------------------------


def _counted(function: Any, counts: collections.Counter[str]) -> Any:
    @functools.wraps(function)
    def counting(x: Any) -> Any:
        better = function(x)
        if not (better is None or (isinstance(better, dict) and not better)):
            counts[function.__name__] += 1
        return better

    return counting


@contextmanager
def _counting() -> Iterator[collections.Counter[str]]:
    """How often each rule has something to say, meanwhile."""
    counts: collections.Counter[str] = collections.Counter()

    def counted(table: Any) -> Any:
        return {call: [_counted(f, counts) for f in functions] for call, functions in table.items()}

    whole = [_counted(f, counts) for f in compiler.WHOLE]
    with (
        mock.patch.dict(compiler.ALGEBRA, counted(compiler.ALGEBRA)),
        mock.patch.dict(compiler.CHOICES, counted(compiler.CHOICES)),
        mock.patch.object(compiler, "WHOLE", whole),
    ):
        yield counts


def test_every_rule_is_tested():
    """The first program that a rule has something to say about: with it alone, and all but it."""
    untested = {*RULES}
    for seed in range(MOST):
        if not untested:
            return
        with _counting() as counts:
            _source(_program(seed), ())
        found = sorted(untested & {*counts})
        if found:
            alone = [frozenset(_names()) - {name} for name in found]
            check(_program(seed), alone + [frozenset({name}) for name in found])
        untested -= {*counts}
    assert not untested, f"rules that no program tests: {sorted(untested)}"


def test_every_rule_says_its_equation():
    for name, function in RULES.items():
        first = (function.__doc__ or "").splitlines()[0]
        assert "->" in first, name


# -- that what is wrong is found -----------------------------------------------------------------------


def _sum_for_difference(x):
    """a - b -> a + b"""
    return np.add(*x.args)


def _without_nan(x):
    """a + b -> a - (-b), but b where a is NaN"""
    a, b = x.args
    return np.where(np.not_equal(a, a), b, np.subtract(a, np.negative(b)))


def _inexact(x):
    """tanh(a) -> tanh(a (1 + 1e-11)), in float64"""
    a = x.args[0]
    known = a.fn == "np.multiply" and type(a.args[1]) is float
    return np.tanh(a * (1 + 1e-11)) if a.dtype == np.float64 and not known else None


def _in_the_wrong_order(x):
    """transpose(a) -> reshape(a)"""
    return np.reshape(x.args[0], x.shape)


@contextmanager
def _entered(call: str, function: Any) -> Iterator[None]:
    """A rule of the first round more, and none of the others about that call."""
    with mock.patch.dict(RULES), mock.patch.dict(compiler.ALGEBRA, {call: []}):
        rule(call)(function)
        yield


WRONG = {
    "np.subtract": _sum_for_difference, "np.add": _without_nan, "np.tanh": _inexact,
    "np.transpose": _in_the_wrong_order,
}  # fmt: skip


@pytest.mark.parametrize(("call", "function"), WRONG.items(), ids=WRONG)
def test_a_wrong_rule_is_found(call, function):
    with _entered(call, function):
        off = frozenset(_names()) - {function.__name__}
        found = next((s for s in range(MOST) if difference(_program(s), off) is not None), None)
        assert found is not None
        with pytest.raises(AssertionError, match=function.__name__):
            check(_program(found), [off])


def test_what_is_handed_out_uncopied_is_found():
    with mock.patch.object(emit, "own", lambda value: value):
        assert any(difference(_program(seed), ()) is not None for seed in range(MOST))
