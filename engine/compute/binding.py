"""Dimensions by their texts.

A dimension may be made of Aggr(): then each value of the fields that Aggr() is by has what Aggr() gives for it under
the present selections. If that is one field, selecting in the dimension is selecting in the field.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

import numpy as np

from engine.compute.aggregate import value_of, virtual_of
from engine.compute.context import Context
from engine.compute.dimension import Dimension, dimension_of
from engine.compute.evaluation import Axis, axis_of, bound_fields, on_values
from engine.compute.reading import expanded, settled
from engine.compute.recall import watched
from engine.compute.scope import FieldValues, RowValues, choose_base
from engine.compute.synthetic import is_synthetic, with_lists
from engine.compute.virtual import Virtual, aggrs_in, beside_rows, name_of, values_by_symbol, with_columns
from engine.errors import ExpressionError
from engine.language.nodes import Field, Node
from engine.language.parser import parse


def bind_dimension(context: Context, text: str, state: str = "$") -> Dimension:
    """Bind 'Carrier', '[Carrier]' or '=Year(Date)'. The exact name of a field needs no brackets.

    Raises ExpressionError if it cannot be read, names an unknown field or holds an aggregate outside of Aggr().
    """
    bare = text.strip().removeprefix("=").strip()
    if bare in context.model.fields:
        key = (context.model.id, "dimension", bare)
        return context.cache.get_or_make(key, lambda: dimension_of(context, bare, Field(bare)), lambda _: 1_000)
    found, facts = watched(context, lambda: _bound(context, expanded(context, bare, state, value_of), state))
    context.seen.update(facts)
    return replace(found, facts=facts)


def with_lists_of(context: Context, texts: Iterable[str], state: str) -> Context:
    """The context with the values of ValueList() and ValueLoop() in some expressions. Raises CalculationTooLarge."""
    found = []
    for text in texts:
        if "$(" in text or "valuel" in text.lower():
            with suppress(ExpressionError):
                found.append(expanded(context, text, state, value_of))
    return with_lists(context, found)


def _bound(context: Context, text: str, state: str) -> Dimension:
    node = settled(context, parse(text), state, value_of)
    if not aggrs_in(node):
        found = dimension_of(context, text, node)
        return replace(found, field=None) if found.field is not None and is_synthetic(found.field.name) else found
    virtuals = {name_of(one): virtual_of(context, one, state) for one in aggrs_in(node)}
    return _made_of(context, text, node, virtuals)


def _made_of(context: Context, text: str, node: Node, virtuals: dict[str, Virtual]) -> Dimension:
    plain = with_columns(node)
    by = [part for virtual in virtuals.values() for part in virtual.dimensions]
    fields = dict.fromkeys(name for name in bound_fields(context, plain, virtuals) if name not in virtuals)
    fields |= dict.fromkeys(name for part in by for name in bound_fields(context, part))
    if len(fields) == 1 and all(isinstance(part, Field) for part in by):
        (field,) = fields
        values = {name: values_by_symbol(virtual) for name, virtual in virtuals.items()}
        values[field] = context.model.symbols(field).vector_with_null()
        symbols, codes = on_values(context, plain, values)
        axis = Axis(FieldValues(context.model, field), codes, symbols)
        return Dimension(text, node, axis, context.model.field(field))
    return Dimension(text, node, _axis_of_rows(context, plain, list(fields), virtuals), None)


def _axis_of_rows(context: Context, plain: Node, fields: list[str], virtuals: dict[str, Virtual]) -> Axis:
    """The values for the rows of the table that reads all the fields."""
    base = choose_base(context.model, fields)
    if base is None:
        raise ExpressionError(f"No table's rows have one value each of {', '.join(fields)}.", plain.start, plain.end)
    axis = axis_of(beside_rows(context, base, virtuals), plain)
    if not isinstance(axis.readable, FieldValues):
        return axis
    codes = np.asarray(axis.readable.codes(base))
    return Axis(RowValues(object(), axis.readable.size, base, codes), axis.map, axis.symbols)
