"""The table of methods, read once from the catalogue: who may call what, with which parameters.

Parameters come by position or by name; what is left out, or null, gets the default of its kind. A parameter
of the wrong kind is refused with -32602, an unknown method with -32601.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import EngineError, UnknownMethod
from engine.qix.catalogue import METHODS

VERSION = "12.2027.0"
"""The version of the schema that is spoken."""

Implementation = Callable[..., dict[str, Any] | None]
"""What a method does: gets session, target and arguments by position; answers results by name, or None."""

# Kind of a parameter -> its default and the test a value has to pass.
KINDS: Mapping[str, tuple[Any, Callable[[Any], bool]]] = {
    "text": ("", lambda value: isinstance(value, str)),
    "whole": (0, lambda value: isinstance(value, int) and abs(value) < 2**53),
    "number": (0, lambda value: isinstance(value, int | float)),
    "yes": (False, lambda value: isinstance(value, bool) or value in (0, 1)),
    "list": ([], lambda value: isinstance(value, list)),
    "object": ({}, lambda value: isinstance(value, dict)),
    "any": (None, lambda value: True),
}

_LINE = re.compile(r"(?P<need>\w+) +(?P<name>\w+)\((?P<parameters>[^)]*)\)(?: -> (?P<results>.+))?")


class WrongParameters(EngineError):
    """Parameters that do not fit the method."""

    code = -32602


@dataclass(frozen=True, slots=True)
class Method:
    """One method. `parameters`: (name, kind) by position; `results`: names of its outputs, none for qReturn."""

    qix_class: str
    name: str
    need: str
    parameters: tuple[tuple[str, str], ...]
    results: tuple[str, ...]

    def bind(self, given: object) -> list[Any]:
        """The arguments by position. Raises WrongParameters."""
        if given is None:
            given = []
        if isinstance(given, Mapping):
            unknown = set(given) - {name for name, _ in self.parameters}
            if unknown:
                raise WrongParameters(f"{self.name} has no parameter {min(unknown)}.", min(unknown))
            given = [given.get(name) for name, _ in self.parameters]
        if not isinstance(given, list):
            raise WrongParameters("Parameters are a list or an object.", "params")
        if len(given) > len(self.parameters):
            raise WrongParameters(f"{self.name} takes {len(self.parameters)} parameters.", "params")
        missing = [None] * (len(self.parameters) - len(given))
        return [_checked(value, *known) for value, known in zip([*given, *missing], self.parameters, strict=True)]


def _checked(value: Any, name: str, kind: str) -> Any:
    default, fits = KINDS[kind]
    if value is None:
        return type(default)(default) if isinstance(default, list | dict) else default
    if kind == "whole" and isinstance(value, float) and value.is_integer():
        value = int(value)
    if not fits(value):
        raise WrongParameters(f"{name} has to be of the kind {kind}.", name)
    return value


def _read(catalogue: str) -> dict[tuple[str, str], Method]:
    table: dict[tuple[str, str], Method] = {}
    qix_class = ""
    joined = re.sub(r"\n {8,}", " ", catalogue)
    for line in joined.splitlines():
        if not line.startswith(" "):
            qix_class = line
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise ValueError(f"cannot read the line {line!r} of the catalogue")
        pairs = [one.split(":") for one in found["parameters"].split(", ") if one]
        parameters = tuple((name, kind) for name, kind in pairs)
        results = tuple((found["results"] or "").split())
        table[qix_class, found["name"]] = Method(qix_class, found["name"], found["need"], parameters, results)
    return table


TABLE: Mapping[tuple[str, str], Method] = _read(METHODS)


def method(qix_class: str, name: str) -> Method:
    """The method of that class and name. Raises UnknownMethod."""
    found = TABLE.get((qix_class, name))
    if found is None:
        raise UnknownMethod(f"{qix_class} has no method {name}.", name)
    return found
