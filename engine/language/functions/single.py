"""Registers functions of single values: written for one row, called once for each different one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from engine.data.dual import Vector
from engine.language.registry import Environment, function
from engine.language.values import MAX_TEXT, as_given, each_text, of_numbers, of_texts

_LARGEST_PLACE = 2**31


def textual(
    signature: str,
    help: str,
    takes: str,
    gives: str = "t",
    category: str = "string",
    by_column: Callable[..., list[Any] | None] | None = None,
) -> Callable[[Callable[..., Any]], Any]:
    """Register a function of single values.

    takes: t (text) or n (number) for each argument; with a * behind it the last one stands for any number more.
    gives: t or n. None is NULL, and so is every row with a NULL argument.
    by_column: the same for many texts and constants behind them at once; None where that cannot be.
    """

    def register(compute: Callable[..., Any]) -> Callable[..., Any]:
        def run(env: Environment, *arguments: Vector) -> Vector:
            kinds = takes
            if takes.endswith("*"):
                kinds = takes[:-1] + takes[-2] * (len(arguments) - len(takes) + 1)
            found = None if by_column is None else _at_once(env, by_column, arguments, kinds)
            if found is None:
                found = each_text(env, compute, *arguments, takes=kinds)
            if gives == "n":
                return of_numbers([np.nan if number is None else float(number) for number in found])
            return of_texts(None if text is None or len(text) > MAX_TEXT else text for text in found)

        function(signature, category, help)(run)
        return compute

    return register


def _at_once(
    env: Environment, run: Callable[..., list[Any] | None], arguments: Sequence[Vector], takes: str
) -> list[Any] | None:
    """The results for a column of texts and constants that are not NULL; None for other arguments."""
    text, *others = arguments
    if len(text) == 1 or any(len(other) != 1 for other in others):
        return None
    given = [as_given(other, env, kind)[0] for other, kind in zip(others, takes[1:], strict=False)]
    if any(value is None or value != value for value in given):
        return None
    return run(as_given(text, env, takes[0]), *given)


def whole(number: float) -> int:
    """The number cut to a whole one, within what a place in a text may be."""
    return int(max(min(number, _LARGEST_PLACE), -_LARGEST_PLACE))
