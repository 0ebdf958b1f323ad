"""Where the boxes of a drawing stand and how its lines run: in layers, from the top down.

Sugiyama's method. A box stands one layer below the lowest of its inputs. A line that passes layers
gets a joint in each, shared by all lines from the same box. Every layer is ordered by the means of
its neighbours' places, which removes most crossings. At last what stands in a layer is shifted to
be near its neighbours. Lines bend only between layers, so they never cross a box.

Nothing here knows what a box is: it is a key, with a size.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

from tinyflow.drawing.layers import Edge, Neighbours, Step, layered, mean, uncross

__all__ = ["Layout", "Piece", "Size", "lay_out"]

GAP = 18.0  # between what stands beside each other
FLAT, STEEP = 30.0, 80.0  # the least and the greatest distance between layers
PORT = 14.0  # between the heads of arrows at one box


class Size(NamedTuple):
    """The room that a box takes, with what is written below it."""

    width: float
    height: float


class Piece(NamedTuple):
    """A step as it is drawn: straight down, a bend between two layers, straight down.

    Attributes:
      x0, y0: where it begins; it bends from (x0, bend0) to (x1, bend1).
      x1, y1: where it ends.
      arrow: +1 for a head at its end, -1 for one at its beginning (a line that points up), or 0.
    """

    x0: float
    y0: float
    bend0: float
    x1: float
    bend1: float
    y1: float
    dashed: bool
    arrow: int

    def head(self) -> list[tuple[float, float]]:
        """The corners of the arrow's head; none without one."""
        length, half = 7.0 * self.arrow, 3.2
        if self.arrow > 0:
            x, y = self.x1, self.y1
        elif self.arrow < 0:
            x, y = self.x0, self.y0
        else:
            return []
        return [(x, y), (x - half, y - length), (x + half, y - length)]


class Layout(NamedTuple):
    """Where each box stands (the middle of its top), the pieces of the lines, and the whole's size."""

    places: dict[Hashable, tuple[float, float]]
    pieces: list[Piece]
    width: float
    height: float


def lay_out(sizes: Mapping[Hashable, Size], edges: Sequence[Edge]) -> Layout:
    """Lays out boxes of these sizes.

    Lines go down, but for those that would close a circle (folded scopes can feed each other).
    """
    layers, steps = layered(list(sizes), edges)
    rows: list[list[Hashable]] = [[] for _ in range(max(layers.values(), default=-1) + 1)]
    for node, layer in layers.items():
        rows[layer].append(node)

    above, below = defaultdict(list), defaultdict(list)
    for step in steps:
        above[step.lower].append(step.upper)
        below[step.upper].append(step.lower)
    sweeps = 16 if len(layers) < 3000 else 4
    rows = uncross(rows, above, below, sweeps)
    widths = {node: size.width for node, size in sizes.items()}
    x = _spread(rows, above, below, widths, sweeps)
    left = min((x[n] - widths.get(n, 0.0) / 2 for n in x), default=0.0)
    x = {node: place - left for node, place in x.items()}
    width = max((x[n] + widths.get(n, 0.0) / 2 for n in x), default=0.0)
    return _drawn(rows, steps, x, sizes, width)


# Places ------------------------------------------------------------------------------------------


def _spread(
    rows: Sequence[Sequence[Hashable]],
    above: Neighbours,
    below: Neighbours,
    widths: Mapping[Hashable, float],
    sweeps: int,
) -> dict[Hashable, float]:
    """The x of every node: as near to the mean of its neighbours as those beside it allow.

    A joint's neighbours are other joints, where it has them, so that long lines are straight.
    """
    x: dict[Hashable, float] = {}
    for row in rows:
        x |= _apart(row, dict.fromkeys(row, 0.0), widths)
    for sweep in range(sweeps):
        beside, order = (above, rows) if sweep % 2 == 0 else (below, rows[::-1])
        for row in order:
            wanted = {}
            for node in row:
                joints = [n for n in beside[node] if n not in widths and node not in widths]
                wanted[node] = mean([x[n] for n in joints or beside[node]], x[node])
            x |= _apart(row, wanted, widths)
    return x


def _apart(
    row: Sequence[Hashable], wanted: Mapping[Hashable, float], widths: Mapping[Hashable, float]
) -> dict[Hashable, float]:
    """Places as close as possible to the wanted ones (least squares) that keep order and gaps.

    Measured from where a node would stand if all stood side by side, places must not decrease:
    neighbours that want to are pooled, and share the mean of their wishes.
    """
    ends = list(itertools.accumulate(widths.get(node, 0.0) + GAP for node in row))
    side = [end - (widths.get(node, 0.0) + GAP) / 2 for node, end in zip(row, ends, strict=True)]
    pools: list[tuple[float, int]] = []  # sum of wishes, how many
    for node, offset in zip(row, side, strict=True):
        total, count = wanted[node] - offset, 1
        while pools and pools[-1][0] / pools[-1][1] >= total / count:
            before, more = pools.pop()
            total, count = total + before, count + more
        pools.append((total, count))
    shifts = [total / count for total, count in pools for _ in range(count)]
    return {node: s + offset for node, s, offset in zip(row, shifts, side, strict=True)}


# Lines -------------------------------------------------------------------------------------------


def _drawn(
    rows: Sequence[Sequence[Hashable]],
    steps: Sequence[Step],
    x: Mapping[Hashable, float],
    sizes: Mapping[Hashable, Size],
    width: float,
) -> Layout:
    """The layers at their heights, and the steps as pieces between them."""
    level = {node: i for i, row in enumerate(rows) for node in row}
    spans = [0.0] * len(rows)
    for step in steps:
        i = level[step.upper]
        spans[i] = max(spans[i], abs(x[step.upper] - x[step.lower]))
    tops, bottoms, height = [], [], 0.0
    for row, span in zip(rows, spans, strict=True):
        tops.append(height)
        bottoms.append(height + max((sizes[n].height for n in row if n in sizes), default=0.0))
        height = bottoms[-1] + min(FLAT + span / 12, STEEP)

    places = {node: (x[node], tops[level[node]]) for node in sizes}
    ports = _ports(steps, x, sizes)
    pieces = []
    for step in steps:
        i, j = level[step.upper], level[step.lower]
        begins, ends = step.upper in sizes, step.lower in sizes
        y0 = tops[i] + sizes[step.upper].height if begins else bottoms[i]
        y1 = tops[j] if ends else bottoms[j]
        arrow = (-1 if begins else 0) if step.up else (1 if ends else 0)
        x1 = ports.get(step, x[step.lower])
        pieces.append(Piece(x[step.upper], y0, bottoms[i], x1, tops[j], y1, step.dashed, arrow))
    return Layout(places, pieces, width, bottoms[-1] if rows else 0.0)


def _ports(
    steps: Sequence[Step], x: Mapping[Hashable, float], sizes: Mapping[Hashable, Size]
) -> dict[Step, float]:
    """Where steps reach a box: beside each other, in the order in which they come."""
    arriving: defaultdict[Hashable, list[Step]] = defaultdict(list)
    for step in steps:
        if step.lower in sizes:
            arriving[step.lower].append(step)
    ports: dict[Step, float] = {}
    for node, coming in arriving.items():
        coming.sort(key=lambda step: x[step.upper])
        apart = min(PORT, (sizes[node].width - 16.0) / len(coming))
        first = x[node] - apart * (len(coming) - 1) / 2
        ports |= {step: first + apart * i for i, step in enumerate(coming)}
    return ports
