"""What tables hold and how they would link: the preview that people see before an app is made.

profile() gives JSON: {"tables": [...], "links": [...], "warnings": [...], "recommended": [...]}.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from engine.data.encode import encode_column
from engine.data.formats import format_vector
from engine.data.locale import DEFAULT_LOCALE, Locale
from engine.errors import InvalidParameters
from engine.script.advice import advise
from engine.script.evidence import Evidence
from engine.script.tables import NamedTable

PREVIEW_ROWS = 50
SAMPLES = 5

_KINDS = (
    (pt.is_integer, "integer"),
    (pt.is_boolean, "integer"),
    (pt.is_floating, "number"),
    (pt.is_decimal, "number"),
    (pt.is_date, "date"),
    (pt.is_timestamp, "timestamp"),
    (pt.is_time, "time"),
    (pt.is_struct, "mixed"),
    (lambda kind: True, "text"),
)


def profile(tables: Sequence[NamedTable], locale: Locale = DEFAULT_LOCALE) -> dict[str, Any]:
    """Describe tables as JSON.

    tables: [{name, rows, fields: [{name, type, missing (share), distinct, unique, sample (texts)}],
    preview (first rows as lists of texts, null where missing)}].
    links, for each field that two tables share: {field, tables, match (share of the distinct values
    of either that the other has), unique (whether it is a key of either)}.
    warnings: see engine.script.advice; recommended: the remedies that together resolve them.
    """
    names = [table.name for table in tables]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidParameters(f"Two tables are called {twice}: give one of them another name.", twice)
    evidence = Evidence(tables)
    warnings = [warning.as_dict() for warning in advise(evidence)]
    return {
        "tables": [_table(table, evidence, locale) for table in tables],
        "links": _links(evidence),
        "warnings": warnings,
        "recommended": [
            remedy
            for warning in warnings
            if warning["level"] == "warning"
            for remedy in warning["remedies"]
            if remedy["recommended"]
        ],
    }


def _table(table: NamedTable, evidence: Evidence, locale: Locale) -> dict[str, Any]:
    head = table.data.slice(0, PREVIEW_ROWS)
    shown = [_texts(head.column(field.name), field, locale) for field in table.data.schema]
    return {
        "name": table.name,
        "rows": table.data.num_rows,
        "fields": [_field(table, field, evidence, locale) for field in table.data.schema],
        "preview": [list(row) for row in zip(*shown, strict=True)],
    }


def _field(table: NamedTable, field: pa.Field, evidence: Evidence, locale: Locale) -> dict[str, Any]:
    column = table.data.column(field.name)
    found = evidence.field(table.name, field.name)
    texts = dict.fromkeys(text for text in _texts(column.slice(0, 1000), field, locale) if text is not None)
    return {
        "name": field.name,
        "type": next(name for matches, name in _KINDS if matches(field.type)),
        "missing": found.missing / max(len(column), 1),
        "distinct": found.distinct,
        "unique": found.unique,
        "sample": list(texts)[:SAMPLES],
    }


def _texts(column: pa.ChunkedArray, field: pa.Field, locale: Locale) -> list[str | None]:
    """Values as the app will show them."""
    encoded = encode_column(column, field, locale)
    texts = np.append(np.asarray(format_vector(encoded.vector, locale), dtype=object), [None])
    shown: list[str | None] = texts[encoded.codes].tolist()
    return shown


def _links(evidence: Evidence) -> list[dict[str, Any]]:
    links = []
    for one, other in combinations(evidence.tables, 2):
        theirs = set(evidence.tables[other].column_names)
        for field in evidence.tables[one].column_names:
            if field in theirs:
                links.append(
                    {
                        "field": field,
                        "tables": [one, other],
                        "match": list(evidence.match((one, field), (other, field))),
                        "unique": [evidence.field(table, field).unique for table in (one, other)],
                    }
                )
    return links
