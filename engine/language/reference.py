"""The page of the language, made of the registry: `python -m engine.language.reference > docs/expressions.md`."""

from __future__ import annotations

from collections.abc import Iterator

from engine.language.examples import SAMPLE, examples
from engine.language.functions import FUNCTIONS
from engine.language.functions.script_only import SCRIPT_ONLY
from engine.language.operators import BINDING, UNARY
from engine.language.registry import Function

_INTRODUCTION = """\
# Expressions

<!-- Made by `python -m engine.language.reference > docs/expressions.md`; a test keeps it so. -->

One language serves measures, calculated dimensions, labels, conditions and searches. Names of functions may be written
in any case, names of fields and texts may not. `'text'` is a text; `Field`, `[a field]` and `"a field"` are fields.

**Values.** A value is a dual: a text and, perhaps, a number. A text that looks like a number, a date or an amount in
the app's formats is that number to whoever asks for one. Dates are numbers: days since 1899-12-30, the time of day as
the fraction. True is -1, false is 0.

**NULL** is the absence of a value. Arithmetic with NULL, and most functions of it, give NULL; `&` takes it for nothing;
`<>` holds between NULL and a value, no other comparison does; `and`, `or`, `xor` and `not` follow three-valued logic.
An argument outside of what a function is defined for, such as `Sqrt(-1)`, gives NULL, too.

**Errors** are values of the measure in which they occur: a sentence with the place. The session goes on.

Where the public help pages of this language say what a function gives, it gives that. Every example below is a test;
`Now()` is 2024-05-15 13:45:30 in them. Examples of aggregates are worked out over these rows; those with `|` in their
result in a chart by Region, one part a row; those with `/` in a pivot table with Product at the top, one part a column:
"""

_FORMATS = """\
## Formats

**Numbers.** `0` is a digit that is always shown, `#` one that is shown where there is one; the decimal and the thousand
separator stand where they are to be shown, all else as it is. `%` multiplies by 100, `A` behind the digits abbreviates
by the app's table (k, M, G ...). Up to three sections between `;` serve positive numbers, negative ones and zero.
`(bin)`, `(oct)`, `(hex)`, `(r36)` and `(rom)` write in another base or in Roman numerals, in capitals if written so.

**Dates and times.** `YY` `YYYY` the year; `M` `MM` `MMM` `MMMM` the month as number, short and long name; `D` `DD` the
day; `W` `WW` the day of the week from 0 (Monday), `WWW` `WWWW` its names; `h` `hh` `m` `mm` `s` `ss` the time, `f` to
`fffffffff` fractions of seconds, `tt` or `TT` for am and pm. What stands between `[` and `]` is left out where it would
show only zeros. In intervals the largest unit takes all that there is.

"""


def document() -> Iterator[str]:
    """The lines of docs/expressions.md."""
    yield _INTRODUCTION
    yield from _table([line.split() for line in SAMPLE.strip().splitlines()])
    yield "\n## Operators\n\nFrom tight to loose; all group to the left.\n"
    yield from _table([["Operators", "", ""], *_operators()])
    yield "\n" + _FORMATS.rstrip() + "\n"
    yield "## Functions\n"
    for category in dict.fromkeys(function.category for function in FUNCTIONS.values()):
        yield f"### {category[0].upper()}{category[1:]}\n"
        rows = [_row(function) for function in FUNCTIONS.values() if function.category == category]
        yield from _table([["Function", "Meaning", "Example", "Result"], *rows])
        yield ""
    yield "## In load scripts only\n\nThese work on records while they are loaded, and are refused in charts:"
    yield ", ".join(sorted(SCRIPT_ONLY)) + "."


def _operators() -> Iterator[list[str]]:
    levels: dict[int, list[str]] = {}
    for op, binding in BINDING.items():
        levels.setdefault(binding, []).append(op)
    for _, ops in sorted(levels.items(), reverse=True):
        before = [op for op, binding in UNARY.items() if "sign" in ops or "not" in ops if BINDING[ops[0]] == binding]
        yield [" ".join(_code(op) for op in (before or ops)), "before one value" if before else "between two", ""]


def _row(function: Function) -> list[str]:
    example = examples().get(function.name.lower())
    shown = ["", ""] if example is None else [_code(example.expression), _code(example.result)]
    return [_code(function.signature), function.help, *shown]


def _code(text: str) -> str:
    """Code inside a table: a | would end the cell, blanks at the ends would go."""
    escaped = text.replace("|", "\\|")
    fence = "``" if "`" in text else "`"
    pad = " " if "`" in text or text != text.strip() or not text else ""
    return f"{fence}{pad}{escaped}{pad}{fence}"


def _table(rows: list[list[str]]) -> Iterator[str]:
    head, *body = rows
    columns = [place for place in range(len(head)) if any(row[place] for row in rows)]
    for number, row in enumerate([head, *body]):
        yield "| " + " | ".join(row[place] for place in columns) + " |"
        if number == 0:
            yield "|" + " --- |" * len(columns)


if __name__ == "__main__":
    print("\n".join(document()))
