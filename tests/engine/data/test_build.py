"""From Arrow tables to fields, codes and links."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given

from engine.data.build import build_model
from engine.data.dual import Dual, NumFormat
from engine.data.model import Model
from engine.errors import InvalidParameters, NotFound
from tests.engine.models import Rows, linked_tables, load

DUAL = pa.struct([("number", pa.float64()), ("text", pa.string())])


def one_field(values: list[Any], kind: pa.DataType | None = None, metadata: dict[bytes, bytes] | None = None) -> Model:
    schema = pa.schema([pa.field("f", pa.array(values, kind).type, metadata=metadata)])
    return build_model([("T", pa.table([pa.array(values, kind)], schema=schema))])


@pytest.mark.parametrize(
    ("values", "kind", "field_kind", "texts", "codes"),
    [
        ([3, 1, 3, None], pa.int64(), "integer", ["3", "1"], [0, 1, 0, 2]),
        ([1.5, float("nan"), -0.0, 0.0], pa.float64(), "number", ["1.5", "0"], [0, 2, 1, 1]),
        ([True, False, True], pa.bool_(), "integer", ["-1", "0"], [0, 1, 0]),
        (["b", "a", None, "b"], pa.string(), "text", ["b", "a"], [0, 1, 2, 0]),
        (["", "x"], pa.large_string(), "text", ["", "x"], [0, 1]),
        ([Decimal("1.10"), Decimal("2.00")], pa.decimal128(5, 2), "number", ["1.1", "2"], [0, 1]),
        ([dt.date(2024, 2, 29), None], pa.date32(), "date", ["2024-02-29"], [0, 1]),
        ([dt.datetime(2024, 1, 1, 12)], pa.timestamp("us"), "timestamp", ["2024-01-01 12:00:00"], [0]),
        ([dt.time(6, 30)], pa.time64("us"), "time", ["06:30:00"], [0]),
        ([None, None], pa.null(), "text", [], [0, 0]),
        ([2**60, 2**60 + 1], pa.int64(), "integer", ["1.1529215046068e+18"], [0, 0]),
    ],
)
def test_arrow_types(values: list[Any], kind: pa.DataType, field_kind: str, texts: list[str], codes: list[int]) -> None:
    model = one_field(values, kind)
    assert model.field("f").symbols.all_texts().tolist() == texts
    assert model.codes("T", "f").tolist() == codes
    if texts:
        assert model.field("f").kind == field_kind


def test_dates_are_days_since_1899_12_30() -> None:
    assert one_field([dt.date(1899, 12, 31)], pa.date32()).symbols("f").numbers.tolist() == [1.0]
    assert one_field([dt.datetime(1970, 1, 1, 6)], pa.timestamp("ms")).symbols("f").numbers.tolist() == [25569.25]


def test_a_number_is_one_value_whatever_its_text_and_keeps_the_first() -> None:
    values = [{"number": 1.0, "text": "one"}, {"number": 1.0, "text": "uno"}, {"number": None, "text": "1"}, None]
    symbols = one_field(values, DUAL).symbols("f")
    assert symbols.all_texts().tolist() == ["one", "1"]
    assert one_field(values, DUAL).codes("T", "f").tolist() == [0, 0, 1, 2]
    assert (symbols.find(Dual(1.0, "anything")), symbols.find(Dual(None, "1")), symbols.find(Dual(2.0, None))) == (
        0,
        1,
        None,
    )


def test_a_stated_format_shows_the_numbers() -> None:
    stated = json.dumps({"type": "F", "pattern": "0.00"}).encode()
    assert one_field([1.0, 2.5], pa.float64(), {b"format": stated}).symbols("f").format == NumFormat("F", "0.00")


def test_a_column_of_lists_is_refused_by_name() -> None:
    with pytest.raises(InvalidParameters, match="f has the type list"):
        one_field([[1], [2]])


def test_names_must_differ() -> None:
    table = pa.table({"a": [1]})
    with pytest.raises(InvalidParameters):
        build_model([("T", table), ("T", table)])
    with pytest.raises(InvalidParameters):
        build_model([("T", pa.table([pa.array([1]), pa.array([2])], names=["a", "a"]))])
    with pytest.raises(NotFound):
        build_model([("T", table)]).field("b")


def test_tables_share_the_values_of_a_field() -> None:
    model = build_model([("A", pa.table({"k": [5, 7]})), ("B", pa.table({"k": [7.0, 9.0, 5.0]}))])
    assert model.symbols("k").all_texts().tolist() == ["5", "7", "9"]
    assert model.codes("B", "k").tolist() == [1, 2, 0]
    assert "$key" in model.field("k").tags


def test_numbers_of_another_format_keep_their_look() -> None:
    model = build_model(
        [("A", pa.table({"d": pa.array([1], pa.int64())})), ("B", pa.table({"d": pa.array([dt.date(2024, 1, 1)])}))]
    )
    assert model.symbols("d").all_texts().tolist() == ["1", "2024-01-01"]


def test_codes_take_the_smallest_type() -> None:
    assert one_field(list(range(255))).codes("T", "f").dtype == np.uint8
    assert one_field(list(range(256))).codes("T", "f").dtype == np.uint16
    assert one_field(list(range(70_000))).codes("T", "f").dtype == np.uint32


def test_orders() -> None:
    symbols = one_field(
        [{"number": None, "text": "b"}, {"number": 3.0, "text": "C"}, {"number": 1.0, "text": "z"}], DUAL
    ).symbols("f")
    assert symbols.numeric_rank.tolist() == [2, 1, 0]
    assert symbols.text_rank.tolist() == [0, 1, 2]
    assert symbols.texts([2, 3]).tolist() == ["z", "-"]


def test_several_shared_fields_make_a_synthetic_key() -> None:
    model = build_model(
        [
            ("F", pa.table({"a": [1, 1, 2], "b": [1, 2, None], "u": [1, 2, 3]})),
            ("G", pa.table({"a": [1, 2], "b": [1, None], "v": [1, 2]})),
        ]
    )
    assert model.notes == ("F and G share the fields a and b; they are linked by the combinations of these ($Syn 1).",)
    assert model.tables["$Syn 1 Table"].is_synthetic
    assert model.field("$Syn 1").tags >= {"$synthetic", "$hidden"}
    assert model.codes("F", "$Syn 1").tolist() == [0, 1, 2]
    assert model.codes("G", "$Syn 1").tolist() == [0, 3], "a combination with NULL links nothing"
    assert model.field("a").tables == ("F", "G")


def test_a_circle_loosens_its_longest_table() -> None:
    model = build_model(
        [
            ("Short", pa.table({"a": [1], "b": [1]})),
            ("Long", pa.table({"b": [1, 2], "c": [1, 2], "d": [1, 2]})),
            ("Third", pa.table({"c": [1], "a": [1]})),
            ("Leaf", pa.table({"d": [1], "e": [1]})),
        ]
    )
    assert model.loosened == ("Long",)
    assert set(model.links.loose) == {("Long", "b"), ("Long", "c")}
    assert "circle" in model.notes[0]
    assert model.links.path("Long", "Leaf") == ["Long", "d", "Leaf"]
    assert model.links.path("Long", "Short") is None


@given(tables=linked_tables())
def test_what_was_loaded_can_be_read_back(tables: dict[str, Rows]) -> None:
    model = load(tables)
    for table, rows in tables.items():
        for field, values in rows.items():
            numbers = np.append(model.symbols(field).numbers, np.nan)[model.codes(table, field)]
            assert [None if np.isnan(n) else int(n) for n in numbers] == values
