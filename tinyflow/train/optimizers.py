"""The optimizers of TensorFlow 1.15: their hyper-parameters and slots.

The formulas are in updates.py.  A hyper-parameter is a number, a tensor, or a function of no
arguments that returns one; `use_locking` is accepted everywhere (see `Optimizer`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinyflow.graph.graph import get_default_graph
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.array import identity
from tinyflow.ops.constant import convert_to_tensor
from tinyflow.ops.elementwise import cast
from tinyflow.ops.flow import group
from tinyflow.train.hyper import fitted
from tinyflow.train.optimizer import Optimizer, is_slices
from tinyflow.train.sparse_updates import sparse_form
from tinyflow.train.updates import (
    ApplyAdadelta,
    ApplyAdagrad,
    ApplyAdagradDA,
    ApplyAdam,
    ApplyCenteredRMSProp,
    ApplyFtrl,
    ApplyFtrlV2,
    ApplyGradientDescent,
    ApplyMomentum,
    ApplyProximalAdagrad,
    ApplyProximalGradientDescent,
    ApplyRMSProp,
)
from tinyflow.variables import Variable

__all__ = [
    "AdadeltaOptimizer", "AdagradDAOptimizer", "AdagradOptimizer", "AdamOptimizer",
    "FtrlOptimizer", "GradientDescentOptimizer", "MomentumOptimizer", "ProximalAdagradOptimizer",
    "ProximalGradientDescentOptimizer", "RMSPropOptimizer",
]  # fmt: skip


class _Optimizer(Optimizer):
    """What the optimizers below share."""

    def _apply_sparse_duplicate_indices(self, grad: Any, var: Variable) -> Any:
        return self._apply_dense(grad, var)

    def _fitted(self, var: Variable, *hypers: Tensor) -> list[Tensor]:
        """Hyper-parameters in the variable's dtype."""
        return [fitted(tensor, var) for tensor in hypers]

    def _state(self, var: Variable, *slots: str) -> list[Tensor]:
        """The variable and its slots, to be changed."""
        return [var._ref(), *[self._slots[name][var.op]._ref() for name in slots]]

    def _zeros_slots(self, var_list: Sequence[Variable], *slots: str) -> None:
        for var in var_list:
            for slot in slots:
                self._zeros_slot(var, slot, self._name)


def _added(step: Any, inputs: list[Any], **attributes: Any) -> Any:
    """Adds a step to the graph: for some rows only, if the gradient is IndexedSlices."""
    for i, grad in enumerate(inputs):
        if is_slices(grad):
            inputs = [*inputs[:i], grad.values, grad.indices, *inputs[i + 1 :]]
            return sparse_form(step)(inputs, **attributes)
    return step(inputs, **attributes)


