"""What somebody types into the search line of a list.

* words: values that have a word beginning with one of them. `+word` has to be found, `-word` must not be, and
  `"several words"` are one.
* with `*`, `?` or `^`, or a comparison such as `>=5<10`: see search.py
* `~text`: values like it, the most similar first
* `=expression`: values for which it is true, under the present selections
* `(one|two)`, `(one&two)`: values that fit one of these, or both; a text in it has to fit as a whole
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt
import re2
from rapidfuzz import fuzz, process, utils

from engine.data.dual import Bools, Floats
from engine.data.ordering import ordered
from engine.data.symbols import SymbolTable
from engine.selection.search import LONGEST_PATTERN, WORD_BEGINS, compared, fits, with_match
from engine.stopping import check_stop

Range = tuple[int, int]
"""Where a match stands in a shown text: first character and number of characters."""

Highlight = Callable[[str], list[Range]]
Worth = Callable[[str], Bools]
"""For which values an expression is true [size]."""

LEAST_SIMILARITY = 60.0
"""Of 100; values that are less like the text are not found."""

_DEEPEST = 30
"""Brackets within brackets."""

_AT_ONCE = 20_000
"""Values that are compared before looking whether to stop."""


@dataclass(frozen=True)
class Matches:
    """codes: the values found, ascending, or the most similar first if they are ranked.

    highlight: which parts of a value's text were found.
    """

    codes: npt.NDArray[np.int32]
    highlight: Highlight
    is_ranked: bool = False

    @property
    def accepted(self) -> npt.NDArray[np.int32]:
        """What is taken when the search is accepted: all, of ranked ones the first."""
        return self.codes[:1] if self.is_ranked else self.codes


def search(symbols: SymbolTable, text: str, worth: Worth) -> Matches:
    """The values that somebody means who types `text`; nothing means all."""
    text = text.strip()[:LONGEST_PATTERN]
    if text.startswith("~") and len(text) > 1:
        scores = _similarities(symbols, text[1:])
        codes = ordered([-scores], len(scores))[: int((scores > 0).sum())]
        return Matches(codes.astype(np.int32), _nothing, is_ranked=True)
    found = _Compound(symbols, text, worth).read() if text.startswith("(") else None
    mask, highlight = found or _simple(symbols, text, worth) or _words(symbols, text)
    return Matches(np.flatnonzero(mask).astype(np.int32), highlight)


Found = tuple[Bools, Highlight]


def _nothing(shown: str) -> list[Range]:
    return []


def _whole(shown: str) -> list[Range]:
    return [(0, len(shown))]


def _simple(symbols: SymbolTable, text: str, worth: Worth) -> Found | None:
    """A comparison, an expression or a pattern; None if the text is none of these."""
    numbers = compared(symbols, text)
    if numbers is not None:
        return numbers, _whole
    if text.startswith("="):
        return worth(text[1:]), _nothing
    if any(sign in text for sign in "*?^"):
        parts = [part for part in re2.split(r"[*?^]+", text) if part]
        return fits(symbols, text), lambda shown: _places(shown, parts)
    return None


# -- words

_WORD = re.compile(r'([+-]?)"([^"]+)"?|([+-]?)(\S+)')


def _words(symbols: SymbolTable, text: str) -> Found:
    signs: dict[str, list[str]] = {"": [], "+": [], "-": []}
    for quoted_sign, quoted, sign, word in _WORD.findall(text):
        if not quoted and sign == "-" and word[:1].isdigit():
            sign, word = "", f"-{word}"  # a negative number
        signs[quoted_sign or sign].append(quoted or word)
    found = np.ones(symbols.size, dtype=np.bool_)
    if signs[""] and not signs["+"]:
        found = reduce(np.logical_or, [_with_word(symbols, word) for word in signs[""]])
    for word in signs["+"]:
        found = found & _with_word(symbols, word)
    for word in signs["-"]:
        found = found & ~_with_word(symbols, word)
    return found, lambda shown: _places(shown, [*signs["+"], *signs[""]], begins=True)


def _with_word(symbols: SymbolTable, word: str) -> Bools:
    """Which texts have a word that begins so."""
    return with_match(symbols, (WORD_BEGINS if word[0].isalnum() else "") + re2.escape(word))


def _places(shown: str, parts: list[str], *, begins: bool = False) -> list[Range]:
    """The first place of every part, in order of place. begins: only where a word begins."""
    folded = shown.lower()
    if len(folded) != len(shown):  # a few letters change their length; then nothing is marked
        return []
    places = [(_place(folded, part.lower(), begins=begins), len(part)) for part in parts]
    return sorted({place for place in places if place[0] >= 0})


def _place(text: str, part: str, *, begins: bool) -> int:
    at = text.find(part)
    while begins and at > 0 and part[0].isalnum() and text[at - 1].isalnum():
        at = text.find(part, at + 1)
    return at


# -- similar texts


def _similarities(symbols: SymbolTable, text: str) -> Floats:
    """How alike the values' texts are, up to 100; 0 for those that are not like it at all."""
    texts, scores = symbols.all_texts(), np.zeros(symbols.size)
    for start in range(0, symbols.size, _AT_ONCE):
        check_stop()
        similar = process.extract(
            text, texts[start : start + _AT_ONCE].tolist(), scorer=fuzz.WRatio, processor=utils.default_process,
            score_cutoff=LEAST_SIMILARITY, limit=None,
        )  # fmt: skip
        for _, score, at in similar:
            scores[start + at] = score
    return scores


