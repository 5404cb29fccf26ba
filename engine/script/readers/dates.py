"""Ways to write dates, timestamps and times, and reading them from texts, a column at a time.

A style fixes the order of day, month and year and the sign between them; a time of day may follow.
Timestamps with a zone are brought to UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

DAY = 86_400_000_000
"""Microseconds of a day."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LENGTHS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])

_CLOCK = r"(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?(?: ?(?P<p>[AaPp])\.?[Mm]\.?)?"
_ZONE = r"(?: ?(?P<z>Z|UTC|GMT|[+-]\d{2}:?\d{2}))?"

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class DateStyle:
    """Dates such as 31.12.2025: `order` of the parts, the `separator`, digits of the year, month by name."""

    order: str
    separator: str
    year_digits: int = 4
    named_month: bool = False
    family: str = "date"

    @cached_property
    def pattern(self) -> str:
        year = rf"(?P<y>\d{{{self.year_digits}}})"
        month = r"(?P<m>[A-Za-z]{3})[a-z]{0,6}\.?" if self.named_month else r"(?P<m>\d{1,2})"
        parts = {"y": year, "m": month, "d": r"(?P<d>\d{1,2})"}
        joint = ",? " if self.separator == " " else f"\\{self.separator}"
        date = joint.join(parts[part] for part in self.order)
        return rf"^{date}(?:(?:T|,? +){_CLOCK}{_ZONE})?$"

    def read(self, texts: pa.Array) -> pa.Array:
        """timestamp[us] for each text, null where it is no such date."""
        quick = self._read_iso(texts)
        if quick is not None:
            return quick
        found = pc.extract_regex(texts, pattern=self.pattern)
        year = _part(found, "y")
        if self.year_digits == 2:
            year = np.where(year < 69, year + 2000, year + 1900)
        month = _named_months(found) if self.named_month else _part(found, "m")
        day = _part(found, "d")
        days, real = _days(year, month, day)
        clock, told = _clock(found)
        micros = days * DAY + clock - _offset(found)
        valid = real & told & pc.is_valid(found).to_numpy(zero_copy_only=False)
        return pa.array(micros, type=pa.timestamp("us"), mask=~valid)

    def _read_iso(self, texts: pa.Array) -> pa.Array | None:
        """The way of the standard is read by Arrow itself, many times faster; None if it is not followed throughout."""
        if (self.order, self.separator, self.named_month) != ("ymd", "-", False):
            return None
        for kind in (pa.timestamp("us"), pa.timestamp("us", "UTC")):
            try:
                return pc.cast(texts, kind).cast(pa.timestamp("us"))
            except pa.ArrowInvalid:
                continue
        return None

    def shown(self, timed: bool) -> dict[str, str] | None:
        """The members of a NumFormat that shows dates as the file writes them; None for the standard's way."""
        if self.order == "ymd" and self.separator == "-":
            return None
        parts = {"y": "Y" * self.year_digits, "m": "MMM" if self.named_month else "MM", "d": "DD"}
        pattern = self.separator.join(parts[part] for part in self.order)
        return {"type": "TS", "pattern": f"{pattern} hh:mm:ss"} if timed else {"type": "D", "pattern": pattern}


@dataclass(frozen=True)
class TimeStyle:
    """Times of day: 9:05, 09:05:30.25, 9:05 pm."""

    name: str = "time"
    family: str = "time"
    pattern: str = f"^{_CLOCK}$"

    def read(self, texts: pa.Array) -> pa.Array:
        """time64[us] for each text, null where it is no time of day."""
        found = pc.extract_regex(texts, pattern=self.pattern)
        clock, told = _clock(found)
        valid = told & pc.is_valid(found).to_numpy(zero_copy_only=False)
        return pa.array(np.where(valid, clock, 0), type=pa.time64("us"), mask=~valid)


DATES: tuple[DateStyle, ...] = (
    *(DateStyle("ymd", separator) for separator in "-/."),
    *(DateStyle(order, separator) for order in ("dmy", "mdy") for separator in "./-"),
    *(DateStyle(order, separator, year_digits=2) for order in ("dmy", "mdy") for separator in "./"),
    *(DateStyle("dmy", separator, named_month=True) for separator in " -"),
    DateStyle("dmy", "-", year_digits=2, named_month=True),
    DateStyle("mdy", " ", named_month=True),
)
TIMES = (TimeStyle(),)


def _part(found: pa.Array, name: str) -> Longs:
    """A group of digits as numbers, 0 where it is absent."""
    texts = pc.struct_field(found, name)
    digits = pc.if_else(pc.equal(texts, ""), "0", texts)
    return pc.cast(pc.fill_null(digits, "0"), pa.int64()).to_numpy()


def _named_months(found: pa.Array) -> Longs:
    lower = pc.utf8_lower(pc.struct_field(found, "m"))
    return pc.fill_null(pc.add(pc.cast(pc.index_in(lower, value_set=pa.array(MONTHS)), pa.int64()), 1), 0).to_numpy()


def _days(year: Longs, month: Longs, day: Longs) -> tuple[Longs, npt.NDArray[np.bool_]]:
    """Days since 1970-01-01, and whether the calendar has such a day."""
    in_year = (month >= 1) & (month <= 12) & (year >= 1)
    safe_month, safe_year = np.where(in_year, month, 1), np.where(in_year, year, 2000)
    leap = (safe_year % 4 == 0) & ((safe_year % 100 != 0) | (safe_year % 400 == 0))
    length = np.where((safe_month == 2) & ~leap, 28, _LENGTHS[safe_month])
    first = ((safe_year - 1970) * 12 + safe_month - 1).astype("datetime64[M]").astype("datetime64[D]")
    return first.astype(np.int64) + day - 1, in_year & (day >= 1) & (day <= length)


def _clock(found: pa.Array) -> tuple[Longs, npt.NDArray[np.bool_]]:
    """Microseconds since midnight, and whether the clock has such a time."""
    hour, minute, second = (_part(found, name) for name in "HMS")
    half = pc.fill_null(pc.utf8_lower(pc.struct_field(found, "p")), "")
    twelve = pc.not_equal(half, "").to_numpy(zero_copy_only=False)
    told = (minute < 60) & (second < 60) & np.where(twelve, (hour >= 1) & (hour <= 12), hour < 24)
    afternoon = pc.equal(half, "p").to_numpy(zero_copy_only=False)
    hour = np.where(twelve, hour % 12 + 12 * afternoon, hour)
    digits = pc.fill_null(pc.struct_field(found, "f"), "")
    micros = pc.cast(pc.utf8_slice_codeunits(pc.utf8_rpad(digits, 6, "0"), 0, 6), pa.int64()).to_numpy()
    return ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros, told


def _offset(found: pa.Array) -> Longs | int:
    """Microseconds that the zone is ahead of UTC."""
    zone = pc.fill_null(pc.struct_field(found, "z"), "")
    if not pc.any(pc.match_substring_regex(zone, r"^[+-]")).as_py():
        return 0
    parts = pc.extract_regex(zone, pattern=r"^(?P<s>[+-])(?P<h>\d{2}):?(?P<n>\d{2})$")
    sign = np.where(
        pc.fill_null(pc.equal(pc.struct_field(parts, "s"), "-"), False).to_numpy(zero_copy_only=False), -1, 1
    )
    return sign * (_part(parts, "h") * 60 + _part(parts, "n")) * 60_000_000
