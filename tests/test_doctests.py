"""The examples in the docstrings work, and what is public has a docstring."""

from __future__ import annotations

import doctest
import importlib
import inspect
import warnings
from pathlib import Path

import pytest

import tinyflow as tf

PACKAGE = Path(tf.__file__).parent
OPTIONAL = {"plot": "matplotlib"}  # modules that need more than NumPy


def _modules() -> list[str]:
    paths = (path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.rglob("*.py"))
    return sorted(".".join(path.parts).removesuffix(".__init__") for path in paths)


@pytest.mark.parametrize("name", [name for name in _modules() if name != "__init__"])
def test_examples(name: str) -> None:
    if name in OPTIONAL:
        pytest.importorskip(OPTIONAL[name])
    # (`tf.gradients` is the function, so the module has to be asked for by name.)
    module = importlib.import_module(f"tinyflow.{name}")
    for example in doctest.DocTestFinder(exclude_empty=True).find(module):
        with tf.Graph().as_default(), warnings.catch_warnings():
            warnings.simplefilter("error")
            failed, _ = doctest.DocTestRunner().run(example)
        assert not failed, f"{example.name}: see the captured output"


@pytest.mark.parametrize("space", ["", "bitwise", "linalg", "math", "nn", "random", "test", "train"])
def test_what_is_public_says_what_it_is(space: str) -> None:
    module = getattr(tf, space) if space else tf
    silent = [
        name
        for name, value in vars(module).items()
        if name[0] != "_" and (inspect.isfunction(value) or inspect.isclass(value))
        if not (value.__doc__ or "").strip()
    ]
    assert not silent


def test_examples_are_found() -> None:
    finder = doctest.DocTestFinder()
    modules = [importlib.import_module(f"tinyflow.ops.{name}") for name in ("array", "reduction")]
    assert all(any(test.examples for test in finder.find(module)) for module in modules)
