"""The optimizers' own ops: each computes the next value of a variable and of its slots.

An optimizer's formula is written here once, in plain NumPy; optimizers.py says which slots and
hyper-parameters go into it.  Formulas, names and the order of inputs are TF 1.15's.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from tinyflow.foundation.errors import Problem
from tinyflow.foundation.shapes import Spec, merge_shapes, show_shape
from tinyflow.graph.gradient_registry import NotDifferentiable
from tinyflow.ops.state import Update

__all__ = [
    "ApplyAdadelta", "ApplyAdagrad", "ApplyAdagradDA", "ApplyAdam", "ApplyCenteredRMSProp",
    "ApplyFtrl", "ApplyFtrlV2", "ApplyGradientDescent", "ApplyMomentum", "ApplyProximalAdagrad",
    "ApplyProximalGradientDescent", "ApplyRMSProp", "ApplyStep", "check_same_shape",
]  # fmt: skip


class ApplyStep(Update):
    """What these ops share: their inputs are the variable, its slots, the gradient, and numbers.

    The variable, the slots and the gradient (input number `gradient`) have one shape.
    """

    gradient: ClassVar[int] = -1

    def infer(self, *specs: Spec) -> Spec:
        gradient = self.gradient % len(specs)
        for i, spec in enumerate(specs):
            name = type(self).operand_names[i]
            if i < self.state_count or i == gradient:
                check_same_shape(specs[0], spec, name)
            elif spec.shape:
                raise Problem(
                    f"Shape must be rank 0 but is rank {len(spec.shape)}: {name} has shape "
                    f"{show_shape(spec.shape)}",
                    f"give one number as {name}",
                )
        return specs[0]


def check_same_shape(var: Spec, other: Spec, name: str) -> None:
    try:
        merge_shapes(var.shape, other.shape)
    except ValueError:
        raise Problem(
            f"Shapes must be equal: var has shape {show_shape(var.shape)}, {name} "
            f"{show_shape(other.shape)}"
        ) from None


class ApplyGradientDescent(ApplyStep):
    """One step against the gradient."""

    def compute(self, var: Any, alpha: Any, delta: Any) -> Any:
        return var - alpha * delta


class ApplyMomentum(ApplyStep):
    """A step along a decaying sum of the gradients.

    Nesterov's variant goes one step further along that sum than the sum itself says: it looks
    where momentum is about to lead.
    """

    use_nesterov: bool = False
    state_count = 2
    gradient = 3

    def compute(self, var: Any, accum: Any, lr: Any, grad: Any, momentum: Any) -> Any:
        accum = momentum * accum + grad
        direction = grad + momentum * accum if self.use_nesterov else accum
        return var - lr * direction, accum


class ApplyAdagrad(ApplyStep):
    """A step that is shorter for the coordinates whose gradients were large: no epsilon.

    Duchi et al. 2011, "Adaptive subgradient methods for online learning and stochastic
    optimization".
    """

    update_slots: bool = True
    state_count = 2

    def compute(self, var: Any, accum: Any, lr: Any, grad: Any) -> Any:
        if self.update_slots:
            accum = accum + grad * grad
        return var - lr * grad / np.sqrt(accum), accum


class ApplyAdagradDA(ApplyStep):
    """Adagrad by dual averaging: the variable follows from the sums of all gradients so far."""

    state_count = 3
    gradient = 3
    same_dtype = False  # global_step is int64

    def compute(
        self, var: Any, gradient_accumulator: Any, gradient_squared_accumulator: Any, grad: Any,
        lr: Any, l1: Any, l2: Any, global_step: Any,
    ) -> Any:  # fmt: skip
        total = gradient_accumulator + grad
        squares = gradient_squared_accumulator + grad * grad
        steps = global_step.astype(lr.dtype)
        var = -lr * _shrunk(total, l1 * steps) / (l2 * steps * lr + np.sqrt(squares))
        return var, total, squares


class ApplyAdadelta(ApplyStep):
    """Steps as long, on average, as recent ones were: Zeiler 2012, arXiv:1212.5701.

    epsilon is inside both roots.
    """

    state_count = 3

    def compute(
        self, var: Any, accum: Any, accum_update: Any, lr: Any, rho: Any, epsilon: Any, grad: Any
    ) -> Any:
        accum = rho * accum + (1 - rho) * grad * grad
        update = np.sqrt(accum_update + epsilon) / np.sqrt(accum + epsilon) * grad
        accum_update = rho * accum_update + (1 - rho) * update * update
        return var - lr * update, accum, accum_update


class ApplyAdam(ApplyStep):
    """A step along the mean gradient, measured by the root of the mean squared one.

    Kingma and Ba 2015, arXiv:1412.6980, in the form before their section 2.1: both bias
    corrections go into the step's length, so epsilon (their "epsilon hat") is added to a root that
    is not corrected.
    """

    state_count = 3

    def compute(
        self, var: Any, m: Any, v: Any, beta1_power: Any, beta2_power: Any, lr: Any, beta1: Any,
        beta2: Any, epsilon: Any, grad: Any,
    ) -> Any:  # fmt: skip
        length = lr * np.sqrt(1 - beta2_power) / (1 - beta1_power)
        m = beta1 * m + (1 - beta1) * grad
        v = beta2 * v + (1 - beta2) * grad * grad
        return var - length * m / (np.sqrt(v) + epsilon), m, v


class ApplyRMSProp(ApplyStep):
    """A step along the gradient over the root of its mean square, with momentum.

    Tieleman and Hinton 2012, lecture 6.5 of "Neural networks for machine learning".  epsilon is
    inside the root.
    """

    state_count = 3

    def compute(
        self, var: Any, ms: Any, mom: Any, lr: Any, rho: Any, momentum: Any, epsilon: Any, grad: Any
    ) -> Any:
        ms = rho * ms + (1 - rho) * grad * grad
        mom = momentum * mom + lr * grad / np.sqrt(ms + epsilon)
        return var - mom, ms, mom


class ApplyCenteredRMSProp(ApplyStep):
    """RMSProp with the variance of the gradient, mean square less squared mean."""

    state_count = 4

    def compute(
        self, var: Any, mg: Any, ms: Any, mom: Any, lr: Any, rho: Any, momentum: Any, epsilon: Any,
        grad: Any,
    ) -> Any:  # fmt: skip
        mg = rho * mg + (1 - rho) * grad
        ms = rho * ms + (1 - rho) * grad * grad
        mom = momentum * mom + lr * grad / np.sqrt(ms - mg * mg + epsilon)
        return var - mom, mg, ms, mom


class ApplyFtrl(ApplyStep):
    """Follow the regularized leader: McMahan et al. 2013, "Ad click prediction", algorithm 1.

    The variable is computed from `accum` and `linear` alone: its old value matters only through
    what `linear` adds, so the first step forgets the initial value.
    """

    state_count = 3
    gradient = 3

    def compute(
        self, var: Any, accum: Any, linear: Any, grad: Any, lr: Any, l1: Any, l2: Any, lr_power: Any
    ) -> Any:
        return _ftrl(var, accum, linear, grad, grad, lr, l1, l2, lr_power)


class ApplyFtrlV2(ApplyStep):
    """Ftrl with a second L2 penalty, which shrinks the variable by way of the gradient."""

    state_count = 3
    gradient = 3

    def compute(
        self, var: Any, accum: Any, linear: Any, grad: Any, lr: Any, l1: Any, l2: Any,
        l2_shrinkage: Any, lr_power: Any,
    ) -> Any:  # fmt: skip
        shrunk = grad + 2 * l2_shrinkage * var
        return _ftrl(var, accum, linear, grad, shrunk, lr, l1, l2, lr_power)


def _ftrl(
    var: Any, accum: Any, linear: Any, grad: Any, slope: Any, lr: Any, l1: Any, l2: Any,
    lr_power: Any,
) -> Any:  # fmt: skip
    new_accum = accum + grad * grad
    rate, new_rate = _inverse_power(accum, lr_power) / lr, _inverse_power(new_accum, lr_power) / lr
    linear = linear + slope - (new_rate - rate) * var
    moved = (np.sign(linear) * l1 - linear) / (new_rate + 2 * l2)
    return np.where(abs(linear) > l1, moved, 0.0), new_accum, linear


def _inverse_power(x: Any, power: Any) -> Any:
    """x ** -power; the usual power, -1/2, is a root."""
    return np.sqrt(x) if power == -0.5 else np.power(x, -power)


def _shrunk(x: Any, threshold: Any) -> Any:
    """`x` moved towards zero by `threshold`, and no further."""
    return np.sign(x) * np.maximum(abs(x) - threshold, 0)


class ApplyProximalGradientDescent(ApplyStep):
    """A gradient step, then the step that L1 and L2 penalties would take, exactly.

    Duchi and Singer 2009, "Efficient learning using forward-backward splitting".
    """

    def compute(self, var: Any, alpha: Any, l1: Any, l2: Any, delta: Any) -> Any:
        return _shrunk(var - alpha * delta, alpha * l1) / (1 + alpha * l2)


class ApplyProximalAdagrad(ApplyStep):
    """The same with Adagrad's step lengths, one for each coordinate."""

    state_count = 2

    def compute(self, var: Any, accum: Any, lr: Any, l1: Any, l2: Any, grad: Any) -> Any:
        accum = accum + grad * grad
        length = lr / np.sqrt(accum)
        return _shrunk(var - length * grad, length * l1) / (1 + length * l2), accum


NotDifferentiable("ApplyStep")
for _class in ApplyStep.__subclasses__():
    NotDifferentiable(_class.op_type)
