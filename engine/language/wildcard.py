"""Patterns with wildcards: * for any run of signs, ? for any one sign; case does not matter.

An own matcher, linear in practice and never worse than pattern times text: users write these patterns, so no
backtracking engine may see them.
"""

from __future__ import annotations


def matches(text: str, pattern: str) -> bool:
    """Whether the whole text matches the pattern.

    >>> matches("Alpha", "al*"), matches("Alpha", "?p*"), matches("", "*")
    (True, False, True)
    """
    text, pattern = text.lower(), pattern.lower()
    at = place = 0
    star = resume = -1
    while at < len(text):
        if place < len(pattern) and pattern[place] == "*":
            star, resume, place = place, at, place + 1
        elif place < len(pattern) and pattern[place] in ("?", text[at]):
            at, place = at + 1, place + 1
        elif star >= 0:
            resume += 1
            at, place = resume, star + 1
        else:
            return False
    return all(sign == "*" for sign in pattern[place:])
