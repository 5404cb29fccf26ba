"""How tests read a file made in memory, and how they compare the result with pandas."""

import io
import math
from typing import Any

import pandas as pd
import pyarrow as pa

from engine.script import Limits, NamedTable, ReadFile, read_tables

SMALL = Limits(memory=2**30, seconds=20, decoded_bytes=256 * 2**20, file_bytes=64 * 2**20, cells=50_000_000)


def read(name: str, content: bytes | str, limits: Limits = SMALL) -> ReadFile:
    return read_tables(name, io.BytesIO(content.encode() if isinstance(content, str) else content), limits)


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
