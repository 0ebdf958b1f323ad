"""Steps of some rows only: those rows of an embedding that a batch has used.

Each is the dense step of the same name (updates.py), computed for fewer rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Spec
from tinyflow.graph.gradient_registry import NotDifferentiable
from tinyflow.train.updates import (
    ApplyAdadelta,
    ApplyAdagrad,
    ApplyAdagradDA,
    ApplyCenteredRMSProp,
    ApplyFtrl,
    ApplyFtrlV2,
    ApplyGradientDescent,
    ApplyMomentum,
    ApplyProximalAdagrad,
    ApplyProximalGradientDescent,
    ApplyRMSProp,
    ApplyStep,
    check_same_shape,
)

__all__ = ["sparse_form"]


class SparseStep(ApplyStep):
    """A step of the rows that `indices` names; the other rows, and their slots, stay.

    The inputs are those of the dense step, with the indices right after the gradient, whose i-th
    row belongs to row `indices[i]`.  A row named twice takes one step, by the sum of its gradients.
    """

    same_dtype = False  # the indices are integers

    def infer(self, *specs: Spec) -> Spec:
        var, grad = specs[0], specs[self.gradient % (len(specs) - 1)]
        for slot in specs[1 : self.state_count]:
            check_same_shape(var, slot, "a slot")
        if var.shape and grad.shape:
            rows = Spec(var.dtype, var.shape[1:]), Spec(grad.dtype, grad.shape[1:])
            check_same_shape(*rows, "(each is that of a row) grad")
        return var

    def compute(self, *values: Any) -> Any:
        position, count = self.gradient % (len(values) - 1), self.state_count
        state, grad, indices = values[:count], values[position], values[position + 1]
        rows, place = np.unique(indices, return_inverse=True)
        if rows.size and not 0 <= rows[0] <= rows[-1] < len(state[0]):
            raise Problem(f"the indices {rows[0]}..{rows[-1]} are not all of {len(state[0])} rows")
        total = np.zeros((len(rows), *grad.shape[1:]), grad.dtype)
        np.add.at(total, place.reshape(-1), grad)
        hypers = values[count:position], values[position + 2 :]
        parts = super().compute(*[x[rows] for x in state], *hypers[0], total, *hypers[1])
        return tuple(
            _with_rows(old, rows, part)
            for old, part in zip(state, parts if count > 1 else (parts,), strict=True)
        )


def _with_rows(array: Any, rows: Any, values: Any) -> Any:
    changed = array.copy()
    changed[rows] = values
    return changed


class SparseApplyAdadelta(SparseStep, ApplyAdadelta):
    """Adadelta for some rows."""


class SparseApplyAdagrad(SparseStep, ApplyAdagrad):
    """Adagrad for some rows."""


class SparseApplyAdagradDA(SparseStep, ApplyAdagradDA):
    """Adagrad by dual averaging for some rows."""


class SparseApplyCenteredRMSProp(SparseStep, ApplyCenteredRMSProp):
    """Centered RMSProp for some rows."""


class SparseApplyFtrl(SparseStep, ApplyFtrl):
    """Ftrl for some rows."""


class SparseApplyFtrlV2(SparseStep, ApplyFtrlV2):
    """Ftrl with shrinkage for some rows."""


class SparseApplyGradientDescent(SparseStep, ApplyGradientDescent):
    """Gradient descent for some rows (TF 1.15 uses ScatterSub)."""


class SparseApplyMomentum(SparseStep, ApplyMomentum):
    """Momentum for some rows."""


class SparseApplyProximalAdagrad(SparseStep, ApplyProximalAdagrad):
    """Proximal Adagrad for some rows."""


class SparseApplyProximalGradientDescent(SparseStep, ApplyProximalGradientDescent):
    """Proximal gradient descent for some rows."""


class SparseApplyRMSProp(SparseStep, ApplyRMSProp):
    """RMSProp for some rows."""


_SPARSE: dict[type, type[SparseStep]] = {
    cls.__mro__[2]: cls for cls in SparseStep.__subclasses__()
}

NotDifferentiable("SparseStep")
for _class in _SPARSE.values():
    NotDifferentiable(_class.op_type)


def sparse_form(step: type[ApplyStep]) -> type[SparseStep]:
    """The op for some rows that goes with one for all rows."""
    return _SPARSE[step]
