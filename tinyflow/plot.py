"""Pictures: a graph, a loss as it falls, the regions that a classifier divides the plane into.

Each function draws into `axes`, or into a figure of its own, and returns the figure:

    plot_loss(losses).savefig("loss.png")

They need Matplotlib, which is imported when the first picture is drawn. Without it an ImportError
names the extra to install.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_decision_boundary", "plot_graph", "plot_loss"]

COLORS = ("#3b6ea8", "#d1603d", "#5a8f4e", "#8b5fa8", "#b08a2e", "#4d9c9c", "#b5517d", "#7a7a7a")


def _figure_and_axes(axes: Axes | None, width: float, height: float) -> tuple[Figure, Axes]:
    """The figure to return and the axes to draw on: those given, or new ones of this size."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError(
            "tinyflow.plot draws with Matplotlib, which is not installed: "
            "pip install 'tinyflow[matplotlib]'"
        ) from error
    if axes is None:
        figure = Figure(figsize=(width, height), dpi=150, layout="constrained")
        return figure, figure.add_subplot()
    owner = axes.get_figure(root=True)
    if owner is None:
        raise ValueError("axes: these Axes were removed from their figure")
    return owner, axes


# Curves and regions ------------------------------------------------------------------------------


def plot_loss(
    losses: Sequence[float] | Mapping[str, Sequence[float]],
    axes: Axes | None = None,
    *,
    window: int = 1,
    title: str = "",
) -> Figure:
    """Draws a loss over the steps of training, or several by name, on a logarithmic scale.

    With a `window`, the mean over that many steps is drawn in front of the loss itself, which
    jumps about when batches are small.
    """
    curves = losses if isinstance(losses, Mapping) else {"": losses}
    figure, axes = _figure_and_axes(axes, 6, 4)
    for (name, values), color in zip(curves.items(), itertools.cycle(COLORS), strict=False):
        axes.plot(values, color=color, alpha=1.0 if window == 1 else 0.3, linewidth=1.5)
        if window > 1:
            mean = np.convolve(values, np.full(window, 1 / window), mode="valid")
            axes.plot(np.arange(len(mean)) + (window - 1) / 2, mean, color=color, linewidth=1.5)
        axes.plot([], [], color=color, label=name)
    axes.set(xlabel="step", ylabel="loss", yscale="log", title=title)
    axes.grid(alpha=0.3)
    if any(curves):
        axes.legend()
    return figure


def plot_decision_boundary(
    classify: Callable[[NDArray[Any]], NDArray[Any]],
    points: NDArray[Any],
    labels: NDArray[np.integer],
    axes: Axes | None = None,
    *,
    title: str = "",
) -> Figure:
    """Colours the plane by the class that `classify` gives each place, and draws the points on it.

    Args:
        classify: maps points, shape (n, 2), to their classes, n whole numbers from 0.
        points: shape (n, 2); the picture shows them all.
        labels: the true class of each point; one that is misclassified stands out from its ground.
    """
    figure, axes = _figure_and_axes(axes, 5, 5)
    (left, bottom), (right, top) = points.min(axis=0) - 0.5, points.max(axis=0) + 0.5
    xs, ys = np.meshgrid(np.linspace(left, right, 400), np.linspace(bottom, top, 400))
    regions = classify(np.column_stack([xs.ravel(), ys.ravel()])).reshape(xs.shape)
    for label in range(int(max(labels.max(), regions.max())) + 1):
        color = COLORS[label % len(COLORS)]
        inside, own = regions == label, points[labels == label]
        if inside.any():
            axes.contourf(xs, ys, inside, levels=[0.5, 1.5], colors=[color], alpha=0.2)
        axes.scatter(
            own[:, 0], own[:, 1], s=25, color=color, edgecolor="white", linewidth=0.6, label=label
        )
    axes.legend(title="class", loc="upper left")
    axes.set(xlabel="$x_1$", ylabel="$x_2$", title=title, aspect="equal")
    return figure


