"""What a search string means, among the values of a field.

* `>5`, `>=5<10`, `=7`, `<>7`: the value's number must meet all comparisons
* anything else: the whole text must fit, with `*` for any characters, `?` for one, `^` for the beginning of a word

Upper and lower case are the same. Patterns never run on a backtracking matcher: wildcards go to RE2, which takes
linear time whatever somebody writes. What people type into the search line of a list says more; see typed.py.
"""

from __future__ import annotations

import operator
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import re2

from engine.data.dual import Bools
from engine.data.formats import parse_number
from engine.data.symbols import SymbolTable
from engine.stopping import check_stop

LONGEST_PATTERN = 1_000
"""Characters of a search text that are looked at."""

AT_ONCE = 50_000
"""Values that are searched before looking whether to stop."""

WORD_BEGINS = r"(?:^|[^\pL\pN])"
"""RE2: where a word begins, with the sign in front of it."""

_COMPARISONS: dict[str, Callable[..., Bools]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "<>": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}


def fits(symbols: SymbolTable, pattern: str) -> Bools:
    """Which values a search string means: bool [size].

    A text without signs that no value shows may still be a number, or a date, that a value is.
    """
    text = pattern.strip()[:LONGEST_PATTERN]
    numbers = compared(symbols, text)
    if numbers is not None:
        return numbers
    found = with_match(symbols, _wildcards(text))
    if found.any() or any(sign in text for sign in "*?^"):
        return found
    number = stated_number(text, symbols)
    return found if number is None else symbols.numbers == number


def with_match(symbols: SymbolTable, pattern: str) -> Bools:
    """Which values' texts a pattern in RE2's syntax is found in, whatever the case: bool [size]."""
    texts, found = symbols.all_texts(), np.zeros(symbols.size, dtype=np.bool_)
    for start in range(0, symbols.size, AT_ONCE):
        check_stop()
        part = pa.array(texts[start : start + AT_ONCE], type=pa.large_string())
        found[start : start + AT_ONCE] = pc.match_substring_regex(part, pattern, ignore_case=True)
    return found


def compared(symbols: SymbolTable, text: str) -> Bools | None:
    """Which values meet the comparisons that a text is made of; None if it is none."""
    tests = _comparisons(text, symbols)
    if tests is None:
        return None
    found = ~np.isnan(symbols.numbers)
    for compare, limit in tests:
        found &= compare(symbols.numbers, limit)
    return found


def _wildcards(text: str) -> str:
    """In RE2's syntax. A beginning of a word behind a sign that is in no word says nothing more."""
    parts, before = [], ""
    for char in text:
        if char == "^":
            parts.append(WORD_BEGINS if before.isalnum() or before in ("*", "?") else "")
        else:
            parts.append({"*": ".*", "?": "."}.get(char) or re2.escape(char))
        before = char
    return "(?s)^" + "".join(parts) + "$"


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
        limit = stated_number(rest[:end].strip(), symbols)
        if limit is None:
            return None
        tests.append((_COMPARISONS[sign], limit))
        rest = rest[end:]
    return tests or None


def stated_number(text: str, symbols: SymbolTable) -> float | None:
    """A limit as people write it: in the field's own format (a date), or as a plain number."""
    own = None if symbols.format is None else parse_number(text, symbols.format, symbols.locale)
    return parse_number(text, None, symbols.locale) if own is None else own