class GradientDescentOptimizer(_Optimizer):
    """Gradient descent: `x -= learning_rate * g`."""

    def __init__(
        self, learning_rate: Any, use_locking: bool = False, name: str = "GradientDescent"
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._hyper(self._learning_rate, "learning_rate")

    def _apply_dense(self, grad: Tensor, var: Variable) -> Any:
        return _added(
            ApplyGradientDescent, [var._ref(), *self._fitted(var, self._learning_rate_tensor), grad]
        )


class MomentumOptimizer(_Optimizer):
    """Momentum: `a = momentum * a + g; x -= learning_rate * a`.

    With `use_nesterov`: `x -= learning_rate * (g + momentum * a)`.
    """

    def __init__(
        self, learning_rate: Any, momentum: Any, use_locking: bool = False, name: str = "Momentum",
        use_nesterov: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._momentum = momentum
        self._use_nesterov = use_nesterov

    def _create_slots(self, var_list: Sequence[Variable]) -> None:
        self._zeros_slots(var_list, "momentum")

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._hyper(self._learning_rate, "learning_rate")
        self._momentum_tensor = self._hyper(self._momentum, "momentum")

    def _apply_dense(self, grad: Tensor, var: Variable) -> Any:
        lr, momentum = self._fitted(var, self._learning_rate_tensor, self._momentum_tensor)
        return _added(
            ApplyMomentum,
            [*self._state(var, "momentum"), lr, grad, momentum],
            use_nesterov=self._use_nesterov,
        )


class AdagradOptimizer(_Optimizer):
    """Adagrad: `a += g * g; x -= learning_rate * g / sqrt(a)`, where `a` begins at 0.1.

    Raises:
      ValueError: if `initial_accumulator_value` is not positive.
    """

    def __init__(
        self, learning_rate: Any, initial_accumulator_value: float = 0.1,
        use_locking: bool = False, name: str = "Adagrad",
    ) -> None:  # fmt: skip
        _check_positive(initial_accumulator_value=initial_accumulator_value)
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._initial_accumulator_value = initial_accumulator_value

    def _create_slots(self, var_list: Sequence[Variable]) -> None:
        for var in var_list:
            self._filled_slot(var, self._initial_accumulator_value, "accumulator", self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._hyper(self._learning_rate, "learning_rate")

    def _apply_dense(self, grad: Tensor, var: Variable) -> Any:
        lr = self._fitted(var, self._learning_rate_tensor)
        return _added(ApplyAdagrad, [*self._state(var, "accumulator"), *lr, grad])


class AdagradDAOptimizer(_Optimizer):
    """Adagrad by dual averaging, for models that are to be sparse.

    From the sums `s` of the gradients and `q` of their squares after `t` steps:
    `x = -lr * sign(s) * max(|s| - l1 * t, 0) / (l2 * t * lr + sqrt(q))`.

    Args:
      global_step: the variable in which the steps are counted (give it to `minimize`, too).

    Raises:
      ValueError: if the initial accumulator value is not positive.
    """

    def __init__(
        self, learning_rate: Any, global_step: Any,
        initial_gradient_squared_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0, l2_regularization_strength: float = 0.0,
        use_locking: bool = False, name: str = "AdagradDA",
    ) -> None:  # fmt: skip
        _check_positive(
            initial_gradient_squared_accumulator_value=initial_gradient_squared_accumulator_value
        )
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._initial_accumulator_value = initial_gradient_squared_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength
        self._global_step = global_step

    def _create_slots(self, var_list: Sequence[Variable]) -> None:
        for var in var_list:
            self._filled_slot(var, 0.0, "gradient_accumulator", self._name)
            self._filled_slot(
                var, self._initial_accumulator_value, "gradient_squared_accumulator", self._name
            )

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._hyper(self._learning_rate, "learning_rate")
        # This step's number, as seen by the variable's own update before the step is counted.
        step: Any = identity(self._global_step)
        self._step_tensor = step + 1

    def _apply_dense(self, grad: Tensor, var: Variable) -> Any:
        l1 = self._hyper(self._l1_regularization_strength, "l1_regularization_strength")
        l2 = self._hyper(self._l2_regularization_strength, "l2_regularization_strength")
        hypers = self._fitted(var, self._learning_rate_tensor, l1, l2)
        state = self._state(var, "gradient_accumulator", "gradient_squared_accumulator")
        return _added(ApplyAdagradDA, [*state, grad, *hypers, cast(self._step_tensor, "int64")])


class AdadeltaOptimizer(_Optimizer):
    """Adadelta: steps whose length follows that of recent steps.

    `a = rho * a + (1 - rho) * g * g; d = sqrt(u + epsilon) / sqrt(a + epsilon) * g;
    u = rho * u + (1 - rho) * d * d; x -= learning_rate * d`.  The paper has a learning rate of 1.
    """

    def __init__(
        self, learning_rate: Any = 0.001, rho: Any = 0.95, epsilon: Any = 1e-8,
        use_locking: bool = False, name: str = "Adadelta",
    ) -> None:  # fmt: skip
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._rho = rho
        self._epsilon = epsilon

    def _create_slots(self, var_list: Sequence[Variable]) -> None:
        self._zeros_slots(var_list, "accum", "accum_update")

    def _prepare(self) -> None:
        self._lr_t = self._hyper(self._lr, "lr")
        self._rho_t = self._hyper(self._rho, "rho")
        self._epsilon_t = self._hyper(self._epsilon, "epsilon")

    def _apply_dense(self, grad: Tensor, var: Variable) -> Any:
        hypers = self._fitted(var, self._lr_t, self._rho_t, self._epsilon_t)
        return _added(ApplyAdadelta, [*self._state(var, "accum", "accum_update"), *hypers, grad])


class AdamOptimizer(_Optimizer):
    """Adam: `x -= lr_t * m / (sqrt(v) + epsilon)`.

    `m = beta1 * m + (1 - beta1) * g`, `v = beta2 * v + (1 - beta2) * g * g`, and
    `lr_t = learning_rate * sqrt(1 - beta2**t) / (1 - beta1**t)` for the t-th step.

    The powers of the betas are variables, `beta1_power` and `beta2_power`.
    """

    def __init__(
        self, learning_rate: Any = 0.001, beta1: Any = 0.9, beta2: Any = 0.999,
        epsilon: Any = 1e-8, use_locking: bool = False, name: str = "Adam",
    ) -> None:  # fmt: skip
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._beta1 = beta1
        self._beta2 = beta2
        self._epsilon = epsilon

    def _create_slots(self, var_list: Sequence[Variable]) -> None:
        self._create_non_slot_variable(self._call_if_callable(self._beta1), "beta1_power")
        self._create_non_slot_variable(self._call_if_callable(self._beta2), "beta2_power")
        self._zeros_slots(var_list, "m", "v")

    def _prepare(self) -> None:
        self._lr_t = self._hyper(self._lr, "learning_rate")
        self._beta1_t = self._hyper(self._beta1, "beta1")
        self._beta2_t = self._hyper(self._beta2, "beta2")
        self._epsilon_t = self._hyper(self._epsilon, "epsilon")

    def _get_beta_accumulators(self) -> tuple[Any, Any]:
        """The variables that hold beta1**t and beta2**t for the next step."""
        names = "beta1_power", "beta2_power"
        return self._get_non_slot_variable(names[0]), self._get_non_slot_variable(names[1])

    def _apply_dense(self, grad: Tensor, var: Variable) -> Any:
        powers = [power.value() for power in self._get_beta_accumulators()]
        hypers = [self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t]
        return _added(
            ApplyAdam, [*self._state(var, "m", "v"), *self._fitted(var, *powers, *hypers), grad]
        )

    def _apply_sparse_duplicate_indices(self, grad: Any, var: Variable) -> Any:
        # m and v fade in every row, and so every row moves.
        return self._apply_dense(convert_to_tensor(grad), var)

    def _finish(self, update_ops: list[Any], name_scope: str) -> Operation:
        with get_default_graph().control_dependencies(update_ops):
            power1, power2 = self._get_beta_accumulators()
            next1 = power1.assign(power1 * self._fitted(power1, self._beta1_t)[0])
            next2 = power2.assign(power2 * self._fitted(power2, self._beta2_t)[0])
        return group(*update_ops, next1, next2, name=name_scope)


class RMSPropOptimizer(_Optimizer):
    """RMSProp: `s = decay * s + (1 - decay) * g * g`, `x -= mom`.

    There `mom = momentum * mom + learning_rate * g / sqrt(s + epsilon)`, and `s` begins at 1.
    With `centered`, the squared mean of the gradient is subtracted from `s` under the root.
    """

    def __init__(
        self, learning_rate: Any, decay: Any = 0.9, momentum: Any = 0.0, epsilon: Any = 1e-10,
        use_locking: bool = False, centered: bool = False, name: str = "RMSProp",
    ) -> None:  # fmt: skip
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._decay = decay
        self._momentum = momentum
        self._epsilon = epsilon
        self._centered = centered

    def _create_slots(self, var_list: Sequence[Variable]) -> None:
        for var in var_list:
            self._filled_slot(var, 1.0, "rms", self._name)
            if self._centered:
                self._zeros_slot(var, "mg", self._name)
            self._zeros_slot(var, "momentum", self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._hyper(self._learning_rate, "learning_rate")
        self._decay_tensor = self._hyper(self._decay, "decay")
        self._momentum_tensor = self._hyper(self._momentum, "momentum")
        self._epsilon_tensor = self._hyper(self._epsilon, "epsilon")

    def _apply_dense(self, grad: Tensor, var: Variable) -> Any:
        hypers = self._fitted(
            var, self._learning_rate_tensor, self._decay_tensor, self._momentum_tensor,
            self._epsilon_tensor,
        )  # fmt: skip
        if self._centered:
            return _added(
                ApplyCenteredRMSProp, [*self._state(var, "mg", "rms", "momentum"), *hypers, grad]
            )
        return _added(ApplyRMSProp, [*self._state(var, "rms", "momentum"), *hypers, grad])


class FtrlOptimizer(_Optimizer):
    """Follow the regularized leader, for sparse linear models.

    `n2 = n + g * g; z += g - (n2**-p - n**-p) / lr * x; n = n2`, and then
    `x = (sign(z) * l1 - z) / (n2**-p / lr + 2 * l2)` where `|z| > l1`, and 0 elsewhere; `p` is
    `learning_rate_power`.  With a shrinkage `s`, `g + 2 * s * x` takes the place of `g` in `z`.

    The first step forgets the variable's initial value.

    Raises:
      ValueError: if a hyper-parameter is out of its range.
    """

    def __init__(
        self, learning_rate: Any, learning_rate_power: Any = -0.5,
        initial_accumulator_value: float = 0.1, l1_regularization_strength: Any = 0.0,
        l2_regularization_strength: Any = 0.0, use_locking: bool = False, name: str = "Ftrl",
        accum_name: str | None = None, linear_name: str | None = None,
        l2_shrinkage_regularization_strength: Any = 0.0,
    ) -> None:  # fmt: skip
        _check_not_negative(
            initial_accumulator_value=initial_accumulator_value,
            l1_regularization_strength=l1_regularization_strength,
            l2_regularization_strength=l2_regularization_strength,
            l2_shrinkage_regularization_strength=l2_shrinkage_regularization_strength,
        )
        if isinstance(learning_rate_power, int | float) and learning_rate_power > 0:
            raise ValueError(
                f"learning_rate_power {learning_rate_power:f} needs to be negative or zero"
            )
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._learning_rate_power = learning_rate_power
        self._initial_accumulator_value = initial_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength
        self._l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self._accum_name = accum_name
        self._linear_name = linear_name

    def _create_slots(self, var_list: Sequence[Variable]) -> None:
        accum, linear = self._accum_name or self._name, self._linear_name or self._name
        for var in var_list:
            self._filled_slot(var, self._initial_accumulator_value, "accum", accum)
            self._zeros_slot(var, "linear", linear)

    def _prepare(self) -> None:
        names = ["learning_rate", "l1_regularization_strength", "l2_regularization_strength"]
        if self._shrinks():
            names.append("l2_shrinkage_regularization_strength")
        names.append("learning_rate_power")
        self._hypers = [self._hyper(getattr(self, "_" + name), name) for name in names]

    def _shrinks(self) -> bool:
        strength = self._l2_shrinkage_regularization_strength
        return not isinstance(strength, int | float) or strength > 0

    def _apply_dense(self, grad: Tensor, var: Variable) -> Any:
        step = ApplyFtrlV2 if self._shrinks() else ApplyFtrl
        return _added(
            step, [*self._state(var, "accum", "linear"), grad, *self._fitted(var, *self._hypers)]
        )


class ProximalGradientDescentOptimizer(_Optimizer):
    """Gradient descent with L1 and L2 penalties that are minimised exactly, not by gradient.

    `p = x - lr * g; x = sign(p) * max(|p| - lr * l1, 0) / (1 + lr * l2)`.
    """

    def __init__(
        self, learning_rate: Any, l1_regularization_strength: Any = 0.0,
        l2_regularization_strength: Any = 0.0, use_locking: bool = False,
        name: str = "ProximalGradientDescent",
    ) -> None:  # fmt: skip
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength

    def _prepare(self) -> None:
        self._hypers = [
            self._hyper(self._learning_rate, "learning_rate"),
            self._hyper(self._l1_regularization_strength, "l1_regularization_strength"),
            self._hyper(self._l2_regularization_strength, "l2_regularization_strength"),
        ]

    def _apply_dense(self, grad: Tensor, var: Variable) -> Any:
        return _added(
            ApplyProximalGradientDescent, [var._ref(), *self._fitted(var, *self._hypers), grad]
        )


class ProximalAdagradOptimizer(ProximalGradientDescentOptimizer):
    """The same with Adagrad's rate `lr / sqrt(a)`, `a += g * g`, in the place of `lr`.

    Raises:
      ValueError: if `initial_accumulator_value` is not positive.
    """

    def __init__(
        self, learning_rate: Any, initial_accumulator_value: float = 0.1,
        l1_regularization_strength: Any = 0.0, l2_regularization_strength: Any = 0.0,
        use_locking: bool = False, name: str = "ProximalAdagrad",
    ) -> None:  # fmt: skip
        _check_positive(initial_accumulator_value=initial_accumulator_value)
        super().__init__(
            learning_rate, l1_regularization_strength, l2_regularization_strength, use_locking, name
        )
        self._initial_accumulator_value = initial_accumulator_value

    def _create_slots(self, var_list: Sequence[Variable]) -> None:
        for var in var_list:
            self._filled_slot(var, self._initial_accumulator_value, "accumulator", self._name)

    def _apply_dense(self, grad: Tensor, var: Variable) -> Any:
        return _added(
            ApplyProximalAdagrad,
            [*self._state(var, "accumulator"), *self._fitted(var, *self._hypers), grad],
        )


def _check_positive(**values: Any) -> None:
    for name, value in values.items():
        if value <= 0.0:
            raise ValueError(f"{name} must be positive: {value}")


def _check_not_negative(**values: Any) -> None:
    for name, value in values.items():
        if isinstance(value, int | float) and value < 0.0:
            raise ValueError(f"{name} {value:f} needs to be positive or zero")
