"""What functions of kind 'context' give: counts and texts of selections, names of the chart.

Each is a value without dimensions, the same in every row. What it looks at is noted, see `recall`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.compute.context import Context
from engine.compute.recall import CHART, STATE, look_at
from engine.data.dual import NULL, Dual
from engine.errors import ExpressionError
from engine.language.nodes import Call, Field, Node, Text
from engine.selection.phrase import THRESHOLD, phrase
from engine.selection.state import State

WorkOut = Callable[[Node], Dual]
"""The value of an argument, without dimensions."""

_KEYS: Mapping[str, Sequence[State]] = {
    "S": (State.SELECTED, State.LOCKED),
    "O": (State.OPTIONAL,),
    "D": (State.DESELECTED,),
    "A": (State.ALTERNATIVE,),
    "X": (State.EXCLUDED,),
    "XS": (State.SELECTED_EXCLUDED, State.LOCKED_EXCLUDED),
}
"""States by their keys, in the order of their numbers from 1."""


def told(context: Context, call: Call, state: str, work_out: WorkOut) -> Dual:
    """What a function of kind 'context' gives. Raises ExpressionError."""
    return _TELL[call.name](_Telling(context, call, state, work_out))


@dataclass(frozen=True)
class _Telling:
    """One call. `state` is the alternate state in which the expression is worked out."""

    context: Context
    call: Call
    state: str
    work_out: WorkOut

    def value(self, place: int) -> Dual:
        """The value of an argument; NULL where it is left out."""
        return self.work_out(self.call.arguments[place]) if place < len(self.call.arguments) else NULL

    def text(self, place: int, default: str) -> str:
        found = self.value(place)
        if found.text is not None:
            return found.text
        return default if found.number is None else f"{found.number:.15g}"

    def number(self, place: int, default: float) -> float:
        found = self.value(place).number
        return default if found is None else found

    def state_at(self, place: int) -> str:
        """The alternate state named by an argument, or else that of the expression."""
        name = self.text(place, "") or self.state
        look_at(self.context, STATE, name)
        return name

    def field(self) -> str:
        """The field that the first argument names."""
        node = self.call.arguments[0]
        name = node.name if isinstance(node, Field) else node.value if isinstance(node, Text) else None
        if name is None:
            raise ExpressionError("The name of a field is needed here.", node.start, node.end)
        if name not in self.context.model.fields:
            raise ExpressionError(f"There is no field {name}.", node.start, node.end)
        return name

    def counts(self, state: str) -> dict[str, int]:
        """How many values of the field have each state, by the states' keys."""
        letters = self.context.values(state).letters(self.field())
        found = np.bincount(letters, minlength=len(State))
        return {key: int(found[list(states)].sum()) for key, states in _KEYS.items()}

    def name_at(self, names: Sequence[str]) -> Dual:
        """One of the chart's names, by the number that the first argument is."""
        look_at(self.context, CHART)
        number = self.number(0, 0.0)
        return Dual(None, names[int(number)]) if 0 <= number < len(names) else NULL


def _counted(*keys: str, excluded: str = "") -> Callable[[_Telling], Dual]:
    """How many values are in some states. excluded: the state to add when the second argument is true."""

    def tell(call: _Telling) -> Dual:
        counts = call.counts(call.state_at(2 if excluded else 1))
        wanted = [*keys, excluded] if excluded and call.number(1, 0.0) else keys
        return Dual(float(sum(counts[key] for key in wanted)), None)

    return tell


def _possible(call: _Telling) -> Dual:
    counts = call.counts(call.state_at(1))
    return Dual(float(counts["S"] or counts["O"]), None)


def _state_counts(call: _Telling) -> Dual:
    state = call.state_at(1)
    if not _is_known(call, state):
        return NULL
    counts = call.counts(state)
    if len(call.call.arguments) < 3:
        return Dual(None, ",".join(map(str, counts.values())))
    total = 0
    for place in range(2, len(call.call.arguments)):
        key = call.text(place, "").strip().upper()
        sign = -1 if key.startswith("-") else 1
        key = key.lstrip("-")
        key = list(counts)[int(key) - 1] if key in ("1", "2", "3", "4", "5", "6") else key
        if key not in counts:
            return NULL
        total += sign * counts[key]
    return Dual(float(total), None)


def _is_known(call: _Telling, state: str) -> bool:
    """Whether there is such a state; a state in which nothing was ever selected is known where the chart has it."""
    return state in ("$", "1", call.state) or state in call.context.states


def _field_selections(call: _Telling) -> Dual:
    state, field = call.state_at(3), call.field()
    chosen = call.context.selections(state).get(field)
    if chosen is None:
        return NULL
    symbols = call.context.model.symbols(field)
    return Dual(None, phrase(symbols, chosen.codes, call.text(1, ", "), int(call.number(2, THRESHOLD))))


def _current_selections(call: _Telling) -> Dual:
    between, behind_name, separator = call.text(0, "\r\n"), call.text(1, ": "), call.text(2, ", ")
    most = int(call.number(3, THRESHOLD))
    chosen = call.context.selections(call.state_at(4))
    fields = call.context.model.fields
    parts = [
        f"{name}{behind_name}{phrase(fields[name].symbols, one.codes, separator, most)}"
        for name, one in chosen.items()
        if name in fields
    ]
    return Dual(None, between.join(parts)) if parts else NULL


def _state_name(call: _Telling) -> Dual:
    return Dual(None, call.state)


def _object_id(call: _Telling) -> Dual:
    look_at(call.context, CHART)
    return Dual(None, call.context.chart.id or None)


def _in_object(call: _Telling) -> Dual:
    look_at(call.context, CHART)
    chart = call.context.chart
    is_inside = call.text(0, "") in (chart.id, *chart.inside) and bool(call.text(0, ""))
    return Dual(-1.0 if is_inside else 0.0, None)


_TELL: Mapping[str, Callable[[_Telling], Dual]] = {
    "getselectedcount": _counted("S", excluded="XS"),
    "getnotselectedcount": _counted("D", excluded="XS"),
    "getalternativecount": _counted("A"),
    "getexcludedcount": _counted("X"),
    "getpossiblecount": _possible,
    "getstatecounts": _state_counts,
    "getfieldselections": _field_selections,
    "getcurrentselections": _current_selections,
    "statename": _state_name,
    "objectid": _object_id,
    "inobject": _in_object,
    "getobjectfield": lambda call: call.name_at(call.context.chart.fields),
    "getobjectdimension": lambda call: call.name_at(call.context.chart.dimensions),
    "getobjectmeasure": lambda call: call.name_at(call.context.chart.measures),
}