# -- compound searches


class _Compound:
    """Reads `(a|b&c)`; `&` binds closer than `|`."""

    def __init__(self, symbols: SymbolTable, text: str, worth: Worth) -> None:
        self.symbols = symbols
        self.text = text
        self.worth = worth
        self.at = 0
        self.depth = 0

    def read(self) -> Found | None:
        """None if the brackets do not fit."""
        try:
            found = self._group()
        except ValueError:
            return None
        return found if self.at == len(self.text) else None

    def _group(self) -> Found:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ValueError("too deep")
        self.at += 1
        found = self._either()
        if self._next() != ")":
            raise ValueError("no bracket")
        self.at += 1
        self.depth -= 1
        self._skip_blanks()
        return found

    def _either(self) -> Found:
        return self._joined("|", np.logical_or, lambda: self._joined("&", np.logical_and, self._one))

    def _joined(self, sign: str, join: Callable[[Bools, Bools], Bools], inner: Callable[[], Found]) -> Found:
        mask, highlight = inner()
        marks = [highlight]
        while self._next() == sign:
            self.at += 1
            other, highlight = inner()
            mask = join(mask, other)
            marks.append(highlight)
        return mask, lambda shown: sorted({place for mark in marks for place in mark(shown)})

    def _one(self) -> Found:
        self._skip_blanks()
        if self._next() == "(":
            return self._group()
        text = self._text().strip()
        if text.startswith("~") and len(text) > 1:
            return _similarities(self.symbols, text[1:]) > 0, _nothing
        return _simple(self.symbols, text, self.worth) or (fits(self.symbols, text), _whole)

    def _text(self) -> str:
        """Up to the next sign of the compound; in an expression brackets and quotes hide these."""
        begin, inside, quote = self.at, 0, ""
        is_expression = self._next() == "="
        while (sign := self._next()) and (inside or quote or sign not in "|&)"):
            if is_expression:
                if quote or sign in "'\"":
                    quote = "" if sign == quote else quote or sign
                else:
                    inside += (sign == "(") - (sign == ")")
            self.at += 1
        return self.text[begin : self.at]

    def _skip_blanks(self) -> None:
        while self._next() == " ":
            self.at += 1

    def _next(self) -> str:
        return self.text[self.at : self.at + 1]
