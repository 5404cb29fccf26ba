"""How tests read a file made in memory, and how they compare the result with pandas."""

import math
import tempfile
from typing import Any

import pandas as pd
import pyarrow as pa

from engine.script import Limits, NamedTable, ReadFile
from engine.script.readers.formats import tables_in
from engine.script.readers.source import Source

SMALL = Limits(memory=2**30, seconds=20, decoded_bytes=256 * 2**20, file_bytes=64 * 2**20, cells=50_000_000)


def read(name: str, content: bytes | str) -> ReadFile:
    """What the readers make of a file, in this process: quicker, and a reader's own error is seen.

    The process that a person's file is read in is tested by test_launch, test_t14 and test_t30.
    """
    with tempfile.TemporaryFile() as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        source = Source(name, file.fileno(), SMALL)
        tables = [
            NamedTable(found.name, pa.Table.from_batches(list(found.batches), found.schema))
            for found in tables_in(source)
        ]
        for table in tables:
            table.data.validate(full=True)
        return ReadFile(tables, tuple(source.notes))


def read_one(name: str, content: bytes | str) -> pa.Table:
    [table] = read(name, content).tables
    return table.data


def columns(table: pa.Table) -> dict[str, list[Any]]:
    return {name: table.column(name).to_pylist() for name in table.column_names}


def kinds(table: pa.Table) -> dict[str, str]:
    return {field.name: str(field.type) for field in table.schema}


def assert_equal(table: pa.Table, frame: pd.DataFrame) -> None:
    """Every value equals that of pandas; missing is missing in both."""
    assert table.column_names == list(frame.columns)
    if len(frame) > 1000:
        pd.testing.assert_frame_equal(table.to_pandas(), frame, check_dtype=False, check_exact=True)
        return
    for name in table.column_names:
        ours, theirs = table.column(name).to_pylist(), frame[name].tolist()
        assert len(ours) == len(theirs)
        odd = [(row, a, b) for row, (a, b) in enumerate(zip(ours, theirs, strict=True)) if not _same(a, b)]
        assert not odd, f"{name}: {odd[:5]}"


def _same(ours: Any, theirs: Any) -> bool:
    if ours is None:
        return bool(pd.isna(theirs))
    if isinstance(ours, float):
        return math.isclose(ours, theirs, rel_tol=1e-15)
    if hasattr(theirs, "to_pydatetime"):
        return bool(pd.Timestamp(ours) == theirs.tz_localize(None))
    return bool(ours == theirs)


def named(**tables: dict[str, list[Any]]) -> list[NamedTable]:
    return [NamedTable(name, pa.table(content)) for name, content in tables.items()]
