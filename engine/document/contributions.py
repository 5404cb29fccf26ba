"""What goes into a measure: every aggregate in it, and how to count the values that it aggregates.

Whoever lets numbers out of an app needs to know of how many rows each of them speaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.language.expand import expand
from engine.language.nodes import Aggr, Aggregate, Field, Node, OuterSet
from engine.language.parser import parse
from engine.language.printer import print_expression
from engine.language.walk import children, fields_in, walk


@dataclass(frozen=True, slots=True)
class Contribution:
    """One aggregate of a measure.

    name: the function in lower case. argument: what it aggregates, in canonical text. count: an expression for the
    number of values of a group that go into it, with the same set; for TOTAL too, those of the group alone.
    is_nested: it stands inside Aggr().
    """

    name: str
    argument: str
    count: str
    distinct: bool
    is_nested: bool


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
    for each in counted:
        count: Node = replace(node, name="count", arguments=(each,), distinct=False, total=None)
        if outer is not None:
            count = OuterSet(outer, count)
        text = print_expression(argument)
        found.append(Contribution(node.name, text, print_expression(count), node.distinct, is_nested))
