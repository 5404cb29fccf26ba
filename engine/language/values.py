"""How functions look at vectors, and make them.

A vector is as long as the evaluation's size or of length 1 (a constant); numpy's broadcasting serves both.
A text that looks like a number, a date or an amount in the app's formats IS that number to whoever asks for numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from engine.data.dual import Bools, Dual, Floats, NumFormat, Objects, Vector
from engine.data.formats import format_vector, interpret
from engine.data.locale import Locale
from engine.errors import CalculationTooLarge
from engine.language.registry import Environment
from engine.stopping import AT_ONCE, check_stop, looking

TRUE, FALSE = -1.0, 0.0
MAX_TEXT = 1_000_000
"""Characters of a text that an operator or a function may make."""

MAX_CHARACTERS = 200_000_000
"""Characters of all texts that one function may make together."""

_CHECK_EVERY = 64
NO_TEXT: Any = None


def numbers(vector: Vector, locale: Locale) -> Floats:
    """The number of each value, NaN where there is none and the text does not look like one."""
    if vector.texts is None:
        return vector.numbers
    wanted = np.isnan(vector.numbers) & has_text(vector)
    if not wanted.any():
        return vector.numbers
    found = vector.numbers.copy()
    read: dict[str, float] = {}
    for at in looking(np.flatnonzero(wanted).tolist()):
        text = vector.texts[at]
        if text not in read:
            number = interpret(text, locale)
            read[text] = np.nan if number is None else number
        found[at] = read[text]
    return found


def texts(vector: Vector, locale: Locale) -> Objects:
    """The shown text of each value, None where it is NULL."""
    return format_vector(vector, locale)


def has_text(vector: Vector) -> Bools:
    """Where a value has a text of its own."""
    if vector.texts is None:
        return np.zeros(len(vector), dtype=bool)
    return np.asarray(np.not_equal(vector.texts, NO_TEXT), dtype=bool)


def is_null(vector: Vector) -> Bools:
    return np.isnan(vector.numbers) & ~has_text(vector)


def truth(vector: Vector, locale: Locale) -> Bools:
    """Where a value is true: a number other than 0. NULL and plain texts are not."""
    found = numbers(vector, locale)
    return np.asarray((found != 0) & ~np.isnan(found), dtype=bool)


def of_numbers(values: Any, format: NumFormat | None = None) -> Vector:
    """A vector of numbers; what is not finite is NULL."""
    found = np.asarray(values, dtype=np.float64)
    return Vector(np.where(np.isfinite(found), found, np.nan), None, format)


def of_truth(values: Bools, null: Bools | None = None) -> Vector:
    """-1 where true, 0 where false, NULL where `null`."""
    found = np.where(values, TRUE, FALSE)
    return Vector(found if null is None else np.where(null, np.nan, found))


def of_texts(values: Iterable[str | None]) -> Vector:
    """A vector of texts without numbers; None is NULL.

    Raises CalculationTooLarge when they have more than MAX_CHARACTERS together.
    """
    listed: list[str | None] = []
    characters = 0
    for text in values:
        listed.append(text)
        if not len(listed) % AT_ONCE:
            check_stop()
        if text is not None:
            characters += len(text)
            refuse_characters(characters)
    found = np.empty(len(listed), dtype=object)
    found[:] = listed
    check_stop()
    return Vector(np.full(len(listed), np.nan), found)


def of_duals(values: Sequence[tuple[float | None, str | None]]) -> Vector:
    """A vector of (number, text) pairs."""
    found = of_texts([text for _, text in values])
    given = np.array([np.nan if number is None else number for number, _ in values], dtype=np.float64)
    return Vector(given, found.texts)


def null_vector() -> Vector:
    return Vector(np.array([np.nan]))


def constant(vector: Vector) -> Dual | None:
    """The one value of a constant, None when the vector varies."""
    return vector.dual(0) if len(vector) == 1 else None


def broadcast(vectors: Sequence[Vector]) -> list[Vector]:
    """The vectors, all as long as the longest."""
    if not vectors:
        return []
    (size,) = np.broadcast_shapes(*((len(vector),) for vector in vectors))
    return [stretched(vector, size) for vector in vectors]


def stretched(vector: Vector, size: int) -> Vector:
    """A constant repeated `size` times; other vectors as they are."""
    if len(vector) == size:
        return vector
    return vector.take(np.zeros(size, dtype=np.intp))


def choose(condition: Bools, chosen: Vector, otherwise: Vector, env: Environment) -> Vector:
    """`chosen` where the condition holds, else `otherwise`.

    Formats differ: the texts of the formatted side become texts of its values.
    """
    size = np.broadcast_shapes((len(condition),), (len(chosen),), (len(otherwise),))[0]
    format = common_format([chosen, otherwise])
    sides = [chosen, otherwise]
    if format is None:
        sides = [with_texts(side, env.locale) for side in sides]
    first, second = (stretched(side, size) for side in sides)
    picked = np.where(condition, first.numbers, second.numbers)
    if first.texts is None and second.texts is None:
        return Vector(picked, None, format)
    left = first.texts if first.texts is not None else np.full(size, None, dtype=object)
    right = second.texts if second.texts is not None else np.full(size, None, dtype=object)
    return Vector(picked, np.where(condition, left, right), format)


def common_format(vectors: Sequence[Vector]) -> NumFormat | None:
    """The format that all vectors with numbers of no own text share, or None."""
    formats = {vector.format for vector in vectors if (~np.isnan(vector.numbers) & ~has_text(vector)).any()}
    return formats.pop() if len(formats) == 1 else None


def with_texts(vector: Vector, locale: Locale) -> Vector:
    """The same values, the texts that come from the vector's format made their own."""
    if vector.format is None:
        return vector
    return Vector(vector.numbers, texts(vector, locale))


def each_text(env: Environment, run: Callable[..., Any], *arguments: Vector, takes: str) -> list[Any]:
    """`run` over the values, one by one; None where one of them is NULL.

    takes: for each argument t (its text), n (its number) or d (the Dual). The same arguments are computed once.
    """
    columns = [as_given(vector, env, kind) for kind, vector in zip(takes, broadcast(arguments), strict=False)]
    known: dict[tuple[Any, ...], Any] = {}
    found: list[Any] = []
    characters = 0
    for number, row in enumerate(zip(*columns, strict=True)):
        if not number % AT_ONCE:
            check_stop()
        if row not in known:
            known[row] = result = None if any(value is None or value != value for value in row) else run(*row)
            characters += len(result) if isinstance(result, str) else 0
            if len(known) % _CHECK_EVERY == 0 or characters > MAX_CHARACTERS:
                check_stop()
                refuse_characters(characters)
        found.append(known[row])
    return found


def refuse_characters(characters: int) -> None:
    """Raises CalculationTooLarge where the texts of one function have more than MAX_CHARACTERS together."""
    if characters > MAX_CHARACTERS:
        raise CalculationTooLarge(f"The texts of a calculation have more than {MAX_CHARACTERS:,} characters.")


def as_given(vector: Vector, env: Environment, kind: str) -> list[Any]:
    """The values as a function of single values takes them: t (texts), n (numbers) or d (Duals)."""
    return _VIEWS[kind](vector, env)


_VIEWS: dict[str, Callable[[Vector, Environment], list[Any]]] = {
    "t": lambda vector, env: texts(vector, env.locale).tolist(),
    "n": lambda vector, env: numbers(vector, env.locale).tolist(),
}
