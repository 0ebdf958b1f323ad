"""Options that TF 1.15 programs pass to a Session: accepted and kept, and without effect.

There is one way to run here, on the CPU, so there is nothing to choose.  The names exist so that
programs that set them run.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "ConfigProto", "GPUOptions", "GraphOptions", "OptimizerOptions", "RunMetadata", "RunOptions",
    "executing_eagerly",
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
    """Options about graph optimizers."""

    L0, L1, OFF, ON_1, ON_2 = -1, 0, -1, 1, 2


class RunOptions(_Options):
    """Options for one run."""

    NO_TRACE, SOFTWARE_TRACE, HARDWARE_TRACE, FULL_TRACE = range(4)


class RunMetadata(_Options):
    """What a run reports about itself: nothing."""
