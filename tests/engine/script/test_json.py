"""JSON of records: lines, arrays, named arrays; what lies inside becomes columns."""

import json
from datetime import date, datetime

import pytest

from engine.errors import UnreadableFile
from tests.engine.script.reading import columns, kinds, read, read_one


def test_an_array_of_records():
    table = read_one("people.json", '[{"name": "Ann", "age": 3}, {"name": "Bob", "age": null}]')
    assert columns(table) == {"name": ["Ann", "Bob"], "age": [3, None]}


def test_records_by_line_and_records_that_only_follow_each_other():
    for text in ('{"a": 1}\n{"a": 2}\n', '{"a": 1} {"a": 2}', '\ufeff{"a": 1}\r\n\r\n{"a": 2}'):
        for name in ("x.jsonl", "x.ndjson", "x.json"):
            assert columns(read_one(name, text)) == {"a": [1, 2]}


def test_one_record_is_a_table_of_one_row():
    assert columns(read_one("x.json", '{"a": 1, "b": "x"}')) == {"a": [1], "b": ["x"]}


def test_an_object_of_arrays_holds_several_tables():
    found = read("shop.json", '{"version": 1, "orders": [{"id": 1}], "customers": [{"name": "Ann"}]}')
    assert [table.name for table in found.tables] == ["orders", "customers"]


def test_an_object_around_one_array_is_that_table():
    found = read("shop.json", '{"status": "ok", "data": [{"id": 1}, {"id": 2}]}')
    assert [(table.name, table.data.num_rows) for table in found.tables] == [("shop", 2)]


def test_values_keep_their_kinds():
    table = read_one(
        "x.json",
        json.dumps(
            [
                {"i": 1, "f": 1.5, "b": True, "t": "x", "d": "2025-01-31", "m": "2025-01-31T10:00:00Z", "code": "007"},
                {"i": 2, "f": 2, "b": False, "t": "y", "d": "2025-02-01", "m": "2025-02-01T00:00:00Z", "code": "12"},
            ]
        ),
    )
    assert kinds(table) == {
        "i": "int64",
        "f": "double",
        "b": "bool",
        "t": "string",
        "d": "date32[day]",
        "m": "timestamp[us]",
        "code": "string",
    }
    assert columns(table)["d"] == [date(2025, 1, 31), date(2025, 2, 1)]
    assert columns(table)["m"] == [datetime(2025, 1, 31, 10), datetime(2025, 2, 1)]


def test_names_that_come_late_or_not_at_all():
    assert columns(read_one("x.json", '[{"a": 1}, {"b": "x"}, {}]')) == {"a": [1, None, None], "b": [None, "x", None]}


def test_records_inside_records_become_columns_and_lists_texts():
    found = read("x.json", '[{"a": {"b": 1, "c": {"d": 2}}, "l": [1, 2], "e": []}]')
    assert columns(found.tables[0].data) == {"a.b": [1], "a.c.d": [2], "l": ["[1,2]"], "e": [None]}
    assert "l of x holds lists" in found.notes[0]


def test_numbers_and_texts_in_one_column_are_duals():
    table = read_one("x.json", '[{"a": 1}, {"a": "one"}, {"a": null}]')
    assert columns(table)["a"] == [{"number": 1.0, "text": None}, {"number": None, "text": "one"}, None]


def test_missing_markers_between_numbers_are_missing():
    assert columns(read_one("x.json", '[{"a": 1}, {"a": "NA"}, {"a": 2.5}]'))["a"] == [1.0, None, 2.5]


def test_whole_numbers_too_large_to_be_exact_stay_texts():
    assert columns(read_one("x.json", '[{"a": 12345678901234567890}]'))["a"] == ["12345678901234567890"]


def test_many_records_come_through_whole():
    records = [{"n": n, "t": f"text {n}", "inner": {"half": n / 2}} for n in range(60_000)]
    for text in (json.dumps(records), "\n".join(map(json.dumps, records))):
        table = read_one("x.json", text)
        assert columns(table) == {
            "n": [r["n"] for r in records],
            "t": [r["t"] for r in records],
            "inner.half": [n / 2 for n in range(60_000)],
        }


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_encodings(encoding):
    assert columns(read_one("x.json", '[{"Ort": "Köln"}]'.encode(encoding))) == {"Ort": ["Köln"]}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[{"a": 1}, {"a": 2', "Record 2 is no valid JSON"),
        ('[{"a": 1} {"a": 2}]', "Record 1 is not followed by a comma"),
        ('[{"a": 1}] x', "Record 1 is the last, but something follows"),
        ("[1, 2]", "Item 1 of x is a number, not a record"),
        ('[{"a": 1}, [2]]', "Item 2 of x is a list"),
        ("hello", "starts with neither"),
        ('{"a": 1}\n{"a": oops}', "Record 2 is no valid JSON"),
        ("[]", "There is no table in it"),
    ],
)
def test_what_is_no_table_is_refused_with_its_place(text, place):
    with pytest.raises(UnreadableFile) as refused:
        read("x.json", text)
    assert refused.value.message.startswith("x.json: ")
    assert place in refused.value.message
