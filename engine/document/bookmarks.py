"""Bookmarks: selections kept by value, so that they find their values again after a reload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.data.dual import Dual
from engine.data.model import Model
from engine.selection.state import Selections

MEMBER = "qSelectedValues"
"""The member of a bookmark's properties that holds its selections; clients do not see it."""


def taken(model: Model, states: Mapping[str, Selections]) -> dict[str, Any]:
    """State -> field -> its selected values as [number, text], and whether it is locked."""
    return {state: {name: _field(model, name, chosen) for name, chosen in own.items()} for state, own in states.items()}


def selections(model: Model, kept: Mapping[str, Any], states: Mapping[str, Selections]) -> dict[str, Selections]:
    """The selections a bookmark leads to, for the states there are; values and fields that are gone are left out."""
    return {state: _selections(model, kept.get(state) or {}) for state in states}


def _field(model: Model, name: str, chosen: Any) -> dict[str, Any]:
    symbols = model.field(name).symbols
    duals = [symbols.dual(int(code)) for code in chosen.codes]
    return {"values": [[dual.number, dual.text] for dual in duals], "locked": chosen.locked}


def _selections(model: Model, fields: Mapping[str, Any]) -> Selections:
    found = Selections()
    for name, kept in fields.items():
        if name not in model.fields:
            continue
        symbols = model.fields[name].symbols
        codes = [symbols.find(Dual(*value)) for value in kept["values"]]
        found = found.with_values(name, [code for code in codes if code is not None])
        if kept["locked"]:
            found = found.lock(name)
    return found
