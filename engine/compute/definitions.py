"""The structs of a hypercube's and a list object's definition, and the defaults of their members.

Charts expect that the engine fills the defaults of QIX's structs into the properties it stores. What a client
left out, or wrote as another type than QIX has, is put in here, at any depth of a property tree; what it wrote
rightly stays as it is, but for expressions, which may be given as a plain text, as `{qExpr}` or as `{qv}` and are
stored as `{qv}`. Members whose default is false, 0
or "" are left out, as QIX does: absent means the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

Tree = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Struct:
    """Members with their defaults; a default that is a Struct, Items or EXPRESSION is filled in turn."""

    members: Mapping[str, Any]

    def filled(self, given: Tree) -> Tree:
        """What `fill` makes, made once for equal trees. Nobody may change it."""
        try:
            text = orjson.dumps(given, option=orjson.OPT_NON_STR_KEYS)
        except TypeError:
            return self.fill(given)
        return _filled_text(self, text) if len(text) <= KEPT_LENGTH else self.fill(given)

    def fill(self, given: Any) -> Tree:
        known = given if isinstance(given, dict) else {}
        filled = dict(known)
        for name, default in self.members.items():
            filled[name] = _filled(default, known.get(name))
        return filled


KEPT_LENGTH = 65_536
"""Longer definitions, in bytes of JSON, are filled anew each time."""


@lru_cache(maxsize=512)
def _filled_text(struct: Struct, text: bytes) -> Tree:
    return struct.fill(orjson.loads(text))


@dataclass(frozen=True)
class Items:
    """A list of structs, empty by default."""

    item: Struct

    def fill(self, given: Any) -> list[Tree]:
        return [self.item.fill(one) for one in given] if isinstance(given, list) else []


class _Expression:
    """An expression's text in a struct of its own: {qv: text}, or {} for none."""

    def fill(self, given: Any) -> Tree:
        text = expression_text(given)
        return {"qv": text} if text else {}


EXPRESSION = _Expression()


@dataclass(frozen=True)
class _Default:
    """An expression that is not empty by default."""

    text: str

    def fill(self, given: Any) -> Tree:
        return {"qv": expression_text(given) or self.text}


def expression_text(given: Any) -> str:
    """The text of an expression in any of its spellings.

    >>> expression_text({"qv": "=Sum(x)"}), expression_text("Sum(x)"), expression_text(None)
    ('=Sum(x)', 'Sum(x)', '')
    """
    if isinstance(given, dict):
        given = given.get("qv") or given.get("qExpr") or ""
    return "" if given is None else str(given)


class _Text:
    """An expression's text as a plain string, in whatever spelling it was given."""

    def fill(self, given: Any) -> str:
        return expression_text(given)


TEXT = _Text()

LARGEST = 2**31
"""Whole numbers beyond this are taken for nonsense."""


def _filled(default: Any, given: Any) -> Any:
    """The member's value; the default where it is absent or of another type than QIX says."""
    if isinstance(default, Struct | Items | _Expression | _Default | _Text):
        return default.fill(given)
    return given if _KINDS[type(default)](given) else deepcopy(default)


_KINDS: Mapping[type, Callable[[Any], bool]] = {
    bool: lambda given: isinstance(given, bool),
    int: lambda given: isinstance(given, int | float) and abs(given) < LARGEST and given == int(given),
    str: lambda given: isinstance(given, str),
    list: lambda given: isinstance(given, list),
}


NUMBER_FORMAT = Struct({"qType": "U", "qnDec": 10, "qUseThou": 0})
SORT_CRITERIA = Struct({"qExpression": EXPRESSION})
PAGE = Struct({"qLeft": 0, "qTop": 0, "qWidth": 0, "qHeight": 0})
CONDITION = Struct({"qCond": EXPRESSION, "qMsg": EXPRESSION})
ATTRIBUTE_EXPRESSION = Struct({"qExpression": TEXT})
ATTRIBUTE_DIMENSION = Struct({"qDef": TEXT, "qSortBy": SORT_CRITERIA})

INLINE_DIMENSION = Struct(
    {
        "qGrouping": "N",
        "qFieldDefs": [],
        "qFieldLabels": [],
        "qSortCriterias": Items(SORT_CRITERIA),
        "qNumberPresentations": Items(NUMBER_FORMAT),
        "qActiveField": 0,
    }
)

