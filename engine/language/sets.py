"""Set expressions: {$<Year={2020}, Carrier=P({1<Origin={JFK}>})> + BM01}. Reads them into nodes.

Between sets and between element sets * and / bind more tightly than + and -. A set behind a minus sign alone is all
that is not in it: {-$} is {1 - $}.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.language.cursor import Cursor
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

_NAMES = ("name", "field")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_ENDS = (",", "{", "}", "<", ">", "(", ")", "=")


def parse_set(cursor: Cursor) -> Node:
    """The set expression that stands here, from { to }."""
    with cursor.deeper():
        cursor.expect("{", "before a set expression")
        found = _operations(cursor, _set_term)
        cursor.expect("}", "at the end of the set expression")
        return found


def _operations(cursor: Cursor, term: Callable[[Cursor], Node], tight: bool = False) -> Node:
    """Terms joined by + and -, or, tightly, by * and /."""
    signs = ("*", "/") if tight else ("+", "-")

    def operand() -> Node:
        return term(cursor) if tight else _operations(cursor, term, tight=True)

    start = cursor.token.start
    left = operand()
    while cursor.stands(*signs):
        op = cursor.take().value
        left = SetOperation(op, left, operand(), start=start, end=cursor.last_end)
    return left


def _set_term(cursor: Cursor) -> Node:
    with cursor.deeper():
        if cursor.accept("("):
            inner = _operations(cursor, _set_term)
            cursor.expect(")", "in the set expression")
            return inner
        start = cursor.token.start
        if cursor.accept("-"):
            everything = SetIdentifier("1", start=start, end=cursor.last_end)
            return SetOperation("-", everything, _set_term(cursor), start=start, end=cursor.last_end)
        base: Node
        if cursor.stands("<", "<>"):
            base = SetIdentifier("", start=start, end=start)
        elif cursor.token.kind in ("number", *_NAMES) or (cursor.token.kind == "op" and cursor.token.value[0] == "$"):
            token = cursor.take()
            base = SetIdentifier(token.value, start=token.start, end=token.end)
        else:
            raise cursor.unexpected("a set such as $, 1 or a bookmark")
        if not cursor.stands("<", "<>"):
            return base
        return SetModified(base, _modifiers(cursor), start=start, end=cursor.last_end)


def _modifiers(cursor: Cursor) -> tuple[SetModifier, ...]:
    if cursor.accept("<>"):
        return ()
    cursor.expect("<", "before the modifiers")
    found: list[SetModifier] = []
    while not cursor.stands(">"):
        if found:
            cursor.expect(",", "between modifiers")
        found.append(_modifier(cursor))
    cursor.take()
    return tuple(found)


def _modifier(cursor: Cursor) -> SetModifier:
    if cursor.token.kind not in _NAMES:
        raise cursor.unexpected("the name of a field")
    name = cursor.take()
    op = "="
    if cursor.stands("+", "-", "*", "/"):
        op = cursor.take().value + "="
        cursor.expect("=", "in the modifier")
    elif not cursor.accept("="):
        return SetModifier(name.value, start=name.start, end=name.end)
    if cursor.stands(",", ">"):
        return SetModifier(name.value, op, start=name.start, end=cursor.last_end)
    with cursor.deeper():
        values = _operations(cursor, _element_term)
    return SetModifier(name.value, op, values, start=name.start, end=cursor.last_end)


def _element_term(cursor: Cursor) -> Node:
    with cursor.deeper():
        if cursor.accept("("):
            inner = _operations(cursor, _element_term)
            cursor.expect(")", "in the element set")
            return inner
        if cursor.stands("{"):
            return _element_list(cursor)
        if cursor.word() in ("p", "e") and cursor.ahead().value == "(":
            return _element_function(cursor)
        return _field_values(cursor)


def _element_function(cursor: Cursor) -> Node:
    name = cursor.take()
    cursor.expect("(", "after P or E")
    inner = parse_set(cursor) if cursor.stands("{") else None
    field = cursor.take().value if cursor.token.kind in _NAMES else None
    cursor.expect(")", f"at the end of {name.value}()")
    return ElementFunction(name.value.lower(), inner, field, start=name.start, end=cursor.last_end)


def _field_values(cursor: Cursor) -> Node:
    """Field, or State::Field."""
    if cursor.token.kind not in _NAMES and not cursor.stands("$"):
        raise cursor.unexpected("a list of values such as {2020}")
    first = cursor.take()
    if not cursor.accept("::"):
        if first.kind == "op":
            raise cursor.unexpected(":: and a field")
        return Field(first.value, start=first.start, end=first.end)
    if cursor.token.kind not in _NAMES:
        raise cursor.unexpected("the name of a field")
    return StateField(first.value, cursor.take().value, start=first.start, end=cursor.last_end)


def _element_list(cursor: Cursor) -> Node:
    start = cursor.take().start
    found: list[Node] = []
    while not cursor.stands("}"):
        if found:
            cursor.expect(",", "between values")
        found.append(_element(cursor))
    cursor.take()
    return ElementList(tuple(found), start=start, end=cursor.last_end)


def _element(cursor: Cursor) -> Node:
    """One value: quoted, or a run of bare tokens without blanks such as 2020, A*, -5 or 2020-01-31.

    What is neither a number nor in single quotes is a search.
    """
    token = cursor.token
    if token.kind == "end" or cursor.stands(",", "}"):
        raise cursor.unexpected("a value")
    if token.kind in ("text", "field") and cursor.ahead().start >= token.end:
        cursor.take()
        kind = Text if token.kind == "text" else ElementSearch
        return kind(token.value, start=token.start, end=token.end)
    cursor.take()
    while cursor.token.start == cursor.last_end and cursor.token.kind != "end" and not cursor.stands(*_ENDS):
        cursor.take()
    raw = cursor.text[token.start : cursor.last_end]
    return _bare_element(raw, token.start, cursor.last_end)


def _bare_element(raw: str, start: int, end: int) -> Node:
    if _NUMBER.fullmatch(raw):
        return Number(float(raw), start=start, end=end)
    return ElementSearch(raw, start=start, end=end)
