"""Options that TF 1.15 programs pass to a Session: accepted and kept, and but for one without effect.

There is one way to run here, on the CPU, so there is little to choose.  The names exist so that
programs that set them run.  What has an effect is how a run's NumPy calls are rewritten:
see `OptimizerOptions`.
"""

from __future__ import annotations

from typing import Any

from tinyflow.compiler.rewrite import RULES

__all__ = [
    "ConfigProto", "GPUOptions", "GraphOptions", "OptimizerOptions", "RunMetadata", "RunOptions",
    "executing_eagerly", "rules_off",
]  # fmt: skip


def executing_eagerly() -> bool:
    """False: operations are added to a graph, and a Session runs it."""
    return False


class _Options:
    """Attributes of any name, each of which may itself hold options."""

    def __init__(self, **options: Any) -> None:
        self.__dict__.update(options)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        inner = _Options()
        setattr(self, name, inner)
        return inner

    def __repr__(self) -> str:
        settings = ", ".join(f"{key}={value!r}" for key, value in self.__dict__.items())
        return f"{type(self).__name__}({settings})"


class ConfigProto(_Options):
    """What a Session was asked for: devices, threads, memory."""


class GPUOptions(_Options):
    """Options about graphics processors."""


class GraphOptions(_Options):
    """Options about the rewriting of graphs."""


class OptimizerOptions(_Options):
    """Which rules of rewriting a Session applies to the NumPy calls of a run; all, if nothing is said.

    Rules change no result by more than rounding (docs/design.md names the exceptions), so this is for
    looking at them, and for measuring.

    Args:
      opt_level: `L0` applies none.
      without: the names of rules not to apply, a list or one string: an option of tinyflow's own.
        `tinyflow.compiler.rewrite.RULES` has all rules by name; "fold" computes what is constant.

    >>> import tinyflow as tf
    >>> options = tf.OptimizerOptions(without=["small_powers"])
    >>> config = tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=options))
    >>> x = tf.placeholder(tf.float32, [3])
    >>> "np.power" in tf.Session(config=config).source(x**2)
    True
    """

    L0, L1, OFF, ON_1, ON_2 = -1, 0, -1, 1, 2


class RunOptions(_Options):
    """Options for one run."""

    NO_TRACE, SOFTWARE_TRACE, HARDWARE_TRACE, FULL_TRACE = range(4)


class RunMetadata(_Options):
    """What a run reports about itself: nothing."""


def rules_off(config: ConfigProto | None) -> frozenset[str]:
    """The names of the rules of rewriting that a Session with this config does not apply.

    Raises:
      ValueError: if `OptimizerOptions(without=...)` names a rule that is not there.
    """
    names = [*RULES, "fold"]
    options: Any = config
    for part in ("graph_options", "optimizer_options"):  # vars: reading an option would make it
        options = vars(options).get(part) if isinstance(options, _Options) else None
    settings = vars(options) if isinstance(options, _Options) else {}
    if settings.get("opt_level") == OptimizerOptions.L0:
        return frozenset(names)
    without = settings.get("without", ())
    off = frozenset([without] if isinstance(without, str) else without)
    for name in sorted(off.difference(names)):
        import difflib  # only on the way to an error

        near = difflib.get_close_matches(name, names, 1)
        hint = (
            f": did you mean {near[0]!r}?" if near else "; tinyflow.compiler.rewrite.RULES has them"
        )
        raise ValueError(f"OptimizerOptions: no rule of rewriting is called {name!r}{hint}")
    return off
