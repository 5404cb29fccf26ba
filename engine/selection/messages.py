"""Bit-parallel messages over the forest of links.

Each row carries a word. Bit 0 stands for "all selections", bit j for "all but selection j", so one
pass gives the selected, possible, alternative and excluded values of every field. A row's word is
the AND of its own fields' words and of the messages of its links; the message to a key value is
the OR of the words of the rows that hold it. Messages go up each tree to its root, then down.

A side of a link on which nothing is selected excludes nothing: each message knows its *active*
bits, those for which something is selected on the side it comes from (bit j needs a selection
other than j). Its other bits are one, for NULL and for keys without a partner too; the active bits
of those are zero. Nothing here depends on which side of a link is the one and which the many.

Loosely coupled tables take the final words of their cut fields as one more message and send none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import cast

import numpy as np
import numpy.typing as npt

from engine.data.dual import Bools
from engine.data.model import Model
from engine.machine.operations import Op
from engine.machine.program import Program
from engine.selection.state import Selections

Words = npt.NDArray[np.uint64]
RowWords = npt.NDArray[np.unsignedinteger]

BITS = 63
"""Selected fields that one pass can tell apart beside bit 0; more take further passes."""

ALL = 2**64 - 1

SPARSE = 8
"""Where at most one row in so many matters, work goes on with a list of these rows."""


@dataclass(frozen=True)
class Message:
    """Words of a field's values [size + 1] and their active bits; without words every bit is one."""

    words: Words | None = None
    active: int = 0

    def heard(self, active: int) -> Words:
        """The look-up table for a listener for whom only these bits are active."""
        words = cast(Words, self.words) | np.uint64(ALL & ~active)
        words[-1] = ALL & ~active
        return words


SILENT = Message()


def _both(one: Message, other: Message) -> Message:
    """What two messages about the same field say together."""
    if one.words is None or other.words is None:
        return other if one.words is None else one
    return Message(one.heard(one.active) & other.heard(other.active), one.active | other.active)


def listed(marks: Bools) -> npt.NDArray[np.intp] | None:
    """The numbers of the marked rows, if they are few; else None."""
    return np.flatnonzero(marks) if np.count_nonzero(marks) * SPARSE <= len(marks) else None


def _active(messages: Iterable[Message]) -> int:
    return reduce(lambda bits, message: bits | message.active, messages, 0)


