"""The element-wise ops in one place: conversion.py, arithmetic.py, functions.py, powers.py.

(Comparisons and choices are in comparison.py, bits in bitwise.py.)
"""

# ruff: noqa: F403  (to gather is what this file is for)

from __future__ import annotations

from tinyflow.ops import arithmetic, conversion, functions, powers
from tinyflow.ops.arithmetic import *
from tinyflow.ops.conversion import *
from tinyflow.ops.functions import *
from tinyflow.ops.powers import *

__all__ = []
__all__ += conversion.__all__
__all__ += arithmetic.__all__
__all__ += functions.__all__
__all__ += powers.__all__
