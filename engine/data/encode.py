"""Arrow columns to distinct duals and codes: the way from a file's values to a field's.

Load order is kept: the first value of a column gets code 0. One function a family of Arrow
types, found by table. No Python loop over rows or values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.types as pt

from engine.data.dual import Floats, NumFormat, Objects, Vector
from engine.data.formats import format_vector
from engine.data.hashing import numbered
from engine.data.locale import Locale
from engine.data.ordering import BLOCK
from engine.data.symbols import absent
from engine.errors import InvalidParameters
from engine.stopping import check_stop

UNIX_EPOCH = 25_569.0
"""1970-01-01 in days since 1899-12-30."""

DAY = 86_400e6
"""Microseconds of a day."""

EXACT = 2.0**53
"""Whole numbers up to here are exact in a float64."""


class Encoded(NamedTuple):
    """A column: distinct values in order of first appearance, and a code a row (NULL = count)."""

    numbers: Floats
    texts: Objects | None
    format: NumFormat | None
    codes: npt.NDArray[np.integer]

    @property
    def vector(self) -> Vector:
        return Vector(self.numbers, self.texts, self.format)


def encode_column(column: pa.ChunkedArray, field: pa.Field, locale: Locale) -> Encoded:
    """Encode one column. Raises InvalidParameters for types that hold no single value."""
    if pt.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    for matches, encode in _ENCODERS:
        if matches(column.type):
            encoded = encode(column, locale)
            stated = _stated_format(field)
            return encoded if stated is None else encoded._replace(format=stated)
    raise InvalidParameters(f"Column {field.name} has the type {column.type}, which holds no single value.")


def _stated_format(field: pa.Field) -> NumFormat | None:
    stated = (field.metadata or {}).get(b"format")
    return None if stated is None else NumFormat(**orjson.loads(stated))


def _dictionary(column: pa.ChunkedArray) -> tuple[pa.Array, npt.NDArray[np.integer]]:
    """Distinct values in order of first appearance, and codes with NULL = their count."""
    check_stop()
    encoded = column.dictionary_encode().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = pa.concat_arrays(encoded.chunks)
    indices = encoded.indices
    if indices.null_count:
        indices = indices.fill_null(len(encoded.dictionary))
    return encoded.dictionary, indices.to_numpy()


def _numbers(values: pa.Array) -> Floats:
    return np.asarray(values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)


def _encode_whole(column: pa.ChunkedArray, locale: Locale) -> Encoded:
    values, codes = _dictionary(column)
    numbers = _numbers(values)
    if len(numbers) and np.abs(numbers).max() > EXACT:
        return _distinct(numbers, None, None, codes)
    return Encoded(numbers, None, None, codes)


def _encode_float(column: pa.ChunkedArray, locale: Locale) -> Encoded:
    values, codes = _dictionary(column)
    numbers = _numbers(values) + 0.0  # -0.0 and 0.0 are one value
    if np.isnan(numbers).any() or np.count_nonzero(numbers == 0) > 1:
        return _distinct(numbers, None, None, codes)
    return Encoded(numbers, None, None, codes)


def _encode_decimal(column: pa.ChunkedArray, locale: Locale) -> Encoded:
    values, codes = _dictionary(column)
    return _distinct(_numbers(values), None, None, codes)


def _encode_bool(column: pa.ChunkedArray, locale: Locale) -> Encoded:
    values, codes = _dictionary(column)
    return Encoded(-_numbers(values.cast(pa.int8())), None, None, codes)


def _encode_date(column: pa.ChunkedArray, locale: Locale) -> Encoded:
    values, codes = _dictionary(column.cast(pa.date32()))
    return Encoded(_numbers(values.cast(pa.int32())) + UNIX_EPOCH, None, NumFormat("D", locale.date_format), codes)


def _encode_timestamp(column: pa.ChunkedArray, locale: Locale) -> Encoded:
    values, codes = _dictionary(column.cast(pa.timestamp("us", column.type.tz), safe=False))
    numbers = _numbers(values.cast(pa.int64())) / DAY + UNIX_EPOCH
    return Encoded(numbers, None, NumFormat("TS", locale.timestamp_format), codes)


def _encode_time(column: pa.ChunkedArray, locale: Locale) -> Encoded:
    values, codes = _dictionary(column.cast(pa.time64("us"), safe=False))
    return Encoded(_numbers(values.cast(pa.int64())) / DAY, None, NumFormat("T", locale.time_format), codes)


def _encode_duration(column: pa.ChunkedArray, locale: Locale) -> Encoded:
    values, codes = _dictionary(column.cast(pa.duration("us"), safe=False))
    return Encoded(_numbers(values.cast(pa.int64())) / DAY, None, NumFormat("IV", locale.time_format), codes)


def _encode_text(column: pa.ChunkedArray, locale: Locale) -> Encoded:
    values, codes = _dictionary(column)
    texts = np.asarray(values.to_numpy(zero_copy_only=False), dtype=object)
    return Encoded(np.full(len(texts), np.nan), texts, None, codes)


def _encode_dual(column: pa.ChunkedArray, locale: Locale) -> Encoded:
    """struct<number, text>: the same number is the same value, whatever its text."""
    flat = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    number, text = (part.cast(kind) for part, kind in zip(flat.flatten(), (pa.float64(), pa.string()), strict=True))
    numbers = number.to_numpy(zero_copy_only=False).astype(np.float64) + 0.0
    pair = _dictionary(pa.chunked_array([text]))
    ids = dual_ids(numbers, pair[1], len(pair[0]))
    codes, first = renumber(ids)
    texts = np.append(pair[0].to_numpy(zero_copy_only=False).astype(object), [None])[pair[1][first]]
    return Encoded(numbers[first], _unless_empty(texts), None, codes)


def _encode_nothing(column: pa.ChunkedArray, locale: Locale) -> Encoded:
    return Encoded(np.empty(0), None, None, np.zeros(len(column), dtype=np.uint8))


Encoder = Callable[[pa.ChunkedArray, Locale], Encoded]

_ENCODERS: list[tuple[Callable[[pa.DataType], bool], Encoder]] = [
    (pt.is_integer, _encode_whole),
    (pt.is_floating, _encode_float),
    (lambda kind: pt.is_string(kind) or pt.is_large_string(kind) or pt.is_string_view(kind), _encode_text),
    (pt.is_boolean, _encode_bool),
    (pt.is_decimal, _encode_decimal),
    (pt.is_date, _encode_date),
    (pt.is_timestamp, _encode_timestamp),
    (pt.is_time, _encode_time),
    (pt.is_duration, _encode_duration),
    (pt.is_null, _encode_nothing),
    (lambda kind: pt.is_struct(kind) and {f.name for f in kind} == {"number", "text"}, _encode_dual),
]


def _distinct(
    numbers: Floats, texts: Objects | None, format: NumFormat | None, codes: npt.NDArray[np.integer]
) -> Encoded:
    """Make symbols distinct that came out equal as duals; NaN without text becomes NULL."""
    merged, maps = merge_vectors([Vector(numbers, texts, format)])
    return Encoded(merged.numbers, merged.texts, merged.format, maps[0][codes])


def merge_vectors(
    vectors: Sequence[Vector], locale: Locale | None = None
) -> tuple[Vector, list[npt.NDArray[np.int64]]]:
    """The distinct duals of all vectors, in order, and per vector a map from position to code.

    A map has one entry more than its vector, for NULL; NULL maps to the count of distinct values.
    The format is the first vector's; numbers that first come with another get a text of their own.
    """
    check_stop()
    numbers = np.concatenate([vector.numbers for vector in vectors]) + 0.0
    texts = _texts_of(vectors, locale)
    check_stop()
    codes_of_text: npt.NDArray[np.integer] = np.zeros(len(numbers), dtype=np.int64)
    distinct_texts = 0
    if texts is not None:
        first, codes_of_text = numbered(_large_strings(texts))
        distinct_texts = len(first)
    codes, first = renumber(dual_ids(numbers, codes_of_text, distinct_texts))
    check_stop()
    merged = Vector(numbers, texts, vectors[0].format).take(first)
    own = None if merged.texts is None else _unless_empty(merged.texts)
    check_stop()
    starts = np.cumsum([0, *(len(vector) for vector in vectors)])
    maps = [np.append(codes[a:b], len(first)) for a, b in pairwise(starts)]
    return Vector(merged.numbers, own, merged.format), maps


def _texts_of(vectors: Sequence[Vector], locale: Locale | None) -> Objects | None:
    parts = []
    for vector in vectors:
        if locale is not None and vector.format != vectors[0].format:
            parts.append(np.asarray(format_vector(vector, locale), dtype=object))
        else:
            parts.append(np.full(len(vector), None) if vector.texts is None else vector.texts)
    if all(v.texts is None and v.format == vectors[0].format for v in vectors):
        return None
    return np.concatenate(parts)


def dual_ids(numbers: Floats, text_codes: npt.NDArray[np.integer], text_count: int) -> npt.NDArray[np.int64]:
    """Equal ids for equal duals: by number, else by text; -1 for NULL (no number, text code = count)."""
    is_number = ~np.isnan(numbers)
    ids = np.where(text_codes < text_count, text_codes, -1).astype(np.int64)
    check_stop()
    if is_number.any():
        ids[is_number] = numbered(pa.array(numbers[is_number])).codes + text_count
    return ids


def renumber(ids: npt.NDArray[np.integer]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Codes by order of first appearance and, per code, the position of that; -1 becomes the count."""
    first, codes = numbered(pa.array(ids, mask=ids < 0))
    return codes, first


def _large_strings(texts: Objects) -> pa.Array:
    pieces = []
    for begin in range(0, len(texts), BLOCK):
        check_stop()
        pieces.append(pa.array(texts[begin : begin + BLOCK], type=pa.large_string()))
    return pa.concat_arrays(pieces) if pieces else pa.array([], type=pa.large_string())


def _unless_empty(texts: Objects) -> Objects | None:
    """None stands for "no text at all"."""
    return None if absent(texts).all() else texts
