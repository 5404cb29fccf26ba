"""What goes into a measure: every aggregate in it, how to count what it aggregates, and what it reads besides.

Whoever lets numbers out of an app needs to know of how many rows each of them speaks, and of which.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.language.expand import expand
from engine.language.functions import FUNCTIONS
from engine.language.nodes import Aggr, Aggregate, Call, Field, Node, OuterSet
from engine.language.parser import parse
from engine.language.printer import print_expression
from engine.language.walk import children, fields_in, walk


@dataclass(frozen=True, slots=True)
class Contribution:
    """One aggregate of a measure.

    name: the function in lower case. argument: what it aggregates, in canonical text; fields: those in it. count: an
    expression for the number of values of a group that go into it, with the same set; for TOTAL too, those of the
    group alone. is_nested: it stands inside Aggr().
    """

    name: str
    argument: str
    fields: tuple[str, ...]
    count: str
    distinct: bool
    is_nested: bool


COUNTERS = frozenset({"numericcount", "textcount", "nullcount", "missingcount"})
"""What these give is a number of rows by itself, beside that of the values in which they look."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a measure reads besides the values of its own group.

    bare: fields outside of any aggregate, which give their value if there is only one. has_total: TOTAL over the
    object's state, so that the number tells of all groups together. beyond: what reads rows of other groups in any
    other way, as it is written: Aggr(), TOTAL of fields or of another set, functions such as Above().
    """

    bare: tuple[str, ...]
    has_total: bool
    beyond: tuple[str, ...]


def reach(expression: str, variables: Mapping[str, str] | None = None) -> Reach:
    """Whose rows a measure speaks of. Raises ExpressionError."""
    known = variables or {}
    bare: list[str] = []
    totals: list[str] = []
    beyond: list[str] = []

    def look(node: Node, within: bool, has_set: bool) -> None:
        if isinstance(node, OuterSet):
            look(node.expression, within, True)
        elif isinstance(node, Aggr):
            beyond.append("Aggr")
            look(node.expression, True, True)
        elif isinstance(node, Aggregate):
            if node.total is not None:
                is_plain = not (node.total.fields or node.set or has_set)
                (totals if is_plain else beyond).append("TOTAL")
            for argument in node.arguments:
                look(argument, True, has_set)
        elif isinstance(node, Field):
            if not within and node.name not in known:
                bare.append(node.name)
        else:
            if isinstance(node, Call) and FUNCTIONS[node.name].kind == "inter-record":
                beyond.append(FUNCTIONS[node.name].name)
            for below in children(node):
                look(below, within, has_set)

    look(parse(expand(expression, known)), False, False)
    return Reach(tuple(dict.fromkeys(bare)), bool(totals), tuple(dict.fromkeys(beyond)))


def contributions(expression: str, variables: Mapping[str, str] | None = None) -> list[Contribution]:
    """The aggregates of an expression, inner ones last, each once. Raises ExpressionError."""
    found: list[Contribution] = []
    _collect(parse(expand(expression, variables or {})), None, False, found)
    return list(dict.fromkeys(found))


def _collect(node: Node, outer: Node | None, is_nested: bool, found: list[Contribution]) -> None:
    if isinstance(node, OuterSet):
        _collect(node.expression, node.set, is_nested, found)
        return
    if isinstance(node, Aggr):
        _collect(node.expression, node.set or outer, True, found)
        return
    if isinstance(node, Aggregate):
        _add(node, outer, is_nested, found)
        for argument in node.arguments:
            _collect(argument, outer, is_nested, found)
        return
    for below in children(node):
        _collect(below, outer, is_nested, found)


def _add(node: Aggregate, outer: Node | None, is_nested: bool, found: list[Contribution]) -> None:
    """The aggregate itself; where its argument is calculated from groups, its fields are counted instead."""
    argument = node.arguments[0] if node.arguments else None
    if argument is None:
        return
    is_plain = not any(isinstance(each, Aggr | Aggregate) for each in walk(argument))
    counted = [argument] if is_plain and not is_nested else [Field(name) for name in fields_in(argument)]
    is_counter = node.name in COUNTERS and is_plain and not is_nested
    for each, name in itertools.product(counted, ("count", node.name) if is_counter else ("count",)):
        count: Node = replace(node, name=name, arguments=(each,), distinct=False, total=None)
        if outer is not None:
            count = OuterSet(outer, count)
        text, names = print_expression(argument), tuple(fields_in(argument))
        found.append(Contribution(node.name, text, names, print_expression(count), node.distinct, is_nested))
