"""tf.test: checking gradients."""

from tinyflow.gradient_checker import compute_gradient, compute_gradient_error

__all__ = ["compute_gradient", "compute_gradient_error"]
