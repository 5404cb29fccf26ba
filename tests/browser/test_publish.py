"""From a chart on a sheet to a stranger's screen: the dialogue, the page, without scripts or network, hostile texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessible import serious
from tests.browser.elsewhere import OtherSite, other_site
from tests.browser.pages import LONG, Workspace, log_in
from tests.browser.published import forms_to_look_at, publish
from tests.browser.server import Server
from tests.charts.site import FORMS
from tests.people import ALICE, Person

pytestmark = [pytest.mark.real, pytest.mark.slow]
HOSTILE = [
    "<img src=x onerror=window.hacked=1>", "</script><script>window.hacked=1</script>", "x\"><svg onload=a()>",
    "{{constructor.constructor('window.hacked=1')()}}", "javascript:window.hacked=1", "'-alert(1)-'", "]]>", "-->",
    "${window.hacked=1}", "<style>*{display:none}</style>", "&lt;b&gt;", "\u202eevil", "{b|rich}", "{a}{b}{c}",
    "%3Cscript%3E", "\u0007bell",
]  # fmt: skip


@pytest.fixture(scope="module")
def demo(server: Server) -> Person:
    return Person(
        "demo@example.org", (Path(server.environment["HONEYGUIDE_VAR"]) / "demo-password").read_text().strip()
    )


@pytest.fixture
def elsewhere() -> Iterator[OtherSite]:
    with other_site() as site:
        yield site


def test_a_person_publishes_a_chart_and_a_stranger_reads_it(
    server: Server, demo: Person, page: Page, browser: Browser, elsewhere: OtherSite
):
    log_in(page, server.url, demo)
    page.get_by_role("link", name="Flights from New York").first.click()
    Workspace(page).edit()
    page.locator("[data-type=barchart]").first.get_by_test_id("publish-chart").click()
    dialog = page.get_by_test_id("publish-dialog")
    expect(dialog.get_by_test_id("publish-preview")).to_contain_text("Everything that leaves", timeout=LONG)
    dialog.get_by_test_id("publish-title").fill("Departures by airline")
    expect(dialog.get_by_test_id("publish-preview")).to_contain_text("Departures by airline", timeout=LONG)
    dialog.get_by_test_id("audience").select_option("everyone")
    assert serious(page) == []
    dialog.get_by_test_id("publish-now").click()
    link = dialog.get_by_test_id("published-link").input_value(timeout=LONG)
    elsewhere.body = dialog.get_by_test_id("published-code").input_value()
    assert link.startswith(server.public_url)

    stranger = browser.new_context()
    seen = stranger.new_page()
    hosts: set[str] = set()
    seen.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    seen.goto(link)
    expect(seen.get_by_role("heading", name="Departures by airline")).to_be_visible()
    expect(seen.locator("[data-live=true]")).to_be_visible(timeout=LONG)
    seen.locator("[data-picture]").focus()
    seen.keyboard.press("ArrowRight")
    expect(seen.locator("[data-told]")).to_contain_text("United Air Lines")
    seen.get_by_test_id("show-table").click()
    expect(seen.get_by_role("cell", name="58,665")).to_be_visible()
    assert serious(seen) == []
    assert hosts == {server.public_url.split("/")[2]}
    seen.goto(elsewhere.url("news"))
    frame = seen.frame_locator("iframe")
    expect(frame.locator("[data-live=true]")).to_be_visible(timeout=LONG)
    seen.wait_for_function("document.title.startsWith('chart-height ')")
    assert stranger.cookies() == []

    page.goto(f"{server.url}/published/")
    card = page.get_by_test_id("published-chart").filter(has_text="Departures by airline")
    expect(card).to_be_visible()
    picture = card.locator("img")
    page.wait_for_function("image => image.complete && image.naturalWidth === 1200", arg=picture.element_handle())
    assert serious(page) == []

    card.get_by_role("link", name="Change Departures by airline").click()
    expect(dialog.get_by_test_id("publish-preview")).to_contain_text("what readers see now", timeout=LONG)
    expect(dialog.get_by_test_id("publish-title")).to_have_value("Departures by airline")
    expect(dialog.get_by_test_id("publish-now")).to_be_disabled()
    dialog.get_by_test_id("add-level").select_option(label="origin")
    dialog.get_by_test_id("measure-0").fill("Departures")
    difference = dialog.get_by_test_id("publish-difference")
    expect(difference).to_contain_text("Changed: measures, levels.", timeout=LONG)
    expect(difference).to_contain_text("New: EWR, JFK, LGA.")
    assert serious(page) == []
    dialog.get_by_role("button", name="Cancel").click()
    expect(card).to_be_visible(timeout=LONG)
    assert card.get_by_test_id("waiting").count() == 0
    seen.reload()
    expect(frame.locator("[data-live=true]")).to_be_visible(timeout=LONG)
    expect(frame.get_by_test_id("level")).to_have_count(0)
    card.get_by_role("link", name="Change Departures by airline").click()
    expect(dialog.get_by_test_id("publish-preview")).to_contain_text("what readers see now", timeout=LONG)
    dialog.get_by_test_id("add-level").select_option(label="origin")
    expect(difference).to_contain_text("New: EWR, JFK, LGA.", timeout=LONG)
    dialog.get_by_test_id("publish-now").click()
    expect(dialog.get_by_test_id("published")).to_contain_text("under the same address", timeout=LONG)
    dialog.get_by_role("button", name="Done").click()
    expect(card).to_be_visible(timeout=LONG)
    seen.reload()
    frame.get_by_test_id("level").select_option("origin", timeout=LONG)
    expect(frame.locator("[data-words]")).to_contain_text("EWR")

    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    assert serious(page) == []
    card.get_by_role("button", name="Audience").click()
    expect(page.get_by_role("heading", name="Who may see")).to_be_visible()
    assert serious(page) == []
    page.get_by_role("button", name="Cancel").click()

    card.get_by_role("button", name="Pause").click()
    expect(card).to_have_attribute("data-state", "paused", timeout=LONG)
    seen.reload()
    expect(frame.get_by_role("heading", name="This chart is not published")).to_be_visible()
    assert seen.request.get(link).status == 410
    card.get_by_role("button", name="Resume").click()
    expect(card).to_have_attribute("data-state", "live", timeout=LONG)
    seen.reload()
    expect(frame.locator("[data-live=true]")).to_be_visible(timeout=LONG)
    card.get_by_role("button", name="Delete").click()
    card.get_by_role("button", name="Delete").click()
    expect(card).to_have_count(0, timeout=LONG)
    seen.reload()
    expect(frame.get_by_role("heading", name="This chart is not published")).to_be_visible()
    for form in FORMS:
        assert seen.request.get(link + form).status == 410
    stranger.close()


def test_charts_that_keep_their_numbers_in_places_of_their_own_are_published_as_what_they_are(
    server: Server, demo: Person, page: Page, browser: Browser, tmp_path: Path
):
    """Bins of a histogram, boxes of a box plot, a bullet's target: made by the panel, published by the dialogue."""
    file = tmp_path / "hives.csv"
    lines = (
        f"{hour},{place},{hour * 3 % 40},30" for hour in range(40) for place in ("field", "park") for _ in range(6)
    )
    file.write_text("\n".join(["hour,place,bees,wanted", *lines]))
    server.manage("createapp", "--owner", demo.email, "--name", "Hives", str(file))
    log_in(page, server.url, demo)
    page.get_by_role("link", name="Hives").first.click()
    workspace = Workspace(page)
    workspace.edit()
    workspace.add_sheet()
    said = {
        "histogram": (["bees"], [], "Histogram: Frequency by bees."),
        "boxplot": (["hour", "place"], ["Sum bees"], "Box plot: Sum of bees by hour, place."),
        "bulletchart": (["place"], ["Sum bees", "Sum wanted"], "Bullet chart: Sum of bees, Sum of wanted by place."),
    }
    for kind, (dimensions, measures, words) in said.items():
        workspace.add_chart(kind, dimensions, measures)
        page.locator(f"[data-type={kind}]").get_by_test_id("publish-chart").click()
        dialog = page.get_by_test_id("publish-dialog")
        expect(dialog.get_by_test_id("publish-preview")).to_contain_text(words, timeout=LONG)
        expect(dialog.locator("[data-kind=drawn]")).to_have_count(0)
        dialog.get_by_test_id("publish-now").click()
        link = dialog.get_by_test_id("published-link").input_value(timeout=LONG)
        dialog.get_by_role("button", name="Done").click()
        stranger = browser.new_context()
        seen = stranger.new_page()
        seen.goto(link)
        expect(seen.locator("[data-live=true]")).to_be_visible(timeout=LONG)
        expect(seen.locator("[data-words]")).to_contain_text(words)
        seen.locator("[data-picture]").focus()
        seen.keyboard.press("ArrowRight")
        expect(seen.locator("[data-told]")).not_to_be_empty()
        stranger.close()


