"""Dimensions some of whose values are put together as "Others".

Which values these are may depend on the value of other dimensions in the same row. Then the regrouped values are
worked out for the rows of the table that reads all these dimensions, and are a column of it from then on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.compute.context import Context
from engine.compute.dimension import Dimension
from engine.compute.evaluation import Axis, row_codes
from engine.compute.keys import compose, places
from engine.compute.scope import Own, Readable, RowValues, route
from engine.data.ordering import distinct
from engine.data.symbols import SymbolTable, codes_type

Ranks = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Limited:
    """A dimension as it is grouped by. others: the code of the group of others; NULL's code is one more then."""

    dimension: Dimension
    others: int | None = None

    def ranks(self, ranks: Ranks) -> Ranks:
        """Places of codes in the order of rows, where the others come behind all values and before NULL."""
        if self.others is None:
            return ranks
        return np.append(ranks, ranks[-1] + 1)


def with_others(bound: Dimension, others: Codes) -> Limited:
    """The dimension with these of its codes (NULL's may be among them) put together."""
    grown, regrouped = _grown(bound)
    regrouped[others] = bound.symbols.size
    axis = bound.axis
    map = regrouped if axis.map is None else regrouped[axis.map]
    text = f"{bound.text} without {_digest(np.sort(others))}"
    return Limited(replace(bound, text=text, axis=Axis(axis.readable, map, grown), field=None), bound.symbols.size)


def with_others_within(
    context: Context, outer: Sequence[Dimension], bound: Dimension, others: Codes, base: str
) -> Limited:
    """The dimension with its values put together where a row of `others` says so.

    others: [cases, outer dimensions and this one], codes. base: a table whose rows read all of them as one value.
    """
    grown, regrouped = _grown(bound)
    read = [row_codes(context, base, dimension.axis) for dimension in (*outer, bound)]
    sizes = [dimension.symbols.size for dimension in (*outer, bound)]
    together = compose(read, sizes, context.model.tables[base].rows)
    _, first, combination = distinct(together)
    context.cancel.check()
    keys = np.stack([codes[first] for codes in read], axis=1).astype(np.int64)
    is_other = places(keys, others.astype(np.int64), sizes) >= 0
    codes = np.where(is_other, bound.symbols.size, regrouped[keys[:, -1]])
    rows = codes[combination].astype(codes_type(grown.size))
    name = f"{bound.text} within {', '.join(d.text for d in outer)} without {_digest(others)}"
    axis = Axis(RowValues(name, grown.size, base, rows), None, grown)
    return Limited(replace(bound, text=name, axis=axis, field=None), bound.symbols.size)


def reads_once(context: Context, base: str, axis: Axis) -> bool:
    """Whether each row of `base` has one value at most on the axis."""
    return axis.readable is None or isinstance(route(context, base, axis.readable), Own)


def tables_of(readables: Sequence[Readable]) -> list[str]:
    """Tables that hold one of these, each once."""
    return list(dict.fromkeys(table for readable in readables for table in readable.holders))


def _grown(bound: Dimension) -> tuple[SymbolTable, Codes]:
    """The symbols with that of the others behind them, and from old codes to new ones: only NULL's has moved."""
    symbols = bound.symbols
    texts = np.full(symbols.size, None, dtype=object) if symbols.own_texts is None else symbols.own_texts
    grown = SymbolTable(
        np.append(symbols.numbers, np.nan), np.append(texts, ["Others"]), symbols.format, symbols.locale
    )
    regrouped = np.arange(symbols.size + 1, dtype=np.int32)
    regrouped[-1] = grown.size
    return grown, regrouped


def _digest(codes: Codes) -> str:
    """Says which values are meant, as results are remembered by the texts of dimensions."""
    return hashlib.blake2b(np.ascontiguousarray(codes).tobytes(), digest_size=16).hexdigest()
