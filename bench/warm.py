"""Another value of the field that was touched last: what a person does most, and what can be prepared for.

    python -m bench.warm [rows ...]        (default: 10000 100000 1000000)

A field has been touched, and there was time: Honeyguide has split its cubes and states by the field's values, as its
sessions do when nobody waits (`hub.idle`). Then another set of values is selected, and everything is answered as in
`bench.selections`: the states of all fields, ten cubes, key figures. Rivals: Polars and DuckDB as there, and DuckDB
with tables that were aggregated beforehand, one for each chart and changed field, as uwdata/mosaic makes them: rows
under all other selections, grouped by what the chart groups by and by the changed field.
"""

from __future__ import annotations

import sys
from typing import Any

from bench.selections import (
    CUBES,
    MEASURES,
    Answer,
    DuckDB,
    Honeyguide,
    Step,
    Table,
    check_equal,
    label,
    medians,
    prepared,
    show,
)
from engine.compute.slicing import slice_field

REPEATS = 9

TOUCHES: list[tuple[str, Step, list[int], list[int]]] = [
    ("category", {}, [3], [9]),
    ("category", {}, [3, 7], [1, 4, 11]),
    ("year", {"category": [3, 7]}, [2022], [2021]),
    ("month", {"category": [3, 7], "year": [2021]}, [5, 6], [7, 8]),
    ("region", {}, [1, 2, 5], [0, 3, 8]),
    ("channel", {"city": list(range(40))}, [1, 2], [0, 3]),
    ("clerk", {}, list(range(20)), list(range(50, 80))),
    ("city", {}, list(range(40)), list(range(40, 80))),
    ("store", {}, list(range(0, 500, 2)), list(range(1, 500, 2))),
]
"""The field, what else is selected, what was selected in the field, what is selected next. The last two fields have 800
and 500 values: more than what can be prepared for well."""


class Preaggregated:
    """DuckDB, with a table for each chart that has the rows under all other selections by the touched field."""

    def __init__(self, duck: DuckDB, field: str, rest: Step, fields: list[str]) -> None:
        self._ask = duck.connection.cursor().execute
        self._field = field
        self._rest = rest
        self._duck = duck
        where = duck._where(rest)
        sums = "sum(revenue) AS revenue, sum(margin) AS margin, count(*) AS lines"
        for name in fields:
            self._table(f"of_{name}", f"SELECT DISTINCT {field} AS touched, {name} FROM wide WHERE {where}")
        for name in rest:
            others = duck._where({other: values for other, values in rest.items() if other != name})
            outside = f"{others} AND NOT {duck._where({name: rest[name]})}"
            self._table(f"other_{name}", f"SELECT DISTINCT {field} AS touched, {name} FROM wide WHERE {outside}")
        for cube in CUBES:
            names = ", ".join(cube)
            grouped = f"SELECT {field} AS touched, {names}, {sums} FROM wide WHERE {where} GROUP BY touched, {names}"
            self._table("_".join(("by", *cube)), grouped)
        self._table("figures", f"SELECT {field} AS touched, {sums} FROM wide WHERE {where} GROUP BY touched")
        self._table("customers", f"SELECT DISTINCT {field} AS touched, customer FROM wide WHERE {where}")

    def _table(self, name: str, query: str) -> None:
        self._ask(f"CREATE OR REPLACE TEMP TABLE pre_{name} AS {query}")

    def answer(self, step: Step, fields: list[str]) -> Answer:
        ask = self._ask
        sums = ", ".join(f"sum({name})" for name in MEASURES)
        chosen = self._duck._where({"touched": step[self._field]})
        found: Answer = {}
        for name in fields:
            found[name] = ask(f"SELECT DISTINCT {name} FROM pre_of_{name} WHERE {chosen}").fetchnumpy()
        for name in self._rest:
            found[f"other {name}"] = ask(f"SELECT DISTINCT {name} FROM pre_other_{name} WHERE {chosen}").fetchnumpy()
        outside = f"SELECT DISTINCT {self._field} FROM pre_of_{self._field} WHERE NOT {chosen}"
        found[f"other {self._field}"] = ask(outside).fetchnumpy()
        for cube in CUBES:
            names, table = ", ".join(cube), "_".join(("pre_by", *cube))
            query = f"SELECT {names}, {sums} FROM {table} WHERE {chosen} GROUP BY {names}"
            found[label(cube)] = ask(query).fetchnumpy()
        customers = f"(SELECT count(DISTINCT customer) FROM pre_customers WHERE {chosen})"
        found["figures"] = ask(f"SELECT {sums}, {customers} FROM pre_figures WHERE {chosen}").fetchnumpy()
        return found

    def comparable(self, answer: Answer, fields: list[str]) -> Answer:
        return self._duck.comparable(answer, fields)


def foresee(honeyguide: Honeyguide, step: Step, field: str, fields: list[str]) -> None:
    """What a session does behind an answer."""
    honeyguide.answer(step, fields)
    slice_field(honeyguide.context(step), field)


def warm_steps(engines: dict[str, Any], fields: list[str], repeats: int = REPEATS) -> Table:
    """Milliseconds of every touch; compared, then timed."""
    found: Table = {}
    for field, rest, first, then in TOUCHES:
        foresee(engines["Honeyguide"], {**rest, field: first}, field, fields)
        prepared_duck = Preaggregated(engines["DuckDB"], field, rest, fields)
        rivals = {**engines, "pre-aggregated": prepared_duck}
        step = {**rest, field: then}
        title = " in ".join([f"{len(then)} of {field}", *([", ".join(rest)] if rest else [])])
        check_equal(rivals, step, fields, title)
        found[title] = medians(rivals, step, fields, repeats)
    return found


def main(arguments: list[str]) -> None:
    for rows in [int(text) for text in arguments] or [10_000, 100_000, 1_000_000]:
        engines, fields = prepared(rows)
        print(f"\n{rows:,} rows, another value of the same field")
        show(warm_steps(engines, fields), REPEATS)


if __name__ == "__main__":
    main(sys.argv[1:])
