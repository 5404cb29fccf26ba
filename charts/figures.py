"""Numbers as they are shown, and no digit more: what leaves is what can be read on the chart."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.formats import number_format

from engine import format_number, stated_format

AUTOMATIC = frozenset({"U", "A", "", None})
KEPT_DIGITS = 4
"""Significant digits of a number that no format was chosen for; whole numbers keep all of theirs."""


@dataclass(frozen=True)
class Format:
    """How a measure's numbers are shown. decimals: None where the text has to be taken as it is; given: QIX's form."""

    is_automatic: bool
    decimals: int | None
    is_percent: bool
    given: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Figure:
    """One number of a chart; without a number, there is none to show."""

    number: float | int | None
    text: str


def format_of(info: dict[str, Any]) -> Format:
    """The format that a measure's layout states."""
    given = info.get("qNumFormat") or {}
    if given.get("qType") in AUTOMATIC:
        return Format(True, None, False)
    pattern = str(given.get("qFmt") or "").split(";")[0]
    is_percent = "%" in pattern
    if given.get("qType") == "I":
        return Format(False, 0, is_percent, given)
    if given.get("qType") in ("F", "M", "R") and pattern:
        _, point, behind = pattern.rpartition(str(given.get("qDec") or "."))
        shown = sum(character in "0#" for character in behind) if point else 0
        return Format(False, shown + (2 if is_percent else 0), is_percent, given)
    return Format(False, None, is_percent, given)


def figure(cell: dict[str, Any], form: Format, language: str) -> Figure:
    """A measure's cell as it is published."""
    number = cell.get("qNum")
    if not isinstance(number, int | float) or cell.get("qIsNull"):
        return Figure(None, "")
    return _figure(float(number), form, language, str(cell.get("qText", "")))


def worked_out(number: float, form: Format, language: str) -> Figure:
    """A number made of a measure's shown ones, such as a median of them, as that measure shows its own."""
    return _figure(number, form, language, format_number(number, stated_format(form.given)))


def _figure(number: float, form: Format, language: str, text: str) -> Figure:
    if form.is_automatic:
        kept, decimals = _shortened(number)
        return Figure(kept, _spelled(kept, decimals, language))
    if form.decimals is None:
        return Figure(_shortened(number)[0], text)
    return Figure(_plain(round(number, form.decimals)), text)


def _shortened(number: float) -> tuple[float | int, int]:
    """The number with the digits that are shown, and how many of them stand behind the point."""
    if float(number).is_integer() and abs(number) < 2**53:
        return int(number), 0
    digits = KEPT_DIGITS - 1 - math.floor(math.log10(abs(number)))
    decimals = max(0, min(digits, 12))
    return _plain(round(float(number), decimals)), decimals


def _plain(number: float) -> float | int:
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _spelled(number: float | int, decimals: int, language: str) -> str:
    with translation.override(language):
        return str(number_format(number, decimals, force_grouping=True))