def test_all_charts_of_a_person_are_paused_resumed_and_deleted_at_once(server: Server, page: Page):
    server.manage("createuser", ALICE.email, "--password-stdin", stdin=ALICE.password)
    chart = {"chart": ["piechart", ["flower"], ["Sum(n)"]], "plan": [[["flower"]], ["Bees"]], "audience": {}}
    links = publish(server, ALICE, {"t": {"flower": ["clover"] * 9, "n": [1] * 9}}, [chart, chart])
    log_in(page, server.url, ALICE)
    page.goto(f"{server.url}/published/")
    cards = page.get_by_test_id("published-chart")
    for action, state, code in (("Pause all", "paused", 410), ("Resume all", "live", 200)):
        page.get_by_role("button", name=action).click()
        for card in (cards.first, cards.last):
            expect(card).to_have_attribute("data-state", state, timeout=LONG)
        assert [page.request.get(link).status for link in links] == [code, code]
    delete = page.get_by_role("group", name="All charts").get_by_role("button").last
    delete.click()
    expect(cards).to_have_count(2)
    delete.click()
    expect(cards).to_have_count(0, timeout=LONG)
    assert [page.request.get(link).status for link in links] == [410, 410]


def test_t12_hostile_strings_all_charts(server: Server, demo: Person, browser: Browser):
    """Every kind of chart with hostile texts in every place; tooltips opened; nothing runs, no policy is broken."""
    rows = [text for text in HOSTILE for _ in range(8)]
    tables = {"t": {"label": rows, "half": ["a", HOSTILE[0]] * (len(rows) // 2), "n": list(range(len(rows)))}}
    more = {"title": HOSTILE[1], "note": HOSTILE[2], "source": HOSTILE[0]}
    charts = []
    for kind, levels in {"barchart": [["label"], ["half"]], "linechart": [["label", "half"]], "piechart": [["label"]],
                         "combochart": [["label"]], "table": [["label"]], "kpi": [[]],
                         "scatterplot": [["label"]], "sn-funnel-chart": [["label"]],
                         "sn-grid-chart": [["label", "half"]], "mekkochart": [["label", "half"]],
                         "sn-sankey-chart": [["label", "half"]], "waterfallchart": [["label"], []],
                         "bulletchart": [["label"]], "boxplot": [["label", "half"]],
                         "distributionplot": [["label", "half"]],
                         "sn-pivot-table": [["label", "half"]]}.items():  # fmt: skip
        measures = ["Sum(n)", "Avg(n)"] if kind in ("scatterplot", "waterfallchart", "bulletchart") else ["Sum(n)"]
        plan = [levels, [HOSTILE[3], HOSTILE[0]][: len(measures)]]
        charts.append(
            {
                "chart": [kind, levels[0], measures],
                "plan": plan,
                "more": {**more, "minimum": 1},
                "audience": {"audience": "everyone"},
            }
        )
    for link, chart in zip(publish(server, demo, tables, charts), charts, strict=True):
        for form in forms_to_look_at(chart["chart"][0]):
            context = browser.new_context()
            page = context.new_page()
            page.add_init_script(
                "window.broken=[];addEventListener('securitypolicyviolation',e=>broken.push(e.violatedDirective))"
            )
            page.goto(link + form)
            expect(page.get_by_role("heading", name=HOSTILE[1])).to_be_visible()
            picture = page.locator("[data-picture]")
            if picture.count():
                expect(page.locator("[data-live=true]")).to_be_visible(timeout=LONG)
                picture.focus()
                for _ in range(len(HOSTILE)):
                    page.keyboard.press("ArrowRight")
                page.get_by_test_id("show-table").click()
            assert page.evaluate("window.hacked") is None
            assert page.evaluate("window.broken") == []
            context.close()


def test_the_page_can_be_read_without_scripts_and_the_file_without_a_network(
    server: Server, demo: Person, browser: Browser, tmp_path: Path
):
    tables = {"t": {"flower": ["clover"] * 9 + ["linden"] * 8, "n": list(range(17))}}
    chart = {
        "chart": ["barchart", ["flower"], ["Sum(n)"]],
        "plan": [[["flower"]], ["Bees"]],
        "audience": {"audience": "everyone"},
    }
    (link,) = publish(server, demo, tables, [chart])
    plain = browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(link)
    expect(page.locator(".drawn.is-light.is-wide svg")).to_be_visible()
    expect(page.get_by_role("cell", name="100")).to_be_visible()
    expect(page.locator("[data-words]")).to_contain_text("Bar chart: Bees by flower.")
    file = tmp_path / "chart.html"
    file.write_bytes(page.request.get(f"{link}.html").body())
    plain.close()
    offline = browser.new_context(offline=True)
    page = offline.new_page()
    page.goto(file.as_uri())
    expect(page.locator("[data-live=true]")).to_be_visible(timeout=LONG)
    expect(page.locator(".digest")).to_have_text(re.compile("^[0-9a-f]{64}$"))
    offline.close()
