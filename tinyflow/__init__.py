"""tinyflow: TensorFlow 1's define-then-run graphs on NumPy.

    import tinyflow as tf

    x = tf.placeholder(tf.float32, [None, 2])
    y = tf.reduce_sum(x * x)
    with tf.Session() as session:
        print(session.run(y, {x: [[3.0, 4.0]]}))  # 25.0

The names are TensorFlow 1.15's.  `from tinyflow import *` brings all but those that Python has
itself (`tf.range`, `tf.abs`...), so that a learner's loops go on working.
"""

from tinyflow import (
    bitwise,
    data_sets,
    debug,
    dtypes,
    errors,
    linalg,
    math,
    nn,
    notebook,
    random,
    test,
    train,
)
from tinyflow.compiler.plan import traverse_postorder
from tinyflow.config import (
    ConfigProto,
    GPUOptions,
    GraphOptions,
    OptimizerOptions,
    RunMetadata,
    RunOptions,
    executing_eagerly,
)
from tinyflow.errors import OpError
from tinyflow.foundation.dtypes import (
    DType,
    as_dtype,
    bool_ as bool,
    complex64,
    complex128,
    double,
    float16,
    float32,
    float64,
    half,
    int8,
    int16,
    int32,
    int64,
    string,
    uint8,
    uint16,
    uint32,
    uint64,
)
from tinyflow.foundation.shapes import (
    Dimension,
    Spec,
    TensorShape,
    dimension_at_index,
    dimension_value,
)
from tinyflow.gradients import (
    AggregationMethod,
    GradientTable,
    UnconnectedGradients,
    compute_gradients,
    gradients,
    hessians,
)
from tinyflow.graph.constant_value import get_static_value
from tinyflow.graph.gradient_registry import NoGradient, NotDifferentiable, RegisterGradient, no_gradient
from tinyflow.graph.graph import (
    Graph,
    GraphKeys,
    add_to_collection,
    add_to_collections,
    colocate_with,
    container,
    control_dependencies,
    device,
    get_collection,
    get_collection_ref,
    get_default_graph,
    init_scope,
    name_scope,
    op_scope,
    reset_default_graph,
)
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.ops.activation import log_sigmoid
from tinyflow.ops.arithmetic import (
    accumulate_n,
    add,
    add_n,
    div,
    div_no_nan,
    divide,
    floor_div,
    floordiv,
    floormod,
    mod,
    multiply,
    negative,
    realdiv,
    reciprocal,
    scalar_mul,
    square,
    squared_difference,
    subtract,
    truediv,
    truncatediv,
    truncatemod,
)
from tinyflow.ops.array import (
    ensure_shape,
    guarantee_const,
    identity,
    identity_n,
    placeholder,
    placeholder_with_default,
    range,
    rank,
    reshape,
    shape,
    shape_n,
    size,
    stop_gradient,
)
from tinyflow.ops.checks import (
    Assert,
    add_check_numerics_ops,
    assert_equal,
    assert_greater,
    assert_greater_equal,
    assert_integer,
    assert_less,
    assert_less_equal,
    assert_near,
    assert_negative,
    assert_non_negative,
    assert_non_positive,
    assert_none_equal,
    assert_positive,
    assert_proper_iterable,
    assert_rank,
    assert_rank_at_least,
    assert_rank_in,
    assert_same_float_dtype,
    assert_scalar,
    assert_type,
    check_numerics,
    is_numeric_tensor,
    verify_tensor_all_finite,
)
from tinyflow.ops.clip import clip_by_average_norm, clip_by_global_norm, clip_by_norm, clip_by_value
from tinyflow.ops.comparison import (
    equal,
    greater,
    greater_equal,
    is_finite,
    is_inf,
    is_nan,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    maximum,
    minimum,
    not_equal,
    saturate_cast,
)
from tinyflow.ops.constant import constant, convert_to_tensor, is_tensor, register_tensor_conversion_function
from tinyflow.ops.conversion import (
    angle,
    as_string,
    bitcast,
    cast,
    complex,
    conj,
    imag,
    real,
    string_to_number,
    to_complex64,
    to_complex128,
    to_double,
    to_float,
    to_int32,
    to_int64,
)
from tinyflow.ops.creation import (
    broadcast_dynamic_shape,
    broadcast_static_shape,
    broadcast_to,
    fill,
    lin_space,
    linspace,
    one_hot,
    ones,
    ones_like,
    zeros,
    zeros_like,
)
from tinyflow.ops.cross_entropy import softmax
from tinyflow.ops.cumulative import cumprod, cumsum
from tinyflow.ops.custom_gradient import custom_gradient
from tinyflow.ops.decompositions import (
    cholesky,
    cholesky_solve,
    matrix_determinant,
    matrix_inverse,
    matrix_solve,
    matrix_triangular_solve,
    qr,
    self_adjoint_eig,
    self_adjoint_eigvals,
    svd,
)
from tinyflow.ops.einsum import einsum
from tinyflow.ops.elementwise import (
    abs,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    ceil,
    cos,
    cosh,
    exp,
    expm1,
    floor,
    log,
    log1p,
    pow,
    rint,
    round,
    rsqrt,
    sigmoid,
    sign,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)
