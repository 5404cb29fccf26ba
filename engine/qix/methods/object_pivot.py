"""GenericObject: opening and closing the nodes of pivot tables.

What is open is a property (qExpansionState), changed by a soft patch: it lasts for the session, is seen by nobody
else, and goes into bookmarks and saved properties as other patches do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from engine.compute.expansion import written
from engine.qix.handles import Target
from engine.qix.methods.object_data import cube_at
from engine.qix.schema import Implementation

if TYPE_CHECKING:
    from engine.qix.session import Session


def _opening(*, at_left: bool, is_open: bool) -> Implementation:
    def method(session: Session, target: Target, path: str, row: int, column: int, everything: bool) -> None:
        table = cube_at(session, target, path).pivot_table
        leaf, level = (row, column) if at_left else (column, row)
        state = table.expanded(at_left=at_left, leaf=leaf, level=level, everything=everything, is_open=is_open)
        value = orjson.dumps(written(state)).decode()
        patch: dict[str, Any] = {"qOp": "replace", "qPath": f"{path}/qExpansionState", "qValue": value}
        session.desk.patch_softly(target, [patch])
        session.desk.note_expanded(target, path, column, row)

    return method


_METHODS: dict[str, Implementation] = {
    "ExpandLeft": _opening(at_left=True, is_open=True),
    "ExpandTop": _opening(at_left=False, is_open=True),
    "CollapseLeft": _opening(at_left=True, is_open=False),
    "CollapseTop": _opening(at_left=False, is_open=False),
}

METHODS = {("GenericObject", name): implementation for name, implementation in _METHODS.items()}
