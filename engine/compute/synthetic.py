"""ValueList() and ValueLoop(): dimensions whose values no table holds.

Each becomes a field of a table of its own, which nothing links, in a copy of the model that is made for the
calculation; equal calls in dimensions and measures are the same field. Its values cannot be selected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np

from engine.compute.context import Context
from engine.compute.evaluation import constant
from engine.compute.keys import present_codes
from engine.data.column import Column
from engine.data.dual import Vector
from engine.data.encode import merge_vectors
from engine.data.links import LinkGraph
from engine.data.model import Model
from engine.data.symbols import SymbolTable, codes_type
from engine.data.table import Table
from engine.errors import CalculationTooLarge, ExpressionError
from engine.language.nodes import Call, Node
from engine.language.parser import parse
from engine.language.printer import print_expression
from engine.language.values import numbers
from engine.language.walk import walk

MOST_VALUES = 1_000_000
"""How many values ValueLoop() may give."""

FUNCTIONS = ("valuelist", "valueloop")
_PREFIX = "$List "


def field_of(call: Call) -> str:
    """The name of the field that has the values of a call."""
    return _PREFIX + print_expression(call)


def is_synthetic(field: str) -> bool:
    return field.startswith(_PREFIX)


def is_list(node: Node) -> bool:
    """Whether a node is a call of ValueList or ValueLoop."""
    return isinstance(node, Call) and node.name in FUNCTIONS


def with_lists(context: Context, texts: Iterable[str]) -> Context:
    """The context with the fields that these expressions, in which nothing is left to expand, ask for.

    Calls in error are left out; whoever works the expression out will say what is wrong. Raises CalculationTooLarge.
    """
    lists: dict[str, list[Vector]] = {}
    for call in (found for text in texts if "valuel" in text.lower() for found in _calls_in(text)):
        if field_of(call) not in context.model.fields:
            with suppress(ExpressionError):
                lists[field_of(call)] = values_of(context, call)
    if not lists:
        return context
    key = (context.model.id, "value lists", tuple(sorted(lists)), context.locale)
    size = sum(len(vector) for vectors in lists.values() for vector in vectors) * 64
    return replace(context, model=context.cache.get_or_make(key, lambda: _grown(context, lists), lambda _: size))


def _calls_in(text: str) -> list[Call]:
    """The calls in an expression; none if it cannot be read."""
    try:
        return [node for node in walk(parse(text)) if isinstance(node, Call) and is_list(node)]
    except ExpressionError:
        return []


def _grown(context: Context, lists: Mapping[str, Sequence[Vector]]) -> Model:
    model = context.model
    tables, symbols = list(model.tables.values()), {name: field.symbols for name, field in model.fields.items()}
    for name, vectors in lists.items():
        merged, maps = merge_vectors(vectors, context.locale)
        symbols[name] = SymbolTable.of_vector(merged, context.locale)
        size = symbols[name].size
        codes = present_codes(np.concatenate([own[:-1] for own in maps]), size).astype(codes_type(size))
        tables.append(Table(name, len(codes), {name: Column(name, codes)}))
    edges = (*model.links.edges, *((name, name) for name in lists))
    return Model(tables, symbols, LinkGraph(edges, model.links.loose), model.loosened, model.notes)


def values_of(context: Context, call: Call) -> list[Vector]:
    """The values of a call, one behind the other. Raises ExpressionError, CalculationTooLarge."""
    try:
        arguments = [constant(context, argument) for argument in call.arguments]
    except ExpressionError:
        raise ExpressionError("The values of a list must be constants.", call.start, call.end) from None
    if call.name == "valuelist":
        return arguments
    begin, end, step = (
        float(numbers(arguments[at], context.locale)[0]) if at < len(arguments) else default
        for at, default in ((0, 0.0), (1, np.nan), (2, 1.0))
    )
    if len(arguments) == 1:
        end = begin
    if not np.isfinite([begin, end, step]).all() or step == 0:
        raise ExpressionError("ValueLoop needs numbers, and a step that is not 0.", call.start, call.end)
    count = np.floor((end - begin) / step + 1e-9) + 1
    if count > MOST_VALUES:
        raise CalculationTooLarge(f"ValueLoop gives {count:,.0f} values; at most {MOST_VALUES:,} are allowed.")
    return [Vector(begin + step * np.arange(max(int(count), 0), dtype=np.float64))]
