"""The chapters: each runs, keeps the promises that its last cell asserts, and has the form of one."""

from __future__ import annotations

import ast
import re
import runpy
from pathlib import Path

import pytest

import tinyflow as tf

plt = pytest.importorskip("matplotlib.pyplot")
pytest.importorskip("tqdm")

CHAPTERS = sorted((Path(__file__).parent.parent / "tutorials").glob("[0-9][0-9]_*.py"))
each_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
MAY_IMPORT = {
    "__future__", "collections", "difflib", "functools", "itertools", "math", "os", "re", "textwrap", "time",
    "typing", "matplotlib", "numpy", "tinyflow",
}  # fmt: skip


@each_chapter
def test_a_chapter_keeps_what_it_promises(chapter, monkeypatch, tmp_path):
    monkeypatch.setenv("TINYFLOW_QUICK", "1")
    monkeypatch.chdir(tmp_path)  # it may be run from anywhere
    monkeypatch.setattr(plt, "show", lambda: None)
    plt.switch_backend("agg")
    tf.reset_default_graph()
    try:
        runpy.run_path(str(chapter), run_name="__main__")
    finally:
        plt.close("all")
        tf.reset_default_graph()
    assert not [*tmp_path.iterdir()]  # and leaves nothing there


def test_chapters_are_numbered_without_a_gap():
    assert [int(path.name[:2]) for path in CHAPTERS] == [*range(1, len(CHAPTERS) + 1)]
    assert CHAPTERS


@each_chapter
def test_a_chapter_has_the_form_of_one(chapter):
    text = chapter.read_text()
    title, underline, blank = ast.get_docstring(ast.parse(text)).splitlines()[:3]
    assert title.startswith(f"{int(chapter.name[:2])}. ")
    assert (set(underline), len(underline), blank) == ({"="}, len(title), "")
    _, *cells = re.split(r"^# %%\n", text, flags=re.MULTILINE)
    assert all(cell.startswith("# ") for cell in cells)  # prose comes before code
    assert re.search(r"^assert ", cells[-1], re.MULTILINE)
    assert "\n# What we saw\n# -----------\n" in text


@each_chapter
def test_a_chapter_needs_only_what_the_extra_installs(chapter):
    modules = []
    for node in ast.walk(ast.parse(chapter.read_text())):
        if isinstance(node, ast.ImportFrom):
            modules.append(node.module)
        elif isinstance(node, ast.Import):
            modules += [name.name for name in node.names]
    assert {module.split(".")[0] for module in modules} <= MAY_IMPORT
