"""Pictures: what is drawn, onto which axes, and what mistakes say."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from matplotlib.figure import Figure

from tinyflow import plot

IMAGES = np.arange(5 * 2 * 3).reshape(5, 2, 3)
POINTS = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]])


def _bowl(x: Any, y: Any) -> Any:
    return x * x + 10 * y * y


DRAWN = {
    "plot_loss": lambda axes: plot.plot_loss([2.0, 1.0], axes, title="t"),
    "plot_images": lambda axes: plot.plot_images(IMAGES, None, axes, title="t"),
    "plot_contours": lambda axes: plot.plot_contours(_bowl, {"path": POINTS}, axes, title="t"),
    "plot_decision_boundary": lambda axes: plot.plot_decision_boundary(
        lambda points: (points[:, 0] > 1).astype(int), POINTS, np.array([0, 1, 1]), axes, title="t"
    ),
}


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_each_draws_into_the_axes_given_or_a_figure_of_its_own(draw: Any) -> None:
    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert draw(right) is figure
    assert right.get_title() == "t" and right.has_data() and not left.has_data()
    (own,) = draw(None).axes
    assert own.has_data() and own.figure is not figure
    own.figure.canvas.draw()


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    for draw in DRAWN.values():
        with pytest.raises(ImportError, match=r"pip install 'tinyflow\[matplotlib\]'"):
            draw(None)


# -- losses ------------------------------------------------------------------------------------------


def test_losses_by_name_over_the_steps_that_they_were_taken_at() -> None:
    curves = {"training": [4.0, 2.0, 1.0], "test": [5.0, 3.0, 2.0]}
    (axes,) = plot.plot_loss(curves, every=10, scale="linear").axes
    assert axes.get_yscale() == "linear" and axes.get_xlabel() == "step"
    lines = [line for line in axes.lines if len(line.get_xdata())]
    assert [line.get_xdata().tolist() for line in lines] == [[0, 10, 20]] * 2
    assert [text.get_text() for text in axes.get_legend().texts] == ["training", "test"]


def test_a_loss_is_on_a_logarithmic_scale_unless_told() -> None:
    (axes,) = plot.plot_loss([1.0, 0.1]).axes
    assert axes.get_yscale() == "log" and axes.get_legend() is None
    with pytest.raises(ValueError, match='scale: "log" or "linear" is needed, but got \'lin\''):
        plot.plot_loss([1.0], scale="lin")


def test_a_mean_stands_in_the_middle_of_its_window() -> None:
    (axes,) = plot.plot_loss([4.0, 2.0, 3.0, 1.0], window=2, every=10).axes
    mean = axes.lines[1]
    assert mean.get_xdata().tolist() == [5, 15, 25]
    np.testing.assert_allclose(mean.get_ydata(), [3, 2.5, 2])


# -- maps --------------------------------------------------------------------------------------------


def _levels(axes: Any) -> Any:
    lines = axes.collections[1]  # after the shades
    return np.asarray(lines.levels)


def test_contours_are_closer_together_where_it_is_low() -> None:
    (axes,) = plot.plot_contours(_bowl, xlim=(-1, 3), ylim=(-2, 2), levels=8).axes
    assert axes.get_xlim() == (-1, 3) and axes.get_ylim() == (-2, 2)
    gaps = np.diff(_levels(axes))
    assert (gaps > 0).all() and (np.diff(gaps) > 0).all()
    (axes,) = plot.plot_contours(_bowl, levels=8, scale="linear").axes
    np.testing.assert_allclose(np.diff(_levels(axes)), np.diff(_levels(axes))[0])


def test_paths_go_from_a_ring_to_a_dot() -> None:
    (axes,) = plot.plot_contours(_bowl, {"momentum": POINTS}, xlim=(-1, 1)).axes
    path, ring, dot = axes.lines
    np.testing.assert_array_equal(path.get_xydata(), POINTS)
    np.testing.assert_array_equal(ring.get_xydata(), POINTS[:1])
    np.testing.assert_array_equal(dot.get_xydata(), POINTS[-1:])
    assert axes.get_xlim() == (-1, 1)  # wherever the path goes
    assert [text.get_text() for text in axes.get_legend().texts] == ["momentum"]


@pytest.mark.parametrize(
    "function", [lambda x, y: 0 * x, lambda x, y: np.where(x > 0, x, np.nan), lambda x, y: x - y]
)
def test_contours_of_what_is_flat_or_not_everywhere(function: Any) -> None:
    plot.plot_contours(function).canvas.draw()


def test_a_path_of_another_shape() -> None:
    with pytest.raises(
        ValueError, match=r"paths\['gd'\]: shape \(n, 2\) is needed, but got \(3,\)"
    ):
        plot.plot_contours(_bowl, {"gd": np.zeros(3)})
    with pytest.raises(ValueError, match=r'scale: "log" or "linear"'):
        plot.plot_contours(_bowl, scale="cubic")


# -- images ------------------------------------------------------------------------------------------


def test_images_in_rows_on_one_scale() -> None:
    (axes,) = plot.plot_images(IMAGES, ["a", "b", 3, 4, 5], columns=3).axes
    assert [text.get_text() for text in axes.texts] == ["a", "b", "3", "4", "5"]
    boxes = [image.get_extent() for image in axes.images]
    assert len({left for left, *_ in boxes}) == 3 and len({top for *_, top in boxes}) == 2
    assert all(right - left == pytest.approx(1) for left, right, _, _ in boxes)
    assert all(bottom - top == pytest.approx(2 / 3) for _, _, bottom, top in boxes)
    assert {image.get_clim() for image in axes.images} == {(0, 29)}
    for image, array in zip(axes.images, IMAGES, strict=True):
        np.testing.assert_array_equal(image.get_array(), array)
    (x0, x1), (y1, y0) = axes.get_xlim(), axes.get_ylim()
    assert y1 > y0  # downwards, as images are
    assert all(x0 < left and right < x1 and y0 < top < low < y1 for left, right, low, top in boxes)


def test_images_of_another_shape() -> None:
    with pytest.raises(ValueError, match=r"got \(5, 6\). fix: images.reshape\(-1, height, width\)"):
        plot.plot_images(IMAGES.reshape(5, 6))
    with pytest.raises(ValueError, match="titles: 5 are needed, one for each image, but got 2"):
        plot.plot_images(IMAGES, ["a", "b"])
