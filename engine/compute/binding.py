"""Dimensions by their texts."""

from __future__ import annotations

from engine.compute.aggregate import value_of
from engine.compute.context import Context
from engine.compute.dimension import Dimension, dimension_of
from engine.compute.reading import expanded, settled
from engine.language.nodes import Field
from engine.language.parser import parse


def bind_dimension(context: Context, text: str, state: str = "$") -> Dimension:
    """Bind 'Carrier', '[Carrier]' or '=Year(Date)'. The exact name of a field needs no brackets.

    Raises ExpressionError if it cannot be read, names an unknown field or holds an aggregate.
    """
    bare = text.strip().removeprefix("=").strip()
    if bare in context.model.fields:
        return dimension_of(context, bare, Field(bare))
    full = expanded(context, bare, state, value_of)
    return dimension_of(context, full, settled(context, parse(full), state, value_of))
