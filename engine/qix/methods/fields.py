"""Field: selections by field, without an object. A run of an object that is open ends first, and is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine.compute.binding import bind_dimension
from engine.compute.listobject import true_values
from engine.data.dual import Dual
from engine.data.symbols import SymbolTable
from engine.errors import InvalidParameters
from engine.qix.handles import Target
from engine.qix.schema import Implementation
from engine.selection.search import fits
from engine.selection.state import State
from engine.selection.typed import search

if TYPE_CHECKING:
    from engine.qix.session import Session

Result = dict[str, Any]

POSSIBLE = frozenset({State.SELECTED, State.OPTIONAL, State.LOCKED})
EXCLUDED = frozenset({State.EXCLUDED, State.SELECTED_EXCLUDED, State.LOCKED_EXCLUDED, State.ALTERNATIVE})
ALTERNATIVE = frozenset({State.ALTERNATIVE})


def codes_of_texts(symbols: SymbolTable, values: list[Any]) -> list[int]:
    """Codes of {qText, qIsNumeric, qNumber}; values that do not exist are left out."""
    codes = []
    for value in values:
        if not isinstance(value, dict):
            raise InvalidParameters("A value is an object with qText, or with qIsNumeric and qNumber.", "qFieldValues")
        number, text = value.get("qNumber"), value.get("qText")
        numeric = bool(value.get("qIsNumeric")) and isinstance(number, int | float)
        found = symbols.find(
            Dual(float(number), None) if numeric and number is not None else Dual(None, str(text or ""))
        )
        if found is not None:
            codes.append(found)
    return codes


def codes_matching(session: Session, target: Target, text: str) -> npt.NDArray[np.int32]:
    """Codes of the values a text names: the one shown so, or all that fit a search; words have to fit as a whole."""
    symbols = _symbols(session, target)
    exact = symbols.find(Dual(None, text))
    if exact is not None:
        return np.array([exact], dtype=np.int32)
    if text.lstrip()[:1] not in ("=", "~", "("):
        return np.flatnonzero(fits(symbols, text)).astype(np.int32) if text.strip() else np.array([], dtype=np.int32)
    context = session.desk.context()
    dimension = bind_dimension(context, target.name)
    return search(symbols, text, lambda one: true_values(context, dimension, one, target.state)).accepted


def _select(session: Session, target: Target, codes: Any, *, toggle: bool = False, soft_lock: bool = False) -> Result:
    session.desk.end_run(accept=True)
    done = len(codes) > 0 and session.desk.selecting.select(
        target.name, codes, state=target.state, toggle=toggle, soft_lock=soft_lock
    )
    return {"qReturn": done}


def _symbols(session: Session, target: Target) -> SymbolTable:
    return session.document.model.field(target.name).symbols


def select_values(session: Session, target: Target, values: list[Any], toggle: bool, soft_lock: bool) -> Result:
    codes = codes_of_texts(_symbols(session, target), values)
    return _select(session, target, codes, toggle=toggle, soft_lock=soft_lock)


def low_level_select(session: Session, target: Target, values: list[Any], toggle: bool, soft_lock: bool) -> Result:
    return _select(session, target, whole_numbers(values, "qValues"), toggle=toggle, soft_lock=soft_lock)


def select(session: Session, target: Target, pattern: str, soft_lock: bool, mode: Any) -> Result:
    return _select(session, target, codes_matching(session, target, pattern), soft_lock=soft_lock)


def toggle_select(session: Session, target: Target, pattern: str, soft_lock: bool, mode: Any) -> Result:
    codes = codes_matching(session, target, pattern)
    return _select(session, target, codes, toggle=True, soft_lock=soft_lock)


def select_all(session: Session, target: Target, soft_lock: bool) -> Result:
    return _select(session, target, np.arange(_symbols(session, target).size), soft_lock=soft_lock)


def _by_state(wanted: frozenset[State]) -> Any:
    def method(session: Session, target: Target, soft_lock: bool) -> Result:
        codes = codes_in_states(session, target.name, target.state, wanted)
        return _select(session, target, codes, soft_lock=soft_lock)

    return method


def codes_in_states(session: Session, field: str, state: str, wanted: frozenset[State]) -> npt.NDArray[np.int64]:
    letters = session.desk.context().values(state).letters(field)
    return np.flatnonzero(np.isin(letters, [int(one) for one in wanted]))


def clear(session: Session, target: Target) -> Result:
    session.desk.end_run(accept=True)
    return {"qReturn": session.desk.selecting.clear_field(target.name, state=target.state)}


def clear_all_but_this(session: Session, target: Target, soft_lock: bool) -> Result:
    session.desk.end_run(accept=True)
    return {"qReturn": session.desk.selecting.clear_others(target.name, state=target.state, soft_lock=soft_lock)}


def lock(session: Session, target: Target) -> Result:
    session.desk.end_run(accept=True)
    return {"qReturn": session.desk.selecting.lock(target.name, state=target.state)}


def unlock(session: Session, target: Target) -> Result:
    session.desk.end_run(accept=True)
    return {"qReturn": session.desk.selecting.unlock(target.name, state=target.state)}


def get_cardinal(session: Session, target: Target) -> Result:
    return {"qReturn": _symbols(session, target).size}


def get_and_mode(session: Session, target: Target) -> Result:
    return {"qReturn": False}


def get_nx_properties(session: Session, target: Target) -> Result:
    return {"qProperties": {"qOneAndOnlyOne": False}}


def whole_numbers(values: list[Any], parameter: str) -> list[int]:
    """A list of whole numbers as clients send them. Raises InvalidParameters."""
    if not all(isinstance(value, int | float) and abs(value) < 2**31 for value in values):
        raise InvalidParameters("Values are named by whole numbers.", parameter)
    return [int(value) for value in values]


_METHODS: dict[str, Implementation] = {
    "SelectValues": select_values,
    "LowLevelSelect": low_level_select,
    "Select": select,
    "ToggleSelect": toggle_select,
    "SelectAll": select_all,
    "SelectPossible": _by_state(POSSIBLE),
    "SelectExcluded": _by_state(EXCLUDED),
    "SelectAlternative": _by_state(ALTERNATIVE),
    "Clear": clear,
    "ClearAllButThis": clear_all_but_this,
    "Lock": lock,
    "Unlock": unlock,
    "GetCardinal": get_cardinal,
    "GetAndMode": get_and_mode,
    "GetNxProperties": get_nx_properties,
}

METHODS = {("Field", name): implementation for name, implementation in _METHODS.items()}
