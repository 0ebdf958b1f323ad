"""A chart of what every contestant's step takes. Needs matplotlib."""

from __future__ import annotations

import math
from typing import Any

from contestants import TITLES
from matplotlib.figure import Figure
from timings import Times, scale_of
from workloads import WORKLOADS

COLOURS = {
    "hand": "#4d4d4d",
    "tinyflow": "#d1495b",
    "torch": "#ee964b",
    "torch_fused": "#f4b77e",
    "jax": "#3b7ea1",
    "pytensor": "#8d6a9f",
    "autograd": "#66a182",
    "tf2": "#c2b280",
    "tf1": "#9c8f5f",
}
BAR, GAP = 0.8, 1.6  # of a contestant's line: the bar's height; and the lines between workloads


def draw(times: Times, path: str) -> None:
    """A group of bars for each workload, the contestants in their order."""
    names = [name for name in TITLES if name in times.versions]
    lines = len(times.seconds) * (len(names) + GAP)
    figure = Figure(figsize=(9, 1.2 + 0.2 * lines), layout="constrained")
    axes = figure.add_subplot()
    axes.set_xscale("log")
    low, high = limits(times)
    axes.set_xlim(low, high)
    ticks = []
    for place, workload in enumerate(times.seconds):
        top = place * (len(names) + GAP)
        axes.text(low, top - 0.9, heading(workload), weight="bold", va="center")
        for line, name in enumerate(names):
            bar(axes, top + line, low, times, workload, name)
            ticks.append((top + line, TITLES[name]))
    axes.set_yticks([y for y, _ in ticks], [title for _, title in ticks], fontsize=8)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(lines - GAP, -GAP)
    axes.set_xlabel("time of a training step, median (logarithmic; shorter is better)")
    axes.xaxis.set_major_formatter(lambda seconds, _: amount(seconds))
    axes.grid(axis="x", color="#dddddd")
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    figure.savefig(path, dpi=150)


def limits(times: Times) -> tuple[float, float]:
    """From the decade below the shortest time to well above the longest, where its label goes."""
    seconds = [times.median(workload, name) for workload, taken in times.seconds.items() for name in taken]
    return 10 ** math.floor(math.log10(min(seconds) / 1.5)), 3 * max(seconds)


def heading(workload: str) -> str:
    model = WORKLOADS[workload]()
    return f"{model.label}: {model.title}"


def bar(axes: Any, y: float, low: float, times: Times, workload: str, name: str) -> None:
    seconds = times.median(workload, name)
    if math.isnan(seconds):
        reason = times.why_not(workload, name)
        label = "not offered" if reason == "-" else reason
        axes.text(1.05 * low, y, label, va="center", fontsize=7.5, style="italic", color="#777777")
        return
    axes.barh(y, seconds - low, BAR, left=low, color=COLOURS[name])
    weight = "bold" if name == "tinyflow" else "normal"
    axes.text(1.05 * seconds, y, amount(seconds), va="center", fontsize=7.5, weight=weight)


def amount(seconds: float) -> str:
    """Three figures and a unit."""
    scale, unit = scale_of(seconds) if seconds < 0.9995 else (1, "s")
    return f"{float(f'{scale * seconds:.3g}'):g} {unit}"
