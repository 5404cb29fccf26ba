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
coupled table hears), so all other words have their bit 0 alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import cast

import numpy as np

from engine.data.dual import Bools
from engine.data.model import Model
from engine.machine.passes import Marked, RowNumbers, Words, chosen, hear, listen, tell
from engine.selection.state import Selections

BITS = 63
"""Selected fields that one pass can tell apart beside bit 0; more take further passes."""

NARROW = 7
"""So many fit into a byte; the words of more take eight."""


@dataclass(frozen=True)
class Message:
    """Words of a field's values [size + 1] and their active bits; without words every bit is one."""

    words: Words | None = None
    active: int = 0

    def heard(self, active: int) -> Words:
        """The look-up table for a listener for whom only these bits are active."""
        known = cast(Words, self.words)
        others = known.dtype.type(~active & (1 << known.itemsize * 8) - 1)
        words = known | others
        words[-1] = others
        return words


SILENT = Message()


def _both(one: Message, other: Message) -> Message:
    """What two messages about the same field say together."""
    if one.words is None or other.words is None:
        return other if one.words is None else one
    return Message(one.heard(one.active) & other.heard(other.active), one.active | other.active)


def _active(messages: Iterable[Message]) -> int:
    bits = 0
    for message in messages:
        bits |= message.active
    return bits


