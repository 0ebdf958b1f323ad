"""The house: imports go down only, and inside a folder only to files listed earlier."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "tinyflow"

# Level by level, from the ground up; inside a level in order.
HOUSE = """
foundation.errors foundation.dtypes foundation.shapes foundation.convert foundation.registry
foundation.special foundation.philox foundation.windows
graph.operators graph.stack graph.site graph.device graph.report graph.graph graph.operation graph.gradient_registry
graph.constant_value
ops.constant ops.base ops.conversion ops.arithmetic ops.powers ops.functions ops.bitwise ops.elementwise ops.comparison
ops.array ops.reduction ops.cumulative ops.creation ops.shaping ops.indexing ops.linalg ops.nn
ops.cross_entropy ops.clip ops.windowed ops.conv ops.pooling ops.morphology ops.random_ops ops.state ops.flow ops.printing ops.checks
variables gradients
compiler.record compiler.walk compiler.plan compiler.trace compiler.rewrite compiler.buffers compiler.spares compiler.emit
compiler.function
config fetches feeds session
gradient_checker
""".split()


def _modules():
    return sorted(
        str(p.relative_to(PACKAGE).with_suffix("")).replace("/", ".") for p in PACKAGE.rglob("*.py")
    )


def _imported(module):
    tree = ast.parse((PACKAGE / (module.replace(".", "/") + ".py")).read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            node.body.clear()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tinyflow."):
            yield node.module.removeprefix("tinyflow.")


@pytest.mark.parametrize("module", HOUSE)
def test_imports_go_down(module):
    here = HOUSE.index(module)
    for other in _imported(module):
        assert other in HOUSE[:here], f"{module} imports {other}, which is not below it"


def test_every_inner_module_has_its_place():
    inner = [m for m in _modules() if m.split(".")[0] in ("foundation", "graph", "ops", "compiler")]
    missing = [m for m in inner if m not in HOUSE and not m.endswith("__init__")]
    assert not missing
