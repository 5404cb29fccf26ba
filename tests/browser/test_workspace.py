"""The page of an app beyond the first walk: arranging charts by mouse and keys, undo, and a connection that drops."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.drawn import Drawn, eventually
from tests.browser.pages import Workspace, log_in
from tests.browser.server import Server
from tests.people import ALICE

pytestmark = pytest.mark.real

FLOWERS = "flower,place,bees\nclover,field,3\nlinden,street,5\nthyme,field,2\nlinden,park,4\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of these tests' own: the last one stops and starts it."""
    running = Server(tmp_path_factory.mktemp("workspace") / "var").start()
    running.manage("createuser", ALICE.email, "--password-stdin", stdin=ALICE.password)
    yield running
    running.stop()


NUMBERS = itertools.count(1)


@pytest.fixture
def page(server: Server, context: BrowserContext, tmp_path: Path) -> Page:
    """At an app of one small table, which only this test has."""
    title, file = f"Flowers {next(NUMBERS)}", tmp_path / "flowers.csv"
    file.write_text(FLOWERS)
    server.manage("createapp", "--owner", ALICE.email, "--name", title, str(file))
    page = context.new_page()
    log_in(page, server.url, ALICE)
    page.get_by_role("link", name=title).click()
    return page


def sheet_with_two_charts(page: Page) -> Workspace:
    workspace = Workspace(page)
    workspace.add_sheet()
    workspace.edit()
    workspace.add_chart("barchart", ["flower"], ["Sum bees"])
    workspace.add_chart("listbox", ["place"])
    return workspace


def place_of(chart: Locator) -> dict[str, float]:
    box = chart.bounding_box()
    assert box is not None
    return {name: round(value) for name, value in box.items()}


def test_charts_are_arranged_by_mouse_and_by_keys_and_everything_can_be_undone(page: Page) -> None:
    workspace = sheet_with_two_charts(page)
    chart = workspace.chart("barchart")
    cover = chart.get_by_test_id("chart-cover")
    start = place_of(chart)

    cover.focus()
    cover.press("Shift+ArrowDown")
    expect(page.get_by_test_id("save-state")).to_have_attribute("data-state", "saved")
    assert place_of(chart)["height"] > start["height"]

    box = cover.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 100, box["y"] + 130, steps=3)
    expect(page.locator(".ui-draggable-dragging")).to_have_count(1)
    page.mouse.move(box["x"] + 100, box["y"] + 420, steps=12)
    page.mouse.up()

    def has_moved() -> None:
        assert place_of(chart)["y"] > start["y"] + 100

    eventually(page, has_moved)
    expect(page.get_by_test_id("save-state")).to_have_attribute("data-state", "saved")
    moved = place_of(chart)

    chart.get_by_test_id("duplicate-chart").click()
    expect(workspace.charts).to_have_count(3)
    page.get_by_role("button", name="Undo").first.click()
    expect(workspace.charts).to_have_count(2)
    cover.focus()
    cover.press("Delete")
    expect(workspace.charts).to_have_count(1)
    page.get_by_role("button", name="Undo").first.click()
    expect(workspace.charts).to_have_count(2)
    workspace.wait_until_drawn()
    workspace.done()
    page.reload()
    workspace = Workspace(page)
    workspace.wait_until_drawn()
    kept = place_of(workspace.chart("barchart"))
    assert {kept[name] == moved[name] for name in ("x", "y", "height")} == {True}  # the panel makes all narrower


def test_who_is_signed_out_elsewhere_is_told_so_and_gets_nothing_more(page: Page, context: BrowserContext) -> None:
    workspace = sheet_with_two_charts(page)
    workspace.done()
    other = context.new_page()
    other.goto(page.url)
    other.goto(page.url.partition("/app/")[0])
    other.get_by_role("button", name="Log out").click()
    workspace.chart("listbox").get_by_role("option", name="park").click()
    ended = page.get_by_test_id("connection-ended")
    expect(ended).to_contain_text("You are signed out")
    expect(workspace.charts).to_have_count(0)


NARROW = 390
SETTINGS = ("email", "password/change", "2fa", "sessions")


def test_nothing_sticks_out_of_a_narrow_screen(server: Server, page: Page) -> None:
    """Neither the settings with their tables, nor the buttons above a sheet that is being edited."""
    workspace = Workspace(page)
    page.set_viewport_size({"width": NARROW, "height": 844})
    workspace.edit()
    for button in page.locator("header button, header a").all():
        box = button.bounding_box()
        assert box is None or box["x"] + box["width"] <= NARROW, button.get_attribute("aria-label")
    workspace.done()
    server.manage("createapikey", ALICE.email, "--name", "a script that reads every night")
    for path in (*(f"/account/{name}/" for name in SETTINGS), "/settings/api-keys/"):
        page.goto(server.url + path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW, path


def test_a_dropped_connection_comes_back_with_the_selections(server: Server, page: Page) -> None:
    workspace = sheet_with_two_charts(page)
    workspace.done()
    drawn = Drawn(page)
    workspace.chart("listbox").get_by_role("option", name="field").click()
    page.get_by_title("Confirm selection").first.click()
    bar = page.get_by_test_id("selections-bar")
    expect(bar).to_contain_text("field")

    server.stop()
    banner = page.get_by_test_id("connection-banner")
    expect(banner).to_contain_text("Reconnecting")
    expect(workspace.chart("barchart")).to_have_attribute("data-state", "drawn")  # what was drawn stays
    drawn.layouts.clear()
    server.start()
    expect(banner).to_have_count(0, timeout=60_000)
    expect(bar).to_contain_text("field")

    def only_the_field_is_drawn() -> None:
        assert drawn.rows("barchart") == {"clover": (3.0,), "thyme": (2.0,)}

    drawn.eventually(only_the_field_is_drawn)
