"""Opening: from encrypted storage to the first chart; and the first request after a start.

    python -m bench.opening [rows]        (default: 10000000)

An app of 16 fields is saved as the product saves it (sealed chunks, database row, manifest), and the same table as an
encrypted Parquet file by DuckDB. Then both take turns: Honeyguide opens the app from its store and answers one chart,
DuckDB opens a new database, is given the key, and asks the file for the same chart. Nothing is kept between rounds but
what the operating system keeps of files. "Loaded" is DuckDB when it first reads the whole file into a table, as it has
to for what follows the first chart.

The first request: a new process, numba's cache built, from the moment the app is in memory to the answer of a chart.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from bench.selections import star, timed, wide
from engine.compute.aggregate import aggregate
from engine.compute.binding import bind_dimension
from engine.compute.context import Context
from engine.data.build import build_model
from engine.document.document import Document

REPEATS = 5
FIELDS = 16
KEY = "0123456789abcdef0123456789abcdef"
MEASURE = "Sum(price*quantity*(1-discount))"
CHART = "sum(price * quantity * (1 - discount)) AS revenue"

FIRST = """
import json, time
import numpy as np, pyarrow as pa
from engine import Document, Rights, Session, build_model
model = build_model([("T", pa.table({"k": np.arange(100_000) % 50, "v": np.arange(100_000.0)}))])
session = Session(Document.new("T", model), Rights("owner"), user="a", document_id="app")
def ask(handle, method, *params):
    frame = {"id": 1, "handle": handle, "method": method, "params": list(params)}
    return json.loads(session.receive(json.dumps(frame))[0])["result"]
begin = time.perf_counter()
doc = ask(-1, "OpenDoc", "app")["qReturn"]["qHandle"]
definition = {"qDimensions": [{"qDef": {"qFieldDefs": ["k"]}}], "qMeasures": [{"qDef": {"qDef": "Sum(v)"}}],
              "qInitialDataFetch": [{"qTop": 0, "qLeft": 0, "qWidth": 2, "qHeight": 50}]}
made = ask(doc, "CreateSessionObject", {"qInfo": {"qType": "chart"}, "qHyperCubeDef": definition})
ask(made["qReturn"]["qHandle"], "GetLayout")
print(1000 * (time.perf_counter() - begin))
"""


def first_request(repeats: int = REPEATS) -> float:
    """Milliseconds of the first chart that a fresh process answers; the median."""

    def once() -> float:
        done = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, text=True, check=True)
        return float(done.stdout)

    once()  # fills numba's cache where it is empty
    return statistics.median(once() for _ in range(repeats))


def saved(frame: pl.DataFrame) -> Any:
    """The table as an app in the product's own storage. Django has to be set up."""
    from accounts.people import create_person
    from storage import documents, library

    columns = {name: frame[name].to_numpy() for name in frame.columns}
    app = library.create_app(create_person("bench@example.org", "correct horse battery staple"), "Bench")
    documents.save_document(app, Document.new("Bench", build_model([("T", pa.table(columns))])))
    app.refresh_from_db()
    return app


def first_chart(app: Any) -> dict[float, float]:
    from storage import documents

    context = Context(documents.load_document(app).model)
    found = aggregate(context, [bind_dimension(context, "category")], [MEASURE])
    numbers = context.model.symbols("category").numbers[found.keys[:, 0]]
    return dict(zip(numbers.tolist(), found.measures[0].numbers.tolist(), strict=True))


def first_chart_of_duckdb(path: Path, *, loaded: bool) -> dict[float, float]:
    ask = duckdb.connect().execute
    ask(f"PRAGMA add_parquet_key('key', '{KEY}')")
    source = f"read_parquet('{path}', encryption_config = {{footer_key: 'key'}})"
    if loaded:
        ask(f"CREATE TABLE loaded AS SELECT * FROM {source}")
        source = "loaded"
    return {float(key): value for key, value in ask(f"SELECT category, {CHART} FROM {source} GROUP BY 1").fetchall()}


def opening(rows: int, repeats: int = REPEATS) -> dict[str, float]:
    """Milliseconds from storage to the first chart; compared, then timed. Django has to be set up."""
    frame = wide(star(rows))
    frame = frame.select([*frame.columns[:14], "category", "region"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        connection = duckdb.connect()
        connection.execute("SET force_mbedtls_unsafe = 'true'")  # else it writes none without an extension
        connection.execute(f"PRAGMA add_parquet_key('key', '{KEY}')")
        connection.execute(f"COPY (SELECT * FROM frame) TO '{path}' (ENCRYPTION_CONFIG {{footer_key: 'key'}})")
        connection.close()
        app = saved(frame)
        del frame
        ways: dict[str, Callable[[], dict[float, float]]] = {
            "Honeyguide": lambda: first_chart(app),
            "DuckDB": lambda: first_chart_of_duckdb(path, loaded=False),
            "DuckDB, loaded": lambda: first_chart_of_duckdb(path, loaded=True),
        }
        answers = [way() for way in ways.values()]
        for other in answers[1:]:
            assert other.keys() == answers[0].keys()
            np.testing.assert_allclose([other[key] for key in answers[0]], list(answers[0].values()), rtol=1e-9)
        spent: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(repeats):
            for name, way in ways.items():
                spent[name].append(timed(way))
    return {name: statistics.median(found) for name, found in spent.items()}


def apart(rows: int) -> dict[str, float]:
    """`opening` in a process of its own, with a database and a store that go with it."""
    with tempfile.TemporaryDirectory() as folder:
        given = {**os.environ, "HONEYGUIDE_VAR": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
        command = [sys.executable, "-m", "bench.opening", "child", str(rows)]
        done = subprocess.run(command, env=given, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _child(rows: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(opening(rows)))


def show(found: dict[str, float]) -> None:
    for name, spent in found.items():
        print(f"{name:20}{spent:10.0f} ms{spent / found['Honeyguide']:8.1f}")


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["child"]:
        _child(int(arguments[1]))
        return
    rows = int(arguments[0]) if arguments else 10_000_000
    print(f"\n{rows:,} rows x {FIELDS} fields, from encrypted storage to the first chart; median of {REPEATS}")
    show(apart(rows))
    print(f"the first request after a start: {first_request():.0f} ms")


if __name__ == "__main__":
    main(sys.argv[1:])
