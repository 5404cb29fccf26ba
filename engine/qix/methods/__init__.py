"""What the methods do: one function each, found by (class, method). One file a class.

A function gets the session, what the handle stands for and the arguments by position; it answers the results
by name, or None for nothing. Rights were checked before.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.qix.methods import (
    doc,
    fields,
    globals,
    groups,
    language,
    library,
    object_data,
    object_pivot,
    object_selections,
    objects,
)
from engine.qix.schema import Implementation

METHODS: Mapping[tuple[str, str], Implementation] = {
    **globals.METHODS,
    **doc.METHODS,
    **objects.METHODS,
    **object_data.METHODS,
    **object_pivot.METHODS,
    **object_selections.METHODS,
    **fields.METHODS,
    **library.METHODS,
    **groups.METHODS,
    **language.METHODS,
}
