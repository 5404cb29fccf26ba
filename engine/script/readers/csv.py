"""CSV and its relatives: found out by sniffing, parsed by Arrow, typed over whole columns.

Two passes over blocks of the file: the first finds the kind of each column, the second converts.
So no more than a few blocks are in memory at a time, however large the file is.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.csv as pa_csv

from engine.errors import UnreadableFile
from engine.script.readers.kinds import Column, Kind, decide
from engine.script.readers.sniff import LONGEST_ROW, Dialect, sniff
from engine.script.readers.source import Found, Source
from engine.script.tables import unique_names

KEPT_BYTES = 256 * 2**20
"""Files up to this size are parsed once and their blocks kept between the passes."""


def read(source: Source) -> Iterator[Found]:
    """The one table of the file. Raises UnreadableFile naming the row that is at fault."""
    dialect = sniff(source)
    names = unique_names(name or f"{source.stem}.{n}" for n, name in enumerate(dialect.names, 1))
    columns = [Column(name) for name in names]
    kept: list[pa.RecordBatch] | None = [] if source.size <= KEPT_BYTES else None
    raw: set[int] = set()
    rows, blocks = 0, max(source.size / LONGEST_ROW, 1)
    for count, batch in enumerate(_blocks(source, dialect), 1):
        source.progress(min(count / blocks, 1.0) / 2)
        rows += batch.num_rows
        if rows > source.limits.rows or rows * len(columns) > source.limits.cells:
            raise source.refuse(f"The file has more than {rows:,} rows.", "Load a part of it.")
        raw = raw if count > 1 else _mostly_different(batch)
        batch = _encode(batch, raw)
        for column, values in zip(columns, batch.columns, strict=True):
            column.look(values.dictionary if isinstance(values, pa.DictionaryArray) else values)
        if kept is not None:
            kept.append(batch)
    kinds, notes = decide(columns, dialect.delimiter)
    source.notes.extend(notes)
    schema = pa.schema([kind.field for kind in kinds])
    encoded = iter(kept) if kept is not None else (_encode(b, raw) for b in _blocks(source, dialect))
    yield Found(source.stem, schema, _converted(source, encoded, kinds, schema, rows))


def _converted(
    source: Source, batches: Iterator[pa.RecordBatch], kinds: list[Kind], schema: pa.Schema, rows: int
) -> Iterator[pa.RecordBatch]:
    done = 0
    for batch in batches:
        done += batch.num_rows
        source.progress(0.5 + done / max(rows, 1) / 2)
        yield _convert(batch, kinds, schema)


def _blocks(source: Source, dialect: Dialect) -> Iterator[pa.RecordBatch]:
    """The file's rows, all columns as texts."""
    width = len(dialect.names)
    keys = [str(n) for n in range(width)]
    with source.open() as file:
        last: pa.RecordBatch | None = None
        rows = 0
        try:
            reader = pa_csv.open_csv(
                pa.PythonFile(file, mode="r"),
                read_options=pa_csv.ReadOptions(
                    column_names=keys,
                    skip_rows=dialect.skip_lines,
                    block_size=LONGEST_ROW,
                    encoding=dialect.encoding,
                ),
                parse_options=pa_csv.ParseOptions(
                    delimiter=dialect.delimiter,
                    quote_char=dialect.quote,
                    escape_char=dialect.escape or False,
                    double_quote=dialect.escape is None,
                    newlines_in_values=True,
                ),
                convert_options=pa_csv.ConvertOptions(
                    column_types={key: pa.string() for key in keys},
                    strings_can_be_null=True,
                    null_values=[""],
                ),
            )
            for batch in reader:
                yield batch
                last, rows = batch, rows + batch.num_rows
            if last is not None:
                _check_end(source, dialect, last, rows)
        except pa.ArrowInvalid as error:
            raise _explain(source, dialect, str(error)) from error


def _explain(source: Source, dialect: Dialect, message: str) -> UnreadableFile:
    """The error for what Arrow's parser refused, with the place, which it does not tell."""
    if "straddling" in message:
        return source.refuse(
            f"A row is longer than {LONGEST_ROW // 2**20} MB.",
            "Often a quotation mark is not closed: look for it, or leave out the long texts.",
        )
    line, cells = _first_odd_row(source, dialect)
    if not line:
        return source.refuse(f"It is no table: {message}.", "Save it again as CSV in UTF-8 and load it again.")
    expected = len(dialect.names)
    more = "more" if cells > expected else "fewer"
    return source.refuse(
        f"Row {line:,} has {cells:,} values, {more} than the {expected:,} columns.",
        "Correct this row: put texts that hold the delimiter or a quotation mark into quotation marks.",
    )


def _first_odd_row(source: Source, dialect: Dialect) -> tuple[int, int]:
    """Line where the first row starts that has another count of values than the header, and this count."""
    with io.TextIOWrapper(source.open(), dialect.encoding, errors="replace", newline="") as text:
        for _ in range(dialect.skip_lines):
            text.readline()
        reader = csv.reader(text, **dialect.options())
        line = dialect.skip_lines + 1
        for row in reader:
            if row and len(row) != len(dialect.names):
                return line, len(row)
            line = dialect.skip_lines + reader.line_num + 1
    return 0, 0


def _check_end(source: Source, dialect: Dialect, last: pa.RecordBatch, rows: int) -> None:
    """Refuse a file whose last text runs on to the end because its quotation mark is not closed."""
    ending = os.pread(source.descriptor, 64, max(0, source.size - 64)).rstrip(b"\r\n\0 \t")
    quote = dialect.quote.encode()
    if not last.num_rows or ending.endswith(quote):
        return
    text = last.columns[-1][-1].as_py()
    if text and "\n" in text:
        raise source.refuse(
            f"In row {rows:,} of the table a quotation mark opens a text that never ends: {text[:40]!r}.",
            "Close it, or double the quotation marks inside texts.",
        )


def _mostly_different(batch: pa.RecordBatch) -> set[int]:
    """Positions of columns with so many different texts that it does not pay to look at each but once."""
    head = batch.slice(0, 10_000)
    return {at for at, column in enumerate(head.columns) if len(column.unique()) > head.num_rows // 2}


def _encode(batch: pa.RecordBatch, raw: set[int]) -> pa.RecordBatch:
    columns = [column if at in raw else column.dictionary_encode() for at, column in enumerate(batch.columns)]
    return pa.record_batch(columns, names=batch.schema.names)


def _convert(batch: pa.RecordBatch, kinds: list[Kind], schema: pa.Schema) -> pa.RecordBatch:
    columns = [
        kind.convert(column.dictionary).take(column.indices)
        if isinstance(column, pa.DictionaryArray)
        else kind.convert(column)
        for kind, column in zip(kinds, batch.columns, strict=True)
    ]
    return pa.record_batch(columns, schema=schema)
