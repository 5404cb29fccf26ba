"""What an owner wants to publish of a chart: levels, filters, names, limits. Checked, and never more than data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MAX_LEVELS = 6
MAX_FILTERS = 3
MAX_FILTER_VALUES = 40
MAX_VIEWS = 200
"""Levels times all combinations of filter values."""
MAX_ROWS = 2000
"""Rows of one view; the row limit that an owner may set."""
DEFAULT_ROWS = 200
DEFAULT_MINIMUM = 5
SMALL_MINIMUM = 3
"""A smaller minimum is possible, with a warning."""
MAX_SELECTED = 10_000
MAX_TEXT = 200

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl")
THEMES = ("auto", "light", "dark")


class BadPlan(ValueError):
    """A wish that cannot be carried out; the message is for the owner."""


class TooMuch(BadPlan):
    """There are more groups than can be checked together."""


@dataclass(frozen=True)
class Level:
    """Dimensions by which a view is grouped: definitions as QIX writes them, or `library:<id>`."""

    label: str
    dimensions: tuple[str, ...]


@dataclass(frozen=True)
class Filter:
    """A field of which viewers may choose one of `values`, or all."""

    field: str
    label: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Selection:
    """What is selected in a field while the chart is made."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """The whole wish. `names`: public names of dimensions by definition; `measures`: those of the measures in order."""

    levels: tuple[Level, ...]
    measures: tuple[str, ...]
    names: dict[str, str] = field(default_factory=dict)
    filters: tuple[Filter, ...] = ()
    selections: tuple[Selection, ...] = ()
    minimum: int = DEFAULT_MINIMUM
    unit: str = ""
    rows: int = DEFAULT_ROWS
    title: str = ""
    note: str = ""
    source: str = ""
    language: str = "en"
    theme: str = "auto"

    @classmethod
    def of(cls, data: dict[str, Any]) -> Plan:
        """A plan from its JSON form, whose types were checked already. BadPlan where the parts do not fit."""
        plan = cls(
            levels=tuple(Level(one["label"], tuple(one["dimensions"])) for one in data["levels"]),
            measures=tuple(data["measures"]),
            names=dict(data.get("names") or {}),
            filters=tuple(
                Filter(one["field"], one["label"], tuple(one["values"])) for one in data.get("filters") or ()
            ),
            selections=tuple(Selection(one["field"], tuple(one["values"])) for one in data.get("selections") or ()),
            **{name: data[name] for name in _PLAIN if name in data},
        )
        plan._check()
        return plan

    def _check(self) -> None:
        if not self.levels:
            raise BadPlan("Choose at least one level.")
        if self.view_count > MAX_VIEWS:
            raise BadPlan(
                f"Levels and filters make {self.view_count} views; at most {MAX_VIEWS} can be published. "
                "Offer fewer filter values or fewer levels."
            )
        for one in self.filters:
            if not one.values:
                raise BadPlan(f"Choose the values of the filter {one.label or one.field}.")
            if len(set(one.values)) < len(one.values):
                raise BadPlan(f"A value of the filter {one.label or one.field} is there twice.")
        if len({one.field for one in self.filters}) < len(self.filters):
            raise BadPlan("Two filters are of the same field.")

    @property
    def view_count(self) -> int:
        combinations = 1
        for one in self.filters:
            combinations *= len(one.values) + 1
        return len(self.levels) * combinations


_PLAIN = ("minimum", "unit", "rows", "title", "note", "source", "language", "theme")
