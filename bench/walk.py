"""What a person waits for, with real processes and a real browser on the demo app of flights.

    python -m bench.walk [repeats]        (default: 5)

* start: from `make run` (already installed, demo made) to the first page answering.
* open: from asking for the app's page to the last of the sheet's charts drawn, in a fresh browser that has the
  product's files in its cache ("again"), and once in one that has not ("first").
* click: from pressing on a value of a list box to the last chart updated; each time another value.

Medians, in milliseconds. The server has the app in memory after the first opening, as it has for everyone but the
first person of the day.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.chromium import chromium
from tests.browser.server import ROOT, Server

WATCH = """
window.bench = { pressed: 0, drawn: 0 };
addEventListener('pointerdown', () => { bench.pressed = performance.now(); }, true);
new MutationObserver(() => { bench.drawn = performance.now(); })
  .observe(document, { subtree: true, attributes: true, attributeFilter: ['data-state', 'data-updates'] });
"""
"""Notes when something was pressed and when a chart last said that it was drawn."""

QUIET_MILLISECONDS = 1500
"""So long nothing may be drawn any more before a chart counts as the last."""

VALUES = ("EWR", "JFK", "LGA")


def started(folder: Path) -> Server:
    return Server(folder, demo=True).start()


def start_times(folder: Path, repeats: int) -> list[float]:
    spent = []
    for _ in range(repeats):
        begin = time.perf_counter()
        server = started(folder)
        spent.append((time.perf_counter() - begin) * 1000)
        server.stop()
    return spent


def log_in(context: BrowserContext, server: Server, password: str) -> Page:
    page = context.new_page()
    page.goto(f"{server.url}/account/login/")
    page.get_by_label("E-mail address").fill("demo@example.org")
    page.locator("input[name=password]").fill(password)
    page.locator("main").get_by_role("button", name="Sign In").click()
    expect(page.get_by_role("heading", name="Apps")).to_be_visible()
    return page


def last_drawn(page: Page) -> float:
    """When the last chart was drawn, by the page's clock, once all are and nothing more has happened for a while."""
    cells = page.get_by_test_id("chart-cell")
    expect(cells.first).to_be_visible(timeout=60_000)
    for number in range(cells.count()):
        expect(cells.nth(number)).to_have_attribute("data-state", "drawn", timeout=60_000)
    while True:
        before = float(page.evaluate("bench.drawn"))
        page.wait_for_timeout(QUIET_MILLISECONDS)
        if page.evaluate("bench.drawn") == before:
            return before


def open_time(page: Page, address: str) -> float:
    """By the page's clock, which begins when it is asked for."""
    page.goto("about:blank")
    page.goto(address)
    return last_drawn(page)


def click_times(page: Page, repeats: int) -> list[float]:
    box = page.locator('[data-testid="chart-cell"][data-type="listbox"]').first
    spent = []
    for number in range(repeats):
        box.get_by_role("option", name=VALUES[number % len(VALUES)]).click()
        drawn = last_drawn(page)
        spent.append(drawn - float(page.evaluate("bench.pressed")))
        page.get_by_title("Confirm selection").first.click()
        page.get_by_title("Clear all selections").click()
        last_drawn(page)
    return spent


def browser_times(browser: Browser, server: Server, password: str, repeats: int) -> dict[str, list[float]]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(WATCH)
    page = log_in(context, server, password)
    address = server.url + str(page.get_by_role("link", name="Flights from New York").get_attribute("href"))
    first = open_time(page, address)
    again = [open_time(page, address) for _ in range(repeats)]
    clicks = click_times(page, repeats)
    context.close()
    return {"open, first": [first], "open, again": again, "click": clicks}


def main(arguments: list[str]) -> None:
    repeats = int(arguments[0]) if arguments else 5
    os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / "var" / "numba"))  # as the Makefile says
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder = Path(name) / "var"
        started(folder).stop()  # makes the demo
        found = {"start": start_times(folder, repeats)}
        server = started(folder)
        try:
            found |= browser_times(browser, server, (folder / "demo-password").read_text(), repeats)
        finally:
            server.stop()
    print(f"{'':14}{'median ms':>10}{'least':>8}{'most':>8}")
    for what, spent in found.items():
        print(f"{what:14}{statistics.median(spent):10.0f}{min(spent):8.0f}{max(spent):8.0f}")


if __name__ == "__main__":
    main(sys.argv[1:])
