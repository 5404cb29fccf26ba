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

What nobody reads is not worked out: bit j of a word is of use only on the way to field j (and to fields that a loosely
coupled table hears). The words of a tree's longest table are used row by row and not kept.

Which messages are sent, and which of their bits are active, depends on which fields have selections alone: a `Plan`
says it once, as a program, and `Messages` runs it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.data.dual import Bools
from engine.data.model import Model
from engine.machine.marking import Marking, Op, Outcome, Sieve
from engine.machine.passes import RowNumbers, Words, chosen, mark
from engine.selection.state import Selections

BITS = 63
"""Selected fields that one pass can tell apart beside bit 0; more take further passes."""

NARROW = 7
"""So many fit into a byte; the words of more take eight."""

MOST_PLANS = 256
"""So many are kept with a model."""

MOST_WATCHED = 64
"""So many fields of a table are worked out unasked: what sheets show, not all that was ever looked at."""

EVERY = -1
"""All bits."""

NOWHERE = -1


@dataclass(frozen=True)
class Message:
    """Where a field's words stand, and their active bits; NOWHERE stand those of which every bit is one."""

    at: int = NOWHERE
    active: int = 0


SILENT = Message()


def _active(messages: Iterable[Message]) -> int:
    bits = 0
    for message in messages:
        bits |= message.active
    return bits


