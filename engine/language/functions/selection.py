"""Functions that tell of selections, and of the chart in which an expression stands.

What they give is put in their place when the expression is read; here they are only named. Their field is named, not
worked out: GetSelectedCount(Region).
"""

from __future__ import annotations

from engine.language.registry import add

_SELECTIONS = {
    "GetSelectedCount(field[, include_excluded[, state]])": "How many values of the field are selected; if"
    " include_excluded is true, also those that other selections exclude.",
    "GetPossibleCount(field[, state])": "How many values of the field are selected, or possible where none is.",
    "GetAlternativeCount(field[, state])": "How many values of the field could be selected instead.",
    "GetExcludedCount(field[, state])": "How many values of the field selections in other fields exclude.",
    "GetNotSelectedCount(field[, include_excluded[, state]])": "How many values of a field in and-mode are unselected.",
    "GetStateCounts(field, state[, type, ...])": "How many values are in any of some states: S selected, O optional,"
    " D unselected, A alternative, X excluded, XS selected but excluded, or their numbers 1 to 6; -S subtracts.",
    "GetFieldSelections(field[, separator[, most[, state]]])": "The selected values of the field, up to 6 or `most`.",
    "GetCurrentSelections([record_separator[, tag_separator[, value_separator[, most[, state]]]]])": "All selections,"
    " field by field.",
}
_OBJECTS = {
    "StateName()": "The alternate state of the chart.",
    "ObjectId()": "The id of the object in which the expression stands.",
    "InObject(id)": "Whether the expression stands in the object of that id, or in one inside of it.",
    "GetObjectField([number])": "The field, or the expression, of the chart's first dimension or, from 0, of another.",
    "GetObjectDimension([number])": "What the chart's first dimension or, from 0, another is called.",
    "GetObjectMeasure([number])": "What the chart's first measure or, from 0, another is called.",
}

for _category, _functions in (("selection", _SELECTIONS), ("object", _OBJECTS)):
    for _signature, _help in _functions.items():
        add(_signature, _category, _help, kind="context")