from tinyflow.ops.flow import group, no_op, numpy_function, py_func, py_function, timestamp, tuple
from tinyflow.ops.indexing import (
    batch_gather,
    boolean_mask,
    gather,
    reverse,
    reverse_sequence,
    reverse_v2,
    where,
    where_v2,
)
from tinyflow.ops.joining import concat, parallel_stack, split, stack, unstack
from tinyflow.ops.linalg import cross, matmul, tensordot, trace
from tinyflow.ops.monotonic import is_non_decreasing, is_strictly_increasing
from tinyflow.ops.norms import norm
from tinyflow.ops.padding import pad, slice
from tinyflow.ops.patterns import (
    diag,
    diag_part,
    eye,
    matrix_band_part,
    matrix_diag,
    matrix_diag_part,
    matrix_set_diag,
    meshgrid,
    repeat,
    sequence_mask,
)
from tinyflow.ops.pooling import extract_image_patches
from tinyflow.ops.printing import Print, print_v2 as print
from tinyflow.ops.random_ops import (
    get_seed,
    multinomial,
    random_crop,
    random_gamma,
    random_normal,
    random_poisson,
    random_shuffle,
    random_uniform,
    set_random_seed,
    truncated_normal,
)
from tinyflow.ops.reduction import (
    arg_max,
    arg_min,
    argmax,
    argmin,
    count_nonzero,
    global_norm,
    reduce_all,
    reduce_any,
    reduce_logsumexp,
    reduce_max,
    reduce_mean,
    reduce_min,
    reduce_prod,
    reduce_sum,
)
from tinyflow.ops.scatter_updates import (
    scatter_add,
    scatter_div,
    scatter_max,
    scatter_min,
    scatter_mul,
    scatter_nd_add,
    scatter_nd_sub,
    scatter_nd_update,
    scatter_sub,
    scatter_update,
)
from tinyflow.ops.scattering import (
    dynamic_partition,
    dynamic_stitch,
    gather_nd,
    scatter_nd,
    tensor_scatter_add,
    tensor_scatter_nd_add,
    tensor_scatter_nd_sub,
    tensor_scatter_nd_update,
    tensor_scatter_sub,
    tensor_scatter_update,
    unravel_index,
)
from tinyflow.ops.segments import (
    segment_max,
    segment_mean,
    segment_min,
    segment_prod,
    segment_sum,
    unsorted_segment_max,
    unsorted_segment_mean,
    unsorted_segment_min,
    unsorted_segment_prod,
    unsorted_segment_sqrt_n,
    unsorted_segment_sum,
)
from tinyflow.ops.shaping import (
    expand_dims,
    invert_permutation,
    matrix_transpose,
    roll,
    squeeze,
    tile,
    transpose,
)
from tinyflow.ops.slicing import newaxis, strided_slice
from tinyflow.ops.sorting import argsort, searchsorted, setdiff1d, sort, unique, unique_with_counts
from tinyflow.ops.space import (
    batch_to_space,
    batch_to_space_nd,
    depth_to_space,
    space_to_batch,
    space_to_batch_nd,
    space_to_depth,
)
from tinyflow.ops.special import betainc, digamma, erf, erfc, igamma, igammac, lbeta, lgamma, polygamma, zeta
from tinyflow.ops.state import assign, assign_add, assign_sub, count_up_to, is_variable_initialized
from tinyflow.ops.statistics import (
    bincount,
    confusion_matrix,
    histogram_fixed_width,
    histogram_fixed_width_bins,
)
from tinyflow.session import InteractiveSession, Session, get_default_session
from tinyflow.train import GradientDescentOptimizer
from tinyflow.variables import (
    Variable,
    all_variables,
    assert_variables_initialized,
    global_variables,
    global_variables_initializer,
    initialize_all_variables,
    initialize_local_variables,
    initialize_variables,
    local_variables,
    local_variables_initializer,
    model_variables,
    moving_average_variables,
    report_uninitialized_variables,
    trainable_variables,
    variables_initializer,
)

