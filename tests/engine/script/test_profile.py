"""What people are told before an app is made: what tables hold, how they link, what is a trap."""

import json

import pyarrow as pa
import pytest

from engine.data.links import plan_links
from engine.errors import InvalidParameters
from engine.script import NamedTable
from engine.script.plan import apply_plan, plan_of
from engine.script.profile import profile
from tests.engine.script.reading import named, read
from tests.engine.script.test_csv import flights_file


@pytest.fixture(scope="module")
def flights():
    return [
        table
        for name in ("flights", "airlines", "airports", "planes", "weather")
        for table in read(f"{name}.csv", flights_file(name)).tables
    ]


@pytest.fixture(scope="module")
def flights_profile(flights):
    return profile(flights)


def warnings_of(profiled, kind):
    return [warning for warning in profiled["warnings"] if warning["kind"] == kind]


def links_of(tables):
    return plan_links({t.name: t.data.column_names for t in tables}, {t.name: t.data.num_rows for t in tables})


def test_a_profile_is_json(flights_profile):
    assert json.loads(json.dumps(flights_profile)) == flights_profile


def test_fields_are_described():
    table = NamedTable(
        "t",
        pa.table(
            {
                "whole": [1, 2, 2, None],
                "text": ["a", "b", "c", "d"],
                "number": [0.5, None, None, None],
                "dual": pa.array(
                    [{"number": 1.0, "text": "one"}, None, None, None],
                    pa.struct([("number", pa.float64()), ("text", pa.string())]),
                ),
            }
        ),
    )
    [described] = profile([table])["tables"]
    assert described["rows"] == 4
    assert described["fields"] == [
        {"name": "whole", "type": "integer", "missing": 0.25, "distinct": 2, "unique": False, "sample": ["1", "2"]},
        {"name": "text", "type": "text", "missing": 0, "distinct": 4, "unique": True, "sample": ["a", "b", "c", "d"]},
        {"name": "number", "type": "number", "missing": 0.75, "distinct": 1, "unique": True, "sample": ["0.5"]},
        {"name": "dual", "type": "mixed", "missing": 0.75, "distinct": 1, "unique": True, "sample": ["one"]},
    ]
    assert described["preview"][0] == ["1", "a", "0.5", "one"]
    assert described["preview"][3] == [None, "d", None, None]


def test_no_more_than_fifty_rows_are_shown(flights_profile):
    assert [len(table["preview"]) for table in flights_profile["tables"]] == [50, 16, 50, 50, 50]


def test_links_tell_how_well_keys_match():
    tables = named(
        orders={"customer": ["a", "a", "b", "x"], "n": [1, 2, 3, 4]},
        customers={"customer": ["a", "b", "c", "d"], "city": ["p", "q", "r", "s"]},
    )
    assert profile(tables)["links"] == [
        {"field": "customer", "tables": ["orders", "customers"], "match": [2 / 3, 0.5], "unique": [False, True]}
    ]
    assert profile(tables)["warnings"] == []


def test_numbers_match_whatever_their_type():
    tables = named(a={"k": [1, 2], "x": [1, 1]}, b={"k": [1.0, 2.0, 3.5], "y": [1, 1, 1]})
    assert profile(tables)["links"][0]["match"] == [1.0, 2 / 3]


def test_year_of_planes_and_of_flights_is_a_trap_with_a_remedy(flights_profile):
    [trap] = [w for w in warnings_of(flights_profile, "trap") if w["fields"] == ["year"]]
    assert set(trap["tables"]) == {"planes", "flights"}
    assert "tailnum" in trap["message"]
    first = trap["remedies"][0]
    assert first == {
        "action": "rename",
        "table": "planes",
        "field": "year",
        "to": "planes.year",
        "label": "Rename year of planes to planes.year",
        "recommended": True,
    }
    assert {"action": "omit", "table": "planes"}.items() <= trap["remedies"][1].items()


def test_name_of_airlines_and_of_airports_is_a_trap(flights_profile):
    [trap] = [w for w in warnings_of(flights_profile, "trap") if w["fields"] == ["name"]]
    assert set(trap["tables"]) == {"airlines", "airports"}
    assert "none is in both" in trap["message"]


def test_the_synthetic_key_of_weather_is_reduced_to_what_is_needed(flights_profile):
    [synthetic] = [w for w in warnings_of(flights_profile, "synthetic") if w["level"] == "warning"]
    assert set(synthetic["tables"]) == {"weather", "flights"}
    recommended = [(r["action"], r["table"], r["field"]) for r in synthetic["remedies"] if r["recommended"]]
    assert recommended == [("omit", "weather", field) for field in ("year", "month", "day", "hour")]


