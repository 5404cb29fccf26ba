"""What pandas writes comes back equal, whatever the values: random tables through every format."""

import io
import json
from datetime import datetime
from typing import Any

import pandas as pd
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.engine.script.reading import assert_equal, read_one

ROWS = 12

a_few = settings(max_examples=10, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
"""Every example starts a reading process, so that there are few, and none to find the smallest."""

LETTERS = st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="'\"\\")
WORDS = st.text(LETTERS, min_size=1, max_size=8).map(lambda text: "w" + text)
"""Texts that no one would take for a number, a date or a missing value."""

PROSE = st.lists(st.one_of(WORDS, st.sampled_from([",", ";", "\n", '"', "|", "'"])), min_size=1, max_size=6).map(
    lambda parts: "p" + " ".join(parts) + "."
)
WHOLE = st.integers(-(10**14), 10**14)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64).map(lambda x: 0.0 if abs(x) < 1e-300 else x)
MOMENTS = st.datetimes(datetime(1900, 3, 1), datetime(2200, 1, 1)).map(lambda moment: moment.replace(microsecond=0))

KINDS: dict[str, st.SearchStrategy[Any]] = {
    "words": WORDS,
    "prose": PROSE,
    "whole": WHOLE,
    "numbers": NUMBERS,
    "moments": MOMENTS,
}


@st.composite
def frames(draw, kinds=tuple(KINDS)):
    """A table with some missing values; its first column is complete, so that no row is empty."""
    columns: dict[str, Any] = {"key": draw(st.lists(WORDS, min_size=ROWS, max_size=ROWS))}
    for kind in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=5)):
        values = draw(st.lists(KINDS[kind], min_size=ROWS, max_size=ROWS))
        gaps = draw(st.sets(st.integers(0, ROWS - 2), max_size=4))
        content = [None if row in gaps else value for row, value in enumerate(values)]
        name = f"{kind} {len(columns)}"
        dtype = {"whole": "Int64", "moments": "datetime64[s]", "numbers": "float64"}.get(kind, "object")
        columns[name] = pd.array(content, dtype=dtype) if kind == "whole" else pd.Series(content, dtype=dtype)
    return pd.DataFrame(columns)


@settings(a_few, max_examples=25)
@given(frames(), st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_csv(frame, delimiter, encoding):
    text = frame.to_csv(index=False, sep=delimiter)
    assert_equal(read_one("x.csv", text.encode(encoding)), frame)


@a_few
@given(frames())
def test_parquet(frame):
    out = io.BytesIO()
    frame.to_parquet(out, index=False)
    assert_equal(read_one("x.parquet", out.getvalue()), frame)


@a_few
@given(frames(("words", "prose", "whole", "numbers")), st.booleans())
def test_json(frame, lines):
    records = [{name: None if pd.isna(v) else v for name, v in row.items()} for row in frame.to_dict("records")]
    text = "\n".join(map(json.dumps, records)) if lines else json.dumps(records)
    assert_equal(read_one("x.json", text), frame)


@a_few
@given(frames(("words", "whole", "moments")))
def test_xlsx(frame):
    out = io.BytesIO()
    frame.to_excel(out, index=False)
    assert_equal(read_one("x.xlsx", out.getvalue()), frame)
