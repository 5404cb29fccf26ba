"""Looks into a zipped workbook before its reader does: what it unpacks to, and how far its cells reach.

A workbook of 1,400 bytes with a cell in the last row and column makes a reader reserve room for
17 billion cells. So all of its XML is unpacked here first, piece by piece and counted, and the
addresses of its cells are read. The dimension that a sheet states is not: honest files lie there,
and nothing is reserved by it.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator

from engine.script.readers.source import Source

CHUNK = 1 << 20
OVERLAP = 64
MOST_ENTRIES = 10_000
CELL_BYTES = 48
"""Memory that a workbook's reader takes for one cell of the rectangle that holds all cells."""

_ADDRESS = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_SHEET = re.compile(r"^/?xl/worksheets/[^/]+\.xml$", re.IGNORECASE)
_DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def check_workbook(source: Source) -> None:
    """Raise UnreadableFile if reading the workbook would take more than the limits allow."""
    try:
        with source.open() as file, zipfile.ZipFile(file) as packed:
            _check_entries(source, packed)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise source.refuse(
            f"The workbook is damaged: {' '.join(str(error).split())[:150]}.",
            "Open it in a spreadsheet program, save it as XLSX and load it again.",
        ) from error


def _check_entries(source: Source, packed: zipfile.ZipFile) -> None:
    entries = packed.infolist()
    if len(entries) > MOST_ENTRIES:
        raise source.refuse(f"The workbook has {len(entries):,} parts.", "Copy its sheets to a new workbook.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise source.refuse("The workbook is protected by a password.", "Take the password off and load it again.")
    total = sum(entry.file_size for entry in entries)
    if total > source.limits.decoded_bytes:
        raise _too_large(source, total)
    unpacked = 0
    for entry in entries:
        if entry.filename.lower().endswith((".xml", ".rels")):
            reach = Reach()
            for chunk in _pieces(packed, entry):
                unpacked += len(chunk) - OVERLAP
                if unpacked > source.limits.decoded_bytes:
                    raise _too_large(source, unpacked)
                if _DECLARED.search(chunk):
                    raise source.refuse(
                        f"Its part {entry.filename} declares entities, which no spreadsheet program does.",
                        "Open it in a spreadsheet program, save it as XLSX and load it again.",
                    )
                if _SHEET.match(entry.filename):
                    reach.look(chunk)
            _check_reach(source, entry.filename, reach)


def _pieces(packed: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """An entry's content, each piece beginning with the end of the one before."""
    before = b" " * OVERLAP
    with packed.open(entry) as content:
        while chunk := content.read(CHUNK):
            yield before + chunk
            before = chunk[-OVERLAP:].rjust(OVERLAP)


class Reach:
    """How far the cells of one sheet reach."""

    def __init__(self) -> None:
        self.rows = 0
        self.columns = 0
        self.cells = 0

    def look(self, chunk: bytes) -> None:
        addresses = _ADDRESS.findall(chunk)
        self.cells += len(_CELL.findall(chunk))
        if addresses:
            self.rows = max(self.rows, max(int(row) for _, row in addresses))
            self.columns = max(self.columns, max(map(_column_number, {letters for letters, _ in addresses})))


def _column_number(letters: bytes) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _check_reach(source: Source, part: str, reach: Reach) -> None:
    limits = source.limits
    cells = max(reach.rows * reach.columns, reach.cells)
    most = min(limits.cells, limits.memory // 2 // CELL_BYTES)
    if cells > most:
        raise source.refuse(
            f"The cells of its sheet {part.rsplit('/', 1)[-1].removesuffix('.xml')} reach to row {reach.rows:,} and "
            f"column {reach.columns:,}: {cells:,} cells; at most {most:,} can be read.",
            "Delete what lies far off the table, or save the sheet as CSV and load that.",
        )


def _too_large(source: Source, size: int) -> Exception:
    most = source.limits.decoded_bytes
    return source.refuse(
        f"Unpacked, the workbook has {size // 2**20:,} MB; at most {most // 2**20:,} MB can be read.",
        "Save its sheets as CSV and load these.",
    )
