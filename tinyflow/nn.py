"""tf.nn: the public names of neural networks."""

from tinyflow.ops.activation import crelu, elu, leaky_relu, relu, relu6, selu, softplus, softsign, swish
from tinyflow.ops.conv import (
    atrous_conv2d,
    atrous_conv2d_transpose,
    conv1d,
    conv1d_transpose,
    conv2d,
    conv2d_backprop_filter,
    conv2d_backprop_input,
    conv2d_transpose,
    conv_transpose,
    convolution,
    depthwise_conv2d,
    depthwise_conv2d_backprop_filter,
    depthwise_conv2d_backprop_input,
    depthwise_conv2d_native,
    depthwise_conv2d_native_backprop_filter,
    depthwise_conv2d_native_backprop_input,
    separable_conv2d,
)
from tinyflow.ops.cross_entropy import (
    log_poisson_loss,
    log_softmax,
    sigmoid_cross_entropy_with_logits,
    softmax,
    softmax_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_v2,
    sparse_softmax_cross_entropy_with_logits,
    weighted_cross_entropy_with_logits,
)
from tinyflow.ops.elementwise import sigmoid, tanh
from tinyflow.ops.embedding import embedding_lookup
from tinyflow.ops.morphology import dilation2d, erosion2d
from tinyflow.ops.nn import (
    batch_normalization,
    bias_add,
    dropout,
    l2_loss,
    local_response_normalization,
    lrn,
    relu_layer,
    xw_plus_b,
)
from tinyflow.ops.norms import l2_normalize
from tinyflow.ops.pooling import (
    avg_pool,
    avg_pool1d,
    avg_pool2d,
    avg_pool_v2,
    max_pool,
    max_pool1d,
    max_pool2d,
    max_pool_v2,
    max_pool_with_argmax,
    pool,
)
from tinyflow.ops.ranking import in_top_k, top_k
from tinyflow.ops.space import depth_to_space, space_to_batch, space_to_depth
from tinyflow.ops.statistics import (
    moments,
    normalize_moments,
    sufficient_statistics,
    weighted_moments,
    zero_fraction,
)

__all__ = [
    "atrous_conv2d", "atrous_conv2d_transpose", "avg_pool", "avg_pool1d", "avg_pool2d",
    "avg_pool_v2", "batch_normalization", "bias_add", "conv1d", "conv1d_transpose", "conv2d",
    "conv2d_backprop_filter", "conv2d_backprop_input", "conv2d_transpose", "conv_transpose",
    "convolution", "crelu", "depth_to_space", "depthwise_conv2d",
    "depthwise_conv2d_backprop_filter", "depthwise_conv2d_backprop_input",
    "depthwise_conv2d_native", "depthwise_conv2d_native_backprop_filter",
    "depthwise_conv2d_native_backprop_input", "dilation2d", "dropout", "elu", "embedding_lookup",
    "erosion2d", "in_top_k", "l2_loss", "l2_normalize", "leaky_relu",
    "local_response_normalization", "log_poisson_loss", "log_softmax", "lrn", "max_pool",
    "max_pool1d", "max_pool2d", "max_pool_v2", "max_pool_with_argmax", "moments",
    "normalize_moments", "pool", "relu", "relu6", "relu_layer", "selu", "separable_conv2d",
    "sigmoid", "sigmoid_cross_entropy_with_logits", "softmax", "softmax_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits_v2", "softplus", "softsign", "space_to_batch",
    "space_to_depth", "sparse_softmax_cross_entropy_with_logits", "sufficient_statistics", "swish",
    "tanh", "top_k", "weighted_cross_entropy_with_logits", "weighted_moments", "xw_plus_b",
    "zero_fraction",
]  # fmt: skip
