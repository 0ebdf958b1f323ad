"""tf.random: the public names of random numbers."""

from tinyflow.ops.random_ops import (
    get_seed,
    multinomial,
    set_random_seed,
    truncated_normal,
)
from tinyflow.ops.random_ops import (
    random_categorical as categorical,
)
from tinyflow.ops.random_ops import (
    random_gamma as gamma,
)
from tinyflow.ops.random_ops import (
    random_normal as normal,
)
from tinyflow.ops.random_ops import (
    random_poisson as poisson,
)
from tinyflow.ops.random_ops import (
    random_shuffle as shuffle,
)
from tinyflow.ops.random_ops import (
    random_uniform as uniform,
)
from tinyflow.ops.stateless_random import (
    stateless_categorical,
    stateless_multinomial,
    stateless_truncated_normal,
)
from tinyflow.ops.stateless_random import (
    stateless_random_normal as stateless_normal,
)
from tinyflow.ops.stateless_random import (
    stateless_random_uniform as stateless_uniform,
)

__all__ = [
    "categorical", "gamma", "get_seed", "multinomial", "normal", "poisson", "set_random_seed",
    "shuffle", "stateless_categorical", "stateless_multinomial", "stateless_normal",
    "stateless_truncated_normal", "stateless_uniform", "truncated_normal", "uniform",
]  # fmt: skip
