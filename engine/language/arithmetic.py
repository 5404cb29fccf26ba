"""What the operators compute, on vectors.

Rules of NULL, after the public page "Propagation of NULL values in expressions": arithmetic with NULL is NULL,
A & NULL is A, NULL compared with NULL is NULL, A <> NULL is true, any other comparison of A with NULL is false.
and, or, xor and not follow three-valued logic: NULL and 0 is 0, NULL or -1 is -1, otherwise NULL.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from engine.data.dual import Bools, Floats, Vector
from engine.data.ordering import BLOCK
from engine.language.registry import Environment
from engine.language.values import MAX_TEXT, broadcast, is_null, numbers, of_numbers, of_texts, of_truth, texts
from engine.language.wildcard import matches

BinaryOperation = Callable[[Environment, Vector, Vector], Vector]
UnaryOperation = Callable[[Environment, Vector], Vector]


def _arithmetic(compute: Callable[[Floats, Floats], Floats]) -> BinaryOperation:
    def run(env: Environment, left: Vector, right: Vector) -> Vector:
        with np.errstate(all="ignore"):
            return of_numbers(compute(numbers(left, env.locale), numbers(right, env.locale)))

    return run


def _comparison(compare: Callable[[Any, Any], Any], unlike_null: bool) -> BinaryOperation:
    """Numeric where both sides have or look like numbers, else by the texts."""

    def run(env: Environment, left: Vector, right: Vector) -> Vector:
        first, second = numbers(left, env.locale), numbers(right, env.locale)
        found: Bools = compare(first, second)
        null_left, null_right = is_null(left), is_null(right)
        textual = (np.isnan(first) | np.isnan(second)) & ~null_left & ~null_right
        if textual.any():
            found = _compare_texts(env, compare, left, right, textual, np.broadcast_to(found, textual.shape).copy())
        found = np.where(null_left ^ null_right, unlike_null, found)
        return of_truth(found, null_left & null_right)

    return run


def _compare_texts(
    env: Environment, compare: Callable[[Any, Any], Any], left: Vector, right: Vector, where: Bools, found: Bools
) -> Bools:
    places = np.flatnonzero(where)
    first, second = (texts(side.take(places) if len(side) > 1 else side, env.locale) for side in (left, right))
    found[places] = np.asarray(compare(first, second), dtype=bool)
    return found


def _text_relation(compare: Callable[[str, str], bool]) -> BinaryOperation:
    """A relation of texts only; NULL is handled as in the other comparisons."""

    def run(env: Environment, left: Vector, right: Vector) -> Vector:
        first, second = broadcast([left, right])
        pairs = zip(texts(first, env.locale).tolist(), texts(second, env.locale).tolist(), strict=True)
        found = np.array([a is not None and b is not None and compare(a, b) for a, b in pairs], dtype=bool)
        return of_truth(found, is_null(first) & is_null(second))

    return run


def _bitwise(compute: Callable[[Any, Any], Any]) -> BinaryOperation:
    """On signed 32-bit integers; operands are truncated."""

    def run(env: Environment, left: Vector, right: Vector) -> Vector:
        first, second = numbers(left, env.locale), numbers(right, env.locale)
        null = np.isnan(first) | np.isnan(second)
        found = compute(to_integers(first), to_integers(second))
        return of_numbers(np.where(null, np.nan, wrapped(found)))

    return run


def to_integers(values: Floats) -> Any:
    """Truncated to signed 32-bit integers (kept in 64 bits); NaN and what is too large become 0."""
    with np.errstate(all="ignore"):
        cut = np.trunc(values)
        cut = np.where(np.abs(cut) < 2.0**53, cut, 0.0)
        return wrapped(cut.astype(np.int64))


def wrapped(values: Any) -> Any:
    """64-bit integers folded into the range of signed 32-bit ones."""
    return ((values + 2**31) & (2**32 - 1)) - 2**31


def _shift_left(first: Any, second: Any) -> Any:
    return np.where((second >= 0) & (second < 32), first << np.clip(second, 0, 31), 0)


def _shift_right(first: Any, second: Any) -> Any:
    return np.where(second >= 0, first >> np.clip(second, 0, 31), 0)


def _concatenate(env: Environment, left: Vector, right: Vector) -> Vector:
    sides = broadcast([left, right])

    def shown(begin: int) -> Iterator[tuple[str | None, str | None]]:
        part = np.arange(begin, min(begin + BLOCK, len(sides[0])))
        return zip(*(texts(side.take(part), env.locale).tolist() for side in sides), strict=True)

    return of_texts(_joined(a, b) for begin in range(0, len(sides[0]), BLOCK) for a, b in shown(begin))


def _joined(a: str | None, b: str | None) -> str | None:
    """Both texts; NULL counts as nothing, and what would be too long is NULL."""
    if a is None or b is None:
        return b if a is None else a
    return a + b if len(a) + len(b) <= MAX_TEXT else None


def _logic(compute: Callable[[Bools, Bools, Bools, Bools], tuple[Bools, Bools]]) -> BinaryOperation:
    """compute(a, b, a is NULL, b is NULL) -> (true, NULL)."""

    def run(env: Environment, left: Vector, right: Vector) -> Vector:
        first, second = numbers(left, env.locale), numbers(right, env.locale)
        null_first, null_second = np.isnan(first), np.isnan(second)
        found, null = compute((first != 0) & ~null_first, (second != 0) & ~null_second, null_first, null_second)
        return of_truth(found, null)

    return run


def _and(a: Bools, b: Bools, null_a: Bools, null_b: Bools) -> tuple[Bools, Bools]:
    return a & b, (null_a & null_b) | (null_a & b) | (a & null_b)


def _or(a: Bools, b: Bools, null_a: Bools, null_b: Bools) -> tuple[Bools, Bools]:
    return a | b, (null_a | null_b) & ~(a | b)


def _xor(a: Bools, b: Bools, null_a: Bools, null_b: Bools) -> tuple[Bools, Bools]:
    return a ^ b, null_a | null_b


def _not(env: Environment, operand: Vector) -> Vector:
    found = numbers(operand, env.locale)
    return of_truth(found == 0, np.isnan(found))


def _bitnot(env: Environment, operand: Vector) -> Vector:
    found = numbers(operand, env.locale)
    return of_numbers(np.where(np.isnan(found), np.nan, ~to_integers(found)))


BINARY_OPERATIONS: dict[str, BinaryOperation] = {
    "+": _arithmetic(np.add),
    "-": _arithmetic(np.subtract),
    "*": _arithmetic(np.multiply),
    "/": _arithmetic(np.divide),
    "&": _concatenate,
    "=": _comparison(operator.eq, False),
    "<>": _comparison(operator.ne, True),
    "<": _comparison(operator.lt, False),
    "<=": _comparison(operator.le, False),
    ">": _comparison(operator.gt, False),
    ">=": _comparison(operator.ge, False),
    "and": _logic(_and),
    "or": _logic(_or),
    "xor": _logic(_xor),
    "like": _text_relation(lambda text, pattern: matches(text, pattern)),
    "precedes": _text_relation(operator.lt),
    "follows": _text_relation(operator.gt),
    "bitand": _bitwise(operator.and_),
    "bitor": _bitwise(operator.or_),
    "bitxor": _bitwise(operator.xor),
    "<<": _bitwise(_shift_left),
    ">>": _bitwise(_shift_right),
}

UNARY_OPERATIONS: dict[str, UnaryOperation] = {
    "+": lambda env, operand: of_numbers(numbers(operand, env.locale)),
    "-": lambda env, operand: of_numbers(-numbers(operand, env.locale)),
    "not": _not,
    "bitnot": _bitnot,
}
