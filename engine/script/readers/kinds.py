"""Which kind of value a column of texts holds, decided over the whole column, and the way to it.

A column keeps the *styles* (ways to write numbers, dates, times) that all its values so far can be
read in. In the end none is left (text), one, or several that mean different values: 1,234 or
03/04/2025. Then the file's other columns decide, and after them its delimiter.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from engine.script.readers.dates import DATES, TIMES, DateStyle, TimeStyle

MISSING = frozenset(
    ["NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "None", "none", "\\N", "-", "--", "?", ".", "*"]
)
"""What files write for a missing value: missing in columns whose other values are numbers, dates or times."""

MISSING_IN_TEXTS = MISSING - {"-", "--", "?", ".", "*", "none"}
"""Those that are missing in texts too, if the same file uses them in such a column."""

MISSING_IN_LONG_TEXTS = MISSING_IN_TEXTS - {"None"}
LONGEST_CODE = 5
"""Among texts longer than this, `NA` is missing anyway; among short ones it is a code (Namibia, North America)."""

FIRST_LOOK = 200
"""So many values are tried with all styles before all the others are tried with those left."""


LONGEST_VALUE = 64
"""Characters that no number or date needs."""


@dataclass(frozen=True)
class NumberStyle:
    """Numbers with `decimal` as their point and one of `grouping` between thousands.

    A leading zero (007) or more than 15 digits make a code, not a number.
    """

    name: str
    decimal: str
    grouping: str
    family: str = "number"

    @property
    def pattern(self) -> str:
        whole = rf"(?:0|[1-9]\d{{0,14}}|[1-9]\d{{0,2}}(?:[{self.grouping}]\d{{3}}){{1,4}})"
        with_point = rf"(?:0|[1-9]\d{{0,17}}|[1-9]\d{{0,2}}(?:[{self.grouping}]\d{{3}}){{1,5}})?\{self.decimal}\d*"
        exponent = r"(?:[eE][+-]?\d{1,3})?"
        return rf"^[+-]?(?:(?:{with_point}|{whole}){exponent})$"

    def read(self, texts: pa.Array) -> pa.Array:
        """float64 for each text, null where it is no such number."""
        fits = pc.and_(
            pc.match_substring_regex(texts, self.pattern), pc.match_substring_regex(texts, r"\d[\d.,eE+-]*$|\d\.$")
        )
        plain = pc.replace_substring_regex(texts, rf"[{self.grouping}+]", "")
        if self.decimal != ".":
            plain = pc.replace_substring(plain, self.decimal, ".")
        return pc.cast(pc.if_else(fits, plain, None), pa.float64())


POINT = NumberStyle("point", ".", ",'’   ")
COMMA = NumberStyle("comma", ",", ".'’   ")

Style = NumberStyle | DateStyle | TimeStyle
STYLES: tuple[Style, ...] = (POINT, COMMA, *DATES, *TIMES)


@dataclass
class Column:
    """What is known of a column so far."""

    name: str
    alive: list[Style] = field(default_factory=lambda: list(STYLES))
    values_seen: bool = False
    longest: int = 0
    """Characters (bytes) of the longest text that is no marker of a missing value."""
    markers: set[str] = field(default_factory=set)
    whole: dict[str, bool] = field(default_factory=dict)
    """For each number style: whether all numbers are whole."""
    marks: bool = False
    """Whether a number holds a point or comma, so that styles differ."""
    timed: bool = False
    """Whether a date comes with a time other than midnight."""

    def look(self, texts: pa.Array) -> None:
        """Take note of some of the column's texts, distinct ones at best."""
        if POINT in self.alive and self._look_at_plain_numbers(texts):
            return
        texts = pc.drop_null(pc.utf8_trim_whitespace(texts) if self.alive else texts)
        is_marker = pc.is_in(texts, value_set=_MARKERS)
        self.markers.update(pc.filter(texts, is_marker).to_pylist())
        core = pc.filter(texts, pc.and_not(pc.not_equal(texts, ""), is_marker))
        self.longest = max(self.longest, pc.max(pc.binary_length(core)).as_py() or 0)
        if self.alive and not self.values_seen and len(core):
            first = core[0].as_py()
            self.alive = [
                style for style in self.alive if len(first) <= LONGEST_VALUE and _expression(style).match(first)
            ]
        for part in (core[:FIRST_LOOK], core[FIRST_LOOK:]):
            if len(part) and self.alive:
                self.values_seen = True
                self.alive = [style for style in self.alive if self._fits(style, part)]

    def _look_at_plain_numbers(self, texts: pa.Array) -> bool:
        """The quick way for what most columns hold; False, and nothing noted, if a text is no plain number."""
        for kind in (pa.int64(), pa.float64()):
            try:
                known = pc.count(pc.cast(texts, kind)).as_py()
            except pa.ArrowInvalid:
                continue
            if pc.any(pc.match_substring_regex(texts, _NOT_PLAIN)).as_py():
                return False
            if known:
                self.values_seen = True
                self._note_plain_numbers(texts, kind == pa.int64())
            return True
        return False

    def _note_plain_numbers(self, texts: pa.Array, whole: bool) -> None:
        self.alive = [style for style in self.alive if style is POINT or style is COMMA]
        self.whole["point"] = self.whole.get("point", True) and whole
        if whole:
            self.whole["comma"] = self.whole.get("comma", True)
        elif COMMA in self.alive:
            self.marks = True
            core = pc.drop_null(texts)
            if not all(self._fits(COMMA, part) for part in (core[:FIRST_LOOK], core[FIRST_LOOK:]) if len(part)):
                self.alive = [POINT]

    def _fits(self, style: Style, texts: pa.Array) -> bool:
        values = style.read(texts)
        if values.null_count:
            return False
        if isinstance(style, NumberStyle):
            whole = not pc.any(pc.match_substring_regex(texts, rf"[{style.decimal}eE]")).as_py()
            self.whole[style.name] = self.whole.get(style.name, True) and whole
            self.marks = self.marks or bool(pc.any(pc.match_substring_regex(texts, r"[.,]")).as_py())
        elif isinstance(style, DateStyle):
            self.timed = self.timed or bool(pc.any(pc.not_equal(values, pc.floor_temporal(values, unit="day"))).as_py())
        return True

    @property
    def ambiguous(self) -> bool:
        return len(self.alive) > 1 and (self.alive[0].family != "number" or self.marks)


