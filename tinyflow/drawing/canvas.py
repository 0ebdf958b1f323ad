"""A scene drawn with Matplotlib, which is imported when the first one is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tinyflow.drawing.layout import Piece
from tinyflow.drawing.scene import Group, Line, Mark, Rectangle, Scene, Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot"]

_PIXELS = 96.0  # of a scene in an inch


def plot(scene: Scene, axes: Axes | None = None) -> Figure:
    """Draws a scene into `axes`, or into a figure of its own size, and returns the figure.

    Raises:
      ImportError: without Matplotlib.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError(
            "this picture is drawn with Matplotlib, which is not installed: "
            "pip install 'tinyflow[matplotlib]'. fix: .to_svg() and .to_dot() need nothing else"
        ) from error
    if axes is None:
        figure = Figure(figsize=(scene.width / _PIXELS, scene.height / _PIXELS), dpi=200)
        axes = figure.add_axes((0, 0, 1, 1))
    owner = axes.get_figure(root=True)
    if owner is None:
        raise ValueError("axes: these Axes were removed from their figure")
    for mark in scene.marks:
        _draw(axes, mark)
    axes.set(xlim=(0, scene.width), ylim=(scene.height, 0))
    axes.set_aspect("equal")
    axes.set_axis_off()
    return owner


def _draw(axes: Axes, mark: Mark) -> None:
    if isinstance(mark, Group):
        for part in mark.marks:
            _draw(axes, part)
    elif isinstance(mark, Rectangle):
        _draw_rectangle(axes, mark)
    elif isinstance(mark, Text):
        _draw_text(axes, mark)
    else:
        _draw_line(axes, mark)


def _draw_rectangle(axes: Axes, mark: Rectangle) -> None:
    from matplotlib.patches import FancyBboxPatch

    corner, radius = (mark.x + mark.radius, mark.y + mark.radius), mark.radius
    size = (mark.width - 2 * radius, mark.height - 2 * radius)
    outline = f"round,pad={radius},rounding_size={radius}"
    patch = FancyBboxPatch(corner, *size, outline, fc=mark.fill, ec=mark.edge, lw=0.9)
    axes.add_patch(patch)


def _draw_text(axes: Axes, mark: Text) -> None:
    """(As an outline: it grows and shrinks with the axes, as the boxes do.)"""
    from matplotlib.font_manager import FontProperties
    from matplotlib.patches import PathPatch
    from matplotlib.textpath import TextPath
    from matplotlib.transforms import Affine2D

    if not mark.text:
        return
    font = FontProperties(weight="bold" if mark.bold else "normal")
    # (A dollar sign is one, not the beginning of a formula.)
    outline = TextPath((0, 0), mark.text.replace("$", r"\$"), size=mark.size, prop=font)
    extent = outline.get_extents()
    shift = (extent.x0 + extent.x1) / 2 if mark.middle else 0.0
    place = Affine2D().scale(1, -1).translate(mark.x - shift, mark.y)
    patch = PathPatch(place.transform_path(outline), fc=mark.color, lw=0)
    axes.add_patch(patch)


def _draw_line(axes: Axes, mark: Line) -> None:
    from matplotlib.patches import PathPatch, Polygon

    style: dict[str, Any] = {"ls": (0, (4, 3)) if mark.piece.dashed else "-", "lw": 0.8}
    axes.add_patch(PathPatch(_path(mark.piece), fc="none", ec=mark.color, **style))
    corners = mark.piece.head()
    if corners:
        axes.add_patch(Polygon(corners, fc=mark.color, lw=0))


def _path(piece: Piece) -> Any:
    from matplotlib.path import Path

    x0, y0, bend0, x1, bend1, y1, *_ = piece
    middle = (bend0 + bend1) / 2
    corners = [(x0, y0), (x0, bend0), (x0, middle), (x1, middle), (x1, bend1), (x1, y1)]
    codes = [Path.MOVETO, Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4, Path.LINETO]
    return Path(corners, codes)
