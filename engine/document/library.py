"""Master items: what stands behind the ids that hypercubes and list objects name in place of definitions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.document.objects import DIMENSION, MEASURE, Entry, ObjectTree, Properties

NOT_IN_LIBRARY = 7001


@dataclass(frozen=True)
class Library:
    """Master items as one session sees them. cycles: id of a cyclic dimension -> its active field."""

    objects: ObjectTree
    cycles: Mapping[str, int] = field(default_factory=dict)

    def cube(self, definition: Properties) -> Properties:
        """A hypercube's definition with the definitions of the master items it names."""
        return {
            **definition,
            "qDimensions": [
                self._with_attributes(self._with_dimension(one)) for one in definition.get("qDimensions") or []
            ],
            "qMeasures": [self._with_attributes(self._with_measure(one)) for one in definition.get("qMeasures") or []],
        }

    def list_object(self, definition: Properties) -> Properties:
        """A list object's definition with the definitions of the master items it names."""
        expressions = [self._with_expression(one, "qExpr") for one in definition.get("qExpressions") or []]
        return {**self._with_dimension(definition), "qExpressions": expressions}

    def missing(self, column: Properties, kind: str) -> dict[str, Any] | None:
        """What to say of a column that names a master item which does not exist (any more)."""
        name = str(column.get("qLibraryId") or "")
        if not name or self._find(name, kind) is not None:
            return None
        message = f"The master {kind} that is used here does not exist any more."
        return {"qErrorCode": NOT_IN_LIBRARY, "qContext": "", "qExtendedMessage": message}

    def active_field(self, entry: Entry) -> int:
        """The field of a cyclic master dimension that is in use."""
        count = len(fields_of(entry))
        return self.cycles.get(entry.id, 0) % count if count else 0

    def _find(self, name: object, kind: str) -> Entry | None:
        return self.objects.find(str(name or ""), kind)

    def _with_dimension(self, column: Properties) -> Properties:
        """A dimension, or a list object's definition."""
        found = self._find(column.get("qLibraryId"), DIMENSION)
        if found is None:
            return column
        master: dict[str, Any] = found.properties.get("qDim") or {}
        own: dict[str, Any] = column.get("qDef") or {}
        labels = [label for label in master.get("qFieldLabels") or [] if label] or [found.title]
        inlined = {
            **own,
            "qGrouping": master.get("qGrouping", "N"),
            "qFieldDefs": fields_of(found),
            "qFieldLabels": labels,
            "qLabelExpression": master.get("qLabelExpression", ""),
            "qActiveField": self.active_field(found),
        }
        return {**column, "qDef": inlined}

    def _with_measure(self, column: Properties) -> Properties:
        found = self._find(column.get("qLibraryId"), MEASURE)
        if found is None:
            return column
        master: dict[str, Any] = found.properties.get("qMeasure") or {}
        own: dict[str, Any] = column.get("qDef") or {}
        inlined = {
            **own,
            "qDef": master.get("qDef", ""),
            "qLabel": master.get("qLabel") or found.title,
            "qLabelExpression": master.get("qLabelExpression", ""),
        }
        if master.get("qNumFormat"):
            inlined["qNumFormat"] = master["qNumFormat"]
        return {**column, "qDef": inlined}

    def _with_attributes(self, column: Properties) -> Properties:
        """Attributes of a column, which may name master items, too."""
        expressions, dimensions = (column.get(name) for name in ("qAttributeExpressions", "qAttributeDimensions"))
        if not expressions and not dimensions:
            return column
        return {
            **column,
            "qAttributeExpressions": [self._with_expression(one, "qExpression") for one in expressions or []],
            "qAttributeDimensions": [self._with_attribute_dimension(one) for one in dimensions or []],
        }

    def _with_expression(self, given: Properties, member: str) -> Properties:
        """An expression by itself, for which a master measure may stand."""
        found = self._find(given.get("qLibraryId"), MEASURE)
        if found is None:
            return given
        master: dict[str, Any] = found.properties.get("qMeasure") or {}
        label = given.get("qLabel") or master.get("qLabel") or found.title
        return {**given, member: master.get("qDef", ""), "qLabel": label}

    def _with_attribute_dimension(self, given: Properties) -> Properties:
        found = self._find(given.get("qLibraryId"), DIMENSION)
        fields = [] if found is None else fields_of(found)
        return {**given, "qDef": fields[self.active_field(found)]} if found is not None and fields else given


def fields_of(entry: Entry) -> list[str]:
    """The fields of a master dimension: one, or those of a group."""
    return [str(text) for text in (entry.properties.get("qDim") or {}).get("qFieldDefs") or []]
