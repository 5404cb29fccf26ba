"""JSON: lines of records, an array of records, or an object that holds such arrays by name.

Read record by record, so that a file may be larger than memory. Records inside records become
columns with a point in their name; lists inside records are kept as JSON texts.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any, TextIO

import orjson

from engine.script.readers.cells import Cells
from engine.script.readers.sniff import find_encoding
from engine.script.readers.source import Found, Source

CHUNK = 1 << 20
LONGEST_RECORD = 1 << 26
"""Characters of one record."""

DEEPEST = 16
"""Records inside records that become columns."""

_SPACE = " \t\r\n\ufeff"


def read(source: Source) -> Iterator[Found]:
    """The tables of the file. Raises UnreadableFile naming the record at fault."""
    encoding = find_encoding(source)
    with codecs.getreader(encoding)(source.open()) as text:
        pieces = Pieces(source, text)  # type: ignore[arg-type]
        first = pieces.peek()
        if first == "[":
            pieces.skip()
            yield from _table(source, source.stem, pieces.items())
        elif first == "{":
            yield from _records_or_tables(source, pieces)
        else:
            raise source.refuse(
                "It is no JSON of records: it starts with neither [ nor {.",
                "Save the table as an array of records or as one record a line.",
            )


def _records_or_tables(source: Source, pieces: Pieces) -> Iterator[Found]:
    """One record a line; or a single object whose members are the tables."""
    records = pieces.lines()
    first = next(records)
    tables = {name: value for name, value in first.items() if _is_table(value)} if isinstance(first, dict) else {}
    if tables and pieces.peek() == "":
        for name, rows in tables.items():
            yield from _table(source, source.stem if len(tables) == 1 else name, iter(rows))
        return

    def again() -> Iterator[Any]:
        yield first
        yield from records

    yield from _table(source, source.stem, again())


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _table(source: Source, name: str, records: Iterator[Any]) -> Iterator[Found]:
    cells, places, lists = Cells(), dict[str, int](), set[str]()
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict):
            raise source.refuse(
                f"Item {number:,} of {name} is {_what(record)}, not a record.",
                'Every item must be a record with named values, such as {"a": 1}.',
            )
        row: list[Any] = [None] * len(places)
        for key, value in _flat(source, record, number, lists):
            position = places.get(key)
            if position is None:
                position = places[key] = cells.column(key)
                row.append(None)
                if len(places) > source.limits.columns:
                    raise source.refuse(
                        f"Up to record {number:,} there are more than {source.limits.columns:,} different names.",
                        "Names must be the same in all records; put what varies into values.",
                    )
            row[position] = value
        cells.add(row)
        if number > source.limits.rows or number * len(places) > source.limits.cells:
            raise source.refuse(f"{name} has more than {number:,} records.", "Load a part of it.")
    if not places:
        return
    schema, batches, notes = cells.finish()
    source.notes.extend(notes)
    source.notes.extend(f"{field} of {name} holds lists; they were read as texts." for field in sorted(lists))
    yield Found(name, schema, batches)


def _flat(
    source: Source, record: dict[str, Any], number: int, lists: set[str], before: str = "", depth: int = 0
) -> Iterator[tuple[str, Any]]:
    """Names and values of a record, those of records inside it with the outer name before a point."""
    if depth > DEEPEST:
        raise source.refuse(
            f"In record {number:,} records lie more than {DEEPEST} deep inside each other.",
            "Give the inner values names of their own in the outer record.",
        )
    for key, value in record.items():
        name = before + (key.strip() or "unnamed")
        if isinstance(value, dict):
            yield from _flat(source, value, number, lists, f"{name}.", depth + 1)
        elif isinstance(value, list):
            if value:
                lists.add(name)
            yield name, orjson.dumps(value).decode() if value else None
        else:
            yield name, value


def _what(value: Any) -> str:
    names = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


class Pieces:
    """A text read piece by piece, and the JSON values that follow each other in it."""

    def __init__(self, source: Source, text: TextIO) -> None:
        self._source = source
        self._text = text
        self._decoder = json.JSONDecoder()
        self._buffer = ""
        self._at = 0
        self._ended = False
        self._count = 0

    def _more(self, size: int = CHUNK) -> bool:
        """Read on; False at the end."""
        chunk = "" if self._ended else self._text.read(size)
        self._ended = not chunk
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        return bool(chunk)

    def peek(self) -> str:
        """The next character that is no space; empty at the end."""
        while True:
            while self._at < len(self._buffer):
                if self._buffer[self._at] not in _SPACE:
                    return self._buffer[self._at]
                self._at += 1
            if not self._more():
                return ""

    def skip(self) -> None:
        self._at += 1

    def value(self) -> Any:
        """The next value. It is complete only if something follows it or the text ends."""
        self._count += 1
        size = CHUNK
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
                if end < len(self._buffer) or not self._more(size):
                    self._at = end if end <= len(self._buffer) else len(self._buffer)
                    return value
                continue
            except RecursionError as error:
                raise self._refuse("is nested too deeply.", "Give inner values names of their own.") from error
            except json.JSONDecodeError as error:
                complaint = error.msg
            except ValueError as error:
                raise self._refuse(f"holds an impossible number ({error}).", "Write such numbers as texts.") from error
            if len(self._buffer) - self._at > LONGEST_RECORD:
                raise self._refuse(f"is longer than {LONGEST_RECORD >> 20} MB.", "Check that it is closed.")
            if not self._more(size):
                raise self._refuse(f"is no valid JSON: {complaint}.", "The file may be cut off; save it again.")
            size = min(size * 2, LONGEST_RECORD)

    def lines(self) -> Iterator[Any]:
        """Values one after the other."""
        while self.peek():
            yield self.value()

    def items(self) -> Iterator[Any]:
        """Values of an array whose bracket has been read, up to and with its end."""
        if self.peek() == "]":
            return
        while True:
            self.peek()
            yield self.value()
            mark = self.peek()
            self.skip()
            if mark == "]":
                if self.peek():
                    raise self._refuse("is the last, but something follows the array.", "Keep one array in a file.")
                return
            if mark != ",":
                found = f"{mark!r} follows" if mark else "the file ends"
                raise self._refuse(f"is not followed by a comma or the end: {found}.", "Save the file again.")

    def _refuse(self, cause: str, remedy: str) -> Exception:
        return self._source.refuse(f"Record {self._count:,} {cause}", remedy)
