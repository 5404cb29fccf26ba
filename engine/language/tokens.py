"""Text to tokens: the first step of reading an expression.

Every token knows where it stands. Texts are 'single quoted', names are bare, [bracketed], "double quoted" or
`back-quoted`; the closing sign doubled stands for itself. Comments are // to the end of the line and /* */.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from engine.errors import ExpressionError

MAX_LENGTH = 100_000
"""Characters of an expression after dollar-sign expansion."""


class Token(NamedTuple):
    """kind: 'number', 'text', 'name' (bare), 'field' (quoted name), 'op' or 'end'; value: without quotes."""

    kind: str
    value: str
    start: int
    end: int
    quote: str = ""


_SPACE = re.compile(r"(?:\s|//[^\n]*)+")
_NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NAME = re.compile(r"[^\W\d][\w.]*[#$]?|[@%#][\w.]+|\$[^\W\d]\w*")
_SET_NAME = re.compile(r"\$_?[0-9]+|\$")
_OPERATORS = ("<=", ">=", "<>", "<<", ">>", "::")
_SIGNS = frozenset("+-*/&=<>(),{}?:;")
_CLOSING = {"'": "'", '"': '"', "`": "`", "[": "]"}


def tokenize(text: str) -> list[Token]:
    """The tokens of an expression, an 'end' token last. Raises ExpressionError at what is no token."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"The expression is longer than {MAX_LENGTH:,} characters.", MAX_LENGTH, len(text))
    found: list[Token] = []
    at = _skip(text, 0)
    while at < len(text):
        token = token_at(text, at)
        found.append(token)
        at = _skip(text, token.end)
    found.append(Token("end", "", len(text), len(text)))
    return found


def _skip(text: str, at: int) -> int:
    """The place behind blanks and comments."""
    while True:
        blank = _SPACE.match(text, at)
        if blank:
            at = blank.end()
        elif text.startswith("/*", at):
            close = text.find("*/", at + 2)
            if close < 0:
                raise ExpressionError("This comment is not closed by */.", at, len(text))
            at = close + 2
        else:
            return at


def token_at(text: str, at: int) -> Token:
    """The token that begins at a place. Raises ExpressionError if none does."""
    sign = text[at]
    if sign in _CLOSING:
        return _quoted(text, at)
    if text.startswith("$(", at):
        raise ExpressionError("This dollar-sign expansion was not replaced: there is no such variable.", at, at + 2)
    number = _NUMBER.match(text, at)
    if number:
        return _checked_number(text, number)
    name = _NAME.match(text, at)
    if name:
        return Token("name", name.group(), at, name.end())
    identifier = _SET_NAME.match(text, at)
    if identifier:
        return Token("op", identifier.group(), at, identifier.end())
    pair = text[at : at + 2]
    if pair in _OPERATORS:
        return Token("op", pair, at, at + 2)
    if sign in _SIGNS:
        return Token("op", sign, at, at + 1)
    raise ExpressionError(f"Unexpected sign {sign!r}.", at, at + 1)


def _checked_number(text: str, number: re.Match[str]) -> Token:
    end = number.end()
    if end < len(text) and (text[end].isalpha() or text[end] == "_"):
        raise ExpressionError("A name that begins with a digit must stand in [brackets].", number.start(), end + 1)
    if float(number.group()) == float("inf"):
        raise ExpressionError("This number is too large.", number.start(), end)
    return Token("number", number.group(), number.start(), end)


def _quoted(text: str, at: int) -> Token:
    quote = text[at]
    closing = _CLOSING[quote]
    parts: list[str] = []
    begin = at + 1
    while True:
        close = text.find(closing, begin)
        if close < 0:
            raise ExpressionError(f"The closing {closing} is missing.", at, len(text))
        parts.append(text[begin:close])
        if not text.startswith(closing, close + 1):
            break
        parts.append(closing)
        begin = close + 2
    return Token("text" if quote == "'" else "field", "".join(parts), at, close + 1, quote)