class Messages:
    """One pass for up to 63 of the selected fields, `names`; trees are worked out when first needed."""

    def __init__(self, model: Model, selections: Selections, names: list[str]) -> None:
        self.bits = {name: bit for bit, name in enumerate(names, start=1)}
        self._model = model
        self._links = model.links
        self._selections = selections
        self._mask = (1 << (len(names) + 1)) - 1
        self._kind = np.dtype(np.uint8 if len(names) <= NARROW else np.uint64)
        self._read_whole = self._links.loosely_heard | self.bits.keys()
        self._settled: set[int] = set()
        self._rows: dict[str, Words] = {}
        self._possible: dict[str, RowNumbers | None] = {}
        self._leaves: dict[str, Bools] = {}
        self._active_of: dict[str, int] = {}
        self._values: dict[str, Message] = {}
        self._sent: dict[str, Message] = {}  # table -> what it told the key above it
        self._above: dict[str, int] = {}  # key -> bits active in the table above it and beyond

    def marks(self, field: str, bit: int) -> Bools:
        """That bit of each value's final word (0, or the bit of the field itself): bool [size]."""
        size = self._model.symbols(field).size
        if bit == 0 and field not in self._read_whole and (table := self._links.leaf_of.get(field)) is not None:
            self._settle(table)
            return self._leaf_marks(table, field)[:size] if table in self._rows else np.ones(size, dtype=np.bool_)
        message = self._final(field)
        if message.words is None or not message.active >> bit & 1:
            return np.ones(size, dtype=np.bool_)
        return (message.words[:size] & message.words.dtype.type(1 << bit)) != 0

    def row_words(self, table: str) -> Words | None:
        """The final words of a table's rows; None when every bit of every row is one."""
        self._settle(table)
        return self._rows.get(table)

    def possible_rows(self, table: str) -> RowNumbers | None:
        """The numbers of the rows whose final word has bit 0; None when all have."""
        self._settle(table)
        return self._marked_rows(table)

    def _marked_rows(self, table: str) -> RowNumbers | None:
        if table in self._rows and table not in self._possible:
            self._possible[table] = chosen(self._rows[table])
        return self._possible.get(table)

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
        return self._told(table, field, self._active_of[table])

    def _leaf_marks(self, table: str, field: str) -> Bools:
        """Which values of a field that is no key are possible: [size + 1]. All watched fields are marked at once."""
        if field not in self._leaves:
            fields, together = self._watched(table, field)
            marked = together.mark(self._marked_rows(table))
            self._leaves.update((name, marks.view(np.bool_)) for name, marks in zip(fields, marked, strict=True))
        return self._leaves[field]

    def _watched(self, table: str, field: str) -> tuple[tuple[str, ...], Marked]:
        """The fields of a table that somebody watches, this one among them from now on."""
        fields = self._model.watched.get(table, ())
        if field not in fields:
            fields = self._model.watched[table] = (*fields, field)
        return fields, self._marked(table, fields)

    def _marked(self, table: str, fields: tuple[str, ...]) -> Marked:
        known: Marked | None = self._model.marked.get((table, fields))
        if known is None:
            columns = [self._model.tables[table].columns[name] for name in fields]
            known = Marked(columns, [self._model.symbols(name).size + 1 for name in fields])
            self._model.marked[table, fields] = known
        return known

    def _told(self, table: str, field: str, active: int) -> Message:
        """What the rows of a table say of a field's values."""
        words = np.zeros(self._model.symbols(field).size + 1, dtype=self._kind)
        tell(words, self._rows[table], self._model.tables[table].columns[field])
        return Message(words, active)

    def _told_of_all(self, table: str, fields: tuple[str, ...]) -> dict[str, Message]:
        """The same for fields of which nothing but bit 0 is read."""
        if not fields:
            return {}
        marked = self._marked(table, fields).mark(self._marked_rows(table))
        narrow = self._kind.itemsize == 1
        return {f: Message(m if narrow else m.astype(self._kind), 1) for f, m in zip(fields, marked, strict=True)}

    def _selected(self, field: str) -> Message:
        """What the selection in the field itself says: every bit but its own is active."""
        chosen_values = self._selections.get(field)
        if chosen_values is None:
            return SILENT
        own = 1 << self.bits[field] if field in self.bits else 0
        words = np.full(self._model.symbols(field).size + 1, own, dtype=self._kind)
        words[chosen_values.codes] = (1 << self._kind.itemsize * 8) - 1
        return Message(words, self._mask & ~own)

    def _own(self, table: str) -> dict[str, Message]:
        """What the rows of a table hear from their own fields and over one-way links."""
        links = self._links
        fields = links.leaves_of.get(table, ())
        heard = {f: self._selected(f) for f in self._selections if f in fields}
        heard.update({f: self._final(f) for f in links.loose_fields_of.get(table, ())})
        return {field: message for field, message in heard.items() if message.active}

    def _settle(self, table: str) -> None:
        """Work out the tree in which `table` stands."""
        component = self._links.component_of.get(table)
        if component is None or component in self._settled:
            return
        entered = self._model.entered_of[component]
        try:
            self._send_down(entered, self._send_up(entered), self._leading(entered))
        except BaseException:  # stopped half-way: what is half known must not be taken for the whole
            for member in entered:
                self._rows.pop(member, None)
                self._possible.pop(member, None)
            raise
        self._settled.add(component)

    def _leading(self, entered: Mapping[str, str | None]) -> set[str]:
        """The keys that lead down to a field whose words are read whole."""
        leading: set[str] = set()
        for table, key_above in reversed(list(entered.items())):
            fields = self._links.fields_of.get(table, ())
            if key_above is not None and any(f in self._read_whole or f in leading for f in fields):
                leading.add(key_above)
        return leading | self._read_whole

    def _send_up(self, entered: Mapping[str, str | None]) -> dict[str, dict[str, Message]]:
        """Leaves to root. Per table: what it hears from its own fields and from the keys below it."""
        heard: dict[str, dict[str, Message]] = {}
        for table, key_above in reversed(list(entered.items())):
            heard[table] = self._own(table)
            for key in self._links.keys_of.get(table, ()):
                if key != key_above:
                    below = [self._sent[other] for other in self._links.tables_of[key] if other != table]
                    said = reduce(_both, below, self._selected(key))
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
        self, entered: Mapping[str, str | None], heard: dict[str, dict[str, Message]], leading: set[str]
    ) -> None:
        """Root to leaves. Settles the words of every row and of every key value."""
        for table, key_above in entered.items():
            outside = SILENT if key_above is None else self._from_above(table, key_above, entered)
            below = [key for key in self._links.keys_of.get(table, ()) if key != key_above]
            for key in below:
                others = _active(message for field, message in heard[table].items() if field != key)
                self._above[key] = (others | outside.active) & (-1 if key in leading else 1)
            self._active_of[table] = _active(heard[table].values()) | outside.active
            if not self._active_of[table]:
                self._values.update(dict.fromkeys(below, SILENT))
                continue
            whole = [key for key in below if self._above[key] and key in leading]
            if key_above is None:
                asked = self._listen_at_root(table, heard[table], whole)
            else:
                if outside.active:
                    self._listen(table, {key_above: outside})
                asked = {key: self._told(table, key, self._above[key]) for key in whole}
            asked |= self._told_of_all(table, tuple([k for k in below if self._above[k] and k not in leading]))
            for key in below:
                self._values[key] = _both(heard[table].get(key, SILENT), asked.get(key, SILENT))

    def _from_above(self, table: str, key: str, entered: Mapping[str, str | None]) -> Message:
        """What a table hears from the key by which it is entered; active: all but its own bits."""
        parent = next(other for other in self._links.tables_of[key] if entered[other] != key)
        siblings = (o for o in self._links.tables_of[key] if o not in (parent, table))
        active = _active([self._selected(key), *(self._sent[other] for other in siblings)])
        active |= self._above[key]
        return Message(self._values[key].words, active) if active else SILENT

    def _listen_at_root(self, table: str, messages: Mapping[str, Message], asked: Iterable[str]) -> dict[str, Message]:
        """Settle the words of the longest table's rows, and what they say of keys that are asked for."""
        held = self._model.tables[table]
        words = self._rows[table] = np.empty(held.rows, dtype=self._kind)
        heard = [(message.heard(message.active), held.columns[field]) for field, message in messages.items()]
        sizes = {key: self._model.symbols(key).size + 1 for key in asked}
        told = {key: np.zeros(size, dtype=self._kind) for key, size in sizes.items()}
        self._possible[table] = listen(words, heard, [(told[key], held.columns[key]) for key in told])
        return {key: Message(told[key], self._above[key]) for key in told}

    def _listen(self, table: str, messages: Mapping[str, Message]) -> None:
        """Narrow the words of a table's rows by what is said of the values they hold."""
        held = self._model.tables[table]
        fresh = table not in self._rows
        if fresh and messages:
            self._rows[table] = np.empty(held.rows, dtype=self._kind)
        for field, message in messages.items():
            hear(self._rows[table], message.heard(message.active), held.columns[field], fresh=fresh)
            fresh = False
