"""Writes small QVD files with symbols of every type, as the format is publicly described."""

import struct
from typing import Any

Symbol = int | float | str | tuple[int | float, str] | None


def qvd_file(table: str, fields: dict[str, list[Symbol]], **header: Any) -> bytes:
    """A QVD file. A value is a number, a text, a dual (number, text) or None; `header` overrides its elements."""
    rows = len(next(iter(fields.values())))
    symbols, described, packed, offset, bit = b"", "", [0] * rows, 0, 0
    for name, values in fields.items():
        distinct = list(dict.fromkeys(value for value in values if value is not None))
        block = b"".join(map(_symbol, distinct))
        bias = -2 if None in values else 0
        codes = [distinct.index(value) - bias if value is not None else 0 for value in values]
        width = max(codes, default=0).bit_length()
        packed = [row | code << bit for row, code in zip(packed, codes, strict=True)]
        element = {
            "FieldName": name,
            "BitOffset": bit,
            "BitWidth": width,
            "Bias": bias,
            "NumberFormat": "<Type>UNKNOWN</Type><nDec>0</nDec><UseThou>0</UseThou><Fmt></Fmt><Dec></Dec><Thou></Thou>",
            "NoOfSymbols": len(distinct),
            "Offset": offset,
            "Length": len(block),
            "Comment": "",
            "Tags": "",
        }
        described += f"<QvdFieldHeader>{_xml(element | header.get('field', {}))}</QvdFieldHeader>\r\n"
        symbols, offset, bit = symbols + block, offset + len(block), bit + width
    size = (bit + 7) // 8
    element = {
        "QvBuildNo": 1,
        "CreatorDoc": "",
        "TableName": table,
        "Fields": described,
        "RecordByteSize": size,
        "NoOfRecords": rows,
        "Offset": len(symbols),
        "Length": size * rows,
    }
    body = _xml(element | {key: value for key, value in header.items() if key != "field"})
    text = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<QvdTableHeader>{body}</QvdTableHeader>\r\n'
    return text.encode() + b"\0" + symbols + b"".join(row.to_bytes(size, "little") for row in packed)


def _symbol(value: Symbol) -> bytes:
    match value:
        case (int() as number, str() as text):
            return b"\x05" + struct.pack("<i", number) + text.encode() + b"\0"
        case (number, text):
            return b"\x06" + struct.pack("<d", number) + text.encode() + b"\0"
        case int():
            return b"\x01" + struct.pack("<i", value)
        case float():
            return b"\x02" + struct.pack("<d", value)
        case _:
            return b"\x04" + str(value).encode() + b"\0"


def _xml(elements: dict[str, Any]) -> str:
    return "".join(f"<{name}>{value}</{name}>" for name, value in elements.items())
