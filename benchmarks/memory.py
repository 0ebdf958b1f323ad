"""How much memory this process holds, and the most it has held, in MiB; nan where that is not told."""

from __future__ import annotations

import gc
import math
import sys


def resident() -> float:
    gc.collect()
    return _from_proc("VmRSS")


def peak() -> float:
    # Not ru_maxrss where there is a choice: a child's begins at the size of its parent.
    most = _from_proc("VmHWM")
    return _from_usage() if math.isnan(most) else most


def _from_proc(key: str) -> float:
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(key)) / 1024
    except OSError:  # not Linux
        return math.nan


def _from_usage() -> float:
    try:
        import resource
    except ImportError:  # Windows
        return math.nan
    used: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (2**20 if sys.platform == "darwin" else 1024)  # macOS counts in bytes
