"""Boxes in layers: which layer each is in, where lines pass layers, and the order in a layer."""

from __future__ import annotations

import heapq
import itertools
from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple

__all__ = ["Edge", "Neighbours", "Step", "layered", "mean", "uncross"]


class Edge(NamedTuple):
    """A line between two boxes; its `copy` counts those beside it (x * x takes x twice)."""

    start: Hashable
    end: Hashable
    dashed: bool = False
    copy: int = 0


class _Joint(NamedTuple):
    """Where a bundle of lines passes a layer."""

    bundle: Hashable
    dashed: bool
    layer: int


class Step(NamedTuple):
    """A line's way from one layer to the next, and whether it points up."""

    upper: Hashable
    lower: Hashable
    dashed: bool
    copy: int
    up: bool


def layered(
    nodes: Sequence[Hashable], edges: Sequence[Edge]
) -> tuple[dict[Hashable, int], list[Step]]:
    """The layer of each node and joint, counted from the top, and the steps of the lines."""
    edges = list(dict.fromkeys(edge for edge in edges if edge.start != edge.end))
    order, upward = _down(nodes, edges)
    lines = [
        Step(edge.end, edge.start, edge.dashed, edge.copy, up=True)
        if edge in upward
        else Step(edge.start, edge.end, edge.dashed, edge.copy, up=False)
        for edge in edges
    ]
    layers = _assign_layers(order, [(line.upper, line.lower) for line in lines])
    steps = dict.fromkeys(step for line in lines for step in _steps(line, layers))
    return layers, list(steps)


def _down(nodes: Sequence[Hashable], edges: Sequence[Edge]) -> tuple[list[Hashable], set[Edge]]:
    """The nodes, each after those it comes from, and the edges that have to point up for that."""
    rank = {node: i for i, node in enumerate(nodes)}
    leaving: defaultdict[Hashable, list[Edge]] = defaultdict(list)
    missing = dict.fromkeys(nodes, 0)
    for edge in edges:
        leaving[edge.start].append(edge)
        missing[edge.end] += 1
    ready = [rank[node] for node in nodes if not missing[node]]
    order: dict[Hashable, None] = {}
    rest = iter(nodes)
    upward: set[Edge] = set()
    while len(order) < len(nodes):
        # In a circle nothing is ready: the first node goes on, and what leads to it points up.
        node = nodes[heapq.heappop(ready)] if ready else next(n for n in rest if n not in order)
        order[node] = None
        for edge in leaving[node]:
            if edge.end in order:
                upward.add(edge)
                continue
            missing[edge.end] -= 1
            if not missing[edge.end]:
                heapq.heappush(ready, rank[edge.end])
    return list(order), upward


def _assign_layers(
    order: Sequence[Hashable], lines: Sequence[tuple[Hashable, Hashable]]
) -> dict[Hashable, int]:
    """One below the lowest input.

    But what has no input, or only such as nobody else uses, stands right above the first user.
    """
    inputs, users = defaultdict(list), defaultdict(list)
    for upper, lower in lines:
        inputs[lower].append(upper)
        users[upper].append(lower)
    layers: dict[Hashable, int] = {}
    movable: set[Hashable] = set()
    for node in order:
        layers[node] = 1 + max((layers[before] for before in inputs[node]), default=-1)
        if all(n in movable and len({*users[n]}) == 1 for n in inputs[node]):
            movable.add(node)
    for node in reversed(order):
        if node in movable and users[node]:
            layers[node] = min(layers[user] for user in users[node]) - 1
    return layers


def _steps(line: Step, layers: dict[Hashable, int]) -> Iterator[Step]:
    """A line cut where it passes a layer; its joints there are entered into `layers`."""
    between = range(layers[line.upper] + 1, layers[line.lower])
    # Lines from a box share their joints, but for those that point up (each has its own head at the
    # upper end) and those that end beside another.
    alone = line.up or line.copy
    bundle = (line.upper, line.lower, line.copy) if alone else line.upper
    joints = [_Joint(bundle, line.dashed, layer) for layer in between]
    layers.update(zip(joints, between, strict=True))
    for a, b in itertools.pairwise([line.upper, *joints, line.lower]):
        yield line._replace(upper=a, lower=b)


# Order -------------------------------------------------------------------------------------------

Neighbours = Mapping[Hashable, list[Hashable]]


def uncross(
    rows: list[list[Hashable]], above: Neighbours, below: Neighbours, sweeps: int
) -> list[list[Hashable]]:
    """Orders each row by the mean place of its neighbours, going down and up in turn.

    Of the orders found, the one with the fewest crossings.
    """
    best, fewest = [*map(list, rows)], _crossings(rows, below)
    for sweep in range(sweeps):
        beside, order = (above, rows) if sweep % 2 == 0 else (below, rows[::-1])
        place: dict[Hashable, float] = {n: float(i) for row in rows for i, n in enumerate(row)}
        for row in order:
            for node in row:
                place[node] = mean([place[n] for n in beside[node]], place[node])
            row.sort(key=place.__getitem__)
            place |= {node: float(i) for i, node in enumerate(row)}
        crossings = _crossings(rows, below)
        if crossings < fewest:
            best, fewest = [*map(list, rows)], crossings
        if not fewest:
            break
    return best


def _crossings(rows: Sequence[Sequence[Hashable]], below: Neighbours) -> int:
    """How many pairs of steps cross."""
    count = 0
    for upper, lower in itertools.pairwise(rows):
        place = {node: i for i, node in enumerate(lower)}
        passed: list[int] = []  # where the steps from further left end, in order
        for node in upper:
            ends = sorted(place[n] for n in below[node])
            count += sum(len(passed) - bisect_right(passed, end) for end in ends)
            for end in ends:
                insort(passed, end)
    return count


def mean(values: Sequence[float], default: float) -> float:
    return sum(values) / len(values) if values else default