# A graph, in layers ------------------------------------------------------------------------------
#
# Sugiyama's method: an operation stands one layer below the lowest of its inputs; a line that
# passes layers gets a joint in each, shared by all lines from the same operation; every layer is
# ordered by the means of its neighbours' places, which removes most crossings; at last what stands
# in a layer is shifted to be near its neighbours.

Node = Hashable  # an operation, or a joint: (operation it comes from, style, layer)
Line = tuple[Node, Node, str]  # from, to, style

LAYER_HEIGHT = 0.62  # in inches, like all lengths here
BOX_HEIGHT = 0.3
LETTER_WIDTH = 0.078
GAP = 0.16
LEGEND_COLUMN = 1.25

KINDS = {  # label in the legend: fill, edge
    "placeholder": ("#dbe7f5", "#3b6ea8"),
    "variable": ("#dcedd8", "#5a8f4e"),
    "constant": ("#eeeeee", "#999999"),
    "operation": ("#ffffff", "#555555"),
    "gradient": ("#fae3da", "#d1603d"),
    "update": ("#e9def0", "#8b5fa8"),
}


def plot_graph(
    graph: Any, fetches: Iterable[Any] | None = None, axes: Axes | None = None, *, title: str = ""
) -> Figure:
    """Draws the operations of a graph as boxes, inputs above and what is computed from them below.

    A line is a Tensor on its way from the operation that makes it to one that uses it; a dashed
    line is a control dependency.

    Args:
        graph: the `Graph` to draw.
        fetches: Tensors or Operations; if given, only what they need is drawn.
    """
    operations = _needed(graph, fetches)
    labels = _short_names([op.name for op in operations])
    data = [(tensor.op, op, "solid") for op in operations for tensor in op.inputs]
    control = [(before, op, "dashed") for op in operations for before in op.control_inputs]
    widths = {op: LETTER_WIDTH * len(labels[op.name]) + 0.2 for op in operations}
    layout = _Layout.of(operations, list(dict.fromkeys(data + control)), widths)

    kinds = [kind for kind in KINDS if kind in map(_kind, operations)]
    width = max(layout.width, LEGEND_COLUMN) + 0.2
    columns = min(len(kinds), int(width / LEGEND_COLUMN))
    foot = 0.2 * math.ceil(len(kinds) / max(columns, 1)) + 0.2

    figure, axes = _figure_and_axes(axes, width, layout.height + foot)
    for upper, lower, style in layout.pieces:
        _draw_piece(axes, layout.places[upper], layout.places[lower], style, lower in widths)
    for op in operations:
        _draw_box(axes, layout.places[op], widths[op], labels[op.name], _kind(op))
    _draw_legend(axes, kinds, columns)
    top = LAYER_HEIGHT / 2
    axes.set(xlim=(-0.1, width - 0.1), ylim=(top - layout.height - foot, top), title=title)
    axes.set_aspect("equal")
    axes.set_axis_off()
    return figure


def _needed(graph: Any, fetches: Iterable[Any] | None) -> list[Any]:
    """The operations that lead to `fetches`, or all, each after its inputs."""
    operations = graph.get_operations()
    if fetches is None:
        return list(operations)
    needed = {getattr(fetch, "op", fetch) for fetch in fetches}
    waiting = list(needed)
    while waiting:
        op = waiting.pop()
        before = {*(t.op for t in op.inputs), *op.control_inputs} - needed
        needed |= before
        waiting += before
    return [op for op in operations if op in needed]


def _short_names(names: Sequence[str]) -> dict[str, str]:
    """The last part of each name, with as many parts before it as tell it from the others."""
    short: dict[str, str] = {}
    open_names, depth = list(names), 1
    while open_names:
        tails = {name: "/".join(name.split("/")[-depth:]) for name in open_names}
        counts: defaultdict[str, int] = defaultdict(int)
        for tail in tails.values():
            counts[tail] += 1
        short |= {name: tail for name, tail in tails.items() if counts[tail] == 1 or tail == name}
        open_names = [name for name in open_names if name not in short]
        depth += 1
    return short


