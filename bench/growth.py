"""Growth: the whole session of `bench.selections` at more and more rows, and the bytes of memory that a row takes.

    python -m bench.growth [rows ...]        (default: 1000000 10000000 100000000)

Each engine is measured alone, in a process of its own, so that none has to share memory with the data of another.
Where the machine has too little memory for an engine, it is left out and said so. Times are the better of two rounds.
Memory is that of the data at rest: codes and symbols, a frame's columns, a database's tables.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.selections import DuckDB, Honeyguide, Polars, star, steps, timed, wide

NEEDED = {"Honeyguide": 110, "Polars": 230, "DuckDB": 230}
"""Bytes a row while the data are made and asked: what was seen, and some room."""

UNWATCHED = ("price", "cost", "discount")


def free_bytes() -> int:
    """Memory that can be had now, as the kernel says; 8 GiB where it does not."""
    path = Path("/proc/meminfo")
    lines = path.read_text().splitlines() if path.exists() else []
    found = [int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable")]
    return found[0] if found else 8 * 2**30


def bytes_of(engine: Any) -> int:
    """What the data take in memory."""
    if isinstance(engine, Honeyguide):
        model = engine.model
        codes = sum(column.codes.nbytes for table in model.tables.values() for column in table.columns.values())
        return codes + sum(field.symbols.numbers.nbytes for field in model.fields.values())
    if isinstance(engine, Polars):
        return int(engine.frame.estimated_size())
    ask = engine.connection.execute
    tables = ask("SELECT sum(memory_usage_bytes) FROM duckdb_memory() WHERE tag = 'IN_MEMORY_TABLE'").fetchone()
    return int(tables[0])


def measured(name: str, rows: int) -> dict[str, float]:
    """Milliseconds of the session and bytes a row of one engine."""
    tables = star(rows)
    fields = [field for columns in tables.values() for field in columns if field not in UNWATCHED]
    engine: Any = (
        Honeyguide(tables) if name == "Honeyguide" else {"Polars": Polars, "DuckDB": DuckDB}[name](wide(tables))
    )
    del tables
    wanted = list(dict.fromkeys(fields))
    rounds = [[timed(lambda s=step: engine.answer(s, wanted)) for _, step in steps()] for _ in range(2)]
    return {"ms": sum(map(min, zip(*rounds, strict=True))), "bytes": bytes_of(engine) / rows}


def growth(sizes: list[int]) -> dict[str, dict[str, dict[str, float]]]:
    """By engine and number of rows."""
    found: dict[str, dict[str, dict[str, float]]] = {name: {} for name in NEEDED}
    for rows in sizes:
        for name, needed in NEEDED.items():
            if needed * rows > free_bytes():
                wanted, there = needed * rows / 2**30, free_bytes() / 2**30
                print(f"{name} at {rows:,} rows is left out: it needs about {wanted:.0f} GiB, {there:.0f} are free.")
                continue
            command = [sys.executable, "-m", "bench.growth", "child", name, str(rows)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            found[name][str(rows)] = json.loads(done.stdout.splitlines()[-1])
    return found


def show(found: dict[str, dict[str, dict[str, float]]]) -> None:
    sizes = list(dict.fromkeys(size for of_engine in found.values() for size in of_engine))
    print(f"{'rows':>14}" + "".join(f"{name + ' ms':>16}{'bytes a row':>14}" for name in found))
    for size in sizes:
        cells = "".join(
            f"{of_engine[size]['ms']:16.0f}{of_engine[size]['bytes']:14.1f}"
            if size in of_engine
            else f"{'-':>16}{'-':>14}"
            for of_engine in found.values()
        )
        print(f"{int(size):14,}{cells}", flush=True)


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["child"]:
        print(json.dumps(measured(arguments[1], int(arguments[2]))))
        return
    show(growth([int(text) for text in arguments] or [1_000_000, 10_000_000, 100_000_000]))


if __name__ == "__main__":
    main(sys.argv[1:])
