"""A chart in words: the texts of the public page, by language, and one paragraph about each view."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).with_name("texts.json")
TELLING = {"box": 2}
"""Which number of a row speaks for it, where that is not the first: of a box its middle."""


@lru_cache(maxsize=1)
def _all_texts() -> dict[str, dict[str, str]]:
    return dict(json.loads(TEXTS.read_text()))


def texts(language: str) -> dict[str, str]:
    """The page's own texts in a language; English where there are none."""
    return _all_texts().get(language) or _all_texts()["en"]


def describe(snapshot: dict[str, Any], view: dict[str, Any]) -> str:
    """One paragraph that says what the view shows, from its own texts only."""
    said = texts(snapshot["language"])
    measures = [one["label"] for one in snapshot["measures"]]
    rows = view["rows"]
    level = snapshot["levels"][view["level"]]
    chosen = [
        f"{one['label']}: {one['values'][place]}."
        for one, place in zip(snapshot["filters"], view["filters"], strict=True)
        if place >= 0
    ]
    if not rows:
        parts = [said["none"]]
    elif not level["dimensions"]:
        figures = zip(measures, rows[0][1], strict=True)
        parts = [said["one"].format(name=name, value=text or "–") for name, (_, text) in figures]
    else:
        named = ", ".join(measures[-1:] if snapshot["kind"] == "box" else measures)
        about = said["by"].format(measures=named, level=level["label"]) if measures else level["label"]
        parts = [f"{said[snapshot['kind']]}: {about}.", said["count"].format(count=len(rows))]
        parts += _extremes(said, measures, rows, TELLING.get(snapshot["kind"], 0))
    parts += [said[name] for name in ("hides", "cut") if view[name]]
    return " ".join([*parts[:1], *chosen, *parts[1:]])


def _extremes(said: dict[str, str], measures: list[str], rows: list[Any], place: int) -> list[str]:
    """The row with the greatest and the one with the least number in a place."""
    if not measures:
        return []
    named = [(", ".join(label for label in labels if label), figures[place]) for labels, figures in rows]
    numbered = [(number, label, text) for label, (number, text) in named if number is not None]
    if len(numbered) < 2:
        return []
    most, least = max(numbered, key=lambda one: one[0]), min(numbered, key=lambda one: one[0])
    if most[0] == least[0]:
        return []
    return [
        said["highest"].format(measure=measures[place], label=most[1], value=most[2]),
        said["lowest"].format(label=least[1], value=least[2]),
    ]
