"""The locale of an app: separators, names of days and months, formats of dates, times and money.

It plays the part of the SET statements at the head of a load script (ThousandSep, DateFormat ...).
A locale never changes; `layout()` is the qLocaleInfo that clients read.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from functools import cached_property
from typing import Any

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONG_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ABBREVIATIONS = "3:k;6:M;9:G;12:T;15:P;18:E;21:Z;24:Y;-3:m;-6:μ;-9:n;-12:p;-15:f;-18:a;-21:z;-24:y"


@dataclass(frozen=True)
class Locale:
    """What texts of numbers, dates and names look like.

    day names run from Monday; first_weekday counts from 0 = Monday; reference_day is the day of
    January that week 1 always holds (4: ISO 8601); with broken_weeks, weeks end with the year.
    """

    decimal_separator: str = "."
    thousand_separator: str = ","
    list_separator: str = ","
    money_decimal_separator: str = "."
    money_thousand_separator: str = ","
    money_format: str = "$#,##0.00;-$#,##0.00"
    date_format: str = "YYYY-MM-DD"
    time_format: str = "hh:mm:ss"
    timestamp_format: str = "YYYY-MM-DD hh:mm:ss[.fff]"
    month_names: tuple[str, ...] = MONTHS
    long_month_names: tuple[str, ...] = LONG_MONTHS
    day_names: tuple[str, ...] = DAYS
    long_day_names: tuple[str, ...] = LONG_DAYS
    first_weekday: int = 0
    broken_weeks: bool = False
    reference_day: int = 4
    first_month_of_year: int = 1
    collation: str = "en-US"
    numerical_abbreviation: str = ABBREVIATIONS

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Kept, because a locale is part of the key of every result."""
        return hash(astuple(self))

    def layout(self, current_year: int = 0) -> dict[str, Any]:
        """qLocaleInfo, every member. `current_year` is left to the caller, who owns the clock."""
        return {
            "qDecimalSep": self.decimal_separator,
            "qThousandSep": self.thousand_separator,
            "qListSep": self.list_separator,
            "qMoneyDecimalSep": self.money_decimal_separator,
            "qMoneyThousandSep": self.money_thousand_separator,
            "qCurrentYear": current_year,
            "qMoneyFmt": self.money_format,
            "qTimeFmt": self.time_format,
            "qDateFmt": self.date_format,
            "qTimestampFmt": self.timestamp_format,
            "qCalendarStrings": {
                "qDayNames": list(self.day_names),
                "qMonthNames": list(self.month_names),
                "qLongDayNames": list(self.long_day_names),
                "qLongMonthNames": list(self.long_month_names),
            },
            "qFirstWeekDay": self.first_weekday,
            "qBrokenWeeks": self.broken_weeks,
            "qReferenceDay": self.reference_day,
            "qFirstMonthOfYear": self.first_month_of_year,
            "qCollation": self.collation,
            "qNumericalAbbreviation": self.numerical_abbreviation,
        }


DEFAULT_LOCALE = Locale()
