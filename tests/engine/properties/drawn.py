"""Random apps for the properties: tables linked as a forest, their selections, and the engine's view of both."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from engine.compute.context import Context
from engine.data.build import build_model
from engine.data.dual import Dual
from engine.data.model import Model
from engine.selection.state import Selections
from tests.engine.reference import Expression, Reference, Value

Columns = dict[str, list[Value]]

NUMBERS = st.integers(-1, 4)
TEXTS = st.sampled_from(["a", "B", "b", "c d", ""])
KINDS = {"number": NUMBERS, "text": TEXTS, "mixed": st.one_of(NUMBERS, TEXTS)}

DUAL = pa.struct([("number", pa.float64()), ("text", pa.string())])


@dataclass(frozen=True)
class App:
    """An app as the engine and as the reference see it."""

    tables: dict[str, Columns]
    kinds: dict[str, str]
    model: Model
    reference: Reference

    @property
    def fields(self) -> list[str]:
        return list(self.kinds)

    def selections(self, chosen: Mapping[str, set[Any]], locked: frozenset[str] = frozenset()) -> Selections:
        """The engine's selections of these values."""
        selections = Selections()
        for field, values in chosen.items():
            codes = [self.model.symbols(field).find(dual_of(value)) for value in values]
            selections = selections.with_values(field, [code for code in codes if code is not None])
        for field in locked:
            selections = selections.lock(field)
        return selections

    def context(self, chosen: Mapping[str, set[Any]]) -> Context:
        return Context(self.model, {"$": self.selections(chosen)})


def dual_of(value: Value) -> Dual:
    return Dual(None, value) if isinstance(value, str) else Dual(None if value is None else float(value), None)


def value_of(dual: Dual) -> Value:
    """A dual as the reference writes it: its number if it has one, else its text."""
    return dual.text if dual.number is None else dual.number


def app_of(tables: dict[str, Columns], kinds: dict[str, str] | None = None) -> App:
    """An app of these tables; the kind of a field is found by its values unless it is stated."""
    found = kinds or {field: _kind(tables, field) for columns in tables.values() for field in columns}
    arrow = [(name, pa.table({f: _array(v, found[f]) for f, v in columns.items()})) for name, columns in tables.items()]
    return App(tables, found, build_model(arrow), Reference(tables))


def _kind(tables: dict[str, Columns], field: str) -> str:
    texts = {isinstance(v, str) for columns in tables.values() for v in columns.get(field, []) if v is not None}
    return "mixed" if len(texts) == 2 else "text" if True in texts else "number"


def _array(values: list[Value], kind: str) -> pa.Array:
    if kind == "number":
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    if kind == "text":
        return pa.array(values, pa.string())
    return pa.array([_struct(value) for value in values], DUAL)


def _struct(value: Value) -> dict[str, Any]:
    return {"number": None, "text": value} if isinstance(value, str) else {"number": value, "text": None}


@st.composite
def apps(draw: st.DrawFn, most_tables: int = 4, most_rows: int = 6) -> App:
    """One to four tables; a table may share one or two fields with those before it: keys of several tables,
    synthetic keys, islands, NULLs, duplicates, dangling keys, links N:M, numbers, texts and mixtures of them."""
    tables: dict[str, Columns] = {}
    kinds: dict[str, str] = {}
    paired: set[str] = set()
    for number in range(draw(st.integers(1, most_tables))):
        held = {f"{'ABCD'[number]}{at}": draw(st.sampled_from(list(KINDS))) for at in range(draw(st.integers(1, 2)))}
        shared = draw(_shared_fields(tables, paired))
        paired |= set(shared) if len(shared) > 1 else set()
        held = {**{field: kinds[field] for field in shared}, **held}
        rows = draw(st.integers(0, most_rows))
        tables[f"T{number}"] = {
            field: draw(st.lists(st.none() | KINDS[kind], min_size=rows, max_size=rows)) for field, kind in held.items()
        }
        kinds |= held
    return app_of(tables, kinds)


def _shared_fields(tables: dict[str, Columns], paired: set[str]) -> st.SearchStrategy[tuple[str, ...]]:
    """Fields for a new table to share: none, one, or two of one table that no other table has."""
    free = [field for columns in tables.values() for field in columns if field not in paired]
    lonely = [field for field in free if free.count(field) == 1]
    pairs = [
        (one, other)
        for columns in tables.values()
        for one, other in itertools.combinations([field for field in columns if field in lonely], 2)
    ]
    ways: list[st.SearchStrategy[tuple[str, ...]]] = [st.just(())]
    if free:
        ways += [st.sampled_from(free).map(lambda field: (field,))] * 4
    if pairs:
        ways.append(st.sampled_from(pairs))
    return st.one_of(*ways)


@st.composite
def selected(draw: st.DrawFn, app: App, most_fields: int = 3) -> dict[str, set[Any]]:
    """Some values of some fields."""
    filled = [field for field in app.fields if app.reference.values(field)]
    fields = draw(st.lists(st.sampled_from(filled), max_size=most_fields, unique=True)) if filled else []
    return {f: draw(st.sets(st.sampled_from(app.reference.values(f)), min_size=1, max_size=3)) for f in fields}


