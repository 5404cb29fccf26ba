"""What can stand in the way of sharing. Every message is for the person; only the edge turns these into HTTP."""

from __future__ import annotations


class SharingError(Exception):
    """Root of the tree."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadRequest(SharingError):
    """What was asked for has no sense: an address that is none, a date in the past."""


class NotPossible(SharingError):
    """It made sense once, but not in the state in which things are now."""


class TooMany(SharingError):
    """A limit has been reached that protects other people."""
