"""The model: tables, fields and how they are linked. Never changes; a reload makes a new one."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from engine.data.links import LinkGraph
from engine.data.symbols import SymbolTable
from engine.data.table import Table
from engine.errors import NotFound

_KINDS = {"D": "date", "TS": "timestamp", "T": "time", "IV": "time"}
_TAGS = {
    "integer": {"$numeric", "$integer"},
    "number": {"$numeric"},
    "date": {"$numeric", "$date", "$timestamp"},
    "timestamp": {"$numeric", "$timestamp"},
    "time": {"$numeric", "$time"},
    "text": {"$text"},
    "mixed": set[str](),
}


@dataclass(frozen=True, eq=False)
class Field:
    """A field: its values, and the tables (synthetic ones aside, unless it is theirs) that hold it.

    kind: 'integer', 'number', 'date', 'timestamp', 'time', 'text' or 'mixed'.
    tags: QIX's field tags, such as '$numeric', '$date', '$key', '$hidden'.
    """

    name: str
    symbols: SymbolTable
    tables: tuple[str, ...]
    is_key: bool
    is_synthetic: bool

    @cached_property
    def kind(self) -> str:
        numbers = self.symbols.numbers
        missing = np.isnan(numbers)
        if missing.any() or not len(numbers):
            return "text" if missing.all() else "mixed"
        if self.symbols.format is not None and self.symbols.format.type in _KINDS:
            return _KINDS[self.symbols.format.type]
        return "integer" if bool((numbers == np.floor(numbers)).all()) else "number"

    @cached_property
    def tags(self) -> frozenset[str]:
        tags = set(_TAGS[self.kind])
        if self.is_key:
            tags.add("$key")
        if self.is_synthetic:
            tags |= {"$synthetic", "$hidden"}
        return frozenset(tags)


class Model:
    """Tables (load order, synthetic ones last), fields (load order) and links.

    loosened: names of loosely coupled tables. notes: sentences about synthetic keys and circles.
    id: differs between any two loads. watched: per table the fields of whose values' states somebody has asked:
    they will be asked for again, together. plans: how selections in some fields are worked out, with these in mind.
    """

    def __init__(
        self,
        tables: Iterable[Table],
        symbols: Mapping[str, SymbolTable],
        links: LinkGraph,
        loosened: tuple[str, ...] = (),
        notes: tuple[str, ...] = (),
    ) -> None:
        self.tables = {table.name: table for table in tables}
        self.links = links
        self.loosened = loosened
        self.notes = notes
        self.id = secrets.token_hex(8)
        self.watched: dict[str, tuple[str, ...]] = {}
        self.plans: dict[Any, Any] = {}
        self.fields = {name: self._field(name, table) for name, table in symbols.items()}

    @cached_property
    def entered_of(self) -> Mapping[int, Mapping[str, str | None]]:
        """Tree of linked tables -> its tables, from the longest one outwards, and the key by which each is entered."""
        members: dict[int, list[str]] = {}
        for table, component in self.links.component_of.items():
            members.setdefault(component, []).append(table)
        return {
            component: self.links.reach(max(tables, key=lambda name: self.tables[name].rows))
            for component, tables in members.items()
        }

    def _field(self, name: str, symbols: SymbolTable) -> Field:
        holders = [table for table in self.tables.values() if name in table.columns]
        real = tuple(table.name for table in holders if not table.is_synthetic)
        is_synthetic = any(t.is_synthetic and next(iter(t.columns)) == name for t in holders)
        return Field(
            name,
            symbols,
            real or tuple(table.name for table in holders),
            is_key=len(real) > 1,
            is_synthetic=is_synthetic,
        )

    def field(self, name: str) -> Field:
        """The field of that name. Raises NotFound."""
        try:
            return self.fields[name]
        except KeyError:
            raise NotFound(f"There is no field {name}.", name) from None

    def symbols(self, name: str) -> SymbolTable:
        return self.field(name).symbols

    def codes(self, table: str, field: str) -> np.ndarray:
        """The codes of a field in a table that holds it: [rows]."""
        return self.tables[table].columns[field].codes

    def is_unique(self, table: str, field: str) -> bool:
        """Whether a value of `field` leads to one row of `table` at most (the 1 of N:1)."""
        return self.tables[table].columns[field].is_unique(self.fields[field].symbols.size)
