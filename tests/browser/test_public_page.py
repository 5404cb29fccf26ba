"""What a stranger can do with a published chart, on its page and in its frame, on any device, by mouse or keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.accessible import serious
from tests.browser.pages import LONG
from tests.browser.published import KINDS, forms_to_look_at, publish
from tests.browser.server import Server
from tests.people import Person

pytestmark = [pytest.mark.real, pytest.mark.slow]
FLOWERS = {"clover": 40, "linden": 30, "thyme": 20}
TABLES = {
    "visits": {
        "flower": [name for name, count in FLOWERS.items() for _ in range(count)],
        "meadow": ["north", "south"] * 45,
        "hour": [f"{number % 6} o'clock" for number in range(90)],
        "bees": [1] * 90,
    }
}
BOTH = {"filters": [{"field": "meadow", "label": "Meadow", "values": ["north", "south"]}], "title": "Bees"}
SECOND = (224, 138, 46)
"""How the second series is painted."""
COLOUR = """([red, green, blue]) => {
  const canvas = document.querySelector("canvas"), { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const scale = canvas.clientWidth / width, found = [];
  for (let at = 0; at < width * height; at += 1) {
    const [r, g, b] = data.slice(4 * at, 4 * at + 3);
    if (r === red && g === green && b === blue) found.push([(at % width) * scale, Math.floor(at / width) * scale]);
  }
  return found;
}"""
"""Where a colour stands on the canvas, in pixels of the page."""


@pytest.fixture(scope="module")
def demo(server: Server) -> Person:
    password = (Path(server.environment["HONEYGUIDE_VAR"]) / "demo-password").read_text().strip()
    return Person("demo@example.org", password)


@pytest.fixture(scope="module")
def bars(server: Server, demo: Person) -> str:
    """The page of a chart with two levels, a filter and two measures."""
    chart = {"chart": ["barchart", ["flower"], ["Sum(bees)", "Count(bees)"]],
             "plan": [[["flower"], ["meadow"]], ["Bees", "Visits"]], "more": BOTH,
             "audience": {"audience": "everyone"}}  # fmt: skip
    return publish(server, demo, TABLES, [chart])[0]


def rows(page: Page) -> list[list[str]]:
    """The table as it is shown."""
    return [line.locator("th, td").all_inner_texts() for line in page.locator("[data-rows] tbody tr").all()]


def living(page: Page, address: str) -> Locator:
    page.goto(address)
    picture = page.locator("[data-picture][data-live=true]")
    expect(picture).to_be_visible(timeout=LONG)
    return picture


def test_a_reader_switches_levels_filters_and_order(bars: str, page: Page):
    living(page, bars)
    page.get_by_test_id("show-table").click()
    assert rows(page) == [["clover", "40", "40"], ["linden", "30", "30"], ["thyme", "20", "20"]]
    page.get_by_test_id("filter-0").select_option("north")
    assert rows(page) == [["clover", "20", "20"], ["linden", "15", "15"], ["thyme", "10", "10"]]
    expect(page.locator("[data-words]")).to_contain_text("Meadow: north.")
    page.get_by_test_id("order").select_option("Smallest first")
    assert [row[0] for row in rows(page)] == ["thyme", "linden", "clover"]
    page.get_by_role("button", name="flower").click()
    assert [row[0] for row in rows(page)] == ["clover", "linden", "thyme"]
    page.get_by_test_id("order").select_option("Largest first")
    assert [row[0] for row in rows(page)] == ["clover", "linden", "thyme"]
    page.get_by_test_id("order").select_option("Smallest first")
    assert [row[0] for row in rows(page)] == ["thyme", "linden", "clover"]
    page.get_by_test_id("filter-0").select_option("All")
    page.get_by_test_id("level").select_option("meadow")
    assert rows(page) == [["north", "45", "45"], ["south", "45", "45"]]
    expect(page.get_by_role("columnheader", name="meadow")).to_be_visible()


def painted(page: Page, *, exists: bool) -> None:
    """Wait until the second series is on the canvas, or is not."""
    page.wait_for_function(f"({COLOUR})({list(SECOND)}).length {'> 1000' if exists else '=== 0'}")


def test_a_reader_points_at_a_bar_and_turns_series_off_and_on(bars: str, page: Page):
    picture = living(page, bars)
    inside = picture.bounding_box()
    assert inside
    orange = page.evaluate(COLOUR, SECOND)
    bar = orange[len(orange) // 2]
    page.mouse.move(inside["x"] + bar[0], inside["y"] + bar[1])
    expect(page.locator(".tip")).to_contain_text("Visits")
    page.mouse.move(5, 5)
    visits = picture.get_by_role("button", name="Visits")
    visits.click()
    expect(visits).to_have_attribute("aria-pressed", "false")
    painted(page, exists=False)
    visits.click()
    page.mouse.move(5, 5)
    painted(page, exists=True)


def test_a_reader_does_everything_by_keyboard(bars: str, page: Page):
    """Tooltips, legend, level, filter, order, table and its sorting: reached by Tab alone, in the order of the page."""
    living(page, bars)
    told = page.locator("[data-told]")
    reached = page.locator("*:focus")
    for wanted in ("level", "filter-0", "order", "show-chart", "show-table"):
        page.keyboard.press("Tab")
        expect(reached).to_have_attribute("data-testid", wanted)
    page.keyboard.press("Tab")
    expect(reached).to_have_attribute("data-live", "true")
    texts = {name: f"{name}: Bees {count}, Visits {count}" for name, count in FLOWERS.items()}
    for key, name in (("ArrowRight", "clover"), ("End", "thyme"), ("ArrowLeft", "linden"), ("Home", "clover")):
        page.keyboard.press(key)
        expect(told).to_have_text(texts[name])
        expect(page.locator(".tip")).to_contain_text(name)
    page.keyboard.press("Escape")
    expect(page.locator(".tip")).to_be_hidden()
    for name in ("Bees", "Visits"):
        page.keyboard.press("Tab")
        expect(reached).to_have_text(name)
    page.keyboard.press("Space")
    expect(reached).to_have_attribute("aria-pressed", "false")
    painted(page, exists=False)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")
    expect(told).to_have_text("linden: Bees 30")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Visits")).to_be_visible()
    for _ in range(3):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("n")
    assert rows(page) == [["clover", "20", "20"], ["linden", "15", "15"], ["thyme", "10", "10"]]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("m")
    assert [row[0] for row in rows(page)] == ["north"]
    page.keyboard.press("Home")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("S")
    assert [row[0] for row in rows(page)] == ["thyme", "linden", "clover"]
    page.get_by_role("button", name="flower").focus()
    page.keyboard.press("Enter")
    assert [row[0] for row in rows(page)] == ["clover", "linden", "thyme"]


@pytest.fixture(scope="module")
def every_kind(server: Server, demo: Person) -> list[str]:
    """The pages of a chart of each kind, and of one that only members see."""
    charts = [
        {"chart": [kind, levels[0], measures], "plan": [levels, ["Bees", "Visits", "Mean"][: len(measures)]],
         "more": {**BOTH, "note": "Counted by hand.", "source": "The beekeeper"}, "audience": {"audience": "everyone"}}
        for kind, levels, measures in KINDS
    ]  # fmt: skip
    charts.append({**charts[0], "audience": {"audience": "members"}})
    return publish(server, demo, TABLES, charts)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_nothing_serious_on_any_public_page(
    server: Server, every_kind: list[str], browser: Browser, width: int, scheme: Any
):
    *addresses, members = every_kind
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    context.set_default_timeout(LONG)
    page = context.new_page()
    for address, (kind, _, _) in zip(addresses, KINDS, strict=True):
        for form in forms_to_look_at(kind):
            page.goto(address + form)
            expect(page.get_by_role("heading", name="Bees")).to_be_visible()
            if page.locator("[data-picture]").count():
                expect(page.locator("[data-live=true]")).to_be_visible(timeout=LONG)
            assert serious(page) == [], address + form
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address + form
            if page.get_by_test_id("show-table").count():
                page.get_by_test_id("show-table").click()
                assert serious(page) == [], address + form
    slug = members.split("/")[-1]
    others = [members, f"{members}/embed", f"{server.public_url}/nothing", f"{server.url}/charts/enter/{slug}/"]
    for address in others:
        page.goto(address)
        expect(page.get_by_role("heading").first).to_be_visible()
        assert serious(page) == [], address
    context.close()
