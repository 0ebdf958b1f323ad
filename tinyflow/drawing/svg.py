"""A scene as SVG: text that stands in a page, on its own white ground, whatever the page's colour."""

from __future__ import annotations

from html import escape

from tinyflow.drawing import style
from tinyflow.drawing.layout import Piece
from tinyflow.drawing.scene import Group, Line, Mark, Rectangle, Scene, Text

__all__ = ["to_svg"]

_FONT = "system-ui, 'Segoe UI', Helvetica, Arial, 'DejaVu Sans', sans-serif"


def to_svg(scene: Scene) -> str:
    """The text of an SVG element; as a file it is an SVG image."""
    width, height = _number(scene.width), _number(scene.height)
    label = escape(scene.title or "a graph of operations")
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" style="max-width: 100%; height: auto" role="img" '
        f'aria-label="{label}" font-family="{_FONT}">',
        # (No marks have ids or classes: several drawings stand in one page.)
        f'<rect x="0.5" y="0.5" width="{_number(scene.width - 1)}" '
        f'height="{_number(scene.height - 1)}" rx="8" fill="#ffffff" stroke="{style.FRAME}"/>',
        *map(_mark, scene.marks),
        "</svg>",
    ]
    return "\n".join(lines)


def _mark(mark: Mark) -> str:
    if isinstance(mark, Group):
        inside = "".join(map(_mark, mark.marks))
        return f"<g><title>{escape(mark.tooltip)}</title>{inside}</g>"
    if isinstance(mark, Rectangle):
        return _rectangle(mark)
    return _text(mark) if isinstance(mark, Text) else _line(mark)


def _rectangle(mark: Rectangle) -> str:
    x, y, width, height = map(_number, mark[:4])
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{_number(mark.radius)}" '
        f'fill="{mark.fill}" stroke="{mark.edge}" stroke-width="1.2"/>'
    )


def _text(mark: Text) -> str:
    anchor = ' text-anchor="middle"' if mark.middle else ""
    weight = ' font-weight="bold"' if mark.bold else ""
    return (
        f'<text x="{_number(mark.x)}" y="{_number(mark.y)}" font-size="{_number(mark.size)}" '
        f'fill="{mark.color}"{anchor}{weight}>{escape(mark.text)}</text>'
    )


def _line(mark: Line) -> str:
    dashes = ' stroke-dasharray="4 3"' if mark.piece.dashed else ""
    path = f'<path d="{_path(mark.piece)}" fill="none" stroke="{mark.color}" stroke-width="1.1"{dashes}/>'
    corners = " ".join(f"{_number(x)},{_number(y)}" for x, y in mark.piece.head())
    return f'{path}<polygon points="{corners}" fill="{mark.color}"/>' if corners else path


def _path(piece: Piece) -> str:
    x0, y0, bend0, x1, bend1, y1 = map(_number, piece[:6])
    middle = _number((piece.bend0 + piece.bend1) / 2)
    return f"M{x0} {y0}V{bend0}C{x0} {middle} {x1} {middle} {x1} {bend1}V{y1}"


def _number(value: float) -> str:
    """With one decimal, if any."""
    return f"{value:.1f}".removesuffix(".0")
