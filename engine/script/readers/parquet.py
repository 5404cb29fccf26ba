"""Parquet, by batches: never a whole table at once, for a few bytes of file can hold a billion rows.

Records inside columns become columns with a point in their name; lists are left out, with a note.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyarrow.types as pt

from engine.errors import UnreadableFile
from engine.script.readers.source import Found, Source
from engine.script.tables import unique_names

BATCH_CELLS = 1_000_000
DAY = 86_400_000_000
"""Microseconds of a day."""


def read(source: Source) -> Iterator[Found]:
    """The file's table. Raises UnreadableFile."""
    with source.open() as file:
        try:
            parquet = pq.ParquetFile(pa.PythonFile(file, mode="r"), pre_buffer=False)
        except pa.ArrowInvalid as error:
            raise _damaged(source, error) from error
        schema = parquet.schema_arrow
        rows, width = parquet.metadata.num_rows, max(parquet.metadata.num_columns, 1)
        _check(source, rows, width)
        sample = _flatten(pa.record_batch([pa.nulls(0, field.type) for field in schema], schema=schema))
        kept = [position for position, field in enumerate(sample.schema) if _target(field.type) is not None]
        left_out = [field.name for field in sample.schema if _target(field.type) is None]
        if left_out:
            source.notes.append(f"Left out, because they hold lists or the like: {', '.join(left_out)}.")
        if not kept:
            raise source.refuse("No column holds single values.", "Save it with plain columns.")
        names = unique_names(sample.schema.field(position).name for position in kept)
        types = [_target(sample.schema.field(position).type) for position in kept]
        target = pa.schema([pa.field(name, kind) for name, kind in zip(names, types, strict=True)])
        yield Found(source.stem, target, _batches(source, parquet, target, kept, max(1024, BATCH_CELLS // width)))


def _check(source: Source, rows: int, width: int) -> None:
    """What the footer says must be within the limits; what really comes is counted besides."""
    limits = source.limits
    if rows > limits.rows:
        raise source.refuse(f"It has {rows:,} rows; at most {limits.rows:,} can be read.", "Load a part of it.")
    if width > limits.columns:
        raise source.refuse(f"It has {width:,} columns; at most {limits.columns:,} can be read.", "Leave some out.")
    if rows * width > limits.cells:
        raise source.refuse(
            f"It has {rows * width:,} cells; at most {limits.cells:,} can be read.", "Leave out columns or rows."
        )


def _batches(
    source: Source, parquet: pq.ParquetFile, target: pa.Schema, kept: list[int], size: int
) -> Iterator[pa.RecordBatch]:
    total, done = max(parquet.metadata.num_rows, 1), 0
    try:
        for batch in parquet.iter_batches(batch_size=size, use_threads=False):
            done += batch.num_rows
            source.progress(min(done / total, 1.0))
            flat = _flatten(batch)
            yield pa.record_batch(
                [_convert(source, flat.column(at), field) for at, field in zip(kept, target, strict=True)],
                schema=target,
            )
    except (pa.ArrowInvalid, OSError) as error:
        if isinstance(error, pa.ArrowMemoryError | UnreadableFile):
            raise
        raise _damaged(source, error) from error


def _damaged(source: Source, error: Exception) -> UnreadableFile:
    what = " ".join(str(error).split())[:200]
    return source.refuse(f"The file is damaged: {what}.", "Save it again and load it again.")


def _flatten(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Columns of structs as columns of their own, until there are none."""
    while any(pt.is_struct(field.type) for field in batch.schema):
        names, columns = [], []
        for field, column in zip(batch.schema, batch.columns, strict=True):
            if pt.is_struct(field.type):
                names += [f"{field.name}.{inner.name}" for inner in field.type]
                columns += column.flatten()
            else:
                names.append(field.name)
                columns.append(column)
        batch = pa.record_batch(columns, names=names)
    return batch


def _target(kind: pa.DataType) -> pa.DataType | None:
    """The type in which the engine takes it; None if it holds no single value."""
    if isinstance(kind, pa.BaseExtensionType):
        return _target(kind.storage_type)
    if pt.is_dictionary(kind):
        return _target(kind.value_type)
    for matches, target in _TARGETS:
        if matches(kind):
            return target or kind
    return None


_TARGETS = (
    (pt.is_boolean, pa.bool_()),
    (pt.is_unsigned_integer, pa.float64()),
    (pt.is_integer, pa.int64()),
    (pt.is_floating, pa.float64()),
    (pt.is_decimal, None),
    (pt.is_date, pa.date32()),
    (pt.is_timestamp, pa.timestamp("us")),
    (pt.is_time, pa.time64("us")),
    (pt.is_duration, pa.float64()),
    (lambda kind: pt.is_string(kind) or pt.is_large_string(kind) or pt.is_string_view(kind), pa.string()),
    (lambda kind: pt.is_binary(kind) or pt.is_large_binary(kind) or pt.is_binary_view(kind), pa.string()),
    (pt.is_null, pa.string()),
)


def _convert(source: Source, column: pa.Array, field: pa.Field) -> pa.Array:
    if isinstance(column, pa.ExtensionArray):
        column = column.storage
    if pt.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pt.is_duration(column.type):
        return pc.divide(column.cast(pa.duration("us"), safe=False).cast(pa.int64()).cast(pa.float64()), DAY)
    if pt.is_timestamp(column.type) and column.type.tz:
        column = column.cast(pa.timestamp(column.type.unit))
    try:
        return column.cast(field.type, safe=not (pt.is_temporal(column.type) or pt.is_integer(column.type)))
    except pa.ArrowInvalid as error:
        raise source.refuse(
            f"Column {field.name} holds bytes that are no text.", "Leave it out, or save it as text in UTF-8."
        ) from error
