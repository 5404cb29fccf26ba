"""Number formats such as '#,##0.00', '0%', '0.0A', '0000-0000', '(hex)' or '(ROM)'.

A pattern is read once into a `NumberPattern`, which then writes or reads any number. Up to three
sections separated by ';' serve positive numbers, negative numbers and zero.
0 is a digit that is always shown, # one that is shown where needed; the separators of the locale
(or of the format itself) mark the decimals and the groups; everything before and behind is literal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from engine.data.dual import Bools, Floats

Whole = npt.NDArray[np.int64]

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ROMAN = (
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)
_RADIX_NAMES = {"(bin)": 2, "(oct)": 8, "(dec)": 10, "(hex)": 16}
_LARGEST_EXACT = 1e15
_FORGIVING = 1 + 2e-16
"""Forgives what a decimal such as 1.005 loses as a binary fraction."""
_LONGEST_ROMAN = 100_000
_MOST_DECIMALS = 30
MAX_PATTERN = 200
_FEW = 8
"""So few numbers are written faster one by one."""
_USUAL_GROUP = 3
_ZERO_SECTION = 2


def shortest(number: float, decimal_separator: str = ".", digits: int = 14) -> str:
    """A number in as few characters as show it with up to 14 significant digits.

    >>> shortest(0.1 + 0.2), shortest(3.0), shortest(1e20)
    ('0.3', '3', '1e+20')
    """
    if number == 0:
        return "0"
    text = f"{number:.{digits}g}"
    return text if decimal_separator == "." else text.replace(".", decimal_separator)


def rounded_digits(number: float, decimals: int) -> str:
    """|number| rounded half away from zero, as digits with at least one before the decimals.

    >>> rounded_digits(2.5, 0), rounded_digits(1.005, 2)
    ('3', '101')
    """
    scaled = abs(number) * 10.0**decimals
    if scaled < _LARGEST_EXACT:
        return str(math.floor(scaled * _FORGIVING + 0.5)).zfill(decimals + 1)
    exact = Fraction(repr(abs(number))) * 10**decimals
    return str(math.floor(exact + Fraction(1, 2))).zfill(decimals + 1)


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a pattern: what stands before and behind the digits, and how these go.

    integer: the template left of the decimals, its group separators taken out where they are regular.
    """

    prefix: str
    suffix: str
    integer: str
    least_decimals: int
    most_decimals: int
    group: int
    percent: bool
    abbreviate: bool
    literal: bool = False

    @property
    def is_usual(self) -> bool:
        """Whether the digits of a number below 10**15 stand as they are, or in groups of three."""
        is_plain = not (self.percent or self.abbreviate or self.literal) and self.group in (0, _USUAL_GROUP)
        return is_plain and self.most_decimals < 16 and self.integer.strip("#") in ("", "0")


