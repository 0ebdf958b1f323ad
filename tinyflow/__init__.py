from tinyflow.foundation.dtypes import *
from tinyflow.graph.graph import *
from tinyflow.graph.operation import Operation, Tensor
from tinyflow.graph.gradient_registry import *
from tinyflow.ops.constant import *
from tinyflow.ops.array import *
from tinyflow.ops.array import shape, fill, zeros_like
from tinyflow.ops.elementwise import *
from tinyflow.ops.reduction import *
from tinyflow.ops.linalg import *
from tinyflow.ops.state import assign, assign_add, assign_sub
from tinyflow.ops.flow import *
from tinyflow.variables import *
from tinyflow.gradients import *
from tinyflow.session import *
from tinyflow.foundation import errors
