"""Which nodes of a pivot table are expanded: qExpansionState, read and changed.

An entry names a dimension and, by the values on the way from the outermost dimension of its side, one node of it.
A dimension's listed nodes are expanded and the others collapsed; where an entry says qExcludeList, the listed nodes
are the collapsed ones. An entry without values lists nothing, but may say the latter. Nodes are kept by their texts,
so that they are found again after a reload; entries that others wrote may name them by element numbers, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.compute.definitions import Tree

Path = tuple[str, ...]
"""The shown values of a node and of those it stands in, the outermost first."""


@dataclass(frozen=True)
class Expansion:
    """The nodes of one dimension: those listed, and whether these are the collapsed ones."""

    listed: frozenset[tuple[Any, ...]] = frozenset()
    is_exclusion: bool = False

    def is_open(self, path: Path, elements: tuple[int, ...] = ()) -> bool:
        return (path in self.listed or elements in self.listed) != self.is_exclusion

    def changed(self, path: Path, *, is_open: bool) -> Expansion:
        if self.is_open(path) == is_open:
            return self
        return Expansion(self.listed ^ {path}, self.is_exclusion)


EVERYTHING = Expansion(is_exclusion=True)
NOTHING = Expansion()


def read(entries: Any) -> dict[str, Expansion]:
    """Expansions by the dimension's name (its definition). What is no entry is passed over."""
    listed: dict[str, set[tuple[Any, ...]]] = {}
    exclusions: set[str] = set()
    for entry in entries if isinstance(entries, list) else []:
        position = entry.get("qPos") if isinstance(entry, dict) else None
        if not isinstance(position, dict):
            continue
        name = str(position.get("qDimName") or "")
        listed.setdefault(name, set())
        if entry.get("qExcludeList"):
            exclusions.add(name)
        texts, elements = (position.get(member) for member in ("qElemValues", "qElemNo"))
        if isinstance(texts, list) and texts:
            listed[name].add(tuple(str(text) for text in texts))
        elif isinstance(elements, list) and elements:
            listed[name].add(tuple(one for one in elements if isinstance(one, int)))
    return {name: Expansion(frozenset(paths), name in exclusions) for name, paths in listed.items()}


def written(expansions: Mapping[str, Expansion]) -> list[Tree]:
    """The entries of qExpansionState."""
    entries: list[Tree] = []
    for name, one in expansions.items():
        paths: Iterable[tuple[Any, ...]] = sorted(one.listed, key=repr)
        if one.is_exclusion and not one.listed:
            paths = [()]
        for path in paths:
            texts = [part for part in path if isinstance(part, str)]
            elements = [part for part in path if isinstance(part, int)]
            position = {"qDimName": name, "qElemNo": elements, "qElemValues": texts}
            entries.append({"qExcludeList": one.is_exclusion, "qPos": position})
    return entries
