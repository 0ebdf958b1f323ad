"""Where in the user's program a node was made."""

from __future__ import annotations

import linecache
import os
import sys
from types import CodeType, FrameType

__all__ = ["Site", "user_site"]

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep

Site = tuple[CodeType, int]  # kept small: every node has one


def user_site() -> Site | None:
    """The first stack frame outside tinyflow, as its code and line number.

    Define-then-run programs fail far from their cause; this is what leads back.  It is read
    for every node, so nothing is looked up or formatted here.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if not code.co_filename.startswith(_PACKAGE):
            return code, frame.f_lineno
        frame = frame.f_back
    return None


def place(site: Site | None) -> str:
    """`train.py:14`, or `?` for a node that no user's line made."""
    if site is None:
        return "?"
    code, line = site
    path = code.co_filename
    near = os.path.relpath(path) if os.path.isabs(path) else path
    return f"{os.path.basename(path) if near.startswith('..') else near}:{line}"


def quote(site: Site | None) -> str:
    """`train.py:14 in model():  y = tf.matmul(x, w)`: the place, and the line that stands there."""
    if site is None:
        return "?"
    code, line = site
    where = "" if code.co_name == "<module>" else f" in {code.co_name}()"
    text = linecache.getline(code.co_filename, line).strip()
    if len(text) > 100:
        text = text[:97] + "..."
    return f"{place(site)}{where}:  {text}" if text else f"{place(site)}{where}"
