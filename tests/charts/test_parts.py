"""The parts that judge and write: sites, figures, labels that look personal, tables for spreadsheets."""

from __future__ import annotations

import csv
import io

import pytest

from charts.audience import BadSite, site_of
from charts.cautions import looks_personal
from charts.figures import Figure, figure, format_of
from charts.plan import BadPlan, Plan
from charts.spreadsheet import csv_of, safe_text
from charts.words import TEXTS, texts
from tests.charts import apps

SITES = [
    ("example.org", "https://example.org"),
    ("https://News.Example.org/", "https://news.example.org"),
    ("https://example.org:8443", "https://example.org:8443"),
    ("bücher.de", "https://xn--bcher-kva.de"),
    ("http://localhost:3000", "http://localhost:3000"),
]
NO_SITES = ["", "*", "https://*.example.org", "http://example.org", "https://example.org/path", "https://a b",
            "ftp://x.org", "https://user@example.org", "https://example.org; script-src *", "'self'",
            "data:", "https://", "https://exa mple.org", "https://example.org?x",
            "javascript:alert(1)", "https://x.org,https://y.org"]  # fmt: skip


@pytest.mark.parametrize(("given", "origin"), SITES)
def test_t10_a_site_is_an_origin(given, origin):
    assert site_of(given) == origin


@pytest.mark.parametrize("given", NO_SITES)
def test_t10_what_a_browser_would_take_for_something_else_is_refused(given):
    with pytest.raises(BadSite):
        site_of(given)


FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@x",
    "\t=1",
    "\r=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    " =1",
    "\u00a0=1",
    "\u200b=1",
    "'=1",
    '"=1',
    "|x",
    "%0a",
    "\n=1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_t16_no_text_becomes_a_formula(text):
    assert safe_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "UA", "1-2", "a=b", "n/a", "10%", "x@y"])
def test_t16_other_texts_stay(text):
    assert safe_text(text) == text


def test_t16_numbers_stay_numbers():
    snapshot = {
        "levels": [{"label": "Name", "dimensions": ["=Name"]}],
        "filters": [],
        "measures": [{"label": "Sum"}],
        "views": [
            {"level": 0, "filters": [], "rows": [[["=cmd|' /C calc'!A0"], [[-5.5, "-5.5"]]], [["ok"], [[None, ""]]]]}
        ],
    }
    rows = list(csv.reader(io.StringIO(csv_of(snapshot).decode("utf-8-sig"))))
    assert rows == [["'=Name", "Sum"], ["'=cmd|' /C calc'!A0", "-5.5"], ["ok", ""]]


PERSONAL = [
    ("Contact", ["ann@example.org", "none"], "e-mail addresses"),
    ("Call", ["+49 170 1234567", "030/123 45 67"], "phone numbers"),
    ("Customer", ["Ann Smith", "Bob Jones", "Cy Young", "unknown"], "names"),
    ("Who", ["Anna Müller", "Bea O'Neil", "Cem Öz"], "names"),
]
IMPERSONAL = [
    ("Month", ["January", "February"]),
    ("Day", ["2013-01-02", "2013-01-03"]),
    ("Code", ["1234567", "7654321"]),
    ("Airline", ["UA", "AA", "DL"]),
]


@pytest.mark.parametrize(("name", "labels", "what"), PERSONAL)
def test_labels_that_look_personal_are_noticed(name, labels, what):
    found = looks_personal(name, labels)
    assert found is not None
    assert found[0] == what


@pytest.mark.parametrize(("name", "labels"), IMPERSONAL)
def test_other_labels_are_not(name, labels):
    assert looks_personal(name, labels) is None


FIGURES = [
    (1234567, {"qType": "U"}, "en", Figure(1234567, "1,234,567")),
    (1234567.5, {"qType": "U"}, "de", Figure(1234568, "1.234.568")),
    (12.639070257, {"qType": "U"}, "en", Figure(12.64, "12.64")),
    (0.00012345, {"qType": "U"}, "en", Figure(0.0001234, "0.0001234")),
    (0.1239, {"qType": "F", "qFmt": "0.0%", "qDec": "."}, "en", Figure(0.124, "shown")),
    (12.639070257, {"qType": "F", "qFmt": "#,##0.00", "qDec": "."}, "en", Figure(12.64, "shown")),
    (41640, {"qType": "D", "qFmt": "YYYY-MM-DD"}, "en", Figure(41640, "shown")),
    ("NaN", {"qType": "U"}, "en", Figure(None, "")),
]


@pytest.mark.parametrize(("number", "form", "language", "expected"), FIGURES)
def test_t08_no_digit_leaves_that_is_not_shown(number, form, language, expected):
    """Fifteen digits of an average give away the number of its rows."""
    assert figure({"qNum": number, "qText": "shown"}, format_of({"qNumFormat": form}), language) == expected


def test_every_language_has_every_text():
    assert TEXTS.exists()
    assert len({frozenset(texts(language)) for language in ("en", "de", "fr", "es", "it", "pt", "nl", "pl")}) == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"levels": []}, "at least one level"),
        ({"filters": [{"field": "a", "label": "A", "values": []}]}, "Choose the values"),
        ({"filters": [{"field": "a", "label": "A", "values": ["x"]}] * 2}, "same field"),
        (
            {"filters": [{"field": name, "label": "", "values": [str(n) for n in range(20)]} for name in "ab"]},
            "at most 200",
        ),
    ],
)
def test_a_plan_that_does_not_fit_is_refused_with_a_sentence(change, sentence):
    with pytest.raises(BadPlan, match=sentence):
        Plan.of({**apps.plan([["a"]], ["M"]), **change})
