"""Every kind of chart: added by the panel, drawn, undone and kept; what statistical charts show is what numpy says."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.drawn import Drawn
from tests.browser.flights import flights, write_csv_files
from tests.browser.pages import Workspace, log_in
from tests.browser.server import Server
from tests.people import ALICE

pytestmark = pytest.mark.real

FLOWERS = """flower,place,month,bees,bugs
clover,field,1,3,1
linden,street,1,5,2
thyme,field,2,2,7
linden,park,2,4,3
clover,park,3,6,2
thyme,street,3,1,9
"""

KINDS: dict[str, tuple[list[str], list[str]]] = {
    "groupedbars": (["flower", "place"], ["Sum bees"]),
    "stackedbars": (["flower", "place"], ["Sum bees"]),
    "linechart": (["month", "place"], ["Sum bees"]),
    "areachart": (["month", "place"], ["Sum bees"]),
    "combochart": (["flower"], ["Sum bees", "Avg bugs"]),
    "mekkochart": (["flower", "place"], ["Sum bees"]),
    "funnelchart": (["flower"], ["Sum bees"]),
    "sankeychart": (["flower", "place"], ["Sum bees"]),
    "waterfallchart": ([], ["Sum bees", "-Sum(bugs)"]),
    "bulletchart": (["flower"], ["Sum bees", "Sum bugs"]),
    "scatterplot": (["flower"], ["Sum bees", "Sum bugs"]),
    "gridchart": (["flower", "place"], ["Sum bees"]),
    "histogram": (["bees"], []),
    "boxplot": (["place", "flower"], ["Sum bees"]),
    "distributionplot": (["place", "flower"], ["Sum bees"]),
    "pivottable": (["flower", "place"], ["Sum bees", "Sum bugs"]),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of these tests' own, with a small app and the flights."""
    folder = tmp_path_factory.mktemp("kinds")
    running = Server(folder / "var").start()
    running.manage("createuser", ALICE.email, "--password-stdin", stdin=ALICE.password)
    (folder / "flowers.csv").write_text(FLOWERS)
    for name in ("Flowers", "Siblings", "Pivot"):  # each for one test, which finds no charts of another's there
        running.manage("createapp", "--owner", ALICE.email, "--name", name, str(folder / "flowers.csv"))
    (table, *_) = write_csv_files(folder)
    running.manage("createapp", "--owner", ALICE.email, "--name", "Flights", str(table))
    yield running
    running.stop()


def opened(server: Server, page: Page, app: str) -> Workspace:
    log_in(page, server.url, ALICE)
    page.get_by_role("link", name=app).click()
    workspace = Workspace(page)
    workspace.edit()
    workspace.add_sheet()
    expect(page.get_by_test_id("empty-state")).to_be_visible()
    return workspace


def confirm(page: Page) -> None:
    page.get_by_title("Confirm selection").first.click()


def test_every_kind_is_added_by_the_panel_undone_redone_and_kept(server: Server, context: BrowserContext) -> None:
    page = context.new_page()
    workspace = opened(server, page, "Flowers")
    for kind, (dimensions, measures) in KINDS.items():
        workspace.add_chart(kind, dimensions, measures)
    page.get_by_test_id("undo").click()
    expect(workspace.charts).to_have_count(len(KINDS) - 1)
    page.get_by_test_id("redo").click()
    expect(workspace.charts).to_have_count(len(KINDS))
    workspace.done()
    page.reload()
    workspace = Workspace(page)
    expect(workspace.charts).to_have_count(len(KINDS))
    workspace.wait_until_drawn()
    expect(page.get_by_test_id("chart-problems")).to_have_count(0)
    page.get_by_test_id("theme-toggle").click()
    workspace.wait_until_drawn()


def test_a_kind_can_become_its_sibling_and_keeps_its_data(server: Server, context: BrowserContext) -> None:
    page = context.new_page()
    drawn = Drawn(page)
    workspace = opened(server, page, "Siblings")
    workspace.add_chart("groupedbars", ["flower", "place"], ["Sum bees"])
    workspace.charts.first.get_by_test_id("chart-cover").click()
    page.get_by_text("Change the type").click()
    page.get_by_test_id("kind-stackedbars").click()
    expect(page.get_by_test_id("panel").get_by_role("heading", name="Stacked bars")).to_be_visible()

    def is_stacked() -> None:
        assert drawn.layout("barchart")["barGrouping"]["grouping"] == "stacked"

    drawn.eventually(is_stacked)
    page.get_by_test_id("undo").click()
    expect(page.get_by_test_id("panel").get_by_role("heading", name="Grouped bars")).to_be_visible()


def test_a_value_of_a_pivot_table_is_selected_by_a_click(server: Server, context: BrowserContext) -> None:
    page = context.new_page()
    workspace = opened(server, page, "Pivot")
    workspace.add_chart("pivottable", ["flower", "place"], ["Sum bees"])
    workspace.done()
    workspace.charts.first.get_by_text("linden", exact=True).click()
    confirm(page)
    expect(page.get_by_test_id("selections-bar")).to_contain_text("linden")


def boxes(frame: pd.DataFrame) -> dict[str, list[float]]:
    """Whisker, quartile, median, quartile, whisker of each carrier's monthly averages, by numpy."""
    found = {}
    for carrier, values in frame.groupby(["carrier", "month"])["dep_delay"].mean().groupby("carrier"):
        low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
        reach = 1.5 * (high - low)
        whiskers = max(low - reach, values.min()), min(high + reach, values.max())
        found[str(carrier)] = [whiskers[0], low, middle, high, whiskers[1]]
    return found


def test_boxes_and_bins_are_those_of_numpy(server: Server, context: BrowserContext) -> None:
    page = context.new_page()
    drawn = Drawn(page)
    workspace = opened(server, page, "Flights")
    workspace.add_chart("histogram", ["distance"])
    workspace.add_chart("boxplot", ["month", "carrier"], ["Avg dep_delay"])
    workspace.add_chart("listbox", ["origin"])
    workspace.done()

    def are_those_of(frame: pd.DataFrame) -> None:
        rows = drawn.fetched("boxplot", "/qUndoExclude/box/qHyperCubeDef")
        shown = {row[0]["qText"]: pytest.approx([cell["qNum"] for cell in row[1:]]) for row in rows}
        assert shown == boxes(frame)
        bins = [
            (row[0]["qNum"], row[1]["qNum"]) for row in drawn.fetched("histogram", "/qUndoExclude/box/qHyperCubeDef")
        ]
        starts = [start for start, _ in bins]
        width = drawn.layout("histogram")["qUndoExclude"]["bins"]["binSize"]
        edges = np.arange(min(starts), max(starts) + 1.5 * width, width)
        counts, _ = np.histogram(frame["distance"], bins=edges)
        assert len(bins) >= 5
        assert dict(bins) == {edge: count for edge, count in zip(edges[:-1], counts, strict=True) if count}

    everything = flights()
    drawn.eventually(lambda: are_those_of(everything))
    workspace.chart("listbox").get_by_role("option", name="EWR").click()
    confirm(page)
    drawn.eventually(lambda: are_those_of(everything[everything["origin"] == "EWR"]))