__version__ = "0.1.0"

__all__ = [
    "AggregationMethod", "Assert", "ConfigProto", "DType", "Dimension", "GPUOptions",
    "GradientDescentOptimizer", "GradientTable", "Graph", "GraphKeys", "GraphOptions",
    "InteractiveSession", "NoGradient", "NotDifferentiable", "OpError", "Operation",
    "OptimizerOptions", "Print", "RegisterGradient", "RunMetadata", "RunOptions", "Session",
    "Spec", "Tensor", "TensorShape", "UnconnectedGradients", "Variable", "accumulate_n", "acos", "acosh",
    "add", "add_check_numerics_ops", "add_n", "add_to_collection", "add_to_collections",
    "all_variables", "angle", "arg_max", "arg_min", "argmax", "argmin", "argsort", "as_dtype",
    "as_string", "asin", "asinh", "assert_equal", "assert_greater", "assert_greater_equal",
    "assert_integer", "assert_less", "assert_less_equal", "assert_near", "assert_negative",
    "assert_non_negative", "assert_non_positive", "assert_none_equal", "assert_positive",
    "assert_proper_iterable", "assert_rank", "assert_rank_at_least", "assert_rank_in",
    "assert_same_float_dtype", "assert_scalar", "assert_type", "assert_variables_initialized",
    "assign", "assign_add", "assign_sub", "atan", "atan2", "atanh", "batch_gather",
    "batch_to_space", "batch_to_space_nd", "betainc", "bincount", "bitcast", "bitwise",
    "boolean_mask", "broadcast_dynamic_shape", "broadcast_static_shape", "broadcast_to", "cast",
    "ceil", "check_numerics", "cholesky", "cholesky_solve", "clip_by_average_norm",
    "clip_by_global_norm", "clip_by_norm", "clip_by_value", "colocate_with", "complex64",
    "complex128", "compute_gradients", "concat", "confusion_matrix", "conj", "constant",
    "container", "control_dependencies", "convert_to_tensor", "cos", "cosh", "count_nonzero",
    "count_up_to", "cross", "cumprod", "cumsum", "custom_gradient", "data_sets", "debug",
    "depth_to_space", "device", "diag", "diag_part", "digamma", "dimension_at_index",
    "dimension_value", "div", "div_no_nan", "divide", "double", "dtypes", "dynamic_partition",
    "dynamic_stitch", "einsum", "ensure_shape", "equal", "erf", "erfc", "errors",
    "executing_eagerly", "exp", "expand_dims", "expm1", "extract_image_patches", "eye", "fill",
    "float16", "float32", "float64", "floor", "floor_div", "floordiv", "floormod", "gather",
    "gather_nd", "get_collection", "get_collection_ref", "get_default_graph", "get_default_session",
    "get_seed", "get_static_value", "global_norm", "global_variables",
    "global_variables_initializer", "gradients", "greater", "greater_equal", "group",
    "guarantee_const", "half", "hessians", "histogram_fixed_width", "histogram_fixed_width_bins",
    "identity", "identity_n", "igamma", "igammac", "imag", "init_scope", "initialize_all_variables",
    "initialize_local_variables", "initialize_variables", "int8", "int16", "int32", "int64",
    "invert_permutation", "is_finite", "is_inf", "is_nan", "is_non_decreasing", "is_numeric_tensor",
    "is_strictly_increasing", "is_tensor", "is_variable_initialized", "lbeta", "less", "less_equal",
    "lgamma", "lin_space", "linalg", "linspace", "local_variables", "local_variables_initializer",
    "log", "log1p", "log_sigmoid", "logical_and", "logical_not", "logical_or", "logical_xor",
    "math", "matmul", "matrix_band_part", "matrix_determinant", "matrix_diag", "matrix_diag_part",
    "matrix_inverse", "matrix_set_diag", "matrix_solve", "matrix_transpose",
    "matrix_triangular_solve", "maximum", "meshgrid", "minimum", "mod", "model_variables",
    "moving_average_variables", "multinomial", "multiply", "name_scope", "negative", "newaxis",
    "nn", "no_gradient", "no_op", "norm", "not_equal", "numpy_function", "one_hot", "ones",
    "ones_like", "op_scope", "pad", "parallel_stack", "placeholder", "placeholder_with_default",
    "polygamma", "py_func", "py_function", "qr", "random", "random_crop", "random_gamma",
    "random_normal", "random_poisson", "random_shuffle", "random_uniform", "rank", "real",
    "realdiv", "reciprocal", "reduce_all", "reduce_any", "reduce_logsumexp", "reduce_max",
    "reduce_mean", "reduce_min", "reduce_prod", "reduce_sum", "register_tensor_conversion_function",
    "repeat", "report_uninitialized_variables", "reset_default_graph", "reshape", "reverse",
    "reverse_sequence", "reverse_v2", "rint", "roll", "rsqrt", "saturate_cast", "scalar_mul",
    "scatter_add", "scatter_div", "scatter_max", "scatter_min", "scatter_mul", "scatter_nd",
    "scatter_nd_add", "scatter_nd_sub", "scatter_nd_update", "scatter_sub", "scatter_update",
    "searchsorted", "segment_max", "segment_mean", "segment_min", "segment_prod", "segment_sum",
    "self_adjoint_eig", "self_adjoint_eigvals", "sequence_mask", "set_random_seed", "setdiff1d",
    "shape", "shape_n", "sigmoid", "sign", "sin", "sinh", "size", "softmax", "sort",
    "space_to_batch", "space_to_batch_nd", "space_to_depth", "split", "sqrt", "square",
    "squared_difference", "squeeze", "stack", "stop_gradient", "strided_slice", "string",
    "string_to_number", "subtract", "svd", "tan", "tanh", "tensor_scatter_add",
    "tensor_scatter_nd_add", "tensor_scatter_nd_sub", "tensor_scatter_nd_update",
    "tensor_scatter_sub", "tensor_scatter_update", "tensordot", "test", "tile", "timestamp",
    "to_complex64", "to_complex128", "to_double", "to_float", "to_int32", "to_int64", "trace",
    "train", "trainable_variables", "transpose", "traverse_postorder", "truediv",
    "truncated_normal", "truncatediv", "truncatemod", "uint8", "uint16", "uint32", "uint64",
    "unique", "unique_with_counts", "unravel_index", "unsorted_segment_max",
    "unsorted_segment_mean", "unsorted_segment_min", "unsorted_segment_prod",
    "unsorted_segment_sqrt_n", "unsorted_segment_sum", "unstack", "variables_initializer",
    "verify_tensor_all_finite", "where", "where_v2", "zeros", "zeros_like", "zeta",
]  # fmt: skip
