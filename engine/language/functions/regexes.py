"""Regular expressions, by RE2: linear in the text whatever the pattern, without backtracking.

A pattern that RE2 does not read (look-around and back references among them) gives NULL, as does one that is longer
than MAX_PATTERN or needs more than MAX_PROGRAM bytes. Each function has a variant with I that ignores case.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np
import re2

from engine.data.dual import Floats, Vector
from engine.errors import CalculationTimeout
from engine.language.functions.regex_columns import counts, extracts, indexes, matches, replaced
from engine.language.functions.single import textual, whole
from engine.language.registry import Environment, function
from engine.language.values import MAX_TEXT, broadcast, constant, of_numbers, of_texts, of_truth, texts
from engine.stopping import check_stop

MAX_PATTERN = 2000
"""Characters of a regular expression."""

MAX_PROGRAM = 1 << 20
"""Bytes of memory that one compiled regular expression may take."""

MAX_MATCHES = 100_000
"""Matches of one text that are looked at."""

MAX_SECONDS = 1.0
"""How long the matches of one text may be looked for: a pattern may scan the whole rest for every match."""

_CHECK_EVERY = 16


def _options(ignore_case: bool) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = not ignore_case
    options.max_mem = MAX_PROGRAM
    return options


@lru_cache(maxsize=256)
def _compiled(pattern: str, ignore_case: bool) -> Any:
    """The pattern made ready, or None; what is wrong with it is told by _complaint."""
    try:
        return re2.compile(pattern, _options(ignore_case)) if len(pattern) <= MAX_PATTERN else None
    except re2.error:
        return None


def _complaint(pattern: str, ignore_case: bool) -> str:
    if len(pattern) > MAX_PATTERN:
        return f"longer than {MAX_PATTERN} characters"
    try:
        re2.compile(pattern, _options(ignore_case))
    except re2.error as error:
        return str(error.args[0].decode(errors="replace"))
    return ""


def _found(pattern: Any, text: str) -> Iterator[Any]:
    deadline = time.monotonic() + MAX_SECONDS
    for place, match in enumerate(pattern.finditer(text)):
        if place % _CHECK_EVERY == 0:
            check_stop()
            if time.monotonic() > deadline:
                raise CalculationTimeout(f"A regular expression took more than {MAX_SECONDS:g} second on one text.")
        if place == MAX_MATCHES:
            return
        yield match


def _nth(pattern: Any, text: str, count: float) -> Any:
    """The count-th match, from the end if negative; None if there are not so many."""
    wanted = whole(count)
    if wanted > 0:
        return next(islice(_found(pattern, text), wanted - 1, None), None)
    matches = list(_found(pattern, text))
    return matches[wanted] if wanted < 0 and -wanted <= len(matches) else None


def _group(match: Any, group: float) -> int | None:
    """The number of a group of the match, counted from the last one if negative; None if there is none."""
    groups = match.re.groups
    number = whole(group)
    if number < 0:
        number += groups + 1
        return number if number > 0 else None
    return number if number <= groups else None


Column = Callable[..., list[Any] | None]


def _family(
    name: str,
    arguments: str,
    help: str,
    takes: str,
    gives: str,
    compute: Callable[..., Any],
    by_column: Column | None = None,
) -> None:
    """Register a function and its variant that ignores case. compute(pattern, text, *others)."""
    for ignore_case in (False, True):

        def run(text: str, regex: str, *others: Any, ignore_case: bool = ignore_case) -> Any:
            pattern = _compiled(regex, ignore_case)
            return None if pattern is None else compute(pattern, text, *others)

        signature = f"{name}{'I' if ignore_case else ''}({arguments})"
        sentence = help[:-1] + ", whatever its case." if ignore_case else help
        column = None if by_column is None else _of_columns(by_column, ignore_case)
        textual(signature, sentence, takes, gives, "regular expression", column)(run)


def _of_columns(compute: Column, ignore_case: bool) -> Column:
    """compute(pattern, texts, *others) for columns of texts: only with patterns that are sound and small enough."""

    def run(texts: list[str | None], regex: str, *others: Any) -> list[Any] | None:
        return None if _compiled(regex, ignore_case) is None else compute(_cased(regex, ignore_case), texts, *others)

    return run


def _cased(pattern: str, ignore_case: bool) -> str:
    return f"(?i){pattern}" if ignore_case else pattern


def _extract(pattern: Any, text: str, count: float = 1) -> str | None:
    match = _nth(pattern, text, count)
    return None if match is None else str(match.group(0))


def _extract_group(pattern: Any, text: str, group: float, count: float = 1) -> str | None:
    match = _nth(pattern, text, count)
    number = None if match is None else _group(match, group)
    return None if number is None else match.group(number)


def _index(pattern: Any, text: str, count: float = 1) -> int:
    match = _nth(pattern, text, count)
    return 0 if match is None else int(match.start(0)) + 1


def _index_group(pattern: Any, text: str, group: float, count: float = 1) -> int:
    match = _nth(pattern, text, count)
    number = None if match is None else _group(match, group)
    return 0 if number is None else int(match.start(number)) + 1


def _sub_field(pattern: Any, text: str, n: float = 1) -> str | None:
    parts, at = [], 0
    for match in _found(pattern, text):
        if match.end() > match.start():
            parts.append(text[at : match.start()])
            at = match.end()
    parts.append(text[at:])
    wanted = whole(n)
    if wanted == 0 or abs(wanted) > len(parts):
        return None
    return parts[wanted - 1] if wanted > 0 else parts[wanted]


def _replace(pattern: Any, text: str, new: str, count: float = 0) -> str | None:
    return _replaced(text, [match.span(0) for match in _chosen(pattern, text, count)], new)


def _replace_group(pattern: Any, text: str, group: float, new: str, count: float = 0) -> str | None:
    spans = []
    for match in _chosen(pattern, text, count):
        number = _group(match, group)
        if number is not None and match.start(number) >= 0:
            spans.append(match.span(number))
    return _replaced(text, spans, new)


def _chosen(pattern: Any, text: str, count: float) -> list[Any]:
    """All matches for 0, else the count-th one."""
    if whole(count) == 0:
        return list(_found(pattern, text))
    match = _nth(pattern, text, count)
    return [] if match is None else [match]


def _replaced(text: str, spans: list[tuple[int, int]], new: str) -> str | None:
    if len(text) + len(spans) * len(new) > MAX_TEXT:
        return None
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], new]
        at = end
    return "".join([*parts, text[at:]])


_family(
    "ExtractRegEx",
    "text, regex[, count]",
    "What the regular expression matches: the count-th.",
    "ttn",
    "t",
    _extract,
    extracts,
)
_family(
    "ExtractRegExGroup",
    "text, regex, group[, count]",
    "What a group of the regular expression matches, in the count-th match.",
    "ttnn",
    "t",
    _extract_group,
)
_family(
    "CountRegEx",
    "text, regex",
    "How often the regular expression matches.",
    "tt",
    "n",
    lambda p, text: sum(1 for _ in _found(p, text)),
    counts,
)
_family(
    "IndexRegEx",
    "text, regex[, count]",
    "Where the count-th match begins, from 1; 0 if none.",
    "ttn",
    "n",
    _index,
    indexes,
)
_family(
    "IndexRegExGroup",
    "text, regex, group[, count]",
    "Where a group of the count-th match begins, from 1; 0 if none.",
    "ttnn",
    "n",
    _index_group,
)
_family(
    "SubFieldRegEx",
    "text, regex[, n]",
    "The n-th part between the matches of the regular expression.",
    "ttn",
    "t",
    _sub_field,
)
_family(
    "ReplaceRegEx",
    "text, regex, to[, count]",
    "The text with all matches, or the count-th one, replaced.",
    "tttn",
    "t",
    _replace,
    replaced,
)
_family(
    "ReplaceRegExGroup",
    "text, regex, group, to[, count]",
    "The text with a group of all matches, or of the count-th one, replaced.",
    "ttntn",
    "t",
    _replace_group,
)


def _register_match(name: str, ignore_case: bool) -> None:
    @function(
        f"{name}(text, regex, ...)",
        "conditional",
        "The place of the first regular expression that matches the whole text"
        + (", whatever its case; 0 if none." if ignore_case else "; 0 if none."),
    )
    def run(env: Environment, text: Vector, *regexes: Vector) -> Vector:
        found = _matched_columns(texts(text, env.locale).tolist(), regexes, env, ignore_case)
        if found is not None:
            return of_numbers(found)
        columns = [texts(vector, env.locale).tolist() for vector in broadcast([text, *regexes])]
        known = {row: _first_match(row, ignore_case) for row in set(zip(*columns, strict=True))}
        return of_numbers([known[row] for row in zip(*columns, strict=True)])


def _matched_columns(
    given: list[str | None], regexes: Sequence[Vector], env: Environment, ignore_case: bool
) -> Floats | None:
    """The places of a column of texts among constant patterns; None where these are not sound, or not constant."""
    if any(len(regex) != 1 for regex in regexes):
        return None
    places = np.zeros(len(given))
    for place, regex in reversed(list(enumerate(regexes, start=1))):
        pattern = texts(regex, env.locale)[0]
        if pattern is None or _compiled(pattern, ignore_case) is None:
            continue
        found = matches(_cased(pattern, ignore_case), given)
        if found is None:
            return None
        places[np.array([bool(one) for one in found])] = place
    return places


def _first_match(row: tuple[str | None, ...], ignore_case: bool) -> float:
    text, *regexes = row
    for place, regex in enumerate(regexes, start=1):
        pattern = None if text is None or regex is None else _compiled(regex, ignore_case)
        if pattern is not None and pattern.fullmatch(text):
            return float(place)
    return 0.0


def _register_test(name: str, ignore_case: bool) -> None:
    @function(
        f"{name}(regex[, hint])",
        "logical",
        "Whether the text is a regular expression; with a hint asked for, a sentence instead.",
    )
    def run(env: Environment, regex: Vector, hint: Vector | None = None) -> Vector:
        column = texts(regex, env.locale).tolist()
        known = {text: None if text is None else _complaint(text, ignore_case) for text in set(column)}
        if hint is None or constant(hint) is None or hint.is_null.all():
            valid = np.array([known[text] == "" for text in column], dtype=bool)
            return of_truth(valid, np.array([text is None for text in column], dtype=bool))
        return _hints([known[text] for text in column])


def _hints(complaints: list[str | None]) -> Vector:
    return of_texts(
        None if reason is None else f"Not a regular expression: {reason}." if reason else "A regular expression."
        for reason in complaints
    )


_register_match("MatchRegEx", False)
_register_match("MatchRegExI", True)
_register_test("IsRegEx", False)
_register_test("IsRegExI", True)
