"""A table: columns of equal length. Immutable once loaded, so that sessions share it without locks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.data.column import Column


@dataclass(frozen=True, eq=False)
class Table:
    """`is_synthetic`: made by the engine to hold the combinations of a synthetic key, its first column."""

    name: str
    rows: int
    columns: Mapping[str, Column]
    is_synthetic: bool = False
