"""Columns gathered cell by cell, where a format gives every cell a type of its own (XLSX, JSON).

Cells are packed into Arrow arrays every few thousand rows, one for each sort of value met, so that
memory stays near what the table takes. When all rows are there, each column gets its type.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from engine.script.readers.kinds import MISSING, Column, decide

PACKED_ROWS = 8_192
EXACT = 2**53
DAY_SECONDS = 86_400

ERRORS = frozenset(["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!"])
"""What spreadsheets show for a formula that failed: missing."""

DUAL = pa.struct([("number", pa.float64()), ("text", pa.string())])

_TYPES = {
    "number": pa.float64(),
    "bool": pa.bool_(),
    "moment": pa.timestamp("us"),
    "time": pa.time64("us"),
    "text": pa.string(),
}
_MISSING = pa.array(sorted(MISSING | ERRORS | {""}))

Piece = dict[str, pa.Array]
"""Some rows of a column: for each sort of value an array with null where the row has another."""


def _sort(value: Any) -> tuple[str, Any] | None:
    """Sort of a cell and its value in the sort's Arrow type; None for nothing."""
    match value:
        case None | "":
            return None
        case bool():
            return "bool", value
        case int():
            return ("number", float(value)) if abs(value) <= EXACT else ("text", str(value))
        case float():
            return ("number", value) if math.isfinite(value) else None
        case datetime():
            return "moment", value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        case date():
            return "moment", datetime(value.year, value.month, value.day)
        case time():
            return "time", value.replace(tzinfo=None)
        case timedelta():
            return "number", value.total_seconds() / DAY_SECONDS
        case str():
            return None if value in ERRORS else ("text", value)
    return "text", str(value)


class Cells:
    """A growing table: `add` rows as lists with one cell for each column known so far."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._waiting: list[list[Any]] = []
        self._packed: list[list[Piece]] = []
        self._lengths: list[int] = []

    @property
    def rows(self) -> int:
        return sum(self._lengths) + len(self._waiting)

    def column(self, name: str) -> int:
        """Position of a new column; rows added before it have nothing there."""
        self.names.append(name)
        return len(self.names) - 1

    def add(self, row: list[Any]) -> None:
        self._waiting.append(row)
        if len(self._waiting) >= PACKED_ROWS:
            self._pack()

    def _pack(self) -> None:
        pieces = []
        for position in range(len(self.names)):
            sorted_cells = [_sort(row[position]) if position < len(row) else None for row in self._waiting]
            met = {cell[0] for cell in sorted_cells if cell is not None}
            pieces.append(
                {
                    sort: pa.array(
                        [c[1] if c is not None and c[0] == sort else None for c in sorted_cells], _TYPES[sort]
                    )
                    for sort in met
                }
            )
        self._packed.append(pieces)
        self._lengths.append(len(self._waiting))
        self._waiting = []

    def finish(self) -> tuple[pa.Schema, Iterator[pa.RecordBatch], list[str]]:
        """Types of the columns, their values, and notes. Columns without any value are texts."""
        if self._waiting:
            self._pack()
        fields, notes = [], []
        makers: list[Callable[[Piece, int], pa.Array]] = []
        for position, name in enumerate(self.names):
            pieces = [row[position] for row in self._packed if position < len(row)]
            field, make, said = _decide(name, pieces)
            fields.append(field)
            makers.append(make)
            notes.extend(said)
        schema = pa.schema(fields)
        return schema, self._batches(schema, makers), notes

    def _batches(self, schema: pa.Schema, makers: list[Callable[[Piece, int], pa.Array]]) -> Iterator[pa.RecordBatch]:
        for pieces, length in zip(self._packed, self._lengths, strict=True):
            columns = [
                make(pieces[position] if position < len(pieces) else {}, length) for position, make in enumerate(makers)
            ]
            yield pa.record_batch(columns, schema=schema)


def _decide(name: str, pieces: list[Piece]) -> tuple[pa.Field, Callable[[Piece, int], pa.Array], list[str]]:
    """A column's type, over all its values."""
    sorts = {sort for piece in pieces for sort in piece}
    if "text" in sorts and len(sorts) > 1 and all(_only_missing(piece) for piece in pieces):
        sorts.remove("text")  # such as NA between numbers
    if sorts == {"number"}:
        whole = all(_is_whole(piece["number"]) for piece in pieces if "number" in piece)
        return _plain(name, "number", pa.int64() if whole else pa.float64())
    if sorts == {"moment"}:
        dates = all(_at_midnight(piece["moment"]) for piece in pieces if "moment" in piece)
        return _plain(name, "moment", pa.date32() if dates else pa.timestamp("us"))
    if len(sorts) == 1 and "text" not in sorts:
        [sort] = sorts
        return _plain(name, sort, _TYPES[sort])
    if sorts == {"number", "text"}:
        return pa.field(name, DUAL), _dual, []
    if sorts == {"text"}:
        return _texts(name, pieces)
    return pa.field(name, pa.string()), _as_texts, []


def _only_missing(piece: Piece) -> bool:
    return "text" not in piece or bool(pc.all(pc.is_in(piece["text"].drop_null(), value_set=_MISSING)).as_py())


def _is_whole(numbers: pa.Array) -> bool:
    exact = pc.and_(pc.equal(numbers, pc.floor(numbers)), pc.less_equal(pc.abs(numbers), EXACT))
    return bool(pc.all(exact, min_count=0).as_py())


def _at_midnight(moments: pa.Array) -> bool:
    return bool(pc.all(pc.equal(moments, pc.floor_temporal(moments, unit="day")), min_count=0).as_py())


def _plain(name: str, sort: str, kind: pa.DataType) -> tuple[pa.Field, Callable[[Piece, int], pa.Array], list[str]]:
    def make(piece: Piece, length: int) -> pa.Array:
        return piece[sort].cast(kind) if sort in piece else pa.nulls(length, kind)

    return pa.field(name, kind), make, []


def _dual(piece: Piece, length: int) -> pa.Array:
    number = piece.get("number", pa.nulls(length, pa.float64()))
    text = piece.get("text", pa.nulls(length, pa.string()))
    missing = pc.and_(pc.is_null(number), pc.is_null(text))
    return pa.StructArray.from_arrays([number, text], fields=list(DUAL), mask=missing)


def _texts(name: str, pieces: list[Piece]) -> tuple[pa.Field, Callable[[Piece, int], pa.Array], list[str]]:
    """Texts stay texts, except where all are dates or times: these formats have no type for them, or were not told."""
    column = Column(name)
    column.alive = [style for style in column.alive if style.family != "number"]
    for piece in pieces:
        if "text" in piece:
            column.look(pc.unique(piece["text"]))
    [kind], notes = decide([column])

    def make(piece: Piece, length: int) -> pa.Array:
        return kind.convert(piece["text"]) if "text" in piece else pa.nulls(length, kind.field.type)

    return kind.field, make, notes


def _as_texts(piece: Piece, length: int) -> pa.Array:
    """A mixture that no type holds, such as dates and texts: everything as text."""
    if not piece:
        return pa.nulls(length, pa.string())
    parts = [_plain_text(sort, values) for sort, values in piece.items()]
    return pc.coalesce(*parts)


def _plain_text(sort: str, values: pa.Array) -> pa.Array:
    texts = values.cast(pa.string())
    if sort == "moment":
        return pc.replace_substring_regex(texts, r"( 00:00:00)?(\.0+)?$", "")
    return pc.replace_substring_regex(texts, r"\.0$", "") if sort == "number" else texts
