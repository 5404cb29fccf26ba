"""How a text file is written: encoding, delimiter, quoting, and where its header is.

Everything is decided on the first part of the file, except the encoding, which must hold for all of it.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from engine.script.readers.source import Source

SAMPLE_BYTES = 256 * 1024
SAMPLE_ROWS = 300
LONGEST_ROW = 8 * 1024 * 1024
CHUNK = 1 << 22

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = ("\t", ";", "|", ",")
"""In order of preference: with equal evidence, a comma is more likely a decimal comma or a part of texts."""

_DOUBLED = re.compile(r'[^\\,;\t|\r\n]""[^,;\t|\r\n]')
"""Two quotation marks inside a text: how most files write one."""

_NO_DELIMITER = "\x1f"


@dataclass(frozen=True, slots=True)
class Dialect:
    encoding: str
    delimiter: str
    quote: str
    escape: str | None
    names: tuple[str, ...]
    """Column names as the file gives them; empty where it gives none."""
    skip_lines: int
    """Lines before the first row of data."""

    def options(self) -> dict[str, Any]:
        """How to tell Python's own parser."""
        return _options(self.delimiter, self.quote, self.escape)


def _options(delimiter: str, quote: str, escape: str | None) -> dict[str, Any]:
    csv.field_size_limit(LONGEST_ROW * 2)
    return {"delimiter": delimiter, "quotechar": quote, "escapechar": escape, "doublequote": escape is None}


def sniff(source: Source) -> Dialect:
    """Find out how the file is written. Raises UnreadableFile for what is no text or has no rows."""
    encoding = find_encoding(source)
    text = _sample(source, encoding)
    if not text.strip():
        raise source.refuse("The file is empty.", "Choose a file with a header and rows.")
    told, text = _told_delimiter(text)
    quote = _find_quote(text)
    escape = "\\" if '\\"' in text and not _DOUBLED.search(text) else None
    delimiter = told or _find_delimiter(text, quote, escape)
    rows = _split(text, delimiter, quote, escape)
    width = Counter(len(row) for row, _ in rows if any(row)).most_common(1)[0][0]
    if width > source.limits.columns:
        raise source.refuse(
            f"The file has {width:,} columns; at most {source.limits.columns:,} can be read.",
            "Leave columns out, or turn columns into rows, and load it again.",
        )
    first = next(i for i, (row, _) in enumerate(rows) if len(row) == width and any(row))
    body = [row for row, _ in rows[first:] if len(row) == width]
    is_header = has_header(body)
    lines_before = rows[first - 1][1] if first else 0
    skip = (rows[first][1] if is_header else lines_before) + (1 if told else 0)
    names = tuple(cell.strip() for cell in body[0]) if is_header else ("",) * width
    return Dialect(encoding, delimiter, quote, escape, names, skip)


def find_encoding(source: Source) -> str:
    """The first of UTF-8, Windows-1252 and Latin-1 in which all of the file can be read, unless a mark says UTF-16."""
    head = source.head(SAMPLE_BYTES)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if b"\0" in head:
        return _unmarked_utf16(source, head)
    decoders = {name: codecs.getincrementaldecoder(name)() for name in ("utf-8", "cp1252")}
    done = 0
    with source.open() as file:
        while chunk := file.read(CHUNK):
            if b"\0" in chunk:
                raise _binary(source, done + chunk.index(b"\0"))
            if chunk.isascii() and not any(decoder.getstate()[0] for decoder in decoders.values()):
                done += len(chunk)
                continue
            done += len(chunk)
            for name, decoder in list(decoders.items()):
                try:
                    decoder.decode(chunk, final=done == source.size)
                except UnicodeDecodeError:
                    del decoders[name]
    return next(iter(decoders), "latin-1")