@dataclass(frozen=True, slots=True)
class NumberPattern:
    """A pattern made ready for a pair of separators."""

    sections: tuple[Section, ...]
    decimal: str
    thousand: str
    radix: int = 0
    upper: bool = True
    roman: str = ""

    def write(self, number: float, abbreviations: str = "") -> str:
        """The text of a finite number."""
        if self.roman:
            return _write_roman(number, self.roman)
        if self.radix:
            return _write_radix(number, self.radix, self.upper)
        section, signed = self._choose(number)
        return self._write(section, number, signed, abbreviations)

    def write_all(self, numbers: Floats, abbreviations: str = "") -> list[str]:
        """What `write` gives for each of some finite numbers; usual patterns take them all at once."""
        section = self.sections[0] if self.sections and len(numbers) > _FEW else None
        if section is not None and section.is_usual and (len(self.sections) == 1 or bool((numbers > 0).all())):
            with np.errstate(over="ignore"):
                scaled = np.abs(numbers) * 10.0**section.most_decimals
            if bool((scaled < _LARGEST_EXACT).all()):
                return self._write_usual(section, numbers < 0, np.floor(scaled * _FORGIVING + 0.5).astype(np.int64))
        return [self.write(number, abbreviations) for number in numbers.tolist()]

    def _write_usual(self, section: Section, negative: Bools, units: Whole) -> list[str]:
        """The texts of numbers that are so many units of the last decimal. negative: whether a number is below 0."""
        least, most = section.least_decimals, section.most_decimals
        whole, rest = np.divmod(units, 10**most)
        texts = [f"{one:,}" for one in whole.tolist()] if section.group else [str(one) for one in whole.tolist()]
        if section.group and self.thousand != ",":
            texts = [text.replace(",", self.thousand) for text in texts]
        if "0" not in section.integer:
            texts = ["" if text == "0" else text for text in texts]
        if most:
            decimals = [f"{one:0{most}d}" for one in rest.tolist()]
            if least < most:
                decimals = [text.rstrip("0").ljust(least, "0") for text in decimals]
            pairs = zip(texts, decimals, strict=True)
            texts = [text + self.decimal + behind if behind else text for text, behind in pairs]
        before, minus = section.prefix, "-" + section.prefix
        is_below = (negative & (units != 0)).tolist()
        return [
            (minus if below else before) + (text or "0") + section.suffix
            for below, text in zip(is_below, texts, strict=True)
        ]

    def _choose(self, number: float) -> tuple[Section, bool]:
        if number < 0 and len(self.sections) > 1:
            return self.sections[1], False
        if number == 0 and len(self.sections) > 2:
            return self.sections[2], False
        return self.sections[0], True

    def _write(self, section: Section, number: float, signed: bool, abbreviations: str) -> str:
        symbol = ""
        if section.literal:
            return section.prefix
        if section.percent:
            number *= 100
            if not math.isfinite(number):
                return shortest(number)
        if section.abbreviate:
            number, symbol = _abbreviate(number, abbreviations)
        digits = rounded_digits(number, section.most_decimals)
        split = len(digits) - section.most_decimals
        whole, decimals = digits[:split], digits[split:]
        kept = max(section.least_decimals, len(decimals.rstrip("0")))
        decimals = decimals[:kept]
        body = self._write_whole(section, whole)
        if decimals:
            body += self.decimal + decimals
        negative = signed and number < 0 and bool(digits.strip("0"))
        # A pattern of # alone would show nothing of a 0, which nobody could read.
        return ("-" if negative else "") + section.prefix + (body or "0") + symbol + section.suffix

    def _write_whole(self, section: Section, whole: str) -> str:
        whole = whole.lstrip("0")
        least = section.integer.count("0")
        if not section.group:
            return _fill(section.integer, whole)
        whole = whole.zfill(least)
        first = len(whole) % section.group
        parts = [whole[:first]] if first else []
        parts += [whole[at : at + section.group] for at in range(first, len(whole), section.group)]
        return self.thousand.join(parts)

    def read(self, text: str, abbreviations: str = "") -> float | None:
        """The number a text in this format stands for, or None."""
        steps = _steps(abbreviations)
        if self.roman:
            return _read_roman(text)
        if self.radix:
            return _read_radix(text, self.radix)
        for place, section in enumerate(self.sections):
            number = _read_literal(section, place, text) if section.literal else self._read(section, text, steps)
            if number is not None:
                return -number if place == 1 and number else number
        return None

    def _read(self, section: Section, text: str, steps: Steps) -> float | None:
        text = text.strip()
        negative = text.startswith("-")
        body = text[1:] if negative else text
        prefix, suffix = section.prefix.strip(), section.suffix.strip()
        if not body.startswith(prefix) or not body.endswith(suffix) or len(body) < len(prefix) + len(suffix):
            return None
        body = body[len(prefix) : len(body) - len(suffix)].strip()
        power = 0
        if section.abbreviate:
            body, power = _without_symbol(body, steps)
        body = self._without_fill(section, body)
        number = read_plain(body, self.decimal, self.thousand, section.group or _USUAL_GROUP)
        if number is None:
            return None
        # Dividing keeps more than multiplying by a fraction does.
        number = number / 100 if section.percent else number
        number = number * 10.0**power if power >= 0 else number / 10.0**-power
        if not math.isfinite(number):
            return None
        return -number if negative else number

    def _without_fill(self, section: Section, body: str) -> str:
        """The digits of '12/34' in a template such as '00/00', whose own signs stand between them."""
        signs = {sign for sign in section.integer if sign not in "0#"}
        if not signs:
            return body
        whole, mark, rest = body.partition(self.decimal) if self.decimal else (body, "", "")
        return "".join(sign for sign in whole if sign not in signs) + mark + rest


