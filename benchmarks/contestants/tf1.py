"""TensorFlow 1.15, the last of its line."""

from __future__ import annotations

from functools import partial

import tensorflow as tf

from contestants import graphs
from contestants.graphs import MODELS as MODELS

VERSION = tf.__version__
if not VERSION.startswith("1."):
    raise ImportError("TensorFlow is here of version " + VERSION)
step = partial(graphs.step, tf)
