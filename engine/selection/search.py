"""Search in the values of a field: what a list box's search line finds.

* text with `*` or `?`: the whole value must fit the pattern
* comparisons (`>5`, `>=5<10`, `=7`, `<>7`): the value's number must meet them all
* anything else: words; every word must stand somewhere in the shown text, in any order

Upper and lower case are the same. Patterns never run on a backtracking matcher: wildcards go to
RE2, which takes linear time whatever somebody types.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import re2

from engine.data.dual import Bools
from engine.data.formats import parse_number
from engine.data.symbols import SymbolTable

LONGEST_PATTERN = 1_000
"""Characters of a search text that are looked at."""

Range = tuple[int, int]
"""Where a match stands in a shown text: first character and number of characters."""

_COMPARISONS: dict[str, Callable[..., Bools]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "<>": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}


class Matches(NamedTuple):
    """The codes found, ascending, and how to mark the found parts of a value's text."""

    codes: npt.NDArray[np.int32]
    highlight: Callable[[str], list[Range]]


def match(symbols: SymbolTable, pattern: str) -> Matches:
    """The values that fit `pattern`; an empty one fits all."""
    text = pattern.strip()[:LONGEST_PATTERN]
    tests = _comparisons(text, symbols)
    if tests is not None:
        found = ~np.isnan(symbols.numbers)
        for compare, limit in tests:
            found &= compare(symbols.numbers, limit)
        return _matches(found, lambda shown: [(0, len(shown))])
    shown_texts = pa.array(symbols.all_texts(), type=pa.large_string())
    if "*" in text or "?" in text:
        found = pc.match_substring_regex(shown_texts, _wildcards(text), ignore_case=True)
        parts = [part for part in re2.split(r"[*?]+", text) if part]
    else:
        parts = text.split()
        found = pa.array(np.ones(symbols.size, dtype=np.bool_))
        for part in parts:
            found = pc.and_(found, pc.match_substring(shown_texts, part, ignore_case=True))
    return _matches(found.to_numpy(zero_copy_only=False), lambda shown: _ranges(shown, parts))


def _matches(found: Bools, highlight: Callable[[str], list[Range]]) -> Matches:
    return Matches(np.flatnonzero(found).astype(np.int32), highlight)


def _wildcards(text: str) -> str:
    """`*` any characters, `?` one; everything else for itself. In RE2's syntax."""
    special = {"*": ".*", "?": "."}
    return "(?s)^" + "".join(special.get(char) or re2.escape(char) for char in text) + "$"


def _ranges(shown: str, parts: list[str]) -> list[Range]:
    """The first place of every part, in order of place."""
    folded = shown.lower()
    if len(folded) != len(shown):  # a few letters change their length; then nothing is marked
        return []
    places = [(folded.find(part.lower()), len(part)) for part in parts]
    return sorted({place for place in places if place[0] >= 0})


def _comparisons(text: str, symbols: SymbolTable) -> list[tuple[Callable[..., Bools], float]] | None:
    """The tests of `>=5<10`; None when the text is no chain of comparisons with numbers."""
    tests = []
    rest = text
    while rest:
        sign = next((sign for sign in _COMPARISONS if rest.startswith(sign)), None)
        if sign is None:
            return None
        rest = rest[len(sign) :]
        end = min((at for char in "<>=" if (at := rest.find(char)) >= 0), default=len(rest))
        limit = _number(rest[:end].strip(), symbols)
        if limit is None:
            return None
        tests.append((_COMPARISONS[sign], limit))
        rest = rest[end:]
    return tests or None


def _number(text: str, symbols: SymbolTable) -> float | None:
    """A limit as people write it: a plain number, or in the field's own format (a date)."""
    plain = parse_number(text, None, symbols.locale)
    return plain if plain is not None or symbols.format is None else parse_number(text, symbols.format, symbols.locale)