class Plan:
    """What is sent when these fields have selections, of which bits tell up to 63 (`names`) apart.

    values: the final words of fields. rows: where the words of tables stand that are not the longest of their trees;
    sieves: the number of the sieve of those that are. marks: where bit 0 of watched fields stands. told: where stands
    what the rows of a table tell of a field, bit 0 of it at least.
    """

    def __init__(self, model: Model, fields: tuple[str, ...], names: tuple[str, ...]) -> None:
        self._model = model
        self._links = model.links
        self._place_of = {name: place for place, name in enumerate(fields)}
        self.bits = {name: bit for bit, name in enumerate(names, start=1)}
        self._mask = (1 << (len(names) + 1)) - 1
        self.marking = Marking(np.uint8 if len(names) <= NARROW else np.uint64)
        self._settled: set[int] = set()
        self.values: dict[str, Message] = {}
        self.rows: dict[str, int] = {}
        self.sieves: dict[str, int] = {}
        self.marks: dict[str, int] = {}
        self.told: dict[tuple[str, str], int] = {}
        self._sent: dict[str, Message] = {}  # table -> what it told the key above it
        self._above: dict[str, int] = {}  # key -> bits active in the table above it and beyond
        for component in model.entered_of:
            self._settle(component)
        for name in names:
            self.final(name)
        self.marking.finish()

    def final(self, field: str) -> Message:
        """The final words of a field's values."""
        if field not in self.values:
            holders = self._links.tables_of.get(field, ())
            for holder in holders[:1]:
                self._settle(self._links.component_of[holder])
            if field not in self.values:  # held by loosely coupled tables only, or not told by the rows of its table
                self.values[field] = SILENT if holders else self._selected(field)
        return self.values[field]

    def _room(self, field: str) -> int:
        return self.marking.room(self._size(field))

    def _size(self, field: str) -> int:
        return self._model.symbols(field).size + 1

    def _rows(self, table: str) -> int:
        return self._model.tables[table].rows

    def _column(self, table: str, field: str) -> int:
        return self.marking.column(self._model.tables[table].columns[field])

    def _selected(self, field: str) -> Message:
        """What the selection in the field itself says: every bit but its own is active."""
        if field not in self._place_of:
            return SILENT
        own = 1 << self.bits[field] if field in self.bits else 0
        at = self._room(field)
        self.marking.emit(Op.FILL, at, self._size(field), own)
        self.marking.emit(Op.CHOOSE, at, self._size(field), self._place_of[field])
        return Message(at, self._mask & ~own)

    def _heard(self, field: str, *messages: Message) -> int:
        """Where the words stand for a listener for whom only the active bits of messages about the field are told."""
        at = self._room(field)
        for number, one in enumerate(messages):
            self.marking.emit(Op.HEAR, at, self._size(field), one.at, ~one.active, int(number == 0))
        return at

    def _both(self, field: str, one: Message, other: Message) -> Message:
        """What two messages about the same field say together."""
        if NOWHERE in (one.at, other.at):
            return other if one.at == NOWHERE else one
        return Message(self._heard(field, one, other), one.active | other.active)

    def _own(self, table: str) -> dict[str, Message]:
        """What the rows of a table hear from their own fields and over one-way links."""
        fields = self._links.leaves_of.get(table, ())
        heard = {f: self._selected(f) for f in self._place_of if f in fields}
        heard.update({f: self.final(f) for f in self._links.loose_fields_of.get(table, ())})
        return {field: message for field, message in heard.items() if message.active}

    def _settle(self, component: int) -> None:
        """Write what is sent in a tree."""
        if component in self._settled:
            return
        self._settled.add(component)
        entered = self._model.entered_of[component]
        wanted = self._wanted(entered)
        heard = self._send_up(entered)
        self._send_down(entered, heard, wanted)

    def _wanted(self, entered: Mapping[str, str | None]) -> dict[str, int]:
        """The bits of each field's words that somebody reads: its own, and for keys those of fields they lead to."""
        wanted = {field: 1 | 1 << bit for field, bit in self.bits.items()}
        wanted |= dict.fromkeys(self._links.loosely_heard, EVERY)
        for table, key_above in reversed(list(entered.items())):
            if key_above is not None:
                for field in self._links.fields_of.get(table, ()):
                    wanted[key_above] = wanted.get(key_above, 1) | wanted.get(field, 1)
        return wanted

    def _send_up(self, entered: Mapping[str, str | None]) -> dict[str, dict[str, Message]]:
        """Leaves to root. Per table: what it hears from its own fields and from the keys below it."""
        heard: dict[str, dict[str, Message]] = {}
        for table, key_above in reversed(list(entered.items())):
            heard[table] = self._own(table)
            for key in self._links.keys_of.get(table, ()):
                if key != key_above:
                    said = self._selected(key)
                    for other in self._links.tables_of[key]:
                        if other != table:
                            said = self._both(key, said, self._sent[other])
                    if said.active:
                        heard[table][key] = said
            if key_above is None:
                continue  # the root listens on the way down, all at once
            active = _active(heard[table].values())
            self._sent[table] = SILENT
            if active:
                self._listen(table, heard[table])
                self._sent[table] = self._told(table, key_above, active)
        return heard

    def _send_down(
        self, entered: Mapping[str, str | None], heard: dict[str, dict[str, Message]], wanted: Mapping[str, int]
    ) -> None:
        """Root to leaves. Settles the words of every row and of every key value."""
        for table, key_above in entered.items():
            outside = SILENT if key_above is None else self._from_above(table, key_above, entered)
            below = [key for key in self._links.keys_of.get(table, ()) if key != key_above]
            for key in below:
                others = _active(message for field, message in heard[table].items() if field != key)
                self._above[key] = (others | outside.active) & wanted.get(key, 1)
            active = _active(heard[table].values()) | outside.active
            if not active:
                self.values.update(dict.fromkeys(below, SILENT))
                continue
            leaves = self._links.leaves_of.get(table, frozenset())
            asked = {key: self._above[key] for key in below if self._above[key]}
            asked |= {field: active & wanted[field] for field in leaves if field in self.bits}
            watched = [f for f in self._model.watched.get(table, ()) if f in leaves and f not in wanted]
            if key_above is None:
                told = self._sieve(table, heard[table], asked, watched if active & 1 else [])
            else:
                if outside.active:
                    self._listen(table, {key_above: outside})
                told = {field: self._told(table, field, bits) for field, bits in asked.items()}
                self._note(table, watched)
            for field in (*below, *(field for field in asked if field in leaves)):
                self.values[field] = self._both(field, heard[table].get(field, SILENT), told.get(field, SILENT))

    def _from_above(self, table: str, key: str, entered: Mapping[str, str | None]) -> Message:
        """What a table hears from the key by which it is entered; active: all but its own bits."""
        parent = next(other for other in self._links.tables_of[key] if entered[other] != key)
        siblings = (o for o in self._links.tables_of[key] if o not in (parent, table))
        active = _active([self._selected(key), *(self._sent[other] for other in siblings)])
        active |= self._above[key]
        return Message(self.values[key].at, active) if active else SILENT

    def _sieve(
        self, table: str, messages: Mapping[str, Message], asked: Mapping[str, int], watched: Iterable[str]
    ) -> dict[str, Message]:
        """What the longest table of a tree tells, once it has heard everything."""
        heard = [(self._heard(f, one), self._column(table, f), self._size(f)) for f, one in messages.items()]
        told = {field: Message(self._room(field), bits) for field, bits in asked.items()}
        self.marks |= {field: self._room(field) for field in watched}
        wishes = [(0, self._column(table, field), self.marks[field]) for field in watched]
        for field, message in told.items():
            bits = [bit for bit in range(len(self.bits) + 1) if message.active >> bit & 1]
            wishes += [(bit, self._column(table, field), message.at) for bit in bits]
        self.sieves[table] = self.marking.sieve(Sieve(self._rows(table), heard, wishes))
        self.told |= {(table, field): message.at for field, message in told.items() if message.active & 1}
        self.told |= {(table, field): self.marks[field] for field in watched}
        return told

    def _listen(self, table: str, messages: Mapping[str, Message]) -> None:
        """Narrow the words of a table's rows by what is said of the values they hold."""
        fresh = table not in self.rows
        if fresh and messages:
            self.rows[table] = self.marking.room(self._rows(table))
        for field, message in messages.items():
            heard = self._heard(field, message)
            place, column = self.rows[table], self._column(table, field)
            self.marking.emit(Op.LISTEN, place, self._rows(table), heard, column, int(fresh))
            fresh = False

    def _told(self, table: str, field: str, active: int) -> Message:
        """What the rows of a table say of a field's values."""
        at = self._room(field)
        self.marking.emit(Op.TELL, at, self.rows[table], self._rows(table), self._column(table, field))
        return Message(at, active)

    def _note(self, table: str, watched: Iterable[str]) -> None:
        for field in watched:
            at = self.marks[field] = self._room(field)
            place, distinct = self._column(table, field), self._model.tables[table].columns[field].distinct
            self.marking.emit(Op.NOTE, at, self.rows[table], self._rows(table), place, distinct)


