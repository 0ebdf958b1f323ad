"""Pictures of graphs: where things stand, what is drawn, and how it is written."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import tinyflow as tf
from tinyflow.drawing import Drawing, draw, html
from tinyflow.drawing.layers import Edge
from tinyflow.drawing.layout import Layout, Piece, Size, lay_out
from tinyflow.drawing.scene import Group, Line, Rectangle, Text
from tinyflow.drawing.style import text_width
from tinyflow.drawing.summary import abbreviate

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def perceptron() -> dict[str, Any]:
    x = tf.placeholder(tf.float64, [None, 2], name="x")
    w = tf.Variable([[1.0, 2.0], [3.0, 4.0]], dtype=tf.float64, name="w")
    b = tf.Variable(np.zeros(2), name="b")
    p = tf.nn.softmax(tf.add(tf.matmul(x, w), b), name="p")
    loss = tf.negative(tf.reduce_sum(tf.log(p)), name="loss")
    return {"x": x, "w": w, "b": b, "p": p, "loss": loss}


def network() -> tf.Tensor:
    h = tf.placeholder(tf.float32, [None, 4], name="x")
    for i in (1, 2):
        with tf.name_scope(f"layer{i}"):
            w = tf.Variable(tf.ones([4, 4]), name="w")
            h = tf.nn.relu(tf.matmul(h, w))
    with tf.name_scope("loss"):
        return tf.reduce_mean(h, name="mean")


def lines_between(drawing: Drawing) -> set[tuple[Any, Any]]:
    return {(edge.start, edge.end) for edge in drawing.diagram.edges}


# Layout ------------------------------------------------------------------------------------------


@st.composite
def graphs(draw_: Any, acyclic: bool = True) -> tuple[dict[int, Size], list[Edge]]:
    count = draw_(st.integers(1, 14))
    sides = st.tuples(st.integers(10, 200), st.integers(10, 90))
    sizes = {i: Size(*map(float, draw_(sides))) for i in range(count)}
    ends = st.integers(0, count - 1)
    pairs = st.tuples(ends, ends, st.booleans(), st.integers(0, 1))
    drawn = draw_(st.lists(pairs, max_size=30))
    if acyclic:
        drawn = [(min(a, b), max(a, b), *look) for a, b, *look in drawn if a != b]
    return sizes, [Edge(*pair) for pair in drawn]


def box_of(layout: Layout, node: Any, size: Size) -> tuple[float, float, float, float]:
    x, top = layout.places[node]
    return x - size.width / 2, top, x + size.width / 2, top + size.height


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    rounding = 1e-6
    return (
        a[0] < b[2] - rounding
        and b[0] < a[2] - rounding
        and a[1] < b[3] - rounding
        and b[1] < a[3] - rounding
    )


@given(graphs(acyclic=False))
@settings(deadline=None, max_examples=100)
def test_boxes_do_not_overlap(case: tuple[dict[int, Size], list[Edge]]) -> None:
    sizes, edges = case
    layout = lay_out(sizes, edges)
    boxes = [box_of(layout, node, size) for node, size in sizes.items()]
    assert not any(overlap(a, b) for a, b in itertools.combinations(boxes, 2))
    assert min(box[0] for box in boxes) >= -1e-6
    assert max(box[2] for box in boxes) <= layout.width + 1e-6
    assert max(box[3] for box in boxes) <= layout.height + 1e-6


@given(graphs())
@settings(deadline=None, max_examples=100)
def test_every_edge_goes_down(case: tuple[dict[int, Size], list[Edge]]) -> None:
    sizes, edges = case
    layout = lay_out(sizes, edges)
    for edge in edges:
        start = box_of(layout, edge.start, sizes[edge.start])
        assert start[3] < layout.places[edge.end][1]
    assert all(piece.arrow >= 0 for piece in layout.pieces)
    assert all(p.y0 <= p.bend0 < p.bend1 <= p.y1 for p in layout.pieces)


@given(graphs())
@settings(deadline=None, max_examples=100)
def test_each_edge_is_a_way_of_pieces_with_one_head(
    case: tuple[dict[int, Size], list[Edge]],
) -> None:
    sizes, edges = case
    layout = lay_out(sizes, edges)
    heads = sum(piece.arrow == 1 for piece in layout.pieces)
    assert heads == len(set(edges))
    ways = {(p.x0, p.y0) for p in layout.pieces} | {
        (x, top + sizes[node].height) for node, (x, top) in layout.places.items()
    }
    ends = {(p.x1, p.y1) for p in layout.pieces if not p.arrow}
    assert ends <= ways  # what does not end at a box goes on


@given(graphs(acyclic=False))
@settings(deadline=None, max_examples=100)
def test_lines_pass_beside_boxes(case: tuple[dict[int, Size], list[Edge]]) -> None:
    sizes, edges = case
    layout = lay_out(sizes, edges)
    boxes = [box_of(layout, node, size) for node, size in sizes.items()]
    ways = [way for piece in layout.pieces for way in way_of(piece)]
    assert not any(overlap(way, box) for way in ways for box in boxes)


def way_of(piece: Piece) -> list[tuple[float, float, float, float]]:
    """Where a piece may be: straight down, the room of its bend, straight down."""
    x0, y0, bend0, x1, bend1, y1, *_ = piece
    bend = (min(x0, x1), bend0, max(x0, x1), bend1)
    return [(x0 - 0.5, y0, x0 + 0.5, bend0), bend, (x1 - 0.5, bend1, x1 + 0.5, y1)]


def test_in_a_circle_one_line_points_up() -> None:
    sizes = {name: Size(40.0, 20.0) for name in "abc"}
    layout = lay_out(sizes, [Edge("a", "b"), Edge("b", "c"), Edge("c", "a")])
    assert sorted(piece.arrow for piece in layout.pieces) == [-1, 0, 1, 1]


def test_few_lines_cross() -> None:
    """Two ladders can stand side by side, however their rungs are numbered."""
    names = ["a0", "b0", "b1", "a1", "a2", "b2", "b3", "a3"]
    edges = [Edge(f"{side}{i}", f"{side}{i + 1}") for i in range(3) for side in "ab"]
    layout = lay_out({name: Size(30.0, 20.0) for name in names}, edges)
    sides = {layout.places[f"a{i}"][0] < layout.places[f"b{i}"][0] for i in range(4)}
    assert len(sides) == 1


# What is drawn -----------------------------------------------------------------------------------


def test_a_tensor_is_drawn_with_what_leads_to_it() -> None:
    parts = perceptron()
    tf.square(parts["loss"], name="after")
    names = set(draw(parts["loss"]).diagram.boxes)
    assert {"x", "w", "b", "MatMul", "Add", "p", "Log", "loss"} <= names
    assert "after" not in names
    assert "after" in draw().diagram.boxes


def test_a_variable_is_one_box() -> None:
    parts = perceptron()
    for drawing in (draw(parts["loss"]), draw()):
        assert [name for name in drawing.diagram.boxes if name.split("/")[0] == "w"] == ["w"]
        assert ("w", "MatMul") in lines_between(drawing)
    assert list(draw(parts["w"]).diagram.boxes) == ["w"]


def test_what_only_initializes_is_drawn_when_it_is_asked_for() -> None:
    v = tf.Variable(tf.add(tf.zeros([2]), 1.0, name="start"), name="v")
    init = tf.global_variables_initializer()
    assert list(draw().diagram.boxes) == ["v"]
    assert {"start", "v", "v/Assign"} <= set(draw(v.initializer).diagram.boxes)
    assert ("v/Assign", init.name) in lines_between(draw(init))


def test_kinds() -> None:
    parts = perceptron()
    step = tf.train.GradientDescentOptimizer(0.1).minimize(parts["loss"])
    kinds = {name: box.kind for name, box in draw([parts["loss"], step]).diagram.boxes.items()}
    assert kinds["x"] == "placeholder" and kinds["w"] == "variable" and kinds["p"] == "operation"
    assert kinds["GradientDescent"] == "update"
    assert kinds["GradientDescent/update_w/ApplyGradientDescent"] == "update"
    assert kinds["GradientDescent/learning_rate"] == "constant"
    assert {k for n, k in kinds.items() if n.startswith("gradients/loss_grad")} == {"gradient"}


def test_control_dependencies_are_dashed() -> None:
    with tf.control_dependencies([tf.no_op(name="first")]):
        second = tf.constant(1.0, name="second")
    assert draw(second).diagram.edges == [Edge("first", "second", dashed=True)]
    assert "stroke-dasharray" in draw(second).to_svg()


def test_small_constants_show_their_values_and_types_that_names_hide() -> None:
    y = tf.add(tf.constant([1, 2], name="few"), tf.constant(np.arange(2), tf.int32), name="y")
    boxes = draw([y, tf.constant(np.zeros(99), name="many")]).diagram.boxes
    assert boxes["few"].label == "few = [1 2]"
    assert boxes["many"].label == "many"
    assert (boxes["y"].label, boxes["y"].note) == ("y", "Add")


def test_an_input_taken_twice_is_two_lines() -> None:
    x = tf.placeholder(tf.float32, [], name="x")
    with tf.name_scope("scope"):
        y = tf.multiply(x, x, name="y")
    drawing = draw(y)
    assert drawing.diagram.edges == [Edge("x", "scope/y"), Edge("x", "scope/y", copy=1)]
    assert drawing.to_svg().count("<polygon") == drawing.to_dot().count("n0 -> n1") == 2
    assert draw(y, fold=["scope"]).diagram.edges == [Edge("x", "scope")]


def test_lists_may_be_nested_and_repeat() -> None:
    parts = perceptron()
    assert set(draw([parts["loss"], (parts["p"], [parts["w"]])]).diagram.boxes) == set(
        draw(parts["loss"]).diagram.boxes
    )


def test_what_cannot_be_drawn() -> None:
    with pytest.raises(TypeError, match=r"cannot draw 3.*fix: give a Graph"):
        draw(3)
    with pytest.raises(TypeError, match="cannot draw None"):
        draw([None])
    with pytest.raises(ValueError, match="nothing to draw"):
        draw([])
    with tf.Graph().as_default():
        other = tf.constant(1.0, name="other")
    with pytest.raises(ValueError, match="different graphs"):
        draw([tf.constant(1.0), other])
    with pytest.raises(ValueError, match="not an element of this graph"):
        draw(tf.constant(1.0), values={other: 1.0})


def test_an_empty_graph() -> None:
    assert "an empty graph" in draw().to_svg()
    ET.fromstring(tf.Graph()._repr_html_())


def test_a_long_chain() -> None:
    h = tf.placeholder(tf.float32, [2])
    for _ in range(10_000):
        h = tf.tanh(h)
    assert len(draw(h).diagram.boxes) == 10_001
    draw(h).to_svg()


# Scopes ------------------------------------------------------------------------------------------


def test_a_folded_scope_is_one_box() -> None:
    drawing = draw(network(), fold=["layer1"])
    box = drawing.diagram.boxes["layer1"]
    assert box.folded and box.note == "3 operations"  # w, MatMul, Relu
    assert not [name for name in drawing.diagram.boxes if name.startswith("layer1/")]
    assert {("x", "layer1"), ("layer1", "layer2/MatMul")} <= lines_between(drawing)


def test_every_outermost_scope_folded() -> None:
    drawing = draw(network(), fold=True)
    assert list(drawing.diagram.boxes) == ["x", "layer1", "layer2", "loss"]
    assert lines_between(drawing) == {("x", "layer1"), ("layer1", "layer2"), ("layer2", "loss")}


def test_the_lines_of_folded_scopes_are_merged() -> None:
    loss = network()
    step = tf.train.AdamOptimizer().minimize(loss)
    drawing = draw([loss, step], fold=True)
    assert len(drawing.diagram.edges) == len(lines_between(drawing))
    assert {"gradients", "Adam"} <= set(drawing.diagram.boxes)
    assert drawing.diagram.boxes["gradients"].kind == "gradient"
    assert drawing.diagram.boxes["Adam"].kind == "update"


def test_a_scope_may_be_named_as_name_scope_gives_it_and_inside_another() -> None:
    with tf.name_scope("outer"), tf.name_scope("inner") as inner:
        y = tf.square(tf.constant(1.0))
    assert "outer/inner" in draw(y, fold=[inner]).diagram.boxes
    assert list(draw(y, fold=["outer", "outer/inner"]).diagram.boxes) == ["outer"]


def test_a_scope_that_is_not_there() -> None:
    with pytest.raises(
        ValueError, match=r"no scope 'layer3' to fold. Scopes: layer1, layer2, loss"
    ):
        draw(network(), fold=["layer1", "layer3"])


def test_variables_and_operations_are_no_scopes_for_what_belongs_to_them() -> None:
    w = tf.Variable(1.0, name="w")
    loss = tf.reduce_sum(tf.square(w), axis=0 if w.shape.ndims else None, name="total")
    step = tf.train.AdamOptimizer().minimize(loss)
    boxes = draw(step, fold=True).diagram.boxes
    assert not boxes["w"].folded and not boxes["w/Adam"].folded and boxes["Adam"].folded


def test_scopes_that_feed_each_other() -> None:
    with tf.name_scope("a") as a:
        x = tf.constant(1.0, name="x")
    with tf.name_scope("b"):
        y = tf.square(x)
    with tf.name_scope(a):
        z = tf.add(x, y)
    drawing = draw(z, fold=["a", "b"])
    assert lines_between(drawing) == {("a", "b"), ("b", "a")}
    ET.fromstring(drawing.to_svg())


# Captions ----------------------------------------------------------------------------------------


def captions(drawing: Drawing, name: str) -> list[str]:
    return [text for text, _ in drawing.diagram.boxes[name].captions]


def test_shapes_values_and_gradients() -> None:
    parts = perceptron()
    x, w, loss = parts["x"], parts["w"], parts["loss"]
    session = tf.Session()
    values = session.run({x: x, w: w, loss: loss}, {x: np.ones((7, 2))})
    drawing = draw(loss, shapes=True, values=values, gradients={w: np.zeros((9, 9)), loss: 1.0})
    assert captions(drawing, "x") == ["(?, 2)", "(7, 2) mean 1"]
    assert captions(drawing, "w") == ["(2, 2)", "[[1 2] [3 4]]", "∂ (9, 9) mean 0"]
    assert captions(drawing, "loss")[-1] == "∂ 1"
    assert captions(drawing, "MatMul") == ["(?, 2)"]


def test_reading_a_variable_is_the_variable() -> None:
    parts = perceptron()
    drawing = draw(parts["loss"], values={parts["w"].value(): 5.0})
    assert captions(drawing, "w") == ["5"]


def test_what_leaves_a_folded_scope_has_captions() -> None:
    loss = network()
    relu = loss.graph.get_tensor_by_name("layer1/Relu:0")
    drawing = draw(loss, fold=True, shapes=True, values={relu: 2.0})
    assert captions(drawing, "layer1") == ["(?, 4)", "2"]


def test_several_outputs_are_told_apart() -> None:
    a, b = tf.split(tf.placeholder(tf.float32, [6], name="x"), [2, 4], name="parts")
    drawing = draw(tf.reduce_sum(a) + tf.reduce_sum(b), shapes=True)
    assert captions(drawing, "parts") == ["parts  (2,)", "parts:1  (4,)"]


def test_labels_stand_in_their_own_place() -> None:
    """No text over another, and captions beside all boxes."""
    parts = perceptron()
    tensors = [parts["x"], parts["w"], parts["b"], parts["p"], parts["loss"]]
    values = {t: np.full((100, 2), -123.456) for t in tensors}
    step = tf.train.GradientDescentOptimizer(0.1).minimize(parts["loss"])
    for what, fold in (([parts["loss"]], ()), ([parts["loss"], step], ()), ([step], True)):
        drawing = draw(what, shapes=True, values=values, gradients=values, fold=fold, title="t")
        scene = drawing._scene
        marks = [mark for mark in scene.marks if isinstance(mark, Group)]
        texts = [part for mark in marks for part in mark.marks if isinstance(part, Text)]
        texts += [mark for mark in scene.marks if isinstance(mark, Text)]
        places = [text_place(text) for text in texts]
        assert any("∂" in text.text for text in texts)
        assert not any(overlap(a, b) for a, b in itertools.combinations(places, 2))
        for group in marks:
            own = {id(part) for part in group.marks}
            for box in (part for part in group.marks if isinstance(part, Rectangle)):
                corner = (box.x, box.y, box.x + box.width, box.y + box.height)
                others = [t for t in texts if id(t) not in own or t.text.startswith(("∂", "("))]
                assert not any(overlap(corner, text_place(text)) for text in others)
        ways = [way for mark in scene.marks if isinstance(mark, Line) for way in way_of(mark.piece)]
        assert not any(overlap(way, place) for way in ways for place in places)
        assert all(p[0] >= 0 and p[2] <= scene.width and p[3] <= scene.height for p in places)


def text_place(text: Text) -> tuple[float, float, float, float]:
    width = text_width(text.text, text.size, text.bold)
    left = text.x - width / 2 if text.middle else text.x
    return left, text.y - 0.75 * text.size, left + width, text.y + 0.2 * text.size


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.5, "2.5"),
        ([1, 2, 3], "[1 2 3]"),
        (np.float32(0.1), "0.1"),
        (12345.6, "12346"),
        (1e-5, "1e-05"),
        (True, "True"),
        (1 + 2j, "1+2j"),
        (np.full((100, 2), 0.31), "(100, 2) mean 0.31"),
        (np.array([1e17, 1.0] + [-1e17] + [0] * 9), "(12,) mean 0"),
        (np.arange(10) > 6, "(10,) 3 true"),
        (np.zeros((0, 3)), "(0, 3) empty"),
        ([], "[]"),
        ([np.nan] * 9, "(9,) mean nan"),
        (b"text", "'text'"),
        (["a"] * 9, "(9,) <U1"),
        (None, "None"),
    ],
)
def test_abbreviations(value: Any, text: str) -> None:
    assert abbreviate(value) == text


# How it is written -------------------------------------------------------------------------------


def test_svg_has_each_box_once_with_what_there_is_to_know() -> None:
    drawing = draw(perceptron()["loss"])
    root = ET.fromstring(drawing.to_svg())
    assert root.tag == f"{SVG}svg" and root.get("viewBox") and "max-width" in root.get("style", "")
    tooltips = [element.text or "" for element in root.iter(f"{SVG}title")]
    assert sorted(tooltip.split("\n")[0] for tooltip in tooltips) == sorted(drawing.diagram.boxes)
    (matmul,) = [tooltip for tooltip in tooltips if tooltip.startswith("MatMul\n")]
    assert matmul.split("\n")[1:3] == ["MatMul", "float64 (?, 2)"]
    assert re.search(r"made .*test_drawing\.py:\d+ in perceptron\(\):  p = tf.nn.softmax", matmul)
    assert root.find(f"{SVG}rect").get("fill") == "#ffffff"  # its own ground


def test_svg_has_a_legend_of_the_kinds_there_are() -> None:
    svg = draw(perceptron()["loss"]).to_svg()
    assert ">placeholder</text>" in svg and ">update</text>" not in svg


def test_text_is_escaped() -> None:
    text = tf.constant('<&">', name="text")
    drawing = draw(text, title="a < b & \"c\" > 'd'", values={text: "</svg>"})
    root = ET.fromstring(drawing.to_svg())
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert "a < b & \"c\" > 'd'" in texts and "'</svg>'" in texts
    assert root.get("aria-label") == "a < b & \"c\" > 'd'"


def test_drawings_in_one_page_share_no_ids() -> None:
    assert not re.search(r"\b(id|class)=", draw(perceptron()["loss"]).to_svg())


def test_dot() -> None:
    loss = network()
    drawing = draw(loss, fold=["layer1"], shapes=True, title='a "title" \\')
    lines = drawing.to_dot().splitlines()
    assert lines[0] == "digraph {" and lines[-1] == "}"
    assert '  label="a \\"title\\" \\\\" labelloc=t' in lines
    string = r'"(?:[^"\\]|\\.)*"'
    nodes = [x for x in lines if re.fullmatch(rf"  n\d+ \[(\w+={string} ?)+\]", x)]
    edges = [x for x in lines if re.fullmatch(r"  n\d+ -> n\d+( \[style=dashed\])?", x)]
    assert len(nodes) == len(drawing.diagram.boxes) and len(edges) == len(drawing.diagram.edges)
    assert len(lines) == len(nodes) + len(edges) + 4


def test_save_goes_by_suffix(tmp_path: Path) -> None:
    drawing = draw(perceptron()["loss"])
    drawing.save(tmp_path / "graph.svg")
    ET.parse(tmp_path / "graph.svg")
    drawing.save(str(tmp_path / "graph.DOT"))
    assert (tmp_path / "graph.DOT").read_text().startswith("digraph {")


def test_matplotlib_draws_the_same_scene(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyBboxPatch, Polygon

    drawing = draw(network(), fold=True, shapes=True, title="costs $1 or $2")
    figure = drawing.plot()
    (axes,) = figure.axes
    parts = [p for m in drawing._scene.marks for p in (m.marks if isinstance(m, Group) else [m])]
    boxes = [part for part in parts if isinstance(part, Rectangle)]
    heads = [part for part in parts if isinstance(part, Line) and part.piece.arrow]
    assert sum(isinstance(patch, FancyBboxPatch) for patch in axes.patches) == len(boxes)
    assert sum(isinstance(patch, Polygon) for patch in axes.patches) == len(heads)
    drawing.save(tmp_path / "graph.png")
    assert (tmp_path / "graph.png").read_bytes().startswith(b"\x89PNG")
    own = Figure().add_subplot()
    assert drawing.plot(own) is own.figure
    with pytest.raises(ValueError, match="nonsense"):
        drawing.save(tmp_path / "graph.nonsense")


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [*sys.modules]:
        if name.split(".")[0] == "matplotlib":
            monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    drawing = draw(perceptron()["loss"])
    assert drawing.to_svg() and drawing.to_dot()
    with pytest.raises(ImportError, match=r"tinyflow\[matplotlib\]"):
        drawing.save(tmp_path / "graph.png")


# In a notebook -----------------------------------------------------------------------------------


def test_graphs_tensors_and_operations_show_themselves(graph: tf.Graph) -> None:
    loss = perceptron()["loss"]
    for thing, drawing in ((loss, draw(loss)), (loss.op, draw(loss)), (graph, draw())):
        assert thing._repr_html_() == drawing.to_svg() == drawing._repr_html_()
    assert repr(loss) == "<tf.Tensor 'loss:0' shape=() dtype=float64>"
    assert repr(draw(loss)) == "<Drawing of 10 boxes and 9 lines>"


def test_large_graphs_fold_themselves(graph: tf.Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    network()
    monkeypatch.setattr(html, "_MANY", 5)
    assert graph._repr_html_() == draw(graph, fold=True).to_svg()
    monkeypatch.setattr(html, "_TOO_MANY", 2)
    assert re.search(r"&lt;.*operations, too many to show unasked", graph._repr_html_())


def test_a_session_shows_its_variables() -> None:
    parts = perceptron()
    session = tf.Session()
    session.run(parts["p"], {parts["x"]: [[1.0, 2.0]]})
    tf.Variable(3, name="late")
    root = ET.fromstring(session._repr_html_())
    assert root.find(f"{SVG}svg") is not None
    rows = [[cell.text for cell in row] for row in root.iter("tr")]
    assert rows == [
        ["variable", "shape", "dtype", "value"],
        ["w", "(2, 2)", "float64", "[[1 2] [3 4]]"],
        ["b", "(2,)", "float64", "[0 0]"],
        ["late", "()", "int32", "not used yet"],
    ]


def test_a_failure_to_draw_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(html, "select", fail)
    with pytest.raises(ZeroDivisionError):
        tf.constant(1.0)._repr_html_()


def test_the_package_starts_without_drawing() -> None:
    program = "import sys, tinyflow; sys.exit('tinyflow.drawing' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
