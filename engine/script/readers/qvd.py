"""QVD: tables as compatible programs store them, with duals (a number and the text it is shown as).

The header is plain text before a zero byte and is checked first: what it promises must fit into the file.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt
import qvd

from engine.script.readers.cells import DUAL
from engine.script.readers.kinds import POINT
from engine.script.readers.source import Found, Source
from engine.script.tables import unique_names

LONGEST_HEADER = 1 << 24
BATCH_ROWS = 1 << 16

_FORMATS = {"DATE": "D", "TIMESTAMP": "TS", "TIME": "T", "INTERVAL": "IV", "MONEY": "M", "FIX": "F"}
"""Types of number formats in a header, and ours."""


@dataclass(frozen=True)
class Header:
    table: str
    rows: int
    fields: list[dict[str, str]]


def read(source: Source) -> Iterator[Found]:
    """The file's table. Raises UnreadableFile."""
    header = _header(source)
    try:
        table = qvd.read_qvd(f"/proc/self/fd/{source.descriptor}")
        batch = table.to_arrow()
    except (ValueError, RuntimeError, OSError) as error:
        raise _damaged(source, " ".join(str(error).split())[:200]) from error
    source.progress(0.5)
    names = unique_names(batch.schema.names)
    columns = [_column(table, batch, position) for position in range(batch.num_columns)]
    schema = pa.schema(
        [
            pa.field(name, column.type, metadata=_format(described, column.type))
            for name, column, described in zip(names, columns, header.fields, strict=True)
        ]
    )
    whole = pa.record_batch(columns, schema=schema)
    batches = (whole.slice(start, BATCH_ROWS) for start in range(0, whole.num_rows, BATCH_ROWS))
    yield Found(header.table or source.stem, schema, batches)


def _header(source: Source) -> Header:
    raw = source.head(LONGEST_HEADER)
    end = raw.find(b"</QvdTableHeader>")
    if end < 0 or b"<QvdTableHeader>" not in raw[:2000]:
        raise source.refuse("It does not start like a QVD file.", "Save it again from the program it comes from.")
    text = raw[:end].decode("utf-8", "replace")
    if "<!" in text:
        raise _damaged(source, "its header declares entities")
    fields = [_elements(part) for part in re.findall(r"<QvdFieldHeader>(.*?)</QvdFieldHeader>", text, re.DOTALL)]
    outer = _elements(re.sub(r"<Fields>.*</Fields>", "", text, flags=re.DOTALL))
    header = Header(outer.get("TableName", "").strip(), _number(source, outer, "NoOfRecords"), fields)
    limits = source.limits
    if header.rows > limits.rows or header.rows * len(fields) > limits.cells:
        raise source.refuse(f"It has {header.rows:,} rows of {len(fields):,} columns.", "Load a part of it.")
    symbols = sum(_number(source, field, "NoOfSymbols") for field in fields)
    row_bytes = _number(source, outer, "RecordByteSize")
    if symbols * 2 > source.size or header.rows * max(row_bytes, 0) > source.size:
        raise _damaged(source, "its header promises more than the file holds")
    ends = [_number(source, field, "BitOffset") + _number(source, field, "BitWidth") for field in fields]
    if max(ends, default=0) > row_bytes * 8:
        raise _damaged(source, "its header contradicts itself")
    return header


def _elements(text: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in re.findall(r"<(\w+)>([^<]*)</\1>", text)}


def _number(source: Source, elements: dict[str, str], name: str) -> int:
    value = elements.get(name, "").strip()
    if not re.fullmatch(r"\d{1,15}", value):
        raise _damaged(source, f"its header says {value[:20]!r} for {name}")
    return int(value)


def _damaged(source: Source, what: str) -> Exception:
    return source.refuse(f"The file is damaged: {what}.", "Save it again from the program it comes from.")


def _column(table: qvd.QvdTable, batch: pa.RecordBatch, position: int) -> pa.Array:
    """A column; as duals where texts say more than their numbers, or numbers and texts are mixed."""
    column = batch.column(position)
    symbols = pa.array(table.symbols(batch.schema.names[position]), pa.string())
    numeric = POINT.read(symbols)
    if pt.is_temporal(column.type) or (pt.is_string(column.type) and numeric.null_count == len(symbols)):
        return column
    if not pt.is_string(column.type) and not numeric.null_count:
        return column
    if pt.is_string(column.type):
        number = POINT.read(column)
        text = pc.if_else(pc.is_valid(number), None, column)
    else:
        number = column.cast(pa.float64())
        text = pa.array(table.column_values(position), pa.string())
    missing = pc.and_(pc.is_null(number), pc.is_null(text))
    return pa.StructArray.from_arrays([number, text], fields=list(DUAL), mask=missing)


def _format(described: dict[str, str], kind: pa.DataType) -> dict[bytes, bytes] | None:
    """How the file shows the numbers of a field, where it says so."""
    type_, pattern = _FORMATS.get(described.get("Type", "")), described.get("Fmt", "")
    if type_ is None or not pattern or pt.is_string(kind):
        return None
    return {b"format": orjson.dumps({"type": type_, "pattern": pattern})}
