"""The contract table: at least one `Row` for each op type; see tests/test_contract.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass
class Row:
    """One example of an op.

    Attributes:
      op_type: the type it is a row of (a gradient or grad-of-grad op may be its own row, too).
      build: from input tensors (placeholders) to the output tensor, or a list of them.
      inputs: arrays (float64 where a gradient is to be checked).
      reference: the same in plain NumPy, written independently: arrays to array(s).
      differentiate: check first and second derivatives with respect to the float64 inputs.
      order: how many orders to check.
      rtol: for the value.
    """

    op_type: str
    build: Callable[..., Any]
    inputs: Sequence[Any]
    reference: Callable[..., Any]
    differentiate: bool = True
    order: int = 2
    rtol: float = 1e-12

    def __post_init__(self) -> None:
        self.inputs = [np.asarray(x) for x in self.inputs]


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    """Random numbers for a row: the same ones every time."""
    return np.random.default_rng([seed, *shape]).standard_normal(shape)


def positive(*shape: int, seed: int = 0) -> np.ndarray:
    """Random numbers between 0.5 and 2.5."""
    return np.random.default_rng([seed, *shape]).uniform(0.5, 2.5, shape)


# Op types that change state have no row: here is what tests them instead.
NO_ROW_NEEDED = dict.fromkeys(
    [
        "ApplyAdadelta", "ApplyAdagrad", "ApplyAdagradDA", "ApplyAdam", "ApplyCenteredRMSProp",
        "ApplyFtrl", "ApplyFtrlV2", "ApplyGradientDescent", "ApplyMomentum",
        "ApplyProximalAdagrad", "ApplyProximalGradientDescent", "ApplyRMSProp",
        "SparseApplyAdadelta", "SparseApplyAdagrad", "SparseApplyAdagradDA",
        "SparseApplyCenteredRMSProp", "SparseApplyFtrl", "SparseApplyFtrlV2",
        "SparseApplyGradientDescent", "SparseApplyMomentum", "SparseApplyProximalAdagrad",
        "SparseApplyProximalGradientDescent", "SparseApplyRMSProp",
        "ApplyStep", "SparseStep",  # bases
    ],
    "tests/test_optimizers.py",
) | dict.fromkeys(
    [
        "AssertVariablesInitialized", "CountUpTo", "IsVariableInitialized", "ScatterAdd",
        "ScatterDiv", "ScatterMax", "ScatterMin", "ScatterMul", "ScatterNdAdd", "ScatterNdSub",
        "ScatterNdUpdate", "ScatterSub", "ScatterUpdate",
    ],
    "tests/test_tf115_cases.py",
) | dict.fromkeys(
    ["Assign", "AssignAdd", "AssignSub", "VariableV2"], "tests/test_transaction.py"
)  # fmt: skip
