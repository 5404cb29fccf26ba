"""The associative session: selections in a star of five tables; after each one, everything is answered anew.

    python -m bench.selections [rows ...]        (default: 10000 100000 1000000)

At each of twelve steps (nothing selected, add, toggle, drill, clear, one product, one customer, forty cities ...)
every engine gives the possible values of all 18 fields, the alternatives of the selected ones, ten cubes and four
key figures. Before each step Honeyguide forgets all results: what is measured is the cold answer.

The rivals get what they like best: one wide, denormalised table of integer codes with the row expressions already
worked out; Polars filters eagerly and collects all at once, DuckDB copies the possible rows and asks them. All three
run in one process, alternating; before anything is timed, the answers of all steps are compared. Ratios above 1 mean
that Honeyguide is faster.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from copy import copy
from functools import cache
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from engine.compute.aggregate import aggregate
from engine.compute.binding import bind_dimension
from engine.compute.cache import ResultCache
from engine.compute.context import Context, Habits
from engine.compute.habit import Habit
from engine.data.build import build_model
from engine.data.dual import Dual
from engine.data.model import Model
from engine.selection.state import Selections, State

Step = dict[str, list[int]]
Answer = dict[str, Any]
Columns = dict[str, np.ndarray]

KEYS = {"product": "Products", "customer": "Customers", "store": "Stores", "day": "Days"}
CUBES = (
    ("category",),
    ("brand",),
    ("city",),
    ("region",),
    ("year", "month"),
    ("segment", "category"),
    ("channel",),
    ("store",),
    ("product",),
    ("status", "shipping"),
)
MEASURES = {
    "revenue": "Sum(price*quantity*(1-discount))",
    "margin": "Sum(price*quantity*(1-discount)-cost*quantity)",
    "lines": "Count(quantity)",
}
"""Computed in every cube and, without dimensions, as key figures beside the number of customers."""


def label(cube: tuple[str, ...]) -> str:
    """The name of a cube's answer."""
    return "by " + " ".join(cube)


