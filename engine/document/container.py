"""The app file: a manifest that names immutable chunks. The format is described in docs/container-format.md.

A chunk's name is the SHA-256 of its bytes, so a chunk is written once, never changes, and is verified each
time it is read. Nothing is believed before it is verified: a byte that has changed anywhere ends in a
DamagedApp that names the chunk and what it held.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from engine.data.column import Column
from engine.data.dual import NumFormat
from engine.data.links import LinkGraph
from engine.data.locale import Locale
from engine.data.model import Model
from engine.data.symbols import SymbolTable, codes_type
from engine.data.table import Table
from engine.errors import DamagedApp

FORMAT = "associative-app"
VERSION = 1

_DIGEST = 64
_CODEC = pa.Codec("zstd", compression_level=3)
_SYMBOLS = pa.schema([("number", pa.float64()), ("text", pa.large_string())])


class ChunkStore(Protocol):
    """Where chunks are kept. A name is the digest of the content: the same name is the same content."""

    def put(self, name: str, data: bytes) -> None: ...

    def get(self, name: str) -> bytes:
        """The bytes of a chunk. Raises KeyError if there is none of that name."""

    def has(self, name: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk as the manifest names it; `size` is that of its bytes, `raw` that of what they unpack to."""

    name: str
    size: int
    raw: int


Chunks = dict[str, Chunk]
"""What is known to be kept: content ('symbols of field X', 'codes of field X in table T') -> chunk."""


def write_model(model: Model, known: Mapping[str, Chunk], store: ChunkStore) -> tuple[dict[str, Any], Chunks]:
    """Put the model's chunks into the store and describe it for the manifest.

    `known` chunks that the store has are neither written nor worked out anew.
    """
    kept: Chunks = {}

    def keep(content: str, encode: Callable[[], bytes]) -> dict[str, Any]:
        chunk = known.get(content)
        if chunk is None or not store.has(chunk.name):
            chunk = put_packed(encode(), store)
        kept[content] = chunk
        return asdict(chunk)

    fields = [
        {
            "name": name,
            "values": field.symbols.size,
            "format": None if field.symbols.format is None else asdict(field.symbols.format),
            "chunk": keep(_symbols_of(name), lambda s=field.symbols: _encode_symbols(s)),  # type: ignore[misc]
        }
        for name, field in model.fields.items()
    ]
    tables = [
        {
            "name": table.name,
            "rows": table.rows,
            "synthetic": table.is_synthetic,
            "columns": [
                {"field": name, "chunk": keep(_codes_of(name, table.name), lambda c=column: _encode_codes(c))}  # type: ignore[misc]
                for name, column in table.columns.items()
            ],
        }
        for table in model.tables.values()
    ]
    description = {
        "fields": fields,
        "tables": tables,
        "links": {"edges": model.links.edges, "loose": model.links.loose},
        "loosened": model.loosened,
        "notes": model.notes,
    }
    return description, kept


def read_model(description: Mapping[str, Any], store: ChunkStore, locale: Locale) -> tuple[Model, Chunks]:
    """The model of a manifest. Symbol tables are read now, a column's codes when they are first touched."""
    kept: Chunks = {}
    symbols: dict[str, SymbolTable] = {}
    for field in description["fields"]:
        content = _symbols_of(field["name"])
        kept[content] = Chunk(**field["chunk"])
        symbols[field["name"]] = _read_symbols(field, kept[content], content, store, locale)
    tables = []
    for table in description["tables"]:
        columns = {}
        for column in table["columns"]:
            content = _codes_of(column["field"], table["name"])
            kept[content] = Chunk(**column["chunk"])
            size = symbols[column["field"]].size
            load = _codes_loader(kept[content], content, table["rows"], size, store)
            columns[column["field"]] = Column(column["field"], loader=load)
        tables.append(Table(table["name"], table["rows"], columns, table["synthetic"]))
    links = description["links"]
    graph = LinkGraph(tuple(map(tuple, links["edges"])), tuple(map(tuple, links["loose"])))
    return Model(tables, symbols, graph, tuple(description["loosened"]), tuple(description["notes"])), kept


def seal_manifest(body: Mapping[str, Any]) -> bytes:
    """The manifest's bytes: the digest of its JSON text, a line feed, the JSON text."""
    text = orjson.dumps({"format": FORMAT, "version": VERSION, **body})
    return hashlib.sha256(text).hexdigest().encode() + b"\n" + text


