"""The first walk, as a new person walks it: from files to a selection, and back the next day.

After each step the numbers on the page are those that pandas computes on the same files.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.drawn import Drawn
from tests.browser.flights import flights, write_csv_files
from tests.browser.pages import Workspace, create, log_in, log_out, sign_up, upload
from tests.browser.server import Server
from tests.mailbox import Mailbox
from tests.people import ALICE

pytestmark = pytest.mark.real


@pytest.fixture
def own_server(tmp_path: Path, mail: Mailbox) -> Iterator[Server]:
    """A server of this test's own, since the walk restarts it."""
    server = Server(tmp_path / "var", mail).start()
    yield server
    server.stop()


def numbers_are_those_of(drawn: Drawn, frame: pd.DataFrame) -> None:
    """Every chart of the sheet shows what pandas computes for the flights in `frame`."""
    by_carrier = {str(key): (float(count),) for key, count in frame.groupby("carrier")["flight"].count().items()}
    assert drawn.rows("barchart") == by_carrier
    by_airline = frame.groupby("airline").agg(count=("flight", "count"), delay=("dep_delay", "mean"))
    assert drawn.rows("table") == {
        str(airline): pytest.approx((row["count"], row["delay"]), nan_ok=True) for airline, row in by_airline.iterrows()
    }
    distance = {str(key): (float(total),) for key, total in frame.groupby("origin")["distance"].sum().items()}
    assert drawn.rows("piechart") == distance
    by_month = {str(key): pytest.approx((mean,)) for key, mean in frame.groupby("month")["arr_delay"].mean().items()}
    assert drawn.rows("linechart") == by_month
    assert drawn.number("kpi") == pytest.approx(len(frame) / 1000)


def click_first_bar(workspace: Workspace) -> None:
    box = workspace.chart("barchart").bounding_box()
    assert box is not None
    workspace.page.mouse.click(box["x"] + 97, box["y"] + box["height"] * 0.6)


def confirm(page: Page) -> None:
    page.get_by_title("Confirm selection").first.click()


def test_from_a_file_to_a_selection_and_back_the_next_day(
    own_server: Server, mail: Mailbox, context: BrowserContext, tmp_path: Path
) -> None:
    page = context.new_page()
    drawn = Drawn(page)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    sign_up(page, own_server.url, ALICE, mail)
    expect(page.get_by_test_id("empty")).to_contain_text("Drop files here")

    upload(page, write_csv_files(tmp_path))
    trap = page.get_by_test_id("advice-warning").filter(has_text="year means different things in planes and flights")
    trap.get_by_role("button", name="Rename year of planes to planes.year").click()
    expect(trap).to_have_count(0)
    page.get_by_test_id("apply-recommended").click()
    expect(page.get_by_test_id("advice-warning")).to_have_count(0)

    workspace = create(page, "Flights from New York")
    workspace.add_sheet()
    workspace.edit()
    workspace.add_chart("barchart", ["carrier"], ["Count flight"])
    workspace.add_chart("listbox", ["origin"])
    workspace.add_chart("table", ["airlines.name"], ["Count flight", "Avg dep_delay"])
    workspace.add_chart("piechart", ["origin"], ["Sum distance"])
    workspace.add_chart("linechart", ["month"], ["Avg arr_delay"])
    workspace.add_chart("kpi", [], ["Count(flight)/1000"])
    workspace.done()
    everything = flights()
    drawn.eventually(lambda: numbers_are_those_of(drawn, everything))

    click_first_bar(workspace)
    confirm(page)
    united = everything[everything["carrier"] == "UA"]
    drawn.eventually(lambda: numbers_are_those_of(drawn, united))

    listed = workspace.chart("listbox")
    listed.get_by_role("option", name="EWR").click()
    confirm(page)
    from_newark = united[united["origin"] == "EWR"]
    drawn.eventually(lambda: numbers_are_those_of(drawn, from_newark))

    page.get_by_title("Step back").click()
    drawn.eventually(lambda: numbers_are_those_of(drawn, united))

    page.get_by_title("Clear all selections").click()
    drawn.eventually(lambda: numbers_are_those_of(drawn, everything))

    row = workspace.chart("table").get_by_text("JetBlue Airways", exact=True)
    row.click()
    page.get_by_title("Cancel selection").first.click()
    drawn.eventually(lambda: numbers_are_those_of(drawn, everything))
    row.click()
    confirm(page)
    jetblue = everything[everything["airline"] == "JetBlue Airways"]
    drawn.eventually(lambda: numbers_are_those_of(drawn, jetblue))
    expect(page.get_by_test_id("selections-bar")).to_contain_text("JetBlue Airways")
    assert errors == []

    log_out(page, own_server.url)
    own_server.stop()
    own_server.start()
    drawn.layouts.clear()
    log_in(page, own_server.url, ALICE)
    page.get_by_role("link", name="Flights from New York").click()
    workspace = Workspace(page)
    expect(workspace.charts).to_have_count(6)
    workspace.wait_until_drawn()
    drawn.eventually(lambda: numbers_are_those_of(drawn, everything))
    assert errors == []