def _plan(model: Model, fields: tuple[str, ...], names: tuple[str, ...]) -> Plan:
    plans = model.plans
    plan: Plan | None = plans.get((fields, names))
    if plan is None:
        plan = Plan(model, fields, names)
        if len(plans) >= MOST_PLANS:
            plans.clear()
        plans[fields, names] = plan
    return plan


class Messages:
    """What is sent under selections, for up to 63 of the selected fields, `names`; worked out when first needed."""

    def __init__(self, model: Model, selections: Selections, names: list[str]) -> None:
        self._model = model
        fields = tuple(sorted(selections))
        self._plan = _plan(model, fields, tuple(sorted(names)))
        self.bits = self._plan.bits
        self._codes = [selections[name].codes for name in fields]
        self._marks: dict[str, Bools] = {}
        self._possible: dict[str, RowNumbers | None] = {}

    @cached_property
    def _outcome(self) -> Outcome:
        return self._plan.marking.run(self._codes)

    def marks(self, field: str, bit: int) -> Bools:
        """That bit of each value's final word (0, or the bit of the field itself): bool [size]."""
        size = self._model.symbols(field).size
        if bit == 0 and (at := self._plan.marks.get(field)) is not None:
            return self._words(at, size).astype(np.uint8, copy=False).view(np.bool_)
        message = self._plan.values.get(field)
        if message is None and (table := self._model.links.leaf_of.get(field)) is not None:
            return self._own_marks(table, field)[:size]
        if message is None or message.at == NOWHERE or not message.active >> bit & 1:
            return np.ones(size, dtype=np.bool_)
        words = self._words(message.at, size)
        return (words & words.dtype.type(1 << bit)) != 0

    def _words(self, at: int, size: int) -> Words:
        return self._outcome.words[at : at + size]

    def _own_marks(self, table: str, field: str) -> Bools:
        """Which values of a field that is no key are possible; it will be watched from now on, if few are."""
        if field not in self._marks:
            watched = self._model.watched.get(table, ())
            if field not in watched and len(watched) < MOST_WATCHED:
                self._model.watched[table] = (*watched, field)
                self._model.plans = {}
            size = self._model.symbols(field).size + 1
            if self._is_whole(table):
                self._marks[field] = np.ones(size, dtype=np.bool_)
            else:
                column = self._model.tables[table].columns[field]
                self._marks[field] = mark(size, self.possible_rows(table), column).view(np.bool_)
        return self._marks[field]

    def _is_whole(self, table: str) -> bool:
        """Whether nothing excludes any of the rows."""
        return table not in self._plan.rows and table not in self._plan.sieves

    def occurring(self, table: str, field: str) -> Bools | None:
        """Which codes of a field the possible rows of a table hold: [size + 1]; None if that is not known."""
        size = self._model.symbols(field).size + 1
        if self._is_whole(table):
            found = self._model.tables[table].columns[field].occurring
            return np.append(found, np.zeros(size - len(found), dtype=np.bool_))
        at = self._plan.told.get((table, field))
        return None if at is None else (self._words(at, size) & np.uint8(1)).astype(np.bool_)

    def row_words(self, table: str) -> npt.NDArray[np.unsignedinteger] | None:
        """Words of a table's rows, of which bit 0 is final; None when every row is possible."""
        if self._is_whole(table):
            return None
        rows = self._model.tables[table].rows
        if (at := self._plan.rows.get(table)) is not None:
            return self._words(at, rows)
        possible = self.possible_rows(table)
        words = np.zeros(rows, dtype=np.uint8)
        words[slice(None) if possible is None else possible] = 1
        return words

    def possible_rows(self, table: str) -> RowNumbers | None:
        """The numbers of the possible rows; None when all are."""
        if self._is_whole(table):
            return None
        if (number := self._plan.sieves.get(table)) is not None:
            return self._outcome.rows[number]
        if table not in self._possible:
            self._possible[table] = chosen(self._words(self._plan.rows[table], self._model.tables[table].rows))
        return self._possible[table]
