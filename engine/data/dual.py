"""The value of the engine: a dual, that is a text and, perhaps, a number; and columns of them.

Two duals are the same value if their numbers are equal or, without numbers, if their texts are
equal (case matters). NULL is the absence of a value: neither number nor text.
Dates are numbers: days since 1899-12-30, the time of day as the fraction.
True is -1 and false is 0, as everywhere in this language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt

from engine.data.ordering import picked

Floats = npt.NDArray[np.float64]
Objects = npt.NDArray[np.object_]
Bools = npt.NDArray[np.bool_]


class Dual(NamedTuple):
    """One value. `Dual(None, None)` is NULL; a number without a text of its own has text None."""

    number: float | None
    text: str | None

    @property
    def is_null(self) -> bool:
        return self.number is None and self.text is None


NULL = Dual(None, None)


@dataclass(frozen=True, slots=True)
class NumFormat:
    """How a number is shown; the members of QIX's FieldAttributes.

    `type` is one of U (unknown: shortest text), A (ASCII), I (integer), R (real), F (fixed),
    M (money), D (date), T (time), TS (timestamp), IV (interval); `pattern` is a format string
    such as '#,##0.00' or 'YYYY-MM-DD', empty for the default of the type.
    """

    type: str = "U"
    pattern: str = ""
    decimals: int = 10
    use_thousands: bool = False
    decimal_separator: str = ""
    thousand_separator: str = ""


@dataclass(frozen=True, slots=True)
class Vector:
    """A column of duals.

    numbers: float64, NaN where a value has no number.
    texts: object array of str or None, or None when no value has a text of its own.
    format: how numbers without a text of their own are shown (None: the shortest text).
    A value is NULL where the number is NaN and there is no text.
    """

    numbers: Floats
    texts: Objects | None = None
    format: NumFormat | None = None

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def is_null(self) -> Bools:
        missing = np.isnan(self.numbers)
        if self.texts is None:
            return missing
        return missing & np.equal(self.texts, None)  # type: ignore[call-overload]

    def take(self, index: npt.NDArray[np.integer] | Bools) -> Vector:
        """The values at `index`, in that order."""
        texts = None if self.texts is None else picked(self.texts, _positions(index))
        return Vector(self.numbers[index], texts, self.format)

    def part(self, part: slice) -> Vector:
        """The values of a slice, not copied."""
        return Vector(self.numbers[part], None if self.texts is None else self.texts[part], self.format)

    def dual(self, position: int) -> Dual:
        number = float(self.numbers[position])
        text = None if self.texts is None else self.texts[position]
        return Dual(number if number == number else None, text)

    @classmethod
    def constant(cls, value: Dual, size: int) -> Vector:
        numbers = np.full(size, np.nan if value.number is None else value.number)
        texts = None if value.text is None else np.full(size, value.text, dtype=object)
        return cls(numbers, texts)


def _positions(index: npt.NDArray[np.integer] | Bools) -> npt.NDArray[np.integer]:
    return np.flatnonzero(index) if index.dtype == np.bool_ else cast(npt.NDArray[np.integer], index)
