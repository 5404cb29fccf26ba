"""Patterns with wildcards: * for any run of signs, ? for any one sign; case does not matter.

Linear in the text and the pattern, whatever these are: users write them, so no backtracking engine may see them. The
parts between the asterisks are looked for one behind the other, each at its first place; those with a ? by RE2.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import re2

from engine.errors import CalculationTooLarge

_KEPT_LENGTH = 1000
"""Patterns up to this length are kept ready for the next text."""

_MOST_LOOSE = 1000
"""Parts of a pattern between asterisks that may have a ? in them."""

_MOST_SIGNS = 50_000_000
"""Signs that RE2 may be given in one comparison: it reads the rest of the text for every part with a ?."""

Find = Callable[[str, int], tuple[int, int]]
"""(text, from where) -> the first place of a part and its end, (-1, -1) if it is not there."""


def matches(text: str, pattern: str) -> bool:
    """Whether the whole text matches the pattern.

    >>> matches("Alpha", "al*"), matches("Alpha", "?p*"), matches("", "*")
    (True, False, True)
    """
    pattern = pattern.lower()
    ready = _ready(pattern) if len(pattern) <= _KEPT_LENGTH else _prepare(pattern)
    return ready(text.lower())


@lru_cache(maxsize=1024)
def _ready(pattern: str) -> Callable[[str], bool]:
    return _prepare(pattern)


def _prepare(pattern: str) -> Callable[[str], bool]:
    first, *others = pattern.split("*")
    if not others:
        return lambda text: _equal(text, first)
    *middle, last = others
    loose = sum("?" in part for part in middle)
    if loose > _MOST_LOOSE:
        raise CalculationTooLarge(f"A pattern has more than {_MOST_LOOSE} parts with ? between asterisks.")
    finds = [_finder(part) for part in middle if part]

    def test(text: str) -> bool:
        if loose * len(text) > _MOST_SIGNS:
            raise CalculationTooLarge("A text and a pattern of many parts with ? are too long to be compared.")
        end = len(text) - len(last)
        if len(first) > end or not _equal(text[: len(first)], first) or not _equal(text[end:], last):
            return False
        at = len(first)
        for find in finds:
            start, at = find(text, at)
            if start < 0 or at > end:
                return False
        return True

    return test


def _equal(text: str, part: str) -> bool:
    """Whether a part without asterisks is this text."""
    if "?" not in part:
        return text == part
    return len(text) == len(part) and all(sign in ("?", own) for own, sign in zip(text, part, strict=True))


def _finder(part: str) -> Find:
    if "?" not in part:
        return lambda text, at: _span(text.find(part, at), len(part))
    options = re2.Options()
    options.dot_nl = True
    options.log_errors = False
    try:
        ready = re2.compile(".".join(re2.escape(piece) for piece in part.split("?")), options)
    except re2.error:
        raise CalculationTooLarge(f"A pattern of {len(part):,} signs with ? in it is too long.") from None

    def find(text: str, at: int) -> tuple[int, int]:
        found = ready.search(text[at:])
        return _span(-1 if found is None else at + found.start(), len(part))

    return find


def _span(place: int, length: int) -> tuple[int, int]:
    return (place, place + length) if place >= 0 else (-1, -1)