def _kind(op: Any) -> str:
    """The entry of KINDS that an operation is drawn as."""
    kind = op.type.lower()
    if kind.startswith(("placeholder", "variable", "const")):
        return next(k for k in ("placeholder", "variable", "constant") if kind.startswith(k[:5]))
    if not op.outputs or kind.startswith(("assign", "apply")):
        return "update"
    return "gradient" if "gradients" in op.name.split("/")[:-1] else "operation"


class _Layout(NamedTuple):
    """Where everything stands, and the pieces that lines are made of, each one layer high."""

    places: dict[Node, tuple[float, float]]
    pieces: list[Line]
    width: float
    height: float

    @classmethod
    def of(
        cls, nodes: Sequence[Node], lines: Sequence[Line], widths: Mapping[Node, float]
    ) -> _Layout:
        layer = _assign_layers(nodes, lines)
        pieces = list(dict.fromkeys(piece for line in lines for piece in _pieces(*line, layer)))
        rows: list[list[Node]] = [[] for _ in range(max(layer.values(), default=0) + 1)]
        for node, level in layer.items():
            rows[level].append(node)
        above, below = defaultdict(list), defaultdict(list)
        for upper, lower, _ in pieces:
            above[lower].append(upper)
            below[upper].append(lower)
        _uncross(rows, above, below)
        xs = _spread(rows, above, below, widths)
        left = min((xs[n] - widths.get(n, 0) / 2 for n in xs), default=0.0)
        right = max((xs[n] + widths.get(n, 0) / 2 for n in xs), default=1.0)
        places = {n: (xs[n] - left, -LAYER_HEIGHT * layer[n]) for n in xs}
        return cls(places, pieces, right - left, LAYER_HEIGHT * len(rows))


def _assign_layers(nodes: Sequence[Node], lines: Sequence[Line]) -> dict[Node, int]:
    """One below the lowest input; what has no input stands right above the first that uses it."""
    inputs, users = defaultdict(list), defaultdict(list)
    for start, end, _ in lines:
        inputs[end].append(start)
        users[start].append(end)
    layer: dict[Node, int] = {}
    for node in nodes:
        layer[node] = 1 + max((layer[before] for before in inputs[node]), default=-1)
    for node in nodes:
        if users[node] and not inputs[node]:
            layer[node] = min(layer[user] for user in users[node]) - 1
    return layer


def _pieces(start: Node, end: Node, style: str, layer: dict[Node, int]) -> list[Line]:
    """A line cut where it passes a layer; its joints there are entered into `layer`."""
    levels = range(layer[start] + 1, layer[end])
    joints: list[Node] = [(start, style, level) for level in levels]
    layer |= zip(joints, levels, strict=True)
    return [(a, b, style) for a, b in itertools.pairwise([start, *joints, end])]


Neighbours = Mapping[Node, list[Node]]


def _uncross(
    rows: list[list[Node]], above: Neighbours, below: Neighbours, sweeps: int = 12
) -> None:
    """Orders each row by the mean place of its neighbours, going down and up in turn."""
    for sweep in range(sweeps):
        beside, order = (above, rows) if sweep % 2 == 0 else (below, rows[::-1])
        place: dict[Node, float] = {node: float(i) for row in rows for i, node in enumerate(row)}
        for row in order:
            for node in row:
                if beside[node]:
                    place[node] = sum(place[n] for n in beside[node]) / len(beside[node])
            row.sort(key=place.__getitem__)
            place |= {node: float(i) for i, node in enumerate(row)}


