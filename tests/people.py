"""The same three people everywhere: Alice owns, Bob is invited, Charlie is a stranger."""

from __future__ import annotations

from typing import NamedTuple


class Person(NamedTuple):
    email: str
    password: str


ALICE = Person("alice@example.org", "amber comb of the north wall")
BOB = Person("bob@example.org", "beeswax candle seen from afar")
CHARLIE = Person("charlie@example.org", "clover field behind the river")
