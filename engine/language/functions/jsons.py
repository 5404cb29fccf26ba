"""Texts that hold JSON: looked into and changed by JSON pointers (RFC 6901), and built of names and values.

A text that is no JSON, or a path that leads nowhere, gives NULL. Texts come out without quotes, as values of the
language; objects and arrays come out as compact JSON.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson

from engine.data.dual import Vector
from engine.language.functions.single import textual
from engine.language.registry import Environment, function
from engine.language.values import MAX_TEXT, broadcast, of_duals, of_texts, of_truth, texts

_MISSING: Any = object()
_LARGEST_EXACT = 2**53
_KINDS: dict[str, tuple[type, ...]] = {
    "value": (object,),
    "array": (list,),
    "object": (dict,),
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def _read(text: str) -> Any:
    try:
        return orjson.loads(text) if len(text) <= MAX_TEXT else _MISSING
    except orjson.JSONDecodeError:
        return _MISSING


def _write(value: Any) -> str | None:
    """Compact JSON; None for what is nested too deeply to be written."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return None


def as_json(text: str) -> str:
    """A text as JSON: itself if it is JSON, else a JSON string."""
    value = _read(text)
    found = None if value is _MISSING else _write(value)
    return orjson.dumps(text).decode() if found is None else found


def _steps(path: str) -> list[str] | None:
    """The names on the way of a JSON pointer, or None if it is none."""
    if path == "":
        return []
    if not path.startswith("/"):
        return None
    return [step.replace("~1", "/").replace("~0", "~") for step in path[1:].split("/")]


def _place(step: str, size: int) -> int | None:
    """The place in an array that a step means; '-' is the one behind the last."""
    if step == "-":
        return size
    plain = step.isascii() and step.isdecimal() and (step == "0" or step[0] != "0") and len(step) < 10
    return int(step) if plain else None


def _down(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return value.get(step, _MISSING)
    if isinstance(value, list):
        place = _place(step, len(value))
        return value[place] if place is not None and place < len(value) else _MISSING
    return _MISSING


def _at(value: Any, steps: list[str] | None) -> Any:
    if steps is None:
        return _MISSING
    for step in steps:
        value = _down(value, step)
    return value


def _dual(value: Any) -> tuple[float | None, str | None]:
    """A JSON value as a value of the language; null is NULL, true is -1."""
    if value is _MISSING or value is None:
        return None, None
    if isinstance(value, bool):
        return (-1.0 if value else 0.0), "true" if value else "false"
    if isinstance(value, int | float):
        return float(value), None if abs(value) < _LARGEST_EXACT else _write(value)
    return None, value if isinstance(value, str) else _write(value)


@function("JsonGet(json, path)", "JSON", "The value that a JSON pointer such as '/a/0' leads to; NULL if none.")
def json_get(env: Environment, json: Vector, path: Vector) -> Vector:
    rows = list(_rows(env, json, path))
    known = {row: _dual(_at(_read(row[0]), _steps(row[1]))) for row in set(rows) if None not in row}
    return of_duals([known.get(row, (None, None)) for row in rows])


def _rows(env: Environment, *vectors: Vector) -> Any:
    return zip(*(texts(vector, env.locale).tolist() for vector in broadcast(vectors)), strict=True)


def _changed(value: Any, steps: list[str], new: Any) -> Any:
    """The value with `new` at the end of the way, `_MISSING` if there is no such way; new `_MISSING` takes out."""
    if not steps:
        return new
    above = _at(value, steps[:-1])
    if isinstance(above, dict):
        above.pop(steps[-1], None) if new is _MISSING else above.__setitem__(steps[-1], new)
        return value
    place = _place(steps[-1], len(above)) if isinstance(above, list) else None
    if place is None or place > len(above):
        return _MISSING
    above[place : place + 1] = [] if new is _MISSING else [new]
    return value


@textual("JsonSet(json, path, value)", "The JSON with the value, itself JSON, at the path.", "ttt", category="JSON")
def json_set(json: str, path: str, value: str) -> str | None:
    whole, steps, new = _read(json), _steps(path), _read(value)
    if whole is _MISSING or steps is None or new is _MISSING:
        return None
    changed = _changed(whole, steps, new)
    return None if changed is _MISSING else _write(changed)


def _loose(text: str) -> Any:
    """A text as JSON: as it is if it is some, else as a string."""
    value = _read(text)
    return text if value is _MISSING else value


@function(
    "JsonSetEx(json, path, value, ...)",
    "JSON",
    "The JSON with values at paths; a text that is no JSON is set as a string, NULL takes the place out.",
)
def json_set_ex(env: Environment, json: Vector, *pairs: Vector) -> Vector:
    rows = list(_rows(env, json, *pairs))
    known = {row: _set_all(row) for row in set(rows)}
    return of_duals([(None, known[row]) for row in rows])


def _set_all(row: tuple[str | None, ...]) -> str | None:
    json, *pairs = row
    whole = _MISSING if json is None or len(pairs) % 2 else _read(json)
    for path, value in zip(pairs[::2], pairs[1::2], strict=False):
        steps = None if path is None else _steps(path)
        if whole is _MISSING or steps is None:
            return None
        whole = _changed(whole, steps, _MISSING if value is None else _loose(value))
    return None if whole is _MISSING else _write(whole)


@function("JsonObject([name, value, ...])", "JSON", "A JSON object of names and values; a NULL value is left out.")
def json_object(env: Environment, *pairs: Vector) -> Vector:
    if not pairs:
        return of_duals([(None, "{}")])
    rows = list(_rows(env, *pairs))
    known = {row: _object(row) for row in set(rows)}
    return of_duals([(None, known[row]) for row in rows])


def _object(row: tuple[str | None, ...]) -> str | None:
    if len(row) % 2 or None in row[::2]:
        return None
    pairs = zip(row[::2], row[1::2], strict=True)
    return _write({name: _loose(value) for name, value in pairs if value is not None})


@function(
    "IsJson(text[, type])",
    "logical",
    "Whether the text is JSON, of a type if given: value, array, object, string, number, boolean or null.",
)
def is_json(env: Environment, text: Vector, type: Vector | None = None) -> Vector:
    kinds = type if type is not None else of_texts(["value"])
    rows = list(_rows(env, text, kinds))
    known = {row: _is(*row) for row in set(rows)}
    return of_truth(np.array([known[row] for row in rows], dtype=bool))


def _is(text: str | None, kind: str | None) -> bool:
    wanted = _KINDS.get((kind or "").lower(), ())
    value = _MISSING if text is None else _read(text)
    if isinstance(value, bool) and object not in wanted:
        return bool in wanted
    return value is not _MISSING and isinstance(value, wanted)