def open_manifest(data: bytes) -> dict[str, Any]:
    """Verify and read a manifest. Raises DamagedApp."""
    digest, text = data[:_DIGEST], data[_DIGEST + 1 :]
    if hashlib.sha256(text).hexdigest().encode() != digest or data[_DIGEST : _DIGEST + 1] != b"\n":
        raise DamagedApp("The manifest of the app does not verify.", "manifest")
    body = orjson.loads(text)
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise DamagedApp("This is no app file.", "manifest")
    if body.get("version") != VERSION:
        raise DamagedApp(f"The app file has version {body.get('version')}; this engine reads {VERSION}.", "manifest")
    return body


def chunks_named(body: Mapping[str, Any]) -> list[str]:
    """Names of the chunks that a manifest refers to, each once."""
    model = body["model"]
    chunks = [body["presentation"], *(field["chunk"] for field in model["fields"])]
    chunks += [column["chunk"] for table in model["tables"] for column in table["columns"]]
    return list(dict.fromkeys(chunk["name"] for chunk in chunks))


def put_packed(data: bytes, store: ChunkStore) -> Chunk:
    """Compress and keep; a chunk that is there already is not written again."""
    packed = _CODEC.compress(data, asbytes=True)
    name = hashlib.sha256(packed).hexdigest()
    if not store.has(name):
        store.put(name, packed)
    return Chunk(name, len(packed), len(data))


def get_packed(chunk: Chunk, content: str, store: ChunkStore) -> bytes:
    """Read, verify and unpack. Raises DamagedApp naming the chunk and what it held."""
    try:
        packed = store.get(chunk.name)
    except KeyError:
        raise DamagedApp(f"Chunk {chunk.name} is missing; it held the {content}.", chunk.name) from None
    if hashlib.sha256(packed).hexdigest() != chunk.name:
        raise DamagedApp(f"Chunk {chunk.name} does not verify; it held the {content}.", chunk.name)
    try:
        return _CODEC.decompress(packed, decompressed_size=chunk.raw, asbytes=True) if chunk.raw else b""
    except (pa.ArrowInvalid, OSError):
        raise DamagedApp(f"Chunk {chunk.name} cannot be unpacked; it held the {content}.", chunk.name) from None


def _symbols_of(field: str) -> str:
    return f"values of field {field}"


def _codes_of(field: str, table: str) -> str:
    return f"column {field} of table {table}"


def _encode_symbols(symbols: SymbolTable) -> bytes:
    numbers = pa.array(symbols.numbers, mask=np.isnan(symbols.numbers))
    own = symbols.own_texts
    texts = pa.nulls(symbols.size, pa.large_string()) if own is None else pa.array(own, type=pa.large_string())
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, _SYMBOLS) as writer:
        writer.write_batch(pa.record_batch([numbers, texts], schema=_SYMBOLS))
    return bytes(sink.getvalue())


def _read_symbols(
    field: Mapping[str, Any], chunk: Chunk, content: str, store: ChunkStore, locale: Locale
) -> SymbolTable:
    try:
        table = pa.ipc.open_stream(get_packed(chunk, content, store)).read_all()
        table.validate(full=True)
    except pa.ArrowInvalid:
        raise DamagedApp(f"Chunk {chunk.name} cannot be read; it held the {content}.", chunk.name) from None
    if table.schema != _SYMBOLS or table.num_rows != field["values"]:
        raise DamagedApp(f"Chunk {chunk.name} does not fit the manifest; it held the {content}.", chunk.name)
    numbers = table.column("number").to_numpy(zero_copy_only=False).astype(np.float64)
    texts = table.column("text")
    own = None if texts.null_count == len(texts) else texts.to_numpy(zero_copy_only=False)
    form = None if field["format"] is None else NumFormat(**field["format"])
    return SymbolTable(numbers, own, form, locale)


def _encode_codes(column: Column) -> bytes:
    return column.codes.astype(column.codes.dtype.newbyteorder("<"), copy=False).tobytes()


def _codes_loader(
    chunk: Chunk, content: str, rows: int, size: int, store: ChunkStore
) -> Callable[[], npt.NDArray[np.unsignedinteger]]:
    kind = codes_type(size)

    def load() -> npt.NDArray[np.unsignedinteger]:
        data = get_packed(chunk, content, store)
        # Kernels gather by codes without a test: a code out of range must not get past here.
        if len(data) != rows * kind.itemsize:
            raise DamagedApp(f"Chunk {chunk.name} has a wrong length; it held the {content}.", chunk.name)
        codes = np.frombuffer(data, dtype=kind.newbyteorder("<")).astype(kind, copy=False)
        if rows and int(codes.max()) > size:
            raise DamagedApp(f"Chunk {chunk.name} holds a code out of range; it held the {content}.", chunk.name)
        return codes

    return load
