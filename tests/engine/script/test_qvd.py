"""QVD: the format of compatible programs, with duals."""

import io
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
import qvd

from engine.errors import UnreadableFile
from tests.engine.script.qvd_files import qvd_file
from tests.engine.script.reading import columns, kinds, read, read_one


def test_values_written_by_another_program_come_back(tmp_path: Path):
    table = pa.table(
        {
            "whole": [1, 2, None],
            "number": [1.5, None, 2.0],
            "text": ["a", "b", "007"],
            "day": [date(2020, 1, 1), None, date(2021, 2, 3)],
            "moment": pa.array([datetime(2020, 1, 1, 3, 4, 5), None, datetime(2021, 1, 1)], pa.timestamp("us")),
        }
    )
    qvd.write_arrow(table, str(tmp_path / "x.qvd"), "People")
    [found] = read("x.qvd", (tmp_path / "x.qvd").read_bytes()).tables
    assert found.name == "People"
    assert columns(found.data) == columns(table)


def test_duals_keep_number_and_text():
    table = read_one("x.qvd", qvd_file("Months", {"month": [(2, "Feb"), (1, "Jan"), None, (2, "Feb")]}))
    assert kinds(table)["month"] == "struct<number: double, text: string>"
    assert columns(table)["month"] == [
        {"number": 2.0, "text": "Feb"},
        {"number": 1.0, "text": "Jan"},
        None,
        {"number": 2.0, "text": "Feb"},
    ]


def test_numbers_and_texts_in_one_field():
    assert columns(read_one("x.qvd", qvd_file("T", {"m": [1, 2.5, "x", None]})))["m"] == [
        {"number": 1.0, "text": None},
        {"number": 2.5, "text": None},
        {"number": None, "text": "x"},
        None,
    ]


def test_a_text_that_says_no_more_than_its_number_is_dropped():
    assert columns(read_one("x.qvd", qvd_file("T", {"m": [(1, "1"), (2, "2")]})))["m"] == [1, 2]


def test_a_field_of_one_value_and_a_field_of_none():
    table = read_one("x.qvd", qvd_file("T", {"one": [5, 5, 5], "none": [None, None, None], "t": ["x", "y", "z"]}))
    assert columns(table) == {"one": [5, 5, 5], "none": [None, None, None], "t": ["x", "y", "z"]}


def test_many_rows():
    numbers = list(range(70_000))
    out = io.BytesIO(qvd_file("T", {"n": numbers[:1000] * 70}))
    assert columns(read_one("x.qvd", out.getvalue()))["n"] == numbers[:1000] * 70


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        ({"NoOfRecords": 10**9}, "1,000,000,000 rows of 1 columns"),
        ({"NoOfRecords": 10**6}, "promises more"),
        ({"NoOfRecords": 10**6, "RecordByteSize": 0}, "contradicts itself"),
        ({"NoOfRecords": -1}, "says '-1' for NoOfRecords"),
        ({"NoOfRecords": "9" * 30}, "says"),
        ({"field": {"NoOfSymbols": 10**9}}, "promises more"),
    ],
)
def test_headers_that_lie_are_refused(header, complaint):
    with pytest.raises(UnreadableFile, match=complaint):
        read("x.qvd", qvd_file("T", {"n": [1, 2, 3]}, **header))
