"""Everything that can go wrong inside the engine, as one tree; each class carries its QIX error code.

The codes are those of the enumeration LocalizedErrorCode in the schema that enigma.js ships.
Only the edge (engine.qix.session) turns these into JSON-RPC errors.
"""

from __future__ import annotations


class EngineError(Exception):
    """Root of the tree. `code` is the QIX error code, `parameter` names the thing concerned."""

    code = -128

    def __init__(self, message: str, parameter: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.parameter = parameter


class NotFound(EngineError):
    code = 2


class AlreadyExists(EngineError):
    code = 3


class AccessDenied(EngineError):
    code = 5


class InvalidParameters(EngineError):
    code = 8


class Aborted(EngineError):
    """The client cancelled the request."""

    code = 15


class AppNotOpen(EngineError):
    code = 1017


class ResultTooLarge(EngineError):
    code = 6001


class InvalidObjectState(EngineError):
    code = 6002


class ModalObject(EngineError):
    """Another object of this session is in selection mode."""

    code = 6003


class CalculationTooLarge(EngineError):
    """A calculation would pass its limit of memory or of groups."""

    code = 7003


class CalculationTimeout(EngineError):
    code = 7004


class ConditionNotFulfilled(EngineError):
    code = 7005


class PagesTooLarge(EngineError):
    code = 7009


class UnknownMethod(EngineError):
    code = -32601


class ExpressionError(EngineError):
    """An expression cannot be read or bound. `start` and `end` are character offsets into its text."""

    code = 7000

    def __init__(self, message: str, start: int = 0, end: int = 0) -> None:
        super().__init__(message)
        self.start = start
        self.end = end


class UnreadableFile(EngineError):
    """A data file that a reader refuses. The message names the file, the place and the way out."""

    code = 8


class DamagedApp(EngineError):
    """An app file whose manifest or chunks do not verify."""

    code = 1015
