"""The public names: TF 1.15's, with its arguments and defaults."""

from __future__ import annotations

import builtins
import inspect
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import tinyflow as tf

# Each public name of TF 1.15 in scope: [argument, default as text (None: it has none)] in order,
# "property", or "value ...".
SIGNATURES = json.loads((Path(__file__).parent / "data/tf115_signatures.json").read_text())

# Names in scope that tinyflow does not have, and what they wait for.
LATER = {
    "IndexedSlices": "IndexedSlices convert_to_tensor_or_indexed_slices Variable.batch_scatter_update",
    "functions as graphs: conditions and loops": "case cond foldl foldr map_fn scan while_loop",
    "gradients of functions that own variables": "grad_pass_through recompute_grad",
    "initializers": """
        constant_initializer glorot_normal_initializer glorot_uniform_initializer ones_initializer
        orthogonal_initializer random_normal_initializer random_uniform_initializer
        truncated_normal_initializer uniform_unit_scaling_initializer variance_scaling_initializer
        zeros_initializer
        initializers.constant initializers.glorot_normal initializers.glorot_uniform
        initializers.he_normal initializers.he_uniform initializers.identity
        initializers.lecun_normal initializers.lecun_uniform initializers.ones
        initializers.orthogonal initializers.random_normal initializers.random_uniform
        initializers.truncated_normal initializers.uniform_unit_scaling
        initializers.variance_scaling initializers.zeros
        initializers.variables initializers.global_variables initializers.local_variables
    """,
    "losses": "losses.absolute_difference losses.mean_squared_error",
    "windows in three dimensions": "nn.avg_pool3d nn.conv3d nn.conv3d_transpose nn.max_pool3d",
    "variable scopes": "variable_creator_scope Variable.SaveSliceInfo",
    "a need: there is one kind of variable, on one machine": """
        VariableAggregation VariableSynchronization Variable.aggregation Variable.synchronization
        disable_resource_variables enable_resource_variables resource_variables_enabled
    """,
    "a need: a graph is not written as a protocol buffer": """
        make_ndarray make_tensor_proto DType.is_quantized Graph.as_graph_def Graph.create_op
        Graph.graph_def_versions Operation.node_def Operation.traceback_with_start_lines
        TensorShape.as_proto Variable.from_proto Variable.to_proto
        errors.raise_exception_on_not_ok_status
    """,
    "a need: nothing else uses them": """
        TensorSpec Graph.seed Tensor.OVERLOADABLE_OPERATORS Tensor.experimental_ref
        Variable.experimental_ref Variable.gather_nd Variable.sparse_read get_logger
        initializers.tables_initializer tables_initializer to_bfloat16
    """,
}
MISSING = {f"tf.{name}" for names in LATER.values() for name in names.split()}

# Signatures that are not TF 1.15's, and why.
OTHER_ARGUMENTS = {
    "tf.DType": "made by nobody but tinyflow, from a name and NumPy's dtype",
    "tf.dtypes.DType": "as tf.DType",
    "tf.Operation": "op types are its subclasses, and these are made by calling them",
    "tf.Tensor": "made by nobody but operations, with all that is known of it",
    "tf.OpError": "a subclass brings its own error_code",
    "tf.errors.OpError": "as tf.OpError",
    "tf.errors.UnknownError": "error_code is None, which stands for UNKNOWN",
    "tf.UnconnectedGradients": "an enumeration: Python's versions differ in how they show it",
    "tf.Variable": "synchronization and aggregation are None: there is one machine",
    "tf.placeholder": "the dtype may be left out: then it is that of what is fed",
}

# Names that TF 1.15 has not got (or not in this place), and why they are here.
OURS = {
    "Operation": "to be subclassed: a learner's own op types",
    "Spec": "what a learner's infer takes and returns",
    "Tensor": "TF 1.15's",
    "GradientTable": "the steps of the walk that tf.gradients does, to look at",
    "compute_gradients": "tf.gradients, with its steps",
    "traverse_postorder": "the order in which a Session computes",
    "GradientDescentOptimizer": "the texts that tinyflow follows call it tf.GradientDescentOptimizer",
    "softmax": "so they do tf.softmax",
    "log_sigmoid": "TF 1.15's",
}

SPACES = ("bitwise", "dtypes", "errors", "linalg", "math", "nn", "random", "test", "train")


def _found(name: str) -> Any:
    """What a name stands for, methods as plain functions.

    Raises:
      LookupError: if there is no such thing.
    """
    value: Any = tf
    for part in name.split(".")[1:]:
        if inspect.isclass(value) and part in _of_instances(value):
            return property()
        if not hasattr(value, part):
            raise LookupError(name)
        static = inspect.getattr_static(value, part)
        value = static if isinstance(static, property) else getattr(value, part)
    return value


