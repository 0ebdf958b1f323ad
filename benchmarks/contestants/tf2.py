"""TensorFlow 2 as TensorFlow 1: graphs, sessions, and variables that are changed in place."""

from __future__ import annotations

from functools import partial

import tensorflow
import tensorflow.compat.v1 as tf

from contestants import graphs
from contestants.graphs import MODELS as MODELS

VERSION = tensorflow.__version__
if VERSION.startswith("1."):
    raise ImportError("TensorFlow is here of version " + VERSION)
tf.disable_v2_behavior()
step = partial(graphs.step, tf)
