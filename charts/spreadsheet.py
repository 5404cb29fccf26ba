"""A snapshot as CSV for spreadsheet programs: no text in it becomes a formula (T16), numbers stay as they are."""

from __future__ import annotations

import csv
import io
from typing import Any

FORMULA_STARTS = tuple("=+-@\t\r\n|%＝＋－＠")
"""What spreadsheet programs read as the beginning of a formula, in full width too."""


def safe_text(text: str) -> str:
    """A text with an apostrophe before what would begin a formula, also behind spaces or invisible characters."""
    begins = "".join(character for character in text if character.isprintable()).lstrip(" \u00a0\u3000'\"")
    return f"'{text}" if text.startswith(FORMULA_STARTS) or begins.startswith(FORMULA_STARTS) else text


def csv_of(snapshot: dict[str, Any]) -> bytes:
    """All views in one table: the level where there are several, a column for each filter, dimension and measure."""
    levels, filters = snapshot["levels"], snapshot["filters"]
    dimensions = list(dict.fromkeys(name for level in levels for name in level["dimensions"]))
    measures = [one["label"] for one in snapshot["measures"]]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    head = [*(["Level"] if len(levels) > 1 else []), *(one["label"] for one in filters), *dimensions, *measures]
    writer.writerow([safe_text(name) for name in head])
    for view in snapshot["views"]:
        level = levels[view["level"]]
        chosen = [
            one["values"][place] if place >= 0 else "" for one, place in zip(filters, view["filters"], strict=True)
        ]
        for labels, figures in view["rows"]:
            named = dict(zip(level["dimensions"], labels, strict=True))
            texts = [
                *([level["label"]] if len(levels) > 1 else []),
                *chosen,
                *(named.get(name, "") for name in dimensions),
            ]
            numbers = ["" if number is None else number for number, _ in figures]
            writer.writerow([*(safe_text(text) for text in texts), *numbers])
    return b"\xef\xbb\xbf" + out.getvalue().encode()
