"""What a comparison of contestants measured."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class Times:
    """What was measured.

    Attributes:
      seconds: by workload and contestant, seconds per step: a figure for each round.
      failed: the workloads and contestants that went wrong.
      versions: by contestant; None for those that are absent.
    """

    versions: Mapping[str, str | None]
    seconds: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    failed: set[tuple[str, str]] = field(default_factory=set)

    def median(self, workload: str, name: str) -> float:
        taken = self.seconds[workload].get(name)
        return statistics.median(taken) if taken else math.nan

    def ratio(self, workload: str, name: str, other: str) -> float:
        """The median over the rounds of one contestant's time over the other's."""
        taken = self.seconds[workload]
        if name not in taken or other not in taken:
            return math.nan
        return statistics.median(a / b for a, b in zip(taken[name], taken[other], strict=True))

    def why_not(self, workload: str, name: str) -> str:
        """What a table says where there is no figure."""
        if self.versions[name] is None:
            return "absent"
        return "FAILED" if (workload, name) in self.failed else "-"


def scale_of(seconds: float) -> tuple[float, str]:
    """A factor that makes a handy number of such a time, and its unit."""
    return (1e6, "µs") if seconds < 1e-3 else (1e3, "ms")