def read_plain(text: str, decimal: str = ".", thousand: str = ",", group: int = _USUAL_GROUP) -> float | None:
    """A number written with the given separators, with sign and exponent if any; else None.

    Groups, where there are any, must have `group` digits each, the first one may have fewer.
    """
    text = text.strip()
    if not text or (not text.isascii() and not (decimal + thousand).strip()):
        return None
    whole, mark, rest = text.partition(decimal) if decimal else (text, "", "")
    if thousand and thousand in whole:
        whole = _join_groups(whole, thousand, group)
        if not whole:
            return None
    plain = whole + ("." if mark else "") + rest
    if not all(sign in "0123456789+-.eE" for sign in plain) or not any("0" <= sign <= "9" for sign in plain):
        return None
    try:
        number = float(plain)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _join_groups(whole: str, thousand: str, size: int) -> str:
    """The digits of '1,234,567' without separators; '' when the groups are not of that size."""
    first, *groups = whole.split(thousand)
    lead = first.lstrip("+-")
    if not 1 <= len(lead) <= size or not lead.isdigit() or not all(len(g) == size and g.isdigit() for g in groups):
        return ""
    return first + "".join(groups)


def number_pattern(pattern: str, decimal: str, thousand: str) -> NumberPattern:
    """The pattern made ready. Any text is a pattern; one without digits shows itself before the number.

    What stands behind MAX_PATTERN characters is left out.
    """
    return _ready(pattern[:MAX_PATTERN], decimal[:1], thousand[:1])


@lru_cache(maxsize=1024)
def _ready(pattern: str, decimal: str, thousand: str) -> NumberPattern:
    lowered = pattern.strip().lower()
    if lowered.startswith("(rom)"):
        return NumberPattern((), decimal, thousand, roman="upper" if "ROM" in pattern else "lower")
    radix = _radix(lowered)
    if radix:
        return NumberPattern((), decimal, thousand, radix, upper=pattern.strip()[1:4].isupper())
    first, *others = pattern.split(";")[:3]
    sections = (_section(first, decimal, thousand), *(_other_section(part, decimal, thousand) for part in others))
    return NumberPattern(sections, decimal, thousand)


def _radix(lowered: str) -> int:
    name = lowered[:5]
    if name in _RADIX_NAMES:
        return _RADIX_NAMES[name]
    if name.startswith("(r") and name.endswith(")") and name[2:4].isdigit() and 2 <= int(name[2:4]) <= 36:
        return int(name[2:4])
    return 0


def _other_section(part: str, decimal: str, thousand: str) -> Section:
    """The section of negative numbers or of zero: without digits it is shown instead of the number."""
    section = _section(part, decimal, thousand)
    return section if any(sign in "0#" for sign in part) else replace(section, literal=True)


def _section(part: str, decimal: str, thousand: str) -> Section:
    marks = [at for at, sign in enumerate(part) if sign in "0#"]
    if not marks:
        return Section(part, "", "0", 0, 10, 0, "%" in part, False)
    first, last = marks[0], marks[-1]
    prefix, core, suffix = part[:first], part[first : last + 1], part[last + 1 :]
    whole, mark, decimals = core.partition(decimal) if decimal else (core, "", "")
    if not mark:
        decimals = ""
    integer, group = whole, 0
    if thousand and thousand in whole:
        group = sum(sign in "0#" for sign in whole.rsplit(thousand, 1)[1])
        integer = whole.replace(thousand, "")
    places = [sign for sign in decimals if sign in "0#"][:_MOST_DECIMALS]
    abbreviate = suffix.startswith("A")
    return Section(
        prefix,
        suffix[1:] if abbreviate else suffix,
        integer,
        least_decimals=max((at + 1 for at, sign in enumerate(places) if sign == "0"), default=0),
        most_decimals=len(places),
        group=group,
        percent="%" in suffix or "%" in prefix,
        abbreviate=abbreviate,
    )


