"""Reading what people paste: addresses by commas, semicolons, lines or spaces, with names or without."""

from __future__ import annotations

import re
from typing import NamedTuple

from django.core.exceptions import ValidationError

from accounts.addresses import stored_form
from sharing.errors import BadRequest

MOST = 200
"""Addresses at a time."""
MAX_NAME = 100

_BRACKETED = re.compile(r"<\s*(?:mailto:)?([^<>]*)>")
# Commas within quotes or angle brackets separate nothing.
_LINE = re.compile(r'(?:"[^"\n]*"|[^;\n\r"]|")+')
_PIECE = re.compile(r'(?:"[^"]*"|<[^>]*>|[^,"<]|["<])+')


class Addressee(NamedTuple):
    address: str
    name: str = ""


def read_addressees(text: str) -> list[Addressee]:
    """Everybody named in a text, once each, in their stored form. BadRequest names what is no address."""
    found: dict[str, Addressee] = {}
    problems: list[str] = []
    for written, name in _written(text):
        try:
            address = stored_form(written)
        except ValidationError as error:
            problems.append(f"“{_short(written)}”: {' '.join(error.messages)}")
            continue
        found.setdefault(address, Addressee(address, name))
    if problems:
        raise BadRequest(" ".join(problems[:5]) + (f" And {len(problems) - 5} more." if len(problems) > 5 else ""))
    if len(found) > MOST:
        raise BadRequest(f"These are {len(found)} addresses; up to {MOST} can be taken at a time.")
    return list(found.values())


def _written(text: str) -> list[tuple[str, str]]:
    """(address as written, name) of each address."""
    return [found for line in _LINE.findall(text) for found in _written_in_line(line)]


def _written_in_line(line: str) -> list[tuple[str, str]]:
    """The same of one line; a piece without an address begins the name of the next one: Bee, Bob <bob@example.org>."""
    written: list[tuple[str, str]] = []
    prefix = ""
    for piece in _PIECE.findall(line):
        bracketed = _BRACKETED.findall(piece)
        if bracketed:
            name = _BRACKETED.sub(" ", piece)
            written += [(one.strip(), _clean(prefix, name)) for one in bracketed]
            prefix = ""
            continue
        words = piece.split()
        addresses = [word for word in words if "@" in word]
        if not addresses:
            prefix = f"{prefix}, {piece}".strip(", \t") if prefix else piece.strip()
            continue
        name = " ".join(word for word in words if "@" not in word) if len(addresses) == 1 else ""
        written += [(one.removeprefix("mailto:"), _clean(prefix, name)) for one in addresses]
        prefix = ""
    if prefix.strip():
        written.append((prefix, ""))
    return written


def _clean(*parts: str) -> str:
    plain = ("".join(character for character in part if character.isprintable()) for part in parts)
    words = (" ".join(part.replace('"', " ").split()) for part in plain)
    return ", ".join(word for word in words if word)[:MAX_NAME]


def _short(text: str) -> str:
    plain = "".join(character for character in text if character.isprintable()).strip()
    return plain if len(plain) <= 60 else plain[:57] + "…"
