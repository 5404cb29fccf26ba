"""What a reader is given and what it gives back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

import pyarrow as pa

from engine.errors import UnreadableFile
from engine.script.tables import Limits


@dataclass(frozen=True)
class Source:
    """The file as a descriptor that can seek (memory, never a file on disk), and its name."""

    name: str
    descriptor: int
    limits: Limits
    notes: list[str] = field(default_factory=list)
    progress: Callable[[float], None] = lambda share: None
    """Called with the share of the file that is done, from 0 to 1."""

    @property
    def size(self) -> int:
        return os.fstat(self.descriptor).st_size

    @property
    def stem(self) -> str:
        """The name for a table: 'flights' for 'flights.csv'."""
        stem = os.path.splitext(os.path.basename(self.name.replace("\\", "/")))[0].strip()
        return stem or "Table"

    def open(self) -> BinaryIO:
        """A reader of its own from the start; closing it leaves the descriptor open."""
        return open(f"/proc/self/fd/{self.descriptor}", "rb")

    def head(self, size: int) -> bytes:
        return os.pread(self.descriptor, size, 0)

    def refuse(self, cause: str, remedy: str) -> UnreadableFile:
        """The error to raise. `cause` names the place, `remedy` says what to do; both are sentences."""
        return UnreadableFile(f"{self.name}: {cause} {remedy}", self.name)


class Found(NamedTuple):
    """One table of the file, its rows still to come."""

    name: str
    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]


Reader = Callable[[Source], Iterator[Found]]