def test_the_recommended_remedies_resolve_the_flights_model(flights, flights_profile):
    suggested = [
        remedy
        for warning in warnings_of(flights_profile, "suggestion")
        for remedy in warning["remedies"]
        if remedy["recommended"]
    ]
    tables = apply_plan(flights, plan_of(flights_profile["recommended"] + suggested))
    again = profile(tables)
    assert [w for w in again["warnings"] if w["level"] != "note"] == []
    [note] = again["warnings"]
    assert note["fields"] == ["origin", "time_hour"]
    assert "key of weather" in note["message"]
    plan = links_of(tables)
    assert plan.loosened == ()
    assert set(plan.graph.keys) == {"carrier", "tailnum", "dest", "$Syn 1"}
    assert [synthetic.fields for synthetic in plan.synthetics] == [("origin", "time_hour")]
    assert len(set(plan.graph.component_of.values())) == 1


def test_a_missing_link_is_suggested(flights_profile):
    [suggestion] = warnings_of(flights_profile, "suggestion")
    assert [(r["table"], r["field"], r["to"]) for r in suggestion["remedies"]] == [
        ("airports", "faa", "dest"),
        ("airports", "faa", "origin"),
    ]


def test_number_keys_are_suggested_only_where_their_names_say_so():
    tables = named(
        customers={"id": [1, 2, 3, 4], "city": ["p", "q", "r", "s"]},
        orders={"customer_id": [1, 2, 3, 3], "pieces": [4, 3, 2, 1]},
    )
    [suggestion] = profile(tables)["warnings"]
    assert suggestion["kind"] == "suggestion"
    assert suggestion["fields"] == ["id", "customer_id"]


def test_ids_that_every_table_counts_for_itself_are_a_trap():
    tables = named(
        customers={"id": list(range(10)), "city": list("abcdefghij")},
        orders={"id": list(range(100)), "customer": [n % 10 for n in range(100)]},
    )
    [trap] = profile(tables)["warnings"]
    assert trap["kind"] == "trap"
    assert trap["fields"] == ["id"]
    assert {r["table"] for r in trap["remedies"] if r["recommended"]} == {"customers", "orders"}


def test_texts_and_numbers_of_one_name_are_a_trap():
    tables = named(a={"code": ["a", "b"], "x": [1, 2]}, b={"code": [1, 2], "y": [1, 2]})
    [trap] = profile(tables)["warnings"]
    assert "texts in a and numbers or dates in b" in trap["message"]


def test_fields_that_are_a_key_together_are_only_noted():
    tables = named(
        sales={"shop": ["a", "a", "b", "b"] * 2, "day": [1, 2, 1, 2] * 2, "n": list(range(8))},
        goals={"shop": ["a", "a", "b", "b"], "day": [1, 2, 1, 2], "goal": [5, 6, 7, 8]},
    )
    [note] = profile(tables)["warnings"]
    assert (note["kind"], note["level"], note["remedies"]) == ("synthetic", "note", [])


def test_several_shared_fields_that_are_no_key_get_a_remedy():
    tables = named(
        a={"x": [1, 1, 2, 2], "y": [1, 1, 2, 3], "p": [1, 2, 3, 4]},
        b={"x": [1, 1, 2, 2], "y": [1, 1, 2, 3], "q": [1, 2, 3, 4]},
    )
    profiled = profile(tables)
    assert warnings_of(profiled, "synthetic")[0]["level"] == "warning"
    assert links_of(apply_plan(tables, plan_of(profiled["recommended"]))).synthetics == ()


def test_a_circle_is_told_and_its_remedy_opens_it():
    tables = named(
        sales={"customer": ["a", "b", "c"] * 3, "product": ["p", "q", "r"] * 3, "amount": list(range(9))},
        customers={"customer": ["a", "b", "c"], "region": ["n", "s", "n"]},
        products={"product": ["p", "q", "r"], "region": ["n", "s", "w"]},
    )
    profiled = profile(tables)
    [circle] = warnings_of(profiled, "circle")
    assert circle["level"] == "warning"
    assert links_of(tables).loosened
    assert not links_of(apply_plan(tables, plan_of(profiled["recommended"]))).loosened


def test_a_plan_renames_and_leaves_out():
    tables = named(a={"x": [1], "y": [2]}, b={"z": [3]})
    changed = apply_plan(tables, {"a": {"x": "X", "y": None}, "b": None})
    assert [(t.name, t.data.column_names) for t in changed] == [("a", ["X"])]


@pytest.mark.parametrize(
    ("plan", "complaint"),
    [
        ({"c": {}}, "no table called c"),
        ({"a": {"q": "r"}}, "no field called q"),
        ({"a": {"x": "y"}}, "two fields called y"),
        ({"a": {"x": " "}}, "needs a name"),
        ({"a": {"x": None, "y": None}}, "no fields"),
    ],
)
def test_a_plan_that_does_not_fit_is_refused(plan, complaint):
    with pytest.raises(InvalidParameters, match=complaint):
        apply_plan(named(a={"x": [1], "y": [2]}), plan)


def test_tables_of_one_name_are_refused():
    with pytest.raises(InvalidParameters, match="Two tables are called a"):
        profile(named(a={"x": [1]}) * 2)
