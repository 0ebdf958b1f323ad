"""The house: imports go down only, and inside a folder only to files listed earlier."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "tinyflow"

# From the ground up: a module imports only what stands before it.
LEVELS = [
    ("foundation", """
        errors dtypes shapes convert registry special philox kernels windows convolution spectra pooling
    """),
    ("graph", """
        operators stack site device report graph operation gradient_registry constant_value
    """),
    ("ops", """
        base constant operands conversion
        arithmetic comparison functions powers elementwise bitwise
        array cumulative reduction special
        joining shaping creation padding slicing indexing monotonic patterns
        space scattering segments ranking sorting statistics
        linalg einsum decompositions norms
        clip embedding printing flow checks random_ops stateless_random
        activation nn cross_entropy
        windowed conv pooling morphology
        state scatter_updates custom_gradient
    """),
    ("", "variables gradients"),
    ("compiler", """
        record walk plan trace
        rules.rule rules.shapes rules.arithmetic rules.reductions rules.softmax rules.products rules.scaling
        rules.images rules.convolutions rules.choices rewrite places buffers spares emit function
    """),
    ("", "config fetches feeds session gradient_checker"),
    ("train", """
        hyper slots global_steps decays no_gradient
        optimizer updates sparse_updates optimizers moving_averages __init__
    """),
    ("data_sets", "__init__"),
    ("", "bitwise dtypes errors linalg math nn random test plot progress debug"),
    ("drawing", """
        style summary layers layout selection scopes diagram scene svg canvas dot picture html __init__
    """),
    ("", "notebook __init__"),
]  # fmt: skip
HOUSE = [f"{folder}.{module}".strip(".") for folder, modules in LEVELS for module in modules.split()]
FOLDERS = ("foundation", "graph", "ops", "compiler", "compiler.rules")  # whose __init__ is only a sentence


def _modules() -> list[str]:
    paths = (path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.rglob("*.py"))
    return sorted(".".join(path.parts) for path in paths)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def _imported(module: str) -> Iterator[str]:
    """The modules of the package that it imports, also inside functions, but not for types only."""
    pending: list[ast.AST] = [ast.parse((PACKAGE / f"{module.replace('.', '/')}.py").read_text())]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            names = []
            pending += () if _is_for_types(node) else ast.iter_child_nodes(node)
        for name in names:
            if name.startswith("tinyflow."):
                yield _module_of(name.removeprefix("tinyflow."))


def _module_of(name: str) -> str:
    """The module that a dotted name is, or is in."""
    module = name.rpartition(".")[0]
    for candidate in (name, f"{name}.__init__", module, f"{module}.__init__"):
        if (PACKAGE / f"{candidate.replace('.', '/')}.py").is_file():
            return candidate
    raise AssertionError(f"no module has {name}")


@pytest.mark.parametrize("module", HOUSE)
def test_imports_go_down(module: str) -> None:
    below = HOUSE[: HOUSE.index(module)]
    for other in _imported(module):
        assert other in below, f"{module} imports {other}, which is not below it"


def test_every_module_has_its_place() -> None:
    assert sorted([*HOUSE, *(f"{folder}.__init__" for folder in FOLDERS)]) == _modules()


@pytest.mark.parametrize("folder", FOLDERS)
def test_folders_hold_nothing_themselves(folder: str) -> None:
    (sentence,) = ast.parse((PACKAGE / folder.replace(".", "/") / "__init__.py").read_text()).body
    assert isinstance(sentence, ast.Expr)