def _unmarked_utf16(source: Source, head: bytes) -> str:
    """UTF-16 without a mark: in a table, most characters have a zero as one of their two bytes."""
    for encoding, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if zeros.count(0) > 0.7 * len(zeros):
            try:
                head[: len(head) // 4 * 4].decode(encoding, "strict" if len(head) < SAMPLE_BYTES else "ignore")
            except UnicodeDecodeError:
                continue
            return encoding
    raise _binary(source, head.index(b"\0"))


def _binary(source: Source, position: int) -> Exception:
    return source.refuse(
        f"This is no text file: byte {position + 1:,} is zero.", "Save the table as CSV in UTF-8 and load it again."
    )


def _sample(source: Source, encoding: str) -> str:
    """The first part of the file, cut at a line's end; at least one line."""
    size = SAMPLE_BYTES
    while True:
        raw = source.head(size)
        text = codecs.getincrementaldecoder(encoding)().decode(raw)
        if len(raw) < size:
            break
        end = max(text.rfind("\n"), text.rfind("\r"))
        if end > 0:
            text = text[: end + 1]
            break
        if size >= LONGEST_ROW:
            raise source.refuse(
                f"The first row is longer than {LONGEST_ROW // 2**20} MB.",
                "Check that the file has line ends and is really a table.",
            )
        size *= 4
    if "\0" in text:
        raise _binary(source, text.index("\0"))
    return text.removeprefix("\ufeff")


def _told_delimiter(text: str) -> tuple[str | None, str]:
    """A first line 'sep=;', as spreadsheets write it."""
    first, _, rest = text.partition("\n")
    stated = first.strip()
    if stated.lower().startswith("sep=") and len(stated) == 5:
        return stated[4], rest
    return None, text


def _find_quote(text: str) -> str:
    starts = [
        sum(text.count(before + quote) + text.count(quote + before) for before in (*_DELIMITERS, "\n"))
        for quote in ('"', "'")
    ]
    return "'" if starts[1] > starts[0] and starts[0] == 0 and starts[1] >= 4 else '"'


def _split(text: str, delimiter: str, quote: str, escape: str | None) -> list[tuple[list[str], int]]:
    """The sample's first rows, each with the count of lines up to its end."""
    reader = csv.reader(io.StringIO(text, newline=""), **_options(delimiter, quote, escape))
    rows = []
    for row in reader:
        rows.append((row, reader.line_num))
        if len(rows) >= SAMPLE_ROWS:
            break
    return rows


def _find_delimiter(text: str, quote: str, escape: str | None) -> str:
    """The delimiter that cuts most rows into the same number of pieces, two at least."""
    best, best_score = _NO_DELIMITER, 0.0
    for delimiter in _DELIMITERS:
        counts = [len(row) for row, _ in _split(text, delimiter, quote, escape) if any(row)]
        width, rows = Counter(counts).most_common(1)[0]
        if width < 2:
            continue
        score = rows / len(counts)
        if delimiter != "," and score < 0.5 and best_score == 0.0:
            score *= 0.5
        if score > best_score + 1e-9:
            best, best_score = delimiter, score
    return best if best_score >= 0.3 else _NO_DELIMITER


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns rather than being one of the rows.

    A header has texts where the rows below have numbers or dates; where all is text, its cells
    do not come again below. Years that rise from column to column are names, too.
    """
    first, below = rows[0], rows[1:]
    if not below:
        return not any(_looks_like_value(cell) for cell in first)
    valued = [_looks_like_value(cell) for cell in first]
    if any(valued):
        return _rising_years([cell for cell, value in zip(first, valued, strict=True) if value]) and not all(valued)
    for position, cell in enumerate(first):
        column = [row[position] for row in below if row[position].strip()]
        if cell.strip() and column and sum(map(_looks_like_value, column)) > 0.8 * len(column):
            return True
    repeated = sum(cell in {row[position] for row in below} for position, cell in enumerate(first) if cell.strip())
    return repeated * 2 < len(first)


def _looks_like_value(cell: str) -> bool:
    """A number, date or time: starts with a digit or sign and holds nothing but what these are made of."""
    cell = cell.strip()
    return bool(cell) and any(c.isdigit() for c in cell) and all(c in "0123456789+-.,:/ TZeE%'" for c in cell)


def _rising_years(cells: Sequence[str]) -> bool:
    years = [int(cell) for cell in cells if cell.strip().isdigit() and len(cell.strip()) == 4]
    return len(years) == len(cells) >= 2 and all(1800 <= a < b <= 2200 for a, b in pairwise(years))