class Messages:
    """One pass for up to 63 of the selected fields, `names`; trees are worked out when first needed."""

    def __init__(self, model: Model, selections: Selections, names: list[str]) -> None:
        self.bits = {name: bit for bit, name in enumerate(names, start=1)}
        self._model = model
        self._links = model.links
        self._selections = selections
        self._mask = (1 << (len(names) + 1)) - 1
        self._kind = np.dtype(f"u{next(width for width in (1, 2, 4, 8) if len(names) < width * 8)}")
        self._settled: set[int] = set()
        self._rows: dict[str, RowWords] = {}
        self._listed: dict[str, npt.NDArray[np.intp] | None] = {}  # rows with any bit, if they are few
        self._active_of: dict[str, int] = {}
        self._values: dict[str, Message] = {}
        self._sent: dict[str, Message] = {}  # table -> what it told the key above it
        self._above: dict[str, int] = {}  # key -> bits active in the table above it and beyond

    def marks(self, field: str, bit: int) -> Bools:
        """That bit of each value's final word: bool [size]."""
        size = self._model.symbols(field).size
        message = self._final(field)
        if message.words is None or not message.active >> bit & 1:
            return np.ones(size, dtype=np.bool_)
        return (message.words[:size] >> np.uint64(bit) & np.uint64(1)).astype(np.bool_)

    def row_words(self, table: str) -> RowWords | None:
        """The final words of a table's rows; None when every bit of every row is one."""
        self._settle(table)
        return self._rows.get(table)

    def _final(self, field: str) -> Message:
        """The final words of a field's values."""
        if field not in self._values:
            holders = self._links.tables_of.get(field, ())
            for holder in holders[:1]:
                self._settle(holder)
            if field not in self._values:  # no key, or held by loosely coupled tables only
                self._values[field] = self._leaf(holders[0], field) if holders else self._selected(field)
        return self._values[field]

    def _leaf(self, table: str, field: str) -> Message:
        """The words of a field that is no key, from its table's rows."""
        if table not in self._rows:
            return SILENT
        words, codes = self._rows[table], self._model.codes(table, field)
        if table not in self._listed:
            self._listed[table] = listed(words != 0)
        rows = self._listed[table]
        if rows is not None:
            words, codes = words[rows], codes[rows]
        program = Program(len(words))
        word = program.value(Op.WORD_FILL, 0, -1)
        program.emit(Op.WORD_AND_COLUMN, word, program.array(words))
        marks = np.zeros(self._model.symbols(field).size + 1, dtype=np.uint64)
        program.emit(Op.WORD_OR_INTO, word, program.array(codes), program.array(marks))
        program.run()
        return Message(marks, self._active_of[table])

    def _selected(self, field: str) -> Message:
        """What the selection in the field itself says: every bit but its own is active."""
        chosen = self._selections.get(field)
        if chosen is None:
            return SILENT
        own = 1 << self.bits[field] if field in self.bits else 0
        words = np.full(self._model.symbols(field).size + 1, own, dtype=np.uint64)
        words[chosen.codes] = ALL
        return Message(words, self._mask & ~own)

    def _own(self, table: str) -> dict[str, Message]:
        """What the rows of a table hear from their own fields and over one-way links."""
        keys = self._links.keys_of.get(table, ())
        heard = {f: self._selected(f) for f in self._links.fields_of.get(table, ()) if f not in keys}
        heard.update({f: self._final(f) for f in self._links.loose_fields_of.get(table, ())})
        return {field: message for field, message in heard.items() if message.active}

    def _settle(self, table: str) -> None:
        """Work out the tree in which `table` stands."""
        component = self._links.component_of.get(table)
        if component is None or component in self._settled:
            return
        members = [name for name, number in self._links.component_of.items() if number == component]
        root = max(members, key=lambda name: self._model.tables[name].rows)
        entered = self._links.reach(root)
        try:
            self._send_down(entered, self._send_up(entered))
        except BaseException:  # stopped half-way: what is half known must not be taken for the whole
            for member in members:
                self._rows.pop(member, None)
            raise
        self._settled.add(component)

    def _send_up(self, entered: dict[str, str | None]) -> dict[str, dict[str, Message]]:
        """Leaves to root. Per table: what it hears from its own fields and from the keys below it."""
        heard: dict[str, dict[str, Message]] = {}
        for table in reversed(entered):
            heard[table] = self._own(table)
            for key in self._links.keys_of.get(table, ()):
                if key != entered[table]:
                    below = [self._sent[other] for other in self._links.tables_of[key] if other != table]
                    said = reduce(_both, below, self._selected(key))
                    if said.active:
                        heard[table][key] = said
            key_above = entered[table]
            if key_above is None:
                continue  # the root listens on the way down, all at once
            active = _active(heard[table].values())
            if not active:
                self._sent[table] = SILENT
                continue
            program = Program(self._model.tables[table].rows)
            word = self._listen(program, table, heard[table], {})
            self._sent[table] = Message(self._or_into(program, word, table, key_above), active)
            program.run()
        return heard

    def _send_down(self, entered: dict[str, str | None], heard: dict[str, dict[str, Message]]) -> None:
        """Root to leaves. Settles the words of every row and of every key value."""
        for table, key_above in entered.items():
            outside = SILENT if key_above is None else self._from_above(table, key_above, entered)
            below = [key for key in self._links.keys_of.get(table, ()) if key != key_above]
            for key in below:
                others = _active(message for field, message in heard[table].items() if field != key)
                self._above[key] = others | outside.active
            self._active_of[table] = _active(heard[table].values()) | outside.active
            if not self._active_of[table]:
                self._values.update(dict.fromkeys(below, SILENT))
                continue
            program = Program(self._model.tables[table].rows)
            more = {key_above: outside} if key_above is not None and outside.active else {}
            word = self._listen(program, table, heard[table] if key_above is None else {}, more)
            asked = {
                key: Message(self._or_into(program, word, table, key), self._above[key])
                for key in below
                if self._above[key]
            }
            program.run()
            for key in below:
                self._values[key] = _both(heard[table].get(key, SILENT), asked.get(key, SILENT))

    def _from_above(self, table: str, key: str, entered: dict[str, str | None]) -> Message:
        """What a table hears from the key by which it is entered; active: all but its own bits."""
        parent = next(other for other in self._links.tables_of[key] if entered[other] != key)
        siblings = (o for o in self._links.tables_of[key] if o not in (parent, table))
        active = _active([self._selected(key), *(self._sent[other] for other in siblings)])
        active |= self._above[key]
        return Message(self._values[key].words, active) if active else SILENT

    def _listen(self, program: Program, table: str, heard: dict[str, Message], outside: dict[str, Message]) -> int:
        """Instructions that make a row's word of what it knows and what it hears, and keep it."""
        word = self._load(program, table)
        for field, message in (*heard.items(), *outside.items()):
            column = program.array(self._model.codes(table, field))
            program.emit(Op.WORD_AND_TABLE, word, column, program.array(message.heard(message.active)))
        if heard or outside:
            if table not in self._rows:
                self._rows[table] = np.empty(self._model.tables[table].rows, dtype=self._kind)
            program.emit(Op.WORD_STORE, word, program.array(self._rows[table]))
        return word

    def _load(self, program: Program, table: str) -> int:
        """The register with the words of a table's rows as far as they are known."""
        word = program.register(0)
        program.emit(Op.WORD_FILL, word, -1)
        if table in self._rows:
            program.emit(Op.WORD_AND_COLUMN, word, program.array(self._rows[table]))
        return word

    def _or_into(self, program: Program, word: int, table: str, field: str) -> Words:
        """One more instruction: OR the rows' words into the words of a field's values [size + 1]."""
        marks = np.zeros(self._model.symbols(field).size + 1, dtype=np.uint64)
        column = program.array(self._model.codes(table, field))
        program.emit(Op.WORD_OR_INTO, word, column, program.array(marks))
        return marks
