"""Groups of fields: drilling up in an object, and turning cyclic master dimensions.

Which field of a cyclic dimension is active belongs to the session, as selections do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.compute.binding import bind_dimension
from engine.document.library import fields_of
from engine.document.objects import DIMENSION, Entry
from engine.errors import InvalidParameters
from engine.qix.handles import CLASS_OF_KIND, Target
from engine.qix.methods.object_data import cube_at
from engine.qix.schema import Implementation

if TYPE_CHECKING:
    from engine.qix.session import Session

Result = dict[str, Any]

CYCLIC = ("C", "GRP_NX_COLLECTION")

MISSING, NOT_APPLICABLE, NO_FIELD = "group_missing", "group_not_applicable", "fielddef_missing"


def drill_up(session: Session, target: Target, path: str, number: int, steps: int) -> None:
    """Clear what is selected in the levels above the one that is shown, so far up as asked for."""
    cube = cube_at(session, target, path)
    if not 0 <= number < len(cube.columns) or cube.columns[number].grouping != "H":
        raise InvalidParameters(f"Dimension {number} is no drill-down group.", "qDimNo")
    column, selecting = cube.columns[number], session.desk.selecting
    selecting.check_free(target)
    first = max(0, column.position - max(0, steps))
    for text in column.definition["qDef"]["qFieldDefs"][first : column.position]:
        field = bind_dimension(session.desk.context(), str(text)).field
        if field is not None:
            selecting.clear_field(field.name, state=cube.bound.state, step=False)
    selecting.end_step(target)
    session.desk.notices.invalidate(target)


def _cyclic(session: Session, target: Target) -> tuple[Entry, int]:
    """A cyclic master dimension and how many fields it has. Raises InvalidParameters for others."""
    entry = session.desk.entry(target)
    if not _is_cyclic(entry):
        raise InvalidParameters("This dimension is no cyclic group.", "qHandle")
    return entry, len(fields_of(entry))


def _is_cyclic(entry: Entry) -> bool:
    return (entry.properties.get("qDim") or {}).get("qGrouping") in CYCLIC and bool(fields_of(entry))


def step_cycle(session: Session, target: Target, steps: int) -> None:
    entry, count = _cyclic(session, target)
    session.desk.set_active_field(entry, (session.desk.library.active_field(entry) + steps) % count)


def set_active_field(session: Session, target: Target, number: int) -> None:
    entry, count = _cyclic(session, target)
    if not 0 <= number < count:
        raise InvalidParameters(f"The group has the fields 0 to {count - 1}.", "qIx")
    session.desk.set_active_field(entry, number)


def get_active_field(session: Session, target: Target) -> Result:
    entry, _ = _cyclic(session, target)
    return {"qReturn": session.desk.library.active_field(entry)}


def get_group_states(session: Session, target: Target) -> Result:
    """The active field of each cyclic dimension of the app."""
    cyclic = [entry for entry in session.document.objects.of_kind(DIMENSION) if _is_cyclic(entry)]
    library = session.desk.library
    states = [
        {"qInfo": entry.info, "qActiveFieldDef": fields_of(entry)[library.active_field(entry)]} for entry in cyclic
    ]
    return {"qGroupStates": states}


def apply_group_states(session: Session, target: Target, states: list[Any]) -> Result:
    """Turn cyclic dimensions as they were once; what cannot be done is told, and the rest is done."""
    warnings = []
    for state in states:
        problem = _apply_group_state(session, state)
        if problem:
            warnings.append({"qState": state, "qType": problem})
    return {"qResult": {"qApplySuccess": not warnings, "qWarnings": warnings}}


def _apply_group_state(session: Session, state: Any) -> str | None:
    """Why it could not be done."""
    if not isinstance(state, dict) or not isinstance(state.get("qInfo"), dict):
        raise InvalidParameters("Group states are lists of {qInfo, qActiveFieldDef}.", "qGroupStates")
    entry = session.document.objects.find(str(state["qInfo"].get("qId") or ""), DIMENSION)
    if entry is None:
        return MISSING
    if not _is_cyclic(entry):
        return NOT_APPLICABLE
    fields = fields_of(entry)
    if state.get("qActiveFieldDef") not in fields:
        return NO_FIELD
    session.desk.set_active_field(entry, fields.index(state["qActiveFieldDef"]))
    return None


METHODS: dict[tuple[str, str], Implementation] = {
    ("GenericObject", "DrillUp"): drill_up,
    (CLASS_OF_KIND[DIMENSION], "StepCycle"): step_cycle,
    (CLASS_OF_KIND[DIMENSION], "SetActiveField"): set_active_field,
    (CLASS_OF_KIND[DIMENSION], "GetActiveField"): get_active_field,
    ("Doc", "GetGroupStates"): get_group_states,
    ("Doc", "ApplyGroupStates"): apply_group_states,
}
