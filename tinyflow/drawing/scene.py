"""A diagram, laid out: rectangles, lines and texts at their places, in pixels from the top left.

svg.py and canvas.py both draw what stands here.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from tinyflow.drawing import style
from tinyflow.drawing.diagram import Box, Diagram
from tinyflow.drawing.layout import Layout, Piece, Size, lay_out
from tinyflow.drawing.style import text_width

__all__ = ["Group", "Line", "Mark", "Rectangle", "Scene", "Text", "scene_of"]

_ABOVE = 5.0  # between a box's edge and its text
_BELOW = 3.0  # between a box and its captions
_SWATCH = 14.0  # a box in the legend
_ROW = 22.0  # a row of the legend


class Rectangle(NamedTuple):
    """A rectangle with round corners."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    edge: str
    radius: float = style.RADIUS


class Line(NamedTuple):
    """A piece of a line between boxes."""

    piece: Piece
    color: str = style.LINE


class Text(NamedTuple):
    """A line of text, its middle (or its start) at x, the foot of its letters at y."""

    text: str
    x: float
    y: float
    size: float
    color: str = style.INK
    bold: bool = False
    middle: bool = True


class Group(NamedTuple):
    """What belongs to one box, with what a reader is told who points at it."""

    tooltip: str
    marks: list[Rectangle | Text]


Mark: TypeAlias = Rectangle | Line | Text | Group


class Scene(NamedTuple):
    """Everything that is drawn, from back to front."""

    width: float
    height: float
    title: str
    marks: list[Mark]


def scene_of(diagram: Diagram, title: str = "") -> Scene:
    """Lays out a diagram, with the title above and a legend below."""
    layout = lay_out({name: _room(box) for name, box in diagram.boxes.items()}, diagram.edges)
    wide = text_width(title, style.NAME, bold=True)
    legend, inner, foot = _legend(diagram, max(layout.width, wide, 240.0))
    width = inner + 2 * style.MARGIN
    head = style.MARGIN + (style.NAME + style.MARGIN if title else 0.0)
    left = (width - layout.width) / 2
    marks: list[Mark] = [Line(_moved(piece, left, head)) for piece in layout.pieces]
    marks += [_group(box, layout, left, head) for box in diagram.boxes.values()]
    bottom = head + layout.height + style.MARGIN
    if title:
        marks.append(Text(title, width / 2, style.MARGIN + style.NAME - 2, style.NAME, bold=True))
    if not diagram.boxes:
        marks.append(Text("an empty graph", width / 2, bottom, style.NAME, style.PALE_INK))
    for x, y, mark in legend:
        marks.append(mark._replace(x=style.MARGIN + x, y=bottom + y))
    return Scene(width, bottom + foot + style.MARGIN * 0.75, title, marks)


# Boxes -------------------------------------------------------------------------------------------


def _box_size(box: Box) -> Size:
    """The size of the box itself."""
    name = text_width(box.label, style.NAME, bold=box.folded)
    letters = max(name, text_width(box.note, style.NOTE))
    height = style.NAME_LINE + (style.NOTE_LINE if box.note else 0.0) + 2 * _ABOVE
    return Size(max(letters, 14.0) + 2 * style.PADDING, height)


def _room(box: Box) -> Size:
    """The size of the box with all that belongs to it."""
    width, height = _box_size(box)
    stack = 2 * style.STACK if box.folded else 0.0
    captions = [text_width(caption.text, style.NOTE) for caption in box.captions]
    below = _BELOW + style.NOTE_LINE * len(captions) if captions else 0.0
    return Size(max([width + 2 * stack, *captions]), height + stack + below)


def _group(box: Box, layout: Layout, left: float, head: float) -> Group:
    x, top = layout.places[box.name]
    x, top = x + left, top + head
    width, height = _box_size(box)
    look = style.KINDS[box.kind]
    marks: list[Rectangle | Text] = []
    for sheet in (2, 1, 0) if box.folded else (0,):
        away = sheet * style.STACK
        corner = (x - width / 2 + away, top + away)
        marks.append(Rectangle(*corner, width, height, look.fill, look.edge))
    line = top + _ABOVE + style.NAME_LINE - 4
    marks.append(Text(box.label, x, line, style.NAME, bold=box.folded))
    if box.note:
        marks.append(Text(box.note, x, line + style.NOTE_LINE, style.NOTE, style.PALE_INK))
    line = top + height + _BELOW - 3 + (2 * style.STACK if box.folded else 0.0)
    for i, (text, role) in enumerate(box.captions, 1):
        color = style.CAPTIONS[role]
        marks.append(Text(text, x, line + i * style.NOTE_LINE, style.NOTE, color))
    return Group(box.tooltip, marks)


def _moved(piece: Piece, left: float, head: float) -> Piece:
    x0, y0, bend0, x1, bend1, y1, dashed, arrow = piece
    y0, bend0, bend1, y1 = (y + head for y in (y0, bend0, bend1, y1))
    return Piece(x0 + left, y0, bend0, x1 + left, bend1, y1, dashed, arrow)


# Legend ------------------------------------------------------------------------------------------


def _legend(
    diagram: Diagram, width: float
) -> tuple[list[tuple[float, float, Rectangle | Text]], float, float]:
    """What the legend is made of, and its width and height."""
    kinds = {box.kind for box in diagram.boxes.values()}
    entries = [(kind, look) for kind, look in style.KINDS.items() if kind in kinds]
    roles = {caption.role for box in diagram.boxes.values() for caption in box.captions}
    words: list[tuple[str, str, str]] = []
    if any(edge.dashed for edge in diagram.edges):
        words.append(("- - -", "control dependency", style.PALE_INK))
    if "gradient" in roles:
        words.append(("∂", "gradient with respect to it", style.CAPTIONS["gradient"]))
    marks: list[tuple[float, float, Rectangle | Text]] = []
    x, y = 0.0, 0.0
    for name, sign in [*entries, *((text, (mark, color)) for mark, text, color in words)]:
        start = _SWATCH if isinstance(sign, style.Look) else text_width(sign[0], style.NOTE)
        end = x + start + 6 + text_width(name, style.NOTE)
        if x and end > width:
            end, x, y = end - x, 0.0, y + _ROW
        if isinstance(sign, style.Look):
            swatch = Rectangle(0, 0, _SWATCH, _SWATCH - 2, sign.fill, sign.edge, 3.0)
            marks.append((x, y, swatch))
        else:
            marks.append((x, y + 10, Text(sign[0], 0, 0, style.NOTE, sign[1], middle=False)))
        label = Text(name, 0, 0, style.NOTE, style.PALE_INK, middle=False)
        marks.append((x + start + 6, y + 10, label))
        x, width = end + 18, max(width, end)
    return marks, width, y + _ROW if marks else 0.0
