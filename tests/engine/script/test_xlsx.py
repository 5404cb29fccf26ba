"""Workbooks: every sheet that holds a table, with the values that pandas finds."""

import io
from datetime import date, datetime, time

import openpyxl
import pandas as pd
import pytest

from engine.errors import UnreadableFile
from tests.engine.script.reading import assert_equal, columns, kinds, read, read_one


def workbook(*rows, **sheets):
    """A workbook as bytes: one sheet of `rows`, or sheets by name."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, content in (sheets or {"Sheet": rows}).items():
        sheet = book.create_sheet(name)
        for row in content:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_sheet_equals_pandas():
    frame = pd.DataFrame(
        {
            "name": ["Ann", "Bob", None, "Köln"],
            "whole": [1, 2, 3, -4],
            "number": [0.5, None, 1e100, -2.25],
            "day": [datetime(2025, 1, 31), datetime(1999, 12, 31), None, datetime(2030, 6, 1)],
            "moment": [datetime(2025, 1, 31, 10, 11, 12), datetime(1999, 12, 31), None, datetime(2030, 6, 1)],
            "code": ["007", "12", "x", "1e5"],
        }
    )
    out = io.BytesIO()
    frame.to_excel(out, index=False)
    table = read_one("people.xlsx", out.getvalue())
    assert kinds(table)["day"] == "date32[day]"
    frame["day"] = frame["day"].map(lambda moment: None if pd.isna(moment) else moment.date())
    assert_equal(table, frame)


def test_each_sheet_is_a_table_and_empty_ones_are_none():
    found = read("book.xlsx", workbook(People=[["a"], [1]], Empty=[], Places=[["b"], ["x"]]))
    assert [table.name for table in found.tables] == ["People", "Places"]


def test_the_only_table_has_the_name_of_the_file():
    assert [table.name for table in read("people.xlsx", workbook(["a", "b"], [1, 2])).tables] == ["people"]


def test_titles_above_and_gaps_around_a_table_are_passed_over():
    content = workbook(
        ["Report"],
        [],
        [None, None, "name", "n"],
        [None, None, "Ann", 1],
        [],
        [None, None, "Bob", 2],
        [None, None, "Cy", 3],
    )
    assert columns(read_one("r.xlsx", content)) == {"name": ["Ann", "Bob", "Cy"], "n": [1, 2, 3]}


def test_a_sheet_without_header_gets_names_that_link_nothing():
    assert read_one("r.xlsx", workbook([1, "x"], [2, "y"])).column_names == ["Sheet.1", "Sheet.2"]


def test_years_as_names():
    assert read_one("r.xlsx", workbook(["land", 2010, 2011], ["DE", 1, 2], ["FR", 3, 4])).column_names == [
        "land",
        "2010",
        "2011",
    ]


def test_times_truth_values_and_formula_errors():
    table = read_one("r.xlsx", workbook(["t", "b", "e"], [time(9, 5), True, 1], [time(23, 0), False, "#DIV/0!"]))
    assert columns(table) == {"t": [time(9, 5), time(23, 0)], "b": [True, False], "e": [1, None]}


def test_numbers_and_texts_in_one_column_are_duals_but_na_is_missing():
    table = read_one("r.xlsx", workbook(["m", "n"], [1, 1], ["x", "NA"], [2.5, 3]))
    assert columns(table) == {
        "m": [{"number": 1.0, "text": None}, {"number": None, "text": "x"}, {"number": 2.5, "text": None}],
        "n": [1, None, 3],
    }


def test_dates_written_as_texts_are_dates():
    assert columns(read_one("r.xlsx", workbook(["d", "x"], ["2025-01-31", 1], ["2025-02-01", 2])))["d"] == [
        date(2025, 1, 31),
        date(2025, 2, 1),
    ]


def test_long_sheets_come_through_whole():
    rows = [["n", "t"], *([n, f"text {n % 7}"] for n in range(20_000))]
    table = read_one("r.xlsx", workbook(*rows))
    assert columns(table) == {"n": list(range(20_000)), "t": [f"text {n % 7}" for n in range(20_000)]}


def test_a_workbook_without_tables_is_refused():
    with pytest.raises(UnreadableFile, match=r"r\.xlsx: There is no table in it\. Choose"):
        read("r.xlsx", workbook(Empty=[]))
