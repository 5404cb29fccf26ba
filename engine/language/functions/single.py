"""Registers functions of single values: written for one row, called once for each different one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.data.dual import Vector
from engine.language.registry import Environment, function
from engine.language.values import MAX_TEXT, each_text, of_numbers, of_texts

_LARGEST_PLACE = 2**31


def textual(
    signature: str, help: str, takes: str, gives: str = "t", category: str = "string"
) -> Callable[[Callable[..., Any]], Any]:
    """Register a function of single values.

    takes: t (text) or n (number) for each argument; with a * behind it the last one stands for any number more.
    gives: t or n. None is NULL, and so is every row with a NULL argument.
    """

    def register(compute: Callable[..., Any]) -> Callable[..., Any]:
        def run(env: Environment, *arguments: Vector) -> Vector:
            kinds = takes
            if takes.endswith("*"):
                kinds = takes[:-1] + takes[-2] * (len(arguments) - len(takes) + 1)
            found = each_text(env, compute, *arguments, takes=kinds)
            if gives == "n":
                return of_numbers([np.nan if number is None else float(number) for number in found])
            return of_texts(None if text is None or len(text) > MAX_TEXT else text for text in found)

        function(signature, category, help)(run)
        return compute

    return register


def whole(number: float) -> int:
    """The number cut to a whole one, within what a place in a text may be."""
    return int(max(min(number, _LARGEST_PLACE), -_LARGEST_PLACE))
