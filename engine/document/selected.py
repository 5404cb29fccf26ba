"""What is selected, as QIX shows it: the items of qSelectionObject, for the bar above the sheets."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.compute.context import Context
from engine.data.symbols import SymbolTable
from engine.selection.phrase import THRESHOLD, phrase, unselected


def current_selections(context: Context, state: str) -> list[dict[str, Any]]:
    """One item a field with a selection, in the order in which fields were selected."""
    chosen = context.selections(state)
    items = []
    for index, (name, selection) in enumerate(chosen.items()):
        symbols = context.model.field(name).symbols
        counts = context.values(state).counts(name)
        items.append({**_item(name, symbols, np.asarray(selection.codes), locked=selection.locked), "qSortIndex": index,
                      "qStateCounts": counts})  # fmt: skip
    return items


def _item(name: str, symbols: SymbolTable, codes: np.ndarray, *, locked: bool) -> dict[str, Any]:
    left = unselected(symbols, codes)
    named = len(codes) <= THRESHOLD
    return {
        "qField": name,
        "qReadableName": name,
        "qTotal": symbols.size,
        "qIsNum": symbols.is_numeric,
        "qLocked": locked,
        "qOneAndOnlyOne": False,
        "qTextSearch": "",
        "qSelectedCount": len(codes),
        "qSelected": phrase(symbols, codes),
        "qSelectionThreshold": THRESHOLD,
        "qRangeInfo": [],
        "qSelectedFieldSelectionInfo": _infos(symbols, codes if named else codes[:0]),
        "qNotSelectedFieldSelectionInfo": _infos(symbols, codes[:0] if named or left is None else left),
        "qIsHidden": False,
        "qDimensionReferences": [],
    }


def _infos(symbols: SymbolTable, codes: np.ndarray) -> list[dict[str, Any]]:
    return [{"qName": text, "qFieldSelectionMode": "NORMAL"} for text in symbols.texts(codes)]
