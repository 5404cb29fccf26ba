"""Formatting gives a number its shown text; interpretation (names with #) reads a number from a text.

Num('#,##0.00') and the like keep the number and change how it is shown; Num# and the like keep the text.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.data.dual import NumFormat, Vector
from engine.data.formats import format_number, parse_number
from engine.language.registry import Environment, Implementation, function
from engine.language.values import NO_TEXT, broadcast, constant, has_text, numbers, of_duals, of_texts, texts
from engine.stopping import looking

_FORMATTED = {
    "Num": ("F", "the number with the given format string"),
    "Money": ("M", "the number as an amount of money"),
    "Date": ("D", "the number as a date"),
    "Time": ("T", "the number as a time of day"),
    "Timestamp": ("TS", "the number as a date and time"),
    "Interval": ("IV", "the number as a length of time"),
}
_SEPARATORS = "[, decimal_separator[, thousand_separator]]"


def _format(kind: str, arguments: tuple[str | None, ...]) -> NumFormat:
    pattern, decimal, thousand = (*(argument or "" for argument in arguments), "", "", "")[:3]
    plain = kind == "F" and not pattern
    return NumFormat("U" if plain else kind, pattern, decimal_separator=decimal, thousand_separator=thousand)


def _formatter(kind: str) -> Implementation:
    def run(env: Environment, value: Vector, *options: Vector) -> Vector:
        found = numbers(value, env.locale)
        fixed = [constant(option) for option in options]
        if all(option is not None for option in fixed):
            return Vector(found, None, _format(kind, tuple(option.text for option in fixed if option is not None)))
        return _format_each(env, kind, Vector(found), options)

    return run


def _format_each(env: Environment, kind: str, value: Vector, options: tuple[Vector, ...]) -> Vector:
    """When the format itself varies from value to value."""
    first, *others = broadcast([value, *options])
    columns = [texts(option, env.locale).tolist() for option in others]
    rows = zip(first.numbers.tolist(), *columns, strict=True)
    return of_duals(
        [
            (None, None)
            if number != number
            else (number, format_number(number, _format(kind, tuple(rest)), env.locale))
            for number, *rest in rows
        ]
    )


def _interpreter(kind: str) -> Implementation:
    def run(env: Environment, value: Vector, *options: Vector) -> Vector:
        first, *others = broadcast([value, *options])
        columns = [texts(option, env.locale).tolist() for option in others]
        shown = texts(first, env.locale).tolist()
        keep = has_text(first).tolist()
        read: dict[tuple[str | None, ...], float | None] = {}
        found: list[tuple[float | None, str | None]] = []
        for place, row in enumerate(looking(list(zip(shown, *columns, strict=True)))):
            if row not in read:
                read[row] = None if row[0] is None else parse_number(row[0], _format(kind, row[1:]), env.locale)
            known = first.numbers[place]
            number = read[row] if keep[place] and np.isnan(known) else float(known)
            found.append((None if number is None or number != number else number, row[0]))
        return of_duals(found)

    return run


def _register(register: Callable[[str, str], None]) -> None:
    for name in _FORMATTED:
        register(name, _SEPARATORS if name in ("Num", "Money") else "")


def _register_formatter(name: str, separators: str) -> None:
    kind, what = _FORMATTED[name]
    options = f"[, format{separators}]"
    function(f"{name}(number{options})", "formatting", f"Shows {what}.")(_formatter(kind))


def _register_interpreter(name: str, separators: str) -> None:
    kind, what = _FORMATTED[name]
    options = f"[, format{separators}]"
    function(f"{name}#(text{options})", "interpretation", f"Reads {what}.")(_interpreter(kind))


_register(_register_formatter)
_register(_register_interpreter)


@function("Dual(text, number)", "formatting", "One value that is shown as the text and counts as the number.")
def dual(env: Environment, text: Vector, number: Vector) -> Vector:
    shown, counted = broadcast([text, number])
    found = numbers(counted, env.locale)
    written = texts(shown, env.locale)
    return Vector(found, np.where(np.isnan(found), NO_TEXT, written))


@function("Text(value)", "formatting", "The shown text of the value, without its number.")
def text(env: Environment, value: Vector) -> Vector:
    return of_texts(texts(value, env.locale).tolist())