_MARKERS = pa.array(sorted(MISSING))
_NOT_PLAIN = r"^[+-]?(?:0\d|\d{16})|[A-DF-Za-df-z\s]"
"""What Arrow takes for a number and we do not, or not so quickly: codes, long digits, NaN, hexadecimals."""


@cache
def _expression(style: Style) -> re.Pattern[str]:
    return re.compile(style.pattern, re.ASCII)


@dataclass(frozen=True)
class Kind:
    """A column's way from texts to values: `field` is its Arrow field."""

    field: pa.Field
    style: Style | None
    missing: pa.Array
    plain: bool = False
    """Whether no marker of a missing value was met, so that Arrow may read numbers itself."""

    def convert(self, texts: pa.Array) -> pa.Array:
        """Values of the field's type; null for what is missing."""
        if self.style is None and len(self.missing) == 1:
            return texts  # nothing but the empty text, which is null already
        if self.style is POINT and self.plain:
            try:
                return pc.cast(texts, self.field.type)
            except pa.ArrowInvalid:  # grouped thousands and the like, in some blocks
                pass
        if self.style is None:
            return pc.if_else(pc.is_in(texts, value_set=self.missing), None, texts)
        texts = pc.utf8_trim_whitespace(texts)
        texts = pc.if_else(pc.is_in(texts, value_set=self.missing), None, texts)
        return pc.cast(self.style.read(texts), self.field.type)


def decide(columns: list[Column], delimiter: str = ",") -> tuple[list[Kind], list[str]]:
    """The kind of every column, and notes about what could be read in two ways."""
    european = delimiter == ";"
    clear = [column.alive[0] for column in columns if len(column.alive) == 1 and column.values_seen]
    votes = Counter(style.order if isinstance(style, DateStyle) else style.name for style in clear)
    comma_first = (votes["comma"], european) > (votes["point"], not european)
    day_first = (votes["dmy"], european or comma_first) > (votes["mdy"], not (european or comma_first))
    valued = [column for column in columns if column.alive and column.values_seen]
    in_texts = MISSING_IN_TEXTS.intersection(*[[m for column in valued for m in column.markers]])
    kinds, notes = [], []
    for column in columns:
        style = _choose(column, comma_first, day_first) if column.values_seen else None
        if style is not None and column.ambiguous:
            notes.append(_note(column, style))
        missing = sorted(MISSING | {""}) if style is not None else sorted(_missing_texts(column, in_texts) | {""})
        kinds.append(Kind(_field(column, style), style, pa.array(missing), plain=not column.markers))
    return kinds, notes


def _missing_texts(column: Column, in_texts: frozenset[str]) -> frozenset[str]:
    return in_texts | MISSING_IN_LONG_TEXTS if column.longest > LONGEST_CODE else in_texts


def _choose(column: Column, comma_first: bool, day_first: bool) -> Style | None:
    def rank(style: Style) -> int:
        if isinstance(style, NumberStyle):
            return int((style is COMMA) != comma_first)
        if isinstance(style, DateStyle):
            return int((style.order == "dmy") != day_first)
        return 0

    return min(column.alive, key=rank, default=None)


def _note(column: Column, style: Style) -> str:
    if isinstance(style, NumberStyle):
        how = "a comma as decimal sign" if style is COMMA else "a comma between thousands and a point as decimal sign"
        return f"The numbers of {column.name} can be read in two ways; they were read with {how}."
    first = "day" if isinstance(style, DateStyle) and style.order == "dmy" else "month"
    return f"The dates of {column.name} can be read in two ways; they were read with the {first} first."


def _field(column: Column, style: Style | None) -> pa.Field:
    if isinstance(style, NumberStyle):
        return pa.field(column.name, pa.int64() if column.whole[style.name] else pa.float64())
    if isinstance(style, DateStyle):
        shown = style.shown(column.timed)
        kind = pa.timestamp("us") if column.timed else pa.date32()
        return pa.field(column.name, kind, metadata={b"format": orjson.dumps(shown)} if shown else None)
    if isinstance(style, TimeStyle):
        return pa.field(column.name, pa.time64("us"))
    return pa.field(column.name, pa.string())