def _of_instances(kind: type) -> set[str]:
    """Attributes that each instance is given when it is made."""
    if issubclass(kind, tf.Operation):
        with tf.Graph().as_default():
            return set(vars(tf.no_op()))
    if issubclass(kind, tf.OpError):
        return set(vars(tf.OpError(None, None, "")))
    return set()


def _arguments(name: str) -> list[list[str | None]]:
    value = _found(name)
    owner, _, last = name.rpartition(".")
    if inspect.isclass(value):
        made_by, skipped = value.__init__, 1
        if made_by is object.__init__:
            return []
    else:
        made_by, skipped = value, 0
        if inspect.isclass(_found(owner)):  # all but static methods begin with self
            skipped = inspect.isfunction(inspect.getattr_static(_found(owner), last))
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    return [
        [
            stars.get(parameter.kind, "") + parameter.name,
            None if parameter.default is inspect.Parameter.empty else repr(parameter.default),
        ]
        for parameter in list(inspect.signature(made_by).parameters.values())[skipped:]
    ]


CALLED = sorted(
    name
    for name, signature in SIGNATURES.items()
    if isinstance(signature, list) and name not in MISSING | OTHER_ARGUMENTS.keys()
)


@pytest.mark.parametrize("name", CALLED)
def test_arguments_are_tensorflow_s(name: str) -> None:
    wanted, own = SIGNATURES[name], _arguments(name)
    assert own[: len(wanted)] == wanted
    assert all(default is not None for _, default in own[len(wanted) :])


@pytest.mark.parametrize("name", sorted(OTHER_ARGUMENTS))
def test_only_real_exceptions_are_listed(name: str) -> None:
    assert _arguments(name) != SIGNATURES[name]


@pytest.mark.parametrize("name", [n for n, s in SIGNATURES.items() if s == "property"])
def test_properties_are_properties(name: str) -> None:
    if name not in MISSING:
        assert not inspect.isfunction(_found(name))


@pytest.mark.parametrize("name", sorted(SIGNATURES))
def test_every_name_in_scope_is_there_or_listed(name: str) -> None:
    try:
        _found(name)
    except LookupError:
        assert name in MISSING, f"{name} is neither there nor in LATER"
    else:
        assert name not in MISSING, f"{name} is there: take it out of LATER"


def test_later_names_only_what_is_in_scope() -> None:
    assert set(SIGNATURES) >= MISSING


# -- what the modules list -----------------------------------------------------------------------


@pytest.mark.parametrize("space", SPACES)
def test_a_module_lists_what_it_has(space: str) -> None:
    module = getattr(tf, space)
    there = {n for n in vars(module) if n[0] != "_" and not isinstance(vars(module)[n], ModuleType)}
    assert there == set(module.__all__)
    assert len(module.__all__) == len(there)


def test_the_package_lists_what_it_has() -> None:
    """(Its own modules are there too, since Python puts them there.)"""
    modules = {*SPACES, "data_sets", "debug"}
    there = {
        name
        for name, value in vars(tf).items()
        if name[0] != "_" and (name in modules or not isinstance(value, ModuleType))
    }
    assert set(tf.__all__) == {name for name in there if not hasattr(builtins, name)}
    assert len(tf.__all__) == len(set(tf.__all__))


def test_names_that_are_python_s_are_there_too() -> None:
    for name in ("abs", "bool", "complex", "pow", "print", "range", "round", "slice", "tuple"):
        assert hasattr(tf, name) and name not in tf.__all__


def test_names_not_in_tensorflow_have_a_reason() -> None:
    theirs = {name.split(".")[1] for name in SIGNATURES}
    constants = {n for n in tf.__all__ if isinstance(getattr(tf, n), tf.DType)} | {"newaxis"}
    settings = {n for n in tf.__all__ if n.endswith("Options")} | {"ConfigProto", "RunMetadata"}
    also = {"bitwise", "data_sets", "qr", "svd", "self_adjoint_eig", "self_adjoint_eigvals"}
    also |= {"debug", "string_to_number"}
    assert set(tf.__all__) - theirs - constants - settings - also - OURS.keys() == set()


def test_import_star_leaves_python_s_names_alone() -> None:
    program = """
import builtins
from tinyflow import *
taken = [name for name in dir(builtins) if name in globals() and name[0] != "_"]
assert not taken, taken
assert sum(range(3)) == 3 and placeholder and nn.relu
"""
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)
