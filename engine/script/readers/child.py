"""The reading process: confines itself, reads one file, writes its tables, reports and ends.

Started by engine.script.launch as `python -m engine.script.readers.child`. Standard input holds the
task as JSON: the file's name, the limits, and the numbers of three descriptors: the file, a place
for the tables (Arrow streams one after the other) and a pipe for reports, one JSON object a line:
{"progress": share}, at last {"tables": [...], "notes": [...]}, {"error": text} or {"failure": text}.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import orjson
import pyarrow as pa

from engine.errors import UnreadableFile
from engine.script.readers.confine import CannotConfine, confine
from engine.script.readers.formats import tables_in
from engine.script.readers.source import Found, Source
from engine.script.tables import Limits

REPORT_STEP = 0.01


class WithoutPandas:
    """Where pandas is installed, Arrow imports it with its first array: two seconds for nothing."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name=name)


class Report:
    """The pipe to the parent. Progress is told when it has moved enough to be seen."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._told = 0.0

    def say(self, message: dict[str, Any]) -> None:
        line = orjson.dumps(message) + b"\n"
        while line:
            line = line[os.write(self._descriptor, line) :]

    def progress(self, share: float) -> None:
        if share >= self._told + REPORT_STEP:
            self._told = share
            self.say({"progress": round(share, 3)})


class Meter:
    """Counts what has been decoded and refuses what would pass a limit."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.cells = 0
        self.decoded = 0

    def count(self, name: str, rows: int, batch: pa.RecordBatch) -> None:
        limits = self._source.limits
        self.cells += batch.num_rows * max(batch.num_columns, 1)
        self.decoded += batch.nbytes
        if rows > limits.rows:
            raise self._source.refuse(f"Table {name} has more than {limits.rows:,} rows.", "Load a part of it.")
        if self.cells > limits.cells:
            raise self._source.refuse(f"It holds more than {limits.cells:,} cells.", "Leave out columns or rows.")
        if self.decoded > limits.decoded_bytes:
            raise self._source.refuse(
                f"Its tables take more than {limits.decoded_bytes // 2**20:,} MB of memory.",
                "Leave out columns or rows.",
            )


def main() -> None:
    sys.meta_path.insert(0, WithoutPandas)
    told = orjson.loads(sys.stdin.buffer.read())
    report = Report(told["report"])
    name = told["name"]
    try:
        limits = Limits(**told["limits"])
        confine(limits)
        source = Source(name, told["file"], limits, progress=report.progress)
        with os.fdopen(told["tables"], "wb", closefd=False) as out:
            tables = _copy(source, out)
        report.say({"tables": tables, "notes": source.notes})
    except UnreadableFile as error:
        report.say({"error": error.message})
    except MemoryError:  # Arrow's own is a subclass
        report.say({"error": _out_of_memory(name, told["limits"]["memory"])})
    except CannotConfine as error:
        report.say({"failure": f"A reading process could not be confined: {error}."})
    except Exception as error:  # whatever a library makes of a damaged file
        report.say({"error": _damaged(name, error)})


def _copy(source: Source, out: Any) -> list[dict[str, Any]]:
    """Write every table; tell name and place of each."""
    meter = Meter(source)
    tables: list[dict[str, Any]] = []
    for found in tables_in(source):
        start = out.tell()
        rows = _write(found, out, meter)
        tables.append({"name": found.name, "rows": rows, "start": start, "end": out.tell()})
    return tables


def _write(found: Found, out: Any, meter: Meter) -> int:
    rows = 0
    with pa.ipc.new_stream(out, found.schema) as writer:
        for batch in found.batches:
            rows += batch.num_rows
            meter.count(found.name, rows, batch)
            writer.write_batch(batch)
    return rows


def _damaged(name: str, error: Exception) -> str:
    what = " ".join(str(error).split())[:300]
    return f"{name}: The file could not be read: {what}. It may be damaged: save it again and load it again."


def _out_of_memory(name: str, memory: int) -> str:
    return (
        f"{name}: Reading it takes more than {memory // 2**20:,} MB of memory. "
        "Leave out columns or rows, or save it as Parquet or CSV, and load it again."
    )


if __name__ == "__main__":
    main()
