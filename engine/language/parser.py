"""Tokens to a tree: reads an expression by the binding of its operators.

Errors are ExpressionErrors that say what was expected and where. Nothing is bound here: whether a field exists is
the planner's question; whether a function exists, and takes so many arguments, is answered by the registry.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from engine.errors import ExpressionError
from engine.language.cursor import MAX_DEPTH, TOO_DEEP, Cursor
from engine.language.functions import FUNCTIONS
from engine.language.functions.script_only import BY_KEY
from engine.language.nodes import (
    Aggr,
    AggrDimension,
    Aggregate,
    Binary,
    Call,
    Field,
    Node,
    Number,
    OuterSet,
    SetIdentifier,
    Text,
    Total,
    Unary,
)
from engine.language.operators import BINARY, UNARY, WORDS
from engine.language.registry import nearest
from engine.language.sets import parse_set
from engine.language.tokens import Token
from engine.language.walk import depth

_CRITERIA = ("numeric", "text", "frequency", "load_order")
_KEPT_LENGTH = 1000
"""Trees of expressions up to this length are kept for the next time: charts ask for the same ones again and again."""

_ORDERS = ("ascending", "descending", "asc", "desc", "a", "d", "reverse")


def parse(text: str) -> Node:
    """The tree of an expression; one '=' before it is allowed. Raises ExpressionError with the place in `text`."""
    return _parse_short(text) if len(text) <= _KEPT_LENGTH else _parse(text)


@lru_cache(maxsize=2048)
def _parse_short(text: str) -> Node:
    return _parse(text)


def _parse(text: str) -> Node:
    cursor = Cursor(text)
    cursor.accept("=")
    if cursor.token.kind == "end":
        raise ExpressionError("The expression is empty.", 0, len(text))
    tree = _expression(cursor)
    if cursor.token.kind != "end":
        raise cursor.unexpected("an operator or the end of the expression")
    if depth(tree) > MAX_DEPTH:
        raise ExpressionError(TOO_DEEP, 0, len(text))
    return tree


def _expression(cursor: Cursor, binding: int = 0) -> Node:
    """An operand and all operators behind it that bind more tightly than `binding`."""
    with cursor.deeper():
        if cursor.stands("{"):
            return _outer_set(cursor)
        left = _operand(cursor)
        while True:
            op = _operator(cursor)
            if not op or BINARY[op] <= binding:
                return left
            cursor.take()
            right = _expression(cursor, BINARY[op])
            left = Binary(op, left, right, start=left.start, end=right.end)


def _operator(cursor: Cursor) -> str:
    """The binary operator that stands here, in lower case, or ''."""
    word = cursor.token.value.lower() if cursor.token.kind in ("op", "name") else ""
    return word if word in BINARY else ""


def _outer_set(cursor: Cursor) -> Node:
    start = cursor.token.start
    found = parse_set(cursor)
    inner = _expression(cursor)
    return OuterSet(found, inner, start=start, end=inner.end)


def _operand(cursor: Cursor) -> Node:
    token = cursor.token
    if token.kind in _LITERALS:
        cursor.take()
        return _LITERALS[token.kind](token)
    if token.kind in ("op", "name") and token.value.lower() in UNARY:
        cursor.take()
        op = token.value.lower()
        inner = _expression(cursor, UNARY[op])
        return Unary(op, inner, start=token.start, end=inner.end)
    if cursor.stands("("):
        cursor.take()
        inner = _expression(cursor)
        cursor.expect(")", "to close the parenthesis")
        return inner
    if token.kind != "name" or token.value.lower() in WORDS:
        raise cursor.unexpected("a value, a field or a function")
    cursor.take()
    if cursor.stands("("):
        return _call(cursor, token)
    return Field(token.value, start=token.start, end=token.end)


_LITERALS: dict[str, Callable[[Token], Node]] = {
    "number": lambda token: Number(float(token.value), start=token.start, end=token.end),
    "text": lambda token: Text(token.value, start=token.start, end=token.end),
    "field": lambda token: Field(token.value, start=token.start, end=token.end),
}


def _call(cursor: Cursor, name: Token) -> Node:
    """A function's arguments, from ( to )."""
    key = name.value.lower()
    if key == "aggr":
        return _aggr(cursor, name)
    function = FUNCTIONS.get(key)
    if function is None:
        raise ExpressionError(_unknown(name.value), name.start, name.end)
    cursor.take()
    aggregate = _qualifiers(cursor) if function.kind == "aggregate" else None
    over = _total(cursor) if function.kind == "inter-record" and _is_total(cursor) else None
    arguments = _arguments(cursor, function.name)
    end = cursor.last_end
    if not function.takes(len(arguments)):
        message = f"{function.name} takes {function.expects}, but got {len(arguments)}."
        raise ExpressionError(message, name.start, end)
    if aggregate is None:
        return Call(key, arguments, over, start=name.start, end=end)
    distinct, total, within = aggregate
    return Aggregate(key, arguments, distinct, total, within, start=name.start, end=end)


def _unknown(name: str) -> str:
    """What to say of a function that is not registered."""
    if name.lower() in BY_KEY:
        return f"{BY_KEY[name.lower()]} works in load scripts only."
    near = nearest(name.lower())
    return f"There is no function {name}." + (f" Did you mean {near}?" if near else "")


