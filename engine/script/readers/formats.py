"""Which reader takes which file: by its first bytes, and by its name where these do not tell."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module

from engine.script.readers.source import Found, Reader, Source
from engine.script.tables import unique_names

READERS = {
    "csv": "csv",
    "tsv": "csv",
    "tab": "csv",
    "txt": "csv",
    "xlsx": "xlsx",
    "xlsm": "xlsx",
    "xls": "xlsx",
    "ods": "xlsx",
    "parquet": "parquet",
    "json": "json",
    "jsonl": "json",
    "ndjson": "json",
    "qvd": "qvd",
}
"""Module of this package for each ending of a file's name."""

_SIGNS = {
    b"PAR1": ("a Parquet file", {"parquet"}),
    b"PK\x03\x04": ("a workbook or a packed file (zip)", {"xlsx", "xlsm", "ods"}),
    b"\xd0\xcf\x11\xe0": ("an old or a password-protected office document", {"xls"}),
}
"""First bytes that a format always has, and the endings that go with them."""

_UNPACK = "Unpack it and load the files inside."
_EXPORT = "Save its table as CSV or XLSX and load that."
_REFUSED = {
    b"ARROW1": ("an Arrow or Feather file", "Save the table as Parquet and load that."),
    b"\xff\xff\xff\xff": ("an Arrow stream", "Save the table as Parquet and load that."),
    b"\x80\x02": ("a Python pickle", "Save the table as Parquet or CSV and load that."),
    b"\x80\x03": ("a Python pickle", "Save the table as Parquet or CSV and load that."),
    b"\x80\x04": ("a Python pickle", "Save the table as Parquet or CSV and load that."),
    b"\x80\x05": ("a Python pickle", "Save the table as Parquet or CSV and load that."),
    b"\x1f\x8b": ("packed (gzip)", _UNPACK),
    b"BZh": ("packed (bzip2)", _UNPACK),
    b"\x28\xb5\x2f\xfd": ("packed (zstd)", _UNPACK),
    b"7z\xbc\xaf": ("packed (7z)", _UNPACK),
    b"%PDF": ("a PDF document", _EXPORT),
    b"\x89PNG": ("a picture", _EXPORT),
    b"SQLite format 3": ("a database", "Save its tables as CSV or Parquet and load these."),
}
"""What is known and never read. Arrow streams and pickles can carry code."""


def tables_in(source: Source) -> Iterator[Found]:
    """All tables of a file, each by a name of its own. Raises UnreadableFile, also if there is none."""
    taken: list[str] = []
    for found in reader_for(source)(source):
        if len(found.schema) > source.limits.columns:
            raise source.refuse(
                f"Table {found.name} has {len(found.schema):,} columns; at most {source.limits.columns:,} can be read.",
                "Leave columns out, or turn columns into rows, and load it again.",
            )
        taken = unique_names([*taken, found.name])
        yield found._replace(name=taken[-1])
    if not taken:
        raise source.refuse("There is no table in it.", "Choose a file with a header and rows.")


def reader_for(source: Source) -> Reader:
    """Choose the reader. Raises UnreadableFile where name and content are of no format that is read."""
    ending = os.path.splitext(source.name)[1].lower().removeprefix(".")
    head = source.head(16)
    if not head:
        raise source.refuse("The file is empty.", "Choose a file with a header and rows.")
    for sign, (what, remedy) in _REFUSED.items():
        if head.startswith(sign):
            raise source.refuse(f"The file is {what}.", remedy)
    if ending not in READERS:
        named = f"Files named .{ending} are not read." if ending else "The file's name has no ending."
        raise source.refuse(named, "Load CSV, TSV, XLSX, XLS, ODS, Parquet, JSON or QVD.")
    for sign, (what, endings) in _SIGNS.items():
        if head.startswith(sign) and ending not in endings:
            raise source.refuse(f"The file is named .{ending} but is {what}.", _way_out(what))
    for sign, (_, endings) in _SIGNS.items():
        if ending in endings and not head.startswith(sign):
            raise source.refuse(
                f"The file is named .{ending} but does not start like one.",
                "It may be damaged or of another format: save it again from the program it comes from.",
            )
    module = import_module(f"engine.script.readers.{READERS[ending]}")
    reader: Reader = module.read
    return reader


def _way_out(what: str) -> str:
    if "password" in what:
        return "Open it, take the password off and save it as XLSX."
    return "Give it the ending of its format, or unpack it, and load it again."
