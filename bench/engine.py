"""The engine against Polars and DuckDB: sessions cold, warm and repeated, many at once, opening, memory, growth.

    python -m bench.engine [--rows 10000,100000,1000000,10000000] [--growth 1000000,10000000,100000000] [--keep docs]

The parts are those of `bench.selections`, `bench.warm`, `bench.sessions`, `bench.opening` and `bench.growth`; equality
is checked before anything is timed. With --keep, figures go to speed.json in that folder, and `bench.picture` draws
speed.svg from them.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
from pathlib import Path
from typing import Any

from bench import growth, opening, picture, selections, sessions, warm

FEW_REPEATS = 5_000_000
"""From so many rows on each step is repeated less often."""


def heading(text: str) -> None:
    print(f"\n### {text}\n", flush=True)


def of_size(rows: int) -> dict[str, Any]:
    """Everything that is asked of data of one size."""
    engines, fields = selections.prepared(rows)
    repeats = 3 if rows >= FEW_REPEATS else 5
    heading(f"{rows:,} rows, cold")
    cold = selections.session(engines, fields, repeats)
    selections.show(cold, repeats)
    again = sessions.repeated(engines["Honeyguide"], fields)
    print(f"a repeated state, the slowest: {again:.2f} ms")
    heading(f"{rows:,} rows, another value of the same field")
    touched = warm.warm_steps(engines, fields, 5 if rows >= FEW_REPEATS else warm.REPEATS)
    selections.show(touched, 5 if rows >= FEW_REPEATS else warm.REPEATS)
    return {"cold": cold, "repeated": again, "warm": touched}


def many_sessions(rows: int) -> dict[str, dict[str, float]]:
    heading(f"{rows:,} rows, requests a second")
    found = sessions.rates(*selections.prepared(rows))
    sessions.show(found)
    return found


def run(sizes: list[int], growing: list[int]) -> dict[str, Any]:
    found: dict[str, Any] = {"processors": os.cpu_count(), "sizes": {}}
    for rows in sizes:
        found["sizes"][str(rows)] = of_size(rows)
        gc.collect()
    found["sessions"] = {"rows": min(1_000_000, max(sizes)), "rates": many_sessions(min(1_000_000, max(sizes)))}
    gc.collect()
    heading(f"{max(sizes):,} rows x {opening.FIELDS} fields, from encrypted storage to the first chart")
    found["opening"] = {"rows": max(sizes), "ms": opening.apart(max(sizes))}
    opening.show(found["opening"]["ms"])
    found["first request"] = opening.first_request()
    print(f"the first request after a start: {found['first request']:.0f} ms")
    heading("Growth: one session, and bytes of memory a row")
    found["growth"] = growth.growth(growing)
    growth.show(found["growth"])
    return found


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="bench.engine")
    parser.add_argument("--rows", type=_numbers, default=[10_000, 100_000, 1_000_000, 10_000_000])
    parser.add_argument("--growth", type=_numbers, default=[1_000_000, 10_000_000, 100_000_000])
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args(arguments)
    found = run(given.rows, given.growth)
    if given.keep is not None:
        path = given.keep / "speed.json"
        path.write_text(json.dumps(picture.rounded(found), indent=1) + "\n")
        picture.draw(path, given.keep / "speed.svg")


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