def _arguments(cursor: Cursor, name: str) -> tuple[Node, ...]:
    found: list[Node] = []
    while not cursor.stands(")"):
        if found:
            cursor.expect(",", f"or ) in the arguments of {name}")
        found.append(_expression(cursor))
    cursor.take()
    return tuple(found)


def _qualifiers(cursor: Cursor) -> tuple[bool, Total | None, Node | None]:
    """{set}, DISTINCT and TOTAL <fields> before the argument of an aggregate, in any order; ALL means {1} TOTAL."""
    distinct, total, within = False, None, None
    while True:
        if cursor.stands("{") and within is None:
            within = parse_set(cursor)
        elif cursor.word() == "distinct" and _is_qualifier(cursor):
            cursor.take()
            distinct = True
        elif cursor.word() == "total" and _is_qualifier(cursor):
            total = _total(cursor)
        elif cursor.word() == "all" and _is_qualifier(cursor):
            token = cursor.take()
            total = total or Total(start=token.start, end=token.end)
            within = within or SetIdentifier("1", start=token.start, end=token.end)
        else:
            return distinct, total, within


def _is_total(cursor: Cursor) -> bool:
    """Whether TOTAL stands in front of the arguments of an inter-record function, or instead of any."""
    return cursor.word() == "total" and (_is_qualifier(cursor) or cursor.ahead().value == ")")


def _is_qualifier(cursor: Cursor) -> bool:
    """Whether DISTINCT, TOTAL or ALL stands before something it can qualify; else it is the name of a field."""
    following = cursor.ahead()
    if following.kind == "op":
        return following.value in ("(", "{") or (following.value == "<" and _ends_of_total(cursor) > 0)
    return following.kind != "end" and not (following.kind == "name" and following.value.lower() in BINARY)


def _ends_of_total(cursor: Cursor) -> int:
    """How many tokens ahead the > of TOTAL <a, b> stands, if these are names, and a value follows; else 0."""
    steps = 2
    while cursor.ahead(steps).kind in ("name", "field"):
        following = cursor.ahead(steps + 1).value
        if following == ">":
            behind = cursor.ahead(steps + 2)
            return steps + 1 if behind.kind not in ("op", "end") or behind.value in ("(", "{", "+", "-") else 0
        if following != ",":
            return 0
        steps += 2
    return 0


def _total(cursor: Cursor) -> Total:
    start = cursor.take().start
    fields: list[str] = []
    if cursor.accept("<"):
        while not cursor.accept(">"):
            fields.append(cursor.take().value)
            cursor.accept(",")
    return Total(tuple(fields), start=start, end=cursor.last_end)


def _aggr(cursor: Cursor, name: Token) -> Node:
    """Aggr([{set}] [DISTINCT|NODISTINCT] expression, dimension ...)."""
    cursor.take()
    within = parse_set(cursor) if cursor.stands("{") else None
    nodistinct = cursor.word() == "nodistinct"
    if cursor.word() in ("distinct", "nodistinct") and _is_qualifier(cursor):
        cursor.take()
    else:
        nodistinct = False
    if within is None and cursor.stands("{"):
        within = parse_set(cursor)
    expression = _expression(cursor)
    dimensions: list[AggrDimension] = []
    while not cursor.stands(")"):
        cursor.expect(",", "or ) in the arguments of Aggr")
        dimensions.append(_aggr_dimension(cursor))
    cursor.take()
    if not dimensions:
        raise ExpressionError("Aggr takes an expression and at least 1 dimension.", name.start, cursor.last_end)
    return Aggr(expression, tuple(dimensions), nodistinct, within, start=name.start, end=cursor.last_end)


def _aggr_dimension(cursor: Cursor) -> AggrDimension:
    """A field, (field, (criterion, order)) or (field, (=expression, order))."""
    start = cursor.token.start
    if not _is_sorted_dimension(cursor):
        dimension = _expression(cursor)
        return AggrDimension(dimension, start=start, end=cursor.last_end)
    cursor.take()
    dimension = _expression(cursor)
    cursor.expect(",", "before the order of the dimension")
    cursor.expect("(", "before the order of the dimension")
    criterion, order, by = _sort_words(cursor)
    cursor.expect(")", "behind the order of the dimension")
    cursor.expect(")", "behind the sorted dimension")
    return AggrDimension(dimension, criterion, order, by, start=start, end=cursor.last_end)


def _is_sorted_dimension(cursor: Cursor) -> bool:
    return cursor.stands("(") and cursor.ahead(2).value == "," and cursor.ahead(3).value == "("


def _sort_words(cursor: Cursor) -> tuple[str, str, Node | None]:
    """A criterion or an expression behind =, and an order: one of them at least."""
    criterion, order, by = "", "", None
    if cursor.accept("="):
        by = _expression(cursor)
        cursor.accept(",")
    elif cursor.word() in _CRITERIA:
        criterion = cursor.take().value.lower()
        cursor.accept(",")
    if cursor.word() in _ORDERS:
        order = cursor.take().value.lower()
    if not criterion and not order and by is None:
        raise cursor.unexpected("numeric, text, ascending, descending or = and an expression")
    return criterion, order, by
