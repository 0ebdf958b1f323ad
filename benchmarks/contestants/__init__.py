"""The libraries that are compared, one module each.

A contestant's module has

    VERSION  the version of its library
    MODELS   by workload name, the model: a loss as a function of the feeds and the parameters
    step     makes a Step from a workload's name and the workload

A step takes the feeds as NumPy arrays, and returns the loss as a number on the host.  Importing the
module raises ImportError where the library is missing.  What is here runs on Python 3.7.
"""

from __future__ import annotations

import importlib
from typing import Any

TITLES = {
    "hand": "NumPy by hand",
    "tinyflow": "tinyflow",
    "torch": "PyTorch",
    "torch_fused": "PyTorch's own LSTM",
    "jax": "jax.jit",
    "pytensor": "PyTensor",
    "autograd": "autograd",
    "tf2": "TensorFlow 2, compat.v1",
    "tf1": "TensorFlow 1.15",
}


def load(name: str) -> Any:
    """The contestant's module."""
    return importlib.import_module("contestants." + name)