def _fill(template: str, whole: str) -> str:
    """Digits put into a template from the right; the leftmost place takes all that are left over."""
    if all(sign in "0#" for sign in template):
        return whole.zfill(template.count("0"))
    filled: list[str] = []
    rest = whole
    places = sum(sign in "0#" for sign in template)
    for sign in reversed(template):
        if sign not in "0#":
            if rest or "0" in template[: len(template) - len(filled)]:
                filled.append(sign)
            continue
        places -= 1
        digit = rest if places == 0 else rest[-1:]
        rest = rest[: len(rest) - len(digit)]
        filled.append(digit or ("0" if sign == "0" else ""))
    return "".join(reversed(filled))


Steps = tuple[tuple[int, str], ...]


def _read_literal(section: Section, place: int, text: str) -> float | None:
    """What a section without digits stands for: 0, if it is the one of zero."""
    return 0.0 if place == _ZERO_SECTION and text.strip() == section.prefix.strip() else None


def _without_symbol(body: str, steps: Steps) -> tuple[str, int]:
    """'1.2M' as ('1.2', 6)."""
    for power, symbol in steps:
        if symbol and body.endswith(symbol):
            return body[: -len(symbol)], power
    return body, 0


@lru_cache(maxsize=64)
def _steps(abbreviations: str) -> Steps:
    """'3:k;6:M;-3:m' as (exponent, symbol), largest first, with (0, '') among them."""
    steps = {0: ""}
    for entry in abbreviations.split(";"):
        exponent, mark, symbol = entry.partition(":")
        if mark and exponent.strip().lstrip("-").isdigit():
            steps[int(exponent)] = symbol
    return tuple(sorted(steps.items(), reverse=True))


def _abbreviate(number: float, abbreviations: str) -> tuple[float, str]:
    if number == 0:
        return number, ""
    exponent = math.floor(math.log10(abs(number)) + 1e-12)
    steps = _steps(abbreviations)
    power, symbol = next(((p, s) for p, s in steps if p <= exponent), steps[-1])
    return number / 10.0**power, symbol


def _whole(number: float) -> int:
    """The nearest whole number of |number|, halves up; adding 0.5 would change what has no fraction any more."""
    return math.floor(abs(number) + 0.5) if abs(number) < _LARGEST_EXACT else int(abs(number))


def _write_radix(number: float, radix: int, upper: bool) -> str:
    rest = _whole(number)
    digits = ""
    while rest:
        rest, digit = divmod(rest, radix)
        digits = _DIGITS[digit] + digits
    text = ("-" if number < 0 and digits else "") + (digits or "0")
    return text if upper else text.lower()


def _read_radix(text: str, radix: int) -> float | None:
    try:
        return float(int(text.strip(), radix))
    except (ValueError, OverflowError):
        return None


def _write_roman(number: float, case: str) -> str:
    rest = _whole(number)
    if rest == 0 or rest > _LONGEST_ROMAN:
        return shortest(number)
    text = "-" if number < 0 else ""
    for value, symbol in _ROMAN:
        text += symbol * (rest // value)
        rest %= value
    return text if case == "upper" else text.lower()


def _read_roman(text: str) -> float | None:
    text = text.strip()
    plain = read_plain(text)
    if plain is not None:
        return plain
    negative = text.startswith("-")
    rest, number = text.removeprefix("-").upper(), 0
    for value, symbol in _ROMAN:
        while rest.startswith(symbol):
            number += value
            rest = rest[len(symbol) :]
    return (-float(number) if negative else float(number)) if number and not rest else None
