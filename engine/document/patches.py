"""JSON patches as QIX writes them: {qOp: add | replace | remove, qPath, qValue: JSON text}.

The operation is read in any case. Clients replace members that are not there yet, so `replace` adds.
A patch never changes the value it is given; it answers a new one that shares what did not change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from engine.errors import InvalidParameters

MAX_STEPS = 60

_OPERATIONS = {"add": "add", "replace": "replace", "remove": "remove", "0": "add", "1": "remove", "2": "replace"}


def apply_patches(value: dict[str, Any], patches: Iterable[object]) -> dict[str, Any]:
    """The value after all patches, in order. Raises InvalidParameters; then nothing has changed."""
    patched: Any = value
    for patch in patches:
        if not isinstance(patch, Mapping):
            raise InvalidParameters("A patch is an object with qOp, qPath and qValue.", "qPatches")
        operation = _OPERATIONS.get(str(patch.get("qOp", "add")).lower())
        if operation is None:
            raise InvalidParameters(f"Unknown operation {patch.get('qOp')!r}.", "qOp")
        new = None if operation == "remove" else _read_value(patch.get("qValue"))
        patched = _patched(patched, split_path(patch.get("qPath", "")), operation, new)
    if not isinstance(patched, dict):
        raise InvalidParameters("Properties have to be an object.", "qValue")
    return patched


def split_path(path: object) -> list[str]:
    """The steps of a JSON pointer; none for the whole ('' or '/')."""
    if not isinstance(path, str):
        raise InvalidParameters("A path is a text such as /qHyperCubeDef/qMeasures/0.", "qPath")
    steps = path.strip("/").split("/") if path.strip("/") else []
    if len(steps) > MAX_STEPS:
        raise InvalidParameters(f"A path of more than {MAX_STEPS} steps is refused.", "qPath")
    return [step.replace("~1", "/").replace("~0", "~") for step in steps]


def value_at(value: object, path: object) -> Any:
    """What stands at a path; None if there is nothing."""
    for step in split_path(path):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _read_value(text: object) -> Any:
    if not isinstance(text, str):
        raise InvalidParameters("qValue is the new value as JSON text.", "qValue")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidParameters(f"qValue is no JSON: {error}.", "qValue") from None


def _patched(value: Any, steps: list[str], operation: str, new: Any) -> Any:
    if not steps:
        if operation == "remove":
            raise InvalidParameters("The whole cannot be removed.", "qPath")
        return new
    if isinstance(value, dict):
        return _patched_object(value, steps, operation, new)
    if isinstance(value, list):
        return _patched_list(value, steps, operation, new)
    raise InvalidParameters(f"There is nothing at /{'/'.join(steps)}.", "qPath")


def _patched_object(value: dict[str, Any], steps: list[str], operation: str, new: Any) -> dict[str, Any]:
    step, rest = steps[0], steps[1:]
    if rest:
        if step not in value:
            raise InvalidParameters(f"There is no member {step}.", "qPath")
        return {**value, step: _patched(value[step], rest, operation, new)}
    if operation == "remove":
        return {key: inner for key, inner in value.items() if key != step}
    return {**value, step: new}


def _patched_list(value: list[Any], steps: list[str], operation: str, new: Any) -> list[Any]:
    step, rest = steps[0], steps[1:]
    adds = operation == "add" and not rest
    position = len(value) if step == "-" else int(step) if step.isdecimal() and len(step) < 10 else -1
    if not 0 <= position < len(value) + adds:
        raise InvalidParameters(f"There is no element {step} in the list.", "qPath")
    if rest:
        return [*value[:position], _patched(value[position], rest, operation, new), *value[position + 1 :]]
    if operation == "remove":
        return [*value[:position], *value[position + 1 :]]
    return [*value[:position], new, *value[position + (operation == "replace") :]]
