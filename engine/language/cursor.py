"""A place in the list of tokens, with what every part of the parser needs: look, take, expect, complain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.errors import ExpressionError
from engine.language.tokens import Token, tokenize

MAX_DEPTH = 150
"""How deeply an expression may be nested, and how many nodes of its tree may stand above each other."""

TOO_DEEP = f"The expression is nested more than {MAX_DEPTH} levels deep."


class Cursor:
    """Reads the tokens of one text from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.at = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    @property
    def last_end(self) -> int:
        """Where the token taken last ends."""
        return self.tokens[self.at - 1].end if self.at else 0

    def ahead(self, steps: int = 1) -> Token:
        return self.tokens[min(self.at + steps, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.token
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def stands(self, *signs: str) -> bool:
        """Whether the next token is one of these operators."""
        return self.token.kind == "op" and self.token.value in signs

    def accept(self, sign: str) -> bool:
        """Take the next token if it is this operator."""
        if self.stands(sign):
            self.take()
            return True
        return False

    def expect(self, sign: str, after: str) -> Token:
        if not self.stands(sign):
            raise self.unexpected(f"{sign} {after}")
        return self.take()

    def unexpected(self, expected: str) -> ExpressionError:
        token = self.token
        found = "the end" if token.kind == "end" else self.text[token.start : token.end]
        return ExpressionError(f"Expected {expected}, but found {found}.", token.start, token.end)

    def word(self) -> str:
        """The next token in lower case if it is a bare name, else ''."""
        return self.token.value.lower() if self.token.kind == "name" else ""

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Count one level of nesting. Raises ExpressionError beyond MAX_DEPTH."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError(TOO_DEEP, self.token.start, self.token.end)
        yield
        self.depth -= 1
