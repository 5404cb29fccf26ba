"""Regular expressions over many texts at once: Arrow's kernels, which are RE2 as well, and hold no lock meanwhile.

They give what the functions of `regexes` give text by text, some twenty times sooner. What they would tell
differently (matches of nothing) or could not be stopped in (long texts) is left to these.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import re2

from engine.language.values import MAX_TEXT, refuse_characters
from engine.stopping import check_stop

Texts = Sequence[str | None]

FEWEST = 64
"""Texts from which on a column is worth its making."""

LONGEST = 1000
"""Characters of a text, at most. A pattern may scan the whole rest for every match: the work grows with the square."""

BLOCK_WORK = 20_000_000
"""The squares of lengths that add up between two looks whether to stop; a twentieth of a second, at worst."""

_ESCAPED_OR_PLACE = re.compile(r"(\\[^bBAz])|\\[bBAz]|[\^$]")


def counts(pattern: str, texts: Texts) -> list[Any] | None:
    """How often the pattern matches each text; None for NULL. None in place of all where the kernels do not serve."""
    if not never_empty(pattern):
        return None
    return _by_blocks(texts, lambda column: pc.count_substring_regex(column, pattern=pattern))


def indexes(pattern: str, texts: Texts, count: float = 1) -> list[Any] | None:
    """Where the first match begins in each text, from 1; 0 if nowhere."""
    if count != 1:
        return None
    found = _by_blocks(texts, lambda column: pc.find_substring_regex(column, pattern=pattern))
    return found and [_place(text, at) for text, at in zip(texts, found, strict=True)]


def _place(text: str | None, at: int | None) -> int | None:
    """The place of a character, from 1, by that of its byte, from 0."""
    if text is None or at is None:
        return None
    return at + 1 if at <= 0 or text.isascii() else len(text.encode()[:at].decode()) + 1


def extracts(pattern: str, texts: Texts, count: float = 1) -> list[Any] | None:
    """The first match in each text; None where there is none."""
    if count != 1:
        return None
    around = rf"\A(?s:.*?)({pattern})(?s:.*)\z"

    def run(column: pa.Array) -> pa.Array:
        found = pc.replace_substring_regex(column, pattern=around, replacement=r"\1")
        return pc.if_else(pc.match_substring_regex(column, pattern=pattern), found, None)

    return _by_blocks(texts, run)


def replaced(pattern: str, texts: Texts, new: str, count: float = 0) -> list[Any] | None:
    """Each text with all matches replaced."""
    if count != 0 or not never_empty(pattern) or (len(new) + 1) * LONGEST > MAX_TEXT:
        return None
    literal = new.replace("\\", "\\\\")
    return _by_blocks(
        texts, lambda column: pc.replace_substring_regex(column, pattern=pattern, replacement=literal), len(new) + 1
    )


def matches(pattern: str, texts: Texts) -> list[Any] | None:
    """Whether the pattern matches the whole of each text."""
    whole = rf"\A(?:{pattern})\z"
    return _by_blocks(texts, lambda column: pc.match_substring_regex(column, pattern=whole))


@lru_cache(maxsize=256)
def never_empty(pattern: str) -> bool:
    """Whether no match can be of no characters: what is left without places such as ^ and \\b matches not nothing."""
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.fullmatch(_ESCAPED_OR_PLACE.sub(lambda found: found[1] or "", pattern), "", options) is None
    except re2.error:
        return False


def _by_blocks(texts: Texts, run: Callable[[pa.Array], pa.Array], growth: int = 1) -> list[Any] | None:
    if len(texts) < FEWEST or any(len(text) > LONGEST for text in texts if text is not None):
        return None
    found: list[Any] = []
    characters = 0
    try:
        for block in _blocks(texts, growth):
            check_stop()
            column = run(pa.array(block, pa.large_string()))
            if pa.types.is_large_string(column.type):
                characters += pc.sum(pc.utf8_length(column)).as_py() or 0
                refuse_characters(characters)
            found += column.to_pylist()
    except (pa.ArrowInvalid, UnicodeEncodeError):
        return None
    return found


def _blocks(texts: Texts, growth: int) -> Iterator[Texts]:
    work, begin = 0, 0
    for at, text in enumerate(texts):
        work += 64 + (0 if text is None else len(text) * (len(text) + growth))
        if work > BLOCK_WORK:
            yield texts[begin : at + 1]
            work, begin = 0, at + 1
    if begin < len(texts):
        yield texts[begin:]