def _spread(
    rows: list[list[Node]],
    above: Neighbours,
    below: Neighbours,
    widths: Mapping[Node, float],
    sweeps: int = 12,
) -> dict[Node, float]:
    """The x of every node: as near to the mean of its neighbours as those beside it allow.

    A joint's neighbours are other joints, where it has them, so that long lines are straight.
    """
    x: dict[Node, float] = {}
    for row in rows:
        x |= _apart(row, dict.fromkeys(row, 0.0), widths)
    for sweep in range(sweeps):
        beside, order = (above, rows) if sweep % 2 == 0 else (below, rows[::-1])
        for row in order:
            wanted = {}
            for node in row:
                joints = [n for n in beside[node] if n not in widths and node not in widths]
                wanted[node] = _mean([x[n] for n in joints or beside[node]], x[node])
            x |= _apart(row, wanted, widths)
    return x


def _mean(values: Sequence[float], default: float) -> float:
    return sum(values) / len(values) if values else default


def _apart(
    row: Sequence[Node], wanted: Mapping[Node, float], widths: Mapping[Node, float]
) -> dict[Node, float]:
    """Places as close as possible to the wanted ones (least squares) that keep order and gaps.

    Measured from where a node would stand if all stood side by side, places must not decrease:
    neighbours that want to are pooled, and share the mean of their wishes.
    """
    ends = list(itertools.accumulate(widths.get(node, 0.0) + GAP for node in row))
    side = [end - (widths.get(node, 0.0) + GAP) / 2 for node, end in zip(row, ends, strict=True)]
    pools: list[list[float]] = []
    for node, offset in zip(row, side, strict=True):
        pools.append([wanted[node] - offset])
        while len(pools) > 1 and _mean(pools[-2], 0) >= _mean(pools[-1], 0):
            last = pools.pop()
            pools[-1] += last
    shifts = [_mean(pool, 0) for pool in pools for _ in pool]
    return {node: s + offset for node, s, offset in zip(row, shifts, side, strict=True)}


# Its boxes and lines -----------------------------------------------------------------------------


def _draw_box(axes: Axes, place: tuple[float, float], width: float, label: str, kind: str) -> None:
    from matplotlib.patches import FancyBboxPatch

    (x, y), (fill, edge) = place, KINDS[kind]
    corner = (x - width / 2 + 0.05, y - BOX_HEIGHT / 2 + 0.05)
    size = (width - 0.1, BOX_HEIGHT - 0.1)
    axes.add_patch(FancyBboxPatch(corner, *size, "round,pad=0.05", fc=fill, ec=edge, zorder=2))
    axes.text(x, y, label, ha="center", va="center_baseline", fontsize=8, zorder=3)


def _draw_piece(
    axes: Axes, upper: tuple[float, float], lower: tuple[float, float], style: str, ends: bool
) -> None:
    """A smooth line to the next layer: to a box, with an arrow's head, or on past the boxes."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    (x0, y0), (x1, y1) = upper, lower
    top, bottom = y0 - BOX_HEIGHT / 2, y1 + BOX_HEIGHT / 2
    middle = (top + bottom) / 2
    corners, codes = [(x0, top), (x0, middle), (x1, middle), (x1, bottom)], [Path.MOVETO]
    codes += [Path.CURVE4] * 3
    if not ends:
        corners.append((x1, y1 - BOX_HEIGHT / 2))
        codes.append(Path.LINETO)
    axes.add_patch(
        FancyArrowPatch(
            path=Path(corners, codes),
            arrowstyle="-|>,head_length=3,head_width=1.5" if ends else "-",
            shrinkA=0,
            shrinkB=0,
            linestyle=style,
            color="#777777",
            linewidth=0.8,
            zorder=1,
        )
    )


def _draw_legend(axes: Axes, kinds: Iterable[str], columns: int) -> None:
    from matplotlib.patches import Patch

    marks = [Patch(facecolor=KINDS[k][0], edgecolor=KINDS[k][1], label=k) for k in kinds]
    axes.legend(handles=marks, ncols=columns, loc="lower left", fontsize=8, frameon=False)
