"""What the values of fields say about links between tables: uniqueness, matching keys, agreement.

Values are compared as the engine will: numbers, dates and times by number, texts by text. All
functions work on columns at once; answers are remembered, for they are asked for many times.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from engine.script.tables import NamedTable

SAMPLED_ROWS = 200_000
"""So many rows, evenly spread, are compared to see whether two fields agree."""

Codes = npt.NDArray[np.int64]


def comparable(column: pa.ChunkedArray) -> pa.Array:
    """The column as float64 or string, so that equal values of the engine are equal here."""
    kind = column.type
    whole = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], kind)
    if pt.is_struct(kind):
        number, text = pc.struct_field(whole, "number"), pc.struct_field(whole, "text")
        if pc.all(pc.or_(pc.is_valid(number), pc.is_null(text)), min_count=0).as_py():
            return number
        return pc.coalesce(pc.cast(number, pa.string()), text)
    if pt.is_date(kind):
        return pc.multiply(pc.cast(pc.cast(whole.cast(pa.date32()), pa.int32()), pa.float64()), 86_400e6)
    if pt.is_timestamp(kind):
        return whole.cast(pa.timestamp("us"), safe=False).cast(pa.int64()).cast(pa.float64(), safe=False)
    if pt.is_time(kind):
        return whole.cast(pa.time64("us"), safe=False).cast(pa.int64()).cast(pa.float64(), safe=False)
    if pt.is_boolean(kind):
        return pc.negate(whole.cast(pa.int8())).cast(pa.float64())
    if pt.is_string(kind) or pt.is_large_string(kind):
        return whole.cast(pa.string())
    if pt.is_null(kind):
        return whole.cast(pa.float64())
    return whole.cast(pa.float64(), safe=False)


class FieldEvidence:
    """One field of one table."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        self.rows = len(column)
        self.values = comparable(column)
        self.missing = self.values.null_count

    @cached_property
    def distinct_values(self) -> pa.Array:
        return pc.drop_null(pc.unique(self.values))

    @property
    def distinct(self) -> int:
        return len(self.distinct_values)

    @property
    def unique(self) -> bool:
        """Whether no value comes twice; a field with nothing in it is no key."""
        return 0 < self.distinct == self.rows - self.missing

    @property
    def is_text(self) -> bool:
        return bool(pt.is_string(self.values.type))


class Evidence:
    """All tables, asked field by field; a field is named by its table and its name in the file."""

    def __init__(self, tables: Sequence[NamedTable]) -> None:
        self.tables = {table.name: table.data for table in tables}
        self._fields: dict[tuple[str, str], FieldEvidence] = {}
        self._matches: dict[tuple[tuple[str, str], tuple[str, str]], tuple[float, float]] = {}

    def field(self, table: str, field: str) -> FieldEvidence:
        key = (table, field)
        if key not in self._fields:
            self._fields[key] = FieldEvidence(self.tables[table].column(field))
        return self._fields[key]

    def match(self, one: tuple[str, str], other: tuple[str, str]) -> tuple[float, float]:
        """For either field the share of its distinct values that the other has, too."""
        if (one, other) not in self._matches:
            a, b = self.field(*one), self.field(*other)
            common = 0
            if a.is_text == b.is_text and a.distinct and b.distinct:
                common = int(pc.sum(pc.is_in(a.distinct_values, value_set=b.distinct_values)).as_py())
            shares = (common / max(a.distinct, 1), common / max(b.distinct, 1))
            self._matches[one, other] = shares
            self._matches[other, one] = shares[::-1]
        return self._matches[one, other]

    def is_key(self, table: str, fields: Sequence[str]) -> bool:
        """Whether every row has another combination of these fields."""
        if len(fields) == 1:
            return self.field(table, fields[0]).unique
        found = [self.field(table, field) for field in fields]
        if any(field.missing == field.rows for field in found):
            return False
        possible = np.prod([float(max(field.distinct, 1)) for field in found])
        if possible < found[0].rows:
            return False
        codes = _compose([_codes([field.values])[0] for field in found])
        return len(np.unique(codes)) == found[0].rows

    def joined_share(
        self, many: str, one: str, key: Sequence[tuple[str, str]], values: Sequence[tuple[str, str]]
    ) -> tuple[float, list[float]]:
        """Rows of `many` looked up in `one`, where `key` is unique: share found, share that agrees per field.

        `key` and `values` are pairs (field of many, field of one).
        """
        rows = self.tables[many].num_rows
        step = max(1, rows // SAMPLED_ROWS)

        def sides(pair: tuple[str, str]) -> tuple[Codes, Codes]:
            a, b = self.field(many, pair[0]), self.field(one, pair[1])
            if a.is_text != b.is_text:
                return np.full(len(a.values[::step]), -2), np.full(len(b.values), -3)
            left, right = _codes([a.values.take(pa.array(np.arange(0, rows, step))), b.values])
            return left, right

        pairs = [sides(pair) for pair in key]
        lengths = len(pairs[0][0])
        whole = _compose([np.concatenate(pair) for pair in pairs])
        missing = np.any([np.concatenate(pair) < 0 for pair in pairs], axis=0)
        left, right = whole[:lengths], whole[lengths:]
        order = np.argsort(right, kind="stable")
        at = np.minimum(np.searchsorted(right, left, sorter=order), len(right) - 1)
        partner = order[at]
        found = (right[partner] == left) & ~missing[:lengths]
        agreeing = []
        for pair in values:
            a, b = sides(pair)
            a, b = a[found], b[partner[found]]
            known = (a >= 0) & (b >= 0) if len(a) and a[0] != -2 else np.ones(len(a), dtype=bool)
            agreeing.append(float(np.mean(a[known] == b[known])) if known.any() else 0.0)
        return float(np.mean(found)) if lengths else 0.0, agreeing


def _codes(parts: Sequence[pa.Array]) -> list[Codes]:
    """Equal values get equal codes, over all parts; NULL gets -1."""
    encoded = pa.concat_arrays(parts).dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy().astype(np.int64)
    return np.split(codes, np.cumsum([len(part) for part in parts])[:-1])


def _compose(parts: Sequence[Codes]) -> Codes:
    """One code for each combination."""
    whole = parts[0]
    for part in parts[1:]:
        whole = np.unique(whole, return_inverse=True)[1] * (int(part.max(initial=0)) + 3) + part + 2
    return whole
