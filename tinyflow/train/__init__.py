"""tf.train: optimizers, learning-rate decays, the global step, moving averages."""

from tinyflow.train.global_step import *
from tinyflow.train.optimizer import *
from tinyflow.train.optimizers import *
