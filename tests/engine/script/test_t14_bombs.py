"""T14: files made to exhaust or break whoever reads them.

Each gets an UnreadableFile that names it and says what to do; the process that asked lives on, and
the one that read never had more memory than its limit.
"""

import io
import pickle
import resource
import struct
import zipfile
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.errors import UnreadableFile
from engine.script import Limits, read_tables
from tests.engine.script.qvd_files import qvd_file
from tests.engine.script.workbooks import MAIN, ods, raw_workbook, sheet_of, zipped

LIMITS = Limits(
    memory=1 << 30,
    seconds=20,
    rows=5_000_000,
    columns=2_000,
    cells=20_000_000,
    decoded_bytes=128 << 20,
    file_bytes=32 << 20,
)

BOMBS: dict[str, Callable[[], bytes]] = {}


def bomb(name: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    def register(make: Callable[[], bytes]) -> Callable[[], bytes]:
        BOMBS[name] = make
        return make

    return register


def _cell(address: str, value: str = "1") -> str:
    return f'<c r="{address}"><v>{value}</v></c>'


def _text_cell(address: str, text: str) -> str:
    return f'<c r="{address}" t="inlineStr"><is><t>{text}</t></is></c>'


# Workbooks

BOMBS |= {
    "corner.xlsx": lambda: raw_workbook(
        sheet_of(f'<row r="1">{_cell("A1")}</row><row r="1048576">{_cell("XFD1048576")}</row>')
    ),
    "wide-corner.xlsx": lambda: raw_workbook(
        sheet_of(f'<row r="1">{_cell("A1")}</row><row r="1048576">{_cell("GR1048576")}</row>')
    ),
    "quoted-otherwise.xlsx": lambda: raw_workbook(
        sheet_of("<row r='1'><c t='n'  r = 'A1'><v>1</v></c></row><row><c r\n=\n'xfd1048576'><v>1</v></c></row>")
    ),
    "prefixed.xlsx": lambda: raw_workbook(
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        '<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row><x:row r="9"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    ),
    "escaped-address.xlsx": lambda: raw_workbook(
        sheet_of(f'<row r="1">{_cell("A1")}</row><row r="2">{_cell("&#88;FD1048576")}</row>')
    ),
    "beyond-the-sheet.xlsx": lambda: raw_workbook(
        sheet_of(f'<row r="1">{_cell("A1")}</row><row r="2">{_cell("ZZZ9999999")}</row>')
    ),
    "huge-cell.xlsx": lambda: raw_workbook(
        sheet_of(f'<row r="1">{_text_cell("A1", "a")}</row><row r="2">{_text_cell("A2", "x" * (160 << 20))}</row>')
    ),
    "huge-shared-text.xlsx": lambda: raw_workbook(
        sheet_of('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'),
        xl__sharedStrings_xml=f"<sst {MAIN}><si><t>{'x' * (160 << 20)}</t></si></sst>",
    ),
    "entities.xlsx": lambda: raw_workbook(
        '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
        + sheet_of(f'<row r="1">{_text_cell("A1", "&c;")}</row>')
    ),
    "cut.xlsx": lambda: raw_workbook(sheet_of(f'<row r="1">{_cell("A1")}</row>'))[:-200],
    "cut-sheet.xlsx": lambda: raw_workbook(f'<worksheet {MAIN}><sheetData><row r="1"><c r="A1" t="s"><v>'),
    "no-workbook.xlsx": lambda: zipped({"readme.txt": "nothing"}),
    "many-parts.xlsx": lambda: zipped({f"part{n}.xml": "" for n in range(20_000)}),
    "dangling-text.xlsx": lambda: raw_workbook(sheet_of('<row r="1"><c r="A1" t="s"><v>4294967295</v></c></row>')),
}


@bomb("zip.xlsx")
def _nested_zeros() -> bytes:
    return raw_workbook(sheet_of(_cell("A1")), xl__styles_xml=b"\0" * (160 << 20))


@bomb("forged-size.xlsx")
def _forged_size() -> bytes:
    """The directory says 10 bytes where 160 MB come out."""
    content = bytearray(raw_workbook(sheet_of(_text_cell("A1", "x" * (160 << 20)))))
    end = content.rindex(b"PK\x05\x06")
    position = struct.unpack_from("<I", content, end + 16)[0]
    while content[position : position + 4] == b"PK\x01\x02":
        name, extra, comment = struct.unpack_from("<HHH", content, position + 28)
        if content[position + 46 : position + 46 + name].startswith(b"xl/worksheets"):
            struct.pack_into("<I", content, position + 24, 10)
        position += 46 + name + extra + comment
    return bytes(content)


@bomb("overlapping.xlsx")
def _overlapping() -> bytes:
    """Many entries of the directory share one packed block."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * (50 << 20))
    content = out.getvalue()
    end = content.rindex(b"PK\x05\x06")
    start = struct.unpack_from("<I", content, end + 16)[0]
    directory = content[start:end]
    tail = bytearray(content[end:])
    struct.pack_into("<HHI", tail, 8, 50, 50, len(directory) * 50)
    return content[:start] + directory * 50 + bytes(tail)


REPEATED = (
    '<table:table table:name="S"><table:table-row table:number-rows-repeated="1048576">'
    '<table:table-cell office:value-type="string" table:number-columns-repeated="16384"><text:p>x</text:p>'
    "</table:table-cell></table:table-row></table:table>"
)
BOMBS["repeated.ods"] = lambda: ods(REPEATED)
BOMBS["cut.xls"] = lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 4096
BOMBS["password.xlsx"] = lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096)

# Parquet


def _parquet(table: pa.Table, **options: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)  # type: ignore[arg-type]
    return out.getvalue()


@bomb("rows.parquet")
def _billion_rows() -> bytes:
    """A billion equal rows in few bytes: ten thousand row groups of the same values."""
    out = io.BytesIO()
    group = pa.table({"n": pa.array(np.zeros(1_000_000, dtype=np.int64))})
    with pq.ParquetWriter(out, group.schema, compression="zstd") as writer:
        for _ in range(30):
            writer.write_table(group, row_group_size=1_000_000)
    return out.getvalue()


@bomb("texts.parquet")
def _long_texts() -> bytes:
    """Rows that share one long text in a dictionary: each becomes a copy of it."""
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 2_000, pa.int32()), ["x" * 1_000_000])
    return _parquet(pa.table({"t": texts}), compression="zstd", store_schema=False)


@bomb("huge-value.parquet")
def _huge_value() -> bytes:
    return _parquet(pa.table({"t": pa.array(["x" * (160 << 20)])}), compression="zstd")


@bomb("columns.parquet")
def _wide() -> bytes:
    return _parquet(pa.table({f"c{n}": [1] for n in range(5_000)}))


def _small_parquet() -> bytes:
    return _parquet(pa.table({"n": [1, 2, 3]}), compression="none", use_dictionary=False, write_statistics=False)


@bomb("cut.parquet")
def _cut_parquet() -> bytes:
    return b"PAR1" + _small_parquet()[-60:]


@bomb("footer-length.parquet")
def _footer_length() -> bytes:
    return _small_parquet()[:-8] + struct.pack("<I", 0xFFFFFFF0) + b"PAR1"


@bomb("forged-count.parquet")
def _forged_count() -> bytes:
    """The page's header says that it holds two billion values."""
    content = bytearray(_small_parquet())
    at = content.index(b"\x15\x06", 4)  # thrift: i32 field, zigzag of 3
    forged = b"\x15\xfe\xff\xff\xff\x0f"
    return bytes(content[:at] + forged + content[at + 2 :])


# Texts

BOMBS |= {
    "columns.csv": lambda: b",".join(b"c%d" % n for n in range(1_000_000)) + b"\n",
    "one-row.csv": lambda: b"x" * (20 << 20),
    "rows.csv": lambda: b"a\n" + b"1\n" * 6_000_000,
    "zeros.csv": lambda: b"a,b\n1,2\n" + bytes(100_000),
    "late-zeros.csv": lambda: b"a,b\n" + b"1,2\n" * 200_000 + bytes(100),
    "open-quote.csv": lambda: b'a,b\n1,"' + b"x,y\n" * 4_000_000,
    "ragged.csv": lambda: b"a,b\n" + b"1,2\n" * 100_000 + b"1,2,3\n",
    "pictures.csv": lambda: b"\x89PNG\r\n\x1a\n" + bytes(1000),
    "deep.json": lambda: b'[{"a":' + b"[" * 1_000_000,
    "deep-records.json": lambda: b"[" + b'{"a":' * 500 + b"1" + b"}" * 500 + b"]",
    "names.json": lambda: b"".join(b'{"k%d": 1}\n' % n for n in range(5_000)),
    "digits.json": lambda: b'[{"a": ' + b"9" * 1_000_000 + b"}]",
    "cut.json": lambda: b'[{"a": 1}, {"a": "' + b"x" * 1_000_000,
    "long-record.json": lambda: b'{"a": "' + b"x" * (31 << 20),
    "half-character.json": lambda: b'[{"a": "\xc3',
    "rows.qvd": lambda: qvd_file("T", {"n": [1]}, NoOfRecords=10**12),
    "symbols.qvd": lambda: qvd_file("T", {"n": [1, 2]}, field={"NoOfSymbols": 10**9}),
    "widths.qvd": lambda: qvd_file("T", {"n": [1, 2]}, field={"BitWidth": 4_000_000, "BitOffset": 4_000_000}),
    "offsets.qvd": lambda: qvd_file("T", {"n": [1, 2]}, field={"Offset": 2**40, "Length": 2**40}),
    "cut.qvd": lambda: qvd_file("T", {"n": ["a", "b"]})[:-4],
    "entities.qvd": lambda: qvd_file("&a;", {"n": [1]}).replace(
        b"<QvdTable", b'<!DOCTYPE a [<!ENTITY a "x">]><QvdTable', 1
    ),
    "empty.csv": lambda: b"",
    "large.csv": lambda: b"a\n" + b"1" * (33 << 20),
    "stream.csv": lambda: b"\xff\xff\xff\xff" + bytes(100),
    "pickle.csv": lambda: pickle.dumps([1, 2, 3]),
    "program.exe": lambda: b"MZ" + bytes(100),
}


@pytest.mark.parametrize("name", BOMBS)
def test_t14_bombs(name):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    content = BOMBS[name]()
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UnreadableFile) as refused:
        read_tables(name, io.BytesIO(content), LIMITS)
    message = refused.value.message
    assert message.startswith(f"{name}: ")
    assert message.endswith(".")
    assert message.count(". ") >= 1, "says what to do"
    assert "Traceback" not in message
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - max(before, used)
    assert grown * 1024 < LIMITS.decoded_bytes
    reader = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # starts with that of this process
    assert reader * 1024 < max(LIMITS.memory, used * 1024 + LIMITS.file_bytes)


def test_there_are_at_least_25():
    assert len(BOMBS) >= 25


def test_after_all_of_them_honest_files_are_read():
    assert read_tables("a.csv", io.BytesIO(b"a,b\n1,2\n"), LIMITS).tables[0].data.num_rows == 1