OTHERS = Struct(
    {
        "qOtherMode": "OTHER_OFF",
        "qOtherCounted": _Default("10"),
        "qOtherLimit": _Default("0"),
        "qOtherLimitMode": "OTHER_GT_LIMIT",
        "qForceBadValueKeeping": True,
        "qApplyEvenWhenPossiblyWrongResult": True,
        "qOtherSortMode": "OTHER_SORT_DESCENDING",
        "qTotalMode": "TOTAL_OFF",
        "qReferencedExpression": EXPRESSION,
    }
)

DIMENSION = Struct(
    {
        "qDef": INLINE_DIMENSION,
        "qOtherTotalSpec": OTHERS,
        "qOtherLabel": _Default("Others"),
        "qTotalLabel": EXPRESSION,
        "qCalcCond": EXPRESSION,
        "qAttributeExpressions": Items(ATTRIBUTE_EXPRESSION),
        "qAttributeDimensions": Items(ATTRIBUTE_DIMENSION),
        "qCalcCondition": CONDITION,
    }
)

INLINE_MEASURE = Struct(
    {
        "qLabel": "",
        "qDescription": "",
        "qTags": [],
        "qGrouping": "N",
        "qDef": TEXT,
        "qNumFormat": NUMBER_FORMAT,
        "qAggrFunc": "",
        "qAccumulate": 0,
        "qActiveExpression": 0,
        "qExpressions": [],
    }
)

TREND_LINE = Struct({"qType": "AVERAGE", "qXColIx": 0, "qContinuousXAxis": "Never", "qMultiDimMode": "Multi"})

MEASURE = Struct(
    {
        "qDef": INLINE_MEASURE,
        "qSortBy": SORT_CRITERIA,
        "qAttributeExpressions": Items(ATTRIBUTE_EXPRESSION),
        "qAttributeDimensions": Items(ATTRIBUTE_DIMENSION),
        "qCalcCond": EXPRESSION,
        "qCalcCondition": CONDITION,
        "qTrendLines": Items(TREND_LINE),
    }
)

HYPERCUBE = Struct(
    {
        "qDimensions": Items(DIMENSION),
        "qMeasures": Items(MEASURE),
        "qInterColumnSortOrder": [],
        "qInitialDataFetch": Items(PAGE),
        "qReductionMode": "N",
        "qMode": "S",
        "qPseudoDimPos": -1,
        "qNoOfLeftDims": -1,
        "qMaxStackedCells": 5000,
        "qCalcCond": EXPRESSION,
        "qTitle": EXPRESSION,
        "qCalcCondition": CONDITION,
        "qColumnOrder": [],
        "qExpansionState": [],
    }
)

LIST_OBJECT = Struct(
    {
        "qStateName": "$",
        "qDef": INLINE_DIMENSION,
        "qAutoSortByState": Struct({"qDisplayNumberOfRows": -1}),
        "qFrequencyMode": "N",
        "qInitialDataFetch": Items(PAGE),
        "qExpressions": Items(Struct({"qExpr": TEXT})),
    }
)

LIBRARY_DIMENSION = Struct({"qGrouping": "N", "qFieldDefs": [], "qFieldLabels": [], "qLabelExpression": ""})
LIBRARY_MEASURE = Struct(
    {"qLabel": "", "qDef": TEXT, "qGrouping": "N", "qExpressions": [], "qActiveExpression": 0, "qLabelExpression": ""}
)

DEFINITIONS: Mapping[str, Callable[[Any], Any]] = {
    "qHyperCubeDef": HYPERCUBE.fill,
    "qListObjectDef": LIST_OBJECT.fill,
    "qDim": LIBRARY_DIMENSION.fill,
    "qMeasure": LIBRARY_MEASURE.fill,
}
"""Which members of a property tree are definitions."""


def fill_defaults(properties: Any) -> Any:
    """A copy of a property tree in which every definition, at any depth, has its defaults filled in."""
    if isinstance(properties, list):
        return [fill_defaults(one) for one in properties]
    if not isinstance(properties, dict):
        return properties
    return {
        name: DEFINITIONS[name](value) if name in DEFINITIONS and isinstance(value, dict) else fill_defaults(value)
        for name, value in properties.items()
    }
