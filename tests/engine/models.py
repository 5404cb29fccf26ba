"""Small models for tests: written as text tables, or drawn at random."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from engine.data.build import build_model
from engine.data.model import Model

Rows = dict[str, list[Any]]
"""A table's columns; None is NULL."""


def model_of(**tables: str) -> Model:
    """A model from tables as text: first line the fields, then rows; `-` is NULL, numbers are numbers.

    >>> model_of(Sales='''item price
    ...                   nut  3
    ...                   -    4''')
    """
    return build_model([(name, pa.table(columns_of(text))) for name, text in tables.items()])


def columns_of(text: str) -> Rows:
    header, *rows = [line.split() for line in text.strip().splitlines()]
    columns: Rows = {name: [_value(row[place]) for row in rows] for place, name in enumerate(header)}
    return {name: [str(v) for v in values] if _is_mixed(values) else values for name, values in columns.items()}


def _value(text: str) -> Any:
    if text == "-":
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def _is_mixed(values: list[Any]) -> bool:
    return len({isinstance(value, str) for value in values if value is not None}) > 1


@st.composite
def linked_tables(draw: st.DrawFn, most_tables: int = 4, most_rows: int = 8) -> dict[str, Rows]:
    """Tables linked as a random forest: NULLs, duplicates, dangling keys, N:M, keys of several tables."""
    tables: dict[str, Rows] = {}
    fields: list[str] = []
    for number in range(draw(st.integers(1, most_tables))):
        count = draw(st.integers(0, most_rows))
        held = [f"f{number}{letter}" for letter in "ab"[: draw(st.integers(1, 2))]]
        if fields and draw(st.integers(0, 5)):
            held = [draw(st.sampled_from(fields)), *held]
        values = st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=count, max_size=count)
        tables[f"T{number}"] = {field: draw(values) for field in held}
        fields += [field for field in held if field not in fields]
    return tables


def load(tables: dict[str, Rows]) -> Model:
    """A model of drawn tables; their values are whole numbers."""
    return build_model([(name, pa.table(_typed(rows))) for name, rows in tables.items()])


def _typed(rows: Rows) -> dict[str, pa.Array]:
    return {field: pa.array(values, pa.int64()) for field, values in rows.items()}
