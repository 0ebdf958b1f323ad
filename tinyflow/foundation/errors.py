"""The exceptions of TensorFlow 1.15 (`tf.errors`), and how an op says what is wrong.

TensorFlow raises Python's own `ValueError` and `TypeError` while a graph is built and an
`OpError` while it runs; so does tinyflow.  An op's rules do not know when they are asked: they
raise a `Problem`, which says what is wrong and what would mend it, and the graph or the Session
turns that into the right class with the op, its operands and the user's line added.
"""

from __future__ import annotations

from typing import Any, ClassVar

__all__ = [
    "AbortedError", "AlreadyExistsError", "CancelledError", "DataLossError",
    "DeadlineExceededError", "DtypeProblem", "FailedPreconditionError", "InternalError",
    "InvalidArgumentError", "NotFoundError", "OpError", "OperatorNotAllowedInGraphError",
    "OutOfRangeError", "PermissionDeniedError", "Problem", "ResourceExhaustedError",
    "UnauthenticatedError", "UnavailableError", "UnimplementedError", "UnknownError",
    "error_code_from_exception_type", "error_for", "exception_type_from_error_code",
]  # fmt: skip


class OpError(Exception):
    """An op failed while a graph ran.

    Attributes:
      message: what went wrong, where, and what to do.
      op: the Operation that failed, or None.
      error_code: TensorFlow's number for this class of error.
    """

    error_code: ClassVar[int] = 2

    def __init__(self, node_def: Any, op: Any, message: str, error_code: int | None = None) -> None:
        super().__init__(message)
        self.node_def = node_def
        self.op = op
        self.message = message
        if error_code is not None:
            self.error_code = error_code  # type: ignore[misc]

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return type(self), (None, None, self.message)


class CancelledError(OpError):
    """The operation was cancelled."""

    error_code = 1


class UnknownError(OpError):
    """An error with no class of its own, such as an unknown exception in a learner's op."""

    error_code = 2


class InvalidArgumentError(OpError):
    """An op received a value it cannot take, such as shapes that do not fit."""

    error_code = 3


class DeadlineExceededError(OpError):
    """The time given was over before the operation was."""

    error_code = 4


class NotFoundError(OpError):
    """Something asked for (a file, a key) does not exist."""

    error_code = 5


class AlreadyExistsError(OpError):
    """Something to be made exists already."""

    error_code = 6


class PermissionDeniedError(OpError):
    """The caller may not do this."""

    error_code = 7


class ResourceExhaustedError(OpError):
    """There is not enough memory (or another resource)."""

    error_code = 8


class FailedPreconditionError(OpError):
    """The system is not in the state that the op needs."""

    error_code = 9


class AbortedError(OpError):
    """The operation was aborted."""

    error_code = 10


class OutOfRangeError(OpError):
    """The operation went past the end of what is valid."""

    error_code = 11


class UnimplementedError(OpError):
    """The operation is not implemented."""

    error_code = 12


class InternalError(OpError):
    """Something in tinyflow itself is broken."""

    error_code = 13


class UnavailableError(OpError):
    """The runtime is not available."""

    error_code = 14


class DataLossError(OpError):
    """Stored data are damaged."""

    error_code = 15


class UnauthenticatedError(OpError):
    """The caller is not known."""

    error_code = 16


class OperatorNotAllowedInGraphError(TypeError):
    """A Python operation that needs a value was applied to a tensor, which has none."""


class InaccessibleTensorError(ValueError):
    """A tensor was fetched that may not be."""


class Problem(Exception):
    """What is wrong with an op's operands: at build time a ValueError, in a run an InvalidArgumentError.

    Args:
      what: one line that says what is wrong, with the sizes.
      fix: what to do about it, if that is known.
    """

    at_build: ClassVar[type[Exception]] = ValueError
    in_run: ClassVar[type[OpError]] = InvalidArgumentError

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix


class DtypeProblem(Problem):
    """The operands' dtypes do not fit: a TypeError at build time."""

    at_build = TypeError


# What an exception from a learner's own code becomes, as TF 1.15 maps those of `py_func`.
_FOREIGN: tuple[tuple[type[BaseException], type[OpError]], ...] = (
    (TypeError, InvalidArgumentError),
    (ValueError, InvalidArgumentError),
    (StopIteration, OutOfRangeError),
    (MemoryError, ResourceExhaustedError),
    (NotImplementedError, UnimplementedError),
)


def error_for(exception: BaseException) -> type[OpError]:
    """The class of `tf.errors` that stands for an exception raised inside an op."""
    if isinstance(exception, Problem):
        return exception.in_run
    for raised, shown in _FOREIGN:
        if isinstance(exception, raised):
            return shown
    return UnknownError


_BY_CODE = {cls.error_code: cls for cls in OpError.__subclasses__()}


def exception_type_from_error_code(error_code: int) -> type[OpError]:
    """The class of error that has this number."""
    return _BY_CODE[error_code]


def error_code_from_exception_type(cls: type[OpError]) -> int:
    """The number of a class of error."""
    return cls.error_code
