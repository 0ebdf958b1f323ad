"""Moving averages of variables: what one evaluates a model with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tinyflow.foundation.dtypes import DType
from tinyflow.graph.graph import Graph, GraphKeys, name_scope
from tinyflow.graph.operation import Operation
from tinyflow.ops.comparison import minimum
from tinyflow.ops.elementwise import cast, pow as power_of
from tinyflow.ops.flow import group
from tinyflow.train.hyper import common_dtype, fitted, hyper_parameter
from tinyflow.train.slots import create_slot, filled
from tinyflow.variables import (
    Variable,
    global_variables,
    moving_average_variables,
    trainable_variables,
)

__all__ = ["ExponentialMovingAverage"]


class ExponentialMovingAverage:
    """Averages in which old values fade: `average = decay * average + (1 - decay) * value`.

    Args:
      decay: a number a little below 1, such as 0.999.
      num_updates: a count of updates; the decay is then at most `(1 + n) / (10 + n)`, so that the
        average follows faster in the beginning.
      zero_debias: averages of tensors begin at 0 and are divided by `1 - decay**t` to undo that.
      name: the name of the averages, after their variables' names.

    >>> import tinyflow as tf
    >>> x = tf.Variable(1.0, name="x")
    >>> averages = ExponentialMovingAverage(decay=0.5)
    >>> with tf.control_dependencies([tf.assign(x, 3.0)]):
    ...     update = averages.apply([x])
    >>> with tf.Session() as session:
    ...     session.run(update)
    ...     float(session.run(averages.average(x)))
    2.0
    """

    def __init__(
        self, decay: Any, num_updates: Any = None, zero_debias: bool = False,
        name: str = "ExponentialMovingAverage",
    ) -> None:  # fmt: skip
        self._decay = decay
        self._num_updates = num_updates
        self._zero_debias = zero_debias
        self._name = name
        self._averages: dict[Any, Variable] = {}
        self._biased: dict[Any, tuple[Variable, Variable]] = {}

    @property
    def name(self) -> str:
        """The name given to the averages."""
        return self._name

    def apply(self, var_list: Iterable[Any] | None = None) -> Operation:
        """An operation that updates the averages; they are made if they are not there yet.

        Args:
          var_list: variables, or tensors; by default the trainable variables.

        Raises:
          TypeError: if one is not of a floating dtype.
        """
        values = trainable_variables() if var_list is None else list(var_list)
        for value in values:
            if value.dtype is not None and not value.dtype.base_dtype.is_floating:
                raise TypeError(f"The variables must be half, float, or double: {value.name}")
            if value not in self._averages:
                self._create(value)
        with name_scope(self._name) as scope:
            decay = self._current_decay(common_dtype(self._averages[value] for value in values))
            updates = [self._update(value, decay) for value in values]
            return group(*updates, name=scope)

    def average(self, var: Any) -> Variable | None:
        """The variable that holds the average of `var`, or None."""
        return self._averages.get(var)

    def average_name(self, var: Any) -> str:
        """The name that the average of `var` has, or would have."""
        if var in self._averages:
            return self._averages[var].op.name
        graph: Graph = var.graph
        with graph.name_scope(None):
            return graph.unique_name(f"{var.op.name}/{self._name}", mark_as_used=False)

    def variables_to_restore(
        self, moving_avg_variables: Iterable[Any] | None = None
    ) -> dict[str, Any]:
        """For a Saver: names in a checkpoint to variables, so that variables get their averages.

        Args:
          moving_avg_variables: those that get their averages; by default the trainable variables
            and those whose averages are kept.  All others get their own values.
        """
        if moving_avg_variables is None:
            moving_avg_variables = [*trainable_variables(), *moving_average_variables()]
        names = {self.average_name(var): var for var in moving_avg_variables}
        averaged = {var.name for var in names.values()}
        for var in global_variables():
            if var.name not in averaged:
                names.setdefault(var.op.name, var)
        return names

    # -- the steps of `apply` ---------------------------------------------------------------------

    def _create(self, value: Any) -> None:
        """The average of one variable (which begins as that does) or tensor (zeros)."""
        if isinstance(value, Variable):
            self._averages[value] = create_slot(value, value.initialized_value(), self._name)
            value.graph.add_to_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, value)
            return
        average = create_slot(value, lambda: filled(value, 0.0), self._name)
        self._averages[value] = average
        if self._zero_debias:
            biased = create_slot(average, lambda: filled(value, 0.0), "biased")
            with average.graph.control_dependencies(None), average.graph.name_scope(None):
                steps = Variable(0.0, trainable=False, name=f"{average.op.name}/local_step")
            self._biased[value] = biased, steps

    def _current_decay(self, dtype: DType) -> Any:
        decay = hyper_parameter(self._decay, dtype, "decay")
        if self._num_updates is None:
            return decay
        count: Any = cast(self._num_updates, decay.dtype, name="num_updates")
        return minimum(decay, (1.0 + count) / (10.0 + count))

    def _update(self, value: Any, decay: Any) -> Any:
        average = self._averages[value]
        with name_scope(None, "AssignMovingAvg") as scope:
            fading = 1.0 - fitted(decay, average)
            if value not in self._biased:
                return average.assign_sub((average - value) * fading, name=scope)
            biased, steps = self._biased[value]
            new = biased.assign_sub((biased - value) * fading)
            faded: Any = power_of(1.0 - fading, fitted(steps.assign_add(1.0), average))
            return average.assign(new / (1.0 - faded), name=scope)
