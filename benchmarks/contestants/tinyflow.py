"""tinyflow itself."""

from __future__ import annotations

from functools import partial

import tinyflow as tf
from contestants import graphs
from contestants.graphs import MODELS as MODELS

VERSION = tf.__version__
step = partial(graphs.step, tf)
