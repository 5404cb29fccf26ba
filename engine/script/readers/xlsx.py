"""Workbooks (XLSX, XLSM, XLS, ODS): each sheet that holds a table becomes one.

Formulas give the values that were saved with them; macros and links to other files are never
followed. The table of a sheet may start anywhere; titles above it are passed over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
)

from engine.script.readers.cells import Cells
from engine.script.readers.sniff import has_header
from engine.script.readers.source import Found, Source
from engine.script.readers.zipped import check_workbook
from engine.script.tables import unique_names

LOOKED_AT = 100
"""Rows at the top of a sheet in which the table's header is looked for."""


def read(source: Source) -> Iterator[Found]:
    """The workbook's tables. Raises UnreadableFile naming the sheet at fault."""
    if source.head(2) == b"PK":
        check_workbook(source)
    try:
        with source.open() as file:
            workbook = CalamineWorkbook.from_filelike(file)
            sheets = [meta.name for meta in workbook.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
            found = [table for name in sheets if (table := _table(source, workbook, name)) is not None]
    except PasswordError as error:
        raise source.refuse(
            "The workbook is protected by a password.", "Take the password off and load it again."
        ) from error
    except (CalamineError, OSError) as error:
        raise _damaged(source, "", error) from error
    if len(found) == 1:
        found = [found[0]._replace(name=source.stem)]
    yield from found


def _table(source: Source, workbook: CalamineWorkbook, name: str) -> Found | None:
    try:
        sheet = workbook.get_sheet_by_name(name)
    except (CalamineError, OSError) as error:
        raise _damaged(source, f" in sheet {name}", error) from error
    rows = _rows(sheet)
    top = list(islice(rows, LOOKED_AT))
    start = _first_row(top)
    if start is None:
        return None
    names, body = _header(source, name, top[start:])
    used = [position for position, column in enumerate(names) if column is not None]
    if len(used) > source.limits.columns:
        raise source.refuse(
            f"Sheet {name} has {len(used):,} columns; at most {source.limits.columns:,} can be read.",
            "Leave columns out and load it again.",
        )
    cells = Cells()
    for column in unique_names(names[position] or f"{name}.{position + 1}" for position in used):
        cells.column(column)
    for row in chain(body, rows):
        if any(cell != "" for cell in row):
            cells.add([row[position] if position < len(row) else None for position in used])
    schema, batches, notes = cells.finish()
    source.notes.extend(notes)
    return Found(name, schema, batches)


def _rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    return iter(sheet.iter_rows()) if sheet.start is not None else iter(())


def _filled(row: Sequence[Any]) -> int:
    return sum(cell != "" for cell in row)


def _first_row(top: Sequence[Sequence[Any]]) -> int | None:
    """Where the table begins: the first row that is about as wide as most; None if there is nothing."""
    widths = [_filled(row) for row in top]
    if not any(widths):
        return None
    usual = max(Counter(width for width in widths if width).items(), key=lambda item: (item[1], item[0]))[0]
    return next(position for position, width in enumerate(widths) if width >= usual)


def _header(source: Source, sheet: str, rows: Sequence[list[Any]]) -> tuple[list[str | None], Sequence[list[Any]]]:
    """Names for the columns, None for one without name and values; and the rows below the header."""
    width = max(map(len, rows))
    texts = [[_shown(cell) for cell in row] + [""] * (width - len(row)) for row in rows]
    first = rows[0]
    named = all(isinstance(cell, str) for cell in first) or _years_or_texts(first)
    is_header = named and has_header([row for row in texts if any(row)])
    body = rows[1:] if is_header else rows
    names: list[str | None] = []
    for position in range(width):
        name = texts[0][position].strip() if is_header else ""
        empty = all(position >= len(row) or row[position] == "" for row in body)
        names.append(name or (None if empty else f"{sheet}.{position + 1}"))
    return names, body


def _years_or_texts(row: Sequence[Any]) -> bool:
    return all(isinstance(c, str) or (isinstance(c, int | float) and float(c).is_integer()) for c in row)


def _shown(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _damaged(source: Source, place: str, error: Exception) -> Exception:
    what = " ".join(str(error).split())[:200]
    return source.refuse(
        f"The workbook is damaged{place}: {what}.",
        "Open it in a spreadsheet program, save it as XLSX and load it again.",
    )
