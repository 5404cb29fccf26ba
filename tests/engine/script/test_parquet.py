"""Parquet: the types it states, brought to those of the engine."""

import io
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.errors import UnreadableFile
from tests.engine.script.reading import assert_equal, columns, kinds, read, read_one


def parquet(table, **options):
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd", "brotli", "lz4"])
def test_values_equal_pandas_with_every_compression(compression):
    frame = pd.DataFrame(
        {
            "n": [1, 2, 3],
            "f": [0.5, None, -1.0],
            "t": ["a", None, "Köln"],
            "m": pd.to_datetime(["2025-01-31", None, "1999-12-31"]),
        }
    )
    out = io.BytesIO()
    frame.to_parquet(out, compression=compression)
    assert_equal(read_one("x.parquet", out.getvalue()), frame)


def test_types():
    table = pa.table(
        {
            "i8": pa.array([1, None], pa.int8()),
            "u64": pa.array([1, None], pa.uint64()),
            "f32": pa.array([0.5, None], pa.float32()),
            "b": [True, None],
            "dec": pa.array([Decimal("1.50"), None], pa.decimal128(9, 2)),
            "day": [date(2025, 1, 31), None],
            "ns": pa.array([datetime(2025, 1, 31, 1, 2, 3, 4), None], pa.timestamp("ns")),
            "zone": pa.array([datetime(2025, 1, 31, 10, tzinfo=UTC), None], pa.timestamp("ms", "Europe/Berlin")),
            "time": pa.array([time(9, 5), None], pa.time32("s")),
            "long": pa.array([timedelta(hours=36), None], pa.duration("s")),
            "dict": pa.array(["x", None]).dictionary_encode(),
            "bytes": [b"text", None],
            "large": pa.array(["x", None], pa.large_string()),
            "nothing": pa.nulls(2),
        }
    )
    found = read_one("x.parquet", parquet(table))
    assert kinds(found) == {
        "i8": "int64",
        "u64": "double",
        "f32": "double",
        "b": "bool",
        "dec": "decimal128(9, 2)",
        "day": "date32[day]",
        "ns": "timestamp[us]",
        "zone": "timestamp[us]",
        "time": "time64[us]",
        "long": "double",
        "dict": "string",
        "bytes": "string",
        "large": "string",
        "nothing": "string",
    }
    first = {name: values[0] for name, values in columns(found).items()}
    assert first["zone"] == datetime(2025, 1, 31, 10)
    assert first["ns"] == datetime(2025, 1, 31, 1, 2, 3, 4)
    assert first["long"] == 1.5
    assert first["bytes"] == "text"
    assert {values[1] for values in columns(found).values()} == {None}


def test_records_become_columns_and_lists_are_left_out_with_a_note():
    table = pa.table({"a": [{"b": 1, "c": {"d": "x"}}, None], "l": [[1], [2]]})
    found = read("x.parquet", parquet(table))
    assert columns(found.tables[0].data) == {"a.b": [1, None], "a.c.d": ["x", None]}
    assert found.notes == ("Left out, because they hold lists or the like: l.",)


def test_many_row_groups_and_batches():
    table = pa.table({"n": range(100_000)})
    assert columns(read_one("x.parquet", parquet(table, row_group_size=1000)))["n"] == list(range(100_000))


def test_bytes_that_are_no_text_are_refused_with_their_column():
    with pytest.raises(UnreadableFile, match=r"Column picture holds bytes that are no text\. Leave it out"):
        read("x.parquet", parquet(pa.table({"picture": [b"\xff\xfe\x00"]})))
