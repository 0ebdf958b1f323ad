"""A `Drawing`: a picture of a graph, to be shown, written or plotted."""

from __future__ import annotations

from functools import cached_property
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING

from tinyflow.drawing.canvas import plot
from tinyflow.drawing.diagram import Diagram
from tinyflow.drawing.dot import to_dot
from tinyflow.drawing.scene import Scene, scene_of
from tinyflow.drawing.svg import to_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Drawing"]


class Drawing:
    """A picture of a graph, made by `draw`; a notebook shows it.

    Attributes:
      diagram: the boxes and lines that are drawn.
      title: what stands above them.
    """

    def __init__(self, diagram: Diagram, title: str = "") -> None:
        self.diagram = diagram
        self.title = title

    @cached_property
    def _scene(self) -> Scene:
        return scene_of(self.diagram, self.title)

    def to_svg(self) -> str:
        """The picture as the text of an SVG element."""
        return to_svg(self._scene)

    def to_dot(self) -> str:
        """The graph in Graphviz's language, which lays it out itself."""
        return to_dot(self.diagram, self.title)

    def plot(self, axes: Axes | None = None) -> Figure:
        """Draws the picture with Matplotlib, into `axes` or a figure of its own; returns the figure.

        Raises:
          ImportError: without Matplotlib.
        """
        return plot(self._scene, axes)

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the picture to a file: `.svg`, `.dot`, or what Matplotlib writes (`.png`, `.pdf`).

        Raises:
          ImportError: for other files than `.svg` and `.dot`, without Matplotlib.
          ValueError: if Matplotlib does not know the suffix.
        """
        suffix = Path(fspath(path)).suffix.lower()
        if suffix == ".svg":
            Path(path).write_text(self.to_svg() + "\n", encoding="utf-8")
        elif suffix == ".dot":
            Path(path).write_text(self.to_dot(), encoding="utf-8")
        else:
            self.plot().savefig(path)

    def _repr_html_(self) -> str:
        return self.to_svg()

    def __repr__(self) -> str:
        boxes, edges = len(self.diagram.boxes), len(self.diagram.edges)
        return f"<Drawing of {boxes} boxes and {edges} lines>"