def star(rows: int) -> dict[str, Columns]:
    """The tables, all values whole numbers or short decimals; every key occurs in the facts."""
    rng = np.random.default_rng(20260101)
    sizes = {
        "product": min(5_000, rows // 4),
        "customer": min(100_000, rows // 4),
        "store": 500,
        "day": 1_826,
    }

    def key(name: str) -> np.ndarray:
        size = sizes[name]
        drawn = (size * rng.random(rows) ** 2).astype(np.int64)
        drawn[:size] = np.arange(size)
        return _narrow(rng.permutation(drawn))

    def drawn(least: int, beyond: int) -> np.ndarray:
        return _narrow(rng.integers(least, beyond, rows))

    facts = {name: key(name) for name in KEYS}
    facts |= {
        "quantity": drawn(1, 20),
        "price": rng.integers(100, 9_999, rows) / 100,
        "discount": rng.integers(0, 5, rows) / 20,
        "cost": rng.integers(50, 5_000, rows) / 100,
        "channel": drawn(0, 4),
        "status": drawn(0, 5),
        "shipping": drawn(0, 6),
        "hour": drawn(0, 24),
        "clerk": drawn(0, 200),
        "promotion": drawn(0, 50),
    }
    many = {name: np.arange(size) for name, size in sizes.items()}
    return {
        "Facts": facts,
        "Products": {"product": many["product"], "category": many["product"] % 20, "brand": many["product"] % 150},
        "Customers": {"customer": many["customer"], "city": many["customer"] % 800, "segment": many["customer"] % 5},
        "Stores": {"store": many["store"], "region": many["store"] % 12},
        "Days": {"day": many["day"], "year": 2020 + many["day"] // 366, "month": 1 + many["day"] // 30 % 12},
    }


def _narrow(column: np.ndarray) -> np.ndarray:
    """In the smallest type, so that a hundred million rows leave room for the rest."""
    return column.astype(np.min_scalar_type(int(column.max(initial=0))))


def steps() -> list[tuple[str, Step]]:
    return [
        ("nothing", {}),
        ("one category", {"category": [3]}),
        ("add a category", {"category": [3, 7]}),
        ("and a year", {"category": [3, 7], "year": [2022]}),
        ("toggle the year", {"category": [3, 7], "year": [2021]}),
        ("drill to months", {"category": [3, 7], "year": [2021], "month": [5, 6]}),
        ("clear but region", {"region": [1, 2, 5]}),
        ("one product", {"product": [42]}),
        ("one customer", {"customer": [77]}),
        ("forty cities", {"city": list(range(40))}),
        ("cities and channel", {"city": list(range(40)), "channel": [1, 2]}),
        ("half the stores", {"store": list(range(0, 500, 2))}),
    ]


_PASSING = frozenset({"states", "groups", "linked", "numbers", "pass", "totals", "cube", "list None"})


class ColdResults(ResultCache):
    """Forgets at each step what depends on selections; keeps what depends on the data alone, as the rivals do."""

    def __init__(self, lasting: ResultCache | None = None) -> None:
        super().__init__()
        self.lasting = lasting or ResultCache()
        self.step = ResultCache()

    def get(self, key: Any) -> Any:
        return self._kept(key).get(key)

    def put(self, key: Any, value: Any, size: int) -> None:
        self._kept(key).put(key, value, size)

    def forget(self) -> None:
        self.step = ResultCache()

    def _kept(self, key: Any) -> ResultCache:
        kind = key[0][1] if isinstance(key[0], tuple) else key[1]  # of what depends on facts, the key stands inside
        return self.step if kind in _PASSING else self.lasting


class Honeyguide:
    def __init__(self, tables: dict[str, Columns]) -> None:
        self.cache = ColdResults()
        self.habits: Habits = defaultdict(Habit)
        self.model: Model = build_model([(name, pa.table(columns)) for name, columns in tables.items()])

    def session(self) -> Honeyguide:
        """Another session on the same data."""
        other = copy(self)
        other.cache, other.habits = ColdResults(self.cache.lasting), defaultdict(Habit)
        return other

    def answer(self, step: Step, fields: list[str]) -> Answer:
        self.cache.forget()
        return self.answer_again(step, fields)

    def answer_again(self, step: Step, fields: list[str]) -> Answer:
        """The answer, from what is kept where this step was answered just before."""
        context = self.context(step)
        states = context.values()
        found: Answer = {}
        for field in fields:
            (found[field],) = states.possible(field).nonzero()
            if field in step:
                (found["other " + field],) = (states.letters(field) == State.ALTERNATIVE).nonzero()
        for cube in CUBES:
            groups = aggregate(context, [bind_dimension(context, name) for name in cube], list(MEASURES.values()))
            found[label(cube)] = (groups.keys, [vector.numbers for vector in groups.measures])
        figures = aggregate(context, [], [*MEASURES.values(), "Count(DISTINCT customer)"])
        found["figures"] = [total.number for total in figures.totals]
        return found

    @cache  # noqa: B019 (engines live as long as the program)
    def element_numbers(self, field: str, values: tuple[int, ...]) -> list[int]:
        """By which clients name values: they have them from the list boxes."""
        codes = [self.model.symbols(field).find(Dual(float(value), None)) for value in values]
        return [code for code in codes if code is not None]

    def context(self, step: Step) -> Context:
        chosen = Selections()
        for field, values in step.items():
            chosen = chosen.with_values(field, self.element_numbers(field, tuple(values)))
        return Context(self.model, {"$": chosen}, cache=self.cache, habits=self.habits)

    def comparable(self, answer: Answer, fields: list[str]) -> Answer:
        """Values instead of codes."""
        plain: Answer = {"figures": answer["figures"]}
        for field in fields:
            for name in (field, "other " + field):
                if name in answer:
                    plain[name] = set(self.model.symbols(field).numbers[answer[name]])
        for cube in CUBES:
            keys, measures = answer[label(cube)]
            columns = [self.model.symbols(name).numbers[keys[:, place]] for place, name in enumerate(cube)]
            lines = measures[-1] > 0
            rows = zip(*(column[lines].tolist() for column in (*columns, *measures)), strict=True)
            plain[label(cube)] = {row[: len(cube)]: row[len(cube) :] for row in rows}
        return plain


def wide(tables: dict[str, Columns]) -> pl.DataFrame:
    """One denormalised table of small integers, with the row expressions worked out."""
    facts = tables["Facts"]
    frame = dict(facts)
    for key, table in KEYS.items():
        for name, column in tables[table].items():
            if name != key:
                frame[name] = column[facts[key]]
    narrow = {
        name: pl.Series(name, column).shrink_dtype() if column.dtype.kind == "i" else pl.Series(name, column)
        for name, column in frame.items()
    }
    return pl.DataFrame(narrow).with_columns(
        revenue=pl.col("price") * pl.col("quantity") * (1 - pl.col("discount")),
        margin=pl.col("price") * pl.col("quantity") * (1 - pl.col("discount")) - pl.col("cost") * pl.col("quantity"),
    )


class Polars:
    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def session(self) -> Polars:
        return self

    def answer(self, step: Step, fields: list[str]) -> Answer:
        masks = {field: self.frame[field].is_in(values) for field, values in step.items()}

        def rows(*, but: str = "") -> pl.DataFrame:
            mask: pl.Series | None = None
            for field, own in masks.items():
                if field != but:
                    mask = own if mask is None else mask & own
            return self.frame if mask is None else self.frame.filter(mask)

        possible = rows().lazy()
        measures = [pl.col("revenue").sum(), pl.col("margin").sum(), pl.len().alias("lines")]
        asked = {field: possible.select(pl.col(field).unique()) for field in fields}
        asked |= {
            "other " + f: rows(but=f).lazy().select(pl.col(f).unique()).filter(~pl.col(f).is_in(step[f])) for f in step
        }
        asked |= {label(cube): possible.group_by(cube).agg(measures) for cube in CUBES}
        asked["figures"] = possible.select(*measures, pl.col("customer").n_unique().alias("customers"))
        return dict(zip(asked, pl.collect_all(list(asked.values())), strict=True))

    def comparable(self, answer: Answer, fields: list[str]) -> Answer:
        return {name: _plain(name, frame.rows()) for name, frame in answer.items()}


class DuckDB:
    def __init__(self, frame: pl.DataFrame) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("CREATE TABLE wide AS SELECT * FROM frame")

    def session(self) -> DuckDB:
        """Another connection to the same database."""
        other = copy(self)
        other.connection = self.connection.cursor()
        return other

    def answer(self, step: Step, fields: list[str]) -> Answer:
        ask = self.connection.execute
        measures = "sum(revenue), sum(margin), count(*)"
        source = "wide"
        if step:
            source = "possible"
            ask(f"CREATE OR REPLACE TEMP TABLE possible AS SELECT * FROM wide WHERE {self._where(step)}")
        found: Answer = {f: ask(f"SELECT DISTINCT {f} FROM {source}").fetchnumpy() for f in fields}
        for field in step:
            others = {name: values for name, values in step.items() if name != field}
            outside = f"NOT {self._where({field: step[field]})} AND {self._where(others)}"
            found["other " + field] = ask(f"SELECT DISTINCT {field} FROM wide WHERE {outside}").fetchnumpy()
        for cube in CUBES:
            names = ", ".join(cube)
            found[label(cube)] = ask(f"SELECT {names}, {measures} FROM {source} GROUP BY {names}").fetchnumpy()
        found["figures"] = ask(f"SELECT {measures}, count(DISTINCT customer) FROM {source}").fetchnumpy()
        return found

    def _where(self, step: Step) -> str:
        tests = [f"{field} IN ({', '.join(map(str, values))})" for field, values in step.items()]
        return "(" + (" AND ".join(tests) or "true") + ")"

    def comparable(self, answer: Answer, fields: list[str]) -> Answer:
        return {name: _plain(name, list(zip(*table.values(), strict=True))) for name, table in answer.items()}


def _plain(name: str, rows: list[tuple[Any, ...]]) -> Any:
    if name == "figures":
        return list(rows[0])
    if name.startswith("by "):
        width = len(name.split()) - 1
        return {tuple(map(float, row[:width])): row[width:] for row in rows}
    return {float(row[0]) for row in rows}


def compare(one: Answer, other: Answer, place: str) -> None:
    """Raises AssertionError unless both answers say the same, sums to nine digits."""
    assert one.keys() == other.keys(), place
    for name, value in one.items():
        if isinstance(value, set):
            assert value == other[name], f"{place}: {name}"
        else:
            keyed, rival = (v if isinstance(v, dict) else {(): v} for v in (value, other[name]))
            assert keyed.keys() == rival.keys(), f"{place}: {name}"
            for key, numbers in keyed.items():
                np.testing.assert_allclose(
                    np.array(numbers, dtype=float), np.array(rival[key], dtype=float), rtol=1e-9, err_msg=place
                )


def timed(run: Callable[[], Any]) -> float:
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1000


def prepared(rows: int) -> tuple[dict[str, Any], list[str]]:
    """The engines, each with the data of so many rows, and the fields of which they say what is possible."""
    tables = star(rows)
    fields = [name for columns in tables.values() for name in columns]
    frame = wide(tables)
    engines = {"Honeyguide": Honeyguide(tables), "Polars": Polars(frame), "DuckDB": DuckDB(frame)}
    return engines, [f for f in dict.fromkeys(fields) if f not in ("price", "cost", "discount")]


def check_equal(engines: dict[str, Any], step: Step, fields: list[str], title: str) -> None:
    """Raises AssertionError unless all engines answer a step alike."""
    answers = {name: e.comparable(e.answer(step, fields), fields) for name, e in engines.items()}
    for name in answers:
        compare(answers["Honeyguide"], answers[name], f"{name}, {title}")


def medians(engines: dict[str, Any], step: Step, fields: list[str], repeats: int) -> dict[str, float]:
    """Milliseconds a step takes each of the engines, which take turns."""
    spent: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(repeats):
        for name, engine in engines.items():
            spent[name].append(timed(lambda e=engine: e.answer(step, fields)))
    return {name: statistics.median(found) for name, found in spent.items()}


Table = dict[str, dict[str, float]]
"""Milliseconds by step and engine."""


def session(engines: dict[str, Any], fields: list[str], repeats: int = 3) -> Table:
    """All steps, with their sum last; compared, then timed."""
    for title, step in steps():
        check_equal(engines, step, fields, title)
    found = {title: medians(engines, step, fields, repeats) for title, step in steps()}
    found["session"] = {name: sum(spent[name] for spent in found.values()) for name in engines}
    return found


def show(found: Table, repeats: int) -> None:
    """The table, with the ratio of every rival to Honeyguide."""
    names = list(next(iter(found.values())))
    print(f"milliseconds a step, median of {repeats}")
    print(f"{'':26}{names[0]:>12}" + "".join(f"{name:>14}{'ratio':>8}" for name in names[1:]))
    for title, spent in found.items():
        rivals = "".join(f"{spent[name]:14.1f}{spent[name] / spent[names[0]]:8.1f}" for name in names[1:])
        print(f"{title:26}{spent[names[0]]:12.2f}{rivals}", flush=True)


def main(arguments: list[str]) -> None:
    for rows in [int(text) for text in arguments] or [10_000, 100_000, 1_000_000]:
        engines, fields = prepared(rows)
        print(f"\n{rows:,} rows, {len(fields)} fields, {len(CUBES)} cubes")
        show(session(engines, fields), repeats=3)


if __name__ == "__main__":
    main(sys.argv[1:])
