"""Where rows come from and how they read values: the tables below an aggregation.

An aggregation runs over the rows of one base table. A row reads a value

* from a column of the base itself,
* through N:1 links, by one composed map from the codes of a key column to the codes of the value, or
* through links of which one is N:M: then a row may have many values; `grouping` handles those.

Maps are composed on symbol tables, never on rows, and kept in the result cache.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
import numpy.typing as npt

from engine.compute.context import Context
from engine.data.model import Model

Codes = npt.NDArray[np.unsignedinteger]
Map = npt.NDArray[np.int32]


class Readable(Protocol):
    """Something with one code a row in certain tables; `size` is the code of NULL."""

    @property
    def name(self) -> Hashable: ...
    @property
    def size(self) -> int: ...
    @property
    def holders(self) -> tuple[str, ...]: ...
    def codes(self, table: str) -> Codes: ...


@dataclass(frozen=True)
class FieldValues:
    """A field of the model as a Readable."""

    model: Model
    name: str

    @property
    def size(self) -> int:
        return self.model.symbols(self.name).size

    @property
    def holders(self) -> tuple[str, ...]:
        """Longest first; loaded first among equals. Synthetic tables come last."""
        held = dict.fromkeys((*self.model.field(self.name).tables, *self.model.links.tables_of.get(self.name, ())))
        tables = self.model.tables
        return tuple(sorted(held, key=lambda name: (tables[name].is_synthetic, -tables[name].rows)))

    def codes(self, table: str) -> Codes:
        return self.model.codes(table, self.name)


@dataclass(frozen=True, eq=False)
class RowValues:
    """Values worked out for the rows of one table, such as those of an expression over several fields."""

    name: Hashable
    size: int
    table: str
    row_codes: Codes

    @property
    def holders(self) -> tuple[str, ...]:
        return (self.table,)

    def codes(self, table: str) -> Codes:
        return self.row_codes


@dataclass(frozen=True, eq=False)
class Own:
    """The base holds the value, or (with a map) its key leads to one value at most."""

    codes: Codes
    map: Map | None = None


@dataclass(frozen=True)
class Many:
    """The value lies behind an N:M link: by way of the base's `key`, in or behind the table `next`."""

    key: str
    next: str


class Unlinked:
    """Nothing links the base with the value."""


Route = Own | Many | Unlinked


def route(context: Context, base: str, value: Readable) -> Route:
    """How rows of `base` read `value`."""
    if base in value.holders:
        return Own(value.codes(base))
    links = context.model.links
    target = next((table for table in links.reach(base) if table in value.holders), None)
    path = None if target is None else links.path(base, target)
    if target is None or path is None:
        return Unlinked()
    steps = list(zip(path[1::2], path[2::2], strict=True))
    if not all(context.model.is_unique(table, key) for key, table in steps):
        return Many(*steps[0])
    key = (context.model.id, "map", base, value.name)
    composed = context.cache.get_or_make(key, lambda: _compose(context.model, steps, value), lambda m: m.nbytes)
    return Own(context.model.codes(base, path[1]), composed)


def _compose(model: Model, steps: Sequence[tuple[str, str]], value: Readable) -> Map:
    """From the codes of the first key to the codes of the value, over (key, table it leads to) steps."""
    composed: Map | None = None
    for place, (key, table) in enumerate(steps):
        last = place == len(steps) - 1
        target = value.codes(table) if last else model.codes(table, steps[place + 1][0])
        null = value.size if last else model.symbols(steps[place + 1][0]).size
        step = np.full(model.symbols(key).size + 1, null, dtype=np.int32)
        step[model.codes(table, key)] = target
        step[-1] = null
        composed = step if composed is None else step[composed]
    return cast(Map, composed)


def is_reachable(model: Model, base: str, value: Readable) -> bool:
    """Whether rows of `base` read `value` as one value at most."""
    if base in value.holders:
        return True
    links = model.links
    target = next((table for table in links.reach(base) if table in value.holders), None)
    path = None if target is None else links.path(base, target)
    if path is None:
        return False
    return all(model.is_unique(table, key) for key, table in zip(path[1::2], path[2::2], strict=True))


def choose_base(model: Model, fields: Sequence[str]) -> str | None:
    """The table whose rows an expression over these fields runs over; None if N:M links lie between.

    A table that holds all the fields; failing that, one that holds some and leads to the others over
    N:1 links. Among several: the one with the most rows, the first loaded among equals.
    """
    values = [FieldValues(model, name) for name in fields]
    real = [table.name for table in model.tables.values() if not table.is_synthetic]
    holding = [name for name in real if all(name in value.holders for value in values)]
    leading = holding or [
        name
        for name in real
        if any(name in value.holders for value in values) and all(is_reachable(model, name, v) for v in values)
    ]
    return max(leading, key=lambda name: model.tables[name].rows, default=None)
