"""Set expressions: from a tree to a set of records.

* An identifier is a selection: of a state, of a step of the history, of a bookmark, or none at all.
* A modifier replaces the selection of its field. Locks do not hold here.
* A modifier that leaves no value means the records that no value of the field is associated with.
* Where no identifier is written, the set of the outer expression counts, or else the selection of the object's state.
  The former was put in its place when the expression was read, see `reading`.
* An expression search (`"=Sum(x)>1"`) is worked out for each value of its field, in the set that is modified.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from engine.compute.context import Context
from engine.compute.evaluation import axis_of
from engine.compute.recall import BOOKMARK, STATE, STEP, look_at
from engine.compute.scope import FieldValues
from engine.data.dual import Bools, Dual
from engine.data.formats import format_number
from engine.data.symbols import SymbolTable
from engine.errors import ExpressionError
from engine.language.nodes import (
    ElementFunction,
    ElementList,
    ElementSearch,
    Field,
    Node,
    Number,
    SetIdentifier,
    SetModified,
    SetModifier,
    SetOperation,
    StateField,
    Text,
)
from engine.language.parser import parse
from engine.selection.records import EVERYTHING, NOTHING, Combined, Records
from engine.selection.search import fits, stated_number
from engine.selection.state import FieldSelection, Selections

Search = Callable[[Context, str, str, Records], Bools]
"""(context, field or calculated field, expression, records) -> the values for which the expression is true: [size]."""

_STEP = re.compile(r"\$(_?)([0-9]+)")


def records_of(context: Context, node: Node | None, within: Records, search: Search) -> Records:
    """The set of records that a set expression means; `within` where no identifier is written.

    Raises ExpressionError.
    """
    return _Reader(context, within, search).records(node)


@dataclass(frozen=True)
class _Target:
    """What a modifier selects in: the values of a field, or of an expression of one (`[=Year(Date)]`).

    map: from codes of the field (NULL's, too) to codes of `symbols`; None for the field itself.
    """

    name: str
    field: str
    symbols: SymbolTable
    map: npt.NDArray[np.int32] | None

    def codes(self, mask: Bools) -> npt.NDArray[np.intp]:
        """The field's codes whose values are marked: mask [symbols]."""
        if self.map is None:
            return np.flatnonzero(mask)
        return np.flatnonzero(np.append(mask, False)[self.map[:-1]])

    def mask(self, codes: npt.NDArray[np.integer]) -> Bools:
        """Which values stand for one of the field's codes: [symbols]."""
        found = np.zeros(self.symbols.size + 1, dtype=np.bool_)
        found[codes if self.map is None else self.map[codes]] = True
        return found[:-1]


class _Reader:
    def __init__(self, context: Context, within: Records, search: Search) -> None:
        self.context = context
        self.within = within
        self.search = search

    # -- sets

    def records(self, node: Node | None) -> Records:
        if node is None:
            return self.within
        if isinstance(node, SetIdentifier):
            return self._identified(node)
        if isinstance(node, SetModified):
            return self._modified(self.records(node.base), node.modifiers)
        if isinstance(node, SetOperation):
            return Combined(node.op, self.records(node.left), self.records(node.right))
        raise ExpressionError("This is no set of records.", node.start, node.end)

    def _identified(self, node: SetIdentifier) -> Records:
        name = node.name
        if name in _FIXED:
            return _FIXED[name]
        if not name:
            return self.within
        step = _STEP.fullmatch(name)
        if step is not None:
            steps = int(step[2]) * (-1 if step[1] else 1)
            look_at(self.context, STEP, str(steps))
            return _default(self.context.steps(steps))
        if name == "$" or name in self.context.states:
            return self._state(name)
        look_at(self.context, BOOKMARK, name)
        kept = self.context.bookmarks(name)
        if kept is None:
            raise ExpressionError(f"There is no state and no bookmark {name}.", node.start, node.end)
        return _default(kept)

    def _state(self, name: str) -> Selections:
        look_at(self.context, STATE, name)
        return self.context.selections(name)

    def _modified(self, base: Records, modifiers: tuple[SetModifier, ...]) -> Records:
        if isinstance(base, Combined):
            return Combined(base.op, self._modified(base.left, modifiers), self._modified(base.right, modifiers))
        found = dict(base.unlock_all().items())
        empty: dict[str, FieldSelection] = {}
        for modifier in modifiers:
            target = self._target(modifier.field, modifier)
            mask = self._chosen(modifier, target, base)
            found.pop(target.field, None)
            empty.pop(target.field, None)
            if mask is None:
                continue
            codes = target.codes(mask).astype(np.int32)
            if len(codes):
                found[target.field] = FieldSelection(codes)
            else:
                every = target.codes(np.ones(target.symbols.size, dtype=np.bool_)).astype(np.int32)
                empty[target.field] = FieldSelection(every)
        records: Records = Selections(found)
        for field, values in empty.items():
            records = Combined("-", records, Selections({**found, field: values}))
        return records

    # -- the values of one field

    def _target(self, name: str, node: Node) -> _Target:
        if name in self.context.model.fields:
            return _Target(name, name, self.context.model.symbols(name), None)
        if name.startswith("="):
            axis = axis_of(self.context, parse(name))
            if isinstance(axis.readable, FieldValues):
                return _Target(name, axis.readable.name, axis.symbols, axis.map)
            raise ExpressionError("A set can be modified by expressions of one field only.", node.start, node.end)
        raise ExpressionError(f"There is no field {name}.", node.start, node.end)

    def _chosen(self, modifier: SetModifier, target: _Target, base: Selections) -> Bools | None:
        """The values a modifier selects; None if it lifts the selection."""
        given = None if modifier.values is None else self._elements(modifier.values, target, base)
        if modifier.op == "=" or modifier.values is None:
            return given
        own = self._selected(base, target, target.field)
        return _combined(modifier.op[0], own, given, target.symbols.size)

    def _elements(self, node: Node, target: _Target, base: Selections) -> Bools | None:
        """Marks of values [size]; None for a field in which nothing is selected, which means all."""
        if isinstance(node, ElementList):
            found = np.zeros(target.symbols.size, dtype=np.bool_)
            for element in node.elements:
                found |= self._element(element, target, base)
            return found
        if isinstance(node, SetOperation):
            left = self._elements(node.left, target, base)
            right = self._elements(node.right, target, base)
            return _combined(node.op, left, right, target.symbols.size)
        if isinstance(node, Field):
            return self._selected(base, target, self._target(node.name, node).field)
        if isinstance(node, StateField):
            known = node.state == "$" or node.state in self.context.states
            if not known:
                raise ExpressionError(f"There is no state {node.state}.", node.start, node.end)
            return self._selected(self._state(node.state), target, self._target(node.field, node).field)
        if isinstance(node, ElementFunction):
            return self._associated(node, target)
        raise ExpressionError("This is no set of values.", node.start, node.end)

    def _element(self, node: Node, target: _Target, base: Selections) -> Bools:
        symbols = target.symbols
        if isinstance(node, Number):
            found = symbols.numbers == node.value
            return found if found.any() else _shown_as(symbols, format_number(node.value))
        if isinstance(node, Text):
            found = _shown_as(symbols, node.value)
            return found if found.any() else symbols.numbers == stated_number(node.value, symbols)
        if isinstance(node, ElementSearch):
            pattern = node.pattern.strip()
            if pattern.startswith("="):
                return self.search(self.context, target.name, pattern, base)
            return fits(symbols, pattern)
        raise ExpressionError("This is no value.", node.start, node.end)

    def _selected(self, selections: Selections, target: _Target, field: str) -> Bools | None:
        """What is selected in a field, as values of the target; None if nothing is."""
        chosen = selections.get(field)
        return None if chosen is None else self._translated(field, chosen.codes, target)

    def _associated(self, node: ElementFunction, target: _Target) -> Bools:
        """P() and E(): the values of a field that are possible in a set, or those that are not."""
        field = target.field if node.field is None else self._target(node.field, node).field
        possible = self.context.rows_of(self.records(node.set)).possible(field)
        return self._translated(field, np.flatnonzero(possible if node.name == "p" else ~possible), target)

    def _translated(self, field: str, codes: npt.NDArray[np.integer], target: _Target) -> Bools:
        """Values of a field as those of the target that are equal to them."""
        if field == target.field:
            return target.mask(codes)
        vector = self.context.model.symbols(field).vector().take(codes)
        numeric = ~np.isnan(vector.numbers)
        found = np.isin(target.symbols.numbers, vector.numbers[numeric])
        if vector.texts is not None and not numeric.all():
            texts = pa.array(target.symbols.all_texts(), pa.large_string())
            wanted = pa.array(vector.texts[~numeric], pa.large_string())
            is_text = np.isnan(target.symbols.numbers)
            found |= is_text & pc.is_in(texts, value_set=wanted).to_numpy(zero_copy_only=False)
        return found


def _default(states: Mapping[str, Selections] | None) -> Selections:
    """The default state among several; nothing selected where there is none."""
    return Selections() if states is None else states.get("$", Selections())


_FIXED: Mapping[str, Records] = {"1": EVERYTHING, "0": NOTHING}


def _shown_as(symbols: SymbolTable, text: str) -> Bools:
    """The value that is shown by exactly this text."""
    found = np.zeros(symbols.size, dtype=np.bool_)
    code = symbols.find(Dual(None, text))
    if code is not None:
        found[code] = True
    return found


def _combined(op: str, left: Bools | None, right: Bools | None, size: int) -> Bools:
    """Two sets of values; nothing selected means all of them."""
    one, other = (np.ones(size, dtype=np.bool_) if part is None else part for part in (left, right))
    if op == "+":
        return one | other
    if op == "-":
        return one & ~other
    return one & other if op == "*" else one ^ other
