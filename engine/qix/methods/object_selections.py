"""GenericObject: selecting in hypercubes and list objects, runs of selections, searches."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine.errors import InvalidParameters
from engine.qix.handles import Target
from engine.qix.methods.fields import ALTERNATIVE, EXCLUDED, POSSIBLE, whole_numbers
from engine.qix.methods.object_data import cube_at, list_at
from engine.qix.ranges import in_continuous_ranges, nodes_in_ranges, rows_in_ranges, values_in_ranges
from engine.qix.schema import Implementation
from engine.selection.state import State

if TYPE_CHECKING:
    from engine.qix.session import Session

Result = dict[str, Any]


# -- runs


def begin_selections(session: Session, target: Target, paths: list[Any]) -> None:
    session.desk.entry(target)
    session.desk.selecting.begin(target, [str(path) for path in paths])
    session.desk.notices.invalidate(target)


def end_selections(session: Session, target: Target, accept: bool) -> None:
    session.desk.selecting.end(target, accept=accept)
    session.desk.notices.invalidate(target)


def reset_made_selections(session: Session, target: Target) -> None:
    session.desk.selecting.reset(target)
    session.desk.notices.invalidate(target)


# -- selecting values


def _select(
    session: Session,
    target: Target,
    chosen: list[tuple[str, Any]],
    state: str,
    *,
    toggle: bool,
    soft_lock: bool = False,
    only_one: bool = False,
) -> Result:
    """Select codes in fields. False, and nothing is changed, if a field is locked.

    only_one: a field that has just the one value selected that is selected again is cleared.
    """
    selecting = session.desk.selecting
    selecting.check_free(target)
    if not chosen or (not soft_lock and any(selecting.of(state).is_locked(field) for field, _ in chosen)):
        return {"qSuccess": False}
    for field, codes in chosen:
        if only_one and len(codes) == 1 and _is_selected_alone(session, field, int(codes[0]), state):
            codes = codes[:0]
        selecting.select(field, codes, state=state, toggle=toggle, soft_lock=soft_lock, step=False)
    selecting.end_step(target)
    session.desk.notices.invalidate(target)
    return {"qSuccess": True}


def _is_selected_alone(session: Session, field: str, code: int, state: str) -> bool:
    chosen = session.desk.selecting.of(state).get(field)
    return chosen is not None and chosen.codes.tolist() == [code]


def _state(session: Session, target: Target, path: str, name: str) -> str:
    holder = session.desk.properties(target)
    definition = session.desk.definition(target, path, name)
    return str(definition.get("qStateName") or holder.get("qStateName") or "$")


def select_hypercube_values(
    session: Session, target: Target, path: str, dimension: int, values: list[Any], toggle: bool
) -> Result:
    cube = cube_at(session, target, path)
    field, codes = cube.select_values(dimension, whole_numbers(values, "qValues"))
    state = _state(session, target, path, "qHyperCubeDef")
    return _select(session, target, [(field, codes)], state, toggle=toggle)


def select_hypercube_cells(
    session: Session, target: Target, path: str, rows: list[Any], columns: list[Any], soft_lock: bool, only_one: bool
) -> Result:
    cube = cube_at(session, target, path)
    chosen = cube.select_cells(whole_numbers(rows, "qRowIndices"), whole_numbers(columns, "qColIndices"))
    state = _state(session, target, path, "qHyperCubeDef")
    return _select(session, target, chosen, state, toggle=False, soft_lock=soft_lock, only_one=only_one)


def select_pivot_cells(
    session: Session, target: Target, path: str, cells: list[Any], soft_lock: bool, only_one: bool
) -> Result:
    if not all(isinstance(cell, dict) for cell in cells):
        raise InvalidParameters("Cells are named by {qType, qCol, qRow}.", "qSelections")
    chosen = cube_at(session, target, path).select_pivot_cells(cells)
    state = _state(session, target, path, "qHyperCubeDef")
    return _select(session, target, chosen, state, toggle=False, soft_lock=soft_lock, only_one=only_one)


def range_select(
    session: Session, target: Target, path: str, ranges: list[Any], columns: list[Any], or_mode: bool, only_one: bool
) -> Result:
    """Select the dimension values of the rows whose measures lie in ranges."""
    return multi_range_select(
        session, target, path, [{"qRanges": ranges, "qColumnsToSelect": columns}], or_mode, only_one
    )


def multi_range_select(
    session: Session, target: Target, path: str, groups: list[Any], or_mode: bool, only_one: bool
) -> Result:
    cube = cube_at(session, target, path)
    found = [rows_in_ranges(cube, group, or_mode=or_mode) for group in groups]
    return _select_found(session, target, path, found, only_one=only_one)


def multi_range_select_tree(
    session: Session, target: Target, path: str, groups: list[Any], or_mode: bool, only_one: bool
) -> Result:
    """Select the values of the nodes whose measures lie in ranges."""
    cube = cube_at(session, target, path)
    cube.refuse_pivot()
    found = [nodes_in_ranges(cube, group, or_mode=or_mode) for group in groups]
    return _select_found(session, target, path, found, only_one=only_one)


def select_continuous_range(session: Session, target: Target, path: str, ranges: list[Any], soft_lock: bool) -> Result:
    """Select the dimension values of the cube that lie in ranges."""
    found = values_in_ranges(cube_at(session, target, path), ranges)
    return _select_found(session, target, path, [found], soft_lock=soft_lock)


def _select_found(
    session: Session, target: Target, path: str, found: list[dict[int, list[int]]],
    *, soft_lock: bool = False, only_one: bool = False,
) -> Result:  # fmt: skip
    """Select what has been found for each dimension by one group of ranges or another."""
    cube = cube_at(session, target, path)
    merged: dict[int, set[int]] = {}
    for group in found:
        for dimension, elements in group.items():
            merged.setdefault(dimension, set()).update(elements)
    chosen = [cube.select_values(dimension, sorted(elements)) for dimension, elements in merged.items()]
    state = _state(session, target, path, "qHyperCubeDef")
    return _select(session, target, chosen, state, toggle=False, soft_lock=soft_lock, only_one=only_one)


def select_list_values(
    session: Session, target: Target, path: str, values: list[Any], toggle: bool, soft_lock: bool
) -> Result:
    field, codes = list_at(session, target, path).select(whole_numbers(values, "qValues"))
    state = _state(session, target, path, "qListObjectDef")
    return _select(session, target, [(field, codes)], state, toggle=toggle, soft_lock=soft_lock)


def _select_by_state(wanted: frozenset[State]) -> Callable[..., Result]:
    def method(session: Session, target: Target, path: str, soft_lock: bool) -> Result:
        listed = list_at(session, target, path)
        return _select_listed(session, target, path, listed.in_states(wanted), soft_lock=soft_lock)

    return method


def select_list_all(session: Session, target: Target, path: str, soft_lock: bool) -> Result:
    return _select_listed(session, target, path, list_at(session, target, path).codes, soft_lock=soft_lock)


def select_list_range(session: Session, target: Target, path: str, ranges: list[Any], soft_lock: bool) -> Result:
    """Select the values of the list that lie in ranges."""
    listed = list_at(session, target, path)
    inside = in_continuous_ranges(listed.numbers, ranges)
    return _select_listed(session, target, path, listed.codes[inside], soft_lock=soft_lock)


def _select_listed(
    session: Session, target: Target, path: str, elements: npt.NDArray[np.integer], *, soft_lock: bool
) -> Result:
    """Select values of a list by their element numbers, instead of what was selected; nothing changes without any."""
    field, codes = list_at(session, target, path).select(elements.tolist())
    if not len(codes):
        return {"qSuccess": False}
    state = _state(session, target, path, "qListObjectDef")
    return _select(session, target, [(field, codes)], state, toggle=False, soft_lock=soft_lock)


# -- clearing and locking what a path concerns


def clear_selections(session: Session, target: Target, path: str, columns: list[Any]) -> None:
    selecting = session.desk.selecting
    selecting.check_free(target)
    for field, state in _fields_at(session, target, path, columns):
        selecting.clear_field(field, state=state, step=False)
    selecting.end_step(target)
    session.desk.notices.invalidate(target)


def lock(session: Session, target: Target, path: str, columns: list[Any]) -> None:
    for field, state in _fields_at(session, target, path, columns):
        session.desk.selecting.lock(field, state=state)


def unlock(session: Session, target: Target, path: str, columns: list[Any]) -> None:
    for field, state in _fields_at(session, target, path, columns):
        session.desk.selecting.unlock(field, state=state)


def _fields_at(session: Session, target: Target, path: str, columns: list[Any]) -> list[tuple[str, str]]:
    """The fields that a path, and perhaps some of its dimensions, select in, and the state they do it in."""
    if path.endswith("qListObjectDef"):
        return [(list_at(session, target, path).select([])[0], _state(session, target, path, "qListObjectDef"))]
    definition = session.desk.definition(target, path, "qHyperCubeDef")
    numbers = whole_numbers(columns, "qColIndices") or range(len(definition.get("qDimensions") or []))
    cube = cube_at(session, target, path)
    state = _state(session, target, path, "qHyperCubeDef")
    return [(cube.select_values(number, [])[0], state) for number in numbers]


# -- searching a list object


def search_list(session: Session, target: Target, path: str, text: str) -> Result:
    session.desk.definition(target, path, "qListObjectDef")
    session.desk.set_search(target, path, text)
    return {"qSuccess": len(list_at(session, target, path).codes) > 0}


def abort_search(session: Session, target: Target, path: str) -> None:
    session.desk.set_search(target, path, None)


def accept_search(session: Session, target: Target, path: str, toggle: bool, soft_lock: bool) -> None:
    """Select what the search has found, with `toggle` besides what is selected, and end the search."""
    if session.desk.search(target, path) is None:
        raise InvalidParameters("No search is open here.", "qPath")
    listed = list_at(session, target, path)
    field, codes = listed.select(listed.accepted.tolist())
    if len(codes):
        state = _state(session, target, path, "qListObjectDef")
        kept = session.desk.selecting.of(state).get(field) if toggle else None
        wanted = codes if kept is None else np.union1d(kept.codes, codes)
        _select(session, target, [(field, wanted)], state, toggle=False, soft_lock=soft_lock)
    session.desk.set_search(target, path, None)


_METHODS: dict[str, Implementation] = {
    "BeginSelections": begin_selections,
    "EndSelections": end_selections,
    "ResetMadeSelections": reset_made_selections,
    "SelectHyperCubeValues": select_hypercube_values,
    "SelectHyperCubeCells": select_hypercube_cells,
    "SelectPivotCells": select_pivot_cells,
    "RangeSelectHyperCubeValues": range_select,
    "MultiRangeSelectHyperCubeValues": multi_range_select,
    "MultiRangeSelectTreeDataValues": multi_range_select_tree,
    "SelectHyperCubeContinuousRange": select_continuous_range,
    "SelectListObjectValues": select_list_values,
    "SelectListObjectAll": select_list_all,
    "SelectListObjectPossible": _select_by_state(POSSIBLE),
    "SelectListObjectExcluded": _select_by_state(EXCLUDED),
    "SelectListObjectAlternative": _select_by_state(ALTERNATIVE),
    "SelectListObjectContinuousRange": select_list_range,
    "ClearSelections": clear_selections,
    "Lock": lock,
    "Unlock": unlock,
    "SearchListObjectFor": search_list,
    "AbortListObjectSearch": abort_search,
    "AcceptListObjectSearch": accept_search,
}

METHODS = {("GenericObject", name): implementation for name, implementation in _METHODS.items()}
