"""tf.train: optimizers, learning-rate decays, the global step, moving averages."""

from tinyflow.train.optimizer import Optimizer
from tinyflow.train.optimizers import GradientDescentOptimizer

__all__ = ["GradientDescentOptimizer", "Optimizer"]
