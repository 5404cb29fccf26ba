"""Pivot tables, stacked cubes and trees show what the slow reference has, whatever is open and in whatever order."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from engine.compute.hypercube import evaluate_cube
from tests.engine.properties.drawn import App, apps, measures, selected
from tests.engine.properties.test_cubes import approximately, bases_are_clear, cube_of, rows_of
from tests.engine.reference import Expression, Value, printed

PAGE = [{"qLeft": 0, "qTop": 0, "qWidth": 100, "qHeight": 100}]
Node = dict[str, Any]


def paths(nodes: list[Node]) -> list[list[Node]]:
    """The nodes from the outermost to each leaf."""
    return [[node, *rest] for node in nodes for rest in (paths(node["qSubNodes"]) or [[]])]


def key_of(path: list[Node]) -> tuple[Value, ...]:
    """The dimension values of a leaf: those of its normal and null nodes; a total or a closed node ends them."""
    found: list[Value] = []
    for node in path:
        if node["qType"] == "T":
            break
        if node["qType"] != "P":
            found.append(None if node["qType"] == "U" else node["qText"] if node["qValue"] == "NaN" else node["qValue"])
    return tuple(found)


def measure_of(path: list[Node]) -> int | None:
    return next((node["qElemNo"] for node in path if node["qType"] == "P"), None)


@given(st.data(), apps(most_tables=3))
def test_every_crossing_of_a_pivot_table_has_the_value_of_the_reference(data: st.DataObject, app: App) -> None:
    chosen = data.draw(selected(app))
    dimensions = data.draw(st.lists(st.sampled_from(app.fields), max_size=4, unique=True))
    expressions = data.draw(st.lists(measures(app), min_size=1, max_size=2))
    assume(bases_are_clear(app, expressions, dimensions))
    split = data.draw(st.integers(0, len(dimensions)))
    order = list(range(len(dimensions)))
    if len(expressions) > 1:
        order.insert(data.draw(st.integers(0, len(dimensions))), -1)
        split += order.index(-1) < split or (order.index(-1) == split and data.draw(st.booleans()))
    totals = [data.draw(st.booleans()) for _ in dimensions]
    opened = [{"qExcludeList": data.draw(st.booleans()), "qPos": {"qDimName": f"[{field}]"}} for field in dimensions]
    definition = {
        "qMode": "P",
        "qNoOfLeftDims": split,
        "qInterColumnSortOrder": order,
        "qExpansionState": opened,
        "qShowTotalsAbove": data.draw(st.booleans()),
        "qDimensions": [
            {
                "qDef": {"qFieldDefs": [f"[{field}]"]},
                "qOtherTotalSpec": {"qTotalMode": "TOTAL_EXPR" if t else "TOTAL_OFF"},
            }
            for field, t in zip(dimensions, totals, strict=True)
        ],
        "qMeasures": [{"qDef": {"qDef": printed(one)}} for one in expressions],
    }
    (page,) = evaluate_cube(app.context(chosen), definition).pivot_pages(PAGE)
    at_left = [dimensions[number] for number in order[:split] if number >= 0]
    at_top = [dimensions[number] for number in order[split:] if number >= 0]
    rows = paths(page["qLeft"]) if order[:split] else [[]]
    columns = paths(page["qTop"]) if order[split:] else [[]]
    for row, cells in zip(rows, page["qData"], strict=True):
        for column, cell in zip(columns, cells, strict=True):
            left, top = key_of(row), key_of(column)
            by = [*at_left[: len(left)], *at_top[: len(top)]]
            measure = next((m for m in (measure_of(row), measure_of(column)) if m is not None), 0)
            assert shown(cell) == approximately(expected(app, by, (*left, *top), expressions, chosen)[measure])


def expected(
    app: App, by: list[str], key: tuple[Value, ...], measures: list[Expression], chosen: dict[str, set[Any]]
) -> list[Value]:
    """The measures of a combination; NULL where no possible row has it for any of them."""
    if not by:
        return [app.reference.total(measure, [], chosen) for measure in measures]
    return app.reference.cube(by, measures, chosen).get(key, [None] * len(measures))


def shown(cell: dict[str, Any]) -> Value:
    if cell["qType"] == "U":
        return None
    return cell["qText"] if cell["qNum"] == "NaN" else cell["qNum"]


@given(st.data(), apps(most_tables=3))
def test_a_flattened_tree_has_the_rows_of_the_straight_cube(data: st.DataObject, app: App) -> None:
    chosen = data.draw(selected(app))
    dimensions = data.draw(st.lists(st.sampled_from(app.fields), min_size=1, max_size=3, unique=True))
    expressions = data.draw(st.lists(measures(app), min_size=1, max_size=2))
    straight = rows_of(cube_of(app, chosen, dimensions, expressions), len(dimensions))
    tree = cube_of(app, chosen, dimensions, expressions, qMode="T")
    (root,) = tree.tree_pages({})
    flat = [
        (key_of(path), [None if v["qText"] == "-" else v["qText"] for v in path[-1]["qValues"]])
        for path in tree_paths(root)
    ]
    texts = [[None if value is None else text_of(value) for value in values] for _, values in straight]
    assert [key for key, _ in flat] == [key for key, _ in straight]
    for (_, found), wanted in zip(flat, texts, strict=True):
        assert [None if one is None else float_or_text(one) for one in found] == [
            None if one is None else approximately(float_or_text(one)) for one in wanted
        ]


def tree_paths(node: Node) -> list[list[Node]]:
    return [[inner, *rest] for inner in node["qNodes"] for rest in (tree_paths(inner) or [[]])]


def text_of(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:.14g}"


def float_or_text(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


@given(st.data(), apps(most_tables=3))
def test_stacked_nodes_sum_up_what_is_in_them(data: st.DataObject, app: App) -> None:
    chosen = data.draw(selected(app))
    dimensions = data.draw(st.lists(st.sampled_from(app.fields), min_size=1, max_size=3, unique=True))
    expression = data.draw(measures(app))
    (page,) = cube_of(app, chosen, dimensions, [expression], qMode="K").stack_pages(PAGE, 10_000)

    def check(node: Node) -> tuple[float, float]:
        if not node["qSubNodes"]:
            number = 0 if isinstance(node["qValue"], str) else node["qValue"]
            return max(number, 0), min(number, 0)
        parts = [check(inner) for inner in node["qSubNodes"]]
        sums = sum(above for above, _ in parts), sum(below for _, below in parts)
        assert (node["qMaxPos"], node["qMinNeg"]) == (approximately(float(sums[0])), approximately(float(sums[1])))
        return sums

    check(page["qData"][0])
