"""What a drawing looks like: its colours, its sizes in pixels, and how wide a text is."""

from __future__ import annotations

from typing import NamedTuple

from tinyflow.plot import COLORS

__all__ = ["CAPTIONS", "KINDS", "Look", "shorten", "text_width"]


class Look(NamedTuple):
    """The colours of a box."""

    fill: str
    edge: str


KINDS = {  # in the order of the legend
    "placeholder": Look("#dbe7f5", COLORS[0]),
    "variable": Look("#dcedd8", COLORS[2]),
    "constant": Look("#eeeeee", "#999999"),
    "operation": Look("#ffffff", "#555555"),
    "gradient": Look("#fae3da", COLORS[1]),
    "update": Look("#e9def0", COLORS[3]),
}

CAPTIONS = {"shape": "#666666", "value": "#24518a", "gradient": "#b3441f"}  # text on white
INK, PALE_INK = "#222222", "#666666"
LINE, FRAME = "#777777", "#d8d8d8"

NAME, NOTE = 13.0, 10.5  # the sizes of letters
NAME_LINE, NOTE_LINE = 17.0, 14.0  # the heights of their lines
PADDING = 10.0  # inside a box, left and right
RADIUS = 5.0
STACK = 4.0  # how far the sheets of a folded box are apart
MARGIN = 16.0  # around everything

# Widths of letters, in DejaVu Sans, which is as wide as fonts without serifs get.
_NARROW = dict.fromkeys("ijl|'!.,:;", 0.33) | dict.fromkeys("frtI()[]/- ", 0.4)
_WIDE = dict.fromkeys("mwMW@%", 0.95) | dict.fromkeys("GOQ", 0.79)
_WIDTHS = _NARROW | _WIDE
_BOLD = 1.12


def text_width(text: str, size: float, bold: bool = False) -> float:
    """About how wide a text is, rather too wide than too narrow.

    >>> text_width("will", 10.0) < text_width("mama", 10.0)
    True
    """
    letters = sum(_WIDTHS.get(c, 0.69 if c.isupper() or ord(c) > 0x2000 else 0.63) for c in text)
    return letters * size * (_BOLD if bold else 1.0)


def shorten(text: str, longest: int = 32) -> str:
    """A long text without its middle.

    >>> shorten("a_name_that_goes_on_and_on", 15)
    'a_name_…_and_on'
    """
    if len(text) <= longest:
        return text
    head = longest // 2
    return f"{text[:head]}…{text[len(text) - (longest - head - 1) :]}"
