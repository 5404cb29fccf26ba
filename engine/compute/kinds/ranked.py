"""Aggregations that pick or line up values: by how often they occur, by a weight, by their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.compute.kinds.lists import Index, Listed, Lists, of_numbers
from engine.data.dual import Bools, Floats, Objects, Vector
from engine.errors import CalculationTooLarge
from engine.language.functions.jsons import as_json
from engine.language.values import MAX_CHARACTERS
from engine.stopping import check_stop, looking

AT_ONCE = 2**16
"""So many texts are joined in one step."""


def _mode(lists: Lists) -> Vector:
    """The value that most rows hold; NULL if several do."""
    known = lists.where(~lists.columns[0].is_null)
    most = np.zeros(known.count)
    np.maximum.at(most, known.groups, known.counts)
    return known.one_a_group(known.counts == most[known.groups])


def _at_rank(lists: Lists, keys: np.ndarray, rank: int) -> Bools:
    """The entries, ordered by `keys`, whose place among the different keys of their group is the rank asked for."""
    return lists.places(keys) == lists.first_numbers(rank, otherwise=1.0)[lists.groups]


def _by_weight(lists: Lists) -> Lists:
    weighted = lists.where(~lists.columns[1].is_null)
    return weighted.ordered(weighted.columns[1].ranks)


def _first_sorted_value(lists: Lists) -> Vector:
    """The value with the lowest weight (or the n-th lowest); NULL if several rows share that weight."""
    at_rank = _at_rank(lists, lists.columns[1].ranks, 2)
    shared = np.bincount(lists.groups[at_rank], lists.counts[at_rank], lists.count) > 1
    return lists.one_a_group(at_rank & ~shared[lists.groups])


def _extreme(sign: int) -> Listed:
    """The n-th different number from the least (or from the greatest: sign -1)."""

    @of_numbers(0, keeps_format=True)
    def compute(lists: Lists) -> Floats:
        ordered = lists.ordered(sign * lists.columns[0].numbers)
        numbers = ordered.columns[0].numbers
        at_rank = _at_rank(ordered, numbers, 1)
        found = np.full(ordered.count, np.nan)
        found[ordered.groups[at_rank]] = numbers[at_rank]
        return found

    return Listed(compute, changed_by_distinct=False)


def _in_text_order(lists: Lists) -> Lists:
    """Alphabetical, or by the weight if there is one; equal weights leave the load order."""
    known = lists.where(~lists.columns[0].is_null)
    if len(known.columns) < 3:
        return known.ordered(known.columns[0].text_ranks)
    return known.ordered(known.columns[2].ranks, known.columns[0].codes)


def _concat(lists: Lists) -> Vector:
    """The texts of a group, one behind the other."""
    return Vector(
        np.full(lists.count, np.nan),
        _joined(lists, lambda part: lists.columns[0].take(part).texts(), _separators(lists)),
    )


def _json_array(lists: Lists) -> Vector:
    """The values of a group as a JSON array: numbers, and texts that are JSON, as they are, other texts in quotes."""
    symbols = lists.columns[0].symbols
    parts = np.array([as_json(text) for text in symbols.texts(np.arange(symbols.size))], dtype=object)
    joined = _joined(lists, lambda part: parts[lists.columns[0].codes[part]], np.full(lists.count, ",", dtype=object))
    known = np.array([text is not None for text in joined], dtype=np.bool_)
    joined[known] = [f"[{text}]" for text in joined[known]]
    return Vector(np.full(lists.count, np.nan), joined)


def _in_load_order(lists: Lists) -> Lists:
    """By the weight if there is one, else as the values were loaded."""
    known = lists.where(~lists.columns[0].is_null)
    codes = known.columns[0].codes
    return known.ordered(codes) if len(known.columns) < 2 else known.ordered(known.columns[1].ranks, codes)


def _joined(lists: Lists, texts_of: Callable[[Index], Objects], separators: Objects) -> Objects:
    """For each group the texts of its entries, joined; None where a group has none."""
    times = lists.counts.astype(np.int64)
    longest = max(map(len, looking(separators.tolist())), default=0)
    pieces, characters = [], 0
    for begin in range(0, len(lists), AT_ONCE):
        check_stop()
        part = np.arange(begin, min(begin + AT_ONCE, len(lists)))
        texts = pa.array(texts_of(part), pa.large_string())
        characters += int((np.asarray(pc.utf8_length(texts)) + longest) @ times[part])
        if characters > MAX_CHARACTERS:
            raise CalculationTooLarge(f"The joined texts would have more than {MAX_CHARACTERS:,} characters.")
        pieces.append(texts.take(pa.array(np.repeat(part - begin, times[part]))).cast(pa.string()))
    offsets = np.searchsorted(np.repeat(lists.groups, times), np.arange(lists.count + 1))
    texts = pa.concat_arrays(pieces) if pieces else pa.array([], pa.string())
    joined = np.empty(lists.count, dtype=object)
    for begin in range(0, lists.count, AT_ONCE):
        check_stop()
        own = offsets[begin : begin + AT_ONCE + 1]
        listed = pa.ListArray.from_arrays(pa.array(own, pa.int32()), texts)
        between = pa.array(separators[begin : begin + AT_ONCE], pa.string())
        joined[begin : begin + AT_ONCE] = pc.binary_join(listed, between).to_numpy(zero_copy_only=False)
    joined[np.diff(offsets) == 0] = None
    return joined


def _separators(lists: Lists) -> Objects:
    """What stands between the texts, for each group: as its last entry says."""
    separators = np.full(lists.count, "", dtype=object)
    if len(lists.columns) > 1 and len(lists):
        last = np.flatnonzero(np.append(lists.groups[1:] != lists.groups[:-1], True))
        given = lists.columns[1].take(last)
        separators[lists.groups[last]] = np.where(given.is_null, "", given.texts())
    return separators


RANKED: Mapping[str, Listed] = {
    "mode": Listed(_mode),
    "firstsortedvalue": Listed(_first_sorted_value, order=_by_weight, distinct=2),
    "concat": Listed(_concat, order=_in_text_order, distinct=1),
    "jsonarray": Listed(_json_array, order=_in_load_order, distinct=1),
}

WITH_RANK: Mapping[str, Listed] = {"min": _extreme(1), "max": _extreme(-1)}
"""Min and Max with their second argument."""
