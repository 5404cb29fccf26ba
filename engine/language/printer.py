"""A tree back to text, in one canonical form: parse(print_expression(tree)) == tree."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from engine.language.functions import FUNCTIONS
from engine.language.nodes import (
    Aggr,
    AggrDimension,
    Aggregate,
    Binary,
    Call,
    ElementFunction,
    ElementList,
    ElementSearch,
    Field,
    Node,
    Number,
    OuterSet,
    SetIdentifier,
    SetModified,
    SetModifier,
    SetOperation,
    StateField,
    Text,
    Total,
    Unary,
)
from engine.language.operators import BINARY, UNARY, WORDS

_BARE = re.compile(r"[^\W\d]\w*")
_RESERVED = WORDS | {"distinct", "nodistinct", "total", "all", "p", "e"}
_TIGHTEST = 1000
_LARGEST_INTEGER = 1e15


def print_expression(node: Node) -> str:
    """The canonical text of a tree."""
    return _PRINTERS[type(node)](node)


def quote_name(name: str) -> str:
    """The name of a field as it must stand in an expression."""
    if _BARE.fullmatch(name) and name.lower() not in _RESERVED:
        return name
    return "[" + name.replace("]", "]]") + "]"


def _text(node: Text) -> str:
    return "'" + node.value.replace("'", "''") + "'"


def _number(node: Number) -> str:
    value = node.value
    return str(int(value)) if value.is_integer() and abs(value) < _LARGEST_INTEGER else repr(value)


def _binding(node: Node) -> int:
    if isinstance(node, Binary):
        return BINARY[node.op]
    if isinstance(node, Unary):
        return UNARY[node.op]
    return 0 if isinstance(node, OuterSet) else _TIGHTEST


def _within(node: Node, binding: int) -> str:
    """The node's text, in parentheses unless it binds at least as tightly as `binding`."""
    text = print_expression(node)
    return text if _binding(node) >= binding else f"({text})"


def _unary(node: Unary) -> str:
    operand = _within(node.operand, UNARY[node.op])
    return f"{node.op} {operand}" if node.op.isalpha() else node.op + operand


def _binary(node: Binary) -> str:
    binding = BINARY[node.op]
    return f"{_within(node.left, binding)} {node.op} {_within(node.right, binding + 1)}"


def _list(nodes: tuple[Node, ...]) -> str:
    return ", ".join(print_expression(node) for node in nodes)


def _name(key: str) -> str:
    return FUNCTIONS[key].name if key in FUNCTIONS else key


def _qualified(node: Node, behind_word: bool) -> str:
    """An argument that a { or, behind DISTINCT or TOTAL, a sign at its beginning would make mean something else."""
    text = _within(node, 1)
    return f"({text})" if behind_word and text[:1] in ("+", "-") else text


def _aggregate(node: Aggregate) -> str:
    parts = [
        "{" + print_expression(node.set) + "}" if node.set else "",
        "DISTINCT" if node.distinct else "",
        print_expression(node.total) if node.total else "",
        ", ".join(_qualified(argument, node.distinct or node.total is not None) for argument in node.arguments),
    ]
    return f"{_name(node.name)}({' '.join(part for part in parts if part)})"


def _total(node: Total) -> str:
    return "TOTAL" + (" <" + ", ".join(map(quote_name, node.fields)) + ">" if node.fields else "")


def _over(node: Call) -> str:
    """TOTAL in front of the arguments of an inter-record function."""
    return "" if node.total is None else print_expression(node.total) + (" " if node.arguments else "")


def _aggr(node: Aggr) -> str:
    parts = [
        "{" + print_expression(node.set) + "}" if node.set else "",
        "NODISTINCT" if node.nodistinct else "",
        _qualified(node.expression, node.nodistinct) + ", " + _list(node.dimensions),
    ]
    return f"Aggr({' '.join(part for part in parts if part)})"


def _aggr_dimension(node: AggrDimension) -> str:
    criterion = node.criterion if node.by is None else f"={print_expression(node.by)}"
    words = ", ".join(word for word in (criterion, node.order) if word)
    dimension = print_expression(node.dimension)
    return f"({dimension}, ({words}))" if words else dimension


def _identifier(node: SetIdentifier) -> str:
    is_plain = not node.name or node.name[:1] == "$" or node.name.isdecimal()
    return node.name if is_plain else quote_name(node.name)


def _modifier(node: SetModifier) -> str:
    return quote_name(node.field) + node.op + (print_expression(node.values) if node.values else "")


def _set_operation(node: SetOperation) -> str:
    left, right = print_expression(node.left), print_expression(node.right)
    if isinstance(node.left, SetOperation):
        left = f"({left})"
    if isinstance(node.right, SetOperation):
        right = f"({right})"
    return f"{left} {node.op} {right}"


def _element_function(node: ElementFunction) -> str:
    inner = "{" + print_expression(node.set) + "}" if node.set else ""
    field = quote_name(node.field) if node.field else ""
    return f"{node.name.upper()}({' '.join(part for part in (inner, field) if part)})"


def _state_field(node: StateField) -> str:
    state = node.state if node.state == "$" else quote_name(node.state)
    return f"{state}::{quote_name(node.field)}"


_PRINTERS: dict[type[Node], Callable[[Any], str]] = {
    Number: _number,
    Text: _text,
    Field: lambda node: quote_name(node.name),
    Unary: _unary,
    Binary: _binary,
    Call: lambda node: f"{_name(node.name)}({_over(node)}{_list(node.arguments)})",
    Total: _total,
    Aggregate: _aggregate,
    Aggr: _aggr,
    AggrDimension: _aggr_dimension,
    OuterSet: lambda node: f"{{{print_expression(node.set)}}} {print_expression(node.expression)}",
    SetIdentifier: _identifier,
    SetModified: lambda node: (
        print_expression(node.base) + "<" + ", ".join(print_expression(each) for each in node.modifiers) + ">"
    ),
    SetModifier: _modifier,
    SetOperation: _set_operation,
    ElementSearch: lambda node: '"' + node.pattern.replace('"', '""') + '"',
    ElementList: lambda node: "{" + _list(node.elements) + "}",
    ElementFunction: _element_function,
    StateField: _state_field,
}
