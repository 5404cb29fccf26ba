"""What reading files gives and what it may cost: named Arrow tables, notes about them, and limits.

Tables carry plain Arrow types (see engine.data.build); a field's metadata may hold b"format", the
JSON of a NumFormat, where a file writes its values in a way of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

GIBIBYTE = 2**30


class NamedTable(NamedTuple):
    """One table of a file: a CSV file holds one, a workbook one a sheet."""

    name: str
    data: pa.Table


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What one file holds. `notes` are sentences about decisions a reader had to make."""

    tables: list[NamedTable]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost. What would pass a limit is refused with a message."""

    file_bytes: int = 2 * GIBIBYTE
    """Bytes of the file as it was uploaded."""
    decoded_bytes: int = 6 * GIBIBYTE
    """Bytes of all its tables in memory, and of a packed file's entries unpacked."""
    rows: int = 500_000_000
    """Rows of one table."""
    columns: int = 5_000
    """Columns of one table."""
    cells: int = 5_000_000_000
    """Rows times columns, of all tables together."""
    memory: int = 4 * GIBIBYTE
    """Address space of the reading process."""
    seconds: int = 600
    """Processor time of the reading process; it may take twice as long by the clock."""


def unique_names(names: Iterable[str]) -> list[str]:
    """Give every name once: what comes again gets a number.

    >>> unique_names(["Sheet1", "Sheet1", "x"])
    ['Sheet1', 'Sheet1 (2)', 'x']
    """
    taken: set[str] = set()
    unique = []
    for name in names:
        candidate, count = name, 1
        while candidate in taken:
            count += 1
            candidate = f"{name} ({count})"
        taken.add(candidate)
        unique.append(candidate)
    return unique
