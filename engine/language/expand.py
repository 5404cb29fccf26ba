"""Dollar-sign expansion: $(name), $(name(arguments)) and $(=expression) are replaced by text before parsing.

A variable's text is expanded in its turn; $1, $2 ... in it are the arguments. A variable whose text begins with '='
is worked out, as is $(=expression), by the caller's `work_out`. What names no variable stays as it stands, and the
parser complains about it where it is. Counts and lengths are limited, so that no variable can grow without end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from engine.errors import ExpressionError
from engine.language.tokens import MAX_LENGTH

MAX_NESTING = 20
"""How deeply expansions may stand inside each other or lead to each other."""

MAX_EXPANSIONS = 1000
"""How many expansions one expression may need."""

WorkOut = Callable[[str], str]

_PARAMETER = re.compile(r"\$([1-9])")
_QUOTES = {"'": "'", '"': '"', "[": "]"}


def expand(text: str, variables: Mapping[str, str], work_out: WorkOut | None = None) -> str:
    """The text with every expansion replaced.

    >>> expand("Sum($(measure)) * $(times(2))", {"measure": "Sales", "times": "$1 * 10"})
    'Sum(Sales) * 2 * 10'

    work_out: gives the value of an expression as text; without it, $(=...) and variables that begin with '=' are
    taken over as expressions in parentheses. Raises ExpressionError when a limit is passed.
    """
    if "$(" not in text:
        return text
    return _Expansion(variables, work_out).run(text, 0)


class _Expansion:
    """One expansion with its count."""

    def __init__(self, variables: Mapping[str, str], work_out: WorkOut | None) -> None:
        self.variables = variables
        self.work_out = work_out
        self.count = 0

    def run(self, text: str, level: int) -> str:
        if level > MAX_NESTING:
            raise ExpressionError(f"Variables refer to each other more than {MAX_NESTING} levels deep.")
        parts: list[str] = []
        at = length = 0
        while (start := text.find("$(", at)) >= 0:
            end = _closing(text, start + 2)
            if end < 0:
                break
            found = self._replacement(text[start + 2 : end], level)
            parts += [text[at:start], text[start : end + 1] if found is None else found]
            length += len(parts[-1]) + len(parts[-2])
            if length > MAX_LENGTH:
                raise ExpressionError(f"The expression grows beyond {MAX_LENGTH:,} characters by its variables.")
            at = end + 1
        return "".join(parts) + text[at:]

    def _replacement(self, inside: str, level: int) -> str | None:
        """What stands for $(inside); None when it names no variable."""
        self.count += 1
        if self.count > MAX_EXPANSIONS:
            raise ExpressionError(f"The expression needs more than {MAX_EXPANSIONS} dollar-sign expansions.")
        inside = self.run(inside, level + 1)
        if inside.lstrip().startswith("="):
            return self._worked_out(inside.lstrip()[1:])
        name, parenthesis, arguments = inside.strip().partition("(")
        value = self.variables.get(name.rstrip())
        if value is None or (parenthesis and not arguments.endswith(")")):
            return None
        if parenthesis:
            value = _with_arguments(value, arguments[:-1])
        value = self.run(value, level + 1)
        return self._worked_out(value.lstrip()[1:]) if value.lstrip().startswith("=") else value

    def _worked_out(self, expression: str) -> str:
        return f"({expression})" if self.work_out is None else self.work_out(expression)


def _with_arguments(value: str, arguments: str) -> str:
    given = _split(arguments)
    return _PARAMETER.sub(lambda place: given[int(place[1]) - 1] if int(place[1]) <= len(given) else "", value)


def _split(arguments: str) -> list[str]:
    """Arguments at the commas that stand in no parenthesis and no quotes."""
    found, begin, at, level = [], 0, 0, 0
    while at < len(arguments):
        sign = arguments[at]
        if sign in _QUOTES:
            close = arguments.find(_QUOTES[sign], at + 1)
            at = close if close >= 0 else len(arguments)
        level += (sign == "(") - (sign == ")")
        if sign == "," and level == 0:
            found.append(arguments[begin:at].strip())
            begin = at + 1
        at += 1
    return [*found, arguments[begin:].strip()]


def _closing(text: str, at: int) -> int:
    """The place of the ) that closes what opened before `at`; -1 if there is none."""
    level = 0
    while at < len(text):
        sign = text[at]
        if sign in _QUOTES:
            close = text.find(_QUOTES[sign], at + 1)
            at = close if close >= 0 else at
        elif sign == "(":
            level += 1
        elif sign == ")":
            if level == 0:
                return at
            level -= 1
        at += 1
    return -1
