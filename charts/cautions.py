"""What an owner should look at before a chart leaves: small groups, single rows' values, labels that look personal."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from charts.evaluation import Evaluation
from charts.plan import SMALL_MINIMUM, Plan
from charts.snapshot import Made

EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]{2,}")
PHONE = re.compile(r"^\+?[\d\s()/.-]{7,20}$")
NAME = re.compile(r"^[^\W\d_]\w*[’'-]?\w*,?( [^\W\d_]\.?| [^\W\d_]\w*[’'-]?\w*){1,3}$")
PERSONAL_FIELD = re.compile(
    r"name|person|customer|client|patient|employee|student|member|user|contact|e-?mail|phone|mobile|address|birth|ssn|passport"
    r"|kunde|mitarbeiter|nom\b|prenom|nombre|cognome",
    re.IGNORECASE,
)
EXAMPLES = 3
MANY = 0.6
"""So large a share of labels that look like names is worth a word, from NAMES_NEEDED labels on."""
NAMES_NEEDED = 3


def cautions(plan: Plan, found: Evaluation, made: Made) -> list[dict[str, str]]:
    """Sentences for the preview, each with a kind: small, personal, single, hidden, cut, drawn."""
    said: list[tuple[str, str]] = []
    if plan.minimum < SMALL_MINIMUM:
        said.append(("small", f"Groups of {plan.minimum} are shown: they may tell of single people. 5 is usual."))
    for one in found.measures:
        if one.is_individual:
            said.append(("single", f"{one.label} may show the value of a single row, however large its group is."))
    said += _personal(made.snapshot)
    if made.hidden:
        said.append(
            (
                "hidden",
                f"{made.hidden:,} groups are left out: nothing must follow about fewer than {plan.minimum}.",
            )
        )
    if made.cut:
        said.append(("cut", f"{made.cut:,} rows beyond the limit of {plan.rows:,} rows a view are left out."))
    if found.is_drawn_otherwise:
        said.append(("drawn", "This kind of chart is published as a table."))
    return [{"kind": kind, "text": text} for kind, text in said]


def _personal(snapshot: dict[str, Any]) -> list[tuple[str, str]]:
    said = []
    for name, labels in _labels(snapshot).items():
        looks = looks_personal(name, labels)
        if looks:
            examples = ", ".join(sorted(looks[1])[:EXAMPLES])
            said.append(("personal", f"{name} looks like {looks[0]} of people: {examples}."))
    return said


def looks_personal(name: str, labels: Iterable[str]) -> tuple[str, list[str]] | None:
    """What the labels of a dimension look like, and which of them; None if like nothing of a person."""
    given = [label for label in labels if label and label != "-"]
    for what, pattern in (("e-mail addresses", EMAIL), ("phone numbers", PHONE)):
        matching = [label for label in given if pattern.search(label) and (pattern is EMAIL or _is_phone(label))]
        if matching:
            return what, matching
    named = [label for label in given if NAME.match(label) and label[0].isupper()]
    is_telling = bool(PERSONAL_FIELD.search(name)) or len(named) >= MANY * max(len(given), 1)
    if len(named) >= NAMES_NEEDED and is_telling:
        return "names", named
    return None


def _is_phone(label: str) -> bool:
    digits = sum(character.isdigit() for character in label)
    return (
        digits >= 7
        and (label.startswith(("+", "0", "(")) or bool(re.search(r"\d[\s()/-]+\d", label)))
        and not _is_date(label)
    )


def _is_date(label: str) -> bool:
    return bool(re.fullmatch(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}([ T].*)?", label))


def _labels(snapshot: dict[str, Any]) -> dict[str, set[str]]:
    """The shown labels of each dimension and filter by its public name."""
    found: dict[str, set[str]] = {}
    for view in snapshot["views"]:
        names = snapshot["levels"][view["level"]]["dimensions"]
        for labels, _ in view["rows"]:
            for name, label in zip(names, labels, strict=True):
                found.setdefault(name, set()).add(label)
    for one in snapshot["filters"]:
        found.setdefault(one["label"], set()).update(one["values"])
    return found