@st.composite
def measures(draw: st.DrawFn, app: App) -> Expression:
    """An aggregate, or arithmetic and conditions over aggregates."""
    first = draw(aggregates(app))
    way = draw(st.sampled_from(["plain", "plain", "plain", "number", "two", "if"]))
    if way == "plain":
        return first
    if way == "number":
        return (draw(st.sampled_from("+-*/")), first, ("number", draw(NUMBERS)))
    if way == "two":
        return (draw(st.sampled_from("+-*/")), first, draw(aggregates(app)))
    condition = (draw(st.sampled_from(["=", "<>", "<", ">="])), first, ("number", draw(NUMBERS)))
    return ("if", condition, first, draw(aggregates(app)))


SIMPLE = ("Sum", "Count", "Avg", "Min", "Max", "Only")
COUNTED = ("Mode", "NumericCount", "TextCount", "NullCount", "MissingCount", "Median", "Stdev")
"""Aggregates of one argument: those that add up, and others."""


@st.composite
def aggregates(draw: st.DrawFn, app: App) -> Expression:
    table = draw(st.sampled_from(list(app.tables)))
    fields = list(app.tables[table])
    distinct = draw(st.booleans()) and draw(st.booleans())
    argument = draw(row_expressions(app, fields))
    name = draw(st.sampled_from((*SIMPLE, *SIMPLE, *COUNTED, "Fractile", "FirstSortedValue", "LINEST_M", "Correl")))
    if name == "Fractile":
        return (name, distinct, argument, ("number", draw(st.sampled_from([0, 0.25, 0.5, 0.9, 1]))))
    if name == "Max" and draw(st.booleans()):
        return (name, distinct, argument, ("number", 2))
    if name in SIMPLE or name in COUNTED:
        return (name, distinct, argument)
    numeric = [field for field in fields if app.kinds[field] == "number"]
    if not numeric:
        return ("Mode", distinct, argument)
    return (name, distinct, argument, ("field", draw(st.sampled_from(numeric))))


@st.composite
def row_expressions(draw: st.DrawFn, app: App, fields: list[str]) -> Expression:
    """An expression over the fields of one table: a field mostly, or numbers made from number fields."""
    numeric = [field for field in fields if app.kinds[field] == "number"]
    if not numeric or draw(st.booleans()):
        return ("field", draw(st.sampled_from(fields)))
    leaf = st.one_of(
        st.sampled_from(numeric).map(lambda field: ("field", field)), NUMBERS.map(lambda number: ("number", number))
    )
    sign = draw(st.sampled_from(["+", "-", "*", "/", "if"]))
    if sign == "if":
        field = ("field", draw(st.sampled_from(fields)))
        return ("if", (draw(st.sampled_from(["=", "<>", "<"])), field, draw(leaf)), draw(leaf), draw(leaf))
    return (sign, ("field", draw(st.sampled_from(numeric))), draw(leaf))


@st.composite
def sets(draw: st.DrawFn, app: App, depth: int = 2) -> Expression:
    """A set expression."""
    way = draw(st.sampled_from(["$", "1", "0", "modified", "modified", "modified", "combined"]))
    if way == "combined" and depth:
        return (draw(st.sampled_from("+-*/")), draw(sets(app, depth - 1)), draw(sets(app, depth - 1)))
    if way != "modified" or not depth:
        return (way if way in "$10" else "$",)
    base = (draw(st.sampled_from("$$1")),)
    fields = draw(st.lists(st.sampled_from(app.fields), min_size=1, max_size=2, unique=True))
    return ("modified", base, tuple(draw(modifiers(app, field, depth - 1)) for field in fields))


@st.composite
def modifiers(draw: st.DrawFn, app: App, field: str, depth: int) -> tuple[str, str, Any]:
    way = draw(st.sampled_from(["lift", "values", "values", "values", "other", "operator"]))
    if way == "lift":
        return (field, "=", None)
    op = draw(st.sampled_from(["=", "=", "+=", "-=", "*=", "/="]))
    if way != "operator":
        return (field, op, draw(elements(app, field, depth)))
    pair = (draw(elements(app, field, depth)), draw(elements(app, field, depth)))
    return (field, op, (draw(st.sampled_from("+-*/")), *pair))


@st.composite
def elements(draw: st.DrawFn, app: App, field: str, depth: int) -> Any:
    """Values of a field, by a list or by other fields of the same kind."""
    alike = [other for other in app.fields if app.kinds[other] == app.kinds[field]]
    way = draw(st.sampled_from(["values", "values", "field", "P", "E"]))
    if way == "field":
        return ("field", draw(st.sampled_from(alike)))
    if way in ("P", "E") and depth:
        return (way, draw(sets(app, depth)), draw(st.sampled_from(alike)))
    return ("values", frozenset(draw(st.sets(KINDS[app.kinds[field]], max_size=3))))
