"""Pictures: a loss as it falls, the way that it takes, what a classifier makes of the plane, images.

Each function draws into `axes`, or into a figure of its own, and returns the figure:

    plot_loss(losses).savefig("loss.png")

They need Matplotlib, which is imported when the first picture is drawn. Without it an ImportError
names the extra to install.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["COLORS", "plot_contours", "plot_decision_boundary", "plot_images", "plot_loss"]

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
    every: int = 1,
    scale: str = "log",
    title: str = "",
) -> Figure:
    """Draws a loss over the steps of training, or several by name, such as "training" and "test".

    Args:
        window: the mean over that many values is drawn in front of the loss itself, which jumps
            about when batches are small.
        every: the steps from one value to the next.
        scale: of the losses, "log" or "linear".

    Raises:
        ValueError: if `scale` is another.
    """
    curves = losses if isinstance(losses, Mapping) else {"": losses}
    figure, axes = _figure_and_axes(axes, 6, 4)
    _check_scale(scale)
    for (name, values), color in zip(curves.items(), itertools.cycle(COLORS), strict=False):
        steps = every * np.arange(len(values))
        axes.plot(steps, values, color=color, alpha=1.0 if window == 1 else 0.3, linewidth=1.5)
        if window > 1:
            mean = np.convolve(values, np.full(window, 1 / window), mode="valid")
            middles = every * (np.arange(len(mean)) + (window - 1) / 2)
            axes.plot(middles, mean, color=color, linewidth=1.5)
        axes.plot([], [], color=color, label=name)
    axes.set(xlabel="step", ylabel="loss", yscale=scale, title=title)
    axes.grid(alpha=0.3)
    if any(curves):
        axes.legend()
    return figure


def _check_scale(scale: str) -> None:
    if scale not in ("log", "linear"):
        raise ValueError(f'scale: "log" or "linear" is needed, but got {scale!r}')


def plot_contours(
    function: Callable[[NDArray[Any], NDArray[Any]], NDArray[Any]],
    paths: Mapping[str, NDArray[Any]] | None = None,
    axes: Axes | None = None,
    *,
    xlim: tuple[float, float] = (-2.0, 2.0),
    ylim: tuple[float, float] = (-2.0, 2.0),
    levels: int = 16,
    scale: str = "log",
    title: str = "",
) -> Figure:
    """Draws a function of two variables as a map, and the paths that optimizers took on it.

    Args:
        function: takes two arrays of one shape, x and y, and gives the heights there.
        paths: by name, the places passed, shape (n, 2), from the ring to the dot.
        xlim, ylim: the part of the plane that is drawn.
        levels: how many contour lines, at most.
        scale: their distances. "log": the lower, the closer, so that a flat valley shows as well as
            its steep sides; "linear": all the same.

    Raises:
        ValueError: if `scale` is another, or a path has another shape.
    """
    figure, axes = _figure_and_axes(axes, 5.5, 4.5)
    _check_scale(scale)
    xs, ys = np.meshgrid(np.linspace(*xlim, 300), np.linspace(*ylim, 300))
    heights = np.ma.masked_invalid(function(xs, ys))
    low, high = float(heights.min()), float(heights.max())
    shares = np.geomspace(1e-4, 1, levels) if scale == "log" else np.linspace(0, 1, levels + 1)[1:]
    at = low + (high - low) * np.concatenate([[0], shares])
    if high > low:
        axes.contourf(xs, ys, heights, levels=at, colors=_shades(len(at) - 1))
        axes.contour(
            xs, ys, heights, levels=at[1:-1], colors="#8a9bb0", linewidths=0.6, linestyles="solid"
        )
    named = (paths or {}).items()
    for (name, path), color in zip(named, itertools.cycle(COLORS[1:] + COLORS[:1]), strict=False):
        _draw_path(axes, name, np.asarray(path), color)
    axes.set(xlim=xlim, ylim=ylim, xlabel="$x$", ylabel="$y$", title=title)
    if named:
        axes.legend(fontsize="small")
    return figure


def _shades(count: int) -> list[NDArray[Any]]:
    """From a light blue, where it is lowest, to white."""
    blue, white = np.array([0.66, 0.79, 0.91]), np.ones(3)
    return [blue + (white - blue) * share for share in np.linspace(0, 1, count)]


def _draw_path(axes: Axes, name: str, path: NDArray[Any], color: str) -> None:
    if path.ndim != 2 or path.shape[1] != 2:
        raise ValueError(f"paths[{name!r}]: shape (n, 2) is needed, but got {path.shape}")
    axes.plot(*path.T, ".-", color=color, linewidth=1.2, markersize=3, label=name)
    axes.plot(*path[:1].T, "o", color=color, markersize=7, markerfacecolor="white")
    axes.plot(*path[-1:].T, "o", color=color, markersize=6)


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
        xy = own[:, 0], own[:, 1]
        dots = axes.scatter(*xy, s=25, color=color, edgecolor="white", linewidth=0.6, label=label)
        dots.set_zorder(2)  # above every region
    axes.legend(title="class", loc="best")
    axes.set(xlabel="$x_1$", ylabel="$x_2$", title=title, aspect="equal")
    return figure


# Images ------------------------------------------------------------------------------------------


def plot_images(
    images: NDArray[Any],
    titles: Sequence[object] | None = None,
    axes: Axes | None = None,
    *,
    columns: int = 10,
    title: str = "",
) -> Figure:
    """Draws grey images side by side, all on one scale: white is the least of all, black the most.

    Args:
        images: shape (n, height, width): digits, or the filters of a layer.
        titles: what to write above each.
        columns: how many in a row.

    Raises:
        ValueError: if `images` has another shape, or the titles are not as many.
    """
    images = np.asarray(images)
    if images.ndim != 3 or not images.size:
        raise ValueError(
            f"images: shape (n, height, width) is needed, but got {images.shape}. "
            "fix: images.reshape(-1, height, width)"
        )
    count, height, width = images.shape
    if titles is not None and len(titles) != count:
        raise ValueError(f"titles: {count} are needed, one for each image, but got {len(titles)}")
    across, down = min(columns, count), -(-count // columns)
    step_x, step_y = 1.12, height / width + (0.12 if titles is None else 0.4)  # an image is 1 wide
    inches = 0.7
    figure, axes = _figure_and_axes(
        axes, inches * across * step_x, inches * down * step_y + 0.3 * bool(title)
    )
    for i, image in enumerate(images):
        left, top = i % columns * step_x, i // columns * step_y
        right, bottom = left + 1, top + height / width  # y goes down
        box = (left, right, bottom, top)
        axes.imshow(image, cmap="gray_r", vmin=images.min(), vmax=images.max(), extent=box)
        corners = [left, right, right, left], [top, top, bottom, bottom]
        axes.fill(*corners, fill=False, edgecolor="#c8c8c8", linewidth=0.5)
        if titles is not None:
            axes.text(left + 0.5, top - 0.06, str(titles[i]), ha="center", fontsize=8)
    head = 0.06 if titles is None else 0.36
    axes.set(xlim=(-0.06, across * step_x - 0.06), ylim=(down * step_y - head, -head), title=title)
    axes.set_axis_off()
    return figure
