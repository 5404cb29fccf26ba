"""From Arrow tables to a model: encode columns, share symbol tables, make synthetic keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.data.column import Column
from engine.data.encode import Encoded, encode_column, merge_vectors
from engine.data.links import Synthetic, plan_links
from engine.data.locale import DEFAULT_LOCALE, Locale
from engine.data.model import Model
from engine.data.symbols import SymbolTable, codes_type
from engine.data.table import Table
from engine.errors import InvalidParameters

LARGEST_RADIX = 2**62


def build_model(tables: Sequence[tuple[str, pa.Table]], locale: Locale = DEFAULT_LOCALE) -> Model:
    """Load tables, in order, as one model.

    Columns of equal name are one field and link their tables. Schema metadata of a column may
    hold b"format", the JSON of a NumFormat. Raises InvalidParameters for names used twice in a
    place and for column types that hold no single value.
    """
    _check_names(tables)
    pieces: dict[str, list[tuple[str, Encoded]]] = defaultdict(list)
    for name, table in tables:
        for field in table.schema:
            pieces[field.name].append((name, encode_column(table.column(field.name), field, locale)))
    symbols: dict[str, SymbolTable] = {}
    columns: dict[str, dict[str, Column]] = {name: {} for name, _ in tables}
    for field_name, encoded in pieces.items():
        symbols[field_name], codes = _share([piece for _, piece in encoded], locale)
        for (name, _), own in zip(encoded, codes, strict=True):
            columns[name][field_name] = Column(field_name, own)

    rows = {name: table.num_rows for name, table in tables}
    plan = plan_links({name: list(held) for name, held in columns.items()}, rows)
    for synthetic in plan.synthetics:
        symbols[synthetic.name] = _compose(synthetic, columns, symbols)
        rows[synthetic.table] = symbols[synthetic.name].size
    made = {synthetic.table for synthetic in plan.synthetics}
    loaded = [Table(name, rows[name], held, name in made) for name, held in columns.items()]
    return Model(loaded, symbols, plan.graph, plan.loosened, plan.notes)


def _check_names(tables: Sequence[tuple[str, pa.Table]]) -> None:
    _refuse_repeats((name for name, _ in tables), "Two tables are called {}.")
    for name, table in tables:
        _refuse_repeats(table.column_names, f"Table {name} has two columns called {{}}.")


def _refuse_repeats(names: Iterable[str], message: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InvalidParameters(message.format(name), name)
        seen.add(name)


def _share(pieces: Sequence[Encoded], locale: Locale) -> tuple[SymbolTable, list[npt.NDArray[np.unsignedinteger]]]:
    """One symbol table for the columns of a field, and the columns' codes in it."""
    if len(pieces) == 1:
        vector, codes = pieces[0].vector, [pieces[0].codes]
    else:
        vector, maps = merge_vectors([piece.vector for piece in pieces], locale)
        codes = [own[piece.codes] for own, piece in zip(maps, pieces, strict=True)]
    symbols = SymbolTable.of_vector(vector, locale)
    kind = codes_type(symbols.size)
    return symbols, [own.astype(kind, copy=False) for own in codes]


def _compose(
    synthetic: Synthetic, columns: dict[str, dict[str, Column]], symbols: dict[str, SymbolTable]
) -> SymbolTable:
    """Make the key's symbols, its column in every member and the table of combinations.

    A combination with a NULL in it links nothing: each table gets its own symbol for it. A row
    with nothing but NULLs has no key.
    """
    sizes = [symbols[field].size for field in synthetic.fields]
    parts = [np.concatenate([columns[table][field].codes for table in synthetic.tables]) for field in synthetic.fields]
    rows = [len(columns[table][synthetic.fields[0]].codes) for table in synthetic.tables]
    nulls = np.array([part == size for part, size in zip(parts, sizes, strict=True)])
    owner = np.repeat(np.arange(1, len(rows) + 1), rows)
    key = np.where(nulls.any(axis=0), owner, 0)
    radix = len(rows) + 1
    for part, size in zip(parts, sizes, strict=True):
        if radix * (size + 1) > LARGEST_RADIX:
            encoded = pa.array(key).dictionary_encode()
            key, radix = encoded.indices.to_numpy().astype(np.int64), len(encoded.dictionary)
        key = key * (size + 1) + part
        radix *= size + 1
    encoded = pa.array(key, mask=nulls.all(axis=0)).dictionary_encode()
    count = len(encoded.dictionary)
    kind = codes_type(count)
    codes = encoded.indices.fill_null(count).to_numpy()
    first = np.zeros(count + 1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)

    starts = np.cumsum([0, *rows])
    for table, begin, end in zip(synthetic.tables, starts, starts[1:], strict=False):
        columns[table][synthetic.name] = Column(synthetic.name, codes[begin:end].astype(kind))
    held = {synthetic.name: Column(synthetic.name, np.arange(count).astype(kind))}
    for field, part in zip(synthetic.fields, parts, strict=True):
        held[field] = Column(field, part[first[:count]])
    columns[synthetic.table] = held
    return SymbolTable(np.arange(count, dtype=np.float64))
